"""Prepare: a network -> all of its picture that does not change with the input, and the exposure of its edges.

Made once a network; the renderer uploads it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from nodelink.graph import edges as graph_edges
from nodelink.graph.layout import Layout, Options, arrange
from nodelink.graph.scales import WEIGHT_PERCENTILE
from nodelink.nn.network import Network

USUAL_INK = 0.01  # full edges of ink per edge of a pair, where a network's calibration does not say
WEIGHTS_INK = 0.08  # the same in weights mode
CROWD = 2.0  # how far exposure gives way where many edges cross one pixel
BASE_EXPOSURE = 1.5  # of one edge alone
OWN_EXPOSURE = 4 * BASE_EXPOSURE  # of the edges of a node that is asked: few, and each is to be seen
WIDER = 0.1  # ink that lone edges give away on coarse pixels
POOLS = ("maxpool", "avgpool")
POOL_STRENGTH = 0.1  # their edges have no learned weight: faint in weights mode


@dataclass(frozen=True, eq=False)
class Graph:
    """A network with everything about its picture that does not change with the input."""

    network: Network
    edges: graph_edges.Edges
    layout: Layout
    weight_full: NDArray[
        np.float64
    ]  # per stage: |weight| drawn at full ink; faint for pools, which have none
    crowding: NDArray[
        np.float64
    ]  # per stage: edges over one another at a point, per world unit of an edge's width
    usual_ink: NDArray[
        np.float64
    ]  # per stage: share of the pair's edges that the usual ink amounts to, in full edges


def prepare(network: Network) -> Graph:
    """Edges, layout and the per-layer figures that exposure needs."""
    edges = graph_edges.edges(network)
    layout = arrange(network)
    weight_full = np.ones(len(network.stages))
    for stage, (first, last) in zip(network.stages, edges.ranges, strict=True):
        if first == last:
            continue
        magnitude = np.abs(edges.weight[first:last])
        weight_full[stage.index] = float(np.percentile(magnitude, WEIGHT_PERCENTILE)) or 1.0
        if stage.kind in POOLS:
            weight_full[stage.index] = magnitude[0] / POOL_STRENGTH
    usual = [_usual_ink(network, s.name, s.edges) for s in network.stages]
    return Graph(network, edges, layout, weight_full, _crowding(edges, layout), np.array(usual))


def relaid(graph: Graph, options: Options) -> Graph:
    """The same network laid out otherwise."""
    layout = arrange(graph.network, options)
    return replace(graph, layout=layout, crowding=_crowding(graph.edges, layout))


def reweighed(graph: Graph, network: Network) -> Graph:
    """The same nodes and edges with the weights of a changed network; all scales stay those of the original."""
    if network is graph.network:
        return graph
    same = all(new is old for new, old in zip(network.layers, graph.network.layers, strict=True))
    edges = graph.edges if same else graph_edges.edges(network)
    return replace(graph, network=network, edges=edges)


def _crowding(edges: graph_edges.Edges, layout: Layout) -> NDArray[np.float64]:
    """Per stage: edge length over the area that the pair's bundle fills in 3D, across and along the layers' way."""
    places = layout.positions["3d"]
    across, along = {"up": (0, 2), "away": (0, 1), "right": (1, 0)}[layout.options.flow_3d]
    crowding = np.zeros(len(edges.ranges))
    for stage, (first, last) in enumerate(edges.ranges):
        if first == last:
            continue
        some = np.linspace(first, last - 1, min(last - first, 2000)).astype(int)
        a, b = places[edges.source[some]], places[edges.target[some]]
        length = float(np.linalg.norm(a - b, axis=1).mean())
        ends = np.concatenate([a, b])
        spread = np.percentile(ends, 95, axis=0) - np.percentile(ends, 5, axis=0)
        area = max(float(spread[across]), 4.0) * max(float(spread[along]), 4.0)
        crowding[stage] = (last - first) * length / area
    return crowding


def exposures(graph: Graph, exposure: float, width: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Ink of one full edge per stage, in signal and in weights mode: less where geometry crowds edges together.

    Depends on geometry and view only (`width` of an edge in world units), never on the input.
    """
    crowd = CROWD * graph.crowding * width
    signal = BASE_EXPOSURE * exposure / (1 + graph.usual_ink * crowd)
    weights = BASE_EXPOSURE * exposure / (1 + WEIGHTS_INK * crowd)
    return signal, weights


def coarsened(exposures: NDArray[np.float64], exposure: float, coarse: int) -> NDArray[np.float64]:
    """Exposures (stages,) for ink on pixels `coarse` times coarser: a line is wider there and covers more with the same
    ink, where no crowd of others covers the place anyway."""
    return exposures * (1 - (0.0 if coarse == 1 else WIDER) * exposures / (BASE_EXPOSURE * exposure))


def _usual_ink(network: Network, stage: str, edges: int) -> float:
    scale = network.calibration.get(stage)
    return scale.ink / edges if scale and scale.ink and edges else USUAL_INK
