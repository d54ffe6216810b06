"""A list of nodes that differ: name, bar, number. The pointer on a row is the pointer on the node."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QFont, QMouseEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QSizePolicy, QWidget

from nodelink.explain.difference import NodeDifference
from nodelink.qt.style import SMALL, mix, scaled
from nodelink.theme import THEMES, Theme, diverging

ROWS = 10  # that there is room for
ROW = 21  # pixels at text size 1
MIDDLE = Qt.AlignmentFlag.AlignVCenter


class Nodes(QWidget):
    """A row for each node: its name, a bar from A to B on its layer's scale, the change as a number."""

    hovered = pyqtSignal(object)  # node id | None
    clicked = pyqtSignal(int)

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[tuple[str, NodeDifference]] = []
        self._pins: tuple[int, ...] = ()
        self._at: int | None = None  # the row under the pointer
        self._theme, self._text = THEMES["dark"], 1.0
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_rows(self, rows: list[tuple[str, NodeDifference]]) -> None:
        """The nodes, the one that differs most first."""
        self.rows = rows
        said = (f"{name}: {one.a:.3g} in A, {one.b:.3g} in B" for name, one in rows)
        self.setAccessibleDescription("; ".join(said))
        self._point(self._at if self._at is not None and self._at < len(rows) else None)
        self.update()

    def set_pins(self, pins: tuple[int, ...]) -> None:
        """The nodes that are pinned stand out."""
        if pins != self._pins:
            self._pins = pins
            self.update()

    def set_look(self, theme: Theme, text: float) -> None:
        """Colours, those of the nodes' palette among them, and the factor on all sizes."""
        self._theme, self._text = theme, text
        self.updateGeometry()
        self.update()

    def minimumSizeHint(self) -> QSize:
        return QSize(scaled(170, self._text), ROWS * scaled(ROW, self._text))

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()

    def row_at(self, at: QPointF) -> int | None:
        """The index of the row at a place."""
        index = int(at.y() // scaled(ROW, self._text))
        return index if 0 <= index < len(self.rows) else None

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        self._point(self.row_at(event.position()))

    def leaveEvent(self, _event: QEvent | None) -> None:
        self._point(None)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        row = self.row_at(event.position())
        if row is not None and event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit(self.rows[row][1].node)

    def event(self, event: QEvent | None) -> bool:
        if event is not None and event.type() == QEvent.Type.ToolTip:
            where = self.mapFromGlobal(self.cursor().pos())
            row = self.row_at(QPointF(where))
            self.setToolTip("" if row is None else _told(*self.rows[row]))
        return super().event(event)

    def _point(self, row: int | None) -> None:
        old, self._at = self._at, row
        if row != old:
            self.hovered.emit(None if row is None else self.rows[row][1].node)
            self.update()

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QFont(self.font())
        font.setPixelSize(scaled(SMALL, self._text))
        painter.setFont(font)
        if not self.rows:
            painter.setPen(QColor(self._theme.text_dim))
            painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignTop), "none: A and B are the same here")
        for index, (name, one) in enumerate(self.rows):
            height = scaled(ROW, self._text)
            self._paint(
                painter, QRectF(0, index * height, self.width(), height), name, one, index == self._at
            )

    def _paint(self, painter: QPainter, place: QRectF, name: str, one: NodeDifference, pointed: bool) -> None:
        theme, metrics = self._theme, painter.fontMetrics()
        pinned = one.node in self._pins
        if pointed or pinned:
            painter.setPen(QPen(QColor(theme.accent), 1.2) if pinned else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(mix(theme.panel_raised, theme.text, 0.09)))
            painter.drawRoundedRect(place.adjusted(0.6, 0.6, -0.6, -0.6), 5, 5)
        number = f"{one.change:+.2f}".replace("-", "\N{MINUS SIGN}")
        numbers, names = (
            metrics.horizontalAdvance("\N{MINUS SIGN}88.88"),
            metrics.horizontalAdvance("C3/16/10,10"),
        )
        inner = place.adjusted(5, 0, -5, 0)
        painter.setPen(QColor(theme.text))
        names = round(min(names, inner.width() * 0.5))
        painter.drawText(
            inner,
            int(MIDDLE | Qt.AlignmentFlag.AlignLeft),
            metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, names),
        )
        painter.drawText(inner, int(MIDDLE | Qt.AlignmentFlag.AlignRight), number)
        track = inner.adjusted(names + 6, place.height() * 0.25, -numbers - 6, -place.height() * 0.25)
        painter.setPen(Qt.PenStyle.NoPen)
        share = max(-1.0, min(one.share, 1.0))
        painter.setBrush(QColor(mix(theme.panel_raised, theme.panel_edge, 0.55)))
        painter.drawRoundedRect(track, 3, 3)
        painter.setBrush(QColor.fromRgbF(*(float(c) for c in diverging(share, theme))))
        width, middle = abs(share) * track.width() / 2, track.center().x()
        painter.drawRoundedRect(
            QRectF(middle - (width if share < 0 else 0), track.y(), width, track.height()), 3, 3
        )


def _told(name: str, one: NodeDifference) -> str:
    return f"{name}: {one.a:.3g} in A, {one.b:.3g} in B, {abs(one.share):.0%} of full colour"
