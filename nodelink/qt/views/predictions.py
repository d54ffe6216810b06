"""Prediction: first and second guess in large type, a bar with a number for every class."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout

from nodelink.nn.naming import is_off, percent, points
from nodelink.qt.answers import MARKS, certainty, class_name, guess, runner_up
from nodelink.qt.bars import Bars, Row
from nodelink.qt.style import SMALL, scaled
from nodelink.qt.view import Actions, View, label
from nodelink.session import Frame, Session
from nodelink.settings import Settings
from nodelink.theme import THEMES, look

MOST_ROWS = 12  # a network with more classes shows its ten most probable ones
COMPACT = 0.62  # the headline of the low panel is so much smaller


def rows_of(frame: Frame) -> list[Row]:
    """The bars of a frame: probabilities in class order, or plain output values on their layer's scale.

    Of a difference: what each class has won from A to B, or the plain change.
    """
    if frame.of is not None:
        return _changes(frame)
    network = frame.network
    if frame.guesses:
        shown = frame.guesses if len(frame.guesses) <= MOST_ROWS else frame.guesses[:10]
        order = sorted(shown) if len(frame.guesses) <= MOST_ROWS else shown
        best = frame.guesses[0][0]
        first = network.stages[-1].offset
        said = ("off" if is_off(network, first + k) else percent(p) for k, p in order)
        return [
            Row(class_name(network, k), text, p, k == best) for (k, p), text in zip(order, said, strict=True)
        ]
    values = frame.activations.output[0][:MOST_ROWS]
    if frame.verdict == "open":  # what is not computed is not 0
        return [Row(class_name(network, k), "", 0.0, False) for k in range(len(values))]
    full = _full(frame)
    return [
        Row(class_name(network, k), f"{v:.3g}", max(-1.0, min(float(v) / full, 1.0)), False)
        for k, v in enumerate(values)
    ]


def _changes(frame: Frame) -> list[Row]:
    """The bars of a difference, in class order; of many classes those that change most, most first."""
    change = frame.activations.output[0]
    classes = frame.network.output_kind == "probabilities"
    order = np.arange(len(change))
    if len(change) > MOST_ROWS:
        order = np.argsort(-np.abs(change), kind="stable")[:10]
    full = 1.0 if classes else _full(frame)
    return [
        Row(
            class_name(frame.network, int(k)),
            points(float(change[k])) if classes else f"{change[k]:+.3g}",
            max(-1.0, min(float(change[k]) / full, 1.0)),
            False,
        )
        for k in order
    ]


def _full(frame: Frame) -> float:
    """The output value that fills a bar."""
    scale = frame.network.calibration.get(frame.network.stages[-1].name)
    return scale.node if scale is not None else max(float(abs(frame.activations.output[0]).max()), 1e-9)


class Predictions(View):
    """What the network says, and how sure it is."""

    title = "Prediction"
    column = "right"
    stretch = 1
    subtracts = True
    stays = True

    def __init__(self, actions: Actions) -> None:
        super().__init__(actions)
        self._look = THEMES["dark"], 1.0
        self._dressed: tuple[object, ...] = ()
        self._compact = False
        self._session: Session | None = None
        self.guess = label("")  # names come from files: no mark-up
        self.guess.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.first, self.second = label(""), label("")
        for text in (self.first, self.second):
            text.setWordWrap(True)
            text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.bars = Bars()
        side = QVBoxLayout()
        side.setSpacing(2)
        side.addStretch()
        side.addWidget(self.first)
        side.addWidget(self.second)
        side.addStretch()
        head = QHBoxLayout()
        head.setSpacing(14)
        head.addWidget(self.guess)
        head.addLayout(side, 1)
        self.caption = label("", "small")
        self.box.addLayout(head)
        self.box.addWidget(self.caption)
        self.box.addWidget(self.bars, 1)

    def attach(self, session: Session) -> None:
        """Beside a second network it says that it is about the first."""
        self._session = session
        session.beside.changed.connect(self.touch)

    def show_state(self) -> None:
        """Whose answer it is."""
        if self._frame is not None:
            self._say_whose()

    def _say_whose(self) -> None:
        frame = self._frame
        several = self._session is not None and self._session.beside.network is not None
        if several:
            self.caption.setText("Of the first network")
        elif frame is not None:
            self.caption.setText(self._caption(frame))
        self.caption.setVisible(several or not self._compact)

    def set_compact(self, on: bool) -> None:
        """Low, with the bars upright beside one another."""
        if on != self._compact:
            self._compact = on
            self._say_whose()
            self.set_title_shown(not on)
            self.bars.set_upright(on)
            self._dress()

    def show_frame(self, frame: Frame) -> None:
        if frame.of is not None:
            a, b = frame.of
            words = (
                MARKS[frame.mark].replace(" ", ""),
                f"{guess(a)} → {guess(b)}",
                f"A: {certainty(a)}\nB: {certainty(b)}",
            )
        else:
            words = guess(frame), certainty(frame), runner_up(frame)
        for place, text in zip((self.guess, self.first, self.second), words, strict=True):
            place.setText(text)
        self._dress()
        self._say_whose()
        dimmed = frame.verdict in ("blank", "open")
        self.bars.set_rows(rows_of(frame), dimmed=dimmed, signed=frame.of is not None)

    def show_settings(self, settings: Settings) -> None:
        self._look = THEMES[settings.theme], self.text
        self._dress()
        self.bars.set_look(look(settings.theme, settings.palette), self.text)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._dress()

    def minimumSizeHint(self) -> QSize:
        """The headline is as large as it may be: it must not ask for the width that it has."""
        margins, whole = self.box.contentsMargins(), super().minimumSizeHint()
        border = whole.width() - self.box.minimumSize().width()
        width = max(self.bars.minimumSizeHint().width(), self.caption.minimumSizeHint().width())
        return QSize(width + margins.left() + margins.right() + border, whole.height())

    def _dress(self) -> None:
        """The headline in the largest type that leaves room for its numbers."""
        theme, text_size = self._look
        size = round(min(text_size, self.width() / 275), 2)
        letters = max(2, len(self.guess.text()) + ("\N{MINUS SIGN}" in self.guess.text()))
        if self._compact:
            size *= COMPACT
        if (theme.name, size, text_size, letters) == self._dressed:
            return
        self._dressed = theme.name, size, text_size, letters
        self.guess.setStyleSheet(
            f"font-size: {max(1, scaled(128 / letters, size))}px; font-weight: 700; color: {theme.text};"
            f"background: {theme.panel}; border: 1px solid {theme.panel_edge}; border-radius: 12px;"
        )
        side = scaled(92, size)
        self.guess.setFixedSize(side, side)
        first, second = (max(scaled(n, size), scaled(SMALL, text_size)) for n in (24, 15))
        self.first.setStyleSheet(f"font-size: {first}px; font-weight: 700;")
        self.second.setStyleSheet(f"font-size: {second}px; color: {theme.text_dim};")

    @staticmethod
    def _caption(frame: Frame) -> str:
        if frame.of is not None:
            classes = frame.network.output_kind == "probabilities"
            return "Points won from A to B" if classes else "Change from A to B"
        if frame.mark:
            return "Each class in A (frozen)" if frame.guesses else "Output of A (frozen)"
        if frame.verdict == "open":
            return "Not computed yet"
        if not frame.guesses:
            return "Output"
        return "The answer to an empty pad" if frame.verdict == "blank" else "Probability of each class"
