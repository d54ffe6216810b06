"""Experiments with the whole window: keys, clicks and drags, and what is then on the screen."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QPoint, Qt

from nodelink.nn.changes import NodesOff
from nodelink.qt.views.experiment import Experiment
from tests.qt.hand import HAND
from tests.window.conftest import Eye
from tests.window.test_window import colours_of


def test_a_class_goes_off_and_on_again_and_the_camera_stays(eye: Eye) -> None:
    window, session = eye.window, eye.window.session
    session.alter(NodesOff("F6", 1))
    session.restore_all()  # the row for what is changed is there from now on
    eye.rest()
    before, pose = eye.scene(), window.canvas.pose
    last = session.network.stages[-1]
    session.focus.select(last.offset + 7)
    HAND.keyClick(window, Qt.Key.Key_X, Qt.KeyboardModifier.ShiftModifier)
    session.focus.select(None)
    eye.rest()
    assert session.changes == (NodesOff("Output", 7),)
    assert session.frame.guesses[0][0] != 7
    others = [k for k in range(10) if k != 7]  # the eighth is hatched
    assert np.abs(eye.output_cells() - colours_of(eye))[others].max() < 0.12
    assert window.chip.text == "changed network: 1 change"
    HAND.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    eye.rest()
    assert window.canvas.pose == pose
    assert np.abs(eye.scene().astype(int) - before).mean() < 2
    assert window.chip.text == ""


def test_dragging_along_the_curve_turns_the_drawing_and_the_picture_follows(eye: Eye) -> None:
    window, session = eye.window, eye.window.session
    HAND.keyClick(window, Qt.Key.Key_X)
    panel = window.views["experiment"]
    assert isinstance(panel, Experiment)
    HAND.mouseClick(panel.tabs[1], Qt.MouseButton.LeftButton)
    curve = panel.drawing.curve
    eye.wait_for(lambda: curve.values is not None and not curve.stale)
    known = curve.values
    assert known is not None
    middle = curve.height() // 2
    HAND.mousePress(curve, Qt.MouseButton.LeftButton, pos=QPoint(round(curve.x_of(30)), middle))
    for step in (33, 37, 41, 45):
        HAND.mouseMove(curve, QPoint(round(curve.x_of(step)), middle))
        HAND.qWait(20)
    HAND.mouseRelease(curve, Qt.MouseButton.LeftButton, pos=QPoint(round(curve.x_of(45)), middle))
    eye.rest()
    assert session.transform.angle == 90
    assert np.abs(session.frame.activations.output[0] - known[45]).max() < 1e-5
    assert np.abs(eye.output_cells() - colours_of(eye)).max() < 0.12
