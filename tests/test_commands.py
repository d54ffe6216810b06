"""The table of commands: no key twice, everything does what it says, with a fake for the window."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nodelink.commands import COMMANDS, NETWORKS, PANELS, Command, clashes
from nodelink.graph.camera import NAMED_VIEWS, Pose, fit, project, view_pose
from nodelink.session import Session
from nodelink.settings import PRESETS, RANGES
from tests.networks import load

BY_ID = {command.id: command for command in COMMANDS}
START = Pose(-35.0, 24.0, (0.0, 0.0, 15.0), 200.0, 1.0)
CUBE = np.array([(x, y, z) for x in (-9.0, 9.0) for y in (-4.0, 4.0) for z in (0.0, 30.0)])


class FakeScene:
    """A picture of a box."""

    aspect = 1.6

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def pose(self) -> Pose:
        return self._session.pose or START

    def graph_points(self) -> Any:
        return CUBE

    def node_points(self, node: int) -> Any:
        """A lying slab, the face's corners first."""
        return np.array([(x, y, z) for z in (10.5, 9.5) for y in (5.0, -5.0) for x in (-5.0, 5.0)])

    def covered(self) -> tuple[float, float, float, float]:
        return 0.0, 0.0, 0.2, 0.0

    def named_pose(self, name: str) -> Pose:
        return view_pose(self._session.settings.layout, name, CUBE, self.aspect)

    def fitted_pose(self) -> Pose:
        seen = self.pose
        return fit(CUBE, self.aspect, seen.azimuth, seen.elevation, seen.perspective)


class FakeUi:
    """Notes what it is asked for."""

    def __init__(self, session: Session) -> None:
        self.scene = FakeScene(session)
        self.asked: list[str] = []
        self.said: list[str] = []
        self._session = session

    def load_network(self, name: str) -> None:
        self._session.load(name)

    def say(self, text: str) -> None:
        self.said.append(text)

    def __getattr__(self, name: str) -> Any:
        return lambda: self.asked.append(name)


@pytest.fixture
def session() -> Session:
    return Session(load("cnn"), load=load)


@pytest.fixture
def ui(session: Session) -> FakeUi:
    return FakeUi(session)


def run(session: Session, ui: FakeUi, *ids: str) -> None:
    for name in ids:
        BY_ID[name].run(session, ui)


def test_no_key_and_no_id_is_taken_twice() -> None:
    assert clashes(COMMANDS) == []


def test_a_clash_is_found() -> None:
    def nothing(session: Session, ui: Any) -> None: ...

    twice = [Command("a", "A", "File", nothing, ("X",)), Command("b", "B", "File", nothing, ("X",))]
    assert clashes(twice) == ["key X is claimed by a and b"]
    assert clashes([twice[0], twice[0]]) == ["id a is claimed by a and a", "key X is claimed by a and a"]


def test_keys_are_those_of_the_design() -> None:
    keys = {key for command in COMMANDS for key in command.keys}
    assert {*"0123456789VNFEP[]M+-?", "Home", "F1", "F2", "F3", "F4", "Del"} <= keys
    assert {"Ctrl+Z", "Ctrl+Y", "Ctrl+O", "Ctrl+V", "Ctrl+S", "Ctrl+Q"} <= keys
    assert {"Left", "Right", "Up", "Down", "PgUp", "PgDown"} <= keys
    assert "Tab" not in keys


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.id)
def test_every_command_runs_and_says_what_state_it_is_in(
    session: Session, ui: FakeUi, command: Command
) -> None:
    command.run(session, ui)
    for ask in (command.checked, command.enabled):
        assert ask is None or isinstance(ask(session), bool)
    assert command.title
    assert command.menu


def test_pencil_and_eraser_take_turns(session: Session, ui: FakeUi) -> None:
    run(session, ui, "eraser")
    assert session.tool == "eraser"
    assert BY_ID["eraser"].checked is not None
    assert BY_ID["eraser"].checked(session)
    run(session, ui, "pencil")
    assert session.tool == "pencil"


def test_brush_and_text_stop_at_their_limits(session: Session, ui: FakeUi) -> None:
    for down, up, field in (
        ("thinner", "thicker", "brush"),
        ("text-smaller", "text-larger", "text_size"),
    ):
        low, high = RANGES[field]
        run(session, ui, *[down] * 40)
        assert getattr(session.settings, field) == low
        run(session, ui, *[up] * 40)
        assert getattr(session.settings, field) == high


def test_samples_undo_redo_and_clear(session: Session, ui: FakeUi) -> None:
    run(session, ui, "sample-7", "sample-7")
    assert session.drawing.sample == (7, 1)
    run(session, ui, "undo")
    assert session.drawing.sample == (7, 0)
    run(session, ui, "redo", "clear")
    assert session.frame.verdict == "blank"


def test_networks_go_round(session: Session, ui: FakeUi) -> None:
    seen = [session.settings.network]
    for _ in NETWORKS:
        run(session, ui, "next-network")
        seen.append(session.settings.network)
    assert seen == [*NETWORKS, next(iter(NETWORKS))]
    run(session, ui, "network-mini")
    assert session.network.name == "mini"


