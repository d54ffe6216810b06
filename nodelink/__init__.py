"""nodelink: draw a digit and watch every node and every edge of a real neural network respond."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nodelink.nn.network import Network

__all__ = ["Network", "__version__", "load_network"]

__version__ = "0.1.0"


def load_network(name_or_path: str | os.PathLike[str]) -> Network:
    """A shipped network ("cnn", "mlp", "mini") or the one in a weight file.

    Raises nodelink.nn.weights.WeightsError (a ValueError) with one line that names the file and the fault.
    """
    from nodelink.nn import weights

    return weights.load(weights.find(name_or_path))


def __getattr__(name: str) -> Any:
    """`Network` on first use, so that importing nodelink costs nothing (PEP 562)."""
    if name == "Network":
        from nodelink.nn.network import Network

        return Network
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
