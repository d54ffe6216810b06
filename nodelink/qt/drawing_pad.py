"""The drawing pad: paints the session's ink, reports pointer movement in pad pixels. Decides nothing."""

from __future__ import annotations

from time import monotonic

import numpy as np
from PyQt6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import (
    QColor,
    QCursor,
    QEventPoint,
    QFont,
    QFontMetricsF,
    QInputDevice,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QPointingDevice,
    QResizeEvent,
    QTabletEvent,
    QTouchEvent,
)
from PyQt6.QtWidgets import QSizePolicy, QWidget

from nodelink.nn.preprocess import PAD
from nodelink.qt.pictures import Array, ink_image
from nodelink.qt.style import SMALL
from nodelink.theme import THEMES

PALM = 1.0  # seconds after a pen was near in which touches are those of the hand that holds it
SIZES = (0.4, 1.6)  # of the brush without any and with full pressure; half the pressure is the brush as set
STEADY = 0.5  # share of the last size in the next one: pressure trembles
TOUCHES = (
    QEvent.Type.TouchBegin,
    QEvent.Type.TouchUpdate,
    QEvent.Type.TouchEnd,
    QEvent.Type.TouchCancel,
)
FRAME = 0.016  # seconds: pointer moves that arrive closer together are answered together
LEAST = 132  # logical pixels across
STEP = 140  # from the full size on, the pad grows in such steps, which keeps its pixels sharp
RADIUS = 10


def side_of(room: int) -> int:
    """How large the pad is drawn, in logical pixels, where there is so much room."""
    return room - room % STEP if room >= PAD else max(room, LEAST)


