"""The fixed scales of a network: what full colour and full ink mean, measured once on training data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from nodelink.nn.activations import Array
from nodelink.nn.layers import AvgPool2d, Conv2d, Dense
from nodelink.nn.network import Activations, Network, Scale, Stage

NODE_PERCENTILE = 99.5
EDGE_PERCENTILE = 99.9
SAMPLES = 1024  # inputs looked at; of more, that many are taken at even distances
BATCH = 64  # samples in one forward pass
EDGE_BUDGET = 2**25  # contributions looked at in one stage; of more, samples are left out evenly


def calibrate(network: Network, inputs: npt.ArrayLike) -> dict[str, Scale]:
    """The scale of each stage by name, from inputs (N, C, H, W) with N at least 1, in the network's range.

    Node: the 99.5th percentile of the nonzero |values| (1 for the input and for an output of probabilities).
    Edge: the 99.9th percentile of the nonzero |contributions|, weight x source value, of all edges that
    arrive (max pool: the winner's value; average pool: value / cells). Where all are zero the scale is 1.
    """
    images = np.asarray(inputs)
    images = images[:: max(1, -(-len(images) // SAMPLES))]
    passes = [network.forward(images[start : start + BATCH]) for start in range(0, len(images), BATCH)]
    if not passes:
        raise ValueError("calibration inputs: expected at least one, found none")
    scales = {network.stages[0].name: Scale(1.0)}
    for stage in network.stages[1:]:
        scales[stage.name] = Scale(_node_scale(network, stage, passes), _edge_scale(stage, passes))
    return scales


def _node_scale(network: Network, stage: Stage, passes: list[Activations]) -> float:
    if stage is network.stages[-1] and network.output_kind == "probabilities":
        return 1.0
    return _percentile([activations.out[stage.index] for activations in passes], NODE_PERCENTILE)


def _edge_scale(stage: Stage, passes: list[Activations]) -> float:
    samples = sum(len(activations.out[0]) for activations in passes)
    step = max(1, -(-samples * stage.edges // EDGE_BUDGET))
    found: list[Array] = []
    for number, x, out in _samples(stage, passes):
        if number % step == 0:
            contributions = _contributions(stage, x, out)
            found.append(contributions[contributions != 0])
    return _percentile(found, EDGE_PERCENTILE)


def _samples(stage: Stage, passes: list[Activations]) -> Iterator[tuple[int, Array, Array]]:
    """(number, source values, values) of the stage for one sample after another, each with batch axis 1."""
    number = 0
    for activations in passes:
        source, out = activations.out[stage.index - 1], activations.out[stage.index]
        for sample in range(len(out)):
            yield number, source[sample : sample + 1], out[sample : sample + 1]
            number += 1


def _contributions(stage: Stage, x: Array, out: Array) -> Array:
    """What each edge that arrives carries, for one sample; those without signal may be missing."""
    layer = stage.layer
    if isinstance(layer, Dense):
        return layer.weight * x.reshape(1, -1)
    if isinstance(layer, Conv2d):
        kernels: Array = layer.weight.reshape(len(layer.weight), -1, 1)
        return kernels * layer.columns(x)[0]  # (out, K, 1) * (1, K, P)
    if isinstance(layer, AvgPool2d):
        columns: Any = [x[index] for index in layer.window_cells(x)]
        return np.stack(columns) / len(columns)
    return out


def _percentile(parts: list[Array], percent: float) -> float:
    values = np.abs(np.concatenate([part.ravel() for part in parts]))
    values = values[values > 0]
    return float(np.percentile(values, percent)) if values.size else 1.0
