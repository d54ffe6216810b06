"""Fingers, touch-pad, gestures and the keyboard reach the scene, each once; the window tells it what is selected."""

from __future__ import annotations

from functools import cache
from unittest.mock import MagicMock

import pytest
from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import QNativeGestureEvent, QPointingDevice, QWheelEvent
from PyQt6.QtWidgets import QApplication

from nodelink.graph.emphasis import Emphasis
from nodelink.qt.banner import Stage
from nodelink.qt.window import Window
from nodelink.session import Session
from tests.qt.hand import HAND, States, touch

NONE = Qt.KeyboardModifier.NoModifier
Kinds = Qt.NativeGestureType


@cache
def touch_pad() -> QPointingDevice:
    kind, fingers = QPointingDevice.DeviceType.TouchPad, QPointingDevice.PointerType.Finger
    return QPointingDevice("pad", 3, kind, fingers, QPointingDevice.Capability.Position, 5, 0)


def gesture(window: Window, kind: Qt.NativeGestureType, value: float) -> None:
    here = QPointF(50, 40)
    there = QPointF(window.canvas.native.mapToGlobal(here))
    event = QNativeGestureEvent(kind, touch_pad(), 2, here, here, there, value, QPointF(), 0)
    QApplication.sendEvent(window.canvas.native, event)


def wheel(window: Window, pixels: QPoint, angle: QPoint) -> None:
    at = QPointF(50, 40)
    phase = Qt.ScrollPhase.ScrollUpdate
    event = QWheelEvent(at, at, pixels, angle, Qt.MouseButton.NoButton, NONE, phase, False)
    QApplication.sendEvent(window.canvas.native, event)


@pytest.fixture
def hand(window: Window, canvas: MagicMock) -> MagicMock:
    canvas.ready = True
    fake = canvas.hand = MagicMock()
    fake.touch.return_value = None
    return fake


def test_fingers_come_by_number_and_those_that_are_lifted_are_gone(window: Window, hand: MagicMock) -> None:
    native = window.canvas.native
    touch(native, QEvent.Type.TouchBegin, (3, States.Pressed, 10, 20))
    touch(native, QEvent.Type.TouchUpdate, (3, States.Stationary, 10, 20), (5, States.Pressed, 30, 40))
    touch(native, QEvent.Type.TouchUpdate, (3, States.Released, 10, 20), (5, States.Updated, 31, 40))
    touch(native, QEvent.Type.TouchEnd, (5, States.Released, 31, 40))
    seen = [call.args[0] for call in hand.touch.call_args_list]
    assert seen == [{3: (10, 20)}, {3: (10, 20), 5: (30, 40)}, {5: (31, 40)}, {}]


def test_a_tap_is_a_click(window: Window, canvas: MagicMock, hand: MagicMock) -> None:
    canvas.node_at.return_value = 17
    touch(canvas.native, QEvent.Type.TouchBegin, (3, States.Pressed, 10, 20))
    assert window.session.selection is None
    hand.touch.return_value = (10.0, 20.0)
    touch(canvas.native, QEvent.Type.TouchEnd, (3, States.Released, 10, 20))
    assert window.session.selection == 17
    hand.touch.return_value = None
    touch(canvas.native, QEvent.Type.TouchBegin, (3, States.Pressed, 10, 20))
    hand.touch.return_value = (10.0, 20.0)
    touch(canvas.native, QEvent.Type.TouchCancel, (3, States.Released, 10, 20))
    assert window.session.selection == 17  # the system took it away: no click


def test_pinch_and_twist_of_a_touch_pad(window: Window, canvas: MagicMock, hand: MagicMock) -> None:
    gesture(window, Kinds.ZoomNativeGesture, 0.25)
    hand.pinch.assert_called_once_with(1.25, (50.0, 40.0))
    gesture(window, Kinds.RotateNativeGesture, -3.0)
    hand.twist.assert_called_once_with(-3.0)
    gesture(window, Kinds.SmartZoomNativeGesture, 1.0)
    canvas.open_at.assert_called_once_with((50.0, 40.0))


def test_a_touch_pad_scrolls_by_pixels_and_a_wheel_is_left_to_the_canvas(
    window: Window, hand: MagicMock
) -> None:
    wheel(window, QPoint(3, -8), QPoint(6, -16))
    hand.scroll.assert_called_once_with(3.0, -8.0, (50.0, 40.0))
    wheel(window, QPoint(), QPoint(0, 120))
    assert hand.scroll.call_count == 1


def test_before_the_first_picture_nothing_is_touched(window: Window, canvas: MagicMock) -> None:
    canvas.ready = False
    canvas.hand = MagicMock()
    wheel(window, QPoint(3, -8), QPoint(6, -16))
    assert canvas.hand.mock_calls == []


