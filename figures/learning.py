"""Figures of the chapter on learning from data."""

import math

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.patches import Ellipse
from numpy.polynomial import Polynomial

from figures.style import (
    BLUE,
    FIRST,
    GREEN,
    HAIRLINE,
    INK,
    ORANGE,
    PAPER,
    PURPLE,
    SECOND,
    SOFT,
    TEST,
    TRAINING,
    arrow,
    canvas,
)
from scratchnn import (
    gradient_descent,
    numerical_diff,
    numerical_gradient,
    softmax_cross_entropy,
    tangent_line,
)


def fits():
    figure, axes = canvas(columns=2, height=2.6, sharey=True)
    rng = np.random.default_rng(4)
    x_train, x_test = np.linspace(0, 1, 10), np.linspace(0.05, 0.95, 10)
    t_train = 0.5 + x_train + rng.normal(0, 0.15, size=10)
    t_test = 0.5 + x_test + rng.normal(0, 0.15, size=10)
    x = np.linspace(0, 1, 150)
    for ax, degree in zip(axes, (1, 9), strict=True):
        curve = Polynomial.fit(x_train, t_train, degree)
        ax.plot(x, curve(x), color=INK, lw=1.5)
        ax.plot(x_train, t_train, **TRAINING | {"ls": ""})
        ax.plot(x_test, t_test, **TEST | {"ls": ""})
        ax.set(title=f"degree {degree}", xticks=[0, 1], yticks=[0, 1])
        ax.set_xlabel("$x$", labelpad=-6)
    axes[0].legend(loc="lower right", handletextpad=0.2)
    return figure


def minus_log():
    figure, axes = canvas(height=2.8)
    y = np.geomspace(0.01, 1, 80)
    axes.plot(y, -np.log(y), color=BLUE, clip_on=False)
    for probability in (0.6, 0.1, 0.01):
        loss = -math.log(probability)
        axes.plot(probability, loss, "o", color=ORANGE, ms=7)
        place = (probability + 0.02, loss + 0.15)
        axes.text(*place, f"{probability:g} costs {loss:.2f}")
    axes.set(xlim=(0, 1.03), ylim=(0, 5), yticks=range(6))
    axes.set_xlabel("probability of the right class")
    axes.set_title("$-\\log y$", size=13)
    return figure


def _examples():
    """Twenty points of two classes; chance decides where they are not far apart."""
    rng = np.random.default_rng(0)
    inputs = rng.normal(size=(20, 2))
    return inputs, (inputs @ [1.0, 0.5] + rng.normal(size=20) > 0).astype(int)


def _scores(inputs, w):
    return np.column_stack([np.zeros(20), inputs @ w])


def accuracy_and_loss():
    options = {"columns": 2, "sharex": "col", "width_ratios": [1.7, 1]}
    figure, axes = canvas(rows=2, height=4.0, **options)
    inputs, labels = _examples()

    def accuracy(w):
        return np.mean(_scores(inputs, [1.0, w]).argmax(axis=1) == labels)

    def loss(w):
        return softmax_cross_entropy(_scores(inputs, [1.0, w]), labels)

    weights, near = np.linspace(-4, 4, 161), np.linspace(0.488, 0.541, 54)
    lowest = min(weights, key=loss)
    for (whole, part), f, look, digits, room, side, align in [
        (axes[0], accuracy, {"color": ORANGE, "ds": "steps-mid"}, 1, 0.05, 0, "center"),
        (axes[1], loss, {"color": BLUE}, 4, 0.0018, 0.001, "left"),
    ]:
        whole.axvline(lowest, color=SOFT, lw=1.2, ls=":")
        whole.plot(lowest, f(lowest), "o", color=INK, ms=6, zorder=3)
        whole.plot(0.51, f(0.51), "o", ms=14, mfc="none", mec=INK, mew=1.2)
        for ax, x in ((whole, weights), (part, near)):
            ax.plot(x, [f(w) for w in x], **look)
        for w in (0.5, 0.51, 0.52):
            part.plot(w, f(w), "o", color=INK, ms=6)
            part.text(w + side, f(w) + room / 6, f"{f(w):.{digits}f}", ha=align)
        part.set(ylim=(f(0.51) - room, f(0.51) + room), yticks=[], title="enlarged")
    axes[0, 0].set(title="accuracy", ylim=(0.3, 1), yticks=[0.4, 0.6, 0.8, 1])
    axes[1, 0].set(title="loss", ylim=(0.4, 1.2), yticks=[0.4, 0.8, 1.2])
    axes[1, 0].set(xlabel="weight $w$", xticks=[-4, -2, 0, 2, 4])
    axes[1, 1].set(xlabel="weight $w$", xticks=[0.5, 0.52])
    return figure


