"""The place below the scene: empty and without a handle, a slim bar, a tall panel, both, and one that takes all."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtWidgets import QApplication, QSplitterHandle, QWidget

from nodelink.qt.banner import Banner
from nodelink.qt.middle import LEAST_SCENE, Middle
from nodelink.qt.style import GAP
from nodelink.qt.view import View
from tests.qt.hand import HAND


class Bar(View):
    """A slim one."""

    title = "Bar"
    column = "below"


class Tall(View):
    """A tall one."""

    title = "Tall"
    column = "below"
    stretch = 1


class Elsewhere(View):
    """One that does not belong here."""

    title = "Elsewhere"


@pytest.fixture
def middle(qapp: QApplication) -> Iterator[Middle]:
    middle = Middle(QWidget(), Banner(), [Tall({}), Elsewhere({}), Bar({})])
    for view in middle.views:
        view.hide()
    middle.resize(700, 600)
    middle.show()
    middle.arrange()
    settle()
    yield middle
    middle.close()
    middle.deleteLater()
    HAND.qWait(1)


def settle() -> None:
    QApplication.processEvents()
    QApplication.processEvents()


def show(middle: Middle, *wanted: type[View]) -> None:
    for view in middle.views:
        view.setVisible(isinstance(view, wanted))
    middle.arrange()
    settle()


def panel(middle: Middle, kind: type[View]) -> View:
    return next(view for view in middle.views if isinstance(view, kind))


def handle(middle: Middle) -> QSplitterHandle:
    found = middle.handle(1)
    assert found is not None
    return found


def drag(middle: Middle, by: int) -> None:
    """Take the handle with the mouse."""
    grip = handle(middle)
    spot = grip.rect().center()
    HAND.mousePress(grip, Qt.MouseButton.LeftButton, pos=spot)
    HAND.mouseMove(grip, spot + QPoint(0, by))
    HAND.mouseRelease(grip, Qt.MouseButton.LeftButton, pos=spot)
    settle()


def test_nothing_is_there_while_all_are_hidden(middle: Middle) -> None:
    assert not middle.shelf.isVisible()
    assert not handle(middle).isVisible()
    assert middle.stage.height() == middle.height()
    assert len(middle.views) == 2


def test_a_bar_has_its_own_height_and_no_handle(middle: Middle) -> None:
    show(middle, Bar)
    bar = panel(middle, Bar)
    assert bar.height() == middle.shelf.height() == bar.sizeHint().height()
    assert middle.stage.height() == middle.height() - bar.height() - GAP
    assert not handle(middle).isEnabled()
    middle.resize(700, 900)
    settle()
    assert bar.height() == bar.sizeHint().height()


def test_the_users_height_is_kept(middle: Middle) -> None:
    show(middle, Tall)
    before = middle.shelf.height()
    drag(middle, -60)
    wished = middle.shelf.height()
    assert abs(wished - before - 60) <= 2
    show(middle)
    assert not middle.shelf.isVisible()
    show(middle, Tall)
    assert middle.shelf.height() == wished
    show(middle, Tall, Bar)
    assert panel(middle, Tall).height() == wished  # a bar comes on top of it
    middle.resize(700, 300)
    settle()
    assert middle.shelf.height() < wished
    assert middle.stage.height() >= LEAST_SCENE * 300 - GAP
    middle.resize(700, 600)
    settle()
    assert panel(middle, Tall).height() == wished


def test_a_bar_stands_between_the_scene_and_the_tall_panel(middle: Middle) -> None:
    show(middle, Tall, Bar)
    bar, tall = panel(middle, Bar), panel(middle, Tall)
    assert bar.height() == bar.sizeHint().height()
    assert tall.y() >= bar.y() + bar.height()
    assert tall.y() + tall.height() == middle.shelf.height()
    assert handle(middle).isEnabled()


def test_a_panel_takes_all_the_height_and_gives_it_back(middle: Middle) -> None:
    show(middle, Tall)
    tall, before = panel(middle, Tall), middle.stage.height()
    tall.spread.emit(True)
    settle()
    assert not middle.stage.isVisible()
    assert tall.height() == middle.height()
    show(middle)  # hidden meanwhile: the scene is back
    assert middle.stage.height() == middle.height()
    show(middle, Tall)
    tall.spread.emit(False)
    settle()
    assert middle.stage.height() == before


def test_a_message_is_seen_where_the_scene_is_not(middle: Middle) -> None:
    show(middle, Tall)
    banner = middle.stage.findChild(Banner)
    assert banner is not None
    banner.say("a line", error=True)
    panel(middle, Tall).spread.emit(True)
    settle()
    assert banner.isVisible()
    assert middle.shelf.rect().contains(banner.geometry())
    middle.resize(500, 500)
    settle()
    assert middle.shelf.rect().contains(banner.geometry())
    panel(middle, Tall).spread.emit(False)
    settle()
    assert banner.isVisible()
    assert middle.stage.rect().contains(banner.geometry())
