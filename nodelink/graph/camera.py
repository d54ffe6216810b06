"""Camera: a frozen pose and pure functions on it. World axes: x right, y away from the viewer, z up.

Perspective and orthographic are one family: the picture of a point is its place in the plane through the target,
divided by `1 + perspective * depth / distance`. At 1 that is a pinhole camera, at 0 a parallel projection, and between
the two the camera morphs without a jump.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

FACING = 0.6  # cosine of the angle from which a face is seen well
FIELD_OF_VIEW = 32.0  # degrees, vertical, of the pinhole camera
DISTANCE = 0.5 / np.tan(np.radians(FIELD_OF_VIEW / 2))  # of the eye from the target, in view heights
NEAR = 0.1  # the nearest depth drawn, in eye distances from the eye
REACH = 25.0  # the farthest depth drawn, in view heights from the target
ELEVATIONS = (-89.9, 89.9)
HEIGHTS = (0.5, 20000.0)
NEAREST, FARTHEST = 0.01, 8.0  # view heights that zooming leads to, in diagonals of what is shown
BEYOND = 0.2  # how far beyond what is shown moving leads, in view heights
SIDES = 180  # of a polygon about what is shown

NAMED_VIEWS = {  # azimuth, elevation in degrees
    "front": (0.0, 6.0),
    "side": (-90.0, 6.0),
    "top": (0.0, 89.9),
    "three-quarter": (18.0, 30.0),
}
Direction = str | tuple[float, float]  # one of NAMED_VIEWS, "start", or azimuth and elevation in degrees


@dataclass(frozen=True)
class Pose:
    """Where the camera looks from."""

    azimuth: float  # degrees about z; 0 looks along +y, positive turns the eye to the right
    elevation: float  # degrees above the horizon, ELEVATIONS
    target: tuple[float, float, float]  # the world point in the middle of the view
    height: float  # world units visible from bottom to top at the target
    perspective: float  # 1 pinhole .. 0 parallel


def axes(pose: Pose) -> Floats:
    """Unit vectors right, up, forward of the view as the rows of a (3, 3) array."""
    a, e = np.radians(pose.azimuth), np.radians(pose.elevation)
    right = np.array([np.cos(a), np.sin(a), 0.0])
    forward = np.array([-np.sin(a) * np.cos(e), np.cos(a) * np.cos(e), -np.sin(e)])
    return np.stack([right, np.cross(right, forward), forward])


def eye(pose: Pose) -> Floats:
    """Where the eye of a pose with perspective is, (3,)."""
    return np.asarray(np.asarray(pose.target) - axes(pose)[2] * (DISTANCE * pose.height / pose.perspective))


def matrix(pose: Pose, aspect: float) -> Floats:
    """The (4, 4) matrix from world (x, y, z, 1) as a column to clip coordinates; aspect is width / height."""
    right, up, forward = axes(pose)
    half = pose.height / 2
    distance = DISTANCE * pose.height
    rows = np.zeros((4, 4))
    rows[0, :3], rows[1, :3] = right / (half * aspect), up / half
    rows[3, :3] = forward * (pose.perspective / distance)
    # depth: -1 at the near plane, 1 at REACH; linear in depth / w, as the depth buffer wants it
    near = -min((1.0 - NEAR) * distance / max(pose.perspective, 1e-9), REACH * pose.height)
    far = REACH * pose.height
    w_near, w_far = (1 + pose.perspective * d / distance for d in (near, far))
    slope = (w_far + w_near) / (far - near)
    rows[2, :3] = forward * slope
    rows[:, 3] = -rows[:, :3] @ np.asarray(pose.target)
    rows[3, 3] += 1.0
    rows[2, 3] += -w_near - slope * near
    return rows


def project(points: ArrayLike, pose: Pose, aspect: float) -> Floats:
    """Normalized device coordinates (n, 3) of `points` (n, 3): x, y in [-1, 1] in the view; nan behind the eye."""
    clip = (
        np.asarray(points, np.float64).reshape(-1, 3) @ matrix(pose, aspect)[:, :3].T
        + matrix(pose, aspect)[:, 3]
    )
    w = clip[:, 3:]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(w > 1e-6, clip[:, :3] / w, np.nan))


def ray(pose: Pose, aspect: float, at: tuple[float, float]) -> tuple[Floats, Floats]:
    """Start and unit direction of the sight line through the view point `at` (x, y in [-1, 1])."""
    right, up, forward = axes(pose)
    distance = DISTANCE * pose.height
    offset = right * (at[0] * aspect * pose.height / 2) + up * (at[1] * pose.height / 2)
    direction = forward * distance + offset * pose.perspective
    direction = direction / np.linalg.norm(direction)
    back = min(0.95 * distance / max(pose.perspective, 1e-9), REACH * pose.height)
    return np.asarray(pose.target) + offset - direction * back, direction


def orbit(pose: Pose, d_azimuth: float, d_elevation: float) -> Pose:
    """Turned about the target by degrees; the elevation stops at the poles."""
    elevation = float(np.clip(pose.elevation + d_elevation, *ELEVATIONS))
    return replace(pose, azimuth=(pose.azimuth + d_azimuth + 180.0) % 360.0 - 180.0, elevation=elevation)


def pan(pose: Pose, dx: float, dy: float) -> Pose:
    """Moved so that the picture shifts by `dx`, `dy` view heights (right, up)."""
    right, up, _ = axes(pose)
    target = np.asarray(pose.target) - (right * dx + up * dy) * pose.height
    return replace(pose, target=_triple(target))


def heights(pose: Pose, points: ArrayLike) -> tuple[float, float]:
    """The view heights between which zooming at `points` (n, 3) makes sense; the pose's own is always one."""
    extent = float(np.linalg.norm(np.ptp(np.asarray(points, np.float64).reshape(-1, 3), axis=0)))
    low, high = np.clip((NEAREST * extent, FARTHEST * extent), *HEIGHTS)
    return min(float(low), pose.height), max(float(high), pose.height)


