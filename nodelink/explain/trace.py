"""Trace: from one node back to the input, what every edge on the way adds to the node's weighted sum.

The value of an edge i -> j in a trace of z is `out_i * w_ij * dz/dpre_j` (gradient x input, taken edge by edge). Where
everything between is piecewise linear through zero (identity, relu, pools) the values are exact: across any cut between
two layers they add up to z less what the biases above the cut add. With other activations they are a linear
approximation at this input, and `error` says how far they are off.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from nodelink.graph.edges import Edges, Ids, edges, gates
from nodelink.nn.activations import Array, activation_vjp
from nodelink.nn.layers import Conv2d, Dense
from nodelink.nn.naming import is_off, stage_of
from nodelink.nn.network import Activations, Network, Stage
from nodelink.nn.off import without

LINEAR = ("identity", "relu")  # activations through zero with a slope that is the same all the way there


@dataclass(frozen=True, eq=False)
class Cut:
    """The edges of a trace that arrive at one layer, and what the biases from there on add."""

    stage: int  # the index of the layer at which the edges arrive
    ids: NDArray[np.int64]  # (n,) indices into Edges of those whose value is not 0, largest |value| first
    values: NDArray[np.float32]  # (n,) what each adds to z
    running: NDArray[np.float64]  # (n,) sums of |value| of the first 1, 2, ... n
    total: float  # sum of the values
    biases: float  # what the biases of this layer and of those above add to z
    error: float  # z less total and biases: rounding alone where the trace is exact

    def count(self, share: float) -> int:
        """How many of the edges, largest first, carry this share of the sum of all |values|."""
        if not len(self.running) or share <= 0:
            return 0
        if share >= 1:
            return len(self.running)
        wanted = share * self.running[-1] * (1 - 1e-9)  # 0.8 of ten equal edges are eight, not nine
        return min(int(np.searchsorted(self.running, wanted)) + 1, len(self.running))


@dataclass(frozen=True)
class KeptPair:
    """What is shown of one layer pair."""

    stage: int  # the index of the layer at which the edges arrive
    count: int
    of: int  # how many carry anything
    threshold: float  # |value| of the smallest that is shown; 0 where none is
    share: float  # sum of the |values| shown over the sum of all, 0 to 1; 1 where there is nothing to show


@dataclass(frozen=True, eq=False)
class Kept:
    """The edges of a trace that are shown: of every layer pair the largest that carry a share of it."""

    ids: NDArray[np.int64]  # (n,) indices into Edges, pair by pair from the input up, largest |value| first
    values: NDArray[np.float32]  # (n,)
    pairs: tuple[KeptPair, ...]  # from the input up

    @property
    def share(self) -> float:
        """The least share among the pairs."""
        return min((pair.share for pair in self.pairs), default=1.0)


@dataclass(frozen=True, eq=False)
class Trace:
    """Where the weighted sum of one node comes from, layer by layer."""

    node: int
    value: float  # z: the node's weighted sum with bias (a softmax's logit); of an input or pool its value
    slope: NDArray[np.float32]  # (nodes,) dz/dpre of every node: 1 at its own, 0 beside and above it
    cuts: tuple[Cut, ...]  # one a layer pair below the node, from the input up; none for an input node
    exact: bool  # piecewise linear all the way: the values are no approximation

    @property
    def biases(self) -> float:
        """What all biases together add to z."""
        return self.cuts[0].biases if self.cuts else 0.0

    @property
    def error(self) -> float:
        """The largest |error| of any cut."""
        return max((abs(cut.error) for cut in self.cuts), default=0.0)

    @cached_property
    def size(self) -> float:
        """What an error is to be measured by: the largest sum of |values| of any cut, or |z|."""
        return max([abs(self.value), *(float(cut.running[-1]) for cut in self.cuts if len(cut.running))])

    def kept(self, share: float) -> Kept:
        """Of every pair the fewest edges that carry `share` of its sum of |values|, 0 to 1."""
        pairs, chosen = [], []
        for cut in self.cuts:
            count = cut.count(share)
            of = len(cut.ids)
            part = float(cut.running[count - 1] / cut.running[-1]) if count else float(not of)
            least = float(abs(cut.values[count - 1])) if count else 0.0
            pairs.append(KeptPair(cut.stage, count, of, least, part))
            chosen.append((cut.ids[:count], cut.values[:count]))
        ids = np.concatenate([np.empty(0, np.int64), *(part[0] for part in chosen)])
        values = np.concatenate([np.empty(0, np.float32), *(part[1] for part in chosen)])
        return Kept(ids, values, tuple(pairs))


_edges: WeakKeyDictionary[Network, Edges] = WeakKeyDictionary()
_last: WeakKeyDictionary[Activations, Trace] = WeakKeyDictionary()  # the scene and a panel ask for the same


def trace(activations: Activations, node: int, all_edges: Edges | None = None) -> Trace:
    """The trace of a node, by id, through the first sample. ValueError for a node that the network has not.

    all_edges: the network's, where they are known already. The last trace of each pass is remembered.
    """
    network = activations.network
    if not 0 <= node < network.nodes:
        raise ValueError(f"node {node} is not in {network.name}, which has {network.nodes}")
    last = _last.get(activations)
    if last is None or last.node != node:
        last = _last[activations] = _trace(activations, node, edges_of(network, all_edges))
    return last


def edges_of(network: Network, known: Edges | None = None) -> Edges:
    """The network's edges, worked out once; `known`: those that are to be taken then."""
    if network not in _edges:
        _edges[network] = edges(network) if known is None else known
    return _edges[network]


