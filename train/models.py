"""The three architectures as torch modules, with the layer names that the weight files carry.

The module ends in logits: the softmax belongs to the file (and to the loss), not to the module.
"""

from __future__ import annotations

from collections import OrderedDict

import torch
from torch import Tensor, nn

NETWORKS = ("cnn", "mlp", "mini")

HIDDEN = {"mlp": (300, 100), "mini": (16, 16)}  # units of the perceptrons' hidden layers

# S2 maps that feed each C3 map, 0-based: LeCun et al. 1998, table I.
C3_TABLE: tuple[tuple[int, ...], ...] = (
    (0, 1, 2), (1, 2, 3), (2, 3, 4), (3, 4, 5), (0, 4, 5), (0, 1, 5),
    (0, 1, 2, 3), (1, 2, 3, 4), (2, 3, 4, 5), (0, 3, 4, 5), (0, 1, 4, 5), (0, 1, 2, 5),
    (0, 1, 3, 4), (1, 2, 4, 5), (0, 2, 3, 5), (0, 1, 2, 3, 4, 5),
)  # fmt: skip


class TableConv2d(nn.Conv2d):  # type: ignore[misc]
    """A 5x5 convolution in which output map i sees only the input maps `table[i]` (others: kernel zero)."""

    def __init__(self, in_channels: int, table: tuple[tuple[int, ...], ...]) -> None:
        super().__init__(in_channels, len(table), 5)
        mask = torch.zeros(len(table), in_channels, 1, 1)
        for out, sources in enumerate(table):
            mask[out, list(sources)] = 1.0
        self.table = table
        self.register_buffer("mask", mask, persistent=False)
        with torch.no_grad():  # torch scales for a full fan-in; scale up to the fan-in that is there
            self.weight *= mask * (in_channels / mask.sum(dim=1, keepdim=True)).sqrt()

    def forward(self, x: Tensor) -> Tensor:
        """x (B, in, H, W) -> (B, out, H-4, W-4); the mask also keeps gradients off the missing kernels."""
        return self._conv_forward(x, self.weight * self.mask, self.bias)


def _cnn() -> nn.Sequential:
    return nn.Sequential(
        OrderedDict(
            C1=nn.Conv2d(1, 6, 5),
            C1_relu=nn.ReLU(),
            S2=nn.MaxPool2d(2),
            C3=TableConv2d(6, C3_TABLE),
            C3_relu=nn.ReLU(),
            S4=nn.MaxPool2d(2),
            flat=nn.Flatten(),
            F5=nn.Linear(400, 120),
            F5_relu=nn.ReLU(),
            F6=nn.Linear(120, 100),
            F6_relu=nn.ReLU(),
            Output=nn.Linear(100, 10),
        )
    )


def _perceptron(hidden1: int, hidden2: int) -> nn.Sequential:
    return nn.Sequential(
        OrderedDict(
            flat=nn.Flatten(),
            H1=nn.Linear(784, hidden1),
            H1_relu=nn.ReLU(),
            H2=nn.Linear(hidden1, hidden2),
            H2_relu=nn.ReLU(),
            Output=nn.Linear(hidden2, 10),
        )
    )


def build(name: str) -> nn.Sequential:
    """The untrained network `name` (one of NETWORKS), drawn from torch's global generator.

    Raises KeyError for another name.
    """
    model = _cnn() if name == "cnn" else _perceptron(*HIDDEN[name])
    for layer in model.modules():
        if isinstance(layer, nn.Linear) and layer.out_features != 10:
            nn.init.kaiming_uniform_(layer.weight, nonlinearity="relu")
    return model


def input_shape(name: str) -> tuple[int, int, int]:
    """(C, H, W) of the network's input: the CNN sees the 28x28 cells inside a border of 2 blank ones."""
    return (1, 32, 32) if name == "cnn" else (1, 28, 28)
