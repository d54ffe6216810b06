"""How far a digit may be moved, turned, scaled, pasted or redrawn before the networks fail.

    python -m train.robustness --data DIR [--network cnn ...] [--count 10000] [--split test|validation]

Digits lie on the application's pad (280x280, ten pad pixels a cell), are distorted there, and go down to the
network by the application's own way, once with centring off and once with it on. What leaves the pad is lost.
Prints a markdown table for weights/README.md.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import distance_transform_edt
from tqdm import tqdm

from nodelink import idx
from nodelink.nn.network import Network
from nodelink.nn.preprocess import CELL, PAD, prepare
from nodelink.nn.weights import SHIPPED, find, load
from train.skeleton import skeleton

Ink = NDArray[np.float32]
Digit = NDArray[np.uint8]
Distortion = Callable[[Digit, np.random.Generator], Ink]

BRUSH = 22.0  # diameter of the pad's default brush, pad pixels
SEED = 7


@dataclass(frozen=True)
class Condition:
    """One row of the table; each digit draws its own direction, sign or place from a generator."""

    title: str
    distort: Distortion
    both: bool = True  # False: measured with centring on only


def on_pad(digit: Digit) -> Ink:
    """The digit (28, 28) uint8 as ink (280, 280): ten pad pixels a cell, so that nothing is lost."""
    ink: Ink = np.repeat(np.repeat(digit, CELL, axis=0), CELL, axis=1).astype(np.float32) / np.float32(255)
    return ink


def _warp(ink: Ink, matrix: NDArray[np.float64]) -> Ink:
    """ink seen through matrix (2, 2), output offset from the pad's middle -> source offset; bilinear."""
    middle = PAD / 2
    shift = middle - matrix @ (middle, middle)
    data = (*matrix[0], shift[0], *matrix[1], shift[1])
    image = Image.fromarray(ink).transform(
        (PAD, PAD), Image.Transform.AFFINE, data, Image.Resampling.BILINEAR
    )
    return np.asarray(image, dtype=np.float32)


def _shifted(cells: int) -> Distortion:
    def distort(digit: Digit, random: np.random.Generator) -> Ink:
        down, right = ((0, cells), (0, -cells), (cells, 0), (-cells, 0))[random.integers(4)]
        moved = np.zeros_like(digit)
        rows, cols = (slice(max(d, 0), len(digit) + min(d, 0)) for d in (down, right))
        source = tuple(slice(max(-d, 0), len(digit) + min(-d, 0)) for d in (down, right))
        moved[rows, cols] = digit[source]
        return on_pad(moved)

    return distort


def _rotated(degrees: float) -> Distortion:
    def distort(digit: Digit, random: np.random.Generator) -> Ink:
        angle = math.radians(degrees) * (1 if random.integers(2) else -1)
        turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
        return _warp(on_pad(digit), turn)

    return distort


def _scaled(factor: float) -> Distortion:
    return lambda digit, _: _warp(on_pad(digit), np.eye(2) / factor)


def _pasted(least: float, most: float) -> Distortion:
    """The longer side of the ink is `least` to `most` of the pad (uniform), anywhere on it (uniform)."""

    def distort(digit: Digit, random: np.random.Generator) -> Ink:
        rows, cols = np.flatnonzero(digit.any(axis=1)), np.flatnonzero(digit.any(axis=0))
        ink = digit[rows[0] : rows[-1] + 1, cols[0] : cols[-1] + 1]
        factor = random.uniform(least, most) * PAD / max(ink.shape)
        height, width = (max(1, round(side * factor)) for side in ink.shape)
        image = Image.fromarray(ink).resize((width, height), Image.Resampling.BILINEAR)
        top, left = random.integers(PAD - height + 1), random.integers(PAD - width + 1)
        pad = np.zeros((PAD, PAD), np.float32)
        pad[top : top + height, left : left + width] = np.asarray(image, np.float32) / 255
        return pad

    return distort


def redrawn(digit: Digit, _: np.random.Generator) -> Ink:
    """The digit's centre lines drawn anew with the pad's default brush: round, one width."""
    distance = distance_transform_edt(~skeleton(digit, fine=CELL))
    ink: Ink = np.clip(BRUSH / 2 + 0.5 - distance, 0, 1).astype(np.float32)
    return ink


