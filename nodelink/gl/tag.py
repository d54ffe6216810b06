"""Tag: the little panel beside a node that says which it is and what its value is. Pixels from the left and the top."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from nodelink.gl.place import Box
from nodelink.gl.text import Picture, font, premultiplied, text_length
from nodelink.theme import Theme

GAP = 0.55  # between node and panel, in font sizes
# between them where there is no room next to it, in gaps
DISTANCES = 1.0, 2.5, 4.5, 7.0, 10.0, 14.0, 19.0, 25.0, 32.0, 40.0
DIRECTIONS = 24
STEM = 2.0  # gaps from which on a line leads from panel to node
NODES, TAGS, WRITTEN = 40.0, 4.0, 3.0  # what it costs to cover a node, another panel, a caption or digit
CELLS = 0.6  # or other cells alone
OUTLINED, INKED = 1.2, 1.2  # or what stands out: cells that are outlined, edges
TOUCHED = 0.005  # a share so small does not count
CROSSED = 0.45  # what it costs if the line runs through any of them
POINTS = 24  # of the line that are looked at
FAR = 0.03  # what a gap of distance costs

LETTERS = str.maketrans({"\N{NO-BREAK SPACE}": " ", "\N{MINUS SIGN}": "-"})  # that the font has not

Line = tuple[tuple[float, float], tuple[float, float]]
Clear = tuple[
    Sequence[Box], Sequence[Box], NDArray[np.float64]
]  # cells, outlined cells, points (n, 2) of edges
EMPTY = np.empty((0, 2))


def width(name: str, value: str, size: int) -> int:
    """Of a panel, pixels."""
    pad, small = round(size * 0.5), max(9, round(size * 0.86))
    return round(max(text_length(name, small), text_length(value, size))) + 2 * pad + 1


@lru_cache(maxsize=256)
def panel(name: str, value: str, size: int, theme: Theme) -> Picture:
    """A node's name and value as a picture; size: of the font, pixels."""
    pad, small = round(size * 0.5), max(9, round(size * 0.86))
    row = round(size * 1.3)
    image = Image.new("RGBA", (width(name, value, size), 2 * row + pad), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    frame = (0, 0, image.width - 1, image.height - 1)
    draw.rounded_rectangle(frame, round(size * 0.4), theme.panel_raised + "f0", theme.accent + "ff")
    draw.text((pad, pad // 2), name, font=font(small), fill=theme.text_dim)
    draw.text((pad, pad // 2 + row), value, font=font(size), fill=theme.text)
    return premultiplied(image)


def place(
    node: Box,
    size: tuple[int, int],
    gap: float,
    room: Box,
    nodes: Sequence[Box],
    written: Sequence[Box],
    tags: Sequence[Box] = (),
    stems: Sequence[Line] = (),
    clear: Clear = ((), (), EMPTY),
) -> tuple[float, float]:
    """Left and top of a panel of `size` beside a node's box: inside the room, off the node and all `nodes`.

    Of the places around the node the one that costs least: to cover other `tags` and their `stems`, what is `written`,
    what is to stay `clear`, to have a stem of its own through any of these but cells, and to stand far away.
    """
    cells, outlined, points = clear
    places, away = _around(node, size, gap)
    low = np.array([room[0], room[1]])
    most = np.maximum(low, np.array([room[2], room[3]]) - size)
    moved = np.clip(places, low, most)
    boxes = np.concatenate([moved, moved + size], axis=1)
    cost = FAR * away + 0.001 * np.abs(moved - places).sum(axis=1)
    weights = NODES, TAGS, WRITTEN, OUTLINED
    for others, weight in zip(([node, *nodes], tags, written, outlined), weights, strict=True):
        mine, its = _shares(boxes, others)
        share = np.maximum(mine, its)  # a digit is a small part of a panel that is all over it
        cost += weight * np.where(share > TOUCHED, 0.3 + share, 0.0).sum(axis=1)
    share = np.maximum(*_shares(boxes, cells))
    cost += CELLS * np.where(share > TOUCHED, 0.4 + share, 0.0).sum(axis=1)
    cost += INKED * np.where((share := _among(boxes, points)) > TOUCHED, 0.3 + share, 0.0)
    return _clearest(node, boxes, np.round(cost, 9), gap, [*nodes, *written, *tags], stems)


def _clearest(
    node: Box,
    boxes: NDArray[np.float64],
    cost: NDArray[np.float64],
    gap: float,
    others: Sequence[Box],
    stems: Sequence[Line],
) -> tuple[float, float]:
    """Left and top of the cheapest of the boxes, where a stem that runs through others costs more."""
    best, least = 0, np.inf
    for index in np.argsort(cost, kind="stable").tolist():
        if cost[index] >= least:
            break
        box = tuple(boxes[index].tolist())
        line = stem(node, box, gap)
        met = sum(_crossed(other, [box]) for other in stems)
        if line is not None:
            met += _crossed(line, others) + sum(_cross(line, other) for other in stems)
        total = cost[index] + CROSSED * met
        if total < least:
            best, least = index, total
    return float(boxes[best, 0]), float(boxes[best, 1])


def _crossed(line: Line, boxes: Sequence[Box]) -> int:
    """How many boxes a line runs through."""
    start, end = np.array(line)
    points = start + np.linspace(0, 1, POINTS)[:, None] * (end - start)
    b = np.array(boxes, np.float64).reshape(-1, 4)
    inside = (points[:, None] > b[:, :2]) & (points[:, None] < b[:, 2:])
    return int(inside.all(axis=2).any(axis=0).sum())


def _cross(one: Line, other: Line) -> bool:
    """Whether two lines cross."""

    def side(line: Line, at: tuple[float, float]) -> float:
        (x, y), (to_x, to_y) = line
        return (to_x - x) * (at[1] - y) - (to_y - y) * (at[0] - x)

    return side(one, other[0]) * side(one, other[1]) < 0 > side(other, one[0]) * side(other, one[1])


def stem(node: Box, panel: Box, gap: float) -> Line | None:
    """The line from a panel to its node where it is not next to it."""
    middle = (node[0] + node[2]) / 2, (node[1] + node[3]) / 2
    start = _nearest(panel, middle)
    end = _nearest(node, start)
    away = max(abs(start[0] - end[0]), abs(start[1] - end[1]))
    return (start, end) if away > STEM * gap else None


def _nearest(box: Box, at: tuple[float, float]) -> tuple[float, float]:
    """The point of a box next to another point."""
    return min(max(at[0], box[0]), box[2]), min(max(at[1], box[1]), box[3])


def _around(node: Box, size: tuple[int, int], gap: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where a panel could stand (n, 2), left and top: at the corners, at the sides, then farther and farther away;
    and how far each is, in gaps (n,)."""
    left, top, right, bottom = node
    wide, high = size
    middle = np.array([left + right - wide, top + bottom - high]) / 2
    west, east, north, south = left - gap - wide, right + gap, top - gap - high, bottom + gap
    corners = [(east, north), (west, north), (east, south), (west, south)]
    sides = [(east, middle[1]), (west, middle[1]), (middle[0], north), (middle[0], south)]
    angles = np.arange(DIRECTIONS) * (2 * np.pi / DIRECTIONS)
    ways = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    reach = np.array([right - left + wide, bottom - top + high]) / 2
    with np.errstate(divide="ignore"):  # straight up nothing is ever far enough aside
        far = [((reach + n * gap) / np.abs(ways)).min(axis=1)[:, None] * ways for n in DISTANCES]
    places = np.concatenate([[*corners, *sides], *(middle + each for each in far)])
    return places, np.concatenate([np.zeros(8), np.repeat(np.array(DISTANCES) - 1.0, DIRECTIONS)])


def _among(boxes: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.float64]:
    """The share of the points (m, 2) that lies in each of the boxes (n, 4): (n,)."""
    if not len(points):
        return np.zeros(len(boxes))
    order = np.argsort(points[:, 0])  # only those between its sides are compared with a box
    x, y = points[order].T
    first, last = np.searchsorted(x, boxes[:, 0]), np.searchsorted(x, boxes[:, 2])
    inside = [
        np.count_nonzero((y[a:b] > top) & (y[a:b] < low))
        for a, b, top, low in zip(first, last, boxes[:, 1], boxes[:, 3], strict=True)
    ]
    return np.array(inside) / len(points)


def _shares(
    boxes: NDArray[np.float64], others: Sequence[Box]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Of each box with each of the others (n, others): the shares of it, and of the other, that overlap."""
    b = np.array(others, np.float64).reshape(-1, 4)
    low = np.maximum(boxes[:, None, :2], b[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], b[None, :, 2:])
    overlap = np.prod(np.maximum(high - low, 0.0), axis=2)
    sizes = [np.maximum(np.prod(each[:, 2:] - each[:, :2], axis=1), 1e-9) for each in (boxes, b)]
    return overlap / sizes[0][:, None], overlap / sizes[1]
