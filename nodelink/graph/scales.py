"""Scales: what value has full colour and what contribution full ink, layer by layer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nodelink.graph.effective import Effective
from nodelink.nn.network import Network


@dataclass(frozen=True, eq=False)
class Scales:
    """One positive number a stage."""

    nodes: NDArray[np.float64]  # |value| at full colour
    edges: NDArray[np.float64]  # |contribution| at full ink, of the edges that arrive at the stage


def fixed(network: Network) -> Scales:
    """The calibrated scales, the same for every input; 1 where the network's file gives none."""
    found = [network.calibration.get(stage.name) for stage in network.stages]
    nodes = [scale.node if scale else 1.0 for scale in found]
    edges = [(scale.edge or 1.0) if scale else 1.0 for scale in found]
    return Scales(np.array(nodes, np.float64), np.array(edges, np.float64))


def relative(network: Network, values: NDArray[np.float32], signal: Effective) -> Scales:
    """The largest |value| (nodes,) of every layer and |contribution| of every pair for one input.

    Where a layer or a pair carries nothing, the fixed scale stays.
    """
    usual = fixed(network)
    magnitude = np.abs(values)
    nodes = [float(magnitude[s.offset : s.offset + s.size].max(initial=0.0)) for s in network.stages]
    edges = [float(np.abs(signal.contribution[a:b]).max(initial=0.0)) for a, b in signal.pairs]
    return Scales(
        np.where(np.array(nodes) > 0, nodes, usual.nodes), np.where(np.array(edges) > 0, edges, usual.edges)
    )
