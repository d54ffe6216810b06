"""Difference: what two answers of the same layers differ in, node by node, and which nodes differ most."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nodelink.nn.network import Activations, Network, Stage

Array = NDArray[np.float32]


@dataclass(frozen=True)
class NodeDifference:
    """One node in two answers."""

    node: int  # its id
    a: float  # its value in A
    b: float  # and in B
    share: float  # b - a on the fixed scale of its layer: 1 is the value that has full colour

    @property
    def change(self) -> float:
        """b - a."""
        return self.b - self.a


def obstacle(a: Network, b: Network) -> str | None:
    """Why the nodes of two networks do not correspond, as the end of a sentence; None where they do.

    They do where layers have the same names and shapes; weights may differ.
    """
    if a is b:
        return None
    if len(a.stages) != len(b.stages):
        return f"they have {len(a.stages)} and {len(b.stages)} layers"
    for one, other in zip(a.stages, b.stages, strict=True):
        if (one.name, one.shape) != (other.name, other.shape):
            return f"{_name(one)} in A is {_name(other)} in B"
    return None


def _name(stage: Stage) -> str:
    return f"{stage.name} ({' × '.join(map(str, stage.shape))})"


def subtract(b: Activations, a: Activations) -> Activations:
    """B - A of every value, weighted inputs included. ValueError where the nodes do not correspond."""
    _check(a, b)
    pre = tuple(two - one for one, two in zip(a.pre, b.pre, strict=True))
    out = tuple(two - one for one, two in zip(a.out, b.out, strict=True))
    return Activations(b.network, pre, out)


def shares(a: Activations, b: Activations) -> Array:
    """B - A of every node by id, (nodes,), on the fixed scale of its layer in B: so layers compare.

    A layer that is not calibrated is measured by the largest |value| that either answer has there.
    ValueError where the nodes do not correspond.
    """
    _check(a, b)
    found = b.values() - a.values()
    for stage in b.network.stages:
        scale = b.network.calibration.get(stage.name)
        outs = (a.out[stage.index][0], b.out[stage.index][0])
        full = scale.node if scale is not None else max(float(np.abs(out).max()) for out in outs)
        found[stage.offset : stage.offset + stage.size] /= full or 1.0
    return found


def most_different(
    a: Activations, b: Activations, count: int, stages: Iterable[int] | None = None
) -> tuple[NodeDifference, ...]:
    """The `count` nodes that differ most on their layers' scales, largest |share| first; equal ones by id.

    stages: the indices of the layers that are looked at, all but the input by default. Nodes that do not differ are
    left out. ValueError where the nodes do not correspond.
    """
    share = shares(a, b)
    wanted = np.zeros(len(share), bool)
    for index in range(1, len(b.network.stages)) if stages is None else stages:
        stage = b.network.stages[index]
        wanted[stage.offset : stage.offset + stage.size] = True
    size = np.where(wanted, np.abs(share), 0.0)
    ids = np.flatnonzero(size)
    if len(ids) > count:  # only the candidates are sorted, ties at the edge included
        least = np.partition(size[ids], len(ids) - count)[len(ids) - count]
        ids = ids[size[ids] >= least]
    ids = ids[np.argsort(-size[ids], kind="stable")][:count]
    before, after = a.values(), b.values()
    return tuple(NodeDifference(int(i), float(before[i]), float(after[i]), float(share[i])) for i in ids)


def _check(a: Activations, b: Activations) -> None:
    fault = obstacle(a.network, b.network)
    if fault is not None:
        raise ValueError(f"the nodes of {a.network.name} and {b.network.name} do not correspond: {fault}")
