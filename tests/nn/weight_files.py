"""One small network with a layer of every kind, and its weight file taken apart to be put together wrongly."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np

from nodelink.nn import weights
from nodelink.nn.layers import AvgPool2d, Flatten, Layer, MaxPool2d
from nodelink.nn.network import Network
from tests.networks import classifier, conv, dense

TABLE = np.array([[1, 0], [1, 1], [0, 1]], dtype=bool)


def every_kind() -> Network:
    """2x6x6 - conv 3x6x4 - max 3x5x3 - average 3x2x2 - 4 - 10."""
    rng = np.random.default_rng(0)
    layers: list[Layer] = [
        conv("C1", rng, (3, 2, 3, 2), "relu", (1, 2), (1, 1), TABLE),
        MaxPool2d("S2", (2, 2), (1, 1)),
        AvgPool2d("S3", (2, 2), (2, 1)),
        Flatten("flat"),
        dense("D4", rng, 12, 4, "softmax"),
        dense("Output", rng, 4, 10, "softmax"),
    ]
    return classifier("all", layers, (2, 6, 6))


class Parts:
    """A file's header, the description in it (None: as it is) and data, to be changed and written again."""

    def __init__(self, path: Path) -> None:
        self.path = path
        weights.save(every_kind(), path)
        self.whole = path.read_bytes()
        (length,) = struct.unpack("<Q", self.whole[:8])
        self.header: dict[str, Any] = json.loads(self.whole[8 : 8 + length])
        self.data = bytearray(self.whole[8 + length :])
        self.description: Any = json.loads(self.header["__metadata__"][weights.KEY])

    def write(self, raw: bytes | None = None) -> Path:
        """The parts (or the bytes given) as a file."""
        if raw is None:
            if self.description is not None:
                text = self.description if isinstance(self.description, str) else json.dumps(self.description)
                self.header["__metadata__"] = {weights.KEY: text}
            head = json.dumps(self.header).encode()
            raw = struct.pack("<Q", len(head)) + head + bytes(self.data)
        self.path.write_bytes(raw)
        return self.path


def places(value: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value within JSON."""
    yield here
    items: Any = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, item in items:
        yield from places(item, (*here, key))


def replaced(value: Any, place: tuple[Any, ...], new: Any) -> Any:
    """JSON with another value at one place."""
    if not place:
        return new
    value = deepcopy(value)
    _holder(value, place)[place[-1]] = new
    return value


def removed(value: Any, place: tuple[Any, ...]) -> Any:
    """JSON without the value at one place."""
    value = deepcopy(value)
    del _holder(value, place)[place[-1]]
    return value


def _holder(value: Any, place: tuple[Any, ...]) -> Any:
    for key in place[:-1]:
        value = value[key]
    return value
