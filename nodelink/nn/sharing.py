"""Sharing: which weights of a layer are meant. A kernel's entry is one weight of many edges, one at every position."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nodelink.nn.changes import weight_between
from nodelink.nn.layers import Conv2d, Dense
from nodelink.nn.naming import stage_of
from nodelink.nn.network import Network


@dataclass(frozen=True)
class Weights:
    """All weights of a layer whose index in its weight array begins with `index`.

    Of a convolution (map, map below) is a kernel and (map, map below, row, column) an entry of it; of a dense layer
    (unit, source) is one weight. All count from 0.
    """

    stage: int  # index of the layer in network.stages
    index: tuple[int, ...]


def exist(network: Network, weights: Weights) -> bool:
    """Whether a network has such weights: the layer has any, the index is within them, and something is connected."""
    stage = network.stages[weights.stage] if 0 <= weights.stage < len(network.stages) else None
    layer = stage.layer if stage is not None else None
    if not isinstance(layer, Dense | Conv2d) or len(weights.index) > layer.weight.ndim:
        return False
    if any(not 0 <= at < size for at, size in zip(weights.index, layer.weight.shape, strict=False)):
        return False
    table = layer.connections if isinstance(layer, Conv2d) else None
    return table is None or bool(np.any(table[weights.index[:2]]))


def between(network: Network, one: int, other: int) -> Weights | None:
    """The weight of the edge between two nodes (ids), whichever comes first; None where there is none."""
    source, target = min(one, other), max(one, other)
    found = weight_between(network, source, target)
    return None if found is None else Weights(stage_of(network, target).index, found.index)
