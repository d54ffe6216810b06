"""Route: all that a trace shows of a node, from the pixels to it and on from it to the first guess, counted and said.

The scene draws what is counted here, panel and status say it in these words.
"""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from nodelink.explain.paths import Paths, paths_up
from nodelink.explain.trace import Kept, KeptPair, Trace, edges_of, trace
from nodelink.graph.edges import Edges
from nodelink.nn.naming import node_name, value_of
from nodelink.nn.network import Activations, Network

COARSE = 0.02  # a share that is exceeded by so much, in any layer pair, is a least one


@dataclass(frozen=True, eq=False)
class Route:
    """The trace of a node, and where it goes on from there."""

    node: int
    back: Trace  # empty for a pixel
    on: (
        Paths | None
    )  # to the first guess; None where that is not asked for, or the node lies in the last layer

    def kept(self, share: float) -> tuple[Kept, Kept]:
        """Of every pair of layers the strongest edges that carry a share of it, 0 to 1: back, and on."""
        back = self.back.kept(share)
        if self.on is None:
            return back, NONE
        stages = [stage for stage, (ids, _) in enumerate(self.on.ranked) if len(ids)]
        parts = [self.on.kept(stage, share) for stage in stages]
        pairs = tuple(self._pair(stage, values) for stage, (_, values) in zip(stages, parts, strict=True))
        ids, values = ([NONE.ids, *(ids for ids, _ in parts)], [NONE.values, *(each for _, each in parts)])
        return back, Kept(np.concatenate(ids), np.concatenate(values), pairs)

    def _pair(self, stage: int, values: NDArray[np.float32]) -> KeptPair:
        assert self.on is not None
        every = np.abs(self.on.ranked[stage][1])
        share = float(np.abs(values).sum(dtype=np.float64) / every.sum(dtype=np.float64))
        least = float(abs(values[-1])) if len(values) else 0.0
        return KeptPair(stage, len(values), len(every), least, share)


NONE = Kept(np.empty(0, np.int64), np.empty(0, np.float32), ())
_last: WeakKeyDictionary[Activations, Route] = WeakKeyDictionary()


def goes_on(network: Network, node: int, outgoing: bool) -> bool:
    """Whether a trace goes on above its node: where that is asked for, and from a pixel in any case."""
    return (outgoing or node < network.stages[0].size) and node < network.stages[-1].offset


def route(activations: Activations, node: int, outgoing: bool, all_edges: Edges | None = None) -> Route:
    """What the trace of a node, by id, shows. The last one of each pass is remembered; see trace.trace."""
    on = goes_on(activations.network, node, outgoing)
    last = _last.get(activations)
    if last is None or last.node != node or (last.on is not None) != on:
        back = trace(activations, node, all_edges)
        every = edges_of(activations.network, all_edges)
        last = Route(node, back, paths_up(activations, node, every) if on else None)
        _last[activations] = last
    return last


def carries(found: Route, network: Network, share: float) -> str:
    """What so many edges carry: "39 edges carry 80 % of its trace, 12 on from it 80 % of its way to “7”".

    Empty where no edge carries anything.
    """
    back, on = found.kept(share)
    lines = [_part(back, share, "of its trace")] if any(pair.of for pair in back.pairs) else []
    if found.on is not None and on.pairs:
        lines.append(_part(on, share, f"of its way to {guess(found.on, network)}", more=bool(lines)))
    return ", ".join(lines)


def _part(kept: Kept, share: float, of: str, more: bool = False) -> str:
    """One edge alone may be more than the share that is asked for."""
    count = len(kept.ids)
    verb = "on from it" if more else "edge carries" if count == 1 else "edges carry"
    exceeds = max(pair.share for pair in kept.pairs if pair.of) > share + COARSE
    least = " at least" if count and exceeds else ""
    return f"{count:,} {verb}{least} {share:.0%} {of}".replace("%", "\N{NO-BREAK SPACE}%")


def absent(found: Route, activations: Activations) -> str:
    """Why a part that is asked for is empty, in a sentence; itself empty where it is not."""
    network = activations.network
    pixel = not found.back.cuts
    if found.on is not None and found.on.empty:
        if value_of(activations, found.node):
            end = guess(found.on, network)
            return f"Nothing of it reaches {end}: every way ends in a node that is off or loses in a pool."
        if pixel:
            return "No ink lies on this pixel: nothing goes on from it."
        return "It puts out 0: nothing goes on from it."
    if not pixel and not any(len(cut.ids) for cut in found.back.cuts):
        return "No edge carries anything: the trace is empty."
    return ""


def guess(on: Paths, network: Network) -> str:
    """What the node at the end of the paths is called: "“7”", "unit 3 of Output"."""
    layer, _, place = node_name(network, on.top).partition(", ")
    return place if place.startswith("“") else f"{place} of {layer}"
