"""A network: its layers as stages of nodes, the forward pass, gradients between any two stages."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from nodelink.nn.activations import Array
from nodelink.nn.layers import Conv2d, Dense, Flatten, Layer, Shape
from nodelink.nn.off import Mask, silenced, without

if TYPE_CHECKING:
    from nodelink.nn.changes import Change

OUTPUT_KINDS = ("probabilities", "regression", "none")
INPUT = "Input"  # the name of the first stage


class NetworkError(ValueError):
    """A forward pass left the range of its numbers; the message is one line that names the network and the layer."""


@dataclass(frozen=True)
class Scale:
    """A stage's fixed scale, calibrated once on training data."""

    node: float  # the |value| drawn at full colour
    edge: float | None = None  # the |contribution| of an arriving edge drawn at full ink; None for the input
    ink: float | None = (
        None  # what all arriving edges usually draw together, in full edges; None for the input
    )


@dataclass(frozen=True)
class Stage:
    """One displayed layer: its nodes and the edges that arrive at them. A Flatten is none: it has no nodes.

    The id of a node is `offset` plus its row-major index within `shape`.
    """

    index: int  # its place in Network.stages
    name: str
    kind: str  # "input" or the layer's kind
    shape: Shape  # (maps, height, width) or (units,)
    size: int  # nodes
    edges: int
    parameters: int
    offset: int  # id of its first node
    layer: Layer | None  # None for the input
    activation: str


@dataclass(frozen=True)
class Reached:
    """How far a forward pass has come that takes the nodes one by one, in the order of their ids."""

    pre: int  # nodes with a lower id have their weighted input
    out: int  # nodes with a lower id have their output: fewer, where a softmax waits for its last unit


@dataclass(frozen=True, eq=False)
class Activations:
    """What one forward pass computed, for each stage (B, *stage.shape). Input and pools: `pre` is `out`."""

    network: Network
    pre: tuple[Array, ...]
    out: tuple[Array, ...]
    reached: Reached | None = None  # None: all of it; else what has not been computed yet stands as 0

    @property
    def output(self) -> Array:
        """(B, units) of the last stage."""
        return self.out[-1].reshape(len(self.out[-1]), -1)

    @property
    def logits(self) -> Array:
        """(B, units) of the last stage before its activation."""
        return self.pre[-1].reshape(len(self.pre[-1]), -1)

    def values(self, sample: int = 0) -> npt.NDArray[np.float32]:
        """The outputs of all nodes of one sample, by node id: (nodes,) float32."""
        return np.concatenate([out[sample].ravel() for out in self.out]).astype(np.float32, copy=False)


