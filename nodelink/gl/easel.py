"""Easel: the scene in a window or off-screen, and when it is drawn: when something changed, and never otherwise.

While something moves each frame shows the strongest edges that fit the frame's time; when it rests, the complete
picture grows behind, chunk by chunk, and then takes its place.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from psygnal import Signal
from vispy import app, gloo

from nodelink.gl.context import lives, renew
from nodelink.gl.pace import Pace
from nodelink.gl.render import complete_picture
from nodelink.gl.report import DrawReport
from nodelink.gl.scene import Scene
from nodelink.gl.transition import FADE, WRITING, Transition
from nodelink.graph import camera
from nodelink.graph.emphasis import NOTHING, Emphasis
from nodelink.graph.motion import Travel
from nodelink.nn.network import Activations, Network
from nodelink.settings import Settings

REST = 0.12  # seconds without change before the complete picture is begun
ARRIVAL = 0.9  # another network arrives from so much farther away


class Easel(app.Canvas):  # type: ignore[misc]
    """Draws the pictures, one after the other; `Display` says of what."""

    drawn = Signal(object)  # DrawReport: a picture is finished
    _begun = False  # there has been an OpenGL context

    def __init__(self, size: tuple[int, int] = (900, 700), **options: Any) -> None:
        super().__init__(size=size, title="nodelink", show=False, **options)
        self.pace = Pace()
        self._scene: Scene | None = None
        self._network: Network | None = None
        self._activations: Activations | None = None
        self._other: Activations | None = None  # A, where B - A is shown
        self._settings = Settings()
        self._focus: Emphasis = NOTHING  # what the user asks about
        self._spot: Emphasis | None = None  # what a lesson points at
        self._pointed: int | None = None  # the node under the pointer
        self._report: DrawReport | None = None  # of what is shown
        self._window_height = 0
        self._travel = Travel(self._fitted)
        self._transition = Transition()
        self._stale = {"network", "activations"}  # what the scene has not been told yet
        self._shown = False  # the network has been in a picture
        self._dirty = True  # the quick picture is out of date
        self._emphasis_is_new = False  # only what stands out is
        self._completing = False
        self._completed_in = 0.0  # seconds of work on the complete picture, all its pieces
        self._asked: float | None = None  # when the next picture was asked for
        self._waited, self._drawn_at = 0.0, 0.0  # how long the last one had to wait; when it was drawn
        self._timer = app.Timer(interval=0.0, connect=self._tick, iterations=1)

    # what there is

    @property
    def aspect(self) -> float:
        """Width over height."""
        return float(self.physical_size[0] / max(1, self.physical_size[1]))

    @property
    def flat(self) -> bool:
        """Whether the layout is the flat one."""
        return self._settings.layout == "2d"

    @property
    def ready(self) -> bool:
        """Whether the first picture has been drawn; before it there is no OpenGL to ask."""
        return self._scene is not None

    @property
    def morphing(self) -> bool:
        """Whether one layout is turning into the other."""
        return self._transition.morphing

    @property
    def gpu_bytes(self) -> int:
        """What has been uploaded for the network."""
        return self._scene.renderer.gpu_bytes if self._scene else 0

    def now(self) -> float:
        """Seconds on the clock by which everything here moves."""
        return self._travel.clock()

    def close(self) -> None:
        """Nothing more is drawn."""
        super().close()  # lets events pass: a last picture may ask for another
        self._timer.stop()

    @property
    def emphasis(self) -> Emphasis:
        """What stands out."""
        if self._spot is None or self._pointed is not None:
            return self._focus
        return self._spot.over(self._focus)

    # pictures

    def flush(self) -> DrawReport | None:
        """Finish the picture now, and show it; whatever moves arrives."""
        if not lives(self):
            return None
        self.set_current()
        self._tell()
        self._travel.finish()
        self._transition.finish(self.flat)
        self._tell()
        if self._network is None:
            return None
        report = self._need().draw_complete(self.physical_size)
        self._dirty = self._emphasis_is_new = self._completing = False
        self._report = report
        self._shown = True
        self.update()
        self.drawn.emit(report)
        return report

    def picture(self, scale: int = 1, transparent: bool = False) -> NDArray[np.uint8]:
        """What the scene shows, complete, at `scale` times the window's pixels: (H, W, 4), straight alpha."""
        if not lives(self):
            raise RuntimeError("there is no picture: the scene is in no window")
        self.set_current()
        self._tell()
        width, height = self.physical_size
        self._need().scribe.hasty = False
        pixels = complete_picture(self._need(), (width * scale, height * scale), transparent)
        self._change()
        return pixels

    # drawing

    def on_initialize(self, _event: Any) -> None:
        """OpenGL is there. If not for the first time, as after a move to another window, all is made again."""
        if self._begun:
            renew(self)
            self._scene, self._shown = None, False
            self._transition.forget()
            self._change("network", "activations")
        self._begun = True

    def on_resize(self, _event: Any) -> None:
        """A new size is a new picture; a fitted view is fitted again."""
        self._change()

    @property
    def _moving(self) -> bool:
        return self._travel.moving or self._transition.morphing

    def on_draw(self, _event: Any) -> None:
        """Draw what is out of date; otherwise show again what there is."""
        if self._closed:
            return
        if self._network is None:
            gloo.clear(color=(0, 0, 0, 1))
            return
        self._scene = self._scene or Scene()
        moving, morphing = self._moving, self.morphing  # what ends now has its last picture still to come
        self._travel.tick()
        self._transition.advance(self.now())
        self._tell()
        if not self._shown:
            self._arrive()
        self._need().scribe.hasty = self._dirty or moving
        if self._dirty or moving or self._moving:
            self._draw_quick(self.physical_size, arrived=morphing and not self.morphing)
        elif self._emphasis_is_new:
            self._draw_standing(self.physical_size)
        else:
            self._present(self.physical_size)
            if self._completing or self._transition.fading:
                self._schedule(0.0)

    def _draw_quick(self, size: tuple[int, int], arrived: bool) -> None:
        """arrived: a morph has just ended."""
        start = time.perf_counter()
        self._waited, self._asked = start - (self._asked or start), None
        report = self._need().draw_quick(size, self.pace.budget, self.pace.coarse)
        if arrived:
            self._bring_writing(size)
        self._present(size)
        gloo.finish()
        self._drawn_at = time.perf_counter()
        seconds = self._drawn_at - start
        self.pace.learn(report.edges_drawn + report.standing_drawn, report.complete, seconds)
        self._dirty = self._emphasis_is_new = False
        self._completing, self._completed_in = not self._moving, 0.0
        self._schedule(0.0 if self._moving or self._transition.fading else REST)
        self._tell_report(report, seconds)

    def _draw_standing(self, size: tuple[int, int]) -> None:
        """Only what stands out is out of date: the rest stays as complete as it is."""
        assert self._report is not None
        start = time.perf_counter()
        found = self._need().draw_standing(size, self.pace.budget // 2)
        self._present(size)
        gloo.finish()
        self._emphasis_is_new = False
        self._completing = self._completing or not found.complete
        if self._completing or self._transition.fading:
            self._schedule(0.0 if self._transition.fading else REST)
        report = replace(
            self._report,
            standing=found.standing,
            standing_drawn=found.standing_drawn,
            complete=not self._completing,
        )
        self._tell_report(report, time.perf_counter() - start)

    def _tell_report(self, report: DrawReport, seconds: float) -> None:
        self._report = replace(report, milliseconds=seconds * 1e3)
        self.drawn.emit(self._report)

    def arrived(self) -> None:
        """The picture is on the screen: the pace learns what it took besides drawing."""
        if self._drawn_at:
            self.pace.around(self._waited + time.perf_counter() - self._drawn_at)
            self._drawn_at = 0.0

    def _present(self, size: tuple[int, int]) -> None:
        """Show what is drawn, and what is left of the picture before."""
        self._need().present(size)
        self._transition.draw(self.now())

    def _tick(self, _event: Any) -> None:
        """Go on with what is under way: a movement, a fading picture, or the complete one."""
        if self._closed or self._scene is None or not lives(self):
            return
        if self._moving or self._dirty or self._transition.fading or self._scene.scribe.behind:
            self._asked = self._asked or time.perf_counter()
            self.update()
        elif self._completing:
            start = time.perf_counter()
            self.set_current()
            report = self._scene.rest_step(self.physical_size)
            gloo.finish()
            self._completed_in += time.perf_counter() - start
            if report is None:
                self._schedule(0.0)
                return
            self._completing = False
            self.update()
            self._tell_report(report, self._completed_in)

    def _schedule(self, delay: float) -> None:
        """One tick after `delay` seconds; an earlier one is forgotten. Nothing runs while the picture is complete."""
        self._timer.stop()
        if self._closed:
            return
        self._timer = app.Timer(interval=delay, connect=self._tick, iterations=1, start=True)
        self._timer.events.ignore_callback_errors = False  # faults reach the report

    def _keep_picture(self, seconds: float = FADE) -> None:
        """What is shown now will fade. What has never been shown has nothing to leave behind."""
        if self._shown and self._settings.motion and lives(self):
            self.set_current()
            size = self.physical_size
            self._transition.fade_from(lambda: self._present(size), size, seconds)

    def _bring_writing(self, size: tuple[int, int]) -> None:
        """What is written comes gently after a morph: over the picture as it was on the way, without it."""
        scene = self._need()
        flat, scene.morph = scene.morph, abs(scene.morph - 1e-6)
        self._transition.fade_from(lambda: scene.present(size), size, WRITING)
        scene.morph = flat

    def _arrive(self) -> None:
        """The network's first picture."""
        self._shown = True
        if self._transition.fading:
            goal = self._travel.goal()
            self._travel.settle(camera.approach(goal, ARRIVAL, goal.target))

    def _change(self, *stale: str) -> None:
        self._stale |= set(stale)
        self._dirty, self._completing = True, False
        self._asked = self._asked or time.perf_counter()
        self.update()

    def _change_emphasis(self) -> None:
        self._emphasis_is_new = True
        self.update()

    def _tell(self) -> None:
        """Bring the scene up to date. Needs the OpenGL context, hence not when things are set."""
        if self._scene is None:
            if self._network is None:
                return
            self.set_current()
            self._scene = Scene()
        scene = self._scene
        if "network" in self._stale and self._network is not None:
            scene.set_network(self._network)
        scene.frame = max(1.0, self._window_height / max(1, self.size[1]))
        scene.apply(self._settings)
        if "activations" in self._stale and scene.graph is not None:
            scene.set_difference(self._other)
            scene.set_activations(self._activations)
        self._stale = set()
        if scene.emphasize(self.emphasis):
            self._dirty, self._completing = True, False
        scene.poses = {layout: self._travel.shown(layout) for layout in scene.poses}
        scene.morph = self._transition.flat

    def _need(self) -> Scene:
        if self._scene is None:
            raise RuntimeError("the scene has no network yet")
        return self._scene

    def _fitted(self, layout: str, view: camera.Direction) -> camera.Pose:
        scene = self._need()
        if scene.graph is None:
            return camera.Pose(0, 0, (0, 0, 0), 100, 1)
        return scene.named_pose(layout, view, self.physical_size)
