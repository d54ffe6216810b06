"""The networks that ship are what weights/README.md says they are; no torch needed."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from nodelink.nn.evaluation import evaluate
from nodelink.nn.layers import Conv2d
from nodelink.nn.network import Network
from nodelink.nn.weights import SHIPPED, find, load
from tests import networks
from tests.mnist import digits

LEAST = {"cnn": 0.993, "mlp": 0.990, "mini": 0.95}
README = Path(__file__).parents[1] / "weights" / "README.md"


@pytest.fixture(scope="module", params=SHIPPED)
def network(request: pytest.FixtureRequest) -> Network:
    return load(find(request.param))


def test_it_has_the_designs_layers(network: Network) -> None:
    expected: Network = getattr(networks, network.name)()
    assert [(s.name, s.kind, s.shape, s.activation, s.edges) for s in network.stages] == [
        (s.name, s.kind, s.shape, s.activation, s.edges) for s in expected.stages
    ]


def test_c3_sees_the_maps_of_lenet_5() -> None:
    c3 = load(find("cnn")).stage("C3").layer
    assert isinstance(c3, Conv2d)
    seen = np.abs(c3.weight).sum(axis=(2, 3)) > 0
    np.testing.assert_array_equal(seen, networks.c3_connections())


def test_every_layer_has_its_scale(network: Network) -> None:
    assert list(network.calibration) == [stage.name for stage in network.stages]


def test_the_readme_names_the_file_and_its_figures(network: Network) -> None:
    file, text = find(network.name), README.read_text(encoding="utf-8")
    assert hashlib.sha256(file.read_bytes()).hexdigest() in text
    assert network.accuracy is not None
    assert f"| {network.name} | {network.training['seed']} | {100 * network.accuracy:.2f} " in text
    assert str(network.training["command"]) in text
    assert file.stat().st_size < 2_000_000


def test_it_is_as_good_as_promised(network: Network) -> None:
    assert network.accuracy is not None
    assert network.accuracy >= LEAST[network.name]
    images, labels = digits(1_000)
    score = evaluate(network, images, labels)
    assert score.accuracy == pytest.approx(network.accuracy, abs=0.015)
