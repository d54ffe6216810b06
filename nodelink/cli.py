"""The command line: one sub-command a function, and every error one line.

Exit status: 0 on success, 1 for bad input, 2 for a usage error, 128 + its number for a signal (130 is Ctrl+C).
What a command needs is imported when it runs, so that `predict` knows nothing of Qt or OpenGL.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

from nodelink import __version__, settings
from nodelink.settings import Settings

if TYPE_CHECKING:
    from nodelink.nn.network import Network
    from nodelink.session import Frame

SIDES = (64, 16_384)  # pixels a side of a rendered picture
MOST_PIXELS = 1 << 26

_DEFAULT = Settings()
_SIZE = 1600, 1000
_INSTEAD = "nodelink-7.png"  # what `run` leaves where no window can open


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit status; nothing that a user does leads to a traceback."""
    words = list(sys.argv[1:] if argv is None else argv)
    if not words or (words[0].startswith("-") and words[0] not in ("-h", "--help", "--version")):
        words.insert(0, "run")
    sinks = _open_missing_streams()
    try:
        args = _parser().parse_args(words)
        status = int(args.command(args) or 0)
        sys.stdout.flush()
    except SystemExit as stop:  # argparse: help, version or a usage error
        return int(stop.code or 0)
    except KeyboardInterrupt:
        return _fail("interrupted", 130)
    except BrokenPipeError:  # the reader of our output has gone; leave nothing for Python to flush at the end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (ValueError, OSError, RuntimeError, ImportError, MemoryError) as error:
        return _fail(str(error) or type(error).__name__)
    return 1 if sinks else status


def _open_missing_streams() -> bool:
    """Something to write to where the process was started without; True where nobody gets the answer."""
    lacking = sys.stdout is None
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123 - to the end
    return lacking


@contextmanager
def _unwinding() -> Iterator[None]:
    """A request to end unwinds as an error does, so that no half-written file stays."""
    asked = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    if threading.current_thread() is not threading.main_thread():
        asked = []
    asked = [number for number in asked if signal.getsignal(number) == signal.SIG_DFL]  # nohup is honoured
    for number in asked:
        signal.signal(number, _end)
    try:
        yield
    finally:
        for number in asked:
            signal.signal(number, signal.SIG_DFL)


def _end(number: int, _: object) -> NoReturn:
    raise SystemExit(128 + number)


# Commands ---------------------------------------------------------------------------------------------------


def _run(args: argparse.Namespace) -> int:
    from nodelink import display

    if not display.available():
        _render_instead(args)
        return 0
    from nodelink import app

    return app.run(network=args.network, layout=args.layout, theme=args.theme)


def _predict(args: argparse.Namespace) -> None:
    from nodelink import images, load_network
    from nodelink.session import compute_frame

    network = load_network(args.network)
    if network.output_kind != "probabilities":
        raise ValueError(f"{args.network}: its output is {network.output_kind}, not class probabilities")
    frames = [(file, compute_frame(network, images.load(file), args.centre)) for file in args.images]
    if args.json:
        predictions = [_prediction(file, frame) for file, frame in frames]
        _write_json({"network": network.name, "predictions": predictions})
    else:
        _write_lines(f"{file}: {_answer(frame)}" for file, frame in frames)


def _render(args: argparse.Namespace) -> None:
    from nodelink import display, images, load_network
    from nodelink.nn.preprocess import rasterize
    from nodelink.samples import sample

    network = load_network(args.network)
    ink = images.load(args.image) if args.digit is None else rasterize(sample(args.digit))
    with _unwinding():
        images.check_png_path(args.output)
    display.forget_dead()

    from nodelink.gl.render import fallback, render

    look = {"layout": args.layout, "theme": args.theme, "edges": args.edges, "centre": args.centre}
    picture = render(network, ink, size=args.size, **look)
    with _unwinding():
        images.save_png(args.output, picture)
    if (lost := fallback()) is not None:
        _say(f"the picture is not exact here: {lost}")


def _info(args: argparse.Namespace) -> None:
    from nodelink import load_network

    network = load_network(args.network)
    if args.json:
        _write_json(_description(network))
    else:
        _write_lines(_table(network))


def _evaluate(args: argparse.Namespace) -> None:
    from nodelink import idx, load_network
    from nodelink.nn.evaluation import evaluate

    network = load_network(args.network)
    score = evaluate(network, *idx.mnist(args.data, "test"), centre=args.centre)
    if args.json:
        found = {"count": score.count, "errors": score.errors, "accuracy": score.accuracy}
        _write_json({"network": network.name, **found})
    else:
        right = f"{score.accuracy:.2%} of {score.count:,} digits read rightly, {score.errors:,} errors"
        _write_lines([f"{network.name}: {right}, {'centred' if args.centre else 'as they are'}"])


