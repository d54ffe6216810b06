"""The parts of a sum in a row, each a number under what it stands for; in one line each where room is short."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QPainter

from nodelink.explain.written import Part
from nodelink.qt.arithmetic.lettering import LEFT, Lettering

LARGE = 1.25  # size of a part's number, in sizes of its label
BAR = 3.0  # height of the bar under a part, pixels at text size 1
SIGNS = {"sum": "= ", "value": "→ "}


@dataclass(frozen=True)
class Row:
    """Where the parts stand, line by line."""

    places: tuple[tuple[QRectF, Part], ...]
    height: float
    font: float  # of the labels, pixels
    inline: bool  # label and number stand beside each other

    def lowered(self, by: float) -> Row:
        """The same, so many pixels further down."""
        places = tuple((place.translated(0, by), part) for place, part in self.places)
        return Row(places, self.height, self.font, self.inline)


def row(parts: tuple[Part, ...], letters: Lettering, width: float, size: float, inline: bool = False) -> Row:
    """Parts from the upper left corner on. size: of their type, in sizes of the small one."""
    font = size * letters.small
    label = letters.metrics(font, bold=True)
    number = label if inline else letters.metrics(LARGE * font, bold=True)
    bar = (BAR + (2 if inline else 7)) * letters.text
    high = number.height() + bar + (0 if inline else letters.metrics(font).height())
    gap, x, y, places = 0.9 * font, 0.0, 0.0, []
    for part in parts:
        widths = label.horizontalAdvance(part.label), number.horizontalAdvance(said(part))
        wide = widths[0] + 0.4 * font + widths[1] if inline else max(widths)
        if x and x + wide > width:
            x, y = 0.0, y + high
        places.append((QRectF(x, y, wide, high), part))
        x += wide + gap
    return Row(tuple(places), y + high, font, inline)


def said(part: Part) -> str:
    """The number with the sign before it."""
    return SIGNS.get(part.kind, "") + part.text


def paint(
    painter: QPainter, line: Row, letters: Lettering, shown: Collection[int], *, bars: bool = True
) -> None:
    """shown: the tiles whose tables are painted."""
    largest = max((abs(part.count) for _, part in line.places if part.kind != "value"), default=1) or 1
    longest = min((place.width() for place, _ in line.places), default=0.0)  # one scale for all bars
    for place, part in line.places:
        below = _paint_part(painter, place, part, line, letters, chosen=part.tile in shown)
        share = max(-1.0, min(part.count / largest, 1.0))
        bar = QRectF(place.x(), below + 1, max(2.0, abs(share) * longest), BAR * letters.text)
        if share and bars:
            painter.fillRect(bar, letters.colour(0.55 if share > 0 else -0.55))


def _paint_part(
    painter: QPainter, place: QRectF, part: Part, line: Row, letters: Lettering, *, chosen: bool
) -> float:
    """Label and number; the height at which they end."""
    theme, font = letters.theme, line.font
    strong = part.kind in ("sum", "value")
    label = letters.metrics(font, bold=chosen)
    number = font if line.inline else LARGE * font
    high = letters.metrics(number).height()
    upper = QRectF(place.x(), place.y(), place.width() + 2, high if line.inline else label.height())
    letters.pen(painter, font, theme.accent if chosen else theme.text_dim, bold=chosen)
    painter.drawText(upper, LEFT, part.label)
    lower = QRectF(place.x(), upper.bottom(), place.width() + 2, high)
    if line.inline:
        lower = upper.adjusted(label.horizontalAdvance(part.label) + 0.4 * font, 0, font, 0)
    letters.pen(painter, number, theme.text, bold=strong)
    painter.drawText(lower, LEFT, said(part))
    return float(lower.bottom())
