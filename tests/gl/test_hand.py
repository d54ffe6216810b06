"""The hand on a view of its own: what fingers, wheel and mouse do, where things stay, and when it goes on by itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nodelink.gl.hand import CLICK, ORBIT, RESTING, WHEEL, Hand
from nodelink.graph import camera
from nodelink.graph.camera import Pose
from nodelink.graph.motion import COASTING, STEPPING, Manner, Travel

SIZE = (400, 200)
START = {
    "3d": Pose(20.0, 30.0, (0.0, 0.0, 0.0), 100.0, 1.0),
    "2d": Pose(0.0, 0.0, (0.0, 0.0, 0.0), 100.0, 0.0),
}
BOX = np.array([(x, y, z) for x in (-60, 60) for y in (-40, 40) for z in (-40, 40)], np.float32)
MIDDLE = (200.0, 100.0)


class View:
    """A box seen by a camera, in a time of its own; a node everywhere at depth `near` before the target."""

    size = SIZE

    def __init__(self, layout: str = "3d") -> None:
        self.time = 50.0
        self.travel = Travel(lambda name, _view: START[name], lambda: self.time)
        self.travel.layout = layout
        self.near = 0.0
        self.node: Any = None  # or this one node, wherever the pointer is
        self.manners: list[Manner] = []
        self.halts = 0

    @property
    def seen(self) -> Pose:
        return self.travel.seen()

    @property
    def pose(self) -> Pose:
        return self.travel.goal()

    @property
    def flat(self) -> bool:
        return self.travel.layout == "2d"

    def now(self) -> float:
        return self.time

    def under(self, at: tuple[float, float]) -> Any:
        if self.node is not None:
            return self.node
        right, up, forward = camera.axes(self.seen)
        half = self.seen.height / 2
        depth = -self.near
        shrink = 1 + self.seen.perspective * depth / (camera.DISTANCE * self.seen.height)
        x, y = (at[0] - 200) / 100 * half * shrink, (100 - at[1]) / 100 * half * shrink
        return np.asarray(self.seen.target) + right * x + up * y + forward * depth

    def graph_points(self) -> Any:
        return BOX

    def move(self, pose: Pose, manner: Manner) -> None:
        self.manners.append(manner)
        self.travel.go(pose, manner)

    def halt(self) -> None:
        self.halts += self.travel.halt()

    # for the tests

    def wait(self, seconds: float) -> None:
        self.time += seconds
        self.travel.tick()

    def place(self, point: Any) -> Any:
        x, y, _ = camera.project([point], self.seen, 2.0)[0]
        return np.array([200 + 200 * x, 100 - 100 * y])


@pytest.fixture
def view() -> View:
    return View()


@pytest.fixture
def hand(view: View) -> Hand:
    return Hand(view)


def flick(view: View, hand: Hand, step: float, rest: float = 0.0, **how: bool) -> None:
    """Drag to the right, `step` pixels every 10 ms, and let go after a rest."""
    hand.press(MIDDLE, **how)
    for i in range(1, 11):
        view.wait(0.01)
        hand.drag((200 + step * i, 100.0))
    view.wait(rest)
    hand.release((200 + 10 * step, 100.0))


def test_a_press_and_release_at_one_place_is_a_click_and_moves_nothing(view: View, hand: Hand) -> None:
    hand.press(MIDDLE)
    hand.drag((200 + CLICK - 1, 100.0))
    assert hand.release((200 + CLICK - 1, 100.0))
    assert view.pose == START["3d"]
    hand.press(MIDDLE)
    assert not hand.release((200 + CLICK, 100.0))
    assert not hand.release(MIDDLE)  # nothing was held


def test_a_drag_turns_with_the_pointer_and_catches_up_with_its_first_pixels(view: View, hand: Hand) -> None:
    hand.press(MIDDLE)
    for x in range(201, 231):
        hand.drag((float(x), 110.0))
    assert view.pose.azimuth == pytest.approx(20 - 30 * ORBIT)
    assert view.pose.elevation == pytest.approx(30 + 10 * ORBIT)


def test_a_flick_goes_on_and_comes_to_rest(view: View, hand: Hand) -> None:
    flick(view, hand, 3.0)
    assert view.manners[-1] == COASTING
    released = view.seen.azimuth
    view.wait(0.01)
    assert (released - view.seen.azimuth) / 0.01 == pytest.approx(
        300 * ORBIT, rel=0.05
    )  # as fast as the hand
    view.wait(COASTING.seconds)
    assert not view.travel.moving
    assert view.seen == view.pose
    assert view.pose.azimuth < released - 10


def test_a_hand_that_rests_before_it_lets_go_leaves_the_scene_at_rest(view: View, hand: Hand) -> None:
    flick(view, hand, 3.0, rest=RESTING * 2)
    assert not view.travel.moving
    flick(view, hand, 0.8)  # and so does a slow one
    assert not view.travel.moving


def test_a_press_stops_the_glide_dead(view: View, hand: Hand) -> None:
    flick(view, hand, 5.0)
    view.wait(0.2)
    seen = view.seen
    view.time += 0.01
    hand.press(MIDDLE)
    assert view.halts == 1
    hand.release(MIDDLE)
    view.wait(1.0)
    assert view.seen == seen


@pytest.mark.parametrize(("layout", "how"), [("2d", {}), ("3d", {"turn": False})])
def test_moving_keeps_the_scene_under_the_pointer(layout: str, how: dict[str, bool]) -> None:
    view = View(layout)
    hand = Hand(view)
    point = view.under(MIDDLE)
    flick(view, hand, 3.0, rest=1.0, **how)
    assert view.place(point) == pytest.approx([230, 100])
    flick(view, hand, 3.0, **how)
    assert view.travel.moving  # here, too, a flick glides on
    view.wait(5.0)
    assert view.place(point)[0] > 270


@pytest.mark.parametrize("near", [-30.0, 0.0, 30.0])
def test_the_wheel_keeps_what_is_under_the_pointer_there_all_the_way(
    view: View, hand: Hand, near: float
) -> None:
    view.near = near
    at = (300.0, 60.0)
    point = view.node = view.under(at)
    hand.wheel(3.0, 0.0, at)
    assert view.manners[-1] == STEPPING
    assert view.pose.height == pytest.approx(100 / WHEEL**3)
    for _ in range(8):
        assert view.place(point) == pytest.approx(at)
        view.wait(STEPPING.seconds / 6)
    assert view.seen == view.pose
    hand.wheel(-3.0, 0.0, at)
    view.wait(1.0)
    assert view.seen.target == pytest.approx(START["3d"].target, abs=1e-6)
    assert view.seen.height == pytest.approx(100.0)


def test_notches_that_come_fast_add_up(view: View, hand: Hand) -> None:
    for _ in range(5):
        hand.wheel(1.0, 0.0, MIDDLE)
        view.wait(0.02)
    assert view.pose.height == pytest.approx(100 / WHEEL**5)
    assert view.seen.height > view.pose.height


def test_the_wheel_after_another_way_counts_from_what_is_seen(view: View, hand: Hand) -> None:
    view.travel.go(Pose(20.0, 30.0, (0.0, 0.0, 0.0), 10.0, 1.0))
    view.wait(0.2)
    height = view.seen.height
    hand.wheel(1.0, 0.0, MIDDLE)
    assert view.pose.height == pytest.approx(height / WHEEL)


def test_after_zooming_at_the_far_end_it_still_turns_about_something_in_the_network(
    view: View, hand: Hand
) -> None:
    view.near = 40.0
    for _ in range(4):
        hand.wheel(4.0, 0.0, MIDDLE)
        view.wait(1.0)
        view.near = -40.0
        hand.wheel(-4.0, 0.0, MIDDLE)
        view.wait(1.0)
        view.near = 40.0
    seen = view.place((5.0, 5.0, 5.0))
    hand.press(MIDDLE)
    hand.drag((200.0 + CLICK, 100.0))
    forward = camera.axes(view.seen)[2]
    depths = (BOX - np.asarray(view.pose.target)) @ forward
    assert depths.min() < 2
    assert depths.max() > -2
    assert view.place((5.0, 5.0, 5.0)) == pytest.approx(seen, abs=8)


def test_a_tilted_wheel_moves_sideways(view: View, hand: Hand) -> None:
    hand.wheel(0.0, 0.0, MIDDLE)
    assert view.travel.wanted is None
    hand.wheel(0.1, 2.0, MIDDLE)  # fingers on a touch-pad are never quite straight
    view.wait(1.0)
    assert view.place((0, 0, 0))[0] > 205
    assert view.pose.height == START["3d"].height


def test_a_touch_pad_zooms_and_moves_by_pixels_without_delay(view: View, hand: Hand) -> None:
    at, point = (250.0, 80.0), view.under((250.0, 80.0))
    for _ in range(10):
        hand.scroll(0.5, 7.5, at)
    assert view.place(point) == pytest.approx(at)
    assert view.seen.height < 80
    hand.scroll(-33.0, 2.0, at)
    assert view.place(point) == pytest.approx([217, 80])
    assert not view.travel.moving


def test_a_pinch_zooms_about_the_fingers_and_a_twist_turns(view: View, hand: Hand) -> None:
    at, point = (120.0, 150.0), view.under((120.0, 150.0))
    hand.pinch(1.5, at)
    assert view.seen.height == pytest.approx(100 / 1.5)
    assert view.place(point) == pytest.approx(at)
    hand.twist(12.0)
    assert view.seen.azimuth == pytest.approx(32.0)


def test_a_flat_layout_does_not_twist() -> None:
    view = View("2d")
    Hand(view).twist(12.0)
    assert view.pose == START["2d"]


# Fingers ----------------------------------------------------------------------------------------------------


def test_one_finger_turns_and_a_tap_is_a_click(view: View, hand: Hand) -> None:
    hand.touch({4: MIDDLE})
    assert hand.touch({}) == MIDDLE
    hand.touch({4: MIDDLE})
    hand.touch({4: (240.0, 100.0)})
    assert view.pose.azimuth == pytest.approx(20 - 40 * ORBIT)
    assert hand.touch({}) is None


def test_a_finger_flicks(view: View, hand: Hand) -> None:
    hand.touch({1: MIDDLE})
    for i in range(1, 8):
        view.wait(0.01)
        hand.touch({1: (200 + 5.0 * i, 100.0)})
    hand.touch({})
    assert view.manners[-1] == COASTING


@pytest.mark.parametrize("layout", ["3d", "2d"])
def test_two_fingers_hold_what_is_between_them(layout: str) -> None:
    view = View(layout)
    hand = Hand(view)
    middle = view.under((200.0, 100.0))
    hand.touch({1: (180.0, 100.0), 2: (220.0, 100.0)})
    for step in range(1, 11):  # apart and to the lower right
        shift = 2.0 * step
        hand.touch({1: (180 - 2 * step + shift, 100 + shift), 2: (220 + 2 * step + shift, 100 + shift)})
    assert view.place(middle) == pytest.approx([220, 120], abs=0.5)
    assert view.pose.height == pytest.approx(50.0)
    assert view.pose.azimuth == START[layout].azimuth


def test_two_fingers_turn_the_scene_with_them(view: View, hand: Hand) -> None:
    for angle in range(0, 41, 5):
        x, y = 60 * np.cos(np.radians(angle)), 60 * np.sin(np.radians(angle))
        hand.touch({1: (200 - x, 100 - y), 2: (200 + x, 100 + y)})
    assert view.pose.azimuth == pytest.approx(20 + 40)
    assert view.pose.height == pytest.approx(100)


def test_fingers_that_come_and_go_never_make_the_scene_jump(view: View, hand: Hand) -> None:
    hand.touch({1: (100.0, 100.0)})
    hand.touch({1: (110.0, 100.0)})
    before = view.pose
    hand.touch({1: (110.0, 100.0), 2: (300.0, 50.0)})
    assert view.pose == before
    hand.touch({2: (300.0, 50.0)})
    assert view.pose == before
    hand.touch({2: (301.0, 50.0)})
    assert abs(view.pose.azimuth - before.azimuth) < 1
    hand.touch({1: (0.0, 0.0), 2: (301.0, 50.0), 3: (10.0, 10.0)})
    hand.touch({1: (50.0, 0.0), 2: (301.0, 50.0), 3: (10.0, 10.0)})  # three do nothing
    assert hand.touch({}) is None
    assert abs(view.pose.azimuth - before.azimuth) < 1
    assert not hand.down


@pytest.mark.parametrize("layout", ["3d", "2d"])
@pytest.mark.parametrize("notches", [1.0, -1.0])
def test_the_wheel_does_not_lead_where_nothing_is(layout: str, notches: float) -> None:
    view = View(layout)
    hand = Hand(view)
    for _ in range(200):
        hand.wheel(notches, 0.0, (390.0, 10.0))
        view.wait(1.0)
        at = camera.project(BOX, view.pose, 2.0)[:, :2]
        assert (np.nanmin(at, axis=0) < 1).all()
        assert (np.nanmax(at, axis=0) > -1).all()
    end = view.pose
    hand.wheel(notches, 0.0, (390.0, 10.0))
    assert view.pose.height == pytest.approx(end.height)
    diagonal = np.sqrt(120**2 + 80**2 + 80**2)
    assert end.height == pytest.approx((camera.NEAREST if notches > 0 else camera.FARTHEST) * diagonal)


def test_dragging_and_flicking_keep_the_network_in_view() -> None:
    view = View("2d")
    hand = Hand(view)
    for _ in range(20):
        flick(view, hand, 15.0)
        hand.release((350.0, 100.0))
        view.wait(3.0)
        at = camera.project(BOX, view.seen, 2.0)[:, 0]
        assert at.min() < 1
    assert view.pose.target[0] == pytest.approx(-60.0 - camera.BEYOND * 100.0)
    hand.wheel(0.0, 5.0, MIDDLE)
    assert view.pose.target[0] == pytest.approx(-60.0 - camera.BEYOND * 100.0)
