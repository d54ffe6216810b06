"""Annotate: what is written over the scene. Layers with their shapes, classes with probabilities, numbers of maps.

Whatever the view, nothing that is written overlaps anything else that is written, or leaves the room it has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from nodelink.gl.classes import class_notes, map_notes
from nodelink.gl.place import Box, bounds, crosses, crowded, meet, spread, within
from nodelink.gl.sight import Line, Note, Sight
from nodelink.gl.text import Label, Leader
from nodelink.nn.layers import AvgPool2d, Conv2d, MaxPool2d
from nodelink.nn.network import Stage

GAP = 0.55  # between a slab and what is written about it, in font sizes
WIDEST = 0.4  # of the picture's width that layers' names may take at its side
NEAR = 1.0  # a note moved by more than so many font sizes gets a leader
JUST_ABOVE = (
    (0, False),
    (0, True),
    (1, False),
    (1, True),
    (3, False),
    (3, True),
)  # how much is said, moved aside?
IN_TIERS = (1, 1), (3, 1), (1, 2), (3, 2), (1, 3), (3, 3)  # how much is said, in how many rows
TIERS = 3  # rows of names above the layers, at most


@dataclass(frozen=True)
class Writing:
    """All that is written."""

    notes: tuple[Note, ...]
    halo: str
    faint: str  # colour of the leaders

    @cached_property
    def labels(self) -> list[Label]:
        return [label for note in self.notes for label in note.labels(self.halo)]

    @cached_property
    def leaders(self) -> list[Leader]:
        return [leader for note in self.notes for leader in note.leaders(self.faint)]

    @property
    def box(self) -> Box | None:
        """Around everything."""
        return bounds(boxes_of(self.notes)) if self.notes else None


def describe(stage: Stage) -> str:
    """What kind of layer it is, in a word or two."""
    layer = stage.layer
    if isinstance(layer, Conv2d):
        return "convolution {}x{}".format(*layer.weight.shape[2:])
    if isinstance(layer, MaxPool2d):
        return "max pool {}x{}".format(*layer.kernel)
    if isinstance(layer, AvgPool2d):
        return "average pool {}x{}".format(*layer.kernel)
    if layer is None:
        return "pixels"
    return f"dense, {stage.activation}" if stage.activation not in ("identity", "relu") else "dense"


def shape_text(stage: Stage) -> str:
    """The shape as text: "6 x 28 x 28" or "120 units"."""
    if len(stage.shape) == 1:
        return f"{stage.size} units"
    shape = stage.shape[1:] if stage.shape[0] == 1 else stage.shape
    return " x ".join(str(n) for n in shape)


def write(sight: Sight, output: NDArray[np.float32] | None) -> Writing:
    """All that is to be written on a view. output: the classes' values, if there is an input."""
    classes = class_notes(sight, output)
    layers = _above(sight, classes) if sight.flow == "right" else _beside(sight, classes)
    notes = [*classes, *layers]
    if not sight.free:
        notes = _settled([*notes, *map_notes(sight)], sight.room)
    return Writing(tuple(notes), sight.theme.background_top, sight.theme.text_dim)


def _texts(stage: Stage, level: int, upright: bool) -> list[str]:
    """The lines about a layer. Levels say less and less: kind and shape, shape, one line, the name alone."""
    shape, kind = shape_text(stage), describe(stage)
    if level == 0 and upright:
        return [stage.name, kind, shape]
    if level == 0:
        return [stage.name, f"{kind}  {shape}" if stage.kind != "input" else shape]
    return {1: [stage.name, shape], 2: [f"{stage.name}  {shape}"], 3: [stage.name]}[min(level, 3)]


def _note(sight: Sight, stage: int, level: int, align: float, upright: bool) -> Note:
    texts = _texts(sight.network.stages[stage], level, upright)
    first = Line(texts[0], sight.font, sight.colour(stage))
    rest = [Line(text, sight.small, sight.colour(stage, dim=True)) for text in texts[1:]]
    return Note((first, *rest), 0.0, 0.0, align)


def _beside(sight: Sight, classes: Sequence[Note]) -> list[Note]:
    """The layers' names at the left of each layer, one above the other; below the classes where those reach over."""
    if not sight.stages:
        return []
    targets = [tuple(points[points[:, 0].argmin()]) for points in sight.stages.values()]
    stages, top = list(sight.stages), sight.room[1]
    found = _at_heights(sight, _names(sight, stages, top), targets, top, classes)
    if sight.free:
        return found
    far = [i for i, note in enumerate(found) if note.leader]
    if covered := {i for i in far if sight.is_covered(stages[i])}:  # a leader would end at another layer
        stages = [stage for i, stage in enumerate(stages) if i not in covered]
        targets = [target for i, target in enumerate(targets) if i not in covered]
        found = _at_heights(sight, _names(sight, stages, top), targets, top, classes)
    if classes and crowded(boxes_of(found), boxes_of(classes)):
        top = bounds(boxes_of(classes))[3]
        return _at_heights(sight, _names(sight, stages, top), targets, top, classes)
    return found


