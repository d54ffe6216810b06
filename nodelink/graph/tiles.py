"""Tiles: what a network's maps and kernels look like as pictures of cells, whatever their place on a sheet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nodelink.graph.layout import fold
from nodelink.nn.layers import Conv2d, Dense
from nodelink.nn.naming import node_name
from nodelink.nn.network import Network, Stage
from nodelink.nn.sharing import Weights

USUAL_SIDE = 32.0  # of a map whose cells have size 1
GROWTH = 0.5  # smaller maps have larger cells: (USUAL_SIDE / side) ** GROWTH
STRIP = 48.0  # length of a dense layer's strip at least, in cells of such a map
LARGEST = 5.0  # cell of a strip


@dataclass(frozen=True, eq=False)
class Section:
    """The tiles of one layer, all alike. Cell (row, column) of tile t is value `(t * rows + row) * columns + column`.

    In a strip, a dense layer's nodes in lines, the last line may be shorter: `cells` is less than rows * columns.
    """

    stage: int  # index of the layer in network.stages
    title: str
    shape: str  # of the layer, for people
    tiles: int
    rows: int  # of cells in a tile
    columns: int
    cells: int  # of a tile that show something
    size: float  # of a cell, 1 in a map of 32 x 32
    table: tuple[int, int] | None = None  # tiles down and across; None: in as many lines as suits
    axes: tuple[str, str] = ("", "")  # what lies down and across in a table
    names: tuple[str, ...] = ()  # of the cells of a strip
    absent: NDArray[np.bool_] | None = None  # (tiles,): kernels that are not there

    def place(self, index: int) -> tuple[int, int, int]:
        """Tile, row and column of a value."""
        tile, cell = divmod(index, self.rows * self.columns)
        return (tile, *divmod(cell, self.columns))


def maps(network: Network) -> tuple[Section, ...]:
    """All maps of all layers, and dense layers as strips; values are in the order of the nodes."""
    return tuple(_map_section(network, stage) for stage in network.stages)


def _map_section(network: Network, stage: Stage) -> Section:
    shape = shape_text(stage)
    if len(stage.shape) == 3:
        count, rows, columns = stage.shape
        size = (USUAL_SIDE / max(rows, columns)) ** GROWTH
        return Section(stage.index, stage.name, shape, count, rows, columns, rows * columns, size)
    rows, columns = fold(stage.size)
    size = min(STRIP / columns, LARGEST)
    last = stage.index == len(network.stages) - 1
    names = network.class_names if last and rows == 1 and len(network.class_names) == columns else ()
    return Section(stage.index, stage.name, shape, 1, rows, columns, stage.size, size, names=names)


def shape_text(stage: Stage) -> str:
    """6 × 28 × 28, or 120 units; one channel is not counted."""
    if len(stage.shape) == 1:
        return f"{stage.size} units"
    sides = stage.shape[1:] if stage.shape[0] == 1 else stage.shape
    return " × ".join(map(str, sides))


def weighted(network: Network) -> tuple[Stage, ...]:
    """The layers that have weights."""
    return tuple(stage for stage in network.stages if isinstance(stage.layer, Dense | Conv2d))


def kernels(network: Network, stage: Stage) -> Section:
    """The weights of a layer; values are in the order of its weight array.

    Convolution: a tile a kernel, in a table of its maps and of those that it sees, if it sees several. Dense on the
    input: a unit's weights as a picture of it. Any other dense layer: one tile, a row a unit. Else ValueError.
    """
    layer, below = stage.layer, network.stages[stage.index - 1]
    if isinstance(layer, Conv2d):
        absent = None if layer.connections is None else ~layer.connections.ravel()
        return _table(stage, below, layer.weight.shape, "map", absent)
    if not isinstance(layer, Dense):
        raise ValueError(f"{stage.name}: expected a layer with weights, found {stage.kind}")
    if below.index == 0:
        return _table(stage, below, (stage.size, *below.shape), "unit", None)
    units, inputs = layer.weight.shape
    shape = f"{units} × {inputs} weights"
    axes = f"units of {stage.name}", f"nodes of {below.name}"
    return Section(stage.index, stage.name, shape, 1, units, inputs, units * inputs, 1.0, axes=axes)


def _table(
    stage: Stage, below: Stage, shape: tuple[int, ...], unit: str, absent: NDArray[np.bool_] | None
) -> Section:
    many, seen, rows, columns = shape
    table = (many, seen) if seen > 1 else None
    count = many * seen - (0 if absent is None else int(absent.sum()))
    said = (
        f"{count} kernel{'s' * (count != 1)} {rows} × {columns}"
        if unit == "map"
        else f"{many} × {rows} × {columns}"
    )
    axes = f"{unit}s of {stage.name}", f"maps of {below.name}"
    cells = rows * columns
    return Section(
        stage.index, stage.name, said, many * seen, rows, columns, cells, 1.0, table, axes, absent=absent
    )


def weights(stage: Stage) -> NDArray[np.float32]:
    """A layer's weights, flat; none for a layer without any."""
    layer = stage.layer
    found = layer.weight if isinstance(layer, Dense | Conv2d) else np.zeros(0)
    return np.asarray(found, np.float32).reshape(-1)


