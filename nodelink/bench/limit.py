"""Limit: the same lines with a shader that does nothing, to see how far the ink is from what this machine can fill."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nodelink.bench.timing import FRAMES, WARM_UP, summary
from nodelink.gl.measure import Empty, finish
from nodelink.gl.scene import Scene


def limit(scene: Scene, size: tuple[int, int], chosen: NDArray[np.int64], coarse: int) -> dict[str, Any]:
    """Milliseconds that edges take as ink and with the empty shader, turn by turn, in the same buffer."""
    renderer, view = scene.renderer, scene._view(size, coarse)
    empty = Empty(scene, chosen, view)
    renderer.begin("quick", view)
    seconds: dict[str, list[float]] = {"ink": [], "empty": []}
    for _ in range(WARM_UP + FRAMES):
        for name, timed in seconds.items():
            finish()
            start = time.perf_counter()
            if name == "ink":
                renderer.add("quick", chosen, view)
            else:
                empty.draw()
            finish()
            timed.append(time.perf_counter() - start)
    renderer.begin("quick", view)
    return {
        "edges": len(chosen),
        "coarse": coarse,
        **{name: summary(timed) for name, timed in seconds.items()},
    }
