"""From a trained torch module to a weight file, through the application's own engine and format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import nn

from nodelink.nn.calibration import calibrate
from nodelink.nn.layers import Conv2d, Dense, Layer
from nodelink.nn.network import Network
from nodelink.nn.pools import Flatten, MaxPool2d
from nodelink.nn.weights import save
from train.data import Digits, network_batch
from train.models import TableConv2d, input_shape

CALIBRATION_DIGITS = 2_000  # training digits that fix the scales of colour and ink
TITLES = {
    "cnn": "LeNet-5-style CNN",
    "mlp": "Perceptron 784-300-100-10",
    "mini": "Small perceptron 784-16-16-10",
}


def _array(tensor: Any) -> NDArray[np.float32]:
    return np.ascontiguousarray(tensor.detach().numpy(), dtype=np.float32)


def _conv(name: str, module: nn.Conv2d) -> Conv2d:
    weight, connections = _array(module.weight), None
    if isinstance(module, TableConv2d):
        connections = _array(module.mask)[:, :, 0, 0] > 0
        weight = np.where(connections[:, :, None, None], weight, np.float32(0))  # 0, never -0
    stride, padding = tuple(module.stride), tuple(module.padding)
    return Conv2d(name, weight, _array(module.bias), "relu", stride, padding, connections)


def layers(model: nn.Sequential) -> tuple[Layer, ...]:
    """The engine's layers of a model from train.models: ReLU joins its layer, the output gets a softmax."""
    result: list[Layer] = []
    for name, module in model.named_children():
        if isinstance(module, nn.Conv2d):
            result.append(_conv(name, module))
        elif isinstance(module, nn.Linear):
            activation = "softmax" if name == "Output" else "relu"
            result.append(Dense(name, _array(module.weight), _array(module.bias), activation))
        elif isinstance(module, nn.MaxPool2d):
            result.append(MaxPool2d(name, (module.kernel_size,) * 2, (module.stride,) * 2))
        elif isinstance(module, nn.Flatten):
            result.append(Flatten(name))
    return tuple(result)


def to_network(name: str, model: nn.Sequential) -> Network:
    """The engine's network of a trained model `name`, without calibration, accuracy or history."""
    return Network(
        name=name,
        title=TITLES[name],
        layers=layers(model),
        input_shape=input_shape(name),
        class_names=tuple("0123456789"),
        output_kind="probabilities",
    )


def export(
    network: Network, path: Path, digits: Digits, accuracy: float | None, training: Mapping[str, Any]
) -> None:
    """Calibrate on the first training `digits`, and write the file. `training` holds no times and no paths."""
    images = digits.images[:CALIBRATION_DIGITS].float() / 255
    inputs = network_batch(images, network.input_shape).numpy()
    scales = calibrate(network, inputs)
    save(replace(network, calibration=scales, accuracy=accuracy, training=training), path)
