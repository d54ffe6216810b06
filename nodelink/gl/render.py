"""Render: the complete picture of a network at work, without a display."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nodelink.gl import use
from nodelink.nn.network import Network
from nodelink.nn.preprocess import network_input, prepare
from nodelink.settings import Settings

MOST_ACROSS = 16384  # pixels of a picture's side that OpenGL can be counted on for
MOST_PIXELS = 64 << 20  # 16 bytes of ink each, and as much again for the rest

_scene: dict[str, Any] = {}  # the one off-screen context of this process, and its scene


def render(
    network: Network,
    drawing: NDArray[np.float32],
    *,
    layout: str = "3d",
    theme: str = "dark",
    edges: str = "signal",
    centre: bool = True,
    size: tuple[int, int] = (1600, 1000),
    transparent: bool = False,
    **looks: Any,
) -> NDArray[np.uint8]:
    """The picture (height, width, 4) of `network` for a pad drawing (280, 280): all edges, labels, legend.

    looks: other fields of Settings that concern the picture. RuntimeError when OpenGL cannot be had.
    """
    settings = Settings(layout=layout, theme=theme, edges=edges, centre=centre, **looks)
    prepared = prepare(drawing, centre)
    activations = network.forward(network_input(prepared, network.input_shape))
    scene = offscreen()
    scene.set_network(network)
    scene.apply(settings)
    scene.morph = 1.0 if layout == "2d" else 0.0
    scene.set_activations(activations)
    return complete_picture(scene, size, transparent)


def fallback() -> str | None:
    """What the OpenGL that has drawn here cannot show, in a line; None if nothing."""
    return str(found) if (found := offscreen().renderer.ink.fallback) else None


def offscreen() -> Any:
    """The scene of this process's off-screen context."""
    if not _scene:
        use("egl")
        from vispy import app

        from nodelink.gl.scene import Scene

        canvas = app.Canvas(size=(64, 64), show=False)
        canvas.set_current()
        _scene.update(canvas=canvas, scene=Scene())
    _scene["canvas"].set_current()
    return _scene["scene"]


def complete_picture(scene: Any, size: tuple[int, int], transparent: bool = False) -> NDArray[np.uint8]:
    """All of a scene drawn into a buffer of `size` pixels and read back, straight alpha."""
    from vispy import gloo

    from nodelink.gl.scene import read

    if not (min(size) > 0 and max(size) <= MOST_ACROSS and size[0] * size[1] <= MOST_PIXELS):
        raise ValueError(
            f"a picture of {size[0]}x{size[1]} cannot be drawn: at most {MOST_PIXELS >> 20} megapixels"
        )
    scene.draw_complete(size)
    with target(size):
        gloo.set_viewport(0, 0, *size)
        gloo.clear(color=(0, 0, 0, 0))
        scene.present(size, transparent)
        pixels = read(size)
    return straight(pixels) if transparent else pixels


def target(size: tuple[int, int]) -> Any:
    """A framebuffer of `size` pixels to draw a picture into."""
    from vispy import gloo

    return gloo.FrameBuffer(color=gloo.Texture2D((size[1], size[0], 4), format="rgba"))


def straight(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Premultiplied pixels (H, W, 4) with their colours divided by alpha, as image files want them."""
    alpha = pixels[..., 3:].astype(np.float32)
    colour = pixels[..., :3] * (255 / np.maximum(alpha, 1))
    return np.concatenate([np.minimum(np.round(colour), 255).astype(np.uint8), pixels[..., 3:]], axis=-1)
