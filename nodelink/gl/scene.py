"""Scene: its subject -> the picture, quick while something moves and complete at rest.

The window's canvas and `nodelink render` both draw through this; it knows neither windows nor mice.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from vispy import gloo

from nodelink.gl.annotate import boxes_of
from nodelink.gl.caption import Scribe
from nodelink.gl.ink import View
from nodelink.gl.renderer import Part
from nodelink.gl.report import DrawReport
from nodelink.gl.subject import EDGE_WIDTH, REFERENCE, Subject
from nodelink.gl.tags import Seen
from nodelink.gl.text import Overlay
from nodelink.graph import camera
from nodelink.graph.plan import Least
from nodelink.nn.naming import output_text, value_text

CHUNK = 16_000  # edges added at a time to the complete picture
FINE = 2  # the slab buffer at rest is so many times finer than the picture
MUCH = 0.5  # of the picture: where slabs on more of it look otherwise, all of it is drawn
LARGEST_TARGET = 8192  # edge of a buffer that every OpenGL 2.1 with float textures has


class Scene(Subject):
    """Draws its subject. Needs a current OpenGL context of vispy's."""

    def __init__(self) -> None:
        super().__init__()
        self.overlay = Overlay()
        self.scribe = Scribe()
        self._fine = 1  # the slab buffer is so many times finer than the picture
        self._standing_drawn = 0
        self._rest: list[NDArray[np.int64]] = []  # chunks still to be added to the complete picture
        self._rest_view: View | None = None

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
        caption = self.caption(size)
        key, picture = self.legend(size, caption)
        writing = self.scribe.writing(caption, name, self.pose(size), picture, output)
        if transparent:
            writing = replace(writing, halo="")
        at = caption.legend_at(picture)
        self.overlay.draw(writing.labels, [(key, picture, at)], size, writing.leaders)
        pad = 0.35 * caption.font
        room = (pad, pad, size[0] - pad, size[1] - pad)
        taken = [*boxes_of(writing.notes), (*at, at[0] + picture.shape[1], at[1] + picture.shape[0])]
        self.foreground.draw_tags(seen, self._told, caption.font, room, taken)

    def _told(self, node: int) -> str:
        """A node's value, or the difference that is shown of it; how far it is computed."""
        shown, until = self.activations, self._values[3]
        if shown is None:  # nothing has come yet
            return ""
        if self._other is not None and (until is None or node < until):
            return value_text(shown.network, node, float(self._values[0][node]), "B - A")
        return output_text(shown, node)

    def _expose(self, size: tuple[int, int], least: Least | None, coarse: int = 1) -> None:
        chosen = self.settings
        self.renderer.set_exposure(chosen.exposure, self.edge_width(size), least, coarse, chosen.edges)

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


def read(size: tuple[int, int]) -> NDArray[np.uint8]:
    """The current framebuffer's pixels (H, W, 4), top row first."""
    return np.asarray(gloo.read_pixels((0, 0, *size), alpha=True, out_type="unsigned_byte"))
