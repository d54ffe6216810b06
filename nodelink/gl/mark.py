"""Mark: a ring around a node's cell, over everything else, so that it is found wherever it is; outlines of boxes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from vispy import gloo

from nodelink.gl.text import Leader
from nodelink.graph import camera
from nodelink.graph.emphasis import Box
from nodelink.graph.layout import Layout, Slab
from nodelink.theme import Theme, rgb

VERTEX = """
uniform vec2 u_size;
attribute vec2 a_position;
varying vec2 v_pixel;
void main() {
    v_pixel = a_position;
    gl_Position = vec4(a_position / u_size * 2.0 - 1.0, 0.0, 1.0);
}
"""

# the distance to a convex polygon of four corners, given counter-clockwise: negative inside, round outside
FRAGMENT = """
uniform vec2 u_a;
uniform vec2 u_b;
uniform vec2 u_c;
uniform vec2 u_d;
uniform float u_gap;
uniform float u_width;
uniform vec3 u_line;
uniform vec3 u_rim;
varying vec2 v_pixel;
vec2 side(vec2 p, vec2 q) {
    vec2 along = q - p;
    vec2 to = v_pixel - p;
    float t = clamp(dot(to, along) / max(dot(along, along), 1e-6), 0.0, 1.0);
    return vec2(length(to - along * t), along.x * to.y - along.y * to.x);
}
void main() {
    vec2 ab = side(u_a, u_b);
    vec2 bc = side(u_b, u_c);
    vec2 cd = side(u_c, u_d);
    vec2 da = side(u_d, u_a);
    float far = min(min(ab.x, bc.x), min(cd.x, da.x));
    float inside = min(min(ab.y, bc.y), min(cd.y, da.y));
    float middle = abs((inside > 0.0 ? -far : far) - u_gap - u_width * 0.5);
    float line = clamp(u_width * 0.5 + 0.5 - middle, 0.0, 1.0);
    float rim = 0.7 * clamp(1.0 - (middle - u_width * 0.5) / u_width, 0.0, 1.0);
    float cover = max(line, rim);
    gl_FragColor = vec4(mix(u_rim, u_line, line) * cover, cover);
}
"""

WIDTH = 2.2  # of the ring in pixels of a picture 800 high
GAP = 1.5  # between cell and ring, the same
LEAST = 5.0  # a ring is at least so far from the middle of the cell, the same


class Mark:
    """Draws the ring. Needs a current OpenGL context of vispy's."""

    def __init__(self) -> None:
        self._program = gloo.Program(VERTEX, FRAGMENT)

    def draw(
        self, layout: Layout, node: int, morph: float, pose: camera.Pose, size: tuple[int, int], theme: Theme
    ) -> None:
        """Draw the ring of a node into the current framebuffer of `size` pixels, if its cell is in view."""
        corners = cell(layout, node, morph, pose, size)
        scale = max(1.0, size[1] / 800)
        if np.isnan(corners).any():
            return
        gap = max(GAP * scale, LEAST * scale - float(np.ptp(corners, axis=0).min()) / 2)
        reach = gap + 2.5 * WIDTH * scale
        low, high = corners.min(axis=0) - reach, corners.max(axis=0) + reach
        if (high < 0).any() or (low > size).any():
            return
        self._program["a_position"] = np.array([low, (high[0], low[1]), (low[0], high[1]), high], np.float32)
        for name, corner in zip("abcd", _counter_clockwise(corners), strict=True):
            self._program[f"u_{name}"] = corner
        self._program["u_size"] = size
        self._program["u_gap"], self._program["u_width"] = gap, WIDTH * scale
        self._program["u_line"], self._program["u_rim"] = rgb(theme.text), rgb(theme.background_bottom)
        gloo.set_state(
            depth_test=False, blend=True, blend_func=("one", "one_minus_src_alpha"), cull_face=False
        )
        self._program.draw("triangle_strip")


def cell(
    layout: Layout, node: int, morph: float, pose: camera.Pose, size: tuple[int, int]
) -> NDArray[np.float64]:
    """The corners (4, 2) of a node's cell in a picture of `size`, in pixels, y up.

    nan where it is behind the eye, and for a node that is in none of the layout's slabs.
    """
    index = next((i for i, slab in enumerate(layout.slabs) if 0 <= node - slab.first < slab.count), None)
    if index is None:
        return np.full((4, 2), np.nan)
    slab = layout.slabs[index]
    row, column = divmod(node - slab.first, slab.columns)
    return _block(layout, index, (row, row + 1), (column, column + 1), morph, pose, size)


def outlines(
    boxes: Sequence[Box],
    layout: Layout,
    morph: float,
    pose: camera.Pose,
    size: tuple[int, int],
    theme: Theme,
) -> list[Leader]:
    """The outlines of boxes on all maps that they have, pixels from the left and the top; of all units of a dense
    layer one around the layer."""
    found = []
    for box in boxes:
        for index, slab in enumerate(layout.slabs):
            if slab.stage != box.stage:
                continue
            for rows, columns in _blocks(box, slab):
                corners = _block(layout, index, rows, columns, morph, pose, size)
                if not np.isnan(corners).any():
                    points = [(float(x), float(size[1] - y)) for x, y in corners]
                    ends = zip(points, points[1:] + points[:1], strict=True)
                    found += [Leader(start, end, theme.accent, solid=True) for start, end in ends]
    return found


Span = tuple[int, int]


def _blocks(box: Box, slab: Slab) -> list[tuple[Span, Span]]:
    """Rows and columns of a box on a slab of its layer."""
    if not slab.dense:
        return [(box.rows, box.columns)] if slab.channel in box.maps else []
    if len(box.maps) == slab.count:
        return [((0, slab.rows), (0, slab.columns))]
    cells = [divmod(unit, slab.columns) for unit in box.maps]
    return [((row, row + 1), (column, column + 1)) for row, column in cells]


def _block(
    layout: Layout,
    index: int,
    rows: Span,
    columns: Span,
    morph: float,
    pose: camera.Pose,
    size: tuple[int, int],
) -> NDArray[np.float64]:
    """The corners (4, 2) of a block of cells of a slab in a picture of `size`, in pixels, y up; see `cell`."""
    slab = layout.slabs[index]
    box = (1 - morph) * layout.corners["3d"][index] + morph * layout.corners["2d"][index]
    right, down = (box[1] - box[0]) / slab.columns, (box[2] - box[0]) / slab.rows
    first = box[0] + columns[0] * right + rows[0] * down
    right, down = right * (columns[1] - columns[0]), down * (rows[1] - rows[0])
    square = np.array([first, first + right, first + right + down, first + down])
    seen = camera.project(square, pose, size[0] / size[1])[:, :2]
    return np.asarray((seen + 1) / 2 * size)


def _counter_clockwise(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    x, y = corners.T
    area = float(x @ np.roll(y, -1) - y @ np.roll(x, -1))
    return corners if area > 0 else corners[::-1]
