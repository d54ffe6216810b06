"""Go to: a line to type a node's address in. What is wrong with it is said below, while it is typed."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QDialog, QLineEdit, QVBoxLayout, QWidget

from nodelink.asking import find_shown
from nodelink.nn.address import AddressError, example
from nodelink.nn.naming import node_name
from nodelink.qt.view import label
from nodelink.session import Session

WIDTH = 30  # of the dialog, in heights of the type


class GoTo(QDialog):
    """Enter selects the node, and closes; Escape leaves everything as it is."""

    def __init__(self, parent: QWidget | None, session: Session, pixels: int) -> None:
        """pixels: the height of the type."""
        super().__init__(parent)
        self._session = session
        self.setWindowTitle("Go to a node")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(WIDTH * pixels)
        network = session.asked.network
        where = "Go to a node"
        if session.beside.network is not None:
            where += f" of {network.title or network.name}"
        self.field = QLineEdit()
        self.field.setPlaceholderText(example(network))
        self.field.setAccessibleName("Address of a node")
        self.field.textChanged.connect(self._check)
        self.field.returnPressed.connect(self.go)
        self.answer = label("", wrap=True)
        dense = [stage for stage in network.stages[1:] if len(stage.shape) == 1]
        unit = f" or {dense[0].name}/{min(17, dense[0].size)}" if dense else ""
        name = f", or a class: {network.class_names[-1]}" if network.class_names else ""
        hint = (
            f"Layer/map/row,column, like {example(network)}{unit}{name}. All count from 1, as in the scene."
        )
        if not any(len(stage.shape) == 3 and stage.shape[0] > 1 for stage in network.stages):
            hint = f"Layer/unit, like {example(network)}, or Input/row,column{name}. All count from 1."
        box = QVBoxLayout(self)
        box.setSpacing(8)
        box.addWidget(label(where, "title"))
        box.addWidget(self.field)
        box.addWidget(self.answer)
        box.addWidget(label(hint, "small", wrap=True))

    def go(self) -> None:
        """Select what is typed, or say what is wrong with it."""
        try:
            node = find_shown(self._session, self.field.text())
        except AddressError as error:
            self._say(str(error), "error")
            return
        self._session.select(node)
        self.accept()

    def _check(self, text: str) -> None:
        try:
            node = find_shown(self._session, text)
        except AddressError as error:
            self._say(str(error) if text.strip() else "", "error")
        else:
            self._say(node_name(self._session.asked.network, node), "")

    def _say(self, text: str, kind: str) -> None:
        """Below the field; kind: what the style sheet calls it."""
        self.answer.setText(text)
        self.answer.setObjectName(kind)
        style = self.answer.style()
        assert style is not None
        style.polish(self.answer)
