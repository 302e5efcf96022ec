"""What the captions of chapter 3 claim, read off the drawings."""

from collections import Counter
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from drawings import (
    arrows,
    circles,
    course,
    is_open,
    joined,
    labelled,
    nearest_line,
    place,
    texts,
)
from matplotlib.colors import same_color, to_hex
from matplotlib.patches import Rectangle

from figures.style import BLUE, ORANGE
from scratchnn import affine, init_network, relu, sigmoid


@pytest.mark.says(
    "networks.neuron",
    """
    Diagram of a neuron: a constant 1, x1 and x2 point to a circle with a
    summation sign, along arrows labelled b, w1 and w2. An arrow labelled a leads
    on to a circle h, and from there an arrow to the output y. A dashed frame
    around the two circles is labelled neuron. A neuron adds up, and then decides.
    The bias is drawn as a weight on an input that is always 1.
    """,
    "neuron · $b$ · $w_1$ · $x_1$ · $w_2$ · $x_2$ · $a$ · Σ · $h$ · $y$",
)
def test_neuron_adds_up_and_then_decides(figure: Any) -> None:
    """Three weighted inputs, one of them a constant 1 whose weight is the bias.

    Each weight stands at the arrow of its input, and the name at the dashed frame.
    """
    (axes,) = figure.axes
    weights = {
        ("1", "Σ"): "$b$",
        ("$x_1$", "Σ"): "$w_1$",
        ("$x_2$", "Σ"): "$w_2$",
        ("Σ", "$h$"): "$a$",
    }
    assert set(joined(axes)) == {*weights, ("$h$", "$y$")}
    assert labelled(axes) == weights
    (frame,) = [p for p in axes.patches if isinstance(p, Rectangle)]
    assert (frame.get_linestyle(), frame.get_fill()) == ("--", False)
    box = frame.get_bbox()
    inside = [n for n, centre in circles(axes).items() if box.contains(*centre)]
    assert inside == ["Σ", "$h$"]
    (name,) = [text for text in axes.texts if text.get_text() == "neuron"]
    assert box.padded(0.4).contains(*place(name))
    assert not box.contains(*place(name))


@pytest.mark.says(
    "networks.step_and_sigmoid",
    """
    One set of axes from minus six to six. A dashed line lies at zero, jumps at
    the origin and goes on at one. A solid curve rises smoothly from nearly zero
    to nearly one and crosses one half at the origin. The step, dashed, and the
    sigmoid. Far from zero they nearly agree; close to it the sigmoid takes its time.
    At zero itself the step is 0 (the full dot) and the sigmoid a half.
    """,
    "$x$ · $h(x)$ · sigmoid · step",
)
def test_sigmoid_and_step_agree_far_from_zero_and_differ_at_it(figure: Any) -> None:
    """A jump against a smooth rise; at zero, 0 against a half. Each has its name."""
    (axes,) = figure.axes
    left, right, smooth, full, ring = axes.lines
    assert left.get_linestyle() == right.get_linestyle() == "--"
    assert smooth.get_linestyle() == "-"
    assert left.get_xdata()[-1] == 0
    assert set(left.get_ydata()) == {0}
    assert set(right.get_ydata()) == {1}
    x, y = smooth.get_data()
    gap = np.abs(y - np.concatenate([left.get_ydata(), right.get_ydata()]))
    assert gap[np.abs(x) > 5].max() < 0.01
    assert gap[np.abs(x) < 0.5].min() > 0.3
    assert y[x == 0].tolist() == [0.5]
    assert np.diff(y).min() > 0
    assert np.diff(y).max() < 0.03
    assert (full.get_xdata()[0], full.get_ydata()[0]) == (0, 0)
    assert (ring.get_xdata()[0], ring.get_ydata()[0]) == (0, 1)
    assert (full.get_marker(), ring.get_marker()) == ("o", "o")
    assert (is_open(full), is_open(ring)) == (False, True)
    for mark in (full, ring):
        assert same_color(mark.get_markeredgecolor(), left.get_color())
    sigmoids, steps = axes.texts
    assert nearest_line(axes, sigmoids, [left, right, smooth]) is smooth
    assert nearest_line(axes, steps, [left, right, smooth]) in (left, right)
    for text, line in ((sigmoids, smooth), (steps, left), (steps, right)):
        assert same_color(text.get_color(), line.get_color())


