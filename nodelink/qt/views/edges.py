"""Edges: how bright they are, how many of the strongest, and how much of the held-back ones is seen."""

from __future__ import annotations

from dataclasses import dataclass
from math import log10

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QGridLayout, QLabel, QSlider

from nodelink.qt.view import Actions, Line, View, label
from nodelink.settings import RANGES, Settings

STEPS = 100  # of a slider


@dataclass(frozen=True)
class Dial:
    """One slider: the field that it moves, and how."""

    field: str
    title: str
    shorter: str  # where room is short
    tip: str
    even_factors: bool  # even steps of the slider are even factors, else even differences
    percent: bool

    def value(self, position: int) -> float:
        """The setting at a slider position."""
        low, high = RANGES[self.field]
        share = position / STEPS
        if self.even_factors:
            return min(max(10 ** (log10(low) + (log10(high) - log10(low)) * share), low), high)
        return low + (high - low) * share

    def position(self, value: float) -> int:
        """The slider position of a setting."""
        low, high = RANGES[self.field]
        if self.even_factors:
            low, high, value = log10(low), log10(high), log10(value)
        return round((value - low) / (high - low) * STEPS)

    def text(self, value: float) -> str:
        """The number beside the slider."""
        return f"{value * 100:.3g} %" if self.percent else f"× {value:.2g}"


DIALS = (
    Dial("exposure", "Brightness", "Brightness", "Brightness of all edges", True, False),
    Dial(
        "strongest",
        "Strongest edges",
        "Strongest",
        "How many of the edges between two layers are drawn, the strongest first",
        True,
        True,
    ),
    Dial(
        "held_back",
        "Into nodes that stay off",
        "Into off nodes",
        "Ink of the edges into nodes that stay off: they change nothing in the answer",
        False,
        True,
    ),
)


class Edges(View):
    """The sliders that a teacher needs for a projector."""

    title = "Edges"
    column = "right"

    def __init__(self, actions: Actions) -> None:
        super().__init__(actions)
        self.sliders: dict[str, QSlider] = {}
        self.texts: dict[str, QLabel] = {}
        grid = QGridLayout()
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(0, 1)
        for row, dial in enumerate(DIALS):
            name = Line("", "small")
            name.set_text(dial.title, dial.shorter)
            slider = self.sliders[dial.field] = self._slider(dial)
            value = self.texts[dial.field] = label("", "small")
            grid.addWidget(name, 2 * row, 0)
            grid.addWidget(value, 2 * row, 1, Qt.AlignmentFlag.AlignRight)
            grid.addWidget(slider, 2 * row + 1, 0, 1, 2)
        self.box.addLayout(grid)

    def show_settings(self, settings: Settings) -> None:
        for dial in DIALS:
            value, slider = getattr(settings, dial.field), self.sliders[dial.field]
            slider.blockSignals(True)
            slider.setValue(dial.position(value))
            slider.blockSignals(False)
            self.texts[dial.field].setText(dial.text(value))
        self.sliders["held_back"].setEnabled(settings.edges == "signal")

    def _slider(self, dial: Dial) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(0, STEPS)
        slider.setAccessibleName(dial.title)
        slider.setToolTip(dial.tip)
        slider.valueChanged.connect(lambda at: self.wanted.emit({dial.field: dial.value(at)}))
        return slider
