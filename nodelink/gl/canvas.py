"""Canvas: the scene in a window or off-screen, with the mouse. Draws when something changed, and never otherwise.

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

from nodelink.gl.pace import Pace
from nodelink.gl.render import complete_picture
from nodelink.gl.scene import DrawReport, Scene
from nodelink.graph import camera, pick
from nodelink.nn.network import Activations, Network
from nodelink.settings import Settings

__all__ = ["DrawReport", "NetworkCanvas"]

REST = 0.12  # seconds without change before the complete picture is begun
MORPH = 0.45  # seconds from one layout to the other
ORBIT = 0.35  # degrees a logical pixel
WHEEL = 1.12  # zoom of one notch


class NetworkCanvas(app.Canvas):  # type: ignore[misc]
    """The scene as a widget (`native`). Drag: orbit (3D) or pan (2D); right, middle or Shift drag: pan; wheel: zoom."""

    moved = Signal(object)  # Pose: the user moved the camera
    drawn = Signal(object)  # DrawReport: a picture is finished
    pointed = Signal(object)  # id of the node under the pointer, or None
    clicked = Signal(object)  # id of the node that was clicked, or None

    def __init__(self, size: tuple[int, int] = (900, 700), **options: Any) -> None:
        super().__init__(size=size, title="nodelink", show=False, **options)
        self._scene: Scene | None = None
        self._network: Network | None = None
        self._activations: Activations | None = None
        self._settings = Settings()
        self._poses: dict[str, camera.Pose | None] = {"3d": None, "2d": None}
        self.pace = Pace()
        self._stale = {"network", "activations"}  # what the scene has not been told yet
        self._dirty = True  # the quick picture is out of date
        self._completing = False
        self._morph_from: tuple[float, float] | None = None  # start time and start value of a running morph
        self._morph = 0.0
        self._press: tuple[float, float] | None = None
        self._pointed: int | None = None
        self._timer = app.Timer(interval=0.0, connect=self._tick, iterations=1)

    # what to show

    def set_network(self, network: Network) -> None:
        """Show another network; its start view is fitted anew."""
        self._network, self._activations = network, None
        self._poses = {"3d": None, "2d": None}
        self._change("network", "activations")

    def set_activations(self, activations: Activations | None) -> None:
        """Show one forward pass of the current network, or none."""
        self._activations = activations
        self._change("activations")

    def apply(self, settings: Settings) -> None:
        """Take over layout, theme, edge mode, exposure, text size. A change of layout morphs."""
        old, self._settings = self._settings, settings
        if self._scene is None:
            self._morph = 1.0 if settings.layout == "2d" else 0.0
        elif old.layout != settings.layout:
            self._morph_from = (time.perf_counter(), self._morph)
        self._change("settings")

    def set_pose(self, pose: camera.Pose | None) -> None:
        """Look from `pose` in the current layout; None is the fitted start view."""
        if self._poses[self._settings.layout] != pose:
            self._poses[self._settings.layout] = pose
            self._change()

    @property
    def pose(self) -> camera.Pose:
        """The pose of the current layout, fitted if the user has not moved."""
        self._tell()
        return self._need().pose_for(self._settings.layout, self.physical_size)

    @property
    def aspect(self) -> float:
        """Width over height."""
        return float(self.physical_size[0] / max(1, self.physical_size[1]))

    @property
    def ready(self) -> bool:
        """Whether the first picture has been drawn; before it there is no OpenGL to ask."""
        return self._scene is not None

    @property
    def morphing(self) -> bool:
        """Whether one layout is turning into the other."""
        return self._morph_from is not None

    @property
    def gpu_bytes(self) -> int:
        """What has been uploaded for the network."""
        return self._scene.renderer.gpu_bytes if self._scene else 0

    def graph_points(self) -> NDArray[np.float32]:
        """The corners (n, 3) of everything in the current layout."""
        self._tell()
        graph = self._need().graph
        if graph is None:
            return np.zeros((1, 3), np.float32)
        return graph.layout.corners[self._settings.layout].reshape(-1, 3)

    def named_pose(self, name: str) -> camera.Pose:
        """One of camera.NAMED_VIEWS, or "start", fitted to the window as the start view is."""
        self._tell()
        return self._need().named_pose(self._settings.layout, name, self.physical_size)

    def flush(self) -> DrawReport | None:
        """Finish the picture now, and show it."""
        self.set_current()
        self._tell()
        self._morph_from, self._morph = None, 1.0 if self._settings.layout == "2d" else 0.0
        self._tell()
        if self._network is None:
            return None
        report = self._need().draw_complete(self.physical_size)
        self._dirty = self._completing = False
        self.update()
        self.drawn.emit(report)
        return report

    def picture(self, scale: int = 1, transparent: bool = False) -> NDArray[np.uint8]:
        """What the scene shows, complete, at `scale` times the window's pixels: (H, W, 4), straight alpha."""
        self.set_current()
        self._tell()
        width, height = self.physical_size
        pixels = complete_picture(self._need(), (width * scale, height * scale), transparent)
        self._change()
        return pixels

    # drawing

    def on_draw(self, _event: Any) -> None:
        """Draw what is out of date; otherwise show again what there is."""
        if self._network is None:
            gloo.clear(color=(0, 0, 0, 1))
            return
        self._scene = self._scene or Scene()
        self._tell()
        size = self.physical_size
        if self._dirty or self._morph_from is not None:
            self._draw_quick(size)
        else:
            self._scene.present(size)

    def _draw_quick(self, size: tuple[int, int]) -> None:
        start = time.perf_counter()
        scene = self._need()
        self._advance_morph()
        scene.morph = _smooth(self._morph)
        report = scene.draw_quick(size, self.pace.budget, self.pace.coarse)
        scene.present(size)
        gloo.finish()
        seconds = time.perf_counter() - start
        self.pace.learn(report.edges_drawn, report.complete, seconds)
        self._dirty = False
        moving = self._morph_from is not None
        self._completing = not moving
        self._schedule(0.0 if moving else REST)
        self.drawn.emit(replace(report, milliseconds=seconds * 1e3))

    def _tick(self, _event: Any) -> None:
        """Go on with what is under way: a morph, or the complete picture."""
        if self._scene is None:
            return
        if self._morph_from is not None or self._dirty:
            self.update()
        elif self._completing:
            self.set_current()
            report = self._scene.rest_step(self.physical_size)
            gloo.finish()
            if report is None:
                self._schedule(0.0)
                return
            self._completing = False
            self.update()
            self.drawn.emit(report)

    def _schedule(self, delay: float) -> None:
        """One tick after `delay` seconds; an earlier one is forgotten. Nothing runs while the picture is complete."""
        self._timer.stop()
        self._timer = app.Timer(interval=delay, connect=self._tick, iterations=1, start=True)

    def _advance_morph(self) -> None:
        if self._morph_from is None:
            return
        began, first = self._morph_from
        goal = 1.0 if self._settings.layout == "2d" else 0.0
        share = min(1.0, (time.perf_counter() - began) / MORPH)
        self._morph = first + (goal - first) * share
        if share >= 1.0:
            self._morph_from = None

    def _change(self, *stale: str) -> None:
        self._stale |= set(stale)
        self._dirty, self._completing = True, False
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
        scene.apply(self._settings)
        if "activations" in self._stale and scene.graph is not None:
            scene.set_activations(self._activations)
        scene.poses = dict(self._poses)
        scene.morph = _smooth(self._morph)
        self._stale = set()

    def _need(self) -> Scene:
        if self._scene is None:
            raise RuntimeError("the scene has no network yet")
        return self._scene

    # mouse

    def on_resize(self, _event: Any) -> None:
        """A new size is a new picture; a fitted view is fitted again."""
        self._change()

    def on_mouse_press(self, event: Any) -> None:
        """Begin a drag, or a click."""
        self._press = (float(event.pos[0]), float(event.pos[1]))

    def on_mouse_release(self, event: Any) -> None:
        """A press and release at one place is a click."""
        if self._press is not None and event.button == 1 and self._network is not None:
            moved = np.hypot(event.pos[0] - self._press[0], event.pos[1] - self._press[1])
            if moved < 4:
                self.clicked.emit(self._node_at(event.pos))
        self._press = None

    def on_mouse_move(self, event: Any) -> None:
        """Orbit or pan while a button is down; otherwise say what is under the pointer."""
        if self._network is None:
            return
        if event.button is None or event.last_event is None:
            node = self._node_at(event.pos)
            if node != self._pointed:
                self._pointed = node
                self.pointed.emit(node)
            return
        dx, dy = (float(v) for v in np.subtract(event.pos, event.last_event.pos))
        shift = any(getattr(key, "name", "") == "Shift" for key in event.modifiers)
        if event.button == 1 and self._settings.layout == "3d" and not shift:
            self._move(camera.orbit(self.pose, -dx * ORBIT, dy * ORBIT))
        else:
            self._move(camera.pan(self.pose, dx / self.size[1], -dy / self.size[1]))

    def on_mouse_wheel(self, event: Any) -> None:
        """Zoom to the pointer; sideways scrolling pans."""
        if self._network is None:
            return
        sideways, notches = (float(d) for d in event.delta)
        if notches:
            self._move(camera.zoom(self.pose, WHEEL**notches, self._view_point(event.pos), self.aspect))
        elif sideways:
            self._move(camera.pan(self.pose, sideways * 0.05, 0.0))

    def _move(self, pose: camera.Pose) -> None:
        self.set_pose(pose)
        self.moved.emit(pose)

    def _view_point(self, position: Any) -> tuple[float, float]:
        """A pointer position in logical pixels as view coordinates in [-1, 1]."""
        width, height = self.size
        return 2 * float(position[0]) / width - 1, 1 - 2 * float(position[1]) / height

    def _node_at(self, position: Any) -> int | None:
        scene = self._scene
        if scene is None or scene.graph is None or 0 < self._morph < 1:
            return None
        layout = scene.graph.layout
        return pick.node_at(layout, self._settings.layout, self.pose, self.aspect, self._view_point(position))


def _smooth(t: float) -> float:
    """Ease in and out."""
    return t * t * (3 - 2 * t)
