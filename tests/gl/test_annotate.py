"""What is written on the picture: all of it, inside the picture, and never letters over letters."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import combinations, permutations
from typing import Any

import numpy as np
import pytest

from nodelink.gl import annotate
from nodelink.gl.caption import Scribe
from nodelink.gl.place import Box, meet
from nodelink.gl.sight import Sight, font_size
from nodelink.gl.text import Label, box, font
from nodelink.graph import camera, pick
from nodelink.graph.layout import Options, arrange
from nodelink.nn.network import Network
from nodelink.settings import RANGES, Settings
from nodelink.theme import THEMES
from tests import networks
from tests.gl.pictures import centre_of

SIZES = ((800, 600), (1024, 768), (1280, 800), (1600, 686), (3440, 1440), (3840, 2160), (600, 900))
DIRECTIONS = (("3d", "up"), ("3d", "away"), ("3d", "right"), ("2d", "right"), ("2d", "up"))

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


def unsure() -> np.ndarray:
    """Every class has a probability to tell."""
    return np.full(10, 0.1, np.float32)


@dataclass(frozen=True)
class Written:
    """A start view, as far as writing goes."""

    labels: tuple[Label, ...]
    pose: camera.Pose
    legend: Box  # pixels


@cache
def view(
    scene: Any,
    name: str,
    layout: str,
    size: tuple[int, int],
    text_size: float,
    digit: int | None,
    flow: str = "",
) -> Written:
    """digit: the class that is sure; None without input, -1 where all classes are alike."""
    network = network_of(name)
    if scene.graph is None or scene.graph.network is not network:
        scene.set_network(network)
    chosen: dict[str, Any] = {f"direction_{layout}": flow} if flow else {}
    scene.apply(Settings(layout=layout, text_size=text_size, **chosen))
    pose, caption = scene.named_pose(layout, "start", size), scene.caption(size)
    output = None if digit is None else unsure() if digit < 0 else sure_of(digit)
    legend = caption.legend(1.0)
    left, top = caption.legend_at(legend)
    writing = Scribe().writing(caption, layout, pose, legend, output)
    return Written(tuple(writing.labels), pose, (left, top, left + legend.shape[1], top + legend.shape[0]))


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


@pytest.mark.parametrize("name", ["cnn", "mlp"])
@pytest.mark.parametrize(("layout", "flow"), DIRECTIONS)
@every_size
@pytest.mark.parametrize("text_size", [1.0, 2.0])
def test_what_is_written_overlaps_nothing_and_leaves_neither_picture_nor_room(
    scene: Any, name: str, layout: str, flow: str, size: tuple[int, int], text_size: float
) -> None:
    for digit in (7, -1, None):
        found = view(scene, name, layout, size, text_size, digit, flow)
        for label in found.labels:
            left, top, right, bottom = letters(label)
            assert left >= 0, label.text
            assert top >= 0, label.text
            assert right <= size[0], label.text
            assert bottom <= size[1], label.text
            assert not meet((left, top, right, bottom), found.legend), label.text
        for a, b in combinations(found.labels, 2):
            assert not meet(letters(a), letters(b), 1.0), (a.text, b.text)
        left, top, right, bottom = found.legend
        assert (left >= 0, top >= 0, right <= size[0], bottom <= size[1]) == (True,) * 4


@pytest.mark.parametrize("name", ["cnn", "mlp"])
@pytest.mark.parametrize(("layout", "flow"), DIRECTIONS)
@every_size
@pytest.mark.parametrize("text_size", [1.0, 2.0])
def test_every_layer_is_named_and_every_likely_class_whatever_the_room(
    scene: Any, name: str, layout: str, flow: str, size: tuple[int, int], text_size: float
) -> None:
    for digit in (7, -1):
        text = [label.text for label in view(scene, name, layout, size, text_size, digit, flow).labels]
        for stage in network_of(name).stages:
            assert any(line.split("  ")[0] == stage.name for line in text), stage.name
        for i in range(10) if digit < 0 else [digit]:
            assert any(line.split("   ")[0] == str(i) for line in text), i


@pytest.mark.parametrize("name", ["cnn", "mlp"])
@pytest.mark.parametrize(("layout", "flow"), DIRECTIONS)
@every_size
@pytest.mark.parametrize("text_size", [1.0, 2.0])
def test_the_whole_network_is_in_view_at_the_start(
    scene: Any, name: str, layout: str, flow: str, size: tuple[int, int], text_size: float
) -> None:
    found = view(scene, name, layout, size, text_size, 7, flow)
    options = Options(flow_3d=flow) if layout == "3d" else Options(flow_2d=flow)
    points = arrange(network_of(name), options).corners[layout].reshape(-1, 3)
    seen = camera.project(points, found.pose, size[0] / size[1])[:, :2]
    assert (np.abs(seen) <= 1).all()
    across, down = (seen[:, 0] + 1) / 2 * size[0], (1 - seen[:, 1]) / 2 * size[1]
    assert ((down <= found.legend[1]) | (across <= found.legend[0])).all()
    assert np.ptp(seen, axis=0).max() / 2 >= 0.3  # and it is not lost among the words


@pytest.mark.parametrize("name", ["cnn", "mlp"])
@pytest.mark.parametrize("layout", ["3d", "2d"])
@pytest.mark.parametrize("size", [(280, 250), (290, 253), (700, 260), (400, 150)], ids=str)
@pytest.mark.parametrize("frame", [1.0, 3.0])
def test_a_low_picture_has_a_place_for_the_network(
    scene: Any, name: str, layout: str, size: tuple[int, int], frame: float
) -> None:
    """frame: the window is so many times higher than the scene in it, and its text accordingly large."""
    scene.set_network(network_of(name))
    scene.frame = frame
    try:
        scene.apply(Settings(layout=layout))
        pose, caption = scene.named_pose(layout, "start", size), scene.caption(size)
        top = caption.legend_at(caption.legend(1.0))[1]
        written = annotate.write(caption.sight(layout, pose, caption.legend(1.0)), sure_of(7))
    finally:
        scene.frame = 1.0
    points = arrange(network_of(name)).corners[layout].reshape(-1, 3)
    seen = camera.project(points, pose, size[0] / size[1])[:, :2]
    assert (np.abs(seen) <= 1).all()
    assert np.ptp(seen, axis=0).max() / 2 >= 0.15
    assert all(end[1] <= top for leader in written.leaders for end in (leader.start, leader.end))
    if top > 0.4 * size[1]:  # a legend that is higher must lie over something
        assert ((1 - seen[:, 1]) / 2 * size[1] <= top).all()


@pytest.mark.parametrize(
    ("size", "frame"), [((995, 543), 1.8), ((675, 330), 2.4), ((1200, 500), 2.2)], ids=str
)
@pytest.mark.parametrize("digit", [7, None])
def test_in_a_low_picture_each_name_stands_over_its_column(
    scene: Any, size: tuple[int, int], frame: float, digit: int | None
) -> None:
    """As beneath the steps. Leaders run through no other name, and the network stands in the middle."""
    scene.set_network(network_of("cnn"))
    scene.frame = frame
    try:
        scene.apply(Settings(layout="2d"))
        pose, caption = scene.named_pose("2d", "start", size), scene.caption(size)
        sight = caption.sight("2d", pose, caption.legend(1.0))
        notes = annotate.write(sight, None if digit is None else sure_of(digit)).notes
    finally:
        scene.frame = 1.0
    names = {note.lines[0].text.split("  ")[0]: note for note in notes}
    columns = {sight.network.stages[i].name: points[:, 0] for i, points in sight.stages.items()}
    for name, across in columns.items():
        left, _, right, _ = names[name].box
        assert left <= (across.min() + across.max()) / 2 <= right, name
    for note, other in permutations((names[name] for name in columns), 2):
        if note.leader is not None:
            (x, y), (to_x, to_y) = note.leader
            points = [(x + t * (to_x - x), y + t * (to_y - y)) for t in np.linspace(0, 1, 200)]
            left, top, right, bottom = other.box
            assert not any(left < a < right and top < b < bottom for a, b in points)
    low = min(*(note.left for note in notes), *(across.min() for across in columns.values()))
    high = max(*(note.box[2] for note in notes), *(across.max() for across in columns.values()))
    assert abs((low + high) / 2 - size[0] / 2) < 0.12 * size[0]


@every_view
@pytest.mark.parametrize("size", [(800, 600), (1280, 800), (3840, 2160)])
@pytest.mark.parametrize("frame", [1.0, 1.3])
def test_at_the_largest_size_all_text_is_at_least_a_fortieth_of_the_windows_height(
    scene: Any, layout: str, size: tuple[int, int], frame: float
) -> None:
    """frame: the window is so many times higher than the scene in it."""
    scene.set_network(network_of("cnn"))
    scene.apply(Settings(layout=layout, text_size=RANGES["text_size"][1]))
    scene.frame = frame
    try:
        caption = scene.caption(size)
        pose, legend = scene.named_pose(layout, "start", size), caption.legend(1.0)
        labels = Scribe().writing(caption, layout, pose, legend, unsure()).labels
        assert min(label.size for label in labels) >= size[1] * frame / 40
        assert caption.legend_font >= size[1] * frame / 40
    finally:
        scene.frame = 1.0


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
    found = {label.text.split("   ")[0]: label for label in written(scene, name, layout, size)}
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
def test_every_probability_of_a_hundredth_or_more_is_told(scene: Any, name: str, layout: str) -> None:
    output = np.array([0.5, 0.2, 0.15, 0.1, 0.03, 0.012, 0.006, 0.001, 0.001, 0.0], np.float32)
    show_output(scene, name, layout, output)
    found = [label.text for label in show_output(scene, name, layout, output)]
    told = sorted(text.split("   ")[-1] for text in found if text.endswith(" %"))
    assert told == sorted(["50 %", "20 %", "15 %", "10 %", "3 %", "1 %"])


def test_a_probability_is_never_called_certain(scene: Any) -> None:
    found = [label.text for label in show_output(scene, "cnn", "3d", np.eye(10, dtype=np.float32)[3])]
    assert ">99 %" in found
    assert "100 %" not in found


def show_output(scene: Any, name: str, layout: str, output: np.ndarray) -> list[Label]:
    """The labels of a start view with some output."""
    size, network = (1280, 800), network_of(name)
    if scene.graph is None or scene.graph.network is not network:
        scene.set_network(network)
    scene.apply(Settings(layout=layout))
    caption = scene.caption(size)
    pose = scene.named_pose(layout, "start", size)
    return list(Scribe().writing(caption, layout, pose, caption.legend(1.0), output).labels)


@pytest.mark.parametrize("layout", ["3d", "2d"])
def test_maps_bear_their_numbers_when_they_are_near(scene: Any, layout: str) -> None:
    scene.set_network(network_of("cnn"))
    scene.apply(Settings(layout=layout))
    size = (1280, 800)
    slab = next(i for i, slab in enumerate(scene.graph.layout.slabs) if (slab.stage, slab.channel) == (1, 2))
    corners = scene.graph.layout.corners[layout][slab]
    near = camera.fit(corners, 1.6, 0.0, 0.0 if layout == "2d" else 60.0, 0.0, (0.3, 0.3, 0.3, 0.3))
    caption = scene.caption(size)
    legend = caption.legend(1.0)
    close = [
        label
        for label in Scribe().writing(caption, layout, near, legend, None).labels
        if label.text == "map 3"
    ]
    x, y = (camera.project(corners[:1], near, 1.6)[0, :2] * (1, -1) + 1) / 2 * size  # its upper left corner
    left, _, _, bottom = letters(min(close, key=lambda label: abs(letters(label)[0] - x)))
    assert abs(left - x) < 6
    assert 0 <= y - bottom < 12
    far = Scribe().writing(caption, layout, scene.named_pose(layout, "start", size), legend, None).labels
    assert not [label for label in far if label.text.startswith("map")]


def test_layers_that_are_not_shown_are_not_written_about(scene: Any) -> None:
    scene.set_network(network_of("cnn"))
    scene.apply(Settings(layers_hidden=("C3", "Output"), layers_dimmed=("S2",)))
    found = {label.text: label.colour for label in show(scene)}
    scene.apply(Settings())
    assert "C3" not in found
    assert "Output" not in found
    assert "7" not in found
    assert (found["C1"], found["S2"]) == (THEMES["dark"].text, THEMES["dark"].text_dim)


def show(scene: Any) -> list[Label]:
    size = (1280, 800)
    caption = scene.caption(size)
    pose = scene.named_pose("3d", "start", size)
    return list(Scribe().writing(caption, "3d", pose, caption.legend(1.0), sure_of(7)).labels)


@every_network
@every_view
def test_without_input_no_digit_stands_out(scene: Any, name: str, layout: str) -> None:
    found = written(scene, name, layout, (1280, 800), digit=None)
    assert not [label for label in found if label.colour == THEMES["dark"].accent]
    assert not [label for label in found if "%" in label.text]


@every_view
def test_text_grows_steadily_with_its_setting(scene: Any, layout: str) -> None:
    sizes = [font_size(800, factor) for factor in (0.7, 1.0, 1.25, 1.5, 1.75, 2.0)]
    assert sizes == sorted(set(sizes))
    small, large = (min(x.size for x in written(scene, "mini", layout, (1280, 800), t)) for t in (1.0, 2.0))
    assert large >= 1.4 * small


@every_view
def test_text_grows_with_the_picture(scene: Any, layout: str) -> None:
    """On a projector of 4K the letters are as large, in shares of the picture, as on a small screen."""
    sizes = ((800, 600), (3840, 2160))
    found = [[x.size for x in written(scene, "mini", layout, size) if x.text == "H1"] for size in sizes]
    (small,), (large,) = found
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
    seen, room = (1.0,) * len(network.stages), (5.0, 5.0, 635.0, 320.0)
    for _ in range(60):
        target = layout.positions["3d"][rng.integers(network.nodes)].tolist()
        height = float(np.exp(rng.uniform(0, 5)))
        pose = camera.Pose(rng.uniform(-180, 180), rng.uniform(-89, 89), tuple(target), height, 1.0)
        sight = Sight(network, layout, "3d", pose, (640, 400), 14, THEMES["dark"], seen, room)
        writing = annotate.write(sight, sure_of(3))
        boxes = [letters(label) for label in writing.labels]
        assert np.isfinite(boxes).all()
        assert all(b[0] >= 0 and b[1] >= 0 and b[2] <= 640 and b[3] <= 322 for b in boxes)
        assert not any(meet(a, b, 1.0) for a, b in combinations(boxes, 2))
        assert all(np.isfinite([leader.start, leader.end]).all() for leader in writing.leaders)


def test_what_is_out_of_view_has_no_label() -> None:
    network = networks.mini()
    layout = arrange(network)
    points = layout.corners["3d"].reshape(-1, 3)
    pose = camera.zoom(camera.view_pose("3d", "three-quarter", points, 1.6), 6, (-0.3, -0.8), 1.6)
    seen, room = (1.0,) * len(network.stages), (5.0, 5.0, 1275.0, 700.0)
    sight = Sight(network, layout, "3d", pose, (1280, 800), 17, THEMES["dark"], seen, room)
    assert not [label for label in annotate.write(sight, None).labels if label.text in set("0123456789")]


def test_while_something_moves_probabilities_wait_for_their_turn_and_at_rest_they_are_true(
    scene: Any,
) -> None:
    scene.set_network(network_of("mini"))
    scene.apply(Settings())
    caption, pose = scene.caption((900, 700)), scene.named_pose("3d", "start", (900, 700))
    legend, scribe = caption.legend(1.0), Scribe()

    def texts(digit: int) -> list[str]:
        return [label.text for label in scribe.writing(caption, "3d", pose, legend, sure_of(digit)).labels]

    first = texts(3)
    scribe.hasty = True
    assert texts(5) == first
    assert scribe.behind
    scribe.hasty = False
    assert texts(5) != first
    assert not scribe.behind


@pytest.mark.parametrize("name", ["cnn", "mlp"])
@pytest.mark.parametrize("direction", ["top", (30.0, 75.0), (-90.0, 6.0)], ids=str)
def test_a_leader_never_leads_to_a_layer_of_which_nothing_is_seen(
    scene: Any, name: str, direction: camera.Direction
) -> None:
    """From above the upper layers of a stack hide the lower ones. What is seen is found pixel by pixel."""
    scene.set_network(network_of(name))
    scene.apply(Settings())
    size, layout = (1100, 800), scene.graph.layout
    pose = scene.named_pose("3d", direction, size)
    spots = camera.project(layout.corners["3d"].reshape(-1, 3), pose, size[0] / size[1])
    (left, low), (right, high) = spots[:, :2].min(axis=0), spots[:, :2].max(axis=0)
    at = [(x, y) for x in np.linspace(left, right, 60) for y in np.linspace(low, high, 60)]
    nodes = {pick.node_at(layout, "3d", pose, size[0] / size[1], point) for point in at} - {None}
    stages = network_of(name).stages
    seen = {next(s.name for s in reversed(stages) if node >= s.offset) for node in nodes if node is not None}
    caption = scene.caption(size)
    notes = annotate.write(caption.sight("3d", pose, caption.legend(1.0)), sure_of(7)).notes
    named = {note.lines[0].text.split("  ")[0]: note for note in notes}
    assert seen <= named.keys()
    for stage in stages:
        if stage.name in named and named[stage.name].leader:
            assert stage.name in seen
    if direction == "top":
        assert stages[1].name not in named or name == "mlp"


def test_more_letters_than_the_atlas_holds_are_all_drawn(context: Any) -> None:
    """As in a picture saved four times as large as the window."""
    from vispy import gloo

    from nodelink.gl.scene import read
    from nodelink.gl.text import ATLAS, Overlay

    context.set_current()
    size, font_size = (1200, 1200), 180
    labels = [
        Label(f"{i:02d}{j:02d}", (300.0 * i, 150.0 * j), font_size, "#ffffff", "#000000", (0.0, 0.0))
        for i in range(4)
        for j in range(8)
    ]
    area = sum((b[2] - b[0]) * (b[3] - b[1]) for b in map(box, labels))
    assert area > ATLAS * ATLAS / 2
    labels = [*labels, *(Label(f"x{i}y", (0.0, 0.0), 300, "#ffffff", "#000000") for i in range(30))]
    overlay = Overlay()
    with gloo.FrameBuffer(color=gloo.Texture2D((size[1], size[0], 4), format="rgba")):
        gloo.set_viewport(0, 0, *size)
        gloo.clear(color=(0, 0, 0, 1))
        overlay.draw(labels, [], size)
        shown = read(size)
    for label in labels[:32]:
        left, top, right, bottom = (round(x) for x in letters(label))
        assert shown[top:bottom, max(0, left) : right, 0].max() > 200, label.text
