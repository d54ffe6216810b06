"""The tables of a window: patch, kernel and products beside each other, with their numbers where there is room."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter

from nodelink.explain.written import Grid
from nodelink.qt.arithmetic.lettering import CENTRE, LEFT, Lettering, fitting
from nodelink.qt.style import on

SIGNS = ("×", "≈")  # between patch, kernel and products: all of them are rounded
SIGN = 1.4  # their width, in text sizes
LARGEST_CELL = 2.4  # of a table without numbers, in text sizes
USUAL_CELL = 0.75  # of one beside a table with numbers at least, in heights of its cells
LEAST_CELL = 5.0  # where its type cannot be smaller, pixels at text size 1
MARGIN, LEAST_MARGIN = 0.32, 0.22  # beside a number, in text sizes
TITLE = 4  # pixels between a title and its table

Three = tuple[Grid, ...]


@dataclass(frozen=True)
class Cells:
    """How large the cells of the tables are, and in which of them numbers are written."""

    font: float  # pixels
    sizes: tuple[tuple[float, float], ...]  # width and height of a cell, for each table
    numbers: tuple[bool, ...]
    title: float  # height of the titles

    def height(self, lines: int) -> float:
        """Of tables with their titles."""
        return self.title + lines * max(high for _, high in self.sizes)


def numbered(
    three: Three, letters: Lettering, size: float, width: float, *, full: bool, last: bool = False
) -> Cells | None:
    """Cells for numbers in type of a size, in small sizes; None where they are too wide.

    full: numbers are in all tables, not in the last one alone; last: there is no smaller type.
    """
    font = size * letters.small
    columns = three[0].colours.shape[1]
    high = letters.metrics(font).height() + 2
    free = (width - SIGN * font * (len(three) - 1)) / columns
    wide = [_widest(grid, letters, font) + (LEAST_MARGIN if last else MARGIN) * font for grid in three]
    numbers = tuple(full or grid is three[-1] for grid in three)
    if not full and len(three) > 1:
        side = min(high, (free - wide[-1]) / (len(three) - 1))
        if side < (LEAST_CELL * letters.text if last else USUAL_CELL * high):
            return None
        sizes = (*((side, side) for _ in three[:-1]), (wide[-1], high))
    else:
        sizes = tuple((each, high) for each in wide)
    title = letters.metrics(min(font, letters.small)).height() + TITLE
    return Cells(font, sizes, numbers, title) if sum(w for w, _ in sizes) <= free else None


def pictures(three: Three, letters: Lettering, width: float, height: float) -> Cells:
    """Cells without numbers, as large as there is room for."""
    lines, columns = three[0].colours.shape
    title = letters.metrics(letters.small).height() + TITLE
    free = width - SIGN * letters.small * (len(three) - 1)
    side = min(free / len(three) / columns, (height - title) / lines, LARGEST_CELL * letters.small)
    side = max(side, 2.0)
    return Cells(letters.small, ((side, side),) * len(three), (False,) * len(three), title)


def _widest(grid: Grid, letters: Lettering, font: float) -> float:
    metrics = letters.metrics(font)
    return max(float(metrics.horizontalAdvance(text)) for row in grid.texts for text in row)


def paint(painter: QPainter, three: Three, cells: Cells, letters: Lettering, y: float, width: float) -> float:
    """Tables beside each other; where they end."""
    lines, columns = three[0].colours.shape
    sign, below = SIGN * cells.font, y + cells.height(lines)
    middle = (y + cells.title + below) / 2
    x, places = 0.0, []
    for wide, high in cells.sizes:
        places.append(QRectF(x, middle - lines * high / 2, columns * wide, lines * high))
        x += columns * wide + sign
    _paint_titles(painter, three, places, cells, letters, QRectF(0, y, width, cells.title))
    for index, (grid, place) in enumerate(zip(three, places, strict=True)):
        _paint_cells(painter, grid, place, cells.font if cells.numbers[index] else 0.0, letters)
        if index < len(three) - 1:
            letters.pen(painter, 1.3 * min(cells.font, letters.small), letters.theme.text, bold=True)
            painter.drawText(QRectF(place.right(), place.y(), sign, place.height()), CENTRE, SIGNS[index])
    return below


def _paint_titles(
    painter: QPainter, three: Three, places: list[QRectF], cells: Cells, letters: Lettering, line: QRectF
) -> None:
    """Each above its table; all of them as one line where one has too little room there."""
    letters.pen(painter, min(cells.font, letters.small), letters.theme.text_dim)
    metrics = painter.fontMetrics()
    ends = [*(place.right() + 0.5 * SIGN * cells.font for place in places[:-1]), line.right()]
    rooms = [QRectF(p.x(), line.y(), end - p.x(), line.height()) for p, end in zip(places, ends, strict=True)]
    titles = [grid.titles for grid in three]
    if any(metrics.horizontalAdvance(t[-1]) > room.width() for t, room in zip(titles, rooms, strict=True)):
        rest = "".join(f" {sign} {t[-1]}" for sign, t in zip(SIGNS, titles[1:], strict=False))
        titles, rooms = [tuple(title + rest for title in titles[0])], [line]
    for texts, room in zip(titles, rooms, strict=True):
        painter.drawText(room, LEFT, fitting(texts, metrics, int(room.width())))


def _paint_cells(painter: QPainter, grid: Grid, place: QRectF, font: float, letters: Lettering) -> None:
    """font: pixels of the numbers, 0 for none."""
    lines, columns = grid.colours.shape
    wide, high = place.width() / columns, place.height() / lines
    painter.setFont(letters.font(font or letters.small))
    for i in range(lines):
        for j in range(columns):
            cell = QRectF(place.x() + j * wide, place.y() + i * high, wide, high).adjusted(0, 0, -1, -1)
            if not grid.texts[i][j]:
                painter.fillRect(cell, QColor(letters.theme.panel))  # the padding
                continue
            colour = letters.colour(float(grid.colours[i, j]))
            painter.fillRect(cell, colour)
            if font:
                painter.setPen(QColor(on(colour.name())))
                painter.drawText(cell, CENTRE, grid.texts[i][j])
    painter.setPen(QColor(letters.theme.panel_edge))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(place.adjusted(-0.5, -0.5, -0.5, -0.5))
    if grid.marked is not None:
        row, column = grid.marked
        corner = QPointF(place.x() + column * wide, place.y() + row * high)
        pen = painter.pen()
        pen.setColor(QColor(letters.theme.accent))
        pen.setWidthF(3 * letters.text)
        painter.setPen(pen)
        painter.drawRect(QRectF(corner.x(), corner.y(), wide, high).adjusted(0.5, 0.5, -1.5, -1.5))
