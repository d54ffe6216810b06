"""The engine once more in torch, read from a network's layers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from nodelink.nn.layers import AvgPool2d, Conv2d, Dense, Flatten, Layer, MaxPool2d

torch: Any = pytest.importorskip("torch", reason="torch is not installed: these tests are the second step")
F: Any = torch.nn.functional

ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "identity": lambda pre: pre,
    "relu": torch.relu,
    "elu": F.elu,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "softmax": lambda pre: torch.softmax(pre, dim=1),
}


def forward(layer: Layer, x: Any) -> tuple[Any, Any]:
    """(pre, out) of the layer as torch tensors that carry gradients to x."""
    if isinstance(layer, Dense):
        pre = F.linear(x, tensor(layer.weight, x), tensor(layer.bias, x))
        return pre, ACTIVATIONS[layer.activation](pre)
    if isinstance(layer, Conv2d):
        weight, bias = tensor(layer.weight, x), tensor(layer.bias, x)
        pre = F.conv2d(x, weight, bias, stride=layer.stride, padding=layer.padding)
        return pre, ACTIVATIONS[layer.activation](pre)
    if isinstance(layer, Flatten):
        out = torch.flatten(x, 1)
    elif isinstance(layer, MaxPool2d):
        out = F.max_pool2d(x, layer.kernel, layer.stride)
    else:
        assert isinstance(layer, AvgPool2d)
        out = F.avg_pool2d(x, layer.kernel, layer.stride)
    return out, out


def tensor(array: Any, like: Any) -> Any:
    """A copy in the precision of `like`: the layers' arrays are read-only, which torch does not know."""
    return torch.tensor(array, dtype=like.dtype)
