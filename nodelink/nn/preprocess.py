"""From drawing to network input: strokes become ink on a fine pad, ink becomes the cells a network reads.

Two coordinate systems. *Pad pixels*: x right, y down, the pad spans 0 to 280; pixel (row, column) covers
[column, column + 1) x [row, row + 1), so its centre is at + 0.5. *Cells*: 10 pad pixels each, 28 across.
Ink is 0 (blank) to 1 everywhere. The way down: drawing -> centred -> cells -> input.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Wide = NDArray[np.float64]
Pair = tuple[float, float]

PAD = 280  # pixels across the pad
CELLS = 28  # cells across, as MNIST
CELL = PAD // CELLS  # pad pixels a cell
BOX = 20 * CELL  # a centred digit fits this square, as MNIST's fit 20x20 cells
VISIBLE = 0.02  # less ink than this nowhere: the pad is blank to the eye

_PIECE = 6.0  # a curve is drawn as straight pieces of at most this length, pad pixels
_CORNER = 0.35  # cosine of the turn (70 degrees) from which the curve has a corner
_BATCH = 32  # pieces measured together: their windows stay in the cache


@dataclass(frozen=True, eq=False)
class Stroke:
    """One movement of the pencil or the eraser.

    points (n, 2), n >= 1: x, y in pad pixels; one point is a dot. width: diameter in pad pixels.
    widths (n,): the diameter at each point, of a pen that feels pressure; between points it changes evenly.
    Points farther off the pad than its own size are moved to that distance.
    Raises ValueError when points are not (n, 2) finite numbers or a width is not positive.
    """

    points: Wide
    width: float = 22.0
    erase: bool = False
    widths: Wide | None = None

    def __post_init__(self) -> None:
        points = np.array(self.points, dtype=np.float64)
        if points.ndim != 2 or points.shape[1:] != (2,) or not len(points):
            raise ValueError(f"a stroke's points have shape {points.shape}, expected (n, 2) with n >= 1")
        if not np.isfinite(points).all() or not 0 < self.width < np.inf:
            raise ValueError(f"a stroke needs finite points and a positive width, got width {self.width}")
        np.clip(points, -PAD, 2 * PAD, out=points)
        points.flags.writeable = False
        object.__setattr__(self, "points", points)
        if self.widths is not None:
            widths = np.array(self.widths, dtype=np.float64)
            if widths.shape != points.shape[:1] or not ((widths > 0) & (widths < np.inf)).all():
                raise ValueError(f"a stroke of {len(points)} points needs as many positive widths")
            widths.flags.writeable = False
            object.__setattr__(self, "widths", widths)


@dataclass(frozen=True, eq=False)
class Prepared:
    """The way down, stage by stage; what is shown is what the network gets."""

    drawing: Array  # (280, 280) the ink as drawn
    centred: Array  # (280, 280) the drawing itself when centring is off or the pad is blank
    cells: Array  # (28, 28) exactly the area average of centred
    blank: bool  # nothing visible is on the pad


# Strokes -> ink ---------------------------------------------------------------------------------------------


def draw(ink: Array, stroke: Stroke, first: int = 0) -> None:
    """Draw the stroke into ink (280, 280) in place, from the curve that arrives at point `first` on.

    Anti-aliased, with round ends. The pencil takes max(ink, cover), the eraser min(ink, 1 - cover), so
    drawing a part twice changes nothing: a stroke drawn as its points arrive (`first` = points drawn before)
    gives bit for bit the ink of the whole stroke drawn at once.
    """
    if ink.shape != (PAD, PAD):
        raise ValueError(f"ink has shape {ink.shape}, expected ({PAD}, {PAD})")
    row, column, cover = _cover(stroke, first)
    part = ink[row : row + cover.shape[0], column : column + cover.shape[1]]
    if stroke.erase:
        np.minimum(part, 1 - cover, out=part)
    else:
        np.maximum(part, cover, out=part)


def rasterize(strokes: Iterable[Stroke], base: Array | None = None) -> Array:
    """The ink (280, 280) of strokes drawn in order, on a copy of base or on a blank pad."""
    ink = np.zeros((PAD, PAD), dtype=np.float32) if base is None else base.astype(np.float32)
    for stroke in strokes:
        draw(ink, stroke)
    return ink


def _cover(stroke: Stroke, first: int) -> tuple[int, int, Array]:
    """Row, column, cover: how much of each pixel the stroke covers, 0 to 1, in the part of the pad it touches.

    Each piece is measured in a window of its own, all of one size, so that many are measured at once.
    """
    starts, ends, radii = _pieces(stroke, first)
    reach = (stroke.width / 2 if radii is None else float(radii.max(initial=0))) + 0.5  # there the cover is 0
    corner = np.floor(np.minimum(starts, ends) - reach).astype(np.intp)  # (pieces, 2) column, row
    window = ceil(float(np.abs(ends - starts).max(initial=0)) + 2 * reach) + 1
    near = ((corner > -window) & (corner < PAD)).all(axis=1)
    if not near.any():
        return 0, 0, np.zeros((0, 0), dtype=np.float32)
    starts, ends, corner = starts[near], ends[near], corner[near]
    radii = None if radii is None else radii[near]
    low = corner.min(axis=0)
    width, height = corner.max(axis=0) + window - low
    nearest = np.full((height, width), np.inf, dtype=np.float32)  # what _measure says, of the nearest piece
    for at in range(0, len(starts), _BATCH):
        batch = slice(at, at + _BATCH)
        sizes = None if radii is None else radii[batch]
        distances = _measure(starts[batch], ends[batch], sizes, corner[batch], window)
        for (x, y), distance in zip((corner[batch] - low).tolist(), distances, strict=True):
            part = nearest[y : y + window, x : x + window]
            np.minimum(part, distance, out=part)
    column, row = low.tolist()
    nearest = nearest[max(-row, 0) : PAD - row, max(-column, 0) : PAD - column]
    cover = np.float32(0.5) - nearest if radii is not None else np.float32(reach) - np.sqrt(nearest)
    return max(row, 0), max(column, 0), np.clip(cover, 0, 1)


def _pieces(stroke: Stroke, first: int) -> tuple[Wide, Wide, Wide | None]:
    """Straight pieces, (n, 2) starts and (n, 2) ends, of the smooth curve to points `first`, ... .

    A cubic Hermite curve through the points. Its direction at a point is that of the parabola through it and
    its two predecessors, so the curve behind the pen never changes, and there is no lag. Corners stay corners.
    Also the radii (n, 2) at starts and ends where the stroke has widths.
    """
    points, widths = stroke.points, stroke.widths
    moved = np.ones(len(points), dtype=bool)
    moved[1:] = (points[1:] != points[:-1]).any(axis=1)
    known = int(moved[:first].sum())
    chosen = points[moved][max(known - 3, 0) :]  # two predecessors are enough
    starts, ends, segment, share = _curve(chosen, min(max(known - 1, 0), 2))
    dots = np.arange(first, len(points))[(~moved if widths is not None else np.zeros_like(moved))[first:]]
    if first == 0:  # the pen comes down: a dot
        dots = np.concatenate([[0], dots])
    radii = None
    if widths is not None:  # pressing harder on the spot makes a larger dot
        arrival = np.flatnonzero(moved)[max(known - 3, 0) :]
        begin, end = widths[arrival[1:] - 1][segment, None], widths[arrival[1:]][segment, None]
        radii = np.concatenate([np.repeat(widths[dots, None], 2, axis=1), begin + (end - begin) * share]) / 2
    dot = points[dots]
    return np.concatenate([dot, starts]), np.concatenate([dot, ends]), radii


def _curve(points: Wide, first: int) -> tuple[Wide, Wide, NDArray[np.intp], Wide]:
    """Pieces of the curve through distinct neighbours (n, 2) from point `first` on.

    Starts and ends (m, 2), the chord (m,) that each belongs to, and the share of it (m, 2) where it starts and ends.
    """
    chord = np.diff(points, axis=0)
    length = np.sqrt((chord * chord).sum(axis=1))[:, None]  # (n - 1, 1), all > 0
    unit = chord / length
    arrive = unit.copy()  # (n - 1, 2) direction at the end of each chord
    arrive[1:] += (unit[1:] - unit[:-1]) * (length[1:] / (length[1:] + length[:-1]))
    arrive /= np.sqrt((arrive * arrive).sum(axis=1))[:, None]  # its length was 1 to 3
    corner = np.flatnonzero((unit[1:] * unit[:-1]).sum(axis=1) < _CORNER) + 1
    arrive[corner] = unit[corner]
    leave = np.concatenate([unit[:1], arrive[:-1]])
    leave[corner] = unit[corner]
    count = np.ceil(length[first:, 0] / _PIECE).astype(np.intp)
    segment = np.repeat(np.arange(first, first + len(count)), count)
    nth = np.arange(len(segment)) - np.repeat(np.cumsum(count) - count, count)
    pieces = np.repeat(count, count)

    def at(t: Wide) -> Wide:
        t = t[:, None]
        start, towards, gap = points[segment], chord[segment], length[segment]
        out, into = leave[segment] * gap, arrive[segment] * gap
        cubic, square = out + into - 2 * towards, 3 * towards - 2 * out - into
        curve: Wide = start + t * (out + t * (square + t * cubic))
        return curve

    share = np.stack([nth / pieces, (nth + 1) / pieces], axis=1)
    return at(share[:, 0]), at(share[:, 1]), segment, share


def _measure(starts: Wide, ends: Wide, radii: Wide | None, corner: NDArray[np.intp], window: int) -> Array:
    """How far pixel centres are from each piece, (n, window, window), in the window at its corner.

    Squared distances to the piece; with radii (n, 2) at its ends, distances less the radius at the nearest place.
    Across the piece the distance is a weighted sum of x and y, and so it is along, less the piece itself.
    """
    along = ends - starts
    length = np.sqrt((along * along).sum(axis=1))
    unit = np.divide(along, length[:, None], out=np.zeros_like(along), where=length[:, None] > 0)
    unit[length == 0] = (1, 0)  # a dot has no direction; any will do
    offset = (corner[:, :, None] + (np.arange(window) + 0.5)) - starts[:, :, None]  # (n, 2, window)
    x, y = offset[:, 0, None, :].astype(np.float32), offset[:, 1, :, None].astype(np.float32)
    u, v = unit.astype(np.float32)[:, :, None, None].transpose(1, 0, 2, 3)
    far = length.astype(np.float32)[:, None, None]
    beside: Array = x * u + y * v
    inside = np.maximum(beside, 0)
    np.minimum(inside, far, out=inside)
    beside -= inside
    if radii is not None:
        first, last = radii.astype(np.float32)[:, :, None, None].transpose(1, 0, 2, 3)
        radius: Array = first + inside * ((last - first) / np.maximum(far, np.float32(1e-6)))
    across = np.subtract(y * u, x * v, out=inside)
    beside *= beside
    across *= across
    beside += across
    if radii is not None:
        np.sqrt(beside, out=beside)
        beside -= radius
    return beside


# Ink -> cells -> input --------------------------------------------------------------------------------------


def prepare(drawing: Array, centre: bool = True) -> Prepared:
    """Ink (280, 280) -> what the network reads, with every stage on the way.

    Centring follows MNIST (LeCun, Cortes, Burges 1998): crop to the ink at full resolution, scale it into a
    box of 20x20 cells keeping its aspect, move the centre of mass to the middle. MNIST's files show how it
    rounds: by whole cells, so that the centre of mass lies in the cell right below the middle, 14 <= x < 15.
    Done the same way, a digit of MNIST put on the pad comes back unchanged. Ink is never cut off: the box
    stays on the pad. Marks under 40 pad pixels are enlarged less, a dot of the pencil (24) not at all.
    """
    if drawing.shape != (PAD, PAD):
        raise ValueError(f"the drawing has shape {drawing.shape}, expected ({PAD}, {PAD})")
    blank = float(drawing.max()) < VISIBLE
    centred = drawing if blank or not centre else _centre(drawing)
    return Prepared(drawing, centred, cells(centred), blank)


def picture_place(shape: tuple[int, int, int]) -> tuple[int, int, int]:
    """Where the drawing lies in a network's input (C, H, W): its side in cells, and the rows and columns before it."""
    _, height, width = shape
    side = min(height, width)
    side = CELLS if side in (CELLS, CELLS + 4) else side
    return side, (height - side) // 2, (width - side) // 2


