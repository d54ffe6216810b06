"""Timing: durations by name, and what they come to."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

WARM_UP = 10  # of each kind, not counted
FRAMES = 60
COLD_STARTS = 10

COLD = """
import time; start = time.perf_counter()
from nodelink.bench.cold import first_frame
print((time.perf_counter() - start + first_frame({network!r}, {size!r})) * 1e3)
"""

Summary = dict[str, float]


def summary(seconds: list[float]) -> Summary:
    """Median, 95th percentile and count of durations after the warm-up, in milliseconds."""
    values = np.array(seconds[WARM_UP:] if len(seconds) > WARM_UP else seconds) * 1e3
    if not len(values):
        return {"median": 0.0, "p95": 0.0, "n": 0}
    median, p95 = (round(float(np.percentile(values, p)), 3) for p in (50, 95))
    return {"median": median, "p95": p95, "n": len(values)}


class Timer:
    """Collects durations by name."""

    def __init__(self) -> None:
        self.seconds: dict[str, list[float]] = {}

    def time(self, name: str, work: Callable[..., Any], *arguments: Any) -> Any:
        """Do the work, note how long it took."""
        start = time.perf_counter()
        result = work(*arguments)
        self.note(name, time.perf_counter() - start)
        return result

    def note(self, name: str, seconds: float) -> None:
        """One more duration."""
        self.seconds.setdefault(name, []).append(seconds)

    def __getitem__(self, name: str) -> Summary:
        return summary(self.seconds.get(name, []))


def cold_starts(name: str, size: tuple[int, int]) -> list[float]:
    """Seconds to the first frame of COLD_STARTS fresh processes, the imports counted, the interpreter not."""
    script = COLD.format(network=name, size=size)
    found = []
    for _ in range(COLD_STARTS):
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
        found.append(float(done.stdout.split()[-1]) / 1e3)
    return found


def resident() -> int:
    """Resident bytes of this process; 0 where the system does not tell."""
    return _status("VmRSS")


def most_resident() -> int:
    """The most that it ever was."""
    return _status("VmHWM")


def _status(name: str) -> int:
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    line = next(line for line in status.read_text().splitlines() if line.startswith(name))
    return int(line.split()[1]) * 1024
