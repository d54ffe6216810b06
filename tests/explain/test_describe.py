"""What is said of a node is true; the table of its terms holds every number with all its digits."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import numpy as np
import pytest

from nodelink.explain.contributions import terms
from nodelink.explain.describe import as_csv, role, sees
from nodelink.explain.receptive import receptive_field
from nodelink.nn.address import find
from nodelink.nn.layers import AvgPool2d, Flatten
from nodelink.nn.network import Network
from tests import networks

CNN = networks.cnn()
PASSED = CNN.forward(np.random.default_rng(0).random(CNN.input_shape))


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("Input/3,2", "A pixel of the network's input: how much ink lies there"),
        ("C1/3/1,1", "Looks for a pattern in a window of one map of Input"),
        ("S2/3/1,1", "Keeps the largest of 4 values of C1"),
        ("C3/6/4,7", "Looks for a pattern in a window of 3 maps of S2"),
        ("F5/17", "Weighs and adds up all 400 nodes of S4"),
        ("7", "Weighs and adds up all 100 nodes of F6"),
    ],
)
def test_what_a_node_does_is_said(address: str, said: str) -> None:
    assert role(terms(PASSED, find(CNN, address)), CNN) == said


def test_a_mean_is_said_to_be_one() -> None:
    network = Network("a", "A", (AvgPool2d("P", (2, 3), (2, 3)), Flatten("f")), (1, 4, 6))
    assert role(terms(network.forward(np.ones((1, 4, 6))), 24), network) == "The mean of 6 values of Input"


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("C3/6/4,7", "Sees 14 × 14 pixels of the input: rows 7–20, columns 13–26"),
        ("C1/1/1,1", "Sees 5 × 5 pixels of the input: rows 1–5, columns 1–5"),
        ("Input/3,2", "Sees 1 × 1 pixels of the input: row 3, column 2"),
        ("F5/17", "Sees the whole input"),
    ],
)
def test_what_a_node_sees_is_said(address: str, said: str) -> None:
    assert sees(receptive_field(CNN, find(CNN, address))[0], CNN) == said


@pytest.mark.parametrize("address", ["C3/6/4,7", "F5/17", "7", "S2/3/1,1"])
def test_the_table_for_a_spreadsheet_adds_up(address: str) -> None:
    found = terms(PASSED, find(CNN, address))
    rows = [row for row in csv.reader(io.StringIO(as_csv(found, PASSED))) if row]
    assert rows[0] == ["term", "weight", "activation", "product"]
    lines = rows[1 : 1 + len(found.source)]
    assert {find(CNN, line[0]) for line in lines} == set(found.source.tolist())
    products = [float(line[3]) for line in lines]
    assert [abs(p) for p in products] == sorted((abs(p) for p in products), reverse=True)
    named = {row[0]: row for row in rows}
    bias = float(named["bias"][3]) if "bias" in named else 0.0
    assert sum(products) + bias == pytest.approx(float(named["weighted sum"][3]), abs=1e-5)
    assert float(named[f"output ({found.stage.activation})"][3]) == found.out
    if found.softmax is not None:
        shares = [float(row[3]) for row in rows if row[0].startswith("Output/")]
        assert shares == found.softmax.shares.tolist()


def test_names_with_commas_and_quotes_survive_the_table() -> None:
    network = replace(CNN, class_names=("a,b", 'c"d', *"efghijkl"))
    passed = network.forward(np.zeros(network.input_shape))
    text = as_csv(terms(passed, network.nodes - 1), passed)
    assert [row[0] for row in csv.reader(io.StringIO(text)) if row and row[0].startswith("Output")][:2] == [
        "Output/a,b",
        'Output/c"d',
    ]
