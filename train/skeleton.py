"""The centre lines of a digit's strokes: what is left when the pen's width is taken away."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import distance_transform_edt
from skimage.morphology import skeletonize

REACH = 6.0  # cells: distances from the centre line are known up to here
_FINE = 3  # pixels a cell on which lines are thinned; odd, so that a pixel sits at each cell's centre


def skeleton(image: NDArray[np.uint8], fine: int = _FINE) -> NDArray[np.bool_]:
    """image (28, 28) uint8 -> centre lines, one pixel wide, on a grid `fine` times finer.

    Thinning after Zhang and Suen (1984), on the enlarged digit cut at half its darkest ink.
    """
    size = (image.shape[1] * fine, image.shape[0] * fine)
    large = np.asarray(Image.fromarray(image).resize(size, Image.Resampling.BICUBIC))
    lines: NDArray[np.bool_] = skeletonize(large > 0.5 * image.max())
    return lines


def nearness(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """images (N, 28, 28) -> REACH minus the distance (cells) to the nearest centre line, 255 = REACH.

    A round brush of radius r along the lines covers the cells whose nearness is above REACH - r: one
    array serves every brush. Nearness, not distance, so that outside the picture is naturally far (0).
    """
    result = np.zeros(images.shape, np.uint8)
    middle = slice(_FINE // 2, None, _FINE)
    for image, out in zip(images, result, strict=True):
        distance: NDArray[Any] = distance_transform_edt(~skeleton(image))[middle, middle] / _FINE
        out[:] = np.clip(REACH - distance, 0, REACH) * (255 / REACH) + 0.5
    return result
