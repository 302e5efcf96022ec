"""What the captions of chapter 5 say is true of the figures."""

import json
import re
from collections import Counter
from importlib.resources import files
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from drawings import (
    Wire,
    arrows,
    check_units,
    circles,
    graph,
    number,
    pictures,
    place,
    scans,
)
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.path import Path

from bookbinder.make.drawing import run_program
from figures.style import BLUE, INK, ORANGE, SOFT
from scratchnn import (
    Affine,
    MultiLayerNet,
    Relu,
    Sigmoid,
    forward_through,
    load_digits,
    numerical_diff,
    numerical_gradient,
    sigmoid,
    softmax,
    train,
    trained_network,
)


@pytest.fixture(scope="module")
def trained() -> Any:
    """The network as figures and page train it: itself, its history and test data."""
    program = run_program("figures.backpropagation.curves")
    net, history, (_, test) = program["_trained"]()
    return net, history, test


def labels(axes: Axes, color: str) -> list[str]:
    """The texts beside the wires: values are in ink, derivatives in orange."""
    return [t.get_text() for t in axes.texts if t.get_text() and t.get_color() == color]


def wires(axes: Axes) -> list[tuple[float, float]]:
    """The value above each wire and the derivative below it, in the order drawn."""
    return [(number(wire.value), number(wire.slope)) for wire in graph(axes)]


def ends(axes: Axes) -> list[str]:
    """Where each wire begins and ends, in the order drawn."""
    return [f"{wire.start} → {wire.end}" for wire in graph(axes)]


@pytest.mark.says(
    "backpropagation.apples",
    """
    Graph of the bill: price 100 and number 2 lead to a multiplication, whose
    result 200 and the tax 1.1 lead to a second one, with the result 220. Below
    the wires, from right to left: 1, then 1.1 and 200 for the tax, then 2.2 for
    the price and 110 for the number. Above each wire runs the value, from left to
    right. Below it, from right to left, runs the derivative of the bill with
    respect to that value.
    """,
    """
    price · number · tax · bill · × · ×
    """,
)
def test_graph_of_the_bill(figure: Any) -> None:
    """Each derivative, as measured, below its value; names where wires begin.

    And every wire leads where the bill wants it.
    """
    axes = figure.axes[0]
    start = [100.0, 2.0, 1.1]
    dcost = numerical_diff(lambda cost: cost * 1.1, 200)
    slopes = [*numerical_gradient(np.prod, start), dcost, 1]
    np.testing.assert_allclose(
        wires(axes), np.transpose([[*start, 200, 220], slopes]), rtol=1e-6
    )
    names = [t.get_text() for t in axes.texts if t.get_text().isalpha()]
    assert names == ["price", "number", "tax", "bill"]
    assert ends(axes) == [
        *("price → ×1", "number → ×1", "tax → ×2", "×1 → ×2", "×2 → bill"),
    ]
    check_units(graph(axes))


@pytest.mark.says(
    "backpropagation.fruit",
    """
    Graph of the larger bill. Apple 100 times number 2 is 200, orange 150 times
    number 3 is 450; their sum 650 times the tax 1.1 is 715. Backward: 1, then 650
    for the tax and 1.1 for the sum; 1.1 for both costs; 2.2 and 110 for the
    apples, 3.3 and 165 for the oranges. Four nodes. The addition sends the same
    $1.1$ into both branches.
    """,
    """
    apple · number · orange · number · tax · bill · × · × · + · ×
    """,
)
def test_graph_of_the_larger_bill(figure: Any) -> None:
    """Four nodes, one of them an addition that sends the same into both branches."""
    axes = figure.axes[0]

    def bill(v: Any) -> float:
        return float((v[0] * v[1] + v[2] * v[3]) * v[4])

    start = [100.0, 2.0, 150.0, 3.0, 1.1]
    slopes = [*numerical_gradient(bill, start), 1.1, 1.1, 1.1, 1]
    values = [*start, 200, 450, 650, 715]
    np.testing.assert_allclose(wires(axes), np.transpose([values, slopes]), rtol=1e-6)
    signs = [t.get_text() for t in axes.texts if t.get_text() in ("×", "+")]
    assert sorted(signs) == ["+", "×", "×", "×"]
    assert ends(axes) == [
        *("apple → ×1", "number → ×1", "orange → ×2", "number → ×2", "tax → ×3"),
        *("×1 → +", "×2 → +", "+ → ×3", "×3 → bill"),
    ]
    check_units(graph(axes))


@pytest.mark.says(
    "backpropagation.chain",
    r"""
    Graph of z = (x + y) squared for x = 2 and y = 3. Forward: the sum s = 5, then
    the square 25. Backward: 1, then 2s = 10, then 10 for both x and y. The same
    with numbers, for $x = 2$ and $y = 3$. The square turns the 1 that arrives
    into $1 \cdot 2s$; the addition multiplies by 1, twice.
    """,
    """
    $s = 5$ · $2s = 10$ · $x$ · $y$ · $z$ · + · $s^2$
    """,
)
def test_graph_of_the_chain_rule(figure: Any) -> None:
    """Two inputs, their sum and its square, each wire with its own numbers."""
    axes = figure.axes[0]
    slopes = numerical_gradient(lambda v: (v[0] + v[1]) ** 2, [2.0, 3.0]).round(6)
    assert labels(axes, ORANGE) == [*(f"{s:.0f}" for s in slopes), "$2s = 10$", "1"]
    assert {"2", "3", "$s = 5$", "25"} <= set(labels(axes, INK))
    nodes = sorted((x, name) for name, (x, _) in circles(axes).items())
    assert [name for _, name in nodes] == ["+", "$s^2$"]
    assert ends(axes) == ["$x$ → +", "$y$ → +", "+ → $s^2$", "$s^2$ → $z$"]
    assert wires(axes) == [(2, 10), (3, 10), (5, 10), (25, 1)]
    check_units(graph(axes))


