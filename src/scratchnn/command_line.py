"""The command line: `python -m scratchnn train` teaches a network to read digits."""

import json
import math
import os
import platform
import sys
import time
from argparse import (
    SUPPRESS,
    ArgumentDefaultsHelpFormatter,
    ArgumentParser,
    ArgumentTypeError,
)
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from scratchnn.data import load_digits
from scratchnn.files import replaceable, store
from scratchnn.history import History
from scratchnn.mnist import load_mnist
from scratchnn.multi_layer_net import MultiLayerNet
from scratchnn.parameters import save_parameters
from scratchnn.training import train

LOADERS: dict[str, Callable[..., Any]] = {"digits": load_digits, "mnist": load_mnist}


def whole_number(text: str, least: int = 1) -> int:
    """Read a whole number that is not below `least`.

    >>> whole_number("50")
    50
    """
    if not text.isdecimal() or len(text) > 18 or int(text) < least:
        raise ArgumentTypeError(
            f"a whole number, {least} or more, is expected; got {text!r}"
        )
    return int(text)


def seed(text: str) -> int:
    """Read a whole number; 0 is one, too."""
    return whole_number(text, least=0)


def learning_rate(text: str) -> float:
    """Read a number above zero."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 < number < math.inf:
        raise ArgumentTypeError(f"a number above 0 is expected; got {text!r}")
    return number


def new_file(text: str, endings: tuple[str, ...]) -> Path:
    """Read a name for a file, with one of these endings, in a folder to write to.

    >>> new_file("curves.svg", (".png", ".svg")).name
    'curves.svg'
    """
    path, end = Path(os.path.expanduser(text)), " or ".join(endings)
    if path.suffix not in endings:
        raise ArgumentTypeError(f"a name that ends in {end} is expected; got {text!r}")
    try:
        folder = replaceable(path).parent
        near = folder if path.parent.is_dir() else path.parent
        shut = "" if os.access(folder, os.W_OK) else f"{folder} is write-protected"
        why = shut if folder.is_dir() else f"there is no folder {near}"
    except OSError as error:
        why = str(error)
    if why:
        raise ArgumentTypeError(f"no file can be written at {text!r}: {why}")
    return path


def picture(text: str) -> Path:
    """Read the name of a picture to be drawn, if there is something to draw it with."""
    try:
        import_module("matplotlib.figure")
    except Exception as error:
        raise ArgumentTypeError(f"curves need matplotlib: {error}") from error
    return new_file(text, (".png", ".svg"))


COUNT = {"type": whole_number, "metavar": "N"}
OPTIONS: dict[str, tuple[Any, str, dict[str, Any]]] = {
    "--data": ("digits", "bundled digits, or MNIST", {"choices": list(LOADERS)}),
    "--hidden": ([50], "neurons in each hidden layer, if any", {"nargs": "*", **COUNT}),
    "--activation": ("relu", "of those neurons", {"choices": ["relu", "sigmoid"]}),
    "--epochs": (20, "how often each sample is used", COUNT),
    "--batch-size": (50, "samples in a step", COUNT),
    "--lr": (0.2, "learning rate", {"type": learning_rate, "metavar": "RATE"}),
    "--seed": (0, "of first weights and shuffling", {**COUNT, "type": seed}),
    "--dtype": ("float64", "of all numbers", {"choices": ["float64", "float32"]}),
}
FILES: dict[str, tuple[str, Callable[[str], Path]]] = {
    "--save": ("weights, as .npz", partial(new_file, endings=(".npz",))),
    "--history": ("options, record, as .json", partial(new_file, endings=(".json",))),
    "--plot": ("curves, as .png or .svg", picture),
}


def parser() -> ArgumentParser:
    """All commands with their options.

    >>> vars(parser().parse_args(["train", "--hidden", "50", "100"]))["hidden"]
    [50, 100]
    """
    about = "Neural networks from scratch."
    top = ArgumentParser("python -m scratchnn", description=about)
    commands = top.add_subparsers(dest="command", metavar="command", required=True)
    command = commands.add_parser(
        "train",
        help="train a network to read handwritten digits",
        description="Train a network to read handwritten digits. "
        "Ctrl-C ends the training early and keeps what was learnt.",
        epilog="Example: python -m scratchnn train --epochs 5 --save weights.npz",
        formatter_class=ArgumentDefaultsHelpFormatter,
    )
    for name, (default, about, form) in OPTIONS.items():
        command.add_argument(name, default=default, help=about, **form)
    files = command.add_argument_group("files to be written", argument_default=SUPPRESS)
    for name, (about, kind) in FILES.items():
        files.add_argument(name, type=kind, metavar="FILE", help=about)
    return top


def version_of(package: str) -> str:
    """The version of an installed package.

    >>> version_of("numpy") == np.__version__
    True
    """
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def record(settings: dict[str, Any], history: History, seconds: float) -> bytes:
    """What was done, how, and what came of it, as JSON with a line for each part.

    `settings` are the options of the command; `history` is what happened in `seconds`.

    >>> text = record({"seed": 0, "save": "w.npz"}, History(loss=[2.3]), seconds=1.0)
    >>> json.loads(text)["settings"], json.loads(text)["loss"]
    ({'seed': 0}, [2.3])
    """
    versions = {name: version_of(name) for name in ("scratchnn", "numpy")}
    parts = {
        "settings": {k: settings[k] for k in settings if f"--{k}" not in FILES},
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": {"python": platform.python_version(), **versions},
        "seconds": round(seconds, 1),
        **asdict(history),
        "loss": [round(loss, 6) for loss in history.loss],
        "train_accuracy": [round(share, 6) for share in history.train_accuracy],
        "test_accuracy": [round(share, 6) for share in history.test_accuracy],
    }
    lines = (f'  "{name}": {json.dumps(part)}' for name, part in parts.items())
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def draw(history: History, ending: str) -> bytes:
    """The curves of a training, as "png" or "svg": loss a step, accuracies an epoch."""
    blank = import_module("matplotlib.figure").Figure
    figure = blank(figsize=(8, 3.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    left.plot(range(1, len(history.loss) + 1), history.loss, linewidth=0.8)
    left.set(xlabel="step", ylabel="loss", ylim=(0, None))
    epochs = range(1, len(history.test_accuracy) + 1)
    right.plot(epochs, history.train_accuracy, "o-", ms=4, label="training data")
    right.plot(epochs, history.test_accuracy, "s--", ms=4, label="test data")
    right.set(xlabel="epoch", ylabel="accuracy")
    right.legend()
    picture = BytesIO()
    figure.savefig(picture, format=ending, dpi=150)
    return picture.getvalue()


def summary(history: History, seconds: float) -> str:
    """What came of a training, in a sentence.

    >>> print(summary(History([2.3, 1.9], [0.5], [0.25]), seconds=3.14))
    Trained for 2 steps in 3.1 s; accuracy 0.5000 on training, 0.2500 on test data.
    """
    verb = "Stopped after" if history.interrupted else "Trained for"
    steps = f"{len(history.loss):,} step" + "s" * (len(history.loss) != 1)
    text = f"{verb} {steps} in {seconds:.1f} s"
    if history.test_accuracy:
        learnt, tested = history.train_accuracy[-1], history.test_accuracy[-1]
        when = f" after epoch {len(history.test_accuracy)}:" * history.interrupted
        text += f"; accuracy{when} {learnt:.4f} on training, {tested:.4f} on test data"
    return text + "."


def run(settings: dict[str, Any]) -> int:
    """Train as the settings say, and write the files they name; return the exit code.

    It is 0, or 130, as after any Ctrl-C, if the training was stopped early.
    """
    rng, dtype = np.random.default_rng(settings["seed"]), settings["dtype"]
    data = LOADERS[settings["data"]](dtype=dtype)
    sizes = [data[0][0].shape[1], *settings["hidden"], 10]
    net = MultiLayerNet(sizes, activation=settings["activation"], rng=rng, dtype=dtype)
    print(f"Training {'-'.join(map(str, sizes))} on {len(data[0][0]):,} pictures.")
    options = {name: settings[name] for name in ("epochs", "batch_size", "lr")}
    watched, started = sys.stderr and sys.stderr.isatty(), time.perf_counter()
    history = train(net, data, **options, rng=rng, progress=bool(watched))
    seconds = time.perf_counter() - started
    with ExitStack() as files:
        if path := settings.get("plot"):
            files.callback(lambda p: store(p, draw(history, p.suffix[1:])), path)
        if path := settings.get("history"):
            files.callback(lambda p: store(p, record(settings, history, seconds)), path)
        if path := settings.get("save"):
            files.callback(save_parameters, net.params, path)
        print(summary(history, seconds))
    return 130 if history.interrupted else 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command, by default the shell's, and carry it out; return the exit code.

    It is 0 if all went well, 1 with a sentence if something failed on the way (without
    one if whoever was to read the output has gone), and 130 after Ctrl-C. A command
    that cannot be understood exits with 2.
    """
    try:
        return run(vars(parser().parse_args(arguments)))
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    except (ArithmeticError, MemoryError, OSError, ValueError) as error:
        if not isinstance(error, BrokenPipeError):
            print(f"python -m scratchnn: {error}", file=sys.stderr)
        return 1
