"""The sliders show the settings and ask for new ones; they never change anything themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PyQt6.QtWidgets import QApplication

from nodelink.qt.views.edges import DIALS, STEPS, Dial, Edges
from nodelink.settings import RANGES, Settings

BY_FIELD = {dial.field: dial for dial in DIALS}


@pytest.fixture
def view(qapp: QApplication) -> Iterator[Edges]:
    view = Edges({})
    view.show()
    view.receive_settings(Settings())
    yield view
    view.deleteLater()


@pytest.mark.parametrize("dial", DIALS, ids=lambda dial: dial.field)
def test_a_slider_covers_its_range_and_every_position_survives_the_settings(dial: Dial) -> None:
    assert (dial.value(0), dial.value(STEPS)) == pytest.approx(RANGES[dial.field])
    for position in range(STEPS + 1):
        setting: dict[str, Any] = {dial.field: dial.value(position)}
        assert dial.position(getattr(Settings(**setting), dial.field)) == position


def test_the_middle_of_the_brightness_changes_nothing() -> None:
    assert BY_FIELD["exposure"].value(STEPS // 2) == pytest.approx(1.0)


def test_moving_a_slider_asks(view: Edges) -> None:
    asked: list[dict[str, float]] = []
    view.wanted.connect(asked.append)
    view.sliders["held_back"].setValue(40)
    view.sliders["exposure"].setValue(STEPS)
    assert asked == [{"held_back": pytest.approx(0.4)}, {"exposure": pytest.approx(10.0)}]


def test_showing_settings_asks_for_nothing(view: Edges) -> None:
    asked: list[dict[str, float]] = []
    view.wanted.connect(asked.append)
    view.receive_settings(Settings(exposure=3.0, held_back=0.7, strongest=0.01))
    assert asked == []
    assert view.sliders["held_back"].value() == 70
    assert {field: text.text() for field, text in view.texts.items()} == {
        "exposure": "× 3",
        "held_back": "70 %",
        "strongest": "1 %",
    }


def test_weights_have_nothing_held_back(view: Edges) -> None:
    view.receive_settings(Settings(edges="weights"))
    assert not view.sliders["held_back"].isEnabled()
