"""Columns: the panels at both sides of the scene, or all at one side where two would leave it too little room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PyQt6.QtCore import QEvent, QObject, Qt
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QApplication, QFrame, QScrollArea, QVBoxLayout, QWidget

from nodelink.qt import style
from nodelink.qt.view import View

RIGHT, RIGHT_LEAST = 0.8, 212  # width of the right column, as a share of the left one, and at least
MOST = 0.6  # of the window's width for two columns
RELUCTANCE = 24  # spare pixels before a panel that has come to head a column is one of the others again


class Column(QWidget):
    """Panels above each other; scrolls where the window is low, and is never narrower than they need.

    A panel that `stays` then stays in sight, low, above what scrolls.
    """

    def __init__(self) -> None:
        super().__init__()
        self.views: list[View] = []
        self._head: View | None = None  # the panel that stands above what scrolls now
        self._may_head = False
        self._tall = 0  # how high it must be where it does not
        self._content = QWidget()
        self._box = _box(self._content)
        self._content.installEventFilter(self)
        self.area = QScrollArea()
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidgetResizable(True)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(self._content)
        self._all = _box(self)
        self._all.addWidget(self.area, 1)

    def fill(self, views: Sequence[View], *, headed: bool) -> None:
        """Hold these panels and no others; they keep to the top where none takes the spare height.

        headed: one that `stays` may stay in sight.
        """
        self.views, self._may_head = list(views), headed
        self._lay_out(None)

    def settle(self) -> None:
        """One that `stays` stands above what scrolls where there is too little height for all."""
        used = [view for view in self.views if not view.isHidden()]
        heading = [view for view in used if view.stays and self._may_head]
        if not heading or len(used) < 2:
            wanted = None
        else:
            (wanted,) = heading
            if wanted is not self._head:
                self._tall = wanted.minimumSizeHint().height()
            others = sum(view.minimumSizeHint().height() + style.GAP for view in used if view is not wanted)
            spare = self.height() - others - self._tall
            wanted = wanted if spare < (RELUCTANCE if self._head else 0) else None
        if wanted is not self._head:
            self._lay_out(wanted)

    def _lay_out(self, head: View | None) -> None:
        while self._box.count():
            self._box.takeAt(0)
        self._head, shown = head, {view for view in self.views if not view.isHidden()}
        for view in self.views:
            moves = view.parentWidget() is not None and view in shown
            if view.stays:
                view.set_compact(view is head)
            if view is head:
                self._all.insertWidget(0, view)
            else:
                self._box.addWidget(view, view.stretch)
            if moves:
                view.show()  # now: Qt would do it some time later, and the height would come out wrong
        self._box.addStretch(0)
        QApplication.postEvent(self._content, QEvent(QEvent.Type.LayoutRequest))

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if event is not None and event.type() == QEvent.Type.LayoutRequest:
            self.settle()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self.settle()

    @property
    def is_used(self) -> bool:
        return any(not view.isHidden() for view in self.views)


class Columns(dict[str, Column]):
    """The columns "left" and "right"."""

    def __init__(self, drawing: View, views: Mapping[str, View]) -> None:
        super().__init__(left=Column(), right=Column())
        self._panels = {"left": [drawing], "right": list[View]()}
        for view in views.values():
            if view.column in self._panels:
                self._panels[view.column].append(view)
        self._fill(one=False)

    def arrange(self, window_width: int, text: float, middle: int = 0) -> None:
        """Follow the window's width, the text's scale, what the middle needs at least, and which panels are shown."""
        least = {name: least_width(panels) for name, panels in self._panels.items()}
        one = sum(least.values()) > min(MOST * window_width, window_width - middle - 4 * style.GAP)
        if one != self._one:
            self._fill(one)
        width = style.column_width(window_width, text)
        right = max(RIGHT_LEAST, round(RIGHT * width))
        if not one:
            width = min(width, window_width - middle - 4 * style.GAP - least["right"])
            right = min(right, window_width - middle - 4 * style.GAP - max(width, least["left"]))
        self["left"].setFixedWidth(max(width, least["left"], least["right"] if one else 0))
        self["right"].setFixedWidth(max(right, least["right"]))
        for column in self.values():
            column.setVisible(column.is_used)

    def _fill(self, one: bool) -> None:
        self._one = one
        left, right = self._panels.values()
        self["left"].fill([*left, *right] if one else left, headed=False)
        self["right"].fill([] if one else right, headed=True)


def _box(widget: QWidget) -> QVBoxLayout:
    """A widget's content, one below the other."""
    box = QVBoxLayout(widget)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(style.GAP)
    return box


def least_width(panels: Sequence[View]) -> int:
    """Logical pixels that the panels shown need side by side with a scroll bar."""
    used = [view for view in panels if not view.isHidden()]
    for view in used:
        view.box.activate()  # after a change of style, sizes are known only now
    return max(view.minimumSizeHint().width() for view in used) + style.SCROLL_BAR if used else 0