class DrawingPad(QWidget):
    """A square of 280 x 280 pad pixels, shown 280 logical pixels across or as large as there is room."""

    # x, y in pad pixels; whether the eraser is meant; factor on the brush, of a pen that feels pressure, else None
    pressed = pyqtSignal(float, float, bool, object)
    moved = pyqtSignal(
        list
    )  # [(x, y) or (x, y, factor), ...] since the last report, at most one report a frame
    released = pyqtSignal()
    dropped = pyqtSignal()  # what was being drawn was not meant

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleName("Drawing pad")
        self._theme = THEMES["dark"]
        self._ink: Array = np.zeros((PAD, PAD), np.float32)
        self._image = ink_image(self._ink, self._theme)
        self._hint, self._hint_is_large = "", True
        self._outline: QRectF | None = None  # in pad pixels
        self._text_size = 1.0
        self._brush = 22.0
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setTabletTracking(True)
        self._tool: str | None = None  # what draws now: "mouse", "pen" or "finger"; the others wait
        self._finger = -1  # its number
        self._pen_near = -PALM  # when a pen was last near
        self._size: float | None = None  # factor on the brush, of a pen that feels pressure
        self._points: list[tuple[float, ...]] = []
        self._reported = 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._report)

    # What it shows -----------------------------------------------------------------------------------------

    def set_ink(self, ink: Array) -> None:
        """Show ink (280, 280)."""
        self._ink = ink
        self._image = ink_image(ink, self._theme)
        self.update()

    def set_look(self, theme_name: str, text_size: float, brush: float) -> None:
        self._theme, self._text_size, self._brush = THEMES[theme_name], text_size, brush
        self._take_brush()
        self.set_ink(self._ink)

    def set_hint(self, text: str, *, large: bool) -> None:
        """What a newcomer reads on the pad: large in the middle, or small at the lower edge, else the upper
        one. Where it would cross the drawing it is left out."""
        self._hint, self._hint_is_large = text, large
        self.update()

    def set_outline(self, outline: QRectF | None) -> None:
        """Outline what a node sees of the pad, in pad pixels."""
        if outline != self._outline:
            self._outline = outline
            self.update()

    @property
    def outline(self) -> QRectF | None:
        return self._outline

    @property
    def ink(self) -> Array:
        return self._ink

    @property
    def hint(self) -> str:
        return self._hint

    def sizeHint(self) -> QSize:
        return QSize(PAD, PAD)

    def minimumSizeHint(self) -> QSize:
        return QSize(LEAST, LEAST)

    def square(self) -> QRectF:
        """Where the pad is within the widget."""
        side = side_of(min(self.width(), self.height()))
        return QRectF((self.width() - side) // 2, (self.height() - side) // 2, side, side)

    def to_pad(self, position: QPointF) -> tuple[float, float]:
        """Pad pixels of a position in the widget."""
        square = self.square()
        scale = PAD / square.width()
        return (position.x() - square.x()) * scale, (position.y() - square.y()) * scale

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        square = self.square()
        outline = QPainterPath()
        outline.addRoundedRect(square, RADIUS, RADIUS)
        painter.setClipPath(outline)
        painter.drawImage(square, self._image)
        if self._hint and self._tool is None:
            self._paint_hint(painter, square)
        if self._outline is not None:
            self._paint_outline(painter, square)
        painter.setClipping(False)
        painter.setPen(QPen(QColor(self._theme.panel_edge), 1.5))
        painter.drawPath(outline)

    def _paint_outline(self, painter: QPainter, square: QRectF) -> None:
        """Twice, so that it is seen on paper and on ink."""
        assert self._outline is not None
        scale, box = square.width() / PAD, self._outline
        place = QRectF(box.x() * scale, box.y() * scale, box.width() * scale, box.height() * scale)
        place = place.translated(square.topLeft()).intersected(square.adjusted(1.5, 1.5, -1.5, -1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in ((self._theme.panel, 4.5), (self._theme.accent, 2.0)):
            painter.setPen(QPen(QColor(colour), width))
            painter.drawRect(place)

    def _paint_hint(self, painter: QPainter, square: QRectF) -> None:
        font = QFont(self.font())
        inner = square.adjusted(10, 8, -10, -8)
        least = round(SMALL * self._text_size)
        font.setPixelSize(round(24 * self._text_size) if self._hint_is_large else least)
        width = QFontMetricsF(font).horizontalAdvance(self._hint)
        smaller = int(font.pixelSize() * min(1.0, inner.width() / width))
        font.setPixelSize(max(least, smaller))  # what is too wide even so goes to the next line
        painter.setFont(font)
        painter.setPen(QColor(self._theme.text_dim))
        places = Qt.AlignmentFlag
        for place in (places.AlignCenter,) if self._hint_is_large else (places.AlignBottom, places.AlignTop):
            flags = int(place | places.AlignHCenter) | int(Qt.TextFlag.TextWordWrap)
            air = 0.2 * font.pixelSize()  # over and under the letters of a line
            if self._is_blank(painter.boundingRect(inner, flags, self._hint).adjusted(0, air, 0, -air)):
                painter.drawText(inner, flags, self._hint)
                return

    def _is_blank(self, part: QRectF) -> bool:
        """Whether no ink is in this part of the widget."""
        (left, top), (right, bottom) = self.to_pad(part.topLeft()), self.to_pad(part.bottomRight())
        rows, columns = slice(max(0, int(top)), int(bottom) + 1), slice(max(0, int(left)), int(right) + 1)
        return not self._ink[rows, columns].any()

    def _take_brush(self) -> None:
        """The pointer is the brush, as large as its stroke. As a cursor it costs no repaint of the window."""
        diameter = self._brush * self.square().width() / PAD
        ratio = self.devicePixelRatioF()
        side = round(diameter) + 4
        pixmap = QPixmap(round(side * ratio), round(side * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = QPointF(side / 2, side / 2)
        for colour, width in ((self._theme.neutral, 3.0), (self._theme.accent, 1.4)):
            painter.setPen(QPen(QColor(colour), width))
            painter.drawEllipse(middle, diameter / 2 - 0.5, diameter / 2 - 0.5)
        painter.drawPoint(middle)
        painter.end()
        self.setCursor(QCursor(pixmap))

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._take_brush()

    # What it reports ---------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        buttons = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
        if event.button() in buttons and _is_mouse(event):
            self._press("mouse", event.position(), event.button() == buttons[1])

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        self._move("mouse", event.position())

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        if event.buttons() == Qt.MouseButton.NoButton:
            self._release("mouse")

    def tabletEvent(self, event: QTabletEvent | None) -> None:
        """A pen: its positions are finer than a pixel, it may feel pressure, and its other end erases."""
        assert event is not None
        kinds = QTabletEvent.Type
        self._pen_near = monotonic()
        if event.type() == kinds.TabletPress:
            if self._tool == "finger":  # that was the palm
                self._drop()
            self._size = _size(event)
            self._press("pen", event.position(), event.pointerType() == QPointingDevice.PointerType.Eraser)
        elif event.type() == kinds.TabletMove and self._tool == "pen":
            if self._size is not None:
                self._size += (1 - STEADY) * ((_size(event) or self._size) - self._size)
            self._move("pen", event.position())
        elif event.type() == kinds.TabletRelease and not event.buttons() & Qt.MouseButton.LeftButton:
            self._release("pen")  # and not only a button on its side
        event.accept()

    def event(self, event: QEvent | None) -> bool:
        if event is not None and event.type() in TOUCHES and isinstance(event, QTouchEvent):
            self._touch(event)
            event.accept()  # or it would come again as a mouse
            return True
        return super().event(event)

    def _touch(self, event: QTouchEvent) -> None:
        """One finger draws; a second one, and a palm while a pen is near, do nothing."""
        if event.type() == QEvent.Type.TouchCancel:
            if self._tool == "finger":
                self._drop()
            return
        states = QEventPoint.State
        for point in event.points():
            if point.state() == states.Pressed and monotonic() - self._pen_near >= PALM and not self._tool:
                self._finger = point.id()
                self._press("finger", point.position(), False)
            elif point.id() == self._finger and point.state() == states.Updated:
                self._move("finger", point.position())
            elif point.id() == self._finger and point.state() == states.Released:
                self._release("finger")

    def _press(self, tool: str, position: QPointF, erase: bool) -> None:
        if self._tool is None:
            self._tool = tool
            self._reported = monotonic()
            x, y = self.to_pad(position)
            self.pressed.emit(x, y, erase, self._size if tool == "pen" else None)

    def _move(self, tool: str, position: QPointF) -> None:
        if self._tool == tool:
            size = (self._size,) if tool == "pen" and self._size is not None else ()
            self._points.append((*self.to_pad(position), *size))
            if not self._timer.isActive():
                wait = FRAME - (monotonic() - self._reported)
                self._timer.start(max(0, round(wait * 1000)))

    def _release(self, tool: str) -> None:
        if self._tool == tool:
            self._report()
            self._tool = None
            self.released.emit()
            self.update()

    def _drop(self) -> None:
        self._timer.stop()
        self._points, self._tool = [], None
        self.dropped.emit()
        self.update()

    def _report(self) -> None:
        self._timer.stop()
        if self._points:
            points, self._points = self._points, []
            self._reported = monotonic()
            self.moved.emit(points)


def _is_mouse(event: QMouseEvent) -> bool:
    """Whether this is a mouse, and not a finger or a pen that the system reports a second time."""
    device, kinds = event.pointingDevice(), QInputDevice.DeviceType
    return device is None or device.type() not in (kinds.TouchScreen, kinds.Stylus)


def _size(event: QTabletEvent) -> float | None:
    """Factor on the brush, None for a pen without pressure."""
    device = event.pointingDevice()
    if device is None or not device.hasCapability(QInputDevice.Capability.Pressure):
        return None
    return SIZES[0] + (SIZES[1] - SIZES[0]) * min(max(event.pressure(), 0.0), 1.0)
