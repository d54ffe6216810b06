"""The pad shows the session's ink and reports the pointer, at most once a frame."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import QMouseEvent, QPointingDevice, QTabletEvent
from PyQt6.QtWidgets import QApplication

from nodelink.qt.drawing_pad import SIZES, STEADY, DrawingPad
from nodelink.theme import THEMES, rgb
from tests.qt.hand import HAND, States, touch, touch_screen

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


@pytest.fixture
def pad(qapp: QApplication) -> Iterator[DrawingPad]:
    pad = DrawingPad()
    pad.resize(280, 280)
    pad.show()
    yield pad
    pad.deleteLater()


@pytest.fixture
def heard(pad: DrawingPad) -> list[tuple[object, ...]]:
    events: list[tuple[object, ...]] = []
    pad.pressed.connect(lambda x, y, erase, size: events.append(("pressed", x, y, erase, size)))
    pad.dropped.connect(lambda: events.append(("dropped",)))
    pad.moved.connect(lambda points: events.append(("moved", points)))
    pad.released.connect(lambda: events.append(("released",)))
    return events


def test_what_is_seen_is_the_ink(pad: DrawingPad) -> None:
    ink = np.zeros((280, 280), np.float32)
    ink[40:60, 100:200] = 1.0
    pad.set_ink(ink)
    for name in THEMES:
        pad.set_look(name, 1.0, 22.0)
        shown = pad.grab().toImage()
        for (x, y), colour in (((150, 50), THEMES[name].text), ((150, 150), THEMES[name].neutral)):
            seen = np.array(shown.pixelColor(x, y).getRgbF()[:3])
            assert seen == pytest.approx(rgb(colour), abs=0.01)


def test_a_stroke_is_reported_in_pad_pixels(pad: DrawingPad, heard: list[tuple[object, ...]]) -> None:
    HAND.mousePress(pad, LEFT, pos=QPoint(30, 40))
    HAND.mouseMove(pad, QPoint(90, 100))
    HAND.mouseMove(pad, QPoint(120, 130))
    HAND.mouseRelease(pad, LEFT, pos=QPoint(120, 130))
    assert heard == [
        ("pressed", 30.0, 40.0, False, None),
        ("moved", [(90.0, 100.0), (120.0, 130.0)]),
        ("released",),
    ]


def test_many_moves_are_one_report_a_frame(pad: DrawingPad, heard: list[tuple[object, ...]]) -> None:
    HAND.mousePress(pad, LEFT, pos=QPoint(30, 40))
    for x in range(31, 61):
        HAND.mouseMove(pad, QPoint(x, 40))
    HAND.qWait(60)
    reports = [event for event in heard if event[0] == "moved"]
    assert sum(len(points) for _, points in reports) == 30  # type: ignore[misc, arg-type]
    assert len(reports) <= 4
    assert not pad._timer.isActive()
    HAND.mouseRelease(pad, LEFT, pos=QPoint(60, 40))


def test_nothing_is_reported_without_a_button(pad: DrawingPad, heard: list[tuple[object, ...]]) -> None:
    HAND.mouseMove(pad, QPoint(90, 100))
    HAND.qWait(40)
    assert heard == []


def test_the_right_button_erases(pad: DrawingPad, heard: list[tuple[object, ...]]) -> None:
    HAND.mouseClick(pad, RIGHT, pos=QPoint(30, 40))
    assert heard == [("pressed", 30.0, 40.0, True, None), ("released",)]


def test_a_larger_pad_still_speaks_pad_pixels(pad: DrawingPad, heard: list[tuple[object, ...]]) -> None:
    pad.resize(640, 600)
    assert pad.square().getRect() == (40, 20, 560, 560)
    HAND.mouseClick(pad, LEFT, pos=QPoint(40 + 280, 20 + 140))
    assert heard[0] == ("pressed", 140.0, 70.0, False, None)


def test_a_small_pad_is_never_cut_off(pad: DrawingPad) -> None:
    pad.resize(200, 170)
    assert pad.square().getRect() == (15, 0, 170, 170)


PEN, ERASER = QPointingDevice.PointerType.Pen, QPointingDevice.PointerType.Eraser
KINDS = QTabletEvent.Type


def pen(
    pad: DrawingPad,
    kind: QTabletEvent.Type,
    x: float,
    pressure: float | None = None,
    end: QPointingDevice.PointerType = PEN,
) -> None:
    """The pen at (x, 30); one without `pressure` does not feel any."""
    can = QPointingDevice.Capability.Position
    if pressure is not None:
        can |= QPointingDevice.Capability.Pressure
    device = QPointingDevice("pen", 1, QPointingDevice.DeviceType.Stylus, end, can, 1, 1)
    held = LEFT if kind != KINDS.TabletRelease else Qt.MouseButton.NoButton
    at, force, none = QPointF(x, 30.0), pressure or 0.0, Qt.KeyboardModifier.NoModifier
    event = QTabletEvent(kind, device, at, at, force, 0, 0, 0.0, 0.0, 0.0, none, LEFT, held)
    QApplication.sendEvent(pad, event)
    assert event.isAccepted()


@pytest.mark.parametrize("end", [PEN, ERASER])
def test_a_pen_draws_and_its_other_end_erases(
    pad: DrawingPad, heard: list[tuple[object, ...]], end: QPointingDevice.PointerType
) -> None:
    for kind, x in ((KINDS.TabletPress, 10.25), (KINDS.TabletMove, 20.5), (KINDS.TabletRelease, 20.5)):
        pen(pad, kind, x, end=end)
    assert heard == [
        ("pressed", 10.25, 30.0, end == ERASER, None),
        ("moved", [(20.5, 30.0)]),
        ("released",),
    ]


def test_a_pen_draws_as_wide_as_it_is_pressed_without_trembling(
    pad: DrawingPad, heard: list[tuple[object, ...]]
) -> None:
    pen(pad, KINDS.TabletPress, 10, 0.5)
    for x in range(20, 100, 10):
        pen(pad, KINDS.TabletMove, x, 1.0)
    pen(pad, KINDS.TabletRelease, 90, 0.0)
    assert heard[0][-1] == pytest.approx(1.0)  # half the pressure: the brush as it is set
    sizes = [point[2] for _, points in heard[1:-1] for point in points]  # type: ignore[attr-defined]
    assert len(sizes) == 8
    assert (np.diff(sizes) > 0).all()
    assert sizes[0] == pytest.approx(1.0 + STEADY * (SIZES[1] - 1.0))
    assert sizes[-1] == pytest.approx(SIZES[1], abs=0.01)
    assert heard[-1] == ("released",)


def test_a_pen_in_the_air_draws_nothing(pad: DrawingPad, heard: list[tuple[object, ...]]) -> None:
    pen(pad, KINDS.TabletMove, 20, 0.0)
    pen(pad, KINDS.TabletMove, 30, 0.0)
    HAND.qWait(40)
    assert heard == []


def test_one_finger_draws_and_a_second_one_does_not(pad: DrawingPad, heard: list[tuple[object, ...]]) -> None:
    touch(pad, QEvent.Type.TouchBegin, (7, States.Pressed, 10, 50))
    touch(pad, QEvent.Type.TouchUpdate, (7, States.Updated, 20, 50), (8, States.Pressed, 200, 50))
    touch(pad, QEvent.Type.TouchUpdate, (7, States.Stationary, 20, 50), (8, States.Updated, 210, 50))
    touch(pad, QEvent.Type.TouchUpdate, (7, States.Updated, 30, 50), (8, States.Released, 210, 50))
    touch(pad, QEvent.Type.TouchEnd, (7, States.Released, 30, 50))
    points = [point for name, *rest in heard if name == "moved" for point in rest[0]]  # type: ignore[attr-defined]
    assert heard[0] == ("pressed", 10.0, 50.0, False, None)
    assert points == [(20.0, 50.0), (30.0, 50.0)]
    assert heard[-1] == ("released",)
    assert len(heard) == 2 + sum(event[0] == "moved" for event in heard)


def test_a_mouse_that_is_a_finger_reported_again_draws_nothing(
    pad: DrawingPad, heard: list[tuple[object, ...]]
) -> None:
    at = QPointF(30.0, 40.0)
    kind, none = QEvent.Type.MouseButtonPress, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(pad, QMouseEvent(kind, at, at, LEFT, LEFT, none, touch_screen()))
    assert heard == []


def test_while_one_tool_draws_the_others_wait(pad: DrawingPad, heard: list[tuple[object, ...]]) -> None:
    touch(pad, QEvent.Type.TouchBegin, (1, States.Pressed, 10, 50))
    HAND.mousePress(pad, LEFT, pos=QPoint(100, 100))
    HAND.mouseMove(pad, QPoint(120, 100))
    HAND.mouseRelease(pad, LEFT, pos=QPoint(120, 100))
    touch(pad, QEvent.Type.TouchEnd, (1, States.Released, 10, 50))
    assert heard == [("pressed", 10.0, 50.0, False, None), ("released",)]


def test_the_palm_under_a_pen_draws_nothing(pad: DrawingPad, heard: list[tuple[object, ...]]) -> None:
    pen(pad, KINDS.TabletMove, 20, 0.0)  # it comes near
    touch(pad, QEvent.Type.TouchBegin, (1, States.Pressed, 200, 50))
    pen(pad, KINDS.TabletPress, 20, 0.5)
    touch(pad, QEvent.Type.TouchUpdate, (1, States.Updated, 205, 50))
    pen(pad, KINDS.TabletRelease, 20, 0.0)
    touch(pad, QEvent.Type.TouchEnd, (1, States.Released, 205, 50))
    assert [event[0] for event in heard] == ["pressed", "released"]


def test_a_palm_that_came_before_the_pen_is_dropped(pad: DrawingPad, heard: list[tuple[object, ...]]) -> None:
    touch(pad, QEvent.Type.TouchBegin, (1, States.Pressed, 200, 50))
    touch(pad, QEvent.Type.TouchUpdate, (1, States.Updated, 205, 50))
    pen(pad, KINDS.TabletPress, 20, 0.5)
    touch(pad, QEvent.Type.TouchEnd, (1, States.Released, 205, 50))
    pen(pad, KINDS.TabletRelease, 20, 0.0)
    assert [event[0] for event in heard] == ["pressed", "dropped", "pressed", "released"]
    HAND.qWait(40)
    assert len(heard) == 4


def test_a_touch_that_the_system_takes_away_is_dropped(
    pad: DrawingPad, heard: list[tuple[object, ...]]
) -> None:
    touch(pad, QEvent.Type.TouchBegin, (1, States.Pressed, 200, 50))
    touch(pad, QEvent.Type.TouchCancel, (1, States.Released, 200, 50))
    assert [event[0] for event in heard] == ["pressed", "dropped"]


def test_a_hint_is_painted_and_goes_while_drawing(pad: DrawingPad) -> None:
    blank = pad.grab().toImage()
    pad.set_hint("Draw a digit here", large=True)
    assert pad.grab().toImage() != blank
    HAND.mousePress(pad, LEFT, pos=QPoint(5, 5))
    assert pad.grab().toImage() == blank


@pytest.mark.parametrize(("ink", "seen"), [((), "low"), ((250,), "high"), ((20, 250), "")])
def test_a_small_hint_keeps_off_the_drawing(pad: DrawingPad, ink: tuple[int, ...], seen: str) -> None:
    drawing = np.zeros((280, 280), np.float32)
    for row in ink:
        drawing[row - 20 : row + 20, 100:180] = 1.0
    pad.set_ink(drawing)
    before = pad.grab().toImage()
    pad.set_hint("An example – draw here", large=False)
    after = pad.grab().toImage()
    rows = [
        y
        for y in range(pad.height())
        if any(before.pixel(x, y) != after.pixel(x, y) for x in range(pad.width()))
    ]
    assert bool(rows) == bool(seen)
    if seen:
        assert min(rows) > 0.8 * pad.height() if seen == "low" else max(rows) < 0.2 * pad.height()


@pytest.mark.parametrize(("side", "brush"), [(280, 22.0), (560, 22.0), (280, 60.0)])
def test_the_pointer_is_as_large_as_its_stroke(pad: DrawingPad, side: int, brush: float) -> None:
    pad.resize(side, side)
    pad.set_look("dark", 1.0, brush)
    shown = pad.cursor().pixmap().toImage()
    row = [shown.pixelColor(x, shown.height() // 2).alpha() > 60 for x in range(shown.width())]
    inked = [x for x, there in enumerate(row) if there]
    assert inked[-1] - inked[0] + 1 == pytest.approx(brush * side / 280, abs=3)