def _bench(args: argparse.Namespace) -> None:
    from nodelink import bench, display, load_network

    if not args.window:
        display.forget_dead()
    elif not display.available():
        raise RuntimeError("there is no display to open a window on")
    if args.scale:
        rows = bench.series(args.scale, args.size)
        _write_json({"size": list(args.size), "series": rows}) if args.json else _write_lines(
            bench.series_table(rows)
        )
        return
    run = bench.bench_window if args.window else bench.bench
    figures = run(load_network(args.network), args.size, args.network)
    _write_json(figures) if args.json else _write_lines(bench.table(figures))


def _render_instead(args: argparse.Namespace) -> None:
    """Where there is no display: the picture that the window would have started with, in a file."""
    words = ["render", "--digit", "7", "--output", _INSTEAD]
    for option in ("network", "layout", "theme"):
        if getattr(args, option) is not None:
            words += [f"--{option}", getattr(args, option)]
    try:
        _render(_parser().parse_args(words))
    except (ValueError, OSError, RuntimeError) as error:
        raise RuntimeError(
            f"there is no display to open a window on, nor could a picture be made: {error}"
        ) from error
    _write_lines(
        [f"nodelink: there is no display to open a window on; a sample digit is drawn in {_INSTEAD}"]
    )


# What they print --------------------------------------------------------------------------------------------


def _write_json(value: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(value) + "\n")


def _write_lines(lines: Iterable[str]) -> None:
    sys.stdout.write("".join(f"{_printable(line)}\n" for line in lines))


def _say(message: str) -> None:
    sys.stderr.write(f"nodelink: {_printable(message)}\n")


def _fail(message: str, status: int = 1) -> int:
    _say(message)
    return status


