"""Two scenes with real OpenGL: both draw what they should, neither without need, and closing one frees everything."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QApplication, QWidget

from nodelink.bench import resident
from nodelink.nn.naming import stage_of
from nodelink.qt.views.inspector import Inspector
from nodelink.settings import Settings
from tests.qt.hand import HAND
from tests.window.conftest import Eye, opened


@pytest.fixture
def small(qapp: QApplication) -> Iterator[Eye]:
    hidden = ("compare", "edges", "layers", "look")
    with opened("mini", Settings(network="mini", hidden=hidden), (1280, 800)) as eye:
        yield eye


def second(eye: Eye) -> tuple[Any, list[Any]]:
    """The second canvas, at rest, and its reports from now on."""
    eye.window.session.open_beside("mini")
    shown = eye.window.scenes.second
    assert shown is not None
    reports: list[Any] = []
    shown.canvas.drawn.connect(reports.append)
    eye.wait_for(lambda: bool(reports) and reports[-1].complete)
    eye.rest()
    return shown.canvas, reports


def test_both_show_the_same_of_the_same_network(small: Eye) -> None:
    canvas, reports = second(small)
    first = small.window.canvas
    assert np.abs(np.subtract(canvas.size, first.size)).max() <= 2
    one, other = (c.picture()[..., :3].reshape(-1, 3).astype(float) for c in (first, canvas))
    assert one.std() > 10
    assert np.abs(one.mean(axis=0) - other.mean(axis=0)).max() < 0.5
    assert np.abs(one.std(axis=0) - other.std(axis=0)).max() < 1
    assert reports[-1].edges_drawn == small.reports[-1].edges_drawn


def test_each_draws_only_when_something_changes(small: Eye) -> None:
    canvas, reports = second(small)
    HAND.qWait(800)
    before = len(reports), len(small.reports)
    HAND.qWait(500)
    assert (len(reports), len(small.reports)) == before
    canvas.hand.wheel(1.0, 0.0, (100.0, 100.0))  # one camera moves: the other scene rests
    small.wait_for(lambda: len(reports) > before[0])
    assert len(small.reports) == before[1]
    small.window.session.sample(3)  # the drawing changes: both follow
    small.wait_for(lambda: len(small.reports) > before[1])
    assert small.window.session.pose is None
    assert small.window.session.beside.pose("3d") is not None


def test_a_click_in_the_second_scene_asks_its_node(small: Eye) -> None:
    canvas, _ = second(small)
    window, session, native = small.window, small.window.session, canvas.native
    grid = [(x, y) for y in range(40, native.height() - 20, 7) for x in range(20, native.width() - 20, 7)]
    stage = session.network.stage("H1")
    node, place = next(
        (found, QPoint(x, y))
        for x, y in grid
        if (found := canvas.node_at((float(x), float(y)))) is not None
        and stage.offset <= found < stage.offset + stage.size
    )
    whole = canvas.picture()[..., :3].astype(int)
    HAND.mouseMove(native, place)
    small.wait_for(lambda: session.beside.focus.hovered == node)
    assert session.focus.hovered is None
    HAND.mouseClick(native, Qt.MouseButton.LeftButton, pos=place)
    small.wait_for(lambda: session.beside.focus.pins == (node,))
    assert (session.aside, session.focus.pins) == (True, ())
    inspector = window.views["inspector"]
    assert isinstance(inspector, Inspector)
    small.wait_for(lambda: inspector.isVisible() and inspector.terms is not None)
    assert inspector.terms is not None
    assert inspector.terms.node == node
    assert np.abs(canvas.picture()[..., :3].astype(int) - whole).mean() > 0.5  # the others step back
    HAND.keyClick(native, Qt.Key.Key_PageUp)
    small.wait_for(lambda: session.selection != node)
    assert stage_of(session.asked.network, session.selection or 0).name == "H2"
    HAND.keyClick(native, Qt.Key.Key_Escape)
    small.wait_for(lambda: not inspector.isVisible())
    assert session.beside.focus.pins == ()


def test_nothing_is_left_of_the_mark_where_it_was_before(small: Eye) -> None:
    """What is on the screen is what the widgets paint: a window that moved leaves its pixels behind at times."""
    window, session = small.window, small.window.session
    session.freeze()
    session.sample(3)
    session.compare.show("A")
    small.rest()
    for _ in range(2):
        second(small)
        HAND.qWait(300)
        for widget in (window.scenes.headline, window.chip):
            assert np.abs(on_screen(small, widget) - painted(widget)).mean() < 3, widget
        session.beside.close()
        session.compare.show("B - A")
        small.rest()
        assert np.abs(on_screen(small, window.chip) - painted(window.chip)).mean() < 3


def on_screen(eye: Eye, widget: QWidget) -> NDArray[np.float64]:
    """A widget's pixels (h, w, 3) as the screen shows them."""
    screen = eye.window.screen()
    assert screen is not None
    at = widget.mapToGlobal(QPoint())
    return pixels(screen.grabWindow(0, at.x(), at.y(), widget.width(), widget.height()).toImage())  # type: ignore[arg-type]


