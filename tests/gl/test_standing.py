"""Edges on the screen against weights by position, in a network whose weights are all different: ink read back where
each edge runs alone. Any transposition of a layer, a wrong sign or scale would show."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from nodelink.explain.route import carries, route
from nodelink.graph.emphasis import Box, Emphasis
from nodelink.graph.prepare import BASE_EXPOSURE, OWN_EXPOSURE
from nodelink.nn.calibration import INK_EXPONENT
from nodelink.nn.layers import Dense, Flatten
from nodelink.nn.network import Network
from nodelink.nn.sharing import Weights
from nodelink.theme import diverging
from tests.gl.pictures import Picture, bare, composed, lonely, picture, pixel_of, show, tiny

SIZE = (1600, 1200)  # large: lines are wide, and every edge has a place where it is alone
X = [0.9, 0.35, 0.6]
FIRST = np.array([[0.31, -0.83, 0.47], [-0.59, 0.23, 0.71], [0.43, 0.67, -0.19]])  # no two are equal
BIAS = np.array([0.05, -0.02, 0.01])
SECOND = np.array([[0.53, -0.37, 0.79], [-0.29, 0.61, 0.41]])
both_layouts = pytest.mark.parametrize("layout", ["3d", "2d"])


def network(layout: str = "3d", activation: str = "identity") -> Network:
    """Three inputs (nodes 0 to 2), three units (3 to 5), two outputs (6 and 7)."""
    middle = Dense("Middle", FIRST, BIAS, activation)
    # upright in 2D, across in 3D: no two edges lie over one another
    shape = (1, 3, 1) if layout == "2d" else (1, 1, 3)
    return tiny((Flatten("flat"), middle, Dense("End", SECOND, np.zeros(2))), shape)


def middle(activation: str = "identity") -> NDArray[np.float64]:
    """The three units' outputs, by hand."""
    out = np.array([sum(FIRST[j, i] * X[i] for i in range(3)) + BIAS[j] for j in range(3)])
    return np.maximum(out, 0) if activation == "relu" else out


def edges() -> list[tuple[int, int]]:
    return [(i, 3 + j) for j in range(3) for i in range(3)] + [
        (3 + j, 6 + k) for k in range(2) for j in range(3)
    ]


def carried(activation: str = "identity") -> dict[tuple[int, int], float]:
    """Weight x source value of every edge."""
    out = middle(activation)
    found = {(i, 3 + j): FIRST[j, i] * X[i] for j in range(3) for i in range(3)}
    return found | {(3 + j, 6 + k): SECOND[k, j] * out[j] for k in range(2) for j in range(3)}


def inks(scene: Any, buffer: str) -> dict[tuple[int, int], float]:
    """The ink of each edge where no other is near: positive, or negative with a sign."""
    from vispy import gloo

    with scene.renderer._target(buffer, SIZE)[0]:
        ink = np.asarray(gloo.read_pixels((0, 0, *SIZE), out_type="float"))
    found = {}
    for ends, (row, column) in lonely(scene, edges(), SIZE, 8).items():
        part = ink[row - 4 : row + 5, column - 4 : column + 5]
        found[ends] = float(part[..., 0].max() - part[..., 1].max())
    return found


def deposit(value: float, full: float = 1.0, exposure: float = OWN_EXPOSURE) -> float:
    """Ink of an edge that stands out, by its value."""
    return float(np.sign(value) * exposure * min(abs(value) / full, 1.0) ** INK_EXPONENT)


@both_layouts
@pytest.mark.parametrize("node", range(3, 8))
def test_a_nodes_edges_are_its_weights_times_its_sources_by_position(
    scene: Any, layout: str, node: int
) -> None:
    show(scene, network(layout), X, layout=layout)
    scene.emphasize(Emphasis(nodes=(node,)))
    scene.draw_complete(SIZE)
    expected = {ends: deposit(v) if ends[1] == node else 0.0 for ends, v in carried().items()}
    assert inks(scene, "own") == pytest.approx(expected, rel=0.01, abs=1e-4)


@both_layouts
def test_one_weights_edge_stands_out_alone(scene: Any, layout: str) -> None:
    show(scene, network(layout), X, layout=layout)
    for stage, unit, source in ((1, 0, 2), (1, 2, 0), (2, 1, 0)):
        scene.emphasize(Emphasis(weights=Weights(stage, (unit, source))))
        scene.draw_complete(SIZE)
        ends = (source, 3 + unit) if stage == 1 else (3 + source, 6 + unit)
        expected = {pair: deposit(v) if pair == ends else 0.0 for pair, v in carried().items()}
        assert inks(scene, "own") == pytest.approx(expected, rel=0.01, abs=1e-4)
    for wrong in (Weights(7, (0, 0)), Weights(0, (0,)), Weights(1, (5, 5))):  # of a network that is gone
        scene.emphasize(Emphasis(weights=wrong))
        scene.draw_complete(SIZE)
        assert scene.foreground.found is None


