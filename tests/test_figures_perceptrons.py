"""What the captions of chapter 2 and of the front page say is true of the figures."""

from typing import Any

import numpy as np
import pytest
from drawings import arrows, is_open, joined, labelled
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb

from bookbinder.make.drawing import run_program
from figures.style import BLUE, ORANGE, PAPER
from scratchnn import AND, NAND, OR, XOR, perceptron

CORNERS = [(0, 0), (1, 0), (0, 1), (1, 1)]


def dots(axes: Axes) -> dict[tuple[float, float], bool]:
    """Where the round marks are, and whether each is full: blue; a ring is orange."""
    found = {}
    for line in axes.lines:
        if line.get_markersize() == 10:
            x1, x2 = (float(np.ravel(c)[0]) for c in line.get_data())
            found[x1, x2] = line.get_markerfacecolor() == line.get_markeredgecolor()
            assert found[x1, x2] != is_open(line)
            assert line.get_markeredgecolor() == (BLUE if found[x1, x2] else ORANGE)
            assert line.get_marker() == "o"
    return found


def contour_lines(axes: Axes) -> list[Any]:
    """The lines between grounds: what is drawn, but not filled, in the order drawn."""
    lines = [c for c in axes.collections if c.get_alpha() is None]
    return [path for line in lines for path in line.get_paths()]


def fires(axes: Axes, point: tuple[float, float]) -> bool:
    """Whether a point lies on blue ground; elsewhere it has to lie on orange."""
    grounds = [
        to_hex(np.asarray(c.get_facecolor())[0])
        for c in axes.collections
        if c.get_alpha() is not None
        and any(path.contains_point(point) for path in c.get_paths())
    ]
    assert grounds in ([BLUE], [ORANGE])
    return grounds == [BLUE]


@pytest.mark.says(
    "perceptrons.gates",
    """
    Three squares for AND, NAND and OR. In each, a straight line separates the
    corners where the gate fires (full dots, blue side) from those where it does
    not (open rings, orange side). An arrow at right angles to the line points into
    the blue side. Full dots are inputs for which the gate gives 1, open rings those
    for which it gives 0. The perceptron fires on the blue side of its line. Each
    arrow goes as far along $x_1$ and $x_2$ as the weights say. NAND has the line of
    AND, with the colours swapped.
    """,
    "$x_1$ · $x_2$ · AND · $x_1$ · NAND · $x_1$ · OR",
)
def test_gates_fire_on_the_blue_side(figure: Any) -> None:
    """Full dots where the gate gives 1, all on the blue side, and no other dot is.

    The arrow stands on the line, and is as long as the weights.
    """
    for axes, gate in zip(figure.axes, (AND, NAND, OR), strict=True):
        assert axes.get_title() == gate.__name__
        assert dots(axes) == {corner: gate(*corner) == 1 for corner in CORNERS}
        assert all(fires(axes, corner) == full for corner, full in dots(axes).items())
        (arrow,) = arrows(axes)
        way = arrow.head - arrow.tail
        line = axes.collections[2].get_paths()[0].vertices
        np.testing.assert_allclose((line[-1] - line[0]) @ way, 0, atol=1e-9)
        np.testing.assert_allclose((arrow.tail - line[0]) @ way, 0, atol=1e-9)
        assert fires(axes, (arrow.head[0], arrow.head[1]))
        totals = [perceptron(corner, w=way, b=-way @ line[0]) for corner in CORNERS]
        assert totals == [gate(*corner) for corner in CORNERS]
        np.testing.assert_allclose(np.abs(way), 0.5)


def test_nand_has_the_line_of_and() -> None:
    """The same border, with the colours exchanged."""
    both, neither, _ = run_program("figures.perceptrons.gates")["figure"].axes
    lines = [axes.collections[2].get_paths()[0].vertices for axes in (both, neither)]
    np.testing.assert_allclose(sorted(lines[0].tolist()), sorted(lines[1].tolist()))


