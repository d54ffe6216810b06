"""Motion: where the camera is on its way from pose to pose, as a function of time and never of frames."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from nodelink.graph.camera import Direction, Pose, blend, orbit, pan

GLIDE = 0.55  # seconds to another view
STEP = 0.3  # seconds that a key's step or a wheel's notch takes to settle
COAST = 1.5  # seconds that a flick glides on
DECAY = 5.0  # how much steeper a step begins than it would go evenly
FARTHEST_TURN = 170.0  # degrees that a flick turns at most: further would be the shorter way round
FARTHEST_PAN = 3.0  # view heights that a flick moves at most
TURN_SPEED = 8.0  # degrees a second of the slow turn

Curve = Callable[[float], float]


def ease(t: float) -> float:
    """From rest to rest, 0 to 1, soon under way and long in coming to a stop."""
    return t * t * (6 + t * (3 * t - 8))


def decay(t: float) -> float:
    """At once at full speed, and slower the nearer it comes, 0 to 1."""
    return math.expm1(-DECAY * t) / math.expm1(-DECAY)


class Manner(NamedTuple):
    """How long a way takes, in seconds, and how it speeds up and slows down."""

    seconds: float
    curve: Curve


AT_ONCE = Manner(0.0, ease)
GLIDING = Manner(GLIDE, ease)
STEPPING = Manner(STEP, decay)
COASTING = Manner(COAST, decay)
COAST_SHARE = -math.expm1(-DECAY) / DECAY  # of speed times COAST: how far a way in that manner leads


def coast(pose: Pose, right: float, up: float, *, turn: bool) -> Pose:
    """Where a flick ends. turn: degrees a second about the target; else view heights a second of the picture."""
    farthest = FARTHEST_TURN if turn else FARTHEST_PAN
    reach = COAST * COAST_SHARE
    right, up = (min(max(speed * reach, -farthest), farthest) for speed in (right, up))
    return orbit(pose, right, up) if turn else pan(pose, right, up)


@dataclass(frozen=True)
class Swing:
    """A number on its way to a goal: a cubic that begins at a given speed and ends at rest."""

    start: float
    goal: float
    speed: float  # at the start, a second
    began: float  # seconds
    seconds: float

    def at(self, now: float) -> float:
        """The number at a time."""
        if self.over(now):
            return self.goal
        t = max(0.0, (now - self.began) / self.seconds)
        way = self.goal - self.start
        return self.start + way * t * t * (3 - 2 * t) + self.speed * self.seconds * t * (1 - t) ** 2

    def speed_at(self, now: float) -> float:
        """Its change a second."""
        if self.over(now):
            return 0.0
        t = max(0.0, (now - self.began) / self.seconds)
        way = (self.goal - self.start) / self.seconds
        return way * 6 * t * (1 - t) + self.speed * (1 - t) * (1 - 3 * t)

    def over(self, now: float) -> bool:
        """Whether it has arrived."""
        return now >= self.began + self.seconds


@dataclass(frozen=True)
class _Way:
    """From a pose to wherever the goal is meanwhile."""

    base: Pose
    began: float
    manner: Manner

    def over(self, now: float) -> bool:
        return now >= self.began + self.manner.seconds

    def at(self, now: float, goal: Pose) -> Pose:
        if self.over(now):
            return goal
        return blend(self.base, goal, self.manner.curve(max(0.0, (now - self.began) / self.manner.seconds)))


class Travel:
    """The camera of each layout: where it is going, and what is seen on the way.

    What is seen stands still between two calls of `tick`, so that a whole picture shows one moment. `fitted` gives
    a layout's view from a direction, fitted to the window as it is now; a goal of None leads to that from "start",
    and a goal that was fitted once (`fit`) stays so, whatever becomes of window and layout.
    """

    def __init__(
        self, fitted: Callable[[str, Direction], Pose], clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self.clock = clock
        self.animated = True  # off: every way is taken at once
        self.layout = "3d"
        self._fitted = fitted
        self._goals: dict[str, Pose | None] = {"3d": None, "2d": None}
        self._ways: dict[str, _Way | None] = {"3d": None, "2d": None}
        self._fits: dict[Pose, Direction] = {}  # what `fit` has given, and whence it looks
        self._turning: float | None = None  # since when the camera turns by itself
        self._now = clock()

    def tick(self) -> None:
        """Look at the clock: what is seen now is seen until the next tick."""
        self._now = self.clock()
        for layout, way in self._ways.items():
            if way is not None and way.over(self._now):
                self._ways[layout] = None

    @property
    def moving(self) -> bool:
        """Whether the next picture will be another one."""
        return self._turning is not None or any(way is not None for way in self._ways.values())

    @property
    def turning(self) -> bool:
        """Whether the camera turns by itself."""
        return self._turning is not None

    @property
    def follows(self) -> bool:
        """Whether the goal follows window and layout: it is the start view, or one that `fit` has given."""
        return self.wanted is None or self.wanted in self._fits

    def fit(self, view: Direction) -> Pose:
        """The current layout's fitted view from a direction. Whoever makes it the goal wants it to stay fitted."""
        pose = self._fitted(self.layout, view)
        self._fits[pose] = view
        return pose

    @property
    def wanted(self) -> Pose | None:
        """Where the current layout's camera is going; None: to the start view."""
        return self._goals[self.layout]

    def goal(self, layout: str | None = None) -> Pose:
        """The same, the start view worked out."""
        layout = layout or self.layout
        goal = self._goals[layout]
        if goal is None:
            return self._fitted(layout, "start")
        return self._fitted(layout, self._fits[goal]) if goal in self._fits else goal

    def seen(self, layout: str | None = None) -> Pose:
        """The pose of a layout, or of the current one, in the picture."""
        layout = layout or self.layout
        goal, way = self.goal(layout), self._ways[layout]
        return self._turned(goal if way is None else way.at(self._now, goal), layout)

    def heading(self) -> Pose:
        """Where the current layout's camera would end if it turned no further by itself: what commands start from."""
        return self._turned(self.goal(), self.layout)

    def _turned(self, pose: Pose, layout: str) -> Pose:
        """As far as the slow turn has come."""
        if self._turning is None or layout != "3d":
            return pose
        return orbit(pose, TURN_SPEED * max(0.0, self._now - self._turning), 0.0)

    def shown(self, layout: str) -> Pose | None:
        """The same for who works out start views: None while that is what is seen."""
        at_start = self._goals[layout] is None and self._ways[layout] is None
        return None if at_start and not (self.turning and layout == "3d") else self.seen(layout)

    def put(self, pose: Pose | None) -> None:
        """Be at `pose` without a way."""
        self._goals[self.layout], self._ways[self.layout] = pose, None

    def finish(self) -> None:
        """Arrive."""
        self._ways = {"3d": None, "2d": None}

    def go(self, pose: Pose | None, manner: Manner | None = None) -> None:
        """Set out for `pose` from what is seen; None is the start view. Without a manner a small step is quick."""
        base, before = self.seen(), self.goal()
        self._turning = None if self.layout == "3d" else self._turning
        self._goals[self.layout] = pose
        manner = manner or (STEPPING if _is_step(before, self.goal()) else GLIDING)
        still = not self.animated or manner.seconds <= 0 or base == self.goal()
        self._ways[self.layout] = None if still else _Way(base, self.clock(), manner)

    def settle(self, base: Pose, manner: Manner = GLIDING) -> None:
        """The goal has moved by itself: go there from `base`, which has been seen so far."""
        moved = self.animated and base != self.goal()
        self._ways[self.layout] = _Way(base, self.clock(), manner) if moved else None

    def halt(self) -> bool:
        """Stop where the picture is; whether anything moved."""
        moving = self._ways[self.layout] is not None or (self.turning and self.layout == "3d")
        if moving:
            self.go(self.seen(), AT_ONCE)
        return moving

    def turn(self, on: bool) -> None:
        """Turn slowly about the target in 3D, until `halt` or `go`."""
        if on and self._turning is None:
            self.halt()
            self._turning = self.clock()
        elif not on and self._turning is not None:
            self._goals["3d"], self._ways["3d"], self._turning = self.seen("3d"), None, None

    def reset(self) -> None:
        """Another network: start views, nothing under way."""
        self._goals = {"3d": None, "2d": None}
        self._ways = {"3d": None, "2d": None}
        self._turning = None if self._turning is None else self.clock()


def _is_step(a: Pose, b: Pose) -> bool:
    """Whether a pose is as near as one press of a key takes it."""
    turn = max(abs((b.azimuth - a.azimuth + 180.0) % 360.0 - 180.0), abs(b.elevation - a.elevation))
    shift = math.dist(a.target, b.target) / min(a.height, b.height)
    return turn < 10 and shift < 0.2 and abs(math.log(a.height / b.height)) < 0.3
