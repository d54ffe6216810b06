"""The layers: frozen arrays, a forward pass and a vector-Jacobian product (vjp) for each.

Arrays are (B, units) or (B, maps, height, width), float32 or float64, and keep their precision.
Nothing is ever stored on a layer: `forward` returns what it computed, `vjp` is given it back.
"""

# ruff: noqa: ARG002 - all layers are called alike, whether they need every argument or not

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar, TypeVar

import numpy as np
import numpy.typing as npt

from nodelink.nn.activations import ACTIVATIONS, Array, activate, activation_vjp
from nodelink.nn.pools import AvgPool2d, Flatten, MaxPool2d, Pair, Shape, cells, check_pair, windows

__all__ = [
    "LAYERS",
    "AvgPool2d",
    "Conv2d",
    "Dense",
    "Flatten",
    "Layer",
    "MaxPool2d",
    "Pair",
    "Shape",
]

Affine = TypeVar("Affine", bound="_Affine")


@dataclass(frozen=True, eq=False)
class _Affine:
    """What Dense and Conv2d share: weight, bias, activation. `pre` is the weighted input with bias."""

    name: str
    weight: Array
    bias: Array
    activation: str = "identity"

    weight_axes: ClassVar[int]

    def __post_init__(self) -> None:
        weight, bias = _frozen(self.weight), _frozen(self.bias)
        if weight.ndim != self.weight_axes or 0 in weight.shape:
            raise ValueError(
                f"{self.name}.weight: expected {self.weight_axes} axes, none empty, found {weight.shape}"
            )
        if bias.shape != weight.shape[:1]:
            raise ValueError(f"{self.name}.bias: expected shape {weight.shape[:1]}, found {bias.shape}")
        if self.activation not in ACTIVATIONS:
            raise ValueError(
                f"{self.name}.activation: expected {' '.join(ACTIVATIONS)}, found {self.activation!r}"
            )
        object.__setattr__(self, "weight", weight)
        object.__setattr__(self, "bias", bias)

    def affine(self, x: Array) -> Array:
        """The weighted input with bias (B, *out_shape) of x (B, *in_shape)."""
        raise NotImplementedError

    def affine_vjp(self, x: Array, grad_pre: Array) -> Array:
        """Gradient with respect to x, given the one with respect to `affine(x)`."""
        raise NotImplementedError

    def forward(self, x: Array) -> tuple[Array, Array]:
        """(pre, out), each (B, *out_shape), of x (B, *in_shape)."""
        pre = self.affine(x)
        return pre, activate(self.activation, pre)

    def vjp(self, x: Array, pre: Array, out: Array, grad: Array, *, from_pre: bool = False) -> Array:
        """Gradient with respect to x, given the one with respect to `out` (`from_pre`: to `pre`)."""
        if not from_pre:
            grad = activation_vjp(self.activation, pre, out, grad)
        return self.affine_vjp(x, grad)

    def parameter_count(self) -> int:
        """Weights and biases that can be learned."""
        return self.weight.size + self.bias.size

    def astype(self: Affine, dtype: npt.DTypeLike) -> Affine:
        """The same layer in another precision."""
        return replace(self, weight=self.weight.astype(dtype), bias=self.bias.astype(dtype))


@dataclass(frozen=True, eq=False)
class Dense(_Affine):
    """Every unit sees every input. weight (out, in), bias (out,)."""

    kind: ClassVar[str] = "dense"
    weight_axes: ClassVar[int] = 2

    def out_shape(self, in_shape: Shape) -> Shape:
        """(units,); ValueError unless `in_shape` is (inputs,)."""
        if in_shape != self.weight.shape[1:]:
            raise ValueError(f"{self.name}: expected input shape {self.weight.shape[1:]}, found {in_shape}")
        return self.weight.shape[:1]

    def edge_count(self, in_shape: Shape) -> int:
        """One edge a weight."""
        self.out_shape(in_shape)
        return self.weight.size

    def affine(self, x: Array) -> Array:
        pre: Array = x @ self._transposed
        pre += self.bias
        return pre

    def affine_vjp(self, x: Array, grad_pre: Array) -> Array:
        grad: Array = grad_pre @ self.weight
        return grad

    @cached_property
    def _transposed(self) -> Array:
        transposed: Array = self.weight.T
        return transposed


