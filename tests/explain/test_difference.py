"""Differences of two answers, held against plain loops over nodes."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from nodelink.explain.difference import most_different, obstacle, shares, subtract
from nodelink.nn.layers import Dense
from nodelink.nn.network import Activations, Network
from tests.networks import cnn, mini, mlp, random_network


@cache
def pair(name: str) -> tuple[Activations, Activations]:
    """Two answers of a network to random inputs."""
    network = {"cnn": cnn, "mini": mini}[name]() if name in ("cnn", "mini") else random_network(int(name))
    one, two = np.random.default_rng(3).random((2, *network.input_shape), np.float32)
    return network.forward(one), network.forward(two)


def by_hand(a: Activations, b: Activations) -> dict[int, tuple[float, float, float]]:
    """Node id -> value in A, value in B, share; one node after the other."""
    found = {}
    for stage in b.network.stages:
        full = b.network.calibration[stage.name].node
        for at, place in enumerate(np.ndindex(*stage.shape)):
            one, two = float(a.out[stage.index][0][place]), float(b.out[stage.index][0][place])
            found[stage.offset + at] = (one, two, (two - one) / full)
    return found


@pytest.mark.parametrize("name", ["cnn", "mini", "1", "2", "3"])
def test_shares_are_those_of_a_plain_loop(name: str) -> None:
    a, b = pair(name)
    expected = by_hand(a, b)
    got = shares(a, b)
    assert got.dtype == np.float32
    assert np.allclose(got, [expected[node][2] for node in range(b.network.nodes)], atol=1e-6)


@pytest.mark.parametrize("name", ["cnn", "mini", "1", "2"])
def test_the_most_different_are_found_in_order(name: str) -> None:
    a, b = pair(name)
    first = b.network.stages[0].size
    expected = {node: three for node, three in by_hand(a, b).items() if node >= first}
    order = sorted(expected, key=lambda node: -abs(expected[node][2]))
    got = most_different(a, b, 12)
    assert len(got) == 12
    for found, node in zip(got, order, strict=False):
        assert abs(found.share) == pytest.approx(abs(expected[node][2]), rel=1e-5)
        assert (found.a, found.b) == pytest.approx(expected[found.node][:2])
        assert found.change == found.b - found.a


def test_of_one_layer_only_its_own_nodes_are_looked_at() -> None:
    a, b = pair("cnn")
    for stage in b.network.stages:
        found = most_different(a, b, 5, [stage.index])
        assert found
        assert all(stage.offset <= one.node < stage.offset + stage.size for one in found)


def test_nodes_that_do_not_differ_are_left_out_and_equal_ones_come_by_id() -> None:
    a, _ = pair("mini")
    assert most_different(a, a, 5) == ()
    out = tuple(values.copy() for values in a.out)
    for unit in (9, 4, 7):
        out[1][0, unit] += 1.0
    b = Activations(a.network, a.pre, out)
    first = a.network.stages[1].offset
    assert [found.node - first for found in most_different(a, b, 2)] in ([4, 7], [4, 9], [7, 9])
    assert len(most_different(a, b, 9)) == 3
    whole = replace(a, out=tuple(np.zeros_like(values) for values in a.out))
    one = replace(a, out=tuple(np.ones_like(values) for values in a.out))
    assert [found.node for found in most_different(whole, one, 3, [0])] == [0, 1, 2]


def test_what_is_not_calibrated_is_measured_by_its_largest_value() -> None:
    a, b = (replace(x, network=replace(x.network, calibration={})) for x in pair("mini"))
    b = replace(b, network=a.network)
    got = shares(a, b)
    for stage in a.network.stages:
        both = np.concatenate([a.out[stage.index].ravel(), b.out[stage.index].ravel()])
        change = (b.out[stage.index] - a.out[stage.index]).ravel()
        assert np.allclose(got[stage.offset :][: stage.size], change / np.abs(both).max(), atol=1e-6)


def test_differences_are_of_what_arrives_too() -> None:
    a, b = pair("cnn")
    for got, one, two in zip(subtract(b, a).pre, a.pre, b.pre, strict=True):
        assert np.array_equal(got, two - one)
    for got, one, two in zip(subtract(b, a).out, a.out, b.out, strict=True):
        assert np.array_equal(got, two - one)


def broken(network: Network) -> Network:
    """The same layers with other weights in the last one."""
    *others, last = network.layers
    assert isinstance(last, Dense)
    return replace(network, layers=(*others, replace(last, weight=last.weight * 0.5)))


def test_networks_with_other_weights_correspond() -> None:
    network = mini()
    assert obstacle(network, network) is None
    assert obstacle(network, broken(network)) is None
    x = np.random.default_rng(1).random((1, 28, 28), np.float32)
    a, b = network.forward(x), broken(network).forward(x)
    found = most_different(a, b, 10)
    last = network.stages[-1]
    assert found
    assert all(one.node >= last.offset for one in found)  # nothing before the broken layer differs


def test_networks_with_other_layers_do_not() -> None:
    assert obstacle(cnn(), mlp()) == "they have 8 and 4 layers"
    assert obstacle(mini(), mlp()) == "H1 (16) in A is H1 (300) in B"
    (a, _), (_, b) = pair("cnn"), pair("mini")
    for ask in (shares, subtract, lambda a, b: most_different(a, b, 3)):
        with pytest.raises(ValueError, match="do not correspond"):
            ask(a, b)
