"""The trace in numbers: its switch, the share of it that is shown, what biases add, how far off it is."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QSlider, QToolButton, QVBoxLayout, QWidget

from nodelink.explain.ledger import MINUS, plain, unit_for
from nodelink.explain.trace import Trace, trace
from nodelink.focus import Focus
from nodelink.frame import Frame
from nodelink.qt.view import Actions, label

STEPS = 100  # of the slider
COARSE = 0.02  # a share that is exceeded by so much, in any layer pair, is a least one
ROUNDING = 1e-5  # an error smaller than this share is that of the numbers, not of the method


class Tracing(QWidget):
    """Switches for trace and outgoing edges; below them what is to be said of the trace, while it is on."""

    wanted = pyqtSignal(float)  # the share that is to be shown

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self._shown: tuple[Frame, int, float, bool] | None = None
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

    def show_trace(self, frame: Frame, node: int, focus: Focus) -> None:
        """Follow what is asked of a node."""
        wanted = (frame, node, focus.kept, focus.outgoing) if focus.tracing else None
        if wanted == self._shown:
            return
        self._shown = wanted
        for widget in (self.slider, self.carry, self.detail):
            widget.setVisible(focus.tracing)
        if not focus.tracing:
            return
        self.slider.blockSignals(True)
        self.slider.setValue(round(focus.kept * STEPS))
        self.slider.blockSignals(False)
        if frame.activations.reached is not None:
            self.carry.setText("The trace waits for the pass to come to its end.")
            self.detail.setText("")
            return
        found = trace(frame.activations, node)
        self.carry.setText(carries(found, focus.kept))
        names = [stage.name for stage in frame.network.stages]
        pairs = [
            f"{names[pair.stage - 1]} to {names[pair.stage]}: {pair.count:,} of {pair.of:,} edges"
            for pair in found.kept(focus.kept).pairs
        ]
        self.carry.setToolTip("\n".join(pairs))
        on = ["Above the node the scene shows its way on to the first guess."] if focus.outgoing else []
        self.detail.setText(" ".join([*facts(found), *on]))


def carries(found: Trace, share: float) -> str:
    """How many edges carry how much: "These 214 edges carry 80 % of the trace"."""
    if not found.cuts:
        return "This is a pixel: nothing lies behind it."
    kept = found.kept(share)
    count = len(kept.ids)
    if not any(pair.of for pair in kept.pairs):
        return "No edge carries anything: the trace is empty."
    if not count:
        return "At 0\N{NO-BREAK SPACE}% none of its edges is shown."
    what = "This edge carries" if count == 1 else f"These {count:,} edges carry"
    if (
        max(pair.share for pair in kept.pairs if pair.of) > share + COARSE
    ):  # one edge alone may be more than that
        what += " at least"
    return f"{what} {share:.0%} of the trace.".replace("%", "\N{NO-BREAK SPACE}%")


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
    left = whole - pixels - biases if exact else 0
    return f"{said}, rounding {unit.text(left)}." if left else f"{said}."


def _switch(actions: Actions, name: str) -> QToolButton:
    button = QToolButton()
    button.setObjectName("switch")
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
    if name in actions:
        button.setDefaultAction(actions[name])
    return button
