"""Trains on MNIST and keeps what came of it: `python -m bookbinder.record_mnist`.

MNIST is no part of the book, and a machine that builds it may have no network. So the
trainings that the pages speak of are run once, by the training command, and what they
left is kept with the library: the weights of `trained_network`, and a record from which
the pages take every number and curve about MNIST. Times in it are of the machine that
it names; let nothing else run while they are taken.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from timeit import repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from bookbinder import ROOT
from scratchnn import TwoLayerNet, load_mnist, load_parameters, predict
from scratchnn.files import store
from scratchnn.two_layer_net import Parameters

LIBRARY = ROOT / "src" / "scratchnn"

MNIST = "--data mnist --batch-size 100 --dtype float32"
SIGMOIDS = "--hidden 50 100 --activation sigmoid --lr 0.5"
TRAININGS = {
    "784-50-10": f"{MNIST} --epochs 17",
    "784-50-100-10": f"{MNIST} {SIGMOIDS}",
    "784-10": f"{MNIST} --epochs 17 --hidden",
}
DIGITS = f"--data digits {SIGMOIDS} --epochs 50 --dtype float32"
"""The options of the training command, for every network that the book speaks of."""

ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1"}
"""Sums are taken in the same order each time: a processor repeats itself to the bit."""

PARTS_OF_AN_EPOCH = 10
"""The curve of the loss has so many points an epoch, each the mean of many steps."""


def trained(options: str) -> tuple[dict[str, Any], bytes]:
    """Run the training command; return its record, shortened, and its weights."""
    with TemporaryDirectory() as folder:
        weights, history = Path(folder, "weights.npz"), Path(folder, "history.json")
        files = ["--save", str(weights), "--history", str(history)]
        command = [sys.executable, "-m", "scratchnn", "train", *options.split()]
        subprocess.run([*command, *files], check=True, env={**os.environ, **ONE_THREAD})
        record = json.loads(history.read_text("utf-8"))
        points = PARTS_OF_AN_EPOCH * record["settings"]["epochs"]
        parts = np.array_split(record["loss"], points)
        record["loss"] = [round(float(part.mean()), 4) for part in parts]
        record["command"] = f"python -m scratchnn train {options}"
        return record, weights.read_bytes()


def examined(network: Parameters, x: NDArray[Any], t: NDArray[Any]) -> dict[str, Any]:
    """What a network makes of MNIST's test pictures, as they should be and raw.

    `confusion` counts the answers, a row for each digit; the pixels of raw pictures run
    from 0 to 255, and `sure` is the mean probability that the wrong answers are given.
    """
    confusion = np.zeros((10, 10), dtype=int)
    np.add.at(confusion, (t, predict(network, x).argmax(axis=1)), 1)
    found: dict[str, Any] = {"confusion": confusion.tolist()}
    for name, pictures in [("scaled", x), ("raw", 255 * x)]:
        y = predict(network, pictures)
        wrong = y.argmax(axis=1) != t
        sure = float(y[wrong].max(axis=1).mean())
        found[name] = {"accuracy": round(1 - wrong.mean(), 4), "sure": round(sure, 3)}
    return found


def seconds(task: Callable[[], Any], tries: int = 20) -> float:
    """How long a task takes, in seconds: the best of some tries, to three digits."""
    return float(f"{min(repeat(task, number=1, repeat=tries)):.3g}")


def timed(network: Parameters, x: NDArray[Any], t: NDArray[Any]) -> dict[str, Any]:
    """How long things take that the book compares, in seconds.

    For 784-50-10 in float64 and a hundred pictures: a gradient, measured and by
    backpropagation, and a loss. For the network that is given: reading a thousand
    pictures, in batches of different sizes. On one core, since two disturb each other
    where arrays are small.
    """
    net = TwoLayerNet(784, 50, 10, rng=np.random.default_rng(0))
    batch = x[:100].astype(float), t[:100]
    found: dict[str, Any] = {
        "numerical_gradient": seconds(lambda: net.numerical_gradient(*batch), tries=3),
        "gradient": seconds(lambda: net.gradient(*batch)),
        "loss": seconds(lambda: net.loss(*batch)),
    }

    def read(size: int) -> None:
        for start in range(0, 1000, size):
            predict(network, x[start : start + size])

    for size in (1, 10, 100, 1000):
        found[f"thousand_by_{size}"] = seconds(partial(read, size), tries=5)
    return found


def text(record: dict[str, dict[str, Any]]) -> str:
    """The record as JSON with a line for each part of a part."""
    parts = []
    for name, part in record.items():
        lines = [f'    "{key}": {json.dumps(value)}' for key, value in part.items()]
        parts.append(f'  "{name}": {{\n' + ",\n".join(lines) + "\n  }")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def main(folder: Path = LIBRARY) -> None:
    """Train, test, take the times; then write all files."""
    try:
        _, (x, t) = load_mnist(dtype=np.float32)
    except OSError as error:
        sys.exit(str(error))
    runs = {name: trained(options) for name, options in TRAININGS.items()}
    record = {name: run[0] for name, run in runs.items()}
    store(folder / "weights_mnist.npz", runs["784-50-100-10"][1])
    store(folder / "weights_digits.npz", trained(DIGITS)[1])
    network = load_parameters(folder / "weights_mnist.npz")
    record["784-50-100-10"] |= examined(network, x, t)
    with threadpool_limits(1):
        times = timed(network, x, t)
    record["seconds"] = {"machine": platform.machine(), "cores": 1, **times}
    store(folder / "record_mnist.json", text(record).encode())


if __name__ == "__main__":
    argparse.ArgumentParser("python -m bookbinder.record_mnist").parse_args()
    main()
