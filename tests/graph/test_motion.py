"""Motion by a clock of our own: ways end where they should, stop dead, and never jump, whatever the frames do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nodelink.graph import camera
from nodelink.graph.camera import Pose
from nodelink.graph.motion import (
    AT_ONCE,
    COASTING,
    GLIDING,
    STEPPING,
    TURN_SPEED,
    Swing,
    Travel,
    coast,
    decay,
    ease,
)

START = Pose(20.0, 30.0, (0.0, 0.0, 40.0), 200.0, 1.0)
FLAT = Pose(0.0, 0.0, (5.0, 0.0, 0.0), 150.0, 0.0)
ELSEWHERE = Pose(-60.0, 80.0, (10.0, -5.0, 20.0), 60.0, 1.0)
MOMENTS = np.linspace(0, 1, 101)


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def travel(clock: Clock) -> Travel:
    return Travel(lambda layout, _view: START if layout == "3d" else FLAT, clock)


def after(travel: Travel, clock: Clock, seconds: float) -> Pose:
    clock.now += seconds
    travel.tick()
    return travel.seen()


def distance(a: Pose, b: Pose) -> float:
    """How different two poses look, roughly in parts of the view."""
    turn = abs((a.azimuth - b.azimuth + 180) % 360 - 180) + abs(a.elevation - b.elevation)
    shift = np.linalg.norm(np.subtract(a.target, b.target)) / min(a.height, b.height)
    return float(turn / 50 + shift + abs(np.log(a.height / b.height)) + abs(a.perspective - b.perspective))


@pytest.mark.parametrize("curve", [ease, decay])
def test_a_curve_leads_from_0_to_1_and_never_back(curve: object) -> None:
    values = [curve(t) for t in MOMENTS]  # type: ignore[operator]
    assert (values[0], values[-1]) == (0, pytest.approx(1))
    assert (np.diff(values) > 0).all()
    assert values[-1] - values[-2] < 0.01  # it comes to a gentle stop


def test_at_first_the_start_view_is_seen_and_nothing_moves(travel: Travel) -> None:
    assert travel.seen() == travel.goal() == START
    assert travel.wanted is None
    assert travel.shown("3d") is None
    assert not travel.moving


@pytest.mark.parametrize("manner", [GLIDING, STEPPING, COASTING])
def test_a_way_begins_where_the_picture_is_and_ends_at_its_goal(
    travel: Travel, clock: Clock, manner: object
) -> None:
    travel.go(ELSEWHERE, manner)  # type: ignore[arg-type]
    assert travel.goal() == ELSEWHERE
    assert travel.seen() == START
    path = [after(travel, clock, manner.seconds / 100) for _ in range(102)]  # type: ignore[attr-defined]
    steps = [distance(a, b) for a, b in zip([START, *path[:-1]], path, strict=True)]
    assert max(steps) < 0.1 * distance(START, ELSEWHERE) + 0.05
    assert path[-1] == ELSEWHERE
    assert not travel.moving


def test_the_way_is_the_same_in_few_frames_and_in_many(travel: Travel, clock: Clock) -> None:
    other = Travel(lambda _layout, _view: START, clock)
    travel.go(ELSEWHERE)
    other.go(ELSEWHERE)
    for _ in range(10):
        after(travel, clock, 0.02)
    other.tick()
    assert other.seen() == travel.seen() != ELSEWHERE


def test_home_is_a_way_too_and_follows_a_start_view_that_changes(clock: Clock) -> None:
    views = {"3d": START}
    travel = Travel(lambda layout, _view: views[layout], clock)
    travel.put(ELSEWHERE)
    travel.go(None)
    halfway = after(travel, clock, GLIDING.seconds / 2)
    assert 0 < distance(halfway, START) < distance(ELSEWHERE, START)
    views["3d"] = wider = replace(START, height=400.0)  # the window was resized meanwhile
    assert after(travel, clock, GLIDING.seconds) == wider
    assert travel.shown("3d") is None


def test_what_was_fitted_stays_fitted_until_the_hand_moves_it(clock: Clock) -> None:
    views: dict[object, Pose] = {"start": START, (5.0, 6.0): ELSEWHERE}
    travel = Travel(lambda _layout, view: views[view], clock)
    token = travel.fit((5.0, 6.0))
    assert token == ELSEWHERE
    assert travel.goal() == START  # asked about, not yet wanted
    travel.put(token)
    assert travel.follows
    views[5.0, 6.0] = wider = replace(ELSEWHERE, height=400.0)  # the window was resized
    assert travel.goal() == travel.seen() == wider
    assert travel.wanted == token
    travel.put(moved := replace(wider, azimuth=7.0))
    assert not travel.follows
    views[5.0, 6.0] = START
    assert travel.goal() == moved


def test_a_press_stops_dead_where_the_picture_is(travel: Travel, clock: Clock) -> None:
    travel.go(coast(START, 300.0, 0.0, turn=True), COASTING)
    seen = after(travel, clock, 0.2)
    clock.now += 0.01  # the press comes between two frames
    assert travel.halt()
    assert travel.seen() == travel.goal() == seen
    assert after(travel, clock, 1.0) == seen
    assert not travel.halt()


def test_another_goal_on_the_way_changes_course_without_a_jump(travel: Travel, clock: Clock) -> None:
    travel.go(ELSEWHERE)
    seen = after(travel, clock, GLIDING.seconds / 3)
    travel.go(None)
    assert travel.seen() == seen
    assert distance(after(travel, clock, 0.001), seen) < 0.01
    assert after(travel, clock, GLIDING.seconds) == START


@pytest.mark.parametrize("speed", [40.0, 150.0, -400.0])
def test_a_flick_goes_on_with_the_speed_of_the_hand_and_stops(
    travel: Travel, clock: Clock, speed: float
) -> None:
    end = coast(START, speed, 0.0, turn=True)
    travel.go(end, COASTING)
    turned = after(travel, clock, 0.001).azimuth - START.azimuth
    if abs(speed) < 400:  # a hard flick is slower than the hand: it must not turn the shorter way round
        assert turned / 0.001 == pytest.approx(speed, rel=0.01)
    assert np.sign(turned) == np.sign(speed)
    total = 0.0
    for _ in range(40):
        before = travel.seen().azimuth
        total += (after(travel, clock, COASTING.seconds / 40).azimuth - before + 180) % 360 - 180
    assert np.sign(total) == np.sign(speed)
    assert travel.seen() == end
    assert not travel.moving


def test_a_flick_over_the_pole_ends_there() -> None:
    assert coast(START, 0.0, 1e6, turn=True).elevation == camera.ELEVATIONS[1]


def test_a_flick_of_a_flat_picture_moves_it_with_the_hand(clock: Clock) -> None:
    end = coast(FLAT, 0.5, -0.25, turn=False)
    moved = camera.project([FLAT.target], end, 1.0)[0]
    assert moved[0] == pytest.approx(-2 * moved[1])
    assert moved[0] > 0


def test_each_layout_keeps_its_own_camera(travel: Travel, clock: Clock) -> None:
    travel.go(ELSEWHERE)
    halfway = after(travel, clock, 0.1)
    travel.layout = "2d"
    assert travel.seen() == FLAT
    assert travel.seen("3d") == halfway  # the morph still shows it
    assert travel.moving
    after(travel, clock, GLIDING.seconds)
    assert travel.seen("3d") == ELSEWHERE


def test_without_animation_every_way_is_taken_at_once(travel: Travel) -> None:
    travel.animated = False
    travel.go(ELSEWHERE)
    assert travel.seen() == ELSEWHERE
    travel.settle(START)
    assert travel.seen() == ELSEWHERE
    assert not travel.moving


def test_a_way_to_where_we_are_is_none(travel: Travel) -> None:
    travel.go(START)
    assert not travel.moving
    travel.settle(START)
    assert not travel.moving


def test_it_turns_by_itself_evenly_until_a_press(travel: Travel, clock: Clock) -> None:
    travel.turn(True)
    assert travel.moving
    for seconds in (0.5, 0.01, 3.0):
        before = travel.seen().azimuth
        assert after(travel, clock, seconds).azimuth - before == pytest.approx(TURN_SPEED * seconds)
    seen = travel.seen()
    assert travel.halt()
    assert not travel.turning
    assert not travel.moving
    assert after(travel, clock, 5.0) == seen == travel.goal()


def test_what_commands_start_from_turns_with_the_picture(travel: Travel, clock: Clock) -> None:
    travel.go(ELSEWHERE, AT_ONCE)
    assert travel.heading() == ELSEWHERE
    travel.turn(True)
    seen = after(travel, clock, 3.0)
    assert travel.heading() == seen
    assert seen.azimuth == pytest.approx(ELSEWHERE.azimuth + 3 * TURN_SPEED)
    assert travel.goal() == ELSEWHERE
    travel.layout = "2d"
    assert travel.heading() == FLAT
    travel.layout = "3d"
    travel.go(START, GLIDING)
    assert travel.heading() == START != after(travel, clock, 0.1)


def test_turning_is_switched_off_where_it_is_also_from_the_other_layout(travel: Travel, clock: Clock) -> None:
    travel.turn(True)
    seen = after(travel, clock, 2.0)
    travel.layout = "2d"
    travel.turn(False)
    assert travel.seen("3d") == seen
    assert travel.seen() == FLAT
    assert not travel.moving


def test_a_step_of_a_key_ends_the_turning_without_a_jump(travel: Travel, clock: Clock) -> None:
    travel.turn(True)
    seen = after(travel, clock, 4.0)
    travel.go(camera.orbit(seen, 5.0, 0.0), STEPPING)
    assert travel.seen() == seen
    assert not travel.turning


def test_another_network_begins_at_its_start_view_and_goes_on_turning(travel: Travel, clock: Clock) -> None:
    travel.go(ELSEWHERE)
    travel.reset()
    assert travel.seen() == START
    assert not travel.moving
    travel.turn(True)
    after(travel, clock, 3.0)
    travel.reset()
    assert travel.turning
    assert travel.seen() == START


def test_put_and_finish_arrive_without_a_way(travel: Travel) -> None:
    travel.put(ELSEWHERE)
    assert travel.seen() == ELSEWHERE
    travel.go(None)
    travel.finish()
    assert travel.seen() == START
    travel.go(ELSEWHERE, AT_ONCE)
    assert not travel.moving


# Swing ------------------------------------------------------------------------------------------------------


def test_a_swing_leads_from_rest_to_rest() -> None:
    swing = Swing(0.0, 1.0, 0.0, 10.0, 2.0)
    values = [swing.at(10 + 2 * t) for t in MOMENTS]
    assert (values[0], values[-1]) == (0, 1)
    assert (np.diff(values) > 0).all()
    assert swing.speed_at(10.0) == swing.speed_at(12.0) == 0
    assert swing.over(12.0)
    assert not swing.over(11.99)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.8, 0.95])
def test_a_swing_reversed_half_way_keeps_place_and_speed(share: float) -> None:
    there = Swing(0.0, 1.0, 0.0, 0.0, 0.6)
    now = 0.6 * share
    back = Swing(there.at(now), 0.0, there.speed_at(now), now, 0.6)
    assert back.at(now) == pytest.approx(there.at(now))
    assert back.at(now + 1e-4) - there.at(now) == pytest.approx(
        there.at(now) - there.at(now - 1e-4), abs=1e-5
    )
    values = [back.at(now + 0.6 * t) for t in MOMENTS]
    assert np.abs(np.diff(values)).max() < 0.03
    assert -0.05 < min(values) <= max(values) < 1.05
    assert values[-1] == 0


def test_the_speed_of_a_swing_is_its_slope() -> None:
    swing = Swing(0.3, 1.0, -2.0, 0.0, 0.6)
    for now in np.linspace(0.01, 0.59, 20):
        slope = (swing.at(now + 1e-6) - swing.at(now - 1e-6)) / 2e-6
        assert swing.speed_at(now) == pytest.approx(slope, abs=1e-4)
