"""The painted parts: what they say is what the terms are, where they say it is where they can be asked."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import ROUND_HALF_EVEN, Decimal
from html import unescape

import numpy as np
import pytest
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QColor, QPainter, QPixmap
from PyQt6.QtWidgets import QApplication

from nodelink.explain.contributions import Terms, terms
from nodelink.explain.ledger import ledger, plain
from nodelink.nn.address import address, find
from nodelink.nn.layers import Dense, Flatten
from nodelink.nn.network import Activations, Network
from nodelink.qt.calculation.curve import Curve
from nodelink.qt.calculation.formula import formula
from nodelink.qt.calculation.paper import Paper
from nodelink.qt.calculation.softmax import SoftmaxTable
from nodelink.qt.calculation.table import BAR, TermTable
from nodelink.qt.calculation.tiles import Tiles
from nodelink.theme import THEMES, diverging
from tests import networks
from tests.explain.test_contributions import all_different
from tests.qt.hand import HAND
from tests.reading import read, true

HAND_LEFT = Qt.MouseButton.LeftButton
CNN = all_different(networks.cnn())


def passed(network: Network) -> Activations:
    return network.forward(np.random.default_rng(0).random(network.input_shape))


ANSWER = passed(CNN)


def of(text: str) -> Terms:
    return terms(ANSWER, find(CNN, text))


def name(node: int) -> str:
    return address(CNN, node)


@pytest.fixture
def paper(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[Paper]:
    part: Paper = request.param()
    part.resize(220, 100)
    yield part
    part.deleteLater()


def part(kind: type[Paper]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("paper", [kind], indirect=True)


@part(TermTable)
def test_a_table_has_a_line_a_term_and_a_click_on_it_tells_the_source(paper: TermTable) -> None:
    found = of("F5/17")
    paper.set_ledger(ledger(found, 8), name)
    paper.show()
    told: list[int | None] = []
    paper.chosen.connect(told.append)
    gone: list[int] = []
    paper.visited.connect(gone.append)
    for index, entry in enumerate(paper.ledger.entries if paper.ledger else ()):
        source = int(found.source[entry.term])
        place = paper.row_place(index).center()
        assert paper.source_at(place) == source
        HAND.mouseClick(paper, HAND_LEFT, pos=place.toPoint())
        assert told[-1] == source
        weight, value = found.weight[entry.term], found.value[entry.term]
        assert f"{name(source)}: {plain(weight)} × {plain(value)}" in paper.tip_at(place)
    paper.choose(int(found.source[found.order[0]]))
    HAND.mouseClick(paper, HAND_LEFT, pos=paper.row_place(0).center().toPoint())
    assert told[-1] is None  # clicked again, it is let go
    HAND.mouseDClick(paper, HAND_LEFT, pos=paper.row_place(1).center().toPoint())
    assert gone == [int(found.source[found.order[1]])]
    below = QPointF(20, paper.height() - 3)
    assert paper.source_at(below) is None
    assert paper.tip_at(below) == ""


@part(TermTable)
def test_the_table_says_rest_bias_and_sum(paper: TermTable) -> None:
    book = ledger(of("F5/17"), 8)
    paper.set_ledger(book, name)
    labels = [label for label, _ in paper.below()]
    assert labels == ["and 392 smaller ones", "bias", "weighted sum"]
    assert paper.below()[-1][1] == book.unit.text(book.pre)
    assert "weighted sum" in paper.accessibleDescription()


@part(TermTable)
@pytest.mark.parametrize("width", [150, 174, 220, 400])
@pytest.mark.parametrize("text", [1.0, 1.5])
def test_no_number_is_cut_off(paper: TermTable, width: int, text: float) -> None:
    """Of the factors every digit is painted, at any width that the column has for that text."""
    found = of("F5/17")
    paper.resize(round(width * text), 100)
    paper.set_look(THEMES["dark"], THEMES["dark"], text)
    paper.set_ledger(ledger(found, 8), name)
    canvas = QPixmap(10, 10)
    painter = QPainter(canvas)
    painter.setFont(paper.type())
    room = paper.width() - paper._bar(painter)
    for index in range(8):
        factors = f"≈ {paper.term_text(index).rpartition(': ')[2]}"
        assert painter.fontMetrics().horizontalAdvance(factors) <= max(room, 0)
    painter.end()


@part(TermTable)
def test_bars_are_as_long_as_their_terms_and_in_their_colour(paper: TermTable) -> None:
    found = of("F5/17")
    paper.set_ledger(ledger(found, 8), name)
    paper.set_look(THEMES["dark"], THEMES["dark"], 1.0)
    shown = paper.grab().toImage()
    assert paper.ledger is not None
    largest = abs(paper.ledger.entries[0].count)
    for index, entry in enumerate(paper.ledger.entries):
        place = paper.row_place(index)
        want = QColor(
            *(round(float(c) * 255) for c in diverging(math.copysign(0.62, entry.count), THEMES["dark"]))
        )
        y = int(place.bottom() - 0.46 * paper.line)
        length = sum(shown.pixelColor(x, y) == want for x in range(shown.width() // 2, shown.width()))
        assert length == pytest.approx(BAR * 220 / 2 * abs(entry.count) / largest, abs=2.5)


@part(TermTable)
def test_hundreds_of_lines_are_no_widgets_and_all_can_be_seen(paper: TermTable) -> None:
    found = of("F5/17")
    paper.set_ledger(ledger(found, 1000), name)
    assert paper.height() > 200 * paper.line
    assert not paper.children()
    paper.grab()


@part(Tiles)
@pytest.mark.parametrize("text", ["C3/6/4,7", "C1/2/9,9", "F5/17", "S2/3/7,7"])
def test_a_cell_of_a_tile_is_the_maps_own_and_upright(paper: Tiles, text: str) -> None:
    """Every cell of a picture lies where its node lies in the map, has its value's colour, and tells its node."""
    found = of(text)
    paper.resize(300, 100)
    paper.set_terms(found, name, "before", None)
    shown = paper.grab().toImage()
    before = CNN.stages[found.stage.index - 1]
    for sheet in paper.sheets:
        rows, columns = sheet.values.shape
        for row, column in np.ndindex(rows, columns):
            at = sheet.cell(row, column).center()
            source = paper.source_at(at)
            assert source is not None
            place = tuple(int(i) for i in np.unravel_index(source - before.offset, before.shape))
            assert place == (sheet.tile.map, sheet.tile.row + row, sheet.tile.column + column)
            if sheet.cell(row, column).width() > 4 and paper.kind != "pool":
                share = np.clip(sheet.values[row, column] / sheet.scale, -1, 1)
                seen = np.array(shown.pixelColor(int(at.x()), int(at.y())).getRgbF()[:3])
                assert seen == pytest.approx(diverging(share, THEMES["dark"]), abs=0.06)


