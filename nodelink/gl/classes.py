"""Classes: the names of the classes at the output's nodes, with their probabilities, and the numbers of the maps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from nodelink.gl.place import bounds, spread, within
from nodelink.gl.sight import Line, Note, Sight
from nodelink.graph.layout import Slab

MOST = 32  # classes that are named at their nodes
SHOWN = 0.01  # the least probability that is written
LARGE = 1.5  # size of a class name at most, in font sizes
LEADING = 1.05  # names are short: nothing hangs below the line
NEAR = 0.9  # a name moved by more than so many font sizes gets a leader
MAP = 5.5  # a map at least so many font sizes large bears its number


def percent(probability: float) -> str:
    """A probability in percent. A softmax is never certain, not even where it rounds to 1."""
    return ">99 %" if probability >= 0.995 else f"{100 * probability:.0f} %"


def _told(probability: float) -> float:
    """What is written of it: nothing below SHOWN."""
    return probability if probability >= SHOWN else 0.0


def said(output: NDArray[np.float32] | None) -> tuple[object, ...] | None:
    """All that the notes tell of the classes' values: equal where nothing is written otherwise."""
    if output is None:
        return None
    told = [(i, float(p)) for i, p in enumerate(output) if p >= SHOWN]
    order = tuple(i for i, _ in sorted(told, key=lambda each: -each[1]))
    return order, tuple(percent(p) for _, p in told)


def class_notes(sight: Sight, output: NDArray[np.float32] | None) -> list[Note]:
    """The classes' names at their nodes, and the probabilities of SHOWN or more; the most probable come first."""
    last = sight.network.stages[-1]
    slab = next((slab for slab in sight.layout.slabs if slab.stage == last.index), None)
    names = sight.network.class_names
    if slab is None or len(names) != last.size or last.size > MOST:
        return []
    if output is None or sight.network.output_kind != "probabilities":
        output = np.zeros(last.size, np.float32)
    row, spots = _spots(sight, slab)
    seen = [i for i in range(last.size) if np.isfinite(spots[i]).all() and sight.is_in_view(spots[i][None])]
    seen.sort(key=lambda i: -_told(float(output[i])))
    steps = np.abs(np.diff(spots[:, 0 if row else 1]))
    pitch = float(np.nanmax(steps, initial=0.0)) if last.size > 1 and np.isfinite(steps).any() else np.inf
    big = int(np.clip(pitch * 0.8, sight.small, sight.font * LARGE))
    notes = (_in_a_row if row else _in_a_column)(sight, seen, spots, big, output)
    if sight.free or not notes:
        return notes
    move = within(bounds([note.box for note in notes]), sight.room)
    return [note.moved(*move) for note in notes]


def _spots(sight: Sight, slab: Slab) -> tuple[bool, NDArray[np.float64]]:
    """Whether the classes stand in a row, and the pixel (n, 2) of each, at the upper or the right edge of its cell."""
    face = slab.face(sight.name)
    origin, column, row = (np.asarray(v) for v in (face.origin, face.column, face.row))
    along = np.arange(slab.count)[:, None] + 0.5
    upper = sight.pixels(origin + along * column)
    ends = upper[np.isfinite(upper).all(axis=1)]
    if len(ends) < 2 or np.ptp(ends[:, 0]) >= np.ptp(ends[:, 1]):
        return True, upper
    return False, sight.pixels(origin + along * column + slab.rows * row)


def _colour(sight: Sight, index: int, output: NDArray[np.float32]) -> str:
    best = output[index] >= SHOWN and index == int(np.argmax(output))
    return sight.theme.accent if best else sight.colour(sight.network.stages[-1].index)


