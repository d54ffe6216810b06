"""The curve: probabilities of all classes over one transform of the drawing, with the present place marked."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QFont, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PyQt6.QtWidgets import QSizePolicy, QWidget

from nodelink.nn.naming import percent
from nodelink.qt.style import SMALL, TEXT, mix, on, scaled
from nodelink.theme import THEMES, Theme

Array = NDArray[np.float32]

CLASS_COLOURS = (  # told apart by hue and lightness, without red and green; further classes begin anew
    "#7fd0f5",
    "#ffb000",
    "#a78bfa",
    "#ff7a33",
    "#3fc1b0",
    "#f3e37c",
    "#ff8fc7",
    "#4f8dff",
    "#c9a27a",
    "#d0d4dc",
)
DARKER = 0.42  # share of black in them on a light ground
LABELLED = 0.12  # a class that is nowhere more probable than this has no name at its line
FAINT = 0.4  # opacity of what is out of date


def class_colour(index: int, theme: Theme) -> str:
    """The colour of a class, "#rrggbb"."""
    colour = CLASS_COLOURS[index % len(CLASS_COLOURS)]
    return mix(colour, "#000000", DARKER) if theme.name == "light" else colour


def runs(values: Array) -> list[tuple[int, int, int]]:
    """Where which class leads: (class, first step, one past the last) of values (steps, classes)."""
    best = values.argmax(axis=1)
    starts = [0, *(np.flatnonzero(np.diff(best)) + 1).tolist(), len(best)]
    return [(int(best[a]), a, b) for a, b in pairwise(starts)]


class Curve(QWidget):
    """Shows values (steps, classes) in [0, 1]; dragging along it picks a step."""

    picked = pyqtSignal(int)  # the step that the user wants

    def __init__(self) -> None:
        super().__init__()
        self.values: Array | None = None
        self.names: tuple[str, ...] = ()
        self.message = ""  # said instead of curves
        self.steps, self.step, self.neutral = 61, 30, 30
        self.ends = ("", "")
        self.stale = False  # the curves are those of an earlier drawing
        self._theme, self._text = THEMES["dark"], 1.0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Probabilities over the transform")
        self.setToolTip("Drag along the curve, or use the arrow keys. Double-click: as drawn.")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setCursor(Qt.CursorShape.SizeHorCursor)

    # What it shows -----------------------------------------------------------------------------------------

    def set_axis(self, steps: int, neutral: int, ends: tuple[str, str]) -> None:
        """Another transform: how many steps it has, at which nothing is changed, and what its ends are called."""
        self.steps, self.neutral, self.ends = steps, neutral, ends
        self.values = None
        self.update()

    def set_step(self, step: int) -> None:
        """Where the drawing is now."""
        self.step = step
        self.setAccessibleDescription(self.said())
        self.update()

    def set_curves(self, values: Array | None, names: tuple[str, ...] = (), message: str = "") -> None:
        """Values (steps, classes), or a message instead."""
        self.values, self.names, self.message, self.stale = values, names, message, False
        self.setAccessibleDescription(self.said())
        self.update()

    def set_stale(self) -> None:
        """What is shown belongs to an earlier drawing; it stays, faint, until the new one comes."""
        self.stale = True
        self.update()

    def set_look(self, theme_name: str, text: float) -> None:
        self._theme, self._text = THEMES[theme_name], text
        self.updateGeometry()
        self.update()

    def said(self) -> str:
        """The leading class here, in words."""
        if self.values is None:
            return self.message
        here = self.values[self.step]
        best = int(here.argmax())
        return f"{self.name(best)}: {percent(float(here[best]))}"

    def name(self, index: int) -> str:
        """What a class is called."""
        return self.names[index] if index < len(self.names) else str(index)

    def sizeHint(self) -> QSize:
        return QSize(220, 190 + 4 * scaled(SMALL, self._text))

    def minimumSizeHint(self) -> QSize:
        return QSize(150, 150 + 4 * scaled(SMALL, self._text))

    # Where things are --------------------------------------------------------------------------------------

    def plot(self) -> QRectF:
        """Where the lines are."""
        line = 1.5 * scaled(SMALL, self._text)
        return QRectF(self.rect()).adjusted(8, line + 6, -8, -line - 8)

    def x_of(self, step: float) -> float:
        plot = self.plot()
        return plot.left() + step / (self.steps - 1) * plot.width()

    def step_at(self, x: float) -> int:
        plot = self.plot()
        share = (x - plot.left()) / max(plot.width(), 1.0)
        return min(max(round(share * (self.steps - 1)), 0), self.steps - 1)

    # The hand ----------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        self.mouseMoveEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and event.buttons() & Qt.MouseButton.LeftButton:
            self._pick(self.step_at(event.position().x()))

    def mouseDoubleClickEvent(self, _event: QMouseEvent | None) -> None:
        self._pick(self.neutral)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is None:
            return
        keys = Qt.Key
        steps = {keys.Key_Left: -1, keys.Key_Right: 1, keys.Key_PageUp: 5, keys.Key_PageDown: -5}
        if event.key() in steps:
            self._pick(min(max(self.step + steps[Qt.Key(event.key())], 0), self.steps - 1))
        else:
            super().keyPressEvent(event)

    def _pick(self, step: int) -> None:
        if step != self.step:
            self.set_step(step)
            self.picked.emit(step)

    # How it looks ------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        told = self.values is None and bool(self.message)
        self._paint_ground(painter, empty=told)
        if self.values is not None:
            painter.setOpacity(FAINT if self.stale else 1.0)
            self._paint_lines(painter, self.values)
            self._paint_leaders(painter, self.values)
            painter.setOpacity(1.0)
            self._paint_half(painter)
        elif told:
            self._paint_message(painter)
        self._paint_marker(painter, line=not told)

    def _font(self, size: float, bold: bool = False) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(scaled(size, self._text))
        font.setBold(bold)
        return font

    def _paint_ground(self, painter: QPainter, *, empty: bool) -> None:
        """The frame with what its ends mean, and lines to read heights by, unless there is a message in their place."""
        theme, plot = self._theme, self.plot()
        painter.setPen(QPen(QColor(theme.panel_edge), 1.0))
        painter.setBrush(QColor(theme.panel))
        painter.drawRoundedRect(plot.adjusted(-4, -3, 4, 3), 5, 5)
        painter.setFont(self._font(SMALL))
        if not empty:
            self._paint_heights(painter, plot)
        painter.setPen(QColor(theme.text_dim))
        foot = QRectF(plot.left(), plot.bottom() + 7, plot.width(), self.height() - plot.bottom() - 7)
        top = Qt.AlignmentFlag.AlignTop
        for text, side in zip(
            self.ends, (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight), strict=True
        ):
            painter.drawText(foot, int(side | top), text)

    def _paint_message(self, painter: QPainter) -> None:
        """In the frame, smaller where there is little room."""
        room = self.plot().adjusted(6, 2, -6, -2)
        flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
        painter.setPen(QColor(self._theme.text_dim))
        for size in (TEXT, SMALL):
            painter.setFont(self._font(size))
            if painter.boundingRect(room, flags, self.message).height() <= room.height():
                break
        painter.setClipRect(room)
        painter.drawText(room, flags, self.message)
        painter.setClipping(False)

    def _paint_heights(self, painter: QPainter, plot: QRectF) -> None:
        """Lines at a half and where nothing is changed."""
        theme, middle, neutral = self._theme, plot.center().y(), self.x_of(self.neutral)
        painter.setPen(QPen(QColor(mix(theme.panel_edge, theme.text_dim, 0.3)), 1.0, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(plot.left(), middle), QPointF(plot.right(), middle))
        painter.drawLine(QPointF(neutral, plot.top()), QPointF(neutral, plot.bottom()))

    def _paint_half(self, painter: QPainter) -> None:
        """What the line at a half means, on a ground of its own: the curves pass there, too."""
        plot, text = self.plot(), "50 %"
        painter.setFont(self._font(SMALL))
        metrics = painter.fontMetrics()
        place = QRectF(plot.left(), 0, metrics.horizontalAdvance(text) + 6, metrics.height())
        place.moveBottom(plot.center().y() - 1)
        ground = QColor(self._theme.panel)
        ground.setAlphaF(0.8)
        painter.fillRect(place, ground)
        painter.setPen(QColor(self._theme.text_dim))
        painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), text)

    def _paint_lines(self, painter: QPainter, values: Array) -> None:
        plot = self.plot()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        best = values.max(axis=0)
        xs = [self.x_of(i) for i in range(len(values))]
        for index in np.argsort(best, kind="stable").tolist():  # the highest are painted last
            heights = plot.bottom() - values[:, index] * plot.height()
            line = QPolygonF([QPointF(x, float(y)) for x, y in zip(xs, heights, strict=True)])
            width = 2.6 if best[index] >= LABELLED else 1.2
            painter.setPen(QPen(QColor(class_colour(index, self._theme)), width * max(1.0, self._text * 0.8)))
            painter.drawPolyline(line)
        self._paint_names(painter, values)

    def _paint_names(self, painter: QPainter, values: Array) -> None:
        """The name of a class that never leads, at its highest point; the others stand above, where they lead."""
        plot, leaders = self.plot(), {run[0] for run in runs(values)}
        painter.setFont(self._font(SMALL, bold=True))
        metrics = painter.fontMetrics()
        for index in np.argsort(-values.max(axis=0)).tolist():
            peak = int(values[:, index].argmax())
            height = float(values[peak, index])
            if index in leaders or height < LABELLED:
                continue
            width = metrics.horizontalAdvance(self.name(index)) + 4
            x = min(max(self.x_of(peak) - width / 2, plot.left()), plot.right() - width)
            y = max(plot.bottom() - height * plot.height() - metrics.height() - 1, plot.top())
            painter.setPen(QColor(class_colour(index, self._theme)))
            painter.drawText(
                QRectF(x, y, width, metrics.height()), int(Qt.AlignmentFlag.AlignCenter), self.name(index)
            )

    def _paint_leaders(self, painter: QPainter, values: Array) -> None:
        """Above the lines: which class leads where, as a band with its name."""
        plot = self.plot()
        painter.setFont(self._font(TEXT, bold=True))
        metrics = painter.fontMetrics()
        height = plot.top() - 6
        for index, first, end in runs(values):
            left = plot.left() - 4 if first == 0 else self.x_of(first - 0.5)
            right = plot.right() + 4 if end == len(values) else self.x_of(end - 0.5)
            colour = class_colour(index, self._theme)
            band = QRectF(left, 1, right - left, height)
            painter.fillRect(band.adjusted(0.5, 0, -0.5, 0), QColor(colour))
            if metrics.horizontalAdvance(self.name(index)) + 4 <= band.width():
                painter.setPen(QColor(on(colour)))
                painter.drawText(band, int(Qt.AlignmentFlag.AlignCenter), self.name(index))

    def _paint_marker(self, painter: QPainter, *, line: bool) -> None:
        """A line through the present place, unless something is written there, with a handle below it."""
        theme, plot, x = self._theme, self.plot(), self.x_of(self.step)
        colour = QColor(theme.accent if self.hasFocus() else theme.text)
        painter.setPen(QPen(colour, 2.0))
        painter.drawLine(
            QPointF(x, plot.top() - 3 if line else plot.bottom() - 2), QPointF(x, plot.bottom() + 3)
        )
        size = 0.5 * scaled(SMALL, self._text)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        foot = plot.bottom() + 3
        corners = [(x, foot - 2), (x - size, foot + size), (x + size, foot + size)]
        painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))
        if self.values is not None:
            here = self.values[self.step]
            best = int(here.argmax())
            painter.setBrush(QColor(class_colour(best, theme)))
            painter.setPen(QPen(QColor(theme.panel), 1.5))
            painter.drawEllipse(QPointF(x, plot.bottom() - float(here[best]) * plot.height()), 5.0, 5.0)
