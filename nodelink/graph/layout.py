"""Layout: network -> slabs (one a map or dense layer) and node positions, in 3D and in 2D.

3D: layers stack upwards (+z) and maps lie flat, the top row of a map farthest away (+y), so that a digit reads upright
from in front; the output stands upright. 2D: the same slabs, all upright in the plane y = 0, layers from left to right.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nodelink.nn.network import Network, Stage

THICKNESS = 1.2  # of a slab, world units (an input cell is 1)
MAP_GAP = 4.0  # between neighbouring maps of a layer
LINE = 16  # maps in one line before the next line starts
IN_ONE_LINE = 32  # a dense layer of at most so many units is not folded
FOLD_ASPECT = 3.2  # columns : rows of a folded dense layer
BLOCK = 0.55  # length of a dense block as a share of the widest layer of maps
LARGEST_CELL = 0.07  # of a dense layer, as the same share
STACK = 1.05  # height of the whole stack in 3D, as the same share
SPREAD = 1.75  # width of the whole network in 2D, as the same share
LEAST_WIDTH = 44.0  # what "the widest layer" counts as at least


@dataclass(frozen=True)
class Face:
    """One slab in one layout: the outer corner of cell (0, 0) and the steps to the next column and row."""

    origin: tuple[float, float, float]
    column: tuple[float, float, float]
    row: tuple[float, float, float]


@dataclass(frozen=True)
class Slab:
    """A map or a dense layer as a thin box of cells. Cell (r, c) shows node `first + r * columns + c`."""

    stage: int  # index of the layer in network.stages
    channel: int  # number of the map in its layer; 0 for a dense layer
    first: int  # id of its first node
    count: int  # nodes; the last row may be shorter
    rows: int
    columns: int
    flat: Face  # in 3D
    upright: Face  # in 2D

    def face(self, layout: str) -> Face:
        """The slab's place in a layout, "3d" or "2d"."""
        return self.flat if layout == "3d" else self.upright


@dataclass(frozen=True, eq=False)
class Layout:
    """Where everything is."""

    slabs: tuple[Slab, ...]
    positions: dict[str, NDArray[np.float32]]  # layout -> where edges meet every node, (nodes, 3)
    corners: dict[str, NDArray[np.float32]]  # layout -> the corners of every slab, (slabs, 8, 3)


def arrange(network: Network) -> Layout:
    """The layout of a network: every node once, layers apart far enough for their edges to be seen."""
    width = max([LEAST_WIDTH] + [_lines(stage)[0] for stage in network.stages if len(stage.shape) == 3])
    flat, upright = _stack(network, width), _spread(network, width)
    slabs = []
    for stage in network.stages:
        rows, columns = stage.shape[1:] if len(stage.shape) == 3 else fold(stage.size)
        count = stage.size // stage.shape[0] if len(stage.shape) == 3 else stage.size
        for channel, faces in enumerate(zip(flat[stage.index], upright[stage.index], strict=True)):
            first = stage.offset + channel * count
            slabs.append(Slab(stage.index, channel, first, count, rows, columns, *faces))
    positions = {name: _positions(slabs, name, network.nodes) for name in ("3d", "2d")}
    corners = {name: np.stack([_corners(slab, name) for slab in slabs]) for name in ("3d", "2d")}
    return Layout(tuple(slabs), positions, corners)


def fold(units: int) -> tuple[int, int]:
    """(rows, columns) of a dense layer: one line of a few units, else a block of about FOLD_ASPECT."""
    if units <= IN_ONE_LINE:
        return 1, units
    ideal = math.sqrt(units * FOLD_ASPECT)

    def fault(columns: int) -> float:
        return abs(math.log(columns / ideal)) + 0.4 * (units % columns != 0)

    columns = min(range(1, units + 1), key=fault)
    return math.ceil(units / columns), columns


def _cell(stage: Stage, width: float) -> float:
    """Edge of a layer's cells: small maps get somewhat larger cells, so that they stay readable."""
    if len(stage.shape) == 3:
        return float((32.0 / max(stage.shape[1:])) ** 0.3)
    return min(BLOCK * width / fold(stage.size)[1], LARGEST_CELL * width)


def _lines(stage: Stage) -> tuple[float, float]:
    """Extent of a layer of maps across (along the lines) and over its lines."""
    channels, rows, columns = stage.shape
    cell = _cell(stage, 0.0)
    lines = math.ceil(channels / LINE)
    return (
        min(channels, LINE) * (columns * cell + MAP_GAP) - MAP_GAP,
        lines * (rows * cell + MAP_GAP) - MAP_GAP,
    )


