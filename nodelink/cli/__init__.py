"""The command line: one sub-command a function, and every error one line.

Exit status: 0 on success, 1 for bad input, 2 for a usage error, 128 + its number for a signal (130 is Ctrl+C).
What a command needs is imported when it runs, so that `predict` knows nothing of Qt or OpenGL.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NoReturn

from nodelink.cli import arguments, output
from nodelink.cli.arguments import Entry, parser_of

__all__ = ["main"]

_INSTEAD = "nodelink-7.png"  # what `run` leaves where no window can open


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit status; nothing that a user does leads to a traceback."""
    words = list(sys.argv[1:] if argv is None else argv)
    if not words or (words[0].startswith("-") and words[0] not in ("-h", "--help", "--version")):
        words.insert(0, "run")
    sinks = _open_missing_streams()
    try:
        args = parser_of(_COMMANDS).parse_args(words)
        status = int(args.command(args) or 0)
        sys.stdout.flush()
    except SystemExit as stop:  # argparse: help, version or a usage error
        return int(stop.code or 0)
    except KeyboardInterrupt:
        return output.fail("interrupted", 130)
    except BrokenPipeError:  # the reader of our output has gone; leave nothing for Python to flush at the end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (ValueError, OSError, RuntimeError, ImportError, MemoryError) as error:
        return output.fail(str(error) or type(error).__name__)
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
        predictions = [output.prediction(file, frame) for file, frame in frames]
        output.write_json({"network": network.name, "predictions": predictions})
    else:
        output.write_lines(f"{file}: {output.answer(frame)}" for file, frame in frames)


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
        output.say(f"the picture is not exact here: {lost}")


def _info(args: argparse.Namespace) -> None:
    from nodelink import load_network

    network = load_network(args.network)
    if args.json:
        output.write_json(output.description(network))
    else:
        output.write_lines(output.layer_table(network))


def _evaluate(args: argparse.Namespace) -> None:
    from nodelink import idx, load_network
    from nodelink.nn.evaluation import evaluate

    network = load_network(args.network)
    score = evaluate(network, *idx.mnist(args.data, "test"), centre=args.centre)
    if args.json:
        found = {"count": score.count, "errors": score.errors, "accuracy": score.accuracy}
        output.write_json({"network": network.name, **found})
    else:
        right = f"{score.accuracy:.2%} of {score.count:,} digits read rightly, {score.errors:,} errors"
        output.write_lines([f"{network.name}: {right}, {'centred' if args.centre else 'as they are'}"])


def _bench(args: argparse.Namespace) -> None:
    from nodelink import bench, display, load_network

    if not args.window:
        display.forget_dead()
    elif not display.available():
        raise RuntimeError("there is no display to open a window on")
    if args.scale:
        rows = bench.series(args.scale, args.size)
        output.write_json({"size": list(args.size), "series": rows}) if args.json else output.write_lines(
            bench.series_table(rows)
        )
        return
    run = bench.bench_window if args.window else bench.bench
    figures = run(load_network(args.network), args.size, args.network)
    output.write_json(figures) if args.json else output.write_lines(bench.table(figures))


def _render_instead(args: argparse.Namespace) -> None:
    """Where there is no display: the picture that the window would have started with, in a file."""
    words = ["render", "--digit", "7", "--output", _INSTEAD]
    for option in ("network", "layout", "theme"):
        if getattr(args, option) is not None:
            words += [f"--{option}", getattr(args, option)]
    try:
        _render(parser_of(_COMMANDS).parse_args(words))
    except (ValueError, OSError, RuntimeError) as error:
        raise RuntimeError(
            f"there is no display to open a window on, nor could a picture be made: {error}"
        ) from error
    output.write_lines(
        [f"nodelink: there is no display to open a window on; a sample digit is drawn in {_INSTEAD}"]
    )


_COMMANDS: dict[str, Entry] = {
    "run": (
        _run,
        arguments.run_arguments,
        "open the window; where there is no display, draw a sample digit into a file",
    ),
    "predict": (
        _predict,
        arguments.predict_arguments,
        "the answers to images, with --json every class; one that cannot be read stops all",
    ),
    "render": (
        _render,
        arguments.render_arguments,
        "draw the network at work into a PNG file; needs no display",
    ),
    "info": (_info, arguments.info_arguments, "the layers of a network: shapes, nodes, edges, parameters"),
    "evaluate": (_evaluate, arguments.evaluate_arguments, "accuracy on the MNIST test set"),
    "bench": (
        _bench,
        arguments.bench_arguments,
        "measure this machine: a stroke, an orbit, a morph, the complete picture",
    ),
}
