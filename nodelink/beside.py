"""Beside: a second network on the same drawing. Part of the session."""

from __future__ import annotations

from collections.abc import Callable

from psygnal import Signal

from nodelink.focus import Focus
from nodelink.frame import Frame, same_drawing
from nodelink.graph.camera import Pose
from nodelink.nn.network import Network, NetworkError
from nodelink.poses import Poses


class Beside:
    """Nothing while closed. Open, it answers to the drawing that is shown of the first network."""

    changed = Signal()  # opened, closed, or another network
    frame_changed = Signal(object)  # Frame | None
    pose_changed = Signal(object)  # Pose | None: the start view

    def __init__(self, load: Callable[[str], Network]) -> None:
        self._load = load
        self.name = ""  # what the network was loaded as; the last one while closed
        self.network: Network | None = None  # None while closed
        self.frame: Frame | None = None  # None while closed, and where the network cannot take the drawing
        self.fault = ""  # why it cannot
        self.focus = Focus(0)  # which of its nodes the user asks about
        self._poses = Poses()

    def open(self, name: str, shown: Frame) -> None:
        """Show this network beside the first; WeightsError or ValueError with everything as it was."""
        network = self._load(name)
        self.name, self.network = name, network
        self.frame = None
        self.focus.forget(network.nodes)
        self.changed.emit()
        self.follow(shown)

    def close(self) -> None:
        """Show one network only."""
        if self.network is not None:
            self.network = self.frame = None
            self.fault = ""
            self.focus.forget(0)
            self.changed.emit()

    def follow(self, shown: Frame) -> None:
        """The first network shows its answer to this drawing now."""
        if self.network is None or (self.frame is not None and self.frame.prepared is shown.prepared):
            return
        try:
            self.frame, self.fault = same_drawing(shown, self.network), ""
        except NetworkError as error:  # numbers that overflow here need not do so in the first network
            self.frame, self.fault = None, str(error)
        self.frame_changed.emit(self.frame)

    def pose(self, layout: str) -> Pose | None:
        """Where the user left the camera for this network and layout; None is the start view."""
        return self._poses.get((self.name, layout))

    def set_pose(self, pose: Pose | None, layout: str) -> None:
        """Put the camera there; None is the start view."""
        if self._poses.put((self.name, layout), pose):
            self.pose_changed.emit(pose)
