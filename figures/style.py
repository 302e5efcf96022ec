"""One look for every figure: the inks, and a canvas to draw on.

Figures are drawn in the inks of the light page. The builder turns each ink into a CSS
variable and gives it its twin from `DARK`, so a drawing follows the page into the dark.
"""

from typing import Any

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

INK = "#22252b"
SOFT = "#5c6370"
HAIRLINE = "#d5d9e0"
PAPER = "#fffefb"
BLUE = "#1f5fa8"
ORANGE = "#b4530a"
GREEN = "#2c7a4b"
PURPLE = "#7a3e9d"

DARK = {
    INK: "#e6e4df",
    SOFT: "#a3a9b5",
    HAIRLINE: "#3b4150",
    PAPER: "#16191f",
    BLUE: "#7fb2f0",
    ORANGE: "#f0a060",
    GREEN: "#7ccf9a",
    PURPLE: "#c79be8",
}

LOOK = {
    "figure.dpi": 72,
    "font.size": 10,
    "font.family": "DejaVu Sans",
    "mathtext.fontset": "stix",
    "text.color": INK,
    "axes.edgecolor": SOFT,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 11,
    "axes.facecolor": "none",
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "legend.frameon": False,
    "lines.linewidth": 2,
}


def canvas(
    columns: int = 1, rows: int = 1, height: float = 3.0, **options: Any
) -> tuple[Figure, Any]:
    """A figure as wide as a phone's page, and its axes: one, a row or a grid of them."""
    plt.rcParams.update(LOOK)
    return plt.subplots(
        rows, columns, figsize=(5.2, height), layout="constrained", **options
    )
