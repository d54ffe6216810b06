"""Bench: what this machine needs for a stroke, an orbit, a morph and the complete picture. `nodelink bench` prints it.

Frames are timed as the window draws them, rationed by the same `Pace`, into a buffer of the picture's size, each until
OpenGL has finished it.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nodelink import load_network, samples
from nodelink.graph import camera
from nodelink.nn.calibration import calibrate
from nodelink.nn.layers import Dense, Flatten
from nodelink.nn.network import Network
from nodelink.nn.preprocess import PAD, Stroke, draw, network_input, prepare
from nodelink.settings import Settings

WARM_UP = 10  # of each kind, not counted
FRAMES = 60
COMPLETE = 50
COLD_STARTS = 10
COMPLETE_MODES = {
    "effective": Settings(held_back=0.0),
    "signal": Settings(),
    "weights": Settings(edges="weights"),
}
DIGITS = (3, 8, 2, 5, 9, 6, 0, 4, 7, 1)  # that the slow hand writes
PARTS = ("preprocess", "forward", "choose", "upload", "draw")

COLD = """
import time; start = time.perf_counter()
from nodelink.bench import cold_start
print((time.perf_counter() - start + cold_start({network!r}, {size!r})) * 1e3)
"""

Summary = dict[str, float]


def summary(seconds: list[float]) -> Summary:
    """Median, 95th percentile and count of durations after the warm-up, in milliseconds."""
    values = np.array(seconds[WARM_UP:] if len(seconds) > WARM_UP else seconds) * 1e3
    if not len(values):
        return {"median": 0.0, "p95": 0.0, "n": 0}
    median, p95 = (round(float(np.percentile(values, p)), 3) for p in (50, 95))
    return {"median": median, "p95": p95, "n": len(values)}


def synthetic(edges: int) -> Network:
    """A perceptron 784-h-h-10 with about so many edges and random weights, calibrated on sample digits."""
    hidden = max(1, round((-794 + (794**2 + 4 * edges) ** 0.5) / 2))
    rng = np.random.default_rng(0)
    layers: list[Any] = [Flatten("flat")]
    inputs = 784
    for name, units, activation in (
        ("H1", hidden, "relu"),
        ("H2", hidden, "relu"),
        ("Output", 10, "softmax"),
    ):
        weight = rng.normal(0, (2 / inputs) ** 0.5, (units, inputs)).astype(np.float32)
        layers.append(Dense(name, weight, np.zeros(units, np.float32), activation))
        inputs = units
    digits = tuple(str(d) for d in range(10))
    network = Network(
        f"784-{hidden}-{hidden}-10",
        "synthetic",
        tuple(layers),
        (1, 28, 28),
        (0.0, 1.0),
        digits,
        "probabilities",
    )
    inks = [prepare(_ink(samples.sample(d, 0))) for d in range(10)]
    inputs_of_digits = np.concatenate([network_input(p, network.input_shape) for p in inks])
    return replace(network, calibration=calibrate(network, inputs_of_digits))


def _ink(strokes: tuple[Stroke, ...]) -> NDArray[np.float32]:
    ink = np.zeros((PAD, PAD), np.float32)
    for stroke in strokes:
        draw(ink, stroke)
    return ink


def pen(frames: int) -> Iterator[NDArray[np.float32]]:
    """The pad (280, 280) while somebody slowly writes digits, one picture a pointer move."""
    made = 0
    for digit in DIGITS * (1 + frames // 300):
        ink = np.zeros((PAD, PAD), np.float32)
        for stroke in samples.sample(digit, 0):
            points = stroke.points
            for count in range(2, len(points) + 1):
                draw(ink, Stroke(points[:count], stroke.width, stroke.erase), max(0, count - 2))
                yield ink
                made += 1
                if made == frames:
                    return


class Timer:
    """Collects durations by name."""

    def __init__(self) -> None:
        self.seconds: dict[str, list[float]] = {}

    def time(self, name: str, work: Callable[..., Any], *arguments: Any) -> Any:
        """Do the work, note how long it took."""
        start = time.perf_counter()
        result = work(*arguments)
        self.seconds.setdefault(name, []).append(time.perf_counter() - start)
        return result

    def __getitem__(self, name: str) -> Summary:
        return summary(self.seconds.get(name, []))


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
        self.reports: list[Any] = []

    def frame(self) -> None:
        """One frame as the window draws it while something moves."""
        start = time.perf_counter()
        report = self.scene.draw_quick(self.size, self.pace.budget, self.pace.coarse)
        self._present()
        self.pace.learn(report.edges_drawn, report.complete, time.perf_counter() - start)
        self.reports.append(report)

    def strokes(self) -> None:
        """A slow hand writes; each pointer move is timed from ink to finished frame."""
        for ink in pen(WARM_UP + FRAMES):
            self.timer.time("stroke", self._stroke, ink)

    def orbit(self) -> None:
        """The camera turns about the network."""
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

    def complete(self) -> None:
        """The complete picture after rest, in each mode."""
        for mode, settings in COMPLETE_MODES.items():
            self.scene.apply(settings)
            for _ in range(WARM_UP + COMPLETE):
                self.timer.time(mode, self._complete)

    def _stroke(self, ink: NDArray[np.float32]) -> None:
        prepared = self.timer.time("preprocess", prepare, ink)
        x = network_input(prepared, self.network.input_shape)
        activations = self.timer.time("forward", self.network.forward, x)
        self.timer.time("choose", self.scene.plan_for, activations)
        self.timer.time("upload", self.scene.upload)
        self.timer.time("draw", self.frame)

    def _complete(self) -> None:
        self.scene.draw_complete(self.size)
        self._present()

    def _present(self) -> None:
        from vispy import gloo

        with self._buffer:
            self.scene.present(self.size)
        gloo.finish()


def bench(network: Network, size: tuple[int, int] = (1280, 800), cold: str | None = None) -> dict[str, Any]:
    """All figures off-screen, as DESIGN section 9 names them. cold: the network's name, to time fresh processes."""
    run = Bench(network, size)
    run.strokes()
    strokes = run.reports[WARM_UP:]
    run.orbit()
    run.morph()
    run.complete()
    return figures(network, size, run.timer, strokes) | {
        "renderer": renderer_name(),
        "window": False,
        "cold_start_ms": summary(cold_starts(cold, size) if cold else []),
        "ink_coarseness": run.pace.coarse,
        "gpu_bytes": run.scene.renderer.gpu_bytes,
        "rss_bytes": resident(),
    }


