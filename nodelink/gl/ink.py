"""Ink: all edges in one visual. Each deposits |weight x source output| on its layer's fixed scale into a float buffer.

Positive and negative ink add up in two channels, and the same ink weighted by each edge's own strength in two more, so
that a strong edge can be told from a crowd of weak ones. Addition knows no order: a picture made in pieces is the same
picture. The ink becomes colour in one pass, in `resolve.py`.

An edge is four vertices of (source, target, weight), 48 bytes; the sign of the node ids says which corner of its strip
a vertex is. Positions and values are read by node id from textures, so that a stroke uploads no geometry.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from vispy import gloo

from nodelink.gl.slabs import TEXEL
from nodelink.graph.edges import Edges
from nodelink.nn.calibration import INK_EXPONENT, INK_LIMIT

BYTES_PER_EDGE = 48
MODES = {"signal": 0.0, "weights": 1.0, "selected": 0.0, "trace": 2.0}
# of the texture of layers: scales; least ink and its strength; scales of edges that stand out, and how far before
# and behind nodes all edges end and begin
ROWS = 3

VERTEX = (
    """
uniform sampler2D u_nodes;
uniform sampler2D u_places;
uniform sampler2D u_stages;
uniform sampler2D u_standing;
uniform vec2 u_nodes_size;
uniform float u_stage_count;
uniform mat4 u_matrix;
uniform vec3 u_flow;
uniform vec2 u_half;
uniform float u_width;
uniform float u_held_back;
uniform float u_mode;
uniform float u_own;
uniform float u_gamma;
uniform float u_limit;
attribute float a_source;
attribute float a_target;
attribute float a_weight;
uniform float u_spread;
varying vec3 v_ink;
varying vec3 v_line;
"""
    + TEXEL
    + """
