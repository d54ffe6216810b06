"""Terms against plain loops over the network's own weights. Every weight is another one: no transposition passes."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from nodelink.explain.contributions import LARGEST_LOGIT, Terms, terms
from nodelink.nn.changes import NodesOff, changed
from nodelink.nn.layers import AvgPool2d, Conv2d, Dense, Flatten, Layer, MaxPool2d
from nodelink.nn.network import Activations, Network
from tests import networks
from tests.nn import oracle

SEEDS = range(24)


def all_different(network: Network) -> Network:
    """The same architecture with weights of which no two are equal."""
    rng, layers = np.random.default_rng(5), list[Layer]()
    for layer in network.layers:
        if isinstance(layer, Dense | Conv2d):
            weight = rng.permutation(layer.weight.size).reshape(layer.weight.shape) / layer.weight.size - 0.4
            if isinstance(layer, Conv2d) and layer.connections is not None:
                weight = weight * layer.connections[:, :, None, None]
            layers.append(replace(layer, weight=weight.astype(np.float32)))
        else:
            layers.append(layer)
    return replace(network, layers=tuple(layers))


def passed(seed: int) -> Activations:
    """A random network of any layers, every weight another one, and a pass of a random input."""
    network = all_different(networks.random_network(seed))
    x = np.random.default_rng(seed).random(network.input_shape, np.float32)
    return network.forward(x)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_term_is_that_of_a_plain_loop_and_they_add_up(seed: int) -> None:
    activations = passed(seed)
    network, values = activations.network, activations.values().astype(np.float64).tolist()
    for before, stage in zip(network.stages, network.stages[1:], strict=False):
        layer = stage.layer
        assert layer is not None
        shape = (before.size,) if isinstance(layer, Dense) else before.shape
        edges = list(oracle.edges(layer, shape))
        for unit in {0, stage.size // 2, stage.size - 1}:
            found = terms(activations, stage.offset + unit)
            expected = {before.offset + s: w for s, t, w in edges if t == unit}
            assert len(found.source) == len(expected)
            assert set(found.source.tolist()) == set(expected)
            assert np.all(np.diff(found.source) > 0)
            assert [values[s] for s in found.source] == found.value.tolist()
            if isinstance(layer, MaxPool2d):
                check_max_pool(found)
            else:
                for s, w, p in zip(found.source, found.weight, found.product, strict=True):
                    assert w == expected[int(s)]
                    assert p == w * values[s]
            assert found.place == tuple(np.unravel_index(unit, stage.shape))
            bias = float(layer.bias[found.place[0]]) if isinstance(layer, Dense | Conv2d) else 0.0
            assert found.bias == bias
            size = abs(bias) + float(np.abs(found.product).sum())
            assert math.fsum([*found.product, bias]) == pytest.approx(found.pre, abs=1e-5 * max(size, 1e-3))
            assert found.pre == activations.pre[stage.index][0].ravel()[unit]
            assert found.out == activations.out[stage.index][0].ravel()[unit]


def check_max_pool(found: Terms) -> None:
    """One winner, the first of the largest; the others add nothing."""
    values = found.value.tolist()
    assert found.winner == values.index(max(values))
    assert [p for i, p in enumerate(found.product) if i != found.winner] == [0.0] * (len(values) - 1)
    assert found.product[found.winner] == found.out == max(values)
    assert set(found.weight.tolist()) == {1.0}


@pytest.mark.parametrize("seed", SEEDS)
def test_tiles_lie_upright_as_the_maps_do(seed: int) -> None:
    """Cell (i, j) of a tile is the map's cell (row + i, column + j), under the kernel's entry (i, j)."""
    activations = passed(seed)
    network = activations.network
    for before, stage in zip(network.stages, network.stages[1:], strict=False):
        layer = stage.layer
        for unit in {0, stage.size // 3, stage.size - 1}:
            found = terms(activations, stage.offset + unit)
            if len(before.shape) != 3:
                assert found.tiles == ()
                continue
            out, (_, height, width) = activations.out[before.index][0], before.shape
            seen = 0
            for tile in found.tiles:
                for i, j in np.ndindex(tile.patch.shape):
                    y, x = tile.row + i, tile.column + j
                    inside = 0 <= y < height and 0 <= x < width
                    seen += inside
                    value = float(out[tile.map, y, x]) if inside else 0.0
                    assert tile.patch[i, j] == value
                    at = before.offset + (tile.map * height + y) * width + x
                    assert tile.source[i, j] == (at if inside else -1)
                    if isinstance(layer, Conv2d):
                        assert tile.kernel[i, j] == float(layer.weight[found.place[0], tile.map, i, j])
                    elif isinstance(layer, Dense):
                        flat = (tile.map * height + y) * width + x
                        assert tile.kernel[i, j] == float(layer.weight[found.place[0], flat])
                    elif isinstance(layer, AvgPool2d):
                        assert tile.kernel[i, j] == pytest.approx(1 / layer.kernel[0] / layer.kernel[1])
                    if not isinstance(layer, MaxPool2d):
                        assert tile.product[i, j] == tile.kernel[i, j] * value
            assert seen == len(found.source)
            whole = sum(float(tile.product.sum()) for tile in found.tiles)
            assert whole == pytest.approx(float(found.product.sum()))


def test_only_connected_maps_have_tiles() -> None:
    network = networks.cnn()
    activations = network.forward(np.random.default_rng(0).random(network.input_shape))
    stage = network.stage("C3")
    for of, row in enumerate(networks.C3_TABLE):
        found = terms(activations, stage.offset + of * 100 + 47)
        assert [tile.map + 1 for tile in found.tiles] == [int(digit) for digit in row]
        assert [(tile.row, tile.column) for tile in found.tiles] == [(4, 7)] * len(row)


def test_a_softmax_shows_all_its_logits() -> None:
    network = networks.mini()
    activations = network.forward(np.random.default_rng(0).random(network.input_shape))
    found = terms(activations, network.nodes - 4).softmax
    assert found is not None
    logits = [float(z) for z in activations.logits[0]]
    assert found.logits.tolist() == logits
    assert found.nodes.tolist() == list(range(network.nodes - 10, network.nodes))
    assert (found.index, found.lowered) == (6, 0.0)
    assert found.powers.tolist() == pytest.approx([math.exp(z) for z in logits])
    assert found.total == pytest.approx(sum(math.exp(z) for z in logits))
    assert found.shares == pytest.approx(activations.output[0], abs=1e-6)
    assert terms(activations, 790).softmax is None


def test_large_logits_are_lowered_and_shares_stay_the_same() -> None:
    layers = (Flatten("flat"), Dense("D", np.array([[900.0], [899.0], [-900.0]]), np.zeros(3), "softmax"))
    activations = Network("big", "Big", layers, (1, 1, 1)).forward([[[1.0]]])
    found = terms(activations, 2).softmax
    assert found is not None
    assert found.lowered == 900 > LARGEST_LOGIT
    assert found.powers.tolist() == pytest.approx([1, math.exp(-1), 0])
    assert found.shares == pytest.approx(activations.output[0], abs=1e-6)


def test_a_softmax_of_a_convolution_runs_over_the_maps_at_its_place() -> None:
    rng = np.random.default_rng(0)
    layer = networks.conv("C", rng, (4, 1, 2, 2), "softmax")
    network = Network("maps", "Maps", (layer,), (1, 3, 4))
    activations = network.forward(rng.random((1, 3, 4)))
    found = terms(activations, network.stages[1].offset + 2 * 6 + 1 * 3 + 2).softmax
    assert found is not None
    assert found.index == 2
    assert found.logits.tolist() == activations.pre[1][0, :, 1, 2].tolist()
    assert found.shares == pytest.approx(activations.out[1][0, :, 1, 2])
    assert found.nodes.tolist() == [network.stages[1].offset + m * 6 + 5 for m in range(4)]


def test_an_input_is_its_own_value() -> None:
    network = networks.cnn()
    activations = network.forward(np.random.default_rng(0).random(network.input_shape))
    found = terms(activations, 40)
    assert (len(found.source), found.tiles, found.bias) == (0, (), 0.0)
    assert found.pre == found.out == float(activations.out[0][0, 0, 1, 8])
    assert found.place == (0, 1, 8)


def test_an_empty_pad_makes_terms_of_zero() -> None:
    network = networks.mini()
    found = terms(network.forward(np.zeros(network.input_shape)), 784)
    assert not found.product.any()
    assert found.pre == pytest.approx(found.bias)


def test_terms_come_in_order_of_size() -> None:
    activations = passed(2)
    found = terms(activations, activations.network.nodes - 1)
    sizes = np.abs(found.product[found.order])
    assert np.all(np.diff(sizes) <= 0)
    assert sorted(found.order.tolist()) == list(range(len(sizes)))


def test_any_sample_of_a_batch_can_be_asked_for() -> None:
    network = networks.mini()
    x = np.random.default_rng(0).random((3, *network.input_shape), np.float32)
    found = terms(network.forward(x), 800, sample=2)
    np.testing.assert_allclose(found.value, terms(network.forward(x[2]), 800).value, atol=1e-5)


@pytest.mark.parametrize("node", [-1, 826])
def test_a_node_of_another_network_is_refused(node: int) -> None:
    network = networks.mini()
    with pytest.raises(ValueError, match=f"node {node} is not in mini, which has 826"):
        terms(network.forward(np.zeros(network.input_shape)), node)


def test_a_node_that_is_switched_off_keeps_its_sum_and_puts_out_nothing() -> None:
    base = networks.cnn()
    x = np.random.default_rng(0).random(base.input_shape)
    changes = [NodesOff(name, unit=3) for name in ("C1", "S2", "F5", "Output")]
    activations = changed(base, changes).forward(x)
    for name in ("C1", "S2", "F5", "Output"):
        found = terms(activations, base.stage(name).offset + 3)
        assert found.off
        assert found.out == 0
        assert found.pre == pytest.approx(found.product.sum() + found.bias, abs=1e-4)
        assert not terms(activations, base.stage(name).offset + 4).off
    softmax = terms(activations, base.nodes - 1).softmax
    assert softmax is not None
    assert softmax.powers[3] == softmax.shares[3] == 0
    assert softmax.shares == pytest.approx(activations.output[0], abs=1e-6)


def test_with_every_output_off_there_are_no_shares() -> None:
    network = changed(networks.mini(), [NodesOff("Output")])
    found = terms(network.forward(np.ones(network.input_shape)), network.nodes - 1).softmax
    assert found is not None
    assert (found.total, found.shares.tolist()) == (0.0, [0.0] * 10)