def _trace(activations: Activations, node: int, all_edges: Edges) -> Trace:
    network = activations.network
    top = stage_of(network, node)
    value = float(activations.pre[top.index][0].reshape(-1)[node - top.offset])
    slopes = _slopes(activations, top, node - top.offset)
    if not isinstance(top.layer, Dense | Conv2d) and is_off(network, node):
        value = 0.0  # it has no weighted sum, and puts out 0 whatever arrives
        slopes = [np.zeros_like(slope) for slope in slopes]
    slope = np.zeros(network.nodes, np.float32)
    slope[: top.offset + top.size] = np.concatenate([part.reshape(-1) for part in slopes])
    values = activations.values()
    _, winner = gates(network, activations)
    cuts, biases = list[Cut](), 0.0
    for stage in network.stages[top.index : 0 : -1]:
        biases += _bias(stage, slopes[stage.index])
        before = network.stages[stage.index - 1]
        ids = _carrying(before, stage, all_edges, values, slope, winner)
        cuts.append(_cut(stage.index, ids, all_edges, values, slope, value, biases))
    below = network.stages[1 : top.index]
    exact = all(stage.activation in LINEAR for stage in below)
    return Trace(node, value, slope, tuple(reversed(cuts)), exact)


def _slopes(activations: Activations, top: Stage, unit: int) -> list[Array]:
    """dz/dpre of the nodes of every stage up to `top`, (1, *stage.shape)."""
    slope = np.zeros_like(activations.pre[top.index][:1], order="C")
    slope.reshape(-1)[unit] = 1
    slopes = [slope]
    for stage in activations.network.stages[top.index : 0 : -1]:
        below = stage.index - 1
        layer, x, out = stage.layer, activations.out[below][:1], activations.out[stage.index][:1]
        assert layer is not None  # only the input has none
        flat = x.reshape(1, -1) if layer.kind == "dense" else x
        grad = layer.vjp(flat, activations.pre[stage.index][:1], out, slope, from_pre=True).reshape(x.shape)
        before = activations.network.stages[below]
        if before.name in activations.network.off:
            grad = without(grad, activations.network.off[before.name])
        slope = activation_vjp(before.activation, activations.pre[below][:1], x, grad)
        slopes.append(slope)
    return slopes[::-1]


def _bias(stage: Stage, slope: Array) -> float:
    """What the biases of one layer add to z."""
    layer = stage.layer
    if not isinstance(layer, Dense | Conv2d):
        return 0.0
    each = slope.reshape(len(layer.bias), -1).sum(axis=1, dtype=np.float64)  # a map shares one bias
    return float(each @ layer.bias.astype(np.float64))


def _carrying(
    before: Stage,
    stage: Stage,
    all_edges: Edges,
    values: NDArray[np.float32],
    slope: NDArray[np.float32],
    winner: Ids,
) -> NDArray[np.int64]:
    """The edges between two layers from a lit node to one that z depends on, of a max pool the winners' alone."""
    first, last = all_edges.ranges[stage.index]
    if stage.kind == "dense":
        lit = np.flatnonzero(values[before.offset : before.offset + before.size])
        live = np.flatnonzero(slope[stage.offset : stage.offset + stage.size])
        return np.asarray(first + live[:, None] * before.size + lit).reshape(-1)
    source, target = all_edges.source[first:last], all_edges.target[first:last]
    places = np.flatnonzero((slope != 0)[target])
    places = places[(values != 0)[source[places]]]
    if stage.index in all_edges.max_pools:
        places = places[winner[target[places]] == source[places]]
    return np.asarray(first + places)


def _cut(
    stage: int,
    ids: NDArray[np.int64],
    all_edges: Edges,
    values: NDArray[np.float32],
    slope: NDArray[np.float32],
    value: float,
    biases: float,
) -> Cut:
    each = all_edges.weight[ids] * values[all_edges.source[ids]] * slope[all_edges.target[ids]]
    order = np.argsort(-np.abs(each), kind="stable")
    order = order[: np.count_nonzero(each)]  # a weight may be 0
    ids, each = ids[order], each[order]
    total = float(each.sum(dtype=np.float64))
    running = np.cumsum(np.abs(each), dtype=np.float64)
    return Cut(stage, ids, each, running, total, biases, value - total - biases)
