"""Annotate: what is written over the scene. Layer names with shapes, output classes with their values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from nodelink.gl.text import Label, box
from nodelink.graph import camera
from nodelink.graph.layout import Layout
from nodelink.nn.layers import AvgPool2d, Conv2d, MaxPool2d
from nodelink.nn.network import Network, Stage
from nodelink.theme import Theme

GAP = 0.55  # between a slab and its label, in font sizes


def font_size(height: int, text_size: float) -> int:
    """Pixels of the labels' font in a picture `height` pixels high."""
    return max(10, round(height / 46 * text_size))


def describe(stage: Stage) -> str:
    """What kind of layer it is, in a word or two."""
    layer = stage.layer
    if isinstance(layer, Conv2d):
        return "convolution {}x{}".format(*layer.weight.shape[2:])
    if isinstance(layer, MaxPool2d):
        return "max pool {}x{}".format(*layer.kernel)
    if isinstance(layer, AvgPool2d):
        return "average pool {}x{}".format(*layer.kernel)
    if layer is None:
        return "pixels"
    return f"dense, {stage.activation}" if stage.activation not in ("identity", "relu") else "dense"


def shape_text(stage: Stage) -> str:
    """The shape as text: "6 x 28 x 28" or "120 units"."""
    if len(stage.shape) == 1:
        return f"{stage.size} units"
    shape = stage.shape[1:] if stage.shape[0] == 1 else stage.shape
    return " x ".join(str(n) for n in shape)


def labels(
    network: Network,
    layout: Layout,
    name: str,
    pose: camera.Pose,
    size: tuple[int, int],
    text_size: float,
    theme: Theme,
    output: NDArray[np.float32] | None,
) -> list[Label]:
    """All labels of a view; they stay inside the picture and off one another. name: "3d" or "2d"."""
    seen = _pixels(layout.corners[name].reshape(-1, 3), pose, size).reshape(-1, 8, 2)
    font = font_size(size[1], text_size)
    found: list[Label] = []
    stage_of = np.array([slab.stage for slab in layout.slabs])
    for stage in network.stages:
        points = seen[stage_of == stage.index].reshape(-1, 2)
        points = points[~np.isnan(points).any(axis=1)]
        if len(points) and _meets(points, size):
            found += _layer_label(stage, points, name, font, theme)
    found = [_inside(label, size) for label in found]
    found = _apart(found)
    return _clear(found + _classes(network, layout, name, pose, size, font, theme, output), size)


def _layer_label(
    stage: Stage, points: NDArray[np.float64], name: str, font: int, theme: Theme
) -> list[Label]:
    """Two lines beside the layer (3D, at its left end) or above it (2D)."""
    small = max(9, round(font * 0.84))
    halo = theme.background_top
    second = f"{describe(stage)}  {shape_text(stage)}" if stage.kind != "input" else shape_text(stage)
    if name == "3d":
        x, y = points[points[:, 0].argmin()]
        at = (x - GAP * font, y)
        return [
            Label(stage.name, (at[0], at[1] + 0.15 * font), font, theme.text, halo, (1.0, 1.0)),
            Label(second, (at[0], at[1] - 0.15 * font), small, theme.text_dim, halo, (1.0, 0.0)),
        ]
    middle = (points[:, 0].min() + points[:, 0].max()) / 2
    top = points[:, 1].min() - GAP * font
    lines = [stage.name, describe(stage), shape_text(stage)]
    step = small * 1.3
    return [
        Label(
            text,
            (middle, top - step * (len(lines) - 1 - i)),
            font if i == 0 else small,
            theme.text if i == 0 else theme.text_dim,
            halo,
            (0.5, 1.0),
        )
        for i, text in enumerate(lines)
    ]


