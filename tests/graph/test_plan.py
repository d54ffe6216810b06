"""The plan of a picture: what is drawn quickly, what is drawn at last, and how bright the one is beside the other."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nodelink.graph import edges as graph_edges
from nodelink.graph.plan import Plan
from nodelink.graph.scales import relative
from nodelink.nn.changes import WeightScale, changed
from nodelink.nn.network import Network
from tests import networks

NETWORKS = [networks.cnn(), networks.mini(), networks.random_network(3)]


def planned(network: Network, mode: str = "signal", **options: float) -> tuple[Plan, graph_edges.Signal]:
    """A plan for a half-blank random input, and what every edge carries."""
    rng = np.random.default_rng(5)
    x = rng.random(network.input_shape, np.float32) * (rng.random(network.input_shape) < 0.3)
    activations = network.forward(x.astype(np.float32))
    plan = Plan(network, graph_edges.edges(network))
    on, winner = graph_edges.gates(network, activations)
    plan.set_signal(activations.values(), on, winner)
    plan.set_mode(mode, options.get("held_back", 0.1), options.get("strongest", 1.0))
    return plan, graph_edges.signal(plan.edges, activations.values(), on, winner)


def all_of(plan: Plan) -> list[int]:
    return sorted(np.concatenate(plan.rest(1000)).tolist())


@pytest.mark.parametrize("network", NETWORKS, ids=lambda n: n.name)
def test_the_complete_picture_has_every_edge_that_carries_signal_once(network: Network) -> None:
    plan, carried = planned(network)
    assert all_of(plan) == np.flatnonzero(carried.contribution).tolist()
    assert plan.carrying == np.count_nonzero(carried.contribution)


def test_without_a_whisper_only_effective_edges_are_drawn() -> None:
    plan, carried = planned(networks.cnn(), held_back=0.0)
    assert all_of(plan) == np.flatnonzero(carried.effective).tolist()
    assert plan.carrying == np.count_nonzero(carried.effective)


def test_the_effective_edges_come_first() -> None:
    plan, carried = planned(networks.mini())
    order = np.concatenate(plan.rest(700))
    effective = carried.effective[order]
    assert effective[: effective.sum()].all()


def test_weights_mode_draws_every_edge_whatever_the_input() -> None:
    plan, _ = planned(networks.mini(), "weights")
    assert all_of(plan) == list(range(len(plan.edges)))
    assert plan.share(True).least == pytest.approx(1.0)


@pytest.mark.parametrize("share", [0.01, 0.3])
def test_the_strongest_share_of_every_pair_is_what_a_sort_finds(share: float) -> None:
    plan, carried = planned(networks.cnn(), strongest=share)
    drawn = set(all_of(plan))
    for first, last in plan.edges.pairs:
        size = np.abs(carried.contribution[first:last])
        effective = carried.effective[first:last]
        order = np.lexsort((-size, ~effective))  # effective ones first, then by size
        count = math.ceil(share * np.count_nonzero(size))
        mine = [i for i in drawn if first <= i < last]
        assert len(mine) == count
        least_drawn = min(((effective[i - first], size[i - first]) for i in mine), default=(True, np.inf))
        assert least_drawn == (effective[order[count - 1]], size[order[count - 1]])
    assert plan.carrying == len(drawn)


def test_shares_are_of_the_whole_signal_however_few_are_drawn() -> None:
    plan, carried = planned(networks.cnn(), strongest=0.05, held_back=0.0)
    drawn = np.array(all_of(plan))
    for stage, (first, last) in enumerate(plan.edges.ranges):
        size = np.abs(carried.contribution[first:last]) * carried.effective[first:last]
        if size.sum():
            mine = size[drawn[(drawn >= first) & (drawn < last)] - first].sum()
            assert plan.share(True).per_pair[stage] == pytest.approx(mine / size.sum(), rel=1e-4)


@pytest.mark.parametrize("held_back", [0.0, 0.1, 1.0])
@pytest.mark.parametrize("network", NETWORKS, ids=lambda n: n.name)
def test_rationed_ink_adds_up_to_the_ink_of_the_whole(network: Network, held_back: float) -> None:
    """Of both signs in every pair, the held-back included; and so does ink x |contribution|, which makes the hue."""
    plan, carried = planned(network, held_back=held_back)
    budget = np.count_nonzero(carried.effective) // 3
    chosen = plan.quick(budget)
    assert len(chosen) == budget
    assert carried.effective[chosen].all()
    ink = np.abs(carried.contribution).astype(float) ** 1.5 * np.where(carried.effective, 1, held_back)
    drawn = np.zeros(len(ink), bool)
    drawn[chosen] = True
    size, least = np.abs(carried.contribution).astype(float), plan.least()
    for stage, (first, last) in enumerate(plan.edges.ranges):
        for column, sign in enumerate((1, -1)):
            mine = np.zeros(len(ink), bool)
            mine[first:last] = np.sign(carried.contribution[first:last]) == sign
            if not (mine & drawn).any():
                continue
            left = np.maximum(ink[mine & drawn], least.ink[stage, column])
            assert left.sum() == pytest.approx(ink[mine].sum(), rel=1e-3)
            raised = left > ink[mine & drawn] * (1 + 1e-6)
            if raised.any():
                counted = np.where(raised, least.strength[stage, column], size[mine & drawn])
                whole = (ink[mine] * size[mine]).sum()
                assert (left * counted).sum() == pytest.approx(whole, rel=1e-3)


def test_hidden_layers_ask_for_no_ink() -> None:
    plan, _ = planned(networks.cnn())
    plan.set_hidden([3])
    assert len(plan.quick(2000)) == 2000
    assert (plan.least().ink[3] == 0).all()
    assert (plan.least().ink > 0).any()


def test_where_only_what_stands_out_is_drawn_nothing_else_is() -> None:
    plan, _ = planned(networks.cnn(), "selected")
    assert plan.carrying == len(plan.quick(2000)) == len(plan.rest(1000)) == 0
    plan.set_mode("signal", 0.1)
    assert len(plan.quick(2000)) == 2000


def test_a_budget_for_all_draws_all() -> None:
    plan, carried = planned(networks.mini())
    assert sorted(plan.quick(10**6).tolist()) == np.flatnonzero(carried.contribution).tolist()


def test_few_edges_change_while_a_stroke_grows() -> None:
    """Flicker: of the edges drawn, how many were not drawn a moment before, though they were there to be drawn."""
    network = networks.mlp()
    plan = Plan(network, graph_edges.edges(network))
    rng = np.random.default_rng(0)
    x = rng.random(network.input_shape, np.float32) * (rng.random(network.input_shape) < 0.2)
    changed: list[float] = []
    before: tuple[set[int], set[int]] | None = None
    for step in range(12):
        y = x.copy().astype(np.float32)
        y[0, 3, 3 + step] = 1.0  # one more cell of ink at a time
        activations = network.forward(y)
        plan.set_signal(activations.values(), *graph_edges.gates(network, activations))
        now, there = set(plan.quick(3000).tolist()), set(plan.signal.ids.tolist())
        if before is not None:
            changed.append(len((now - before[0]) & before[1]) / len(now))
        before = now, there
    assert np.mean(changed) < 0.03


HUGE = 2.0**100  # exact in binary: what is chosen must not depend on it


@pytest.mark.parametrize("name", ["C1", "F5", "Output"])
@pytest.mark.parametrize("factor", [HUGE, -HUGE, 1 / HUGE, 1e-40])
@pytest.mark.parametrize("mode", ["signal", "weights"])
@pytest.mark.parametrize("strongest", [1.0, 0.4])
def test_no_factor_that_the_network_survives_leads_out_of_the_numbers(
    name: str, factor: float, mode: str, strongest: float
) -> None:
    """Warnings are errors here; every figure stays a number."""
    network = changed(networks.cnn(), [WeightScale(name, factor)])
    plan, _ = planned(network, mode, strongest=strongest)
    assert 0 < len(plan.quick(3000)) <= 3000
    for found in (plan.least().ink, plan.least().strength, np.array(plan.share(False).mean)):
        assert np.isfinite(found).all()
        assert (found >= 0).all()
    if strongest == 1:
        assert plan.share(True).least == pytest.approx(1.0)
    scales = relative(network, plan.values, plan.signal)
    with np.errstate(all="raise"):
        assert np.isfinite((1 / np.stack([scales.nodes, scales.edges])).astype(np.float32)).all()


@pytest.mark.parametrize("mode", ["signal", "weights"])
def test_a_layer_whose_weights_are_all_so_many_times_larger_is_drawn_by_the_same_edges(mode: str) -> None:
    network = networks.cnn()
    plain, _ = planned(network, mode)
    huge, _ = planned(
        changed(network, [WeightScale("Output", HUGE)]), mode
    )  # a softmax: all are on, as before
    assert huge.quick(3000).tolist() == plain.quick(3000).tolist()
    assert huge.share(False).per_pair == pytest.approx(plain.share(False).per_pair, rel=1e-5, nan_ok=True)
    ink, strength = plain.least().ink.copy(), plain.least().strength.copy()
    ink[-1] *= HUGE**1.5
    strength[-1] *= HUGE
    assert huge.least().ink == pytest.approx(ink, rel=1e-4)
    assert huge.least().strength == pytest.approx(strength, rel=1e-4)