@pytest.mark.says(
    "networks.weight_and_bias",
    """
    Three panels. Upper left, three S-shaped curves through one half at 0, for weights
    of 1, 5 and 50, each steeper than the one before; the steepest lies on a dashed
    step. Upper right, three equal curves side by side, with a dot at one half on each:
    for the bias 10 at −2, for 0 at 0, for −10 at 2. Below, the plane of two inputs,
    orange on one side of a straight line and blue on the other, both stronger away from
    it; an arrow stands on the line at right angles and points into the blue. Upper
    left, larger weights make the S steeper, until it is nearly the step (dashed). Upper
    right, a larger bias shifts it to the left. Below, with two inputs it rises along
    the arrow $(w_1, w_2)$, from orange, near 0, to blue, near 1. On the line the output
    is a half; the stronger the colour, the surer the neuron.
    """,
    """
    $x$ · $w = 1$ · $w = 5$ · $w = 50$ · $h(wx)$ · $x$ · $b = 10$ · $0$ · $-10$ · $h(5x
    + b)$ · $x_1$ · $x_2$ · two inputs
    """,
)
def test_weights_make_the_s_steeper_and_the_bias_shifts_it(figure: Any) -> None:
    """Each curve has the weight or bias that is written at it; colours follow h."""
    weights, biases, both = figure.axes
    *curves, dashed = weights.lines
    assert dashed.get_linestyle() == "--"
    assert course(dashed).tolist() == [[-3, 0], [0, 0], [0, 1], [3, 1]]
    gaps = []
    for line, text in zip(curves, weights.texts, strict=True):
        w = float(text.get_text().strip("$w= "))
        assert same_color(text.get_color(), line.get_color())
        x, y = line.get_data()
        np.testing.assert_allclose(y, sigmoid(w * x), atol=1e-12)
        gaps.append(np.abs(y - (x > 0))[x != 0].mean())
    outer = [nearest_line(weights, text, curves) for text in weights.texts[::2]]
    assert outer == curves[::2]
    assert (np.diff([place(text)[1] for text in weights.texts]) < 0).all()
    assert gaps == sorted(gaps, reverse=True)
    assert gaps[-1] < 0.01
    curves, dots = biases.lines[::2], biases.lines[1::2]
    for line, dot, text in zip(curves, dots, biases.texts, strict=True):
        b = float(text.get_text().strip("$b= "))
        x, y = line.get_data()
        np.testing.assert_allclose(y, sigmoid(5 * x + b), atol=1e-12)
        assert course(dot).tolist() == [[-b / 5, 0.5]]
        assert place(text)[0] == -b / 5
        assert same_color(text.get_color(), line.get_color())
    above_left, above_right, below = (ax.get_position().bounds for ax in figure.axes)
    assert above_left[0] < above_right[0]
    assert above_left[1] == above_right[1] > below[1]
    (arrow,) = arrows(both)
    (line,) = [c.get_paths()[0].vertices for c in both.collections if not c.get_alpha()]
    way = arrow.head - arrow.tail
    np.testing.assert_allclose(line @ way, 0, atol=1e-9)
    np.testing.assert_allclose(arrow.tail, 0)
    assert both.get_aspect() == 1  # or the right angle would be none

    def layers(point: Any) -> dict[str, int]:
        found = [
            to_hex(ground.get_facecolor()[0])
            for ground in both.collections
            if ground.get_alpha()
            and any(path.contains_point(point) for path in ground.get_paths())
        ]
        return Counter(found)

    for share in np.linspace(-2.2, 2.2, 40):
        point = share * way / np.hypot(*way)
        h = sigmoid(way @ point)
        sure = sum(max(h, 1 - h) > level for level in (0.5, 0.7, 0.85, 0.95))
        assert layers(point) == {BLUE if share > 0 else ORANGE: sure}


@pytest.mark.says(
    "networks.relu_and_identity",
    """
    One set of axes from minus three to three. A solid line lies at zero left of
    the origin, and right of it rises in a straight line. A dashed line, the
    identity, runs below it on the left and is hidden by it on the right. ReLU, solid,
    and the identity, dashed. To the right of zero they are the same; to the left
    ReLU passes nothing on.
    """,
    "$x$ · $h(x)$ · ReLU · identity",
)
def test_relu_is_the_identity_right_of_zero_and_nothing_left_of_it(figure: Any) -> None:
    """The solid line covers the dashed one where they are the same; each is named."""
    (axes,) = figure.axes
    _, dashed, solid = axes.lines
    assert solid.get_zorder() >= dashed.get_zorder()
    assert solid.get_linewidth() > dashed.get_linewidth()
    for text, line in zip(axes.texts, (solid, dashed), strict=True):
        assert nearest_line(axes, text, [solid, dashed]) is line
        assert same_color(text.get_color(), line.get_color())
    x, y = solid.get_data()
    assert (dashed.get_linestyle(), solid.get_linestyle()) == ("--", "-")
    np.testing.assert_array_equal(dashed.get_ydata(), x)
    np.testing.assert_array_equal(y[x >= 0], x[x >= 0])
    assert set(y[x <= 0]) == {0}