def _classes(
    network: Network,
    layout: Layout,
    name: str,
    pose: camera.Pose,
    size: tuple[int, int],
    font: int,
    theme: Theme,
    output: NDArray[np.float32] | None,
) -> list[Label]:
    """The class names at the output nodes, with their probabilities; the largest stands out."""
    last = network.stages[-1]
    if len(network.class_names) != last.size or last.size > 32:
        return []
    slab = layout.slabs[-1]
    face = slab.face(name)
    step_column, step_row = np.asarray(face.column), np.asarray(face.row)
    edge = (0.5, 0.0) if name == "3d" else (0.5, 1.0)  # column, row: above the cells, or to their right
    anchors = np.array(
        [np.asarray(face.origin) + (i + edge[0]) * step_column + edge[1] * step_row for i in range(last.size)]
    )
    spots = _pixels(anchors, pose, size)
    best = int(np.argmax(output)) if output is not None and network.output_kind == "probabilities" else -1
    found = []
    gaps = np.abs(np.diff(spots, axis=0))
    gaps = gaps[np.isfinite(gaps)]  # some may be behind the eye
    pitch = np.max(gaps, initial=0.0) if last.size > 1 else np.inf
    big = int(np.clip(pitch * 0.8, 8, font * 1.5))
    for i, spot in enumerate(spots):
        if np.isnan(spot).any() or not _meets(spot[None], size):
            continue
        colour = theme.accent if i == best else theme.text
        anchor, offset = ((0.5, 1.0), (0, -0.1 * font)) if name == "3d" else ((0.0, 0.5), (0.4 * font, 0))
        at = (spot[0] + offset[0], spot[1] + offset[1])
        text = network.class_names[i]
        if output is not None and network.output_kind == "probabilities" and (name == "2d" or i == best):
            share = f"{100 * output[i]:.0f} %"
            if name == "2d":
                text = f"{text}   {share}" if output[i] >= 0.005 else text
            else:
                above = (at[0], at[1] - big * 1.15)
                found.append(
                    Label(share, above, max(8, round(font * 0.9)), colour, theme.background_top, anchor)
                )
        found.append(Label(text, at, big, colour, theme.background_top, anchor))
    return [_inside(label, size) for label in found]


def _pixels(points: NDArray[np.floating], pose: camera.Pose, size: tuple[int, int]) -> NDArray[np.float64]:
    """Pixels from left and top (n, 2) of world points (n, 3); nan behind the eye."""
    at = camera.project(points, pose, size[0] / size[1])[:, :2]
    return np.stack([(at[:, 0] + 1) / 2 * size[0], (1 - at[:, 1]) / 2 * size[1]], axis=1)


def _inside(label: Label, size: tuple[int, int]) -> Label:
    """The label moved into the picture, if it fits there."""
    left, top, right, bottom = box(label)
    dx = max(0.0, 2 - left) + min(0.0, size[0] - 2 - right)
    dy = max(0.0, 2 - top) + min(0.0, size[1] - 2 - bottom)
    return replace(label, at=(label.at[0] + dx, label.at[1] + dy))


def _meets(points: NDArray[np.float64], size: tuple[int, int]) -> bool:
    """Whether the box around points reaches into the picture: what is out of view has no label."""
    return bool((points.max(axis=0) >= 0).all() and (points.min(axis=0) <= size).all())


def _clear(found: Sequence[Label], size: tuple[int, int]) -> list[Label]:
    """Without the labels that still leave the picture or lie over one before them."""
    kept: list[Label] = []
    boxes: list[tuple[float, float, float, float]] = []
    for label in found:
        left, top, right, bottom = box(label)
        rim = 0.2 * (bottom - top)
        mine = (left, top + rim, right, bottom - rim)
        out = left < 0 or top + rim < 0 or right > size[0] or bottom - rim > size[1]
        if not out and not any(_meet(mine, other) for other in boxes):
            kept.append(label)
            boxes.append(mine)
    return kept


def _meet(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] - 1 and b[0] < a[2] - 1 and a[1] < b[3] - 1 and b[1] < a[3] - 1


def _apart(found: Sequence[Label]) -> list[Label]:
    """Labels that would overlap are moved upwards, in the order given (layers from below)."""
    placed: list[Label] = []
    boxes: list[tuple[float, float, float, float]] = []
    for label in found:
        for _ in range(len(boxes) + 1):
            left, top, right, bottom = box(label)
            rim = 0.2 * (bottom - top)  # a line's box has air above and below
            beside = [b for b in boxes if left < b[2] and b[0] < right]
            hit = [b for b in beside if top + rim < b[3] - rim and b[1] + rim < bottom - rim]
            if not hit:
                break
            lift = bottom - rim - min(b[1] + rim for b in hit)
            label = replace(label, at=(label.at[0], label.at[1] - lift))
        placed.append(label)
        boxes.append(box(label))
    return placed
