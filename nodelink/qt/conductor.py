"""The conductor: beats time for the session's walk, points at what is computed, and takes the camera along."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, QObject, Qt, QTimer

from nodelink import playing
from nodelink.graph.camera import Pose
from nodelink.session import Session

if TYPE_CHECKING:
    from nodelink.gl.canvas import NetworkCanvas


class Conductor(QObject):
    """A timer that runs while the walk plays, and at no other time."""

    def __init__(self, session: Session, canvas: NetworkCanvas, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._canvas = session, canvas
        self._last = 0.0  # when the walk was told the time
        self._place: tuple[object, ...] | None = None  # what the camera was sent to, in a scene of what shape
        self._left: tuple[Pose | None, Pose] | None = None  # where it was before, and where it was sent last
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.setTimerType(Qt.TimerType.PreciseTimer)
        self.timer.timeout.connect(self._tick)
        canvas.native.installEventFilter(self)
        session.walk.changed.connect(self._hear)
        session.compare.changed.connect(self._hear)
        session.network_changed.connect(self._forget)
        session.settings_changed.connect(self._forget_layout)

    def _tick(self) -> None:
        now = time.monotonic()
        passed, self._last = now - self._last, now
        self._session.walk.tick(passed)
        self._wind()

    def _hear(self) -> None:
        """Something is new: the walk may have begun to play, or have moved."""
        if not self.timer.isActive():
            self._last = time.monotonic()
        self._wind()
        self._canvas.set_spot(playing.spot(self._session))
        self._follow()

    def _wind(self) -> None:
        due = self._session.walk.due
        if due is None:
            self.timer.stop()
        else:
            self.timer.start(max(1, round(due * 1000)))

    def _follow(self) -> None:
        walk = self._session.walk
        if not (walk.on and walk.following):
            self._go_back()
            return
        place = (playing.place(self._session), round(self._canvas.aspect, 2))
        if place[0] is not None and place != self._place and self._canvas.ready:
            pose = playing.pose(self._session, self._canvas)
            if pose is not None:
                before = self._left[0] if self._left is not None else self._session.pose
                self._place, self._left = place, (before, pose)
                self._session.set_pose(pose)

    def eventFilter(self, _scene: QObject | None, event: QEvent | None) -> bool:
        """A scene of another shape is another view; the scene itself hears of it only now."""
        if event is not None and event.type() == QEvent.Type.Resize and self._session.walk.following:
            QTimer.singleShot(0, self._follow)
        return False

    def _go_back(self) -> None:
        """Where the camera was before, unless the user has taken it elsewhere meanwhile."""
        if self._left is not None and self._session.pose == self._left[1]:
            self._session.set_pose(self._left[0])
        self._place = self._left = None

    def _forget(self, *_: object) -> None:
        self._place = self._left = None

    def _forget_layout(self, new: object, old: object) -> None:
        if getattr(new, "layout", None) != getattr(old, "layout", None):
            self._forget()
            self._follow()