@pytest.mark.says(
    "networks.hats",
    """
    Two panels. On the left three thin straight lines, which begin at 0, 1 and 2, add up
    to a thick line that is zero but for a peak of one. On the right thin hats, some of
    them upside down, overlap in a row, and their sum, a line with kinks, keeps close to
    a dashed wave. Left: three ReLU neurons, each from its kink on, and their sum.
    Right: hats whose heights are those of a wave (dashed), one at each whole number,
    and their sum.
    """,
    "$x$ · $h(x)$ · $-2h(x-1)$ · $h(x-2)$ · a hat · $x$ · hats side by side",
)
def test_hats_follow_a_curve(figure: Any) -> None:
    """Each line is a ReLU, a sum of three, or a sum of hats, and the sums are right.

    Each ReLU has its formula beside it; full lines are what is summed up, or the sum.
    """
    one, many = figure.axes
    *pieces, total = one.lines
    x = total.get_xdata()
    for line, kink, slope in zip(pieces, (0, 1, 2), (1, -2, 1), strict=True):
        assert line.get_linestyle() != "-"
        (start, end), heights = line.get_data()
        assert start == kink < end
        np.testing.assert_allclose(heights, [0, slope * (end - kink)])
    np.testing.assert_allclose(total.get_ydata(), np.interp(x, [0, 1, 2], [0, 1, 0]))
    assert total.get_linewidth() > 2 * max(line.get_linewidth() for line in pieces)
    for text, line in zip(one.texts, pieces, strict=True):
        assert nearest_line(one, text) is line
    assert total.get_linestyle() == "-"
    *hats, wave, total = many.lines
    x, wanted = wave.get_data()
    assert wave.get_linestyle() == "--"
    assert {line.get_linestyle() for line in (*hats, total)} == {"-"}
    assert total.get_linewidth() > 2 * max(hat.get_linewidth() for hat in hats)
    for k, hat in enumerate(hats):
        height = np.interp(k, x, wanted)
        points = [k - 1, k, k + 1], [0, height, 0]
        np.testing.assert_allclose(hat.get_ydata(), np.interp(x, *points), atol=1e-12)
    assert len(hats) == 7
    whole = np.arange(7)
    straight = np.interp(x, whole, np.interp(whole, x, wanted))
    np.testing.assert_allclose(total.get_ydata(), straight, atol=1e-12)
    assert np.abs(straight - wanted).max() < 0.15 * np.abs(wanted).max()


@pytest.mark.says(
    "networks.folds",
    """
    Three panels side by side: a single tooth, two teeth half as wide, and four
    teeth a quarter as wide, all of the same height. A hat; a hat of a hat; and a
    hat of that. Each further layer doubles the number of teeth.
    """,
    "$x$ · a hat · $x$ · a hat of a hat · $x$ · a hat of that",
)
def test_every_fold_doubles_the_teeth(figure: Any) -> None:
    """Up to the same height and down again, twice as often in each panel."""
    for n, axes in enumerate(figure.axes):
        (line,) = axes.lines
        x, y = line.get_data()
        zigzag = np.arange(2 ** (n + 1) + 1)
        np.testing.assert_allclose(y, np.interp(x, zigzag / 2**n, 2 * (zigzag % 2)))
        assert axes.get_title() == ["a hat", "a hat of a hat", "a hat of that"][n]


def test_ten_folds_have_as_many_kinks_as_the_page_says() -> None:
    """Counted, with the two at the ends, where the first hat begins and ends."""
    x = np.linspace(-1, 3, 2**14 + 1)
    y = x
    for _ in range(10):
        y = 2 * (relu(y) - 2 * relu(y - 1) + relu(y - 2))
    slopes = np.diff(y)
    assert np.sum(slopes[1:] != slopes[:-1]) == 2**10 + 1


