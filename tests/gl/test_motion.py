"""The canvas in motion, by a clock of our own: what is drawn on the way, that nothing jumps, and that it ends."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from nodelink.graph import camera
from nodelink.graph.emphasis import Emphasis
from nodelink.graph.motion import COASTING, GLIDING, STEPPING, TURN_SPEED
from nodelink.nn.network import Activations
from nodelink.settings import Settings
from nodelink.theme import THEMES, rgb
from tests import networks
from tests.gl.pictures import centre_of
from tests.gl.test_canvas import SIZE, mouse, pixels, pump

FRAME = 0.02  # seconds between pictures


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 10.0

    def __call__(self) -> float:
        return self.now


@cache
def working(name: str) -> Activations:
    network = getattr(networks, name)()
    rng = np.random.default_rng(0)
    return network.forward(rng.random(network.input_shape))  # type: ignore[no-any-return]


@pytest.fixture
def canvas(context: Any) -> Iterator[Any]:
    """A canvas with a picture on it, whose clock stands still."""
    from nodelink.gl.canvas import NetworkCanvas

    made = NetworkCanvas(size=SIZE)
    made.clock = made._travel.clock = Clock()
    made.moves, made.reports = [], []
    made.moved.connect(made.moves.append)
    made.drawn.connect(made.reports.append)
    show(made, "mini")
    made.flush()
    draw(made)
    yield made
    made.close()
    context.set_current()


def show(canvas: Any, name: str) -> None:
    canvas.set_network(working(name).network)
    canvas.set_activations(working(name))


def draw(canvas: Any, seconds: float = 0.0) -> Any:
    """The picture (H, W, 3) after some seconds."""
    from nodelink.gl.scene import read

    canvas.clock.now += seconds
    canvas.set_current()
    canvas.on_draw(None)
    return read(SIZE)[..., :3].astype(int)


def film(canvas: Any, seconds: float) -> list[Any]:
    return [draw(canvas, FRAME) for _ in range(round(seconds / FRAME) + 1)]


def idle(canvas: Any) -> bool:
    """Whether no frame comes any more, and no timer is left that could bring one."""
    pump(canvas, lambda: not (canvas._timer.running or canvas._dirty or canvas._completing), 4.0)
    before = len(canvas.reports)
    pump(canvas, seconds=0.15)
    return len(canvas.reports) == before and not canvas._timer.running


def biggest_step(path: list[Any]) -> float:
    """The largest mean difference of a picture from the one before."""
    return max(float(np.abs(b - a).mean()) for a, b in pairwise(path))


def test_at_rest_no_frame_is_drawn_and_no_timer_runs(canvas: Any) -> None:
    assert idle(canvas)
    canvas._change()
    pump(canvas, lambda: len(canvas.reports) > 0 and canvas.reports[-1].complete)
    assert idle(canvas)


def test_another_view_is_reached_by_a_way_and_not_by_a_jump(canvas: Any) -> None:
    start, goal = canvas.pose, canvas.named_pose("side")
    canvas.set_pose(goal)
    assert canvas.pose == goal
    assert canvas.seen == start
    draw(canvas, GLIDING.seconds / 2)
    assert 5 < abs(canvas.seen.azimuth - start.azimuth) < abs(goal.azimuth - start.azimuth)
    draw(canvas, GLIDING.seconds)
    assert canvas.seen == goal
    assert canvas.moves == []  # nobody but the user's hand reports moves
    assert idle(canvas)


def test_a_step_by_key_is_quick_and_a_far_view_takes_its_time(canvas: Any) -> None:
    canvas.set_pose(camera.orbit(canvas.pose, 5.0, 0.0))
    draw(canvas, STEPPING.seconds + 0.01)
    assert canvas.seen == canvas.pose
    canvas.set_pose(canvas.named_pose("side"))
    draw(canvas, STEPPING.seconds + 0.01)
    assert canvas.seen != canvas.pose


def test_a_flick_coasts_and_a_press_stops_it_dead(canvas: Any) -> None:
    mouse(canvas, "press", (100, 100), button=1)
    for step in range(1, 9):
        canvas.clock.now += 0.01
        mouse(canvas, "move", (100 + 4 * step, 100), button=1)
    mouse(canvas, "release", (132, 100), button=1)
    goal = canvas.pose
    assert canvas.moves[-1] == goal  # the session knows at once where it will end
    draw(canvas, 0.1)
    coasting = canvas.seen
    assert coasting != goal
    mouse(canvas, "press", (100, 100), button=1)
    assert canvas.moves[-1] == canvas.pose == canvas.seen == coasting
    mouse(canvas, "release", (100, 100), button=1)
    draw(canvas, COASTING.seconds)
    assert canvas.seen == coasting
    assert idle(canvas)


def test_the_wheel_is_smooth_and_holds_the_node_under_the_pointer(canvas: Any) -> None:
    from nodelink.graph.layout import arrange

    node = centre_of(arrange(working("mini").network), "3d", working("mini").network.nodes - 3)
    at = tuple(pixels(canvas, node, canvas.pose).tolist())
    mouse(canvas, "wheel", at, delta=(0.0, 3.0))
    for _ in range(5):
        draw(canvas, 0.05)
        assert pixels(canvas, node, canvas.seen) == pytest.approx(at, abs=0.5)
    draw(canvas, 1.0)
    assert canvas.seen == canvas.pose
    assert idle(canvas)


def test_it_turns_slowly_until_a_press_and_then_no_timer_runs(canvas: Any) -> None:
    start = canvas.seen
    canvas.turn(True)
    draw(canvas, 1.0)
    draw(canvas, 1.0)
    assert canvas.seen.azimuth - start.azimuth == pytest.approx(2 * TURN_SPEED)
    before = len(canvas.reports)
    pump(canvas, lambda: len(canvas.reports) > before + 3, 2.0)
    assert len(canvas.reports) > before + 3  # it goes on by itself
    mouse(canvas, "press", (5, 5), button=1)
    mouse(canvas, "release", (5, 5), button=1)
    assert canvas.moves[-1] == canvas.seen == canvas.pose
    draw(canvas, 5.0)
    assert canvas.seen == canvas.moves[-1]
    assert idle(canvas)


def test_the_morph_goes_all_the_way_in_small_steps(canvas: Any) -> None:
    from nodelink.gl.transition import MORPH

    first = draw(canvas)
    canvas.apply(Settings(layout="2d"))
    assert np.abs(draw(canvas) - first).mean() < 0.5  # what is written on the picture, too, goes by and by
    path = [first, *film(canvas, MORPH + 0.3)]
    assert not canvas.morphing
    assert canvas.pose.perspective == 0
    whole = np.abs(path[-1] - first).mean()
    assert biggest_step(path[1:-3]) < 0.6 * whole
    assert idle(canvas)


def test_a_morph_turned_back_half_way_or_resized_does_not_jump(canvas: Any) -> None:
    from nodelink.gl.transition import MORPH

    canvas.apply(Settings(layout="2d"))
    shares = []
    for moment in range(30):
        if moment == 10:
            canvas.apply(Settings(layout="3d"))
        if moment == 15:
            canvas.on_resize(None)
        if moment == 20:
            canvas.apply(Settings(layout="2d"))
        draw(canvas, FRAME)
        shares.append(canvas._scene.morph)
    assert np.abs(np.diff(shares)).max() < 3 * FRAME / MORPH
    assert np.abs(np.diff(shares, 2)).max() < 0.03  # nor does its speed
    draw(canvas, MORPH)
    assert canvas._scene.morph == 1


def test_another_network_comes_out_of_the_old_picture(canvas: Any) -> None:
    from nodelink.gl.transition import FADE

    old = draw(canvas)
    show(canvas, "mlp")
    path = film(canvas, FADE + GLIDING.seconds)
    assert np.abs(path[0] - old).mean() < 0.5
    # labels keep clear of each other: in a picture as small as this one, one of them may hop
    assert biggest_step([old, *path]) < 0.75 * np.abs(path[-1] - old).mean()
    assert not canvas._transition.fading
    canvas.flush()
    assert canvas.seen == canvas.pose == canvas.named_pose("start")
    assert idle(canvas)


def test_the_first_network_and_those_never_seen_leave_nothing_behind(canvas: Any) -> None:
    old = draw(canvas)
    for name in ("mlp", "mini", "mlp"):
        show(canvas, name)
    assert np.abs(draw(canvas) - old).mean() < 0.5  # it is still the first one that fades
    film(canvas, 1.0)
    shown = draw(canvas)
    canvas.flush()
    assert np.abs(draw(canvas) - shown).mean() < 5


def test_another_theme_fades_in(canvas: Any) -> None:
    dark = draw(canvas)
    canvas.apply(Settings(theme="light"))
    assert np.abs(draw(canvas) - dark).mean() < 0.5
    path = film(canvas, 0.5)
    assert biggest_step(path) < 40
    assert path[-1].mean() > 150


def test_without_motion_everything_is_there_at_once(canvas: Any) -> None:
    still = Settings(motion=False)
    canvas.apply(still)
    goal = canvas.named_pose("side")
    canvas.set_pose(goal)
    assert canvas.seen == goal
    canvas.apply(Settings(motion=False, layout="2d", theme="light"))
    draw(canvas)
    assert not canvas.morphing
    assert canvas.seen.perspective == 0
    show(canvas, "mlp")
    draw(canvas)
    assert not canvas._moving
    assert not canvas._transition.fading


def test_a_larger_text_moves_the_start_view_gently(canvas: Any) -> None:
    canvas.size = (1200, 800)  # in the small one the labels have all the room they can get
    before = canvas.seen
    canvas.apply(Settings(text_size=2.0))
    assert canvas.seen == before
    assert canvas.pose != before
    draw(canvas, 1.0)
    assert canvas.seen == canvas.pose


def test_the_selected_node_wears_a_ring_and_keeps_its_colour(canvas: Any) -> None:
    from nodelink.graph.layout import arrange

    node = working("mini").network.nodes - 4
    x, y = pixels(canvas, centre_of(arrange(working("mini").network), "3d", node), canvas.pose)
    plain = canvas.picture()[..., :3].astype(int)
    canvas.set_focus(Emphasis(rings=(node,)))
    marked = canvas.picture()[..., :3].astype(int)
    changed = np.argwhere(np.abs(marked - plain).max(axis=2) > 60)
    assert 30 < len(changed) < 2000
    assert changed.mean(axis=0) == pytest.approx([y, x], abs=3)
    assert np.abs(marked - plain)[round(y), round(x)].max() < 20
    ring = np.array(rgb(THEMES["dark"].text)) * 255
    assert np.abs(marked - ring).max(axis=2).min() < 25
    canvas.set_focus(Emphasis())
    assert np.abs(canvas.picture()[..., :3] - plain).max() < 2
    canvas.apply(Settings(layers_hidden=("Output",)))
    gone = canvas.picture()
    canvas.set_focus(Emphasis(rings=(node,)))
    assert np.array_equal(canvas.picture(), gone)  # nothing is there to be marked


def test_many_quick_switches_of_everything_leave_nothing_running(canvas: Any) -> None:
    for turn in range(30):
        show(canvas, ("mini", "mlp")[turn % 2])
        canvas.apply(Settings(layout=("3d", "2d")[turn % 3 == 0], theme=("dark", "light")[turn % 2]))
        canvas.set_pose(None if turn % 2 else canvas.named_pose("top"))
        if turn % 4 == 0:
            draw(canvas, 0.05)
    film(canvas, 1.5)
    canvas.flush()
    assert idle(canvas)