@pytest.mark.says(
    "backpropagation.nodes",
    r"""
    Two nodes with the inputs 10 and 5 and the upstream derivative 1.3. Left, an
    addition with the result 15 sends 1.3 to both. Right, a multiplication with
    the result 50 sends 6.5 to the 10 and 13 to the 5. The numbers $10$ and $5$,
    and $1.3$ from upstream. The addition passes it on. The multiplication swaps:
    $1.3 \cdot 5$ for the ten, $1.3 \cdot 10$ for the five.
    """,
    "+ · ×",
)
def test_addition_passes_on_and_multiplication_swaps(figure: Any) -> None:
    """Left the addition, right the multiplication; the ten comes in above the five."""
    axes = figure.axes[0]
    passed_on, swapped = (
        [(10, 1.3), (5, 1.3), (15, 1.3)],
        [(10, 6.5), (5, 13), (50, 1.3)],
    )
    assert wires(axes) == [*passed_on, *swapped]
    assert ends(axes) == [" → +", " → +", "+ → ", " → ×", " → ×", "× → "]
    check_units(graph(axes)[:3])
    check_units(graph(axes)[3:])
    units = circles(axes)
    assert units["+"][0] < units["×"][0]
    there = [arrow for arrow in arrows(axes) if arrow.ink == SOFT]
    for ten, five, _ in zip(*[iter(there)] * 3, strict=True):
        assert ten.tail[1] > five.tail[1]


@pytest.mark.says(
    "backpropagation.fork",
    """
    A wire with the value 3 forks and leads by two ways into one multiplication,
    with the result 9. Each way sends back a 3, and beyond the fork they make 6.
    The square of $3$. Each way brings back $3$; where they meet, they make $6$.
    """,
    "$x$ · $z$ · ×",
)
def test_what_comes_back_along_two_wires_is_added(figure: Any) -> None:
    """Both ways begin where the wire ends, one leads above and one below."""
    axes = figure.axes[0]
    assert wires(axes) == [(3, 6), (3, 3), (3, 3), (9, 1)]
    assert ends(axes) == ["$x$ → ", " → ×", " → ×", "× → $z$"]
    check_units(graph(axes)[1:])
    above, below, _ = (arrow for arrow in arrows(axes) if arrow.ink == SOFT)
    line, fork = axes.lines
    assert line.get_xydata()[1].tolist() == fork.get_xydata()[0].tolist()
    for way in (above, below):
        assert way.tail.tolist() == fork.get_xydata()[0].tolist()
    level = above.tail[1]
    assert above.course[50, 1] > level > below.course[50, 1]
    assert above.head[1] > level > below.head[1]


@pytest.mark.says(
    "backpropagation.there_and_back",
    """
    Graph of a neuron. x1 = 2 and w1 = 0.5 meet in a multiplication, x2 = −1 and w2 = 1
    in another; both products, 1 and −1, and b = 0 meet in an addition with the result
    0. Sigma turns that into 0.5, and minus log turns 0.5 into 0.693. Backward: 1, then
    −2, then −0.5 from sigma on into every branch of the addition; −1 for w1, 0.5 for
    w2, −0.5 for b, −0.25 for x1 and −0.5 for x2. Two multiplications, an addition, a
    sigmoid (σ, "sigma") and a loss. Every orange number is the one to its right times
    one local derivative.
    """,
    """
    $x_1$ · $w_1$ · $x_2$ · $w_2$ · $b$ · $L$ · × · × · + · σ · −log
    """,
)
def test_a_neuron_there_and_back(figure: Any) -> None:
    """The slopes of all five inputs, measured."""
    axes = figure.axes[0]

    def loss(v: Any) -> float:
        x1, w1, x2, w2, b = v
        return float(-np.log(sigmoid(x1 * w1 + x2 * w2 + b)))

    slopes = numerical_gradient(loss, [2.0, 0.5, -1.0, 1.0, 0.0])
    said = [float(text.replace("−", "-")) for text in labels(axes, ORANGE)]
    np.testing.assert_allclose(said[:5], slopes, atol=1e-8)
    assert said[5:] == [-0.5, -0.5, -0.5, -2, 1]
    above = [text for text in labels(axes, INK) if text.lstrip("−0.123456789") == ""]
    values = [float(text.replace("−", "-")) for text in above if text]
    assert values == [2, 0.5, -1, 1, 0, 1, -1, 0, 0.5, round(np.log(2), 3)]
    assert ends(axes) == [
        *("$x_1$ → ×1", "$w_1$ → ×1", "$x_2$ → ×2", "$w_2$ → ×2", "$b$ → +"),
        *("×1 → +", "×2 → +", "+ → σ", "σ → −log", "−log → $L$"),
    ]
    check_units(graph(axes))


