"""Arrays as pictures: what the pad and the way down paint."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtGui import QImage

from nodelink.theme import Theme, diverging, rgb

Array = NDArray[np.float32]


def ink_image(ink: Array, theme: Theme) -> QImage:
    """Ink (h, w) in [0, 1] as the user's pencil on the pad's ground: 0 is the ground, 1 the pencil."""
    ground, pencil = rgb(theme.neutral), rgb(theme.text)
    steps = np.linspace(0, 1, 256, dtype=np.float32)[:, None]
    table = np.rint((ground + (pencil - ground) * steps) * 255).astype(np.uint8)  # (256, 3)
    return image(table[np.rint(np.clip(ink, 0, 1) * 255).astype(np.uint8)])


def value_image(values: Array, theme: Theme) -> QImage:
    """Values (h, w) in [-1, 1] in the colours of the scene's nodes."""
    return image(np.rint(diverging(values, theme) * 255).astype(np.uint8))


def image(rgb_bytes: NDArray[np.uint8]) -> QImage:
    """A QImage with its own copy of (h, w, 3) bytes."""
    height, width, _ = rgb_bytes.shape
    return QImage(rgb_bytes.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()
