"""Renders the studies of docs/decisions.md: the MLP, the hardest case, drawn with other mappings from signal to ink."""

from __future__ import annotations

import sys
from pathlib import Path
from unittest.mock import patch

import numpy as np
from PIL import Image, ImageDraw

from nodelink import load_network
from nodelink.gl import ink, legend, renderer, resolve
from nodelink.gl.render import offscreen, render
from nodelink.gl.resolve import Resolve
from nodelink.gl.text import font
from nodelink.nn.preprocess import rasterize
from nodelink.samples import sample

FOLDER = Path(__file__).parent / "pictures"
SIZE = (1000, 1000)
CROP = (380, 20, 920, 785)
BAND = 34  # pixels above each picture for its caption
STUDIES: dict[str, dict[tuple[object, str], object]] = {
    "as it ships: power 1.5, strength decides the hue": {},
    "linear: every weak edge counts": {(ink, "INK_EXPONENT"): 1.0, (legend, "INK_EXPONENT"): 1.0},
    "power 2.5: only the strongest are left": {(ink, "INK_EXPONENT"): 2.5, (legend, "INK_EXPONENT"): 2.5},
    "the mere balance as hue, no strength": {
        (resolve, "STANDS_OUT"): 0.9999,
        (resolve, "SHARPEN"): 1000.0,
    },
    "one exposure for all pairs": {(renderer, "CROWD"): 0.0},
    "off edges in full": {},
}


def study(name: str, theme: str) -> Image.Image:
    """One crop with its caption."""
    scene = offscreen()
    for (module, constant), value in STUDIES[name].items():
        patch.object(module, constant, value).start()
    scene.renderer._resolve = Resolve()
    scene._known.clear()
    held = {"held_back": 1.0} if name.startswith("off edges") else {}
    pixels = render(load_network("mlp"), rasterize(sample(2, 0)), theme=theme, size=SIZE, **held)
    patch.stopall()
    paper, letters = ("#07090e", "#f2f5fa") if theme == "dark" else ("#e6eaf1", "#10151f")
    framed = Image.new("RGB", (CROP[2] - CROP[0], CROP[3] - CROP[1] + BAND), paper)
    framed.paste(Image.fromarray(np.ascontiguousarray(pixels)).convert("RGB").crop(CROP), (0, BAND))
    ImageDraw.Draw(framed).text((10, 6), name, font=font(19), fill=letters)
    return framed


def main() -> int:
    """Write one sheet a theme."""
    FOLDER.mkdir(exist_ok=True)
    for theme in ("dark", "light"):
        crops = [study(name, theme) for name in STUDIES]
        wide, tall = crops[0].size
        sheet = Image.new("RGB", (3 * wide, 2 * tall))
        for i, crop in enumerate(crops):
            sheet.paste(crop, (i % 3 * wide, i // 3 * tall))
        sheet.resize((3 * wide * 3 // 4, 2 * tall * 3 // 4), Image.Resampling.LANCZOS).save(
            FOLDER / f"study-{theme}.webp", quality=82, method=6
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
