"""The sliders show the settings and ask for new ones; they never change anything themselves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PyQt6.QtWidgets import QApplication

from nodelink.qt.views.edges import STEPS, Edges, from_exposure, to_exposure
from nodelink.settings import Settings


@pytest.fixture
def view(qapp: QApplication) -> Iterator[Edges]:
    view = Edges({})
    view.show()
    view.receive_settings(Settings())
    yield view
    view.deleteLater()


def test_the_middle_of_the_slider_changes_nothing() -> None:
    assert to_exposure(STEPS // 2) == pytest.approx(1.0)
    assert to_exposure(0) == pytest.approx(0.1)
    assert to_exposure(STEPS) == pytest.approx(10.0)


@pytest.mark.parametrize("value", range(0, STEPS + 1, 7))
def test_a_slider_position_survives_the_settings(value: int) -> None:
    exposure = Settings(exposure=to_exposure(value)).exposure
    assert from_exposure(exposure) == value


def test_every_position_of_a_slider_is_a_valid_setting() -> None:
    for value in range(STEPS + 1):
        Settings(exposure=to_exposure(value), held_back=value / STEPS)


def test_moving_a_slider_asks(view: Edges) -> None:
    asked: list[dict[str, float]] = []
    view.wanted.connect(asked.append)
    view.held_back.setValue(40)
    view.exposure.setValue(STEPS)
    assert asked == [{"held_back": 0.4}, {"exposure": pytest.approx(10.0)}]


def test_showing_settings_asks_for_nothing(view: Edges) -> None:
    asked: list[dict[str, float]] = []
    view.wanted.connect(asked.append)
    view.receive_settings(Settings(exposure=3.0, held_back=0.7))
    assert asked == []
    assert view.held_back.value() == 70
    assert view.held_back_text.text() == "70 %"
    assert view.exposure_text.text() == "× 3"


def test_weights_have_nothing_held_back(view: Edges) -> None:
    view.receive_settings(Settings(edges="weights"))
    assert not view.held_back.isEnabled()
