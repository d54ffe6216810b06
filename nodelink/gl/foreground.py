"""Foreground: what stands out of the picture, and the rings, outlines and tags that belong to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from nodelink.explain.receptive import receptive_field
from nodelink.gl.ink import View
from nodelink.gl.mark import Mark, outlines
from nodelink.gl.numbers import Stance
from nodelink.gl.place import Box
from nodelink.gl.renderer import FADED, Part, Renderer
from nodelink.gl.standing import Standout, stand_out, visible
from nodelink.gl.tags import Seen, Tags
from nodelink.gl.text import Overlay
from nodelink.graph.emphasis import NOTHING, Emphasis, Incidence
from nodelink.graph.plan import Plan
from nodelink.graph.prepare import Graph
from nodelink.graph.shown import Shown
from nodelink.nn.network import Activations, Network

CHUNK = 16_000  # edges added at a time
WIDER = 1.4  # edges that stand out are so many times wider
LOOKED_AT = 300  # of the edges that stand out: tags keep clear of the strongest
MARGIN = 6.0  # pixels around what is drawn again
NEAR = 0.05  # clip w below which a point counts as behind the eye


class Foreground:
    """What stands out of one scene. `resolve` and everything that draws need a current OpenGL context of vispy's."""

    def __init__(self, renderer: Renderer) -> None:
        self.emphasis = NOTHING  # as it was asked for
        self.found: Standout | None = None
        self._shown = NOTHING  # without what is hidden
        self._renderer = renderer
        self._mark, self._outlines = Mark(), Overlay()
        self.tags = Tags()
        self._incidence: Incidence | None = None
        self._graph: Graph | None = None
        self._stale = False
        self._rest: list[NDArray[np.int64]] = []  # chunks still to be drawn

    def set_graph(self, graph: Graph) -> None:
        """Another network: nothing stands out."""
        if self._graph is None or self._graph.edges is not graph.edges:
            self._incidence = Incidence(graph.network, graph.edges)
        self._graph = graph
        self.emphasis, self._stale = NOTHING, True

    def reweigh(self, graph: Graph) -> None:
        """The same network, changed by an experiment: what stands out stays."""
        emphasis = self.emphasis
        self.set_graph(graph)
        self.emphasis = emphasis

    def emphasize(self, emphasis: Emphasis) -> bool:
        """Let this stand out; whether it is something else than before."""
        changed = emphasis != self.emphasis
        self.emphasis = emphasis
        self._stale |= changed
        return changed

    def touch(self) -> None:
        """Something that it depends on has changed: what nodes show, the edge mode, layers that are hidden."""
        self._stale = True

    @property
    def tracing(self) -> bool:
        """Whether a trace is shown."""
        return self.found is not None and self.found.traced is not None

    @property
    def pending(self) -> bool:
        """Whether edges that stand out are still to be drawn."""
        return bool(self._rest)

    @property
    def stance(self) -> Stance:
        """What the legend has to say of it."""
        if self.found is None or self.found.traced is None:
            return Stance(standing=self.found is not None)
        traced = self.found.traced
        return Stance(True, tuple(traced.full.tolist()), self.emphasis.kept, traced.through, traced.back)

    @property
    def count(self) -> int:
        """Edges that stand out."""
        return len(self.found.edges) if self.found is not None else 0

    def resolve(self, plan: Plan, activations: Activations | None) -> bool:
        """Work out what stands out, if that is out of date; whether the nodes look otherwise now."""
        if not self._stale or self._graph is None or self._incidence is None:
            return False
        self._stale = False
        renderer, before = self._renderer, self.found
        network = self._graph.network
        self._shown = _with_field(visible(self.emphasis, network, renderer.shown), network, renderer.shown)
        self.found = stand_out(self._shown, self._incidence, plan, renderer.scales, activations)
        alone = plan.mode == "selected" or self.tracing
        renderer.set_standing(self.found, 0.0 if alone else FADED)
        return before is not None or self.found is not None

    # edges

    def view(self, view: View) -> View:
        """As the edges that stand out are seen in a view of the others."""
        mode = "trace" if self.tracing else view.mode
        return replace(view, width=view.width * WIDER, mode=mode)

    def begin(self, view: View, most: int | None = None) -> int:
        """Draw the edges that stand out, at most so many now, the strongest; how many have been drawn."""
        if self.found is None:
            self._rest = []
            return 0
        ids = self.found.edges
        first = ids if most is None else ids[:most]
        rest = ids[len(first) :]
        self._rest = [rest[i : i + CHUNK] for i in range(0, len(rest), CHUNK)][::-1]
        ends = np.zeros(len(self.found.bright), bool)
        assert self._graph is not None
        ends[self._graph.edges.source[ids]] = ends[self._graph.edges.target[ids]] = True
        self._renderer.own_part = self._part(np.flatnonzero(ends), view, WIDER * view.width + MARGIN)
        self._renderer.begin("own", self.view(view))
        self._renderer.add("own", first, self.view(view))
        self._renderer.tint("own")
        return len(first)

    def step(self, view: View) -> None:
        """Draw some of those that are still to be drawn."""
        self._renderer.add("own", self._rest.pop(), self.view(view))
        if not self._rest:
            self._renderer.tint("own")

    def changed(self, before: Standout | None, view: View) -> list[Part | None]:
        """Where nodes look otherwise than when `before` stood out: around the slabs that they are on, by layer."""
        if before is None or self.found is None or self._graph is None:
            return [None]
        other = before.bright != self.found.bright
        layout, parts = self._graph.layout, list[Part | None]()
        touched = np.logical_or.reduceat(other, [slab.first for slab in layout.slabs])
        for stage in sorted(
            {slab.stage for slab, any_of in zip(layout.slabs, touched, strict=True) if any_of}
        ):
            mine = [i for i, slab in enumerate(layout.slabs) if slab.stage == stage and touched[i]]
            corners = [layout.corners[name][mine].reshape(-1, 3) for name in ("3d", "2d")]
            parts.append(_around((1 - view.morph) * corners[0] + view.morph * corners[1], view, MARGIN))
        return [None] if None in parts else parts

    def _part(self, nodes: NDArray[np.int64], view: View, margin: float) -> Part | None:
        """Around the places where edges meet nodes."""
        assert self._graph is not None
        flat, deep = (self._graph.layout.positions[name][nodes] for name in ("2d", "3d"))
        return _around((1 - view.morph) * deep + view.morph * flat, view, margin)

    # rings, outlines, tags

    def draw_marks(self, seen: Seen) -> None:
        """Rings and outlines into the current framebuffer."""
        boxes = outlines(self._shown.boxes, seen.layout, seen.morph, seen.pose, seen.size, seen.theme)
        self._outlines.draw([], [], seen.size, boxes)
        for node in self._shown.rings:
            self._mark.draw(seen.layout, node, seen.morph, seen.pose, seen.size, seen.theme)

    def draw_tags(
        self,
        seen: Seen,
        said: Callable[[int], str],
        font: int,
        room: Box,
        written: Sequence[Box],
    ) -> None:
        """Name and value beside each node that is to have them; see `Tags.draw`."""
        assert self._graph is not None
        edges = self._graph.edges
        ids = self.found.edges[:LOOKED_AT] if self.found is not None else np.empty(0, np.int64)
        ends = np.stack([edges.source[ids], edges.target[ids]], axis=1)
        self.tags.draw(self._graph.network, seen, self._shown, ends, said, font, room, written)


