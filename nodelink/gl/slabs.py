"""Slabs: all nodes in one draw call. A map or dense layer is a box whose fragment shader finds cell and value."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from vispy import gloo

from nodelink.graph.layout import Layout
from nodelink.theme import Theme, rgb

WIDTH = 1024  # of every texture that holds one texel a node
EMPTY = -2.0  # stands for the value, -1 to 1, of a node that is not computed yet

TEXEL = """
vec2 texel(float id) {
    return vec2((mod(id, u_nodes_size.x) + 0.5) / u_nodes_size.x,
                (floor(id / u_nodes_size.x) + 0.5) / u_nodes_size.y);
}
"""

VERTEX = """
uniform mat4 u_matrix;
uniform float u_morph;
attribute vec3 a_3d;
attribute vec3 a_2d;
attribute vec2 a_cell;
attribute vec3 a_slab;
attribute vec2 a_shade;
uniform sampler2D u_shown;
uniform float u_stages;
varying vec2 v_cell;
varying vec3 v_slab;
varying vec3 v_shade;
void main() {
    v_cell = a_cell;
    v_slab = a_slab;
    float shown = texture2D(u_shown, vec2((a_shade.y + 0.5) / u_stages, 0.5)).r;
    v_shade = vec3(a_shade, shown);
    gl_Position = u_matrix * vec4(mix(a_3d, a_2d, u_morph), 1.0);
    if (shown == 0.0) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
}
"""

FRAGMENT = """
uniform sampler2D u_nodes;
uniform sampler2D u_standing;
uniform vec2 u_nodes_size;
uniform sampler2D u_colours;
uniform vec3 u_away;
uniform vec3 u_line;
uniform vec3 u_side;
uniform vec3 u_off;
uniform float u_line_width;
varying vec2 v_cell;
varying vec3 v_slab;
varying vec3 v_shade;
"""
FRAGMENT += (
    TEXEL
    + """
