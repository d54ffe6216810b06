"""The sheet on which the arithmetic of one step is written: small tables, the parts of a sum, a softmax's table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PyQt6.QtCore import QRectF, QSize
from PyQt6.QtGui import QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from nodelink.explain.written import Grids, Part, Table, Written
from nodelink.qt.arithmetic import classes, grids, sums, terms
from nodelink.qt.arithmetic.lettering import Lettering
from nodelink.qt.style import scaled
from nodelink.theme import THEMES, Theme

LARGER = (
    1.7,
    1.5,
    1.35,
    1.2,
    1.1,
    1.0,
)  # the type of tables, where there is room, in sizes of the small type
SMALLER = (1.0, 0.9, 0.85)  # where there is little
SMALLEST = 0.75  # of the parts of a sum
TERMS = 80  # of a dense unit at most
FEW = 5  # lines of terms: to have them, the parts below stand in one line each
TIP = "Click the sum of a map to see how it comes about"


@dataclass(frozen=True)
class Arrangement:
    """Where everything stands."""

    row: sums.Row | None = None  # the parts that stand in a row, below
    shown: tuple[int, ...] = ()  # which tables
    cells: grids.Cells | None = None
    tables: Grids = ()  # the page's, with as many digits as there is room for
    lines: terms.Lines | None = None  # of a dense unit's terms
    table: classes.Grid | None = None


class Sheet(QWidget):
    """Paints what is written. A click on the sum of a map shows that map's tables, where not all have room."""

    def __init__(self) -> None:
        super().__init__()
        self._write: Callable[[int], Written] | None = None
        self._page: Written | None = None
        self.arrangement = Arrangement()  # of what is shown
        self._theme, self._text = THEMES["dark"], 1.0
        self._chosen: int | None = None  # the map whose tables are shown; None: the one that adds most
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_page(self, write: Callable[[int], Written] | None) -> None:
        """Show what `write` gives for so many lines, or nothing."""
        self._write = write
        self._renew()

    def set_look(self, theme: Theme, text: float) -> None:
        self._theme, self._text = theme, text
        self.updateGeometry()
        self._renew()

    def minimumSizeHint(self) -> QSize:
        return QSize(scaled(200, self._text), scaled(60, self._text))

    def sizeHint(self) -> QSize:
        """Room for a kernel of five lines with all its numbers, and the sum below it."""
        return QSize(scaled(600, self._text), scaled(170, self._text))

    @property
    def places(self) -> tuple[tuple[QRectF, Part], ...]:
        """Where the parts of the sum are that stand in a row."""
        return self.arrangement.row.places if self.arrangement.row is not None else ()

    def page(self) -> Written | None:
        """What is shown, with as many terms or classes as there is room for."""
        if self._page is None and self._write is not None:
            page = self._write(TERMS)
            if page.table is not None:
                self._page = self._classes(page, page.table)
            elif page.grids:
                self._page, self.arrangement = page, self._window(page)
            else:
                self._page = self._dense(page)
            self._tell(self._page)
        return self._page

    def resizeEvent(self, _event: QResizeEvent | None) -> None:
        self._page = None

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is not None:
            for place, part in self.places:
                if place.contains(event.position()) and part.tile is not None:
                    self._chosen = None if self._chosen == part.tile else part.tile
                    self._renew()

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        page = self.page()
        if page is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        found, letters, width = self.arrangement, self._letters, float(self.width())
        if page.table is not None and found.table is not None:
            classes.paint(painter, found.table, page.table.best, letters)
        if found.lines is not None:
            terms.paint(painter, _terms(page), found.lines, letters, width)
        y = 0.0
        for index in found.shown if found.cells is not None else ():
            assert found.cells is not None
            y = (
                grids.paint(painter, found.tables[index], found.cells, letters, y, width)
                + 0.4 * letters.small
            )
        if found.row is not None:
            chosen = found.shown if len(page.grids) > 1 and found.cells is not None else ()
            sums.paint(painter, found.row, letters, chosen, bars=bool(page.grids))

    @property
    def _letters(self) -> Lettering:
        return Lettering(self._theme, self._text, self.font())

    def _renew(self) -> None:
        self._page, self.arrangement = None, Arrangement()
        self.update()

    def _tell(self, page: Written) -> None:
        """For who cannot see it."""
        said = [f"{part.label}: {part.how} {part.text}".replace("  ", " ") for part in page.parts]
        if page.table is not None:
            said = [
                f"{name}: {text}" for name, text in zip(page.table.names, page.table.rows[-1][1], strict=True)
            ]
        self.setAccessibleDescription("; ".join(said))
        self.setToolTip(TIP if len(page.grids) > 1 else "")

    # Where things stand

    def _row(self, parts: tuple[Part, ...], size: float, inline: bool = False) -> sums.Row:
        return sums.row(parts, self._letters, self.width(), size, inline)

    def _below(self, row: sums.Row, content: float) -> sums.Row:
        """The parts below what is so high, not far from it."""
        return row.lowered(max(0.0, min(self.height() - row.height, content + self._letters.small)))

    def _rows(self, parts: tuple[Part, ...]) -> Iterator[tuple[float, sums.Row]]:
        """The parts from usual to small: numbers below their labels, then beside them."""
        for inline in (False, True):
            for size in SMALLER:
                yield size, self._row(parts, size, inline)
        yield SMALLER[-1], self._row(parts, SMALLEST, inline=True)

    def _window(self, page: Written) -> Arrangement:
        """Tables of all maps, of one; with all numbers, with those of the products, with none."""
        every = tuple(range(len(page.grids)))
        one = (self._one(page),)
        usual = self._row(page.parts, 1.0)
        digits = (page.grids, page.coarse)
        tries = [
            (tables, shown, size, usual, True)
            for shown in {every: 0, one: 0}
            for tables in digits
            for size in LARGER
        ]
        rows = list(self._rows(page.parts))
        for full in (True, False):
            tries += [(tables, one, size, usual, full) for tables in digits for size in LARGER]
            tries += [(page.coarse, one, size, row, full) for size, row in rows]
        letters, gap = self._letters, 0.5 * self._letters.small
        for tables, shown, size, row, full in tries:
            three = tables[shown[0]]
            last = size == SMALLER[-1]
            cells = grids.numbered(three, letters, size, self.width(), full=full, last=last)
            if cells is not None:
                high = (cells.height(len(three[0].texts)) + gap) * len(shown)
                if high + row.height <= self.height():
                    return Arrangement(self._below(row, high - gap), shown, cells, tables)
        return self._pictures(page, one, [row for _, row in rows])

    def _pictures(self, page: Written, one: tuple[int], rows: list[sums.Row]) -> Arrangement:
        """Without numbers; without tables where there is no room but for the sum."""
        letters = self._letters
        for most in (0.5, 1.0):
            for row in rows:
                room = self.height() - row.height - 0.5 * letters.small
                if row.height <= most * self.height() and room >= 3 * letters.small:
                    cells = grids.pictures(page.grids[one[0]], letters, self.width(), room)
                    high = cells.height(len(page.grids[one[0]][0].texts))
                    return Arrangement(self._below(row, high), one, cells, page.grids)
        for size in (1.0, 0.9, 0.8, 0.7, 0.6):
            row = sums.row(page.parts, letters, self.width(), size, inline=True)
            if row.height <= self.height():
                break
        return Arrangement(row)

    def _one(self, page: Written) -> int:
        """The map whose tables are shown: the chosen one, or the one that adds most."""
        if self._chosen is not None and self._chosen < len(page.grids):
            return self._chosen
        parts = [part for part in page.parts if part.tile is not None]
        largest = max(parts, key=lambda part: abs(part.count), default=None)
        return largest.tile if largest is not None and largest.tile is not None else 0

    def _dense(self, page: Written) -> Written:
        """As many terms as there is room for, in larger type where all have room."""
        every = len(_terms(page))
        for size in LARGER:
            row, lines = self._lines(page, size)
            if every <= lines.room:
                break
        else:
            for size, inline in ((1.0, False), (1.0, True), (SMALLER[-1], True)):
                page, row, lines = self._shortened(every, size, inline)
                if lines.down >= FEW:
                    break
        down = -(-len(_terms(page)) // lines.across)
        self.arrangement = Arrangement(self._below(row, down * lines.high), lines=lines)
        return page

    def _lines(self, page: Written, size: float, inline: bool = False) -> tuple[sums.Row, terms.Lines]:
        """The parts below a dense unit's terms, and how those stand in what is left."""
        row = self._row(_others(page), min(size, 1.0), inline)
        room = self.height() - row.height - 0.3 * self._letters.small
        return row, terms.lay(_terms(page), self._letters, size, self.width(), room)

    def _shortened(self, count: int, size: float, inline: bool) -> tuple[Written, sums.Row, terms.Lines]:
        """A page with no more terms than have room."""
        assert self._write is not None
        while True:
            page = self._write(count)
            row, lines = self._lines(page, size, inline)
            if count <= lines.room:
                return page, row, lines
            count = min(count - 1, lines.room)

    def _classes(self, page: Written, table: Table) -> Written:
        """As many classes as there is room for."""
        assert self._write is not None
        for count in (TERMS, *range(len(table.names), 0, -1)):
            page = self._write(count)
            assert page.table is not None
            found = classes.lay(page.table, self._letters, self.width(), self.height(), anyhow=count == 1)
            if found is not None:
                self.arrangement = Arrangement(table=found)
                break
        return page


def _terms(page: Written) -> tuple[Part, ...]:
    """Those of a dense unit, which have a line each."""
    return tuple(part for part in page.parts if part.kind == "term" and part.tile is None)


def _others(page: Written) -> tuple[Part, ...]:
    return tuple(part for part in page.parts if part.kind != "term" or part.tile is not None)
