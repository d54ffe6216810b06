"""Transforms of the drawing between pad and network: shifted, turned, larger, with a thicker stroke, with noise.

The pad keeps the original. The curve of a transform is the network's answer at every one of its steps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import ceil, cos, floor, isfinite, radians, sin
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nodelink.nn.network import Network
from nodelink.nn.preprocess import (
    CELL,
    CELLS,
    PAD,
    Prepared,
    Stroke,
    cells,
    network_input,
    prepare,
    rasterize,
)

Array = NDArray[np.float32]

STEPS = 61  # of every transform, its slider's and its curve's
USUAL_STROKE = 22.0  # diameter that a stroke is taken to have where only its ink is known, pad pixels


@dataclass(frozen=True)
class Transform:
    """What is done to the drawing, in this order: stroke width, scale, angle, shift, centring, noise.

    ValueError unless all numbers are finite, factors positive, noise and seed not negative.
    """

    dx: float = 0.0  # to the right, pad pixels (10 a cell)
    dy: float = 0.0  # down
    angle: float = 0.0  # degrees clockwise, about the middle of the ink
    scale: float = 1.0  # factor on its size, about the same place
    width: float = 1.0  # factor on the diameter of strokes
    noise: float = (
        0.0  # deviation of normal noise on the cells, ink from 0 to 1; the result stays in this range
    )
    seed: int = 0  # of the noise

    def __post_init__(self) -> None:
        numbers = (self.dx, self.dy, self.angle, self.scale, self.width, self.noise)
        if not all(map(isfinite, numbers)) or self.scale <= 0 or self.width <= 0 or self.noise < 0:
            raise ValueError(f"expected finite numbers, positive factors and no negative noise, found {self}")
        if self.seed < 0:
            raise ValueError(f"expected a seed from 0 up, found {self.seed}")

    @property
    def idle(self) -> bool:
        """Whether the drawing stays as it is."""
        return replace(self, seed=0) == AS_DRAWN


AS_DRAWN = Transform()


@dataclass(frozen=True, eq=False)
class Sheet:
    """What is on the pad: ink (280, 280), and where they are known the strokes that made it, on top of `base`."""

    ink: Array
    strokes: tuple[Stroke, ...] = ()
    base: Array | None = None


@dataclass(frozen=True)
class Axis:
    """One transform: the field of `Transform`, its STEPS values, and how they are said."""

    field: str
    title: str
    values: tuple[float, ...]
    text: Callable[[float], str]

    @property
    def neutral(self) -> int:
        """The step at which the drawing is left as it is."""
        return self.values.index(getattr(AS_DRAWN, self.field))

    def step(self, value: float) -> int:
        """The step nearest to a value."""
        return int(np.argmin(np.abs(np.array(self.values) - value)))


def _even(least: float, step: float) -> tuple[float, ...]:
    return tuple(round(least + step * i, 6) for i in range(STEPS))


def _factors(most: float) -> tuple[float, ...]:
    half = STEPS // 2
    return tuple(most ** ((i - half) / half) for i in range(STEPS))


def _cells_text(plus: str, minus: str) -> Callable[[float], str]:
    return lambda v: f"{abs(v) / CELL:g} cells {plus if v > 0 else minus}" if v else "0 cells"


AXES = {
    axis.field: axis
    for axis in (
        Axis("dx", "Shift sideways", _even(-90, 3), _cells_text("right", "left")),
        Axis("dy", "Shift up and down", _even(-90, 3), _cells_text("down", "up")),
        Axis("angle", "Turn", _even(-180, 6), lambda v: f"{v:g}°"),
        Axis("scale", "Size", _factors(2.5), lambda v: f"× {v:.2g}"),
        Axis("width", "Stroke width", _factors(3.0), lambda v: f"× {v:.2g}"),
        Axis("noise", "Noise", _even(0, 0.01), lambda v: f"{100 * v:.0f} %"),
    )
}


def at_step(transform: Transform, field: str, step: int) -> Transform:
    """The transform with one field at a step of its axis."""
    changed: dict[str, Any] = {field: AXES[field].values[step]}
    return replace(transform, **changed)


def describe(transform: Transform) -> tuple[str, ...]:
    """What is done, in words: ("Turn 30°", "Noise 20 %"); nothing where the drawing is left as it is."""
    values = ((axis, getattr(transform, axis.field)) for axis in AXES.values())
    return tuple(f"{axis.title} {axis.text(v)}" for axis, v in values if v != getattr(AS_DRAWN, axis.field))


# What is done -----------------------------------------------------------------------------------------------


def look_through(sheet: Sheet, transform: Transform, centre: bool) -> Prepared:
    """The way down of a transformed drawing; `drawing` is the transformed one. A blank pad stays blank."""
    prepared = prepare(moved(widened(sheet, transform.width), transform), centre)
    if not transform.noise or prepared.blank:
        return prepared
    noisy = _with_noise(prepared.centred, transform)
    drawing = noisy if prepared.centred is prepared.drawing else prepared.drawing
    return replace(prepared, drawing=drawing, centred=noisy, cells=cells(noisy))


def widened(sheet: Sheet, factor: float) -> Array:
    """The ink (280, 280) with strokes `factor` times as wide.

    Strokes are drawn anew; ink without strokes grows or shrinks at its edges by as much as a usual stroke would.
    """
    if factor == 1:
        return sheet.ink
    if not sheet.strokes:
        return thickened(sheet.ink, (factor - 1) * USUAL_STROKE / 2)
    strokes = (_wider(stroke, factor) for stroke in sheet.strokes)
    base = sheet.base
    return rasterize(strokes, None if base is None else thickened(base, (factor - 1) * USUAL_STROKE / 2))


def _wider(stroke: Stroke, factor: float) -> Stroke:
    widths = None if stroke.widths is None else stroke.widths * factor
    return replace(stroke, width=stroke.width * factor, widths=widths)


def thickened(ink: Array, radius: float) -> Array:
    """Ink (h, w) dilated by a disc of `radius` pixels, eroded where it is negative (blank lies around the pad).

    Between whole radii the two nearest ones are mixed, so that ink grows evenly.
    """
    if radius < 0:
        return 1 - _dilated_between(1 - ink, -radius, outside=1.0)
    return _dilated_between(ink, radius, outside=0.0)


def _dilated_between(ink: Array, radius: float, outside: float) -> Array:
    low = floor(radius)
    first = _dilated(ink, low, outside)
    if radius == low:
        return first
    share = np.float32(radius - low)
    mixed: Array = (1 - share) * first + share * _dilated(ink, low + 1, outside)
    return mixed


def _dilated(ink: Array, radius: int, outside: float) -> Array:
    """The largest value within `radius` of every pixel; the disc is taken row by row."""
    height, width = ink.shape
    wide = np.full((height + 2 * radius, width + 2 * radius), outside, np.float32)
    wide[radius : radius + height, radius : radius + width] = ink
    result: Array = ink.copy()
    row_max = wide[:, radius : radius + width].copy()  # over columns from -reach to reach
    reach = 0
    for dy in range(radius, -1, -1):  # the disc's rows get longer towards its middle
        while (reach + 1) ** 2 + dy**2 <= radius**2:
            reach += 1
            np.maximum(row_max, wide[:, radius - reach : radius - reach + width], out=row_max)
            np.maximum(row_max, wide[:, radius + reach : radius + reach + width], out=row_max)
        np.maximum(result, row_max[radius - dy : radius - dy + height], out=result)
        np.maximum(result, row_max[radius + dy : radius + dy + height], out=result)
    return result


def moved(ink: Array, transform: Transform) -> Array:
    """Ink (h, w) scaled and turned about the middle of its box, then shifted, by bilinear interpolation.

    Whole shifts move pixels unchanged. What leaves the pad is cut off.
    """
    angle, scale, dx, dy = transform.angle, transform.scale, transform.dx, transform.dy
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not len(rows) or (angle, scale, dx, dy) == (0, 1, 0, 0):
        return ink
    box = (int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
    if (angle, scale) == (0, 1) and dx == int(dx) and dy == int(dy):
        return _shifted(ink, box, int(dx), int(dy))
    return _resampled(ink, box, transform)


Box = tuple[int, int, int, int]  # left, top, right, bottom


def _shifted(ink: Array, box: Box, dx: int, dy: int) -> Array:
    result = np.zeros_like(ink)
    height, width = ink.shape
    left, top = max(box[0] + dx, 0), max(box[1] + dy, 0)
    right, bottom = min(box[2] + dx, width), min(box[3] + dy, height)
    if left < right and top < bottom:
        result[top:bottom, left:right] = ink[top - dy : bottom - dy, left - dx : right - dx]
    return result


def _resampled(ink: Array, box: Box, transform: Transform) -> Array:
    """Every pixel that the ink can reach looks where it comes from; bilinear between four pixels, 0 around the ink."""
    height, width = ink.shape
    c, s = cos(radians(transform.angle)), sin(radians(transform.angle))
    middle = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    to = middle[0] + transform.dx, middle[1] + transform.dy
    half = (box[2] - box[0]) / 2 + 1, (box[3] - box[1]) / 2 + 1
    reach = [transform.scale * (abs(c) * half[i] + abs(s) * half[1 - i]) for i in (0, 1)]
    left, right = max(floor(to[0] - reach[0]), 0), min(ceil(to[0] + reach[0]), width)
    top, bottom = max(floor(to[1] - reach[1]), 0), min(ceil(to[1] + reach[1]), height)
    result = np.zeros_like(ink)
    if left >= right or top >= bottom:
        return result
    part = np.pad(ink[box[1] : box[3], box[0] : box[2]], 2)
    # where every pixel comes from in `part`, whose pixel centres are at whole numbers
    x = (np.arange(left, right) + 0.5 - to[0]) / transform.scale
    y = (np.arange(top, bottom) + 0.5 - to[1])[:, None] / transform.scale
    from_x = _sum(c * x + middle[0] - box[0] + 1.5, s * y)
    from_y = _sum(middle[1] - box[1] + 1.5 - s * x, c * y)
    result[top:bottom, left:right] = _bilinear(part, from_x, from_y)
    return result


def _sum(along: NDArray[np.float64], down: NDArray[np.float64]) -> Array:
    """The sum (m, n) of a row (n,) and a column (m, 1)."""
    return along.astype(np.float32) + down.astype(np.float32)


def _bilinear(part: Array, x: Array, y: Array) -> Array:
    """Values of part (h, w) at places (m, n); its rim must be 0, and so is everything around it."""
    height, width = part.shape
    np.clip(x, 0, width - 1.001, out=x)
    np.clip(y, 0, height - 1.001, out=y)
    column, row = x.astype(np.int32), y.astype(np.int32)
    x -= column
    y -= row
    row *= width
    row += column
    at = row.astype(np.intp)
    flat = part.ravel()
    upper: Array = flat.take(at)
    right = flat[1:].take(at)
    right -= upper
    right *= x
    upper += right
    lower = flat[width:].take(at)
    right = flat[width + 1 :].take(at)
    right -= lower
    right *= x
    lower += right
    lower -= upper
    lower *= y
    upper += lower
    return upper


def _with_noise(ink: Array, transform: Transform) -> Array:
    """Ink (280, 280) with one number of noise for every cell; finer noise would vanish in the cells' averages."""
    noise = np.random.default_rng(transform.seed).standard_normal((CELLS, CELLS), np.float32)
    every = ink.reshape(CELLS, CELL, CELLS, CELL) + np.float32(transform.noise) * noise[:, None, :, None]
    noisy: Array = np.clip(every, 0, 1).reshape(PAD, PAD)
    return noisy


# The curve --------------------------------------------------------------------------------------------------


def curve(network: Network, sheet: Sheet, transform: Transform, field: str, centre: bool) -> Array:
    """The network's outputs (STEPS, outputs) at every step of one transform, the others as they are.

    NetworkError where a value leaves the range of its numbers.
    """
    steps = (at_step(transform, field, i) for i in range(STEPS))
    inputs = [network_input(look_through(sheet, step, centre), network.input_shape) for step in steps]
    return network.forward(np.concatenate(inputs)).output.astype(np.float32, copy=False)


def shifts_vanish(centre: bool, field: str) -> bool:
    """Whether centring takes away what the transform does: a shift altogether, and most of a change of size."""
    return centre and field in ("dx", "dy", "scale")
