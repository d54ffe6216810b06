"""Icons: a few strokes on a 24 x 24 grid each, drawn for this project, in the colours of the theme."""

from __future__ import annotations

from PyQt6.QtCore import QByteArray, QRectF, Qt
from PyQt6.QtGui import QIcon, QPainter, QPixmap
from PyQt6.QtSvg import QSvgRenderer

from nodelink.qt.style import mix, on
from nodelink.theme import Theme

PATHS = {  # by command id
    "pencil": "M4 20l1.2-4.4L16 4.8a1.7 1.7 0 0 1 2.4 0l.8.8a1.7 1.7 0 0 1 0 2.4L8.4 18.8z M14 7l3 3",
    "eraser": "M9 19.5h11 M9.5 19.5l-5-5a1.6 1.6 0 0 1 0-2.3l7.7-7.7a1.6 1.6 0 0 1 2.3 0l5 5"
    "a1.6 1.6 0 0 1 0 2.3l-7.7 7.7 M8.5 8.5l7 7",
    "undo": "M9 14L4 9l5-5 M4 9h9.5a6 6 0 0 1 0 12H10",
    "redo": "M15 14l5-5-5-5 M20 9h-9.5a6 6 0 0 0 0 12H14",
    "clear": "M4 7h16 M9 7V4h6v3 M6 7l1 13h10l1-13 M10 11v5.5 M14 11v5.5",
    "centre": "M12 2.5V8 M12 16v5.5 M2.5 12H8 M16 12h5.5 M12 8a4 4 0 1 0 0 8a4 4 0 0 0 0-8",
    "layout": "M12 3l9 5-9 5-9-5z M3 12.5l9 5 9-5 M3 16.8l9 5 9-5",
    "weights": "M6 6l12 6 M6 18l12-6 M5.5 3.5a2.3 2.3 0 1 0 0 4.6a2.3 2.3 0 0 0 0-4.6"
    " M5.5 15.9a2.3 2.3 0 1 0 0 4.6a2.3 2.3 0 0 0 0-4.6 M18.5 9.7a2.3 2.3 0 1 0 0 4.6a2.3 2.3 0 0 0 0-4.6",
    "theme": "M12 7.8a4.2 4.2 0 1 0 0 8.4a4.2 4.2 0 0 0 0-8.4 M12 2v2.2 M12 19.8V22 M2 12h2.2 M19.8 12H22"
    " M4.9 4.9l1.6 1.6 M17.5 17.5l1.6 1.6 M4.9 19.1l1.6-1.6 M17.5 6.5l1.6-1.6",
    "fit": "M4 9V4h5 M15 4h5v5 M20 15v5h-5 M9 20H4v-5",
    "save-picture": "M3.5 6h4l1.7-2.5h5.6L16.5 6h4v13.5h-17z M12 9a3.6 3.6 0 1 0 0 7.2a3.6 3.6 0 0 0 0-7.2",
    "help": "M12 2.8a9.2 9.2 0 1 0 0 18.4a9.2 9.2 0 0 0 0-18.4"
    " M9.3 9.4a2.7 2.7 0 1 1 3.9 2.5c-.8.4-1.2 1-1.2 1.9 M12 16.9v.2",
    "eye": "M2.5 12c2.6-4.4 5.8-6.6 9.5-6.6s6.9 2.2 9.5 6.6c-2.6 4.4-5.8 6.6-9.5 6.6S5.1 16.4 2.5 12z"
    " M12 8.8a3.2 3.2 0 1 0 0 6.4a3.2 3.2 0 0 0 0-6.4",
    "dim": "M12 3.5a8.5 8.5 0 1 0 0 17a8.5 8.5 0 0 0 0-17 M12 3.5v17 M15.5 4.4v15.2 M18.8 7v10",
    "alone": "M12 8.5a3.5 3.5 0 1 0 0 7a3.5 3.5 0 0 0 0-7 M4 8V4h4 M16 4h4v4 M20 16v4h-4 M8 20H4v-4",
    "plus": "M12 5v14 M5 12h14",
    "minus": "M5 12h14",
    "spread": "M12 3v18 M8 7l4-4 4 4 M8 17l4 4 4-4",
    "close": "M6 6l12 12 M18 6L6 18",
    "walk-play": "M7 4.5l12 7.5-12 7.5z",
    "pause": "M8 5v14 M16 5v14",
    "walk-forward": "M6 5l9 7-9 7z M18.5 5v14",
    "walk-back": "M18 5l-9 7 9 7z M5.5 5v14",
    "walk-layer-forward": "M3.5 6l7 6-7 6z M11.5 6l7 6-7 6z M21 5.5v13",
    "walk-layer-back": "M20.5 6l-7 6 7 6z M12.5 6l-7 6 7 6z M3 5.5v13",
    "walk-follow": "M3 7h11v10H3z M14 10.5l6.5-3.5v10L14 13.5",
    "walk-stop": "M6 6l12 12 M18 6L6 18",
}

_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="{colour}" '
    'stroke-width="1.9" stroke-linecap="round" stroke-linejoin="round"><path d="{path}"/></svg>'
)
RENDERED = 64  # pixels; Qt scales down, also for high-resolution screens


def icon(name: str, theme: Theme) -> QIcon:
    """The icon of a command in the theme's colours; an empty one where PATHS has none."""
    result = QIcon()
    if name in PATHS:
        dim = mix(theme.text_dim, theme.panel, 0.55)
        result.addPixmap(_pixmap(name, theme.text), QIcon.Mode.Normal, QIcon.State.Off)
        result.addPixmap(_pixmap(name, on(theme.accent)), QIcon.Mode.Normal, QIcon.State.On)
        result.addPixmap(_pixmap(name, dim), QIcon.Mode.Disabled)
    return result


def _pixmap(name: str, colour: str) -> QPixmap:
    svg = _SVG.format(colour=colour, path=PATHS[name])
    pixmap = QPixmap(RENDERED, RENDERED)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, RENDERED, RENDERED))
    painter.end()
    return pixmap
