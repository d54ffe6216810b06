"""Canvas: the picture with the hand on it: where the camera goes, and what is under the pointer."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from psygnal import Signal
from vispy import app

from nodelink.gl.aim import Aim, At
from nodelink.gl.display import Display
from nodelink.gl.hand import Hand
from nodelink.gl.report import DrawReport
from nodelink.graph import camera
from nodelink.graph.motion import AT_ONCE, Manner
from nodelink.nn.network import Network
from nodelink.settings import Settings

__all__ = ["DrawReport", "NetworkCanvas"]

LINGER = 0.12  # seconds that a node stays pointed at when the pointer has left it for no other
PLACES = (  # settings that move or hide nodes
    "layout",
    "dense",
    "direction_3d",
    "direction_2d",
    "cell",
    "spacing",
    "layers_hidden",
    "layer_alone",
)


class NetworkCanvas(Display):
    """The scene as a widget (`native`). `hand` says what mouse, wheel and fingers do to the camera."""

    moved = Signal(object)  # Pose: where the user has sent the camera
    pointed = Signal(object)  # id of the node under the pointer, or None
    clicked = Signal(object)  # id of the node that was clicked, or None
    opened = Signal(object)  # id of the node that was double-clicked

    def __init__(self, size: tuple[int, int] = (900, 700), **options: Any) -> None:
        super().__init__(size, **options)
        self._hand = Hand(self)
        self._lingering = app.Timer(interval=LINGER, connect=lambda _event: self.leave(), iterations=1)
        self._lingering.events.ignore_callback_errors = False  # faults reach the report

    def set_network(self, network: Network) -> None:
        """Show another network from its start view; the old picture fades."""
        self.leave()
        super().set_network(network)

    def apply(self, settings: Settings) -> None:
        """Take over layout, theme, edge mode, exposure, text size. A change of layout morphs."""
        old = self._settings
        if any(getattr(old, name) != getattr(settings, name) for name in PLACES):
            self.leave()
        super().apply(settings)

    # where the camera is, and where it goes

    @property
    def pose(self) -> camera.Pose:
        """Where the camera of the current layout is going, fitted if the user has not moved it; what is seen where it
        turns by itself."""
        self._tell()
        return self._travel.heading()

    @property
    def seen(self) -> camera.Pose:
        """The pose in the picture now: on the way to `pose` while the camera glides."""
        self._tell()
        return self._travel.seen()

    def set_pose(self, pose: camera.Pose | None) -> None:
        """Glide to `pose` in the current layout; None is the fitted start view."""
        if self._travel.wanted != pose:
            self.leave()
            self._travel.go(pose) if self._shown else self._travel.put(pose)
            self._change()

    def turn(self, on: bool) -> None:
        """Turn slowly by itself, in 3D, until a press or another pose."""
        if on != self._travel.turning:
            self.leave()
            if on and self._shown:
                self._travel.go(camera.refocus(self.seen, self.graph_points()), AT_ONCE)
            self._travel.turn(on)
            self._change()
            if not on:
                self.moved.emit(self.pose)

    def move(self, pose: camera.Pose, manner: Manner) -> None:
        """The user's hand sends the camera to `pose`."""
        self.leave()
        self._travel.go(pose, manner)
        self._change()
        self.moved.emit(pose)

    def halt(self) -> None:
        """Stop the camera where it is."""
        if self._travel.halt():
            self._change()
            self.moved.emit(self.pose)

    # what is where

    def graph_points(self) -> NDArray[np.float32]:
        """The corners (n, 3) of everything that is shown in the current layout."""
        self._tell()
        scene = self._need()
        if scene.graph is None:
            return np.zeros((1, 3), np.float32)
        layout = scene.visible if scene.visible.slabs else scene.graph.layout
        return layout.corners[self._settings.layout].reshape(-1, 3)

    def node_points(self, node: int) -> NDArray[np.float32]:
        """The corners (8, 3) of the map or dense layer that a node is in."""
        self._tell()
        graph = self._need().graph
        assert graph is not None
        slabs = graph.layout.slabs
        index = next(i for i, slab in enumerate(slabs) if 0 <= node - slab.first < slab.count)
        corners: NDArray[np.float32] = graph.layout.corners[self._settings.layout][index]
        return corners

    def covered(self) -> tuple[float, float, float, float]:
        """The shares of the picture that the legend covers: left, right, bottom, top."""
        self._tell()
        return self._need().covered(self.physical_size)

    def named_pose(self, name: str) -> camera.Pose:
        """One of camera.NAMED_VIEWS, or "start", fitted to the window as the start view is, and as it will be."""
        self._tell()
        return self._travel.fit(name)

    def fitted_pose(self) -> camera.Pose:
        """The same from the direction in which the camera looks, or is about to."""
        pose = self.pose
        return self._travel.fit((pose.azimuth, pose.elevation))

    def under(self, at: At) -> NDArray[np.float64]:
        """The world point (3,) that is seen at a place in logical pixels."""
        return self._aim().point(at)

    def node_at(self, at: At) -> int | None:
        """Id of the node that is seen at a place in logical pixels, or None."""
        return self._aim().node(at) if self._scene is not None else None

    def _aim(self) -> Aim:
        scene = self._need()
        layout = scene.visible if scene.graph is not None and not self.morphing else None
        return Aim(layout, self._settings.layout, self.seen, self.size)

    # the hand

    @property
    def hand(self) -> Hand:
        """Takes what mouse, touch-pad and fingers do."""
        return self._hand

    def on_mouse_press(self, event: Any) -> None:
        """Take hold of the scene."""
        self.leave()
        if self._network is not None:
            self._hand.press(
                _place(event), turn=event.button == 1 and not _has_shift(event), click=event.button == 1
            )

    def on_mouse_release(self, event: Any) -> None:
        """Let go. A press and release at one place is a click."""
        if self._hand.release(_place(event)):
            self.clicked.emit(self.node_at(_place(event)))

    def on_mouse_double_click(self, event: Any) -> None:
        """A node to look at more closely."""
        if event.button == 1:
            self.open_at(_place(event))

    def on_mouse_move(self, event: Any) -> None:
        """Follow the hand while a button is down; otherwise say what is under the pointer."""
        if self._network is None:
            return
        if self._hand.down:
            self._hand.drag(_place(event))
            return
        if self._moving:  # what flies past under a pointer that rests is not what it points at
            return
        node = self.node_at(_place(event))
        if node is not None:
            self._point(node)
        elif self._pointed is not None and not self._lingering.running:
            self._lingering.start(iterations=1)  # between two maps the picture does not flare up

    def leave(self) -> None:
        """The pointer is on no node: it has gone, or the picture under it has."""
        self._point(None)

    def close(self) -> None:
        """Nothing more is drawn."""
        self._lingering.stop()
        super().close()

    def open_at(self, at: At) -> None:
        """Somebody wants to see the node there more closely, if there is one."""
        node = self.node_at(at)
        if node is not None:
            self.opened.emit(node)

    def _point(self, node: int | None) -> None:
        self._lingering.stop()
        if node != self._pointed:
            self._pointed = node
            self.pointed.emit(node)

    def on_mouse_wheel(self, event: Any) -> None:
        """Zoom to the pointer; sideways scrolling pans."""
        if self._network is not None:
            self._hand.wheel(float(event.delta[1]), float(event.delta[0]), _place(event))


def _place(event: Any) -> tuple[float, float]:
    return float(event.pos[0]), float(event.pos[1])


def _has_shift(event: Any) -> bool:
    return any(getattr(key, "name", "") == "Shift" for key in event.modifiers)
