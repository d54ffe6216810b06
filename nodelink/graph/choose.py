"""Choose: which edges to draw when not all of them fit, how dark, and what share of the signal they carry.

A picture of the strongest edges alone means something else than the picture of all: a few glaring lines where there is
a mass. So the choice is a priority sample (Duffield, Lund and Thorup, 2007, "Priority sampling for estimation of
arbitrary subset sums"): every edge has a luck of its own, fixed for ever, and those with the most ink over luck are
drawn. The strong are always among them, and with their own ink; of the weak a fair sample, each with the ink and
the strength of those that it stands for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

KEEP = 1.5  # an edge drawn in the last picture counts as so much stronger: edges do not flicker
CROWDED = 0.4  # a pair with twice the edges is given 2 ** CROWDED times as many of the budget


def luck(count: int) -> NDArray[np.float32]:
    """The luck of `count` edges, (count,) in (0, 1], evenly spread; of edge i the same at all times."""
    mixed = np.arange(count, dtype=np.uint32) * np.uint32(2654435761)  # Knuth's multiplicative hash
    mixed = (mixed ^ (mixed >> np.uint32(16))) * np.uint32(0x45D9F3B)
    mixed ^= mixed >> np.uint32(16)
    return np.asarray(((mixed >> np.uint32(8)).astype(np.float32) + 1) / np.float32(1 << 24))


def sample(
    worth: NDArray[np.floating],
    budget: int,
    pairs: Sequence[tuple[int, int]],
    drawn: NDArray[np.bool_] | None = None,
) -> NDArray[np.int64]:
    """Indices of at most `budget` edges with positive `worth` (edges,), ink over luck, in rising order.

    Each pair of layers is dealt its part, so that none stands empty.

    pairs: the range of edges of each pair of layers. drawn: the edges of the previous picture; they are kept unless an
    edge of more worth by KEEP takes their place.
    """
    candidates = np.flatnonzero(worth > 0)
    if len(candidates) <= budget:
        return candidates
    key = worth[candidates]
    if drawn is not None:
        key = np.where(drawn[candidates], key * KEEP, key)
    bounds = [tuple(np.searchsorted(candidates, pair).tolist()) for pair in pairs]
    counts = deal(budget, [high - low for low, high in bounds])
    taken = np.zeros(len(candidates), bool)
    for (low, high), count in zip(bounds, counts, strict=True):
        taken[low + largest(key[low:high], count)] = True
    return candidates[taken]


def deal(budget: int, sizes: Sequence[int]) -> list[int]:
    """Parts of `budget` for pairs with so many edges to draw: in proportion to size ** CROWDED, none more than there
    are, all of it used up where there are edges enough."""
    room = np.array(sizes, int)
    weight = np.where(room > 0, np.power(np.maximum(room, 1), CROWDED), 0)
    dealt = np.zeros(len(sizes), int)
    part = np.minimum(room, 1)  # first of all one each
    while (left := budget - int(dealt.sum())) > 0 and room.any():
        if not 0 < part.sum() <= left:
            part = np.zeros(len(sizes), int)
            part[np.argsort(-weight, kind="stable")[: min(left, np.count_nonzero(room))]] = 1
        dealt += np.minimum(part, room)
        room = np.array(sizes, int) - dealt
        weight[room == 0] = 0
        part = np.floor((budget - dealt.sum()) * weight / max(weight.sum(), 1e-9)).astype(int)
    return [int(count) for count in dealt]


def level(ink: NDArray[np.floating], whole: float) -> float:
    """The least ink for each of the drawn edges at which they add up to `whole`; 0 if they do so by themselves."""
    if not len(ink) or (total := float(ink.sum(dtype=np.float64))) >= whole:
        return 0.0
    rising = np.sort(ink).astype(np.float64)
    raised = (whole - total + np.cumsum(rising)) / np.arange(
        1, len(rising) + 1
    )  # if the first so many are raised
    return float(raised[int(np.argmax(raised <= np.append(rising[1:], np.inf)))])


def strength(magnitude: NDArray[np.floating], ink: NDArray[np.floating], level: float, whole: float) -> float:
    """The |contribution| that the drawn edges count as whose `ink` is raised to `level`, so that ink x |contribution|
    of all the drawn adds up to `whole`; 0 where none is raised."""
    raised = ink < level
    if not (count := int(np.count_nonzero(raised))):
        return 0.0
    others = float(np.dot(magnitude[~raised], ink[~raised]))
    return max(0.0, whole - others) / (count * level)


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
