"""One node's edges, layers hidden, dimmed or alone: pictures of six edges, read back pixel by pixel, in every theme."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nodelink.graph.emphasis import Emphasis
from nodelink.nn.layers import Dense, Flatten
from nodelink.nn.network import Network
from nodelink.theme import THEMES, diverging
from tests.gl.pictures import (
    background,
    bare,
    centre_of,
    lonely,
    pixel_of,
    show,
    strongest,
    tiny,
    warmth,
)

SIZE = (641, 481)
LEFT, RIGHT, A, B, END = 0, 3, 4, 5, 6  # two of four inputs, two units, one output
EDGES = {  # and what each does to its end with the inputs X: add or take away
    (LEFT, A): 1,
    (LEFT, B): -1,
    (RIGHT, A): 1,
    (RIGHT, B): 1,
    (A, END): 1,
    (B, END): 1,
}
X = [1.0, 0.0, 0.0, 0.8]
every_look = pytest.mark.parametrize("theme", list(THEMES))
both_layouts = pytest.mark.parametrize("layout", ["3d", "2d"])


def diamond(bias: float = 0.0, activation: str = "identity") -> Network:
    """Two corners of four inputs, two units (1.3 and -0.52 for X), one output."""
    weight = np.array([[0.5, 0.0, 0.0, 1.0], [-1.0, 0.0, 0.0, 0.6]])
    middle = Dense("Middle", weight, np.full(2, bias), activation)
    end = Dense("End", np.array([[0.6, -1.0]]), np.zeros(1))
    return tiny((Flatten("flat"), middle, end), (1, 2, 2))


def inks(scene: Any, **chosen: Any) -> dict[tuple[int, int], float]:
    """How much each edge changes the background where no other is near, in levels of all three colours."""
    show(scene, scene.graph.network, X, **chosen)
    shown, ground, found = bare(scene, SIZE), background(scene.theme, SIZE), {}
    for ends, at in lonely(scene, EDGES, SIZE, 3.5).items():
        mine, other = strongest(shown, at, ground)
        found[ends] = float(np.abs(mine - other).sum())
    return found


@every_look
@both_layouts
def test_every_edge_has_the_hue_of_what_it_carries(scene: Any, theme: str, layout: str) -> None:
    show(scene, diamond(), X, layout=layout, theme=theme)
    shown, ground = bare(scene, SIZE), background(scene.theme, SIZE)
    for ends, at in lonely(scene, EDGES, SIZE, 3.5).items():
        assert warmth(shown, at, ground) * EDGES[ends] > 20, ends


def own(node: int) -> set[tuple[int, int]]:
    """The edges that arrive at a node; of an input those that leave it."""
    return {ends for ends in EDGES if ends[0 if node in (LEFT, RIGHT) else 1] == node}


@every_look
@both_layouts
@pytest.mark.parametrize("node", [LEFT, B, END])
def test_a_nodes_incoming_edges_stand_out_and_the_others_step_back(
    scene: Any, theme: str, layout: str, node: int
) -> None:
    scene.set_network(diamond())
    usual = inks(scene, layout=layout, theme=theme)
    scene.emphasize(Emphasis(nodes=(node,)))
    mine = inks(scene, layout=layout, theme=theme)
    for ends, amount in usual.items():
        if ends in own(node):
            assert mine[ends] > 0.95 * amount
        else:
            assert 5 < mine[ends] < 0.5 * amount
    alone = inks(scene, layout=layout, theme=theme, edges="selected")
    assert all((amount > 40) == (ends in own(node)) for ends, amount in alone.items())
    assert {amount for ends, amount in alone.items() if ends not in own(node)} == {0}
    scene.emphasize(Emphasis())
    assert inks(scene, layout=layout, theme=theme) == pytest.approx(usual, abs=3)
    assert max(inks(scene, layout=layout, theme=theme, edges="selected").values()) == 0


def test_outgoing_edges_stand_out_where_they_are_asked_for(scene: Any) -> None:
    scene.set_network(diamond())
    scene.emphasize(Emphasis(nodes=(A,), outgoing=True))
    mine = inks(scene, edges="selected")
    assert {ends for ends, amount in mine.items() if amount} == {(LEFT, A), (RIGHT, A), (A, END)}


def test_any_edges_stand_out_that_a_lesson_points_at(scene: Any) -> None:
    scene.set_network(diamond())
    wanted = ((RIGHT, B), (A, END))
    scene.emphasize(Emphasis(nodes=(B,), links=wanted))
    mine = inks(scene, edges="selected")
    assert {ends for ends, amount in mine.items() if amount} == set(wanted)


def test_a_nodes_edges_show_though_they_are_held_back(scene: Any) -> None:
    """What arrives at a unit that stays off is of interest when one asks for it."""
    scene.set_network(diamond(bias=-5.0, activation="relu"))
    assert max(inks(scene, held_back=0.0).values()) == 0
    scene.emphasize(Emphasis(nodes=(A,)))
    mine = inks(scene, held_back=0.0)
    assert mine[LEFT, A] > 60
    assert mine[RIGHT, A] > 60
    assert [mine[LEFT, B], mine[RIGHT, B], mine[B, END]] == [0, 0, 0]


@every_look
@both_layouts
def test_of_a_hidden_layer_neither_cells_nor_edges_are_seen(scene: Any, theme: str, layout: str) -> None:
    scene.set_network(diamond())
    usual = inks(scene, layout=layout, theme=theme)
    assert min(usual.values()) > 20
    assert max(inks(scene, layout=layout, theme=theme, layers_hidden=("Middle",)).values()) == 0
    shown, ground = bare(scene, SIZE), background(scene.theme, SIZE)
    pose, places = scene.pose(SIZE), scene.graph.layout
    for node in (A, B):
        at = pixel_of(centre_of(places, layout, node), pose, SIZE)
        assert np.array_equal(shown[at], ground[at])
    for node in range(4):
        at = pixel_of(centre_of(places, layout, node), pose, SIZE)
        colour = 255 * diverging(np.array([X[node]]), scene.theme)[0]
        assert shown[at][:3] == pytest.approx(colour, abs=3)
    ending = inks(scene, layout=layout, theme=theme, layers_hidden=("End",))
    for ends, amount in usual.items():
        assert ending[ends] == (0 if END in ends else pytest.approx(amount, abs=3))
    assert inks(scene, layout=layout, theme=theme) == pytest.approx(usual, abs=3)


@both_layouts
def test_a_dimmed_layers_edges_are_faint_and_of_a_layer_alone_its_own_are_seen(
    scene: Any, layout: str
) -> None:
    scene.set_network(diamond())
    usual = inks(scene, layout=layout)
    dimmed = inks(scene, layout=layout, layers_dimmed=("End",))
    for ends, amount in usual.items():
        assert dimmed[ends] < 0.7 * amount if END in ends else dimmed[ends] == pytest.approx(amount, abs=3)
    alone = inks(scene, layout=layout, layer_alone="Input")
    for ends, amount in usual.items():
        assert alone[ends] == (0 if END in ends else pytest.approx(amount, abs=3))
