"""Context: what OpenGL can do here, found out by trying, and what remains when it is lost and made again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from vispy import gloo
from vispy.gloo.glir import GlirQueue

VERTEX = """
attribute vec2 a_position;
void main() {
    gl_Position = vec4(a_position, 0.0, 1.0);
}
"""

FRAGMENT = """
uniform float u_ink;
void main() {
    gl_FragColor = vec4(u_ink);
}
"""

CORNERS = np.array([[-1, -1], [1, -1], [-1, 1], [1, 1]], np.float32)
CROWD, ONE_MORE = 50.0, 0.001  # ink of a crowd, and of a faint edge on top of two of them


@dataclass(frozen=True)
class InkFormat:
    """How ink is kept on the GPU."""

    kind: str  # vispy's name of the texture's format
    scale: float  # of all ink, so that it fits
    fallback: str | None  # what is lost with it, for the user; None if nothing


FORMATS = (
    InkFormat("rgba32f", 1.0, None),
    InkFormat("rgba16f", 1.0, "no 32-bit float targets: faint edges over dense ones are lost"),
    InkFormat("rgba8", 0.25, "no float targets: faint edges are lost, dense bundles end at one shade"),
)


def ink_format() -> InkFormat:
    """The best format in which ink adds up here. Needs a current context; leaves blending changed."""
    return next((found for found in FORMATS[:-1] if adds_up(found.kind)), FORMATS[-1])


def adds_up(kind: str) -> bool:
    """Whether OpenGL draws into textures of this kind, and blends so exactly that a crowd's ink is added up:
    for "rgba32f" a faint edge after it, too."""
    faint = ONE_MORE if kind == "rgba32f" else 0.0
    try:
        found = _deposited(kind, (CROWD, CROWD, faint))
    except Exception:  # drivers and PyOpenGL refuse in many ways
        return False
    return bool(np.allclose(found, 2 * CROWD + faint, rtol=0, atol=0.1 * ONE_MORE if faint else 0.1))


def _deposited(kind: str, inks: tuple[float, ...]) -> Any:
    """What pixels (2, 2, 4) of a texture of this kind hold after these deposits."""
    gloo.flush()  # what waits to be done must not be dropped with what fails here
    program = gloo.Program(VERTEX, FRAGMENT)
    program["a_position"] = CORNERS
    texture = gloo.Texture2D((2, 2, 4), format="rgba", internalformat=kind)
    with gloo.FrameBuffer(color=texture):
        gloo.set_viewport(0, 0, 2, 2)
        gloo.clear(color=(0, 0, 0, 0))
        gloo.set_state(depth_test=False, blend=True, blend_func=("one", "one"), cull_face=False)
        for ink in inks:
            program["u_ink"] = ink
            program.draw("triangle_strip")
        return gloo.read_pixels((0, 0, 2, 2), out_type="float")


def renew(canvas: Any) -> None:
    """Forget what has been uploaded: the canvas has a new context, in which the old names mean nothing.

    All vispy objects made before have to be made again; that they are collected later does no harm.
    """
    canvas.context._glir = GlirQueue()
    canvas.context.shared.parser = type(canvas.context.shared.parser)()
    canvas.set_current()


def release(canvas: Any) -> None:
    """Delete all that the canvas has uploaded; all vispy objects made before are worthless."""
    canvas.set_current()
    gloo.flush()
    things = canvas.context.shared.parser._objects
    for thing in things.values():
        if not isinstance(thing, str):  # a word in the place of what was deleted before
            thing.delete()
    things.clear()
    gloo.gl.glFinish()


def lives(canvas: Any) -> bool:
    """Whether the canvas has a context now. A widget on its way to another window has none."""
    valid = getattr(canvas.native, "isValid", None)
    try:
        return bool(valid()) if valid is not None else True
    except RuntimeError:  # Qt has deleted the widget with its window
        return False
