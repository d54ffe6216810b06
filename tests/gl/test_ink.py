"""Edges as ink: pictures of one, two or four edges, read back pixel by pixel."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from nodelink.graph import camera
from nodelink.graph.camera import Pose
from nodelink.nn.layers import Dense, Flatten
from nodelink.nn.network import Network
from nodelink.theme import THEMES, contrast, diverging, look, rgb
from tests.gl.pictures import (
    SIZE,
    Picture,
    along,
    background,
    bare,
    centre_of,
    pixel_of,
    pool,
    quick,
    show,
    strongest,
    sums,
    tiny,
    warmth,
)

every_look = pytest.mark.parametrize("theme", list(THEMES))
both_layouts = pytest.mark.parametrize("layout", ["3d", "2d"])
STRAIGHT = Pose(
    0.0, 0.0, (0.0, 0.0, 0.0), 80.0, 0.0
)  # at the 2D layout, its edges in the middle row of pixels


def at_edge(scene: Any, source: int, target: int, share: float = 0.5) -> tuple[int, int]:
    """The pixel in which a point of an edge is seen."""
    name = scene.settings.layout
    return pixel_of(along(scene.graph.layout, name, source, target, share), scene.pose(SIZE))


def warmth_at(scene: Any, source: int, target: int, share: float = 0.5) -> float:
    """The warmth of the picture at a point of an edge."""
    ground = background(THEMES[scene.settings.theme])
    return warmth(bare(scene), at_edge(scene, source, target, share), ground)


def ink_amount(picture: Picture, at: tuple[int, int], theme: str) -> float:
    mine, other = strongest(picture, at, background(THEMES[theme]))
    return float(np.abs(mine - other).sum())


@every_look
@both_layouts
def test_an_edge_that_adds_is_warm_and_one_that_takes_away_is_cool(
    scene: Any, theme: str, layout: str
) -> None:
    for weight, x in ((1.0, 1.0), (-1.0, 1.0), (-1.0, -1.0), (1.0, -1.0)):
        show(scene, sums([[weight]]), [x], layout=layout, theme=theme)
        for share in (0.25, 0.5, 0.75):
            warm = warmth_at(scene, 0, 1, share)
            assert warm > 40 if weight * x > 0 else warm < -40


@every_look
@both_layouts
def test_a_source_that_is_zero_leaves_no_ink(scene: Any, theme: str, layout: str) -> None:
    network = sums([[1.0]])
    for x in ([0.0], None):
        show(scene, network, x, layout=layout, theme=theme)
        row, column = at_edge(scene, 0, 1)
        around = slice(row - 5, row + 6), slice(column - 5, column + 6)
        assert np.array_equal(bare(scene)[around], background(THEMES[theme])[around])


@every_look
def test_two_edges_that_cancel_show_the_hue_of_the_mixed_and_of_neither(scene: Any, theme: str) -> None:
    """In 2D the edges of two inputs in a row lie over one another."""
    colours = THEMES[theme]
    show(scene, sums([[1.0, -1.0]]), [1.0, 1.0], STRAIGHT, layout="2d", theme=theme)
    mine, ground = strongest(bare(scene), at_edge(scene, 1, 2), background(colours))
    hues = (colours.ink_mixed, colours.ink_positive, colours.ink_negative)
    covers = [_cover(mine, ground, 255 * rgb(hue)) for hue in hues]
    assert covers[0][0] > 0.3
    assert covers[0][1] < 3  # the pixel lies between background and mixed hue ...
    assert covers[1][1] > 10  # ... and on the way to neither of the others
    assert covers[2][1] > 10


def _cover(
    mine: NDArray[np.int32], ground: NDArray[np.int32], hue: NDArray[np.floating]
) -> tuple[float, float]:
    """How much of the background a hue covers to make this pixel, and how far (of 255) the pixel is from that."""
    way = (hue - ground).astype(np.float64)
    share = float((mine - ground) @ way / (way @ way))
    return share, float(np.abs(mine - ground - share * way).max())


@every_look
def test_two_edges_over_one_another_cover_more_than_one(scene: Any, theme: str) -> None:
    network = sums([[0.2, 0.2]])
    amounts = []
    for x in ([0.0, 1.0], [1.0, 1.0]):
        show(scene, network, x, STRAIGHT, layout="2d", theme=theme)
        amounts.append(ink_amount(bare(scene), at_edge(scene, 1, 2), theme))
    assert 10 < amounts[0] < 0.8 * amounts[1]


@every_look
def test_the_stronger_of_two_edges_over_one_another_decides_the_hue(scene: Any, theme: str) -> None:
    network = sums([[1.0, -1.0]])
    for x, warm in (([1.0, 0.5], True), ([0.5, 1.0], False)):
        show(scene, network, x, STRAIGHT, layout="2d", theme=theme)
        assert (warmth_at(scene, 1, 2) > 0) == warm


@every_look
@both_layouts
def test_more_signal_is_more_ink(scene: Any, theme: str, layout: str) -> None:
    network, amounts = sums([[1.0]]), []
    for x in (0.05, 0.15, 0.4, 1.0):
        show(scene, network, [x], layout=layout, theme=theme)
        amounts.append(ink_amount(bare(scene), at_edge(scene, 0, 1), theme))
    assert amounts == sorted(amounts)
    assert amounts[0] < 0.3 * amounts[-1]


@both_layouts
def test_what_arrives_at_a_unit_that_stays_off_is_held_back(scene: Any, layout: str) -> None:
    off, amounts = sums([[1.0]], bias=-5.0, activation="relu"), []
    for held_back in (0.0, 0.1, 1.0):
        show(scene, off, [1.0], layout=layout, held_back=held_back)
        amounts.append(ink_amount(bare(scene), at_edge(scene, 0, 1), "dark"))
    on = sums([[1.0]], bias=0.5, activation="relu")
    show(scene, on, [1.0], layout=layout, held_back=0.0)
    full = ink_amount(bare(scene), at_edge(scene, 0, 1), "dark")
    assert amounts[0] == 0
    assert 0 < amounts[1] < 0.5 * amounts[2]
    assert amounts[2] == pytest.approx(full, abs=3)


@every_look
@both_layouts
def test_of_a_pools_window_the_winner_carries_ink_and_the_others_none(
    scene: Any, theme: str, layout: str
) -> None:
    network = pool()
    for winner in range(4):
        x = [0.3, 0.3, 0.3, 0.3]
        x[winner] = 1.0
        show(scene, network, x, layout=layout, theme=theme)
        near = along(scene.graph.layout, layout, 0, 4, 0.1)
        close = replace(scene.pose(SIZE), height=20.0, target=tuple(near.tolist()))
        show(scene, network, x, close, layout=layout, theme=theme)
        shown = bare(scene)
        for source in range(4):
            if source // 2 == winner // 2 and source != winner and layout == "2d":
                continue  # cells of one row lie over one another
            amount = ink_amount(shown, at_edge(scene, source, 4, 0.1), theme)
            assert amount > 40 if source == winner else amount == 0


@both_layouts
def test_in_weights_mode_the_sign_of_the_weight_shows_whatever_the_input(scene: Any, layout: str) -> None:
    for weight in (1.0, -1.0):
        for x in (None, [0.0], [-1.0]):
            show(scene, sums([[weight]]), x, layout=layout, edges="weights")
            assert warmth_at(scene, 0, 1) * weight > 40


def test_in_weights_mode_a_pools_edges_are_all_there_faint_and_of_no_sign(scene: Any) -> None:
    show(scene, pool(), None, edges="weights")
    shown, ground = bare(scene), background(THEMES["dark"])
    show(scene, sums([[1.0]]), None, edges="weights")
    full = ink_amount(bare(scene), at_edge(scene, 0, 1), "dark")
    show(scene, pool(), None, edges="weights")
    for source in range(4):
        at = at_edge(scene, source, 4, 0.3)
        mine, other = strongest(shown, at, ground)
        cover, off = _cover(mine, other, 255 * rgb(THEMES["dark"].ink_mixed))
        assert 0.02 < cover < 0.5
        assert off < 4
        assert ink_amount(shown, at, "dark") < 0.5 * full


def many() -> Network:
    """A wide sheet of inputs and 40 units that fold into a block above it; negative inputs add to all of them."""
    layers = (Flatten("flat"), Dense("Block", np.full((40, 24 * 30), -1.0), np.zeros(40)))
    return tiny(layers, (1, 24, 30))


DARK_INPUT = np.full(24 * 30, -0.5)


@every_look
def test_edges_behind_a_slab_leave_no_ink_on_its_face(scene: Any, theme: str) -> None:
    """Seen from above, all edges end under the block: its face is the same with ten times the ink."""
    network, pictures = many(), []
    for exposure in (0.1, 10.0):
        show(scene, network, DARK_INPUT, theme=theme, exposure=exposure)
        above = scene.named_pose("3d", "top", SIZE)
        show(scene, network, DARK_INPUT, above, theme=theme, exposure=exposure)
        pictures.append(bare(scene))
    face = _face(scene, 1, above)
    assert np.count_nonzero(face) > 500
    assert np.abs(pictures[0] - pictures[1])[face].max() <= 1
    assert np.abs(pictures[0] - pictures[1])[~face].max() > 30


@every_look
def test_ink_before_a_slab_never_hides_what_its_cells_say(scene: Any, theme: str) -> None:
    """However much ink there is, a cell keeps most of its own colour."""
    from nodelink.gl.resolve import OVER_NODES

    network = many()
    show(scene, network, DARK_INPUT, theme=theme, exposure=10.0)
    inked = bare(scene)
    clean = quick(scene, budget=0)
    face = _face(scene, 0, scene.pose(SIZE))
    difference = np.abs(inked - clean)[face].max(axis=1)
    assert difference.max() > 20
    assert difference.max() <= OVER_NODES * 255 + 1


@every_look
@pytest.mark.parametrize("palette", ["diverging", "viridis", "cividis"])
def test_a_cell_behind_ink_keeps_its_meaning(theme: str, palette: str) -> None:
    """A full one still stands out from the background by 4.5:1, and an empty one does not look a fifth full."""
    from nodelink.gl.resolve import OVER_NODES

    chosen = look(theme, palette)
    values = np.linspace(-1, 1, 201)
    for value in (-1.0, 0.0, 1.0):
        for name in ("positive", "negative", "mixed"):
            ink = rgb(getattr(chosen, f"ink_{name}"))
            seen = (1 - OVER_NODES) * diverging(value, chosen) + OVER_NODES * ink
            if value:
                grounds = (chosen.background_top, chosen.background_bottom)
                assert min(contrast(seen, rgb(surface)) for surface in grounds) >= 4.5
            else:
                read = np.abs(diverging(values, chosen) - seen).sum(axis=1).argmin()
                assert abs(values[read]) < 0.2


def _face(scene: Any, slab: int, pose: Pose) -> NDArray[np.bool_]:
    """The pixels (H, W) at least two pixels inside the outline of a slab's face."""
    corners = scene.graph.layout.corners["3d"][slab][[0, 1, 3, 2]]  # around the face
    seen = camera.project(corners, pose, SIZE[0] / SIZE[1])[:, :2]
    outline = (seen * (1, -1) + 1) / 2 * SIZE
    x, y = np.arange(SIZE[0]) + 0.5, np.arange(SIZE[1])[:, None] + 0.5
    inside = np.ones((SIZE[1], SIZE[0]), bool)
    for (ax, ay), (bx, by) in zip(outline, np.roll(outline, -1, axis=0), strict=True):
        inside &= ((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / np.hypot(bx - ax, by - ay) > 2
    return inside


def test_a_line_is_as_wide_on_a_large_screen_as_on_a_small_one(scene: Any) -> None:
    """In shares of the picture's height; on small pictures it is at least a pixel."""
    network, rows = sums([[1.0]]), {}
    for height in (241, 801, 2401):
        show(scene, network, [1.0], STRAIGHT, layout="2d")
        size = (81, height)
        shown = np.abs(bare(scene, size) - background(THEMES["dark"], size))[:, 40, :3].sum(axis=1)
        rows[height] = float(shown.sum() / shown.max())  # pixels, partly covered ones in part
    assert 1 <= rows[241] < 1.5
    assert rows[2401] == pytest.approx(3 * rows[801], rel=0.25)


@pytest.mark.parametrize("direction", ["right", "up"])
def test_in_2d_edges_end_before_a_line_of_cells_and_begin_behind_it(scene: Any, direction: str) -> None:
    """In the middle of the sides, so that a steep one neither enters nor leaves by a neighbour."""
    weight = np.eye(8)[:, :1]  # into the first unit alone, and from there to the last
    layers = (
        Flatten("flat"),
        Dense("Line", weight, np.zeros(8), "identity"),
        Dense("Sum", np.eye(8)[7:].T @ weight.T, np.zeros(8), "identity"),
    )
    show(scene, tiny(layers, (1, 1, 1)), [1.0], layout="2d", direction_2d=direction)
    layout, pose = scene.graph.layout, scene.pose(SIZE)
    source, unit = (centre_of(layout, "2d", node) for node in (0, 1))
    slab = next(slab for slab in layout.slabs if slab.first == 1)
    half = np.abs(slab.upright.row) / 2  # of a cell, the way the layers lead
    end = layout.positions["2d"][16]
    picture, ground = bare(scene), background(scene.theme)
    for start, stop, share in (
        (source, unit - half, 0.97),
        (unit + half, end, 0.03),
        (unit + half, end, 0.5),
    ):
        at = pixel_of((1 - share) * start + share * stop, pose)
        assert warmth(picture, at, ground) > 20, share
