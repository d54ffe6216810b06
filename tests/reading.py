"""Printed numbers as they are read: what they count for in a sum, and whether they are true."""

from __future__ import annotations

from decimal import Decimal


def read(text: str) -> Decimal:
    """What a printed number counts for in its column: "<0.1" for nothing, ">99.9 %" for all, empty for nothing."""
    text = text.removesuffix("\N{NO-BREAK SPACE}%").replace("\N{MINUS SIGN}", "-").replace("+", "")
    if text.startswith("<") or text in ("", "off"):
        return Decimal(0)
    if text.startswith(">"):
        number = Decimal(text[1:])
        return number + Decimal(1).scaleb(int(number.as_tuple().exponent))
    return Decimal(text)


def true(text: str, value: float) -> bool:
    """Whether a number is what is printed of it: the nearest that can be printed, or within the bound."""
    bare = text.removesuffix("\N{NO-BREAK SPACE}%").replace("\N{MINUS SIGN}", "-").replace("+", "")
    if bare.startswith("<"):
        return 0 <= value < float(bare[1:])
    if bare.startswith(">"):
        return value > float(bare[1:])
    step = float(Decimal(1).scaleb(int(Decimal(bare).as_tuple().exponent)))
    return abs(float(bare) - value) <= 0.5001 * step
