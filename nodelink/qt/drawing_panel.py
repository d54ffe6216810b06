"""The left upper panel: the pad with its tools, brush size and sample digits."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QAction, QResizeEvent
from PyQt6.QtWidgets import QHBoxLayout, QSizePolicy, QSlider, QToolButton

from nodelink.explain.receptive import on_the_pad, receptive_field
from nodelink.nn.transforms import AS_DRAWN
from nodelink.qt.actions import key_text
from nodelink.qt.drawing_pad import DrawingPad, side_of
from nodelink.qt.style import scaled
from nodelink.qt.view import Actions, Line, View
from nodelink.session import Drawing, Frame, Session
from nodelink.settings import RANGES, Settings

TOOLS = ("pencil", "eraser", "", "undo", "redo", "clear")  # "" is the brush size


class DrawingPanel(View):
    """Where the user starts."""

    title = "Draw a digit"
    column = "left"
    stretch = 4

    def __init__(self, actions: Actions) -> None:
        super().__init__(actions)
        self._session: Session | None = None
        self.pad = DrawingPad()
        self.tools: list[QToolButton] = []
        self.brush = QSlider(Qt.Orientation.Horizontal)
        self.brush.setRange(*(round(limit) for limit in RANGES["brush"]))
        self.brush.setMinimumWidth(30)
        self.brush.setAccessibleName("Brush size")
        self.brush.setToolTip(f"Brush size ({key_text('[')} and {key_text(']')})")
        self.brush.valueChanged.connect(lambda value: self.wanted.emit({"brush": float(value)}))
        samples = Line("", "small", greedy=True)
        samples.side = Qt.AlignmentFlag.AlignRight
        samples.set_text("or take a sample below", "")
        self.head.addWidget(samples, 1)
        self.box.addWidget(self.pad, 1)
        self.box.addLayout(self._tool_row())
        self.box.addLayout(self._sample_row())

    def attach(self, session: Session) -> None:
        self._session = session
        session.inquiry.changed.connect(self.touch)
        session.compare.changed.connect(self.touch)

    def show_frame(self, frame: Frame) -> None:
        self.pad.set_ink(frame.sheet.ink)
        self.show_state()

    def show_state(self) -> None:
        """Outline what the selected node sees of the drawing; nothing where that is transformed on its way.

        Nor while A is shown: its nodes see A's drawing, centred as that was, and the pad has B's.
        """
        frame, session, place = self._frame, self._session, None
        if frame is None or session is None:
            return
        node, network = session.selection, session.asked.network
        mine = session.first is session.frame  # the nodes asked about answer to what is on the pad
        if node is not None and node < network.nodes and mine and frame.transform == AS_DRAWN:
            box = receptive_field(network, node)[0]
            if box.size < network.stages[0].size:  # else it sees everything
                place = on_the_pad(box, network, frame.prepared)
        self.pad.set_outline(None if place is None else QRectF(QPointF(*place[:2]), QPointF(*place[2:])))

    def show_drawing(self, drawing: Drawing) -> None:
        """What a newcomer has to be told about what is on the pad."""
        if drawing.example:
            self.pad.set_hint("An example – draw here", large=False)
        elif drawing.empty:
            self.pad.set_hint("Draw a digit here", large=True)
        else:
            self.pad.set_hint("", large=False)

    def show_settings(self, settings: Settings) -> None:
        self.pad.set_look(settings.theme, self.text, settings.brush)
        self.brush.blockSignals(True)
        self.brush.setValue(round(settings.brush))
        self.brush.blockSignals(False)
        side = scaled(20, self.text)
        for tool in self.tools:
            tool.setIconSize(QSize(side, side))

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """No higher than a square pad needs; what is left is for the panel below."""
        super().resizeEvent(event)
        self.setMaximumHeight(self.height() - self.pad.height() + side_of(self.pad.width()))

    def _tool_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(2)
        for name in TOOLS:
            if name:
                self.tools.append(_button(self.actions_by_id[name], "tool"))
                row.addWidget(self.tools[-1])
            else:
                row.addWidget(self.brush, 1)
        return row

    def _sample_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(3)
        for digit in range(10):
            button = _button(self.actions_by_id[f"sample-{digit}"], "key")
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            row.addWidget(button, 1)
        return row


def _button(action: QAction, name: str) -> QToolButton:
    button = QToolButton()
    button.setObjectName(name)
    button.setDefaultAction(action)
    return button
