"""Scene: network, signal, settings and pose -> the picture, quick while something moves and complete at rest.

The window's canvas and `nodelink render` both draw through this; it knows neither windows nor mice.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from vispy import gloo

from nodelink.explain.difference import obstacle
from nodelink.gl.annotate import boxes_of
from nodelink.gl.caption import Caption, Scribe
from nodelink.gl.foreground import Foreground, Seen
from nodelink.gl.ink import View
from nodelink.gl.numbers import Stance
from nodelink.gl.renderer import Part, Renderer
from nodelink.gl.text import Overlay, Picture
from nodelink.graph import camera
from nodelink.graph import edges as graph_edges
from nodelink.graph.emphasis import Emphasis
from nodelink.graph.layout import Layout, Options, only
from nodelink.graph.plan import Least, Plan
from nodelink.graph.prepare import Graph, prepare, relaid, reweighed
from nodelink.graph.scales import fixed, relative
from nodelink.graph.shown import shown
from nodelink.nn.network import Activations, Network
from nodelink.settings import Settings
from nodelink.theme import Theme, look

FITS = 8  # fitted views that are kept: a morph needs two in every frame
LEGENDS = 4  # legends that are kept: pointing at nodes changes between two
KNOWN = 4  # networks whose edges and layout are kept
CHUNK = 16_000  # edges added at a time to the complete picture
EDGE_WIDTH = 1.1  # logical pixels at a picture REFERENCE high
REFERENCE = 800
FINE = 2  # the slab buffer at rest is so many times finer than the picture
MUCH = 0.5  # of the picture: where slabs on more of it look otherwise, all of it is drawn
LARGEST_TARGET = 8192  # edge of a buffer that every OpenGL 2.1 with float textures has


@dataclass(frozen=True)
class DrawReport:
    """What the last picture shows."""

    edges_drawn: int
    edges_signal: int  # edges that carry signal
    edges_effective: int  # those that arrive at a node that is on
    edges_total: int
    share_mean: (
        float  # drawn share of the effective signal, mean over the layer pairs shown; nan where none is drawn
    )
    share_least: float  # of the worst pair
    milliseconds: float
    complete: bool
    fallback: str | None = None  # what this machine's OpenGL cannot show
    standing_drawn: int = 0  # edges that stand out, drawn
    standing: int = 0  # and all of them
    layers_hidden: int = 0  # layers that are not shown: the shares leave out the edges to and from them
    so_far: bool = False  # a pass has not reached all nodes: the shares are of what it has

    @property
    def edges_shown(self) -> int:
        """Edges on the screen: in a trace, and where only chosen ones are drawn, those that stand out."""
        return self.edges_drawn or self.standing_drawn


class Scene:
    """Everything the picture depends on. Needs a current OpenGL context of vispy's."""

    def __init__(self) -> None:
        self.renderer = Renderer()
        self.overlay = Overlay()
        self.foreground = Foreground(self.renderer)
        self.settings = Settings()
        self.graph: Graph | None = None
        self.activations: Activations | None = None
        self._other: Activations | None = None  # A, where the scene shows B - A
        self.poses: dict[str, camera.Pose | None] = {"3d": None, "2d": None}  # None: the fitted start view
        self.morph = 0.0  # 0 is 3D, 1 is 2D, between them the two are mixed
        self._known: list[Graph] = []  # the last few networks, ready to come back
        self.plan: Plan | None = None
        self._fine = 1  # the slab buffer is so many times finer than the picture
        self._standing_drawn = 0
        self._rest: list[NDArray[np.int64]] = []  # chunks still to be added to the complete picture
        self._rest_view: View | None = None
        self._legends: dict[object, Picture] = {}  # by all that they say; the last few
        self.scribe = Scribe()
        self._fitted: tuple[Graph | None, dict[object, camera.Pose]] = None, {}  # views of one graph
        self.frame = (
            1.0  # height of the window around the scene, in heights of the scene: text is as large as it
        )

    def set_network(self, network: Network) -> None:
        """Show another network, without signal until `set_activations`; or the same one, changed by an experiment."""
        if self.graph is not None and self.graph.network.original is network.original:
            self._reweigh(network)
            return
        known = (g for g in self._known if g.network.original is network.original)
        graph = reweighed(next(known, None) or prepare(network.original), network)
        self._known = [
            graph,
            *(g for g in self._known if g.network.original is not network.original),
        ][:KNOWN]
        self.graph = graph
        self.activations = None
        self.renderer.set_graph(graph)
        self.plan = Plan(network, graph.edges)
        self.foreground.set_graph(graph)
        self._lay_out()
        self._show()
        self._set_mode()
        self._legends, self._other = {}, None
        self.set_activations(None)

    def _reweigh(self, network: Network) -> None:
        """Follow an experiment: layout, looks, edge mode and selection stay."""
        assert self.graph is not None
        assert self.plan is not None
        old, self.graph = self.graph, reweighed(self.graph, network)
        self._known = [self.graph, *self._known[1:]]
        self.renderer.set_weights(self.graph)
        self.foreground.reweigh(self.graph)
        if self.graph.edges is not old.edges:
            self.plan = Plan(network, self.graph.edges)
            self.plan.set_hidden(self.renderer.shown.hidden_pairs)
            self._set_mode()

    def set_activations(self, activations: Activations | None) -> None:
        """Show what one forward pass computed (its first sample), or a network without input."""
        self.plan_for(activations)
        self.upload()

    def set_difference(self, other: Activations | None) -> None:
        """Show what the next passes differ from this one by, B - A; None shows them as they are.

        ValueError where the nodes do not correspond.
        """
        if other is not None and self.graph is not None:
            fault = obstacle(self.graph.network, other.network)
            if fault is not None:
                raise ValueError(f"there is no difference to show: {fault}")
        self._other = other

    def plan_for(self, activations: Activations | None) -> None:
        """Work out which edges carry what; nothing is shown before `upload`."""
        assert self.graph is not None
        assert self.plan is not None
        self.activations = activations
        network = self.graph.network
        if activations is None:
            values = np.zeros(network.nodes, np.float32)
            on, winner = np.zeros(network.nodes, bool), np.full(network.nodes, -1, np.int32)
        else:
            values = activations.values()
            on, winner = graph_edges.gates(network, activations)
            if self._other is not None:
                values, on, winner = graph_edges.difference(network, activations, self._other)
        reached = activations.reached if activations is not None else None
        self.plan.set_signal(values, on, winner, reached.pre if reached else None)
        self._values = (values, on, winner, reached.out if reached else None)
        self._scale()
        self.foreground.touch()

    def upload(self) -> None:
        """Give the nodes' values to the GPU."""
        if self.graph is not None:
            self.renderer.set_values(*self._values)

    def apply(self, settings: Settings) -> None:
        """Take over looks, layout options, layers shown, edge mode, exposure, text size."""
        old, self.settings = self.settings, settings
        self.renderer.set_theme(look(settings.theme, settings.palette))
        self._lay_out()
        self._show()
        if old.scale != settings.scale:
            self._scale()
            self.upload()
        mode = (settings.edges, settings.held_back, settings.strongest)
        if (old.edges, old.held_back, old.strongest) != mode:
            self._set_mode()

    @property
    def theme(self) -> Theme:
        """The colours, node colours of the chosen palette included."""
        return self.renderer.theme

    @property
    def visible(self) -> Layout:
        """The layout without the layers that are hidden: what can be pointed at and looked for."""
        assert self.graph is not None
        return only(self.graph.layout, [i for i, seen in enumerate(self.renderer.shown.layers) if seen])

    def _lay_out(self) -> None:
        """Follow the layout options."""
        options = options_of(self.settings)
        if self.graph is not None and self.graph.layout.options != options:
            self.graph = relaid(self.graph, options)
            self._known = [self.graph, *self._known[1:]]
            self.renderer.set_layout(self.graph)

    def _show(self) -> None:
        """Follow what is hidden, dimmed or alone."""
        if self.graph is not None and self.plan is not None:
            chosen = self.settings
            seen = shown(self.graph.network, chosen.layers_hidden, chosen.layers_dimmed, chosen.layer_alone)
            if seen != self.renderer.shown:
                self.renderer.set_shown(seen)
                self.plan.set_hidden(seen.hidden_pairs)
                self.foreground.touch()

    def _scale(self) -> None:
        """Follow the choice between fixed scales and the current input's own."""
        if self.graph is not None and self.plan is not None:
            network = self.graph.network
            own = self.settings.scale == "relative"
            self.renderer.scales = (
                relative(network, self._values[0], self.plan.signal) if own else fixed(network)
            )

    def emphasize(self, emphasis: Emphasis) -> bool:
        """Let this stand out; whether more than `draw_standing` is to be drawn again."""
        old = self.foreground.emphasis.traced is None
        self.foreground.emphasize(emphasis)
        if (emphasis.traced is None) == old:
            return False
        self._set_mode()  # where there is a trace, there are no other edges
        return True

    def _set_mode(self) -> None:
        if self.plan is not None:
            chosen, traced = self.settings, self.foreground.emphasis.traced is not None
            self.plan.set_mode("selected" if traced else chosen.edges, chosen.held_back, chosen.strongest)
            self.foreground.touch()

    def pose_for(self, name: str, size: tuple[int, int]) -> camera.Pose:
        """The pose of a layout: the user's, or the fitted start view of a picture of `size`."""
        pose = self.poses[name]
        if pose is not None or self.graph is None:
            return pose or camera.Pose(0, 0, (0, 0, 0), 100, 1)
        return self.named_pose(name, "start", size)

    def named_pose(self, layout: str, view: camera.Direction, size: tuple[int, int]) -> camera.Pose:
        """A view fitted to a picture of `size` with room for what is written on it."""
        assert self.graph is not None
        chosen = self.settings
        look = (
            chosen.text_size,
            self.frame,
            chosen.edges,
            chosen.palette,
            chosen.scale,
            chosen.strongest < 1,
        )
        key = (self.graph.network.name, self.graph.layout.options, layout, view, size, look)
        if self._fitted[0] is not self.graph or len(self._fitted[1]) > FITS:
            self._fitted = (self.graph, {})
        if key not in self._fitted[1]:
            caption = replace(self._caption(size), stance=Stance())  # whatever stands out now
            self._fitted[1][key] = caption.fitted(layout, view, caption.legend(1.0))
        return self._fitted[1][key]

    def covered(self, size: tuple[int, int]) -> tuple[float, float, float, float]:
        """The shares of a picture of `size` that the legend covers: left, right, bottom, top."""
        caption = replace(self._caption(size), stance=Stance())
        return caption.covered(caption.legend(1.0))

    def _caption(self, size: tuple[int, int]) -> Caption:
        """What is to be written on a picture of `size`."""
        assert self.graph is not None
        seen, scales = self.renderer.shown, self.renderer.scales
        stance = replace(self.foreground.stance, difference=self._other is not None)
        return Caption(self.graph, self.settings, scales, seen, self.theme, size, self.frame, stance)

    def _legend_now(self, size: tuple[int, int], caption: Caption) -> tuple[object, Picture]:
        """Its key and picture, kept until something that it says changes."""
        width, chosen = self._edge_width(size), self.settings
        look = (chosen.theme, chosen.palette, chosen.scale, chosen.edges, chosen.exposure, chosen.held_back)
        said = (look, chosen.strongest, caption.stance, caption.shown.layers)
        numbers = tuple(caption.scales.nodes), tuple(caption.scales.edges)
        assert self.graph is not None
        graph = (id(self.graph), self.graph.layout.options, self.graph.network.changes)
        key = ("legend", graph, size, caption.font, said, numbers, round(float(np.log(width)), 1))
        if key not in self._legends:
            self._legends = dict(list(self._legends.items())[-LEGENDS + 1 :])
            self._legends[key] = caption.legend(width)
        return key, self._legends[key]

    def pose(self, size: tuple[int, int]) -> camera.Pose:
        """The pose now: of the layout, or on the way from one to the other."""
        if self.morph <= 0:
            return self.pose_for("3d", size)
        if self.morph >= 1:
            return self.pose_for("2d", size)
        return camera.blend(self.pose_for("3d", size), self.pose_for("2d", size), self.morph)

    def _view(self, size: tuple[int, int], coarse: int = 1) -> View:
        """The view of a picture of `size`, with ink `coarse` times coarser."""
        matrix = camera.matrix(self.pose(size), size[0] / size[1])
        ink_size = (max(1, size[0] // coarse), max(1, size[1] // coarse))
        width = max(1.0, EDGE_WIDTH * size[1] / REFERENCE) / coarse
        return View(matrix, self.morph, ink_size, width, self.settings.held_back, self.settings.edges)

    def draw_quick(self, size: tuple[int, int], budget: int, coarse: int = 1) -> DrawReport:
        """Draw the edges that fit `budget`, as bright as all of them; `present` shows it.

        coarse: how many times coarser than the picture the ink is; 2 quarters the pixels to fill.
        """
        assert self.plan is not None
        start = time.perf_counter()
        view = self._view(size, coarse)
        self.foreground.resolve(self.plan, self.activations)
        standing = min(self.foreground.count, budget // 2)
        chosen = self.plan.quick(budget - standing)
        complete = len(chosen) >= self.plan.carrying
        self._expose(size, None if complete else self.plan.least(), coarse)
        self._draw_slabs(size, view, 1)
        self.renderer.begin("quick", view)
        self.renderer.add("quick", chosen, view)
        self.renderer.tint("quick")
        self._draw_foreground(size, standing)
        self._rest_view = None
        return self._report(len(chosen), complete, start)

    def draw_standing(self, size: tuple[int, int], budget: int) -> DrawReport:
        """Draw what stands out anew, over the rest as it is: `budget` edges at most.

        The report says whether that is complete; nothing else of it is about the rest.
        """
        assert self.plan is not None
        start = time.perf_counter()
        before = self.foreground.found
        if self.foreground.resolve(self.plan, self.activations):
            view = self._view(size)
            parts = self.foreground.changed(before, view)
            if (
                self.foreground.tracing
            ):  # nodes of all layers: finely they would take longer than all the rest
                self._draw_slabs(size, view, 1)
            else:
                self._draw_slabs(size, view, self._fine, (None,) if _area(parts, size) > MUCH else parts)
        self._draw_foreground(size, budget)
        return self._report(0, self._fine == _finest(size), start)

    def _draw_foreground(self, size: tuple[int, int], most: int | None) -> None:
        if self.foreground.found is not None:
            self._expose(size, None)
        self._standing_drawn = self.foreground.begin(self._view(size), most)

    def _draw_slabs(
        self, size: tuple[int, int], view: View, fine: int, parts: Sequence[Part | None] = (None,)
    ) -> None:
        self._fine = min(fine, _finest(size))
        self.renderer.slabs(size, view, self._fine, parts)

    def begin_rest(self, size: tuple[int, int]) -> None:
        """Start the complete picture behind the quick one."""
        assert self.plan is not None
        self._rest_view = self._view(size)
        self.foreground.resolve(self.plan, self.activations)
        self._rest = self.plan.rest(CHUNK)[::-1]
        self._rest_drawn = sum(len(chunk) for chunk in self._rest)
        self._expose(size, None)
        self.renderer.begin("full", self._rest_view)
        self.foreground.begin(self._rest_view, CHUNK)

    def rest_step(self, size: tuple[int, int]) -> DrawReport | None:
        """Add one chunk; the report of the complete picture once it is shown, None before."""
        start = time.perf_counter()
        if self._rest_view is None or self._rest_view.size != size:
            self.begin_rest(size)
        assert self._rest_view is not None
        if self._rest:
            self.renderer.add("full", self._rest.pop(), self._rest_view)
        elif self.foreground.pending:
            self.foreground.step(self._rest_view)
        gloo.finish()  # or a software rasterizer collects 120 MB of lines before it draws the first
        if self._rest or self.foreground.pending:
            return None
        self._standing_drawn = self.foreground.count
        self._draw_slabs(size, self._rest_view, FINE)
        self.renderer.tint("full")
        return self._report(self._rest_drawn, True, start)

    def draw_complete(self, size: tuple[int, int]) -> DrawReport:
        """Draw all edges now; `present` shows it."""
        start = time.perf_counter()
        self.begin_rest(size)
        while (report := self.rest_step(size)) is None:
            pass
        return replace(report, milliseconds=(time.perf_counter() - start) * 1e3)

    def present(self, size: tuple[int, int], transparent: bool = False) -> None:
        """Resolve what is drawn, and the labels, into the current framebuffer."""
        self.renderer.compose(size, transparent)
        if self.graph is not None:
            seen = Seen(self.visible, self.morph, self.pose(size), size, self.theme)
            self.foreground.draw_marks(seen)
            self._write(size, seen, transparent)
        # Qt clears with the colour that was left here: were it transparent, the window would be blank
        gloo.set_clear_color((0, 0, 0, 1))

    def _write(self, size: tuple[int, int], seen: Seen, transparent: bool = False) -> None:
        """Labels and legend, and what stands beside nodes. While one layout turns into the other they would flicker.

        Where there is no background, letters have no rim in its colour.
        """
        if 0 < self.morph < 1:
            return
        name = "2d" if self.morph >= 1 else "3d"
        output = None  # a blank pad has no answer that could be written, nor has a pass that is not there yet
        shown = self.activations
        if shown is not None and shown.out[0][0].any() and shown.reached is None and self._other is None:
            output = shown.output[0].astype(np.float32)
        caption = self._caption(size)
        key, picture = self._legend_now(size, caption)
        writing = self.scribe.writing(caption, name, self.pose(size), picture, output)
        if transparent:
            writing = replace(writing, halo="")
        at = caption.legend_at(picture)
        self.overlay.draw(writing.labels, [(key, picture, at)], size, writing.leaders)
        pad = 0.35 * caption.font
        room = (pad, pad, size[0] - pad, size[1] - pad)
        taken = [*boxes_of(writing.notes), (*at, at[0] + picture.shape[1], at[1] + picture.shape[0])]
        values, until = self._values[0], self._values[3]
        if until is not None:  # what is not computed yet has no value to be told
            values = np.where(np.arange(len(values)) < until, values, np.float32(np.nan))
        self.foreground.draw_tags(seen, values, self._other is not None, caption.font, room, taken)

    def _edge_width(self, size: tuple[int, int]) -> float:
        """Width of an edge in world units at the camera's target."""
        return self.pose(size).height / size[1] * max(1.0, EDGE_WIDTH * size[1] / REFERENCE)

    def _expose(self, size: tuple[int, int], least: Least | None, coarse: int = 1) -> None:
        chosen = self.settings
        self.renderer.set_exposure(chosen.exposure, self._edge_width(size), least, coarse, chosen.edges)

    def _report(self, drawn: int, complete: bool, start: float) -> DrawReport:
        assert self.plan is not None
        share = self.plan.share(complete)
        none = self.plan.mode == "selected" or not drawn
        return DrawReport(
            edges_drawn=drawn,
            edges_signal=sum(self.plan.signal.carrying),
            edges_effective=len(self.plan.signal.ids),
            edges_total=len(self.plan.edges),
            share_mean=math.nan if none else share.mean,
            share_least=math.nan if none else share.least,
            milliseconds=(time.perf_counter() - start) * 1e3,
            complete=complete and self._standing_drawn >= self.foreground.count,
            fallback=self.renderer.ink.fallback,
            standing_drawn=self._standing_drawn,
            standing=self.foreground.count,
            layers_hidden=self.renderer.shown.layers.count(0.0),
            so_far=self.plan.until is not None,
        )


def _finest(size: tuple[int, int]) -> int:
    """How many times finer than a picture of `size` its slab buffer can be."""
    return FINE if max(size) * FINE <= LARGEST_TARGET else 1


def _area(parts: Sequence[Part | None], size: tuple[int, int]) -> float:
    """How much of a picture of `size` its parts have together, those that overlap twice."""
    return sum(1.0 if part is None else part[2] * part[3] / (size[0] * size[1]) for part in parts)


def options_of(settings: Settings) -> Options:
    """The layout options among the settings."""
    chosen = settings
    return Options(chosen.dense, chosen.direction_3d, chosen.direction_2d, chosen.cell, chosen.spacing)


def read(size: tuple[int, int]) -> NDArray[np.uint8]:
    """The current framebuffer's pixels (H, W, 4), top row first."""
    return np.asarray(gloo.read_pixels((0, 0, *size), alpha=True, out_type="unsigned_byte"))
