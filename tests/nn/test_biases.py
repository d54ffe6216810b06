"""Biases off: the list of changes says the least that is true, whatever the way there was."""

from __future__ import annotations

import itertools

import numpy as np

from nodelink.nn.biases import ALL, is_made, layers, restored, tidied
from nodelink.nn.changes import BiasOff, Change, NodesOff, WeightScale, changed, merged
from nodelink.nn.layers import Conv2d, Dense
from nodelink.nn.network import Network
from nodelink.nn.pools import MaxPool2d
from tests.networks import cnn, mini


def with_bias(network: Network) -> set[str]:
    """The layers that have a bias other than 0, read off the arrays."""
    weighted = [layer for layer in network.layers if isinstance(layer, Dense | Conv2d)]
    return {layer.name for layer in weighted if np.any(layer.bias)}


def test_layers_with_biases() -> None:
    assert layers(cnn()) == ("C1", "C3", "F5", "F6", "Output")
    assert with_bias(cnn()) == {*layers(cnn())}


def test_any_sequence_of_switches_leaves_a_list_that_is_true_and_least() -> None:
    network = mini()
    switches: list[Change] = [ALL, *(BiasOff(name) for name in layers(network))]
    for sequence in itertools.product(switches, repeat=4):
        off: set[str] = set()
        current = network
        for change in sequence:
            assert isinstance(change, BiasOff)
            mine = {*layers(network)} if change.stage is None else {change.stage}
            assert is_made(current, change) == (mine <= off)
            if mine <= off:
                off -= mine
                current = changed(network, restored(network, current.changes, change))
            else:
                off |= mine
                current = changed(network, tidied(network, merged(current.changes, change)))
            assert with_bias(current) == {*layers(network)} - off
            whole = off == {*layers(network)}
            assert len(current.changes) == (1 if whole else len(off))


def test_other_changes_keep_their_places() -> None:
    network = cnn()
    some: tuple[Change, ...] = (NodesOff("C3"), BiasOff("C1"), WeightScale("F5", 2.0))
    assert tidied(network, some) == some
    both = tidied(network, merged(some, ALL))
    assert both == (NodesOff("C3"), ALL, WeightScale("F5", 2.0))
    apart = restored(network, both, BiasOff("F6"))
    assert apart == (
        NodesOff("C3"),
        *(BiasOff(n) for n in ("C1", "C3", "F5", "Output")),
        WeightScale("F5", 2.0),
    )
    assert restored(network, both, WeightScale("F5", 2.0)) == (NodesOff("C3"), ALL)


def test_a_network_without_biases_has_none_to_tidy() -> None:
    bare = Network("bare", "Bare", (MaxPool2d("S", (2, 2), (2, 2)),), (1, 4, 4), output_kind="none")
    off = (NodesOff("S", 1),)
    assert layers(bare) == ()
    assert tidied(bare, off) == off
