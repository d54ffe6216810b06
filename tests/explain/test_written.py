"""The arithmetic as it is printed: the numbers that are read add up, and are those of the network."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from nodelink.explain.contributions import terms
from nodelink.explain.ledger import MINUS, ledger, plain
from nodelink.explain.steps import Step, Steps
from nodelink.explain.written import Written, written
from nodelink.nn.changes import NodesOff, changed
from nodelink.nn.layers import Conv2d, Dense, Flatten, MaxPool2d
from nodelink.nn.network import Activations, Network
from tests.networks import cnn, mini, random_network
from tests.reading import read, true

NETWORKS = [cnn(), mini(), *(random_network(seed) for seed in range(14))]


def answer(network: Network, seed: int = 1) -> Activations:
    rng = np.random.default_rng(seed)
    x = rng.random(network.input_shape, np.float32) * (rng.random(network.input_shape) < 0.6)
    return network.forward(x.astype(np.float32))


def some_steps(network: Network, number: int = 40) -> list[Step]:
    steps = Steps(network)
    chosen = {*np.linspace(1, steps.total, number).astype(int).tolist(), *steps.starts[2:]}
    return [steps.step(n) for n in sorted(chosen)]


def check_sum(page: Written) -> None:
    parts = {
        kind: [part for part in page.parts if part.kind == kind] for kind in ("term", "rest", "bias", "sum")
    }
    added = sum((read(p.text) for kind in ("term", "rest", "bias") for p in parts[kind]), Decimal(0))
    assert len(parts["sum"]) == 1
    assert added == read(parts["sum"][0].text)


def check_numbers(page: Written, activations: Activations, step: Step) -> None:
    """Every number of a window is the nearest that can be printed, in tables and sums; rounding alone is a rest."""
    stage = activations.network.stages[step.stage]
    found = terms(activations, stage.offset + (step.unit or 0))
    factor = 10.0 ** int(page.scale.split("^")[1].replace(MINUS, "-")) if page.scale else 1.0
    for part in page.parts:
        if part.kind == "term" and part.tile is not None:
            tile = found.tiles[part.tile]
            wanted = float((tile.kernel * tile.patch).sum())
            assert nearest(part.text, wanted / factor)
            for three in (page.grids[part.tile], page.coarse[part.tile]):
                for text, value in zip(
                    np.ravel(three[2].texts), (tile.kernel * tile.patch).ravel(), strict=True
                ):
                    assert not text or nearest(text, value / factor)
        if part.kind == "bias":
            assert nearest(part.text, found.bias / factor)


def nearest(text: str, value: float) -> bool:
    return abs(float(read(text)) - value) <= 0.501 * 10.0 ** -len(text.partition(".")[2])


@pytest.mark.parametrize("network", NETWORKS, ids=lambda n: n.name)
def test_what_is_printed_adds_up_and_is_what_the_network_computed(network: Network) -> None:
    activations = answer(network)
    for step in some_steps(network):
        page = written(activations, step, lines=7 if step.unit is not None else 12)
        stage = network.stages[step.stage]
        if step.unit is None:
            assert page.table is not None
            for _, texts in page.table.rows[1:]:
                assert sum((read(text) for text in texts[:-1]), Decimal(0)) == read(texts[-1])
                assert len(texts) == len(page.table.names)
            out = activations.out[step.stage][0].astype(float)
            shares = 100 * out.reshape(len(out), -1)[:, 0]
            for share, text in zip(shares, page.table.rows[2][1], strict=False):
                assert true(text, share)
            continue
        pre, out = (float(a[step.stage][0].flat[step.unit]) for a in (activations.pre, activations.out))
        last = page.parts[-1]
        factor = 10.0 ** int(page.scale.split("^")[1].replace(MINUS, "-")) if page.scale else 1.0
        digit = factor * 10.0 ** -len(last.text.partition(".")[2])
        if stage.kind != "maxpool":
            check_sum(page)
            check_numbers(page, activations, step)
            (total,) = (part for part in page.parts if part.kind == "sum")
            assert nearest(total.text, pre / factor)
        shown = pre if stage.activation == "softmax" else out
        assert float(read(last.text)) * factor == pytest.approx(shown, abs=0.51 * digit)


def sliding() -> tuple[Network, Activations]:
    """A network whose weights are all different, uneven kernels, a stride, a padding, a table."""
    rng = np.random.default_rng(9)
    weight = rng.permutation(np.arange(1, 2 * 2 * 2 * 3 + 1)).reshape(2, 2, 2, 3) / 8.0
    weight[1, 0] = 0
    table = np.array([[True, True], [False, True]])
    layers = (
        Conv2d(
            "C", weight.astype(np.float32), np.array([0.5, -0.25], np.float32), "relu", (2, 1), (1, 2), table
        ),
        MaxPool2d("S", (2, 2), (2, 2)),
        Flatten("flat"),
        Dense(
            "D", (np.arange(12).reshape(2, 6) / 7 - 1).astype(np.float32), np.zeros(2, np.float32), "softmax"
        ),
    )
    network = Network("sliding", "", layers, (2, 5, 5))
    return network, network.forward(rng.random((2, 5, 5), np.float32))


def test_windows_are_those_that_plain_loops_find() -> None:
    network, activations = sliding()
    layer, stage = network.layers[0], network.stages[1]
    assert isinstance(layer, Conv2d)
    x = activations.out[0][0]
    for unit in range(stage.size):
        to, row, column = np.unravel_index(unit, stage.shape)
        page = written(activations, Step(1, unit))
        seen = [0, 1] if to == 0 else [1]
        assert len(page.grids) == len(seen)
        for (patch, kernel, product), of in zip(page.grids, seen, strict=True):
            assert f"map {of + 1}" in patch.titles[0]
            for i in range(2):
                for j in range(3):
                    y, z = row * 2 - 1 + i, column - 2 + j
                    inside = 0 <= y < 5 and 0 <= z < 5
                    weight = float(layer.weight[to, of, i, j])
                    assert float(read(kernel.texts[i][j])) == pytest.approx(weight, abs=0.0051)
                    assert bool(patch.texts[i][j]) == bool(product.texts[i][j]) == inside
                    if inside:
                        value = float(x[of, y, z])
                        assert float(read(patch.texts[i][j])) == pytest.approx(value, abs=0.0051)
                        assert float(read(product.texts[i][j])) == pytest.approx(weight * value, abs=0.0051)


def test_a_nodes_numbers_are_those_of_the_inspector() -> None:
    """Its ledger, with as many lines as the inspector has, writes bias and sum; a pool's value has three digits."""
    activations = answer(cnn())
    for step in some_steps(activations.network):
        stage = activations.network.stages[step.stage]
        if step.unit is None:
            continue
        page, found = written(activations, step), terms(activations, stage.offset + step.unit)
        if stage.kind == "maxpool":
            assert float(read(page.parts[-1].text)) == float(plain(found.out))
            continue
        book = ledger(found, 8)
        said = {part.kind: part.text for part in page.parts}
        assert said["sum"] == book.unit.text(book.pre)
        assert said["bias"] == book.unit.text(book.bias, plus=True)


