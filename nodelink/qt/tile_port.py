"""Tile port: the part of a sheet of tiles that is seen, and its cells as pixels. One colour a pixel, by position."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF
from PyQt6.QtGui import QFont

from nodelink.graph.sheet import Block, Sheet
from nodelink.graph.tiles import Section
from nodelink.theme import Theme, diverging

SHADES = 4096  # steps of the colour table

Values = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Exhibit:
    """What a sheet shows: sections with a line about each scale, and their values."""

    sections: tuple[Section, ...]
    notes: tuple[str, ...]  # about the scale of each section
    short: tuple[str, ...]  # the same where there is little room
    full: tuple[float, ...]  # |value| at full colour
    values: Callable[[int], Values]  # of a section, flat; nan is bare


@dataclass(frozen=True)
class Port:
    """The part of the sheet that is seen: `left`, `top` of the sheet's pixels, enlarged `zoom` times."""

    left: float
    top: float
    zoom: float
    width: int  # of the picture, logical pixels
    height: int

    def x(self, sheet: float) -> float:
        return (sheet - self.left) * self.zoom

    def y(self, sheet: float) -> float:
        return (sheet - self.top) * self.zoom

    def on_sheet(self, x: float, y: float) -> tuple[float, float]:
        """The point of the sheet under a place in the picture."""
        return self.left + x / self.zoom, self.top + y / self.zoom

    def rect(self, left: float, top: float, right: float, bottom: float) -> QRectF:
        """A box of the sheet in the picture."""
        return QRectF(QPointF(self.x(left), self.y(top)), QPointF(self.x(right), self.y(bottom)))

    def sees(self, block: Block) -> bool:
        x, y = self.x(block.x), self.y(block.y)
        return x < self.width and y < self.height and self.x(block.right) > 0 and self.y(block.bottom) > 0


@dataclass(frozen=True)
class Look:
    """Colours and sizes."""

    theme: Theme  # with the node colours of the palette
    text: float  # factor on all text
    face: QFont  # of all words


def shades(values: Values, full: float, theme: Theme) -> NDArray[np.uint32]:
    """Values as 0xffRRGGBB on the scale from -full to full; 0 for nan, what has no value yet."""
    table = np.rint(diverging(np.linspace(-1, 1, SHADES + 1), theme) * 255).astype(np.uint32)
    packed = np.uint32(0xFF000000) | table[:, 0] << 16 | table[:, 1] << 8 | table[:, 2]
    share = np.clip(np.nan_to_num(values / np.float32(full)), -1, 1)
    found: NDArray[np.uint32] = packed[np.rint((share + 1) * (SHADES / 2)).astype(np.int64)]
    found[np.isnan(values)] = 0
    return found


def pixels(
    sheet: Sheet, port: Port, ratio: float, colours: Callable[[int], NDArray[np.uint32]]
) -> NDArray[np.uint32]:
    """The cells in view: 0xAARRGGBB (height * ratio, width * ratio), 0 where there is none.

    A pixel has the colour of the cell under its middle. colours: of the values of a section; asked only for those seen.
    """
    picture = np.zeros((round(port.height * ratio), round(port.width * ratio)), np.uint32)
    step = 1 / (ratio * port.zoom)
    xs = port.left + (np.arange(picture.shape[1]) + 0.5) * step
    ys = port.top + (np.arange(picture.shape[0]) + 0.5) * step
    for number, block in enumerate(sheet.blocks):
        if port.sees(block):
            a, b = np.searchsorted(xs, (block.x, block.right))
            c, d = np.searchsorted(ys, (block.y, block.bottom))
            index, there = block.values(xs[a:b], ys[c:d])
            source = colours(number)
            picture[c:d, a:b] = np.where(there, source.take(index, mode="clip"), 0)
    return picture
