"""Scenes: the scene, and a second one with another network beside it while there is one, and room for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, QObject, Qt
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QSizePolicy,
    QSplitter,
    QSplitterHandle,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from nodelink.command import NETWORKS
from nodelink.graph.emphasis import NOTHING
from nodelink.nn.network import Network
from nodelink.qt import style
from nodelink.qt.banner import Banner, Stage
from nodelink.qt.files import NETWORKS as NETWORK_FILES
from nodelink.qt.headline import Headline
from nodelink.qt.icons import icon
from nodelink.qt.scene_input import SceneInput
from nodelink.qt.view import Line
from nodelink.session import Frame, Session
from nodelink.settings import ALL_LAYERS, Settings
from nodelink.theme import THEMES

if TYPE_CHECKING:
    from nodelink.gl.canvas import NetworkCanvas

LEAST, LEAST_SCALED = 290, 250  # pixels that a scene beside another needs at least; and at text size 1
WISH = 440  # and those for which the columns make room
FILE = "open a file"  # what the last entry of the choice box stands for
NO_ROOM = "There is no room for a second network: make the window wider, or hide what stands below."


class Second(QWidget):
    """The second network's scene with its headline and its choice box. Knows its canvas, not the session."""

    def __init__(self, canvas: NetworkCanvas) -> None:
        super().__init__()
        self.canvas = canvas
        self.banner = Banner()
        self.choice = QComboBox()
        self.choice.setAccessibleName("The second network")
        self.choice.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.fit, self.close_button = QToolButton(), QToolButton()
        for button, tip in (
            (self.fit, "First view of this network"),
            (self.close_button, "One network only"),
        ):
            button.setObjectName("tool")
            button.setToolTip(tip)
            button.setAccessibleName(tip)
        self.headline = Headline(self.choice, self.fit, self.close_button)
        canvas.native.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.scene_input = SceneInput(canvas)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        box.addWidget(self.headline)
        box.addWidget(Stage(canvas.native, self.banner), 1)

    def offer(self, names: list[str], chosen: str) -> None:
        """The networks that can be chosen."""
        self.choice.blockSignals(True)
        self.choice.clear()
        for name in names:
            self.choice.addItem(NETWORKS.get(name, Path(name).stem), name)
        self.choice.addItem("Open…", FILE)
        self.choice.setCurrentIndex(self.choice.findData(chosen))
        self.choice.blockSignals(False)

    def dress(self, settings: Settings, text: float) -> None:
        """Icons in the colours of the theme."""
        theme = THEMES[settings.theme]
        for button, name in ((self.fit, "fit"), (self.close_button, "close")):
            button.setIcon(icon(name, theme))
            side = style.scaled(17, text)
            button.setIconSize(button.iconSize().scaled(side, side, Qt.AspectRatioMode.IgnoreAspectRatio))
        self.banner.dress(settings)


