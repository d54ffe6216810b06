"""Contributions: the terms of one node's sum, weight x activation, and what its activation makes of the sum."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nodelink.nn.layers import AvgPool2d, Conv2d, Dense, MaxPool2d
from nodelink.nn.naming import is_off, stage_of
from nodelink.nn.network import Activations, Stage

Wide = NDArray[np.float64]
Ids = NDArray[np.int64]

LARGEST_LOGIT = 30.0  # above it e^logit has more digits than anybody reads: all logits are lowered alike


@dataclass(frozen=True, eq=False)
class Tile:
    """What a node sees of one map: (rows, columns) as in the map, row 0 above. Cells of the padding are 0."""

    map: int  # of the layer before, counted from 0
    row: int  # of the map, at the tile's upper left corner; negative where that lies in the padding
    column: int
    patch: Wide  # outputs of the cells
    kernel: Wide  # their weights; 1 or 1 / cells for a pool
    product: Wide  # weight x output; of a max pool the winner's alone
    source: Ids  # ids of the cells, -1 in the padding


@dataclass(frozen=True, eq=False)
class Softmax:
    """A softmax over some nodes: the share of each in the sum of all e^logit. All (nodes,)."""

    nodes: Ids
    logits: Wide
    lowered: float  # by so much before the exponential, so that no number is too large; changes no share
    powers: Wide  # e^(logit - lowered)
    total: float  # their sum
    shares: Wide  # powers / total
    index: int  # which of them is the node asked about
    off: NDArray[np.bool_]  # which of them are switched off: their powers and shares are 0


@dataclass(frozen=True, eq=False)
class Terms:
    """One node's calculation. The products in float64 and the bias add up to `pre`, but for float32's rounding."""

    node: int
    stage: Stage
    place: tuple[int, ...]  # (map, row, column) or (unit,), counted from 0
    source: Ids  # (n,) ids of the nodes before it, in rising order of map, row and column
    weight: Wide  # (n,) 1 for a max pool, 1 / cells for an average pool
    value: Wide  # (n,) outputs of the sources
    product: Wide  # (n,) weight x value; of a max pool's the winner's alone
    bias: float  # 0 for a pool
    pre: float  # as the engine computed it in float32; of a pool what it would put out
    out: float
    tiles: tuple[
        Tile, ...
    ]  # a window's, one a connected map; a dense layer's, one a map before it; else none
    winner: int | None = None  # of a max pool, its place among the terms
    softmax: Softmax | None = None
    off: bool = False  # switched off: it puts out 0 whatever its sum

    @property
    def order(self) -> Ids:
        """The terms by falling |product|, equal ones as they come."""
        return np.argsort(-np.abs(self.product), kind="stable")


def terms(activations: Activations, node: int, sample: int = 0) -> Terms:
    """The calculation of a node, by id, in one sample. ValueError for a node that the network has not."""
    network = activations.network
    if not 0 <= node < network.nodes:
        raise ValueError(f"node {node} is not in {network.name}, which has {network.nodes}")
    stage = stage_of(network, node)
    place = tuple(int(i) for i in np.unravel_index(node - stage.offset, stage.shape))
    pre, out = (float(values[stage.index][sample][place]) for values in (activations.pre, activations.out))
    tiles: tuple[Tile, ...] = ()
    bias, winner = 0.0, None
    if stage.layer is None:
        parts = np.empty(0, np.int64), np.empty(0), np.empty(0), np.empty(0)
    else:
        before = network.stages[stage.index - 1]
        values = activations.out[before.index][sample].astype(np.float64)
        tiles = _tiles(before, stage, place, values)
        parts = _in_line(tiles) if len(before.shape) == 3 else _dense(before, stage, place, values)
        if isinstance(stage.layer, Dense | Conv2d):
            bias = float(stage.layer.bias[place[0]])
        if isinstance(stage.layer, MaxPool2d):
            winner = int(np.argmax(parts[2]))
    softmax = _softmax(activations, stage, place, sample) if stage.activation == "softmax" else None
    off = is_off(network, node)
    if off and stage.kind in (
        "maxpool",
        "avgpool",
    ):  # a pool has no sum of its own that the engine would keep
        pre = float(parts[3].sum())
    return Terms(node, stage, place, *parts, bias, pre, out, tiles, winner, softmax, off)


Parts = tuple[Ids, Wide, Wide, Wide]  # source, weight, value, product


def _dense(before: Stage, stage: Stage, place: tuple[int, ...], values: Wide) -> Parts:
    """A unit that sees another dense layer."""
    assert isinstance(stage.layer, Dense)
    weight = stage.layer.weight[place[0]].astype(np.float64)
    return before.offset + np.arange(before.size), weight, values, weight * values


def _in_line(tiles: tuple[Tile, ...]) -> Parts:
    """The terms of all tiles, without the padding."""
    inside = [tile.source >= 0 for tile in tiles]
    parts = [
        np.concatenate([getattr(tile, name)[real] for tile, real in zip(tiles, inside, strict=True)])
        for name in ("source", "kernel", "patch", "product")
    ]
    return parts[0], parts[1], parts[2], parts[3]


def _tiles(before: Stage, stage: Stage, place: tuple[int, ...], values: Wide) -> tuple[Tile, ...]:
    """What the node sees, map by map; nothing where the layer before has no maps."""
    layer = stage.layer
    if len(before.shape) != 3:
        return ()
    maps = before.shape[0]
    if isinstance(layer, Dense):
        kernels = layer.weight[place[0]].reshape(before.shape).astype(np.float64)
        return tuple(_tile(before, m, 0, 0, kernels[m], values[m]) for m in range(maps))
    assert isinstance(layer, Conv2d | MaxPool2d | AvgPool2d)
    of, row, column = place
    padding = layer.padding if isinstance(layer, Conv2d) else (0, 0)
    top, left = row * layer.stride[0] - padding[0], column * layer.stride[1] - padding[1]
    if isinstance(layer, Conv2d):
        seen = range(maps) if layer.connections is None else np.flatnonzero(layer.connections[of]).tolist()
        kernels = layer.weight[of].astype(np.float64)
        return tuple(_tile(before, m, top, left, kernels[m], values[m]) for m in seen)
    if isinstance(layer, AvgPool2d):
        kernel = np.full(layer.kernel, 1 / (layer.kernel[0] * layer.kernel[1]))
        return (_tile(before, of, top, left, kernel, values[of]),)
    tile = _tile(before, of, top, left, np.ones(layer.kernel), values[of])
    first = np.zeros(tile.patch.size)  # of equal values the first is the winner, as in the engine
    first[int(np.argmax(tile.patch))] = 1
    return (_tile(before, of, top, left, np.ones(layer.kernel), values[of], first.reshape(layer.kernel)),)


def _tile(
    before: Stage,
    of: int,
    top: int,
    left: int,
    kernel: Wide,
    values: Wide,
    counts: Wide | None = None,
) -> Tile:
    """The part of a map under a kernel whose upper left corner lies at (top, left).

    counts: how much of each product counts; all of it where this is None.
    """
    _, height, width = before.shape
    rows, columns = top + np.arange(kernel.shape[0]), left + np.arange(kernel.shape[1])
    inside = ((rows >= 0) & (rows < height))[:, None] & ((columns >= 0) & (columns < width))
    y, x = np.clip(rows, 0, height - 1)[:, None], np.clip(columns, 0, width - 1)
    patch = np.where(inside, values[y, x], 0.0)
    source = np.where(inside, before.offset + (of * height + y) * width + x, -1)
    product = kernel * patch if counts is None else kernel * patch * counts
    return Tile(of, top, left, patch, kernel, product, source)


def _softmax(activations: Activations, stage: Stage, place: tuple[int, ...], sample: int) -> Softmax:
    """Over the units of a dense layer, or over the maps at the node's place; those that are off have no share."""
    maps = stage.shape[0]
    at = int(np.ravel_multi_index((0, *place[1:]), stage.shape))
    ids = stage.offset + at + np.arange(maps) * (stage.size // maps)
    logits = activations.pre[stage.index][sample].reshape(-1)[ids - stage.offset].astype(np.float64)
    mask = activations.network.off.get(stage.name)
    on = np.ones(maps, bool) if mask is None else ~mask.reshape(-1)[ids - stage.offset]
    largest = float(logits[on].max(initial=-np.inf)) if on.any() else 0.0
    lowered = largest if abs(largest) > LARGEST_LOGIT else 0.0
    powers = np.exp(np.where(on, logits - lowered, -np.inf))
    total = float(powers.sum())
    return Softmax(ids, logits, lowered, powers, total, powers / (total or 1.0), place[0], ~on)
