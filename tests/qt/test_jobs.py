"""Slow work is done elsewhere; only the newest answer arrives."""

from __future__ import annotations

import threading
from collections.abc import Callable

from PyQt6.QtWidgets import QApplication

from nodelink.qt.jobs import Jobs
from tests.qt.hand import HAND


def wait_for(condition: Callable[[], bool]) -> None:
    for _ in range(500):
        if condition():
            return
        HAND.qWait(10)
    raise AssertionError("waited in vain")


def test_the_answer_arrives_on_this_thread(qapp: QApplication) -> None:
    jobs = Jobs()
    answers: list[tuple[int, int]] = []
    jobs.run(
        threading.get_ident, lambda worker: answers.append((worker, threading.get_ident())), lambda _: None
    )
    wait_for(lambda: bool(answers))
    worker, receiver = answers[0]
    assert receiver == threading.get_ident() != worker


def test_only_the_newest_answer_is_delivered(qapp: QApplication) -> None:
    jobs, gate = Jobs(), threading.Event()
    answers: list[str] = []

    def slow() -> str:
        gate.wait(5)
        return "old"

    jobs.run(slow, answers.append, lambda _: None)
    jobs.run(lambda: "newer", answers.append, lambda _: None)
    jobs.run(lambda: "newest", answers.append, lambda _: None)
    gate.set()
    wait_for(lambda: bool(answers))
    HAND.qWait(50)
    assert answers == ["newest"]


def test_an_error_is_delivered_as_such(qapp: QApplication) -> None:
    jobs = Jobs()
    errors: list[Exception] = []

    def broken() -> None:
        raise ValueError("no")

    jobs.run(broken, lambda _: None, errors.append)
    wait_for(lambda: bool(errors))
    assert str(errors[0]) == "no"


def test_nothing_is_delivered_after_the_end(qapp: QApplication) -> None:
    jobs = Jobs()
    answers: list[str] = []
    jobs.run(lambda: "late", answers.append, lambda _: None)
    jobs.finish()
    HAND.qWait(30)
    assert answers == []