@part(Tiles)
def test_one_row_a_connected_map(paper: Tiles) -> None:
    paper.set_terms(of("C3/6/4,7"), name, "S2", None)
    assert [sheet.tile.map for sheet in paper.sheets] == [0, 0, 0, 1, 1, 1, 5, 5, 5]
    assert len({sheet.place.y() for sheet in paper.sheets}) == 3
    assert [head for head, _ in paper.heads] == ["input", "weights", "product"]
    assert all(sheet.place.right() <= paper.width() + 0.1 for sheet in paper.sheets)


@part(Tiles)
def test_beside_a_scroll_bar_nothing_is_cut_off(paper: Tiles) -> None:
    paper.show()
    paper.resize(231, 100)
    paper.set_terms(of("C3/6/4,7"), name, "S2", None)
    for width in (221, 231, 225):
        height = paper.height()
        paper.resize(width, height)
        assert paper.height() == height
        assert all(sheet.place.right() <= width and sheet.place.bottom() <= height for sheet in paper.sheets)


@part(Tiles)
def test_padding_is_no_node(paper: Tiles) -> None:
    layer = networks.conv("C", np.random.default_rng(0), (2, 1, 3, 3), padding=(1, 1))
    network = Network("p", "P", (layer,), (1, 4, 4))
    found = terms(passed(network), 16)
    paper.set_terms(found, str, "Input", 1.0)
    corner = paper.sheets[0].cell(0, 0).center()
    assert paper.source_at(corner) is None
    assert paper.tip_at(corner).startswith("Padding")
    assert paper.source_at(paper.sheets[0].cell(1, 1).center()) == 0
    paper.grab()


@part(Curve)
@pytest.mark.parametrize("activation", ["identity", "relu", "elu", "tanh", "sigmoid", "softmax"])
def test_the_point_lies_on_the_curve(paper: Curve, activation: str) -> None:
    layer = networks.dense("D", np.random.default_rng(1), 16, 5, activation)
    network = Network("c", "C", (Flatten("f"), layer), (1, 4, 4))
    for node in range(16, 21):
        found = terms(passed(network), node)
        paper.set_terms(found)
        assert paper.value(found.pre) == pytest.approx(found.out, abs=1e-5)
        frame, reach, (low, high) = paper.axes()
        assert frame.contains(paper.spot(found.pre, found.out))
        assert abs(found.pre) < reach
        assert low < found.out < high
    paper.grab()


