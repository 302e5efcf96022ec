"""What the captions of the page on training say is true of the figures."""

from typing import Any

import numpy as np
import pytest
from drawings import (
    course,
    look,
    nearest_line,
    pictures,
    place,
    scans,
    training_and_test,
)
from matplotlib.colors import same_color
from test_figures_perceptrons import CORNERS, contour_lines, dots, fires

from bookbinder.make.drawing import run_program
from figures.style import BLACK, BLUE, ORANGE, SOFT
from scratchnn import XOR, Classifier, TwoLayerNet, load_digits, train, train_step


@pytest.mark.says(
    "training.xor",
    """
    Left, the input plane with the two lines that the network has learnt; the strip
    between them is blue and holds the two corners where XOR fires. Right, the plane of
    the two hidden neurons; those two corners nearly coincide in one point, and a
    straight line separates it from the other two. The strip again, this time found by
    walking downhill. Left, for each hidden neuron, the line on which it says a half;
    the plane is blue where the network says 1. Right, the four corners as the last
    layer sees them.
    """,
    """
    $x_1$ · $x_2$ · the inputs · $z_1$ · $z_2$ · two inputs · meet here ·
    after the hidden layer
    """,
)
def test_a_network_has_found_the_two_lines_of_xor(figure: Any) -> None:
    """Firing corners in the strip; moved by the hidden layer, they are one point."""
    before, after = figure.axes
    assert len(contour_lines(after)) == 1
    assert (before.get_title(), after.get_xlabel(), after.get_ylabel()) == (
        *("the inputs", "$z_1$", "$z_2$"),
    )
    assert dots(before) == {corner: XOR(*corner) == 1 for corner in CORNERS}
    one, other = (point for point, full in dots(after).items() if full)
    assert np.linalg.norm(np.subtract(one, other)) < 0.01
    assert len(after.texts) == 2
    for line in after.texts:
        gaps = {np.linalg.norm(np.subtract(it, place(line))): it for it in dots(after)}
        assert gaps[min(gaps)] in (one, other)
    for axes in (before, after):
        assert all(fires(axes, dot) == full for dot, full in dots(axes).items())
    lines = before.collections[2:]
    assert len(lines) == 2
    for line in lines:
        ends = line.get_paths()[0].vertices[[0, -1]]
        (x1, y1), (x2, y2) = ends
        sides = [(x2 - x1) * (y - y1) > (y2 - y1) * (x - x1) for x, y in CORNERS]
        assert sorted([sum(sides), 4 - sum(sides)]) == [1, 3]


def test_four_neurons_find_xor_from_every_start_that_was_tried() -> None:
    """And two do not from one start in three, as the text and the questions say."""
    x, t = np.array(CORNERS, dtype=float), np.array([XOR(*x) for x in CORNERS])
    lost: dict[int, list[int]] = {2: [], 4: []}
    for hidden, starts in ((2, 30), (4, 20)):
        for seed in range(starts):
            rng = np.random.default_rng(seed)
            net = TwoLayerNet(2, hidden, 2, weight_init_std=1.0, rng=rng)
            for _ in range(300):
                train_step(net, x, t, lr=2.0)
            if net.accuracy(x, t) < 1:
                lost[hidden].append(seed)
    assert lost[4] == []
    assert lost[2][0] == 3
    assert 1 / 4 < len(lost[2]) / 30 < 2 / 5


@pytest.mark.says(
    "training.small_digits",
    """
    Four pictures in a row: a handwritten three of eight by eight pixels and the
    same in four by four grey blocks, then an eight in both sizes. In the small
    ones the shape can barely be made out. A three and an eight, as they are
    stored and as our little network sees them. The ink of each block is the mean
    of its four pixels.
    """,
    "8 by 8 · 4 by 4 · 8 by 8 · 4 by 4",
)
def test_small_digits_are_the_means_of_four_pixels(figure: Any) -> None:
    """A three, then an eight, each as stored and as the network sees it."""
    (axes,) = figure.axes
    images = pictures(axes)
    (x, t), _ = load_digits()
    sizes = [f"{len(image)} by {len(image)}" for image in images]
    assert [scan.title for scan in scans(axes)] == sizes
    for label, large, small in zip((3, 8), images[::2], images[1::2], strict=True):
        assert (large.ravel() == x[t == label][0]).all()
        for (row, column), grey in np.ndenumerate(small):
            block = large[2 * row : 2 * row + 2, 2 * column : 2 * column + 2]
            assert grey == np.round(16 * block.mean()) / 16


