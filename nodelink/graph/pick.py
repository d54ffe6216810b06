"""Pick: the node under the pointer, by ray against slabs. Exact at any angle, whatever the number of edges."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nodelink.graph import camera
from nodelink.graph.layout import Layout


def node_at(
    layout: Layout, name: str, pose: camera.Pose, aspect: float, at: tuple[float, float]
) -> int | None:
    """Id of the node that `hit` finds, or None."""
    found = hit(layout, name, pose, aspect, at)
    return found[0] if found is not None else None


def hit(
    layout: Layout, name: str, pose: camera.Pose, aspect: float, at: tuple[float, float]
) -> tuple[int, NDArray[np.float64]] | None:
    """The node whose cell is nearest along the sight line through `at` (x, y in [-1, 1]), and where on it (3,).

    A slab counts with its face only: what stands before it is another slab's face. name: "3d" or "2d".
    """
    start, direction = camera.ray(pose, aspect, at)
    best, found = np.inf, None
    for slab, corners in zip(layout.slabs, layout.corners[name], strict=True):
        origin, right, down = (corners[i].astype(np.float64) for i in (0, 1, 2))
        right, down = right - origin, down - origin
        normal = np.cross(right, down)
        slope = float(normal @ direction)
        if abs(slope) < 1e-12:
            continue
        t = float(normal @ (origin - start)) / slope
        if not 0 < t < best:
            continue
        offset = start + t * direction - origin
        u, v = float(offset @ right) / float(right @ right), float(offset @ down) / float(down @ down)
        if not (0 <= u < 1 and 0 <= v < 1):
            continue
        place = int(v * slab.rows) * slab.columns + int(u * slab.columns)
        if place < slab.count:
            best, found = t, slab.first + place
    return (found, start + best * direction) if found is not None else None
