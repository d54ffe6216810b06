"""Image files become ink: any mode, any size, either polarity; damaged ones become one line."""

from __future__ import annotations

import contextlib
import io
import os
import struct
import zlib
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from nodelink import load_network
from nodelink.images import ImageError, check_png_path, from_pillow, load, save_png
from nodelink.nn.preprocess import Array, network_input, prepare, rasterize
from nodelink.nn.weights import WeightsError, find
from nodelink.samples import SAMPLES, sample

INK = rasterize(sample(4))  # has no symmetry
GREY = (INK * 255).round().astype(np.uint8)


def agree(found: Array, ink: Array = INK, most: float = 0.02) -> bool:
    """Whether the mean difference is at most this share of the mean ink."""
    return float(np.abs(found - ink).mean()) <= most * float(ink.mean())


def written(folder: Path, image: Image.Image, name: str = "x.png", **options: object) -> Path:
    image.save(folder / name, **options)  # type: ignore[arg-type]
    return folder / name


# MNIST's own form -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("brightest", [255, 90, 3])
def test_a_28x28_picture_with_light_ink_on_black_arrives_bit_for_bit(
    tmp_path: Path, seed: int, brightest: int
) -> None:
    pixels = np.zeros((28, 28), dtype=np.uint8)
    pixels[4:24, 3:22] = np.random.default_rng(seed).integers(0, brightest + 1, (20, 19))
    for image in (Image.fromarray(pixels), Image.fromarray(pixels).convert("RGBA")):
        cells = prepare(load(written(tmp_path, image)), centre=False).cells
        assert np.array_equal(cells, pixels / np.float32(255))


def test_so_does_one_with_16_bits(tmp_path: Path) -> None:
    pixels = np.zeros((28, 28), dtype=np.uint16)
    pixels[4:24, 3:22] = np.random.default_rng(0).integers(0, 65536, (20, 19))
    cells = prepare(load(written(tmp_path, Image.fromarray(pixels))), centre=False).cells
    assert np.array_equal(cells, (pixels / np.float32(65535)).astype(np.float32))


# Modes, ground, polarity ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "mode", ["1", "L", "P", "RGB", "RGBA", "LA", "CMYK", "YCbCr", "HSV", "I", "F", "La", "RGBa"]
)
@pytest.mark.parametrize("dark", [True, False])
def test_every_mode_gives_the_same_ink_for_dark_on_light_and_light_on_dark(mode: str, dark: bool) -> None:
    picture = Image.fromarray(255 - GREY if dark else GREY)
    if mode in ("HSV", "CMYK", "YCbCr", "RGBA"):
        picture = picture.convert("RGB")
    if mode in ("La", "RGBa"):
        picture = picture.convert(mode[:-1].upper() + "A")
    assert agree(from_pillow(picture.convert(mode)), most=0.05)


@pytest.mark.parametrize(
    ("dtype", "white"),
    [
        (np.uint16, 65535),
        *((np.int32, white) for white in (255, 65535, 1_000_000)),
        *((np.float32, white) for white in (1, 255, 65535, 1_000_000)),
    ],
)
def test_deep_pictures_find_their_white(dtype: type, white: int) -> None:
    picture = Image.fromarray(((1 - INK) * white).astype(dtype))
    assert agree(from_pillow(picture))


def test_a_big_endian_16_bit_file_reads_the_same(tmp_path: Path) -> None:
    picture = Image.frombytes("I;16B", (280, 280), ((1 - INK) * 65535).astype(">u2").tobytes())
    assert agree(load(written(tmp_path, picture, "x.tif")))


def test_infinities_do_no_harm() -> None:
    values = 1 - INK
    values[0, 0], values[0, 1], values[0, 2] = np.nan, np.inf, -np.inf
    assert np.isfinite(from_pillow(Image.fromarray(values))).all()


@pytest.mark.parametrize(
    ("ink", "ground"), [("black", None), ("white", None), ("navy", None), ("black", "white")]
)
def test_transparency_shows_the_ink(ink: str, ground: str | None) -> None:
    picture = Image.new("RGBA", (280, 280), ink)
    picture.putalpha(Image.fromarray(GREY))
    if ground:
        picture = Image.alpha_composite(Image.new("RGBA", (280, 280), ground), picture)
    assert agree(from_pillow(picture))


def test_rounded_transparent_corners_are_ground() -> None:
    picture = Image.fromarray(255 - GREY).convert("LA")
    corners = Image.new("L", (280, 280), 255)
    for at in ((0, 0), (268, 0), (0, 268), (268, 268)):
        corners.paste(0, (*at, at[0] + 12, at[1] + 12))
    picture.putalpha(corners)
    assert agree(from_pillow(picture))


