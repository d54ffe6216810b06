"""Hand: what mouse, wheel, touch-pad and fingers do to the camera. Positions are in logical pixels, y down.

Dragging turns in 3D and moves in 2D, a flick glides on and stops; zooming keeps what is under the pointer there. A
press stops whatever moves.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from nodelink.graph import camera
from nodelink.graph.camera import Pose
from nodelink.graph.motion import AT_ONCE, COASTING, STEPPING, Manner, coast

ORBIT = 0.35  # degrees a pixel
WHEEL = 1.15  # zoom of one notch
SCROLL = 0.004  # zoom, as a logarithm, of one pixel on a touch-pad
SIDEWAYS = 0.05  # view heights of one notch of a tilted wheel
CLICK = 4.0  # pixels that a click may move
FLICK = 0.08  # seconds before the release that give the speed of a flick
RESTING = 0.05  # seconds without movement before the release: no flick
LEAST_FLICK = 120.0  # pixels a second

At = tuple[float, float]


class Viewed(Protocol):
    """What the hand moves."""

    @property
    def seen(self) -> Pose: ...  # in the picture now
    @property
    def pose(self) -> Pose: ...  # where that is going
    @property
    def flat(self) -> bool: ...  # 2D: there is nothing to turn
    @property
    def size(self) -> tuple[int, int]: ...  # logical pixels
    def now(self) -> float: ...  # seconds
    def under(self, at: At) -> NDArray[np.float64]: ...  # the world point (3,) that is seen there
    def graph_points(self) -> NDArray[np.float32]: ...  # (n, 3) corners of the network
    def move(self, pose: Pose, manner: Manner) -> None: ...
    def halt(self) -> None: ...


class _Drag:
    """One finger or button that is down."""

    def __init__(self, at: At, now: float, turns: bool, may_click: bool) -> None:
        self.at, self.turns, self.may_click = at, turns, may_click
        self.start = at
        self.trail: list[tuple[float, At]] = [(now, at)]

    def follow(self, at: At, now: float) -> tuple[float, float]:
        """The way since the last call, pixels."""
        step = at[0] - self.at[0], at[1] - self.at[1]
        if (
            self.may_click and math.dist(at, self.start) >= CLICK
        ):  # no click any more: catch up with the pointer
            self.may_click, step = False, (at[0] - self.start[0], at[1] - self.start[1])
        self.at = at
        self.trail = [(t, p) for t, p in self.trail if t >= now - FLICK] + [(now, at)]
        return step

    def speed(self, now: float) -> tuple[float, float]:
        """Pixels a second of the last moments; none if the hand had come to rest."""
        (first, begin), (last, end) = self.trail[0], self.trail[-1]
        if now - last > RESTING or last - first < 1e-3:
            return 0.0, 0.0
        x, y = (end[0] - begin[0]) / (last - first), (end[1] - begin[1]) / (last - first)
        return (x, y) if math.hypot(x, y) >= LEAST_FLICK else (0.0, 0.0)


class Hand:
    """Turns what the hand does into poses of `view`."""

    def __init__(self, view: Viewed) -> None:
        self._view = view
        self._drag: _Drag | None = None
        self._zooming: Pose | None = None  # where the wheel is taking the camera
        self._fingers: dict[int, At] = {}

    # mouse, or one finger

    @property
    def down(self) -> bool:
        """Whether a button or a finger is held."""
        return self._drag is not None or bool(self._fingers)

    def press(self, at: At, *, turn: bool = True, click: bool = True) -> None:
        """Take hold. turn: in 3D turn rather than move; click: letting go at once is a click."""
        view = self._view
        view.halt()
        self._drag = _Drag(at, view.now(), turn and not view.flat, click)

    def drag(self, at: At) -> None:
        """The camera follows."""
        if self._drag is None:
            return
        step = self._drag.follow(at, self._view.now())
        if step != (0.0, 0.0) and not self._drag.may_click:
            self._shift(*step)

    def release(self, at: At) -> bool:
        """Let go: whether it was a click. From a moving hand the camera glides on."""
        self.drag(at) if self._drag is not None and at != self._drag.at else None
        drag, self._drag = self._drag, None
        if drag is None or drag.may_click:
            return drag is not None
        x, y = drag.speed(self._view.now())
        if (x, y) != (0.0, 0.0):
            height = self._view.size[1]
            right, up = (-x * ORBIT, y * ORBIT) if drag.turns else (x / height, -y / height)
            end = coast(self._pivoted(), right, up, turn=drag.turns)
            self._view.move(end if drag.turns else self._kept(end), COASTING)
        return False

    def _shift(self, x: float, y: float) -> None:
        assert self._drag is not None
        if self._drag.turns:
            self._view.move(camera.orbit(self._pivoted(), -x * ORBIT, y * ORBIT), AT_ONCE)
        else:
            self._pan(x, y)

    def _pan(self, x: float, y: float) -> None:
        height = self._view.size[1]
        self._view.move(self._kept(camera.pan(self._view.pose, x / height, -y / height)), AT_ONCE)

    def _pivoted(self) -> Pose:
        """The pose, with what it turns about within the network."""
        return camera.refocus(self._view.pose, self._view.graph_points())

    def _kept(self, pose: Pose) -> Pose:
        """The pose, with the network in view."""
        return camera.kept(pose, self._view.graph_points())

    def _nearer(self, pose: Pose, factor: float, point: NDArray[np.float64]) -> Pose:
        """Enlarged about a world point, as far as makes sense."""
        points = self._view.graph_points()
        return camera.kept(camera.approach(pose, factor, point, camera.heights(pose, points)), points)

    # wheel and touch-pad

    def wheel(self, notches: float, sideways: float, at: At) -> None:
        """Notches of a wheel, or parts of one: smoothly nearer or farther; a tilted wheel moves sideways."""
        if notches == sideways == 0:  # a touch-pad says that it begins and ends
            return
        if abs(notches) >= abs(sideways):
            seen, under = self._view.seen, self._view.under(at)
            left = seen.height / self._view.pose.height if self._is_zooming() else 1.0
            base = camera.refocus(seen, self._view.graph_points())
            if base != seen:
                self._view.move(base, AT_ONCE)
            self._zooming = self._nearer(base, left * WHEEL**notches, under)
            self._view.move(self._zooming, STEPPING)
        else:
            self._view.move(self._kept(camera.pan(self._view.pose, sideways * SIDEWAYS, 0.0)), STEPPING)

    def scroll(self, x: float, y: float, at: At) -> None:
        """Pixels of a touch-pad: two fingers sideways move, up and down zoom, both without delay."""
        self._view.halt()
        if abs(x) > abs(y):
            self._pan(x, 0.0)
        elif y:
            self._zoom(math.exp(SCROLL * y), at)

    def pinch(self, factor: float, at: At) -> None:
        """Two fingers apart: enlarged by `factor`."""
        self._view.halt()
        self._zoom(factor, at)

    def twist(self, degrees: float) -> None:
        """Two fingers turn clockwise: so does the scene, seen from above."""
        self._view.halt()
        if not self._view.flat:
            self._view.move(camera.orbit(self._pivoted(), degrees, 0.0), AT_ONCE)

    def _zoom(self, factor: float, at: At) -> None:
        pose = self._pivoted()
        self._view.move(self._nearer(pose, factor, self._view.under(at)), AT_ONCE)

    def _is_zooming(self) -> bool:
        return self._zooming is not None and self._view.pose == self._zooming

    # touch screen

    def touch(self, fingers: Mapping[int, At]) -> At | None:
        """Where fingers are now, by number. One turns (in 2D: moves), two move, zoom and turn together.

        Returns where one finger has tapped, when it has.
        """
        old, self._fingers = self._fingers, dict(fingers)
        if old.keys() == fingers.keys():
            if len(fingers) == 1:
                self.drag(next(iter(fingers.values())))
            elif len(fingers) == 2:
                self._two(*(np.array([hold[key] for key in fingers]) for hold in (old, fingers)))
            return None
        if not fingers and len(old) == 1:
            (at,) = old.values()
            return at if self.release(at) else None
        self._drag = None
        if len(fingers) == 1:
            self.press(next(iter(fingers.values())), click=not old)
        elif fingers:
            self._view.halt()
        return None

    def _two(self, old: NDArray[np.float64], new: NDArray[np.float64]) -> None:
        """Two fingers have moved from `old` to `new`, both (2, 2)."""
        was, now = old[1] - old[0], new[1] - new[0]
        middle = new.mean(axis=0)
        self._pan(*(middle - old.mean(axis=0)).tolist())
        self._zoom(float(np.hypot(*now) / max(1.0, np.hypot(*was))), (float(middle[0]), float(middle[1])))
        turn = math.degrees(math.atan2(now[1], now[0]) - math.atan2(was[1], was[0]))
        if abs(turn) > 1e-3:
            self.twist((turn + 180.0) % 360.0 - 180.0)
