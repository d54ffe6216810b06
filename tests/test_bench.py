"""What the benchmark measures on, and how it sums up. No duration decides a test."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from nodelink import cli
from nodelink.bench.report import series_table
from nodelink.bench.subjects import answers, pen, synthetic
from nodelink.bench.timing import WARM_UP, summary


def test_the_warm_up_does_not_count() -> None:
    found = summary([9.0] * WARM_UP + [0.001, 0.002, 0.003])
    assert found == {"median": 2.0, "p95": pytest.approx(2.9), "n": 3}


def test_of_nothing_nothing_is_told() -> None:
    assert summary([])["n"] == 0


@pytest.mark.parametrize("edges", [100_000, 1_000_000])
def test_a_perceptron_has_about_as_many_edges_as_wanted(edges: int) -> None:
    network = synthetic(edges)
    assert network.edges == pytest.approx(edges, rel=0.01)
    assert network.stages[0].shape == (1, 28, 28)
    assert all(stage.name in network.calibration for stage in network.stages)


def test_the_slow_hand_only_adds_ink_until_the_next_digit() -> None:
    pads = [ink.copy() for ink in pen(40)]
    assert len(pads) == 40
    grown = [bool((later >= before).all()) for before, later in pairwise(pads)]
    assert np.mean(grown) > 0.9


def test_every_digit_is_answered_once() -> None:
    network = synthetic(20_000)
    found = answers(network)
    assert len(found) == 10
    assert answers(network) is found


def test_a_series_is_a_line_a_network() -> None:
    row = dict.fromkeys(("edges", "build_s", "stroke", "stroke_p95", "choose", "draw", "pick"), 1)
    row |= dict.fromkeys(("slabs", "resolve", "complete_s", "gpu_mb", "peak_mb"), 2)
    lines = series_table([row, row])
    assert len(lines) == 3
    assert len({len(line) for line in lines}) == 1


@pytest.mark.parametrize("scale", ["5", "100000,", "1e6", "100000;200000"])
def test_a_scale_that_is_no_list_of_edges_is_one_line(scale: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["bench", "--scale", scale]) == 2
    assert "edges, found" in capsys.readouterr().err
