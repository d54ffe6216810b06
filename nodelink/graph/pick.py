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
    corners = layout.corners[name].astype(np.float64)  # (slabs, 8, 3)
    origin, right, down = corners[:, 0], corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    normal = np.cross(right, down)
    with np.errstate(divide="ignore", invalid="ignore"):  # slabs seen edge-on are missed
        far = ((origin - start) * normal).sum(axis=1) / (normal @ direction)
        offset = start + far[:, None] * direction - origin
        u = (offset * right).sum(axis=1) / (right * right).sum(axis=1)
        v = (offset * down).sum(axis=1) / (down * down).sum(axis=1)
        met = np.isfinite(far) & (far > 0) & (u >= 0) & (u < 1) & (v >= 0) & (v < 1)
    for index in sorted(np.flatnonzero(met).tolist(), key=far.__getitem__):
        slab = layout.slabs[index]
        place = int(v[index] * slab.rows) * slab.columns + int(u[index] * slab.columns)
        if place < slab.count:
            return slab.first + place, start + far[index] * direction
    return None
