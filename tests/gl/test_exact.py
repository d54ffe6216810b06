"""Ink adds up exactly: in any order and pieces, where thousands of edges cross, and without those that are silent."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from nodelink.graph.camera import Pose
from nodelink.graph.emphasis import Emphasis
from nodelink.nn.layers import Dense, Flatten
from nodelink.nn.network import Network
from nodelink.theme import THEMES
from tests import networks
from tests.gl.pictures import SIZE, Picture, along, background, composed, show, sums, tiny

MANY = 10_000
both_layouts = pytest.mark.parametrize("layout", ["3d", "2d"])
every_look = pytest.mark.parametrize("theme", list(THEMES))


def fan(weight: NDArray[np.floating]) -> Network:
    """100 x 100 inputs and one unit: seen from far, all edges cross the pixel before it."""
    layers = (Flatten("flat"), Dense("One", weight.reshape(1, MANY).astype(np.float32), np.zeros(1)))
    return tiny(layers, (1, 100, 100))


def far(scene: Any, layout: str) -> Pose:
    """So far away that the ends of all edges lie within a pixel or two."""
    start = scene.named_pose(layout, "start", SIZE)
    target = tuple(along(scene.graph.layout, layout, 0, MANY, 1.0).tolist())
    return Pose(start.azimuth, start.elevation, target, 40 * start.height, 0.0)


def ink(scene: Any, buffer: str = "full") -> NDArray[np.float32]:
    """The ink of the complete picture, (H, W, 4), top row first; or of what stands out of it, "own"."""
    from vispy import gloo

    with scene.renderer._target(buffer, SIZE)[0]:
        return np.asarray(gloo.read_pixels((0, 0, *SIZE), out_type="float"))


def in_pieces(scene: Any, pieces: list[NDArray[np.int64]]) -> Picture:
    """The complete picture, made of these edges in this order."""
    scene.begin_rest(SIZE)
    scene._rest = pieces[::-1]
    while scene.rest_step(SIZE) is None:
        pass
    return composed(scene)


def orders(scene: Any, chunk: int) -> list[list[NDArray[np.int64]]]:
    """All edges of the complete picture: shuffled, the strongest first, the weakest first; in pieces of any size."""
    rng = np.random.default_rng(0)
    ids = np.concatenate(scene.plan.rest(10**6))
    rising = ids[np.argsort(np.abs(scene.plan.edges.weight[ids]), kind="stable")]
    cuts = np.sort(rng.integers(0, len(ids), len(ids) // chunk))
    found = [rng.permutation(ids), rng.permutation(ids), rising[::-1], rising]
    return [np.array_split(order, cuts) for order in found]


@both_layouts
@every_look
def test_where_ten_thousand_edges_cross_one_pixel_their_order_changes_nothing(
    scene: Any, theme: str, layout: str
) -> None:
    """Of both signs, the strongest a million times stronger in ink than the weakest."""
    rng = np.random.default_rng(1)
    weight = 10 ** rng.uniform(-4, 0, MANY) * rng.choice([-1, 1], MANY)
    show(scene, fan(weight), np.ones(MANY), theme=theme, layout=layout)
    show(
        scene,
        scene.graph.network,
        np.ones(MANY),
        far(scene, layout),
        theme=theme,
        layout=layout,
        exposure=0.1,
    )
    at_once = in_pieces(scene, scene.plan.rest(10**6))
    reference = ink(scene)
    assert np.abs(at_once - background(THEMES[theme])).max() > 50
    for pieces in orders(scene, 700):
        assert sum(len(piece) for piece in pieces) == MANY
        assert np.abs(in_pieces(scene, pieces) - at_once).max() <= 1
        assert np.allclose(ink(scene), reference, rtol=1e-4, atol=1e-6)


def test_ten_thousand_times_the_same_edge_is_ten_thousand_times_its_ink(scene: Any) -> None:
    """Single precision has room for it: no deposit is lost, as it would be in half floats."""
    show(scene, sums([[0.1]]), [1.0], layout="2d")
    once = np.zeros(1, np.int64)
    in_pieces(scene, [once])
    one = ink(scene)
    assert one.max() > 1e-3
    in_pieces(scene, [np.zeros(1999, np.int64)] * 5 + [np.zeros(5, np.int64)])
    assert np.allclose(ink(scene), MANY * one, rtol=1e-3, atol=0)


@both_layouts
@pytest.mark.parametrize("name", ["cnn", "mlp"])
def test_a_network_in_shuffled_pieces_is_the_network_at_once(scene: Any, name: str, layout: str) -> None:
    network = getattr(networks, name)()
    rng = np.random.default_rng(2)
    x = rng.random(network.input_shape) * (rng.random(network.input_shape) < 0.2)
    show(scene, network, x, layout=layout)
    at_once = in_pieces(scene, scene.plan.rest(10**6))
    for pieces in orders(scene, 9000):
        assert np.abs(in_pieces(scene, pieces) - at_once).max() <= 1


@both_layouts
@pytest.mark.parametrize("held_back", [0.0, 1.0])
def test_silent_edges_change_no_pixel_though_those_drawn_stand_for_others(
    scene: Any, layout: str, held_back: float
) -> None:
    """While something moves, drawn edges leave more ink than their own; silent ones still none."""
    network = networks.cnn()
    rng = np.random.default_rng(3)
    x = rng.random(network.input_shape) * (rng.random(network.input_shape) < 0.2)
    show(scene, network, x, layout=layout, held_back=held_back)
    scene.draw_quick(SIZE, 2000)
    assert (scene.plan.least().ink > 0).any()
    without = composed(scene)
    values, _, winner = scene.plan._nodes
    edges = scene.plan.edges
    silent = edges.weight * values[edges.source] == 0
    for stage in edges.max_pools:
        span = slice(*edges.ranges[stage])
        silent[span] |= winner[edges.target[span]] != edges.source[span]
    assert silent.sum() > 100_000
    scene.renderer.add("quick", np.flatnonzero(silent), scene._view(SIZE))
    scene.renderer.tint("quick")
    assert np.array_equal(composed(scene), without)


def test_what_stands_out_has_its_own_ink_alone_whatever_the_others_stand_for(scene: Any) -> None:
    """Quick or complete, hovered at rest or drawn with all the rest: the same picture of a node's edges."""
    network = networks.cnn()
    x = np.random.default_rng(4).random(network.input_shape)
    show(scene, network, x)
    scene.emphasize(Emphasis(nodes=(network.stage("F6").offset + 3,)))
    scene.draw_quick(SIZE, 3000, 2)
    assert (scene.plan.least().ink > 0).any()
    quick = ink(scene, "own")
    scene.draw_complete(SIZE)
    assert quick.any()
    assert np.array_equal(ink(scene, "own"), quick)
    scene.draw_standing(SIZE, 10**6)
    assert np.array_equal(ink(scene, "own"), quick)
    scene.emphasize(Emphasis())


def test_what_stands_out_in_pieces_is_what_stands_out_at_once(scene: Any) -> None:
    network = networks.mlp()
    show(scene, network, np.random.default_rng(5).random(network.input_shape))
    first = network.stage("H1").offset
    scene.emphasize(Emphasis(nodes=tuple(range(first, first + 60))))
    report = scene.draw_quick(SIZE, 4000)
    assert report.standing == 60 * 784
    assert report.standing_drawn == 2000
    assert not report.complete
    report = scene.draw_complete(SIZE)
    assert report.complete
    assert report.standing_drawn == report.standing
    pieces = ink(scene, "own")
    scene.draw_standing(SIZE, 10**6)
    assert np.allclose(ink(scene, "own"), pieces, rtol=1e-4, atol=1e-6)
    scene.emphasize(Emphasis())
