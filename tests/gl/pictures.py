"""Tiny networks whose pictures are known by hand, and pictures of them as arrays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nodelink.graph import camera
from nodelink.graph.layout import Layout
from nodelink.nn.layers import Dense, Flatten, Layer, MaxPool2d
from nodelink.nn.network import Network, Scale
from nodelink.settings import Settings
from nodelink.theme import Theme

Picture = NDArray[np.int32]  # (height, width, 4): signed, so that differences are right
SIZE = (321, 241)  # odd, so that the middle of the view is the middle of a pixel


def sums(weight: Sequence[Sequence[float]], bias: float = 0.0, activation: str = "identity") -> Network:
    """One dense layer on a row of inputs; a full node is 1, a full edge 1."""
    layers = (Flatten("flat"), Dense("Sum", np.array(weight), np.full(len(weight), bias), activation))
    return tiny(layers, (1, 1, len(weight[0])))


def pool() -> Network:
    """The largest of 2 x 2 pixels."""
    return tiny((MaxPool2d("Pool", (2, 2), (2, 2)),), (1, 2, 2))


def tiny(layers: Sequence[Layer], input_shape: tuple[int, int, int], full: float = 1.0) -> Network:
    """A network without classes in which a node and an edge of `full` are drawn at full strength."""
    names = [layer.name for layer in layers if layer.kind != "flatten"]
    scales = {"Input": Scale(1.0), **{name: Scale(full, full) for name in names}}
    return Network("tiny", "Tiny", tuple(layers), input_shape, calibration=scales)


def show(
    scene: Any, network: Network, x: ArrayLike | None, pose: camera.Pose | None = None, **chosen: Any
) -> None:
    """Have the scene show the network at work on the pixels `x`, or without input. chosen: settings."""
    settings = Settings(**chosen)
    if scene.graph is None or scene.graph.network is not network:
        scene.set_network(network)
    scene.apply(settings)
    scene.morph = 1.0 if settings.layout == "2d" else 0.0
    scene.poses = {"3d": None, "2d": None, settings.layout: pose}
    shaped = None if x is None else np.reshape(np.asarray(x, np.float32), network.input_shape)
    scene.set_activations(None if shaped is None else network.forward(shaped))


def picture(scene: Any, size: tuple[int, int] = SIZE, transparent: bool = False) -> Picture:
    """The complete picture of what the scene shows."""
    from nodelink.gl.render import complete_picture

    return np.asarray(complete_picture(scene, size, transparent), np.int32)


def bare(scene: Any, size: tuple[int, int] = SIZE) -> Picture:
    """The complete picture without labels and legend."""
    scene.draw_complete(size)
    return composed(scene, size)


def quick(scene: Any, budget: int, size: tuple[int, int] = SIZE, coarse: int = 1) -> Picture:
    """The picture that is shown while something moves, without labels and legend."""
    scene.draw_quick(size, budget, coarse)
    return composed(scene, size)


def composed(scene: Any, size: tuple[int, int] = SIZE) -> Picture:
    """What has been drawn, without labels and legend."""
    from vispy import gloo

    from nodelink.gl.scene import read

    buffer = gloo.FrameBuffer(color=gloo.Texture2D((size[1], size[0], 4), format="rgba"))
    with buffer:
        gloo.set_viewport(0, 0, *size)
        scene.renderer.compose(size)
        return np.asarray(read(size), np.int32)


def background(theme: Theme, size: tuple[int, int] = SIZE) -> Picture:
    """The picture of nothing."""
    from nodelink.gl.resolve import ground

    return np.asarray(ground(size, theme)[::-1], np.int32)  # a texture's first row is the lowest


def pixel_of(point: ArrayLike, pose: camera.Pose, size: tuple[int, int] = SIZE) -> tuple[int, int]:
    """Row and column of the pixel in which a world point is seen."""
    x, y, _ = camera.project(np.reshape(point, (1, 3)), pose, size[0] / size[1])[0]
    return int((1 - y) / 2 * size[1]), int((x + 1) / 2 * size[0])


def along(layout: Layout, name: str, source: int, target: int, share: float) -> NDArray[np.float64]:
    """The point of an edge a `share` of the way from its source to its target."""
    places = layout.positions[name].astype(np.float64)
    return np.asarray((1 - share) * places[source] + share * places[target])


def centre_of(layout: Layout, name: str, node: int) -> NDArray[np.float64]:
    """The middle of a node's cell, on the face of its slab."""
    for slab, corners in zip(layout.slabs, layout.corners[name].astype(np.float64), strict=True):
        if slab.first <= node < slab.first + slab.count:
            row, column = divmod(node - slab.first, slab.columns)
            right, down = corners[1] - corners[0], corners[2] - corners[0]
            place = corners[0] + (column + 0.5) / slab.columns * right + (row + 0.5) / slab.rows * down
            return np.asarray(place)
    raise ValueError(f"node: expected 0 to {len(layout.positions[name]) - 1}, found {node}")


def strongest(
    values: Picture, at: tuple[int, int], ground: Picture
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The pixel that differs most from the background among the nine around `at`, and the background there."""
    row, column = at
    part = slice(row - 1, row + 2), slice(column - 1, column + 2)
    mine, other = values[part].reshape(-1, 4), ground[part].reshape(-1, 4)
    most = int(np.abs(mine - other).sum(axis=1).argmax())
    return mine[most, :3], other[most, :3]


def warmth(values: Picture, at: tuple[int, int], ground: Picture) -> float:
    """How much more a pixel goes towards red than towards blue: positive is warm, negative cool, 0 untouched."""
    mine, other = strongest(values, at, ground)
    red, _, blue = (mine - other).tolist()
    return float(red - blue)


def lonely(
    scene: Any, edges: Iterable[tuple[int, int]], size: tuple[int, int], apart: float
) -> dict[tuple[int, int], tuple[int, int]]:
    """The pixel (row, column) of every edge (source, target), on its way between the layers, that is farthest from all
    other edges. Fails where that is not `apart` pixels."""
    places = scene.graph.layout.positions[scene.settings.layout].astype(np.float64)
    share, paths = np.linspace(0.15, 0.85, 200)[:, None], {}
    for source, target in edges:
        points = (1 - share) * places[source] + share * places[target]
        x, y, _ = camera.project(points, scene.pose(size), size[0] / size[1]).T
        paths[source, target] = np.stack([(1 - y) / 2 * size[1], (x + 1) / 2 * size[0]], axis=1)
    found = {}
    for ends, path in paths.items():
        others = np.concatenate([other for more, other in paths.items() if more != ends])
        far = np.linalg.norm(path[:, None] - others, axis=2).min(axis=1)
        assert far.max() > apart
        row, column = path[int(far.argmax())].astype(int).tolist()
        found[ends] = row, column
    return found
