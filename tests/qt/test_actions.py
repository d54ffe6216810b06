"""Menus, toolbar, shortcuts and help hold exactly what the table of commands says."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeySequence
from PyQt6.QtWidgets import QApplication, QMenu

from nodelink.commands import COMMANDS, PANELS
from nodelink.qt.actions import key_text, tooltip
from nodelink.qt.dialogs import SERIES, help_html
from nodelink.qt.views import VIEWS
from nodelink.qt.window import Window
from nodelink.session import Session
from nodelink.theme import THEMES
from tests.qt.hand import HAND

BY_ID = {command.id: command for command in COMMANDS}


def test_qt_understands_every_key() -> None:
    for command in COMMANDS:
        for key in command.keys:
            assert QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText) == key


def test_every_command_is_in_its_menu(window: Window) -> None:
    bar = window.menuBar()
    assert bar is not None
    found: dict[str, str] = {}

    def walk(menu: QMenu, path: str) -> None:
        for action in menu.actions():
            below = action.menu()
            if below is not None:
                walk(below, f"{path}/{below.title()}")
            elif not action.isSeparator():
                found[action.text()] = path

    for top in bar.actions():
        menu = top.menu()
        assert menu is not None
        walk(menu, menu.title().replace("&", ""))
    assert found == {command.title: command.menu for command in COMMANDS}


def test_the_toolbar_holds_what_the_table_says(window: Window) -> None:
    shown = [action for action in window.toolbar.actions() if action in window.actions_by_id.values()]
    assert {action.text() for action in shown} == {c.title for c in COMMANDS if c.toolbar}


def test_every_panel_that_can_be_hidden_is_a_view() -> None:
    assert set(PANELS) < set(VIEWS)


def test_keys_reach_the_session(window: Window, session: Session) -> None:
    window.activateWindow()
    HAND.keyClick(window, Qt.Key.Key_7)
    assert session.drawing.sample == (7, 0)
    HAND.keyClick(window, Qt.Key.Key_E)
    assert session.tool == "eraser"
    HAND.keyClick(window, Qt.Key.Key_V)
    assert session.settings.layout == "2d"
    HAND.keyClick(window, Qt.Key.Key_Delete)
    assert session.drawing.empty
    HAND.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert session.drawing.sample == (7, 0)


@pytest.mark.parametrize(("focus", "turns"), [("scene", True), ("pad", False)])
def test_arrows_turn_the_scene_only_when_it_has_the_focus(
    window: Window, session: Session, focus: str, turns: bool
) -> None:
    window.activateWindow()
    target = window.canvas.native if focus == "scene" else window.drawing.pad
    target.setFocus()
    QApplication.processEvents()
    HAND.keyClick(target, Qt.Key.Key_Left)
    assert (session.pose is not None) == turns


def test_actions_show_what_is_on_and_possible(window: Window, session: Session) -> None:
    actions = window.actions_by_id
    assert actions["pencil"].isChecked()
    assert actions["centre"].isChecked()
    assert actions["network-cnn"].isChecked()
    assert not actions["undo"].isEnabled()
    assert not actions["clear"].isEnabled()
    session.sample(3)
    session.use("eraser")
    session.load("mini")
    assert actions["eraser"].isChecked()
    assert not actions["pencil"].isChecked()
    assert actions["network-mini"].isChecked()
    assert actions["undo"].isEnabled()
    assert actions["clear"].isEnabled()


def test_clicking_what_is_on_already_keeps_it_on(window: Window) -> None:
    action = window.actions_by_id["pencil"]
    action.trigger()
    assert action.isChecked()


def test_the_help_names_every_key() -> None:
    html = help_html(THEMES["dark"], 14)
    for command in COMMANDS:
        if command.id.rpartition("-")[0] not in SERIES:
            for key in command.keys:
                assert key_text(key).replace("&", "&amp;") in html, command.id
    for first, last in (("0", "9"), ("Ctrl+1", "Ctrl+9"), ("Ctrl+Shift+1", "Ctrl+Shift+9")):
        assert f"{key_text(first)} … {key_text(last)}" in html


def test_a_tooltip_says_title_key_and_purpose() -> None:
    assert tooltip(BY_ID["weights"]).startswith("Weights instead of signal (M)\nEdges show")
    assert tooltip(BY_ID["open-image"]).startswith("Open image (Ctrl+O)")
