"""What is said of a trace is counted with plain loops over the values of its edges, back and on."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest
from numpy.typing import NDArray

from nodelink.explain.paths import paths_up
from nodelink.explain.route import absent, carries, route
from nodelink.explain.trace import trace
from nodelink.graph import edges as graph_edges
from nodelink.nn.network import Activations, Network
from tests import networks
from tests.explain.test_paths import at_work, lit_nodes

MINI = networks.mini()
SPACE = "\N{NO-BREAK SPACE}"


def fewest(parts: Iterable[NDArray[np.float32]], share: float) -> int:
    """So many edges it takes, pair by pair the strongest first, until they have the share."""
    count = 0
    for values in parts:
        sizes = sorted((abs(float(value)) for value in values), reverse=True)
        have, wanted = 0.0, share * sum(sizes) * (1 - 1e-9)
        for size in sizes:
            if have >= wanted:
                break
            have, count = have + size, count + 1
    return count


def parts_of(
    activations: Activations, node: int
) -> tuple[list[NDArray[np.float32]], list[NDArray[np.float32]]]:
    network = activations.network
    paths = paths_up(activations, node, graph_edges.edges(network))
    on = [paths.values(stage.index)[1] for stage in network.stages]
    return [cut.values for cut in trace(activations, node).cuts], on


def best(activations: Activations) -> str:
    names = activations.network.class_names
    return f"“{names[int(np.argmax(activations.output[0]))]}”"


@pytest.mark.parametrize("network", [MINI, networks.cnn()], ids=lambda n: n.name)
@pytest.mark.parametrize("outgoing", [True, False])
@pytest.mark.parametrize("share", [0.8, 0.37])
def test_every_part_is_counted_and_said_once(network: Network, outgoing: bool, share: float) -> None:
    activations = at_work(network)
    pixel, *others = lit_nodes(activations)
    _, on = parts_of(activations, pixel)
    found = route(activations, pixel, outgoing)
    part = f"{share:.0%}".replace("%", f"{SPACE}%")
    way = f"{part} of its way to {best(activations)}"
    said = carries(found, network, share).replace("at least ", "")
    assert said == f"{fewest(on, share):,} edges carry {way}"  # a pixel goes on in any case
    assert len(np.concatenate([kept.ids for kept in found.kept(share)])) == fewest(on, share)
    for node in others:
        back, on = parts_of(activations, node)
        to = f"{fewest(back, share):,} edges carry {part} of its trace"
        said = carries(route(activations, node, outgoing), network, share).replace("at least ", "")
        assert said == (f"{to}, {fewest(on, share):,} on from it {way}" if outgoing else to)


def test_of_an_answer_nothing_is_above() -> None:
    activations = at_work(MINI)
    node = MINI.stages[-1].offset + 3
    found = route(activations, node, True)
    assert found.on is None
    assert carries(found, MINI, 0.8).endswith("of its trace")
    assert absent(found, activations) == ""


@pytest.mark.parametrize("network", [MINI, networks.cnn(), networks.random_network(3)], ids=lambda n: n.name)
def test_what_comes_to_the_first_guess_is_the_output_times_the_gradient(network: Network) -> None:
    activations = at_work(network)
    last = network.stages[-1]
    top = int(np.argmax(activations.output[0]))
    for node in lit_nodes(activations):
        on = route(activations, node, True).on
        assert on is not None
        stage = next(s for s in reversed(network.stages) if s.offset <= node)
        gradient = network.gradient(activations, last, top, stage, pre=True)[0].reshape(-1)
        expected = float(activations.values()[node]) * float(gradient[node - stage.offset])
        linear = all(s.activation in ("identity", "relu") for s in network.stages[stage.index + 1 : -1])
        assert on.exact == linear
        assert on.amount == pytest.approx(expected, rel=1e-3, abs=1e-4)
        assert on.value == float(activations.pre[-1][0][top])


def test_where_nothing_is_drawn_a_sentence_says_why() -> None:
    activations = at_work(MINI)
    values = activations.values()
    dark = int(np.flatnonzero(values[: MINI.stages[0].size] == 0)[0])
    found = route(activations, dark, False)
    assert carries(found, MINI, 0.8) == ""
    assert absent(found, activations) == "No ink lies on this pixel: nothing goes on from it."
    h1 = MINI.stage("H1")
    off = h1.offset + int(np.flatnonzero(values[h1.offset : h1.offset + h1.size] == 0)[0])
    found = route(activations, off, True)
    assert carries(found, MINI, 0.8).endswith("of its trace")  # what keeps it off can still be seen
    assert absent(found, activations) == "It puts out 0: nothing goes on from it."
    blank = MINI.forward(np.zeros(MINI.input_shape, np.float32))
    assert absent(route(blank, off, False), blank) == "No edge carries anything: the trace is empty."
