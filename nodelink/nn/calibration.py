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
INK_EXPONENT = 1.5  # ink = (|contribution| / edge scale) ** INK_EXPONENT: strong edges stand out of the mass
INK_LIMIT = 1.5  # times the edge scale: stronger edges draw no more
EDGE_BUDGET = 2**25  # contributions looked at in one stage; of more, samples are left out evenly


def calibrate(network: Network, inputs: npt.ArrayLike) -> dict[str, Scale]:
    """The scale of each stage by name, from inputs (N, C, H, W) with N at least 1, in the network's range.

    Node: the 99.5th percentile of the nonzero |values| (1 for the input and for an output of probabilities).
    Edge: the 99.9th percentile of the nonzero |contributions|, weight x source value, of all edges that
    arrive (max pool: the winner's value; average pool: value / cells). Where all are zero the scale is 1.
    Ink: the mean over the inputs of what the edges that take effect (into a relu that is on, into any other unit) draw
    together, in full edges; at least 1.
    """
    images = np.asarray(inputs)
    images = images[:: max(1, -(-len(images) // SAMPLES))]
    passes = [network.forward(images[start : start + BATCH]) for start in range(0, len(images), BATCH)]
    if not passes:
        raise ValueError("calibration inputs: expected at least one, found none")
    scales = {network.stages[0].name: Scale(1.0)}
    for stage in network.stages[1:]:
        edge = _edge_scale(stage, passes)
        scales[stage.name] = Scale(_node_scale(network, stage, passes), edge, _usual_ink(stage, passes, edge))
    return scales


def _node_scale(network: Network, stage: Stage, passes: list[Activations]) -> float:
    if stage is network.stages[-1] and network.output_kind == "probabilities":
        return 1.0
    return _percentile([activations.out[stage.index] for activations in passes], NODE_PERCENTILE)


def _edge_scale(stage: Stage, passes: list[Activations]) -> float:
    found: list[Array] = []
    for x, out in _samples(stage, passes):
        contributions = _contributions(stage, x, out)
        found.append(contributions[contributions != 0])
    return _percentile(found, EDGE_PERCENTILE)


def _usual_ink(stage: Stage, passes: list[Activations], edge: float) -> float:
    totals: list[float] = []
    for x, out in _samples(stage, passes):
        strength = np.minimum(np.abs(_contributions(stage, x, out)) / edge, INK_LIMIT)
        if stage.activation == "relu":
            strength = strength * (out.reshape(_targets(strength.shape, out)) > 0)
        totals.append(float((strength**INK_EXPONENT).sum(dtype=np.float64)))
    return max(1.0, float(np.mean(totals)))


def _targets(shape: tuple[int, ...], out: Array) -> tuple[int, ...]:
    """How a stage's values line up with its contributions: (out, in) of a dense layer, (out, K, P) of maps."""
    return (shape[0], 1) if len(shape) == 2 else (out.shape[1], 1, -1)


def _samples(stage: Stage, passes: list[Activations]) -> Iterator[tuple[Array, Array]]:
    """(source values, values) of the stage for samples at even distances, each with batch axis 1."""
    total = sum(len(activations.out[0]) for activations in passes)
    step = max(1, -(-total * stage.edges // EDGE_BUDGET))
    number = 0
    for activations in passes:
        source, out = activations.out[stage.index - 1], activations.out[stage.index]
        for sample in range(len(out)):
            if number % step == 0:
                yield source[sample : sample + 1], out[sample : sample + 1]
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
