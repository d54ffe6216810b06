"""The window passes everything on, in both directions, and loses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from unittest.mock import MagicMock

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDialog,
    QLabel,
    QMenu,
    QMenuBar,
    QPushButton,
    QTextBrowser,
    QToolButton,
    QWidget,
)

from nodelink.commands import PANELS
from nodelink.gl.canvas import DrawReport
from nodelink.graph.camera import Pose
from nodelink.nn.changes import NodesOff
from nodelink.nn.transforms import AS_DRAWN, Transform
from nodelink.qt.style import TEXT, scaled, text_scale
from nodelink.qt.view import Line
from nodelink.qt.window import Window
from nodelink.session import Session
from nodelink.settings import RANGES, Settings
from tests.networks import load
from tests.qt.conftest import fake_canvas
from tests.qt.hand import HAND

LEFT = Qt.MouseButton.LeftButton
POSE = Pose(10.0, 20.0, (1.0, 2.0, 3.0), 50.0, 1.0)


def draw(window: Window, *points: tuple[int, int]) -> None:
    """A stroke with the mouse, through points in pad pixels."""
    pad = window.drawing.pad
    square = pad.square()
    scale = square.width() / 280
    spots = [QPoint(round(square.x() + x * scale), round(square.y() + y * scale)) for x, y in points]
    HAND.mousePress(pad, LEFT, pos=spots[0])
    for spot in spots[1:]:
        HAND.mouseMove(pad, spot)
    HAND.mouseRelease(pad, LEFT, pos=spots[-1])


def test_the_canvas_is_told_everything_at_the_start(
    window: Window, session: Session, canvas: MagicMock
) -> None:
    canvas.set_network.assert_called_once_with(session.network)
    canvas.set_activations.assert_called_with(session.frame.activations)
    canvas.apply.assert_called_with(session.settings)
    canvas.set_pose.assert_called_with(None)


def test_a_stroke_runs_from_the_mouse_to_every_view(
    window: Window, session: Session, canvas: MagicMock
) -> None:
    draw(window, (60, 60), (200, 60), (120, 230))
    assert len(session.drawing.strokes) == 1
    assert not session.frame.prepared.blank
    canvas.set_activations.assert_called_with(session.frame.activations)
    way, predictions = window.views["way"], window.views["predictions"]
    assert way.strip.pictures[0].values is session.frame.prepared.drawing  # type: ignore[attr-defined]
    assert predictions.bars.rows  # type: ignore[attr-defined]


def test_the_pad_shows_exactly_the_sessions_ink(window: Window, session: Session) -> None:
    draw(window, (60, 60), (200, 60), (120, 230))
    assert window.drawing.pad.ink is session.frame.prepared.drawing
    session.undo()
    assert window.drawing.pad.ink is session.frame.prepared.drawing


def test_the_right_button_and_the_tool_erase(window: Window, session: Session) -> None:
    draw(window, (60, 60), (200, 60))
    window.actions_by_id["eraser"].trigger()
    draw(window, (100, 60), (120, 60))
    assert [stroke.erase for stroke in session.drawing.strokes] == [False, True]


def test_the_pad_tells_a_newcomer_what_to_do(window: Window, session: Session) -> None:
    pad = window.drawing.pad
    assert pad.hint == "Draw a digit here"
    session.show_example(7)
    assert "example" in pad.hint
    draw(window, (60, 60), (200, 60))
    assert pad.hint == ""
    session.clear()
    assert pad.hint == "Draw a digit here"


def test_the_camera_goes_both_ways(window: Window, session: Session, canvas: MagicMock) -> None:
    canvas.moved.emit(POSE)
    assert session.pose == POSE
    window.actions_by_id["home"].trigger()
    canvas.set_pose.assert_called_with(None)
    window.actions_by_id["view-side"].trigger()
    canvas.set_pose.assert_called_with(canvas.named_pose.return_value)


def test_clicks_and_reports_arrive(window: Window, session: Session, canvas: MagicMock) -> None:
    canvas.clicked.emit(5)
    assert session.selection == 5
    canvas.drawn.emit(DrawReport(10, 20, 15, 334904, 0.5, 0.25, 12.0, False))
    canvas.pointed.emit(1)
    status = window.views["status"]
    assert "10 of 334,904 edges" in status.facts.text  # type: ignore[attr-defined]
    assert status.pointed.text.startswith("Input")  # type: ignore[attr-defined]


def test_a_network_switch_keeps_the_drawing_and_tells_everyone(
    window: Window, session: Session, canvas: MagicMock
) -> None:
    draw(window, (60, 60), (200, 60))
    ink = session.frame.prepared.drawing
    window.actions_by_id["next-network"].trigger()
    canvas.set_network.assert_called_with(session.network)
    canvas.set_activations.assert_called_with(session.frame.activations)
    assert session.network.name == "mlp"
    assert "MLP" in window.windowTitle()
    assert np.array_equal(session.frame.prepared.drawing, ink)


def test_a_failed_load_is_a_line_that_can_be_closed(window: Window, session: Session) -> None:
    network = session.network
    window.files.load_network("missing")
    assert window.banner.isVisible()
    assert "missing" in window.banner.message.text()
    assert session.network is network
    window.banner.close_button.click()
    assert not window.banner.isVisible()


@pytest.mark.parametrize("words", [2, 60])
def test_a_message_lies_over_the_scene_and_moves_nothing(window: Window, words: int) -> None:
    native, banner = window.canvas.native, window.banner
    before = native.size()
    banner.say("twelve words " * words, error=True)
    QApplication.processEvents()
    assert native.size() == before
    assert banner.width() < before.width()
    text = banner.message
    assert text.heightForWidth(text.width()) <= text.height()
    assert banner.height() < 3 * text.heightForWidth(text.width()) + 40
    assert banner.height() < before.height()


def test_a_message_goes_when_work_goes_on(window: Window) -> None:
    window.files.load_network("missing")
    draw(window, (60, 60), (200, 60))
    assert not window.banner.isVisible()


def test_settings_reach_canvas_and_widgets(window: Window, session: Session, canvas: MagicMock) -> None:
    session.change(theme="light", text_size=1.5, brush=40.0)
    canvas.apply.assert_called_with(session.settings)
    assert window.drawing.brush.value() == 40
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    assert f"font-size: {scaled(TEXT, text_scale(1.5, window.height()))}px" in app.styleSheet()


@pytest.mark.parametrize("panel", PANELS)
def test_a_hidden_panel_gets_no_frames_and_catches_up(
    window: Window, session: Session, panel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.change(hidden=())
    session.select(9000)  # or the inspector had nothing to show
    session.walk.choose(grain="position")  # one of the panels belongs to single steps
    session.walk.go(session.walk.steps.total)
    view = window.views[panel]
    shown: list[object] = []
    monkeypatch.setattr(view, "show_frame", shown.append)
    window.actions_by_id[f"panel-{panel}"].trigger()
    assert not view.isVisible()
    session.sample(7)
    session.sample(8)
    assert shown == []
    window.actions_by_id[f"panel-{panel}"].trigger()
    assert view.isVisible()
    assert shown == [session.frame]


def test_scene_and_panels_follow_what_is_shown_and_the_pad_the_drawing(
    window: Window, session: Session, canvas: MagicMock
) -> None:
    session.sample(7)
    seven = session.frame
    window.actions_by_id["freeze"].trigger()
    session.sample(1)
    assert window.chip.text == "B (the drawing)"
    window.actions_by_id["show-a"].trigger()
    assert window.chip.text == "A (frozen)"
    assert window.chip.isVisible()
    canvas.set_activations.assert_called_with(seven.activations)
    told = canvas.set_activations.call_count
    draw(window, (60, 60), (200, 60))  # the pad goes on, nothing else does anything
    assert canvas.set_activations.call_count == told
    assert window.drawing.pad.ink is session.frame.prepared.drawing
    predictions = window.views["predictions"]
    assert predictions._frame is session.seen
    window.actions_by_id["show-next"].trigger()
    assert window.chip.text == "B (the drawing)"
    canvas.set_activations.assert_called_with(session.frame.activations)
    window.actions_by_id["drop"].trigger()
    assert window.chip.isHidden()
    assert not window.actions_by_id["show-a"].isEnabled()


def test_a_difference_goes_to_those_who_understand_it(window: Window, session: Session) -> None:
    session.sample(7)
    session.freeze()
    session.sample(1)
    window.actions_by_id["show-difference"].trigger()
    assert "B − A" in window.chip.text
    for view in window.views.values():
        assert view._frame is (session.seen if view.subtracts else session.frame)


def test_where_a_and_b_are_the_same_this_is_said(window: Window, session: Session) -> None:
    session.sample(7)
    session.freeze()
    session.compare.show("B - A")
    assert "the two are the same" in window.chip.text
    session.sample(1)
    assert window.chip.text == "B − A"


def test_news_of_b_does_not_stand_over_a(window: Window, session: Session) -> None:
    session.sample(7)
    session.freeze()
    session.compare.show("A")
    window.actions_by_id["walk-forward"].trigger()
    assert window.banner.isVisible()
    assert "This is B" in window.banner.message.text()
    assert window.chip.text == "B (the drawing)"
    session.compare.show("A")
    assert not window.banner.isVisible()


def test_a_of_another_network_brings_its_network_to_the_scene(
    window: Window, session: Session, canvas: MagicMock
) -> None:
    session.sample(7)
    session.freeze()
    window.files.load_network("mini")
    canvas.set_network.assert_called_with(load("mini"))
    window.actions_by_id["show-a"].trigger()
    canvas.set_network.assert_called_with(load("cnn"))
    canvas.set_activations.assert_called_with(session.slots["A"].frame.activations)
    canvas.clicked.emit(9000)
    assert session.selection == 9000
    told = canvas.set_network.call_count
    session.sample(3)
    assert canvas.set_network.call_count == told
    window.actions_by_id["show-b"].trigger()
    canvas.set_network.assert_called_with(load("mini"))
    assert session.selection is None


def test_nothing_is_frozen_is_said(window: Window) -> None:
    window.actions_by_id["show-next"].trigger()
    assert "Nothing is frozen" in window.banner.message.text()


def test_the_right_column_goes_when_all_in_it_is_hidden(window: Window, session: Session) -> None:
    session.change(hidden=("compare", "edges", "experiment", "layers", "look", "predictions"))
    assert not window.columns["right"].isVisible()
    session.change(hidden=())
    assert window.columns["right"].isVisible()


def test_the_answer_stays_in_sight_where_the_column_has_to_be_scrolled(
    window: Window, session: Session
) -> None:
    answer, column = window.views["predictions"], window.columns["right"]
    window.resize(1280, 800)
    session.change(hidden=("compare", "experiment", "layers", "look"))
    QApplication.processEvents()
    tall = answer.height()
    assert column.area.isAncestorOf(answer)
    session.select(session.network.stage("F5").offset)  # now there is the inspector, too
    QApplication.processEvents()
    bar = column.area.verticalScrollBar()
    assert bar is not None
    bar.setValue(bar.maximum())
    assert answer.isVisible()
    assert not column.area.isAncestorOf(answer)
    assert column.rect().contains(answer.geometry())
    assert answer.height() < 0.5 * tall
    session.select(None)
    QApplication.processEvents()
    assert column.area.isAncestorOf(answer)
    assert answer.height() == tall


SIZES = [(800, 560), (800, 600), (1280, 800), (1920, 1080), (2560, 1080), (3840, 2160)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("text_size", [0.7, 1.0, 1.4, 2.0])
@pytest.mark.parametrize("hidden", [(), ("compare", "layers", "look"), ("edges", "predictions")], ids=str)
def test_nothing_is_cut_off_at_the_side(
    window: Window, session: Session, size: tuple[int, int], text_size: float, hidden: tuple[str, ...]
) -> None:
    session.change(text_size=text_size, hidden=hidden)
    window.resize(*size)
    QApplication.processEvents()
    for column in window.columns.values():
        viewport = column.area.viewport()
        assert viewport is not None
        for view in column.views:
            if view.isVisible():
                assert view.width() >= view.minimumSizeHint().width(), type(view).__name__
                left = view.mapTo(column, QPoint(0, 0)).x()
                assert left >= 0, type(view).__name__
                room = viewport if viewport.isAncestorOf(view) else column
                assert left + view.width() <= room.width(), type(view).__name__
    native: QWidget = window.canvas.native
    assert native.width() >= 0.34 * size[0]


@pytest.mark.parametrize("size", SIZES)
def test_at_the_largest_size_no_text_is_smaller_than_a_fortieth_of_the_windows_height(
    window: Window, session: Session, size: tuple[int, int]
) -> None:
    session.change(text_size=RANGES["text_size"][1], hidden=())
    window.resize(*size)
    QApplication.processEvents()
    kinds = (QLabel, QToolButton, QPushButton, QCheckBox, QComboBox, QMenuBar, QMenu, Line)
    texts = [widget for kind in kinds for widget in window.findChildren(kind)]
    assert len(texts) > 60
    for widget in texts:
        widget.ensurePolished()
        assert widget.fontInfo().pixelSize() >= size[1] / 40, (type(widget).__name__, widget.objectName())


def test_where_two_columns_would_leave_no_room_all_panels_stand_in_one(
    window: Window, session: Session
) -> None:
    window.resize(800, 600)
    session.change(text_size=2.0)
    QApplication.processEvents()
    assert not window.columns["right"].isVisible()
    assert window.views["predictions"] in window.columns["left"].views
    session.change(text_size=1.0)
    QApplication.processEvents()
    assert window.columns["right"].isVisible()
    assert window.views["predictions"] in window.columns["right"].views


def test_the_scene_knows_how_high_the_window_is(window: Window, canvas: MagicMock) -> None:
    window.resize(1000, 777)
    QApplication.processEvents()
    canvas.set_window_height.assert_called_with(777)


def test_help_lists_keys_and_does_not_block(window: Window) -> None:
    window.actions_by_id["help"].trigger()
    dialog = next(d for d in window.findChildren(QDialog) if d.windowTitle() == "Keys and mouse")
    browser = dialog.findChild(QTextBrowser)
    assert browser is not None
    assert "Flat (2D)" in browser.toPlainText()
    assert not dialog.isModal()
    dialog.close()
    window.actions_by_id["about"].trigger()


def test_full_screen_and_back(window: Window) -> None:
    window.actions_by_id["full-screen"].trigger()
    assert window.isFullScreen()
    window.actions_by_id["full-screen"].trigger()
    assert not window.isFullScreen()


@pytest.fixture
def reopened(qapp: QApplication) -> Iterator[Window]:
    settings = Settings(window=(20, 30, 900, 640), theme="light", hidden=("edges",), layout="2d")
    window = Window(Session(load("mini"), settings, load=load), fake_canvas())
    window.show()
    yield window
    window.close()
    window.deleteLater()


def test_a_window_comes_back_as_it_was_left(reopened: Window) -> None:
    assert reopened.geometry().getRect() == (20, 30, 900, 640)
    assert not reopened.views["edges"].isVisible()
    assert reopened.actions_by_id["layout"].isChecked()
    reopened.setGeometry(40, 50, 1000, 700)
    reopened.close()
    assert reopened.session.settings.window == (40, 50, 1000, 700)


def test_a_window_that_was_left_on_another_screen_is_still_seen(qapp: QApplication) -> None:
    settings = Settings(window=(90_000, 90_000, 900, 640))
    window = Window(Session(load("mini"), settings, load=load), fake_canvas())
    screen = qapp.primaryScreen()
    assert screen is not None
    assert screen.availableGeometry().intersects(window.geometry())
    window.deleteLater()


def test_a_changed_network_is_never_taken_for_the_trained_one(
    window: Window, session: Session, canvas: MagicMock
) -> None:
    session.sample(7)
    canvas.set_network.reset_mock()
    session.alter(NodesOff("C3", map=4))
    session.alter(NodesOff("Output", 7))
    canvas.set_network.assert_called_with(session.network)
    canvas.set_activations.assert_called_with(session.frame.activations)
    assert window.chip.text == "changed network: 2 changes"
    assert "changed" in window.windowTitle()
    status = window.views["status"]
    assert "changed network: 2 changes" in status.facts.text  # type: ignore[attr-defined]
    canvas.pointed.emit(session.network.stage("Output").offset + 7)
    assert "switched off" in status.pointed.text  # type: ignore[attr-defined]
    session.set_transform(Transform(angle=30))
    assert window.chip.text == "changed network: 2 changes\u00a0·\u00a0drawing: Turn 30°"
    assert window.drawing.pad.ink is session.frame.sheet.ink
    session.set_transform(Transform(angle=30, noise=0.1))
    assert "2 ways" in window.chip.text
    session.restore_all()
    session.set_transform(AS_DRAWN)
    assert window.chip.text == ""
    assert window.chip.isVisible()  # what goes off and on again does not move the scene
    assert "changed" not in window.windowTitle()


def test_the_trained_network_is_shown_as_such_while_a_is_looked_at(
    window: Window, session: Session, canvas: MagicMock
) -> None:
    session.sample(7)
    session.freeze()
    session.alter(NodesOff("C3"))
    session.compare.show("A")
    canvas.set_network.assert_called_with(session.original)
    assert window.chip.text == "A (frozen)"
    session.compare.show("B")
    canvas.set_network.assert_called_with(session.network)
    assert window.chip.text == "B (the drawing)\u00a0·\u00a0changed network: 1 change"


def test_the_mark_lies_over_nothing_and_is_shortened_where_it_has_no_room(
    window: Window, session: Session
) -> None:
    session.sample(7)
    session.alter(NodesOff("C3", map=4))
    session.set_transform(Transform(angle=30))
    session.freeze()
    session.compare.show("A")
    QApplication.processEvents()
    chip, line = window.chip, window.chip.line
    row = chip.geometry().translated(chip.parentWidget().mapTo(window, QPoint()))  # type: ignore[union-attr]
    for widget in (window.middle, window.scenes, window.canvas.native):
        assert not row.intersects(widget.rect().translated(widget.mapTo(window, QPoint())))
    assert chip.text == "A (frozen)\u00a0·\u00a0changed network: 1 change\u00a0·\u00a0drawing: Turn 30°"
    assert line.width() < line.sizeHint().width()  # in a window that is so narrow
    assert line.width() >= line.least
    window.resize(1500, 800)
    QApplication.processEvents()
    assert line.width() >= line.sizeHint().width()


def test_without_a_class_there_is_no_answer(window: Window, session: Session) -> None:
    session.sample(7)
    session.alter(NodesOff("Output"))
    predictions = window.views["predictions"]
    assert predictions.first.text() == "No answer"  # type: ignore[attr-defined]
    assert predictions.guess.text() == "–"  # type: ignore[attr-defined]


def test_a_layer_that_is_off_is_news_until_it_is_on_again(window: Window, session: Session) -> None:
    session.sample(7)
    session.select(session.network.stage("C1").offset)
    window.actions_by_id["off-layer"].trigger()
    assert "All of C1" in window.banner.message.text()
    assert window.banner.isVisible()
    window.actions_by_id["restore-all"].trigger()
    assert not window.banner.isVisible()


def test_freezing_is_told_where_no_panel_shows_it(window: Window, session: Session) -> None:
    session.sample(7)
    session.change(hidden=(*session.settings.hidden, "compare"))
    window.actions_by_id["freeze"].trigger()
    assert window.banner.isVisible()
    assert "A is frozen" in window.banner.message.text()
