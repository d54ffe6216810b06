"""Place: where things that are written may stand without touching one another. Pixels from the left and the top."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Box = tuple[float, float, float, float]  # left, top, right, bottom


def spread(wanted: ArrayLike, lengths: ArrayLike, low: float, high: float) -> NDArray[np.float64]:
    """Centres of intervals of `lengths` (n,), as near to the `wanted` ones (n,) as they can be without overlapping.

    The order of the wanted centres is kept and the sum of squared moves is least (isotonic regression by pooling
    adjacent violators, Barlow et al. 1972). All lie within [low, high] if they fit there; else they begin at low.
    """
    wanted, lengths = np.asarray(wanted, np.float64), np.asarray(lengths, np.float64)
    order = np.argsort(wanted, kind="stable")
    before = np.concatenate([[0.0], np.cumsum(lengths[order])[:-1]])
    offset = before + lengths[order] / 2  # of each centre when all stand close together from 0
    pools: list[list[float]] = []  # mean and size of runs that touch
    for value in wanted[order] - offset:
        pools.append([value, 1.0])
        while len(pools) > 1 and pools[-2][0] >= pools[-1][0]:
            value, count = pools.pop()
            other = pools[-1]
            pools[-1] = [(other[0] * other[1] + value * count) / (other[1] + count), other[1] + count]
    starts = np.repeat([mean for mean, _ in pools], [int(count) for _, count in pools])
    room = max(low, high - float(lengths.sum()))
    placed = np.empty_like(wanted)
    placed[order] = np.clip(starts, low, room) + offset
    return placed


def meet(a: Box, b: Box, rim: float = 0.0) -> bool:
    """Whether two boxes overlap by more than `rim` in both directions."""
    across = min(a[2], b[2]) - max(a[0], b[0])
    down = min(a[3], b[3]) - max(a[1], b[1])
    return across > rim and down > rim


def crosses(line: tuple[tuple[float, float], tuple[float, float]], box: Box) -> bool:
    """Whether a line segment runs through the inside of a box (Liang and Barsky 1984)."""
    first, last = 0.0, 1.0
    for start, end, low, high in zip(*line, box[:2], box[2:], strict=True):
        if start == end:
            if not low < start < high:
                return False
            continue
        near, far = sorted(((low - start) / (end - start), (high - start) / (end - start)))
        first, last = max(first, near), min(last, far)
    return first < last


def crowded(boxes: Sequence[Box], others: Iterable[Box] = ()) -> bool:
    """Whether any of the boxes overlaps another of them or one of the others."""
    others = list(others)
    return any(
        any(meet(box, b) for b in boxes[i + 1 :]) or any(meet(box, b) for b in others)
        for i, box in enumerate(boxes)
    )


def bounds(boxes: Iterable[Box]) -> Box:
    """The box around all boxes, of which there must be one."""
    left, top, right, bottom = zip(*boxes, strict=True)
    return min(left), min(top), max(right), max(bottom)


def within(box: Box, room: Box) -> tuple[float, float]:
    """The move (x, y) that brings a box into the room; its left and top edges come first where it is too large."""
    dx = min(0.0, room[2] - box[2])
    dy = min(0.0, room[3] - box[3])
    return dx + max(0.0, room[0] - box[0] - dx), dy + max(0.0, room[1] - box[1] - dy)


def leftmost(segments: NDArray[np.float64], top: float, bottom: float) -> float:
    """The least x of line segments (n, 2, 2) between two heights; infinity where none passes."""
    a, b = segments[:, 0], segments[:, 1]
    rise = b[:, 1] - a[:, 1]
    flat = np.abs(rise) < 1e-9
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.sort(np.stack([(top - a[:, 1]) / rise, (bottom - a[:, 1]) / rise]), axis=0)
    inside = (a[:, 1] >= top) & (a[:, 1] <= bottom)
    first = np.where(flat, 0.0, np.clip(t[0], 0.0, 1.0))
    last = np.where(flat, 1.0, np.clip(t[1], 0.0, 1.0))
    passes = np.where(flat, inside, (t[0] <= 1.0) & (t[1] >= 0.0))
    along = b[:, 0] - a[:, 0]
    x = np.minimum(a[:, 0] + first * along, a[:, 0] + last * along)
    return float(np.min(x[passes], initial=np.inf))
