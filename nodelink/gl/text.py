"""Text and small pictures over the scene: rendered once by Pillow into an atlas, drawn as quads in pixels."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from vispy import gloo

ATLAS = 2048  # edge of the atlas, pixels

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


@dataclass(frozen=True)
class Label:
    """One line of text. `anchor` is the point of its box, in shares of width and height, that lies at `at`."""

    text: str
    at: tuple[float, float]  # pixels from the left and the top
    size: int  # of the font, pixels
    colour: str
    halo: str  # a soft rim in the background's colour keeps text readable over ink
    anchor: tuple[float, float] = (0.5, 0.5)


@lru_cache(maxsize=32)
def font(size: int) -> ImageFont.FreeTypeFont:
    """The face that Pillow carries: the same letters on every machine. It has no times sign; write x."""
    face = ImageFont.load_default(size)
    if not isinstance(face, ImageFont.FreeTypeFont):
        raise RuntimeError("this Pillow was built without FreeType: the scene's labels need it")
    return face


@lru_cache(maxsize=512)
def text_picture(text: str, size: int, colour: str, halo: str) -> Picture:
    """A line of text with its rim, as tall as the font's line."""
    rim = max(2, size // 7)
    face = font(size)
    ascent, descent = face.getmetrics()
    width = int(np.ceil(face.getlength(text))) + 2 * rim
    image = Image.new("RGBA", (width, ascent + descent + 2 * rim), halo + "00")
    draw = ImageDraw.Draw(image)
    draw.text((rim, rim), text, font=face, fill=halo + "b0", stroke_width=rim, stroke_fill=halo + "b0")
    draw.text((rim, rim), text, font=face, fill=colour)
    return premultiplied(image)


def premultiplied(image: Image.Image) -> Picture:
    """RGBA pixels with colour multiplied by alpha, as the blending here wants them."""
    data = np.asarray(image.convert("RGBA")).astype(np.uint16)
    data[..., :3] = data[..., :3] * data[..., 3:] // 255
    return data.astype(np.uint8)


def box(label: Label) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of a label in pixels."""
    height, width = text_picture(label.text, label.size, label.colour, label.halo).shape[:2]
    left, top = label.at[0] - label.anchor[0] * width, label.at[1] - label.anchor[1] * height
    return left, top, left + width, top + height


class Overlay:
    """Draws labels and pictures at whole pixels over the current framebuffer."""

    def __init__(self) -> None:
        self.program = gloo.Program(VERTEX, FRAGMENT)
        self._atlas = gloo.Texture2D((ATLAS, ATLAS, 4), format="rgba", interpolation="nearest")
        self.program["u_atlas"] = self._atlas
        self._places: dict[object, tuple[int, int, int, int]] = {}  # left, top, width, height in the atlas
        self._pen = (0, 0, 0)  # x, y of the next picture, height of this shelf
        self._quads = gloo.VertexBuffer()

    def draw(
        self,
        labels: list[Label],
        pictures: list[tuple[object, Picture, tuple[float, float]]],
        size: tuple[int, int],
    ) -> None:
        """labels: lines of text; pictures: (key, pixels, left and top); size: of the framebuffer, pixels."""
        items: list[tuple[object, Picture, tuple[float, float]]] = list(pictures)
        for label in labels:
            picture = text_picture(label.text, label.size, label.colour, label.halo)
            items.append(((label.text, label.size, label.colour, label.halo), picture, box(label)[:2]))
        if not items:
            return
        if any(self._place(key, picture) is None for key, picture, _ in items):
            self._places.clear()  # the atlas is full of texts of the past: start again
            self._pen = (0, 0, 0)
        quads = [self._quad(self._place(key, picture), at) for key, picture, at in items]
        data = np.zeros(len(quads) * 6, [("a_position", "f4", 2), ("a_uv", "f4", 2)])
        data["a_position"] = np.concatenate([q[0] for q in quads])
        data["a_uv"] = np.concatenate([q[1] for q in quads])
        self._quads.set_data(data)
        self.program.bind(self._quads)
        self.program["u_size"] = size
        gloo.set_state(
            depth_test=False, blend=True, blend_func=("one", "one_minus_src_alpha"), cull_face=False
        )
        self.program.draw("triangles")

    def _place(self, key: object, picture: Picture) -> tuple[int, int, int, int] | None:
        """Where a picture lies in the atlas, put there if it is new; None when there is no room."""
        if key in self._places:
            return self._places[key]
        height, width = picture.shape[:2]
        x, y, shelf = self._pen
        if x + width > ATLAS:
            x, y, shelf = 0, y + shelf, 0
        if y + height > ATLAS or width > ATLAS:
            return None
        self._atlas.set_data(np.ascontiguousarray(picture), offset=(y, x))
        self._pen = (x + width, y, max(shelf, height))
        self._places[key] = (x, y, width, height)
        return self._places[key]

    @staticmethod
    def _quad(
        place: tuple[int, int, int, int] | None, at: tuple[float, float]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Two triangles: pixel positions and texture coordinates, (6, 2) each. A picture without room is a point."""
        left, top, width, height = place or (0, 0, 0, 0)
        corners = np.array([[0, 0], [1, 0], [0, 1], [0, 1], [1, 0], [1, 1]], np.float32) * (width, height)
        uv = (np.array([left, top]) + corners) / ATLAS
        return (np.round(at) + corners).astype(np.float32), uv.astype(np.float32)
