"""Experiments: the commands that break the network on purpose, and put it together again."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from nodelink.command import Ask, Command, Run, Ui
from nodelink.nn.biases import is_made
from nodelink.nn.changes import BiasOff, Change, NodesOff, silence, weight_between
from nodelink.nn.naming import stage_of
from nodelink.session import Session

MENU = "Network/Break it"
PARTS = ("off-node", "off-map", "off-layer", "off-weight")  # commands that switch off what is selected

Target = Callable[[Session], Change | None]  # the change that a command makes now, if there is one to make


def node_change(session: Session) -> NodesOff | None:
    """The selected node off."""
    node = selected(session)
    if node is None:
        return None
    stage = stage_of(session.network, node)
    return NodesOff(stage.name, node - stage.offset)


def map_change(session: Session) -> NodesOff | None:
    """Its map off, where its layer has maps."""
    node = selected(session)
    if node is None:
        return None
    stage = stage_of(session.network, node)
    if len(stage.shape) != 3:
        return None
    return NodesOff(stage.name, map=(node - stage.offset) // (stage.shape[1] * stage.shape[2]))


def layer_change(session: Session) -> NodesOff | None:
    """Its layer off."""
    node = selected(session)
    return None if node is None else NodesOff(stage_of(session.network, node).name)


def weight_change(session: Session) -> Change | None:
    """The weight between two pinned nodes at 0, where there are exactly two and an edge between them has one."""
    pins = session.focus.pins
    if len(pins) != 2 or selected(session) is None:
        return None
    one, other = pins
    return weight_between(session.network, one, other) or weight_between(session.network, other, one)


def selected(session: Session) -> int | None:
    """The selected node, unless it is one of another network that is looked at, or asked."""
    mine = session.seen.network.original is session.original and not session.aside
    return session.focus.selected if mine else None


def hint(session: Session) -> str:
    """Where to click for a node that can be switched off, without the point at the end."""
    if session.beside.network is None:
        return "click a node in the scene"
    return f"click a node of {session.network.title or session.network.name}, the first network"


def attempt(act: Callable[[], object], session: Session, say: Callable[[str], object]) -> None:
    """Do it; what cannot be done, and an answer that no longer depends on the drawing, is said in one line."""
    before = session.changes
    try:
        act()
    except ValueError as fault:
        say(str(fault))
        return
    told = silence(session.network)
    if told is not None and session.changes != before:
        say(told)


def flip(change: Change, session: Session) -> None:
    """Make a change, or take it back where it is made."""
    if is_made(session.network, change):
        session.restore(change)
    else:
        session.alter(change)


def commands() -> Iterator[Command]:
    """What stands in the menu Network about breaking it."""
    yield _off("off-node", "The selected node off", "Node off", node_change, ("Shift+X",))
    yield _off("off-map", "Its map off", "Map off", map_change)
    yield _off("off-layer", "Its layer off", "Layer off", layer_change)
    yield _off(
        "off-weight",
        "The weight between two pinned nodes off",
        "Weight off",
        weight_change,
        tip="Pin two nodes with an edge between them. A convolution's weight is off at all positions.",
    )
    yield _off("off-biases", "All biases off", "All biases off", lambda _: BiasOff(), group=1)
    yield Command(
        "restore-all",
        "Restore all",
        MENU,
        _restore_all,
        ("Ctrl+R",),
        2,
        enabled=lambda s: bool(s.changes) or not s.transform.idle,
        tip="The network as it was trained, and the drawing as it was drawn.",
    )
    yield Command(
        "bring-back",
        "Bring changes back",
        MENU,
        _bring_back,
        ("Ctrl+Shift+R",),
        2,
        "Bring back",
        enabled=lambda s: s.can_bring_back,
        tip="What was restored last is changed again.",
    )


def _off(
    name: str,
    title: str,
    short: str,
    target: Target,
    keys: tuple[str, ...] = (),
    group: int = 0,
    tip: str = "",
) -> Command:
    enabled: Ask = lambda session: target(session) is not None  # noqa: E731 - one of two that belong together
    checked: Ask = lambda session: (  # noqa: E731
        (change := target(session)) is not None and is_made(session.network, change)
    )
    usual = "Switched off, a node gives 0 whatever arrives; again: on."
    return Command(
        name,
        title,
        MENU,
        _flip(target),
        keys,
        group,
        short,
        checked=checked,
        enabled=enabled,
        tip=tip or usual,
    )


def _flip(target: Target) -> Run:
    def run(session: Session, ui: Ui) -> None:
        change = target(session)
        if change is None:
            ui.say(f"Nothing is selected that could be switched off: {hint(session)}.")
        else:
            attempt(lambda: flip(change, session), session, ui.say)

    return run


def _restore_all(session: Session, ui: Ui) -> None:
    attempt(session.restore_all, session, ui.say)


def _bring_back(session: Session, ui: Ui) -> None:
    attempt(session.bring_back, session, ui.say)
