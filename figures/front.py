"""The picture on the front page."""

import numpy as np

from figures.style import BLUE, ORANGE, PAPER, PURPLE, canvas


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
    inks = [BLUE, PURPLE, ORANGE]
    for tile, fired in tiles:
        axes.fill(*tile.T, color=inks[fired % 3], alpha=0.2 + 0.05 * fired, lw=0)
        axes.fill(*tile.T, fill=False, ec=PAPER, lw=1.6)
    return figure
