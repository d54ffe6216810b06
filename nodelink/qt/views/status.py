"""Status: network, nodes, edges drawn of all edges, share of the signal, milliseconds, node under the pointer."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QHBoxLayout

from nodelink.qt.answers import MARKS
from nodelink.qt.view import Actions, Line, View
from nodelink.session import Frame
from nodelink.settings import Settings

if TYPE_CHECKING:
    from nodelink.gl.canvas import DrawReport


GAP, SHORT_GAP = "     ", "   "  # between two facts


def facts(frame: Frame, report: DrawReport | None, edges: str = "signal") -> list[str]:
    """What the status line says, in order; `edges` is the edge mode."""
    network = frame.network
    texts = [network.title or network.name, f"{network.nodes:,} nodes"]
    if frame.mark:
        texts[1:1] = [MARKS[frame.mark]]
    if report is None:
        texts.append(f"{network.edges:,} edges")
    else:
        texts.append(f"{report.edges_drawn:,} of {report.edges_total:,} edges")
        if math.isfinite(report.share_mean):
            whole = "weights" if edges == "weights" else "signal"
            texts.append(f"{share(report.share_mean)} of the {whole} (least {share(report.share_least)})")
        if report.fallback:
            texts.append(report.fallback)
        texts.append(f"picture {report.milliseconds:.0f} ms")
    texts.append(f"answer {sum(frame.milliseconds.values()):.1f} ms")
    return texts


def share(value: float) -> str:
    """A share in percent; only all of it is 100 %."""
    return f"{math.floor(value * 100 + 1e-9):d} %"


def node_text(frame: Frame, node: int) -> str:
    """Where a node is and what its value is: "C3 map 5, row 3, column 2: 0.31", or "B − A: +0.31"."""
    stage = next(s for s in reversed(frame.network.stages) if node >= s.offset)
    place = np.unravel_index(node - stage.offset, stage.shape)
    value = float(frame.activations.out[stage.index][0][place])
    if len(place) == 3:
        where = f"map {place[0] + 1}, row {place[1] + 1}, column {place[2] + 1}"
    else:
        where = f"unit {place[0] + 1}"
        if stage.index == len(frame.network.stages) - 1 and frame.network.class_names:
            where = f"“{frame.network.class_names[place[0]]}”"
    said = f"{MARKS[frame.mark]}: {value:+.3g}" if frame.of is not None else f"{value:.3g}"
    return f"{stage.name}, {where}: {said}"


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
        self._node: int | None = None  # under the pointer
        self._selected: int | None = None  # shown where there is none
        self._edges = "signal"
        self._shown: Frame | None = None

    def show_frame(self, frame: Frame) -> None:
        if self._shown is not None and frame.network is not self._shown.network:
            self._report = self._node = self._selected = None
        self._shown = frame
        self._refresh()

    def show_settings(self, settings: Settings) -> None:
        self._edges = settings.edges
        self._refresh()

    def show_report(self, report: DrawReport) -> None:
        """What the finished picture holds."""
        self._report = report
        self._refresh()

    def show_node(self, node: int | None) -> None:
        """The node under the pointer."""
        self._node = node
        self._refresh()

    def show_selected(self, node: int | None) -> None:
        """The node that is spoken of while the pointer is elsewhere."""
        self._selected = node
        self._refresh()

    def _refresh(self) -> None:
        frame = self._shown
        if frame is not None and self.isVisible():
            told = facts(frame, self._report, self._edges)
            shorter = [SHORT_GAP.join(told[1:last]) for last in range(len(told), 1, -1)]
            self.facts.set_text(GAP.join(told), *shorter, *told[2:3])
            node = self._selected if self._node is None else self._node
            node = node if node is not None and node < frame.network.nodes else None
            self.pointed.set_text("" if node is None else node_text(frame, node))
            self.pointed.setVisible(node is not None)
