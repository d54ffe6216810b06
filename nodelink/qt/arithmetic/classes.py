"""The table of a softmax: a column a class, or where that is too wide a line a class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QPainter

from nodelink.explain.written import Table
from nodelink.qt.arithmetic.lettering import LEFT, RIGHT, Lettering

SIZES = (1.7, 1.5, 1.35, 1.2, 1.1, 1.0, 0.9, 0.85)  # of the type, in sizes of the small one
GAP = 0.75  # between two columns, in text sizes
LEADING = (6.0, 2.0, 0.0)  # pixels between lines: less of it comes before smaller type


@dataclass(frozen=True)
class Grid:
    """How the table is laid out."""

    columns: tuple[Sequence[str], ...]
    widths: tuple[float, ...]
    high: float  # a line
    font: float  # pixels
    across: bool  # a column a class


def lay(
    table: Table, letters: Lettering, width: float, height: float, *, anyhow: bool = False
) -> Grid | None:
    """The table in the largest type that has room. None where the smallest that can be read has none, unless anyhow."""
    heads = ["", *(label for label, _ in table.rows)]
    lines = [
        (name, *texts) for name, *texts in zip(table.names, *(row for _, row in table.rows), strict=True)
    ]
    turned = tuple(zip(*[heads, *lines], strict=True))
    for size in SIZES:
        for leading in LEADING:
            for across, columns in ((True, (heads, *lines)), (False, turned)):
                grid = _grid(columns, letters, size * letters.small, leading, across)
                if sum(grid.widths) <= width + GAP * grid.font and grid.high * len(columns[0]) <= height:
                    return grid
    return replace(grid, high=min(grid.high, height / len(grid.columns[0]))) if anyhow else None


def _grid(
    columns: tuple[Sequence[str], ...], letters: Lettering, font: float, leading: float, across: bool
) -> Grid:
    metrics = letters.metrics(font, bold=True)
    widths = tuple(max(metrics.horizontalAdvance(text) for text in column) + GAP * font for column in columns)
    return Grid(columns, widths, metrics.height() + leading, font, across)


def paint(painter: QPainter, grid: Grid, best: int, letters: Lettering) -> None:
    """best: the class with the largest share, counted from 0."""
    x, theme = 0.0, letters.theme
    for i, (column, wide) in enumerate(zip(grid.columns, grid.widths, strict=True)):
        for j, text in enumerate(column):
            name, mine = (j, i) if grid.across else (i, j)
            first = mine == best + 1
            colour = theme.accent if first else theme.text if mine else theme.text_dim
            letters.pen(painter, grid.font, colour, bold=name == 0 or first)
            place = QRectF(x, j * grid.high, wide - GAP * grid.font, grid.high)
            painter.drawText(place, LEFT if i == 0 else RIGHT, text)
        x += wide
