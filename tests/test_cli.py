"""The command line: what it prints, and one line for whatever goes wrong."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from nodelink import __version__, display, idx, load_network
from nodelink.cli import main
from nodelink.images import save_png
from nodelink.nn import weights
from nodelink.nn.evaluation import evaluate
from nodelink.nn.preprocess import network_input, prepare, rasterize
from nodelink.samples import sample
from tests import networks
from tests.test_idx import IMAGES, LABELS, write_mnist
from tests.test_images import RUBBISH

SEVEN = rasterize(sample(7))


@pytest.fixture(scope="module")
def cnn(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A weight file of the CNN's architecture with random weights."""
    path = tmp_path_factory.mktemp("weights") / "random.safetensors"
    weights.save(networks.cnn(), path)
    return str(path)


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def seven() -> str:
    save_png("seven.png", (255 * (1 - SEVEN[..., None].repeat(3, axis=2))).astype(np.uint8))
    return "seven.png"


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Calls of the renderer, which draws an empty picture instead."""
    calls: list[dict[str, Any]] = []

    def render(network: object, drawing: object, **options: Any) -> Any:
        calls.append({"network": network, "drawing": drawing, **options})
        width, height = options["size"]
        return np.zeros((height, width, 4), dtype=np.uint8)

    monkeypatch.setitem(
        sys.modules, "nodelink.gl.render", SimpleNamespace(render=render, fallback=lambda: None)
    )
    return calls


def fails(capsys: pytest.CaptureFixture[str], *argv: str, status: int = 1) -> str:
    """The one line on stderr of a command that fails; nothing is on stdout, and no file is left."""
    before = sorted(Path().rglob("*"))
    assert main(argv) == status
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("nodelink: ")
    assert err.count("\n") == 1
    assert err.endswith("\n")
    assert sorted(Path().rglob("*")) == before
    return err


def succeeds(capsys: pytest.CaptureFixture[str], *argv: str) -> str:
    assert main(argv) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return out


# What the commands print ------------------------------------------------------------------------------------


def test_predict_prints_one_json_object_with_the_networks_own_numbers(
    capsys: pytest.CaptureFixture[str], cnn: str, seven: str
) -> None:
    found = json.loads(succeeds(capsys, "predict", seven, seven, "--network", cnn, "--json"))
    network = load_network(cnn)
    expected = network.forward(network_input(prepare(SEVEN), network.input_shape)).output[0]
    assert list(found) == ["network", "predictions"]
    assert found["network"] == network.name
    assert len(found["predictions"]) == 2
    for prediction in found["predictions"]:
        assert list(prediction) == ["file", "digit", "probabilities"]
        assert prediction["file"] == seven
        assert prediction["digit"] == expected.argmax()
        np.testing.assert_allclose(prediction["probabilities"], expected, atol=0.02)


def test_predict_takes_the_drawing_where_it_is_if_asked(capsys: pytest.CaptureFixture[str], cnn: str) -> None:
    pixels = np.zeros((28, 28), dtype=np.uint8)
    pixels[1:9, 15:25] = np.random.default_rng(0).integers(0, 256, (8, 10))
    Image.fromarray(pixels).save("x.png")
    found = json.loads(succeeds(capsys, "predict", "x.png", "--network", cnn, "--no-centre", "--json"))
    x = np.pad(pixels / np.float32(255), 2)[None]
    assert found["predictions"][0]["probabilities"] == load_network(cnn).forward(x).output[0].tolist()


def test_predict_says_how_sure_it_is(capsys: pytest.CaptureFixture[str], cnn: str, seven: str) -> None:
    Image.new("L", (50, 40), 200).save("paper.png")
    first, second = succeeds(capsys, "predict", seven, "paper.png", "--network", cnn).splitlines()
    assert first.startswith("seven.png: ")
    assert "%)" in first
    assert second == "paper.png: blank"


def test_info_describes_the_cnn(capsys: pytest.CaptureFixture[str], cnn: str) -> None:
    found = json.loads(succeeds(capsys, "info", cnn, "--json"))
    assert list(found) == ["network", "nodes", "edges", "parameters", "accuracy", "layers"]
    assert (found["nodes"], found["edges"], found["parameters"]) == (9_134, 334_904, 62_902)
    assert found["layers"][0] == {
        "name": "C1", "kind": "conv", "shape": [6, 28, 28], "edges": 117_600, "parameters": 156
    }  # fmt: skip
    assert sum(layer["edges"] for layer in found["layers"]) == 334_904
    lines = succeeds(capsys, "info", cnn).splitlines()
    assert any(line.split() == ["C3", "conv", "16x10x10", "1,600", "150,000", "1,516"] for line in lines)
    assert any(line.split() == ["total", "9,134", "334,904", "62,902"] for line in lines)


@pytest.mark.parametrize("centre", [False, True])
def test_evaluate_counts_as_the_engine_does(
    capsys: pytest.CaptureFixture[str], cnn: str, centre: bool
) -> None:
    write_mnist(Path("data/MNIST/raw"), IMAGES, LABELS)
    images, labels = idx.mnist("data")
    score = evaluate(load_network(cnn), images, labels, centre=centre)
    argv = ["evaluate", "--data", "data", "--network", cnn, *(["--centre"] if centre else [])]
    found = json.loads(succeeds(capsys, *argv, "--json"))
    name = load_network(cnn).name
    assert found == {"network": name, "count": 3, "errors": score.errors, "accuracy": score.accuracy}
    assert "of 3 digits" in succeeds(capsys, *argv)


def test_render_draws_what_it_is_told(
    capsys: pytest.CaptureFixture[str], cnn: str, seven: str, rendered: list[dict[str, Any]]
) -> None:
    look = ["--layout", "2d", "--theme", "light", "--edges", "weights", "--no-centre", "--size", "320x200"]
    assert succeeds(capsys, "render", seven, "--network", cnn, *look, "-o", "out.png") == ""
    call = rendered[0]
    assert (call["layout"], call["theme"], call["edges"], call["centre"]) == ("2d", "light", "weights", False)
    np.testing.assert_allclose(call["drawing"], SEVEN, atol=0.02)
    with Image.open("out.png") as picture:
        assert picture.size == (320, 200)


def test_render_draws_a_sample_digit(
    capsys: pytest.CaptureFixture[str], cnn: str, rendered: list[dict[str, Any]]
) -> None:
    succeeds(capsys, "render", "--digit", "7", "--network", cnn, "-o", "out.png")
    assert np.array_equal(rendered[0]["drawing"], SEVEN)
    assert (rendered[0]["layout"], rendered[0]["size"], rendered[0]["centre"]) == ("3d", (1600, 1000), True)


def test_version_and_help_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert succeeds(capsys, "--version") == f"nodelink {__version__}\n"
    for name in ("run", "predict", "render", "info", "evaluate"):
        assert name in succeeds(capsys, "--help")
        assert "usage: nodelink" in succeeds(capsys, name, "--help")


# The window, and where there is no display ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("argv", "given"),
    [
        ([], (None, None, None)),
        (["run"], (None, None, None)),
        (["--layout", "2d"], (None, "2d", None)),
        (["run", "--network", "mini", "--theme", "light"], ("mini", None, "light")),
    ],
)
def test_run_is_the_command_where_none_is_given(
    monkeypatch: pytest.MonkeyPatch, argv: list[str], given: tuple[str | None, ...]
) -> None:
    calls: list[tuple[str | None, ...]] = []

    def run(network: str | None, layout: str | None, theme: str | None) -> int:
        calls.append((network, layout, theme))
        return 5

    fake = SimpleNamespace(run=run)
    monkeypatch.setitem(sys.modules, "nodelink.app", fake)
    monkeypatch.setattr("nodelink.app", fake, raising=False)
    monkeypatch.setattr(display, "available", lambda: True)
    assert main(argv) == 5
    assert calls == [given]


def test_without_a_display_a_sample_is_drawn_into_a_file_it_names(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    cnn: str,
    rendered: list[dict[str, Any]],
) -> None:
    monkeypatch.setattr(display, "available", lambda: False)
    out = succeeds(capsys, "--network", cnn, "--layout", "2d")
    assert out.count("\n") == 1
    assert "no display" in out
    assert "nodelink-7.png" in out
    assert Path("nodelink-7.png").is_file()
    assert np.array_equal(rendered[0]["drawing"], SEVEN)
    assert rendered[0]["layout"] == "2d"


def test_without_a_display_and_a_place_to_write_there_is_one_line(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    cnn: str,
    rendered: list[dict[str, Any]],
) -> None:
    monkeypatch.setattr(display, "available", lambda: False)
    Path("nodelink-7.png").mkdir()
    line = fails(capsys, "run", "--network", cnn)
    assert "no display" in line
    assert "nodelink-7.png: cannot be written" in line
    assert not rendered


@pytest.mark.parametrize(
    ("environment", "platform", "there"),
    [
        ({}, "linux", False),
        ({}, "win32", True),
        ({}, "darwin", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", False),
        ({"WAYLAND_DISPLAY": "/nowhere/wayland-0"}, "linux", False),
        ({"QT_QPA_PLATFORM": "offscreen"}, "linux", True),
        ({"QT_QPA_PLATFORM": "vnc:size=800x600"}, "linux", True),
        ({"QT_QPA_PLATFORM": "xcb"}, "linux", False),
        ({"QT_QPA_PLATFORM": "wayland;xcb"}, "linux", False),
        ({"DISPLAY": ""}, "linux", False),
    ],
)
def test_a_display_is_known_by_the_environment(
    environment: dict[str, str], platform: str, there: bool
) -> None:
    assert display.available(environment, platform) == there


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="X11 is asked on Linux")
def test_a_display_that_does_not_answer_is_none() -> None:
    try:
        ctypes.CDLL("libxcb.so.1")
    except OSError:
        pytest.skip("libxcb is not there to ask with")
    assert not display.available({"DISPLAY": ":4711"}, "linux")


# Bad input --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", RUBBISH)
@pytest.mark.parametrize("command", ["predict", "predict --json", "render -o out.png"])
def test_a_bad_image_is_one_line_that_names_it(
    capsys: pytest.CaptureFixture[str],
    cnn: str,
    seven: str,
    rendered: list[dict[str, Any]],
    name: str,
    command: str,
) -> None:
    Path(name).write_bytes(RUBBISH[name][0])
    images = [seven, name] if command.startswith("predict") else [name]
    line = fails(capsys, *command.split(), *images, "--network", cnn)
    assert f"nodelink: {name}: " in line
    assert not rendered


@pytest.mark.parametrize(
    ("file", "fault"),
    [("nowhere.png", "no such file"), (".", "is a directory"), ("a\nb.png", "no such file")],
)
def test_an_image_that_is_no_file_is_one_line(
    capsys: pytest.CaptureFixture[str], cnn: str, file: str, fault: str
) -> None:
    assert fault in fails(capsys, "predict", file, "--network", cnn)


@pytest.mark.parametrize(
    "argv", ["predict seven.png --network", "render --digit 3 -o out.png --network", "info"]
)
@pytest.mark.parametrize("network", ["nonet", "nowhere.safetensors", ".", "seven.png", "empty", "half"])
def test_a_network_that_is_none_is_one_line_that_names_it(
    capsys: pytest.CaptureFixture[str],
    cnn: str,
    seven: str,
    rendered: list[dict[str, Any]],
    argv: str,
    network: str,
) -> None:
    Path("empty").write_bytes(b"")
    Path("half").write_bytes(Path(cnn).read_bytes()[:100_000])
    assert fails(capsys, *argv.split(), network).startswith(f"nodelink: {network}: ")
    assert not rendered


def test_a_network_without_class_probabilities_is_refused_by_predict(
    capsys: pytest.CaptureFixture[str], seven: str
) -> None:
    weights.save(replace(networks.mini(), output_kind="regression", class_names=()), "steering.safetensors")
    line = fails(capsys, "predict", seven, "--network", "steering.safetensors")
    assert "steering.safetensors" in line
    assert "regression" in line


@pytest.mark.parametrize(
    ("output", "fault"),
    [
        ("nowhere/out.png", "cannot be written"),
        ("folder.png", "cannot be written"),
        ("seven.png/out.png", "cannot be written"),
        ("out.jpg", "must end in .png"),
        ("out", "must end in .png"),
        ("", "the output needs a name that ends in .png"),
    ],
)
def test_an_unwritable_output_is_found_before_anything_is_drawn(
    capsys: pytest.CaptureFixture[str],
    cnn: str,
    seven: str,
    rendered: list[dict[str, Any]],
    output: str,
    fault: str,
) -> None:
    Path("folder.png").mkdir()
    line = fails(capsys, "render", "--digit", "7", "--network", cnn, "-o", output)
    assert line.startswith(f"nodelink: {output}: " if output else "nodelink: the output")
    assert fault in line
    assert not rendered


def test_evaluate_names_what_is_wrong_with_the_data(capsys: pytest.CaptureFixture[str], cnn: str) -> None:
    assert "nowhere: holds no MNIST" in fails(capsys, "evaluate", "--data", "nowhere", "--network", cnn)
    write_mnist(Path("data"), IMAGES[:-5], LABELS)
    assert "holds only" in fails(capsys, "evaluate", "--data", "data", "--network", cnn, "--json")


def test_a_renderer_that_fails_is_one_line_and_leaves_no_file(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, cnn: str
) -> None:
    def render(*_: object, **__: object) -> None:
        raise RuntimeError("OpenGL cannot be had:\nno driver")

    monkeypatch.setitem(
        sys.modules, "nodelink.gl.render", SimpleNamespace(render=render, fallback=lambda: None)
    )
    assert "OpenGL" in fails(capsys, "render", "--digit", "7", "--network", cnn, "-o", "out.png")


@pytest.mark.parametrize(
    "argv",
    [
        "predikt x.png",
        "x.png",
        "--foo",
        "predict",
        "predict x.png --foo",
        "run extra",
        "--layout 4d",
        "run --theme pink",
        "info",
        "evaluate",
        "render -o out.png",
        "render x.png --digit 7 -o out.png",
        "render --digit 7",
        "render --digit 10 -o out.png",
        "render --digit seven -o out.png",
        "render --digit 7 -o out.png --size 63x64",
        "render --digit 7 -o out.png --size 64x16385",
        "render --digit 7 -o out.png --size 16384x16384",
        "render --digit 7 -o out.png --size 1600",
        "render --digit 7 -o out.png --size -64x64",
        "render --digit 7 -o out.png --edges all",
    ],
)
def test_a_usage_error_is_one_line_and_status_2(capsys: pytest.CaptureFixture[str], argv: str) -> None:
    assert "--help" in fails(capsys, *argv.split(), status=2)


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError, OSError(28, "No space left on device")])
def test_other_ends_are_one_line_too(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    error: type[BaseException] | BaseException,
) -> None:
    def load(_: str) -> None:
        raise error

    monkeypatch.setattr("nodelink.load_network", load)
    fails(capsys, "info", "cnn", status=130 if error is KeyboardInterrupt else 1)


# Real processes ---------------------------------------------------------------------------------------------


def process(*argv: str, code: str | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """`python -m nodelink ...`, or the code, in a process of its own without a display."""
    root = str(Path(__file__).parents[1])
    kept = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    kept.pop("QT_QPA_PLATFORM", None)
    return subprocess.run(
        [sys.executable, *(["-c", code] if code else ["-m", "nodelink"]), *argv],
        env={**kept, "PYTHONPATH": root, **environment},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def test_a_process_answers_and_knows_nothing_of_qt_and_opengl(cnn: str, seven: str) -> None:
    code = (
        "import sys; from nodelink.cli import main; status = main(sys.argv[1:]);"
        "strange = {'PyQt6', 'vispy', 'OpenGL', 'torch'} & set(sys.modules); assert not strange, strange;"
        "sys.exit(status)"
    )
    done = process("predict", seven, "--network", cnn, "--json", code=code)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(json.loads(done.stdout)["predictions"]) == 1


@pytest.mark.parametrize(
    ("argv", "status"),
    [(["predict", "nowhere.png"], 1), (["predict"], 2), (["info", "nonet"], 1), (["--layout", "5d"], 2)],
)
def test_a_process_fails_in_one_line(cnn: str, argv: list[str], status: int) -> None:
    done = process(*argv, *(["--network", cnn] if argv[0] == "predict" else []))
    assert done.returncode == status
    assert done.stdout == ""
    assert done.stderr.startswith("nodelink: ")
    assert done.stderr.count("\n") == 1


def test_a_reader_that_goes_away_ends_it_quietly(cnn: str) -> None:
    code = (
        "import subprocess, sys; command = [sys.executable, '-m', 'nodelink', 'info', sys.argv[1]];"
        "child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE);"
        "child.stdout.close(); print(child.wait(), child.stderr.read())"
    )
    done = process(cnn, code=code)
    assert (done.stdout, done.stderr) == ("1 b''\n", "")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Wayland is asked on Linux")
def test_a_wayland_socket_that_answers_is_a_display() -> None:
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as server:
        server.bind(f"{folder}/w")
        environment = {"WAYLAND_DISPLAY": "w", "XDG_RUNTIME_DIR": folder}
        assert not display.available(environment, "linux")
        server.listen()
        assert display.available(environment, "linux")
        assert not display.available({**environment, "QT_QPA_PLATFORM": "xcb"}, "linux")


def test_a_platform_that_qt_does_not_know_is_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "rubbish")
    monkeypatch.setattr(display.available, "__defaults__", (os.environ, "linux"))
    assert "QT_QPA_PLATFORM" in fails(capsys, "run")


def test_a_bench_of_the_window_without_a_display_is_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(display, "available", lambda: False)
    assert "no display" in fails(capsys, "bench", "--window")


def test_a_dead_display_is_forgotten() -> None:
    environment = {"DISPLAY": ""}
    display.forget_dead(environment, "linux")
    assert not environment


@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell closes the stream")
def test_a_closed_standard_output_is_no_traceback(cnn: str) -> None:
    code = (
        'import subprocess, sys; line = \'exec "$0" -m nodelink info "$1" >&-\';'
        "done = subprocess.run(['sh', '-c', line, sys.executable, sys.argv[1]], capture_output=True);"
        "print(done.returncode, done.stderr)"
    )
    assert process(cnn, code=code).stdout == "1 b''\n"


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_signal_to_end_leaves_no_half_written_file(
    monkeypatch: pytest.MonkeyPatch, cnn: str, rendered: list[dict[str, Any]]
) -> None:
    def write(*_: object) -> None:
        signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(Path, "replace", write)
    assert main(["render", "--digit", "7", "--network", cnn, "-o", "x.png"]) == 143
    assert not list(Path().iterdir())
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
