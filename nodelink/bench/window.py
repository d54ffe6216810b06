"""Window: the same figures through the real window, from pointer event to finished pixels."""

from __future__ import annotations

from typing import Any

from nodelink import samples
from nodelink.bench import report
from nodelink.bench.offscreen import COMPLETE, COMPLETE_MODES
from nodelink.bench.subjects import DIGITS, answers
from nodelink.bench.timing import FRAMES, WARM_UP, Timer, cold_starts, resident, summary
from nodelink.nn.network import Network
from nodelink.nn.preprocess import rasterize
from nodelink.nn.transforms import AS_DRAWN, Sheet, curve
from nodelink.session import Frame
from nodelink.settings import Settings


def bench_window(
    network: Network, size: tuple[int, int] = (1280, 800), cold: str | None = None
) -> dict[str, Any]:
    """All figures through a window of `size` logical pixels. cold: the network's name, to time fresh processes."""
    from nodelink.app import application, open_window
    from nodelink.gl.measure import renderer_name
    from nodelink.qt.questioner import Questioner
    from nodelink.qt.rehearsal import Rehearsal
    from nodelink.session import Session

    application()
    window = open_window(Session(network))
    window.resize(*size)
    window.show()
    stage = Rehearsal(window)
    stage.settle()
    timer, session = Timer(), window.session
    inputs = [answer.out[0] for answer in answers(network)]
    for count in range(WARM_UP + 10 * FRAMES):
        timer.time("forward", network.forward, inputs[count % len(inputs)])

    def answered(frame: Frame) -> None:
        timer.note("preprocess", frame.milliseconds["preprocess"] / 1e3)
        timer.note("forward in the frame", frame.milliseconds["forward"] / 1e3)

    session.frame_changed.connect(answered)
    paths = (stroke.points.tolist() for digit in DIGITS * 3 for stroke in samples.sample(digit, 0))
    timer.seconds["stroke"] = stage.strokes(paths, WARM_UP + FRAMES)
    session.frame_changed.disconnect(answered)
    strokes = stage.reports[-FRAMES:]
    timer.seconds["draw"] = [drawn.milliseconds / 1e3 for drawn in stage.reports[-WARM_UP - FRAMES :]]
    coarse = window.canvas.pace.coarse
    timer.seconds["orbit"] = stage.orbit(WARM_UP + FRAMES)
    timer.seconds["morph"] = stage.morph(12)
    for mode, settings in COMPLETE_MODES.items():
        session.change(edges=settings.edges, held_back=settings.held_back)
        timer.seconds[mode] = [
            stage.complete(DIGITS[count % len(DIGITS)]) for count in range(WARM_UP + COMPLETE)
        ]
    session.change(edges="signal", held_back=Settings().held_back)
    session.sample(DIGITS[0])
    stage.rest()
    questioner = Questioner(stage)
    timer.seconds["hover"] = questioner.hover(WARM_UP + FRAMES)
    timer.seconds["pin"] = questioner.pin(WARM_UP + FRAMES)
    timer.seconds["trace"] = questioner.trace(WARM_UP + FRAMES)
    _curves(network, timer)
    found = report.figures(network, size, timer, strokes) | {
        "renderer": renderer_name(),
        "window": True,
        "scene_size": list(window.canvas.physical_size),
        "idle_frames": stage.idle(2.0),
        "cold_start_ms": summary(cold_starts(cold, size) if cold else []),
        "ink_coarseness": coarse,
        "gpu_bytes": window.canvas.gpu_bytes,
        "rss_bytes": resident(),
    }
    window.close()
    return found


def _curves(network: Network, timer: Timer) -> None:
    """What the answer becomes along all steps of a turn."""
    for count in range(WARM_UP + FRAMES):
        strokes = samples.sample(DIGITS[count % len(DIGITS)], 0)
        sheet = Sheet(rasterize(strokes), strokes)
        timer.time("curve", curve, network, sheet, AS_DRAWN, "angle", True)
