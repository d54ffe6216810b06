"""Viewing: the commands that move the camera and choose what it looks at, by keys for those who have no mouse."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nodelink.command import Command, Run, Ui, model
from nodelink.graph.camera import facing, fit, heights, kept, orbit, pan, refocus, zoom
from nodelink.session import Session

ORBIT_STEP = 5.0  # degrees a key press
PAN_STEP = 0.05  # view heights a key press
ZOOM_STEP = 1.15
FOCUS_MARGINS = (0.17, 0.13, 0.25, 0.13)  # left, right, bottom, top: room for labels and legend
SAVED = range(1, 10)  # numbers of saved views
LAYOUT_NAMES = {"3d": "3D", "2d": "2D"}


def commands() -> Iterator[Command]:
    """What stands in the menu View about the camera."""
    yield Command("fit", "Fit to window", "View", _fit, ("F",), 1, short="Fit", toolbar="left")
    yield Command("home", "First view", "View", model(lambda s: s.look(None)), ("Home",), 1)
    yield Command(
        "focus",
        "Look at the selected node",
        "View",
        _focus,
        ("Shift+F",),
        1,
        enabled=lambda s: s.selection is not None,
        tip="Bring the map or layer of the selected node close. Double-clicking a node does the same.",
    )
    yield from _camera()
    yield from _saved()


def _camera() -> Iterator[Command]:
    menu, where = "View/Camera", "scene"
    for number, name in enumerate(("front", "side", "top", "three-quarter"), 1):
        yield Command(f"view-{name}", f"View: {name}", menu, _view(name), (f"F{number}",), 1)
    for key, right, up in (("Left", -1, 0), ("Right", 1, 0), ("Up", 0, 1), ("Down", 0, -1)):
        name = key.lower()
        yield Command(f"turn-{name}", f"Turn {name}", menu, _turn(right, up), (key,), 2, where=where)
        move = _pan(right, up)
        yield Command(f"move-{name}", f"Move {name}", menu, move, (f"Shift+{key}",), 3, where=where)
    yield Command("nearer", "Nearer", menu, _zoom(ZOOM_STEP), ("PgUp",), 4, where=where)
    yield Command("farther", "Farther", menu, _zoom(1 / ZOOM_STEP), ("PgDown",), 4, where=where)
    yield Command(
        "turning",
        "Turn slowly",
        menu,
        model(lambda s: s.turn(not s.turning)),
        ("R",),
        5,
        checked=lambda s: s.turning,
        enabled=lambda s: s.settings.layout == "3d",
        tip="The scene turns by itself until you touch it.",
    )
    yield Command(
        "motion",
        "Glide between views",
        menu,
        model(lambda s: s.change(motion=not s.settings.motion)),
        group=5,
        checked=lambda s: s.settings.motion,
        tip="Off: the picture changes at once, and a flick does not coast.",
    )


def _saved() -> Iterator[Command]:
    menu = "View/Saved views"
    for number in SAVED:
        yield Command(
            f"recall-view-{number}", f"Go to view {number}", menu, _recall(number), (f"Ctrl+{number}",)
        )
    for number in SAVED:
        keys = (f"Ctrl+Shift+{number}",)
        yield Command(f"save-view-{number}", f"Save as view {number}", menu, _save(number), keys, 1)


def _fit(session: Session, ui: Ui) -> None:
    session.look(ui.scene.fitted_pose())


def _focus(session: Session, ui: Ui) -> None:
    if session.selection is None:
        return
    corners = np.asarray(ui.scene.node_points(session.selection), np.float64)
    pose = facing(ui.scene.pose, corners[:4].mean(axis=0) - corners[4:].mean(axis=0))
    where = pose.azimuth, pose.elevation, pose.perspective
    session.look(fit(corners, ui.scene.aspect, *where, FOCUS_MARGINS))


def _view(name: str) -> Run:
    return lambda session, ui: session.look(ui.scene.named_pose(name))


def _turn(right: float, up: float) -> Run:
    """Orbit; a flat layout moves instead, for it is only ever seen from the front."""

    def run(session: Session, ui: Ui) -> None:
        if session.settings.layout == "2d":
            _moved(session, ui, -right, -up)
        else:
            pose = refocus(ui.scene.pose, ui.scene.graph_points())
            session.look(orbit(pose, right * ORBIT_STEP, up * ORBIT_STEP))

    return run


def _pan(right: float, up: float) -> Run:
    return lambda session, ui: _moved(session, ui, right, up)


def _moved(session: Session, ui: Ui, right: float, up: float) -> None:
    pose = pan(ui.scene.pose, right * PAN_STEP, up * PAN_STEP)
    session.look(kept(pose, ui.scene.graph_points()))


def _zoom(factor: float) -> Run:
    def run(session: Session, ui: Ui) -> None:
        pose, points = ui.scene.pose, ui.scene.graph_points()
        session.look(kept(zoom(pose, factor, limits=heights(pose, points)), points))

    return run


def _recall(number: int) -> Run:
    def run(session: Session, ui: Ui) -> None:
        pose = session.view(number)
        if pose is not None:
            session.look(pose)
        else:
            ui.say(f"There is no view {number} of {_what(session)} yet: Ctrl+Shift+{number} saves this one.")

    return run


def _save(number: int) -> Run:
    def run(session: Session, ui: Ui) -> None:
        session.save_view(number, ui.scene.pose)
        ui.say(f"Saved as view {number} of {_what(session)}: Ctrl+{number} comes back to it.")

    return run


def _what(session: Session) -> str:
    """A view belongs to a network and a layout."""
    network = session.asked.network
    return f"{network.title or network.name} in {LAYOUT_NAMES[session.settings.layout]}"
