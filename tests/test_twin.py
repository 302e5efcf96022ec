"""PyTorch's network finds what ours finds: the record of it, made again."""

import json
import os
import subprocess
import sys
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import autograd
import autograd.numpy as anp
import numpy as np
import pytest

from bookbinder import ROOT
from scratchnn import MultiLayerNet, load_digits, mini_batches, one_hot, train

RECORD = json.loads((files("scratchnn") / "record_twin.json").read_text("utf-8"))
PROGRAM = ROOT / "benchmarks" / "twin.py"
BENCH = ROOT / ".venv" / "bench" / "bin" / "python"
"""The environment that `make twin` makes, for PyTorch is in no other."""


@pytest.fixture
def rng() -> np.random.Generator:
    """The source of weights and batches, as in chapter 5."""
    return np.random.default_rng(0)


@pytest.fixture
def net(rng: np.random.Generator) -> MultiLayerNet:
    """The network that was given to both, untrained."""
    return MultiLayerNet([64, 50, 10], rng=rng)


def assert_close(ours: Any, theirs: Any) -> None:
    """Equal but for what another order of additions may do."""
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-12)


def test_our_network_goes_the_way_of_the_record(
    net: MultiLayerNet, rng: np.random.Generator
) -> None:
    """All losses are PyTorch's, and so are the answers: whatever changes here shows.

    The page says so as well, but rounds, and could be given another record.
    """
    history = train(net, load_digits(), epochs=20, batch_size=20, lr=0.2, rng=rng)
    assert_close(history.loss, RECORD["PyTorch"]["loss"])
    assert history.test_accuracy == RECORD["PyTorch"]["test_accuracy"]


def test_three_engines_find_the_same_slopes(
    net: MultiLayerNet, rng: np.random.Generator
) -> None:
    """Ours, PyTorch's and autograd's: no two of them could make the same mistake."""
    x, t = next(mini_batches(*load_digits()[0], 20, rng))
    rows = one_hot(t, 10)

    def loss(params: Any) -> Any:
        z = anp.maximum(x @ params["W1"] + params["b1"], 0)
        scores = z @ params["W2"] + params["b2"]
        log_sums = anp.log(anp.sum(anp.exp(scores), axis=1))
        return anp.mean(log_sums - anp.sum(rows * scores, axis=1))

    exact, gradient = autograd.grad(loss)(net.params), net.gradient(x, t)
    assert_close(loss(net.params), RECORD["PyTorch"]["loss"][0])
    for name, slopes in gradient.items():
        assert_close(slopes, exact[name])
    for name, slopes in RECORD["PyTorch"]["slopes"].items():
        assert_close(slopes, gradient[name])


def test_the_two_are_apart_by_rounding_alone() -> None:
    """What the page tells in words is true of whatever record there is."""
    apart = RECORD["apart"]
    assert max(apart.values()) < 1e-12
    assert apart["test_accuracy"] == 0
    assert RECORD["forgotten"]["loss"][:2] == RECORD["PyTorch"]["loss"][:2]
    assert 0.3 < RECORD["forgotten"]["test_accuracy"] < 0.37  # "a third"


def test_pytorch_comes_to_the_same_again(tmp_path: Path) -> None:
    """The program that the page shows is the one that wrote the record."""
    python = sys.executable if find_spec("torch") else str(BENCH)
    if not Path(python).is_file():
        pytest.skip("PyTorch is not here: make twin would fetch it")
    threads = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    paths = {"PYTHONPATH": str(ROOT / "src")}
    again = tmp_path / "record.json"
    command = [python, str(PROGRAM), str(again)]
    subprocess.run(command, check=True, env={**os.environ, **threads, **paths})
    record = json.loads(again.read_text("utf-8"))
    assert record.keys() == RECORD.keys()
    assert max(record["apart"].values()) < 1e-12
    for name in ("PyTorch", "forgotten"):
        assert record[name]["test_accuracy"] == RECORD[name]["test_accuracy"]
    assert_close(record["PyTorch"]["loss"], RECORD["PyTorch"]["loss"])
    for name, slopes in record["PyTorch"]["slopes"].items():
        assert_close(slopes, RECORD["PyTorch"]["slopes"][name])
    losses = record["forgotten"]["loss"], RECORD["forgotten"]["loss"]
    np.testing.assert_allclose(*losses, rtol=0, atol=1e-9)
