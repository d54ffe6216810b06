"""Arithmetic: the sum of the cell that the walk has computed last, written out below the scene."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QStackedWidget

from nodelink.explain.written import written
from nodelink.qt.arithmetic.sheet import Sheet
from nodelink.qt.view import Actions, View, label
from nodelink.session import Frame, Session
from nodelink.settings import Settings
from nodelink.theme import look

WAITS = "The steps are of B, the drawing: they wait until it is shown again."


class Arithmetic(View):
    """There while the pass is walked through cell by cell."""

    column = "below"
    stretch = 1
    modest = True

    def __init__(self, actions: Actions) -> None:
        super().__init__(actions)
        self._session: Session | None = None
        self.sheet = Sheet()
        self.waiting = label(WAITS, wrap=True)
        self.waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.either = QStackedWidget()  # as high as the higher of the two: the scene does not move
        for widget in (self.sheet, self.waiting):
            self.either.addWidget(widget)
        self.box.addWidget(self.either, 1)

    def attach(self, session: Session) -> None:
        self._session = session
        session.walk.changed.connect(self.touch)
        session.compare.changed.connect(self.touch)

    def is_wanted(self, name: str, settings: Settings) -> bool:
        """Where a step is a cell, unless the user has hidden it."""
        walk = self._session.walk if self._session is not None else None
        return walk is not None and walk.on and walk.grain == "position" and name not in settings.hidden

    def show_settings(self, settings: Settings) -> None:
        self.sheet.set_look(look(settings.theme, "diverging"), self.text)

    def show_frame(self, _frame: Frame) -> None:
        self.show_state()

    def show_state(self) -> None:
        if self._session is None:
            return
        session = self._session
        shown = session.compare.drawing_shown  # else the scene has other numbers than those of this sum
        self.either.setCurrentWidget(self.sheet if shown else self.waiting)
        step, activations = session.walk.step, session.frame.activations
        if step is None or activations.network is not session.walk.steps.network:
            self.sheet.show_page(None)
        else:
            self.sheet.show_page(lambda lines: written(activations, step, lines))
