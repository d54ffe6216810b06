"""Questioner: asks nodes of the real window as a hand does, and times each answer. For `nodelink bench --window`.

A time runs from the pointer event to the moment when Qt has nothing left to do after the answer is painted.
"""

from __future__ import annotations

import time
from functools import partial

import numpy as np
from PyQt6.QtCore import QEvent, QObject, QPoint
from PyQt6.QtWidgets import QApplication

from nodelink.qt.rehearsal import Rehearsal, button, point
from nodelink.qt.views.inspector import Inspector

PLACES = (47, 31)  # places of the scene that are tried, across and down


class Questioner:
    """A settled window, and the places where its nodes are seen."""

    def __init__(self, stage: Rehearsal) -> None:
        self.stage, self.window = stage, stage.window
        self.places = self._places()

    def hover(self, count: int) -> list[float]:
        """Seconds from each pointer move onto another node until the picture in which it stands out."""
        scene = self.window.canvas.native
        seconds = [self.stage.wait(partial(point, scene, at)) for at in self._some(count)]
        self.window.canvas.leave()
        self.stage.rest()
        return seconds

    def pin(self, count: int) -> list[float]:
        """Seconds from each click on another node until its numbers are painted in the panel.

        The panel is open: a node has been pinned before.
        """
        scene, panel = self.window.canvas.native, self.window.views["inspector"]
        assert isinstance(panel, Inspector)
        painted = _Painted(panel)
        seconds = []
        for at in self._some(count):
            painted.done = False
            start = time.perf_counter()
            button(scene, QEvent.Type.MouseButtonPress, at)
            button(scene, QEvent.Type.MouseButtonRelease, at)
            while not (painted.done and panel.terms and panel.terms.node == self.window.session.selection):
                self.stage.process(start)
            QApplication.processEvents()
            seconds.append(time.perf_counter() - start)
            self.window.session.select(self.window.session.selection)  # the other pins are let go
            self.stage.rest()
        panel.removeEventFilter(painted)
        return seconds

    def trace(self, count: int) -> list[float]:
        """Seconds from each choice of a node whose trace is shown until the picture of its trace."""
        session = self.window.session
        session.focus.show(tracing=True)
        last = session.asked.network.stages[-1]
        nodes = [last.offset + i % last.size for i in range(count)]
        seconds = []
        for node in nodes:
            seconds.append(self.stage.wait(partial(session.select, node)))
            self.stage.rest()
        session.focus.show(tracing=False)
        session.select(None)
        self.stage.rest()
        return seconds

    def _places(self) -> list[tuple[int, QPoint]]:
        """Nodes of all layers and where they are seen, in logical pixels of the scene."""
        canvas, scene = self.window.canvas, self.window.canvas.native
        found = {}
        for x in np.linspace(2, scene.width() - 3, PLACES[0]):
            for y in np.linspace(2, scene.height() - 3, PLACES[1]):
                node = canvas.node_at((float(round(x)), float(round(y))))
                if node is not None:
                    found[node] = QPoint(round(x), round(y))
        if len(found) < 2:
            raise RuntimeError("the scene shows no nodes to ask")
        return list(found.items())

    def _some(self, count: int) -> list[QPoint]:
        """Places of different nodes, from one layer to another, again and again."""
        order = np.random.default_rng(0).permutation(len(self.places))
        return [self.places[order[i % len(order)]][1] for i in range(count)]


class _Painted(QObject):
    """Whether a widget, or anything in it, has been painted since `done` was put back."""

    def __init__(self, panel: Inspector) -> None:
        super().__init__()
        self.done = False
        panel.table.installEventFilter(self)
        panel.tiles.installEventFilter(self)
        panel.value.installEventFilter(self)

    def eventFilter(self, _watched: QObject | None, event: QEvent | None) -> bool:
        self.done = self.done or (event is not None and event.type() == QEvent.Type.Paint)
        return False
