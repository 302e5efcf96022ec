"""Figures of the chapter on neural networks."""

from itertools import pairwise

import numpy as np
from matplotlib.patches import Rectangle

from figures.style import (
    BLUE,
    CODE,
    GREEN,
    HAIRLINE,
    INK,
    ORANGE,
    PAPER,
    PURPLE,
    SOFT,
    arrow,
    canvas,
    diagram,
    node,
    wire,
)
from scratchnn import identity, init_network, relu, sigmoid, softmax, step


def neuron():
    figure, axes = diagram(7.4, 3.4)
    total, activation, output = (3.6, 1.7), (5.2, 1.7), (6.95, 1.7)
    frame = Rectangle((3.05, 1.1), 2.7, 1.2, fill=False, ec=SOFT, ls="--", lw=1.2)
    axes.add_patch(frame)
    axes.text(4.4, 2.5, "neuron", ha="center", color=SOFT)
    for y, name, weight in [
        (2.75, "1", "$b$"),
        (1.7, "$x_1$", "$w_1$"),
        (0.65, "$x_2$", "$w_2$"),
    ]:
        wire(axes, (0.5, y), total, weight)
        node(axes, 0.5, y, name, SOFT)
    wire(axes, total, activation, "$a$")
    wire(axes, activation, output)
    node(axes, *total, "Σ")
    node(axes, *activation, "$h$")
    node(axes, *output, "$y$", SOFT)
    return figure


def step_and_sigmoid():
    figure, axes = canvas(height=2.8)
    x = np.linspace(-6, 6, 121)
    for side in (x[x <= 0], x[x > 0]):
        axes.plot(side, step(side), "--", color=ORANGE)
    axes.plot(x, sigmoid(x), color=BLUE)
    axes.plot(0, step(0), "o", ms=7, color=ORANGE, zorder=3)
    axes.plot(0, 1, "o", ms=7, mfc=PAPER, mec=ORANGE, mew=2, zorder=3)
    axes.text(2.1, 0.76, "sigmoid", color=BLUE)
    axes.text(-0.4, 0.94, "step", color=ORANGE, ha="right")
    axes.set(xlim=(-6, 6), ylim=(-0.08, 1.08), yticks=[0, 0.5, 1])
    axes.set_xlabel("$x$")
    axes.set_ylabel("$h(x)$")
    return figure


def weight_and_bias():
    figure, axes = canvas(rows=2, columns=2, height=4.6, height_ratios=[1, 1.15])
    (weights, biases), below = axes
    both = figure.add_subplot(below[0].get_gridspec()[1, :])
    for empty in below:
        empty.remove()
    x = np.linspace(-3, 3, 241)
    for w, ink, dash, place in [
        (1, PURPLE, ":", (1.1, 0.62)),
        (5, BLUE, "-.", (0.35, 0.36)),
        (50, GREEN, "-", (0.15, 0.1)),
    ]:
        weights.plot(x, sigmoid(w * x), dash, color=ink)
        weights.text(*place, f"$w = {w}$", color=ink, va="center")
    weights.plot([-3, 0, 0, 3], [0, 0, 1, 1], "--", color=ORANGE, lw=3.5, zorder=1)
    for b, ink, dash in ((10, PURPLE, ":"), (0, BLUE, "-."), (-10, GREEN, "-")):
        biases.plot(x, sigmoid(5 * x + b), dash, color=ink)
        biases.plot(-b / 5, 0.5, "o", color=INK, ms=5, zorder=3)
        name = f"${b}$" if b < 10 else "$b = 10$"
        biases.text(-b / 5, 1.08, name, ha="center", color=ink)
    for axes, title in ((weights, "$h(wx)$"), (biases, "$h(5x + b)$")):
        axes.set(title=title, ylim=(-0.05, 1.25), yticks=[0, 0.5, 1], xlabel="$x$")
        axes.set(xticks=[-2, 0, 2], xlim=(-3.4, 3.2))
    x1, x2 = np.meshgrid([-5, 5], [-2, 2])
    w = np.array([1.4, 1.0])
    total = w[0] * x1 + w[1] * x2
    for share in (0.5, 0.7, 0.85, 0.95):
        level = np.log(share / (1 - share))
        both.contourf(x1, x2, total, [level, 99], colors=[BLUE], alpha=0.2)
        both.contourf(x1, x2, -total, [level, 99], colors=[ORANGE], alpha=0.12)
    both.contour(x1, x2, total, [0], colors=[BLUE], linewidths=2)
    arrow(both, (0, 0), w, INK)
    both.set(title="two inputs", aspect="equal", xticks=[-4, -2, 0, 2, 4])
    both.set_yticks([-2, 0, 2])
    both.set_xlabel("$x_1$", labelpad=-2, size=15)
    both.set_ylabel("$x_2$", labelpad=3, rotation=0, va="center", size=15)
    return figure


