"""Resolve: one pass from slabs and ink to the colours of the screen. The same mapping stands here for the GPU and, in
numpy, for the legend, so that the legend cannot differ from the picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from vispy import gloo

from nodelink.theme import Theme, rgb

FULL = 2.2  # k of 1 - exp(-k * ink)
OVER_NODES = 0.3  # the most that ink in front of a slab may cover of a cell's colour
SHARPEN = 0.45  # exponent of the balance: a clear majority shows its own hue, not a mixture

VERTEX = """
attribute vec2 a_position;
varying vec2 v_at;
void main() {
    v_at = a_position * 0.5 + 0.5;
    gl_Position = vec4(a_position, 0.0, 1.0);
}
"""

FRAGMENT = """
uniform sampler2D u_slabs;
uniform sampler2D u_ink;
uniform vec2 u_size;
uniform vec3 u_centre;
uniform vec3 u_corner;
uniform vec3 u_positive;
uniform vec3 u_negative;
uniform vec3 u_positive_strong;
uniform vec3 u_negative_strong;
uniform vec3 u_mixed;
uniform float u_full;
uniform float u_cap;
uniform float u_sharpen;
uniform float u_transparent;
varying vec2 v_at;

void main() {
    vec2 from_middle = (v_at - 0.5) * vec2(min(u_size.x / u_size.y, 1.6), 1.0);
    vec3 ground = mix(u_centre, u_corner, smoothstep(0.0, 0.95, length(from_middle)));
    float grain = fract(sin(dot(gl_FragCoord.xy, vec2(12.9898, 78.233))) * 43758.5453);
    ground += (grain - 0.5) / 255.0;

    vec4 ink = texture2D(u_ink, v_at);
    float total = ink.r + ink.g;
    float cover = 1.0 - exp(-u_full * total);
    float strong_total = max(ink.b + ink.a, 1e-9);
    float balance = total > 0.0 ? (ink.b - ink.a) / strong_total : 0.0;
    float side = sign(balance) * pow(abs(balance), u_sharpen);
    float strength = clamp(strong_total / max(total, 1e-9), 0.0, 1.0);
    float stand_out = smoothstep(0.35, 1.0, strength) * cover;
    vec3 positive = mix(u_positive, u_positive_strong, stand_out);
    vec3 negative = mix(u_negative, u_negative_strong, stand_out);
    vec3 hue = side > 0.0 ? mix(u_mixed, positive, side) : mix(u_mixed, negative, -side);

    vec4 slab = texture2D(u_slabs, v_at);
    vec3 cell = slab.a > 0.0 ? slab.rgb / slab.a : vec3(0.0);
    vec3 behind = mix(ground, hue, cover);
    vec3 front = mix(cell, hue, min(cover, u_cap));
    vec3 colour = mix(behind, front, slab.a);
    float alpha = mix(cover, 1.0, slab.a);
    gl_FragColor = u_transparent > 0.5 ? vec4(mix(hue * cover, front, slab.a), alpha) : vec4(colour, 1.0);
}
"""


class Resolve:
    """The full-screen pass."""

    def __init__(self) -> None:
        self.program = gloo.Program(VERTEX, FRAGMENT)
        self.program["a_position"] = np.array([[-1, -1], [1, -1], [-1, 1], [1, 1]], np.float32)
        self.program["u_full"] = FULL
        self.program["u_cap"] = OVER_NODES
        self.program["u_sharpen"] = SHARPEN

    def draw(
        self,
        slabs: gloo.Texture2D,
        ink: gloo.Texture2D,
        size: tuple[int, int],
        theme: Theme,
        transparent: bool,
    ) -> None:
        """Draw into the current framebuffer of `size` pixels; transparent: without background, premultiplied alpha."""
        self.program["u_slabs"] = slabs
        self.program["u_ink"] = ink
        self.program["u_size"] = size
        self.program["u_centre"] = rgb(theme.background_top)
        self.program["u_corner"] = rgb(theme.background_bottom)
        self.program["u_positive"] = rgb(theme.ink_positive)
        self.program["u_negative"] = rgb(theme.ink_negative)
        self.program["u_positive_strong"] = rgb(theme.ink_positive_strong)
        self.program["u_negative_strong"] = rgb(theme.ink_negative_strong)
        self.program["u_mixed"] = rgb(theme.ink_mixed)
        self.program["u_transparent"] = float(transparent)
        gloo.set_state(depth_test=False, blend=False, cull_face=False)
        self.program.draw("triangle_strip")


def ink_colour(
    positive: ArrayLike, negative: ArrayLike, strength: ArrayLike, theme: Theme
) -> NDArray[np.float32]:
    """What the pass makes of ink on the middle of the background: colours (..., 3) in [0, 1].

    positive, negative: summed ink; strength: the mean strength in [0, 1] of the edges that left it.
    """
    p, n, s = (np.asarray(v, np.float64)[..., None] for v in (positive, negative, strength))
    total = p + n
    cover = 1 - np.exp(-FULL * total)
    balance = np.divide(p - n, total, out=np.zeros_like(total), where=total > 0)
    side = np.sign(balance) * np.abs(balance) ** SHARPEN
    t = np.clip((s - 0.35) / 0.65, 0, 1)
    stand_out = t * t * (3 - 2 * t) * cover
    warm = rgb(theme.ink_positive) * (1 - stand_out) + rgb(theme.ink_positive_strong) * stand_out
    cool = rgb(theme.ink_negative) * (1 - stand_out) + rgb(theme.ink_negative_strong) * stand_out
    hue = rgb(theme.ink_mixed) * (1 - np.abs(side)) + np.where(side > 0, warm, cool) * np.abs(side)
    return np.asarray(rgb(theme.background_top) * (1 - cover) + hue * cover, np.float32)
