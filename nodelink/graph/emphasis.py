"""Emphasis: what stands out of the picture. Hover, pins, traces and the steps of a forward pass all say it with this.

And the edges of a node, found without looking at all the others.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from nodelink.graph.edges import Edges, sharing
from nodelink.nn.layers import Conv2d
from nodelink.nn.network import Network, Stage
from nodelink.nn.sharing import Weights

Span = tuple[int, int]  # first, and one past the last


@dataclass(frozen=True)
class Box:
    """These rows and columns of these maps of a layer, counted from 0."""

    stage: int  # index of the layer in network.stages
    maps: tuple[int, ...]  # of a dense layer its units, with one row and one column each
    rows: Span
    columns: Span

    @property
    def size(self) -> int:
        """Nodes."""
        height, width = self.rows[1] - self.rows[0], self.columns[1] - self.columns[0]
        return len(self.maps) * height * width

    def nodes(self, network: Network) -> NDArray[np.int64]:
        """Their ids, in rising order."""
        stage = network.stages[self.stage]
        _, height, width = as_maps(stage)
        rows, columns = np.arange(*self.rows), np.arange(*self.columns)
        maps = np.array(self.maps, np.int64)[:, None, None]
        return np.asarray(stage.offset + (maps * height + rows[:, None]) * width + columns).reshape(-1)

    def is_whole(self, stage: Stage) -> bool:
        """Whether it holds all cells of each of its maps; of a dense layer, all units."""
        maps, height, width = as_maps(stage)
        whole = self.rows == (0, height) and self.columns == (0, width)
        return whole and (len(stage.shape) == 3 or len(self.maps) == maps)


def as_maps(stage: Stage) -> tuple[int, int, int]:
    """(maps, rows, columns) of a layer; a dense one's units are maps of one cell."""
    maps, *rest = stage.shape
    height, width = rest or (1, 1)
    return maps, height, width


def reach(network: Network, weights: Weights) -> tuple[Box, ...]:
    """What the weights of one kernel lie between: the cells below that they see, and all of the map that they make.

    An entry of the kernel sees a part of the map below, moved from entry to entry. Empty for other weights.
    """
    stage = network.stages[weights.stage]
    layer, before = stage.layer, network.stages[stage.index - 1]
    if not isinstance(layer, Conv2d) or len(weights.index) < 2:
        return ()
    to, of, *entry = weights.index
    seen = list[Span]()
    for axis in (0, 1):
        entries = np.array([entry[axis]]) if entry else np.arange(layer.kernel[axis])
        places = np.arange(stage.shape[1 + axis]) * layer.stride[axis] - layer.padding[axis]
        at = np.add.outer(entries, places)
        at = at[(at >= 0) & (at < before.shape[1 + axis])]
        if not at.size:  # it sees nothing but padding
            return ()
        seen.append((int(at.min()), int(at.max()) + 1))
    whole = (0, stage.shape[1]), (0, stage.shape[2])
    return Box(before.index, (of,), seen[0], seen[1]), Box(stage.index, (to,), *whole)


@dataclass(frozen=True)
class Emphasis:
    """What stands out; the rest of the picture steps back. Node ids are the network's."""

    nodes: tuple[int, ...] = ()  # stand out, with the edges that arrive at them
    outgoing: bool = False  # and with those that leave them; nodes of the input show these in any case
    links: tuple[tuple[int, int], ...] | None = (
        None  # (source, target): these edges instead of the nodes' own
    )
    weights: Weights | None = None  # or those that have one of these weights
    cells: tuple[int, ...] = ()  # more nodes that stand out, without edges
    boxes: tuple[Box, ...] = ()  # are outlined, and their cells stand out
    rings: tuple[int, ...] = ()  # nodes that wear a ring
    labels: tuple[int, ...] = ()  # nodes that have their name and value beside them
    field_of: int | None = None  # node whose receptive field is outlined
    traced: int | None = None  # node whose trace is drawn instead of all edges
    kept: float = 0.8  # share of the trace's |values| that is drawn, pair by pair, 0 to 1

    @property
    def stands(self) -> bool:
        """Whether anything stands out, so that the rest steps back."""
        named = self.nodes or self.links or self.cells or self.boxes
        return bool(named) or self.traced is not None or self.weights is not None

    def over(self, other: Emphasis) -> Emphasis:
        """This emphasis with the rings and labels of another one beside its own."""
        rings = tuple(dict.fromkeys((*other.rings, *self.rings)))
        labels = tuple(dict.fromkeys((*other.labels, *self.labels)))
        return Emphasis(**{**self.__dict__, "rings": rings, "labels": labels})


