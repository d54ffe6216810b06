"""Layout: every node in exactly one cell, cells that never overlap, maps that read upright, layers in order."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from nodelink.graph.layout import (
    FOLD_ASPECT,
    IN_ONE_LINE,
    LINE,
    THICKNESS,
    Layout,
    Slab,
    arrange,
    fold,
)
from nodelink.nn.layers import Conv2d, Dense, Flatten
from nodelink.nn.network import Network
from tests import networks

Wide = NDArray[np.float64]
PRIMES = (2, 3, 31, 37, 97, 293, 1009)


def of_units(*sizes: int) -> Network:
    """A perceptron on 3 x 4 inputs with layers of `sizes`."""
    layers: list[Dense | Flatten] = [Flatten("flat")]
    for index, (inputs, units) in enumerate(zip((12, *sizes), sizes, strict=False)):
        layers.append(Dense(f"D{index}", np.ones((units, inputs)), np.zeros(units)))
    return Network("units", "Units", tuple(layers), (1, 3, 4))


def of_maps(count: int) -> Network:
    """One convolution of `count` maps of 6 x 5."""
    return Network("maps", "Maps", (Conv2d("C", np.ones((count, 2, 3, 3)), np.zeros(count)),), (2, 8, 7))


NETWORKS: dict[str, Callable[[], Network]] = {
    "cnn": networks.cnn,
    "mlp": networks.mlp,
    "mini": networks.mini,
    "primes": partial(of_units, *PRIMES),
    "one unit": partial(of_units, 1, 1),
    "1 map": partial(of_maps, 1),
    "17 maps": partial(of_maps, LINE + 1),
    "64 maps": partial(of_maps, 64),
    **{f"random{seed}": partial(networks.random_network, seed) for seed in range(12)},
}


@cache
def shown(name: str) -> tuple[Network, Layout]:
    network = NETWORKS[name]()
    return network, arrange(network)


every_network = pytest.mark.parametrize("name", NETWORKS)
both_layouts = pytest.mark.parametrize("layout", ["3d", "2d"])


def steps(slab: Slab, layout: str) -> tuple[Wide, Wide, Wide]:
    """Origin, step to the next column, step to the next row."""
    face = slab.face(layout)
    return np.asarray(face.origin), np.asarray(face.column), np.asarray(face.row)


def cell_corners(slab: Slab, layout: str) -> Wide:
    """The two opposite corners of every cell of a slab, (count, 2, 3)."""
    origin, right, down = steps(slab, layout)
    row, column = np.divmod(np.arange(slab.count), slab.columns)
    return np.stack([origin + np.outer(column + k, right) + np.outer(row + k, down) for k in (0, 1)], axis=1)


@every_network
def test_every_node_has_exactly_one_cell(name: str) -> None:
    network, layout = shown(name)
    ids = np.concatenate([np.arange(slab.first, slab.first + slab.count) for slab in layout.slabs])
    assert np.array_equal(np.sort(ids), np.arange(network.nodes))


@every_network
def test_a_map_has_a_slab_of_its_own_and_a_dense_layer_has_one(name: str) -> None:
    network, layout = shown(name)
    for stage in network.stages:
        mine = [slab for slab in layout.slabs if slab.stage == stage.index]
        maps = stage.shape[0] if len(stage.shape) == 3 else 1
        assert [slab.channel for slab in mine] == list(range(maps))
        assert [slab.first for slab in mine] == [stage.offset + i * stage.size // maps for i in range(maps)]
        if len(stage.shape) == 3:
            assert all((slab.rows, slab.columns) == stage.shape[1:] for slab in mine)


@every_network
@both_layouts
def test_cells_are_squares_in_rows_and_columns(name: str, layout: str) -> None:
    for slab in shown(name)[1].slabs:
        _, right, down = steps(slab, layout)
        assert np.linalg.norm(right) == pytest.approx(np.linalg.norm(down))
        assert right @ down == pytest.approx(0)


@every_network
@both_layouts
def test_no_cell_lies_over_another(name: str, layout: str) -> None:
    """Slabs are boxes with sides along the axes; any two are apart along at least one axis, thickness included."""
    corners = shown(name)[1].corners[layout].astype(np.float64)
    low, high = corners.min(axis=1), corners.max(axis=1)  # (slabs, 3)
    for i in range(len(corners)):
        apart = ((low[i] > high[i + 1 :]) | (high[i] < low[i + 1 :])).any(axis=1)
        assert apart.all()


@every_network
@both_layouts
def test_slabs_are_closed_boxes_around_their_cells(name: str, layout: str) -> None:
    found = shown(name)[1]
    for slab, corners in zip(found.slabs, found.corners[layout], strict=True):
        face, back = corners[:4].astype(np.float64), corners[4:].astype(np.float64)
        _, right, down = steps(slab, layout)
        assert np.allclose(face[1] - face[0], slab.columns * right, atol=1e-3)
        assert np.allclose(face[2] - face[0], slab.rows * down, atol=1e-3)
        assert np.allclose(face[3] - face[1], face[2] - face[0], atol=1e-3)
        assert np.allclose(np.linalg.norm(face - back, axis=1), THICKNESS, atol=1e-3)
        cells = cell_corners(slab, layout)
        assert (cells >= corners.min(axis=0) - 1e-3).all()
        assert (cells <= corners.max(axis=0) + 1e-3).all()


@every_network
@both_layouts
def test_an_edge_ends_on_the_cell_of_its_node(name: str, layout: str) -> None:
    found = shown(name)[1]
    for slab in found.slabs:
        places = found.positions[layout][slab.first : slab.first + slab.count].astype(np.float64)
        cells = np.sort(cell_corners(slab, layout), axis=1)
        assert (places >= cells[:, 0] - 1e-3).all()
        assert (places <= cells[:, 1] + 1e-3).all()


@every_network
def test_the_2d_layout_is_flat(name: str) -> None:
    layout = shown(name)[1]
    assert not layout.positions["2d"][:, 1].any()
    assert np.allclose(np.abs(layout.corners["2d"][..., 1]), THICKNESS / 2)


@every_network
def test_maps_read_upright(name: str) -> None:
    """From in front: the top row is farther away (3D) or higher (2D), the first column is on the left."""
    network, layout = shown(name)
    for slab in layout.slabs:
        if len(network.stages[slab.stage].shape) == 3:
            _, right, down = steps(slab, "3d")
            assert right[0] > 0 == right[1] == right[2]
            assert down[1] < 0 == down[0] == down[2]
            _, right, down = steps(slab, "2d")
            assert right[0] > 0 == right[1] == right[2]
            assert down[2] < 0 == down[0] == down[1]


@every_network
def test_in_3d_faces_look_up_or_at_the_viewer_and_in_2d_at_the_viewer(name: str) -> None:
    layout = shown(name)[1]
    outward = {
        kind: (corners[:, :4].mean(axis=1) - corners[:, 4:].mean(axis=1)) / THICKNESS
        for kind, corners in layout.corners.items()
    }
    assert np.allclose(outward["2d"], [0, -1, 0], atol=1e-3)
    for direction in outward["3d"]:
        assert any(np.allclose(direction, good, atol=1e-3) for good in ([0, 0, 1], [0, -1, 0]))


@every_network
@pytest.mark.parametrize(("layout", "axis"), [("3d", 2), ("2d", 0)])
def test_layers_follow_one_another_without_touching(name: str, layout: str, axis: int) -> None:
    found = shown(name)[1]
    stage = np.array([slab.stage for slab in found.slabs])
    along = found.corners[layout][..., axis]
    extent = [(along[stage == s].min(), along[stage == s].max()) for s in range(stage.max() + 1)]
    assert all(before[1] < after[0] for before, after in pairwise(extent))


@pytest.mark.parametrize("name", [name for name in NETWORKS if name != "one unit"])
@both_layouts
def test_the_picture_fills_neither_a_thread_nor_a_needle(name: str, layout: str) -> None:
    """Whatever the sizes of the layers, nothing is more than a few times longer than it is high."""
    corners = shown(name)[1].corners[layout].reshape(-1, 3)
    across, _, up = np.ptp(corners, axis=0)
    assert across / up < 6
    assert up / across < 6


def test_the_outputs_stand_upright_in_one_line_in_front() -> None:
    for name in ("cnn", "mlp", "mini"):
        network, layout = shown(name)
        output = layout.slabs[-1]
        assert (output.rows, output.columns) == (1, 10)
        _, right, down = steps(output, "3d")
        assert right[0] > 0
        assert down[2] < 0
        places = layout.positions["3d"][network.stages[-1].offset :]
        assert (np.diff(places[:, 0]) > 0).all()
        foot = layout.corners["3d"][-1][..., 2].min()
        assert np.allclose(places[:, 2], foot)  # edges from below end at the foot and do not cross the cell


def test_maps_are_in_lines_of_sixteen() -> None:
    layout = shown("64 maps")[1]
    maps = [slab for slab in layout.slabs if slab.stage == 1]
    for layout_name, along, across in (("3d", 0, 1), ("2d", 2, 0)):
        places = np.array([slab.face(layout_name).origin for slab in maps])
        lines = places[:, across].reshape(-1, LINE)
        assert len(lines) == 64 // LINE
        assert (np.ptp(lines, axis=1) == 0).all()
        in_line = places[:, along].reshape(-1, LINE)
        assert (np.diff(in_line, axis=1) * (1 if along == 0 else -1) > 0).all()
        assert np.allclose(in_line, in_line[0])


@pytest.mark.parametrize("units", [*range(1, 400), 784, 1000, 1009, 4096, 10_007])
def test_a_fold_has_room_for_every_unit_and_no_empty_row(units: int) -> None:
    rows, columns = fold(units)
    assert rows * columns >= units > (rows - 1) * columns


def test_few_units_stay_in_one_line_and_many_fold_into_a_block() -> None:
    for units in range(1, IN_ONE_LINE + 1):
        assert fold(units) == (1, units)
    for units in range(IN_ONE_LINE + 1, 2000):
        rows, columns = fold(units)
        assert FOLD_ASPECT / 3 < columns / rows < FOLD_ASPECT * 3


def test_a_block_keeps_its_lines_full_where_the_number_of_units_allows_it() -> None:
    for units in (100, 120, 300, 784):
        rows, columns = fold(units)
        assert rows * columns == units


@every_network
def test_a_morph_keeps_every_cell_in_its_line(name: str) -> None:
    """Neighbours in one layout are neighbours in the other: cells slide as blocks and never jump."""
    layout = shown(name)[1]
    for slab in layout.slabs:
        ids = np.arange(slab.first, slab.first + slab.count)
        same_line = np.flatnonzero(np.diff((ids - slab.first) // slab.columns) == 0)
        for kind in ("3d", "2d"):
            places = layout.positions[kind][ids].astype(np.float64)
            gaps = np.linalg.norm(np.diff(places, axis=0), axis=1)[same_line]
            assert np.allclose(gaps, np.linalg.norm(slab.face(kind).column), rtol=1e-3)
