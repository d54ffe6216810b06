"""Slow work off the window's thread: only the newest answer is delivered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PyQt6.QtCore import QObject, QRunnable, QThreadPool, pyqtSignal


class _Outcome(QObject):
    ready = pyqtSignal(int, object, object)  # ticket, result, error


class _Work(QRunnable):
    def __init__(self, ticket: int, function: Callable[[], Any], outcome: _Outcome) -> None:
        super().__init__()
        self._ticket, self._function, self._outcome = ticket, function, outcome

    def run(self) -> None:
        try:
            result, error = self._function(), None
        except Exception as caught:
            result, error = None, caught
        self._outcome.ready.emit(self._ticket, result, error)


class Jobs(QObject):
    """Runs one function after another on another thread; a newer one makes the older ones moot."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._outcome = _Outcome(self)
        self._outcome.ready.connect(self._deliver)
        self._ticket = 0
        self._done: Callable[[Any], None] = lambda _: None
        self._failed: Callable[[Exception], None] = lambda _: None

    def run(
        self,
        function: Callable[[], Any],
        done: Callable[[Any], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Call `function` over there, then `done(result)` or `failed(error)` here, unless a newer job came."""
        self._ticket += 1
        self._done, self._failed = done, failed
        self._pool.clear()
        self._pool.start(_Work(self._ticket, function, self._outcome))

    def finish(self) -> None:
        """Wait for what is running; nothing is delivered any more."""
        self._ticket += 1
        self._pool.clear()
        self._pool.waitForDone()

    def _deliver(self, ticket: int, result: Any, error: Exception | None) -> None:
        if ticket != self._ticket:
            return
        if error is None:
            self._done(result)
        else:
            self._failed(error)
