"""Resolve: from ink to the colours of the screen, in two passes: ink becomes hue and coverage in a buffer of its own
size, then that is laid over background and slabs. The same mapping stands here for the GPU and, in numpy, for the
legend, so that the legend cannot differ from the picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from vispy import gloo

from nodelink.theme import Theme, rgb

FULL = 2.2  # k of k * ink / (1 + k * ink): how much of the background the ink covers
OVER_NODES = 0.15  # the most that ink in front of a slab may cover of a cell's colour
SHARPEN = (
    0.25  # the balance at which the hue is about half way to one side: a clear majority shows its own hue
)
STANDS_OUT = 0.35  # mean strength of the edges at a pixel from which they turn to the strong hue

VERTEX = """
attribute vec2 a_position;
varying vec2 v_at;
void main() {
    v_at = a_position * 0.5 + 0.5;
    gl_Position = vec4(a_position, 0.0, 1.0);
}
"""

# no exp, pow or sin: on a software rasterizer each costs as much as all the rest
TINT = """
uniform sampler2D u_ink;
uniform vec3 u_positive;
uniform vec3 u_negative;
uniform vec3 u_positive_strong;
uniform vec3 u_negative_strong;
uniform vec3 u_mixed;
uniform float u_full;
uniform float u_sharpen;
uniform float u_stands_out;
varying vec2 v_at;
void main() {
    vec4 ink = texture2D(u_ink, v_at);
    float total = ink.r + ink.g;
    float strong = ink.b + ink.a;
    float cover = u_full * total / (1.0 + u_full * total);
    float balance = (ink.b - ink.a) / max(strong, 1e-9);
    float side = abs(balance) * (1.0 + u_sharpen) / (abs(balance) + u_sharpen);
    float stand_out = clamp((strong / max(total, 1e-9) - u_stands_out) / (1.0 - u_stands_out), 0.0, 1.0) * cover;
    vec3 hue = balance > 0.0 ? mix(u_positive, u_positive_strong, stand_out)
                             : mix(u_negative, u_negative_strong, stand_out);
    gl_FragColor = vec4(mix(u_mixed, hue, side) * cover, cover);
}
"""

# tint, slab and the result have their colour multiplied by alpha
COMPOSE = """
uniform sampler2D u_slabs;
uniform sampler2D u_tint;
uniform sampler2D u_ground;
uniform float u_cap;
uniform float u_opaque;
varying vec2 v_at;
void main() {
    vec4 tint = texture2D(u_tint, v_at);
    vec4 slab = texture2D(u_slabs, v_at);
    float capped = min(1.0, u_cap / max(tint.a, 1e-4));
    vec4 ground = vec4(texture2D(u_ground, v_at).rgb, 1.0) * u_opaque;
    vec4 behind = ground * (1.0 - tint.a) + tint;
    vec4 front = slab * (1.0 - tint.a * capped) + vec4(tint.rgb, tint.a) * (capped * slab.a);
    gl_FragColor = behind * (1.0 - slab.a) + front;
}
"""

# where edges stand out: their tint over that of the others, which is faded
STANDING = COMPOSE.replace(
    "uniform float u_cap;", "uniform sampler2D u_own;\nuniform float u_rest;\nuniform float u_cap;"
).replace(
    "    vec4 slab",
    "    vec4 own = texture2D(u_own, v_at);\n    tint = own + tint * u_rest * (1.0 - own.a);\n    vec4 slab",
)

COPY = """
uniform sampler2D u_picture;
varying vec2 v_at;
void main() {
    gl_FragColor = texture2D(u_picture, v_at);
}
"""


class Resolve:
    """The two full-screen passes."""

    def __init__(self) -> None:
        corners = np.array([[-1, -1], [1, -1], [-1, 1], [1, 1]], np.float32)
        self._tint = gloo.Program(VERTEX, TINT)
        self._tint["a_position"] = corners
        self._tint["u_sharpen"] = SHARPEN
        self._tint["u_stands_out"] = STANDS_OUT
        self._compose, self._standing = (gloo.Program(VERTEX, code) for code in (COMPOSE, STANDING))
        for program in (self._compose, self._standing):
            program["a_position"] = corners
            program["u_cap"] = OVER_NODES
        self._copy = gloo.Program(VERTEX, COPY)
        self._copy["a_position"] = corners
        self._ground: tuple[object, gloo.Texture2D] | None = None

    def tint(self, ink: gloo.Texture2D, theme: Theme, scale: float = 1.0) -> None:
        """Draw the colour of the ink, which is `scale` times itself, into the current framebuffer of its size."""
        self._tint["u_full"] = FULL / scale
        self._tint["u_ink"] = ink
        for name in ("positive", "negative", "positive_strong", "negative_strong", "mixed"):
            self._tint[f"u_{name}"] = rgb(getattr(theme, f"ink_{name}"))
        gloo.set_state(depth_test=False, blend=False, cull_face=False)
        self._tint.draw("triangle_strip")

    def copy(self, picture: gloo.Texture2D) -> None:
        """Draw a picture into the current framebuffer; one twice as fine is averaged, four pixels to one."""
        self._copy["u_picture"] = picture
        gloo.set_state(depth_test=False, blend=False, cull_face=False)
        self._copy.draw("triangle_strip")

    def compose(
        self,
        slabs: gloo.Texture2D,
        tint: gloo.Texture2D,
        size: tuple[int, int],
        theme: Theme,
        transparent: bool,
        own: gloo.Texture2D | None = None,
        rest: float = 1.0,
    ) -> None:
        """Draw into the current framebuffer of `size` pixels; transparent: without background, premultiplied alpha.

        own: the tint of edges that stand out; rest: how strongly the others are then shown, 0 to 1.
        """
        if self._ground is None or self._ground[0] != (size, theme.name):
            self._ground = ((size, theme.name), gloo.Texture2D(ground(size, theme), interpolation="nearest"))
        program = self._compose if own is None else self._standing
        if own is not None:
            program["u_own"], program["u_rest"] = own, rest
        program["u_slabs"] = slabs
        program["u_tint"] = tint
        program["u_ground"] = self._ground[1]
        program["u_opaque"] = 0.0 if transparent else 1.0
        gloo.set_state(depth_test=False, blend=False, cull_face=False)
        program.draw("triangle_strip")


def ground(size: tuple[int, int], theme: Theme) -> NDArray[np.uint8]:
    """The soft background (H, W, 4), lightest in the middle, with half a step of grain against banding."""
    width, height = size
    x = (np.arange(width) / width - 0.5) * min(width / height, 1.6)
    y = np.arange(height) / height - 0.5
    t = np.clip(np.hypot(x, y[:, None]) / 0.95, 0, 1)[..., None].astype(np.float32)
    t = t * t * (3 - 2 * t)
    colour = (rgb(theme.background_top) * (1 - t) + rgb(theme.background_bottom) * t) * 255
    grain = np.random.default_rng(0).random((height, width, 1), np.float32)
    return np.concatenate([np.floor(colour + grain), np.full_like(grain, 255)], axis=-1).astype(np.uint8)


def ink_colour(
    positive: ArrayLike, negative: ArrayLike, strength: ArrayLike, theme: Theme
) -> NDArray[np.float32]:
    """What the pass makes of ink on the middle of the background: colours (..., 3) in [0, 1].

    positive, negative: summed ink; strength: the mean strength in [0, 1] of the edges that left it.
    """
    p, n, s = (np.asarray(v, np.float64)[..., None] for v in (positive, negative, strength))
    total = p + n
    cover = FULL * total / (1 + FULL * total)
    balance = np.divide(p - n, total, out=np.zeros_like(total), where=total > 0)
    side = np.abs(balance) * (1 + SHARPEN) / (np.abs(balance) + SHARPEN)
    stand_out = np.clip((s - STANDS_OUT) / (1 - STANDS_OUT), 0, 1) * cover
    warm = rgb(theme.ink_positive) * (1 - stand_out) + rgb(theme.ink_positive_strong) * stand_out
    cool = rgb(theme.ink_negative) * (1 - stand_out) + rgb(theme.ink_negative_strong) * stand_out
    hue = rgb(theme.ink_mixed) * (1 - side) + np.where(balance > 0, warm, cool) * side
    return np.asarray(rgb(theme.background_top) * (1 - cover) + hue * cover, np.float32)
