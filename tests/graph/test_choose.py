"""The choice of edges: the budget holds, no pair stands empty, nothing flickers, and a sample stands for the whole."""

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


@pytest.mark.parametrize("budget", [0, *BUDGETS, 10**6])
def test_a_budget_is_dealt_out_in_full_and_no_pair_gets_more_than_it_has(budget: int) -> None:
    sizes = (0, 1024, 3, 32, 0, 900)
    dealt = choose.deal(budget, sizes)
    assert sum(dealt) == min(budget, sum(sizes))
    assert all(0 <= mine <= size for mine, size in zip(dealt, sizes, strict=True))
    if budget >= 8:
        assert all(mine > 0 for mine, size in zip(dealt, sizes, strict=True) if size)


def test_a_pair_with_thirty_two_times_the_edges_gets_four_times_as_many() -> None:
    assert choose.deal(100, (1024, 32)) == [80, 20]
    assert choose.deal(10, ()) == []


@random_signals
@every_budget
def test_of_each_pair_those_of_most_worth_are_chosen(seed: int, budget: int) -> None:
    worth = signal_of(seed)
    chosen = choose.sample(worth, budget, PAIRS)
    carrying = [np.flatnonzero(worth[first:last]) + first for first, last in PAIRS]
    for mine, count in zip(carrying, choose.deal(budget, [len(c) for c in carrying]), strict=True):
        best = mine[np.argsort(-worth[mine], kind="stable")[:count]]
        assert set(np.intersect1d(chosen, mine).tolist()) == set(best.tolist())


@random_signals
@every_budget
def test_the_budget_is_used_up_and_never_exceeded(seed: int, budget: int) -> None:
    strength = signal_of(seed)
    chosen = choose.sample(strength, budget, PAIRS)
    assert len(chosen) == min(budget, np.count_nonzero(strength))
    assert len(np.unique(chosen)) == len(chosen)


@random_signals
def test_edges_without_signal_are_never_chosen(seed: int) -> None:
    strength = signal_of(seed)
    for budget in (10, 10_000):
        assert (strength[choose.sample(strength, budget, PAIRS)] > 0).all()


def test_when_everything_fits_everything_is_chosen() -> None:
    strength = signal_of(0)
    carrying = np.flatnonzero(strength)
    for budget in (len(carrying), len(carrying) + 1, 10**9):
        assert np.array_equal(np.sort(choose.sample(strength, budget, PAIRS)), carrying)


def test_no_budget_and_no_signal_choose_nothing() -> None:
    assert not len(choose.sample(signal_of(0), 0, PAIRS))
    assert not len(choose.sample(np.zeros(1500), 100, PAIRS))
    assert not len(choose.sample(np.zeros(0), 100, ()))


@random_signals
@pytest.mark.parametrize("budget", [b for b in BUDGETS if b >= 2 * len(PAIRS)])
def test_every_pair_that_carries_signal_is_drawn(seed: int, budget: int) -> None:
    strength = signal_of(seed)
    strength[slice(*PAIRS[1])] *= 1e-9
    chosen = choose.sample(strength, budget, PAIRS)
    for first, last in PAIRS:
        assert ((chosen >= first) & (chosen < last)).any()


def test_what_a_silent_pair_leaves_goes_to_the_others() -> None:
    strength = signal_of(0)
    strength[slice(*PAIRS[3])] = 0
    assert len(choose.sample(strength, 200, PAIRS)) == 200


def test_edges_of_the_last_picture_stay_when_strengths_tremble() -> None:
    strength, rng = signal_of(1), np.random.default_rng(9)
    first = choose.sample(strength, 200, PAIRS)
    drawn = np.zeros(len(strength), bool)
    drawn[first] = True
    for _ in range(10):
        trembling = strength * rng.uniform(1, 1.2, len(strength))
        assert set(choose.sample(trembling, 200, PAIRS, drawn).tolist()) == set(first.tolist())


