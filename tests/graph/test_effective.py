"""Effective edges found the short way are those that looking at every edge finds."""

from __future__ import annotations

import numpy as np
import pytest

from nodelink.graph import edges as graph_edges
from nodelink.graph.effective import Finder
from nodelink.nn.network import Network
from tests import networks

NETWORKS = [networks.cnn(), networks.mlp(), networks.mini(), *(networks.random_network(s) for s in range(12))]


@pytest.mark.parametrize("network", NETWORKS, ids=lambda n: n.name)
@pytest.mark.parametrize("blank", [False, True])
def test_they_are_the_same_as_among_all_edges(network: Network, blank: bool) -> None:
    rng = np.random.default_rng(1)
    x = rng.random(network.input_shape, np.float32) * (rng.random(network.input_shape) < 0.3) * (not blank)
    activations = network.forward(x.astype(np.float32))
    edges = graph_edges.edges(network)
    on, winner = graph_edges.gates(network, activations)
    values = activations.values()
    full = graph_edges.signal(edges, values, on, winner)
    found = Finder(network, edges).find(values, on, winner)
    assert found.ids.tolist() == np.flatnonzero(full.effective).tolist()
    assert found.contribution.tolist() == full.contribution[full.effective].tolist()
    assert found.carrying == tuple(np.count_nonzero(full.contribution[a:b]) for a, b in edges.ranges)
    for (first, last), (a, b) in zip(found.pairs, edges.ranges, strict=True):
        assert ((found.ids[first:last] >= a) & (found.ids[first:last] < b)).all()
    for stage, (a, b) in enumerate(edges.ranges):
        for column, sign in enumerate((1, -1)):
            mine = np.clip(sign * full.contribution[a:b].astype(float), 0, None)
            assert found.ink[stage, column] == pytest.approx((mine**1.5).sum(), rel=1e-4, abs=1e-9)
            assert found.strong[stage, column] == pytest.approx((mine**2.5).sum(), rel=1e-4, abs=1e-9)
