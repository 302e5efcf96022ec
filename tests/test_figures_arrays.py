"""What the captions of chapter 1 say is true of the figures."""

from typing import Any, NamedTuple

import numpy as np
import pytest
from drawings import Point, arrows, pictures, place, scans, words
from matplotlib.axes import Axes
from matplotlib.colors import same_color, to_hex
from matplotlib.text import Text
from numpy.typing import NDArray

from figures.style import BLUE, ORANGE, PURPLE
from scratchnn import load_digits


def boxes(axes: Axes) -> dict[tuple[float, float], int]:
    """The number in each box, by the place of its middle."""
    return {
        (round(x, 2), round(y, 2)): int(text.get_text())
        for text in axes.texts
        for x, y in [text.get_position()]
        if text.get_text().isdigit()
    }


class Grid(NamedTuple):
    """A matrix of boxes: its numbers, and two of its corners."""

    numbers: NDArray[np.int_]
    low: Point
    high: Point

    def holds(self, point: Any) -> bool:
        """Whether a point is on the grid."""
        return bool(np.all((self.low < point) & (point < self.high)))

    def cells(self, points: list[Point]) -> list[tuple[int, int]]:
        """Row and column of those points that are on the grid, in order."""
        corner = self.low[0], self.high[1]
        inside = [np.abs(p - corner).astype(int) for p in points if self.holds(p)]
        return sorted((int(down), int(across)) for across, down in inside)

    def distance(self, point: Any) -> float:
        """How far a point is from the rim of the grid."""
        inside = np.clip(point, self.low, self.high)
        return float(np.linalg.norm(point - inside))


def grids(axes: Axes) -> list[Grid]:
    """The matrices in the order drawn: a number in its box, the next one beside it.

    Every number is in the middle of a box of its own, or else there are none.
    """
    rows: list[list[Text]] = []
    for text, box in zip(numbered(axes), frames(axes), strict=True):
        np.testing.assert_allclose(place(text), box.mean(axis=0), atol=0.05)
        if rows and np.allclose(place(text) - place(rows[-1][-1]), [1, 0]):
            rows[-1].append(text)
        else:
            rows.append([text])
    blocks: list[list[list[Text]]] = []
    for row in rows:
        if blocks and np.allclose(place(row[0]) - place(blocks[-1][-1][0]), [0, -1]):
            blocks[-1].append(row)
        else:
            blocks.append([row])
    found = []
    for block in blocks:
        numbers = np.array([[int(text.get_text()) for text in row] for row in block])
        middle = np.mean([place(text) for row in block for text in row], axis=0)
        half = np.array(numbers.shape)[::-1] / 2
        found.append(Grid(numbers, middle - half, middle + half))
    return found


def numbered(axes: Axes) -> list[Text]:
    """The texts in the boxes."""
    return [text for text in axes.texts if text.get_text().isdigit()]


def frames(axes: Axes) -> list[Point]:
    """The corners of the boxes: what is filled and framed, shape (4, 2)."""
    patches: list[Any] = [p for p in axes.patches if p.get_linewidth() > 0]
    return [patch.get_xy()[:4] for patch in patches]


def dotted(axes: Axes) -> list[int]:
    """The numbers in boxes with a dotted rim."""
    rims = [p.get_linestyle() for p in axes.patches if p.get_linewidth() > 0]
    assert set(rims) <= {"-", ":"}
    pairs = zip(numbered(axes), rims, strict=True)
    return [int(text.get_text()) for text, rim in pairs if rim == ":"]


def led(axes: Axes) -> list[tuple[int, int, str]]:
    """For each arrow: the numbers it leads from and to, and its ink."""
    middles = [place(text) for text in numbered(axes)]

    def at(point: Point) -> int:
        nearest = np.linalg.norm(np.subtract(middles, point), axis=1).argmin()
        return int(numbered(axes)[nearest].get_text())

    return [(at(arrow.tail), at(arrow.head), arrow.ink) for arrow in arrows(axes)]


def pale(axes: Axes) -> list[int]:
    """The numbers drawn as copies."""
    return [int(t.get_text()) for t in axes.texts if (t.get_alpha() or 1) == 0.65]


def tinted(axes: Axes, ink: str) -> list[int]:
    """The numbers in boxes tinted with an ink, from left to right, row by row."""
    tints = [p for p in axes.patches if p.get_alpha() == 0.22]
    tints = [p for p in tints if to_hex(p.get_facecolor()) == ink]
    found = [
        (-y, x, number)
        for (x, y), number in boxes(axes).items()
        if any(p.get_path().contains_point((x, y)) for p in tints)
    ]
    return [number for _, _, number in sorted(found)]


