"""Plan: which edges the quick and the complete picture draw, and how their ink compares."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nodelink.graph import choose
from nodelink.graph.edges import Edges, Ids, signal
from nodelink.graph.effective import Effective, Finder
from nodelink.nn.calibration import INK_EXPONENT
from nodelink.nn.network import Network

LARGEST_BOOST = 8.0  # so many times is rationed ink scaled up at most


class Plan:
    """The edges of one network for the current signal and edge mode."""

    def __init__(self, network: Network, edges: Edges) -> None:
        self.network, self.edges = network, edges
        self._finder = Finder(network, edges)
        self._drawn = np.zeros(len(edges), bool)  # in the last quick picture
        self._last: NDArray[np.int64] = np.empty(0, np.int64)
        self._weights: Effective | None = None  # every edge, for weights mode
        self._kept: tuple[int, NDArray[np.int64]] | None = None  # the last budget and its choice
        self.mode, self.held_back = "signal", 0.0
        nothing = np.zeros(network.nodes, np.float32)
        self.set_signal(nothing, np.zeros(network.nodes, bool), np.full(network.nodes, -1, np.int32))

    def set_signal(self, values: NDArray[np.float32], on: NDArray[np.bool_], winner: Ids) -> None:
        """Take what the nodes show (`edges.gates`)."""
        self._nodes = (values, on, winner)
        self.signal = self._finder.find(values, on, winner)
        self._weigh()

    def set_mode(self, mode: str, held_back: float) -> None:
        """mode: "signal" or "weights"; held_back: ink of edges into nodes that are off, 0 to 1."""
        self.mode, self.held_back = mode, held_back
        self._weigh()

    @property
    def carrying(self) -> int:
        """Edges that the complete picture draws."""
        if self.mode == "weights" or self.held_back > 0:
            return len(self.edges) if self.mode == "weights" else self.signal.carrying
        return len(self._now.ids)

    def quick(self, budget: int) -> NDArray[np.int64]:
        """The edges (indices) to draw while something moves: all, if the budget allows; else effective ones only."""
        if budget >= self.carrying:
            self._remember(np.concatenate(self.rest(max(1, budget))) if self.carrying else self._last[:0])
            return self._last
        if self._kept is None or self._kept[0] != budget:
            now = self._now
            drawn = self._drawn[now.ids]
            chosen = choose.strongest(self._strength, budget, now.pairs, drawn)
            self._kept = (budget, chosen)
            self._remember(now.ids[chosen])
        return self._last

    def boost(self) -> NDArray[np.float64]:
        """Per stage: all ink over the ink of the last quick picture, so that fewer edges are not a darker picture."""
        now = self._now
        drawn = self._drawn[now.ids]
        result = np.ones(len(now.pairs))
        for stage, (first, last) in enumerate(now.pairs):
            mine = float(self._ink[first:last][drawn[first:last]].sum(dtype=np.float64))
            effective = float(self._ink[first:last].sum(dtype=np.float64))
            held = 0.0 if self.mode == "weights" else self.held_back * max(0.0, now.ink[stage] - effective)
            if mine > 0:
                result[stage] = min(LARGEST_BOOST, (effective + held) / mine)
        return result

    def rest(self, chunk: int) -> list[NDArray[np.int64]]:
        """All edges of the complete picture in chunks, the effective ones first."""
        ids = self._now.ids
        if self.mode == "signal" and self.held_back > 0:
            full = signal(self.edges, *self._nodes)
            ids = np.concatenate([ids, np.flatnonzero((full.contribution != 0) & ~full.effective)])
        return [ids[i : i + chunk] for i in range(0, len(ids), chunk)]

    def share(self, complete: bool) -> choose.Share:
        """The share of the effective signal that is drawn."""
        now = self._now
        if complete:
            return choose.Share(tuple(1.0 if b > a else float("nan") for a, b in now.pairs))
        return choose.share(self._magnitude, np.flatnonzero(self._drawn[now.ids]), now.pairs)

    def _remember(self, ids: NDArray[np.int64]) -> None:
        self._drawn[self._last] = False
        self._drawn[ids] = True
        self._last = ids

    def _weigh(self) -> None:
        """What every edge's ink is worth, and its share of its pair: the strongest give the largest mean share."""
        if self.mode == "weights":
            self._weights = self._weights or self._all_weights()
            self._now = self._weights
        else:
            self._now = self.signal
        self._magnitude = np.abs(self._now.contribution)
        self._ink = self._magnitude * np.sqrt(self._magnitude)  # ** INK_EXPONENT, but fast
        self._strength = self._magnitude.copy()
        for first, last in self._now.pairs:
            total = float(self._strength[first:last].sum(dtype=np.float64))
            if total > 0:
                self._strength[first:last] /= total
        self._kept = None

    def _all_weights(self) -> Effective:
        weight = self.edges.weight
        ink = np.array([(np.abs(weight[a:b]) ** INK_EXPONENT).sum(dtype=float) for a, b in self.edges.ranges])
        return Effective(np.arange(len(weight)), weight, self.edges.ranges, len(weight), ink)
