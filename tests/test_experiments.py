"""Commands that break the network: what is selected goes off and on again, and refusals are one line."""

from __future__ import annotations

from typing import Any

import pytest

from nodelink.experiments import commands, layer_change, map_change, node_change, weight_change
from nodelink.nn.changes import BiasOff, NodesOff, WeightNoise, WeightOff
from nodelink.nn.transforms import AS_DRAWN, Transform
from nodelink.session import Session
from nodelink.settings import Settings
from tests.networks import cnn, mini
from tests.test_commands import FakeUi

BY_ID = {command.id: command for command in commands()}


@pytest.fixture
def session() -> Session:
    networks = {"cnn": cnn(), "mini": mini()}
    session = Session(networks["cnn"], Settings(), load=networks.__getitem__)
    session.show_example(7)
    return session


def run(session: Session, *names: str) -> list[str]:
    """Run commands, and say what they said."""
    ui: Any = FakeUi(session)
    for name in names:
        BY_ID[name].run(session, ui)
    said: list[str] = ui.said
    return said


def can(session: Session, name: str) -> bool:
    ask = BY_ID[name].enabled
    assert ask is not None
    return ask(session)


def is_on(session: Session, name: str) -> bool:
    ask = BY_ID[name].checked
    assert ask is not None
    return ask(session)


def node(session: Session, stage: str, unit: int) -> int:
    return session.network.stage(stage).offset + unit


def test_the_selected_node_its_map_and_its_layer_go_off_and_on(session: Session) -> None:
    session.select(node(session, "C3", 3 * 100 + 42))
    wanted = {"off-node": NodesOff("C3", 342), "off-map": NodesOff("C3", map=3), "off-layer": NodesOff("C3")}
    for name, change in wanted.items():
        assert can(session, name)
        run(session, name)
        assert list(session.changes) == [change]
        assert is_on(session, name)
        run(session, name)
        assert not session.changes
        assert not is_on(session, name)


def test_without_a_selection_nothing_can_be_switched_off(session: Session) -> None:
    for name in ("off-node", "off-map", "off-layer", "off-weight"):
        assert not can(session, name)
        assert "click a node" in run(session, name)[0]
    assert session.changes == ()
    assert not can(session, "restore-all")


def test_a_dense_layer_has_no_maps(session: Session) -> None:
    session.select(node(session, "F5", 3))
    assert map_change(session) is None
    assert node_change(session) == NodesOff("F5", 3)
    assert layer_change(session) == NodesOff("F5")


def test_the_weight_between_two_pinned_nodes_in_either_order(session: Session) -> None:
    source, target = node(session, "F5", 7), node(session, "F6", 4)
    session.focus.pin(source)
    assert weight_change(session) is None
    session.focus.pin(target)
    assert weight_change(session) == WeightOff("F6", (4, 7))
    session.focus.select(None)
    session.focus.pin(target)
    session.focus.pin(source)
    assert run(session, "off-weight") == []
    assert session.changes == (WeightOff("F6", (4, 7)),)
    session.focus.pin(node(session, "F6", 5))
    assert weight_change(session) is None  # of three, which two?
    session.focus.select(None)
    session.focus.pin(node(session, "S2", 0))
    session.focus.pin(node(session, "S4", 0))
    assert weight_change(session) is None


def test_a_layer_that_is_off_is_told_once(session: Session) -> None:
    session.select(node(session, "F6", 0))
    assert "no longer depends" in run(session, "off-layer")[0]
    assert run(session, "off-layer") == []
    session.select(node(session, "Output", 0))
    assert "no answer" in run(session, "off-layer")[0]
    assert session.frame.verdict == "off"


def test_all_biases_off_is_on_however_it_came_about(session: Session) -> None:
    for name in ("C1", "C3", "F5", "F6"):
        session.alter(BiasOff(name))
        assert not is_on(session, "off-biases")
    session.alter(BiasOff("Output"))
    assert is_on(session, "off-biases")
    assert list(session.changes) == [BiasOff()]
    run(session, "off-biases")
    assert session.network is session.original


def test_everything_is_restored_at_once(session: Session) -> None:
    ink = session.frame.sheet.ink
    session.select(node(session, "C1", 5))
    run(session, "off-map", "off-biases")
    session.alter(WeightNoise("F5", 0.5))
    session.set_transform(Transform(angle=90))
    assert BiasOff() in session.changes
    run(session, "restore-all")
    assert session.network is session.original
    assert session.transform == AS_DRAWN
    assert session.frame.sheet.ink.tolist() == ink.tolist()
    assert not can(session, "restore-all")


def test_while_another_network_is_looked_at_its_nodes_are_not_taken_for_ours(session: Session) -> None:
    session.freeze()
    session.load("mini")
    session.compare.show("A")
    session.select(5000)  # a node of the frozen network, which this one does not have
    assert not can(session, "off-node")
    run(session, "off-node")
    assert session.changes == ()