def kept(pose: Pose, points: ArrayLike) -> Pose:
    """The pose, moved back so that the hull of `points` (n, 3), as it is seen, is at most BEYOND from the middle."""
    right, up, forward = axes(pose)
    points, target = np.asarray(points, np.float64).reshape(-1, 3), np.asarray(pose.target)
    scale = (
        pose.height + pose.perspective * ((points - target) @ forward) / DISTANCE
    )  # a point's own view height
    seen = scale > NEAR * pose.height
    if not seen.any():  # all of them are behind the eye
        seen, scale = ~seen, np.full_like(scale, pose.height)
    turn = np.linspace(0, 2 * np.pi, SIDES, endpoint=False)[:, None]
    sides = np.cos(turn) * right + np.sin(turn) * up  # a polygon about the hull: linear, for depths stay
    most = (sides @ points[seen].T + BEYOND * scale[seen]).max(axis=1)
    for _ in range(SIDES):  # back to the side that is farthest off, until none is
        excess = sides @ target - most
        worst = int(excess.argmax())
        if excess[worst] <= 1e-9 * pose.height:
            break
        target = target - excess[worst] * sides[worst]
    return pose if (target == pose.target).all() else replace(pose, target=_triple(target))


def zoom(
    pose: Pose,
    factor: float,
    at: tuple[float, float] = (0.0, 0.0),
    aspect: float = 1.0,
    limits: tuple[float, float] = HEIGHTS,
) -> Pose:
    """Enlarged by `factor`; the point of the target plane under `at` (x, y in [-1, 1]) stays where it is.

    limits: of the view height, world units.
    """
    height = float(np.clip(pose.height / factor, *limits))
    right, up, _ = axes(pose)
    shift = (pose.height - height) / 2
    target = np.asarray(pose.target) + right * (at[0] * aspect * shift) + up * (at[1] * shift)
    return replace(pose, height=height, target=_triple(target))


def approach(pose: Pose, factor: float, point: ArrayLike, limits: tuple[float, float] = HEIGHTS) -> Pose:
    """Enlarged by `factor` about a world point (3,): wherever it lies in depth, it is seen where it was.

    limits: of the view height, world units.
    """
    height = float(np.clip(pose.height / factor, *limits))
    point, share = np.asarray(point, np.float64), height / pose.height
    return replace(pose, height=height, target=_triple(point + (np.asarray(pose.target) - point) * share))


def refocus(pose: Pose, points: ArrayLike) -> Pose:
    """The same picture, its target no nearer and no farther than `points` (n, 3): what one turns about is there."""
    forward = axes(pose)[2]
    depths = (np.asarray(points, np.float64).reshape(-1, 3) - np.asarray(pose.target)) @ forward
    slide = float(np.clip(0.0, depths.min(), depths.max()))
    # a point is seen at its offset over height + perspective * depth / DISTANCE: the slide must leave that as it is
    grow = pose.perspective / DISTANCE
    low, high = (np.array(HEIGHTS) - pose.height) / grow if grow > 0 else (-np.inf, np.inf)
    slide = min(max(slide, min(float(low), 0.0)), max(float(high), 0.0))
    target = np.asarray(pose.target) + slide * forward
    return replace(pose, height=pose.height + grow * slide, target=_triple(target)) if slide else pose


