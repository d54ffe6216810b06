"""Files in and out: bad ones become one line in the window, and the drawing stays."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import MagicMock

import numpy as np
import pytest
from PIL import Image
from PyQt6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PyQt6.QtGui import QColor, QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PyQt6.QtWidgets import QApplication, QFileDialog

from nodelink.nn import weights
from nodelink.qt import files as qt_files
from nodelink.qt.dialogs import SaveDialog
from nodelink.qt.window import Window
from nodelink.session import Session
from tests.networks import mini
from tests.qt.test_jobs import wait_for


@pytest.fixture
def digit(tmp_path: Path) -> Path:
    """Light ink on black, 280 across: it arrives as it is, up to the ends of the contrast."""
    pixels = np.zeros((280, 280), np.uint8)
    pixels[60:220, 120:150] = 255
    path = tmp_path / "one.png"
    Image.fromarray(pixels).save(path)
    return path


def urls(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def drop(window: Window, data: QMimeData) -> bool:
    """Whether the window took what was dropped on it."""
    actions, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(50, 50), actions, data, left, none)
    QApplication.sendEvent(window, enter)
    if not enter.isAccepted():
        return False
    event = QDropEvent(QPointF(50, 50), actions, data, left, none)
    QApplication.sendEvent(window, event)
    return event.isAccepted()


def is_the_digit(session: Session) -> bool:
    ink = session.frame.prepared.drawing
    return bool(ink[140, 135] > 0.9 and ink[140, 40] < 0.1 and not session.frame.prepared.blank)


def test_an_image_file_arrives_on_the_pad(window: Window, session: Session, digit: Path) -> None:
    window.files.open(str(digit))
    wait_for(lambda: is_the_digit(session))
    assert session.can_undo


def test_the_dialog_opens_what_was_chosen_and_nothing_on_cancel(
    window: Window, session: Session, digit: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    window.actions_by_id["open-image"].trigger()
    window.actions_by_id["open-network"].trigger()
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(digit), ""))
    window.actions_by_id["open-image"].trigger()
    wait_for(lambda: is_the_digit(session))


@pytest.mark.parametrize(
    "content", [None, b"", b"not an image", b"\x89PNG\r\n\x1a\n"], ids=["missing", "empty", "text", "cut"]
)
def test_a_bad_image_is_one_line_and_the_drawing_stays(
    window: Window, session: Session, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "bad.png"
    if content is not None:
        path.write_bytes(content)
    session.sample(7)
    frame = session.frame
    window.files.open(str(path))
    wait_for(window.banner.isVisible)
    assert "bad.png" in window.banner.message.text()
    assert "\n" not in window.banner.message.text()
    assert session.frame is frame


def test_a_bad_network_is_one_line_and_everything_stays(
    window: Window, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "_load", lambda name: weights.load(Path(name)))
    path = tmp_path / "bad.safetensors"
    path.write_bytes(b"{}")
    session.sample(7)
    frame = session.frame
    window.files.open(str(path))
    assert window.banner.isVisible()
    assert "bad.safetensors" in window.banner.message.text()
    assert session.frame is frame


def test_images_and_weight_files_can_be_dropped(
    window: Window, session: Session, digit: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert drop(window, urls(digit))
    wait_for(lambda: is_the_digit(session))
    monkeypatch.setattr(session, "_load", lambda name: weights.load(Path(name)))
    path = tmp_path / "own.safetensors"
    weights.save(mini(), path)
    assert drop(window, urls(path))
    assert session.network.name == "mini"
    assert session.settings.network == str(path)
    assert is_the_digit(session)


def test_what_is_no_file_cannot_be_dropped(window: Window) -> None:
    data = QMimeData()
    data.setText("hello")
    assert not drop(window, data)
    data = QMimeData()
    data.setUrls([QUrl("https://example.org/7.png")])
    assert not drop(window, data)


def test_an_image_can_be_pasted(window: Window, session: Session) -> None:
    image = QImage(280, 280, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    for y in range(60, 220):
        for x in range(120, 150):
            image.setPixelColor(x, y, QColor("black"))
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    clipboard.setImage(image)
    window.actions_by_id["paste-image"].trigger()
    wait_for(lambda: is_the_digit(session))


def test_a_file_can_be_pasted_and_an_empty_clipboard_is_said(
    window: Window, session: Session, digit: Path
) -> None:
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    clipboard.clear()
    window.actions_by_id["paste-image"].trigger()
    assert "no image" in window.banner.message.text()
    clipboard.setMimeData(urls(digit))
    window.actions_by_id["paste-image"].trigger()
    wait_for(lambda: is_the_digit(session))


def test_pixels_and_alpha_reach_pillow_unchanged(qapp: QApplication) -> None:
    image = QImage(3, 2, QImage.Format.Format_ARGB32)
    image.fill(QColor(10, 20, 30, 40))
    image.setPixelColor(2, 1, QColor(200, 100, 50, 255))
    pillow = qt_files.to_pillow(image)
    assert pillow.size == (3, 2)
    assert pillow.getpixel((0, 0)) == (10, 20, 30, 40)
    assert pillow.getpixel((2, 1)) == (200, 100, 50, 255)


@pytest.mark.parametrize(("scale", "transparent"), [(1, False), (2, True), (4, False)])
def test_a_picture_is_saved_as_asked(
    window: Window,
    canvas: MagicMock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    scale: int,
    transparent: bool,
) -> None:
    def accept(dialog: SaveDialog) -> int:
        button = dialog.group.button(scale)
        assert button is not None
        button.setChecked(True)
        dialog.transparent.setChecked(transparent)
        return int(SaveDialog.DialogCode.Accepted)

    monkeypatch.setattr(SaveDialog, "exec", accept)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "shot"), ""))
    window.actions_by_id["save-picture"].trigger()
    canvas.picture.assert_called_once_with(scale, transparent)
    with Image.open(tmp_path / "shot.png") as saved:
        assert saved.size == (4 * scale, 3 * scale)
    assert "shot.png" in window.banner.message.text()


def test_an_unwritable_picture_is_one_line(window: Window, tmp_path: Path) -> None:
    window.files.write_picture(str(tmp_path / "nowhere" / "shot.png"), 1, False)
    assert window.banner.isVisible()
    assert "shot.png" in window.banner.message.text()


def test_a_file_that_nobody_was_asked_about_is_not_replaced(window: Window, tmp_path: Path) -> None:
    (tmp_path / "x.png").write_bytes(b"precious")
    window.files.write_picture(str(tmp_path / "x"), 1, False)
    assert (tmp_path / "x.png").read_bytes() == b"precious"
    assert "there already" in window.banner.message.text()
