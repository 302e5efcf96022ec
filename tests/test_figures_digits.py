"""What the captions of chapter 3.6 say is true of the figures."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from drawings import arrows, pictures, place, scans
from matplotlib.axes import Axes
from matplotlib.colors import same_color
from numpy.typing import NDArray

from bookbinder import ROOT
from bookbinder.read.pages import Page
from figures.style import BLUE, ORANGE, SOFT
from scratchnn import load_digits, predict, trained_network


def titles(axes: Axes, color: str) -> list[str]:
    """What is written in an ink."""
    return [t.get_text() for t in axes.texts if same_color(t.get_color(), color)]


@pytest.mark.says(
    "digits.layers",
    """
    Four blue strips in a row, of lengths 64, 50, 100 and 10, with arrows from one to
    the next. Below them four grey rectangles of the same widths, each a hundred rows
    high, with arrows labelled W1, W2 and W3. Across each rectangle runs a blue strip at
    the same height. Above, the shapes for one picture; below, for a hundred. The weight
    matrices are the same in both. Row by row the batch goes through the network, and
    the blue row never meets the others.
    """,
    """
    $x$ · (64,) · (100, 64) · $W^{(1)}$ · $Z^{(1)}$ · (50,) · (100, 50) · $W^{(2)}$ ·
    $Z^{(2)}$ · (100,) · (100, 100) · $W^{(3)}$ · $y$ · (10,) · (100, 10)
    """,
)
def test_layers_shows_the_shapes_for_one_picture_and_for_a_hundred(figure: Any) -> None:
    """Strips as long and rectangles as wide as the shapes say, a hundred rows high.

    From the left to the right; the shapes of a layer stand above and below its strips,
    and the weights between two layers, where arrows lead from one to the next.
    """
    axes, x = figure.axes[0], load_digits()[1][0]
    shapes = [x[0].shape, *(trained_network("digits")[b].shape for b in ("b1", "b2"))]
    written = " ".join(text.get_text() for text in axes.texts)
    corners: list[NDArray[Any]] = [
        np.asarray(p.get_path().vertices) for p in axes.patches
    ]
    sizes = [np.ptp(c, axis=0) for c in corners if len(c) == 5]
    rows = np.reshape(sizes, (4, 3, 2))
    for (width,), (strip, batch, row) in zip([*shapes, (10,)], rows, strict=True):
        assert f"({width},)" in written
        assert f"(100, {width})" in written
        np.testing.assert_allclose([strip[0], batch[0], row[0]], width / 10)
        np.testing.assert_allclose(batch[1], 100 / 10)
        np.testing.assert_allclose(strip[1], row[1])
    blue = [c for c in corners if len(c) == 5 and np.ptp(c[:, 1]) < 1]
    assert {tuple(np.unique(c[:, 1].round(6))) for c in blue} == {
        (13.1, 13.5),
        (8.1, 8.5),
    }
    assert all(f"$W^{{({n})}}$" in written for n in (1, 2, 3))
    where = {text.get_text(): place(text) for text in axes.texts if text.get_text()}
    columns = np.reshape([(*c.min(axis=0), *c.max(axis=0)) for c in corners], (4, 3, 4))
    inks = [p.get_facecolor() for p in axes.patches]
    for n, ink in enumerate(inks):
        assert same_color(ink[:3], SOFT if n % 3 == 1 else BLUE)
    names = ["$x$", "$Z^{(1)}$", "$Z^{(2)}$", "$y$"]
    for name, (width,), (strip, batch, row) in zip(
        names, [*shapes, (10,)], columns, strict=True
    ):
        assert strip[0] == batch[0] == row[0]
        above, below = where[f"({width},)"], where[f"(100, {width})"]
        middle = pytest.approx((strip[0] + strip[2]) / 2)
        assert where[name][0] == above[0] == below[0] == middle
        assert where[name][1] > above[1] > strip[3] > strip[1] > batch[3]
        assert batch[3] > row[3] > row[1] > batch[1] > below[1]
    leading = iter(arrows(axes))
    for n, (before, after) in enumerate(pairwise(columns), 1):
        for part in (0, 2):
            arrow = next(leading)
            assert before[part, 2] < arrow.tail[0] < arrow.head[0] < after[part, 0]
            for end in (arrow.tail, arrow.head):
                assert before[part, 1] < end[1] < before[part, 3]
        assert before[0, 2] < where[f"$W^{{({n})}}$"][0] < after[0, 0]


@pytest.mark.says(
    "digits.right_and_wrong",
    """
    Three rows of five pictures. Above each of the first five stands the digit
    and a probability near 100 %. Above the other ten, in another colour,
    stand two digits, what it is and what was read, with probabilities between
    40 and 89 %. Above, the first five test pictures. Below them are all ten
    that the network misreads: the digit, what it was taken for, and how
    probable the network found that.
    """,
    """
    2, 100 % · 1, 99 % · 1, 100 % · 7, 100 % · 8, 99 % · 8 as 4, 63 % · 0 as 5, 78 %
    · 8 as 5, 59 % · 3 as 2, 71 % · 2 as 8, 40 % · 2 as 1, 89 % · 7 as 9, 82 % · 2
    as 1, 45 % · 0 as 6, 69 % · 5 as 9, 53 %
    """,
)
def test_answers_are_the_first_five_and_all_ten_mistakes(figure: Any) -> None:
    """The digit, what was read, how probable; between 40 and 89 % for the mistakes."""
    axes, (x, t) = figure.axes[0], load_digits()[1]
    y = predict(trained_network("digits"), x)
    answers, sure = y.argmax(axis=1), 100 * y.max(axis=1)
    wrong = np.flatnonzero(answers != t)
    assert len(wrong) == 10
    assert (answers == t)[:5].all()
    assert titles(axes, BLUE) == [f"{t[i]}, {sure[i]:.0f} %" for i in range(5)]
    assert titles(axes, ORANGE) == [
        f"{t[i]} as {answers[i]}, {sure[i]:.0f} %" for i in wrong
    ]
    shown = [*range(5), *wrong]
    titled = titles(axes, BLUE) + titles(axes, ORANGE)
    assert [scan.title for scan in scans(axes)] == titled
    np.testing.assert_array_equal(pictures(axes), x[shown].reshape(-1, 8, 8))
    assert sure[:5].min() > 98
    assert (round(sure[wrong].min()), round(sure[wrong].max())) == (40, 89)


def enlarged(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Pictures as the page enlarges them, shape (N, 28, 28)."""
    page = Page.read(ROOT / "docs" / "en" / "digits.md")
    (script,) = [b for b in page.blocks if "def like_mnist" in b.code]
    space: dict[str, Any] = {"np": np}
    exec(script.code, space)
    return np.array([space["like_mnist"](picture) for picture in x.reshape(-1, 8, 8)])


