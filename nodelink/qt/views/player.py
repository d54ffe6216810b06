"""The player: a slim bar below the scene for the pass that is walked through step by step."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from nodelink.playing import GRAIN_NAMES, told, turn_to_drawing
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
        self.choices = [*(self.buttons[name] for name in GRAINS), self.speed, self.buttons["walk-follow"]]
        self.menu = self._menu(actions)  # the choices where they have no room
        line = QHBoxLayout()
        line.setSpacing(2)
        for name in MOVES:
            line.addWidget(self.buttons[name])
        line.addSpacing(6)
        line.addWidget(self.where, 1)
        for widget in (*self.choices, self.menu, self.buttons["walk-stop"]):
            line.addWidget(widget)
        self.box.addLayout(line)
        self.box.addWidget(self.track)

    def _menu(self, actions: Actions) -> QToolButton:
        button = QToolButton()
        button.setObjectName("grain")
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setToolTip("How much a step is, how fast it plays, whether the camera follows")
        menu = QMenu(button)
        menu.addActions([actions[name] for name in (*GRAINS, "walk-follow") if name in actions])
        menu.addMenu(_speed_menu(menu, self._choose_speed))
        button.setMenu(menu)
        return button

    def attach(self, session: Session) -> None:
        self._session = session
        session.walk.changed.connect(self.touch)
        session.compare.changed.connect(self.touch)

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
        said = told(self._session)
        self.where.set_text(*said)
        self.track.set_said(() if self.where.isVisibleTo(self) else said)
        self.menu.setText(f"{GRAIN_NAMES[walk.grain]} \N{BLACK DOWN-POINTING SMALL TRIANGLE}")
        self.speed.setText(_times(walk.speed))
        self.buttons["walk-play"].setIcon(icon("pause" if walk.playing else "walk-play", self._theme))
        self.track.set_walk(walk)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._break()

    def _break(self) -> None:
        """Where room is short the choices are in a menu; where it is shorter still the track says where the walk is."""
        usual = [*(self.buttons[name] for name in MOVES), self.buttons["walk-stop"]]
        margins = self.box.contentsMargins()
        room = self.contentsRect().width() - margins.left() - margins.right() - _wide(usual) - 8
        one = _wide(self.choices) + scaled(WORDS, self.text) <= room
        for choice in self.choices:
            choice.setVisible(one)
        self.menu.setVisible(not one)
        words = one or _wide([self.menu]) + scaled(WORDS, self.text) <= room
        if words != self.where.isVisibleTo(self):
            self.where.setVisible(words)
            self.show_state()

    def _choose_speed(self, speed: float) -> None:
        if self._session is not None:
            self._session.walk.choose(speed=speed)

    def _jump(self, at: int) -> None:
        if self._session is not None:
            turn_to_drawing(self._session)
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
    button.setMenu(_speed_menu(button, choose))
    return button


def _speed_menu(parent: QWidget, choose: Callable[[float], None]) -> QMenu:
    menu = QMenu("Speed", parent)
    for speed in SPEEDS:
        action = menu.addAction(_times(speed))
        assert action is not None
        action.triggered.connect(lambda _=False, speed=speed: choose(speed))
    return menu


def _wide(widgets: Sequence[QWidget]) -> int:
    """Pixels that they need beside each other."""
    return sum(widget.sizeHint().width() + 2 for widget in widgets)


def _times(speed: float) -> str:
    return f"× {speed:g}"
