"""Naming: what a node is called, wherever it is spoken of. Maps, rows and columns count from 1."""

from __future__ import annotations

import math

import numpy as np

from nodelink.nn.network import Activations, Network, Stage


def stage_of(network: Network, node: int) -> Stage:
    """The layer that a node, an id, is in."""
    return next(stage for stage in reversed(network.stages) if node >= stage.offset)


def node_name(network: Network, node: int) -> str:
    """Where a node is: "C3, map 5, row 3, column 2", "F5, unit 7", "Output, “3”"."""
    stage = stage_of(network, node)
    place = [int(i) + 1 for i in np.unravel_index(node - stage.offset, stage.shape)]
    if len(place) == 3:
        channel = f"map {place[0]}, " if stage.shape[0] > 1 else ""
        return f"{stage.name}, {channel}row {place[1]}, column {place[2]}"
    if stage.index == len(network.stages) - 1 and place[0] <= len(network.class_names):
        return f"{stage.name}, “{network.class_names[place[0] - 1]}”"
    return f"{stage.name}, unit {place[0]}"


def is_off(network: Network, node: int) -> bool:
    """Whether an experiment has switched a node off."""
    stage = stage_of(network, node)
    mask = network.off.get(stage.name)
    return mask is not None and bool(mask.reshape(-1)[node - stage.offset])


def value_of(activations: Activations, node: int) -> float:
    """The output of a node, of the first sample."""
    stage = stage_of(activations.network, node)
    return float(activations.out[stage.index][0].reshape(-1)[node - stage.offset])


def number(value: float) -> str:
    """A node's value as it is written: three significant digits; what is less than 1 is not written as 1."""
    return ">0.999" if 0.9995 <= value < 1 else f"{value:.3g}"


def is_probability(network: Network, node: int) -> bool:
    """Whether what a node puts out is the probability of a class."""
    stage = stage_of(network, node)
    last = stage.index == len(network.stages) - 1
    return stage.activation == "softmax" or (last and network.output_kind == "probabilities")


def percent(probability: float) -> str:
    """A probability in percent. A softmax is never certain, not even where float32 rounds it to 1 or 0."""
    return per_mille(round(100 * probability * 10.0)) if math.isfinite(probability) else str(probability)


def per_mille(count: int) -> str:
    """So many tenths of a percent of a probability."""
    bound = {0: "<0.1", 1000: ">99.9"}.get(count)
    return f"{bound or f'{count / 10:.1f}'}\N{NO-BREAK SPACE}%"


def points(change: float) -> str:
    """A change of a probability in points of a hundred, with its sign."""
    return f"{change * 100:+.1f}".replace("-", "\N{MINUS SIGN}") if round(change * 100, 1) else "0.0"


def value_text(network: Network, node: int, value: float, difference: str = "") -> str:
    """What is written of a node's output: a probability in percent, else three significant digits.

    difference: what is subtracted from what, where the value is no output but a difference; it has a sign.
    """
    chance = is_probability(network, node)
    if difference:
        return f"{difference}: {f'{points(value)} points' if chance else f'{value:+.3g}'}"
    return percent(value) if chance and not is_off(network, node) else number(value)


def output_text(activations: Activations, node: int, difference: str = "") -> str:
    """What is written of a node's output, as `value_text`; of one that a pass has not computed, how far it is."""
    network, reached = activations.network, activations.reached
    if reached is None or node < reached.out:
        return value_text(network, node, value_of(activations, node), difference)
    if node >= reached.pre:
        return "not computed yet"
    stage = stage_of(network, node)
    logit = float(activations.pre[stage.index][0].reshape(-1)[node - stage.offset])
    said = f"{logit:.2f}" if 1 <= abs(logit) < 1e6 else number(logit)  # as its sum is written
    return f"logit {said}, softmax still to come"


def node_text(activations: Activations, node: int, difference: str = "") -> str:
    """Where a node is and what its value is: "C3, map 5, row 3, column 2: 0.31".

    difference: what is subtracted from what, where the values are no outputs but their differences; they have a sign.
    """
    said = output_text(activations, node, difference)
    off = " (switched off)" if is_off(activations.network, node) else ""
    return f"{node_name(activations.network, node)}: {said}{off}"
