"""The engine once more as plain loops over Python floats (float64): slow, obvious, and independent of it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from nodelink.nn.layers import AvgPool2d, Conv2d, Dense, Flatten, Layer, MaxPool2d
from nodelink.nn.network import Network, Stage

Edge = tuple[int, int, float]  # source and target (row-major index within their stages), weight


def edges(layer: Layer, in_shape: tuple[int, ...]) -> Iterator[Edge]:
    """Every edge that arrives at the layer; an average pool's weight is 1 / cells, a max pool's nan."""
    if isinstance(layer, Dense):
        yield from _dense_edges(layer)
    elif isinstance(layer, Conv2d):
        yield from _conv_edges(layer, in_shape)
    elif isinstance(layer, MaxPool2d | AvgPool2d):
        yield from _pool_edges(layer, in_shape)


def _dense_edges(layer: Dense) -> Iterator[Edge]:
    weight = layer.weight.astype(np.float64).tolist()
    for target, row in enumerate(weight):
        for source, value in enumerate(row):
            yield source, target, value


def _conv_edges(layer: Conv2d, in_shape: tuple[int, ...]) -> Iterator[Edge]:
    maps, rows, cols = in_shape
    out, _, kh, kw = layer.weight.shape
    height = (rows + 2 * layer.padding[0] - kh) // layer.stride[0] + 1
    width = (cols + 2 * layer.padding[1] - kw) // layer.stride[1] + 1
    weight = layer.weight.astype(np.float64).tolist()
    seen = np.ones((out, maps), bool) if layer.connections is None else layer.connections
    for o, m in product(range(out), range(maps)):
        if not seen[o, m]:
            continue
        for y, x, i, j in product(range(height), range(width), range(kh), range(kw)):
            row = y * layer.stride[0] + i - layer.padding[0]
            col = x * layer.stride[1] + j - layer.padding[1]
            if 0 <= row < rows and 0 <= col < cols:
                yield (m * rows + row) * cols + col, (o * height + y) * width + x, weight[o][m][i][j]


def _pool_edges(layer: MaxPool2d | AvgPool2d, in_shape: tuple[int, ...]) -> Iterator[Edge]:
    maps, rows, cols = in_shape
    (kh, kw), (sh, sw) = layer.kernel, layer.stride
    height, width = (rows - kh) // sh + 1, (cols - kw) // sw + 1
    weight = math.nan if isinstance(layer, MaxPool2d) else 1 / (kh * kw)
    for m, y, x, i, j in product(range(maps), range(height), range(width), range(kh), range(kw)):
        yield (m * rows + y * sh + i) * cols + x * sw + j, (m * height + y) * width + x, weight


def stage_values(stage: Stage, source: list[float], in_shape: tuple[int, ...]) -> tuple[list[float], ...]:
    """(pre, out) of the stage, flat, given the flat outputs of the stage before."""
    layer = stage.layer
    if isinstance(layer, MaxPool2d):
        best = [-math.inf] * stage.size
        for s, t, _ in edges(layer, in_shape):
            best[t] = max(best[t], source[s])
        return best, best
    assert layer is not None
    assert not isinstance(layer, Flatten)
    pre = [0.0] * stage.size
    if isinstance(layer, Dense | Conv2d):
        cells = stage.size // len(layer.bias)
        pre = [float(bias) for bias in layer.bias for _ in range(cells)]
    for s, t, weight in edges(layer, in_shape):
        pre[t] += weight * source[s]
    return pre, activate(stage.activation, pre, stage.shape[0])


def activate(name: str, pre: list[float], channels: int) -> list[float]:
    """The activation of flat values; softmax runs over the first axis, of `channels`."""
    if name == "softmax":
        cells = len(pre) // channels
        out = [0.0] * len(pre)
        for cell in range(cells):
            largest = max(pre[cell::cells])
            total = sum(math.exp(value - largest) for value in pre[cell::cells])
            out[cell::cells] = [math.exp(value - largest) / total for value in pre[cell::cells]]
        return out
    functions: dict[str, Any] = {
        "identity": lambda value: value,
        "relu": lambda value: max(value, 0.0),
        "elu": lambda value: value if value > 0 else math.exp(value) - 1,
        "tanh": math.tanh,
        "sigmoid": lambda value: 1 / (1 + math.exp(-value)),
    }
    return [functions[name](value) for value in pre]


def forward(network: Network, x: npt.NDArray[Any]) -> list[tuple[npt.NDArray[Any], npt.NDArray[Any]]]:
    """(pre, out) of every stage for one input (C, H, W), in the shapes of the stages."""
    source = x.astype(np.float64).ravel().tolist()
    computed = [(x.astype(np.float64), x.astype(np.float64))]
    for before, stage in zip(network.stages, network.stages[1:], strict=False):
        pre, out = stage_values(stage, source, before.shape)
        computed.append((np.reshape(pre, stage.shape), np.reshape(out, stage.shape)))
        source = out
    return computed
