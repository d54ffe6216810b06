"""Networks for the tests: the three architectures that ship, with random weights, and small random ones."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from nodelink.nn.activations import ACTIVATIONS
from nodelink.nn.calibration import calibrate
from nodelink.nn.layers import AvgPool2d, Conv2d, Dense, Flatten, Layer, MaxPool2d
from nodelink.nn.network import Network
from nodelink.nn.weights import WeightsError

Array = npt.NDArray[np.floating[Any]]

# LeNet-5's table (LeCun et al., 1998, table I): the maps of S2 that each map of C3 sees, counted from 1.
C3_TABLE = (
    "123 234 345 456 156 126 1234 2345 3456 1456 1256 1236 1245 2356 1346 123456".split()  # noqa: SIM905
)
DIGITS = tuple("0123456789")


def c3_connections() -> npt.NDArray[np.bool_]:
    """The same table as (16, 6) booleans."""
    return np.array([[str(map_ + 1) in row for map_ in range(6)] for row in C3_TABLE])


def dense(name: str, rng: np.random.Generator, inputs: int, units: int, activation: str) -> Dense:
    """A dense layer with random weights that keep the size of values from layer to layer."""
    weight = rng.normal(0, (2 / inputs) ** 0.5, (units, inputs))
    return Dense(name, weight.astype(np.float32), rng.normal(0, 0.1, units).astype(np.float32), activation)


def conv(
    name: str,
    rng: np.random.Generator,
    shape: tuple[int, int, int, int],
    activation: str = "relu",
    stride: tuple[int, int] = (1, 1),
    padding: tuple[int, int] = (0, 0),
    connections: npt.NDArray[np.bool_] | None = None,
) -> Conv2d:
    """A convolution with random weights; `shape` is (out, in, kh, kw)."""
    weight = rng.normal(0, (2 / np.prod(shape[1:])) ** 0.5, shape).astype(np.float32)
    if connections is not None:
        weight *= connections[:, :, None, None]
    bias = rng.normal(0, 0.1, shape[0]).astype(np.float32)
    return Conv2d(name, weight, bias, activation, stride, padding, connections)


def calibrated(network: Network, seed: int = 0) -> Network:
    """The network with the scales that 8 random inputs give."""
    inputs = np.random.default_rng(seed).random((8, *network.input_shape), np.float32)
    return replace(network, calibration=calibrate(network, inputs))


def classifier(name: str, layers: list[Layer], input_shape: tuple[int, int, int]) -> Network:
    """A calibrated network with ten class probabilities."""
    return calibrated(
        Network(name, name.upper(), tuple(layers), input_shape, (0.0, 1.0), DIGITS, "probabilities")
    )


def cnn(seed: int = 0) -> Network:
    """The convolutional network's exact architecture with random weights."""
    rng = np.random.default_rng(seed)
    layers: list[Layer] = [
        conv("C1", rng, (6, 1, 5, 5)),
        MaxPool2d("S2", (2, 2), (2, 2)),
        conv("C3", rng, (16, 6, 5, 5), connections=c3_connections()),
        MaxPool2d("S4", (2, 2), (2, 2)),
        Flatten("flat"),
        dense("F5", rng, 400, 120, "relu"),
        dense("F6", rng, 120, 100, "relu"),
        dense("Output", rng, 100, 10, "softmax"),
    ]
    return classifier("cnn", layers, (1, 32, 32))


def perceptron(name: str, sizes: tuple[int, ...], seed: int = 0, side: int = 28) -> Network:
    """A perceptron on side x side inputs, relu between and softmax at the end."""
    rng = np.random.default_rng(seed)
    layers: list[Layer] = [Flatten("flat")]
    for index, (inputs, units) in enumerate(zip((side * side, *sizes[:-1]), sizes, strict=True)):
        last = index == len(sizes) - 1
        layer = dense(
            "Output" if last else f"H{index + 1}", rng, inputs, units, "softmax" if last else "relu"
        )
        layers.append(layer)
    return classifier(name, layers, (1, side, side))


def mlp(seed: int = 0) -> Network:
    """784-300-100-10 with random weights."""
    return perceptron("mlp", (300, 100, 10), seed)


def mini(seed: int = 0) -> Network:
    """784-16-16-10 with random weights."""
    return perceptron("mini", (16, 16, 10), seed)


def random_network(seed: int) -> Network:
    """A small network with any mixture of layer kinds, kernels, strides, paddings, tables and activations."""
    rng = np.random.default_rng(seed)
    input_shape = (int(rng.integers(1, 4)), int(rng.integers(8, 14)), int(rng.integers(8, 14)))
    layers: list[Layer] = []
    shape: tuple[int, ...] = input_shape
    for index in range(int(rng.integers(1, 4))):
        layer = random_map_layer(f"M{index}", rng, (shape[0], shape[1], shape[2]))
        layers.append(layer)
        shape = layer.out_shape(shape)
    layers.append(Flatten("flat"))
    units = int(np.prod(shape))
    for index in range(int(rng.integers(0, 3))):
        activation = str(rng.choice(ACTIVATIONS))
        layers.append(dense(f"D{index}", rng, units, int(rng.integers(2, 9)), activation))
        units = layers[-1].out_shape((units,))[0]
    layers.append(dense("Output", rng, units, 10, "softmax"))
    return classifier(f"random{seed}", layers, input_shape)


def random_map_layer(name: str, rng: np.random.Generator, shape: tuple[int, int, int]) -> Layer:
    """A convolution or a pool that fits maps of `shape`."""
    kernel = tuple(int(rng.integers(1, min(4, side) + 1)) for side in shape[1:])
    stride = int(rng.integers(1, 4)), int(rng.integers(1, 4))
    kind = str(rng.choice(["conv", "conv", "maxpool", "avgpool"]))
    if kind == "conv":
        maps = int(rng.integers(1, 5))
        padding = int(rng.integers(0, kernel[0])), int(rng.integers(0, kernel[1]))
        table = rng.random((maps, shape[0])) < 0.7
        table[:, 0] = True  # each map sees at least one
        full = (maps, shape[0], kernel[0], kernel[1])
        activation = str(rng.choice(ACTIVATIONS))
        return conv(name, rng, full, activation, stride, padding, table if rng.random() < 0.5 else None)
    pool = MaxPool2d if kind == "maxpool" else AvgPool2d
    return pool(name, (kernel[0], kernel[1]), stride)


@cache
def load(name: str) -> Network:
    """The random network that stands for a shipped one, always the same; WeightsError for any other name."""
    made = {"cnn": cnn, "mlp": mlp, "mini": mini}
    if name not in made:
        raise WeightsError(name, "no such network")
    return made[name]()
