"""One off-screen OpenGL context for all tests of pictures, and a scene in it for the tests of each file."""

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


@pytest.fixture(scope="module")
def shared_scene(context: Any) -> Any:
    """Compiling shaders takes longer than most pictures here: one scene for the tests of a file."""
    from nodelink.gl.scene import Scene

    context.set_current()
    return Scene()


@pytest.fixture
def scene(context: Any, shared_scene: Any) -> Any:
    """A scene, its context current. It may still show what the test before showed: say all that matters."""
    context.set_current()
    return shared_scene