NOTHING = Emphasis()


def emphasis_of(network: Network, weights: Weights, pins: tuple[int, ...]) -> Emphasis:
    """The edges that have a weight, and what they lie between; of a dense layer's one weight both of its nodes."""
    stage = network.stages[weights.stage]
    if len(stage.shape) == 1 and len(weights.index) == 2:
        unit, source = weights.index
        both = network.stages[weights.stage - 1].offset + source, stage.offset + unit
        pins = tuple(dict.fromkeys((*pins, *both)))
    return Emphasis(weights=weights, boxes=reach(network, weights), rings=pins, labels=pins)


class Incidence:
    """Which edges arrive at a node and which leave it, as indices of `edges`. Sorted once, when first asked."""

    def __init__(self, network: Network, edges: Edges) -> None:
        self._network, self._edges = network, edges

    def arriving(self, node: int) -> NDArray[np.int64]:
        """The edges whose target is a node, in rising order."""
        order, starts = self._by_target
        return order[starts[node] : starts[node + 1]]

    def leaving(self, node: int) -> NDArray[np.int64]:
        """The edges whose source is a node, in rising order."""
        order, starts = self._by_source
        return order[starts[node] : starts[node + 1]]

    def of(self, emphasis: Emphasis) -> NDArray[np.int64]:
        """The edges that stand out, each once, in rising order; those of a trace are not among them."""
        if emphasis.weights is not None:
            return self._edges.ranges[emphasis.weights.stage][0] + sharing(self._network, emphasis.weights)
        if emphasis.links is not None:
            return self._between(emphasis.links)
        inputs = self._network.stages[0].size
        parts = [self.arriving(node) for node in emphasis.nodes]
        parts += [self.leaving(node) for node in emphasis.nodes if emphasis.outgoing or node < inputs]
        return np.unique(np.concatenate(parts)) if parts else np.empty(0, np.int64)

    def bright(self, emphasis: Emphasis, edges: NDArray[np.int64]) -> NDArray[np.bool_]:
        """The nodes (nodes,) that stand out: those named, the ends of their `edges`, and the cells of the boxes."""
        found = np.zeros(self._network.nodes, bool)
        found[[*emphasis.nodes, *emphasis.cells]] = True
        found[self._edges.source[edges]] = True
        found[self._edges.target[edges]] = True
        for box in emphasis.boxes:
            found[box.nodes(self._network)] = True
        return found

    def _between(self, links: Iterable[tuple[int, int]]) -> NDArray[np.int64]:
        wanted: dict[int, list[int]] = {}
        for source, target in links:
            wanted.setdefault(target, []).append(source)
        parts = [np.empty(0, np.int64)]
        for target, sources in wanted.items():
            mine = self.arriving(target)
            parts.append(mine[np.isin(self._edges.source[mine], sources)])
        return np.sort(np.concatenate(parts))

    @cached_property
    def _by_target(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        return self._sorted(self._edges.target, 0)

    @cached_property
    def _by_source(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        return self._sorted(self._edges.source, -1)

    def _sorted(self, ends: NDArray[np.int32], step: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Edges ordered by one of their ends, and where those of each node begin (nodes + 1,)."""
        parts = []
        for stage, (first, last) in enumerate(self._edges.ranges):
            if first == last:
                continue
            keys = ends[first:last] - self._network.stages[stage + step].offset
            if keys.max() < 1 << 16:  # short keys are sorted by radix, ten times as fast
                keys = keys.astype(np.uint16)
            parts.append(first + np.argsort(keys, kind="stable"))
        counts = np.bincount(ends, minlength=self._network.nodes)
        starts = np.concatenate([[0], np.cumsum(counts)])
        return np.concatenate(parts), starts
