"""Changes: what an experiment does to a network. `changed` makes a new network; the original is never touched.

Two kinds. Weights that are changed are new arrays. Nodes that are switched off give 0 whatever arrives at them,
by a mask in the forward pass (`nodelink.nn.off`); of a softmax they are left out, as if the class did not exist.

The order of changes does not matter: a layer's weights become original * factor + noise, then single weights are 0.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import isfinite, prod

import numpy as np

from nodelink.nn.activations import Array
from nodelink.nn.layers import Conv2d, Dense
from nodelink.nn.naming import node_name
from nodelink.nn.network import Network, NetworkError, Stage
from nodelink.nn.off import Mask


@dataclass(frozen=True)
class NodesOff:
    """Switch nodes off: one unit (row-major index within its stage), one map, or the whole stage where both are None.

    Their output is 0, and so is every gradient at them. A class of a softmax is left out of the sum: probability 0.
    """

    stage: str
    unit: int | None = None
    map: int | None = None

    def __post_init__(self) -> None:
        if self.unit is not None and self.map is not None:
            raise ValueError(f"{self.stage}: expected a unit or a map to switch off, found both")


@dataclass(frozen=True)
class WeightOff:
    """Set one weight to 0: index (unit, source) of a dense layer, (map, source map, row, column) of a convolution."""

    stage: str
    index: tuple[int, ...]


@dataclass(frozen=True)
class WeightScale:
    """Multiply a layer's weights, not its biases, by a finite factor."""

    stage: str
    factor: float

    def __post_init__(self) -> None:
        _check_finite(self.stage, "factor", self.factor)


@dataclass(frozen=True)
class WeightNoise:
    """Add normal noise to a layer's weights; its deviation is `size` times that of the original weights.

    The same seed gives the same noise, and `size` only scales it. Where nothing is connected no weight appears.
    """

    stage: str
    size: float  # 0 or more
    seed: int = 0  # 0 or more

    def __post_init__(self) -> None:
        _check_finite(self.stage, "noise", self.size)
        if self.size < 0 or self.seed < 0:
            raise ValueError(
                f"{self.stage}: expected noise and seed from 0 up, found {self.size}, {self.seed}"
            )


@dataclass(frozen=True)
class BiasOff:
    """Set the biases of a layer to 0, or of all layers where `stage` is None."""

    stage: str | None = None


Change = NodesOff | WeightOff | WeightScale | WeightNoise | BiasOff
_SLIDERS = (WeightScale, WeightNoise)  # of these a layer has one each


def merged(changes: tuple[Change, ...], new: Change) -> tuple[Change, ...]:
    """The changes with one more; a factor or a size takes the place of the layer's earlier one.

    A factor of 1 and noise of size 0 change nothing: they only take the earlier one away.
    """
    if not isinstance(new, _SLIDERS):
        return changes if new in changes else (*changes, new)
    kind, stage = type(new), new.stage
    place = next((i for i, old in enumerate(changes) if isinstance(old, kind) and old.stage == stage), None)
    idle = new.factor == 1 if isinstance(new, WeightScale) else new.size == 0
    put = () if idle else (new,)
    if place is None:
        return (*changes, *put)
    return (*changes[:place], *put, *changes[place + 1 :])


def changed(network: Network, changes: Iterable[Change]) -> Network:
    """The original of `network` with these changes and no others; the original itself where there are none.

    ValueError for a layer, node or weight that it does not have, NetworkError where a weight is no longer finite.
    """
    base, changes = network.original, tuple(changes)
    if not changes:
        return base
    for change in changes:
        _check(base, change)
    layers = [
        _layer(base, layer, changes) if isinstance(layer, _Weighted) else layer for layer in base.layers
    ]
    off = _masks(base, changes)
    # what it scores nobody has measured
    return replace(base, layers=tuple(layers), off=off, base=base, changes=changes, accuracy=None)


_Weighted = (Dense, Conv2d)


def _layer(network: Network, layer: Dense | Conv2d, changes: tuple[Change, ...]) -> Dense | Conv2d:
    """The layer with its weights changed; the layer itself where they are not."""
    mine = [c for c in changes if c.stage in (layer.name, None) and not isinstance(c, NodesOff)]
    if not mine:
        return layer
    weight = layer.weight.copy()
    with np.errstate(over="ignore", invalid="ignore"):  # told below, by the layer's name
        for change in mine:
            if isinstance(change, WeightScale):
                weight *= weight.dtype.type(change.factor)
        for change in mine:
            if isinstance(change, WeightNoise):
                weight += _noise(layer, change)
    for change in mine:
        if isinstance(change, WeightOff):
            weight[change.index] = 0
    if not np.isfinite(weight).all():
        raise NetworkError(f"{network.name}: the weights of layer {layer.name} are no longer finite numbers")
    bias = np.zeros_like(layer.bias) if any(isinstance(c, BiasOff) for c in mine) else layer.bias
    return replace(layer, weight=weight, bias=bias)


def _noise(layer: Dense | Conv2d, change: WeightNoise) -> Array:
    """Noise in the shape of the layer's weights, 0 where nothing is connected."""
    there = np.ones(layer.weight.shape, bool)
    if isinstance(layer, Conv2d) and layer.connections is not None:
        there[:] = layer.connections[:, :, None, None]
    deviation = float(layer.weight[there].std(dtype=np.float64))
    noise = np.random.default_rng(change.seed).standard_normal(layer.weight.shape)
    scaled: Array = (noise * there * (change.size * deviation)).astype(layer.weight.dtype)
    return scaled


