"""Looks: the commands about themes, palettes, scales, the layout's form, and which layers are seen."""

from __future__ import annotations

from collections.abc import Iterator

from nodelink.command import Command, Run, model
from nodelink.session import Session
from nodelink.settings import ALL_LAYERS, CHOICES, Settings, clamp

THEME_NAMES = {"dark": "Dark", "light": "Light, for projectors", "contrast": "High contrast"}
PALETTE_NAMES = {"diverging": "Orange and blue", "viridis": "Viridis", "cividis": "Cividis"}
STEP = 0.1  # of cell size and distance, a key press
FORM = ("dense", "direction_3d", "direction_2d", "cell", "spacing")  # settings of the layout's form


def step(field: str, by: float) -> Run:
    """A step of a number among the settings, within its range."""
    return model(lambda s: s.change(**{field: round(clamp(field, getattr(s.settings, field) + by), 2)}))


def flip(field: str, one: str, other: str) -> Run:
    """A switch between two choices."""
    return model(lambda s: s.change(**{field: one if getattr(s.settings, field) == other else other}))


def _next(session: Session, field: str) -> None:
    """The next one of several choices."""
    choices = CHOICES[field]
    shown = choices.index(getattr(session.settings, field))
    session.change(**{field: choices[(shown + 1) % len(choices)]})


def commands() -> Iterator[Command]:
    """What stands in the menu View about looks."""
    yield Command(
        "theme",
        "Next theme",
        "View",
        model(lambda s: _next(s, "theme")),
        ("D",),
        short="Theme",
        toolbar="left",
        tip="Dark, light for projectors and print, high contrast.",
    )
    for name, title in THEME_NAMES.items():
        yield _choice("theme", name, title, "View/Theme", 0)
    for name, title in PALETTE_NAMES.items():
        yield _choice("palette", name, f"Nodes: {title[0].lower()}{title[1:]}", "View/Theme", 1)
    yield Command(
        "relative",
        "Scales relative to this input",
        "View/Theme",
        flip("scale", "relative", "fixed"),
        group=2,
        checked=lambda s: s.settings.scale == "relative",
        tip="Full colour and full ink are the largest value and signal now, not those fixed on training data.",
    )
    yield from _form()
    yield Command(
        "all-layers",
        "Show all layers",
        "View/Layout",
        model(lambda s: s.change(**ALL_LAYERS)),
        ("Shift+L",),
        2,
        enabled=lambda s: any(getattr(s.settings, name) for name in ALL_LAYERS),
    )


def _choice(field: str, name: str, title: str, menu: str, group: int) -> Command:
    return Command(
        f"{field}-{name}",
        title,
        menu,
        model(lambda s: s.change(**{field: name})),
        group=group,
        checked=lambda session: getattr(session.settings, field) == name,
    )


def _form() -> Iterator[Command]:
    """How the network is laid out."""
    menu = "View/Layout"
    yield Command(
        "direction",
        "Next direction of the layers",
        menu,
        model(lambda s: _next(s, f"direction_{s.settings.layout}")),
        tip="In 3D: up, to the right, away. In 2D: to the right, up.",
    )
    yield Command(
        "dense-line",
        "Dense layers as lines",
        menu,
        flip("dense", "line", "block"),
        checked=lambda s: s.settings.dense == "line",
    )
    yield Command("apart", "Layers farther apart", menu, step("spacing", STEP), group=1)
    yield Command("closer", "Layers closer together", menu, step("spacing", -STEP), group=1)
    yield Command("cells-larger", "Larger cells", menu, step("cell", STEP), group=1)
    yield Command("cells-smaller", "Smaller cells", menu, step("cell", -STEP), group=1)
    usual = {name: getattr(Settings(), name) for name in FORM}
    yield Command(
        "usual-form",
        "Usual layout",
        menu,
        model(lambda s: s.change(**usual)),
        group=1,
        enabled=lambda s: any(getattr(s.settings, name) != value for name, value in usual.items()),
    )
