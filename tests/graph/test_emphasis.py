"""What stands out: a node's edges found at once are those that a look at every edge finds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nodelink.graph import edges as graph_edges
from nodelink.graph.edges import sharing
from nodelink.graph.emphasis import Box, Emphasis, Incidence, reach
from nodelink.nn.layers import Conv2d, Dense
from nodelink.nn.network import Network
from nodelink.nn.sharing import Weights, between, exist
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


def distinct(network: Network) -> Network:
    """The network with weights that are all different, as far as they are there."""
    rng, layers = np.random.default_rng(0), []
    for layer in network.layers:
        if isinstance(layer, Dense | Conv2d):
            weight = rng.permutation(np.arange(1, layer.weight.size + 1)).reshape(layer.weight.shape)
            if isinstance(layer, Conv2d) and layer.connections is not None:
                weight = weight * layer.connections[:, :, None, None]
            layer = replace(layer, weight=weight.astype(np.float32))
        layers.append(layer)
    return replace(network, layers=tuple(layers))


@pytest.mark.parametrize(
    "network",
    [networks.cnn(), networks.mini(), *map(networks.random_network, range(12))],
    ids=lambda n: n.name,
)
def test_the_edges_that_share_a_weight_are_those_that_have_its_value(network: Network) -> None:
    network = distinct(network)
    found, edges = incidence(network)
    rng = np.random.default_rng(1)
    for stage in network.stages:
        if not isinstance(stage.layer, Dense | Conv2d):
            continue
        weight = stage.layer.weight
        first, last = edges.ranges[stage.index]
        mine = edges.weight[first:last]
        for flat in rng.integers(0, weight.size, 12).tolist():
            index = tuple(int(i) for i in np.unravel_index(flat, weight.shape))
            entry, part = Weights(stage.index, index), Weights(stage.index, index[: weight.ndim // 2])
            wanted = np.flatnonzero((mine == weight[index]) & (mine != 0)).tolist()
            assert sharing(network, entry).tolist() == wanted
            assert found.of(Emphasis(weights=entry)).tolist() == [first + at for at in wanted]
            values = weight[part.index][weight[part.index] != 0]
            assert sharing(network, part).tolist() == np.flatnonzero(np.isin(mine, values)).tolist()
            assert exist(network, entry) == bool(weight[index])


def test_a_kernels_entry_is_the_weight_of_one_edge_a_position() -> None:
    network = networks.cnn()
    c1, c3 = network.stage("C1").index, network.stage("C3").index
    assert len(sharing(network, Weights(c1, (2, 0, 4, 0)))) == 28 * 28
    assert len(sharing(network, Weights(c3, (3, 4, 0, 1)))) == 10 * 10
    assert len(sharing(network, Weights(c1, (2, 0)))) == 25 * 28 * 28
    assert len(sharing(network, Weights(network.stage("F6").index, (7, 11)))) == 1
    for wrong in (
        Weights(0, (0,)),
        Weights(2, (0,)),
        Weights(99, ()),
        Weights(c1, (6, 0)),
        Weights(c1, (0, 0, 5, 0)),
    ):
        assert not exist(network, wrong)
        assert sharing(network, wrong).size == 0


@pytest.mark.parametrize(
    "network", [networks.cnn(), *map(networks.random_network, range(12))], ids=lambda n: n.name
)
def test_a_weight_lies_between_the_ends_of_its_edges(network: Network) -> None:
    found, edges = incidence(network)
    for stage in network.stages:
        if not isinstance(stage.layer, Conv2d):
            continue
        table, kernel = stage.layer.connections, stage.layer.kernel
        to, of = (0, 0) if table is None else (int(i) for i in np.argwhere(table)[-1])
        for index in ((to, of), (to, of, 0, 0), (to, of, kernel[0] - 1, kernel[1] - 1)):
            weights = Weights(stage.index, index)
            mine = found.of(Emphasis(weights=weights))
            boxes = reach(network, weights)
            if not len(mine):
                assert boxes == ()
                continue
            for box, ends in zip(boxes, (edges.source[mine], edges.target[mine]), strict=True):
                shown = network.stages[box.stage]
                places = np.array(np.unravel_index(np.unique(ends) - shown.offset, shown.shape))
                assert set(places[0].tolist()) == set(box.maps)
                if box.stage != stage.index:  # the map that is made is outlined whole
                    low, high = places[1:].min(axis=1), places[1:].max(axis=1) + 1
                    assert [box.rows, box.columns] == [
                        tuple(pair) for pair in np.stack([low, high], 1).tolist()
                    ]
            if len(index) == 4:
                source, target = int(edges.source[mine[0]]), int(edges.target[mine[0]])
                assert between(network, source, target) == between(network, target, source) == weights
    assert between(network, 0, 1) is None
