"""What stands on a tile: every node once, every weight once, by position."""

from __future__ import annotations

import numpy as np
import pytest

from nodelink.graph import scales, tiles
from nodelink.nn.layers import Conv2d, Dense
from nodelink.nn.network import Network, Stage
from nodelink.nn.sharing import Weights
from tests.networks import c3_connections, cnn, mini, mlp, random_network

NETWORKS = [cnn(), mlp(), mini(), *(random_network(seed) for seed in range(12))]
every_network = pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.name)


def name_of(network: Network, stage: Stage, index: int) -> str:
    return tiles.weights_name(network, tiles.weights_at(stage, index))[0]


@every_network
def test_every_node_is_on_one_cell(network: Network) -> None:
    sections = tiles.maps(network)
    assert [section.stage for section in sections] == list(range(len(network.stages)))
    for section, stage in zip(sections, network.stages, strict=True):
        shown = section.tiles * section.cells if section.tiles > 1 else section.cells
        assert shown == stage.size
        assert section.cells <= section.rows * section.columns < section.cells + section.columns
        assert section.title == stage.name


def test_a_value_of_a_map_stands_at_its_row_and_column() -> None:
    network = cnn()
    section = tiles.maps(network)[3]
    out = np.arange(16 * 10 * 10).reshape(16, 10, 10)
    for index in (0, 9, 10, 99, 100, 1599, 725):
        assert out[section.place(index)] == index


def test_names_stand_under_the_output_alone() -> None:
    sections = tiles.maps(cnn())
    assert sections[-1].names == tuple("0123456789")
    assert all(section.names == () for section in sections[:-1])


def test_shapes_are_written_for_people() -> None:
    assert [section.shape for section in tiles.maps(cnn())] == [
        "32 × 32",
        "6 × 28 × 28",
        "6 × 14 × 14",
        "16 × 10 × 10",
        "16 × 5 × 5",
        "120 units",
        "100 units",
        "10 units",
    ]


@every_network
def test_every_weight_is_on_one_cell_and_has_a_name_of_its_own(network: Network) -> None:
    for stage in tiles.weighted(network):
        section, weights = tiles.kernels(network, stage), tiles.weights(stage)
        assert section.tiles * section.rows * section.columns == len(weights)
        some = np.random.default_rng(0).choice(len(weights), min(60, len(weights)), replace=False)
        assert len({name_of(network, stage, int(index)) for index in some}) == len(some)


def test_a_kernel_stands_at_its_map_and_the_one_that_it_sees() -> None:
    network = cnn()
    stage = network.stage("C3")
    layer = stage.layer
    assert isinstance(layer, Conv2d)
    section, weights = tiles.kernels(network, stage), tiles.weights(stage)
    assert section.table == (16, 6)
    for out, seen, row, column in [(0, 0, 0, 0), (3, 5, 1, 4), (15, 2, 4, 0)]:
        index = int(np.ravel_multi_index((out, seen, row, column), (16, 6, 5, 5)))
        assert section.place(index) == (out * 6 + seen, row, column)
        assert weights[index] == layer.weight[out, seen, row, column]
        name = f"C3, kernel of map {out + 1} on map {seen + 1} of S2, row {row + 1}, column {column + 1}"
        assert name_of(network, stage, index) == name
    assert section.absent is not None
    assert np.array_equal(~section.absent.reshape(16, 6), c3_connections())
    assert "60 kernels 5 × 5" in section.shape


def test_weights_on_the_input_are_pictures_of_it() -> None:
    network = mlp()
    stage = network.stages[1]
    section = tiles.kernels(network, stage)
    assert (section.tiles, section.rows, section.columns, section.table) == (300, 28, 28, None)
    layer = stage.layer
    assert isinstance(layer, Dense)
    index = 7 * 784 + 12 * 28 + 20
    assert section.place(index) == (7, 12, 20)
    assert tiles.weights(stage)[index] == layer.weight[7].reshape(28, 28)[12, 20]
    assert name_of(network, stage, index) == "H1, unit 8, weight of Input, row 13, column 21"
    assert tiles.weights_of(stage, section, stage.offset + 7) == ((7 * 784, 8 * 784 - 1),)


