"""The middle of the window: the scene, and below it the panels that want its width."""

from __future__ import annotations

from collections.abc import Iterable

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PyQt6.QtWidgets import QSplitter, QSplitterHandle, QVBoxLayout, QWidget

from nodelink.qt import style
from nodelink.qt.banner import Banner, Stage
from nodelink.qt.columns import least_width
from nodelink.qt.scenes import Scenes
from nodelink.qt.view import View

SHARE = 0.42  # of the height for the panels below, until the user moves the handle
MOST = 0.55  # for panels that would rather have more than their share
LEAST_SCENE = 0.3  # of the height stay with the scene
NO_LIMIT = 16_777_215  # Qt's own
GRIP = 64.0, 4.0  # width and height of what is seen of the handle


class Handle(QSplitterHandle):
    """A short bar in the gap, where there is something to divide."""

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        if self.isEnabled():
            painter, colours = QPainter(self), self.palette()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.highlight() if self.underMouse() else colours.placeholderText())
            place = QRectF(0, 0, *GRIP)
            place.moveCenter(self.rect().toRectF().center())
            painter.drawRoundedRect(place, 2, 2)


class Middle(QSplitter):
    """The scene above, and below it every panel whose column is "below"; nothing there while all are hidden.

    Panels with `stretch` 0 are slim bars of their own height. The others share what is left, and where one of them is
    shown a handle divides the height between scene and panels. A panel that emits `spread` takes all of it.
    """

    def __init__(self, picture: QWidget, banner: Banner, views: Iterable[View]) -> None:
        super().__init__(Qt.Orientation.Vertical)
        self.views = [view for view in views if view.column == "below"]
        self.stage, self.shelf = Stage(picture, banner), QWidget()
        self.scenes = Scenes(self.stage)
        self._banner = banner
        self._wish: int | None = None  # height of the tall panels as the user left it
        self._bars = 0  # height of the bars above them
        self._spread: View | None = None  # the panel that wants all the height
        box = QVBoxLayout(self.shelf)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(style.GAP)
        for view in sorted(self.views, key=lambda view: view.stretch > 0):  # bars next to the scene
            box.addWidget(view, view.stretch)
            view.spread.connect(lambda on, view=view: self._spread_out(view if on else None))
        self.addWidget(self.scenes)
        self.addWidget(self.shelf)
        self.setChildrenCollapsible(False)
        self.setHandleWidth(style.GAP)
        self.splitterMoved.connect(self._keep)
        self.shelf.hide()

    def createHandle(self) -> QSplitterHandle:
        return Handle(self.orientation(), self)

    def arrange(self) -> None:
        """Follow which panels are shown, and how high they want to be."""
        shown = [view for view in self.views if not view.isHidden()]
        slim = [view.sizeHint().height() + style.GAP for view in shown if not view.stretch]
        tall = len(slim) < len(shown)
        self._bars = max(0, sum(slim) - (0 if tall else style.GAP))
        self.shelf.setMaximumHeight(NO_LIMIT if tall else self._bars)
        self.shelf.setVisible(bool(shown))
        self.scenes.setVisible(self._spread not in shown)
        handle = self.handle(1)
        assert handle is not None
        handle.setEnabled(tall)
        if shown:
            room = max(self.height() - self.handleWidth(), 1)
            wish = 0
            if tall:
                hint = sum(view.sizeHint().height() for view in shown if view.stretch)
                modest = all(view.modest for view in shown if view.stretch)
                least = 0 if modest else round(SHARE * room)
                wish = self._wish or max(least, min(hint, round(MOST * room)))
            shelf = min(wish + self._bars, round((1 - LEAST_SCENE) * room))
            self.setSizes([room - shelf, shelf])
        self._lay_banner()

    @property
    def least_width(self) -> int:
        """Logical pixels that the panels shown need."""
        return max((least_width([view]) for view in self.views), default=0)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self.arrange()

    def _lay_banner(self) -> None:
        """Messages lie over the scene, or where that is not shown over what has its place."""
        over = self.shelf if self.scenes.isHidden() else self.stage
        said = not self._banner.isHidden()
        if self._banner.parentWidget() is not over:
            self._banner.setParent(over)
            self._banner.setVisible(said)
        if said:
            self._banner.place()
            self._banner.raise_()

    def _keep(self) -> None:
        self._wish = self.shelf.height() - self._bars

    def _spread_out(self, view: View | None) -> None:
        self._spread = view
        self.arrange()
