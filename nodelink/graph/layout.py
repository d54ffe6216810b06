"""Layout: network -> slabs (one a map or dense layer) and node positions, in 3D and in 2D.

3D: layers stack upwards (+z) and maps lie flat, the top row of a map farthest away (+y), so that a digit reads upright
from in front; the output stands upright. Or the layers lead away from the viewer or to the right, and all maps stand.
2D: the same slabs, all upright in the plane y = 0, layers from left to right or from bottom to top.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from nodelink.nn.network import Network, Stage

THICKNESS = 1.2  # of a slab, world units (an input cell is 1)
MAP_GAP = 4.0  # between neighbouring maps of a layer
LINE = 16  # maps in one line before the next line starts
IN_ONE_LINE = 32  # a dense layer of at most so many units is not folded
FOLD_ASPECT = 3.2  # columns : rows of a folded dense layer
BLOCK = 0.55  # length of a dense block as a share of the widest layer of maps
LONG_LINE = 1.6  # length of a dense layer in one line, as the same share
LARGEST_CELL = 0.07  # of a dense layer, as the same share
LEAST_LINE = 0.04  # height of a line's cells at least, which may be narrower than high, as the same share
STACK = 1.05  # height of the whole stack, as the same share
SPREAD = 1.75  # width of the whole network in 2D, as the same share
LEAST_WIDTH = 44.0  # what "the widest layer" counts as at least
LEAST_GAP = 12.0  # between layers in 2D

Vector = tuple[float, float, float]


@dataclass(frozen=True)
class Options:
    """How the user wants a network laid out."""

    dense: str = "block"  # or "line": a dense layer is not folded
    flow_3d: str = "up"  # or "right", "away": where the layers lead to
    flow_2d: str = "right"  # or "up"
    cell: float = 1.0  # factor on the size of all cells
    spacing: float = 1.0  # factor on the distance between layers

    def flow(self, layout: str) -> str:
        """Where the layers lead to in a layout, "3d" or "2d"."""
        return self.flow_3d if layout == "3d" else self.flow_2d


@dataclass(frozen=True)
class Face:
    """One slab in one layout: the outer corner of cell (0, 0) and the steps to the next column and row."""

    origin: Vector
    column: Vector
    row: Vector


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
    dense: bool = False  # its cells are units, not a map

    def face(self, layout: str) -> Face:
        """The slab's place in a layout, "3d" or "2d"."""
        return self.flat if layout == "3d" else self.upright


@dataclass(frozen=True, eq=False)
class Layout:
    """Where everything is."""

    options: Options
    slabs: tuple[Slab, ...]
    positions: dict[str, NDArray[np.float32]]  # layout -> where edges meet every node, (nodes, 3)
    corners: dict[str, NDArray[np.float32]]  # layout -> the corners of every slab, (slabs, 8, 3)
    reach: NDArray[np.float32]  # (stages,): in 2D edges end so far before a node, and begin so far behind it


def arrange(network: Network, options: Options = Options()) -> Layout:
    """The layout of a network: every node once, layers apart far enough for their edges to be seen."""
    plans = _plans(network, options)
    flat = _stack(plans, options)
    upright = _rise(plans, options) if options.flow_2d == "up" else _spread(plans, options)
    slabs = []
    for plan, faces_3d, faces_2d in zip(plans, flat, upright, strict=True):
        stage, count = plan.stage, plan.stage.size // plan.maps
        for channel, faces in enumerate(zip(faces_3d, faces_2d, strict=True)):
            first = stage.offset + channel * count
            slabs.append(
                Slab(
                    stage.index, channel, first, count, plan.rows, plan.columns, *faces, len(stage.shape) == 1
                )
            )
    foot = {"3d": options.flow_3d == "up", "2d": False}
    positions = {name: _positions(slabs, name, network.nodes, foot[name]) for name in ("3d", "2d")}
    corners = {name: np.stack([_corners(slab, name) for slab in slabs]) for name in ("3d", "2d")}
    return Layout(options, tuple(slabs), positions, corners, _reach(slabs))


def only(layout: Layout, stages: Collection[int]) -> Layout:
    """The layout with the slabs of some stages alone; positions stay as they are."""
    kept = [i for i, slab in enumerate(layout.slabs) if slab.stage in stages]
    corners = {name: corners[kept] for name, corners in layout.corners.items()}
    return replace(layout, slabs=tuple(layout.slabs[i] for i in kept), corners=corners)


