"""Biases: which layers go without them, told in one entry where it is all of them, and else in one a layer."""

from __future__ import annotations

from nodelink.nn.changes import BiasOff, Change
from nodelink.nn.layers import Conv2d, Dense
from nodelink.nn.network import Network

ALL = BiasOff()


def layers(network: Network) -> tuple[str, ...]:
    """The layers that have biases, by name."""
    return tuple(stage.name for stage in network.stages if isinstance(stage.layer, Dense | Conv2d))


def is_made(network: Network, change: Change) -> bool:
    """Whether the network has this change, by itself or as a part of all biases off."""
    return change in network.changes or (_is_of_a_layer(change) and ALL in network.changes)


def tidied(network: Network, changes: tuple[Change, ...]) -> tuple[Change, ...]:
    """The same with a single entry, in the place of the first, where every layer goes without."""
    mine = [change for change in changes if isinstance(change, BiasOff)]
    if not mine or (ALL not in mine and {change.stage for change in mine} != {*layers(network)}):
        return changes
    place = changes.index(mine[0])
    before, after = changes[:place], changes[place + 1 :]
    return (*before, ALL, *(change for change in after if not isinstance(change, BiasOff)))


def restored(network: Network, changes: tuple[Change, ...], change: Change) -> tuple[Change, ...]:
    """The changes without this one. One layer's biases restored out of all leave an entry for each of the others."""
    if change in changes or not (_is_of_a_layer(change) and ALL in changes):
        return tuple(other for other in changes if other != change)
    place = changes.index(ALL)
    others = (BiasOff(name) for name in layers(network) if BiasOff(name) != change)
    return (*changes[:place], *others, *changes[place + 1 :])


def _is_of_a_layer(change: Change) -> bool:
    return isinstance(change, BiasOff) and change != ALL
