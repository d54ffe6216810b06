"""What a node passes on is what walking every path with plain loops finds, and what finite differences find."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import numpy as np
import pytest

from nodelink.explain.paths import passed_on, paths_up
from nodelink.graph import edges as graph_edges
from nodelink.nn.layers import Dense
from nodelink.nn.network import Activations, Network
from tests import networks

CNN = networks.cnn()
OFF = np.zeros(16, bool)
OFF[::3] = True
NETWORKS = [networks.mini(), CNN, networks.random_network(3), replace(networks.mini(), off={"H1": OFF})]


def at_work(network: Network) -> Activations:
    rng = np.random.default_rng(7)
    x = rng.random(network.input_shape) * (rng.random(network.input_shape) < 0.4)
    return network.forward(x.astype(np.float32))


def lit_nodes(activations: Activations) -> list[int]:
    """A lit node of every layer but the last."""
    values = np.abs(activations.values())
    spans = [slice(s.offset, s.offset + s.size) for s in activations.network.stages[:-1]]
    return [span.start + int(values[span].argmax()) for span in spans]


@pytest.mark.parametrize("network", NETWORKS, ids=lambda n: n.name)
def test_between_any_two_layers_it_is_the_nodes_output_times_its_gradient(network: Network) -> None:
    activations = at_work(network)
    edges = graph_edges.edges(network)
    for node in lit_nodes(activations):
        paths = paths_up(activations, node, edges)
        stage = next(s for s in reversed(network.stages) if s.offset <= node)
        last = network.stages[-1]
        top = int(np.argmax(activations.output[0]))
        assert paths.top == last.offset + top
        gradient = network.gradient(activations, last, top, stage, pre=True)[0].reshape(-1)
        part = float(activations.values()[node]) * float(gradient[node - stage.offset])
        exact = all(s.activation in ("identity", "relu") for s in network.stages[stage.index + 1 : -1])
        for above in network.stages[stage.index + 1 :]:
            ids, values = paths.values(above.index)
            if exact:
                assert values.sum(dtype=np.float64) == pytest.approx(part, rel=1e-3, abs=1e-4)
            assert (np.diff(np.abs(values)) <= 0).all()
            assert len(set(ids.tolist())) == len(ids)
        for below in network.stages[: stage.index + 1]:
            assert len(paths.values(below.index)[0]) == 0


def test_edge_by_edge_it_is_what_walking_up_with_plain_loops_finds() -> None:
    network = networks.mini()
    activations = at_work(network)
    edges = graph_edges.edges(network)
    node = lit_nodes(activations)[0]
    paths = paths_up(activations, node, edges)
    out, pre = activations.values(), np.concatenate([p[0].ravel() for p in activations.pre])
    carried: dict[int, float] = defaultdict(float, {node: float(out[node])})
    layers = [layer for layer in network.layers if isinstance(layer, Dense)]
    for stage, layer in zip(network.stages[1:-1], layers, strict=False):
        for unit in range(stage.size):
            below = network.stages[stage.index - 1]
            change = float(
                np.sum([layer.weight[unit, i] * carried[below.offset + i] for i in range(below.size)])
            )
            carried[stage.offset + unit] = change if pre[stage.offset + unit] > 0 else 0.0
    for i, value in zip(*paths.values(3), strict=True):
        source, target = int(edges.source[i]), int(edges.target[i])
        assert target == paths.top
        assert value == pytest.approx(carried[source] * float(edges.weight[i]), rel=1e-3, abs=1e-5)


def test_what_comes_of_a_pixel_is_what_a_small_change_of_it_changes() -> None:
    network = networks.mini().astype(np.float64)
    rng = np.random.default_rng(3)
    x = rng.random(network.input_shape)
    node, step = 300, 1e-6
    activations = network.forward(x)
    moved = x.copy()
    moved.reshape(-1)[node] *= 1 + step
    after = network.forward(moved)
    found = passed_on(activations, node, graph_edges.edges(network))
    for stage in network.stages[1:]:
        change = (after.out[stage.index][0] - activations.out[stage.index][0]).reshape(-1) / step
        mine = found[stage.offset : stage.offset + stage.size]
        assert mine == pytest.approx(change, rel=1e-3, abs=1e-4)


def test_few_edges_carry_a_share() -> None:
    activations = at_work(CNN)
    paths = paths_up(activations, lit_nodes(activations)[0], graph_edges.edges(CNN))
    whole = np.abs(paths.values(3)[1]).sum()
    kept, values = paths.kept(3, 0.8)
    assert np.abs(values).sum() / whole >= 0.8
    assert np.abs(values[:-1]).sum() / whole < 0.8
    assert len(paths.kept(3, 0.0)[0]) == 0
    assert len(paths.kept(3, 1.0)[0]) == len(paths.values(3)[0]) >= len(kept)
