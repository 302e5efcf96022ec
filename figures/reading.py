"""Figures of the second page of chapter 5, on learning to read."""

import json
from importlib.resources import files

import numpy as np
from matplotlib.patches import Rectangle

from figures.style import (
    BLUE,
    GREEN,
    HAIRLINE,
    INK,
    ORANGE,
    PURPLE,
    SOFT,
    STEPS,
    accuracies,
    canvas,
    diagram,
    heading,
    reading,
    scan,
    tiles,
)
from scratchnn import (
    Affine,
    MultiLayerNet,
    Relu,
    load_digits,
    train,
)


def _trained():
    """The network of the page, its history and the data."""
    data, rng = load_digits(), np.random.default_rng(0)
    net = MultiLayerNet([64, 50, 10], rng=rng)
    history = train(net, data, epochs=20, batch_size=20, lr=0.2, rng=rng)
    return net, history, data


def curves():
    figure, (above, below) = canvas(rows=2, height=4.0)
    _, history, _ = _trained()
    loss = np.array(history.loss).reshape(20, -1)
    steps = loss.shape[1]
    every = np.arange(0, loss.size, 12)
    above.plot(every / steps, loss.ravel()[every], **STEPS)
    above.plot(np.arange(20) + 0.5, loss.mean(axis=1), color=BLUE)
    ticks = [0.01, 0.1, 1]
    above.set(title="loss", yscale="log", ylim=(0.003, 3.2))
    above.set_yticks(ticks, labels=ticks)
    above.set_yticks([], minor=True)
    accuracies(below, history, ms=4)
    below.set(ylim=(0.84, 1.01), yticks=[0.85, 0.9, 0.95, 1])
    for axes in (above, below):
        axes.set(xlim=(0, 20.3), xticks=[0, 5, 10, 15, 20])
    above.set_xticklabels([])
    return figure


def learnt_hats():
    figure, grid = canvas(2, 2, 4.0, sharex=True, sharey=True)
    figure.suptitle("loss after so many steps", size=12.2)
    rng = np.random.default_rng(0)
    X = np.linspace(-2, 2, 81)[:, np.newaxis]
    T = np.sin(3 * X)
    kinks, W = rng.uniform(-2, 2, 20), rng.choice([-1.0, 1.0], (1, 20))
    bend, first = Relu(), Affine(W, -W[0] * kinks)
    second = Affine(np.zeros((20, 1)), np.zeros(1))
    panels = dict(zip([0, 100, 1000, 4000], grid.flat, strict=True))
    for step in range(4001):
        Y = second.forward(bend.forward(first.forward(X)))
        if step in panels:
            panels[step].plot(X, T, color=ORANGE, ls="--")
            panels[step].plot(X, Y, color=BLUE)
            kinks = -first.b / first.W[0]
            panels[step].plot(kinks, [-1.35] * 20, "|", color=INK, ms=10)
            panels[step].set_title(f"{step:,} steps: {np.mean((Y - T) ** 2) / 2:.3f}")
        first.backward(bend.backward(second.backward((Y - T) / len(X))))
        for layer in (first, second):
            layer.W, layer.b = layer.W - 0.05 * layer.dW, layer.b - 0.05 * layer.db
    grid[0, 0].set(xlim=(-2.1, 2.1), ylim=(-1.55, 1.35))
    grid[0, 0].set(xticks=[-2, -1, 0, 1, 2], yticks=[-1, 0, 1])
    return figure


