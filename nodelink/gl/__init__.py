"""How it is drawn. The only importer of vispy.

vispy takes one backend a process; `use` is the single place that chooses it.
"""

from __future__ import annotations

import os

_chosen: str | None = None


def use(backend: str) -> None:
    """Choose where pictures are drawn: "qt" (a window) or "egl" (no display). Once a process, before any canvas.

    Raises RuntimeError when another backend is in use already, or when the backend cannot be had on this machine.
    """
    global _chosen
    if _chosen == backend:
        return
    if _chosen is not None:
        raise RuntimeError(f"the scene draws with {_chosen!r} already; it cannot change to {backend!r}")
    if backend == "egl":
        # Mesa and the vendors' drivers draw without a display on the surfaceless platform
        os.environ.setdefault("EGL_PLATFORM", "surfaceless")
        os.environ.setdefault("PYOPENGL_PLATFORM", "egl")
    import vispy

    try:
        vispy.use(app={"qt": "pyqt6", "egl": "egl"}[backend], gl="gl+")
    except Exception as error:  # vispy raises bare Exceptions and RuntimeErrors of many kinds here
        raise RuntimeError(f"OpenGL cannot be had through {backend!r}: {error}") from error
    _chosen = backend