def test_a_pool_marks_its_winner() -> None:
    network, activations = sliding()
    stage = network.stages[2]
    source = activations.out[1][0]
    for unit in range(stage.size):
        of, row, column = np.unravel_index(unit, stage.shape)
        (grids,) = written(activations, Step(2, unit)).grids
        (patch,) = grids
        window = source[of, 2 * row : 2 * row + 2, 2 * column : 2 * column + 2]
        best = max((window[i, j], -i, -j) for i in range(2) for j in range(2))
        assert patch.marked == (-best[1], -best[2])


def test_a_dense_unit_shows_its_largest_terms_and_calls_the_rest_by_its_number() -> None:
    network = cnn()
    activations = answer(network)
    stage = network.stages[5]
    weight, x = network.layers[5].weight[3].astype(float), activations.out[4][0].ravel().astype(float)  # type: ignore[union-attr]
    page = written(activations, Step(5, 3), lines=6)
    products = weight * x
    terms = [part for part in page.parts if part.kind == "term"]
    assert len(terms) == 6
    for part, k in zip(terms, np.argsort(-np.abs(products), kind="stable"), strict=False):
        of, row, column = np.unravel_index(k, (16, 5, 5))
        assert part.label == f"S4/{of + 1}/{row + 1},{column + 1}"
        assert float(read(part.text)) == pytest.approx(products[k], abs=0.0051)
    (rest,) = (part for part in page.parts if part.kind == "rest")
    assert rest.label == "and 394 smaller ones"
    assert stage.name == "F5"


