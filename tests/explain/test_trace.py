"""Traces against plain loops in float64, and against what they must add up to. A transposed weight would show."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from nodelink.explain.trace import Trace, trace
from nodelink.graph.edges import edges
from nodelink.nn import weights
from nodelink.nn.changes import NodesOff, changed
from nodelink.nn.layers import Conv2d, Dense, Flatten, MaxPool2d
from nodelink.nn.network import Activations, Network, Stage
from tests import networks
from tests.nn import oracle

SEEDS = range(30)
SHIPPED = ("cnn", "mlp", "mini")


@cache
def passed(name: str) -> Activations:
    """A pass of a random input, a third of it blank, through a shipped network or one of random layers."""
    network = weights.load(weights.find(name)) if name in SHIPPED else networks.random_network(int(name))
    rng = np.random.default_rng(3)
    x = rng.random(network.input_shape, np.float32)
    return network.forward(np.where(rng.random(x.shape) < 0.3, 0, x))


def nodes_of(network: Network) -> Iterator[int]:
    """One node of every layer, of the last one two."""
    for stage in network.stages:
        yield stage.offset + stage.size // 2
    yield network.nodes - 1


def plain(activations: Activations, node: int) -> tuple[list[float], dict[tuple[int, int], float]]:
    """dz/dpre of every node, and the value of every edge by its nodes, in plain loops from the node down."""
    network = activations.network
    computed = oracle.forward(network, activations.out[0][0])
    pre = [value for stage, _ in computed for value in stage.ravel().tolist()]
    out = [value for _, stage in computed for value in stage.ravel().tolist()]
    slope = [0.0] * network.nodes
    slope[node] = 1.0
    value: dict[tuple[int, int], float] = {}
    top = next(stage for stage in reversed(network.stages) if stage.offset <= node)
    for stage in network.stages[top.index : 0 : -1]:
        before = network.stages[stage.index - 1]
        by_out = [0.0] * network.nodes  # dz/dout of the stage before
        for source, target, weight in arriving(before, stage, out):
            value[source, target] = out[source] * weight * slope[target]
            by_out[source] += weight * slope[target]
        for at in range(before.offset, before.offset + before.size):
            slope[at] = back_through(before, at, pre, out, by_out)
    return slope, value


def arriving(before: Stage, stage: Stage, out: list[float]) -> Iterator[tuple[int, int, float]]:
    """Edges by node ids; of a max pool's window the first of the largest values has weight 1, the others 0."""
    assert stage.layer is not None
    shape = (before.size,) if isinstance(stage.layer, Dense) else before.shape
    found = [(before.offset + s, stage.offset + t, w) for s, t, w in oracle.edges(stage.layer, shape)]
    if not isinstance(stage.layer, MaxPool2d):
        yield from found
        return
    best: dict[int, int] = {}
    for source, target, _ in found:  # in row order
        if target not in best or out[source] > out[best[target]]:
            best[target] = source
    yield from ((s, t, 1.0 if best[t] == s else 0.0) for s, t, _ in found)


def back_through(stage: Stage, at: int, pre: list[float], out: list[float], by_out: list[float]) -> float:
    """dz/dpre of node `at`, given dz/dout of its stage."""
    if stage.activation == "softmax":
        cells = stage.size // stage.shape[0]
        group = range(stage.offset + (at - stage.offset) % cells, stage.offset + stage.size, cells)
        return sum(by_out[k] * out[k] * ((k == at) - out[at]) for k in group)
    steep = {
        "identity": 1.0,
        "relu": float(pre[at] > 0),
        "elu": 1.0 if pre[at] > 0 else math.exp(pre[at]),
        "tanh": 1 - math.tanh(pre[at]) ** 2,
        "sigmoid": out[at] * (1 - out[at]),
    }
    return by_out[at] * steep[stage.activation]


def by_nodes(found: Trace, network: Network) -> dict[tuple[int, int], float]:
    """The values of a trace by source and target."""
    all_edges = edges(network)
    kept = found.kept(1)
    ends = zip(all_edges.source[kept.ids].tolist(), all_edges.target[kept.ids].tolist(), strict=True)
    return dict(zip(ends, kept.values.tolist(), strict=True))


@pytest.mark.parametrize("seed", SEEDS)
def test_slopes_and_values_of_all_edges_are_those_of_plain_loops(seed: int) -> None:
    activations = passed(str(seed))
    for node in nodes_of(activations.network):
        found = trace(activations, node)
        slope, expected = plain(activations, node)
        np.testing.assert_allclose(found.slope, slope, rtol=1e-3, atol=1e-5 * max(map(abs, slope)))
        values = by_nodes(found, activations.network)
        size = max([abs(value) for value in expected.values()], default=0)
        assert values.keys() <= expected.keys()
        for ends, value in expected.items():
            assert values.get(ends, 0.0) == pytest.approx(value, rel=1e-3, abs=1e-5 * size), ends


