"""Paper: what the painted parts of the inspector share: look, type, a height of their own, terms that can be chosen."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QFont, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PyQt6.QtWidgets import QSizePolicy, QToolTip, QWidget

from nodelink.qt.style import SMALL, scaled
from nodelink.theme import THEMES, Theme, diverging

STEADY = (
    16  # a change of width by a scroll bar does not change the height: the bar would come and go for ever
)
LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
MIDDLE = int(Qt.AlignmentFlag.AlignCenter)


class Paper(QWidget):
    """A painted part. Subclasses say how high they are, where terms lie on them, and paint."""

    chosen = pyqtSignal(object)  # id of the node that a term comes from, or None
    visited = pyqtSignal(int)  # id of a node to go to

    def __init__(self) -> None:
        super().__init__()
        self.theme = self.nodes = THEMES["dark"]  # of the window, and of the cells
        self.text = 1.0  # factor on all text
        self.term: int | None = None  # id of the source that is chosen
        self._fitted = -STEADY
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_look(self, theme: Theme, nodes: Theme, text: float) -> None:
        self.theme, self.nodes, self.text = theme, nodes, text
        self.fit()

    def choose(self, source: int | None) -> None:
        """Show which term is chosen, by the node that it comes from."""
        if source != self.term:
            self.term = source
            self.update()

    def height_for(self, width: int) -> int:
        """Logical pixels that the content needs."""
        raise NotImplementedError

    def source_at(self, _at: QPointF) -> int | None:
        """The source of the term at a position; None beside all terms."""
        return None

    def tip_at(self, _at: QPointF) -> str:
        """What is said of a position; empty where there is nothing to say."""
        return ""

    def paint(self, painter: QPainter, dirty: QRectF) -> None:
        raise NotImplementedError

    def fit(self) -> None:
        """Take the height that the content needs now."""
        self._fitted = self.width()
        height = self.height_for(self.width())
        if height != self.height() or self.minimumHeight() != height:
            self.setFixedHeight(height)
        self.update()

    def minimumSizeHint(self) -> QSize:
        return QSize(scaled(150, self.text), self.minimumHeight())

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        if abs(self.width() - self._fitted) > STEADY:
            self.fit()
        else:  # of the same height, and nothing is cut off at the right
            self.height_for(min(self.width(), self._fitted))

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self.type())
        self.paint(painter, QRectF(self.rect() if event is None else event.rect()))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(self.theme.accent), 1.0, Qt.PenStyle.DotLine))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            source = self.source_at(event.position())
            if source is not None:
                self.chosen.emit(None if source == self.term else source)

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and (source := self.source_at(event.position())) is not None:
            self.visited.emit(source)

    def event(self, event: QEvent | None) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.tip_at(QPointF(event.pos())), self)
            return True
        return super().event(event)

    # What they paint with

    @property
    def line(self) -> int:
        """The height of a line of text."""
        return scaled(1.45 * SMALL, self.text)

    def type(self, bold: bool = False, size: float = SMALL) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(scaled(size, self.text))
        font.setBold(bold)
        return font

    def write(
        self,
        painter: QPainter,
        place: QRectF,
        text: str,
        flags: int,
        *,
        dim: bool = False,
        bold: bool = False,
        size: float = SMALL,
    ) -> None:
        """One line of text, shortened where there is too little room."""
        painter.setFont(self.type(bold, size))
        painter.setPen(QColor(self.theme.text_dim if dim else self.theme.text))
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(place.width()) + 1)
        painter.drawText(place, flags, shown)

    def ring(self, painter: QPainter, place: QRectF) -> None:
        """Around what is chosen."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in ((self.theme.panel_raised, 4.0), (self.theme.accent, 2.0)):
            painter.setPen(QPen(QColor(colour), width))
            painter.drawRect(place)

    def shade(self, painter: QPainter, place: QRectF) -> None:
        """Behind a line that is chosen."""
        shade = QColor(self.theme.accent)
        shade.setAlphaF(0.28)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(shade)
        painter.drawRoundedRect(place, 4, 4)

    def colour(self, share: float) -> QColor:
        """The colour of a value, -1 to 1."""
        red, green, blue = (round(float(c) * 255) for c in diverging(max(-1.0, min(share, 1.0)), self.nodes))
        return QColor(red, green, blue)
