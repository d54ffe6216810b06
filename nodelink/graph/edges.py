"""Edges: network -> (source, target, weight), one an existing connection, ordered by the layer they arrive at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nodelink.nn.layers import AvgPool2d, Conv2d, Dense, MaxPool2d
from nodelink.nn.network import Activations, Network, Stage
from nodelink.nn.sharing import Weights, exist

Ids = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Edges:
    """All weighted edges of a network. Node ids are the network's; arrays are (edges,)."""

    source: Ids
    target: Ids
    weight: NDArray[np.float32]  # 1 for a max pool's, 1 / cells for an average pool's
    ranges: tuple[tuple[int, int], ...]  # per stage: first and one past the last edge arriving there
    max_pools: tuple[int, ...] = ()  # stages whose edges carry signal from the winner only

    def __len__(self) -> int:
        return len(self.source)

    @property
    def pairs(self) -> tuple[tuple[int, int], ...]:
        """The ranges that hold edges: one a pair of layers."""
        return tuple((a, b) for a, b in self.ranges if b > a)


def edges(network: Network) -> Edges:
    """Every connection of the network; cells of padding are no nodes and have no edges."""
    parts, ranges, done = [], [], 0
    before: Stage | None = None
    for stage in network.stages:
        part = _arriving(before, stage) if before is not None else _none()
        parts.append(part)
        ranges.append((done, done + len(part[0])))
        done += len(part[0])
        before = stage
    source, target, weight = (np.concatenate([part[i] for part in parts]) for i in range(3))
    pools = tuple(stage.index for stage in network.stages if isinstance(stage.layer, MaxPool2d))
    source, target = source.astype(np.int32), target.astype(np.int32)
    return Edges(source, target, weight.astype(np.float32), tuple(ranges), pools)


Part = tuple[NDArray[np.integer], NDArray[np.integer], NDArray[np.floating]]


def _none() -> Part:
    return np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.float32)


def _arriving(before: Stage, stage: Stage) -> Part:
    """Edges from one displayed layer to the next. A flattened map keeps its C order, so ids need no change."""
    layer = stage.layer
    if isinstance(layer, Dense):
        units = np.arange(stage.size)
        source = np.tile(before.offset + np.arange(before.size), stage.size)
        return source, np.repeat(stage.offset + units, before.size), layer.weight.reshape(-1)
    if isinstance(layer, Conv2d):
        return _windows(before, stage, layer.weight.shape[2:], layer.stride, layer.padding, layer)
    if isinstance(layer, (MaxPool2d, AvgPool2d)):
        return _windows(before, stage, layer.kernel, layer.stride, (0, 0), layer)
    raise TypeError(f"{stage.name}: no edges known for a layer of kind {stage.kind!r}")


def _windows(
    before: Stage,
    stage: Stage,
    kernel: tuple[int, ...],
    stride: tuple[int, int],
    padding: tuple[int, int],
    layer: Conv2d | MaxPool2d | AvgPool2d,
) -> Part:
    """Edges of a sliding window, for convolutions and pools alike."""
    channels, height, width = before.shape
    maps, rows, columns = stage.shape
    cell, inside = _under(before, stage, kernel, stride, padding)
    place = np.broadcast_to(
        (np.arange(rows)[:, None] * columns + np.arange(columns))[..., None, None], inside.shape
    )
    cell, place = cell[inside], place[inside]
    sources, targets, weights = [], [], []
    for to, of in _connected(layer, maps, channels):
        sources.append(before.offset + of * height * width + cell)
        targets.append(stage.offset + to * rows * columns + place)
        if isinstance(layer, Conv2d):
            weights.append(np.broadcast_to(layer.weight[to, of], inside.shape)[inside])
        else:
            each = 1.0 if isinstance(layer, MaxPool2d) else 1.0 / (kernel[0] * kernel[1])
            weights.append(np.full(len(cell), each, np.float32))
    return np.concatenate(sources), np.concatenate(targets), np.concatenate(weights)


def _under(
    before: Stage,
    stage: Stage,
    kernel: tuple[int, ...],
    stride: tuple[int, int],
    padding: tuple[int, int],
) -> tuple[NDArray[np.integer], NDArray[np.bool_]]:
    """(rows, columns, kh, kw): the cell of a map below that is under every kernel entry at every place of a map, and
    whether there is one: it may be padding."""
    _, height, width = before.shape
    _, rows, columns = stage.shape
    y = (np.arange(rows) * stride[0] - padding[0])[:, None, None, None] + np.arange(kernel[0])[:, None]
    x = (np.arange(columns) * stride[1] - padding[1])[:, None, None] + np.arange(kernel[1])
    inside = np.broadcast_to((y >= 0) & (y < height) & (x >= 0) & (x < width), (rows, columns, *kernel))
    return np.broadcast_to(y * width + x, inside.shape), inside


