"""Bars: a bar for every class, one below the other with its number, or upright beside one another."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from nodelink.qt.style import SMALL, TEXT, mix, scaled
from nodelink.theme import THEMES, Theme, diverging

ROW = 17  # pixels at text size 1; rows grow where there is room
TALLEST_ROW = 44  # pixels at text size 1
WIDEST_ROW = 0.16  # or this share of the width, where that is more
SHORT = 2  # letters of a class's name that fit below an upright bar
UPRIGHT = 46  # height of upright bars at text size 1


@dataclass(frozen=True)
class Row:
    """One bar."""

    name: str
    text: str  # its number
    share: float  # -1 to 1, length and colour
    first: bool


class Bars(QWidget):
    """The bars, painted: name, bar, number."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[Row] = []
        self._theme, self._text_size, self._dimmed, self._signed = THEMES["dark"], 1.0, False, False
        self._upright = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_rows(self, rows: list[Row], *, dimmed: bool, signed: bool = False) -> None:
        """signed: bars go both ways from the middle."""
        if len(rows) != len(self.rows):
            self.updateGeometry()
        self.rows, self._dimmed, self._signed = rows, dimmed, signed
        self.setAccessibleDescription("; ".join(f"{row.name}: {row.text}" for row in rows))
        self.update()

    def set_upright(self, on: bool) -> None:
        """Beside one another, without their numbers, instead of one below the other."""
        self._upright = on
        self.updateGeometry()
        self.update()

    def set_look(self, theme: Theme, text: float) -> None:
        self._theme, self._text_size = theme, text
        self.updateGeometry()
        self.update()

    def minimumSizeHint(self) -> QSize:
        rows = len(self.rows) * scaled(ROW, self._text_size)
        if self._upright:
            rows = scaled(UPRIGHT, self._text_size) if all(len(row.name) <= SHORT for row in self.rows) else 0
        return QSize(scaled(150, self._text_size), rows)

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()

    def row_height(self) -> float:
        """Height of one row in logical pixels."""
        tallest = max(TALLEST_ROW * self._text_size, WIDEST_ROW * self.width())
        return min(self.height() / max(len(self.rows), 1), tallest)

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._upright:
            self._paint_upright(painter)
            return
        height = self.row_height()
        for index, row in enumerate(self.rows):
            self._paint_row(painter, row, QRectF(0, index * height, self.width(), height))

    def _paint_upright(self, painter: QPainter) -> None:
        """Every class has the same width; its name stands below its bar."""
        font = QFont(self.font())
        font.setPixelSize(round(SMALL * self._text_size))
        step, low = self.width() / max(len(self.rows), 1), 1.3 * font.pixelSize()
        for index, row in enumerate(self.rows):
            strong = row.first and not self._dimmed
            font.setBold(strong)
            painter.setFont(font)
            theme = self._theme
            painter.setPen(QColor(theme.text if strong else mix(theme.text, theme.text_dim, 0.6)))
            name = QRectF(index * step, self.height() - low, step, low)
            painter.drawText(name, int(Qt.AlignmentFlag.AlignCenter), row.name)
            track = QRectF(index * step + 0.14 * step, 0, 0.72 * step, self.height() - low)
            painter.save()
            painter.translate(track.left(), track.bottom())
            painter.rotate(-90)  # a bar that lies, turned upright
            self._paint_bar(painter, row, QRectF(0, 0, track.height(), track.width()))
            painter.restore()

    def _paint_row(self, painter: QPainter, row: Row, place: QRectF) -> None:
        theme, font = self._theme, QFont(self.font())
        size = max(TEXT * self._text_size, place.height() * 0.45)
        font.setPixelSize(round(max(min(size, place.height() * 0.82), SMALL * self._text_size)))
        font.setBold(row.first and not self._dimmed)
        painter.setFont(font)
        metrics = painter.fontMetrics()
        name_width = max(metrics.horizontalAdvance(r.name) for r in self.rows) + 10
        name_width = min(name_width, round(place.width() / 3))
        number_width = metrics.horizontalAdvance(">99.9 %") + 10
        strong = row.first and not self._dimmed
        painter.setPen(QColor(theme.text if strong else mix(theme.text, theme.text_dim, 0.6)))
        name = metrics.elidedText(row.name, Qt.TextElideMode.ElideRight, name_width - 6)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(place, int(left), name)
        if row.text.startswith("<"):  # next to nothing, and said of most classes
            painter.setPen(QColor(theme.text_dim))
        painter.drawText(place, int(right), row.text)
        track = place.adjusted(name_width, place.height() * 0.22, -number_width, -place.height() * 0.22)
        self._paint_bar(painter, row, track)

    def _paint_bar(self, painter: QPainter, row: Row, track: QRectF) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(mix(self._theme.panel_raised, self._theme.panel_edge, 0.55)))
        painter.drawRoundedRect(track, 4, 4)
        red, green, blue = (round(float(c) * 255) for c in diverging(row.share, self._theme))
        colour = QColor(red, green, blue)
        colour.setAlphaF(0.35 if self._dimmed else 1.0)
        painter.setBrush(colour)
        width = track.width() * abs(row.share) * (0.5 if self._signed else 1.0)
        left = track.x()
        if self._signed:
            left = track.center().x() - (width if row.share < 0 else 0.0)
        if width >= 0.5:
            painter.drawRoundedRect(QRectF(left, track.y(), width, track.height()), 4, 4)
        if self._signed:
            painter.fillRect(
                QRectF(track.center().x() - 0.5, track.y() - 1, 1, track.height() + 2),
                QColor(self._theme.text_dim),
            )
