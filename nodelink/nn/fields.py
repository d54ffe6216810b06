"""Checks of values that came out of JSON: each returns the value, or raises Fault with one line."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

Item = TypeVar("Item")

LARGEST = 2**24  # of any size or count: float32, in which the scene numbers nodes, is exact up to here

LONGEST = 200  # characters of any part of a message, and of a name


class Fault(ValueError):
    """One thing that is wrong: where it is, what was expected there and what was found."""

    def __init__(self, where: str, expected: str, found: str) -> None:
        where, expected, found = (text[:LONGEST] for text in (where, expected, found))
        super().__init__(f"{where}: expected {expected}, found {found}")


def as_object(value: Any, where: str) -> dict[str, Any]:
    """An object with any keys."""
    if not isinstance(value, dict):
        raise Fault(where, "an object", found(value))
    return value


def as_record(
    value: Any, where: str, required: Iterable[str], optional: Iterable[str] = ()
) -> dict[str, Any]:
    """An object with all the required keys and no others but the optional ones."""
    record = as_object(value, where)
    known = [*required, *optional]
    for key in required:
        if key not in record:
            raise Fault(where, f"the key {key!r}", f"no such key among {len(record)}")
    stray = record.keys() - set(known)
    if stray:
        raise Fault(where, f"no keys but {' '.join(known)}", found(min(stray)))
    return record


def as_list(value: Any, where: str, read: Callable[[Any, str], Item]) -> list[Item]:
    """A list, each item read by `read(item, where)`."""
    if not isinstance(value, list):
        raise Fault(where, "a list", found(value))
    return [read(item, f"{where}[{index}]") for index, item in enumerate(value)]


def as_pair(value: Any, where: str, least: int) -> tuple[int, int]:
    """[rows, columns], integers from `least` up."""
    pair = as_list(value, where, lambda item, place: as_integer(item, place, least))
    if len(pair) != 2:
        raise Fault(where, "[rows, columns]", found(value))
    return pair[0], pair[1]


def as_integer(value: Any, where: str, least: int, most: int = LARGEST) -> int:
    """An integer within limits; true and 5.0 are none."""
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise Fault(where, f"an integer from {least} to {most}", found(value))
    return value


def as_number(value: Any, where: str, least: float = -math.inf, most: float = math.inf) -> float:
    """A finite number within limits."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not least <= value <= most:
        limits = (
            "" if least == -math.inf else f" from {least}" + (f" to {most}" if most < math.inf else " up")
        )
        raise Fault(where, f"a number{limits}", found(value))
    try:
        return float(value)
    except OverflowError as error:
        raise Fault(where, "a number that a float holds", found(value)) from error


def as_text(value: Any, where: str) -> str:
    """A line of text to show."""
    if not isinstance(value, str) or not value.isprintable() or not 0 < len(value) <= LONGEST:
        raise Fault(where, f"a text of 1 to {LONGEST} printable characters", found(value))
    return value


def as_choice(value: Any, where: str, choices: Iterable[str]) -> str:
    """One of a few words."""
    choices = tuple(choices)
    if not isinstance(value, str) or value not in choices:
        raise Fault(where, f"one of {' '.join(choices)}", found(value))
    return value


def found(value: Any) -> str:
    """`value` in a few characters: lists and objects of any depth are counted, not written out."""
    if isinstance(value, dict):
        return f"an object with {len(value)} keys"
    if isinstance(value, list):
        short = len(value) < 8 and all(isinstance(item, int | float) for item in value)
        return repr(value)[:80] if short else f"a list of {len(value)}"
    return "null" if value is None else repr(value)[:80]
