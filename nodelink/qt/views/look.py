"""Look: theme, palette, scale, and how the network is laid out. For those who want more than the usual."""

from __future__ import annotations

from math import log

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLabel, QPushButton, QSlider, QWidget

from nodelink.looks import FORM, PALETTE_NAMES, THEME_NAMES
from nodelink.qt.view import Actions, Line, View, label
from nodelink.settings import RANGES, Settings

DIRECTION_NAMES = {"up": "upwards", "right": "to the right", "away": "away"}
CHOICES = {  # field: title, choices and their names
    "theme": ("Theme", THEME_NAMES),
    "palette": ("Node colours", PALETTE_NAMES),
    "direction_3d": ("Layers in 3D lead", {name: DIRECTION_NAMES[name] for name in ("up", "right", "away")}),
    "direction_2d": ("Layers in 2D lead", {name: DIRECTION_NAMES[name] for name in ("right", "up")}),
}
SWITCHES = {  # field: title, value when on, value when off, tip
    "scale": (
        "Relative to this input",
        "relative",
        "fixed",
        "Full colour and full ink are the largest value and signal now, not those fixed on training data",
    ),
    "dense": ("Dense layers as lines", "line", "block", "One line a layer instead of a block"),
}
SLIDERS = {"cell": "Size of the cells", "spacing": "Distance of the layers"}
STEPS = 100  # of a slider


class Look(View):
    """The secondary controls, out of a newcomer's way."""

    title = "Look"
    column = "right"

    def __init__(self, actions: Actions) -> None:
        super().__init__(actions)
        self.choices: dict[str, QComboBox] = {}
        self.switches: dict[str, QCheckBox] = {}
        self.sliders: dict[str, QSlider] = {}
        self.numbers: dict[str, QLabel] = {}
        self._titles: dict[str, Line] = {}
        self.grid = QGridLayout()
        self.grid.setVerticalSpacing(2)
        self.grid.setColumnStretch(0, 1)
        for field in ("theme", "palette"):
            self._add_choice(field)
        self._add_switch("scale")
        for field in ("direction_3d", "direction_2d"):
            self._add_choice(field)
        self._add_switch("dense")
        for field in SLIDERS:
            self._add_slider(field)
        self.usual = QPushButton("Usual layout")
        usual = {name: getattr(Settings(), name) for name in FORM}
        self.usual.clicked.connect(lambda: self.wanted.emit(usual))
        self.box.addLayout(self.grid)
        self.box.addWidget(self.usual)

    def show_settings(self, settings: Settings) -> None:
        widgets: list[QWidget] = [*self.choices.values(), *self.switches.values(), *self.sliders.values()]
        for widget in widgets:
            widget.blockSignals(True)
        for field, box in self.choices.items():
            box.setCurrentIndex(box.findData(getattr(settings, field)))
        for field, switch in self.switches.items():
            switch.setChecked(getattr(settings, field) == SWITCHES[field][1])
        for field, slider in self.sliders.items():
            value = getattr(settings, field)
            slider.setValue(position(field, value))
            self.numbers[field].setText(f"× {value:.2g}")
        for widget in widgets:
            widget.blockSignals(False)
        for layout in ("3d", "2d"):  # only the directions of what is shown
            for widget in (self.choices[f"direction_{layout}"], self._titles[f"direction_{layout}"]):
                widget.setVisible(layout == settings.layout)
        self.usual.setEnabled(any(getattr(settings, name) != getattr(Settings(), name) for name in FORM))

    def _add_choice(self, field: str) -> None:
        title, names = CHOICES[field]
        box = self.choices[field] = QComboBox()
        box.setAccessibleName(title)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(6)
        for name, text in names.items():
            box.addItem(text, name)
        box.currentIndexChanged.connect(lambda i: self.wanted.emit({field: box.itemData(i)}))
        self._titles[field] = Line(title, "small")
        self._add(self._titles[field], box)

    def _add_switch(self, field: str) -> None:
        title, on, off, tip = SWITCHES[field]
        switch = self.switches[field] = QCheckBox(title)
        switch.setToolTip(tip)
        switch.toggled.connect(lambda checked: self.wanted.emit({field: on if checked else off}))
        self.grid.addWidget(switch, self.grid.rowCount(), 0, 1, 2)

    def _add_slider(self, field: str) -> None:
        slider = self.sliders[field] = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(0, STEPS)
        slider.setAccessibleName(SLIDERS[field])
        slider.valueChanged.connect(lambda at: self.wanted.emit({field: value_at(field, at)}))
        number = self.numbers[field] = label("", "small")
        row = self.grid.rowCount()
        self.grid.addWidget(Line(SLIDERS[field], "small"), row, 0)
        self.grid.addWidget(number, row, 1, Qt.AlignmentFlag.AlignRight)
        self.grid.addWidget(slider, row + 1, 0, 1, 2)

    def _add(self, title: Line, widget: QWidget) -> None:
        """A title above its control."""
        row = self.grid.rowCount()
        self.grid.addWidget(title, row, 0, 1, 2)
        self.grid.addWidget(widget, row + 1, 0, 1, 2)


def value_at(field: str, at: int) -> float:
    """The setting at a slider position; the middle is 1, and even steps are even factors at either side."""
    low, high = RANGES[field]
    share = 2 * at / STEPS - 1
    value = high**share if share >= 0 else low**-share
    return float(min(max(value, low), high))


def position(field: str, value: float) -> int:
    """The slider position of a setting."""
    low, high = RANGES[field]
    share = log(value) / log(high) if value >= 1 else -log(value) / log(low)
    return round((share + 1) / 2 * STEPS)
