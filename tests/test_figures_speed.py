"""What the page on speed says is true of its record, and of its figures."""

import json
from collections.abc import Callable
from importlib.resources import files
from typing import Any

import numpy as np
import pytest

from bookbinder.make.drawing import run_program

RECORD = json.loads((files("scratchnn") / "record_speed.json").read_text("utf-8"))
DIRECTIONS = ("width", "depth", "batch")


def drawn(name: str) -> Any:
    return run_program(f"figures.speed.{name}")["figure"]


def ahead(run: dict[str, Any]) -> float:
    """How many times as long PyTorch took for a step on a given batch."""
    return float(run["given"]["PyTorch"] / run["given"]["scratchnn"])


def numbers(value: Any) -> list[float]:
    """All that was counted or measured, however deep."""
    if isinstance(value, dict | list):
        parts = value.values() if isinstance(value, dict) else value
        return [number for part in parts for number in numbers(part)]
    return [value] if isinstance(value, int | float) else []


@pytest.mark.says(
    "speed.growth",
    """
    Three panels with logarithmic axes: the time of a step against width, depth
    and batch. In each, the full line of scratchnn with dots lies below the dashed
    line of PyTorch with squares. The time of a step in float32, in microseconds:
    against the neurons of one hidden layer, against the number of hidden layers
    of a hundred neurons, and against the samples in a batch of 784-50-10.
    scratchnn stays below PyTorch in all three.
    """,
    """
    neurons · µs · width · layers · depth · samples · batch · scratchnn · PyTorch
    """,
)
def test_growth_is_that_of_the_record() -> None:
    """Three panels, two lines each, and ours is the lower one."""
    axes = drawn("growth").axes
    assert [ax.get_title() for ax in axes] == list(DIRECTIONS)
    sizes: list[Callable[[Any], int]] = [
        lambda run: run["sizes"][1],
        lambda run: len(run["sizes"]) - 2,
        lambda run: run["batch"],
    ]
    for ax, name, size in zip(axes, DIRECTIONS, sizes, strict=True):
        assert ax.get_xscale() == ax.get_yscale() == "log"
        ours, theirs = ax.lines
        for line, who in [(ours, "scratchnn"), (theirs, "PyTorch")]:
            wanted = [(size(run), 1e6 * run["given"][who]) for run in RECORD[name]]
            np.testing.assert_allclose(line.get_xydata(), wanted)
            assert {run["dtype"] for run in RECORD[name]} == {"float32"}
        assert (ours.get_linestyle(), ours.get_marker()) == ("-", "o")
        assert (theirs.get_linestyle(), theirs.get_marker()) == ("--", "s")
        assert np.all(np.less(ours.get_ydata(), theirs.get_ydata()))
    assert {tuple(run["sizes"][2:-1]) for run in RECORD["width"]} == {()}
    assert {n for run in RECORD["depth"] for n in run["sizes"][1:-1]} == {100}
    assert {tuple(run["sizes"]) for run in RECORD["batch"]} == {(784, 50, 10)}


@pytest.mark.says(
    "speed.parts",
    """
    Two bars of a hundred per cent, for 784-50-10 and for 784-256-10, cut into six
    parts. The two products with the input take half of the first bar and two
    thirds of the second. The parts of a step in float32. The two products with
    the hundred pictures take about half of the time in the small network and about
    two thirds in the wide one. Softmax and loss do not grow with the hidden layer.
    """,
    """
    % of a step · 784-50-10 · 784-256-10 · x W · xᵀ dA · second layer · softmax,
    loss · bias, ReLU · update
    """,
)
def test_parts_are_those_of_the_record() -> None:
    """Shares of the whole, in order; the products are as large as the page says."""
    (axes,) = drawn("parts").axes
    labels = [text.get_text() for text in axes.get_yticklabels()]
    assert labels == ["784-50-10", "784-256-10"]
    products = []
    for y, profile in enumerate(RECORD["profile"]):
        assert "-".join(map(str, profile["sizes"])) == labels[y]
        bars = [bar for bar in axes.patches if round(bar.get_y() + 0.3) == -y]
        assert len(bars) == 6
        widths = [bar.get_width() for bar in bars]
        assert sum(widths) == pytest.approx(100)
        total, found = sum(profile["parts"].values()), profile["parts"]
        shares = sorted(100 * seconds / total for seconds in found.values())
        assert sorted(widths) == pytest.approx(shares)
        products.append(sum(widths[:2]))
        assert products[-1] == pytest.approx(
            100 * (found["x @ W1"] + found["x.T @ da1"]) / total
        )
    assert products[0] == pytest.approx(50, abs=6)
    assert products[1] == pytest.approx(66.7, abs=6)
    small, wide = (
        profile["parts"]["softmax and loss"] for profile in RECORD["profile"]
    )
    assert wide < 1.15 * small


def test_the_record_is_whole() -> None:
    """Machine and versions are named, nothing has been left out, no time is nothing."""
    assert list(RECORD) == [
        *("machine", "step", *DIRECTIONS, "epoch", "digits", "mnist", "inference"),
        *("gradients", "memory", "profile", "square"),
    ]
    machine = RECORD["machine"]
    assert machine["date"].endswith("+00:00")
    assert set(machine["versions"]) == {
        *("python", "numpy", "torch", "scikit-learn", "scratchnn")
    }
    assert any("numpy" in kernel["by"] for kernel in machine["blas"])
    assert machine["cores"] >= 1
    found = [(tuple(run["sizes"]), run["dtype"]) for run in RECORD["step"]]
    nets = ((784, 50, 10), (784, 256, 10))
    assert found == [(net, dtype) for net in nets for dtype in ("float32", "float64")]
    assert min(numbers(RECORD)) > 0


def test_who_is_ahead_where() -> None:
    """In every row of steps we are, most in the narrowest; alone nobody is."""
    narrow, wide = ahead(RECORD["width"][0]), ahead(RECORD["width"][-1])
    assert 0.75 * narrow < wide < narrow
    for run in RECORD["step"]:
        for kind in ("given", "fresh"):
            assert run[kind]["scratchnn"] < run[kind]["PyTorch"]
    one = RECORD["inference"][0]
    assert one["samples"] == 1
    assert one["scratchnn"] == pytest.approx(one["PyTorch"], rel=0.25)


def test_the_goals_that_were_reached() -> None:
    """What the recorded run must hold for the library to call itself quick."""
    small, small_64, wide, _ = RECORD["step"]
    assert ahead(small) > 1.8
    assert ahead(wide) > 1.5
    for run, least in ((small, 1.7), (wide, 1.3)):
        assert run["fresh"]["PyTorch"] > least * run["fresh"]["scratchnn"]
    seconds = {
        name: part["seconds"]
        for name, part in RECORD["mnist"].items()
        if isinstance(part, dict)
    }
    for ours in ("scratchnn", "scratchnn, train"):
        assert seconds[ours] < 0.6 * seconds["scikit-learn"]
        assert seconds[ours] < 0.4 * seconds["PyTorch, DataLoader"]
        assert seconds[ours] < seconds["PyTorch"]
    assert small_64["given"]["scratchnn"] < small["given"]["PyTorch"]
    assert RECORD["memory"]["scratchnn, train"] < 1.2


def test_products_come_near_the_limit() -> None:
    """More than half of what two large squares reach, in the wide network."""
    wide, square = RECORD["profile"][1], RECORD["square"]
    limit = square["operations"] / square["seconds"]
    assert wide["operations"] == 2 * 100 * 784 * 256
    for seconds in wide["bare"].values():
        assert wide["operations"] / seconds > limit / 2
