"""Image files -> ink on the pad, and pictures -> PNG files. The only importer of Pillow.

Whatever the picture, its ink arrives as 0 on a blank ground: dark ink on a light ground, recognised by the border,
is inverted, and contrast is stretched from the ground (a plane through the border) to full ink. The exception is
MNIST's own form, 28x28 with light ink on black: it is ink already and is taken as it is.
"""

from __future__ import annotations

import io
import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from nodelink import files
from nodelink.nn.preprocess import CELLS, PAD, area_average

Array = NDArray[np.float32]

MEGAPIXELS = 200  # a larger picture is refused, before it is decoded
FAINT = 0.04  # a picture whose contrast is less than this share of white is blank

_ENOUGH = 2 * PAD  # a larger picture is first reduced, by whole pixels, to this side at least
_STRIP = 1 << 22  # pixels reduced at a time: the rest is never copied
_EXIF_ORIENTATION = 0x0112
_UPRIGHT: dict[int, Callable[[Array], Array]] = {  # by orientation tag; the picture is square by then
    2: np.fliplr,
    3: lambda ink: np.rot90(ink, 2),
    4: np.flipud,
    5: np.transpose,
    6: lambda ink: np.rot90(ink, -1),
    7: lambda ink: np.rot90(ink, 2).T,
    8: np.rot90,
}


class ImageError(ValueError):
    """A picture cannot be read or written; the message is one line that names the file and the fault."""


def load(path: str | Path) -> Array:
    """The ink (280, 280) of an image file, any that Pillow reads; the first picture where there are several.

    Raises ImageError when it is missing, damaged, not an image or larger than MEGAPIXELS.
    """
    path = Path(path)
    try:
        path.stat()
    except PermissionError:
        raise ImageError(f"{path}: permission denied") from None
    except (OSError, ValueError):
        pass
    if not path.is_file():
        fault = "is a directory" if path.is_dir() else "is no file" if path.exists() else "no such file"
        raise ImageError(f"{path}: {fault}")
    if not path.stat().st_size:
        raise ImageError(f"{path}: the file is empty")
    try:
        return _guarded(lambda: _opened(path))
    except ImageError as error:
        raise ImageError(f"{path}: {error}") from None


def from_pillow(image: Image.Image) -> Array:
    """The ink (280, 280) of a picture, as `load` takes it from a file. Raises ImageError."""
    return _guarded(lambda: _ink(image))


def save_png(path: str | Path, rgba: NDArray[np.uint8], dpi: float | None = None) -> None:
    """Write a picture (H, W, 4) or (H, W, 3) as PNG, in one step. ImageError where that is not possible."""
    png = io.BytesIO()
    Image.fromarray(rgba).save(png, "png", **({"dpi": (dpi, dpi)} if dpi else {}))
    try:
        files.write(path, png.getvalue())
    except OSError as error:
        raise _unwritable(path, error) from None


def check_png_path(path: str | Path) -> None:
    """Raise ImageError where save_png would, before the picture is made; PNG files are named .png."""
    if not Path(path).name:
        raise ImageError("the output needs a name that ends in .png")
    if Path(path).suffix.lower() != ".png":
        raise ImageError(f"{path}: the picture is a PNG, its name must end in .png")
    try:
        files.check_writable(path)
    except OSError as error:
        raise _unwritable(path, error) from None


def _unwritable(path: str | Path, error: OSError) -> ImageError:
    return ImageError(f"{path}: cannot be written: {(error.strerror or str(error)).lower()}")


# Decoding ---------------------------------------------------------------------------------------------------


def _guarded(decode: Callable[[], Array]) -> Array:
    """What decode gives; ImageError for all that Pillow raises on a damaged or oversized picture.

    Its decoders raise whatever the damage leads to: OSError, SyntaxError, struct.error, IndexError, ...
    """
    limit = Image.MAX_IMAGE_PIXELS
    Image.MAX_IMAGE_PIXELS = MEGAPIXELS * 10**6
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # damaged tags that do not matter here
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return decode()
    except ImageError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise ImageError(f"larger than {MEGAPIXELS} megapixels") from None
    except UnidentifiedImageError:
        raise ImageError("not an image that can be read") from None
    except MemoryError:
        raise ImageError("needs more memory than there is") from None
    except PermissionError:
        raise ImageError("permission denied") from None
    except Exception as error:
        fault = " ".join(str(error).split()) or type(error).__name__
        raise ImageError(f"damaged image: {fault}") from None
    finally:
        Image.MAX_IMAGE_PIXELS = limit


def _opened(path: Path) -> Array:
    # From a stream: given a name, Pillow 13 maps TIFFs into memory, and turned ones come out scrambled.
    with path.open("rb") as file, Image.open(file) as image:
        # JPEG: decode at an eighth, a quarter, a half where that is enough
        image.draft("L", (_ENOUGH, _ENOUGH))
        with _without_stderr() if image.format == "TIFF" else nullcontext():
            image.load()
        return _ink(image)


