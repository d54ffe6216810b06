"""What is written on the picture: all of it, inside the picture, and never letters over letters."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from nodelink.gl import annotate
from nodelink.gl.text import Label, box, font
from nodelink.graph import camera
from nodelink.graph.layout import arrange
from nodelink.nn.network import Network
from nodelink.settings import Settings
from nodelink.theme import THEMES
from tests import networks
from tests.gl.pictures import centre_of

SIZES = ((800, 600), (1280, 800), (1600, 700), (3840, 2160), (600, 900))
Box = tuple[float, float, float, float]  # left, top, right, bottom

every_network = pytest.mark.parametrize("name", ["cnn", "mlp", "mini"])
every_view = pytest.mark.parametrize("layout", ["3d", "2d"])
every_size = pytest.mark.parametrize("size", SIZES, ids=str)


@cache
def network_of(name: str) -> Network:
    return getattr(networks, name)()  # type: ignore[no-any-return]


def sure_of(digit: int) -> np.ndarray:
    output = np.full(10, 0.001, np.float32)
    output[digit] = 0.991
    return output


@dataclass(frozen=True)
class Written:
    """The start view of a network, as far as writing goes."""

    labels: tuple[Label, ...]
    pose: camera.Pose
    legend: tuple[int, int]  # height, width in pixels


@cache
def view(
    scene: Any, name: str, layout: str, size: tuple[int, int], text_size: float, digit: int | None
) -> Written:
    network = network_of(name)
    if scene.graph is None or scene.graph.network is not network:
        scene.set_network(network)
    scene.apply(Settings(layout=layout, text_size=text_size))
    pose, output = scene.pose_for(layout, size), None if digit is None else sure_of(digit)
    labels = annotate.labels(
        network, scene.graph.layout, layout, pose, size, text_size, THEMES["dark"], output
    )
    return Written(tuple(labels), pose, scene._legend_picture(size, 1.0).shape[:2])


def written(
    scene: Any, name: str, layout: str, size: tuple[int, int], text_size: float = 1.0, digit: int | None = 7
) -> tuple[Label, ...]:
    """The labels of the start view."""
    return view(scene, name, layout, size, text_size, digit).labels


def letters(label: Label) -> Box:
    """The box of the letters themselves, without the line's air and rim."""
    left, top, right, _ = box(label)
    inked = font(label.size).getbbox(label.text)
    rim = ((right - left) - np.ceil(font(label.size).getlength(label.text))) / 2
    return left + rim + inked[0], top + rim + inked[1], left + rim + inked[2], top + rim + inked[3]


def overlap(a: Box, b: Box) -> float:
    """Pixels by which two boxes overlap in both directions, 0 if they do not."""
    return max(0.0, min(min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])))


@every_network
@every_view
@every_size
@pytest.mark.parametrize("text_size", [1.0, 1.4])
def test_no_letters_lie_over_others(
    scene: Any, name: str, layout: str, size: tuple[int, int], text_size: float
) -> None:
    found = written(scene, name, layout, size, text_size)
    for a, b in combinations(found, 2):
        assert overlap(letters(a), letters(b)) <= 1, (a.text, b.text)


@every_network
@every_view
@every_size
@pytest.mark.parametrize("text_size", [1.0, 1.4])
def test_nothing_written_leaves_the_picture_or_lies_on_the_legend(
    scene: Any, name: str, layout: str, size: tuple[int, int], text_size: float
) -> None:
    found = view(scene, name, layout, size, text_size, 7)
    ground = size[1] - found.legend[0]
    assert found.legend[1] <= size[0]
    for label in found.labels:
        left, top, right, bottom = letters(label)
        assert left >= 0, label.text
        assert top >= 0, label.text
        assert right <= size[0], label.text
        assert bottom <= ground, label.text


@every_network
@every_view
@every_size
def test_the_whole_network_is_in_view_at_the_start(
    scene: Any, name: str, layout: str, size: tuple[int, int]
) -> None:
    found = view(scene, name, layout, size, 1.0, 7)
    points = arrange(network_of(name)).corners[layout].reshape(-1, 3)
    seen = camera.project(points, found.pose, size[0] / size[1])[:, :2]
    assert (np.abs(seen) <= 1).all()
    assert (-seen[:, 1] <= 1 - 2 * found.legend[0] / size[1]).all()


@every_network
@every_view
def test_every_layer_is_named_with_its_kind_and_shape(scene: Any, name: str, layout: str) -> None:
    text = [label.text for label in written(scene, name, layout, (1280, 800))]
    for stage in network_of(name).stages:
        assert stage.name in text
        assert any(annotate.shape_text(stage) in line for line in text)
        assert stage.kind == "input" or any(annotate.describe(stage) in line for line in text)


