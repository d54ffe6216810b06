"""Freezing: A stays as it was, B goes on, B - A is worked out once and only where there is one."""

from __future__ import annotations

import numpy as np
import pytest

from nodelink import compare
from nodelink.compare import DIFFERENCE, difference
from nodelink.frame import Frame
from nodelink.graph.camera import Pose
from nodelink.nn.changes import NodesOff
from nodelink.nn.network import Network, NetworkError
from nodelink.nn.transforms import AS_DRAWN, Transform
from nodelink.session import Session
from tests.networks import load


@pytest.fixture
def session() -> Session:
    session = Session(load("cnn"), load=load)
    session.sample(7)
    return session


@pytest.fixture
def news(session: Session) -> list[str]:
    told: list[str] = []
    session.compare.changed.connect(lambda: told.append("compare"))
    session.frame_changed.connect(lambda _: told.append("frame"))
    return told


def test_without_a_frozen_one_the_drawing_is_shown(session: Session) -> None:
    assert list(session.slots) == ["A"]
    assert session.seen is session.frame
    assert session.seen.mark == ""
    for what in compare.SHOWN:
        with pytest.raises(ValueError, match="Nothing is frozen"):
            session.compare.show(what)
    with pytest.raises(ValueError, match="Nothing is frozen"):
        session.swap()


def test_a_frozen_drawing_outlives_drawing_and_undo(session: Session, news: list[str]) -> None:
    before = session.frame
    session.freeze()
    assert news == ["compare"]
    assert (list(session.slots), session.current, session.compare.shown) == (["A", "B"], "B", "B")
    session.sample(1)
    session.begin_stroke(10, 10)
    session.extend_stroke([(90, 200)])
    session.end_stroke()
    for _ in range(4):
        session.undo()
    assert session.drawing.empty
    assert session.seen is session.frame
    session.compare.show("A")
    assert session.seen.activations is before.activations
    assert session.seen.prepared is before.prepared
    assert session.seen.mark == "A"
    session.sample(3)
    assert session.seen.activations is before.activations
    assert session.frame.prepared is not before.prepared


def test_a_stroke_in_progress_is_ended_before_it_is_frozen(session: Session) -> None:
    session.begin_stroke(10, 10)
    session.freeze()
    session.extend_stroke([(200, 200)])
    assert len(session.compare.drawing.strokes) == len(session.drawing.strokes)
    assert session.can_undo


def test_the_difference_is_b_less_a_in_every_array(session: Session) -> None:
    session.freeze()
    a = session.frame
    session.sample(1)
    b = session.frame
    session.compare.show(DIFFERENCE)
    shown = session.seen
    assert (shown.mark, shown.verdict, shown.guesses) == ("B - A", "none", ())
    assert shown.of is not None
    assert [frame.activations for frame in shown.of] == [a.activations, b.activations]
    for got, one, two in zip(shown.activations.out, a.activations.out, b.activations.out, strict=True):
        assert np.array_equal(got, two - one)
    assert np.array_equal(shown.prepared.cells, b.prepared.cells - a.prepared.cells)
    assert np.array_equal(shown.prepared.drawing, b.prepared.drawing - a.prepared.drawing)


