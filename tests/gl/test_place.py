"""Where written things may stand: near to where they belong, in order, never over one another."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from nodelink.gl.place import crowded, leftmost, meet, spread, within


def test_what_does_not_touch_stays_where_it_belongs() -> None:
    assert spread([10, 50, 30], [8, 8, 8], 0, 100).tolist() == [10, 50, 30]


@pytest.mark.parametrize("seed", range(20))
def test_intervals_stay_apart_in_order_and_inside(seed: int) -> None:
    rng = np.random.default_rng(seed)
    wanted, lengths = rng.uniform(-20, 120, 7), rng.uniform(2, 14, 7)
    placed = spread(wanted, lengths, 0, 100)
    order = np.argsort(wanted)
    low, high = (placed - lengths / 2)[order], (placed + lengths / 2)[order]
    assert (low[1:] >= high[:-1] - 1e-9).all()
    assert low[0] >= -1e-9
    assert high[-1] <= 100 + 1e-9


@pytest.mark.parametrize("seed", range(5))
def test_no_other_places_are_nearer_to_the_wanted_ones(seed: int) -> None:
    """Held against all places on a grid."""
    rng = np.random.default_rng(seed)
    wanted, lengths = np.sort(rng.integers(0, 12, 3)).astype(float), rng.integers(2, 6, 3).astype(float)
    placed = spread(wanted, lengths, 0, 15)
    grid = np.arange(0, 15.01, 0.25)
    best = np.inf
    for places in product(grid, repeat=3):
        x = np.array(places)
        low, high = x - lengths / 2, x + lengths / 2
        if low[0] >= 0 and high[-1] <= 15 and (low[1:] >= high[:-1]).all():
            best = min(best, float(((x - wanted) ** 2).sum()))
    assert ((placed - wanted) ** 2).sum() <= best + 1e-9


def test_too_many_begin_at_the_lower_end() -> None:
    assert spread([5, 5, 5], [10, 10, 10], 0, 20).tolist() == [5, 15, 25]


def test_boxes_meet_where_they_overlap_in_both_directions() -> None:
    assert meet((0, 0, 10, 10), (9, 9, 20, 20))
    assert not meet((0, 0, 10, 10), (9, 9, 20, 20), rim=1.0)
    assert not meet((0, 0, 10, 10), (10, 0, 20, 10))
    assert crowded([(0, 0, 10, 10), (20, 0, 30, 10)], [(25, 5, 40, 40)])
    assert not crowded([(0, 0, 10, 10), (20, 0, 30, 10)])


def test_a_box_is_moved_in_and_begins_inside_where_it_is_too_large() -> None:
    room = (0.0, 0.0, 100.0, 50.0)
    assert within((10, 10, 20, 20), room) == (0, 0)
    assert within((-5, 45, 15, 65), room) == (5, -15)
    assert within((20, 0, 140, 10), room) == (-20, 0)


def test_the_leftmost_point_between_two_heights_may_be_within_a_line() -> None:
    lines = np.array([[[0.0, 0.0], [10.0, 10.0]], [[50.0, 5.0], [3.0, 5.0]]])
    assert leftmost(lines, 0, 1) == 0
    assert leftmost(lines, 4, 6) == 3
    assert leftmost(lines, 7, 9) == pytest.approx(7)
    assert leftmost(lines, 11, 12) == np.inf
