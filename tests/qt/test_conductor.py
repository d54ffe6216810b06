"""The conductor in the window: a clock that runs only while the walk plays, and a camera that follows if asked."""

from __future__ import annotations

from typing import Any
from unittest.mock import MagicMock

from PyQt6.QtWidgets import QApplication

from nodelink.graph.camera import Pose
from nodelink.qt.window import Window
from nodelink.session import Session
from tests.qt.hand import HAND


def shown(canvas: MagicMock) -> Any:
    """What the scene was given last."""
    return canvas.set_activations.call_args.args[0]


def test_the_clock_runs_while_it_plays_and_at_no_other_time(window: Window, session: Session) -> None:
    timer, walk = window.conductor.timer, session.walk
    assert not timer.isActive()
    walk.play()
    assert timer.isActive()
    HAND.qWait(300)
    assert walk.at > 0
    walk.pause()
    assert not timer.isActive()
    at = walk.at
    session.sample(3)
    HAND.qWait(120)
    assert (walk.at, timer.isActive()) == (at, False)
    walk.forward()
    assert not timer.isActive()
    walk.play()
    walk.stop()
    assert not timer.isActive()


def test_it_stops_by_itself_at_the_end(window: Window, session: Session) -> None:
    walk = session.walk
    walk.choose(speed=16.0)
    walk.go(walk.steps.total - 1)
    walk.play()
    for _ in range(100):
        HAND.qWait(20)
        if walk.done:
            break
    assert walk.done
    assert not window.conductor.timer.isActive()


def test_scene_and_panels_show_what_is_computed_and_the_pad_goes_on(
    window: Window, session: Session, canvas: MagicMock
) -> None:
    whole = session.frame
    session.walk.forward()
    part = shown(canvas)
    assert part.reached is not None
    assert part.out[1].any() or not whole.activations.out[1].any()
    assert not part.out[2].any()
    session.sample(4)
    assert session.frame is not whole
    assert shown(canvas).reached is not None
    assert session.frame.verdict != "open"
    session.walk.stop()
    assert shown(canvas) is session.frame.activations


def test_another_network_while_it_plays(window: Window, session: Session, canvas: MagicMock) -> None:
    session.walk.play()
    HAND.qWait(100)
    session.load("mini")
    assert shown(canvas).network is session.network
    HAND.qWait(200)
    assert session.walk.playing
    assert shown(canvas).network is session.network
    session.walk.stop()


def test_the_camera_follows_only_if_asked_and_comes_back(
    window: Window, session: Session, canvas: MagicMock
) -> None:
    canvas.ready = True
    mine = Pose(1.0, 2.0, (3.0, 4.0, 5.0), 60.0, 1.0)
    session.set_pose(mine)
    session.walk.forward()
    assert session.pose == mine
    session.walk.choose(following=True)
    there = session.pose
    assert there != mine
    session.walk.choose(speed=2.0)
    session.walk.forward()
    session.walk.stop()
    assert session.pose == mine
    session.walk.forward()
    session.set_pose(Pose(9.0, 2.0, (3.0, 4.0, 5.0), 60.0, 1.0))  # the user's own hand
    session.walk.stop()
    assert session.pose is not None
    assert session.pose.azimuth == 9.0


def test_walking_does_not_begin_by_itself(window: Window, session: Session, canvas: MagicMock) -> None:
    session.sample(5)
    session.change(layers_hidden=("C1",))
    session.load("mini")
    QApplication.processEvents()
    assert not session.walk.on
    assert shown(canvas) is session.frame.activations