@both_layouts
def test_every_edge_of_all_is_its_weight_times_its_source_by_position(scene: Any, layout: str) -> None:
    show(scene, network(layout), X, layout=layout)
    scene.emphasize(Emphasis())
    scene.draw_complete(SIZE)
    found, expected = inks(scene, "full"), {}
    for stage in (1, 2):
        mine = [ends for ends in edges() if (ends[1] >= 6) == (stage == 2)]
        full = max(abs(found[ends]) / abs(carried()[ends]) ** INK_EXPONENT for ends in mine)
        for ends in mine:
            value = carried()[ends]
            expected[ends] = np.sign(value) * full * abs(value) ** INK_EXPONENT
    assert found == pytest.approx(
        expected, rel=0.2, abs=1e-4
    )  # these lines are narrow: not all cover a pixel


def test_in_weights_mode_they_are_the_weights_by_position(scene: Any) -> None:
    show(scene, network(), X, edges="weights")
    scene.emphasize(Emphasis(nodes=(4,), outgoing=True))
    scene.draw_complete(SIZE)
    full = scene.graph.weight_full
    expected = dict.fromkeys(edges(), 0.0)
    expected |= {(i, 4): deposit(FIRST[1, i], full[1]) for i in range(3)}
    expected |= {(4, 6 + k): deposit(SECOND[k, 1], full[2]) for k in range(2)}
    assert inks(scene, "own") == pytest.approx(expected, rel=0.01, abs=1e-4)


@both_layouts
def test_a_trace_is_what_plain_loops_find(scene: Any, layout: str) -> None:
    """From output 7 back to the inputs: source x weight x slope, the largest of each pair at full ink."""
    show(scene, network(layout, "relu"), X, layout=layout)
    scene.emphasize(Emphasis(traced=7, kept=1.0))
    scene.draw_complete(SIZE)
    out, values = middle("relu"), dict.fromkeys(edges(), 0.0)
    for j in range(3):
        values[3 + j, 7] = out[j] * SECOND[1, j]
        for i in range(3):
            values[i, 3 + j] = X[i] * FIRST[j, i] * (SECOND[1, j] if out[j] > 0 else 0.0)
    full = [max(abs(v) for e, v in values.items() if (e[1] >= 6) == above) for above in (False, True)]
    expected = {ends: deposit(v, full[ends[1] >= 6], BASE_EXPOSURE) for ends, v in values.items()}
    assert inks(scene, "own") == pytest.approx(expected, rel=0.01, abs=1e-4)
    assert scene.renderer.rest == 0.0
    scene.emphasize(Emphasis())


def test_a_traced_pixel_goes_on_to_the_first_guess(scene: Any) -> None:
    show(scene, network(), X)
    out = middle()
    best = int(np.argmax(SECOND @ out))
    scene.emphasize(Emphasis(traced=1, kept=1.0))
    scene.draw_complete(SIZE)
    values = dict.fromkeys(edges(), 0.0)
    for j in range(3):
        values[1, 3 + j] = X[1] * FIRST[j, 1] * SECOND[best, j]
        values[3 + j, 6 + best] = X[1] * FIRST[j, 1] * SECOND[best, j]
    full = max(abs(v) for v in values.values())
    expected = {ends: deposit(v, full, BASE_EXPOSURE) for ends, v in values.items()}
    assert inks(scene, "own") == pytest.approx(expected, rel=0.01, abs=1e-4)
    scene.emphasize(Emphasis())


def test_of_a_trace_no_more_is_drawn_than_is_kept(scene: Any) -> None:
    show(scene, network(), X)
    scene.emphasize(Emphasis(traced=6, kept=0.5))
    report = scene.draw_complete(SIZE)
    assert 2 <= report.standing < 9
    scene.emphasize(Emphasis(traced=6, kept=0.0))
    assert scene.draw_complete(SIZE).standing == 0
    scene.emphasize(Emphasis())


@pytest.mark.parametrize(("node", "outgoing"), [(1, False), (4, True), (4, False), (7, True)])
def test_what_panel_and_status_say_of_a_trace_is_what_is_drawn(scene: Any, node: int, outgoing: bool) -> None:
    net = network()
    show(scene, net, X)
    scene.emphasize(Emphasis(traced=node, outgoing=outgoing, kept=0.6))
    report = scene.draw_complete(SIZE)
    scene.emphasize(Emphasis())
    said = carries(route(net.forward(np.array([[X]], np.float32)), node, outgoing), net, 0.6)
    counts = [int(part.split()[0]) for part in said.split(", ")]
    assert sum(counts) == report.standing == report.standing_drawn
    assert len(counts) == (2 if node == 4 and outgoing else 1)


