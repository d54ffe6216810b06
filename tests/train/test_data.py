"""Splitting and distorting digits; synthetic digits, so no data set is needed."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: these tests are the second step")
pytest.importorskip("skimage", reason="scikit-image is not installed: these tests are the second step")

from train.data import Augmentation, Augmenter, Digits, network_batch, split  # noqa: E402
from train.skeleton import REACH, nearness, skeleton  # noqa: E402

EVERYTHING = Augmentation(
    rotation=15, scale=0.2, aspect=0.1, shear=0.2, shift=2, elastic=0.8, thickness=0.5, redrawn=0.5
)


@pytest.fixture(scope="module")
def bars() -> Digits:
    """Upright bars 4 cells wide and 16 high, in the middle."""
    images = torch.zeros(8, 28, 28, dtype=torch.uint8)
    images[:, 6:22, 12:16] = 255
    return Digits(images, torch.arange(8) % 10)


def test_the_split_is_fixed_and_disjoint() -> None:
    digits = Digits(torch.arange(100)[:, None, None].expand(100, 28, 28), torch.arange(100))
    training, validation = split(digits, 20)
    assert sorted([*training.labels.tolist(), *validation.labels.tolist()]) == list(range(100))
    assert len(validation) == 20
    assert torch.equal(split(digits, 20)[1].labels, validation.labels)


def test_no_distortion_leaves_a_digit_as_it_is(bars: Digits) -> None:
    out = Augmenter(bars, redraw=False, seed=0).batch(torch.arange(8), Augmentation())
    torch.testing.assert_close(out, bars.images.float() / 255, atol=1e-4, rtol=0)


def test_distorted_digits_differ_and_stay_within_the_range_of_ink(bars: Digits) -> None:
    out = Augmenter(bars, redraw=True, seed=0).batch(torch.arange(8), EVERYTHING)
    assert out.shape == (8, 28, 28)
    assert out.min() >= 0
    assert out.max() <= 1
    assert (out[0] - out[1]).abs().max() > 0.2


def test_distortions_come_from_the_seed(bars: Digits) -> None:
    first, again, other = (
        Augmenter(bars, redraw=True, seed=seed).batch(torch.arange(8), EVERYTHING) for seed in (1, 1, 2)
    )
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_a_shift_moves_the_centre_of_mass_by_at_most_its_size(bars: Digits) -> None:
    out = Augmenter(bars, redraw=False, seed=0).batch(torch.arange(8), Augmentation(shift=2))
    columns = (out.sum(1) @ (torch.arange(28) + 0.5)) / out.sum((1, 2))
    assert (columns - 14).abs().max() <= 2.01
    assert (columns - 14).abs().max() > 0.5


@pytest.mark.parametrize("radius", [1.0, 2.0])
def test_redrawing_with_a_brush_gives_lines_of_its_width(bars: Digits, radius: float) -> None:
    amounts = Augmentation(redrawn=1, brush=(radius, radius))
    out = Augmenter(bars, redraw=True, seed=0).batch(torch.arange(8), amounts)
    assert out[0, 14].sum().item() == pytest.approx(2 * radius, abs=0.35)


def test_the_skeleton_of_a_bar_is_a_line_in_its_middle(bars: Digits) -> None:
    lines = skeleton(bars.images[0].numpy(), fine=3)
    rows, columns = np.nonzero(lines)
    assert lines[42].sum() == 1
    assert np.abs(columns[(rows > 30) & (rows < 54)] - 42).max() <= 1


def test_nearness_falls_by_the_distance_from_the_line(bars: Digits) -> None:
    near = nearness(bars.images[:1].numpy())[0].astype(float) * (REACH / 255)
    assert near[14, 0] == 0
    assert near[14, 14] - near[14, 17] == pytest.approx(3, abs=0.05)


def test_the_cnn_gets_a_blank_border() -> None:
    batch = network_batch(torch.ones(2, 28, 28), (1, 32, 32))
    assert batch.shape == (2, 1, 32, 32)
    assert batch.sum() == 2 * 28 * 28
    assert network_batch(torch.ones(2, 28, 28), (1, 28, 28)).shape == (2, 1, 28, 28)