def bench_window(
    network: Network, size: tuple[int, int] = (1280, 800), cold: str | None = None
) -> dict[str, Any]:
    """The same through the real window, of `size` logical pixels, from pointer event to finished pixels."""
    from nodelink.app import application, open_window
    from nodelink.qt.rehearsal import Rehearsal
    from nodelink.session import Session

    application()
    window = open_window(Session(network))
    window.resize(*size)
    window.show()
    stage = Rehearsal(window)
    stage.settle()
    timer = Timer()
    paths = (stroke.points.tolist() for digit in DIGITS * 3 for stroke in samples.sample(digit, 0))
    timer.seconds["stroke"] = stage.strokes(paths, WARM_UP + FRAMES)
    strokes = stage.reports[-FRAMES:]
    timer.seconds["orbit"] = stage.orbit(WARM_UP + FRAMES)
    timer.seconds["morph"] = stage.morph(12)
    frame = window.session.frame
    for part in ("preprocess", "forward"):
        timer.seconds[part] = [frame.milliseconds[part] / 1e3]
    found = figures(network, size, timer, strokes) | {
        "renderer": renderer_name(),
        "window": True,
        "idle_frames": stage.idle(2.0),
        "cold_start_ms": summary(cold_starts(cold, size) if cold else []),
        "ink_coarseness": window.canvas.pace.coarse,
        "gpu_bytes": window.canvas.gpu_bytes,
        "rss_bytes": resident(),
    }
    window.close()
    return found


def figures(network: Network, size: tuple[int, int], timer: Timer, strokes: list[Any]) -> dict[str, Any]:
    """What was timed, under the names of the JSON; `strokes` are the reports of the strokes' frames."""
    return {
        "network": network.name,
        "size": list(size),
        "construction_ms": timer["construction"]["median"],
        "forward_ms": timer["forward"],
        "stroke_to_frame_ms": timer["stroke"],
        "stroke_parts_ms": {name: timer[name] for name in PARTS if name in timer.seconds},
        "orbit_frame_ms": timer["orbit"],
        "morph_frame_ms": timer["morph"],
        "complete_ms": {mode: timer[mode] for mode in COMPLETE_MODES},
        "edges_first_frame": int(np.median([r.edges_drawn for r in strokes])),
        "signal_first_frame": {
            "mean": round(float(np.median([r.share_mean for r in strokes])), 3),
            "least": round(float(np.median([r.share_least for r in strokes])), 3),
        },
    }


def table(found: dict[str, Any]) -> list[str]:
    """The figures for people, a line each."""
    rows = {
        "forward pass": found["forward_ms"],
        "stroke to frame": found["stroke_to_frame_ms"],
        **{f"  {name}": part for name, part in found["stroke_parts_ms"].items()},
        "orbit frame": found["orbit_frame_ms"],
        "morph frame": found["morph_frame_ms"],
        **{f"complete: {mode}": part for mode, part in found["complete_ms"].items()},
        "cold start": found["cold_start_ms"],
    }
    share = found["signal_first_frame"]
    return [
        "{network}, {size[0]}x{size[1]}, {renderer}".format(**found),
        f"{'milliseconds':<20}{'median':>10}{'p95':>10}{'n':>6}",
        *(
            f"{name:<20}{s['median']:>10.2f}{s['p95']:>10.2f}{s['n']:>6}"
            for name, s in rows.items()
            if s["n"]
        ),
        f"first frame: {found['edges_first_frame']:,} edges, {share['mean']:.0%} of the signal, "
        f"least {share['least']:.0%}, ink 1/{found['ink_coarseness']} as fine",
        f"memory: {found['gpu_bytes'] / 1e6:.1f} MB uploaded, {found['rss_bytes'] / 1e6:.0f} MB resident",
    ]


def cold_start(name: str, size: tuple[int, int]) -> float:
    """Seconds from here to the first finished frame of a network; to be called once, in a fresh process."""
    start = time.perf_counter()
    from nodelink.gl.render import offscreen, target

    network = load_network(name)
    scene = offscreen()
    scene.set_network(network)
    scene.apply(Settings())
    prepared = prepare(_ink(samples.sample(7, 0)))
    scene.set_activations(network.forward(network_input(prepared, network.input_shape)))
    from vispy.gloo import finish

    scene.draw_quick(size, 4000, 2)
    with target(size):
        scene.present(size)
    finish()
    return time.perf_counter() - start


def cold_starts(name: str, size: tuple[int, int]) -> list[float]:
    """Seconds to the first frame of COLD_STARTS fresh processes, the imports counted, the interpreter not."""
    script = COLD.format(network=name, size=size)
    found = []
    for _ in range(COLD_STARTS):
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
        found.append(float(done.stdout.split()[-1]) / 1e3)
    return found


def renderer_name() -> str:
    """What OpenGL says draws here."""
    from vispy.gloo import gl

    return str(gl.glGetParameter(gl.GL_RENDERER))


def resident() -> int:
    """Resident bytes of this process; 0 where the system does not tell."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) * 1024
