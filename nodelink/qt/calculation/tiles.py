"""Tiles: what a node sees of every map, cell by cell and upright as in the scene, with the weights over it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen

from nodelink.explain.contributions import Terms, Tile, Wide
from nodelink.explain.ledger import Ledger, ledger, plain
from nodelink.qt.calculation.paper import LEFT, MIDDLE, RIGHT, Paper
from nodelink.qt.pictures import value_image

SIGN = 15.0  # width of "×" and "=", pixels at text size 1
GAP = 8.0  # between rows
GRID_FROM = 5.0  # cells at least so large have lines between them
NUMBERS_FROM = 2.7  # cells at least so many times the height of the type are large enough for their numbers
TOGETHER, SUM = "together", "weighted sum"
LARGEST = 150.0  # a pool's window, pixels at text size 1


@dataclass(frozen=True, eq=False)
class Sheet:
    """One picture: values (h, w) over a place, with the tile that they belong to."""

    place: QRectF
    values: Wide
    scale: float  # the |value| in full colour
    tile: Tile

    def cell(self, row: int, column: int) -> QRectF:
        """Where a cell is."""
        rows, columns = self.values.shape
        width, height = self.place.width() / columns, self.place.height() / rows
        return QRectF(self.place.x() + column * width, self.place.y() + row * height, width, height)

    def hit(self, at: QPointF) -> tuple[int, int] | None:
        """Row and column of the cell at a position."""
        if not self.place.contains(at):
            return None
        rows, columns = self.values.shape
        row = int((at.y() - self.place.y()) / self.place.height() * rows)
        column = int((at.x() - self.place.x()) / self.place.width() * columns)
        return min(row, rows - 1), min(column, columns - 1)


def scales(terms: Terms, full: float | None) -> dict[str, float]:
    """The |value| in full colour of patch, kernel and product; `full`: the patch's, where the layer has a fixed one."""

    def largest(name: str) -> float:
        return max([float(np.abs(getattr(tile, name)).max()) for tile in terms.tiles], default=0.0) or 1.0

    return {"patch": full or largest("patch"), "kernel": largest("kernel"), "product": largest("product")}


