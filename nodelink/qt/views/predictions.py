"""Prediction: first and second guess in large type, a bar with a number for every class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QFont, QPainter, QPaintEvent, QResizeEvent
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from nodelink.qt.answers import MARKS, certainty, class_name, guess, percent, points, runner_up
from nodelink.qt.style import SMALL, TEXT, mix, scaled
from nodelink.qt.view import Actions, View, label
from nodelink.session import Frame, Session
from nodelink.settings import Settings
from nodelink.theme import THEMES, Theme, diverging, look

MOST_ROWS = 12  # a network with more classes shows its ten most probable ones
ROW = 17  # pixels at text size 1; rows grow where there is room
TALLEST_ROW = 44  # pixels at text size 1
WIDEST_ROW = 0.16  # or this share of the width, where that is more
COMPACT = 0.62  # the headline of the low panel is so much smaller
SHORT = 2  # letters of a class's name that fit below an upright bar
UPRIGHT = 46  # height of upright bars at text size 1


@dataclass(frozen=True)
class Row:
    """One bar."""

    name: str
    text: str  # its number
    share: float  # -1 to 1, length and colour
    first: bool


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
        return [Row(class_name(network, k), percent(p), p, k == best) for k, p in order]
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
        self.guess = QLabel()
        self.guess.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.first = QLabel()
        self.second = QLabel()
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
            f"font-size: {scaled(128 / letters, size)}px; font-weight: 700; color: {theme.text};"
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


class Bars(QWidget):
    """The bars, painted: name, bar, number."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[Row] = []
        self._theme, self._text_size, self._dimmed, self._signed = THEMES["dark"], 1.0, False, False
        self._upright = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_rows(self, rows: list[Row], *, dimmed: bool, signed: bool = False) -> None:
        """signed: bars go both ways from the middle."""
        if len(rows) != len(self.rows):
            self.updateGeometry()
        self.rows, self._dimmed, self._signed = rows, dimmed, signed
        self.setAccessibleDescription("; ".join(f"{row.name}: {row.text}" for row in rows))
        self.update()

    def set_upright(self, on: bool) -> None:
        """Beside one another, without their numbers, instead of one below the other."""
        self._upright = on
        self.updateGeometry()
        self.update()

    def set_look(self, theme: Theme, text: float) -> None:
        self._theme, self._text_size = theme, text
        self.updateGeometry()
        self.update()

    def minimumSizeHint(self) -> QSize:
        rows = len(self.rows) * scaled(ROW, self._text_size)
        if self._upright:
            rows = scaled(UPRIGHT, self._text_size) if all(len(row.name) <= SHORT for row in self.rows) else 0
        return QSize(scaled(150, self._text_size), rows)

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()

    def row_height(self) -> float:
        """Height of one row in logical pixels."""
        tallest = max(TALLEST_ROW * self._text_size, WIDEST_ROW * self.width())
        return min(self.height() / max(len(self.rows), 1), tallest)

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._upright:
            self._paint_upright(painter)
            return
        height = self.row_height()
        for index, row in enumerate(self.rows):
            self._paint_row(painter, row, QRectF(0, index * height, self.width(), height))

    def _paint_upright(self, painter: QPainter) -> None:
        """Every class has the same width; its name stands below its bar."""
        font = QFont(self.font())
        font.setPixelSize(round(SMALL * self._text_size))
        step, low = self.width() / max(len(self.rows), 1), 1.3 * font.pixelSize()
        for index, row in enumerate(self.rows):
            strong = row.first and not self._dimmed
            font.setBold(strong)
            painter.setFont(font)
            theme = self._theme
            painter.setPen(QColor(theme.text if strong else mix(theme.text, theme.text_dim, 0.6)))
            name = QRectF(index * step, self.height() - low, step, low)
            painter.drawText(name, int(Qt.AlignmentFlag.AlignCenter), row.name)
            track = QRectF(index * step + 0.14 * step, 0, 0.72 * step, self.height() - low)
            painter.save()
            painter.translate(track.left(), track.bottom())
            painter.rotate(-90)  # a bar that lies, turned upright
            self._paint_bar(painter, row, QRectF(0, 0, track.height(), track.width()))
            painter.restore()

    def _paint_row(self, painter: QPainter, row: Row, place: QRectF) -> None:
        theme, font = self._theme, QFont(self.font())
        size = max(TEXT * self._text_size, place.height() * 0.45)
        font.setPixelSize(round(max(min(size, place.height() * 0.82), SMALL * self._text_size)))
        font.setBold(row.first and not self._dimmed)
        painter.setFont(font)
        metrics = painter.fontMetrics()
        name_width = max(metrics.horizontalAdvance(r.name) for r in self.rows) + 10
        name_width = min(name_width, round(place.width() / 3))
        number_width = metrics.horizontalAdvance(">99.9 %") + 10
        strong = row.first and not self._dimmed
        painter.setPen(QColor(theme.text if strong else mix(theme.text, theme.text_dim, 0.6)))
        name = metrics.elidedText(row.name, Qt.TextElideMode.ElideRight, name_width - 6)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(place, int(left), name)
        painter.drawText(place, int(right), row.text)
        track = place.adjusted(name_width, place.height() * 0.22, -number_width, -place.height() * 0.22)
        self._paint_bar(painter, row, track)

    def _paint_bar(self, painter: QPainter, row: Row, track: QRectF) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(mix(self._theme.panel_raised, self._theme.panel_edge, 0.55)))
        painter.drawRoundedRect(track, 4, 4)
        red, green, blue = (round(float(c) * 255) for c in diverging(row.share, self._theme))
        colour = QColor(red, green, blue)
        colour.setAlphaF(0.35 if self._dimmed else 1.0)
        painter.setBrush(colour)
        width = track.width() * abs(row.share) * (0.5 if self._signed else 1.0)
        left = track.x()
        if self._signed:
            left = track.center().x() - (width if row.share < 0 else 0.0)
        if width >= 0.5:
            painter.drawRoundedRect(QRectF(left, track.y(), width, track.height()), 4, 4)
        if self._signed:
            painter.fillRect(
                QRectF(track.center().x() - 0.5, track.y() - 1, 1, track.height() + 2),
                QColor(self._theme.text_dim),
            )