@dataclass(frozen=True, eq=False)
class Conv2d(_Affine):
    """Cross-correlation, as torch's: weight (out, in, kh, kw), bias (out,), zero padding.

    `connections` (out, in) says which maps see which (None: all); `weight` must be 0 elsewhere.
    `padding` is less than the kernel, so that every unit sees at least one real cell.
    """

    stride: Pair = (1, 1)
    padding: Pair = (0, 0)
    connections: npt.NDArray[np.bool_] | None = None

    kind: ClassVar[str] = "conv"
    weight_axes: ClassVar[int] = 4

    def __post_init__(self) -> None:
        super().__post_init__()
        check_pair(f"{self.name}.stride", self.stride, least=1)
        check_pair(f"{self.name}.padding", self.padding, least=0)
        if self.padding[0] >= self.kernel[0] or self.padding[1] >= self.kernel[1]:
            raise ValueError(
                f"{self.name}.padding: expected less than the kernel {self.kernel}, found {self.padding}"
            )
        if self.connections is None:
            return
        table = np.array(self.connections, dtype=bool)
        table.setflags(write=False)
        if table.shape != self.weight.shape[:2]:
            raise ValueError(
                f"{self.name}.connections: expected shape {self.weight.shape[:2]}, found {table.shape}"
            )
        stray = np.count_nonzero(self.weight[~table])
        if stray:
            raise ValueError(
                f"{self.name}.weight: expected 0 where the connection table has no connection, "
                f"found {stray} other values"
            )
        object.__setattr__(self, "connections", table)

    @property
    def kernel(self) -> Pair:
        """(kh, kw)."""
        return self.weight.shape[2], self.weight.shape[3]

    @property
    def _pairs(self) -> int:
        """Pairs of an output and an input map that are connected: the kernels."""
        if self.connections is None:
            return math.prod(self.weight.shape[:2])
        return int(np.count_nonzero(self.connections))

    def out_shape(self, in_shape: Shape) -> Shape:
        """(out, H, W); ValueError unless `in_shape` is (in, h, w) and the kernel fits in the padded map."""
        if len(in_shape) != 3 or in_shape[0] != self.weight.shape[1]:
            raise ValueError(
                f"{self.name}: expected input shape ({self.weight.shape[1]}, height, width), found {in_shape}"
            )
        padded = in_shape[1] + 2 * self.padding[0], in_shape[2] + 2 * self.padding[1]
        return (self.weight.shape[0], *windows(self.name, padded, self.kernel, self.stride))

    def edge_count(self, in_shape: Shape) -> int:
        """One edge a kernel cell and position; cells in the padding and unconnected maps have none."""
        _, *out = self.out_shape(in_shape)
        count = self._pairs
        for axis in (0, 1):
            first = np.arange(out[axis]) * self.stride[axis] - self.padding[axis]
            last = np.minimum(first + self.kernel[axis], in_shape[axis + 1])
            count *= int(np.sum(last - np.maximum(first, 0)))
        return count

    def parameter_count(self) -> int:
        """Weights of the connected kernels, and biases."""
        return self._pairs * math.prod(self.kernel) + self.bias.size

    def affine(self, x: Array) -> Array:
        columns, (height, width) = self.columns(x)
        pre = self._matrix @ columns  # (out, K) @ (B, K, P) -> (B, out, P)
        pre += self._bias_column
        return pre.reshape(len(x), -1, height, width)

    def columns(self, x: Array) -> tuple[Array, Pair]:
        """What each position sees: (B, in * kh * kw, H * W), and (H, W). Padding cells are 0."""
        x = _padded(x, self.padding)
        batch, maps, rows, cols = x.shape
        (kh, kw), (sh, sw) = self.kernel, self.stride
        height, width = (rows - kh) // sh + 1, (cols - kw) // sw + 1
        b, c, r, k = x.strides
        # np.ndarray on a buffer is as_strided without its Python overhead, and it checks the bounds.
        view: Array = np.ndarray(
            (batch, maps, kh, kw, height, width), x.dtype, x, 0, (b, c, r, k, r * sh, k * sw)
        )
        return view.reshape(batch, maps * kh * kw, height * width), (height, width)

    def affine_vjp(self, x: Array, grad_pre: Array) -> Array:
        batch, maps, rows, cols = x.shape
        (kh, kw), (ph, pw) = self.kernel, self.padding
        _, out, height, width = grad_pre.shape
        columns = self._matrix.T @ grad_pre.reshape(batch, out, height * width)
        columns = columns.reshape(batch, maps, kh, kw, height, width)
        grad: Array = np.zeros((batch, maps, rows + 2 * ph, cols + 2 * pw), columns.dtype)
        for i, j, index in cells(self.kernel, self.stride, (height, width)):
            grad[index] += columns[:, :, i, j]
        return grad[:, :, ph : ph + rows, pw : pw + cols]

    @cached_property
    def _matrix(self) -> Array:
        return self.weight.reshape(len(self.weight), -1)  # (out, in * kh * kw)

    @cached_property
    def _bias_column(self) -> Array:
        return self.bias[:, None]


Layer = Dense | Conv2d | MaxPool2d | AvgPool2d | Flatten
LAYERS: dict[str, type[Layer]] = {
    kind.__name__: kind for kind in (Dense, Conv2d, MaxPool2d, AvgPool2d, Flatten)
}


def _frozen(values: npt.ArrayLike) -> Array:
    """A read-only contiguous copy, float64 if it came so, float32 otherwise."""
    given = np.asarray(values)
    array = np.array(given, dtype=np.float64 if given.dtype == np.float64 else np.float32, order="C")
    array.setflags(write=False)
    return array


def _padded(x: Array, padding: Pair) -> Array:
    """x with a border of zeros, contiguous."""
    if padding == (0, 0):
        return np.ascontiguousarray(x)
    (ph, pw), (batch, maps, rows, cols) = padding, x.shape
    wide = np.zeros((batch, maps, rows + 2 * ph, cols + 2 * pw), x.dtype)
    wide[:, :, ph : ph + rows, pw : pw + cols] = x
    return wide