def network_input(prepared: Prepared, shape: tuple[int, int, int]) -> Array:
    """Ink as a batch of one, (1, C, H, W) float32, for a network whose input has this shape.

    28x28 gets the cells, 32x32 the cells with two blank ones on every side; any other size the area average
    of the centred drawing, as large as fits, blank beside it. Every channel gets the same ink.
    """
    channels, height, width = shape
    side, top, left = picture_place(shape)
    if side == CELLS:
        picture = prepared.cells
    else:
        edges = np.linspace(0, PAD, side + 1)
        picture = area_average(prepared.centred, edges, edges)
    out = np.zeros((1, channels, height, width), dtype=np.float32)
    out[:, :, top : top + side, left : left + side] = picture
    return out


@dataclass(frozen=True)
class Placing:
    """How centring moves ink: what was at (left + u, top + v) of the pad lies at (x + u * scale, y + v * scale)."""

    left: int = 0  # pad pixels: where the ink began
    top: int = 0
    x: float = 0.0  # and where it begins now
    y: float = 0.0
    scale: float = 1.0


def placing(prepared: Prepared) -> Placing:
    """How the drawing of `prepared` was moved; not at all where it was not centred."""
    return Placing() if prepared.centred is prepared.drawing else _placing(prepared.drawing)[0]


