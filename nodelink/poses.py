"""Poses: where the user left the camera, by network and layout, and the views that were saved. Part of the session."""

from __future__ import annotations

from collections.abc import Iterable

from nodelink.graph.camera import Pose
from nodelink.settings import View

Key = tuple[str, str]  # what a network was loaded as, layout


class Poses(dict[Key, Pose]):
    """Without an entry it is the start view."""

    def put(self, key: Key, pose: Pose | None) -> bool:
        """Leave the camera there, None: at the start view. Whether that is elsewhere."""
        if pose == self.get(key):
            return False
        if pose is None:
            del self[key]
        else:
            self[key] = pose
        return True

    def forget(self, layout: str) -> None:
        """No old view of this layout is a good one any longer."""
        for key in [key for key in self if key[1] == layout]:
            del self[key]


def saved(views: Iterable[View], key: Key, number: int) -> Pose | None:
    """The view that was saved under a number from 1 to 9."""
    for network, layout, other, (azimuth, elevation, x, y, z, height, perspective) in views:
        if (network, layout, other) == (*key, number):
            return Pose(azimuth, elevation, (x, y, z), height, perspective)
    return None


def with_saved(views: Iterable[View], key: Key, number: int, pose: Pose) -> tuple[View, ...]:
    """The views with this one under that number."""
    flat = (pose.azimuth, pose.elevation, *pose.target, pose.height, pose.perspective)
    others = [view for view in views if view[:3] != (*key, number)]
    return tuple(sorted([*others, (*key, number, flat)]))
