"""Is there a display to open a window on? Asked before Qt is, which ends the process where there is none."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Mapping

_NEEDS_ONE = ("", "xcb", "wayland", "wayland-egl")  # Qt's platforms on Linux that draw on a display


def available(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> bool:
    """True where Qt can open a window: always on Windows and macOS, elsewhere by the environment.

    A DISPLAY that does not answer (one left over from a closed connection) counts as none.
    """
    if platform in ("win32", "darwin"):
        return True
    if environment.get("QT_QPA_PLATFORM", "").split(":")[0].split(";")[0] not in _NEEDS_ONE:
        return True
    if environment.get("WAYLAND_DISPLAY"):
        return True
    return bool(environment.get("DISPLAY")) and _answers(environment["DISPLAY"])


def _answers(display: str) -> bool:
    """Whether an X server is there, asked through the library that Qt uses; True where that is not installed."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True  # Qt will say which library it misses
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(display.encode(), None))
    refused = bool(xcb.xcb_connection_has_error(connection))
    xcb.xcb_disconnect(connection)
    return not refused
