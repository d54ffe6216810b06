"""Receptive fields against brute force: every node of a layer is changed in turn, and what answers is noted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nodelink.explain.receptive import on_the_pad, receptive_field
from nodelink.nn.layers import Conv2d, Dense, Layer
from nodelink.nn.network import Network, Stage
from nodelink.nn.preprocess import PAD, Stroke, network_input, prepare, rasterize
from nodelink.samples import sample
from tests import networks

SEEDS = range(24)


def lit_up(network: Network) -> Network:
    """The same connections with positive weights and no bends: a larger input makes every node above it larger."""
    layers = list[Layer]()
    for layer in network.layers:
        if isinstance(layer, Dense | Conv2d):
            weight = np.full(layer.weight.shape, 1.0)
            if isinstance(layer, Conv2d) and layer.connections is not None:
                weight *= layer.connections[:, :, None, None]
            layers.append(replace(layer, weight=weight, activation="identity"))
        else:
            layers.append(layer)
    return replace(network, layers=tuple(layers))


def answers(network: Network, stage: Stage, node: int) -> set[tuple[int, ...]]:
    """The cells of `stage` (map, row, column) of which a change moves `node`, tried one by one."""
    clean = np.zeros((1, *network.input_shape))
    values = network.forward(clean).out[stage.index][0]
    found = set()
    top = next(s for s in reversed(network.stages) if s.offset <= node)
    for cell in np.ndindex(values.shape):
        changed = np.array(values, np.float64)
        changed[cell] += 1e3
        out = onwards(network, stage, changed, top)
        before = onwards(network, stage, np.array(values, np.float64), top)
        if out[node - top.offset] != before[node - top.offset]:
            found.add((*cell, 0, 0) if len(cell) == 1 else cell)
    return found


def onwards(network: Network, stage: Stage, values: np.ndarray, top: Stage) -> np.ndarray:
    """The outputs of `top`, flat, if those of `stage` were `values`."""
    out = values[None]
    for later in network.stages[stage.index + 1 : top.index + 1]:
        assert later.layer is not None
        out = later.layer.forward(out.reshape(1, -1) if isinstance(later.layer, Dense) else out)[1]
    return out.ravel()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_box_is_drawn_around_exactly_what_a_node_answers_to(seed: int) -> None:
    network = lit_up(networks.random_network(seed))
    rng = np.random.default_rng(seed)
    for top in network.stages[1:]:
        node = top.offset + int(rng.integers(top.size))
        boxes = receptive_field(network, node)
        assert [box.stage for box in boxes] == list(range(top.index + 1))
        for box in boxes:
            stage = network.stages[box.stage]
            seen = answers(network, stage, node)
            assert {cell[0] for cell in seen} == set(box.maps)
            for axis, span in ((1, box.rows), (2, box.columns)):
                places = [cell[axis] for cell in seen]
                assert (min(places), max(places) + 1) == span
            assert {i - stage.offset for i in box.nodes(network)} >= {
                int(np.ravel_multi_index(cell[: len(stage.shape)], stage.shape)) for cell in seen
            }
            assert len(box.nodes(network)) == box.size


def test_the_field_of_a_node_of_the_convolutional_network() -> None:
    """C3/5/4,7, counted from 1: 5x5 of S2, 14x14 of C1, 14 of the input, as the sizes of its windows say."""
    network = networks.cnn()
    stage = network.stage("C3")
    boxes = receptive_field(network, stage.offset + 4 * 100 + 3 * 10 + 6)
    assert [(box.rows, box.columns) for box in boxes] == [
        ((6, 20), (12, 26)),
        ((6, 16), (12, 22)),
        ((3, 8), (6, 11)),
        ((3, 4), (6, 7)),
    ]
    assert boxes[2].maps == (0, 4, 5)  # row 5 of LeNet-5's table
    assert boxes[0].size == 14 * 14
    everything = receptive_field(network, network.nodes - 1)
    assert everything[0].size == 32 * 32
    assert everything[5].size == 120


def test_a_part_of_the_input_lies_on_the_pad_where_its_ink_was_drawn() -> None:
    """Ink behind a box is made a little paler: the input changes there, and nowhere else."""
    network = networks.cnn()
    ink = rasterize(sample(4, 0))
    prepared = prepare(ink)
    before = network_input(prepared, network.input_shape)[0, 0]
    for node in (network.stage("C1").offset + 12 * 28 + 13, network.stage("C3").offset + 45):
        box = receptive_field(network, node)[0]
        place = on_the_pad(box, network, prepared)
        assert place is not None
        x0, y0, x1, y1 = (round(edge) for edge in place)
        paler = ink.copy()
        paler[y0:y1, x0:x1] *= 0.95  # too little to centre it otherwise: the digit moves by whole cells
        changed = before - network_input(prepare(paler), network.input_shape)[0, 0]
        rows, columns = slice(*box.rows), slice(*box.columns)
        lit = before[rows, columns]
        np.testing.assert_allclose(changed[rows, columns][lit > 0.5], 0.05 * lit[lit > 0.5], atol=0.01)
        assert (lit > 0.5).sum() > 2
        changed[rows, columns] = 0
        assert np.abs(changed).max() < 0.01  # the box's edges lie between pixels


def test_without_centring_a_cell_is_ten_pixels() -> None:
    network = networks.mini()
    prepared = prepare(rasterize(sample(4, 0)), centre=False)
    for node, expected in ((0, (0, 0, 10, 10)), (28 * 3 + 5, (50, 30, 60, 40)), (783, (270, 270, 280, 280))):
        assert on_the_pad(receptive_field(network, node)[0], network, prepared) == expected
    whole = receptive_field(network, network.nodes - 1)[0]
    assert on_the_pad(whole, network, prepared) == (0, 0, 280, 280)


def test_the_blank_border_of_the_input_is_nowhere_on_the_pad() -> None:
    network = networks.cnn()
    prepared = prepare(np.zeros((PAD, PAD), np.float32))
    assert on_the_pad(receptive_field(network, 32 + 5)[0], network, prepared) is None
    assert on_the_pad(receptive_field(network, 2 * 32 + 2)[0], network, prepared) == (0, 0, 10, 10)


def test_a_dot_in_a_corner_is_where_it_was_drawn() -> None:
    network = networks.mini()
    prepared = prepare(rasterize([Stroke(np.array([[250.0, 40.0]]), 30.0)]))
    seen = network_input(prepared, network.input_shape)[0, 0]
    row, column = np.unravel_index(int(np.argmax(seen)), seen.shape)
    place = on_the_pad(receptive_field(network, int(row) * 28 + int(column))[0], network, prepared)
    assert place is not None
    assert 235 <= place[0] < place[2] <= 265
    assert 25 <= place[1] < place[3] <= 55


def test_a_node_of_another_network_is_refused() -> None:
    with pytest.raises(ValueError, match="node 9134 is not in cnn, which has 9134"):
        receptive_field(networks.cnn(), 9134)