def test_other_dense_layers_are_one_matrix() -> None:
    network = mlp()
    stage = network.stages[2]
    section = tiles.kernels(network, stage)
    assert (section.tiles, section.rows, section.columns) == (1, 100, 300)
    assert section.place(2 * 300 + 5) == (0, 2, 5)
    assert name_of(network, stage, 2 * 300 + 5) == "H2, unit 3, weight of H1, unit 6"
    assert tiles.weights_of(stage, section, stage.offset + 2) == ((600, 899),)


def test_a_node_of_a_map_has_the_kernels_that_are_there() -> None:
    network = cnn()
    stage = network.stage("C3")
    section = tiles.kernels(network, stage)
    node = stage.offset + 6 * 100 + 37  # of map 7, which sees four maps: 1 to 4
    first = [spans[0] // 25 - 6 * 6 for spans in tiles.weights_of(stage, section, node)]
    assert first == [0, 1, 2, 3]


def test_pools_have_no_weights() -> None:
    network = cnn()
    assert [stage.name for stage in tiles.weighted(network)] == ["C1", "C3", "F5", "F6", "Output"]
    with pytest.raises(ValueError, match="S2: expected a layer with weights"):
        tiles.kernels(network, network.stage("S2"))
    assert tiles.weights(network.stage("S2")).size == 0


@every_network
def test_very_few_weights_are_beyond_the_scale(network: Network) -> None:
    for stage in tiles.weighted(network):
        full, weights = scales.weight(stage), np.abs(tiles.weights(stage))
        assert 0 < full <= weights.max()
        assert (weights > full).sum() <= 1 + len(weights) / 1000


def test_a_tile_has_a_kernels_weights_and_a_cell_one() -> None:
    network = cnn()
    stage, c1 = network.stage("C3"), network.stage("C1")
    assert tiles.weights_at(stage, (7 * 6 + 2) * 25 + 3 * 5 + 1) == Weights(stage.index, (7, 2, 3, 1))
    assert tiles.kernel_at(stage, 7 * 6 + 2) == Weights(stage.index, (7, 2))
    kernel = Weights(stage.index, (7, 2))
    assert tiles.spans_of(network, kernel) == (((7 * 6 + 2) * 25, (7 * 6 + 3) * 25 - 1),)
    assert tiles.spans_of(network, Weights(stage.index, (7, 2, 3, 1))) == ((44 * 25 + 16, 44 * 25 + 16),)
    assert tiles.weights_name(network, kernel) == ("C3, kernel of map 8 on map 3 of S2", "C3, 8 on 3")
    assert tiles.weights_name(network, Weights(c1.index, (4, 0, 1, 2))) == (
        "C1, kernel of map 5 on Input, row 2, column 3",
        "C1, kernel 5, row 2, column 3",
    )
    assert tiles.weights_name(mlp(), Weights(1, (12,)))[0] == "H1, unit 13"


def test_the_weights_that_see_a_node_are_the_kernels_on_its_map_or_a_column() -> None:
    network = cnn()
    s2, c3, f6, output = (network.stage(name) for name in ("S2", "C3", "F6", "Output"))
    section = tiles.kernels(network, c3)
    found = tiles.weights_on(s2, c3, section, s2.offset + 3 * 196 + 50)  # of map 4
    assert all(last - first == 24 for first, last in found)
    assert [divmod(first // 25, 6)[0] for first, _ in found] == np.flatnonzero(
        c3_connections()[:, 3]
    ).tolist()
    assert {divmod(first // 25, 6)[1] for first, _ in found} == {3}
    matrix = tiles.kernels(network, output)
    (span,) = tiles.weights_on(f6, output, matrix, f6.offset + 31)
    assert [matrix.place(index) for index in span] == [(0, 0, 31), (0, 9, 31)]
    many = mlp()
    pictures = tiles.kernels(many, many.stages[1])
    assert tiles.weights_on(many.stages[0], many.stages[1], pictures, 100) == ()
