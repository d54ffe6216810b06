"""The drawing's half of the experiment panel: one transform at a time, with the curve of the answers over it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import Qt, QTimer, pyqtSignal
from PyQt6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from nodelink.nn.naming import percent
from nodelink.nn.network import Network
from nodelink.nn.transforms import AS_DRAWN, AXES, STEPS, Sheet, Transform, at_step, curve, shifts_vanish
from nodelink.qt.answers import class_name
from nodelink.qt.curve import Curve
from nodelink.qt.jobs import Jobs
from nodelink.qt.view import Actions, Line, label
from nodelink.session import Session
from nodelink.settings import Settings

Array = NDArray[np.float32]

REST = 150  # milliseconds without a stroke until its curve is worked out
CENTRED = {
    "dx": "Centring takes every shift back. Switch it off:",
    "dy": "Centring takes every shift back. Switch it off:",
    "scale": "Centring gives every digit the same size. Switch it off:",
}


@dataclass(frozen=True, eq=False)
class Question:
    """What a curve depends on."""

    network: Network
    sheet: Sheet
    transform: Transform  # with the axis of the curve as drawn
    field: str
    centre: bool

    def same(self, other: Question | None) -> bool:
        """Whether the curve is the same; a sheet is taken anew for every answer, though nothing was drawn."""
        return (
            other is not None
            and (self.network, self.transform, self.field, self.centre)
            == (other.network, other.transform, other.field, other.centre)
            and len(self.sheet.strokes) == len(other.sheet.strokes)
            and np.array_equal(self.sheet.ink, other.sheet.ink)
        )

    def answer(self) -> Array:
        """The curve, (STEPS, classes)."""
        return curve(self.network, self.sheet, self.transform, self.field, self.centre)


class DrawingPage(QWidget):
    """Shows a session's transform, and says what the user wants of it."""

    wanted = pyqtSignal(object)  # Transform

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self.field = "angle"
        self._transform = AS_DRAWN
        self._asked: Question | None = None  # what the curve is to answer
        self._shown: Question | None = None  # what it answers
        self._running = False
        self._jobs = Jobs(self)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._start)
        self.choice = QComboBox()
        self.choice.setAccessibleName("Transform of the drawing")
        self.choice.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        for axis in AXES.values():
            self.choice.addItem(axis.title, axis.field)
        self.choice.setCurrentIndex(self.choice.findData(self.field))
        self.choice.currentIndexChanged.connect(lambda i: self._take(self.choice.itemData(i)))
        self.curve = Curve()
        self.curve.picked.connect(lambda step: self.wanted.emit(at_step(self._transform, self.field, step)))
        self.value = Line("", "title", greedy=True)
        self.note = label("", "small", wrap=True)
        self.centre = QToolButton()
        self.centre.setObjectName("switch")
        if "centre" in actions:
            self.centre.setDefaultAction(actions["centre"])
        self.other = QPushButton("Other noise")
        self.other.clicked.connect(
            lambda: self.wanted.emit(replace(self._transform, seed=self._transform.seed + 1))
        )
        self._lay_out()
        self._set_axis()

    def _lay_out(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        centring = QHBoxLayout()
        centring.addWidget(self.note, 1)
        centring.addWidget(self.centre, 0, Qt.AlignmentFlag.AlignTop)
        for widget in (self.choice, self.value):
            box.addWidget(widget)
        box.addWidget(self.curve, 1)
        box.addLayout(centring)
        box.addWidget(self.other)

    # What it shows -----------------------------------------------------------------------------------------

    def set_look(self, settings: Settings, text: float) -> None:
        self.curve.set_look(settings.theme, text)

    def show_session(self, session: Session) -> None:
        """The transform now, and the curve of the drawing now, at once or as soon as it is known."""
        self._transform = session.transform
        centre, field = session.settings.centre, self.field
        axis, frame = AXES[field], session.frame
        value = getattr(self._transform, field)
        self.curve.set_step(axis.step(value))
        vain = shifts_vanish(centre, field)
        self.note.setText(CENTRED.get(field, ""))
        self.note.setVisible(vain)
        self.centre.setVisible(vain)
        self.other.setVisible(field == "noise")
        plain = at_step(self._transform, field, axis.neutral)
        self._ask(Question(frame.network, frame.sheet, plain, field, centre), session)
        text, said = axis.text(value), ""
        if frame.verdict in ("sure", "unsure"):  # the very answer: the place need not be a step of the curve
            best, share = frame.guesses[0]
            said = f"   {class_name(frame.network, best)}: {percent(share)}"
        self.value.set_text(f"{text}{said}", text)

    def _take(self, field: str) -> None:
        """Another transform."""
        self.field = field
        self._set_axis()
        self._asked = self._shown = None
        self.wanted.emit(self._transform)  # nothing new, but all is shown again

    def _set_axis(self) -> None:
        axis = AXES[self.field]
        self.curve.set_axis(STEPS, axis.neutral, (axis.text(axis.values[0]), axis.text(axis.values[-1])))

    # The curve ---------------------------------------------------------------------------------------------

    def _ask(self, question: Question, session: Session) -> None:
        fault = _obstacle(question, session)
        if fault:
            self._asked = self._shown = None
            self._timer.stop()
            self.curve.set_curves(None, message=fault)
        elif not question.same(self._asked):
            self._asked = question
            self.curve.set_stale()
            self._timer.start(REST if session.stroking else 0)

    def _start(self) -> None:
        """Work it out elsewhere; one at a time, and always the newest."""
        if self._asked is None or self._running or self._asked.same(self._shown):
            return
        question = self._asked
        self._running = True
        self._jobs.run(question.answer, self._done(question), self._failed(question))

    def _done(self, question: Question) -> Callable[[Array], None]:
        def show(values: Array) -> None:
            self._running = False
            if question is self._asked:
                self._shown = question
                self.curve.set_curves(values, question.network.class_names)
            self._start()

        return show

    def _failed(self, question: Question) -> Callable[[Exception], None]:
        def show(fault: Exception) -> None:
            self._running = False
            if not isinstance(fault, ValueError):
                raise fault
            if question is self._asked:
                self._shown = question
                self.curve.set_curves(None, message=str(fault))
            self._start()

        return show


def _obstacle(question: Question, session: Session) -> str:
    """Why there is no curve, or nothing."""
    if question.network.output_kind != "probabilities":
        return "This network gives no probabilities."
    if session.frame.verdict == "off":
        return "All classes are switched off: there is no answer."
    if session.frame.prepared.blank and session.drawing.empty and not session.stroking:
        return "The pad is blank: draw a digit to see its curve."
    return ""