def facing(pose: Pose, normal: ArrayLike) -> Pose:
    """The pose turned as far as it takes to see a face with this normal (3,) well, and no further.

    A parallel projection, which shows a flat layout, keeps its direction.
    """
    x, y, z = np.asarray(normal, np.float64) / np.linalg.norm(normal)
    if pose.perspective == 0:
        return pose
    upright = np.hypot(x, y) > 1e-6
    front = replace(
        pose,
        azimuth=float(np.degrees(np.arctan2(x, -y))) if upright else pose.azimuth,
        elevation=float(np.clip(np.degrees(np.arcsin(z)), *ELEVATIONS)),
    )
    for t in np.linspace(0, 1, 37):
        turned = blend(pose, front, float(t))
        if -axes(turned)[2] @ (x, y, z) >= FACING:
            break
    return turned


def fit(
    points: ArrayLike,
    aspect: float,
    azimuth: float,
    elevation: float,
    perspective: float,
    margins: tuple[float, float, float, float] = (0.05, 0.05, 0.05, 0.05),
) -> Pose:
    """The closest pose from a direction that shows all `points` (n, 3).

    margins: left, right, bottom, top, as shares of the view's width and height that stay free.
    """
    points = np.asarray(points, np.float64).reshape(-1, 3)
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    right, up, forward = axes(Pose(azimuth, elevation, _triple(middle), 1.0, perspective))
    across = (points - middle) @ np.stack([right, up], axis=1)  # (n, 2)
    deep = (points - middle) @ forward[:, None] * perspective / DISTANCE
    free_left, free_right, free_bottom, free_top = margins
    half = np.array([aspect, 1.0]) / 2
    low = (2 * np.array([free_left, free_bottom]) - 1) * half
    high = (1 - 2 * np.array([free_right, free_top])) * half
    # a point is in view where low * (height + deep) <= across - shift <= high * (height + deep): linear, hence exact
    most, least = (across - high * deep).max(axis=0), (across - low * deep).min(axis=0)
    clear = float(-deep.min()) / (1 - NEAR)  # no point nearer than the near plane
    height = max(float(np.max((most - least) / (high - low))), clear, HEIGHTS[0])
    begin, end = most - high * height, least - low * height  # the shifts that show everything
    for _ in range(40):  # of these the one that leaves as much room on either side, by bisection
        shift = (begin + end) / 2
        at = (across - shift) / (height + deep)
        beyond = at.min(axis=0) + at.max(axis=0) > low + high
        begin, end = np.where(beyond, shift, begin), np.where(beyond, end, shift)
    return Pose(azimuth, elevation, _triple(middle + right * shift[0] + up * shift[1]), height, perspective)


def blend(a: Pose, b: Pose, t: float) -> Pose:
    """The pose a share `t` of the way from `a` to `b`, turning the shorter way round.

    The height goes by equal factors and the target with the height, so that between poses of one direction the
    picture grows about one point, as under `approach`, and nothing swings past.
    """
    turn = (b.azimuth - a.azimuth + 180.0) % 360.0 - 180.0
    growth = float(np.log(b.height / a.height))
    gone = t if abs(growth) < 1e-6 else float(np.expm1(t * growth) / np.expm1(growth))
    target = (1 - gone) * np.asarray(a.target) + gone * np.asarray(b.target)
    return Pose(
        azimuth=(a.azimuth + t * turn + 180.0) % 360.0 - 180.0,
        elevation=(1 - t) * a.elevation + t * b.elevation,
        target=_triple(target),
        height=a.height * float(np.exp(t * growth)),
        perspective=(1 - t) * a.perspective + t * b.perspective,
    )


def view_pose(
    layout: str,
    name: str,
    points: ArrayLike,
    aspect: float,
    margins: tuple[float, float, float, float] = (0.05, 0.05, 0.05, 0.05),
) -> Pose:
    """The fitted pose of one of NAMED_VIEWS; a 2D layout is flat and is always seen from the front."""
    if layout == "2d":
        return fit(points, aspect, 0.0, 0.0, 0.0, margins)
    azimuth, elevation = NAMED_VIEWS[name]
    return fit(points, aspect, azimuth, elevation, 1.0, margins)


def _triple(vector: NDArray[np.floating]) -> tuple[float, float, float]:
    x, y, z = (float(v) for v in vector)
    return x, y, z
