"""The commands of the steps, and where the camera looks meanwhile."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nodelink import playing
from nodelink.explain.steps import GRAINS
from nodelink.graph import edges as graph_edges
from nodelink.graph.camera import project
from nodelink.graph.emphasis import Emphasis, Incidence
from nodelink.graph.layout import arrange
from nodelink.nn.network import Network
from nodelink.session import Session
from nodelink.walk import SPEEDS
from tests.networks import load, random_network
from tests.test_commands import FakeScene, FakeUi, run


class Scene(FakeScene):
    """A picture of the network as it is laid out."""

    def node_points(self, node: int) -> Any:
        layout = arrange(self._session.network)
        index = next(i for i, slab in enumerate(layout.slabs) if 0 <= node - slab.first < slab.count)
        return layout.corners[self._session.settings.layout][index]


@pytest.fixture
def session() -> Session:
    found = Session(load("cnn"), load=load)
    found.sample(7)
    return found


@pytest.fixture
def ui(session: Session) -> FakeUi:
    return FakeUi(session)


def test_space_plays_and_pauses_and_the_keys_step(session: Session, ui: FakeUi) -> None:
    walk = session.walk
    run(session, ui, "walk-play")
    assert (walk.on, walk.playing) == (True, True)
    run(session, ui, "walk-play")
    assert (walk.on, walk.playing) == (True, False)
    run(session, ui, "walk-forward", "walk-forward")
    assert walk.at == walk.steps.starts[3]
    run(session, ui, "walk-back")
    assert walk.at == walk.steps.starts[2]
    run(session, ui, "walk-stop")
    assert not walk.on
    assert session.seen is session.frame


def test_whole_layers_can_be_stepped_whatever_a_step_is(session: Session, ui: FakeUi) -> None:
    walk = session.walk
    run(session, ui, "walk-by-position", "walk-forward", "walk-layer-forward", "walk-layer-forward")
    assert walk.at == walk.steps.starts[3]
    run(session, ui, "walk-forward", "walk-layer-back")
    assert walk.at == walk.steps.starts[3]
    assert walk.grain == "position"


def test_grains_and_speeds_are_chosen(session: Session, ui: FakeUi) -> None:
    for grain in GRAINS:
        run(session, ui, f"walk-by-{grain}")
        assert session.walk.grain == grain
    run(session, ui, *["walk-faster"] * 10)
    assert session.walk.speed == SPEEDS[-1]
    run(session, ui, *["walk-slower"] * 10)
    assert session.walk.speed == SPEEDS[0]
    run(session, ui, "walk-follow")
    assert session.walk.following


@pytest.mark.parametrize("layout", ["3d", "2d"])
@pytest.mark.parametrize("grain", GRAINS)
def test_the_camera_sees_what_is_computed_and_what_it_is_computed_from(
    session: Session, layout: str, grain: str
) -> None:
    session.change(layout=layout)
    scene, laid, walk = Scene(session), arrange(session.network), session.walk
    walk.choose(grain=grain)
    assert playing.pose(session, scene) is None
    for stage in session.network.stages[1:]:
        walk.go(walk.steps.starts[stage.index] + 1)
        pose = playing.pose(session, scene)
        assert pose is not None
        wanted = [slab.stage == stage.index for slab in laid.slabs]
        if grain != "layer" and len(stage.shape) == 3:
            wanted = [slab.stage == stage.index and slab.channel == 0 for slab in laid.slabs]
        points = laid.corners[layout][np.array(wanted)].reshape(-1, 3)
        assert np.abs(project(points, pose, scene.aspect)[:, :2]).max() <= 1.0
        before = [slab.stage == stage.index - 1 for slab in laid.slabs]
        seen = project(laid.corners[layout][np.array(before)].reshape(-1, 3), pose, scene.aspect)
        assert (np.abs(seen[:, :2]) <= 1.0).all(axis=1).sum() >= 8


def test_the_camera_moves_from_map_to_map_and_not_from_cell_to_cell(session: Session) -> None:
    walk = session.walk
    walk.choose(grain="position")
    walk.go(walk.steps.starts[3] + 1)
    first = playing.place(session)
    walk.forward()
    assert playing.place(session) == first == (3, 0)
    walk.go(walk.steps.starts[3] + 101)
    assert playing.place(session) == (3, 1)
    walk.choose(grain="layer")
    assert playing.place(session) == (3,)


def test_it_is_said_where_the_walk_is(session: Session) -> None:
    walk = session.walk
    assert "nothing is computed" in playing.told(session)[0]
    walk.choose(grain="position")
    walk.go(walk.steps.starts[3] + 138)
    assert playing.told(session)[0] == "C3, map 2 of 16, row 4, column 8"
    walk.go(walk.steps.starts[5] + 7)
    assert playing.told(session)[0] == "F5, unit 7 of 120"
    walk.go(walk.steps.starts[7] + 8)
    assert playing.told(session) == ("Output, “7” (8 of 10)", "Output, “7”")
    walk.go(walk.steps.total)
    assert "softmax" in playing.told(session)[0]
    walk.choose(grain="layer")
    walk.go(walk.steps.starts[2])
    assert playing.told(session)[0] == "C1 is computed: 4,704 cells"


@pytest.mark.parametrize("seed", range(8))
def test_of_odd_networks_too(seed: int) -> None:
    network = random_network(seed)
    for grain in GRAINS:
        session = Session(load("mini"))
        session.slots["A"] = type(session.slots["A"])(network, session.frame, "odd")
        session.walk.take(network)
        session.walk.choose(grain=grain)
        while not session.walk.done:
            session.walk.forward("map")
            assert all(playing.told(session))
            assert playing.place(session) is not None


def test_the_steps_are_those_of_the_drawing_in_hand(session: Session, ui: FakeUi) -> None:
    session.freeze()
    session.compare.show("A")
    run(session, ui, "walk-forward")
    assert session.compare.shown == "B"
    assert session.seen.verdict == "open"


@pytest.mark.parametrize("network", [load("cnn"), load("mini"), *(random_network(s) for s in range(6))])
def test_the_window_that_stands_out_is_where_the_cells_edges_come_from(network: Network) -> None:
    session = Session(load("mini"))
    session.slots["A"] = type(session.slots["A"])(network, session.frame, "odd")
    walk, edges = session.walk, graph_edges.edges(network)
    walk.take(network)
    assert playing.spot(session) is None
    walk.choose(grain="position")
    for at in np.linspace(1, walk.steps.total, 60).astype(int):
        walk.go(int(at))
        spot = playing.spot(session)
        if walk.node is None:
            assert spot is None
            continue
        assert spot is not None
        assert spot.nodes == spot.rings == (walk.node,)
        standing = Incidence(network, edges).bright(spot, np.flatnonzero(edges.target == walk.node))
        wanted = np.zeros(network.nodes, bool)
        wanted[[walk.node, *edges.source[edges.target == walk.node]]] = True
        assert (standing == wanted).all()
        assert sum(box.size for box in spot.boxes) == wanted.sum() - 1


def test_while_a_layer_fills_only_a_ring_runs_along(session: Session) -> None:
    walk = session.walk
    walk.go(1000)
    assert playing.spot(session) == Emphasis(rings=(session.network.stages[1].offset + 999,))
    walk.go(walk.steps.starts[2])
    assert playing.spot(session) is None
    walk.choose(grain="map")
    walk.go(784 * 2)
    assert playing.spot(session) is None
    walk.stop()
    assert playing.spot(session) is None


def test_a_pass_of_b_waits_while_something_else_is_shown(session: Session, ui: FakeUi) -> None:
    walk = session.walk
    walk.choose(grain="position")
    session.freeze()
    walk.go(walk.steps.starts[3] + 40)
    walk.play()
    said = playing.told(session)
    for what in ("A", "B - A"):
        session.compare.show("B")
        walk.play()
        session.compare.show(what)
        assert (walk.on, walk.playing, walk.at) == (True, False, walk.steps.starts[3] + 40)
        assert playing.spot(session) is None
        assert playing.told(session)[0] == f"Of B, which is not shown: {said[0]}"
        assert all("B" in text for text in playing.told(session))  # in little room, too
    session.compare.show("B")
    assert playing.told(session) == said
    assert ui.said == []


def test_who_plays_while_a_is_shown_is_told_that_it_is_b_now(session: Session, ui: FakeUi) -> None:
    session.freeze()
    session.sample(1)
    session.compare.show("A")
    run(session, ui, "walk-play")
    assert (session.compare.shown, session.walk.playing) == ("B", True)
    assert len(ui.said) == 1
    assert "B, the drawing" in ui.said[0]
    run(session, ui, "walk-play", "walk-forward")
    assert len(ui.said) == 1


def test_drawing_under_a_does_not_begin_a_pass_that_nobody_sees(session: Session) -> None:
    walk = session.walk
    session.freeze()
    walk.go(walk.steps.total - 1)
    walk.play()
    for _ in range(400):
        walk.tick(0.2)
    assert walk.done
    session.compare.show("A")
    session.sample(3)
    assert (walk.done, walk.playing) == (True, False)
    session.compare.show("B")
    session.sample(4)  # seen again, it begins again
    assert walk.playing