@both_layouts
def test_b_less_a_is_drawn_by_position(scene: Any, layout: str) -> None:
    net, other = network(layout), [0.1, 0.75, 0.3]
    show(scene, net, X, layout=layout)
    scene.set_difference(net.forward(np.reshape(other, net.input_shape).astype(np.float32)))
    scene.set_activations(net.forward(np.reshape(X, net.input_shape).astype(np.float32)))
    scene.emphasize(Emphasis(nodes=(5,)))
    shown = bare(scene, SIZE)
    change = np.array(X) - other
    expected = {(i, 3 + j): deposit(FIRST[j, i] * change[i]) * (j == 2) for j in range(3) for i in range(3)}
    expected |= {(3 + j, 6 + k): 0.0 for k in range(2) for j in range(3)}
    assert inks(scene, "own") == pytest.approx(expected, rel=0.01, abs=1e-4)
    for node in range(3):
        assert colour(scene, shown, node) == pytest.approx(cell(scene, change[node]), abs=3)
    scene.set_difference(None)
    scene.emphasize(Emphasis())


def colour(scene: Any, shown: Picture, node: int) -> NDArray[np.int32]:
    """Of a cell, away from its middle, where edges meet."""
    name, layout = scene.settings.layout, scene.graph.layout
    index = next(i for i, slab in enumerate(layout.slabs) if slab.first <= node < slab.first + slab.count)
    slab, corners = layout.slabs[index], layout.corners[name][index].astype(np.float64)
    row, column = divmod(node - slab.first, slab.columns)
    right, down = corners[1] - corners[0], corners[2] - corners[0]
    place = corners[0] + (column + 0.15) / slab.columns * right + (row + 0.15) / slab.rows * down
    return np.asarray(shown[pixel_of(place, scene.pose(SIZE), SIZE)][:3])


def cell(scene: Any, value: float) -> NDArray[np.float32]:
    return np.asarray(255 * diverging(np.array([value]), scene.theme)[0])


@both_layouts
def test_nodes_that_do_not_stand_out_step_back_but_keep_their_hue(scene: Any, layout: str) -> None:
    show(scene, network(layout), X, layout=layout)
    scene.emphasize(Emphasis(nodes=(6,), cells=(1,)))
    shown = bare(scene, SIZE)
    for node in (1, 3, 4, 5, 6):
        value = [*X, *middle(), *(SECOND @ middle())][node]
        assert colour(scene, shown, node) == pytest.approx(cell(scene, value), abs=3)
    for node, value in ((0, X[0]), (2, X[2])):
        full, none = cell(scene, value), cell(scene, 0.0)
        assert colour(scene, shown, node) == pytest.approx((full + none) / 2, abs=3)
    scene.emphasize(Emphasis())
    assert colour(scene, bare(scene, SIZE), 0) == pytest.approx(cell(scene, X[0]), abs=3)


def test_of_hidden_layers_nothing_stands_out(scene: Any) -> None:
    show(scene, network(), X, layers_hidden=("Middle",))
    usual = picture(scene, SIZE)
    for emphasis in (
        Emphasis(nodes=(4,), rings=(4,), labels=(4,), field_of=4),
        Emphasis(boxes=(Box(1, (0, 1, 2), (0, 1), (0, 1)),)),
        Emphasis(traced=4),
    ):
        scene.emphasize(emphasis)
        if emphasis.traced is None:
            assert np.array_equal(picture(scene, SIZE), usual)
        assert scene.draw_complete(SIZE).standing == 0
    scene.emphasize(Emphasis())
    show(scene, network(), X)


def test_a_difference_of_networks_that_do_not_correspond_is_refused(scene: Any) -> None:
    from tests import networks

    show(scene, network(), X)
    other = networks.mini()
    with pytest.raises(ValueError, match="no difference"):
        scene.set_difference(other.forward(np.zeros(other.input_shape)))


@both_layouts
def test_pointing_from_node_to_node_leaves_the_picture_that_would_be_drawn_anew(
    scene: Any, layout: str
) -> None:
    """Only parts of the picture are drawn again: none may be forgotten, and none left over."""
    from tests import networks

    net, size = networks.cnn(), (640, 400)
    show(scene, net, np.random.default_rng(1).random(net.input_shape), layout=layout)
    scene.emphasize(Emphasis())
    scene.draw_complete(size)
    rng = np.random.default_rng(2)
    for node in [*rng.integers(0, net.nodes, 12).tolist(), net.nodes - 1, None, 5, None]:
        emphasis = Emphasis() if node is None else Emphasis(nodes=(node,), rings=(node,), labels=(node,))
        scene.emphasize(emphasis)
        scene.draw_standing(size, 10**6)
        hovered = composed(scene, size)
        scene.draw_complete(size)
        assert np.abs(composed(scene, size) - hovered).max() <= 1, node
