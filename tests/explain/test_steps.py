"""Steps: every node once, in the order of ids; what is known after each; forward and back undo one another."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from nodelink.explain.steps import GRAINS, Steps, partial
from nodelink.nn.network import Activations, Network
from tests.networks import cnn, mini, random_network

NETWORKS = [cnn(), mini(), *(random_network(seed) for seed in range(12))]


@pytest.fixture(params=NETWORKS, ids=lambda network: network.name)
def network(request: pytest.FixtureRequest) -> Network:
    found: Network = request.param
    return found


def answer(network: Network, seed: int = 1) -> Activations:
    return network.forward(np.random.default_rng(seed).random(network.input_shape, np.float32))


def test_every_position_of_every_layer_comes_once_in_row_major_order(network: Network) -> None:
    steps = Steps(network)
    wanted: list[tuple[int, int | None]] = []
    for stage in network.stages[1:]:
        wanted.extend((stage.index, unit) for unit in range(stage.size))
        if stage.activation == "softmax":
            wanted.append((stage.index, None))
    found = [(steps.step(n).stage, steps.step(n).unit) for n in range(1, steps.total + 1)]
    assert found == wanted


@pytest.mark.parametrize("grain", GRAINS)
def test_back_undoes_forward_over_the_whole_pass(network: Network, grain: str) -> None:
    steps, at, way = Steps(network), 0, [0]
    while at < steps.total:
        at = steps.forward(at, grain)
        way.append(at)
    assert way == sorted(set(way))
    for expected in way[-2::-1]:
        at = steps.back(at, grain)
        assert at == expected
    assert steps.back(0, grain) == 0
    assert steps.forward(steps.total, grain) == steps.total


def test_a_layer_is_a_step_and_a_map_is(network: Network) -> None:
    def ends(grain: str) -> list[int]:
        at, found = 0, list[int]()
        while at < steps.total:
            at = steps.forward(at, grain)
            found.append(at)
        return found

    steps = Steps(network)
    assert ends("layer") == list(steps.starts[2:])
    parts = 0
    for stage in network.stages[1:]:
        parts += (stage.shape[0] if len(stage.shape) == 3 else 1) + (stage.activation == "softmax")
    assert len(ends("map")) == parts
    assert set(ends("layer")) < set(ends("map"))
    assert len(ends("position")) == steps.total


@pytest.mark.parametrize("grain", GRAINS)
@pytest.mark.parametrize("hidden", [{1}, {3}, {2, 3}, {7}, {1, 7}, set(range(8))])
def test_hidden_layers_are_passed_through_at_once(grain: str, hidden: set[int]) -> None:
    steps, at, way = Steps(cnn()), 0, [0]
    while at < steps.total:
        at = steps.forward(at, grain, hidden)
        way.append(at)
    assert all(steps.stage_of(n) not in hidden for n in way[1:-1])
    plain, n = set[int](), 0
    while n < steps.total:
        n = steps.forward(n, grain)
        plain.add(n)
    visible = {n for n in plain if steps.stage_of(n) not in hidden}
    assert visible <= set(way)
    for expected in way[-2::-1]:
        at = steps.back(at, grain, hidden)
        assert at == expected


def test_what_is_known_grows_by_one_node_a_step(network: Network) -> None:
    steps = Steps(network)
    known = [steps.reached(n).pre for n in range(steps.total + 1)]
    first = network.stages[0].size
    assert known[0] == first
    assert sorted(set(known)) == list(range(first, network.nodes + 1))
    assert all(b - a in (0, 1) for a, b in pairwise(known))
    last = steps.reached(steps.total)
    assert (last.pre, last.out) == (network.nodes, network.nodes)


def test_partial_activations_are_the_true_ones_and_then_zeros(network: Network) -> None:
    steps, whole = Steps(network), answer(network)
    values, weighted = whole.values(), np.concatenate([pre.ravel() for pre in whole.pre])
    for n in np.linspace(0, steps.total, 23).astype(int):
        reached = steps.reached(int(n))
        part = partial(whole, reached)
        assert part.reached == reached
        found = part.values()
        assert (found[: reached.out] == values[: reached.out]).all()
        assert not found[reached.out :].any()
        pre = np.concatenate([each.ravel() for each in part.pre])
        assert (pre[: reached.pre] == weighted[: reached.pre]).all()
        assert not pre[reached.pre :].any()
    assert (whole.values() == values).all()


def test_a_softmax_shows_nothing_before_its_last_unit() -> None:
    network = mini()
    steps, output = Steps(network), network.stages[-1]
    before = steps.reached(steps.total - 1)
    assert (before.pre, before.out) == (network.nodes, output.offset)
    part = partial(answer(network), before)
    assert part.logits.any()
    assert not part.output.any()


def test_there_are_no_other_steps() -> None:
    steps = Steps(mini())
    for number in (0, steps.total + 1):
        with pytest.raises(ValueError, match=f"expected 1 to {steps.total}, found {number}"):
            steps.step(number)
