"""Playing: the commands that play the forward pass step by step, and where the camera looks meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from nodelink.command import Command, Run, Scene, Ui, model
from nodelink.compare import B
from nodelink.explain.contributions import terms
from nodelink.explain.receptive import receptive_field
from nodelink.explain.steps import GRAINS, Step
from nodelink.graph.camera import Pose, facing, fit
from nodelink.graph.emphasis import Emphasis
from nodelink.nn.naming import node_name
from nodelink.nn.network import Stage
from nodelink.session import Session
from nodelink.walk import SPEEDS, Walk

GRAIN_NAMES = {"layer": "Layer", "map": "Map", "position": "Cell"}
GRAIN_TIPS = {
    "layer": "A step is a whole layer, which fills while it plays",
    "map": "A step is one feature map, or a whole dense layer",
    "position": "A step is one cell, with its arithmetic written out",
}
MARGINS = (
    0.14,
    0.06,
    0.06,
    0.16,
)  # left, right, bottom, top around what the camera follows, beside the legend
MOST = 0.5  # of the picture that legend and margin take at one side


def commands() -> Iterator[Command]:
    """What stands in the menu Steps."""
    menu = "Steps"
    yield Command(
        "walk-play",
        "Play the forward pass, or pause",
        menu,
        _walk(lambda walk: walk.pause() if walk.playing else walk.play()),
        ("Space",),
        short="Play",
        toolbar="left",
        checked=lambda s: s.walk.playing,
        tip="Layer by layer, or cell by cell with the arithmetic written out, on the drawing as it is.",
    )
    yield Command("walk-forward", "Step forward", menu, _walk(lambda walk: walk.forward()), (".",))
    yield Command("walk-back", "Step back", menu, _walk(lambda walk: walk.back()), (",",))
    yield Command(
        "walk-layer-forward",
        "To the end of the next layer",
        menu,
        _walk(lambda walk: walk.forward("layer")),
        ("Ctrl+.",),
    )
    yield Command(
        "walk-layer-back",
        "Back to the end of the layer before",
        menu,
        _walk(lambda walk: walk.back("layer")),
        ("Ctrl+,",),
    )
    yield Command(
        "walk-stop",
        "Leave the steps, show everything",
        menu,
        model(lambda s: s.walk.stop()),
        ("Shift+Space",),
        enabled=lambda s: s.walk.on,
    )
    for grain in GRAINS:
        yield _grain(grain)
    yield Command("walk-slower", "Slower", menu, model(lambda s: _pace(s.walk, -1)), group=2)
    yield Command("walk-faster", "Faster", menu, model(lambda s: _pace(s.walk, 1)), group=2)
    yield Command(
        "walk-follow",
        "The camera follows the steps",
        menu,
        model(lambda s: s.walk.choose(following=not s.walk.following)),
        group=2,
        checked=lambda s: s.walk.following,
        tip="The camera goes to the layer or the map that is being computed.",
    )


def _grain(grain: str) -> Command:
    return Command(
        f"walk-by-{grain}",
        f"Step by {GRAIN_NAMES[grain].lower()}",
        "Steps",
        model(lambda s: s.walk.choose(grain=grain)),
        group=1,
        short=GRAIN_NAMES[grain],
        checked=lambda s: s.walk.grain == grain,
        tip=f"{GRAIN_TIPS[grain]}.",
    )


def _walk(act: Callable[[Walk], object]) -> Run:
    """A step, or many: of the drawing in hand, which is shown from now on where a frozen one was."""

    def run(session: Session, ui: Ui) -> None:
        if turn_to_drawing(session):
            ui.say("This is B, the drawing, again: the steps are of it.")
        act(session.walk)

    return run


def turn_to_drawing(session: Session) -> bool:
    """Show B, whose pass is walked through; whether A or B - A was shown before."""
    if session.compare.drawing_shown:
        return False
    session.compare.show(B)
    return True


def _pace(walk: Walk, by: int) -> None:
    walk.choose(speed=SPEEDS[min(max(SPEEDS.index(walk.speed) + by, 0), len(SPEEDS) - 1)])


def told(session: Session) -> tuple[str, ...]:
    """What the walk has come to, in words; then the same with fewer, for where there is little room."""
    said = _where(session)
    if not session.compare.drawing_shown:
        return (f"Of B, which is not shown: {said[0]}", *(f"B: {text}" for text in said))
    if session.beside.network is None:
        return said
    network = session.network
    return (f"{network.title or network.name}: {said[0]}", *said)


def _where(session: Session) -> tuple[str, ...]:
    walk, step = session.walk, session.walk.step
    if step is None:
        return ("Input: nothing is computed yet", "Input")
    stage = session.network.stages[step.stage]
    if walk.done and walk.grain == "layer":
        return (f"{stage.name}: the answer", stage.name)
    if step.unit is None:
        return (f"{stage.name}, softmax: from sums to probabilities", f"{stage.name}, softmax")
    if walk.at == walk.steps.starts[step.stage + 1] and walk.grain == "layer":
        return (f"{stage.name} is computed: {stage.size:,} {_cells(stage)}", f"{stage.name} is computed")
    where = [int(i) + 1 for i in np.unravel_index(step.unit, stage.shape)]
    if len(where) == 1:
        name = node_name(session.network, stage.offset + step.unit)
        if name.endswith(f", unit {where[0]}"):
            return (f"{name} of {stage.size}", f"{stage.name}, {where[0]}")
        return (f"{name} ({where[0]} of {stage.size})", name)
    cell = f"row {where[1]}, column {where[2]}"
    long = f"{stage.name}, map {where[0]} of {stage.shape[0]}, {cell}"
    return (
        long,
        f"map {where[0]}, {cell}",
        f"map {where[0]}, cell {where[1]}, {where[2]}",
        f"{where[0]}/{where[1]},{where[2]}",
    )


def _cells(stage: Stage) -> str:
    return "cells" if len(stage.shape) == 3 else "units"


def place(session: Session) -> tuple[int, ...] | None:
    """What the camera follows: the layer that is computed, and its map where a step is no more than that."""
    step = session.walk.step
    if step is None:
        return None
    stage = session.network.stages[step.stage]
    if session.walk.grain == "layer" or len(stage.shape) != 3 or step.unit is None:
        return (step.stage,)
    return step.stage, step.unit // (stage.shape[1] * stage.shape[2])


def pose(session: Session, scene: Scene) -> Pose | None:
    """Where the camera sees what is computed and what it is computed from; None while nothing is."""
    step = session.walk.step
    if step is None:
        return None
    mine, below = _slabs(session, step)
    corners = np.concatenate([_corners(scene, node) for node in (*below, *mine)])
    face = _corners(scene, mine[0])
    seen = facing(scene.pose, face[:4].mean(axis=0) - face[4:].mean(axis=0))
    covered = zip(MARGINS, scene.covered(), strict=True)
    left, right, bottom, top = (min(free + under, MOST) for free, under in covered)
    where = seen.azimuth, seen.elevation, seen.perspective
    return fit(corners, scene.aspect, *where, (left, right, min(bottom, 0.9 - top), top))


def spot(session: Session) -> Emphasis | None:
    """What stands out in the scene: the cell that is computed, its window and its edges. None while nothing is.

    Where a step is a layer or a map, a ring runs along with the cells as they fill.
    """
    walk, node = session.walk, session.walk.node
    if node is None or not session.compare.drawing_shown:
        return None
    if walk.grain != "position":
        full = walk.steps.next_end(walk.at - 1, walk.grain) == walk.at
        return None if full else Emphasis(rings=(node,))
    window = receptive_field(session.network, node)[-2]
    return Emphasis(nodes=(node,), boxes=(window,), rings=(node,))


def _slabs(session: Session, step: Step) -> tuple[list[int], list[int]]:
    """A node of every map to be seen: of the layer or map that is computed, and of those that it sees."""
    stages = session.network.stages
    stage, before = stages[step.stage], stages[step.stage - 1]
    at = place(session)
    if at is None or len(at) == 1:
        return _firsts(stage), _firsts(before)
    each = stage.size // stage.shape[0]
    node = stage.offset + at[1] * each
    seen = {tile.map for tile in terms(session.frame.activations, node).tiles}
    return [node], [first for index, first in enumerate(_firsts(before)) if index in seen]


def _firsts(stage: Stage) -> list[int]:
    """The first node of each map; of a dense layer its first unit."""
    maps = stage.shape[0] if len(stage.shape) == 3 else 1
    return [stage.offset + index * (stage.size // maps) for index in range(maps)]


def _corners(scene: Scene, node: int) -> NDArray[np.float64]:
    return np.asarray(scene.node_points(node), np.float64)