def fold(units: int, dense: str = "block") -> tuple[int, int]:
    """(rows, columns) of a dense layer: one line of a few units, else a block of about FOLD_ASPECT."""
    if units <= IN_ONE_LINE or dense == "line":
        return 1, units
    ideal = math.sqrt(units * FOLD_ASPECT)

    def fault(columns: int) -> float:
        return abs(math.log(columns / ideal)) + 0.4 * (units % columns != 0)

    columns = min(range(1, units + 1), key=fault)
    return math.ceil(units / columns), columns


@dataclass(frozen=True)
class _Plan:
    """A layer before it has a place: maps of cells in lines."""

    stage: Stage
    maps: int
    rows: int
    columns: int
    across: float  # size of a cell, world units
    down: float
    width: float  # of the widest layer, the measure of all distances

    @property
    def pitch(self) -> tuple[float, float]:
        """From one map to the next in its line, and from one line to the next."""
        return self.columns * self.across + MAP_GAP, self.rows * self.down + MAP_GAP

    def extent(self, along: bool) -> float:
        """Of the layer along its lines, or over them."""
        number = min(self.maps, LINE) if along else math.ceil(self.maps / LINE)
        return number * self.pitch[0 if along else 1] - MAP_GAP


def _plans(network: Network, options: Options) -> list[_Plan]:
    maps = [_map_plan(stage, 1.0) for stage in network.stages if len(stage.shape) == 3]
    width = max([LEAST_WIDTH] + [plan.extent(along=True) for plan in maps])
    plans = []
    for stage in network.stages:
        if len(stage.shape) == 3:
            plans.append(_map_plan(stage, options.cell, width))
            continue
        rows, columns = fold(stage.size, options.dense)
        long = options.dense == "line" and columns > IN_ONE_LINE
        cell = min((LONG_LINE if long else BLOCK) * width / columns, LARGEST_CELL * width)
        down = max(cell, LEAST_LINE * width) if long else cell
        plans.append(_Plan(stage, 1, rows, columns, cell * options.cell, down * options.cell, width))
    return plans


def _map_plan(stage: Stage, factor: float, width: float = 0.0) -> _Plan:
    """Small maps get somewhat larger cells, so that they stay readable."""
    channels, rows, columns = stage.shape
    cell = factor * float((32.0 / max(rows, columns)) ** 0.3)
    return _Plan(stage, channels, rows, columns, cell, cell, width)


def _stack(plans: list[_Plan], options: Options) -> list[list[Face]]:
    """3D: layers one over another, turned to where they lead; per layer its faces."""
    gap = max(2.0 * THICKNESS, STACK * plans[0].width * options.spacing / max(1, len(plans) - 1))
    layers = []
    for i, plan in enumerate(plans):
        z = i * gap
        if i and options.flow_3d == "up" and plan is plans[-1] and plan.maps == plan.rows == 1:
            z = max(z, (i - 1) * gap + plan.down / 2 + THICKNESS)
            corner = (-plan.extent(along=True) / 2, 0.0, z + plan.down / 2)
            layers.append([Face(corner, (plan.across, 0.0, 0.0), (0.0, 0.0, -plan.down))])
        else:
            layers.append([_turned(face, options.flow_3d) for face in _flat(plan, z)])
    return layers


def _flat(plan: _Plan, z: float) -> list[Face]:
    """The maps of one layer, lying in lines along x, the next line nearer to the viewer."""
    faces = []
    for channel in range(plan.maps):
        line, place = divmod(channel, LINE)
        x = -plan.extent(along=True) / 2 + place * plan.pitch[0]
        y = plan.extent(along=False) / 2 - line * plan.pitch[1]
        faces.append(Face((x, y, z), (plan.across, 0.0, 0.0), (0.0, -plan.down, 0.0)))
    return faces


def _turned(face: Face, flow: str) -> Face:
    """A face of a stack that leads upwards, in one that leads elsewhere: what lay stands, its rows run downwards."""

    def turn(v: Vector) -> Vector:
        x, y, z = v
        return {"up": (x, y, z), "away": (x, z, y), "right": (z, -x, y)}[flow]

    return Face(turn(face.origin), turn(face.column), turn(face.row))