def classifiers():
    figure, (left, right) = canvas(columns=2, height=3.0)
    inputs, labels = _examples()

    def loss(w):
        return softmax_cross_entropy(_scores(inputs, w), labels)

    _, walk = gradient_descent(loss, [-2.0, 2.0], lr=1.0, step_num=100, path=True)
    w1, w2 = np.linspace(-2.6, 2.2, 49), np.linspace(-0.4, 4.4, 49)
    heights = [[loss(np.array([a, b])) for a in w1] for b in w2]
    levels = [0.48, 0.5, 0.55, 0.6, 0.7, 0.8, 0.9, 1, 1.2, 1.4, 1.6]
    box = {"fc": PAPER, "ec": "none", "pad": 0.5}
    left.contour(w1, w2, heights, levels, colors=[SOFT], linewidths=0.8, alpha=0.6)
    left.plot(*walk.T, color=SOFT, lw=1, marker="o", ms=2)
    for label, fill in ((1, SOFT), (0, PAPER)):
        right.plot(*inputs[labels == label].T, "o", ms=6, mec=SOFT, mfc=fill)
    for n, ink, dash, off in [
        (0, ORANGE, ":", 0.4), (3, PURPLE, "-.", 0.4),
        (8, GREEN, "--", 0.4), (100, BLUE, "-", -0.4),
    ]:  # fmt: skip
        ahead = walk[n] / np.hypot(*walk[n])
        along = np.array([ahead[1], -ahead[0]])
        left.plot(*walk[n], "o", color=ink, ms=9, zorder=3)
        right.plot(*np.outer(along, [-2.3, 2.3]), ls=dash, color=ink, zorder=1)
        arrow(right, 2.2 * along, 2.2 * along + 0.6 * ahead, ink)
        for ax, place in ((left, walk[n] + [0, off]), (right, 2.65 * along)):
            ax.text(*place, f"{n}", color=ink, ha="center", va="center", bbox=box)
    left.set(aspect="equal", title="loss of each classifier", yticks=[0, 2, 4])
    right.set(aspect="equal", title="four of them", xlim=(-2.7, 2.7), ylim=(-2.7, 2.7))
    right.set(xticks=[-2, 0, 2], yticks=[-2, 0, 2])
    for ax, name in ((left, "w"), (right, "x")):
        ax.set_xlabel(f"${name}_1$", labelpad=1, size=15)
        ax.set_ylabel(f"${name}_2$", labelpad=4, rotation=0, y=0.75, size=15)
    return figure


