"""Files written in one step: a reader finds the old file or the new one, never half of one."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path


def write(path: str | os.PathLike[str], data: bytes) -> None:
    """Write data beside path, then move it there, with the mode of the file that it replaces.

    Raises OSError, and then leaves nothing behind.
    """
    path, mode = _target(path)
    part = _part(path)
    try:
        part.write_bytes(data)
        if mode is not None:
            part.chmod(mode)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def check_writable(path: str | os.PathLike[str]) -> None:
    """Raise OSError where write(path, ...) would, before the work that makes the data."""
    part = _part(_target(path)[0])
    try:
        part.write_bytes(b"")
    finally:
        part.unlink(missing_ok=True)


def _target(path: str | os.PathLike[str]) -> tuple[Path, int | None]:
    """Where a link leads (it stays a link), and the mode of the file there; OSError for what is not to be replaced."""
    try:
        path = Path(path).resolve()
    except RuntimeError:  # before Python 3.13: links in a circle
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP)) from None
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return path, None
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "Not a regular file")
    if not mode & 0o222 or not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, "The file is read-only")
    return path, stat.S_IMODE(mode)


def _part(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}.part")
