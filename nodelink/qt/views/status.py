"""Status: network, nodes, edges drawn of all edges, share of the signal, milliseconds, node under the pointer."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QHBoxLayout

from nodelink.explain.route import carries, route
from nodelink.focus import Focus
from nodelink.graph.tiles import weights_name
from nodelink.nn.naming import node_text
from nodelink.nn.sharing import exist
from nodelink.qt.answers import MARKS, marks
from nodelink.qt.view import Actions, Line, View
from nodelink.session import Frame, Session
from nodelink.settings import Settings

if TYPE_CHECKING:
    from nodelink.gl.canvas import DrawReport


GAP, SHORT_GAP = "     ", "   "  # between two facts


def facts(frame: Frame, report: DrawReport | None, edges: str = "signal") -> list[str]:
    """What the status line says, in order; `edges` is the edge mode."""
    network = frame.network
    texts = [network.title or network.name, f"{network.nodes:,} nodes"]
    texts[1:1] = marks(frame)
    if report is None:
        texts.append(f"{network.edges:,} edges")
    else:
        texts += drawn(report, edges, blank=frame.verdict == "blank")
        if report.fallback:
            texts.append(report.fallback)
        texts.append(f"picture {report.milliseconds:.0f} ms")
    texts.append(f"answer {sum(frame.milliseconds.values()):.1f} ms")
    return texts


def drawn(report: DrawReport, edges: str, blank: bool = False) -> list[str]:
    """How many edges are on the screen, and what share they are of what could be; blank: the pad is.

    A share leaves out hidden layers and nodes that a pass has not reached; then it says so.
    """
    if not report.edges_shown:
        texts = ["no edges shown"]
    else:
        texts = [f"{report.edges_shown:,} of {report.edges_total:,} edges"]
    if blank and edges != "weights":  # what there is comes from biases
        texts.append("blank pad")
    elif report.edges_shown and math.isfinite(report.share_mean):
        whole = "weights" if edges == "weights" else "signal"
        whole += " of the layers shown" if report.layers_hidden else ""
        whole += " so far" if report.so_far else ""
        texts.append(f"{share(report.share_mean)} of the {whole} (least {share(report.share_least)})")
    if report.layers_hidden:
        texts.append(f"{report.layers_hidden} layer{'s' if report.layers_hidden > 1 else ''} hidden")
    return texts


def share(value: float) -> str:
    """A share in percent; only all of it is 100 %."""
    return f"{math.floor(value * 100 + 1e-9):d} %"


def asked(frame: Frame, report: DrawReport | None, focus: Focus) -> str:
    """What is said of the node under the pointer, else of the pinned one: name, value, edges that stand out; or of
    weights that are, how many edges have them."""
    if focus.weights is not None and not focus.tracing and exist(frame.network, focus.weights):
        name = weights_name(frame.network, focus.weights)[1]
        return f"{name}{GAP}edges: {report.standing:,}" if report is not None and report.standing else name
    node = focus.selected if focus.hovered is None else focus.hovered
    if node is None or node >= frame.network.nodes:
        return ""
    text = node_text(frame.activations, node, MARKS[frame.mark] if frame.of is not None else "")
    if focus.tracing and focus.selected is not None and frame.of is None:  # a difference has no trace
        if frame.activations.reached is not None:  # a trace goes up from the answer, which is not there yet
            return text
        said = carries(route(frame.activations, focus.selected, focus.outgoing), frame.network, focus.kept)
        return f"{text}{GAP}{said}" if said else text
    if report is None or not report.standing:
        return text
    if focus.term is not None and focus.hovered is None:
        return f"{text}{GAP}the edge of one term"
    of = f"of {len(focus.nodes)} nodes" if len(focus.nodes) > 1 else ""
    kind = "incoming and outgoing " if focus.outgoing else "incoming "
    if all(node < frame.network.stages[0].size for node in focus.nodes):
        kind = "outgoing "
    return f"{text}{GAP}{kind}edges{' ' if of else ''}{of}: {report.standing:,}"


class Status(View):
    """The line at the lower edge of the window."""

    column = "bottom"
    subtracts = True

    def __init__(self, actions: Actions) -> None:
        super().__init__(actions)
        self.setObjectName("status")
        self.facts, self.pointed = Line(greedy=True), Line()
        self.pointed.side = Qt.AlignmentFlag.AlignRight
        line = QHBoxLayout()
        line.setSpacing(20)
        line.addWidget(self.facts, 1)
        line.addWidget(self.pointed)
        self.box.setContentsMargins(14, 4, 14, 4)
        self.box.addLayout(line)
        self._report: DrawReport | None = None
        self._session: Session | None = None
        self._edges = "signal"
        self._shown: Frame | None = None

    def attach(self, session: Session) -> None:
        self._session = session
        session.inquiry.changed.connect(self.touch)

    def show_state(self) -> None:
        self._refresh()

    def show_frame(self, frame: Frame) -> None:
        if self._shown is not None and frame.network.original is not self._shown.network.original:
            self._report = None
        self._shown = frame
        self._refresh()

    def show_settings(self, settings: Settings) -> None:
        self._edges = settings.edges
        self._refresh()

    def show_report(self, report: DrawReport) -> None:
        """What the finished picture holds."""
        self._report = report
        self._refresh()

    def _refresh(self) -> None:
        frame = self._shown
        if frame is not None and self.isVisible():
            told = facts(frame, self._report, self._edges)
            shorter = [SHORT_GAP.join(told[1:last]) for last in range(len(told), 1, -1)]
            self.facts.set_text(GAP.join(told), *shorter, *told[2:3])
            said = "" if self._session is None else self._said(self._session, frame)
            self.pointed.set_text(said, said.split(GAP)[0])
            self.pointed.setVisible(bool(said))

    def _said(self, session: Session, frame: Frame) -> str:
        """Of the node under the pointer, in either network, else of the selected one."""
        second, focus, other = session.beside.frame, session.focus, session.beside.focus
        if second is None:
            return asked(frame, self._report, focus)
        if other.hovered is not None or (session.aside and focus.hovered is None):
            said, network = asked(second, None, other), second.network
        else:
            said, network = asked(frame, self._report, focus), frame.network
        return said and f"{network.title or network.name}: {said}"
