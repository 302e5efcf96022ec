"""Figures of the chapter on arrays and pictures."""

import numpy as np

from figures.style import (
    BLUE,
    CODE,
    INK,
    ORANGE,
    PAPER,
    PURPLE,
    SOFT,
    arrow,
    canvas,
    diagram,
    scan,
)
from scratchnn import load_digits


def _matrix(axes, values, left, top, lit=None, color=BLUE, ghost=None, size=12):
    """A box for each number: tinted where `lit`, a pale copy where `ghost`."""
    values, over = np.atleast_2d(values), len(axes.texts)
    lit, ghost = (np.zeros(values.shape) if m is None else m for m in (lit, ghost))
    for place, value in np.ndenumerate(values):
        y, x = top - place[0], left + place[1]
        box = [x, x + 1, x + 1, x], [y, y, y - 1, y - 1]
        pale = 0.65 if ghost[place] else 1
        line = {"ls": ":" if ghost[place] else "-", "lw": 0.8, "zorder": over}
        axes.fill(*box, fc=PAPER, ec=SOFT, **line)
        if lit[place]:
            axes.fill(*box, color=color, alpha=0.22, lw=0, zorder=over)
        middle = (x + 0.5, y - 0.53)
        label = axes.text(*middle, value, size=size, alpha=pale, zorder=over)
        label.set(ha="center", va="center")


def _label(axes, x, y, text, color=INK, **look):
    axes.text(x, y, text, color=color, ha="center", va="center", **look)


def tensors():
    figure, axes = diagram(15.4, 5.2)
    numbers = np.arange(1, 13)
    sheets = numbers.reshape(2, 2, 3)
    _matrix(axes, 7, left=0.4, top=3.4)
    _matrix(axes, [3, 1, 2], left=2.6, top=3.4)
    _matrix(axes, sheets[0], left=6.8, top=3.9)
    _matrix(axes, sheets[1], left=12.1, top=4.8)
    _matrix(axes, sheets[0], left=11.2, top=3.9)
    for x, name, shape in [
        (0.9, "scalar", "()"),
        (4.1, "vector", "(3,)"),
        (8.3, "matrix", "(2, 3)"),
        (12.9, "tensor", "(2, 2, 3)"),
    ]:
        _label(axes, x, 1.25, name)
        _label(axes, x, 0.45, shape, color=BLUE, **CODE)
    return figure


def along_axes():
    figure, axes = diagram(9.4, 4.7)
    matrix = np.array([[1, 2, 3], [4, 5, 6]])
    _matrix(axes, matrix, left=2.5, top=4.3)
    _matrix(axes, matrix.sum(axis=0), left=2.5, top=1.2, lit=np.ones((1, 3)))
    rows = matrix.sum(axis=1, keepdims=True)
    _matrix(axes, rows, left=7.1, top=4.3, lit=np.ones((2, 1)), color=ORANGE)
    for x in (3, 4, 5):
        arrow(axes, (x, 2.2), (x, 1.3), BLUE, width=1.6)
    for y in (3.8, 2.8):
        arrow(axes, (5.6, y), (7, y), ORANGE, width=1.6)
    _label(axes, 1.7, 1.75, "axis=0", BLUE, **CODE)
    _label(axes, 6.3, 4.15, "axis=1", ORANGE, **CODE)
    return figure


def stretching():
    figure, axes = diagram(11, 5.6)
    matrix, copies = np.array([[1, 2], [3, 4]]), np.array([[0, 1], [1, 1]])
    everywhere = np.array([[10, 10], [10, 10]])
    rows, lower = np.array([[10, 20], [10, 20]]), np.array([[0, 0], [1, 1]])
    for top, other, ghost in [(5.4, everywhere, copies), (2.3, rows, lower)]:
        _matrix(axes, matrix, left=0.5, top=top)
        _label(axes, 3.25, top - 1, "*", size=16)
        _matrix(axes, other, left=4, top=top, lit=ghost == 0, ghost=ghost)
        _label(axes, 6.75, top - 1, "=", size=16)
        _matrix(axes, matrix * other, left=7.5, top=top)
    return figure


def picking():
    figure, axes = diagram(16.6, 5.1)
    grid = np.arange(12).reshape(3, 4)
    row = np.zeros(grid.shape, dtype=bool)
    row[1] = True
    pairs = np.zeros(grid.shape, dtype=bool)
    pairs[[0, 1, 2], [3, 0, 2]] = True
    for left, lit, code in [
        (0.3, row, "grid[1]"),
        (6.1, grid % 3 == 0, "grid[grid % 3 == 0]"),
        (12.0, pairs, "grid[[0, 1, 2],\n[3, 0, 2]]"),
    ]:
        _matrix(axes, grid, left, top=4.9, lit=lit)
        style = {"ha": "center", "va": "top", "linespacing": 1.4}
        axes.text(left + 2, 1.55, code, **style, **CODE)
    return figure


def matrix_product():
    figure, axes = diagram(9.6, 5.6)
    A, B = np.array([[1, 2], [3, 4]]), np.array([[3, 0], [0, 6]])
    row, column = np.array([[1, 1], [0, 0]]), np.array([[0, 1], [0, 1]])
    _matrix(axes, A, left=1.2, top=2.4, lit=row)
    _matrix(axes, B, left=4, top=5.2, lit=column, color=ORANGE)
    _matrix(axes, A @ B, left=4, top=2.4, lit=row & column, color=PURPLE)
    arrow(axes, (3.25, 1.9), (3.95, 1.9), BLUE, width=1.6)
    arrow(axes, (5.5, 3.15), (5.5, 2.45), ORANGE, width=1.6)
    _label(axes, 0.7, 1.4, "$A$", size=14)
    _label(axes, 3.5, 4.2, "$B$", size=14)
    _label(axes, 6.5, 0.9, "$AB$", size=14)
    _label(axes, 7.9, 1.9, "1·0 + 2·6 = 12")
    return figure


def sine():
    figure, axes = canvas(height=2.2)
    x = np.linspace(0, 2 * np.pi, 60)
    axes.plot(x, np.sin(x), color=BLUE)
    return figure


def sine_and_cosine():
    figure, axes = canvas(height=2.8)
    x = np.linspace(0, 2 * np.pi, 60)
    axes.plot(x, np.sin(x), color=BLUE, label="sin")
    axes.plot(x, np.cos(x), "--", color=ORANGE, label="cos")
    axes.set_xlabel("x")
    axes.set_ylabel("y")
    axes.set_title("Two waves, a quarter turn apart")
    axes.legend()
    return figure


def digit():
    figure, axes = diagram(18, 9.2)
    (x_train, t_train), _ = load_digits()
    image = x_train[0].reshape(8, 8)
    for (row, column), pixel in np.ndenumerate(16 * image):
        _label(axes, column + 0.5, 7.6 - row, f"{pixel:.0f}")
        axes.texts[-1].set_alpha(1 if pixel else 0.65)
    scan(axes, image, 9.5, 8.1, f"label: {t_train[0]}")
    return figure


def average_digits():
    figure, axes = diagram(58, 23.3)
    (x_train, t_train), _ = load_digits()
    for digit in range(10):
        average = x_train[t_train == digit].mean(axis=0)
        left, top = 11.5 * (digit % 5) + 2, 20.7 - 12 * (digit // 5)
        scan(axes, average.reshape(8, 8), left, top, digit)
    return figure
