"""What is said of a node: what it does, what it sees, its terms as a table of text."""

from __future__ import annotations

import csv
import io

from nodelink.explain.contributions import Terms
from nodelink.graph.emphasis import Box
from nodelink.nn.address import address
from nodelink.nn.network import Activations, Network


def role(terms: Terms, network: Network) -> str:
    """What a node does, in one line for a newcomer."""
    stage, count = terms.stage, len(terms.source)
    if terms.off:
        return "Switched off: it puts out 0, whatever arrives"
    if stage.kind == "input":
        return "A pixel of the network's input: how much ink lies there"
    before = network.stages[stage.index - 1].name
    if stage.kind == "maxpool":
        return f"Keeps the largest of {count} values of {before}"
    if stage.kind == "avgpool":
        return f"The mean of {count} values of {before}"
    if stage.kind == "conv":
        maps = f"{len(terms.tiles)} maps" if len(terms.tiles) > 1 else "one map"
        return f"Looks for a pattern in a window of {maps} of {before}"
    return f"Weighs and adds up all {count:,} nodes of {before}"


def sees(box: Box, network: Network) -> str:
    """How much of the input lies in a node's receptive field, in one line."""
    if box.size == network.stages[0].size:
        return "Sees the whole input"
    rows, columns = ((first + 1, last) for first, last in (box.rows, box.columns))
    height, width = rows[1] - rows[0] + 1, columns[1] - columns[0] + 1
    where = f"{_span('row', *rows)}, {_span('column', *columns)}"
    return f"Sees {height} × {width} pixels of the input: {where}"


def _span(what: str, first: int, last: int) -> str:
    return f"{what} {first}" if first == last else f"{what}s {first}–{last}"


def as_csv(terms: Terms, activations: Activations) -> str:
    """Every term of a node's sum, by falling size, and what the sum comes to. All digits, points and commas."""
    network = activations.network
    text = io.StringIO()
    write = csv.writer(text, lineterminator="\n").writerow
    write(["term", "weight", "activation", "product"])
    for i in terms.order.tolist():
        source = address(network, int(terms.source[i]))
        write([source, *(repr(float(part[i])) for part in (terms.weight, terms.value, terms.product))])
    if terms.stage.kind in ("dense", "conv"):
        write(["bias", "", "", repr(terms.bias)])
    write(["weighted sum", "", "", repr(terms.pre)])
    write([f"output ({terms.stage.activation})", "", "", repr(terms.out)])
    if terms.softmax is not None:
        write([])
        write(["class", "logit", "exponential", "share"])
        found = terms.softmax
        for node, *numbers in zip(found.nodes, found.logits, found.powers, found.shares, strict=True):
            write([address(network, int(node)), *(repr(float(number)) for number in numbers)])
        write(["sum", "", repr(found.total), "1.0"])
    return text.getvalue()