@pytest.mark.says(
    "backpropagation.sigmoid_graph",
    """
    Chain of four nodes: times minus one, exp, plus 1, one divided by. Forward: x,
    minus x, e to the minus x, 1 plus that, y. Backward from the right: 1, minus y
    squared, minus y squared, minus y squared e to the minus x, and y squared e to
    the minus x. The sigmoid in four steps, and what comes back if a 1 arrives
    from the right.
    """,
    """
    $x$ · $y^2e^{-x}$ · $-x$ · $-y^2e^{-x}$ · $e^{-x}$ · $-y^2$ · $1 + e^{-x}$ · $-y^2$
    · $y$ · ×(−1) · exp · + 1 · 1 / ·
    """,
)
def test_what_comes_back_through_the_sigmoid(figure: Any) -> None:
    """The four derivatives along the chain, each measured from its place to y.

    From the left to the right each unit makes the next value of the one before it.
    """
    axes = figure.axes[0]
    x = 0.7
    y, power = float(sigmoid(x)), float(np.exp(-x))
    said = {
        "$y^2e^{-x}$": y**2 * power,
        "$-y^2e^{-x}$": -(y**2) * power,
        "$-y^2$": -(y**2),
        "1": 1.0,
    }
    measured = [
        numerical_diff(lambda v: float(sigmoid(v)), x),
        numerical_diff(lambda v: float(1 / (1 + np.exp(v))), -x),
        numerical_diff(lambda v: 1 / (1 + v), power),
        numerical_diff(lambda v: 1 / v, 1 + power),
        1.0,
    ]
    shown = [said[text] for text in labels(axes, ORANGE)]
    np.testing.assert_allclose(shown, measured, atol=1e-6)
    values = ["$x$", "$-x$", "$e^{-x}$", "$1 + e^{-x}$", "$y$"]
    assert [text for text in labels(axes, INK) if "$" in text] == values
    chain = ["", "×(−1)", "exp", "+ 1", "1 / ·", ""]
    slopes = ["$y^2e^{-x}$", "$-y^2e^{-x}$", "$-y^2$", "$-y^2$", "1"]
    steps = zip(pairwise(chain), values, slopes, strict=True)
    assert graph(axes) == [Wire(*two, *beside) for two, *beside in steps]
    middles = [x for x, _ in circles(axes).values()]
    assert middles == sorted(middles)


@pytest.mark.says(
    "backpropagation.affine",
    """
    Three products of matrices drawn as grids of cells. Forward: X, N by D, times W,
    D by M, gives Y, N by M. Backward: dY, N by M, times W transposed, M by D, gives
    dX, N by D; and X transposed, D by N, times dY, N by M, gives dW, D by M. The
    three products. What belongs together has one colour: a matrix, its transpose,
    and the slopes that come back to it. Neighbouring sides of a product must have
    the same length.
    """,
    r"""
    $X$ · $N$ · $D$ · · · $W$ · $D$ · $M$ · = · $Y$ · $N$ · $M$ · $dY$ · $N$ · $M$ · · ·
    $W^{\mathrm{\mathsf{T}}}$ · $M$ · $D$ · = · $dX$ · $N$ · $D$ ·
    $X^{\mathrm{\mathsf{T}}}$ · $D$ · $N$ ·
    · · $dY$ · $N$ · $M$ · = · $dW$ · $D$ · $M$ · forward · backward
    """,
)
def test_matrices_fit_together(figure: Any) -> None:
    """Each grid has the cells its sides say, and rows meet columns of one length.

    The number of rows stands to the left of a grid, that of columns above it, and its
    name below, so that nothing covers a cell; products are written from the left to
    the right, the one of the way forward at the top.
    """
    (axes,) = figure.axes
    sizes = {"$N$": 5, "$D$": 4, "$M$": 2}
    grids, middles = [], []
    for patch in axes.patches:
        frame = patch.get_xy().min(axis=0), patch.get_xy().max(axis=0)
        inside = [t for t in axes.texts if within([t.get_position()], *frame, rim=0.2)]
        rows, columns = (text.get_text() for text in inside)
        foot = frame[0] - [0, 0.3], np.array([frame[1][0], frame[0][1]])
        (named,) = (t for t in axes.texts if within([place(t)], *foot, rim=0))
        height, width = sizes[rows], sizes[columns]
        np.testing.assert_allclose(frame[1] - frame[0], [0.34 * width, 0.34 * height])
        lines = [line for line in axes.lines if within(line.get_xydata(), *frame)]
        assert len(lines) == height + 1 + width + 1
        ink = to_hex(patch.get_facecolor())
        grids.append((named.get_text(), rows, columns, ink))
        middle, (left, above) = np.mean(frame, axis=0), map(place, inside)
        assert left[0] < frame[0][0]
        assert above[1] > frame[1][1]
        assert left[1] == pytest.approx(middle[1])
        assert above[0] == pytest.approx(place(named)[0]) == pytest.approx(middle[0])
        middles.append(middle)
    plain = [re.sub(r"[${}]|\\mathrm|\\mathsf", "", name) for name, *_ in grids]
    assert plain == ["X", "W", "Y", "dY", "W^T", "dX", "X^T", "dY", "dW"]
    for first, second, result in zip(*[iter(grids)] * 3, strict=True):
        assert first[2] == second[1]
        assert (result[1], result[2]) == (first[1], second[2])
    rows_of = list(zip(*[iter(middles)] * 3, strict=True))
    for first, second, result in rows_of:
        assert first[0] < second[0] < result[0]
        assert first[1] == pytest.approx(second[1]) == pytest.approx(result[1])
        level = [t for t in axes.texts if abs(place(t)[1] - first[1]) < 1e-6]
        (times,) = [place(t)[0] for t in level if t.get_text() == "·"]
        (equals,) = [place(t)[0] for t in level if t.get_text() == "="]
        assert first[0] < times < second[0] < equals < result[0]
    heights = [first[1] for first, *_ in rows_of]
    assert heights == sorted(heights, reverse=True)
    forward, backward = (place(t)[1] for t in axes.texts if "ward" in t.get_text())
    assert forward > (heights[0] + heights[1]) / 2 > backward
    inks = {
        (name.strip("d^T"), grid[-1]) for name, grid in zip(plain, grids, strict=True)
    }
    assert len(inks) == len({ink for _, ink in inks}) == 3