def test_enlarging_keeps_ink_and_centre() -> None:
    """Ten rows down are four rows down; the middle of the ink is in the middle."""
    x = load_digits()[1][0]
    large = enlarged(x)
    ink = large.sum(axis=(1, 2))
    np.testing.assert_allclose(ink / x.sum(axis=1), 2.5**2, rtol=0.02)
    for axis in (1, 2):
        centre = large.sum(axis=axis) @ np.arange(28) / ink
        np.testing.assert_allclose(centre, 14, atol=0.1)


@pytest.mark.says(
    "digits.enlarged",
    """
    Three squares with the same digit, a nine that looks much like a three.
    Left, eight by eight coarse tiles. In the middle it is smooth, with thick
    and blurred strokes. On the right the strokes are thin. A nine: as it is stored,
    enlarged, and with every pixel of the enlarged picture squared.
    """,
    "8 by 8 · enlarged · squared",
)
def test_enlarged_shows_a_nine_in_three_forms(figure: Any) -> None:
    """As stored, as the page enlarges it, and squared: every tile with any ink."""
    axes, (x, t) = figure.axes[0], load_digits()[1]
    assert t[9] == 9
    large = enlarged(x[9:10])[0]
    assert [scan.title for scan in scans(axes)] == ["8 by 8", "enlarged", "squared"]
    stored, smooth, thin = pictures(axes)
    np.testing.assert_array_equal(stored, x[9].reshape(8, 8))
    np.testing.assert_array_equal(smooth, np.round(16 * large) / 16)
    np.testing.assert_array_equal(thin, np.round(16 * large**2) / 16)
    assert thin.sum() < 0.75 * smooth.sum()


