"""Settings: what the user has chosen and wants to find again. One frozen dataclass, one JSON file."""

from __future__ import annotations

import itertools
import json
import os
import sys
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from nodelink import files

LAYOUTS = ("3d", "2d")
THEMES = ("dark", "light", "contrast")
PALETTES = ("diverging", "viridis", "cividis")
SCALES = ("fixed", "relative")
DENSE = ("block", "line")
DIRECTIONS_3D = ("up", "right", "away")
DIRECTIONS_2D = ("right", "up")
INPUT_MODES = ("signal", "weights")  # need nothing but the input
EDGE_MODES = (*INPUT_MODES, "selected")

CHOICES: dict[str, tuple[str, ...]] = {
    "layout": LAYOUTS,
    "theme": THEMES,
    "edges": EDGE_MODES,
    "palette": PALETTES,
    "scale": SCALES,
    "dense": DENSE,
    "direction_3d": DIRECTIONS_3D,
    "direction_2d": DIRECTIONS_2D,
}
RANGES: dict[str, tuple[float, float]] = {
    "brush": (6.0, 60.0),
    "text_size": (0.7, 2.0),
    "cell": (0.5, 2.0),
    "spacing": (0.4, 2.5),
    "exposure": (0.1, 10.0),
    "held_back": (0.0, 1.0),
    "strongest": (0.001, 1.0),
}

# network, layout, number 1 to 9, then the pose: azimuth, elevation, target x, y, z, height, perspective
View = tuple[str, str, int, tuple[float, ...]]


@dataclass(frozen=True)
class Settings:
    """Everything that survives a restart. Numbers carry their unit and range in the comment.

    Raises ValueError naming the field when a value is of the wrong type or out of range.
    """

    network: str = "cnn"  # a shipped name or the path of a weight file
    layout: str = "3d"  # one of LAYOUTS
    theme: str = "dark"  # one of THEMES
    edges: str = "signal"  # one of EDGE_MODES
    centre: bool = True  # centre the drawing as MNIST was made
    brush: float = 22.0  # diameter in pad pixels (the pad is 280 across), 6 to 60
    text_size: float = 1.0  # 1 is usual, at 2 the smallest label is 1/40 of the window's height; 0.7 to 2
    exposure: float = 1.0  # the user's factor on the ink of all edges, 0.1 to 10
    held_back: float = 0.1  # ink of edges into switched-off units, 0 to 1
    strongest: float = 1.0  # share of each layer pair's edges that is drawn, the strongest first, 0.001 to 1
    palette: str = "diverging"  # of the node colours, one of PALETTES
    scale: str = (
        "fixed"  # one of SCALES; relative: full colour and full ink are the current input's own maxima
    )
    dense: str = "block"  # how a dense layer is laid out, one of DENSE
    direction_3d: str = "up"  # where the layers lead to, one of DIRECTIONS_3D
    direction_2d: str = "right"  # the same when flat, one of DIRECTIONS_2D
    cell: float = 1.0  # factor on the size of all cells, 0.5 to 2
    spacing: float = 1.0  # factor on the distance between layers, 0.4 to 2.5
    layers_hidden: tuple[str, ...] = ()  # names of layers that are not shown; forgotten with the next network
    layers_dimmed: tuple[str, ...] = ()  # names of layers that are drawn faint
    layer_alone: str = ""  # name of the one layer that is shown with its edges; "" shows all
    motion: bool = True  # the camera glides and a flick coasts; off: it is where it goes to at once
    views: tuple[View, ...] = ()  # saved views
    window: tuple[int, int, int, int] | None = (
        None  # x, y, width, height of the window; None: let the desktop
    )
    maximized: bool = False
    hidden: tuple[str, ...] = (
        "compare",
        "experiment",
        "layers",
        "look",
        "maps",
    )  # ids of the panels that are hidden

    def __post_init__(self) -> None:
        for field in fields(self):
            _check(field.name, getattr(self, field.name))


ALL_LAYERS: dict[str, Any] = {"layers_hidden": (), "layers_dimmed": (), "layer_alone": ""}

PRESETS: dict[str, dict[str, Any]] = {
    "screen": {"theme": "dark", "text_size": 1.0},
    "projector": {"theme": "light", "text_size": 1.4},
}


def clamp(name: str, value: float) -> float:
    """`value` brought into the range of the field `name`."""
    low, high = RANGES[name]
    return min(max(value, low), high)


def directory() -> Path:
    """Where this user's settings and log live; NODELINK_CONFIG overrides it."""
    if override := os.environ.get("NODELINK_CONFIG"):
        return Path(override)
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA", Path.home() / "AppData" / "Roaming")) / "nodelink"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "nodelink"
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "nodelink"


