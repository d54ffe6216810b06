"""Unexpected errors, from any thread: logged, shown in a dialog to copy, and the window lives on."""

from __future__ import annotations

import logging
import platform
import sys
import threading
import traceback
from types import TracebackType

from PyQt6.QtCore import PYQT_VERSION_STR, QT_VERSION_STR, QObject, pyqtSignal
from PyQt6.QtWidgets import QApplication, QWidget

import nodelink
from nodelink.nn.network import NetworkError
from nodelink.qt.dialogs import ReportDialog

MOST = 5  # reports shown; an error in every frame must not bury the user, the log has them all

log = logging.getLogger("nodelink")


class Reporter(QObject):
    """Takes sys.excepthook and threading.excepthook while the window is open."""

    refused = pyqtSignal(str)  # one line: a network's values left the range of numbers, nothing has been lost
    _caught = pyqtSignal(str)  # from any thread to the window's

    def __init__(self, window: QWidget | None, log_path: str) -> None:
        super().__init__(window)
        self.dialog = ReportDialog(window, log_path)
        self._shown = 0
        self._caught.connect(self._show)
        self._before = sys.excepthook, threading.excepthook

    def install(self) -> None:
        self._before = sys.excepthook, threading.excepthook
        sys.excepthook = self.catch
        threading.excepthook = self._catch_in_thread

    def remove(self) -> None:
        sys.excepthook, threading.excepthook = self._before

    def catch(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """The hook: never raises."""
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        if isinstance(error, NetworkError):  # of a drawing, by whatever way it came; no fault of the program
            self.refused.emit(str(error))
            return
        report = report_text(kind, error, trace)
        log.error("unexpected error\n%s", report)
        self._caught.emit(report)

    def _catch_in_thread(self, caught: threading.ExceptHookArgs) -> None:
        if caught.exc_value is not None:
            self.catch(caught.exc_type, caught.exc_value, caught.exc_traceback)

    def _show(self, report: str) -> None:
        self._shown += 1
        if self._shown <= MOST:
            self.dialog.add(report)


def report_text(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> str:
    """Versions and traceback, for whoever has to find the fault."""
    versions = (
        f"nodelink {nodelink.__version__}, Python {platform.python_version()}, Qt {QT_VERSION_STR}, "
        f"PyQt {PYQT_VERSION_STR}, {platform.platform()}"
    )
    return versions + "\n" + "".join(traceback.format_exception(kind, error, trace))