@pytest.mark.says(
    "training.rule",
    """
    Three squares of four by four tiles. The mean three is dark in its two middle
    columns, except in the second column of its two middle rows; the mean eight is dark
    there, too. In the third square those two tiles are strongly blue, and the others
    are faint, orange or blue. The mean of all threes and of all eights among the
    training pictures, and the rule that the network has found. Where a tile is blue,
    ink speaks for an eight, and where it is orange, for a three.
    """,
    "the mean three · the mean eight · the rule",
)
def test_the_rule_is_where_the_means_differ(figure: Any, space: dict[str, Any]) -> None:
    """It is that of the network that the page trains, with the measured gradient."""

    class Measuring(TwoLayerNet):
        loss_and_gradient = Classifier.loss_and_gradient

    (axes,) = figure.axes
    data, rng = space["_threes_and_eights"](), np.random.default_rng(2)
    net = Measuring(16, 3, 2, weight_init_std=0.5, rng=np.random.default_rng(1))
    train(net, data, epochs=8, batch_size=20, lr=1.0, rng=rng)
    (x, t), _ = data
    three, eight, drawn = scans(axes, {BLACK: 1, BLUE: 1, ORANGE: -1})
    assert [three.title, eight.title] == ["the mean three", "the mean eight"]
    assert drawn.title == "the rule"
    assert place(axes.texts[-1])[0] == pytest.approx(20.8 + 4)
    means = [x[t == label].mean(axis=0).reshape(4, 4) for label in (0, 1)]
    for shown, mean in zip((three, eight), means, strict=True):
        np.testing.assert_allclose(shown.picture, mean, atol=1 / 32)
    pale = means[0][:, 1:3] < 0.5 * means[0].max()
    assert np.argwhere(pale).tolist() == [[1, 0], [2, 0]]
    assert means[1][:, 1:3].min() > 0.5 * means[0].max()
    W2 = net.params["W2"]
    rule = net.params["W1"] @ (W2[:, 1] - W2[:, 0])
    found = drawn.picture.ravel()
    np.testing.assert_allclose(found, rule / np.abs(rule).max(), atol=1 / 32)
    assert sorted(found.argsort()[-2:]) == [5, 9]
    assert np.sort(np.abs(found))[-3] < 0.6 * np.sort(found)[-2]


@pytest.mark.says(
    "training.loss_curve",
    r"""
    Eighty grey dots, one a step, scatter around eight level bars, one an epoch.
    The first two bars lie a little above the dashed line of log 2, the next two a
    little below it, and from the fifth on they go down like a flight of stairs to
    half of it. The loss of each mini-batch, and its mean over each epoch. The
    dashed line is $\log 2$, the price of a guess between two. The second bar
    is even higher than the first. The third and the fourth
    are level with each other, a little lower. From then on every epoch is better
    than the one before, while single steps go up and down all the time.
    """,
    "step · log 2 · loss of the mini-batch",
)
def test_losses_scatter_around_means_that_go_down_from_the_third_epoch_on(
    figure: Any,
) -> None:
    """Eighty steps in eight epochs; two for nothing, the last near half of log 2."""
    axes = figure.axes[0]
    dots, *bars, guess = map(course, axes.lines)
    marks, *levels, dashed = axes.lines
    assert (marks.get_linestyle(), marks.get_marker()) == ("None", "o")
    assert same_color(marks.get_color(), SOFT)
    assert {level.get_linestyle() for level in levels} == {"-"}
    assert dashed.get_linestyle() == "--"
    (name,) = axes.texts
    assert abs(place(name)[1] - np.log(2)) < 0.03
    assert dots[:, 0].tolist() == list(range(1, 81))
    assert len(dots) == 80
    assert len(bars) == 8
    means = np.array([bar[0, 1] for bar in bars])
    np.testing.assert_allclose(means, dots[:, 1].reshape(8, 10).mean(axis=1))
    for n, bar in enumerate(bars):
        assert bar[:, 0].tolist() == [10 * n + 1, 10 * n + 10]
        assert bar[0, 1] == bar[1, 1]
    assert guess[:, 1].tolist() == [np.log(2)] * 2
    assert means[:2].min() > np.log(2) > means[2:4].max()
    assert means[1] > means[0]
    assert means[:4] == pytest.approx(np.log(2), abs=0.05)
    assert np.all(np.diff(means[1:]) < 0)
    assert means[2] < means[0]
    assert np.all(np.diff(means[3:]) < -0.05)
    assert means[-1] == pytest.approx(np.log(2) / 2, abs=0.02)
    ups = np.diff(dots[:, 1]).reshape(-1)[20:] > 0
    assert 0.25 < ups.mean() < 0.75


