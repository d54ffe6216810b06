"""Networks: their tables, every activation against plain loops, gradients between any two stages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from nodelink.nn import weights
from nodelink.nn.layers import Conv2d, Dense, Flatten
from nodelink.nn.network import Activations, Network, NetworkError
from tests import networks
from tests.nn import oracle

Array = npt.NDArray[Any]
SHIPPED: dict[str, Callable[[], Network]] = {
    "cnn": networks.cnn,
    "mlp": networks.mlp,
    "mini": networks.mini,
}
# name, kind, shape, parameters, edges: the tables of the three networks
TABLES = {
    "cnn": [
        ("Input", "input", (1, 32, 32), 0, 0),
        ("C1", "conv", (6, 28, 28), 156, 117_600),
        ("S2", "maxpool", (6, 14, 14), 0, 4_704),
        ("C3", "conv", (16, 10, 10), 1_516, 150_000),
        ("S4", "maxpool", (16, 5, 5), 0, 1_600),
        ("F5", "dense", (120,), 48_120, 48_000),
        ("F6", "dense", (100,), 12_100, 12_000),
        ("Output", "dense", (10,), 1_010, 1_000),
    ],
    "mlp": [
        ("Input", "input", (1, 28, 28), 0, 0),
        ("H1", "dense", (300,), 235_500, 235_200),
        ("H2", "dense", (100,), 30_100, 30_000),
        ("Output", "dense", (10,), 1_010, 1_000),
    ],
    "mini": [
        ("Input", "input", (1, 28, 28), 0, 0),
        ("H1", "dense", (16,), 12_560, 12_544),
        ("H2", "dense", (16,), 272, 256),
        ("Output", "dense", (10,), 170, 160),
    ],
}
TOTALS = {
    "cnn": (9_134, 334_904, 62_902),
    "mlp": (1_194, 266_200, 266_610),
    "mini": (826, 12_960, 13_002),
}


def shipped(name: str) -> Network:
    try:
        return weights.load(weights.find(name))
    except weights.WeightsError as error:
        if "no such file" in str(error):
            pytest.skip(f"weights/{name}.safetensors is not there: run `make train`")
        raise


def picture(network: Network, seed: int) -> Array:
    """A digit-like input: a few soft blobs of ink on a blank ground, which is exactly 0."""
    rng = np.random.default_rng(seed)
    channels, height, width = network.input_shape
    y, x = np.mgrid[:height, :width]
    ink = np.zeros((channels, height, width))
    for _ in range(8):
        at_y, at_x = rng.uniform(0.25, 0.75, 2) * (height, width)
        ink += np.exp(-((y - at_y) ** 2 + (x - at_x) ** 2) / (0.004 * height * width))
    return np.where(ink > 0.1, np.minimum(ink, 1), 0).astype(np.float32)


def assert_agrees(network: Network, x: Array) -> None:
    """Every pre-activation and output to 1e-5 of its stage's largest value."""
    activations = network.forward(x)
    for stage, pre, out, expected in zip(
        network.stages, activations.pre, activations.out, oracle.forward(network, x), strict=True
    ):
        for found, wanted in zip((pre, out), expected, strict=True):
            assert found.shape == (1, *stage.shape)
            error = np.abs(found[0] - wanted).max()
            assert error <= 1e-5 * np.abs(wanted).max(), (network.name, stage.name, error)


@pytest.mark.parametrize("name", SHIPPED)
def test_the_tables_of_the_networks(name: str) -> None:
    network = SHIPPED[name]()
    found = [(stage.name, stage.kind, stage.shape, stage.parameters, stage.edges) for stage in network.stages]
    assert found == TABLES[name]
    assert (network.nodes, network.edges, network.parameters) == TOTALS[name]


@pytest.mark.parametrize("name", SHIPPED)
def test_the_files_hold_these_networks(name: str) -> None:
    network = shipped(name)
    assert [(s.kind, s.shape, s.parameters, s.edges) for s in network.stages] == [
        row[1:] for row in TABLES[name]
    ]
    if name == "cnn":
        (table,) = [
            s.layer.connections for s in network.stages if isinstance(s.layer, Conv2d) and s.name == "C3"
        ]
        np.testing.assert_array_equal(table, networks.c3_connections())


