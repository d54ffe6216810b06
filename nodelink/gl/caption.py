"""Caption: everything that is written on a picture of some size: labels, legend, and the view that leaves them room."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from nodelink.gl import annotate
from nodelink.gl.annotate import Writing
from nodelink.gl.classes import class_notes, said
from nodelink.gl.legend import legend, upright
from nodelink.gl.numbers import Facts, Stance
from nodelink.gl.place import Box
from nodelink.gl.sight import Sight, font_size
from nodelink.gl.text import Picture
from nodelink.graph import camera
from nodelink.graph.layout import only
from nodelink.graph.prepare import Graph
from nodelink.graph.scales import Scales
from nodelink.graph.shown import Shown
from nodelink.settings import Settings
from nodelink.theme import Theme

LEGEND_FONT = 0.85  # in sizes of the labels' font
LEGEND_HIGH = 0.34  # of the picture's height that the legend takes at most
LEGEND_HIGH_UPRIGHT = 0.42  # the same in a picture that is higher than wide
BESIDE = 1.5  # a picture of a network that stands upright, at least so many times wider than high, has it at its side
LEGEND_WIDE = 0.38  # of the picture's width that it takes there at most
LEAST_MARGIN = 0.015  # around network and writing, as a share of the picture
MOST_MARGIN = 0.42  # at one side
MOST_WRITTEN = (
    0.42,
    0.3,
    0.08,
    0.36,
)  # left, right, below, above: of what the legend leaves; the rest is the network's
TALLEST = 2.4  # times its width: text in a picture that stands more upright does not grow with its height
TRIES = 8  # of the fit
TEMPO = 0.08  # seconds: nobody reads thirty numbers a second
START = {  # azimuth, elevation in degrees, by where the layers lead to
    "up": camera.NAMED_VIEWS["three-quarter"],
    "away": (-35.0, 42.0),  # far above: the input must not hide what is behind it
    "right": (-30.0, 18.0),  # layers side by side, and their maps still to be read
}


@dataclass(frozen=True, eq=False)
class Caption:
    """What is written, and where it may be."""

    graph: Graph
    settings: Settings
    scales: Scales
    shown: Shown
    theme: Theme
    size: tuple[int, int]  # of the picture, pixels
    frame: float  # height of the window around the picture, in heights of the picture
    stance: Stance

    @property
    def font(self) -> int:
        high = min(
            self.size[1] * self.frame, TALLEST * self.size[0]
        )  # beyond that, width is what there is little of
        return font_size(high, self.settings.text_size)

    @property
    def legend_font(self) -> int:
        return max(9, round(self.font * LEGEND_FONT))

    def legend(self, width: float) -> Picture:
        """width: of an edge in world units."""
        facts = Facts(self.graph, self.settings, self.scales, self.shown, self.theme, width, self.stance)
        if self._upright:
            room = round(self.size[0] * LEGEND_WIDE), round(self.size[1] - self.font)
            if (picture := upright(facts, self.legend_font, room)) is not None:
                return picture
        high = LEGEND_HIGH if self.size[0] > self.size[1] else LEGEND_HIGH_UPRIGHT
        room = (self.size[0] - self.font // 2, round(self.size[1] * high))
        return legend(facts, self.legend_font, room)

    def legend_at(self, picture: Picture) -> tuple[float, float]:
        """Left and top of the legend: in the middle below, or in the lower right corner."""
        height, width = picture.shape[:2]
        if self._is_beside(picture):
            gap = 0.5 * self.font
            return self.size[0] - width - gap, self.size[1] - height - gap
        return (self.size[0] - width) / 2, self.size[1] - height - 0.35 * self.font

    def covered(self, picture: Picture) -> tuple[float, float, float, float]:
        """The shares of the picture that the legend covers: left, right, bottom, top."""
        left, top = self.legend_at(picture)
        if self._is_beside(picture):
            return 0.0, 1 - left / self.size[0], 0.0, 0.0
        return 0.0, 0.0, 1 - top / self.size[1], 0.0

    @property
    def _upright(self) -> bool:
        """Whether the network stands upright in a wide picture: at its side there is more room than below."""
        standing = self.settings.layout == "3d" and self.settings.direction_3d == "up"
        return standing and self.size[0] >= BESIDE * self.size[1]

    def _is_beside(self, picture: Picture) -> bool:
        """Whether this legend stands at the side."""
        return self._upright and picture.shape[1] <= round(self.size[0] * LEGEND_WIDE)

    def sight(self, name: str, pose: camera.Pose, picture: Picture) -> Sight:
        """A view with room for the legend."""
        layout = only(self.graph.layout, [i for i, seen in enumerate(self.shown.layers) if seen])
        return Sight(
            self.graph.network,
            layout,
            name,
            pose,
            self.size,
            self.font,
            self.theme,
            self.shown.layers,
            self._room(picture),
        )

    def fitted(self, name: str, view: camera.Direction, picture: Picture) -> camera.Pose:
        """A pose in the direction of a view, such that the whole network and all that is written is in view.

        Margins grow until what is written about the network, wherever it would like to be, fits in.
        """
        points = self.graph.layout.corners[name].reshape(-1, 3)
        unsure = np.full(max(1, len(self.graph.network.class_names)), 0.1, np.float32)
        sure = np.eye(len(unsure), dtype=np.float32)[len(unsure) // 2]  # one probability is always to be told
        room = self._room(picture)
        right = max(LEAST_MARGIN, 1 - room[2] / self.size[0])
        least = np.array([LEAST_MARGIN, right, max(LEAST_MARGIN, 1 - room[3] / self.size[1]), LEAST_MARGIN])
        margins, whole = least.copy(), replace(self, shown=Shown(*[(1.0,) * len(self.shown.layers)] * 2))
        for _ in range(TRIES):
            pose = self._posed(name, view, points, margins)
            sight = replace(whole.sight(name, pose, picture), free=True)
            box = annotate.write(sight, sure).box
            if box is None:
                break
            tops = [note.top for note in class_notes(sight, unsure)]  # whichever class is the one
            beyond = np.array(
                [room[0] - box[0], box[2] - room[2], box[3] - room[3], room[1] - min([box[1], *tops])]
            )
            beyond /= [self.size[0], self.size[0], self.size[1], self.size[1]]
            if (beyond < 0.001).all() or (margins >= least + MOST_MARGIN).any():
                break
            margins = np.minimum(margins + np.maximum(beyond, 0.0), least + MOST_MARGIN)
            clear = 1 - least.reshape(2, 2).sum(axis=1).repeat(2)  # of width, width, height, height
            margins = np.minimum(margins, least + np.array(MOST_WRITTEN) * clear)
        return pose

    def _posed(
        self, name: str, view: camera.Direction, points: NDArray[np.float32], margins: NDArray[np.float64]
    ) -> camera.Pose:
        aspect = self.size[0] / self.size[1]
        left, right, bottom, top = (float(m) for m in margins)
        if name == "2d":
            return camera.view_pose(name, "front", points, aspect, (left, right, bottom, top))
        flow = self.graph.layout.options.flow_3d
        if isinstance(view, str):
            view = START[flow] if view in ("start", "three-quarter") else camera.NAMED_VIEWS[view]
        azimuth, elevation = view
        return camera.fit(points, aspect, azimuth, elevation, 1.0, (left, right, bottom, top))

    def _room(self, picture: Picture) -> Box:
        pad = 0.5 * self.font
        left, top = self.legend_at(picture)
        if self._is_beside(picture):
            return pad, pad, left - pad, self.size[1] - pad
        return pad, pad, self.size[0] - pad, top - pad


class Scribe:
    """Writes the labels of a view. What the last picture said is kept: a stroke changes little of it."""

    def __init__(self) -> None:
        self._view: tuple[object, ...] = ()
        self._said: tuple[object, ...] | None = None
        self._sight: Sight | None = None
        self._writing: Writing | None = None
        self._written_at = 0.0
        self.hasty = False  # while something moves, probabilities follow every TEMPO seconds
        self.behind = False  # there are others than those that are written

    def writing(
        self,
        caption: Caption,
        name: str,
        pose: camera.Pose,
        picture: Picture,
        output: NDArray[np.float32] | None,
    ) -> Writing:
        """All labels, clear of the legend `picture`; output: the classes' values, if there is an input."""
        looks = caption.font, caption.frame, caption.theme, caption.shown.layers, picture.shape
        view = id(caption.graph), caption.graph.layout.options, name, pose, caption.size, looks
        if self._sight is None or self._sight.network is not caption.graph.network or view != self._view:
            self._view, self._sight, self._writing = view, caption.sight(name, pose, picture), None
        told, now = said(output), time.monotonic()
        due = not self.hasty or now - self._written_at >= TEMPO or (told is None) != (self._said is None)
        if self._writing is None or (due and told != self._said):
            self._said, self._writing, self._written_at = told, annotate.write(self._sight, output), now
        self.behind = told != self._said
        return self._writing
