"""Standing: which edges and nodes stand out of the picture, strongest first, and what a trace gives each of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from nodelink.explain.route import route
from nodelink.graph.emphasis import Emphasis, Incidence
from nodelink.graph.plan import Plan
from nodelink.graph.scales import Scales
from nodelink.graph.shown import Shown
from nodelink.nn.naming import stage_of
from nodelink.nn.network import Activations, Network
from nodelink.nn.sharing import exist


@dataclass(frozen=True, eq=False)
class Traced:
    """What the GPU needs to work out a trace's values: carried x weight x slope of the target."""

    slope: NDArray[np.float32]  # (nodes,) dz/dpre
    carried: NDArray[np.float32]  # (nodes,) what a node passes on
    full: NDArray[
        np.float64
    ]  # (stages,) |value| drawn at full ink, of the edges that arrive; 0 where none does
    through: bool = False  # above the node it goes on to the first guess
    back: bool = True  # and leads to it from the pixels: it is none of them


@dataclass(frozen=True, eq=False)
class Standout:
    """What stands out of one picture."""

    edges: NDArray[np.int64]  # indices, strongest on its layer's scale first
    bright: NDArray[np.bool_]  # (nodes,) which nodes do
    traced: Traced | None = None


def visible(emphasis: Emphasis, network: Network, shown: Shown) -> Emphasis:
    """An emphasis without the nodes and boxes of layers that are hidden, or that the network does not have."""

    def seen(nodes: tuple[int, ...]) -> tuple[int, ...]:
        there = (node for node in nodes if 0 <= node < network.nodes)
        return tuple(node for node in there if shown.layers[stage_of(network, node).index])

    def one(node: int | None) -> int | None:
        return None if node is None else next(iter(seen((node,))), None)

    return replace(
        emphasis,
        nodes=seen(emphasis.nodes),
        cells=seen(emphasis.cells),
        weights=emphasis.weights if emphasis.weights and exist(network, emphasis.weights) else None,
        boxes=tuple(box for box in emphasis.boxes if any(shown.layers[box.stage : box.stage + 1])),
        rings=seen(emphasis.rings),
        labels=seen(emphasis.labels),
        field_of=one(emphasis.field_of),
        traced=one(emphasis.traced),
    )


def stand_out(
    emphasis: Emphasis, incidence: Incidence, plan: Plan, scales: Scales, activations: Activations | None
) -> Standout | None:
    """What stands out, None if nothing does. activations: what a trace goes through; without them there is none."""
    if not emphasis.stands:
        return None
    if emphasis.traced is not None and activations is not None:
        return _traced(emphasis, incidence, plan, activations)
    ids = incidence.of(emphasis)
    stage = _stages(plan, ids)
    seen = ~np.isin(stage, list(plan.hidden))
    if plan.until is not None:  # a pass has not come farther yet
        seen &= plan.edges.target[ids] < plan.until
    ids, stage = ids[seen], stage[seen]
    strength = np.abs(plan.edges.weight[ids])
    if plan.mode != "weights":
        strength = strength * np.abs(plan.values[plan.edges.source[ids]]) / scales.edges[stage]
    order = np.argsort(-strength, kind="stable")
    return Standout(ids[order], incidence.bright(emphasis, ids))


def _stages(plan: Plan, ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """The index of the layer at which each edge arrives."""
    return np.searchsorted([last for _, last in plan.edges.ranges], ids, side="right")


def _traced(emphasis: Emphasis, incidence: Incidence, plan: Plan, activations: Activations) -> Standout:
    """The edges of a trace that are kept; above the traced node, where asked, its paths to the first guess."""
    node, network = emphasis.traced, activations.network
    assert node is not None
    found = route(activations, node, emphasis.outgoing, plan.edges)
    slope, carried = found.back.slope, activations.values()
    if (paths := found.on) is not None:
        above = np.arange(network.nodes) >= paths.above
        slope, carried = np.where(above, paths.slope, slope), np.where(above, paths.carried, carried)
    kept = found.kept(emphasis.kept)
    ids, values = np.concatenate([part.ids for part in kept]), np.concatenate([part.values for part in kept])
    stage = _stages(plan, ids)
    full = np.zeros(len(network.stages))
    np.maximum.at(full, stage, np.abs(values))
    strength = np.abs(values) / full[stage]
    strength[np.isin(stage, list(plan.hidden))] = 0.0
    order = np.argsort(-strength, kind="stable")[: np.count_nonzero(strength)]
    bright = incidence.bright(replace(emphasis, nodes=(*emphasis.nodes, node)), ids[order])
    return Standout(
        ids[order], bright, Traced(slope, carried, full, paths is not None, bool(found.back.cuts))
    )