def test_mini_from_each_digit_to_the_pixels_is_that_of_plain_loops() -> None:
    activations = passed("mini")
    for node in (activations.network.nodes - 10, activations.network.nodes - 2):
        slope, expected = plain(activations, node)
        found = trace(activations, node)
        np.testing.assert_allclose(found.slope, slope, rtol=1e-3, atol=1e-6)
        values = by_nodes(found, activations.network)
        for ends, value in expected.items():
            assert values.get(ends, 0.0) == pytest.approx(value, rel=1e-3, abs=1e-5)


@pytest.mark.parametrize("name", SHIPPED)
def test_the_edges_across_every_cut_add_up_to_the_node_less_the_biases_above(name: str) -> None:
    activations = passed(name)
    network = activations.network
    for node in nodes_of(network):
        found = trace(activations, node)
        top = next(stage for stage in reversed(network.stages) if stage.offset <= node)
        assert found.exact
        assert found.value == activations.pre[top.index][0].ravel()[node - top.offset]
        assert [cut.stage for cut in found.cuts] == list(range(1, top.index + 1))
        for cut in found.cuts:
            above = sum(bias_of(stage, found) for stage in network.stages[cut.stage : top.index + 1])
            assert cut.biases == pytest.approx(above, rel=1e-6, abs=1e-6)
            size = float(np.abs(cut.values).sum()) or 1.0
            assert float(cut.values.sum(dtype=np.float64)) == pytest.approx(
                found.value - above, abs=1e-4 * size
            )
            assert cut.error == pytest.approx(found.value - cut.total - above, abs=1e-6 * size)
        assert found.error <= 1e-5 * found.size
        assert found.biases == pytest.approx(found.cuts[0].biases if found.cuts else 0)


def bias_of(stage: Stage, found: Trace) -> float:
    """What the biases of a layer add to z."""
    if not isinstance(stage.layer, Dense | Conv2d):
        return 0.0
    bias = np.repeat(stage.layer.bias.astype(np.float64), stage.size // len(stage.layer.bias))
    return float(bias @ found.slope[stage.offset : stage.offset + stage.size])


def test_a_trace_through_tanh_says_that_it_is_an_approximation_and_how_far_off() -> None:
    layers = (
        Flatten("flat"),
        Dense("H", np.array([[2.0, 1.0]]), np.array([0.5]), "tanh"),
        Dense("Out", np.array([[3.0]]), np.array([0.25])),
    )
    network = Network("bent", "Bent", layers, (1, 1, 2))
    activations = network.forward([[[1.0, -1.0]]])  # the weighted sum of H is 1.5
    found = trace(activations, network.nodes - 1)
    h, slope = math.tanh(1.5), 3 * (1 - math.tanh(1.5) ** 2)
    assert not found.exact
    assert found.value == pytest.approx(3 * h + 0.25)
    assert sorted(found.cuts[0].values.tolist()) == pytest.approx([-slope, 2 * slope])
    assert found.cuts[0].error == pytest.approx(3 * h - slope - 0.5 * slope)
    assert found.cuts[1].error == pytest.approx(0, abs=1e-6)
    assert found.error == abs(found.cuts[0].error)
    assert trace(activations, 2).exact  # the node with tanh itself: its weighted sum is a plain sum


def test_a_node_that_is_off_is_asked_why_not() -> None:
    """Its trace is that of its weighted sum, not of the 0 that it puts out."""
    activations = passed("mini")
    off = int(np.argmin(activations.pre[1][0]))
    found = trace(activations, 784 + off)
    assert activations.out[1][0][off] == 0
    assert found.value == activations.pre[1][0][off] < 0
    assert found.cuts[0].total + found.biases == pytest.approx(found.value, abs=1e-4)


def test_an_input_has_nothing_behind_it_and_a_pool_only_its_winner() -> None:
    activations = passed("cnn")
    network = activations.network
    found = trace(activations, 500)
    assert found.cuts == ()
    assert found.kept(0.8).pairs == ()
    assert len(found.kept(0.8).ids) == 0
    assert (found.value, found.biases, found.error) == (activations.values()[500], 0.0, 0.0)
    pool = network.stages[2].offset + int(np.argmax(activations.out[2]))
    last = trace(activations, pool).cuts[-1]
    assert last.values.tolist() == [activations.values()[pool]]


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.8, 0.999, 1.0])
def test_what_is_kept_is_the_fewest_edges_that_carry_the_share(share: float) -> None:
    for name in ("cnn", "mini", "3"):
        activations = passed(name)
        all_edges = edges(activations.network)
        found = trace(activations, activations.network.nodes - 3)
        kept = found.kept(share)
        assert len(kept.ids) == len(kept.values) == sum(pair.count for pair in kept.pairs)
        whole, parts = found.kept(1), pairwise(np.cumsum([0, *(pair.count for pair in kept.pairs)]))
        for pair, (first, last) in zip(kept.pairs, parts, strict=True):
            low, high = all_edges.ranges[pair.stage]
            mine = kept.ids[first:last]
            assert ((mine >= low) & (mine < high)).all()
            sizes = sorted(
                abs(float(v)) for i, v in zip(whole.ids, whole.values, strict=True) if low <= i < high
            )
            sizes = sizes[::-1]
            total = sum(sizes)
            assert pair.of == len(sizes)
            assert np.abs(kept.values[first:last]).tolist() == sizes[: pair.count]
            assert pair.threshold == (sizes[pair.count - 1] if pair.count else 0)
            if sizes:
                assert pair.share == pytest.approx(sum(sizes[: pair.count]) / total)
                assert pair.share >= share - 1e-6
                assert pair.count == 0 or sum(sizes[: pair.count - 1]) / total < share + 1e-6
        assert kept.share >= share - 1e-6


