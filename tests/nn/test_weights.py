"""Weight files: what is written comes back, and what is wrong is named in one line."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import starmap
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

import nodelink
from nodelink.nn import weights
from nodelink.nn.layers import Conv2d, Dense, Layer
from nodelink.nn.network import Network
from nodelink.nn.weights import WeightsError
from tests import networks
from tests.nn.weight_files import Parts, every_kind


def same(a: Network, b: Network) -> bool:
    """Whether two networks have the same fields, arrays included."""
    return _fields(a) == _fields(b) and all(starmap(_same_layer, zip(a.layers, b.layers, strict=True)))


def _fields(network: Network) -> dict[str, Any]:
    names = [name for name in Network.__dataclass_fields__ if name != "layers"]
    return {name: getattr(network, name) for name in names}


def _same_layer(a: Layer, b: Layer) -> bool:
    values = [getattr(layer, name) for layer in (a, b) for name in type(layer).__dataclass_fields__]
    half = len(values) // 2
    return type(a) is type(b) and all(map(np.array_equal, values[:half], values[half:]))


@pytest.mark.parametrize("make", [networks.cnn, networks.mlp, networks.mini, every_kind])
def test_a_saved_network_comes_back_whole(make: Callable[[], Network], tmp_path: Path) -> None:
    network = replace(make(), accuracy=0.994, training={"command": "train", "seed": 1, "note": "ä\n"})
    weights.save(network, tmp_path / "net")
    assert same(weights.load(tmp_path / "net"), network)


@pytest.mark.parametrize("seed", range(20))
def test_networks_of_any_layers_come_back_whole(seed: int, tmp_path: Path) -> None:
    network = networks.random_network(seed)
    weights.save(network, tmp_path / "net")
    loaded = weights.load(tmp_path / "net")
    assert same(loaded, network)
    x = np.random.default_rng(seed).random((2, *network.input_shape), np.float32)
    np.testing.assert_array_equal(loaded.forward(x).values(1), network.forward(x).values(1))


def test_equal_networks_give_the_same_bytes(tmp_path: Path) -> None:
    for name, training in (("a", {"x": 1, "y": 2}), ("b", {"y": 2, "x": 1})):
        network = networks.cnn()
        backwards = dict(reversed(list(network.calibration.items())))
        weights.save(replace(network, training=training, calibration=backwards), tmp_path / name)
    weights.save(weights.load(tmp_path / "a"), tmp_path / "c")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes() == (tmp_path / "c").read_bytes()


def test_float64_is_written_as_float32(tmp_path: Path) -> None:
    weights.save(networks.mini().astype(np.float64), tmp_path / "net")
    assert same(weights.load(tmp_path / "net"), networks.mini())


def test_tensors_are_named_and_shaped_as_in_torch(parts: Parts) -> None:
    shapes = {name: tensor.shape for name, tensor in load_file(parts.path).items()}
    assert shapes == {
        "C1.weight": (3, 2, 3, 2),
        "C1.bias": (3,),
        "D4.weight": (4, 12),
        "D4.bias": (4,),
        "Output.weight": (10, 4),
        "Output.bias": (10,),
    }


def test_what_may_be_left_out_has_torchs_defaults(parts: Parts) -> None:
    conv, pool, *rest = parts.description["layers"]
    conv |= {"stride": [1, 1], "padding": [0, 0], "activation": "identity"}
    pool |= {"stride": [2, 2]}
    whole = parts.description
    whole |= {"layers": [conv, pool, rest[1], {"name": "Output", "kind": "Dense", "units": 10}]}
    whole["output"] = {"kind": "none", "classes": []}
    whole["calibration"] = {name: whole["calibration"][name] for name in ("Input", "C1", "S2", "Output")}
    rng = np.random.default_rng(0)
    tensors = {"Output.weight": rng.random((10, 12), np.float32), "Output.bias": np.zeros(10, np.float32)}
    tensors |= {name: part for name, part in load_file(parts.path).items() if name.startswith("C1")}
    for key in ("stride", "padding", "activation"):
        del conv[key]
    del pool["stride"], whole["title"], whole["accuracy"], whole["training"]
    del whole["input"]["range"], whole["output"]["classes"]
    save_file(tensors, parts.path, {weights.KEY: json.dumps(whole)})
    network = weights.load(parts.path)
    first = network.layers[0]
    assert isinstance(first, Conv2d)
    assert (first.stride, first.padding, first.activation) == ((1, 1), (0, 0), "identity")
    assert network.stages[2].shape == (3, 2, 2)
    assert (network.title, network.accuracy, network.input_range) == ("all", None, (0.0, 1.0))


def test_an_unknown_network_is_told_the_names_that_ship() -> None:
    with pytest.raises(WeightsError) as caught:
        nodelink.load_network("lenet")
    assert str(caught.value) == "lenet: expected one of cnn mlp mini or a weight file, found no such file"


def test_a_path_is_found_as_it_is(parts: Parts) -> None:
    assert weights.find(parts.path) == weights.find(str(parts.path)) == parts.path
    assert nodelink.load_network(parts.path).name == "all"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"calibration": {}}, "calibration: expected the key 'Input'"),
        ({"class_names": ("one",)}, "output.classes: expected 10 names"),
        ({"training": {"loss": float("nan")}}, "description: expected finite JSON values"),
        ({"training": {"args": object()}}, "description: expected finite JSON values"),
        ({"title": "two\nlines"}, "title: expected a text"),
        ({"layers": None}, "tensor Output.weight: expected finite values, found 2 that are not"),
    ],
)
def test_what_could_not_be_loaded_is_not_saved(change: dict[str, Any], message: str, tmp_path: Path) -> None:
    network = networks.mini()
    if "layers" in change:
        last = network.layers[-1]
        assert isinstance(last, Dense)
        large = last.weight.astype(np.float64)
        large[0, :2] = 1e300  # infinite in float32
        change = {"layers": (*network.layers[:-1], replace(last, weight=large))}
    with pytest.raises(WeightsError) as caught:
        weights.save(replace(network, **change), tmp_path / "net")
    assert str(caught.value).startswith(f"{tmp_path / 'net'}: {message}")
    assert list(tmp_path.iterdir()) == []


def test_a_failed_save_leaves_the_old_file_and_no_other(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, data: bytes) -> int:
        with self.open("wb") as file:
            file.write(data[:100])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(WeightsError, match="file: expected to write it, found No space left on device"):
        weights.save(networks.mini(), parts.path)
    assert parts.path.read_bytes() == parts.whole
    assert list(parts.path.parent.iterdir()) == [parts.path]


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none" / "net", tmp_path / ("x" * 500)):
        with pytest.raises(WeightsError, match="file: expected to write it, found "):
            weights.save(networks.mini(), path)
    assert list(tmp_path.iterdir()) == []


def test_shipped_networks_are_found_in_the_package_and_in_a_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights, "__file__", str(tmp_path / "nodelink" / "nn" / "weights.py"))
    for place in (tmp_path / "weights", tmp_path / "nodelink" / "weights"):  # the package's comes first
        place.mkdir(parents=True)
        weights.save(networks.mini(), place / "mini.safetensors")
        assert weights.find("mini") == place / "mini.safetensors"