@pytest.mark.says(
    "perceptrons.or_learns",
    """
    Four squares, one after each correction, with the weights and the bias above. An
    arrow at right angles to a line points into its blue side. In each of the first
    three, the one corner with the wrong answer is circled: (0, 0), then (0, 1), then
    (0, 0) again. The fourth has no circle. OR learns. The circled corner gets the wrong
    answer and brings about the next correction, which may spoil another. (On the line a
    perceptron does not fire: that is wrong for the dot in the second square, and right
    for the ring in the fourth. The rule stops as soon as all is right, with no room to
    spare.)
    """,
    """
    $x_1$ · $x_2$ · $w = (1, 0)$ · $b = 1$ · $x_1$ · $w = (1, 0)$ · $b = 0$ · $x_1$ · $w
    = (1, 1)$ · $b = 1$ · $x_1$ · $w = (1, 1)$ · $b = 0$
    """,
)
def test_or_learns_from_the_corner_on_the_wrong_side(figure: Any) -> None:
    """Each square follows from the one before: its circled corner is added or not."""
    w, b, wrong = np.zeros(2), 0.0, (1.0, 0.0)
    circled = []
    for axes in figure.axes:
        miss = OR(*map(int, wrong)) - perceptron(wrong, w=w, b=b)
        assert miss in (1, -1)
        w, b = w + miss * np.array(wrong), b + miss
        title = f"$w = ({w[0]:.0f}, {w[1]:.0f})$\n$b = {b:.0f}$"
        assert axes.get_title() == title
        (arrow,) = arrows(axes)
        np.testing.assert_allclose(arrow.head - arrow.tail, w, atol=1e-9)
        (line,) = (path.vertices for path in contour_lines(axes))
        for point in (*line, arrow.tail):
            assert abs(w @ point + b) < 1e-9
        assert axes.get_aspect() == 1  # or the right angle would be none
        assert fires(axes, (arrow.head[0], arrow.head[1]))
        assert not fires(axes, tuple(arrow.tail - 0.1 * w))
        assert dots(axes) == {corner: OR(*corner) == 1 for corner in CORNERS}
        circles = [line for line in axes.lines if line.get_markersize() == 20]
        found = [tuple(np.ravel(circle.get_data())) for circle in circles]
        right = {c: perceptron(c, w=w, b=b) == OR(*c) for c in CORNERS}
        assert found == [corner for corner in CORNERS if not right[corner]]
        circled += found
        wrong = found[0] if found else wrong
    assert circled == [(0, 0), (0, 1), (0, 0)]
    assert b == 0  # so that (0, 0) is on the line


@pytest.mark.says(
    "perceptrons.xor_attempts",
    """
    Three attempts to separate the two full dots at (1, 0) and (0, 1) from the two
    rings at (0, 0) and (1, 1) by a straight line. In each attempt one corner,
    circled and named above, is on the wrong side. Three attempts at XOR. Each
    leaves one corner, circled, on the wrong side.
    """,
    """
    $x_1$ · $x_2$ · wrong: (1, 1) · $x_1$ · wrong: (0, 0) · $x_1$ · wrong: (0, 1)
    """,
)
def test_each_attempt_at_xor_leaves_one_corner_circled_on_the_wrong_side(
    figure: Any,
) -> None:
    for axes in figure.axes:
        wrong = [c for c, full in dots(axes).items() if fires(axes, c) != full]
        circles = [line for line in axes.lines if line.get_markersize() == 20]
        assert dots(axes) == {corner: XOR(*corner) == 1 for corner in CORNERS}
        assert [tuple(np.ravel(line.get_data())) for line in circles] == wrong
        assert len(wrong) == 1
        (circle,) = circles
        assert (circle.get_marker(), circle.get_markerfacecolor()) == ("o", "none")
        border = axes.collections[2].get_paths()
        assert len(border) == 1
        assert axes.get_title() == f"wrong: {tuple(map(int, wrong[0]))}"


@pytest.mark.says(
    "perceptrons.two_layers",
    """
    Left: the input plane with two parallel lines, named OR and NAND; the strip
    between them is blue and holds the two corners where XOR fires. Right: the
    plane of s1 and s2; the two firing corners have become one point at (1, 1),
    which a single line separates from the other two points. Left, what the two
    layers do to the plane of inputs: XOR fires in the strip between the line of
    OR and the line of NAND. Right, the same four corners as the second layer sees them:
    two of them fall on one point, and one straight cut is enough. Nothing lands
    on (0, 0) of the right square: NAND would have to see two ones for that, and OR
    two zeros.
    """,
    """
    $x_1$ · $x_2$ · fires · OR · NAND · the inputs · $s_1$ · $s_2$ ·
    two inputs · meet here · from (1, 1) · from (0, 0) · after the first layer
    """,
)
def test_two_layers_bend_the_region_and_move_the_corners(figure: Any) -> None:
    """XOR fires in the strip; behind the first layer two corners have become one."""
    before, after = figure.axes
    assert dots(before) == {corner: XOR(*corner) == 1 for corner in CORNERS}
    assert all(fires(before, corner) == full for corner, full in dots(before).items())
    names = {text.get_text(): sum(text.get_position()) for text in before.texts}
    lines = [path.vertices for path in contour_lines(before)]
    strip = {"OR": 0.4, "NAND": 1.4}
    for line, total in zip(lines, sorted(strip.values(), reverse=True), strict=True):
        np.testing.assert_allclose(line.sum(axis=1), total)
    assert 0 < names["OR"] < strip["OR"] < names["fires"] < strip["NAND"]
    assert strip["NAND"] < names["NAND"] < 2
    assert (after.get_xlabel(), after.get_ylabel()) == ("$s_1$", "$s_2$")
    assert len(contour_lines(after)) == 1
    nearest = {
        text.get_text(): min(
            dots(after),
            key=lambda dot: np.hypot(*np.subtract(dot, text.get_position())),
        )
        for text in after.texts
    }
    assert nearest.pop("two inputs\nmeet here") == (1, 1)
    named = {f"from {corner}": (NAND(*corner), OR(*corner)) for corner in CORNERS}
    assert nearest.items() <= named.items()
    assert dots(after) == {(1, 0): False, (1, 1): True, (0, 1): False}
    assert all(fires(after, corner) == full for corner, full in dots(after).items())


