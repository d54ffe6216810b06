"""Rehearsal: drives the real window with real pointer events, and times each until its picture is on the screen.

For `nodelink bench --window`. The time of a frame runs from the pointer event to the moment when Qt has nothing left to
do after the canvas has drawn: the coalescing of pointer moves and the window's own painting are in it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import QMouseEvent
from PyQt6.QtWidgets import QApplication, QWidget

from nodelink.gl.canvas import DrawReport
from nodelink.gl.easel import REST
from nodelink.nn.preprocess import PAD
from nodelink.qt.window import Window

STILL = 0.25  # seconds without a picture after which nothing more is to come
PATIENCE = 20.0  # seconds until a picture that does not come is given up
LEFT = Qt.MouseButton.LeftButton


class Rehearsal:
    """A shown window, and what its canvas says of its pictures."""

    def __init__(self, window: Window) -> None:
        self.window = window
        self.reports: list[DrawReport] = []
        window.canvas.drawn.connect(self.reports.append)

    def settle(self) -> float:
        """Wait until the picture is complete; the seconds it took."""
        start = time.perf_counter()
        while not (self.reports and self.reports[-1].complete):
            self.process(start)
        return time.perf_counter() - start

    def strokes(self, paths: Iterator[list[tuple[float, float]]], frames: int) -> list[float]:
        """Seconds of each of `frames` pointer moves on the pad, along `paths` of pad pixels."""
        pad = self.window.drawing.pad
        scale = pad.width() / PAD
        seconds: list[float] = []
        for path in paths:
            self.window.session.clear()
            points = [QPoint(round(x * scale), round(y * scale)) for x, y in path]
            self.wait(partial(button, pad, QEvent.Type.MouseButtonPress, points[0]))
            for point in points[1:]:
                seconds.append(self.wait(partial(_move, pad, point)))
                if len(seconds) == frames:
                    break
            button(pad, QEvent.Type.MouseButtonRelease, points[-1])
            if len(seconds) == frames:
                break
        return seconds

    def orbit(self, frames: int) -> list[float]:
        """Seconds of each of `frames` steps of a drag over the scene."""
        scene = self.window.canvas.native
        middle = QPoint(scene.width() // 2, scene.height() // 2)
        button(scene, QEvent.Type.MouseButtonPress, middle)
        steps = [middle + QPoint(5 * (i % 40) - 100, i % 7) for i in range(1, frames + 1)]
        seconds = [self.wait(partial(_move, scene, step)) for step in steps]
        button(scene, QEvent.Type.MouseButtonRelease, steps[-1])
        return seconds

    def morph(self, times: int) -> list[float]:
        """Seconds between the frames of `times` changes of layout."""
        seconds: list[float] = []
        for _ in range(times):
            before = len(self.reports)
            self.window.session.change(layout="2d" if self.window.session.settings.layout == "3d" else "3d")
            start = last = time.perf_counter()
            while time.perf_counter() - start < 1.0:
                QApplication.processEvents()
                if len(self.reports) > before:
                    now = time.perf_counter()
                    if before and self.window.canvas.morphing:
                        seconds.append(now - last)
                    last, before = now, len(self.reports)
        return seconds

    def complete(self, digit: int) -> float:
        """Seconds until a sample's complete picture is on the screen, from when the window has been at rest."""
        self.window.session.sample(digit)
        self._next(lambda _: True)
        start = time.perf_counter() + REST
        self._next(lambda drawn: drawn.complete)
        QApplication.processEvents()
        return time.perf_counter() - start

    def _next(self, wanted: Callable[[DrawReport], bool]) -> None:
        """Wait for a picture that comes from now on."""
        before, start = len(self.reports), time.perf_counter()
        while not any(wanted(drawn) for drawn in self.reports[before:]):
            self.process(start)

    def idle(self, seconds: float) -> int:
        """Pictures drawn in so many seconds without an event, after the last one is complete."""
        self.settle()
        before = len(self.reports)
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            QApplication.processEvents()
            time.sleep(0.01)
        return len(self.reports) - before

    def wait(self, act: Callable[[], Any]) -> float:
        """Do it, and wait for the picture that follows; the seconds it took."""
        before, start = len(self.reports), time.perf_counter()
        act()
        while len(self.reports) == before:
            self.process(start)
        QApplication.processEvents()
        return time.perf_counter() - start

    def rest(self) -> None:
        """Wait until the picture is complete and nothing is drawn any more."""
        start = last = time.perf_counter()
        seen = len(self.reports)
        while time.perf_counter() - last < STILL or not self.reports[-1].complete:
            self.process(start)
            if len(self.reports) != seen:
                seen, last = len(self.reports), time.perf_counter()

    @staticmethod
    def process(start: float) -> None:
        """Let Qt go on; RuntimeError where what is waited for does not come."""
        QApplication.processEvents()
        if time.perf_counter() - start > PATIENCE:
            raise RuntimeError(f"the window drew no picture within {PATIENCE:.0f} seconds")


def _move(widget: QWidget, at: QPoint) -> None:
    """A pointer move with the left button down, as the window system would deliver it."""
    _send(widget, QEvent.Type.MouseMove, at, Qt.MouseButton.NoButton, LEFT)


def point(widget: QWidget, at: QPoint) -> None:
    """A pointer move with no button down."""
    _send(widget, QEvent.Type.MouseMove, at, Qt.MouseButton.NoButton, Qt.MouseButton.NoButton)


def button(widget: QWidget, kind: QEvent.Type, at: QPoint) -> None:
    """The left button goes down or up."""
    held = LEFT if kind == QEvent.Type.MouseButtonPress else Qt.MouseButton.NoButton
    _send(widget, kind, at, LEFT, held)


def _send(
    widget: QWidget, kind: QEvent.Type, at: QPoint, which: Qt.MouseButton, held: Qt.MouseButton
) -> None:
    here, there = QPointF(at), QPointF(widget.mapToGlobal(at))
    QApplication.sendEvent(
        widget, QMouseEvent(kind, here, there, which, held, Qt.KeyboardModifier.NoModifier)
    )
