"""A second network on the same drawing: the same answer as from an engine of its own, and no work for nothing."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from nodelink import beside
from nodelink.asking import find_shown
from nodelink.commands import COMMANDS
from nodelink.experiments import node_change
from nodelink.frame import Frame, compute_frame, same_drawing
from nodelink.graph.camera import Pose
from nodelink.nn.address import AddressError, address, find
from nodelink.nn.layers import Dense, Flatten
from nodelink.nn.network import Network
from nodelink.nn.weights import WeightsError
from nodelink.session import Session
from tests import networks

BY_ID = {command.id: command for command in COMMANDS}


def overflowing() -> Network:
    """A network that no drawing but a blank one passes through."""
    large = np.full((4, 784), 3e38, np.float32)
    layers = (Flatten("flat"), Dense("H1", large, np.zeros(4, np.float32), "relu"))
    return Network("large", "Large", layers, (1, 28, 28))


@cache
def load(name: str) -> Network:
    return overflowing() if name == "large" else networks.load(name)


@pytest.fixture
def session() -> Session:
    session = Session(load("cnn"), load=load)
    session.sample(7)
    return session


def shown(session: Session) -> Frame:
    frame = session.beside.frame
    assert frame is not None
    return frame


def test_closed_it_does_nothing(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[object] = []
    monkeypatch.setattr(beside, "same_drawing", lambda *arguments: calls.append(arguments))
    session.sample(3)
    assert calls == []
    assert session.beside.frame is None


@pytest.mark.parametrize("name", ["mlp", "mini", "cnn"])
def test_it_answers_as_an_engine_of_its_own_would(session: Session, name: str) -> None:
    session.open_beside(name)
    for centre in (True, False):
        session.change(centre=centre)
        for digit in (7, 1):
            session.sample(digit)
            ink = session.frame.prepared.drawing.copy()
            for network, frame in ((load("cnn"), session.frame), (load(name), shown(session))):
                alone = compute_frame(network, ink, centre)
                assert np.array_equal(frame.activations.output, alone.activations.output)
                assert (frame.guesses, frame.verdict) == (alone.guesses, alone.verdict)


def test_it_follows_what_the_first_network_shows(session: Session) -> None:
    session.open_beside("mini")
    seven = session.frame.prepared
    session.freeze()
    session.sample(1)
    assert shown(session).prepared is session.frame.prepared
    session.compare.show("A")
    assert shown(session).prepared is seven
    session.sample(2)  # not shown
    assert shown(session).prepared is seven
    session.compare.show("B - A")
    assert shown(session).prepared is session.frame.prepared


def test_nothing_is_computed_twice(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Frame] = []

    def counted(frame: Frame, network: Network) -> Frame:
        calls.append(frame)
        return same_drawing(frame, network)

    monkeypatch.setattr(beside, "same_drawing", counted)
    session.open_beside("mlp")
    session.freeze()
    session.compare.show("A")
    session.compare.show("B")
    assert len(calls) == 1  # all the time the same drawing
    session.sample(3)
    assert len(calls) == 2
    session.beside.close()
    session.sample(4)
    assert len(calls) == 2


def test_what_cannot_be_loaded_leaves_everything_as_it_was(session: Session) -> None:
    session.open_beside("mlp")
    frame = session.beside.frame
    with pytest.raises(WeightsError):
        session.open_beside("missing")
    assert (session.beside.name, session.beside.frame) == ("mlp", frame)


def test_a_drawing_that_overflows_there_disturbs_nobody_here(session: Session) -> None:
    session.open_beside("large")
    assert session.beside.frame is None
    assert "Large" in session.beside.fault or "large" in session.beside.fault
    assert session.frame.verdict in ("sure", "unsure")
    session.clear()
    assert session.beside.frame is not None
    assert session.beside.fault == ""


def test_it_has_a_camera_of_its_own(session: Session) -> None:
    session.open_beside("mini")
    pose = Pose(3.0, 4.0, (0.0, 0.0, 0.0), 50.0, 1.0)
    told: list[Pose | None] = []
    session.beside.pose_changed.connect(told.append)
    session.beside.set_pose(pose, "3d")
    session.beside.set_pose(pose, "3d")
    assert told == [pose]
    assert session.pose is None
    assert session.beside.pose("2d") is None
    session.open_beside("mlp")
    assert session.beside.pose("3d") is None
    session.open_beside("mini")
    assert session.beside.pose("3d") == pose
    session.beside.set_pose(None, "3d")
    assert session.beside.pose("3d") is None


def run(session: Session, *names: str) -> None:
    ui: Any = None
    for name in names:
        BY_ID[name].run(session, ui)


def test_a_node_of_either_network_is_asked_where_it_is_pinned(session: Session) -> None:
    session.focus.pin(5000)
    session.open_beside("mlp")
    assert (session.aside, session.asked, session.selection) == (False, session.frame, 5000)
    told: list[int | None] = []
    session.selection_changed.connect(told.append)
    beside = session.beside
    beside.focus.hover(900)
    assert beside.focus.emphasis.nodes == (900,)
    assert (session.aside, session.emphasis.nodes) == (False, (5000,))  # pointing asks nothing
    beside.focus.pin(900)
    assert (session.aside, session.asked, session.selection) == (True, beside.frame, 900)
    assert (session.focus.pins, session.emphasis.nodes) == ((5000,), (5000,))
    session.select(901)
    assert (beside.focus.pins, session.focus.pins) == ((901,), (5000,))
    session.inquiry.turn(False)
    assert session.selection == 5000
    assert told == [900, 901, 5000]
    run(session, "deselect")  # one key lets all go, in both
    assert (session.focus.pins, beside.focus.pins) == ((), ())


def test_addresses_keys_and_traces_are_those_of_the_network_that_is_asked(session: Session) -> None:
    session.open_beside("mlp")
    session.change(layers_hidden=("H1",))  # a layer of that name is hidden here, not there
    session.inquiry.turn(True)
    session.select(find_shown(session, "H1/18"))
    network = load("mlp")
    assert address(network, session.selection or 0) == "H1/18"
    run(session, "layer-on")
    assert address(network, session.selection or 0).startswith("H2/")
    run(session, "layer-back", "turn-right")
    assert address(network, session.selection or 0).startswith("H1/")
    run(session, "trace")
    assert (session.beside.focus.tracing, session.focus.tracing) == (True, False)
    with pytest.raises(AddressError):
        find_shown(session, "C3/5/4,7")
    session.inquiry.turn(False)
    assert find_shown(session, "C3/5/4,7") == find(load("cnn"), "C3/5/4,7")


def test_a_trace_begins_with_the_first_guess_of_the_network_that_is_asked(session: Session) -> None:
    session.open_beside("mlp")
    session.inquiry.turn(True)
    run(session, "trace")
    best = int(np.argmax(shown(session).activations.output[0]))
    assert session.selection == load("mlp").stages[-1].offset + best
    assert session.focus.pins == ()


def test_a_camera_is_sent_where_the_keys_are(session: Session) -> None:
    pose = Pose(3.0, 4.0, (0.0, 0.0, 0.0), 50.0, 1.0)
    session.open_beside("mini")
    session.inquiry.turn(True)
    session.look(pose)
    assert (session.pose, session.beside.pose("3d")) == (None, pose)
    session.save_view(1, pose)
    assert session.view(1) == pose
    session.inquiry.turn(False)
    assert session.view(1) is None
    session.look(pose)
    assert session.pose == pose


def test_experiments_are_made_with_the_first_network_only(session: Session) -> None:
    session.focus.pin(5000)
    session.open_beside("mlp")
    session.beside.focus.pin(900)
    assert node_change(session) is None
    session.inquiry.turn(False)
    assert node_change(session) is not None


def test_a_network_that_goes_takes_its_pins_along(session: Session) -> None:
    session.open_beside("mlp")
    session.beside.focus.pin(900)
    session.open_beside("mini")
    assert (session.beside.focus.pins, session.selection) == ((), None)
    session.beside.focus.pin(800)
    with pytest.raises(ValueError, match="900"):
        session.beside.focus.pin(900)
    session.beside.close()
    assert (session.aside, session.asked) == (False, session.frame)
    session.open_beside("mini")
    assert (session.aside, session.selection) == (False, None)


def test_without_an_answer_there_it_is_the_first_that_is_asked(session: Session) -> None:
    session.clear()
    session.open_beside("large")
    session.beside.focus.pin(785)
    assert session.aside
    told: list[bool] = []
    session.inquiry.changed.connect(lambda: told.append(session.aside))
    session.sample(7)
    assert (session.asked, told) == (session.frame, [False])
    session.clear()
    assert (session.selection, told) == (785, [False, True])


def test_a_network_switch_or_an_experiment_here_leaves_it_alone(session: Session) -> None:
    session.open_beside("mlp")
    session.load("mini")
    assert session.beside.network is load("mlp")
    assert shown(session).prepared is session.frame.prepared
