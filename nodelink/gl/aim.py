"""Aim: what is seen at a place of the scene. Places are in logical pixels from the left and the top."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nodelink.graph import camera, pick
from nodelink.graph.layout import Layout

At = tuple[float, float]


@dataclass(frozen=True, eq=False)
class Aim:
    """One picture: what lies where, and from where it is seen."""

    layout: Layout | None  # None: nothing can be found there now
    name: str  # of the layout
    pose: camera.Pose
    size: tuple[int, int]  # logical pixels

    def node(self, at: At) -> int | None:
        """Id of the node that is seen there, or None."""
        found = self._hit(at)
        return found[0] if found is not None else None

    def point(self, at: At) -> NDArray[np.float64]:
        """The world point (3,) that is seen there: on a node, else as far away as the target."""
        found = self._hit(at)
        if found is not None:
            return found[1]
        (x, y), half = self._in_view(at), self.pose.height / 2
        right, up, _ = camera.axes(self.pose)
        return np.asarray(self.pose.target + right * (x * half * self._aspect) + up * (y * half))

    @property
    def _aspect(self) -> float:
        return self.size[0] / max(1, self.size[1])

    def _hit(self, at: At) -> tuple[int, NDArray[np.float64]] | None:
        if self.layout is None:
            return None
        return pick.hit(self.layout, self.name, self.pose, self._aspect, self._in_view(at))

    def _in_view(self, at: At) -> At:
        """View coordinates in [-1, 1], y up."""
        width, height = (max(1, n) for n in self.size)  # a panel may have been drawn over all of it
        return 2 * at[0] / width - 1, 1 - 2 * at[1] / height
