"""The way down shows the very arrays that made the prediction."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import QApplication

from nodelink.nn.transforms import Transform
from nodelink.qt.views.way_down import Strip, WayDown, network_input, pictures_of
from nodelink.session import Session
from nodelink.settings import Settings
from nodelink.theme import THEMES, diverging


@pytest.fixture
def strip(qapp: QApplication) -> Iterator[Strip]:
    strip = Strip()
    yield strip
    strip.deleteLater()


def test_the_three_pictures_are_the_frames_arrays(session: Session) -> None:
    session.sample(3)
    frame = session.frame
    drawing, centred, seen = pictures_of(frame, True)
    assert drawing.values is frame.prepared.drawing
    assert centred.values is frame.prepared.centred
    assert np.array_equal(seen.values, frame.activations.out[0][0, 0])
    assert seen.caption == "input 32 × 32"
    assert np.array_equal(network_input(frame)[2:30, 2:30], frame.prepared.cells)


def test_the_switch_is_said(session: Session) -> None:
    session.sample(3)
    assert pictures_of(session.frame, True)[1].caption == "centred"
    session.change(centre=False)
    drawing, centred, _ = pictures_of(session.frame, False)
    assert centred.caption == "not centred"
    assert drawing.box is None


def test_a_transformed_drawing_is_called_so(session: Session) -> None:
    session.sample(3)
    assert pictures_of(session.frame, True)[0].caption == "drawing"
    session.set_transform(Transform(angle=30))
    drawing = pictures_of(session.frame, True)[0]
    assert drawing.caption == "transformed"
    assert drawing.values is session.frame.prepared.drawing
    assert not np.array_equal(drawing.values, session.frame.sheet.ink)


def test_the_frame_is_around_the_ink(session: Session) -> None:
    session.begin_stroke(140, 70)
    session.end_stroke()
    box = pictures_of(session.frame, True)[0].box
    assert box is not None
    assert (box.center().x() * 280, box.center().y() * 280) == pytest.approx((140, 70), abs=1)
    assert box.width() * 280 == pytest.approx(session.settings.brush, abs=2)


@pytest.mark.parametrize("size", [(208, 90), (280, 110), (280, 170), (280, 420), (560, 300), (200, 500)])
def test_nothing_overlaps_and_nothing_is_cut_off(strip: Strip, size: tuple[int, int]) -> None:
    strip.resize(*size)
    places = strip.places()
    assert places[2].width() >= places[0].width() - 1
    for i, place in enumerate(places):
        assert place.width() == pytest.approx(place.height())
        assert place.width() >= 40
        assert place.left() >= -0.01
        assert place.top() >= -0.01
        assert place.right() <= size[0] + 0.01
        assert place.bottom() + 14 <= size[1]
        assert not any(place.intersects(other) for other in places[i + 1 :])


def test_a_cell_has_the_colour_of_its_value(strip: Strip, session: Session) -> None:
    session.sample(7)
    strip.resize(280, 420)
    strip.set_pictures(pictures_of(session.frame, True))
    shown = strip.grab().toImage()
    values = network_input(session.frame)
    place = strip.places()[2]
    cell = place.width() / 32
    for row, column in np.argwhere((values > 0.95) | (values == 0))[::37]:
        x, y = place.x() + (column + 0.5) * cell, place.y() + (row + 0.5) * cell
        seen = np.array(shown.pixelColor(int(x), int(y)).getRgbF()[:3])
        assert seen == pytest.approx(diverging(values[row, column], THEMES["dark"]), abs=0.05)


def test_a_new_theme_repaints_the_pictures(strip: Strip, session: Session) -> None:
    session.sample(7)
    strip.resize(280, 420)
    strip.set_pictures(pictures_of(session.frame, True))
    corner = strip.places()[2].topLeft().toPoint()
    for name in THEMES:
        strip.set_look(name, 1.0)
        seen = strip.grab().toImage().pixelColor(corner.x() + 4, corner.y() + 4)
        want = QColor(THEMES[name].neutral)
        assert abs(seen.lightness() - want.lightness()) < 12


def test_the_panel_says_what_its_pictures_are(qapp: QApplication, session: Session) -> None:
    view = WayDown({})
    view.receive_settings(Settings())
    view.show()
    session.sample(5)
    view.receive_frame(session.frame)
    assert view.strip.accessibleDescription() == "drawing, then centred, then input 32 × 32"
    view.deleteLater()


def test_a_difference_has_the_colours_of_values_on_both_sides_of_zero(strip: Strip, session: Session) -> None:
    session.sample(3)
    session.freeze()
    a = session.frame
    session.sample(8)
    b = session.frame
    session.compare.show("B - A")
    pictures = pictures_of(session.seen, True)
    assert all(picture.valued for picture in pictures)
    assert np.array_equal(pictures[0].values, b.prepared.drawing - a.prepared.drawing)
    assert np.allclose(pictures[2].values, network_input(b) - network_input(a), atol=1e-6)
    assert pictures[2].values.min() < 0 < pictures[2].values.max()
