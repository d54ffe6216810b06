"""Transforms against plain loops, pictures known by hand, and what centring must make of them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from nodelink.nn.changes import WeightScale, changed
from nodelink.nn.network import NetworkError
from nodelink.nn.preprocess import PAD, VISIBLE, Stroke, network_input, prepare, rasterize
from nodelink.nn.transforms import (
    AS_DRAWN,
    AXES,
    STEPS,
    Sheet,
    Transform,
    at_step,
    curve,
    describe,
    look_through,
    moved,
    shifts_vanish,
    thickened,
    widened,
)
from nodelink.samples import sample
from tests import networks

Array = npt.NDArray[np.float32]


def sheet(digit: int = 7) -> Sheet:
    return Sheet(rasterize(sample(digit)), sample(digit))


def blobs(seed: int, shape: tuple[int, int]) -> Array:
    rng = np.random.default_rng(seed)
    ink = np.zeros(shape, np.float32)
    height, width = shape
    part = ink[height // 4 : -height // 4, width // 4 : -width // 4]
    part[:] = rng.random(part.shape) * (rng.random(part.shape) < 0.7)
    return ink


def pixel(ink: Array, row: int, column: int) -> float:
    height, width = ink.shape
    return float(ink[row, column]) if 0 <= row < height and 0 <= column < width else 0.0


def by_hand(ink: Array, transform: Transform) -> Array:
    """Every pixel of the result looks back to where it comes from: plain floats, one pixel at a time."""
    rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
    middle_y, middle_x = (rows[0] + rows[-1] + 1) / 2, (columns[0] + columns[-1] + 1) / 2
    turn = math.radians(transform.angle)
    result = np.zeros_like(ink)
    for row in range(ink.shape[0]):
        for column in range(ink.shape[1]):
            x = (column + 0.5 - middle_x - transform.dx) / transform.scale
            y = (row + 0.5 - middle_y - transform.dy) / transform.scale
            # clockwise on a screen, whose y points down: back is the other way round
            back_x = math.cos(turn) * x + math.sin(turn) * y + middle_x - 0.5
            back_y = -math.sin(turn) * x + math.cos(turn) * y + middle_y - 0.5
            i, j = math.floor(back_y), math.floor(back_x)
            v, u = back_y - i, back_x - j
            upper = (1 - u) * pixel(ink, i, j) + u * pixel(ink, i, j + 1)
            lower = (1 - u) * pixel(ink, i + 1, j) + u * pixel(ink, i + 1, j + 1)
            result[row, column] = (1 - v) * upper + v * lower
    return result


@pytest.mark.parametrize(
    "transform",
    [
        Transform(angle=30),
        Transform(angle=-117, dx=3.5, dy=-2.25),
        Transform(scale=1.7),
        Transform(scale=0.45, angle=200),
        Transform(scale=2.4, dx=12, dy=9),
        Transform(dx=0.5),
        Transform(dx=4, dy=-7),
        Transform(dx=-40, angle=5),
    ],
    ids=lambda transform: " ".join(describe(transform)),
)
def test_every_pixel_comes_from_where_it_was(transform: Transform) -> None:
    for seed, shape in ((0, (40, 40)), (1, (31, 44))):
        ink = blobs(seed, shape)
        assert np.abs(moved(ink, transform) - by_hand(ink, transform)).max() < 2e-4


def test_quarter_turns_are_exact_and_clockwise() -> None:
    ink = np.zeros((PAD, PAD), np.float32)
    ink[100:140, 120:160] = np.random.default_rng(0).random((40, 40))
    ink[100, 120] = ink[139, 159] = 1.0
    turned = moved(ink, Transform(angle=90))
    assert np.abs(turned[100:140, 120:160] - np.rot90(ink[100:140, 120:160], -1)).max() < 1e-4
    assert np.abs(moved(turned, Transform(angle=-90)) - ink).max() < 1e-4


def test_shifts_of_whole_pixels_change_no_value_and_cut_off_at_the_edge() -> None:
    ink = sheet().ink
    assert np.array_equal(moved(ink, Transform(dx=30, dy=-20))[:-20, 30:], ink[20:, :-30])
    gone = moved(ink, Transform(dx=1000))
    assert not gone.any()
    assert moved(ink, AS_DRAWN) is ink
    blank = np.zeros((PAD, PAD), np.float32)
    assert not moved(blank, Transform(angle=45, scale=2)).any()


@pytest.mark.parametrize("radius", [0, 1, 2, 3, 4.5, -1, -2.25, 6])
def test_ink_grows_and_shrinks_by_a_disc(radius: float) -> None:
    ink = blobs(3, (25, 31))

    def extreme(whole: int, row: int, column: int) -> float:
        found = [
            pixel(ink, row + dy, column + dx)
            for dy in range(-whole, whole + 1)
            for dx in range(-whole, whole + 1)
            if dy * dy + dx * dx <= whole * whole
        ]
        return max(found) if radius >= 0 else min(found)

    low = math.floor(abs(radius))
    share = abs(radius) - low
    for row in range(25):
        for column in range(31):
            wanted = (1 - share) * extreme(low, row, column) + share * extreme(low + 1, row, column)
            assert thickened(ink, radius)[row, column] == pytest.approx(wanted, abs=1e-6)


def test_strokes_are_drawn_anew_with_another_width() -> None:
    points = np.array([(60.0, 80.0), (150.0, 90.0), (180.0, 200.0)])
    pressed = Stroke(points + 20, 10.0, widths=np.array([5.0, 15.0, 10.0]))
    strokes = (Stroke(points, 20.0), pressed, Stroke(points[:2], 12.0, erase=True))
    base = np.zeros((PAD, PAD), np.float32)
    base[200:240, 30:60] = 1
    wide = widened(Sheet(rasterize(strokes, base), strokes, base), 1.5)
    again = (
        Stroke(points, 30.0),
        Stroke(points + 20, 15.0, widths=np.array([7.5, 22.5, 15.0])),
        Stroke(points[:2], 18.0, erase=True),
    )
    assert np.array_equal(wide, rasterize(again, thickened(base, 5.5)))


def test_ink_without_strokes_grows_about_as_much_as_strokes_would() -> None:
    """A straight stroke of the usual width, known by its ink alone."""
    line = (Stroke(np.array([(100.0, 140.0), (180.0, 140.0)]), 22.0),)
    ink = rasterize(line)
    for factor in (0.5, 1.5, 2.0):
        drawn, grown = widened(Sheet(ink, line), factor), widened(Sheet(ink), factor)
        assert grown.sum() == pytest.approx(drawn.sum(), rel=0.06)


def test_nothing_chosen_is_the_usual_way_down() -> None:
    for centre in (True, False):
        plain, through = prepare(sheet().ink, centre), look_through(sheet(), AS_DRAWN, centre)
        for name in ("drawing", "centred", "cells"):
            assert np.array_equal(getattr(plain, name), getattr(through, name))


@pytest.mark.parametrize("centre", [True, False])
def test_noise_lies_on_the_cells_is_seeded_and_stays_ink(centre: bool) -> None:
    plain = look_through(sheet(), AS_DRAWN, centre)
    one, two = (look_through(sheet(), Transform(noise=size, seed=3), centre) for size in (0.1, 0.2))
    other = look_through(sheet(), Transform(noise=0.1, seed=4), centre)
    assert one.centred.min() >= 0
    assert one.centred.max() <= 1
    blocks = one.centred.reshape(28, 10, 28, 10).mean(axis=(1, 3))
    assert np.abs(blocks - one.cells).max() < 1e-5
    first, second = (noisy.cells - plain.cells for noisy in (one, two))
    blank = (plain.cells == 0) & (first > 0)
    assert np.allclose(2 * first[blank], second[blank], atol=1e-5)
    assert first[plain.cells == 0].max() > 0.15
    assert not np.array_equal(one.cells, other.cells)
    assert np.array_equal(one.cells, look_through(sheet(), Transform(noise=0.1, seed=3), centre).cells)


@pytest.mark.parametrize("field", list(AXES))
def test_a_blank_pad_stays_blank(field: str) -> None:
    blank = Sheet(np.zeros((PAD, PAD), np.float32))
    for centre in (True, False):
        prepared = look_through(blank, at_step(AS_DRAWN, field, STEPS - 1), centre)
        assert prepared.blank
        assert not prepared.cells.any()


@pytest.mark.parametrize("field", ["dx", "dy"])
def test_centring_makes_shifts_vanish(field: str) -> None:
    plain = look_through(sheet(), AS_DRAWN, True).cells
    for step in (20, 29, 31, 36):  # the digit stays whole
        shifted = look_through(sheet(), at_step(AS_DRAWN, field, step), True)
        assert shifted.drawing.max() > VISIBLE
        assert np.abs(shifted.cells - plain).max() < 1e-4
    assert shifts_vanish(True, field)
    assert not shifts_vanish(False, field)
    assert not shifts_vanish(True, "angle")


# Axes and curves --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", list(AXES))
def test_an_axis_rises_in_its_steps_and_knows_where_nothing_is_changed(field: str) -> None:
    axis = AXES[field]
    assert len(axis.values) == STEPS
    assert (np.diff(axis.values) > 0).all()
    assert at_step(AS_DRAWN, field, axis.neutral) == AS_DRAWN
    assert [axis.step(value) for value in axis.values] == list(range(STEPS))
    assert at_step(Transform(seed=2, angle=6), field, 3) != AS_DRAWN


def test_transforms_are_said_in_words() -> None:
    assert describe(AS_DRAWN) == ()
    assert describe(Transform(seed=3)) == ()
    said = describe(Transform(dx=-15, dy=30, angle=-6, scale=2.5, noise=0.1))
    assert said == (
        "Shift sideways 1.5 cells left",
        "Shift up and down 3 cells down",
        "Turn -6°",
        "Size × 2.5",
        "Noise 10 %",
    )


@pytest.mark.parametrize("field", list(AXES))
@pytest.mark.parametrize("centre", [True, False])
def test_a_curve_is_the_answer_at_every_step(field: str, centre: bool) -> None:
    network, base = networks.mini(), Transform(angle=6, width=1.2, noise=0.05)
    found = curve(network, sheet(3), base, field, centre)
    assert found.shape == (STEPS, 10)
    assert found.dtype == np.float32
    for step in (0, 7, AXES[field].neutral, 44, 60):
        prepared = look_through(sheet(3), at_step(base, field, step), centre)
        alone = network.forward(network_input(prepared, network.input_shape)).output[0]
        assert np.abs(found[step] - alone).max() < 1e-5


def test_a_curve_of_a_network_that_overflows_is_an_error() -> None:
    scales = [WeightScale(name, 1e25) for name in ("H1", "H2")]
    huge = changed(networks.mini(), scales)
    with pytest.raises(NetworkError):
        curve(huge, sheet(), AS_DRAWN, "angle", True)


@pytest.mark.parametrize(
    "fields",
    [{"dx": math.nan}, {"angle": math.inf}, {"scale": 0.0}, {"width": -1.0}, {"noise": -0.1}, {"seed": -1}],
)
def test_numbers_that_mean_nothing_are_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="expected"):
        Transform(**fields)
