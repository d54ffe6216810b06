"""Inspector: the calculation of the selected node, number by number. It opens with the first node that is pinned."""

from __future__ import annotations

from html import escape

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from nodelink.asking import unseen_layers
from nodelink.compare import DIFFERENCE, A
from nodelink.explain.contributions import Terms, terms
from nodelink.explain.describe import as_csv, role, sees
from nodelink.explain.ledger import MINUS, Ledger, ledger, plain
from nodelink.explain.receptive import receptive_field
from nodelink.nn.address import address
from nodelink.nn.naming import is_probability, node_name, percent, stage_of, value_of, value_text
from nodelink.qt.calculation.curve import Curve
from nodelink.qt.calculation.formula import formula
from nodelink.qt.calculation.paper import Paper
from nodelink.qt.calculation.softmax import SoftmaxTable
from nodelink.qt.calculation.table import TermTable
from nodelink.qt.calculation.tiles import Tiles
from nodelink.qt.calculation.tracing import Tracing
from nodelink.qt.view import Actions, Line, View, label
from nodelink.session import Frame, Session
from nodelink.settings import Settings
from nodelink.theme import THEMES, look

LINES = 8  # terms that are written out until all are asked for
OF = {A: "Of A, the frozen one", DIFFERENCE: "All else here is of B: a difference has no sum of its own"}
NO_TRACE = "A difference has no trace. Show A or B to see one."
ASIDE_OF = {A: "For A, the frozen drawing", DIFFERENCE: "For B, the drawing on the pad"}


