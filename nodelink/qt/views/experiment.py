"""Experiment: breaks the network or transforms the drawing, on purpose; what is changed stands in a list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QToolButton

from nodelink.experiments import attempt, flip
from nodelink.nn.changes import BiasOff, Change, describe, silence
from nodelink.nn.transforms import AS_DRAWN, AXES, Transform
from nodelink.qt.drawing_page import DrawingPage
from nodelink.qt.icons import icon
from nodelink.qt.network_page import NetworkPage
from nodelink.qt.style import scaled
from nodelink.qt.view import Actions, Line, View, label
from nodelink.session import Frame, Session
from nodelink.settings import Settings
from nodelink.theme import THEMES

PAGES = ("Network", "Drawing")
WAYS = {"restore-all": "Restore all", "bring-back": "Bring back"}  # commands of one button
NOTHING = "Nothing is changed: the network as it was trained."


class Experiment(View):
    """Two pages, one shown at a time, above the list of what is changed."""

    title, shorter = "Experiment", "Break it"
    column = "right"
    seeks = True

    def __init__(self, actions: Actions) -> None:
        super().__init__(actions)
        self._session: Session | None = None
        self._way = "restore-all"
        self.network, self.drawing = NetworkPage(actions), DrawingPage(actions)
        self.network.wanted.connect(self._change)
        self.network.turned.connect(self.touch)
        self.drawing.wanted.connect(self._transform)
        self.pages = (self.network, self.drawing)
        self.page = 0
        self.tabs = [self._tab(i, name) for i, name in enumerate(PAGES)]
        tabs = QHBoxLayout()
        tabs.setSpacing(4)
        for tab in self.tabs:
            tabs.addWidget(tab)
        self.message = label("", "small", wrap=True)
        self.rows: list[tuple[Line, QToolButton]] = []
        self.list = QGridLayout()
        self.list.setColumnStretch(0, 1)
        self.list.setVerticalSpacing(0)
        self.everything = QToolButton()
        self.everything.setObjectName("small_key")
        self.head.addStretch(1)
        self.head.addWidget(self.everything)
        self.everything.clicked.connect(lambda: actions[self._way].trigger())
        self.box.addLayout(tabs)
        for page in self.pages:
            self.box.addWidget(page)
        self.box.addWidget(self.message)
        self.box.addLayout(self.list)
        self._turn_to(0)

    def attach(self, session: Session) -> None:
        """The panel is about the drawing in hand and its network, whatever is shown of A and B."""
        self._session = session
        session.inquiry.changed.connect(self.touch)
        session.compare.changed.connect(self.touch)

    def show_frame(self, _frame: Frame) -> None:
        self.show_state()

    def show_settings(self, settings: Settings) -> None:
        self.drawing.set_look(settings, self.text)
        theme, side = THEMES[settings.theme], scaled(15, self.text)
        for _, button in self.rows:
            button.setIcon(icon("close", theme))
            button.setIconSize(QSize(side, side))
        self.show_state()

    def show_state(self) -> None:
        """What is changed, and what can be."""
        session = self._session
        if session is None:
            return
        self.pages[self.page].show_session(session)
        self._list(session)
        self._say(silence(session.network) or "")

    # The list ----------------------------------------------------------------------------------------------

    def _list(self, session: Session) -> None:
        texts = [describe(session.network, change) for change in session.changes]
        undo: list[Callable[[], object]] = [_restorer(session, change) for change in session.changes]
        for axis in AXES.values():
            value = getattr(session.transform, axis.field)
            if value != getattr(AS_DRAWN, axis.field):
                texts.append(f"{axis.title} {axis.text(value)}")
                undo.append(_resetter(session, axis.field))
        if texts != [line.text for line, _ in self.rows]:
            self._fill(texts)
        self._undo = undo
        self._way = "bring-back" if session.can_bring_back else "restore-all"
        self.everything.setText(WAYS[self._way])
        self.everything.setToolTip(self.actions_by_id[self._way].toolTip())
        self.everything.setEnabled(bool(texts) or session.can_bring_back)

    def _fill(self, texts: list[str]) -> None:
        """As many rows as there are changes."""
        while len(self.rows) > max(len(texts), 0):
            for widget in self.rows.pop():
                self.list.removeWidget(widget)
                widget.hide()
                widget.deleteLater()
        while len(self.rows) < len(texts):
            self._add_row(len(self.rows))
        for (line, button), text in zip(self.rows, texts, strict=True):
            line.set_text(text)
            button.setToolTip(f"Restore: {text}")
            button.setAccessibleName(button.toolTip())

    def _add_row(self, place: int) -> None:
        line, button = Line("", "small", greedy=True), QToolButton()
        button.setObjectName("tool")
        button.clicked.connect(lambda: self._try(self._undo[place]))
        if self._settings is not None:
            side = scaled(15, self.text)
            button.setIcon(icon("close", THEMES[self._settings.theme]))
            button.setIconSize(QSize(side, side))
        self.list.addWidget(line, place, 0)
        self.list.addWidget(button, place, 1)
        self.rows.append((line, button))

    # What the user wants -----------------------------------------------------------------------------------

    def _change(self, change: Change) -> None:
        session = self._session
        if session is not None:
            if isinstance(change, BiasOff):
                self._try(lambda: flip(change, session))
            else:
                self._try(lambda: session.alter(change))

    def _transform(self, transform: Transform) -> None:
        session = self._session
        if session is not None:
            self._try(lambda: session.set_transform(transform))

    def _try(self, act: Callable[[], object]) -> None:
        """Do it; what cannot be done is said here, and all is shown as it is."""
        said: list[str] = []
        if self._session is not None:
            attempt(act, self._session, said.append)
        self.show_state()
        if said:
            self._say(said[-1])

    def _say(self, text: str) -> None:
        self.message.setText(text or ("" if self.rows else NOTHING))
        self.message.setVisible(bool(self.message.text()))

    def _tab(self, index: int, name: str) -> QToolButton:
        tab = QToolButton()
        tab.setText(name)
        tab.setObjectName("small_key")
        tab.setCheckable(True)
        tab.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        tab.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        tab.clicked.connect(lambda: self._turn_to(index))
        return tab

    def _turn_to(self, index: int) -> None:
        self.page = index
        for i, (tab, page) in enumerate(zip(self.tabs, self.pages, strict=True)):
            tab.setChecked(i == index)
            page.setVisible(i == index)
        self.touch()


def _restorer(session: Session, change: Change) -> Callable[[], object]:
    return lambda: session.restore(change)


def _resetter(session: Session, field: str) -> Callable[[], object]:
    fields: dict[str, Any] = {field: getattr(AS_DRAWN, field)}
    return lambda: session.set_transform(replace(session.transform, **fields))
