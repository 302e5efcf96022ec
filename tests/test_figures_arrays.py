"""What the captions of chapter 1 say is true of the figures."""

from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from test_figures_digits import scans

from figures.style import BLUE, ORANGE, PURPLE
from scratchnn import load_digits


def words(axes: Axes) -> list[str]:
    return [text.get_text() for text in axes.texts]


def boxes(axes: Axes) -> dict[tuple[float, float], int]:
    """The number in each box, by the place of its middle."""
    return {
        (round(x, 2), round(y, 2)): int(text.get_text())
        for text in axes.texts
        for x, y in [text.get_position()]
        if text.get_text().isdigit()
    }


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
    two such sheets, one behind the other, labelled tensor, shape (2, 2, 3). From
    no direction to three. Below each array stands its shape: how many numbers it
    has along each direction.
    """,
    "scalar · () · vector · (3,) · matrix · (2, 3) · tensor · (2, 2, 3)",
)
def test_each_tensor_has_the_shape_that_stands_below_it(figure: Any) -> None:
    """As many boxes as its shape says, for three sheets of front and back."""
    (axes,) = figure.axes
    shapes = [word for word in words(axes) if word.startswith("(")]
    assert shapes == ["()", "(3,)", "(2, 3)", "(2, 2, 3)"]
    sizes = [int(np.prod(eval(shape), dtype=int)) for shape in shapes]
    assert len(axes.patches) == sum(sizes)
    assert sizes == [1, 3, 6, 12]


@pytest.mark.says(
    "arrays.along_axes",
    """
    A matrix of two rows and three columns. Arrows labelled axis=0 lead down to
    the row 5, 7, 9; arrows labelled axis=1 lead across to the column 6, 15.
    Summing along axis 0 leaves one number for each column, along axis 1 one for
    each row.
    """,
    "axis=0 · axis=1",
)
def test_sums_stand_at_the_end_of_their_arrows(figure: Any) -> None:
    """One for each column along axis 0, one for each row along axis 1."""
    (axes,) = figure.axes
    matrix = np.arange(1, 7).reshape(2, 3)
    assert tinted(axes, BLUE) == matrix.sum(axis=0).tolist()
    assert tinted(axes, ORANGE) == matrix.sum(axis=1).tolist()
    assert {"axis=0", "axis=1"} <= set(words(axes))
    assert sum(word == "" for word in words(axes)) == 3 + 2  # the arrows


@pytest.mark.says(
    "arrays.broadcasting",
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
    assert pale(axes) == [10, 10, 10, 10, 20]
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
    product = [n for (x, y), n in boxes(axes).items() if x > 4 and y < 2.5]
    assert product == [3, 12, 9, 24]


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
    the numbers of the scan, from 0 to 16, and as `imshow` paints them, but
    for the gaps between the squares, which are ours.
    """,
    "label: 4",
)
def test_the_digit_is_the_same_as_numbers_and_as_picture(figure: Any) -> None:
    """The first of the training data, a four; zeros are pale, and white is zero."""
    (axes,) = figure.axes
    (x_train, t_train), _ = load_digits()
    image = x_train[0].reshape(8, 8)
    *numbers, title = words(axes)
    np.testing.assert_array_equal([int(w) for w in numbers], 16 * x_train[0])
    assert pale(axes) == [0] * int((image == 0).sum())
    (picture,) = scans(axes)
    np.testing.assert_array_equal(picture, image)
    assert title == f"label: {t_train[0]}" == "label: 4"


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
    assert words(axes) == [str(digit) for digit in range(10)]
    for digit, average in enumerate(scans(axes)):
        exact = x_train[t_train == digit].mean(axis=0)
        np.testing.assert_array_equal(16 * average.ravel(), np.round(16 * exact))
        distances = ((x_train - average.ravel()) ** 2).sum(axis=1)
        means = [distances[t_train == d].mean() for d in range(10)]
        assert np.argmin(means) == digit
