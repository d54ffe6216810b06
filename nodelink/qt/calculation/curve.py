"""The activation function as a curve, with the node's own point on it."""

# ruff: noqa: ARG002 - all parts are called alike, whether they need every argument or not

from __future__ import annotations

import math

import numpy as np
from PyQt6.QtCore import QPointF, QRectF
from PyQt6.QtGui import QColor, QPainter, QPen, QPolygonF

from nodelink.explain.contributions import Terms
from nodelink.explain.ledger import plain
from nodelink.nn.activations import activate
from nodelink.nn.naming import percent
from nodelink.qt.calculation.paper import LEFT, RIGHT, Paper
from nodelink.qt.style import scaled

HEIGHT = 104  # pixels at text size 1
POINTS = 121
LEAST_REACH = 2.0  # the weighted sums shown reach at least so far from 0


class Curve(Paper):
    """Weighted sum from left to right, output from below to above."""

    def __init__(self) -> None:
        super().__init__()
        self.pre = self.out = 0.0
        self._activation, self._out = "identity", ""
        self._others = 0.0  # of a softmax: log of the sum of the others' exponentials

    def set_terms(self, terms: Terms) -> None:
        """Show the point of a node; a softmax as a function of its own logit, with the others as they are."""
        self.pre, self.out, self._activation = terms.pre, terms.out, terms.stage.activation
        if terms.softmax is not None:
            found = terms.softmax
            others = math.fsum(p for i, p in enumerate(found.powers.tolist()) if i != found.index)
            self._others = math.log(others) + found.lowered if others > 0 else -math.inf
        self._out = percent(self.out) if terms.softmax is not None else plain(self.out)
        self.setAccessibleDescription(f"{self._activation} of {plain(self.pre)} is {self._out}")
        self.update()

    def value(self, x: float) -> float:
        """The output for a weighted sum of x."""
        if self._activation == "softmax":
            return 1 / (1 + math.exp(min(max(self._others - x, -700.0), 700.0)))
        return float(activate(self._activation, np.array([[x]]))[0, 0])

    def height_for(self, width: int) -> int:
        return scaled(HEIGHT, self.text) + self.line

    def axes(self) -> tuple[QRectF, float, tuple[float, float]]:
        """The frame of the curve, how far it reaches to both sides of 0, and the lowest and highest output shown."""
        frame = QRectF(4, 4, self.width() - 8, self.height() - self.line - 8)
        reach = max(LEAST_REACH, 1.25 * abs(self.pre))
        ends = [self.value(-reach), self.value(reach), 0.0, self.out]
        margin = 0.08 * (max(ends) - min(ends) or 1.0)
        return frame, reach, (min(ends) - margin, max(ends) + margin)

    def spot(self, x: float, y: float) -> QPointF:
        """Where a weighted sum and an output lie."""
        frame, reach, (low, high) = self.axes()
        return QPointF(
            frame.left() + (x + reach) / (2 * reach) * frame.width(),
            frame.bottom() - (y - low) / (high - low) * frame.height(),
        )

    def paint(self, painter: QPainter, dirty: QRectF) -> None:
        frame, reach, _ = self.axes()
        painter.setPen(QPen(QColor(self.theme.panel_edge), 1.2))
        zero, here = self.spot(0, 0), self.spot(self.pre, self.out)
        painter.drawLine(QPointF(frame.left(), zero.y()), QPointF(frame.right(), zero.y()))
        painter.drawLine(QPointF(zero.x(), frame.top()), QPointF(zero.x(), frame.bottom()))
        line = [self.spot(x, self.value(x)) for x in np.linspace(-reach, reach, POINTS).tolist()]
        painter.setPen(QPen(QColor(self.theme.text_dim), 2.2))
        painter.drawPolyline(QPolygonF(line))
        dashes = QPen(QColor(self.theme.accent), 1.2)
        dashes.setDashPattern([3, 3])
        painter.setPen(dashes)
        painter.drawLine(QPointF(here.x(), zero.y()), here)
        painter.drawLine(QPointF(zero.x(), here.y()), here)
        painter.setPen(QPen(QColor(self.theme.panel_raised), 2))
        painter.setBrush(QColor(self.theme.accent))
        painter.drawEllipse(here, 5.5, 5.5)
        below = QRectF(0, self.height() - self.line, self.width(), self.line)
        self.write(painter, below, f"in {plain(self.pre)}", LEFT, dim=True)
        self.write(painter, below, f"out {self._out}", RIGHT, dim=True)
