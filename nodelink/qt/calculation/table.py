"""The written sum: a line with a bar for each of the largest terms, the rest, the bias, and what they make."""

# ruff: noqa: ARG002 - all parts are called alike, whether they need every argument or not

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QKeyEvent, QPainter, QPen

from nodelink.explain.ledger import Ledger, plain
from nodelink.qt.calculation.paper import LEFT, RIGHT, Paper

BAR = 0.42  # of the width at most, where the factors leave so much
KEYS: dict[int, int] = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_Return: 0, Qt.Key.Key_Enter: 0}
GAP = 5.0  # above a line with two lines of text


class TermTable(Paper):
    """Paints the lines that are seen, however many there are."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger: Ledger | None = None
        self._name: Callable[[int], str] = str
        self._largest = 1.0
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("Terms of the sum")

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Up and down choose a term, Enter goes to its source."""
        entries = self.ledger.entries if self.ledger is not None else ()
        if event is None or not entries or event.key() not in KEYS:
            super().keyPressEvent(event)
        elif (step := KEYS[event.key()]) == 0:
            if self.term is not None:
                self.visited.emit(self.term)
        else:
            assert self.ledger is not None
            sources = [int(self.ledger.terms.source[entry.term]) for entry in entries]
            start = -1 if step > 0 else len(sources)
            at = sources.index(self.term) if self.term in sources else start
            self.chosen.emit(sources[min(max(at + step, 0), len(sources) - 1)])

    def set_ledger(self, ledger: Ledger, name: Callable[[int], str]) -> None:
        """Show a sum; `name` says what a node is called."""
        self.ledger, self._name = ledger, name
        counts = [abs(entry.count) for entry in ledger.entries]
        self._largest = float(max([*counts, 1]))
        lines = [f"{self.term_text(i)} ≈ {self._text(e.count)}" for i, e in enumerate(ledger.entries[:10])]
        self.setAccessibleDescription("; ".join([*lines, *(f"{a}: {b}" for a, b in self.below())]))
        self.fit()

    def term_text(self, index: int) -> str:
        """ "C1/3/4,7: 0.42 × −1.31": weight times activation."""
        assert self.ledger is not None
        terms, at = self.ledger.terms, self.ledger.entries[index].term
        name = self._name(int(terms.source[at]))
        return f"{name}: {plain(terms.weight[at])} × {plain(terms.value[at])}"

    def below(self) -> list[tuple[str, str]]:
        """The lines below the terms: what they are called, and their numbers."""
        assert self.ledger is not None
        book = self.ledger
        lines = [(book.rest_label, self._text(book.rest))] if book.rest_label else []
        lines.append(("bias", self._text(book.bias)))
        scale = f" {book.unit.scale}" if book.unit.scale else ""
        return [*lines, (f"weighted sum{scale}", self._text(book.pre))]

    def height_for(self, width: int) -> int:
        if self.ledger is None:
            return 0
        return round(len(self.ledger.entries) * self._row + len(self.below()) * self.line + GAP * 2)

    def source_at(self, at: QPointF) -> int | None:
        index = self._index_at(at)
        if index is None or self.ledger is None:
            return None
        return int(self.ledger.terms.source[self.ledger.entries[index].term])

    def tip_at(self, at: QPointF) -> str:
        index = self._index_at(at)
        if index is None or self.ledger is None:
            return ""
        product = self.ledger.terms.product[self.ledger.entries[index].term]
        return f"{self.term_text(index)} ≈ {plain(product)}\nWeight × activation, all rounded. Double-click: go there"

    def row_place(self, index: int) -> QRectF:
        """Where the line of a term is."""
        return QRectF(0, index * self._row, self.width(), self._row)

    def paint(self, painter: QPainter, dirty: QRectF) -> None:
        book = self.ledger
        if book is None:
            return
        first, last = int(dirty.top() / self._row), int(dirty.bottom() / self._row) + 1
        for index in range(max(first, 0), min(last, len(book.entries))):
            self._paint_term(painter, index)
        y = len(book.entries) * self._row + GAP
        lines = self.below()
        for i, (name, number) in enumerate(lines):
            place = QRectF(0, y + i * self.line, self.width(), self.line)
            whole = i == len(lines) - 1
            if whole:
                place.translate(0, GAP)
                painter.setPen(QPen(QColor(self.theme.text_dim), 1.2))
                painter.drawLine(place.topLeft(), place.topRight())
            metrics = painter.fontMetrics()
            room = place.adjusted(0, 0, -metrics.horizontalAdvance(number) * 1.2 - 6, 0)
            shorter = (name, name.removeprefix("and "), f"{book.others:,} more")
            if name == book.rest_label:
                name = next(
                    (text for text in shorter if metrics.horizontalAdvance(text) <= room.width()), name
                )
            self.write(painter, room, name, LEFT, dim=not whole, bold=whole)
            self.write(painter, place, number, RIGHT, bold=whole)

    @property
    def _row(self) -> float:
        return 2 * self.line * 0.92 + GAP

    def _bar(self, painter: QPainter) -> float:
        """The length of a bar: the same in all lines, and no factors are cut off."""
        assert self.ledger is not None
        painter.setFont(self.type())
        metrics, count = painter.fontMetrics(), len(self.ledger.entries)
        texts = (f"≈ {self.term_text(i).rpartition(': ')[2]}" for i in range(min(count, 40)))
        widest = max((metrics.horizontalAdvance(text) for text in texts), default=0)
        return float(max(min(BAR * self.width(), self.width() - widest - 14), 16))

    def _index_at(self, at: QPointF) -> int | None:
        index = int(at.y() // self._row)
        return index if self.ledger is not None and 0 <= index < len(self.ledger.entries) else None

    def _text(self, count: int) -> str:
        assert self.ledger is not None
        return self.ledger.unit.text(count)

    def _paint_term(self, painter: QPainter, index: int) -> None:
        """Name and number above; factors and bar below them."""
        assert self.ledger is not None
        place, entry = self.row_place(index), self.ledger.entries[index]
        source = int(self.ledger.terms.source[entry.term])
        if source == self.term:
            self.shade(painter, place.adjusted(-2, 2, 2, 1))
        top = QRectF(place.left(), place.top() + GAP, place.width(), self.line * 0.92)
        number = self._text(entry.count)
        width = painter.fontMetrics().horizontalAdvance(number) * 1.15 + 6
        self.write(painter, top.adjusted(0, 0, -width, 0), self._name(source), LEFT)
        self.write(painter, top, number, RIGHT, bold=True)
        lower = top.translated(0, top.height())
        factors = f"≈ {self.term_text(index).rpartition(': ')[2]}"
        bar = self._bar(painter)
        self.write(painter, lower.adjusted(0, 0, -bar - 4, 0), factors, LEFT, dim=True)
        track = QRectF(lower.right() - bar, lower.center().y() - 3, bar, 6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.colour(0.62 if entry.count > 0 else -0.62))
        middle, length = track.center().x(), track.width() / 2 * abs(entry.count) / self._largest
        left = middle if entry.count > 0 else middle - length
        painter.drawRect(QRectF(left, track.top(), length, track.height()))
        painter.setPen(QPen(QColor(self.theme.text_dim), 1.0))
        painter.drawLine(QPointF(middle, track.top() - 2), QPointF(middle, track.bottom() + 2))
