"""Arguments: what the commands take, and the parser whose errors are one line."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from nodelink import __version__, settings
from nodelink.cli.output import printable
from nodelink.settings import Settings

SIDES = (64, 16_384)  # pixels a side of a rendered picture
MOST_PIXELS = 1 << 26

_DEFAULT = Settings()
_SIZE = 1600, 1000

# what runs it, what adds its arguments, what it does
Entry = tuple[Callable[..., Any], Callable[[argparse.ArgumentParser], None], str]


class Parser(argparse.ArgumentParser):
    """An ArgumentParser whose usage errors are one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"nodelink: {printable(message)} (see {self.prog} --help)\n")


def parser_of(commands: Mapping[str, Entry]) -> argparse.ArgumentParser:
    """The parser of these sub-commands, each by its name; it sets `command` to what is to be run."""
    parser = Parser(
        prog="nodelink",
        description="Draw a digit and watch every node and every edge of a real neural network respond.",
        epilog="Without a command: run. A network is cnn, mlp, mini or the path of a weight file.",
    )
    parser.add_argument("--version", action="version", version=f"nodelink {__version__}")
    subs = parser.add_subparsers(metavar="COMMAND", required=True)
    for name, (run, arguments, does) in commands.items():
        sub = subs.add_parser(name, help=does, description=f"{does[0].upper()}{does[1:]}.")
        sub.set_defaults(command=run)
        arguments(sub)
    return parser


def run_arguments(sub: argparse.ArgumentParser) -> None:
    """What `run` takes."""
    _add_look(sub, None)


def predict_arguments(sub: argparse.ArgumentParser) -> None:
    """What `predict` takes."""
    sub.add_argument("images", metavar="IMAGE", nargs="+", help="image file, dark on light or light on dark")
    _add_network(sub, _DEFAULT.network)
    _add_centring(sub)
    _add_json(sub)


def render_arguments(sub: argparse.ArgumentParser) -> None:
    """What `render` takes."""
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


def info_arguments(sub: argparse.ArgumentParser) -> None:
    """What `info` takes."""
    sub.add_argument("network", metavar="NETWORK", help="cnn, mlp, mini or a weight file")
    _add_json(sub)


def evaluate_arguments(sub: argparse.ArgumentParser) -> None:
    """What `evaluate` takes."""
    sub.add_argument(
        "--data", required=True, metavar="DIR", help="folder with MNIST/raw/*-ubyte, gzipped or not"
    )
    _add_network(sub, _DEFAULT.network)
    sub.add_argument("--centre", action="store_true", help="centre the digits, which MNIST has done already")
    _add_json(sub)


def bench_arguments(sub: argparse.ArgumentParser) -> None:
    """What `bench` takes."""
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
