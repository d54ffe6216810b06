"""Chip: a mark above the picture that says what is shown, wherever that is not simply the drawing."""

from __future__ import annotations

from PyQt6.QtWidgets import QFrame, QHBoxLayout, QWidget

from nodelink.qt.view import Line

QUIET = "Network as loaded, drawing as it is"  # where a change may come at any moment, or has gone


class Chip(QWidget):
    """A row of its own, at the left end of which the words stand; hidden while there is nothing to say.

    It lies over nothing: a mark over the scene would hide what is written there, and above a scene that is a window
    of its own a mark that moves leaves its pixels behind.
    """

    def __init__(self) -> None:
        super().__init__()
        self.line = Line(name="mark")
        self.mark = QFrame()
        self.mark.setObjectName("chip")
        inner = QHBoxLayout(self.mark)
        inner.setContentsMargins(8, 0, 8, 0)
        inner.addWidget(self.line)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.mark)
        row.addStretch(1)
        self.hide()

    @property
    def text(self) -> str:
        """What it says; "" while nothing is to be said."""
        return self.line.text if self.mark.property("quiet") is False else ""

    def say(self, text: str, shorter: str, *, keep: bool) -> None:
        """Show a few words, or fewer where room is short.

        keep: where there are none the row stays, and says that: what comes and goes must not move the scene.
        """
        self.line.set_text(text or QUIET, shorter if text else None)
        quiet = not text
        if self.mark.property("quiet") != quiet:
            self.mark.setProperty("quiet", quiet)
            style = self.style()
            assert style is not None
            for widget in (self.mark, self.line):
                style.polish(widget)
        self.setVisible(bool(text) or keep)
