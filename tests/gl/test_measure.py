"""The benchmark's empty lines lie where the ink's do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nodelink.gl.measure import _corners
from nodelink.graph import camera
from nodelink.settings import Settings
from tests.networks import mini


@pytest.mark.parametrize("layout", ["3d", "2d"])
@pytest.mark.parametrize("spread", [0.0, 1.0])
def test_empty_lines_end_at_the_nodes(scene: Any, layout: str, spread: float) -> None:
    scene.set_network(mini())
    scene.apply(Settings(layout=layout))
    scene.morph = float(layout == "2d")
    size, chosen = (900, 600), np.array([3, 700, 12_000])
    found = _corners(scene, chosen, scene._view(size), spread).reshape(3, -1, 4)
    pose, graph = scene.pose(size), scene.graph
    scene.morph = 0.0
    for edge, corners in zip(chosen, found, strict=True):
        ends = graph.layout.positions[layout][[graph.edges.source[edge], graph.edges.target[edge]]]
        wanted = camera.project(ends, pose, size[0] / size[1])[:, :2]
        seen = corners[:, :2] / corners[:, 3:]
        if not spread:
            assert np.allclose(seen, wanted, atol=1e-4)
            continue
        sides = seen[[0, 1, 2, 5]].reshape(2, 2, 2)  # of the near and of the far end
        assert np.allclose(sides.mean(axis=1), wanted, atol=1e-4)
        across = (sides[:, 0] - sides[:, 1]) * size / 2
        assert np.allclose(np.hypot(*across.T), scene._view(size).width + 1, atol=1e-2)
