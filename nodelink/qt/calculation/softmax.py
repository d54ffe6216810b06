"""A softmax written out: every logit, its exponential, its share of their sum."""

# ruff: noqa: ARG002 - all parts are called alike, whether they need every argument or not

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import numpy as np
from PyQt6.QtCore import QPointF, QRectF
from PyQt6.QtGui import QColor, QMouseEvent, QPainter, QPen

from nodelink.explain.contributions import Softmax
from nodelink.explain.ledger import powers, shares, unit_for
from nodelink.explain.written import power_head
from nodelink.qt.calculation.paper import LEFT, RIGHT, Paper
from nodelink.qt.style import SMALL

LEAST = 6.0  # between two columns
GAP = 4.0
SIZES = (1.0, 0.92, 0.85, 0.78, 0.7)  # of the type, in sizes of the small one
SHORT = ("", "logit", "≈ power", "≈ share")
NAMES = 0.25  # of the width at most have the names for sure


class SoftmaxTable(Paper):
    """One line a class, the sum below. What is printed adds up: rounding of the shares has a line of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.softmax: Softmax | None = None
        self._logit = "logit"
        self.lines: list[tuple[str, str, str, str]] = []
        self.foot: list[tuple[str, str, str, str]] = []  # rounding and sum; or that there is none

    def set_softmax(self, softmax: Softmax, name: Callable[[int], str]) -> None:
        """`name` says what the node of an id is called."""
        self.softmax = softmax
        power, share = powers(softmax), shares(softmax)
        unit = unit_for(float(np.abs(softmax.logits).max()))  # as the weighted sum is printed
        self._logit = f"logit {unit.scale}".strip()
        rows = zip(softmax.nodes, softmax.logits, power.texts, share.texts, strict=True)
        self.lines = [
            (name(int(node)), unit.text(unit.count(float(logit))), e, p or "off")
            for node, logit, e, p in rows
        ]
        rest = power.rounding, share.rounding
        self.foot = [("rounding", "", *rest)] if any(rest) else []
        self.foot.append(("sum", "", power.total, share.total))
        if softmax.off.all():
            self.foot = [("all are off", "", "", "")]
        lines = (filter(None, line) for line in (*self.lines, *self.foot))
        self.setAccessibleDescription("; ".join(", ".join(line) for line in lines))
        self.fit()

    @property
    def heads(self) -> tuple[str, str, str, str]:
        power = power_head(self.softmax) if self.softmax is not None else ""
        return "", self._logit, f"≈ {power}", "≈ share"

    def height_for(self, width: int) -> int:
        return round((len(self.lines) + 1 + len(self.foot)) * self.line + 2 * GAP) if self.lines else 0

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        """Its nodes are no terms, but can be gone to."""
        index = -1 if event is None else int(event.position().y() // self.line) - 1
        if self.softmax is not None and 0 <= index < len(self.lines):
            self.visited.emit(int(self.softmax.nodes[index]))

    def paint(self, painter: QPainter, dirty: QRectF) -> None:
        if self.softmax is None:
            return
        self._paint_line(painter, 0, self.heads, dim=True)
        for i, line in enumerate(self.lines):
            if i == self.softmax.index:
                self.shade(painter, QRectF(-2, (i + 1) * self.line, self.width() + 4, self.line))
            self._paint_line(painter, i + 1, line)
        for i, line in enumerate(self.foot[:-1]):
            self._paint_line(painter, len(self.lines) + 1 + i, line, dim=True)
        last = len(self.lines) + len(self.foot)
        y = last * self.line + GAP
        painter.setPen(QPen(QColor(self.theme.text_dim), 1.2))
        painter.drawLine(QPointF(0, y), QPointF(self.width(), y))
        self._paint_line(painter, last, self.foot[-1], lower=GAP)

    def columns(self, painter: QPainter) -> tuple[float, list[float], tuple[str, str, str, str]]:
        """The size of the type, smaller where the names would have no room; where the columns end; what they hold.

        Where there is very little room the formula alone says what was subtracted from the logits.
        """
        below = [line[1:] for line in (*self.lines, *self.foot)]
        for heads, share in product((self.heads, SHORT), SIZES):
            rows = [heads[1:], *below]
            painter.setFont(self.type(size=share * SMALL))
            measure = painter.fontMetrics().horizontalAdvance
            names = min(max((measure(line[0]) for line in self.lines), default=0), NAMES * self.width())
            widths = [max(measure(row[i]) for row in rows) + LEAST for i in range(3)]
            if sum(widths) + names <= self.width():
                break
        spare = max(self.width() - sum(widths) - names, 0.0) / 4
        ends = [float(self.width())]
        for width in reversed(widths):
            ends.insert(0, ends[0] - width - spare)
        return share * SMALL, ends, heads

    def _paint_line(
        self,
        painter: QPainter,
        row: int,
        cells: tuple[str, str, str, str],
        *,
        dim: bool = False,
        lower: float = 0.0,
    ) -> None:
        left = 0.0
        size, ends, heads = self.columns(painter)
        for i, (cell, right) in enumerate(zip(cells if row else heads, ends, strict=True)):
            room = right - left if cells[1] or i else self.width() / 2  # "rounding" has no number beside it
            place = QRectF(left, row * self.line + lower, room, self.line)
            self.write(painter, place, cell, RIGHT if i else LEFT, dim=dim, size=size)
            left = right