class Scenes(QSplitter):
    """Beside each other, each under its headline; alone, the scene has none."""

    def __init__(self, stage: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.title = Line()
        self.headline = Headline(self.title)
        self.second: Second | None = None  # while it is shown
        self._spare: Second | None = None  # it again, once it has been made
        self._shown: Network | None = None  # in it
        self._ready = False  # attached
        self._window_height = 0
        self._text = 1.0
        self._files: list[str] = []  # opened in the choice box
        first = QWidget()
        box = QVBoxLayout(first)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        box.addWidget(self.headline)
        box.addWidget(stage, 1)
        self.headline.hide()
        self._share = 0.5  # of the width for the first scene; the handle moves it
        self.splitterMoved.connect(self._keep)
        self.addWidget(first)
        self.setChildrenCollapsible(False)
        self.setHandleWidth(style.GAP)

    def attach(
        self,
        session: Session,
        first: QWidget,
        make_canvas: Callable[[], NetworkCanvas] | None,
        say: Callable[[str, bool], None],
        look: Callable[[], None],
    ) -> None:
        """Show the session's second network, on a canvas that `make_canvas` makes; None: there never is one.

        first: the first canvas's widget. `say` shows a line, an error or not; `look` looks at the selected node.
        Whoever calls `follow` when that network has changed has made room before.
        """
        self._session, self._make, self._say, self._look = session, make_canvas, say, look
        self._ready = True
        session.beside.frame_changed.connect(self._show_frame)
        session.beside.pose_changed.connect(self._show_pose)
        session.beside.focus.changed.connect(self._show_focus)
        session.inquiry.changed.connect(self._show_asked)
        first.installEventFilter(self)

    @property
    def wish(self) -> int:
        """The width in pixels for which the columns should make room."""
        return 2 * WISH + style.GAP if self._session.beside.network is not None else 0

    def follow(self) -> None:
        """A second network has come, gone, or been exchanged. Where there is no room for it, it goes again."""
        if self._session.beside.network is not None and not self._has_room:
            self._say(NO_ROOM, False)
            self._session.beside.close()
        else:
            self._arrange()

    @property
    def _has_room(self) -> bool:
        least = max(LEAST, style.scaled(LEAST_SCALED, self._text))
        return self._make is not None and self.width() >= 2 * least + style.GAP

    def _arrange(self) -> None:
        network = self._session.beside.network
        if network is None or not self._has_room:
            self._close()
        elif self.second is None:
            self._open()
        elif network is not self._shown:
            self._show_network()
        self.headline.setVisible(self.second is not None)
        self._show_asked()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """In a window that has become too narrow the second scene waits for room."""
        super().resizeEvent(event)
        if self._ready and self._session.beside.network is not None and self.isVisible():
            self._divide()
            waits = self.second is not None and not self._has_room
            self._arrange()
            if waits:
                self._say(NO_ROOM, False)

    def _divide(self) -> None:
        room = self.width() - style.GAP
        self.setSizes([round(self._share * room), room - round(self._share * room)])

    def _keep(self) -> None:
        self._share = self.sizes()[0] / max(1, sum(self.sizes()))

    def createHandle(self) -> QSplitterHandle:
        return QSplitterHandle(self.orientation(), self)

    # The first scene ---------------------------------------------------------------------------------------

    def show_first(self, frame: Frame) -> None:
        """What the scene shows, for its headline."""
        name = frame.network.title or frame.network.name
        self.title.set_text(name, frame.network.name)
        self.headline.show_frame(frame)

    # The second one ----------------------------------------------------------------------------------------

    def set_window_height(self, height: int) -> None:
        """How high the window is: text in scenes is as large as it."""
        self._window_height = height
        if self.second is not None:
            self.second.canvas.set_window_height(height)

    def show_settings(self, settings: Settings, text: float) -> None:
        """The same looks and edges in both scenes; which layers are hidden is the first one's business."""
        self._text = text
        if self.second is not None:
            self.second.canvas.apply(replace(settings, **ALL_LAYERS))
            self.second.dress(settings, text)
            self._level()
            self._show_pose(None)

    def _level(self) -> None:
        """Both headlines are as high as the higher one, that with the choice: the scenes begin at one height."""
        assert self.second is not None
        lines = self.headline, self.second.headline
        for line in lines:
            line.setMinimumHeight(0)
        height = max(line.sizeHint().height() for line in lines)
        for line in lines:
            line.setMinimumHeight(height)

    def _open(self) -> None:
        self._spare = self._spare or self._made()
        second = self.second = self._spare
        second.show()
        self._divide()
        second.canvas.set_window_height(self._window_height)
        self.show_settings(self._session.settings, self._text)
        self._show_network()

    def _made(self) -> Second:
        """The second scene, made once."""
        assert self._make is not None
        second, beside = Second(self._make()), self._session.beside
        second.canvas.moved.connect(lambda pose: beside.set_pose(pose, self._session.settings.layout))
        second.canvas.drawn.connect(second.headline.show_report)
        second.canvas.pointed.connect(beside.focus.hover)
        second.canvas.clicked.connect(self._click)
        second.canvas.opened.connect(self._look_at)
        second.canvas.native.installEventFilter(self)
        second.choice.currentIndexChanged.connect(self._choose)
        second.fit.clicked.connect(lambda: beside.set_pose(None, self._session.settings.layout))
        second.close_button.clicked.connect(beside.close)
        self.addWidget(second)
        return second

    def _show_network(self) -> None:
        second, beside = self.second, self._session.beside
        assert second is not None
        assert beside.network is not None
        self._shown = beside.network
        for name in (self._session.settings.network, beside.name):
            if name not in (*NETWORKS, *self._files):
                self._files.append(name)
        second.offer([*NETWORKS, *self._files], beside.name)
        second.canvas.set_network(beside.network)
        self._show_pose(None)
        self._show_frame(beside.frame)

    def _show_frame(self, frame: Frame | None) -> None:
        second = self.second
        if second is None or self._shown is not self._session.beside.network:
            return
        second.canvas.set_activations(frame.activations if frame is not None else None)
        second.headline.show_frame(frame)
        self._show_focus()
        if self._session.beside.fault:
            second.banner.say(self._session.beside.fault, error=True)
        else:
            second.banner.hide()

    # Which of the two is asked, and which nodes ------------------------------------------------------------

    def _show_focus(self) -> None:
        """What stands out of the second scene; without an answer there is nothing to ask."""
        beside = self._session.beside
        if self.second is not None:
            there = beside.frame is not None and self._shown is beside.network
            self.second.canvas.set_focus(beside.focus.emphasis if there else NOTHING)

    def _show_asked(self) -> None:
        """The headline of the network that is asked says so."""
        self.headline.mark(self.second is not None and not self._session.aside)
        if self.second is not None:
            self.second.headline.mark(self._session.aside)

    def _click(self, node: int | None) -> None:
        """As in the first scene: a click pins a node or lets it go, one beside all lets all go."""
        beside = self._session.beside
        if node is None:
            beside.focus.select(None)
        elif beside.frame is not None:
            beside.focus.pin(node)

    def _look_at(self, node: int) -> None:
        if self._session.beside.frame is not None:
            self._session.beside.focus.select(node)
            self._look()

    def eventFilter(self, scene: QObject | None, event: QEvent | None) -> bool:
        """The scene that has the keys is asked."""
        if event is not None and event.type() == QEvent.Type.FocusIn and self.second is not None:
            self._session.inquiry.turn(scene is self.second.canvas.native)
        return False

    def _show_pose(self, _pose: object) -> None:
        if self.second is not None:
            self.second.canvas.set_pose(self._session.beside.pose(self._session.settings.layout))

    def _choose(self) -> None:
        second, beside = self.second, self._session.beside
        assert second is not None
        name = second.choice.currentData()
        if name == FILE:
            name, _ = QFileDialog.getOpenFileName(self, "Open network", "", NETWORK_FILES)
        try:
            if name and name != beside.name:
                self._session.open_beside(name)
        except ValueError as error:
            self._say(str(error), True)
        if self.second is not None:
            self.second.offer([*NETWORKS, *self._files], beside.name)

    def _close(self) -> None:
        """The second scene gives back all but its window, which waits for the next one.

        An OpenGL context that is destroyed leaves more behind in some drivers than one that is empty.
        """
        second, self.second = self.second, None
        if second is not None:
            second.hide()
            second.canvas.clear()
            self._shown = None
            self._session.inquiry.turn(False)