@pytest.mark.says(
    "arrays.tensors",
    """
    Four groups of boxes: one box, labelled scalar, shape (); a row of three,
    labelled vector, shape (3,); two rows of three, labelled matrix, shape (2, 3);
    two such sheets, one behind the other, labelled tensor, shape (2, 2, 3). From no
    directions to three. Below each array stands its shape: how many numbers it
    has along each direction.
    """,
    "scalar · () · vector · (3,) · matrix · (2, 3) · tensor · (2, 2, 3)",
)
def test_each_tensor_has_the_shape_that_stands_below_it(figure: Any) -> None:
    """As many boxes as its shape says, for three sheets of front and back.

    The name and the shape of each stand below it; the sheet in front is the first.
    """
    (axes,) = figure.axes
    shapes = [word for word in words(axes) if word.startswith("(")]
    assert shapes == ["()", "(3,)", "(2, 3)", "(2, 2, 3)"]
    sizes = [int(np.prod(eval(shape), dtype=int)) for shape in shapes]
    assert len(axes.patches) == sum(sizes)
    assert sizes == [1, 3, 6, 12]
    *groups, back, front = grids(axes)
    assert [grid.numbers.tolist() for grid in (*groups, front, back)] == [
        *([[7]], [[3, 1, 2]], [[1, 2, 3], [4, 5, 6]]),
        *([[1, 2, 3], [4, 5, 6]], [[7, 8, 9], [10, 11, 12]]),
    ]
    assert np.all((front.low < back.low) & (back.low < front.high))  # on one another
    found = [text for text in axes.texts if not text.get_text().isdigit()]
    names = ("scalar", "vector", "matrix", "tensor")
    for name, grid in zip(names, [*groups, front], strict=True):
        below = [t for t in found if grid.low[0] < place(t)[0] < grid.high[0]]
        below.sort(key=lambda text: -place(text)[1])
        said = [text.get_text() for text in below]
        assert said == [name, shapes[names.index(name)]]
        assert grid.low[1] > place(below[0])[1]


@pytest.mark.says(
    "arrays.along_axes",
    """
    A matrix of two rows and three columns. Arrows labelled axis=0 lead down to
    the row 5, 7, 9; arrows labelled axis=1 lead across to the column 6, 15.
    Summing along axis 0 leaves one number for each column; along axis 1, one for each
    row.
    """,
    "axis=0 · axis=1",
)
def test_sums_stand_at_the_end_of_their_arrows(figure: Any) -> None:
    """One for each column along axis 0, one for each row along axis 1."""
    (axes,) = figure.axes
    matrix = np.arange(1, 7).reshape(2, 3)
    assert tinted(axes, BLUE) == matrix.sum(axis=0).tolist()
    assert tinted(axes, ORANGE) == matrix.sum(axis=1).tolist()
    whole, *_ = grids(axes)
    assert whole.numbers.tolist() == matrix.tolist()
    down = [(4, 5, BLUE), (5, 7, BLUE), (6, 9, BLUE)]
    across = [(3, 6, ORANGE), (6, 15, ORANGE)]
    assert led(axes) == [*down, *across]
    for arrow in arrows(axes):
        assert (arrow.head - arrow.tail)[0 if arrow.ink == BLUE else 1] == 0
    for name, ink in (("axis=0", BLUE), ("axis=1", ORANGE)):
        (text,) = [text for text in axes.texts if text.get_text() == name]
        nearest = min(arrows(axes), key=lambda arrow: arrow.distance(place(text)))
        assert same_color(text.get_color(), ink)
        assert nearest.ink == ink


@pytest.mark.says(
    "arrays.stretching",
    """
    Two multiplications drawn as boxes. Above, the single number 10 is repeated in
    three dotted boxes to match a two by two matrix; below, the row 10, 20 is
    repeated in a dotted second row. Tinted boxes are what we wrote, dotted ones
    are the copies that broadcasting pretends to make. Nothing is copied in
    memory.
    """,
    "* · = · * · =",
)
def test_broadcasting_tints_what_was_written_and_pales_the_copies(figure: Any) -> None:
    """A number and its three copies; a row and its copy; both products right."""
    (axes,) = figure.axes
    assert tinted(axes, BLUE) == [10, 10, 20]
    assert pale(axes) == dotted(axes) == [10, 10, 10, 10, 20]
    copied = [place(text) for text in numbered(axes) if text.get_alpha() == 0.65]
    above, below = grids(axes)[:3], grids(axes)[3:]
    assert above[1].cells(copied) == [(0, 1), (1, 0), (1, 1)]
    assert below[1].cells(copied) == [(1, 0), (1, 1)]
    for factor, other, product in (above, below):
        assert factor.numbers.tolist() == [[1, 2], [3, 4]]
        signs = [t for t in axes.texts if t.get_text() in ("*", "=")]
        level = [t for t in signs if factor.low[1] < place(t)[1] < factor.high[1]]
        times, equals = level
        assert factor.high[0] < place(times)[0] < other.low[0]
        assert other.high[0] < place(equals)[0] < product.low[0]
        assert (times.get_text(), equals.get_text()) == ("*", "=")
    matrix = np.array([[1, 2], [3, 4]])
    products = [n for (x, _), n in boxes(axes).items() if x > 7]
    expected = [*(matrix * 10).flat, *(matrix * [10, 20]).flat]
    assert products == expected


