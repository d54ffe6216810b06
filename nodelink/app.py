"""Composition root: settings, network, session, canvas and window, put together once."""

from __future__ import annotations

import logging
import signal
import sys
from dataclasses import replace
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QEvent, QMessageLogContext, QObject, Qt, QTimer, QtMsgType, qInstallMessageHandler
from PyQt6.QtWidgets import QApplication

from nodelink import load_network, settings
from nodelink.nn.weights import WeightsError
from nodelink.qt.report import Reporter
from nodelink.qt.window import Window
from nodelink.session import Session
from nodelink.settings import Settings

EXAMPLE = 7  # the digit on the pad when the window opens
LOG_BYTES, LOG_FILES = 200_000, 3
SAVE_AFTER = 1000  # milliseconds of rest until changed settings are written

log = logging.getLogger("nodelink")


def run(network: str | None = None, layout: str | None = None, theme: str | None = None) -> int:
    """Open the window and return the exit status when it closes; what is given wins over the saved settings.

    Raises WeightsError, before a window opens, when the network asked for here cannot be loaded; when it is the
    saved one, the network that ships takes its place and the window says why.
    """
    chosen: dict[str, Any] = {"network": network, "layout": layout, "theme": theme}
    saved, message = settings.load(settings.default_path())
    wanted = replace(saved, **{name: value for name, value in chosen.items() if value is not None})
    session, fault = _session(wanted, strict=network is not None)
    app = application()
    log_path = start_log()
    window = open_window(session)
    reporter = Reporter(window, str(log_path))
    reporter.refused.connect(lambda text: window.banner.say(text, error=True))
    reporter.install()
    keeper = Keeper(session, window)
    for text in (message, fault):
        if text is not None:
            log.warning(text)
            window.banner.say(text, error=True)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    window.show()
    status = app.exec()
    keeper.save()
    reporter.remove()
    stop_log()
    window.deleteLater()  # here and now: OpenGL does not bear being collected at some later moment
    QApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete.value)
    return status


def application() -> QApplication:
    """The Qt application, made once a process."""
    running = QApplication.instance()
    if isinstance(running, QApplication):
        return running
    app = QApplication(sys.argv[:1])
    # Every position of a fast hand is wanted, the pad answers once a frame anyway; X11's plugin sets this at its start.
    app.setAttribute(Qt.ApplicationAttribute.AA_CompressHighFrequencyEvents, False)
    # Where the scene is a window of its own, no panel beside it has to be one: X11 leaves stale pixels of those.
    app.setAttribute(Qt.ApplicationAttribute.AA_DontCreateNativeWidgetSiblings)
    app.setApplicationName("nodelink")
    app.setStyle("Fusion")
    return app


def open_window(session: Session) -> Window:
    """The window with its real canvas, not yet shown, and the example digit on a blank pad."""
    from nodelink import gl

    gl.use("qt")
    from nodelink.gl.canvas import NetworkCanvas  # only now: vispy takes one backend a process

    if session.drawing.empty:
        session.show_example(EXAMPLE)

    def make_canvas() -> NetworkCanvas:
        canvas = NetworkCanvas()
        canvas.native.frameSwapped.connect(canvas.arrived)
        canvas.events.ignore_callback_errors = False  # a fault while drawing must reach the report, too
        return canvas

    return Window(session, make_canvas(), make_canvas)


def _session(wanted: Settings, *, strict: bool) -> tuple[Session, str | None]:
    """The session with the wanted network, or with the one that ships and a line that says why."""
    try:
        return Session(load_network(wanted.network), wanted), None
    except (WeightsError, ValueError) as error:
        if strict or wanted.network == Settings().network:
            raise
        instead = replace(wanted, network=Settings().network)
        return Session(load_network(instead.network), instead), str(error)


class Keeper(QObject):
    """Writes changed settings, a moment after the last change and at the end."""

    def __init__(self, session: Session, window: Window) -> None:
        super().__init__(window)
        self._session, self._window = session, window
        self._written = session.settings
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.save)
        session.settings_changed.connect(self._wait)

    def _wait(self, *_: Any) -> None:
        self._timer.start(SAVE_AFTER)

    def save(self) -> None:
        """Write the settings if they have changed; a failure is logged and said once."""
        if self._session.settings == self._written:
            return
        self._written = self._session.settings
        try:
            settings.save(self._written, settings.default_path())
        except OSError as error:
            log.warning("settings not saved: %s", error)
            self._window.banner.say(f"The settings cannot be saved: {error}", error=True)


class _Log(RotatingFileHandler):
    """A log that nobody has to hear of: where it cannot be written (a full disk), the message is lost."""

    def handleError(self, record: logging.LogRecord) -> None:
        pass


def start_log() -> Path:
    """A rotating log in the settings directory; Qt's own messages go there too. The path, written or not."""
    path = settings.directory() / "nodelink.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.open("a", encoding="utf-8").close()  # now: a fault must not wait for the first message
        handler: logging.Handler = _Log(
            path, maxBytes=LOG_BYTES, backupCount=LOG_FILES - 1, encoding="utf-8", delay=True
        )
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    stop_log()
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    qInstallMessageHandler(_log_qt)
    return path


def stop_log() -> None:
    """Close the log; Qt speaks for itself again."""
    qInstallMessageHandler(None)
    for handler in list(log.handlers):
        log.removeHandler(handler)
        handler.close()


def _log_qt(kind: QtMsgType, _context: QMessageLogContext, text: str | None) -> None:
    levels = {QtMsgType.QtDebugMsg: logging.DEBUG, QtMsgType.QtInfoMsg: logging.INFO}
    log.log(levels.get(kind, logging.WARNING), "Qt: %s", text)
