"""Walk: plays a pass by the clock that it is given, stands when it is told, and follows drawing and network."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nodelink.explain.steps import GRAINS
from nodelink.nn.changes import BiasOff
from nodelink.session import Session
from nodelink.settings import Settings
from nodelink.walk import FRAME, REST, SECONDS, SPEEDS, Walk
from tests.networks import cnn, mini, random_network

NETWORKS = {"cnn": cnn(), "mini": mini()}


@pytest.fixture
def session() -> Session:
    found = Session(NETWORKS["cnn"], Settings(), load=lambda name: NETWORKS[name])
    found.sample(7)
    return found


def heard(walk: Walk) -> list[int]:
    news: list[int] = []
    walk.changed.connect(lambda: news.append(walk.at))
    return news


def play(walk: Walk, seconds: float, tick: float = 0.04) -> None:
    for _ in range(round(seconds / tick)):
        walk.tick(tick)


def test_a_walk_that_is_off_hides_nothing_and_needs_no_clock(session: Session) -> None:
    walk, news = session.walk, heard(session.walk)
    assert session.seen is session.frame
    walk.tick(5.0)
    session.sample(3)
    assert walk.due is None
    assert (news, walk.at, walk.on) == ([], 0, False)


@pytest.mark.parametrize("grain", GRAINS)
@pytest.mark.parametrize("speed", SPEEDS)
def test_playing_takes_the_time_that_it_says(grain: str, speed: float) -> None:
    walk = Walk(NETWORKS["mini"])
    walk.choose(grain=grain, speed=speed)
    walk.play()
    steps = {"layer": 3, "map": 4, "position": walk.steps.total}[grain]
    seconds, ticks = 0.0, []
    while walk.playing:
        assert walk.due is not None
        assert walk.due >= FRAME
        seconds += walk.due
        before = walk.at
        walk.tick(walk.due)
        ticks.append(walk.at - before)
    assert walk.done
    assert walk.due is None
    assert min(ticks) >= 0
    # the last step shows its last cell before its time is over
    last = SECONDS[grain] / speed
    assert steps * last - last - 2 * FRAME <= seconds <= steps * last + 2 * FRAME + steps * 2e-3


def test_a_layer_fills_cell_by_cell_and_then_stands(session: Session) -> None:
    walk = session.walk
    walk.play()
    news = heard(walk)
    play(walk, 2.0)
    assert 0.5 * 4704 < walk.at < 0.8 * 4704
    assert news == sorted(set(news))
    play(walk, 1.5)
    assert walk.at == 4704
    play(walk, 1.0)
    assert walk.at > 4704


def test_single_positions_come_one_after_another(session: Session) -> None:
    walk = session.walk
    walk.choose(grain="position", speed=4.0)
    walk.play()
    news = heard(walk)
    play(walk, 5.0)
    assert news == list(range(1, len(news) + 1))
    assert 19 <= len(news) <= 21


def test_a_busy_window_skips_nothing(session: Session) -> None:
    walk = session.walk
    walk.play()
    walk.tick(60.0)
    assert 0 < walk.at < 0.1 * 4704


def test_pausing_and_going_on_loses_nothing(session: Session) -> None:
    walk = session.walk
    walk.play()
    play(walk, 2.0)
    walk.pause()
    at = walk.at
    assert walk.due is None
    walk.tick(1.0)
    assert walk.at == at
    walk.play()
    walk.tick(0.04)
    assert at <= walk.at < at + 120


@pytest.mark.parametrize("grain", GRAINS)
def test_steps_by_hand_stand_where_they_lead_and_back_undoes_them(session: Session, grain: str) -> None:
    walk = session.walk
    walk.choose(grain=grain)
    way = []
    for _ in range(7):
        walk.forward()
        way.append(walk.at)
        assert walk.on
        assert not walk.playing
    for at in [*way[-2::-1], 0, 0]:
        walk.back()
        assert walk.at == at


def test_the_first_step_back_takes_the_answer_away(session: Session) -> None:
    session.walk.back()
    assert session.walk.on
    assert session.seen.verdict == "open"
    assert not session.seen.activations.output.any()


def test_at_the_end_it_stands_and_space_begins_again(session: Session) -> None:
    walk = session.walk
    walk.go(walk.steps.total - 1)
    walk.play()
    play(walk, 5.0)
    assert walk.done
    assert not walk.playing
    assert session.seen is session.frame
    walk.play()
    assert walk.at == 0


def test_what_is_seen_is_the_frame_as_far_as_the_walk_has_come(session: Session) -> None:
    session.walk.go(session.walk.steps.starts[4])
    seen, frame = session.seen, session.frame
    assert (seen.verdict, seen.guesses) == ("open", ())
    for stage in range(4):
        assert seen.activations.out[stage] is frame.activations.out[stage]
    assert not any(out.any() for out in seen.activations.out[4:])
    assert frame.activations.reached is None
    assert session.seen is seen  # asked twice, worked out once
    session.walk.stop()
    assert session.seen is frame


def test_the_node_is_the_one_computed_last(session: Session) -> None:
    walk = session.walk
    assert walk.node is None
    walk.go(walk.steps.starts[3] + 137)
    assert walk.node == session.network.stages[3].offset + 136
    walk.go(walk.steps.total)
    assert walk.node is None


def test_a_playing_walk_waits_for_the_hand_and_begins_again(session: Session) -> None:
    walk = session.walk
    walk.play()
    play(walk, 6.0)
    at = walk.at
    for _ in range(40):  # a stroke of more than a second and a half
        session.sample(3)
        walk.tick(0.04)
        assert walk.at == at
        assert np.array_equal(session.seen.activations.out[1], session.frame.activations.out[1])
    play(walk, REST - 0.12)
    assert walk.at == at
    walk.tick(0.2)
    assert walk.at == 0
    assert walk.playing
    play(walk, 1.0)
    assert walk.at > 0


def test_a_walk_that_has_played_to_its_end_plays_the_next_digit(session: Session) -> None:
    walk = session.walk
    walk.go(walk.steps.total - 1)
    walk.play()
    play(walk, 5.0)
    session.sample(3)
    assert (walk.at, walk.playing, session.seen.verdict) == (0, True, "open")


def test_a_walk_that_stands_keeps_its_place(session: Session) -> None:
    walk = session.walk
    walk.go(1234)
    session.sample(3)
    play(walk, 3.0)
    assert walk.at == 1234
    assert np.array_equal(session.seen.activations.out[0], session.frame.activations.out[0])


def test_another_network_is_walked_from_its_beginning(session: Session) -> None:
    walk = session.walk
    walk.play()
    play(walk, 6.0)
    session.load("mini")
    assert (walk.at, walk.playing, walk.on) == (0, True, True)
    assert session.seen.network is session.network
    play(walk, 1.0)
    assert 0 < walk.at <= 16
    walk.pause()
    session.load("cnn")
    assert (walk.at, walk.playing, walk.on) == (0, False, True)


def test_hidden_layers_are_not_walked(session: Session) -> None:
    walk = session.walk
    session.change(layers_hidden=("C1", "C3"))
    assert walk.hidden == {1, 3}
    stages = []
    for _ in range(5):
        walk.forward()
        stages.append(session.network.stages[walk.steps.stage_of(walk.at)].name)
    assert stages == ["S2", "S4", "F5", "F6", "Output"]
    session.change(layers_hidden=(), layer_alone="F5")
    walk.go(0)
    walk.forward()
    step = walk.step
    assert step is not None
    assert session.network.stages[step.stage].name == "F5"
    walk.forward()
    assert walk.done
    session.load("mini")
    assert walk.hidden == frozenset()


def test_layers_are_jumped_to(session: Session) -> None:
    walk = session.walk
    walk.go_to(3)
    assert walk.at == walk.steps.starts[4]
    walk.choose(grain="position")
    walk.go_to(3)
    assert walk.at == walk.steps.starts[3] + 1
    walk.play()
    walk.go_to(5)
    assert (walk.at, walk.playing) == (walk.steps.starts[5], True)
    walk.go_to(0)
    assert walk.at == 0


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"grain": "cell"}, "grain is 'cell', expected one of layer, map, position"),
        ({"speed": 3.0}, "speed is 3.0, expected one of"),
    ],
)
def test_wrong_choices_are_refused(session: Session, wrong: dict[str, Any], message: str) -> None:
    news = heard(session.walk)
    with pytest.raises(ValueError, match=message):
        session.walk.choose(**wrong)
    with pytest.raises(ValueError, match="step: expected 0 to"):
        session.walk.go(10**6)
    with pytest.raises(ValueError, match="stage: expected 0 to 7, found 8"):
        session.walk.go_to(8)
    assert news == []


def test_nothing_is_told_twice(session: Session) -> None:
    walk, news = session.walk, heard(session.walk)
    walk.play()
    walk.play()
    walk.choose(speed=1.0, grain="layer", following=False)
    walk.pause()
    walk.pause()
    walk.stop()
    walk.stop()
    assert len(news) == 3


@pytest.mark.parametrize("seed", range(6))
def test_odd_networks_are_walked_to_the_end(seed: int) -> None:
    walk = Walk(random_network(seed))
    walk.choose(speed=16.0, grain="map")
    walk.play()
    for _ in range(5000):
        if walk.due is None:
            break
        walk.tick(walk.due)
    assert walk.done


def test_an_experiment_on_the_network_leaves_the_walk_where_it_is(session: Session) -> None:
    walk = session.walk
    walk.choose(grain="position")
    walk.go(walk.steps.starts[3] + 10)
    at = walk.at
    session.alter(BiasOff("C1"))
    assert (walk.at, walk.on) == (at, True)
    assert session.seen.verdict == "open"
    assert not session.seen.activations.output.any()
    session.restore_all()
    assert session.seen.verdict == "open"
