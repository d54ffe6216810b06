"""Weight files with one fault each: the line names the file, the tensor or key, expected and found."""

from __future__ import annotations

import os
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nodelink.nn import weights
from nodelink.nn.weights import WeightsError
from tests.nn.weight_files import Parts, replaced


def _set(*place: Any, to: Any) -> Callable[[Parts], None]:
    def change(parts: Parts) -> None:
        parts.description = replaced(parts.description, place, to)

    return change


def _head(name: str, key: str, to: Any) -> Callable[[Parts], None]:
    return lambda parts: parts.header[name].update({key: to})


def _not_finite(parts: Parts) -> None:
    first = parts.header["D4.weight"]["data_offsets"][0]
    parts.data[first : first + 4] = np.float32(np.nan).tobytes()


def _huge_values(parts: Parts) -> None:
    first, end = parts.header["D4.weight"]["data_offsets"]
    parts.data[first:end] = np.full((end - first) // 4, 3e38, np.float32).tobytes()


def _stray_kernel(parts: Parts) -> None:
    first = parts.header["C1.weight"]["data_offsets"][0]  # out map 0, in map 1 is not connected
    parts.data[first + 6 * 4 : first + 7 * 4] = np.float32(1).tobytes()


def _extra_tensor(parts: Parts) -> None:
    parts.header["X.weight"] = parts.header.pop("D4.bias")


def _flatten_late(parts: Parts) -> None:
    layers = parts.description["layers"]
    layers[3:5] = layers[4], layers[3]


LIMIT = 2**24
# What to break, and how the line that names it goes on after the path.
FAULTS: list[tuple[Callable[[Parts], Any], str]] = [
    (_not_finite, "tensor D4.weight: expected finite values, found 1 that are not"),
    (_huge_values, "weights: expected finite values in every layer, found "),
    (
        _stray_kernel,
        "C1.weight: expected 0 where the connection table has no connection, found 1 other values",
    ),
    (_extra_tensor, "tensor D4.bias: expected shape (4), found no such tensor"),
    (_head("D4.bias", "dtype", "I32"), "tensor D4.bias: expected type F32, found I32"),
    (_head("D4.weight", "shape", [12, 4]), "tensor D4.weight: expected shape (4, 12), found (12, 4)"),
    (
        _head("C1.weight", "shape", [3, 2, 6]),
        "tensor C1.weight: expected shape (3, 2, 3, 2), found (3, 2, 6)",
    ),
    (_head("D4.bias", "shape", [2**62, 4]), "file: expected complete safetensors, found "),
    (_set("format", to=2), "format: expected at most 1, found 2: a newer nodelink wrote it"),
    (_set("format", to="1"), f"format: expected an integer from 1 to {LIMIT}, found '1'"),
    (_set(to="{"), "description: expected JSON, found "),
    (_set(to="[" * 10**6), "description: expected JSON, found "),
    (_set(to='{"format": NaN}'), "description: expected finite numbers, found NaN"),
    (_set(to='{"format": 1e999}'), "description: expected finite numbers, found 1e999"),
    (
        _set(to='{"format": ' + "9" * 5000 + "}"),
        "description: expected integers of at most 100 digits, found 5000",
    ),
    (_set(to=" " * 5_000_000), "description: expected at most 4194304 characters, found 5000000"),
    (_set(to=7), "description: expected an object, found 7"),
    (_set("layers", to={}), "layers: expected a list, found an object with 0 keys"),
    (_set("layers", to=[]), "layers: expected 1 to 1000, found 0"),
    (_set("layers", 0, to=5), "layers[0]: expected an object, found 5"),
    (_set("layers", 0, "kind", to="Linear"), "layer C1: kind: expected one of Dense Conv2d "),
    (_set("layers", 0, "kernel", to=5), "layer C1: kernel: expected a list, found 5"),
    (
        _set("layers", 0, "kernel", 0, to=-3),
        f"layer C1: kernel[0]: expected an integer from 1 to {LIMIT}, found -3",
    ),
    (_set("layers", 0, "kernel", 0, to=3.0), "layer C1: kernel[0]: expected an integer from 1 to "),
    (_set("layers", 0, "kernel", 0, to=True), "layer C1: kernel[0]: expected an integer from 1 to "),
    (
        _set("layers", 0, "stride", to=[0, 1]),
        f"layer C1: stride[0]: expected an integer from 1 to {LIMIT}, found 0",
    ),
    (
        _set("layers", 0, "padding", to=[1, 2]),
        "layer C1: padding: expected less than the kernel (3, 2), found (1, 2)",
    ),
    (_set("layers", 0, "activation", to="gelu"), "layer C1: activation: expected one of identity relu elu "),
    (_set("layers", 0, "actvation", to="relu"), "layer C1: expected no keys but name kind kernel stride "),
    (
        _set("layers", 0, "connections", 1, to=[0, 2]),
        "layer C1: connections[1]: expected maps 0 to 1, found 2",
    ),
    (_set("layers", 0, "connections", 1, to=[0, 0]), "layer C1: connections[1]: expected input maps "),
    (
        _set("layers", 0, "connections", to=[[0]]),
        "tensor C1.weight: expected shape (1, 2, 3, 2), found (3, 2, 3, 2)",
    ),
    (
        _set("layers", 4, "units", to=10**12),
        f"layer D4: units: expected an integer from 1 to {LIMIT}, found 1000000",
    ),
    (_set("layers", 4, "units", to=10**7), "tensor D4.weight: expected shape (10000000, 12), found (4, 12)"),
    (
        _set("layers", 4, "name", to="C1"),
        "layers: expected each name once and none 'Input', found 'C1' again",
    ),
    (
        _set("layers", 4, "name", to="Input"),
        "layers: expected each name once and none 'Input', found 'Input' again",
    ),
    (
        _set("layers", 4, "name", to="a\nb"),
        "layers[4].name: expected a text of 1 to 200 printable characters, found",
    ),
    (
        _set("layers", 1, "kernel", to=[7, 7]),
        "S2: expected maps at least as large as the kernel (7, 7), found (6, 4)",
    ),
    (_flatten_late, "layer D4: expected a flat input (a Flatten before it), found (3, 2, 2)"),
    (
        _set("input", "shape", to=[2, 6]),
        f"input.shape: expected [channels, height, width] of at most {LIMIT} values",
    ),
    (
        _set("input", "shape", to=[4096, 4096, 2]),
        "input.shape: expected [channels, height, width] of at most ",
    ),
    (
        _set("input", "shape", to=[1, 6, 6]),
        "tensor C1.weight: expected shape (3, 1, 3, 2), found (3, 2, 3, 2)",
    ),
    (_set("input", "shape", to=[2, 2048, 2048]), f"layer S2: expected at most {LIMIT} nodes in all, found "),
    (_set("input", "range", to=[1, 1]), "input.range: expected [low, high], found [1, 1]"),
    (
        _set("output", "kind", to="digits"),
        "output.kind: expected one of probabilities regression none, found 'digits'",
    ),
    (_set("output", "classes", to=["a"]), "output.classes: expected 10 names, one an output unit, found 1"),
    (
        _set("output", "classes", 3, to=3),
        "output.classes[3]: expected a text of 1 to 200 printable characters, ",
    ),
    (_set("layers", 5, "activation", to="relu"), "layer Output: activation: expected softmax or sigmoid "),
    (_set("calibration", "C1", to={"node": 1.0}), "calibration.C1: expected the key 'edge', found "),
    (
        _set("calibration", "C1", "edge", to=0),
        "calibration.C1.edge: expected a number from 1e-30 up, found 0",
    ),
    (_set("calibration", "S2", "node", to=5e-324), "calibration.S2.node: expected a number from 1e-30 up, "),
    (
        _set("calibration", "C9", to={}),
        "calibration: expected no keys but Input C1 S2 S3 D4 Output, found 'C9'",
    ),
    (_set("accuracy", to=99.4), "accuracy: expected a number from 0 to 1, found 99.4"),
    (_set("training", to=[]), "training: expected an object, found []"),
]


@pytest.mark.parametrize(("change", "message"), FAULTS, ids=[message[:60] for _, message in FAULTS])
def test_a_fault_is_named_in_one_line(parts: Parts, change: Callable[[Parts], Any], message: str) -> None:
    change(parts)
    path = parts.write()
    tracemalloc.start()
    try:
        with pytest.raises(WeightsError) as caught:
            weights.load(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    line = str(caught.value)
    assert line.startswith(f"{path}: {message}")
    assert line.isprintable()
    assert len(line) < 1000
    assert peak < 48e6  # a description claims nothing that is then allocated


def test_an_extra_tensor_is_named(parts: Parts) -> None:
    end = len(parts.data)
    parts.header["X.weight"] = {"dtype": "F32", "shape": [1], "data_offsets": [end, end + 4]}
    parts.data += b"\0\0\0\0"
    with pytest.raises(
        WeightsError, match=r"tensor X.weight: expected only tensors of the layers, found this one"
    ):
        weights.load(parts.write())


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "file: expected complete safetensors, found "),
        (b"\x80\x04\x95" + b"pickle" * 20, "file: expected complete safetensors, found "),
        (b"\xff" * 64, "file: expected complete safetensors, found "),
        (
            b"\x02\0\0\0\0\0\0\0{}",
            "metadata: expected the key 'nodelink', found none: not a nodelink weight file",
        ),
    ],
    ids=["empty", "pickle", "huge header", "another safetensors file"],
)
def test_what_is_no_weight_file_is_refused(parts: Parts, raw: bytes, message: str) -> None:
    with pytest.raises(WeightsError) as caught:
        weights.load(parts.write(raw))
    assert str(caught.value).startswith(f"{parts.path}: {message}")