def default_path() -> Path:
    """The settings file of this user."""
    return directory() / "settings.json"


def save(settings: Settings, path: Path) -> None:
    """Write `settings` to `path` in one step: a reader sees the old file or the new one. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    files.write(path, (json.dumps(asdict(settings), indent=2, sort_keys=True) + "\n").encode())


def load(path: Path) -> tuple[Settings, str | None]:
    """The settings in `path` and a message for the user, or None where all is well.

    A missing file means the defaults. Unknown fields are ignored (a newer version wrote them). A file that
    cannot be read, or holds a wrong value, is moved aside to `<name>.damaged`, so that nothing is lost; its
    good fields are kept and the others take their defaults. Never raises.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Settings(), None
    except (OSError, UnicodeDecodeError) as error:
        return Settings(), _set_aside(path, f"cannot be read ({error})")
    try:
        stored = json.loads(text)
    except (ValueError, RecursionError):
        return Settings(), _set_aside(path, "is damaged")
    if not isinstance(stored, dict):
        return Settings(), _set_aside(path, "is damaged")
    good, faults = _sort_out(stored)
    return Settings(**good), _set_aside(path, "; ".join(faults)) if faults else None


def _sort_out(stored: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The fields that hold, and one sentence for each that does not."""
    good: dict[str, Any] = {}
    faults = []
    for name in [field.name for field in fields(Settings) if field.name in stored]:
        value = _tuples(stored[name])
        try:
            _check(name, value)
            good[name] = value
        except ValueError as error:
            faults.append(str(error))
    return good, faults


def _tuples(value: Any, deep: int = 3) -> Any:
    """JSON's lists as tuples, as deep as any field goes."""
    return tuple(_tuples(item, deep - 1) for item in value) if isinstance(value, list) and deep else value


def _set_aside(path: Path, fault: str) -> str:
    try:
        aside = _free(path.with_name(path.name + ".damaged"))
        path.replace(aside)
    except OSError:
        return f"The settings file {path} was not used: {fault}."
    return f"The settings file was set aside as {aside}: {fault}."


def _free(path: Path) -> Path:
    """The path, with the lowest number behind it that makes it a new one where it is taken."""
    numbered = (path.with_name(f"{path.name}{number}") for number in itertools.count(2))
    return next(each for each in itertools.chain([path], numbered) if not each.exists())


def _check(name: str, value: object) -> None:
    if not _is_valid(name, value):
        raise ValueError(f"{name} is {value!r}, expected {_expectation(name)}")


def _is_valid(name: str, value: object) -> bool:
    if name in CHOICES:
        return value in CHOICES[name]
    if name in RANGES:
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return number and RANGES[name][0] <= value <= RANGES[name][1]  # type: ignore[operator]
    if name == "window":
        return value is None or _is_window(value)
    if name == "views":
        return isinstance(value, tuple) and all(map(_is_view, value))
    if name in ("hidden", "layers_hidden", "layers_dimmed"):
        return isinstance(value, tuple) and all(isinstance(item, str) for item in value)
    if name in ("network", "layer_alone"):
        return isinstance(value, str) and (value != "" or name == "layer_alone")
    return isinstance(value, bool)


def _is_window(value: object) -> bool:
    if not (isinstance(value, tuple) and len(value) == 4):
        return False
    whole = all(
        isinstance(item, int) and not isinstance(item, bool) and abs(item) < 100_000 for item in value
    )
    return whole and value[2] > 0 and value[3] > 0


def _is_view(value: object) -> bool:
    if not (isinstance(value, tuple) and len(value) == 4 and isinstance(value[3], tuple)):
        return False
    network, layout, number, pose = value
    numbers = len(pose) == 7 and all(type(x) in (int, float) and abs(x) < 1e9 for x in pose)
    key = isinstance(network, str) and layout in LAYOUTS and type(number) is int and 1 <= number <= 9
    return key and numbers and pose[5] > 0


def _expectation(name: str) -> str:
    if name in CHOICES:
        return "one of " + ", ".join(CHOICES[name])
    if name in RANGES:
        return "a number from {:g} to {:g}".format(*RANGES[name])
    kinds = {
        "window": "x, y, width, height",
        "views": "a list of views: network, layout, number from 1 to 9, seven numbers",
        "hidden": "a list of panel names",
        "layers_hidden": "a list of layer names",
        "layers_dimmed": "a list of layer names",
        "layer_alone": "a layer's name or nothing",
        "network": "a name or a path",
    }
    return kinds.get(name, "true or false")
