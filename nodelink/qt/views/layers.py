"""Layers: which of them are shown, faint, or shown alone. One row a layer."""

from __future__ import annotations

from PyQt6.QtCore import QSize
from PyQt6.QtWidgets import QGridLayout, QPushButton, QToolButton

from nodelink.nn.network import Network
from nodelink.qt.icons import icon
from nodelink.qt.style import scaled
from nodelink.qt.view import Actions, Line, View
from nodelink.session import Frame
from nodelink.settings import ALL_LAYERS, Settings
from nodelink.theme import THEMES

KINDS = {  # icon, its tip
    "shown": ("eye", "Show {name}, with its edges"),
    "dimmed": ("dim", "Draw {name} and its edges faint"),
    "alone": (
        "alone",
        "Show {name} alone, with the edges on both sides; the layers that they lead to are hidden",
    ),
}


class Layers(View):
    """Takes layers out of the picture, so that the others can be seen."""

    title = "Layers"
    column = "right"

    def __init__(self, actions: Actions) -> None:
        super().__init__(actions)
        self.rows: dict[str, dict[str, QToolButton]] = {}
        self._names: list[Line] = []
        self._network: Network | None = None
        self._now = Settings()
        self.grid = QGridLayout()
        self.grid.setHorizontalSpacing(2)
        self.grid.setVerticalSpacing(2)
        self.grid.setColumnStretch(0, 1)
        self.everything = QPushButton("Show all")
        self.everything.clicked.connect(lambda: self.wanted.emit(dict(ALL_LAYERS)))
        self.box.addLayout(self.grid)
        self.box.addWidget(self.everything)

    def show_frame(self, frame: Frame) -> None:
        if frame.network.original is not self._network:
            self._network = frame.network.original
            self._build(frame.network)
            self.show_settings(self._now)

    def show_settings(self, settings: Settings) -> None:
        self._now = settings
        alone = settings.layer_alone if settings.layer_alone in self.rows else ""
        theme, side = THEMES[settings.theme], scaled(17, self.text)
        for name, buttons in self.rows.items():
            state = {
                "shown": name == alone if alone else name not in settings.layers_hidden,
                "dimmed": not alone and name in settings.layers_dimmed,
                "alone": name == alone,
            }
            for kind, button in buttons.items():
                button.setChecked(state[kind])
                button.setIcon(icon(KINDS[kind][0], theme))
                button.setIconSize(QSize(side, side))
            buttons["shown"].setEnabled(not alone)
            buttons["dimmed"].setEnabled(not alone and name not in settings.layers_hidden)
        self.everything.setEnabled(any(getattr(settings, field) for field in ALL_LAYERS))

    def _build(self, network: Network) -> None:
        """The rows of another network."""
        for widget in (*self._names, *(b for row in self.rows.values() for b in row.values())):
            self.grid.removeWidget(widget)
            widget.hide()  # it goes when Qt next comes to it, and must not show until then
            widget.deleteLater()
        self.rows, self._names = {}, []
        for stage in network.stages:
            name = Line(stage.name, greedy=True)
            name.setToolTip(f"{stage.name}: {' × '.join(map(str, stage.shape))}")
            self._names.append(name)
            self.grid.addWidget(name, stage.index, 0)
            self.rows[stage.name] = {}
            for place, kind in enumerate(KINDS, 1):
                button = self._button(stage.name, kind)
                self.rows[stage.name][kind] = button
                self.grid.addWidget(button, stage.index, place)

    def _button(self, name: str, kind: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName("tool")
        button.setCheckable(True)
        button.setToolTip(KINDS[kind][1].format(name=name))
        button.setAccessibleName(button.toolTip())
        button.clicked.connect(lambda on: self._switch(name, kind, on))
        return button

    def _switch(self, name: str, kind: str, on: bool) -> None:
        now = self._now
        if kind == "alone":
            self.wanted.emit({"layer_alone": name if on else ""})
        elif kind == "shown":
            self.wanted.emit({"layers_hidden": _with(now.layers_hidden, name, not on)})
        else:
            self.wanted.emit({"layers_dimmed": _with(now.layers_dimmed, name, on)})
        self.show_settings(self._now)  # the click has flipped the button; only the settings know


def _with(names: tuple[str, ...], name: str, there: bool) -> tuple[str, ...]:
    """The names with one of them in or out."""
    others = [other for other in names if other != name]
    return tuple(sorted([*others, name] if there else others))
