"""Accuracy is counted on the way that drawings go."""

from __future__ import annotations

import numpy as np
import pytest

from nodelink.nn.evaluation import Evaluation, evaluate
from nodelink.nn.network import Network
from nodelink.nn.preprocess import network_input, prepare
from tests import networks


@pytest.fixture(scope="module", params=["cnn", "mini"])
def network(request: pytest.FixtureRequest) -> Network:
    made: Network = getattr(networks, request.param)()
    return made


def digits(count: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.random.default_rng(0).integers(0, 256, (count, 28, 28)).astype(np.uint8)


def guesses(network: Network, images: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> list[int]:
    margin = (network.input_shape[1] - 28) // 2
    padded = np.pad(images / np.float32(255), ((0, 0), (margin, margin), (margin, margin)))
    return [int(network.forward(image[None]).output.argmax()) for image in padded]


def test_errors_are_counted_over_all_batches(network: Network) -> None:
    images = digits(503)
    labels = np.array(guesses(network, images), dtype=np.uint8)
    assert evaluate(network, images, labels) == Evaluation(503, 0)
    labels[[0, 250, 502]] = (labels[[0, 250, 502]] + 1) % 10
    score = evaluate(network, images, labels)
    assert score == Evaluation(503, 3)
    assert score.accuracy == 500 / 503


def test_floats_are_ink_as_they_are(network: Network) -> None:
    images = digits(20)
    labels = np.array(guesses(network, images))
    assert evaluate(network, images / np.float32(255), labels).errors == 0


def test_centring_is_the_centring_of_drawings(network: Network) -> None:
    ink = np.zeros((12, 28, 28), dtype=np.uint8)
    ink[:, 2:14, 3:19] = digits(12)[:, :12, :16] // 2 + 100  # up and to the left
    pads = [np.kron(image / np.float32(255), np.ones((10, 10), dtype=np.float32)) for image in ink]
    inputs = [network_input(prepare(pad), network.input_shape) for pad in pads]
    labels = np.array([network.forward(x).output.argmax() for x in inputs])
    assert evaluate(network, ink, labels, centre=True).errors == 0
    elsewhere = np.roll(ink, (9, 5), axis=(1, 2))
    assert evaluate(network, elsewhere, labels, centre=True).errors == 0


@pytest.mark.parametrize(
    ("shape", "labels"), [((3, 28, 28), 2), ((3, 28, 27), 3), ((3, 784), 3), ((0, 28, 28), 0)]
)
def test_images_and_labels_that_do_not_fit_are_refused(
    network: Network, shape: tuple[int, ...], labels: int
) -> None:
    with pytest.raises(ValueError, match="expected images"):
        evaluate(network, np.zeros(shape, dtype=np.uint8), np.zeros(labels, dtype=np.uint8))


def test_a_network_without_these_classes_is_refused(network: Network) -> None:
    with pytest.raises(ValueError, match="cannot name these digits: 10 outputs"):
        evaluate(network, digits(1), np.array([10]))
