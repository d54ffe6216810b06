"""Strokes become ink, ink becomes cells: smooth, exact, and as MNIST was made."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from nodelink.nn.preprocess import BOX, CELLS, PAD, Array, Stroke, draw, network_input, prepare, rasterize
from tests import mnist


def stroke(*points: Sequence[float], width: float = 22.0, erase: bool = False) -> Stroke:
    return Stroke(np.array(points, dtype=np.float64), width, erase)


def wander(seed: int, count: int = 60, step: float = 6.0) -> Stroke:
    """A hand-like wandering line that turns, reverses and leaves the pad now and then."""
    rng = np.random.default_rng(seed)
    angle = np.cumsum(rng.normal(0, 0.6, count))
    steps = np.stack([np.cos(angle), np.sin(angle)], axis=1) * rng.uniform(0, 2 * step, (count, 1)).round(1)
    return Stroke(np.cumsum(steps, axis=0) + 140, float(rng.uniform(2, 60)))


def blank() -> Array:
    return np.zeros((PAD, PAD), dtype=np.float32)


def enlarged(cells: Array) -> Array:
    return np.kron(cells, np.ones((10, 10), dtype=np.float32)).astype(np.float32)


def centre_of_mass(ink: Array) -> tuple[float, float]:
    """Row and column of the centre of mass, in cells from the top left corner of the pad."""
    at = (np.arange(PAD) + 0.5) / 10
    total = float(ink.sum(dtype=np.float64))
    return float(at @ ink.sum(axis=1)) / total, float(at @ ink.sum(axis=0)) / total


def extent(ink: Array) -> tuple[int, int]:
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    return int(rows[-1] - rows[0] + 1), int(columns[-1] - columns[0] + 1)


# Strokes ----------------------------------------------------------------------------------------------------


def test_a_line_covers_what_a_brute_force_distance_says() -> None:
    ink = rasterize([stroke((60.3, 80.7), (190.2, 150.1), width=21)])
    y, x = np.mgrid[0:PAD, 0:PAD] + 0.5
    along = np.array([190.2 - 60.3, 150.1 - 80.7])
    t = np.clip(((x - 60.3) * along[0] + (y - 80.7) * along[1]) / (along @ along), 0, 1)
    distance = np.hypot(x - 60.3 - t * along[0], y - 80.7 - t * along[1])
    np.testing.assert_allclose(ink, np.clip(11 - distance, 0, 1), atol=2e-4)


def test_one_point_is_a_round_dot_of_the_brush_width() -> None:
    ink = rasterize([stroke((140, 140), width=22)])
    assert extent(ink) == (22, 22)
    assert ink.sum() == pytest.approx(np.pi * 11**2, rel=0.01)
    assert np.array_equal(ink, ink.T)
    assert np.array_equal(ink, ink[::-1])


@pytest.mark.parametrize("seed", range(8))
def test_drawing_point_by_point_gives_bit_for_bit_the_stroke_drawn_at_once(seed: int) -> None:
    whole = wander(seed)
    ink, drawn = blank(), 0
    for count in [1, 2, 3, 4, *range(6, 60, 3), 60]:
        draw(ink, Stroke(whole.points[:count], whole.width), drawn)
        drawn = count
    assert np.array_equal(ink, rasterize([whole]))


def test_points_that_repeat_change_nothing() -> None:
    points = np.array([(50, 50), (90, 60), (120, 100)], dtype=np.float64)
    assert np.array_equal(rasterize([Stroke(np.repeat(points, 3, axis=0))]), rasterize([Stroke(points)]))


def test_a_curve_through_few_points_of_a_circle_is_round() -> None:
    angle = np.linspace(0, 2 * np.pi, 25)
    ink = rasterize([Stroke(np.stack([140 + 80 * np.cos(angle), 140 + 80 * np.sin(angle)], axis=1), 10)])
    y, x = np.mgrid[0:PAD, 0:PAD] + 0.5
    radius = np.hypot(x - 140, y - 140)
    assert ink[np.abs(radius - 80) < 3.5].min() == 1
    assert ink[np.abs(radius - 80) > 7].max() == 0


def test_a_corner_stays_a_corner() -> None:
    ink = rasterize([stroke((60, 60), (120, 60), (180, 60), (160, 120), (140, 180), width=10)])
    assert ink[:, 187:].max() == 0  # the pen turned back here, and did not swing out
    assert ink[:53].max() == 0


def test_the_curve_goes_through_its_points() -> None:
    line = wander(3)
    ink = rasterize([Stroke(line.points, 6)])
    on_pad = line.points[((line.points >= 0) & (line.points < PAD)).all(axis=1)].astype(int)
    assert (ink[on_pad[:, 1], on_pad[:, 0]] > 0.9).all()


def pressed(seed: int) -> Stroke:
    """A wandering line of a pen that is pressed now more, now less, and rests on some points."""
    line, rng = wander(seed), np.random.default_rng(seed)
    again = rng.integers(1, 3, len(line.points))
    points = np.repeat(line.points, again, axis=0)
    return Stroke(points, 22.0, False, rng.uniform(4, 40, len(points)))


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("erase", [False, True])
def test_a_stroke_with_pressure_point_by_point_is_bit_for_bit_the_one_drawn_at_once(
    seed: int, erase: bool
) -> None:
    whole = pressed(seed)
    assert whole.widths is not None
    base = np.full((PAD, PAD), 0.5, np.float32)
    ink, drawn, end = base.copy(), 0, len(whole.points)
    for count in [1, 2, 3, 4, *range(6, end, 3), end]:
        draw(ink, Stroke(whole.points[:count], 22.0, erase, whole.widths[:count]), drawn)
        drawn = count
    assert np.array_equal(ink, rasterize([Stroke(whole.points, 22.0, erase, whole.widths)], base))


def test_even_pressure_is_the_plain_stroke() -> None:
    for seed in range(4):
        plain = wander(seed)
        even = Stroke(plain.points, 99.0, False, np.full(len(plain.points), plain.width))
        np.testing.assert_allclose(rasterize([even]), rasterize([plain]), atol=2e-4)


def test_a_stroke_grows_evenly_with_the_pressure() -> None:
    points = np.array([(40.0, 140.0), (240.0, 140.0)])
    ink = rasterize([Stroke(points, widths=np.array([8.0, 48.0]))])
    height = ink[:, 40:240].sum(axis=0)  # of the stroke at each column
    assert height[2:-2] == pytest.approx(np.linspace(8, 48, 200)[2:-2], abs=0.5)
    assert np.abs(np.diff(height, 2)).max() < 0.3


def test_pressing_harder_on_the_spot_makes_the_dot_larger_and_the_line_begins_so_wide() -> None:
    points = np.array([(100.0, 140.0), (100.0, 140.0), (101.0, 140.0)])
    ink = rasterize([Stroke(points[:2], widths=np.array([10.0, 30.0]))])
    assert extent(ink) == (30, 30)
    assert extent(rasterize([Stroke(points, widths=np.array([10.0, 30.0, 10.0]))])) == (30, 30)


@pytest.mark.parametrize("widths", [[1.0], [1.0, 2.0, 3.0], [1.0, 0.0], [1.0, np.nan], [1.0, np.inf]])
def test_widths_that_do_not_fit_the_points_are_refused(widths: list[float]) -> None:
    with pytest.raises(ValueError, match="2 points needs as many positive widths"):
        Stroke(np.zeros((2, 2)), widths=np.array(widths))


def test_the_eraser_takes_away_and_a_later_pencil_draws_again() -> None:
    line = stroke((60, 140), (220, 140))
    gap = stroke((140, 100), (140, 180), width=20, erase=True)
    ink = rasterize([line, gap])
    assert ink[140, 140] == 0
    assert ink[140, 80] == 1
    assert rasterize([line, gap, line])[140, 140] == 1
    assert rasterize([line, stroke((60, 140), (220, 140), width=30, erase=True)]).max() == 0


def test_undo_by_drawing_the_rest_again_gives_the_ink_from_before() -> None:
    strokes = [wander(seed) for seed in range(4)]
    before = rasterize(strokes[:3])
    ink = before.copy()
    draw(ink, strokes[3])
    assert not np.array_equal(ink, before)
    assert np.array_equal(rasterize(strokes[:3]), before)


def test_drawing_continues_on_a_base_and_leaves_the_base_alone() -> None:
    base = rasterize([wander(1)])
    kept = base.copy()
    assert np.array_equal(rasterize([wander(2)], base), rasterize([wander(1), wander(2)]))
    assert np.array_equal(base, kept)


def test_a_stroke_touches_only_its_surroundings() -> None:
    ink = np.full((PAD, PAD), -1, dtype=np.float32)  # a mark that the pencil would overwrite with 0
    draw(ink, stroke((100, 100), (110, 104), width=10))
    assert (ink[:90] == -1).all()
    assert (ink[:, 120:] == -1).all()


@pytest.mark.parametrize(
    "point", [(-5, 140), (-1e9, 140), (1e12, -1e12), (279.99, 279.99), (280, 280), (140, 300)]
)
def test_points_at_and_beyond_the_border_are_harmless(point: tuple[float, float]) -> None:
    ink = rasterize([stroke((140, 140), point)])
    assert ink[139, 139] == 1
    assert ink.max() <= 1
    assert ink.min() >= 0


@pytest.mark.parametrize(
    "points", [np.zeros((0, 2)), np.zeros(2), np.zeros((3, 3)), [[0, np.nan]], [[np.inf, 0]]]
)
def test_points_that_are_none_are_refused(points: Array) -> None:
    with pytest.raises(ValueError, match="stroke"):
        Stroke(points)  # type: ignore[arg-type]


@pytest.mark.parametrize("width", [0, -1, np.nan, np.inf])
def test_a_brush_without_width_is_refused(width: float) -> None:
    with pytest.raises(ValueError, match="width"):
        stroke((1, 1), width=width)


def test_a_stroke_keeps_its_own_points() -> None:
    points = np.array([[1.0, 2.0]])
    kept = Stroke(points)
    points[0] = 99
    assert kept.points.tolist() == [[1, 2]]
    with pytest.raises(ValueError, match="read-only"):
        kept.points[0] = 3


# The way down -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
def test_an_enlarged_28x28_picture_comes_back_bit_for_bit(seed: int) -> None:
    cells = (np.random.default_rng(seed).integers(0, 256, (28, 28)) / np.float32(255)).astype(np.float32)
    assert np.array_equal(prepare(enlarged(cells), centre=False).cells, cells)


@pytest.mark.parametrize("centre", [True, False])
def test_cells_are_exactly_the_area_average_of_the_centred_drawing(centre: bool) -> None:
    ready = prepare(rasterize([wander(0)]), centre)
    for row, column in np.ndindex(CELLS, CELLS):
        block = ready.centred[10 * row : 10 * row + 10, 10 * column : 10 * column + 10]
        assert ready.cells[row, column] == pytest.approx(block.mean(dtype=np.float64), abs=1e-7)


def test_a_blank_pad_is_said_to_be_blank() -> None:
    ready = prepare(blank())
    assert ready.blank
    assert ready.centred is ready.drawing
    assert not ready.cells.any()


def test_a_pad_wiped_with_the_eraser_is_blank() -> None:
    ink = rasterize([stroke((40, 40), (200, 220)), stroke((30, 30), (210, 230), width=60, erase=True)])
    assert prepare(ink).blank


def test_without_centring_the_drawing_is_only_averaged() -> None:
    ink = rasterize([stroke((30, 30), (60, 90))])
    ready = prepare(ink, centre=False)
    assert ready.centred is ink
    assert not ready.blank


@pytest.mark.parametrize(
    ("across", "at"),
    [((70, 50), (20, 20)), ((50, 50), (225, 225)), ((260, 140), (10, 100)), ((90, 270), (180, 5))],
)
def test_centring_fits_the_box_and_puts_the_centre_of_mass_in_the_middle_cell(
    across: tuple[int, int], at: tuple[int, int]
) -> None:
    ink = blank()
    rng = np.random.default_rng(0)
    ink[at[1] : at[1] + across[1], at[0] : at[0] + across[0]] = rng.uniform(0.2, 1, across[::-1])
    ready = prepare(ink)
    height, width = extent(ready.centred)
    assert max(height, width) == BOX
    assert width / height == pytest.approx(across[0] / across[1], rel=0.02)
    assert all(13.99 <= middle < 15.01 for middle in centre_of_mass(ready.centred))


def test_centring_keeps_the_ink_when_it_scales() -> None:
    ink = rasterize([stroke((40, 40), (100, 40), (60, 130))])
    scale = BOX / max(extent(ink))
    assert prepare(ink).centred.sum() == pytest.approx(ink.sum() * scale**2, rel=1e-4)


def test_the_same_drawing_elsewhere_on_the_pad_gives_the_same_input() -> None:
    here, there = (
        rasterize([stroke((40 + d, 40 + d), (90 + d, 40 + d), (50 + d, 120 + d))]) for d in (0, 130)
    )
    np.testing.assert_allclose(prepare(here).cells, prepare(there).cells, atol=1e-5)


@pytest.mark.parametrize("corner", [(0, 0), (0, 1), (1, 0), (1, 1)])
def test_ink_is_never_cut_off_when_its_weight_pulls_it_to_the_edge(corner: tuple[int, int]) -> None:
    ink = blank()
    ink[40:240, 40] = ink[40, 40:240] = ink[239, 40:240] = ink[40:240, 239] = 0.05  # a faint frame
    y, x = 40 + 130 * corner[0], 40 + 130 * corner[1]
    ink[y : y + 70, x : x + 70] = 1  # a heavy corner
    centred = prepare(ink).centred
    assert extent(centred) == (BOX, BOX)
    assert centred.sum() == pytest.approx(ink.sum(), rel=1e-5)


def test_a_dot_of_the_pencil_stays_a_dot() -> None:
    ready = prepare(rasterize([stroke((30, 200))]))
    assert extent(ready.centred) == (22, 22)
    assert not ready.blank


def test_ink_grows_steadily_from_a_dot_to_a_digit() -> None:
    sizes = [
        max(extent(prepare(rasterize([stroke((50, 50), (50, 50 + n))])).centred)) for n in range(0, 60, 2)
    ]
    assert sizes == sorted(sizes)
    assert sizes[-1] == BOX


@pytest.mark.parametrize("at", [(0, 0), (279, 0), (140, 140), (3, 277)])
def test_a_single_pixel_reaches_the_middle(at: tuple[int, int]) -> None:
    ink = blank()
    ink[at] = 1
    ready = prepare(ink)
    assert ready.centred.sum() == 1
    assert np.argwhere(ready.cells).tolist() == [[14, 14]]


def test_a_hairline_across_the_pad_survives() -> None:
    ink = rasterize([stroke((1, 140.5), (279, 140.5), width=1)])
    ready = prepare(ink)
    assert extent(ready.centred)[1] == BOX
    assert ready.cells.sum() > 1


def test_a_full_pad_becomes_a_full_box() -> None:
    ready = prepare(np.ones((PAD, PAD), dtype=np.float32))
    assert ready.cells.sum() == pytest.approx(400, rel=1e-5)


def test_centring_leaves_no_trace_of_rounding_where_there_is_no_ink() -> None:
    ink = rasterize([stroke((40.2, 33.1), (140.7, 60.3)), stroke((60.9, 150.3), (130.1, 155.5), width=9.3)])
    centred = prepare(ink).centred
    assert centred[centred > 0].min() > 1e-6
    assert centred.max() <= 1


def test_drawings_of_another_size_are_refused() -> None:
    with pytest.raises(ValueError, match=r"\(28, 28\).*\(280, 280\)"):
        prepare(np.zeros((28, 28), dtype=np.float32))
    with pytest.raises(ValueError, match=r"\(28, 28\).*\(280, 280\)"):
        draw(np.zeros((28, 28), dtype=np.float32), stroke((1, 1)))


# Input ------------------------------------------------------------------------------------------------------


def test_the_cells_are_the_input_of_a_28x28_network() -> None:
    ready = prepare(rasterize([wander(5)]))
    x = network_input(ready, (1, 28, 28))
    assert x.dtype == np.float32
    assert np.array_equal(x[0, 0], ready.cells)


def test_a_32x32_network_gets_the_cells_with_a_blank_margin_of_two() -> None:
    ready = prepare(rasterize([wander(5)]))
    x = network_input(ready, (1, 32, 32))
    assert np.array_equal(x[0, 0, 2:-2, 2:-2], ready.cells)
    assert np.count_nonzero(x) == np.count_nonzero(ready.cells)


@pytest.mark.parametrize(
    "shape", [(1, 14, 14), (3, 40, 40), (3, 66, 200), (1, 5, 3), (1, 280, 280), (1, 300, 310)]
)
def test_other_inputs_get_the_area_average_of_the_centred_drawing(shape: tuple[int, int, int]) -> None:
    ready = prepare(rasterize([wander(5)]))
    x = network_input(ready, shape)
    assert x.shape == (1, *shape)
    side = min(shape[1:])
    area = (PAD / side) ** 2
    assert x[0, 0].sum() * area == pytest.approx(ready.centred.sum(), rel=1e-4)
    assert all(np.array_equal(channel, x[0, 0]) for channel in x[0])
    if side == PAD:
        np.testing.assert_allclose(x[0, 0], ready.centred, atol=1e-6)


# MNIST ------------------------------------------------------------------------------------------------------


def test_centring_a_digit_of_mnist_changes_nothing() -> None:
    digits = mnist.digits(1000)[0].astype(np.float32) / np.float32(255)
    same = sum(np.array_equal(prepare(enlarged(digit)).cells, digit) for digit in digits)
    assert same == 1000
