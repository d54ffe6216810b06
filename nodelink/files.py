"""Files written in one step: a reader finds the old file or the new one, never half of one."""

from __future__ import annotations

import os
from pathlib import Path


def write(path: str | os.PathLike[str], data: bytes) -> None:
    """Write data beside path, then move it there. Raises OSError, and then leaves nothing behind."""
    path = Path(path).resolve()  # a link stays a link
    part = _part(path)
    try:
        part.write_bytes(data)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def check_writable(path: str | os.PathLike[str]) -> None:
    """Raise OSError where write(path, ...) would, before the work that makes the data."""
    path = Path(path).resolve()
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a directory")
    part = _part(path)
    part.write_bytes(b"")
    part.unlink()


def _part(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}.part")
