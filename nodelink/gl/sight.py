"""Sight: what is written on is seen like this, and notes: a few lines of text that belong to a place in it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from nodelink.gl.place import Box, leftmost
from nodelink.gl.text import Label, Leader, text_length
from nodelink.graph import camera
from nodelink.graph.layout import Layout
from nodelink.nn.network import Network
from nodelink.theme import Theme

LEADING = 1.24  # from line to line, in font sizes
SMALL = 0.84  # size of second lines, in font sizes
USUAL, LARGEST = 1 / 46, 1 / 31  # size of the font in shares of the height, at text size 1 and 2
LEAST = 10  # pixels
INNER = (0.03, 0.5, 0.97)  # places across a map at which it may be covered
SIDES = ((0, 1), (1, 3), (3, 2), (2, 0), (4, 5), (5, 7), (7, 6), (6, 4), (0, 4), (1, 5), (2, 6), (3, 7))


def font_size(height: float, text_size: float) -> int:
    """Pixels of the labels' font where the window is `height` pixels high.

    At text size 2 the smallest line (SMALL) is more than 1/40 of the height.
    """
    share = USUAL * text_size if text_size <= 1 else USUAL + (LARGEST - USUAL) * (text_size - 1)
    return max(LEAST, round(height * share))


@dataclass(frozen=True)
class Line:
    """One line of a note."""

    text: str
    size: int  # of the font, pixels
    colour: str
    leading: float = LEADING

    @property
    def width(self) -> float:
        return text_length(self.text, self.size)

    @property
    def height(self) -> float:
        return self.leading * self.size


@dataclass(frozen=True)
class Note:
    """Lines that stay together. A leader joins them to what they are about where they could not stand beside it."""

    lines: tuple[Line, ...]
    left: float
    top: float
    align: float  # of the lines in their box: 0 left, 0.5 middle, 1 right
    leader: tuple[tuple[float, float], tuple[float, float]] | None = None

    @cached_property
    def width(self) -> float:
        return max(line.width for line in self.lines)

    @cached_property
    def height(self) -> float:
        return sum(line.height for line in self.lines)

    @cached_property
    def box(self) -> Box:
        return self.left, self.top, self.left + self.width, self.top + self.height

    def moved(self, dx: float, dy: float) -> Note:
        leader = self.leader and ((self.leader[0][0] + dx, self.leader[0][1] + dy), self.leader[1])
        return replace(self, left=self.left + dx, top=self.top + dy, leader=leader)

    def labels(self, halo: str) -> list[Label]:
        """The lines as they are drawn."""
        found, y = [], self.top
        x = self.left + self.align * self.width
        for line in self.lines:
            at = (x, y + line.height / 2)
            found.append(Label(line.text, at, line.size, line.colour, halo, (self.align, 0.5)))
            y += line.height
        return found

    def leaders(self, colour: str) -> list[Leader]:
        return [] if self.leader is None else [Leader(*self.leader, colour)]


@dataclass(frozen=True, eq=False)
class Sight:
    """A network as it is seen, before anything is written."""

    network: Network
    layout: Layout  # of the layers that are shown
    name: str  # of the layout, "3d" or "2d"
    pose: camera.Pose
    size: tuple[int, int]  # of the picture, pixels
    font: int  # pixels
    theme: Theme
    strengths: tuple[float, ...]  # how strongly each layer is drawn
    room: Box  # where there may be writing
    free: bool = False  # writing may leave its room: to find out how much room it would like
    _leftmost: dict[tuple[float, float], float] = field(default_factory=dict, init=False, repr=False)

    @property
    def small(self) -> int:
        """The font of second lines."""
        return max(LEAST - 1, round(self.font * SMALL))

    @property
    def flow(self) -> str:
        """Where the layers lead to."""
        return self.layout.options.flow(self.name)

    @cached_property
    def corners(self) -> NDArray[np.float64]:
        """Pixels (slabs, 8, 2) of the corners of all slabs; nan behind the eye."""
        return self.pixels(self.layout.corners[self.name].reshape(-1, 3)).reshape(-1, 8, 2)

    @cached_property
    def segments(self) -> NDArray[np.float64]:
        """The slabs' twelve sides each, (n, 2, 2), those behind the eye left out."""
        sides = self.corners[:, SIDES].reshape(-1, 2, 2)
        return np.asarray(sides[np.isfinite(sides).all(axis=(1, 2))])

    @cached_property
    def stages(self) -> dict[int, NDArray[np.float64]]:
        """Pixels (n, 2) of the corners of each layer that is in view, by its index."""
        found = {}
        of = np.array([slab.stage for slab in self.layout.slabs])
        for stage in dict.fromkeys(of.tolist()):
            points = self.corners[of == stage].reshape(-1, 2)
            points = points[np.isfinite(points).all(axis=1)]
            if len(points) and self.is_in_view(points):
                found[stage] = points
        return found

    def leftmost(self, top: float, bottom: float) -> float:
        """The least x of all slabs between two heights, pixels; infinity where there is none."""
        if (top, bottom) not in self._leftmost:
            self._leftmost[top, bottom] = leftmost(self.segments, top, bottom)
        return self._leftmost[top, bottom]

    def is_covered(self, stage: int) -> bool:
        """Whether other layers stand before every part of a layer, as they do where one looks down on a stack."""
        if self.pose.perspective == 0:
            return False
        of = np.array([slab.stage for slab in self.layout.slabs])
        faces = self.layout.corners[self.name][:, :4].astype(np.float64)  # corner = row and column, 0 or 1
        steps = np.array([(r, c) for r in INNER for c in INNER])
        mine, others = faces[of == stage], faces[of != stage]
        along, down = mine[:, 1] - mine[:, 0], mine[:, 2] - mine[:, 0]
        points = (mine[:, None, 0] + steps[:, :1] * down[:, None] + steps[:, 1:] * along[:, None]).reshape(
            -1, 3
        )
        eye = camera.eye(self.pose)
        rays = points - eye
        right, back = others[:, 1] - others[:, 0], others[:, 2] - others[:, 0]
        normal = np.cross(right, back)  # (slabs, 3)
        with np.errstate(divide="ignore", invalid="ignore"):
            t = ((others[:, 0] - eye) * normal).sum(axis=1) / (rays @ normal.T)  # 1 is at the point itself
        met = eye + t[..., None] * rays[:, None] - others[:, 0]  # (points, slabs, 3)
        u = (met * right).sum(axis=2) / (right * right).sum(axis=1)
        v = (met * back).sum(axis=2) / (back * back).sum(axis=1)
        before = (t > 0) & (t < 1) & (u > 0) & (u < 1) & (v > 0) & (v < 1)
        return bool(before.any(axis=1).all())

    def pixels(self, points: NDArray[np.floating]) -> NDArray[np.float64]:
        """Pixels from left and top (n, 2) of world points (n, 3); nan behind the eye."""
        at = camera.project(points, self.pose, self.size[0] / self.size[1])[:, :2]
        return np.stack([(at[:, 0] + 1) / 2 * self.size[0], (1 - at[:, 1]) / 2 * self.size[1]], axis=1)

    def is_in_view(self, points: NDArray[np.float64]) -> bool:
        """Whether the box around points reaches into the picture."""
        return bool((points.max(axis=0) >= 0).all() and (points.min(axis=0) <= self.size).all())

    def colour(self, stage: int, dim: bool = False) -> str:
        """Of text about a layer."""
        return self.theme.text_dim if dim or self.strengths[stage] < 1 else self.theme.text
