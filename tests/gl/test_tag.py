"""The panel beside a node never covers it, never leaves the picture, and avoids what is written where it can."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nodelink.gl.place import Box, meet
from nodelink.gl.tag import EMPTY, LETTERS, place, stem
from nodelink.gl.text import font
from nodelink.graph.emphasis import Emphasis
from nodelink.nn.naming import value_text
from tests import networks
from tests.gl.pictures import picture, show

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
    left, top = place(node, (160, 50), 8.0, ROOM, [], [*digits, name], clear=([cells], (), EMPTY))
    assert not any(meet((left, top, left + 160, top + 50), digit) for digit in digits)


def test_of_two_pinned_neighbours_neither_is_covered() -> None:
    one, other = (400.0, 400.0, 410.0, 410.0), (412.0, 390.0, 422.0, 400.0)
    left, top = place(one, (160, 50), 8.0, ROOM, [other], [])
    assert not meet((left, top, left + 160, top + 50), other)


def covered(box: Box, other: Box) -> float:
    """The share of the other that a box lies over."""
    across = min(box[2], other[2]) - max(box[0], other[0])
    down = min(box[3], other[3]) - max(box[1], other[1])
    return max(across, 0.0) * max(down, 0.0) / ((other[2] - other[0]) * (other[3] - other[1]))


def test_many_panels_cover_neither_one_another_nor_digits_nor_captions() -> None:
    """Ten digits in a row over their cells, captions at the left; panels for three digits and more nodes below."""
    digits = [(x, 40.0, x + 14.0, 60.0) for x in np.arange(300.0, 600.0, 30.0)]
    outputs = [(x - 6, 64.0, x + 20.0, 90.0) for x in np.arange(300.0, 600.0, 30.0)]
    captions = [(100.0, y, 280.0, y + 40.0) for y in (60.0, 160.0, 260.0, 360.0)]
    cells = [(290.0, 62.0, 600.0, 92.0), (290.0, 160.0, 600.0, 220.0), (290.0, 260.0, 600.0, 320.0)]
    rng = np.random.default_rng(4)
    for _ in range(30):
        below = [(x, y, x + 12, y + 12) for x, y in rng.uniform((290, 160), (590, 310), (4, 2)).tolist()]
        nodes = [outputs[i] for i in rng.permutation(10)[:3]] + below
        tags: list[Box] = []
        for i, node in enumerate(nodes):
            others = nodes[:i] + nodes[i + 1 :]
            left, top = place(
                node, (120, 50), 8.0, ROOM, others, [*digits, *captions], tags, clear=(cells, (), EMPTY)
            )
            tags.append((left, top, left + 120, top + 50))
        for i, box in enumerate(tags):
            assert max(covered(box, one) for one in (*digits, *captions)) < 0.01
            assert max(covered(box, one) for j, one in enumerate(tags) if j != i) < 0.01
            assert max(covered(box, node) for node in nodes) == 0


def test_the_first_panel_stays_where_it_is_when_others_come() -> None:
    one, other = (400.0, 400.0, 410.0, 410.0), (600.0, 200.0, 610.0, 210.0)
    alone = place(one, (160, 50), 8.0, ROOM, [], [])
    assert place(one, (160, 50), 8.0, ROOM, [other], []) == alone


def test_a_line_leads_from_a_panel_that_is_not_next_to_its_node() -> None:
    node = (400.0, 400.0, 410.0, 410.0)
    assert stem(node, (418.0, 340.0, 578.0, 392.0), 8.0) is None
    assert stem(node, (500.0, 300.0, 660.0, 350.0), 8.0) == ((500.0, 350.0), (410.0, 400.0))
    written = [(x, y, x + 150.0, y + 90.0) for x in (250.0, 405.0) for y in (305.0, 412.0)]  # all around
    left, top = place(node, (160, 50), 8.0, ROOM, [], written)
    box = (left, top, left + 160, top + 50)
    assert not any(meet(box, one) for one in written)
    assert stem(node, box, 8.0) is not None


def test_rather_a_long_line_than_what_stands_out_covered() -> None:
    """Edges fan out of the node to both sides, outlined cells above and below it: only far away is anything free."""
    node = (400.0, 300.0, 410.0, 310.0)
    fan = [
        (405.0 + side * t * 120, 305.0 + t * y)
        for side in (-1, 1)
        for y in np.linspace(-180, 180, 12)
        for t in np.linspace(0, 1, 24)
    ]
    outlined = [(380.0, y, 430.0, y + 50.0) for y in (100.0, 180.0, 380.0, 460.0)]
    left, top = place(node, (160, 50), 8.0, ROOM, [], [], clear=(outlined, outlined, np.array(fan)))
    box = (left, top, left + 160, top + 50)
    assert not any(meet(box, one) for one in outlined)
    assert sum(box[0] < x < box[2] and box[1] < y < box[3] for x, y in fan) < 0.01 * len(fan)
    assert stem(node, box, 8.0) is not None


PINNED = 784 + 3


def drawn(scene: Any, emphasis: Emphasis) -> dict[int, Box]:
    """Where the panels stand in the picture of what stands out."""
    scene.emphasize(emphasis)
    picture(scene, (900, 600))
    return dict(scene.foreground.tags.boxes)


@pytest.mark.parametrize("layout", ["3d", "2d"])
def test_a_pinned_panel_stays_while_others_are_pointed_at(scene: Any, layout: str) -> None:
    show(scene, networks.mini(), np.full(784, 0.5), layout=layout)
    scene.emphasize(Emphasis())
    pinned = Emphasis(nodes=(PINNED,), rings=(PINNED,), labels=(PINNED,), field_of=PINNED)
    alone = drawn(scene, pinned)
    assert list(alone) == [PINNED]
    for other in (0, 400, 784 + 9, 784 + 16 + 5, 784 + 32 + 7):
        both = (PINNED, other)
        boxes = drawn(scene, Emphasis(nodes=(other,), rings=both, labels=both))
        assert not meet(boxes[PINNED], boxes[other])
        assert boxes[PINNED] == alone[PINNED]
    assert drawn(scene, pinned) == alone
    scene.emphasize(Emphasis())


def test_at_large_text_the_panel_says_the_address(scene: Any) -> None:
    show(scene, networks.cnn(), np.full(1024, 0.5), layout="2d")
    node = scene.graph.network.stage("C3").offset + 36
    wide = drawn(scene, Emphasis(nodes=(node,), labels=(node,)))[node]
    show(scene, networks.cnn(), np.full(1024, 0.5), layout="2d", text_size=2.0)
    large = drawn(scene, Emphasis(nodes=(node,), labels=(node,)))[node]
    assert large[3] - large[1] > wide[3] - wide[1]  # larger letters
    assert large[2] - large[0] < 0.4 * 900
    scene.emphasize(Emphasis())


@pytest.mark.parametrize("change", ["", "B - A"])
def test_the_font_has_all_letters_of_what_is_written_of_a_probability(change: str) -> None:
    network = networks.cnn()
    missing = bytes(font(20).getmask("\uffff"))
    for value in (-0.999, 0.0, 1e-6, 0.3, 1.0):
        text = value_text(network, network.nodes - 1, value if change else abs(value), change)
        for letter in set(text.translate(LETTERS)) - {" "}:
            assert bytes(font(20).getmask(letter)) != missing