def _rise(plans: list[_Plan], options: Options) -> list[list[Face]]:
    """2D from bottom to top: every layer upright, its lines running to the right."""
    tall = [plan.extent(along=False) for plan in plans]
    z, gap = _first_and_gap(plans, tall, STACK, options)
    layers = []
    for plan, extent in zip(plans, tall, strict=True):
        middle = z + extent / 2
        faces = [_turned(face, "away") for face in _flat(plan, 0.0)]
        layers.append([Face((f.origin[0], 0.0, f.origin[2] + middle), f.column, f.row) for f in faces])
        z += extent + gap
    return layers


def _spread(plans: list[_Plan], options: Options) -> list[list[Face]]:
    """2D from left to right: columns of upright maps, the next line to the right. A dense block is the 3D one turned
    to stand as a tall column: its lines run downwards, so that no cell jumps while one layout morphs into the other."""
    wide = [_wide(plan) for plan in plans]
    x, gap = _first_and_gap(plans, wide, SPREAD, options)
    layers = []
    for plan, extent in zip(plans, wide, strict=True):
        if len(plan.stage.shape) == 3:
            layers.append(_maps_upright(plan, x))
        else:
            corner = (x, 0.0, plan.columns * plan.across / 2)
            layers.append([Face(corner, (0.0, 0.0, -plan.across), (plan.down, 0.0, 0.0))])
        x += extent + gap
    return layers


def _first_and_gap(
    plans: list[_Plan], extents: list[float], share: float, options: Options
) -> tuple[float, float]:
    """Where the first layer begins, and the gap between layers; a share of the width is what all would fill."""
    gaps = max(1, len(plans) - 1)
    usual = (plans[0].width * share - sum(extents) / options.cell) / gaps
    gap = max(LEAST_GAP, usual) * options.spacing
    return -(sum(extents) + gap * (len(plans) - 1)) / 2, gap


def _wide(plan: _Plan) -> float:
    """Extent of a layer in the 2D layout from left to right."""
    if len(plan.stage.shape) != 3:
        return plan.rows * plan.down
    return math.ceil(plan.maps / LINE) * plan.pitch[0] - MAP_GAP


def _maps_upright(plan: _Plan, left: float) -> list[Face]:
    """The maps of one layer in 2D from left to right, in lines downwards, the next line to the right."""
    tall = min(plan.maps, LINE) * plan.pitch[1] - MAP_GAP
    faces = []
    for channel in range(plan.maps):
        line, place = divmod(channel, LINE)
        corner = (left + line * plan.pitch[0], 0.0, tall / 2 - place * plan.pitch[1])
        faces.append(Face(corner, (plan.across, 0.0, 0.0), (0.0, 0.0, -plan.down)))
    return faces


def _positions(slabs: list[Slab], layout: str, nodes: int, foot: bool) -> NDArray[np.float32]:
    """Centres of all cells (nodes, 3); foot: of cells that stand upright the foot, so that edges do not cross them."""
    out = np.empty((nodes, 3), np.float32)
    for slab in slabs:
        face = slab.face(layout)
        row, column = np.divmod(np.arange(slab.count), slab.columns)
        down = row + (1.0 if foot and face.row[2] != 0 else 0.5)
        centre = np.asarray(face.origin) + np.outer(column + 0.5, face.column) + np.outer(down, face.row)
        out[slab.first : slab.first + slab.count] = centre
    if layout == "2d" and len(slabs) > 1 and slabs[-1].rows == 1:
        _meet_at_the_near_side(out, slabs[-1], slabs[-2])
    return out


def _reach(slabs: list[Slab]) -> NDArray[np.float32]:
    """Half a cell where a layer is one line between two others: edges that met in the middle of its cells would, where
    they are steep, seem to come from a neighbour and to enter one. The input and the output are left out."""
    out = np.zeros(slabs[-1].stage + 1, np.float32)
    for slab in slabs:
        if slab.dense and slab.rows == 1 and 0 < slab.stage < slabs[-1].stage:
            out[slab.stage] = np.linalg.norm(slab.upright.row) / 2
    return out


def _meet_at_the_near_side(places: NDArray[np.float32], last: Slab, before: Slab) -> None:
    """Edges end where they reach an output line in 2D: behind it, a steep one would seem to enter its neighbour."""
    step = np.asarray(last.upright.row, np.float32) / 2
    mine = places[last.first : last.first + last.count]
    towards = places[before.first : before.first + before.count].mean(axis=0) - mine.mean(axis=0)
    mine += step * np.sign(step @ towards)


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
