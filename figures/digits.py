"""Figures of the page on reading digits."""

import numpy as np

from figures.style import BLUE, CODE, SOFT, arrow, diagram, reading, scan
from scratchnn import load_digits, predict, relu, trained_network


def layers():
    figure, axes = diagram(34, 17)
    network = trained_network("digits")
    (x, _), _ = load_digits()
    widths = [x.shape[1], *(network[b].size for b in ("b1", "b2", "b3"))]
    names = ["$x$", "$Z^{(1)}$", "$Z^{(2)}$", "$y$"]
    left, end = 0.6, None
    for n, (name, width) in enumerate(zip(names, widths, strict=True)):
        label = {"ha": "center", "va": "center"}
        if end is not None:
            for height in (13.3, 8.3):
                arrow(axes, (end + 0.2, height), (left - 0.2, height), width=1)
            axes.text((end + left) / 2, 9.2, f"$W^{{({n})}}$", size=14, **label)
        right = left + width / 10
        strip = [left, right, right, left]
        axes.fill(strip, [13.1, 13.1, 13.5, 13.5], color=BLUE, lw=0)
        axes.fill(strip, [2, 2, 12, 12], color=SOFT, alpha=0.25, lw=0)
        axes.fill(strip, [8.1, 8.1, 8.5, 8.5], color=BLUE, lw=0)
        middle = (left + right) / 2
        axes.text(middle, 16, name, size=14, **label)
        axes.text(middle, 14.4, f"({width},)", **label, **CODE)
        axes.text(middle, 1.2, f"(100, {width})", **label, **CODE)
        left, end = right + 3, right
    return figure


def _right_and_wrong():
    """The network's probabilities for the test pictures, and its mistakes."""
    _, (x, t) = load_digits()
    y = predict(trained_network("digits"), x)
    return x, t, y, y.argmax(axis=1) != t


def right_and_wrong():
    figure, axes = diagram(58, 35.3)
    x, t, y, wrong = _right_and_wrong()
    chosen = [*np.flatnonzero(~wrong)[:5], *np.flatnonzero(wrong)]
    for place, sample in enumerate(chosen):
        left, top = 11.5 * (place % 5) + 2, 32.7 - 12 * (place // 5)
        reading(axes, x[sample], (left, top), t[sample], y[sample])
    return figure


def moved():
    figure, axes = diagram(36, 22)
    x, t, y, wrong = _right_and_wrong()
    beside = np.zeros((len(x), 8, 8))
    beside[:, :, 1:] = x.reshape(-1, 8, 8)[:, :, :-1]
    other = predict(trained_network("digits"), beside.reshape(-1, 64))
    lost = np.flatnonzero(~wrong & (other.argmax(axis=1) != t))
    for place, sample in enumerate(lost[:3]):
        left = 12.5 * place + 1.5
        reading(axes, x[sample], (left, 20), t[sample], y[sample])
        reading(axes, beside[sample], (left, 8.5), t[sample], other[sample])
    return figure


def _like_mnist(picture):
    """A picture of 8 by 8 pixels, enlarged and centred in 28 by 28, as on the page."""
    places, ink = np.arange(8), picture.sum()
    row = picture.sum(axis=1) @ places / ink
    column = picture.sum(axis=0) @ places / ink
    steps = (np.arange(28)[:, np.newaxis] - 14) / 2.5
    down = relu(1 - np.abs(row + steps - places))
    across = relu(1 - np.abs(column + steps - places))
    return down @ picture @ across.T


def enlarged():
    figure, axes = diagram(96, 35)
    _, (x, _) = load_digits()
    picture = x[9].reshape(8, 8)
    large = _like_mnist(picture)
    forms = [("8 by 8", picture, 3.5), ("enlarged", large, 1), ("squared", large**2, 1)]
    for place, (title, image, size) in enumerate(forms):
        left = 32.5 * place + 1.5
        scan(axes, image, left, 29.5, title, size)
    return figure


def elsewhere():
    figure, axes = diagram(36, 22)
    _, (x, t) = load_digits()
    large = np.array([_like_mnist(picture) for picture in x.reshape(-1, 8, 8)])
    y = predict(trained_network("mnist"), large.reshape(-1, 784) ** 2)
    wrong = np.flatnonzero(y.argmax(axis=1) != t)
    surest = wrong[np.argsort(-y[wrong].max(axis=1))]
    for place, sample in enumerate(surest[:6]):
        left, top = 12.5 * (place % 3) + 1.5, 20 - 11.5 * (place // 3)
        reading(axes, x[sample], (left, top), t[sample], y[sample])
    return figure
