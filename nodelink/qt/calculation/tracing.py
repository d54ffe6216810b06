"""The trace in numbers: its switch, the share of it that is shown, what biases add, how far off it is."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QSlider, QToolButton, QVBoxLayout, QWidget

from nodelink.explain.ledger import MINUS, plain, unit_for
from nodelink.explain.paths import Paths
from nodelink.explain.route import absent, carries, guess, route
from nodelink.explain.trace import Trace
from nodelink.focus import Focus
from nodelink.frame import Frame
from nodelink.nn.network import Activations, Network
from nodelink.qt.view import Actions, label

STEPS = 100  # of the slider
ROUNDING = 1e-5  # an error smaller than this share is that of the numbers, not of the method


class Tracing(QWidget):
    """Switches for trace and outgoing edges; below them what is to be said of the trace, while it is on."""

    wanted = pyqtSignal(float)  # the share that is to be shown

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self._shown: tuple[Frame, int, float, bool, str] | None = None
        self.switches = [_switch(actions, name) for name in ("trace", "outgoing")]
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(1, STEPS)
        self.slider.setAccessibleName("Share of the trace that is shown")
        self.slider.setToolTip(
            "Of each pair of layers the strongest edges that carry this share of the trace"
        )
        self.slider.valueChanged.connect(lambda at: self.wanted.emit(at / STEPS))
        self.carry = label("", wrap=True)
        self.detail = label("", "small", wrap=True)
        row = QHBoxLayout()
        row.setSpacing(6)
        for switch in self.switches:
            row.addWidget(switch)
        row.addStretch(1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 4, 0, 4)
        box.setSpacing(4)
        box.addLayout(row)
        for widget in (self.slider, self.carry, self.detail):
            box.addWidget(widget)
            widget.hide()

    def show_trace(self, frame: Frame, node: int, focus: Focus, refused: str = "") -> None:
        """Follow what is asked of a node. refused: why it has no trace now, a sentence."""
        wanted = (frame, node, focus.kept, focus.outgoing, refused) if focus.tracing else None
        if wanted == self._shown:
            return
        self._shown = wanted
        if frame.activations.reached is not None:
            refused = "The trace waits for the pass to come to its end."
        carry, detail, pairs = refused, "", ""
        if focus.tracing and not refused:
            carry, detail, pairs = told(frame.activations, node, focus)
        self.slider.blockSignals(True)
        self.slider.setValue(round(focus.kept * STEPS))
        self.slider.blockSignals(False)
        self.slider.setVisible(focus.tracing and bool(pairs))
        for widget, text in ((self.carry, carry), (self.detail, detail)):
            widget.setText(text)
            widget.setVisible(focus.tracing and bool(text))
        self.carry.setToolTip(pairs)


def told(activations: Activations, node: int, focus: Focus) -> tuple[str, str, str]:
    """What is said of a trace: how many edges carry how much, in what numbers, and of every pair of layers.

    The last is empty where nothing is drawn.
    """
    network = activations.network
    found = route(activations, node, focus.outgoing)
    said = carries(found, network, focus.kept)
    sentences = [sentence(said)] if said else []
    names = [stage.name for stage in network.stages]
    pairs = [
        f"{names[pair.stage - 1]} to {names[pair.stage]}: {pair.count:,} of {pair.of:,} edges"
        for part in found.kept(focus.kept)
        for pair in part.pairs
    ]
    about = "\n".join(filter(None, (" ".join(facts(found.back)), *onward(found.on, network))))
    lines = [*sentences, absent(found, activations)]
    return " ".join(filter(None, lines)), about, "\n".join(pairs) if said else ""


def sentence(said: str) -> str:
    """ "These 39 edges carry 80 % of its trace." """
    count, _, rest = said.partition(" ")
    if count == "0":
        return f"{said}."
    return f"This {rest}." if rest.startswith("edge ") else f"These {said}."


def onward(paths: Paths | None, network: Network) -> list[str]:
    """What the node brings to the first guess."""
    if paths is None or paths.empty:
        return []
    unit = unit_for(abs(paths.value))
    whole = f"{unit.text(unit.count(paths.value))} {unit.scale}".strip()
    part = f"{'' if paths.exact else 'about '}{plain(paths.amount)}"
    return [
        f"All its paths together add {part} to the weighted sum of {guess(paths, network)}, which is {whole}."
    ]


def facts(found: Trace) -> list[str]:
    """What the biases add, and how far the sum is off."""
    if not found.cuts:
        return []
    off = found.error / found.size if found.size else 0.0
    exact = found.exact or off < ROUNDING
    lines = [_parts(found, exact)]
    if exact:
        lines.append(f"Exact: completeness error {found.error:.0e}.".replace("-", MINUS))
    else:
        lines.append(
            "Its activations are curved: gradient × input, an approximation. "
            f"Completeness error {plain(found.error)}: {off:.1%} of what flows."
        )
    return lines


def _parts(found: Trace, exact: bool) -> str:
    """What pixels and biases add. Where nothing else does, the printed numbers add up."""
    values = found.value, found.cuts[0].total, found.biases
    unit = unit_for(max(map(abs, values)))
    whole, pixels, biases = (unit.count(value) for value in values)
    scale = f" {unit.scale}" if unit.scale else ""
    said = f"Of {unit.text(whole)}{scale} the pixels add {unit.text(pixels)}, biases {unit.text(biases)}"
    left = whole - pixels - biases
    what = "rounding" if exact else "what the approximation misses"
    return f"{said}, {what} {unit.text(left)}." if left else f"{said}."


def _switch(actions: Actions, name: str) -> QToolButton:
    button = QToolButton()
    button.setObjectName("switch")
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
    if name in actions:
        button.setDefaultAction(actions[name])
    return button
