"""Renderer: a network, its signal and a view -> pixels in the current framebuffer. Knows neither windows nor mice.

Slabs go into one buffer (twice as fine at rest: that smooths their edges), ink into a float buffer with the slabs'
depth (half as fine while something moves, if the machine is slow); then the ink is tinted and laid over background and
slabs. Ink may arrive in pieces: `begin` clears it, `add` deposits more. There are two ink buffers: "quick" for the
picture while something moves, "full" for the complete one that grows behind it. A third, "own", has the edges that
stand out: its tint is laid over that of the others, which are faded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from vispy import gloo

from nodelink.gl.context import InkFormat, ink_format
from nodelink.gl.ink import ROWS, Ink, View
from nodelink.gl.resolve import Resolve
from nodelink.gl.slabs import EMPTY, WIDTH, Slabs, texture_rows
from nodelink.gl.standing import Standout
from nodelink.graph.plan import Least
from nodelink.graph.prepare import BASE_EXPOSURE, OWN_EXPOSURE, POOLS, Graph, coarsened, exposures
from nodelink.graph.scales import LEAST, fixed
from nodelink.graph.shown import Shown, shown
from nodelink.nn.calibration import INK_EXPONENT
from nodelink.nn.network import Network
from nodelink.theme import THEMES, Theme, diverging_table

FADED = 0.22  # what is left of the other edges where some stand out
STEPPED_BACK = 0.5  # how strongly nodes are drawn that do not stand out where some do


Part = tuple[int, int, int, int]  # left, bottom, width, height in pixels


class Renderer:
    """Draws one graph at a time. Needs a current OpenGL context of vispy's."""

    def __init__(self) -> None:
        self.graph: Graph | None = None
        self.theme: Theme = THEMES["dark"]
        self._resolve = Resolve()
        self._colours = gloo.Texture2D(
            diverging_table(self.theme)[None], interpolation="linear", internalformat="rgb32f"
        )
        self._targets: dict[str, tuple[gloo.FrameBuffer, gloo.Texture2D]] = {}
        self._target_sizes: dict[str, tuple[int, int]] = {}
        self.own_part: Part | None = None  # where the edges that stand out are; None: anywhere
        self._inked: Part | None = None  # and where they were, in the buffers "own" and "own tint"
        self._tinted: Part | None = None
        self._depths: dict[str, object] = {}  # of which view the ink buffers hold the slabs' depth

    @cached_property
    def ink(self) -> InkFormat:
        """How ink is kept, found out when first drawn: before that a window's context may not be there."""
        return ink_format()

    @property
    def gpu_bytes(self) -> int:
        """What has been uploaded for the network: geometry and textures."""
        if self.graph is None:
            return 0
        textures = 3 * texture_rows(self.graph.network.nodes) * WIDTH * 16
        return self._slabs.bytes + self._ink.bytes + textures

    def set_graph(self, graph: Graph) -> None:
        """Upload a network's geometry. Its values are zero until `set_values`."""
        self.graph = graph
        self.scales, self.shown = fixed(graph.network), shown(graph.network)
        rows = texture_rows(graph.network.nodes)
        self._values = np.zeros((rows * WIDTH, 4), np.float32)
        self._values[:, 2], self._values[:, 3] = 1.0, -1.0
        self._nodes = _texture(self._values.reshape(rows, WIDTH, 4))
        stage_of = np.repeat([s.index for s in graph.network.stages], [s.size for s in graph.network.stages])
        self._mixed = np.zeros((rows * WIDTH, 4), np.float32)
        self._mixed[: len(stage_of), 3] = stage_of
        self._places = _texture(self._mixed.reshape(rows, WIDTH, 4))
        self._stage_of = stage_of
        self._standing_data = np.ones((rows * WIDTH, 4), np.float32)
        self._standing = _texture(self._standing_data.reshape(rows, WIDTH, 4))
        self.standing = False  # whether some edges and nodes stand out
        self.rest = 1.0  # how strongly the other edges are then seen
        self.trace_full = np.zeros(len(graph.network.stages))  # |value| of a trace at full ink
        self._stages = _texture(np.zeros((ROWS, len(graph.network.stages), 4), np.float32))
        self.set_layout(graph)
        self._ink = Ink(graph.edges, self._nodes, self._places, self._stages, self._standing)
        self._mark_off(graph.network)

    def set_weights(self, graph: Graph) -> None:
        """The same network changed by an experiment (`reweighed`): weights are uploaded only where they differ."""
        old, self.graph = self.graph, graph
        if old is None or graph.edges is not old.edges:
            self._ink.set_edges(graph.edges)
        self._mark_off(graph.network)

    def _mark_off(self, network: Network) -> None:
        """Which nodes (nodes,) an experiment has switched off."""
        self._off = np.zeros(network.nodes, bool)
        for name, mask in network.off.items():
            first = network.stage(name).offset
            self._off[first : first + mask.size] = mask.reshape(-1)

    def set_layout(self, graph: Graph) -> None:
        """The same network laid out otherwise (`relaid`): its edges stay where they are uploaded."""
        self.graph = graph
        self._morph = -1.0
        self._slabs = Slabs(graph.layout, self._nodes, self._standing, self._colours)
        self._slabs.set_shown(self.shown.layers)
        self._depths = {}

    def set_shown(self, seen: Shown) -> None:
        """Hide or dim layers; their edges follow with the next `set_exposure`."""
        self.shown = seen
        self._slabs.set_shown(seen.layers)
        self._depths = {}

    def set_values(
        self,
        values: NDArray[np.float32],
        on: NDArray[np.bool_],
        winner: NDArray[np.int32],
        until: int | None = None,
    ) -> None:
        """Upload what the nodes (nodes,) show: outputs, whether each is on, and pool winners (`graph.edges.gates`).

        until: nodes from this id on are not computed yet and stay empty.
        """
        n = len(values)
        self._values[:n, 0] = values
        self._values[:n, 1] = np.clip(values / self.scales.nodes[self._stage_of], -1, 1)
        if until is not None:
            self._values[until:n, 1] = EMPTY
        self._values[:n, 2] = np.where(self._off, -1, on)
        self._values[:n, 3] = winner
        self._nodes.set_data(self._values.reshape(-1, WIDTH, 4))

    def set_standing(self, found: Standout | None, rest: float = FADED) -> None:
        """What stands out, None if nothing does. rest: how strongly the other edges are then seen, 0 to 1."""
        if found is None and not self.standing:
            return
        self.standing, self.rest = found is not None, rest
        data, nodes = self._standing_data, len(self._stage_of)
        data[:, 0] = 1.0
        self.trace_full[:] = 0.0
        if found is not None:
            data[:nodes, 0] = np.where(found.bright, 1.0, STEPPED_BACK)
            if found.traced is not None:
                data[:nodes, 1], data[:nodes, 2] = found.traced.slope, found.traced.carried
                self.trace_full[:] = found.traced.full
        self._standing.set_data(data.reshape(-1, WIDTH, 4))

    def set_theme(self, theme: Theme) -> None:
        """Change the colours; nothing else is uploaded again."""
        if theme is not self.theme:
            self.theme = theme
            self._colours.set_data(diverging_table(theme)[None])

    def set_exposure(
        self,
        exposure: float,
        width: float,
        least: Least | None = None,
        coarse: int = 1,
        mode: str = "signal",
    ) -> None:
        """Fix how ink becomes brightness. exposure: the user's factor; width: of an edge in world units;
        least: of an edge while the picture is incomplete (`Plan.least`), in the edge mode `mode`; coarse: see
        `coarsened`."""
        assert self.graph is not None
        data = np.zeros((ROWS, len(self.graph.network.stages), 4), np.float32)
        data[0, :, 0] = 1 / self.scales.edges
        found = exposures(self.graph, exposure, width)
        data[0, :, 1], data[0, :, 3] = (
            self.ink.scale * np.array(self.shown.pairs) * coarsened(each, exposure, coarse) for each in found
        )
        data[0, :, 2] = 1 / self.graph.weight_full
        data[0, _pools(self.graph.network), 2] *= -1  # for the shader: edges without a sign
        if least is not None:  # never more than what a full edge leaves that stands alone
            weights = mode == "weights"
            full = (self.graph.weight_full if weights else self.scales.edges)[:, None]
            most = BASE_EXPOSURE * exposure / found[weights][:, None]
            data[1, :, :2] = np.minimum(least.ink / full**INK_EXPONENT, most)
            data[1, :, 2:] = least.strength / full
        own = BASE_EXPOSURE if self.trace_full.any() else OWN_EXPOSURE
        data[2, :, 0] = self.ink.scale * own * exposure * (np.array(self.shown.pairs) > 0)
        reach = self.graph.layout.reach
        data[2, :, 2], data[2, 1:, 3] = reach, reach[:-1]  # of a pair: where it arrives, where it leaves
        traced = self.trace_full
        data[2, :, 1] = np.divide(1.0, traced, out=np.zeros_like(traced), where=traced > LEAST)
        self._stages.set_data(data)

    def slabs(
        self, size: tuple[int, int], view: View, fine: int = 1, parts: Sequence[Part | None] = (None,)
    ) -> None:
        """Draw the nodes into the slab buffer of `size` pixels, from one `fine` times finer. parts: only these."""
        large = size[0] * fine, size[1] * fine
        for part in parts:
            with self._target("slabs" if fine == 1 else "fine slabs", large)[0]:
                gloo.set_viewport(0, 0, *large)
                with only_in(part, fine):
                    gloo.clear(color=(0, 0, 0, 0), depth=True)
                    self._slabs.draw(view.matrix, view.morph, float(fine), self.theme)
            if fine > 1:
                with self._target("slabs", size)[0]:
                    gloo.set_viewport(0, 0, *size)
                    with only_in(part):
                        self._resolve.copy(self._targets["fine slabs"][1])

    def begin(self, buffer: str, view: View) -> None:
        """Empty the ink buffer "quick", "full" or "own"; give it the slabs' depth unless it has it from this view."""
        self._place(view.morph)
        seen = (view.matrix.tobytes(), view.morph)
        with self._target(buffer, view.size)[0]:
            gloo.set_viewport(0, 0, *view.size)
            if self._depths.get(buffer) != seen:
                gloo.set_color_mask(False, False, False, False)
                gloo.clear(color=False, depth=True)
                self._slabs.draw(view.matrix, view.morph, 1.0, self.theme)
                gloo.set_color_mask(True, True, True, True)
                self._depths[buffer] = seen
            with only_in(self._inked if buffer == "own" else None):
                gloo.clear(color=(0, 0, 0, 0), depth=False)
            self._inked = self.own_part if buffer == "own" else self._inked

    def add(self, buffer: str, chosen: NDArray[np.int64], view: View) -> None:
        """Deposit the ink of some edges; into "own" as of edges that stand out."""
        with self._target(buffer, view.size)[0]:
            gloo.set_viewport(0, 0, *view.size)
            with only_in(self.own_part if buffer == "own" else None):
                self._ink.add(chosen, view, own=buffer == "own")

    def buffer(self, name: str, size: tuple[int, int]) -> gloo.FrameBuffer:
        """The framebuffer of one of the buffers, for what else is to be drawn there."""
        return self._target(name, size)[0]

    def tint(self, buffer: str) -> None:
        """Turn an ink buffer into colour. To be done once when its ink has changed."""
        size, part = self._target_sizes[buffer], self.own_part if buffer == "own" else None
        with self._target("own tint" if buffer == "own" else "tint", size)[0]:
            gloo.set_viewport(0, 0, *size)
            if buffer == "own":  # what the last edges that stood out have left there
                with only_in(self._tinted):
                    gloo.clear(color=(0, 0, 0, 0), depth=False)
                self._tinted = part
            with only_in(part):
                self._resolve.tint(self._targets[buffer][1], self.theme, self.ink.scale)

    def compose(self, size: tuple[int, int], transparent: bool = False) -> None:
        """Draw background, slabs and tinted ink into the current framebuffer of `size` pixels."""
        gloo.set_viewport(0, 0, *size)
        layers = ("slabs", "tint", "own tint") if self.standing else ("slabs", "tint")
        for name in layers:  # filtering costs, and does nothing where pixel meets pixel
            self._targets[name][1].interpolation = "nearest" if self._target_sizes[name] == size else "linear"
        slabs, tint, *own = (self._targets[name][1] for name in layers)
        self._resolve.compose(slabs, tint, size, self.theme, transparent, own[0] if own else None, self.rest)

    def _place(self, morph: float) -> None:
        """Put the edges' ends where they are between the two layouts."""
        assert self.graph is not None
        if morph == self._morph:
            return
        self._morph = morph
        places = self.graph.layout.positions
        self._mixed[: len(places["3d"]), :3] = (1 - morph) * places["3d"] + morph * places["2d"]
        self._places.set_data(self._mixed.reshape(-1, WIDTH, 4))
        way = (1.0, 0.0, 0.0) if self.graph.layout.options.flow_2d == "right" else (0.0, 0.0, 1.0)
        self._ink.set_flow(np.float32(morph) * np.array(way, np.float32))

    def _target(self, name: str, size: tuple[int, int]) -> tuple[gloo.FrameBuffer, gloo.Texture2D]:
        """One of the framebuffers, made anew when its size changes: "slabs", "fine slabs", the inks "quick", "full" and
        "own", "tint", "own tint"."""
        if self._target_sizes.get(name) != size:
            shape = (size[1], size[0])
            # ink is tinted pixel by pixel: filtering floats costs more than all the rest
            ink = name in ("quick", "full", "own")
            kind, filtered = (self.ink.kind, "nearest") if ink else ("rgba8", "linear")
            texture = gloo.Texture2D((*shape, 4), format="rgba", internalformat=kind, interpolation=filtered)
            buffer = gloo.FrameBuffer(color=texture, depth=gloo.RenderBuffer(shape, "depth"))
            self._targets[name] = (buffer, texture)
            self._target_sizes[name] = size
            self._depths.pop(name, None)
            self._inked = None if name == "own" else self._inked
            self._tinted = None if name == "own tint" else self._tinted
        return self._targets[name]


@contextmanager
def only_in(part: Part | None, fine: int = 1) -> Iterator[None]:
    """Draw in a part of the current framebuffer, which is `fine` times finer, and leave the rest alone."""
    if part is None:
        yield
        return
    gloo.set_scissor(*(fine * n for n in part))
    gloo.set_state(scissor_test=True)
    try:
        yield
    finally:
        gloo.set_state(scissor_test=False)


def _pools(network: Network) -> list[bool]:
    return [stage.kind in POOLS for stage in network.stages]


def _texture(data: NDArray[np.float32]) -> gloo.Texture2D:
    """Floats, read texel by texel."""
    return gloo.Texture2D(data, interpolation="nearest", internalformat="rgba32f", wrapping="clamp_to_edge")
