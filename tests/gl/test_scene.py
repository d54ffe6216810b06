"""The whole picture: made in pieces or at once, quick or complete, opaque or not, it is the same picture."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from nodelink import samples
from nodelink.bench import resident
from nodelink.explain.steps import Steps, partial
from nodelink.gl import annotate
from nodelink.gl.text import box, text_picture
from nodelink.graph import camera
from nodelink.graph import edges as graph_edges
from nodelink.graph.emphasis import Emphasis
from nodelink.nn.network import Activations
from nodelink.nn.preprocess import network_input, prepare, rasterize
from nodelink.theme import THEMES
from tests import networks
from tests.gl.pictures import SIZE, Picture, background, bare, composed, picture, quick, show, sums

NAMES = ("cnn", "mlp", "mini")
every_network = pytest.mark.parametrize("name", NAMES)
every_look = pytest.mark.parametrize("theme", list(THEMES))
both_layouts = pytest.mark.parametrize("layout", ["3d", "2d"])


@cache
def drawn(name: str) -> Activations:
    """A network at work on a drawn 7."""
    network = getattr(networks, name)()
    return network.forward(network_input(prepare(rasterize(samples.sample(7, 0))), network.input_shape))  # type: ignore[no-any-return]


def show_drawn(scene: Any, name: str, **chosen: Any) -> Activations:
    activations = drawn(name)
    show(scene, activations.network, activations.out[0][0], **chosen)
    return activations


def signal_of(activations: Activations) -> graph_edges.Signal:
    network = activations.network
    gates = graph_edges.gates(network, activations)
    return graph_edges.signal(graph_edges.edges(network), activations.values(), *gates)


@both_layouts
@pytest.mark.parametrize("chunk", [97, 1000])
def test_a_picture_made_in_pieces_is_the_picture_made_at_once(
    scene: Any, layout: str, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    show_drawn(scene, "mini", layout=layout)
    pictures = []
    for size in (chunk, 10**6):
        monkeypatch.setattr("nodelink.gl.scene.CHUNK", size)
        pictures.append(bare(scene))
    assert np.abs(pictures[0] - pictures[1]).max() <= 1


@both_layouts
def test_edges_without_signal_change_no_pixel(scene: Any, layout: str) -> None:
    """All of them are drawn on top of a picture that leaves them out."""
    activations = show_drawn(scene, "cnn", layout=layout)
    without = bare(scene)
    silent = np.flatnonzero(signal_of(activations).contribution == 0)
    assert len(silent) > 100_000
    scene.begin_rest(SIZE)
    for some in np.array_split(silent, 4):
        scene.renderer.add("full", some, scene._view(SIZE))
    while scene.rest_step(SIZE) is None:
        pass
    assert np.array_equal(composed(scene), without)


def between_layers(scene: Any, picture: Picture) -> list[float]:
    """Of the 2D picture, the ink between each two layers: mean difference from the background."""
    layout = scene.graph.layout
    stage = np.array([slab.stage for slab in layout.slabs])
    corners = layout.corners["2d"].reshape(-1, 3)
    seen = camera.project(corners, scene.pose(SIZE), SIZE[0] / SIZE[1])[:, 0].reshape(-1, 8)
    across = (seen + 1) / 2 * SIZE[0]
    ink = np.abs(picture - background(THEMES["dark"])).sum(axis=(0, 2))
    ends = [(across[stage == s].max() + 1, across[stage == s + 1].min() - 1) for s in range(stage.max())]
    return [float(ink[int(np.ceil(left)) : int(right)].mean()) for left, right in ends]


@every_network
@pytest.mark.parametrize(("budget", "coarse"), [(12_000, 1), (12_000, 2), (6000, 1)])
def test_the_quick_picture_is_about_as_bright_as_the_complete_one(
    scene: Any, name: str, budget: int, coarse: int
) -> None:
    """Between every two layers, so that nothing flares up or fades when the hand stops."""
    show_drawn(scene, name, layout="2d")
    complete = between_layers(scene, bare(scene))
    moving = between_layers(scene, quick(scene, budget, coarse=coarse))
    assert moving == pytest.approx(complete, rel=0.1)


@every_network
@both_layouts
def test_a_budget_for_everything_gives_the_complete_picture(scene: Any, name: str, layout: str) -> None:
    show_drawn(scene, name, layout=layout)
    all_at_once, complete = quick(scene, 10**6), bare(scene)
    # the slabs' own outlines are smoother at rest
    assert np.mean(np.abs(all_at_once - complete).max(axis=2) <= 1) > 0.8
    assert np.abs(all_at_once - complete).mean() < 3


@every_network
def test_the_report_counts_what_plain_sums_count(scene: Any, name: str) -> None:
    activations = show_drawn(scene, name, layout="3d")
    signal = signal_of(activations)
    carrying, effective = np.count_nonzero(signal.contribution), np.count_nonzero(signal.effective)
    complete = scene.draw_complete(SIZE)
    assert complete.complete
    assert (complete.edges_total, complete.edges_signal) == (activations.network.edges, carrying)
    assert (complete.edges_drawn, complete.edges_effective) == (carrying, effective)
    assert (complete.share_mean, complete.share_least) == (1.0, 1.0)
    some = scene.draw_quick(SIZE, effective // 3)
    assert not some.complete
    assert some.edges_drawn == effective // 3
    assert 0 < some.share_least <= some.share_mean < 1
    fewer = scene.draw_quick(SIZE, effective // 10)
    assert fewer.share_mean < some.share_mean


def test_in_weights_mode_the_complete_picture_draws_every_edge(scene: Any) -> None:
    network = drawn("mini").network
    show(scene, network, None, edges="weights")
    report = scene.draw_complete(SIZE)
    assert (report.edges_drawn, report.edges_total) == (network.edges, network.edges)
    assert (report.share_mean, report.share_least) == (1.0, 1.0)


def test_with_nothing_held_back_only_edges_that_take_effect_are_drawn(scene: Any) -> None:
    activations = show_drawn(scene, "mini", held_back=0.0)
    report = scene.draw_complete(SIZE)
    assert report.edges_drawn == np.count_nonzero(signal_of(activations).effective)


@every_look
@both_layouts
def test_a_transparent_picture_is_the_picture_without_its_background(
    scene: Any, theme: str, layout: str
) -> None:
    """Laid over the background it is the opaque one; where nothing is drawn it is clear. Only letters lose their rim in
    the background's colour: it would be a smear on another ground."""
    show_drawn(scene, "mini", theme=theme, layout=layout)
    opaque, clear = picture(scene), picture(scene, transparent=True)
    assert (opaque[..., 3] == 255).all()
    for row, column in ((0, 0), (0, -1), (-1, 0), (-1, -1)):
        assert clear[row, column, 3] == 0
    assert clear[..., 3].max() == 255
    alpha = clear[..., 3:] / 255
    over = clear[..., :3] * alpha + background(THEMES[theme])[..., :3] * (1 - alpha)
    apart = np.abs(over - opaque[..., :3]).max(axis=2)
    caption = scene.caption(SIZE)
    legend, output = scene.legend(SIZE, caption)[1], scene.activations.output[0].astype(np.float32)
    labels = annotate.write(caption.sight(layout, scene.pose(SIZE), legend), output).labels
    assert labels
    rimmed = 0
    for label in labels:
        left, top, right, bottom = (round(x) for x in box(label))
        part = apart[max(0, top) : bottom + 1, max(0, left) : right + 1]
        rimmed += int((part > 3).sum())
        part[:] = 0
    assert apart.max() <= 3
    assert rimmed or layout == "3d"  # 2D: names stand over edges


