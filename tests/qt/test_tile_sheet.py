"""The painted sheet: the pixel of every cell is its value's colour, by position, near and far; the hand moves it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QImage, QNativeGestureEvent, QPointingDevice, QWheelEvent
from PyQt6.QtWidgets import QApplication

from nodelink.graph import tiles
from nodelink.nn.network import Network
from nodelink.qt.style import SCROLL_BAR
from nodelink.qt.tile_figures import Figures
from nodelink.qt.tile_paint import MIDDLE
from nodelink.qt.tile_port import Exhibit, Look, shades
from nodelink.qt.tile_sheet import TileSheet
from nodelink.theme import THEMES, contrast, diverging, look, luminance
from tests.networks import cnn, mini, mlp, random_network
from tests.qt.hand import HAND

NUMBERS = 30  # pixels of a cell that may have its value written in
EDGE = SCROLL_BAR + 3  # pixels at the right and below that a scroll bar may cover
LEFT = Qt.MouseButton.LeftButton


def distinct(network: Network) -> list[NDArray[np.float32]]:
    """Values of every stage that are all different: any transposition shows."""
    rng = np.random.default_rng(5)
    return [rng.permutation(np.linspace(-1, 1, s.size)).astype(np.float32) for s in network.stages]


def exhibit(network: Network, values: list[NDArray[np.float32]], full: float = 1.0) -> Exhibit:
    sections = tiles.maps(network)
    said = ("full colour 1",) * len(sections)
    return Exhibit(sections, said, said, (full,) * len(sections), lambda section: values[section])


@pytest.fixture
def sheet(qapp: QApplication) -> Iterator[TileSheet]:
    sheet = TileSheet()
    sheet.resize(1000, 500)
    sheet.show()
    QApplication.processEvents()
    yield sheet
    sheet.close()
    sheet.deleteLater()
    HAND.qWait(1)


def seen(sheet: TileSheet) -> NDArray[np.int64]:
    image = sheet.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    data = image.constBits()
    assert data is not None
    rows = np.frombuffer(bytes(data.asarray(image.sizeInBytes())), np.uint8)
    return (
        rows.reshape(image.height(), image.bytesPerLine())[:, : 3 * image.width()]
        .reshape(image.height(), image.width(), 3)
        .astype(np.int64)
    )


def middle(sheet: TileSheet, number: int, index: int) -> QPointF:
    """Where the middle of a cell is in the picture."""
    block, port = sheet.sheet.blocks[number], sheet.port()
    x, y = block.cell_at(index)
    return QPointF(port.x(x + block.cell / 2), port.y(y + block.cell / 2))


def check(sheet: TileSheet, values: list[NDArray[np.float32]], full: float, most: int = 60) -> int:
    """The colour in the middle of some cells of every stage; how many were in view."""
    picture, count, rng = seen(sheet), 0, np.random.default_rng(2)
    for number, block in enumerate(sheet.sheet.blocks):
        if block.cell * sheet.zoom < 3:  # a border or a line between cells may lie on so small ones
            continue
        for index in rng.permutation(block.section.tiles * block.section.cells)[:most]:
            at = middle(sheet, number, int(index))
            if block.cell * sheet.zoom >= NUMBERS:  # beside the number that is written into it
                at -= QPointF(0.36, 0.36) * block.cell * sheet.zoom
            if 3 <= at.x() < sheet.width() - EDGE and 3 <= at.y() < sheet.height() - EDGE:
                expected = diverging(values[number][index] / full, sheet.look.theme) * 255
                found = picture[int(at.y()), int(at.x())]
                assert np.abs(found - expected).max() <= 1.5, (number, index)
                count += 1
    return count


NETWORKS = [cnn(), mlp(), mini(), random_network(3), random_network(7)]


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.name)
@pytest.mark.parametrize(
    ("theme", "palette"), [("dark", "diverging"), ("light", "viridis"), ("contrast", "cividis")]
)
def test_every_cell_has_the_colour_of_its_own_value(
    sheet: TileSheet, network: Network, theme: str, palette: str
) -> None:
    values = distinct(network)
    sheet.resize(1600, 1000)
    sheet.set_look(Look(look(theme, palette), 1.0, sheet.font()))
    sheet.show_exhibit(exhibit(network, values))
    assert check(sheet, values, 1.0) >= 60


def test_near_by_too_before_numbers_are_written_in(sheet: TileSheet) -> None:
    network = cnn()
    values = distinct(network)
    sheet.show_exhibit(exhibit(network, values))
    for number, index in [(1, 3 * 784 + 5), (3, 15 * 100 + 55), (0, 0)]:
        sheet.fit()
        sheet.zoom_by(20 / sheet.sheet.blocks[number].cell, middle(sheet, number, index))
        assert check(sheet, values, 1.0, 4000) > 100


def test_a_map_is_upright(sheet: TileSheet) -> None:
    network = cnn()
    values = [np.zeros(stage.size, np.float32) for stage in network.stages]
    values[0].reshape(32, 32)[0, :16] = 1  # the left half of the top row
    sheet.show_exhibit(exhibit(network, values))
    block = sheet.sheet.blocks[0]
    corner = sheet.port().x(block.x), sheet.port().y(block.y)
    side = block.cell * sheet.zoom
    picture = seen(sheet)
    full = diverging(1.0, sheet.look.theme) * 255
    assert np.abs(picture[int(corner[1] + side / 2), int(corner[0] + 8 * side)] - full).max() <= 1.5
    for row, column in [(0.5, 24), (16, 0.5), (31, 8)]:
        at = picture[int(corner[1] + row * side), int(corner[0] + column * side)]
        assert np.abs(at - full).max() > 50


def test_shades_are_those_of_the_theme() -> None:
    values = np.array([-3, -1, -0.37, 0, 1e-9, 0.2, 1, 5], np.float32)
    for theme in THEMES.values():
        packed = shades(values, 1.0, theme)
        rgb = np.stack([packed >> 16 & 255, packed >> 8 & 255, packed & 255], axis=1).astype(int)
        assert np.abs(rgb - diverging(values, theme) * 255).max() <= 1
        assert (packed >> 24 == 255).all()
        assert shades(np.array([np.nan], np.float32), 1.0, theme)[0] == 0  # bare: not the colour of zero


def test_pointing_finds_the_cell_under_the_pointer_near_and_far(sheet: TileSheet) -> None:
    network = cnn()
    sheet.show_exhibit(exhibit(network, distinct(network)))
    heard: list[object] = []
    sheet.pointed.connect(heard.append)
    for number, index in [(0, 5 * 32 + 7), (2, 5 * 196 + 30), (7, 4)]:
        HAND.mouseMove(sheet, middle(sheet, number, index).toPoint())
        assert heard[-1] == (number, index) or sheet.sheet.blocks[number].cell < 2
        sheet.zoom_by(6, middle(sheet, number, index))
        HAND.mouseMove(sheet, middle(sheet, number, index).toPoint() + QPoint(0, 1))
        assert heard[-1] == (number, index)
        sheet.fit()
    HAND.mouseMove(sheet, QPoint(1, 1))
    assert heard[-1] is None


def test_zoom_keeps_what_is_under_the_pointer(sheet: TileSheet) -> None:
    network = cnn()
    sheet.show_exhibit(exhibit(network, distinct(network)))
    at = middle(sheet, 3, 505)
    for _ in range(8):
        wheel(sheet, at, 120)
        assert sheet.hit(at) == (3, 505)
    assert sheet.zoom == pytest.approx(1.25**8)
    for _ in range(20):
        wheel(sheet, at, -120)
    assert sheet.zoom == 1.0
    assert sheet.port().left <= 0


def wheel(sheet: TileSheet, at: QPointF, turn: int) -> None:
    none = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    event = QWheelEvent(
        at,
        QPointF(sheet.mapToGlobal(at.toPoint())),
        QPoint(),
        QPoint(0, turn),
        *none,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(sheet, event)


def test_a_pinch_zooms(sheet: TileSheet) -> None:
    network = cnn()
    sheet.show_exhibit(exhibit(network, distinct(network)))
    at = middle(sheet, 1, 400)
    pad, away = QPointingDevice.primaryPointingDevice(), QPointF(sheet.mapToGlobal(at.toPoint()))
    kind = Qt.NativeGestureType.ZoomNativeGesture
    event = QNativeGestureEvent(kind, pad, 2, at, at, away, 0.5, QPointF())
    QApplication.sendEvent(sheet, event)
    assert sheet.zoom == pytest.approx(1.5)


def test_the_sheet_never_leaves_the_view(sheet: TileSheet) -> None:
    network = cnn()
    sheet.show_exhibit(exhibit(network, distinct(network)))
    sheet.zoom_by(5)
    for dx, dy in [(1e4, 0), (0, 1e4), (-1e4, 0), (0, -1e4)]:
        sheet.pan(dx, dy)
        port = sheet.port()
        assert port.left >= -10
        assert port.top >= -10
        assert port.left + port.width / port.zoom <= sheet.sheet.width + 10
        assert port.top + port.height / port.zoom <= sheet.sheet.height + 10


def turned(sheet: TileSheet, notches: int, ctrl: bool = False) -> None:
    at, none = QPointF(200, 80), Qt.KeyboardModifier.NoModifier
    keys = Qt.KeyboardModifier.ControlModifier if ctrl else none
    turn = QPoint(0, 120 * notches)
    phase = Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(at, at, QPoint(), turn, Qt.MouseButton.NoButton, keys, phase, False)
    QApplication.sendEvent(sheet, event)


def test_what_does_not_fit_is_scrolled_to_by_bar_and_wheel(sheet: TileSheet) -> None:
    across, down = sheet.bars.across, sheet.bars.down
    network = cnn()
    sheet.show_exhibit(exhibit(network, distinct(network)))
    assert not across.isVisible()
    assert not down.isVisible()
    sheet.resize(530, 190)
    sheet.set_look(Look(THEMES["dark"], 1.7, sheet.font()))
    assert down.isVisible()
    assert not across.isVisible()
    last = sheet.sheet.blocks[-1]
    assert sheet.sheet.blocks[0].cell >= 0.8 * 1.7
    assert not sheet.port().sees(last)
    down.setValue(down.maximum())
    port = sheet.port()
    assert port.sees(last)
    assert port.y(last.bottom) < sheet.height()
    assert max(port.x(block.right) for block in sheet.sheet.blocks) <= down.x()
    down.setValue(0)
    assert port.sees(last)
    assert sheet.port().y(0) >= 0
    turned(sheet, -1)
    assert (sheet.zoom, down.value() > 0) == (1.0, True)
    turned(sheet, 3, ctrl=True)
    assert sheet.zoom > 1.5
    assert across.isVisible()
    sheet.resize(1000, 700)
    sheet.fit()
    assert not sheet.scrolls
    assert not down.isVisible()
    turned(sheet, 1)
    assert sheet.zoom > 1


def test_a_drag_moves_and_is_no_click(sheet: TileSheet) -> None:
    network = cnn()
    sheet.show_exhibit(exhibit(network, distinct(network)))
    sheet.zoom_by(4)
    clicks: list[object] = []
    sheet.clicked.connect(clicks.append)
    before = sheet.port()
    HAND.mousePress(sheet, LEFT, pos=QPoint(500, 250))
    HAND.mouseMove(sheet, QPoint(460, 230))
    HAND.mouseMove(sheet, QPoint(420, 220))
    HAND.mouseRelease(sheet, LEFT, pos=QPoint(420, 220))
    after = sheet.port()
    assert clicks == []
    assert (after.left - before.left) * 4 == pytest.approx(80)
    assert (after.top - before.top) * 4 == pytest.approx(30)
    sheet.fit()
    HAND.mouseClick(sheet, LEFT, pos=middle(sheet, 0, 330).toPoint())
    assert clicks == [sheet.hit(QPointF(middle(sheet, 0, 330).toPoint()))]


def test_keys_move_zoom_and_fit(sheet: TileSheet) -> None:
    network = cnn()
    sheet.show_exhibit(exhibit(network, distinct(network)))
    HAND.keyClick(sheet, Qt.Key.Key_PageUp)
    HAND.keyClick(sheet, Qt.Key.Key_PageUp)
    assert sheet.zoom > 1.5
    left = sheet.port().left
    HAND.keyClick(sheet, Qt.Key.Key_Right)
    assert sheet.port().left > left
    HAND.keyClick(sheet, Qt.Key.Key_Home)
    assert sheet.zoom == 1.0


def test_an_outline_is_painted_around_the_cell_and_not_on_it(sheet: TileSheet) -> None:
    network = cnn()
    values = distinct(network)
    sheet.show_exhibit(exhibit(network, values))
    sheet.zoom_by(20 / sheet.sheet.blocks[1].cell, middle(sheet, 1, 400))
    plain = seen(sheet)
    sheet.mark([(1, 400, 400)], [])
    marked = seen(sheet)
    at = middle(sheet, 1, 400).toPoint()
    changed = (plain != marked).any(axis=2)
    assert not changed[at.y() - 6 : at.y() + 6, at.x() - 6 : at.x() + 6].any()
    assert changed[at.y() - 14 : at.y() + 14, at.x() - 14 : at.x() + 14].any()
    sheet.mark([], [])
    assert np.array_equal(seen(sheet), plain)


def test_only_what_is_in_view_is_looked_up(sheet: TileSheet) -> None:
    network = cnn()
    values, asked = distinct(network), set[int]()

    def look_up(section: int) -> NDArray[np.float32]:
        asked.add(section)
        return values[section]

    whole = exhibit(network, values)
    sheet.show_exhibit(whole)
    sheet.zoom_by(20 / sheet.sheet.blocks[0].cell, middle(sheet, 0, 500))
    sheet.show_values(Exhibit(whole.sections, whole.notes, whole.short, whole.full, look_up))
    seen(sheet)
    assert 0 in asked
    assert 7 not in asked
    asked.clear()
    sheet.mark([(0, 500, 500)], [])
    seen(sheet)
    assert asked == set()  # an outline costs no new picture


def test_numbers_in_cells_are_whole_numbers_of_one_unit_and_none_is_minus_zero() -> None:
    found = Figures(np.array([0.5, -0.0004, 0, -0.1052], np.float32), 0.44)
    texts = [found.text(value) for value in (0.5, -0.0004, 0.0004, 0.0, -0.1052, 0.9996)]
    assert texts == ["0.500", "0.000", "0.000", "0", "\N{MINUS SIGN}0.105", "1.000"]
    assert found.widest == "\N{MINUS SIGN}0.500"
    assert found.scale == ""
    assert Figures(np.array([7.004, 123.456]), 7.0).text(7.004) == "7.00"
    large = Figures(np.array([2.5e30, -1e27]), 1.0)
    assert (large.text(2.5e30), large.text(-1e27), large.scale) == ("2.50", "0.00", "× 10^30")


def test_numbers_in_cells_can_be_read_on_every_colour() -> None:
    for theme in THEMES.values():
        for palette in ("diverging", "viridis", "cividis"):
            colours = diverging(np.linspace(-1, 1, 201), look(theme.name, palette))
            for colour, light in zip(colours, luminance(colours), strict=True):
                ink = np.ones(3) if light < MIDDLE else np.zeros(3)
                assert contrast(ink, colour) >= 4.5


def test_numbers_are_written_where_cells_are_large_enough_for_the_longest(sheet: TileSheet) -> None:
    network = cnn()
    values = [np.full(stage.size, 0.25, np.float32) for stage in network.stages]
    sheet.show_exhibit(exhibit(network, values))
    block = sheet.sheet.blocks[0]
    at = middle(sheet, 0, 500)
    for side, written in ((18.0, False), (48.0, True)):
        sheet.fit()
        sheet.zoom_by(side / block.cell, at)
        x, y = (round(n) for n in (middle(sheet, 0, 500).x(), middle(sheet, 0, 500).y()))
        inner = seen(sheet)[y - 6 : y + 7, x - 7 : x + 8]
        assert (np.ptp(inner, axis=(0, 1)).max() > 60) == written


def test_the_heading_of_a_section_that_has_left_the_view_is_not_on_the_next_one(sheet: TileSheet) -> None:
    """Strips side by side: from the left edge of one on, nothing of the one before is to be seen."""
    network = mini()
    values = [np.zeros(stage.size, np.float32) for stage in network.stages]
    shown = exhibit(network, values)
    sheet.resize(1000, 200)
    sheet.show_exhibit(shown)
    first, second = sheet.sheet.blocks[:2]
    assert second.x > first.right
    assert abs(second.y - first.y) < 40
    sheet.zoom_by(6)
    port = sheet.port()
    sheet.pan(-(port.x(second.x) - 3), -(port.y(second.y) - 120))
    port, words = sheet.port(), slice(60, 118)
    assert 0 < port.x(second.x) < 8
    both = seen(sheet)[words]
    sections = (replace(shown.sections[0], title="", shape=""), *shown.sections[1:])
    sheet.show_values(Exhibit(sections, shown.notes, shown.short, shown.full, shown.values))
    assert np.array_equal(seen(sheet)[words], both)
