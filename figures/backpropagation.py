"""Figures of the chapter on backpropagation."""

from fractions import Fraction

import numpy as np
from matplotlib.patches import Rectangle

from figures.style import (
    BLUE,
    GREEN,
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
from scratchnn import (
    Add,
    Affine,
    Mul,
    MultiLayerNet,
    Sigmoid,
    SoftmaxWithLoss,
    forward_through,
    load_digits,
)


def _beside(axes, place, side, text, color=INK):
    """An upright text on one side of a place: it keeps off a line through that."""
    letters = str(text).replace("$", "")
    point = axes.get_xlim()[1] / 374
    half = point * np.array([3.4 * len(letters), 7 if "^" in letters else 5])
    where = place + (0.1 + half @ np.abs(side)) * side
    axes.text(*where, text, color=color, ha="center", va="center", size=13)


def _back(axes, place, slope, along=(1, 0)):
    """A short arrow against the way of a wire, and below it what comes back."""
    here, along = np.array(place), np.array(along)
    arrow(axes, here + 0.3 * along, here - 0.3 * along, ORANGE)
    _beside(axes, here, np.array([along[1], -along[0]]), slope, ORANGE)


def _edge(axes, start, end, value, slope):
    """A wire with its value above, and below what comes back along it."""
    wire(axes, start, end)
    a, b = np.array(start), np.array(end)
    along = (b - a) / np.linalg.norm(b - a)
    across = np.array([-along[1], along[0]])
    middle = a + {0: 0.5, 1: 0.36}.get(along[1], 0.42) * (b - a)
    _beside(axes, middle, across, value)
    _back(axes, middle - 0.14 * across, slope, along)


def _input(axes, place, text):
    """What stands at the beginning of a wire."""
    label = {"ha": "right", "va": "center", "size": 13}
    axes.text(place[0] + 0.25, place[1], text, **label)


def _output(axes, place, text):
    """What stands at the end of the last wire, or in the middle of a place."""
    axes.text(*place, text, ha="center", va="center", size=13)


def _number(value):
    return f"{float(value):.4g}".replace("-", "−")


def apples():
    figure, axes = diagram(7.4, 3.6)
    counting, taxing = Mul(), Mul()
    cost = counting.forward(100, 2)
    total = taxing.forward(cost, 1.1)
    dcost, dtax = taxing.backward(1)
    dprice, dnumber = counting.backward(dcost)
    first, second, end = (2.7, 2.3), (4.9, 2.3), (7.0, 2.3)
    for name, place, target, value, slope in [
        ("price", (0.7, 3.3), first, 100, dprice),
        ("number", (0.7, 1.3), first, 2, dnumber),
        ("tax", (2.7, 0.4), second, 1.1, dtax),
        ("", first, second, cost, dcost),
        ("", second, end, total, 1),
    ]:
        _input(axes, place, name)
        _edge(axes, place, target, _number(value), _number(slope))
    _output(axes, end, "bill")
    for place in (first, second):
        node(axes, *place, "×")
    return figure


def fruit():
    figure, axes = diagram(8.4, 6.1)
    apples, oranges, adding, taxing = Mul(), Mul(), Add(), Mul()
    cost_1, cost_2 = apples.forward(100, 2), oranges.forward(150, 3)
    cost = adding.forward(cost_1, cost_2)
    total = taxing.forward(cost, 1.1)
    dcost, dtax = taxing.backward(1)
    dcost_1, dcost_2 = adding.backward(dcost)
    dprice_1, dnumber_1 = apples.backward(dcost_1)
    dprice_2, dnumber_2 = oranges.backward(dcost_2)
    one, two, both, last = (2.8, 4.7), (2.8, 1.4), (4.7, 3.05), (6.4, 3.05)
    for name, place, target, value, slope in [
        ("apple", (0.8, 5.75), one, 100, dprice_1),
        ("number", (0.8, 3.65), one, 2, dnumber_1),
        ("orange", (0.8, 2.45), two, 150, dprice_2),
        ("number", (0.8, 0.35), two, 3, dnumber_2),
        ("tax", (4.8, 0.75), last, 1.1, dtax),
        ("", one, both, cost_1, dcost_1),
        ("", two, both, cost_2, dcost_2),
        ("", both, last, cost, dcost),
        ("", last, (8.0, 3.05), total, 1),
    ]:
        _input(axes, place, name)
        _edge(axes, place, target, _number(value), _number(slope))
    _output(axes, (8.0, 3.05), "bill")
    for place, sign in [(one, "×"), (two, "×"), (both, "+"), (last, "×")]:
        node(axes, *place, sign)
    return figure


def chain():
    figure, axes = diagram(7.4, 2.8)
    adding, squaring, end = (2.5, 1.4), (4.8, 1.4), (7.0, 1.4)
    _edge(axes, (0.4, 2.3), adding, "2", "10")
    _edge(axes, (0.4, 0.5), adding, "3", "10")
    _edge(axes, adding, squaring, "$s = 5$", "$2s = 10$")
    _edge(axes, squaring, end, "25", "1")
    _input(axes, (0.4, 2.3), "$x$")
    _input(axes, (0.4, 0.5), "$y$")
    _output(axes, end, "$z$")
    node(axes, *adding, "+")
    node(axes, *squaring, "$s^2$")
    return figure


def nodes():
    figure, axes = diagram(7.4, 2.9)
    for left, sign, layer in [(0, "+", Add()), (3.8, "×", Mul())]:
        result = layer.forward(10, 5)
        slopes = layer.backward(1.3)
        middle = (left + 1.9, 1.45)
        places = [(left + 0.1, 2.4), (left + 0.1, 0.5)]
        for place, value, slope in zip(places, (10, 5), slopes, strict=True):
            _edge(axes, place, middle, value, _number(slope))
        _edge(axes, middle, (left + 3.6, 1.45), _number(result), "1.3")
        node(axes, *middle, sign)
    return figure


def fork():
    figure, axes = diagram(7.4, 2.6)
    layer = Mul()
    result = layer.forward(3, 3)
    slopes = layer.backward(1)
    start, dot, times, end = (0.4, 1.3), (2.2, 1.3), (4.7, 1.3), (7.0, 1.3)
    axes.plot(*zip((0.75, 1.3), dot, strict=True), color=SOFT, lw=1.3)
    axes.plot(*dot, "o", color=SOFT, ms=6)
    label = {"ha": "center", "va": "center", "size": 13}
    axes.text(1.5, 1.56, "3", **label)
    _back(axes, (1.5, 1.16), _number(sum(slopes)))
    bent = {"arrowstyle": "-|>", "color": SOFT, "lw": 1.3, "shrinkA": 0, "shrinkB": 0}
    for up, slope in zip((1, -1), slopes, strict=True):
        bent["connectionstyle"] = f"arc3,rad={-0.5 * up}"
        rim = (times[0] - 0.28, times[1] + 0.23 * up)
        axes.annotate("", rim, dot, arrowprops=dict(bent))
        axes.text(3.3, 1.56 + 0.72 * up, "3", **label)
        _back(axes, (3.3, 1.12 + 0.7 * up), _number(slope))
    _edge(axes, times, end, _number(result), "1")
    _input(axes, start, "$x$")
    _output(axes, end, "$z$")
    node(axes, *times, "×")
    return figure


def sigmoid_graph():
    figure, axes = diagram(7.4, 2.3)
    places = [(x, 1.15) for x in (0.2, 1.4, 2.8, 4.2, 5.6, 7.2)]
    values = ["$x$", "$-x$", "$e^{-x}$", "$1 + e^{-x}$", "$y$"]
    slopes = ["$y^2e^{-x}$", "$-y^2e^{-x}$", "$-y^2$", "$-y^2$", "1"]
    for n, (value, slope) in enumerate(zip(values, slopes, strict=True)):
        wire(axes, places[n], places[n + 1])
        middle = (places[n][0] + places[n + 1][0]) / 2
        axes.text(middle, 1.75, value, size=14, ha="center", va="center")
        _back(axes, (middle, 0.65), slope)
    for place, name in zip(places[1:], ["×(−1)", "exp", "+ 1", "1 / ·"], strict=False):
        node(axes, *place, name)
    return figure


def there_and_back():
    figure, axes = diagram(8.7, 5.6)
    first, second, adding, bending = Mul(), Mul(), Add(), Sigmoid()
    products = first.forward(2, 0.5), second.forward(-1, 1)
    a = adding.forward(*products)
    y = bending.forward(a)
    da = bending.backward(-1 / y)
    dx_1, dw_1 = first.backward(da)
    dx_2, dw_2 = second.backward(da)
    one, two, total, bend, loss, end = (
        (2.1, 4.2),
        (2.1, 1.4),
        (3.7, 2.8),
        (5.3, 2.8),
        (6.9, 2.8),
        (8.45, 2.8),
    )
    for name, place, target, value, slope in [
        ("$x_1$", (0.4, 5.3), one, 2, dx_1),
        ("$w_1$", (0.4, 3.1), one, 0.5, dw_1),
        ("$x_2$", (0.4, 2.5), two, -1, dx_2),
        ("$w_2$", (0.4, 0.3), two, 1, dw_2),
        ("$b$", (3.7, 0.5), total, 0, da),
        ("", one, total, products[0], da),
        ("", two, total, products[1], da),
        ("", total, bend, a, da),
        ("", bend, loss, y, -1 / y),
        ("", loss, end, round(-np.log(y), 3), 1),
    ]:
        _input(axes, place, name)
        _edge(axes, place, target, _number(value), _number(slope))
    _output(axes, end, "$L$")
    for place, sign in [
        (one, "×"),
        (two, "×"),
        (total, "+"),
        (bend, "σ"),
        (loss, "−log"),
    ]:
        node(axes, *place, sign)
    return figure


def _grid(axes, place, shape, name, color, sides=("", "")):
    """A matrix, cell by cell from its upper left corner, its sides and its name."""
    (left, top), (rows, columns), size = place, shape, 0.34
    right, bottom = left + size * columns, top - size * rows
    axes.fill(
        [left, right, right, left], [top, top, bottom, bottom], fc=color, alpha=0.2
    )
    for n in range(rows + 1):
        axes.plot([left, right], [top - size * n] * 2, color=color, lw=0.8)
    for n in range(columns + 1):
        axes.plot([left + size * n] * 2, [top, bottom], color=color, lw=0.8)
    middle, centre = (left + right) / 2, (top + bottom) / 2
    label = {"ha": "center", "va": "center"}
    axes.text(middle, bottom - 0.25, name, size=14, **label)
    axes.text(left - 0.17, centre, sides[0], color=SOFT, **label)
    axes.text(middle, top + 0.19, sides[1], color=SOFT, **label)


def affine():
    figure, axes = diagram(7.4, 8.1)
    N, D, M = 5, 4, 2
    X, W, Y = ("$X$", BLUE), ("$W$", PURPLE), ("$Y$", GREEN)
    W_T, X_T = (
        (r"$W^{\mathrm{\mathsf{T}}}$", PURPLE),
        (r"$X^{\mathrm{\mathsf{T}}}$", BLUE),
    )
    dX, dW, dY = ("$dX$", BLUE), ("$dW$", PURPLE), ("$dY$", GREEN)
    n, d, m = "$N$", "$D$", "$M$"
    for middle, *factors, result in [
        (6.85, (X, (N, D), (n, d)), (W, (D, M), (d, m)), (Y, (N, M), (n, m))),
        (4.15, (dY, (N, M), (n, m)), (W_T, (M, D), (m, d)), (dX, (N, D), (n, d))),
        (1.4, (X_T, (D, N), (d, n)), (dY, (N, M), (n, m)), (dW, (D, M), (d, m))),
    ]:
        for sign, x, size in [("·", 2.98, 36), ("=", 5.24, 18)]:
            axes.text(x, middle, sign, size=size, ha="center", va="center")
        for x, ((name, color), shape, sides) in zip(
            (1.85, 4.25, 6.45), [*factors, result], strict=True
        ):
            corner = (x - 0.17 * shape[1], middle + 0.17 * shape[0])
            _grid(axes, corner, shape, name, color, sides)
    label = {"color": SOFT, "rotation": 90, "ha": "center", "va": "center"}
    axes.text(0.3, 6.85, "forward", **label)
    axes.text(0.3, 2.8, "backward", **label)
    return figure


def _fraction(value):
    return str(Fraction(float(value))).replace("-", "−")


def _weighted(axes, start, end, weight, slope=""):
    """A wire of a network with its weight, and what comes back through that."""
    a, b = np.array(start), np.array(end)
    along = (b - a) / np.linalg.norm(b - a)
    across = np.array([-along[1], along[0]])
    arrow(axes, a, b - 0.36 * along)
    level = along[1] == 0
    place = a + 0.35 * (b - a) + 0.26 * across if level else a + 0.72 * (b - a)
    box = {"fc": PAPER, "ec": "none", "pad": 1}
    axes.text(*place, weight, color=PURPLE, ha="center", va="center", size=13, bbox=box)
    if slope:
        here = a + (0.35 if level else 0.25) * (b - a)
        _back(axes, here - 0.14 * across, slope, along)


def pencil():
    figure, axes = diagram(9.4, 6.2)
    W1, W2 = np.array([[1, -1], [-2, 2]]), np.array([[2, -1], [1, 2]])
    b2, x = np.array([-1.5, -0.5]), np.array([[1, 0.5]])
    layers, last = [Affine(W1, [0, 0]), Sigmoid(), Affine(W2, b2)], SoftmaxWithLoss()
    (a,), (z,), (scores,) = (forward_through(layers[:n], x) for n in (1, 2, 3))
    loss = last.forward(scores, 1)
    dscores = last.backward()
    dz = layers[2].backward([dscores])
    da = layers[1].backward(dz)
    rows = (5.05, 1.15)
    for n, y in enumerate(rows):
        _input(axes, (0.25, y), _fraction(x[0, n]))
        for dot in (0.65, 5.4):
            axes.plot(dot, y, "o", color=SOFT, ms=6)
        axes.plot([4.56, 5.4], [y, y], color=SOFT, lw=1.3)
        _output(axes, (4.98, y + 0.26), _fraction(z[n]))
        _back(axes, (4.98, y - 0.14), _fraction(dz[0, n]))
        for m, end in enumerate(rows):
            _weighted(axes, (0.65, y), (2.6, end), f"× {_number(W1[n, m])}")
            slope = _fraction(dscores[m] * W2[n, m])
            _weighted(axes, (5.4, y), (7.3, end), f"× {_number(W2[n, m])}", slope)
        _edge(axes, (2.6, y), (4.2, y), _fraction(a[n]), _fraction(da[0, n]))
        _edge(axes, (7.3, y), (8.9, y), _fraction(scores[n]), _fraction(dscores[n]))
        for place, name in [(2.6, "+"), (4.2, "σ"), (7.3, "+")]:
            node(axes, place, y, name)
        _output(axes, (7.3, y + 0.6 * np.sign(y - 3.1)), _fraction(b2[n]))
    axes.add_patch(Rectangle((8.54, 0.65), 0.6, 4.9, fc=PAPER, ec=BLUE, lw=2))
    axes.text(8.84, 3.1, "softmax and loss", rotation=90, ha="center", va="center")
    _output(axes, (8.84, 0.3), _number(round(loss, 3)))
    return figure


def _shape(axes, x, y, sides, align="right"):
    """The shape of an array, beside or below its name."""
    axes.text(x, y, sides, color=SOFT, size=11, ha=align, va="center")


def _step(axes, top, name, given, slopes, sides):
    """A layer as a box, with what it is given on its left and what it says to that."""
    y = top - 0.31
    axes.add_patch(Rectangle((1.7, top - 0.62), 2.1, 0.62, fc=PAPER, ec=BLUE))
    axes.text(2.75, y, name, ha="center", va="center")
    if given:
        arrow(axes, (1.2, y), (1.7, y), SOFT)
        axes.text(0.7, y, given, ha="center", va="center", size=13)
        _shape(axes, 0.7, y - 0.33, sides, "center")
    if slopes:
        arrow(axes, (3.8, y), (4.25, y), ORANGE)
    for text, up in zip(slopes, (0.22, -0.22), strict=False):
        axes.text(4.35, y + up, text, va="center", size=13, color=ORANGE)


def _slopes(n, x):
    """What an affine layer says of its weights and biases, given inputs `x`."""
    return (
        rf"$dW_{n} = {x}^{{\mathrm{{\mathsf{{T}}}}}} \, dA_{n}$",
        rf"$db_{n} = \Sigma_n \, (dA_{n})_n$",
    )


def two_layers():
    figure, axes = diagram(7.4, 6.7)
    axes.text(2.35, 6.45, "$X$", ha="center", va="center", size=13)
    arrow(axes, (2.35, 6.25), (2.35, 5.8), SOFT)
    _shape(axes, 2.15, 6.45, "$(N, D)$")
    _step(axes, 5.8, "affine", "$W_1, b_1$", _slopes(1, "X"), "$(D, H), (H{,})$")
    _step(axes, 4.25, "sigmoid", "", (), "")
    _step(axes, 2.7, "affine", "$W_2, b_2$", _slopes(2, "Z_1"), "$(H, C), (C{,})$")
    _step(axes, 1.15, "softmax and loss", "$T$", (), "$(N, C)$")
    for top, bottom, value, sides, slope in [
        (5.18, 4.25, "$A_1$", "$(N, H)$", r"$dA_1 = dZ_1 \odot Z_1 \odot (1 - Z_1)$"),
        (3.63, 2.7, "$Z_1$", "$(N, H)$", r"$dZ_1 = dA_2 \, W_2^{\mathrm{\mathsf{T}}}$"),
        (2.08, 1.15, "$A_2$", "$(N, C)$", "$dA_2 = (Y - T) / N$"),
        (0.53, 0.08, "$L$", "", "1"),
    ]:
        middle = (top + bottom) / 2
        arrow(axes, (2.35, top), (2.35, bottom), SOFT)
        arrow(axes, (3.15, bottom), (3.15, top), ORANGE)
        axes.text(2.15, middle, value, ha="right", va="center", size=13)
        _shape(axes, 1.7, middle, sides)
        axes.text(3.35, middle, slope, va="center", size=13, color=ORANGE)
    return figure


def fading():
    figure, axes = canvas(height=3.0)
    (x, t), _ = load_digits()
    for name, activation, std, ink, look, place in [
        ("ReLU, scaled", "relu", None, BLUE, "-o", (1, 3.2e-2)),
        ("sigmoid, scaled", "sigmoid", None, ORANGE, "--s", (1.3, 1.2e-7)),
        ("sigmoid, std 0.01", "sigmoid", 0.01, PURPLE, ":^", (3.2, 3e-11)),
    ]:
        net = MultiLayerNet(
            [64, *[50] * 6, 10],
            activation=activation,
            weight_init_std=std,
            rng=np.random.default_rng(0),
        )
        slopes = net.gradient(x[:100], t[:100])
        sizes = [np.abs(slopes[f"W{n}"]).mean() for n in range(1, 8)]
        axes.plot(range(1, 8), sizes, look, ms=6, color=ink, label=name)
        axes.text(*place, name, color=ink, va="center")
    arrow(axes, (7, 0.4), (1, 0.4))
    axes.text(7, 3, "the way back", color=SOFT, ha="right", va="center")
    axes.set(title="size of $dW$", xlabel="layer", yscale="log", ylim=(1e-14, 10))
    axes.set_yticks([1e-12, 1e-8, 1e-4, 1])
    return figure
