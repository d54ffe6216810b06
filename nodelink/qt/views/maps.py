"""Feature maps: all maps of all layers side by side as pictures, or the kernels of one layer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QFont, QHideEvent, QLinearGradient, QPainter, QPaintEvent, QResizeEvent
from PyQt6.QtWidgets import QComboBox, QHBoxLayout, QToolButton, QWidget

from nodelink.graph import scales, tiles
from nodelink.nn.naming import node_name, node_text, number
from nodelink.nn.network import Network, Stage
from nodelink.qt.answers import MARKS
from nodelink.qt.icons import icon
from nodelink.qt.style import GAP, SMALL, scaled
from nodelink.qt.tile_paint import Span
from nodelink.qt.tile_port import Exhibit, Look, Values
from nodelink.qt.tile_sheet import STEP, TileSheet
from nodelink.qt.view import Actions, Line, View, label
from nodelink.session import Frame, Session
from nodelink.settings import Settings
from nodelink.theme import THEMES, Theme, diverging, look

WIDE = 620  # pixels at text size 1
BUTTONS = {  # name: icon, tip
    "kernels": ("weights", "Kernels: the weights of one layer as pictures, instead of the maps"),
    "out": ("minus", "Smaller"),
    "in": ("plus", "Larger (wheel or pinch: at the pointer)"),
    "fit": ("fit", "Show all of it"),
    "spread": ("spread", "All the height for the maps, or the scene again"),
}


class Maps(View):
    """Tiles that point at the nodes of the scene, and are pointed at from there."""

    title, shorter = "Feature maps", "Maps"
    column = "below"
    stretch = 1
    subtracts = True

    def __init__(self, actions: Actions) -> None:
        super().__init__(actions)
        self.sheet, self.ramp, self.told = TileSheet(), Ramp(), Line(greedy=True)
        self.told.setObjectName("small")
        self.told.side = Qt.AlignmentFlag.AlignRight
        self.layers = QComboBox()
        self.layers.setAccessibleName("Layer whose kernels are shown")
        self.layers.currentIndexChanged.connect(self._rebuild)
        self.buttons = {name: self._button(name) for name in BUTTONS}
        self.mark = label("", "small")
        self.beside, self.beneath = QWidget(), QWidget()  # one of them has scale and words
        for place in (self.beside, self.beneath):
            line = QHBoxLayout(place)
            line.setContentsMargins(0, 0, 0, 0)
            line.setSpacing(GAP)
            place.setMinimumWidth(1)  # the words must not keep the panel as wide as it is
        for widget in (self.buttons["kernels"], self.layers, self.mark):
            self.head.addWidget(widget)
        self.head.addWidget(self.beside, 1)
        for name in ("out", "in", "fit", "spread"):
            self.head.addWidget(self.buttons[name])
        self.box.addWidget(self.sheet, 1)
        self.box.addWidget(self.beneath)
        self._place_words()
        self.layers.hide()
        self._session: Session | None = None
        self._network: Network | None = None
        self._relative = False
        self._weight: int | None = None  # index of the weight under the pointer
        self._hovering = False  # the node under the pointer is under it here
        self.sheet.pointed.connect(self._point)
        self.sheet.clicked.connect(self._click)

    def _button(self, name: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName("tool")
        button.setToolTip(BUTTONS[name][1])
        button.setAccessibleName(BUTTONS[name][1])
        button.setCheckable(name in ("kernels", "spread"))
        acts: dict[str, Callable[[], object]] = {
            "kernels": self._rebuild,
            "out": lambda: self.sheet.zoom_by(1 / STEP),
            "in": lambda: self.sheet.zoom_by(STEP),
            "fit": self.sheet.fit,
            "spread": lambda: self.spread.emit(self.buttons["spread"].isChecked()),
        }
        button.clicked.connect(lambda: acts[name]())
        if name == "kernels":
            button.setObjectName("switch")
            button.setText("Kernels")
        return button

    def _place_words(self) -> None:
        """Scale and words stand in the head where it is wide enough, else below the tiles."""
        wide = self.width() >= scaled(WIDE, self.text)
        self.beneath.setVisible(not wide)
        styles = Qt.ToolButtonStyle
        self.buttons["kernels"].setToolButtonStyle(
            styles.ToolButtonTextBesideIcon if wide else styles.ToolButtonIconOnly
        )
        place = (self.beside if wide else self.beneath).layout()
        if place is not None and place.count() == 0:
            place.addWidget(self.ramp)
            place.addWidget(self.told)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._place_words()

    # What is shown -----------------------------------------------------------------------------------------

    def attach(self, session: Session) -> None:
        self._session = session
        session.focus.changed.connect(self.touch)
        session.beside.changed.connect(self.touch)

    @property
    def kernels_of(self) -> Stage | None:
        """The layer whose kernels are shown; None while maps are."""
        if self._network is None or not self.buttons["kernels"].isChecked():
            return None
        found = tiles.weighted(self._network)
        return found[max(self.layers.currentIndex(), 0)] if found else None

    def show_settings(self, settings: Settings) -> None:
        theme = look(settings.theme, settings.palette)
        self.sheet.set_look(Look(theme, self.text, self.font()))
        side = scaled(18, self.text)
        for name, button in self.buttons.items():
            button.setIcon(icon(BUTTONS[name][0], THEMES[settings.theme]))
            button.setIconSize(QSize(side, side))
        if (settings.scale == "relative") != self._relative:
            self._relative = settings.scale == "relative"
            self._refresh()
        self.ramp.dress(theme, self.text)
        self._place_words()

    def show_frame(self, frame: Frame) -> None:
        old, self._network = self._network, frame.network
        if old is None or old.original is not frame.network.original:
            self.layers.blockSignals(True)
            self.layers.clear()
            self.layers.addItems([stage.name for stage in tiles.weighted(frame.network)])
            self.layers.blockSignals(False)
            self.buttons["kernels"].setEnabled(self.layers.count() > 0)
            self._rebuild()
        elif self.kernels_of is None or old is not frame.network:  # or the same, but for an experiment
            self._refresh()
        self._say_mark()
        self._tell()

    def _say_mark(self) -> None:
        """Which of A and B, or what of them; kernels are those of the network, whatever is drawn."""
        mark = MARKS.get(self._frame.mark, "") if self._frame is not None and self.kernels_of is None else ""
        if (
            self._network is not None
            and self._session is not None
            and self._session.beside.network is not None
        ):
            mark = ", ".join(filter(None, (f"of {self._network.title or self._network.name}", mark)))
        self.mark.setText(mark)
        self.mark.setVisible(bool(mark))

    def show_state(self) -> None:
        """What is hovered and pinned, here or in the scene; with a second network, of which one this is."""
        self._say_mark()
        self._tell()

    def _rebuild(self) -> None:
        """Other tiles."""
        self.layers.setVisible(self.buttons["kernels"].isChecked())
        self._weight = None
        if self._frame is not None:
            exhibit = self._exhibit(self._frame)
            self.sheet.show_exhibit(exhibit)
            self.ramp.scale(exhibit.full[0] if self.kernels_of else None)
            self._say_mark()
            self._tell()

    def _refresh(self) -> None:
        """Other values in the same tiles."""
        if self._frame is not None and self.sheet.exhibit is not None:
            exhibit = self._exhibit(self._frame)
            self.sheet.show_values(exhibit)
            self.ramp.scale(exhibit.full[0] if self.kernels_of else None)

    def _exhibit(self, frame: Frame) -> Exhibit:
        stage = self.kernels_of
        return _kernels(frame.network, stage) if stage is not None else _maps(frame, self._relative)

    # From here to the scene and back -----------------------------------------------------------------------

    def _node(self, under: tuple[int, int] | None) -> int | None:
        """The node that a value belongs to; kernels of a convolution belong to no single one."""
        if under is None or self._network is None:
            return None
        stage = self.kernels_of
        if stage is None:
            return self._network.stages[under[0]].offset + under[1]
        if len(stage.shape) == 3:
            return None
        return stage.offset + under[1] // self._network.stages[stage.index - 1].size

    def _point(self, under: tuple[int, int] | None) -> None:
        self._weight = under[1] if under is not None and self.kernels_of is not None else None
        node = self._node(under)
        if self._session is not None and (node is not None or self._hovering):
            self._hovering = node is not None
            self._session.focus.hover(node)
        self._tell()

    def _click(self, under: tuple[int, int] | None) -> None:
        node = self._node(under)
        if node is not None and self._session is not None:
            self._session.focus.pin(node)

    def hideEvent(self, event: QHideEvent | None) -> None:
        super().hideEvent(event)
        self._point(None)

    def _tell(self) -> None:
        """Outlines, and the line about what is under the pointer."""
        if self._session is None or self._frame is None or self._network is not self._session.first.network:
            return
        focus = self._session.focus
        hovered = () if focus.hovered is None else self._spans(focus.hovered)
        self.sheet.mark(hovered, [span for node in focus.pins for span in self._spans(node)])
        node = focus.selected if focus.hovered is None else focus.hovered
        stage, text = self.kernels_of, ""
        if stage is not None and self._weight is not None:
            value = float(tiles.weights(stage)[self._weight])
            text = f"{tiles.weight_name(self._frame.network, stage, self._weight)}: {number(value)}"
        elif node is not None:
            of = MARKS[self._frame.mark] if self._frame.of is not None else ""
            reached = self._frame.activations.reached
            text = node_text(self._frame.activations, node, of)
            if reached is not None and node >= reached.out:
                text = f"{node_name(self._frame.network, node)}: not computed yet"
        self.told.set_text(text)

    def _spans(self, node: int) -> Sequence[Span]:
        """Where a node is to be seen."""
        network = self._network
        assert network is not None
        shown = self.kernels_of
        stage = next(s for s in reversed(network.stages) if node >= s.offset)
        if shown is None:
            return ((stage.index, node - stage.offset, node - stage.offset),)
        if stage is not shown or self.sheet.exhibit is None:
            return ()
        section = self.sheet.exhibit.sections[0]
        return tuple((0, first, last) for first, last in tiles.weights_of(stage, section, node))


def _maps(frame: Frame, relative: bool) -> Exhibit:
    network, out, reached = frame.network, frame.activations.out, frame.activations.reached
    full = (
        scales.relative_nodes(network, frame.activations.values())
        if relative
        else scales.fixed(network).nodes
    )
    said = "largest now" if relative else "full colour"
    numbers = tuple(short(float(value)) for value in full)
    notes = tuple(f"{said} {value}" for value in numbers)

    def values(section: int) -> Values:
        flat = np.asarray(out[section][0], np.float32).reshape(-1)
        known = flat.size if reached is None else reached.out - network.stages[section].offset
        return (
            flat if known >= flat.size else np.where(np.arange(flat.size) < known, flat, np.float32(np.nan))
        )

    return Exhibit(
        tiles.maps(network),
        notes,
        tuple(f"full {value}" for value in numbers),
        tuple(map(float, full)),
        values,
    )


def _kernels(network: Network, stage: Stage) -> Exhibit:
    weights = tiles.weights(stage)
    full = scales.weight(stage)
    note = f"full colour {short(full)}, largest {short(float(np.abs(weights).max()))}"
    return Exhibit(
        (tiles.kernels(network, stage),), (note,), (f"full {short(full)}",), (full,), lambda _: weights
    )


def short(value: float) -> str:
    """A number as in the scene's legend: two significant digits, more only before the point."""
    return f"{value:.2g}" if abs(value) < 10 else f"{value:.0f}"


