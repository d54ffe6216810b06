"""Steps: the forward pass one node at a time. Which node comes when, and what is known by then.

The nodes come in the order of their ids: layer by layer, map by map, row by row. A softmax needs all the weighted
inputs of its layer, so such a layer has one step more at its end, which turns them all into outputs.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np

from nodelink.nn.activations import Array
from nodelink.nn.network import Activations, Network, Reached, Stage

GRAINS = ("layer", "map", "position")  # how much one step takes, from the coarsest


@dataclass(frozen=True)
class Step:
    """One step: a node whose weighted input is computed, and its output with it unless a softmax follows."""

    stage: int  # index of its layer
    unit: int | None  # row-major index within the layer; None: the softmax over all its units


class Steps:
    """All steps of one network's forward pass, counted from 1. After 0 of them only the input is known."""

    def __init__(self, network: Network) -> None:
        self.network = network
        counts = [0, *(stage.size + _waits(stage) for stage in network.stages[1:])]
        # per stage, how many steps are done when its first one begins; the total at the end
        self.starts: tuple[int, ...] = tuple(int(n) for n in np.cumsum([0, *counts]))

    @property
    def total(self) -> int:
        """Steps of the whole pass."""
        return self.starts[-1]

    def stage_of(self, number: int) -> int:
        """Index of the stage that step `number` (1 to total) works at."""
        if not 1 <= number <= self.total:
            raise ValueError(f"step: expected 1 to {self.total}, found {number}")
        return bisect_left(self.starts, number) - 1

    def step(self, number: int) -> Step:
        """Step `number`, 1 to total."""
        stage = self.stage_of(number)
        unit = number - self.starts[stage] - 1
        return Step(stage, unit if unit < self.network.stages[stage].size else None)

    def reached(self, number: int) -> Reached:
        """What is known after `number` steps, 0 to total."""
        if number == 0:
            first = self.network.stages[0].size
            return Reached(first, first)
        step = self.step(number)
        stage = self.network.stages[step.stage]
        end = stage.offset + stage.size
        if step.unit is None:
            return Reached(end, end)
        pre = stage.offset + step.unit + 1
        return Reached(pre, stage.offset if _waits(stage) else pre)

    def next_end(self, number: int, grain: str) -> int:
        """How many steps are done when the layer, map or position that comes after `number` steps is complete."""
        if number >= self.total:
            return self.total
        if grain == "position":
            return number + 1
        return next(end for end in self._ends(self.stage_of(number + 1), grain) if end > number)

    def last_end(self, number: int, grain: str) -> int:
        """As `next_end`, for the one before: the largest end below `number`, or 0."""
        if number <= 1 or grain == "position":
            return max(0, number - 1)
        stage = self.stage_of(number)
        ends = [self.starts[stage], *self._ends(stage, grain)]
        return ends[bisect_left(ends, number) - 1]

    def forward(self, number: int, grain: str, hidden: Collection[int] = ()) -> int:
        """Where one step forward from `number` leads; hidden stages (indices) are passed through at once."""
        end = self.next_end(number, grain)
        while end < self.total and self.stage_of(end) in hidden:
            end = self.next_end(self.starts[self.stage_of(end) + 1], grain)
        return end

    def back(self, number: int, grain: str, hidden: Collection[int] = ()) -> int:
        """Where one step back leads: `forward` undone, from where it leads to."""
        end = self.last_end(number, grain)
        while end and self.stage_of(end) in hidden:
            end = self.starts[self.stage_of(end)]
        return end

    def _ends(self, stage: int, grain: str) -> list[int]:
        """Where the maps of a stage end, or the stage does; a softmax is a step of its own except in whole layers."""
        first, last = self.starts[stage], self.starts[stage + 1]
        shape = self.network.stages[stage].shape
        if grain == "layer":
            return [last]
        each = shape[1] * shape[2] if len(shape) == 3 else shape[0]
        ends = list(range(first + each, first + self.network.stages[stage].size + 1, each))
        return ends if ends[-1] == last else [*ends, last]


def partial(activations: Activations, reached: Reached) -> Activations:
    """The activations as far as a pass has come: zeros stand for the rest. The given ones stay as they are."""
    pre, out = [], []
    for stage, before, after in zip(
        activations.network.stages, activations.pre, activations.out, strict=True
    ):
        pre.append(_until(before, stage, reached.pre))
        same = after is before and reached.pre == reached.out
        out.append(pre[-1] if same else _until(after, stage, reached.out))
    return replace(activations, pre=tuple(pre), out=tuple(out), reached=reached)


def _until(values: Array, stage: Stage, end: int) -> Array:
    """The values (B, *shape) of the nodes with ids below `end`, zeros for the others."""
    known = end - stage.offset
    if known >= stage.size:
        return values
    result = np.zeros_like(values, order="C")
    if known > 0:
        flat = result.reshape(len(result), -1)
        flat[:, :known] = values.reshape(len(values), -1)[:, :known]
    return result


def _waits(stage: Stage) -> bool:
    return stage.activation == "softmax"
