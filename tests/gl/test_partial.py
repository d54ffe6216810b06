"""Pictures of a pass that is under way: what is computed looks as ever, what is not is bare and silent."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nodelink.explain.steps import Steps, partial
from nodelink.graph import camera
from nodelink.nn.layers import Dense, Flatten
from nodelink.theme import THEMES
from tests.gl.pictures import SIZE, along, background, bare, centre_of, pixel_of, show, sums, tiny, warmth

WEIGHTS = [[0.9, 0.9], [0.9, 0.9]]


@pytest.mark.parametrize("theme", list(THEMES))
def test_cells_not_computed_are_bare_and_not_zero(scene: Any, theme: str) -> None:
    network = sums([[0.0, 0.0], [0.0, 0.0]])  # both nodes are 0 once they are computed
    pose = camera.Pose(0, 0, (0, 0, 0), 120.0, 0.0)
    show(scene, network, [1.0, 1.0], pose, layout="2d", theme=theme)
    layout, whole = scene.graph.layout, scene.activations
    spots = [pixel_of(centre_of(layout, "2d", node), pose) for node in (2, 3)]
    done = bare(scene)
    assert (done[spots[0]] == done[spots[1]]).all()
    scene.set_activations(partial(whole, Steps(network).reached(1)))
    under_way = bare(scene)
    assert (under_way[spots[0]] == done[spots[0]]).all()
    assert np.abs(under_way[spots[1]] - done[spots[1]])[:3].max() > 4
    scene.set_activations(whole)
    assert (bare(scene) == done).all()


def test_edges_arrive_with_their_node(scene: Any) -> None:
    network = tiny((Flatten("flat"), Dense("Sum", np.array(WEIGHTS), np.zeros(2), "relu")), (1, 1, 2))
    pose = camera.Pose(0, 0, (0, 0, 0), 120.0, 0.0)
    for mode in ("signal", "weights"):
        show(scene, network, [1.0, 1.0], pose, layout="2d", edges=mode, exposure=3.0)
        layout, whole, ground = scene.graph.layout, scene.activations, background(scene.theme, SIZE)
        spots = [pixel_of(along(layout, "2d", 0, target, 0.8), pose) for target in (2, 3)]
        assert all(warmth(bare(scene), spot, ground) > 20 for spot in spots)
        for number, lit in ((0, (False, False)), (1, (True, False)), (2, (True, True))):
            scene.set_activations(partial(whole, Steps(network).reached(number)))
            picture = bare(scene)
            assert tuple(warmth(picture, spot, ground) > 20 for spot in spots) == lit
            report = scene.draw_complete(SIZE)
            assert report.edges_drawn == 2 * number


def test_the_legend_covers_what_it_says(scene: Any) -> None:
    show(scene, sums([[0.5, 0.5], [0.5, 0.5]]), [1.0, 1.0])
    for size in ((1200, 500), (600, 700)):
        caption = scene.caption(size)
        picture = caption.legend(1.0)
        left, top = caption.legend_at(picture)
        free = scene.covered(size)
        assert sum(part > 0 for part in free) == 1
        assert free[1] * size[0] >= picture.shape[1] or free[2] * size[1] >= picture.shape[0]
        assert free in ((0, 1 - left / size[0], 0, 0), (0, 0, 1 - top / size[1], 0))
