"""Settings: what the user has chosen and wants to find again. One frozen dataclass."""

from __future__ import annotations

from dataclasses import dataclass

LAYOUTS = ("3d", "2d")
THEMES = ("dark", "light")
EDGE_MODES = ("signal", "weights")


@dataclass(frozen=True)
class Settings:
    """Everything that survives a restart. Numbers carry their unit and range in the comment."""

    network: str = "cnn"  # a shipped name or the path of a weight file
    layout: str = "3d"  # one of LAYOUTS
    theme: str = "dark"  # one of THEMES
    edges: str = "signal"  # one of EDGE_MODES
    centre: bool = True  # centre the drawing as MNIST was made
    brush: float = 22.0  # diameter in pad pixels (the pad is 280 across), 6 to 60
    text_size: float = 1.0  # factor on every label, 0.7 to 2.5
    exposure: float = 1.0  # the user's factor on the ink of all edges, 0.1 to 10
    held_back: float = 0.1  # ink of edges into switched-off units, 0 to 1
