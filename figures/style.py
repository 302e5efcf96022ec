"""One look for every figure: the inks, a canvas, units and wires.

Figures are drawn in the inks of the light page. The builder turns each ink into a CSS
variable and gives it its twin from `DARK`, so a drawing follows the page into the dark.
"""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import PathPatch
from matplotlib.path import Path

INK = "#22252b"
SOFT = "#5c6370"
HAIRLINE = "#d5d9e0"
PAPER = "#fffefb"
BLUE = "#1f5fa8"
ORANGE = "#b4530a"
GREEN = "#2c7a4b"
PURPLE = "#7a3e9d"
WHITE, BLACK = "#fcfcfa", "#17191d"  # of scans, which stay dark on light in the dark

DARK = {
    INK: "#e6e4df",
    SOFT: "#a3a9b5",
    HAIRLINE: "#3b4150",
    PAPER: "#16191f",
    BLUE: "#7fb2f0",
    ORANGE: "#f0a060",
    GREEN: "#7ccf9a",
    PURPLE: "#c79be8",
    WHITE: "#c8c5bf",
    BLACK: BLACK,
}

LOOK = {
    "figure.dpi": 72,
    "font.size": 12,
    "font.family": "STIXGeneral",  # on the page, its own
    "mathtext.fontset": "stix",
    "text.color": INK,
    "axes.edgecolor": SOFT,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 12.2,
    "axes.facecolor": "none",
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "legend.frameon": False,
    "lines.linewidth": 2,
}

FIRST = {"color": BLUE, "marker": "o", "mfc": BLUE, "ls": "-", "ms": 6}
SECOND = {"color": ORANGE, "marker": "s", "mfc": PAPER, "ls": "--", "ms": 6}
"""Two of a kind side by side: full dots on a line, open squares on a dashed one."""

TRAINING, TEST = FIRST | {"label": "training"}, SECOND | {"label": "test"}
"""What a network learns from, and what it is examined with."""

CODE = {"family": "DejaVu Sans Mono", "size": 11}
"""What is written as in a program."""

STEPS = {"color": SOFT, "marker": "o", "ls": "", "ms": 3, "alpha": 0.7}
"""The losses of single steps, a cloud around a line."""

CORNERS = [(0, 0), (1, 0), (0, 1), (1, 1)]
"""The four pairs of bits."""


def canvas(columns=1, rows=1, height=3.0, **options):
    """A figure as wide as a phone, and its axes: one, a row or a grid of them."""
    plt.rcParams.update(LOOK)
    options = {"figsize": (5.2, height), "layout": "constrained", **options}
    return plt.subplots(rows, columns, **options)


def plane(axes, title, names=("$x_1$", "$x_2$")):
    """The square that two inputs live in, with some room around it."""
    axes.set(xlim=(-0.6, 1.6), ylim=(-0.6, 1.6), aspect="equal", title=title)
    axes.set(xticks=[0, 1], yticks=[0, 1])
    axes.set_xlabel(names[0], labelpad=-2, size=15)
    axes.set_ylabel(names[1], labelpad=0, rotation=0, size=15)


def dot(axes, x1, x2, fires):
    """A full dot where the gate fires, an open ring where it does not."""
    fill, edge = (BLUE, BLUE) if fires else (PAPER, ORANGE)
    axes.plot(x1, x2, "o", ms=10, mfc=fill, mec=edge, mew=2.5, zorder=3)


def half_plane(axes, w, b):
    """Blue ground where the total is above zero, orange below, and the line between."""
    x1, x2 = np.meshgrid([-0.6, 1.6], [-0.6, 1.6])
    total = w[0] * x1 + w[1] * x2 + b
    axes.contourf(x1, x2, total, levels=[0, 9], colors=[BLUE], alpha=0.2)
    axes.contourf(x1, x2, total, levels=[-9, 0], colors=[ORANGE], alpha=0.1)
    axes.contour(x1, x2, total, levels=[0], colors=[BLUE], linewidths=2)


