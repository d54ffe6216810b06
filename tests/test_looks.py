"""Commands about looks: themes go round, forms change and come back, no view is kept that has lost its sense."""

from __future__ import annotations

from typing import Any

import pytest

from nodelink.graph.camera import Pose
from nodelink.looks import commands
from nodelink.session import Session
from nodelink.settings import RANGES, THEMES, Settings
from tests.networks import cnn, mini

BY_ID = {command.id: command for command in commands()}
POSE = Pose(10.0, 20.0, (1.0, 2.0, 3.0), 50.0, 1.0)


@pytest.fixture
def session() -> Session:
    networks = {"cnn": cnn(), "mini": mini()}
    return Session(networks["cnn"], Settings(), load=networks.__getitem__)


def run(session: Session, *names: str) -> None:
    ui: Any = None  # none of them needs a window
    for name in names:
        BY_ID[name].run(session, ui)


def is_on(session: Session, name: str) -> bool:
    ask = BY_ID[name].checked
    assert ask is not None
    return ask(session)


def test_themes_go_round(session: Session) -> None:
    seen = []
    for _ in range(4):
        seen.append(session.settings.theme)
        run(session, "theme")
    assert seen == [*THEMES, THEMES[0]]


@pytest.mark.parametrize(
    ("field", "names"),
    [("theme", ("dark", "light", "contrast")), ("palette", ("diverging", "viridis", "cividis"))],
)
def test_a_choice_is_marked_in_the_menu(session: Session, field: str, names: tuple[str, ...]) -> None:
    for name in names:
        run(session, f"{field}-{name}")
        assert [other for other in names if is_on(session, f"{field}-{other}")] == [name]


def test_directions_go_round_in_the_layout_that_is_shown(session: Session) -> None:
    seen = []
    for _ in range(4):
        seen.append(session.settings.direction_3d)
        run(session, "direction")
    assert seen == ["up", "right", "away", "up"]
    session.change(layout="2d")
    run(session, "direction")
    assert session.settings.direction_2d == "up"


def test_where_layers_lead_elsewhere_the_view_starts_anew(session: Session) -> None:
    session.set_pose(POSE)
    run(session, "dense-line", "apart", "cells-larger")
    assert session.pose == POSE
    told: list[object] = []
    session.pose_changed.connect(told.append)
    run(session, "direction")
    assert session.pose is None
    assert told == [None]


def test_a_new_direction_in_3d_leaves_the_view_in_2d(session: Session) -> None:
    session.change(layout="2d")
    session.set_pose(POSE)
    session.change(direction_3d="away")
    assert session.pose == POSE


def test_sizes_and_distances_stop_at_their_limits(session: Session) -> None:
    for down, up, field in (("cells-smaller", "cells-larger", "cell"), ("closer", "apart", "spacing")):
        run(session, *[down] * 40)
        assert getattr(session.settings, field) == RANGES[field][0]
        run(session, *[up] * 40)
        assert getattr(session.settings, field) == RANGES[field][1]


def test_the_usual_layout_and_all_layers_come_back(session: Session) -> None:
    for name in ("usual-form", "all-layers"):
        enabled = BY_ID[name].enabled
        assert enabled is not None
        assert not enabled(session)
    session.change(cell=2.0, dense="line", layers_hidden=("C1",), layer_alone="C3")
    run(session, "usual-form", "all-layers")
    assert session.settings == Settings()


def test_another_network_is_whole(session: Session) -> None:
    session.change(layers_hidden=("C1",), layers_dimmed=("S2",), layer_alone="C3")
    session.load("mini")
    assert session.settings == Settings(network="mini")
