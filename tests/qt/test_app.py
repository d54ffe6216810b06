"""The composition root: what is saved comes back, and what is wrong is said, not fatal."""

from __future__ import annotations

import json
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from logging.handlers import RotatingFileHandler
from pathlib import Path

import pytest
from PyQt6.QtCore import QTimer, qWarning
from PyQt6.QtWidgets import QApplication

from nodelink import app as composition
from nodelink import settings
from nodelink.nn.weights import WeightsError
from nodelink.qt.window import Window
from nodelink.session import Session
from nodelink.settings import Settings
from tests.networks import load
from tests.qt.conftest import fake_canvas
from tests.qt.hand import HAND


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    yield
    composition.stop_log()


@pytest.fixture
def run(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Window]:
    """Runs the program with a fake canvas and random networks until `work` is done; the window it had."""

    seen: list[Window] = []

    def go(work: Callable[[Window], object] = lambda _: None, **options: str) -> Window:
        def open_window(session: Session) -> Window:
            seen.append(Window(session, fake_canvas()))
            return seen[-1]

        def finish() -> None:
            if seen:
                work(seen[-1])
                seen[-1].close()

        monkeypatch.setattr(composition, "load_network", load)
        monkeypatch.setattr(composition, "open_window", open_window)
        QTimer.singleShot(0, finish)
        assert composition.run(**options) == 0
        return seen[-1]

    return go


def test_options_win_over_saved_settings_and_are_kept(run: Callable[..., Window]) -> None:
    settings.save(Settings(network="mlp", theme="light", brush=40.0), settings.default_path())
    window = run(network="mini", layout="2d")
    assert window.session.network.name == "mini"
    assert (window.session.settings.layout, window.session.settings.theme) == ("2d", "light")
    stored, message = settings.load(settings.default_path())
    assert message is None
    assert (stored.network, stored.layout, stored.brush) == ("mini", "2d", 40.0)


def test_settings_changed_in_the_window_come_back(run: Callable[..., Window]) -> None:
    run(lambda window: window.session.change(brush=33.0, centre=False, hidden=("edges",)))
    again = run()
    assert again.session.settings.brush == 33.0
    assert not again.session.settings.centre
    assert again.session.settings.hidden == ("edges",)


def test_a_damaged_settings_file_is_said_in_the_window(run: Callable[..., Window], config: Path) -> None:
    config.mkdir()
    (config / "settings.json").write_text('{"brush": "wide"}')
    said: list[str] = []
    run(lambda window: said.append(window.banner.message.text() if window.banner.isVisible() else ""))
    assert "brush" in said[0]
    assert (config / "settings.json.damaged").exists()
    assert json.loads((config / "settings.json").read_text())["brush"] == 22.0


def test_a_saved_network_that_is_gone_is_replaced_and_said(run: Callable[..., Window]) -> None:
    settings.save(Settings(network="/gone/own.safetensors"), settings.default_path())
    said: list[str] = []
    window = run(lambda window: said.append(window.banner.message.text()))
    assert "own.safetensors" in said[0]
    assert window.session.network.name == "cnn"


def test_a_network_asked_for_that_is_wrong_raises_before_a_window(run: Callable[..., Window]) -> None:
    with pytest.raises(WeightsError, match=r"gone\.safetensors"):
        run(network="gone.safetensors")


def test_hooks_are_in_place_while_it_runs_and_given_back(run: Callable[..., Window]) -> None:
    before = sys.excepthook, threading.excepthook
    during: list[object] = []
    run(lambda _: during.extend((sys.excepthook, threading.excepthook)))
    assert (sys.excepthook, threading.excepthook) == before
    assert during[0] != before[0]
    assert during[1] != before[1]


def test_settings_are_written_a_moment_after_the_last_change(
    session: Session, window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(composition, "SAVE_AFTER", 30)
    composition.Keeper(session, window)
    for brush in (30.0, 31.0, 32.0):
        session.change(brush=brush)
    assert not settings.default_path().exists()
    HAND.qWait(120)
    assert settings.load(settings.default_path())[0].brush == 32.0


def test_settings_that_cannot_be_written_are_said_once(
    session: Session, window: Window, config: Path, caplog: pytest.LogCaptureFixture
) -> None:
    config.write_text("a file where the directory should be")
    keeper = composition.Keeper(session, window)
    session.change(brush=30.0)
    with caplog.at_level(logging.WARNING, "nodelink"):
        keeper.save()
        keeper.save()
    assert "cannot be saved" in window.banner.message.text()
    assert caplog.text.count("settings not saved") == 1


def test_the_log_rotates_and_takes_qts_messages(config: Path) -> None:
    path = composition.start_log()
    (handler,) = composition.log.handlers
    assert isinstance(handler, RotatingFileHandler)
    assert handler.maxBytes > 0
    qWarning("something about a plugin")
    handler.flush()
    assert "something about a plugin" in path.read_text()


def test_no_place_for_a_log_is_no_reason_not_to_start(config: Path) -> None:
    config.write_text("a file where the directory should be")
    composition.start_log()
    composition.log.warning("nobody hears this")


def test_a_log_that_cannot_be_written_is_silent(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = composition.start_log()
    path.unlink(missing_ok=True)
    path.mkdir()
    composition.log.warning("nobody hears this")  # the file is opened by its first message
    composition.start_log()
    composition.log.warning("nor this")
    assert capsys.readouterr().err == ""
