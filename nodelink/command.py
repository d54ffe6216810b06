"""Command: one thing that the user can do, and what it may ask of the window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from nodelink.graph.camera import Pose
from nodelink.session import Session

NETWORKS = {"cnn": "CNN", "mlp": "MLP", "mini": "Mini"}  # as the loader names them, in the order of N


class Scene(Protocol):
    """What a command needs to know of the picture."""

    @property
    def pose(self) -> Pose: ...  # the camera as it is, the fitted start view included
    @property
    def aspect(self) -> float: ...  # width / height
    def graph_points(self) -> NDArray[np.floating]: ...  # (n, 3) extent of what is shown
    def node_points(self, node: int) -> NDArray[np.floating]: ...  # (8, 3) corners of its map or layer
    def covered(
        self,
    ) -> tuple[float, float, float, float]: ...  # shares under the legend: left, right, bottom, top
    def named_pose(self, name: str) -> Pose: ...  # one of camera.NAMED_VIEWS, everything in view
    def fitted_pose(self) -> Pose: ...  # the same from where the camera looks now


class Ui(Protocol):
    """What a command needs a window for."""

    @property
    def scene(self) -> Scene: ...
    def open_image(self) -> None: ...
    def paste_image(self) -> None: ...
    def open_network(self) -> None: ...
    def load_network(self, name: str) -> None: ...  # errors become a message
    def save_picture(self) -> None: ...
    def say(self, text: str) -> None: ...  # one line of news
    def ask_for_node(self) -> None: ...  # and select it
    def show_help(self) -> None: ...
    def show_about(self) -> None: ...
    def toggle_full_screen(self) -> None: ...
    def quit(self) -> None: ...


Run = Callable[[Session, Ui], None]
Ask = Callable[[Session], bool]


@dataclass(frozen=True)
class Command:
    """One thing the user can do. `keys` are Qt's portable key names; the first is shown in menus."""

    id: str
    title: str
    menu: str  # "View", or "View/Camera" for a submenu
    run: Run
    keys: tuple[str, ...] = ()
    group: int = 0  # a line is drawn between groups of a menu
    short: str = ""  # its name on a button, if the title is too long
    toolbar: str = ""  # the end of the toolbar where it stands, "left" or "right"
    where: str = "anywhere"  # or "scene": only while the scene has the focus
    checked: Ask | None = None  # for what is on or off
    enabled: Ask | None = None
    tip: str = ""  # one sentence for a newcomer


def model(act: Callable[[Session], object]) -> Run:
    """A command that needs no window."""

    def run(session: Session, _ui: Ui) -> None:
        act(session)

    return run


def window(act: Callable[[Ui], object]) -> Run:
    """A command that is the window's own business."""

    def run(_session: Session, ui: Ui) -> None:
        act(ui)

    return run
