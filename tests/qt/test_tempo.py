"""What follows the hand more slowly is shown in the end, and nothing runs afterwards."""

from __future__ import annotations

from time import monotonic

from PyQt6.QtWidgets import QApplication

from nodelink.qt.tempo import Tempo


def test_what_stands_still_is_shown_at_once(qapp: QApplication) -> None:
    shown: list[int] = []
    tempo = Tempo(shown.append, 60.0)
    for news in range(3):
        tempo.take(news, moving=False)
    assert shown == [0, 1, 2]


def test_while_something_moves_the_first_is_shown_and_in_the_end_the_newest(qapp: QApplication) -> None:
    shown: list[int] = []
    tempo = Tempo(shown.append, 0.05)
    for news in range(5):
        tempo.take(news, moving=True)
    assert shown[0] == 0
    end = monotonic() + 5.0
    while shown[-1] != 4 and monotonic() < end:
        qapp.processEvents()
    assert shown[-1] == 4
    assert not tempo._timer.isActive()


def test_what_waits_can_be_fetched_or_forgotten(qapp: QApplication) -> None:
    shown: list[int] = []
    tempo = Tempo(shown.append, 60.0)
    tempo.take(0, moving=True)
    tempo.take(1, moving=True)
    tempo.catch_up()
    tempo.take(2, moving=True)
    tempo.forget()
    tempo.catch_up()
    assert shown == [0, 1]
    assert not tempo._timer.isActive()
