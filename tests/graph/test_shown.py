"""Hidden layers take their edges with them, dimmed ones are faint, one alone keeps the edges at its sides."""

from __future__ import annotations

import numpy as np
import pytest

from nodelink.graph import edges as graph_edges
from nodelink.graph.plan import Plan
from nodelink.graph.shown import FAINT, shown
from nodelink.nn.network import Network
from tests import networks

MINI = networks.mini()  # Input, H1, H2, Output
EDGES = graph_edges.edges(MINI)


def at_work(network: Network) -> Plan:
    """The plan of a network whose every node may be lit."""
    plan = Plan(network, graph_edges.edges(network))
    activations = network.forward(np.ones(network.input_shape, np.float32))
    plan.set_signal(activations.values(), *graph_edges.gates(network, activations))
    return plan


def test_at_first_everything_is_shown() -> None:
    assert shown(MINI).layers == shown(MINI).pairs == (1, 1, 1, 1)
    assert shown(MINI).hidden_pairs == frozenset()


def test_a_hidden_layer_takes_its_edges_with_it() -> None:
    found = shown(MINI, hidden=["H1"])
    assert found.layers == (1, 0, 1, 1)
    assert found.hidden_pairs == {1, 2}


def test_a_dimmed_layer_dims_the_edges_at_both_sides() -> None:
    found = shown(MINI, dimmed=["H1"])
    assert found.layers == (1, FAINT, 1, 1)
    assert found.pairs[1:] == (FAINT, FAINT, 1)


def test_hidden_wins_over_dimmed() -> None:
    assert shown(MINI, hidden=["H1"], dimmed=["H1", "H2"]).layers == (1, 0, FAINT, 1)


@pytest.mark.parametrize(("name", "pairs"), [("Input", {2, 3}), ("H1", {3}), ("H2", {1}), ("Output", {1, 2})])
def test_a_layer_alone_keeps_its_own_edges_only(name: str, pairs: set[int]) -> None:
    found = shown(MINI, hidden=[name], dimmed=["Output"], alone=name)
    assert [stage.name for stage, seen in zip(MINI.stages, found.layers, strict=True) if seen] == [name]
    assert found.hidden_pairs == pairs


def test_names_of_another_network_change_nothing() -> None:
    assert shown(MINI, hidden=["C1"], dimmed=["S2"], alone="C3") == shown(MINI)


@pytest.mark.parametrize("mode", ["signal", "weights"])
@pytest.mark.parametrize("hidden", [set(), {1}, {2, 3}, {1, 2, 3}], ids=str)
def test_edges_between_layers_that_are_not_shown_are_not_drawn(mode: str, hidden: set[int]) -> None:
    plan = at_work(MINI)
    plan.set_mode(mode, 0.1, 1.0)
    everything = np.concatenate(plan.rest(10**6))
    plan.set_hidden(hidden)
    ranges = [EDGES.ranges[stage] for stage in hidden]
    wanted = [e for e in everything if not any(first <= e < last for first, last in ranges)]
    drawn = np.concatenate([np.empty(0, np.int64), *plan.rest(10**6)])
    assert sorted(drawn) == sorted(wanted)
    assert plan.carrying == len(wanted)
    assert sorted(plan.quick(10**6)) == sorted(wanted)
    assert set(plan.quick(50)) <= set(wanted)
    plan.set_hidden(())
    assert sorted(np.concatenate(plan.rest(10**6))) == sorted(everything)


@pytest.mark.parametrize("strongest", [0.1, 0.5])
def test_a_share_of_the_strongest_leaves_hidden_ones_out_too(strongest: float) -> None:
    plan = at_work(MINI)
    plan.set_mode("signal", 0.1, strongest)
    plan.set_hidden({1})
    first, last = EDGES.ranges[1]
    drawn = np.concatenate(plan.rest(10**6))
    assert len(drawn) == plan.carrying
    assert not ((first <= drawn) & (drawn < last)).any()


def test_the_share_of_the_signal_counts_what_is_shown() -> None:
    plan = at_work(MINI)
    plan.set_hidden({1})
    assert plan.share(True).least == pytest.approx(1.0)
    assert np.isnan(plan.share(True).per_pair[1])
