"""IDX, the format of MNIST's files (yann.lecun.com/exdb/mnist): read with numpy, plain or gzipped."""

from __future__ import annotations

import gzip
import math
import zlib
from contextlib import closing
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

_TYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_LARGEST = 1 << 31  # bytes; a gzipped file may claim anything
_DIMENSIONS = 32  # what every numpy takes
_PREFIX = {"train": "train", "test": "t10k"}


class IdxError(ValueError):
    """A file is not the IDX file it should be; the message is one line that names it and the fault."""


def read(path: str | Path) -> NDArray[Any]:
    """The array in an IDX file, gzipped or not, in the machine's byte order.

    Raises IdxError when it cannot be read, is not IDX, or holds less or more than its header says.
    """
    path = Path(path)
    try:
        with closing(_open(path)) as file:
            dtype, shape = _header(path, file)
            size = dtype.itemsize * math.prod(shape)
            if size > _LARGEST:
                raise IdxError(f"{path}: claims {size} bytes of data, more than {_LARGEST}")
            data = file.read(size + 1)
    except EOFError:
        raise IdxError(f"{path}: the gzip data ends too early") from None
    except (OSError, zlib.error) as error:
        raise IdxError(f"{path}: {getattr(error, 'strerror', None) or error}") from None
    except MemoryError:
        raise IdxError(f"{path}: needs more memory than there is") from None
    if len(data) != size:
        found = f"only {len(data)}" if len(data) < size else "more"
        raise IdxError(f"{path}: shape {shape} needs {size} bytes of data, the file holds {found}")
    array = np.frombuffer(data, dtype).reshape(shape)
    return array.astype(dtype.newbyteorder("="))


def mnist(folder: str | Path, split: str = "test") -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Images (N, 28, 28) and labels (N,) of MNIST's "train" or "test" set.

    The files `...-ubyte` or `...-ubyte.gz` lie in folder, in folder/raw or, as torchvision puts them, in
    folder/MNIST/raw. Raises IdxError when they are missing, damaged or do not belong together.
    """
    prefix = _PREFIX[split]
    images_at, labels_at = (
        _find(Path(folder), f"{prefix}-{kind}-ubyte") for kind in ("images-idx3", "labels-idx1")
    )
    images, labels = read(images_at), read(labels_at)
    if images.dtype != np.uint8 or images.ndim != 3 or images.shape[1:] != (28, 28):
        raise IdxError(f"{images_at}: expected uint8 (N, 28, 28), found {images.dtype} {images.shape}")
    if not len(images):
        raise IdxError(f"{images_at}: holds no images")
    if labels.dtype != np.uint8 or labels.shape != images.shape[:1] or labels.max(initial=0) > 9:
        found = f"{labels.dtype} {labels.shape}, the largest {labels.max(initial=0)}"
        raise IdxError(f"{labels_at}: expected {len(images)} labels 0 to 9, found {found}")
    return images, labels


def _open(path: Path) -> IO[bytes] | gzip.GzipFile:
    with path.open("rb") as file:
        zipped = file.read(2) == b"\x1f\x8b"
    return gzip.open(path) if zipped else path.open("rb")


def _header(path: Path, file: IO[bytes] | gzip.GzipFile) -> tuple[np.dtype[Any], tuple[int, ...]]:
    magic = file.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] not in _TYPES:
        raise IdxError(f"{path}: not an IDX file, it begins with {magic.hex(' ') or 'nothing'}")
    sizes = file.read(4 * magic[3])
    if len(sizes) < 4 * magic[3]:
        raise IdxError(f"{path}: the header ends too early")
    if magic[3] > _DIMENSIONS:
        raise IdxError(f"{path}: claims {magic[3]} dimensions, more than {_DIMENSIONS}")
    return np.dtype(_TYPES[magic[2]]), tuple(np.frombuffer(sizes, ">u4").tolist())


def _find(folder: Path, name: str) -> Path:
    for place in (folder / "MNIST" / "raw", folder / "raw", folder):
        for path in (place / name, place / f"{name}.gz"):
            try:
                path.stat()
            except PermissionError:
                raise IdxError(f"{path}: permission denied") from None
            except (OSError, ValueError):
                continue
            if path.is_file():
                return path
    raise IdxError(f"{folder}: holds no MNIST/raw/{name}, gzipped or not")
