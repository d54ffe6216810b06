"""How the window looks: one style sheet made from a theme and a text size. Sizes are logical pixels."""

from __future__ import annotations

from math import ceil, sqrt

from PyQt6.QtGui import QColor, QPalette
from PyQt6.QtWidgets import QApplication

from nodelink.theme import THEMES, Theme, contrast, rgb

FAMILIES = '"Inter", "Segoe UI", "SF Pro Text", "Noto Sans", "DejaVu Sans", sans-serif'
TEXT = 14  # the body text at text size 1
SMALL = 13  # the smallest
USUAL_HEIGHT = 1000  # of a window; in higher ones text grows, though not as fast as they
LEAST_SHARE = 1 / 40  # of the window's height that the smallest text has at the largest text size
LEAST_GROWTH = 1.25  # of text from the usual to the largest size
SCROLL_BAR = 10  # the width of a scroll bar, with its margins
GAP = 12  # between panels, and inside their edges
COLUMNS = (
    (1000, 236),
    (1920, 308),
    (3000, 448),
    (100_000, 588),
)  # windows narrower than .. get columns of ..

COLUMN_SHARE = 0.24  # of the window's width that a column takes at most, at text size 1


def text_scale(text_size: float, height: int) -> float:
    """The factor on all text in a window `height` logical pixels high, at the user's text size (0.7 to 2)."""
    usual = max(1.0, sqrt(height / USUAL_HEIGHT))
    largest = max(ceil(height * LEAST_SHARE) / SMALL, LEAST_GROWTH * usual)
    factor = usual * text_size if text_size <= 1 else usual + (largest - usual) * (text_size - 1)
    return (
        ceil(factor * SMALL - 1e-9) / SMALL
    )  # whole pixels, so that resizing does not change it all the time


def scaled(pixels: float, scale: float) -> int:
    """`pixels` of text at a `text_scale`."""
    return round(pixels * scale)


def column_width(window_width: int, scale: float) -> int:
    """The width of the left column: the pad is 280 pixels across in a usual window, more on a large one."""
    width = next(column for limit, column in COLUMNS if window_width < limit)
    width = min(width, max(COLUMNS[0][1], round(COLUMN_SHARE * window_width)))
    wish = round(width * max(1.0, 0.55 + 0.45 * scale))
    return max(COLUMNS[0][1], min(wish, round(0.3 * window_width)))


def mix(a: str, b: str, share: float) -> str:
    """The colour `share` of the way from a to b, "#rrggbb"."""
    red, green, blue = ((1 - share) * rgb(a) + share * rgb(b)) * 255
    return f"#{round(float(red)):02x}{round(float(green)):02x}{round(float(blue)):02x}"


def on(colour: str) -> str:
    """Black or white: what is read better on `colour`."""
    return max("#000000", "#ffffff", key=lambda ink: contrast(rgb(ink), rgb(colour)))


def apply(app: QApplication, theme_name: str, scale: float) -> None:
    """Dress the whole application."""
    theme = THEMES[theme_name]
    app.setPalette(palette(theme))
    app.setStyleSheet(stylesheet(theme, scale))


def palette(theme: Theme) -> QPalette:
    """For what no style sheet reaches: file dialogs, selections."""
    roles = QPalette.ColorRole
    result = QPalette()
    for role, colour in (
        (roles.Window, theme.panel),
        (roles.Base, theme.panel_raised),
        (roles.AlternateBase, theme.panel),
        (roles.Button, theme.panel_raised),
        (roles.ToolTipBase, theme.panel_raised),
        (roles.WindowText, theme.text),
        (roles.Text, theme.text),
        (roles.ButtonText, theme.text),
        (roles.ToolTipText, theme.text),
        (roles.PlaceholderText, theme.text_dim),
        (roles.Highlight, theme.accent),
        (roles.HighlightedText, on(theme.accent)),
        (roles.Link, theme.accent),
    ):
        result.setColor(role, QColor(colour))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        dim = QColor(mix(theme.text_dim, theme.panel, 0.5))
        result.setColor(QPalette.ColorGroup.Disabled, role, dim)
    return result


def stylesheet(theme: Theme, scale: float) -> str:
    """The one style sheet."""
    sizes = {f"px{n}": f"{scaled(n, scale)}px" for n in (13, 14, 15, 22)}
    sizes |= {f"box{n}": f"{max(n, scaled(n, scale))}px" for n in (16, 18)}
    colours = {
        "panel": theme.panel,
        "raised": theme.panel_raised,
        "edge": theme.panel_edge,
        "text": theme.text,
        "dim": theme.text_dim,
        "faint": mix(theme.text_dim, theme.panel, 0.5),
        "accent": theme.accent,
        "on_accent": on(theme.accent),
        "hover": mix(theme.panel_raised, theme.text, 0.08),
        "pressed": mix(theme.panel_raised, theme.text, 0.16),
        "error": theme.error,
        "error_panel": mix(theme.panel, theme.error, 0.18),
        "groove": mix(theme.panel_edge, theme.text_dim, 0.25),
    }
    sheet = _SHEET
    for name, value in {**sizes, **colours, "families": FAMILIES}.items():
        sheet = sheet.replace(f"@{name};", f"{value};").replace(f"@{name} ", f"{value} ")
    return sheet


