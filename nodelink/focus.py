"""Focus: which nodes the user asks about, and what is shown of them. Part of the session."""

from __future__ import annotations

from psygnal import Signal

from nodelink.graph.emphasis import Emphasis
from nodelink.nn.sharing import Weights


class Focus:
    """The node under the pointer, the pinned nodes, and what is shown of them. Announces every change once.

    Node ids are those of the network that was told last; any other raises ValueError.
    """

    changed = Signal()

    def __init__(self, nodes: int) -> None:
        self._nodes = nodes
        self.hovered: int | None = None
        self.hovered_weights: Weights | None = None  # under the pointer; of a node, or of a whole map
        self.pinned_weights: Weights | None = None
        self.pins: tuple[int, ...] = ()  # in the order in which they were pinned
        self.term: int | None = None  # source of the term looked at: its edge to the selected node stands out
        self.outgoing = False  # show the edges that leave the nodes, too
        self.tracing = False  # show the trace of the selected node back to the pixels instead of its edges
        self.kept = 0.8  # share of the trace's |values| that is shown, pair by pair, 0 to 1

    @property
    def selected(self) -> int | None:
        """The node that was pinned last: the one that is inspected."""
        return self.pins[-1] if self.pins else None

    @property
    def nodes(self) -> tuple[int, ...]:
        """The nodes that stand out now: the one under the pointer, else the pinned ones."""
        return self.pins if self.hovered is None else (self.hovered,)

    @property
    def emphasis(self) -> Emphasis:
        """What stands out of the picture."""
        pointing = self.hovered is not None
        asked = tuple(dict.fromkeys((*self.pins, *self.nodes)))
        term = None if pointing or self.selected is None else self.term
        ends = asked if term is None else tuple(dict.fromkeys((*asked, term)))
        return Emphasis(
            nodes=self.nodes,
            outgoing=self.outgoing,
            links=None if term is None or self.selected is None else ((term, self.selected),),
            rings=ends,
            labels=ends,
            field_of=self.selected if self.hovered in (None, self.selected) else None,
            traced=self.selected if self.tracing else None,
            kept=self.kept,
        )

    @property
    def weights(self) -> Weights | None:
        """The weights whose edges stand out now: those under the pointer, else the pinned ones."""
        return self.hovered_weights or (self.pinned_weights if self.hovered is None else None)

    def hover(self, node: int | None, weights: Weights | None = None) -> None:
        """The pointer is on a node, on weights of a layer (of that node, if there is one), or on neither."""
        self._set(hovered=self._known(node), hovered_weights=weights)

    def pin_weights(self, weights: Weights) -> None:
        """Pin weights of a layer instead of others; pinned ones are let go. With another node they go, too."""
        self._set(pinned_weights=None if weights == self.pinned_weights else weights)

    def pin(self, node: int) -> None:
        """Pin a node; a pinned one is let go."""
        self._known(node)
        others = tuple(pin for pin in self.pins if pin != node)
        self._set(pins=others if node in self.pins else (*others, node))

    def select(self, node: int | None) -> None:
        """Pin this node and no other, or none."""
        self._set(pins=() if self._known(node) is None else (node,), pinned_weights=None)

    def move(self, node: int) -> None:
        """The selected node is exchanged for another; the other pins stay."""
        self._known(node)
        self._set(pins=(*(pin for pin in self.pins[:-1] if pin != node), node))

    def choose(self, source: int | None) -> None:
        """Look at one term of the selected node's sum, by the node that it comes from, or at none."""
        self._set(term=self._known(source) if self.pins else None)

    def show(
        self, *, outgoing: bool | None = None, tracing: bool | None = None, kept: float | None = None
    ) -> None:
        """Choose what is shown of the nodes; None leaves it as it is."""
        if kept is not None and not 0 <= kept <= 1:
            raise ValueError(f"kept is {kept!r}, expected a share from 0 to 1")
        wanted = {"outgoing": outgoing, "tracing": tracing, "kept": kept}
        self._set(**{name: value for name, value in wanted.items() if value is not None})

    def forget(self, nodes: int, pins: tuple[int, ...] = ()) -> None:
        """Another network, with so many nodes, has come: nothing is hovered or traced, and no more pinned than `pins`,
        with which it was left."""
        self._nodes = nodes
        known = tuple(pin for pin in pins if pin < nodes)
        self._set(hovered=None, hovered_weights=None, pinned_weights=None, pins=known, tracing=False)

    def _known(self, node: int | None) -> int | None:
        if node is not None and not 0 <= node < self._nodes:
            raise ValueError(f"node {node} is not in this network of {self._nodes} nodes")
        return node

    def _set(self, **fields: object) -> None:
        if fields.get("pins", self.pins) != self.pins:
            fields["term"] = None  # it was one of another node
            fields.setdefault("pinned_weights", None)
        if any(getattr(self, name) != value for name, value in fields.items()):
            self.__dict__.update(fields)
            self.changed.emit()
