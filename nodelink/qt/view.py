"""What every panel shares: a card with a title that shows frames and settings, and does no work while hidden."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from PyQt6.QtCore import QPoint, QSize, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QAction, QPainter, QPaintEvent, QShowEvent
from PyQt6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from nodelink.qt.style import GAP
from nodelink.session import Frame, Session
from nodelink.settings import Settings

Actions = Mapping[str, QAction]  # by command id


class View(QFrame):
    """A panel. Subclasses fill `box` and override `show_frame` and `show_settings`; they only ever show."""

    title: ClassVar[str] = ""
    shorter: ClassVar[str | None] = None  # the title where room is short
    column: ClassVar[str] = "right"  # "left", "right", "below" the scene, or "bottom"
    stretch: ClassVar[int] = 0  # its share of spare height
    modest: ClassVar[bool] = False  # a tall panel below the scene that is well with its size hint
    seeks: ClassVar[bool] = False  # comes into view where it is shown, however low the window
    stays: ClassVar[bool] = False  # stays in sight, low, above a column that has to be scrolled
    subtracts: ClassVar[bool] = False  # can show a difference of frames; others are given B instead

    wanted = pyqtSignal(dict)  # settings that the user moved here: {field: value}
    spread = pyqtSignal(bool)  # of a panel below the scene: it wants all the height, or its share again

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self.actions_by_id = actions
        self._frame: Frame | None = None
        self._settings: Settings | None = None
        self._frame_is_new = self._settings_are_new = self._state_is_new = False
        self.text = 1.0  # factor on all text: style.text_scale
        self.setObjectName("panel")
        self.box = QVBoxLayout(self)
        self.box.setContentsMargins(GAP + 2, GAP, GAP + 2, GAP + 2)
        self.box.setSpacing(GAP - 4)
        self.head = QHBoxLayout()  # the title, and what a view adds at its right
        if self.title:
            self._title = Line("", "title")
            self._title.set_text(self.title, self.shorter)
            self.head.addWidget(self._title)
            self.box.addLayout(self.head)

    def attach(self, session: Session) -> None:
        """Listen to what a panel needs beside frames and settings. Called once, before it is shown.

        What changes while the panel is hidden is to be kept with `touch`, which calls `show_state` now or later.
        """

    def is_wanted(self, name: str, settings: Settings) -> bool:
        """Whether it is to be seen; name: its id among the panels."""
        return name not in settings.hidden

    def set_compact(self, on: bool) -> None:
        """Of a view that `stays`: show the same in as little height as it takes, or in all of it."""

    def set_title_shown(self, on: bool) -> None:
        """Whether its title is shown, where it has one."""
        if self.title:
            self._title.setVisible(on)

    def touch(self, *_news: object) -> None:
        """Something that `attach` listens to has changed: show it, now or as soon as the view is visible."""
        self._state_is_new = True
        self._catch_up()

    def show_state(self) -> None:
        """Show what `attach` listens to."""

    def receive_frame(self, frame: Frame) -> None:
        """Show `frame`, now or as soon as the view is visible."""
        self._frame, self._frame_is_new = frame, True
        self._catch_up()

    def receive_settings(self, settings: Settings, text: float = 1.0) -> None:
        """Show `settings`, now or as soon as the view is visible; text: see style.text_scale."""
        self.text = text
        self._settings, self._settings_are_new = settings, True
        self._catch_up()

    def show_frame(self, frame: Frame) -> None:
        """Show an answer. Called only while visible."""

    def show_settings(self, settings: Settings) -> None:
        """Show what the user has chosen. Called only while visible, and before the first frame."""

    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        self._catch_up()
        window = self.window()
        if self.seeks and window is not None and window.isVisible():
            QTimer.singleShot(0, self._come_into_view)

    def _come_into_view(self) -> None:
        """Scroll no farther than it takes; of what is higher than the column the upper end is seen."""
        area = self.parentWidget()
        while area is not None and not isinstance(area, QScrollArea):
            area = area.parentWidget()
        bar = area.verticalScrollBar() if area is not None else None
        content, port = (area.widget(), area.viewport()) if area is not None else (None, None)
        if bar is not None and content is not None and port is not None and self.isVisible():
            top, room = self.mapTo(content, QPoint()).y(), port.height()
            bottom = top + min(self.height(), room) - room
            bar.setValue(min(max(bar.value(), bottom), top))

    def _catch_up(self) -> None:
        if not self.isVisible():
            return
        if self._settings_are_new and self._settings is not None:
            self._settings_are_new = False
            self.show_settings(self._settings)
        if self._frame_is_new and self._frame is not None:
            self._frame_is_new = False
            self.show_frame(self._frame)
        if self._state_is_new:
            self._state_is_new = False
            self.show_state()


class Line(QWidget):
    """One line of text that is shortened, not cut, where there is too little room."""

    def __init__(self, text: str = "", name: str = "", *, greedy: bool = False) -> None:
        """`greedy`: takes whatever room there is, instead of what the text needs."""
        super().__init__()
        self.text: str = text
        self._shorter: tuple[str, ...] = ()
        self.side = Qt.AlignmentFlag.AlignLeft
        self.setObjectName(name)
        width = QSizePolicy.Policy.Ignored if greedy else QSizePolicy.Policy.Preferred
        self.setSizePolicy(width, QSizePolicy.Policy.Fixed)

    def set_text(self, text: str, *shorter: str | None) -> None:
        """Show `text`, or the first of the `shorter` ones that fits where the whole does not."""
        if text != self.text:
            self.text, self._shorter = text, tuple(other for other in shorter if other is not None)
            self.setToolTip(text)
            self.setAccessibleName(text)
            self.updateGeometry()
            self.update()

    @property
    def least(self) -> int:
        """Logical pixels that the shortest text needs."""
        shortest = self._shorter[-1] if self._shorter else self.text
        return self.fontMetrics().horizontalAdvance(shortest) + 2

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self.text) + 2, metrics.height() + 4)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter, metrics = QPainter(self), self.fontMetrics()
        texts = (self.text, *self._shorter)
        fitting = (text for text in texts if metrics.horizontalAdvance(text) <= self.width())
        shown = metrics.elidedText(next(fitting, texts[-1]), Qt.TextElideMode.ElideRight, self.width())
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), int(self.side | Qt.AlignmentFlag.AlignVCenter), shown)


def label(text: str, name: str = "", *, wrap: bool = False) -> QLabel:
    """A label dressed by the style sheet under `name`."""
    result = QLabel(text)
    result.setTextFormat(Qt.TextFormat.PlainText)  # names come from files: no mark-up
    result.setObjectName(name)
    result.setWordWrap(wrap)
    return result


def key_button(actions: Actions, name: str) -> QToolButton:
    """A small button with a word on it, as wide as there is room; of the command `name`, if there is one."""
    button = QToolButton()
    button.setObjectName("small_key")
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
    button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    if name in actions:
        button.setDefaultAction(actions[name])
    return button
