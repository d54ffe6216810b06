"""Edges against the engine's own pre-activations and against plain loops. A transposed weight would show at once."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from nodelink.graph import edges as graph_edges
from nodelink.nn.layers import AvgPool2d, Conv2d, Dense, Flatten, MaxPool2d
from nodelink.nn.network import Activations, Network
from tests import networks
from tests.nn import oracle

SEEDS = range(24)
ARCHITECTURES = {"cnn": networks.cnn, "mlp": networks.mlp, "mini": networks.mini}
NAMES = [*ARCHITECTURES, *(f"random{seed}" for seed in SEEDS)]

every_network = pytest.mark.parametrize("name", NAMES)
small_networks = pytest.mark.parametrize("name", NAMES[3:])


@cache
def network_of(name: str) -> Network:
    """One of the three architectures, or a small network of random layers."""
    if name in ARCHITECTURES:
        return ARCHITECTURES[name]()
    return networks.random_network(int(name.removeprefix("random")))


@cache
def edges_of(name: str) -> graph_edges.Edges:
    return graph_edges.edges(network_of(name))


def activations_of(name: str, seed: int = 1) -> Activations:
    """A pass of a random input, a third of it blank as on a drawing pad."""
    rng = np.random.default_rng(seed)
    network = network_of(name)
    x = rng.random(network.input_shape, np.float32)
    return network.forward(np.where(rng.random(x.shape) < 0.3, 0, x))


def signal_of(name: str, activations: Activations) -> graph_edges.Signal:
    on, winner = graph_edges.gates(network_of(name), activations)
    return graph_edges.signal(edges_of(name), activations.values(), on, winner)


def sums_per_target(name: str, contribution: np.ndarray) -> np.ndarray:
    """The contributions that arrive at every node, added up in float64: (nodes,)."""
    return np.bincount(edges_of(name).target, contribution.astype(np.float64), network_of(name).nodes)


def test_the_random_networks_hold_every_kind_of_layer() -> None:
    layers = [layer for name in NAMES[3:] for layer in network_of(name).layers]
    for kind in (Dense, Conv2d, MaxPool2d, AvgPool2d):
        assert any(isinstance(layer, kind) for layer in layers)
    convs = [layer for layer in layers if isinstance(layer, Conv2d)]
    assert any(c.padding != (0, 0) for c in convs)
    assert any(c.stride != (1, 1) for c in convs)
    assert any(c.connections is not None for c in convs)


@every_network
def test_contributions_and_bias_add_up_to_the_weighted_input_of_every_unit(name: str) -> None:
    activations = activations_of(name)
    sums = sums_per_target(name, signal_of(name, activations).contribution)
    for stage, pre in zip(network_of(name).stages, activations.pre, strict=True):
        if isinstance(stage.layer, Dense | Conv2d):
            bias = np.repeat(stage.layer.bias.astype(np.float64), stage.size // len(stage.layer.bias))
            mine = sums[stage.offset : stage.offset + stage.size] + bias
            size = float(np.abs(pre).max()) or 1.0
            assert np.allclose(mine, pre[0].ravel(), rtol=0, atol=2e-5 * size), stage.name


@small_networks
def test_every_edge_and_its_weight_is_the_one_that_plain_loops_find(name: str) -> None:
    network, found = network_of(name), edges_of(name)
    for before, stage, (first, last) in zip(
        network.stages, network.stages[1:], found.ranges[1:], strict=False
    ):
        layer = stage.layer
        assert layer is not None
        shape = (before.size,) if isinstance(layer, Dense) else before.shape
        part = slice(first, last)
        source, target = found.source[part] - before.offset, found.target[part] - stage.offset
        drawn = sorted(zip(source.tolist(), target.tolist(), found.weight[part].tolist(), strict=True))
        expected = sorted(
            (s, t, 1.0 if isinstance(layer, MaxPool2d) else float(np.float32(w)))
            for s, t, w in oracle.edges(layer, shape)
        )
        assert drawn == expected, stage.name


@every_network
def test_there_are_as_many_edges_as_the_network_says(name: str) -> None:
    network, found = network_of(name), edges_of(name)
    assert [last - first for first, last in found.ranges] == [stage.edges for stage in network.stages]
    assert len(found) == network.edges


@every_network
def test_no_edge_is_there_twice(name: str) -> None:
    found = edges_of(name)
    key = found.source.astype(np.int64) * network_of(name).nodes + found.target
    assert len(np.unique(key)) == len(found)


@every_network
def test_edges_run_from_one_stage_to_the_next_in_the_range_of_their_target(name: str) -> None:
    network, found = network_of(name), edges_of(name)
    stage_of = np.repeat([s.index for s in network.stages], [s.size for s in network.stages])
    assert np.array_equal(stage_of[found.target] - stage_of[found.source], np.ones(len(found)))
    for stage, (first, last) in enumerate(found.ranges):
        assert (stage_of[found.target[first:last]] == stage).all()
    assert found.pairs == found.ranges[1:]


@every_network
def test_of_a_max_pools_window_one_edge_carries_and_it_carries_the_windows_value(name: str) -> None:
    network, activations = network_of(name), activations_of(name)
    signal = signal_of(name, activations)
    carrying = np.bincount(edges_of(name).target[signal.contribution != 0], minlength=network.nodes)
    sums = sums_per_target(name, signal.contribution)
    for stage, out in zip(network.stages, activations.out, strict=True):
        if isinstance(stage.layer, MaxPool2d):
            part = slice(stage.offset, stage.offset + stage.size)
            assert np.array_equal(carrying[part], out[0].ravel() != 0)
            assert np.array_equal(sums[part], out[0].ravel())


@every_network
def test_an_average_pools_edges_add_up_to_its_value(name: str) -> None:
    activations = activations_of(name)
    sums = sums_per_target(name, signal_of(name, activations).contribution)
    for stage, out in zip(network_of(name).stages, activations.out, strict=True):
        if isinstance(stage.layer, AvgPool2d):
            assert np.allclose(sums[stage.offset : stage.offset + stage.size], out[0].ravel(), atol=1e-5)


@every_network
def test_a_node_is_on_where_a_little_more_input_changes_what_it_puts_out(name: str) -> None:
    network, activations = network_of(name), activations_of(name)
    on, _ = graph_edges.gates(network, activations)
    for stage, pre in zip(network.stages, activations.pre, strict=True):
        part = on[stage.offset : stage.offset + stage.size]
        if stage.activation == "relu":
            assert part.tolist() == [value > 0 for value in pre[0].ravel().tolist()]
        else:
            assert part.all()


def test_a_rectified_unit_at_exactly_zero_is_off() -> None:
    layers = (Flatten("flat"), Dense("D", np.ones((3, 2)), np.array([-1, 0, 1]), "relu"))
    network = Network("zero", "Zero", layers, (1, 1, 2))
    on, _ = graph_edges.gates(network, network.forward([[[0, 0]]]))
    assert on[2:].tolist() == [False, False, True]


@every_network
def test_the_winner_of_a_window_is_the_one_that_the_gradient_goes_to(name: str) -> None:
    """The engine's own choice, also where the values of a window are equal."""
    network = network_of(name)
    activations = network.forward(np.round(np.random.default_rng(2).random(network.input_shape) * 2) / 2)
    _, winner = graph_edges.gates(network, activations)
    for before, stage in zip(network.stages, network.stages[1:], strict=False):
        part = winner[stage.offset : stage.offset + stage.size]
        if not isinstance(stage.layer, MaxPool2d):
            assert (part == -1).all()
            continue
        source = activations.out[before.index][0].ravel()
        assert np.array_equal(source[part - before.offset], activations.out[stage.index][0].ravel())
        for unit in range(0, stage.size, 7):
            gradient = network.gradient(activations, stage, unit, before).ravel()
            assert np.flatnonzero(gradient).tolist() == [part[unit] - before.offset]


