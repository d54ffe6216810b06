"""Legend: what a colour and a line mean, with numbers, drawn with the very mapping of the picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from nodelink.gl.renderer import POOLS, Graph, exposures
from nodelink.gl.resolve import ink_colour
from nodelink.gl.text import Picture, font, premultiplied
from nodelink.nn.calibration import INK_EXPONENT
from nodelink.theme import Theme, diverging

SAMPLES = (1.0, 0.5, 0.25)  # strengths shown as lines, in shares of the layer's full value


def number(value: float) -> str:
    """A short number: two significant digits, more only before the point."""
    return f"{value:.2g}" if abs(value) < 10 else f"{value:.0f}"


def legend(
    graph: Graph,
    size: int,
    room: int,
    theme: Theme,
    mode: str,
    exposure: float,
    width: float,
    held_back: float,
) -> Picture:
    """The legend as a strip: what a node's colour means, what a line means, and the numbers layer by layer.

    size: of the font, room: the most width, pixels; mode: "signal" or "weights"; width: of an edge, world units.
    The strip breaks into two lines, and leaves out layers at the end, where the room is too small.
    """
    heads = _heads_block(theme, size, mode)
    table = [
        _layer_block(graph, i, theme, size, mode, exposure, width) for i in range(len(graph.network.stages))
    ]
    words = _words(mode, held_back)
    blocks = [_nodes_block(theme, size), _words_block(theme, size, words, 1)]
    gap, pad = round(size * 1.6), round(size * 0.7)
    across = sum(b.width for b in (*blocks, heads, *table)) + 3 * gap + 2 * pad
    rows: list[list[Block | list[Block]]] = [[*blocks, [heads, *table]]]
    if across > room:
        rows = [
            [_nodes_block(theme, size, flat=True), _words_block(theme, size, words, 2)],
            [[heads, *table]],
        ]
    lines = [_beside(line, gap, room - 2 * pad) for line in rows]
    tall = sum(line.height for line in lines) + (len(lines) - 1) * round(size * 0.3) + 2 * pad
    strip = Image.new("RGBA", (max(line.width for line in lines) + 2 * pad, tall), (0, 0, 0, 0))
    draw = ImageDraw.Draw(strip)
    frame = (0, 0, strip.width - 1, strip.height - 1)
    draw.rounded_rectangle(frame, round(size * 0.6), theme.panel + "d8", theme.panel_edge + "ff")
    y = pad
    for line in lines:
        strip.alpha_composite(line, (pad, y))
        y += line.height + round(size * 0.3)
    return premultiplied(strip)


Block = Image.Image


def _beside(row: Sequence[Block | list[Block]], gap: int, room: int) -> Block:
    """Blocks side by side; a list of blocks stands close together and is cut where the room ends."""
    parts: list[tuple[int, Block]] = []
    x = 0
    for item in row:
        for block in item if isinstance(item, list) else [item]:
            if x + block.width > room and parts:
                break
            parts.append((x, block))
            x += block.width
        x += gap
    line = Image.new(
        "RGBA", (parts[-1][0] + parts[-1][1].width, max(b.height for _, b in parts)), (0, 0, 0, 0)
    )
    for left, block in parts:
        line.alpha_composite(block, (left, 0))
    return line


def _row(size: int) -> int:
    return round(size * 1.45)


def _empty(width: int, size: int, rows: int = 4) -> tuple[Block, ImageDraw.ImageDraw]:
    """A block of so many rows of text."""
    block = Image.new("RGBA", (max(1, width), rows * _row(size)), (0, 0, 0, 0))
    return block, ImageDraw.Draw(block)


def _nodes_block(theme: Theme, size: int, flat: bool = False) -> Block:
    """The colour scale; flat: in two rows instead of three."""
    row, width = _row(size), round(size * 13)
    block, draw = _empty(width, size, 2 if flat else 4)
    draw.text((0, 0), "A node's colour is its value", font=font(size), fill=theme.text)
    if flat:
        ends = round(font(size).getlength("+full") + size * 0.4)
        _ramp(block, theme, (ends, row + round(row * 0.15), width - ends, 2 * row - round(row * 0.15)))
        draw.text((0, row), "-full", font=font(size), fill=theme.text_dim)
        draw.text((width, row), "+full", font=font(size), fill=theme.text_dim, anchor="ra")
        return block
    _ramp(block, theme, (0, row + round(row * 0.2), width, 2 * row))
    for share, label, anchor in ((0.0, "-full", "la"), (0.5, "0", "ma"), (1.0, "+full", "ra")):
        draw.text((share * width, 2.15 * row), label, font=font(size), fill=theme.text_dim, anchor=anchor)
    return block


def _words_block(theme: Theme, size: int, words: Sequence[tuple[str, str]], columns: int) -> Block:
    """Lines of text, in one or two columns."""
    wide = round(max(font(size).getlength(w) for w, _ in words) + size * 1.2)
    rows = -(-len(words) // columns)
    block, draw = _empty(wide * columns, size, rows)
    for i, (text, colour) in enumerate(words):
        column, line = divmod(i, rows)
        draw.text((column * wide, line * _row(size)), text, font=font(size), fill=getattr(theme, colour))
    return block


def _heads_block(theme: Theme, size: int, mode: str) -> Block:
    heads = (
        "layer",
        "node at full colour",
        f"{'weight' if mode == 'weights' else 'edge'} at full ink",
        "edge of full, 1/2, 1/4",
    )
    block, draw = _empty(round(max(font(size).getlength(h) for h in heads) + size * 0.8), size)
    for i, head in enumerate(heads):
        draw.text((0, i * _row(size)), head, font=font(size), fill=theme.text_dim)
    return block


def _layer_block(
    graph: Graph, index: int, theme: Theme, size: int, mode: str, exposure: float, width: float
) -> Block:
    """One layer's column: name, value of a node at full colour, of an edge at full ink, and such edges."""
    stage = graph.network.stages[index]
    scale = graph.network.calibration.get(stage.name)
    row, wide = _row(size), round(max(size * 4.4, font(size).getlength(stage.name) + size * 0.8))
    block, draw = _empty(wide, size)
    draw.text((0, 0), stage.name, font=font(size), fill=theme.text)
    draw.text((0, row), number(scale.node if scale else 1.0), font=font(size), fill=theme.text)
    full = graph.weight_full[index] if mode == "weights" else (scale.edge if scale else 1.0)
    if mode == "weights" and stage.kind in POOLS:
        draw.text((0, 2 * row), "none", font=font(size), fill=theme.text_dim)
    elif index and full:
        draw.text((0, 2 * row), number(full), font=font(size), fill=theme.text)
        signal, weights = exposures(graph, exposure, width)
        _lines(draw, theme, float((weights if mode == "weights" else signal)[index]), (0, 3 * row), size)
    return block


