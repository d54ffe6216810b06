"""Renders the pictures of README and guide from the program: `make docs`. Only the window's own needs a display."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PyQt6.QtWidgets import QApplication

from nodelink import load_network
from nodelink.gl.render import complete_picture, offscreen
from nodelink.graph.emphasis import Emphasis
from nodelink.nn.changes import NodesOff
from nodelink.nn.preprocess import network_input, prepare, rasterize
from nodelink.nn.transforms import Transform
from nodelink.samples import sample
from nodelink.session import Session
from nodelink.settings import EDGE_MODES, LAYOUTS, THEMES, Settings

if TYPE_CHECKING:
    from nodelink.qt.window import Window

FOLDER = Path(__file__).parent / "pictures"
SIZE = (1280, 800)
WANTED = (  # network, layout, theme, edges
    ("cnn", "2d", "dark", "signal"),
    ("cnn", "2d", "light", "weights"),
    ("cnn", "3d", "light", "signal"),
    ("mlp", "3d", "dark", "signal"),
    ("mini", "2d", "dark", "signal"),
)
DIGITS = {"cnn": 7, "mlp": 2, "mini": 5}
SMALL = (880, 550)  # a picture on a sheet: its words can still be read
GAP = 6  # pixels between the pictures of a sheet


def window() -> int:
    """Write the pictures of the window. Needs a screen, a virtual one will do; saved settings are left alone."""
    from nodelink.app import application, open_window

    app = application()
    for name, also in (("window", ""), ("maps", "maps"), ("steps", ""), ("experiment", "experiment")):
        hidden = tuple(panel for panel in Settings().hidden if panel != also)
        shown = open_window(Session(load_network("cnn"), Settings(hidden=hidden)))
        shown.resize(1440, 900)
        shown.show()
        if name == "steps":
            _step(shown.session, "C3", 6, 5, 6)
        if name == "experiment":
            _break(shown)
        end = time.monotonic() + 6
        while time.monotonic() < end:
            app.processEvents()
        shown.grab().toImage().save(str(FOLDER / f"{name}.webp"), quality=88)
        shown.close()
        print(f"docs/pictures/{name}.webp")
    compared(app)
    return 0


def _break(shown: Window) -> None:
    """Two maps switched off, and a 6 that is turned until it is a 9."""
    from nodelink.qt.views.experiment import Experiment

    session, panel = shown.session, shown.views["experiment"]
    assert isinstance(panel, Experiment)
    session.change(layout="2d")
    session.sample(6)
    session.alter(NodesOff("C1", map=0))
    session.alter(NodesOff("C3", map=7))
    panel.tabs[1].click()
    session.set_transform(Transform(angle=174))


def compared(app: QApplication) -> None:
    """Write the pictures of B - A, and of two networks side by side."""
    from nodelink.app import open_window

    def shoot(name: str) -> None:
        end = time.monotonic() + 6
        while time.monotonic() < end:
            app.processEvents()
        screen = shown.screen()
        assert screen is not None
        screen.grabWindow(shown.winId()).toImage().save(str(FOLDER / f"{name}.webp"), quality=88)
        print(f"docs/pictures/{name}.webp")

    hidden = tuple(panel for panel in (*Settings().hidden, "edges") if panel != "compare")
    session = Session(load_network("cnn"), Settings(hidden=hidden))
    shown = open_window(session)
    shown.resize(1440, 900)
    shown.show()
    session.sample(4)
    session.freeze()
    session.sample(9)
    session.compare.show("B - A")
    shoot("compare")
    session.compare.drop()
    session.change(hidden=(*hidden, "compare"))
    session.open_beside("mlp")
    beside = session.beside
    assert beside.network is not None
    assert beside.frame is not None
    stage = beside.network.stage("H1")
    beside.focus.pin(stage.offset + int(np.argmax(beside.frame.activations.out[stage.index][0])))
    shoot("beside")
    shown.close()


def _step(session: Session, layer: str, channel: int, row: int, column: int) -> None:
    """Walk to a cell, counted from 1, with the camera following."""
    stage = session.network.stage(layer)
    unit = int(np.ravel_multi_index((channel - 1, row - 1, column - 1), stage.shape))
    session.walk.choose(grain="position", following=True)
    session.walk.go(session.walk.steps.starts[stage.index] + unit + 1)


def main() -> int:
    """Write every picture that the guide shows, but the window's own."""
    for network, layout, theme, edges in WANTED:
        name = f"{network}-{layout}-{theme}" + ("-weights" if edges == "weights" else "")
        save(Image.fromarray(drawn(network, layout, theme, edges, SIZE)), name, 88)
    for network in DIGITS:
        for layout in LAYOUTS:
            save(sheet(network, layout), f"all-{network}-{layout}", 80)
    return 0


def drawn(
    network: str, layout: str, theme: str, edges: str, size: tuple[int, int], text: float = 1.0
) -> NDArray[np.uint8]:
    """A network at work on its sample digit; in mode "selected" the answer's node is the chosen one."""
    known, digit = load_network(network), DIGITS[network]
    activations = known.forward(network_input(prepare(rasterize(sample(digit, 0)), True), known.input_shape))
    scene = offscreen()
    scene.set_network(known)
    scene.apply(Settings(layout=layout, theme=theme, edges=edges, text_size=text))
    scene.morph = 1.0 if layout == "2d" else 0.0
    scene.set_activations(activations)
    answer = (known.stages[-1].offset + digit,) if edges == "selected" else ()
    scene.emphasize(Emphasis(answer, rings=answer))
    return np.asarray(complete_picture(scene, size))


def sheet(network: str, layout: str) -> Image.Image:
    """All themes (rows) and edge modes (columns) of a network in a layout."""
    width, height = SMALL[0] + GAP, SMALL[1] + GAP
    whole = Image.new("RGB", (len(EDGE_MODES) * width - GAP, len(THEMES) * height - GAP), "#808080")
    for row, theme in enumerate(THEMES):
        for column, edges in enumerate(EDGE_MODES):
            pixels = drawn(network, layout, theme, edges, SMALL, 1.2)
            whole.paste(Image.fromarray(pixels).convert("RGB"), (column * width, row * height))
    return whole


def save(picture: Image.Image, name: str, quality: int) -> None:
    """As webp among the guide's pictures."""
    picture.convert("RGB").save(FOLDER / f"{name}.webp", quality=quality, method=6)
    print(f"docs/pictures/{name}.webp")


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    sys.exit(window() if sys.argv[1:] == ["window"] else main())
