"""A node's formula, typeset, with its own numbers."""

from __future__ import annotations

from html import escape

from nodelink.explain.contributions import Terms
from nodelink.explain.ledger import Ledger, percent, plain, powers

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
    if kind == "input":
        return f"<i>a</i> = {plain(terms.out)}, as drawn"
    if kind in ("maxpool", "avgpool"):
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
        found = terms.softmax
        own, power = escape(name), plain(found.logits[found.index])
        lowered = f" − {plain(found.lowered)}" if found.lowered else ""
        shown, column = percent(terms.out), powers(found)
        return [
            f"<i>p</i><sub>{own}</sub> = e<sup>{power}{lowered}</sup> / {SUM}<sub>k</sub> "
            f"e<sup><i>z</i><sub>k</sub>{lowered}</sup>",
            f"≈ {escape(column.texts[found.index])} / {column.total}",
            f"{'' if shown[0] in '<>' else '≈ '}<b>{escape(shown)}</b>",
        ]
    said = f"<i>a</i> = {FUNCTIONS[terms.stage.activation]}"
    if terms.stage.activation in ("identity", "relu"):  # of the printed sum it is this very number
        return [f"{said} = <b>{book.unit.text(book.unit.count(terms.out))}</b>{_power(book)}"]
    return [f"{said} ≈ <b>{plain(terms.out)}</b>"]