def _words(mode: str, held_back: float) -> list[tuple[str, str]]:
    """Lines of text with the theme's colour for each."""
    if mode == "weights":
        return [
            ("A line is a weight", "text"),
            ("it needs no input", "text_dim"),
            ("orange: positive", "ink_positive"),
            ("blue: negative", "ink_negative"),
        ]
    return [
        ("A line is weight x source value", "text"),
        (f"into a node that stays off: {100 * held_back:.0f} % ink", "text_dim"),
        ("orange: it adds", "ink_positive"),
        ("blue: it takes away", "ink_negative"),
    ]


def _ramp(image: Image.Image, theme: Theme, box: tuple[int, int, int, int]) -> None:
    left, top, right, bottom = box
    colours = diverging(np.linspace(-1, 1, right - left), theme)
    pixels = np.broadcast_to(np.round(colours * 255).astype(np.uint8), (bottom - top, right - left, 3))
    image.paste(Image.fromarray(np.ascontiguousarray(pixels)), (left, top))


def _lines(draw: ImageDraw.ImageDraw, theme: Theme, ink: float, at: tuple[int, int], size: int) -> None:
    """Sample lines, positive above negative, as thick as drawn, on a strip of the scene's own background."""
    x, y = at
    length, gap, thick = round(size * 1.0), round(size * 0.2), max(1, round(size / 10))
    draw.rectangle((x, y, x + 3 * (length + gap) + gap, y + round(size * 1.2)), theme.background_top)
    for sign, down in ((1, 0.35), (-1, 0.85)):
        for i, strength in enumerate(SAMPLES):
            amount = ink * strength**INK_EXPONENT
            colour = ink_colour(max(sign, 0) * amount, max(-sign, 0) * amount, strength, theme)
            left, level = x + gap + i * (length + gap), y + round(size * down)
            draw.line((left, level, left + length, level), _hex(colour), thick)


def _hex(colour: NDArray[np.float32]) -> str:
    return "#" + "".join(f"{round(255 * float(c)):02x}" for c in np.clip(colour, 0, 1))