class Tiles(Paper):
    """Rows of patch × kernel = product for a window; one large patch with numbers for a pool; mosaics of weights and
    products for a dense unit over maps."""

    def __init__(self) -> None:
        super().__init__()
        self.terms: Terms | None = None
        self.totals: list[str] = []  # of the rows of a window: the maps' sums
        self.foot: list[tuple[str, str]] = []  # how they make the weighted sum: label and number
        self.sheets: list[Sheet] = []
        self._name: Callable[[int], str] = str
        self._layer = ""
        self._scales: dict[str, float] = {}

    def set_terms(
        self,
        terms: Terms,
        name: Callable[[int], str],
        layer: str,
        full: float | None,
        book: Ledger | None = None,
    ) -> None:
        """layer: the name of the one before; full: the |value| of its nodes in full colour; book: as its sum is
        written elsewhere, for the same digits here."""
        self.terms, self._name, self._layer = terms, name, layer
        self._scales = scales(terms, full)
        self._add_up(book or ledger(terms, 8))
        self.fit()

    def _add_up(self, book: Ledger) -> None:
        """The maps' sums as they are printed, and how with rounding and bias they make the printed weighted sum."""
        counts = [book.unit.count(float(tile.product.sum())) for tile in book.terms.tiles]
        together, scale = book.pre - book.bias, book.unit.scale

        def said(count: int, plus: bool = False) -> str:
            return f"{book.unit.text(count, plus)} {scale}".strip()

        self.totals, self.foot = [said(count) for count in counts], []
        if rest := together - sum(counts):
            self.foot.append(("rounding", said(rest, plus=True)))
        if rest or len(counts) > 1:
            self.foot.append((TOGETHER, said(together)))
        self.foot += [("bias", said(book.bias)), (SUM, said(book.pre))]

    @property
    def kind(self) -> str:
        """ "window", "pool" or "mosaic"."""
        if self.terms is None or not self.terms.tiles:
            return ""
        kinds = {"conv": "window", "maxpool": "pool", "avgpool": "pool"}
        return kinds.get(self.terms.stage.kind, "mosaic")

    @property
    def heads(self) -> tuple[tuple[str, str], ...]:
        """What the columns hold, and the |value| in full colour."""
        names = {
            "window": (("input", "patch"), ("weights", "kernel"), ("product", "product")),
            "pool": (("full colour", "patch"),),
            "mosaic": (("weights", "kernel"), ("products", "product")),
        }[self.kind]
        return tuple((name, f"±{plain(self._scales[of])}") for name, of in names)

    def height_for(self, width: int) -> int:
        if self.terms is None or not self.terms.tiles:
            self.sheets = []
            return 0
        lay = {"window": self._lay_rows, "pool": self._lay_pool, "mosaic": self._lay_mosaics}
        return math.ceil(lay[self.kind](float(max(width, 60))))

    def source_at(self, at: QPointF) -> int | None:
        for sheet in self.sheets:
            if (cell := sheet.hit(at)) is not None and sheet.tile.source[cell] >= 0:
                return int(sheet.tile.source[cell])
        return None

    def tip_at(self, at: QPointF) -> str:
        for sheet in self.sheets:
            if (cell := sheet.hit(at)) is not None:
                tile = sheet.tile
                if tile.source[cell] < 0:
                    return "Padding: there is no node here, and it counts as 0"
                name, value = self._name(int(tile.source[cell])), plain(tile.patch[cell])
                if self.terms is not None and self.terms.stage.kind == "maxpool":
                    return f"{name}: {value}"
                return f"{name}: {plain(tile.kernel[cell])} × {value} ≈ {plain(tile.product[cell])}"
        return ""

    # Where things are --------------------------------------------------------------------------------------

    def _sheet(self, place: QRectF, tile: Tile, name: str) -> Sheet:
        return Sheet(place, getattr(tile, name), self._scales[name], tile)

    def _lay_rows(self, width: float) -> float:
        assert self.terms is not None
        sign = SIGN * self.text
        side = math.floor((width - 2 * sign) / 3)
        y, self.sheets = self.line * 2.0, []
        for tile in self.terms.tiles:
            rows, columns = tile.patch.shape
            height = side * min(rows / columns, 2.0)
            wide = side * min(1.0, 2.0 * columns / rows)
            y += self.line
            for i, name in enumerate(("patch", "kernel", "product")):
                place = QRectF(i * (side + sign) + (side - wide) / 2, y, wide, height)
                self.sheets.append(self._sheet(place, tile, name))
            y += height + GAP
        return y + self.line * len(self.foot) + 2

    def _lay_pool(self, width: float) -> float:
        assert self.terms is not None
        (tile,) = self.terms.tiles
        rows, columns = tile.patch.shape
        cell = min(width / columns, LARGEST * self.text / rows, LARGEST * self.text / columns)
        place = QRectF((width - cell * columns) / 2, 2, cell * columns, cell * rows)
        self.sheets = [self._sheet(place, tile, "patch")]
        return place.bottom() + GAP + self.line

    def _lay_mosaics(self, width: float) -> float:
        """Weights at the left, products at the right, or above each other where there is little room."""
        assert self.terms is not None
        tiles = self.terms.tiles
        rows, columns = tiles[0].patch.shape
        across = math.ceil(math.sqrt(len(tiles) * rows / columns)) if len(tiles) > 1 else 1
        down = math.ceil(len(tiles) / across)
        gap = 3.0 if across > 1 else 0.0
        half = (width - SIGN * self.text) / 2
        cell = (half - gap * (across - 1)) / (across * columns)
        self.sheets = []
        for i, tile in enumerate(tiles):
            row, column = divmod(i, across)
            x, y = column * (columns * cell + gap), 2 * self.line + row * (rows * cell + gap)
            size = columns * cell, rows * cell
            self.sheets.append(self._sheet(QRectF(x, y, *size), tile, "kernel"))
            right = half + SIGN * self.text
            self.sheets.append(self._sheet(QRectF(right + x, y, *size), tile, "product"))
        return float(2 * self.line + down * (rows * cell + gap))

    # How they look -----------------------------------------------------------------------------------------

    def paint(self, painter: QPainter, dirty: QRectF) -> None:
        if self.terms is None or not self.sheets:
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        for sheet in self.sheets:
            if sheet.place.intersects(dirty):
                self._paint_sheet(painter, sheet)
        if self.kind == "pool":
            foot = QRectF(0, self.height() - self.line, self.width(), self.line)
            self.write(painter, foot, " ".join(self.heads[0]), MIDDLE, dim=True)
            self._say_winner(painter)
            return
        for sheet, (name, scale) in zip(self.sheets, self.heads, strict=False):
            head = QRectF(sheet.place.x(), 0, (self.width() - SIGN * self.text) / 2, self.line)
            if self.kind == "window":
                wide = (self.width() + SIGN * self.text) / 3
                head = QRectF(sheet.place.center().x() - wide / 2, 0, wide, self.line)
            self.write(painter, head, name, MIDDLE)
            self.write(painter, head.translated(0, self.line * 0.95), scale, MIDDLE, dim=True)
        if self.kind == "window":
            self._say_rows(painter)

    def _paint_sheet(self, painter: QPainter, sheet: Sheet) -> None:
        rows, columns = sheet.values.shape
        shares = np.clip(sheet.values / sheet.scale, -1, 1).astype(np.float32)
        painter.drawImage(sheet.place, value_image(shares, self.nodes))
        width = sheet.place.width() / columns
        if width >= GRID_FROM:
            line = QColor(self.theme.cell_line)
            line.setAlphaF(0.5)
            painter.setPen(QPen(line, 0.8))
            for i in range(1, columns):
                x = sheet.place.x() + i * width
                painter.drawLine(QPointF(x, sheet.place.top()), QPointF(x, sheet.place.bottom()))
            for i in range(1, rows):
                y = sheet.place.y() + i * sheet.place.height() / rows
                painter.drawLine(QPointF(sheet.place.left(), y), QPointF(sheet.place.right(), y))
        self._cross_out(painter, sheet)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self.theme.panel_edge), 1.2))
        painter.drawRect(sheet.place)
        if self._numbered(sheet):
            self._write_numbers(painter, sheet, shares)
        if self.term is not None:
            for row, column in np.argwhere(sheet.tile.source == self.term).tolist():
                self.ring(painter, sheet.cell(row, column))

    def _cross_out(self, painter: QPainter, sheet: Sheet) -> None:
        """Padding is nowhere in the scene."""
        painter.setPen(QPen(QColor(self.theme.text_dim), 1.0))
        for row, column in np.argwhere(sheet.tile.source < 0).tolist():
            cell = sheet.cell(row, column)
            painter.drawLine(cell.topLeft(), cell.bottomRight())
            painter.drawLine(cell.topRight(), cell.bottomLeft())

    def _numbered(self, sheet: Sheet) -> bool:
        """Its cells are large enough for their numbers."""
        return sheet.cell(0, 0).width() >= NUMBERS_FROM * self.line

    def _write_numbers(self, painter: QPainter, sheet: Sheet, shares: np.ndarray) -> None:
        painter.setFont(self.type())
        for row, column in np.ndindex(*sheet.values.shape):
            painter.setPen(self._on(float(shares[row, column])))
            painter.drawText(sheet.cell(row, column), MIDDLE, plain(sheet.values[row, column]))

    def _say_rows(self, painter: QPainter) -> None:
        sign = SIGN * self.text
        for patch, kernel, total in zip(self.sheets[::3], self.sheets[1::3], self.totals, strict=True):
            above = QRectF(0, patch.place.top() - self.line, self.width(), self.line)
            self.write(painter, above, f"{self._layer}, map {patch.tile.map + 1}", LEFT)
            self.write(painter, above, total, RIGHT, bold=True)
            equals = "≈" if self._numbered(patch) else "="  # pictures are equal, rounded numbers are not
            for sheet, text in ((patch, "×"), (kernel, equals)):
                place = QRectF(sheet.place.right(), sheet.place.top(), sign, sheet.place.height())
                self.write(painter, place, text, MIDDLE, dim=True)
        self._say_foot(painter)

    def _say_foot(self, painter: QPainter) -> None:
        """What the maps add up to, below a rule; with the bias the weighted sum, below another."""
        top = self.height() - self.line * len(self.foot) - 1
        for i, (text, number) in enumerate(self.foot):
            place = QRectF(0, top + i * self.line, self.width(), self.line)
            sums = text in (TOGETHER, SUM)
            if sums:
                painter.setPen(QPen(QColor(self.theme.text_dim), 1.0))
                painter.drawLine(place.topLeft(), place.topRight())
            self.write(painter, place, text, LEFT, bold=text == SUM, dim=not sums)
            self.write(painter, place, number, RIGHT, bold=sums)

    def _say_winner(self, painter: QPainter) -> None:
        """Written in its cell, where there is room; else the cell wears a ring."""
        assert self.terms is not None
        if self.terms.winner is None:
            return
        (sheet,) = self.sheets
        winner = int(self.terms.source[self.terms.winner])
        for row, column in np.argwhere(sheet.tile.source == winner).tolist():
            cell = sheet.cell(row, column)
            painter.setFont(self.type())
            if (
                painter.fontMetrics().horizontalAdvance("winner") > cell.width()
                or cell.height() < 3 * self.line
            ):
                self.ring(painter, cell.adjusted(2, 2, -2, -2))
                continue
            painter.setPen(self._on(float(sheet.values[row, column]) / sheet.scale))
            painter.drawText(cell.translated(0, self.line), MIDDLE, "winner")

    def _on(self, share: float) -> QColor:
        """Black or white: what is read on the colour of a value, -1 to 1."""
        return QColor("#000000" if self.colour(share).lightnessF() > 0.45 else "#ffffff")
