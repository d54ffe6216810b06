"""Changed networks against torch: weights zeroed in its tensors, nodes masked by a product, gradients by autograd."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nodelink.nn.changes import BiasOff, Change, NodesOff, WeightOff, WeightScale, changed
from nodelink.nn.layers import Conv2d, Dense
from nodelink.nn.network import INPUT
from tests import networks
from tests.nn.test_network import picture
from tests.torch.reference import torch

F: Any = torch.nn.functional

CHANGES: tuple[Change, ...] = (
    NodesOff("C1", map=2),
    NodesOff("S2", 100),
    NodesOff("C3", 777),
    NodesOff("F5", 5),
    NodesOff("Output", 8),
    WeightOff("C1", (3, 0, 2, 2)),
    WeightOff("F6", (10, 20)),
    WeightScale("F5", 0.75),
    BiasOff("F6"),
)


def torch_answer(network: Any, x: Any) -> tuple[Any, Any]:
    """(logits, probabilities) of the CNN with CHANGES, written down in torch by hand."""
    parts = {layer.name: layer for layer in network.layers if isinstance(layer, Dense | Conv2d)}
    w = {name: torch.tensor(part.weight.astype(np.float64)) for name, part in parts.items()}
    b = {name: torch.tensor(part.bias.astype(np.float64)) for name, part in parts.items()}
    w["C1"][3, 0, 2, 2] = 0
    w["F6"][10, 20] = 0
    w["F5"] *= 0.75
    b["F6"] = torch.zeros_like(b["F6"])
    keep = {s.name: torch.ones(s.shape, dtype=torch.float64) for s in network.stages}
    keep["C1"][2] = 0
    for name, unit in (("S2", 100), ("C3", 777), ("F5", 5)):
        keep[name].view(-1)[unit] = 0
    h = torch.relu(F.conv2d(x, w["C1"], b["C1"])) * keep["C1"]
    h = F.max_pool2d(h, 2) * keep["S2"]
    h = torch.relu(F.conv2d(h, w["C3"], b["C3"])) * keep["C3"]
    h = F.max_pool2d(h, 2).flatten(1)
    h = torch.relu(F.linear(h, w["F5"], b["F5"])) * keep["F5"]
    h = torch.relu(F.linear(h, w["F6"], b["F6"]))
    logits = F.linear(h, w["Output"], b["Output"])
    left_out = torch.zeros(10, dtype=torch.float64)
    left_out[8] = -float("inf")
    return logits, torch.softmax(logits + left_out, dim=1)


def test_answer_and_gradients_agree() -> None:
    network = changed(networks.cnn().astype(np.float64), CHANGES)
    x = picture(network, 5)[None].astype(np.float64)
    wanted_x = torch.tensor(x, requires_grad=True)
    logits, probabilities = torch_answer(network.original, wanted_x)
    activations = network.forward(x)
    assert activations.logits == pytest.approx(logits.detach().numpy(), rel=1e-9)
    assert activations.output == pytest.approx(probabilities.detach().numpy(), rel=1e-9)
    for unit, pre, goal in ((3, False, probabilities), (4, True, logits), (8, True, logits)):
        (wanted,) = torch.autograd.grad(goal[0, unit], wanted_x, retain_graph=True)
        found = network.gradient(activations, "Output", unit, INPUT, pre)
        assert np.abs(found - wanted.numpy()).max() <= 1e-9 * np.abs(wanted.numpy()).max()
