"""Tag: the little panel beside a node that says which it is and what its value is. Pixels from the left and the top."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from PIL import Image, ImageDraw

from nodelink.gl.place import Box, meet, within
from nodelink.gl.text import Picture, font, premultiplied, text_length
from nodelink.theme import Theme

GAP = 0.55  # between node and panel, in font sizes
SLABS = 0.4  # what it costs to lie over cells, beside what is written


@lru_cache(maxsize=256)
def panel(name: str, value: str, size: int, theme: Theme) -> Picture:
    """A node's name and value as a picture; size: of the font, pixels."""
    pad, small = round(size * 0.5), max(9, round(size * 0.86))
    wide = round(max(text_length(name, small), text_length(value, size))) + 2 * pad
    row = round(size * 1.3)
    image = Image.new("RGBA", (wide + 1, 2 * row + pad), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    frame = (0, 0, image.width - 1, image.height - 1)
    draw.rounded_rectangle(frame, round(size * 0.4), theme.panel_raised + "f0", theme.accent + "ff")
    draw.text((pad, pad // 2), name, font=font(small), fill=theme.text_dim)
    draw.text((pad, pad // 2 + row), value, font=font(size), fill=theme.text)
    return premultiplied(image)


def place(
    node: Box,
    size: tuple[int, int],
    gap: float,
    room: Box,
    nodes: Sequence[Box],
    others: Sequence[Box],
    slabs: Sequence[Box] = (),
) -> tuple[float, float]:
    """Left and top of a panel of `size` beside a node's box: inside the room, off all `nodes`, of the places around the
    node the first that covers least of the `others`, which are written, and of the `slabs`."""
    best, least = (node[2] + gap, node[1] - gap - size[1]), float("inf")
    for left, top in _around(node, size, gap):
        box = (left, top, left + size[0], top + size[1])
        dx, dy = within(box, room)
        box = (left + dx, top + dy, box[2] + dx, box[3] + dy)
        cost = 100.0 * sum(_overlap(box, one) for one in (node, *nodes))
        cost += sum(max(_overlap(box, other), _overlap(other, box)) for other in others)  # a digit is small
        cost += SLABS * sum(_overlap(box, slab) for slab in slabs) + 0.001 * (abs(dx) + abs(dy))
        if cost < least - 1e-9:
            best, least = (box[0], box[1]), cost
    return best


def _around(node: Box, size: tuple[int, int], gap: float) -> list[tuple[float, float]]:
    """Where a panel could stand: at the corners, then at the sides."""
    left, top, right, bottom = node
    wide, high = size
    middle_x, middle_y = (left + right - wide) / 2, (top + bottom - high) / 2
    west, east, north, south = left - gap - wide, right + gap, top - gap - high, bottom + gap
    corners = [(east, north), (west, north), (east, south), (west, south)]
    sides = [(east, middle_y), (west, middle_y), (middle_x, north), (middle_x, south)]
    farther = [
        (x + 3 * gap * a, y + 3 * gap * b)
        for (x, y), a, b in zip(corners, (1, -1, 1, -1), (-1, -1, 1, 1), strict=True)
    ]
    return [*corners, *sides, *farther]


def _overlap(a: Box, b: Box) -> float:
    """The share of `a` that `b` covers."""
    if not meet(a, b):
        return 0.0
    across, down = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    return across * down / ((a[2] - a[0]) * (a[3] - a[1]))
