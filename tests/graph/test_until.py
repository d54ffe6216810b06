"""A pass that has not come to its end: edges to nodes that are not computed yet are silent, all others as ever."""

from __future__ import annotations

import numpy as np
import pytest

from nodelink.explain.steps import Steps, partial
from nodelink.graph import edges as graph_edges
from nodelink.graph.plan import Plan
from nodelink.nn.network import Network
from tests import networks

NETWORKS = [networks.cnn(), networks.mini(), *(networks.random_network(s) for s in range(8))]


@pytest.mark.parametrize("mode", ["signal", "weights"])
@pytest.mark.parametrize("network", NETWORKS, ids=lambda n: n.name)
def test_the_edges_are_those_that_arrive_at_nodes_already_computed(network: Network, mode: str) -> None:
    rng = np.random.default_rng(2)
    x = rng.random(network.input_shape, np.float32) * (rng.random(network.input_shape) < 0.4)
    whole = network.forward(x.astype(np.float32))
    edges, steps = graph_edges.edges(network), Steps(network)
    full = graph_edges.signal(edges, whole.values(), *graph_edges.gates(network, whole))
    plan = Plan(network, edges)
    plan.set_mode(mode, 0.1)
    for number in np.linspace(0, steps.total, 9).astype(int):
        part = partial(whole, steps.reached(int(number)))
        assert part.reached is not None
        plan.set_signal(part.values(), *graph_edges.gates(network, part), part.reached.pre)
        wanted = edges.target < part.reached.pre
        if mode == "signal":
            wanted &= full.contribution != 0
        assert (
            sorted(np.concatenate(plan.rest(5000) or [np.empty(0, int)])) == np.flatnonzero(wanted).tolist()
        )
        assert plan.carrying == np.count_nonzero(wanted)
        assert set(plan.quick(50)) <= set(np.flatnonzero(wanted))
        if mode == "signal":
            known = [np.count_nonzero(wanted[a:b]) for a, b in edges.ranges]
            assert list(plan.signal.carrying) == known
            for stage, (a, b) in enumerate(edges.ranges):
                mine = full.contribution[a:b][wanted[a:b]].astype(float)
                for column, sign in enumerate((1, -1)):
                    parts = np.clip(sign * mine, 0, None)
                    ink, strong = plan.signal.ink[stage, column], plan.signal.strong[stage, column]
                    assert ink == pytest.approx((parts**1.5).sum(), rel=1e-4, abs=1e-9)
                    assert strong == pytest.approx((parts**2.5).sum(), rel=1e-4, abs=1e-9)


def test_the_whole_pass_is_as_if_none_had_been() -> None:
    network = networks.cnn()
    whole = network.forward(np.random.default_rng(0).random(network.input_shape, np.float32))
    edges, steps = graph_edges.edges(network), Steps(network)
    plan, plain = Plan(network, edges), Plan(network, edges)
    on, winner = graph_edges.gates(network, whole)
    part = partial(whole, steps.reached(5000))
    plan.set_signal(part.values(), *graph_edges.gates(network, part), 5000)
    plan.set_signal(whole.values(), on, winner)
    plain.set_signal(whole.values(), on, winner)
    assert plan.carrying == plain.carrying
    assert plan.signal.ink.tolist() == plain.signal.ink.tolist()
