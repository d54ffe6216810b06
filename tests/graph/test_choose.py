"""The choice of edges against a plain sort: the budget holds, no pair stands empty, nothing flickers."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from nodelink.graph import choose

Wide = NDArray[np.float64]
PAIRS = ((0, 400), (400, 1000), (1000, 1010), (1010, 1500))
BUDGETS = (1, 2, 7, 8, 40, 300, 900, 1400)

random_signals = pytest.mark.parametrize("seed", range(6))
every_budget = pytest.mark.parametrize("budget", BUDGETS)


def signal_of(seed: int) -> Wide:
    """Strengths of 1500 edges in four pairs of very different size and strength; a third carries nothing."""
    rng = np.random.default_rng(seed)
    strength = rng.exponential(1, PAIRS[-1][1]) * np.repeat([1.0, 0.01, 5.0, 0.3], [400, 600, 10, 490])
    return np.where(rng.random(len(strength)) < 1 / 3, 0.0, strength)


def by_sorting(strength: Wide, budget: int) -> set[int]:
    """Half of the budget dealt out evenly to the pairs, the other half to the strongest of what is left."""
    order = [int(i) for i in np.argsort(-strength, kind="stable") if strength[i] > 0]
    taken: list[int] = []
    for first, last in PAIRS:
        taken += [i for i in order if first <= i < last][: budget // (2 * len(PAIRS))]
    rest = [i for i in order if i not in set(taken)]
    return set(taken + rest[: budget - len(taken)])


@random_signals
@every_budget
def test_the_choice_is_what_sorting_gives(seed: int, budget: int) -> None:
    strength = signal_of(seed)
    assert set(choose.strongest(strength, budget, PAIRS).tolist()) == by_sorting(strength, budget)


@random_signals
@every_budget
def test_the_budget_is_used_up_and_never_exceeded(seed: int, budget: int) -> None:
    strength = signal_of(seed)
    chosen = choose.strongest(strength, budget, PAIRS)
    assert len(chosen) == min(budget, np.count_nonzero(strength))
    assert len(np.unique(chosen)) == len(chosen)


@random_signals
def test_edges_without_signal_are_never_chosen(seed: int) -> None:
    strength = signal_of(seed)
    for budget in (10, 10_000):
        assert (strength[choose.strongest(strength, budget, PAIRS)] > 0).all()


def test_when_everything_fits_everything_is_chosen() -> None:
    strength = signal_of(0)
    carrying = np.flatnonzero(strength)
    for budget in (len(carrying), len(carrying) + 1, 10**9):
        assert np.array_equal(np.sort(choose.strongest(strength, budget, PAIRS)), carrying)


def test_no_budget_and_no_signal_choose_nothing() -> None:
    assert not len(choose.strongest(signal_of(0), 0, PAIRS))
    assert not len(choose.strongest(np.zeros(1500), 100, PAIRS))
    assert not len(choose.strongest(np.zeros(0), 100, ()))


@random_signals
@pytest.mark.parametrize("budget", [b for b in BUDGETS if b >= 2 * len(PAIRS)])
def test_every_pair_that_carries_signal_is_drawn(seed: int, budget: int) -> None:
    strength = signal_of(seed)
    strength[slice(*PAIRS[1])] *= 1e-9
    chosen = choose.strongest(strength, budget, PAIRS)
    for first, last in PAIRS:
        assert ((chosen >= first) & (chosen < last)).any()


def test_what_a_silent_pair_leaves_goes_to_the_others() -> None:
    strength = signal_of(0)
    strength[slice(*PAIRS[3])] = 0
    assert len(choose.strongest(strength, 200, PAIRS)) == 200


def test_edges_of_the_last_picture_stay_when_strengths_tremble() -> None:
    strength, rng = signal_of(1), np.random.default_rng(9)
    first = choose.strongest(strength, 200, PAIRS)
    drawn = np.zeros(len(strength), bool)
    drawn[first] = True
    for _ in range(10):
        trembling = strength * rng.uniform(1, 1.2, len(strength))
        assert set(choose.strongest(trembling, 200, PAIRS, drawn).tolist()) == set(first.tolist())


def test_an_edge_that_becomes_much_stronger_takes_a_place() -> None:
    strength = signal_of(1)
    drawn = np.zeros(len(strength), bool)
    drawn[choose.strongest(strength, 200, PAIRS)] = True
    newcomer = int(np.flatnonzero((strength > 0) & ~drawn)[0])
    strength[newcomer] = 2 * strength.max()
    after = choose.strongest(strength, 200, PAIRS, drawn)
    assert newcomer in after
    assert np.count_nonzero(drawn[after]) == 199


def test_an_edge_that_falls_silent_is_dropped_though_it_was_drawn() -> None:
    strength = signal_of(1)
    drawn = np.zeros(len(strength), bool)
    drawn[choose.strongest(strength, 200, PAIRS)] = True
    silent = np.flatnonzero(drawn)[::2]
    strength[silent] = 0
    assert not np.intersect1d(choose.strongest(strength, 200, PAIRS, drawn), silent).size


@random_signals
def test_shares_are_sums_drawn_over_sums_of_all(seed: int) -> None:
    magnitude = signal_of(seed)
    chosen = choose.strongest(magnitude, 150, PAIRS)
    found = choose.share(magnitude, chosen, PAIRS)
    mine = set(chosen.tolist())
    expected = [
        sum(magnitude[i] for i in range(first, last) if i in mine) / sum(magnitude[first:last])
        for first, last in PAIRS
    ]
    assert found.per_pair == pytest.approx(expected)
    assert found.mean == pytest.approx(sum(expected) / len(expected))
    assert found.least == pytest.approx(min(expected))
    assert 0 < found.least <= found.mean < 1


def test_a_pair_without_signal_does_not_count_in_the_shares() -> None:
    magnitude = np.array([1.0, 3.0, 0.0, 0.0, 2.0])
    found = choose.share(magnitude, np.array([1]), ((0, 2), (2, 4), (4, 5)))
    assert found.per_pair[0] == 0.75
    assert np.isnan(found.per_pair[1])
    assert (found.mean, found.least) == (0.375, 0.0)


def test_of_no_signal_at_all_nothing_is_missing() -> None:
    found = choose.share(np.zeros(4), np.array([], int), ((0, 2), (2, 4)))
    assert (found.mean, found.least) == (1.0, 1.0)


def test_a_million_small_shares_add_up_in_full() -> None:
    """Single precision would stop counting at a strong edge followed by many faint ones."""
    magnitude = np.full(1_000_000, 0.01, np.float32)
    magnitude[0] = 1e6
    found = choose.share(magnitude, np.arange(1, len(magnitude)), ((0, len(magnitude)),))
    assert found.mean == pytest.approx(9999.99 / 1_009_999.99, rel=1e-6)
