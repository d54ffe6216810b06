"""Renders the pictures of README and guide from the program: `make docs`. Only the window's own needs a display."""

from __future__ import annotations

import sys
import time
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


def window() -> int:
    """Write the picture of the window. Needs a screen, a virtual one will do; saved settings are left alone."""
    from nodelink.app import application, open_window
    from nodelink.session import Session

    app = application()
    shown = open_window(Session(load_network("cnn")))
    shown.resize(1440, 900)
    shown.show()
    end = time.monotonic() + 6
    while time.monotonic() < end:
        app.processEvents()
    file = FOLDER / "window.webp"
    shown.grab().toImage().save(str(file), quality=88)
    print("docs/pictures/window.webp")
    return 0


def main() -> int:
    """Write every picture that the guide shows, but the window's own."""
    for network, layout, theme, edges, digit in WANTED:
        ink = rasterize(sample(digit, 0))
        pixels = render(load_network(network), ink, layout=layout, theme=theme, edges=edges, size=SIZE)
        name = f"{network}-{layout}-{theme}" + ("-weights" if edges == "weights" else "")
        Image.fromarray(pixels).convert("RGB").save(FOLDER / f"{name}.webp", quality=88, method=6)
        print(f"docs/pictures/{name}.webp")
    return 0


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    sys.exit(window() if sys.argv[1:] == ["window"] else main())
