"""Standing: which edges and nodes stand out of the picture, strongest first, and what a trace gives each of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from nodelink.explain.trace import trace
from nodelink.graph.emphasis import Emphasis, Incidence
from nodelink.graph.plan import Plan
from nodelink.graph.scales import Scales
from nodelink.graph.shown import Shown
from nodelink.nn.naming import stage_of
from nodelink.nn.network import Activations, Network


@dataclass(frozen=True, eq=False)
class Traced:
    """What the GPU needs to work out a trace's values: carried x weight x slope of the target."""

    slope: NDArray[np.float32]  # (nodes,) dz/dpre
    carried: NDArray[np.float32]  # (nodes,) what a node passes on
    full: NDArray[
        np.float64
    ]  # (stages,) |value| drawn at full ink, of the edges that arrive; 0 where none does
    of: int  # how many edges carry anything; those drawn have the share that is kept


@dataclass(frozen=True, eq=False)
class Standout:
    """What stands out of one picture."""

    edges: NDArray[np.int64]  # indices, strongest on its layer's scale first
    bright: NDArray[np.bool_]  # (nodes,) which nodes do
    traced: Traced | None = None


def visible(emphasis: Emphasis, network: Network, shown: Shown) -> Emphasis:
    """An emphasis without the nodes and boxes of layers that are hidden."""

    def seen(nodes: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(node for node in nodes if shown.layers[stage_of(network, node).index])

    def one(node: int | None) -> int | None:
        return None if node is None else next(iter(seen((node,))), None)

    return replace(
        emphasis,
        nodes=seen(emphasis.nodes),
        cells=seen(emphasis.cells),
        boxes=tuple(box for box in emphasis.boxes if shown.layers[box.stage]),
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
    """The edges of a trace that are kept."""
    assert emphasis.traced is not None
    found = trace(activations, emphasis.traced, plan.edges)
    kept = found.kept(emphasis.kept)
    stage = _stages(plan, kept.ids)
    full = np.zeros(len(plan.edges.ranges))
    for cut in found.cuts:
        full[cut.stage] = float(np.abs(cut.values).max(initial=0.0))
    strength = np.abs(kept.values) / full[stage]
    strength[np.isin(stage, list(plan.hidden))] = -1.0
    order = np.argsort(-strength, kind="stable")[: np.count_nonzero(strength > 0)]
    ids = kept.ids[order]
    bright = incidence.bright(replace(emphasis, nodes=(*emphasis.nodes, emphasis.traced)), ids)
    of = sum(len(cut.ids) for cut in found.cuts)
    return Standout(ids, bright, Traced(found.slope, activations.values(), full, of))
