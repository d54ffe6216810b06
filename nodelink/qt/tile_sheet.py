"""Tile sheet: maps or kernels side by side, to be looked at closely: zoom at the pointer, pan, fit, point, click."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QEvent, QPointF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import (
    QFocusEvent,
    QFontMetricsF,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PyQt6.QtWidgets import QApplication, QPinchGesture, QSizePolicy, QWidget

from nodelink.graph.sheet import Sheet, Words, arrange
from nodelink.qt.banner import BY_KEY
from nodelink.qt.style import SCROLL_BAR, SMALL, TEXT
from nodelink.qt.tile_bars import MARGIN, TileBars, start
from nodelink.qt.tile_paint import Painter, Span, Wording, font, headings, outline
from nodelink.qt.tile_port import Exhibit, Look, Port, shades
from nodelink.theme import THEMES

LEAST = 0.8  # pixels of a cell of a map of 32 x 32 at text size 1: where all is not to be seen then, it is scrolled
SHORT_FROM = 1.1, 1.3  # so much larger must the tiles be for words in one line, for words without shapes
LOWER = 0.9  # or what is scrolled so much lower
STEP = 1.25  # of the zoom, a notch or a press
PAN = 0.12  # of the picture, a key press
LARGEST = 64.0  # pixels of a cell, at most
WORDINGS = tuple(Wording)
KEYS = {  # what they do while the sheet has the focus
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
ZOOM_KEYS = {Qt.Key.Key_PageUp: STEP, Qt.Key.Key_PageDown: 1 / STEP, Qt.Key.Key_Home: 0.0}


class TileSheet(QWidget):
    """Shows an `Exhibit`. Knows sections and values by number, not what they mean."""

    pointed = pyqtSignal(object)  # (section, index of the value) under the pointer, or None
    clicked = pyqtSignal(object)
    framed = pyqtSignal(object)  # (section, tile) whose edge or number is under the pointer, or None
    frame_clicked = pyqtSignal(object)

    def __init__(self) -> None:
        super().__init__()
        self.look = Look(THEMES["dark"], 1.0, self.font())
        self.exhibit: Exhibit | None = None
        self.sheet = Sheet((), 1.0, 1.0, 1.0)
        self.zoom = 1.0
        self.wording = WORDINGS[0]
        self.marks: tuple[Span, ...] = ()
        self.hovered: tuple[Span, ...] = ()
        self._middle = (0.5, 0.5)  # of the picture, as a share of the sheet
        self._picture: QImage | None = None
        self._colours: dict[int, NDArray[np.uint32]] = {}
        self._pressed: QPointF | None = None
        self._dragged = self._ringed = False
        self._under: tuple[int, int] | None = None
        self._framed: tuple[int, int] | None = None
        self.bars = TileBars(self)
        self.bars.moved.connect(self._scroll)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.grabGesture(Qt.GestureType.PinchGesture)
        self.setAccessibleName("Maps as tiles")

    # What is shown -----------------------------------------------------------------------------------------

    def show_exhibit(self, exhibit: Exhibit) -> None:
        """Other sections: everything is arranged anew, and seen as a whole."""
        self.exhibit, self.zoom, self._middle = exhibit, 1.0, (0.5, 0.0)
        self.marks = self.hovered = ()
        self._under = self._framed = None
        self._arrange()

    def show_values(self, exhibit: Exhibit) -> None:
        """Other values of the same sections."""
        self.exhibit = exhibit
        self._repaint(new_colours=True)

    def set_look(self, look: Look) -> None:
        if look != self.look:
            self.look = look
            self._colours = {}
            self._arrange()

    def mark(self, hovered: Sequence[Span], pinned: Sequence[Span]) -> None:
        """Outline what is pointed at, and what is pinned."""
        if (tuple(hovered), tuple(pinned)) != (self.hovered, self.marks):
            self.hovered, self.marks = tuple(hovered), tuple(pinned)
            self.update()

    def _arrange(self) -> None:
        if self.exhibit is None:
            return
        room = max(self.width() - 2 * MARGIN, 20.0), max(self.height() - 2 * MARGIN, 20.0)
        self.sheet, self.wording = self._best(room)
        if self.scrolls:
            self.sheet, self.wording = self._best((max(room[0] - SCROLL_BAR, 20.0), room[1]))
        self._repaint(new_colours=True)

    def _best(self, room: tuple[float, float]) -> tuple[Sheet, Wording]:
        """The arrangement with as many words as do not make the tiles much smaller."""
        assert self.exhibit is not None
        sections, least = self.exhibit.sections, LEAST * self.look.text
        sheet, said = arrange(sections, room, self._words(WORDINGS[0]), least), WORDINGS[0]
        for wording, factor in zip(WORDINGS[1:], SHORT_FROM, strict=True):
            other = arrange(sections, room, self._words(wording), least)
            lower = sheet.height > room[1] and other.height < LOWER * sheet.height
            if other.scale > factor * sheet.scale or lower:
                sheet, said = other, wording
        return sheet, said

    @property
    def scrolls(self) -> bool:
        """Whether not all of the sheet is in view as it was arranged."""
        return self.sheet.height > self.height() - 2 * MARGIN or self.sheet.width > self.width() - 2 * MARGIN

    def _words(self, wording: Wording) -> Words:
        """The room that words need."""
        assert self.exhibit is not None
        bold, small = (QFontMetricsF(font(n, self.look, bold=n == TEXT)) for n in (TEXT, SMALL))
        widths = []
        for number in range(len(self.exhibit.sections)):
            title, beside, below = headings(self.exhibit, number, wording)
            first = bold.horizontalAdvance(title) + small.horizontalAdvance(beside)
            widths.append(max(first, small.horizontalAdvance(below)))
        lines = bold.height() + (small.height() if wording is Wording.TWO_LINES else 0.0)
        return Words(lines + 5, small.height() + 1, 16.0, tuple(widths))

    def _repaint(self, *, new_colours: bool = False) -> None:
        if new_colours:
            self._colours = {}
        self._picture = None
        self.bars.show_port(self.port(), self.sheet)
        self.update()

    def _colours_of(self, number: int) -> NDArray[np.uint32]:
        """Made when first seen, kept until values or colours change."""
        assert self.exhibit is not None
        if number not in self._colours:
            values, full = self.exhibit.values(number), self.exhibit.full[number]
            self._colours[number] = shades(values, full, self.look.theme)
        return self._colours[number]

    # Where it is seen --------------------------------------------------------------------------------------

    def port(self) -> Port:
        """The part of the sheet that is in view."""
        sheet, wide, high = self.sheet, self.width() / self.zoom, self.height() / self.zoom
        left = start(self._middle[0] * sheet.width, wide, sheet.width, 1 / self.zoom)
        top = start(self._middle[1] * sheet.height, high, sheet.height, 1 / self.zoom)
        return Port(left, top, self.zoom, self.width(), self.height())

    def _scroll(self, way: Qt.Orientation, start: float) -> None:
        """The user has moved a scroll bar: the view begins there."""
        port = self.port()
        x, y = port.on_sheet(port.width / 2, port.height / 2)
        if way is Qt.Orientation.Horizontal:
            self._look_at(start + port.width / port.zoom / 2, y)
        else:
            self._look_at(x, start + port.height / port.zoom / 2)

    def side(self, number: int) -> float:
        """Of a cell of a section in the picture, pixels."""
        return self.sheet.blocks[number].cell * self.zoom

    @property
    def largest(self) -> float:
        """The zoom at which the smallest cells are large."""
        return max(1.0, LARGEST / min((block.cell for block in self.sheet.blocks), default=LARGEST))

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Nearer or farther; what is at a place in the picture, or in its middle, stays there."""
        at = at if at is not None else QPointF(self.width() / 2, self.height() / 2)
        x, y = self.port().on_sheet(at.x(), at.y())
        zoom = min(max(self.zoom * factor, 1.0), self.largest)
        if zoom != self.zoom:
            self.zoom = zoom
            self._look_at(x - (at.x() - self.width() / 2) / zoom, y - (at.y() - self.height() / 2) / zoom)

    def fit(self) -> None:
        """The whole sheet."""
        self.zoom, self._middle = 1.0, (0.5, 0.0)
        self._repaint()

    def pan(self, dx: float, dy: float) -> None:
        """Move the sheet by pixels of the picture."""
        x, y = self.port().on_sheet(self.width() / 2 - dx, self.height() / 2 - dy)
        self._look_at(x, y)

    def _look_at(self, x: float, y: float) -> None:
        """Bring a point of the sheet to the middle, as far as there is sheet to see."""
        sheet = self.sheet
        self._middle = x / sheet.width, y / sheet.height
        port = self.port()
        x, y = port.on_sheet(self.width() / 2, self.height() / 2)
        self._middle = x / sheet.width, y / sheet.height
        self._repaint()

    # The hand ----------------------------------------------------------------------------------------------

    def hit(self, at: QPointF) -> tuple[int, int] | None:
        """Section and index of the value at a place in the picture."""
        return self.sheet.hit(*self.port().on_sheet(at.x(), at.y()))

    def tile(self, at: QPointF) -> tuple[int, int] | None:
        """Section and number of the tile there, where what is there is its edge or its number, no value."""
        place = self.port().on_sheet(at.x(), at.y())
        return None if self.sheet.hit(*place) is not None else self.sheet.tile(*place)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        self._pressed, self._dragged = event.position(), False
        self._ring(False)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        if self._pressed is None:
            self._point(event.position())
            return
        move = event.position() - self._pressed
        if self._dragged or move.manhattanLength() >= QApplication.startDragDistance():
            self._dragged, self._pressed = True, event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self._point(None)
            self.pan(move.x(), move.y())

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        pressed, self._pressed = self._pressed, None
        self.unsetCursor()
        if pressed is not None and not self._dragged and event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit(self.hit(event.position()))
            self.frame_clicked.emit(self.tile(event.position()))

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        """The second click of two is no click of its own."""
        assert event is not None
        self.zoom_by(STEP**3, event.position())

    def leaveEvent(self, event: QEvent | None) -> None:
        super().leaveEvent(event)
        self._point(None)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """Zooms; where the sheet is scrolled it moves that, and zooms with Ctrl."""
        assert event is not None
        pixel, angle = event.pixelDelta(), event.angleDelta()
        zooms = event.modifiers() & Qt.KeyboardModifier.ControlModifier or not self.scrolls
        if angle.x() and abs(angle.x()) > abs(angle.y()):
            self.pan(pixel.x() or angle.x() / 4, 0.0)
        elif zooms:
            self.zoom_by(STEP ** ((pixel.y() / 40) if pixel.y() else angle.y() / 120), event.position())
        else:
            self.pan(0.0, pixel.y() or angle.y() / 120 * PAN * self.height())
        self._point(event.position())
        event.accept()

    def event(self, event: QEvent | None) -> bool:
        """Pinches, and keys that would otherwise move the camera."""
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                at = QPointF(self.mapFromGlobal(event.globalPosition()))
                self.zoom_by(max(0.1, 1.0 + event.value()), at)
            return True
        if event is not None and event.type() == QEvent.Type.Gesture:
            pinch = event.gesture(Qt.GestureType.PinchGesture)  # type: ignore[attr-defined]
            if isinstance(pinch, QPinchGesture):
                self.zoom_by(pinch.scaleFactor(), QPointF(self.mapFromGlobal(pinch.centerPoint().toPoint())))
            return True
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and _is_mine(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        key = Qt.Key(event.key())
        if key in KEYS:
            across, down = KEYS[key]
            self.pan(-across * PAN * self.width(), -down * PAN * self.height())
        elif key in ZOOM_KEYS:
            self.zoom_by(ZOOM_KEYS[key]) if ZOOM_KEYS[key] else self.fit()
        else:
            super().keyPressEvent(event)

    def _point(self, at: QPointF | None) -> None:
        under, framed = (None, None) if at is None else (self.hit(at), self.tile(at))
        if under != self._under:
            self._under = under
            self.pointed.emit(under)
        if framed != self._framed:
            self._framed = framed
            self.framed.emit(framed)

    # How it looks ------------------------------------------------------------------------------------------

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 40)

    def sizeHint(self) -> QSize:
        return QSize(400, 200)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._arrange()

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        super().focusInEvent(event)
        self._ring(event is not None and event.reason() in BY_KEY)

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        super().focusOutEvent(event)
        self._ring(False)

    def _ring(self, on: bool) -> None:
        if on != self._ringed:
            self._ringed = on
            self.update()

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        if self.exhibit is None:
            return
        port, theme = self.port(), self.look.theme
        if self._picture is None:
            brush = Painter(self.sheet, self.exhibit, port, self.look, self.wording)
            self._picture = brush.picture(self.devicePixelRatioF(), self._colours_of)
        painter = QPainter(self)
        painter.drawImage(0, 0, self._picture)
        for span in self.marks:
            outline(painter, self.sheet, port, span, theme.text, theme.panel)
        for span in self.hovered:
            outline(painter, self.sheet, port, span, theme.accent, theme.panel)
        if self._ringed:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self.palette().highlight(), 2.0))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))


def _is_mine(event: QKeyEvent) -> bool:
    plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.NoModifier
    return plain and event.key() in (*KEYS, *ZOOM_KEYS)
