"""The panel says what is frozen, what is shown, and which nodes differ most."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QEvent, QPoint, Qt
from PyQt6.QtWidgets import QApplication

from nodelink.explain.difference import most_different
from nodelink.nn.changes import NodesOff
from nodelink.qt.node_list import ROWS
from nodelink.qt.views.compare import Compare
from nodelink.qt.window import Window
from nodelink.session import Session
from tests.qt.hand import HAND

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(window: Window, session: Session) -> Compare:
    session.sample(7)
    session.change(hidden=("layers", "look", "edges"))
    panel = window.views["compare"]
    assert isinstance(panel, Compare)
    QApplication.processEvents()
    return panel


def frozen(session: Session) -> None:
    session.freeze()
    session.sample(1)


def test_a_newcomer_is_told_what_to_do(panel: Compare) -> None:
    assert "Freeze the drawing" in panel.message.text()
    assert not panel.nodes.isVisible()
    assert [button.isEnabled() for button in panel.choices] == [False] * 3


def test_swapping_brings_a_broken_network_and_another_one_back(
    window: Window, panel: Compare, session: Session
) -> None:
    swap = window.actions_by_id["swap"]
    assert not swap.isEnabled()
    session.alter(NodesOff("C3", map=2))
    broken = session.network
    session.freeze()
    session.restore_all()
    assert swap.isEnabled()
    swap.trigger()
    assert session.network is broken
    assert window.windowTitle().startswith("changed ")
    session.freeze()
    session.load("mini")
    swap.trigger()
    assert session.network is broken
    assert window.actions_by_id["network-cnn"].isChecked()
    swap.trigger()
    assert window.actions_by_id["network-mini"].isChecked()
    assert panel.message.text().startswith("A was frozen in")


def test_the_list_holds_the_nodes_that_differ_most(panel: Compare, session: Session) -> None:
    frozen(session)
    a, b = (session.slots[name].frame.activations for name in "AB")
    assert panel.nodes.isVisible()
    assert [one for _, one in panel.nodes.rows] == list(most_different(a, b, ROWS))
    panel.layer.setCurrentIndex(panel.layer.findData(3))
    stage = session.network.stages[3]
    assert len(panel.nodes.rows) == ROWS
    assert all(name.startswith(f"{stage.name}/") for name, _ in panel.nodes.rows)
    session.sample(5)  # drawing goes on, so does the list
    b = session.frame.activations
    assert [one for _, one in panel.nodes.rows] == list(most_different(a, b, ROWS, [3]))


def test_the_pointer_on_a_row_is_the_pointer_on_the_node(panel: Compare, session: Session) -> None:
    frozen(session)
    QApplication.processEvents()
    second = panel.nodes.rows[1][1].node
    row = QPoint(20, round(panel.nodes.height() / ROWS * 1.5))
    HAND.mouseMove(panel.nodes, row)
    QApplication.processEvents()
    assert session.focus.hovered == second
    HAND.mouseClick(panel.nodes, LEFT, pos=row)
    assert list(session.focus.pins) == [second]
    HAND.mouseClick(panel.nodes, LEFT, pos=row)
    assert not session.focus.pins
    QApplication.sendEvent(panel.nodes, QEvent(QEvent.Type.Leave))
    assert session.focus.hovered is None


def test_both_answers_stand_under_their_drawings_whatever_is_shown(panel: Compare, session: Session) -> None:
    frozen(session)
    for what in ("A", "B - A", "B"):
        session.compare.show(what)
        shown = [frame.prepared for frame in panel.pair.frames if frame is not None]
        assert shown == [session.slots[name].frame.prepared for name in "AB"]


def test_buttons_show_what_is_shown(panel: Compare, session: Session) -> None:
    panel.buttons[0].click()
    assert session.compare.frozen is not None
    for index, what in enumerate(("A", "B", "B - A")):
        panel.choices[index].click()
        assert session.compare.shown == what
        assert [button.isChecked() for button in panel.choices] == [i == index for i in range(3)]
    panel.choices[2].click()  # once more: it stays
    assert panel.choices[2].isChecked()
    panel.buttons[2].click()
    assert session.compare.frozen is None


def test_a_from_another_network_is_one_clear_line(panel: Compare, session: Session, window: Window) -> None:
    frozen(session)
    window.files.load_network("mini")
    assert "A was frozen in CNN, B is in MINI" in panel.message.text()
    assert not panel.nodes.isVisible()
    window.actions_by_id["show-difference"].trigger()
    assert "A was frozen in CNN" in window.banner.message.text()
    assert session.compare.shown == "B"
    window.files.load_network("cnn")
    assert panel.nodes.isVisible()
