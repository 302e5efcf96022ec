"""Figures of the appendix on the rest of the machine."""

import numpy as np

from figures.style import BLUE, GREEN, ORANGE, PURPLE, SOFT, diagram

MATRIX = np.array([[5, 0, 4], [1, 9, 2]], dtype=np.uint8)
GROUPS = [
    (2, 3, "kind", BLUE),
    (3, 4, "axes", ORANGE),
    (4, 8, "rows", GREEN),
    (8, 12, "columns", GREEN),
    (12, 15, "first row", PURPLE),
    (15, 18, "second row", PURPLE),
]


def idx():
    figure, axes = diagram(18.2, 3.1)
    axes.set_xlim(-0.1, 18.1)
    lengths = b"".join(length.to_bytes(4, "big") for length in MATRIX.shape)
    data = bytes([0, 0, 8, MATRIX.ndim]) + lengths + MATRIX.tobytes()
    for n, byte in enumerate(data):
        axes.text(n + 0.5, 2.5, f"{byte:02x}", ha="center", va="center")
        x, y = [n, n + 1, n + 1, n, n], [2, 2, 3, 3, 2]
        axes.plot(x, y, color=SOFT, lw=0.8)
    for start, end, name, color in GROUPS:
        x = np.array([start + 0.12, end - 0.12])
        axes.plot(x, [1.65, 1.65], color=color, lw=3, solid_capstyle="butt")
        drop = 0.75 if name == "axes" else 0
        if drop:
            axes.plot([x.mean(), x.mean()], [1.4, 0.8], color=SOFT, lw=0.8)
        axes.text(x.mean(), 1.1 - drop, name, ha="center", va="center")
    return figure
