"""What is printed adds up as printed: checked in decimal arithmetic, on thousands of nodes."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from nodelink.explain.contributions import Terms, terms
from nodelink.explain.ledger import Ledger, ledger, powers, shares, unit_for
from nodelink.nn import weights
from nodelink.nn.layers import Dense, Flatten
from nodelink.nn.naming import percent
from nodelink.nn.network import Network
from tests import networks
from tests.reading import read, true


def check(found: Ledger) -> None:
    """The texts add up; every one is its number rounded; the rest is the true rest but for rounding."""
    text, given = found.unit.text, found.terms
    lines = [read(text(entry.count)) for entry in found.entries]
    whole = sum(lines) + read(text(found.rest)) + read(text(found.bias))
    assert whole == read(text(found.pre))
    step = 10.0 ** (found.unit.exponent - found.unit.decimals)
    for entry in found.entries:
        assert abs(entry.count * step - given.product[entry.term]) <= 0.5001 * step
    assert abs(found.pre * step - given.pre) <= 0.5001 * step
    assert abs(found.bias * step - given.bias) <= 0.5001 * step
    chosen = {entry.term for entry in found.entries}
    rest = math.fsum(p for i, p in enumerate(given.product.tolist()) if i not in chosen)
    float32 = 1e-5 * (abs(given.bias) + float(np.abs(given.product).sum()))
    assert abs(found.rest * step - rest) <= 0.51 * step * (len(chosen) + 2) + float32
    assert found.others == len(given.source) - len(chosen)
    assert found.zeros == sum(p == 0 for p in given.product.tolist()) <= found.others
    smallest = min((abs(given.product[entry.term]) for entry in found.entries), default=0.0)
    if found.others and found.entries:
        assert max(abs(p) for i, p in enumerate(given.product.tolist()) if i not in chosen) <= smallest


@pytest.mark.parametrize("name", ["cnn", "mlp", "mini"])
def test_the_printed_sums_of_thousands_of_nodes_add_up(name: str) -> None:
    network = weights.load(weights.find(name))
    rng = np.random.default_rng(0)
    x = rng.random(network.input_shape, np.float32)
    activations = network.forward(np.where(rng.random(x.shape) < 0.5, 0, x))
    first = network.stages[1].offset
    for node in rng.choice(np.arange(first, network.nodes), min(1500, network.nodes - first), replace=False):
        given = terms(activations, int(node))
        for lines in (8, 1000):
            check(ledger(given, lines))


@pytest.mark.parametrize("seed", range(16))
def test_so_do_those_of_networks_of_any_layers(seed: int) -> None:
    network = networks.random_network(seed)
    activations = network.forward(np.random.default_rng(seed).random(network.input_shape))
    for node in range(network.stages[1].offset, network.nodes, 5):
        check(ledger(terms(activations, node), 6))


@pytest.mark.parametrize("factor", [1e-12, 1e-5, 0.01, 1, 1e3, 1e5, 1e8, 1e20])
def test_numbers_of_any_size_keep_at_least_three_digits(factor: float) -> None:
    layers = (Flatten("f"), Dense("D", np.array([[3.14159, -1.23456, 0.01]]) * factor, np.array([factor])))
    network = Network("n", "N", layers, (1, 1, 3)).astype(np.float64)
    found = ledger(terms(network.forward(np.ones((1, 1, 3))), 3), 2)
    check(found)
    assert len(found.unit.text(found.pre).replace(".", "").lstrip("0")) >= 3
    assert len(found.unit.text(found.pre)) <= 9
    assert bool(found.unit.scale) == (not 1e-4 <= 3.14159 * factor < 1e6)


def test_how_numbers_and_the_rest_are_written() -> None:
    unit = unit_for(9.96)
    assert [unit.text(n) for n in (996, -8, 0, 12345)] == ["9.96", "−0.08", "0.00", "123.45"]
    assert [unit.text(n, plus=True) for n in (8, -8, 0)] == ["+0.08", "−0.08", "0.00"]
    assert unit_for(0.0314).text(unit_for(0.0314).count(0.0314)) == "0.0314"
    assert unit_for(2.5e9).scale == "× 10^9"
    assert unit_for(2.5e-9).scale == "× 10^−9"
    network = networks.mini()
    x = np.zeros(network.input_shape)
    x[0, 0, :5] = 0.5, 0.25, 1, 1, 1
    given = terms(network.forward(x), 784)
    assert ledger(given, 3).rest_label == "and 781 smaller ones"
    assert ledger(given, 3).zeros == 779
    assert ledger(given, 8).others == 779  # zeros are not written out
    blank = ledger(terms(network.forward(np.zeros_like(x)), 784), 8)
    assert (blank.entries, blank.rest_label) == ((), "")  # none of them is smaller than another


def test_the_rest_is_called_rounding_where_nothing_else_is_in_it() -> None:
    whole = few(np.array([1.004, 1.004]), 2.008)
    found = ledger(whole, 8)
    assert (found.rest, found.rest_label) == (1, "rounding")
    assert ledger(few(np.array([1.0, 1.0]), 2.0), 8).rest_label == ""
    assert ledger(few(np.array([1.0, 2.0]), 3.0), 1).rest_label == "and 1 smaller one"


def few(product: np.ndarray, pre: float) -> Terms:
    """Terms with these products and no bias."""
    network = networks.mini()
    given = terms(network.forward(np.zeros(network.input_shape)), 784)
    count = np.arange(len(product))
    return replace(given, source=count, weight=product, value=product, product=product, bias=0.0, pre=pre)


@pytest.mark.parametrize("size", [0.001, 0.5, 3.0, 12.0, 29.0, 40.0, 900.0])
@pytest.mark.parametrize("chosen", [None, (0, 2), (3,)])
def test_the_columns_of_a_softmax_add_up_and_every_number_is_true(
    size: float, chosen: tuple[int, ...] | None
) -> None:
    logits = np.array([[1.0], [0.97], [-0.5], [-1.0]]) * size
    network = Network("p", "P", (Flatten("f"), Dense("D", logits, np.zeros(4), "softmax")), (1, 1, 1))
    found = terms(network.forward([[[1.0]]]), 1).softmax
    assert found is not None
    classes = range(4) if chosen is None else chosen
    lowered = size if size > 30 else 0.0
    exact = [math.exp(z - lowered) for z in logits[:, 0].astype(np.float32).astype(float)]
    for column, values in (
        (powers(found, chosen), exact),
        (shares(found, chosen), [100 * value / sum(exact) for value in exact]),
    ):
        assert sum(map(read, [*column.texts, column.others, column.rounding])) == read(column.total)
        factor = 10.0 ** float(column.scale.rpartition("^")[2]) if column.scale else 1.0
        assert all(true(text, values[k] / factor) for k, text in zip(classes, column.texts, strict=True))
        assert true(column.total, sum(values) / factor)
        assert max(map(len, column.texts)) <= 8
        if chosen:
            assert true(column.others, sum(v for k, v in enumerate(values) if k not in chosen) / factor)


def test_nothing_is_certain_and_nothing_impossible() -> None:
    percents = [
        percent(share).replace("\N{NO-BREAK SPACE}", "") for share in (1.0, 0.9996, 0.9994, 4e-4, 0.0)
    ]
    assert percents == [">99.9%", ">99.9%", "99.9%", "<0.1%", "<0.1%"]
