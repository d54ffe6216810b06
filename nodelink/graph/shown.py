"""Shown: which layers are seen and how strongly, and what that means for the edges between them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from nodelink.nn.network import Network

FAINT = 0.25  # strength of what is dimmed


@dataclass(frozen=True)
class Shown:
    """Strengths from 0 (not shown, not picked) over FAINT (dimmed) to 1, one a stage."""

    layers: tuple[float, ...]
    pairs: tuple[float, ...]  # of the edges that arrive at the stage; the first entry means nothing

    @property
    def hidden_pairs(self) -> frozenset[int]:
        """The stages whose incoming edges are not drawn."""
        return frozenset(i for i, strength in enumerate(self.pairs) if i and not strength)


def shown(
    network: Network,
    hidden: Collection[str] = (),
    dimmed: Collection[str] = (),
    alone: str = "",
) -> Shown:
    """What is seen of a network. Names of layers that it does not have are ignored.

    hidden: not shown, nor are edges to or from them; dimmed: faint, with their edges; alone: the one layer shown, with
    the edges at both of its sides, whatever else is chosen.
    """
    names = [stage.name for stage in network.stages]
    if alone in names:
        one = names.index(alone)
        layers = [float(i == one) for i in range(len(names))]
        return Shown(tuple(layers), tuple(float(i in (one, one + 1)) for i in range(len(names))))
    layers = [0.0 if name in hidden else FAINT if name in dimmed else 1.0 for name in names]
    pairs = [min(layers[max(0, i - 1)], layer) for i, layer in enumerate(layers)]
    return Shown(tuple(layers), tuple(pairs))
