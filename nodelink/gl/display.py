"""Display: what the easel is to show, and how it gets there from what it shows: at once, fading, or morphing."""

from __future__ import annotations

from nodelink.gl.context import lives, release
from nodelink.gl.easel import Easel
from nodelink.gl.transition import WRITING
from nodelink.graph.emphasis import NOTHING, Emphasis
from nodelink.nn.network import Activations, Network
from nodelink.settings import Settings

SUDDEN = (
    "theme",
    "palette",
    "dense",
    "direction_3d",
    "direction_2d",
)  # changes between which a picture fades


class Display(Easel):
    """An easel that is told what to show."""

    def set_network(self, network: Network) -> None:
        """Show another network from its start view; the old picture fades. A network that an experiment has changed
        is the same one: nothing fades, and the camera stays."""
        old = self._network
        if old is not None and old is not network and old.original is network.original:
            seen = self._travel.seen() if self._shown and not (old.changes and network.changes) else None
            self._network = network
            self._change("network", "activations")
            if seen is not None and self._travel.follows:
                self._tell()
                self._travel.settle(
                    seen
                )  # the legend says more or less now, and the start view has other margins
            return
        self._keep_picture()
        self._network, self._activations, self._shown = network, None, False
        self._focus, self._spot, self._other = NOTHING, None, None
        self._travel.reset()
        self._change("network", "activations")

    def set_activations(self, activations: Activations | None) -> None:
        """Show one forward pass of the current network, or none."""
        self._activations = activations
        self._change("activations")

    def set_difference(self, other: Activations | None) -> None:
        """Show what the current pass differs from this one by (B - A) until None: nodes by the difference of their
        outputs, edges by weight x difference of the source. For the current network or one of the same shapes."""
        if other is not self._other:
            self._other = other
            self._change("activations")

    def apply(self, settings: Settings) -> None:
        """Take over layout, theme, edge mode, exposure, text size. A change of layout morphs."""
        old, self._settings = self._settings, settings
        self._travel.animated = settings.motion
        seen = self._travel.seen() if self._shown else None
        if any(getattr(old, name) != getattr(settings, name) for name in SUDDEN):
            self._keep_picture()
        if old.layout != settings.layout:
            self._travel.layout = settings.layout
            if self._shown and settings.motion:
                if not self.morphing:  # what is written goes gently, too
                    self._keep_picture(WRITING)
                self._transition.morph_to(self.flat, self.now())
            else:
                self._transition.finish(self.flat)
        self._change()
        if seen is not None and old.layout == settings.layout and self._travel.follows:
            self._tell()
            self._travel.settle(seen)  # a fitted view may have other margins now

    def set_window_height(self, height: int) -> None:
        """How high the window around the picture is, in logical pixels: the text size is a share of it."""
        if height != self._window_height:
            self._window_height = height
            self._change()

    def set_focus(self, emphasis: Emphasis) -> None:
        """Let stand out what the user asks about. Node ids are those of the current network."""
        if emphasis != self._focus:
            self._focus = emphasis
            self._change_emphasis()

    def set_spot(self, emphasis: Emphasis | None) -> None:
        """Let stand out what a lesson points at, until None; while the user points at a node, that one instead."""
        if emphasis != self._spot:
            self._spot = emphasis
            self._change_emphasis()

    def clear(self) -> None:
        """Show nothing, and give back what has been uploaded; another network may come."""
        self._timer.stop()
        if self._scene is not None and lives(self):
            release(self)
        self._scene = self._network = self._activations = self._other = None
        self._shown = self._completing = False
        self._transition.forget()
        self._change("network", "activations")
