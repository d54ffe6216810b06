"""The JSON half of the weight format (docs/format.md): a network described, and a description checked."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from nodelink.nn.activations import ACTIVATIONS
from nodelink.nn.fields import (
    LARGEST,
    Fault,
    as_choice,
    as_integer,
    as_list,
    as_number,
    as_object,
    as_pair,
    as_record,
    as_text,
    found,
)
from nodelink.nn.layers import LAYERS, AvgPool2d, Conv2d, Dense, Layer, MaxPool2d
from nodelink.nn.network import INPUT, OUTPUT_KINDS, Network, Scale

FORMAT = 1
MAX_TEXT = 2**22  # characters of JSON
MAX_DIGITS = 100
MIN_SCALE = 1e-30  # values are divided by it in float32
MAX_LAYERS = 1000
KINDS = {layer.kind: name for name, layer in LAYERS.items()}


@dataclass(frozen=True)
class LayerSpec:
    """One layer as described: `fields` are its keys but name and kind, with defaults filled in."""

    name: str
    kind: str  # a key of LAYERS
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class Spec:
    """A description that is right in itself; whether its shapes chain depends on the tensors."""

    name: str
    title: str
    input_shape: tuple[int, int, int]
    input_range: tuple[float, float]
    output_kind: str
    class_names: tuple[str, ...]
    layers: tuple[LayerSpec, ...]
    calibration: Mapping[str, Scale]
    accuracy: float | None
    training: Mapping[str, Any]


def describe(network: Network) -> str:
    """The network without its arrays as sorted JSON. Fault where that cannot be written."""
    calibration = {
        name: {key: float(v) for key, v in vars(scale).items() if v is not None}
        for name, scale in network.calibration.items()
    }
    description = {
        "format": FORMAT,
        "name": network.name,
        "title": network.title,
        "input": {"shape": list(network.input_shape), "range": [float(v) for v in network.input_range]},
        "output": {"kind": network.output_kind, "classes": list(network.class_names)},
        "layers": [_describe_layer(layer) for layer in network.layers],
        "calibration": calibration,
        "accuracy": None if network.accuracy is None else float(network.accuracy),
        "training": dict(network.training),
    }
    try:
        return json.dumps(description, sort_keys=True, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise Fault("description", "finite JSON values", str(error)) from error


def _describe_layer(layer: Layer) -> dict[str, Any]:
    description: dict[str, Any] = {"name": layer.name, "kind": KINDS[layer.kind]}
    if isinstance(layer, Dense):
        description |= {"units": len(layer.weight), "activation": layer.activation}
    if isinstance(layer, Conv2d | MaxPool2d | AvgPool2d):
        description |= {"kernel": list(layer.kernel), "stride": list(layer.stride)}
    if isinstance(layer, Conv2d):
        description |= {"padding": list(layer.padding), "activation": layer.activation}
        table = layer.connections
        description["connections"] = (
            None if table is None else [np.flatnonzero(row).tolist() for row in table]
        )
    return description


def parse(text: str) -> Spec:
    """The description in `text`, every value checked. Fault names the first that is wrong."""
    if len(text) > MAX_TEXT:
        raise Fault("description", f"at most {MAX_TEXT} characters", f"{len(text)}")
    try:
        value = json.loads(text, parse_constant=_finite, parse_float=_finite, parse_int=_short)
    except Fault:
        raise
    except (ValueError, RecursionError) as error:
        raise Fault("description", "JSON", str(error)) from error
    if isinstance(value, dict) and "format" in value:  # first, as a newer format may have other keys
        version = as_integer(value["format"], "format", 1)
        if version > FORMAT:
            raise Fault("format", f"at most {FORMAT}", f"{version}: a newer nodelink wrote it")
    return _spec(value)


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise Fault("description", "finite numbers", digits[:20])
    return number


def _short(digits: str) -> int:
    if len(digits) > MAX_DIGITS:  # reading an integer takes the square of its length
        raise Fault("description", f"integers of at most {MAX_DIGITS} digits", f"{len(digits)} digits")
    return int(digits)


def _spec(value: Any) -> Spec:
    required = ("format", "name", "input", "output", "layers", "calibration")
    record = as_record(value, "description", required, ("title", "accuracy", "training"))
    name = as_text(record["name"], "name")
    given = as_record(record["input"], "input", ["shape"], ["range"])
    output = as_record(record["output"], "output", ["kind"], ["classes"])
    layers = _layers(record["layers"])
    accuracy = record.get("accuracy")
    return Spec(
        name=name,
        title=as_text(record.get("title", name), "title"),
        input_shape=_input_shape(given["shape"]),
        input_range=_range(given.get("range", [0, 1])),
        output_kind=as_choice(output["kind"], "output.kind", OUTPUT_KINDS),
        class_names=tuple(as_list(output.get("classes", []), "output.classes", as_text)),
        layers=layers,
        calibration=_calibration(record["calibration"], layers),
        accuracy=None if accuracy is None else as_number(accuracy, "accuracy", 0, 1),
        training=as_object(record.get("training", {}), "training"),
    )


def _input_shape(value: Any) -> tuple[int, int, int]:
    shape = as_list(value, "input.shape", lambda item, where: as_integer(item, where, 1))
    if len(shape) != 3 or math.prod(shape) > LARGEST:
        raise Fault("input.shape", f"[channels, height, width] of at most {LARGEST} values", found(value))
    return shape[0], shape[1], shape[2]


def _range(value: Any) -> tuple[float, float]:
    limits = as_list(value, "input.range", as_number)
    if len(limits) != 2 or not limits[0] < limits[1]:
        raise Fault("input.range", "[low, high]", found(value))
    return limits[0], limits[1]


def _calibration(value: Any, layers: tuple[LayerSpec, ...]) -> dict[str, Scale]:
    """One scale for the input and for every layer but Flatten."""
    names = [INPUT, *(layer.name for layer in layers if layer.kind != "Flatten")]
    record = as_record(value, "calibration", names)
    return {name: _scale(record[name], f"calibration.{name}", name != INPUT) for name in names}


def _scale(value: Any, where: str, has_edge: bool) -> Scale:
    record = as_record(value, where, *((["node", "edge"], ["ink"]) if has_edge else (["node"], [])))
    for key, item in record.items():
        as_number(item, f"{where}.{key}", MIN_SCALE)
    return Scale(**{key: float(item) for key, item in record.items()})


def _layers(value: Any) -> tuple[LayerSpec, ...]:
    if isinstance(value, list) and not 0 < len(value) <= MAX_LAYERS:
        raise Fault("layers", f"1 to {MAX_LAYERS}", f"{len(value)}")
    layers = as_list(value, "layers", _layer)
    names = {INPUT}
    for layer in layers:
        if layer.name in names:
            raise Fault("layers", f"each name once and none {INPUT!r}", f"{layer.name!r} again")
        names.add(layer.name)
    return tuple(layers)


def _layer(value: Any, where: str) -> LayerSpec:
    record = as_object(value, where)
    name = as_text(record.get("name"), f"{where}.name")
    where = f"layer {name}"
    kind = as_choice(record.get("kind"), f"{where}: kind", LAYERS)
    required, defaults, read = _READERS[kind]
    record = defaults | as_record(record, where, ["name", "kind", *required], defaults)
    return LayerSpec(name, kind, read(record, where))


def _dense(record: dict[str, Any], where: str) -> dict[str, Any]:
    return {
        "units": as_integer(record["units"], f"{where}: units", 1),
        "activation": as_choice(record["activation"], f"{where}: activation", ACTIVATIONS),
    }


def _conv(record: dict[str, Any], where: str) -> dict[str, Any]:
    kernel = as_pair(record["kernel"], f"{where}: kernel", 1)
    padding = as_pair(record["padding"], f"{where}: padding", 0)
    if padding[0] >= kernel[0] or padding[1] >= kernel[1]:
        raise Fault(f"{where}: padding", f"less than the kernel {kernel}", f"{padding}")
    rows = record["connections"]
    return {
        "kernel": kernel,
        "stride": as_pair(record["stride"], f"{where}: stride", 1),
        "padding": padding,
        "activation": as_choice(record["activation"], f"{where}: activation", ACTIVATIONS),
        "connections": None if rows is None else as_list(rows, f"{where}: connections", _row),
    }


def _row(value: Any, where: str) -> list[int]:
    """The input maps that one output map sees."""
    row = as_list(value, where, lambda item, place: as_integer(item, place, 0))
    if not row or len(set(row)) < len(row):
        raise Fault(where, "input maps counted from 0, at least one, none twice", found(value))
    return row


def _pool(record: dict[str, Any], where: str) -> dict[str, Any]:
    kernel = as_pair(record["kernel"], f"{where}: kernel", 1)
    stride = kernel if record["stride"] is None else as_pair(record["stride"], f"{where}: stride", 1)
    return {"kernel": kernel, "stride": stride}


def _flatten(record: dict[str, Any], where: str) -> dict[str, Any]:  # noqa: ARG001 - read like the others
    return {}


_CONV_DEFAULTS = {"stride": [1, 1], "padding": [0, 0], "activation": "identity", "connections": None}
# For each kind: the keys it must have, the others with their defaults (torch's), and what reads them.
_READERS: dict[str, tuple[list[str], dict[str, Any], Callable[[dict[str, Any], str], dict[str, Any]]]] = {
    "Dense": (["units"], {"activation": "identity"}, _dense),
    "Conv2d": (["kernel"], _CONV_DEFAULTS, _conv),
    "MaxPool2d": (["kernel"], {"stride": None}, _pool),
    "AvgPool2d": (["kernel"], {"stride": None}, _pool),
    "Flatten": ([], {}, _flatten),
}
