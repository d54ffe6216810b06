"""Weight files: safetensors with one JSON description (docs/format.md). Never pickle."""

# ruff: noqa: ARG005 - all builders are called alike, whether they need every argument or not

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import safetensors.numpy
from safetensors import SafetensorError, safe_open

from nodelink import files
from nodelink.nn.fields import LARGEST, Fault
from nodelink.nn.layers import AvgPool2d, Conv2d, Dense, Flatten, Layer, MaxPool2d, Shape
from nodelink.nn.network import Network, NetworkError
from nodelink.nn.schema import LayerSpec, Spec, describe, parse

SHIPPED = ("cnn", "mlp", "mini")
KEY = "nodelink"  # the metadata key that holds the description
MAX_EDGES = 2**27  # at 12 bytes an edge the scene would take 1.6 GB


class WeightsError(ValueError):
    """One line: the file, the tensor or field, what was expected and what was found."""

    def __init__(self, path: str | os.PathLike[str], fault: object) -> None:
        line = f"{os.fspath(path)}: {fault}"
        super().__init__("".join(c if c.isprintable() else repr(c)[1:-1] for c in line))


@dataclass(frozen=True)
class _Tensors:
    """Named tensors, described before any is read: a file may claim more than it holds."""

    headers: Mapping[str, tuple[str, Shape]]  # name: dtype as safetensors writes it, shape
    read: Callable[[str], npt.NDArray[Any]]


def find(name_or_path: str | os.PathLike[str]) -> Path:
    """The file of a shipped network (cnn, mlp, mini), or the path given. WeightsError if there is no such file."""
    if name_or_path in SHIPPED:
        package = Path(__file__).resolve().parents[1]
        places = (package / "weights", package.parent / "weights")  # an installed wheel, a checkout
        files = [place / f"{name_or_path}.safetensors" for place in places]
    else:
        files = [Path(name_or_path)]
    for file in files:
        if _exists(file):
            return file
    raise WeightsError(
        name_or_path, f"expected one of {' '.join(SHIPPED)} or a weight file, found no such file"
    )


def load(path: str | os.PathLike[str]) -> Network:
    """The network in a weight file. WeightsError for any file that is not exactly one."""
    try:
        return _load(Path(path))
    except ValueError as fault:  # a Fault, or a layer that its shapes do not fit
        raise WeightsError(path, fault) from fault
    except SafetensorError as error:
        reason = str(error).removeprefix("Error while deserializing header: ")
        raise WeightsError(path, Fault("file", "complete safetensors", reason)) from error
    except OSError as error:
        raise WeightsError(path, Fault("file", "to read it", error.strerror or str(error))) from error
    except MemoryError as error:
        raise WeightsError(path, Fault("file", "memory for its tensors", "not enough")) from error


def save(network: Network, path: str | os.PathLike[str]) -> None:
    """Write the network as a weight file, float32, the same bytes for an equal network.

    The file is complete or not there: it is written beside its place and moved. WeightsError when the place
    cannot be written, or when the network could not be loaded again (no calibration, values not finite).
    """
    tensors = {
        f"{layer.name}.{part}": _float32(array)
        for layer in network.layers
        for part, array in _parts(layer).items()
    }
    headers = {name: ("F32", array.shape) for name, array in tensors.items()}
    try:
        text = describe(network)
        _network(parse(text), _Tensors(headers, tensors.__getitem__))
        files.write(path, safetensors.numpy.save(tensors, {KEY: text}))
    except ValueError as fault:
        raise WeightsError(path, fault) from fault
    except OSError as error:
        raise WeightsError(path, Fault("file", "to write it", error.strerror or str(error))) from error


def _parts(layer: Layer) -> dict[str, npt.NDArray[np.floating[Any]]]:
    """What a file stores of a layer, by the end of the tensor's name."""
    return {"weight": layer.weight, "bias": layer.bias} if isinstance(layer, Dense | Conv2d) else {}


def _exists(file: Path) -> bool:
    try:
        file.stat()
    except PermissionError:  # there may be one; reading it says that it may not be read
        return True
    except (OSError, ValueError):  # a name too long, or with a null byte
        return False
    return True


def _load(file: Path) -> Network:
    if not _exists(file):
        raise Fault("file", "a weight file", "no such file")
    if not file.is_file():
        raise Fault("file", "a weight file", "a directory" if file.is_dir() else "no regular file")
    file.open("rb").close()  # says why it cannot be read, which safetensors does not
    with safe_open(file, framework="np") as handle:
        text = (handle.metadata() or {}).get(KEY)
        if text is None:
            raise Fault("metadata", f"the key {KEY!r}", "none: not a nodelink weight file")
        slices = {name: handle.get_slice(name) for name in handle.keys()}  # noqa: SIM118 - not a dict
        headers = {name: (part.get_dtype(), tuple(part.get_shape())) for name, part in slices.items()}
        return _network(parse(text), _Tensors(headers, handle.get_tensor))