def _placing(drawing: Array) -> tuple[Placing, Array, Pair, Pair]:
    """Also the ink alone, and from where to where it lies then: x, y."""
    rows, columns = np.flatnonzero(drawing.any(axis=1)), np.flatnonzero(drawing.any(axis=0))
    top, bottom, left, right = int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
    ink = drawing[top:bottom, left:right]
    size = max(ink.shape)
    scale = min(BOX / size, 1 + 4 * max(size - 24, 0) / 16)
    y = _place(ink.sum(axis=1, dtype=np.float64), scale)
    x = _place(ink.sum(axis=0, dtype=np.float64), scale)
    return Placing(left, top, x[0], y[0], scale), ink, x, y


def _centre(drawing: Array) -> Array:
    """The drawing scaled into the box with its centre of mass in the middle."""
    spot, ink, (x0, x1), (y0, y1) = _placing(drawing)
    centred = np.zeros_like(drawing)
    area = slice(floor(y0), ceil(y1)), slice(floor(x0), ceil(x1))
    y, x = (
        np.asarray((np.arange(part.start, part.stop + 1) - begin) / spot.scale, np.float64)
        for part, begin in zip(area, (y0, x0), strict=True)
    )
    centred[area] = area_average(ink, y, x)
    return centred


def _place(profile: Wide, scale: float) -> tuple[float, float]:
    """Where the scaled ink with this sum per row (or column) begins and ends on the pad, pad pixels."""
    middle = (np.arange(len(profile)) + 0.5) @ profile / profile.sum() * scale / CELL  # cells into the ink
    length = len(profile) * scale
    begin = CELL * (CELLS // 2 - floor(middle + 1e-9))
    begin = min(max(begin, 0), PAD - length)
    return begin, begin + length


def area_average(ink: Array, y: Wide, x: Wide) -> Array:
    """Mean of ink (H, W) in every cell of the grid with edges y (h + 1) and x (w + 1): (h, w) in [0, 1].

    Edges may lie anywhere between pixels, and outside, where the ink is 0.
    """
    columns = _integral(ink.astype(np.float64), y)
    total = _integral(columns.T, x).T / np.outer(np.diff(y), np.diff(x))
    total[total < 1e-6] = 0  # what rounding leaves of nothing must not light a node
    average: Array = np.minimum(total, 1).astype(np.float32)
    return average


def _integral(values: Wide, edges: Wide) -> Wide:
    """Sums of values (n, m) along the first axis between neighbouring edges (k + 1), (k, m)."""
    below = np.zeros((len(values) + 1, values.shape[1]))
    np.cumsum(values, axis=0, out=below[1:])
    edges = np.clip(edges, 0, len(values))
    whole = np.minimum(edges.astype(np.intp), len(values) - 1)
    sums = below[whole] + values[whole] * (edges - whole)[:, None]
    return np.diff(sums, axis=0)


def cells(ink: Array) -> Array:
    """Area average (28, 28) of ink (280, 280); in float64, so the mean of equal values is that value."""
    blocks = ink.reshape(CELLS, CELL, CELLS, CELL)
    cells: Array = blocks.mean(axis=(1, 3), dtype=np.float64).astype(np.float32)
    return cells
