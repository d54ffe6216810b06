"""Edges: how bright they are, and how much of the held-back ones is seen."""

from __future__ import annotations

from math import log10

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QGridLayout, QSlider

from nodelink.qt.view import Actions, Line, View, label
from nodelink.settings import RANGES, Settings

STEPS = 100  # of a slider
SHORTER = {"Into nodes that stay off": "Held-back edges"}


class Edges(View):
    """The two sliders that a teacher needs for a projector."""

    title = "Edges"
    column = "right"

    def __init__(self, actions: Actions) -> None:
        super().__init__(actions)
        self.exposure = _slider("Brightness of the edges")
        self.held_back = _slider(
            "Ink of the edges into nodes that stay off: they change nothing in the answer"
        )
        self.exposure_text, self.held_back_text = label("", "small"), label("", "small")
        grid = QGridLayout()
        grid.setVerticalSpacing(0)
        for row, (text, slider, value) in enumerate(
            (
                ("Brightness", self.exposure, self.exposure_text),
                ("Into nodes that stay off", self.held_back, self.held_back_text),
            )
        ):
            name = Line("", "small")
            name.set_text(text, SHORTER.get(text))
            grid.addWidget(name, 2 * row, 0)
            grid.addWidget(value, 2 * row, 1, Qt.AlignmentFlag.AlignRight)
            grid.addWidget(slider, 2 * row + 1, 0, 1, 2)
        grid.setColumnStretch(0, 1)
        self.box.addLayout(grid)
        self.exposure.valueChanged.connect(lambda value: self.wanted.emit({"exposure": to_exposure(value)}))
        self.held_back.valueChanged.connect(lambda value: self.wanted.emit({"held_back": value / STEPS}))

    def show_settings(self, settings: Settings) -> None:
        for slider, value in (
            (self.exposure, from_exposure(settings.exposure)),
            (self.held_back, round(settings.held_back * STEPS)),
        ):
            slider.blockSignals(True)
            slider.setValue(value)
            slider.blockSignals(False)
        self.exposure_text.setText(f"× {settings.exposure:.2g}")
        self.held_back_text.setText(f"{settings.held_back:.0%}".replace("%", " %"))
        self.held_back.setEnabled(settings.edges == "signal")


def to_exposure(value: int) -> float:
    """The exposure of a slider position: even steps are even factors."""
    low, high = (log10(limit) for limit in RANGES["exposure"])
    return float(10 ** (low + (high - low) * value / STEPS))


def from_exposure(exposure: float) -> int:
    """The slider position of an exposure."""
    low, high = (log10(limit) for limit in RANGES["exposure"])
    return round((log10(exposure) - low) / (high - low) * STEPS)


def _slider(description: str) -> QSlider:
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setRange(0, STEPS)
    slider.setAccessibleName(description)
    slider.setToolTip(description)
    return slider
