"""The written arithmetic: there for single cells, painted for every kind of layer, in any room."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QApplication

from nodelink.explain.steps import Step, Steps
from nodelink.explain.written import written
from nodelink.nn.network import Activations
from nodelink.qt.arithmetic.sheet import TERMS, Sheet
from nodelink.qt.style import text_scale
from nodelink.qt.views.arithmetic import Arithmetic
from nodelink.qt.window import Window
from nodelink.session import Session
from nodelink.theme import THEMES
from tests.networks import cnn, random_network
from tests.qt.hand import HAND

SIZES = ((1000, 260), (620, 170), (260, 90), (30, 20))


def answer() -> Activations:
    rng = np.random.default_rng(4)
    return cnn().forward((rng.random((1, 32, 32)) * (rng.random((1, 32, 32)) < 0.5)).astype(np.float32))


@pytest.fixture
def sheet(qapp: QApplication) -> Iterator[Sheet]:
    sheet = Sheet()
    yield sheet
    sheet.close()


def painted(sheet: Sheet) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """Where the sheet is not blank."""
    image = sheet.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    data = image.constBits()
    assert data is not None
    rows = np.frombuffer(bytes(data.asarray(image.sizeInBytes())), np.uint8).reshape(image.height(), -1)
    found: np.ndarray[tuple[int, int], np.dtype[np.bool_]] = (
        rows[:, : image.width()] != rows[0, image.width() - 1]
    )
    return found


def show(
    sheet: Sheet, activations: Activations, step: Step, size: tuple[int, int], text: float = 1.0
) -> None:
    sheet.set_look(THEMES["dark"], text)
    sheet.resize(*size)
    sheet.show_page(lambda lines: written(activations, step, lines))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("text", [1.0, text_scale(2.0, 800)])
def test_every_kind_of_layer_is_painted_in_any_room(sheet: Sheet, size: tuple[int, int], text: float) -> None:
    activations = answer()
    steps = Steps(activations.network)
    for number in (1, 4704, 4705, steps.starts[3] + 1550, steps.starts[5] + 3, steps.total - 1, steps.total):
        show(sheet, activations, steps.step(number), size, text)
        assert painted(sheet).any()


@pytest.mark.parametrize("seed", range(8))
def test_odd_networks_are_painted(sheet: Sheet, seed: int) -> None:
    network = random_network(seed)
    activations = network.forward(np.random.default_rng(1).random(network.input_shape, np.float32))
    steps = Steps(network)
    for number in {*steps.starts[2:], 1, *(n + 1 for n in steps.starts[1:-1])}:
        show(sheet, activations, steps.step(number), (640, 180))
        assert painted(sheet).any()


@pytest.mark.parametrize("size", [(620, 170), (620, 120), (420, 140)])
def test_the_sum_is_always_seen(sheet: Sheet, size: tuple[int, int]) -> None:
    activations = answer()
    steps = Steps(activations.network)
    for number in (1, steps.starts[3] + 1550, steps.starts[5] + 3):
        show(sheet, activations, steps.step(number), size)
        sheet.grab()
        places = {part.kind: place for place, part in sheet.places}
        for kind in ("sum", "value"):
            assert sheet.rect().toRectF().contains(places[kind])


def test_a_dense_unit_writes_as_many_terms_as_there_is_room_for(sheet: Sheet) -> None:
    activations = answer()
    step = Step(5, 2)
    counts = []
    for size in ((300, 100), (620, 170), (1200, 300)):
        show(sheet, activations, step, size)
        page = sheet.page()
        assert page is not None
        counts.append(sum(part.kind == "term" for part in page.parts))
    assert counts == sorted(set(counts))


SMALL_WINDOWS = [((265, 176), 1.0), ((515, 245), text_scale(2.0, 800))]  # 800x600; 1280x800 at text size 2


@pytest.mark.parametrize(("size", "text"), SMALL_WINDOWS)
@pytest.mark.parametrize("step", [Step(1, 400), Step(2, 90), Step(3, 1550)])
def test_in_small_windows_the_products_keep_their_numbers(
    sheet: Sheet, size: tuple[int, int], text: float, step: Step
) -> None:
    show(sheet, answer(), step, size, text)
    sheet.grab()
    cells = sheet.arrangement.cells
    assert cells is not None
    assert cells.numbers[-1]
    assert cells.font >= 11 * text
    shown = sum(wide for wide, _ in cells.sizes) * (2 if step.stage == 2 else 5)
    assert shown <= size[0]
    below = cells.height(2 if step.stage == 2 else 5)
    assert all(place.top() >= below and place.bottom() <= size[1] for place, _ in sheet.places)


@pytest.mark.parametrize(("size", "text"), [*SMALL_WINDOWS, ((660, 168), 1.0), ((1100, 300), 1.0)])
def test_a_dense_unit_leaves_no_line_empty(sheet: Sheet, size: tuple[int, int], text: float) -> None:
    show(sheet, answer(), Step(5, 2), size, text)
    page, lines, row = sheet.page(), sheet.arrangement.lines, sheet.arrangement.row
    assert page is not None
    assert lines is not None
    assert row is not None
    count = sum(part.kind == "term" for part in page.parts)
    assert count >= 5
    assert count * lines.high / lines.across + row.height + 2.6 * lines.high > size[1] or count == TERMS


@pytest.mark.parametrize(("size", "text"), SMALL_WINDOWS)
def test_the_classes_of_a_softmax_can_be_read(sheet: Sheet, size: tuple[int, int], text: float) -> None:
    show(sheet, answer(), Step(7, None), size, text)
    page, grid = sheet.page(), sheet.arrangement.table
    assert page is not None
    assert page.table is not None
    assert grid is not None
    assert grid.font >= 11 * text
    assert grid.high >= grid.font
    assert len(page.table.names) >= 10


@pytest.mark.parametrize("size", [(660, 168), (1100, 170), (265, 176), (240, 90)])
def test_every_number_of_a_softmax_stands_with_its_class(sheet: Sheet, size: tuple[int, int]) -> None:
    show(sheet, answer(), Step(7, None), size)
    page, grid = sheet.page(), sheet.arrangement.table
    assert page is not None
    assert page.table is not None
    assert grid is not None
    rows = [page.table.names, *(row for _, row in page.table.rows)]
    found: dict[int, list[str]] = {}
    for i, column in enumerate(grid.columns):
        for j, text in enumerate(column):
            if text and grid.of(i, j)[0] >= 0:
                found.setdefault(grid.of(i, j)[0], []).append(text)
    assert found == {k: [row[k] for row in rows if row[k]] for k in range(len(page.table.names))}


def test_a_click_on_a_maps_sum_shows_its_tables(sheet: Sheet) -> None:
    activations = answer()
    show(sheet, activations, Steps(activations.network).step(4705 + 1176 + 1550), (620, 170))
    sheet.show()
    before = sheet.grab().toImage()
    terms = [(place, part) for place, part in sheet.places if part.tile is not None]
    assert len(terms) > 1
    least = min(terms, key=lambda each: abs(each[1].count))
    HAND.mouseClick(sheet, Qt.MouseButton.LeftButton, pos=least[0].center().toPoint())
    after = sheet.grab().toImage()
    assert after != before
    HAND.mouseClick(sheet, Qt.MouseButton.LeftButton, pos=least[0].center().toPoint())
    assert sheet.grab().toImage() == before
    HAND.mouseClick(sheet, Qt.MouseButton.LeftButton, pos=QPoint(1, 1))
    assert sheet.grab().toImage() == before


def view_of(window: Window) -> Arithmetic:
    found = window.views["arithmetic"]
    assert isinstance(found, Arithmetic)
    return found


def test_the_panel_is_there_for_single_cells_alone(window: Window, session: Session) -> None:
    view, walk = view_of(window), session.walk
    walk.forward()
    assert not view.isVisible()
    walk.choose(grain="position")
    assert view.isVisible()
    window.actions_by_id["panel-arithmetic"].trigger()
    assert not view.isVisible()
    window.actions_by_id["panel-arithmetic"].trigger()
    assert view.isVisible()
    walk.stop()
    assert not view.isVisible()


def test_it_follows_the_walk_and_the_drawing(window: Window, session: Session) -> None:
    view, walk = view_of(window), session.walk
    walk.choose(grain="position")
    walk.go(300)
    pages = []
    for act in ("step", "sample", "load"):
        if act == "sample":
            session.sample(3)
        if act == "load":
            session.load("mini")
        walk.forward()
        QApplication.processEvents()
        pages.append(view.sheet.page())
    assert len({id(page) for page in pages}) == len(pages)
    assert pages[0] is not None
    assert pages[0].grids
    assert pages[-1] is not None
    assert not pages[-1].grids


def test_before_the_first_step_nothing_is_written(window: Window, session: Session) -> None:
    view, walk = view_of(window), session.walk
    walk.choose(grain="position")
    walk.forward()
    assert view.sheet.page() is not None
    walk.back()
    assert view.sheet.page() is None


def test_the_scene_keeps_what_the_numbers_do_not_need(window: Window, session: Session) -> None:
    window.resize(1440, 900)
    session.walk.choose(grain="position")
    session.walk.forward()
    QApplication.processEvents()
    view = view_of(window)
    assert view.height() <= view.sizeHint().height() + 2
    assert window.middle.stage.height() >= 0.5 * window.middle.height()


def test_while_a_is_shown_the_panel_says_that_the_sum_is_of_b_and_keeps_its_place(
    window: Window, session: Session
) -> None:
    view = window.views["arithmetic"]
    assert isinstance(view, Arithmetic)
    session.sample(7)
    session.freeze()
    session.sample(1)
    session.walk.choose(grain="position")
    session.walk.go(session.walk.steps.starts[3] + 5)
    QApplication.processEvents()
    before, place = view.waiting.isVisible(), view.geometry()
    assert (before, view.sheet.isVisible()) == (False, True)
    for what in ("A", "B - A"):
        session.compare.show(what)
        QApplication.processEvents()
        assert (view.waiting.isVisible(), view.sheet.isVisible()) == (True, False)
        assert view.geometry() == place
        assert "B" in view.waiting.text()
    session.compare.show("B")
    assert (view.waiting.isVisible(), view.sheet.isVisible()) == (False, True)
