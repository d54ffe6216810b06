"""Addresses: a node as the user types it, `C3/5/4,7`. Maps, rows, columns and units count from 1, as in the scene."""

from __future__ import annotations

import re

import numpy as np

from nodelink.nn.naming import stage_of
from nodelink.nn.network import Network, Stage

NUMBER = re.compile(r"[0-9]{1,9}")


class AddressError(ValueError):
    """A text that is no address of a node; the message is one line that says what is wrong and what would be right."""


def address(network: Network, node: int) -> str:
    """The address of a node: "C3/5/4,7", "Input/4,7" in a layer of one map, "F5/17", "Output/3" of a class by name."""
    stage = stage_of(network, node)
    place = [int(i) + 1 for i in np.unravel_index(node - stage.offset, stage.shape)]
    if len(place) == 3:
        channel = f"{place[0]}/" if stage.shape[0] > 1 else ""
        return f"{stage.name}/{channel}{place[1]},{place[2]}"
    return f"{stage.name}/{_names(network, stage).get(place[0] - 1, str(place[0]))}"


def find(network: Network, text: str) -> int:
    """The id of the node at an address; letters may be large or small, and the name of a class is enough.

    AddressError for any other text.
    """
    wanted = text.strip()
    if not wanted:
        raise AddressError(f"Type a node, like {example(network)}.")
    last = network.stages[-1]
    for index, name in _names(network, last).items():
        if _same(wanted, name):
            return last.offset + index
    stage, rest = _layer(network, wanted)
    if stage is None:
        names = ", ".join(layer.name for layer in network.stages)
        first = wanted.split("/")[0].strip()
        raise AddressError(f"There is no layer “{_short(first)}”. Layers: {names}.")
    for index, name in _names(network, stage).items():
        if _same(rest, name):
            return stage.offset + index
    return stage.offset + (_in_maps(stage, rest) if len(stage.shape) == 3 else _in_line(stage, rest))


def example(network: Network) -> str:
    """An address that is right, from the middle of the network."""
    maps = [stage for stage in network.stages[1:] if len(stage.shape) == 3]
    stage = maps[len(maps) // 2] if maps else network.stages[1]
    return address(network, stage.offset + stage.size // 2)


def _names(network: Network, stage: Stage) -> dict[int, str]:
    """The names of the units of a layer of classes: all different, without the sign that divides addresses."""
    names = network.class_names
    fits = stage.index == len(network.stages) - 1 and len(stage.shape) == 1 and len(names) == stage.size
    folded = {name.strip().casefold() for name in names}
    plain = len(folded) == len(names) and "" not in folded and not any("/" in name for name in names)
    return dict(enumerate(names)) if fits and plain else {}


def _layer(network: Network, text: str) -> tuple[Stage | None, str]:
    """The layer that an address begins with, and what follows; names may hold the sign that divides addresses."""
    for stage in sorted(network.stages, key=lambda stage: -len(stage.name)):
        head, rest = text[: len(stage.name)], text[len(stage.name) :].strip()
        if _same(head, stage.name) and (not rest or rest.startswith("/")):
            return stage, rest.removeprefix("/").strip()
    return None, ""


def _in_maps(stage: Stage, text: str) -> int:
    """map/row,column, or row,column where there is one map."""
    maps, rows, columns = stage.shape
    parts = [part for part in re.split(r"[/,;\s]+", text) if part]
    form = f"{stage.name}/{'map/' if maps > 1 else ''}row,column"
    if len(parts) == 2 and maps == 1:
        parts = ["1", *parts]
    if len(parts) != 3 or not all(map(NUMBER.fullmatch, parts)):
        raise AddressError(f"{_found(text)}: expected {form}, like {_like(stage, maps)}.")
    numbers = [int(part) for part in parts]
    for name, number, most in zip(("map", "row", "column"), numbers, (maps, rows, columns), strict=True):
        if not 1 <= number <= most:
            raise AddressError(f"{stage.name} has no {name} {number}: they count from 1 to {most}.")
    return int(np.ravel_multi_index([number - 1 for number in numbers], stage.shape))


def _in_line(stage: Stage, text: str) -> int:
    if not NUMBER.fullmatch(text):
        raise AddressError(f"{_found(text)}: expected {stage.name}/unit, like {stage.name}/{stage.size}.")
    if not 1 <= int(text) <= stage.size:
        raise AddressError(f"{stage.name} has no unit {int(text)}: they count from 1 to {stage.size}.")
    return int(text) - 1


def _like(stage: Stage, maps: int) -> str:
    channel = f"{maps}/" if maps > 1 else ""
    return f"{stage.name}/{channel}{stage.shape[1]},{stage.shape[2]}"


def _found(text: str) -> str:
    return f"“{_short(text)}” is no place" if text else "There is no place"


def _short(text: str) -> str:
    return text if len(text) <= 20 else text[:19] + "…"


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()
