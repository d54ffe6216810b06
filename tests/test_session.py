"""The session: one place where anything changes, announced once, and never half."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from nodelink.graph.camera import Pose
from nodelink.nn.changes import Change, NodesOff, WeightNoise, WeightOff, WeightScale
from nodelink.nn.layers import Dense, Flatten
from nodelink.nn.network import Network, NetworkError
from nodelink.nn.preprocess import PAD, Stroke, rasterize
from nodelink.nn.transforms import AS_DRAWN, Transform
from nodelink.nn.weights import WeightsError
from nodelink.samples import SAMPLES, sample
from nodelink.session import Session, verdict
from nodelink.settings import Settings
from tests.networks import load

LINE = [(60.0, 60.0), (100.0, 120.0), (160.0, 140.0), (200.0, 220.0)]
POSE = Pose(10.0, 20.0, (0.0, 0.0, 0.0), 50.0, 1.0)


@pytest.fixture
def session() -> Session:
    return Session(load("cnn"), Settings(), load=load)


@pytest.fixture
def heard(session: Session) -> list[tuple[str, Any]]:
    """Every signal of the session, in order."""
    events: list[tuple[str, Any]] = []

    def listen(name: str) -> Callable[..., None]:
        return lambda *values: events.append((name, values))

    for name in ("network", "frame", "settings", "selection", "pose", "drawing"):
        getattr(session, f"{name}_changed").connect(listen(name))
    return events


def names(heard: list[tuple[str, Any]]) -> list[str]:
    return [name for name, _ in heard]


def draw_line(session: Session) -> None:
    session.begin_stroke(*LINE[0])
    for point in LINE[1:]:
        session.extend_stroke([point])
    session.end_stroke()


# Drawing ----------------------------------------------------------------------------------------------------


def test_a_fresh_session_is_blank_and_has_answered(session: Session) -> None:
    assert session.frame.verdict == "blank"
    assert session.frame.prepared.blank
    assert session.drawing.empty


def test_the_network_runs_once_for_every_batch_of_points(session: Session, heard: list[Any]) -> None:
    session.begin_stroke(*LINE[0])
    session.extend_stroke(LINE[1:])
    assert names(heard).count("frame") == 2
    session.end_stroke()
    session.end_stroke()
    assert names(heard).count("frame") == 2


def test_a_stroke_drawn_as_it_comes_is_the_stroke_drawn_at_once(session: Session) -> None:
    draw_line(session)
    whole = rasterize([Stroke(np.array(LINE), session.settings.brush)])
    assert np.array_equal(session.frame.prepared.drawing, whole)
    assert np.array_equal(session.drawing.strokes[0].points, np.array(LINE))


def test_a_pen_with_pressure_draws_as_wide_as_it_is_pressed(session: Session) -> None:
    session.begin_stroke(*LINE[0], size=0.5)
    session.extend_stroke([(*LINE[1], 1.0), (*LINE[2], 1.5)])
    session.extend_stroke([(*LINE[3], 0.7)])
    session.end_stroke()
    widths = session.settings.brush * np.array([0.5, 1.0, 1.5, 0.7])
    whole = rasterize([Stroke(np.array(LINE), session.settings.brush, False, widths)])
    assert np.array_equal(session.frame.prepared.drawing, whole)
    session.undo()
    session.redo()
    assert np.array_equal(session.frame.prepared.drawing, whole)


def test_a_dropped_stroke_was_never_there(session: Session) -> None:
    session.show_example(7)
    before = session.frame.prepared.drawing
    session.begin_stroke(*LINE[0])
    session.extend_stroke(LINE[1:])
    session.drop_stroke()
    assert np.array_equal(session.frame.prepared.drawing, before)
    assert session.drawing.example
    assert not session.can_undo
    session.drop_stroke()
    session.end_stroke()
    assert not session.can_undo


def test_a_frame_is_computed_from_its_own_arrays_and_never_changes(session: Session) -> None:
    draw_line(session)
    frame = session.frame
    kept = frame.prepared.drawing.copy()
    again = session.network.forward(frame.activations.out[0][0])
    assert np.array_equal(again.output, frame.activations.output)
    session.begin_stroke(30, 200)
    session.extend_stroke([(250, 200)])
    assert np.array_equal(frame.prepared.drawing, kept)
    with pytest.raises(ValueError, match="read-only"):
        frame.prepared.drawing[0, 0] = 1


def test_the_eraser_takes_ink_away_and_the_override_wins_over_the_tool(session: Session) -> None:
    draw_line(session)
    before = session.frame.prepared.drawing.sum()
    session.begin_stroke(*LINE[1], erase=True)
    session.end_stroke()
    assert session.frame.prepared.drawing.sum() < before
    session.use("eraser")
    session.begin_stroke(*LINE[2])
    session.end_stroke()
    assert [stroke.erase for stroke in session.drawing.strokes] == [False, True, True]
    with pytest.raises(ValueError, match="tool is 'pen'"):
        session.use("pen")


def test_every_step_can_be_undone_and_redone(session: Session) -> None:
    picture = np.linspace(0, 1, PAD * PAD, dtype=np.float32).reshape(PAD, PAD)
    steps: tuple[Callable[[], None], ...] = (
        lambda: draw_line(session),
        lambda: session.sample(3),
        session.clear,
        lambda: session.set_image(picture),
        lambda: draw_line(session),
    )
    inks = [session.frame.prepared.drawing]
    for step in steps:
        step()
        inks.append(session.frame.prepared.drawing)
    for ink in reversed(inks[:-1]):
        session.undo()
        assert np.array_equal(session.frame.prepared.drawing, ink)
    assert not session.can_undo
    session.undo()
    for ink in inks[1:]:
        session.redo()
        assert np.array_equal(session.frame.prepared.drawing, ink)
    assert not session.can_redo
    session.redo()


def test_a_new_stroke_forgets_what_was_undone(session: Session) -> None:
    draw_line(session)
    session.undo()
    session.begin_stroke(100, 100)
    session.end_stroke()
    assert not session.can_redo


def test_undo_during_a_stroke_takes_that_stroke_back(session: Session) -> None:
    session.begin_stroke(*LINE[0])
    session.extend_stroke(LINE[1:])
    session.undo()
    assert session.frame.verdict == "blank"
    session.extend_stroke([(10.0, 10.0)])
    session.end_stroke()


def test_clearing_a_blank_pad_is_no_step(session: Session) -> None:
    session.clear()
    assert not session.can_undo


def test_a_sample_again_is_its_next_variant(session: Session) -> None:
    for variant in (*range(len(SAMPLES[4])), 0):
        session.sample(4)
        assert session.drawing.sample == (4, variant)
        assert np.array_equal(session.frame.prepared.drawing, rasterize(sample(4, variant)))
    session.sample(5)
    assert session.drawing.sample == (5, 0)


def test_the_first_pencil_stroke_replaces_the_example_and_only_it(session: Session) -> None:
    session.show_example(7)
    assert session.drawing.example
    assert not session.can_undo
    draw_line(session)
    assert len(session.drawing.strokes) == 1
    assert np.array_equal(session.frame.prepared.drawing, rasterize(session.drawing.strokes))
    session.undo()
    assert session.drawing.example
    session.sample(3)
    draw_line(session)
    assert len(session.drawing.strokes) == len(sample(3, 0)) + 1


def test_the_eraser_works_on_the_example(session: Session) -> None:
    session.show_example(7)
    session.begin_stroke(*LINE[0], erase=True)
    session.end_stroke()
    assert len(session.drawing.strokes) == len(sample(7, 0)) + 1
    assert not session.drawing.example


@pytest.mark.parametrize(
    "ink", [np.zeros((28, 28)), np.full((PAD, PAD), 2.0), np.full((PAD, PAD), np.nan), -np.ones((PAD, PAD))]
)
def test_a_wrong_picture_is_refused_and_the_drawing_stays(session: Session, ink: np.ndarray) -> None:
    draw_line(session)
    frame = session.frame
    with pytest.raises(ValueError, match="expected"):
        session.set_image(ink)
    assert session.frame is frame


# Answers ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("blank", "probabilities", "expected"),
    [
        (True, (0.99, 0.01), "blank"),
        (False, (0.9, 0.1), "sure"),
        (False, (0.45, 0.1), "unsure"),
        (False, (0.63, 0.36), "unsure"),
        (False, (1.0,), "sure"),
        (False, (), "none"),
    ],
)
def test_verdicts_are_honest(blank: bool, probabilities: tuple[float, ...], expected: str) -> None:
    assert verdict(blank, tuple(enumerate(probabilities))) == expected


def test_guesses_are_the_probabilities_in_order(session: Session) -> None:
    session.sample(7)
    frame = session.frame
    assert [k for k, _ in frame.guesses] == list(np.argsort(-frame.activations.output[0]))
    assert all(p == frame.activations.output[0, k] for k, p in frame.guesses)
    assert set(frame.milliseconds) == {"preprocess", "forward"}


def test_a_network_without_classes_gives_no_verdict() -> None:
    rng = np.random.default_rng(0)
    layers = (Flatten("flat"), Dense("Steer", rng.normal(size=(1, 60)), np.zeros(1), "tanh"))
    session = Session(Network("steer", "Steering", layers, (3, 4, 5), output_kind="regression"))
    session.sample(7)
    assert session.frame.verdict == "none"
    assert session.frame.guesses == ()


# Network, settings, camera, selection -----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["mlp", "mini"])
def test_the_drawing_survives_a_network_switch(session: Session, heard: list[Any], name: str) -> None:
    draw_line(session)
    session.select(5)
    ink = session.frame.prepared.drawing
    heard.clear()
    session.load(name)
    assert names(heard) == ["selection", "network", "settings", "pose", "frame"]
    assert np.array_equal(session.frame.prepared.drawing, ink)
    assert session.frame.network is session.network
    assert session.settings.network == session.network.name == name
    assert session.selection is None
    session.undo()
    assert session.frame.verdict == "blank"


def test_a_failed_load_leaves_everything_as_it_was(session: Session, heard: list[Any]) -> None:
    draw_line(session)
    before = (session.network, session.frame, session.settings, session.drawing)
    heard.clear()
    with pytest.raises(WeightsError):
        session.load("missing")
    assert (session.network, session.frame, session.settings, session.drawing) == before
    assert heard == []


def test_a_network_switch_during_a_stroke_keeps_the_stroke(session: Session) -> None:
    session.begin_stroke(*LINE[0])
    session.extend_stroke(LINE[1:3])
    session.load("mlp")
    session.extend_stroke(LINE[3:])
    session.end_stroke()
    assert np.array_equal(session.frame.prepared.drawing, rasterize([Stroke(np.array(LINE))]))


def test_a_layout_switch_keeps_the_drawing_and_runs_nothing(session: Session, heard: list[Any]) -> None:
    draw_line(session)
    frame = session.frame
    heard.clear()
    session.change(layout="2d")
    assert names(heard) == ["settings", "pose"]
    assert session.frame is frame


def test_centring_runs_the_network_again(session: Session) -> None:
    session.begin_stroke(30, 30)
    session.end_stroke()
    session.change(centre=False)
    prepared = session.frame.prepared
    assert np.array_equal(prepared.centred, prepared.drawing)
    session.change(centre=True)
    assert not np.array_equal(session.frame.prepared.centred, prepared.drawing)


def test_change_tells_new_and_old_and_is_silent_when_equal(session: Session, heard: list[Any]) -> None:
    old = session.settings
    session.change(theme="light", text_size=1.5)
    new = replace(old, theme="light", text_size=1.5)
    assert heard == [("settings", (new, old))]
    session.change(theme="light")
    assert len(heard) == 1


def test_a_typo_or_a_wrong_value_raises_and_changes_nothing(session: Session, heard: list[Any]) -> None:
    with pytest.raises(TypeError, match="tehme"):
        session.change(tehme="light")
    with pytest.raises(ValueError, match="theme is 'pink'"):
        session.change(theme="pink")
    with pytest.raises(ValueError, match="load"):
        session.change(network="mlp")
    assert heard == []


def test_each_layout_and_network_keeps_its_own_camera(session: Session, heard: list[Any]) -> None:
    session.set_pose(POSE)
    session.set_pose(POSE)
    assert names(heard) == ["pose"]
    session.change(layout="2d")
    assert session.pose is None
    session.change(layout="3d")
    assert session.pose == POSE
    session.load("mlp")
    assert session.pose is None
    session.load("cnn")
    assert session.pose == POSE
    session.set_pose(None)
    assert session.pose is None


def test_selection_is_announced_once_and_checked(session: Session, heard: list[Any]) -> None:
    session.select(7)
    session.select(7)
    session.select(None)
    assert heard == [("selection", (7,)), ("selection", (None,))]
    with pytest.raises(ValueError, match="node 100000"):
        session.select(100_000)


def test_the_camera_turns_by_itself_until_it_is_put_somewhere(session: Session, heard: list[Any]) -> None:
    turned: list[bool] = []
    session.turning_changed.connect(turned.append)
    session.turn(True)
    session.turn(True)
    session.set_pose(None)  # where it is already: a press that stops it
    assert turned == [True, False]
    session.turn(True)
    session.change(layout="2d")
    session.turn(True)
    assert turned == [True, False, True, False]
    assert not session.turning


def test_turning_goes_on_with_another_network(session: Session) -> None:
    session.turn(True)
    session.load("mlp")
    assert session.turning


def test_views_are_saved_for_each_network_and_layout(session: Session) -> None:
    assert session.view(1) is None
    other = replace(POSE, height=70.0)
    session.save_view(1, POSE)
    session.save_view(9, POSE)
    session.save_view(1, other)
    assert (session.view(1), session.view(9), session.view(2)) == (other, POSE, None)
    session.change(layout="2d")
    assert session.view(1) is None
    session.save_view(1, POSE)
    session.load("mini")
    assert session.view(1) is None
    session.load("cnn")
    again = Session(load("cnn"), session.settings, load=load)  # after a restart
    assert again.view(1) == POSE
    again.change(layout="3d")
    assert again.view(1) == other


def test_undo_under_the_pen_leaves_what_is_recorded(session: Session) -> None:
    """The example comes back, and the stroke that goes on replaces it as a new one would."""
    session.show_example(7)
    session.begin_stroke(50, 50)
    session.extend_stroke([(60, 60), (80, 80)])
    session.undo()
    session.extend_stroke([(100, 100), (120, 140)])
    session.end_stroke()
    shown = session.frame.prepared.drawing.copy()
    session.undo()
    session.redo()
    assert np.array_equal(session.frame.prepared.drawing, shown)


def test_a_network_that_overflows_leaves_everything_as_it_was(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw_line(session)
    session.sample(3)
    session.undo()
    frame, drawing = session.frame, session.drawing

    def overflow(*_: object) -> None:
        raise NetworkError("not finite")

    monkeypatch.setattr("nodelink.session.compute_frame", overflow)
    for change in (session.undo, session.redo, session.clear, lambda: session.sample(1)):
        with pytest.raises(NetworkError):
            change()
    with pytest.raises(NetworkError):
        session.begin_stroke(9, 9)
    monkeypatch.undo()
    assert session.frame is frame
    assert session.drawing is drawing
    assert session.can_redo
    session.undo()
    assert session.drawing.empty


# Experiments ------------------------------------------------------------------------------------------------


def test_a_change_is_seen_at_once_and_can_be_taken_back(session: Session, heard: list[Any]) -> None:
    draw_line(session)
    before = session.frame
    heard.clear()
    for change in (NodesOff("C3", map=4), WeightScale("F5", 2.0), NodesOff("Output", 1)):
        session.alter(change)
        session.alter(change)  # a second time it is done already
    assert names(heard) == ["frame"] * 3
    assert session.network is session.frame.network
    assert session.original is before.network
    assert session.changes == (NodesOff("C3", map=4), WeightScale("F5", 2.0), NodesOff("Output", 1))
    assert session.frame.activations.output[0, 1] == 0
    assert not session.frame.activations.out[3][0, 4].any()
    session.restore(WeightScale("F5", 2.0))
    assert list(session.changes) == [NodesOff("C3", map=4), NodesOff("Output", 1)]
    session.restore_all()
    assert session.network is before.network
    assert np.array_equal(session.frame.activations.output, before.activations.output)


def test_selection_camera_and_drawing_survive_an_experiment(session: Session) -> None:
    draw_line(session)
    session.set_pose(POSE)
    session.focus.pin(7)
    session.focus.pin(2000)
    session.change(layers_hidden=("C1",))
    ink = session.frame.sheet.ink
    session.alter(NodesOff("C3"))
    assert session.pose == POSE
    assert session.focus.pins == (7, 2000)
    assert session.settings.layers_hidden == ("C1",)
    assert np.array_equal(session.frame.sheet.ink, ink)
    assert session.can_undo


def test_drawing_goes_on_with_the_changed_network(session: Session) -> None:
    session.alter(NodesOff("F6"))
    draw_line(session)
    assert session.frame.network is session.network
    assert not session.frame.activations.out[-2].any()
    session.undo()
    session.change(centre=False)
    assert session.changes == (NodesOff("F6"),)


def test_a_network_is_come_back_to_as_it_was_left(session: Session) -> None:
    session.alter(NodesOff("F6"))
    session.focus.pin(7)
    session.focus.pin(2000)
    session.load("mini")
    assert (session.changes, session.focus.pins) == ((), ())
    session.focus.pin(3)
    session.load("cnn")
    assert session.changes == (NodesOff("F6"),)
    assert session.original is load("cnn")
    assert not session.frame.activations.out[-2].any()
    assert (session.focus.pins, session.selection) == ((7, 2000), 2000)
    session.restore_all()
    session.load("mini")
    assert session.focus.pins == (3,)
    session.load("cnn")
    assert session.network is load("cnn")


def test_a_file_that_has_changed_comes_without_the_changes_that_it_cannot_have() -> None:
    other = replace(load("mini"), name="cnn")
    files = [load("cnn"), load("mlp"), other]
    session = Session(load("cnn"), load=lambda _name: files.pop(0))
    session.alter(NodesOff("C3", map=4))
    session.focus.pin(9000)
    session.load("cnn")
    assert session.changes == (NodesOff("C3", map=4),)
    session.load("mlp")
    session.load("cnn")
    assert session.network is other
    assert session.focus.pins == ()


def test_what_was_restored_comes_back(session: Session) -> None:
    assert not session.can_bring_back
    turned = Transform(angle=30)
    session.alter(NodesOff("C3", map=4))
    session.alter(WeightScale("F5", 2.0))
    session.set_transform(turned)
    before = session.frame
    session.restore_all()
    assert session.can_bring_back
    assert (session.changes, session.transform) == ((), AS_DRAWN)
    session.load("mini")
    assert not session.can_bring_back
    session.load("cnn")
    session.alter(NodesOff("F6"))
    assert not session.can_bring_back
    session.restore(NodesOff("F6"))
    session.bring_back()
    assert session.changes == (NodesOff("C3", map=4), WeightScale("F5", 2.0))
    assert session.transform == turned
    assert np.array_equal(session.frame.activations.output, before.activations.output)
    assert not session.can_bring_back
    session.bring_back()
    assert session.frame.activations.output[0].tolist() == before.activations.output[0].tolist()


@pytest.mark.parametrize(
    "change",
    [WeightNoise("C1", 1e38), WeightScale("C1", 1e38), NodesOff("C3", 10**6), WeightOff("S2", (0,))],
)
def test_an_experiment_that_fails_leaves_everything_as_it_was(
    session: Session, heard: list[Any], change: Change
) -> None:
    draw_line(session)
    session.alter(WeightScale("C3", 1e10))
    slot, changes = session.slots[session.current], session.changes
    heard.clear()
    with pytest.raises(ValueError) as told:
        session.alter(change)
    assert "\n" not in str(told.value)
    assert session.slots[session.current] is slot
    assert session.changes == changes
    assert names(heard) == []


def test_all_classes_off_is_no_answer(session: Session) -> None:
    draw_line(session)
    session.alter(NodesOff("Output"))
    assert session.frame.verdict == "off"
    session.clear()
    assert session.frame.verdict == "blank"
    session.undo()
    session.restore_all()
    assert session.frame.verdict in ("sure", "unsure")


def test_a_transform_lies_between_pad_and_network(session: Session, heard: list[Any]) -> None:
    session.change(centre=False)
    draw_line(session)
    plain = session.frame
    heard.clear()
    session.set_transform(Transform(dx=30))
    session.set_transform(Transform(dx=30))
    assert names(heard) == ["frame"]
    frame = session.frame
    assert np.array_equal(frame.sheet.ink, plain.sheet.ink)
    assert np.array_equal(frame.prepared.drawing[:, 30:], plain.sheet.ink[:, :-30])
    assert np.array_equal(
        frame.activations.out[0][0, :, 2:30, 5:30], plain.activations.out[0][0, :, 2:30, 2:27]
    )
    session.set_transform(AS_DRAWN)
    assert np.array_equal(session.frame.activations.output, plain.activations.output)
    session.load("mini")
    assert session.transform == AS_DRAWN


def test_the_stroke_in_progress_is_transformed_like_the_finished_one(session: Session) -> None:
    session.show_example(7)
    session.set_transform(Transform(width=2.0))
    session.begin_stroke(*LINE[0])
    session.extend_stroke(LINE[1:])
    live = session.frame.prepared.drawing
    session.end_stroke()
    wide = rasterize([Stroke(np.array(LINE), 2 * session.settings.brush)])
    assert np.array_equal(live, wide)
    session.set_transform(Transform(width=2.0, dy=3))
    session.set_transform(Transform(width=2.0))
    assert np.array_equal(session.frame.prepared.drawing, wide)
    assert np.array_equal(session.frame.sheet.ink, rasterize(session.drawing.strokes))


def test_a_transform_that_overflows_leaves_everything_as_it_was(session: Session, heard: list[Any]) -> None:
    session.change(centre=False)
    session.set_image(np.full((PAD, PAD), 0.03))
    session.alter(WeightScale("C1", 2.5e38))
    frame = session.frame
    heard.clear()
    with pytest.raises(NetworkError, match="C1"):
        session.set_transform(Transform(noise=1.0))
    assert session.transform == AS_DRAWN
    assert session.frame is frame
    assert names(heard) == []


def test_a_frozen_answer_is_compared_with_that_of_the_changed_network(session: Session) -> None:
    draw_line(session)
    session.freeze()
    before = session.frame
    session.alter(NodesOff("C3", map=4))
    assert session.compare.frozen is not None
    assert session.compare.frozen.network is session.original
    session.compare.show("B - A")
    difference = session.seen.activations.out[3][0, 4]
    assert np.array_equal(difference, -before.activations.out[3][0, 4])
    assert difference.any()
    session.restore_all()
    assert not session.seen.activations.out[3].any()


def test_nobody_hears_of_nodes_that_the_network_has_not(session: Session) -> None:
    """Whatever is told, and in whatever order: what is pinned is in the network whose nodes are asked."""
    told = []

    def check(*_news: object) -> None:
        nodes = session.asked.network.nodes
        told.append([pin for pin in (*session.focus.pins, session.focus.hovered or 0) if pin >= nodes])

    signals = (session.network_changed, session.frame_changed, session.settings_changed, session.pose_changed)
    for signal in (*signals, session.selection_changed, session.focus.changed, session.compare.changed):
        signal.connect(check)
    last = session.network.nodes - 1
    session.focus.pin(last)
    session.focus.hover(last)
    session.load("mini")
    session.load("cnn")
    session.freeze()
    session.load("mini")
    steps: list[Callable[[], None]] = [
        lambda: session.alter(NodesOff("H1", 3)),
        session.restore_all,
        session.bring_back,
        session.swap,
    ]
    for step in steps:
        session.compare.show("A")
        session.focus.pin(last)
        step()
    assert told
    assert not any(told)
