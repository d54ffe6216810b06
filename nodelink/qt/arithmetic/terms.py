"""The terms of a dense unit: a line each, factors and product, in as many columns as there is room for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QPainter

from nodelink.explain.written import Part
from nodelink.qt.arithmetic.lettering import LEFT, RIGHT, Lettering

GAP = 0.6  # between what stands in a line, in text sizes
BETWEEN = 1.8  # between two columns
BAR = 2.4  # the longest bar
THICK = 4.0  # of a bar, pixels at text size 1


@dataclass(frozen=True)
class Lines:
    """How terms are laid out, column by column."""

    font: float  # pixels
    widths: tuple[float, float, float, float]  # of name, factors, product and bar
    high: float  # a line
    across: int  # columns
    down: int  # lines in each

    @property
    def room(self) -> int:
        """For so many terms."""
        return self.across * self.down


def lay(parts: Sequence[Part], letters: Lettering, size: float, width: float, height: float) -> Lines:
    """Terms in type of a size, in small sizes, in so much room."""
    font = size * letters.small
    metrics = letters.metrics(font)
    texts = ([part.label for part in parts], [part.how for part in parts], [part.text for part in parts])
    name, how, text = (max((metrics.horizontalAdvance(t) for t in each), default=0.0) for each in texts)
    wide = name + how + text + (3 * GAP + BAR) * font
    across = max(1, int((width + BETWEEN * font) // (wide + BETWEEN * font)))
    bar = BAR * font if wide <= width else max(BAR * font - (wide - width), 0.0)
    high = metrics.height() * 1.08
    return Lines(font, (name, how, text, bar), high, across, max(0, int(height // high)))


def paint(painter: QPainter, parts: Sequence[Part], lines: Lines, letters: Lettering, width: float) -> None:
    """The terms, read down the first column, then down the next."""
    largest = max((abs(part.count) for part in parts), default=1) or 1
    gap = GAP * lines.font
    down = -(-len(parts) // lines.across)  # all columns are alike
    name, how, text, bar = lines.widths
    step = (width + BETWEEN * lines.font) / lines.across
    for index, part in enumerate(parts):
        column, line = divmod(index, down)
        place = QRectF(column * step, line * lines.high, name, lines.high)
        letters.pen(painter, lines.font, letters.theme.text_dim)
        painter.drawText(place, LEFT, part.label)
        place = QRectF(place.right() + gap, place.y(), how, lines.high)
        painter.drawText(place, RIGHT, part.how)
        place = QRectF(place.right() + gap, place.y(), text, lines.high)
        letters.pen(painter, lines.font, letters.theme.text)
        painter.drawText(place, RIGHT, part.text)
        thick = THICK * letters.text
        length = bar * abs(part.count) / largest
        track = QRectF(place.right() + gap, place.center().y() - thick / 2, length, thick)
        painter.fillRect(track, letters.colour(0.55 if part.count > 0 else -0.55))
