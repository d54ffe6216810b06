"""Receptive fields: the nodes of every earlier layer that a node can see, and the part of the drawing pad."""

from __future__ import annotations

import numpy as np

from nodelink.graph.emphasis import Box, as_maps
from nodelink.nn.layers import AvgPool2d, Conv2d, MaxPool2d
from nodelink.nn.network import Network, Stage
from nodelink.nn.preprocess import PAD, Prepared, picture_place, placing


def receptive_field(network: Network, node: int) -> tuple[Box, ...]:
    """One box for every layer from the input up to the node's own, where it is the node itself.

    ValueError for a node that the network has not.
    """
    if not 0 <= node < network.nodes:
        raise ValueError(f"node {node} is not in {network.name}, which has {network.nodes}")
    top = next(stage for stage in reversed(network.stages) if stage.offset <= node)
    place = np.unravel_index(node - top.offset, as_maps(top))
    of, row, column = (int(i) for i in place)
    boxes = [Box(top.index, (of,), (row, row + 1), (column, column + 1))]
    for stage in network.stages[top.index : 0 : -1]:
        boxes.append(_below(network.stages[stage.index - 1], stage, boxes[-1]))
    return tuple(reversed(boxes))


def _below(before: Stage, stage: Stage, box: Box) -> Box:
    """What the nodes in `box` see of the layer before theirs."""
    layer = stage.layer
    maps, height, width = as_maps(before)
    if not isinstance(layer, Conv2d | MaxPool2d | AvgPool2d):
        return Box(before.index, tuple(range(maps)), (0, height), (0, width))
    padding = layer.padding if isinstance(layer, Conv2d) else (0, 0)
    spans = []
    for axis, (span, size) in enumerate(zip((box.rows, box.columns), (height, width), strict=True)):
        first = span[0] * layer.stride[axis] - padding[axis]
        last = (span[1] - 1) * layer.stride[axis] - padding[axis] + layer.kernel[axis]
        spans.append((max(first, 0), min(last, size)))
    seen = box.maps
    if isinstance(layer, Conv2d):
        table = np.ones((len(layer.weight), maps), bool) if layer.connections is None else layer.connections
        seen = tuple(np.flatnonzero(table[list(box.maps)].any(axis=0)).tolist())
    return Box(before.index, seen, spans[0], spans[1])


def on_the_pad(box: Box, network: Network, prepared: Prepared) -> tuple[float, float, float, float] | None:
    """The part of the pad behind a box of the input layer: left, top, right, bottom in pad pixels, 0 to 280.

    It goes back the way down: from the network's input through the centring to where the ink was drawn. None where
    the box lies beside the drawing, on the blank border of the input.
    """
    side, top, left = picture_place(network.input_shape)
    spot = placing(prepared)
    edges = []
    for span, begin, offset, origin in (
        (box.columns, left, spot.x, spot.left),
        (box.rows, top, spot.y, spot.top),
    ):
        cells = (min(max(edge - begin, 0), side) for edge in span)
        pixels = ((cell * PAD / side - offset) / spot.scale + origin for cell in cells)
        edges.append(tuple(min(max(pixel, 0.0), float(PAD)) for pixel in pixels))
    (x0, x1), (y0, y1) = edges
    return (x0, y0, x1, y1) if x1 > x0 and y1 > y0 else None