def test_of_equal_values_in_a_window_the_first_in_reading_order_wins() -> None:
    layers = (MaxPool2d("P", (2, 2), (2, 2)), Flatten("flat"))
    network = Network("tie", "Tie", layers, (1, 2, 4))
    activations = network.forward([[[1, 3, 2, 0], [3, 3, 2, 2]]])
    _, winner = graph_edges.gates(network, activations)
    assert winner.tolist() == [-1] * 8 + [1, 2]


@small_networks
def test_what_each_edge_carries_is_what_a_plain_loop_says(name: str) -> None:
    network, found, activations = network_of(name), edges_of(name), activations_of(name)
    on, winner = graph_edges.gates(network, activations)
    values = activations.values()
    signal = graph_edges.signal(found, values, on, winner)
    carried, effective = [], []
    for source, target, weight in zip(found.source, found.target, found.weight, strict=True):
        loses = winner[target] >= 0 and winner[target] != source
        carried.append(np.float32(0) if loses else weight * values[source])
        effective.append(carried[-1] != 0 and bool(on[target]))
    assert signal.contribution.tolist() == carried
    assert signal.effective.tolist() == effective


@pytest.mark.parametrize("name", list(ARCHITECTURES))
def test_an_edge_takes_effect_when_its_source_is_lit_and_its_target_on(name: str) -> None:
    """Without the edges that take no effect the same units are on, with the same values."""
    network, found, activations = network_of(name), edges_of(name), activations_of(name)
    signal = signal_of(name, activations)
    lit = activations.values()[found.source] != 0
    assert not (signal.effective & ~lit).any()
    kept = sums_per_target(name, np.where(signal.effective, signal.contribution, 0))
    for stage, pre in zip(network.stages, activations.pre, strict=True):
        if stage.activation == "relu":
            assert isinstance(stage.layer, Dense | Conv2d)
            on = pre[0].ravel() > 0
            bias = np.repeat(stage.layer.bias, stage.size // len(stage.layer.bias))
            kept_here = kept[stage.offset : stage.offset + stage.size]
            assert (kept_here[~on] == 0).all()
            assert np.allclose((kept_here + bias)[on], pre[0].ravel()[on], atol=1e-4)


def test_any_sample_of_a_batch_can_be_asked_for() -> None:
    network = network_of("random1")
    batch = network.forward(np.random.default_rng(3).random((3, *network.input_shape), np.float32))
    for sample in range(3):
        alone = network.forward(batch.out[0][sample])
        of_batch, of_one = (
            graph_edges.gates(network, batch, sample),
            graph_edges.gates(network, alone),
        )
        assert np.array_equal(of_batch[0], of_one[0])
        assert np.array_equal(of_batch[1], of_one[1])


def test_blank_paper_carries_nothing_away_from_the_input() -> None:
    network, found = network_of("cnn"), edges_of("cnn")
    activations = network.forward(np.zeros(network.input_shape, np.float32))
    first, last = found.ranges[1]
    assert not signal_of("cnn", activations).contribution[first:last].any()