def weights_at(stage: Stage, index: int) -> Weights:
    """The one weight at an index of a layer's weights: an entry of a kernel, or a unit's weight of a node below."""
    layer = stage.layer
    assert isinstance(layer, Dense | Conv2d)
    return Weights(stage.index, tuple(int(i) for i in np.unravel_index(index, layer.weight.shape)))


def kernel_at(stage: Stage, tile: int) -> Weights:
    """The kernel of a convolution that a tile shows."""
    assert isinstance(stage.layer, Conv2d)
    return Weights(stage.index, divmod(tile, stage.layer.weight.shape[1]))


def weights_name(network: Network, weights: Weights) -> tuple[str, str]:
    """What weights are called, "C3, kernel of map 5 on map 2 of S2, row 1, column 4"; and shorter, "C3, 5 on 2, row 1,
    column 4"."""
    stage = network.stages[weights.stage]
    below = network.stages[stage.index - 1]
    if isinstance(stage.layer, Dense):
        unit = node_name(network, stage.offset + weights.index[0])
        source = [node_name(network, below.offset + at) for at in weights.index[1:]]
        return (f"{unit}, weight of {source[0]}", f"{unit} from {source[0]}") if source else (unit, unit)
    map_, seen, *entry = (at + 1 for at in weights.index)
    on = f"map {seen} of {below.name}" if below.shape[0] > 1 else below.name
    short = f"{map_} on {seen}" if below.shape[0] > 1 else f"kernel {map_}"
    place = ", row {}, column {}".format(*entry) if entry else ""
    return f"{stage.name}, kernel of map {map_} on {on}{place}", f"{stage.name}, {short}{place}"


def weights_of(stage: Stage, section: Section, node: int) -> tuple[tuple[int, int], ...]:
    """First and last value of every run of cells that shows the weights of a node of a layer."""
    area, cell = section.rows * section.columns, node - stage.offset
    if len(stage.shape) == 1 and section.tiles == 1:
        return ((cell * section.columns, (cell + 1) * section.columns - 1),)
    unit = cell if len(stage.shape) == 1 else cell // (stage.shape[1] * stage.shape[2])
    seen = section.tiles // stage.shape[0]
    tiles = range(unit * seen, (unit + 1) * seen)
    there = [t for t in tiles if section.absent is None or not section.absent[t]]
    return tuple((t * area, (t + 1) * area - 1) for t in there)


def weights_on(below: Stage, stage: Stage, section: Section, node: int) -> tuple[tuple[int, int], ...]:
    """The same of a layer's weights that see a node of the layer below: kernels on its map, or a column of weights.

    Of units that are shown as pictures none: there is a cell in each of them.
    """
    area, cell = section.rows * section.columns, node - below.offset
    if len(stage.shape) == 1:
        return ((cell, (section.rows - 1) * section.columns + cell),) if section.tiles == 1 else ()
    seen = below.shape[0]
    tiles = range(cell // (below.size // seen), section.tiles, seen)
    there = [t for t in tiles if section.absent is None or not section.absent[t]]
    return tuple((t * area, (t + 1) * area - 1) for t in there)


def spans_of(network: Network, weights: Weights) -> tuple[tuple[int, int], ...]:
    """First and last value of the cells that show weights of a layer: a tile, or one cell."""
    layer = network.stages[weights.stage].layer
    if not isinstance(layer, Dense | Conv2d):
        return ()
    places = np.arange(layer.weight.size).reshape(layer.weight.shape)[weights.index]
    return ((int(places.min()), int(places.max())),)