@pytest.mark.says(
    "arrays.picking",
    """
    Three copies of a grid of three rows and four columns with the numbers 0 to
    11. In the first the middle row is tinted; in the second 0, 3, 6 and 9; in the
    third 3, 4 and 10. Three ways to pick: a row by its index, elements by a mask,
    one element per row by pairs of places.
    """,
    "grid[1] · grid[grid % 3 == 0] · grid[[0, 1, 2], · [3, 0, 2]]",
)
def test_what_is_picked_is_what_the_code_below_picks(figure: Any) -> None:
    """The code under each grid, run, gives the tinted numbers."""
    (axes,) = figure.axes
    code = [word for word in words(axes) if word.startswith("grid")]
    grid = np.arange(12).reshape(3, 4)
    picked = [eval(c.replace("\n", " "), {"grid": grid}).tolist() for c in code]
    assert picked == [[4, 5, 6, 7], [0, 3, 6, 9], [3, 4, 10]]
    everywhere = sorted(number for numbers in picked for number in numbers)
    assert sorted(tinted(axes, BLUE)) == everywhere
    tints = [p.get_xy()[:4].mean(axis=0) for p in axes.patches if p.get_alpha() == 0.22]
    below = [text for text in axes.texts if text.get_text().startswith("grid")]
    for part, text, numbers in zip(grids(axes), below, picked, strict=True):
        assert part.numbers.tolist() == grid.tolist()
        assert part.low[0] < place(text)[0] < part.high[0]
        assert place(text)[1] < part.low[1]
        lit = [int(grid[cell]) for cell in part.cells(tints)]
        assert sorted(lit) == sorted(numbers)


@pytest.mark.says(
    "arrays.matrix_product",
    """
    Matrix A, with rows 1, 2 and 3, 4, stands to the left of the product; matrix
    B, with rows 3, 0 and 0, 6, stands above it. The first row of A and the second
    column of B are tinted and point to the element 12 of the product: 1 times 0
    plus 2 times 6. Row meets column. The element in the first row and second
    column of the product needs the first row of $A$, the second column of $B$,
    and nothing else.
    """,
    "$A$ · $B$ · $AB$ · 1·0 + 2·6 = 12",
)
def test_the_product_joins_the_tinted_row_and_column(figure: Any) -> None:
    """The sum written beside it is the product of the two, and stands in the result."""
    (axes,) = figure.axes
    row, column = tinted(axes, BLUE), tinted(axes, ORANGE)
    (element,) = tinted(axes, PURPLE)
    assert np.dot(row, column) == element
    told = " + ".join(f"{a}·{b}" for a, b in zip(row, column, strict=True))
    assert f"{told} = {element}" in words(axes)
    A, B, AB = grids(axes)
    assert A.numbers.tolist() == [[1, 2], [3, 4]]
    assert B.numbers.tolist() == [[3, 0], [0, 6]]
    assert AB.numbers.tolist() == (A.numbers @ B.numbers).tolist()
    assert A.high[0] < AB.low[0]
    assert B.low[1] > AB.high[1]
    assert A.high[1] == AB.high[1]  # row beside row, and column above column
    assert B.low[0] == AB.low[0]
    for name, own in (("$A$", A), ("$B$", B), ("$AB$", AB)):
        (text,) = [text for text in axes.texts if text.get_text() == name]
        assert min((A, B, AB), key=lambda grid: grid.distance(place(text))) is own
    (told_at,) = [place(t) for t in axes.texts if t.get_text() == f"{told} = {element}"]
    assert told_at[0] > AB.high[0]
    assert AB.high[1] > told_at[1] > AB.high[1] - 1
    across, down = arrows(axes)
    assert (across.ink, down.ink) == (BLUE, ORANGE)
    top, right = AB.high[1] - 0.5, AB.high[0] - 0.5
    assert across.tail[1] == across.head[1] == pytest.approx(top, abs=0.1)
    assert down.tail[0] == down.head[0] == right
    assert A.high[0] < across.tail[0] < across.head[0] < AB.low[0]
    assert B.low[1] > down.tail[1] > down.head[1] > AB.high[1]


