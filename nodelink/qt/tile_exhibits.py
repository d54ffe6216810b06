"""Tile exhibits: a frame's maps and a layer's kernels as tiles with their scales, and what is said of weights."""

from __future__ import annotations

import numpy as np

from nodelink.frame import Frame
from nodelink.graph import scales, tiles
from nodelink.graph.edges import sharing
from nodelink.nn.layers import Conv2d, Dense
from nodelink.nn.naming import number, stage_of
from nodelink.nn.network import Network, Stage
from nodelink.nn.sharing import Weights, exist
from nodelink.qt.tile_paint import Span
from nodelink.qt.tile_port import Exhibit, Values


def said(network: Network, weights: Weights) -> list[str]:
    """What weights are called, with the value of a single one, and how many edges have them; and shorter."""
    name, shorter = tiles.weights_name(network, weights)
    layer = network.stages[weights.stage].layer
    assert isinstance(layer, Dense | Conv2d)
    if not exist(network, weights):
        return [f"{name}: not connected", f"{shorter}: not connected"]
    values, count = layer.weight[weights.index], len(sharing(network, weights))
    one = isinstance(layer, Dense)
    if values.size > 1:
        said = f"{values.size:,} weights"
        return [f"{name}: {said} of {count:,} edges", f"{name}: {said}", f"{shorter}: {said}"]
    said = number(float(values))
    edges = [] if one else [f"{name}: {said}, the weight of {count:,} edges"]
    return [*edges, f"{name}: {said}", f"{shorter}: {said}", said]


def maps(frame: Frame, relative: bool) -> Exhibit:
    network, out, reached = frame.network, frame.activations.out, frame.activations.reached
    full = (
        scales.relative_nodes(network, frame.activations.values())
        if relative
        else scales.fixed(network).nodes
    )
    said = "largest now" if relative else "full colour"
    numbers = tuple(short(float(value)) for value in full)
    notes = tuple(f"{said} {value}" for value in numbers)

    def values(section: int) -> Values:
        flat = np.asarray(out[section][0], np.float32).reshape(-1)
        known = flat.size if reached is None else reached.out - network.stages[section].offset
        return (
            flat if known >= flat.size else np.where(np.arange(flat.size) < known, flat, np.float32(np.nan))
        )

    return Exhibit(
        tiles.maps(network),
        notes,
        tuple(f"full {value}" for value in numbers),
        tuple(map(float, full)),
        values,
    )


def kernels(network: Network, stage: Stage) -> Exhibit:
    weights = tiles.weights(stage)
    full = scales.weight(stage)
    note = f"full colour {short(full)}, largest {short(float(np.abs(weights).max()))}"
    return Exhibit(
        (tiles.kernels(network, stage),), (note,), (f"full {short(full)}",), (full,), lambda _: weights
    )


def short(value: float) -> str:
    """A number as in the scene's legend: two significant digits, more only before the point."""
    return f"{value:.2g}" if abs(value) < 10 else f"{value:.0f}"


def spans_of(network: Network, shown: Stage | None, exhibit: Exhibit, node: int) -> tuple[Span, ...]:
    """Where a node is to be seen: its cell, or among the kernels of a layer those that make it, or that see it."""
    stage = stage_of(network, node)
    if shown is None:
        return ((stage.index, node - stage.offset, node - stage.offset),)
    section, found = exhibit.sections[0], tuple[tuple[int, int], ...]()
    if stage is shown:
        found = tiles.weights_of(stage, section, node)
    elif stage.index == shown.index - 1:
        found = tiles.weights_on(stage, shown, section, node)
    return tuple((0, first, last) for first, last in found)
