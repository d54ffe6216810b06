"""The steps in the real window: cells fill while it plays, and then nothing runs."""

from __future__ import annotations

import numpy as np

from nodelink.theme import THEMES, diverging
from tests.qt.hand import HAND
from tests.window.conftest import Eye


def quiet(eye: Eye) -> bool:
    before = len(eye.reports)
    HAND.qWait(300)
    idle = not (eye.window.canvas._timer.running or eye.window.conductor.timer.isActive())
    return len(eye.reports) == before and idle


def test_it_plays_and_when_it_is_paused_nothing_runs(eye: Eye) -> None:
    walk = eye.window.session.walk
    before = len(eye.reports)
    eye.window.actions_by_id["walk-play"].trigger()
    eye.wait_for(lambda: walk.at > 1000)
    assert len(eye.reports) > before
    eye.window.actions_by_id["walk-play"].trigger()
    at = walk.at
    eye.rest()
    eye.wait_for(lambda: quiet(eye))
    assert walk.at == at
    assert eye.reports[-1].edges_drawn < 100_000


def test_the_answer_is_on_the_screen_only_when_it_is_reached(eye: Eye) -> None:
    session, theme = eye.window.session, THEMES["dark"]
    best = session.frame.guesses[0][0]
    full = np.array(diverging(session.frame.guesses[0][1], theme))
    session.walk.choose(grain="position")
    session.walk.go(session.walk.steps.total - 1)
    eye.rest()
    assert np.abs(eye.output_cells()[best] - full).max() > 0.3
    session.walk.forward()
    eye.rest()
    assert np.abs(eye.output_cells()[best] - full).max() < 0.12
    assert quiet(eye)
