"""Commands: everything the user can do, in one table. Menus, toolbar, keys, help and tests all read it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from nodelink.graph.camera import Pose, fit, orbit, pan, zoom
from nodelink.session import Session
from nodelink.settings import PRESETS, clamp

ORBIT_STEP = 5.0  # degrees a key press
PAN_STEP = 0.05  # view heights a key press
ZOOM_STEP = 1.15
FIT_MARGINS = (0.12, 0.06, 0.25, 0.09)  # left, right, bottom, top: room for labels and legend
BRUSH_STEP = 4.0  # pad pixels
TEXT_STEP = 0.1
NETWORKS = {"cnn": "CNN", "mlp": "MLP", "mini": "Mini"}  # as the loader names them, in the order of N
PANELS = {"way": "Network input", "predictions": "Prediction", "edges": "Edges"}  # panels that can be hidden


class Scene(Protocol):
    """What a command needs to know of the picture."""

    @property
    def pose(self) -> Pose: ...  # the camera as it is, the fitted start view included
    @property
    def aspect(self) -> float: ...  # width / height
    def graph_points(self) -> NDArray[np.floating]: ...  # (n, 3) extent of what is shown
    def named_pose(self, name: str) -> Pose: ...  # one of camera.NAMED_VIEWS, everything in view


class Ui(Protocol):
    """What a command needs a window for."""

    @property
    def scene(self) -> Scene: ...
    def open_image(self) -> None: ...
    def paste_image(self) -> None: ...
    def open_network(self) -> None: ...
    def load_network(self, name: str) -> None: ...  # errors become a message
    def save_picture(self) -> None: ...
    def show_help(self) -> None: ...
    def show_about(self) -> None: ...
    def toggle_full_screen(self) -> None: ...
    def quit(self) -> None: ...


Run = Callable[[Session, Ui], None]
Ask = Callable[[Session], bool]


@dataclass(frozen=True)
class Command:
    """One thing the user can do. `keys` are Qt's portable key names; the first is shown in menus."""

    id: str
    title: str
    menu: str  # "View", or "View/Camera" for a submenu
    run: Run
    keys: tuple[str, ...] = ()
    group: int = 0  # a line is drawn between groups of a menu
    short: str = ""  # its name on a button, if the title is too long
    toolbar: str = ""  # the end of the toolbar where it stands, "left" or "right"
    where: str = "anywhere"  # or "scene": only while the scene has the focus
    checked: Ask | None = None  # for what is on or off
    enabled: Ask | None = None
    tip: str = ""  # one sentence for a newcomer


# What commands do -------------------------------------------------------------------------------------------


def _model(act: Callable[[Session], object]) -> Run:
    """A command that needs no window."""

    def run(session: Session, _ui: Ui) -> None:
        act(session)

    return run


def _window(act: Callable[[Ui], object]) -> Run:
    """A command that is the window's own business."""

    def run(_session: Session, ui: Ui) -> None:
        act(ui)

    return run


def _step(field: str, step: float) -> Run:
    return _model(lambda s: s.change(**{field: round(clamp(field, getattr(s.settings, field) + step), 2)}))


def _flip(field: str, one: str, other: str) -> Run:
    return _model(lambda s: s.change(**{field: one if getattr(s.settings, field) == other else other}))


def _flip_panel(panel: str) -> Run:
    return _model(lambda s: s.change(hidden=tuple(sorted(set(s.settings.hidden) ^ {panel}))))


def _next_network(session: Session, ui: Ui) -> None:
    names = list(NETWORKS)
    shown = session.settings.network
    ui.load_network(names[(names.index(shown) + 1) % len(names)] if shown in names else names[0])


def _fit(session: Session, ui: Ui) -> None:
    pose = ui.scene.pose
    points, aspect = ui.scene.graph_points(), ui.scene.aspect
    session.set_pose(fit(points, aspect, pose.azimuth, pose.elevation, pose.perspective, FIT_MARGINS))


def _view(name: str) -> Run:
    return lambda session, ui: session.set_pose(ui.scene.named_pose(name))