def _around(points: NDArray[np.floating], view: View, margin: float) -> Part | None:
    """The pixels around world points (n, 3) in a view; None, everywhere, where one of them is behind the eye."""
    if not len(points):
        return 0, 0, 1, 1
    clip = points @ view.matrix[:, :3].T + view.matrix[:, 3]
    if clip[:, 3].min() < NEAR:
        return None
    size = np.array(view.size)
    at = (clip[:, :2] / clip[:, 3:] + 1) / 2 * size
    low = np.clip(np.floor(at.min(axis=0) - margin), 0, size - 1).astype(int)
    high = np.clip(np.ceil(at.max(axis=0) + margin), low + 1, size).astype(int)
    return int(low[0]), int(low[1]), int(high[0] - low[0]), int(high[1] - low[1])


def _with_field(emphasis: Emphasis, network: Network, shown: Shown) -> Emphasis:
    """The receptive field among the boxes: on the input always, on the maps between where it is not all of a map."""
    if emphasis.field_of is None:
        return emphasis
    *below, _ = receptive_field(network, emphasis.field_of)
    boxes = [
        box
        for box in below
        if shown.layers[box.stage] and not (box.stage and box.is_whole(network.stages[box.stage]))
    ]
    return replace(emphasis, boxes=(*emphasis.boxes, *boxes))