@part(Curve)
def test_a_softmax_with_logits_far_apart_has_a_curve(paper: Curve) -> None:
    layer = Dense("D", np.array([[900.0], [-900.0]]), np.zeros(2), "softmax")
    network = Network("far", "Far", (Flatten("f"), layer), (1, 1, 1))
    for node in (1, 2):
        found = terms(network.forward([[[1.0]]]), node)
        paper.set_terms(found)
        assert paper.value(found.pre) == pytest.approx(found.out, abs=1e-6)
        paper.grab()


@part(SoftmaxTable)
def test_the_printed_exponentials_add_up(paper: SoftmaxTable) -> None:
    found = of("7")
    assert found.softmax is not None
    paper.set_softmax(found.softmax, lambda node: name(node).rpartition("/")[2])
    assert [line[0] for line in paper.lines] == list("0123456789")
    *above, last = [*paper.lines, *paper.foot]
    assert sum(read(line[2]) for line in above) == read(last[2])
    assert true(last[2], found.softmax.total)
    gone: list[int] = []
    paper.visited.connect(gone.append)
    paper.show()
    HAND.mouseDClick(paper, HAND_LEFT, pos=QPointF(20, 4.5 * paper.line).toPoint())
    assert gone == [int(found.softmax.nodes[3])]
    paper.grab()


@part(SoftmaxTable)
@pytest.mark.parametrize("width", [206, 236, 400])
@pytest.mark.parametrize("text", [1.0, 1.55])
def test_names_have_their_place_beside_the_numbers(paper: SoftmaxTable, width: int, text: float) -> None:
    found = of("7").softmax
    assert found is not None
    paper.set_look(THEMES["dark"], THEMES["dark"], text)
    paper.resize(round(width * text * 0.85), 100)
    paper.set_softmax(found, lambda node: name(node).rpartition("/")[2])
    canvas = QPixmap(10, 10)
    painter = QPainter(canvas)
    size, ends, heads = paper.columns(painter)
    assert ends == sorted(ends)
    starts = [0.0, *ends]
    painter.setFont(paper.type(size=size))
    for line in (heads, *paper.lines):
        for cell, start, end in zip(line, starts, ends, strict=False):
            assert painter.fontMetrics().horizontalAdvance(cell) <= end - start + 1
    painter.end()


@part(SoftmaxTable)
@pytest.mark.parametrize("off", [(), (2, 7), tuple(range(10))])
def test_the_printed_shares_add_up_and_what_is_off_is_left_out(
    paper: SoftmaxTable, off: tuple[int, ...]
) -> None:
    mask = np.isin(np.arange(10), off)
    network = replace(CNN, off={CNN.stages[-1].name: mask})
    found = terms(passed(network), find(network, "7")).softmax
    assert found is not None
    uneven = np.where(mask, 0.0, [5.4, 584.4, 8.4, 1.4, 206.4, 3.4, 22.4, 41.4, 103.4, 26.4])
    for shares in (found.shares, uneven / (uneven.sum() or 1)):
        paper.set_softmax(replace(found, shares=shares), lambda node: name(node).rpartition("/")[2])
        assert [i for i, line in enumerate(paper.lines) if line[2:] == ("", "off")] == list(off)
        paper.grab()
        if len(off) == 10:
            assert paper.foot == [("all are off", "", "", "")]
            continue
        on = [line for i, line in enumerate(paper.lines) if i not in off]
        *above, last = [*on, *paper.foot]
        assert sum(read(line[2]) for line in above) == read(last[2])
        assert sum(read(line[3]) for line in above) == read(last[3]) == 100


@part(Tiles)
def test_the_printed_sums_of_the_maps_add_up(paper: Tiles) -> None:
    """With the rounding they are what is printed below them; with the bias that is the weighted sum."""
    leftover = 0
    first = CNN.stages[3].offset
    for node in range(first, first + CNN.stages[3].size, 7):
        found = terms(ANSWER, node)
        book = ledger(found, 8)
        paper.set_terms(found, name, "S2", None, book)
        foot = {text: Decimal(number.replace("−", "-")) for text, number in paper.foot}
        assert list(foot)[-3:] == ["together", "bias", "weighted sum"]
        maps = sum(Decimal(number.replace("−", "-")) for number in paper.totals)
        assert maps + foot.get("rounding", 0) == foot["together"]
        assert foot["together"] + foot["bias"] == foot["weighted sum"]
        assert float(foot["weighted sum"]) == pytest.approx(
            float(ANSWER.pre[3][0].flat[node - first]), abs=0.0051
        )
        leftover += "rounding" in foot
    assert paper.kind == "window"
    assert leftover > 0
    paper.grab()


def test_formulas_hold_the_nodes_own_numbers() -> None:
    found = of("F5/17")
    book = ledger(found, 8)
    text = formula(found, book, "17")
    assert book.unit.text(book.pre) in text
    assert plain(found.out) in text
    assert formula(of("S2/3/7,7"), ledger(of("S2/3/7,7"), 8), "").startswith("<i>a</i> = max(")
    assert "as drawn" in formula(of("Input/3,3"), ledger(of("Input/3,3"), 8), "")


