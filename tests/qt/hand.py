"""Mouse, keys and fingers for the tests."""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace
from typing import Any

from PyQt6.QtCore import QEvent, QPointF, Qt
from PyQt6.QtGui import QEventPoint, QPointingDevice, QTouchEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QWidget

HAND: Any = QTest  # PyQt6's type stubs take its static methods for ordinary ones

States = QEventPoint.State


class Touch(QTouchEvent):
    """Fingers, each (number, state, x, y). PyQt6 cannot make points with a number and a place: they are fakes."""

    def __init__(self, kind: QEvent.Type, *fingers: tuple[int, QEventPoint.State, float, float]) -> None:
        real = [QEventPoint(n, state, QPointF(x, y), QPointF(x, y)) for n, state, x, y in fingers]
        super().__init__(kind, touch_screen(), Qt.KeyboardModifier.NoModifier, real)
        self._fingers = fingers

    def points(self) -> Any:
        return [
            SimpleNamespace(
                id=lambda n=n: n, state=lambda s=state: s, position=lambda x=x, y=y: QPointF(x, y)
            )
            for n, state, x, y in self._fingers
        ]


@cache
def touch_screen() -> QPointingDevice:
    return QPointingDevice(
        "screen",
        2,
        QPointingDevice.DeviceType.TouchScreen,
        QPointingDevice.PointerType.Finger,
        QPointingDevice.Capability.Position,
        10,
        0,
    )


def touch(widget: QWidget, kind: QEvent.Type, *fingers: tuple[int, QEventPoint.State, float, float]) -> None:
    """Send fingers to a widget, which must take them: else Qt would send them again as a mouse."""
    event = Touch(kind, *fingers)
    event.ignore()
    QApplication.sendEvent(widget, event)
    assert event.isAccepted()