@pytest.mark.says(
    "digits.moved",
    """
    Three pictures of digits, each read rightly, and below them the same three
    moved one pixel to the right, each taken for another digit. Above, the
    first three pictures that are read rightly as they are and wrongly when moved;
    below, the same three, one pixel to the right: the digit, what it was taken
    for, and how probable the network found that.
    """,
    """
    8, 99 % · 8 as 1, 72 % · 1, 85 % · 1 as 2, 47 % · 6, 100 % · 6 as 1, 100 %
    """,
)
def test_moved_are_the_first_that_are_lost(figure: Any) -> None:
    """Above as they are, below the same a pixel further, with a blank left edge."""
    axes, (x, t) = figure.axes[0], load_digits()[1]
    network, at = trained_network("digits"), x.reshape(-1, 8, 8)
    beside = np.pad(at, ((0, 0), (0, 0), (1, 0)))[:, :, :8]
    before, after = (predict(network, it.reshape(-1, 64)) for it in (at, beside))
    lost = (before.argmax(axis=1) == t) & (after.argmax(axis=1) != t)
    found = scans(axes)
    assert len(found) == 6
    for i, whole, moved in zip(np.flatnonzero(lost), found, found[3:], strict=False):
        np.testing.assert_array_equal(whole.picture, at[i])
        np.testing.assert_array_equal(moved.picture, beside[i])
        assert whole.title == f"{t[i]}, {100 * before[i].max():.0f} %"
        sure = f"{100 * after[i].max():.0f} %"
        assert moved.title == f"{t[i]} as {after[i].argmax()}, {sure}"


@pytest.mark.says(
    "digits.elsewhere",
    """
    Six pictures of eight by eight tiles, in two rows of three, nines and
    ones. Above each stands what it is, what was read instead, and a
    probability of at least 97 %. The six mistakes of which the network
    trained on MNIST was surest. Four of them are nines with a curl at the
    foot, read as threes; two are ones.
    """,
    """
    9 as 3, 100 % · 1 as 8, 99 % · 9 as 3, 98 % · 9 as 3, 98 % · 1 as 4, 97 % · 9 as
    3, 97 %
    """,
)
def test_elsewhere_are_the_surest_mistakes(figure: Any) -> None:
    """Four nines taken for threes, two ones; 97 % sure at least."""
    axes, (x, t) = figure.axes[0], load_digits()[1]
    y = predict(trained_network("mnist"), enlarged(x).reshape(-1, 784) ** 2)
    wrong = np.flatnonzero(y.argmax(axis=1) != t)
    surest = sorted(wrong, key=lambda i: -y[i].max())[:6]
    np.testing.assert_array_equal(pictures(axes), x[surest].reshape(-1, 8, 8))
    found = titles(axes, ORANGE)
    assert found == [
        f"{t[i]} as {y[i].argmax()}, {100 * y[i].max():.0f} %" for i in surest
    ]
    assert [scan.title for scan in scans(axes)] == found
    assert sum(title.startswith("9 as 3") for title in found) == 4
    assert sum(title.startswith("1 as") for title in found) == 2
    assert y[surest].max(axis=1).min() > 0.965
