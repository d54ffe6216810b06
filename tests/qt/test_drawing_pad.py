"""The pad shows the session's ink and reports the pointer, at most once a frame."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QPointingDevice, QTabletEvent
from PyQt6.QtWidgets import QApplication

from nodelink.qt.drawing_pad import DrawingPad
from nodelink.theme import THEMES, rgb
from tests.qt.hand import HAND

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
    pad.pressed.connect(lambda x, y, erase: events.append(("pressed", x, y, erase)))
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
        ("pressed", 30.0, 40.0, False),
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
    assert heard == [("pressed", 30.0, 40.0, True), ("released",)]


def test_a_larger_pad_still_speaks_pad_pixels(pad: DrawingPad, heard: list[tuple[object, ...]]) -> None:
    pad.resize(640, 600)
    assert pad.square().getRect() == (40, 20, 560, 560)
    HAND.mouseClick(pad, LEFT, pos=QPoint(40 + 280, 20 + 140))
    assert heard[0] == ("pressed", 140.0, 70.0, False)


def test_a_small_pad_is_never_cut_off(pad: DrawingPad) -> None:
    pad.resize(200, 170)
    assert pad.square().getRect() == (15, 0, 170, 170)


@pytest.mark.parametrize("end", [QPointingDevice.PointerType.Pen, QPointingDevice.PointerType.Eraser])
def test_a_pen_draws_and_its_other_end_erases(
    pad: DrawingPad, heard: list[tuple[object, ...]], end: QPointingDevice.PointerType
) -> None:
    kinds = QTabletEvent.Type
    device = QPointingDevice(
        "pen", 1, QPointingDevice.DeviceType.Stylus, end, QPointingDevice.Capability.Position, 1, 1
    )
    for kind, x in ((kinds.TabletPress, 10.25), (kinds.TabletMove, 20.5), (kinds.TabletRelease, 20.5)):
        at = QPointF(x, 30.0)
        held = LEFT if kind != kinds.TabletRelease else Qt.MouseButton.NoButton
        event = QTabletEvent(
            kind, device, at, at, 1.0, 0, 0, 0.0, 0.0, 0.0, Qt.KeyboardModifier.NoModifier, LEFT, held
        )
        QApplication.sendEvent(pad, event)
        assert event.isAccepted()
    erase = end == QPointingDevice.PointerType.Eraser
    assert heard == [("pressed", 10.25, 30.0, erase), ("moved", [(20.5, 30.0)]), ("released",)]


def test_a_hint_is_painted_and_goes_while_drawing(pad: DrawingPad) -> None:
    blank = pad.grab().toImage()
    pad.set_hint("Draw a digit here", large=True)
    assert pad.grab().toImage() != blank
    HAND.mousePress(pad, LEFT, pos=QPoint(5, 5))
    assert pad.grab().toImage() == blank


@pytest.mark.parametrize(("side", "brush"), [(280, 22.0), (560, 22.0), (280, 60.0)])
def test_the_pointer_is_as_large_as_its_stroke(pad: DrawingPad, side: int, brush: float) -> None:
    pad.resize(side, side)
    pad.set_look("dark", 1.0, brush)
    shown = pad.cursor().pixmap().toImage()
    row = [shown.pixelColor(x, shown.height() // 2).alpha() > 60 for x in range(shown.width())]
    inked = [x for x, there in enumerate(row) if there]
    assert inked[-1] - inked[0] + 1 == pytest.approx(brush * side / 280, abs=3)
