"""Layers and networks against torch: values, and gradients by its automatic differentiation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nodelink.nn.layers import AvgPool2d, Conv2d, Dense, Layer, MaxPool2d
from nodelink.nn.network import Network
from tests import networks
from tests.nn.test_layers import CASES
from tests.nn.test_network import SHIPPED, picture, shipped
from tests.torch.reference import forward, tensor, torch


def close(found: Any, expected: Any, of_largest: float) -> bool:
    """Whether arrays agree to a fraction of the largest expected value."""
    expected = expected.detach().numpy()
    return bool(np.abs(found - expected).max() <= of_largest * np.abs(expected).max())


def random_layers() -> list[Any]:
    """Convolutions and pools with every mixture of small kernels, strides and paddings."""
    rng = np.random.default_rng(11)
    cases: list[Any] = []
    for index in range(40):
        shape = (int(rng.integers(1, 4)), int(rng.integers(5, 12)), int(rng.integers(5, 12)))
        layer = networks.random_map_layer(f"{index}", rng, shape)
        cases.append(pytest.param(layer, shape, id=f"{layer.kind}-{index}"))
    return cases


@pytest.mark.parametrize(("layer", "shape"), [*CASES, *random_layers()])
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-12), (np.float32, 1e-5)])
def test_layers_and_their_gradients_agree(
    layer: Layer, shape: tuple[int, ...], dtype: Any, tolerance: float
) -> None:
    if isinstance(layer, Dense | Conv2d):
        layer = layer.astype(dtype)
    rng = np.random.default_rng(0)
    x = rng.normal(size=(3, *shape)).astype(dtype)
    pre, out = layer.forward(x)
    wanted_x = torch.tensor(x, requires_grad=True)
    wanted_pre, wanted_out = forward(layer, wanted_x)
    assert close(pre, wanted_pre, tolerance)
    assert close(out, wanted_out, tolerance)
    grad = rng.normal(size=out.shape).astype(dtype)
    for from_pre, end in ((False, wanted_out), (True, wanted_pre)):
        (wanted,) = torch.autograd.grad(end, wanted_x, torch.tensor(grad), retain_graph=True)
        assert close(layer.vjp(x, pre, out, grad, from_pre=from_pre), wanted, tolerance)


@pytest.mark.parametrize("pool", [MaxPool2d, AvgPool2d])
@pytest.mark.parametrize(("kernel", "stride"), [((2, 2), (2, 2)), ((3, 2), (1, 1))])
def test_ties_go_where_torch_sends_them(pool: Any, kernel: tuple[int, int], stride: tuple[int, int]) -> None:
    """Blank ground and saturated ink tie in most windows of a digit: the first in row-major order wins."""
    x = np.random.default_rng(0).integers(0, 3, size=(2, 3, 8, 8)).astype(np.float64)
    layer = pool("S", kernel, stride)
    pre, out = layer.forward(x)
    wanted_x = torch.tensor(x, requires_grad=True)
    grad = np.random.default_rng(1).normal(size=out.shape)
    (wanted,) = torch.autograd.grad(forward(layer, wanted_x)[1], wanted_x, torch.tensor(grad))
    np.testing.assert_allclose(layer.vjp(x, pre, out, grad), wanted.numpy(), atol=1e-12)


def assert_network_agrees(network: Network, inputs: Any) -> None:
    """Every stage to 1e-5 of its largest value in float32; the gradient of every output in float64."""
    activations = network.forward(inputs)
    x = torch.tensor(np.asarray(inputs, np.float32))
    stage = 0
    for layer in network.layers:
        pre, x = forward(layer, x)
        if layer.kind != "flatten":
            stage += 1
            assert close(activations.pre[stage], pre, 1e-5), network.stages[stage].name
            assert close(activations.out[stage], x, 1e-5), network.stages[stage].name

    exact = network.astype(np.float64)
    activations = exact.forward(inputs)
    start = torch.tensor(np.asarray(inputs, np.float64), requires_grad=True)
    pre = x = start
    for layer in exact.layers:
        pre, x = forward(layer, x)
    last = exact.stages[-1]
    for unit in range(last.size):
        for end, from_pre in ((x, False), (pre, True)):
            (wanted,) = torch.autograd.grad(end.flatten(1)[:, unit].sum(), start, retain_graph=True)
            found = exact.gradient(activations, last, unit, "Input", pre=from_pre)
            np.testing.assert_allclose(found, wanted.numpy(), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", SHIPPED)
def test_random_weights_agree(name: str) -> None:
    network = SHIPPED[name]()
    assert_network_agrees(network, np.stack([picture(network, seed) for seed in range(4)]))


@pytest.mark.parametrize("name", SHIPPED)
def test_trained_weights_agree(name: str) -> None:
    network = shipped(name)
    assert_network_agrees(network, np.stack([picture(network, seed) for seed in range(4)]))


@pytest.mark.parametrize("seed", range(20))
def test_networks_of_any_layers_agree(seed: int) -> None:
    network = networks.random_network(seed)
    assert_network_agrees(network, np.random.default_rng(seed).random((2, *network.input_shape), np.float32))


def test_arrays_are_copied_not_shared() -> None:
    weight = torch.ones(2, 3)
    layer = Dense("D", weight.numpy(), np.zeros(2, np.float32))
    weight.mul_(5)
    assert close(layer.weight, tensor(np.ones((2, 3)), weight), 0)
