"""Frame: one answer of a network to a drawing, frozen, and what may honestly be said about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from nodelink.nn.network import Activations, Network
from nodelink.nn.preprocess import Prepared, network_input, prepare

Array = NDArray[np.float32]
Guess = tuple[int, float]

UNSURE_BELOW = 0.6  # a first guess less probable than this is no verdict
UNSURE_LEAD = 0.3  # nor is one that leads the second guess by less


@dataclass(frozen=True, eq=False)
class Frame:
    """One answer of one network to one drawing, and everything it was computed from."""

    network: Network
    prepared: Prepared
    activations: Activations
    verdict: str  # "blank", "unsure" or "sure"; "none" without class probabilities, "open" before they are computed
    guesses: tuple[Guess, ...]  # class and probability, most probable first; empty without classes
    milliseconds: Mapping[str, float]  # "preprocess" and "forward"


def verdict(blank: bool, guesses: tuple[Guess, ...]) -> str:
    """What may honestly be said about an answer, most probable guess first: see Frame.verdict."""
    if blank:
        return "blank"
    if not guesses:
        return "none"
    first = guesses[0][1]
    second = guesses[1][1] if len(guesses) > 1 else 0.0
    return "sure" if first >= UNSURE_BELOW and first - second >= UNSURE_LEAD else "unsure"


def compute_frame(network: Network, ink: Array, centre: bool) -> Frame:
    """The network's answer to `ink` (280, 280). Raises ValueError where the network cannot take a drawing."""
    start = perf_counter()
    prepared = prepare(ink, centre)
    x = network_input(prepared, network.input_shape)
    middle = perf_counter()
    activations = network.forward(x)
    end = perf_counter()
    guesses = _guesses(network, activations)
    milliseconds = {"preprocess": (middle - start) * 1e3, "forward": (end - middle) * 1e3}
    return Frame(network, prepared, activations, verdict(prepared.blank, guesses), guesses, milliseconds)


def _guesses(network: Network, activations: Activations) -> tuple[Guess, ...]:
    if network.output_kind != "probabilities":
        return ()
    probabilities = activations.output[0]
    order = np.argsort(-probabilities, kind="stable")
    return tuple((int(k), float(probabilities[k])) for k in order)
