"""Pad: the drawing with its history, its ink, and the stroke in progress. Part of the session; knows no network.

Whoever finds that a network cannot answer to what has been done puts the page back that was there before.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nodelink import samples
from nodelink.frame import Drawing
from nodelink.nn.preprocess import PAD, Stroke, draw, rasterize
from nodelink.nn.transforms import Sheet

Array = NDArray[np.float32]
UNDO_STEPS = 200


def _blank() -> Array:
    return np.zeros((PAD, PAD), np.float32)


@dataclass(frozen=True, eq=False)
class Page:
    """A drawing, its ink (280, 280), on which the stroke in progress is drawn, and what came before and after it."""

    drawing: Drawing = field(default_factory=Drawing)
    ink: Array = field(default_factory=_blank)
    undo: tuple[Drawing, ...] = ()
    redo: tuple[Drawing, ...] = ()

    def turned(self, drawing: Drawing) -> Page:
        """Another drawing, with the same history."""
        return replace(self, drawing=drawing, ink=rasterize(drawing.strokes, drawing.base))

    def followed(self, drawing: Drawing, ink: Array) -> Page:
        """Another drawing that can be undone."""
        return Page(drawing, ink, (*self.undo, self.drawing)[-UNDO_STEPS:])


class Pad:
    """What is on the pad. Every change of the drawing is a new `page`."""

    def __init__(self) -> None:
        self.page = Page()
        self._live: list[tuple[float, ...]] = []  # the stroke in progress: x, y, factor on the width
        self._style = 0.0, False, False  # its width, whether it erases and feels pressure

    # What there is

    @property
    def drawing(self) -> Drawing:
        return self.page.drawing

    @property
    def stroking(self) -> bool:
        """Whether more of a stroke is to come."""
        return bool(self._live)

    @property
    def sheet(self) -> Sheet:
        """What is on the pad now, the stroke in progress included. Its ink is a copy that nobody writes to."""
        ink = self.page.ink.copy()
        ink.flags.writeable = False
        if not self._live:
            return Sheet(ink, self.drawing.strokes, self.drawing.base)
        stroke = self._stroke()
        keep = self._kept(stroke)
        return Sheet(ink, (*keep.strokes, stroke), keep.base)

    # The stroke in progress

    def begin(self, width: float, *, erase: bool, pressed: bool) -> None:
        """The next points are those of a new stroke; pressed: each says how wide it is there."""
        self._style = width, erase, pressed

    def extend(self, points: Iterable[tuple[float, float] | tuple[float, float, float]]) -> bool:
        """More of the stroke, x, y and perhaps size; only the new part is drawn. Whether there was any."""
        first = len(self._live)
        if not first and self.drawing.example and not self._style[1]:
            self.page = replace(
                self.page, ink=_blank()
            )  # also where an undo has ended the stroke under the pen
        self._live.extend((x, y, *(size or (1.0,))) for x, y, *size in points)
        if len(self._live) == first:
            return False
        draw(self.page.ink, self._stroke(), first)
        return True

    def lift(self) -> bool:
        """The stroke in progress becomes one that can be undone; whether there was one."""
        if not self._live:
            return False
        stroke, self._live = self._stroke(), []
        keep = self._kept(stroke)
        self.page = self.page.followed(Drawing((*keep.strokes, stroke), keep.base), self.page.ink)
        return True

    def drop(self) -> None:
        """Forget the stroke in progress."""
        self._live = []
        self.page = self.page.turned(self.drawing)

    def _stroke(self) -> Stroke:
        width, erase, pressed = self._style
        points = np.array(self._live, np.float64)
        return Stroke(points[:, :2], width, erase, width * points[:, 2] if pressed else None)

    def _kept(self, stroke: Stroke) -> Drawing:
        """What a stroke is drawn on: the pencil takes the place of the example."""
        return Drawing() if self.drawing.example and not stroke.erase else self.drawing

    # Other drawings

    def put(self, drawing: Drawing) -> None:
        """Another drawing. Can be undone."""
        self.page = self.page.followed(drawing, rasterize(drawing.strokes, drawing.base))

    def show_example(self, digit: int) -> None:
        """A sample that the first pencil stroke replaces."""
        self.page = self.page.turned(Drawing(samples.sample(digit, 0), sample=(digit, 0), example=True))

    def sample(self, digit: int) -> None:
        """A sample digit; again: the next variant."""
        shown = self.drawing.sample
        again = shown is not None and shown[0] == digit
        variant = (shown[1] + 1) % len(samples.SAMPLES[digit]) if shown is not None and again else 0
        self.put(Drawing(samples.sample(digit, variant), sample=(digit, variant)))

    def undo(self) -> None:
        """The drawing before this one, if there is one."""
        if self.page.undo:
            *undo, drawing = self.page.undo
            redo = (*self.page.redo, self.drawing)
            self.page = replace(self.page.turned(drawing), undo=tuple(undo), redo=redo)

    def redo(self) -> None:
        """The drawing that was undone last, if there is one."""
        if self.page.redo:
            *redo, drawing = self.page.redo
            undo = (*self.page.undo, self.drawing)
            self.page = replace(self.page.turned(drawing), undo=undo, redo=tuple(redo))


def picture(ink: ArrayLike) -> Drawing:
    """An opened picture as a drawing; ink (280, 280) in [0, 1], ValueError for any other."""
    base = np.array(ink, np.float32)
    if base.shape != (PAD, PAD) or not np.isfinite(base).all() or base.min() < 0 or base.max() > 1:
        raise ValueError(f"ink has shape {base.shape}, expected ({PAD}, {PAD}) with values in [0, 1]")
    base.flags.writeable = False
    return Drawing(base=base)