def test_the_difference_is_worked_out_once_and_only_when_it_is_shown(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[Frame] = []

    def counted(a: Frame, b: Frame) -> Frame:
        calls.append(b)
        return difference(a, b)

    monkeypatch.setattr(compare, "difference", counted)
    session.freeze()
    session.sample(1)
    session.compare.show("A")
    _ = session.seen
    assert calls == []
    session.compare.show(DIFFERENCE)
    assert session.seen is session.seen
    assert len(calls) == 1
    session.sample(2)
    _, _ = session.seen, session.seen
    assert len(calls) == 2


def test_showing_what_is_shown_is_no_news(session: Session, news: list[str]) -> None:
    session.freeze()
    session.compare.show("B")
    assert news == ["compare"]
    session.compare.show("A")
    session.compare.show("A")
    assert news == ["compare", "compare"]
    session.compare.drop()
    session.compare.drop()
    assert news == ["compare"] * 3
    assert list(session.slots) == ["A"]
    assert session.seen is session.frame


def test_freezing_again_replaces_a(session: Session) -> None:
    session.freeze()
    session.sample(1)
    one = session.frame
    session.freeze()
    session.sample(2)
    session.compare.show("A")
    assert session.seen.activations is one.activations


def test_swapping_turns_the_difference_round(session: Session) -> None:
    session.freeze()
    seven = session.drawing
    session.sample(1)
    session.compare.show(DIFFERENCE)
    before = session.seen
    one = session.drawing
    session.swap()
    assert session.compare.shown == DIFFERENCE
    assert (session.drawing, session.compare.drawing) == (seven, one)
    for got, was in zip(session.seen.activations.out, before.activations.out, strict=True):
        assert np.array_equal(got, -was)
    session.undo()
    assert session.drawing is one


def test_swapping_brings_changes_and_transform_back(session: Session, news: list[str]) -> None:
    broken, turned = NodesOff("C3", map=2), Transform(angle=20.0)
    session.alter(broken)
    session.set_transform(turned)
    a, seven = session.frame, session.drawing
    session.freeze()
    session.restore_all()
    session.set_transform(AS_DRAWN)
    session.sample(1)
    session.compare.show(DIFFERENCE)
    b, one = session.frame, session.drawing
    news.clear()
    session.swap()
    assert news == ["frame", "compare"]
    assert (session.changes, session.transform, session.drawing) == ((broken,), turned, seven)
    assert session.compare.shown == DIFFERENCE
    for got, was in zip(session.frame.activations.out, a.activations.out, strict=True):
        assert np.array_equal(got, was)
    frozen = session.slots["A"]
    assert (frozen.network.changes, frozen.frame.activations) == ((), b.activations)
    session.undo()  # of the pad; the network stays as it is
    assert (session.drawing, session.changes) == (one, (broken,))
    session.redo()
    session.swap()
    assert (session.changes, session.transform, session.drawing) == ((), AS_DRAWN, one)
    assert session.slots["A"].network.changes == (broken,)
    assert np.array_equal(session.frame.activations.output, b.activations.output)


def test_swapping_brings_another_network_back(session: Session) -> None:
    session.alter(NodesOff("F5", 3))
    a, seven = session.frame, session.drawing
    session.freeze()
    session.load("mlp")
    session.sample(1)
    session.select(800)
    networks: list[Network] = []
    session.network_changed.connect(networks.append)
    session.swap()
    assert networks == [a.network]
    assert (session.network, session.settings.network, session.drawing) == (a.network, "cnn", seven)
    assert np.array_equal(session.frame.activations.output, a.activations.output)
    assert (session.slots["A"].name, session.slots["A"].network) == ("mlp", load("mlp"))
    assert (session.selection, session.compare.shown) == (None, "B")
    session.select(9000)
    session.restore_all()
    assert session.network is load("cnn")
    session.swap()
    assert (session.network, session.settings.network) == (load("mlp"), "mlp")


def test_a_swap_that_fails_leaves_everything_as_it_was(
    session: Session, news: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    session.set_transform(Transform(angle=20.0))
    session.freeze()
    session.set_transform(AS_DRAWN)
    session.sample(1)

    def overflows(*_: object) -> Frame:
        raise NetworkError("too large")

    before = session.frame, session.drawing, session.transform, dict(session.slots), session.compare.drawing
    news.clear()
    monkeypatch.setattr("nodelink.session.compute_frame", overflows)
    with pytest.raises(NetworkError, match="too large"):
        session.swap()
    after = session.frame, session.drawing, session.transform, dict(session.slots), session.compare.drawing
    assert (after, news) == (before, [])
    monkeypatch.undo()
    session.undo()
    assert session.drawing.sample == (7, 0)


def test_after_a_network_switch_a_is_from_another_network(session: Session, news: list[str]) -> None:
    session.freeze()
    session.compare.show(DIFFERENCE)
    a = session.slots["A"].frame
    news.clear()
    session.load("mlp")
    assert news == ["frame", "compare"]
    assert session.compare.shown == "B"
    with pytest.raises(
        ValueError, match="A was frozen in CNN, B is in MLP: no B − A, they have 8 and 4 layers"
    ):
        session.compare.show(DIFFERENCE)
    session.compare.show("A")
    assert session.seen is a
    assert session.seen.network is load("cnn")
    session.load("cnn")
    assert session.compare.shown == "B"
    session.compare.show(DIFFERENCE)
    assert not any(out.any() for out in session.seen.activations.out)  # the same digit all the time


def test_nodes_are_pointed_at_in_the_network_that_is_shown(session: Session) -> None:
    session.freeze()
    session.select(9000)
    session.compare.show("A")
    session.compare.show("B")
    assert session.selection == 9000  # the same network: the same node
    session.load("mini")
    assert session.selection is None
    session.select(800)
    session.compare.show("A")
    assert session.selection is None
    session.select(9000)
    session.compare.show("B")
    assert session.selection is None
    with pytest.raises(ValueError, match="9000"):
        session.select(9000)


def test_each_network_keeps_its_own_view_while_the_other_is_shown(session: Session) -> None:
    session.freeze()
    session.load("mini")
    session.set_pose(Pose(1.0, 2.0, (0.0, 0.0, 0.0), 50.0, 1.0))
    session.compare.show("A")
    assert session.pose is None
    session.set_pose(Pose(9.0, 2.0, (0.0, 0.0, 0.0), 50.0, 1.0))
    session.compare.show("B")
    assert session.pose == Pose(1.0, 2.0, (0.0, 0.0, 0.0), 50.0, 1.0)


def test_only_what_there_is_can_be_shown(session: Session) -> None:
    session.freeze()
    with pytest.raises(ValueError, match="shown is 'C'"):
        session.compare.show("C")
