"""What the captions of chapter 1 say is true of the figures."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_hex

from bookbinder.drawing import run_program
from figures.style import BLUE, ORANGE, PURPLE
from scratchnn import load_digits


def drawn(name: str) -> Any:
    return run_program(f"figures.arrays.{name}")["figure"]


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
    return [int(t.get_text()) for t in axes.texts if (t.get_alpha() or 1) < 0.5]


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


def test_each_tensor_has_the_shape_that_stands_below_it() -> None:
    """As many boxes as its shape says, for three sheets of front and back."""
    (axes,) = drawn("tensors").axes
    shapes = [word for word in words(axes) if word.startswith("(")]
    assert shapes == ["()", "(3,)", "(2, 3)", "(2, 2, 3)"]
    sizes = [int(np.prod(eval(shape), dtype=int)) for shape in shapes]
    assert len(axes.patches) == sum(sizes)
    assert sizes == [1, 3, 6, 12]


def test_sums_stand_at_the_end_of_their_arrows() -> None:
    """One for each column along axis 0, one for each row along axis 1."""
    (axes,) = drawn("along_axes").axes
    matrix = np.arange(1, 7).reshape(2, 3)
    assert tinted(axes, BLUE) == matrix.sum(axis=0).tolist()
    assert tinted(axes, ORANGE) == matrix.sum(axis=1).tolist()
    assert {"axis=0", "axis=1"} <= set(words(axes))
    assert sum(word == "" for word in words(axes)) == 3 + 2  # the arrows


def test_broadcasting_tints_what_was_written_and_pales_the_copies() -> None:
    """A number and its three copies; a row and its copy; both products right."""
    (axes,) = drawn("broadcasting").axes
    assert tinted(axes, BLUE) == [10, 10, 20]
    assert pale(axes) == [10, 10, 10, 10, 20]
    matrix = np.array([[1, 2], [3, 4]])
    products = [n for (x, _), n in boxes(axes).items() if x > 7]
    expected = [*(matrix * 10).flat, *(matrix * [10, 20]).flat]
    assert products == expected


def test_what_is_picked_is_what_the_code_below_picks() -> None:
    """The code under each grid, run, gives the tinted numbers."""
    (axes,) = drawn("picking").axes
    code = [word for word in words(axes) if word.startswith("grid")]
    grid = np.arange(12).reshape(3, 4)
    picked = [eval(c.replace("\n", " "), {"grid": grid}).tolist() for c in code]
    assert picked == [[4, 5, 6, 7], [0, 3, 6, 9], [3, 4, 10]]
    everywhere = sorted(number for numbers in picked for number in numbers)
    assert sorted(tinted(axes, BLUE)) == everywhere


def test_the_product_joins_the_tinted_row_and_column() -> None:
    """The sum written beside it is the product of the two, and stands in the result."""
    (axes,) = drawn("matrix_product").axes
    row, column = tinted(axes, BLUE), tinted(axes, ORANGE)
    (element,) = tinted(axes, PURPLE)
    assert np.dot(row, column) == element
    told = " + ".join(f"{a}·{b}" for a, b in zip(row, column, strict=True))
    assert f"{told} = {element}" in words(axes)
    product = [n for (x, y), n in boxes(axes).items() if x > 4 and y < 2.5]
    assert product == [3, 12, 9, 24]


def test_the_sine_makes_one_full_turn() -> None:
    (axes,) = drawn("sine").axes
    (line,) = axes.lines
    x, y = (np.asarray(values) for values in line.get_data())
    assert (x[0], x[-1]) == (0, 2 * np.pi)
    np.testing.assert_allclose(y, np.sin(x))


def test_sine_and_cosine_have_labels_dashes_title_and_legend() -> None:
    """And the cosine peaks a quarter of a period before the sine."""
    (axes,) = drawn("sine_and_cosine").axes
    sine, cosine = axes.lines
    assert (sine.get_linestyle(), cosine.get_linestyle()) == ("-", "--")
    assert [t.get_text() for t in axes.get_legend().get_texts()] == ["sin", "cos"]
    assert axes.get_xlabel()
    assert axes.get_ylabel()
    assert axes.get_title()
    x, y = (np.asarray(values) for values in cosine.get_data())
    np.testing.assert_allclose(y, np.sin(x + np.pi / 2), atol=1e-12)


def test_the_digit_is_the_same_as_numbers_and_as_picture() -> None:
    """The first of the training data, a four; zeros are pale, and white is zero."""
    numbers, picture = drawn("digit").axes
    (x_train, t_train), _ = load_digits()
    image = x_train[0].reshape(8, 8)
    np.testing.assert_array_equal([int(w) for w in words(numbers)], 16 * x_train[0])
    assert pale(numbers) == [0] * int((image == 0).sum())
    np.testing.assert_array_equal(picture.images[0].get_array(), image)
    assert picture.images[0].get_cmap().name == "gray_r"
    assert picture.images[0].get_clim() == (0, 1)
    assert picture.get_title() == f"label: {t_train[0]}" == "label: 4"


def test_the_averages_are_those_of_the_ten_digits_in_order() -> None:
    """And each is nearer to its own digits than to any other digit's, on average."""
    (x_train, t_train), _ = load_digits()
    shown = [
        axes.images[0].get_array().ravel() for axes in drawn("average_digits").axes
    ]
    for digit, average in enumerate(shown):
        np.testing.assert_allclose(average, x_train[t_train == digit].mean(axis=0))
        distances = ((x_train - average) ** 2).sum(axis=1)
        means = [distances[t_train == d].mean() for d in range(10)]
        assert np.argmin(means) == digit
