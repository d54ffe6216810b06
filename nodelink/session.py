"""Session: the only mutable state of the application. Widgets show it; commands change it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from numpy.typing import ArrayLike
from psygnal import Signal

from nodelink import load_network
from nodelink.beside import Beside
from nodelink.compare import DIFFERENCE, Compare, Slot
from nodelink.explain.difference import obstacle
from nodelink.focus import Focus
from nodelink.frame import Drawing, Frame, compute_frame, verdict
from nodelink.graph.camera import Pose
from nodelink.graph.emphasis import Emphasis, emphasis_of
from nodelink.graph.shown import shown
from nodelink.inquiry import Inquiry
from nodelink.nn.biases import restored, tidied
from nodelink.nn.changes import Change, changed, merged
from nodelink.nn.network import Network, NetworkError
from nodelink.nn.sharing import exist
from nodelink.nn.transforms import AS_DRAWN, Transform
from nodelink.pad import Pad, picture
from nodelink.poses import Poses, saved, with_saved
from nodelink.settings import ALL_LAYERS, Settings
from nodelink.walk import Walk

__all__ = ["Drawing", "Frame", "Session", "Slot", "compute_frame", "verdict"]

TOOLS = ("pencil", "eraser")


@dataclass(frozen=True)
class Left:
    """What a network has when it is come back to."""

    changes: tuple[Change, ...] = ()
    pins: tuple[int, ...] = ()


class Session:
    """Strokes with their history, network, settings, selection and camera poses.

    Every change goes through a method here and is announced once. Errors leave everything as it was.
    """

    network_changed = Signal(Network)
    frame_changed = Signal(Frame)
    settings_changed = Signal(Settings, Settings)  # new, old
    selection_changed = Signal(object)  # node id | None: what was pinned last in the network that is asked
    pose_changed = Signal(object)  # Pose | None: the start view
    turning_changed = Signal(bool)  # the camera turns by itself
    drawing_changed = Signal()  # the ink, the undo history or the tool

    def __init__(
        self,
        network: Network,
        settings: Settings | None = None,
        *,
        load: Callable[[str], Network] = load_network,
    ) -> None:
        self.settings = settings or Settings()
        self.focus = Focus(network.nodes)
        self.walk = Walk(network)
        self.turning = False
        self.transform = AS_DRAWN  # what is done to the drawing before the network sees it
        self.tool = TOOLS[0]
        self._load = load
        self._poses = Poses()
        self._left: dict[str, Left] = {}  # by what a network was loaded as: how it was left
        self._put_away: dict[str, tuple[tuple[Change, ...], Transform]] = {}  # by the same: `restore_all` did
        self._pad = Pad()
        frame = self._answer(network)
        self.compare = Compare(Slot(network, frame, self.settings.network))
        self.compare.changed.connect(self._follow)
        self._pointed = network  # the network whose nodes are pointed at
        self.beside = Beside(load)
        self.inquiry = Inquiry(self.focus, self.beside)
        self.inquiry.changed.connect(self._tell_selection)
        self._told: int | None = None  # the selection that was announced last
        self.frame_changed.connect(self._tell_beside)
        self._tell_walk()

    # What there is -----------------------------------------------------------------------------------------

    @property
    def network(self) -> Network:
        """The network that is drawn for."""
        return self.compare.now.network

    @property
    def frame(self) -> Frame:
        """Its answer to the drawing, whatever is shown."""
        return self.compare.now.frame

    @property
    def slots(self) -> dict[str, Slot]:
        """By name; see Compare."""
        return self.compare.slots

    @property
    def current(self) -> str:
        """The name of the slot that is drawn for."""
        return self.compare.current

    @property
    def seen(self) -> Frame:
        """What is shown: A's frame, B - A, or the current frame, all of it or what the walk has reached."""
        frame = self.compare.frame
        return frame if frame.mark else self.walk.seen(frame)

    @property
    def first(self) -> Frame:
        """The frame whose nodes the first scene shows: A's while that is shown, otherwise the drawing's."""
        return self.compare.frame if self.compare.shown == "A" else self.frame

    @property
    def aside(self) -> bool:
        """Whether it is the second network that is asked; never while that has no answer."""
        return self.inquiry.aside

    @property
    def asked(self) -> Frame:
        """The frame whose nodes keys, addresses and the inspector are about: the first scene's, or the second's."""
        second = self.beside.frame
        return second if self.aside and second is not None else self.first

    @property
    def asked_focus(self) -> Focus:
        """Which of its nodes are asked about."""
        return self.inquiry.focus

    @property
    def original(self) -> Network:
        """The network as it was loaded."""
        return self.network.original

    @property
    def changes(self) -> tuple[Change, ...]:
        """What an experiment has changed of it, in the order in which it was done."""
        return self.network.changes

    @property
    def selection(self) -> int | None:
        """The node that was pinned last, of the network that is asked."""
        return self.asked_focus.selected

    @property
    def emphasis(self) -> Emphasis:
        """What stands out of the first network's picture."""
        weights, network = self.focus.weights, self.first.network
        if weights is not None and not self.focus.tracing and exist(network, weights):
            return emphasis_of(network, weights, self.focus.pins)
        emphasis = self.focus.emphasis
        return replace(emphasis, traced=None) if self.untraceable else emphasis

    @property
    def untraceable(self) -> bool:
        """Whether what is asked about the first network has no trace: B - A is the answer to no drawing."""
        return self.compare.shown == DIFFERENCE

    @property
    def drawing(self) -> Drawing:
        return self._pad.drawing

    @property
    def pose(self) -> Pose | None:
        """Where the user left the camera for this network and layout; None is the start view."""
        return self._poses.get(self._view_key())

    @property
    def stroking(self) -> bool:
        """Whether the tool is down: more of the stroke is to come."""
        return self._pad.stroking

    @property
    def can_undo(self) -> bool:
        return bool(self._pad.page.undo)

    @property
    def can_redo(self) -> bool:
        return bool(self._pad.page.redo)

    # Drawing -----------------------------------------------------------------------------------------------

    def use(self, tool: str) -> None:
        """Take one of TOOLS in hand."""
        if tool not in TOOLS:
            raise ValueError(f"tool is {tool!r}, expected one of {', '.join(TOOLS)}")
        if tool != self.tool:
            self.tool = tool
            self.drawing_changed.emit()

    def begin_stroke(
        self, x: float, y: float, *, erase: bool | None = None, size: float | None = None
    ) -> None:
        """Set the tool down at (x, y) in pad pixels; `erase` overrides the tool in hand.

        size: of a tool that feels pressure, as a factor on the brush; such a stroke is as wide as each point says.
        """
        self.end_stroke()
        erasing = self.tool == "eraser" if erase is None else erase
        self._pad.begin(self.settings.brush, erase=erasing, pressed=size is not None)
        self.extend_stroke([(x, y, 1.0 if size is None else size)])

    def extend_stroke(self, points: Iterable[tuple[float, float] | tuple[float, float, float]]) -> None:
        """Move the tool through `points`, x, y and perhaps size; only the new part is drawn, the network runs once."""
        if self._pad.extend(points):
            try:
                self._run()
            except NetworkError:
                self._pad.drop()
                raise

    def end_stroke(self) -> None:
        """Lift the tool. Without a stroke in progress this does nothing."""
        if self._pad.lift():
            self.drawing_changed.emit()

    def drop_stroke(self) -> None:
        """Forget the stroke in progress: it was a palm, not a finger."""
        if self.stroking:
            self._draw(self._pad.drop)

    def clear(self) -> None:
        """A blank pad. Can be undone."""
        self.end_stroke()
        if not self.drawing.empty:
            self._draw(lambda: self._pad.put(Drawing()))

    def sample(self, digit: int) -> None:
        """A sample digit on the pad; again: the next variant. Can be undone."""
        self.end_stroke()
        self._draw(lambda: self._pad.sample(digit))

    def show_example(self, digit: int) -> None:
        """The sample that a fresh window starts with: the first pencil stroke replaces it."""
        self._draw(lambda: self._pad.show_example(digit))

    def set_image(self, ink: ArrayLike) -> None:
        """An opened picture, ink (280, 280) in [0, 1], on the pad. Can be undone. ValueError for any other."""
        drawing = picture(ink)
        self.end_stroke()
        self._draw(lambda: self._pad.put(drawing))

    def undo(self) -> None:
        self.end_stroke()
        if self.can_undo:
            self._draw(self._pad.undo)

    def redo(self) -> None:
        self.end_stroke()
        if self.can_redo:
            self._draw(self._pad.redo)

    # Network, settings, selection, camera ------------------------------------------------------------------

    def load(self, name: str) -> None:
        """Switch to a shipped network or a weight file, with the changes and the pins with which it was left.

        Raises WeightsError or ValueError with everything as it was; the drawing always stays.
        """
        network = self._load(name)
        self._leave()
        try:
            frame = self._answer(changed(network, self._left.get(name, Left()).changes))
        except ValueError:  # another file by that name, or what is drawn now is too much for it
            frame = self._answer(network)
        self._switch(Slot(frame.network, frame, name))

    def open_beside(self, name: str) -> None:
        """Show a second network on the same drawing; WeightsError or ValueError with everything as it was."""
        self.beside.open(name, self.first)

    def freeze(self) -> None:
        """Keep the drawing and its answer as A; drawing goes on in B."""
        self.end_stroke()
        self.compare.freeze(self.drawing)

    def swap(self) -> None:
        """What is frozen comes back: drawing, network with its changes, transform; and what was there is A.

        The drawing can be undone. ValueError with one line where nothing is frozen, NetworkError where the numbers
        leave their range by now, with everything as it was.
        """
        frozen, drawing = self.compare.frozen, self.compare.drawing
        if frozen is None:
            raise ValueError(self.compare.obstacle)
        self.end_stroke()
        now, here, page, transform = self.compare.now, self.drawing, self._pad.page, self.transform
        self._pad.put(drawing)
        self.transform = frozen.frame.transform
        try:
            frame = self._answer(frozen.network)
        except NetworkError:
            self._pad.page, self.transform = page, transform
            raise
        self.compare.keep(now, here)
        if frozen.network.original is self.original:
            self._take(frame, swapped=True)
        else:
            self._leave()
            self._switch(Slot(frozen.network, frame, frozen.name), swapped=True)
        self.drawing_changed.emit()

    def alter(self, change: Change) -> None:
        """Change the network for an experiment, as well; a factor or noise takes the place of the layer's earlier one.

        Raises ValueError for what the network does not have, NetworkError where its numbers leave their range, with
        everything as it was.
        """
        self._experiment(tidied(self.original, merged(self.changes, change)))

    def restore(self, change: Change) -> None:
        """Take one change back, or a layer's part of all biases off. Raises NetworkError, with everything as it was,
        where the others alone go too far."""
        self._experiment(restored(self.original, self.changes, change))

    def restore_all(self) -> None:
        """The network as it was loaded, and the drawing as it was drawn; `bring_back` takes that back. NetworkError:
        all is as it was."""
        if self.changes or not self.transform.idle:
            old, name = dict(self._put_away), self.settings.network
            self._put_away[name] = self.changes, self.transform
            try:
                self._arrange((), AS_DRAWN)
            except NetworkError:
                self._put_away = old
                raise

    @property
    def can_bring_back(self) -> bool:
        """Whether this network was restored, and nothing is changed since."""
        return not self.changes and self.transform.idle and self.settings.network in self._put_away

    def bring_back(self) -> None:
        """The changes and the transform that `restore_all` took away. NetworkError: all is as it was."""
        if self.can_bring_back:
            self._arrange(*self._put_away[self.settings.network])

    def set_transform(self, transform: Transform) -> None:
        """Let the network see the drawing shifted, turned ...; the pad keeps it. NetworkError: all is as it was."""
        if transform != self.transform:
            self._arrange(self.changes, transform)

    def change(self, **fields: Any) -> None:
        """Change settings; nothing happens when they are equal.

        Raises TypeError for an unknown field, ValueError for a wrong value.
        """
        new = replace(self.settings, **fields)
        if new.network != self.settings.network:
            raise ValueError("a network is switched with load(), which also reads it")
        if new == self.settings:
            return
        if new.layout != self.settings.layout:
            self.turn(False)
        pose, old, self.settings = self.pose, self.settings, new
        self._tell_walk()
        self.settings_changed.emit(new, old)
        for layout in ("3d", "2d"):  # where layers lead elsewhere, no old view is a good one
            if getattr(new, f"direction_{layout}") != getattr(old, f"direction_{layout}"):
                self._poses.forget(layout)
        if new.layout != old.layout or self.pose != pose:
            self.pose_changed.emit(self.pose)
        if new.centre != old.centre:
            self._run()

    def select(self, node: int | None) -> None:
        """Select a node by id and no other, or nothing, in the network that is asked."""
        self.asked_focus.select(node)

    def look(self, pose: Pose | None) -> None:
        """Put the camera of the network that is asked there."""
        if self.aside:
            self.beside.set_pose(pose, self.settings.layout)
        else:
            self.set_pose(pose)

    def set_pose(self, pose: Pose | None) -> None:
        """Put the first network's camera there, and let it be; None is the start view, which fits any window."""
        self.turn(False)
        if self._poses.put(self._view_key(), pose):
            self.pose_changed.emit(pose)

    def turn(self, on: bool) -> None:
        """Let the camera turn slowly by itself, until it is put somewhere. Flat layouts do not turn."""
        on = on and self.settings.layout == "3d"
        if on != self.turning:
            self.turning = on
            self.turning_changed.emit(on)

    def view(self, number: int) -> Pose | None:
        """The view that was saved under a number from 1 to 9 for this network, the one asked, and layout."""
        return saved(self.settings.views, self._asked_key(), number)

    def save_view(self, number: int, pose: Pose) -> None:
        """Keep a view under a number from 1 to 9 for this network and layout. Survives a restart."""
        self.change(views=with_saved(self.settings.views, self._asked_key(), number, pose))

    # How it comes about ------------------------------------------------------------------------------------

    def _tell_selection(self) -> None:
        if self.selection != self._told:
            self._told = self.selection
            self.selection_changed.emit(self.selection)

    def _tell_walk(self) -> None:
        """What is hidden is not walked through."""
        chosen = self.settings
        seen = shown(self.network, chosen.layers_hidden, chosen.layers_dimmed, chosen.layer_alone)
        self.walk.hide([i for i, strength in enumerate(seen.layers) if not strength])

    def _follow(self) -> None:
        """Nodes are pointed at in the network that is shown; a pass of B waits while something else is."""
        if not self.compare.drawing_shown:
            self.walk.pause()
        network = self.compare.frame.network
        if obstacle(network, self._pointed) is not None:
            self.focus.forget(network.nodes)
            self.pose_changed.emit(self.pose)
        self._pointed = network
        self._tell_beside()

    def _tell_beside(self, *_news: object) -> None:
        """The second network answers to the drawing that the first one shows; of a difference, to B's."""
        self.beside.follow(self.first)

    def _view_key(self) -> tuple[str, str]:
        return self.compare.shown_name, self.settings.layout

    def _asked_key(self) -> tuple[str, str]:
        return self.beside.name if self.aside else self.compare.shown_name, self.settings.layout

    def _draw(self, act: Callable[[], None]) -> None:
        """Do something to the pad; NetworkError with everything as it was."""
        before = self._pad.page
        act()
        try:
            frame = self._answer()
        except NetworkError:
            self._pad.page = before
            raise
        self._take(frame)
        self.drawing_changed.emit()

    def _run(self) -> None:
        self._take(self._answer())

    def _answer(self, network: Network | None = None) -> Frame:
        """That of the network, or of another, to what is on the pad."""
        return compute_frame(network or self.network, self._pad.sheet, self.settings.centre, self.transform)

    def _experiment(self, changes: tuple[Change, ...]) -> None:
        if changes != self.changes:
            self._arrange(changes, self.transform)

    def _arrange(self, changes: tuple[Change, ...], transform: Transform) -> None:
        """The network with these changes sees the drawing through this transform. NetworkError: all is as it was."""
        network = self.network if changes == self.changes else changed(self.original, changes)
        old, self.transform = self.transform, transform
        try:
            frame = self._answer(network)
        except NetworkError:
            self.transform = old
            raise
        self._take(frame)

    def _leave(self) -> None:
        """Remember how the network is left."""
        mine = obstacle(self._pointed, self.network) is None  # else other nodes were pointed at
        self._left[self.settings.network] = Left(self.changes, self.focus.pins if mine else ())

    def _take(self, frame: Frame, *, swapped: bool = False) -> None:
        """An answer of the same network, perhaps as an experiment has changed it; swapped: A is another one, too."""
        compared = self.compare.take(Slot(frame.network, frame, self.settings.network))
        if compared or swapped:
            self._follow()  # before anybody hears of the frame: A's network may be shown no longer
        self.walk.redraw(frame.network, shown=self.compare.drawing_shown)
        self.frame_changed.emit(frame)
        if compared or swapped:
            self.compare.changed.emit()

    def _switch(self, slot: Slot, *, swapped: bool = False) -> None:
        """Another network, with its answer; swapped: A is another one, too."""
        self.focus.forget(self._pointed.nodes)  # nobody must look for the old network's nodes in the new one
        old, self.settings = self.settings, replace(self.settings, network=slot.name, **ALL_LAYERS)
        compared = self.compare.take(slot)
        self._pointed = slot.network
        self.network_changed.emit(slot.network)
        self.focus.forget(slot.network.nodes, self._left.get(slot.name, Left()).pins)
        self.walk.take(slot.network)
        if self.settings != old:
            self.settings_changed.emit(self.settings, old)
        self.pose_changed.emit(self.pose)
        self.frame_changed.emit(slot.frame)
        if compared or swapped:
            self.compare.changed.emit()
