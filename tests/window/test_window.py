"""The main job, end to end: a digit is drawn with the mouse, and the whole network responds on the screen."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PyQt6.QtCore import QPoint, QPointF, Qt, QTimer
from PyQt6.QtWidgets import QApplication

from nodelink import app as composition
from nodelink.qt.report import Reporter
from nodelink.qt.window import Window
from nodelink.theme import THEMES, diverging, rgb
from tests.qt.hand import HAND
from tests.window.conftest import Eye

LEFT = Qt.MouseButton.LeftButton
SEVEN = [(70, 60), (135, 60), (205, 60), (190, 95), (170, 135), (150, 175), (130, 215), (118, 240)]


def place(window: Window, x: float, y: float) -> QPoint:
    """The place in the window of a point in pad pixels."""
    pad = window.drawing.pad
    square = pad.square()
    scale = square.width() / 280
    return pad.mapTo(window, QPointF(square.x() + x * scale, square.y() + y * scale)).toPoint()


def draw_by_qt(window: Window) -> None:
    """The platform's own path into Qt: window, then widget under the pointer, then grab."""
    handle = window.windowHandle()
    spots = [place(window, *point) for point in SEVEN]
    HAND.mouseMove(handle, spots[0])
    HAND.mousePress(handle, LEFT, pos=spots[0])
    for spot in spots[1:]:
        HAND.mouseMove(handle, spot)
        HAND.qWait(12)
    HAND.mouseRelease(handle, LEFT, pos=spots[-1])


def draw_by_x(window: Window) -> None:
    """Events of the X server itself, as from a mouse."""
    tool = shutil.which("xdotool")
    if tool is None:
        pytest.skip("xdotool is not installed")
    words: list[str] = []
    for number, point in enumerate(SEVEN):
        spot = window.mapToGlobal(place(window, *point))
        words += ["mousemove", str(spot.x()), str(spot.y()), "sleep", "0.02"]
        words += ["mousedown", "1", "sleep", "0.02"] if number == 0 else []
    hand = subprocess.Popen([tool, *words, "mouseup", "1"])
    while hand.poll() is None:
        HAND.qWait(5)
    HAND.qWait(50)


def colours_of(eye: Eye) -> np.ndarray:
    """What the ten output nodes must look like, (10, 3)."""
    session = eye.window.session
    return diverging(session.frame.activations.output[0], THEMES[session.settings.theme])


@pytest.mark.parametrize("draw", [draw_by_x, draw_by_qt])
def test_a_seven_drawn_with_the_mouse_is_seen_and_read(eye: Eye, draw: object) -> None:
    window, session = eye.window, eye.window.session
    window.actions_by_id["clear"].trigger()
    eye.rest()
    assert window.views["predictions"].first.text() == "Blank"  # type: ignore[attr-defined]
    blank = eye.scene()
    frames: list[object] = []
    session.frame_changed.connect(frames.append)
    draw(window)  # type: ignore[operator]
    assert len(frames) >= 3  # it answers while the pointer moves
    (stroke,) = session.drawing.strokes
    distance = np.abs(stroke.points[None] - np.array(SEVEN)[:, None]).max(axis=2)  # (spots, points)
    assert distance.min(axis=1).max() < 1.5  # no position is lost, however busy the program is
    eye.rest()
    assert session.frame.verdict == "sure"
    assert session.frame.guesses[0][0] == 7
    assert window.views["predictions"].guess.text() == "7"  # type: ignore[attr-defined]
    assert (np.abs(eye.scene().astype(int) - blank).max(axis=2) > 30).mean() > 0.02
    assert np.abs(eye.output_cells() - colours_of(eye)).max() < 0.12
    status = window.views["status"].facts.text  # type: ignore[attr-defined]
    assert "of 334,904 edges" in status
    assert "100 % of the signal" in status


def test_flat_and_back_with_a_key(eye: Eye) -> None:
    upright = eye.scene()
    HAND.keyClick(eye.window, Qt.Key.Key_V)
    eye.rest()
    assert eye.window.session.settings.layout == "2d"
    flat = eye.scene()
    assert (np.abs(flat.astype(int) - upright).max(axis=2) > 30).mean() > 0.05
    assert np.abs(eye.output_cells() - colours_of(eye)).max() < 0.12
    HAND.keyClick(eye.window, Qt.Key.Key_V)
    eye.rest()
    assert np.abs(eye.scene().astype(int) - upright).mean() < 2


