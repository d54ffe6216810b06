"""Measure: what a benchmark asks of OpenGL: who draws, when it is done, and lines that cost nothing but filling."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from vispy import gloo

from nodelink.gl.ink import View, software, widest_line
from nodelink.gl.scene import Scene

VERTEX = """
attribute vec4 a_place;
void main() {
    gl_Position = a_place;
}
"""

FRAGMENT = """
void main() {
    gl_FragColor = vec4(1e-4);
}
"""


def finish() -> None:
    """Wait until OpenGL has done all that it was asked for. Needs a current context."""
    gloo.finish()


def renderer_name() -> str:
    """What OpenGL says draws here."""
    return str(gloo.gl.glGetParameter(gloo.gl.GL_RENDERER))


class Empty:
    """The same lines as ink, as ready-made corners in one colour, by a shader that does nothing."""

    def __init__(self, scene: Scene, chosen: NDArray[np.int64], view: View) -> None:
        self._scene, self._size = scene, view.size
        self._width = math.ceil(1.4 * (view.width + 1) - 0.3)
        self._lines = software() and widest_line() >= 4
        self._program = gloo.Program(VERTEX, FRAGMENT)
        corners = _corners(scene, chosen, view, 0.0 if self._lines else 1.0)
        self._program["a_place"] = gloo.VertexBuffer(corners)

    def draw(self) -> None:
        """Into the scene's quick ink, blended and depth-tested as ink is."""
        with self._scene.renderer.buffer("quick", self._size):
            gloo.set_viewport(0, 0, *self._size)
            self._fill()

    def _fill(self) -> None:
        gloo.set_state(depth_test=True, blend=True, blend_func=("one", "one"), cull_face=False)
        gloo.set_depth_mask(False)
        if self._lines:
            gloo.set_line_width(self._width)
        self._program.draw("lines" if self._lines else "triangles")
        gloo.set_depth_mask(True)


def _corners(scene: Scene, chosen: NDArray[np.int64], view: View, spread: float) -> NDArray[np.float32]:
    """Clip coordinates of the lines' ends (2 n, 4), or of two triangles each (6 n, 4), as in the ink's shader."""
    assert scene.graph is not None
    places = (1 - view.morph) * scene.graph.layout.positions[
        "3d"
    ] + view.morph * scene.graph.layout.positions["2d"]
    ends = np.stack([scene.graph.edges.source[chosen], scene.graph.edges.target[chosen]])  # (2, n)
    points = np.concatenate([places[ends], np.ones((*ends.shape, 1))], axis=2) @ view.matrix.T  # (2, n, 4)
    if not spread:
        return np.asarray(points.transpose(1, 0, 2).reshape(-1, 4), np.float32)
    half = np.array(view.size) / 2
    along = np.diff(points[..., :2] / points[..., 3:], axis=0)[0] * half
    normal = np.stack([-along[:, 1], along[:, 0]], axis=1) / np.maximum(np.hypot(*along.T), 1e-6)[:, None]
    reach = normal * (0.5 * view.width + 0.5) / half
    sides = np.repeat(points[:, None], 2, axis=1)  # (2 ends, 2 sides, n, 4)
    sides[:, 0, :, :2] -= reach * sides[:, 0, :, 3:]
    sides[:, 1, :, :2] += reach * sides[:, 1, :, 3:]
    strip = sides.reshape(4, -1, 4)[[0, 1, 2, 2, 1, 3]]
    return np.asarray(strip.transpose(1, 0, 2).reshape(-1, 4), np.float32)
