"""Commands as Qt actions: menus, toolbar and shortcuts come from here, and only from the table."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QEvent, QSize, Qt
from PyQt6.QtGui import QAction, QKeyEvent, QKeySequence
from PyQt6.QtWidgets import QAbstractButton, QMenu, QMenuBar, QSizePolicy, QToolBar, QWidget

from nodelink.commands import COMMANDS, Command, Ui
from nodelink.qt.icons import PATHS, icon
from nodelink.qt.style import scaled
from nodelink.session import Session
from nodelink.settings import Settings
from nodelink.theme import THEMES

REPEATED = ("undo", "redo", "walk-forward", "walk-back")  # while their key is held down


class Actions(dict[str, QAction]):
    """An action for every command, by id, kept in step with the session."""

    def __init__(self, session: Session, ui: Ui, window: QWidget, scene: QWidget) -> None:
        super().__init__()
        self._session = session
        self._of_scenes: list[QAction] = []
        for command in COMMANDS:
            action = QAction(command.title, window)
            action.setShortcuts([QKeySequence(key) for key in command.keys])
            action.setCheckable(command.checked is not None)
            action.setAutoRepeat(command.where == "scene" or command.id in REPEATED)
            action.setToolTip(tooltip(command))
            name = command.short or command.title
            action.setIconText(f" {name}" if command.id in PATHS else name)  # room between icon and text
            action.triggered.connect(self._runner(command, ui))
            if command.where == "scene":
                action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
                self._of_scenes.append(action)
            else:
                window.addAction(action)
            self[command.id] = action
        self.work_in(scene)

    def work_in(self, scene: QWidget) -> None:
        """The keys of the scene work in this widget, too."""
        scene.addActions(self._of_scenes)

    def _runner(self, command: Command, ui: Ui) -> Callable[[], None]:
        def run() -> None:
            try:
                command.run(self._session, ui)
            finally:
                self.refresh()  # a click has already flipped the action; only the session knows

        return run

    def refresh(self) -> None:
        """Show what is on and what is possible."""
        for command in COMMANDS:
            if command.checked is not None:
                self[command.id].setChecked(command.checked(self._session))
            if command.enabled is not None:
                self[command.id].setEnabled(command.enabled(self._session))

    def dress(self, settings: Settings) -> None:
        """Icons in the colours of the theme."""
        for command in COMMANDS:
            self[command.id].setIcon(icon(command.id, THEMES[settings.theme]))


def takes_space(event: QEvent, window: QWidget) -> bool:
    """Whether Space is about to be taken from a button that has the focus, and was not just clicked."""
    if not (isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride):
        return False
    button = window.focusWidget()
    if event.key() != Qt.Key.Key_Space or event.modifiers() or not isinstance(button, QAbstractButton):
        return False
    by_key = window.testAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)
    return by_key or button.focusPolicy() == Qt.FocusPolicy.TabFocus


def tooltip(command: Command) -> str:
    """Title, key and one sentence."""
    key = f" ({key_text(command.keys[0])})" if command.keys else ""
    return f"{command.title.rstrip('…')}{key}" + (f"\n{command.tip}" if command.tip else "")


def key_text(key: str) -> str:
    """A key as this platform writes it."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)


def fill_menus(bar: QMenuBar, actions: Actions) -> None:
    """The menu bar: one menu a name, submenus after a slash, a line between groups."""
    menus: dict[str, QMenu] = {}
    groups: dict[str, int] = {}
    for command in COMMANDS:
        menu = _menu(bar, menus, command.menu)
        if groups.setdefault(command.menu, command.group) != command.group:
            menu.addSeparator()
            groups[command.menu] = command.group
        action = actions[command.id]
        menu.addAction(action)
        action.setIconVisibleInMenu(False)


def _menu(bar: QMenuBar, menus: dict[str, QMenu], path: str) -> QMenu:
    if path not in menus:
        parent, _, name = path.rpartition("/")
        above = _menu(bar, menus, parent) if parent else bar
        menu = above.addMenu(name if parent else f"&{name}")
        assert menu is not None
        menus[path] = menu
    return menus[path]


def fill_toolbar(bar: QToolBar, actions: Actions) -> None:
    """The toolbar: what a teacher reaches for in front of a class."""
    bar.setMovable(False)
    bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
    bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    group: tuple[str, int] | None = None
    for command in COMMANDS:
        if command.toolbar == "left":
            if group is not None and group != (command.menu, command.group):
                bar.addSeparator()
            group = command.menu, command.group
            bar.addAction(actions[command.id])
    space = QWidget()
    space.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    bar.addWidget(space)
    for command in COMMANDS:
        if command.toolbar == "right":
            bar.addAction(actions[command.id])


def size_toolbar(bar: QToolBar, scale: float) -> None:
    """Icons as large as the text."""
    side = scaled(18, scale)
    bar.setIconSize(QSize(side, side))
