"""Plan: which edges the quick and the complete picture draw, and how their ink compares.

Modes: "signal" draws weight x source value, the effective edges in full, the held-back ones at a whisper; "weights"
draws every weight; "selected" draws none: there only the edges that stand out are seen, which `standing.py` chooses.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from nodelink.graph import choose
from nodelink.graph.edges import Edges, Ids, signal
from nodelink.graph.effective import Effective, Finder, both_inks, magnitude
from nodelink.nn.network import Network


@dataclass(frozen=True, eq=False)
class Least:
    """What stands for the edges that are not drawn: by stage and sign, (stages, 2), positive ones first."""

    ink: NDArray[np.float64]  # |contribution| ** INK_EXPONENT that every drawn edge leaves at least
    strength: NDArray[np.float64]  # |contribution| that those count as which leave more than their own


class Plan:
    """The edges of one network for the current signal and edge mode."""

    def __init__(self, network: Network, edges: Edges) -> None:
        self.network, self.edges = network, edges
        self._finder = Finder(network, edges)
        self._chances = 1 / choose.luck(len(edges))
        self._drawn = np.zeros(len(edges), bool)  # in the last quick picture
        self._last: NDArray[np.int64] = np.empty(0, np.int64)
        self._weights: Effective | None = None  # every edge, for weights mode
        self._kept: tuple[int, NDArray[np.int64]] | None = None  # the last budget and its choice
        self._least: Least | None = None  # of the last quick picture
        self.mode, self.held_back, self.strongest = "signal", 0.0, 1.0
        self.hidden: frozenset[int] = frozenset()  # stages whose incoming edges are not drawn
        self.until: int | None = None  # only edges that arrive at nodes with a lower id are drawn
        nothing = np.zeros(network.nodes, np.float32)
        self.set_signal(nothing, np.zeros(network.nodes, bool), np.full(network.nodes, -1, np.int32))

    def set_signal(
        self,
        values: NDArray[np.float32],
        on: NDArray[np.bool_],
        winner: Ids,
        until: int | None = None,
    ) -> None:
        """Take what the nodes show (`edges.gates`); until: no others than nodes with a lower id are computed."""
        self._nodes = (values, on, winner)
        self.signal = self._finder.find(values, on, winner, until)
        old, self.until = self.until, until
        if self.mode != "weights" or until != old:
            self._weigh()

    def set_mode(self, mode: str, held_back: float, strongest: float = 1.0) -> None:
        """mode: see above; held_back: ink of edges into nodes that are off, 0 to 1; strongest: the share (0 to 1] of
        each pair's edges that is drawn, by |contribution|, effective ones first."""
        self.mode, self.held_back, self.strongest = mode, held_back, strongest
        self._weigh()

    def set_hidden(self, stages: Iterable[int]) -> None:
        """Leave out the edges that arrive at these stages (indices): layers at either end are not shown."""
        if frozenset(stages) != self.hidden:
            self.hidden = frozenset(stages)
            self._weigh()

    @property
    def values(self) -> NDArray[np.float32]:
        """What the nodes (nodes,) show."""
        return self._nodes[0]

    @property
    def carrying(self) -> int:
        """Edges that the complete picture draws."""
        if self.mode != "signal":
            return len(self._now.ids)
        return sum(self._quota(stage) for stage in range(len(self._now.pairs)))

    def _quota(self, stage: int) -> int:
        """Edges of one pair that the complete picture draws in signal mode."""
        first, last = self._now.pairs[stage]
        if self.held_back <= 0 or stage in self.hidden:
            return last - first
        return _count(self.strongest, self.signal.carrying[stage])

    def quick(self, budget: int) -> NDArray[np.int64]:
        """The edges (indices) to draw while something moves: all, if the budget allows; else effective ones only."""
        if budget >= self.carrying:
            self._remember(np.concatenate([self._last[:0], *self.rest(max(1, budget))]))
            return self._last
        if self._kept is None or self._kept[0] != budget:
            now = self._now
            worth = self._ink * self._chances[now.ids]
            chosen = choose.sample(worth, budget, now.pairs, self._drawn[now.ids])
            self._kept = (budget, chosen)
            self._remember(now.ids[chosen])
        return self._last

    def least(self) -> Least:
        """What every edge of the last quick picture leaves at least, so that the drawn leave as much as all would."""
        if self._least is None:
            self._least = self._found_least()
        return self._least

    def _found_least(self) -> Least:
        now, ink = self._now, self._ink
        strong, sign = ink * self._magnitude, np.sign(now.contribution)
        drawn = np.flatnonzero(self._drawn[now.ids])
        found = Least(*np.zeros((2, len(now.pairs), 2)))
        for stage, (first, last) in enumerate(now.pairs):
            mine = drawn[slice(*np.searchsorted(drawn, (first, last)))]
            whispers = self.mode == "signal" and self.strongest >= 1 and stage not in self.hidden
            whole_ink = _by_sign(ink[first:last], sign[first:last])
            whole_strong = _by_sign(strong[first:last], sign[first:last])
            if whispers:
                whole_ink += self.held_back * np.maximum(0, now.ink[stage] - whole_ink)
                whole_strong += self.held_back * np.maximum(0, now.strong[stage] - whole_strong)
            for column, side in enumerate((1, -1)):
                some = mine[sign[mine] == side]
                level = choose.level(ink[some], float(whole_ink[column]))
                found.ink[stage, column] = level
                found.strength[stage, column] = choose.strength(
                    self._magnitude[some], ink[some], level, float(whole_strong[column])
                )
        return found

    def rest(self, chunk: int) -> list[NDArray[np.int64]]:
        """All edges of the complete picture in chunks, the effective ones first."""
        ids = self._now.ids
        if self.mode == "signal" and self.held_back > 0:
            ids = np.concatenate([ids, self._held()])
        return [ids[i : i + chunk] for i in range(0, len(ids), chunk)]

    def _held(self) -> NDArray[np.int64]:
        """The held-back edges that the complete picture draws."""
        full = signal(self.edges, *self._nodes)
        carried = (full.contribution != 0) & ~full.effective
        for stage in self.hidden:
            carried[slice(*self.edges.ranges[stage])] = False
        if self.until is not None:
            carried &= self.edges.target < self.until
        held = np.flatnonzero(carried)
        if self.strongest >= 1:
            return held
        parts = []
        for stage, (first, last) in enumerate(self.edges.ranges):
            mine = held[np.searchsorted(held, first) : np.searchsorted(held, last)]
            begin, end = self._now.pairs[stage]
            room = self._quota(stage) - (end - begin)
            parts.append(mine[choose.largest(np.abs(full.contribution[mine]), room)])
        return np.concatenate(parts)

    def share(self, complete: bool) -> choose.Share:
        """The share of the effective signal (or of all weights) that is drawn, pair by pair."""
        ids = self._now.ids
        chosen = np.arange(len(ids)) if complete else np.flatnonzero(self._drawn[ids])
        return choose.share(self._magnitude, chosen, self._now.pairs, self._whole)

    def _remember(self, ids: NDArray[np.int64]) -> None:
        self._drawn[self._last] = False
        self._drawn[ids] = True
        self._last, self._least = ids, None

    def _weigh(self) -> None:
        """Which edges there are to draw, and what ink each is worth."""
        if self.mode == "weights":
            self._weights = self._weights or self._all_weights()
            self._now = self._weights
        else:
            self._now = self.signal
        if self.hidden:
            self._now = _without(self._now, self.hidden)
        if self.until is not None:
            self._now = _kept(self._now, self.edges.target[self._now.ids] < self.until)
        if self.mode == "selected":
            self._now = _kept(self._now, np.zeros(len(self._now.ids), bool))
        totals = [
            float(np.abs(self._now.contribution[a:b]).sum(dtype=np.float64)) for a, b in self._now.pairs
        ]
        if self.strongest < 1:
            self._now = self._thinned(self._now)
        self._whole = totals
        self._magnitude = magnitude(self._now.contribution)
        self._ink = self._magnitude * np.sqrt(self._magnitude)  # ** INK_EXPONENT, but fast
        self._kept = self._least = None

    def _thinned(self, now: Effective) -> Effective:
        """The strongest edges of every pair, the share `strongest` of those that carry signal (or of all weights)."""
        keep = np.zeros(len(now.ids), bool)
        for (first, last), carrying in zip(now.pairs, now.carrying, strict=True):
            count = _count(self.strongest, carrying)
            keep[first + choose.largest(np.abs(now.contribution[first:last]), count)] = True
        return _kept(now, keep)

    def _all_weights(self) -> Effective:
        weight, ranges = self.edges.weight, self.edges.ranges
        ink, strong = np.stack([both_inks(weight[a:b]) for a, b in ranges], axis=1)
        return Effective(np.arange(len(weight)), weight, ranges, tuple(b - a for a, b in ranges), ink, strong)


def _by_sign(each: NDArray[np.floating], sign: NDArray[np.float32]) -> NDArray[np.float64]:
    """The sums of `each` over the positive and over the negative edges."""
    total, balance = float(each.sum(dtype=np.float64)), float(np.dot(each, sign))
    return np.array([total + balance, total - balance]) / 2


def _count(share: float, of: int) -> int:
    return math.ceil(share * of)


def _kept(now: Effective, keep: NDArray[np.bool_]) -> Effective:
    """Only the marked edges."""
    before = np.concatenate([[0], np.cumsum(keep)])
    pairs = tuple((int(before[a]), int(before[b])) for a, b in now.pairs)
    return replace(now, ids=now.ids[keep], contribution=now.contribution[keep], pairs=pairs)


def _without(now: Effective, stages: Iterable[int]) -> Effective:
    """Only the edges that arrive at other stages."""
    keep = np.ones(len(now.ids), bool)
    for stage in stages:
        keep[slice(*now.pairs[stage])] = False
    return _kept(now, keep)
