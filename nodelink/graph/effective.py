"""Effective edges: those that carry signal into a node that is on, found without looking at all the others.

Of the CNN's 334,904 edges about a tenth are effective for a given digit, of the MLP's 266,200 about a thirtieth. A
dense layer's are the weights in the rows of units that are on and the columns of sources that are lit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nodelink.graph.edges import Edges, Ids
from nodelink.nn.calibration import INK_EXPONENT
from nodelink.nn.network import Network

LARGE = 1e12  # the 2.5th powers of so many numbers up to here add up within float32


@dataclass(frozen=True, eq=False)
class Effective:
    """The effective edges for one input, in the order of `Edges`."""

    ids: NDArray[np.int64]  # (n,) indices of edges
    contribution: NDArray[np.float32]  # (n,) weight x source output
    pairs: tuple[tuple[int, int], ...]  # per stage: first and one past the last of its edges in these arrays
    carrying: tuple[int, ...]  # per stage: edges arriving there that carry signal, effective or not
    ink: NDArray[
        np.float64
    ]  # (stages, 2): |contribution| ** INK_EXPONENT of all that carry signal, positive, negative
    strong: NDArray[np.float64]  # (stages, 2): the same times |contribution|


class Finder:
    """What finding them needs to know of a network, worked out once."""

    def __init__(self, network: Network, edges: Edges) -> None:
        self.network, self.edges = network, edges
        pool = np.zeros(len(edges), bool)
        for stage in edges.max_pools:
            pool[slice(*edges.ranges[stage])] = True
        counts = (edges.weight != 0) & ~pool
        self._runs = {
            stage.index: _runs(edges.target[slice(*edges.ranges[stage.index])])
            for stage in network.stages
            if stage.kind != "dense"
        }
        self._out_degree = np.bincount(edges.source[counts], minlength=network.nodes)
        # a pair's whole ink is a sum over its sources: |w a| ** k = |w| ** k |a| ** k
        size = magnitude(edges.weight)
        ink = np.where(counts, size**INK_EXPONENT, 0)
        self._out = [
            [
                np.bincount(edges.source, np.where(side, each, 0), minlength=network.nodes)
                for side in (edges.weight > 0, edges.weight < 0)
            ]
            for each in (ink, ink * size)
        ]

    def find(
        self,
        values: NDArray[np.float32],
        on: NDArray[np.bool_],
        winner: Ids,
        until: int | None = None,
    ) -> Effective:
        """The effective edges; `values` (nodes,) are the outputs, `on` and `winner` come from `edges.gates`.

        until: only edges to nodes with a lower id count, the others are not computed yet.
        """
        ids, contributions, pairs = [], [], []
        count = 0
        on = on if until is None else on & (np.arange(len(on)) < until)
        ink, strong = self._all_ink(values)
        carrying = self._arriving(np.where(values != 0, self._out_degree, 0)).astype(int)
        for stage, (first, last) in zip(self.network.stages, self.edges.ranges, strict=True):
            if stage.kind == "dense":
                mine, contribution = self._dense(stage.index, first, values, on)
            else:
                mine, contribution = self._sparse(stage.index, first, last, values, on, winner)
                if stage.index in self.edges.max_pools:
                    carrying[stage.index] = len(mine)
                    ink[stage.index], strong[stage.index] = both_inks(contribution)
            ids.append(mine)
            contributions.append(contribution)
            pairs.append((count, count + len(mine)))
            count += len(mine)
        if until is not None:
            self._count_until(until, values, winner, carrying, ink, strong)
        ready = np.concatenate(ids), np.concatenate(contributions)
        return Effective(*ready, tuple(pairs), tuple(carrying.tolist()), ink, strong)

    def _count_until(
        self,
        until: int,
        values: NDArray[np.float32],
        winner: Ids,
        carrying: NDArray[np.integer],
        ink: NDArray[np.float64],
        strong: NDArray[np.float64],
    ) -> None:
        """Set `carrying`, `ink` and `strong` of the stages that have nodes from `until` on right."""
        for stage, (first, last) in zip(self.network.stages, self.edges.ranges, strict=True):
            if stage.offset + stage.size <= until:
                continue
            carrying[stage.index], ink[stage.index], strong[stage.index] = 0, 0.0, 0.0
            if stage.offset < until:
                mine = first + np.flatnonzero(self.edges.target[first:last] < until)
                source, target = self.edges.source[mine], self.edges.target[mine]
                contribution = self.edges.weight[mine] * values[source]
                if stage.index in self.edges.max_pools:
                    contribution = contribution[winner[target] == source]
                carrying[stage.index] = np.count_nonzero(contribution)
                ink[stage.index], strong[stage.index] = both_inks(contribution)

    def _all_ink(self, values: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """`Effective.ink` and `.strong`; a negative value turns what its weights add into what they take away."""
        size, above = magnitude(values), values > 0
        ink, (plus, minus), (more, less) = size**INK_EXPONENT, *self._out
        strong = ink * size
        all_ink = ink * np.where(above, plus, minus), ink * np.where(above, minus, plus)
        all_strong = strong * np.where(above, more, less), strong * np.where(above, less, more)
        return self._arriving(np.stack(all_ink)), self._arriving(np.stack(all_strong))

    def _arriving(self, each: NDArray[np.floating | np.integer]) -> NDArray[np.float64]:
        """Per stage (stages, ...), the sum over its sources of `each` (..., nodes): edges lead to the next one."""
        starts = [stage.offset for stage in self.network.stages]
        sums = np.add.reduceat(each, starts, axis=-1).T
        return np.concatenate([np.zeros((1, *sums.shape[1:])), sums[:-1]])

    def _dense(
        self, index: int, first: int, values: NDArray[np.float32], on: NDArray[np.bool_]
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        stage, before = self.network.stages[index], self.network.stages[index - 1]
        x = values[before.offset : before.offset + before.size]
        lit = np.flatnonzero(x)
        rows = np.flatnonzero(on[stage.offset : stage.offset + stage.size])
        places = (rows[:, None] * before.size + lit).reshape(-1)
        contribution = self.edges.weight[first + places] * np.tile(x[lit], len(rows))
        return _carrying(first + places, contribution)

    def _sparse(
        self,
        index: int,
        first: int,
        last: int,
        values: NDArray[np.float32],
        on: NDArray[np.bool_],
        winner: Ids,
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        source, target = self.edges.source[first:last], self.edges.target[first:last]
        targets, length = self._runs[index]
        rows = np.flatnonzero(on[targets])
        places = (rows[:, None] * length + np.arange(length)).reshape(-1)
        places = places[(values != 0)[source[places]]]
        if index in self.edges.max_pools:
            places = places[winner[target[places]] == source[places]]
        contribution = self.edges.weight[first + places] * values[source[places]]
        return _carrying(first + places, contribution)


def _runs(target: Ids) -> tuple[Ids, int]:
    """Edges (n,) as runs that arrive at one node: the node of each run, and how long all of them are.

    A kernel that lies wholly on the map below is one run; where padding cuts some short, so is every single edge.
    """
    starts = np.concatenate([[0], np.flatnonzero(np.diff(target)) + 1])
    length = int(starts[1]) if len(starts) > 1 else max(1, len(target))
    if len(target) % length or len(starts) * length != len(target) or (np.diff(starts) != length).any():
        length = 1
    return target[::length].copy(), length


def magnitude(values: NDArray[np.floating]) -> NDArray[np.floating]:
    """|values|, in float64 where the powers that ink is made of would leave the range of float32."""
    size: NDArray[np.floating] = np.abs(values)
    return size.astype(np.float64) if size.max(initial=0.0) > LARGE else size


def both_inks(contribution: NDArray[np.floating]) -> NDArray[np.float64]:
    """The sums of |contribution| ** INK_EXPONENT, and of that times |contribution|, (2, 2): the second index is 0 for
    the positive ones and 1 for the negative ones."""
    size, above = magnitude(contribution), contribution > 0
    ink = size**INK_EXPONENT
    return np.array(
        [[each[side].sum(dtype=np.float64) for side in (above, ~above)] for each in (ink, ink * size)]
    )


def _carrying(
    ids: NDArray[np.int64], contribution: NDArray[np.float32]
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Without the edges whose weight is zero."""
    some = contribution != 0
    return (ids, contribution) if some.all() else (ids[some], contribution[some])
