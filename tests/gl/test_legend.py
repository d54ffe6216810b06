"""The legend says what the picture does: the same colours for the same values, the calibrated numbers, in the room."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from PIL import ImageDraw

from nodelink.gl.legend import legend, upright
from nodelink.gl.numbers import SAMPLES, SEEN, Facts, Stance, number
from nodelink.graph.camera import Pose
from nodelink.graph.emphasis import Emphasis
from nodelink.graph.prepare import exposures
from nodelink.nn.layers import Dense, Flatten
from nodelink.nn.network import Network
from nodelink.theme import THEMES, diverging, look
from tests import networks
from tests.gl.pictures import Picture, along, picture, pixel_of, show, sums, tiny

SIZE = (641, 481)
STRAIGHT = Pose(
    0.0, 0.0, (0.0, 0.0, 0.0), 80.0, 0.0
)  # at the 2D layout; its edges lie in the middle row of pixels
RUN = 5  # pixels of one colour in a row that make a line

every_look = pytest.mark.parametrize("theme", list(THEMES))


def facts_of(scene: Any, stance: Stance = Stance()) -> Facts:  # noqa: B008 - frozen
    """What the legend of a scene has to say, for a line one world unit wide."""
    shown = scene.renderer
    return Facts(scene.graph, scene.settings, shown.scales, shown.shown, THEMES["dark"], 1.0, stance)


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


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is written into pictures."""
    texts: list[str] = []
    draw = ImageDraw.ImageDraw.text

    def note(self: ImageDraw.ImageDraw, at: Any, text: str, *args: Any, **options: Any) -> None:
        texts.append(text)
        draw(self, at, text, *args, **options)

    monkeypatch.setattr(ImageDraw.ImageDraw, "text", note)
    return texts


def legend_of(scene: Any, size: tuple[int, int] = (1100, 800)) -> None:
    scene.caption(size).legend(1.0)


def test_at_first_it_says_that_scales_are_fixed_and_how_much_of_the_held_back_is_seen(
    scene: Any, said: list[str]
) -> None:
    show(scene, networks.mini(), np.full(784, 0.5))
    legend_of(scene)
    assert "A node's colour is its value" in said
    assert "node at full colour" in said
    assert "into a node that stays off: 10 % ink" in said
    assert not [text for text in said if "now" in text or "relative" in text or "strongest" in text]


def test_it_names_a_relative_scale_and_gives_this_inputs_own_numbers(scene: Any, said: list[str]) -> None:
    network = networks.mini()
    show(scene, network, np.full(784, 0.5), scale="relative")
    legend_of(scene)
    assert {"relative to this input", "largest value now", "strongest edge now"} <= set(said)
    values = scene.activations.out[1][0]
    assert number(float(np.abs(values).max())) in said
    assert number(network.calibration["H1"].node) not in said


@pytest.mark.parametrize(
    ("chosen", "text"),
    [
        ({"palette": "viridis"}, "A node's colour is its value (viridis)"),
        ({"palette": "cividis"}, "A node's colour is its value (cividis)"),
        ({"edges": "weights"}, "A line is a weight, whatever the input"),
        ({"edges": "selected"}, "point at a node to see its edges"),
        ({"held_back": 0.25}, "into a node that stays off: 25 % ink"),
        ({"held_back": 0.0}, "into a node that stays off: not drawn"),
        ({"strongest": 0.05}, "only each layer's strongest 5 %"),
    ],
)
def test_it_says_what_is_chosen(scene: Any, said: list[str], chosen: dict[str, Any], text: str) -> None:
    show(scene, networks.mini(), np.full(784, 0.5), **chosen)
    legend_of(scene)
    assert text in said