@pytest.mark.parametrize("name", SHIPPED)
def test_edges_and_nodes_counted_one_by_one(name: str) -> None:
    network = SHIPPED[name]()
    for before, stage in zip(network.stages, network.stages[1:], strict=False):
        assert stage.layer is not None
        pairs = {(s, t) for s, t, _ in oracle.edges(stage.layer, before.shape)}
        assert len(pairs) == stage.edges
        assert max(t for _, t in pairs) + 1 == stage.size
        assert stage.offset == before.offset + before.size


@pytest.mark.parametrize("name", SHIPPED)
def test_random_weights_agree_with_plain_loops_at_every_node(name: str) -> None:
    network = SHIPPED[name]()
    assert_agrees(network, picture(network, 0))


@pytest.mark.parametrize("name", SHIPPED)
def test_trained_weights_agree_with_plain_loops_at_every_node(name: str) -> None:
    network = shipped(name)
    for seed in range(2):
        assert_agrees(network, picture(network, seed))
    assert_agrees(network, np.zeros(network.input_shape, np.float32))


@pytest.mark.parametrize("seed", range(40))
def test_networks_of_any_layers_agree_with_plain_loops(seed: int) -> None:
    network = networks.random_network(seed)
    x = np.random.default_rng(seed).random(network.input_shape, np.float32)
    assert_agrees(network, x)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_batch_is_its_samples(name: str) -> None:
    network = SHIPPED[name]()
    batch = np.stack([picture(network, seed) for seed in range(3)])
    together = network.forward(batch)
    assert together.output.shape == together.logits.shape == (3, 10)
    for i in range(3):
        np.testing.assert_allclose(together.values(i), network.forward(batch[i]).values(), atol=2e-5)


def test_values_are_numbered_as_the_stages_say() -> None:
    network = networks.cnn()
    activations = network.forward(picture(network, 0))
    values = activations.values()
    assert values.shape == (network.nodes,)
    assert values.dtype == np.float32
    for stage, out in zip(network.stages, activations.out, strict=True):
        part = values[stage.offset : stage.offset + stage.size]
        np.testing.assert_array_equal(part.reshape(stage.shape), out[0])


def test_the_input_is_the_first_stage_and_pools_have_no_pre() -> None:
    network = networks.cnn()
    x = picture(network, 0)
    activations = network.forward(x)
    np.testing.assert_array_equal(activations.out[0][0], x)
    for index in (0, 2, 4):
        assert activations.pre[index] is activations.out[index]
    np.testing.assert_allclose(activations.output.sum(axis=1), 1, rtol=1e-6)


def test_activations_keep_what_was_seen() -> None:
    """The pad draws into one array: a finished pass must not change with it."""
    network = networks.mini()
    x = picture(network, 0)
    activations = network.forward(x)
    x[:] = 0
    assert activations.out[0].any()


@pytest.mark.parametrize("seed", range(8))
def test_gradients_between_any_two_stages_agree_with_finite_differences(seed: int) -> None:
    """Of a unit of each stage, before and after its activation, with respect to each earlier stage.

    That stage's outputs are noised: of the zeros of a relu, equal in a max pool, only one is the winner.
    """
    network = networks.random_network(seed).astype(np.float64)
    rng = np.random.default_rng(seed)
    clean = network.forward(rng.random((2, *network.input_shape)))
    for wrt in network.stages[:-1]:
        noised = clean.out[wrt.index] + rng.normal(0, 1e-2, clean.out[wrt.index].shape)
        activations = continued(clean, wrt.index, noised)
        direction = rng.normal(size=noised.shape)
        above, below = (continued(clean, wrt.index, noised + step * direction) for step in (1e-6, -1e-6))
        for stage in network.stages[wrt.index + 1 :]:
            unit = int(rng.integers(stage.size))
            for pre in (False, True):
                gradient = network.gradient(activations, stage, unit, wrt, pre)
                assert gradient.shape == noised.shape
                found = np.sum(gradient * direction, axis=tuple(range(1, gradient.ndim)))
                ends = [(run.pre if pre else run.out)[stage.index].reshape(2, -1) for run in (above, below)]
                slope = (ends[0] - ends[1])[:, unit] / 2e-6
                np.testing.assert_allclose(found, slope, rtol=1e-5, atol=1e-7)


