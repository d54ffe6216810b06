"""Chip: a mark over the picture that says what is shown, wherever that is not simply the drawing."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QLabel

MARGIN = 5  # to the edges of the picture


class Chip(QLabel):
    """Hidden while there is nothing to say. Lies in the left upper corner; the pointer goes through it."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("chip")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def say(self, text: str) -> None:
        """Show a few words; "" hides the chip."""
        if text == self.text() and self.isHidden() != bool(text):
            return
        self.setText(text)
        self.setVisible(bool(text))
        self.place()

    def place(self) -> None:
        """Where it belongs, as large as its text."""
        over = self.parentWidget()
        if over is not None and self.text():
            self.ensurePolished()
            self.resize(self.sizeHint())
            self.move(MARGIN, MARGIN)
            self.raise_()