def test_an_edge_that_becomes_much_stronger_takes_a_place() -> None:
    strength = signal_of(1)
    drawn = np.zeros(len(strength), bool)
    drawn[choose.sample(strength, 200, PAIRS)] = True
    newcomer = int(np.flatnonzero((strength > 0) & ~drawn)[0])
    strength[newcomer] = 2 * strength.max()
    after = choose.sample(strength, 200, PAIRS, drawn)
    assert newcomer in after
    assert np.count_nonzero(drawn[after]) == 199


def test_an_edge_that_falls_silent_is_dropped_though_it_was_drawn() -> None:
    strength = signal_of(1)
    drawn = np.zeros(len(strength), bool)
    drawn[choose.sample(strength, 200, PAIRS)] = True
    silent = np.flatnonzero(drawn)[::2]
    strength[silent] = 0
    assert not np.intersect1d(choose.sample(strength, 200, PAIRS, drawn), silent).size


@random_signals
def test_shares_are_sums_drawn_over_sums_of_all(seed: int) -> None:
    magnitude = signal_of(seed)
    chosen = choose.sample(magnitude, 150, PAIRS)
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


def test_an_edge_has_the_same_luck_for_ever_and_luck_is_evenly_spread() -> None:
    luck = choose.luck(300_000).astype(float)
    assert np.array_equal(choose.luck(100), choose.luck(300_000)[:100])
    assert 0 < luck.min() < 1e-4
    assert luck.max() <= 1
    for part in np.array_split(luck, 30):
        counts, _ = np.histogram(part, 10, (0, 1))
        assert counts == pytest.approx(len(part) / 10, rel=0.15)
    for step in (1, 2, 25, 28, 784):  # neighbours in a row, a kernel, a map
        assert abs(np.corrcoef(luck[:-step], luck[step:])[0, 1]) < 0.02


@random_signals
def test_a_sample_stands_for_the_whole_wherever_one_looks(seed: int) -> None:
    """Raised to the level at which they add up to all, the drawn edges of any part add up to that part's ink."""
    rng = np.random.default_rng(seed)
    ink = rng.exponential(1, 3000) ** 3
    part = rng.random(3000) < 0.3
    found = []
    for luck in rng.uniform(1e-6, 1, (200, 3000)):
        chosen = choose.sample(ink / luck, 300, ((0, 3000),))
        raised = np.maximum(ink[chosen], choose.level(ink[chosen], float(ink.sum())))
        assert raised.sum() == pytest.approx(ink.sum())
        found.append(raised[part[chosen]].sum())
    assert np.mean(found) == pytest.approx(ink[part].sum(), rel=0.03)
    assert np.std(found) < 0.1 * ink[part].sum()


def test_the_strongest_are_always_in_the_sample() -> None:
    ink = signal_of(2)
    worth = ink / np.maximum(choose.luck(len(ink)), 1e-6)
    chosen = choose.sample(worth, 600, PAIRS)
    for first, last in PAIRS:
        inside = chosen[(chosen >= first) & (chosen < last)]
        most = np.argsort(-ink[first:last])[: len(inside) // 4] + first
        assert np.isin(most, inside).all()


@random_signals
@pytest.mark.parametrize("share", [0.5, 1.0, 1.3, 40.0])
def test_raised_to_their_level_edges_add_up_to_what_they_should(seed: int, share: float) -> None:
    ink = np.random.default_rng(seed).exponential(1, 50) ** 2
    whole = share * float(ink.sum())
    level = choose.level(ink, whole)
    assert np.maximum(ink, level).sum() == pytest.approx(max(whole, ink.sum()))
    assert (level == 0) == (share <= 1)


def test_what_raised_edges_count_as_makes_up_for_those_that_are_missing() -> None:
    size, ink = np.array([1.0, 2.0, 5.0]), np.array([1.0, 3.0, 10.0])
    counts = choose.strength(size, ink, 4.0, 80.0)  # the first two leave 4 each, the last keeps its 10 x 5
    assert 4 * counts + 4 * counts + 10 * 5 == pytest.approx(80)
    assert (
        choose.strength(size, ink, 4.0, 30.0) == 0.0
    )  # the strong alone count as more: none is below nothing
    assert choose.strength(size, ink, 1.0, 80.0) == 0.0  # none is raised


def test_of_no_edges_there_is_no_level() -> None:
    assert choose.level(np.empty(0), 5.0) == 0.0