def _turn(right: float, up: float) -> Run:
    """Orbit; a flat layout moves instead, for it is only ever seen from the front."""

    def run(session: Session, ui: Ui) -> None:
        if session.settings.layout == "2d":
            session.set_pose(pan(ui.scene.pose, -right * PAN_STEP, -up * PAN_STEP))
        else:
            session.set_pose(orbit(ui.scene.pose, right * ORBIT_STEP, up * ORBIT_STEP))

    return run


def _pan(right: float, up: float) -> Run:
    return lambda session, ui: session.set_pose(pan(ui.scene.pose, right * PAN_STEP, up * PAN_STEP))


def _zoom(factor: float) -> Run:
    return lambda session, ui: session.set_pose(zoom(ui.scene.pose, factor))


def _has_tool(tool: str) -> Ask:
    return lambda session: session.tool == tool


# The table --------------------------------------------------------------------------------------------------


def _file() -> Iterator[Command]:
    yield Command("open-image", "Open image…", "File", _window(lambda ui: ui.open_image()), ("Ctrl+O",))
    yield Command("paste-image", "Paste image", "File", _window(lambda ui: ui.paste_image()), ("Ctrl+V",))
    yield Command(
        "open-network", "Open network…", "File", _window(lambda ui: ui.open_network()), ("Ctrl+Shift+O",)
    )
    yield Command(
        "save-picture",
        "Save picture…",
        "File",
        _window(lambda ui: ui.save_picture()),
        ("Ctrl+S",),
        group=1,
        short="Save",
        toolbar="right",
        tip="Save what the scene shows as a PNG file, for slides and handouts.",
    )
    yield Command("quit", "Quit", "File", _window(lambda ui: ui.quit()), ("Ctrl+Q",), group=2)


def _draw() -> Iterator[Command]:
    yield Command(
        "pencil", "Pencil", "Draw", _model(lambda s: s.use("pencil")), ("P",), checked=_has_tool("pencil")
    )
    yield Command(
        "eraser", "Eraser", "Draw", _model(lambda s: s.use("eraser")), ("E",), checked=_has_tool("eraser")
    )
    yield Command("thinner", "Thinner brush", "Draw", _step("brush", -BRUSH_STEP), ("[",))
    yield Command("thicker", "Thicker brush", "Draw", _step("brush", BRUSH_STEP), ("]",))
    keys = ("Ctrl+Y", "Ctrl+Shift+Z")
    yield Command("undo", "Undo", "Draw", _model(Session.undo), ("Ctrl+Z",), 1, enabled=lambda s: s.can_undo)
    yield Command("redo", "Redo", "Draw", _model(Session.redo), keys, 1, enabled=lambda s: s.can_redo)
    yield Command(
        "clear",
        "Clear",
        "Draw",
        _model(Session.clear),
        ("Del", "Backspace"),
        1,
        enabled=lambda s: not s.drawing.empty,
    )
    yield Command(
        "centre",
        "Centre the drawing",
        "Draw",
        _model(lambda s: s.change(centre=not s.settings.centre)),
        ("C",),
        2,
        short="Centre",
        checked=lambda s: s.settings.centre,
        tip="Crop, scale and centre the drawing like the training digits; without it a shifted digit fails.",
    )
    for digit in range(10):
        yield _sample(digit)


def _sample(digit: int) -> Command:
    return Command(
        f"sample-{digit}",
        f"Sample {digit}",
        "Draw/Sample digit",
        _model(lambda s: s.sample(digit)),
        (str(digit),),
        3,
        short=str(digit),
        tip=f"A sample {digit} on the pad; again: the next variant.",
    )


def _network() -> Iterator[Command]:
    for name, title in NETWORKS.items():
        yield _choose(name, title)
    yield Command("next-network", "Next network", "Network", _next_network, ("N",), 1)


def _choose(name: str, title: str) -> Command:
    return Command(
        f"network-{name}",
        title,
        "Network",
        _window(lambda ui: ui.load_network(name)),
        toolbar="left",
        checked=lambda session: session.settings.network == name,
    )


