"""Figures of the page on training a network."""

import numpy as np

from figures.style import (
    BLUE,
    CORNERS,
    FIRST,
    ORANGE,
    SECOND,
    STEPS,
    accuracies,
    canvas,
    diagram,
    dot,
    half_plane,
    heading,
    plane,
    scan,
    tiles,
)
from scratchnn import (
    XOR,
    TwoLayerNet,
    affine,
    load_digits,
    mini_batches,
    sigmoid,
    train,
    train_test_split,
)


class _SlowNet(TwoLayerNet):
    """Learns with the measured gradient, as the page does."""

    def loss_and_gradient(self, x, t):
        return self.loss(x, t), self.numerical_gradient(x, t)


def _shrink(x):
    """Pictures of 8 by 8 pixels to the means of blocks of 2 by 2, (N, 16)."""
    return x.reshape(-1, 4, 2, 4, 2).mean(axis=(2, 4)).reshape(-1, 16)


def _threes_and_eights():
    (x, t), _ = load_digits()
    chosen = (t == 3) | (t == 8)
    x, t = _shrink(x[chosen]), (t[chosen] == 8).astype(int)
    return train_test_split(x, t, test_size=100, rng=np.random.default_rng(0))


def _training():
    """What the page's training notes down, and the number of steps in an epoch."""
    data = _threes_and_eights()
    net = _SlowNet(16, 3, 2, weight_init_std=0.5, rng=np.random.default_rng(1))
    rng = np.random.default_rng(2)
    history = train(net, data, epochs=8, batch_size=20, lr=1.0, rng=rng)
    return history, len(history.loss) // 8


def xor():
    figure, (before, after) = canvas(columns=2, height=2.9)
    net = TwoLayerNet(2, 2, 2, weight_init_std=1.0, rng=np.random.default_rng(0))
    x, t = np.array(CORNERS, dtype=float), np.array([XOR(*x) for x in CORNERS])
    for _ in range(300):
        gradient = net.gradient(x, t)
        for name in net.params:
            net.params[name] = net.params[name] - 2.0 * gradient[name]
    W1, b1, W2, b2 = net.params.values()
    plane(before, "the inputs")
    side = np.linspace(-0.6, 1.6, 111)
    x1, x2 = np.meshgrid(side, side)
    y = net.predict(np.column_stack([x1.ravel(), x2.ravel()]))[:, 1].reshape(x1.shape)
    before.contourf(x1, x2, y, levels=[0.5, 1], colors=[BLUE], alpha=0.2)
    before.contourf(x1, x2, y, levels=[0, 0.5], colors=[ORANGE], alpha=0.1)
    for w, b in zip(W1.T, b1, strict=True):
        total = w[0] * x1 + w[1] * x2 + b
        before.contour(x1, x2, total, levels=[0], colors=[BLUE], linewidths=2)
    plane(after, "after the hidden layer", ("$z_1$", "$z_2$"))
    half_plane(after, (W2[:, 1] - W2[:, 0]) / 10, (b2[1] - b2[0]) / 10)
    for corner, z in zip(CORNERS, sigmoid(affine(x, W1, b1)), strict=True):
        fires = XOR(*corner) == 1
        dot(before, *corner, fires)
        dot(after, *z, fires)
    for y, words in ((-0.21, "two inputs"), (-0.42, "meet here")):
        after.text(1, y, words, ha="center", va="center")
    return figure


def small_digits():
    figure, axes = diagram(41, 10.5)
    (x, t), _ = load_digits()
    for left, label in [(1, 3), (22, 8)]:
        picture = x[t == label][:1]
        scan(axes, picture.reshape(8, 8), left, 8.3, "8 by 8")
        scan(axes, _shrink(picture).reshape(4, 4), left + 10, 8.3, "4 by 4", size=2)
    return figure


def rule():
    figure, axes = diagram(29.5, 10.3)
    data, rng = _threes_and_eights(), np.random.default_rng(2)
    (x, t), _ = data
    net = TwoLayerNet(16, 3, 2, weight_init_std=0.5, rng=np.random.default_rng(1))
    train(net, data, epochs=8, batch_size=20, lr=1.0, rng=rng)
    W2 = net.params["W2"]
    found = (net.params["W1"] @ (W2[:, 1] - W2[:, 0])).reshape(4, 4)
    for place, title in enumerate(["the mean three", "the mean eight"]):
        mean = x[t == place].mean(axis=0).reshape(4, 4)
        scan(axes, mean, 10 * place + 0.8, 8.3, title, size=2)
    tiles(axes, found / np.abs(found).max(), 20.8, 8.3, (ORANGE, BLUE), size=2)
    heading(axes, "the rule", 24.8, 8.3)
    return figure


def loss_curve():
    figure, axes = canvas(height=3.0)
    history, steps = _training()
    numbers = np.arange(1, len(history.loss) + 1)
    axes.plot(numbers, history.loss, **STEPS)
    for epoch in np.reshape(numbers, (-1, steps)):
        mean = np.mean(np.take(history.loss, epoch - 1))
        axes.plot(epoch[[0, -1]], [mean, mean], color=BLUE, lw=3)
    axes.axhline(np.log(2), color=ORANGE, lw=1.2, ls="--")
    axes.text(80, np.log(2) + 0.015, "log 2", ha="right", va="bottom")
    axes.set(xlabel="step", title="loss of the mini-batch", ylim=(0, None))
    return figure


def accuracy_curves():
    figure, axes = canvas(height=3.0)
    history, _ = _training()
    accuracies(axes, history)
    axes.set(ylim=(0, 1.02), yticks=[0, 0.5, 1])
    return figure


def coverage():
    figure, axes = canvas(height=2.8)
    (x, t), _ = _threes_and_eights()
    numbers, rng = np.arange(len(x)), np.random.default_rng(0)
    dealt = [batch for batch, _ in mini_batches(numbers, t, 20, rng)]
    rng = np.random.default_rng(0)
    drawn = [rng.choice(numbers, size=len(batch)) for batch in dealt]
    steps = np.arange(1, len(dealt) + 1)
    for batches, style in [(dealt, FIRST), (drawn, SECOND)]:
        seen = [len(np.unique(np.concatenate(batches[:n]))) for n in steps]
        axes.plot(steps, np.array(seen) / len(x), **style)
    axes.text(7.6, 0.93, "dealt out", ha="right", color=BLUE)
    axes.text(10, 0.42, "drawn with replacement", ha="right", va="top", color=ORANGE)
    axes.set(xlabel="step", title="share of the pictures seen")
    axes.set(ylim=(0, 1.05), yticks=[0, 0.5, 1], xticks=steps)
    return figure


def six_pictures():
    figure, axes = canvas(height=3.0)
    data, rng = _threes_and_eights(), np.random.default_rng(2)
    (x_train, t_train), _ = data
    six = (x_train[:6], t_train[:6])
    beginner = TwoLayerNet(16, 3, 2, weight_init_std=0.5, rng=np.random.default_rng(1))
    few = train(beginner, (six, data[1]), epochs=60, batch_size=6, lr=1.0, rng=rng)
    accuracies(axes, few, ms=4, markevery=3)
    axes.set(ylim=(0, 1.02), yticks=[0, 0.5, 1])
    return figure