def within(points: Any, low: Any, high: Any, rim: float = 0.01) -> bool:
    """Whether all points lie in a frame, or on its rim to the left or above."""
    right_above = np.array([0.01, rim])
    inside = (points >= low - [rim, 0.01]) & (points <= high + right_above)
    return bool(np.all(inside))


@pytest.mark.says(
    "backpropagation.two_layers",
    """
    Four boxes, one below the other: affine, sigmoid, affine, softmax and loss. Dark
    arrows lead down from X through A1, Z1 and A2 to L, and from W1 and b1, W2 and
    b2, and T into the boxes. Orange arrows lead up again, labelled with dA2, dZ1 and
    dA1 and their formulas; at each affine box one leaves to the right, to dW and db.
    Down, in grey, the way forward; up, in orange, the way back. An affine layer needs
    what went into it and what comes back, and hands out the slopes of its own weights
    and biases.
    """,
    r"""
    $X$ · affine · $W_1, b_1$ · $dW_1 = X^{\mathrm{\mathsf{T}}} \, dA_1$ ·
    $db_1 = \Sigma_n \, (dA_1)_n$ · sigmoid · affine · $W_2, b_2$ ·
    $dW_2 = Z_1^{\mathrm{\mathsf{T}}} \, dA_2$ · $db_2 = \Sigma_n \, (dA_2)_n$ ·
    softmax and loss ·
    $T$ · $A_1$ · $dA_1 = dZ_1 \odot Z_1 \odot (1 - Z_1)$ · $Z_1$ ·
    $dZ_1 = dA_2 \, W_2^{\mathrm{\mathsf{T}}}$ · $A_2$ · $dA_2 = (Y - T) / N$ · $L$
    """,
)
def test_two_layers_go_down_and_come_back_up(figure: Any) -> None:
    """Boxes in order, grey arrows down and in, orange ones up and out.

    At each arrow stands what it carries, in orange what comes back.
    """
    (axes,) = figure.axes
    boxes = [(*box.get_xy(), box.get_width(), box.get_height()) for box in axes.patches]
    named = []
    for x, y, width, height in boxes:
        frame = np.array([x, y]), np.array([x + width, y + height])
        inside = [t for t in axes.texts if within([t.get_position()], *frame, rim=0)]
        named += [text.get_text() for text in inside if text.get_text()]
    assert named == ["affine", "sigmoid", "affine", "softmax and loss"]
    assert [y for _, y, *_ in boxes] == sorted((y for _, y, *_ in boxes), reverse=True)
    ways: Counter[tuple[tuple[int, ...], str]] = Counter()
    for text in axes.texts:
        if arrow := getattr(text, "arrow_patch", None):
            way = np.sign(np.round(np.subtract(text.xy, text.xyann), 6)).astype(int)
            ways[tuple(way.tolist()), to_hex(arrow.get_edgecolor())] += 1
    down, up, right = (0, -1), (0, 1), (1, 0)
    assert ways == {
        (down, SOFT): 5,
        (up, ORANGE): 4,
        (right, SOFT): 3,
        (right, ORANGE): 2,
    }
    carried: dict[tuple[str, str], list[str]] = {}
    for text in axes.texts:
        if (said := text.get_text()) and said not in named:
            back = text.get_color() == ORANGE
            own = min(arrows(axes), key=lambda arrow: arrow.distance(place(text)))
            assert (own.ink == ORANGE) == back
            joins = _box_at(own.tail, boxes), _box_at(own.head, boxes)
            way = joins[0], f"{joins[1]}, back" if back else joins[1]
            carried.setdefault(way, []).append(said.partition(" = ")[0].strip("$"))
    assert carried == {
        ("", "0"): ["X", "W_1, b_1"],
        ("0", ", back"): ["dW_1", "db_1"],
        ("", "2"): ["W_2, b_2"],
        ("2", ", back"): ["dW_2", "db_2"],
        ("", "3"): ["T"],
        ("0", "1"): ["A_1"],
        ("1", "0, back"): ["dA_1"],
        ("1", "2"): ["Z_1"],
        ("2", "1, back"): ["dZ_1"],
        ("2", "3"): ["A_2"],
        ("3", "2, back"): ["dA_2"],
        ("3", ""): ["L"],
        ("", "3, back"): ["1"],
    }
    slopes = [text for text in labels(axes, ORANGE) if text.startswith("$d")]
    assert [slope.partition(" ")[0].strip("$") for slope in slopes] == [
        *("dW_1", "db_1", "dW_2", "db_2", "dA_1", "dZ_1", "dA_2"),
    ]