def neurons():
    figure, axes = diagram(373, 466)
    net, _, ((x, t), _) = _trained()
    W1, b1, W2, b2 = net.params.values()
    z = np.maximum(x @ W1 + b1, 0)
    mistakes = []
    for neuron in range(50):
        without = (z * (np.arange(50) != neuron)) @ W2 + b2
        mistakes.append(np.sum(without.argmax(axis=1) != t))
    for place, neuron in enumerate(np.argsort(mistakes)[::-1][:4]):
        top = 448 - 106 * place
        seen = np.where((x == 0).all(axis=0), 0, W1[:, neuron]).reshape(8, 8)
        tiles(axes, seen / np.abs(seen).max(), 1, top, (ORANGE, BLUE), size=10.5)
        heading(axes, f"neuron {neuron}", 43, top)
        for n, favourite in enumerate(np.argsort(-z[:, neuron])[:6]):
            corner = 101 + 43 * (n % 3), top - 43.6 * (n // 3)
            scan(axes, x[favourite].reshape(8, 8), *corner, "", size=5)
        says = [z[t == digit, neuron].mean() for digit in range(10)]
        votes = W2[neuron] - W2[neuron].mean()
        for digit, (output, vote) in enumerate(zip(says, votes, strict=True)):
            left = 242 + 13 * digit
            axes.add_patch(Rectangle((left, top - 36), 10, 8 * output, fc=SOFT))
            ink = BLUE if vote > 0 else ORANGE
            axes.add_patch(Rectangle((left, top - 74), 10, 14 * vote, fc=ink))
            axes.text(left + 5, top - 44, digit, ha="center", va="center", size=11)
    for place, text in [((164, 448), "favourites"), ((306, 448), "mean output")]:
        heading(axes, text, *place)
    axes.text(348, 387, "votes", ha="center", va="center")
    for middle, above, below, inks in [
        (43, "excited by ink", "calmed by ink", (BLUE, ORANGE)),
        (164, "the six pictures", "that excite it most", (INK, INK)),
        (306, "votes for a digit", "votes against it", (BLUE, ORANGE)),
    ]:
        for y, text, ink in zip((25, 8), (above, below), inks, strict=True):
            axes.text(middle, y, text, color=ink, ha="center", va="center")
    return figure


def confusion():
    figure, axes = canvas(height=4.6)
    net, _, (_, (x, t)) = _trained()
    counts = np.zeros((10, 10), dtype=int)
    np.add.at(counts, (t, net.predict(x).argmax(axis=1)), 1)
    for (right, answer), count in np.ndenumerate(counts):
        if count:
            ink, share = (BLUE, 0.25) if right == answer else (ORANGE, 0.45)
            square = [answer + s for s in (-0.5, 0.5, 0.5, -0.5)]
            rows = [right + s for s in (-0.5, -0.5, 0.5, 0.5)]
            axes.fill(square, rows, color=ink, alpha=share, lw=0)
            axes.text(answer, right, count, ha="center", va="center")
        else:
            axes.plot(answer, right, ".", color=HAIRLINE, ms=3)
    axes.set(xlim=(-0.5, 9.5), ylim=(9.5, -0.5), aspect="equal")
    axes.set(xticks=range(10), yticks=range(10))
    axes.set_xlabel("answer of the network")
    axes.set_ylabel("digit in the picture")
    return figure


def hardest():
    figure, axes = diagram(36, 22)
    net, _, (_, (x, t)) = _trained()
    y = net.predict(x)
    right = y[np.arange(len(t)), t]
    others = np.where(np.arange(10) == t[:, None], 0, y).max(axis=1)
    for place, sample in enumerate(np.argsort(right - others)[:6]):
        left, top = 12.5 * (place % 3) + 1.5, 20 - 11.5 * (place // 3)
        reading(axes, x[sample], (left, top), t[sample], y[sample])
    return figure


def by_heart():
    figure, axes = canvas(height=3.0)
    (x_train, t_train), test = load_digits()
    rng = np.random.default_rng(0)
    noisy = t_train[:300].copy()
    redrawn = rng.random(300) < 0.3
    noisy[redrawn] = rng.integers(10, size=redrawn.sum())
    net, mostly = MultiLayerNet([64, 50, 10], rng=rng), ((x_train[:300], noisy), test)
    past = train(net, mostly, epochs=100, batch_size=20, lr=0.2, rng=rng)
    accuracies(axes, past, ms=4, markevery=5)
    axes.set(ylim=(0, 1.02), yticks=[0, 0.5, 1])
    return figure


def mnist_curves():
    figure, (above, below) = canvas(rows=2, height=4.4)
    record = json.loads((files("scratchnn") / "record_mnist.json").read_text("utf-8"))
    looks = {
        "784-50-10": {"color": GREEN, "label": "784-50-10, ReLU"},
        "784-50-100-10": {
            "color": PURPLE,
            "ls": "--",
            "label": "784-50-100-10, sigmoid",
        },
    }
    for name, look in looks.items():
        run = record[name]
        epochs = np.arange(1, run["settings"]["epochs"] + 1)
        parts = np.arange(len(run["loss"])) + 0.5
        above.plot(parts * len(epochs) / len(parts), run["loss"], **look)
        below.plot(epochs, run["test_accuracy"], **look)
    ticks = [0.03, 0.1, 0.3, 1, 3]
    above.set(title="loss", yscale="log", ylim=(0.025, 3.2))
    above.set_yticks(ticks, labels=ticks)
    above.set_yticks([], minor=True)
    above.legend(loc="upper right")
    below.axhline(0.97, color=INK, lw=0.8, ls=":")
    below.set(title="test accuracy", ylim=(0.9, 0.985), yticks=[0.91, 0.93, 0.95, 0.97])
    below.set_xlabel("epoch")
    for axes in (above, below):
        axes.set(xlim=(0, 20.5), xticks=[0, 5, 10, 15, 20])
    return figure


def _arms():
    """The two arms of the page, and the arm of each point."""
    way = np.sqrt(np.linspace(0.02, 1, 120))
    turn = 2 * np.pi * 1.6 * way
    arm = 2 * np.column_stack([way * np.cos(turn), way * np.sin(turn)])
    return np.vstack([arm, -arm]), np.repeat([0, 1], 120)


def _winders(arms):
    """The networks of the page as they learn to part the arms, and their titles."""
    for sizes, stops in [([2, 24, 24, 2], [0, 5, 20, 50, 100]), ([2, 2], [100])]:
        rng = np.random.default_rng(0)
        net = MultiLayerNet(sizes, rng=rng)
        for start, stop in zip([0, *stops], stops, strict=False):
            for _ in range(start, stop):
                train(net, (arms, arms), epochs=1, batch_size=20, lr=0.2, rng=rng)
            yield net, f"{stop} epochs" if len(sizes) > 2 else "no hidden layer"


def winding():
    figure, grid = canvas(3, 2, 4.1)
    figure.suptitle("accuracy after so many epochs", size=12.2)
    points, arm = _arms()
    side = np.linspace(-2.4, 2.4, 41)
    plane = np.stack(np.meshgrid(side, side), axis=-1)
    winders = _winders((points, arm))
    for axes, (net, name) in zip(grid.flat, winders, strict=True):
        y = net.predict(plane.reshape(-1, 2))[:, 1].reshape(41, 41)
        axes.contourf(side, side, y, [0, 0.5], colors=[ORANGE], alpha=0.1)
        if y.max() > 0.5:
            axes.contourf(side, side, y, [0.5, 1], colors=[BLUE], alpha=0.2)
            axes.contour(side, side, y, [0.5], colors=[INK], linewidths=1)
        for label, ink, dash in [(0, ORANGE, "--"), (1, BLUE, "-")]:
            axes.plot(*points[arm == label].T, color=ink, ls=dash, lw=2.4)
        axes.set(xticks=[], yticks=[], aspect="equal")
        axes.set_title(f"{name}: {net.accuracy(points, arm):.2f}")
        axes.spines[:].set_visible(False)
    return figure
