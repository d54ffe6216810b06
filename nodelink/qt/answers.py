"""Answers in words: what may be said of a frame, in the same words wherever it is said."""

from __future__ import annotations

from nodelink.nn.naming import percent
from nodelink.nn.network import Network
from nodelink.nn.transforms import describe
from nodelink.session import Frame

MARKS = {"A": "A (frozen)", "B - A": "B \N{MINUS SIGN} A"}  # Frame.mark as it is written
SPACE = "\N{NO-BREAK SPACE}"


def rough(probability: float) -> str:
    """A probability in whole percent."""
    return ">99" + SPACE + "%" if probability >= 0.995 else f"{probability:.0%}".replace("%", f"{SPACE}%")


def class_name(network: Network, index: int) -> str:
    """The name of a class, or its number where the network names none."""
    return network.class_names[index] if index < len(network.class_names) else str(index)


def guess(frame: Frame) -> str:
    """The class alone: "7", "7?" where that is unsure, a dash where there is none."""
    if frame.verdict in ("blank", "none", "open", "off"):
        return "–"
    name = class_name(frame.network, frame.guesses[0][0])
    return name if frame.verdict == "sure" else f"{name}?"


def certainty(frame: Frame) -> str:
    """The probability, or the word that stands in its place."""
    if frame.verdict == "blank":
        return "Blank"
    if frame.verdict == "none":
        return "No classes"
    if frame.verdict == "open":
        return "On its way"
    if frame.verdict == "off":
        return "No answer"
    return percent(frame.guesses[0][1]) if frame.verdict == "sure" else "Unsure"


def runner_up(frame: Frame) -> str:
    """The second line: the second guess, or both where the first is unsure."""
    if frame.verdict == "blank":
        return "Draw a digit"
    if frame.verdict == "open":
        return "Step by step"
    if frame.verdict == "off":
        return "All classes are switched off"
    if len(frame.guesses) < 2:
        return ""
    one, two = (f"{class_name(frame.network, k)}: {percent(p)}" for k, p in frame.guesses[:2])
    return f"then {two}" if frame.verdict == "sure" else f"{one} or {two}"


def marks(frame: Frame) -> list[str]:
    """What nobody may mistake: A or B - A, a network that an experiment has changed, a drawing that it has."""
    found = [MARKS[frame.mark]] if frame.mark else []
    count = len(frame.network.changes)
    found += [f"changed network: {count} change{'s' if count > 1 else ''}"] if count else []
    done = describe(frame.transform)
    if done:
        found.append(f"drawing: {done[0]}" if len(done) == 1 else f"drawing transformed in {len(done)} ways")
    return found


def heading(frame: Frame, frozen: bool) -> tuple[str, str]:
    """What stands above a picture of `frame`, and the same in fewer letters; "" where it is simply the drawing's.

    frozen: there is an A, and where the drawing is shown it is to be said that this is B.
    """
    whose = MARKS[frame.mark] if frame.mark else "B (the drawing)" if frozen else ""
    if frame.of is not None and not any(out.any() for out in frame.activations.out):
        whose += ": the two are the same, no node differs"
    long = [whose, *marks(frame)[1 if frame.mark else 0 :]]
    what = [("network", frame.network.changes), ("drawing", describe(frame.transform))]
    both = " and ".join(word for word, done in what if done)
    short = [whose.split(" (")[0].split(", no")[0], f"{both} changed" if both else ""]
    dot = f"{SPACE}\N{MIDDLE DOT}{SPACE}"
    return dot.join(filter(None, long)), dot.join(filter(None, short))


def briefer(frame: Frame) -> str:
    """The same in fewer letters, the percentage as the scene writes it: "7  99 %", "7?  55 %", "blank"."""
    if frame.verdict in ("sure", "unsure"):
        return f"{guess(frame)}{SPACE}{SPACE}{rough(frame.guesses[0][1])}"
    return brief(frame)


def brief(frame: Frame) -> str:
    """Class and probability in a few letters: "7  99.1 %", "7? unsure", "blank"."""
    if frame.verdict in ("sure", "unsure"):
        word = certainty(frame) if frame.verdict == "sure" else f"unsure, {percent(frame.guesses[0][1])}"
        return f"{guess(frame)}{SPACE}{SPACE}{word}"
    return certainty(frame).lower()