void main() {
    float shown = v_shade.z;
    if (v_shade.x > 0.0) {
        gl_FragColor = vec4(u_side * v_shade.x, 1.0) * shown;
        return;
    }
    vec2 pixel = fwidth(v_cell);
    float slant = fwidth(v_cell.x + v_cell.y);
    // the slab's own outline stays where cells are small, but never reaches the middle of a cell: the rest of it lies
    // outside, on the rim that the face has for it
    vec2 whole = vec2(v_slab.y, ceil(v_slab.z / v_slab.y));
    vec2 width = clamp(0.5 / pixel - 1.0, -0.5, u_line_width);
    vec2 outside = max(-v_cell, v_cell - whole) / pixel;
    if (max(outside.x, outside.y) > 0.0) {
        if (any(greaterThan(outside, u_line_width - max(width, 0.0)))) discard;
        gl_FragColor = vec4(u_line, 1.0) * shown;
        return;
    }
    vec2 cell = floor(v_cell);
    float place = cell.y * v_slab.y + min(cell.x, v_slab.y - 1.0);
    if (place > v_slab.z - 0.5) {
        gl_FragColor = vec4(u_side, 1.0) * shown;
        return;
    }
    vec2 at = texel(v_slab.x + place);
    vec4 node = texture2D(u_nodes, at);
    if (node.g < -1.5) {
        gl_FragColor = vec4(u_side, 1.0) * 0.2 * shown;  // EMPTY: not computed yet
        return;
    }
    vec3 colour = texture2D(u_colours, vec2(node.g * 0.498 + 0.5, 0.5)).rgb;
    colour = mix(u_away, colour, texture2D(u_standing, at).r);
    if (node.b < -0.5) {  // switched off: hatched by one stroke a cell, where cells are small one in two, four ...
        float period = exp2(max(0.0, ceil(log2(7.0 * u_line_width * max(pixel.x, pixel.y)))));
        float away = abs(fract((v_cell.x + v_cell.y) / period) - 0.5);
        float stroke = (0.5 - away) * period / max(slant, 1e-6);
        colour = mix(colour, u_off, 1.0 - smoothstep(u_line_width * 0.5, u_line_width * 0.5 + 1.0, stroke));
    }
    vec2 inside = min(v_cell - cell, 1.0 - (v_cell - cell)) / pixel;
    float line = 1.0 - smoothstep(u_line_width * 0.5 - 0.5, u_line_width * 0.5 + 0.5, min(inside.x, inside.y));
    line *= smoothstep(3.0, 7.0, 1.0 / (u_line_width * max(pixel.x, pixel.y)));
    vec2 rim = 1.0 - smoothstep(width - 0.5, width + 0.5, min(v_cell, whole - v_cell) / pixel);
    line = max(line, max(rim.x, rim.y));
    gl_FragColor = vec4(mix(colour, u_line, line), 1.0) * shown;
}
"""
)

# corners (index into Layout.corners), and how bright each of the five sides stands (0: the face itself)
SIDES = (
    ((0, 1, 2, 3), 0.0),
    ((4, 5, 0, 1), 0.55),
    ((2, 3, 6, 7), 1.0),
    ((4, 0, 6, 2), 0.7),
    ((1, 5, 3, 7), 0.7),
    ((5, 4, 7, 6), 0.35),
)
RIM = 0.8  # world units around the cells of a face that its outline may take
UV = ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0))


class Slabs:
    """The nodes of one network on the GPU. Two textures have a texel a node and are shared with the ink: `nodes` the
    values, `standing` how strongly each node's colour is drawn."""

    def __init__(
        self, layout: Layout, nodes: gloo.Texture2D, standing: gloo.Texture2D, colours: gloo.Texture2D
    ) -> None:
        self.program = gloo.Program(VERTEX, FRAGMENT)
        vertices, indices = _mesh(layout)
        self.bytes = vertices.nbytes + indices.nbytes
        self.program.bind(gloo.VertexBuffer(vertices))
        self.indices = gloo.IndexBuffer(indices)
        self.program["u_nodes"] = nodes
        self.program["u_nodes_size"] = (nodes.shape[1], nodes.shape[0])
        self.program["u_standing"] = standing
        self.program["u_colours"] = colours
        stages = layout.slabs[-1].stage + 1
        self._shown = gloo.Texture2D(
            np.ones((1, stages, 4), np.float32), interpolation="nearest", internalformat="rgba32f"
        )
        self.program["u_shown"] = self._shown
        self.program["u_stages"] = stages

    def set_shown(self, strengths: Sequence[float]) -> None:
        """How strongly every layer is drawn: 0 not at all, below 1 faint."""
        data = np.ones((1, len(strengths), 4), np.float32)
        data[0, :, 0] = strengths
        self._shown.set_data(data)

    def draw(self, matrix: NDArray[np.float64], morph: float, line_width: float, theme: Theme) -> None:
        """Draw all slabs into the current framebuffer, with depth. line_width: of a cell's border, pixels."""
        self.program["u_matrix"] = matrix.T.astype(np.float32)
        self.program["u_morph"] = morph
        self.program["u_line_width"] = line_width
        self.program["u_line"] = rgb(theme.cell_line)
        self.program["u_side"] = rgb(theme.slab_side)
        self.program["u_away"] = rgb(theme.neutral)
        self.program["u_off"] = rgb(theme.text_dim)
        gloo.set_state(depth_test=True, blend=False, cull_face=False)
        self.program.draw("triangles", self.indices)


def texture_rows(nodes: int) -> int:
    """Rows of a texture of WIDTH that hold one texel a node."""
    return max(1, -(-nodes // WIDTH))


def _mesh(layout: Layout) -> tuple[NDArray[np.void], NDArray[np.uint32]]:
    """Vertices and triangle indices of all boxes: 6 sides of 4 vertices each."""
    count = len(layout.slabs) * len(SIDES) * 4
    vertices = np.zeros(
        count,
        [
            ("a_3d", "f4", 3),
            ("a_2d", "f4", 3),
            ("a_cell", "f4", 2),
            ("a_slab", "f4", 3),
            ("a_shade", "f4", 2),
        ],
    )
    at = 0
    for i, slab in enumerate(layout.slabs):
        for corners, shade in SIDES:
            part = vertices[at : at + 4]
            uv = np.array(UV)
            part["a_3d"] = layout.corners["3d"][i][list(corners)]
            part["a_2d"] = layout.corners["2d"][i][list(corners)]
            part["a_cell"] = uv * (slab.columns, slab.rows)
            if not shade:  # the face reaches beyond its cells
                steps = [np.array([slab.face(name).column, slab.face(name).row]) for name in ("3d", "2d")]
                beyond = (2 * uv - 1) * (RIM / np.linalg.norm(steps[0], axis=1))  # in cells, (4, 2)
                part["a_cell"] += beyond
                part["a_3d"] += beyond @ steps[0]
                part["a_2d"] += beyond @ steps[1]
            part["a_slab"] = (slab.first, slab.columns, slab.count)
            part["a_shade"] = (shade, slab.stage)
            at += 4
    quads = np.arange(0, count, 4, dtype=np.uint32)[:, None]
    return vertices, (quads + np.array([0, 1, 2, 2, 1, 3], np.uint32)).reshape(-1)
