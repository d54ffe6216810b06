"""Asking: the commands about nodes: which one, what is shown of it, and where to go from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from nodelink.command import Command, Run, Ui, model, window
from nodelink.graph.neighbours import beside, towards
from nodelink.graph.shown import shown
from nodelink.nn.address import AddressError, find
from nodelink.nn.naming import stage_of
from nodelink.nn.network import Network
from nodelink.session import Session
from nodelink.settings import Settings

MENU = "Node"


def commands() -> Iterator[Command]:
    """What stands in the menu Node."""
    yield Command(
        "go-to",
        "Go to a node…",
        MENU,
        window(lambda ui: ui.ask_for_node()),
        ("G",),
        tip="Type where it is, like C3/5/4,7: layer, map, row, column. All count from 1.",
    )
    yield Command(
        "trace",
        "Trace back to the pixels",
        MENU,
        model(_trace),
        ("T",),
        1,
        short="Trace",
        checked=lambda s: s.asked_focus.tracing and s.selection is not None,
        tip="Show from which pixels, and over which edges, the selected node has its value. "
        "With no node selected: the network's first guess.",
    )
    yield Command(
        "outgoing",
        "Outgoing edges, too",
        MENU,
        model(lambda s: s.asked_focus.show(outgoing=not s.asked_focus.outgoing)),
        ("O",),
        1,
        short="Outgoing",
        checked=lambda s: s.asked_focus.outgoing,
        tip="Show also the edges that leave a node, not only those that arrive.",
    )
    for id_, title, key, by in (
        ("layer-on", "To the next layer", "PgUp", 1),
        ("layer-back", "To the layer before", "PgDown", -1),
    ):
        tip = f"{key} in the scene does so while a node is selected; the arrow keys walk within its map."
        yield Command(id_, title, MENU, to_layer(by), group=2, enabled=_selected, tip=tip)
    yield Command(
        "deselect",
        "Let all nodes go",
        MENU,
        model(_let_go),
        ("Esc",),
        3,
        enabled=lambda s: bool(s.focus.pins or s.focus.pinned_weights or s.beside.focus.pins),
    )


def _selected(session: Session) -> bool:
    return session.selection is not None


def _let_go(session: Session) -> None:
    """In both networks, where there are two."""
    for focus in (session.focus, session.beside.focus):
        focus.show(tracing=False)
        focus.select(None)


def _trace(session: Session) -> None:
    """On, with the first guess where no node is selected; or off."""
    if session.selection is not None:
        session.asked_focus.show(tracing=not session.asked_focus.tracing)
        return
    last = session.asked.network.stages[-1]
    session.select(last.offset + int(np.argmax(session.asked.activations.out[-1][0])))
    session.asked_focus.show(tracing=True)


def walk(right: int, down: int) -> Run:
    """From the selected node to one beside it in its map."""

    def run(session: Session, _ui: Ui) -> None:
        if (node := session.selection) is not None:
            session.asked_focus.move(beside(session.asked.network, node, right, down, session.settings.dense))

    return run


def to_layer(by: int) -> Run:
    """From the selected node to the nearest one of the next layer that is shown, or of the one before."""

    def run(session: Session, _ui: Ui) -> None:
        if (node := session.selection) is not None:
            hidden = unseen_layers(session)
            session.asked_focus.move(towards(session.asked.network, node, by, hidden))

    return run


INSTEAD: dict[str, tuple[str, Run]] = {  # camera commands whose keys do this while a node is selected
    "turn-left": ("one column to the left", walk(-1, 0)),
    "turn-right": ("one column to the right", walk(1, 0)),
    "turn-up": ("one row up", walk(0, -1)),
    "turn-down": ("one row down", walk(0, 1)),
    "nearer": ("the next layer", to_layer(1)),
    "farther": ("the layer before", to_layer(-1)),
}


def with_walks(camera: Iterable[Command]) -> Iterator[Command]:
    """The commands of the camera, whose keys walk from node to node while one is selected."""
    for command in camera:
        if command.id in INSTEAD:
            where, act = INSTEAD[command.id]
            tip = f"While a node is selected: to {where}."
            yield replace(command, run=_while_selected(act, command.run), tip=tip)
        else:
            yield command


def _while_selected(act: Run, otherwise: Run) -> Run:
    def run(session: Session, ui: Ui) -> None:
        (otherwise if session.selection is None else act)(session, ui)

    return run


def hidden_layers(network: Network, settings: Settings) -> list[int]:
    """The layers, by index, that are not shown."""
    seen = shown(network, settings.layers_hidden, settings.layers_dimmed, settings.layer_alone)
    return [index for index, strength in enumerate(seen.layers) if not strength]


def unseen_layers(session: Session) -> list[int]:
    """Those of the network that is asked. A second one shows all its layers."""
    return [] if session.aside else hidden_layers(session.asked.network, session.settings)


def find_shown(session: Session, text: str) -> int:
    """The node at an address, in a layer that is shown. AddressError, one line, otherwise."""
    network = session.asked.network
    node = find(network, text)
    stage = stage_of(network, node)
    if stage.index in unseen_layers(session):
        raise AddressError(f"The layer {stage.name} is hidden. Shift+L shows all layers.")
    return node
