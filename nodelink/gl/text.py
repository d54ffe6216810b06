"""Text and small pictures over the scene: rendered once by Pillow into an atlas, drawn as quads in pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor, ImageDraw, ImageFont
from vispy import gloo

ATLAS = 2048  # edge of the atlas, pixels; twice that for pictures that are larger

VERTEX = """
uniform vec2 u_size;
attribute vec2 a_position;
attribute vec2 a_uv;
varying vec2 v_uv;
void main() {
    v_uv = a_uv;
    gl_Position = vec4(a_position.x / u_size.x * 2.0 - 1.0, 1.0 - a_position.y / u_size.y * 2.0, 0.0, 1.0);
}
"""

FRAGMENT = """
uniform sampler2D u_atlas;
varying vec2 v_uv;
void main() {
    gl_FragColor = texture2D(u_atlas, v_uv);
}
"""

Picture = NDArray[np.uint8]  # (height, width, 4), premultiplied
Place = tuple[int, int, int, int]  # left, top, width, height in the atlas
NOWHERE: Place = (0, 0, 0, 0)
Quad = tuple[NDArray[np.float32], NDArray[np.float32]]  # pixels and texels (6, 2) of two triangles


@dataclass(frozen=True)
class Label:
    """One line of text. `anchor` is the point of its box, in shares of width and height, that lies at `at`."""

    text: str
    at: tuple[float, float]  # pixels from the left and the top
    size: int  # of the font, pixels
    colour: str
    halo: str  # a soft rim in the background's colour keeps text readable over ink; "" for none
    anchor: tuple[float, float] = (0.5, 0.5)


@dataclass(frozen=True)
class Leader:
    """A thin line from what is written to what it is about."""

    start: tuple[float, float]  # pixels from the left and the top
    end: tuple[float, float]
    colour: str
    solid: bool = False  # an outline, not a hint


@lru_cache(maxsize=32)
def font(size: int) -> ImageFont.FreeTypeFont:
    """The face that Pillow carries: the same letters on every machine. It has no times sign; write x."""
    face = ImageFont.load_default(size)
    if not isinstance(face, ImageFont.FreeTypeFont):
        raise RuntimeError("this Pillow was built without FreeType: the scene's labels need it")
    return face


@lru_cache(maxsize=4096)
def text_length(text: str, size: int) -> float:
    """Width of a line of text in pixels."""
    return float(font(size).getlength(text))


@lru_cache(maxsize=512)
def text_picture(text: str, size: int, colour: str, halo: str) -> Picture:
    """A line of text with its rim, as tall as the font's line."""
    rim = rim_of(size)
    face = font(size)
    ascent, descent = face.getmetrics()
    width = int(np.ceil(text_length(text, size))) + 2 * rim
    image = Image.new("RGBA", (width, ascent + descent + 2 * rim), (halo or colour) + "00")
    draw = ImageDraw.Draw(image)
    if halo:
        draw.text((rim, rim), text, font=face, fill=halo + "b0", stroke_width=rim, stroke_fill=halo + "b0")
    draw.text((rim, rim), text, font=face, fill=colour)
    return premultiplied(image)


def premultiplied(image: Image.Image) -> Picture:
    """RGBA pixels with colour multiplied by alpha, as the blending here wants them."""
    return np.asarray(image.convert("RGBA").convert("RGBa"))


def box(label: Label) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of a label's picture in pixels; `anchor` is of the letters, without their rim."""
    height, width = text_picture(label.text, label.size, label.colour, label.halo).shape[:2]
    rim = rim_of(label.size)
    left = label.at[0] - label.anchor[0] * (width - 2 * rim) - rim
    top = label.at[1] - label.anchor[1] * (height - 2 * rim) - rim
    return left, top, left + width, top + height