def test_a_softmax_of_many_classes_writes_out_the_largest_shares() -> None:
    rng = np.random.default_rng(3)
    layers = (
        Flatten("flat"),
        Dense("Out", rng.normal(0, 2, (40, 9)).astype(np.float32), np.zeros(40), "softmax"),
    )
    network = Network("many", "", layers, (1, 3, 3))
    page = written(network.forward(rng.random((1, 3, 3), np.float32)), Step(1, None))
    assert page.table is not None
    assert len(page.table.names) in (12, 13)
    assert page.table.names[10] == "30 others"
    assert page.table.names[-1] == "sum"
    assert page.table.best == 0


@pytest.mark.parametrize("lines", [1, 3, 9])
def test_with_little_room_a_softmax_sums_up_the_smaller_classes(lines: int) -> None:
    activations = answer(cnn())
    page = written(activations, Step(7, None), lines)
    table = page.table
    assert table is not None
    assert table.names[lines] == f"{10 - lines} other{'s' if lines < 9 else ''}"
    shares = activations.out[7][0].ravel()
    assert table.names[:lines] == tuple(str(k) for k in np.argsort(-shares, kind="stable")[:lines])
    rest = 100 * float(np.sort(shares)[: 10 - lines].sum())
    assert true(table.rows[2][1][lines], rest)
    for _, texts in table.rows[1:]:
        assert sum(map(read, texts[:-1])) == read(texts[-1])


def test_classes_that_are_off_have_no_share_and_where_all_are_there_is_no_sum() -> None:
    some = replace(cnn(), off={"Output": np.isin(np.arange(10), (2, 7))})
    table = written(answer(some), Step(7, None)).table
    assert table is not None
    assert [k for k, text in enumerate(table.rows[2][1]) if text == "off"] == [2, 7]
    none = replace(some, off={"Output": np.ones(10, bool)})
    table = written(answer(none), Step(7, None)).table
    assert table is not None
    assert table.names == tuple("0123456789")


def test_factors_are_rounded_and_say_so() -> None:
    """The product of these printed factors, 83.9, is not the printed product: no "=" may stand between them."""
    layers = Flatten("flat"), Dense("D", np.array([[12.345]]), np.zeros(1))
    network = Network("one", "", layers, (1, 1, 1)).astype(np.float64)
    (term, *_) = written(network.forward([[[6.7949]]]), Step(1, 0)).parts
    assert (term.how, term.text) == ("12.3 × 6.79 ≈", "+83.88")


def test_where_nothing_arrives_all_terms_are_0() -> None:
    network = mini()
    page = written(network.forward(np.zeros(network.input_shape)), Step(1, 3))
    assert (page.parts[0].label, float(read(page.parts[0].text))) == ("all 784 terms", 0.0)
    check_sum(page)


def test_terms_of_0_are_not_said_to_add_what_rounding_leaves_over() -> None:
    """Three terms of 0.333333 and three of 0: the last digit that is missing comes from rounding."""
    layers = Flatten("flat"), Dense("D", np.array([[1 / 3] * 3 + [1.0] * 3]), np.zeros(1))
    network = Network("thirds", "", layers, (1, 1, 6)).astype(np.float64)
    page = written(network.forward([[[1.0, 1.0, 1.0, 0.0, 0.0, 0.0]]]), Step(1, 0))
    (rest,) = (part for part in page.parts if part.kind == "rest")
    assert (rest.label, rest.text) == ("rounding", "+0.01")


@pytest.mark.parametrize("factor", [1e-7, 1.0, 1e8])
def test_every_number_that_is_a_multiple_says_of_what(factor: float) -> None:
    network, _ = sliding()
    layer = network.layers[0]
    assert isinstance(layer, Conv2d)
    large = replace(layer, weight=layer.weight * np.float32(factor), bias=layer.bias * np.float32(factor))
    network = replace(network, layers=(large, *network.layers[1:]))
    activations = network.forward(np.random.default_rng(9).random((2, 5, 5), np.float32))
    page = written(activations, Step(1, 8))
    labels = [part.label for part in page.parts if part.kind in ("sum", "value")]
    titles = [grid.titles[-1] for row in page.grids for grid in row[1:]]
    pool = written(activations, Step(2, 0))
    titles.append(pool.grids[0][0].titles[-1])
    for said in (*labels, *titles, pool.parts[-1].label):
        assert ("× 10^" in said) == (factor != 1.0)


def test_a_node_that_is_off_says_so_and_is_0() -> None:
    network = changed(cnn(), [NodesOff("C1", map=0), NodesOff("S2", map=1)])
    activations = answer(network)
    for step in (Step(1, 5), Step(2, 200)):
        last = written(activations, step).parts[-1]
        assert (last.label, float(read(last.text))) == ("switched off", 0.0)
    check_sum(written(activations, Step(1, 5)))
