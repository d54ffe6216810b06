"""Report: the figures as a JSON object and as lines for people."""

from __future__ import annotations

from typing import Any

import numpy as np

from nodelink.bench.timing import Summary, Timer
from nodelink.nn.network import Network

PARTS = {  # of a stroke, by their names in the JSON
    "preprocess": "preprocess",
    "forward": "forward in the frame",
    "choose": "choose",
    "upload": "upload",
    "draw": "draw",
}
QUESTIONS = {  # asked through the window: by their names in the JSON
    "hover": "hover to picture",
    "pin": "pin to filled panel",
    "trace": "trace to picture",
    "curve": "curve of 61 transforms",
}
MODES = ("effective", "signal", "weights")


def figures(network: Network, size: tuple[int, int], timer: Timer, strokes: list[Any]) -> dict[str, Any]:
    """What was timed, under the names of the JSON; `strokes` are the reports of the strokes' frames."""
    return {
        "network": network.name,
        "edges": network.edges,
        "size": list(size),
        "construction_ms": timer["construction"]["median"],
        "forward_ms": timer["forward"],
        "stroke_to_frame_ms": timer["stroke"],
        "stroke_parts_ms": {name: timer[timed] for name, timed in PARTS.items() if timed in timer.seconds},
        "orbit_frame_ms": timer["orbit"],
        "morph_frame_ms": timer["morph"],
        "complete_ms": {mode: timer[mode] for mode in MODES},
        "questions_ms": {name: timer[name] for name in QUESTIONS if name in timer.seconds},
        "edges_first_frame": int(np.median([r.edges_drawn for r in strokes])),
        "signal_first_frame": {
            "mean": round(float(np.median([r.share_mean for r in strokes])), 3),
            "least": round(float(np.median([r.share_least for r in strokes])), 3),
        },
    }


def table(found: dict[str, Any]) -> list[str]:
    """The figures for people, a line each."""
    rows: dict[str, Summary] = {
        "forward pass": found["forward_ms"],
        "stroke to frame": found["stroke_to_frame_ms"],
        **{f"  {name}": part for name, part in found["stroke_parts_ms"].items()},
        "orbit frame": found["orbit_frame_ms"],
        "morph frame": found["morph_frame_ms"],
        **{f"complete: {mode}": part for mode, part in found["complete_ms"].items()},
        "cold start": found["cold_start_ms"],
        **{QUESTIONS[name]: asked for name, asked in found["questions_ms"].items()},
    }
    for each in found.get("limit_ms", []):
        what = f"{each['edges']:,} edges, 1/{each['coarse']}"
        rows |= {f"{what}: ink": each["ink"], f"{what}: empty": each["empty"]}
    share = found["signal_first_frame"]
    idle = [f"idle for 2 seconds: {found['idle_frames']} frames drawn"] if "idle_frames" in found else []
    return [
        "{network}, {size[0]}x{size[1]}{0}, {renderer}".format(" window" if found["window"] else "", **found),
        f"{'milliseconds':<26}{'median':>10}{'p95':>10}{'n':>6}",
        *(
            f"{name:<26}{s['median']:>10.2f}{s['p95']:>10.2f}{s['n']:>6}"
            for name, s in rows.items()
            if s["n"]
        ),
        f"first frame: {found['edges_first_frame']:,} edges, {share['mean']:.0%} of the signal, "
        f"least {share['least']:.0%}, ink 1/{found['ink_coarseness']} as fine",
        *idle,
        f"memory: {found['gpu_bytes'] / 1e6:.1f} MB uploaded, {found['rss_bytes'] / 1e6:.0f} MB resident",
    ]


COLUMNS = {  # of the series: head, the figure, how it is written
    "edges": ("edges", ",d"),
    "build s": ("build_s", ".2f"),
    "stroke": ("stroke", ".1f"),
    "p95": ("stroke_p95", ".1f"),
    "choose": ("choose", ".1f"),
    "draw": ("draw", ".1f"),
    "pick": ("pick", ".2f"),
    "slabs": ("slabs", ".1f"),
    "resolve": ("resolve", ".1f"),
    "complete s": ("complete_s", ".2f"),
    "GPU MB": ("gpu_mb", ".0f"),
    "peak MB": ("peak_mb", ".0f"),
}


def series_table(rows: list[dict[str, Any]]) -> list[str]:
    """A line a network; milliseconds where the head does not say otherwise."""
    head = "".join(f"{name:>12}" for name in COLUMNS)
    return [head, *("".join(f"{row[key]:>12{form}}" for key, form in COLUMNS.values()) for row in rows)]
