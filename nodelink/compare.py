"""Compare: a frozen drawing A beside the one in hand, B, and what is shown of the two. Part of the session."""

from __future__ import annotations

from dataclasses import dataclass, replace

from psygnal import Signal

from nodelink.explain.difference import obstacle, subtract
from nodelink.frame import Drawing, Frame
from nodelink.nn.network import Network
from nodelink.nn.preprocess import Prepared

A, B, DIFFERENCE = SHOWN = ("A", "B", "B - A")


@dataclass(frozen=True, eq=False)
class Slot:
    """A network with its frame. Several slots stand side by side; one is current: drawing goes on there."""

    network: Network
    frame: Frame
    name: str  # what the network was loaded as


def difference(a: Frame, b: Frame) -> Frame:
    """The frame B - A: every array, the drawing's included, is B's less A's.

    Raises ValueError where the nodes of the two do not correspond.
    """
    one, two = a.prepared, b.prepared
    prepared = Prepared(
        two.drawing - one.drawing, two.centred - one.centred, two.cells - one.cells, one.blank and two.blank
    )
    return Frame(
        b.network,
        prepared,
        subtract(b.activations, a.activations),
        "none",
        (),
        b.milliseconds,
        b.sheet,
        b.transform,
        of=(a, b),
    )


class Compare:
    """Slots and what is shown of them. Without a frozen one there is slot A only, the current one.

    `changed` is announced once for each change of what is frozen or of what is chosen to be shown.
    """

    changed = Signal()

    def __init__(self, slot: Slot) -> None:
        self.slots: dict[str, Slot] = {A: slot}
        self.current = A
        self.drawing = Drawing()  # what was on the pad when A was frozen
        self._wanted = A
        self._difference: Frame | None = None  # kept while A and B are the same

    # What there is -----------------------------------------------------------------------------------------

    @property
    def now(self) -> Slot:
        """The slot in which drawing goes on."""
        return self.slots[self.current]

    @property
    def frozen(self) -> Slot | None:
        """A, if something is frozen."""
        return self.slots[A] if self.current == B else None

    @property
    def shown(self) -> str:
        """One of SHOWN: what the window shows. The current slot where nothing is frozen."""
        return self._wanted

    @property
    def drawing_shown(self) -> bool:
        """Whether the window shows the answer to the drawing in hand, and not A or B - A."""
        return self._wanted == self.current

    @property
    def shown_name(self) -> str:
        """What the network that is shown was loaded as."""
        return self.slots[A if self._wanted == A else self.current].name

    @property
    def frame(self) -> Frame:
        """What the window shows. B - A is worked out when it is asked for, once."""
        if self._wanted != DIFFERENCE:
            return self.slots[self._wanted].frame
        a, b = self.slots[A].frame, self.slots[B].frame
        if self._difference is None or self._difference.of != (a, b):
            self._difference = difference(a, b)
        return self._difference

    @property
    def obstacle(self) -> str | None:
        """One line that says why there is no B - A, or None."""
        if self.frozen is None:
            return "Nothing is frozen yet: freeze the drawing as A first."
        a, b = self.frozen.network, self.now.network
        fault = obstacle(a, b)
        if fault is None:
            return None
        return f"A was frozen in {_title(a)}, B is in {_title(b)}: no B − A, {fault}."

    # What can be done --------------------------------------------------------------------------------------

    def take(self, slot: Slot) -> bool:
        """The current slot has a new frame; whether more is to be announced than that.

        Whoever changes the network wants to see it: A is not shown any longer, nor a B - A that is no more.
        """
        old = self.now
        self.slots[self.current] = slot
        self._difference = None
        if slot.network is old.network or self.frozen is None:
            return False
        if self._wanted == A or self.obstacle is not None:
            self._wanted = B
        return True

    def freeze(self, drawing: Drawing) -> None:
        """Keep the current frame, of `drawing`, as A; drawing goes on in B, which is shown."""
        now = self.now
        self.current = self._wanted = B
        self.slots[B] = now
        self.keep(now, drawing)
        self.changed.emit()

    def keep(self, slot: Slot, drawing: Drawing) -> None:
        """Another slot is A; the caller announces it."""
        self.slots[A] = replace(slot, frame=replace(slot.frame, frozen=True))
        self.drawing, self._difference = drawing, None

    def show(self, what: str) -> None:
        """Show one of SHOWN. ValueError with one line where that is not there."""
        if what not in SHOWN:
            raise ValueError(f"shown is {what!r}, expected one of {', '.join(SHOWN)}")
        fault = self.obstacle
        if fault is not None and (self.frozen is None or what == DIFFERENCE):
            raise ValueError(fault)
        if what != self._wanted:
            self._wanted = what
            self.changed.emit()

    def drop(self) -> None:
        """Forget A; what was B is the only slot."""
        if self.frozen is not None:
            self.slots, self.current, self._wanted = {A: self.now}, A, A
            self.drawing, self._difference = Drawing(), None
            self.changed.emit()


def _title(network: Network) -> str:
    return network.title or network.name