def test_a_transparent_palette_colour_is_ground(tmp_path: Path) -> None:
    picture = Image.fromarray((GREY > 127).astype(np.uint8))
    picture.putpalette([255, 0, 0, 0, 0, 0])
    path = written(tmp_path, picture.convert("P"), "x.gif", transparency=0)
    assert agree(load(path), most=0.06)


@pytest.mark.parametrize("colour", [0, 1, 77, 128, 254, 255])
def test_a_picture_of_one_colour_is_blank(colour: int) -> None:
    assert prepare(from_pillow(Image.new("L", (64, 48), colour))).blank


def test_a_fully_transparent_picture_is_blank() -> None:
    assert prepare(from_pillow(Image.new("RGBA", (64, 48)))).blank


def test_pale_ink_on_grey_paper_becomes_full_ink_on_a_blank_pad() -> None:
    found = from_pillow(Image.fromarray((180 - 60 * INK).astype(np.uint8)))
    assert agree(found)


def photographed(ink: Array, seed: int, side: int = 1200) -> Image.Image:
    """Dark ink on paper with light from one side, a soft lens, and noise."""
    rng = np.random.default_rng(seed)
    drawn = Image.fromarray((ink * 255).astype(np.uint8)).resize((side, side), Image.Resampling.BICUBIC)
    soft = np.asarray(drawn.filter(ImageFilter.GaussianBlur(4)), dtype=np.float32) / 255
    y, x = np.mgrid[0:side, 0:side] / side
    paper = 0.75 + rng.uniform(-0.25, 0.25) * (x - 0.5) + rng.uniform(-0.25, 0.25) * (y - 0.5)
    light = paper * (1 - 0.7 * soft) + rng.normal(0, 0.03, (side, side))
    return Image.fromarray((light.clip(0, 1) * 255).astype(np.uint8)).convert("RGB")


@pytest.mark.parametrize("seed", range(4))
def test_a_photograph_loses_its_paper_and_keeps_its_ink(tmp_path: Path, seed: int) -> None:
    found = load(written(tmp_path, photographed(INK, seed), "x.jpg", quality=80))
    far = INK
    for _ in range(12):  # grow the ink by a dozen pixels
        far = np.maximum.reduce([far, *(np.roll(far, step, axis) for step in (-1, 1) for axis in (0, 1))])
    assert found[far == 0].max() == 0
    assert found[INK == 1].mean() > 0.9


def test_a_photograph_of_blank_paper_is_blank() -> None:
    assert prepare(from_pillow(photographed(np.zeros_like(INK), 0))).blank


def test_networks_read_photographed_digits() -> None:
    try:
        find("cnn")
    except WeightsError as error:
        pytest.skip(f"the weights are not there: {error}")
    network = load_network("cnn")
    for digit in SAMPLES:
        ready = prepare(from_pillow(photographed(rasterize(sample(digit)), digit, 700)))
        assert network.forward(network_input(ready, network.input_shape)).output.argmax() == digit


# Size, shape, orientation -----------------------------------------------------------------------------------


@pytest.mark.parametrize("side", [100, 280, 281, 600, 1000, 2237, 3000])
def test_pictures_of_any_size_fill_the_pad(side: int) -> None:
    picture = Image.fromarray(255 - GREY).resize((side, side), Image.Resampling.BOX)
    assert agree(from_pillow(picture), most=0.1 if side < 280 else 0.06)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_reducing_a_large_picture_is_an_area_average(dtype: type) -> None:
    rng = np.random.default_rng(0)
    large: NDArray[np.unsignedinteger] = np.zeros((2801, 1405), dtype=dtype)
    large[100:-100, 100:-100] = rng.integers(0, np.iinfo(dtype).max, (2601, 1205), endpoint=True)
    found = from_pillow(Image.fromarray(large))
    one = np.zeros((280, 140))
    rows, columns = np.linspace(0, 2801, 281), np.linspace(0, 1405, 141)
    fine = large.repeat(2, axis=0) / np.iinfo(dtype).max  # half pixels: brute force to a twentieth of a cell
    for row in range(280):
        part = fine[round(2 * rows[row]) : round(2 * rows[row + 1])]
        one[row] = [part[:, round(a) : round(b)].mean() for a, b in pairwise(columns)]
    full = np.percentile(one[one > one.max() / 2], 95)
    assert found.shape == (280, 280)
    assert np.abs(found[:, 70:210] - np.clip(one / full, 0, 1)).mean() < 0.02


