"""Widgets without a display and without OpenGL: the canvas is a fake made from the real one's spec."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import MagicMock

import numpy as np
import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
pytest.importorskip("PyQt6")

from psygnal import Signal
from PyQt6.QtWidgets import QApplication, QWidget

from nodelink import app as composition
from nodelink.gl.canvas import NetworkCanvas
from nodelink.graph.camera import Pose
from nodelink.qt.window import Window
from nodelink.session import Session
from nodelink.settings import Settings
from tests.networks import load
from tests.qt.hand import HAND

POSE = Pose(-35.0, 24.0, (0.0, 0.0, 50.0), 200.0, 1.0)


class CanvasSignals:
    """What the canvas reports."""

    moved = Signal(object)
    drawn = Signal(object)
    pointed = Signal(object)
    clicked = Signal(object)
    opened = Signal(object)


def fake_canvas() -> MagicMock:
    """A NetworkCanvas that draws nothing: its signals are real, its methods note their calls."""
    canvas = MagicMock(spec=NetworkCanvas)
    signals = CanvasSignals()
    for name in ("moved", "drawn", "pointed", "clicked", "opened"):
        setattr(canvas, name, getattr(signals, name))
    canvas.kept_alive = signals
    canvas.native = QWidget()
    canvas.pose, canvas.aspect = POSE, 1.6
    canvas.graph_points.return_value = np.array([[-9.0, -4.0, 0.0], [9.0, 4.0, 30.0]])
    canvas.node_points.return_value = np.array(
        [[x, y, z] for z in (1, 0) for y in (9, 0) for x in (0, 9)], float
    )
    canvas.covered.return_value = (0.0, 0.0, 0.2, 0.0)
    canvas.named_pose.return_value = Pose(0.0, 6.0, (0.0, 0.0, 0.0), 80.0, 1.0)
    canvas.fitted_pose.return_value = Pose(33.0, 12.0, (0.0, 0.0, 0.0), 80.0, 1.0)
    canvas.picture.side_effect = lambda scale, transparent: np.full((3 * scale, 4 * scale, 4), 200, np.uint8)
    return canvas


@pytest.fixture(scope="session")
def qapp() -> QApplication:
    return composition.application()


@pytest.fixture(autouse=True)
def no_hidden_errors(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An exception in a slot does not reach the test by itself: collect it, and fail."""
    caught: list[BaseException] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: caught.append(error))
    yield
    assert caught == []


@pytest.fixture(autouse=True)
def config(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Settings and log of the test, not of whoever runs it."""
    monkeypatch.setenv("NODELINK_CONFIG", str(tmp_path / "config"))
    return tmp_path / "config"


@pytest.fixture
def session(qapp: QApplication) -> Session:
    return Session(load("cnn"), Settings(), load=load)


@pytest.fixture
def canvas(qapp: QApplication) -> MagicMock:
    return fake_canvas()


@pytest.fixture
def made() -> list[MagicMock]:
    """The canvases of second scenes, as they are made."""
    return []


@pytest.fixture
def window(session: Session, canvas: MagicMock, made: list[MagicMock]) -> Iterator[Window]:
    def make_canvas() -> MagicMock:
        made.append(fake_canvas())
        return made[-1]

    window = Window(session, canvas, make_canvas)
    window.show()
    QApplication.processEvents()
    yield window
    window.close()
    window.deleteLater()
    HAND.qWait(1)  # also deletes what is to be deleted later
