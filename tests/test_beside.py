"""A second network on the same drawing: the same answer as from an engine of its own, and no work for nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest

from nodelink import beside
from nodelink.frame import Frame, compute_frame, same_drawing
from nodelink.graph.camera import Pose
from nodelink.nn.layers import Dense, Flatten
from nodelink.nn.network import Network
from nodelink.nn.weights import WeightsError
from nodelink.session import Session
from tests.networks import cnn, mini, mlp


def overflowing() -> Network:
    """A network that no drawing but a blank one passes through."""
    large = np.full((4, 784), 3e38, np.float32)
    layers = (Flatten("flat"), Dense("H1", large, np.zeros(4, np.float32), "relu"))
    return Network("large", "Large", layers, (1, 28, 28))


NETWORKS: dict[str, Callable[[], Network]] = {"cnn": cnn, "mlp": mlp, "mini": mini, "large": overflowing}


@cache
def load(name: str) -> Network:
    if name not in NETWORKS:
        raise WeightsError(name, "no such network")
    return NETWORKS[name]()


@pytest.fixture
def session() -> Session:
    session = Session(load("cnn"), load=load)
    session.sample(7)
    return session


def shown(session: Session) -> Frame:
    frame = session.beside.frame
    assert frame is not None
    return frame


def test_closed_it_does_nothing(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[object] = []
    monkeypatch.setattr(beside, "same_drawing", lambda *arguments: calls.append(arguments))
    session.sample(3)
    assert calls == []
    assert session.beside.frame is None


@pytest.mark.parametrize("name", ["mlp", "mini", "cnn"])
def test_it_answers_as_an_engine_of_its_own_would(session: Session, name: str) -> None:
    session.open_beside(name)
    for centre in (True, False):
        session.change(centre=centre)
        for digit in (7, 1):
            session.sample(digit)
            ink = session.frame.prepared.drawing.copy()
            for network, frame in ((load("cnn"), session.frame), (load(name), shown(session))):
                alone = compute_frame(network, ink, centre)
                assert np.array_equal(frame.activations.output, alone.activations.output)
                assert (frame.guesses, frame.verdict) == (alone.guesses, alone.verdict)


def test_it_follows_what_the_first_network_shows(session: Session) -> None:
    session.open_beside("mini")
    seven = session.frame.prepared
    session.freeze()
    session.sample(1)
    assert shown(session).prepared is session.frame.prepared
    session.compare.show("A")
    assert shown(session).prepared is seven
    session.sample(2)  # not shown
    assert shown(session).prepared is seven
    session.compare.show("B - A")
    assert shown(session).prepared is session.frame.prepared


def test_nothing_is_computed_twice(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Frame] = []

    def counted(frame: Frame, network: Network) -> Frame:
        calls.append(frame)
        return same_drawing(frame, network)

    monkeypatch.setattr(beside, "same_drawing", counted)
    session.open_beside("mlp")
    session.freeze()
    session.compare.show("A")
    session.compare.show("B")
    assert len(calls) == 1  # all the time the same drawing
    session.sample(3)
    assert len(calls) == 2
    session.beside.close()
    session.sample(4)
    assert len(calls) == 2


def test_what_cannot_be_loaded_leaves_everything_as_it_was(session: Session) -> None:
    session.open_beside("mlp")
    frame = session.beside.frame
    with pytest.raises(WeightsError):
        session.open_beside("missing")
    assert (session.beside.name, session.beside.frame) == ("mlp", frame)


def test_a_drawing_that_overflows_there_disturbs_nobody_here(session: Session) -> None:
    session.open_beside("large")
    assert session.beside.frame is None
    assert "Large" in session.beside.fault or "large" in session.beside.fault
    assert session.frame.verdict in ("sure", "unsure")
    session.clear()
    assert session.beside.frame is not None
    assert session.beside.fault == ""


def test_it_has_a_camera_of_its_own(session: Session) -> None:
    session.open_beside("mini")
    pose = Pose(3.0, 4.0, (0.0, 0.0, 0.0), 50.0, 1.0)
    told: list[Pose | None] = []
    session.beside.pose_changed.connect(told.append)
    session.beside.set_pose(pose, "3d")
    session.beside.set_pose(pose, "3d")
    assert told == [pose]
    assert session.pose is None
    assert session.beside.pose("2d") is None
    session.open_beside("mlp")
    assert session.beside.pose("3d") is None
    session.open_beside("mini")
    assert session.beside.pose("3d") == pose
    session.beside.set_pose(None, "3d")
    assert session.beside.pose("3d") is None


def test_a_network_switch_or_an_experiment_here_leaves_it_alone(session: Session) -> None:
    session.open_beside("mlp")
    session.load("mini")
    assert session.beside.network is load("mlp")
    assert shown(session).prepared is session.frame.prepared
