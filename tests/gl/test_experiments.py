"""A changed network is the same network: its picture follows, and everything around it stays."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from nodelink.graph.camera import Pose
from nodelink.graph.emphasis import NOTHING, Emphasis
from nodelink.nn.changes import BiasOff, NodesOff, WeightNoise, WeightOff, WeightScale, changed
from nodelink.theme import THEMES, rgb
from tests import networks
from tests.gl.pictures import SIZE, bare, centre_of, picture, pixel_of, quick, show, sums
from tests.gl.test_slabs import close_to
from tests.nn.test_network import picture as digit

CHANGES = (WeightNoise("H1", 0.5, 2), WeightScale("H2", 2.0), WeightOff("H2", (3, 4)), BiasOff("Output"))


@pytest.mark.parametrize("mode", ["signal", "selected"])
def test_the_picture_is_that_of_a_network_loaded_with_these_weights(scene: Any, mode: str) -> None:
    network = networks.mini()
    x = digit(network, 0)
    new = changed(network, CHANGES)
    loaded = replace(network, layers=new.layers)
    scene.emphasize(NOTHING)
    show(scene, loaded, x, edges=mode)
    pose = scene.pose(
        SIZE
    )  # the legend says that a network is changed, and its start view leaves room for that
    wanted = bare(scene)
    show(scene, network, x, pose, edges=mode)
    before = bare(scene)
    show(scene, new, x, pose, edges=mode)
    found = bare(scene)
    assert np.abs(found - wanted).max() <= 1
    assert np.abs(found - before).max() > 40
    show(scene, network, x, pose, edges=mode)
    assert np.abs(bare(scene) - before).max() <= 1


def test_the_scale_stays_that_of_the_original(scene: Any) -> None:
    """Half the weight leaves less ink in weights mode: were the scale its own, it would leave as much."""
    network = sums([[1.0, 0.0, 0.0]])
    pictures = []
    for seen in (network, changed(network, [WeightScale("Sum", 0.5)]), network):
        show(scene, seen, None, edges="weights")
        pictures.append(bare(scene).astype(float))
    nothing = changed(network, [WeightScale("Sum", 0.0)])
    show(scene, nothing, None, edges="weights")
    ink = [np.abs(each - bare(scene)).sum() for each in pictures]
    assert 0 < ink[1] < 0.8 * ink[0]
    assert ink[0] == ink[2]


def test_weights_are_uploaded_only_when_they_have_changed(
    scene: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = networks.mini()
    x = digit(network, 0)
    show(scene, network, x)
    ink = scene.renderer._ink
    told: list[Any] = []
    monkeypatch.setattr(ink, "set_edges", told.append)
    first = changed(network, [NodesOff("H1", 3)])
    for seen in (first, changed(network, [NodesOff("H1", 3), NodesOff("H2")]), network):
        show(scene, seen, x)
    assert told == []
    show(scene, changed(network, [NodesOff("H1", 3), WeightOff("H2", (0, 0))]), x)
    assert len(told) == 1
    assert scene.renderer._ink is ink


def test_an_experiment_leaves_selection_camera_and_layers_as_they_are(scene: Any) -> None:
    network = networks.mini()
    pose = Pose(10.0, 20.0, (0.0, 0.0, 30.0), 150.0, 1.0)
    hidden = {"layers_hidden": ("H2",), "edges": "selected"}
    show(scene, network, digit(network, 0), pose, **hidden)
    scene.emphasize(Emphasis((785,), rings=(785,)))
    scene.draw_complete((320, 240))
    known = scene.graph.layout
    show(scene, changed(network, CHANGES), digit(network, 0), pose, **hidden)
    assert scene.foreground.emphasis.nodes == (785,)
    assert scene.pose((320, 240)) == pose
    assert scene.graph.layout is known
    scene.draw_complete((320, 240))
    assert set(scene.graph.edges.target[scene.foreground.found.edges]) == {785}
    hidden_stage = network.stage("H2").index
    assert scene.plan.hidden >= {hidden_stage}
    scene.emphasize(NOTHING)


@pytest.mark.parametrize("theme", list(THEMES))
def test_a_node_that_is_off_is_hatched_and_no_other(scene: Any, theme: str) -> None:
    network = networks.mini()
    slab = next(i for i, s in enumerate(show_layout(scene, network).slabs) if s.stage == 1)
    pose, first = close_to(scene, slab, "3d"), network.stage("H1").offset
    x = np.zeros(network.input_shape, np.float32)
    show(scene, network, x, pose, theme=theme)
    before = quick(scene, 0)
    show(scene, changed(network, [NodesOff("H1", 5)]), x, pose, theme=theme)
    after = quick(scene, 0)
    for unit in range(16):
        row, column = pixel_of(centre_of(scene.graph.layout, "3d", first + unit), pose)
        if unit == 5:
            assert np.abs(after[row, column, :3] - 255 * rgb(THEMES[theme].text_dim)).max() < 30
        else:
            assert np.abs(after[row, column] - before[row, column]).max() <= 1


def show_layout(scene: Any, network: Any) -> Any:
    show(scene, network, None)
    return scene.graph.layout


def test_no_picture_of_a_changed_network_passes_for_the_trained_one(scene: Any) -> None:
    """The legend says so: nothing else differs where a change has no effect."""
    network = networks.mini()
    x, size = digit(network, 0), (960, 600)
    show(scene, network, x)
    before = picture(scene, size)
    show(scene, changed(network, [WeightScale("H1", 1.0 + 1e-7)]), x)
    after = picture(scene, size)
    assert np.count_nonzero(np.abs(after - before).max(axis=2) > 60) > 100


def test_the_canvas_keeps_its_camera_and_fades_nothing(context: Any) -> None:
    from nodelink.gl.canvas import NetworkCanvas

    canvas = NetworkCanvas(size=(320, 240))
    network = networks.mini()
    canvas.set_network(network)
    canvas.flush()
    mine = replace(canvas.pose, height=canvas.pose.height * 2)
    canvas.set_pose(mine)
    canvas.set_focus(Emphasis((785,)))
    canvas.flush()
    new = changed(network, CHANGES)
    for seen in (new, changed(network, CHANGES[:1]), network):
        canvas.set_network(seen)
        canvas.set_activations(seen.forward(digit(network, 0)))
        assert canvas.pose == mine
        assert canvas.emphasis == Emphasis((785,))
        assert not canvas._transition.fading
        assert canvas.flush() is not None
    canvas.close()
