"""Inquiry: which of two networks side by side is asked about its nodes. Part of the session."""

from __future__ import annotations

from psygnal import Signal

from nodelink.beside import Beside
from nodelink.focus import Focus


class Inquiry:
    """The first network is asked, or the second: where a node was pinned last, or to which the user turned."""

    changed = Signal()  # other nodes are asked about, or otherwise, or those of the other network

    def __init__(self, first: Focus, beside: Beside) -> None:
        self._first, self._beside = first, beside
        self._aside = self._told = False  # the second is asked; and was, when that was told last
        self._pins: dict[Focus, tuple[int, ...]] = {}  # as they were when it was heard of last
        first.changed.connect(lambda: self._hear(first))
        beside.focus.changed.connect(lambda: self._hear(beside.focus))
        beside.changed.connect(self._check)
        beside.frame_changed.connect(self._check)

    @property
    def aside(self) -> bool:
        """Whether the second network is asked; never while it has no answer."""
        return self._aside and self._beside.frame is not None

    @property
    def focus(self) -> Focus:
        """Which nodes are asked about, and what is shown of them."""
        return self._beside.focus if self.aside else self._first

    def turn(self, aside: bool) -> None:
        """Ask the second network, or the first."""
        if aside != self._aside:
            self._aside = aside
            self._tell()

    def _hear(self, focus: Focus) -> None:
        if focus.pins != self._pins.get(focus, ()) and focus.pins:
            self._aside = focus is self._beside.focus
        self._pins[focus] = focus.pins
        self._tell()

    def _check(self, *_news: object) -> None:
        """A second network that goes is asked no longer; one without an answer has none for now."""
        self._aside = self._aside and self._beside.network is not None
        if self.aside != self._told:
            self._tell()

    def _tell(self) -> None:
        self._told = self.aside
        self.changed.emit()
