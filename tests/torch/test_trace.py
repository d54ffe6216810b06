"""Traces of the networks that ship against torch: dz/dpre by its automatic differentiation, all in float64."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from nodelink.explain.trace import Cut, trace
from nodelink.graph.edges import edges
from nodelink.nn import weights
from nodelink.nn.layers import Conv2d, Dense, MaxPool2d
from nodelink.nn.naming import stage_of
from nodelink.nn.network import Network, Stage
from tests.nn.test_network import picture
from tests.torch.reference import F, forward, torch

Floats = NDArray[np.float64]
SHIPPED = ("cnn", "mlp", "mini")


@cache
def network(name: str) -> Network:
    return weights.load(weights.find(name)).astype(np.float64)


def weight_of(stage: Stage, before: Stage, source: Any, target: Any, inputs: Any) -> Floats:
    """The weight of each edge, looked up by the places of its ends; of a max pool 1 for the one that torch chose."""
    layer = stage.layer
    if isinstance(layer, Dense):
        return np.asarray(layer.weight[target - stage.offset, source - before.offset], np.float64)
    of, y, x = np.unravel_index(source - before.offset, before.shape)
    to, row, column = np.unravel_index(target - stage.offset, stage.shape)
    if isinstance(layer, Conv2d):
        i = y - row * layer.stride[0] + layer.padding[0]
        j = x - column * layer.stride[1] + layer.padding[1]
        return np.asarray(layer.weight[to, of, i, j], np.float64)
    assert isinstance(layer, MaxPool2d)
    _, chosen = F.max_pool2d(inputs, layer.kernel, layer.stride, return_indices=True)
    return np.asarray(chosen[0].numpy()[to, row, column] == y * before.shape[2] + x, np.float64)


def nodes_of(network: Network) -> Iterator[int]:
    """Of every layer the node with the largest value, and one more; of the last one three."""
    activations = network.forward(picture(network, 5))
    for stage in network.stages[1:]:
        yield stage.offset + int(np.argmax(activations.out[stage.index][0]))
        yield stage.offset + stage.size // 3
    yield network.nodes - 1


def computed(network: Network, x: Floats) -> tuple[list[Any], list[Any]]:
    """(pre, out) of every stage by torch, from which gradients can be asked for."""
    out = torch.tensor(x[None], requires_grad=True)
    pres, outs = [out], [out]
    for layer in network.layers:
        pre, out = forward(layer, out)
        if layer.kind != "flatten":
            pres.append(pre)
            outs.append(out)
    return pres, outs


def values_of(network: Network, at: Cut, source: Any, target: Any, goal: Any, passed: Any) -> Floats:
    """out_i * w_ij * dgoal/dpre_j of the edges that arrive at a layer; of a pool, dgoal/dout_j."""
    pres, outs = passed
    stage, before = network.stages[at.stage], network.stages[at.stage - 1]
    (slope,) = torch.autograd.grad(goal, pres[at.stage], retain_graph=True)
    below = outs[at.stage - 1].detach()
    weight = weight_of(stage, before, source, target, below)
    found = below.numpy().reshape(-1)[source - before.offset] * weight
    return np.asarray(found * slope.numpy().reshape(-1)[target - stage.offset], np.float64)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_edge_of_a_trace_has_the_value_that_torch_gives_it(name: str) -> None:
    net = network(name)
    x = np.asarray(picture(net, 5), np.float64)
    all_edges, activations, passed = edges(net), net.forward(x), computed(net, x)
    compared = 0
    for node in nodes_of(net):
        top = stage_of(net, node)
        goal = passed[0][top.index].reshape(-1)[node - top.offset]
        found = trace(activations, node, all_edges)
        assert found.value == pytest.approx(goal.item(), rel=1e-9)
        assert [cut.stage for cut in found.cuts] == list(range(1, top.index + 1))
        for cut in found.cuts:
            first, last = all_edges.ranges[cut.stage]
            ends = all_edges.source[first:last], all_edges.target[first:last]
            expected = values_of(net, cut, *ends, goal, passed)
            mine = np.zeros(last - first)
            mine[cut.ids - first] = cut.values
            size = float(np.abs(expected).sum())
            assert (
                np.abs(mine - expected).max() <= 1e-5 * np.abs(expected).max()
            )  # a trace is kept in float32
            assert cut.total == pytest.approx(expected.sum(), abs=1e-5 * size)
            biases = goal.item() - expected.sum()  # piecewise linear: the rest is what biases add
            assert cut.biases == pytest.approx(biases, abs=1e-5 * (size + abs(biases)))
            compared += int(np.count_nonzero(expected))
    assert compared > 10_000
