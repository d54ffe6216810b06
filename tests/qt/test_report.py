"""An unexpected exception is shown, logged and survived, from whichever thread it comes."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator

import pytest
from PyQt6.QtCore import QTimer
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QApplication, QPushButton

from nodelink.nn.changes import WeightScale
from nodelink.qt.report import MOST, Reporter
from nodelink.qt.window import Window
from nodelink.session import Session
from tests.qt.hand import HAND
from tests.qt.test_jobs import wait_for


@pytest.fixture
def reporter(window: Window) -> Iterator[Reporter]:
    reporter = Reporter(window, "/some/where/nodelink.log")
    reporter.install()
    yield reporter
    reporter.remove()


def fail() -> None:
    raise RuntimeError("a fault of ours")


def test_an_exception_in_a_slot_is_reported_and_the_window_lives_on(
    reporter: Reporter, window: Window, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    session.sample(7)
    with caplog.at_level(logging.ERROR, "nodelink"):
        QTimer.singleShot(0, fail)
        wait_for(reporter.dialog.isVisible)
    text = reporter.dialog.report.toPlainText()
    assert "RuntimeError: a fault of ours" in text
    assert "Python" in text
    assert "a fault of ours" in caplog.text
    window.actions_by_id["sample-3"].trigger()
    assert session.drawing.sample == (3, 0)


def test_a_drawing_that_overflows_a_changed_network_is_one_line_and_no_report(
    reporter: Reporter, window: Window, session: Session
) -> None:
    reporter.refused.connect(lambda text: window.banner.say(text, error=True))
    session.alter(WeightScale("C1", 2.5e38))
    before = session.frame
    QTimer.singleShot(0, window.actions_by_id["sample-3"].trigger)
    wait_for(window.banner.isVisible)
    assert "C1" in window.banner.message.text()
    assert not reporter.dialog.isVisible()
    assert session.frame is before
    session.restore_all()
    window.actions_by_id["sample-3"].trigger()
    assert session.drawing.sample == (3, 0)


def test_an_exception_in_a_thread_is_reported(reporter: Reporter) -> None:
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    wait_for(reporter.dialog.isVisible)
    assert "a fault of ours" in reporter.dialog.report.toPlainText()


def test_the_report_can_be_copied(reporter: Reporter) -> None:
    QTimer.singleShot(0, fail)
    wait_for(reporter.dialog.isVisible)
    copy = next(b for b in reporter.dialog.findChildren(QPushButton) if "Copy" in b.text())
    copy.click()
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    assert "a fault of ours" in clipboard.text()


def test_an_error_in_every_frame_does_not_bury_the_user(reporter: Reporter) -> None:
    for _ in range(5 * MOST):
        QTimer.singleShot(0, fail)
    HAND.qWait(100)
    assert reporter.dialog.report.toPlainText().count("RuntimeError: a fault of ours") == MOST


def test_the_hooks_are_given_back(qapp: QApplication) -> None:
    before = sys.excepthook, threading.excepthook
    reporter = Reporter(None, "nodelink.log")
    reporter.install()
    assert sys.excepthook != before[0]
    reporter.remove()
    assert (sys.excepthook, threading.excepthook) == before