def _names(sight: Sight, stages: Sequence[int], top: float) -> list[Note]:
    """What is said about each layer, as much as there is room for from `top` downwards."""
    names: list[Note] = []
    for level in range(4 if stages else 0):
        names = [_note(sight, stage, level, 1.0, upright=False) for stage in stages]
        high = sum(note.height for note in names) + len(names) * 0.15 * sight.font
        if high <= sight.room[3] - top and max(note.width for note in names) <= WIDEST * sight.size[0]:
            break
    return names


def _at_heights(
    sight: Sight,
    names: Sequence[Note],
    targets: Sequence[tuple[float, float]],
    top: float,
    classes: Sequence[Note],
) -> list[Note]:
    """Names one above the other from `top` down, each as near to the height of its layer as it can be."""
    gap = 0.15 * sight.font
    heights = [note.height + gap for note in names]
    middles = spread([y for _, y in targets], heights, top, sight.room[3])
    return [
        _at_left(sight, note, target, middle, classes)
        for note, target, middle in zip(names, targets, middles, strict=True)
    ]


def boxes_of(notes: Sequence[Note]) -> list[Box]:
    return [note.box for note in notes]


def _at_left(
    sight: Sight, note: Note, target: tuple[float, float], middle: float, classes: Sequence[Note]
) -> Note:
    """A note at its height, left of every slab and every class there."""
    gap, top = GAP * sight.font, middle - note.height / 2
    edge = sight.leftmost(top, top + note.height)
    edge = min([edge, target[0]] + [n.left for n in classes if n.top < top + note.height and top < n.box[3]])
    note = replace(note, left=edge - gap - note.width, top=top)
    if not sight.free:
        note = note.moved(*within(note.box, sight.room))
        middle = note.top + note.height / 2
    away = max(abs(middle - target[1]), target[0] - note.box[2] - 1.5 * gap)
    if away > NEAR * sight.font and note.box[2] < target[0]:
        note = replace(note, leader=((note.box[2] + 0.3 * gap, middle), (target[0] - 0.2 * gap, target[1])))
    return note


def _above(sight: Sight, classes: Sequence[Note]) -> list[Note]:
    """The layers' names above each layer: just there, else moved sideways, else in rows above everything.

    In 3D, where layers come towards the viewer at their lower ends, below them in the same way.
    """
    side = -1.0 if sight.name == "3d" else 1.0
    ends = {stage: _end(points, side) for stage, points in sight.stages.items()}
    if not ends:
        return []
    taken = [_mirrored(note.box, side) for note in classes]
    slabs = [bounds([(*p, *p) for p in points]) for points in sight.stages.values()] if side > 0 else []
    room = _mirrored(sight.room, side)
    # mirrored, a name just below a layer would lie on the one in front
    for level, move in JUST_ABOVE if side > 0 else ():
        found = _just_above(sight, ends, level, move, _left_of(taken, room, sight) if level == 3 else room)
        clear = _is_clear(sight, found, [*slabs, *taken], room) and _is_near(found, ends)
        if clear and (level < 3 or not crowded([_apart(box, sight) for box in boxes_of(found)])):
            return found
    struck = list[list[Note]]()
    for level, tiers in IN_TIERS if side > 0 else ():
        found = _in_tiers(sight, ends, level, tiers, room, taken)
        if _is_clear(sight, found, [*slabs, *taken], room) and _is_near(found, ends):
            if not _is_struck(found):
                return found
            struck.append(found)
    if struck:
        return struck[0]
    for level in (1, 2, 3):
        for tiers in range(1, TIERS + 1):
            found = _in_tiers(sight, ends, level, tiers, room, taken)
            if _is_clear(sight, found, taken, room):
                return [_returned(note, side) for note in found]
    return [_returned(note, side) for note in found]


def _is_struck(notes: Sequence[Note]) -> bool:
    """Whether a leader runs through another name."""
    lines = [(i, note.leader) for i, note in enumerate(notes) if note.leader]
    return any(crosses(line, other.box) for i, line in lines for j, other in enumerate(notes) if j != i)


def _apart(box: Box, sight: Sight) -> Box:
    """A box with half of a space at either side."""
    return box[0] - 0.15 * sight.font, box[1], box[2] + 0.15 * sight.font, box[3]


def _left_of(classes: Sequence[Box], room: Box, sight: Sight) -> Box:
    """The room left of classes that stand in a column at the right."""
    right = min((box[0] for box in classes), default=np.inf) - GAP * sight.font
    last = max(points[:, 0].min() for points in sight.stages.values())
    return (*room[:2], min(room[2], right), room[3]) if right > last else room


