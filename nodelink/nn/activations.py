"""Activation functions and their vector-Jacobian products, on arrays (B, units) or (B, maps, H, W)."""

# ruff: noqa: ARG001 - all vjp functions are called alike, whether they need every argument or not

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating[Any]]


def _identity(pre: Array) -> Array:
    return pre


def _relu(pre: Array) -> Array:
    return np.maximum(pre, 0)


def _elu(pre: Array) -> Array:
    return np.where(pre > 0, pre, np.expm1(np.minimum(pre, 0)))


def _tanh(pre: Array) -> Array:
    return np.tanh(pre)


def _sigmoid(pre: Array) -> Array:
    tanh: Array = np.tanh(pre * 0.5)
    return tanh * 0.5 + 0.5  # overflows nowhere, unlike 1 / (1 + exp(-x))


def _softmax(pre: Array) -> Array:
    powers: Array = np.exp(pre - np.maximum.reduce(pre, axis=1, keepdims=True))
    powers /= np.add.reduce(powers, axis=1, keepdims=True)
    return powers


def _identity_vjp(pre: Array, out: Array, grad: Array) -> Array:
    return grad


def _relu_vjp(pre: Array, out: Array, grad: Array) -> Array:
    return grad * (pre > 0)


def _elu_vjp(pre: Array, out: Array, grad: Array) -> Array:
    return grad * np.where(pre > 0, 1, out + 1).astype(out.dtype, copy=False)


def _tanh_vjp(pre: Array, out: Array, grad: Array) -> Array:
    return grad * (1 - out * out)


def _sigmoid_vjp(pre: Array, out: Array, grad: Array) -> Array:
    return grad * out * (1 - out)


def _softmax_vjp(pre: Array, out: Array, grad: Array) -> Array:
    return out * (grad - np.add.reduce(grad * out, axis=1, keepdims=True))


_FORWARD: dict[str, Callable[[Array], Array]] = {
    "identity": _identity,
    "relu": _relu,
    "elu": _elu,
    "tanh": _tanh,
    "sigmoid": _sigmoid,
    "softmax": _softmax,
}
_VJP: dict[str, Callable[[Array, Array, Array], Array]] = {
    "identity": _identity_vjp,
    "relu": _relu_vjp,
    "elu": _elu_vjp,
    "tanh": _tanh_vjp,
    "sigmoid": _sigmoid_vjp,
    "softmax": _softmax_vjp,
}
ACTIVATIONS = tuple(_FORWARD)


def activate(name: str, pre: Array) -> Array:
    """The activation `name` of `pre`, in its shape and precision.

    elu has alpha 1; softmax runs over axis 1: the units of a dense layer, the maps at each position
    of a convolution. `name` is one of ACTIVATIONS (KeyError otherwise; layers check it when made).
    """
    return _FORWARD[name](pre)


def activation_vjp(name: str, pre: Array, out: Array, grad: Array) -> Array:
    """Gradient with respect to `pre`, given the gradient `grad` with respect to `out = activate(name, pre)`.

    At its kink, 0, relu has slope 0.
    """
    return _VJP[name](pre, out, grad)
