"""How often a network is right on labelled digits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nodelink.nn.network import Network
from nodelink.nn.preprocess import CELL, CELLS, network_input, prepare

_BATCH = 250  # more is no faster, and takes more memory


@dataclass(frozen=True)
class Evaluation:
    """The score of one network on `count` digits."""

    count: int
    errors: int

    @property
    def accuracy(self) -> float:
        """The share that is right, 0 to 1."""
        return (self.count - self.errors) / self.count


def evaluate(
    network: Network, images: NDArray[Any], labels: NDArray[np.integer[Any]], centre: bool = False
) -> Evaluation:
    """Score `network` on images (N, 28, 28), ink as uint8 or as floats in [0, 1], with labels (N,).

    Each digit goes the way a drawing goes: ten times enlarged on the pad, centred if asked.
    ValueError for other shapes, for no digits, or for a network that does not give probabilities of the labels.
    """
    if images.shape != (len(labels), CELLS, CELLS) or labels.ndim != 1 or not len(labels):
        raise ValueError(f"expected images (N, 28, 28) and N labels, found {images.shape} and {labels.shape}")
    units = network.stages[-1].size
    if network.output_kind != "probabilities" or labels.max() >= units:
        raise ValueError(
            f"network {network.name} cannot name these digits: {units} outputs ({network.output_kind}), "
            f"labels up to {labels.max()}"
        )
    guesses = [
        network.forward(_inputs(network, images[at : at + _BATCH], centre)).output.argmax(axis=1)
        for at in range(0, len(images), _BATCH)
    ]
    return Evaluation(len(labels), int((np.concatenate(guesses) != labels).sum()))


def _inputs(network: Network, images: NDArray[Any], centre: bool) -> NDArray[np.float32]:
    """Images (n, 28, 28) as a batch for the network, (n, C, H, W)."""
    ink = images.astype(np.float32)
    if images.dtype == np.uint8:
        ink /= np.float32(255)
    pads = (digit.repeat(CELL, axis=0).repeat(CELL, axis=1) for digit in ink)
    return np.concatenate([network_input(prepare(pad, centre), network.input_shape) for pad in pads])