def test_letters_without_a_rim_leave_nothing_beside_them() -> None:
    with_rim, without = (text_picture("H", 40, "#102030", halo)[..., 3] for halo in ("#ffffff", ""))
    widths = [np.ptp(np.flatnonzero(picture.any(axis=0))) for picture in (with_rim, without)]
    assert widths[0] >= widths[1] + 8
    assert without.max() == with_rim.max() == 255


@every_look
def test_themes_differ_and_come_back(scene: Any, theme: str) -> None:
    other = "dark" if theme == "light" else "light"
    pictures = []
    for chosen in (theme, other, theme):
        show_drawn(scene, "mini", theme=chosen)
        pictures.append(picture(scene))
    assert np.array_equal(pictures[0], pictures[2])
    assert np.abs(pictures[0] - pictures[1]).mean() > 100


def on_the_gpu(context: Any) -> dict[str, int]:
    """How many buffers, textures and programs there are, of each kind."""
    there = context.context.shared.parser._objects.values()
    return Counter(
        type(thing).__name__ for thing in there if not isinstance(thing, str)
    )  # a str: just deleted


def test_switching_networks_leaves_nothing_behind(scene: Any, context: Any) -> None:
    """No bytes, no objects on the GPU, no memory; and each network looks as it did."""
    sizes: dict[str, set[int]] = {name: set() for name in NAMES}
    pictures: dict[str, list[Picture]] = {name: [] for name in NAMES}
    kept: list[dict[str, int]] = []
    memory: list[int] = []
    for turn in range(36):
        name = NAMES[turn % 3]
        show_drawn(scene, name)
        sizes[name].add(scene.renderer.gpu_bytes)
        scene.draw_quick((160 + turn, 120), 1000, 1 + turn % 2)
        if turn % 12 < 3:
            pictures[name].append(picture(scene, (160, 120)))
        if turn % 12 == 11:
            picture(scene, (160, 120))
            kept.append(on_the_gpu(context))
            memory.append(resident())
    assert all(len(found) == 1 for found in sizes.values())
    assert max(sizes["mini"]) < min(sizes["mlp"])
    assert kept[0] == kept[1] == kept[2]
    assert memory[2] - memory[0] < 30e6
    for found in pictures.values():
        assert np.array_equal(found[0], found[1])
        assert np.array_equal(found[0], found[2])


