"""Off: nodes that are switched off in the forward pass, and in gradients. They give 0 whatever arrives at them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from nodelink.nn.activations import Array

Mask = npt.NDArray[np.bool_]  # in a stage's shape: True where a node is off


def silenced(activation: str, pre: Array, out: Array, off: Mask) -> Array:
    """The outputs (B, *off.shape) of a stage with nodes switched off, given what they would be.

    Of a softmax the nodes that are off are left out of the sum, so that the others still add up to 1: their probability
    is 0, as if their logits were minus infinity. Where all are off, all are 0.
    """
    if activation != "softmax":
        return without(out, off)
    limits = np.maximum.reduce(pre, axis=1, keepdims=True, where=~off, initial=-np.inf)
    limits = np.where(np.isfinite(limits), limits, 0)
    powers: Array = np.exp(np.where(off, -np.inf, pre - limits)).astype(pre.dtype, copy=False)
    total = np.add.reduce(powers, axis=1, keepdims=True)
    shares: Array = powers / np.where(total > 0, total, 1)
    return shares


def without(values: npt.NDArray[Any], off: Mask) -> npt.NDArray[Any]:
    """A copy of values (B, *off.shape) with 0 where nodes are off."""
    kept: npt.NDArray[Any] = np.where(off, np.zeros((), values.dtype), values)
    return kept