@pytest.mark.says(
    "training.accuracy_curves",
    """
    Two curves over eight epochs: training accuracy with full dots, test accuracy
    with open squares. Both stay near one half for three epochs, rise steeply in
    the fourth and fifth and level out near 0.95. The accuracy after each epoch.
    For three epochs it stays near one half, and then it climbs. The two curves go
    together: this network has not overfitted.
    """,
    "epoch · accuracy · training · test",
)
def test_accuracies_stay_near_one_half_and_climb_together(figure: Any) -> None:
    """Training solid with dots, test dashed with squares; no overfitting."""
    axes = figure.axes[0]
    training, test = training_and_test(axes)
    for curve in (training, test):
        assert curve[:, 0].tolist() == list(range(1, 9))
        assert curve[:3, 1] == pytest.approx(0.5, abs=0.03)
        assert np.all(np.diff(curve[2:5, 1]) > 0.15)
        assert curve[5:, 1] == pytest.approx(0.95, abs=0.02)
    np.testing.assert_allclose(training[:, 1], test[:, 1], atol=0.03)


@pytest.mark.says(
    "training.coverage",
    """
    Two curves over ten steps. The share of pictures seen rises evenly to 1 when
    they are dealt out. Drawn with replacement, it bends away below and ends short
    of two thirds. One epoch, step by step. Dealt out, every picture has been seen
    by the end. Drawn with replacement, more than a third have not, though as many
    were drawn.
    """,
    """
    step · dealt out · drawn with replacement · share of the pictures seen
    """,
)
def test_dealt_out_all_are_seen_and_drawn_more_than_a_third_are_not(
    figure: Any,
) -> None:
    """An even rise to 1, and one that falls behind."""
    axes = figure.axes[0]
    dealt, replaced = map(course, axes.lines)
    assert look(axes.lines[0]) != look(axes.lines[1])  # without colours, too
    assert [text.get_text() for text in axes.texts] == [
        "dealt out",
        "drawn with replacement",
    ]
    for text, own, other in zip(
        axes.texts, (dealt, replaced), (replaced, dealt), strict=True
    ):
        x, y = text.get_position()
        line = axes.lines[0 if own is dealt else 1]
        assert nearest_line(axes, text) is line
        assert same_color(text.get_color(), line.get_color())
        assert abs(np.interp(x, *own.T) - y) < abs(np.interp(x, *other.T) - y)
    np.testing.assert_allclose(np.diff(dealt[:9, 1]), dealt[0, 1])
    assert dealt[-1].tolist() == [10, 1]
    behind = dealt[:, 1] - replaced[:, 1]
    assert np.all(np.diff(behind)[:-1] > 0)
    assert replaced[-1, 1] < 2 / 3


@pytest.mark.says(
    "training.six_pictures",
    """
    Two curves over sixty epochs. Training accuracy, with full dots, stays at two
    thirds at first, rises in two steps and stays at 1. Test accuracy, with open
    squares, begins near one half and is still climbing at the end, below 0.9.
    Learning from six pictures: the training curve rises by one picture at a time and
    reaches 1. The test curve stays below, but climbs as well.
    """,
    "epoch · training · test · accuracy",
)
def test_six_pictures_are_learnt_and_the_test_stays_below(figure: Any) -> None:
    """Up by a sixth, twice; the curves are those of the measured gradient.

    In the figure with many pictures no gap is half as wide.
    """
    (axes,) = figure.axes
    training, test = training_and_test(axes)
    for curve in (training, test):
        assert curve[:, 0].tolist() == list(range(1, 61))
    rises = np.diff(training[:, 1])
    assert training[:20, 1] == pytest.approx(2 / 3)
    assert rises[rises != 0] == pytest.approx(1 / 6)
    assert np.sum(rises != 0) == 2
    assert training[-10:, 1].tolist() == [1.0] * 10
    assert test[:20, 1] == pytest.approx(0.5, abs=0.03)
    assert np.all(np.diff(test[:, 1]) >= 0)
    assert test[-4, 1] < test[-1, 1] < 0.9
    gaps = training[:, 1] - test[:, 1]
    assert np.all(gaps > 0.1)
    many = run_program("figures.training.accuracy_curves")
    alike = [np.asarray(line.get_ydata()) for line in many["figure"].axes[0].lines]
    assert np.abs(np.subtract(*alike)).max() < gaps.min() / 2
    rng = np.random.default_rng(2)
    slow = many["_SlowNet"](16, 3, 2, weight_init_std=0.5, rng=np.random.default_rng(1))
    (x, t), unseen = many["_threes_and_eights"]()
    six = (x[:6], t[:6]), unseen
    history = train(slow, six, epochs=60, batch_size=6, lr=1.0, rng=rng)
    assert training[:, 1].tolist() == history.train_accuracy
    assert test[:, 1].tolist() == history.test_accuracy