@dataclass(frozen=True, eq=False)
class Network:
    """Layers in order, with what is needed to show them. ValueError where the shapes do not chain."""

    name: str
    title: str
    layers: tuple[Layer, ...]
    input_shape: tuple[int, int, int]  # (channels, height, width)
    input_range: tuple[float, float] = (0.0, 1.0)
    class_names: tuple[str, ...] = ()
    output_kind: str = "none"  # one of OUTPUT_KINDS
    calibration: Mapping[str, Scale] = field(default_factory=dict)  # by stage name
    accuracy: float | None = None  # on its test set, 0 to 1
    training: Mapping[str, Any] = field(default_factory=dict)  # how it was made, free form
    off: Mapping[str, Mask] = field(default_factory=dict)  # nodes switched off, by stage name: `nn.changes`
    base: Network | None = None  # the network that this one was made of by `changes`
    changes: tuple[Change, ...] = ()

    def __post_init__(self) -> None:
        if self.output_kind not in OUTPUT_KINDS:
            raise ValueError(f"output kind: expected {' '.join(OUTPUT_KINDS)}, found {self.output_kind!r}")
        names = [INPUT, *(layer.name for layer in self.layers)]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"layer names: expected each once and none {INPUT!r}, found again: {twice}")
        if len(self.stages) < 2:
            raise ValueError("layers: expected at least one that computes, found none")

    @property
    def original(self) -> Network:
        """The network as it was loaded; itself, unless it is changed."""
        return self.base or self

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        """The input and every layer but Flatten, in order."""
        shape: Shape = tuple(self.input_shape)
        size = math.prod(shape)
        stages = [Stage(0, INPUT, "input", shape, size, 0, 0, 0, None, "identity")]
        offset = size
        for layer in self.layers:
            edges, shape = layer.edge_count(shape), layer.out_shape(shape)
            if isinstance(layer, Flatten):
                continue
            size = math.prod(shape)
            counts = size, edges, layer.parameter_count(), offset
            activation = layer.activation if isinstance(layer, Dense | Conv2d) else "identity"
            stages.append(Stage(len(stages), layer.name, layer.kind, shape, *counts, layer, activation))
            offset += size
        return tuple(stages)

    @cached_property
    def nodes(self) -> int:
        """Nodes of all stages, the input's included."""
        return sum(stage.size for stage in self.stages)

    @cached_property
    def edges(self) -> int:
        """Weighted edges of all stages; pools have one a window cell, padding cells have none."""
        return sum(stage.edges for stage in self.stages)

    @cached_property
    def parameters(self) -> int:
        """Learned numbers of all stages."""
        return sum(stage.parameters for stage in self.stages)

    @cached_property
    def dtype(self) -> np.dtype[Any]:
        """float32, or float64 if any layer is."""
        arrays = [layer.weight.dtype for layer in self.layers if isinstance(layer, Dense | Conv2d)]
        return np.result_type(np.float32, *arrays)

    def astype(self, dtype: npt.DTypeLike) -> Network:
        """The same network in float32 or float64."""
        cast = (layer.astype(dtype) if isinstance(layer, Dense | Conv2d) else layer for layer in self.layers)
        return replace(self, layers=tuple(cast))

    def stage(self, name: str) -> Stage:
        """The stage of that name; ValueError if there is none."""
        for stage in self.stages:
            if stage.name == name:
                return stage
        raise ValueError(f"stage: expected {' '.join(s.name for s in self.stages)}, found {name!r}")

    def forward(self, x: npt.ArrayLike) -> Activations:
        """All activations for x, (C, H, W) or (B, C, H, W).

        ValueError for any other shape, NetworkError where a value is infinite or not a number.
        """
        values: Array = np.array(np.asarray(x), self.dtype, order="C")  # a copy: the drawing goes on changing
        if values.ndim == 3:
            values = values[None]
        if values.shape[1:] != self.input_shape or not len(values):
            raise ValueError(
                f"input: expected shape {self.input_shape} or (batch, ...) of it, found {np.shape(x)}"
            )
        if INPUT in self.off:
            values = without(values, self.off[INPUT])
        pre, out = [values], [values]
        with np.errstate(over="ignore", invalid="ignore"):  # told below, by the layer's name
            for layer in self.layers:
                before, values = layer.forward(values)
                if not np.isfinite(before).all():  # an activation of finite values is finite
                    raise NetworkError(
                        f"{self.name}: values of layer {layer.name} are not finite for this input"
                    )
                if layer.kind != "flatten":
                    if layer.name in self.off:
                        before, values = self._silenced(layer, before, values)
                    pre.append(before)
                    out.append(values)
        return Activations(self, tuple(pre), tuple(out))

    def gradient(
        self, activations: Activations, stage: Stage | str, unit: int, wrt: Stage | str, pre: bool = False
    ) -> Array:
        """Gradient of one unit's output with respect to the outputs of stage `wrt`: (B, *wrt.shape).

        `unit` is the row-major index within `stage`; `pre` takes the unit's value before its activation.
        Where the function has a kink (relu at 0, equal values in a max pool) see the layer's convention.
        At nodes that are switched off every gradient is 0: nothing that they do changes anything.
        ValueError if `wrt` is not before `stage` (or `stage` itself, for its outputs), or no such unit.
        """
        stage = self._stage(stage)
        if not 0 <= unit < stage.size:
            raise ValueError(f"unit of {stage.name}: expected 0 to {stage.size - 1}, found {unit}")
        seed = np.zeros_like(activations.out[stage.index], order="C")
        seed.reshape(len(seed), -1)[:, unit] = 1
        return self.vjp(activations, stage, seed, wrt, pre)

    def vjp(
        self, activations: Activations, stage: Stage | str, grad: Array, wrt: Stage | str, pre: bool = False
    ) -> Array:
        """As `gradient`, for any weighting `grad` (B, *stage.shape) of the stage's units."""
        stage, wrt = self._stage(stage), self._stage(wrt)
        if wrt.index > stage.index or (pre and wrt is stage):
            raise ValueError(f"gradient: expected a stage before {stage.name}, found {wrt.name}")
        if not pre:
            grad = self._blocked(stage, grad)
        for index in range(stage.index, wrt.index, -1):
            layer, below = self.stages[index].layer, activations.out[index - 1]
            assert layer is not None  # only the first stage has none
            x = below.reshape(len(below), -1) if layer.kind == "dense" else below
            from_pre = pre and index == stage.index
            grad = layer.vjp(x, activations.pre[index], activations.out[index], grad, from_pre=from_pre)
            grad = self._blocked(self.stages[index - 1], grad.reshape(below.shape))
        return grad

    def _silenced(self, layer: Layer, pre: Array, out: Array) -> tuple[Array, Array]:
        """What a layer computed, (pre, out), without the nodes that are off. A pool has no `pre` of its own."""
        activation = layer.activation if isinstance(layer, Dense | Conv2d) else "identity"
        values = silenced(activation, pre, out, self.off[layer.name])
        return (pre if isinstance(layer, Dense | Conv2d) else values), values

    def _blocked(self, stage: Stage, grad: Array) -> Array:
        """A gradient with respect to a stage's outputs, 0 where its nodes are off."""
        mask = self.off.get(stage.name)
        return grad if mask is None else without(grad, mask)

    def _stage(self, stage: Stage | str) -> Stage:
        return self.stage(stage) if isinstance(stage, str) else self.stages[stage.index]
