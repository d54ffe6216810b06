"""Picking: the node in the middle of every cell that is seen is the node that the pointer finds there."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from nodelink.graph import camera, pick
from nodelink.graph.layout import Face, Layout, Options, Slab, arrange
from nodelink.nn.network import Network
from tests import networks

ASPECT = 1.5
BARE = {"cnn": networks.cnn, "mlp": networks.mlp, "mini": networks.mini}


@cache
def shown(name: str) -> tuple[Network, Layout]:
    network = BARE[name]()
    return network, arrange(network)


def centre(layout: Layout, index: int, name: str, place: int) -> NDArray[np.float64]:
    """The middle of cell number `place` on the face of a slab."""
    slab = layout.slabs[index]
    origin, right, down = layout.corners[name][index][:3].astype(np.float64)
    row, column = divmod(place, slab.columns)
    across, over = (column + 0.5) / slab.columns, (row + 0.5) / slab.rows
    return np.asarray(origin + across * (right - origin) + over * (down - origin), np.float64)


def look(layout: Layout, name: str, view: str = "front") -> camera.Pose:
    return camera.view_pose(name, view, layout.corners[name].reshape(-1, 3), ASPECT)


def picked(layout: Layout, name: str, pose: camera.Pose, point: NDArray[np.float64]) -> int | None:
    """The node found where `point` is seen."""
    x, y, _ = camera.project(point[None], pose, ASPECT)[0].tolist()
    return pick.node_at(layout, name, pose, ASPECT, (x, y))


def alone(layout: Layout, index: int) -> Layout:
    """A layout of one slab of another."""
    corners = {name: found[index : index + 1] for name, found in layout.corners.items()}
    return replace(layout, slabs=(layout.slabs[index],), corners=corners)


@pytest.mark.parametrize("name", BARE)
def test_in_2d_every_cell_answers_with_its_node(name: str) -> None:
    layout = shown(name)[1]
    pose = look(layout, "2d")
    for index, slab in enumerate(layout.slabs):
        for place in {*range(0, slab.count, 29), slab.count - 1}:
            found = picked(layout, "2d", pose, centre(layout, index, "2d", place))
            assert found == slab.first + place


@pytest.mark.parametrize("name", BARE)
@pytest.mark.parametrize("view", ["top", "three-quarter"])
def test_in_3d_every_cell_of_an_unobstructed_slab_answers_with_its_node(name: str, view: str) -> None:
    layout = shown(name)[1]
    pose = look(layout, "3d", view)
    for index, slab in enumerate(layout.slabs):
        if view == "top" and slab.flat.row[2] != 0:
            continue  # seen edge-on
        for place in {*range(0, slab.count, 29), slab.count - 1}:
            found = picked(alone(layout, index), "3d", pose, centre(layout, index, "3d", place))
            assert found == slab.first + place


@pytest.mark.parametrize("seed", range(4))
def test_of_all_slabs_on_a_sight_line_the_nearest_face_answers(seed: int) -> None:
    """Against every slab asked alone, at random points of the picture and from random directions."""
    layout, rng = shown("mini")[1], np.random.default_rng(seed)
    points = layout.corners["3d"].reshape(-1, 3)
    azimuth, elevation = rng.uniform(-180, 180), rng.uniform(-60, 60)
    pose = camera.fit(points, ASPECT, azimuth, elevation, float(seed % 2))
    forward = camera.axes(pose)[2]
    hits = 0
    for at in rng.uniform(-0.9, 0.9, (150, 2)).tolist():
        seen = []
        for index, slab in enumerate(layout.slabs):
            node = pick.node_at(alone(layout, index), "3d", pose, ASPECT, (at[0], at[1]))
            if node is not None:
                seen.append((float(centre(layout, index, "3d", node - slab.first) @ forward), node))
        found = pick.node_at(layout, "3d", pose, ASPECT, (at[0], at[1]))
        if not seen:
            assert found is None
        elif len(seen) == 1 or np.ptp([depth for depth, _ in seen]) > 3:
            hits += 1
            assert found == min(seen)[1]
    assert hits > 10


def two_squares() -> Layout:
    """Squares of 2 x 2 cells in front of one another, the first nearer to the viewer."""
    slabs, corners = [], []
    for index, y in enumerate((0.0, 5.0)):
        face = Face((-1.0, y, 1.0), (1.0, 0.0, 0.0), (0.0, 0.0, -1.0))
        slabs.append(Slab(0, index, 4 * index, 4 - index, 2, 2, face, face))  # the second lacks a cell
        square = [(-1 + 2 * c, y, 1 - 2 * r) for r in (0, 1) for c in (0, 1)]
        corners.append(square + [(x, y + 0.5, z) for x, y, z in square])
    found = np.array(corners, np.float32)
    return Layout(Options(), tuple(slabs), {}, {"3d": found, "2d": found}, np.zeros(1, np.float32))


FRONT = camera.Pose(0.0, 0.0, (0.0, 0.0, 0.0), 4.0, 0.0)


@pytest.mark.parametrize(
    ("at", "node"),
    [((-0.25, 0.25), 0), ((0.25, 0.25), 1), ((-0.25, -0.25), 2), ((0.25, -0.25), 3), ((0.75, 0.0), None)],
)
def test_the_four_quarters_of_a_square_are_its_four_cells(at: tuple[float, float], node: int | None) -> None:
    layout = two_squares()
    assert pick.node_at(layout, "2d", FRONT, 1.0, at) == node


def test_from_behind_the_other_square_is_the_nearer_one() -> None:
    layout = two_squares()
    behind = replace(FRONT, azimuth=180.0)
    assert pick.node_at(layout, "3d", behind, 1.0, (-0.25, 0.25)) == 5  # left and right have changed sides


def test_a_place_without_a_unit_in_a_short_last_row_is_no_node() -> None:
    layout = alone(two_squares(), 1)
    assert pick.node_at(layout, "2d", FRONT, 1.0, (-0.25, -0.25)) == 6
    assert pick.node_at(layout, "2d", FRONT, 1.0, (0.25, -0.25)) is None


def test_slabs_behind_the_eye_are_not_found() -> None:
    near = replace(FRONT, perspective=1.0, target=(0.0, 60.0, 0.0))  # the eye stands beyond both squares
    assert pick.node_at(two_squares(), "3d", near, 1.0, (0.1, 0.1)) is None


@pytest.mark.parametrize("layout_name", ["3d", "2d"])
def test_beside_the_network_there_is_no_node(layout_name: str) -> None:
    layout = shown("mini")[1]
    pose = look(layout, layout_name)
    for at in ((-0.999, 0.999), (0.999, 0.999), (-0.999, -0.999), (0.999, -0.999)):
        assert pick.node_at(layout, layout_name, pose, ASPECT, at) is None
