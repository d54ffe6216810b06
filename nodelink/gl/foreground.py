"""Foreground: what stands out of the picture, and the rings, outlines and tags that belong to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from nodelink.explain.receptive import receptive_field
from nodelink.gl import tag
from nodelink.gl.ink import View
from nodelink.gl.mark import GAP, LEAST, WIDTH, Mark, cell, outlines
from nodelink.gl.numbers import Stance
from nodelink.gl.place import Box
from nodelink.gl.renderer import FADED, Part, Renderer
from nodelink.gl.standing import Standout, stand_out, visible
from nodelink.gl.text import Leader, Overlay
from nodelink.graph import camera
from nodelink.graph.emphasis import NOTHING, Emphasis, Incidence
from nodelink.graph.layout import Layout
from nodelink.graph.plan import Plan
from nodelink.graph.prepare import Graph
from nodelink.graph.shown import Shown
from nodelink.nn.naming import node_name, number
from nodelink.nn.network import Activations, Network
from nodelink.theme import Theme

CHUNK = 16_000  # edges added at a time
WIDER = 1.4  # edges that stand out are so many times wider
MOST = 24  # tags
MARGIN = 6.0  # pixels around what is drawn again
NEAR = 0.05  # clip w below which a point counts as behind the eye


@dataclass(frozen=True, eq=False)
class Seen:
    """Where the picture is seen from."""

    layout: Layout  # of the layers that are shown
    morph: float
    pose: camera.Pose
    size: tuple[int, int]  # pixels
    theme: Theme


class Foreground:
    """What stands out of one scene. `resolve` and everything that draws need a current OpenGL context of vispy's."""

    def __init__(self, renderer: Renderer) -> None:
        self.emphasis = NOTHING  # as it was asked for
        self.found: Standout | None = None
        self._shown = NOTHING  # without what is hidden
        self._renderer = renderer
        self._mark, self._outlines = Mark(), Overlay()
        self._stems, self._tags = Overlay(), Overlay()
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
        values: NDArray[np.float32],
        differ: bool,
        font: int,
        room: Box,
        written: Sequence[Box],
    ) -> None:
        """Name and value beside each node that is to have them. All of it in pixels from the left and the top.

        values: nan where a node is not computed yet; differ: they are B - A; room: where there may be writing,
        written: what there is.
        """
        assert self._graph is not None
        nodes = {node: box for node in self._shown.labels[-MOST:] if (box := _box(seen, node)) is not None}
        pictures, tags, stems = [], list[Box](), list[tag.Line]()
        cells, gap = self._avoided(seen) if nodes else [], tag.GAP * font
        for node, box in nodes.items():  # in the order in which they were pinned: who comes later steps aside
            name, value = node_name(self._graph.network, node), number(float(values[node]))
            if np.isnan(values[node]):
                value = "not computed yet"
            elif differ:
                value = f"B - A: {float(values[node]):+.3g}"
            picture = tag.panel(name, value, font, seen.theme)
            size = picture.shape[1], picture.shape[0]
            others = [other for one, other in nodes.items() if one != node]
            left, top = tag.place(box, size, gap, room, others, written, cells, tags, stems)
            tags.append((left, top, left + size[0], top + size[1]))
            if (line := tag.stem(box, tags[-1], gap)) is not None:
                stems.append(line)
            pictures.append(((name, value, font, seen.theme.name), picture, (left, top)))
        leaders = [Leader(*line, seen.theme.text, solid=True) for line in stems]
        self._stems.draw([], [], seen.size, leaders)
        self._tags.draw([], pictures, seen.size)

    def _avoided(self, seen: Seen) -> list[Box]:
        """What tags cover rather not: slabs, and twice as much the edges that stand out."""
        part = self._renderer.own_part
        if part is None or not self.count:
            return _slabs(seen)
        left, bottom, width, height = part
        edges = (
            float(left),
            float(seen.size[1] - bottom - height),
            float(left + width),
            float(seen.size[1] - bottom),
        )
        return [*_slabs(seen), edges, edges]


def _slabs(seen: Seen) -> list[Box]:
    """Around every slab in view, pixels from the left and the top."""
    corners = [seen.layout.corners[name].astype(np.float64) for name in ("3d", "2d")]
    mixed = (1 - seen.morph) * corners[0] + seen.morph * corners[1]
    at = camera.project(mixed.reshape(-1, 3), seen.pose, seen.size[0] / seen.size[1])[:, :2]
    x, y = ((at * (1, -1) + 1) / 2 * seen.size).reshape(*mixed.shape[:2], 2).transpose(2, 0, 1)
    boxes = np.stack([x.min(axis=1), y.min(axis=1), x.max(axis=1), y.max(axis=1)], axis=1)
    return [tuple(box) for box in boxes[np.isfinite(boxes).all(axis=1)].tolist()]


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


def _box(seen: Seen, node: int) -> Box | None:
    """Around a node's cell and its ring, pixels from the left and the top; None where it is not in view."""
    corners = cell(seen.layout, node, seen.morph, seen.pose, seen.size)
    if np.isnan(corners).any():
        return None
    scale = max(1.0, seen.size[1] / 800)
    gap = max(GAP * scale, LEAST * scale - float(np.ptp(corners, axis=0).min()) / 2) + WIDTH * scale
    left, low = corners.min(axis=0) - gap
    right, high = corners.max(axis=0) + gap
    box = left, seen.size[1] - high, right, seen.size[1] - low
    inside = box[2] > 0 and box[3] > 0 and box[0] < seen.size[0] and box[1] < seen.size[1]
    return box if inside else None
