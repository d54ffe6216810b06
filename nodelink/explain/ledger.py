"""Ledger: a node's sum as it is written down. The printed numbers add up exactly, to the last digit.

All are whole numbers of one unit, the last printed digit. The largest terms are rounded each by itself, so are bias and
sum; what rounding leaves over goes into the line that stands for all the smaller terms.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from nodelink.explain.contributions import Softmax, Terms, Wide
from nodelink.nn.naming import per_mille

DIGITS = 3  # of the largest number at least
DECIMALS = 2  # behind the point at least
PLAIN = (
    1e-4,
    1e6,
)  # the largest number is written plainly within these limits, else as a multiple of a power of ten
MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True)
class Unit:
    """How numbers of one table are written: as whole numbers of 10 ** (exponent - decimals)."""

    decimals: int
    exponent: int  # all of them are multiples of 10 ** exponent

    def count(self, value: float) -> int:
        """The nearest whole number of units."""
        return round(value * 10.0 ** (self.decimals - self.exponent))

    def text(self, count: int, plus: bool = False) -> str:
        """So many units as they are printed, without the power of ten."""
        whole, part = divmod(abs(count), 10**self.decimals)
        sign = MINUS if count < 0 else "+" if plus and count > 0 else ""
        return f"{sign}{whole}.{part:0{self.decimals}d}" if self.decimals else f"{sign}{whole}"

    @property
    def scale(self) -> str:
        """ "× 10^9" as it stands above a table; empty where numbers are written plainly."""
        return f"× 10^{self.exponent}".replace("-", MINUS) if self.exponent else ""


PERCENT = Unit(1, 0)  # how shares are written


def unit_for(largest: float, more: int = 0) -> Unit:
    """The unit for numbers up to `largest` in size, with `more` digits than usual."""
    if not largest > 0:
        return Unit(DECIMALS + more, 0)
    magnitude = math.floor(math.log10(largest))
    exponent = 0 if PLAIN[0] <= largest < PLAIN[1] else magnitude
    return Unit(max(DECIMALS, DIGITS - 1 - (magnitude - exponent)) + more, exponent)


def plain(value: float) -> str:
    """A number with three significant digits and a true minus sign."""
    return f"{value:.3g}".replace("-", MINUS)


@dataclass(frozen=True)
class Column:
    """A column of a softmax's table. As it is read it adds up: "<0.1" is counted as 0, ">99.9 %" as 100 %."""

    texts: tuple[str, ...]  # one a class; empty where it is off
    others: str  # the sum of the classes that have no text of their own; empty where all have
    rounding: str  # what is missing to the sum; empty where that is nothing
    total: str
    scale: str = ""  # "× 10^9" where the numbers are multiples of that


def powers(softmax: Softmax, classes: Sequence[int] | None = None) -> Column:
    """The exponentials of some classes, of all by default, by their places among the nodes."""
    unit = unit_for(softmax.total)
    whole = math.floor(math.log10(softmax.total)) if softmax.total >= 1 else 0
    unit = Unit(min(unit.decimals, max(0, 5 - whole)) if not unit.exponent else unit.decimals, unit.exponent)

    def text(count: int) -> str:
        return unit.text(count) if count else f"<{unit.text(1)}"

    column = _column(softmax, softmax.powers, softmax.total, unit, text, classes)
    return replace(column, scale=unit.scale)


def shares(softmax: Softmax, classes: Sequence[int] | None = None) -> Column:
    """The shares of some classes, of all by default, in percent."""
    column = _column(softmax, 100 * softmax.shares, 100.0, PERCENT, per_mille, classes)
    rounding = f"{column.rounding}\N{NO-BREAK SPACE}%" if column.rounding else ""
    return replace(column, rounding=rounding, total="100\N{NO-BREAK SPACE}%")


def _column(
    softmax: Softmax,
    values: Wide,
    total: float,
    unit: Unit,
    text: Callable[[int], str],
    classes: Sequence[int] | None,
) -> Column:
    chosen = range(len(values)) if classes is None else classes
    counts = [unit.count(float(values[k])) for k in chosen]
    unseen = np.ones(len(values), bool)
    unseen[list(chosen)] = False
    others = unit.count(float(values[unseen].sum()))
    left = unit.count(total) - others - sum(counts)
    texts = tuple("" if softmax.off[k] else text(count) for k, count in zip(chosen, counts, strict=True))
    return Column(
        texts,
        text(others) if unseen.any() else "",
        unit.text(left, plus=True) if left else "",
        unit.text(unit.count(total)),
    )


@dataclass(frozen=True)
class Entry:
    """One term that has a line of its own."""

    term: int  # its place among the terms
    count: int  # its product, in units


@dataclass(frozen=True, eq=False)
class Ledger:
    """The written sum: entries + rest + bias = pre, in whole units."""

    terms: Terms
    unit: Unit
    entries: tuple[Entry, ...]  # by falling size
    rest: int  # all other terms, and what rounding leaves over
    others: int  # how many terms those are
    zeros: int  # how many of them are exactly 0
    bias: int
    pre: int

    @property
    def rest_label(self) -> str:
        """What the line of the rest is called; empty where it is not needed."""
        if self.zeros == self.others:  # they add nothing: what is left comes from rounding
            return "rounding" if self.rest else ""
        if self.others == 1:
            return "and 1 smaller one"
        return f"and {self.others:,} smaller ones"


def ledger(terms: Terms, lines: int) -> Ledger:
    """The sum with its `lines` largest terms written out; terms of exactly 0 never are."""
    order = terms.order
    nonzero = int((terms.product != 0).sum())
    shown = order[: min(lines, nonzero)].tolist()
    sizes = [abs(terms.pre), abs(terms.bias), *(abs(float(terms.product[i])) for i in shown[:1])]
    unit = unit_for(max(sizes), more=int(len(shown) > 100))
    entries = tuple(Entry(i, unit.count(float(terms.product[i]))) for i in shown)
    bias, pre = unit.count(terms.bias), unit.count(terms.pre)
    rest = pre - bias - sum(entry.count for entry in entries)
    others = len(order) - len(shown)
    return Ledger(terms, unit, entries, rest, others, len(order) - nonzero, bias, pre)
