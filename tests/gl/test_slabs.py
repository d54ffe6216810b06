"""Nodes as cells: every cell has the colour that the scale gives its value, whatever the look."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from nodelink import samples
from nodelink.graph import camera, pick
from nodelink.graph.layout import Layout, arrange
from nodelink.nn.layers import Dense, Flatten
from nodelink.nn.network import Activations, Network
from nodelink.nn.preprocess import network_input, prepare, rasterize
from nodelink.theme import THEMES, contrast, diverging, rgb
from tests import networks
from tests.gl.pictures import SIZE, Picture, background, bare, centre_of, pixel_of, quick, show, sums, tiny

every_look = pytest.mark.parametrize("theme", list(THEMES))
both_layouts = pytest.mark.parametrize("layout", ["3d", "2d"])
STAGES = ("Input", "C1", "S2", "C3", "S4", "F5", "F6", "Output")


@cache
def drawn() -> Activations:
    """The convolutional network at work on a drawn 7."""
    network = networks.cnn()
    prepared = prepare(rasterize(samples.sample(7, 0)))
    return network.forward(network_input(prepared, network.input_shape))


def close_to(scene: Any, slab: int, layout: str) -> camera.Pose:
    """A pose that shows one slab as large as it fits, from so low that the next layer does not stand before it."""
    corners = scene.graph.layout.corners[layout][slab]
    if layout == "2d":
        return camera.fit(corners, SIZE[0] / SIZE[1], 0.0, 0.0, 0.0)
    return camera.fit(corners, SIZE[0] / SIZE[1], 18.0, 20.0, 0.0)


def nodes_alone(scene: Any) -> Picture:
    """The picture with no edge before or behind the nodes."""
    return quick(scene, budget=0)


@every_look
@both_layouts
@pytest.mark.parametrize("stage", range(len(STAGES)), ids=STAGES)
def test_a_cell_has_the_colour_of_its_value_on_its_layers_scale(
    scene: Any, theme: str, layout: str, stage: int
) -> None:
    activations = drawn()
    network = activations.network
    show(scene, network, None)
    slabs = [i for i, slab in enumerate(scene.graph.layout.slabs) if slab.stage == stage]
    index = slabs[len(slabs) // 2]
    slab, pose = scene.graph.layout.slabs[index], close_to(scene, index, layout)
    show(scene, network, activations.out[0][0], pose, layout=layout, theme=theme, exposure=10.0)
    shown = nodes_alone(scene) if layout == "3d" else bare(scene)  # in 2D all edges run behind the faces
    values = activations.values() / network.calibration[STAGES[stage]].node
    nodes = np.arange(slab.first, slab.first + slab.count)
    found = [shown[pixel_of(centre_of(scene.graph.layout, layout, node), pose)][:3] for node in nodes]
    assert np.abs(np.array(found) - 255 * diverging(values[nodes], THEMES[theme])).max() <= 2


def test_the_drawing_lights_cells_of_every_layer() -> None:
    """Otherwise the test above would compare zeros."""
    for stage, out in zip(drawn().network.stages, drawn().out, strict=True):
        assert np.count_nonzero(out) > stage.size / 20


@every_look
def test_without_input_every_cell_is_neutral(scene: Any, theme: str) -> None:
    network = drawn().network
    show(scene, network, None, layout="2d", theme=theme)
    pose = close_to(scene, 0, "2d")
    show(scene, network, None, pose, layout="2d", theme=theme)
    shown = bare(scene)
    for node in range(0, 1024, 31):
        colour = shown[pixel_of(centre_of(scene.graph.layout, "2d", node), pose)][:3]
        assert np.abs(colour - 255 * rgb(THEMES[theme].neutral)).max() <= 1


@every_look
def test_values_beyond_the_scale_take_its_end_and_never_wrap(scene: Any, theme: str) -> None:
    network = sums([[1.0]])
    for x, full in ((50.0, 1.0), (-50.0, -1.0)):
        show(scene, network, [x], layout="2d", theme=theme)
        at = pixel_of(centre_of(scene.graph.layout, "2d", 1), scene.pose(SIZE))
        assert np.abs(bare(scene)[at][:3] - 255 * diverging(full, THEMES[theme])).max() <= 1


@every_look
@both_layouts
def test_a_place_without_a_unit_shows_no_value(scene: Any, theme: str, layout: str) -> None:
    """37 units fold into rows of which the last is shorter: what is left over is the slab's own grey."""
    network = tiny((Flatten("flat"), Dense("Prime", np.ones((37, 2)), np.zeros(37))), (1, 1, 2))
    show(scene, network, [1.0, 1.0], layout=layout, theme=theme)
    slab = scene.graph.layout.slabs[-1]
    assert slab.rows * slab.columns > 37
    pose = close_to(scene, len(scene.graph.layout.slabs) - 1, layout)
    show(scene, network, [1.0, 1.0], pose, layout=layout, theme=theme)
    shown = nodes_alone(scene)
    last = centre_of(scene.graph.layout, layout, slab.first + 36)
    step = np.asarray(slab.face(layout).column)
    filled, empty = (shown[pixel_of(last + k * step, pose)][:3] for k in (0, 1))
    assert np.abs(filled - 255 * diverging(1.0, THEMES[theme])).max() <= 2
    assert np.abs(empty - 255 * rgb(THEMES[theme].slab_side)).max() <= 2


