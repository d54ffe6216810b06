"""Arrays as pictures: what the pad and the way down paint."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtGui import QImage

from nodelink.theme import Theme, diverging, rgb

Array = NDArray[np.float32]


def ink_image(ink: Array, theme: Theme) -> QImage:
    """Ink (h, w) in [0, 1] as the user's pencil on the pad's ground: 0 is the ground, 1 the pencil."""
    height, width = ink.shape
    pixels = _pencil(theme).take((np.clip(ink, 0, 1) * np.float32(255) + np.float32(0.5)).astype(np.uint8))
    return QImage(pixels.tobytes(), width, height, 4 * width, QImage.Format.Format_RGB32).copy()


@lru_cache(maxsize=8)
def _pencil(theme: Theme) -> NDArray[np.uint32]:
    """The 256 steps from ground to pencil, 0xffRRGGBB."""
    ground, pencil = rgb(theme.neutral), rgb(theme.text)
    steps = np.linspace(0, 1, 256, dtype=np.float32)[:, None]
    table = np.rint((ground + (pencil - ground) * steps) * 255).astype(np.uint32)  # (256, 3)
    return np.asarray(0xFF000000 | table[:, 0] << 16 | table[:, 1] << 8 | table[:, 2], np.uint32)


def value_image(values: Array, theme: Theme) -> QImage:
    """Values (h, w) in [-1, 1] in the colours of the scene's nodes."""
    return image(np.rint(diverging(values, theme) * 255).astype(np.uint8))


def image(rgb_bytes: NDArray[np.uint8]) -> QImage:
    """A QImage with its own copy of (h, w, 3) bytes."""
    height, width, _ = rgb_bytes.shape
    return QImage(rgb_bytes.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()
