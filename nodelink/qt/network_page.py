"""The network's half of the experiment panel: what is selected off, and a layer's weights scaled or with noise."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import Qt, QTimer, pyqtSignal
from PyQt6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QSizePolicy,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from nodelink.experiments import PARTS, hint, selected
from nodelink.nn.biases import is_made
from nodelink.nn.changes import BiasOff, Change, WeightNoise, WeightScale
from nodelink.nn.layers import Conv2d, Dense
from nodelink.nn.naming import node_name, stage_of
from nodelink.nn.network import Network
from nodelink.qt.view import Actions, Line, key_button, label
from nodelink.session import Session

STEPS = 100  # of a slider
MOST_SCALE, MOST_NOISE = 4.0, 3.0  # a factor, and a share of the weights' deviation


def scale_at(position: int) -> float:
    """The factor at a slider position: 0 at the left, 1 in the middle, MOST_SCALE at the right."""
    share = 2 * position / STEPS
    return round(share if share <= 1 else 1 + (share - 1) * (MOST_SCALE - 1), 4)


def scale_position(factor: float) -> int:
    """The slider position of a factor."""
    share = factor if factor <= 1 else 1 + (factor - 1) / (MOST_SCALE - 1)
    return round(min(max(share, 0.0), 2.0) / 2 * STEPS)


class NetworkPage(QWidget):
    """Shows what is changed of the network, and says what the user wants to change."""

    wanted = pyqtSignal(object)  # Change; a BiasOff that is made already is to be taken back
    turned = pyqtSignal()  # to another layer

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self._network: Network | None = None
        self._followed: int | None = None  # the selected node whose layer was chosen
        self._seed = 0
        self._waiting: dict[str, Change] = {}  # the newest of each slider
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._send)
        self.selected = Line("", "small", greedy=True)
        self.buttons = [key_button(actions, name) for name in PARTS]
        self.layer = QComboBox()
        self.layer.setAccessibleName("Layer whose weights are changed")
        self.layer.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.layer.currentIndexChanged.connect(lambda _: self.turned.emit())
        self.sliders = {"scale": _slider("Factor on its weights"), "noise": _slider("Noise on its weights")}
        self.numbers = {name: label("", "small") for name in self.sliders}
        self.sliders["scale"].valueChanged.connect(lambda at: self._want("scale", WeightScale, scale_at(at)))
        self.sliders["noise"].valueChanged.connect(lambda _: self._want_noise())
        self.other = key_button(actions, "")
        self.other.setText("other")
        self.other.setToolTip("Other noise of the same size")
        self.other.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.other.clicked.connect(self._reseed)
        self.biases = QCheckBox("Without biases")
        self.biases.clicked.connect(lambda: self.wanted.emit(BiasOff(self.layer.currentData())))
        self.all_biases = key_button(actions, "off-biases")
        self._lay_out()

    def _lay_out(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        box.addWidget(self.selected)
        parts = QGridLayout()
        parts.setSpacing(4)
        for i, button in enumerate(self.buttons):
            parts.addWidget(button, i // 2, i % 2)
        box.addLayout(parts)
        box.addSpacing(4)
        box.addWidget(self.layer)
        grid = QGridLayout()
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(0, 1)
        for row, (name, title) in enumerate((("scale", "Weights"), ("noise", "Noise"))):
            grid.addWidget(Line(title, "small"), 2 * row, 0)
            grid.addWidget(self.numbers[name], 2 * row, 2, Qt.AlignmentFlag.AlignRight)
            grid.addWidget(self.sliders[name], 2 * row + 1, 0, 1, 3)
        grid.addWidget(self.other, 2, 1)
        box.addLayout(grid)
        box.addWidget(self.biases)
        box.addWidget(self.all_biases)
        box.addStretch(1)

    # What it shows -----------------------------------------------------------------------------------------

    def show_session(self, session: Session) -> None:
        """What is selected, and what is changed of the layer chosen here."""
        self._offer(session)
        node, where = selected(session), hint(session)
        self.selected.set_text(
            where[0].upper() + where[1:] if node is None else node_name(session.network, node)
        )
        layer = self.layer.currentData()
        scale, noise = 1.0, 0.0
        for change in session.changes:
            if isinstance(change, WeightScale) and change.stage == layer:
                scale = change.factor
            if isinstance(change, WeightNoise) and change.stage == layer:
                noise, self._seed = change.size, change.seed
        if not self._waiting:
            _set(self.sliders["scale"], scale_position(scale))
            _set(self.sliders["noise"], round(min(noise / MOST_NOISE, 1.0) * STEPS))
        self.numbers["scale"].setText(f"× {scale:.3g}")
        self.numbers["noise"].setText(f"{100 * noise:.3g} %")
        self.other.setEnabled(noise > 0)
        self.biases.setChecked(is_made(session.network, BiasOff(layer)))

    def _offer(self, session: Session) -> None:
        """The layers that have weights; the selected node's is chosen when it is selected."""
        network = session.original
        self.layer.blockSignals(True)
        if network is not self._network:
            self._network, self._followed = network, None
            self.layer.clear()
            for stage in network.stages:
                if isinstance(stage.layer, Dense | Conv2d):
                    self.layer.addItem(f"Weights of {stage.name}", stage.name)
        node = selected(session)
        if node != self._followed and node is not None and node < network.nodes:
            place = self.layer.findData(stage_of(network, node).name)
            self.layer.setCurrentIndex(place if place >= 0 else self.layer.currentIndex())
        self._followed = node
        self.layer.blockSignals(False)

    # What the user wants -----------------------------------------------------------------------------------

    def _want(self, name: str, kind: Callable[[str, float], Change], value: float) -> None:
        """Once all positions of a fast hand have come in: the network is made anew only for the last."""
        self._waiting[name] = kind(self.layer.currentData(), value)
        self._timer.start(0)

    def _want_noise(self) -> None:
        size = round(self.sliders["noise"].value() / STEPS * MOST_NOISE, 4)
        self._want("noise", lambda stage, value: WeightNoise(stage, value, self._seed), size)

    def _reseed(self) -> None:
        self._seed += 1
        self._want_noise()

    def _send(self) -> None:
        waiting, self._waiting = self._waiting, {}
        for change in waiting.values():
            self.wanted.emit(change)


def _set(slider: QSlider, position: int) -> None:
    slider.blockSignals(True)
    slider.setValue(position)
    slider.blockSignals(False)


def _slider(name: str) -> QSlider:
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setRange(0, STEPS)
    slider.setAccessibleName(name)
    slider.setToolTip(name)
    return slider
