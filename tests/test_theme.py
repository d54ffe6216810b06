"""The one scale of colours: what it says without hue, with hue, and to eyes that cannot tell red from green."""

from __future__ import annotations

import colorsys
import re
from dataclasses import fields, replace

import numpy as np
import pytest

from nodelink.settings import PALETTES
from nodelink.settings import THEMES as NAMES
from nodelink.theme import (
    LINEAR_STEPS,
    SEQUENTIAL,
    THEMES,
    Theme,
    contrast,
    diverging,
    diverging_table,
    look,
    luminance,
    rgb,
)

LUMINANCE = np.array([0.2126, 0.7152, 0.0722])  # of linear light
MAGNITUDES = np.linspace(0, 1, 201)

# From sRGB to what full protanopia and deuteranopia leave of it (Machado, Oliveira and Fernandes, 2009, table 1)
COLOUR_BLIND = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
}  # fmt: skip

LOOKS = {f"{theme} {palette}": look(theme, palette) for theme in THEMES for palette in PALETTES}
every_look = pytest.mark.parametrize("theme", LOOKS.values(), ids=list(LOOKS))
every_theme = pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))


def backgrounds(theme: Theme) -> list[str]:
    return [theme.background_top, theme.background_bottom]


@every_look
@pytest.mark.parametrize("sign", [-1, 1], ids=["negative", "positive"])
def test_luminance_moves_one_way_from_zero_outward(theme: Theme, sign: int) -> None:
    steps = np.diff(luminance(diverging(sign * MAGNITUDES, theme)))
    assert (steps > 0).all() or (steps < 0).all()


@every_look
def test_larger_values_stand_out_more_from_the_background_on_both_sides(theme: Theme) -> None:
    for colour in backgrounds(theme):
        for sign in (-1, 1):
            seen = [contrast(diverging(sign * m, theme), rgb(colour)) for m in (0.25, 0.5, 0.75, 1.0)]
            assert seen == sorted(seen)


@every_look
def test_equal_magnitudes_look_about_equally_strong(theme: Theme) -> None:
    for magnitude in MAGNITUDES:
        assert contrast(diverging(magnitude, theme), diverging(-magnitude, theme)) < 1.6


def test_every_theme_and_palette_of_the_settings_exists() -> None:
    assert tuple(THEMES) == NAMES
    assert {theme.name for theme in THEMES.values()} == set(NAMES)
    assert set(PALETTES) == {"diverging", *SEQUENTIAL}


def test_in_high_contrast_all_text_has_at_least_seven_to_one_and_the_ground_is_black() -> None:
    theme = THEMES["contrast"]
    assert backgrounds(theme) == ["#000000", "#000000"]
    for text in (theme.text, theme.text_dim, theme.accent, theme.error):
        for surface in (theme.panel, theme.panel_raised, *backgrounds(theme)):
            assert contrast(rgb(text), rgb(surface)) >= 7


def test_high_contrast_separates_more_than_dark() -> None:
    high, dark = THEMES["contrast"], THEMES["dark"]
    for name in ("text", "text_dim", "cell_line", "panel_edge", "ink_positive", "ink_negative"):
        seen = [contrast(rgb(getattr(t, name)), rgb(t.background_top)) for t in (high, dark)]
        assert seen[0] > seen[1], name


@pytest.mark.parametrize("palette", SEQUENTIAL)
@pytest.mark.parametrize("name", THEMES)
def test_a_sequential_palette_starts_at_zero_with_the_end_nearer_to_the_background(
    name: str, palette: str
) -> None:
    theme, ends = look(name, palette), (SEQUENTIAL[palette][0], SEQUENTIAL[palette][-1])
    near, far = ends if name != "light" else ends[::-1]
    assert np.allclose(diverging([0, 1], theme), [rgb(near), rgb(far)])
    assert replace(theme, neutral="", scale_positive=(), scale_negative=()) == replace(
        THEMES[name], neutral="", scale_positive=(), scale_negative=()
    )


@pytest.mark.parametrize("palette", SEQUENTIAL)
@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("kind", COLOUR_BLIND)
def test_values_below_zero_are_told_apart_in_sequential_palettes(name: str, palette: str, kind: str) -> None:
    for m in (0.25, 0.5, 0.75, 1.0):
        seen = [_lab(_simulated(diverging(v, look(name, palette)), kind)) for v in (m, -m)]
        assert np.linalg.norm(seen[0] - seen[1]) > 20


@every_theme
def test_text_can_be_read_on_every_surface(theme: Theme) -> None:
    for surface in (theme.panel, theme.panel_raised, *backgrounds(theme)):
        assert contrast(rgb(theme.text), rgb(surface)) >= 7
        assert contrast(rgb(theme.text_dim), rgb(surface)) >= 4.5


@every_theme
def test_messages_of_error_can_be_read(theme: Theme) -> None:
    for surface in (theme.panel, theme.panel_raised):
        assert contrast(rgb(theme.error), rgb(surface)) >= 4.5


