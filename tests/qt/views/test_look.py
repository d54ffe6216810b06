"""The panel of looks shows the settings and says what the user wants of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PyQt6.QtWidgets import QApplication

from nodelink.looks import FORM
from nodelink.qt.views.look import CHOICES, SLIDERS, STEPS, Look, position, value_at
from nodelink.session import Session
from nodelink.settings import CHOICES as ALLOWED
from nodelink.settings import RANGES, Settings


@pytest.fixture
def view(session: Session) -> Iterator[Look]:
    view = Look({})
    view.wanted.connect(lambda fields: session.change(**fields))
    session.settings_changed.connect(lambda new, _: view.receive_settings(new))
    view.receive_settings(session.settings)
    view.show()
    QApplication.processEvents()
    yield view
    view.close()


@pytest.mark.parametrize("field", CHOICES)
def test_every_choice_of_the_settings_can_be_taken(view: Look, session: Session, field: str) -> None:
    box = view.choices[field]
    assert {box.itemData(i) for i in range(box.count())} == set(ALLOWED[field])
    for i in range(box.count()):
        box.setCurrentIndex(i)
        assert getattr(session.settings, field) == box.itemData(i)


@pytest.mark.parametrize(("field", "on", "off"), [("scale", "relative", "fixed"), ("dense", "line", "block")])
def test_switches(view: Look, session: Session, field: str, on: str, off: str) -> None:
    view.switches[field].click()
    assert getattr(session.settings, field) == on
    view.switches[field].click()
    assert getattr(session.settings, field) == off


@pytest.mark.parametrize("field", SLIDERS)
def test_a_slider_covers_its_range_with_1_in_the_middle(view: Look, session: Session, field: str) -> None:
    for at, value in ((0, RANGES[field][0]), (STEPS // 2, 1.0), (STEPS, RANGES[field][1])):
        view.sliders[field].setValue(at)
        assert getattr(session.settings, field) == pytest.approx(value)
    assert all(position(field, value_at(field, at)) == at for at in range(STEPS + 1))


def test_settings_are_shown_and_nothing_is_wanted_by_showing_them(view: Look) -> None:
    wanted: list[object] = []
    view.wanted.connect(wanted.append)
    view.receive_settings(
        Settings(theme="contrast", palette="cividis", scale="relative", dense="line", cell=1.5, spacing=0.5)
    )
    assert view.choices["theme"].currentText() == "High contrast"
    assert view.choices["palette"].currentText() == "Cividis"
    assert view.switches["scale"].isChecked()
    assert view.switches["dense"].isChecked()
    assert view.numbers["cell"].text() == "× 1.5"
    assert view.numbers["spacing"].text() == "× 0.5"
    assert wanted == []


def test_only_the_direction_of_the_layout_that_is_shown_can_be_chosen(view: Look) -> None:
    for layout, other in (("2d", "3d"), ("3d", "2d")):
        view.receive_settings(Settings(layout=layout))
        assert view.choices[f"direction_{layout}"].isVisible()
        assert not view.choices[f"direction_{other}"].isVisible()


def test_the_usual_layout_comes_back(view: Look, session: Session) -> None:
    assert not view.usual.isEnabled()
    session.change(dense="line", direction_3d="away", cell=1.5, spacing=2.0, theme="light")
    view.usual.click()
    assert all(getattr(session.settings, name) == getattr(Settings(), name) for name in FORM)
    assert session.settings.theme == "light"
