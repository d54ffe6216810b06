"""Scene input: what the canvas cannot hear by itself. Touch screen, touch-pad and gestures go to its hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, QObject, QPointF, Qt
from PyQt6.QtGui import QEventPoint, QNativeGestureEvent, QTouchEvent, QWheelEvent

if TYPE_CHECKING:
    from nodelink.gl.canvas import NetworkCanvas

TOUCHES = (
    QEvent.Type.TouchBegin,
    QEvent.Type.TouchUpdate,
    QEvent.Type.TouchEnd,
    QEvent.Type.TouchCancel,
)
Fingers = dict[int, tuple[float, float]]


class SceneInput(QObject):
    """Listens at the canvas's widget. What it takes, the canvas does not see a second time as a mouse."""

    def __init__(self, canvas: NetworkCanvas) -> None:
        super().__init__(canvas.native)
        self._canvas = canvas
        canvas.native.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        canvas.native.installEventFilter(self)

    def eventFilter(self, _widget: QObject | None, event: QEvent | None) -> bool:
        """True for what has been dealt with here."""
        if event is None or not self._canvas.ready:
            return False
        if event.type() in TOUCHES and isinstance(event, QTouchEvent):
            return self._touch(event)
        if isinstance(event, QNativeGestureEvent):
            return self._gesture(event)
        if isinstance(event, QWheelEvent) and not event.pixelDelta().isNull():
            delta = event.pixelDelta()
            self._canvas.hand.scroll(float(delta.x()), float(delta.y()), _pair(event.position()))
            event.accept()
            return True
        if event.type() == QEvent.Type.Leave:
            self._canvas.leave()
        return False

    def _touch(self, event: QTouchEvent) -> bool:
        lifted = QEventPoint.State.Released
        fingers: Fingers = {p.id(): _pair(p.position()) for p in event.points() if p.state() != lifted}
        cancelled = event.type() == QEvent.Type.TouchCancel
        tapped = self._canvas.hand.touch({} if cancelled else fingers)
        if tapped is not None and not cancelled:
            self._canvas.clicked.emit(self._canvas.node_at(tapped))
        self._canvas.native.setFocus(Qt.FocusReason.MouseFocusReason)
        event.accept()
        return True

    def _gesture(self, event: QNativeGestureEvent) -> bool:
        # its own local position is wrong on some systems (QTBUG-59595)
        at = _pair(QPointF(self._canvas.native.mapFromGlobal(event.globalPosition())))
        kind, kinds = event.gestureType(), Qt.NativeGestureType
        if kind == kinds.ZoomNativeGesture:
            self._canvas.hand.pinch(max(0.1, 1.0 + event.value()), at)
        elif kind == kinds.RotateNativeGesture:
            self._canvas.hand.twist(event.value())
        elif kind == kinds.SmartZoomNativeGesture:  # two fingers tap twice
            self._canvas.open_at(at)
        event.accept()
        return True


def _pair(position: QPointF) -> tuple[float, float]:
    return position.x(), position.y()