def _box_at(point: Any, boxes: list[tuple[float, ...]]) -> str:
    """The number of the box that an arrow touches here, from the top; "" for none."""
    for n, (x, y, width, height) in enumerate(boxes):
        nearest = np.clip(point, [x, y], [x + width, y + height])
        if np.linalg.norm(point - nearest) < 0.01:
            return str(n)
    return ""


@pytest.mark.says(
    "backpropagation.curves",
    """
    Two panels over twenty epochs. Above, the loss on a logarithmic axis: dots
    scatter around a line that falls steeply for two epochs and slowly to the end.
    Below, the accuracy on training and test data rises from below 0.9 to above
    0.98. Above, the loss of every twelfth mini-batch, and its mean over each epoch.
    Below, the accuracy after each epoch. Both curves rise together, the test at
    first a little ahead, by no more than chance allows; later the network is a
    little better on what it has practised.
    """,
    "loss · epoch · accuracy · training · test",
)
def test_curves_are_those_of_the_page(figure: Any, trained: Any) -> None:
    """Every twelfth loss; the test is ahead at first, the training at the end.

    Each at its epoch: both panels have the same axis.
    """
    _, history, _ = trained
    above, below = figure.axes
    assert (above.get_title(), below.get_title()) == ("loss", "accuracy")
    assert above.get_xlim() == below.get_xlim()
    dots, mean = above.lines
    assert (dots.get_linestyle(), dots.get_marker()) == ("None", "o")
    assert mean.get_linestyle() == "-"
    np.testing.assert_allclose(mean.get_xdata(), np.arange(20) + 0.5)
    every = np.arange(0, len(history.loss), 12) / (len(history.loss) / 20)
    np.testing.assert_allclose(dots.get_xdata(), every)
    for line, style, name in zip(
        below.lines, ["-", "--"], ["training", "test"], strict=True
    ):
        assert (line.get_linestyle(), line.get_label()) == (style, name)
        assert line.get_xdata().tolist() == list(range(1, 21))
    np.testing.assert_allclose(dots.get_ydata(), history.loss[::12])
    means = np.reshape(history.loss, (20, -1)).mean(axis=1)
    np.testing.assert_allclose(mean.get_ydata(), means)
    assert (above.get_yscale(), below.get_yscale()) == ("log", "linear")
    low, high = above.get_ylim()
    assert low < dots.get_ydata().min() < dots.get_ydata().max() < high
    falls = -np.diff(np.log(means))
    assert falls[:2].min() > 1.5 * falls[2:].max()
    assert falls.min() > 0
    above_the_line = dots.get_ydata() > np.interp(every, *mean.get_data())
    assert 0.25 < above_the_line.mean() < 0.75
    practised, unseen = (np.asarray(line.get_ydata()) for line in below.lines)
    np.testing.assert_allclose(practised, history.train_accuracy)
    np.testing.assert_allclose(unseen, history.test_accuracy)
    for accuracy in (practised, unseen):
        assert accuracy[0] < 0.9
        assert accuracy[-1] > 0.98
    assert np.abs(practised[:11] - unseen[:11]).max() < 0.025
    assert (practised[:3] < unseen[:3]).all()
    deviations = np.sqrt(unseen * (1 - unseen) / 360)
    assert (unseen - practised < 2 * deviations).all()
    assert (practised[11:] > unseen[11:]).all()


@pytest.mark.says(
    "backpropagation.fading",
    """
    Three lines over layers 1 to 7 on a logarithmic axis. Along an arrow to the left,
    the way back, the solid one stays nearly level, the dashed one falls to less than a
    thousandth, the dotted one to less than a billionth. The mean size of the numbers in
    $dW$ before the first step, with six hidden layers of fifty neurons: solid ReLU and
    dashed sigmoids with weights of the library's size, dotted sigmoids with weights of
    size 0.01.
    """,
    """
    layer · 1e−12 · 1e−8 · 1e−4 · the way back · size of $dW$ · ReLU, scaled ·
    sigmoid, scaled · sigmoid, std 0.01
    """,
)
def test_slopes_fade_on_their_way_back(figure: Any) -> None:
    """Walked back layer by layer; with sigmoids each has less than the one behind."""
    (axes,) = figure.axes
    assert axes.get_yscale() == "log"
    for tick, label in zip(axes.get_yticks(), axes.get_yticklabels(), strict=True):
        assert number(label.get_text()) == pytest.approx(tick)
    (way_back,) = arrows(axes)
    assert (way_back.tail[0], way_back.head[0]) == (7, 1)
    (x, t), _ = load_digits()
    left = []
    for line, style in zip(axes.lines, ["-", "--", ":"], strict=True):
        assert line.get_linestyle() == style
        assert line.get_xdata().tolist() == list(range(1, 8))
        name, scale = line.get_label().lower().split(", ")
        assert name == ("relu" if style == "-" else "sigmoid")
        assert scale == ("std 0.01" if style == ":" else "scaled")
        rng, std = np.random.default_rng(0), 0.01
        sizes = [64, 50, 50, 50, 50, 50, 50, 10]
        layers: list[Any] = []
        for inputs, outputs in pairwise(sizes):
            if scale == "scaled":
                std = np.sqrt({"relu": 2, "sigmoid": 1}[name] / inputs)
            W = std * rng.normal(size=(inputs, outputs))
            layers += [Affine(W, np.zeros(outputs))]
            layers += [{"relu": Relu, "sigmoid": Sigmoid}[name]()]
        y = forward_through(layers[:-1], x[:100])
        dout = (softmax(y) - np.eye(10)[t[:100]]) / 100
        for layer in reversed(layers[:-1]):
            dout = layer.backward(dout)
        slopes = [np.abs(layer.dW).mean() for layer in layers[::2]]
        np.testing.assert_allclose(line.get_ydata(), slopes)
        left.append(np.array(slopes))
    level, dashed, dotted = left
    assert level.max() < 5 * level.min()
    assert (np.diff(dashed) > 0).all()
    assert (dotted[:-1] / dotted[1:] < dashed[:-1] / dashed[1:]).all()
    assert (level[:5] > dashed[:5]).all()
    assert (dashed > dotted).all()
    assert dashed[0] < dashed[-1] / 1e3
    assert dotted[0] < dotted[-1] / 1e9


