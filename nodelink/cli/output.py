"""Output: what the commands print, for people in lines, for programs as one JSON object."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nodelink.nn.network import Network
    from nodelink.session import Frame


def write_json(value: dict[str, Any]) -> None:
    """One JSON object and nothing else."""
    sys.stdout.write(json.dumps(value) + "\n")


def write_lines(lines: Iterable[str]) -> None:
    """Lines for people."""
    sys.stdout.write("".join(f"{printable(line)}\n" for line in lines))


def say(message: str) -> None:
    """One line beside the answer, on stderr."""
    sys.stderr.write(f"nodelink: {printable(message)}\n")


def fail(message: str, status: int = 1) -> int:
    """Say what went wrong; the exit status."""
    say(message)
    return status


def printable(line: str) -> str:
    """The line with whatever would break it written as an escape: file names may hold anything."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in line)


def answer(frame: Frame) -> str:
    """An answer for people: as sure as the network is."""
    names = frame.network.class_names
    first_two = [f"{names[k] if names else k} ({p:.1%})" for k, p in frame.guesses[:2]]
    if frame.verdict == "sure":
        return ", then ".join(first_two)
    return "blank" if frame.verdict == "blank" else f"unsure, {' or '.join(first_two)}"


def prediction(file: str, frame: Frame) -> dict[str, Any]:
    """One picture's answer for programs."""
    probabilities = frame.activations.output[0].tolist()
    return {"file": file, "digit": frame.guesses[0][0], "probabilities": probabilities}


def description(network: Network) -> dict[str, Any]:
    """A network for programs."""
    numbers = {"nodes": network.nodes, "edges": network.edges, "parameters": network.parameters}
    layers = [
        {"name": s.name, "kind": s.kind, "shape": list(s.shape), "edges": s.edges, "parameters": s.parameters}
        for s in network.stages[1:]
    ]
    return {"network": network.name, **numbers, "accuracy": network.accuracy, "layers": layers}


def layer_table(network: Network) -> list[str]:
    """The network for people: a line a layer, in columns."""
    rows: list[tuple[str, ...]] = [("layer", "kind", "shape", "nodes", "edges", "parameters")]
    for s in network.stages:
        numbers = (f"{n:,}" if n else "" for n in (s.size, s.edges, s.parameters))
        rows.append((s.name, s.kind, "x".join(map(str, s.shape)), *numbers))
    rows.append(("total", "", "", *(f"{n:,}" for n in (network.nodes, network.edges, network.parameters))))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = zip(row, widths, (str.ljust,) * 3 + (str.rjust,) * 3, strict=True)
        lines.append("  ".join(align(cell, width) for cell, width, align in cells).rstrip())
    accuracy = "not recorded" if network.accuracy is None else f"{network.accuracy:.2%}"
    return [f"{network.name}: {network.title}", "", *lines, "", f"accuracy on the test set: {accuracy}"]
