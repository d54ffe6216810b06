"""Dialogs: keys, about, how to save a picture, and the report of an unexpected error."""

from __future__ import annotations

from html import escape

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QGuiApplication, QIcon
from PyQt6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

import nodelink
from nodelink.commands import COMMANDS, MOUSE, Command
from nodelink.qt.actions import key_text
from nodelink.qt.view import label
from nodelink.theme import Theme

SCALES = (1, 2, 4)
HELP_RIGHT = ("Network", "View", "Scene", "Help")  # sections in the right half of the help

SERIES = {  # commands of a kind: the first one's id, first and last key, what they do
    "sample": ("sample-0", "0", "9", "Sample digit on the pad; again: the next variant"),
    "recall-view": ("recall-view-1", "Ctrl+1", "Ctrl+9", "Go to a saved view"),
    "save-view": ("save-view-1", "Ctrl+Shift+1", "Ctrl+Shift+9", "Save this view"),
}


def help_html(theme: Theme, pixels: int) -> str:
    """Every key and what the mouse does, as a table; made from the table of commands."""
    sections: dict[str, list[tuple[str, str]]] = {"Mouse": list(MOUSE)}
    for command in COMMANDS:
        if command.keys and not _is_later(command):
            name = "Scene" if command.where == "scene" else command.menu.split("/")[0]
            sections.setdefault(name, []).append(_key_row(command))
    tables = {name: _table(name, rows, theme, pixels) for name, rows in sections.items()}
    left = "".join(table for name, table in tables.items() if name not in HELP_RIGHT)
    right = "".join(tables[name] for name in HELP_RIGHT)
    return (
        f'<table width="100%"><tr><td width="50%">{left}</td><td width="50%">{right}</td></tr></table>'
        f'<p style="font-size: {pixels}px; color: {theme.text_dim}">Keys of the scene act when it has the focus: '
        "click it first.</p>"
    )


def _table(name: str, rows: list[tuple[str, str]], theme: Theme, pixels: int) -> str:
    head = f'<p style="font-size: {pixels}px; color: {theme.accent}"><b>{escape(name)}</b></p>'
    body = "".join(_row(left, right, theme) for left, right in rows)
    return f'{head}<table cellspacing="3" style="font-size: {pixels}px">{body}</table>'


def _is_later(command: Command) -> bool:
    """One of ten or nine of a kind, of which only the first is listed."""
    kind = command.id.rpartition("-")[0]
    return kind in SERIES and command.id != SERIES[kind][0]


def _key_row(command: Command) -> tuple[str, str]:
    kind = command.id.rpartition("-")[0]
    if kind in SERIES:
        _, first, last, title = SERIES[kind]
        return f"{key_text(first)} … {key_text(last)}", title
    keys = ",  ".join(key_text(key) for key in command.keys)
    return keys, command.title.rstrip("…")


def _row(left: str, right: str, theme: Theme) -> str:
    cell = f'<td style="padding-right: 20px; color: {theme.text}"><b>{escape(left)}</b></td>'
    return f'<tr>{cell}<td style="color: {theme.text}">{escape(right)}</td></tr>'


def text_dialog(parent: QWidget, title: str, html: str) -> QDialog:
    """A dialog to read and close; the window behind it goes on."""
    dialog = QDialog(parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle(title)
    browser = QTextBrowser()
    browser.setOpenExternalLinks(True)
    browser.setHtml(html)
    box = QVBoxLayout(dialog)
    box.addWidget(browser)
    box.addWidget(_buttons(dialog, QDialogButtonBox.StandardButton.Close))
    return dialog


def about_html(theme: Theme) -> str:
    """What this is, and whose work it builds upon."""
    return (
        f'<div style="color: {theme.text}"><h2>nodelink {nodelink.__version__}</h2>'
        "<p>Draw a digit and watch every node and every edge of a real neural network respond.</p>"
        "<p>After Adam W. Harley, <i>An Interactive Node-Link Visualization of Convolutional Neural Networks</i>, "
        "ISVC 2015. The convolutional network follows LeNet-5 (LeCun, Bottou, Bengio and Haffner, 1998); "
        "the networks were trained on MNIST.</p><p>MIT licence.</p></div>"
    )


class SaveDialog(QDialog):
    """How large the picture is to be, and whether its ground is transparent."""

    def __init__(self, parent: QWidget, width: int, height: int) -> None:
        super().__init__(parent)
        self.setWindowTitle("Save picture")
        box = QVBoxLayout(self)
        box.setSpacing(8)
        box.addWidget(label("What the scene shows, complete, as a PNG file", "title"))
        self.group = QButtonGroup(self)
        for scale in SCALES:
            button = QRadioButton(f"{scale}×    {width * scale} × {height * scale} pixels")
            button.setChecked(scale == 2)
            self.group.addButton(button, scale)
            box.addWidget(button)
        self.transparent = QCheckBox("Transparent background")
        box.addWidget(self.transparent)
        standard = QDialogButtonBox.StandardButton
        box.addWidget(_buttons(self, standard.Save | standard.Cancel))

    @property
    def scale(self) -> int:
        return self.group.checkedId()


class ReportDialog(QDialog):
    """An unexpected error, with the report to copy. The window lives on."""

    def __init__(self, parent: QWidget | None, log: str) -> None:
        super().__init__(parent)
        self.setWindowTitle("Something went wrong")
        self.resize(760, 420)
        self.report = QPlainTextEdit()
        self.report.setReadOnly(True)
        self.report.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        copy = QPushButton("Copy report")
        copy.clicked.connect(self.copy)
        buttons = _buttons(self, QDialogButtonBox.StandardButton.Close)
        buttons.addButton(copy, QDialogButtonBox.ButtonRole.ActionRole)
        box = QVBoxLayout(self)
        box.addWidget(label("This should not have happened. Your drawing is still there.", "title"))
        box.addWidget(QLabel(f"The report below is also in {log}"))
        box.addWidget(self.report, 1)
        box.addWidget(buttons)

    def add(self, report: str) -> None:
        """One more report, after those that are shown already."""
        self.report.appendPlainText(report)
        self.show()
        self.raise_()

    def copy(self) -> None:
        clipboard = QGuiApplication.clipboard()
        assert clipboard is not None
        clipboard.setText(self.report.toPlainText())


def _buttons(dialog: QDialog, buttons: QDialogButtonBox.StandardButton) -> QDialogButtonBox:
    row = QDialogButtonBox(buttons)
    row.accepted.connect(dialog.accept)
    row.rejected.connect(dialog.reject)
    for button in row.buttons():
        button.setIcon(QIcon())
    return row
