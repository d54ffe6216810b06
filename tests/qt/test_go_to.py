"""Go to a node: what is typed is answered below the field, and only a node that is shown is gone to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication, QLabel

from nodelink.nn.address import find
from nodelink.qt.go_to import GoTo
from nodelink.qt.window import Window
from nodelink.session import Session
from tests.qt.hand import HAND


@pytest.fixture
def dialog(qapp: QApplication, session: Session) -> Iterator[GoTo]:
    dialog = GoTo(None, session, 14)
    dialog.show()
    yield dialog
    dialog.close()
    HAND.qWait(1)


def test_a_node_is_named_while_it_is_typed_and_enter_selects_it(dialog: GoTo, session: Session) -> None:
    HAND.keyClicks(dialog.field, "c3/5/4,7")
    assert dialog.answer.text() == "C3, map 5, row 4, column 7"
    assert session.selection is None
    HAND.keyClick(dialog.field, Qt.Key.Key_Return)
    assert session.selection == find(session.network, "C3/5/4,7")


def test_nonsense_is_answered_where_it_is_typed_and_changes_nothing(dialog: GoTo, session: Session) -> None:
    session.select(3)
    HAND.keyClicks(dialog.field, "C3/99/4,7")
    HAND.keyClick(dialog.field, Qt.Key.Key_Return)
    assert dialog.answer.text() == "C3 has no map 99: they count from 1 to 16."
    assert dialog.isVisible()
    assert dialog.field.text() == "C3/99/4,7"
    assert session.selection == 3
    HAND.keyClick(dialog.field, Qt.Key.Key_Escape)
    assert session.selection == 3


def test_nothing_typed_is_no_error_until_enter(dialog: GoTo) -> None:
    HAND.keyClicks(dialog.field, "7")
    dialog.field.clear()
    assert dialog.answer.text() == ""
    HAND.keyClick(dialog.field, Qt.Key.Key_Return)
    assert dialog.answer.text().startswith("Type a node, like C3/")


def test_the_dialog_says_how_nodes_are_written(dialog: GoTo) -> None:
    said = " ".join(label.text() for label in dialog.findChildren(QLabel))
    assert "Layer/map/row,column" in said
    assert "count from 1" in said


def test_the_key_opens_it(window: Window, session: Session) -> None:
    window.activateWindow()
    HAND.keyClick(window, Qt.Key.Key_G)
    (dialog,) = window.findChildren(GoTo)
    HAND.keyClicks(dialog.field, "F5/17")
    HAND.keyClick(dialog.field, Qt.Key.Key_Return)
    assert session.selection == find(session.network, "F5/17")


def test_keys_of_the_scene_walk_while_a_node_is_selected(window: Window, session: Session) -> None:
    window.activateWindow()
    scene = window.canvas.native
    scene.setFocus()
    session.select(find(session.network, "C3/5/4,7"))
    QApplication.processEvents()
    HAND.keyClick(scene, Qt.Key.Key_Right)
    assert session.selection == find(session.network, "C3/5/4,8")
    HAND.keyClick(scene, Qt.Key.Key_PageUp)
    assert session.selection == find(session.network, "S4/5/2,4")
    HAND.keyClick(window, Qt.Key.Key_Escape)
    assert session.selection is None
    HAND.keyClick(scene, Qt.Key.Key_Right)
    assert session.pose is not None
