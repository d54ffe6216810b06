"""Addresses: every node has one that leads back to it; nonsense is answered in one line."""

from __future__ import annotations

import numpy as np
import pytest

from nodelink.nn.address import AddressError, address, example, find
from nodelink.nn.layers import Flatten
from nodelink.nn.network import Network
from tests import networks

NETWORKS = [networks.cnn(), networks.mini(), *(networks.random_network(seed) for seed in range(6))]


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.name)
def test_every_node_has_an_address_that_leads_back_to_it(network: Network) -> None:
    addresses = [address(network, node) for node in range(network.nodes)]
    assert len(set(addresses)) == network.nodes
    assert [find(network, text) for text in addresses] == list(range(network.nodes))


def test_addresses_count_from_one() -> None:
    network = networks.cnn()
    c3, f5 = network.stage("C3"), network.stage("F5")
    assert find(network, "C3/5/4,7") == c3.offset + (5 - 1) * 100 + (4 - 1) * 10 + (7 - 1)
    assert find(network, "F5/17") == f5.offset + 16
    assert address(network, c3.offset) == "C3/1/1,1"
    assert address(network, f5.offset + 119) == "F5/120"


def test_an_output_is_called_by_its_digit() -> None:
    network = networks.cnn()
    first = network.stages[-1].offset
    assert find(network, "7") == find(network, "Output/7") == first + 7
    assert find(network, "0") == first
    assert address(network, first + 3) == "Output/3"


def test_the_input_of_one_map_needs_no_map() -> None:
    network = networks.cnn()
    assert find(network, "Input/3,2") == find(network, "Input/1/3,2") == 2 * 32 + 1
    assert address(network, 2 * 32 + 1) == "Input/3,2"


@pytest.mark.parametrize("text", ["c3/5/4,7", " C3 / 5 / 4 , 7 ", "C3/5/4 7", "C3/5,4,7", "C3/5/4/7"])
def test_large_and_small_letters_and_spaces_do_not_matter(text: str) -> None:
    network = networks.cnn()
    assert find(network, text) == find(network, "C3/5/4,7")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Type a node, like C3/9/1,1."),
        ("   ", "Type a node"),
        ("H9/1", "There is no layer “H9”. Layers: Input, C1, S2, C3, S4, F5, F6, Output."),
        ("12", "There is no layer “12”"),
        ("hello world, is this long enough?", "There is no layer “hello world, is thi…”"),
        ("C3", "There is no place: expected C3/map/row,column, like C3/16/10,10."),
        ("C3/5", "“5” is no place: expected C3/map/row,column, like C3/16/10,10."),
        ("C3/5/4,x", "“5/4,x” is no place"),
        ("C3/5/4,7,8", "is no place"),
        ("C3/17/1,1", "C3 has no map 17: they count from 1 to 16."),
        ("C3/0/1,1", "C3 has no map 0: they count from 1 to 16."),
        ("C3/1/11,1", "C3 has no row 11: they count from 1 to 10."),
        ("C3/1/1,0", "C3 has no column 0"),
        ("Input/33,1", "Input has no row 33: they count from 1 to 32."),
        ("F5/121", "F5 has no unit 121: they count from 1 to 120."),
        ("F5/-1", "“-1” is no place: expected F5/unit, like F5/120."),
        ("F5/1e3", "is no place"),
        ("F5/²", "is no place"),
        ("F5/99999999999999999999", "is no place"),
        ("Output/11", "Output has no unit 11: they count from 1 to 10."),
        ("\x00", "There is no layer"),
    ],
)
def test_nonsense_is_answered_in_one_line(text: str, message: str) -> None:
    with pytest.raises(AddressError) as caught:
        find(networks.cnn(), text)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def with_names(*names: str) -> Network:
    layer = networks.dense("Out/put", np.random.default_rng(0), 4, 3, "softmax")
    return Network("n", "N", (Flatten("f"), layer), (1, 2, 2), (0.0, 1.0), names, "probabilities")


def test_classes_with_names_of_their_own() -> None:
    network = with_names("left", "straight on", "right")
    assert find(network, "Straight on") == find(network, "out/put/straight ON") == 5
    assert address(network, 6) == "Out/put/right"
    assert find(network, "Out/put/3") == 6


@pytest.mark.parametrize("names", [("a", "A", "b"), ("a", "", "b"), ("a/b", "c", "d"), ("a", "b"), ()])
def test_names_that_are_no_addresses_are_numbers(names: tuple[str, ...]) -> None:
    network = with_names(*names)
    assert [address(network, node) for node in (4, 5, 6)] == ["Out/put/1", "Out/put/2", "Out/put/3"]
    assert find(network, "Out/put/2") == 5


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.name)
def test_the_example_is_right(network: Network) -> None:
    assert example(network).startswith(tuple(stage.name for stage in network.stages[1:]))
    find(network, example(network))
