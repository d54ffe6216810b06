"""The distortions of the robustness table do what their names say."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("skimage", reason="scikit-image is not installed: these tests are the second step")

from nodelink.nn.preprocess import prepare
from train import robustness

RANDOM = np.random.default_rng(0)


def corner(cells: int = 8) -> robustness.Digit:
    """An L of lines 2 cells wide, 20 high and 12 wide, in the middle box."""
    digit = np.zeros((28, 28), np.uint8)
    digit[4:24, 8:10] = 255
    digit[22:24, 8:20] = 255
    return digit


def test_a_digit_on_the_pad_reaches_the_network_unchanged() -> None:
    digit = RANDOM.integers(0, 256, (28, 28)).astype(np.uint8)
    cells = prepare(robustness.on_pad(digit), centre=False).cells
    np.testing.assert_array_equal(cells, digit.astype(np.float32) / np.float32(255))


@pytest.mark.parametrize("cells", [2, 4])
def test_a_shift_moves_every_cell(cells: int) -> None:
    moved = prepare(robustness._shifted(cells)(corner(), RANDOM), centre=False).cells
    was, now = (np.argwhere(array > 0).mean(axis=0) for array in (corner(), moved))
    assert np.abs(now - was).sum() == pytest.approx(cells)


def test_a_rotation_and_its_opposite_both_occur_and_keep_the_ink() -> None:
    turned = [robustness._rotated(20)(corner(), np.random.default_rng(seed)) for seed in range(8)]
    assert len({array.tobytes() for array in turned}) == 2
    for array in turned:
        assert array.sum() == pytest.approx(robustness.on_pad(corner()).sum(), rel=0.02)


def test_a_scale_changes_the_area_by_its_square() -> None:
    ink = robustness._scaled(0.7)(corner(), RANDOM)
    assert ink.sum() == pytest.approx(0.49 * robustness.on_pad(corner()).sum(), rel=0.03)


@pytest.mark.parametrize("seed", range(5))
def test_a_pasted_digit_has_the_size_asked_for_and_comes_back_centred(seed: int) -> None:
    ink = robustness._pasted(0.25, 0.5)(corner(), np.random.default_rng(seed))
    rows, columns = ink.any(axis=1).nonzero()[0], ink.any(axis=0).nonzero()[0]
    assert 69 <= max(np.ptp(rows), np.ptp(columns)) + 1 <= 141
    cells = prepare(ink).cells
    rows, columns = (cells > 0.5).any(axis=1).nonzero()[0], (cells > 0.5).any(axis=0).nonzero()[0]
    assert (np.ptp(rows) + 1, np.ptp(columns) + 1) == (pytest.approx(20, abs=1), pytest.approx(12, abs=1))


def test_a_redrawn_digit_has_the_brushs_width() -> None:
    ink = robustness.redrawn(corner(), RANDOM)
    assert ink[120].sum() == pytest.approx(robustness.BRUSH, abs=2)
