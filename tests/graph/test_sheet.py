"""The sheet: every tile has a place of its own, and what is hit is what a plain search finds."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from nodelink.graph import tiles
from nodelink.graph.sheet import Block, Sheet, Words, arrange
from nodelink.graph.tiles import Section
from nodelink.nn.layers import Flatten, Layer
from nodelink.nn.network import Network
from tests.networks import classifier, cnn, conv, dense, mini, mlp, random_network

WORDS = Words(38.0, 16.0, 16.0, (90.0,) * 30)
SIZES = [(640, 170), (940, 360), (1200, 800), (300, 900), (280, 90), (30, 20)]
NETWORKS = [cnn(), mlp(), mini(), *(random_network(seed) for seed in range(6))]
Box = tuple[float, float, float, float]


def many_maps() -> Network:
    """Five hundred maps, and a thousand units."""
    rng = np.random.default_rng(1)
    layers: list[Layer] = [
        conv("C1", rng, (500, 3, 3, 3)),
        Flatten("flat"),
        dense("D", rng, 500 * 4 * 9, 7, "relu"),
        dense("Output", rng, 7, 10, "softmax"),
    ]
    return classifier("many", layers, (3, 6, 11))


def exhibits() -> list[tuple[str, tuple[Section, ...]]]:
    found = []
    for network in [*NETWORKS, many_maps()]:
        found.append((network.name, tiles.maps(network)))
        for stage in tiles.weighted(network):
            found.append((f"{network.name}-{stage.name}", (tiles.kernels(network, stage),)))
    return found


EXHIBITS = exhibits()
every_exhibit = pytest.mark.parametrize("sections", [e[1] for e in EXHIBITS], ids=[e[0] for e in EXHIBITS])


def box(block: Block, tile: int) -> Box:
    x, y = block.tile_at(tile)
    return x, y, x + block.section.columns * block.cell, y + block.section.rows * block.cell


def search(sheet: Sheet, x: float, y: float) -> tuple[int, int] | None:
    """The value at a point, by looking at every tile and then at every cell."""
    for number, block in enumerate(sheet.blocks):
        section = block.section
        for tile in range(section.tiles):
            left, top, right, bottom = box(block, tile)
            if left <= x < right and top <= y < bottom:
                for row, column in itertools.product(range(section.rows), range(section.columns)):
                    a, b = left + column * block.cell, top + row * block.cell
                    inside = a <= x < a + block.cell and b <= y < b + block.cell
                    if inside and row * section.columns + column < section.cells:
                        return number, (tile * section.rows + row) * section.columns + column
    return None


@every_exhibit
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_tiles_do_not_meet_and_stay_on_the_sheet(
    sections: tuple[Section, ...], size: tuple[int, int]
) -> None:
    sheet = arrange(sections, size, WORDS)
    assert [block.section for block in sheet.blocks] == list(sections)
    areas: list[Box] = []
    for block in sheet.blocks:
        assert block.across * block.lines >= block.section.tiles
        assert block.pitch[0] > block.section.columns * block.cell
        assert block.pitch[1] > block.section.rows * block.cell
        last = box(block, block.section.tiles - 1)
        assert last[2] <= block.right + 1e-6
        assert last[3] <= block.bottom + 1e-6
        areas.append((block.x, block.y - WORDS.heading, block.right, block.bottom))
        assert areas[-1][0] >= 0
        assert areas[-1][1] >= -1e-6
        assert areas[-1][2] <= sheet.width + 1e-6
        assert areas[-1][3] <= sheet.height + 1e-6
    for a, b in itertools.combinations(areas, 2):
        assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.name)
@pytest.mark.parametrize("size", SIZES[:3], ids=str)
def test_where_there_is_room_everything_is_seen(network: Network, size: tuple[int, int]) -> None:
    sheet = arrange(tiles.maps(network), size, WORDS)
    assert sheet.width <= size[0] + 1e-6
    assert sheet.height <= size[1] + 1e-6


@every_exhibit
@pytest.mark.parametrize("size", SIZES[:4], ids=str)
def test_cells_are_not_smaller_than_asked_unless_a_tile_would_be_larger_than_the_picture(
    sections: tuple[Section, ...], size: tuple[int, int]
) -> None:
    sheet, least = arrange(sections, size, WORDS, 1.6), 1.6
    for section in sections:
        high = size[1] - WORDS.heading - WORDS.number
        least = min(least, 0.8 * size[0] / (section.columns * section.size))
        least = min(least, 0.8 * high / (section.rows * section.size))
    if least > 0.5:
        assert sheet.scale >= 0.999 * least
        assert sheet.width <= size[0] + 1e-6 or any(s.table for s in sections)


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.name)
def test_tiles_that_are_scrolled_have_their_numbers(network: Network) -> None:
    sheet = arrange(tiles.maps(network), (530, 170), WORDS, 1.6)
    if sheet.height > 170 and len(network.stages[1].shape) == 3:
        assert all(block.numbered for block in sheet.blocks if block.section.tiles > 1)


def test_beside_a_tile_and_at_its_number_is_the_tile() -> None:
    network = cnn()
    for sections in (tiles.maps(network), (tiles.kernels(network, network.stage("C3")),)):
        sheet = arrange(sections, (1300, 700), WORDS)
        for number, block in enumerate(sheet.blocks):
            for tile in range(block.section.tiles):
                left, top, right, bottom = box(block, tile)
                gap = block.pitch[0] - (right - left)
                for x, y in (
                    (left - 0.4 * gap, top + 3),
                    (right + 0.4 * gap, bottom - 3),
                    (left + 2, top - 0.5),
                ):
                    assert sheet.hit(x, y) is None
                    assert sheet.tile(x, y) == (number, tile)
                assert sheet.tile((left + right) / 2, (top + bottom) / 2) == (number, tile)
    assert sheet.tile(-50, -50) is None


@pytest.mark.parametrize("size", [(640, 300), (940, 420), (1200, 800)], ids=str)
def test_the_room_is_used(size: tuple[int, int]) -> None:
    sheet = arrange(tiles.maps(cnn()), size, WORDS)
    assert sheet.width > 0.8 * size[0] or sheet.height > 0.8 * size[1]
    larger = arrange(tiles.maps(cnn()), (1.4 * size[0], 1.4 * size[1]), WORDS)
    assert larger.scale > 1.2 * sheet.scale


def test_maps_of_one_layer_are_alike_and_smaller_maps_have_larger_cells() -> None:
    cells = [block.cell for block in arrange(tiles.maps(cnn()), (940, 360), WORDS).blocks[:5]]
    assert cells == sorted(cells)


SMALL = [e for e in EXHIBITS if sum(s.tiles * s.rows * s.columns for s in e[1]) <= 20_000]


@pytest.mark.parametrize("sections", [e[1] for e in SMALL], ids=[e[0] for e in SMALL])
def test_what_is_hit_is_what_a_plain_search_finds(sections: tuple[Section, ...]) -> None:
    sheet = arrange(sections, (900, 400), WORDS)
    rng = np.random.default_rng(3)
    for x, y in rng.uniform((-5, -5), (sheet.width + 5, sheet.height + 5), (40, 2)):
        assert sheet.hit(x, y) == search(sheet, x, y)
    for number, block in enumerate(sheet.blocks):
        for tile in rng.integers(0, block.section.tiles, 3):
            cell = int(rng.integers(0, block.section.cells))
            index = int(tile) * block.section.rows * block.section.columns + cell
            x, y = block.cell_at(index)
            assert sheet.hit(x + block.cell / 2, y + block.cell / 2) == (number, index)


@every_exhibit
def test_many_points_at_once_are_as_one_by_one(sections: tuple[Section, ...]) -> None:
    sheet = arrange(sections, (900, 400), WORDS)
    block = sheet.blocks[0]
    xs, ys = np.linspace(block.x - 3, block.right + 3, 19), np.linspace(block.y - 3, block.bottom + 3, 11)
    index, there = block.values(xs, ys)
    for i, j in itertools.product(range(len(ys)), range(len(xs))):
        hit = Sheet((block,), 1, 1, 1).hit(xs[j], ys[i])
        assert (hit[1] if hit else None) == (int(index[i, j]) if there[i, j] else None)


def test_a_table_that_lies_on_its_side_keeps_its_order() -> None:
    network = cnn()
    section = tiles.kernels(network, network.stage("C3"))
    (wide,) = arrange((section,), (960, 320), WORDS).blocks
    (tall,) = arrange((section,), (320, 960), WORDS).blocks
    assert (wide.turned, wide.across, wide.lines) == (True, 16, 6)
    assert (tall.turned, tall.across, tall.lines) == (False, 6, 16)
    for out, seen in [(0, 0), (3, 5), (15, 2)]:
        tile = out * 6 + seen
        assert wide.tile_at(tile) == (wide.x + out * wide.pitch[0], wide.y + seen * wide.pitch[1])
        assert tall.tile_at(tile) == (tall.x + seen * tall.pitch[0], tall.y + out * tall.pitch[1])
