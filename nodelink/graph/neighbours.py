"""Neighbours: the node beside a node, in its map or in the layers next to its own."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from nodelink.graph.layout import fold
from nodelink.nn.layers import AvgPool2d, Conv2d, MaxPool2d
from nodelink.nn.network import Network, Stage


def beside(network: Network, node: int, right: int, down: int, dense: str = "block") -> int:
    """The node so many columns to the right and rows down in the same map; at its edges the walk ends.

    dense: how dense layers are laid out, as in `layout.Options`.
    """
    stage = _stage(network, node)
    rows, columns = stage.shape[1:] if len(stage.shape) == 3 else fold(stage.size, dense)
    count = stage.size // stage.shape[0] if len(stage.shape) == 3 else stage.size
    channel, place = divmod(node - stage.offset, count)
    row, column = divmod(place, columns)
    row, column = min(max(row + down, 0), rows - 1), min(max(column + right, 0), columns - 1)
    if (there := row * columns + column) >= count:  # the last row of a folded layer may be shorter
        there = place if down else count - 1
    return stage.offset + channel * count + there


def towards(network: Network, node: int, by: int, hidden: Collection[int] = ()) -> int:
    """The node nearest in position in the next layer towards the output (`by` 1) or the input (-1).

    Between maps that is the same place in its share of rows and columns, in the nearest of the maps that are connected;
    to and from dense layers the same share of their nodes. Layers in `hidden`, by index, are passed over. Where there
    is no further layer, the node itself.
    """
    stage = _stage(network, node)
    unseen = list[Stage]()
    while 0 <= (index := stage.index + by * (len(unseen) + 1)) < len(network.stages):
        unseen.append(network.stages[index])
        if index not in hidden:
            break
    else:
        return node
    for there in unseen:
        node, stage = _next(node, stage, there), there
    return node


def _next(node: int, here: Stage, there: Stage) -> int:
    """The node of a neighbouring layer that is nearest."""
    if len(here.shape) != 3 or len(there.shape) != 3:
        return there.offset + _share(node - here.offset, here.size, there.size)
    of, *place = (int(i) for i in np.unravel_index(node - here.offset, here.shape))
    spot = [_share(i, a, b) for i, a, b in zip(place, here.shape[1:], there.shape[1:], strict=True)]
    wanted = (of + 0.5) / here.shape[0] * there.shape[0] - 0.5
    maps = _connected(here, there, of)
    nearest = maps[int(np.argmin(np.abs(np.array(maps) - wanted)))]
    return there.offset + int(np.ravel_multi_index((nearest, *spot), there.shape))


def _connected(here: Stage, there: Stage, of: int) -> list[int]:
    """The maps of `there` with edges to or from map `of` of `here`; all where there are none."""
    layer = (there if there.index > here.index else here).layer
    if isinstance(layer, MaxPool2d | AvgPool2d):
        return [of]
    every = list(range(there.shape[0]))
    if isinstance(layer, Conv2d) and layer.connections is not None:
        table = layer.connections.T if there.index > here.index else layer.connections
        return np.flatnonzero(table[of]).tolist() or every
    return every


def _share(index: int, size: int, other: int) -> int:
    """The place in a line of `other` that lies where `index` does in a line of `size`."""
    return min(int((index + 0.5) / size * other), other - 1)


def _stage(network: Network, node: int) -> Stage:
    if not 0 <= node < network.nodes:
        raise ValueError(f"node {node} is not in {network.name}, which has {network.nodes}")
    return next(stage for stage in reversed(network.stages) if node >= stage.offset)