@pytest.mark.says(
    "arrays.sine",
    r"""
    One period of the sine: the curve rises from 0 to 1, falls through 0 to −1 and
    comes back to 0. The sine from 0 to $2\pi$. Unfold the code below: every
    figure in this book comes with the program that drew it.
    """,
    "",
)
def test_the_sine_makes_one_full_turn(figure: Any) -> None:
    (axes,) = figure.axes
    (line,) = axes.lines
    x, y = (np.asarray(values) for values in line.get_data())
    assert (x[0], x[-1]) == (0, 2 * np.pi)
    np.testing.assert_allclose(y, np.sin(x))


@pytest.mark.says(
    "arrays.sine_and_cosine",
    """
    The sine as a full line and the cosine as a dashed line, with a legend, a
    title and names on both axes. The cosine reaches its peaks a quarter of a
    period before the sine. Sine and cosine with labels, dashes, title and legend.
    """,
    "x · y · Two waves, a quarter turn apart · sin · cos",
)
def test_sine_and_cosine_have_labels_dashes_title_and_legend(figure: Any) -> None:
    """And the cosine peaks a quarter of a period before the sine."""
    (axes,) = figure.axes
    sine, cosine = axes.lines
    x, y = (np.asarray(values) for values in sine.get_data())
    assert (x[0], x[-1]) == (0, 2 * np.pi)
    np.testing.assert_allclose(y, np.sin(x))
    assert [sine.get_label(), cosine.get_label()] == ["sin", "cos"]
    assert (sine.get_linestyle(), cosine.get_linestyle()) == ("-", "--")
    assert [t.get_text() for t in axes.get_legend().get_texts()] == ["sin", "cos"]
    assert axes.get_xlabel()
    assert axes.get_ylabel()
    assert axes.get_title()
    x, y = (np.asarray(values) for values in cosine.get_data())
    np.testing.assert_allclose(y, np.sin(x + np.pi / 2), atol=1e-12)


@pytest.mark.says(
    "arrays.digit",
    """
    Left, the 64 numbers in eight rows of eight, zeros pale. Right, the same
    matrix as shades of grey: a handwritten four. One handwritten digit, twice: as
    the numbers of the scan, from 0 to 16, and as `imshow` paints them, apart from the
    gaps between the squares, which are ours.
    """,
    "label: 4",
)
def test_the_digit_is_the_same_as_numbers_and_as_picture(figure: Any) -> None:
    """The first of the training data, a four; zeros are pale, and white is zero."""
    (axes,) = figure.axes
    (x_train, t_train), _ = load_digits()
    image = x_train[0].reshape(8, 8)
    *numbers, title = axes.texts
    assert [int(text.get_text()) for text in numbers] == [*16 * x_train[0]]
    cells = [(column + 0.5, 7.6 - row) for row, column in np.ndindex(8, 8)]
    assert [text.get_position() for text in numbers] == cells
    assert pale(axes) == [0] * int((image == 0).sum())
    ((shown, picture),) = scans(axes)
    np.testing.assert_array_equal(picture, image)
    assert shown == title.get_text() == f"label: {t_train[0]}" == "label: 4"


@pytest.mark.says(
    "arrays.average_digits",
    """
    Ten blurred digits in two rows, 0 to 4 above and 5 to 9 below. Each is the
    mean of all training pictures with that label and is still readable. The
    average of all the zeros, all the ones, and so on up to nine. Where everybody
    writes alike, the ink stays dark; where hands differ, it turns to mist.
    """,
    "",
)
def test_the_averages_are_those_of_the_ten_digits_in_order(figure: Any) -> None:
    """And each is nearer to its own digits than to any other digit's, on average."""
    (x_train, t_train), _ = load_digits()
    (axes,) = figure.axes
    assert [scan.title for scan in scans(axes)] == [str(digit) for digit in range(10)]
    for digit, average in enumerate(pictures(axes)):
        exact = x_train[t_train == digit].mean(axis=0)
        np.testing.assert_array_equal(16 * average.ravel(), np.round(16 * exact))
        distances = ((x_train - average.ravel()) ** 2).sum(axis=1)
        means = [distances[t_train == d].mean() for d in range(10)]
        assert np.argmin(means) == digit
