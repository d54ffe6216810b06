"""Ramp: the scale of colours as a bar, with its ends."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFont, QLinearGradient, QPainter, QPaintEvent
from PyQt6.QtWidgets import QWidget

from nodelink.qt.style import SMALL, scaled
from nodelink.qt.tile_exhibits import short
from nodelink.theme import THEMES, Theme, diverging


class Ramp(QWidget):
    """The scale of colours with its ends."""

    def __init__(self) -> None:
        super().__init__()
        self._theme, self._text = THEMES["dark"], 1.0
        self._ends = "-full", "+full"
        self.setToolTip("A cell's colour is its value. What counts as full stands above every layer.")
        self.dress(self._theme, 1.0)

    def dress(self, theme: Theme, text: float) -> None:
        self._theme, self._text = theme, text
        self.setFixedSize(scaled(190, text), scaled(18, text))
        self.update()

    def scale(self, full: float | None) -> None:
        """The number at full colour; None: every layer has its own."""
        said = "full" if full is None else short(full)
        self._ends = f"-{said}", f"+{said}"
        self.update()

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter, face = QPainter(self), QFont(self.font())
        face.setPixelSize(scaled(SMALL, self._text))
        painter.setFont(face)
        painter.setPen(QColor(self._theme.text_dim))
        whole, middle = self.rect().toRectF(), Qt.AlignmentFlag.AlignVCenter
        painter.drawText(whole, int(Qt.AlignmentFlag.AlignLeft | middle), self._ends[0])
        painter.drawText(whole, int(Qt.AlignmentFlag.AlignRight | middle), self._ends[1])
        wide = max(map(painter.fontMetrics().horizontalAdvance, self._ends)) + 6
        bar = QRectF(wide, 3, whole.width() - 2 * wide, whole.height() - 6)
        fade = QLinearGradient(QPointF(bar.left(), 0), QPointF(bar.right(), 0))
        for share in np.linspace(-1, 1, 33):
            fade.setColorAt(
                (float(share) + 1) / 2, QColor.fromRgbF(*map(float, diverging(share, self._theme)))
            )
        painter.fillRect(bar, fade)
