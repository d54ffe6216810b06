"""The whole window with real OpenGL on a real display (Xvfb will do): run as `xvfb-run -a pytest tests/window`."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

pytest.importorskip("PyQt6")

from PyQt6.QtCore import QEvent
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QApplication

from nodelink import app as composition
from nodelink import display, load_network
from nodelink.graph import camera
from nodelink.graph.layout import arrange
from nodelink.qt.window import Window
from nodelink.session import Session
from nodelink.settings import Settings
from tests.qt.hand import HAND


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Nothing here can run without a display, or in one process with tests that draw off-screen."""
    offscreen = os.environ.get("QT_QPA_PLATFORM", "") in ("offscreen", "minimal")
    if offscreen or not display.available():
        skip = pytest.mark.skip(reason="needs a display: xvfb-run -a pytest tests/window")
        for item in items:
            if Path(__file__).parent in item.path.parents:
                item.add_marker(skip)


class Eye:
    """Looks at the screen, and waits for what should appear there."""

    def __init__(self, window: Window) -> None:
        self.window = window
        self.reports: list[Any] = []
        window.canvas.drawn.connect(self.reports.append)

    def wait_for(self, condition: Callable[[], bool], seconds: float = 20.0) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, "waited in vain"
            HAND.qWait(10)

    def rest(self) -> None:
        """Until the complete picture is on the screen."""
        HAND.qWait(30)
        self.wait_for(lambda: bool(self.reports) and self.reports[-1].complete)
        HAND.qWait(700)  # a morph ends, a late frame is shown
        self.wait_for(lambda: self.reports[-1].complete)

    def scene(self) -> NDArray[np.uint8]:
        """The scene as it is on the screen, (h, w, 3)."""
        screen = self.window.screen()
        assert screen is not None
        native = self.window.canvas.native
        corner = native.mapTo(self.window, native.rect().topLeft())
        shot = screen.grabWindow(
            self.window.winId(), corner.x(), corner.y(), native.width(), native.height()
        ).toImage()
        shot = shot.convertToFormat(QImage.Format.Format_RGB888)
        data = shot.constBits()
        assert data is not None
        rows = np.frombuffer(bytes(data.asarray(shot.sizeInBytes())), np.uint8)
        return rows.reshape(shot.height(), shot.bytesPerLine())[:, : 3 * shot.width()].reshape(
            shot.height(), shot.width(), 3
        )

    def output_cells(self) -> NDArray[np.float64]:
        """The colours (10, 3) in [0, 1] on the screen in the middle of the ten output nodes."""
        session, canvas = self.window.session, self.window.canvas
        layout = session.settings.layout
        slab = arrange(session.network).slabs[-1]
        face = slab.face(layout)
        rows, columns = np.divmod(np.arange(slab.count), slab.columns)
        points = np.array(face.origin) + np.outer(columns + 0.5, face.column) + np.outer(rows + 0.5, face.row)
        seen = camera.project(points, canvas.pose, canvas.aspect)
        picture = self.scene()
        height, width, _ = picture.shape
        x = ((seen[:, 0] + 1) / 2 * width).astype(int)
        y = ((1 - seen[:, 1]) / 2 * height).astype(int)
        around = [
            picture[b - 1 : b + 2, a - 1 : a + 2].reshape(-1, 3).mean(axis=0)
            for a, b in zip(x, y, strict=True)
        ]
        return np.array(around) / 255


@pytest.fixture(autouse=True)
def no_hidden_errors(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """An exception in a slot does not reach the test by itself: collect it, and fail."""
    monkeypatch.setenv("NODELINK_CONFIG", str(tmp_path / "config"))
    caught: list[BaseException] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: caught.append(error))
    yield
    assert caught == []


@pytest.fixture
def qapp() -> QApplication:
    return composition.application()


@contextmanager
def opened(name: str, settings: Settings, size: tuple[int, int]) -> Iterator[Eye]:
    """A window with that network, at rest, which is gone afterwards."""
    window = composition.open_window(Session(load_network(name), settings))
    window.resize(*size)
    window.move(0, 0)
    eye = Eye(window)
    window.show()
    window.activateWindow()
    HAND.qWaitForWindowExposed(window)
    eye.rest()
    yield eye
    window.close()
    window.deleteLater()
    QApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def eye(qapp: QApplication) -> Iterator[Eye]:
    with opened("cnn", Settings(), (1280, 800)) as eye:
        yield eye
