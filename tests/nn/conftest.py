"""Fixtures for the engine's tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.nn.weight_files import Parts


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    """A weight file of its own, taken apart."""
    return Parts(tmp_path / "net.safetensors")