def rim_of(size: int) -> int:
    """Pixels of the soft rim around letters of a size."""
    return max(2, size // 7)


class Overlay:
    """Draws labels, leaders and pictures at whole pixels over the current framebuffer."""

    def __init__(self) -> None:
        self.program = gloo.Program(VERTEX, FRAGMENT)
        self._edge = 0  # of the atlas, pixels
        self._places: dict[object, Place] = {}
        self._quads, self._sheet = gloo.VertexBuffer(), gloo.VertexBuffer()
        self._written: tuple[object, ...] = ()  # what is in them
        self._sheets: dict[object, gloo.Texture2D] = {}  # pictures, too large for the atlas

    def draw(
        self,
        labels: Sequence[Label],
        pictures: Sequence[tuple[object, Picture, tuple[float, float]]],
        size: tuple[int, int],
        leaders: Sequence[Leader] = (),
    ) -> None:
        """labels: lines of text; pictures: (key, pixels, left and top); size: of the framebuffer, pixels."""
        self.program["u_size"] = size
        gloo.set_state(
            depth_test=False, blend=True, blend_func=("one", "one_minus_src_alpha"), cull_face=False
        )
        self._draw_pictures(pictures)
        if labels or leaders:
            self._make_room(ATLAS if max(size) <= ATLAS else 2 * ATLAS)
        self._draw_texts(labels, leaders, size[1])

    def _draw_texts(self, labels: Sequence[Label], leaders: Sequence[Leader], height: int) -> None:
        if not labels and not leaders:
            return
        written = tuple(labels), tuple(leaders), height
        if written != self._written:
            if not self._find_room(labels, leaders):
                self._forget()  # the atlas is full of texts of the past: start again
                if not self._find_room(labels, leaders) and len(labels) > 1:  # more than it ever holds
                    half = len(labels) // 2
                    self._draw_texts(labels[:half], leaders, height)
                    self._draw_texts(labels[half:], (), height)
                    return
            self._quads.set_data(self._laid_out(labels, leaders, height))
            self._written = written
        self._draw(self._quads, self._atlas)

    def _find_room(self, labels: Sequence[Label], leaders: Sequence[Leader]) -> bool:
        """Put the pictures of all texts and leaders into the atlas; whether they fit."""
        pictures = [*map(_stroke_of, leaders), *map(_text_of, labels)]
        return all(self._place(key, picture) is not None for key, picture in pictures)

    def _laid_out(self, labels: Sequence[Label], leaders: Sequence[Leader], height: int) -> NDArray[np.void]:
        """The triangles of all texts and leaders, their pictures in the atlas."""
        thick = max(1.0, height / 700)
        lines = [_line(self._place(*_stroke_of(leader)) or NOWHERE, leader, thick) for leader in leaders]
        places = [self._place(*_text_of(label)) or NOWHERE for label in labels]
        quads = [*lines, *([_quads(places, [box(label)[:2] for label in labels])] if labels else [])]
        return _triangles(quads, self._edge)

    def _draw_pictures(self, pictures: Sequence[tuple[object, Picture, tuple[float, float]]]) -> None:
        """Each from a texture of its own, kept as long as it is drawn."""
        kept = {key: self._sheets[key] for key, _, _ in pictures if key in self._sheets}
        for key, picture, at in pictures:
            height, width = picture.shape[:2]
            if key not in kept:
                kept[key] = gloo.Texture2D(
                    np.ascontiguousarray(picture), format="rgba", interpolation="nearest"
                )
            positions, uv = _quads([(0, 0, width, height)], [at])
            shares = (uv / (width, height)).astype(np.float32)
            self._sheet.set_data(_triangles([(positions, shares)], 1))
            self._draw(self._sheet, kept[key])
        self._sheets = kept

    def _draw(self, triangles: gloo.VertexBuffer, texture: gloo.Texture2D) -> None:
        self.program.bind(triangles)
        self.program["u_atlas"] = texture
        self.program.draw("triangles")

    def _make_room(self, edge: int) -> None:
        if self._edge != edge:
            self._edge = edge
            self._atlas = gloo.Texture2D((edge, edge, 4), format="rgba", interpolation="nearest")
            self._forget()

    def _forget(self) -> None:
        self._places.clear()
        self._written = ()
        self._pen = (0, 0, 0)  # x, y of the next picture, height of this shelf

    def _place(self, key: object, picture: Picture) -> Place | None:
        """Where a picture lies in the atlas, put there if it is new; None when there is no room."""
        if key in self._places:
            return self._places[key]
        height, width = picture.shape[:2]
        x, y, shelf = self._pen
        if x + width > self._edge:
            x, y, shelf = 0, y + shelf, 0
        if y + height > self._edge or width > self._edge:
            return None
        self._atlas.set_data(np.ascontiguousarray(picture), offset=(y, x))
        self._pen = (x + width, y, max(shelf, height))
        self._places[key] = (x, y, width, height)
        return self._places[key]


def _triangles(quads: Sequence[Quad], edge: int) -> NDArray[np.void]:
    """Vertices with texture coordinates in texels of a square texture of `edge`, or in shares (edge 1)."""
    data = np.zeros(sum(len(q[0]) for q in quads), [("a_position", "f4", 2), ("a_uv", "f4", 2)])
    data["a_position"] = np.concatenate([q[0] for q in quads])
    data["a_uv"] = np.concatenate([q[1] for q in quads]) / edge
    return data


def _text_of(label: Label) -> tuple[object, Picture]:
    """Its key in the atlas, and its picture."""
    key = label.text, label.size, label.colour, label.halo
    return key, text_picture(*key)


def _stroke_of(leader: Leader) -> tuple[object, Picture]:
    return ("leader", leader.colour, leader.solid), _stroke(leader.colour, leader.solid)


def _quads(places: Sequence[Place], at: Sequence[tuple[float, float]]) -> Quad:
    """Two triangles each: pixel positions and texels, (6 n, 2). A picture without room is a point."""
    where = np.array(places, np.float32)  # (n, 4) left, top, width, height
    corners = where[:, None, 2:] * np.array([[0, 0], [1, 0], [0, 1], [0, 1], [1, 0], [1, 1]], np.float32)
    positions = np.round(np.array(at))[:, None] + corners  # (n, 6, 2)
    return positions.reshape(-1, 2).astype(np.float32), (where[:, None, :2] + corners).reshape(-1, 2)


@lru_cache(maxsize=16)
def _stroke(colour: str, solid: bool) -> Picture:
    """Across a leader, one texel wide: soft at both edges."""
    image = Image.new("RGBA", (1, 12), colour + "00")
    for y in range(12):
        alpha = round((255 if solid else 150) * min(1.0, (6 - abs(y - 5.5)) / 4))
        image.putpixel((0, y), (*ImageColor.getrgb(colour), alpha))
    return premultiplied(image)


def _line(place: Place, leader: Leader, thick: float) -> Quad:
    """A leader as two triangles, twice as wide as it looks: its edges fade."""
    left, top, _, height = place
    start, end = np.array(leader.start), np.array(leader.end)
    along = end - start
    across = np.array([-along[1], along[0]]) / max(1e-6, float(np.hypot(*along))) * thick
    corners = np.array(
        [start - across, end - across, start + across, start + across, end - across, end + across]
    )
    v = np.array([0, 0, height, height, 0, height], np.float64)
    uv = np.stack([np.full(6, left + 0.5), top + v], axis=1)
    return corners.astype(np.float32), uv.astype(np.float32)