def test_ten_equal_edges_and_four_fifths_of_them_are_eight() -> None:
    layers = (Flatten("flat"), Dense("D", np.full((1, 10), 0.1), np.zeros(1)))
    activations = Network("even", "Even", layers, (1, 1, 10)).forward(np.ones((1, 1, 10)))
    assert [pair.count for pair in trace(activations, 10).kept(0.8).pairs] == [8]
    assert trace(activations, 10).kept(1).share == 1


def test_a_blank_input_leaves_biases_alone() -> None:
    network = passed("cnn").network
    found = trace(network.forward(np.zeros(network.input_shape)), network.nodes - 1)
    assert found.cuts[0].total == 0
    assert found.kept(0.8).pairs[0].count == 0
    assert found.kept(0.8).pairs[0].share == 1
    assert found.biases == pytest.approx(found.value, abs=1e-5)


def test_the_last_trace_is_remembered_and_another_node_gets_its_own() -> None:
    activations = passed("mini")
    first = trace(activations, 825)
    assert trace(activations, 825) is first
    assert trace(activations, 824).node == 824
    assert trace(activations, 825).node == 825


@pytest.mark.parametrize("node", [-1, 826])
def test_a_node_of_another_network_is_refused(node: int) -> None:
    with pytest.raises(ValueError, match=f"node {node} is not in mini, which has 826"):
        trace(passed("mini"), node)


@pytest.mark.parametrize("name", SHIPPED)
def test_with_nodes_switched_off_the_sums_still_come_out_and_nothing_runs_through_them(name: str) -> None:
    network = passed(name).network
    stage = network.stages[1]
    live = int(np.argmax(passed(name).out[1][0]))
    network = changed(network, [NodesOff(stage.name, unit=live), NodesOff(network.stages[-2].name, unit=3)])
    activations = network.forward(passed(name).out[0][0])
    found = trace(activations, network.nodes - 1)
    off = [stage.offset + live, network.stages[-2].offset + 3]
    assert found.slope[off].tolist() == [0, 0]
    assert found.error <= 1e-5 * found.size
    ends = by_nodes(found, network)
    assert not any(source in off or target in off for source, target in ends)
    whole = trace(activations, off[0])  # asked itself, it tells where its sum would come from
    assert whole.value == activations.pre[1][0].ravel()[live]


@pytest.mark.parametrize("stage", ["S2", "S4"])
def test_a_pool_that_is_off_has_nothing_behind_it(stage: str) -> None:
    on = passed("cnn")
    there = on.network.stage(stage)
    unit = int(np.argmax(on.out[there.index][0]))
    off = changed(on.network, (NodesOff(stage, unit),)).forward(on.out[0][0])
    assert trace(on, there.offset + unit).cuts[0].running[-1] > 0
    found = trace(off, there.offset + unit)
    assert (found.value, found.biases, found.error) == (0.0, 0.0, 0.0)
    assert all(cut.total == 0 and not len(cut.ids) for cut in found.cuts)
