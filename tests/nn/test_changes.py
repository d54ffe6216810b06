"""Changed networks: masks and weights against plain loops; the original stays as it was, byte for byte."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from nodelink.graph.edges import edges
from nodelink.nn.changes import (
    BiasOff,
    Change,
    NodesOff,
    WeightNoise,
    WeightOff,
    WeightScale,
    changed,
    describe,
    merged,
    silence,
    weight_between,
)
from nodelink.nn.layers import Conv2d, Dense
from nodelink.nn.network import INPUT, Network, NetworkError
from tests import networks
from tests.nn import oracle
from tests.nn.test_network import picture

Array = npt.NDArray[Any]


def layer(network: Network, name: str) -> Any:
    return next(layer for layer in network.layers if layer.name == name)


def masked(stage: Any, pre: list[float], out: list[float], off: set[int]) -> list[float]:
    """Outputs of a stage with nodes off, in plain Python; a softmax is worked out anew among the others."""
    if stage.activation != "softmax" or not off:
        return [0.0 if i in off else value for i, value in enumerate(out)]
    maps, cells = stage.shape[0], stage.size // stage.shape[0]
    result = [0.0] * stage.size
    for cell in range(cells):
        on = [m * cells + cell for m in range(maps) if m * cells + cell not in off]
        total = sum(math.exp(pre[i]) for i in on)
        for i in on:
            result[i] = math.exp(pre[i]) / total
    return result


def by_hand(network: Network, x: Array, off: dict[str, set[int]]) -> list[Array]:
    """The outputs of every stage, in plain loops, with sets of row-major indices off."""
    values = masked(network.stages[0], [], x.astype(np.float64).ravel().tolist(), off.get(INPUT, set()))
    found = [np.reshape(values, x.shape)]
    for before, stage in zip(network.stages, network.stages[1:], strict=False):
        pre, out = oracle.stage_values(stage, values, before.shape)
        values = masked(stage, pre, out, off.get(stage.name, set()))
        found.append(np.reshape(values, stage.shape))
    return found


def random_changes(
    network: Network, rng: np.random.Generator
) -> tuple[tuple[Change, ...], dict[str, set[int]]]:
    """Nodes, a map and sometimes a layer off, and the same as sets of indices."""
    changes: list[Change] = []
    off: dict[str, set[int]] = {}
    for stage in network.stages:
        units = {int(unit) for unit in rng.choice(stage.size, max(1, stage.size // 4))}
        changes += [NodesOff(stage.name, unit) for unit in sorted(units)]
        off[stage.name] = set(units)
        if len(stage.shape) == 3 and stage.shape[0] > 1:
            cells = stage.size // stage.shape[0]
            changes.append(NodesOff(stage.name, map=1))
            off[stage.name] |= set(range(cells, 2 * cells))
    return tuple(changes), off


@pytest.mark.parametrize("seed", range(12))
def test_nodes_that_are_off_give_nothing_in_every_kind_of_layer(seed: int) -> None:
    network = networks.random_network(seed)
    rng = np.random.default_rng(seed)
    x = rng.random(network.input_shape, np.float32)
    changes, off = random_changes(network, rng)
    activations = changed(network, changes).forward(x)
    for stage, wanted in zip(network.stages, by_hand(network, x, off), strict=True):
        found = activations.out[stage.index][0]
        assert np.abs(found - wanted).max() <= 1e-5 * max(np.abs(wanted).max(), 1e-9), stage.name
        assert not found.reshape(-1)[sorted(off[stage.name])].any()


def test_a_class_that_is_off_has_probability_0_and_the_others_add_up_to_1() -> None:
    network = networks.mini()
    x = picture(network, 0)
    before = network.forward(x).output[0].astype(np.float64)
    after = changed(network, [NodesOff("Output", 3), NodesOff("Output", 7)]).forward(x).output[0]
    assert after[3] == after[7] == 0
    assert after.sum() == pytest.approx(1, abs=1e-6)
    rest = np.delete(before, (3, 7))
    assert np.delete(after, (3, 7)) == pytest.approx(rest / rest.sum(), rel=1e-5)


def test_a_batch_is_switched_off_sample_by_sample() -> None:
    network = changed(networks.cnn(), [NodesOff("C3", map=4), NodesOff("Output", 1), NodesOff("S2", 17)])
    x = np.stack([picture(network, seed) for seed in range(3)])
    together = network.forward(x)
    for sample in range(3):
        alone = network.forward(x[sample])
        for one, all_ in zip(alone.out, together.out, strict=True):
            assert np.allclose(one[0], all_[sample], atol=1e-6)


@pytest.mark.parametrize("seed", range(8))
def test_gradients_are_those_of_the_changed_network(seed: int) -> None:
    """Central differences in float64, with the logit of a class and the probability of another as goals."""
    original = networks.random_network(seed).astype(np.float64)
    rng = np.random.default_rng(seed)
    changes, off = random_changes(original, rng)
    changes = (*(c for c in changes if c.stage != "Output"), NodesOff("Output", 2))
    network = changed(original, changes)
    x = rng.random(network.input_shape)
    activations = network.forward(x)
    last = network.stages[-1]
    for unit, pre in ((4, False), (5, True), (2, True)):
        gradient = network.gradient(activations, last, unit, INPUT, pre)[0].reshape(-1)
        assert not gradient[sorted(off[INPUT])].any()
        for at in rng.choice(x.size, 12):
            step = np.zeros(x.size)
            step[at] = 1e-6
            sides = [network.forward(x + sign * step.reshape(x.shape)) for sign in (1, -1)]
            up, down = ((side.logits if pre else side.output)[0, unit] for side in sides)
            assert gradient[at] == pytest.approx((up - down) / 2e-6, rel=1e-4, abs=1e-6)
    for stage in network.stages[:-1]:
        gradient = network.gradient(activations, last, 4, stage)[0].reshape(-1)
        assert not gradient[sorted(off[stage.name])].any()


def test_weights_are_scaled_and_taken_away_one_by_one() -> None:
    network = networks.cnn()
    changes: list[Change] = [
        WeightScale("F6", -0.5),
        WeightOff("F6", (3, 7)),
        WeightOff("C3", (2, 3, 1, 4)),
        WeightOff("C1", (5, 0, 0, 0)),
        BiasOff("F5"),
    ]
    new = changed(network, changes)
    wanted = layer(network, "F6").weight.copy()
    for i in range(wanted.shape[0]):
        for j in range(wanted.shape[1]):
            wanted[i, j] = 0 if (i, j) == (3, 7) else np.float32(-0.5) * wanted[i, j]
    assert np.array_equal(layer(new, "F6").weight, wanted)
    assert np.array_equal(layer(new, "F6").bias, layer(network, "F6").bias)
    for name, index in (("C3", (2, 3, 1, 4)), ("C1", (5, 0, 0, 0))):
        differs = layer(new, name).weight != layer(network, name).weight
        assert [tuple(place) for place in np.argwhere(differs)] == [index]
    assert not layer(new, "F5").bias.any()
    assert np.array_equal(layer(new, "F5").weight, layer(network, "F5").weight)
    assert layer(new, "Output") is layer(network, "Output")


def test_noise_is_seeded_scaled_by_its_size_and_spares_what_is_not_connected() -> None:
    network = networks.cnn()
    table = layer(network, "C3").connections
    old = layer(network, "C3").weight.astype(np.float64)

    def noise(size: float, seed: int) -> Array:
        new = changed(network, [WeightNoise("C3", size, seed)])
        return np.asarray(layer(new, "C3").weight - old)

    full, half, other = noise(1.0, 4), noise(0.5, 4), noise(1.0, 5)
    assert not full[~table].any()
    assert np.allclose(full, 2 * half, atol=1e-6)
    assert full[table].std() == pytest.approx(old[table].std(), rel=0.1)
    assert np.array_equal(full, noise(1.0, 4))
    assert abs(np.corrcoef(full[table].ravel(), other[table].ravel())[0, 1]) < 0.1


def test_the_order_of_changes_does_not_matter() -> None:
    network, x = networks.mini(), picture(networks.mini(), 1)
    changes: list[Change] = [
        WeightOff("H2", (1, 2)),
        WeightNoise("H2", 0.7, 3),
        WeightScale("H2", 2.0),
        NodesOff("H1", 5),
        BiasOff(),
    ]
    one, other = (changed(network, order).forward(x).output for order in (changes, changes[::-1]))
    assert np.array_equal(one, other)
    assert layer(changed(network, changes), "H2").weight[1, 2] == 0


def test_the_original_is_never_touched() -> None:
    network = networks.cnn()
    arrays = [
        a for part in network.layers if isinstance(part, Dense | Conv2d) for a in (part.weight, part.bias)
    ]
    before = [a.tobytes() for a in arrays]
    scales = dict(network.calibration)
    changes: list[Change] = [
        WeightScale("C1", 3.0),
        WeightNoise("C3", 1.0),
        WeightOff("F5", (0, 0)),
        BiasOff(),
        NodesOff("F6"),
    ]
    new = changed(network, changes)
    new.forward(picture(network, 0))
    assert [a.tobytes() for a in arrays] == before
    assert network.off == {}
    assert network.changes == ()
    assert new.original is network
    assert new.calibration == scales
    assert new.changes == tuple(changes)
    assert changed(new, ()) is network
    again = changed(new, changes[:1])  # changes are those of the original, not more of them
    assert np.array_equal(layer(again, "C1").weight, 3 * layer(network, "C1").weight)
    assert again.off == {}


def test_nobody_has_measured_what_a_changed_network_scores() -> None:
    network = replace(networks.mini(), accuracy=0.97)
    assert changed(network, [BiasOff()]).accuracy is None
    assert changed(network, ()).accuracy == 0.97


def test_a_slider_replaces_what_it_set_before() -> None:
    changes: tuple[Change, ...] = ()
    for change in (WeightScale("F5", 2.0), NodesOff("F5", 1), WeightScale("F5", 3.0), WeightScale("F6", 2.0)):
        changes = merged(changes, change)
    assert changes == (WeightScale("F5", 3.0), NodesOff("F5", 1), WeightScale("F6", 2.0))
    assert merged(changes, NodesOff("F5", 1)) == changes
    assert merged(changes, WeightScale("F5", 1.0)) == changes[1:]
    assert merged((), WeightNoise("F5", 0.0)) == ()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (NodesOff("F7"), "F7"),
        (NodesOff("F6", 100), "0 to 99"),
        (NodesOff("F6", -1), "0 to 99"),
        (NodesOff("F6", map=0), "map of F6"),
        (NodesOff("C3", map=16), "0 to 15"),
        (WeightOff("F6", (0,)), "index"),
        (WeightOff("F6", (0, 120)), "index"),
        (WeightOff("S2", (0, 0)), "weights"),
        (WeightScale("S4", 2.0), "weights"),
        (BiasOff(INPUT), "weights"),
    ],
)
def test_what_the_network_does_not_have_is_refused(change: Change, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        changed(networks.cnn(), [change])


@pytest.mark.parametrize("value", [math.inf, math.nan])
def test_numbers_that_are_none_are_refused(value: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        WeightScale("F6", value)
    with pytest.raises(ValueError, match="finite"):
        WeightNoise("F6", value)
    with pytest.raises(ValueError):
        WeightNoise("F6", -1.0)


def test_extremes_are_an_error_that_names_the_layer() -> None:
    network, x = networks.mini(), picture(networks.mini(), 0)
    with pytest.raises(NetworkError, match="H1"):
        changed(network, [WeightNoise("H1", 1e40)])
    with pytest.raises(NetworkError, match="H2"):
        changed(network, [WeightScale("H1", 1e30), WeightScale("H2", 1e30)]).forward(x)


@pytest.mark.parametrize("name", ["cnn", "mini"])
def test_the_weight_between_two_nodes_is_that_of_their_edge(name: str) -> None:
    network = getattr(networks, name)()
    every = edges(network)
    for edge in np.random.default_rng(0).choice(len(every), 300, replace=False):
        source, target = int(every.source[edge]), int(every.target[edge])
        change = weight_between(network, source, target)
        assert weight_between(network, target, source) is None
        stage = next(s for s in reversed(network.stages) if target >= s.offset)
        if stage.layer is None or not isinstance(stage.layer, Dense | Conv2d):
            assert change is None  # a pool has no weights
            continue
        assert change is not None
        assert stage.layer.weight[change.index] == every.weight[edge]


def test_nodes_without_an_edge_between_them_have_no_weight() -> None:
    network = networks.cnn()
    c1, s2, c3 = (network.stage(name) for name in ("C1", "S2", "C3"))
    assert weight_between(network, 0, c1.offset + 27) is None  # far apart
    assert weight_between(network, 0, c3.offset) is None  # not neighbours
    assert weight_between(network, s2.offset + 5 * 196, c3.offset) is None  # map 1 does not see map 6


def test_what_is_changed_is_said_in_words() -> None:
    network = networks.cnn()
    said: dict[Change, str] = {
        NodesOff("C3", 123): "C3, map 2, row 3, column 4: off",
        NodesOff("C3", map=4): "C3, map 5: off",
        NodesOff("F5"): "F5, the whole layer: off",
        NodesOff("F5", 6): "F5, unit 7: off",
        NodesOff("Output", 6): "Output, “6”: off",
        WeightOff("F6", (1, 2)): "F6, weight to unit 2 from F5, unit 3: 0",
        WeightOff("Output", (7, 2)): "Output, weight to “7” from F6, unit 3: 0",
        WeightOff("C3", (1, 2, 0, 4)): "C3, kernel 2 from map 3, row 1, column 5: 0",
        WeightScale("C1", 0.25): "C1, weights × 0.25",
        WeightNoise("C1", 0.5, 3): "C1, noise of 50 %",
        BiasOff("C1"): "C1 without biases",
        BiasOff(): "All layers without biases",
    }
    for change, text in said.items():
        assert describe(network, change) == text


def test_a_layer_that_is_off_as_a_whole_is_told() -> None:
    network = networks.mini()
    assert silence(network) is None
    assert silence(changed(network, [NodesOff("H1", 3)])) is None
    for change in (NodesOff("H2"), NodesOff(INPUT), NodesOff(INPUT, map=0)):
        assert "no longer depends" in str(silence(changed(network, [change])))
    two = silence(changed(network, [NodesOff("H1"), NodesOff("H2")]))
    assert str(two).startswith("All of H1 and all of H2 are switched off")
    three = silence(changed(network, [NodesOff(INPUT), NodesOff("H1"), NodesOff("H2")]))
    assert str(three).startswith("3 whole layers are switched off")
    one_by_one = changed(network, [NodesOff("Output", unit) for unit in range(10)])
    assert "no answer" in str(silence(one_by_one))
    assert not one_by_one.forward(picture(network, 0)).output.any()