def continued(activations: Activations, start: int, values: Array) -> Activations:
    """The pass from stage `start` on, if its outputs were `values`."""
    pre, out = list(activations.pre[:start]), list(activations.out[:start])
    pre.append(values)
    out.append(values)
    for stage in activations.network.stages[start + 1 :]:
        assert stage.layer is not None
        x = out[-1].reshape(len(values), -1) if isinstance(stage.layer, Dense) else out[-1]
        for computed, to in zip(stage.layer.forward(x), (pre, out), strict=True):
            to.append(computed)
    return Activations(activations.network, tuple(pre), tuple(out))


def test_gradient_of_a_stage_by_itself_and_of_many_units() -> None:
    network = networks.mini()
    activations = network.forward(picture(network, 0))
    one_hot = network.gradient(activations, "H1", 3, "H1")
    np.testing.assert_array_equal(one_hot, np.eye(16)[[3]])
    parts = [network.gradient(activations, "Output", unit, "Input", pre=True) for unit in range(10)]
    seed = np.ones_like(activations.logits)
    summed = network.vjp(activations, "Output", seed, "Input", pre=True)
    np.testing.assert_allclose(summed, np.sum(parts, axis=0), atol=1e-5)


@pytest.mark.parametrize("shape", [(28, 28), (1, 1, 28), (2, 2, 28, 28), (784,), (0, 1, 28, 28), ()])
def test_inputs_of_another_shape_are_refused(shape: tuple[int, ...]) -> None:
    network = networks.mini()
    with pytest.raises(ValueError, match=r"input: expected shape \(1, 28, 28\).*found \("):
        network.forward(np.zeros(shape))


def test_questions_about_what_is_not_there_are_refused() -> None:
    network = networks.mini()
    activations = network.forward(np.zeros((1, 28, 28)))
    for arguments, message in [
        (("H9", 0, "Input"), "stage: expected Input H1 H2 Output, found 'H9'"),
        (("H1", 16, "Input"), "unit of H1: expected 0 to 15, found 16"),
        (("H1", -1, "Input"), "unit of H1"),
        (("H1", 0, "H2"), "gradient: expected a stage before H1, found H2"),
    ]:
        with pytest.raises(ValueError, match=message):
            network.gradient(activations, *arguments)
    with pytest.raises(ValueError, match="before H1"):
        network.gradient(activations, "H1", 0, "H1", pre=True)


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ((Dense("D", np.zeros((2, 4)), np.zeros(2)),), r"D: expected input shape \(4,\), found \(1, 2, 2\)"),
        ((Flatten("flat"),), "layers: expected at least one that computes"),
        ((Flatten("a"), Flatten("a")), r"found again: \['a'\]"),
        ((Flatten("Input"),), "found again"),
    ],
)
def test_layers_that_do_not_chain_are_refused(layers: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Network("n", "N", layers, (1, 2, 2))


def test_float64_is_carried_through() -> None:
    network = networks.cnn().astype(np.float64)
    activations = network.forward(picture(network, 0))
    assert {out.dtype for out in activations.out} == {np.dtype(np.float64)}
    assert network.gradient(activations, "Output", 0, "Input").dtype == np.float64
    assert activations.values().dtype == np.float32


def test_values_that_overflow_are_named_by_their_layer() -> None:
    network = networks.mini()
    huge = replace(
        network,
        layers=tuple(
            replace(layer, weight=np.full_like(layer.weight, 1e38)) if isinstance(layer, Dense) else layer
            for layer in network.layers
        ),
    )
    with pytest.raises(NetworkError, match=f"{network.name}: values of layer .* are not finite"):
        huge.forward(np.ones(network.input_shape))
