"""Subjects: what is measured on: a slow hand that writes digits, sample digits, and a perceptron of any size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from nodelink import samples
from nodelink.nn.calibration import calibrate
from nodelink.nn.layers import Dense, Flatten, Layer
from nodelink.nn.network import Activations, Network
from nodelink.nn.preprocess import PAD, Stroke, draw, network_input, prepare, rasterize

DIGITS = (3, 8, 2, 5, 9, 6, 0, 4, 7, 1)  # that the slow hand writes


def pen(frames: int) -> Iterator[NDArray[np.float32]]:
    """The pad (280, 280) while somebody slowly writes digits, one picture a pointer move."""
    made = 0
    for digit in DIGITS * (1 + frames // 300):
        ink = np.zeros((PAD, PAD), np.float32)
        for stroke in samples.sample(digit, 0):
            points = stroke.points
            for count in range(2, len(points) + 1):
                draw(ink, Stroke(points[:count], stroke.width, stroke.erase), max(0, count - 2))
                yield ink
                made += 1
                if made == frames:
                    return


@lru_cache(maxsize=1)
def answers(network: Network) -> tuple[Activations, ...]:
    """What the network says to one sample of each digit, in the order of DIGITS."""
    inks = (prepare(rasterize(samples.sample(digit, 0))) for digit in DIGITS)
    return tuple(network.forward(network_input(ink, network.input_shape)) for ink in inks)


def synthetic(edges: int) -> Network:
    """A perceptron 784-h-h-10 with about so many edges and random weights, calibrated on sample digits."""
    hidden = max(1, round((-794 + (794**2 + 4 * edges) ** 0.5) / 2))
    rng = np.random.default_rng(0)
    layers: list[Layer] = [Flatten("flat")]
    inputs = 784
    for name, units, activation in (
        ("H1", hidden, "relu"),
        ("H2", hidden, "relu"),
        ("Output", 10, "softmax"),
    ):
        weight = rng.normal(0, (2 / inputs) ** 0.5, (units, inputs)).astype(np.float32)
        layers.append(Dense(name, weight, np.zeros(units, np.float32), activation))
        inputs = units
    network = Network(
        f"784-{hidden}-{hidden}-10",
        "synthetic",
        tuple(layers),
        (1, 28, 28),
        (0.0, 1.0),
        tuple(str(digit) for digit in range(10)),
        "probabilities",
    )
    digits = np.concatenate([answer.out[0] for answer in answers(network)])
    return replace(network, calibration=calibrate(network, digits))
