"""The inspector opens with the first pin, shows that node's own numbers, and closes with the last."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QApplication

from nodelink.explain.contributions import terms
from nodelink.explain.describe import as_csv
from nodelink.explain.ledger import plain
from nodelink.explain.receptive import on_the_pad, receptive_field
from nodelink.explain.route import carries, route
from nodelink.explain.trace import trace
from nodelink.nn.address import find
from nodelink.nn.changes import NodesOff
from nodelink.nn.layers import Conv2d, Dense, Flatten
from nodelink.nn.naming import node_text
from nodelink.nn.network import Network
from nodelink.qt.calculation.tracing import facts, onward
from nodelink.qt.views.inspector import LINES, Inspector
from nodelink.qt.views.status import GAP, Status
from nodelink.qt.window import Window
from nodelink.session import Session
from tests.networks import random_network
from tests.qt.hand import HAND
from tests.reading import read, true

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def inspector(window: Window, session: Session) -> Inspector:
    session.sample(7)
    view = window.views["inspector"]
    assert isinstance(view, Inspector)
    return view


def pin(session: Session, text: str) -> int:
    node = find(session.network, text)
    session.select(node)
    QApplication.processEvents()
    return node


def test_it_opens_with_the_first_pin_and_closes_with_the_last(inspector: Inspector, session: Session) -> None:
    assert not inspector.isVisible()
    session.focus.hover(5000)
    assert not inspector.isVisible()
    pin(session, "F5/17")
    assert inspector.isVisible()
    session.focus.pin(3)
    session.focus.pin(3)
    assert inspector.isVisible()
    session.select(None)
    assert not inspector.isVisible()


def test_hidden_by_the_user_it_stays_hidden(window: Window, inspector: Inspector, session: Session) -> None:
    window.actions_by_id["panel-inspector"].trigger()
    pin(session, "F5/17")
    assert not inspector.isVisible()
    window.actions_by_id["panel-inspector"].trigger()
    assert inspector.isVisible()
    assert inspector.terms is not None
    assert inspector.terms.node == session.selection


@pytest.mark.parametrize("text", ["Input/10,10", "C1/3/9,9", "S2/3/7,7", "C3/6/4,7", "F5/17", "F6/1", "3"])
def test_it_shows_the_numbers_of_the_frame(inspector: Inspector, session: Session, text: str) -> None:
    node = pin(session, text)
    found = terms(session.frame.activations, node)
    assert inspector.terms is not None
    assert inspector.terms.product.tolist() == found.product.tolist()
    if found.softmax is None:
        assert inspector.value.text() == plain(found.out)
    kind = found.stage.kind
    assert inspector.table.isVisible() == (kind in ("dense", "conv"))
    assert inspector.curve.isVisible() == (kind in ("dense", "conv"))
    assert inspector.tiles.isVisible() == (text not in ("Input/10,10", "F6/1", "3"))
    assert inspector.softmax.isVisible() == (text == "3")
    assert inspector.sees.isVisible() == (kind != "input")
    assert inspector.copy.isVisible() == (kind != "input")


def test_it_follows_the_drawing_and_never_the_pointer(inspector: Inspector, session: Session) -> None:
    node = pin(session, "F5/17")
    session.focus.hover(4000)
    assert inspector.terms is not None
    assert inspector.terms.node == node
    session.sample(3)
    assert inspector.terms.out == terms(session.frame.activations, node).out
    assert inspector.terms.product.tolist() == terms(session.frame.activations, node).product.tolist()


def test_a_click_on_a_term_lets_its_edge_stand_out(inspector: Inspector, session: Session) -> None:
    node = pin(session, "F5/17")
    found = terms(session.frame.activations, node)
    source = int(found.source[found.order[0]])
    place = inspector.table.row_place(0).center().toPoint()
    HAND.mouseClick(inspector.table, LEFT, pos=place)
    assert session.focus.term == source
    assert session.emphasis.links == ((source, node),)
    assert source in session.emphasis.rings
    assert inspector.tiles.term == source
    session.focus.hover(20)  # while the user points elsewhere, that stands out
    assert session.emphasis.links is None
    session.focus.hover(None)
    HAND.mouseDClick(inspector.table, LEFT, pos=inspector.table.row_place(1).center().toPoint())
    assert session.selection == int(found.source[found.order[1]])
    assert session.emphasis.links is None


def test_a_click_on_a_cell_of_a_window_does_so_too(inspector: Inspector, session: Session) -> None:
    node = pin(session, "C3/6/4,7")
    sheet = inspector.tiles.sheets[2]
    HAND.mouseClick(inspector.tiles, LEFT, pos=sheet.cell(3, 1).center().toPoint())
    assert session.focus.term == sheet.tile.source[3, 1]
    assert session.emphasis.links == ((session.focus.term, node),)


def test_all_terms_and_back(inspector: Inspector, session: Session) -> None:
    pin(session, "F5/17")
    assert inspector.ledger is not None
    assert len(inspector.ledger.entries) == LINES
    inspector.more.click()
    book = inspector.ledger
    assert len(book.entries) == book.others * 0 + np.count_nonzero(book.terms.product)
    assert sum(entry.count for entry in book.entries) + book.rest + book.bias == book.pre
    inspector.more.click()
    assert len(inspector.ledger.entries) == LINES
    inspector.more.click()
    pin(session, "F5/18")
    assert len(inspector.ledger.entries) == LINES  # another node starts anew


def test_the_terms_can_be_copied(inspector: Inspector, session: Session) -> None:
    node = pin(session, "C3/6/4,7")
    inspector.copy.click()
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    found = terms(session.frame.activations, node)
    assert clipboard.text() == as_csv(found, session.frame.activations)


def test_other_pins_are_named_and_can_be_gone_to(inspector: Inspector, session: Session) -> None:
    first = pin(session, "F5/17")
    assert not inspector.others.isVisible()
    session.focus.pin(find(session.network, "C3/6/4,7"))
    assert inspector.others.isVisible()
    assert "F5/17" in inspector.others.text()
    inspector.others.linkActivated.emit(str(first))
    assert session.selection == first
    assert inspector.terms is not None
    assert inspector.terms.node == first
    assert "C3/6/4,7" in inspector.others.text()


def test_the_trace_is_told_in_numbers(window: Window, inspector: Inspector, session: Session) -> None:
    node = pin(session, "7")
    window.actions_by_id["trace"].trigger()
    assert inspector.tracing.slider.isVisible()
    found = trace(session.frame.activations, node)
    count = len(found.kept(0.8).ids)
    assert f"These {count:,} edges carry 80" in inspector.tracing.carry.text()
    inspector.tracing.slider.setValue(50)
    assert session.focus.kept == 0.5
    assert f"These {len(found.kept(0.5).ids):,} edges carry 50" in inspector.tracing.carry.text()
    said = inspector.tracing.detail.text()
    numbers = re.match(r"Of (\S+) the pixels add (\S+), biases (\S+?)(?:, rounding (\S+?))?\. Exact", said)
    assert numbers is not None
    value, *parts = (read(text or "") for text in numbers.groups())
    assert value == sum(parts)
    assert true(numbers[1], found.value)
    assert true(numbers[2], found.cuts[0].total)
    assert true(numbers[3], found.biases)
    window.actions_by_id["trace"].trigger()
    assert not inspector.tracing.slider.isVisible()


def test_a_share_that_one_edge_alone_exceeds_is_a_least_one(session: Session) -> None:
    found = route(session.frame.activations, find(session.network, "7"), False)
    assert max(pair.share for pair in found.back.kept(0.01).pairs) > 0.05
    assert "carry at least 1" in carries(found, session.network, 0.01)
    assert "carry 100" in carries(found, session.network, 1.0)


def test_an_approximation_is_called_one() -> None:
    layers = (
        Flatten("f"),
        Dense("H", np.array([[2.0, 1.0]]), np.array([0.5]), "tanh"),
        Dense("O", np.array([[3.0]]), np.zeros(1)),
    )
    network = Network("bent", "Bent", layers, (1, 1, 2))
    lit = network.forward([[[1.0, -1.0]]])
    said = " ".join(facts(trace(lit, 3)))
    assert "gradient × input, an approximation" in said
    numbers = re.match(r"Of (\S+) the pixels add (\S+), biases (\S+), what .* misses (\S+?)\. ", said)
    assert numbers is not None
    whole, *parts = map(read, numbers.groups())
    assert whole == sum(parts)
    assert carries(route(lit, 3, False), network, 0.0).startswith("0 edges carry 0")
    (brings,) = onward(route(lit, 0, False).on, network)
    assert "add about" in brings
    assert "of unit 1 of O," in brings


def test_a_traced_pixel_says_what_the_scene_shows(
    window: Window, inspector: Inspector, session: Session
) -> None:
    node = int(np.argmax(session.frame.activations.values()[: session.network.stages[0].size]))
    session.select(node)
    window.actions_by_id["trace"].trigger()
    tracing = inspector.tracing
    top = int(np.argmax(session.frame.activations.output[0]))
    to = rf"80\s% of its way to “{top}”\.$"
    assert re.match(r"These [\d,]+ edges carry (at least )?" + to, tracing.carry.text())
    count = int(tracing.carry.text().split()[1].replace(",", ""))
    on = route(session.frame.activations, node, False).on
    assert on is not None
    assert count == len(route(session.frame.activations, node, False).kept(0.8)[1].ids)
    said = re.match(
        r"All its paths together add (\S+) to the weighted sum of “(.)”, which is (\S+)\.$",
        tracing.detail.text(),
    )
    assert said is not None
    assert true(said[1], on.amount)
    assert said[2] == str(top)
    assert true(said[3], float(session.frame.activations.pre[-1][0][top]))
    assert tracing.slider.isVisible()
    assert "C3 to S4" in tracing.carry.toolTip()
    pin(session, "Input/1,1")
    assert tracing.carry.text() == "No ink lies on this pixel: nothing goes on from it."
    assert not tracing.slider.isVisible()
    assert not tracing.detail.isVisible()


@pytest.mark.parametrize("layer", ["H1", "Input", "Output"])
@pytest.mark.parametrize("outgoing", [True, False])
def test_panel_and_status_say_the_same_of_a_trace(
    window: Window, inspector: Inspector, session: Session, layer: str, outgoing: bool
) -> None:
    session.load("mini")
    stage = session.network.stage(layer)
    session.select(stage.offset + int(np.argmax(session.frame.activations.out[stage.index])))
    session.focus.show(tracing=True, outgoing=outgoing)
    QApplication.processEvents()
    status = window.views["status"]
    assert isinstance(status, Status)
    said = status.pointed.text.split(GAP)[1]
    assert inspector.tracing.carry.text() == f"These {said}."
    assert ("on from it" in said) == (outgoing and layer == "H1")


def test_of_a_difference_there_is_no_trace(window: Window, inspector: Inspector, session: Session) -> None:
    pin(session, "7")
    session.focus.show(tracing=True)
    assert session.emphasis.traced == session.selection
    session.freeze()
    session.sample(1)
    session.compare.show("B - A")
    QApplication.processEvents()
    assert session.emphasis.traced is None
    set_focus: Any = window.canvas.set_focus
    assert set_focus.call_args.args[0].traced is None
    assert inspector.tracing.carry.text() == "A difference has no trace. Show A or B to see one."
    assert not inspector.tracing.slider.isVisible()
    status = window.views["status"]
    assert isinstance(status, Status)
    assert "trace" not in status.pointed.text
    session.compare.show("A")
    QApplication.processEvents()
    assert set_focus.call_args.args[0].traced == session.selection
    assert "of its trace" in inspector.tracing.carry.text()
    assert "of its trace" in status.pointed.text


def test_an_empty_pad_is_said_to_be_one(inspector: Inspector, session: Session) -> None:
    pin(session, "C1/1/5,5")
    session.clear()
    assert inspector.heads["sum"].text() == "All 25 terms are 0: nothing is drawn"
    assert not inspector.more.isVisible()
    inspector.grab()


def test_another_network_takes_the_pins_with_it(inspector: Inspector, session: Session) -> None:
    pin(session, "7")
    session.load("mini")
    assert not inspector.isVisible()
    pin(session, "H1/3")
    assert inspector.isVisible()
    assert inspector.name.text == "H1, unit 3"
    assert len(inspector.tiles.sheets) == 2  # its weights over the input, and the products


@pytest.mark.parametrize("seed", range(6))
def test_nodes_of_any_network_can_be_inspected(
    window: Window, inspector: Inspector, session: Session, seed: int
) -> None:
    """Whatever layers, activations and outputs it has; text at its largest."""
    network = random_network(seed)
    session._load = {"own": network}.__getitem__
    session.load("own")
    session.change(text_size=2.0)
    for stage in network.stages:
        session.select(stage.offset + stage.size // 2)
        window.actions_by_id["trace"].trigger()
        QApplication.processEvents()
        inspector.grab()
        assert inspector.terms is not None
        assert inspector.terms.node == session.selection


def test_what_a_node_sees_is_outlined_on_the_pad(
    window: Window, inspector: Inspector, session: Session
) -> None:
    pad = window.drawing.pad
    assert pad.outline is None
    node = pin(session, "C3/6/4,7")
    frame = session.frame
    place = on_the_pad(receptive_field(frame.network, node)[0], frame.network, frame.prepared)
    assert place is not None
    assert pad.outline is not None
    assert pad.outline.getCoords() == pytest.approx(place)
    before = pad.outline
    session.change(centre=False)  # the same pixels lie elsewhere then
    assert pad.outline != before
    pad.grab()
    pin(session, "F5/1")  # sees everything
    assert pad.outline is None
    pin(session, "Input/1,1")  # lies beside the drawing
    assert pad.outline is None
    pin(session, "C1/1/9,9")
    session.select(None)
    assert pad.outline is None


def test_what_a_node_of_a_sees_is_not_outlined_on_b(
    window: Window, inspector: Inspector, session: Session
) -> None:
    pad = window.drawing.pad
    node = pin(session, "C3/6/4,7")
    session.freeze()
    session.sample(1)
    field = receptive_field(session.network, node)[0]
    place = on_the_pad(field, session.network, session.frame.prepared)
    assert place != on_the_pad(field, session.network, session.slots["A"].frame.prepared)
    for shown, there in (("B", True), ("A", False), ("B - A", True), ("A", False)):
        session.compare.show(shown)
        assert (pad.outline is not None) == there
        if pad.outline is not None:
            assert pad.outline.getCoords() == pytest.approx(place)
    session.sample(2)  # drawing goes on: A still has another centring
    assert pad.outline is None
    session.compare.drop()
    assert pad.outline is not None


def test_pinning_leaves_the_scene_its_size(window: Window, inspector: Inspector, session: Session) -> None:
    window.resize(1280, 800)
    QApplication.processEvents()
    before = window.canvas.native.size()
    for text in ("7", "C3/6/4,7", "F5/17", "S2/3/7,7", "Input/3,3"):
        pin(session, text)
        assert window.canvas.native.size() == before
        assert inspector.minimumSizeHint().width() <= window.columns["right"].width()


def test_what_a_played_pass_has_not_reached_has_no_numbers(inspector: Inspector, session: Session) -> None:
    pin(session, "F5/17")
    session.walk.forward()
    assert inspector.role.text() == "The pass has not come here yet"
    assert inspector.value.text() == "–"
    assert not inspector.table.isVisible()
    pin(session, "Input/9,9")
    assert inspector.value.text() != "–"
    session.walk.stop()
    pin(session, "F5/17")
    assert inspector.table.isVisible()


def test_a_logit_whose_softmax_is_still_to_come_is_said_with_its_sum(
    inspector: Inspector, session: Session
) -> None:
    pin(session, "7")
    walk, node = session.walk, session.selection
    assert node is not None
    logit = float(session.frame.activations.logits[0][7])
    walk.choose(grain="position")
    walk.go(walk.steps.starts[7] + 7)  # its neighbour, the class 6, is the last that is known
    assert node_text(session.seen.activations, node) == "Output, “7”: not computed yet"
    assert not inspector.table.isVisible()
    walk.forward()
    said = node_text(session.seen.activations, node)
    assert said == f"Output, “7”: logit {logit:.3g}, softmax still to come"
    name, written = inspector.table.below()[-1]
    assert (name, true(written, logit)) == ("weighted sum", True)
    assert inspector.role.text() == f"Logit {written}, softmax still to come"
    assert inspector.table.isVisible()
    assert not inspector.softmax.isVisible()
    assert not inspector.formula.isVisible()
    walk.go(walk.steps.total)
    assert inspector.softmax.isVisible()


def test_a_node_of_a_hidden_layer_keeps_its_numbers_and_is_said_to_be_hidden(
    inspector: Inspector, session: Session
) -> None:
    pin(session, "F5/17")
    assert not inspector.unseen.isVisible()
    session.change(layers_hidden=("F5",))
    assert inspector.unseen.isVisible()
    assert inspector.table.isVisible()
    session.change(layers_hidden=(), layer_alone="S4")
    assert inspector.unseen.isVisible()
    session.change(layer_alone="")
    assert not inspector.unseen.isVisible()


def test_terms_are_chosen_by_keys_too(window: Window, inspector: Inspector, session: Session) -> None:
    node = pin(session, "F5/17")
    window.activateWindow()
    inspector.table.setFocus()
    found = terms(session.frame.activations, node)
    ranked = [int(found.source[i]) for i in found.order[:LINES]]
    for key, place in ((Qt.Key.Key_Down, 0), (Qt.Key.Key_Down, 1), (Qt.Key.Key_Up, 0), (Qt.Key.Key_Up, 0)):
        HAND.keyClick(inspector.table, key)
        assert session.focus.term == ranked[place]
    session.focus.choose(None)
    inspector.grab()
    HAND.keyClick(inspector.table, Qt.Key.Key_Up)
    assert session.focus.term == ranked[-1]
    HAND.keyClick(inspector.table, Qt.Key.Key_Return)
    assert session.selection == ranked[-1]


def test_its_head_says_of_which_drawing_the_numbers_are(inspector: Inspector, session: Session) -> None:
    node = pin(session, "C3/6/4,7")
    assert not inspector.of.isVisible()
    session.freeze()
    session.sample(1)
    a, b = (float(session.slots[name].frame.activations.values()[node]) for name in "AB")
    session.compare.show("A")
    QApplication.processEvents()
    assert inspector.of.isVisible()
    assert inspector.of.text().startswith("Of A")
    assert inspector.value.text() == plain(a)
    session.compare.show("B - A")
    QApplication.processEvents()
    said, of = inspector.of.text().split("\n")
    assert said == f"B − A: {b - a:+.3g}".replace("-", "−")  # as it stands beside the node
    assert "of B" in of
    assert inspector.value.text() == f"B: {plain(b)}"
    order = [inspector.box.indexOf(widget) for widget in (inspector.place, inspector.of, inspector.role)]
    assert order == sorted(order)  # the name is in one piece
    session.compare.show("B")
    QApplication.processEvents()
    assert not inspector.of.isVisible()
    assert inspector.value.text() == plain(b)


def test_a_pixel_that_is_off_is_not_as_drawn(inspector: Inspector, session: Session) -> None:
    node = int(np.argmax(session.frame.activations.out[0][0]))
    session.select(node)
    QApplication.processEvents()
    assert "as drawn" in inspector.formula.text()
    session.alter(NodesOff("Input", node))
    QApplication.processEvents()
    assert "as drawn" not in inspector.formula.text()
    assert "switched off" in inspector.formula.text()


def test_a_softmax_over_maps_calls_its_classes_by_their_maps(
    inspector: Inspector, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    weight = np.random.default_rng(0).normal(size=(3, 1, 5, 5)).astype(np.float32)
    layers = (Conv2d("C1", weight, np.zeros(3, np.float32), "softmax"),)
    own = Network("maps", "Maps", layers, (1, 28, 28), output_kind="none")
    monkeypatch.setattr(session, "_load", lambda _name: own)
    session.load("maps")
    pin(session, "C1/2/5,6")
    assert [line[0] for line in inspector.softmax.lines[:3]] == ["map 1", "map 2", "map 3"]
    assert "map 2" in inspector.formula.text()