@every_theme
def test_what_has_the_focus_stands_out_from_the_panel(theme: Theme) -> None:
    for surface in (theme.panel, theme.panel_raised, theme.background_top):
        assert contrast(rgb(theme.accent), rgb(surface)) >= 3


@every_look
def test_outlines_of_empty_cells_can_be_seen_on_the_background_and_on_the_cell(theme: Theme) -> None:
    for surface in (*backgrounds(theme), theme.neutral):
        assert contrast(rgb(theme.cell_line), rgb(surface)) >= 1.5


@every_look
@pytest.mark.parametrize("value", [-1.0, 1.0])
def test_a_full_cell_stands_out_from_the_background_and_from_an_empty_cell(
    theme: Theme, value: float
) -> None:
    for surface in (*backgrounds(theme), theme.neutral):
        assert contrast(diverging(value, theme), rgb(surface)) >= 4.5


@every_theme
def test_positive_is_orange_and_negative_is_blue_never_red_or_green(theme: Theme) -> None:
    warm = [theme.ink_positive, theme.ink_positive_strong, *theme.scale_positive]
    cool = [theme.ink_negative, theme.ink_negative_strong, *theme.scale_negative]
    for colours, (low, high) in ((warm, (12, 60)), (cool, (195, 250))):
        for colour in colours:
            hue = 360 * colorsys.rgb_to_hsv(*map(float, rgb(colour)))[0]
            assert low <= hue <= high, colour


@every_theme
@pytest.mark.parametrize("kind", COLOUR_BLIND)
def test_signs_stay_apart_for_eyes_that_cannot_tell_red_from_green(theme: Theme, kind: str) -> None:
    pairs = [(diverging(m, theme), diverging(-m, theme)) for m in (0.25, 0.5, 0.75, 1.0)]
    pairs.append((rgb(theme.ink_positive), rgb(theme.ink_negative)))
    for positive, negative in pairs:
        seen = [_lab(_simulated(colour, kind)) for colour in (positive, negative)]
        assert np.linalg.norm(seen[0] - seen[1]) > 25  # CIE 1976 difference; 2.3 can just be seen


def _simulated(colour: np.ndarray, kind: str) -> np.ndarray:
    """Linear light (3,) of an sRGB colour as seen with one kind of cone missing."""
    colour = colour.astype(np.float64)
    linear = np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)
    return np.asarray(np.clip(np.array(COLOUR_BLIND[kind]) @ linear, 0, 1))


def _lab(linear: np.ndarray) -> np.ndarray:
    """CIE L*a*b* (D65) of linear sRGB light (3,)."""
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    x, y, z = (np.array(to_xyz) @ linear) / np.array([0.9505, 1.0, 1.089])
    fx, fy, fz = (v ** (1 / 3) if v > 216 / 24389 else (24389 / 27 * v + 16) / 116 for v in (x, y, z))
    return np.array([116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)])


@every_look
def test_the_scale_ends_in_its_last_stops_and_has_neutral_at_zero(theme: Theme) -> None:
    assert np.allclose(diverging([-1, 0, 1], theme), [
        rgb(theme.scale_negative[-1]), rgb(theme.neutral), rgb(theme.scale_positive[-1])
    ])  # fmt: skip


@every_look
def test_values_off_the_scale_take_its_ends_and_nan_takes_zero(theme: Theme) -> None:
    off = diverging([-np.inf, -7.0, np.nan, 7.0, np.inf], theme)
    assert np.array_equal(off, diverging([-1, -1, 0, 1, 1], theme))


@every_theme
def test_the_scale_keeps_the_shape_of_its_values(theme: Theme) -> None:
    values = np.linspace(-1, 1, 24).reshape(2, 3, 4)
    colours = diverging(values, theme)
    assert colours.shape == (2, 3, 4, 3)
    assert np.array_equal(colours[1, 2, 0], diverging(values[1, 2, 0], theme))


@every_look
def test_the_table_for_the_graphics_card_is_the_scale_with_zero_in_its_middle(theme: Theme) -> None:
    table = diverging_table(theme)
    assert table.shape == (2 * LINEAR_STEPS + 1, 3)
    assert np.array_equal(table[LINEAR_STEPS], diverging(0, theme))
    assert np.array_equal(table[[0, -1]], diverging([-1, 1], theme))


@every_look
def test_every_colour_is_six_hexadecimal_digits(theme: Theme) -> None:
    for field in fields(theme):
        value = getattr(theme, field.name)
        for colour in value if isinstance(value, tuple) else [value]:
            assert field.name == "name" or re.fullmatch("#[0-9a-f]{6}", colour)


def test_luminance_and_contrast_agree_with_values_known_by_hand() -> None:
    assert luminance([1, 1, 1]) == pytest.approx(1)
    assert luminance([0, 0, 0]) == 0
    assert contrast([0, 0, 0], [1, 1, 1]) == pytest.approx(21)
    assert contrast(rgb("#767676"), rgb("#ffffff")) == pytest.approx(4.54, abs=0.01)  # WCAG's usual example
