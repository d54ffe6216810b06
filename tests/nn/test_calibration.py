"""Calibrated scales against every contribution listed one by one."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nodelink.nn import calibration
from nodelink.nn.calibration import calibrate
from nodelink.nn.layers import MaxPool2d
from nodelink.nn.network import Network, Scale
from tests import networks
from tests.nn import oracle


def listed(network: Network, inputs: list[np.ndarray]) -> dict[str, tuple[float, float, float]]:
    """The two percentiles and the usual ink by stage, from lists of all values and all edges' contributions."""
    runs = [oracle.forward(network, x) for x in inputs]
    scales: dict[str, tuple[float, float, float]] = {}
    for before, stage in zip(network.stages, network.stages[1:], strict=False):
        assert stage.layer is not None
        values: list[float] = []
        signal: list[float] = []
        effective: list[float] = []
        for run in runs:
            source, out = run[before.index][1].ravel(), run[stage.index][1].ravel()
            values += [abs(value) for value in out if value]
            if isinstance(stage.layer, MaxPool2d):
                signal += [abs(value) for value in out if value]  # the winner's value, once a window
                effective += [abs(value) for value in out]
                continue
            edges = list(oracle.edges(stage.layer, before.shape))
            signal += [abs(weight * source[s]) for s, _, weight in edges if weight * source[s]]
            off = out <= 0 if stage.activation == "relu" else np.zeros(len(out), bool)
            effective += [abs(weight * source[s]) for s, t, weight in edges if not off[t]]
        full = float(np.percentile(signal, 99.9))
        ink = sum(min(value / full, 1.5) ** 1.5 for value in effective) / len(runs)
        scales[stage.name] = float(np.percentile(values, 99.5)), full, max(1.0, ink)
    return scales


@pytest.mark.parametrize("seed", range(12))
def test_scales_are_percentiles_over_all_nodes_and_edges(seed: int) -> None:
    network = networks.random_network(seed).astype(np.float64)
    rng = np.random.default_rng(seed)
    inputs = rng.random((3, *network.input_shape)) * (rng.random((3, *network.input_shape)) < 0.5)
    found = calibrate(network, inputs)
    assert found["Input"] == Scale(1.0, None)
    expected = listed(network, list(inputs))
    expected["Output"] = 1.0, *expected["Output"][1:]  # probabilities
    assert found.keys() == {"Input", *expected}
    for name, (node, edge, ink) in expected.items():
        assert found[name].node == pytest.approx(node, rel=1e-9)
        assert found[name].edge == pytest.approx(edge, rel=1e-9)
        assert found[name].ink == pytest.approx(ink, rel=1e-6)


def test_a_blank_input_gives_scales_that_can_be_divided_by() -> None:
    network = networks.cnn()
    scales = calibrate(network, np.zeros((2, 1, 32, 32), np.float32))
    assert all(scale.node > 0 and math.isfinite(scale.node) for scale in scales.values())
    assert scales["C1"].edge == 1.0  # no edge carries anything


def test_many_inputs_are_thinned_evenly(monkeypatch: pytest.MonkeyPatch) -> None:
    """The scales of every fourth input stand for all; of the edges, of fewer still."""
    network = networks.mini()
    inputs = np.random.default_rng(0).random((60, 1, 28, 28), np.float32)
    monkeypatch.setattr(calibration, "BATCH", 7)
    whole = calibrate(network, inputs)
    monkeypatch.setattr(calibration, "SAMPLES", 15)
    assert calibrate(network, inputs) == calibrate(network, inputs[::4])
    monkeypatch.setattr(calibration, "EDGE_BUDGET", 3 * 12_544)
    thinned = calibrate(network, inputs)
    assert thinned["H1"].edge == pytest.approx(whole["H1"].edge, rel=0.05)


def test_no_inputs_are_refused() -> None:
    with pytest.raises(ValueError, match="expected at least one, found none"):
        calibrate(networks.mini(), np.zeros((0, 1, 28, 28)))
