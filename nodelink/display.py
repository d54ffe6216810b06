"""Is there a display to open a window on? Asked before Qt is, which ends the process where there is none."""

from __future__ import annotations

import ctypes
import os
import socket
import sys
from collections.abc import Mapping, MutableMapping
from pathlib import Path

_NEEDS_ONE = ("", "xcb", "wayland", "wayland-egl")  # Qt's platforms on Linux that draw on a display

_WITHOUT = ("offscreen", "minimal", "vnc", "eglfs", "linuxfb")  # those that need none


def available(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> bool:
    """True where Qt can open a window: always on Windows and macOS, elsewhere by the environment.

    A display that does not answer (one left over from a closed connection) counts as none.
    Raises ValueError for a QT_QPA_PLATFORM that Qt would end the process for.
    """
    if platform in ("win32", "darwin"):
        return True
    wanted = [name.split(":")[0] for name in environment.get("QT_QPA_PLATFORM", "").split(";")]
    for name in wanted:
        if name not in _NEEDS_ONE + _WITHOUT:
            known = " ".join(_NEEDS_ONE[1:] + _WITHOUT)
            raise ValueError(f"QT_QPA_PLATFORM: expected one of {known}, found {name!r}")
    if wanted[0] in _WITHOUT:
        return True
    x11, wayland = _x11(environment), _wayland(environment)
    return any({"": x11 or wayland, "xcb": x11}.get(name, wayland) for name in wanted)


def forget_dead(environment: MutableMapping[str, str] = os.environ, platform: str = sys.platform) -> None:
    """Take a DISPLAY that does not answer away, before what draws without one asks it."""
    if platform not in ("win32", "darwin") and "DISPLAY" in environment and not _x11(environment):
        del environment["DISPLAY"]


def _x11(environment: Mapping[str, str]) -> bool:
    return bool(environment.get("DISPLAY")) and _answers(environment["DISPLAY"])


def _wayland(environment: Mapping[str, str]) -> bool:
    """Whether a compositor takes connections at the socket that Wayland's own library would look for."""
    name = environment.get("WAYLAND_DISPLAY")
    if not name:
        return False
    path = Path(environment.get("XDG_RUNTIME_DIR", ""), name)  # an absolute name stands for itself
    if not path.is_absolute() or not hasattr(socket, "AF_UNIX"):
        return False
    with socket.socket(socket.AF_UNIX) as asked:
        asked.settimeout(2)
        try:
            asked.connect(str(path))
        except (OSError, ValueError):
            return False
    return True


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
