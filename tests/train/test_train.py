"""Training repeats itself, and learns; on synthetic digits, so no data set is needed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: these tests are the second step")
pytest.importorskip("skimage", reason="scikit-image is not installed: these tests are the second step")

from nodelink.nn.weights import load  # noqa: E402
from train import train as training  # noqa: E402
from train.data import Digits  # noqa: E402
from train.export import export, to_network  # noqa: E402
from train.models import NETWORKS, input_shape  # noqa: E402


@pytest.fixture(scope="module")
def digits() -> Digits:
    """Ten kinds of bars, each at a few places: as easy as digits get."""
    random = np.random.default_rng(0)
    images, labels = np.zeros((512, 28, 28), np.uint8), np.arange(512) % 10
    for image, label in zip(images, labels, strict=True):
        at = 3 + 2 * label + random.integers(2)
        image[4:24, at : at + 3] = random.integers(200, 256)
    return Digits(torch.from_numpy(images), torch.from_numpy(labels))


def file_of(name: str, digits: Digits, seed: int, path: Path) -> bytes:
    recipe = replace(training.RECIPES[name], epochs=1, batch=64)
    model = training.train(name, digits, digits, recipe, seed).model
    export(to_network(name, model), path, digits, None, {"seed": seed})
    return path.read_bytes()


@pytest.mark.parametrize("name", NETWORKS)
def test_the_same_seed_gives_the_same_file(name: str, digits: Digits, tmp_path: Path) -> None:
    first, again, other = (file_of(name, digits, seed, tmp_path / "file") for seed in (5, 5, 6))
    assert first == again
    assert first != other


def test_training_learns_and_the_file_answers_alike(digits: Digits, tmp_path: Path) -> None:
    recipe = replace(training.RECIPES["mini"], epochs=30, batch=64, average=0.9)
    trained = training.train("mini", digits, digits, recipe, 1)
    assert trained.validation > 0.9
    network = to_network("mini", trained.model)
    export(network, tmp_path / "mini.safetensors", digits, trained.validation, {"seed": 1})
    loaded = load(tmp_path / "mini.safetensors")
    images = digits.images.numpy()[:, None].astype(np.float32) / 255
    answers = loaded.forward(images).logits.argmax(1)
    assert (answers == digits.labels.numpy()).mean() == pytest.approx(trained.validation, abs=0.005)
    assert loaded.input_shape == input_shape("mini")
    assert set(loaded.calibration) == {"Input", "H1", "H2", "Output"}
    assert loaded.training["seed"] == 1


def test_the_learning_rate_rises_then_falls_and_distortions_fade() -> None:
    recipe = training.RECIPES["cnn"]
    rates = [training._learning_rate(share, recipe) for share in (0.0, recipe.warm_up, 0.5, 1.0)]
    assert rates[0] < rates[1] == recipe.learning_rate > rates[2] > rates[3]
    assert training._strength(0.0, recipe) == 1
    assert training._strength(1.0, recipe) == 0


def test_an_unknown_network_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as error:
        training.main(["--network", "resnet"])
    assert error.value.code == 2
    assert "resnet" in capsys.readouterr().err
