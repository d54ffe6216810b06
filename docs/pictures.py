"""Renders the pictures of README and guide from the program: `make docs`. Needs no display, except for the window's own."""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

from nodelink import load_network
from nodelink.gl.render import render
from nodelink.nn.preprocess import rasterize
from nodelink.samples import sample

FOLDER = Path(__file__).parent / "pictures"
SIZE = (1280, 800)
WANTED = (  # network, layout, theme, edges, digit
    ("cnn", "3d", "dark", "signal", 7),
    ("cnn", "2d", "dark", "signal", 7),
    ("cnn", "3d", "light", "signal", 3),
    ("cnn", "2d", "light", "weights", 3),
    ("mlp", "3d", "dark", "signal", 2),
    ("mlp", "2d", "light", "signal", 2),
    ("mlp", "3d", "dark", "weights", 2),
    ("mini", "3d", "light", "signal", 5),
    ("mini", "2d", "dark", "signal", 5),
)


def main() -> int:
    """Write every picture that the guide shows."""
    FOLDER.mkdir(exist_ok=True)
    for network, layout, theme, edges, digit in WANTED:
        ink = rasterize(sample(digit, 0))
        pixels = render(load_network(network), ink, layout=layout, theme=theme, edges=edges, size=SIZE)
        name = f"{network}-{layout}-{theme}" + ("-weights" if edges == "weights" else "")
        Image.fromarray(pixels).convert("RGB").save(FOLDER / f"{name}.webp", quality=88, method=6)
        print(f"docs/pictures/{name}.webp")
    return 0


if __name__ == "__main__":
    sys.exit(main())
