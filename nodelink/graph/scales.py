"""Scales: what value has full colour and what contribution full ink, layer by layer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nodelink.graph.effective import Effective
from nodelink.nn.layers import Conv2d, Dense
from nodelink.nn.network import Network, Stage

LEAST = 1e-36  # what is smaller is nothing: one over it would leave the range of float32
WEIGHT_PERCENTILE = 99.9  # of |weight| in a layer: full ink and full colour where weights are shown


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
    edges = np.array([float(np.abs(signal.contribution[a:b]).max(initial=0.0)) for a, b in signal.pairs])
    return Scales(relative_nodes(network, values), np.where(edges > LEAST, edges, usual.edges))


def relative_nodes(network: Network, values: NDArray[np.float32]) -> NDArray[np.float64]:
    """Of `relative` the nodes' part alone."""
    magnitude = np.abs(values)
    found = [float(magnitude[s.offset : s.offset + s.size].max(initial=0.0)) for s in network.stages]
    return np.where(np.array(found) > LEAST, found, fixed(network).nodes)


def weight(stage: Stage) -> float:
    """The |weight| at full colour of a layer's kernels: very few are larger. 1 for a layer without weights."""
    if not isinstance(stage.layer, Dense | Conv2d):
        return 1.0
    weights = np.abs(stage.layer.weight)
    if isinstance(stage.layer, Conv2d) and stage.layer.connections is not None:
        weights = weights[stage.layer.connections]
    return float(np.percentile(weights, WEIGHT_PERCENTILE)) or 1.0 if weights.size else 1.0
