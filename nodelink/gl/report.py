"""Report: what a picture shows of all that there is, for whoever has to say so."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class DrawReport:
    """What the last picture shows."""

    edges_drawn: int
    edges_signal: int  # edges that carry signal
    edges_effective: int  # those that arrive at a node that is on
    edges_total: int
    share_mean: (
        float  # drawn share of the effective signal, mean over the layer pairs shown; nan where none is drawn
    )
    share_least: float  # of the worst pair
    milliseconds: float
    complete: bool
    fallback: str | None = None  # what this machine's OpenGL cannot show
    standing_drawn: int = 0  # edges that stand out, drawn
    standing: int = 0  # and all of them
    layers_hidden: int = 0  # layers that are not shown: the shares leave out the edges to and from them
    so_far: bool = False  # a pass has not reached all nodes: the shares are of what it has

    @property
    def edges_shown(self) -> int:
        """Edges on the screen: in a trace, and where only chosen ones are drawn, those that stand out."""
        return self.edges_drawn or self.standing_drawn
