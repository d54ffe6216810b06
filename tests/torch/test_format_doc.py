"""The conversion of one's own torch model in docs/format.md runs as it stands."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import nodelink
from tests.nn.test_format_doc import DOC

torch: Any = pytest.importorskip("torch", reason="torch is not installed: these tests are the second step")


def test_the_snippet_converts_a_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    torch.manual_seed(0)
    (snippet,) = re.findall(r"```python\n(.*?)```", DOC, re.S)
    exec(compile(snippet, "docs/format.md", "exec"), {"__name__": "snippet"})
    network = nodelink.load_network(tmp_path / "own.safetensors")
    assert [stage.name for stage in network.stages] == ["Input", "C1", "S2", "Output"]
    assert network.output_kind == "probabilities"
