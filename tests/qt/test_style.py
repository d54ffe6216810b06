"""The style sheet comes from the theme and the text size, and text is readable on what is behind it."""

from __future__ import annotations

import re

import pytest

from nodelink.qt.style import SMALL, column_width, mix, on, scaled, stylesheet, text_scale
from nodelink.settings import RANGES
from nodelink.theme import THEMES, contrast, rgb


@pytest.mark.parametrize("name", THEMES)
def test_no_name_is_left_open(name: str) -> None:
    assert "@" not in stylesheet(THEMES[name], 1.0)


def test_every_font_grows_with_the_text_size() -> None:
    small, large = (
        [int(size) for size in re.findall(r"font-size: (\d+)px", stylesheet(THEMES["dark"], factor))]
        for factor in (1.0, 2.0)
    )
    assert large == [2 * size for size in small]


@pytest.mark.parametrize("height", [560, 600, 768, 800, 1000, 1080, 1440, 2160])
def test_at_the_largest_size_the_smallest_font_is_a_fortieth_of_the_windows_height(height: int) -> None:
    scale = text_scale(RANGES["text_size"][1], height)
    sheet = stylesheet(THEMES["dark"], scale)
    assert min(int(size) for size in re.findall(r"font-size: (\d+)px", sheet)) >= height / 40
    assert scaled(SMALL, scale) >= height / 40


@pytest.mark.parametrize("height", [560, 800, 1080, 2160])
def test_text_grows_with_every_few_steps_of_its_setting(height: int) -> None:
    scales = [text_scale(size, height) for size in (0.7, 1.0, 1.4, 2.0)]
    assert scales == sorted(set(scales))
    assert text_scale(1.0, height) >= 1.0


def test_usual_text_is_the_same_in_usual_windows() -> None:
    assert {text_scale(1.0, height) for height in (560, 800, 1000)} == {1.0}


@pytest.mark.parametrize("name", THEMES)
def test_text_is_readable(name: str) -> None:
    theme = THEMES[name]
    for ground in (theme.panel, theme.panel_raised):
        assert contrast(rgb(theme.text), rgb(ground)) > 7
        assert contrast(rgb(theme.text_dim), rgb(ground)) > 4.5
    assert contrast(rgb(on(theme.accent)), rgb(theme.accent)) > 4


def test_columns_leave_room_for_the_scene() -> None:
    for width in (800, 1280, 1600, 1920, 3840):
        for text_size in (0.7, 1.0, 2.5):
            assert column_width(width, text_size) * 1.9 < 0.6 * width
    assert column_width(1280, 1.0) > 280
    assert column_width(3840, 1.0) > 560


def test_mixing_colours() -> None:
    assert mix("#000000", "#ffffff", 0.0) == "#000000"
    assert mix("#000000", "#ffffff", 1.0) == "#ffffff"
    assert scaled(14, 1.5) == 21
