"""Headline: one line over a scene that stands beside another: which network, its answer, its edges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QWidget

from nodelink.qt.answers import MARKS, brief, guess
from nodelink.qt.view import Line
from nodelink.session import Frame

if TYPE_CHECKING:
    from nodelink.gl.canvas import DrawReport


class Headline(QFrame):
    """`head` says or chooses which network; `more` stands at the right end."""

    def __init__(self, head: QWidget, *more: QWidget) -> None:
        super().__init__()
        self.setObjectName("headline")
        self.answer, self.facts = Line(name="answer"), Line(name="small", greedy=True)
        self.facts.side = Qt.AlignmentFlag.AlignRight
        line = QHBoxLayout(self)
        line.setContentsMargins(10, 4, 6, 4)
        line.setSpacing(10)
        line.addWidget(head)
        line.addWidget(self.answer)
        line.addWidget(self.facts, 1)
        for widget in more:
            line.addWidget(widget)

    def show_frame(self, frame: Frame | None) -> None:
        """The answer, in the words of the prediction; of a difference both."""
        if frame is None:
            self.answer.set_text("no answer")
        elif frame.of is not None:
            a, b = frame.of
            self.answer.set_text(f"{MARKS[frame.mark]}: {guess(a)} → {guess(b)}", f"{guess(a)} → {guess(b)}")
        else:
            start = f"{frame.mark}: " if frame.mark else ""
            self.answer.set_text(start + brief(frame), start + guess(frame))

        self._leave_room()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._leave_room()

    def _leave_room(self) -> None:
        """The answer comes first: up to a third of the line is its own."""
        self.answer.setMinimumWidth(min(self.answer.sizeHint().width(), self.width() // 3))

    def show_report(self, report: DrawReport) -> None:
        """What the finished picture holds."""
        if not report.edges_shown:
            self.facts.set_text("no edges shown", "")
            return
        whole = f"{report.edges_shown:,} of {report.edges_total:,} edges"
        self.facts.set_text(whole, f"{report.edges_shown:,} edges", "")