@pytest.mark.parametrize(
    ("node", "outgoing", "texts"),
    [
        (300, False, ("A line: on from the traced pixel", "on to the first guess; 80 % shown")),
        (784, True, ("A line: to the node, and on from it", "on to the first guess; 80 % shown")),
        (784, False, ("A line: its part in the traced node", "the edges that carry 80 %")),
        (0, False, ("A line: on from the traced pixel", "no edge is shown")),  # no ink lies there
    ],
)
def test_it_says_where_the_lines_of_a_trace_lead(
    scene: Any, said: list[str], node: int, outgoing: bool, texts: tuple[str, str]
) -> None:
    ink = np.full(784, 0.5)
    ink[0] = 0.0
    show(scene, networks.mini(), ink)
    scene.emphasize(Emphasis(traced=node, outgoing=outgoing))
    scene.draw_complete(SIZE)
    legend_of(scene)
    scene.emphasize(Emphasis())
    assert set(texts) <= set(said)


def test_it_is_silent_about_layers_that_are_not_shown(scene: Any, said: list[str]) -> None:
    show(scene, networks.mini(), np.full(784, 0.5), layers_hidden=("H1",))
    legend_of(scene)
    assert "H2" in said
    assert "H1" not in said
    assert "1 layer hidden" in said
    said.clear()
    show(scene, networks.mini(), np.full(784, 0.5), layer_alone="H1")
    legend_of(scene)
    assert "3 layers hidden" in said


@pytest.mark.parametrize("palette", ["viridis", "cividis"])
@every_look
def test_the_ramp_shows_what_a_sequential_palette_makes_of_values_below_zero(
    scene: Any, theme: str, palette: str
) -> None:
    show(scene, sums([[1.0]]), [0.0], layout="2d", theme=theme, palette=palette)
    foot = picture(scene, SIZE)[320:, :, :3]
    for value in (-1.0, -0.5, 0.5, 1.0):
        wanted = 255 * diverging(value, look(theme, palette))
        assert (np.abs(foot - wanted).max(axis=2) <= 6).any(axis=1).sum() >= 4


def test_where_room_is_short_the_numbers_go_first_and_the_meaning_stays(scene: Any, said: list[str]) -> None:
    show(scene, networks.cnn(), None, text_size=2.0)
    legend_of(scene, (420, 420))
    scales = [scene.renderer.scales.nodes, scene.renderer.scales.edges[1:]]
    low, high = ([number(float(f(values))) for values in scales] for f in (np.min, np.max))
    assert said[-2:] == [
        f"full colour: {low[0]} to {high[0]}, by layer",
        f"full ink: {low[1]} to {high[1]}, by layer",
    ]
    assert "node at full colour" not in said[-12:]
    assert "A node's colour is its value" in said
    assert "orange: it adds" in said


def test_a_low_legend_says_them_beside_the_colours(scene: Any, said: list[str]) -> None:
    """In three or four lines, which is what a small window leaves it."""
    show(scene, networks.cnn(), None, text_size=2.0)
    facts = facts_of(scene)
    for height in (6.5, 8.5):  # font sizes
        said.clear()
        panel = legend(facts, 20, (640, round(20 * height)))
        assert panel.shape[0] <= 20 * height
        for words in ("A node's colour is its value", "full colour: ", "full ink: ", "orange: ", "blue: "):
            assert any(text.startswith(words) for text in said), (height, words)


@pytest.mark.parametrize("chosen", [{}, {"strongest": 0.05}, {"scale": "relative"}])
def test_the_lowest_legend_is_one_line_and_says_what_is_not_drawn(
    scene: Any, said: list[str], chosen: dict[str, Any]
) -> None:
    show(scene, networks.cnn(), None, **chosen)
    facts = facts_of(scene)
    panel = legend(facts, 20, (560, 100 if chosen else 60))
    assert panel.shape[0] <= (100 if chosen else 60)
    assert panel.shape[1] <= 560
    assert {"-full", "+full", "adds", "takes away"} <= set(said)
    warned = {"only each layer's strongest 5 %", "relative to this input"} & set(said[-4:])
    assert len(warned) == len(chosen)


