"""Written: the arithmetic of one step of the forward pass as it is printed. The printed numbers add up exactly.

Sums, bias and value have the digits that the ledger has: a node's numbers are the same wherever they are written. A
map's sum is rounded once, not added up from rounded products, and what rounding leaves over has a part of its own. The
small tables come in these digits and, for where there is little room, in fewer: "≈" stands before the products.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nodelink.explain.contributions import Softmax, Terms, Tile, Wide, terms
from nodelink.explain.ledger import DECIMALS, MINUS, Ledger, Unit, ledger, plain, powers, shares, unit_for
from nodelink.explain.steps import Step
from nodelink.nn.address import address
from nodelink.nn.layers import AvgPool2d, Conv2d, MaxPool2d
from nodelink.nn.network import Activations, Network, Stage

MOST_CLASSES = 12  # of a softmax that are all written out
MANY_CLASSES = 10  # of one with more, those with the largest shares
KERNEL_FULL = 0.5  # |weight| at full colour, where a layer has no larger one


@dataclass(frozen=True)
class Part:
    """One number of a sum, and what it stands for."""

    kind: str  # "term", "rest", "bias", "sum", "value"
    label: str
    text: str  # the number as it is printed
    count: int  # the same in units of the sum's last digit
    how: str = ""  # what it is the product of: "0.42 × 1.31 ≈", as the factors are rounded, too
    tile: int | None = None  # of a map's sum: its row among the grids


@dataclass(frozen=True, eq=False)
class Grid:
    """A small table of numbers, upright and as it lies in the map."""

    titles: tuple[str, ...]  # what it is; then the same in fewer words
    texts: tuple[tuple[str, ...], ...]  # empty in the padding
    colours: Wide  # (rows, columns) values as shares of full colour, -1 to 1
    marked: tuple[int, int] | None = None  # row and column of a pool's winner


Grids = tuple[tuple[Grid, ...], ...]


@dataclass(frozen=True, eq=False)
class Table:
    """A softmax: a column a class, a row a step of its calculation, and what the rows add up to."""

    names: tuple[str, ...]  # of the columns; the last ones may be "30 others", "rounding", "sum"
    rows: tuple[tuple[str, tuple[str, ...]], ...]  # label and numbers
    best: int  # the column with the largest share


@dataclass(frozen=True, eq=False)
class Written:
    """The arithmetic of one step."""

    scale: str  # "× 10^9" where numbers are multiples of that, else empty
    grids: Grids = ()  # a row for every map that is seen: patch, kernel, products
    coarse: Grids = ()  # the same with fewer digits
    parts: tuple[Part, ...] = ()  # terms + rest + bias = sum, and then the value
    table: Table | None = None


def written(activations: Activations, step: Step, lines: int = 12) -> Written:
    """The arithmetic of a step; lines: so many terms of a dense unit's sum, or classes of a softmax, are written
    out."""
    stage = activations.network.stages[step.stage]
    if step.unit is None:
        softmax = terms(activations, stage.offset).softmax
        assert softmax is not None
        return Written("", table=_table(activations.network, stage, softmax, lines))
    found = terms(activations, stage.offset + step.unit)
    if isinstance(stage.layer, MaxPool2d):
        return _pool(activations.network, found)
    if isinstance(stage.layer, Conv2d | AvgPool2d):
        return _window(activations.network, found)
    return _dense(activations.network, found, lines)


def _window(network: Network, found: Terms) -> Written:
    """A convolution or an average: patch x kernel for every map that it sees."""
    stage = found.stage
    before = network.stages[stage.index - 1]
    book = ledger(found, 1)
    parts = []
    for index, tile in enumerate(found.tiles):
        total = book.unit.count(float(tile.product.sum()))
        label = f"map {tile.map + 1}" if before.shape[0] > 1 else "products"
        parts.append(Part("term", label, book.unit.text(total, plus=True), total, tile=index))
    fine, coarse = (
        tuple(_grids(network, stage, tile, _name(before, tile), book, less) for tile in found.tiles)
        for less in (False, True)
    )
    return Written(book.unit.scale, fine, coarse, (*parts, *_closing(found, book.unit, parts)))


def _name(before: Stage, tile: Tile) -> str:
    """What a tile is a part of."""
    return f"{before.name}, map {tile.map + 1}" if before.shape[0] > 1 else before.name


def _closing(found: Terms, unit: Unit, parts: list[Part], rest: str = "rounding") -> list[Part]:
    """What comes after the terms: rest, bias, sum, value."""
    pre, bias = unit.count(found.pre), unit.count(found.bias)
    left = pre - bias - sum(part.count for part in parts)
    more = []
    if left or rest != "rounding":
        more.append(Part("rest", rest, unit.text(left, plus=True), left))
    if hasattr(found.stage.layer, "bias"):
        more.append(Part("bias", "bias", unit.text(bias, plus=True), bias))
    more.append(Part("sum", _scaled("sum", unit), unit.text(pre), pre))
    if found.off:
        more.append(Part("value", "switched off", unit.text(0), 0))
    elif found.stage.activation not in ("identity", "softmax"):
        own = unit_for(
            abs(found.out)
        )  # as it is written elsewhere; of a sum that it leaves as it is, that number
        if found.stage.activation == "relu" or own.exponent != unit.exponent:
            own = unit
        text = own.text(own.count(found.out))
        more.append(Part("value", _scaled(found.stage.activation, unit), text, unit.count(found.out)))
    return more


def _grids(
    network: Network, stage: Stage, tile: Tile, name: str, book: Ledger, less: bool
) -> tuple[Grid, ...]:
    """Patch, kernel and products of one map."""
    weights = _unit(float(np.abs(tile.kernel).max()), less)
    layer = stage.layer
    largest = float(np.abs(layer.weight).max()) if isinstance(layer, Conv2d) else KERNEL_FULL
    patch = _patch(network, stage, tile, name, less)
    kernel = Grid(
        (_scaled("kernel", weights),),
        _texts(tile.kernel, tile.source > -2, weights),
        tile.kernel / (largest or 1.0),
    )
    scale = network.calibration.get(stage.name)
    full = (scale.edge if scale else None) or float(np.abs(tile.product).max()) or 1.0
    unit = _fewer(book.unit) if less else book.unit
    texts = _texts(tile.product, tile.source >= 0, unit)
    return patch, kernel, Grid((_scaled("products", unit),), texts, np.clip(tile.product / full, -1, 1))


def _texts(values: Wide, real: np.ndarray, unit: Unit) -> tuple[tuple[str, ...], ...]:
    """Numbers where they are real, else nothing."""
    return tuple(
        tuple(unit.text(unit.count(float(v))) if there else "" for v, there in zip(*line, strict=True))
        for line in zip(values, real, strict=True)
    )


def _patch(
    network: Network,
    stage: Stage,
    tile: Tile,
    name: str,
    less: bool,
    marked: tuple[int, int] | None = None,
) -> Grid:
    """What is seen of a map."""
    before = network.stages[stage.index - 1]
    scale = network.calibration.get(before.name)
    full = scale.node if scale else float(np.abs(tile.patch).max()) or 1.0
    unit = _unit(float(np.abs(tile.patch).max()), less)
    texts = _texts(tile.patch, tile.source >= 0, unit)
    rows, columns = tile.patch.shape
    last = tile.row + rows, tile.column + columns
    place = f"{name}, rows {tile.row + 1}–{last[0]}, columns {tile.column + 1}–{last[1]}"
    titles: tuple[str, ...] = place, f"{name}: {tile.row + 1}–{last[0]}, {tile.column + 1}–{last[1]}", name
    titles = tuple(_scaled(title, unit) for title in titles)
    return Grid(titles, texts, np.clip(tile.patch / full, -1, 1), marked)


def _pool(network: Network, found: Terms) -> Written:
    """A max pool: the window and its winner."""
    (tile,) = found.tiles
    before = network.stages[found.stage.index - 1]
    winner = divmod(found.winner or 0, tile.patch.shape[1])
    unit, name = unit_for(abs(found.out)), _name(before, tile)
    count = unit.count(found.out)
    label = "switched off" if found.off else _scaled(f"the largest of {tile.patch.size}", unit)
    value = Part("value", label, unit.text(count), count)
    fine, coarse = (((_patch(network, found.stage, tile, name, less, winner),),) for less in (False, True))
    return Written("", fine, coarse, (value,))


def _scaled(label: str, unit: Unit) -> str:
    """A label, with the power of ten of which its numbers are multiples."""
    return f"{label} {unit.scale}".strip()


def _dense(network: Network, found: Terms, lines: int) -> Written:
    """A unit: its largest terms, and the rest."""
    book = ledger(found, lines)
    unit = book.unit
    parts = []
    for entry in book.entries:
        weight, value = float(found.weight[entry.term]), float(found.value[entry.term])
        parts.append(
            Part(
                "term",
                address(network, int(found.source[entry.term])),
                unit.text(entry.count, plus=True),
                entry.count,
                how=f"{plain(weight)} × {plain(value)} ≈",
            )
        )
    if not parts:
        count = len(found.source)
        parts.append(Part("rest", f"all {count:,} terms" if count > 1 else "its term", unit.text(0), 0))
    return Written(unit.scale, parts=(*parts, *_closing(found, unit, parts, book.rest_label or "rounding")))


def _table(network: Network, stage: Stage, softmax: Softmax, lines: int) -> Table:
    """Logits, exponentials, shares, and what they add up to."""
    number = len(softmax.nodes)
    order = list(range(number))
    if number > min(MOST_CLASSES, lines):
        order = np.argsort(-softmax.shares, kind="stable")[: min(MANY_CLASSES, lines)].tolist()
    named = network.class_names if stage.index == len(network.stages) - 1 else ()
    names = [named[k] if k < len(named) else str(k + 1) for k in order]
    unit = unit_for(float(np.abs(softmax.logits).max()))
    logits = [unit.text(unit.count(float(softmax.logits[k]))) for k in order]
    power, share = powers(softmax, order), shares(softmax, order)
    rows = [
        logits,
        list(power.texts),
        ["off" if softmax.off[k] else share.texts[i] for i, k in enumerate(order)],
    ]
    missing = number - len(order)
    more = [
        (f"{missing} other{'s' * (missing > 1)}", "", power.others, share.others),
        ("rounding", "", power.rounding, share.rounding),
        ("sum", "", power.total, share.total),
    ]
    for name, *texts in more if not softmax.off.all() else []:
        if any(texts):
            names.append(name)
            for row, text in zip(rows, texts, strict=True):
                row.append(text)
    heads = _scaled("logit", unit), f"≈ {power_head(softmax)}", "≈ share"
    best = int(np.argmax(softmax.shares[order]))
    return Table(tuple(names), tuple((head, tuple(row)) for head, row in zip(heads, rows, strict=True)), best)


def power_head(softmax: Softmax) -> str:
    """What the exponentials of a softmax's table are."""
    power = f"e^(logit {MINUS} {plain(softmax.lowered)})" if softmax.lowered else "e^logit"
    return f"{power} {powers(softmax).scale}".strip()


def _unit(largest: float, less: bool) -> Unit:
    """The unit for the numbers of a small table; less: two digits of the largest are enough."""
    unit = unit_for(largest)
    return _fewer(unit) if less else unit


def _fewer(unit: Unit) -> Unit:
    """A unit with a digit less, where it has more than the least behind the point."""
    return Unit(unit.decimals - 1, unit.exponent) if unit.decimals > DECIMALS else unit
