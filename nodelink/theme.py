"""Colours: the themes, and the one scale from a value to a colour. Data and numpy only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

LINEAR_STEPS = 256  # entries of the table that the node shader reads


@dataclass(frozen=True)
class Theme:
    """A handful of colours, "#rrggbb". Window and scene read the same ones."""

    name: str
    background_top: str  # the scene's soft background, centre
    background_bottom: str  # the same at the corners
    panel: str  # the window's own surfaces
    panel_raised: str  # cards, buttons
    panel_edge: str  # hairlines around them
    text: str
    text_dim: str
    accent: str  # focus, checked buttons
    cell_line: str  # a cell's outline
    slab_side: str  # the sides of the slabs
    ink_positive: str  # hue of edges that carry positive signal
    ink_negative: str
    ink_positive_strong: str  # the same where one strong edge stands out of many weak ones
    ink_negative_strong: str
    ink_mixed: str  # where positive and negative balance
    scale_negative: tuple[str, ...]  # node colours from just below zero to -1
    neutral: str  # the node colour of zero
    scale_positive: tuple[str, ...]  # node colours from just above zero to +1
    error: str


THEMES = {
    "dark": Theme(
        name="dark",
        background_top="#161b26",
        background_bottom="#07090e",
        panel="#10141c",
        panel_raised="#1a202c",
        panel_edge="#2c3444",
        text="#f2f5fa",
        text_dim="#a3aec0",
        accent="#ff9a3c",
        cell_line="#566178",
        slab_side="#39424f",
        ink_positive="#ff8a1f",
        ink_negative="#2f86ff",
        ink_positive_strong="#ffd9a0",
        ink_negative_strong="#b4dcff",
        ink_mixed="#6d6580",
        scale_negative=("#1d4fae", "#3d94ff", "#c6e3ff"),
        neutral="#1d232f",
        scale_positive=("#a34e08", "#ff9526", "#ffe2b8"),
        error="#ff6b5e",
    ),
    "light": Theme(
        name="light",
        background_top="#ffffff",
        background_bottom="#e6eaf1",
        panel="#f5f7fa",
        panel_raised="#ffffff",
        panel_edge="#c9d1dd",
        text="#10151f",
        text_dim="#4d5869",
        accent="#c75a00",
        cell_line="#98a3b4",
        slab_side="#8994a5",
        ink_positive="#e06c00",
        ink_negative="#1560e0",
        ink_positive_strong="#7a2c00",
        ink_negative_strong="#052a78",
        ink_mixed="#857c90",
        scale_negative=("#9cc3fb", "#2a6fe0", "#0a1f5a"),
        neutral="#f4f6f9",
        scale_positive=("#fdc58a", "#e87400", "#571c00"),
        error="#b3261e",
    ),
    "contrast": Theme(
        name="contrast",
        background_top="#000000",
        background_bottom="#000000",
        panel="#000000",
        panel_raised="#0b0d11",
        panel_edge="#8d9bb3",
        text="#ffffff",
        text_dim="#dde5f0",
        accent="#ffb02e",
        cell_line="#7d8aa1",
        slab_side="#566275",
        ink_positive="#ff941a",
        ink_negative="#4298ff",
        ink_positive_strong="#ffe3b3",
        ink_negative_strong="#c2e4ff",
        ink_mixed="#857d99",
        scale_negative=("#1a57cc", "#47a0ff", "#d0e9ff"),
        neutral="#191e28",
        scale_positive=("#b85a06", "#ff9c2b", "#ffe8c4"),
        error="#ff8379",
    ),
}

# Sequential palettes for the nodes, at even steps: viridis (van der Walt and Smith, 2015) and cividis (Nunez, Anderton
# and Renslow, 2018), both made for eyes that cannot tell red from green. They begin at zero.
SEQUENTIAL = {
    "viridis": (
        "#440154", "#481a6c", "#472f7d", "#414487", "#39568c", "#31688e", "#2a788e", "#23888e",
        "#1f988b", "#22a884", "#35b779", "#54c568", "#7ad151", "#a5db36", "#d2e21b", "#fde725",
    ),
    "cividis": (
        "#00224e", "#002e6c", "#1e3a6f", "#35456c", "#47516c", "#575d6d", "#666970", "#757575",
        "#848279", "#948e77", "#a59c74", "#b7a96e", "#c8b866", "#dbc75a", "#eed649", "#fee838",
    ),
}  # fmt: skip
# Values below zero go to violet, which neither palette touches, nor do colour-blind eyes see it there.
VIOLET = ("#5f2cab", "#8d5cf0", "#bda6ff", "#efe6ff")
VIOLET_ON_LIGHT = ("#c4b2f4", "#8a68e8", "#7a2fd0", "#4b0fb0")


@cache
def look(theme: str, palette: str = "diverging") -> Theme:
    """A theme with the node colours of a palette: "diverging", the theme's own, or one of SEQUENTIAL.

    A sequential palette starts at zero with the end that is nearer to the background, and leads to the one farther off.
    KeyError for an unknown name.
    """
    base = THEMES[theme]
    if palette == "diverging":
        return base
    stops = SEQUENTIAL[palette]
    light = bool(luminance(rgb(base.background_top)) > 0.5)
    near, *far = reversed(stops) if light else stops
    below = VIOLET_ON_LIGHT if light else VIOLET
    return replace(base, neutral=near, scale_positive=tuple(far), scale_negative=below)


def rgb(colour: str) -> NDArray[np.float32]:
    """The colour "#rrggbb" as three floats in [0, 1]."""
    return np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)], np.float32)


def diverging(values: ArrayLike, theme: Theme) -> NDArray[np.float32]:
    """Node colours (..., 3) of `values` in [-1, 1] (clipped): zero is neutral, and two arms lead away from it."""
    stops = [rgb(c) for c in (*reversed(theme.scale_negative), theme.neutral, *theme.scale_positive)]
    below, above = len(theme.scale_negative), len(theme.scale_positive)
    at = np.concatenate([np.arange(-below, 0) / below, np.arange(above + 1) / above])
    values = np.clip(np.nan_to_num(np.asarray(values, np.float32)), -1.0, 1.0)
    channels = [np.interp(values, at, [stop[c] for stop in stops]) for c in range(3)]
    return np.stack(channels, axis=-1).astype(np.float32)


def diverging_table(theme: Theme) -> NDArray[np.float32]:
    """The scale at 2 * LINEAR_STEPS + 1 even steps from -1 to 1, shape (n, 3), for a colour texture."""
    return diverging(np.linspace(-1.0, 1.0, 2 * LINEAR_STEPS + 1), theme)


def luminance(colour: ArrayLike) -> NDArray[np.float64]:
    """Relative luminance in [0, 1] of sRGB colours (..., 3), as WCAG 2.1 defines it."""
    c = np.asarray(colour, np.float64)
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ np.array([0.2126, 0.7152, 0.0722]))


def contrast(a: ArrayLike, b: ArrayLike) -> float:
    """Contrast ratio of two colours, 1 to 21, as WCAG 2.1 defines it."""
    low, high = sorted((float(luminance(a)), float(luminance(b))))
    return (high + 0.05) / (low + 0.05)
