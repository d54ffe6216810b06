"""The player: a slim bar below the scene for the pass that is walked through step by step."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QBoxLayout, QHBoxLayout, QMenu, QToolButton

from nodelink.playing import told
from nodelink.qt.icons import icon
from nodelink.qt.style import scaled
from nodelink.qt.track import Track
from nodelink.qt.view import Actions, Line, View
from nodelink.session import Session
from nodelink.settings import Settings
from nodelink.theme import THEMES
from nodelink.walk import SPEEDS

MOVES = ("walk-layer-back", "walk-back", "walk-play", "walk-forward", "walk-layer-forward")
WORDS = 130  # pixels at text size 1 for the line that says where the walk is
GRAINS = ("walk-by-layer", "walk-by-map", "walk-by-position")


class Player(View):
    """Play, pause, step, how much a step is, how fast, and a track with a part for every layer."""

    column = "below"

    def __init__(self, actions: Actions) -> None:
        super().__init__(actions)
        self._session: Session | None = None
        self._theme = THEMES["dark"]
        self.buttons = {
            name: _button(actions, name) for name in (*MOVES, *GRAINS, "walk-follow", "walk-stop")
        }
        for name in (*GRAINS, "walk-follow"):
            self.buttons[name].setObjectName("grain")
        for name in GRAINS:
            self.buttons[name].setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.speed = _speeds(self._choose_speed)
        self.speed.setObjectName("grain")
        self.where = Line(greedy=True)
        self.track = Track()
        self.track.jumped.connect(self._jump)
        self.moves, self.choices = QHBoxLayout(), QHBoxLayout()
        for line in (self.moves, self.choices):
            line.setSpacing(2)
        for name in MOVES:
            self.moves.addWidget(self.buttons[name])
        self.moves.addSpacing(6)
        self.moves.addWidget(self.where, 1)
        for name in GRAINS:
            self.choices.addWidget(self.buttons[name])
        self.choices.addWidget(self.speed)
        self.choices.addWidget(self.buttons["walk-follow"])
        self.choices.addStretch()
        self.choices.addWidget(self.buttons["walk-stop"])
        self.lines = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self.lines.setSpacing(6)
        self.lines.addLayout(self.moves, 1)
        self.lines.addLayout(self.choices)
        self.box.addLayout(self.lines)
        self.box.addWidget(self.track)

    def attach(self, session: Session) -> None:
        self._session = session
        session.walk.changed.connect(self.touch)

    def is_wanted(self, _name: str, _settings: Settings) -> bool:
        """While the pass is walked through."""
        return self._session is not None and self._session.walk.on

    def show_settings(self, settings: Settings) -> None:
        self._theme = THEMES[settings.theme]
        side = scaled(17, self.text)
        for name, button in self.buttons.items():
            button.setIconSize(QSize(side, side))
            if name not in GRAINS:
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self.track.set_look(self._theme, self.text)
        self.show_state()
        self._break()

    def show_state(self) -> None:
        if self._session is None:
            return
        walk = self._session.walk
        self.where.set_text(*told(self._session))
        self.speed.setText(_times(walk.speed))
        self.buttons["walk-play"].setIcon(icon("pause" if walk.playing else "walk-play", self._theme))
        self.track.set_walk(walk)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._break()

    def _break(self) -> None:
        """Two lines where one has too little room."""
        both = self.moves.sizeHint().width() + self.choices.sizeHint().width()
        one = both + scaled(WORDS, self.text) <= self.width()
        directions, stop = QBoxLayout.Direction, self.buttons["walk-stop"]
        self.lines.setDirection(directions.LeftToRight if one else directions.TopToBottom)
        for line in (self.moves, self.choices):
            line.removeWidget(stop)
        (self.choices if one else self.moves).addWidget(stop)  # always at the end of the first line

    def _choose_speed(self, speed: float) -> None:
        if self._session is not None:
            self._session.walk.choose(speed=speed)

    def _jump(self, at: int) -> None:
        if self._session is not None:
            self._session.walk.go(at)


def _button(actions: Actions, name: str) -> QToolButton:
    button = QToolButton()
    button.setObjectName("tool")
    if name in actions:
        button.setDefaultAction(actions[name])
    return button


def _speeds(choose: Callable[[float], None]) -> QToolButton:
    button = QToolButton()
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    button.setToolTip("How fast it plays")
    menu = QMenu(button)
    for speed in SPEEDS:
        action = menu.addAction(_times(speed))
        assert action is not None
        action.triggered.connect(lambda _=False, speed=speed: choose(speed))
    button.setMenu(menu)
    return button


def _times(speed: float) -> str:
    return f"× {speed:g}"
