"""The sheet on which the arithmetic of one step is written: small tables, the parts of a sum, a softmax's table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QFontMetricsF,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PyQt6.QtWidgets import QSizePolicy, QWidget

from nodelink.explain.written import Grid, Part, Table, Written
from nodelink.qt.style import SMALL, on, scaled
from nodelink.theme import THEMES, Theme, diverging

LARGER = (
    1.7,
    1.5,
    1.35,
    1.2,
    1.1,
    1.0,
)  # the text of tables, where there is room, in sizes of the small text
SIGNS = ("×", "≈")  # between patch, kernel and products
SIGN = 1.7  # their width, in text sizes
LARGEST_CELL = 2.4  # of a table without numbers, in text sizes
LARGE = 1.25  # size of a part's number, in sizes of its label
SIZES = (1.0, 0.9, 0.8, 0.7, 0.6)  # of the parts of a sum, in sizes of the small text
LEAST_ROOM = 3.0  # above the sum, in text sizes, for tables to be painted
LINES = range(40, -1, -1)  # terms of a dense unit, as many as there is room for
BAR = 3.0  # height of the bar under a part, pixels at text size 1
CENTRE = Qt.AlignmentFlag.AlignCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True)
class Cells:
    """How large the cells of three tables are, and in which of them numbers are written."""

    font: float  # pixels
    width: tuple[float, ...]  # of a cell, for each table
    height: float
    numbers: tuple[bool, ...]


class Sheet(QWidget):
    """Paints what is written. A click on the sum of a map shows that map's tables, where not all have room."""

    def __init__(self) -> None:
        super().__init__()
        self._write: Callable[[int], Written] | None = None
        self._page: Written | None = None
        self._theme, self._text = THEMES["dark"], 1.0
        self._chosen: int | None = None  # the map whose tables are shown; None: the one that adds most
        self._size = 1.0  # of the text of parts, one of SIZES
        self._places: list[tuple[QRectF, Part]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setToolTip("Click the sum of a map to see how it comes about")

    def show_page(self, write: Callable[[int], Written] | None) -> None:
        """Show what `write` gives for so many lines of terms, or nothing."""
        self._write, self._page = write, None
        self.update()

    def set_look(self, theme: Theme, text: float) -> None:
        self._theme, self._text = theme, text
        self.updateGeometry()
        self.update()

    def minimumSizeHint(self) -> QSize:
        return QSize(scaled(200, self._text), scaled(60, self._text))

    def sizeHint(self) -> QSize:
        """Room for a kernel of five lines with all its numbers, and the sum below it."""
        return QSize(scaled(600, self._text), scaled(170, self._text))

    def page(self) -> Written | None:
        """What is shown, with as many terms as there is room for."""
        if self._page is None and self._write is not None:
            self._size = SIZES[0]
            self._page = self._write(LINES[0])
            if not self._page.grids and self._page.table is None:
                for lines in LINES:
                    self._page = self._write(lines)
                    if self._flow(self._page.parts)[1] <= self.height():
                        break
            said = "; ".join(f"{part.label}: {part.text}" for part in self._page.parts)
            self.setAccessibleDescription(said)
        return self._page

    def resizeEvent(self, _event: QResizeEvent | None) -> None:
        self._page = None

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is not None:
            for place, part in self._places:
                if place.contains(event.position()) and part.tile is not None:
                    self._chosen = None if self._chosen == part.tile else part.tile
                    self.update()

    # painting

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        page = self.page()
        if page is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if page.table is not None:
            self._paint_table(painter, page.table)
            return
        self._shrink(page.parts, 0.5 if page.grids else 1.0)
        self._places, height = self._flow(page.parts)
        shown: list[int] = []
        room = self.height() - height - 0.5 * self._small
        if page.grids and room > LEAST_ROOM * self._small:
            shown = self._paint_grids(painter, page, room)
            self._places = [
                (place.translated(0, self.height() - height), part) for place, part in self._places
            ]
        for place, part in self._places:
            self._paint_part(painter, place, part, chosen=part.tile is not None and part.tile in shown)

    @property
    def _small(self) -> int:
        return scaled(SMALL, self._text)

    def _font(self, pixels: float, bold: bool = False) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(max(1, round(pixels)))
        font.setBold(bold)
        return font

    def _metrics(self, pixels: float, bold: bool = False) -> QFontMetricsF:
        return QFontMetricsF(self._font(pixels, bold))

    # the parts of a sum

    def _shrink(self, parts: tuple[Part, ...], share: float) -> None:
        """The text of the parts is smaller where they would not leave the tables their share, or not even fit."""
        for most, sizes in ((share, SIZES[:4]), (1.0, SIZES)):
            for self._size in sizes:
                if self._flow(parts)[1] <= most * self.height():
                    return

    @property
    def _part(self) -> float:
        return self._size * self._small

    def _flow(self, parts: tuple[Part, ...]) -> tuple[list[tuple[QRectF, Part]], float]:
        """Where the parts stand, line by line from above, and how high all of them are."""
        small, large = self._metrics(self._part), self._metrics(LARGE * self._part, bold=True)
        bold = self._metrics(self._part, bold=True)
        lines = 1 + any(part.how for part in parts)
        high = lines * small.height() + large.height() + (BAR + 7) * self._text
        gap, x, y = 0.9 * self._part, 0.0, 0.0
        places = []
        for part in parts:
            wide = max(
                bold.horizontalAdvance(part.label),
                small.horizontalAdvance(part.how),
                large.horizontalAdvance(_sign(part) + part.text),
            )
            if x and x + wide > self.width():
                x, y = 0.0, y + high
            places.append((QRectF(x, y, wide, high), part))
            x += wide + gap
        return places, y + high

    def _paint_part(self, painter: QPainter, place: QRectF, part: Part, *, chosen: bool) -> None:
        theme = self._theme
        small, large = self._part, LARGE * self._part
        step = self._metrics(small).height()
        line = QRectF(place.x(), place.y(), place.width() + 2, step)
        painter.setFont(self._font(small, bold=chosen))
        painter.setPen(QColor(theme.accent if chosen else theme.text_dim))
        painter.drawText(line, int(LEFT), part.label)
        painter.setFont(self._font(small))
        painter.setPen(QColor(theme.text_dim))
        if part.how:
            line.translate(0, step)
            painter.drawText(line, int(LEFT), part.how)
        line.translate(0, step)
        line.setHeight(self._metrics(large).height())
        strong = part.kind in ("sum", "value")
        painter.setFont(self._font(large, bold=strong))
        painter.setPen(QColor(theme.text))
        painter.drawText(line, int(LEFT), _sign(part) + part.text)
        largest = max((abs(p.count) for _, p in self._places if p.kind != "value"), default=1) or 1
        share = max(-1.0, min(part.count / largest, 1.0))
        bar = QRectF(place.x(), line.bottom() + 1, max(2.0, abs(share) * place.width()), BAR * self._text)
        if share:
            painter.fillRect(bar, _colour(0.55 if share > 0 else -0.55, theme))

    # the tables of a window

    def _paint_grids(self, painter: QPainter, page: Written, room: float) -> list[int]:
        """Patch, kernel and products of all maps, or of one; which those are."""
        every = list(range(len(page.grids)))
        terms = [part for part in page.parts if part.tile is not None]
        largest = max(terms, key=lambda part: abs(part.count), default=None)
        one = largest.tile if largest is not None and largest.tile is not None else 0
        one = self._chosen if self._chosen is not None and self._chosen < len(every) else one
        for shown in (every, [one]):
            cells = self._fitting(page.grids[shown[0]], room / len(shown), full=len(shown) > 1)
            if cells is not None:
                break
        assert cells is not None
        y = 0.0
        for index in shown:
            y = self._paint_row(painter, page.grids[index], cells, y) + 0.4 * self._small
        return shown if len(every) > 1 else []

    def _fitting(self, row: tuple[Grid, ...], room: float, *, full: bool) -> Cells | None:
        """The largest cells that fit; full: None unless numbers fit into all tables."""
        lines, columns = row[0].colours.shape
        title = self._metrics(self._small).height() + 4
        free = self.width() - SIGN * self._small * (len(row) - 1)
        for written in ((True,) * len(row), tuple(grid is row[-1] for grid in row)):
            for larger in LARGER:
                font = self._small * larger
                height = self._metrics(font).height() + 2
                widths = tuple(
                    self._widest(grid, font) + 0.3 * font if numbers else height
                    for grid, numbers in zip(row, written, strict=True)
                )
                if sum(widths) * columns <= free and title + lines * height <= room:
                    return Cells(font, widths, height, written)
            if full:
                return None
        side = min(free / len(row) / columns, (room - title) / lines, LARGEST_CELL * self._small)
        return Cells(self._small, (max(side, 2.0),) * len(row), max(side, 2.0), (False,) * len(row))

    def _widest(self, grid: Grid, font: float) -> float:
        metrics = self._metrics(font)
        widths = [float(metrics.horizontalAdvance(text)) for row in grid.texts for text in row]
        return max(widths)

    def _paint_row(self, painter: QPainter, row: tuple[Grid, ...], cells: Cells, y: float) -> float:
        """Three tables beside each other; where they end."""
        title = self._metrics(self._small).height() + 4
        x, (lines, columns) = 0.0, row[0].colours.shape
        below = float(y + title + lines * cells.height)
        for index, (grid, wide, numbers) in enumerate(zip(row, cells.width, cells.numbers, strict=True)):
            place = QRectF(x, y + title, columns * wide, lines * cells.height)
            last = index == len(row) - 1
            space = QRectF(x, y, (self.width() - x) if last else place.width(), title)
            painter.setFont(self._font(self._small))
            painter.setPen(QColor(self._theme.text_dim))
            text = _fitting(grid.titles, painter.fontMetrics(), int(space.width()))
            painter.drawText(space, int(LEFT), text)
            self._paint_cells(painter, grid, place, cells.font if numbers else 0.0)
            x = place.right() + SIGN * self._small
            if not last:
                painter.setFont(self._font(1.3 * self._small, bold=True))
                painter.setPen(QColor(self._theme.text))
                between = QRectF(place.right(), place.y(), SIGN * self._small, place.height())
                painter.drawText(between, int(CENTRE), SIGNS[index])
        return below

    def _paint_cells(self, painter: QPainter, grid: Grid, place: QRectF, font: float) -> None:
        """font: pixels of the numbers, 0 for none."""
        lines, columns = grid.colours.shape
        wide, high = place.width() / columns, place.height() / lines
        painter.setFont(self._font(font or self._small))
        for i in range(lines):
            for j in range(columns):
                cell = QRectF(place.x() + j * wide, place.y() + i * high, wide, high).adjusted(0, 0, -1, -1)
                if not grid.texts[i][j]:
                    painter.fillRect(cell, QColor(self._theme.panel))  # the padding
                    continue
                colour = _colour(float(grid.colours[i, j]), self._theme)
                painter.fillRect(cell, colour)
                if font:
                    painter.setPen(QColor(on(colour.name())))
                    painter.drawText(cell, int(CENTRE), grid.texts[i][j])
        painter.setPen(QColor(self._theme.panel_edge))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(place.adjusted(-0.5, -0.5, -0.5, -0.5))
        if grid.marked is not None:
            row, column = grid.marked
            corner = QPointF(place.x() + column * wide, place.y() + row * high)
            pen = painter.pen()
            pen.setColor(QColor(self._theme.accent))
            pen.setWidthF(3 * self._text)
            painter.setPen(pen)
            painter.drawRect(QRectF(corner.x(), corner.y(), wide, high).adjusted(0.5, 0.5, -1.5, -1.5))

    # the table of a softmax

    def _paint_table(self, painter: QPainter, table: Table) -> None:
        """A column a class; where they are too wide, a line a class."""
        heads = ["", *(label for label, _ in table.rows)]
        lines = [
            [name, *texts] for name, *texts in zip(table.names, *(row for _, row in table.rows), strict=True)
        ]
        for larger in (*LARGER, 0.9, 0.8):
            font = self._small * larger
            for across in (True, False):
                cells = [heads, *lines] if across else list(zip(*[heads, *lines], strict=True))
                metrics = self._metrics(font, bold=True)
                widths = [max(metrics.horizontalAdvance(text) for text in column) + font for column in cells]
                high = metrics.height() + 6
                if sum(widths) <= self.width() and high * len(cells[0]) <= self.height():
                    self._paint_columns(painter, cells, widths, high, font, table.best + 1, across)
                    return
        self._paint_columns(
            painter, cells, widths, self.height() / len(cells[0]), font, table.best + 1, across
        )

    def _paint_columns(
        self,
        painter: QPainter,
        cells: list[list[str]] | list[tuple[str, ...]],
        widths: list[float],
        high: float,
        font: float,
        best: int,
        across: bool,
    ) -> None:
        x = 0.0
        for i, (column, wide) in enumerate(zip(cells, widths, strict=True)):
            for j, text in enumerate(column):
                name, mine = (j, i) if across else (i, j)
                strong = name == 0 or mine == best
                painter.setFont(self._font(font, bold=strong))
                theme = self._theme
                painter.setPen(
                    QColor(theme.accent if mine == best else theme.text if mine else theme.text_dim)
                )
                place = QRectF(x, j * high, wide - 0.4 * font, high)
                painter.drawText(place, int(LEFT if i == 0 else RIGHT), text)
            x += wide


def _fitting(texts: tuple[str, ...], metrics: QFontMetrics, width: int) -> str:
    """The first of the texts that is not too wide; the last one shortened where all are."""
    for text in texts:
        if metrics.horizontalAdvance(text) <= width:
            return text
    return metrics.elidedText(texts[-1], Qt.TextElideMode.ElideRight, width)


def _sign(part: Part) -> str:
    return {"sum": "= ", "value": "→ "}.get(part.kind, "")


def _colour(share: float, theme: Theme) -> QColor:
    red, green, blue = (round(float(c) * 255) for c in diverging(share, theme))
    return QColor(red, green, blue)