def _view_menu() -> Iterator[Command]:
    yield Command(
        "layout",
        "Flat (2D)",
        "View",
        _flip("layout", "2d", "3d"),
        ("V",),
        short="2D",
        toolbar="left",
        checked=lambda s: s.settings.layout == "2d",
        tip="Lay the network flat, or stand it up in 3D again.",
    )
    yield Command(
        "weights",
        "Weights instead of signal",
        "View",
        _flip("edges", "weights", "signal"),
        ("M",),
        short="Weights",
        toolbar="left",
        checked=lambda s: s.settings.edges == "weights",
        tip="Edges show the weights themselves, not what they carry for this drawing.",
    )
    yield Command(
        "theme",
        "Light theme",
        "View",
        _flip("theme", "light", "dark"),
        ("D",),
        short="Light",
        toolbar="left",
        checked=lambda s: s.settings.theme == "light",
        tip="A light picture for projectors and print.",
    )
    yield Command("fit", "Fit to window", "View", _fit, ("F",), 1, short="Fit", toolbar="left")
    yield Command("home", "First view", "View", _model(lambda s: s.set_pose(None)), ("Home",), 1)
    for number, name in enumerate(("front", "side", "top", "three-quarter"), 1):
        yield Command(f"view-{name}", f"View: {name}", "View/Camera", _view(name), (f"F{number}",), 1)
    yield from _camera()
    yield Command("text-larger", "Larger text", "View", _step("text_size", TEXT_STEP), ("+", "="), 2)
    yield Command("text-smaller", "Smaller text", "View", _step("text_size", -TEXT_STEP), ("-",), 2)
    for name, fields in PRESETS.items():
        yield _preset(name, fields)
    for panel, title in PANELS.items():
        yield _panel(panel, title)
    yield Command(
        "full-screen", "Full screen", "View", _window(lambda ui: ui.toggle_full_screen()), ("F11",), 4
    )


def _camera() -> Iterator[Command]:
    """The camera by keys, for those who have no mouse; only while the scene has the focus."""
    menu, where = "View/Camera", "scene"
    for key, right, up in (("Left", -1, 0), ("Right", 1, 0), ("Up", 0, 1), ("Down", 0, -1)):
        name = key.lower()
        yield Command(f"turn-{name}", f"Turn {name}", menu, _turn(right, up), (key,), 2, where=where)
        move = _pan(right, up)
        yield Command(f"move-{name}", f"Move {name}", menu, move, (f"Shift+{key}",), 3, where=where)
    yield Command("nearer", "Nearer", menu, _zoom(ZOOM_STEP), ("PgUp",), 4, where=where)
    yield Command("farther", "Farther", menu, _zoom(1 / ZOOM_STEP), ("PgDown",), 4, where=where)


def _panel(panel: str, title: str) -> Command:
    return Command(
        f"panel-{panel}",
        f"Panel: {title}",
        "View",
        _flip_panel(panel),
        group=3,
        checked=lambda session: panel not in session.settings.hidden,
    )


def _preset(name: str, fields: dict[str, Any]) -> Command:
    return Command(
        f"preset-{name}", f"Settings for a {name}", "View", _model(lambda s: s.change(**fields)), group=2
    )


def _help() -> Iterator[Command]:
    yield Command(
        "help",
        "Keys and mouse",
        "Help",
        _window(lambda ui: ui.show_help()),
        ("?",),
        short="Help",
        toolbar="right",
    )
    yield Command("about", "About nodelink", "Help", _window(lambda ui: ui.show_about()), group=1)


COMMANDS: tuple[Command, ...] = (*_file(), *_draw(), *_network(), *_view_menu(), *_help())

MOUSE = (  # what the pointer does, for the help
    ("Drag on the pad", "Draw; with the right button: erase"),
    ("Drag in the scene", "Turn"),
    ("Right drag or Shift + drag in the scene", "Move"),
    ("Wheel or pinch in the scene", "Nearer, farther"),
    ("Drop a picture or a weight file on the window", "Open it"),
)


def clashes(commands: Iterable[Command]) -> list[str]:
    """A sentence for every key that two commands claim, and for every id that is taken twice."""
    seen: dict[str, str] = {}
    found = []
    for command in commands:
        for claim in (f"id {command.id}", *(f"key {key}" for key in command.keys)):
            if claim in seen:
                found.append(f"{claim} is claimed by {seen[claim]} and {command.id}")
            seen[claim] = command.id
    return found
