"""Weight files broken in thousands of ways: each loads as a network that runs, or raises one line."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nodelink.nn import weights
from tests.nn.weight_files import Parts, places, removed, replaced

VALUES: list[Any] = [None, True, 0, 1, -1, 2**24, 2**31, 2**64, 10**90, 1.5, -0.0, 1e300]
VALUES += ["", "x", "relu", "Input", "a\nb", "\ud800", "a" * 5000]
VALUES += [[], [1], [0, 0], [-1, -1], [2**24, 2**24], [1, 4096, 4096], [[0]], [[]], [[2**40]], [None]]
VALUES += [{}, {"a": 1}, [{}], [{"name": "x", "kind": "Flatten"}], [[1.5, True]]]


def loads(parts: Parts, raw: bytes | None = None) -> bool:
    """Whether the file loads; fails the test unless it then runs, or is refused in one line that names it."""
    path = parts.write(raw)
    try:
        network = weights.load(path)
    except weights.WeightsError as error:
        line = str(error)
        assert line.startswith(f"{path}: ")
        assert " expected " in line
        assert ", found " in line
        assert line.isprintable()
        assert len(line) < 1000
        return False
    if network.nodes < 10**6:
        network.forward(np.zeros(network.input_shape))
    return True


def test_any_value_anywhere_in_the_description(parts: Parts) -> None:
    whole = parts.description
    loaded = 0
    for place in places(whole):
        for value in VALUES:
            parts.description = replaced(whole, place, value)
            loaded += loads(parts)
    assert 50 < loaded < 500  # titles, class names and the like may be anything


def test_any_value_missing_from_the_description(parts: Parts) -> None:
    whole = parts.description
    for place in places(whole):
        if place:
            parts.description = removed(whole, place)
            loads(parts)


def test_any_value_anywhere_in_the_header(parts: Parts) -> None:
    whole, parts.description = parts.header, None
    for place in places(whole):
        for value in VALUES[::4]:
            parts.header = replaced(whole, place, value)
            loads(parts)
        if place:
            parts.header = removed(whole, place)
            loads(parts)


def test_any_length(parts: Parts) -> None:
    for length in range(0, len(parts.whole), 5):
        assert not loads(parts, parts.whole[:length])
    assert not loads(parts, parts.whole + b"\0")


def test_any_byte(parts: Parts) -> None:
    rng = np.random.default_rng(0)
    for _ in range(1500):
        raw = bytearray(parts.whole)
        for at in rng.integers(len(raw), size=rng.integers(1, 4)):
            raw[at] = rng.integers(256)
        loads(parts, bytes(raw))


@pytest.mark.parametrize("length", [0, 1, 7, 2**24, 2**32, 2**63, 2**64 - 1])
def test_any_length_of_the_header(parts: Parts, length: int) -> None:
    assert not loads(parts, length.to_bytes(8, "little") + parts.whole[8:])
