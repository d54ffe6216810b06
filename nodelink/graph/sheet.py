"""Sheet: where every tile stands when a network's maps, or a layer's kernels, lie side by side.

Lengths are logical pixels of the sheet as a whole, before it is zoomed. Words keep their size on the screen, so room
for them is part of the arrangement.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from nodelink.graph.tiles import Section

GAP_SHARE, GAPS = 0.12, (1.0, 6.0)  # between tiles, as a share of their width; at least and at most
SMALLEST, LARGEST = 0.2, 40.0  # cell of the whole sheet; what does not fit even so runs off it
LINE_SHARES = (
    1,
    1.4,
    2,
    2.4,
    3,
    3.6,
    4.4,
    5.4,
    7,
    9,
    12,
    16,
)  # heights of lines that are tried, in parts of the whole
UNTOLD = 0.75  # what an arrangement is worth in which some tiles have no numbers
ROOMIER = 1.25  # cells of what is scrolled, in the least ones of what is not
TOLD = 1.2  # so much larger they may be for the sake of numbers
ROUGH = 0.5, 0.2  # parts of the scale that are tried where tiles are wider than the picture
ALONE = 0.8  # part of the picture that the largest tile fills where it is as large as the least cells make it
STEPS = 12  # of the bisection
DIGIT = 0.62  # width of a digit in heights of its line

Floats = NDArray[np.floating]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Words:
    """How much room the words need, pixels."""

    heading: float  # height of what stands above a section
    number: float  # height of a line of numbers
    between: float  # sections
    widths: tuple[float, ...]  # of every section's heading


@dataclass(frozen=True, eq=False)
class Block:
    """A section on the sheet. Tile t is in line `t // across`, or in line `t % table's width` of a turned table."""

    section: Section
    x: float  # left and top of the first tile
    y: float
    cell: float  # side of a cell
    across: int  # tiles in a line
    lines: int
    pitch: tuple[float, float]  # from tile to tile, across and down
    width: float  # of the tiles together, or of the heading where that is wider
    numbered: bool  # there is room for the number of every tile, above it; of a table beside and above it
    turned: bool = False  # a table that lies on its side

    @property
    def strides(self) -> tuple[int, int]:
        """What a step across and a step down add to the number of a tile."""
        return (self.section.table[1], 1) if self.turned and self.section.table else (1, self.across)

    @property
    def bottom(self) -> float:
        return self.y + (self.lines - 1) * self.pitch[1] + self.section.rows * self.cell

    @property
    def right(self) -> float:
        return self.x + (self.across - 1) * self.pitch[0] + self.section.columns * self.cell

    def tile_at(self, tile: int) -> tuple[float, float]:
        """Left and top of a tile."""
        step = self.strides
        column, line = divmod(tile, step[0]) if self.turned else (tile % self.across, tile // self.across)
        return self.x + column * self.pitch[0], self.y + line * self.pitch[1]

    def cell_at(self, index: int) -> tuple[float, float]:
        """Left and top of the cell that shows a value."""
        tile, row, column = self.section.place(index)
        x, y = self.tile_at(tile)
        return x + column * self.cell, y + row * self.cell

    def tile(self, x: float, y: float) -> int | None:
        """The tile that a point is in, beside, or above, where its number stands."""
        wide, high = self.section.columns * self.cell, self.section.rows * self.cell
        column = math.floor((x - self.x + (self.pitch[0] - wide) / 2) / self.pitch[0])
        line = math.floor((y - self.y + self.pitch[1] - high) / self.pitch[1])
        tile = column * self.strides[0] + line * self.strides[1]
        there = 0 <= column < self.across and 0 <= line < self.lines
        return tile if there and tile < self.section.tiles else None

    def values(self, xs: Floats, ys: Floats) -> tuple[Ints, NDArray[np.bool_]]:
        """The index of the value at every point (ys, xs), and whether there is one; both (len(ys), len(xs))."""
        section, steps = self.section, self.strides
        tiles_x, columns = _along(xs - self.x, self.pitch[0], self.across, section.columns, self.cell)
        tiles_y, rows = _along(ys - self.y, self.pitch[1], self.lines, section.rows, self.cell)
        area = section.rows * section.columns
        there = (columns >= 0)[None, :] & (rows >= 0)[:, None]
        if section.cells < area:
            there &= rows[:, None] * section.columns + columns[None, :] < section.cells
        if section.tiles < self.across * self.lines:
            there &= tiles_y[:, None] * steps[1] + tiles_x[None, :] * steps[0] < section.tiles
        down = tiles_y * (steps[1] * area) + rows * section.columns
        return down[:, None] + (tiles_x * (steps[0] * area) + columns)[None, :], there


def _along(at: Floats, pitch: float, tiles: int, cells: int, cell: float) -> tuple[Ints, Ints]:
    """Of points along one direction: the tile, and the cell in it, -1 between tiles and beside them."""
    tile = np.floor(at / pitch).astype(np.int64)
    within = np.floor((at - tile * pitch) / cell).astype(np.int64)
    outside = (tile < 0) | (tile >= tiles) | (within < 0) | (within >= cells)
    return np.where(outside, 0, tile), np.where(outside, -1, within)


@dataclass(frozen=True, eq=False)
class Sheet:
    """All blocks, and the size of the whole."""

    blocks: tuple[Block, ...]
    width: float
    height: float
    scale: float  # side of a cell of size 1

    def hit(self, x: float, y: float) -> tuple[int, int] | None:
        """Number of the section and index of the value at a point, or None."""
        for number, block in enumerate(self.blocks):
            index, there = block.values(np.array([x]), np.array([y]))
            if there[0, 0]:
                return number, int(index[0, 0])
        return None

    def tile(self, x: float, y: float) -> tuple[int, int] | None:
        """Number of the section and tile that a point is in, beside, or above, where its number stands; or None."""
        for number, block in enumerate(self.blocks):
            tile = block.tile(x, y)
            if tile is not None:
                return number, tile
        return None


def arrange(
    sections: Sequence[Section], size: tuple[float, float], words: Words, least: float = SMALLEST
) -> Sheet:
    """The arrangement of the sections, in order, that shows them largest in a picture of `size` (width, height).

    least: side of a cell of size 1, at least, as long as the largest tile is not larger than the picture. Where not
    everything fits then, the sheet is higher than the picture, and perhaps wider, with cells ROOMIER times as large.
    """
    least = max(SMALLEST, min(least, ALONE * _alone(sections, size, words)))
    best: tuple[float, Sheet] | None = None
    for pack in _ways(sections, size, words):
        low, high = least if best is None else best[0] * 1.001, LARGEST / max(s.size for s in sections)
        found = pack(low)
        if found is None:  # nor would it be better than the best
            continue
        for _ in range(STEPS):
            middle = math.sqrt(low * high)
            sheet = pack(middle)
            low, high, found = (low, middle, found) if sheet is None else (middle, high, sheet)
        worth = low if _is_told(found) else low * UNTOLD
        if best is None or worth > best[0]:
            best = worth, found
    if best is not None:
        return best[1]
    return _roughly(sections, size, words, least * ROOMIER if least > SMALLEST else 1.0)


def _alone(sections: Sequence[Section], size: tuple[float, float], words: Words) -> float:
    """The scale at which the largest tile would fill the picture."""
    high = size[1] - words.heading - words.number
    fits = (min(size[0] / (s.columns * s.size), high / (s.rows * s.size)) for s in sections)
    return max(0.0, min(fits))


def _roughly(sections: Sequence[Section], size: tuple[float, float], words: Words, scale: float) -> Sheet:
    """The lowest arrangement that keeps to the width if not to the height, or to neither; all numbers if possible."""
    for width in (size[0], math.inf):
        room = width, math.inf
        for smaller in (scale, *(share * scale for share in ROUGH), SMALLEST):
            ways = [_rows(sections, room, words, False, each) for each in (smaller, TOLD * smaller)]
            for each, share in itertools.product((smaller, TOLD * smaller), LINE_SHARES):
                ways.append(_lines(sections, room, words, size[1] * share, False, each))
            found = [sheet for sheet in ways if sheet is not None]
            if found:
                return min(found, key=lambda sheet: (not _is_told(sheet), sheet.height))
    raise AssertionError("a section below the other fits where there is no end")


def _is_told(sheet: Sheet) -> bool:
    """Whether all tiles have numbers."""
    return all(block.numbered or block.section.tiles == 1 for block in sheet.blocks)


Pack = Callable[[float], "Sheet | None"]


def _ways(sections: Sequence[Section], size: tuple[float, float], words: Words) -> Iterator[Pack]:
    """Arrangements that fill the picture, as functions of the scale; None where it is too large."""
    for turned in (False, True) if any(section.table for section in sections) else (False,):
        for share in LINE_SHARES:
            yield partial(_lines, sections, size, words, size[1] / share, turned)
        yield partial(_rows, sections, size, words, turned)


def _lines(
    sections: Sequence[Section],
    size: tuple[float, float],
    words: Words,
    high: float,
    turned: bool,
    scale: float,
) -> Sheet | None:
    """Sections from left to right in lines that are at most so high, each as narrow as the height lets it be."""
    rows: list[list[Block]] = [[]]
    x = 0.0
    for number, section in enumerate(sections):
        block = _as_high(section, high - words.heading, words, number, scale, turned)
        if block is None or block.width > size[0]:
            return None
        if rows[-1] and x + block.width > size[0]:
            rows.append([])
            x = 0.0
        rows[-1].append(_moved(block, x, 0.0))
        x += block.width + words.between
    return _stacked(rows, words, scale, size[1])


def _rows(
    sections: Sequence[Section], size: tuple[float, float], words: Words, turned: bool, scale: float
) -> Sheet | None:
    """A section below the other, each as wide as the picture."""
    rows: list[list[Block]] = []
    for number, section in enumerate(sections):
        block = _as_wide(section, size[0], words, number, scale, turned)
        if block is None:
            return None
        rows.append([block])
    return _stacked(rows, words, scale, size[1])


def _stacked(rows: Sequence[Sequence[Block]], words: Words, scale: float, most: float) -> Sheet | None:
    """Lines of blocks, below one another; None where they are higher than `most` together."""
    blocks, y = [], 0.0
    for row in rows:
        blocks += [_moved(block, 0.0, y + words.heading) for block in row]
        y = max(block.bottom + below(block, words) for block in blocks[-len(row) :]) + words.between
    y -= words.between
    return (
        Sheet(tuple(blocks), max(block.x + block.width for block in blocks), y, scale) if y <= most else None
    )


def below(block: Block, words: Words) -> float:
    """Room for the names of the cells under a strip."""
    return words.number if block.section.names else 0.0


def _moved(block: Block, x: float, y: float) -> Block:
    return replace(block, x=block.x + x, y=block.y + y)


def _as_high(
    section: Section, room: float, words: Words, number: int, scale: float, turned: bool
) -> Block | None:
    """The narrowest block that is not higher than `room`."""
    _, pitch, lead = _measures(section, words, scale)
    gap = pitch[1] - section.rows * section.size * scale
    if section.table:
        across = section.table[0] if turned else section.table[1]
    else:
        usable = room - lead[1] + gap - (words.number if section.names else 0.0)
        lines = min(section.tiles, math.floor(usable / pitch[1] + 1e-9))
        if lines < 1:
            return None
        across = math.ceil(section.tiles / lines)
    block = _block(section, across, words, number, scale, turned)
    return block if block.bottom + below(block, words) <= room + 1e-6 else None


def _as_wide(
    section: Section, room: float, words: Words, number: int, scale: float, turned: bool
) -> Block | None:
    """The lowest block that is not wider than `room`."""
    _, pitch, lead = _measures(section, words, scale)
    if section.table:
        across = section.table[0] if turned else section.table[1]
    elif room == math.inf:
        across = math.ceil(math.sqrt(section.tiles))
    else:
        gap = pitch[0] - section.columns * section.size * scale
        across = min(section.tiles, math.floor((room - lead[0] + gap) / pitch[0] + 1e-9))
    if across < 1:
        return None
    block = _block(section, across, words, number, scale, turned)
    return block if block.right <= room + 1e-6 else None


def _measures(
    section: Section, words: Words, scale: float
) -> tuple[bool, tuple[float, float], tuple[float, float]]:
    """Whether tiles have numbers, from tile to tile, and what stands left of and above the first one."""
    wide, high = section.columns * section.size * scale, section.rows * section.size * scale
    gap = min(max(GAP_SHARE * wide, GAPS[0]), GAPS[1])
    digits = len(str(max(section.table or (section.tiles,)))) * DIGIT * words.number
    numbered = section.tiles > 1 and wide + gap >= digits + 2
    if section.table:
        numbered = numbered and high + gap >= 0.8 * words.number
        lead = (digits + 4, words.number) if numbered else (0.0, 0.0)
        return numbered, (wide + gap, high + gap), lead
    lead_y = words.number if numbered else 0.0
    return numbered, (wide + gap, high + gap + lead_y), (0.0, lead_y)


def _block(section: Section, across: int, words: Words, number: int, scale: float, turned: bool) -> Block:
    numbered, pitch, lead = _measures(section, words, scale)
    lines = math.ceil(section.tiles / across)
    turned = turned and section.table is not None
    cell = section.size * scale
    block = Block(section, *lead, cell, across, lines, pitch, 0.0, numbered, turned)
    return replace(block, width=max(block.right, words.widths[number]))
