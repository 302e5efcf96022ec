"""The command line: pleasant, plain about mistakes, careful with files."""

import io
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest

from scratchnn import (
    History,
    MultiLayerNet,
    command_line,
    load_digits,
    load_parameters,
)
from scratchnn.command_line import main, new_file

SHORT = ["train", "--epochs", "2"]


def refusal(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """The sentence with which a command is turned down, after the usage."""
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "Traceback" not in shown.err
    return shown.err.splitlines()[-1]


def test_python_finds_the_command() -> None:
    """As `python -m scratchnn`, which says what it can do."""
    command = [sys.executable, "-m", "scratchnn"]
    shown = subprocess.run([*command, "--help"], capture_output=True, text=True)
    assert shown.returncode == 0
    assert "train a network to read handwritten digits" in shown.stdout
    bare = subprocess.run(command, capture_output=True, text=True)
    assert bare.returncode == 2
    assert bare.stderr.endswith("the following arguments are required: command\n")


@pytest.mark.skipif(sys.platform == "win32", reason="has another shell")
def test_the_command_needs_no_error_stream() -> None:
    """Closed by the shell, it is None; the training once died of that in silence."""
    command = [sys.executable, "-m", "scratchnn", *SHORT]
    closed = ["sh", "-c", 'exec "$0" "$@" 2>&-', *command]
    done = subprocess.run(closed, stdout=subprocess.PIPE, text=True)
    assert done.returncode == 0
    assert "Trained for 58 steps" in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="has another error for it")
@pytest.mark.parametrize(
    ("words", "unbuffered"), [(["--help"], ""), (SHORT, ""), (SHORT, "1")]
)
def test_a_reader_who_has_gone_is_no_reason_to_complain(
    words: list[str], unbuffered: str
) -> None:
    """Python once did when it ended, with the exit code 120, and so did the command."""
    command = [sys.executable, "-m", "scratchnn", *words]
    environ = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    pipe, error = subprocess.PIPE, ""
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, env=environ) as started:
        assert started.stdout is not None
        assert started.stderr is not None
        started.stdout.close()
        error = started.stderr.read().decode()
    assert (started.returncode, error) == (1, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="has no full disc at hand")
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_disc_too_full_for_what_is_said(unbuffered: str) -> None:
    """One sentence, by Python unbuffered said twice; not Python's own, nor its 120."""
    command = [sys.executable, "-m", "scratchnn", *SHORT]
    environ = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    with Path("/dev/full").open("w") as full:
        pipe = subprocess.PIPE
        done = subprocess.run(command, stdout=full, stderr=pipe, env=environ)
    assert done.returncode == 1
    (sentence,) = {*done.stderr.splitlines()}
    assert sentence.startswith(b"python -m scratchnn: [Errno 28] ")