class Ramp(QWidget):
    """The scale of colours with its ends."""

    def __init__(self) -> None:
        super().__init__()
        self._theme, self._text = THEMES["dark"], 1.0
        self._ends = "-full", "+full"
        self.setToolTip("A cell's colour is its value. What counts as full stands above every layer.")
        self.dress(self._theme, 1.0)

    def dress(self, theme: Theme, text: float) -> None:
        self._theme, self._text = theme, text
        self.setFixedSize(scaled(190, text), scaled(18, text))
        self.update()

    def scale(self, full: float | None) -> None:
        """The number at full colour; None: every layer has its own."""
        said = "full" if full is None else short(full)
        self._ends = f"-{said}", f"+{said}"
        self.update()

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter, face = QPainter(self), QFont(self.font())
        face.setPixelSize(scaled(SMALL, self._text))
        painter.setFont(face)
        painter.setPen(QColor(self._theme.text_dim))
        whole, middle = self.rect().toRectF(), Qt.AlignmentFlag.AlignVCenter
        painter.drawText(whole, int(Qt.AlignmentFlag.AlignLeft | middle), self._ends[0])
        painter.drawText(whole, int(Qt.AlignmentFlag.AlignRight | middle), self._ends[1])
        wide = max(map(painter.fontMetrics().horizontalAdvance, self._ends)) + 6
        bar = QRectF(wide, 3, whole.width() - 2 * wide, whole.height() - 6)
        fade = QLinearGradient(QPointF(bar.left(), 0), QPointF(bar.right(), 0))
        for share in np.linspace(-1, 1, 33):
            fade.setColorAt(
                (float(share) + 1) / 2, QColor.fromRgbF(*map(float, diverging(share, self._theme)))
            )
        painter.fillRect(bar, fade)
