"""The window: puts pad, panels, scene and status together and passes news between session and widgets."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, QSize, Qt
from PyQt6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QResizeEvent, QShowEvent
from PyQt6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QMainWindow,
    QToolBar,
    QVBoxLayout,
    QWidget,
)

from nodelink.graph.camera import Pose
from nodelink.nn.network import Network
from nodelink.qt import style
from nodelink.qt.actions import Actions, fill_menus, fill_toolbar, size_toolbar, takes_space
from nodelink.qt.answers import heading
from nodelink.qt.banner import Banner
from nodelink.qt.chip import Chip
from nodelink.qt.columns import Columns
from nodelink.qt.conductor import Conductor
from nodelink.qt.desk import Desk
from nodelink.qt.drawing_panel import DrawingPanel
from nodelink.qt.files import Files
from nodelink.qt.middle import Middle
from nodelink.qt.placing import left_at, place
from nodelink.qt.scene_input import SceneInput
from nodelink.qt.tempo import Tempo
from nodelink.qt.views import VIEWS
from nodelink.qt.views.status import Status
from nodelink.session import Frame, Session
from nodelink.settings import Settings

if TYPE_CHECKING:
    from nodelink.gl.canvas import DrawReport, NetworkCanvas

SMALLEST = QSize(800, 560)
TOOLBAR = 880  # in windows narrower than this, at text size 1, the toolbar shows icons only


class Window(QMainWindow):
    """Shows a session; it decides nothing itself."""

    def __init__(
        self,
        session: Session,
        canvas: NetworkCanvas,
        make_canvas: Callable[[], NetworkCanvas] | None = None,
    ) -> None:
        """`make_canvas` makes one for a second scene; without it there is none."""
        super().__init__()
        self.session, self.canvas = session, canvas
        self.text = 1.0  # factor on all text: style.text_scale
        self._visible: dict[str, bool] = {}  # which panels are seen
        self._asked: tuple[object, ...] = ()  # of which nodes of which network, and what
        self.setWindowTitle("nodelink")
        self.setAcceptDrops(True)
        self.setMinimumSize(SMALLEST)
        canvas.native.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.scene_input = SceneInput(canvas)
        self.desk = Desk(self)
        self.actions_by_id = Actions(session, self.desk, self, canvas.native)
        self.banner, self.chip = Banner(), Chip()
        self._seen: Frame | None = None  # what is shown of A and B
        self.files = Files(session, canvas, self, lambda text, error: self.banner.say(text, error=error))
        self.conductor = Conductor(session, canvas, self)
        self._walking = (session.walk.on, session.walk.grain)
        self.drawing = DrawingPanel(self.actions_by_id)
        self.views = {name: view(self.actions_by_id) for name, view in VIEWS.items()}
        self._panels = Tempo(self._show_in_panels, owner=self)
        self._reports = Tempo(self._show_report, 0.25, self)
        self._lay_out()
        self.scenes.attach(
            session,
            canvas.native,
            self._maker(make_canvas),
            lambda text, error: self.banner.say(text, error=error),
            self.actions_by_id["focus"].trigger,
        )
        self._listen()
        self._show_everything()
        place(self, session.settings)
        canvas.native.setFocus()

    # How it is put together --------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        bar = self.menuBar()
        assert bar is not None
        fill_menus(bar, self.actions_by_id)
        self.toolbar = QToolBar("Tools")
        fill_toolbar(self.toolbar, self.actions_by_id)
        self.addToolBar(self.toolbar)
        self.columns = Columns(self.drawing, self.views)
        self.middle = Middle(self.canvas.native, self.banner, self.views.values())
        self.scenes = self.middle.scenes
        row = QHBoxLayout()
        row.setContentsMargins(style.GAP, style.GAP, style.GAP, style.GAP)
        row.setSpacing(style.GAP)
        row.addWidget(self.columns["left"])
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addWidget(self.chip)
        column.addWidget(self.middle, 1)
        row.addLayout(column, 1)
        row.addWidget(self.columns["right"])
        body = QWidget()
        body.setObjectName("body")
        whole = QVBoxLayout(body)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(row, 1)
        whole.addWidget(self.views["status"])
        self.setCentralWidget(body)

    def _listen(self) -> None:
        session, canvas, pad = self.session, self.canvas, self.drawing.pad
        session.network_changed.connect(self._show_network)
        session.frame_changed.connect(self._show_frame)
        session.compare.changed.connect(self._show_compared)
        session.beside.changed.connect(self._show_beside)
        session.settings_changed.connect(self._show_settings)
        session.pose_changed.connect(self._show_pose)
        session.drawing_changed.connect(self._show_drawing)
        session.walk.changed.connect(self._show_walk)
        canvas.moved.connect(session.set_pose)
        canvas.clicked.connect(self._click)
        canvas.opened.connect(self._look_at)
        session.selection_changed.connect(self._show_selection)
        session.turning_changed.connect(self._show_turning)
        canvas.drawn.connect(lambda report: self._reports.take(report, moving=not report.complete))
        canvas.pointed.connect(session.focus.hover)
        session.focus.changed.connect(self._show_focus)
        session.compare.changed.connect(self._show_focus)  # there is no trace of a difference
        session.inquiry.changed.connect(self._show_asked)
        pad.pressed.connect(self._begin_stroke)
        pad.moved.connect(session.extend_stroke)
        pad.released.connect(session.end_stroke)
        pad.dropped.connect(session.drop_stroke)
        for view in (self.drawing, *self.views.values()):
            view.wanted.connect(lambda fields: session.change(**fields))
            view.attach(session)

    @property
    def _status(self) -> Status:
        status = self.views["status"]
        assert isinstance(status, Status)
        return status

    # From the session to the widgets -----------------------------------------------------------------------

    def _show_everything(self) -> None:
        settings = self.session.settings
        self._dress(settings)
        self.canvas.apply(settings)
        self._show_network(self.session.network)
        self._show_pose(self.session.pose)
        self._tell_views(settings)
        self._show_frame(self.session.frame)
        self._show_drawing()

    def _show_network(self, network: Network) -> None:
        self._panels.forget()
        self._reports.forget()
        self.banner.hide()
        self.chip.hide()
        self._seen = None
        self._show_changes(network)

    def _show_changes(self, network: Network) -> None:
        """The network as an experiment has changed it, or as it was loaded."""
        self.canvas.set_network(network)
        changed = "changed " if network.changes else ""
        self.setWindowTitle(f"{changed}{network.title or network.name} – nodelink")
        self.actions_by_id.refresh()

    def _show_frame(self, frame: Frame) -> None:
        """The pad always shows the drawing, all else what is shown of A and B."""
        self.drawing.receive_frame(frame)
        self._show_seen(self.session.seen)

    def _show_compared(self) -> None:
        """Something else is frozen, or shown."""
        self.banner.hide()  # what it says is of what was shown before
        frame = self.session.seen
        self._show_seen(frame)
        self._show_heading(keep=False)
        self.actions_by_id.refresh()

    def _show_seen(self, frame: Frame) -> None:
        """Show a frame in scene and panels, if it is not what they show. For a difference the scene is told both."""
        if frame is self._seen:
            return
        scene = frame.of[1] if frame.of is not None else frame
        if self._seen is not None and frame.network is not self._seen.network:
            if frame.network.original is self._seen.network.original:
                self.banner.hide()  # what it says is of the network as it was
                self._show_changes(frame.network)
            else:
                self._show_network(frame.network)
                self._show_pose(self.session.pose)
            self._seen = frame
            self._show_focus()
        if self._seen is None or frame.transform.idle != self._seen.transform.idle:
            self.actions_by_id.refresh()
        self._seen = frame
        self._show_heading()
        self.canvas.set_difference(frame.of[0].activations if frame.of is not None else None)
        self.canvas.set_activations(scene.activations)
        self._panels.take(frame, moving=self.session.stroking or self.session.walk.playing)

    def _show_heading(self, *, keep: bool = True) -> None:
        """What nobody may mistake. Once an experiment is at hand its row is kept: what is switched off and on again,
        or dragged through zero, does not move the scene."""
        session = self.session
        keep = "experiment" not in session.settings.hidden or (keep and not self.chip.isHidden())
        self.chip.say(*heading(session.seen, session.compare.frozen is not None), keep=keep)

    def _show_in_panels(self, frame: Frame) -> None:
        plain = frame.of[1] if frame.of is not None else frame
        for view in self.views.values():
            view.receive_frame(frame if view.subtracts else plain)
        self.scenes.show_first(frame)

    def _show_report(self, report: DrawReport) -> None:
        self._status.show_report(report)
        self.scenes.headline.show_report(report)

    def _show_beside(self) -> None:
        """A second network has come or gone: columns first, they make room."""
        self._set_columns()
        body = self.centralWidget()
        layout = body.layout() if body is not None else None
        if layout is not None:
            layout.activate()
        self.scenes.follow()
        self.actions_by_id.refresh()

    def _show_walk(self) -> None:
        """No more is shown than has been computed."""
        self._show_seen(self.session.seen)
        if self._walking != (now := (self.session.walk.on, self.session.walk.grain)):
            self._walking = now
            self._tell_views(self.session.settings)
        self.actions_by_id.refresh()

    def _show_settings(self, new: Settings, old: Settings) -> None:
        if new.theme != old.theme or style.text_scale(new.text_size, self.height()) != self.text:
            self._dress(new)
        self.canvas.apply(new)
        self._tell_views(new)
        self._show_heading()
        self.actions_by_id.refresh()

    def _show_pose(self, pose: Pose | None) -> None:
        self.canvas.set_pose(pose)

    def _show_selection(self, _node: int | None) -> None:
        self.actions_by_id.refresh()

    def _show_turning(self, on: bool) -> None:
        self.canvas.turn(on)
        self.actions_by_id.refresh()

    def _show_drawing(self) -> None:
        self._panels.catch_up()
        self.banner.hide()
        self.drawing.show_drawing(self.session.drawing)
        self.actions_by_id.refresh()

    def _tell_views(self, settings: Settings) -> None:
        self._show_panels()
        for view in (self.drawing, *self.views.values()):
            view.receive_settings(settings, self.text)
        self.scenes.show_settings(settings, self.text)
        self._set_columns()

    def _show_panels(self) -> bool:
        """Show the panels that are to be seen; whether that changes any."""
        settings, before = self.session.settings, self._visible
        self._visible = {name: view.is_wanted(name, settings) for name, view in self.views.items()}
        for name, seen in self._visible.items():
            self.views[name].setVisible(seen)  # a panel that has changed columns waits to be shown again
        return self._visible != before

    def _show_focus(self) -> None:
        """What stands out of the scene."""
        self.canvas.set_focus(self.session.emphasis)

    def _show_asked(self) -> None:
        """Other nodes are asked about, or otherwise: panels and actions follow."""
        if self._show_panels():
            self._set_columns()
        session = self.session
        both = (
            (focus.pins, focus.tracing, focus.outgoing) for focus in (session.focus, session.beside.focus)
        )
        asked = session.aside, session.focus.pinned_weights, *both
        if asked != self._asked:
            self._asked = asked
            self.actions_by_id.refresh()

    def _dress(self, settings: Settings) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        self.text = style.text_scale(settings.text_size, self.height())
        style.apply(app, settings.theme, self.text)
        self.actions_by_id.dress(settings)
        self.banner.dress(settings)
        size_toolbar(self.toolbar, self.text)
        self._set_columns()

    def _set_columns(self) -> None:
        self.middle.arrange()
        self.columns.arrange(self.width(), self.text, max(self.middle.least_width, self.scenes.wish))
        narrow = self.width() < TOOLBAR * self.text
        styles = Qt.ToolButtonStyle
        self.toolbar.setToolButtonStyle(
            styles.ToolButtonIconOnly if narrow else styles.ToolButtonTextBesideIcon
        )

    # From the widgets to the session -----------------------------------------------------------------------

    def _begin_stroke(self, x: float, y: float, erase: bool, size: float | None) -> None:
        self.session.begin_stroke(x, y, erase=True if erase else None, size=size)

    def _maker(self, make: Callable[[], NetworkCanvas] | None) -> Callable[[], NetworkCanvas] | None:
        """The same, of canvases in which the keys of the scene work."""

        def made() -> NetworkCanvas:
            assert make is not None
            canvas = make()
            self.actions_by_id.work_in(canvas.native)
            return canvas

        return None if make is None else made

    def _click(self, node: int | None) -> None:
        """A click pins a node, a click on a pinned one lets it go, a click beside all lets all go."""
        if node is None:
            self.session.select(None)
        else:
            self.session.focus.pin(node)

    def _look_at(self, node: int) -> None:
        self.session.select(node)
        self.actions_by_id["focus"].trigger()

    def event(self, event: QEvent | None) -> bool:
        """A button that was reached by keys is pressed by Space, which plays the pass everywhere else."""
        if event is not None and takes_space(event, self):
            event.accept()
            return True
        return super().event(event)

    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        self._set_columns()  # only now do the panels know their fonts

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self.canvas.set_window_height(self.height())
        self.scenes.set_window_height(self.height())
        if style.text_scale(self.session.settings.text_size, self.height()) != self.text:
            self._dress(self.session.settings)
            self._tell_views(self.session.settings)
        self._set_columns()

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:
        assert event is not None
        data = event.mimeData()
        if data is not None and self.files.takes(data):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent | None) -> None:
        assert event is not None
        data = event.mimeData()
        if data is not None and self.files.take(data):
            event.acceptProposedAction()

    def closeEvent(self, event: QCloseEvent | None) -> None:
        self.session.change(**left_at(self))
        self.files.jobs.finish()
        self.session.walk.pause()
        self._panels.forget()  # nothing comes late to what is no more
        self._reports.forget()
        super().closeEvent(event)
