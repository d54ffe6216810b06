"""What stands out: a node's edges found at once are those that a look at every edge finds."""

from __future__ import annotations

import numpy as np
import pytest

from nodelink.graph import edges as graph_edges
from nodelink.graph.emphasis import Box, Emphasis, Incidence
from nodelink.nn.network import Network
from tests import networks

NETWORKS = [networks.cnn(), networks.mini(), networks.random_network(3), networks.random_network(4)]


def incidence(network: Network) -> tuple[Incidence, graph_edges.Edges]:
    edges = graph_edges.edges(network)
    return Incidence(network, edges), edges


@pytest.mark.parametrize("network", NETWORKS, ids=lambda n: n.name)
def test_a_nodes_edges_are_those_that_a_look_at_all_finds(network: Network) -> None:
    found, edges = incidence(network)
    nodes = {*np.random.default_rng(0).integers(0, network.nodes, 40).tolist(), 0, network.nodes - 1}
    for node in nodes:
        assert found.arriving(node).tolist() == np.flatnonzero(edges.target == node).tolist()
        assert found.leaving(node).tolist() == np.flatnonzero(edges.source == node).tolist()


def test_incoming_edges_stand_out_and_outgoing_ones_where_asked_or_where_there_are_no_others() -> None:
    network = networks.cnn()
    found, edges = incidence(network)
    f6 = network.stage("F6").offset
    assert set(edges.target[found.of(Emphasis(nodes=(f6,)))]) == {f6}
    assert len(found.of(Emphasis(nodes=(f6,), outgoing=True))) == 120 + 10
    assert set(edges.source[found.of(Emphasis(nodes=(40,)))]) == {40}
    both = found.of(Emphasis(nodes=(f6, f6 + 1, f6)))
    assert len(both) == len(set(both.tolist())) == 240
    assert len(found.of(Emphasis(boxes=(Box(1, (0,), (0, 2), (0, 2)),)))) == 0


def test_named_edges_stand_out_alone_and_those_that_do_not_exist_are_ignored() -> None:
    network = networks.mini()
    found, edges = incidence(network)
    first = network.stage("H1").offset
    links = ((3, first), (7, first), (3, first + 2), (3, network.nodes - 1))
    mine = found.of(Emphasis(nodes=(first,), links=links))
    assert [(int(edges.source[i]), int(edges.target[i])) for i in mine] == sorted(
        links[:3], key=lambda ends: ends[1]
    )


def test_bright_are_the_nodes_named_the_ends_of_their_edges_and_the_cells_of_boxes() -> None:
    network = networks.cnn()
    found, edges = incidence(network)
    c3 = network.stage("C3")
    node = c3.offset + 5 * 100 + 23
    emphasis = Emphasis(nodes=(node,), cells=(1,), boxes=(Box(1, (1, 2), (4, 6), (0, 3)),))
    mine = found.of(emphasis)
    expected = {node, 1, *edges.source[mine].tolist()}
    c1 = network.stage("C1")
    for channel in (1, 2):
        for row in (4, 5):
            for column in (0, 1, 2):
                expected.add(c1.offset + channel * 28 * 28 + row * 28 + column)
    assert set(np.flatnonzero(found.bright(emphasis, mine)).tolist()) == expected


def test_an_emphasis_keeps_the_rings_and_labels_of_the_one_that_it_hides() -> None:
    over = Emphasis(nodes=(1,), rings=(1,)).over(Emphasis(nodes=(2,), rings=(2, 1), labels=(2,)))
    assert over == Emphasis(nodes=(1,), rings=(2, 1), labels=(2,))
    assert not Emphasis(rings=(1,), labels=(1,)).stands
    assert Emphasis(traced=4).stands