def errors():
    figure, axes = canvas(height=3.4)
    steps = np.geomspace(1e-13, 1e-1, 61)
    ahead = [(math.exp(1 + h) - math.exp(1)) / h for h in steps]
    central = [numerical_diff(math.exp, 1, h=h) for h in steps]
    for slopes, look, name, place in [
        (ahead, SECOND, "forward", (1.5e-6, 1.5e-7)),
        (central, FIRST, "central", (6e-5, 2e-11)),
    ]:
        error = np.abs(np.array(slopes) - math.e)
        axes.loglog(steps, error, **look | {"ls": "", "ms": 4}, label=name)
        axes.text(*place, name, color=look["color"], va="center")
    for start, end, slope, x, y in [
        ((1e-7, 8e-7), (1e-1, 8e-1), "slope 1", 2e-5, 4e-3),
        ((1e-4, 7e-10), (1e-1, 7e-4), "slope 2", 7e-3, 5e-9),
        ((1e-13, 1e-2), (2e-9, 5e-7), "slope −1", 2e-9, 3e-4),
    ]:
        axes.plot(*zip(start, end, strict=True), "--", color=SOFT, lw=1.2)
        axes.text(x, y, slope, ha="center", va="center")
    axes.set(xlim=(4e-14, 3e-1), ylim=(1e-13, 1e1), ylabel="error")
    axes.set(xticks=[1e-12, 1e-8, 1e-4], yticks=[1e-12, 1e-8, 1e-4, 1])
    axes.minorticks_off()
    axes.set_xlabel("$h$")
    return figure


def tangents():
    figure, axes = canvas(height=2.9)

    def parabola(x):
        return 0.01 * x**2 + 0.1 * x

    x = np.linspace(0, 17, 60)
    axes.plot(x, parabola(x), color=BLUE)
    for point in (5, 10):
        slope, y = numerical_diff(parabola, point), parabola(point)
        near = np.array([point - 2.5, point + 6.0])
        axes.plot(near, tangent_line(parabola, point)(near), color=ORANGE, lw=1.6)
        steps = [point, point + 5, point + 5], [y, y, y + 5 * slope]
        axes.fill(*steps, color=ORANGE, alpha=0.12, lw=0)
        axes.plot(*steps, color=SOFT, lw=0.9)
        axes.plot(point, y, "o", color=INK, ms=7)
        axes.text(point + 2.5, y - 0.1, "5", ha="center", va="top")
        axes.text(point + 5.15, y + 2.5 * slope, f"{5 * slope:.1f}", va="center")
        axes.text(point - 0.5, y + 0.35, f"slope {slope:.1f}", ha="right")
    axes.set(xticks=[0, 5, 10, 15], yticks=[0, 1, 2, 3, 4], xlim=(-0.5, 17.5))
    axes.set_xlabel("$x$", labelpad=-2)
    axes.set_title("$0.01\\,x^2 + 0.1\\,x$")
    return figure


def both_sides():
    figure, axes = canvas(height=3.4)
    x, h = 1.0, 1.0
    ends = np.array([x - h, x, x + h])
    across = np.linspace(-0.35, 2.15, 60)
    axes.plot(across, across**2, color=INK, lw=1.5)
    for chord, ink, dash, name in (
        (ends[1:], ORANGE, "--", "forward"),
        (ends[::2], BLUE, "-", "central"),
    ):
        axes.plot(chord, chord**2, color=ink, ls=dash, label=name)
    tangent, near = tangent_line(np.square, x), np.array([-0.1, 2.07])
    axes.plot(near, tangent(near), "-.", color=GREEN, lw=1.6, label="tangent")
    for end, side, align in ((x - h, -0.06, "right"), (x + h, 0.06, "left")):
        bend = [tangent(end), end**2]
        axes.plot([end, end], bend, ":", color=SOFT)
        half = "$\\frac{1}{2} h^2 f″$"
        axes.text(end + side, np.mean(bend), half, ha=align, va="center", size=14)
    axes.plot(ends, ends**2, "o", color=INK, ms=6)
    axes.set(xlim=(-0.6, 2.6), ylim=(-1.5, 4.8), yticks=[])
    axes.set_xticks(ends, ["$x - h$", "$x$", "$x + h$"])
    axes.legend(loc="upper left", handlelength=2.6)
    return figure


def _bowl(x):
    """Works on one point (2,) and on whole grids (2, rows, columns)."""
    return x[0] ** 2 + x[1] ** 2


def _saddle(x):
    return x[0] ** 2 - x[1] ** 2


