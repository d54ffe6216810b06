"""While something moves the picture means the same as at rest: each pair as bright and as warm, in the networks that
ship."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from nodelink import load_network, samples
from nodelink.nn.network import Network
from nodelink.nn.preprocess import network_input, prepare, rasterize
from nodelink.nn.weights import WeightsError
from tests.gl.pictures import composed, show

SIZE = (960, 600)
CHOICES = ((3000, 1), (3000, 2), (12_000, 2))  # edges drawn, and how much coarser their ink


def shipped(name: str) -> Network:
    try:
        return load_network(name)
    except WeightsError as error:
        pytest.skip(str(error))


def shown(scene: Any, name: str, layout: str) -> Network:
    network = shipped(name)
    digit = network_input(prepare(rasterize(samples.sample(3, 0))), network.input_shape)
    show(scene, network, digit, layout=layout)
    return network


def alone(scene: Any, ids: NDArray[np.int64], coarse: int, least: Any) -> tuple[float, float]:
    """What these edges add to the picture of the nodes: brightness, and how much more is red than blue, -1 to 1."""
    view = scene._view(SIZE, coarse)
    scene._expose(SIZE, least, coarse)
    scene.renderer.slabs(SIZE, view)
    pictures = []
    for some in (ids, ids[:0]):
        scene.renderer.begin("quick", view)
        scene.renderer.add("quick", some, view)
        scene.renderer.tint("quick")
        pictures.append(composed(scene, SIZE))
    added = (pictures[0] - pictures[1])[..., :3]
    brightness = float(np.abs(added).sum())
    return brightness, float((added[..., 0] - added[..., 2]).sum()) / brightness


@pytest.mark.parametrize("layout", ["3d", "2d"])
@pytest.mark.parametrize("name", ["cnn", "mlp", "mini"])
def test_every_pair_alone_is_as_bright_and_as_warm_while_something_moves_as_at_rest(
    scene: Any, name: str, layout: str
) -> None:
    network = shown(scene, name, layout)
    plan = scene.plan
    whole = np.concatenate(plan.rest(10**6))
    for stage, (first, last) in zip(network.stages[1:], plan.edges.ranges[1:], strict=True):
        complete, warm = alone(scene, whole[(whole >= first) & (whole < last)], 1, None)
        for budget, coarse in CHOICES:
            some = plan.quick(budget)
            least = None if len(some) >= plan.carrying else plan.least()
            moving, hue = alone(scene, some[(some >= first) & (some < last)], coarse, least)
            assert moving == pytest.approx(complete, rel=0.1), (stage.name, budget, coarse)
            assert hue == pytest.approx(warm, abs=0.1), (stage.name, budget, coarse)
