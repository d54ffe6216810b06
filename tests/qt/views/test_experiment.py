"""The experiment panel: what it changes is in its list, every entry can be restored, nothing fails silently."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QApplication

from nodelink.nn.changes import BiasOff, NodesOff, WeightNoise, WeightScale
from nodelink.nn.naming import percent
from nodelink.nn.network import Network
from nodelink.nn.preprocess import PAD
from nodelink.nn.transforms import AS_DRAWN, AXES, Transform, curve
from nodelink.qt.network_page import STEPS, scale_at, scale_position
from nodelink.qt.views.experiment import Experiment
from nodelink.session import Session
from tests.qt.hand import HAND


@pytest.fixture
def view(session: Session) -> Iterator[Experiment]:
    """The panel as the window would use it."""
    session.show_example(7)
    view = Experiment({name: QAction() for name in ("restore-all", "bring-back")})
    view.attach(session)
    session.frame_changed.connect(view.receive_frame)
    session.settings_changed.connect(lambda new, _: view.receive_settings(new))
    view.receive_settings(session.settings)
    view.receive_frame(session.frame)
    view.resize(260, 700)
    view.show()
    QApplication.processEvents()
    yield view
    view.close()
    view.deleteLater()
    HAND.qWait(1)


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        HAND.qWait(10)


def listed(view: Experiment) -> list[str]:
    return [line.text for line, _ in view.rows]


def layer(view: Experiment, name: str) -> None:
    view.network.layer.setCurrentIndex(view.network.layer.findData(name))


# The network ------------------------------------------------------------------------------------------------


def test_every_change_stands_in_the_list_and_can_be_restored(view: Experiment, session: Session) -> None:
    assert listed(view) == []
    assert "as it was trained" in view.message.text()
    session.alter(NodesOff("C3", map=4))
    session.alter(BiasOff("F5"))
    session.set_transform(Transform(angle=30, noise=0.1))
    assert listed(view) == ["C3, map 5: off", "F5 without biases", "Turn 30°", "Noise 10 %"]
    view.rows[0][1].click()
    assert session.changes == (BiasOff("F5"),)
    view.rows[1][1].click()
    assert session.transform == Transform(noise=0.1)
    view.rows[1][1].click()
    view.rows[0][1].click()
    assert session.network is session.original
    assert session.transform == AS_DRAWN
    assert listed(view) == []


def test_sliders_change_the_chosen_layer_once_for_all_positions_of_a_fast_hand(
    view: Experiment, session: Session
) -> None:
    frames: list[object] = []
    session.frame_changed.connect(frames.append)
    layer(view, "F6")
    for position in (60, 70, 75):
        view.network.sliders["scale"].setValue(position)
    HAND.qWait(20)
    assert list(session.changes) == [WeightScale("F6", scale_at(75))]
    assert len(frames) == 1
    view.network.sliders["noise"].setValue(50)
    HAND.qWait(20)
    assert list(session.changes)[1:] == [WeightNoise("F6", 1.5, 0)]
    view.network.other.click()
    HAND.qWait(20)
    assert list(session.changes)[1:] == [WeightNoise("F6", 1.5, 1)]
    view.network.sliders["scale"].setValue(STEPS // 2)
    view.network.sliders["noise"].setValue(0)
    HAND.qWait(20)
    assert list(session.changes) == []


def test_sliders_show_what_is_changed_of_the_layer(view: Experiment, session: Session) -> None:
    session.alter(WeightScale("F5", 2.5))
    session.alter(WeightNoise("C3", 3.0))
    layer(view, "F5")
    assert view.network.sliders["scale"].value() == 75
    assert view.network.sliders["noise"].value() == 0
    assert view.network.numbers["scale"].text() == "× 2.5"
    layer(view, "C3")
    assert view.network.sliders["scale"].value() == 50
    assert view.network.sliders["noise"].value() == STEPS
    assert len(session.changes) == 2  # showing changes nothing


def test_slider_positions_and_factors_agree() -> None:
    assert [scale_at(position) for position in (0, 25, 50, 100)] == [0, 0.5, 1, 4]
    assert [scale_position(scale_at(position)) for position in range(STEPS + 1)] == list(range(STEPS + 1))


def test_biases_go_and_come(view: Experiment, session: Session) -> None:
    layer(view, "C1")
    view.network.biases.click()
    assert list(session.changes) == [BiasOff("C1")]
    assert view.network.biases.isChecked()
    view.network.biases.click()
    assert list(session.changes) == []


def test_all_biases_off_ticks_every_layer_and_one_can_be_restored(view: Experiment, session: Session) -> None:
    session.alter(BiasOff())
    for name in ("C1", "F6"):
        layer(view, name)
        assert view.network.biases.isChecked()
    view.network.biases.click()  # of F6
    assert not view.network.biases.isChecked()
    assert list(session.changes) == [BiasOff(name) for name in ("C1", "C3", "F5", "Output")]
    assert view.rows[0][0].text == "C1 without biases"
    layer(view, "C1")
    assert view.network.biases.isChecked()
    layer(view, "F6")
    view.network.biases.click()
    assert list(session.changes) == [BiasOff()]
    assert [line.text for line, _ in view.rows] == ["All layers without biases"]


def test_the_layer_follows_the_selected_node(view: Experiment, session: Session) -> None:
    session.select(session.network.stage("F6").offset)
    assert view.network.layer.currentData() == "F6"
    assert view.network.selected.text == "F6, unit 1"
    session.select(session.network.stage("S4").offset)  # has no weights
    assert view.network.layer.currentData() == "F6"
    session.select(None)
    assert "Click a node" in view.network.selected.text


def test_too_much_is_one_line_and_changes_nothing(view: Experiment, session: Session) -> None:
    session.alter(WeightScale("C1", 1e20))
    frame = session.frame
    layer(view, "C1")
    view.network.wanted.emit(WeightScale("C1", 3.4e38))
    assert session.frame is frame
    assert "not finite" in view.message.text() or "no longer finite" in view.message.text()
    assert "\n" not in view.message.text()
    assert view.message.isVisible()


def test_a_silent_layer_is_told_as_long_as_it_is(view: Experiment, session: Session) -> None:
    session.alter(NodesOff("F6"))
    assert "no longer depends" in view.message.text()
    session.restore_all()
    assert "no longer depends" not in view.message.text()


def test_the_button_restores_everything_and_then_brings_it_back(view: Experiment, session: Session) -> None:
    actions, button = view.actions_by_id, view.everything
    actions["restore-all"].triggered.connect(session.restore_all)
    actions["bring-back"].triggered.connect(session.bring_back)
    assert not button.isEnabled()
    session.alter(NodesOff("F6"))
    session.set_transform(Transform(angle=30))
    before = listed(view)
    assert (len(before), button.text(), button.isEnabled()) == (2, "Restore all", True)
    button.click()
    assert (listed(view), button.text(), button.isEnabled()) == ([], "Bring back", True)
    button.click()
    assert listed(view) == before
    assert button.text() == "Restore all"


def test_another_network_brings_its_layers(view: Experiment, session: Session) -> None:
    session.alter(NodesOff("F6"))
    session.load("mini")
    names = [view.network.layer.itemData(i) for i in range(view.network.layer.count())]
    assert names == ["H1", "H2", "Output"]
    assert listed(view) == []


# The drawing ------------------------------------------------------------------------------------------------


def turn_to_drawing(view: Experiment, field: str = "angle") -> None:
    view.tabs[1].click()
    page = view.drawing
    page.choice.setCurrentIndex(page.choice.findData(field))
    until(lambda: (page.curve.values is not None and not page.curve.stale) or bool(page.curve.message))


def test_the_curve_is_that_of_the_drawing(view: Experiment, session: Session) -> None:
    turn_to_drawing(view)
    wanted = curve(session.network, session.frame.sheet, AS_DRAWN, "angle", True)
    assert view.drawing.curve.values is not None
    assert np.array_equal(view.drawing.curve.values, wanted)
    assert view.drawing.curve.step == AXES["angle"].neutral


def test_dragging_along_it_transforms_the_drawing_and_asks_for_no_other_curve(
    view: Experiment, session: Session
) -> None:
    turn_to_drawing(view)
    known = view.drawing.curve.values
    for step in (35, 40, 45):
        view.drawing.curve.picked.emit(step)
        assert session.transform == Transform(angle=AXES["angle"].values[step])
        assert not view.drawing.curve.stale
    assert view.drawing.curve.step == 45
    assert view.drawing.curve.values is known
    assert known is not None
    assert np.abs(known[45] - session.frame.activations.output[0]).max() < 1e-5
    assert view.drawing.value.text.startswith("90°")
    session.set_transform(Transform(angle=89))  # between two steps of the curve
    best, share = session.frame.guesses[0]
    assert view.drawing.value.text.startswith("89°")
    assert view.drawing.value.text.endswith(f"{session.network.class_names[best]}: {percent(share)}")


def test_another_drawing_gets_another_curve_and_until_then_the_old_one_is_faint(
    view: Experiment, session: Session
) -> None:
    turn_to_drawing(view)
    known = view.drawing.curve.values
    session.sample(3)
    assert view.drawing.curve.stale
    assert view.drawing.curve.values is known
    until(lambda: not view.drawing.curve.stale)
    wanted = curve(session.network, session.frame.sheet, AS_DRAWN, "angle", True)
    assert view.drawing.curve.values is not None
    assert np.array_equal(view.drawing.curve.values, wanted)


def test_while_a_stroke_is_drawn_no_curve_is_worked_out(
    view: Experiment, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn_to_drawing(view)
    asked: list[object] = []
    monkeypatch.setattr(view.drawing._jobs, "run", lambda *job: asked.append(job))
    session.begin_stroke(60, 60)
    for x in range(65, 120, 5):
        session.extend_stroke([(x, 80)])
        QApplication.processEvents()
    assert asked == []
    session.end_stroke()
    until(lambda: len(asked) == 1)


def test_centring_is_said_where_it_undoes_the_transform(view: Experiment, session: Session) -> None:
    for field, told in (("dx", True), ("dy", True), ("scale", True), ("angle", False), ("noise", False)):
        turn_to_drawing(view, field)
        assert view.drawing.note.isVisible() == told
        assert view.drawing.centre.isVisible() == told
        assert view.drawing.other.isVisible() == (field == "noise")
    turn_to_drawing(view, "dx")
    session.change(centre=False)
    assert not view.drawing.note.isVisible()


def test_a_blank_pad_has_no_curve_and_says_why(view: Experiment, session: Session) -> None:
    turn_to_drawing(view)
    session.clear()
    assert view.drawing.curve.values is None
    assert "blank" in view.drawing.curve.message
    session.undo()
    until(lambda: view.drawing.curve.values is not None)


def test_without_classes_there_is_no_curve(view: Experiment, session: Session) -> None:
    session.alter(NodesOff("Output"))
    turn_to_drawing(view)
    assert "no answer" in view.drawing.curve.message


def test_a_picture_off_the_pad_is_not_called_a_blank_pad(view: Experiment, session: Session) -> None:
    ink = np.zeros((PAD, PAD), np.float32)
    ink[:20, :20] = 1
    session.set_image(ink)
    session.set_transform(Transform(dx=-90, dy=-90))
    turn_to_drawing(view, "dx")
    assert view.drawing.curve.message == ""


def test_other_noise_is_noise_of_another_seed(view: Experiment, session: Session) -> None:
    turn_to_drawing(view, "noise")
    view.drawing.curve.picked.emit(20)
    before = session.frame.prepared.cells
    view.drawing.other.click()
    assert session.transform.seed == 1
    assert not np.array_equal(session.frame.prepared.cells, before)


def test_a_hidden_panel_works_out_nothing(session: Session, qapp: QApplication) -> None:
    view = Experiment({})
    view.attach(session)
    view.receive_settings(session.settings)
    view._turn_to(1)
    session.sample(5)
    view.receive_frame(session.frame)
    assert view.drawing._asked is None
    assert isinstance(session.network, Network)
    view.deleteLater()