def _valley(x):
    return x[0] ** 2 / 5 + x[1] ** 2


RIM = 6
"""How far a landscape reaches from its middle."""


def _landscape(f, height, top, inks):
    """The surface of `f` over a disc, in one ink above zero and in one below."""
    options = {"projection": "3d", "computed_zorder": False}
    figure, axes = canvas(height=height, subplot_kw=options, layout="none")
    axes.set_position((-0.02, 0.04, 1, 1))
    turns, radii = np.meshgrid(np.linspace(0, 2 * np.pi, 49), np.linspace(0, RIM, 10))
    grid = radii * [np.cos(turns), np.sin(turns)]
    heights = f(grid)
    tiles = (heights[1:, 1:] + heights[1:, :-1]) / 2
    colors = np.array([to_rgba(ink) for ink in inks])[(tiles < 0).astype(int)]
    colors[..., 3] = 0.1 + 0.3 * np.abs(tiles) / np.abs(tiles).max()
    net = {"rstride": 1, "cstride": 1, "edgecolor": SOFT, "lw": 0.3, "shade": False}
    axes.plot_surface(*grid, heights, facecolors=colors, zorder=1, **net)
    for axis in (axes.xaxis, axes.yaxis, axes.zaxis):
        axis.set_pane_color("none")
        axis.line.set_color(SOFT)
        axis.set_rotate_label(False)
        axis._axinfo["grid"]["color"] = HAIRLINE
    axes.set(xlim=(-RIM, RIM), ylim=(-RIM, RIM), zlim=top)
    axes.set(xticks=[-4, 0, 4], yticks=[-4, 0, 4])
    axes.set_xlabel("$x_0$", labelpad=-3, size=15)
    axes.set_ylabel("$x_1$", labelpad=-3, size=15)
    axes.tick_params(pad=-2)
    axes.tick_params("z", pad=1)
    axes.set_box_aspect((1, 1, 0.65), zoom=1.06)
    return figure, axes


def surface():
    figure, axes = _landscape(_bowl, height=4.2, top=(0, 36), inks=(BLUE, BLUE))
    axes.set_zticks([0, 25])
    figure.text(0.05, 0.86, "$x_0^2 + x_1^2$", size=13)
    point = np.array([3.0, 4.0])
    slopes = numerical_gradient(_bowl, point)
    for i, (color, style) in enumerate([(BLUE, "-"), (ORANGE, "--")]):
        rim = math.sqrt(RIM**2 - point[1 - i] ** 2)
        cut = np.tile(point[:, None], 41)
        cut[i] = np.linspace(-rim, rim, 41)
        axes.plot(*cut, _bowl(cut), style, color=color)
        tangent = np.tile(point[:, None], 2)
        tangent[i] += [-1.1, 1.1]
        heights = _bowl(point) + slopes[i] * (tangent[i] - point[i])
        axes.plot(*tangent, heights, color=color, lw=3.5, solid_capstyle="round")
    axes.plot(*point, _bowl(point), "o", color=INK, ms=7, zorder=9)
    axes.view_init(elev=36, azim=-118)
    return figure


def saddle_point():
    figure, axes = _landscape(_saddle, height=4.2, top=(-36, 36), inks=(BLUE, ORANGE))
    axes.set_zticks([-25, 0, 25])
    figure.text(0.99, 0.91, "$x_0^2 - x_1^2$", size=13, ha="right")
    axes.set_box_aspect((1, 1, 0.8), zoom=1.16)
    along, zero = np.linspace(-RIM, RIM, 41), np.zeros(41)
    axes.plot(along, zero, along**2, color=BLUE)
    axes.plot(zero, along, -(along**2), "--", color=ORANGE)
    axes.plot(0, 0, _saddle(np.zeros(2)), "o", color=INK, ms=7, zorder=9)
    axes.view_init(elev=11, azim=-52)
    return figure