def test_switches_switch_back(session: Session, ui: FakeUi) -> None:
    old = session.settings
    for name in (
        "layout",
        "weights",
        "relative",
        "dense-line",
        "centre",
        "motion",
        *(f"panel-{panel}" for panel in PANELS),
    ):
        run(session, ui, name)
        assert session.settings != old, name
        run(session, ui, name)
        assert session.settings == old, name


def test_presets_are_applied(session: Session, ui: FakeUi) -> None:
    run(session, ui, "preset-projector")
    assert {name: getattr(session.settings, name) for name in PRESETS["projector"]} == PRESETS["projector"]


@pytest.mark.parametrize("shape", ["2d", "3d"])
@pytest.mark.parametrize("name", [*(f"view-{view}" for view in NAMED_VIEWS), "fit"])
def test_views_show_everything(session: Session, ui: FakeUi, shape: str, name: str) -> None:
    session.change(layout=shape)
    session.set_pose(Pose(5.0, 80.0, (1e3, 0.0, 0.0), 5.0, 1.0))
    run(session, ui, name)
    assert session.pose is not None
    assert np.abs(project(CUBE, session.pose, 1.6)[:, :2]).max() <= 1.0


def test_home_is_the_start_view(session: Session, ui: FakeUi) -> None:
    run(session, ui, "turn-left", "nearer")
    assert session.pose is not None
    run(session, ui, "home")
    assert session.pose is None


def test_arrows_turn_in_3d_and_move_in_2d(session: Session, ui: FakeUi) -> None:
    run(session, ui, "turn-right")
    assert session.pose is not None
    assert session.pose.azimuth != START.azimuth
    session.change(layout="2d")
    run(session, ui, "turn-right")
    assert session.pose.azimuth == START.azimuth
    assert session.pose.target != START.target


def test_there_and_back_is_where_we_were(session: Session, ui: FakeUi) -> None:
    run(session, ui, "turn-left", "move-up", "nearer", "farther", "move-down", "turn-right")
    assert session.pose is not None
    assert session.pose.azimuth == pytest.approx(START.azimuth)
    assert session.pose.target == pytest.approx(START.target)
    assert session.pose.height == pytest.approx(START.height)


@pytest.mark.parametrize("shape", ["2d", "3d"])
@pytest.mark.parametrize("name", ["nearer", "farther", "move-left", "move-up", "move-right", "move-down"])
def test_no_key_leaves_the_network_behind(session: Session, ui: FakeUi, shape: str, name: str) -> None:
    session.change(layout=shape)
    for _ in range(150):
        run(session, ui, name)
        assert session.pose is not None
        at = project(CUBE, session.pose, 1.6)[:, :2]
        assert (np.nanmin(at, axis=0) < 1).all()
        assert (np.nanmax(at, axis=0) > -1).all()
    end = session.pose
    run(session, ui, name)
    assert end is not None
    assert session.pose is not None
    assert session.pose.height == pytest.approx(end.height)
    assert np.abs(np.subtract(session.pose.target, end.target)).max() < 0.02 * end.height


def test_what_needs_a_window_asks_it(session: Session, ui: FakeUi) -> None:
    run(session, ui, "open-image", "paste-image", "open-network", "save-picture", "help", "quit")
    assert ui.asked == ["open_image", "paste_image", "open_network", "save_picture", "show_help", "quit"]


@pytest.mark.parametrize("number", range(1, 10))
def test_a_saved_view_comes_back_and_the_window_says_so(session: Session, ui: FakeUi, number: int) -> None:
    run(session, ui, f"recall-view-{number}")
    assert session.pose is None
    assert "no view" in ui.said[-1]
    run(session, ui, "turn-left", "nearer")
    mine = session.pose
    run(session, ui, f"save-view-{number}", "home", f"recall-view-{number}")
    assert session.pose == mine
    assert f"view {number}" in ui.said[-1]
    assert "3D" in ui.said[-1]


def test_looking_at_a_node_shows_its_whole_map_large_and_well(session: Session, ui: FakeUi) -> None:
    focus = BY_ID["focus"]
    assert focus.enabled is not None
    assert not focus.enabled(session)
    run(session, ui, "view-front", "focus")
    before = session.pose
    session.select(3)
    assert focus.enabled(session)
    run(session, ui, "focus")
    assert session.pose is not None
    assert before is not None
    assert session.pose.height < before.height
    assert session.pose.elevation > 30  # from in front one would see but its edge
    assert np.abs(project(ui.scene.node_points(3), session.pose, 1.6)[:, :2]).max() < 0.8
    session.change(layout="2d")
    session.set_pose(ui.scene.named_pose("front"))
    run(session, ui, "focus")
    assert session.pose.elevation == 0


def test_escape_selects_nothing(session: Session, ui: FakeUi) -> None:
    session.select(3)
    run(session, ui, "deselect")
    assert session.selection is None


def test_turning_slowly_is_for_3d_and_ends_with_any_other_view(session: Session, ui: FakeUi) -> None:
    turning = BY_ID["turning"]
    assert turning.checked is not None
    assert turning.enabled is not None
    run(session, ui, "turning")
    assert turning.checked(session)
    run(session, ui, "turn-left")
    assert not turning.checked(session)
    run(session, ui, "turning", "turning")
    assert not turning.checked(session)
    session.change(layout="2d")
    assert not turning.enabled(session)
