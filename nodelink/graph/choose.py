"""Choose: which edges to draw when not all of them fit, and what share of the signal they carry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

KEEP = 1.25  # an edge drawn in the last picture counts as so much stronger: edges do not flicker


def strongest(
    strength: NDArray[np.floating],
    budget: int,
    pairs: Sequence[tuple[int, int]],
    drawn: NDArray[np.bool_] | None = None,
) -> NDArray[np.int64]:
    """Indices of at most `budget` edges with positive `strength` (edges,), in any order.

    Half of the budget is dealt out evenly, so that no pair of layers stands empty; the rest goes to the strongest.

    pairs: the range of edges of each pair of layers. drawn: the edges of the previous picture; they are kept unless an
    edge stronger by KEEP takes their place.
    """
    candidates = np.flatnonzero(strength > 0)
    if len(candidates) <= budget:
        return candidates
    key = strength[candidates]
    if drawn is not None:
        key = np.where(drawn[candidates], key * KEEP, key)
    taken = np.zeros(len(candidates), bool)
    each = budget // (2 * max(1, len(pairs)))
    for first, last in pairs:
        low, high = np.searchsorted(candidates, (first, last))
        taken[low + largest(key[low:high], each)] = True
    others = np.flatnonzero(~taken)
    taken[others[largest(key[others], budget - int(taken.sum()))]] = True
    return candidates[taken]


def largest(values: NDArray[np.floating], count: int) -> NDArray[np.int64]:
    """Indices of the `count` largest values, in any order."""
    if count >= len(values) or count <= 0:
        return np.arange(len(values) if count > 0 else 0)
    return np.argpartition(values, len(values) - count)[len(values) - count :]


@dataclass(frozen=True)
class Share:
    """How much of the signal a choice carries, over the layer pairs that carry any."""

    per_pair: tuple[float, ...]  # sum of |contribution| drawn over sum of all; nan where nothing is carried

    @property
    def mean(self) -> float:
        """Mean over the pairs, 0 to 1; 1 when no pair carries anything."""
        known = [s for s in self.per_pair if s == s]
        return float(np.mean(known)) if known else 1.0

    @property
    def least(self) -> float:
        """The worst pair, 0 to 1."""
        return min((s for s in self.per_pair if s == s), default=1.0)


def share(
    magnitude: NDArray[np.floating],
    chosen: NDArray[np.int64],
    pairs: Sequence[tuple[int, int]],
    totals: Sequence[float] | None = None,
) -> Share:
    """The share of `magnitude` (edges,), |contribution| of the edges that count, that `chosen` carries, by pair.

    totals: of each pair, where `magnitude` has not all of it.
    """
    drawn = np.zeros(len(magnitude), bool)
    drawn[chosen] = True
    shares = []
    for pair, (first, last) in enumerate(pairs):
        part = magnitude[first:last]
        total = float(part.sum(dtype=np.float64)) if totals is None else totals[pair]
        mine = float(part[drawn[first:last]].sum(dtype=np.float64))
        shares.append(min(1.0, mine / total) if total > 0 else float("nan"))
    return Share(tuple(shares))