def test_places_without_a_file_are_named(tmp_path: Path) -> None:
    for path, found in [
        (tmp_path, "a directory"),
        (tmp_path / "none.safetensors", "no such file"),
        (tmp_path / ("x" * 500), "no such file"),
        (Path(os.devnull), "no regular file"),
    ]:
        with pytest.raises(WeightsError) as caught:
            weights.load(path)
        assert str(caught.value) == f"{path}: file: expected a weight file, found {found}"
    with pytest.raises(WeightsError, match=r"a\\x00b: file: expected a weight file, found no such file"):
        weights.load("a\0b")


def test_a_huge_tensor_is_refused_before_it_is_read(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    path = parts.write()
    monkeypatch.setattr(weights, "MAX_EDGES", 35)
    with pytest.raises(WeightsError, match=r"tensor C1\.weight: expected at most 35 values, found 36"):
        weights.load(path)


def test_too_little_memory_is_one_line(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    path = parts.write()

    def full(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(weights, "_network", full)
    with pytest.raises(WeightsError, match=r"net\.safetensors: file: expected memory"):
        weights.load(path)


def test_a_flatten_has_no_nodes_of_its_own(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    path = parts.write()
    monkeypatch.setattr(weights, "LARGEST", weights.load(path).nodes)
    weights.load(path)