def node(axes, x, y, text, color=BLUE):
    """A unit of a network: a circle with its name inside."""
    circle = plt.Circle((x, y), 0.36, fc=PAPER, ec=color, lw=2, zorder=2)
    axes.add_patch(circle)
    size = 15 if "$" in text else 13 if len(text) == 1 else 10.5
    axes.text(x, y, text, ha="center", va="center", size=size, zorder=3)


def arrow(axes, start, end, color=SOFT, width=1.3):
    """A straight arrow from one place to another."""
    look = {"arrowstyle": "-|>", "color": color, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", end, start, arrowprops={**look, "lw": width})


def wire(axes, start, end, label=""):
    """An arrow from the rim of one unit to the rim of the next, its label beside it."""
    a, b = np.array(start), np.array(end)
    along = (b - a) / np.linalg.norm(b - a)
    step = 0.36 * along
    arrow(axes, a + step, b - step)
    place = a + 0.45 * (b - a) + 0.2 * np.array([-along[1], along[0]])
    axes.text(*place, label, ha="center", va="center", size=15 if "$" in label else 13)


def diagram(width, height):
    """An empty sheet for a diagram, `width` by `height` units, without margins."""
    figure, axes = canvas(height=5.2 * height / width, layout="none")
    axes.set(xlim=(0, width), ylim=(0, height), aspect="equal")
    axes.set_position([0, 0, 1, 1])
    axes.axis("off")
    return figure, axes


def tiles(axes, image, left, top, inks, size=1, paper=None):
    """A framed image of numbers from −1 to 1: tiles in two inks, fainter towards 0."""
    right, bottom = left + size * (len(image) - 0.05), top - size * len(image)
    frame = [left, right, right, left, left], [top, top, bottom, bottom, top]
    if paper:
        axes.fill(*frame, color=paper, lw=0)
    levels = {}
    for (row, column), value in np.ndenumerate(np.round(16 * np.clip(image, -1, 1))):
        corner = [left + size * column, top - size * (row + 1)]
        tile = 0.9375 * size * Path.unit_rectangle().vertices + corner
        levels.setdefault(value, []).append(Path(tile, closed=True))
    for level, shapes in levels.items():
        if level:
            shape, ink = Path.make_compound_path(*shapes), inks[int(level > 0)]
            axes.add_patch(PathPatch(shape, fc=ink, lw=0, alpha=abs(level) / 16))
    axes.plot(*frame, color=HAIRLINE, lw=0.8)


def scan(axes, image, left, top, title, size=1, color=INK):
    """A framed picture of something written: dark ink on white, its title above."""
    tiles(axes, image, left, top, (BLACK, BLACK), size, paper=WHITE)
    heading(axes, title, left + size * len(image) / 2, top, color)


def heading(axes, title, middle, top, color=INK):
    """A title in the middle above something."""
    place = {"xytext": (0, 5), "textcoords": "offset points", "ha": "center"}
    axes.annotate(title, (middle, top), color=color, **place)


def accuracies(axes, past, **marks):
    """The accuracy after each epoch, on training and on test data."""
    epochs = np.arange(1, len(past.test_accuracy) + 1)
    axes.plot(epochs, past.train_accuracy, **TRAINING | marks)
    axes.plot(epochs, past.test_accuracy, **TEST | marks)
    axes.set(title="accuracy", xlabel="epoch")
    ends = past.train_accuracy[-1], past.test_accuracy[-1]
    if abs(ends[0] - ends[1]) < 0.05:
        axes.legend(loc="lower right")
        return
    beside = {"xytext": (9, 0), "textcoords": "offset points", "va": "center"}
    for look, end in zip((TRAINING, TEST), ends, strict=True):
        place = (epochs[-1], end)
        axes.annotate(look["label"], place, color=look["color"], **beside)


def reading(axes, picture, place, digit, y):
    """A scan, and above it what was read in it, how surely, and if that is right."""
    answer, share = y.argmax(), f"{100 * y.max():.0f} %"
    right = answer == digit
    title = f"{digit}, {share}" if right else f"{digit} as {answer}, {share}"
    color = BLUE if right else ORANGE
    scan(axes, picture.reshape(8, 8), *place, title, color=color)
