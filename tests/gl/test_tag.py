"""The panel beside a node never covers it, never leaves the picture, and avoids what is written where it can."""

from __future__ import annotations

import numpy as np
import pytest

from nodelink.gl.place import Box, meet
from nodelink.gl.tag import place

ROOM = (5.0, 5.0, 795.0, 595.0)


def panel(node: Box, size: tuple[int, int] = (160, 50), others: tuple[Box, ...] = ()) -> Box:
    left, top = place(node, size, 8.0, ROOM, [], others)
    return left, top, left + size[0], top + size[1]


def test_wherever_the_node_is_the_panel_is_beside_it_and_inside() -> None:
    rng = np.random.default_rng(0)
    for _ in range(300):
        x, y, extent = rng.uniform(0, 800), rng.uniform(0, 600), rng.uniform(4, 60)
        node = (x, y, x + extent, y + extent)
        box = panel(node)
        assert not meet(box, node)
        assert box[0] >= ROOM[0] - 1e-6
        assert box[1] >= ROOM[1] - 1e-6
        assert box[2] <= ROOM[2] + 1e-6
        assert box[3] <= ROOM[3] + 1e-6
        away = max(node[0] - box[2], box[0] - node[2], node[1] - box[3], box[1] - node[3])
        assert away < 40


@pytest.mark.parametrize("taken", [(420.0, 300.0, 700.0, 392.0), (100.0, 300.0, 392.0, 500.0)])
def test_it_goes_where_nothing_is_written(taken: Box) -> None:
    node = (400.0, 400.0, 410.0, 410.0)
    assert not meet(panel(node, others=(taken,)), taken)


def test_a_hidden_digit_is_worse_than_hidden_cells() -> None:
    """It is a small part of the panel, but the panel is all over it."""
    node = (400.0, 400.0, 410.0, 410.0)
    digits = [(x, 350.0, x + 12.0, 368.0) for x in np.arange(412.0, 640.0, 40.0)]
    name, cells = (200.0, 300.0, 392.0, 404.0), (0.0, 372.0, 795.0, 595.0)
    left, top = place(node, (160, 50), 8.0, ROOM, [], [*digits, name], [cells])
    assert not any(meet((left, top, left + 160, top + 50), digit) for digit in digits)


def test_of_two_pinned_neighbours_neither_is_covered() -> None:
    one, other = (400.0, 400.0, 410.0, 410.0), (412.0, 390.0, 422.0, 400.0)
    left, top = place(one, (160, 50), 8.0, ROOM, [other], [])
    assert not meet((left, top, left + 160, top + 50), other)
