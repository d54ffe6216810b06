"""The status line says how much of the network is on the screen, and never rounds it up to all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtWidgets import QApplication

from nodelink.gl.canvas import DrawReport
from nodelink.nn.naming import node_text
from nodelink.nn.sharing import Weights
from nodelink.qt.view import Line
from nodelink.qt.views.status import GAP, Status, asked, drawn, facts, share
from nodelink.session import Session
from nodelink.settings import Settings
from tests.reading import true

REPORT = DrawReport(20000, 107793, 49993, 334904, 0.715, 0.438, 31.4, False)


@pytest.fixture
def view(qapp: QApplication, session: Session) -> Iterator[Status]:
    view = Status({})
    view.resize(1200, 30)
    view.show()
    view.attach(session)
    view.receive_settings(Settings())
    view.receive_frame(session.frame)
    yield view
    view.deleteLater()


def test_what_is_drawn_of_what_there_is(session: Session) -> None:
    session.sample(7)
    told = facts(session.frame, REPORT)
    assert told[:4] == ["CNN", "9,134 nodes", "20,000 of 334,904 edges", "71 % of the signal (least 43 %)"]
    assert told[4] == "picture 31 ms"
    assert told[5].startswith("answer ")
    assert facts(session.frame, REPORT, "weights")[3] == "71 % of the weights (least 43 %)"


@pytest.mark.parametrize(("value", "text"), [(1.0, "100 %"), (0.9999, "99 %"), (0.0, "0 %"), (0.29, "29 %")])
def test_only_all_is_a_hundred_percent(value: float, text: str) -> None:
    assert share(value) == text


def test_before_the_first_picture_and_without_signal(session: Session) -> None:
    assert facts(session.frame, None)[2] == "334,904 edges"
    nothing = DrawReport(0, 0, 0, 334904, float("nan"), float("nan"), 3.0, True)
    assert not any("signal" in text for text in facts(session.frame, nothing))


def test_a_share_of_what_is_shown_is_not_called_one_of_all(session: Session) -> None:
    hidden = replace(REPORT, share_mean=1.0, share_least=1.0, layers_hidden=3)
    assert drawn(hidden, "signal")[1:] == [
        "100 % of the signal of the layers shown (least 100 %)",
        "3 layers hidden",
    ]
    assert drawn(replace(hidden, layers_hidden=1), "weights")[1:] == [
        "100 % of the weights of the layers shown (least 100 %)",
        "1 layer hidden",
    ]
    playing = replace(REPORT, so_far=True)
    assert drawn(playing, "signal")[1:] == ["71 % of the signal so far (least 43 %)"]
    nothing = replace(hidden, edges_drawn=0, layers_hidden=8)
    assert drawn(nothing, "signal") == ["no edges shown", "8 layers hidden"]
    session.clear()
    told = facts(session.frame, REPORT)
    assert "blank pad" in told
    assert not any("%" in text for text in told)


def test_where_only_chosen_edges_are_drawn_they_are_counted(session: Session) -> None:
    chosen = replace(REPORT, edges_drawn=0, standing_drawn=150, standing=150, share_mean=float("nan"))
    assert drawn(chosen, "selected") == ["150 of 334,904 edges"]


def test_what_the_driver_cannot_show_is_said(session: Session) -> None:
    report = replace(REPORT, fallback="no float targets: faint edges are lost")
    assert facts(session.frame, report)[4] == "no float targets: faint edges are lost"


def test_the_report_of_one_network_is_not_shown_for_another(view: Status, session: Session) -> None:
    view.show_report(REPORT)
    assert "20,000 of 334,904" in view.facts.text
    session.load("mini")
    view.receive_frame(session.frame)
    assert "12,960 edges" in view.facts.text
    assert "20,000" not in view.facts.text


@pytest.mark.parametrize(
    ("stage", "at", "text"),
    [
        (0, (0, 3, 4), "Input, row 4, column 5"),
        (3, (15, 9, 0), "C3, map 16, row 10, column 1"),
        (5, (119,), "F5, unit 120"),
        (7, (7,), "Output, “7”"),
    ],
)
def test_a_node_is_named_with_its_value(session: Session, stage: int, at: tuple[int, ...], text: str) -> None:
    session.sample(7)
    where = session.network.stages[stage]
    node = where.offset + int(np.ravel_multi_index(at, where.shape))
    value = session.frame.activations.values()[node]
    said = f"{100 * value:.1f}\N{NO-BREAK SPACE}%" if stage == 7 else f"{value:.3g}"
    assert node_text(session.frame.activations, node) == f"{text}: {said}"


def test_a_probability_is_written_in_percent_and_its_change_in_points(session: Session) -> None:
    first = session.network.stages[7].offset
    session.sample(7)
    session.freeze()
    session.sample(1)
    for k, p in enumerate(session.frame.activations.output[0].tolist()):
        said = node_text(session.frame.activations, first + k).partition(": ")[2]
        assert said.endswith("%")
        assert true(said, 100 * p)
    session.compare.show("B - A")
    for k, change in enumerate(session.seen.activations.output[0].tolist()):
        said = node_text(session.seen.activations, first + k, "B - A").partition(": B - A: ")[2]
        number, unit = said.split(" ")
        assert unit == "points"
        assert true(number, 100 * change)


def test_the_node_under_the_pointer_comes_and_goes(view: Status, session: Session) -> None:
    session.focus.hover(5)
    assert view.pointed.isVisible()
    assert view.pointed.text.startswith("Input")
    session.focus.hover(None)
    assert not view.pointed.isVisible()


def test_the_pinned_node_is_spoken_of_while_the_pointer_is_elsewhere(view: Status, session: Session) -> None:
    session.focus.pin(5)
    pinned = view.pointed.text
    session.focus.hover(6)
    assert view.pointed.text != pinned
    session.focus.hover(None)
    assert view.pointed.text == pinned
    session.focus.pin(5)
    assert not view.pointed.isVisible()


def test_the_edges_that_stand_out_are_counted(session: Session) -> None:
    report, focus = replace(REPORT, standing=150), session.focus
    focus.pin(session.network.stage("C3").offset)
    assert asked(session.frame, report, focus).endswith("incoming edges: 150")
    focus.pin(session.network.stage("C3").offset + 1)
    assert asked(session.frame, report, focus).endswith("incoming edges of 2 nodes: 150")
    focus.choose(session.network.stage("S2").offset)
    assert asked(session.frame, replace(REPORT, standing=1), focus).endswith("the edge of one term")
    focus.choose(None)
    focus.show(outgoing=True)
    assert "incoming and outgoing edges" in asked(session.frame, report, focus)
    focus.show(tracing=True, kept=0.8)
    assert asked(session.frame, report, focus).endswith("edges carry 80\N{NO-BREAK SPACE}% of its trace")
    focus.select(3)
    assert asked(session.frame, REPORT, focus) == node_text(session.frame.activations, 3)


def test_the_edges_that_have_a_weight_are_counted(session: Session) -> None:
    report, focus = replace(REPORT, standing=100), session.focus
    focus.pin(5)
    focus.hover(None, Weights(3, (7, 2, 3, 1)))
    assert asked(session.frame, report, focus).split(GAP) == ["C3, 8 on 3, row 4, column 2", "edges: 100"]
    assert asked(session.frame, None, focus) == "C3, 8 on 3, row 4, column 2"
    focus.hover(None)
    assert asked(session.frame, None, focus).startswith("Input")


def test_a_line_is_shortened_not_cut(qapp: QApplication) -> None:
    line = Line()
    line.set_text("a long text that does not fit", "short")
    line.resize(60, 20)
    narrow = line.grab().toImage()
    line.set_text("short")
    assert line.grab().toImage() == narrow
    line.deleteLater()


def test_what_is_shown_is_named_where_it_is_not_the_drawing(session: Session) -> None:
    session.sample(7)
    session.freeze()
    session.sample(1)
    for what, name in (("A", "A (frozen)"), ("B - A", "B − A")):
        session.compare.show(what)
        assert facts(session.seen, None)[1] == name
    node = int(np.argmax(np.abs(session.seen.activations.values())))
    change = (
        session.slots["B"].frame.activations.values()[node]
        - session.slots["A"].frame.activations.values()[node]
    )
    session.focus.pin(node)
    assert asked(session.seen, None, session.focus).endswith(f"B − A: {change:+.3g}")
    session.compare.show("B")
    assert "B −" not in asked(session.seen, None, session.focus)
    assert "B" not in facts(session.seen, None)[1]


def test_while_a_pass_is_played_nothing_is_said_of_a_trace(session: Session) -> None:
    session.sample(7)
    session.select(session.network.stage("F5").offset)
    session.focus.show(tracing=True)
    report = replace(REPORT, standing=25)
    assert "edges carry" in asked(session.seen, report, session.focus)
    session.walk.forward()
    session.walk.forward()
    assert session.seen.activations.reached is not None
    assert "trace" not in asked(session.seen, report, session.focus)