def _stack(network: Network, width: float) -> list[list[Face]]:
    """3D: layers upwards; per layer its faces."""
    gap = STACK * width / max(1, len(network.stages) - 1)
    layers = []
    for stage in network.stages:
        z, cell = stage.index * gap, _cell(stage, width)
        if len(stage.shape) == 3:
            layers.append(_maps(stage, cell, z))
            continue
        rows, columns = fold(stage.size)
        if rows == 1 and stage.index == len(network.stages) - 1:
            origin = (-columns * cell / 2, 0.0, z + cell / 2)
            layers.append([Face(origin, (cell, 0.0, 0.0), (0.0, 0.0, -cell))])
        else:
            origin = (-columns * cell / 2, rows * cell / 2, z)
            layers.append([Face(origin, (cell, 0.0, 0.0), (0.0, -cell, 0.0))])
    return layers


def _maps(stage: Stage, cell: float, z: float) -> list[Face]:
    """The maps of one layer in 3D, in lines along x, the next line nearer to the viewer."""
    channels, rows, columns = stage.shape
    across, over = _lines(stage)
    faces = []
    for channel in range(channels):
        line, place = divmod(channel, LINE)
        x = -across / 2 + place * (columns * cell + MAP_GAP)
        y = over / 2 - line * (rows * cell + MAP_GAP)
        faces.append(Face((x, y, z), (cell, 0.0, 0.0), (0.0, -cell, 0.0)))
    return faces


def _spread(network: Network, width: float) -> list[list[Face]]:
    """2D: layers from left to right, all upright in y = 0. A dense block is the 3D one turned to stand as a tall
    column: its lines run downwards, so that no cell jumps while one layout morphs into the other."""
    wide = [_wide(stage, width) for stage in network.stages]
    gap = max(12.0, (width * SPREAD - sum(wide)) / max(1, len(wide) - 1))
    x = -(sum(wide) + gap * (len(wide) - 1)) / 2
    layers = []
    for stage, extent in zip(network.stages, wide, strict=True):
        cell = _cell(stage, width)
        if len(stage.shape) == 3:
            layers.append(_maps_upright(stage, cell, x))
        else:
            _, columns = fold(stage.size)
            layers.append([Face((x, 0.0, columns * cell / 2), (0.0, 0.0, -cell), (cell, 0.0, 0.0))])
        x += extent + gap
    return layers


def _wide(stage: Stage, width: float) -> float:
    """Extent of a layer along the direction of the 2D layout."""
    cell = _cell(stage, width)
    if len(stage.shape) != 3:
        return fold(stage.size)[0] * cell
    lines = math.ceil(stage.shape[0] / LINE)
    return lines * (stage.shape[2] * cell + MAP_GAP) - MAP_GAP


def _maps_upright(stage: Stage, cell: float, left: float) -> list[Face]:
    """The maps of one layer in 2D, in lines downwards, the next line to the right."""
    channels, rows, columns = stage.shape
    tall = min(channels, LINE) * (rows * cell + MAP_GAP) - MAP_GAP
    faces = []
    for channel in range(channels):
        line, place = divmod(channel, LINE)
        x = left + line * (columns * cell + MAP_GAP)
        z = tall / 2 - place * (rows * cell + MAP_GAP)
        faces.append(Face((x, 0.0, z), (cell, 0.0, 0.0), (0.0, 0.0, -cell)))
    return faces


def _positions(slabs: list[Slab], layout: str, nodes: int) -> NDArray[np.float32]:
    """Centres of all cells (nodes, 3); of cells that stand upright in 3D the foot, so that edges do not cross them."""
    out = np.empty((nodes, 3), np.float32)
    for slab in slabs:
        face = slab.face(layout)
        row, column = np.divmod(np.arange(slab.count), slab.columns)
        foot = layout == "3d" and face.row[2] != 0
        down = row + (1.0 if foot else 0.5)
        centre = np.asarray(face.origin) + np.outer(column + 0.5, face.column) + np.outer(down, face.row)
        out[slab.first : slab.first + slab.count] = centre
    return out


def _corners(slab: Slab, layout: str) -> NDArray[np.float32]:
    """The slab's eight corners (8, 3): the face's four (0 0, 0 1, 1 0, 1 1 as row column), then the back's."""
    face = slab.face(layout)
    origin, right, down = (np.asarray(v, np.float64) for v in (face.origin, face.column, face.row))
    normal = np.cross(down, right)
    normal *= THICKNESS / 2 / np.linalg.norm(normal)
    if normal[1] > 0 or normal[2] < 0:  # faces look upwards or at the viewer, also where lines run downwards
        normal = -normal
    square = [origin + r * slab.rows * down + c * slab.columns * right for r in (0, 1) for c in (0, 1)]
    return np.array([p + normal for p in square] + [p - normal for p in square], np.float32)