def _network(spec: Spec, tensors: _Tensors) -> Network:
    """The described network with its tensors; Fault where they do not fit each other."""
    layers: list[Layer] = []
    shape: Shape = spec.input_shape
    nodes, edges = math.prod(shape), 0
    for described in spec.layers:
        layer = _BUILDERS[described.kind](described, shape, tensors)
        out_shape = layer.out_shape(shape)
        nodes += 0 if isinstance(layer, Flatten) else math.prod(out_shape)
        if nodes > LARGEST:
            raise Fault(f"layer {layer.name}", f"at most {LARGEST} nodes in all", f"{nodes} up to here")
        edges += layer.edge_count(shape)
        if edges > MAX_EDGES:
            raise Fault(f"layer {layer.name}", f"at most {MAX_EDGES} edges in all", f"{edges} up to here")
        layers.append(layer)
        shape = out_shape
    known = {f"{layer.name}.{part}" for layer in layers for part in _parts(layer)}
    stray = sorted(tensors.headers.keys() - known)
    if stray:
        raise Fault(f"tensor {stray[0]}", "only tensors of the layers", "this one")
    _check_output(spec, layers, shape)
    described_fields = {name: value for name, value in vars(spec).items() if name != "layers"}
    network = Network(layers=tuple(layers), **described_fields)
    _probe(network)
    return network


def _probe(network: Network) -> None:
    """Fault where finite weights are so large that a blank or a full input overflows."""
    for value in (0.0, 1.0):  # as far as ink goes
        try:
            network.forward(np.full(network.input_shape, value, np.float32))
        except NetworkError as error:
            raise Fault("weights", "finite values in every layer", str(error)) from error


def _check_output(spec: Spec, layers: list[Layer], shape: Shape) -> None:
    """The output has as many units as names, and probabilities really are some."""
    units = math.prod(shape)
    probabilities = spec.output_kind == "probabilities"
    if len(spec.class_names) != units and (probabilities or spec.class_names):
        raise Fault("output.classes", f"{units} names, one an output unit", f"{len(spec.class_names)}")
    computing = [layer for layer in layers if not isinstance(layer, Flatten)]
    if not computing:
        raise Fault("layers", "at least one that computes", "none")
    last = computing[-1]
    activation = last.activation if isinstance(last, Dense | Conv2d) else "identity"
    if probabilities and activation not in ("softmax", "sigmoid"):
        raise Fault(f"layer {last.name}: activation", "softmax or sigmoid for probabilities", activation)


def _dense(spec: LayerSpec, in_shape: Shape, tensors: _Tensors) -> Layer:
    units = spec.fields["units"]
    if len(in_shape) != 1:
        raise Fault(f"layer {spec.name}", "a flat input (a Flatten before it)", f"{in_shape}")
    weight = _tensor(tensors, f"{spec.name}.weight", (units, in_shape[0]))
    return Dense(
        spec.name, weight, _tensor(tensors, f"{spec.name}.bias", (units,)), spec.fields["activation"]
    )


def _conv(spec: LayerSpec, in_shape: Shape, tensors: _Tensors) -> Layer:
    if len(in_shape) != 3:
        raise Fault(f"layer {spec.name}", "maps as input", f"{in_shape}")
    fields = spec.fields
    rows = fields["connections"]
    weight = _tensor(
        tensors, f"{spec.name}.weight", (None if rows is None else len(rows), in_shape[0], *fields["kernel"])
    )
    bias = _tensor(tensors, f"{spec.name}.bias", weight.shape[:1])
    table = None if rows is None else _table(spec.name, rows, in_shape[0])
    return Conv2d(spec.name, weight, bias, fields["activation"], fields["stride"], fields["padding"], table)


def _table(name: str, rows: list[list[int]], maps: int) -> npt.NDArray[np.bool_]:
    table = np.zeros((len(rows), maps), dtype=bool)
    for index, row in enumerate(rows):
        if max(row) >= maps:
            raise Fault(f"layer {name}: connections[{index}]", f"maps 0 to {maps - 1}", f"{max(row)}")
        table[index, row] = True
    return table


def _pool(kind: type[MaxPool2d] | type[AvgPool2d]) -> Callable[[LayerSpec, Shape, _Tensors], Layer]:
    return lambda spec, in_shape, tensors: kind(spec.name, spec.fields["kernel"], spec.fields["stride"])


_BUILDERS: dict[str, Callable[[LayerSpec, Shape, _Tensors], Layer]] = {
    "Dense": _dense,
    "Conv2d": _conv,
    "MaxPool2d": _pool(MaxPool2d),
    "AvgPool2d": _pool(AvgPool2d),
    "Flatten": lambda spec, in_shape, tensors: Flatten(spec.name),
}


def _tensor(tensors: _Tensors, name: str, shape: tuple[int | None, ...]) -> npt.NDArray[np.float32]:
    """The tensor, once its header is right; None in `shape` stands for any size."""
    where, sizes = f"tensor {name}", ", ".join("any" if size is None else str(size) for size in shape)
    if name not in tensors.headers:
        raise Fault(where, f"shape ({sizes})", "no such tensor")
    dtype, found = tensors.headers[name]
    if dtype != "F32":
        raise Fault(where, "type F32", dtype)
    fits = len(found) == len(shape) and all(s in (None, f) for s, f in zip(shape, found, strict=True))
    if not fits or 0 in found:
        raise Fault(where, f"shape ({sizes})", f"{found}")
    if math.prod(found) > MAX_EDGES:  # before it is read: a sparse file may claim anything
        raise Fault(where, f"at most {MAX_EDGES} values", f"{math.prod(found)}")
    array: npt.NDArray[np.float32] = tensors.read(name)
    if not np.isfinite(array).all():
        raise Fault(where, "finite values", f"{np.count_nonzero(~np.isfinite(array))} that are not")
    return array


def _float32(array: npt.NDArray[np.floating[Any]]) -> npt.NDArray[np.float32]:
    with np.errstate(over="ignore"):  # what does not fit becomes infinite, and is refused as such
        return np.ascontiguousarray(array, np.float32)
