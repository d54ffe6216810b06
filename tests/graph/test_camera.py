"""The camera: pictures known by hand, random poses against the formula of the pinhole, fits that hold everything."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from nodelink.graph import camera
from nodelink.graph.camera import DISTANCE, ELEVATIONS, HEIGHTS, NAMED_VIEWS, Pose
from nodelink.graph.layout import arrange
from tests import networks

Wide = NDArray[np.float64]
ASPECTS = (0.6, 0.8, 1.0, 1.4, 1.8, 2.4)
FRONT = Pose(azimuth=0.0, elevation=0.0, target=(0.0, 0.0, 0.0), height=20.0, perspective=0.0)
PARALLEL_TO_PINHOLE = np.linspace(0, 1, 201)

random_poses = pytest.mark.parametrize("seed", range(25))


def pose_of(seed: int) -> tuple[Pose, float, np.random.Generator]:
    """A random pose, a random aspect, and the generator for what else is random."""
    rng = np.random.default_rng(seed)
    azimuth, elevation = rng.uniform(-180, 180), rng.uniform(*ELEVATIONS)
    x, y, z = rng.uniform(-50, 50, 3).tolist()
    perspective = [0.0, 1.0, rng.uniform(0, 1)][seed % 3]
    pose = Pose(azimuth, elevation, (x, y, z), float(np.exp(rng.uniform(1, 6))), perspective)
    return pose, float(rng.uniform(0.6, 2.4)), rng


def points_near(pose: Pose, rng: np.random.Generator, count: int = 40) -> Wide:
    """Points around the target, all before the eye."""
    return np.asarray(pose.target) + rng.uniform(-0.4, 0.4, (count, 3)) * pose.height


def seen(points: Wide, pose: Pose, aspect: float = 1.0) -> Wide:
    return camera.project(points, pose, aspect)[:, :2]


@random_poses
def test_right_up_and_forward_are_a_right_handed_frame_with_up_never_down(seed: int) -> None:
    axes = camera.axes(pose_of(seed)[0])
    assert np.allclose(axes @ axes.T, np.eye(3))
    assert np.allclose(np.cross(axes[0], axes[1]), -axes[2])
    assert axes[0][2] == 0  # the horizon stays level
    assert axes[1][2] > 0


@random_poses
def test_a_point_is_seen_where_the_pinhole_says(seed: int) -> None:
    pose, aspect, rng = pose_of(seed)
    points = points_near(pose, rng)
    right, up, forward = camera.axes(pose)
    offset = points - pose.target
    shrink = 1 + pose.perspective * (offset @ forward) / (DISTANCE * pose.height)
    x = offset @ right / (pose.height / 2 * aspect) / shrink
    y = offset @ up / (pose.height / 2) / shrink
    assert np.allclose(seen(points, pose, aspect), np.stack([x, y], axis=1))


@random_poses
def test_the_matrix_and_the_projection_are_the_same_camera(seed: int) -> None:
    pose, aspect, rng = pose_of(seed)
    points = points_near(pose, rng)
    clip = np.concatenate([points, np.ones((len(points), 1))], axis=1) @ camera.matrix(pose, aspect).T
    assert np.allclose(clip[:, :3] / clip[:, 3:], camera.project(points, pose, aspect))


@random_poses
def test_depth_grows_with_distance_and_stays_in_the_buffers_range(seed: int) -> None:
    pose, aspect, _ = pose_of(seed)
    forward = camera.axes(pose)[2]
    depths = np.linspace(-0.85 * DISTANCE, 20, 200)[:, None] * pose.height
    depth = camera.project(np.asarray(pose.target) + depths * forward, pose, aspect)[:, 2]
    assert (np.diff(depth) > 0).all()
    assert depth[0] > -1
    assert depth[-1] < 1


def test_what_is_behind_the_eye_is_not_seen() -> None:
    pose = replace(FRONT, perspective=1.0)
    eye = np.array([0, -DISTANCE * 20.0, 0])
    assert np.isnan(seen(np.array([eye - (0, 1, 0), eye - (3, 50, 2)]), pose)).all()
    assert np.isfinite(seen(eye[None] + (0, 1, 0), pose)).all()


def test_the_named_views_show_the_axes_as_their_names_say() -> None:
    box = np.array([[-1, -1, -1], [1, 1, 1]]) * 10.0
    tips = np.array([[5.0, 0, 0], [0, 5, 0], [0, 0, 5]])

    def look(name: str) -> Wide:
        """Where the tips of x, y and z are seen from the origin."""
        pose = camera.view_pose("3d", name, box, 1.5)
        return np.asarray(seen(tips, pose, 1.5) - seen(np.zeros((1, 3)), pose, 1.5))

    x, y, z = look("front")
    assert x[0] > 0.1 > abs(x[1])
    assert z[1] > 0.1 > abs(z[0])
    assert np.linalg.norm(y) < 0.05
    x, y, z = look("top")
    assert x[0] > 0.1 > abs(x[1])
    assert y[1] > 0.1 > abs(y[0])
    assert np.linalg.norm(z) < 0.05
    x, y, z = look("side")
    assert abs(y[0]) > 0.1 > abs(y[1])
    assert z[1] > 0.1 > abs(z[0])
    assert np.linalg.norm(x) < 0.05
    x, y, z = look("three-quarter")
    assert x[0] > 0.1
    assert y[1] > 0.05
    assert z[1] > 0.1


def test_a_positive_azimuth_turns_the_eye_to_the_right_and_an_elevation_raises_it() -> None:
    forward = camera.axes(replace(FRONT, azimuth=30.0, elevation=20.0))[2]
    assert forward[0] < 0 < forward[1]  # the eye stands at positive x and looks back
    assert forward[2] < 0


@pytest.mark.parametrize("aspect", ASPECTS)
@pytest.mark.parametrize("perspective", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("margins", [(0.05,) * 4, (0.3, 0.05, 0.2, 0.1)])
@pytest.mark.parametrize("seed", range(6))
def test_a_fit_shows_every_point_within_the_margins_and_no_smaller_than_need_be(
    aspect: float, perspective: float, margins: tuple[float, float, float, float], seed: int
) -> None:
    rng = np.random.default_rng(seed)
    points = rng.normal(0, 1, (200, 3)) * rng.uniform(2, 60, 3) + rng.uniform(-99, 99, 3)
    azimuth, elevation = rng.uniform(-180, 180), rng.uniform(-80, 80)
    pose = camera.fit(points, aspect, azimuth, elevation, perspective, margins)
    _assert_fits(points, pose, aspect, margins)
    assert (pose.azimuth, pose.elevation, pose.perspective) == (azimuth, elevation, perspective)


@pytest.mark.parametrize("aspect", ASPECTS)
@pytest.mark.parametrize("name", ["cnn", "mlp", "mini"])
def test_every_named_view_of_every_network_fits(name: str, aspect: float) -> None:
    layout = arrange(getattr(networks, name)())
    margins = (0.2, 0.05, 0.15, 0.1)
    for layout_name, views in (("3d", list(NAMED_VIEWS)), ("2d", ["front"])):
        points = layout.corners[layout_name].reshape(-1, 3).astype(np.float64)
        for view in views:
            pose = camera.view_pose(layout_name, view, points, aspect, margins)
            _assert_fits(points, pose, aspect, margins)


def _assert_fits(points: Wide, pose: Pose, aspect: float, margins: tuple[float, float, float, float]) -> None:
    left, right, bottom, top = margins
    low, high = np.array([2 * left - 1, 2 * bottom - 1]), np.array([1 - 2 * right, 1 - 2 * top])
    at = seen(points, pose, aspect)
    assert (at >= low - 1e-3).all()
    assert (at <= high + 1e-3).all()
    full = np.isclose(at.min(axis=0), low, atol=2e-3) & np.isclose(at.max(axis=0), high, atol=2e-3)
    assert full.any()  # it reaches from margin to margin in one direction ...
    assert np.allclose(
        (at.min(axis=0) + at.max(axis=0)) / 2, (low + high) / 2, atol=2e-3
    )  # ... centred in both


@pytest.mark.parametrize("perspective", [0.0, 1.0])
def test_a_single_point_fits_in_the_middle(perspective: float) -> None:
    pose = camera.fit([[3.0, 4.0, 5.0]], 1.5, 20.0, 30.0, perspective)
    assert pose.height > 0
    assert np.allclose(seen(np.array([[3.0, 4.0, 5.0]]), pose), 0, atol=1e-9)


def test_a_flat_layout_is_seen_straight_from_the_front_whatever_view_is_asked_for() -> None:
    points = np.random.default_rng(0).uniform(-9, 9, (20, 3)) * (1, 0, 1)
    poses = {camera.view_pose("2d", name, points, 1.5) for name in NAMED_VIEWS}
    (pose,) = poses
    assert (pose.azimuth, pose.elevation, pose.perspective) == (0, 0, 0)


@random_poses
@pytest.mark.parametrize("factor", [0.5, 0.9, 1.12, 3.0])
def test_zoom_keeps_what_is_under_the_pointer_and_enlarges_the_rest(seed: int, factor: float) -> None:
    pose, aspect, rng = pose_of(seed)
    at = tuple(rng.uniform(-1, 1, 2).tolist())
    under = _on_target_plane(pose, aspect, at)
    closer = camera.zoom(pose, factor, at, aspect)
    assert np.allclose(seen(under[None], closer, aspect), at)
    other = tuple(rng.uniform(-1, 1, 2).tolist())
    moved = seen(_on_target_plane(pose, aspect, other)[None], closer, aspect)[0]
    assert np.allclose(moved - at, factor * np.subtract(other, at))


def _on_target_plane(pose: Pose, aspect: float, at: tuple[float, ...]) -> Wide:
    right, up, _ = camera.axes(pose)
    half = pose.height / 2
    return np.asarray(np.asarray(pose.target) + right * at[0] * half * aspect + up * at[1] * half)


def test_zoom_stops_at_its_limits() -> None:
    for factor in (1e9, 1e-9):
        pose = camera.zoom(FRONT, factor, (0.4, -0.7), 1.3)
        assert HEIGHTS[0] <= pose.height <= HEIGHTS[1]
        assert camera.zoom(pose, factor, (0.4, -0.7), 1.3) == pose  # and does not slide on


@random_poses
def test_orbit_keeps_the_target_in_the_middle_and_the_distance(seed: int) -> None:
    pose, aspect, rng = pose_of(seed)
    turned = camera.orbit(pose, *rng.uniform(-300, 300, 2).tolist())
    assert (turned.target, turned.height, turned.perspective) == (pose.target, pose.height, pose.perspective)
    assert np.allclose(seen(np.array([pose.target]), turned, aspect), 0)
    assert -180 <= turned.azimuth < 180
    assert ELEVATIONS[0] <= turned.elevation <= ELEVATIONS[1]


def test_orbit_there_and_back_is_where_it_began() -> None:
    pose = replace(FRONT, azimuth=170.0, elevation=10.0)
    back = camera.orbit(camera.orbit(pose, 50, 30), -50, -30)
    assert [back.azimuth, back.elevation] == pytest.approx([170, 10])


@random_poses
def test_pan_moves_the_picture_by_shares_of_its_height(seed: int) -> None:
    pose, aspect, rng = pose_of(seed)
    dx, dy = rng.uniform(-1, 1, 2).tolist()
    point = _on_target_plane(pose, aspect, (0.2, -0.3))[None]
    moved = camera.pan(pose, dx, dy)
    # the plane through the target moves in itself: its points are seen shifted, none larger or smaller
    shift = seen(point, moved, aspect)[0] - seen(point, pose, aspect)[0]
    assert np.allclose(shift, (2 * dx / aspect, 2 * dy))


@random_poses
def test_the_sight_line_passes_through_every_point_seen_there(seed: int) -> None:
    pose, aspect, rng = pose_of(seed)
    for point in points_near(pose, rng, 10):
        at = seen(point[None], pose, aspect)[0]
        start, direction = camera.ray(pose, aspect, (at[0], at[1]))
        assert np.linalg.norm(direction) == pytest.approx(1)
        along = float((point - start) @ direction)
        assert along > 0
        assert np.linalg.norm(start + along * direction - point) < 1e-6 * pose.height


@random_poses
def test_all_of_a_sight_line_is_seen_at_one_point(seed: int) -> None:
    pose, aspect, rng = pose_of(seed)
    at = tuple(rng.uniform(-1, 1, 2).tolist())
    start, direction = camera.ray(pose, aspect, (at[0], at[1]))
    line = start + np.linspace(0, 30, 20)[:, None] * pose.height * direction
    assert np.allclose(seen(line, pose, aspect), at, atol=1e-6)


@random_poses
def test_a_blend_begins_at_one_pose_and_ends_at_the_other(seed: int) -> None:
    a, b = pose_of(seed)[0], pose_of(seed + 100)[0]
    for t, end in ((0.0, a), (1.0, b)):
        pose = camera.blend(a, b, t)
        assert (pose.azimuth - end.azimuth + 180) % 360 == pytest.approx(180)
        assert pose.elevation == pytest.approx(end.elevation)
        assert pose.target == pytest.approx(end.target)
        assert pose.height == pytest.approx(end.height)
        assert pose.perspective == end.perspective


def test_a_blend_turns_the_shorter_way_round() -> None:
    a, b = replace(FRONT, azimuth=170.0), replace(FRONT, azimuth=-170.0)
    assert abs(camera.blend(a, b, 0.5).azimuth) == pytest.approx(180)
    turned = [camera.blend(a, b, t).azimuth % 360 for t in np.linspace(0, 1, 50)]
    assert turned == sorted(turned)


def test_from_parallel_to_pinhole_every_point_moves_one_way_without_a_jump() -> None:
    rng = np.random.default_rng(5)
    points = points_near(FRONT, rng)
    path = np.array([seen(points, replace(FRONT, perspective=float(p))) for p in PARALLEL_TO_PINHOLE])
    steps = np.diff(path, axis=0)  # (200, points, 2)
    assert (np.abs(steps) < 0.005).all()
    assert ((steps >= -1e-12).all(axis=0) | (steps <= 1e-12).all(axis=0)).all()


def test_from_parallel_to_pinhole_the_order_in_depth_never_changes() -> None:
    forward = camera.axes(FRONT)[2]
    points = np.linspace(-1, 8, 50)[:, None] * FRONT.height * forward
    for p in PARALLEL_TO_PINHOLE:
        assert (np.diff(camera.project(points, replace(FRONT, perspective=float(p)), 1.0)[:, 2]) > 0).all()


@random_poses
@pytest.mark.parametrize("factor", [0.5, 0.9, 1.12, 3.0])
def test_approach_keeps_a_point_where_it_is_seen_at_any_depth(seed: int, factor: float) -> None:
    pose, aspect, rng = pose_of(seed)
    for point in points_near(pose, rng, 5):
        closer = camera.approach(pose, factor, point)
        assert closer.height == pytest.approx(pose.height / factor)
        assert np.allclose(seen(point[None], closer, aspect), seen(point[None], pose, aspect))
        back = camera.approach(closer, 1 / factor, point)
        assert back.target == pytest.approx(pose.target)


@random_poses
def test_between_two_poses_of_one_direction_the_blend_grows_about_one_point(seed: int) -> None:
    pose, aspect, rng = pose_of(seed)
    point = points_near(pose, rng, 1)
    closer = camera.approach(pose, 4.0, point[0])
    for t in (0.2, 0.5, 0.9):
        between = camera.blend(pose, closer, t)
        assert between.height == pytest.approx(pose.height / 4**t)
        assert np.allclose(seen(point, between, aspect), seen(point, pose, aspect))


@random_poses
def test_refocus_brings_the_target_among_the_points_and_changes_no_picture(seed: int) -> None:
    pose, aspect, rng = pose_of(seed)
    forward = camera.axes(pose)[2]
    for away in (-0.6, 0.0, 3.0):
        points = points_near(pose, rng) + away * pose.height * forward
        focused = camera.refocus(pose, points)
        depths = (points - focused.target) @ forward
        assert depths.min() < 1e-6
        assert depths.max() > -1e-6
        shown = points[np.isfinite(seen(points, pose, aspect)).all(axis=1)]
        assert np.allclose(seen(shown, focused, aspect), seen(shown, pose, aspect))


def test_refocus_leaves_a_target_among_the_points_alone() -> None:
    pose = replace(FRONT, perspective=1.0)
    assert camera.refocus(pose, [[0, -5, 0], [0, 5, 0]]) == pose


def test_refocus_never_moves_the_target_to_the_eye() -> None:
    pose = replace(FRONT, perspective=1.0)
    behind = np.array([[0.0, -500.0, 0.0]])
    assert camera.refocus(pose, behind).height >= HEIGHTS[0] * 0.999


def test_nothing_is_cut_off_at_the_near_end_while_the_perspective_changes() -> None:
    near = np.array([[0.0, -0.85 * DISTANCE * 20.0, 0.0]])
    depths = [
        camera.project(near, replace(FRONT, perspective=float(p)), 1.0)[0, 2] for p in PARALLEL_TO_PINHOLE
    ]
    assert min(depths) > -1
    assert np.abs(np.diff(depths)).max() < 0.1


@pytest.mark.parametrize("perspective", [0.0, 1.0])
def test_zooming_ends_where_there_is_something_to_see(perspective: float) -> None:
    box = np.array([(x, y, z) for x in (-30.0, 30.0) for y in (-20.0, 20.0) for z in (0.0, 50.0)])
    diagonal = np.sqrt(60**2 + 40**2 + 50**2)
    pose = Pose(30.0, 20.0, (0.0, 0.0, 25.0), 100.0, perspective)
    for factor, end in ((2.0, camera.NEAREST * diagonal), (0.5, camera.FARTHEST * diagonal)):
        for zoomed in (camera.zoom, lambda p, f, limits: camera.approach(p, f, (5.0, 5.0, 5.0), limits)):
            seen = pose
            for _ in range(30):
                seen = zoomed(seen, factor, limits=camera.heights(seen, box))
            assert seen.height == pytest.approx(end)
    beyond = replace(pose, height=1e4)  # a view that is farther than that is left alone, and nearer is nearer
    assert camera.heights(beyond, box)[1] == 1e4
    assert camera.zoom(beyond, 2.0, limits=camera.heights(beyond, box)).height == pytest.approx(5e3)


@pytest.mark.parametrize("height", [2.0, 100.0, 800.0])
@pytest.mark.parametrize("way", [(3.0, 0.0), (-3.0, 1.0), (0.0, -2.0), (1.0, 1.0)])
def test_moving_does_not_leave_the_network_behind(height: float, way: tuple[float, float]) -> None:
    """However often: the projected extent of the points still meets the view."""
    box = np.array([(x, 0.0, z) for x in (-30.0, 30.0) for z in (0.0, 50.0)])
    pose = Pose(0.0, 0.0, (0.0, 0.0, 25.0), height, 0.0)
    assert camera.kept(pose, box) == pose
    for _ in range(100):
        pose = camera.kept(camera.pan(pose, *way), box)
        at = camera.project(box, pose, 0.6)[:, :2]
        assert (at.min(axis=0) < 1).all()
        assert (at.max(axis=0) > -1).all()
    x, _, z = pose.target
    assert x * way[0] + (z - 25.0) * way[1] < 0  # that way it has gone
    assert pose.target[1] == pytest.approx(0.0)


def test_a_corner_of_the_view_s_rectangle_where_nothing_is_is_left_again() -> None:
    """A pyramid seen closely: beside its top there is nothing, though its foot is as wide."""
    pyramid = np.array([(-50.0, 0.0, 0.0), (50.0, 0.0, 0.0), (0.0, 0.0, 100.0)])
    pose = Pose(0.0, 0.0, (-50.0, 0.0, 100.0), 2.0, 0.0)
    x, _, z = camera.kept(pose, pyramid).target
    # the left side is z = 2 x + 100; its distance from the middle of the view
    assert (z - 2 * x - 100) / np.sqrt(5) < 1.0  # of 44.7: in view
    deep, away = Pose(0.0, 0.0, (-300.0, 0.0, 50.0), 100.0, 1.0), pyramid + np.array([0.0, 40.0, 0.0])
    at = camera.project(away, camera.kept(deep, away), 1.0)
    assert 0 < at[:, 0].min() <= 2 * camera.BEYOND + 1e-6
