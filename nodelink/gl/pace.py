"""Pace: how many edges a moving picture may draw, and how finely, so that a frame keeps its time on this machine."""

from __future__ import annotations

import math

FRAME = 0.0295  # seconds that a moving frame may take, from the hand's move to the picture on the screen
FIRST = 4000  # edges of the first frame
LEAST = 3000  # edges that are always drawn
STEP = 1.25  # budgets are powers of it: one that does not change lets a choice be kept
FINE = 9000  # where a frame has not time for so many edges, ink is drawn at half the resolution
MOST = 1 << 24
SHARE = 0.2  # of the last frame in what frames take besides the scene: one panel's repaint is no rule


class Pace:
    """Learns from each frame. `budget` and `coarse` are for the next one."""

    def __init__(self) -> None:
        self.coarse = (
            2  # ink pixels are so many picture pixels wide; a fast machine is found out in the first frames
        )
        self._level = math.log(FIRST, STEP)
        self._around = 0.0

    @property
    def budget(self) -> int:
        """Edges to draw."""
        return max(LEAST, min(MOST, round(STEP ** round(self._level))))

    def around(self, seconds: float) -> None:
        """What a frame took besides the scene: the network's answer, panels, the way to the screen."""
        self._around += (min(max(seconds, 0.0), FRAME) - self._around) * SHARE

    def learn(self, edges: int, complete: bool, seconds: float) -> None:
        """The scene took `seconds` for a frame of so many edges; complete: no edge was left out."""
        seconds += self._around
        if complete and seconds < FRAME / 3:
            self.coarse = 1
        elif self.coarse == 1 and seconds > FRAME and edges < FINE:
            self.coarse = 2
        if seconds > FRAME:
            self._level = math.log(max(LEAST, edges), STEP) + max(-2.0, math.log(FRAME / seconds, STEP) / 2)
        elif not complete:
            self._level += min(3.0, math.log(FRAME / max(seconds, 1e-4), STEP) / 2)
        self._level = min(max(self._level, math.log(LEAST, STEP)), math.log(MOST, STEP))