def sharing(network: Network, weights: Weights) -> NDArray[np.int64]:
    """The edges that have one of these weights, in rising order, counted from the first that arrives at their layer.

    None where the network has no such weights.
    """
    if not exist(network, weights):
        return np.empty(0, np.int64)
    stage, index = network.stages[weights.stage], weights.index
    before, layer = network.stages[stage.index - 1], stage.layer
    if isinstance(layer, Dense):
        places = np.arange(layer.weight.size).reshape(layer.weight.shape)[index]
        return np.asarray(places, np.int64).reshape(-1)
    assert isinstance(layer, Conv2d)
    _, inside = _under(before, stage, layer.kernel, layer.stride, layer.padding)
    entry = np.zeros(layer.kernel, bool)
    entry[index[2:]] = True
    mine = np.flatnonzero(np.broadcast_to(entry, inside.shape)[inside])  # within the edges of one kernel
    every, wanted = int(inside.sum()), index[:2]
    kernels = _connected(layer, stage.shape[0], before.shape[0])
    first = [every * place for place, kernel in enumerate(kernels) if kernel[: len(wanted)] == wanted]
    return np.asarray(np.array(first, np.int64)[:, None] + mine).reshape(-1)


def _connected(layer: Conv2d | MaxPool2d | AvgPool2d, maps: int, channels: int) -> list[tuple[int, int]]:
    """(map, source map) pairs with a kernel between them."""
    if not isinstance(layer, Conv2d):
        return [(c, c) for c in range(maps)]
    if layer.connections is None:
        return [(to, of) for to in range(maps) for of in range(channels)]
    return [(int(to), int(of)) for to, of in np.argwhere(layer.connections)]


@dataclass(frozen=True, eq=False)
class Signal:
    """What the edges carry for one input."""

    contribution: NDArray[np.float32]  # weight x source output, (edges,); only a pool's winner carries
    effective: NDArray[np.bool_]  # carries signal, and its target is on


def gates(network: Network, activations: Activations, sample: int = 0) -> tuple[NDArray[np.bool_], Ids]:
    """Per node (nodes,): whether a change of its weighted input changes its output (a ReLU that is on, any other
    activation), and for a max pool's node the id of the winning source (first in row order on ties), else -1.
    Nodes that are switched off by an experiment are not on."""
    on = np.ones(network.nodes, bool)
    winner = np.full(network.nodes, -1, np.int32)
    before: Stage | None = None
    for stage, pre, out in zip(network.stages, activations.pre, activations.out, strict=True):
        span = slice(stage.offset, stage.offset + stage.size)
        if stage.activation == "relu":
            on[span] = pre[sample].reshape(-1) > 0
        if isinstance(stage.layer, MaxPool2d) and before is not None:
            source = activations.out[before.index][sample]
            winner[span] = before.offset + _winners(stage.layer, source, out.shape[1:])
        if stage.name in network.off:
            on[span] &= ~network.off[stage.name].reshape(-1)
        before = stage
    return on, winner


NOBODY = np.int32(1 << 24)  # the winner where there is none: no node has this id


def difference(
    network: Network, b: Activations, a: Activations
) -> tuple[NDArray[np.float32], NDArray[np.bool_], Ids]:
    """What nodes show (nodes,) where B - A is shown: B's outputs less A's; on where they are in either; a max pool's
    winner where both have the same, else NOBODY. The networks' layers must have the same shapes."""
    (on, winner), (on_a, winner_a) = gates(network, b), gates(network, a)
    return b.values() - a.values(), on | on_a, np.where(winner == winner_a, winner, NOBODY)


def _winners(layer: MaxPool2d, source: NDArray[np.floating], shape: tuple[int, ...]) -> NDArray[np.int64]:
    """Flat index within `source` (C, H, W) of each window's largest value, (C * rows * columns,)."""
    channels, height, width = source.shape
    _, rows, columns = shape
    kh, kw = layer.kernel
    windows = np.lib.stride_tricks.sliding_window_view(source, (kh, kw), axis=(1, 2))
    windows = windows[:, :: layer.stride[0], :: layer.stride[1]][:, :rows, :columns]
    best = windows.reshape(channels, rows, columns, kh * kw).argmax(axis=-1)
    y = np.arange(rows)[:, None] * layer.stride[0] + best // kw
    x = np.arange(columns) * layer.stride[1] + best % kw
    return np.asarray(np.arange(channels)[:, None, None] * height * width + y * width + x).reshape(-1)


def signal(all_edges: Edges, values: NDArray[np.float32], on: NDArray[np.bool_], winner: Ids) -> Signal:
    """What every edge carries: `values` (nodes,) are the outputs, `on` and `winner` come from `gates`."""
    contribution = all_edges.weight * values[all_edges.source]
    for stage in all_edges.max_pools:
        span = slice(*all_edges.ranges[stage])
        contribution[span] *= winner[all_edges.target[span]] == all_edges.source[span]
    effective = on[all_edges.target] & (contribution != 0)
    return Signal(contribution, effective)
