"""The panel of layers: one row a layer, three buttons a row, and the settings decide what is on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PyQt6.QtWidgets import QApplication

from nodelink.qt.views.layers import Layers
from nodelink.session import Session
from nodelink.settings import ALL_LAYERS, Settings
from tests.networks import load


@pytest.fixture
def view(session: Session) -> Iterator[Layers]:
    """The panel as the window would use it: what it wants is done."""
    view = Layers({})
    view.wanted.connect(lambda fields: session.change(**fields))
    session.settings_changed.connect(lambda new, _: view.receive_settings(new))
    session.frame_changed.connect(view.receive_frame)
    view.receive_settings(session.settings)
    view.receive_frame(session.frame)
    view.show()
    QApplication.processEvents()
    yield view
    view.close()


def states(view: Layers, kind: str) -> dict[str, bool]:
    return {name: buttons[kind].isChecked() for name, buttons in view.rows.items()}


def test_every_layer_has_a_row_in_order(view: Layers, session: Session) -> None:
    assert list(view.rows) == [stage.name for stage in session.network.stages]
    assert all(states(view, "shown").values())
    assert not any(states(view, "dimmed").values())
    assert not view.everything.isEnabled()


def test_the_eye_hides_and_shows(view: Layers, session: Session) -> None:
    view.rows["C3"]["shown"].click()
    view.rows["C1"]["shown"].click()
    assert set(session.settings.layers_hidden) == {"C1", "C3"}
    assert not states(view, "shown")["C3"]
    view.rows["C3"]["shown"].click()
    assert set(session.settings.layers_hidden) == {"C1"}
    assert states(view, "shown")["C3"]


def test_dimming_is_apart_from_hiding(view: Layers, session: Session) -> None:
    view.rows["F5"]["dimmed"].click()
    assert session.settings.layers_dimmed == ("F5",)
    assert states(view, "shown")["F5"]
    view.rows["F5"]["shown"].click()
    assert not view.rows["F5"]["dimmed"].isEnabled()


def test_one_layer_alone_and_all_again(view: Layers, session: Session) -> None:
    view.rows["C3"]["alone"].click()
    assert session.settings.layer_alone == "C3"
    assert [name for name, on in states(view, "shown").items() if on] == ["C3"]
    view.rows["S2"]["alone"].click()
    assert session.settings.layer_alone == "S2"
    view.everything.click()
    assert all(getattr(session.settings, name) == value for name, value in ALL_LAYERS.items())
    assert all(states(view, "shown").values())


def test_another_network_has_other_rows_and_forgets_what_was_hidden(view: Layers, session: Session) -> None:
    view.rows["C3"]["shown"].click()
    session.load("mini")
    assert list(view.rows) == [stage.name for stage in load("mini").stages]
    assert session.settings.layers_hidden == ()
    assert all(states(view, "shown").values())


def test_the_buttons_say_what_they_do(view: Layers) -> None:
    for name, buttons in view.rows.items():
        for button in buttons.values():
            assert name in button.toolTip()
            assert name in button.accessibleName()
            assert not button.icon().isNull()


def test_names_of_another_network_are_ignored(view: Layers) -> None:
    view.receive_settings(Settings(layer_alone="H7", layers_hidden=("H1",)))
    assert all(states(view, "shown").values())
