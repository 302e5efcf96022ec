"""What the captions of chapter 5.7 say is true of the figures."""

import json
from importlib.resources import files
from typing import Any

import numpy as np
import pytest
from drawings import pictures, place, scans, training_and_test
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from bookbinder.make.drawing import run_program
from figures.style import BLACK, BLUE, INK, ORANGE, SOFT
from scratchnn import (
    MultiLayerNet,
    load_digits,
    train,
)


@pytest.fixture(scope="module")
def trained() -> Any:
    """The network as figures and page train it: itself, its history and test data."""
    program = run_program("figures.reading.curves")
    net, history, (_, test) = program["_trained"]()
    return net, history, test


@pytest.mark.says(
    "reading.curves",
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
    "reading.winding",
    """
    Six squares, each with a dashed orange and a solid blue arm on the ground of the
    answer. At first all is orange; after 5 epochs an almost straight border divides the
    square, and after 20 it is bent near the middle. After 50 and 100 each arm lies on
    its own winding band. In the last square the border is straight. The answers of the
    network with hidden layers as it learns and, in the last square, of the one with
    none, after a hundred epochs. From the second square to the third the accuracy even
    drops a little, but the loss falls, and the border begins to bend. Do not give up
    too soon when the accuracy stands still.
    """,
    """
    0 epochs: 0.50 · 5 epochs: 0.65 · 20 epochs: 0.64 · 50 epochs: 0.99 · 100 epochs:
    1.00 · no hidden layer: 0.66 · accuracy after so many epochs
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


def hats_of_the_page() -> Any:
    """The places, and after each step what the network of the page makes of them."""
    rng = np.random.default_rng(0)
    kinks = rng.uniform(-2, 2, 20)
    W = rng.choice([-1.0, 1.0], 20)
    x, b, V, c = np.linspace(-2, 2, 81), -W * kinks, np.zeros(20), 0.0
    for _ in range(4001):
        a = np.outer(x, W) + b
        y = np.maximum(a, 0) @ V + c
        yield x, y, -b / W
        dout = (y - np.sin(3 * x)) / 81
        back = np.outer(dout, V) * (a > 0)
        V, c = V - 0.05 * dout @ np.maximum(a, 0), c - 0.05 * dout.sum()
        W, b = W - 0.05 * x @ back, b - 0.05 * back.sum(axis=0)


@pytest.mark.says(
    "reading.learnt_hats",
    """
    Four panels, each with a dashed wave and a solid line of straight pieces, and a row
    of twenty ticks. At first the line is flat and the ticks are scattered. After 100
    steps it bends a little; after 1,000 it follows the wave in the middle, and after
    4,000 nearly everywhere. In the end most ticks stand near crests and troughs. The
    wave, dashed, and the output of the network; below, a tick at the kink of each
    neuron. The kinks wander to where the wave bends.
    """,
    """
    0 steps: 0.258 · 100 steps: 0.163 · 1,000 steps: 0.025 · 4,000 steps: 0.002 ·
    loss after so many steps
    """,
)
def test_kinks_wander_to_where_the_wave_bends(figure: Any) -> None:
    """The line is straight between ticks, and comes close to the wave from inside."""
    gaps, near = [], []
    moments = list(hats_of_the_page())
    for axes, step in zip(figure.axes, [0, 100, 1000, 4000], strict=True):
        wave, line, ticks = axes.lines
        assert (to_hex(wave.get_color()), wave.get_linestyle()) == (ORANGE, "--")
        assert (to_hex(line.get_color()), line.get_linestyle()) == (BLUE, "-")
        assert (ticks.get_marker(), ticks.get_linestyle()) == ("|", "None")
        x, y, kinks = moments[step]
        target = np.sin(3 * x)
        for curve, values in ((wave, target), (line, y)):
            np.testing.assert_array_equal(np.ravel(curve.get_xdata()), x)
            np.testing.assert_allclose(np.ravel(curve.get_ydata()), values, atol=1e-9)
        np.testing.assert_allclose(ticks.get_xdata(), kinks)
        assert max(ticks.get_ydata()) < min(target) - 0.1
        loss = np.mean((y - target) ** 2) / 2
        assert axes.get_title() == f"{step:,} steps: {loss:.3f}"
        for at, turn in zip(x[1:-1], np.diff(y, 2), strict=True):
            assert abs(turn) < 1e-9 or np.abs(kinks - at).min() < 0.05
        gaps.append(np.abs(y - target))
        near.append(np.mean(np.abs(np.sin(3 * kinks)) > 0.8))
    middle = np.abs(x) < 1
    assert (moments[0][1] == 0).all()
    assert 0 < np.ptp(moments[100][1][middle]) < 0.5
    assert gaps[1].mean() > 0.7 * gaps[0].mean()
    assert gaps[2][middle].max() < 0.25 < 0.5 < gaps[2][~middle].max()
    assert np.mean(gaps[3] < 0.1) > 0.85
    assert near[0] < 0.55 < 0.75 < near[3]


@pytest.mark.says(
    "reading.neurons",
    """
    Four rows. In each, a square of eight by eight tiles, blue and orange, stronger
    where the weight is larger; six pictures of digits; and two rows of bars, above and
    below the digits from 0 to 9. The favourites of neuron 38 are sixes, of 22 ones and
    a four, of 17 fives, of 14 threes and a two. The four neurons that are missed most.
    Left, the weights, blue where ink excites the neuron, orange where it calms it. In
    the middle, the six training pictures that excite it most. Right, above the digits,
    its mean output for the pictures of each, and below them its votes: up and blue for
    the digit, down and orange against it. The bars of all four share one scale; the
    colours of each are relative to its largest weight.
    """,
    """
    neuron 38 · neuron 22 · neuron 17 · neuron 14 · favourites · mean output · votes ·
    excited by ink · calmed by ink · the six pictures · that excite it most ·
    votes for a digit · votes against it
    """,
)
def test_neurons_are_those_that_are_missed_most(figure: Any, trained: Any) -> None:
    """Weights, favourites, outputs and votes are theirs, and the page is right."""
    net, _, _ = trained
    (x, t), _ = load_digits()
    W1, b1, W2, b2 = net.params.values()
    z = np.maximum(x @ W1 + b1, 0)
    missed = []
    for neuron in range(50):
        others = np.arange(50) != neuron
        answers = (z[:, others] @ W2[others] + b2).argmax(axis=1)
        missed.append(np.mean(answers != t))
    four = sorted(range(50), key=lambda neuron: -missed[neuron])[:4]
    assert four == [38, 22, 17, 14]
    (axes,) = figure.axes
    drawn = scans(axes, {BLUE: 1, ORANGE: -1, BLACK: 1})
    rows = [drawn[start : start + 7] for start in range(0, 28, 7)]
    inked = (x > 0).any(axis=0)
    for neuron, row in zip(four, rows, strict=True):
        named = [scan for scan in row if scan.title.startswith("neuron")]
        (weights,) = named
        assert weights.title == f"neuron {neuron}"
        seen = weights.picture.ravel()
        assert (seen[~inked] == 0).all()
        largest = np.abs(W1[inked, neuron]).max()
        np.testing.assert_allclose(
            seen[inked], W1[inked, neuron] / largest, atol=1 / 32 + 1e-9
        )
        found = [scan.picture.ravel() for scan in row if scan not in named]
        favourites = sorted(range(len(x)), key=lambda n: -z[n, neuron])[:6]
        np.testing.assert_array_equal(found, x[favourites])
        digits = "".join(sorted(str(t[n]) for n in favourites))
        assert (
            digits == {38: "666666", 22: "111114", 17: "555555", 14: "233333"}[neuron]
        )
    texts = {text.get_text(): text for text in axes.texts}
    for heading, above, below, inks in [
        ("neuron 14", "excited by ink", "calmed by ink", (BLUE, ORANGE)),
        ("favourites", "the six pictures", "that excite it most", (INK, INK)),
        ("mean output", "votes for a digit", "votes against it", (BLUE, ORANGE)),
    ]:
        for name, ink in zip((above, below), inks, strict=True):
            assert to_hex(texts[name].get_color()) == ink
            assert place(texts[name])[0] == texts[heading].xy[0]
    lower_left = weights_of(rows[0])[4:, :4].sum()
    assert lower_left > 1 > -1 > weights_of(rows[0])[:4, 4:].sum()
    says = np.array([z[t == digit][:, four].mean(axis=0) for digit in range(10)]).T
    votes = (W2 - W2.mean(axis=1, keepdims=True))[four]
    check_bars(axes, says, votes)
    assert says[0].argmax() == votes[0].argmax() == 6
    assert says[0].argmin() in (3, 9)
    assert votes[0].argmin() == 3
    assert sorted(votes[0])[-2] == votes[0, 4] < votes[0, 6] / 2
    assert np.abs(votes[1]).argmax() == votes[1].argmin() == 2
    assert (says[3] > 2).sum() == 7
    assert votes[3].argmax() == 9


def weights_of(row: Any) -> Any:
    """The weights that a row of the figure shows, before its pictures."""
    return next(scan.picture for scan in row if scan.title.startswith("neuron"))


def check_bars(axes: Any, says: Any, votes: Any) -> None:
    """Outputs stand above their digits, votes below, each kind on one scale."""
    digits = [text for text in axes.texts if text.get_text().isdigit()]
    assert [text.get_text() for text in digits] == [*"0123456789"] * 4
    bars = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
    kinds = [
        [bar for bar in bars if (to_hex(bar.get_facecolor()) == SOFT) == output]
        for output in (True, False)
    ]
    for kind, numbers in zip(kinds, (says, votes), strict=True):
        heights = np.reshape([bar.get_height() for bar in kind], (4, 10))
        scale = heights.max() / numbers.max()
        np.testing.assert_allclose(heights, scale * numbers)
        assert len({bar.get_width() for bar in kind}) == 1
    for text, output, vote in zip(digits, *kinds, strict=True):
        middle, height = text.get_position()
        for bar in (output, vote):
            assert bar.get_x() + bar.get_width() / 2 == middle
        assert vote.get_y() + max(vote.get_height(), 0) < height < output.get_y()
        ink = BLUE if vote.get_height() > 0 else ORANGE
        assert to_hex(vote.get_facecolor()) == ink
    for kind in kinds:
        starts = np.reshape([bar.get_y() for bar in kind], (4, 10))
        assert (starts == starts[:, :1]).all()


@pytest.mark.says(
    "reading.confusion",
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
    "reading.hardest",
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
    "reading.by_heart",
    """
    Two curves over a hundred epochs. Training accuracy, with full dots, climbs from
    below one half to nearly 1. Test accuracy, with open squares, begins above it,
    reaches 0.9 within twenty epochs and then comes down to 0.8; the curves cross
    half-way. Learning from labels some of which are wrong. First the network finds
    what most pictures agree on, and the test curve climbs; the training curve, which
    counts by the wrong labels as well, stays below it. Then the network learns the
    wrong labels, too, and gives up for them what it knew.
    """,
    "epoch · training · test · accuracy",
)
def test_what_was_learnt_is_given_up_for_wrong_labels(figure: Any) -> None:
    """Up and down again, while the right answers among the wrong labels grow fewer."""
    (axes,) = figure.axes
    training, test = (curve[:, 1] for curve in training_and_test(axes))
    (x, t), unseen = load_digits()
    rng = np.random.default_rng(0)
    wrong = rng.random(300) < 0.3
    labels = np.where(wrong, 0, t[:300])
    labels[wrong] = rng.integers(10, size=wrong.sum())
    net, mostly = MultiLayerNet([64, 50, 10], rng=rng), ((x[:300], labels), unseen)
    for epoch in range(100):
        part = train(net, mostly, epochs=1, batch_size=20, lr=0.2, rng=rng)
        assert training[epoch] == part.train_accuracy[0]
        assert test[epoch] == part.test_accuracy[0]
        if epoch == 15:
            fooled = np.mean(net.predict(x[:300]).argmax(axis=1) == labels)
            true = net.accuracy(x[:300], t[:300])
            assert true > fooled + 0.1
    assert net.accuracy(x[:300], t[:300]) < 0.85 < training[-1]
    assert training[0] < 0.5 < 0.97 < training[-1]
    lead = test - training
    assert (lead[:35] > 0).all()
    assert (lead[65:] < 0).all()
    assert 0.9 < max(test[:20]) == max(test)
    assert test[-10:].mean() == pytest.approx(0.8, abs=0.02)


@pytest.mark.says(
    "reading.mnist_curves",
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
