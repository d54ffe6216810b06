"""Legend: what a colour and a line mean, with numbers, drawn with the very mapping of the picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw

from nodelink.gl import numbers
from nodelink.gl.numbers import ROW, Block, Facts, colour_code, length
from nodelink.gl.text import Picture, font, premultiplied
from nodelink.nn.network import Network
from nodelink.theme import Theme, diverging

MOST = 1.6  # the shortest of all arrangements may be so many times higher than there is room
LEADING = 0.35  # between two parts, in font sizes


def share(value: float) -> str:
    """A share in percent, as short as it can be."""
    return f"{100 * value:.2g} %" if value < 1 else "100 %"


def legend(facts: Facts, size: int, room: tuple[int, int]) -> Picture:
    """The legend as a panel: what a node's colour means, what a line means, and the numbers layer by layer.

    size: of the font, room: the most width and height, pixels. Of several arrangements, from one line with everything
    to a few words without the numbers, the first that fits is taken.
    """
    pad, gap = round(size * 0.7), round(size * 1.6)
    for rows in _arrangements(facts, size, room[0] - 2 * pad, gap):
        lines = [_beside(row, gap) for row in rows]
        wide, tall = _extent(lines, size)
        if wide <= room[0] and tall <= room[1]:
            break
    return _panel(facts.theme, size, lines, (min(wide, room[0]), min(tall, round(MOST * room[1]))))


def upright(facts: Facts, size: int, room: tuple[int, int]) -> Picture | None:
    """The legend as a narrow panel for the side of a picture; None where it does not fit."""
    nodes, words = _nodes(facts, size, flat=False), _text(facts.theme, size, _words(facts), 1)
    for samples in (True, False):
        lines = [nodes, words, numbers.down(facts, size, samples)]
        wide, tall = _extent(lines, size)
        if wide <= room[0] and tall <= room[1]:
            return _panel(facts.theme, size, lines, (wide, tall))
    return None


def _extent(lines: Sequence[Block], size: int) -> tuple[int, int]:
    """Width and height of a panel, pixels."""
    pad = round(size * 0.7)
    tall = sum(line.height for line in lines) + (len(lines) - 1) * round(size * LEADING) + 2 * pad
    return max(line.width for line in lines) + 2 * pad, tall


def _panel(theme: Theme, size: int, lines: Sequence[Block], extent: tuple[int, int]) -> Picture:
    """The lines, one below the other."""
    wide, tall = max(2, extent[0]), max(2, extent[1])
    panel = Image.new("RGBA", (wide, tall), (0, 0, 0, 0))
    draw = ImageDraw.Draw(panel)
    frame = (0, 0, wide - 1, tall - 1)
    draw.rounded_rectangle(frame, round(size * 0.6), theme.panel + "d8", theme.panel_edge + "ff")
    x = y = round(size * 0.7)
    for line in lines:
        line.paint(draw, x, y)
        y += line.height + round(size * LEADING)
    return premultiplied(panel)


def _arrangements(facts: Facts, size: int, room: int, gap: int) -> Iterator[list[list[Block]]]:
    """Rows of blocks, from the most telling arrangement to the shortest."""
    nodes, flat = _nodes(facts, size, flat=False), _nodes(facts, size, flat=True)
    words = _words(facts)
    yield [[nodes, _text(facts.theme, size, words, 1), numbers.across(facts, size, facts.layers, True)]]
    for columns in (2, 1):
        upper = [[flat, _text(facts.theme, size, words, columns)]]
        if columns == 1 and upper[0][0].width + gap + upper[0][1].width > room:
            upper = [[flat], [upper[0][1]]]
        for samples in (True, False):
            chunks = _chunks(facts, size, room, samples)
            yield [*upper, *[[numbers.across(facts, size, chunk, samples)] for chunk in chunks]]
    few: list[Words] = [(text, "text_dim", "") for text in numbers.extent(facts)]
    for columns in (2, 1):
        yield [[flat, _text(facts.theme, size, [*words, *few], columns)]]
    title, *signs = (_text(facts.theme, size, [each], 1) for each in words[:3])
    for said in ([*words[3:], *few], few, words[3:]):
        rest = [[_text(facts.theme, size, said, 1)]] if said else []
        yield [[flat], [title], signs, *rest]
    beside = [flat, _text(facts.theme, size, few, 1)] if few else [flat]
    narrow = [[flat], [_text(facts.theme, size, words, 1)]]
    low = [[beside, [title], signs], [beside, signs]]
    warns = any(colour == "accent" for _, colour, _ in words)  # what is not drawn matters more than numbers
    yield from [narrow, *low] if warns else [*low, narrow]
    yield [[flat], signs]
    yield _slim(facts, size, words)


def _slim(facts: Facts, size: int, words: Sequence[Words]) -> list[list[Block]]:
    """One line: the colours and the signs of lines, each in a word or two; below it what is not drawn."""
    row = round(size * ROW)
    notes = _notes(facts)
    ends = length("+full", size) + round(size * 0.4)
    width = 2 * ends + 3 * size

    def paint(draw: ImageDraw.ImageDraw, x: int, y: int) -> None:
        _scale(draw, facts.theme, size, (x, y, x + width))

    signs = [
        (text.rpartition(": ")[2].removeprefix("it "), colour, swatch)
        for text, colour, swatch in words
        if swatch
    ]
    line = [Block(width, row, paint), *(_text(facts.theme, size, [sign], 1) for sign in signs)]
    told = [word for word in words if word[1] == "accent"] + [(note, "accent", "") for note in notes]
    return [line, *([_text(facts.theme, size, [word], 1)] for word in told)]


def _chunks(facts: Facts, size: int, room: int, samples: bool) -> list[list[int]]:
    """The layers in as many lines as they need."""
    chunks: list[list[int]] = [[]]
    for layer in facts.layers:
        if chunks[-1] and numbers.across(facts, size, [*chunks[-1], layer], samples).width > room:
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


# Nodes ------------------------------------------------------------------------------------------------------


def _nodes(facts: Facts, size: int, flat: bool) -> Block:
    """The colour scale; flat: in two rows instead of three."""
    theme, row, face = facts.theme, round(size * ROW), font(size)
    palette = facts.settings.palette
    title = "A node's colour is B - A" if facts.stance.difference else "A node's colour is its value"
    if palette != "diverging":
        title += f" ({palette})"
    notes = _notes(facts)
    width = max(length(title, size), round(size * 13), *(length(note, size) for note in notes))

    def paint(draw: ImageDraw.ImageDraw, x: int, y: int) -> None:
        draw.text((x, y), title, font=face, fill=theme.text)
        if flat:
            _scale(draw, theme, size, (x, y + row, x + width))
        else:
            inset = round(row * 0.18)
            ramp(draw, theme, (x, y + row + inset, x + width, y + 2 * row - inset // 2))
            for at, label, anchor in ((0.0, "-full", "la"), (0.5, "0", "ma"), (1.0, "+full", "ra")):
                draw.text((x + at * width, y + 2 * row), label, font=face, fill=theme.text_dim, anchor=anchor)
        for i, note in enumerate(notes, 2 if flat else 3):
            draw.text((x, y + i * row), note, font=face, fill=theme.accent)

    return Block(width, ((2 if flat else 3) + len(notes)) * row, paint)


def _notes(facts: Facts) -> list[str]:
    """What else is to be known of the colours."""
    notes = ["relative to this input"] if facts.settings.scale == "relative" else []
    return notes + ([change_note(facts.graph.network)] if facts.graph.network.changes else [])


def _scale(draw: ImageDraw.ImageDraw, theme: Theme, size: int, place: tuple[int, int, int]) -> None:
    """The colours between their ends, in one row. place: left, top, right."""
    left, top, right = place
    row, face, ends = round(size * ROW), font(size), length("+full", size) + round(size * 0.4)
    inset = round(row * 0.18)
    ramp(draw, theme, (left + ends, top + inset, right - ends, top + row - inset))
    draw.text((left, top), "-full", font=face, fill=theme.text)
    draw.text((right, top), "+full", font=face, fill=theme.text, anchor="ra")


def change_note(network: Network) -> str:
    """That this is not the network as it was trained, and what hatched cells are."""
    return f"changed network ({len(network.changes)})" + (", hatched: off" if network.off else "")


def ramp(draw: ImageDraw.ImageDraw, theme: Theme, box: tuple[int, int, int, int]) -> None:
    """The scale of node colours from -full to +full in a box of an image."""
    left, top, right, bottom = box
    for i, colour in enumerate(_ramp(theme, right - left)):
        draw.line((left + i, top, left + i, bottom - 1), colour)


@lru_cache(maxsize=16)
def _ramp(theme: Theme, count: int) -> tuple[str, ...]:
    return tuple(map(colour_code, diverging(np.linspace(-1, 1, count), theme)))


# Edges ------------------------------------------------------------------------------------------------------

Words = tuple[str, str, str]  # text, the theme's colour for it, the theme's colour of a swatch before it


def _words(facts: Facts) -> list[Words]:
    """What a line means in this mode, and what is not drawn in full."""
    chosen, stance = facts.settings, facts.stance
    if stance.full:
        return _of_a_trace(facts) + _hidden(facts)
    if chosen.edges == "weights":
        said = [
            ("A line is a weight, whatever the input", "text", ""),
            ("orange: positive", "text", "ink_positive"),
            ("blue: negative", "text", "ink_negative"),
        ]
    else:
        of = "(B - A)" if stance.difference else "source value"
        said = [
            (f"A line is weight x {of}", "text", ""),
            ("orange: it adds", "text", "ink_positive"),
            ("blue: it takes away", "text", "ink_negative"),
        ]
    if chosen.edges == "signal":
        held = f"{share(chosen.held_back)} ink" if chosen.held_back > 0 else "not drawn"
        which = "others, into off nodes" if stance.standing else "into a node that stays off"
        said.append((f"{which}: {held}", "text_dim", ""))  # those that are asked for are drawn in full
    if chosen.edges == "selected":
        what = "only those of the chosen node" if stance.standing else "point at a node to see its edges"
        said.append((what, "accent", ""))
    if chosen.strongest < 1:
        said.append((f"only each layer's strongest {share(chosen.strongest)}", "accent", ""))
    return said + _hidden(facts)


def _hidden(facts: Facts) -> list[Words]:
    """That the picture is not the whole network."""
    count = facts.shown.layers.count(0.0)
    return [(f"{count} layer{'s' if count > 1 else ''} hidden", "accent", "")] if count else []


def _of_a_trace(facts: Facts) -> list[Words]:
    """What a line means in a trace: the value of an edge, in the units of the traced node's weighted sum."""
    stance, kept = facts.stance, share(facts.stance.kept)
    what = "A line: its part in the traced node"
    how_many = f"the edges that carry {kept}"
    if stance.through:
        what = "A line: to the node, and on from it" if stance.back else "A line: on from the traced pixel"
        how_many = f"on to the first guess; {kept} shown"
    if not any(stance.full):
        how_many = "no edge is shown"
    return [
        (what, "text", ""),
        ("orange: it adds", "text", "ink_positive"),
        ("blue: it takes away", "text", "ink_negative"),
        (how_many, "accent", ""),
    ]


def _text(theme: Theme, size: int, words: Sequence[Words], columns: int) -> Block:
    """Lines of text, in one or two columns."""
    row, face = round(size * ROW), font(size)
    rows, mark = -(-len(words) // columns), round(size * 1.3)
    widths = [length(text, size) + (mark if swatch else 0) for text, _, swatch in words]
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