def _masks(network: Network, changes: tuple[Change, ...]) -> dict[str, Mask]:
    """Which nodes are off, by stage; stages without any are left out."""
    masks: dict[str, Mask] = {}
    for change in changes:
        if isinstance(change, NodesOff):
            shape = network.stage(change.stage).shape
            mask = masks.setdefault(change.stage, np.zeros(shape, bool))
            if change.unit is not None:
                mask.reshape(-1)[change.unit] = True
            else:
                mask[slice(None) if change.map is None else change.map] = True
    for mask in masks.values():
        mask.flags.writeable = False
    return masks


# What fits a network ----------------------------------------------------------------------------------------


def _check_finite(stage: str, what: str, value: float) -> None:
    if not isfinite(value):
        raise ValueError(f"{stage}: expected a finite number as {what}, found {value}")


def _check(network: Network, change: Change) -> None:
    """ValueError unless the network has what is to be changed."""
    if change.stage is None:
        return
    stage = network.stage(change.stage)
    if isinstance(change, NodesOff):
        _check_index(stage, "unit", change.unit, stage.size)
        _check_index(stage, "map", change.map, stage.shape[0] if len(stage.shape) == 3 else 0)
        return
    layer = stage.layer
    if not isinstance(layer, _Weighted):
        raise ValueError(f"{stage.name}: expected a layer with weights, found one of kind {stage.kind}")
    if isinstance(change, WeightOff):
        shape = layer.weight.shape
        if len(change.index) != len(shape) or any(
            not 0 <= at < size for at, size in zip(change.index, shape, strict=False)
        ):
            raise ValueError(f"{stage.name}: expected a weight's index within {shape}, found {change.index}")


def _check_index(stage: Stage, what: str, index: int | None, size: int) -> None:
    if index is not None and not 0 <= index < size:
        raise ValueError(f"{what} of {stage.name}: expected 0 to {size - 1}, found {index}")


# Which weight is meant --------------------------------------------------------------------------------------


def weight_between(network: Network, source: int, target: int) -> WeightOff | None:
    """The change that takes away the weight of the edge from one node (id) to another; None where there is none.

    The edges of a convolution share their weights: the kernel's entry works at every position of the map.
    """
    for before, stage in zip(network.stages, network.stages[1:], strict=False):
        at, to = source - before.offset, target - stage.offset
        if not (0 <= at < before.size and 0 <= to < stage.size):
            continue
        layer = stage.layer
        if isinstance(layer, Dense):
            return WeightOff(stage.name, (to, at))
        return _entry(before, stage, layer, at, to) if isinstance(layer, Conv2d) else None
    return None


def _entry(before: Stage, stage: Stage, layer: Conv2d, at: int, to: int) -> WeightOff | None:
    """The kernel's entry between two nodes, counted within their stages."""
    (of, y, x), (out, row, column) = np.unravel_index(at, before.shape), np.unravel_index(to, stage.shape)
    i = int(y - row * layer.stride[0] + layer.padding[0])
    j = int(x - column * layer.stride[1] + layer.padding[1])
    seen = layer.connections is None or layer.connections[out, of]
    if not seen or not (0 <= i < layer.kernel[0] and 0 <= j < layer.kernel[1]):
        return None
    return WeightOff(stage.name, (int(out), int(of), i, j))


# In words ---------------------------------------------------------------------------------------------------


def describe(network: Network, change: Change) -> str:
    """One line for a list: "C3, map 5: off"."""
    if isinstance(change, NodesOff):
        return f"{_nodes_text(network.stage(change.stage), network, change)}: off"
    if isinstance(change, WeightOff):
        return f"{change.stage}, {_weight_text(network, change)}: 0"
    if isinstance(change, WeightScale):
        return f"{change.stage}, weights × {change.factor:.3g}"
    if isinstance(change, WeightNoise):
        return f"{change.stage}, noise of {100 * change.size:.3g} %"
    return "All layers without biases" if change.stage is None else f"{change.stage} without biases"


def _nodes_text(stage: Stage, network: Network, change: NodesOff) -> str:
    if change.map is not None:
        return f"{stage.name}, map {change.map + 1}"
    if change.unit is None:
        return f"{stage.name}, the whole layer"
    return node_name(network, stage.offset + change.unit)


def _weight_text(network: Network, change: WeightOff) -> str:
    if len(change.index) == 2:
        stage = network.stage(change.stage)
        source = network.stages[stage.index - 1].offset + change.index[1]
        target = node_name(network, stage.offset + change.index[0]).removeprefix(f"{stage.name}, ")
        return f"weight to {target} from {node_name(network, source)}"
    to, of, row, column = (index + 1 for index in change.index)
    return f"kernel {to} from map {of}, row {row}, column {column}"


def silence(network: Network) -> str | None:
    """What to say where everything of a layer is switched off; None where the drawing still reaches the answer."""
    silent = [
        stage.name
        for stage in network.stages
        if stage.name in network.off and int(network.off[stage.name].sum()) == prod(stage.shape)
    ]
    if not silent:
        return None
    if silent[-1] == network.stages[-1].name:
        return "Every output is switched off: there is no answer."
    if len(silent) == 1:
        which = f"All of {silent[0]} is"
    elif len(silent) == 2:
        which = f"All of {silent[0]} and all of {silent[1]} are"
    else:
        which = f"{len(silent)} whole layers are"
    return f"{which} switched off: the answer no longer depends on the drawing."
