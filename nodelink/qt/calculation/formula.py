"""A node's formula, typeset, with its own numbers."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from html import escape

from nodelink.explain.contributions import Softmax, Terms
from nodelink.explain.ledger import MINUS, Ledger, plain, powers
from nodelink.nn.naming import percent

MOST_DECIMALS = 12  # of a logit
SUM = "∑"
Z = "<i>z</i>"
FUNCTIONS = {
    "identity": Z,
    "relu": f"max(0, {Z})",
    "elu": f"elu({Z})",
    "tanh": f"tanh({Z})",
    "sigmoid": f"1 / (1 + e<sup>−{Z}</sup>)",
}


def formula(terms: Terms, book: Ledger, name: str) -> str:
    """The node's calculation as rich text: in letters, then in numbers. `name`: what the node is called."""
    kind = terms.stage.kind
    if kind == "input" and not terms.off:
        return f"<i>a</i> = {plain(terms.out)}, as drawn"
    if kind in ("input", "maxpool", "avgpool"):
        return _pool(terms)
    weighted = f"<i>z</i> = {SUM}<sub>i</sub> <i>w</i><sub>i</sub> <i>a</i><sub>i</sub> + <i>b</i>"
    text = book.unit.text
    whole = text(book.pre - book.bias)
    bias = text(abs(book.bias))
    sign = "−" if book.bias < 0 else "+"
    lines = [weighted, f"= {whole} {sign} {bias} = <b>{text(book.pre)}</b>{_power(book)}"]
    return "<br>".join([*lines, *_activation(terms, book, name)])


def _power(book: Ledger) -> str:
    return f" · 10<sup>{book.unit.exponent}</sup>" if book.unit.exponent else ""


def _pool(terms: Terms) -> str:
    """The largest or the mean of the cells; many of them are not written out."""
    if terms.off:
        return "<i>a</i> = <b>0</b>: switched off"
    count = len(terms.source)
    values = [plain(value) for value in terms.value.tolist()]
    shown = ", ".join(values if count <= 9 else [*values[:4], "…", values[-1]])
    if terms.stage.kind == "maxpool":
        return f"<i>a</i> = max({shown}) = <b>{plain(terms.out)}</b>"
    return f"<i>a</i> = mean({shown}) ≈ <b>{plain(terms.out)}</b>"


def _activation(terms: Terms, book: Ledger, name: str) -> list[str]:
    if terms.off:
        return ["<i>a</i> = <b>0</b>: switched off"]
    if terms.softmax is not None:
        return _share(terms, terms.softmax, book, name)
    said = f"<i>a</i> = {FUNCTIONS[terms.stage.activation]}"
    if terms.stage.activation in ("identity", "relu"):  # of the printed sum it is this very number
        return [f"{said} = <b>{book.unit.text(book.unit.count(terms.out))}</b>{_power(book)}"]
    return [f"{said} ≈ <b>{plain(terms.out)}</b>"]


def _share(terms: Terms, found: Softmax, book: Ledger, name: str) -> list[str]:
    """A softmax: the logit with so many digits that what is printed below follows from it on a calculator."""
    shown, share = percent(terms.out), float(found.shares[found.index])
    answer = f"{'' if shown[0] in '<>' else '≈ '}<b>{escape(shown)}</b>"
    if shown.startswith("<") and share:
        answer = f"≈ <b>{plain(share)}</b>, {escape(shown)}"
    power, total, exponent = _quotient(found, plain if shown.startswith("<") else percent)
    scale = f" × 10<sup>{exponent}</sup>".replace("-", MINUS) if exponent else ""
    logit, lowered = _to_the_digits(found, power, 10.0**exponent, book.unit.decimals)
    longer = [f"more exactly {logit}"] if logit != book.unit.text(book.pre) else []
    minus = f" − {lowered}" if found.lowered else ""
    return [
        *longer,
        f"<i>p</i><sub>{escape(name)}</sub> = e<sup>{logit}{minus}</sup> / {SUM}<sub>k</sub> "
        f"e<sup><i>z</i><sub>k</sub>{minus}</sup>",
        f"≈ {escape(power)}{scale} / {total}{scale}".replace("-", MINUS),
        answer,
    ]


def _quotient(found: Softmax, said: Callable[[float], str]) -> tuple[str, str, int]:
    """Exponential and sum, both multiples of a power of ten, as the table has them if from these follows what is said
    of the share; otherwise with the fewest digits from which it does."""
    column = powers(found)
    exponent = int(column.scale.rpartition("^")[2].replace(MINUS, "-") or 0)
    power, total = float(found.powers[found.index]) / 10.0**exponent, found.total / 10.0**exponent
    pairs = [(column.texts[found.index], column.total)]
    if not power:  # too small for a number
        return *pairs[0], exponent
    pairs += [(f"{power:.{digits}g}", column.total) for digits in range(3, 8)]
    pairs += [(f"{power:.{digits}g}", f"{total:.{digits}g}") for digits in range(7, 13)]
    wanted = said(float(found.shares[found.index]))
    follow = (pair for pair in pairs if pair[0][0] != "<" and said(float(pair[0]) / float(pair[1])) == wanted)
    return *next(follow, pairs[-1]), exponent


def _to_the_digits(found: Softmax, power: str, ten: float, least: int) -> tuple[str, str]:
    """Logit and what it is lowered by, with the fewest decimals, at least so many, from which a power follows that is
    printed as a multiple of `ten`."""
    logit, bare = float(found.logits[found.index]), power.removeprefix("<")
    step = float(Decimal(1).scaleb(int(Decimal(bare).as_tuple().exponent)))
    for decimals in range(least, MOST_DECIMALS):
        follows = math.exp(round(logit, decimals) - round(found.lowered, decimals)) / ten
        if bare != power or round(follows / step) == round(float(power) / step):
            break

    def written(value: float) -> str:
        return f"{value:.{decimals}f}".replace("-", MINUS)

    return written(logit), written(found.lowered)
