"""Placing: where the window stands on the screen, and that it is there again after a restart."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import QRect, QSize, Qt
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QWidget

from nodelink.settings import Settings

USUAL = QSize(1440, 900)


def place(window: QWidget, settings: Settings) -> None:
    """Where the user left the window, if that is still on a screen."""
    screen = QGuiApplication.primaryScreen()
    room = screen.availableGeometry() if screen is not None else QRect(0, 0, 1280, 800)
    window.resize(USUAL.boundedTo(room.size()))
    if settings.window is not None:
        left = QRect(*settings.window)
        screens = [screen.availableGeometry() for screen in QGuiApplication.screens()]
        if any(screen.intersects(left) for screen in screens):
            most = 2 * sum((screen.size() for screen in screens), QSize())  # it may reach over its screens
            window.setGeometry(QRect(left.topLeft(), left.size().boundedTo(most)))
    if settings.maximized:
        window.setWindowState(Qt.WindowState.WindowMaximized)


def left_at(window: QWidget) -> dict[str, Any]:
    """The settings that bring it back there."""
    whole = window.isMaximized() or window.isFullScreen()
    rect = window.normalGeometry() if whole else window.geometry()
    return {
        "window": (rect.x(), rect.y(), rect.width(), rect.height()),
        "maximized": window.isMaximized(),
    }
