"""Feature maps: tiles point at the scene's nodes and are pointed at from there; kernels; nothing is done in hiding."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtWidgets import QApplication

from nodelink.nn.changes import NodesOff, WeightScale
from nodelink.nn.layers import Flatten
from nodelink.nn.network import Network, Stage
from nodelink.nn.sharing import Weights
from nodelink.qt.tile_exhibits import short
from nodelink.qt.tile_port import Exhibit
from nodelink.qt.views.maps import Maps
from nodelink.qt.window import Window
from nodelink.session import Session
from nodelink.settings import Settings
from tests.networks import calibrated, conv, dense, load, random_network
from tests.qt.hand import HAND

LEFT = Qt.MouseButton.LeftButton


def opened(session: Session) -> Maps:
    """The panel as the window would use it."""
    view = Maps({})
    view.attach(session)
    session.settings_changed.connect(lambda new, _: view.receive_settings(new))
    session.frame_changed.connect(view.receive_frame)
    view.receive_settings(session.settings)
    view.receive_frame(session.frame)
    view.resize(1300, 800)
    return view


@pytest.fixture
def view(session: Session) -> Iterator[Maps]:
    session.sample(7)
    view = opened(session)
    view.show()
    QApplication.processEvents()
    yield view
    view.close()
    view.deleteLater()
    HAND.qWait(1)


def spot(view: Maps, section: int, index: int) -> QPoint:
    """The middle of a cell in the picture."""
    block, port = view.sheet.sheet.blocks[section], view.sheet.port()
    x, y = block.cell_at(index)
    return QPointF(port.x(x + block.cell / 2), port.y(y + block.cell / 2)).toPoint()


def point(view: Maps, section: int, index: int) -> None:
    HAND.mouseMove(view.sheet, spot(view, section, index))
    QApplication.processEvents()


def exhibit(view: Maps) -> Exhibit:
    assert view.sheet.exhibit is not None
    return view.sheet.exhibit


def test_values_are_the_frames_and_scales_the_legends(view: Maps, session: Session) -> None:
    shown, network = exhibit(view), session.network
    for section, stage in enumerate(network.stages):
        assert np.array_equal(shown.values(section), session.frame.activations.out[section][0].ravel())
        full = network.calibration[stage.name].node
        assert shown.full[section] == full
        assert short(full) in shown.notes[section]
        assert short(full) in shown.short[section]


def test_relative_scales_follow_the_input(view: Maps, session: Session) -> None:
    session.change(scale="relative")
    for digit in (3, 4):
        session.sample(digit)
        shown = exhibit(view)
        for section, out in enumerate(session.frame.activations.out):
            assert shown.full[section] == pytest.approx(float(np.abs(out[0]).max()))
            assert "largest now" in shown.notes[section]
    session.change(scale="fixed")
    assert "full colour" in exhibit(view).notes[1]


def test_pointing_at_a_tile_hovers_the_node(view: Maps, session: Session) -> None:
    stage = session.network.stage("C3")
    point(view, stage.index, 7 * 100 + 4 * 10 + 6)
    assert session.focus.hovered == stage.offset + 7 * 100 + 4 * 10 + 6
    value = float(session.frame.activations.out[stage.index][0][7, 4, 6])
    assert view.told.text.startswith("C3, map 8, row 5, column 7: ")
    assert float(view.told.text.split(": ")[1]) == pytest.approx(value, rel=5e-3)
    assert view.sheet.hovered == ((stage.index, 746, 746),)
    QApplication.sendEvent(view.sheet, QEvent(QEvent.Type.Leave))
    assert session.focus.hovered is None
    assert view.sheet.hovered == ()
    assert view.told.text == ""


def test_what_is_hovered_in_the_scene_is_outlined_here_and_stays(view: Maps, session: Session) -> None:
    stage = session.network.stage("S4")
    session.focus.hover(stage.offset + 33)
    assert view.sheet.hovered == ((stage.index, 33, 33),)
    assert view.told.text.startswith("S4, map 2, row 2, column 4")
    HAND.mouseMove(view.sheet, QPoint(2, 2))  # no tile
    assert session.focus.hovered == stage.offset + 33


def test_a_click_pins_and_another_lets_go(view: Maps, session: Session) -> None:
    stage = session.network.stage("F5")
    node = stage.offset + 17
    HAND.mouseClick(view.sheet, LEFT, pos=spot(view, stage.index, 17))
    assert session.focus.pins == (node,)
    assert view.sheet.marks == ((stage.index, 17, 17),)
    session.focus.pin(3)
    assert set(view.sheet.marks) == {(stage.index, 17, 17), (0, 3, 3)}
    HAND.mouseClick(view.sheet, LEFT, pos=spot(view, stage.index, 17))
    assert session.focus.pins == (3,)
    HAND.mouseClick(view.sheet, LEFT, pos=QPoint(2, 2))
    assert session.focus.pins == (3,)


def test_kernels_of_a_convolution(view: Maps, session: Session) -> None:
    view.buttons["kernels"].click()
    assert view.layers.isVisible()
    assert [view.layers.itemText(i) for i in range(view.layers.count())] == ["C1", "C3", "F5", "F6", "Output"]
    view.layers.setCurrentIndex(1)
    stage = session.network.stage("C3")
    weights = stage.layer.weight  # type: ignore[union-attr]
    assert np.array_equal(exhibit(view).values(0), weights.ravel())
    index = int(np.ravel_multi_index((15, 2, 4, 1), weights.shape))
    point(view, 0, index)
    assert view.told.text.startswith("C3, kernel of map 16 on map 3 of S2, row 5, column 2: ")
    value, edges = view.told.text.split(": ")[1].split(", ")
    assert float(value) == pytest.approx(float(weights[15, 2, 4, 1]), rel=5e-3)
    assert edges == "the weight of 100 edges"
    assert session.focus.hovered is None
    session.focus.pin(stage.offset + 100 * 3)  # map 4 sees three maps
    assert len(view.sheet.marks) == 3
    before = exhibit(view)
    session.sample(4)
    assert exhibit(view) is before  # kernels do not depend on the drawing
    view.buttons["kernels"].click()
    assert len(exhibit(view).sections) == len(session.network.stages)
    assert not view.layers.isVisible()


def test_weights_of_a_unit_point_at_it(view: Maps, session: Session) -> None:
    session.load("mlp")
    view.buttons["kernels"].click()
    stage = session.network.stages[1]
    view.sheet.zoom_by(8, QPointF(spot(view, 0, 7 * 784 + 400)))
    point(view, 0, 7 * 784 + 400)
    assert session.focus.hovered == stage.offset + 7
    assert view.told.text.startswith("H1, unit 8, weight of Input, row 15, column 9: ")
    assert view.sheet.hovered == ((0, 7 * 784 + 400, 7 * 784 + 400),)
    assert session.emphasis.weights == Weights(1, (7, 400))
    assert session.emphasis.labels == (400, stage.offset + 7)  # the edge with both its ends
    HAND.mouseClick(view.sheet, LEFT, pos=spot(view, 0, 7 * 784 + 400))
    assert session.focus.pins == (stage.offset + 7,)
    view.sheet.fit()
    (x, y), port = view.sheet.sheet.blocks[0].tile_at(11), view.sheet.port()
    HAND.mouseMove(view.sheet, QPointF(port.x(x) + 8, port.y(y) - 5).toPoint())  # its number
    assert (session.focus.hovered, session.focus.weights) == (stage.offset + 11, None)


def c3_kernels(view: Maps, session: Session) -> Stage:
    view.buttons["kernels"].click()
    view.layers.setCurrentText("C3")
    QApplication.processEvents()
    return session.network.stage("C3")


def test_pointing_at_an_entry_of_a_kernel_lets_the_edges_with_that_weight_stand_out(
    view: Maps, session: Session
) -> None:
    stage = c3_kernels(view, session)
    point(view, 0, (7 * 6 + 2) * 25 + 3 * 5 + 1)
    emphasis = session.emphasis
    assert emphasis.weights == Weights(stage.index, (7, 2, 3, 1))
    assert emphasis.nodes == ()
    assert [(box.stage, box.maps, box.rows, box.columns) for box in emphasis.boxes] == [
        (stage.index - 1, (2,), (3, 13), (1, 11)),
        (stage.index, (7,), (0, 10), (0, 10)),
    ]
    point(view, 0, 4 * 25)  # map 1 of C3 does not see map 5 of S2
    assert session.emphasis.weights is None
    assert view.told.text.endswith("not connected")
    QApplication.sendEvent(view.sheet, QEvent(QEvent.Type.Leave))
    assert not session.emphasis.stands
    assert view.told.text == ""


def test_between_the_tiles_and_where_entries_are_too_small_all_of_a_kernel_is_meant(
    view: Maps, session: Session
) -> None:
    stage = c3_kernels(view, session)
    block, port = view.sheet.sheet.blocks[0], view.sheet.port()
    x, y = block.tile_at(8 * 6 + 4)
    place = QPointF(port.x(x + 2.5 * block.cell), port.y(y) - 1.0)
    HAND.mouseMove(view.sheet, place.toPoint())
    assert session.emphasis.weights == Weights(stage.index, (8, 4))
    assert view.told.text == "C3, kernel of map 9 on map 5 of S2: 25 weights of 2,500 edges"
    HAND.mouseClick(view.sheet, LEFT, pos=place.toPoint())
    QApplication.sendEvent(view.sheet, QEvent(QEvent.Type.Leave))
    assert session.focus.pinned_weights == Weights(stage.index, (8, 4))
    view.resize(330, 170)
    QApplication.processEvents()
    assert view.sheet.side(0) < 4
    point(view, 0, (9 * 6 + 4) * 25 + 12)
    assert session.emphasis.weights == Weights(stage.index, (9, 4))


def test_a_pinned_weight_stays_until_it_is_let_go_or_no_longer_to_be_seen(
    view: Maps, session: Session
) -> None:
    stage = c3_kernels(view, session)
    entry = (7 * 6 + 2) * 25 + 6
    weights = Weights(stage.index, (7, 2, 1, 1))
    HAND.mouseClick(view.sheet, LEFT, pos=spot(view, 0, entry))
    QApplication.sendEvent(view.sheet, QEvent(QEvent.Type.Leave))
    assert session.emphasis.weights == weights
    assert view.sheet.marks == ((0, entry, entry),)
    assert view.told.text.startswith("C3, kernel of map 8 on map 3 of S2, row 2, column 2")
    HAND.mouseClick(view.sheet, LEFT, pos=spot(view, 0, entry))
    assert session.focus.pinned_weights is None
    for leave in (lambda: view.layers.setCurrentText("C1"), view.buttons["kernels"].click, view.hide):
        view.show()
        if view.kernels_of is None:
            view.buttons["kernels"].click()
        view.layers.setCurrentText("C3")
        HAND.mouseClick(view.sheet, LEFT, pos=spot(view, 0, entry))
        assert session.focus.pinned_weights == weights
        leave()
        assert session.focus.pinned_weights is None
        assert not session.emphasis.stands


def test_an_edge_that_is_pointed_at_in_the_scene_shows_its_weight_in_the_kernel(
    view: Maps, session: Session
) -> None:
    stage, below = c3_kernels(view, session), session.network.stage("S2")
    session.focus.hover(below.offset + 2 * 196)  # a node below: the kernels that see its map
    assert len(view.sheet.hovered) == 10
    session.focus.hover(None)
    session.focus.pin(stage.offset + 7 * 100 + 4 * 10 + 5)  # row 5, column 6 of map 8
    assert len(view.sheet.marks) == 4
    entry = (7 * 6 + 2) * 25 + 3 * 5 + 1
    source = below.offset + 2 * 196 + (4 + 3) * 14 + 5 + 1
    session.focus.hover(source)
    assert view.sheet.hovered == ((0, entry, entry),)
    session.focus.hover(None)
    session.focus.choose(source)  # the same, as a term of the sum
    assert view.sheet.hovered == ((0, entry, entry),)


@pytest.mark.parametrize("name", ["cnn", "mlp", "mini"])
def test_tiles_of_every_layer_point_at_their_nodes_and_nodes_at_their_tiles(
    view: Maps, session: Session, name: str
) -> None:
    if name != "cnn":
        session.load(name)
    for stage in session.network.stages:
        for index in (0, stage.size // 3, stage.size - 1):
            point(view, stage.index, index)
            assert session.focus.hovered == stage.offset + index
            QApplication.sendEvent(view.sheet, QEvent(QEvent.Type.Leave))
            session.focus.hover(stage.offset + index)
            assert view.sheet.hovered == ((stage.index, index, index),)
            session.focus.hover(None)


def test_another_network_has_other_tiles(view: Maps, session: Session) -> None:
    session.focus.pin(9000)
    session.load("mini")
    assert [section.title for section in exhibit(view).sections] == ["Input", "H1", "H2", "Output"]
    assert view.sheet.marks == ()
    view.buttons["kernels"].click()
    session.load("cnn")
    assert [section.title for section in exhibit(view).sections] == ["C1"]


def test_nothing_is_done_while_hidden(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    view = opened(session)
    for name in ("show_exhibit", "show_values", "mark", "set_look"):
        monkeypatch.setattr(view.sheet, name, lambda *_: pytest.fail("work in hiding"))
    session.sample(3)
    session.focus.hover(5)
    session.focus.pin(6)
    session.change(theme="light", scale="relative")
    session.load("mini")
    assert view.sheet.exhibit is None
    monkeypatch.undo()
    session.focus.pin(6)
    view.show()
    QApplication.processEvents()
    assert [section.title for section in exhibit(view).sections] == ["Input", "H1", "H2", "Output"]
    assert view.sheet.marks == ((0, 6, 6),)
    assert np.array_equal(exhibit(view).values(3), session.frame.activations.out[3][0])
    view.close()
    view.deleteLater()


def test_hiding_lets_the_hovered_node_go(view: Maps, session: Session) -> None:
    point(view, 0, 500)
    assert session.focus.hovered == 500
    view.hide()
    assert session.focus.hovered is None


def one_layer() -> Network:
    return calibrated(
        Network("one", "One", (conv("C", np.random.default_rng(0), (4, 1, 3, 5)),), (1, 28, 28))
    )


def channels() -> Network:
    rng = np.random.default_rng(0)
    layers = (
        Flatten("flat"),
        dense("D", rng, 3 * 20 * 30, 5, "tanh"),
        dense("Output", rng, 5, 10, "softmax"),
    )
    return calibrated(Network("channels", "Channels", layers, (3, 20, 30), class_names=tuple("abcdefghij")))


def wide() -> Network:
    rng = np.random.default_rng(0)
    layers = (conv("C", rng, (1500, 1, 9, 9)), conv("E", rng, (2, 1500, 3, 3)))
    return Network("wide", "Wide", layers, (1, 28, 28))


ODD = [one_layer, channels, wide, lambda: random_network(4), lambda: random_network(11)]


@pytest.mark.parametrize("make", ODD)
@pytest.mark.parametrize("size", [(1300, 700), (300, 160)], ids=str)
def test_any_network_is_shown(qapp: QApplication, make: object, size: tuple[int, int]) -> None:
    network: Network = make()  # type: ignore[operator]
    session = Session(load("mini"), Settings(), load=lambda _: network)
    view = opened(session)
    view.resize(*size)
    view.show()
    values = np.random.default_rng(1).random(network.input_shape, np.float32)
    frame = replace(session.frame, network=network, activations=network.forward(values))
    session.slots["A"] = replace(session.slots["A"], network=network, frame=frame)
    session.focus.forget(network.nodes)
    view.receive_frame(frame)
    view.grab()
    for node in (0, network.nodes // 2, network.nodes - 1):
        session.focus.hover(node)
        assert view.sheet.hovered
        view.grab()
    view.buttons["kernels"].click()
    for index in range(view.layers.count()):
        view.layers.setCurrentIndex(index)
        view.grab()
        view.sheet.zoom_by(1e6)
        view.grab()
    view.close()
    view.deleteLater()


def test_the_panel_stands_below_the_scene_and_can_have_all_the_height(
    window: Window, session: Session
) -> None:
    view = window.views["maps"]
    assert isinstance(view, Maps)
    assert not view.isVisible()
    window.actions_by_id["panel-maps"].trigger()
    QApplication.processEvents()
    assert view.isVisible()
    assert window.middle.shelf.isAncestorOf(view)
    height = view.height()
    view.buttons["spread"].click()
    QApplication.processEvents()
    assert not window.canvas.native.isVisible()
    assert view.height() > 1.5 * height
    view.buttons["spread"].click()
    QApplication.processEvents()
    assert window.canvas.native.isVisible()
    assert abs(view.height() - height) <= 1


def test_narrow_panels_keep_the_scale(view: Maps) -> None:
    for width in (1300, 330, 900):
        view.resize(width, 400)
        QApplication.processEvents()
        assert view.ramp.isVisible()
        assert view.rect().contains(
            view.ramp.geometry().translated(view.ramp.mapTo(view, QPoint(0, 0)) - view.ramp.pos())
        )
        assert view.width() == width


def test_what_is_shown_of_a_and_b_is_said(view: Maps, session: Session) -> None:
    session.freeze()
    session.sample(2)
    session.compare.show("B - A")
    frame = session.compare.frame
    view.receive_frame(frame)
    assert "B" in view.mark.text()
    assert np.array_equal(exhibit(view).values(0), frame.activations.out[0][0].ravel())


def test_what_a_pass_has_not_reached_is_bare(view: Maps, session: Session) -> None:
    session.walk.forward("map")
    session.walk.forward("map")
    frame = session.seen
    reached = frame.activations.reached
    assert reached is not None
    view.receive_frame(frame)
    for section, stage in enumerate(session.network.stages):
        bare = np.isnan(exhibit(view).values(section))
        assert np.array_equal(bare, np.arange(stage.offset, stage.offset + stage.size) >= reached.out)
    session.focus.hover(reached.out)
    assert view.told.text.endswith("not computed yet")
    session.focus.hover(reached.out - 1)
    assert "not" not in view.told.text


def test_an_experiment_keeps_the_kernels_open_and_shows_the_changed_ones(
    view: Maps, session: Session
) -> None:
    session.alter(NodesOff("C1", map=2))
    assert not exhibit(view).values(1)[2 * 784 : 3 * 784].any()
    view.buttons["kernels"].click()
    view.layers.setCurrentText("C3")
    before = exhibit(view)
    view.sheet.zoom_by(3)
    session.alter(WeightScale("C3", 2.0))
    assert view.layers.currentText() == "C3"
    assert view.sheet.zoom == 3  # whoever looks closely goes on looking there
    assert np.array_equal(exhibit(view).values(0), 2 * before.values(0))
    assert view.kernels_of is not None
    assert view.sheet.exhibit is not before
    session.restore_all()
    assert view.layers.currentText() == "C3"