@every_look
def test_large_cells_have_outlines_and_small_ones_none(scene: Any, theme: str) -> None:
    """Outlines of cells of a pixel or two would hide their colours."""
    network = drawn().network
    show(scene, network, None)
    for away, outlined in ((1.0, True), (12.0, False)):
        pose = close_to(scene, 0, "2d")
        pose = camera.zoom(pose, 1 / away)
        show(scene, network, None, pose, layout="2d", theme=theme)
        a, b = (pixel_of(centre_of(scene.graph.layout, "2d", n), pose) for n in (32 * 8 + 8, 32 * 24 + 24))
        part = bare(scene)[a[0] : b[0], a[1] : b[1], :3]
        assert part.size
        assert (np.ptp(part, axis=(0, 1)).max() > 10) == outlined


@every_look
@both_layouts
def test_small_maps_are_outlined_though_their_cells_are_not(scene: Any, theme: str, layout: str) -> None:
    """In a scene as it is in a small window, every side of every map stands out from the background by 1.5:1. A line
    that falls between two rows of pixels is half as strong in both: hence a little less here."""
    size, network = (674, 659), drawn().network
    show(scene, network, None, layout=layout, theme=theme)
    shown = bare(scene, size)[..., :3] / 255
    ground = rgb(THEMES[theme].background_top)
    for slab, corners in zip(scene.graph.layout.slabs, scene.graph.layout.corners[layout], strict=True):
        for a, b in ((0, 1), (1, 3), (3, 2), (2, 0)):
            points = [(1 - t) * corners[a] + t * corners[b] for t in np.linspace(0.15, 0.85, 9)]
            seen = []
            for point in points:
                row, column = pixel_of(point, scene.pose(size), size)
                near = shown[row - 1 : row + 2, column - 1 : column + 2].reshape(-1, 3)
                seen.append(max(contrast(colour, ground) for colour in near))
            assert np.median(seen) >= 1.4, (slab.stage, slab.channel)


@both_layouts
def test_beside_the_slabs_there_is_only_background(scene: Any, layout: str) -> None:
    show(scene, drawn().network, drawn().out[0][0], layout=layout)
    shown, ground = bare(scene), background(THEMES["dark"])
    for rows, columns in ((slice(0, 20), slice(None)), (slice(-20, None), slice(None))):
        assert np.array_equal(shown[rows, columns], ground[rows, columns])


def layered() -> Network:
    """Three maps and two blocks over one another, all of large cells."""
    rng = np.random.default_rng(0)
    weights = rng.normal(0, 0.1, (40, 90)), rng.normal(0, 0.2, (36, 40))
    return tiny(
        (Flatten("flat"), *(Dense(f"D{i}", w, np.zeros(len(w))) for i, w in enumerate(weights))), (3, 6, 5)
    )


@pytest.mark.parametrize(("azimuth", "elevation"), [(18.0, 40.0), (-60.0, 30.0), (140.0, 60.0)])
def test_the_node_that_the_pointer_finds_is_the_one_whose_colour_is_seen_there(
    scene: Any, azimuth: float, elevation: float
) -> None:
    """In a picture in which slabs stand before slabs; the sides of a slab have a colour of their own."""
    network, theme = layered(), THEMES["dark"]
    layout = arrange(network)
    activations = network.forward(np.random.default_rng(0).uniform(-1, 1, (3, 6, 5)))
    pose = camera.fit(
        layout.corners["3d"].reshape(-1, 3), SIZE[0] / SIZE[1], azimuth, elevation, 1.0, (0.02,) * 4
    )
    show(scene, network, activations.out[0][0], pose)
    shown = nodes_alone(scene)[..., :3]
    sides = [255 * shade * rgb(theme.slab_side) for shade in (1.0, 0.7, 0.55, 0.35)]
    right = 0
    for place in range(network.nodes):
        row, column = pixel_of(centre_of(layout, "3d", place), pose)
        found = {node_under(layout, pose, row + y, column + x) for x in (-1, 1) for y in (-1, 1)}
        node = found.pop()
        if found or node is None:
            continue  # near a border of cells
        if np.abs(shown[row, column] - 255 * diverging(activations.values()[node], theme)).max() <= 3:
            right += 1
        else:
            assert min(np.abs(shown[row, column] - side).max() for side in sides) <= 3
    assert right > network.nodes / 3


def node_under(layout: Layout, pose: camera.Pose, row: float, column: float) -> int | None:
    at = (2 * (column + 0.5) / SIZE[0] - 1, 1 - 2 * (row + 0.5) / SIZE[1])
    return pick.node_at(layout, "3d", pose, SIZE[0] / SIZE[1], at)


def test_a_network_of_another_size_is_told_apart_by_its_own_values(scene: Any) -> None:
    """After a switch no cell keeps a value of the network before."""
    first: Network = networks.mini()
    show(scene, first, np.ones(784))
    show(scene, sums([[1.0]]), [0.0], layout="2d")
    at = pixel_of(centre_of(scene.graph.layout, "2d", 0), scene.pose(SIZE))
    assert np.abs(bare(scene)[at][:3] - 255 * rgb(THEMES["dark"].neutral)).max() <= 1
