"""The layers that have nothing to learn, pools and Flatten, and the geometry of sliding windows."""

# ruff: noqa: ARG002 - all layers are called alike, whether they need every argument or not

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from nodelink.nn.activations import Array

Shape = tuple[int, ...]
Pair = tuple[int, int]
Index = tuple[Any, ...]  # of an array: an ellipsis and two slices


def check_pair(where: str, pair: Pair, least: int) -> None:
    if len(pair) != 2 or min(pair) < least:
        raise ValueError(f"{where}: expected two integers from {least} up, found {pair}")


def windows(name: str, size: Pair, kernel: Pair, stride: Pair) -> Pair:
    """How many windows fit: (height, width)."""
    if size[0] < kernel[0] or size[1] < kernel[1]:
        raise ValueError(f"{name}: expected maps at least as large as the kernel {kernel}, found {size}")
    return (size[0] - kernel[0]) // stride[0] + 1, (size[1] - kernel[1]) // stride[1] + 1


def cells(kernel: Pair, stride: Pair, out: Pair) -> Iterator[tuple[int, int, Index]]:
    """Each window cell (i, j) in row-major order, with the index that picks it from every window."""
    rows, cols = stride[0] * (out[0] - 1) + 1, stride[1] * (out[1] - 1) + 1
    for i in range(kernel[0]):
        for j in range(kernel[1]):
            yield i, j, (..., slice(i, i + rows, stride[0]), slice(j, j + cols, stride[1]))


@dataclass(frozen=True, eq=False)
class _Pool:
    """What the pools share: windows without padding; last cells that fill none are left out, as in torch."""

    name: str
    kernel: Pair
    stride: Pair

    def __post_init__(self) -> None:
        check_pair(f"{self.name}.kernel", self.kernel, least=1)
        check_pair(f"{self.name}.stride", self.stride, least=1)

    def out_shape(self, in_shape: Shape) -> Shape:
        """(maps, H, W); ValueError unless `in_shape` is (maps, h, w) and the kernel fits in it."""
        if len(in_shape) != 3:
            raise ValueError(f"{self.name}: expected input shape (maps, height, width), found {in_shape}")
        return (in_shape[0], *windows(self.name, (in_shape[1], in_shape[2]), self.kernel, self.stride))

    def edge_count(self, in_shape: Shape) -> int:
        """One edge a window cell."""
        return math.prod(self.out_shape(in_shape)) * math.prod(self.kernel)

    def parameter_count(self) -> int:
        """Pools learn nothing: 0."""
        return 0

    def window_cells(self, x: Array) -> Iterator[Index]:
        """For each window cell in row-major order, the index that picks it from every window of x."""
        _, height, width = self.out_shape(x.shape[1:])
        return (index for _, _, index in cells(self.kernel, self.stride, (height, width)))


@dataclass(frozen=True, eq=False)
class MaxPool2d(_Pool):
    """The largest value of each window. Of equal values the first in row-major order is the winner."""

    kind: ClassVar[str] = "maxpool"

    def forward(self, x: Array) -> tuple[Array, Array]:
        """(out, out): a pool has no pre-activation of its own."""
        cells_of_x = self.window_cells(x)
        out = x[next(cells_of_x)].copy()
        for index in cells_of_x:
            np.maximum(out, x[index], out=out)
        return out, out

    def winners(self, x: Array, out: Array) -> npt.NDArray[np.intp]:
        """Which cell of its window (row-major index) each unit of `out` took: (B, *out_shape)."""
        equal = np.stack([x[index] == out for index in self.window_cells(x)])
        winners: npt.NDArray[np.intp] = np.argmax(equal, axis=0)
        return winners

    def vjp(self, x: Array, pre: Array, out: Array, grad: Array, *, from_pre: bool = False) -> Array:
        """Gradient with respect to x: each window's gradient goes to its winner alone."""
        winners = self.winners(x, out)
        grad_x = np.zeros(x.shape, grad.dtype)
        for cell, index in enumerate(self.window_cells(x)):
            grad_x[index] += grad * (winners == cell)
        return grad_x


@dataclass(frozen=True, eq=False)
class AvgPool2d(_Pool):
    """The mean of each window."""

    kind: ClassVar[str] = "avgpool"

    def forward(self, x: Array) -> tuple[Array, Array]:
        """(out, out): a pool has no pre-activation of its own."""
        cells_of_x = self.window_cells(x)
        out = x[next(cells_of_x)].copy()
        for index in cells_of_x:
            out += x[index]
        out /= math.prod(self.kernel)
        return out, out

    def vjp(self, x: Array, pre: Array, out: Array, grad: Array, *, from_pre: bool = False) -> Array:
        """Gradient with respect to x: each window's gradient is shared equally by its cells."""
        share = grad / math.prod(self.kernel)
        grad_x = np.zeros(x.shape, share.dtype)
        for index in self.window_cells(x):
            grad_x[index] += share
        return grad_x


@dataclass(frozen=True, eq=False)
class Flatten:
    """(maps, H, W) to (maps * H * W,) in row-major order: the same nodes, written in one line."""

    name: str

    kind: ClassVar[str] = "flatten"

    def out_shape(self, in_shape: Shape) -> Shape:
        """(size,) of any shape."""
        return (math.prod(in_shape),)

    def edge_count(self, in_shape: Shape) -> int:
        """No edges: nothing is computed."""
        return 0

    def parameter_count(self) -> int:
        """Nothing to learn: 0."""
        return 0

    def forward(self, x: Array) -> tuple[Array, Array]:
        """(out, out), (B, size)."""
        out = x.reshape(len(x), -1)
        return out, out

    def vjp(self, x: Array, pre: Array, out: Array, grad: Array, *, from_pre: bool = False) -> Array:
        """Gradient with respect to x: the same values in its shape."""
        return grad.reshape(x.shape)
