"""`render`: exactly the size that was asked for, the same every time, and no silence about what it cannot do."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from nodelink import samples
from nodelink.nn.network import Network
from nodelink.nn.preprocess import rasterize
from nodelink.settings import INPUT_MODES, LAYOUTS
from nodelink.settings import THEMES as LOOKS
from tests import networks

pytestmark = pytest.mark.usefixtures("context")
BLANK = np.zeros((280, 280), np.float32)


@cache
def network_of(name: str) -> Network:
    return getattr(networks, name)()  # type: ignore[no-any-return]


@cache
def seven() -> Any:
    return rasterize(samples.sample(7, 0))


def rendered(name: str = "mini", drawing: Any = None, **chosen: Any) -> Any:
    from nodelink.gl.render import render

    chosen = {"size": (160, 120), **chosen}
    return render(network_of(name), seven() if drawing is None else drawing, **chosen)


@pytest.mark.parametrize("size", [(1, 1), (64, 48), (161, 119), (97, 301), (640, 100)])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_picture_has_exactly_the_size_asked_for(size: tuple[int, int], layout: str) -> None:
    found = rendered(size=size, layout=layout)
    assert found.shape == (size[1], size[0], 4)
    assert found.dtype == np.uint8
    assert (found[..., 3] == 255).all()


@pytest.mark.parametrize("name", ["cnn", "mlp", "mini"])
def test_the_same_drawing_gives_the_same_picture(name: str) -> None:
    first = rendered(name)
    rendered("mini", BLANK, theme="light", layout="2d")  # another picture between leaves no trace
    assert np.array_equal(rendered(name), first)


def test_every_choice_changes_the_picture() -> None:
    pictures = [
        rendered(layout=layout, theme=theme, edges=edges)
        for layout in LAYOUTS
        for theme in LOOKS
        for edges in INPUT_MODES
    ]
    for i, one in enumerate(pictures):
        assert len(np.unique(one.reshape(-1, 4), axis=0)) > 50
        for other in pictures[:i]:
            assert np.abs(one.astype(int) - other).max() > 30


def test_another_drawing_gives_another_picture_and_a_blank_one_gives_one_too() -> None:
    three = rasterize(samples.sample(3, 0))
    pictures = [rendered(), rendered(drawing=three), rendered(drawing=BLANK)]
    for i, j in ((0, 1), (0, 2), (1, 2)):
        assert np.abs(pictures[i].astype(int) - pictures[j]).max() > 50


def test_centring_moves_the_digit_into_the_middle_before_it_is_shown() -> None:
    aside = np.roll(seven() * (np.indices((280, 280))[1] < 230), 40, axis=1)
    assert np.abs(rendered(drawing=aside).astype(int) - rendered(drawing=aside, centre=False)).max() > 50


def test_a_transparent_picture_has_a_clear_ground() -> None:
    found = rendered(transparent=True)
    assert found[0, 0, 3] == found[0, -1, 3] == 0
    assert found[..., 3].max() == 255


@pytest.mark.parametrize("wrong", [{"layout": "4d"}, {"theme": "blue"}, {"edges": "none"}])
def test_a_choice_that_does_not_exist_is_named(wrong: dict[str, str]) -> None:
    ((name, value),) = wrong.items()
    with pytest.raises(ValueError, match=f"{name} is '{value}', expected one of"):
        rendered(**wrong)


@pytest.mark.parametrize("shape", [(28, 28), (280, 281), (280, 280, 3)])
def test_a_drawing_of_another_shape_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="expected"):
        rendered(drawing=np.zeros(shape, np.float32))