void main() {
    float source = abs(a_source) - 1.0;
    float target = abs(a_target) - 1.0;
    vec2 from = texel(source);
    vec2 to = texel(target);
    vec4 place = texture2D(u_places, to);
    float column = (place.w + 0.5) / u_stage_count;
    vec4 stage = texture2D(u_stages, vec2(column, 0.5 / 3.0));
    vec4 node = texture2D(u_nodes, to);
    float value = a_weight * texture2D(u_nodes, from).r;
    float strength = abs(value) * stage.x;
    float exposure = stage.y;
    float wins = node.a > -0.5 && abs(node.a - source) > 0.5 ? 0.0 : 1.0;
    float gate = wins * (node.b > 0.5 ? 1.0 : u_held_back);
    float neutral = 0.0;
    if (u_mode > 0.5 && u_mode < 1.5) {
        value = a_weight;
        strength = abs(value * stage.z);
        exposure = stage.w;
        wins = 1.0;
        gate = 1.0;
        neutral = stage.z < 0.0 ? 1.0 : 0.0;  // a pool's edges have no weight that could have a sign
    }
    vec4 own = texture2D(u_stages, vec2(column, 2.5 / 3.0));
    vec4 least = vec4(0.0);  // by sign: ink of an edge at least, and the strength of those that it raises
    if (u_own > 0.5) {
        exposure = own.x;
        gate = wins;
        if (u_mode > 1.5) {
            value = a_weight * texture2D(u_standing, from).b * texture2D(u_standing, to).g;
            strength = abs(value) * own.y;
        }
    } else {
        least = texture2D(u_stages, vec2(column, 1.5 / 3.0));
    }
    strength = min(strength, u_limit);
    float deposit = strength > 0.0 ? pow(strength, u_gamma) : 0.0;
    vec2 mine = value > 0.0 ? least.xz : least.yw;
    if (strength > 0.0 && deposit < mine.x) {  // it stands for others that are not drawn
        deposit = mine.x;
        strength = mine.y;
    }
    float ink = gate * deposit * exposure;
    if (ink < 1e-7) {
        gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
        v_ink = vec3(0.0);
        v_line = vec3(0.0);
        return;
    }
    vec4 a = u_matrix * vec4(texture2D(u_places, from).xyz + own.w * u_flow, 1.0);
    vec4 b = u_matrix * vec4(place.xyz - own.z * u_flow, 1.0);
    float near = 0.02;
    if (a.w < near) a = mix(a, b, clamp((near - a.w) / (b.w - a.w), 0.0, 1.0));
    if (b.w < near) b = mix(b, a, clamp((near - b.w) / (a.w - b.w), 0.0, 1.0));
    vec2 along = (b.xy / b.w - a.xy / a.w) * u_half;
    vec2 normal = vec2(-along.y, along.x) / max(length(along), 1e-6);
    v_line = vec3(normal, dot(normal, (a.xy / a.w + 1.0) * u_half));
    float reach = (a_source < 0.0 ? -u_spread : u_spread) * (0.5 * u_width + 0.5);
    vec4 end = a_target < 0.0 ? b : a;
    gl_Position = vec4(end.xy + normal * reach / u_half * end.w, end.zw);
    float positive = neutral > 0.5 ? 0.5 : (value > 0.0 ? 1.0 : 0.0);
    v_ink = vec3(ink * positive, ink * (1.0 - positive), min(strength, 1.0));
}
"""
)

FRAGMENT = """
uniform float u_width;
varying vec3 v_ink;
varying vec3 v_line;
void main() {
    float across = abs(dot(v_line.xy, gl_FragCoord.xy) - v_line.z);
    float cover = clamp(0.5 * u_width + 0.5 - across, 0.0, min(1.0, u_width));
    gl_FragColor = cover * vec4(v_ink.xy, v_ink.xy * v_ink.z);
}
"""


@dataclass(frozen=True)
class View:
    """What the ink depends on besides the network and the signal."""

    matrix: NDArray[np.float64]  # (4, 4), world to clip
    morph: float  # 0 is 3D, 1 is 2D
    size: tuple[int, int]  # of the ink buffer, pixels
    width: float  # of an edge, pixels of the ink buffer
    held_back: float  # ink of edges into nodes that are off, 0 to 1
    mode: str  # one of MODES


class Ink:
    """The edges of one network on the GPU."""

    def __init__(
        self,
        edges: Edges,
        nodes: gloo.Texture2D,
        places: gloo.Texture2D,
        stages: gloo.Texture2D,
        standing: gloo.Texture2D,
    ) -> None:
        self.program = gloo.Program(VERTEX, FRAGMENT)
        self.bytes = len(edges) * BYTES_PER_EDGE
        if len(edges):
            self._vertices = gloo.VertexBuffer(strips(edges))
            self.program.bind(self._vertices)
        self.program["u_nodes"] = nodes
        self.program["u_nodes_size"] = (nodes.shape[1], nodes.shape[0])
        self.program["u_places"] = places
        self.program["u_stages"] = stages
        self.program["u_standing"] = standing
        self.program["u_stage_count"] = stages.shape[1]
        self.program["u_gamma"] = INK_EXPONENT
        self.program["u_limit"] = INK_LIMIT
        self._indices = gloo.IndexBuffer()
        self._lines = software() and widest_line() >= 4

    def set_flow(self, way: NDArray[np.float32]) -> None:
        """Where the layers lead to (3,), as long as the share of 2D in what is seen."""
        self.program["u_flow"] = way

    def set_edges(self, edges: Edges) -> None:
        """The same edges with other weights."""
        if len(edges):
            self._vertices.set_data(strips(edges))

    def add(self, chosen: NDArray[np.int64], view: View, own: bool = False) -> None:
        """Add the ink of the edges `chosen` (indices) to the current framebuffer; hidden by slabs through its depth.

        own: they stand out, each with ink as if it were alone, also where it arrives at a node that is off.
        """
        if not len(chosen):
            return
        self.program["u_matrix"] = view.matrix.T.astype(np.float32)
        self.program["u_half"] = (view.size[0] / 2, view.size[1] / 2)
        self.program["u_width"] = view.width
        self.program["u_held_back"] = view.held_back
        self.program["u_mode"] = MODES[view.mode]
        self.program["u_own"] = float(own)
        gloo.set_state(depth_test=True, blend=True, blend_func=("one", "one"), cull_face=False)
        gloo.set_depth_mask(False)
        # A software rasterizer draws a wide line in half the time of two thin triangles; others may not have wide
        # lines. A line's width counts along an axis: across it, it may be narrower by the square root of two.
        corners = (0, 2) if self._lines else (0, 1, 2, 2, 1, 3)
        self.program["u_spread"] = 0.0 if self._lines else 1.0
        if self._lines:
            gloo.set_line_width(math.ceil(1.4 * (view.width + 1) - 0.3))
        indices = chosen.astype(np.uint32)[:, None] * np.uint32(4) + np.array(corners, np.uint32)
        self._indices.set_data(indices.reshape(-1))
        self.program.draw("lines" if self._lines else "triangles", self._indices)
        gloo.set_depth_mask(True)


def software() -> bool:
    """Whether OpenGL draws without a graphics card here."""
    name = str(gloo.gl.glGetParameter(gloo.gl.GL_RENDERER)).lower()
    return any(word in name for word in ("llvmpipe", "softpipe", "swiftshader", "software"))


def widest_line() -> float:
    """The widest line that OpenGL draws here, pixels."""
    return float(np.max(gloo.gl.glGetParameter(gloo.gl.GL_ALIASED_LINE_WIDTH_RANGE)))


def strips(edges: Edges) -> NDArray[np.void]:
    """Four vertices an edge. Ids are stored plus one; source < 0 is the strip's left side, target < 0 its far end."""
    vertices = np.empty((len(edges), 4), [("a_source", "f4"), ("a_target", "f4"), ("a_weight", "f4")])
    vertices["a_source"] = (edges.source + 1)[:, None] * np.array([-1, 1, -1, 1])
    vertices["a_target"] = (edges.target + 1)[:, None] * np.array([1, 1, -1, -1])
    vertices["a_weight"] = edges.weight[:, None]
    return vertices.reshape(-1)
