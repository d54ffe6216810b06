"""The camera in the real window: real events, real time, and then nothing runs."""

from __future__ import annotations

import time

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtWidgets import QApplication

from nodelink.graph import camera
from tests.qt.hand import HAND
from tests.window.conftest import Eye

LEFT = Qt.MouseButton.LeftButton
RING = 20  # pixels from the middle of the node within which its ring is


def flick(eye: Eye) -> None:
    """A quick drag to the right over the scene, let go while it moves."""
    native = eye.window.canvas.native
    middle = QPoint(native.width() // 2, native.height() // 3)
    HAND.mousePress(native, LEFT, pos=middle)
    end = time.monotonic() + 0.1
    while time.monotonic() < end:
        way = 400 * (0.1 - (end - time.monotonic()))
        HAND.mouseMove(native, middle + QPoint(round(way), 0))
        HAND.qWait(12)
    HAND.mouseRelease(native, LEFT, pos=middle + QPoint(42, 0))


def is_quiet(eye: Eye) -> bool:
    """Whether nothing is drawn and no timer of the canvas runs."""
    before = len(eye.reports)
    HAND.qWait(300)
    return len(eye.reports) == before and not eye.window.canvas._timer.running


def arrive(eye: Eye) -> None:
    canvas = eye.window.canvas
    eye.wait_for(lambda: canvas.seen == canvas.pose)
    eye.rest()


def test_a_flick_turns_and_then_all_is_quiet(eye: Eye) -> None:
    """How far it glides depends on the machine's speed here; by a clock of their own tests/gl/test_canvas*.py know."""
    canvas, start = eye.window.canvas, eye.window.canvas.pose
    flick(eye)
    let_go = canvas.seen
    assert let_go.azimuth < start.azimuth
    assert eye.window.session.pose == canvas.pose
    assert canvas.pose.azimuth <= let_go.azimuth
    arrive(eye)
    assert is_quiet(eye)


def test_a_press_stops_the_glide_and_is_a_click(eye: Eye) -> None:
    canvas = eye.window.canvas
    flick(eye)
    HAND.qWait(150)
    HAND.mousePress(canvas.native, LEFT, pos=QPoint(3, 3))
    stopped = canvas.seen
    HAND.qWait(200)
    assert canvas.seen == canvas.pose == eye.window.session.pose == stopped
    HAND.mouseRelease(canvas.native, LEFT, pos=QPoint(3, 3))


@pytest.mark.parametrize(("key", "view"), [(Qt.Key.Key_F2, "side"), (Qt.Key.Key_F3, "top")])
def test_a_view_key_glides_there(eye: Eye, key: Qt.Key, view: str) -> None:
    canvas, start = eye.window.canvas, eye.scene()
    HAND.keyClick(eye.window, key)
    assert canvas.seen != canvas.pose
    arrive(eye)
    assert canvas.seen == canvas.named_pose(view)
    there = eye.scene()
    assert np.abs(there.astype(int) - start).mean() > 3
    HAND.keyClick(eye.window, Qt.Key.Key_Home)
    arrive(eye)
    assert np.abs(eye.scene().astype(int) - start).mean() < 2


def test_a_click_marks_a_node_and_a_double_click_comes_close(eye: Eye) -> None:
    window, canvas = eye.window, eye.window.canvas
    node = window.session.network.nodes - 3  # the output 7
    plain = eye.output_cells()
    corners = canvas.node_points(node).astype(np.float64)
    middle = corners[0] + 0.75 * (corners[1] - corners[0]) + 0.5 * (corners[2] - corners[0])
    x, y, _ = camera.project(middle[None], canvas.pose, canvas.aspect)[0]
    spot = QPoint(round((x + 1) / 2 * canvas.native.width()), round((1 - y) / 2 * canvas.native.height()))
    before = eye.scene()
    HAND.mouseClick(canvas.native, LEFT, pos=spot)
    assert window.session.selection == node
    eye.rest()
    changed = np.argwhere((eye.scene().min(axis=2) > 180) & (before.min(axis=2) <= 180))  # to nearly white
    ring = changed[np.abs(changed - [spot.y(), spot.x()]).max(axis=1) < RING]
    assert ring.mean(axis=0) == pytest.approx([spot.y(), spot.x()], abs=8)
    assert np.abs(eye.output_cells()[7] - plain[7]).max() < 0.1  # the ring leaves the colour alone
    height = canvas.pose.height
    HAND.mouseDClick(canvas.native, LEFT, pos=spot)
    arrive(eye)
    assert canvas.pose.height < height
    HAND.keyClick(window, Qt.Key.Key_Escape)
    assert window.session.selection is None


def test_turning_slowly_runs_until_a_press(eye: Eye) -> None:
    canvas = eye.window.canvas
    start = canvas.seen
    HAND.keyClick(eye.window, Qt.Key.Key_R)
    HAND.qWait(400)
    assert 0.5 < canvas.seen.azimuth - start.azimuth < 20
    HAND.mouseClick(canvas.native, LEFT, pos=QPoint(3, 3))
    assert not eye.window.session.turning
    eye.rest()
    assert is_quiet(eye)


def test_the_keyboard_reaches_the_scene_with_a_ring_around_it(eye: Eye) -> None:
    window, native = eye.window, eye.window.canvas.native
    window.drawing.tools[-1].setFocus()
    for _ in range(60):
        HAND.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
        if native.hasFocus():
            break
    assert native.hasFocus()
    HAND.qWait(100)
    screen = window.screen()
    assert screen is not None
    corner = native.mapTo(window, QPoint(-1, native.height() // 2))
    ring = screen.grabWindow(window.winId(), corner.x(), corner.y(), 1, 1).toImage().pixelColor(0, 0)
    assert ring == native.parentWidget().palette().highlight().color()
    before = eye.window.canvas.pose
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_PageUp):
        HAND.keyClick(native, key)
    after = eye.window.canvas.pose
    assert (after.azimuth, after.elevation) != (before.azimuth, before.elevation)
    assert after.height < before.height
    arrive(eye)
    assert is_quiet(eye)


def test_a_saved_view_survives_in_the_settings(eye: Eye) -> None:
    window, canvas = eye.window, eye.window.canvas
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    HAND.keyClick(window, Qt.Key.Key_F2)
    saved = canvas.pose
    HAND.keyClick(window, Qt.Key.Key_4, control | shift)
    HAND.keyClick(window, Qt.Key.Key_Home)
    arrive(eye)
    HAND.keyClick(window, Qt.Key.Key_4, control)
    arrive(eye)
    assert canvas.seen == saved
    assert window.session.settings.views[0][:3] == ("cnn", "3d", 4)
