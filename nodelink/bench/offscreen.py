"""Off-screen: one network drawn into a buffer of the picture's size, each frame until OpenGL has finished it."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nodelink.bench import report
from nodelink.bench.subjects import answers, pen
from nodelink.bench.timing import FRAMES, WARM_UP, Timer, cold_starts, resident, summary
from nodelink.graph import camera
from nodelink.nn.network import Network
from nodelink.nn.preprocess import network_input, prepare
from nodelink.settings import Settings

COMPLETE = 50
PATIENCE = 150.0  # seconds: a mode whose pictures take longer is measured less often
COMPLETE_MODES = {
    "effective": Settings(held_back=0.0),
    "signal": Settings(),
    "weights": Settings(edges="weights"),
}


class Bench:
    """One network, drawn off-screen at one size."""

    def __init__(self, network: Network, size: tuple[int, int]) -> None:
        from nodelink.gl.pace import Pace
        from nodelink.gl.render import offscreen, target

        self.network, self.size = network, size
        self.timer, self.pace = Timer(), Pace()
        self.scene, self._buffer = offscreen(), target(size)
        self.timer.time("construction", self.scene.set_network, network)
        self.scene.apply(Settings())
        self.scene.scribe.hasty = True
        self.reports: list[Any] = []

    def frame(self) -> None:
        """One frame as the window draws it while something moves."""
        start = time.perf_counter()
        drawn = self.scene.draw_quick(self.size, self.pace.budget, self.pace.coarse)
        self._present()
        self.pace.learn(drawn.edges_drawn, drawn.complete, time.perf_counter() - start)
        self.reports.append(drawn)

    def forward(self) -> None:
        """The network alone, again and again: all activations of the sample digits."""
        inputs = [answer.out[0] for answer in answers(self.network)]
        for count in range(WARM_UP + 10 * FRAMES):
            self.timer.time("forward", self.network.forward, inputs[count % len(inputs)])

    def strokes(self) -> None:
        """A slow hand writes; each pointer move is timed from ink to finished frame."""
        for ink in pen(WARM_UP + FRAMES):
            self.timer.time("stroke", self._stroke, ink)

    def orbit(self) -> None:
        """The camera turns about the network."""
        self.pace.around(0.0)
        start = self.scene.pose_for("3d", self.size)
        for step in range(WARM_UP + FRAMES):
            self.scene.poses["3d"] = camera.orbit(start, 2.0 * step, 0.0)
            self.timer.time("orbit", self.frame)
        self.scene.poses["3d"] = None

    def morph(self) -> None:
        """From 3D to 2D and back, three times."""
        for step in range(WARM_UP + FRAMES):
            self.scene.morph = 0.5 - 0.5 * float(np.cos(np.pi * step / 20))
            self.timer.time("morph", self.frame)
        self.scene.morph = 0.0

    def complete(self, modes: Iterable[str] = COMPLETE_MODES, times: int = WARM_UP + COMPLETE) -> None:
        """The complete picture of one digit after the other, in each mode."""
        for mode in modes:
            self.scene.apply(COMPLETE_MODES[mode])
            end = time.perf_counter() + PATIENCE
            for count in range(times):
                self.scene.set_activations(answers(self.network)[count % len(answers(self.network))])
                self.timer.time(mode, self._complete)
                if time.perf_counter() > end:
                    break
        self.scene.apply(Settings())

    def limits(self) -> list[dict[str, Any]]:
        """Ink beside an empty shader: the edges of a frame that moves, and all effective ones at full resolution."""
        from nodelink.bench.limit import limit

        self.scene.set_activations(answers(self.network)[0])
        plan = self.scene.plan
        assert plan is not None
        choices = (plan.quick(self.pace.budget), self.pace.coarse), (plan.signal.ids, 1)
        return [limit(self.scene, self.size, chosen, coarse) for chosen, coarse in choices]

    def _stroke(self, ink: NDArray[np.float32]) -> None:
        start = time.perf_counter()
        prepared = self.timer.time("preprocess", prepare, ink)
        x = network_input(prepared, self.network.input_shape)
        activations = self.timer.time("forward in the frame", self.network.forward, x)
        self.timer.time("choose", self.scene.plan_for, activations)
        self.timer.time("upload", self.scene.upload)
        self.pace.around(time.perf_counter() - start)
        self.timer.time("draw", self.frame)

    def _complete(self) -> None:
        self.scene.scribe.hasty = False
        self.scene.draw_complete(self.size)
        self._present()
        self.scene.scribe.hasty = True

    def _present(self) -> None:
        from nodelink.gl.measure import finish

        with self._buffer:
            self.scene.present(self.size)
        finish()


def bench(network: Network, size: tuple[int, int] = (1280, 800), cold: str | None = None) -> dict[str, Any]:
    """All figures off-screen, by the names in docs/benchmarks.md. cold: the network's name, to time fresh processes."""
    from nodelink.gl.measure import renderer_name

    run = Bench(network, size)
    run.forward()
    run.strokes()
    strokes = run.reports[WARM_UP:]
    coarse = run.pace.coarse
    run.orbit()
    run.morph()
    run.complete()
    memory = resident()
    return report.figures(network, size, run.timer, strokes) | {
        "renderer": renderer_name(),
        "window": False,
        "limit_ms": run.limits(),
        "cold_start_ms": summary(cold_starts(cold, size) if cold else []),
        "ink_coarseness": coarse,
        "gpu_bytes": run.scene.renderer.gpu_bytes,
        "rss_bytes": memory,
    }