def _printable(line: str) -> str:
    """The line with whatever would break it written as an escape: file names may hold anything."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in line)


def _answer(frame: Frame) -> str:
    """An answer for people: as sure as the network is."""
    names = frame.network.class_names
    first_two = [f"{names[k] if names else k} ({p:.1%})" for k, p in frame.guesses[:2]]
    if frame.verdict == "sure":
        return ", then ".join(first_two)
    return "blank" if frame.verdict == "blank" else f"unsure, {' or '.join(first_two)}"


def _prediction(file: str, frame: Frame) -> dict[str, Any]:
    probabilities = frame.activations.output[0].tolist()
    return {"file": file, "digit": frame.guesses[0][0], "probabilities": probabilities}


def _description(network: Network) -> dict[str, Any]:
    numbers = {"nodes": network.nodes, "edges": network.edges, "parameters": network.parameters}
    layers = [
        {"name": s.name, "kind": s.kind, "shape": list(s.shape), "edges": s.edges, "parameters": s.parameters}
        for s in network.stages[1:]
    ]
    return {"network": network.name, **numbers, "accuracy": network.accuracy, "layers": layers}


def _table(network: Network) -> list[str]:
    """The network for people: a line a layer, in columns."""
    rows: list[tuple[str, ...]] = [("layer", "kind", "shape", "nodes", "edges", "parameters")]
    for s in network.stages:
        numbers = (f"{n:,}" if n else "" for n in (s.size, s.edges, s.parameters))
        rows.append((s.name, s.kind, "x".join(map(str, s.shape)), *numbers))
    rows.append(("total", "", "", *(f"{n:,}" for n in (network.nodes, network.edges, network.parameters))))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = zip(row, widths, (str.ljust,) * 3 + (str.rjust,) * 3, strict=True)
        lines.append("  ".join(align(cell, width) for cell, width, align in cells).rstrip())
    accuracy = "not recorded" if network.accuracy is None else f"{network.accuracy:.2%}"
    return [f"{network.name}: {network.title}", "", *lines, "", f"accuracy on the test set: {accuracy}"]


# What they take ---------------------------------------------------------------------------------------------


class _Parser(argparse.ArgumentParser):
    """An ArgumentParser whose usage errors are one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"nodelink: {_printable(message)} (see {self.prog} --help)\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="nodelink",
        description="Draw a digit and watch every node and every edge of a real neural network respond.",
        epilog="Without a command: run. A network is cnn, mlp, mini or the path of a weight file.",
    )
    parser.add_argument("--version", action="version", version=f"nodelink {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name, (run, arguments, does) in _COMMANDS.items():
        sub = commands.add_parser(name, help=does, description=f"{does[0].upper()}{does[1:]}.")
        sub.set_defaults(command=run)
        arguments(sub)
    return parser


def _run_arguments(sub: argparse.ArgumentParser) -> None:
    _add_look(sub, None)


def _predict_arguments(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("images", metavar="IMAGE", nargs="+", help="image file, dark on light or light on dark")
    _add_network(sub, _DEFAULT.network)
    _add_centring(sub)
    _add_json(sub)


def _render_arguments(sub: argparse.ArgumentParser) -> None:
    drawing = sub.add_mutually_exclusive_group(required=True)
    drawing.add_argument("image", metavar="IMAGE", nargs="?", help="image file")
    drawing.add_argument("--digit", type=int, choices=range(10), metavar="0-9", help="a sample digit instead")
    _add_look(sub, _DEFAULT)
    sub.add_argument(
        "--edges", choices=settings.INPUT_MODES, default=_DEFAULT.edges, help="what the edges show"
    )
    _add_centring(sub)
    sub.add_argument(
        "--size", type=_size, default=_SIZE, metavar="WxH", help=f"in pixels ({_SIZE[0]}x{_SIZE[1]})"
    )
    sub.add_argument("-o", "--output", required=True, metavar="OUT.png", help="where to write the picture")


def _info_arguments(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("network", metavar="NETWORK", help="cnn, mlp, mini or a weight file")
    _add_json(sub)


def _evaluate_arguments(sub: argparse.ArgumentParser) -> None:
    sub.add_argument(
        "--data", required=True, metavar="DIR", help="folder with MNIST/raw/*-ubyte, gzipped or not"
    )
    _add_network(sub, _DEFAULT.network)
    sub.add_argument("--centre", action="store_true", help="centre the digits, which MNIST has done already")
    _add_json(sub)


def _bench_arguments(sub: argparse.ArgumentParser) -> None:
    _add_network(sub, _DEFAULT.network)
    where = sub.add_mutually_exclusive_group()
    where.add_argument(
        "--window", action="store_true", help="through the real window, from pointer to pixels"
    )
    where.add_argument(
        "--scale",
        type=_all_edges,
        metavar="EDGES[,EDGES...]",
        help="perceptrons with about so many edges instead, a line each",
    )
    sub.add_argument("--size", type=_size, default=(1280, 800), metavar="WxH", help="in pixels (1280x800)")
    _add_json(sub)


def _add_look(sub: argparse.ArgumentParser, default: Settings | None) -> None:
    """Network, layout and theme; without a default they are None: as they were last time."""
    _add_network(sub, default.network if default else None)
    sub.add_argument("--layout", choices=settings.LAYOUTS, default=default.layout if default else None)
    sub.add_argument("--theme", choices=settings.THEMES, default=default.theme if default else None)


def _add_network(sub: argparse._ActionsContainer, default: str | None) -> None:
    sub.add_argument("--network", metavar="N", default=default, help="cnn, mlp, mini or a weight file")


def _add_centring(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--no-centre", dest="centre", action="store_false", help="take the drawing where it is")


def _add_json(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--json", action="store_true", help="print one JSON object and nothing else")


def _all_edges(text: str) -> list[int]:
    """Numbers of edges, with commas between them."""
    return [_edges(each) for each in text.split(",")]


def _edges(text: str) -> int:
    """A number of edges that a perceptron can be made of."""
    low, high = 10_000, 30_000_000
    if not text.isdecimal() or not low <= int(text) <= high:
        raise argparse.ArgumentTypeError(f"expected {low:,} to {high:,} edges, found {text!r}")
    return int(text)


def _size(text: str) -> tuple[int, int]:
    """WIDTHxHEIGHT in pixels."""
    low, high = SIDES
    match = re.fullmatch(r"(\d{1,6})x(\d{1,6})", text, re.ASCII)
    width, height = map(int, match.groups()) if match else (0, 0)
    if not (low <= width <= high and low <= height <= high and width * height <= MOST_PIXELS):
        most = f"at most {MOST_PIXELS >> 20} megapixels"
        raise argparse.ArgumentTypeError(f"expected {low}x{low} to {high}x{high}, {most}, found {text!r}")
    return width, height


_COMMANDS: dict[str, tuple[Callable[..., int | None], Callable[[argparse.ArgumentParser], None], str]] = {
    "run": (
        _run,
        _run_arguments,
        "open the window; where there is no display, draw a sample digit into a file",
    ),
    "predict": (
        _predict,
        _predict_arguments,
        "class probabilities of images; one that cannot be read stops all",
    ),
    "render": (_render, _render_arguments, "draw the network at work into a PNG file; needs no display"),
    "info": (_info, _info_arguments, "the layers of a network: shapes, nodes, edges, parameters"),
    "evaluate": (_evaluate, _evaluate_arguments, "accuracy on the MNIST test set"),
    "bench": (
        _bench,
        _bench_arguments,
        "measure this machine: a stroke, an orbit, a morph, the complete picture",
    ),
}
