"""Feature maps: all maps of all layers side by side as pictures, or the kernels of one layer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QHideEvent, QResizeEvent
from PyQt6.QtWidgets import QComboBox, QHBoxLayout, QToolButton, QWidget

from nodelink.focus import Focus
from nodelink.graph import tiles
from nodelink.nn.address import address
from nodelink.nn.naming import node_name, node_text
from nodelink.nn.network import Network, Stage
from nodelink.nn.sharing import Weights, between, exist
from nodelink.qt.answers import MARKS
from nodelink.qt.icons import icon
from nodelink.qt.ramp import Ramp
from nodelink.qt.style import GAP, scaled
from nodelink.qt.tile_exhibits import kernels, maps, said, spans_of
from nodelink.qt.tile_paint import Span
from nodelink.qt.tile_port import Exhibit, Look
from nodelink.qt.tile_sheet import STEP, TileSheet
from nodelink.qt.view import Actions, Line, View, label
from nodelink.session import Frame, Session
from nodelink.settings import Settings
from nodelink.theme import THEMES, look

POINTED_AT = 4.0  # pixels: entries of kernels that are smaller are not pointed at one by one
WIDE = 620  # pixels at text size 1 from which on the button has its name on it
WORDS = 880, 1000  # and those from which on there is room for words in the head: beside maps, beside kernels
BUTTONS = {  # name: icon, tip
    "kernels": ("weights", "Kernels: the weights of one layer as pictures, instead of the maps"),
    "out": ("minus", "Smaller"),
    "in": ("plus", "Larger (wheel or pinch: at the pointer; Ctrl and wheel where the tiles are scrolled)"),
    "fit": ("fit", "All of it, or from its beginning where there is too much"),
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
        self._cell: tuple[int, int] | None = None  # (section, value) under the pointer
        self._tile: tuple[int, int] | None = None  # (section, tile) whose edge or number is
        self._hovering = False  # what the focus has under the pointer is under it here
        self.sheet.pointed.connect(self._point)
        self.sheet.framed.connect(self._frame_tile)
        self.sheet.clicked.connect(self._click)
        self.sheet.frame_clicked.connect(self._click_tile)

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
        wide = self.width() >= scaled(WORDS[self.buttons["kernels"].isChecked()], self.text)
        self.beneath.setVisible(not wide)
        styles = Qt.ToolButtonStyle
        self.buttons["kernels"].setToolButtonStyle(
            styles.ToolButtonTextBesideIcon
            if self.width() >= scaled(WIDE, self.text)
            else styles.ToolButtonIconOnly
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
        self._place_words()
        self._let_go()
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
        return kernels(frame.network, stage) if stage is not None else maps(frame, self._relative)

    # From here to the scene and back -----------------------------------------------------------------------

    def _node(self, cell: tuple[int, int] | None, tile: tuple[int, int] | None = None) -> int | None:
        """The node that a value, or a unit's weights in a tile, belong to; kernels belong to no single one."""
        stage = self.kernels_of
        if self._network is None or self.sheet.exhibit is None or (cell is None and tile is None):
            return None
        if stage is None:
            return None if cell is None else self._network.stages[cell[0]].offset + cell[1]
        if len(stage.shape) == 3 or (cell is None and self.sheet.exhibit.sections[0].tiles == 1):
            return None
        if cell is not None:
            return stage.offset + cell[1] // self._network.stages[stage.index - 1].size
        return None if tile is None else stage.offset + tile[1]

    def _weights(self, cell: tuple[int, int] | None, tile: tuple[int, int] | None) -> Weights | None:
        """The weight in a cell, or where cells are too small to be pointed at, or at its edge, a tile's kernel."""
        stage = self.kernels_of
        if stage is None or (cell is None and tile is None) or self.sheet.exhibit is None:
            return None
        if len(stage.shape) == 1:
            return None if cell is None else tiles.weights_at(stage, cell[1])
        if cell is not None and self.sheet.side(0) >= POINTED_AT:
            return tiles.weights_at(stage, cell[1])
        one = tile[1] if tile is not None else 0
        if cell is not None:
            one = self.sheet.exhibit.sections[0].place(cell[1])[0]
        return tiles.kernel_at(stage, one)

    def _point(self, under: tuple[int, int] | None) -> None:
        self._cell = under
        self._hover()

    def _frame_tile(self, tile: tuple[int, int] | None) -> None:
        self._tile = tile
        self._hover()

    def _hover(self) -> None:
        """Tell what is under the pointer here, or once that no longer anything is."""
        if self._session is None or self._network is None:
            return
        node, weights = self._node(self._cell, self._tile), self._weights(self._cell, self._tile)
        if weights is not None and not exist(self._network, weights):
            weights = None
        there = node is not None or weights is not None
        if there or self._hovering:
            self._hovering = there
            self._session.focus.hover(node, weights)
        self._tell()

    def _click(self, cell: tuple[int, int] | None) -> None:
        self._pin(cell, None)

    def _click_tile(self, tile: tuple[int, int] | None) -> None:
        self._pin(None, tile)

    def _pin(self, cell: tuple[int, int] | None, tile: tuple[int, int] | None) -> None:
        """Pin what is there, or let it go: a node, or weights that belong to no single one."""
        if self._session is None or self._network is None:
            return
        node, weights = self._node(cell, tile), self._weights(cell, tile)
        if node is not None:
            self._session.focus.pin(node)
        elif weights is not None and exist(self._network, weights):
            self._session.focus.pin_weights(weights)

    def _let_go(self) -> None:
        """Other tiles come: nothing is pointed at, and no weight stays pinned that is not to be seen."""
        self._cell = self._tile = None
        self._hover()
        if self._session is not None and (pinned := self._session.focus.pinned_weights) is not None:
            self._session.focus.pin_weights(pinned)

    def hideEvent(self, event: QHideEvent | None) -> None:
        super().hideEvent(event)
        self._let_go()

    def _tell(self) -> None:
        """Outlines, and the line about what is under the pointer."""
        if self._session is None or self._frame is None or self._network is not self._session.first.network:
            return
        focus = self._session.focus
        pinned = [span for node in focus.pins for span in self._spans(node)]
        if focus.pinned_weights is not None:
            pinned += self._spans_of(focus.pinned_weights)
        self.sheet.mark(self._pointed_at(focus), pinned)
        weights = self._weights(self._cell, self._tile) or focus.weights
        node = focus.selected if focus.hovered is None else focus.hovered
        texts = [""]
        if weights is not None:
            texts = said(self._network, weights)
        elif node is not None:
            of = MARKS[self._frame.mark] if self._frame.of is not None else ""
            reached = self._frame.activations.reached
            text = node_text(self._frame.activations, node, of)
            name = node_name(self._frame.network, node)
            texts = [text, text.replace(name, address(self._frame.network, node), 1)]
            if reached is not None and node >= reached.out:
                texts = [text, text.removeprefix(f"{name}: ")]
        self.told.set_text(*texts)

    def _pointed_at(self, focus: Focus) -> Sequence[Span]:
        """What is outlined as under the pointer: between two nodes that are pointed at their weight, else a node's."""
        network, node = self._network, focus.hovered
        assert network is not None
        if focus.hovered_weights is not None:
            return self._spans_of(focus.hovered_weights)
        ends = focus.pins if node is not None else focus.pins[-1:]
        other = node if node is not None else focus.term
        if self.kernels_of is not None and other is not None:
            found = (between(network, pin, other) for pin in ends)
            spans = [span for weights in found if weights is not None for span in self._spans_of(weights)]
            if spans:
                return spans
        return () if node is None else self._spans(node)

    def _spans_of(self, weights: Weights) -> Sequence[Span]:
        """Where weights are to be seen."""
        stage = self.kernels_of
        if stage is None or self._network is None or stage.index != weights.stage:
            return ()
        return tuple((0, first, last) for first, last in tiles.spans_of(self._network, weights))

    def _spans(self, node: int) -> Sequence[Span]:
        """Where a node is to be seen; among kernels those that make it, or those that see it."""
        if self._network is None or self.sheet.exhibit is None:
            return ()
        return spans_of(self._network, self.kernels_of, self.sheet.exhibit, node)