@contextmanager
def _without_stderr() -> Iterator[None]:
    """What C code writes to standard error goes nowhere: libtiff speaks of every damage by itself."""
    try:
        kept = os.dup(2)
    except OSError:  # there is none
        yield
        return
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        os.close(nowhere)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _ink(image: Image.Image) -> Array:
    if image.width * image.height > MEGAPIXELS * 10**6:
        raise ImageError(f"larger than {MEGAPIXELS} megapixels")
    if not image.width * image.height:
        raise ImageError("has no pixels")
    image.load()
    grey, alpha = _fitted(image)
    if alpha is not None:
        grey = _composed(grey, alpha)
    mnist = image.size == (CELLS, CELLS) and not np.median(grey[_border(grey)])
    ink = grey if mnist else _ink_on_ground(grey)
    top, left = (PAD - ink.shape[0]) // 2, (PAD - ink.shape[1]) // 2
    pad = np.zeros((PAD, PAD), dtype=np.float32)
    pad[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
    upright = _UPRIGHT.get(image.getexif().get(_EXIF_ORIENTATION, 1), np.asarray)
    return np.ascontiguousarray(upright(pad))


def _fitted(image: Image.Image) -> tuple[Array, Array | None]:
    """Luminance and alpha (None: opaque) in [0, 1], area-averaged so that the longer side is 280.

    Luminance is premultiplied by alpha. Worked in strips: the picture is never copied at full size.
    """
    factor = max(max(image.size) // _ENOUGH, 1)
    rows = max(_STRIP // image.width // factor, 1) * factor
    strips = [
        _reduced(image.crop((0, top, image.width, min(top + rows, image.height))), factor)
        for top in range(0, image.height, rows)
    ]
    planes = np.concatenate(strips, axis=1)  # (1 or 2, h, w)
    planes /= np.float32(_white(image.mode, float(planes.max())))
    longer = max(image.size)
    y, x = (np.linspace(0, n / factor, max(round(PAD * n / longer), 1) + 1) for n in reversed(image.size))
    small = [area_average(plane, y, x) for plane in planes]
    return small[0], small[1] if len(small) == 2 else None


def _reduced(strip: Image.Image, factor: int) -> Array:
    """(1, h, w) luminance, or (2, h, w) premultiplied luminance and alpha: means, in the file's own scale."""
    if strip.mode.startswith(("I", "F")):  # 16 or 32 bits
        values = np.nan_to_num(np.asarray(strip).astype(np.float32), posinf=0, neginf=0).clip(0)
        return _block_means(values, factor)[None]
    if strip.mode == "LAB":
        strip = strip.getchannel("L")
    elif strip.has_transparency_data and strip.mode != "La":
        strip = (strip if strip.mode == "LA" else strip.convert("RGBA").convert("LA")).convert("La")
    elif strip.mode not in ("L", "La"):
        strip = strip.convert("L")
    means: Array = np.atleast_3d(np.asarray(strip.reduce(factor), dtype=np.float32)).transpose(2, 0, 1)
    return means


def _block_means(values: Array, factor: int) -> Array:
    """Means of blocks of factor x factor; those at the right and lower edge may be smaller."""
    starts = [np.arange(0, n, factor) for n in values.shape]
    sums = np.add.reduceat(np.add.reduceat(values, starts[0], axis=0), starts[1], axis=1)
    counts = [np.diff(np.append(at, n)) for at, n in zip(starts, values.shape, strict=True)]
    means: Array = (sums / np.outer(*counts)).astype(np.float32)
    return means


def _white(mode: str, largest: float) -> float:
    """The value of white; for 32-bit numbers, which have none, the narrowest usual one that holds them all."""
    if mode.startswith("I;16"):
        return 65535
    usual = {"I": (255, 65535), "F": (1, 255, 65535)}.get(mode, (255,))
    return next((white for white in usual if largest <= white), largest)


# Luminance -> ink -------------------------------------------------------------------------------------------


def _border(plane: NDArray[Any]) -> NDArray[np.bool_]:
    """True in the outermost fiftieth of a picture (h, w), one pixel at least."""
    width = max(round(min(plane.shape) / 50), 1)
    border = np.ones(plane.shape, dtype=bool)
    border[width:-width, width:-width] = False
    return border


def _composed(grey: Array, alpha: Array) -> Array:
    """The picture on a ground of its own colour, or where it shows none, on white or black, whichever contrasts."""
    border = _border(grey) & (alpha > 0.5)
    if 2 * border.sum() >= _border(grey).sum():
        ground = float(np.median(grey[border] / alpha[border]))
    else:
        ground = 1.0 if 2 * grey.sum() < alpha.sum() else 0.0
    composed: Array = grey + (1 - alpha) * np.float32(ground)
    return composed


def _ink_on_ground(grey: Array) -> Array:
    """Luminance (h, w) -> ink: how far it departs from the ground, on the side where it departs farther.

    The ground is a plane (with a twist, for light from one side) fitted to the border, less what stands out there.
    The least ink is above the noise of the border, full ink what most of the ink has.
    """
    y, x = np.meshgrid(*(np.linspace(-1, 1, n) for n in grey.shape), indexing="ij")
    terms = np.stack([np.ones_like(x), x, y, x * y], axis=-1)  # (h, w, 4)
    border = _border(grey)
    away = np.abs(grey[border] - np.median(grey[border]))
    ground = away <= max(3 * np.median(away), 0.1)
    fit = np.linalg.lstsq(terms[border][ground], grey[border][ground], rcond=None)[0]
    plane = terms @ fit
    departure = grey - plane
    if (
        departure.max() < -departure.min()
    ):  # dark ink: what it takes away is a share of the light on the paper
        departure = -departure / np.maximum(plane, 0.05)
    noise = float(np.percentile(np.abs(departure[border][ground]), 95))
    peak = float(departure.max())
    floor = max(3 * noise, 0.15 * peak) if noise > 0.003 else 3 * noise  # a photograph; a clean picture
    if peak - floor < FAINT:
        return np.zeros_like(grey)
    full = float(np.percentile(departure[departure > (floor + peak) / 2], 95))
    ink: Array = np.clip((departure - floor) / (full - floor), 0, 1).astype(np.float32)
    return ink
