"""Pointing at nodes in the real window, with a real mouse: what stands out, what is said, and that nothing is stuck."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QEvent, QPoint, Qt
from PyQt6.QtWidgets import QApplication

from nodelink.graph import camera
from nodelink.graph.layout import arrange
from tests.gl.pictures import centre_of
from tests.qt.hand import HAND
from tests.window.conftest import Eye


def place(eye: Eye, node: int) -> QPoint:
    """Where a node's cell is in the scene's widget."""
    canvas, session = eye.window.canvas, eye.window.session
    middle = centre_of(arrange(session.network), session.settings.layout, node)
    x, y, _ = camera.project(np.reshape(middle, (1, 3)), canvas.pose, canvas.aspect)[0]
    return QPoint(int((x + 1) / 2 * canvas.size[0]), int((1 - y) / 2 * canvas.size[1]))


def test_a_node_under_the_mouse_stands_out_is_named_and_is_let_go(eye: Eye) -> None:
    window, canvas = eye.window, eye.window.canvas
    session, native = window.session, canvas.native
    node = session.network.stage("F5").offset + 52
    before = eye.scene().astype(int)
    HAND.mouseMove(native, place(eye, node) + QPoint(1, 0))
    HAND.mouseMove(native, place(eye, node))
    eye.wait_for(lambda: session.focus.hovered == node)
    eye.wait_for(lambda: eye.reports[-1].standing == 400)
    assert eye.reports[-1].complete  # the others' picture is still there
    eye.wait_for(lambda: "F5, unit 53" in window.views["status"].pointed.text)  # type: ignore[attr-defined]
    HAND.qWait(400)
    assert np.abs(eye.scene().astype(int) - before).max() > 60
    QApplication.sendEvent(native, QEvent(QEvent.Type.Leave))
    assert session.focus.hovered is None
    eye.rest()
    assert eye.reports[-1].standing == 0
    assert np.abs(eye.scene().astype(int) - before).max() <= 2


def test_a_click_pins_and_what_moves_the_picture_lets_go_of_the_hover_alone(eye: Eye) -> None:
    session, native = eye.window.session, eye.window.canvas.native
    node = session.network.stage("F6").offset + 30
    HAND.mouseClick(native, Qt.MouseButton.LeftButton, pos=place(eye, node))
    assert session.focus.pins == (node,)
    eye.rest()
    HAND.mouseMove(native, place(eye, node + 1))
    eye.wait_for(lambda: session.focus.hovered == node + 1)
    eye.window.actions_by_id["view-front"].trigger()
    assert session.focus.hovered is None
    assert session.focus.pins == (node,)
    eye.window.actions_by_id["home"].trigger()
    eye.rest()
    HAND.mouseMove(native, place(eye, node + 1) + QPoint(1, 0))
    HAND.mouseMove(native, place(eye, node + 1))
    eye.wait_for(lambda: session.focus.hovered == node + 1)
    eye.window.files.load_network("mini")
    assert session.focus.hovered is None
    assert not session.focus.pins
    eye.rest()
