"""The table of a softmax: a column a class, or a line a class, whichever has the larger type."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
    block: tuple[int, int] | None  # columns and classes of a part of the table; None: a column a class

    def of(self, column: int, line: int) -> tuple[int, bool]:
        """The class in a cell, -1 in the headings, and whether the cell holds its name."""
        if self.block is None:
            return column - 1, line == 0
        part, column = divmod(column, self.block[0])
        return (part * self.block[1] + line - 1 if line else -1), column == 0


def lay(
    table: Table, letters: Lettering, width: float, height: float, *, anyhow: bool = False
) -> Grid | None:
    """The table in the largest type that has room. None where the smallest that can be read has none, unless anyhow."""
    ways = list(_ways(table))
    for size in SIZES:
        for leading in LEADING:
            for columns, block in ways:
                grid = _grid(columns, letters, size * letters.small, leading, block)
                if sum(grid.widths) <= width + GAP * grid.font and grid.high * len(columns[0]) <= height:
                    return grid
    if not anyhow:
        return None
    columns, block = ways[-1]
    grid = _grid(columns, letters, SIZES[-1] * letters.small, 0.0, block)
    return replace(grid, high=min(grid.high, height / len(columns[0])))


def _ways(table: Table) -> Iterator[tuple[tuple[Sequence[str], ...], tuple[int, int] | None]]:
    """A column a class; a line a class, in two parts beside each other or in one."""
    heads = ("", *(label for label, _ in table.rows))
    lines = [
        (name, *texts) for name, *texts in zip(table.names, *(row for _, row in table.rows), strict=True)
    ]
    yield (heads, *lines), None
    for parts in (2, 1):
        down = -(-len(lines) // parts)
        columns: list[Sequence[str]] = []
        for first in range(0, len(lines), down):
            part = lines[first : first + down]
            part += [("",) * len(heads)] * (down - len(part))
            columns += [*zip(*[heads, *part], strict=True), ("",) * (down + 1)]
        yield tuple(columns), (len(heads) + 1, down)


def _grid(
    columns: tuple[Sequence[str], ...],
    letters: Lettering,
    font: float,
    leading: float,
    block: tuple[int, int] | None,
) -> Grid:
    metrics = letters.metrics(font, bold=True)
    widths = [max(metrics.horizontalAdvance(text) for text in column) + GAP * font for column in columns]
    if block is not None:  # nothing stands to the right of the last part
        widths[-1] = 0.0
    return Grid(columns, tuple(widths), metrics.height() + leading, font, block)


def paint(painter: QPainter, grid: Grid, best: int, letters: Lettering) -> None:
    """best: the class with the largest share, counted from 0."""
    x, theme = 0.0, letters.theme
    for i, (column, wide) in enumerate(zip(grid.columns, grid.widths, strict=True)):
        for j, text in enumerate(column):
            mine, name = grid.of(i, j)
            colour = theme.accent if mine == best else theme.text if mine >= 0 else theme.text_dim
            letters.pen(painter, grid.font, colour, bold=name or mine == best)
            place = QRectF(x, j * grid.high, wide - GAP * grid.font, grid.high)
            left = name if grid.block is not None else i == 0
            painter.drawText(place, LEFT if left else RIGHT, text)
        x += wide
