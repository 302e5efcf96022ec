"""Figures of the chapter on perceptrons."""

import numpy as np

from figures.style import (
    BLUE,
    CORNERS,
    INK,
    ORANGE,
    SOFT,
    arrow,
    canvas,
    diagram,
    dot,
    half_plane,
    node,
    plane,
    wire,
)
from scratchnn import AND, NAND, OR, XOR, perceptron


def gates():
    figure, axes = canvas(columns=3, height=2.3, sharey=True)
    settings = {
        AND: ((0.5, 0.5), -0.7, (0.35, 1.05)),
        NAND: ((-0.5, -0.5), 0.7, (0.7, 0.7)),
        OR: ((0.5, 0.5), -0.2, (0.5, -0.1)),
    }
    for ax, (gate, (w, b, foot)) in zip(axes, settings.items(), strict=True):
        plane(ax, gate.__name__)
        half_plane(ax, w, b)
        arrow(ax, foot, np.add(foot, w), INK)
        for x1, x2 in CORNERS:
            dot(ax, x1, x2, gate(x1, x2) == 1)
    for ax in axes[1:]:
        ax.set_ylabel("")
    return figure


def or_learns():
    figure, axes = canvas(columns=4, height=2.1, sharey=True)
    x1, x2 = np.meshgrid([-1.5, 2], [-1.5, 2])
    w, b, panels = np.zeros(2), 0, iter(axes)
    for corner in 4 * CORNERS:
        miss = OR(*corner) - perceptron(corner, w=w, b=b)
        if miss == 0:
            continue
        w, b, ax = w + miss * np.array(corner), b + miss, next(panels)
        plane(ax, f"$w = ({w[0]:.0f}, {w[1]:.0f})$\n$b = {b}$")
        ax.set(xlim=(-1.5, 2), ylim=(-1.5, 2))
        total = w[0] * x1 + w[1] * x2 + b
        ax.contourf(x1, x2, total, levels=[0, 9], colors=[BLUE], alpha=0.2)
        ax.contourf(x1, x2, total, levels=[-9, 0], colors=[ORANGE], alpha=0.1)
        ax.contour(x1, x2, total, levels=[0], colors=[BLUE], linewidths=2)
        aside = np.array([-0.1, 1.7])
        foot = aside - (w @ aside + b) / (w @ w) * w
        arrow(ax, foot, foot + w, INK)
        for x in CORNERS:
            dot(ax, *x, OR(*x) == 1)
            if perceptron(x, w=w, b=b) != OR(*x):
                ax.plot(*x, "o", ms=20, mfc="none", mec=INK, mew=1.2)
    for ax in axes[1:]:
        ax.set_ylabel("")
    axes[0].yaxis.labelpad = 9
    return figure


def xor_attempts():
    figure, axes = canvas(columns=3, height=2.3, sharey=True)
    settings = [((1.0, 1.0), -0.5), ((-1.0, -1.0), 1.5), ((1.0, -1.0), -0.5)]
    for ax, (w, b) in zip(axes, settings, strict=True):
        fires = {(x1, x2): w[0] * x1 + w[1] * x2 + b > 0 for x1, x2 in CORNERS}
        wrong = [corner for corner in CORNERS if fires[corner] != XOR(*corner)]
        plane(ax, "wrong: " + ", ".join(map(str, wrong)))
        half_plane(ax, w, b)
        for corner in CORNERS:
            dot(ax, *corner, XOR(*corner) == 1)
        for corner in wrong:
            ax.plot(*corner, "o", ms=20, mfc="none", mec=INK, mew=1.2)
    for ax in axes[1:]:
        ax.set_ylabel("")
    return figure


def two_layers():
    figure, (before, after) = canvas(columns=2, height=2.9)
    plane(before, "the inputs")
    x1, x2 = np.meshgrid([-0.6, 1.6], [-0.6, 1.6])
    for w, b in [((-0.5, -0.5), 0.7), ((0.5, 0.5), -0.2)]:
        total = w[0] * x1 + w[1] * x2 + b
        before.contour(x1, x2, total, levels=[0], colors=[BLUE], linewidths=2)
    before.contourf(x1, x2, x1 + x2, levels=[0.4, 1.4], colors=[BLUE], alpha=0.2)
    for levels in ([-2, 0.4], [1.4, 4]):
        before.contourf(x1, x2, x1 + x2, levels=levels, colors=[ORANGE], alpha=0.1)
    plane(after, "after the first layer", ("$s_1$", "$s_2$"))
    half_plane(after, (0.5, 0.5), -0.7)
    for corner in CORNERS:
        fires = XOR(*corner) == 1
        dot(before, *corner, fires)
        dot(after, NAND(*corner), OR(*corner), fires)
    slanted = {"ha": "center", "va": "center", "rotation": -45}
    before.text(0.5, 0.5, "fires", color=BLUE, **slanted)
    before.text(-0.3, 0.52, "OR", **slanted)
    before.text(1.25, 0.33, "NAND", **slanted)
    after.text(1.17, 1.34, "two inputs\nmeet here", ha="center", va="center")
    after.text(0, 0.8, "from (1, 1)", ha="center", va="center")
    after.text(1, -0.2, "from (0, 0)", ha="center", va="center")
    return figure


def neuron():
    figure, axes = diagram(7.4, 3.4)
    total, output = (3.9, 1.7), (6.9, 1.7)
    for y, name, weight in [
        (2.75, "1", "$b$"),
        (1.7, "$x_1$", "$w_1$"),
        (0.65, "$x_2$", "$w_2$"),
    ]:
        wire(axes, (0.5, y), total, weight)
        node(axes, 0.5, y, name, SOFT)
    wire(axes, total, output, "above zero?")
    node(axes, *total, "Σ")
    node(axes, *output, "$y$", SOFT)
    return figure


def xor_circuit():
    figure, axes = diagram(7.4, 2.6)
    x1, x2, nand, either, both = (
        (0.5, 2.1),
        (0.5, 0.5),
        (2.9, 2.1),
        (2.9, 0.5),
        (5.1, 1.3),
    )
    for start, end, name in [
        (x1, nand, ""), (x2, nand, ""), (x1, either, ""), (x2, either, ""),
        (nand, both, "$s_1$"), (either, both, "$s_2$"), (both, (6.9, 1.3), ""),
    ]:  # fmt: skip
        wire(axes, start, end, name)
    for place, name in [(x1, "$x_1$"), (x2, "$x_2$")]:
        node(axes, *place, name, SOFT)
    for place, name in [(nand, "NAND"), (either, "OR"), (both, "AND")]:
        node(axes, *place, name)
    node(axes, 6.9, 1.3, "$y$", SOFT)
    return figure
