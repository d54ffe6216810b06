"""IDX files: what the header says is what is read; anything else is one line."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest

from nodelink.idx import IdxError, mnist, read


def idx_bytes(code: int, shape: tuple[int, ...], data: bytes) -> bytes:
    return bytes([0, 0, code, len(shape)]) + struct.pack(f">{len(shape)}I", *shape) + data


def write_mnist(folder: Path, images: bytes, labels: bytes, ending: str = "") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"t10k-images-idx3-ubyte{ending}").write_bytes(images)
    (folder / f"t10k-labels-idx1-ubyte{ending}").write_bytes(labels)


IMAGES = idx_bytes(0x08, (3, 28, 28), bytes(3 * 784))
LABELS = idx_bytes(0x08, (3,), bytes([7, 2, 1]))


@pytest.mark.parametrize(
    ("code", "dtype"),
    [(0x08, "u1"), (0x09, "i1"), (0x0B, ">i2"), (0x0C, ">i4"), (0x0D, ">f4"), (0x0E, ">f8")],
)
@pytest.mark.parametrize("zipped", [False, True])
def test_every_number_type_is_read(tmp_path: Path, code: int, dtype: str, zipped: bool) -> None:
    values = np.arange(24).reshape(2, 3, 4)
    data = idx_bytes(code, values.shape, values.astype(dtype).tobytes())
    (tmp_path / "x").write_bytes(gzip.compress(data) if zipped else data)
    found = read(tmp_path / "x")
    assert np.array_equal(found, values)
    assert found.dtype == np.dtype(dtype).newbyteorder("=")


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", "not an IDX file, it begins with nothing"),
        (b"\x89PNG", "not an IDX file, it begins with 89 50 4e 47"),
        (b"\0\0\x07\x01\0\0\0\0", "not an IDX file"),
        (b"\0\0\x08\x03\0\0\0\x02", "header ends too early"),
        (IMAGES[:-1], "needs 2352 bytes of data, the file holds only 2351"),
        (IMAGES + b"x", "the file holds more"),
        (idx_bytes(0x0E, (2**32 - 1,) * 4, b"123"), "claims"),
        (idx_bytes(0x08, (2**31,), b"123"), "holds only 3"),
        (idx_bytes(0x08, (1,) * 65, b"1"), "claims 65 dimensions"),
        (gzip.compress(IMAGES)[:-20], "ends too early"),
        (gzip.compress(IMAGES)[:30] + b"damage" + gzip.compress(IMAGES)[36:], ""),
    ],
)
def test_rubbish_is_one_line_that_names_the_file(tmp_path: Path, data: bytes, fault: str) -> None:
    (tmp_path / "x").write_bytes(data)
    with pytest.raises(IdxError) as error:
        read(tmp_path / "x")
    assert str(error.value).startswith(str(tmp_path / "x"))
    assert fault in str(error.value)
    assert "\n" not in str(error.value)


def test_a_missing_file_and_a_directory_are_named(tmp_path: Path) -> None:
    with pytest.raises(IdxError, match="nowhere: No such file"):
        read(tmp_path / "nowhere")
    with pytest.raises(IdxError, match="directory"):
        read(tmp_path)


@pytest.mark.parametrize("place", ["MNIST/raw", "raw", "."])
def test_mnist_is_found_where_torchvision_and_people_put_it(tmp_path: Path, place: str) -> None:
    write_mnist(tmp_path / place, IMAGES, LABELS)
    images, labels = mnist(tmp_path)
    assert images.shape == (3, 28, 28)
    assert labels.tolist() == [7, 2, 1]


def test_gzipped_mnist_reads_the_same(tmp_path: Path) -> None:
    write_mnist(tmp_path, gzip.compress(IMAGES), gzip.compress(LABELS), ".gz")
    assert mnist(tmp_path, "test")[1].tolist() == [7, 2, 1]


def test_files_that_are_not_mnist_are_refused(tmp_path: Path) -> None:
    with pytest.raises(IdxError, match="holds no MNIST/raw/train-images-idx3-ubyte"):
        mnist(tmp_path, "train")
    write_mnist(tmp_path, LABELS, LABELS)
    with pytest.raises(IdxError, match=r"expected uint8 \(N, 28, 28\), found uint8 \(3,\)"):
        mnist(tmp_path)
    write_mnist(tmp_path, IMAGES, idx_bytes(0x08, (2,), bytes(2)))
    with pytest.raises(IdxError, match=r"expected 3 labels 0 to 9, found uint8 \(2,\)"):
        mnist(tmp_path)
    write_mnist(tmp_path, IMAGES, idx_bytes(0x08, (3,), bytes([1, 2, 77])))
    with pytest.raises(IdxError, match="the largest 77"):
        mnist(tmp_path)


def test_mnist_without_images_names_the_file(tmp_path: Path) -> None:
    write_mnist(tmp_path, idx_bytes(0x08, (0, 28, 28), b""), idx_bytes(0x08, (0,), b""))
    with pytest.raises(IdxError, match="images-idx3-ubyte: holds no images"):
        mnist(tmp_path)