@pytest.mark.parametrize("shape", [(1100, 800), (1200, 700)])
def test_where_no_edge_is_shown_no_heading_is_left_without_numbers(
    scene: Any, said: list[str], shape: tuple[int, int]
) -> None:
    show(scene, networks.cnn(), None)
    facts = facts_of(scene, Stance(standing=True, full=(0.0,) * 8))
    with_edges = legend(replace(facts, stance=Stance()), 16, shape).shape
    said.clear()
    assert legend(facts, 16, shape).shape[0] == with_edges[0]
    assert said.count("none") >= 7
    assert not {"edge of full, 1/2, 1/4", "drawn so many times"} & set(said)
    assert upright(facts, 16, (500, 900)) is not None


@pytest.mark.parametrize("relative", [False, True])
def test_beside_a_network_that_stands_upright_it_says_the_same_numbers(
    scene: Any, said: list[str], relative: bool
) -> None:
    show(scene, networks.cnn(), np.full(1024, 0.5), scale="relative" if relative else "fixed")
    legend_of(scene)
    below = set(said)
    said.clear()
    legend_of(scene, (1280, 800))
    stages = scene.graph.network.stages
    scales = scene.renderer.scales
    wanted = {stage.name for stage in stages}
    wanted |= {number(float(value)) for value in [*scales.nodes, *scales.edges[1:]]}
    assert wanted <= below & set(said)
    height, width = scene.caption((1280, 800)).legend(1.0).shape[:2]
    assert width <= height <= 800


def test_where_one_edge_alone_is_hardly_seen_the_samples_are_of_many(scene: Any, said: list[str]) -> None:
    """And it says of how many: the least of 1, 10, 100, 1000 of which a full sample covers SEEN of the background."""
    show(scene, networks.cnn(), None, edges="weights")
    scene.caption((1100, 800)).legend(0.5)
    _, inks = exposures(scene.graph, 1.0, 0.5)
    at = said.index("drawn so many times")
    for stage in scene.graph.network.stages:
        if stage.kind not in ("input", "maxpool"):
            ink = 2.2 * float(inks[stage.index])
            many = next(n for n in (1, 10, 100, 1000) if n * ink / (1 + n * ink) >= SEEN)
            column = said[said.index(stage.name, at) :]
            assert column[4] == str(many), stage.name


def test_of_edges_that_are_not_shown_it_gives_no_number(scene: Any, said: list[str]) -> None:
    show(scene, networks.mini(), np.full(784, 0.5), layers_hidden=("H1",))
    legend_of(scene)
    column = said[said.index("H2") :]
    assert column[1] == number(float(scene.renderer.scales.nodes[2]))
    assert column[2] == ""


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.0, "1"),
        (0.5, "0.5"),
        (0.0123, "0.012"),
        (0.000992, "9.9e-4"),
        (0.000999, "0.001"),
        (-3.0e-12, "-3e-12"),
        (0.0, "0"),
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
    height, width = scene.caption(size).legend(1.0).shape[:2]
    assert width <= size[0]
    assert height <= size[1] * 0.6


@pytest.mark.parametrize("size", [(1100, 800), (675, 660), (1600, 1000)])
def test_numbers_of_neighbouring_columns_stand_apart(
    scene: Any, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    """As where a blank pad is traced: hardly any edge has a value."""
    show(scene, networks.cnn(), np.full(1024, 0.5), layout="2d")
    spans: dict[float, list[tuple[float, float]]] = {}
    draw = ImageDraw.ImageDraw.text

    def note(self: ImageDraw.ImageDraw, at: Any, text: str, *args: Any, **options: Any) -> None:
        face = options["font"]
        spans.setdefault(at[1], []).append((at[0], at[0] + face.getlength(text) + 0.25 * face.size))
        draw(self, at, text, *args, **options)

    monkeypatch.setattr(ImageDraw.ImageDraw, "text", note)
    full = (0.0, 0.00099, 0.00091, 0.0097, 1.234e-11, 0.00123, 0.0751, 0.82)
    replace(scene.caption(size), stance=Stance(True, full)).legend(1.0)
    assert spans
    for row in spans.values():
        row.sort()
        assert all(first[1] <= second[0] for first, second in pairwise(row))
