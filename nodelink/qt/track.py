"""The track: a line with a part for every layer, filled as far as the walk has come."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from nodelink.nn.network import Network
from nodelink.qt.arithmetic.lettering import fitting
from nodelink.qt.style import SMALL, scaled
from nodelink.theme import THEMES, Theme
from nodelink.walk import Walk

GROOVE = 5.0  # height of the line, pixels at text size 1
NAMED_FROM = 30.0  # pixels of a layer, at text size 1, that is named


class Track(QWidget):
    """A line with a part of equal length for every layer, filled as far as the walk has come. A click jumps there."""

    jumped = pyqtSignal(int)  # steps done there

    def __init__(self) -> None:
        super().__init__()
        self._walk: Walk | None = None
        self._at = 0
        self._network: Network | None = None
        self._theme, self._text = THEMES["dark"], 1.0
        self._said: tuple[str, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName("Layers of the pass")
        self.setToolTip("Click a layer to go there; left and right from layer to layer")

    def set_walk(self, walk: Walk) -> None:
        self._walk, self._at, self._network = walk, walk.at, walk.steps.network
        self.update()

    def set_said(self, texts: tuple[str, ...]) -> None:
        """Say where the walk is, in the first of the texts that has room, instead of the layers' names."""
        if texts != self._said:
            self._said = texts
            self.update()

    def set_look(self, theme: Theme, text: float) -> None:
        self._theme, self._text = theme, text
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(scaled(200, self._text), scaled(SMALL + 8, self._text) + round(GROOVE * self._text) + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.sizeHint().height())

    def part(self, stage: int) -> QRectF:
        """Where a layer has its place."""
        stages = len(self._network.stages) if self._network else 1
        width = self.width() / stages
        return QRectF(stage * width, 0, width, self.height())

    def at(self, x: float) -> int:
        """The steps that are done at a place on the track: whole steps of the chosen grain."""
        if self._walk is None:
            return 0
        steps = self._walk.steps
        places = min(max(x / max(self.width(), 1), 0.0), 1 - 1e-9) * len(steps.network.stages)
        stage, share = int(places), places % 1
        if stage == 0:
            return 0
        start, end = steps.starts[stage], steps.starts[stage + 1]
        return steps.next_end(start + int(share * (end - start)), self._walk.grain)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self.jumped.emit(self.at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and event.buttons() & Qt.MouseButton.LeftButton:
            self.jumped.emit(self.at(event.position().x()))

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        turn = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if turn is None or self._walk is None:
            super().keyPressEvent(event)
            return
        steps = self._walk.steps
        self.jumped.emit(steps.next_end(self._at, "layer") if turn > 0 else steps.last_end(self._at, "layer"))

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        if self._walk is None or self._network is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = painter.font()
        font.setPixelSize(scaled(SMALL, self._text))
        painter.setFont(font)
        now = self._walk.steps.stage_of(self._at) if self._at else 0
        for stage in self._network.stages:
            self._paint(painter, stage.index, "" if self._said else stage.name, now)
        if self._said:
            painter.setPen(QColor(self._theme.text))
            text = fitting(self._said, painter.fontMetrics(), self.width())
            painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop), text)
        if self.hasFocus():
            painter.setPen(QColor(self._theme.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)

    def _paint(self, painter: QPainter, stage: int, name: str, now: int) -> None:
        assert self._walk is not None
        theme, place, starts = (
            self._theme,
            self.part(stage).adjusted(1.5, 0, -1.5, 0),
            self._walk.steps.starts,
        )
        line = round(GROOVE * self._text)
        groove = QRectF(place.x(), place.bottom() - line - 1, place.width(), line)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.panel_edge))
        painter.drawRoundedRect(groove, line / 2, line / 2)
        count = starts[stage + 1] - starts[stage]
        share = 1.0 if stage == 0 else min(max((self._at - starts[stage]) / count, 0.0), 1.0)
        if share > 0:
            painter.setBrush(QColor(theme.accent))
            full = QRectF(groove.x(), groove.y(), share * groove.width(), groove.height())
            painter.drawRoundedRect(full, line / 2, line / 2)
        if name and (place.width() >= NAMED_FROM * self._text or stage == now):
            font = painter.font()
            font.setBold(stage == now)
            painter.setFont(font)
            painter.setPen(QColor(theme.text if stage <= now else theme.text_dim))
            text = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, int(place.width()))
            painter.drawText(place, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop), text)
