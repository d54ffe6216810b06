"""Tiles and scene in the real window: one points at the nodes of the other, and they share the height."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QPoint, QPointF, Qt

from nodelink.graph import camera
from nodelink.graph.layout import arrange
from nodelink.qt.views.maps import Maps
from tests.qt.hand import HAND
from tests.window.conftest import Eye


def cell(view: Maps, section: int, index: int) -> QPoint:
    """The middle of a cell among the tiles."""
    block, port = view.sheet.sheet.blocks[section], view.sheet.port()
    x, y = block.cell_at(index)
    return QPointF(port.x(x + block.cell / 2), port.y(y + block.cell / 2)).toPoint()


def test_tiles_and_scene_point_at_each_other(eye: Eye) -> None:
    window, session = eye.window, eye.window.session
    whole = window.canvas.native.height()
    HAND.keyClick(window, Qt.Key.Key_K)
    eye.rest()
    view = window.views["maps"]
    assert isinstance(view, Maps)
    assert view.isVisible()
    assert window.canvas.native.height() + view.height() <= whole
    plain = eye.scene()
    stage = session.network.stage("F6")
    HAND.mouseMove(view.sheet, cell(view, stage.index, 43))
    eye.rest()
    assert session.focus.hovered == stage.offset + 43
    assert (np.abs(eye.scene().astype(int) - plain).max(axis=2) > 30).mean() > 0.02
    HAND.mouseMove(view.sheet, QPoint(1, 1))
    eye.rest()
    assert session.focus.hovered is None
    assert np.abs(eye.scene().astype(int) - plain).mean() < 2

    canvas, output = window.canvas, session.network.stages[-1]
    face = arrange(session.network).slabs[-1].flat
    middle = np.array(face.origin) + 7.5 * np.array(face.column) + 0.5 * np.array(face.row)
    at = camera.project(middle[None], canvas.pose, canvas.aspect)[0]
    native = canvas.native
    spot = QPoint(round((at[0] + 1) / 2 * native.width()), round((1 - at[1]) / 2 * native.height()))
    HAND.mouseMove(native, spot)
    eye.wait_for(lambda: session.focus.hovered == output.offset + 7)
    assert view.sheet.hovered == ((output.index, 7, 7),)


def test_an_entry_of_a_kernel_lets_its_edges_stand_out_in_the_scene(eye: Eye) -> None:
    window, session = eye.window, eye.window.session
    HAND.keyClick(window, Qt.Key.Key_K)
    eye.rest()
    view = window.views["maps"]
    assert isinstance(view, Maps)
    view.buttons["kernels"].click()
    eye.rest()
    plain = eye.scene()
    HAND.mouseMove(view.sheet, cell(view, 0, 3 * 25 + 7))
    eye.rest()
    assert view.told.text.startswith("C1, kernel of map 4 on Input, row 2, column 3")
    assert eye.reports[-1].standing == 28 * 28
    assert (np.abs(eye.scene().astype(int) - plain).max(axis=2) > 30).mean() > 0.02
    HAND.mouseClick(view.sheet, Qt.MouseButton.LeftButton, pos=cell(view, 0, 3 * 25 + 7))
    HAND.mouseMove(view.sheet, QPoint(1, 1))
    eye.rest()
    assert eye.reports[-1].standing == 28 * 28
    HAND.keyClick(window, Qt.Key.Key_Escape)
    eye.rest()
    assert not session.emphasis.stands
    assert np.abs(eye.scene().astype(int) - plain).mean() < 2


def test_all_the_height_for_the_tiles_and_back(eye: Eye) -> None:
    window = eye.window
    before = eye.scene()
    HAND.keyClick(window, Qt.Key.Key_K)
    eye.rest()
    view = window.views["maps"]
    assert isinstance(view, Maps)
    view.buttons["spread"].click()
    HAND.qWait(200)
    assert not window.canvas.native.isVisible()
    window.session.sample(3)
    HAND.qWait(200)
    view.buttons["spread"].click()
    window.session.sample(7)
    eye.rest()
    HAND.keyClick(window, Qt.Key.Key_K)
    eye.rest()
    assert not view.isVisible()
    assert np.abs(eye.scene().astype(int) - before).mean() < 2
