"""Files in and out: images and weight files opened, dropped and pasted; pictures saved."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PyQt6.QtCore import QMimeData, QObject
from PyQt6.QtGui import QGuiApplication, QImage
from PyQt6.QtWidgets import QDialog, QFileDialog, QWidget

from nodelink import images
from nodelink.nn.weights import WeightsError
from nodelink.qt.dialogs import SaveDialog
from nodelink.qt.jobs import Jobs
from nodelink.session import Session

IMAGES = "Images (*.png *.jpg *.jpeg *.bmp *.gif *.tif *.tiff *.webp *.pgm *.ppm);;All files (*)"
NETWORKS = "Networks (*.safetensors);;All files (*)"
WEIGHTS_SUFFIX = ".safetensors"


class Picturing(Protocol):
    """The canvas, as far as saving needs it."""

    native: QWidget

    def picture(self, scale: int = 1, transparent: bool = False) -> NDArray[np.uint8]: ...


class Files(QObject):
    """Bad input becomes one line through `say`; the drawing and the network stay as they were."""

    def __init__(
        self, session: Session, canvas: Picturing, window: QWidget, say: Callable[[str, bool], None]
    ) -> None:
        super().__init__(window)
        self._session, self._canvas, self._window = session, canvas, window
        self._say = say
        self.jobs = Jobs(self)

    # In ----------------------------------------------------------------------------------------------------

    def ask_for_image(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self._window, "Open image", "", IMAGES)
        if path:
            self.open_image(path)

    def ask_for_network(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self._window, "Open network", "", NETWORKS)
        if path:
            self.load_network(path)

    def open(self, path: str) -> None:
        """A dropped or pasted file: a weight file by its name, else an image."""
        if path.lower().endswith(WEIGHTS_SUFFIX):
            self.load_network(path)
        else:
            self.open_image(path)

    def open_image(self, path: str) -> None:
        """Read on another thread (an image may have 200 megapixels), then shown on the pad."""
        self.jobs.run(lambda: images.load(Path(path)), self._session.set_image, self._refuse)

    def load_network(self, name: str) -> None:
        """A shipped network by name, or a weight file."""
        try:
            self._session.load(name)
        except (WeightsError, ValueError) as error:
            self._refuse(error)

    def paste(self) -> None:
        """An image or a file from the clipboard."""
        clipboard = QGuiApplication.clipboard()
        data = clipboard.mimeData() if clipboard is not None else None
        if data is None or not self.take(data):
            self._say("There is no image on the clipboard.", False)

    def takes(self, data: QMimeData) -> bool:
        """Whether dropped or pasted data can be opened."""
        return bool(_local_file(data)) or data.hasImage()

    def take(self, data: QMimeData) -> bool:
        """Open what was dropped or pasted; False where there is nothing to open."""
        if path := _local_file(data):
            self.open(path)
            return True
        image = data.imageData() if data.hasImage() else None
        if not isinstance(image, QImage) or image.isNull():
            return False
        copy = image.copy()
        self.jobs.run(lambda: images.from_pillow(to_pillow(copy)), self._session.set_image, self._refuse)
        return True

    def _refuse(self, error: Exception) -> None:
        if not isinstance(error, (ValueError, OSError)):
            raise error
        self._say(str(error), True)

    # Out ---------------------------------------------------------------------------------------------------

    def save_picture(self) -> None:
        """Ask how and where, then save what the scene shows."""
        view = self._canvas.native
        ratio = view.devicePixelRatioF()
        dialog = SaveDialog(self._window, round(view.width() * ratio), round(view.height() * ratio))
        if dialog.exec() != QDialog.DialogCode.Accepted:
            return
        path, _ = QFileDialog.getSaveFileName(
            self._window, "Save picture", "nodelink.png", "PNG pictures (*.png)"
        )
        if path:
            self.write_picture(path, dialog.scale, dialog.transparent.isChecked())

    def write_picture(self, path: str, scale: int, transparent: bool) -> None:
        """What the scene shows, `scale` times its size, as a PNG file."""
        suffixed = path if path.lower().endswith(".png") else path + ".png"
        try:
            if suffixed != path and Path(suffixed).exists():  # nobody was asked about that file
                raise FileExistsError(
                    f"{suffixed} is there already: save again under that name to replace it"
                )
            path = suffixed
            images.check_png_path(path)
            images.save_png(path, self._canvas.picture(scale, transparent))
        except RuntimeError as error:  # no OpenGL, or links in a circle
            self._say(str(error), True)
        except (ValueError, OSError) as error:
            self._refuse(error)
        else:
            self._say(f"Saved {path}", False)


def _local_file(data: QMimeData) -> str:
    return next((url.toLocalFile() for url in data.urls() if url.isLocalFile()), "")


def to_pillow(image: QImage) -> Image.Image:
    """The same picture for Pillow, with its alpha."""
    image = image.convertToFormat(QImage.Format.Format_RGBA8888)
    data = image.constBits()
    assert data is not None
    pixels = bytes(data.asarray(image.sizeInBytes()))
    return Image.frombytes(
        "RGBA", (image.width(), image.height()), pixels, "raw", "RGBA", image.bytesPerLine()
    )