class Inspector(View):
    """Shows the node that was pinned last; never the one under the pointer."""

    column = "right"
    seeks = True

    def __init__(self, actions: Actions) -> None:
        super().__init__(actions)
        self._session: Session | None = None
        self._all = False  # every term has its line
        self._out = ""  # its output, as it is printed
        self.terms: Terms | None = None  # what is shown
        self._shown: tuple[Frame, int, bool] | None = None  # frame, node, whether with all terms
        self.ledger: Ledger | None = None
        self.name, self.value = Line("", "title", greedy=True), label("", "heading")
        self.head.addWidget(self.name, 1)
        self.head.addWidget(self.value)
        self.box.addLayout(self.head)
        self.of = label("", "small", wrap=True)
        self.place = label("", "title", wrap=True)
        self.role, self.sees = (label("", "small", wrap=True) for _ in range(2))
        self.unseen = label("Its layer is hidden in the scene.", "small", wrap=True)
        self.others = _rich()
        self.others.linkActivated.connect(self._go_to_pin)
        self.table, self.tiles, self.curve, self.softmax = TermTable(), Tiles(), Curve(), SoftmaxTable()
        self.papers: tuple[Paper, ...] = (self.table, self.tiles, self.curve, self.softmax)
        self.formula = _rich()
        self.more, self.copy = QPushButton(), QPushButton("Copy CSV")
        self.more.clicked.connect(self._show_more)
        self.copy.clicked.connect(self._copy)
        self.copy.setToolTip("Copy all terms with all digits as CSV, for a spreadsheet")
        self.tracing = Tracing(actions)
        self.heads = {name: label("", "title", wrap=True) for name in ("sum", "tiles", "curve", "softmax")}
        self._lay_out()
        for paper in self.papers:
            paper.chosen.connect(self._choose)
            paper.visited.connect(self._visit)

    def _lay_out(self) -> None:
        for widget in (self.place, self.of, self.role, self.sees, self.unseen, self.others, self.tracing):
            self.box.addWidget(widget)
        buttons = QHBoxLayout()
        buttons.addWidget(self.more)
        buttons.addWidget(self.copy)
        parts: tuple[tuple[str, QWidget], ...] = (
            ("sum", self.table),
            ("tiles", self.tiles),
            ("curve", self.curve),
            ("softmax", self.softmax),
        )
        for name, part in parts:
            self.box.addSpacing(6)
            self.box.addWidget(self.heads[name])
            self.box.addWidget(part)
            if name == "sum":
                self.box.addLayout(buttons)
                self.box.addWidget(self.formula)

    # What it listens to

    def attach(self, session: Session) -> None:
        self._session = session
        session.inquiry.changed.connect(self.touch)
        session.beside.changed.connect(self.touch)
        session.compare.changed.connect(self.touch)
        self.tracing.wanted.connect(lambda kept: session.asked_focus.show(kept=kept))

    def is_wanted(self, name: str, settings: Settings) -> bool:
        """It is there as long as a node is pinned."""
        pinned = self._session is not None and self._session.selection is not None
        return pinned and super().is_wanted(name, settings)

    def show_settings(self, settings: Settings) -> None:
        for paper in self.papers:
            paper.set_look(THEMES[settings.theme], look(settings.theme, settings.palette), self.text)
        self.show_state()

    def show_frame(self, _frame: Frame) -> None:
        self.show_state()

    def show_state(self) -> None:
        """Show the selected node, as far as it is not shown already."""
        session, frame = self._session, self._frame
        if session is None or frame is None or (node := session.selection) is None:
            return
        frame = session.asked if session.aside else frame
        if node >= frame.network.nodes:  # the frame of the network that this node belongs to is on its way
            return
        if self.terms is None or self.terms.node != node:
            self._all = False
        if (frame, node, self._all) != self._shown:
            self._shown = frame, node, self._all
            self._show(frame, node)
        for paper in self.papers:
            paper.choose(session.asked_focus.term)
        self.unseen.setVisible(stage_of(frame.network, node).index in unseen_layers(session))
        differs = session.untraceable and not session.aside
        self.value.setText(f"B: {self._out}" if differs else self._out)  # the scene's numbers are B - A
        of = whose(session)
        if differs:
            change = value_of(session.compare.frame.activations, node)
            of = f"{value_text(frame.network, node, change, 'B − A')}\n{of}".replace("-", MINUS)
        self.of.setText(of)
        self.of.setVisible(bool(of))
        self._tell_pins(frame, session.asked_focus.pins)
        refused = NO_TRACE if differs else ""
        self.tracing.show_trace(frame, node, session.asked_focus, refused)

    # What it shows

    def _show(self, frame: Frame, node: int) -> None:
        network = frame.network
        found = terms(frame.activations, node)
        self.terms = found
        reached = frame.activations.reached
        self.ledger = ledger(found, len(found.source) if self._all else LINES)
        if reached is not None and node >= reached.out:
            self._wait(frame, found, summed=node < reached.pre)
            return
        self._tell_name(frame, node)
        chance = is_probability(network, node) and not found.off
        self._out = percent(found.out) if chance else plain(found.out)
        self.value.setToolTip(f"The output of {address(network, node)}: {found.out!r}")
        self.role.setText(role(found, network))
        box = receptive_field(network, node)[0]
        self.sees.setText(sees(box, network))
        self.sees.setVisible(found.stage.kind != "input")
        self.formula.show()
        self.formula.setText(formula(found, self.ledger, self._class(frame, node)))
        self._show_sum(frame, found)
        self._show_tiles(frame, found)
        weighted = found.stage.kind in ("dense", "conv") and not found.off
        self.curve.set_terms(found)
        self._head("curve", self._curve_head(found, self._class(frame, node)), self.curve, shown=weighted)
        if found.softmax is not None:
            self.softmax.set_softmax(found.softmax, lambda other: self._class(frame, other))
        head = "All classes" if network.class_names else "All outputs"
        self._head("softmax", head, self.softmax, shown=found.softmax is not None)

    def _wait(self, frame: Frame, found: Terms, *, summed: bool) -> None:
        """A forward pass that is played has not come to this node's output: there are no numbers yet but its sum, if
        it is `summed`."""
        self._tell_name(frame, found.node)
        self._out = "–"
        self.role.setText("The pass has not come here yet")
        for name, part in (("sum", self.table), ("tiles", self.tiles), ("curve", self.curve)):
            self._head(name, "", part, shown=False)
        self._head("softmax", "", self.softmax, shown=False)
        for widget in (self.formula, self.sees, self.more, self.copy):
            widget.hide()
        if summed:
            assert self.ledger is not None
            logit = f"{self.ledger.unit.text(self.ledger.pre)} {self.ledger.unit.scale}".strip()
            self.role.setText(f"Logit {logit}, softmax still to come")
            self._show_sum(frame, found)
            self.copy.hide()  # its output is not there yet

    def _tell_name(self, frame: Frame, node: int) -> None:
        name, _, place = node_name(frame.network, node).partition(", row ")
        self.name.set_text(name, name.rpartition(", ")[2])
        self.place.setText(f"row {place}")
        self.place.setVisible(bool(place))

    def _show_sum(self, frame: Frame, found: Terms) -> None:
        assert self.ledger is not None
        network, book, count = frame.network, self.ledger, len(found.source)
        self.table.set_ledger(book, lambda node: address(network, node))
        nonzero = count - book.zeros
        if not nonzero:
            empty = ": nothing is drawn" if frame.prepared.blank else ""
            head = f"All {count:,} terms are 0{empty}"
        else:
            head = f"{count:,} terms" + (f", {book.zeros:,} are 0" if book.zeros else "")
        shown = found.stage.kind in ("dense", "conv", "avgpool")
        self._head("sum", head, self.table, shown=shown)
        self.more.setText(f"Only {LINES}" if self._all else f"All {nonzero:,}")
        self.more.setVisible(shown and nonzero > LINES)
        self.copy.setVisible(found.stage.kind != "input")

    def _show_tiles(self, frame: Frame, found: Terms) -> None:
        stage = found.stage
        if not found.tiles:
            self._head("tiles", "", self.tiles, shown=False)
            return
        before = frame.network.stages[stage.index - 1]
        scale = frame.network.calibration.get(before.name)
        name = frame.network
        full = scale.node if scale is not None else None
        self.tiles.set_terms(found, lambda node: address(name, node), before.name, full, self.ledger)
        heads = {"conv": "Its window, map by map", "maxpool": "Its window, with the winner"}
        text = heads.get(
            stage.kind, "Its window" if stage.kind == "avgpool" else f"Weights over {before.name}"
        )
        self._head("tiles", text, self.tiles, shown=True)

    def _head(self, name: str, text: str, part: QWidget, *, shown: bool) -> None:
        self.heads[name].setText(text)
        self.heads[name].setVisible(shown)
        part.setVisible(shown)

    def _curve_head(self, found: Terms, name: str) -> str:
        if found.softmax is not None:
            return f"Softmax: the share of “{name}”"
        return (
            "No activation function"
            if found.stage.activation == "identity"
            else f"Activation: {found.stage.activation}"
        )

    @staticmethod
    def _class(frame: Frame, node: int) -> str:
        """What a node is called among those that share a softmax with it: over maps it is the map that differs."""
        stage = stage_of(frame.network, node)
        if len(stage.shape) == 3 and stage.shape[0] > 1:
            return f"map {(node - stage.offset) // (stage.shape[1] * stage.shape[2]) + 1}"
        return address(frame.network, node).rpartition("/")[2]

    def _tell_pins(self, frame: Frame, pins: tuple[int, ...]) -> None:
        """The other pinned nodes, to go to."""
        links = [
            f'<a href="{pin}">{escape(address(frame.network, pin))}</a>'
            for pin in pins[:-1]
            if pin < frame.network.nodes
        ]
        self.others.setText("Also pinned: " + " &nbsp; ".join(links))
        self.others.setVisible(bool(links))

    # What the user does with it

    def _choose(self, source: int | None) -> None:
        if self._session is not None:
            self._session.asked_focus.choose(source)

    def _visit(self, node: int) -> None:
        if self._session is not None:
            self._session.asked_focus.move(node)

    def _go_to_pin(self, link: str) -> None:
        """Pinned anew, a node is the last one, which is shown."""
        if self._session is not None:
            for _ in range(2):
                self._session.asked_focus.pin(int(link))

    def _show_more(self) -> None:
        self._all = not self._all
        self.show_state()

    def _copy(self) -> None:
        clipboard = QGuiApplication.clipboard()
        if self.terms is not None and self._shown is not None and clipboard is not None:
            clipboard.setText(as_csv(self.terms, self._shown[0].activations))


def whose(session: Session) -> str:
    """To which network and drawing the node belongs, in a line; "" where there is no other."""
    network = session.asked.network
    which = "second" if session.aside else "first"
    said = f"In {network.title or network.name}, the {which} network"
    lines = [said] if session.beside.network is not None else []
    if session.compare.frozen is not None and session.compare.shown in OF:
        lines.append(ASIDE_OF[session.compare.shown] if session.aside else OF[session.compare.shown])
    return "\n".join(lines)


def _rich() -> QLabel:
    text = QLabel()
    text.setTextFormat(Qt.TextFormat.RichText)
    text.setWordWrap(True)
    text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return text
