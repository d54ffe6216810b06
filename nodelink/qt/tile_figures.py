"""Tile figures: how the values of a section are written in its cells."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nodelink.explain.ledger import unit_for


class Figures:
    """All as whole numbers of one unit, as in the inspector's sums: as many digits behind the point, a true minus sign,
    and none before what is rounded to zero.

    values: those of the section that are known, one at least; full: the |value| at full colour.
    """

    def __init__(self, values: NDArray[np.floating], full: float) -> None:
        largest = float(np.abs(values).max())
        self._unit = unit_for(max(largest, full))
        self.widest = self._unit.text(-self._unit.count(largest))  # of all
        self.scale = self._unit.scale  # what all of them are to be multiplied with, or nothing

    def text(self, value: float) -> str:
        """A value; zero itself has no decimals."""
        return "0" if value == 0 else self._unit.text(self._unit.count(value))