def windings() -> Any:
    """The arms and networks of the page: after each epoch, and flat after them all."""
    way = np.sqrt(np.linspace(0.02, 1, 120))
    turn = 2 * np.pi * 1.6 * way
    arm = 2 * np.column_stack([way * np.cos(turn), way * np.sin(turn)])
    arms = np.vstack([arm, -arm]), np.repeat([0, 1], 120)
    nets = []
    for sizes in ([2, 24, 24, 2], [2, 2]):
        rng = np.random.default_rng(0)
        net = MultiLayerNet(sizes, rng=rng)
        epochs = [dict(net.params)]
        for _ in range(100):
            train(net, (arms, arms), epochs=1, batch_size=20, lr=0.2, rng=rng)
            epochs.append(dict(net.params))
        nets.append((net, epochs))
    return arms, nets


@pytest.mark.says(
    "backpropagation.winding",
    """
    Six squares, each with a dashed orange and a solid blue arm on the ground of the
    answer. At first all is orange; after 5 epochs an almost straight border divides the
    square, and after 20 it is bent near the middle. After 50 and 100 each arm lies on
    its own winding band. In the last square the border is straight. What the network
    with hidden layers answers as it learns, and in the last square what the one without
    answers after a hundred epochs. From the second square to the third the accuracy
    even drops a little, but the loss falls, and the border begins to bend. Do not give
    up on a flat curve too soon.
    """,
    """
    0 epochs: 0.50 · 5 epochs: 0.65 · 20 epochs: 0.64 · 50 epochs: 0.99 ·
    100 epochs: 1.00 · no hidden layer: 0.66 · accuracy after so many epochs
    """,
)
def test_borders_wind_in_the_end(figure: Any) -> None:
    """The ground is the answer of the network of that epoch; titles, its accuracy.

    The blue ground is the darker one, and a line divides it from the orange.
    """
    arms, [(deep, epochs), (flat, flats)] = windings()
    moments = [(deep, epochs[n]) for n in (0, 5, 20, 50, 100)] + [(flat, flats[100])]
    places = np.random.default_rng(0).uniform(-2.4, 2.4, size=(1000, 2))
    losses, accuracies, straight, blue = [], [], [], []
    for axes, (net, params) in zip(figure.axes, moments, strict=True):
        net.params = params
        accuracies.append(net.accuracy(*arms))
        losses.append(net.loss(*arms))
        assert axes.get_title().endswith(f": {accuracies[-1]:.2f}")
        answers = net.predict(places).argmax(axis=1)
        *grounds, border = [*axes.collections, None][:3]
        alpha, paths = 0.0, []
        for answer, ground in enumerate(grounds):
            assert to_hex(ground.get_facecolor()[0]) == [ORANGE, BLUE][answer]
            assert alpha < ground.get_alpha() < 0.5  # or the arms could not be seen
            alpha, (path,) = ground.get_alpha(), ground.get_paths()
            assert np.mean(path.contains_points(places) != (answers == answer)) < 0.02
            paths.append({tuple(point) for point in path.vertices.round(6)})
        if border:
            assert to_hex(border.get_edgecolor()[0]) == INK
            (line,) = border.get_paths()
            assert {tuple(point) for point in line.vertices.round(6)} <= paths[
                0
            ] & paths[1]
        looks = [(ORANGE, "--"), (BLUE, "-")]
        for line, look, arm in zip(axes.lines, looks, [0, 1], strict=True):
            assert (line.get_color(), line.get_linestyle()) == look
            assert (line.get_xydata() == arms[0][arms[1] == arm]).all()
        alike = np.flatnonzero(answers[:500] == answers[500:])
        between = net.predict((places[:500] + places[500:])[alike] / 2).argmax(axis=1)
        straight.append(np.mean(between == answers[alike]))
        blue.append(answers.mean())
    assert accuracies[1] - 0.02 < accuracies[2] < accuracies[1]
    assert losses[2] < losses[1] - 0.03
    assert blue[0] == 0
    assert [len(axes.collections) for axes in figure.axes] == [1, 3, 3, 3, 3, 3]
    assert straight[5] == 1
    assert 0.98 < straight[1] < 1
    assert 0.8 < straight[2] < 0.95
    assert max(straight[3:5]) < 0.8
    assert accuracies[3] > 0.99
    assert accuracies[4] == 1


