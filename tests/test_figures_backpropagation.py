"""What the captions of chapter 5 say is true of the figures."""

import re
from collections import Counter
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from drawings import (
    RIM,
    Wire,
    arrows,
    check_units,
    circles,
    course,
    graph,
    nearest_line,
    number,
    place,
    plain_lines,
)
from matplotlib.axes import Axes
from matplotlib.colors import same_color, to_hex
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from figures.style import INK, ORANGE, SOFT
from scratchnn import (
    Affine,
    Relu,
    Sigmoid,
    forward_through,
    load_digits,
    numerical_diff,
    numerical_gradient,
    sigmoid,
    softmax,
    softmax_cross_entropy,
)


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
    Graph of z = (x + y) squared for x = 2 and y = 3. Forward: the sum s = 5, then the
    square 25. Backward: 1, then 2s = 10, then 10 for both x and y. The same with
    numbers, for $x = 2$ and $y = 3$. The square turns the 1 that arrives into $1 \cdot
    2s$; the addition multiplies by 1, once for each input.
    """,
    "$s = 5$ · $2s = 10$ · $x$ · $y$ · $z$ · + · $s^2$",
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
    · · = · $X$ · $N$ · $D$ · $W$ · $D$ · $M$ · $Y$ · $N$ · $M$ ·
    · · = · $dY$ · $N$ · $M$ ·
    $W^{\mathrm{\mathsf{T}}}$ · $M$ · $D$ · $dX$ · $N$ · $D$ · · · = ·
    $X^{\mathrm{\mathsf{T}}}$ · $D$ · $N$ · $dY$ · $N$ · $M$ · $dW$ · $D$ · $M$ ·
    forward · backward
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
    "backpropagation.pencil",
    """
    Two inputs, 1 and 1/2, two hidden neurons, each a sum and a sigmoid, and two sums
    whose wires end at a box, softmax and loss, with the result 0.693. Back from the box
    come 1/2 and −1/2. Through the weights 2 and −1 they reach the first hidden neuron
    as 1 and 1/2, which make 3/2, and before the sigmoid 3/8. Through 1 and 2 they reach
    the second as 1/2 and −1, which make −1/2, and before the sigmoid −1/8. Above each
    wire, what goes forward; in orange, what comes back. A × is followed by the weight
    of its wire, and beside the last sums stand their biases. Two wires bring something
    back to each hidden neuron, and that is added up.
    """,
    """
    1/2 · 3/2 · × 1 · × 2 · × −1 · × −1 · 1/2 · 3/8 · 1/2 · + · σ · + · −3/2 · 1/2 · 1/2
    · −1/2 · × −2 · × 1 · 1/2 · × 2 · × 2 · −1/8 · −1/2 · + · σ · + · −1/2 · softmax and
    loss
    """,
)
def test_two_layers_with_a_pencil(figure: Any) -> None:
    """The way forward is computed with the weights shown, what comes back is measured.

    Inputs, forks and the box are named x1 and x2, z1 and z2, and L.
    """
    (axes,) = figure.axes
    (box,) = (patch for patch in axes.patches if isinstance(patch, Rectangle))
    frame: tuple[float, ...] = (*box.get_xy(), box.get_width(), box.get_height())
    points = [course(line) for line in axes.lines]
    dots = sorted(tuple(marks[0]) for marks in points if len(marks) == 1)
    places = dict(zip(("x2", "x1", "z2", "z1"), dots, strict=True)) | circles(axes)

    def at(point: Any) -> str:
        name = min(places, key=lambda name: np.hypot(*point - places[name]))
        if np.hypot(*point - places[name]) < RIM + 0.01:
            return name
        assert _box_at(point, [frame])
        return "L"

    backs = [arrow for arrow in arrows(axes) if arrow.ink == ORANGE]
    there = [*plain_lines(axes), *(a for a in arrows(axes) if a.ink == SOFT)]
    beside = {(at(wire.tail), at(wire.head)): ["", ""] for wire in there}
    alone = {}
    for text in filter(Text.get_text, axes.texts):
        if text.get_position() in places.values():
            continue
        back = bool(same_color(text.get_color(), ORANGE))
        point = place(text)
        own = min(backs if back else there, key=lambda arrow: arrow.distance(point))
        if own.distance(point) > 0.45 or point[0] < dots[0][0]:
            alone[text.get_text()] = tuple(point)
            continue
        wire = own
        if back:
            wire = min(there, key=lambda wire: wire.distance(own.course[50]))
            assert own.comes_back(wire)
            backs.remove(own)
        on_it = wire.distance(point) < 0.03
        assert (on_it or wire.is_above(point)) is not back
        both = beside[at(wire.tail), at(wire.head)]
        assert not both[back]
        both[back] = text.get_text()
    assert not backs

    def said(wires: str, back: bool = False) -> Any:
        parts = (wire.partition(">") for wire in wires.split())
        ends = [(start, end) for start, _, end in parts]
        assert {*ends} <= {*beside}
        return np.array([_quotient(beside[wire][back]) for wire in ends])

    assert len(beside) == 14
    W1 = said("x1>+1 x1>+2 x2>+1 x2>+2").reshape(2, 2)
    W2 = said("z1>+3 z1>+4 z2>+3 z2>+4").reshape(2, 2)
    assert list(alone) == ["1", "−3/2", "1/2", "−1/2", "softmax and loss", "0.693"]
    x, b2 = np.array([1, 0.5]), np.array([-1.5, -0.5])
    for text, unit in [("1", "x1"), ("1/2", "x2"), ("−3/2", "+3"), ("−1/2", "+4")]:
        assert np.hypot(*np.subtract(alone[text], places[unit])) < 2 * RIM
    for text in ("softmax and loss", "0.693"):
        assert frame[0] < alone[text][0] < frame[0] + frame[2]

    def loss(a: Any) -> float:
        return softmax_cross_entropy(sigmoid(a) @ W2 + b2, [0, 1])

    a = x @ W1
    z, scores = sigmoid(a), sigmoid(a) @ W2 + b2
    assert said("+1>σ1 +2>σ2").tolist() == a.tolist()
    assert said("σ1>z1 σ2>z2").tolist() == z.tolist()
    assert said("+3>L +4>L").tolist() == scores.tolist()
    assert number("0.693") == round(loss(a), 3)
    da = numerical_gradient(loss, a)
    np.testing.assert_allclose(said("+1>σ1 +2>σ2", back=True), da, atol=1e-8)
    dscores = said("+3>L +4>L", back=True)
    np.testing.assert_allclose(dscores, softmax(scores) - [0, 1])
    ways = said("z1>+3 z1>+4 z2>+3 z2>+4", back=True).reshape(2, 2)
    np.testing.assert_allclose(ways, dscores * W2)
    np.testing.assert_allclose(said("σ1>z1 σ2>z2", back=True), ways.sum(axis=1))


def _quotient(text: str) -> float:
    """The number that a label says, which may be a fraction or the weight of a wire."""
    return float(Fraction(text.replace("−", "-").removeprefix("× ")))


@pytest.mark.says(
    "backpropagation.two_layers",
    """
    Four boxes, one below the other: affine, sigmoid, affine, softmax and loss. Dark
    arrows lead down from X through A1, Z1 and A2 to L, and from W1 and b1, W2 and
    b2, and T into the boxes. Orange arrows lead up again, labelled with dA2, dZ1 and
    dA1 and their formulas; at each affine box one leaves to the right, to dW and db.
    Down, in grey, the way forward; up, in orange, the way back. An affine layer needs
    what went into it and what comes back, and hands out the slopes of its own weights
    and biases. In small letters, the shape of every array, which is that of its slopes,
    too.
    """,
    r"""
    $X$ · $(N, D)$ · affine · $W_1, b_1$ · $(D, H), (H{,})$ ·
    $dW_1 = X^{\mathrm{\mathsf{T}}} \, dA_1$ · $db_1 = \Sigma_n \, (dA_1)_n$ · sigmoid ·
    affine · $W_2, b_2$ · $(H, C), (C{,})$ ·
    $dW_2 = Z_1^{\mathrm{\mathsf{T}}} \, dA_2$ · $db_2 = \Sigma_n \, (dA_2)_n$ ·
    softmax and loss · $T$ · $(N, C)$ · $A_1$ · $(N, H)$ ·
    $dA_1 = dZ_1 \odot Z_1 \odot (1 - Z_1)$ · $Z_1$ · $(N, H)$ ·
    $dZ_1 = dA_2 \, W_2^{\mathrm{\mathsf{T}}}$ · $A_2$ · $(N, C)$ ·
    $dA_2 = (Y - T) / N$ · $L$
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
        ("", "0"): ["X", "(N, D)", "W_1, b_1", "(D, H), (H{,})"],
        ("0", ", back"): ["dW_1", "db_1"],
        ("", "2"): ["W_2, b_2", "(H, C), (C{,})"],
        ("2", ", back"): ["dW_2", "db_2"],
        ("", "3"): ["T", "(N, C)"],
        ("0", "1"): ["A_1", "(N, H)"],
        ("1", "0, back"): ["dA_1"],
        ("1", "2"): ["Z_1", "(N, H)"],
        ("2", "1, back"): ["dZ_1"],
        ("2", "3"): ["A_2", "(N, C)"],
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
    layer · ReLU, scaled · sigmoid, scaled · sigmoid, std 0.01 · the way back ·
    size of $dW$
    """,
)
def test_slopes_fade_on_their_way_back(figure: Any) -> None:
    """Walked back layer by layer; with sigmoids each has less than the one behind."""
    (axes,) = figure.axes
    assert axes.get_yscale() == "log"
    assert axes.yaxis.get_major_formatter()(1e-8) == r"$\mathdefault{10^{-8}}$"
    for line, text in zip(axes.lines, axes.texts, strict=False):
        assert text.get_text() == line.get_label()
        assert same_color(text.get_color(), line.get_color())
        assert nearest_line(axes, text) is line
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