def painted(widget: QWidget) -> NDArray[np.float64]:
    """The same as the widget paints them, within its window."""
    window = widget.window()
    assert window is not None
    return pixels(window.grab(widget.rect().translated(widget.mapTo(window, QPoint()))).toImage())


def pixels(image: QImage) -> NDArray[np.float64]:
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    data = image.constBits()
    assert data is not None
    rows = np.frombuffer(bytes(data.asarray(image.sizeInBytes())), np.uint8)
    wide = 3 * image.width()
    rows = rows.reshape(image.height(), image.bytesPerLine())[:, :wide]
    return rows.reshape(image.height(), image.width(), 3).astype(np.float64)


def test_scenes_move_along_with_what_they_are_in(small: Eye) -> None:
    """On X11 a scene is a window in the window, which Qt leaves where it is while only widgets above it move."""
    canvas, _ = second(small)
    window = small.window
    natives = window.canvas.native, canvas.native
    places = [native.mapTo(window, QPoint()) for native in natives]
    sizes = [native.size() for native in natives]
    body = window.centralWidget()
    assert body is not None
    whole = body.layout()
    assert whole is not None
    row = whole.itemAt(0)
    line = row.layout() if row is not None else None
    assert line is not None
    gaps = line.contentsMargins()
    line.setContentsMargins(gaps.left() + 7, gaps.top(), gaps.right() - 7, gaps.bottom())
    HAND.qWait(100)
    assert [native.mapTo(window, QPoint()) for native in natives] == [at + QPoint(7, 0) for at in places]
    assert [native.size() for native in natives] == sizes
    for native in natives:
        handle, above = native.windowHandle(), native.nativeParentWidget()
        if handle is not None and above is not None:
            assert handle.position() == native.mapTo(above, QPoint())


def test_closing_frees_everything(small: Eye) -> None:
    window, uploaded = small.window, small.window.canvas.gpu_bytes

    def round_trip() -> None:
        canvas, reports = second(small)
        assert canvas.gpu_bytes > 0
        gone = weakref.ref(canvas._scene)
        window.session.beside.close()
        HAND.qWait(50)
        gc.collect()
        assert gone() is None
        assert canvas.gpu_bytes == 0
        assert not canvas.context.shared.parser._objects
        drawn = len(reports)
        window.session.sample(1)
        HAND.qWait(100)
        assert len(reports) == drawn

    round_trip()
    memory = resident()
    for _ in range(8):
        round_trip()
    assert resident() - memory < 50e6
    assert window.canvas.gpu_bytes == uploaded
    window.session.sample(3)
    small.rest()
    assert np.abs(window.canvas.picture()[..., :3].astype(int) - small.scene()).mean() < 2
