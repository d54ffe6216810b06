"""Walking from node to node with the keys."""

from __future__ import annotations

import numpy as np
import pytest

from nodelink.graph.neighbours import beside, towards
from nodelink.nn.address import address, find
from nodelink.nn.network import Network
from tests import networks

CNN = networks.cnn()


def walked(text: str, right: int, down: int, dense: str = "block") -> str:
    return address(CNN, beside(CNN, find(CNN, text), right, down, dense))


@pytest.mark.parametrize(
    ("start", "right", "down", "end"),
    [
        ("C3/5/4,7", 1, 0, "C3/5/4,8"),
        ("C3/5/4,7", -1, 0, "C3/5/4,6"),
        ("C3/5/4,7", 0, 1, "C3/5/5,7"),
        ("C3/5/4,7", 0, -1, "C3/5/3,7"),
        ("C3/5/4,10", 1, 0, "C3/5/4,10"),
        ("C3/5/10,7", 0, 1, "C3/5/10,7"),
        ("C3/5/1,1", -1, -1, "C3/5/1,1"),
        ("Input/32,32", 1, 1, "Input/32,32"),
        ("Output/7", 1, 0, "Output/8"),
        ("Output/7", 0, 1, "Output/7"),
    ],
)
def test_arrows_walk_within_a_map_and_end_at_its_edges(start: str, right: int, down: int, end: str) -> None:
    assert walked(start, right, down) == end


def test_a_folded_layer_is_walked_as_it_is_seen() -> None:
    """F5 has 120 units in rows of 20."""
    assert walked("F5/17", 0, 1) == "F5/37"
    assert walked("F5/17", 1, 0) == "F5/18"
    assert walked("F5/20", 1, 0) == "F5/20"
    assert walked("F5/17", 0, 1, "line") == "F5/17"
    assert walked("F5/20", 1, 0, "line") == "F5/21"


def test_every_walk_stays_in_its_map() -> None:
    for network in (CNN, *(networks.random_network(seed) for seed in range(8))):
        for stage in network.stages:
            count = stage.size // stage.shape[0] if len(stage.shape) == 3 else stage.size
            for node in range(stage.offset, stage.offset + stage.size):
                for right, down in ((1, 0), (-1, 0), (0, 1), (0, -1)):
                    there = beside(network, node, right, down)
                    assert stage.offset <= there < stage.offset + stage.size
                    assert (there - stage.offset) // count == (node - stage.offset) // count
                    assert there == node or beside(network, there, -right, -down) == node


@pytest.mark.parametrize(
    ("start", "by", "end"),
    [
        ("S2/3/7,7", -1, "C1/3/14,14"),
        ("C1/3/13,14", 1, "S2/3/7,7"),
        ("C3/6/4,7", -1, "S2/2/5,10"),  # C3's map 6 sees 1, 2 and 6
        ("S2/3/7,7", 1, "C3/7/5,5"),
        ("Output/7", -1, "F6/76"),
        ("F6/76", 1, "Output/7"),
        ("Output/7", 1, "Output/7"),
        ("Input/3,3", -1, "Input/3,3"),
        ("S4/1/1,1", 1, "F5/1"),
        ("F5/120", -1, "S4/16/5,4"),
    ],
)
def test_page_keys_go_to_the_nearest_node_of_the_next_layer(start: str, by: int, end: str) -> None:
    assert address(CNN, towards(CNN, find(CNN, start), by)) == end


def test_between_maps_the_way_follows_connections() -> None:
    """Wherever one comes from, the map that one comes to is connected with it."""
    table = networks.c3_connections()
    for of in range(6):
        node = CNN.stage("S2").offset + of * 196 + 100
        there = towards(CNN, node, 1)
        assert table[(there - CNN.stage("C3").offset) // 100, of]


def test_hidden_layers_are_passed_over() -> None:
    start = find(CNN, "C1/3/14,14")
    assert address(CNN, towards(CNN, start, 1, hidden={2})) == address(
        CNN, towards(CNN, towards(CNN, start, 1), 1)
    )
    assert towards(CNN, find(CNN, "Output/7"), -1, hidden=set(range(7))) == find(CNN, "Output/7")


@pytest.mark.parametrize("seed", range(12))
def test_any_network_is_walked_from_end_to_end_and_back(seed: int) -> None:
    network: Network = networks.random_network(seed)
    for start in np.linspace(0, network.stages[0].size - 1, 7).astype(int).tolist():
        node, seen = start, [0]
        while (there := towards(network, node, 1)) != node:
            node = there
            seen.append(next(s.index for s in reversed(network.stages) if s.offset <= node))
        assert seen == list(range(len(network.stages)))
        while (there := towards(network, node, -1)) != node:
            node = there
        assert 0 <= node < network.stages[0].size


def test_a_node_of_another_network_is_refused() -> None:
    with pytest.raises(ValueError, match="node 9134 is not in cnn"):
        beside(CNN, 9134, 1, 0)
    with pytest.raises(ValueError, match="node -1 is not in cnn"):
        towards(CNN, -1, 1)
