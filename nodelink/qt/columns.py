"""Columns: the panels at both sides of the scene, or all at one side where two would leave it too little room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtWidgets import QApplication, QFrame, QScrollArea, QVBoxLayout, QWidget

from nodelink.qt import style
from nodelink.qt.view import View

RIGHT, RIGHT_LEAST = 0.8, 212  # width of the right column, as a share of the left one, and at least
MOST = 0.6  # of the window's width for two columns


class Column(QScrollArea):
    """Panels above each other; scrolls where the window is low, and is never narrower than they need."""

    def __init__(self) -> None:
        super().__init__()
        self._content = QWidget()
        self._box = QVBoxLayout(self._content)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(style.GAP)
        self.views: list[View] = []
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(self._content)

    def fill(self, views: Sequence[View]) -> None:
        """Hold these panels and no others; they keep to the top where none takes the spare height."""
        while self._box.count():
            self._box.takeAt(0)
        self.views = list(views)
        for view in views:
            moves = view.parentWidget() is not None and not view.isHidden()
            self._box.addWidget(view, view.stretch)
            if moves:
                view.show()  # now: Qt would do it some time later, and the height would come out wrong
        self._box.addStretch(0)
        QApplication.postEvent(self._content, QEvent(QEvent.Type.LayoutRequest))

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
        self["left"].fill([*left, *right] if one else left)
        self["right"].fill([] if one else right)


def least_width(panels: Sequence[View]) -> int:
    """Logical pixels that the panels shown need side by side with a scroll bar."""
    used = [view for view in panels if not view.isHidden()]
    for view in used:
        view.box.activate()  # after a change of style, sizes are known only now
    return max(view.minimumSizeHint().width() for view in used) + style.SCROLL_BAR if used else 0
