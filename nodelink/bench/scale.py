"""Scale: what grows with the number of edges, and what does not."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Any

from nodelink.bench.offscreen import Bench
from nodelink.bench.subjects import synthetic
from nodelink.bench.timing import FRAMES, WARM_UP, most_resident
from nodelink.graph.pick import node_at

ONE = """
import json
from nodelink.bench.scale import one
print(json.dumps(one({edges!r}, {size!r})))
"""


def series(edges: Sequence[int], size: tuple[int, int] = (1280, 800)) -> list[dict[str, Any]]:
    """`one` for each number of edges, each in a fresh process: so each tells its own memory."""
    rows = []
    for count in edges:
        script = ONE.format(edges=count, size=size)
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["no message"])[-1]
            raise RuntimeError(f"the perceptron with {count:,} edges could not be measured: {last}")
        rows.append(json.loads(done.stdout.splitlines()[-1]))
    return rows


def one(edges: int, size: tuple[int, int]) -> dict[str, Any]:
    """The figures of a perceptron with about so many edges: medians in milliseconds, `_s` seconds, `_mb` megabytes.

    build: weights, calibration, edges, layout and upload. complete: all that carries signal, on request.
    """
    from nodelink.gl.measure import renderer_name

    start = time.perf_counter()
    run = Bench(synthetic(edges), size)
    built = time.perf_counter() - start
    run.strokes()
    independent(run)
    run.complete(("signal",), 3)
    timer, stroke = run.timer, run.timer["stroke"]
    return {
        "edges": run.network.edges,
        "renderer": renderer_name(),
        "build_s": built,
        "stroke": stroke["median"],
        "stroke_p95": stroke["p95"],
        **{name: timer[name]["median"] for name in ("choose", "draw", "pick", "slabs", "resolve")},
        "complete_s": timer["signal"]["median"] / 1e3,
        "edges_first_frame": run.reports[-1].edges_drawn,
        "gpu_mb": run.scene.renderer.gpu_bytes / 1e6,
        "peak_mb": most_resident() / 1e6,
    }


def independent(run: Bench) -> None:
    """Time what should not know how many edges there are: picking, the slabs, tint and composition."""
    from nodelink.gl.measure import finish
    from nodelink.gl.render import target

    scene, size, timer = run.scene, run.size, run.timer
    view, pose, buffer = scene._view(size, run.pace.coarse), scene.pose_for("3d", size), target(size)

    def slabs() -> None:
        scene.renderer.slabs(size, view)
        finish()

    def resolve() -> None:
        scene.renderer.tint("quick")
        with buffer:
            scene.renderer.compose(size)
        finish()

    for step in range(WARM_UP + FRAMES):
        at = (-0.6 + 1.2 * step / FRAMES, 0.1)
        timer.time("pick", node_at, scene.visible, "3d", pose, size[0] / size[1], at)
        timer.time("slabs", slabs)
        timer.time("resolve", resolve)
