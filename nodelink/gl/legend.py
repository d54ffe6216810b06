"""Legend: what a colour and a line mean, with numbers, drawn with the very mapping of the picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from nodelink.gl.renderer import POOLS, Graph, exposures
from nodelink.gl.resolve import ink_colour
from nodelink.gl.text import Picture, font, premultiplied, text_length
from nodelink.graph.scales import Scales
from nodelink.graph.shown import Shown
from nodelink.nn.calibration import INK_EXPONENT
from nodelink.settings import Settings
from nodelink.theme import Theme, diverging

SAMPLES = (1.0, 0.5, 0.25)  # strengths shown as lines, in shares of the layer's full value
ROW = 1.42  # height of a row of text, in font sizes
MOST = 1.6  # the shortest of all arrangements may be so many times higher than there is room
COLUMN = 4.4  # width of a layer's column at least, in font sizes

Paint = Callable[[ImageDraw.ImageDraw, int, int], None]


@dataclass(frozen=True, eq=False)
class Facts:
    """What the legend has to say."""

    graph: Graph
    settings: Settings  # palette, scale, edge mode, exposure, held-back share, strongest share
    scales: Scales
    shown: Shown
    theme: Theme
    width: float  # of an edge, world units
    selected: bool  # whether a node is selected


@dataclass(frozen=True)
class Block:
    """A part of the legend: its size in pixels, and how it is painted with its upper left corner at (x, y)."""

    width: int
    height: int
    paint: Paint


def number(value: float) -> str:
    """A short number: two significant digits, more only before the point."""
    return f"{value:.2g}" if abs(value) < 10 else f"{value:.0f}"


def share(value: float) -> str:
    """A share in percent, as short as it can be."""
    return f"{100 * value:.2g} %" if value < 1 else "100 %"


def legend(facts: Facts, size: int, room: tuple[int, int]) -> Picture:
    """The legend as a panel: what a node's colour means, what a line means, and the numbers layer by layer.

    size: of the font, room: the most width and height, pixels. Of several arrangements, from one line with everything
    to a few words without the numbers, the first that fits is taken.
    """
    pad, gap = round(size * 0.7), round(size * 1.6)
    lines: list[Block] = []
    for rows in _arrangements(facts, size, room[0] - 2 * pad, gap):
        lines = [_beside(row, gap) for row in rows]
        tall = sum(line.height for line in lines) + (len(lines) - 1) * round(size * 0.35) + 2 * pad
        wide = max(line.width for line in lines) + 2 * pad
        if wide <= room[0] and tall <= room[1]:
            break
    wide, tall = max(2, min(wide, room[0])), max(2, min(tall, round(MOST * room[1])))
    panel = Image.new("RGBA", (wide, tall), (0, 0, 0, 0))
    draw = ImageDraw.Draw(panel)
    theme, frame = facts.theme, (0, 0, wide - 1, tall - 1)
    draw.rounded_rectangle(frame, round(size * 0.6), theme.panel + "d8", theme.panel_edge + "ff")
    y = pad
    for line in lines:
        line.paint(draw, pad, y)
        y += line.height + round(size * 0.35)
    return premultiplied(panel)


def _arrangements(facts: Facts, size: int, room: int, gap: int) -> Iterator[list[list[Block]]]:
    """Rows of blocks, from the most telling arrangement to the shortest."""
    nodes, flat = _nodes(facts, size, flat=False), _nodes(facts, size, flat=True)
    words = _words(facts)
    yield [[nodes, _text(facts.theme, size, words, 1), _table(facts, size, _layers(facts), 4)]]
    for columns in (2, 1):
        upper = [[flat, _text(facts.theme, size, words, columns)]]
        if columns == 1 and upper[0][0].width + gap + upper[0][1].width > room:
            upper = [[flat], [upper[0][1]]]
        for rows in (4, 3):
            chunks = _chunks(facts, size, room)
            yield [*upper, *[[_table(facts, size, chunk, rows)] for chunk in chunks]]
    elsewhere = ("numbers: where there is more room", "text_dim", "")
    for columns in (2, 1):
        yield [[flat, _text(facts.theme, size, [*words, elsewhere], columns)]]
    for said in ([*words, elsewhere], words):
        yield [[flat], [_text(facts.theme, size, said, 1)]]
    yield [[flat], [_text(facts.theme, size, words[1:3], 2)]]  # orange and blue


def _layers(facts: Facts) -> list[int]:
    return [i for i, seen in enumerate(facts.shown.layers) if seen]


def _chunks(facts: Facts, size: int, room: int) -> list[list[int]]:
    """The layers in as many lines as they need."""
    chunks: list[list[int]] = [[]]
    for layer in _layers(facts):
        if chunks[-1] and _table(facts, size, [*chunks[-1], layer], 4).width > room:
            chunks.append([])
        chunks[-1].append(layer)
    return chunks


def _beside(row: Sequence[Block], gap: int) -> Block:
    """Blocks side by side."""

    def paint(draw: ImageDraw.ImageDraw, x: int, y: int) -> None:
        for block in row:
            block.paint(draw, x, y)
            x += block.width + gap

    width = sum(block.width for block in row) + gap * (len(row) - 1)
    return Block(width, max(block.height for block in row), paint)


def _length(text: str, size: int) -> int:
    return int(np.ceil(text_length(text, size)))


# Nodes ------------------------------------------------------------------------------------------------------


def _nodes(facts: Facts, size: int, flat: bool) -> Block:
    """The colour scale; flat: in two rows instead of three."""
    theme, row, face = facts.theme, round(size * ROW), font(size)
    palette, relative = facts.settings.palette, facts.settings.scale == "relative"
    title = "A node's colour is its value"
    if palette != "diverging":
        title += f" ({palette})"
    more = "relative to this input" if relative else ""
    width = max(_length(title, size), round(size * 13), _length(more, size))
    ends = _length("+full", size) + round(size * 0.4)

    def paint(draw: ImageDraw.ImageDraw, x: int, y: int) -> None:
        draw.text((x, y), title, font=face, fill=theme.text)
        inset = round(row * 0.18)
        if flat:
            ramp(draw, theme, (x + ends, y + row + inset, x + width - ends, y + 2 * row - inset))
            draw.text((x, y + row), "-full", font=face, fill=theme.text)
            draw.text((x + width, y + row), "+full", font=face, fill=theme.text, anchor="ra")
        else:
            ramp(draw, theme, (x, y + row + inset, x + width, y + 2 * row - inset // 2))
            for at, label, anchor in ((0.0, "-full", "la"), (0.5, "0", "ma"), (1.0, "+full", "ra")):
                draw.text((x + at * width, y + 2 * row), label, font=face, fill=theme.text_dim, anchor=anchor)
        if more:
            draw.text((x, y + (2 if flat else 3) * row), more, font=face, fill=theme.accent)

    return Block(width, ((2 if flat else 3) + bool(more)) * row, paint)


def ramp(draw: ImageDraw.ImageDraw, theme: Theme, box: tuple[int, int, int, int]) -> None:
    """The scale of node colours from -full to +full in a box of an image."""
    left, top, right, bottom = box
    for i, colour in enumerate(diverging(np.linspace(-1, 1, right - left), theme)):
        draw.line((left + i, top, left + i, bottom - 1), _hex(colour))


# Edges ------------------------------------------------------------------------------------------------------

Words = tuple[str, str, str]  # text, the theme's colour for it, the theme's colour of a swatch before it


def _words(facts: Facts) -> list[Words]:
    """What a line means in this mode, and what is not drawn in full."""
    chosen = facts.settings
    if chosen.edges == "weights":
        said = [
            ("A line is a weight, whatever the input", "text", ""),
            ("orange: positive", "text", "ink_positive"),
            ("blue: negative", "text", "ink_negative"),
        ]
    else:
        said = [
            ("A line is weight x source value", "text", ""),
            ("orange: it adds", "text", "ink_positive"),
            ("blue: it takes away", "text", "ink_negative"),
        ]
    if chosen.edges == "signal":
        held = f"{share(chosen.held_back)} ink" if chosen.held_back > 0 else "not drawn"
        said.append((f"into a node that stays off: {held}", "text_dim", ""))
    if chosen.edges == "selected":
        what = "the selected node's stand out" if facts.selected else "select a node to see its own"
        said.append((what, "accent", ""))
    if chosen.strongest < 1:
        said.append((f"only each layer's strongest {share(chosen.strongest)}", "accent", ""))
    return said


def _text(theme: Theme, size: int, words: Sequence[Words], columns: int) -> Block:
    """Lines of text, in one or two columns."""
    row, face = round(size * ROW), font(size)
    rows, mark = -(-len(words) // columns), round(size * 1.3)
    widths = [_length(text, size) + (mark if swatch else 0) for text, _, swatch in words]
    steps = [max(widths[i : i + rows]) + round(size * 1.2) for i in range(0, len(words), rows)]

    def paint(draw: ImageDraw.ImageDraw, x: int, y: int) -> None:
        for i, (text, colour, swatch) in enumerate(words):
            column, line = divmod(i, rows)
            left, top = x + sum(steps[:column]), y + line * row
            if swatch:
                level = top + round(row * 0.42)
                thick = max(2, round(size * 0.22))
                draw.line((left, level, left + size, level), getattr(theme, swatch), thick)
                left += mark
            draw.text((left, top), text, font=face, fill=getattr(theme, colour))

    return Block(sum(steps) - round(size * 1.2), rows * row, paint)


# Numbers ----------------------------------------------------------------------------------------------------


def _table(facts: Facts, size: int, layers: Sequence[int], rows: int) -> Block:
    """Layer by layer: the value of a node at full colour, of an edge at full ink, and (4 rows) such edges."""
    theme, row, face = facts.theme, round(size * ROW), font(size)
    weights, relative = facts.settings.edges == "weights", facts.settings.scale == "relative"
    edge = "weight" if weights else "edge"
    heads = [
        "layer",
        "largest value now" if relative else "node at full colour",
        "strongest edge now" if relative and not weights else f"{edge} at full ink",
        f"{edge} of full, 1/2, 1/4",
    ][:rows]
    first = max(_length(head, size) for head in heads) + round(size * 0.9)
    names = [facts.graph.network.stages[layer].name for layer in layers]
    widths = [max(round(size * COLUMN), _length(name, size) + round(size * 0.8)) for name in names]

    def paint(draw: ImageDraw.ImageDraw, x: int, y: int) -> None:
        for i, head in enumerate(heads):
            draw.text((x, y + i * row), head, font=face, fill=theme.text_dim)
        x += first
        for layer, name, width in zip(layers, names, widths, strict=True):
            cells = [name, number(float(facts.scales.nodes[layer])), _full(facts, layer)]
            for i, cell in enumerate(cells):
                draw.text(
                    (x, y + i * row), cell, font=face, fill=theme.text if cell != "none" else theme.text_dim
                )
            if rows > 3 and layer and cells[2] not in ("", "none"):
                _samples(draw, facts, layer, (x, y + 3 * row), size)
            x += width

    return Block(first + sum(widths) - round(size * 0.8), rows * row, paint)


def _full(facts: Facts, layer: int) -> str:
    """The number at full ink of the edges that arrive at a layer."""
    if layer == 0:
        return ""
    if facts.settings.edges != "weights":
        return number(float(facts.scales.edges[layer]))
    if facts.graph.network.stages[layer].kind in POOLS:
        return "none"
    return number(float(facts.graph.weight_full[layer]))


def _samples(draw: ImageDraw.ImageDraw, facts: Facts, layer: int, at: tuple[int, int], size: int) -> None:
    """Sample lines, positive above negative, as thick as drawn, on a strip of the scene's own background."""
    theme, (x, y) = facts.theme, at
    signal, weights = exposures(facts.graph, facts.settings.exposure, facts.width)
    ink = float((weights if facts.settings.edges == "weights" else signal)[layer])
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
