"""Focus: hovered, pinned, selected; every change is announced once, and nothing else is."""

from __future__ import annotations

import pytest

from nodelink.focus import Focus
from nodelink.nn.sharing import Weights


@pytest.fixture
def told() -> tuple[Focus, list[int]]:
    focus, news = Focus(10), list[int]()
    focus.changed.connect(lambda: news.append(1))
    return focus, news


def test_what_is_under_the_pointer_stands_before_what_is_pinned(told: tuple[Focus, list[int]]) -> None:
    focus, _ = told
    focus.pin(3)
    focus.pin(5)
    assert (focus.nodes, focus.selected) == ((3, 5), 5)
    focus.hover(7)
    assert (focus.nodes, focus.pins, focus.selected) == ((7,), (3, 5), 5)
    focus.hover(None)
    assert focus.nodes == (3, 5)


def test_a_pinned_node_is_let_go_by_pinning_it_again(told: tuple[Focus, list[int]]) -> None:
    focus, news = told
    for node in (3, 5, 3):
        focus.pin(node)
    assert list(focus.pins) == [5]
    assert len(news) == 3


def test_moving_exchanges_the_last_pin_only(told: tuple[Focus, list[int]]) -> None:
    focus, _ = told
    for node in (3, 5):
        focus.pin(node)
    focus.move(6)
    assert list(focus.pins) == [3, 6]
    focus.move(3)  # onto another pin: there are not two of it
    assert list(focus.pins) == [3]
    focus.select(9)
    assert list(focus.pins) == [9]
    focus.select(None)
    focus.move(1)
    assert list(focus.pins) == [1]


def test_nothing_is_announced_where_nothing_changes(told: tuple[Focus, list[int]]) -> None:
    focus, news = told
    focus.hover(None)
    focus.select(None)
    focus.show(outgoing=False, kept=0.8)
    focus.forget(10)
    assert news == []


def test_another_network_forgets_the_nodes(told: tuple[Focus, list[int]]) -> None:
    focus, news = told
    focus.pin(9)
    focus.hover(8)
    focus.show(tracing=True, outgoing=True)
    before = len(news)
    focus.forget(5)
    assert (focus.nodes, focus.tracing, focus.outgoing) == ((), False, True)
    assert len(news) == before + 1
    with pytest.raises(ValueError, match="node 9 is not in this network of 5 nodes"):
        focus.pin(9)


@pytest.mark.parametrize("node", [-1, 10])
def test_nodes_that_are_not_there_are_refused(told: tuple[Focus, list[int]], node: int) -> None:
    focus, news = told
    for ask in (focus.hover, focus.pin, focus.select, focus.move):
        with pytest.raises(ValueError, match="is not in this network of 10 nodes"):
            ask(node)
    assert news == []


def test_shares_are_shares(told: tuple[Focus, list[int]]) -> None:
    focus, _ = told
    with pytest.raises(ValueError, match="share from 0 to 1"):
        focus.show(kept=1.5)
    focus.show(kept=0.5)
    assert focus.kept == 0.5


def test_a_term_is_one_of_the_selected_node_alone() -> None:
    focus = Focus(10)
    focus.choose(3)
    assert focus.term is None  # no node is selected
    focus.pin(5)
    focus.choose(3)
    assert focus.term == 3
    focus.hover(4)
    assert focus.term == 3
    focus.pin(6)
    assert focus.term is None
    focus.choose(2)
    focus.forget(10)
    assert focus.term is None
    focus.pin(1)
    with pytest.raises(ValueError, match="node 10"):
        focus.choose(10)


def test_weights_under_the_pointer_stand_before_pinned_ones_and_nodes_before_these(
    told: tuple[Focus, list[int]],
) -> None:
    focus, news = told
    one, other = Weights(1, (0, 0)), Weights(1, (0, 0, 2, 2))
    focus.pin_weights(one)
    assert focus.weights == one
    focus.hover(None, other)
    assert focus.weights == other
    focus.hover(4)  # a node: the pinned weights wait
    assert focus.weights is None
    focus.hover(None)
    assert focus.weights == one
    assert len(news) == 4


def test_pinned_weights_go_with_a_second_pin_another_node_and_another_network(
    told: tuple[Focus, list[int]],
) -> None:
    focus, _ = told
    weights = Weights(1, (0, 0))

    def pinned() -> Focus:
        if focus.pinned_weights is None:
            focus.pin_weights(weights)
        assert focus.pinned_weights == weights
        return focus

    pinned().pin_weights(weights)
    assert focus.pinned_weights is None
    pinned().pin(3)
    assert focus.pinned_weights is None
    pinned().select(None)
    assert focus.pinned_weights is None
    pinned().forget(10)
    assert focus.pinned_weights is None
    pinned().hover(2)
    focus.show(outgoing=True)
    assert focus.pinned_weights == weights
