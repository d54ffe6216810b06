"""Layout in every form that the user can choose: directions, lines instead of blocks, cell sizes, distances."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from nodelink.graph.layout import THICKNESS, Layout, Options, arrange
from nodelink.nn.network import Network
from tests.graph.test_layout import NETWORKS, both_layouts, cell_corners, steps

FORMS = {
    "line": Options(dense="line"),
    "away": Options(flow_3d="away"),
    "right": Options(flow_3d="right"),
    "2d up": Options(flow_2d="up"),
    "small and wide": Options(cell=0.5, spacing=2.5),
    "large and close": Options(cell=2.0, spacing=0.4),
    "all": Options("line", "right", "up", 1.5, 0.4),
}
FLOW = {
    "up": [0, 0, 1],
    "away": [0, 1, 0],
    "right": [1, 0, 0],
}  # the direction in which layers follow one another
FACING = {"up": [0, 0, 1], "away": [0, -1, 0], "right": [-1, 0, 0]}  # in 3D

every_form = pytest.mark.parametrize("form", FORMS)
some_networks = pytest.mark.parametrize(
    "name", ["cnn", "mlp", "mini", "primes", "one unit", "64 maps", "random3", "random7"]
)


@cache
def formed(name: str, form: str) -> tuple[Network, Layout]:
    network = NETWORKS[name]()
    return network, arrange(network, FORMS[form])


@some_networks
@every_form
@both_layouts
def test_in_any_form_layers_follow_their_direction_and_no_cell_lies_over_another(
    name: str, form: str, layout: str
) -> None:
    network, found = formed(name, form)
    corners = found.corners[layout].astype(np.float64)
    low, high = corners.min(axis=1), corners.max(axis=1)
    for i in range(len(corners)):
        assert ((low[i] > high[i + 1 :]) | (high[i] < low[i + 1 :])).any(axis=1).all()
    along = corners @ np.array(FLOW[FORMS[form].flow(layout)])
    stage = np.array([slab.stage for slab in found.slabs])
    extent = [(along[stage == s.index].min(), along[stage == s.index].max()) for s in network.stages]
    assert all(before[1] < after[0] for before, after in pairwise(extent))


@some_networks
@every_form
@both_layouts
def test_in_any_form_every_node_has_one_cell_and_edges_end_on_it(name: str, form: str, layout: str) -> None:
    network, found = formed(name, form)
    assert sum(slab.count for slab in found.slabs) == network.nodes
    for slab in found.slabs:
        places = found.positions[layout][slab.first : slab.first + slab.count].astype(np.float64)
        cells = np.sort(cell_corners(slab, layout), axis=1)
        assert (places >= cells[:, 0] - 1e-3).all()
        assert (places <= cells[:, 1] + 1e-3).all()


@some_networks
@every_form
def test_in_any_form_maps_read_upright_from_where_they_face(name: str, form: str) -> None:
    """Seen from before its face, a map's first column is at the left and its first row at the top."""
    network, found = formed(name, form)
    facing = np.array(FACING[FORMS[form].flow_3d], np.float64)
    for slab, corners in zip(found.slabs, found.corners["3d"].astype(np.float64), strict=True):
        if len(network.stages[slab.stage].shape) == 3:
            _, right, down = steps(slab, "3d")
            outward = corners[:4].mean(axis=0) - corners[4:].mean(axis=0)
            assert np.allclose(outward / THICKNESS, facing, atol=1e-3)
            assert np.allclose(np.cross(right, down), -facing * np.linalg.norm(right) * np.linalg.norm(down))
            assert down[2] < 0 or FORMS[form].flow_3d == "up"


@some_networks
def test_a_line_has_all_units_in_one_row_and_a_block_has_not(name: str) -> None:
    network = NETWORKS[name]()
    for slab in arrange(network, Options(dense="line")).slabs:
        if len(network.stages[slab.stage].shape) == 1:
            assert (slab.rows, slab.columns) == (1, slab.count)


def test_the_cells_of_a_long_line_are_higher_than_wide() -> None:
    """So that a line of hundreds of units can be seen at all."""
    _, found = formed("mlp", "line")
    _, right, down = steps(found.slabs[1], "3d")
    assert found.slabs[1].count == 300
    assert np.linalg.norm(down) > 4 * np.linalg.norm(right)


def test_larger_cells_leave_the_distances_between_layers_and_wider_distances_leave_the_cells() -> None:
    usual, larger, wider = (
        arrange(NETWORKS["cnn"](), options)
        for options in (Options(), Options(cell=1.5), Options(spacing=1.5))
    )
    gaps = [
        np.diff([slab.flat.origin[2] for slab in f.slabs if slab.channel == 0][:-1])
        for f in (usual, larger, wider)
    ]
    assert np.allclose(gaps[1], gaps[0])
    assert np.allclose(gaps[2], 1.5 * gaps[0])
    cells = [np.array([np.linalg.norm(slab.flat.column) for slab in f.slabs]) for f in (usual, larger, wider)]
    assert np.allclose(cells[1], 1.5 * cells[0])
    assert np.allclose(cells[2], cells[0])


@both_layouts
@pytest.mark.parametrize("moved", [Options(cell=1.01), Options(spacing=1.01)], ids=["cell", "spacing"])
def test_a_small_step_of_a_slider_is_a_small_step_of_the_picture(layout: str, moved: Options) -> None:
    places = [arrange(NETWORKS["cnn"](), form).positions[layout] for form in (Options(), moved)]
    assert np.abs(places[1] - places[0]).max() < 0.02 * np.ptp(places[0])


def test_the_layout_is_a_pure_function_of_network_and_options() -> None:
    for options in FORMS.values():
        one, two = arrange(NETWORKS["mini"](), options), arrange(NETWORKS["mini"](), options)
        assert one.slabs == two.slabs
        for layout in ("3d", "2d"):
            assert np.array_equal(one.positions[layout], two.positions[layout])
            assert np.array_equal(one.corners[layout], two.corners[layout])
