"""Tempo: what may follow the hand more slowly than the scene does: numbers that nobody reads thirty times a second."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Generic, TypeVar

from PyQt6.QtCore import QObject, QTimer

T = TypeVar("T")
SECONDS = 0.08  # between two pictures of a panel while something moves
LATE = 0.06  # so much later it is shown by itself: until then, what moves brings it along, and all is painted at once


class Tempo(Generic[T]):
    """Shows the newest of what arrives: at once, but while something moves only every SECONDS.

    What has waited is always shown in the end; then no timer runs.
    """

    def __init__(
        self, show: Callable[[T], None], seconds: float = SECONDS, owner: QObject | None = None
    ) -> None:
        """owner: what is shown belongs to it; when it goes, nothing is shown late."""
        self._show, self._seconds = show, seconds
        self._waiting: list[T] = []  # the newest, if it has not been shown
        self._last = -seconds
        self._timer = QTimer(owner)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.catch_up)

    def take(self, news: T, *, moving: bool) -> None:
        """Show `news`, now or soon; moving: more is about to arrive."""
        self._waiting = [news]
        wait = self._seconds - (monotonic() - self._last)
        if not moving or wait <= 0:
            self.catch_up()
        elif not self._timer.isActive():
            self._timer.start(round((wait + LATE) * 1000))

    def catch_up(self) -> None:
        """Show what waits."""
        self._timer.stop()
        if self._waiting:
            self._last = monotonic()
            self._show(self._waiting.pop())

    def forget(self) -> None:
        """What waits is no longer true."""
        self._timer.stop()
        self._waiting = []
