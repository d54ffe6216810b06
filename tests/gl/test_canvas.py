"""The canvas, driven as a window would: quick at once, complete at rest, then idle; the mouse moves the camera."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from nodelink.graph import camera
from nodelink.graph.emphasis import Emphasis
from nodelink.nn.network import Activations
from nodelink.settings import Settings
from tests import networks
from tests.gl.pictures import centre_of

SIZE = (320, 240)


@cache
def working() -> Activations:
    """A small network with half of its pixels lit."""
    network = networks.mini()
    rng = np.random.default_rng(0)
    return network.forward(rng.random(network.input_shape) * (rng.random(network.input_shape) < 0.5))


@pytest.fixture
def canvas(context: Any) -> Iterator[Any]:
    """A canvas that shows a network at work; `reports` and `poses` collect what it says."""
    from nodelink.gl.canvas import NetworkCanvas

    made = NetworkCanvas(size=SIZE)
    made.reports, made.moves, made.nodes, made.clicks = [], [], [], []
    made.drawn.connect(made.reports.append)
    made.moved.connect(made.moves.append)
    made.pointed.connect(made.nodes.append)
    made.clicked.connect(made.clicks.append)
    made.set_network(working().network)
    made.set_activations(working())
    yield made
    made.close()
    context.set_current()


def pump(canvas: Any, until: Callable[[], bool] = lambda: False, seconds: float = 8.0) -> None:
    """Run the event loop until something holds, or for a time."""
    end = time.perf_counter() + seconds
    while not until() and time.perf_counter() < end:
        canvas.app.process_events()
        time.sleep(0.002)


def mouse(canvas: Any, name: str, pos: tuple[float, float], **more: Any) -> None:
    event = SimpleNamespace(pos=np.array(pos), button=None, last_event=None, modifiers=(), delta=(0.0, 0.0))
    vars(event).update(more)
    getattr(canvas, f"on_mouse_{name}")(event)


def drag(
    canvas: Any, start: tuple[float, float], end: tuple[float, float], button: int = 1, shift: bool = False
) -> None:
    modifiers = (SimpleNamespace(name="Shift"),) if shift else ()
    pressed = SimpleNamespace(pos=np.array(start))
    mouse(canvas, "press", start, button=button, modifiers=modifiers)
    mouse(canvas, "move", end, button=button, last_event=pressed, modifiers=modifiers)
    mouse(canvas, "release", end, button=button, modifiers=modifiers)


def pixels(canvas: Any, point: Any, pose: camera.Pose) -> Any:
    """Where a world point is seen, in pixels from the left and the top."""
    x, y, _ = camera.project(np.reshape(point, (1, 3)), pose, canvas.aspect)[0]
    return np.array([(x + 1) / 2 * SIZE[0], (1 - y) / 2 * SIZE[1]])


def is_done(canvas: Any) -> bool:
    return bool(canvas.reports) and canvas.reports[-1].complete


def test_first_a_picture_at_once_then_the_complete_one_then_nothing(canvas: Any) -> None:
    canvas.pace._level = 0  # as on a slow machine: not all edges fit into a frame
    pump(canvas, lambda: len(canvas.reports) == 1)
    assert not canvas.reports[0].complete
    assert 0 < canvas.reports[0].edges_drawn < canvas.reports[0].edges_signal
    pump(canvas, lambda: is_done(canvas))
    assert canvas.reports[-1].edges_drawn == canvas.reports[-1].edges_signal
    done = len(canvas.reports)
    pump(canvas, seconds=0.4)
    assert len(canvas.reports) == done


def test_what_is_shown_at_rest_is_what_would_be_saved(canvas: Any) -> None:
    from nodelink.gl.scene import read

    pump(canvas, lambda: is_done(canvas))
    pump(canvas, seconds=0.05)  # the complete picture takes the quick one's place
    canvas.set_current()
    shown = read(SIZE)[..., :3].astype(int)
    assert np.array_equal(shown, canvas.picture()[..., :3])


def test_a_new_pass_of_the_network_is_a_new_picture(canvas: Any) -> None:
    pump(canvas, lambda: is_done(canvas))
    before, done = canvas.picture(), len(canvas.reports)
    pump(canvas, lambda: len(canvas.reports) > done and is_done(canvas))
    done = len(canvas.reports)
    canvas.set_activations(working().network.forward(np.zeros(working().network.input_shape)))
    pump(canvas, lambda: len(canvas.reports) > done)
    assert len(canvas.reports) > done
    assert np.abs(canvas.picture().astype(int) - before).max() > 50


def test_flush_finishes_the_picture_now(canvas: Any) -> None:
    assert canvas.flush().complete
    done = len(canvas.reports)
    pump(canvas, seconds=0.3)
    assert len(canvas.reports) == done


def test_a_picture_can_be_had_larger_and_transparent(canvas: Any) -> None:
    assert canvas.picture().shape == (240, 320, 4)
    assert canvas.picture(scale=3).shape == (720, 960, 4)
    assert canvas.picture(transparent=True)[0, 0, 3] == 0


def test_the_same_network_off_screen_gives_the_same_picture(canvas: Any, scene: Any) -> None:
    from nodelink.gl.render import complete_picture

    scene.set_network(working().network)
    scene.set_activations(working())
    expected = complete_picture(scene, SIZE)
    assert np.array_equal(canvas.picture(), expected)


def test_before_there_is_a_network_nothing_fails(context: Any) -> None:
    from nodelink.gl.canvas import NetworkCanvas

    empty = NetworkCanvas(size=SIZE)
    try:
        assert not empty.ready
        assert empty.flush() is None
        for name in ("press", "move", "release", "wheel"):
            mouse(empty, name, (10, 10), button=1)
        pump(empty, seconds=0.05)
        with pytest.raises(RuntimeError, match="no network"):
            empty.picture()
    finally:
        empty.close()
        context.set_current()


def test_dragging_to_the_right_turns_the_front_of_the_scene_to_the_right(canvas: Any) -> None:
    before = canvas.pose
    front = np.asarray(before.target) - camera.axes(before)[2] * 10
    drag(canvas, (100, 100), (140, 100))
    assert canvas.moves[-1] == canvas.pose != before
    assert canvas.pose.target == before.target
    assert pixels(canvas, front, canvas.pose)[0] > pixels(canvas, front, before)[0] + 3


def test_dragging_down_shows_more_from_above(canvas: Any) -> None:
    before = canvas.pose
    drag(canvas, (100, 100), (100, 130))
    assert canvas.pose.elevation > before.elevation
    assert canvas.pose.azimuth == pytest.approx(before.azimuth)


@pytest.mark.parametrize(
    ("layout", "button", "shift"), [("3d", 2, False), ("3d", 3, False), ("3d", 1, True), ("2d", 1, False)]
)
def test_panning_keeps_the_scene_under_the_pointer(
    canvas: Any, layout: str, button: int, shift: bool
) -> None:
    canvas.apply(Settings(layout=layout))
    canvas.flush()
    before = canvas.pose
    drag(canvas, (100, 100), (137, 81), button, shift)
    moved = pixels(canvas, before.target, canvas.moves[-1]) - pixels(canvas, before.target, before)
    assert moved == pytest.approx([37, -19], abs=1e-6)
    assert (canvas.pose.azimuth, canvas.pose.elevation) == (before.azimuth, before.elevation)


@pytest.mark.parametrize("layout", ["3d", "2d"])
def test_the_wheel_enlarges_around_the_pointer(canvas: Any, layout: str) -> None:
    canvas.apply(Settings(layout=layout))
    canvas.flush()
    before, at = canvas.pose, (200.0, 60.0)
    right, up, _ = camera.axes(before)
    x, y = (at[0] - 160) / 240 * before.height, (120 - at[1]) / 240 * before.height
    under = np.asarray(before.target) + right * x + up * y
    mouse(canvas, "wheel", at, delta=(0.0, 2.0))
    assert canvas.pose.height < before.height
    assert pixels(canvas, under, canvas.pose) == pytest.approx(at, abs=1e-6)
    mouse(canvas, "wheel", at, delta=(0.0, -2.0))
    assert canvas.pose.height == pytest.approx(before.height)


@pytest.mark.parametrize("layout", ["3d", "2d"])
def test_the_pointer_finds_the_node_under_it_and_says_so_once(canvas: Any, layout: str) -> None:
    from nodelink.graph.layout import arrange

    canvas.apply(Settings(layout=layout))
    canvas.flush()
    output = working().network.nodes - 3
    x, y = pixels(canvas, centre_of(arrange(working().network), layout, output), canvas.pose).tolist()
    for _ in range(3):
        mouse(canvas, "move", (x, y))
    mouse(canvas, "move", (1, 1))
    assert canvas.nodes == [output]  # it lingers: between two maps the picture does not flare up
    pump(canvas, lambda: len(canvas.nodes) > 1)
    assert canvas.nodes == [output, None]
    mouse(canvas, "press", (x, y), button=1)
    mouse(canvas, "release", (x + 1, y), button=1)
    assert canvas.clicks == [output]


def test_a_drag_is_no_click(canvas: Any) -> None:
    canvas.flush()
    drag(canvas, (100, 100), (140, 100))
    assert canvas.clicks == []


def test_each_layout_keeps_its_own_view_until_another_network_comes(canvas: Any) -> None:
    canvas.flush()
    start = canvas.pose
    mine = replace(start, height=start.height * 2)
    canvas.set_pose(mine)
    canvas.apply(Settings(layout="2d"))
    canvas.flush()
    assert canvas.pose != mine
    canvas.apply(Settings(layout="3d"))
    canvas.flush()
    assert canvas.pose == mine
    canvas.set_pose(None)
    assert canvas.pose == start
    canvas.set_pose(mine)
    canvas.set_network(working().network)
    assert canvas.pose == start


def test_a_change_of_layout_morphs_and_ends_as_if_it_had_always_been_so(
    canvas: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nodelink.gl.transition.MORPH", 0.15)
    pump(canvas, lambda: is_done(canvas))
    before = len(canvas.reports)
    canvas.apply(Settings(layout="2d"))
    pump(canvas, lambda: len(canvas.reports) > before + 1 and is_done(canvas) and not canvas.morphing)
    assert canvas.pose.perspective == 0
    morphed = canvas.picture()
    canvas.flush()
    assert np.array_equal(morphed, canvas.picture())
    assert not canvas.graph_points()[:, 1].std() > 1


def test_the_extent_is_that_of_the_layout_shown(canvas: Any) -> None:
    from nodelink.graph.layout import arrange

    for layout in ("3d", "2d"):
        canvas.apply(Settings(layout=layout))
        canvas.flush()
        assert np.array_equal(
            canvas.graph_points(), arrange(working().network).corners[layout].reshape(-1, 3)
        )


def test_fitting_keeps_the_direction_and_has_the_start_view_s_room(canvas: Any) -> None:
    canvas.size = (1200, 800)  # in the small one the labels have all the room they can get
    canvas.flush()
    start = canvas.pose
    assert canvas.fitted_pose() == start
    canvas.set_pose(camera.zoom(camera.orbit(start, 40.0, -10.0), 3.0))
    canvas.flush()
    seen, fitted = canvas.pose, canvas.fitted_pose()
    assert (fitted.azimuth, fitted.elevation) == (seen.azimuth, seen.elevation)
    assert fitted.height > 2 * seen.height
    canvas.apply(Settings(text_size=2.0))
    canvas.flush()
    assert canvas.fitted_pose().height > fitted.height  # larger writing needs more room


def test_what_was_fitted_is_fitted_again_to_another_window_and_layout(canvas: Any) -> None:
    canvas.size = (1200, 800)
    canvas.flush()
    canvas.set_pose(camera.orbit(canvas.pose, 40.0, -10.0))
    canvas.set_pose(canvas.fitted_pose())
    canvas.flush()
    wide = canvas.pose
    for change in (lambda: canvas.apply(Settings(spacing=2.0)), lambda: setattr(canvas, "size", (700, 800))):
        change()
        canvas.flush()
        assert canvas.pose != wide
        assert canvas.pose == canvas.fitted_pose()
        assert (canvas.pose.azimuth, canvas.pose.elevation) == (wide.azimuth, wide.elevation)
    moved = camera.zoom(canvas.pose, 2.0)
    canvas.set_pose(moved)
    canvas.size = (900, 600)
    canvas.flush()
    assert canvas.pose == moved  # the user has put it there


def point_at(canvas: Any, node: int) -> None:
    """The pointer comes to rest on a node, and the window says so to the session, which lets it stand out."""
    from nodelink.graph.layout import arrange

    where = pixels(canvas, centre_of(arrange(working().network), "3d", node), canvas.pose)
    mouse(canvas, "move", tuple(where))


def follow(canvas: Any) -> None:
    """As the window does: what is pointed at stands out."""
    canvas.pointed.connect(
        lambda node: canvas.set_focus(
            Emphasis() if node is None else Emphasis(nodes=(node,), rings=(node,), labels=(node,))
        )
    )


def test_pointing_at_a_node_draws_its_edges_and_leaves_the_complete_picture_alone(canvas: Any) -> None:
    follow(canvas)
    canvas.flush()
    pump(canvas, seconds=0.1)
    whole, done = canvas.reports[-1], len(canvas.reports)
    node = working().network.nodes - 4
    point_at(canvas, node)
    pump(canvas, lambda: len(canvas.reports) > done)
    assert canvas.nodes == [node]
    assert len(canvas.reports) == done + 1
    report = canvas.reports[-1]
    assert (report.edges_drawn, report.complete) == (whole.edges_drawn, True)
    assert report.standing == report.standing_drawn == 16
    canvas.leave()
    pump(canvas, lambda: len(canvas.reports) > done + 1)
    assert canvas.reports[-1].standing == 0
    assert canvas.reports[-1].complete


def test_a_trace_is_at_once_there_and_then_as_if_all_were_drawn_anew(canvas: Any) -> None:
    from nodelink.gl.scene import read

    node = working().network.nodes - 4
    canvas.set_focus(Emphasis(nodes=(node - 1,), traced=node - 1, kept=0.8))
    canvas.flush()
    pump(canvas, seconds=0.1)
    done = len(canvas.reports)
    canvas.set_focus(Emphasis(nodes=(node,), rings=(node,), traced=node, kept=0.8))
    pump(canvas, lambda: len(canvas.reports) > done)
    first = canvas.reports[-1]
    assert first.standing_drawn == first.standing > 0
    assert not first.complete  # the cells' outlines are still rough
    pump(canvas, lambda: canvas.reports[-1].complete)
    pump(canvas, seconds=0.1)
    canvas.set_current()
    grown = read(SIZE)[..., :3].astype(int)
    assert np.abs(canvas.picture()[..., :3] - grown).max() <= 1


@pytest.mark.parametrize(
    "way",
    [
        lambda c: c.leave(),
        lambda c: mouse(c, "press", (3.0, 3.0), button=1),
        lambda c: c.set_pose(c.named_pose("top")),
        lambda c: c.turn(True),
        lambda c: mouse(c, "wheel", (20.0, 20.0), delta=(0.0, 1.0)),
        lambda c: c.apply(Settings(layers_hidden=("Output",))),
        lambda c: c.apply(Settings(layer_alone="H1")),
        lambda c: c.apply(Settings(layout="2d")),
        lambda c: c.set_network(networks.mlp()),
    ],
    ids=["leave", "press", "pose", "turn", "wheel", "hide", "alone", "layout", "network"],
)
def test_no_node_stays_pointed_at_when_the_picture_moves_or_the_pointer_leaves(
    canvas: Any, way: Callable[[Any], None]
) -> None:
    follow(canvas)
    canvas.flush()
    point_at(canvas, working().network.nodes - 4)
    assert canvas.nodes[-1] is not None
    way(canvas)
    assert canvas.nodes[-1] is None
    assert not canvas.emphasis.stands


def test_while_the_camera_moves_nothing_is_pointed_at(canvas: Any) -> None:
    canvas.flush()
    canvas.turn(True)
    point_at(canvas, working().network.nodes - 4)
    assert canvas.nodes == []


def test_hidden_layers_do_not_answer(canvas: Any) -> None:
    canvas.apply(Settings(layers_hidden=("Output",)))
    canvas.flush()
    point_at(canvas, working().network.nodes - 4)
    assert working().network.nodes - 4 not in canvas.nodes


def test_a_lesson_points_until_it_ends_and_gives_way_to_the_pointer(canvas: Any) -> None:
    follow(canvas)
    canvas.flush()
    node = working().network.nodes - 4
    lesson = Emphasis(nodes=(node - 1,), rings=(node - 1,))
    canvas.set_focus(Emphasis(rings=(3,), labels=(3,)))
    canvas.set_spot(lesson)
    assert canvas.emphasis == Emphasis(nodes=(node - 1,), rings=(3, node - 1), labels=(3,))
    point_at(canvas, node)
    assert canvas.emphasis.nodes == (node,)
    canvas.leave()
    assert canvas.emphasis == lesson
    canvas.set_spot(None)
    assert not canvas.emphasis.stands
