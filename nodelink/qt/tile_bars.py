"""Tile bars: the scroll bars of a sheet of tiles, and between which ends a view of it moves."""

from __future__ import annotations

from functools import partial

from PyQt6.QtCore import QObject, Qt, pyqtSignal
from PyQt6.QtWidgets import QScrollBar, QWidget

from nodelink.graph.sheet import Sheet
from nodelink.qt.style import SCROLL_BAR
from nodelink.qt.tile_port import Port

MARGIN = 6.0  # around the whole sheet
STEP = 0.12  # of the picture, a press


class TileBars(QObject):
    """One at the right and one below, where there is more of the sheet than is in view."""

    moved = pyqtSignal(object, float)  # orientation, and where on the sheet the view begins now

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self.across, self.down = (QScrollBar(way, over) for way in Qt.Orientation)
        self._port, self._sheet = Port(0.0, 0.0, 1.0, 1, 1), Sheet((), 1.0, 1.0, 1.0)
        for bar in (self.across, self.down):
            bar.hide()
            bar.setCursor(Qt.CursorShape.ArrowCursor)
            bar.valueChanged.connect(partial(self._tell, bar))

    def show_port(self, port: Port, sheet: Sheet) -> None:
        """Follow what is in view."""
        self._port, self._sheet = port, sheet
        for bar, begin, seen in ((self.across, port.left, port.width), (self.down, port.top, port.height)):
            least, most = self._ends(bar)
            bar.blockSignals(True)
            bar.setRange(0, max(0, round((most - least) * port.zoom)))
            bar.setPageStep(seen)
            bar.setSingleStep(round(STEP * seen))
            bar.setValue(round((begin - least) * port.zoom))
            bar.blockSignals(False)
            bar.setVisible(most > least)
        both = not self.across.isHidden() and not self.down.isHidden()
        corner = SCROLL_BAR if both else 0
        self.across.setGeometry(0, port.height - SCROLL_BAR, port.width - corner, SCROLL_BAR)
        self.down.setGeometry(port.width - SCROLL_BAR, 0, SCROLL_BAR, port.height - corner)

    def _tell(self, bar: QScrollBar, value: int) -> None:
        self.moved.emit(bar.orientation(), self._ends(bar)[0] + value / self._port.zoom)

    def _ends(self, bar: QScrollBar) -> tuple[float, float]:
        port, sheet, across = self._port, self._sheet, bar is self.across
        seen, whole = (port.width, sheet.width) if across else (port.height, sheet.height)
        return ends(seen / port.zoom, whole, 1 / port.zoom)


def start(middle: float, seen: float, whole: float, pixel: float) -> float:
    """Where the view begins along one direction: centred where the whole fits in, else between its ends."""
    least, most = ends(seen, whole, pixel)
    return min(max(middle - seen / 2, least), most) if most > least else (whole - seen) / 2


def ends(seen: float, whole: float, pixel: float) -> tuple[float, float]:
    """Where a view may begin at least and at most; behind the end there is room for a scroll bar. `pixel`: its size."""
    if whole + 2 * MARGIN * pixel <= seen + 1e-6:
        return (whole - seen) / 2, (whole - seen) / 2
    return -MARGIN * pixel, whole + (MARGIN + SCROLL_BAR) * pixel - seen
