"""Settings survive a restart, and no file can stop the program."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path

import pytest

from nodelink import settings
from nodelink.settings import Settings

CHANGED = Settings(
    network="mini",
    layout="2d",
    theme="light",
    edges="weights",
    centre=False,
    brush=30.0,
    text_size=1.5,
    exposure=2.0,
    held_back=0.5,
    strongest=0.25,
    palette="viridis",
    scale="relative",
    dense="line",
    direction_3d="away",
    direction_2d="up",
    cell=1.5,
    spacing=0.75,
    layers_hidden=("C1",),
    layers_dimmed=("S2", "F5"),
    layer_alone="C3",
    motion=False,
    views=(("mini", "2d", 3, (10.0, 20.5, 0.0, -1.0, 2.0, 50.0, 0.0)),),
    window=(10, -20, 1280, 800),
    maximized=True,
    hidden=("edges",),
)


def test_every_field_survives_a_restart(tmp_path: Path) -> None:
    assert all(getattr(CHANGED, field.name) != field.default for field in fields(Settings))
    path = tmp_path / "deep" / "settings.json"
    settings.save(CHANGED, path)
    assert settings.load(path) == (CHANGED, None)


def test_no_file_means_the_defaults(tmp_path: Path) -> None:
    assert settings.load(tmp_path / "settings.json") == (Settings(), None)


@pytest.mark.parametrize("content", [b"", b"{", b"[1, 2]", b"null", b"\xff\xfe\x00", b"[" * 100_000])
def test_a_damaged_file_is_set_aside_with_a_message(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(content)
    loaded, message = settings.load(path)
    assert loaded == Settings()
    assert message is not None
    assert "settings.json.damaged" in message
    assert "\n" not in message
    assert not path.exists()
    assert (tmp_path / "settings.json.damaged").read_bytes() == content


def test_a_second_damaged_file_leaves_the_first_one_alone(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    names = ["settings.json.damaged", "settings.json.damaged2", "settings.json.damaged3"]
    for number, name in enumerate(names):
        path.write_text("{" * (number + 1))
        _, message = settings.load(path)
        assert message is not None
        assert f"{name}:" in message
    assert [(tmp_path / name).read_text() for name in names] == ["{", "{{", "{{{"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("brush", 1e9),
        ("brush", "wide"),
        ("brush", True),
        ("brush", 10**400),
        ("brush", float("nan")),
        ("layout", "4d"),
        ("layout", ["3d"]),
        ("centre", 1),
        ("network", ""),
        ("window", [0, 0, 100]),
        ("window", [0, 0, -1, 5]),
        ("window", "big"),
        ("motion", "slow"),
        ("views", [["cnn", "3d", 0, [0, 0, 0, 0, 0, 9, 1]]]),
        ("views", [["cnn", "3d", 1, [0, 0, 0, 0, 0, 0, 1]]]),
        ("views", [["cnn", "3d", 1, [0, 0, 0]]]),
        ("views", [["cnn", ["3d"], True, [[[[[]]]]]]]),
        ("hidden", [1]),
        ("layers_hidden", "C1"),
        ("layer_alone", None),
        ("palette", "jet"),
    ],
)
def test_a_wrong_value_takes_its_default_and_the_rest_is_kept(
    tmp_path: Path, field: str, value: object
) -> None:
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"theme": "light", field: value}), encoding="utf-8")
    loaded, message = settings.load(path)
    assert loaded == Settings(theme="light")
    assert message is not None
    assert field in message
    assert (tmp_path / "settings.json.damaged").exists()


def test_fields_of_a_newer_version_are_ignored(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"theme": "light", "from_the_future": 3}', encoding="utf-8")
    assert settings.load(path) == (Settings(theme="light"), None)
    assert path.exists()


def test_a_directory_in_the_place_of_the_file_is_no_crash(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.mkdir()
    loaded, message = settings.load(path)
    assert loaded == Settings()
    assert message is not None


def test_a_failed_save_leaves_the_old_file_and_no_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "settings.json"
    settings.save(CHANGED, path)

    def refuse(self: Path, target: Path) -> Path:
        raise PermissionError("no")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(PermissionError):
        settings.save(Settings(), path)
    assert [file.name for file in tmp_path.iterdir()] == ["settings.json"]
    assert settings.load(path)[0] == CHANGED


def test_a_value_out_of_range_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"brush is 99, expected a number from 6 to 60"):
        replace(Settings(), brush=99)
    with pytest.raises(ValueError, match=r"theme is 'pink', expected one of dark, light, contrast"):
        replace(Settings(), theme="pink")


def test_clamp_brings_a_value_into_its_range() -> None:
    assert settings.clamp("brush", 99) == 60
    assert settings.clamp("held_back", -1) == 0


@pytest.mark.parametrize("name", settings.PRESETS)
def test_presets_are_valid(name: str) -> None:
    replace(Settings(), **settings.PRESETS[name])


def test_the_directory_can_be_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NODELINK_CONFIG", str(tmp_path))
    assert settings.default_path() == tmp_path / "settings.json"