def _is_near(notes: Sequence[Note], ends: dict[int, Point]) -> bool:
    """Whether each name stands over the middle of its layer."""
    return all(note.left <= x <= note.box[2] for note, (x, _) in zip(notes, ends.values(), strict=True))


Point = tuple[float, float]


def _end(points: NDArray[np.float64], side: float) -> Point:
    """Where a layer's name belongs: above the middle of its upper end; or, mirrored, at its lowest corner."""
    if side > 0:
        return float(points[:, 0].min() + points[:, 0].max()) / 2, float(points[:, 1].min())
    x, y = points[points[:, 1].argmax()]
    return float(x), -float(y)


def _mirrored(box: Box, side: float) -> Box:
    """A box with above and below exchanged (side -1), or as it is (1)."""
    return box if side > 0 else (box[0], -box[3], box[2], -box[1])


def _returned(note: Note, side: float) -> Note:
    """A note placed among mirrored things, put where it belongs."""
    if side > 0:
        return note
    leader = note.leader and (
        (note.leader[0][0], -note.leader[0][1]),
        (note.leader[1][0], -note.leader[1][1]),
    )
    return replace(note, top=-note.box[3], leader=leader)


def _is_clear(sight: Sight, notes: Sequence[Note], others: Sequence[Box], room: Box) -> bool:
    boxes = boxes_of(notes)
    wide = any(box[0] < room[0] - 1 or box[2] > room[2] + 1 for box in boxes)
    high = not sight.free and any(box[1] < room[1] - 1 or box[3] > room[3] + 1 for box in boxes)
    return not wide and not high and not crowded(boxes, others)


def _just_above(sight: Sight, ends: dict[int, Point], level: int, move: bool, room: Box) -> list[Note]:
    gap = GAP * sight.font
    names = [_note(sight, stage, level, 0.5, upright=True) for stage in ends]
    middles = np.array([x for x, _ in ends.values()])
    if move:
        middles = spread(middles, [note.width + gap for note in names], room[0], room[2])
    found = []
    for note, middle, (x, y) in zip(names, middles, ends.values(), strict=True):
        note = replace(note, left=middle - note.width / 2, top=y - gap - note.height)
        if not sight.free:
            note = note.moved(*within(note.box, room))
        found.append(_led_down(sight, note, (x, y)))
    return found


def _in_tiers(
    sight: Sight, ends: dict[int, Point], level: int, tiers: int, room: Box, taken: Sequence[Box]
) -> list[Note]:
    """Names in rows above everything, the next one always in the next row."""
    gap, stages = GAP * sight.font, list(ends)
    names = [_note(sight, stage, level, 0.5, upright=False) for stage in stages]
    high = max(note.height for note in names) + 0.4 * gap
    lowest = min(y for _, y in ends.values()) - gap
    beside = taken and min(box[0] for box in taken) > max(x for x, _ in ends.values())
    if beside and min(box[1] for box in taken) >= lowest:
        pass  # they stand below the rows
    elif beside:
        room = (
            room[0],
            room[1],
            min(box[0] for box in taken) - gap,
            room[3],
        )  # classes stand in a column at the right
    else:
        lowest = min([lowest, *(box[1] - gap for box in taken)])
    if not sight.free:
        lowest = max(lowest, room[1] + tiers * high)
    found: dict[int, Note] = {}
    for tier in range(tiers):
        mine = list(range(tier, len(names), tiers))
        wanted = [ends[stages[i]][0] for i in mine]
        middles = spread(wanted, [names[i].width + gap for i in mine], room[0], room[2])
        for i, x in zip(mine, middles, strict=True):
            top = lowest - tier * high - names[i].height
            note = replace(names[i], left=x - names[i].width / 2, top=top)
            found[i] = _led_down(sight, note, ends[stages[i]])
    return [found[i] for i in range(len(names))]


def _led_down(sight: Sight, note: Note, end: Point) -> Note:
    """With a leader down to the layer, where the note does not stand right above it."""
    gap = GAP * sight.font
    middle = (note.left + note.width / 2, note.box[3])
    away = max(abs(middle[0] - end[0]) - note.width / 2, end[1] - middle[1] - 1.5 * gap)
    if away <= NEAR * sight.font or note.box[3] > end[1]:
        return note
    return replace(note, leader=((middle[0], middle[1] + 0.1 * gap), (end[0], end[1] - 0.2 * gap)))


def _settled(notes: Sequence[Note], room: Box) -> list[Note]:
    """The notes moved into the room; of those that still overlap, or do not fit in at all, the first stays."""
    kept: list[Note] = []
    for note in notes:
        note = note.moved(*within(note.box, room))
        left, top, right, bottom = note.box
        fits = left >= room[0] - 1 and top >= room[1] - 1 and right <= room[2] + 1 and bottom <= room[3] + 1
        if fits and not any(meet(note.box, other.box, 1.0) for other in kept):
            kept.append(note)
    return kept
