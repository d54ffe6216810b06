"""Ledger: a node's sum as it is written down. The printed numbers add up exactly, to the last digit.

All are whole numbers of one unit, the last printed digit. The largest terms are rounded each by itself, so are bias and
sum; what rounding leaves over goes into the line that stands for all the smaller terms.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from nodelink.explain.contributions import Softmax, Terms

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


def unit_for(largest: float, more: int = 0) -> Unit:
    """The unit for numbers up to `largest` in size, with `more` digits than usual."""
    if not largest > 0:
        return Unit(DECIMALS + more, 0)
    magnitude = math.floor(math.log10(largest))
    exponent = 0 if PLAIN[0] <= largest < PLAIN[1] else magnitude
    return Unit(max(DECIMALS, DIGITS - 1 - (magnitude - exponent)) + more, exponent)


def powers(softmax: Softmax) -> tuple[list[str], str]:
    """The exponentials of a softmax as they are printed, and their sum: that of the printed numbers."""
    unit = unit_for(softmax.total)
    whole = math.floor(math.log10(softmax.total)) if softmax.total >= 1 else 0
    unit = Unit(min(unit.decimals, max(0, 5 - whole)) if not unit.exponent else unit.decimals, unit.exponent)
    counts = [unit.count(float(power)) for power in softmax.powers]
    return [unit.text(count) for count in counts], f"{unit.text(sum(counts))} {unit.scale}".strip()


def percent(share: float) -> str:
    """A probability. A softmax is never certain, not even where float32 rounds it to 1."""
    text = f"{share:.1%}"
    return (">99.9%" if text == "100.0%" else text).replace("%", "\N{NO-BREAK SPACE}%")


def left_over(softmax: Softmax) -> str:
    """What rounding leaves between the printed shares and 100 %, in percent; empty where that is nothing."""
    unit = Unit(1, 0)
    rest = 1000 - sum(round(10 * float(f"{share:.1%}"[:-1])) for share in softmax.shares.tolist())
    return f"{unit.text(rest, plus=True)}\N{NO-BREAK SPACE}%" if rest else ""


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
        if not self.entries and self.zeros == self.others:
            return "rounding" if self.rest else ""  # nothing is larger than they are
        if self.others == 1:
            return "and 1 smaller one"
        if self.others:
            return f"and {self.others:,} smaller ones"
        return "rounding" if self.rest else ""


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
