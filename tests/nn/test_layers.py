"""Layers against plain loops and finite differences."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from nodelink.nn.activations import ACTIVATIONS, activate
from nodelink.nn.layers import LAYERS, AvgPool2d, Conv2d, Dense, Flatten, Layer, MaxPool2d
from tests.networks import c3_connections, conv, dense
from tests.nn import oracle

Array = npt.NDArray[Any]
SHAPE = (3, 9, 7)
TABLE = np.array([[1, 0, 1], [0, 1, 0], [1, 1, 1], [0, 1, 1]], dtype=bool)


def layers() -> list[tuple[Layer, tuple[int, ...]]]:
    """Each kind with each activation, over kernels, strides, paddings and tables that differ by axis."""
    rng = np.random.default_rng(7)
    cases: list[tuple[Layer, tuple[int, ...]]] = []
    for activation in ACTIVATIONS:
        cases.append((dense(f"dense-{activation}", rng, 11, 5, activation), (11,)))
        cases.append((conv(f"conv-{activation}", rng, (4, 3, 3, 2), activation), SHAPE))
    cases += [
        (conv("conv-stride", rng, (2, 3, 3, 2), "tanh", (2, 3)), SHAPE),
        (conv("conv-padding", rng, (2, 3, 3, 4), "relu", (1, 1), (2, 1)), SHAPE),
        (conv("conv-both", rng, (2, 3, 4, 3), "elu", (3, 2), (3, 2)), SHAPE),
        (conv("conv-table", rng, (4, 3, 3, 3), "relu", (1, 2), (1, 0), TABLE), SHAPE),
        (conv("conv-whole", rng, (5, 3, 9, 7), "sigmoid"), SHAPE),
        (conv("conv-cell", rng, (5, 3, 1, 1), "relu", (2, 2)), SHAPE),
    ]
    for pool in (MaxPool2d, AvgPool2d):
        for kernel, stride in (((2, 2), (2, 2)), ((3, 2), (2, 1)), ((2, 1), (3, 3)), ((9, 7), (1, 1))):
            cases.append((pool(f"{pool.kind}-{kernel}-{stride}", kernel, stride), SHAPE))
    return [*cases, (Flatten("flatten"), SHAPE)]


CASES = [pytest.param(layer, shape, id=layer.name) for layer, shape in layers()]


def in_float64(layer: Layer) -> Layer:
    return layer.astype(np.float64) if isinstance(layer, Dense | Conv2d) else layer


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_are_their_formulas_and_overflow_nowhere(name: str) -> None:
    pre = np.array([-5, -1, -0.25, 0, 0.25, 1, 5, 30.0])
    expected = oracle.activate(name, pre.tolist(), len(pre))
    np.testing.assert_allclose(activate(name, pre[None])[0], expected, rtol=1e-12, atol=1e-15)
    assert np.isfinite(activate(name, np.array([[-1e4, 1e4, 3e4]], np.float32))).all()


def test_softmax_of_maps_runs_over_the_maps() -> None:
    out = activate("softmax", np.random.default_rng(0).normal(size=(2, 5, 3, 4)))
    np.testing.assert_allclose(out.sum(axis=1), 1)


@pytest.mark.parametrize(("layer", "shape"), CASES)
def test_gradients_agree_with_finite_differences(layer: Layer, shape: tuple[int, ...]) -> None:
    """d(grad . out)/dx by central differences, in float64, where noise keeps values off every kink."""
    layer = in_float64(layer)
    rng = np.random.default_rng(1)
    x = rng.normal(size=(2, *shape))
    pre, out = layer.forward(x)
    grad = rng.normal(size=out.shape)
    for from_pre in (False, True):
        analytic = layer.vjp(x, pre, out, grad, from_pre=from_pre)
        assert analytic.shape == x.shape
        numeric = np.empty_like(x)
        for index in np.ndindex(x.shape):
            step = np.zeros_like(x)
            step[index] = 1e-6
            above, below = (layer.forward(x + sign * step)[0 if from_pre else 1] for sign in (1, -1))
            numeric[index] = np.sum(grad * (above - below)) / 2e-6
        np.testing.assert_allclose(analytic, numeric, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize(("layer", "shape"), CASES)
def test_a_batch_is_its_samples(layer: Layer, shape: tuple[int, ...]) -> None:
    x = np.random.default_rng(2).normal(size=(5, *shape)).astype(np.float32)
    together = layer.forward(x)
    grad = np.random.default_rng(3).normal(size=together[1].shape).astype(np.float32)
    gradient = layer.vjp(x, *together, grad)
    for i in range(5):
        alone = layer.forward(x[i : i + 1])
        for whole, one in zip(together, alone, strict=True):
            np.testing.assert_allclose(whole[i], one[0], rtol=2e-5, atol=1e-6)
        one_gradient = layer.vjp(x[i : i + 1], *alone, grad[i : i + 1])
        np.testing.assert_allclose(gradient[i], one_gradient[0], rtol=2e-5, atol=2e-6)


@pytest.mark.parametrize(("layer", "shape"), CASES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_precision_is_kept(layer: Layer, shape: tuple[int, ...], dtype: Any) -> None:
    layer = layer.astype(dtype) if isinstance(layer, Dense | Conv2d) else layer
    x = np.random.default_rng(4).normal(size=(2, *shape)).astype(dtype)
    pre, out = layer.forward(x)
    assert pre.dtype == out.dtype == layer.vjp(x, pre, out, out).dtype == dtype
    assert out.shape == (2, *layer.out_shape(shape))


@pytest.mark.parametrize(("layer", "shape"), CASES)
def test_edges_are_counted_one_by_one(layer: Layer, shape: tuple[int, ...]) -> None:
    assert layer.edge_count(shape) == len(list(oracle.edges(layer, shape)))


def test_views_of_other_arrays_are_read_right() -> None:
    """Strided, reversed, Fortran-ordered and read-only inputs give what a plain copy gives."""
    layer = conv("C", np.random.default_rng(5), (2, 3, 3, 2))
    x = (
        np.random.default_rng(6)
        .normal(size=(4, 9, 14, 3))
        .astype(np.float32)
        .transpose(0, 3, 1, 2)[::2, :, ::-1, ::2]
    )
    expected = layer.forward(np.array(x, order="C"))[1]
    fortran = np.asfortranarray(x)
    fortran.setflags(write=False)
    for same in (x, fortran):
        np.testing.assert_array_equal(layer.forward(same)[1], expected)


def test_c3_of_lenet_has_60_kernels() -> None:
    layer = conv("C3", np.random.default_rng(0), (16, 6, 5, 5), connections=c3_connections())
    assert layer.connections is not None
    assert layer.connections.sum() == 60
    assert layer.parameter_count() == 1516
    assert layer.edge_count((6, 14, 14)) == 150_000


def test_unconnected_maps_have_no_influence_and_get_no_gradient() -> None:
    layer = conv("C", np.random.default_rng(0), (4, 3, 3, 3), "identity", connections=TABLE)
    x = np.random.default_rng(1).normal(size=(1, *SHAPE)).astype(np.float32)
    pre, out = layer.forward(x)
    for map_ in range(3):
        other = x.copy()
        other[:, map_] += 1
        changed = np.any(layer.forward(other)[0] != pre, axis=(0, 2, 3))
        np.testing.assert_array_equal(changed, TABLE[:, map_])
    grad = np.zeros_like(out)
    grad[:, 0] = 1
    gradient = layer.vjp(x, pre, out, grad)
    assert gradient[:, [0, 2]].any()
    assert not gradient[:, 1].any()


def test_the_first_of_equal_values_wins_the_max_pool() -> None:
    pool = MaxPool2d("S", (2, 2), (2, 2))
    x = np.array([[[[3, 3, 1, 2], [3, 3, 2, 2]]]], np.float32)
    _, out = pool.forward(x)
    np.testing.assert_array_equal(pool.winners(x, out), [[[[0, 1]]]])
    gradient = pool.vjp(x, out, out, np.array([[[[5, 7]]]], np.float32))
    np.testing.assert_array_equal(gradient, [[[[5, 0, 0, 7], [0, 0, 0, 0]]]])


def test_relu_has_slope_zero_at_zero() -> None:
    layer = Dense("D", np.ones((1, 1)), np.zeros(1), "relu")
    x = np.zeros((1, 1))
    np.testing.assert_array_equal(layer.vjp(x, *layer.forward(x), np.ones((1, 1))), [[0]])


def test_layers_keep_their_own_read_only_arrays() -> None:
    weight = np.ones((2, 3), np.float32)
    layer = Dense("D", weight, np.zeros(2, np.float32))
    weight[:] = 5
    assert (layer.weight == 1).all()
    with pytest.raises(ValueError, match="read-only"):
        layer.weight[0, 0] = 2


def test_every_kind_of_the_files_is_here() -> None:
    assert list(LAYERS) == ["Dense", "Conv2d", "MaxPool2d", "AvgPool2d", "Flatten"]
    assert {layer.kind for layer, _ in layers()} == {kind.kind for kind in LAYERS.values()}


W4 = np.zeros((4, 3, 3, 3), np.float32)
B4 = np.zeros(4, np.float32)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: Dense("D", np.zeros(3), np.zeros(3)),
            r"D.weight: expected 2 axes, none empty, found \(3,\)",
        ),
        (lambda: Dense("D", np.zeros((0, 3)), np.zeros(0)), "D.weight: expected 2 axes, none empty"),
        (lambda: Dense("D", np.zeros((2, 3)), np.zeros(3)), r"D.bias: expected shape \(2,\), found \(3,\)"),
        (
            lambda: Dense("D", np.zeros((2, 3)), np.zeros(2), "gelu"),
            "D.activation: expected .*, found 'gelu'",
        ),
        (lambda: Conv2d("C", W4, B4, stride=(0, 1)), r"C.stride: .* from 1 up, found \(0, 1\)"),
        (lambda: Conv2d("C", W4, B4, padding=(0, 3)), r"C.padding: .* kernel \(3, 3\), found \(0, 3\)"),
        (lambda: Conv2d("C", W4, B4, padding=(-1, 0)), r"C.padding: .*found \(-1, 0\)"),
        (lambda: Conv2d("C", W4, B4, connections=TABLE.T), r"C.connections: .*\(4, 3\), found \(3, 4\)"),
        (
            lambda: Conv2d("C", W4 + 1, B4, connections=TABLE),
            "C.weight: expected 0 .*, found 36 other values",
        ),
        (lambda: MaxPool2d("S", (0, 2), (1, 1)), r"S.kernel: .*found \(0, 2\)"),
        (lambda: AvgPool2d("S", (2, 2), (1, -1)), r"S.stride: .*found \(1, -1\)"),
        (lambda: Dense("D", np.zeros((2, 3)), np.zeros(2)).out_shape((4,)), r"D: .*\(3,\), found \(4,\)"),
        (lambda: Conv2d("C", W4, B4).out_shape((2, 9, 9)), r"C: .*\(3, height, width\), found \(2, 9, 9\)"),
        (lambda: Conv2d("C", W4, B4).out_shape((3, 9, 2)), r"C: .*kernel \(3, 3\), found \(9, 2\)"),
        (lambda: MaxPool2d("S", (2, 2), (2, 2)).out_shape((8,)), r"S: .*found \(8,\)"),
        (lambda: MaxPool2d("S", (2, 2), (2, 2)).out_shape((8, 1, 4)), r"S: .*\(2, 2\), found \(1, 4\)"),
    ],
)
def test_what_does_not_fit_is_named(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


def test_out_shapes_floor_like_torch() -> None:
    assert MaxPool2d("S", (2, 2), (2, 2)).out_shape((3, 9, 7)) == (3, 4, 3)
    assert Conv2d("C", W4, B4, stride=(2, 4), padding=(1, 2)).out_shape((3, 9, 7)) == (4, 5, 3)
    assert Flatten("F").out_shape((3, 4, 5)) == (math.prod((3, 4, 5)),)
