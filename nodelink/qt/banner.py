"""The banner: one line about what went wrong, over the picture. Nothing is blocked, nothing is lost or moved."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from PyQt6.QtGui import (
    QFocusEvent,
    QGuiApplication,
    QMoveEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
)
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from nodelink.qt.icons import icon
from nodelink.qt.view import label
from nodelink.settings import Settings
from nodelink.theme import THEMES

MARGIN = 10  # around the banner
RING = 2  # pixels around the picture, in the accent colour while keys act on it
INSIDE = 14  # and within it
INFO_SECONDS = 6.0  # news go by themselves; an error stays until it is closed or work goes on
BY_KEY = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


class Banner(QFrame):
    """Hidden until there is something to say."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("banner")
        self.message = label("", wrap=True)
        self.message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.message.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.close_button = QToolButton()
        self.close_button.setToolTip("Close this message")
        self.close_button.clicked.connect(self.hide)
        line = QHBoxLayout(self)
        line.setContentsMargins(INSIDE, 6, 8, 6)
        line.addWidget(self.message, 1)
        line.addWidget(self.close_button)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self.hide()

    def say(self, text: str, *, error: bool) -> None:
        """Show one line, an error or news."""
        self.message.setText(" ".join(text.split()))
        self.setProperty("kind", "error" if error else "info")
        style = self.style()
        assert style is not None
        style.polish(self)
        self._timer.stop()
        if not error:
            self._timer.start(round(INFO_SECONDS * 1000))
        self.show()
        self.place()
        self.raise_()

    def place(self) -> None:
        """Along the lower edge of what it lies over: the output, which everybody looks at, is at the upper one."""
        over = self.parentWidget()
        if over is not None:
            button = self.close_button.sizeHint()
            width = over.width() - 2 * MARGIN
            text = self.message.heightForWidth(width - button.width() - 2 * INSIDE)
            height = max(text, button.height()) + INSIDE
            self.setGeometry(MARGIN, over.height() - MARGIN - height, width, height)

    def dress(self, settings: Settings) -> None:
        self.close_button.setIcon(icon("close", THEMES[settings.theme]))


class Stage(QWidget):
    """The picture, with the banner over it: a message must not change the size of the scene.

    A ring around it says that it has the focus, where that came by a key; a mouse needs no telling.
    """

    def __init__(self, picture: QWidget, banner: Banner) -> None:
        super().__init__()
        if QGuiApplication.platformName() == "xcb":
            # A window of its own within the window: otherwise every change beside the picture, a moving pencil
            # too, puts the whole window together again through OpenGL: 14 ms instead of 1 on a software renderer.
            picture.setAttribute(Qt.WidgetAttribute.WA_DontCreateNativeAncestors)
            picture.setAttribute(Qt.WidgetAttribute.WA_NativeWindow)
        box = QVBoxLayout(self)
        box.setContentsMargins(RING, RING, RING, RING)
        box.addWidget(picture)
        picture.installEventFilter(self)
        self.ringed = False
        self._picture, self._banner = picture, banner
        self._settling = QTimer(self)  # when all have their new places and sizes
        self._settling.setSingleShot(True)
        self._settling.timeout.connect(self._settle)
        if picture.testAttribute(Qt.WidgetAttribute.WA_NativeWindow):  # what lies over it must be one, too
            banner.setAttribute(Qt.WidgetAttribute.WA_DontCreateNativeAncestors)
            banner.setAttribute(Qt.WidgetAttribute.WA_NativeWindow)
        banner.setParent(self)
        banner.hide()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._banner.place()

    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        above = self.parentWidget()
        while above is not None and not above.isWindow():
            above.installEventFilter(self)
            above = above.parentWidget()

    def moveEvent(self, event: QMoveEvent | None) -> None:
        super().moveEvent(event)
        self._settling.start(0)

    def _settle(self) -> None:
        """Windows within the window go along: Qt leaves them behind where only a widget above them moves."""
        for widget in (self._picture, self._banner):
            handle, above = widget.windowHandle(), widget.nativeParentWidget()
            if handle is None or above is None or not widget.isVisible():
                continue
            at = widget.mapTo(above, QPoint())
            if handle.position() != at:
                handle.setPosition(at)
                above.update()  # where it was, its pixels are

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Watch the picture's focus, and whatever it is moved along with."""
        if watched is not self._picture:
            if event is not None and event.type() == QEvent.Type.Move:
                self._settling.start(0)
        elif isinstance(event, QFocusEvent):
            self._ring(event.gotFocus() and event.reason() in BY_KEY)
        elif event is not None and event.type() == QEvent.Type.MouseButtonPress:
            self._ring(False)
        return False

    def _ring(self, on: bool) -> None:
        if on != self.ringed:
            self.ringed = on
            self.update()

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        if self.ringed:
            QPainter(self).fillRect(self.rect(), self.palette().highlight())