def test_what_is_uploaded_is_accounted_for(scene: Any) -> None:
    """48 bytes an edge, and little else."""
    network = show_drawn(scene, "mlp").network
    assert 48 * network.edges < scene.renderer.gpu_bytes < 60 * network.edges


def test_on_the_way_between_the_layouts_the_network_stays_in_view_and_lit(scene: Any) -> None:
    show_drawn(scene, "mini", layout="3d")
    ground = background(THEMES["dark"])
    for morph in (0.1, 0.5, 0.9):
        scene.morph = morph
        shown = np.abs(bare(scene) - ground).max(axis=2) > 8
        rows, columns = np.flatnonzero(shown.any(axis=1)), np.flatnonzero(shown.any(axis=0))
        assert shown.mean() > 0.03
        assert rows[0] > 0
        assert rows[-1] < SIZE[1] - 1
        assert columns[0] > 0
        assert columns[-1] < SIZE[0] - 1


def test_an_old_pass_leaves_nothing_in_the_picture_of_the_next(scene: Any) -> None:
    activations = show_drawn(scene, "mini")
    before = picture(scene)
    scene.set_activations(activations.network.forward(1 - activations.out[0][0]))
    assert np.abs(picture(scene) - before).max() > 50
    scene.set_activations(activations)
    assert np.array_equal(picture(scene), before)


@pytest.mark.parametrize("seed", range(8))
def test_every_network_that_loads_can_be_shown(scene: Any, seed: int) -> None:
    """Any mixture of layers, activations that go below zero among them."""
    network = networks.random_network(seed)
    x = np.random.default_rng(seed).random(network.input_shape)
    for layout in ("3d", "2d"):
        for edges in ("signal", "weights"):
            show(scene, network, x, layout=layout, edges=edges)
            assert np.abs(bare(scene) - background(THEMES["dark"])).max() > 50
            assert scene.draw_quick(SIZE, 50).edges_drawn <= 50


def test_a_network_without_classes_or_calibration_can_be_shown(scene: Any) -> None:
    network = replace(sums([[0.5, -2.0]]), calibration={})
    for layout in ("3d", "2d"):
        for edges in ("signal", "weights"):
            show(scene, network, [1.0, 1.0], layout=layout, edges=edges)
            assert np.abs(bare(scene) - background(THEMES["dark"])).max() > 50


def test_ink_is_hidden_by_the_nodes_where_they_are_now(scene: Any) -> None:
    """The depth that a view leaves behind does not outlive it: neither a turn nor a hidden layer."""
    show_drawn(scene, "cnn")
    turned = camera.orbit(scene.pose_for("3d", SIZE), 35.0, 10.0)

    def seen(pose: camera.Pose | None, **chosen: Any) -> Picture:
        scene.apply(replace(scene.settings, **chosen))
        scene.poses["3d"] = pose
        return quick(scene, 4000)

    first = seen(None)
    there = seen(turned)
    hidden = seen(turned, layers_hidden=("C3",))
    assert (seen(turned, layers_hidden=()) == there).all()
    assert (seen(None) == first).all()
    scene.renderer._depths.clear()
    assert (seen(turned) == there).all()
    scene.renderer._depths.clear()
    assert (seen(turned, layers_hidden=("C3",)) == hidden).all()
    scene.apply(replace(scene.settings, layers_hidden=()))
    scene.poses["3d"] = None


def test_the_report_says_what_is_hidden_and_that_nothing_is_drawn(scene: Any) -> None:
    network = show_drawn(scene, "mini").network
    names = [stage.name for stage in network.stages]
    show(scene, network, None, edges="weights", layers_hidden=(names[1],))
    report = scene.draw_complete(SIZE)
    touching = sum(
        stage.edges for stage in network.stages if stage.index in (1, 2)
    )  # its own edges and those that leave it
    assert report.layers_hidden == 1
    assert report.edges_drawn == network.edges - touching
    assert (report.share_mean, report.share_least) == (1.0, 1.0)
    show(scene, network, None, edges="weights", layers_hidden=tuple(names))
    nothing = scene.draw_complete(SIZE)
    assert (nothing.edges_shown, nothing.layers_hidden) == (0, len(names))
    assert np.isnan([nothing.share_mean, nothing.share_least]).all()


def test_where_only_chosen_edges_are_drawn_the_report_counts_them(scene: Any) -> None:
    activations = show_drawn(scene, "mini", edges="selected")
    last = activations.network.stages[-1]
    scene.emphasize(Emphasis(nodes=(last.offset,)))
    expected = activations.network.stages[-2].size  # the last layer is dense
    for report in (scene.draw_quick(SIZE, 10**6), scene.draw_complete(SIZE)):
        assert (report.edges_drawn, report.edges_shown) == (0, expected)
    scene.emphasize(Emphasis())
    assert scene.draw_complete(SIZE).edges_shown == 0


def test_a_pass_that_is_played_has_its_share_so_far(scene: Any) -> None:
    whole = show_drawn(scene, "mini")
    assert not scene.draw_complete(SIZE).so_far
    scene.set_activations(partial(whole, Steps(whole.network).reached(1)))
    assert scene.draw_complete(SIZE).so_far