def relu_and_identity():
    figure, axes = canvas(height=2.8)
    x = np.linspace(-3, 3, 61)
    axes.axhline(0, color=HAIRLINE, lw=1)
    axes.plot(x, identity(x), "--", color=ORANGE)
    axes.plot(x, relu(x), color=BLUE, lw=3)
    axes.text(1.1, 2.1, "ReLU", color=BLUE, ha="right")
    axes.text(-1.3, -2.1, "identity", color=ORANGE)
    axes.set(xlim=(-3, 3), ylim=(-3.1, 3.1), xticks=range(-3, 4), yticks=range(-3, 4))
    axes.set_xlabel("$x$")
    axes.set_ylabel("$h(x)$")
    return figure


def hats():
    figure, (one, many) = canvas(columns=2, height=2.7)
    x = np.linspace(-1, 3, 81)
    for bend, end, slope, line, place, text in [
        (0, 2.4, 1, ":", (1.55, 1.85), "$h(x)$"),
        (1, 2.2, -2, "-.", (1.3, -1.2), "$-2h(x-1)$"),
        (2, 3.0, 1, "--", (3.0, 1.2), "$h(x-2)$"),
    ]:
        ends = np.array([bend, end])
        one.plot(ends, slope * relu(ends - bend), line, color=SOFT, lw=1.4)
        one.text(*place, text, color=SOFT, ha="right")
    one.plot(x, relu(x) - 2 * relu(x - 1) + relu(x - 2), color=BLUE, lw=3)
    one.set(title="a hat", xticks=range(-1, 4), ylim=(-2.4, 2.4))
    x = np.linspace(0, 6, 121)
    heights = 2 * np.sin(np.arange(7))
    hats = [
        height * (relu(x - k + 1) - 2 * relu(x - k) + relu(x - k - 1))
        for k, height in enumerate(heights)
    ]
    for hat in hats:
        many.plot(x, hat, color=SOFT, lw=0.8)
    many.plot(x, 2 * np.sin(x), "--", color=ORANGE)
    many.plot(x, sum(hats), color=BLUE)
    many.set(title="hats side by side", xticks=range(7), ylim=(-2.4, 2.4))
    for axes in (one, many):
        axes.set_xlabel("$x$")
    return figure


def folds():
    figure, panels = canvas(columns=3, height=1.9)
    x = np.linspace(0, 2, 129)
    y = x
    for axes, title in zip(
        panels, ["a hat", "a hat of a hat", "a hat of that"], strict=True
    ):
        y = 2 * (relu(y) - 2 * relu(y - 1) + relu(y - 2))
        axes.plot(x, y, color=BLUE)
        axes.set(title=title, xticks=range(3), yticks=range(3), xlabel="$x$")
    return figure


def _column(x, names, middle=3.1):
    """Where the units of one layer stand, each with its name, the first on top."""
    top = middle + 0.75 * (len(names) - 1)
    return {name: (x, top - 1.5 * n) for n, name in enumerate(names)}


def network():
    figure, axes = diagram(7.4, 5.1)
    weights = init_network()
    columns = [
        _column(0.5, ["$x_1$", "$x_2$"]),
        _column(2.6, [f"$z^{{(1)}}_{n}$" for n in (1, 2, 3)]),
        _column(4.7, [f"$z^{{(2)}}_{n}$" for n in (1, 2)]),
        _column(6.8, ["$y_1$", "$y_2$"]),
    ]
    for layer, (left, right) in enumerate(pairwise(columns), 1):
        for start in left.values():
            for end in right.values():
                wire(axes, start, end)
        between = 2.1 * layer - 0.55
        axes.text(between, 0.8, f"$W^{{({layer})}}$", ha="center", size=15)
        shape = weights[f"W{layer}"].shape
        axes.text(between, 0.4, str(shape), ha="center", color=SOFT, **CODE)
    start, end = np.array(columns[0]["$x_1$"]), np.array(columns[1]["$z^{(1)}_2$"])
    rim = 0.36 * (end - start) / np.linalg.norm(end - start)
    arrow(axes, start + rim, end - rim, ORANGE, width=3)
    label = {"color": ORANGE, "ha": "center", "va": "center", "size": 15}
    axes.text(start[0] + 0.97, start[1], "$w^{(1)}_{12}$", **label)
    for column, color in zip(columns, [SOFT, BLUE, BLUE, BLUE], strict=True):
        for name, (x, y) in column.items():
            node(axes, x, y, name, color)
    return figure


def scores():
    figure, (before, after) = canvas(columns=2, height=2.2)
    a = np.array([0.3, 2.9, 4.0])
    for axes, values, title, digits, color in [
        (before, a, "scores", 1, SOFT),
        (after, softmax(a), "softmax", 2, BLUE),
    ]:
        bars = axes.barh(["class 0", "class 1", "class 2"], values, color=color)
        axes.bar_label(bars, [f"{v:.{digits}f}" for v in values], padding=4)
        axes.set(title=title, xlim=(0, 1.25 * values.max()), xticks=[])
        axes.spines["bottom"].set_visible(False)
        axes.invert_yaxis()
    after.set_yticks([])
    return figure