@pytest.mark.says(
    "networks.network",
    """
    Diagram of a network in four columns: inputs x1 and x2, three neurons of the
    first layer, two of the second, and the outputs y1 and y2. Every unit of a
    column has an arrow to every unit of the next. One arrow, from x1 to the
    second neuron of the first layer, is thick and labelled w with the upper index
    one in brackets and the lower indices one and two. Below stand the shapes. Our
    network; the biases are not drawn. Each circle holds what its neuron passes on. The
    thick arrow is the weight $w^{(1)}_{12}$. Below, the shapes of the weight matrices.
    """,
    """
    $W^{(1)}$ · (2, 3) · $W^{(2)}$ · (3, 2) · $W^{(3)}$ · (2, 2) · $w^{(1)}_{12}$ ·
    $x_1$ · $x_2$ · $z^{(1)}_1$ · $z^{(1)}_2$ · $z^{(1)}_3$ · $z^{(2)}_1$ ·
    $z^{(2)}_2$ · $y_1$ · $y_2$
    """,
)
def test_every_unit_of_the_network_leads_to_every_unit_of_the_next_layer(
    figure: Any,
) -> None:
    """As many units and shapes as the weights say; the thick arrow is from 1 to 2."""
    (axes,) = figure.axes
    weights = init_network()
    columns: dict[float, list[str]] = {}
    for name, (x, _) in sorted(circles(axes).items(), key=lambda unit: -unit[1][1]):
        columns.setdefault(x, []).append(name)
    layers = [columns[x] for x in sorted(columns)]
    assert layers == [sorted(layer) for layer in layers]  # numbered from the top
    starts = [layer[0].partition("}")[0] for layer in layers]
    assert starts == ["$x_1$", "$z^{(1)", "$z^{(2)", "$y_1$"]
    shapes = [weights[f"W{n}"].shape for n in (1, 2, 3)]
    assert [(len(a), len(b)) for a, b in pairwise(layers)] == shapes
    wanted = {(a, b) for left, right in pairwise(layers) for a in left for b in right}
    found = joined(axes)
    assert set(found) == wanted
    thick = {pair for pair, arrow in found.items() if arrow.look.get_linewidth() > 2}
    assert thick == {("$x_1$", "$z^{(1)}_2$")}
    arrow = found[thick.pop()]
    assert arrow.ink == ORANGE
    where = {text.get_text(): text for text in axes.texts}
    name = where["$w^{(1)}_{12}$"]
    assert same_color(name.get_color(), arrow.ink)
    assert arrow.distance(place(name)) < 0.4
    for n, (shape, (left, right)) in enumerate(
        zip(shapes, pairwise(sorted(columns)), strict=True), 1
    ):
        matrix, below = where[f"$W^{{({n})}}$"], where[str(shape)]
        for text in (matrix, below):
            assert left < place(text)[0] < right
        assert min(y for _, y in circles(axes).values()) > place(matrix)[1]
        assert place(matrix)[1] > place(below)[1]


def test_the_thick_arrow_is_the_weight_that_the_chapter_names() -> None:
    """Raise W1[0, 1]: neuron 2 of the first layer changes, and no other."""
    network = init_network()
    before = sigmoid(affine([1.0, 0.5], network["W1"], network["b1"]))
    network["W1"][0, 1] += 1
    after = sigmoid(affine([1.0, 0.5], network["W1"], network["b1"]))
    assert (before != after).tolist() == [False, True, False]


@pytest.mark.says(
    "networks.scores",
    """
    Two bar charts side by side for three classes. Left, their scores, a small one
    and two large ones; right, the softmax of them. The bars keep their order, but
    the smallest one almost vanishes and the largest takes about three quarters.
    Softmax at work. The order stays, the shares add up to 1, and a lead of 1.1 in
    score makes the share three times as large.
    """,
    "class 0 · class 1 · class 2 · scores · softmax",
)
def test_softmax_keeps_the_order_and_makes_shares_of_leads(figure: Any) -> None:
    """Shares that add up to 1; the smallest nearly vanishes, the largest wins.

    The classes go down from 0, and each bar has its number at its end.
    """
    before, after = figure.axes
    assert [axes.get_title() for axes in figure.axes] == ["scores", "softmax"]
    assert [t.get_text() for t in before.get_yticklabels()] == [
        *("class 0", "class 1", "class 2"),
    ]
    for axes in figure.axes:
        left, right = axes.get_xlim()
        assert left == 0 < max(bar.get_width() for bar in axes.patches) < right
        for text, bar in zip(axes.texts, axes.patches, strict=True):
            assert text.get_text().rstrip("0") == f"{bar.get_width():.2f}".rstrip("0")
            assert text.xy[0] == bar.get_width()
    a = np.array([bar.get_width() for bar in before.patches])
    y = np.array([bar.get_width() for bar in after.patches])
    assert a.tolist() == [0.3, 2.9, 4.0]
    assert y.sum() == pytest.approx(1)
    assert a.argsort().tolist() == y.argsort().tolist() == [0, 1, 2]
    assert y[0] < 0.02
    assert 0.7 < y[2] < 0.8
    assert a[2] - a[1] == pytest.approx(1.1)
    assert round(y[2] / y[1]) == 3
    assert texts(after) == ["0.02", "0.25", "0.74"]
