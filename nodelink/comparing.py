"""Comparing: the commands about a frozen drawing A beside the one in hand, B."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from nodelink.command import NETWORKS, Command, Run, Ui, model
from nodelink.compare import DIFFERENCE, SHOWN, A, B
from nodelink.session import Session

MENU = "Compare"


def commands() -> Iterator[Command]:
    """What stands in the menu Compare."""
    yield Command(
        "freeze",
        "Freeze the drawing as A",
        MENU,
        _freeze,
        ("Ctrl+F",),
        short="Freeze",
        tip="The drawing and its answer are kept as A. Go on drawing: that is B.",
    )
    yield Command(
        "swap",
        "Swap A and B",
        MENU,
        _tried(Session.swap),
        enabled=_is_frozen,
        short="Swap",
        tip="A comes back: its drawing, its network and what was changed of both. What was there is frozen as A.",
    )
    yield Command(
        "drop",
        "Drop A",
        MENU,
        model(lambda s: s.compare.drop()),
        enabled=_is_frozen,
        short="Drop",
        tip="Forget what is frozen.",
    )
    yield _show(A, "show-a", "A, the frozen one")
    yield _show(B, "show-b", "B, the drawing")
    yield _show(DIFFERENCE, "show-difference", "B − A, the difference")
    yield Command(
        "show-next",
        "A, B and B − A in turn",
        MENU,
        _tried(_show_next),
        ("A",),
        1,
    )
    yield Command(
        "beside",
        "A second network beside",
        MENU,
        _tried(_flip_beside),
        ("B",),
        2,
        checked=lambda s: s.beside.network is not None,
        tip="Two networks side by side on the same drawing, each with its answer.",
    )


def _freeze(session: Session, ui: Ui) -> None:
    """Keep A. Where the panel that would show it is hidden, one line says what there is now and how to see it."""
    session.freeze()
    if "compare" in session.settings.hidden:
        ui.say(
            "A is frozen: draw the next digit. Key A shows A, B and B − A in turn, Shift+A opens the panel."
        )


def _flip_beside(session: Session) -> None:
    """The last second network, or the next one that ships."""
    beside = session.beside
    if beside.network is not None:
        beside.close()
        return
    names = list(NETWORKS)
    shown = session.compare.shown_name
    following = names[(names.index(shown) + 1) % len(names)] if shown in names else names[0]
    session.open_beside(beside.name or following)


def _is_frozen(session: Session) -> bool:
    return session.compare.frozen is not None


def _show(what: str, name: str, title: str) -> Command:
    return Command(
        name,
        f"Show {title}",
        MENU,
        _tried(lambda s: s.compare.show(what)),
        group=1,
        short=what.replace("-", "−"),
        checked=lambda s: _is_frozen(s) and s.compare.shown == what,
        enabled=_is_frozen,
        tip=TIPS[what],
    )


TIPS = {
    A: "Scene and panels show what is frozen, whatever you draw.",
    B: "Scene and panels show the drawing on the pad.",
    DIFFERENCE: "Scene and panels show by how much B differs from A, node by node.",
}


def _show_next(session: Session) -> None:
    """The next of A, B and, where there is one, B - A."""
    there = [what for what in SHOWN if what != DIFFERENCE or session.compare.obstacle is None]
    session.compare.show(there[(there.index(session.compare.shown) + 1) % len(there)])


def _tried(act: Callable[[Session], object]) -> Run:
    """A command whose refusal is one line of news."""

    def run(session: Session, ui: Ui) -> None:
        try:
            act(session)
        except ValueError as fault:
            ui.say(str(fault))

    return run