@pytest.mark.parametrize("size", [(560, 280), (280, 560), (1, 300), (300, 1), (1, 1), (5000, 3)])
def test_a_picture_that_is_not_square_keeps_its_aspect_on_a_blank_ground(size: tuple[int, int]) -> None:
    width, height = size
    picture = Image.new("L", size, 255)
    picture.paste(0, (width // 4, height // 4, max(3 * width // 4, 1), max(3 * height // 4, 1)))
    found = from_pillow(picture)
    rows, columns = np.flatnonzero(found.any(axis=1)), np.flatnonzero(found.any(axis=0))
    if min(size) > 3:
        assert len(columns) / len(rows) == width / height
        assert rows[0] + rows[-1] == columns[0] + columns[-1] == 279


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", ["x.jpg", "x.png", "x.tif"])
def test_orientation_tags_are_honoured(tmp_path: Path, orientation: int, name: str) -> None:
    upright = Image.fromarray(255 - GREY).resize((560, 560)).crop((0, 0, 560, 520))
    undo: dict[int, Callable[[Image.Image], Image.Image]] = {
        1: lambda image: image,
        2: lambda image: image.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        3: lambda image: image.transpose(Image.Transpose.ROTATE_180),
        4: lambda image: image.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
        5: lambda image: image.transpose(Image.Transpose.TRANSPOSE),
        6: lambda image: image.transpose(Image.Transpose.ROTATE_90),
        7: lambda image: image.transpose(Image.Transpose.TRANSVERSE),
        8: lambda image: image.transpose(Image.Transpose.ROTATE_270),
    }
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = written(tmp_path, undo[orientation](upright), name, exif=exif)
    assert agree(load(path), from_pillow(upright), most=0.03)


@pytest.mark.parametrize(
    "name", ["x.png", "x.jpg", "x.gif", "x.bmp", "x.tif", "x.webp", "x.ppm", "x.ico", "x.tga"]
)
def test_usual_formats_are_read(tmp_path: Path, name: str) -> None:
    picture = Image.fromarray(255 - GREY).convert("RGB")
    options = {"sizes": [(256, 256)]} if name == "x.ico" else {}
    assert agree(load(written(tmp_path, picture, name, **options)), most=0.08)


# Bad input --------------------------------------------------------------------------------------------------


def png_claiming(width: int, height: int, data: bytes = b"") -> bytes:
    """A PNG whose header claims a size, with less data than that."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(data))
        + chunk(b"IEND", b"")
    )


def encoded(kind: str) -> bytes:
    noise = np.random.default_rng(0).integers(0, 256, (300, 300, 3), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(noise).save(out, kind)
    return out.getvalue()


RUBBISH = {
    "empty": (b"", "the file is empty"),
    "text": (b"this is not an image\n" * 99, "not an image"),
    "zeros": (bytes(10_000), "not an image"),
    "larger.png": (png_claiming(20_000, 10_001), "larger than 200 megapixels"),
    "bomb.png": (png_claiming(2**31 - 1, 2**31 - 1), "larger than 200 megapixels"),
    "claims.png": (png_claiming(10_000, 10_000, bytes(99)), "damaged image"),
    "claims.bmp": (
        encoded("bmp")[:18] + struct.pack("<ii", 9000, 9000) + encoded("bmp")[26:],
        "damaged image",
    ),
    "header.png": (encoded("png")[:30], ""),
    "half.png": (encoded("png")[:50_000], "damaged image"),
    "half.jpg": (encoded("jpeg")[:20_000], "damaged image"),
    "half.gif": (encoded("gif")[:20_000], "damaged image"),
    "half.tif": (encoded("tiff")[:50_000], ""),
    "half.webp": (encoded("webp")[:9_000], ""),
}


@pytest.mark.parametrize("name", RUBBISH)
def test_rubbish_is_one_line_that_names_the_file(tmp_path: Path, name: str) -> None:
    data, fault = RUBBISH[name]
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ImageError) as error:
        load(tmp_path / name)
    assert str(error.value).startswith(str(tmp_path / name) + ": ")
    assert fault in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("kind", ["png", "jpeg", "gif", "tiff", "webp", "bmp"])
def test_damage_anywhere_is_an_image_or_an_image_error(tmp_path: Path, kind: str) -> None:
    rng = np.random.default_rng(0)
    whole = np.frombuffer(encoded(kind), dtype=np.uint8)
    for _ in range(40):
        data = whole.copy()
        at = rng.integers(0, min(len(data), 600 if rng.random() < 0.7 else len(data)), 6)
        data[at] = rng.integers(0, 256, 6)
        (tmp_path / "x").write_bytes(data.tobytes())
        try:
            ink = load(tmp_path / "x")
        except ImageError:
            continue
        assert ink.shape == (280, 280)
        assert 0 <= ink.min() <= ink.max() <= 1


def test_what_is_no_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="nowhere: no such file"):
        load(tmp_path / "nowhere")
    with pytest.raises(ImageError, match="is a directory"):
        load(tmp_path)
    with pytest.raises(ImageError, match="has no pixels"):
        from_pillow(Image.new("L", (0, 5)))


def test_200_megapixels_are_allowed_and_one_more_is_not() -> None:
    with pytest.raises(ImageError, match="larger than 200 megapixels"):
        from_pillow(Image.new("1", (20_001, 10_000)))


def test_pillows_own_limit_is_left_as_it_was(tmp_path: Path) -> None:
    before = Image.MAX_IMAGE_PIXELS
    (tmp_path / "x").write_bytes(png_claiming(20_000, 20_000))
    with pytest.raises(ImageError):
        load(tmp_path / "x")
    assert before == Image.MAX_IMAGE_PIXELS


# Writing ----------------------------------------------------------------------------------------------------


def picture() -> NDArray[np.uint8]:
    return np.random.default_rng(0).integers(0, 256, (20, 30, 4), dtype=np.uint8)


def test_a_saved_picture_reads_back(tmp_path: Path) -> None:
    save_png(tmp_path / "x.png", picture(), dpi=144)
    with Image.open(tmp_path / "x.png") as image:
        assert np.array_equal(np.asarray(image), picture())
        assert image.info["dpi"] == pytest.approx((144, 144), abs=0.1)
    assert [path.name for path in tmp_path.iterdir()] == ["x.png"]


@pytest.mark.parametrize("write", [check_png_path, lambda path: save_png(path, picture())])
def test_an_unwritable_place_is_named_and_nothing_is_left(
    tmp_path: Path, write: Callable[[Path], None]
) -> None:
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "file").write_text("kept")
    for place in ("nowhere/x.png", "folder.png", "file/x.png"):
        with pytest.raises(ImageError, match=r"\.png: cannot be written: "):
            write(tmp_path / place)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder.png"]
    assert not list((tmp_path / "folder.png").iterdir())


def test_only_png_names_are_taken(tmp_path: Path) -> None:
    check_png_path(tmp_path / "x.PNG")
    for name in ("x.jpg", "x", ".png"):
        with pytest.raises(ImageError, match=r"must end in \.png"):
            check_png_path(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_failed_write_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_png(tmp_path / "x.png", picture())
    before = (tmp_path / "x.png").read_bytes()

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(ImageError, match=r"x\.png: cannot be written: no space left on device"):
        save_png(tmp_path / "x.png", picture())
    monkeypatch.undo()
    assert (tmp_path / "x.png").read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 1


def test_what_is_no_plain_writable_file_is_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo.png")
    (tmp_path / "null.png").symlink_to(os.devnull)
    (tmp_path / "loop.png").symlink_to(tmp_path / "loop.png")
    save_png(tmp_path / "kept.png", picture())
    (tmp_path / "kept.png").chmod(0o444)
    for name in ("fifo", "null", "loop", "kept"):
        for write in (check_png_path, lambda path: save_png(path, picture())):
            with pytest.raises(ImageError, match=rf"{name}\.png: cannot be written: "):
                write(tmp_path / f"{name}.png")
    assert (tmp_path / "fifo.png").is_fifo()
    assert len(list(tmp_path.iterdir())) == 4


def test_a_replaced_picture_keeps_the_files_mode(tmp_path: Path) -> None:
    save_png(tmp_path / "x.png", picture())
    (tmp_path / "x.png").chmod(0o600)
    save_png(tmp_path / "x.png", picture())
    assert (tmp_path / "x.png").stat().st_mode & 0o777 == 0o600


def test_damaged_tiffs_are_silent(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.tif"
    Image.fromarray(picture()[..., 0]).save(path, compression="tiff_lzw")
    data = bytearray(path.read_bytes())
    data[20:60] = b"damage" * 6 + b"dama"
    path.write_bytes(data)
    with contextlib.suppress(ImageError):
        load(path)
    os.write(2, b"still here")
    assert capfd.readouterr().err == "still here"


def test_a_picture_that_may_not_be_read_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_png(tmp_path / "x.png", picture())

    def denied(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)
    with pytest.raises(ImageError, match=r"x\.png: permission denied"):
        load(tmp_path / "x.png")
