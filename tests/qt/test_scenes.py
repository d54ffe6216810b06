"""Two scenes side by side: each its own network, answer and camera; where there is no room the window says so."""

from __future__ import annotations

from unittest.mock import MagicMock

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication, QFileDialog

from nodelink.explain.contributions import terms
from nodelink.gl.canvas import DrawReport
from nodelink.graph.camera import Pose
from nodelink.qt import scenes
from nodelink.qt.answers import brief, briefer, guess
from nodelink.qt.headline import Headline
from nodelink.qt.scenes import Second
from nodelink.qt.view import Line
from nodelink.qt.views.experiment import Experiment
from nodelink.qt.views.inspector import Inspector
from nodelink.qt.views.maps import Maps
from nodelink.qt.views.player import Player
from nodelink.qt.window import Window
from nodelink.session import Session
from tests.networks import load
from tests.qt.hand import HAND

POSE = Pose(10.0, 20.0, (1.0, 2.0, 3.0), 50.0, 1.0)


def opened(window: Window) -> Second:
    """The second scene, in a window that is wide enough."""
    window.resize(1280, 800)
    QApplication.processEvents()
    window.session.sample(7)
    window.actions_by_id["beside"].trigger()
    QApplication.processEvents()
    assert window.scenes.second is not None
    return window.scenes.second


def test_the_second_scene_is_told_everything(window: Window, session: Session, made: list[MagicMock]) -> None:
    assert opened(window).canvas in made
    (canvas,) = made
    canvas.set_network.assert_called_once_with(load("mlp"))
    assert session.beside.frame is not None
    canvas.set_activations.assert_called_with(session.beside.frame.activations)
    canvas.set_pose.assert_called_with(None)
    session.change(theme="light", layers_hidden=("H1",))
    told = canvas.apply.call_args.args[0]
    assert told.theme == "light"
    assert told.layers_hidden == ()  # names of the first network's layers
    session.sample(1)
    canvas.set_activations.assert_called_with(session.beside.frame.activations)
    assert window.actions_by_id["beside"].isChecked()


def test_over_each_scene_stands_its_own_answer(
    window: Window, session: Session, made: list[MagicMock]
) -> None:
    second = opened(window)
    assert window.scenes.headline.isVisible()
    for digit in (7, 1, 4):
        session.sample(digit)
        QApplication.processEvents()
        assert session.beside.frame is not None
        assert window.scenes.headline.answer.text == brief(session.frame)
        assert second.headline.answer.text == brief(session.beside.frame)
    session.clear()
    assert second.headline.answer.text == "blank"
    made[0].drawn.emit(DrawReport(10, 20, 15, 266200, 0.5, 0.25, 12.0, True))
    assert second.headline.facts.text == "10 of 266,200 edges"


def test_a_node_of_the_second_network_is_pointed_at_pinned_and_let_go(
    window: Window, session: Session, canvas: MagicMock, made: list[MagicMock]
) -> None:
    second, inspector = opened(window), window.views["inspector"]
    assert isinstance(inspector, Inspector)
    (other,), before = made, canvas.set_focus.call_count
    other.pointed.emit(900)
    assert other.set_focus.call_args.args[0].nodes == (900,)
    assert canvas.set_focus.call_count == before
    assert "H1" in window._status.pointed.text
    other.clicked.emit(900)
    other.pointed.emit(None)
    assert inspector.isVisible()
    assert session.beside.frame is not None
    assert inspector.terms is not None
    assert inspector.terms.product.tolist() == terms(session.beside.frame.activations, 900).product.tolist()
    assert inspector.of.text() == f"In {load('mlp').title}, the second network"
    assert second.headline.property("asked")
    assert not window.scenes.headline.property("asked")
    session.sample(3)
    QApplication.processEvents()
    assert inspector.terms.out == terms(session.beside.frame.activations, 900).out
    canvas.clicked.emit(5000)
    assert inspector.terms.node == 5000
    assert inspector.of.text() == f"In {load('cnn').title}, the first network"
    assert window.scenes.headline.property("asked")
    other.clicked.emit(900)  # a click on a pinned one lets it go
    assert session.beside.focus.pins == ()
    other.clicked.emit(901)
    other.clicked.emit(None)
    assert (session.beside.focus.pins, session.focus.pins) == ((), (5000,))
    other.opened.emit(902)
    assert session.beside.pose("3d") is not None
    assert session.pose is None
    window.actions_by_id["deselect"].trigger()
    assert not inspector.isVisible()


def test_the_scene_that_has_the_keys_is_asked(window: Window, session: Session) -> None:
    second = opened(window)
    session.change(hidden=tuple(name for name in session.settings.hidden if name != "experiment"))
    second.canvas.native.setFocus()
    assert session.aside
    assert window.desk.scene is second.canvas
    HAND.keyClick(second.canvas.native, Qt.Key.Key_Left)  # with nothing selected the camera turns
    assert session.beside.pose("3d") is not None
    assert session.pose is None
    HAND.keyClick(second.canvas.native, Qt.Key.Key_T)
    assert session.beside.focus.tracing
    assert session.focus.pins == ()
    first = session.selection
    HAND.keyClick(second.canvas.native, Qt.Key.Key_Left)
    HAND.keyClick(second.canvas.native, Qt.Key.Key_Left)
    assert session.selection is not None
    assert first is not None
    assert session.selection < first
    page = window.views["experiment"]
    assert isinstance(page, Experiment)
    assert page.network.selected.text == f"Click a node of {load('cnn').title}, the first network"
    window.canvas.native.setFocus()
    assert not session.aside
    assert window.desk.scene is window.canvas


