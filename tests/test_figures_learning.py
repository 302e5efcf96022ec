"""What the captions of chapter 4 say is true of the figures."""

import math
from collections import Counter
from typing import Any

import numpy as np
import pytest
from drawings import arrows, course, is_open, nearest_line, place, words
from matplotlib.colors import to_hex
from matplotlib.quiver import Quiver
from mpl_toolkits.mplot3d.proj3d import proj_transform
from numpy.typing import NDArray

from bookbinder.make.drawing import run_program
from figures.style import BLUE, ORANGE


def slope(points: NDArray[np.float64], start: float, end: float) -> float:
    """The slope between two x, both axes being logarithmic, by least squares."""
    near = points[(points[:, 0] >= start) & (points[:, 0] <= end) & (points[:, 1] > 0)]
    return float(np.polyfit(np.log10(near[:, 0]), np.log10(near[:, 1]), 1)[0])


def misses(axes: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How far the curve is from the full dots and from the open squares."""
    curve, dots, squares = map(course, axes.lines)
    at_dots, at_squares = (
        np.interp(p[:, 0], *curve.T) - p[:, 1] for p in (dots, squares)
    )
    return np.abs(at_dots), np.abs(at_squares)


@pytest.mark.says(
    "learning.fits",
    """
    Two panels with the same ten full training dots and ten open test squares. Left,
    a straight line passes near all of them. Right, a curve of degree nine passes
    exactly through every training dot, swings wildly in between and misses many
    squares. The line misses the dots a little, and the squares a little more. The
    curve of degree nine goes through every dot and misses the squares by a long way,
    most of all near the right end.
    """,
    "$x$ · degree 1 · training · test · $x$ · degree 9",
)
def test_the_line_misses_a_little_and_the_curve_misses_the_squares_by_far(
    figure: Any,
) -> None:
    """Same dots in both panels; the curve's largest miss is that of the last square.

    Both panels have one scale, or what is far in one might be near in the other.
    """
    line, curve = figure.axes
    assert [axes.get_title() for axes in figure.axes] == ["degree 1", "degree 9"]
    assert (line.get_xlim(), line.get_ylim()) == (curve.get_xlim(), curve.get_ylim())
    for axes in figure.axes:
        full, square = axes.lines[1:]
        assert (full.get_label(), square.get_label()) == ("training", "test")
        assert (is_open(full), is_open(square)) == (False, True)
        assert (full.get_marker(), square.get_marker()) == ("o", "s")
        assert {mark.get_linestyle() for mark in (full, square)} == {"None"}
    for one, other in zip(line.lines[1:], curve.lines[1:], strict=True):
        np.testing.assert_array_equal(course(one), course(other))
        assert len(course(one)) == 10
    dots, squares = misses(line)
    assert 0.05 < dots.mean() < squares.mean() < 2 * dots.mean()
    dots, squares = misses(curve)
    assert dots.max() < 0.01
    assert squares.mean() > 2 * misses(line)[1].mean()
    assert squares.argmax() == 9
    heights, (low, high) = course(curve.lines[0])[:, 1], curve.get_ylim()
    assert low < heights.min() < heights.max() < high


@pytest.mark.says(
    "learning.minus_log",
    """
    The curve of minus log y falls from very high values near y = 0 to zero at y =
    1. Marked points: 0.6 costs 0.51, 0.1 costs 2.30, 0.01 costs 4.61. What a
    probability for the right class costs. Being sure and right costs nothing.
    Going from one tenth to one hundredth costs as much again as going from one to
    one tenth, and so on without end.
    """,
    r"""
    probability of the right class · 0.6 costs 0.51 · 0.1 costs 2.30 · 0.01 costs
    4.61 · $-\log y$
    """,
)
def test_what_a_probability_costs(figure: Any) -> None:
    """Nothing at 1; a factor of ten always costs the same; the labels are right."""
    axes = figure.axes[0]
    curve = course(axes.lines[0])
    np.testing.assert_allclose(curve[:, 1], -np.log(curve[:, 0]), atol=1e-12)
    assert abs(curve[-1]).tolist() == [1.0, 0.0]
    assert axes.get_ylim()[0] == 0  # the lower rule is where nothing is paid
    marked = dict(course(line)[0].tolist() for line in axes.lines[1:])
    assert marked[0.01] == pytest.approx(2 * marked[0.1])
    wanted = [f"{x:g} costs {y:.2f}" for x, y in marked.items()]
    assert words(axes) == wanted
    for text, line in zip(axes.texts, axes.lines[1:], strict=True):
        assert nearest_line(axes, text, axes.lines[1:]) is line
    assert wanted == ["0.6 costs 0.51", "0.1 costs 2.30", "0.01 costs 4.61"]


@pytest.mark.says(
    "learning.accuracy_and_loss",
    """
    Two rows of panels, the accuracy above and the loss below. Left, over weights from
    −4 to 4, a staircase with flat stairs and a smooth valley with its lowest point
    marked; a dotted line through it meets the highest stair. Right, the ringed spots
    enlarged, with dots at three weights. The accuracy lies level, 0.8 at each dot; the
    loss falls from 0.5122 to 0.5114 and to 0.5107. The accuracy is a staircase: on each
    stair a small change of the weight changes nothing. The loss slopes everywhere but
    at its lowest point, even where it looks level. Right, the middle of each ring, much
    enlarged, with the three weights of the printout. (Where the loss is lowest, the
    accuracy stands, in this example, on its highest stair; no law says that it must.)
    """,
    "accuracy · enlarged · weight $w$ · loss · weight $w$ · enlarged",
)
def test_accuracy_is_a_staircase_and_the_loss_a_smooth_valley(figure: Any) -> None:
    """Few heights, long stairs; a slope everywhere but at one lowest point."""
    above, _, below, _ = figure.axes
    assert (above.get_title(), below.get_title()) == ("accuracy", "loss")
    assert above.get_xlim() == below.get_xlim()
    (dotted, high, _, stairs), (dotted_below, lowest, _, smooth) = (
        map(course, axes.lines) for axes in (above, below)
    )
    assert (stairs[0, 0], stairs[-1, 0]) == (-4, 4)
    np.testing.assert_array_equal(stairs[:, 0], smooth[:, 0])
    rises = np.diff(stairs[:, 1])
    assert np.mean(rises == 0) > 0.85
    assert np.all(np.isin(np.round(stairs[:, 1] * 20, 9), range(21)))
    falls = np.diff(smooth[:, 1])
    bottom = smooth[:, 1].argmin()
    assert 0 < bottom < len(smooth) - 1
    assert np.all(falls[:bottom] < 0)
    assert np.all(falls[bottom:] > 0)
    assert lowest[0].tolist() == smooth[bottom].tolist()
    assert stairs[bottom, 1] == stairs[:, 1].max()
    assert high[0].tolist() == stairs[bottom].tolist()
    assert {*dotted[:, 0], *dotted_below[:, 0]} == {smooth[bottom, 0]}
    assert {axes.lines[0].get_linestyle() for axes in (above, below)} == {":"}
    styles = [axes.lines[3].get_drawstyle() for axes in (above, below)]
    assert styles == ["steps-mid", "default"]


def test_enlarged_the_accuracy_is_level_and_the_loss_falls() -> None:
    """The rings are round what is enlarged; the dots have the numbers of the page."""
    figure = run_program("figures.learning.accuracy_and_loss")["figure"]
    for whole, part in (figure.axes[:2], figure.axes[2:]):
        ring, line = whole.lines[2:]
        assert (ring.get_marker(), ring.get_markerfacecolor()) == ("o", "none")
        spot, enlarged = course(ring)[0], course(part.lines[0])
        low, high = np.transpose([part.get_xlim(), part.get_ylim()])
        np.testing.assert_allclose(spot[1], (low + high)[1] / 2)
        assert low[0] < spot[0] < high[0]
        size = np.ptp(whole.transData.transform([low, high]), axis=0)
        assert np.all(size < 2 * ring.get_markersize())
        dots = np.concatenate([course(dot) for dot in part.lines[1:]])
        assert dots[:, 0].tolist() == [0.5, 0.51, 0.52]
        assert [float(text) for text in words(part)] == dots[:, 1].round(4).tolist()
        for text, dot in zip(part.texts, part.lines[1:], strict=True):
            assert nearest_line(part, text, part.lines[1:]) is dot
        np.testing.assert_allclose(np.interp(dots[:, 0], *enlarged.T), dots[:, 1])
        assert to_hex(part.lines[0].get_color()) == to_hex(line.get_color())
    level, falling = (figure.axes[n] for n in (1, 3))
    assert set(course(level.lines[0])[:, 1]) == {0.8}
    assert words(falling) == ["0.5122", "0.5114", "0.5107"]
    heights = course(falling.lines[0])[:, 1]
    assert np.all(np.diff(heights) < 0)
    assert np.ptp(heights) > 0.9 * np.ptp(falling.get_ylim())


@pytest.mark.says(
    "learning.errors",
    """
    Error against h on two logarithmic axes. From the right, the squares of the
    forward difference fall along a line of slope 1 and the dots of the central
    difference along a line of slope 2; further left both rise again along a line
    of slope minus 1, so that each forms a V. From right to left: first the error
    falls, with slope $1$ for the forward difference and slope $2$ for the central
    one. Then both get worse again, with slope $-1$. The best central difference
    is far more exact than the best forward one.
    """,
    """
    $h$ · error · forward · central · slope 1 · slope 2 · slope −1
    """,
)
def test_errors_have_the_annotated_slopes(figure: Any) -> None:
    """Forward 1, central 2, and minus 1 for both where rounding rules."""
    axes = figure.axes[0]
    forward, central, *guides = map(course, axes.lines)
    assert [line.get_label() for line in axes.lines[:2]] == ["forward", "central"]
    assert slope(forward, 1e-6, 1e-1) == pytest.approx(1, abs=0.05)
    assert slope(central, 1e-4, 1e-1) == pytest.approx(2, abs=0.05)
    for points in (forward, central):
        assert slope(points, 1e-13, 1e-9) == pytest.approx(-1, abs=0.3)
        assert 0 < points[:, 1].argmin() < len(points) - 1
    squares, dots = axes.lines[:2]
    assert (squares.get_marker(), dots.get_marker()) == ("s", "o")
    names = ["forward", "central", "slope 1", "slope 2", "slope −1"]
    assert words(axes) == names
    for text, line in zip(axes.texts, axes.lines, strict=True):
        alike = axes.lines[2:] if line in axes.lines[2:] else axes.lines[:2]
        assert nearest_line(axes, text, alike) is line
        assert line.get_linestyle() == ("--" if line in axes.lines[2:] else "None")
    for guide, points in zip(guides, (forward, central, central), strict=True):
        near = points[(guide[0, 0] <= points[:, 0]) & (points[:, 0] <= guide[-1, 0])]
        along = np.interp(np.log(near[:, 0]), *np.log(guide).T)
        assert np.median(np.abs(np.log10(near[:, 1]) - along / np.log(10))) < 1.5
    for guide, wanted in zip(guides, (1, 2, -1), strict=True):
        assert slope(guide, 0, 1) == pytest.approx(wanted, abs=0.05)
    assert central[:, 1].min() < forward[:, 1].min() / 20
    for axis in (axes.xaxis, axes.yaxis):
        assert axis.get_major_formatter()(1e-8) == r"$\mathdefault{10^{-8}}$"


def test_the_bottom_of_the_central_v_lies_left_of_our_h() -> None:
    """And at 1e-4 about nine digits are right."""
    central = course(run_program("figures.learning.errors")["figure"].axes[0].lines[1])
    assert central[central[:, 1].argmin(), 0] < 1e-4
    at = np.abs(np.log10(central[:, 0]) + 4).argmin()
    assert 1e-10 < central[at, 1] / math.e < 1e-8


@pytest.mark.says(
    "learning.tangents",
    """
    The parabola 0.01 x squared plus 0.1 x with tangents at x = 5, slope 0.2, and x =
    10, slope 0.3. Under each tangent a triangle: five to the right, and up by 1.0 at
    the first and by 1.5 at the second. The derivative is the slope of the tangent: its
    rise divided by its run to the right. The curve gets steeper, and so do its
    tangents.
    """,
    r"$x$ · slope 0.2 · slope 0.3 · $0.01\,x^2 + 0.1\,x$",
)
def test_tangents_touch_the_curve_and_get_steeper(figure: Any) -> None:
    """Slopes 0.2 and 0.3, as written beside them; steps of 5, and how far they rise."""
    axes = figure.axes[0]
    _, *lines = map(course, axes.lines)
    assert [line.get_marker() for line in axes.lines[3::3]] == ["o", "o"]
    for n, (_, steps, point) in enumerate((lines[:3], lines[3:])):
        across, up, slope = map(place, axes.texts[3 * n : 3 * n + 3])
        (left, low), (right, high) = steps[0], steps[2]
        assert left < across[0] < right < up[0] < right + 1
        assert across[1] < low < up[1] < high
        assert np.all(np.abs(slope - point[0]) < 1)
        assert slope[1] > np.interp(slope[0], *course(axes.lines[0]).T)
    for wanted, (line, steps, point) in {0.2: lines[:3], 0.3: lines[3:]}.items():
        sides = np.array([[5.0, 0.0], [0.0, 5 * wanted]])
        np.testing.assert_allclose(np.diff(steps, axis=0), sides)
        assert steps[0].tolist() == point[0].tolist()
        (x0, y0), (x1, y1) = line
        assert (y1 - y0) / (x1 - x0) == pytest.approx(wanted)
        assert np.interp(point[0, 0], *line.T) == pytest.approx(point[0, 1])
        assert point[0, 1] == pytest.approx(0.01 * point[0, 0] ** 2 + 0.1 * point[0, 0])
    assert words(axes) == ["5", "1.0", "slope 0.2", "5", "1.5", "slope 0.3"]


@pytest.mark.says(
    "learning.both_sides",
    """
    A parabola and its tangent at x. A dashed chord runs from the point at x to the
    one at x + h, steeper than the tangent. A solid chord runs from the point at x −
    h to the one at x + h, parallel to the tangent. At x − h and at x + h a dotted
    stroke of the same length leads from the tangent up to the curve. Here $h$ is
    large, so that there is something to see. The bend lifts the curve off its
    tangent by the dotted strokes. Ahead, it lifts one end of the dashed chord, and
    the chord is too steep. It lifts both ends of the solid chord by the same
    amount, and this one is as steep as the tangent.
    """,
    r"""
    $x - h$ · $x$ · $x + h$ · $\frac{1}{2} h^2 f″$ · $\frac{1}{2} h^2 f″$ ·
    forward · central · tangent
    """,
)
def test_one_chord_is_too_steep_and_the_other_as_steep_as_the_tangent(
    figure: Any,
) -> None:
    """The chords join points of the curve; a stroke is as long as its formula says."""
    (axes,) = figure.axes
    curve, forward, central, tangent, left, right, dots = map(course, axes.lines)
    np.testing.assert_allclose(curve[:, 1], curve[:, 0] ** 2)
    named = {line.get_label(): line.get_linestyle() for line in axes.lines[1:4]}
    assert named == {"forward": "--", "central": "-", "tangent": "-."}
    back, here, ahead = dots
    ticks = [tick.get_text() for tick in axes.get_xticklabels()]
    named_places = dict(zip(axes.get_xticks().tolist(), ticks, strict=True))
    assert named_places == dict(
        zip(dots[:, 0], ["$x - h$", "$x$", "$x + h$"], strict=True)
    )
    assert ahead[0] - here[0] == here[0] - back[0] > 0
    np.testing.assert_array_equal(dots[:, 1], dots[:, 0] ** 2)
    np.testing.assert_array_equal(forward, [here, ahead])
    np.testing.assert_array_equal(central, [back, ahead])
    rises = [np.diff(line, axis=0)[0] for line in (forward, central, tangent)]
    too_steep, right_one, wanted = (rise[1] / rise[0] for rise in rises)
    assert wanted == pytest.approx(2 * here[0])
    assert np.interp(here[0], *tangent.T) == pytest.approx(here[1])
    assert right_one == pytest.approx(wanted)
    assert too_steep > 1.2 * wanted
    for n, (stroke, end) in enumerate(((left, back), (right, ahead))):
        assert stroke[:, 0].tolist() == [end[0]] * 2
        assert stroke[0, 1] == pytest.approx(np.interp(end[0], *tangent.T))
        assert stroke[1].tolist() == end.tolist()
        h = ahead[0] - here[0]
        assert stroke[1, 1] - stroke[0, 1] == pytest.approx(h**2 * 2 / 2)
        line = axes.lines[4 + n]
        assert line.get_linestyle() == ":"
        assert nearest_line(axes, axes.texts[n], axes.lines[4:6]) is line
    assert words(axes) == ["$\\frac{1}{2} h^2 f″$"] * 2


def in_the_box(axes: Any, lines: list[NDArray[np.float64]]) -> bool:
    """Whether lines in three dimensions keep within the limits, which grow as usual."""
    low, high = np.transpose([axes.get_xlim(), axes.get_ylim(), axes.get_zlim()])
    points = np.concatenate(lines)
    return bool(np.all(low < high) and np.all((low <= points) & (points <= high)))


@pytest.mark.says(
    "learning.surface",
    """
    A bowl under a fine net. Through the point above (3, 4) run two cuts, a
    solid one along x0 and a dashed one along x1, each a parabola, and at the
    point each has its thick tangent. The bowl over the plane of the two inputs.
    Two cuts run through the point above $(3, 4)$, solid along $x_0$ and dashed
    along $x_1$. The slopes of their thick tangents are the partial derivatives,
    $6$ and $8$.
    """,
    "$x_0$ · $x_1$ · $x_0^2 + x_1^2$",
)
def test_cuts_of_the_bowl_have_the_partial_derivatives_as_slopes(figure: Any) -> None:
    """Solid along x0, dashed along x1, both through (3, 4, 25); slopes 6 and 8."""
    axes = figure.axes[0]
    lines = [np.array(line.get_data_3d()).T for line in axes.lines]
    assert [line.get_linestyle() for line in axes.lines[:4:2]] == ["-", "--"]
    assert lines[4].tolist() == [[3, 4, 25]]
    for cut, tangent in zip(axes.lines[:4:2], axes.lines[1:4:2], strict=True):
        assert tangent.get_linewidth() > 1.5 * cut.get_linewidth()
        assert tangent.get_color() == cut.get_color()
    assert in_the_box(axes, lines)
    for i, wanted in enumerate((6, 8)):
        cut, tangent = lines[2 * i], lines[2 * i + 1]
        assert set(cut[:, 1 - i]) == set(tangent[:, 1 - i]) == {(3, 4)[1 - i]}
        np.testing.assert_allclose(cut[:, 2], cut[:, 0] ** 2 + cut[:, 1] ** 2)
        np.testing.assert_allclose(cut[[0, -1], 2], 36)  # from rim to rim
        assert np.all(tangent[:, 0] ** 2 + tangent[:, 1] ** 2 < 36)
        rise = np.diff(tangent[:, 2]) / np.diff(tangent[:, i])
        np.testing.assert_allclose(rise, wanted)
        np.testing.assert_allclose(tangent.mean(axis=0), [3, 4, 25])


@pytest.mark.says(
    "learning.saddle_point",
    """
    A saddle under a fine net, blue above zero and orange below: a solid curve
    through the middle point opens upwards, a dashed one across it opens downwards. A
    saddle. Along the solid line the point in the middle is the lowest, along the
    dashed line the highest. Its gradient is zero, and it is neither minimum nor
    maximum.
    """,
    "$x_0$ · $x_1$ · $x_0^2 - x_1^2$",
)
def test_the_saddle_goes_up_one_way_and_down_the_other(figure: Any) -> None:
    """The middle is lowest on the solid line and highest on the dashed one."""
    axes = figure.axes[0]
    solid, dashed, middle = (np.array(line.get_data_3d()).T for line in axes.lines)
    assert [line.get_linestyle() for line in axes.lines[:2]] == ["-", "--"]
    assert middle.tolist() == [[0, 0, 0]]
    for line, sign in ((solid, 1), (dashed, -1)):
        np.testing.assert_allclose(line[:, 2], line[:, 0] ** 2 - line[:, 1] ** 2)
        heights = sign * line[:, 2]
        assert heights.min() == 0
        assert np.sum(heights == 0) == 1
        seen = [sign * proj_transform(*point, axes.get_proj())[1] for point in line]
        assert seen[20] - min(seen) < 0.01 * (max(seen) - min(seen))  # on paper, too
    assert in_the_box(axes, [solid, dashed])
    (net,) = axes.collections
    hues = Counter(to_hex(color) for color in net.get_facecolor())
    assert hues == {BLUE: 9 * 24, ORANGE: 9 * 24}


@pytest.mark.says(
    "learning.arrows",
    """
    Two maps with lines of equal height and arrows of the negative gradient. Left,
    on the round bowl, all arrows point to the cross at the centre. Right, in the
    long valley, the arrows point almost straight to the valley's axis and not to
    the cross. The negative gradient, drawn as arrows (shortened to a fifth),
    stands at right angles to the lines of equal height. On the bowl every arrow
    points at the minimum, the cross. In the valley only those on the axes do.
    """,
    "$x_0$ · $x_1$ · $x_0^2 + x_1^2$ · $x_0$ · $x_0^2/5 + x_1^2$",
)
def test_arrows_point_to_the_minimum_on_the_bowl_and_rarely_in_the_valley(
    figure: Any,
) -> None:
    """Downhill, at right angles to the contours, a fifth of the gradient's length.

    Right angles look like right angles only where both axes have one scale.
    """
    titles = [axes.get_title() for axes in figure.axes]
    assert titles == ["$x_0^2 + x_1^2$", "$x_0^2/5 + x_1^2$"]
    for axes, flat in zip(figure.axes, (1.0, 5.0), strict=True):
        (quiver,) = (c for c in axes.collections if isinstance(c, Quiver))
        points = np.array(quiver.get_offsets())
        arrows = np.column_stack([quiver.U, quiver.V])
        np.testing.assert_allclose(arrows, -2 * points / [flat, 1], atol=1e-6)
        assert (quiver.scale, quiver.scale_units, quiver.angles) == (5, "xy", "xy")
        assert axes.get_aspect() == 1
        x0, x1 = np.meshgrid([-3, -1.5, 0, 1.5, 3], [-3, -1.5, 0, 1.5, 3])
        np.testing.assert_array_equal(points, np.column_stack([x0.flat, x1.flat]))
        along_contour = np.column_stack([points[:, 1], -points[:, 0] / flat])
        np.testing.assert_allclose(np.sum(arrows * along_contour, axis=1), 0, atol=1e-6)
        cross = arrows[:, 0] * points[:, 1] - arrows[:, 1] * points[:, 0]
        to_the_minimum = np.abs(cross) < 1e-6
        on_an_axis = np.any(points == 0, axis=1)
        assert np.array_equal(to_the_minimum, on_an_axis | (flat == 1))
        (cross_mark,) = axes.lines
        assert cross_mark.get_xydata().tolist() == [[0, 0]]
        assert cross_mark.get_marker() == "P"


@pytest.mark.says(
    "learning.classifiers",
    """
    Two panels. Left, a map of two weights with lines of equal loss. A path of small
    dots leads from (−2, 2) to the middle of the innermost ring; four large dots on it
    are numbered 0, 3, 8 and 100. Right, full dots and open rings in the plane of two
    inputs, and four lines through the origin with the numbers and colours of the dots.
    From each an arrow points into one of its sides, and with growing numbers the arrows
    turn from the upper left to the upper right. Left, every place is a classifier;
    right, four of them, each with an arrow to the side that it calls class 1. (Full
    dots belong there, rings do not.) Each arrow has the direction that leads on the map
    from $(0, 0)$ to its place. A step on the map turns the line, unless it leads
    straight towards $(0, 0)$ or away from it.
    """,
    "$w_1$ · $w_2$ · loss of each classifier · $x_1$ · $x_2$ · four of them",
)
def test_a_place_on_the_map_is_a_line_among_the_points(figure: Any) -> None:
    """Each numbered place gives its line: at right angles to the way to the place."""
    left, right = figure.axes
    assert left.get_aspect() == right.get_aspect() == 1  # or right angles would be none
    path, *places = left.lines
    walk = course(path)
    assert walk[0].tolist() == [-2, 2]
    full, rings, *lines = right.lines
    assert (is_open(full), is_open(rings)) == (False, True)
    inputs = np.concatenate([course(full), course(rings)])
    labels = np.repeat([1, 0], [len(course(full)), len(course(rings))])

    def loss(w: NDArray[np.float64]) -> float:
        return float(np.mean(np.logaddexp(0, (1 - 2 * labels) * (inputs @ w))))

    losses = [loss(w) for w in walk]
    assert np.all(np.diff(losses) < 0)
    assert losses[-1] == pytest.approx(0.475, abs=0.001)
    (contours,) = left.collections
    for level, ring in zip(contours.levels, contours.get_paths(), strict=True):
        heights = [loss(w) for w in ring.vertices]
        np.testing.assert_allclose(heights, level, atol=0.01)
    assert losses[-1] < contours.levels[0]
    assert contours.get_paths()[0].contains_point(walk[-1])
    pointing = arrows(right)
    numbers = [text for text in right.texts if text.get_text()]
    names = ["0", "3", "8", "100"]
    assert words(left) == [text.get_text() for text in numbers] == names
    assert len({(line.get_color(), line.get_linestyle()) for line in lines}) == 4
    for n, place_, line, arrow, *both in zip(
        names, places, lines, pointing, left.texts, numbers, strict=True
    ):
        w = course(place_)[0]
        assert w.tolist() == walk[int(n)].tolist()
        assert nearest_line(left, both[0], places) is place_
        assert nearest_line(right, both[1], lines) is line
        np.testing.assert_allclose(course(line) @ w, 0, atol=1e-9)
        way = arrow.head - arrow.tail
        np.testing.assert_allclose(arrow.tail @ w, 0, atol=1e-9)
        np.testing.assert_allclose(way / np.hypot(*way), w / np.hypot(*w))
        inks = {arrow.ink, *(to_hex(part.get_color()) for part in (place_, line))}
        assert inks == {to_hex(text.get_color()) for text in both}
        assert len(inks) == 1
    turns = [np.arctan2(*(arrow.head - arrow.tail)) for arrow in pointing]
    assert turns == sorted(turns)
    assert turns[0] < -math.pi / 6 < math.pi / 6 < turns[-1]


@pytest.mark.says(
    "learning.two_walks",
    """
    A curve with two dips, the left one deeper. Full dots come down the left slope
    into the left dip, open squares down the right slope into the right one, ever
    closer together. A diamond marks the bottom of each dip. Two walks on one curve,
    from the left and from the right: the first thirty steps of each, and a diamond
    where it ends after two hundred. Where a walk ends depends on where it began.
    """,
    r"$x$ · lowest of all · local minimum · $x^4 - 2\,x^2 + x/2$",
)
def test_each_walk_ends_in_the_dip_on_its_side(figure: Any) -> None:
    """Downhill all the way, never across the bottom; the page's numbers at the end."""
    (axes,) = figure.axes
    curve, *walks = map(course, axes.lines)
    falls = np.sign(np.diff(curve[:, 1]))
    bottoms = curve[1:-1][(falls[:-1] < 0) & (falls[1:] > 0)]
    assert [line.get_marker() for line in axes.lines[1:]] == ["o", "D", "s", "D"]
    assert [is_open(line) for line in axes.lines[1::2]] == [False, True]
    assert len(bottoms) == 2
    heights = []
    for n, side in enumerate((1, -1)):
        walk, end = walks[2 * n], walks[2 * n + 1][0]
        for points in (walk, end[np.newaxis], curve):
            x, y = points.T
            np.testing.assert_allclose(y, x**4 - 2 * x**2 + x / 2)
        assert len(walk) == 31
        wanted = walk[0, 0]
        for step in range(1, 201):
            wanted -= 0.02 * (4 * wanted**3 - 4 * wanted + 1 / 2)
            if step <= 30:
                assert walk[step, 0] == pytest.approx(wanted, abs=1e-6)
        assert end[0] == pytest.approx(wanted, abs=1e-6)
        assert bottoms[n, 0] == pytest.approx(end[0], abs=0.02)
        steps = side * np.diff([*walk[:, 0], end[0]])
        assert np.all(steps > 0)
        assert np.all(np.diff(steps[:-1]) < 0)
        text = axes.texts[n]
        assert place(text)[0] == end[0]
        assert axes.get_ylim()[0] < place(text)[1] < end[1]
        heights.append(end[1])
    assert words(axes) == ["lowest of all", "local minimum"]
    assert np.round(heights, 3).tolist() == [-1.515, -0.517]
    assert curve[:, 1].min() == pytest.approx(heights[0], abs=1e-3)


@pytest.mark.says(
    "learning.rates",
    """
    Three maps of the long valley with paths of thirty steps from the same start
    at the upper left. Learning rate 0.03: a short curve that ends far from the
    cross. 0.4: quickly into the valley and along it to the cross. 0.96: a zigzag
    from side to side. Thirty steps each, the diamond at the end. The first rate
    is too small: the path is still on its way. The second arrives. The third is
    nearly too large: the path jumps from one side of the valley to the other.
    """,
    """
    $x_1$ · learning rate 0.03 · $x_1$ · learning rate 0.4 · $x_0$ · $x_1$ ·
    learning rate 0.96
    """,
)
def test_learning_rates_too_small_right_and_nearly_too_large(figure: Any) -> None:
    """Thirty steps from one start: on the way, there, and there by jumping sides."""
    crawling, arriving, jumping = (
        [course(line) for line in axes.lines] for axes in figure.axes
    )
    rates = [axes.get_title() for axes in figure.axes]
    assert rates == [f"learning rate {rate}" for rate in ("0.03", "0.4", "0.96")]
    for axes in figure.axes:
        assert [line.get_marker() for line in axes.lines] == ["P", "o", "D"]
        assert axes.get_xlim() == figure.axes[0].get_xlim()
        assert axes.get_ylim() == figure.axes[0].get_ylim()
    for _, path, end in (crawling, arriving, jumping):
        assert len(path) == 31
        assert path[0].tolist() == [-8, 3]
        assert end[0].tolist() == path[-1].tolist()
    assert np.hypot(*crawling[1][-1]) > 3
    assert np.all(np.diff(crawling[1][:, 0]) > 0)
    assert np.hypot(*arriving[1][-1]) < 0.1
    sides = np.sign(jumping[1][:, 1])
    assert np.all(sides[1:] == -sides[:-1])


def test_contours_are_lines_of_equal_height() -> None:
    """Ellipses around the minimum, as much longer than high as the valley is."""
    for name, flats in [("arrows", (1, 5)), ("rates", (5, 5, 5))]:
        figure = run_program(f"figures.learning.{name}")["figure"]
        for axes, flat in zip(figure.axes, flats, strict=True):
            assert len(axes.patches) >= 5
            for ellipse in axes.patches:
                assert ellipse.center == (0, 0)
                assert not ellipse.get_facecolor()[3]  # lines, not grounds
                assert ellipse.width == pytest.approx(math.sqrt(flat) * ellipse.height)