@pytest.mark.says(
    "perceptrons.xor_circuit",
    """
    Circuit diagram: the inputs x1 and x2 each lead to a NAND and to an OR; their
    outputs s1 and s2 lead to an AND, whose output is y. XOR from three
    perceptrons. The outputs of the first two, $s_1$ and $s_2$, are the inputs of
    the third.
    """,
    "$s_1$ · $s_2$ · $x_1$ · $x_2$ · NAND · OR · AND · $y$",
)
def test_the_wiring_of_xor_is_that_of_the_code(figure: Any) -> None:
    """Arrows lead from output to input; s1 is what leaves NAND, s2 what leaves OR."""
    inputs = {(x, gate) for x in ("$x_1$", "$x_2$") for gate in ("NAND", "OR")}
    inside = {("NAND", "AND"), ("OR", "AND"), ("AND", "$y$")}
    assert set(joined(figure.axes[0])) == inputs | inside
    assert labelled(figure.axes[0]) == {
        ("NAND", "AND"): "$s_1$",
        ("OR", "AND"): "$s_2$",
    }


@pytest.mark.says(
    "perceptrons.neuron",
    """
    Diagram of a perceptron: a constant 1, x1 and x2 point to a circle with a
    summation sign, along arrows labelled b, w1 and w2; from there one arrow
    labelled "above zero?" leads to the output y. A perceptron. The circle with Σ,
    "sigma", adds up what arrives. The bias can be drawn as one more weight, on an
    input that is always 1.
    """,
    "$b$ · $w_1$ · $x_1$ · $w_2$ · $x_2$ · above zero? · Σ · $y$",
)
def test_neuron_shows_both_weights_and_the_bias_on_a_constant_one(figure: Any) -> None:
    """Each stands at the arrow of its own input."""
    wires = {
        ("$x_1$", "Σ"): "$w_1$",
        ("$x_2$", "Σ"): "$w_2$",
        ("1", "Σ"): "$b$",
        ("Σ", "$y$"): "above zero?",
    }
    assert set(joined(figure.axes[0])) == set(wires)
    assert labelled(figure.axes[0]) == wires


@pytest.mark.says(
    "front.window",
    """
    A pane like stained glass: fourteen straight lines in all directions cut it into
    many tiles in shades of blue and orange, strong on the left and faint on the
    right. Fourteen neurons with random weights, each drawing one straight line. A
    tile is blue where an even number of them fire, and orange where an odd number do;
    the more fire, the stronger the colour. Cross a line, and exactly one neuron changes
    its mind, and the hue with it.
    """,
    "",
)
def test_one_line_of_the_window_changes_one_neuron(figure: Any) -> None:
    """Fourteen lines; a tile is stronger the more fire; neighbours differ by one."""
    patches, rims = figure.axes[0].patches[::2], figure.axes[0].patches[1::2]
    for tile, rim in zip(patches, rims, strict=True):
        assert not rim.get_fill()
        assert to_hex(rim.get_edgecolor()) == PAPER
        assert np.array_equal(rim.get_xy(), tile.get_xy())
    alphas = [patch.get_alpha() for patch in patches]
    tiles = [patch.get_xy()[:-1] for patch in patches]
    counts = [round((alpha - 0.2) / 0.05) for alpha in alphas]
    assert max(counts) <= 14
    sides: dict[bool, list[float]] = {True: [], False: []}
    for tile, alpha in zip(tiles, alphas, strict=True):
        sides[tile[:, 0].mean() < 0].append(alpha)
    assert np.mean(sides[True]) > np.mean(sides[False]) + 0.1  # strong on the left
    area = sum(abs(_area(tile)) for tile in tiles)
    assert area == pytest.approx(6.0)
    neighbours = [
        (i, j) for i, one in enumerate(tiles) for j, two in enumerate(tiles[:i])
        if _shared(one, two) == 2
    ]  # fmt: skip
    assert len(neighbours) > len(tiles)
    assert all(abs(counts[i] - counts[j]) == 1 for i, j in neighbours)
    hues = [patch.get_facecolor()[:3] for patch in patches]
    inks = to_rgb(BLUE), to_rgb(ORANGE)
    assert hues == [inks[count % 2] for count in counts]


def _area(tile: Any) -> float:
    x, y = tile.T
    return float(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2


def _shared(one: Any, two: Any) -> int:
    """How many corners two tiles have in common."""
    gaps = np.abs(one[:, None] - two[None]).max(axis=-1)
    return int((gaps < 1e-9).any(axis=1).sum())
