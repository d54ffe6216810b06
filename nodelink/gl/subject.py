"""Subject: what a scene shows. Network, signal, settings, what stands out, and where all of it is seen from.

The scene draws it; here nothing is drawn, but what changes is given to the renderer.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from nodelink.explain.difference import obstacle
from nodelink.gl.caption import Caption
from nodelink.gl.foreground import Foreground
from nodelink.gl.numbers import Stance
from nodelink.gl.renderer import Renderer
from nodelink.gl.text import Picture
from nodelink.graph import camera
from nodelink.graph import edges as graph_edges
from nodelink.graph.emphasis import Emphasis
from nodelink.graph.layout import Layout, Options, only
from nodelink.graph.plan import Plan
from nodelink.graph.prepare import Graph, prepare, relaid, reweighed
from nodelink.graph.scales import fixed, relative
from nodelink.graph.shown import shown
from nodelink.nn.network import Activations, Network
from nodelink.settings import Settings
from nodelink.theme import Theme, look

FITS = 8  # fitted views that are kept: a morph needs two in every frame
LEGENDS = 4  # legends that are kept: pointing at nodes changes between two
KNOWN = 4  # networks whose edges and layout are kept
EDGE_WIDTH = 1.1  # logical pixels at a picture REFERENCE high
REFERENCE = 800


class Subject:
    """Everything the picture depends on. Needs a current OpenGL context of vispy's."""

    def __init__(self) -> None:
        self.renderer = Renderer()
        self.foreground = Foreground(self.renderer)
        self.settings = Settings()
        self.graph: Graph | None = None
        self.activations: Activations | None = None
        self._other: Activations | None = None  # A, where the scene shows B - A
        self.poses: dict[str, camera.Pose | None] = {"3d": None, "2d": None}  # None: the fitted start view
        self.morph = 0.0  # 0 is 3D, 1 is 2D, between them the two are mixed
        self.frame = 1.0  # height of the window around it, in heights of the scene: text is as large as it
        self._known: list[Graph] = []  # the last few networks, ready to come back
        self.plan: Plan | None = None
        self._legends: dict[object, Picture] = {}  # by all that they say; the last few
        self._fitted: tuple[Graph | None, dict[object, camera.Pose]] = None, {}  # views of one graph

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
            caption = replace(self.caption(size), stance=Stance())  # whatever stands out now
            self._fitted[1][key] = caption.fitted(layout, view, caption.legend(1.0))
        return self._fitted[1][key]

    def covered(self, size: tuple[int, int]) -> tuple[float, float, float, float]:
        """The shares of a picture of `size` that the legend covers: left, right, bottom, top."""
        caption = replace(self.caption(size), stance=Stance())
        return caption.covered(caption.legend(1.0))

    def caption(self, size: tuple[int, int]) -> Caption:
        """What is to be written on a picture of `size`."""
        assert self.graph is not None
        seen, scales = self.renderer.shown, self.renderer.scales
        stance = replace(self.foreground.stance, difference=self._other is not None)
        return Caption(self.graph, self.settings, scales, seen, self.theme, size, self.frame, stance)

    def legend(self, size: tuple[int, int], caption: Caption) -> tuple[object, Picture]:
        """Its key and picture, kept until something that it says changes."""
        width, chosen = self.edge_width(size), self.settings
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

    def edge_width(self, size: tuple[int, int]) -> float:
        """Width of an edge in world units at the camera's target."""
        return self.pose(size).height / size[1] * max(1.0, EDGE_WIDTH * size[1] / REFERENCE)


def options_of(settings: Settings) -> Options:
    """The layout options among the settings."""
    chosen = settings
    return Options(chosen.dense, chosen.direction_3d, chosen.direction_2d, chosen.cell, chosen.spacing)
