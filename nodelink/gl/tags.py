"""Tags: the panels beside all nodes that are to have one. Pixels from the left and the top."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nodelink.gl import tag
from nodelink.gl.mark import GAP, LEAST, WIDTH, cell, outlines
from nodelink.gl.place import Box, bounds, meet
from nodelink.gl.text import Leader, Overlay, Picture
from nodelink.graph import camera
from nodelink.graph.emphasis import Emphasis
from nodelink.graph.layout import Layout
from nodelink.nn.address import address
from nodelink.nn.naming import node_name
from nodelink.nn.network import Network
from nodelink.theme import Theme

MOST = 24  # tags
WIDEST = 0.3  # of the room's width that a tag may take: else it says the node's address instead of its name
ALONG = 24  # points of an edge that are looked at


@dataclass(frozen=True, eq=False)
class Seen:
    """Where the picture is seen from."""

    layout: Layout  # of the layers that are shown
    morph: float
    pose: camera.Pose
    size: tuple[int, int]  # pixels
    theme: Theme


@dataclass(frozen=True)
class _Avoided:
    """What tags keep clear of."""

    cells: list[Box]  # slabs
    outlined: list[Box]  # parts of them
    inked: NDArray[np.float64]  # (n, 2) points of the edges that stand out


class Tags:
    """Draws them. Needs a current OpenGL context of vispy's."""

    def __init__(self) -> None:
        self._stems, self._tags = Overlay(), Overlay()
        self.boxes: dict[int, Box] = {}  # by node, as they were drawn last
        self._kept: dict[int, tuple[float, float]] = {}  # where the last ones stand, left and top
        self._view: tuple[object, ...] = ()  # in which they do

    def draw(
        self,
        network: Network,
        seen: Seen,
        shown: Emphasis,
        ends: NDArray[np.integer],
        said: Callable[[int], str],
        font: int,
        room: Box,
        written: Sequence[Box],
    ) -> None:
        """Name and value beside each node of `shown.labels`.

        ends: nodes (n, 2) of the edges that are not to be covered; said: the value of a node, in words; room: where
        there may be writing, written: what there is.
        """
        nodes = {node: box for node in shown.labels[-MOST:] if (box := _box(seen, node)) is not None}
        gap, pictures = tag.GAP * font, list[tuple[object, Picture]]()
        for node in nodes:
            value = said(node).translate(tag.LETTERS)
            names = node_name(network, node), address(network, node)
            most = WIDEST * (room[2] - room[0])
            name = next((one for one in names if tag.width(one, value, font) <= most), names[-1])
            pictures.append(((name, value, font, seen.theme.name), tag.panel(name, value, font, seen.theme)))
        sizes = [(picture.shape[1], picture.shape[0]) for _, picture in pictures]
        kept = self._kept if self._view == _view(seen, font) and _is_passing(shown) else {}
        avoided = _avoided(seen, shown, ends) if not kept.keys() >= nodes.keys() else _Avoided([], [], _NONE)
        tags, stems = _placed(nodes, sizes, gap, room, written, avoided, kept)
        self.boxes = dict(zip(nodes, tags, strict=True))
        if not _is_passing(shown):
            self._kept = {node: (box[0], box[1]) for node, box in self.boxes.items()}
            self._view = _view(seen, font)
        leaders = [Leader(*line, seen.theme.text, solid=True) for line in stems]
        self._stems.draw([], [], seen.size, leaders)
        drawn = [(*picture, box[:2]) for picture, box in zip(pictures, tags, strict=True)]
        self._tags.draw([], drawn, seen.size)


_NONE = np.empty((0, 2))


def _view(seen: Seen, font: int) -> tuple[object, ...]:
    """What tags stay in their places for."""
    return seen.layout.options, seen.layout.slabs, seen.morph, seen.pose, seen.size, font


def _is_passing(shown: Emphasis) -> bool:
    """Whether something is only pointed at, or a step: tags of what is pinned stay where they are meanwhile."""
    return not set(shown.labels) <= set(shown.nodes)


def _placed(
    nodes: dict[int, Box],
    sizes: Sequence[tuple[int, int]],
    gap: float,
    room: Box,
    written: Sequence[Box],
    avoided: _Avoided,
    kept: dict[int, tuple[float, float]],
) -> tuple[list[Box], list[tag.Line]]:
    """Each node's panel, and the lines to them. In the order in which they were pinned: who comes later steps aside."""
    tags, stems = list[Box](), list[tag.Line]()
    for (node, box), size in zip(nodes.items(), sizes, strict=True):
        others = [other for one, other in nodes.items() if one != node]
        at = kept.get(node)
        if at is None or any(meet((*at, at[0] + size[0], at[1] + size[1]), other) for other in others):
            clear = avoided.cells, avoided.outlined, avoided.inked
            at = tag.place(box, size, gap, room, others, written, tags=tags, stems=stems, clear=clear)
        tags.append((*at, at[0] + size[0], at[1] + size[1]))
        if (line := tag.stem(box, tags[-1], gap)) is not None:
            stems.append(line)
    return tags, stems


def _avoided(seen: Seen, shown: Emphasis, ends: NDArray[np.integer]) -> _Avoided:
    """What is seen of the network, and of what stands out of it."""
    lines = outlines(shown.boxes, seen.layout, seen.morph, seen.pose, seen.size, seen.theme)
    corners = [[(*line.start, *line.start) for line in lines[i : i + 4]] for i in range(0, len(lines), 4)]
    positions = [seen.layout.positions[name].astype(np.float64) for name in ("3d", "2d")]
    mixed = (1 - seen.morph) * positions[0] + seen.morph * positions[1]
    along = np.linspace(0, 1, ALONG)[:, None, None]
    points = (1 - along) * mixed[ends[:, 0]] + along * mixed[ends[:, 1]]
    inked = _pixels(points.reshape(-1, 3), seen)
    return _Avoided(_slabs(seen), [bounds(four) for four in corners], inked[np.isfinite(inked).all(axis=1)])


def _pixels(points: NDArray[np.float64], seen: Seen) -> NDArray[np.float64]:
    """Pixels (n, 2) of world points (n, 3); nan behind the eye."""
    at = camera.project(points, seen.pose, seen.size[0] / seen.size[1])[:, :2]
    return np.asarray((at * (1, -1) + 1) / 2 * seen.size)


def _slabs(seen: Seen) -> list[Box]:
    """Around every slab in view, pixels from the left and the top."""
    corners = [seen.layout.corners[name].astype(np.float64) for name in ("3d", "2d")]
    mixed = (1 - seen.morph) * corners[0] + seen.morph * corners[1]
    x, y = _pixels(mixed.reshape(-1, 3), seen).reshape(*mixed.shape[:2], 2).transpose(2, 0, 1)
    boxes = np.stack([x.min(axis=1), y.min(axis=1), x.max(axis=1), y.max(axis=1)], axis=1)
    return [tuple(box) for box in boxes[np.isfinite(boxes).all(axis=1)].tolist()]


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