_SHEET = """
* { font-family: @families; font-size: @px14; color: @text; }
QMainWindow, QDialog, QMessageBox, QWidget#body, QWidget#column { background: @panel; }
QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; border: none; }
QToolTip { background: @raised; color: @text; border: 1px solid @edge; padding: 6px; }

QFrame#panel { background: @raised; border: 1px solid @edge; border-radius: 12px; }
QLabel { background: transparent; }
QLabel#title, QWidget#title { font-size: @px15; font-weight: 600; }
QLabel#dim { color: @dim; }
QLabel#small, QWidget#small { color: @dim; font-size: @px13; }
QLabel#heading { font-size: @px22; font-weight: 700; }

QMenuBar { background: @panel; padding: 2px 6px; }
QMenuBar::item { background: transparent; padding: 5px 10px; border-radius: 6px; }
QMenuBar::item:selected { background: @hover; }
QMenu { background: @raised; border: 1px solid @edge; padding: 6px; }
QMenu::item { padding: 6px 26px 6px 26px; border-radius: 6px; }
QMenu::item:selected { background: @accent; color: @on_accent; }
QMenu::item:disabled { color: @faint; }
QMenu::separator { height: 1px; background: @edge; margin: 6px 8px; }

QToolBar { background: @panel; border: none; border-bottom: 1px solid @edge; padding: 4px 10px; spacing: 4px; }
QToolBar::separator { width: 1px; background: @edge; margin: 5px 6px; }
QToolButton, QPushButton {
    background: transparent; border: 1px solid transparent; border-radius: 8px; padding: 5px 9px; }
QPushButton, QToolButton#key, QToolButton#small_key, QToolButton#switch {
    background: @raised; border: 1px solid @edge; }
QToolButton#key { padding: 4px 0px; font-size: @px15; font-weight: 600; }
QToolButton#tool { padding: 4px; }
QToolButton#grain { padding: 4px 2px; }
QToolButton#grain::menu-indicator { image: none; width: 0px; }
QToolButton:hover, QPushButton:hover { background: @hover; }
QToolButton:pressed, QPushButton:pressed { background: @pressed; }
QToolButton#small_key { padding: 4px 2px; }
QToolButton:checked, QToolButton#switch:checked, QToolButton#small_key:checked {
    background: @accent; color: @on_accent; border-color: @accent; }
QToolButton:focus, QPushButton:focus { border: 1px solid @accent; }
QToolButton:disabled, QPushButton:disabled { color: @faint; }
QPushButton:default { background: @accent; color: @on_accent; border-color: @accent; font-weight: 600; }

QSlider { background: transparent; min-height: 20px; }
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: @groove; }
QSlider::sub-page:horizontal { height: 4px; border-radius: 2px; background: @accent; }
QSlider::handle:horizontal {
    width: 16px; height: 16px; margin: -7px 0; border-radius: 9px; background: @text; border: 1px solid @edge; }
QSlider::handle:horizontal:focus { border: 2px solid @accent; }

QCheckBox::indicator, QRadioButton::indicator {
    width: @box16; height: @box16; background: @raised; border: 1px solid @dim; }
QRadioButton::indicator { border-radius: 9px; }
QCheckBox::indicator { border-radius: 4px; }
QCheckBox::indicator:checked, QRadioButton::indicator:checked { background: @accent; border: 1px solid @accent; }
QCheckBox::indicator:focus, QRadioButton::indicator:focus { border: 2px solid @accent; }
QCheckBox, QRadioButton { background: transparent; spacing: 8px; padding: 3px; }
QComboBox QAbstractItemView {
    background: @raised; selection-background-color: @accent; selection-color: @on_accent; }
QFrame#headline { background: @raised; border: 1px solid @edge; border-radius: 8px; padding: 1px; }
QFrame#headline[asked="true"] { border: 2px solid @accent; padding: 0px; }
QWidget#answer { font-size: @px22; font-weight: 700; }
QFrame#banner { background: @error_panel; border: 1px solid @error; border-radius: 10px; }
QFrame#banner[kind="info"] { background: @raised; border: 1px solid @accent; }
QFrame#chip { background: @accent; border-radius: 4px; }
QFrame#chip[quiet="true"] { background: transparent; }
QFrame#chip QWidget#mark { color: @on_accent; font-size: @px13; font-weight: 700; }
QFrame#chip[quiet="true"] QWidget#mark { color: @dim; font-weight: 400; }
QFrame#status { background: @panel; border-top: 1px solid @edge; }
QLabel#error { color: @error; }
QLineEdit { background: @panel; border: 1px solid @dim; border-radius: 8px; padding: 6px; }
QLineEdit:focus { border: 2px solid @accent; padding: 5px; }
QPlainTextEdit { font-family: "DejaVu Sans Mono", "Consolas", "Menlo", monospace; font-size: @px13; }
QPlainTextEdit, QTextBrowser { background: @raised; border: 1px solid @edge; border-radius: 8px; padding: 6px; }

QScrollBar:vertical { background: transparent; width: 10px; margin: 2px; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 2px; }
QScrollBar::handle:horizontal { background: @groove; border-radius: 4px; min-width: 30px; }
QScrollBar::handle:vertical { background: @groove; border-radius: 4px; min-height: 30px; }
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {
    background: transparent; border: none; height: 0px; width: 0px; }
"""
