"""What OpenGL can do is found out by trying; where it cannot keep ink in floats, the picture is near and says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from nodelink.gl import context as gl_context
from nodelink.theme import THEMES
from tests import networks
from tests.gl.pictures import SIZE, Picture, background, bare, show, sums

Draw = Callable[..., tuple[Any, Picture]]
KINDS = [found.kind for found in gl_context.FORMATS]


@pytest.fixture
def draw_with(context: Any, monkeypatch: pytest.MonkeyPatch) -> Draw:
    """Pictures by a scene of its own where only these kinds of targets can be drawn into."""
    from nodelink.gl.scene import Scene

    def draw(kinds: list[str], *arguments: Any, **chosen: Any) -> tuple[Any, Picture]:
        monkeypatch.setattr(gl_context, "adds_up", lambda kind: kind in kinds)
        context.set_current()
        scene = Scene()
        show(scene, *arguments, **chosen)
        return scene, bare(scene)

    return draw


def test_here_floats_add_up_and_nothing_is_said(scene: Any) -> None:
    assert gl_context.adds_up("rgba32f")
    assert gl_context.adds_up("rgba16f")
    assert not gl_context.adds_up("rgba8")  # its sums end at 1
    assert gl_context.ink_format().fallback is None
    show(scene, sums([[1.0]]), [1.0])
    assert scene.draw_complete(SIZE).fallback is None


def test_what_the_driver_does_not_know_is_no_error(context: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    context.set_current()

    def refuse(*_: object) -> None:
        raise RuntimeError("attachments are incomplete")

    monkeypatch.setattr(gl_context, "_deposited", refuse)
    assert gl_context.ink_format() == gl_context.FORMATS[-1]


def test_half_floats_are_no_whole_ones(context: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A driver may promise 32 bits and keep 16."""
    context.set_current()
    deposited = gl_context._deposited
    monkeypatch.setattr(gl_context, "_deposited", lambda _, inks: deposited("rgba16f", inks))
    assert not gl_context.adds_up("rgba32f")


@pytest.mark.parametrize(("kinds", "off"), [(["rgba16f"], 0.2), ([], 2.0)])
def test_without_float_targets_the_picture_is_near_and_says_so(
    draw_with: Draw, kinds: list[str], off: float
) -> None:
    network = networks.mini()
    x = np.random.default_rng(0).random(network.input_shape)
    _, exact = draw_with(KINDS, network, x)
    scene, near = draw_with(kinds, network, x)
    assert scene.renderer.ink == gl_context.FORMATS[len(KINDS) - 1 - len(kinds)]
    assert "float targets" in scene.draw_complete(SIZE).fallback
    assert "float targets" in scene.draw_quick(SIZE, 500, 2).fallback
    assert np.abs(near - exact).mean() < off
    assert np.abs(near - background(THEMES["dark"])).max() > 100


@pytest.mark.parametrize("kinds", [["rgba16f"], []])
def test_one_edge_is_the_same_edge_without_float_targets(draw_with: Draw, kinds: list[str]) -> None:
    for weight in (1.0, -0.5):
        _, exact = draw_with(KINDS, sums([[weight]]), [1.0])
        _, near = draw_with(kinds, sums([[weight]]), [1.0])
        assert np.abs(near - exact).max() <= (2 if kinds else 8)


def test_a_rendered_file_says_what_is_lost(
    context: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    from nodelink import cli
    from nodelink.gl import render
    from nodelink.gl.scene import Scene
    from nodelink.nn.weights import save

    monkeypatch.setattr(gl_context, "adds_up", lambda _: False)
    context.set_current()
    monkeypatch.setattr(render, "_scene", {"canvas": context, "scene": Scene()})
    save(networks.mini(), tmp_path / "mini.safetensors")
    words = [
        "--network",
        str(tmp_path / "mini.safetensors"),
        "--size",
        "320x240",
        "-o",
        str(tmp_path / "7.png"),
    ]
    assert cli.main(["render", "--digit", "7", *words]) == 0
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert told.err.startswith("nodelink: the picture is not exact here: no float targets")
