"""Sample digits: handwriting drawn for this project, as pen paths.

A path lists the points that the pen passes, "x,y" in pad pixels. The pen turns sharply at a point followed by
"|" and is lifted at ";"; between, it runs in a smooth curve (a natural cubic spline).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nodelink.nn.preprocess import Stroke

Wide = NDArray[np.float64]

BRUSH = 22.0  # diameter of the pencil, pad pixels
_STEP = 4.0  # pad pixels between the points of a sampled curve, as a quick hand leaves them

_PATHS = {
    0: (
        "164,48 136,42 104,64 82,112 80,168 102,218 142,236 184,212 206,158 204,104 182,62 150,42 126,46",
        "178,50 156,42 128,66 102,124 92,184 108,230 144,228 180,174 196,108 188,62 166,42 146,48",
        "120,58 90,98 80,156 100,214 146,236 192,200 208,136 190,74 150,46 116,56 100,78",
    ),
    1: (
        "154,42 146,108 138,174 130,240",
        "118,82 142,66 160,42 | 152,108 146,174 138,240",
        "108,86 130,70 150,44 | 148,104 146,164 144,226; 94,230 144,227 196,228",
    ),
    2: (
        "84,92 104,54 150,42 188,72 184,120 146,172 84,232 | 146,228 208,232",
        "82,98 96,58 142,42 180,64 182,114 148,170 98,218 | 122,208 154,220 182,230 210,214",
        "84,84 128,46 174,56 188,96 162,146 112,204 78,230 62,206 86,182 128,200 168,228 212,218",
    ),
    3: (
        "86,76 118,46 162,46 186,78 170,116 124,134 | 176,142 198,180 180,222 136,240 92,228 74,202",
        "88,52 142,50 192,46 | 164,84 128,122 | 172,126 200,160 192,208 146,238 96,230 76,206",
        "92,66 132,42 176,58 176,102 126,132 | 178,144 190,188 160,230 112,238 76,216",
    ),
    4: (
        "106,44 96,96 84,150 | 144,148 208,142; 172,62 166,122 160,182 154,242",
        "166,42 124,102 74,166 | 142,166 212,162; 166,42 164,110 160,176 156,242",
        "94,48 84,102 96,144 138,150 176,118 192,60 | 182,122 168,184 150,242",
    ),
    5: (
        "104,54 98,94 92,132 | 140,112 182,132 194,178 168,224 124,238 80,220; 106,54 152,52 200,46",
        "194,46 152,50 110,50 | 102,92 94,130 | 142,114 184,138 190,186 158,228 116,238 78,220",
        "206,50 164,56 118,54 | 108,94 96,130 | 142,126 170,152 172,196 142,230 104,238 70,224",
    ),
    6: (
        "174,44 130,78 98,130 86,186 104,226 142,236 178,210 180,170 146,152 108,170 90,204",
        "150,42 118,92 94,150 90,202 118,236 162,226 184,188 164,154 126,160 98,196",
        "188,66 156,42 118,66 92,120 86,180 106,224 148,238 188,210 190,166 156,144 116,158 90,196",
    ),
    7: (
        "78,58 140,60 204,52 | 176,110 150,172 132,240",
        "78,54 140,58 200,48 | 174,106 150,166 132,240; 104,152 144,146 188,144",
        "82,88 88,56 | 126,64 168,62 204,52 | 172,96 148,152 136,240",
    ),
    8: (
        "184,66 150,42 110,58 106,100 144,132 184,164 184,212 144,238 102,218 100,174 140,138 182,106 186,80 180,60",
        "142,134 104,104 106,62 144,42 182,62 182,104 142,134 100,164 92,208 136,240 182,220 188,172 142,134",
        "194,64 160,42 122,62 120,102 150,136 168,178 146,224 106,236 82,206 104,164 150,128 188,104 202,78 190,58",
    ),
    9: (
        "182,64 148,42 108,62 94,104 116,138 156,124 186,68 | 182,130 176,186 170,240",
        "184,66 150,42 110,58 92,100 114,136 156,122 188,68 | 192,126 178,192 142,234 96,228",
        "186,60 152,42 114,66 100,110 122,138 160,116 190,58 | 176,126 156,186 128,240",
    ),
}


def sample(digit: int, variant: int = 0) -> tuple[Stroke, ...]:
    """The strokes of one way to write the digit; variants repeat. KeyError if digit is not 0 to 9."""
    variants = SAMPLES[digit]
    return variants[variant % len(variants)]


def _strokes(path: str) -> tuple[Stroke, ...]:
    return tuple(Stroke(_stroke(text), BRUSH) for text in path.split(";"))


def _stroke(text: str) -> Wide:
    """Points (n, 2) along one movement of the pen; every part starts at the corner where the last one ended."""
    parts = [[tuple(map(float, point.split(","))) for point in part.split()] for part in text.split("|")]
    corner: list[tuple[float, ...]] = []
    curves = []
    for part in parts:
        curves.append(_curve(np.array(corner + part)))
        corner = part[-1:]
    return np.concatenate(curves)


def _curve(knots: Wide) -> Wide:
    """Points about _STEP apart on the natural cubic spline through knots (n, 2), n >= 2.

    Its parameter u is the chord length; `bend` (n, 2), the second derivative, is 0 at both ends and makes the first
    derivative continuous (de Boor 1978, chapter IV).
    """
    gaps = np.linalg.norm(np.diff(knots, axis=0), axis=1)
    slopes = np.diff(knots, axis=0) / gaps[:, None]
    system = np.diag(2 * (gaps[:-1] + gaps[1:])) + np.diag(gaps[1:-1], 1) + np.diag(gaps[1:-1], -1)
    bend = np.zeros_like(knots)
    bend[1:-1] = np.linalg.solve(system, 6 * np.diff(slopes, axis=0))
    start = np.concatenate([[0], np.cumsum(gaps)])
    u = np.linspace(0, start[-1], max(round(start[-1] / _STEP), 1) + 1)
    k = np.clip(np.searchsorted(start, u, side="right") - 1, 0, len(gaps) - 1)
    gap, t = gaps[k, None], (u - start[k])[:, None]  # (points, 1)
    rise = slopes[k] - gap * (2 * bend[k] + bend[k + 1]) / 6
    curve: Wide = knots[k] + t * (rise + t * (bend[k] / 2 + t * (bend[k + 1] - bend[k]) / (6 * gap)))
    return curve


SAMPLES: dict[int, tuple[tuple[Stroke, ...], ...]] = {
    digit: tuple(_strokes(path) for path in paths) for digit, paths in _PATHS.items()
}