def test_networks_with_a_key_and_the_drawing_stays(eye: Eye) -> None:
    window, session = eye.window, eye.window.session
    ink = session.frame.prepared.drawing
    seen = [eye.scene()]
    for name in ("mlp", "mini"):
        HAND.keyClick(window, Qt.Key.Key_N)
        eye.rest()
        assert session.network.name == name
        assert np.array_equal(session.frame.prepared.drawing, ink)
        assert session.frame.guesses[0][0] == 7
        assert np.abs(eye.output_cells() - colours_of(eye)).max() < 0.12
        seen.append(eye.scene())
        assert (np.abs(seen[-1].astype(int) - seen[-2]).max(axis=2) > 30).mean() > 0.05


def test_the_theme_reaches_scene_and_window(eye: Eye) -> None:
    HAND.keyClick(eye.window, Qt.Key.Key_D)
    eye.rest()
    corner = eye.scene()[:4, :4].reshape(-1, 3).mean(axis=0) / 255
    assert corner.mean() > 0.8
    panel = eye.window.grab().toImage().pixelColor(4, eye.window.height() // 2)
    assert np.array(panel.getRgbF()[:3]) == pytest.approx(rgb(THEMES["light"].panel), abs=0.02)


def test_arrows_turn_and_home_returns(eye: Eye) -> None:
    start = eye.scene()
    eye.window.canvas.native.setFocus()
    for _ in range(4):
        HAND.keyClick(eye.window.canvas.native, Qt.Key.Key_Left)
    eye.rest()
    assert np.abs(eye.scene().astype(int) - start).mean() > 2
    HAND.keyClick(eye.window.canvas.native, Qt.Key.Key_Home)
    eye.rest()
    assert np.abs(eye.scene().astype(int) - start).mean() < 2


def test_nothing_is_drawn_when_nothing_changes(eye: Eye) -> None:
    eye.rest()
    before = len(eye.reports)
    HAND.qWait(500)
    assert len(eye.reports) == before


def test_a_saved_picture_is_what_the_scene_shows(eye: Eye, tmp_path: Path) -> None:
    native = eye.window.canvas.native
    shown = eye.scene()
    for scale in (1, 2):
        eye.window.files.write_picture(str(tmp_path / f"{scale}.png"), scale, False)
        with Image.open(tmp_path / f"{scale}.png") as saved:
            assert saved.size == (scale * native.width(), scale * native.height())
            if scale == 1:
                assert np.abs(np.asarray(saved.convert("RGB")).astype(int) - shown).mean() < 3
    eye.window.banner.hide()
    eye.rest()
    assert np.abs(eye.scene().astype(int) - shown).mean() < 1


def test_the_program_runs_and_remembers(qapp: QApplication, tmp_path: Path) -> None:
    def leave() -> None:
        window = next(w for w in qapp.topLevelWidgets() if isinstance(w, Window) and w.isVisible())
        assert window.session.drawing.example
        window.actions_by_id["layout"].trigger()
        window.desk.quit()

    QTimer.singleShot(1500, leave)
    assert composition.run(network="mini", theme="light") == 0
    stored = json.loads((tmp_path / "config" / "settings.json").read_text())
    assert (stored["network"], stored["theme"], stored["layout"]) == ("mini", "light", "2d")


def test_a_fault_while_drawing_is_reported_and_the_window_lives_on(
    eye: Eye, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a fault of ours")

    reporter = Reporter(eye.window, "nodelink.log")
    reporter.install()
    try:
        with monkeypatch.context() as patch:
            patch.setattr(eye.window.canvas, "_draw_quick", broken)
            eye.window.session.sample(3)
            eye.wait_for(reporter.dialog.isVisible)
        assert "a fault of ours" in reporter.dialog.report.toPlainText()
        reporter.dialog.close()
    finally:
        reporter.remove()
    eye.window.session.sample(4)
    eye.rest()
    assert np.abs(eye.output_cells() - colours_of(eye)).max() < 0.12
