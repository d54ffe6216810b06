"""Compare: a frozen drawing beside the one in hand, and the nodes in which the two answers differ most."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QFont, QImage, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QWidget

from nodelink.explain.difference import most_different
from nodelink.nn.address import address
from nodelink.nn.network import Network
from nodelink.qt.answers import brief
from nodelink.qt.node_list import ROWS, Nodes
from nodelink.qt.pictures import ink_image
from nodelink.qt.style import SMALL, scaled
from nodelink.qt.view import Actions, View, key_button, label
from nodelink.session import Frame, Session
from nodelink.settings import Settings
from nodelink.theme import THEMES, Theme, look

THUMBNAIL = 68  # pixels at text size 1
BUTTONS = ("freeze", "swap", "drop")
CHOICES = ("show-a", "show-b", "show-difference")
EMPTY = "Freeze the drawing as A, then draw another: that is B."


class Compare(View):
    """Freezes A and says what is shown of A and B."""

    title = "Compare"
    column = "right"

    def __init__(self, actions: Actions) -> None:
        super().__init__(actions)
        self._session: Session | None = None
        self._network: Network | None = None  # whose layers can be chosen
        self.buttons = [key_button(actions, name) for name in BUTTONS]
        self.choices = [key_button(actions, name) for name in CHOICES]
        self.pair = Pair()
        self.message = label(EMPTY, "small", wrap=True)
        self.layer = QComboBox()
        self.layer.setAccessibleName("Layers in which nodes are compared")
        self.layer.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.layer.currentIndexChanged.connect(self.touch)
        self.nodes = Nodes()
        for row in (self.buttons, self.choices):
            line = QHBoxLayout()
            line.setSpacing(4)
            for button in row:
                line.addWidget(button)
            self.box.addLayout(line)
        for widget in (self.pair, self.message, self.layer, self.nodes):
            self.box.addWidget(widget)

    def attach(self, session: Session) -> None:
        """The panel knows both slots, whatever is shown."""
        self._session = session
        self.nodes.hovered.connect(session.focus.hover)
        self.nodes.clicked.connect(session.focus.pin)
        session.compare.changed.connect(self.touch)
        session.frame_changed.connect(self.touch)
        session.focus.changed.connect(self._mark_pins)
        self.touch()

    def show_settings(self, settings: Settings) -> None:
        colours = look(settings.theme, settings.palette)
        self.pair.set_look(THEMES[settings.theme], self.text)
        self.nodes.set_look(colours, self.text)

    def show_state(self) -> None:
        """Both drawings with their answers, and the nodes that differ most."""
        if self._session is None:
            return
        compare = self._session.compare
        frozen, fault = compare.frozen, compare.obstacle
        self.pair.set_frames(frozen.frame if frozen is not None else None, compare.now.frame)
        self.message.setText(EMPTY if frozen is None else fault or "")
        self.message.setVisible(fault is not None)
        for widget in (self.layer, self.nodes):
            widget.setVisible(fault is None)
        if frozen is None or fault is not None:
            self.nodes.set_rows([])
            return
        self._offer_layers(compare.now.network)
        layer = self.layer.currentData()
        a, b = frozen.frame.activations, compare.now.frame.activations
        found = most_different(a, b, ROWS, None if layer is None else [layer])
        self.nodes.set_rows([(address(b.network, one.node), one) for one in found])
        self._mark_pins()

    def _offer_layers(self, network: Network) -> None:
        if network is self._network:
            return
        old, self._network = self.layer.currentText(), network
        self.layer.blockSignals(True)
        self.layer.clear()
        self.layer.addItem("Differ most: all layers", None)
        for stage in network.stages:
            self.layer.addItem(f"Differ most: {stage.name}", stage.index)
        self.layer.setCurrentIndex(max(0, self.layer.findText(old)))
        self.layer.blockSignals(False)

    def _mark_pins(self) -> None:
        if self._session is not None:
            self.nodes.set_pins(self._session.focus.pins)


class Pair(QWidget):
    """Both drawings, small, with what the network makes of them."""

    def __init__(self) -> None:
        super().__init__()
        self.frames: tuple[Frame | None, Frame | None] = (None, None)
        self._images: list[QImage | None] = [None, None]
        self._theme, self._text = THEMES["dark"], 1.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_frames(self, a: Frame | None, b: Frame | None) -> None:
        """What is shown of A and B; None leaves a place empty."""
        old = self.frames
        self.frames = (a, b)
        for index, frame in enumerate(self.frames):
            if frame is not old[index]:
                self._images[index] = self._picture(frame)
        said = [f"{name}: {brief(f)}" for name, f in zip("AB", self.frames, strict=True) if f is not None]
        self.setAccessibleDescription("; ".join(said))
        self.update()

    def set_look(self, theme: Theme, text: float) -> None:
        """Colours, and the factor on all sizes."""
        self._theme, self._text = theme, text
        self._images = [self._picture(frame) for frame in self.frames]
        self.updateGeometry()
        self.update()

    def _picture(self, frame: Frame | None) -> QImage | None:
        return None if frame is None else ink_image(frame.prepared.drawing, self._theme)

    def minimumSizeHint(self) -> QSize:
        side = scaled(THUMBNAIL, self._text)
        return QSize(2 * side + 12, side + scaled(1.6 * SMALL, self._text))

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        font = QFont(self.font())
        font.setPixelSize(scaled(SMALL, self._text))
        painter.setFont(font)
        for index, name in enumerate("AB"):
            self._paint(painter, index, name)

    def _paint(self, painter: QPainter, index: int, name: str) -> None:
        theme, frame, image = self._theme, self.frames[index], self._images[index]
        line, side = scaled(1.5 * SMALL, self._text), scaled(THUMBNAIL, self._text)
        half = self.width() / 2
        place = QRectF(index * half + (half - side) / 2, 1, side, side)
        middle = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter)
        painter.setPen(QPen(QColor(theme.panel_edge), 1.2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if frame is None or image is None:
            painter.setPen(QPen(QColor(theme.text_dim), 1.2, Qt.PenStyle.DashLine))
            painter.drawRect(place)
            painter.drawText(place, middle, name)
            return
        painter.drawImage(place, image)
        painter.drawRect(place)
        painter.setPen(QColor(theme.accent))
        painter.drawText(place.adjusted(5, 2, 0, 0), int(Qt.AlignmentFlag.AlignLeft), name)
        painter.setPen(QColor(theme.text))
        text = painter.fontMetrics().elidedText(brief(frame), Qt.TextElideMode.ElideRight, round(half))
        painter.drawText(QRectF(index * half, side + 2, half, line), middle, text)
