"""Transition: from one layout to the other by a morph, from one network or theme to another by a fade."""

from __future__ import annotations

from collections.abc import Callable
from math import inf

import numpy as np
from vispy import gloo

from nodelink.graph.motion import Swing

MORPH = 0.6  # seconds from one layout to the other
FADE = 0.35  # seconds from one picture to another
WRITING = 0.18  # seconds in which labels go before a morph, and come after it

VERTEX = """
attribute vec2 a_position;
varying vec2 v_uv;
void main() {
    v_uv = a_position * 0.5 + 0.5;
    gl_Position = vec4(a_position, 0.0, 1.0);
}
"""

FRAGMENT = """
uniform sampler2D u_picture;
uniform float u_share;
varying vec2 v_uv;
void main() {
    gl_FragColor = vec4(texture2D(u_picture, v_uv).rgb * u_share, u_share);
}
"""

CORNERS = np.array([[-1, -1], [1, -1], [-1, 1], [1, 1]], np.float32)


class Transition:
    """What is on its way. `fade_from` and `draw` need a current OpenGL context of vispy's."""

    def __init__(self) -> None:
        self.flat = 0.0  # 0 is 3D, 1 is 2D, between them the two are mixed
        self._swing: Swing | None = None
        self._program: gloo.Program | None = None
        self._picture: gloo.Texture2D | None = None  # what fades
        self._since = inf  # since when: inf is from the next picture on
        self._seconds = FADE

    @property
    def morphing(self) -> bool:
        """Whether one layout is turning into the other."""
        return self._swing is not None

    @property
    def fading(self) -> bool:
        """Whether something of an earlier picture is still to be seen."""
        return self._picture is not None

    def morph_to(self, flat: bool, now: float) -> None:
        """Set out for a layout, from wherever the picture is and with the speed that it has."""
        speed = self._swing.speed_at(now) if self._swing is not None else 0.0
        self._swing = Swing(self.flat, float(flat), speed, now, MORPH)

    def fade_from(self, show: Callable[[], None], size: tuple[int, int], seconds: float) -> None:
        """Let the picture that `show` draws, `size` pixels, fade over the next ones."""
        picture = gloo.Texture2D((size[1], size[0], 4), format="rgba", interpolation="linear")
        with gloo.FrameBuffer(color=picture):
            show()
        self._picture, self._since, self._seconds = picture, inf, seconds

    def advance(self, now: float) -> None:
        """Look at the clock."""
        if self._swing is not None:
            self.flat = min(max(self._swing.at(now), 0.0), 1.0)
            if self._swing.over(now):
                self._swing = None
        self._since = min(self._since, now)
        if self._picture is not None and now - self._since >= self._seconds:
            self._picture = None

    def draw(self, now: float) -> None:
        """Lay what is left of the earlier picture over the current framebuffer."""
        if self._picture is None:
            return
        if self._program is None:
            self._program = gloo.Program(VERTEX, FRAGMENT)
            self._program["a_position"] = CORNERS
        self._program["u_picture"] = self._picture
        gone = (now - self._since) / self._seconds if self._since < inf else 0.0
        self._program["u_share"] = min(max(1.0 - gone, 0.0), 1.0)
        gloo.set_state(
            depth_test=False, blend=True, blend_func=("one", "one_minus_src_alpha"), cull_face=False
        )
        self._program.draw("triangle_strip")

    def finish(self, flat: bool) -> None:
        """Arrive."""
        self.flat, self._swing, self._picture = float(flat), None, None

    def forget(self) -> None:
        """Let go of what is on the GPU."""
        self._program = self._picture = None
