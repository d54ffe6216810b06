"""The prediction says what the network says: no more certain, and nothing where there is nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtWidgets import QApplication

from nodelink.nn.layers import Dense, Flatten
from nodelink.nn.naming import percent
from nodelink.nn.network import Network, Scale
from nodelink.qt.bars import Bars, Row
from nodelink.qt.views.predictions import Predictions, rows_of
from nodelink.session import Frame, Session
from nodelink.settings import Settings
from nodelink.theme import THEMES, diverging


@pytest.fixture
def view(qapp: QApplication) -> Iterator[Predictions]:
    view = Predictions({})
    view.resize(260, 520)
    view.receive_settings(Settings())
    view.show()
    yield view
    view.deleteLater()


def told(frame: Frame, *guesses: tuple[int, float], verdict: str = "sure") -> Frame:
    return replace(frame, guesses=guesses, verdict=verdict)


def classifier(classes: int) -> Network:
    rng = np.random.default_rng(0)
    layer = Dense("Out", rng.normal(size=(classes, 16)), np.zeros(classes), "softmax")
    return Network("own", "Own", (Flatten("flat"), layer), (1, 4, 4), output_kind="probabilities")


@pytest.mark.parametrize(
    ("probability", "text"),
    [
        (1.0, ">99.9 %"),
        (0.99996, ">99.9 %"),
        (0.9994, "99.9 %"),
        (0.5, "50.0 %"),
        (0.0006, "0.1 %"),
        (1.3e-6, "<0.1 %"),
    ],
)
def test_a_number_is_never_rounded_up_to_a_certainty(probability: float, text: str) -> None:
    assert percent(probability).replace("\N{NO-BREAK SPACE}", " ") == text


def test_a_sure_answer(view: Predictions, session: Session) -> None:
    session.sample(7)
    view.receive_frame(told(session.frame, (7, 0.98), (1, 0.01)))
    assert view.guess.text() == "7"
    assert view.first.text().startswith("98.0")
    assert view.second.text().startswith("then 1: 1.0")


def test_an_unsure_answer_says_so(view: Predictions, session: Session) -> None:
    session.sample(7)
    view.receive_frame(told(session.frame, (7, 0.4), (1, 0.35), verdict="unsure"))
    assert view.guess.text() == "7?"
    assert view.first.text() == "Unsure"
    assert view.second.text().replace("\N{NO-BREAK SPACE}", " ") == "7: 40.0 % or 1: 35.0 %"


def test_bars_do_not_jump_when_the_verdict_changes(view: Predictions, session: Session) -> None:
    session.sample(7)
    tops = set()
    for verdict in ("sure", "unsure", "blank"):
        view.receive_frame(told(session.frame, (7, 0.4), (1, 0.35), verdict=verdict))
        QApplication.processEvents()
        tops.add(view.bars.y())
    assert len(tops) == 1


def test_a_blank_pad_says_so(view: Predictions, session: Session) -> None:
    view.receive_frame(session.frame)
    assert view.guess.text() == "–"
    assert view.first.text() == "Blank"
    assert view.second.text() == "Draw a digit"


def test_the_bars_are_the_output(session: Session) -> None:
    session.sample(7)
    rows = rows_of(session.frame)
    output = session.frame.activations.output[0]
    assert [row.name for row in rows] == list("0123456789")
    assert [row.share for row in rows] == [float(p) for p in output]
    assert [row.first for row in rows].index(True) == int(output.argmax())


def test_many_classes_show_the_ten_most_probable() -> None:
    session = Session(classifier(26))
    session.sample(7)
    rows = rows_of(session.frame)
    assert len(rows) == 10
    assert [row.share for row in rows] == [p for _, p in session.frame.guesses[:10]]


def test_a_regression_shows_its_values_on_their_scale(view: Predictions) -> None:
    layer = Dense("Steer", np.ones((1, 16)), np.array([-1.0]), "identity")
    network = Network(
        "s",
        "S",
        (Flatten("f"), layer),
        (1, 4, 4),
        output_kind="regression",
        calibration={"Steer": Scale(2.0)},
    )
    session = Session(network)
    session.begin_stroke(5, 5)
    session.end_stroke()
    (row,) = rows_of(session.frame)
    value = float(session.frame.activations.output[0, 0])
    assert row.text == f"{value:.3g}"
    assert row.share == pytest.approx(value / 2)
    view.receive_frame(session.frame)
    assert view.first.text() == "No classes"


def test_a_bar_is_as_long_as_its_share_in_the_colour_of_the_scale(qapp: QApplication) -> None:
    bars = Bars()
    bars.resize(300, 200)
    theme = THEMES["dark"]
    for share in (0.25, 0.5, 1.0):
        bars.set_rows([Row("7", "x", share, True)], dimmed=False)
        shown = bars.grab().toImage()
        y = round(bars.row_height() / 2)
        want = diverging(share, theme)
        colours = np.array([shown.pixelColor(x, y).getRgbF()[:3] for x in range(shown.width())])
        length = int((np.abs(colours - want).max(axis=1) < 0.02).sum())
        bars.set_rows([Row("7", "x", 1.0, True)], dimmed=False)
        full = bars.grab().toImage()
        white = diverging(1.0, theme)
        colours = np.array([full.pixelColor(x, y).getRgbF()[:3] for x in range(full.width())])
        track = int((np.abs(colours - white).max(axis=1) < 0.02).sum())
        assert length == pytest.approx(share * track, abs=2)


def test_a_hidden_view_does_no_work_and_catches_up(view: Predictions, session: Session) -> None:
    session.sample(7)
    view.hide()
    view.receive_frame(session.frame)
    assert view.guess.text() == ""
    view.show()
    assert view.guess.text() != ""


def test_a_difference_is_said_in_points(view: Predictions, session: Session) -> None:
    session.sample(7)
    session.freeze()
    a = session.frame
    session.sample(1)
    b = session.frame
    session.compare.show("B - A")
    view.receive_frame(session.seen)
    won = [float(y - x) for x, y in zip(a.activations.output[0], b.activations.output[0], strict=True)]
    assert [row.share for row in view.bars.rows] == pytest.approx(won)
    for row, change in zip(view.bars.rows, won, strict=True):
        assert float(row.text.replace("\N{MINUS SIGN}", "-")) == pytest.approx(100 * change, abs=0.051)
    assert view.caption.text() == "Points won from A to B"
    assert view.guess.text() == "B−A"


def test_what_is_frozen_is_called_so(view: Predictions, session: Session) -> None:
    session.sample(7)
    session.freeze()
    session.compare.show("A")
    view.receive_frame(session.seen)
    assert "A (frozen)" in view.caption.text()
    session.compare.show("B")
    view.receive_frame(session.seen)
    assert view.caption.text() == "Probability of each class"


def test_beside_a_second_network_it_says_whose_answer_it_is(view: Predictions, session: Session) -> None:
    view.attach(session)
    view.receive_frame(session.frame)
    usual = view.caption.text()
    for compact in (False, True):
        view.set_compact(compact)
        session.open_beside("mini")
        assert view.caption.isVisible()
        assert "the first network" in view.caption.text()
        session.beside.close()
        assert view.caption.text() == usual
        assert view.caption.isVisible() is not compact