def _in_a_row(
    sight: Sight, seen: list[int], spots: NDArray[np.float64], big: int, output: NDArray[np.float32]
) -> list[Note]:
    """Above their cells, pushed apart where the cells are narrower than what is written; probabilities above them."""
    names = {}
    for i in seen:
        line = Line(sight.network.class_names[i], big, _colour(sight, i, output), LEADING)
        names[i] = Note((line,), 0, 0, 0.5)
    gap = 0.3 * big
    if sum(note.width + gap for note in names.values()) > sight.room[2] - sight.room[0]:
        names = {i: note for i, note in names.items() if output[i] >= SHOWN}
    middles = _apart(sight, names, spots, gap)
    crowd = any(abs(x - spots[i][0]) > NEAR * sight.font for i, x in middles.items())
    lift = (1.2 if crowd else 0.15) * sight.font
    for i, note in names.items():
        foot = (middles[i], spots[i][1] - lift)
        leader = (foot, (spots[i][0], spots[i][1] - 2.0)) if crowd else None
        names[i] = replace(note, left=foot[0] - note.width / 2, top=foot[1] - note.height, leader=leader)
    shares = {
        i: Note((Line(percent(float(output[i])), sight.small, _colour(sight, i, output)),), 0, 0, 0.5)
        for i in names
        if output[i] >= SHOWN
    }
    above = {i: np.array([note.left + note.width / 2, note.top]) for i, note in names.items()}
    for i, x in _apart(sight, shares, above, 0.5 * sight.small).items():
        share = shares[i]
        left, right = x - share.width / 2, x + share.width / 2
        under = [n.top for n in names.values() if n.left <= right and left <= n.left + n.width]
        top = min([names[i].top, *under])
        shares[i] = replace(share, left=left, top=top - share.height)
    return [note for i in names for note in (names[i], *([shares[i]] if i in shares else []))]


def _apart(
    sight: Sight,
    notes: dict[int, Note],
    wanted: dict[int, NDArray[np.float64]] | NDArray[np.float64],
    gap: float,
) -> dict[int, float]:
    """Where the middles of notes in a row lie."""
    lengths = [note.width + gap for note in notes.values()]
    middles = spread([wanted[i][0] for i in notes], lengths, sight.room[0], sight.room[2])
    return dict(zip(notes, middles.tolist(), strict=True))


def _in_a_column(
    sight: Sight, seen: list[int], spots: NDArray[np.float64], big: int, output: NDArray[np.float32]
) -> list[Note]:
    """At the right of their cells, pushed apart where the cells are lower than what is written."""
    notes = {}
    for i in seen:
        share = f"   {percent(float(output[i]))}" if output[i] >= SHOWN else ""
        line = Line(sight.network.class_names[i] + share, big, _colour(sight, i, output), LEADING)
        notes[i] = Note((line,), 0.0, 0.0, 0.0)
    if sum(note.height for note in notes.values()) > sight.room[3] - sight.room[1]:
        notes = {i: note for i, note in notes.items() if output[i] >= SHOWN}
    heights = [note.height for note in notes.values()]
    middles = spread([spots[i][1] for i in notes], heights, sight.room[1], sight.room[3])
    crowd = any(abs(y - spots[i][1]) > NEAR * sight.font for i, y in zip(notes, middles, strict=True))
    for (i, note), y in zip(notes.items(), middles, strict=True):
        left = spots[i][0] + (1.5 if crowd else 0.45) * sight.font
        leader = ((left - 0.2 * sight.font, y), (spots[i][0] + 2.0, spots[i][1])) if crowd else None
        notes[i] = replace(note, left=left, top=y - note.height / 2, leader=leader)
    return list(notes.values())


def map_notes(sight: Sight) -> list[Note]:
    """The number of every map that is seen large, at its upper left corner."""
    face = sight.corners[:, :4]
    sides = np.minimum(
        np.hypot(*(face[:, 1] - face[:, 0]).T), np.hypot(*(face[:, 2] - face[:, 0]).T)
    )  # nan behind the eye
    found = []
    for index in np.flatnonzero(sides >= MAP * sight.font):
        slab, (x, y) = sight.layout.slabs[index], face[index, 0].tolist()
        stage = sight.network.stages[slab.stage]
        if len(stage.shape) != 3 or stage.shape[0] == 1:
            continue
        line = Line(f"map {slab.channel + 1}", sight.small, sight.colour(slab.stage))
        note = Note((line,), x, y - line.height, 0.0)
        if within(note.box, sight.room) == (0.0, 0.0):
            found.append(note)
    return found
