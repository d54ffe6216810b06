"""The architectures are the ones of the design, as torch modules and as the engine's networks."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: these tests are the second step")
pytest.importorskip("skimage", reason="scikit-image is not installed: these tests are the second step")

from nodelink.nn.layers import Conv2d  # noqa: E402
from train.export import to_network  # noqa: E402
from train.models import C3_TABLE, NETWORKS, build, input_shape  # noqa: E402


@pytest.mark.parametrize(
    ("name", "nodes", "edges", "parameters"),
    [("cnn", 9_134, 334_904, 62_902), ("mlp", 1_194, 266_200, 266_610), ("mini", 826, 12_960, 13_002)],
)
def test_sizes_are_the_designs(name: str, nodes: int, edges: int, parameters: int) -> None:
    network = to_network(name, build(name))
    assert (network.nodes, network.edges, network.parameters) == (nodes, edges, parameters)


@pytest.mark.parametrize("name", NETWORKS)
def test_engine_and_torch_agree_on_every_layer(name: str) -> None:
    torch.manual_seed(3)
    model = build(name)
    x = torch.rand(4, *input_shape(name))
    activations = to_network(name, model).forward(x.numpy())
    outputs, value = {}, x
    for layer, module in model.named_children():
        value = module(value)
        outputs[layer.removesuffix("_relu")] = value.detach().numpy()
    for stage, pre, out in zip(activations.network.stages, activations.pre, activations.out, strict=True):
        expected = x.numpy() if stage.name == "Input" else outputs[stage.name]
        found = pre if stage.name == "Output" else out  # the model ends in logits
        np.testing.assert_allclose(found, expected, atol=1e-5 * np.abs(expected).max(), rtol=0)


def test_c3_sees_only_the_maps_of_its_table_even_after_a_step() -> None:
    torch.manual_seed(4)
    model = build("cnn")
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.1)
    torch.nn.functional.cross_entropy(model(torch.rand(8, 1, 32, 32)), torch.arange(8)).backward()
    optimizer.step()
    c3 = next(layer for layer in to_network("cnn", model).layers if layer.name == "C3")
    assert isinstance(c3, Conv2d)
    for map_, sources in enumerate(C3_TABLE):
        seen = np.abs(c3.weight[map_]).sum(axis=(1, 2)) > 0
        assert np.flatnonzero(seen).tolist() == list(sources)
    assert not np.signbit(c3.weight[c3.weight == 0]).any()


def test_an_unknown_network_is_refused() -> None:
    with pytest.raises(KeyError):
        build("resnet")
