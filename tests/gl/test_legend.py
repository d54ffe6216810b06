"""The legend says what the picture does: the same colours for the same values, the calibrated numbers, in the room."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nodelink.gl.legend import SAMPLES, number
from nodelink.graph.camera import Pose
from nodelink.nn.layers import Dense, Flatten
from nodelink.nn.network import Network
from nodelink.theme import THEMES, diverging
from tests.gl.pictures import Picture, along, picture, pixel_of, show, sums, tiny

SIZE = (641, 481)
STRAIGHT = Pose(
    0.0, 0.0, (0.0, 0.0, 0.0), 80.0, 0.0
)  # at the 2D layout; its edges lie in the middle row of pixels
RUN = 5  # pixels of one colour in a row that make a line

every_look = pytest.mark.parametrize("theme", list(THEMES))


def runs(values: Picture) -> Picture:
    """The colours (n, 3) of all lines of RUN equal pixels in the part of a picture."""
    pieces = np.stack([values[:, i : values.shape[1] - RUN + 1 + i, :3] for i in range(RUN)])
    return np.asarray(pieces[0][(pieces == pieces[0]).all(axis=(0, 3))])


def nearest(colours: Picture, colour: Picture) -> int:
    return int(np.abs(colours - colour).max(axis=1).min())


@every_look
@pytest.mark.parametrize("sign", [1, -1], ids=["adds", "takes away"])
@pytest.mark.parametrize("strength", SAMPLES)
def test_a_sample_line_has_the_colour_of_such_an_edge(
    scene: Any, theme: str, sign: int, strength: float
) -> None:
    show(scene, sums([[1.0]]), [sign * strength], STRAIGHT, layout="2d", theme=theme)
    shown = picture(scene, SIZE)
    edge = shown[pixel_of(along(scene.graph.layout, "2d", 0, 1, 0.5), STRAIGHT, SIZE)][:3]
    assert nearest(runs(shown[320:]), edge) <= 6


@every_look
@pytest.mark.parametrize("weight", [3.0, -3.0])
def test_in_weights_mode_the_sample_line_is_the_layers_largest_weight(
    scene: Any, theme: str, weight: float
) -> None:
    show(scene, sums([[weight]]), None, STRAIGHT, layout="2d", theme=theme, edges="weights")
    shown = picture(scene, SIZE)
    edge = shown[pixel_of(along(scene.graph.layout, "2d", 0, 1, 0.5), STRAIGHT, SIZE)][:3]
    assert nearest(runs(shown[320:]), edge) <= 6


@every_look
def test_the_samples_can_be_told_apart(scene: Any, theme: str) -> None:
    colours = []
    for strength in SAMPLES:
        show(scene, sums([[1.0]]), [strength], STRAIGHT, layout="2d", theme=theme)
        shown = picture(scene, SIZE)
        colours.append(shown[pixel_of(along(scene.graph.layout, "2d", 0, 1, 0.5), STRAIGHT, SIZE)][:3])
    for a, b in ((0, 1), (1, 2), (0, 2)):
        assert np.abs(colours[a] - colours[b]).max() > 20


@every_look
def test_the_ramp_runs_from_full_negative_over_neutral_to_full_positive(scene: Any, theme: str) -> None:
    show(scene, sums([[1.0]]), [0.0], layout="2d", theme=theme)
    foot = picture(scene, SIZE)[320:, :, :3]
    for value in (-1.0, -0.5, 0.5, 1.0):
        wanted = 255 * diverging(value, THEMES[theme])
        column = np.abs(foot - wanted).max(axis=2) <= 4
        assert column.any(axis=1).sum() >= 4  # rows: the ramp is a bar, not a stray pixel


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.0, "1"),
        (0.5, "0.5"),
        (0.0123, "0.012"),
        (2.345, "2.3"),
        (9.87, "9.9"),
        (12.7, "13"),
        (1234.0, "1234"),
    ],
)
def test_numbers_have_two_digits_or_all_before_the_point(value: float, text: str) -> None:
    assert number(value) == text


def deep(layers: int) -> Network:
    """Many layers with long names."""
    rest = [Dense(f"Hidden layer number {i}", np.ones((3, 3)), np.zeros(3)) for i in range(layers)]
    return tiny((Flatten("flat"), *rest), (1, 1, 3))


@pytest.mark.parametrize("size", [(800, 600), (1280, 800), (400, 900), (300, 200)])
@pytest.mark.parametrize("layers", [1, 8, 30])
def test_the_legend_never_leaves_the_picture(scene: Any, size: tuple[int, int], layers: int) -> None:
    scene.set_network(deep(layers))
    height, width = scene._caption(size).legend(1.0).shape[:2]
    assert width <= size[0]
    assert height <= size[1] * 0.6