@pytest.mark.says(
    "backpropagation.weights",
    """
    Twelve square maps, blue where weights are positive and orange where negative,
    stronger where they are larger; strong blue is outlined. Thick strokes and arcs,
    level, upright or slanting, blue beside orange, fill the middle of each; in the
    corners there are at most faint specks. The first-layer weights of the twelve
    neurons with the largest weights on their way out. Blue, with outlines, is positive,
    "ink here speaks for me", and orange negative.
    """,
    "",
)
def test_weights_are_those_of_the_strongest_neurons(figure: Any) -> None:
    """Regions hold what is beyond their level; strokes cohere, and corners do not."""
    network = trained_network("mnist")
    strongest = np.argsort(-np.linalg.norm(network["W2"], axis=1))[:12]
    maps = network["W1"][:, strongest].T.reshape(12, 28, 28)
    row, column = np.mgrid[1:27, 1:27].reshape(2, -1)
    (axes,) = figure.axes
    regions = np.reshape(np.array(axes.collections), (12, 7))
    for frame, image, (*six, outline) in zip(axes.patches, maps, regions, strict=True):
        left, top = frame.get_x(), frame.get_y() + frame.get_height()
        places = np.column_stack([left + column, top - row])
        alphas: dict[str, list[tuple[float, float]]] = {BLUE: [], ORANGE: []}
        for region in six:
            ink, level = to_hex(region.get_facecolor()[0]), region.levels[0]
            alphas[ink].append((level, region.get_alpha()))
            (path,) = region.get_paths()
            beyond = (image if ink == BLUE else -image)[row, column] > level
            rims = [Path(rim).contains_points(places) for rim in path.to_polygons()]
            assert (np.logical_xor.reduce(rims) == beyond).all()
        assert alphas[BLUE] == alphas[ORANGE] == sorted(alphas[BLUE])
        assert to_hex(outline.get_edgecolor()[0]) == BLUE
        edges = [_within_map(blue.get_paths(), frame) for blue in (six[2], outline)]
        assert edges[0] == edges[1]
        strengths = [alpha for _, alpha in alphas[BLUE]]
        assert strengths == sorted(set(strengths))
    corners = [(-frame.get_y(), frame.get_x()) for frame in axes.patches]
    assert corners == sorted(corners)  # the strongest first, as one reads
    faintest, second = (level for level, _ in alphas[BLUE][:2])
    edge, middle = np.ones((2, 28, 28), bool)
    edge[4:24] = edge[:, 4:24] = False
    middle[:3] = middle[25:] = middle[:, :3] = middle[:, 25:] = False
    assert np.abs(maps[:, edge]).max() < second
    assert np.mean(np.abs(maps[:, edge]) > faintest) < 0.12
    assert (
        np.sum(maps[:, middle] ** 2, axis=1) > 6 * np.sum(maps[:, ~middle] ** 2, axis=1)
    ).all()
    assert _likeness(maps, middle) > 0.7
    assert abs(_likeness(maps, edge)) < 0.1


def _within_map(paths: Any, frame: Any) -> set[tuple[float, float]]:
    """The corners of regions or lines that are not on the frame of their map."""
    corners = np.concatenate([path.vertices for path in paths])
    start = np.array(frame.get_xy())
    way = corners - start
    inside = np.all((way > 1e-6) & (way < frame.get_width() - 1e-6), axis=1)
    return {tuple(corner) for corner in corners[inside].round(6)}


def test_where_no_picture_of_mnist_has_ink_the_weights_are_as_they_were_born() -> None:
    """Sixty-seven pixels, in the corners and along the frame, as MNIST has them."""
    network, rng = trained_network("mnist"), np.random.default_rng(0)
    sizes = [784, 50, 100, 10]
    born = MultiLayerNet(sizes, activation="sigmoid", rng=rng, dtype=np.float32)
    kept = (network["W1"] == born.params["W1"]).reshape(28, 28, 50)
    assert kept.all(axis=2).sum() == 67
    for corner in (kept[:2, :2], kept[:2, -2:], kept[-2:, :2], kept[-2:, -2:]):
        assert corner.all()


def _likeness(maps: Any, where: Any) -> float:
    """How alike weights beside and below each other are: their correlation."""
    beside = where[:, 1:] & where[:, :-1]
    below = where[1:] & where[:-1]
    one = [maps[:, :, 1:][:, beside], maps[:, 1:][:, below]]
    other = [maps[:, :, :-1][:, beside], maps[:, :-1][:, below]]
    here, there = (np.concatenate(half, axis=1).ravel() for half in (one, other))
    return float(np.corrcoef(here, there)[0, 1])


@pytest.mark.says(
    "backpropagation.confusion",
    """
    A table of ten rows, the digit in the picture, and ten columns, the answer.
    The diagonal holds counts between 32 and 39; off it there are four filled
    cells. Rows are the digits, columns the answers. On the diagonal, blue, the
    answer is right. Off it stand the few mistakes, orange.
    """,
    "answer of the network · digit in the picture",
)
def test_confusion_counts_the_answers(figure: Any, trained: Any) -> None:
    """Rows are digits, columns answers: 32 to 39 right of each, and four cells more."""
    net, _, (x, t) = trained
    axes = figure.axes[0]
    answers = net.predict(x).argmax(axis=1)
    shown = np.zeros((10, 10), dtype=int)
    for text in axes.texts:
        answer, digit = text.get_position()
        shown[int(digit), int(answer)] = int(text.get_text())
    expected = np.zeros((10, 10), dtype=int)
    for digit, answer in zip(t, answers, strict=True):
        expected[digit, answer] += 1
    assert (shown == expected).all()
    right = np.diag(shown)
    assert (right.min(), right.max()) == (32, 39)
    assert np.count_nonzero(shown) - 10 == 4
    assert axes.get_xlabel() == "answer of the network"
    filled = {}
    for patch in axes.patches:
        corners = patch.get_xy()[:4]
        np.testing.assert_allclose(np.ptp(corners, axis=0), 1)
        answer, digit = corners.mean(axis=0).round(6)
        filled[digit, answer] = to_hex(patch.get_facecolor())
    assert filled == {
        (digit, answer): BLUE if digit == answer else ORANGE
        for digit, answer in np.argwhere(expected)
    }


