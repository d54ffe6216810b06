"""The sample digits: on the pad, drawn with the pencil, and read rightly by every network."""

from __future__ import annotations

import numpy as np
import pytest

from nodelink import load_network
from nodelink.nn.preprocess import PAD, network_input, prepare, rasterize
from nodelink.nn.weights import WeightsError, find
from nodelink.samples import BRUSH, SAMPLES, sample

EVERY = [(digit, variant) for digit in SAMPLES for variant in range(len(SAMPLES[digit]))]


def test_every_digit_is_written_in_three_ways_at_least() -> None:
    assert list(SAMPLES) == list(range(10))
    assert all(len(variants) >= 3 for variants in SAMPLES.values())
    inks = [rasterize(sample(*which)) for which in EVERY]
    assert all((a != b).any() for k, a in enumerate(inks) for b in inks[:k])


@pytest.mark.parametrize(("digit", "variant"), EVERY)
def test_a_sample_lies_on_the_pad_as_a_hand_would_draw_it(digit: int, variant: int) -> None:
    strokes = sample(digit, variant)
    points = np.concatenate([stroke.points for stroke in strokes])
    assert points.min() >= BRUSH / 2
    assert points.max() <= PAD - BRUSH / 2
    assert 180 <= np.ptp(points[:, 1]) <= 210  # height of the path, pad pixels
    np.testing.assert_allclose((points.min(axis=0) + points.max(axis=0)) / 2, PAD / 2, atol=14)
    for stroke in strokes:
        steps = np.linalg.norm(np.diff(stroke.points, axis=0), axis=1)
        assert steps.max() < 8
        assert (stroke.width, stroke.erase) == (BRUSH, False)


def test_variants_come_round_again() -> None:
    assert sample(7, len(SAMPLES[7])) is sample(7, 0)


@pytest.mark.parametrize("name", ["cnn", "mlp", "mini"])
def test_every_network_reads_every_sample(name: str) -> None:
    try:
        find(name)
    except WeightsError as error:
        pytest.skip(f"the weights of {name} are not there: {error}")
    network = load_network(name)
    for digit, variant in EVERY:
        x = network_input(prepare(rasterize(sample(digit, variant))), network.input_shape)
        probabilities = network.forward(x).output[0]
        assert probabilities.argmax() == digit, f"variant {variant} of {digit}"
        assert probabilities[digit] > 0.5, f"variant {variant} of {digit}"
