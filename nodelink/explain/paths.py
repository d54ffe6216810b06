"""Paths: what one node passes on to another above it, edge by edge: the other half of a trace.

Of the paths from the pixels to a node z the part that goes through one node p: the value of an edge i -> j on them is
`d_i * w_ij * dz/dpre_j`, where d is p's output and what comes of it in every node above (forward differentiation, as in
Griewank and Walther 2008, chapter 3). Where everything between is piecewise linear, the values of the edges between two
layers add up to `out_p * dz/dout_p`, whichever layers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from nodelink.explain.trace import LINEAR, trace
from nodelink.graph.edges import Edges, Ids, gates
from nodelink.nn.activations import activation_vjp
from nodelink.nn.naming import stage_of
from nodelink.nn.network import Activations
from nodelink.nn.off import without


@dataclass(frozen=True, eq=False)
class Paths:
    """All paths from a node up to another."""

    node: int
    top: int
    above: int  # id of the first node of the layer above the first one's
    carried: NDArray[np.float32]  # (nodes,) what comes of the node's output in every node, see `passed_on`
    slope: NDArray[np.float32]  # (nodes,) dz/dpre of every node, z the weighted sum of the top
    value: float  # z
    exact: bool  # the layers between are piecewise linear: the values are no approximation
    edges: Edges
    winner: Ids

    @cached_property
    def ranked(self) -> tuple[tuple[NDArray[np.int64], NDArray[np.float32]], ...]:
        """Layer by layer the edges that arrive and carry anything, as indices, largest |value| first; their values."""
        return tuple(self._ranked(stage) for stage in range(len(self.edges.ranges)))

    @property
    def empty(self) -> bool:
        """Whether nothing of the node comes to the top."""
        return not any(len(ids) for ids, _ in self.ranked)

    @cached_property
    def amount(self) -> float:
        """What the paths bring of the top's weighted sum: the values of the edges that arrive there, added up."""
        return float(self.ranked[-1][1].sum(dtype=np.float64))

    def values(self, stage: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The edges that arrive at a layer and carry anything, see `ranked`."""
        return self.ranked[stage]

    def _ranked(self, stage: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        first, last = self.edges.ranges[stage]
        source, target = self.edges.source, self.edges.target
        live = self.carried[source[first:last]] != 0
        ids = first + np.flatnonzero(live & (self.slope[target[first:last]] != 0))
        ids = ids[target[ids] >= self.above]
        if stage in self.edges.max_pools:
            ids = ids[self.winner[target[ids]] == source[ids]]
        values = self.edges.weight[ids] * self.carried[source[ids]] * self.slope[target[ids]]
        order = np.argsort(-np.abs(values), kind="stable")[: np.count_nonzero(values)]
        return ids[order], values[order]

    def kept(self, stage: int, share: float) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The fewest of them that carry `share` of the sum of all |values|, 0 to 1."""
        ids, values = self.values(stage)
        running = np.cumsum(np.abs(values), dtype=np.float64)
        count = 0
        if len(ids) and share > 0:
            count = min(int(np.searchsorted(running, share * running[-1] * (1 - 1e-9))) + 1, len(ids))
        return ids[:count], values[:count]


def paths_up(activations: Activations, node: int, all_edges: Edges) -> Paths:
    """The paths from a node, by id, to the first guess: the node of the last layer with the largest output."""
    network = activations.network
    stage, last = stage_of(network, node), network.stages[-1]
    top = last.offset + int(np.argmax(activations.output[0]))
    carried = passed_on(activations, node, all_edges)
    above = trace(activations, top, all_edges)
    _, winner = gates(network, activations)
    exact = all(part.activation in LINEAR for part in network.stages[stage.index + 1 : -1])
    return Paths(
        node,
        top,
        stage.offset + stage.size,
        carried,
        above.slope,
        above.value,
        exact,
        all_edges,
        winner,
    )


def passed_on(activations: Activations, node: int, all_edges: Edges) -> NDArray[np.float32]:
    """What comes of a node's output in every node (nodes,): its own output at itself, 0 below and beside it."""
    network = activations.network
    carried = np.zeros(network.nodes, np.float64)
    carried[node] = activations.values()[node]
    _, winner = gates(network, activations)
    for stage in network.stages[stage_of(network, node).index + 1 :]:
        first, last = all_edges.ranges[stage.index]
        mine = first + np.flatnonzero(carried[all_edges.source[first:last]])
        source, target = all_edges.source[mine], all_edges.target[mine]
        each = all_edges.weight[mine] * carried[source]
        if stage.index in all_edges.max_pools:
            each = each * (winner[target] == source)
        change = np.bincount(target - stage.offset, each, minlength=stage.size).reshape((1, *stage.shape))
        pre, out = (part[stage.index][:1] for part in (activations.pre, activations.out))
        # of every activation here the Jacobian is symmetric: what it does to a gradient it does to a change
        after = activation_vjp(stage.activation, pre, out, change.astype(pre.dtype))
        if stage.name in network.off:
            after = without(after, network.off[stage.name])
        carried[stage.offset : stage.offset + stage.size] = after.reshape(-1)
    return carried.astype(np.float32)
