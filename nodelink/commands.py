"""Commands: everything the user can do, in one table. Menus, toolbar, keys, help and tests all read it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from nodelink import asking, comparing, experiments, looks, playing, viewing
from nodelink.command import NETWORKS, Ask, Command, Run, Scene, Ui, model, window
from nodelink.looks import flip, step
from nodelink.session import Session
from nodelink.settings import PRESETS

__all__ = ["COMMANDS", "MOUSE", "NETWORKS", "PANELS", "Command", "Scene", "Ui", "clashes"]

BRUSH_STEP = 4.0  # pad pixels
TEXT_STEP = 0.1
PANELS = {  # panels that can be hidden
    "way": "Network input",
    "inspector": "Selected node",
    "predictions": "Prediction",
    "compare": "Compare",
    "experiment": "Experiment",
    "edges": "Edges",
    "layers": "Layers",
    "look": "Look",
    "maps": "Feature maps",
    "arithmetic": "Arithmetic of a step",
}
PANEL_KEYS = {"layers": ("L",), "compare": ("Shift+A",), "experiment": ("X",), "maps": ("K",)}


# What commands do -------------------------------------------------------------------------------------------


def _flip_panel(panel: str) -> Run:
    return model(lambda s: s.change(hidden=tuple(sorted(set(s.settings.hidden) ^ {panel}))))


def _next_network(session: Session, ui: Ui) -> None:
    names = list(NETWORKS)
    shown = session.settings.network
    ui.load_network(names[(names.index(shown) + 1) % len(names)] if shown in names else names[0])


def _has_tool(tool: str) -> Ask:
    return lambda session: session.tool == tool


# The table --------------------------------------------------------------------------------------------------


def _file() -> Iterator[Command]:
    yield Command("open-image", "Open image…", "File", window(lambda ui: ui.open_image()), ("Ctrl+O",))
    yield Command("paste-image", "Paste image", "File", window(lambda ui: ui.paste_image()), ("Ctrl+V",))
    yield Command(
        "open-network", "Open network…", "File", window(lambda ui: ui.open_network()), ("Ctrl+Shift+O",)
    )
    yield Command(
        "save-picture",
        "Save picture…",
        "File",
        window(lambda ui: ui.save_picture()),
        ("Ctrl+S",),
        group=1,
        short="Save",
        toolbar="right",
        tip="Save what the scene shows as a PNG file, for slides and handouts.",
    )
    yield Command("quit", "Quit", "File", window(lambda ui: ui.quit()), ("Ctrl+Q",), group=2)


def _draw() -> Iterator[Command]:
    yield Command(
        "pencil", "Pencil", "Draw", model(lambda s: s.use("pencil")), ("P",), checked=_has_tool("pencil")
    )
    yield Command(
        "eraser", "Eraser", "Draw", model(lambda s: s.use("eraser")), ("E",), checked=_has_tool("eraser")
    )
    yield Command("thinner", "Thinner brush", "Draw", step("brush", -BRUSH_STEP), ("[",))
    yield Command("thicker", "Thicker brush", "Draw", step("brush", BRUSH_STEP), ("]",))
    keys = ("Ctrl+Y", "Ctrl+Shift+Z")
    yield Command("undo", "Undo", "Draw", model(Session.undo), ("Ctrl+Z",), 1, enabled=lambda s: s.can_undo)
    yield Command("redo", "Redo", "Draw", model(Session.redo), keys, 1, enabled=lambda s: s.can_redo)
    yield Command(
        "clear",
        "Clear",
        "Draw",
        model(Session.clear),
        ("Del", "Backspace"),
        1,
        enabled=lambda s: not s.drawing.empty,
    )
    yield Command(
        "centre",
        "Centre the drawing",
        "Draw",
        model(lambda s: s.change(centre=not s.settings.centre)),
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
        model(lambda s: s.sample(digit)),
        (str(digit),),
        3,
        short=str(digit),
        tip=f"A sample {digit} on the pad; again: the next variant.",
    )


def _network() -> Iterator[Command]:
    for name, title in NETWORKS.items():
        yield _choose(name, title)
    yield Command("next-network", "Next network", "Network", _next_network, ("N",), 1)
    yield from experiments.commands()


def _choose(name: str, title: str) -> Command:
    return Command(
        f"network-{name}",
        title,
        "Network",
        window(lambda ui: ui.load_network(name)),
        toolbar="left",
        checked=lambda session: session.settings.network == name,
    )


def _view_menu() -> Iterator[Command]:
    yield Command(
        "layout",
        "Flat (2D)",
        "View",
        flip("layout", "2d", "3d"),
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
        flip("edges", "weights", "signal"),
        ("M",),
        short="Weights",
        toolbar="left",
        checked=lambda s: s.settings.edges == "weights",
        tip="Edges show the weights themselves, not what they carry for this drawing.",
    )
    yield from looks.commands()
    yield from asking.with_walks(viewing.commands())
    yield Command("text-larger", "Larger text", "View", step("text_size", TEXT_STEP), ("+", "="), 2)
    yield Command("text-smaller", "Smaller text", "View", step("text_size", -TEXT_STEP), ("-",), 2)
    for name, fields in PRESETS.items():
        yield _preset(name, fields)
    for panel, title in PANELS.items():
        yield _panel(panel, title)
    yield Command(
        "full-screen", "Full screen", "View", window(lambda ui: ui.toggle_full_screen()), ("F11",), 4
    )


def _panel(panel: str, title: str) -> Command:
    return Command(
        f"panel-{panel}",
        f"Panel: {title}",
        "View",
        _flip_panel(panel),
        PANEL_KEYS.get(panel, ()),
        group=3,
        checked=lambda session: panel not in session.settings.hidden,
    )


def _preset(name: str, fields: dict[str, Any]) -> Command:
    return Command(
        f"preset-{name}", f"Settings for a {name}", "View", model(lambda s: s.change(**fields)), group=2
    )


def _help() -> Iterator[Command]:
    yield Command(
        "help",
        "Keys and mouse",
        "Help",
        window(lambda ui: ui.show_help()),
        ("?",),
        short="Help",
        toolbar="right",
    )
    yield Command("about", "About nodelink", "Help", window(lambda ui: ui.show_about()), group=1)


COMMANDS: tuple[Command, ...] = (
    *_file(),
    *_draw(),
    *_network(),
    *_view_menu(),
    *asking.commands(),
    *playing.commands(),
    *comparing.commands(),
    *_help(),
)

MOUSE = (  # what pointer, pen and fingers do, for the help
    ("Drag on the pad", "Draw; with the right button: erase"),
    ("A pen on the pad", "Draws as wide as it is pressed; its other end erases"),
    ("Drag in the scene, or one finger", "Turn; in 2D: move. A flick glides on"),
    ("Right drag, Shift + drag, or two fingers", "Move"),
    ("Wheel, touch-pad or pinch", "Nearer, farther, to what is under the pointer"),
    ("Click a node, double-click a node", "Select it or let it go; look at it closely"),
    ("A click on a term in the inspector", "Shows its edge and its source; a double-click goes there"),
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
