"""Lettering: the type and the colours in which a sheet is written."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor, QFont, QFontMetrics, QFontMetricsF, QPainter

from nodelink.qt.style import SMALL, scaled
from nodelink.theme import Theme, diverging

CENTRE = int(Qt.AlignmentFlag.AlignCenter)
LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


@dataclass(frozen=True)
class Lettering:
    """What is written looks alike everywhere on a sheet."""

    theme: Theme
    text: float  # factor on all text
    base: QFont

    @property
    def small(self) -> int:
        """The usual height of the type, pixels."""
        return scaled(SMALL, self.text)

    def font(self, pixels: float, bold: bool = False) -> QFont:
        font = QFont(self.base)
        font.setPixelSize(max(1, round(pixels)))
        font.setBold(bold)
        return font

    def metrics(self, pixels: float, bold: bool = False) -> QFontMetricsF:
        return QFontMetricsF(self.font(pixels, bold))

    def pen(self, painter: QPainter, pixels: float, colour: str, bold: bool = False) -> None:
        """What is written next."""
        painter.setFont(self.font(pixels, bold))
        painter.setPen(QColor(colour))

    def colour(self, share: float) -> QColor:
        """The colour of a value, -1 to 1."""
        red, green, blue = (round(float(c) * 255) for c in diverging(share, self.theme))
        return QColor(red, green, blue)


def fitting(texts: tuple[str, ...], metrics: QFontMetrics, width: int) -> str:
    """The first of the texts that is not too wide; the last one shortened where all are."""
    for text in texts:
        if metrics.horizontalAdvance(text) <= width:
            return text
    return metrics.elidedText(texts[-1], Qt.TextElideMode.ElideRight, width)
