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
    """Write the pictures of the window. Needs a screen, a virtual one will do; saved settings are left alone."""
    from nodelink.app import application, open_window
    from nodelink.session import Session
    from nodelink.settings import Settings

    app = application()
    for name, also in (("window", ""), ("maps", "maps")):
        hidden = tuple(panel for panel in Settings().hidden if panel != also)
        shown = open_window(Session(load_network("cnn"), Settings(hidden=hidden)))
        shown.resize(1440, 900)
        shown.show()
        end = time.monotonic() + 6
        while time.monotonic() < end:
            app.processEvents()
        shown.grab().toImage().save(str(FOLDER / f"{name}.webp"), quality=88)
        shown.close()
        print(f"docs/pictures/{name}.webp")
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