def _contours(axes, f, heights):
    """Lines of equal height of a bowl or a valley; a cross marks the minimum."""
    stretch = math.sqrt(f(np.array([0.0, 1.0])) / f(np.array([1.0, 0.0])))
    for radius in np.sqrt(heights):
        line = Ellipse((0, 0), 2 * stretch * radius, 2 * radius)
        line.set(fc="none", ec=SOFT, lw=0.8, alpha=0.6)
        axes.add_patch(line)
    axes.plot(0, 0, "P", color=ORANGE, ms=9, mec=PAPER, mew=1, zorder=4)
    axes.set_xlabel("$x_0$", labelpad=1, size=15)


def arrows():
    figure, axes = canvas(columns=2, height=3.0)
    for ax, f in zip(axes, (_bowl, _valley), strict=True):
        _contours(ax, f, [0.25, 1, 2.25, 4, 6.25, 9, 12.25])
        x0, x1 = np.meshgrid([-3, -1.5, 0, 1.5, 3], [-3, -1.5, 0, 1.5, 3])
        points = np.column_stack([x0.ravel(), x1.ravel()])
        downhill = np.array([-numerical_gradient(f, point) for point in points])
        scale = 5
        ax.quiver(
            *points.T, *downhill.T, color=BLUE,
            angles="xy", scale_units="xy", scale=scale, width=0.011,
        )  # fmt: skip
        ax.set(aspect="equal", xlim=(-4, 4), ylim=(-4, 4))
        ax.set(xticks=[-3, 0, 3], yticks=[-3, 0, 3])
    axes[0].set_title("$x_0^2 + x_1^2$")
    axes[1].set_title("$x_0^2/5 + x_1^2$")
    axes[0].set_ylabel("$x_1$", labelpad=4, rotation=0, va="center", size=15)
    return figure


def _two_dips(x):
    return x[0] ** 4 - 2 * x[0] ** 2 + x[0] / 2


def two_walks():
    figure, axes = canvas(height=3.2)
    x = np.linspace(-1.7, 1.7, 120)
    axes.plot(x, _two_dips([x]), color=INK, lw=1.5)
    walks = {"lr": 0.02, "step_num": 200, "path": True}
    for start, look, name in [
        (-1.6, FIRST, "lowest of all"),
        (1.6, SECOND, "local minimum"),
    ]:
        end, points = gradient_descent(_two_dips, [start], **walks)
        heights = _two_dips(points.T)
        axes.plot(points[:31, 0], heights[:31], **look | {"ls": "", "ms": 5})
        axes.plot(end[0], heights[-1], "D", color=GREEN, ms=7, zorder=5)
        axes.text(end[0], heights[-1] - 0.2, name, ha="center", va="top")
    axes.set(xlim=(-1.9, 1.9), ylim=(-2.1, 2.6), xticks=[-1, 0, 1])
    axes.set(xlabel="$x$", yticks=[-1, 0, 1, 2])
    axes.set_title("$x^4 - 2\\,x^2 + x/2$")
    return figure


def rates():
    figure, axes = canvas(rows=3, height=5.6, sharex=True)
    far = np.array([-8.0, 3.0])
    for ax, lr in zip(axes, (0.03, 0.4, 0.96), strict=True):
        _contours(ax, _valley, [0.8, 3.2, 7.2, 12.8, 20])
        _, points = gradient_descent(_valley, far, lr=lr, step_num=30, path=True)
        ax.plot(*points.T, "o-", color=BLUE, ms=4, lw=1)
        ax.plot(*points[-1], "D", color=GREEN, ms=7, zorder=5)
        ax.set(title=f"learning rate {lr}", ylim=(-4, 4), yticks=[-3, 0, 3])
        ax.set(xlim=(-10, 4), xticks=[-8, -4, 0], xlabel="")
        ax.set_ylabel("$x_1$", labelpad=4, rotation=0, va="center", size=15)
    axes[-1].set_xlabel("$x_0$", labelpad=1, size=15)
    return figure
