"""Desk: what commands need a window for (command.Ui): dialogs, files, a line of news, the scene in hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QSize, Qt

from nodelink.qt import style
from nodelink.qt.dialogs import about_html, help_html, text_dialog
from nodelink.qt.go_to import GoTo
from nodelink.theme import THEMES

if TYPE_CHECKING:
    from nodelink.gl.canvas import NetworkCanvas
    from nodelink.qt.window import Window

HELP, ABOUT = (900, 720), (480, 340)  # pixels of the dialogs; of the help at text size 1


class Desk:
    """Answers for its window."""

    def __init__(self, window: Window) -> None:
        self._window = window

    @property
    def scene(self) -> NetworkCanvas:
        """That of the network that is asked."""
        second = self._window.scenes.second
        aside = second is not None and self._window.session.aside
        return second.canvas if second is not None and aside else self._window.canvas

    def open_image(self) -> None:
        self._window.files.ask_for_image()

    def paste_image(self) -> None:
        self._window.files.paste()

    def open_network(self) -> None:
        self._window.files.ask_for_network()

    def load_network(self, name: str) -> None:
        self._window.files.load_network(name)

    def ask_for_node(self) -> None:
        GoTo(self._window, self._window.session, self._pixels).show()

    def say(self, text: str) -> None:
        self._window.banner.say(text, error=False)

    def save_picture(self) -> None:
        self._window.files.save_picture()

    def show_help(self) -> None:
        window = self._window
        theme = THEMES[window.session.settings.theme]
        dialog = text_dialog(window, "Keys and mouse", help_html(theme, self._pixels))
        size = QSize(*(style.scaled(side, window.text) for side in HELP))
        dialog.resize(size.boundedTo(window.size()))
        dialog.show()

    def show_about(self) -> None:
        theme = THEMES[self._window.session.settings.theme]
        dialog = text_dialog(self._window, "About nodelink", about_html(theme))
        dialog.resize(*ABOUT)
        dialog.show()

    def toggle_full_screen(self) -> None:
        self._window.setWindowState(self._window.windowState() ^ Qt.WindowState.WindowFullScreen)

    def quit(self) -> None:
        self._window.close()

    @property
    def _pixels(self) -> int:
        """The height of the type."""
        return style.scaled(style.TEXT, self._window.text)
