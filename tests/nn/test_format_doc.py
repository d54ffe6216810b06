"""docs/format.md says what is so: its example loads, and its tables are the network's."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from nodelink.nn import weights
from nodelink.nn.activations import ACTIVATIONS
from nodelink.nn.layers import LAYERS

DOC = (Path(__file__).parents[2] / "docs" / "format.md").read_text(encoding="utf-8")


def example(path: Path, **changes: tuple[int, ...]) -> Path:
    """The documented example with zero tensors in the documented shapes (or changed ones)."""
    (text,) = re.findall(r"```json\n(.*?)```", DOC, re.S)
    shapes = re.findall(r"(\w+\.(?:weight|bias)) \(([\d, ]+)\)", DOC.split("## An example")[1].split("##")[0])
    tensors = {name: np.zeros(tuple(map(int, sizes.split(","))), np.float32) for name, sizes in shapes}
    tensors |= {name: np.zeros(shape, np.float32) for name, shape in changes.items()}
    save_file(tensors, path, {weights.KEY: json.dumps(json.loads(text))})
    return path


def test_the_example_is_a_network_with_the_stages_of_its_table(tmp_path: Path) -> None:
    network = weights.load(example(tmp_path / "example"))
    rows = re.findall(r"^\| (\w+) \| ([\dx]+) \| .*\| (\d*)", DOC.split("## An example")[1], re.M)
    found = [(s.name, "x".join(map(str, s.shape)), str(s.edges or "")) for s in network.stages]
    assert found == rows


def test_an_example_of_a_message_is_a_real_one(tmp_path: Path) -> None:
    path = example(tmp_path / "own.safetensors", **{"Output.weight": (3, 8)})
    with pytest.raises(weights.WeightsError) as caught:
        weights.load(path)
    assert str(caught.value) == f"{path}: tensor Output.weight: expected shape (3, 18), found (3, 8)"
    assert re.search(
        r"own.safetensors: tensor Output.weight: expected shape \(10, 392\), found \(10, 784\)", DOC
    )


def test_every_kind_and_activation_is_named() -> None:
    for name in (*LAYERS, *ACTIVATIONS):
        assert f"`{name}`" in DOC