def test_panels_that_stay_with_the_first_network_say_so(window: Window, session: Session) -> None:
    session.change(hidden=tuple(name for name in session.settings.hidden if name != "maps"))
    maps, player = window.views["maps"], window.views["player"]
    assert isinstance(maps, Maps)
    assert isinstance(player, Player)
    opened(window)
    session.walk.forward()
    assert maps.mark.text() == f"of {load('cnn').title}"
    assert player.where.text.startswith(f"{load('cnn').title}: ")
    session.beside.close()
    session.walk.forward()
    assert maps.mark.text() == ""
    assert not player.where.text.startswith(f"{load('cnn').title}: ")


def test_both_scenes_begin_at_one_height(window: Window, session: Session) -> None:
    second = opened(window)
    for text_size in (1.0, 2.0):
        session.change(text_size=text_size)
        HAND.qWait(1)
        heights = window.scenes.headline.height(), second.headline.height()
        assert heights[0] == heights[1]
        session.inquiry.turn(not session.aside)
        HAND.qWait(1)
        assert (window.scenes.headline.height(), second.headline.height()) == heights


def test_a_narrow_headline_says_less_of_the_answer(session: Session) -> None:
    session.sample(7)
    line = Headline(Line("A network"))
    line.show_frame(session.frame)
    texts = (line.answer.text, *line.answer._shorter)
    assert texts == (brief(session.frame), briefer(session.frame), guess(session.frame))
    widths = [line.answer.fontMetrics().horizontalAdvance(text) for text in texts]
    assert widths == sorted(widths, reverse=True)


def test_each_has_its_own_camera(
    window: Window, session: Session, canvas: MagicMock, made: list[MagicMock]
) -> None:
    second = opened(window)
    made[0].moved.emit(POSE)
    assert session.beside.pose("3d") == POSE
    assert session.pose is None
    made[0].set_pose.assert_called_with(POSE)
    session.change(layout="2d")
    made[0].set_pose.assert_called_with(None)
    session.change(layout="3d")
    made[0].set_pose.assert_called_with(POSE)
    before = canvas.set_pose.call_count
    second.fit.click()
    made[0].set_pose.assert_called_with(None)
    assert canvas.set_pose.call_count == before


def test_the_box_chooses_another_network(window: Window, session: Session, made: list[MagicMock]) -> None:
    second = opened(window)
    choice = second.choice
    assert [choice.itemText(i) for i in range(choice.count())] == ["CNN", "MLP", "Mini", "Open…"]
    choice.setCurrentIndex(2)
    assert session.beside.name == "mini"
    made[0].set_network.assert_called_with(load("mini"))
    assert len(made) == 1
    assert session.network is load("cnn")


def test_a_file_that_is_none_is_one_line(
    window: Window, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = opened(window)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("/none.safetensors", ""))
    second.choice.setCurrentIndex(3)
    assert "none.safetensors" in window.banner.message.text()
    assert session.beside.name == "mlp"
    assert second.choice.currentText() == "MLP"
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    second.choice.setCurrentIndex(3)
    assert second.choice.currentText() == "MLP"


def test_closing_leaves_the_first_scene_alone(
    window: Window, session: Session, canvas: MagicMock, made: list[MagicMock]
) -> None:
    second = opened(window)
    told = canvas.set_network.call_count
    second.close_button.click()
    HAND.qWait(1)
    assert window.scenes.second is None
    assert not second.isVisible()
    made[0].clear.assert_called_once()
    assert not window.scenes.headline.isVisible()
    assert not window.actions_by_id["beside"].isChecked()
    assert canvas.set_network.call_count == told
    calls = made[0].set_activations.call_count
    session.sample(3)
    session.change(theme="light")
    assert made[0].set_activations.call_count == calls
    window.actions_by_id["beside"].trigger()
    assert window.scenes.second is second
    assert session.beside.frame is not None
    made[0].set_activations.assert_called_with(session.beside.frame.activations)


def test_a_small_window_says_that_there_is_no_room(window: Window, session: Session) -> None:
    window.resize(800, 600)
    QApplication.processEvents()
    window.actions_by_id["beside"].trigger()
    assert window.scenes.second is None
    assert session.beside.network is None
    assert window.banner.message.text() == scenes.NO_ROOM
    assert not window.actions_by_id["beside"].isChecked()


def test_in_a_window_that_becomes_too_narrow_it_waits_for_room(
    window: Window, session: Session, made: list[MagicMock]
) -> None:
    opened(window)
    window.resize(800, 600)
    HAND.qWait(1)
    assert window.scenes.second is None
    assert session.beside.network is not None
    assert window.banner.message.text() == scenes.NO_ROOM
    window.resize(1280, 800)
    HAND.qWait(1)
    assert window.scenes.second is not None
    assert len(made) == 1


@pytest.mark.parametrize("size", [(1280, 800), (1440, 900), (1920, 1080)])
@pytest.mark.parametrize("text_size", [1.0, 2.0])
def test_both_have_half_the_middle(
    window: Window, session: Session, size: tuple[int, int], text_size: float
) -> None:
    session.change(text_size=text_size)
    opened(window)
    window.resize(*size)
    HAND.qWait(1)
    second = window.scenes.second
    assert second is not None
    widths = window.canvas.native.width(), second.canvas.native.width()
    assert abs(widths[0] - widths[1]) <= 2
    assert min(widths) >= scenes.LEAST