def test_a_click_selects_a_second_one_and_escape_let_go(window: Window, canvas: MagicMock) -> None:
    session = window.session
    for node, selected in ((5, 5), (8, 8), (8, 5), (9, 9), (None, None), (4, 4)):
        canvas.clicked.emit(node)
        assert session.selection == selected
        assert canvas.set_focus.call_args.args[0].field_of == selected
    HAND.keyClick(window, Qt.Key.Key_Escape)
    assert session.selection is None


def test_a_double_click_looks_at_the_node(window: Window, canvas: MagicMock) -> None:
    before = window.session.pose
    canvas.opened.emit(5)
    assert window.session.selection == 5
    canvas.node_points.assert_called_with(5)
    assert window.session.pose != before


def test_another_network_selects_nothing(window: Window, canvas: MagicMock) -> None:
    canvas.clicked.emit(5)
    window.session.load("mlp")
    assert canvas.set_focus.call_args.args[0] == Emphasis()


def test_the_slow_turn_reaches_the_canvas_and_a_press_there_ends_it(
    window: Window, canvas: MagicMock, session: Session
) -> None:
    action = window.actions_by_id["turning"]
    HAND.keyClick(window, Qt.Key.Key_R)
    canvas.turn.assert_called_with(True)
    assert action.isChecked()
    canvas.moved.emit(canvas.pose)
    canvas.turn.assert_called_with(False)
    assert not action.isChecked()


def test_saved_views_by_key_and_the_window_says_so(window: Window, canvas: MagicMock) -> None:
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    HAND.keyClick(window, Qt.Key.Key_3, control)
    assert "no view 3" in window.banner.message.text()
    HAND.keyClick(window, Qt.Key.Key_3, control | shift)
    assert "Saved as view 3" in window.banner.message.text()
    assert window.banner.isVisible()
    HAND.keyClick(window, Qt.Key.Key_3, control)
    assert window.session.pose == canvas.pose


def test_tab_reaches_the_scene_and_a_ring_says_so(window: Window) -> None:
    native = window.canvas.native
    stage = native.parentWidget()
    assert isinstance(stage, Stage)
    window.activateWindow()
    window.drawing.tools[0].setFocus()
    for _ in range(60):
        HAND.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
        if native.hasFocus():
            break
    assert native.hasFocus()
    assert stage.ringed
    corner = stage.grab().toImage().pixelColor(0, stage.height() // 2)
    assert corner == stage.palette().highlight().color()
    HAND.keyClick(native, Qt.Key.Key_Tab)
    assert not native.hasFocus()
    assert not stage.ringed


def test_a_mouse_needs_no_ring(window: Window) -> None:
    native = window.canvas.native
    stage = native.parentWidget()
    assert isinstance(stage, Stage)
    native.setFocus(Qt.FocusReason.TabFocusReason)
    HAND.mouseClick(native, Qt.MouseButton.LeftButton)
    assert not stage.ringed
    window.drawing.tools[0].setFocus()
    native.setFocus(Qt.FocusReason.MouseFocusReason)
    assert not stage.ringed


def test_arrows_act_on_the_scene_only_while_it_has_the_focus(window: Window) -> None:
    native, session = window.canvas.native, window.session
    window.activateWindow()
    window.drawing.brush.setFocus()
    HAND.keyClick(window.drawing.brush, Qt.Key.Key_Left)
    assert session.pose is None
    native.setFocus()
    for key in (Qt.Key.Key_Left, Qt.Key.Key_PageUp):
        before = session.pose
        HAND.keyClick(native, key)
        assert session.pose != before
        window.canvas.pose = session.pose


@pytest.mark.parametrize("pressure", [None, 0.5, 1.0])
def test_a_pen_on_the_pad_draws_with_its_pressure(window: Window, pressure: float | None) -> None:
    pad, session = window.drawing.pad, window.session
    session.clear()
    size = None if pressure is None else pressure * 2
    pad.pressed.emit(100.0, 100.0, False, size)
    pad.moved.emit([(150.0, 100.0) if size is None else (150.0, 100.0, size)])
    pad.released.emit()
    (stroke,) = session.drawing.strokes
    assert (stroke.widths is None) == (pressure is None)
    height = (session.frame.prepared.drawing[:, 125] > 0.5).sum()
    assert height == pytest.approx(session.settings.brush * (size or 1.0), abs=1)
    pad.pressed.emit(10.0, 10.0, False, None)
    pad.dropped.emit()
    assert len(session.drawing.strokes) == 1