def test_names_are_no_mark_up() -> None:
    found = of("7")
    assert "&lt;b&gt;" in formula(found, ledger(found, 8), "<b>")


@pytest.mark.parametrize("theme", list(THEMES))
@pytest.mark.parametrize("text", [0.7, 1.0, 2.0])
def test_every_part_can_be_painted_in_every_look(qapp: QApplication, theme: str, text: float) -> None:
    found, book = of("7"), ledger(of("7"), 8)
    parts: list[Paper] = [TermTable(), Tiles(), Curve(), SoftmaxTable()]
    for paper in parts:
        paper.resize(200, 40)
        paper.set_look(THEMES[theme], THEMES[theme], text)
        if isinstance(paper, TermTable):
            paper.set_ledger(book, name)
        elif isinstance(paper, Tiles):
            paper.set_terms(of("C3/6/4,7"), name, "S2", 1.0)
        elif isinstance(paper, Curve):
            paper.set_terms(found)
        elif isinstance(paper, SoftmaxTable) and found.softmax is not None:
            paper.set_softmax(found.softmax, name)
        paper.choose(int(found.source[0]))
        assert paper.grab().height() == paper.height() > 40
        paper.deleteLater()


def bare(markup: str) -> str:
    """A formula without its mark-up, as it is read."""
    text = unescape(re.sub(r"<[^>]*>", "", markup.replace("<sup>", "^(").replace("</sup>", ")")))
    return text.replace("\N{MINUS SIGN}", "-").replace("\N{NO-BREAK SPACE}", " ")


def same_digits(printed: str, value: float) -> bool:
    """Whether a calculator's number, rounded to the digits that are printed, is what is printed."""
    step = Decimal(1).scaleb(int(Decimal(printed).as_tuple().exponent))
    return Decimal(value).quantize(step, ROUND_HALF_EVEN) == Decimal(printed)


@pytest.mark.parametrize("size", [0.1, 1.0, 4.7, 11.64508, 29.0, 31.23456, 410.0])
@pytest.mark.parametrize("unit", range(4))
def test_the_formula_of_a_softmax_can_be_checked_on_a_calculator(size: float, unit: int) -> None:
    """From its printed logit follows its printed exponential, from that and the sum its printed share."""
    logits = np.array([[1.0], [0.97], [-0.5], [-1.0]]) * size
    network = Network("p", "P", (Flatten("f"), Dense("D", logits, np.zeros(4), "softmax")), (1, 1, 1))
    found = terms(network.forward([[[1.0]]]), 1 + unit)
    lines = [bare(line) for line in formula(found, ledger(found, 8), str(unit)).split("<br>")]
    *_, shares, quotient, answer = lines
    exponents = re.search(r"= e\^\((-?[\d.]+)(?: - ([\d.]+))?\) /", shares)
    if "≈ <" in quotient:  # less than any float
        assert found.softmax is not None
        assert found.softmax.powers[unit] == 0
        assert answer == "<0.1 %"
        return
    parts = re.match(r"≈ ([\d.e-]+)(?: × 10\^\((-?\d+)\))? / ([\d.e-]+)(?: × 10\^\((-?\d+)\))?$", quotient)
    assert exponents is not None
    assert parts is not None
    power, ten, total, tens = parts.groups()
    follows = math.exp(float(exponents[1]) - float(exponents[2] or 0))
    assert same_digits(power, follows / 10.0 ** int(ten or 0))
    share = float(power) * 10.0 ** int(ten or 0) / (float(total) * 10.0 ** int(tens or 0))
    if answer.startswith("≈") and "," in answer:
        printed = answer[2:].split(",")[0]
        assert same_digits(printed, share)
        assert float(printed) == pytest.approx(found.out, rel=0.01)
    elif answer.startswith("≈"):
        assert same_digits(answer[2:].removesuffix(" %"), 100 * share)
    else:
        assert answer == ">99.9 %"
        assert share > 0.999
    summed = lines[1].split(" = ")[
        -1
    ]  # the weighted sum, as it is printed above: the same number or its start
    assert float(exponents[1]) == pytest.approx(float(summed), abs=0.0051)
    assert ("more exactly" in "".join(lines)) == (exponents[1] != summed)


@part(SoftmaxTable)
def test_logits_are_printed_as_weighted_sums_are(paper: SoftmaxTable) -> None:
    found = [of(str(digit)) for digit in range(10)]
    assert found[0].softmax is not None
    paper.set_softmax(found[0].softmax, str)
    books = [ledger(each, 8) for each in found]
    assert [read(line[1]) for line in paper.lines] == [read(book.unit.text(book.pre)) for book in books]
