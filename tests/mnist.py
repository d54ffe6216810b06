"""MNIST for the tests that want real digits. The files are not part of the repository."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from nodelink import idx

FOLDER = Path(os.environ.get("NODELINK_MNIST") or Path(__file__).parents[2] / "shared" / "mnist")


def digits(count: int = 10_000) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The first images (count, 28, 28) and labels of the test set; skips the test where MNIST is not."""
    images, labels = _test_set()
    return images[:count], labels[:count]


@cache
def _test_set() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    try:
        return idx.mnist(FOLDER, "test")
    except idx.IdxError as error:
        pytest.skip(f"MNIST is not here ({error}); NODELINK_MNIST names its folder")
