"""Legend: what a colour and a line mean, with numbers, drawn with the very mapping of the picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from nodelink.gl.ink import GAMMA
from nodelink.gl.renderer import Graph, exposures
from nodelink.gl.resolve import ink_colour
from nodelink.gl.text import Picture, font, premultiplied
from nodelink.theme import Theme, diverging

SAMPLES = (1.0, 0.5, 0.25)  # strengths shown as lines, in shares of the layer's full value


def number(value: float) -> str:
    """A short number: two significant digits, more only before the point."""
    return f"{value:.2g}" if abs(value) < 10 else f"{value:.0f}"


def legend(
    graph: Graph, size: int, theme: Theme, mode: str, exposure: float, width: float, held_back: float
) -> Picture:
    """The legend as a picture. size: of the font, pixels; mode: "signal" or "weights"; width: of an edge, world."""
    small = max(8, round(size * 0.85))
    row, pad = round(small * 1.45), round(small * 0.8)
    columns = [0, round(small * 4.4), round(small * 8.0), round(small * 11.8)]
    stages = graph.network.stages
    wide = columns[3] + round(small * 9.2) + pad
    text = _words(mode, held_back)
    tall = pad + round(row * 3.1) + row * (len(stages) + 1) + row * len(text) + pad
    image = Image.new("RGBA", (wide + pad, tall), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle(
        (0, 0, wide + pad - 1, tall - 1), round(small * 0.6), theme.panel + "d8", theme.panel_edge + "ff"
    )
    y = pad
    draw.text((pad, y), "A node's colour is its value", font=font(small), fill=theme.text)
    y += row
    _ramp(image, theme, (pad, y + 2, wide, y + round(row * 0.75)))
    y += round(row * 0.85)
    for share, label, anchor in ((0.0, "-full", "la"), (0.5, "0", "ma"), (1.0, "full", "ra")):
        draw.text(
            (pad + share * (wide - pad), y), label, font=font(small), fill=theme.text_dim, anchor=anchor
        )
    y += round(row * 1.25)
    for line in text:
        draw.text((pad, y), line, font=font(small), fill=theme.text)
        y += row
    heads = ("layer", "full node", "full edge", "edges of full, 1/2, 1/4")
    for x, head in zip(columns, heads, strict=True):
        draw.text((pad + x, y), head, font=font(round(small * 0.82)), fill=theme.text_dim)
    signal, weights = exposures(graph, exposure, width)
    for stage in reversed(stages):
        y += row
        scale = graph.network.calibration.get(stage.name)
        full = graph.weight_full[stage.index] if mode == "weights" else (scale.edge if scale else None)
        draw.text((pad, y), stage.name, font=font(small), fill=theme.text)
        draw.text(
            (pad + columns[1], y), number(scale.node if scale else 1.0), font=font(small), fill=theme.text
        )
        if stage.index == 0 or full is None:
            continue
        draw.text((pad + columns[2], y), number(full), font=font(small), fill=theme.text)
        ink = (weights if mode == "weights" else signal)[stage.index]
        _lines(draw, theme, float(ink), (pad + columns[3], y + row // 2), small)
    return premultiplied(image)


def _words(mode: str, held_back: float) -> list[str]:
    if mode == "weights":
        return ["A line is a weight", "orange positive, blue negative"]
    return [
        "A line is weight x source value",
        "orange adds, blue takes away",
        f"into a node that is off: {100 * held_back:.0f} % of the ink",
    ]


def _ramp(image: Image.Image, theme: Theme, box: tuple[int, int, int, int]) -> None:
    left, top, right, bottom = box
    colours = diverging(np.linspace(-1, 1, right - left), theme)
    pixels = np.broadcast_to(np.round(colours * 255).astype(np.uint8), (bottom - top, right - left, 3))
    image.paste(Image.fromarray(np.ascontiguousarray(pixels)), (left, top))


def _lines(draw: ImageDraw.ImageDraw, theme: Theme, ink: float, at: tuple[int, int], size: int) -> None:
    """Sample lines of positive and negative edges, as thick as drawn, on a strip of the scene's own background."""
    x, y = at
    length, gap = round(size * 1.3), round(size * 0.25)
    strip = (x - gap, y - round(size * 0.5), x + 6 * (length + gap), y + round(size * 0.5))
    draw.rectangle(strip, theme.background_top)
    for sign in (1, -1):
        for strength in SAMPLES:
            amount = ink * strength**GAMMA
            colour = ink_colour(max(sign, 0) * amount, max(-sign, 0) * amount, strength, theme)
            draw.line((x, y, x + length, y), _hex(colour), max(1, round(size / 11)))
            x += length + gap


def _hex(colour: NDArray[np.float32]) -> str:
    return "#" + "".join(f"{round(255 * float(c)):02x}" for c in np.clip(colour, 0, 1))