CONDITIONS = (
    *(Condition(f"shift {n} cells" if n else "as it is", _shifted(n)) for n in (0, 2, 4, 6)),
    *(Condition(f"rotation {n} degrees", _rotated(n)) for n in (10, 20, 30)),
    *(Condition(f"scale {n}", _scaled(n)) for n in (0.7, 0.8, 0.9, 1.1, 1.2, 1.3)),
    Condition("pasted anywhere, size 1/4 to 1/2 of the pad", _pasted(0.25, 0.5), both=False),
    Condition("pasted anywhere, size 1/2 to 1 of the pad", _pasted(0.5, 1.0), both=False),
    Condition("redrawn with the pad's brush", redrawn),
)


def cells(digits: NDArray[np.uint8], condition: Condition, *, centre: bool) -> NDArray[np.float32]:
    """What the networks read, (N, 28, 28), of `digits` distorted; the same for every network."""
    random = np.random.default_rng(SEED)
    return np.stack([prepare(condition.distort(digit, random), centre).cells for digit in digits])


def accuracy(network: Network, inputs: NDArray[np.float32], labels: NDArray[np.uint8]) -> float:
    """Share of inputs (N, 28, 28) whose largest output is at their label."""
    border = (network.input_shape[-1] - inputs.shape[-1]) // 2
    inputs = np.pad(inputs, ((0, 0), (border, border), (border, border)))[:, None]
    correct = 0
    for start in range(0, len(inputs), 500):
        output = network.forward(inputs[start : start + 500]).logits
        correct += int((output.argmax(1) == labels[start : start + 500]).sum())
    return correct / len(inputs)


def measure(
    networks: Sequence[Network], digits: NDArray[np.uint8], labels: NDArray[np.uint8]
) -> Iterator[tuple[Condition, list[list[float]]]]:
    """For each condition the accuracies, one [off, on] (or [on]) a network."""
    for condition in tqdm(CONDITIONS, desc="robustness"):
        rows: list[list[float]] = [[] for _ in networks]
        for centre in (False, True) if condition.both else (True,):
            inputs = cells(digits, condition, centre=centre)
            for row, network in zip(rows, networks, strict=True):
                row.append(accuracy(network, inputs, labels))
        yield condition, rows


def table(networks: Sequence[Network], digits: NDArray[np.uint8], labels: NDArray[np.uint8]) -> str:
    """The markdown table, in percent."""
    heads = [f"{network.name}, {way}" for network in networks for way in ("off", "on")]
    lines = ["| digit | " + " | ".join(heads) + " |", "|---" * (len(heads) + 1) + "|"]
    for condition, rows in measure(networks, digits, labels):
        figures = [f"{100 * value:.2f}" for row in rows for value in row]
        if not condition.both:
            figures = [part for value in figures for part in ("", value)]
        lines.append(f"| {condition.title} | " + " | ".join(figures) + " |")
    return "\n".join(lines)


def _digits(folder: Path, part: str) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    if part == "test":
        return idx.mnist(folder, "test")
    from train.data import mnist, split  # needs torch, which drew the split

    digits = split(mnist(folder, train=True))[1]
    return digits.images.numpy(), digits.labels.numpy().astype(np.uint8)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table for the shipped networks, or for the named ones."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, help="holds MNIST/raw")
    parser.add_argument("--network", nargs="+", default=list(SHIPPED), help="names or weight files")
    parser.add_argument("--count", type=int, default=10_000, help="digits, a random choice if not all")
    parser.add_argument("--split", choices=("test", "validation"), default="test")
    options = parser.parse_args(arguments)
    images, labels = _digits(options.data, options.split)
    order = np.random.default_rng(SEED).permutation(len(labels))[: options.count]
    images, labels = images[order], labels[order]
    print(f"{len(order)} digits of the {options.split} set, accuracy in percent, centring off and on:\n")
    print(table([load(find(name)) for name in options.network], images, labels))


if __name__ == "__main__":
    main()
