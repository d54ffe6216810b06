"""Frame: one answer of a network to a drawing, frozen, and what may honestly be said about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from nodelink.nn.network import Activations, Network
from nodelink.nn.preprocess import Prepared, Stroke, network_input
from nodelink.nn.transforms import AS_DRAWN, Sheet, Transform, look_through

Array = NDArray[np.float32]
Guess = tuple[int, float]

UNSURE_BELOW = 0.6  # a first guess less probable than this is no verdict
UNSURE_LEAD = 0.3  # nor is one that leads the second guess by less


@dataclass(frozen=True, eq=False)
class Drawing:
    """What is on the pad: strokes on top of an opened picture or of nothing. One step of the undo history."""

    strokes: tuple[Stroke, ...] = ()
    base: Array | None = None  # (280, 280) ink of an opened picture
    sample: tuple[int, int] | None = None  # digit and variant, while nothing else is on the pad
    example: bool = False  # shown at the start; the first pencil stroke replaces it

    @property
    def empty(self) -> bool:
        return not self.strokes and self.base is None


@dataclass(frozen=True, eq=False)
class Frame:
    """One answer of one network to one drawing, and everything it was computed from.

    Or the difference of two (see compare.difference): every array of it is B's less A's.
    """

    network: Network
    prepared: Prepared  # of the drawing as it is transformed
    activations: Activations
    verdict: str  # "blank", "unsure", "sure", "off": no class is left; "none": no class probabilities, "open": not yet
    guesses: tuple[Guess, ...]  # class and probability, most probable first; empty without classes
    milliseconds: Mapping[str, float]  # "preprocess" and "forward"
    sheet: Sheet  # what is on the pad
    transform: Transform  # what was done to it on the way
    frozen: bool = False  # kept as A while drawing goes on
    of: tuple[Frame, Frame] | None = None  # the frames A and B whose difference this is

    @property
    def mark(self) -> str:
        """What is to be said where this is shown: "" of the drawing's own answer, "A" or "B - A"."""
        return "B - A" if self.of is not None else "A" if self.frozen else ""


def verdict(blank: bool, guesses: tuple[Guess, ...]) -> str:
    """What may honestly be said about an answer, most probable guess first: see Frame.verdict."""
    if blank:
        return "blank"
    if not guesses:
        return "none"
    first = guesses[0][1]
    if first == 0:
        return "off"
    second = guesses[1][1] if len(guesses) > 1 else 0.0
    return "sure" if first >= UNSURE_BELOW and first - second >= UNSURE_LEAD else "unsure"


def compute_frame(
    network: Network, ink: Array | Sheet, centre: bool, transform: Transform = AS_DRAWN
) -> Frame:
    """The network's answer to ink (280, 280), or to a sheet whose strokes are known, with a transform on the way.

    Raises ValueError where the network cannot take a drawing.
    """
    start = perf_counter()
    sheet = ink if isinstance(ink, Sheet) else Sheet(ink)
    prepared = look_through(sheet, transform, centre)
    return _answer(network, sheet, transform, prepared, (perf_counter() - start) * 1e3)


def same_drawing(frame: Frame, network: Network) -> Frame:
    """Another network's answer to the drawing that `frame` is an answer to. ValueError where it cannot take it."""
    return _answer(network, frame.sheet, frame.transform, frame.prepared, 0.0)


def _answer(
    network: Network, sheet: Sheet, transform: Transform, prepared: Prepared, preparing: float
) -> Frame:
    """preparing: milliseconds that the way down has taken."""
    start = perf_counter()
    x = network_input(prepared, network.input_shape)
    middle = perf_counter()
    activations = network.forward(x)
    end = perf_counter()
    guesses = _guesses(network, activations)
    milliseconds = {"preprocess": preparing + (middle - start) * 1e3, "forward": (end - middle) * 1e3}
    said = verdict(prepared.blank, guesses)
    return Frame(network, prepared, activations, said, guesses, milliseconds, sheet, transform)


def _guesses(network: Network, activations: Activations) -> tuple[Guess, ...]:
    if network.output_kind != "probabilities":
        return ()
    probabilities = activations.output[0]
    order = np.argsort(-probabilities, kind="stable")
    return tuple((int(k), float(probabilities[k])) for k in order)
