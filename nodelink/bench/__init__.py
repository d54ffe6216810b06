"""Bench: what this machine needs for a stroke, an orbit, a morph and the complete picture. `nodelink bench` prints it.

Frames are timed as the window draws them, rationed by the same `Pace`, each until OpenGL has finished it.
"""

from __future__ import annotations

from nodelink.bench.offscreen import bench
from nodelink.bench.report import series_table, table
from nodelink.bench.scale import series
from nodelink.bench.subjects import synthetic
from nodelink.bench.timing import resident
from nodelink.bench.window import bench_window

__all__ = ["bench", "bench_window", "resident", "series", "series_table", "synthetic", "table"]
