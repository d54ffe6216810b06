"""Headline: one line over a scene that stands beside another: which network, its answer, its edges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QWidget

from nodelink.qt.answers import MARKS, brief, briefer, guess
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
        self._head, self._more = head, more
        line = self._line = QHBoxLayout(self)
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
            self.answer.set_text(start + brief(frame), start + briefer(frame), start + guess(frame))
        self._leave_room()

    def mark(self, on: bool) -> None:
        """Whether it is this network that is asked."""
        if self.property("asked") != on:
            self.setProperty("asked", on)
            style = self.style()
            assert style is not None
            style.polish(self)
            self.setToolTip("Keys, addresses and the inspector are about this network" if on else "")

    def minimumSizeHint(self) -> QSize:
        """The room that the answer has here must not keep the scene as wide as it is."""
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._leave_room()

    def _leave_room(self) -> None:
        """The answer comes first: all that it needs, as long as the others have what they need at least."""
        margins = self._line.contentsMargins()
        others = [self._head.least if isinstance(self._head, Line) else self._head.minimumSizeHint().width()]
        others += [widget.sizeHint().width() for widget in self._more]
        taken = sum(others) + (len(others) + 1) * self._line.spacing() + margins.left() + margins.right()
        self.answer.setMinimumWidth(max(0, min(self.answer.sizeHint().width(), self.width() - taken)))

    def show_report(self, report: DrawReport) -> None:
        """What the finished picture holds."""
        if not report.edges_shown:
            self.facts.set_text("no edges shown", "")
            return
        whole = f"{report.edges_shown:,} of {report.edges_total:,} edges"
        self.facts.set_text(whole, f"{report.edges_shown:,} edges", "")
