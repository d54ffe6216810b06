"""The curve: dragging along it picks steps, and what leads where is painted where it leads."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QApplication

from nodelink.qt.curve import CLASS_COLOURS, Curve, class_colour, runs
from nodelink.theme import THEMES, contrast, rgb
from tests.qt.hand import HAND

LEFT = Qt.MouseButton.LeftButton


def values() -> np.ndarray:
    """Class 3 leads in the first 20 steps, class 8 in the other 41."""
    found = np.full((61, 10), 0.01, np.float32)
    found[:20, 3] = found[20:, 8] = 0.91
    return found


@pytest.fixture
def curve(qapp: QApplication) -> Iterator[Curve]:
    curve = Curve()
    curve.resize(260, 200)
    curve.set_axis(61, 30, ("left", "right"))
    curve.show()
    QApplication.processEvents()
    yield curve
    curve.close()


def test_who_leads_where() -> None:
    assert runs(values()) == [(3, 0, 20), (8, 20, 61)]
    assert runs(values()[:5]) == [(3, 0, 5)]


def test_places_and_steps_are_each_others_inverse(curve: Curve) -> None:
    assert [curve.step_at(curve.x_of(step)) for step in range(61)] == list(range(61))
    assert curve.step_at(-50) == 0
    assert curve.step_at(1000) == 60


def test_dragging_picks_every_step_once(curve: Curve) -> None:
    picked: list[int] = []
    curve.picked.connect(picked.append)
    spots = [QPoint(round(curve.x_of(step)), 100) for step in (10, 20, 20, 45)]
    HAND.mousePress(curve, LEFT, pos=spots[0])
    for spot in spots[1:]:
        HAND.mouseMove(curve, spot)
    HAND.mouseRelease(curve, LEFT, pos=spots[-1])
    assert picked == [10, 20, 45]
    assert curve.step == 45
    HAND.mouseDClick(curve, LEFT, pos=spots[0])
    assert curve.step == 30


def test_arrows_go_step_by_step_and_not_beyond_the_ends(curve: Curve) -> None:
    curve.set_step(59)
    for _ in range(3):
        HAND.keyClick(curve, Qt.Key.Key_Right)
    assert curve.step == 60
    HAND.keyClick(curve, Qt.Key.Key_Left)
    assert curve.step == 59


@pytest.mark.parametrize("theme", list(THEMES))
def test_the_band_above_has_the_colour_of_who_leads(curve: Curve, theme: str) -> None:
    curve.set_look(theme, 1.0)
    curve.set_curves(values(), tuple("0123456789"))
    curve.set_step(45)
    image = curve.grab().toImage()
    for step, leader in ((2, 3), (17, 3), (23, 8), (58, 8)):
        found = image.pixelColor(round(curve.x_of(step)), 4).name()
        assert found == class_colour(leader, THEMES[theme])


def test_it_says_what_it_shows(curve: Curve) -> None:
    curve.set_curves(values(), tuple("abcdefghij"))
    curve.set_step(3)
    assert curve.said().replace("\N{NO-BREAK SPACE}", " ") == "d: 91.0 %"
    curve.set_curves(None, message="The pad is blank")
    assert curve.said() == "The pad is blank"
    curve.grab()


@pytest.mark.parametrize("theme", list(THEMES.values()), ids=list(THEMES))
def test_every_class_can_be_seen_on_the_ground(theme: object) -> None:
    for index in range(len(CLASS_COLOURS)):
        found = class_colour(index, theme)  # type: ignore[arg-type]
        assert contrast(rgb(found), rgb(theme.panel)) >= 2.6, (index, found)  # type: ignore[attr-defined]


def painted(curve: Curve) -> np.ndarray:
    image = curve.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    data = image.constBits()
    assert data is not None
    return np.frombuffer(bytes(data.asarray(image.sizeInBytes())), np.uint32).reshape(
        image.height(), image.width()
    )


@pytest.mark.parametrize("message", ["The pad is blank.", "A line that is much too long for it. " * 12])
def test_a_message_stands_in_the_empty_frame_and_touches_neither_lines_nor_ends(
    curve: Curve, message: str
) -> None:
    plain = painted(curve)  # no curve yet
    curve.set_curves(None, message=message)
    told, plot = painted(curve), curve.plot().toAlignedRect().adjusted(-1, -1, 2, 2)
    inside = np.zeros(told.shape, bool)
    inside[plot.top() : plot.bottom(), plot.left() : plot.right()] = True
    marker = np.abs(np.arange(told.shape[1]) - curve.x_of(30)) < 6
    assert np.array_equal(told[~inside & ~marker], plain[~inside & ~marker])
    ground = told[plot.top() + 4, plot.left() + 40]
    ink = told != ground
    middle = round(curve.plot().center().y())
    if (
        len(message) < 50
    ):  # above and below the words there is nothing: no line at 50 %, none at the present place
        assert (told[plot.top() + 4 : middle - 20, plot.left() + 5 : plot.right() - 5] == ground).all()
        assert ink[middle - 20 : middle + 20].any()
    curve.set_curves(values())
    assert not np.array_equal(painted(curve)[inside], plain[inside])
