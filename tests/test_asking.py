"""Commands about nodes: walking with the keys, tracing, letting go; what is hidden cannot be gone to."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nodelink import asking
from nodelink.commands import COMMANDS
from nodelink.nn.address import AddressError, address, find
from nodelink.session import Session
from tests.networks import cnn, mini

BY_ID = {command.id: command for command in COMMANDS}


@pytest.fixture
def session() -> Session:
    networks = {"cnn": cnn(), "mini": mini()}
    return Session(networks["cnn"], load=networks.__getitem__)


def run(session: Session, *names: str) -> None:
    ui: Any = None  # with a node selected none of them needs a window
    for name in names:
        BY_ID[name].run(session, ui)


def place(session: Session) -> str:
    assert session.selection is not None
    return address(session.network, session.selection)


def test_arrows_walk_from_the_selected_node_and_leave_the_camera_alone(session: Session) -> None:
    session.select(find(session.network, "C3/5/4,7"))
    for key, there in (("right", "4,8"), ("down", "5,8"), ("left", "5,7"), ("up", "4,7")):
        run(session, f"turn-{key}")
        assert place(session) == f"C3/5/{there}"
    run(session, "nearer")
    assert place(session) == "S4/5/2,4"
    run(session, "farther", "farther")
    assert place(session).startswith("S2/")
    assert session.pose is None


def test_other_pins_stay_where_they_are(session: Session) -> None:
    session.focus.pin(3)
    session.focus.pin(find(session.network, "F5/17"))
    run(session, "turn-right")
    assert session.focus.pins == (3, find(session.network, "F5/18"))


def test_hidden_layers_are_passed_over(session: Session) -> None:
    session.select(find(session.network, "C1/3/14,14"))
    session.change(layers_hidden=("S2",))
    run(session, "layer-on")
    assert place(session).startswith("C3/")
    session.change(layer_alone="C3")
    run(session, "layer-on")
    assert place(session).startswith("C3/")


def test_a_trace_goes_on_and_off_and_starts_with_the_first_guess(session: Session) -> None:
    session.sample(3)
    trace = BY_ID["trace"].checked
    assert trace is not None
    run(session, "trace")
    best = int(np.argmax(session.frame.activations.output[0]))
    assert session.selection == session.network.stages[-1].offset + best
    assert trace(session)
    run(session, "trace")
    assert not trace(session)
    assert session.selection is not None
    run(session, "trace", "deselect")
    assert (session.focus.pins, session.focus.tracing) == ((), False)


def test_outgoing_edges_go_on_and_off(session: Session) -> None:
    ask = BY_ID["outgoing"].checked
    assert ask is not None
    run(session, "outgoing")
    assert ask(session)
    run(session, "outgoing")
    assert not ask(session)


def test_with_no_node_selected_nothing_walks(session: Session) -> None:
    run(session, "layer-on", "layer-back")
    assert session.selection is None
    for name in ("layer-on", "layer-back", "deselect"):
        enabled = BY_ID[name].enabled
        assert enabled is not None
        assert not enabled(session)


def test_what_is_hidden_is_found_but_not_gone_to(session: Session) -> None:
    assert asking.find_shown(session, "C3/5/4,7") == find(session.network, "C3/5/4,7")
    session.change(layers_hidden=("C3",))
    with pytest.raises(AddressError, match="The layer C3 is hidden"):
        asking.find_shown(session, "C3/5/4,7")
    session.load("mini")
    with pytest.raises(AddressError, match="There is no layer “C3”"):
        asking.find_shown(session, "C3/5/4,7")
