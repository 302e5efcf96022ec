"""The pictures on the front page."""

import numpy as np

from figures.style import BLUE, ORANGE, PAPER, canvas
from scratchnn import MultiLayerNet, train


def _cut(tile, w, b):
    """The part of a tile, corners of shape (n, 2), where w·x + b is above zero."""
    part = []
    for start, end in zip(tile, np.roll(tile, -1, axis=0), strict=True):
        before, after = w @ start + b, w @ end + b
        if before > 0:
            part.append(start)
        if before * after < 0:
            part.append(start + (end - start) * before / (before - after))
    return np.array(part)


def window():
    figure, axes = canvas(height=3.4)
    axes.set(xlim=(-1.5, 1.5), ylim=(-1, 1))
    axes.axis("off")
    figure.get_layout_engine().set(w_pad=0, h_pad=0)
    rng = np.random.default_rng(7)
    tiles = [(np.array([(-1.5, -1), (1.5, -1), (1.5, 1), (-1.5, 1)]), 0)]
    for _ in range(14):
        w, b = rng.normal(size=2), 0.6 * rng.normal()
        halves = [(_cut(t, w, b), fired + 1) for t, fired in tiles]
        halves += [(_cut(t, -w, -b), fired) for t, fired in tiles]
        tiles = [(t, fired) for t, fired in halves if len(t)]
    inks = [BLUE, ORANGE]
    for tile, fired in tiles:
        axes.fill(*tile.T, color=inks[fired % 2], alpha=0.2 + 0.05 * fired, lw=0)
        axes.fill(*tile.T, fill=False, ec=PAPER, lw=1.6)
    return figure


def _arms(n, rng):
    """Two arms of a spiral, n points each, shape (2n, 2), and the arm of each point."""
    way = np.sqrt(np.linspace(0.02, 1, n))
    angle = 2 * np.pi * 1.6 * way
    arm = np.column_stack([way * np.cos(angle), way * np.sin(angle)])
    x = np.vstack([arm, -arm]) + 0.02 * rng.normal(size=(2 * n, 2))
    return 2 * x, np.repeat([0, 1], n)


def spiral():
    rng = np.random.default_rng(1)
    data = _arms(120, rng)
    net = MultiLayerNet([2, 24, 24, 24, 2], rng=rng)
    train(net, (data, data), epochs=200, batch_size=20, lr=0.2, rng=rng)
    x1, x2 = np.meshgrid(np.linspace(-2.7, 2.7, 73), np.linspace(-2.2, 2.2, 61))
    scores = net.scores(np.column_stack([x1.ravel(), x2.ravel()]))
    lead = (scores[:, 1] - scores[:, 0]).reshape(x1.shape)
    figure, axes = canvas(height=4.24)
    figure.get_layout_engine().set(w_pad=0, h_pad=0)
    for level in (0, 2, 5, 9):
        axes.contourf(x1, x2, lead, [level, np.inf], colors=[BLUE], alpha=0.26)
        axes.contourf(x1, x2, -lead, [level, np.inf], colors=[ORANGE], alpha=0.26)
    axes.contour(x1, x2, lead, [0], colors=[PAPER], linewidths=2.2)
    for arm, ink in enumerate([ORANGE, BLUE]):
        points = data[0][data[1] == arm]
        axes.plot(*points.T, "o", ms=4, c=ink, mec=PAPER, mew=0.7)
    axes.axis("off")
    return figure
