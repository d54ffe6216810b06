"""Numbers: the legend's part that says, layer by layer, what value has full colour and what edge full ink."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import ImageDraw

from nodelink.gl.resolve import FULL, ink_colour
from nodelink.gl.text import font, text_length
from nodelink.graph.prepare import BASE_EXPOSURE, OWN_EXPOSURE, POOLS, Graph, exposures
from nodelink.graph.scales import Scales
from nodelink.graph.shown import Shown
from nodelink.nn.calibration import INK_EXPONENT
from nodelink.settings import Settings
from nodelink.theme import Theme

SAMPLES = (1.0, 0.5, 0.25)  # strengths shown as lines, in shares of the layer's full value
TOGETHER = (1, 10, 100, 1000)  # so many equal edges over one another make a sample that can be seen
SEEN = 0.4  # of the background that a full sample covers at least
USUAL_WIDTH = 0.0017  # of an edge in a start view of usual size, as a share of the network's extent
ROW = 1.42  # height of a row of text, in font sizes
COLUMN, PLAIN_COLUMN = 3.9, 3.2  # width of a layer's column at least, in font sizes, with samples and without
LINE, SPACE = 0.85, 0.2  # length of a sample line, and the gap to the next, in font sizes

Paint = Callable[[ImageDraw.ImageDraw, int, int], None]


@dataclass(frozen=True)
class Stance:
    """What the picture shows beside the answer itself."""

    standing: bool = False  # some edges stand out: they are drawn as if each were alone
    full: tuple[
        float, ...
    ] = ()  # of a trace: |value| at full ink, of the edges that arrive at each layer; else empty
    kept: float = 0.0  # share of the trace that is drawn, 0 to 1
    through: bool = False  # the trace goes on from the node to the first guess
    back: bool = True  # and leads to it from the pixels: it is none of them
    difference: bool = False  # values are those of B less those of A


@dataclass(frozen=True, eq=False)
class Facts:
    """What the legend has to say."""

    graph: Graph
    settings: Settings  # palette, scale, edge mode, exposure, held-back share, strongest share
    scales: Scales
    shown: Shown
    theme: Theme
    width: float  # of an edge, world units
    stance: Stance

    @property
    def layers(self) -> list[int]:
        """The indices of the layers that are shown."""
        return [i for i, seen in enumerate(self.shown.layers) if seen]

    @property
    def weights(self) -> bool:
        """Whether ink shows weights."""
        return self.settings.edges == "weights" and not self.stance.full

    @cached_property
    def ink(self) -> NDArray[np.float64]:
        """Ink of one full edge into every layer, of those that stand out where some do."""
        if self.stance.standing:
            own = BASE_EXPOSURE if self.stance.full else OWN_EXPOSURE
            return np.full(len(self.shown.layers), own * self.settings.exposure)
        return exposures(self.graph, self.settings.exposure, self.width)[1 if self.weights else 0]

    @cached_property
    def many(self) -> bool:
        """Whether one edge alone is too faint to be a sample, in any layer.

        Neither zoom nor mode nor exposure decide it: the legend keeps its size, and the view that leaves it room.
        """
        usual = USUAL_WIDTH * float(np.ptp(self.graph.layout.positions["3d"], axis=0).max())
        inks = np.minimum(*exposures(self.graph, 1.0, usual))
        return any(_together(float(inks[i])) > 1 for i in self.layers if i)


@dataclass(frozen=True)
class Block:
    """A part of the legend: its size in pixels, and how it is painted with its upper left corner at (x, y)."""

    width: int
    height: int
    paint: Paint


def number(value: float) -> str:
    """A short number: two significant digits, more only before the point; what is very small as "9.9e-4"."""
    if value and abs(float(f"{value:.2g}")) < 1e-3:
        digits, power = f"{value:.1e}".split("e")
        return f"{float(digits):g}e{int(power)}"
    return f"{value:.2g}" if abs(value) < 10 else f"{value:.0f}"


def length(text: str, size: int) -> int:
    """Whole pixels that a text takes."""
    return int(np.ceil(text_length(text, size)))


def across(facts: Facts, size: int, layers: Sequence[int], samples: bool) -> Block:
    """A column a layer: its name, the value of a node at full colour, of an edge at full ink, and such edges."""
    theme, row, face = facts.theme, round(size * ROW), font(size)
    heads, cells = _heads(facts), _cells(facts, layers)
    if samples:
        heads += _sample_heads(facts)
        cells = [[*column, "", *_times(facts, layer)] for layer, column in zip(layers, cells, strict=True)]
    first = max(length(head, size) for head in heads) + round(size * 0.9)
    least = round(size * (COLUMN if samples else PLAIN_COLUMN))
    widths = [max([least, *(length(cell, size) + round(size * 0.8) for cell in column)]) for column in cells]

    def paint(draw: ImageDraw.ImageDraw, x: int, y: int) -> None:
        for i, head in enumerate(heads):
            draw.text((x, y + i * row), head, font=face, fill=theme.text_dim)
        x += first
        for layer, column, width in zip(layers, cells, widths, strict=True):
            for i, cell in enumerate(column):
                draw.text((x, y + i * row), cell, font=face, fill=_colour(theme, cell))
            if samples and _has_samples(facts, layer):
                _samples(draw, facts, layer, (x, y + 3 * row), size)
            x += width

    return Block(first + sum(widths) - round(size * 0.8), len(heads) * row, paint)


def down(facts: Facts, size: int, samples: bool) -> Block:
    """The same with a row a layer, for a legend that stands upright."""
    theme, row, face, layers = facts.theme, round(size * ROW), font(size), facts.layers
    relative, edge = facts.settings.scale == "relative", _edge(facts)
    heads = [
        ("", "layer"),
        ("largest", "value now") if relative else ("node at", "full colour"),
        ("strongest", "edge now") if _is_own(facts) else (f"{edge} at", "full ink"),
    ]
    if not any(_full(facts, layer) for layer in layers):
        heads[-1] = "no edge", "is shown"
    if samples:
        more = [(f"{edge} of", "full, 1/2, 1/4"), *([("drawn", "times")] if facts.many else [])]
        heads += more if _any_samples(facts) else [("", "")] * len(more)
    named = zip(layers, _cells(facts, layers), strict=True)
    cells = [[*column, "", *_times(facts, layer)] for layer, column in named]
    widths = [
        max(length(text, size) for text in [*head, *(line[i] for line in cells)]) + round(size * 0.9)
        for i, head in enumerate(heads)
    ]

    def paint(draw: ImageDraw.ImageDraw, x: int, y: int) -> None:
        for i, (head, width) in enumerate(zip(heads, widths, strict=True)):
            for j, text in enumerate(head):
                draw.text((x, y + j * row), text, font=face, fill=theme.text_dim)
            for j, (layer, line) in enumerate(zip(layers, cells, strict=True)):
                top = y + round((j + 2.15) * row)
                draw.text((x, top), line[i], font=face, fill=_colour(theme, line[i]))
                if i == 3 and _has_samples(facts, layer):
                    _samples(draw, facts, layer, (x, top), size)
            x += width

    return Block(sum(widths) - round(size * 0.9), round((len(layers) + 2.15) * row), paint)


def extent(facts: Facts) -> list[str]:
    """The numbers of all layers in two lines, for where there is no room for more."""
    columns = _cells(facts, facts.layers)
    found = []
    for row, head in ((1, "full colour"), (2, "full ink")):
        values = sorted({float(c[row]) for c in columns if c[row] and c[row] != "none"})
        if values:
            several = f"{number(values[0])} to {number(values[-1])}, by layer"
            found.append(f"{head}: {several if len(values) > 1 else number(values[0])}")
    return found


def _heads(facts: Facts) -> list[str]:
    relative = facts.settings.scale == "relative"
    edge = "strongest edge now" if _is_own(facts) else f"{_edge(facts)} at full ink"
    if not any(_full(facts, layer) for layer in facts.layers):
        edge = "no edge is shown"
    return ["layer", "largest value now" if relative else "node at full colour", edge]


def _sample_heads(facts: Facts) -> list[str]:
    """Empty where there is nothing to show: the rows stay, for the legend keeps its size."""
    heads = [f"{_edge(facts)} of full, 1/2, 1/4", *(["drawn so many times"] if facts.many else [])]
    return heads if _any_samples(facts) else [""] * len(heads)


def _is_own(facts: Facts) -> bool:
    """Whether the strongest edge of what is shown now has full ink, not the usual one."""
    return bool(facts.stance.full) or (facts.settings.scale == "relative" and not facts.weights)


def _edge(facts: Facts) -> str:
    return "weight" if facts.weights else "edge"


def _cells(facts: Facts, layers: Sequence[int]) -> list[list[str]]:
    """Name, number at full colour, number at full ink of every layer."""
    names = [facts.graph.network.stages[layer].name for layer in layers]
    nodes = [number(float(facts.scales.nodes[layer])) for layer in layers]
    return [[name, node, _full(facts, i)] for name, node, i in zip(names, nodes, layers, strict=True)]


def _times(facts: Facts, layer: int) -> list[str]:
    """How many edges its samples stand for, where that is said at all."""
    if not facts.many:
        return []
    return [f"{_together(float(facts.ink[layer]))}" if _has_samples(facts, layer) else ""]


def _colour(theme: Theme, cell: str) -> str:
    return theme.text_dim if cell == "none" else theme.text


def _full(facts: Facts, layer: int) -> str:
    """The number at full ink of the edges that arrive at a layer."""
    if layer == 0 or not facts.shown.pairs[layer]:
        return ""
    if facts.stance.full:
        full = facts.stance.full[layer]
        return number(full) if full else "none"
    if not facts.weights:
        return number(float(facts.scales.edges[layer]))
    if facts.graph.network.stages[layer].kind in POOLS:
        return "none"
    return number(float(facts.graph.weight_full[layer]))


def _has_samples(facts: Facts, layer: int) -> bool:
    return _full(facts, layer) not in ("", "none")


def _any_samples(facts: Facts) -> bool:
    return any(_has_samples(facts, layer) for layer in facts.layers)


def _together(ink: float) -> int:
    """The least of TOGETHER that makes full edges of so much ink each cover SEEN of the background."""
    return next((n for n in TOGETHER if n * FULL * ink / (1 + n * FULL * ink) >= SEEN), TOGETHER[-1])


def _samples(draw: ImageDraw.ImageDraw, facts: Facts, layer: int, at: tuple[int, int], size: int) -> None:
    """Sample lines, positive above negative, as thick as drawn, on a strip of the scene's own background."""
    theme, (x, y) = facts.theme, at
    ink = float(facts.ink[layer])
    ink *= _together(ink) if facts.many else 1
    line, gap, thick = round(size * LINE), round(size * SPACE), max(1, round(size / 10))
    wide = len(SAMPLES) * (line + gap) + gap
    draw.rectangle((x, y, x + wide, y + round(size * 1.2)), theme.background_top)
    for sign, level in ((1, 0.35), (-1, 0.85)):
        for i, strength in enumerate(SAMPLES):
            left, high = x + gap + i * (line + gap), y + round(size * level)
            draw.line((left, high, left + line, high), _sample(theme, sign * ink, strength), thick)


@lru_cache(maxsize=512)
def _sample(theme: Theme, ink: float, strength: float) -> str:
    """The colour of an edge's ink, of full strength `ink` with its sign, at this strength."""
    amount = ink * strength**INK_EXPONENT
    return colour_code(ink_colour(max(amount, 0.0), max(-amount, 0.0), strength, theme))


def colour_code(colour: NDArray[np.float32]) -> str:
    """A colour (3,) in [0, 1] as "#rrggbb"."""
    return "#" + "".join(f"{round(255 * float(c)):02x}" for c in np.clip(colour, 0, 1))
