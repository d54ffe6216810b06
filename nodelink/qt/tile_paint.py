"""Tile paint: a sheet of tiles as a picture: cells, lines between them, words, and outlines on top."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QImage, QPainter, QPen

from nodelink.graph.sheet import Block, Sheet
from nodelink.qt.style import SMALL, TEXT, scaled
from nodelink.qt.tile_figures import Figures
from nodelink.qt.tile_port import Exhibit, Look, Port, pixels
from nodelink.theme import diverging, luminance

GRID_FROM = 8.0  # cells at least so large have lines between them
MOST_TILES = 2000  # in view, that get a border and a number
MOST_NUMBERS = 3000  # cells in view, that get their value written in
MIDDLE = 0.179  # luminance on which black and white are read equally well
OUTLINE = 9.0  # an outline is at least so large
Span = tuple[int, int, int]  # section, first and last value of what is outlined


class Wording(Enum):
    """How much is said above a section."""

    TWO_LINES = 0  # title and shape, and what has full colour
    ONE_LINE = 1
    SHORT = 2  # title and scale


def headings(
    exhibit: Exhibit, number: int, wording: Wording, *, turned: bool = False
) -> tuple[str, str, str]:
    """What stands above a section: its title, what stands beside that, and what below."""
    section = exhibit.sections[number]
    down, across = section.axes[::-1] if turned else section.axes
    table = section.table is not None or section.tiles == 1
    axes = f"   across: {across}, down: {down}" if down and table else ""
    if wording is Wording.TWO_LINES:
        return section.title, f"  {section.shape}", exhibit.notes[number] + axes
    shape = f"  {section.shape}" if wording is Wording.ONE_LINE else ""
    return section.title, f"{shape}  {exhibit.short[number]}", ""


class Painter:
    """Paints one picture of a sheet."""

    def __init__(self, sheet: Sheet, exhibit: Exhibit, port: Port, look: Look, wording: Wording) -> None:
        self.sheet, self.exhibit, self.port, self.look = sheet, exhibit, port, look
        self.wording = wording
        self.heading = font(TEXT, look, bold=True)
        self.small = font(SMALL, look)
        self._units: dict[int, Figures | None] = {}

    def picture(self, ratio: float, colours: Callable[[int], NDArray[np.uint32]]) -> QImage:
        """Everything but the outlines."""
        port = self.port
        cells = pixels(self.sheet, port, ratio, colours)
        image = QImage(round(port.width * ratio), round(port.height * ratio), QImage.Format.Format_ARGB32)
        image.setDevicePixelRatio(ratio)
        image.fill(QColor(self.look.theme.panel_raised))
        painter = QPainter(image)
        raw = QImage(cells.data, cells.shape[1], cells.shape[0], QImage.Format.Format_ARGB32)  # type: ignore[call-overload]
        painter.drawImage(QRectF(0, 0, port.width, port.height), raw)
        for number, block in enumerate(self.sheet.blocks):
            self._words(painter, number, block)
            if port.sees(block):
                self._lines(painter, number, block)
        self._where(painter)
        painter.end()
        return image

    # Lines -------------------------------------------------------------------------------------------------

    def _lines(self, painter: QPainter, number: int, block: Block) -> None:
        section, theme = block.section, self.look.theme
        tiles = list(self._in_view(block))
        if len(tiles) <= MOST_TILES:
            painter.setPen(QPen(QColor(theme.panel_edge), 1.0))
            for tile in tiles:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                if section.absent is not None and section.absent[tile]:
                    painter.setBrush(QColor(theme.panel_raised))
                    painter.drawRect(self._tile(block, tile))
                    painter.setBrush(QBrush(QColor(theme.cell_line), Qt.BrushStyle.BDiagPattern))
                painter.drawRect(self._tile(block, tile).adjusted(-0.5, -0.5, 0.5, 0.5))
        if block.cell * self.port.zoom >= GRID_FROM:
            self._grid(painter, block, tiles)
            self._values(painter, number, block, tiles)

    def _tile(self, block: Block, tile: int) -> QRectF:
        x, y = block.tile_at(tile)
        return self.port.rect(
            x, y, x + block.section.columns * block.cell, y + block.section.rows * block.cell
        )

    def _in_view(self, block: Block) -> Iterator[int]:
        """The tiles in view, at most one more than get a border."""
        port, section = self.port, block.section
        across, down = block.strides[0], block.strides[1]
        columns = _range(port.left, port.width / port.zoom, block.x, block.pitch[0], block.across)
        found = 0
        for line in _range(port.top, port.height / port.zoom, block.y, block.pitch[1], block.lines):
            for column in columns:
                tile = column * across + line * down
                if tile < section.tiles:
                    yield tile
                    found += 1
                    if found > MOST_TILES:
                        return

    def _grid(self, painter: QPainter, block: Block, tiles: Sequence[int]) -> None:
        line = QColor(self.look.theme.cell_line)
        line.setAlphaF(0.45)
        painter.setPen(QPen(line, 0.8))
        for tile in tiles:
            place = self._tile(block, tile)
            step = block.cell * self.port.zoom
            for i in range(1, block.section.columns):
                x = place.x() + i * step
                painter.drawLine(QPointF(x, place.top()), QPointF(x, place.bottom()))
            for i in range(1, block.section.rows):
                y = place.y() + i * step
                painter.drawLine(QPointF(place.left(), y), QPointF(place.right(), y))

    def _values(self, painter: QPainter, number: int, block: Block, tiles: Sequence[int]) -> None:
        """The numbers in the cells, where these are large enough."""
        side, unit = block.cell * self.port.zoom, self._unit(number)
        if unit is None or side < QFontMetricsF(self.small).horizontalAdvance(unit.widest) + 4:
            return
        shown = list(islice(self._cells_in_view(block, tiles), MOST_NUMBERS))
        values = self.exhibit.values(number)[shown]
        colours = diverging(values / np.float32(self.exhibit.full[number]), self.look.theme)
        light = luminance(colours) < MIDDLE
        painter.setFont(self.small)
        for index, value, white in zip(shown, values.tolist(), light.tolist(), strict=True):
            if value == value:  # nan has no value yet
                x, y = block.cell_at(index)
                place = QRectF(self.port.x(x), self.port.y(y), side, side)
                painter.setPen(QColor("#ffffff" if white else "#000000"))
                painter.drawText(place, Qt.AlignmentFlag.AlignCenter, unit.text(value))

    def _unit(self, number: int) -> Figures | None:
        """How the numbers of a section are written; None where it has none yet."""
        if number not in self._units:
            values = self.exhibit.values(number)
            known = values[np.isfinite(values)]
            full = self.exhibit.full[number]
            self._units[number] = Figures(known, full) if known.size else None
        return self._units[number]

    def _scale(self, number: int, block: Block) -> str:
        """What numbers that are written in the cells are to be multiplied with, if with anything."""
        close = block.cell * self.port.zoom >= GRID_FROM and self.port.sees(block)
        unit = self._unit(number) if close else None
        return f"  {unit.scale}" if unit is not None and unit.scale else ""

    def _cells_in_view(self, block: Block, tiles: Sequence[int]) -> Iterator[int]:
        """Indices of the values in view."""
        port, section = self.port, block.section
        for tile in tiles:
            if section.absent is None or not section.absent[tile]:
                x, y = block.tile_at(tile)
                columns = _range(port.left, port.width / port.zoom, x, block.cell, section.columns)
                for row in _range(port.top, port.height / port.zoom, y, block.cell, section.rows):
                    cells = (row * section.columns + column for column in columns)
                    yield from (tile * section.rows * section.columns + c for c in cells if c < section.cells)

    # Words -------------------------------------------------------------------------------------------------

    def _words(self, painter: QPainter, number: int, block: Block) -> None:
        """Title, shape and scale of a section above it; numbers of the tiles; names of the cells below."""
        port, theme = self.port, self.look.theme
        bold, small = QFontMetricsF(self.heading), QFontMetricsF(self.small)
        above = small.height() if block.numbered else 0.0
        bottom = port.y(block.y) - above - 3
        title, beside, below = headings(self.exhibit, number, self.wording, turned=block.turned)
        title += self._scale(number, block)
        wide = max(
            bold.horizontalAdvance(title) + small.horizontalAdvance(beside), small.horizontalAdvance(below)
        )
        start = port.x(block.x) - (self._lead(block) if block.section.table else 0.0)
        left = max(start, min(0.0, port.x(block.right) - wide))  # in view as long as its tiles are
        first = QPointF(left, bottom - bold.descent() - (small.height() if below else 0.0))
        if bottom > 0 and first.y() - bold.ascent() < port.height:
            painter.setFont(self.heading)
            painter.setPen(QColor(theme.text))
            painter.drawText(first, title)
            first.setX(first.x() + bold.horizontalAdvance(title))
            painter.setFont(self.small)
            painter.setPen(QColor(theme.text_dim))
            painter.drawText(first, beside)
            painter.drawText(QPointF(left, bottom - small.descent()), below)
        if block.numbered:
            self._numbers(painter, block, above)
        if block.section.names:
            self._names(painter, block)

    def _where(self, painter: QPainter) -> None:
        """Which tile is in the middle, where one is so close that its title and number are out of view."""
        port = self.port
        hit = self.sheet.hit(*port.on_sheet(port.width / 2, port.height / 2))
        if hit is None:
            return
        block = self.sheet.blocks[hit[0]]
        tile = block.section.place(hit[1])[0]
        if self._tile(block, tile).top() >= 0:
            return
        said = f" {tile + 1}" if block.section.tiles > 1 and block.section.table is None else ""
        metrics, text = QFontMetricsF(self.heading), block.section.title + said + self._scale(hit[0], block)
        place = QRectF(6, 6, metrics.horizontalAdvance(text) + 16, metrics.height() + 6)
        painter.setPen(QPen(QColor(self.look.theme.panel_edge), 1.0))
        painter.setBrush(QColor(self.look.theme.panel))
        painter.drawRoundedRect(place, 6, 6)
        painter.setFont(self.heading)
        painter.setPen(QColor(self.look.theme.text))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)

    def _lead(self, block: Block) -> float:
        digits = QFontMetricsF(self.small).horizontalAdvance(str(max(block.section.table or (1,))))
        return digits + 4 if block.numbered else 0.0

    def _numbers(self, painter: QPainter, block: Block, above: float) -> None:
        painter.setFont(self.small)
        painter.setPen(QColor(self.look.theme.text_dim))
        port, centre = self.port, Qt.AlignmentFlag.AlignCenter
        tall = block.section.rows * block.cell * port.zoom
        if block.section.table:
            for column in range(block.across):
                x = port.x(block.x + column * block.pitch[0])
                wide = block.section.columns * block.cell * port.zoom
                painter.drawText(
                    QRectF(x - 20, port.y(block.y) - above - 1, wide + 40, above), centre, str(column + 1)
                )
            side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            for line in range(block.lines):
                y = port.y(block.y + line * block.pitch[1])
                place = QRectF(port.x(block.x) - 104, y - 10, 100, tall + 20)
                painter.drawText(place, int(side), str(line + 1))
            return
        tiles = list(self._in_view(block))
        for tile in tiles if len(tiles) <= MOST_TILES else ():
            place = self._tile(block, tile)
            place.setTop(place.top() - above - 1)
            place.setHeight(above)
            painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, str(tile + 1))

    def _names(self, painter: QPainter, block: Block) -> None:
        """Under the cells of a strip, if they all fit in."""
        metrics, side = QFontMetricsF(self.small), block.cell * self.port.zoom
        if max(map(metrics.horizontalAdvance, block.section.names)) > side:
            return
        painter.setFont(self.small)
        painter.setPen(QColor(self.look.theme.text))
        for index, name in enumerate(block.section.names):
            x, y = self.port.x(block.cell_at(index)[0]), self.port.y(block.bottom)
            painter.drawText(QRectF(x, y + 1, side, metrics.height()), Qt.AlignmentFlag.AlignHCenter, name)


def outline(painter: QPainter, sheet: Sheet, port: Port, span: Span, colour: str, halo: str) -> None:
    """A ring around a cell or a row of cells, seen from afar on any colour, and a line around its tile."""
    number, first, last = span
    block = sheet.blocks[number]
    left, top = block.cell_at(first)
    right, bottom = (at + block.cell for at in block.cell_at(last))
    place = port.rect(left, top, right, bottom).adjusted(-1.5, -1.5, 1.5, 1.5)
    grow_x, grow_y = max(0.0, OUTLINE - place.width()) / 2, max(0.0, OUTLINE - place.height()) / 2
    place.adjust(-grow_x, -grow_y, grow_x, grow_y)
    x, y = block.tile_at(block.section.place(first)[0])
    painter.setPen(QPen(QColor(colour), 1.2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(
        port.rect(x, y, x + block.section.columns * block.cell, y + block.section.rows * block.cell)
    )
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for ring, width in ((halo, 4.5), (colour, 2.2)):
        pen = QPen(QColor(ring), width)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        painter.drawRect(place)


def font(pixels: float, look: Look, *, bold: bool = False) -> QFont:
    """The window's own face in a size of the style sheet."""
    result = QFont(look.face)
    result.setPixelSize(scaled(pixels, look.text))
    result.setBold(bold)
    return result


def _range(start: float, length: float, origin: float, pitch: float, count: int) -> range:
    """The tiles along one direction that may be in view."""
    first = int((start - origin) // pitch)
    last = int((start + length - origin) // pitch)
    return range(max(0, first), min(count, last + 1))
