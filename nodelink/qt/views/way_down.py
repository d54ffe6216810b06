"""The way down: drawing -> centred -> network input, enlarged."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QPaintEvent, QPen, QPolygonF
from PyQt6.QtWidgets import QSizePolicy, QToolButton, QWidget

from nodelink.nn.preprocess import PAD
from nodelink.qt.pictures import Array, ink_image, value_image
from nodelink.qt.style import SMALL, scaled
from nodelink.qt.view import Actions, View
from nodelink.session import Frame
from nodelink.settings import Settings
from nodelink.theme import THEMES, Theme, look

VISIBLE = 0.1  # ink that counts for the frame around the drawing
ARROW = 20  # pixels between two pictures
LEAST = 56.0  # of a small picture
GRID_FROM = 5.0  # cells at least so large have lines between them


@dataclass(frozen=True)
class Picture:
    """One of the three: what is shown and what stands under it."""

    caption: str
    values: Array  # (h, w)
    box: QRectF | None = None  # a dashed frame, in shares of the picture
    cross: bool = False  # dashed lines through the middle, where the centre of mass is
    shorter: str = ""  # the caption where room is short
    cells: bool = False  # single cells, with lines between them
    valued: bool = False  # in the colours of the scene's nodes; otherwise ink


def pictures_of(frame: Frame, centre: bool) -> tuple[Picture, Picture, Picture]:
    """The way down of a frame; of a difference, what B has more of than A, in the colours of the nodes."""
    prepared, seen = frame.prepared, network_input(frame)
    height, width = seen.shape
    if frame.of is not None:
        return (
            Picture("drawing B − A", prepared.drawing, shorter="B − A", valued=True),
            Picture(
                "centred B − A" if centre else "not centred", prepared.centred, shorter="B − A", valued=True
            ),
            Picture(
                f"input {width} × {height}", seen, shorter=f"{width} × {height}", cells=True, valued=True
            ),
        )
    centred = centre and not prepared.blank
    return (
        Picture(
            "drawing" if frame.transform.idle else "transformed",
            prepared.drawing,
            _bounds(prepared.drawing) if centred else None,
            shorter="" if frame.transform.idle else "changed",
        ),
        Picture(
            "centred" if centre else "not centred",
            prepared.centred,
            cross=centred,
        ),
        Picture(f"input {width} × {height}", seen, shorter=f"{width} × {height}", cells=True, valued=True),
    )


def network_input(frame: Frame) -> Array:
    """What the network got, (h, w) as shares of its input range; the mean of several channels."""
    low, high = frame.network.input_range
    zero = 0.0 if frame.of is not None else low  # a difference has lost it
    values = frame.activations.out[0][0].mean(axis=0)  # (C, H, W) -> (H, W)
    return np.asarray((values - zero) / (high - low), np.float32)


def _bounds(ink: Array) -> QRectF | None:
    """The box around what is drawn, in shares of the pad."""
    rows, columns = np.flatnonzero((ink > VISIBLE).any(1)), np.flatnonzero((ink > VISIBLE).any(0))
    if not len(rows):
        return None
    left, top = columns[0] / PAD, rows[0] / PAD
    return QRectF(left, top, (columns[-1] + 1) / PAD - left, (rows[-1] + 1) / PAD - top)


class WayDown(View):
    """How the drawing becomes what the network gets, with the switch for centring."""

    title, shorter = "Network input", "Input"
    column = "left"
    stretch = 1
    subtracts = True

    def __init__(self, actions: Actions) -> None:
        super().__init__(actions)
        self.strip = Strip()
        self.switch = QToolButton()
        self.switch.setObjectName("switch")
        self.switch.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        if "centre" in actions:
            self.switch.setDefaultAction(actions["centre"])
        self.head.addStretch(1)
        self.head.addWidget(self.switch)
        self.box.addWidget(self.strip, 1)
        self._centre = True

    def show_frame(self, frame: Frame) -> None:
        self.strip.set_pictures(pictures_of(frame, self._centre))

    def show_settings(self, settings: Settings) -> None:
        self._centre = settings.centre
        side = scaled(18, self.text)
        self.switch.setIconSize(QSize(side, side))
        self.strip.set_look(settings.theme, self.text, settings.palette)


class Strip(QWidget):
    """Three pictures with captions: in a row, or two above one large one where there is height."""

    def __init__(self) -> None:
        super().__init__()
        self.pictures: tuple[Picture, ...] = ()
        self._images: list[QImage] = []
        self._theme = self._nodes = THEMES["dark"]
        self._text_size = 1.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_pictures(self, pictures: tuple[Picture, ...]) -> None:
        self.pictures = pictures
        self._images = [_image(picture, self._theme, self._nodes) for picture in pictures]
        self.setAccessibleDescription(", then ".join(picture.caption for picture in pictures))
        self.update()

    def set_look(self, theme_name: str, text: float, palette: str = "diverging") -> None:
        self._theme, self._text_size = THEMES[theme_name], text
        self._nodes = look(theme_name, palette)
        self.updateGeometry()
        self.set_pictures(self.pictures)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 58 + self._caption_height())

    def sizeHint(self) -> QSize:
        return QSize(280, 84 + self._caption_height())

    def places(self) -> list[QRectF]:
        """Where the three pictures are; the captions stand below them."""
        ways = (self._in_a_row(), self._beside(), self._stacked())
        best = max(ways, key=lambda way: way[2].width() + way[0].width() / 2)
        spare = self.height() - self._caption_height() - max(place.bottom() for place in best)
        return [place.translated(0, max(0.0, spare / 2)) for place in best]

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        if not self.pictures:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        places = self.places()
        step = places[1].x() - places[0].x()
        for picture, image, place in zip(self.pictures, self._images, places, strict=True):
            self._paint_picture(painter, picture, image, place)
            self._paint_caption(painter, picture, place, max(place.width() + ARROW, step))
        self._paint_arrow(painter, places[0], places[1])
        self._paint_arrow(painter, places[1], places[2])

    # Where things are --------------------------------------------------------------------------------------

    def _caption_height(self) -> int:
        return scaled(1.6 * SMALL, self._text_size)

    def _caption_font(self) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(scaled(SMALL, self._text_size))
        return font

    def _widest_caption(self) -> int:
        """Pixels that the captions need under small pictures."""
        metrics = QFontMetrics(self._caption_font())
        texts = [picture.shorter or picture.caption for picture in self.pictures]
        return max((metrics.horizontalAdvance(text) for text in texts), default=0)

    def _in_a_row(self) -> list[QRectF]:
        side = min((self.width() - 2 * ARROW) / 3, self.height() - self._caption_height())
        step = max(side + ARROW, min(self._widest_caption() + ARROW / 2, self.width() / 3))
        left = (self.width() - side - 2 * step) / 2
        return [QRectF(left + i * step, 0, side, side) for i in range(3)]

    def _beside(self) -> list[QRectF]:
        """Two small ones at the left, the input as large as it goes at the right."""
        caption = self._caption_height()
        width = self.width() - 1.5 * ARROW
        small = min((self.height() - 2 * caption) / 2, (width - caption) / 3)
        large = min(width - small, self.height() - caption) if small >= LEAST else 0.0
        left = (self.width() - small - large - 1.5 * ARROW) / 2
        return [
            QRectF(left, 0, small, small),
            QRectF(left, large - small, small, small),
            QRectF(left + small + 1.5 * ARROW, 0, large, large),
        ]

    def _stacked(self) -> list[QRectF]:
        """Two small ones above, the input as large as it goes below."""
        caption = self._caption_height()
        small = min((self.width() - ARROW) / 2, (self.height() - 2 * caption) * 0.4)
        large = min(self.width(), self.height() - small - 2 * caption)
        left = (self.width() - 2 * small - ARROW) / 2
        return [
            QRectF(left, 0, small, small),
            QRectF(left + small + ARROW, 0, small, small),
            QRectF((self.width() - large) / 2, small + caption, large, large),
        ]

    # How they look -----------------------------------------------------------------------------------------

    def _paint_picture(self, painter: QPainter, picture: Picture, image: QImage, place: QRectF) -> None:
        place = _with_shape(place, image)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not picture.cells)
        painter.drawImage(place, image)
        cell = place.width() / image.width()
        if picture.cells and cell >= GRID_FROM:
            self._paint_grid(painter, image, place, cell)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self._theme.accent), 1.2, Qt.PenStyle.DashLine))
        if picture.box is not None:
            box, size = picture.box, place.size()
            x, y = place.x() + box.x() * size.width(), place.y() + box.y() * size.height()
            painter.drawRect(QRectF(x, y, box.width() * size.width(), box.height() * size.height()))
        if picture.cross:
            middle = place.center()
            painter.drawLine(QPointF(place.left(), middle.y()), QPointF(place.right(), middle.y()))
            painter.drawLine(QPointF(middle.x(), place.top()), QPointF(middle.x(), place.bottom()))
        painter.setPen(QPen(QColor(self._theme.panel_edge), 1.2))
        painter.drawRect(place)

    def _paint_grid(self, painter: QPainter, image: QImage, place: QRectF, cell: float) -> None:
        line = QColor(self._theme.cell_line)
        line.setAlphaF(0.45)
        painter.setPen(QPen(line, 0.8))
        for i in range(1, image.width()):
            x = place.x() + i * cell
            painter.drawLine(QPointF(x, place.top()), QPointF(x, place.bottom()))
        for i in range(1, image.height()):
            y = place.y() + i * cell
            painter.drawLine(QPointF(place.left(), y), QPointF(place.right(), y))

    def _paint_caption(self, painter: QPainter, picture: Picture, place: QRectF, step: float) -> None:
        """step: to the next picture, pixels; as much room there is for the words."""
        painter.setFont(self._caption_font())
        painter.setPen(QColor(self._theme.text_dim))
        middle = place.center().x()
        width = min(max(place.width(), step), 2 * middle, 2 * (self.width() - middle))
        room = QRectF(middle - width / 2, place.bottom() + 3, width, self._caption_height())
        fits = painter.fontMetrics().horizontalAdvance(picture.caption) <= room.width()
        text = picture.caption if fits else picture.shorter or picture.caption
        painter.drawText(room, int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop), text)

    def _paint_arrow(self, painter: QPainter, start: QRectF, end: QRectF) -> None:
        """A small triangle in the gap at the right of `start`, or in the one below it."""
        size = ARROW * 0.26
        if end.x() > start.right():
            x, y = (start.right() + end.left()) / 2, start.center().y()
            corners = [(x + size, y), (x - size, y - 1.3 * size), (x - size, y + 1.3 * size)]
        elif end.top() - start.bottom() > self._caption_height() + 2.2 * size:
            x = start.center().x()
            y = (start.bottom() + self._caption_height() + end.top()) / 2
            corners = [(x, y + size), (x - 1.3 * size, y - size), (x + 1.3 * size, y - size)]
        else:
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.text_dim))
        painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))


def _image(picture: Picture, theme: Theme, nodes: Theme) -> QImage:
    return value_image(picture.values, nodes) if picture.valued else ink_image(picture.values, theme)


def _with_shape(place: QRectF, image: QImage) -> QRectF:
    """The largest place in a square for a picture that may not be square."""
    scale = min(place.width() / image.width(), place.height() / image.height())
    width, height = image.width() * scale, image.height() * scale
    return QRectF(place.center().x() - width / 2, place.center().y() - height / 2, width, height)