def test_help_names_every_option(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its default, an example, and plain letters for any terminal."""
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit, match="0"):
        main(["train", "--help"])
    shown = capsys.readouterr().out
    for name in (*command_line.OPTIONS, *command_line.FILES):
        assert f"\n  {name} " in shown
    assert "None" not in shown
    assert "Example: python -m scratchnn train" in shown
    assert shown.isascii()
    assert max(map(len, shown.splitlines())) <= 80


def test_a_training_leaves_weights_record_and_curves(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """All agree with each other, and the digits are read well."""
    weights, record = tmp_path / "weights.npz", tmp_path / "record.json"
    files = ["--save", str(weights), "--history", str(record)]
    assert main(["train", *files, "--plot", str(tmp_path / "curves.png")]) == 0
    assert {path.name for path in tmp_path.iterdir()} == {
        "curves.png",
        "record.json",
        "weights.npz",
    }
    kept = json.loads(record.read_text("utf-8"))
    assert kept["settings"] == {
        "command": "train",
        "data": "digits",
        "hidden": [50],
        "activation": "relu",
        "epochs": 20,
        "batch_size": 50,
        "lr": 0.2,
        "seed": 0,
        "dtype": "float64",
    }
    assert kept["versions"]["numpy"] == np.__version__
    assert kept["date"].endswith("+00:00")
    assert len(kept["loss"]) == 20 * 29
    assert len(kept["train_accuracy"]) == len(kept["test_accuracy"]) == 20
    assert kept["test_accuracy"][-1] >= 0.96
    net = MultiLayerNet([64, 50, 10], rng=np.random.default_rng(1))
    net.params = load_parameters(weights, like=net.params)
    _, test = load_digits()
    assert round(net.accuracy(*test), 6) == kept["test_accuracy"][-1]
    assert (tmp_path / "curves.png").read_bytes()[1:4] == b"PNG"
    shown = capsys.readouterr().out
    assert "Training 64-50-10 on 1,437 pictures." in shown
    assert f"{kept['test_accuracy'][-1]:.4f} on test data." in shown


def test_the_seed_decides(tmp_path: Path) -> None:
    """The same seed gives the same weights, another seed others."""

    def weights(name: str, *seed: str) -> dict[str, Any]:
        assert main([*SHORT, "--save", str(tmp_path / name), *seed]) == 0
        return load_parameters(tmp_path / name)

    first, again = weights("1.npz"), weights("2.npz", "--seed", "0")
    other = weights("3.npz", "--seed", "1")
    for name in first:
        np.testing.assert_array_equal(first[name], again[name])
    assert not np.array_equal(first["W1"], other["W1"])


def test_the_network_is_the_one_asked_for(tmp_path: Path) -> None:
    """Its depth, its float type, its curves as a drawing."""
    weights, curves = tmp_path / "deep.npz", tmp_path / "curves.svg"
    options = ["--hidden", "7", "5", "--dtype", "float32", "--activation", "sigmoid"]
    files = ["--save", str(weights), "--plot", str(curves)]
    assert main([*SHORT, *options, *files]) == 0
    params = load_parameters(weights)
    assert [params[f"W{n}"].shape for n in (1, 2, 3)] == [(64, 7), (7, 5), (5, 10)]
    assert {values.dtype for values in params.values()} == {np.dtype("float32")}
    assert "<svg" in curves.read_text("utf-8")
    flat = tmp_path / "flat.npz"
    assert main([*SHORT, "--hidden", "--save", str(flat)]) == 0
    assert {n: v.shape for n, v in load_parameters(flat).items()} == {
        "W1": (64, 10),
        "b1": (10,),
    }


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["learn"], "invalid choice: 'learn'"),
        (["train", "--data", "faces"], "argument --data: invalid choice: 'faces'"),
        (["train", "--epochs", "0"], "--epochs: a whole number, 1 or more"),
        (["train", "--epochs", "2.5"], "or more, is expected; got '2.5'"),
        (["train", "--epochs", "9" * 5000], "or more, is expected; got '9"),
        (["train", "--batch-size", "-3"], "or more, is expected; got '-3'"),
        (["train", "--hidden", "50", "many"], "argument --hidden: a whole number, 1"),
        (["train", "--seed", "-1"], "--seed: a whole number, 0 or more, is expected"),
        (["train", "--lr", "fast"], "--lr: a number above 0 is expected; got 'fast'"),
        (["train", "--lr", "0"], "argument --lr: a number above 0 is expected"),
        (["train", "--lr", "nan"], "argument --lr: a number above 0 is expected"),
        (["train", "--lr", "inf"], "argument --lr: a number above 0 is expected"),
        (["train", "--dtype", "int64"], "argument --dtype: invalid choice: 'int64'"),
        (["train", "--save", "weights.pkl"], "a name that ends in .npz is expected"),
        (["train", "--history", "h"], "a name that ends in .json is expected; got 'h'"),
        (["train", "--plot", "c.gif"], "a name that ends in .png or .svg is expected"),
        (["train", "--save", "no/w.npz"], "at 'no/w.npz': there is no folder no"),
        (["train", "--save", "~/no/w.npz"], "at '~/no/w.npz': there is no folder "),
        (["train", "--depth", "3"], "unrecognized arguments: --depth 3"),
    ],
)
def test_mistakes_are_named(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """In one sentence, before any work is done."""
    assert message in refusal(arguments, capsys)


def test_a_tilde_may_be_left_to_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between quotation marks the shell leaves it alone."""
    for variable in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(variable, str(tmp_path))
    assert new_file("~/w.npz", (".npz",)) == tmp_path / "w.npz"


def test_a_folder_is_no_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever it is called; nor is a file a folder, and a name may be too long."""
    (tmp_path / "file").touch()
    for name in ("file/w.npz", f"{'n' * 300}.npz"):
        arguments = ["train", "--save", str(tmp_path / name)]
        assert "no file can be written at" in refusal(arguments, capsys)
    (tmp_path / "folder.npz").mkdir()
    arguments = ["train", "--save", str(tmp_path / "folder.npz")]
    sentence = refusal(arguments, capsys)
    assert "no file can be written at" in sentence
    assert sentence.endswith("folder.npz is no file, so it cannot be replaced by one")


def test_a_place_that_cannot_be_written_to_is_named_before_the_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also at the end of a link, where a folder may be shut, missing or the link."""
    shut = tmp_path / "shut"
    shut.mkdir()
    (shut / "old.npz").touch()
    missing = tmp_path / "missing"
    links = {
        "into.npz": (shut / "new.npz", f"{shut} is write-protected"),
        "onto.npz": (shut / "old.npz", f"{shut} is write-protected"),
        "dangling.npz": (missing / "w.npz", f"there is no folder {missing}"),
        "itself.npz": (tmp_path / "itself.npz", "is no file"),
    }
    try:
        for name, (target, _) in links.items():
            (tmp_path / name).symlink_to(target)
    except OSError:
        pytest.skip("this system makes no links for everybody")
    granted = os.access
    monkeypatch.setattr(  # root may write everywhere
        os, "access", lambda path, mode: Path(path) != shut and granted(path, mode)
    )
    for name, (_, reason) in links.items():
        sentence = refusal(["train", "--save", str(tmp_path / name)], capsys)
        assert "no file can be written at" in sentence
        assert reason in sentence
    missing.mkdir()
    new_file(str(tmp_path / "dangling.npz"), (".npz",))


def test_a_write_protected_file_is_named_before_the_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not only the folder is asked."""
    path = tmp_path / "w.npz"
    path.touch()
    monkeypatch.setattr(os, "access", lambda place, _: Path(place) != path)
    arguments = ["train", "--save", str(path)]
    assert "no file can be written at" in refusal(arguments, capsys)


def test_curves_need_matplotlib(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Which is said before the training, not after it."""
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    sentence = refusal(["train", "--plot", "curves.png"], capsys)
    assert "curves need matplotlib: import of matplotlib.figure halted" in sentence


@pytest.mark.parametrize("error", [ImportError, AttributeError])
def test_a_matplotlib_that_is_broken_is_found_out_before_the_training(
    error: type[Exception],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One made for another NumPy is there, and cannot be imported."""

    def broken(name: str) -> None:
        raise error("_ARRAY_API not found")

    monkeypatch.setattr(command_line, "import_module", broken)
    sentence = refusal(["train", "--plot", "curves.png"], capsys)
    assert sentence.endswith("curves need matplotlib: _ARRAY_API not found")


def test_accuracies_after_ctrl_c_are_dated() -> None:
    """They are those of the last whole epoch, and not of the weights that are kept."""
    history = History([2.3, 1.9, 1.8], [0.5], [0.25], interrupted=True)
    words = command_line.summary(history, seconds=1.0)
    assert "accuracy after epoch 1: 0.5000 on training" in words


def test_one_step_is_no_steps() -> None:
    """The sentence once said "1 steps"."""
    once = History([2.3], interrupted=True)
    words = command_line.summary(once, seconds=1.0)
    assert words == "Stopped after 1 step in 1.0 s."


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--lr", "1e200", "the loss is nan at step 2"),
        ("--hidden", "9" * 15, "Unable to allocate"),
        ("--hidden", "9" * 18, "array"),
    ],
)
def test_what_fails_on_the_way_is_told(
    option: str, value: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """In one line, and the exit code is 1."""
    assert main([*SHORT, option, value]) == 1
    error = capsys.readouterr().err.strip()
    assert error.startswith("python -m scratchnn: ")
    assert message in error
    assert "\n" not in error


def test_what_was_learnt_is_told_even_if_it_cannot_be_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A disc may fill up while the network is trained."""

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert main([*SHORT, "--save", str(tmp_path / "w.npz")]) == 1
    said = capsys.readouterr()
    assert "accuracy" in said.out
    assert re.search(r"w\.npz could not be written: .*No space left", said.err)


def test_what_was_learnt_is_kept_even_if_it_cannot_be_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever reads the output may have gone, as `head` does after the first line."""

    class Gone(io.StringIO):
        def write(self, text: str) -> int:
            if "accuracy" in text:
                raise BrokenPipeError(32, "Broken pipe")
            return super().write(text)

    monkeypatch.setattr(sys, "stdout", Gone())
    names = {"--save": "w.npz", "--history": "h.json", "--plot": "c.svg"}
    files = [text for k, name in names.items() for text in (k, str(tmp_path / name))]
    assert main([*SHORT, *files]) == 1
    assert {path.name for path in tmp_path.iterdir()} == {*names.values()}


@pytest.mark.parametrize("option", ["--save", "--history", "--plot"])
def test_one_file_that_cannot_be_written_is_no_reason_to_lose_the_others(
    option: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """They are tried all the same, and what failed is told."""
    names = {"--save": "w.npz", "--history": "h.json", "--plot": "c.svg"}
    files = [text for k, name in names.items() for text in (k, str(tmp_path / name))]
    replace = Path.replace

    def full(part: Path, path: Path) -> Path:
        if path.name == names[option]:
            raise OSError(28, "No space left on device")
        return replace(part, path)

    monkeypatch.setattr(Path, "replace", full)
    assert main([*SHORT, *files]) == 1
    said = capsys.readouterr()
    assert "accuracy" in said.out
    assert f"{names.pop(option)} could not be written" in said.err
    assert {path.name for path in tmp_path.iterdir()} == {*names.values()}


def test_a_record_that_cannot_be_made_is_no_reason_to_lose_the_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It was made before anything was written, and took the weights with it."""
    broken = Mock(side_effect=ValueError("no metadata"))
    monkeypatch.setattr(command_line, "version", broken)
    files = ["--save", str(tmp_path / "w.npz"), "--history", str(tmp_path / "h.json")]
    assert main([*SHORT, *files]) == 1
    said = capsys.readouterr()
    assert "accuracy" in said.out
    assert "no metadata" in said.err
    assert {path.name for path in tmp_path.iterdir()} == {"w.npz"}


def test_mnist_without_a_network(tmp_path: Path) -> None:
    """What to do about it is said, and no traceback shown."""
    nowhere = {"https_proxy": "http://127.0.0.1:9", "no_proxy": ""}
    environ = {**os.environ, **nowhere, "SCRATCHNN_DATA": str(tmp_path)}
    command = [sys.executable, "-m", "scratchnn", "train", "--data", "mnist"]
    failed = subprocess.run(command, env=environ, capture_output=True, text=True)
    assert failed.returncode == 1
    assert failed.stderr.startswith("python -m scratchnn: train-images-idx3-ubyte.gz ")
    assert failed.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows takes any home for one")
def test_a_home_that_nobody_has(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One sentence, and no traceback."""
    monkeypatch.setenv("SCRATCHNN_DATA", "~nobody-of-this-name/data")
    assert main(["train", "--data", "mnist"]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_interrupted_while_the_options_are_read(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """To draw curves, Matplotlib is imported, which takes its time."""

    def interrupted(_: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command_line, "import_module", interrupted)
    assert main(["train", "--plot", "curves.png"]) == 130
    assert capsys.readouterr().err == "Stopped.\n"


def test_interrupted_before_the_training(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """There is nothing to keep yet."""

    def interrupted(**_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setitem(command_line.LOADERS, "digits", interrupted)
    assert main(["train"]) == 130
    assert capsys.readouterr().err == "Stopped.\n"


@pytest.mark.skipif(sys.platform == "win32", reason="sends no Ctrl-C to one process")
def test_ctrl_c_keeps_what_was_learnt(tmp_path: Path) -> None:
    """Weights, record and curves up to there."""
    names = {"--save": "w.npz", "--history": "h.json", "--plot": "c.svg"}
    files = [text for k, name in names.items() for text in (k, str(tmp_path / name))]
    command = [sys.executable, "-u", "-m", "scratchnn", "train", "--epochs", "999999"]
    ignored = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:  # tests in the background ignore Ctrl-C, and what they start would, too
        process = subprocess.Popen(
            [*command, *files],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
    finally:
        signal.signal(signal.SIGINT, ignored)
    with process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("Training 64-50-10")
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(1)
        process.send_signal(signal.SIGINT)
        try:
            shown, errors = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 130, errors
    assert shown.startswith("Stopped after ")
    kept = json.loads((tmp_path / "h.json").read_text("utf-8"))
    assert kept["interrupted"] is True
    assert kept["loss"]
    assert load_parameters(tmp_path / "w.npz")["W1"].shape == (64, 50)
    assert "<svg" in (tmp_path / "c.svg").read_text("utf-8")


@pytest.mark.skipif(sys.platform == "win32", reason="has no SIGKILL")
@pytest.mark.parametrize(
    ("option", "name"), [("--save", "w.npz"), ("--history", "h.json")]
)
def test_killed_while_saving(option: str, name: str, tmp_path: Path) -> None:
    """What was saved before is still there, whole."""
    arguments = [*SHORT, option, str(tmp_path / name)]
    assert main(arguments) == 0
    before = (tmp_path / name).read_bytes()
    script = (
        "import os, pathlib\n"
        "from scratchnn.command_line import main\n"
        f"pathlib.Path.replace = lambda *_: os.kill(os.getpid(), {signal.SIGKILL:d})\n"
        f"main({[*arguments, '--seed', '5']})"
    )
    killed = subprocess.run([sys.executable, "-c", script], capture_output=True)
    assert killed.returncode == -signal.SIGKILL
    assert (tmp_path / name).read_bytes() == before


@pytest.mark.usefixtures("mnist")
def test_mnist_from_the_shell(tmp_path: Path) -> None:
    """One epoch on the real data, where it has been downloaded before."""
    record = tmp_path / "record.json"
    options = ["--data", "mnist", "--dtype", "float32", "--batch-size", "100"]
    assert main(["train", "--epochs", "1", *options, "--history", str(record)]) == 0
    kept = json.loads(record.read_text("utf-8"))
    assert len(kept["loss"]) == 600
    assert kept["test_accuracy"][0] > 0.92
