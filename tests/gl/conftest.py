"""One off-screen OpenGL context for all tests of pictures, and a fresh scene in it for each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from nodelink.gl import use


@pytest.fixture(scope="session")
def context() -> Iterator[Any]:
    """A current surfaceless context; skips where this machine has no EGL to give."""
    try:
        use("egl")
        from vispy import app

        canvas = app.Canvas(size=(16, 16), show=False)
    except (RuntimeError, OSError) as error:
        pytest.skip(f"no EGL on this machine: {error}")
    yield canvas
    canvas.close()


@pytest.fixture
def scene(context: Any) -> Any:
    """A scene that shows nothing yet."""
    from nodelink.gl.scene import Scene

    context.set_current()
    return Scene()