@pytest.mark.says(
    "backpropagation.hardest",
    """
    Six pictures of digits in shades of grey. Above each stand the digit, the
    answer of the network and its probability. Five answers are wrong. The six
    hardest test pictures, the worst first: all five mistakes, orange, and the
    narrowest of the right answers, blue, with the probability of each answer.
    """,
    """
    8 as 5, 87 % · 3 as 2, 75 % · 0 as 5, 59 % · 4 as 1, 57 % · 3 as 2, 51 % ·
    8, 38 %
    """,
)
def test_hardest_are_the_five_mistakes_and_the_narrowest_answer(
    figure: Any, trained: Any
) -> None:
    """The worst first, each with its answer, its probability and its own ink."""
    net, _, (x, t) = trained
    y = net.predict(x)
    axes = figure.axes[0]
    leads = []
    for row, digit in zip(y, t, strict=True):
        leads.append(row[digit] - max(np.delete(row, digit)))
    hardest = sorted(range(len(t)), key=leads.__getitem__)[:6]
    assert [y[i].argmax() == t[i] for i in hardest] == [False] * 5 + [True]
    assert np.sum(y.argmax(axis=1) != t) == 5
    said = [f"{t[i]} as {y[i].argmax()}, {100 * y[i].max():.0f} %" for i in hardest[:5]]
    said.append(f"{t[hardest[5]]}, {100 * y[hardest[5]].max():.0f} %")
    assert [text.get_text() for text in axes.texts] == said
    assert [text.get_color() for text in axes.texts] == [ORANGE] * 5 + [BLUE]
    assert [scan.title for scan in scans(axes)] == said
    np.testing.assert_array_equal(pictures(axes), x[hardest].reshape(-1, 8, 8))


@pytest.mark.says(
    "backpropagation.mnist_curves",
    """
    Two panels over twenty epochs, each with a solid and a dashed curve.
    Above, the loss on a logarithmic axis: both fall steeply within the first
    epoch and slowly afterwards, the dashed one above the solid one at first.
    Below, the test accuracy: both climb from above 0.9 across a dotted line
    at 0.97, the solid curve first. Training on MNIST, from the record. Above,
    the loss, each point the mean of a tenth of an epoch; below, the accuracy
    on the test pictures. The solid curves belong to the network above, the
    dashed ones to [chapter 3.6](digits.md)'s network for MNIST, with two hidden
    layers of sigmoids and a learning rate of 0.5, and go on for three more
    epochs. Both climb above the dotted line, 0.97.
    """,
    """
    loss · 784-50-10, ReLU · 784-50-100-10, sigmoid · epoch · test accuracy
    """,
)
def test_mnist_curves_are_those_of_the_record(figure: Any) -> None:
    """Steep in the first epoch; the dashed one later on both, and both above 0.97."""
    record = json.loads((files("scratchnn") / "record_mnist.json").read_text("utf-8"))
    above, below = figure.axes
    assert (above.get_title(), below.get_title()) == ("loss", "test accuracy")
    assert (above.get_yscale(), below.get_yscale()) == ("log", "linear")
    assert above.get_xlim() == below.get_xlim()
    assert below.lines[2].get_linestyle() == ":"
    for line, curve in zip(above.lines, below.lines, strict=False):
        assert line.get_color() == curve.get_color()
    assert (len(above.lines), len(below.lines)) == (2, 3)
    both = ["784-50-10", "784-50-100-10"]
    for line, curve, style, name in zip(
        above.lines, below.lines, ["-", "--"], both, strict=False
    ):
        assert line.get_linestyle() == curve.get_linestyle() == style
        assert line.get_label().startswith(name)
        epochs = record[name]["settings"]["epochs"]
        loss, accuracy = record[name]["loss"], record[name]["test_accuracy"]
        assert line.get_ydata().tolist() == loss
        np.testing.assert_allclose(
            line.get_xdata(), (np.arange(10 * epochs) + 0.5) / 10
        )
        assert curve.get_ydata().tolist() == accuracy
        assert curve.get_xdata().tolist() == list(range(1, epochs + 1))
        assert loss[9] < loss[0] / 2.4
        assert min(accuracy) > 0.9
        assert max(accuracy) > 0.97 == below.lines[2].get_ydata()[0]
    (relu_loss, relu), (sigmoid_loss, sigmoids) = [
        (record[name]["loss"], record[name]["test_accuracy"]) for name in both
    ]
    assert len(sigmoids) == len(relu) + 3 == 20
    assert np.all(np.array(sigmoid_loss[:30]) > relu_loss[:30])
    assert np.argmax(np.array(relu) > 0.97) < np.argmax(np.array(sigmoids) > 0.97)
    assert np.log(10) - 0.05 < sigmoid_loss[0] < np.log(10)
