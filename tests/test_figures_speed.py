"""What the page on speed says is true of its record, and of its figures."""

import json
from collections.abc import Callable
from importlib.resources import files
from typing import Any

import numpy as np
import pytest
from drawings import is_open, look, nearest_line
from matplotlib.colors import same_color

from figures.style import BLUE, ORANGE, PAPER

RECORD = json.loads((files("scratchnn") / "record_speed.json").read_text("utf-8"))
DIRECTIONS = ("width", "depth", "batch")


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
    neurons · µs · width · layers · scratchnn · PyTorch · depth · samples · batch
    """,
)
def test_growth_is_that_of_the_record(figure: Any) -> None:
    """Three panels, two lines each, and ours is the lower one."""
    axes = figure.axes
    assert [ax.get_title() for ax in axes] == list(DIRECTIONS)
    sizes: list[Callable[[Any], int]] = [
        lambda run: run["sizes"][1],
        lambda run: len(run["sizes"]) - 2,
        lambda run: run["batch"],
    ]
    for ax, name, size in zip(axes, DIRECTIONS, sizes, strict=True):
        assert ax.get_xscale() == ax.get_yscale() == "log"
        names = {"width": "neurons", "depth": "layers", "batch": "samples"}
        assert ax.get_xlabel() == names[name]
        assert ax.get_ylim() == axes[0].get_ylim()
        ours, theirs = ax.lines
        for line, who in [(ours, "scratchnn"), (theirs, "PyTorch")]:
            wanted = [(size(run), 1e6 * run["given"][who]) for run in RECORD[name]]
            np.testing.assert_allclose(line.get_xydata(), wanted)
            assert {run["dtype"] for run in RECORD[name]} == {"float32"}
        assert (ours.get_linestyle(), ours.get_marker()) == ("-", "o")
        assert (theirs.get_linestyle(), theirs.get_marker()) == ("--", "s")
        assert (ours.get_label(), theirs.get_label()) == ("scratchnn", "PyTorch")
        for line, drawn in zip(ax.lines, axes[0].lines, strict=True):
            assert line.get_color() == drawn.get_color()  # the names in one serve all
            assert is_open(line) == is_open(drawn)
        assert np.all(np.less(ours.get_ydata(), theirs.get_ydata()))
        for text, line in zip(ax.texts, ax.lines, strict=name == "depth"):
            assert text.get_text() == line.get_label()
            assert same_color(text.get_color(), line.get_color())
            assert nearest_line(ax, text) is line
        assert set(ax.get_xticks()) <= {*map(size, RECORD[name])}
        assert not ax.get_xticks(minor=True).size
    assert {tuple(run["sizes"][2:-1]) for run in RECORD["width"]} == {()}
    assert {n for run in RECORD["depth"] for n in run["sizes"][1:-1]} == {100}
    assert {tuple(run["sizes"]) for run in RECORD["batch"]} == {(784, 50, 10)}


@pytest.mark.says(
    "speed.parts",
    """
    Six rows, the parts of a step, each with a ring for 784-50-10 and a dot for
    784-256-10 on an axis in microseconds. In the two rows of the products with the
    input, the dot is three times as far out as the ring or more. In the row of
    softmax and loss it is hardly further out. The parts of a step in float32, from
    the small network (ring) to the wide one (dot). The products with the hundred
    pictures, blue, grow most; softmax and loss, orange, hardly at all.
    """,
    r"""
    µs in a step · $x\,W$ · $x^{\mathrm{\mathsf{T}}}\,dA$ · second layer ·
    softmax, loss · bias, ReLU · update · 784-50-10 · 784-256-10
    """,
)
def test_parts_are_those_of_the_record(figure: Any) -> None:
    """A ring and a dot in each row; the first two grow most, the fourth does not.

    Each mark has its number beside it, and each row its name.
    """
    (axes,) = figure.axes
    small, wide = (profile["parts"] for profile in RECORD["profile"])
    pairs = [line for line in axes.lines if len(line.get_xdata()) == 2]
    marks = [line for line in axes.lines if len(line.get_xdata()) == 1]
    rows = ["x @ W1", "x.T @ da1", "second layer"]
    rows += ["softmax and loss", "bias and ReLU", "update"]
    assert set(rows) == set(small) == set(wide)
    for n, (row, pair) in enumerate(zip(rows, pairs, strict=True)):
        ring, dot = marks[2 * n : 2 * n + 2]
        wanted = [1e6 * small[row], 1e6 * wide[row]]
        np.testing.assert_allclose(pair.get_xdata(), wanted)
        np.testing.assert_allclose([*ring.get_xdata(), *dot.get_xdata()], wanted)
        assert {*pair.get_ydata(), *ring.get_ydata(), *dot.get_ydata()} == {-n}
        assert same_color(ring.get_markerfacecolor(), PAPER)
        assert same_color(dot.get_markerfacecolor(), dot.get_color())
        assert (ring.get_marker(), dot.get_marker()) == ("o", "o")
        assert same_color(ring.get_markeredgecolor(), dot.get_color())
        for mark, text in zip((ring, dot), axes.texts[2 * n : 2 * n + 2], strict=True):
            (time,) = mark.get_xdata()
            assert text.get_text() == f"{time:.0f}"
            x, y = text.get_position()
            assert y == -n
            assert abs(x - time) < 5
    ink = [marks[2 * n].get_color() for n in range(6)]
    assert ink[:2] == [BLUE, BLUE]
    assert ink[3] == ORANGE
    assert not {BLUE, ORANGE} & {ink[2], *ink[4:]}
    names = [r"$x\,W$", r"$x^{\mathrm{\mathsf{T}}}\,dA$", "second layer"]
    names += ["softmax, loss", "bias, ReLU", "update"]
    assert [label.get_text() for label in axes.get_yticklabels()] == names
    assert axes.get_yticks().tolist() == [0, -1, -2, -3, -4, -5]
    in_the_legend = [look(line) for line in axes.lines[-2:]]
    assert in_the_legend == [look(mark) for mark in marks[:2]]
    grown = [wide[row] / small[row] for row in rows]
    farther = [wide[row] - small[row] for row in rows]
    assert min(grown[:2]) > 3
    assert min(farther[:2]) > max(farther[2:])
    assert grown[3] < 1.05
    assert [label.get_text() for label in axes.get_legend().get_texts()] == [
        "-".join(map(str, profile["sizes"])) for profile in RECORD["profile"]
    ]


def test_the_record_is_whole() -> None:
    """Machine and versions are named, nothing has been left out, no time is nothing."""
    assert list(RECORD) == [
        *("machine", "kernels", "step", *DIRECTIONS, "epoch", "digits", "mnist"),
        *("inference", "gradients", "memory", "profile", "square"),
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
    assert ahead(small) > 1.7
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
    """Two thirds and more of what two large squares reach, in the wide network."""
    wide, square = RECORD["profile"][1], RECORD["square"]
    limit = square["operations"] / square["seconds"]
    assert wide["operations"] == 2 * 100 * 784 * 256
    in_the_step = [wide["parts"][name] for name in ("x @ W1", "x.T @ da1")]
    for seconds in (*wide["bare"].values(), *in_the_step):
        assert wide["operations"] / seconds > limit * 2 / 3


def test_other_kernels_make_another_race() -> None:
    """Ours shorter by as much as is said; PyTorch, with its own, as before.

    The second are those of all other numbers on the page.
    """
    old, new = RECORD["kernels"]
    assert (old["architecture"], new["architecture"]) == ("Haswell", "SkylakeX")
    machine = RECORD["machine"]
    assert machine["OPENBLAS_CORETYPE"] == new["architecture"]
    assert {part["architecture"] for part in machine["blas"]} == {new["architecture"]}
    shares = (0.8, 0.9), (2 / 3, 0.75)
    for before, after, share in zip(old["step"], new["step"], shares, strict=True):
        for kind in ("given", "fresh"):
            ours = after[kind]["scratchnn"] / before[kind]["scratchnn"]
            theirs = after[kind]["PyTorch"] / before[kind]["PyTorch"]
            assert theirs == pytest.approx(1, abs=0.05)
            if kind == "given":
                assert share[0] < ours < share[1]
    assert old["square"]["seconds"] > 1.5 * new["square"]["seconds"]


def test_a_single_sample_takes_longer_than_ten() -> None:
    """With us, which the page calls a thing that looks like a mistake."""
    one, ten = RECORD["batch"][:2]
    assert (one["batch"], ten["batch"]) == (1, 10)
    assert one["given"]["scratchnn"] > ten["given"]["scratchnn"]
