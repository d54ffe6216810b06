"""The public API, and what importing it costs."""

from __future__ import annotations

import subprocess
import sys

import pytest

import nodelink


def test_the_public_names_are_there() -> None:
    from nodelink.nn.network import Network

    assert nodelink.Network is Network
    assert set(nodelink.__all__) == {"Network", "__version__", "load_network"}
    with pytest.raises(AttributeError, match="has no attribute 'Networks'"):
        nodelink.Networks  # noqa: B018


def test_importing_nodelink_loads_nothing_heavy() -> None:
    code = (
        "import sys, nodelink; print(sorted({'numpy', 'safetensors', 'PyQt6', 'vispy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
