"""Walk: the forward pass step by step: how far it has come, at what pace, or that it stands. Part of the session.

It knows no clock: whoever shows it calls `tick` with the seconds that have passed, and not before `due`.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import replace

from psygnal import Signal

from nodelink.explain.steps import GRAINS, Step, Steps, partial
from nodelink.frame import Frame
from nodelink.nn.network import Network

SECONDS = {"layer": 4.0, "map": 1.6, "position": 1.0}  # that one step of each grain takes at speed 1
FILL = 0.75  # share of that time in which a layer or a map fills; then it stands to be looked at
SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
FRAME = 1 / 25  # seconds between two pictures at least
STALL = 0.25  # longer pauses between two ticks count as so many seconds: a window that was busy skips nothing
REST = 0.6  # seconds without a change of the drawing until a playing pass begins again


class Walk:
    """A pass of the network that was told last. `at` counts its steps (see `Steps`); announces every change once."""

    changed = Signal()

    def __init__(self, network: Network) -> None:
        self.steps = Steps(network)
        self.on = False  # off: everything is shown, and nothing here matters
        self.playing = False
        self.at = 0  # steps done
        self.grain = GRAINS[0]
        self.speed = 1.0
        self.following = False  # the camera goes to where the pass is
        self.hidden: frozenset[int] = frozenset()  # stages that are passed through at once
        self._span = self._under_way(0)  # from where to where the step goes that is under way
        self._clock = 0.0  # seconds of speed 1 since it began
        self._ended = False  # played to the end, and nothing was asked for since
        self._wait = 0.0  # seconds until the pass begins again, after the drawing has changed
        self._seen: tuple[Frame, int, Frame] | None = (
            None  # the last frame, how far, and what was shown of it
        )

    # what there is

    @property
    def done(self) -> bool:
        """Whether the pass has reached the answer."""
        return self.at == self.steps.total

    @property
    def step(self) -> Step | None:
        """The step that was done last; None before the first, and while the walk is off."""
        return self.steps.step(self.at) if self.on and self.at else None

    @property
    def node(self) -> int | None:
        """Id of the node that was computed last; None where that is none, or all of a softmax."""
        step = self.step
        if step is None or step.unit is None:
            return None
        return self.steps.network.stages[step.stage].offset + step.unit

    @property
    def due(self) -> float | None:
        """Seconds until something changes, FRAME at least; None while nothing plays."""
        if not self.playing:
            return None
        if self._wait > 0:
            return max(FRAME, self._wait)
        (begin, end), whole = self._span, SECONDS[self.grain]
        moment = whole if self.at >= end else FILL * whole * (self.at - begin) / (end - begin)
        return max(FRAME, (moment - self._clock) / self.speed)

    def seen(self, frame: Frame) -> Frame:
        """What is shown of a frame: all of it while the walk is off or done, else what has been computed."""
        if not self.on or self.done or frame.network.original is not self.steps.network.original:
            return frame
        if self._seen is None or self._seen[0] is not frame or self._seen[1] != self.at:
            part = partial(frame.activations, self.steps.reached(self.at))
            self._seen = frame, self.at, replace(frame, activations=part, verdict="open", guesses=())
        return self._seen[2]

    # what can be done

    def play(self) -> None:
        """Go on, from the beginning where the pass is done. Turns the walk on."""
        self._set(on=True, playing=True, at=0 if self.done else self.at)

    def pause(self) -> None:
        """Stand where it is."""
        self._set(playing=False)

    def stop(self) -> None:
        """Show everything again."""
        self._seen = None
        self._set(on=False, playing=False, at=0)

    def forward(self, grain: str | None = None) -> None:
        """One step of `grain`, or of the chosen one, and stand there. Turns the walk on."""
        grain = grain or self.grain
        self._set(on=True, playing=False, at=self.steps.forward(self.at, grain, self.hidden))

    def back(self, grain: str | None = None) -> None:
        """One step back, and stand there. A walk that is off begins at its end."""
        at = self.at if self.on else self.steps.total
        self._set(on=True, playing=False, at=self.steps.back(at, grain or self.grain, self.hidden))

    def go(self, at: int) -> None:
        """Jump to where so many steps are done; a walk that plays goes on playing. Turns the walk on."""
        if not 0 <= at <= self.steps.total:
            raise ValueError(f"step: expected 0 to {self.steps.total}, found {at}")
        self._set(on=True, at=at, playing=self.playing and at < self.steps.total)

    def go_to(self, stage: int) -> None:
        """Jump to a layer (index of its stage): its first step of the chosen grain; the input is the beginning."""
        if not 0 <= stage < len(self.steps.network.stages):
            raise ValueError(f"stage: expected 0 to {len(self.steps.network.stages) - 1}, found {stage}")
        start = self.steps.starts[stage]
        # a layer that plays is to be seen filling
        self.go(start if self.playing or stage == 0 else self.steps.next_end(start, self.grain))

    def choose(
        self, *, grain: str | None = None, speed: float | None = None, following: bool | None = None
    ) -> None:
        """How much a step is, how fast it plays, whether the camera follows; None leaves it as it is."""
        if grain is not None and grain not in GRAINS:
            raise ValueError(f"grain is {grain!r}, expected one of {', '.join(GRAINS)}")
        if speed is not None and speed not in SPEEDS:
            raise ValueError(f"speed is {speed!r}, expected one of {', '.join(map(str, SPEEDS))}")
        wanted = {"grain": grain, "speed": speed, "following": following}
        self._set(**{name: value for name, value in wanted.items() if value is not None})

    def hide(self, stages: Collection[int]) -> None:
        """These stages are not shown: they are passed through at once."""
        self._set(hidden=frozenset(stages))

    def tick(self, seconds: float) -> None:
        """So much time has passed."""
        if self.due is None:
            return
        seconds = min(seconds, max(STALL, self.due))
        if self._wait > 0:
            self._wait -= seconds
            if self._wait < 1e-6:
                self._wait = 0.0
                self._set(at=0)
            return
        whole, at = SECONDS[self.grain], self.at
        self._clock += seconds * self.speed
        while self._clock >= whole - 1e-6 and self._span[1] < self.steps.total:
            self._clock, at = max(0.0, self._clock - whole), self._span[1]
            self._span = self._under_way(at)
        begin, end = self._span
        cells = end - begin
        filled = min(cells, math.floor(self._clock / (FILL * whole) * cells + 1e-6) + 1)
        self._advance(max(at, begin + filled))

    # what happens around it

    def redraw(self, network: Network, *, shown: bool = True) -> None:
        """The drawing has changed, or an experiment has changed what the network computes, though not its nodes.

        A pass that plays, or has played to its end, begins again once the hand rests. Until then it holds, and so
        does one that stands: what it has computed is computed of the new drawing. shown: else none begins again.
        """
        if network is not self.steps.network:
            self.steps = Steps(network)
        if self.playing:
            self._wait = REST
        elif self.on and self._ended and shown:
            self._set(at=0, playing=True)
            self._wait = REST

    def take(self, network: Network) -> None:
        """Another network has come: from its beginning."""
        again = self.playing or self._ended
        self.steps, self._seen, self.at, self.hidden = Steps(network), None, 0, frozenset()
        self.playing = self.on and again
        self._begin()
        if self.on:
            self.changed.emit()

    def _advance(self, at: int) -> None:
        """Play on to there."""
        if at != self.at:
            self.at, self._ended = at, at == self.steps.total
            self.playing = not self._ended
            self.changed.emit()

    def _under_way(self, at: int) -> tuple[int, int]:
        """From where to where the step goes that is under way, or comes, after `at` steps."""
        end = self.steps.forward(at, self.grain, self.hidden)
        return self.steps.last_end(end, self.grain), end

    def _begin(self) -> None:
        """The clock for playing on from here."""
        self._wait, self._ended = 0.0, False
        begin, end = self._span = self._under_way(self.at)
        part = (self.at - begin) / (end - begin) if begin < self.at < end else 0.0
        self._clock = part * FILL * SECONDS[self.grain]

    def _set(self, **fields: object) -> None:
        if any(getattr(self, name) != value for name, value in fields.items()):
            self.__dict__.update(fields)
            if not fields.keys() <= {"speed", "following"}:
                self._begin()
            self.changed.emit()