def test_shapes_are_written_as_people_write_them() -> None:
    stages = {stage.name: stage for stage in network_of("cnn").stages}
    shapes = [annotate.shape_text(stages[name]) for name in ("Input", "C1", "F5")]
    assert shapes == ["32 x 32", "6 x 28 x 28", "120 units"]
    kinds = [annotate.describe(stages[name]) for name in ("C1", "S2", "F5", "Output")]
    assert kinds == ["convolution 5x5", "max pool 2x2", "dense", "dense, softmax"]


@every_network
@pytest.mark.parametrize(("layout", "axis"), [("3d", 0), ("2d", 1)])
def test_every_digit_stands_at_its_own_output(scene: Any, name: str, layout: str, axis: int) -> None:
    size = (1280, 800)
    found = {label.text[0]: label for label in written(scene, name, layout, size) if label.text[0].isdigit()}
    digits = [letters(found[str(digit)]) for digit in range(10)]
    middles = [(b[axis] + b[axis + 2]) / 2 for b in digits]
    assert middles == sorted(middles)
    output = network_of(name).stages[-1]
    nodes = [centre_of(arrange(network_of(name)), layout, output.offset + i) for i in range(10)]
    seen = camera.project(nodes, view(scene, name, layout, size, 1.0, 7).pose, size[0] / size[1])
    cells = (seen[:, 0] + 1) / 2 * size[0] if axis == 0 else (1 - seen[:, 1]) / 2 * size[1]
    pitch = float(np.abs(np.diff(cells)).min())
    assert np.abs(np.subtract(middles, cells)).max() < 0.5 * pitch


@every_network
@every_view
@pytest.mark.parametrize("digit", [0, 4, 9])
def test_the_first_guess_stands_out_and_says_how_sure_it_is(
    scene: Any, name: str, layout: str, digit: int
) -> None:
    found = written(scene, name, layout, (1280, 800), digit=digit)
    accented = [label.text for label in found if label.colour == THEMES["dark"].accent]
    assert any(text.startswith(str(digit)) for text in accented)
    assert any("99 %" in text for text in accented)
    assert all(text.startswith(str(digit)) or text == "99 %" for text in accented)


@every_network
@every_view
def test_without_input_no_digit_stands_out(scene: Any, name: str, layout: str) -> None:
    found = written(scene, name, layout, (1280, 800), digit=None)
    assert not [label for label in found if label.colour == THEMES["dark"].accent]
    assert not [label for label in found if "%" in label.text]


@every_view
def test_larger_text_is_larger_in_proportion(scene: Any, layout: str) -> None:
    sizes = [written(scene, "mini", layout, (1280, 800), factor)[0].size for factor in (1.0, 2.0)]
    assert sizes[1] == pytest.approx(2 * sizes[0], abs=1)


@every_view
def test_text_grows_with_the_picture(scene: Any, layout: str) -> None:
    """On a projector of 4K the letters are as large, in shares of the picture, as on a small screen."""
    small, large = (written(scene, "mini", layout, size)[0].size for size in ((800, 600), (3840, 2160)))
    assert large == pytest.approx(3.6 * small, abs=4)


@every_network
@pytest.mark.parametrize(("layout", "axis", "sign"), [("3d", 1, -1), ("2d", 0, 1)])
def test_layers_are_named_in_their_order(scene: Any, name: str, layout: str, axis: int, sign: int) -> None:
    found = {label.text: letters(label) for label in written(scene, name, layout, (1280, 800))}
    middles = [found[stage.name][axis] + found[stage.name][axis + 2] for stage in network_of(name).stages]
    assert (sign * np.diff(middles) > 0).all()


@every_network
def test_from_any_nearness_and_side_there_is_something_to_say_and_no_failure(name: str) -> None:
    """Also where layers, or some of the outputs, are behind the eye."""
    network, layout, rng = network_of(name), arrange(network_of(name)), np.random.default_rng(0)
    for _ in range(60):
        target = layout.positions["3d"][rng.integers(network.nodes)].tolist()
        height = float(np.exp(rng.uniform(0, 5)))
        pose = camera.Pose(rng.uniform(-180, 180), rng.uniform(-89, 89), tuple(target), height, 1.0)
        found = annotate.labels(network, layout, "3d", pose, (640, 400), 1.0, THEMES["dark"], sure_of(3))
        assert all(np.isfinite(label.at).all() for label in found)


def test_what_is_out_of_view_has_no_label() -> None:
    network = networks.mini()
    layout = arrange(network)
    points = layout.corners["3d"].reshape(-1, 3)
    pose = camera.zoom(camera.view_pose("3d", "three-quarter", points, 1.6), 6, (-0.3, -0.8), 1.6)
    found = annotate.labels(network, layout, "3d", pose, (1280, 800), 1.0, THEMES["dark"], None)
    assert not [label for label in found if label.text in set("0123456789")]
