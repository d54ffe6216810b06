"""The bar: there while the pass is walked through, its buttons and its track, in little room and in much."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtWidgets import QApplication, QLineEdit, QToolButton

from nodelink.qt.track import Track
from nodelink.qt.views.player import Player
from nodelink.qt.views.predictions import Predictions
from nodelink.qt.window import Window
from nodelink.session import Session
from nodelink.walk import Walk
from tests.networks import cnn, mini
from tests.qt.hand import HAND

LEFT = Qt.MouseButton.LeftButton


def player(window: Window) -> Player:
    found = window.views["player"]
    assert isinstance(found, Player)
    return found


def press(
    window: Window, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    window.activateWindow()
    HAND.keyClick(window, key, modifiers)
    QApplication.processEvents()


def test_the_bar_is_there_while_the_pass_is_walked_through(window: Window, session: Session) -> None:
    assert not player(window).isVisible()
    press(window, Qt.Key.Key_Period)
    assert session.walk.on
    assert player(window).isVisible()
    player(window).buttons["walk-stop"].click()
    assert not session.walk.on
    assert not player(window).isVisible()


def test_the_keys_play_and_step(window: Window, session: Session) -> None:
    walk = session.walk
    press(window, Qt.Key.Key_Space)
    assert walk.playing
    press(window, Qt.Key.Key_Space)
    assert not walk.playing
    press(window, Qt.Key.Key_Period)
    at = walk.at
    assert at == walk.steps.starts[2]
    press(window, Qt.Key.Key_Comma)
    assert walk.at == 0
    press(window, Qt.Key.Key_Space, Qt.KeyboardModifier.ShiftModifier)
    assert not walk.on


def test_keys_belong_to_text_where_text_is_typed(window: Window, session: Session) -> None:
    field = QLineEdit(window)
    field.show()
    field.setFocus()
    QApplication.processEvents()
    HAND.keyClicks(field, "a, b. c")
    assert field.text() == "a, b. c"
    assert not session.walk.on


def test_the_buttons_say_what_is_chosen(window: Window, session: Session) -> None:
    session.walk.forward()
    view = player(window)
    view.buttons["walk-by-map"].click()
    assert session.walk.grain == "map"
    checked = {
        name: button.isChecked() for name, button in view.buttons.items() if name.startswith("walk-by")
    }
    assert checked == {"walk-by-layer": False, "walk-by-map": True, "walk-by-position": False}
    view.buttons["walk-follow"].click()
    assert session.walk.following
    menu = view.speed.menu()
    assert menu is not None
    menu.actions()[-1].trigger()
    assert session.walk.speed == 16.0
    assert view.speed.text() == "× 16"
    for button in view.buttons.values():
        assert button.toolTip()


def test_the_line_says_where_the_walk_is(window: Window, session: Session) -> None:
    session.walk.choose(grain="position")
    session.walk.forward()
    assert player(window).where.text == "C1, map 1 of 6, row 1, column 1"


@pytest.mark.parametrize("width", [1600, 1280, 1000, 800])
def test_where_room_is_short_the_choices_are_in_a_menu(window: Window, session: Session, width: int) -> None:
    window.resize(width, 700)
    session.walk.choose(grain="map")
    session.walk.forward()
    QApplication.processEvents()
    QApplication.processEvents()
    view = player(window)
    inside = view.rect()
    buttons = [*view.buttons.values(), view.speed, view.menu]
    assert view.menu.isVisible() == (width < 1200)
    assert {choice.isVisible() for choice in view.choices} == {width >= 1200}
    for button in buttons:
        if button.isVisible():
            assert inside.contains(button.geometry())
            assert button.width() >= button.minimumSizeHint().width()
    assert view.menu.text().startswith("Map")
    menu = view.menu.menu()
    assert menu is not None
    next(action for action in menu.actions() if action is window.actions_by_id["walk-by-layer"]).trigger()
    assert session.walk.grain == "layer"


def test_predictions_do_not_give_the_answer_away(window: Window, session: Session) -> None:
    session.sample(7)
    predictions = window.views["predictions"]
    assert isinstance(predictions, Predictions)
    session.walk.back()
    assert predictions.guess.text() == "–"
    assert predictions.first.text() == "On its way"
    assert all(row.text == "" and row.share == 0 for row in predictions.bars.rows)
    session.walk.forward()
    assert session.walk.done
    assert predictions.first.text() != "On its way"
    assert all(row.text for row in predictions.bars.rows)


@pytest.fixture
def track(qapp: QApplication) -> Iterator[tuple[Track, Walk, list[int]]]:
    walk, track, jumps = Walk(cnn()), Track(), list[int]()
    track.resize(800, 30)
    track.set_walk(walk)
    track.jumped.connect(jumps.append)
    track.show()
    yield track, walk, jumps
    track.close()


def test_a_click_on_the_track_jumps_to_whole_steps(track: tuple[Track, Walk, list[int]]) -> None:
    line, walk, jumps = track
    HAND.mouseClick(line, LEFT, pos=QPoint(310, 10))  # an eighth of 800 each: a tenth into C3
    assert jumps == [walk.steps.starts[4]]
    walk.choose(grain="map")
    HAND.mouseClick(line, LEFT, pos=QPoint(310, 10))
    assert jumps[-1] == walk.steps.starts[3] + 200
    walk.choose(grain="position")
    HAND.mouseClick(line, LEFT, pos=QPoint(310, 10))
    assert abs(jumps[-1] - walk.steps.starts[3] - 160) <= 8
    HAND.mouseClick(line, LEFT, pos=QPoint(10, 10))
    assert jumps[-1] == 0
    HAND.mouseClick(line, LEFT, pos=QPoint(799, 10))
    assert walk.steps.total - 1 <= jumps[-1] <= walk.steps.total


def test_the_track_goes_by_keys(track: tuple[Track, Walk, list[int]]) -> None:
    line, walk, jumps = track
    line.jumped.connect(walk.go)
    walk.changed.connect(lambda: line.set_walk(walk))
    for _ in range(3):
        HAND.keyClick(line, Qt.Key.Key_Right)
    HAND.keyClick(line, Qt.Key.Key_Left)
    assert jumps == [*walk.steps.starts[2:5], walk.steps.starts[3]]


def test_the_track_follows_another_network(track: tuple[Track, Walk, list[int]]) -> None:
    line, walk, _ = track
    walk.take(mini())
    line.set_walk(walk)
    assert line.part(3).right() == pytest.approx(800)
    line.grab()


def test_space_presses_a_button_that_was_reached_by_keys(window: Window, session: Session) -> None:
    window.activateWindow()
    button = next(b for b in window.drawing.findChildren(QToolButton) if b.isVisible() and b.isEnabled())
    pressed: list[int] = []
    button.clicked.connect(lambda: pressed.append(1))
    button.setFocus(Qt.FocusReason.TabFocusReason)
    QApplication.processEvents()
    HAND.keyClick(button, Qt.Key.Key_Space)
    QApplication.processEvents()
    assert (len(pressed), session.walk.on) == (1, False)
    player(window).track.setFocus()
    HAND.keyClick(window, Qt.Key.Key_Space)
    assert session.walk.playing


def test_the_bar_says_whose_pass_it_is_while_a_is_shown_and_a_jump_shows_it(
    window: Window, session: Session
) -> None:
    session.sample(7)
    session.freeze()
    session.walk.go(session.walk.steps.starts[2])
    said = player(window).where.text
    session.compare.show("A")
    assert player(window).where.text == f"Of B, which is not shown: {said}"
    player(window).track.jumped.emit(session.walk.steps.starts[3])
    assert session.compare.shown == "B"
    assert session.walk.at == session.walk.steps.starts[3]
    assert "not shown" not in player(window).where.text
