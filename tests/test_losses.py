"""The losses against scikit-learn and exact decimals; the targets, case by case."""

from collections.abc import Callable
from decimal import Decimal, localcontext
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray
from sklearn.metrics import (
    log_loss,
    mean_squared_error,
)

from scratchnn import (
    check_probabilities,
    cross_entropy_error,
    log_softmax,
    match_targets,
    mean_cross_entropy,
    one_hot,
    softmax,
    softmax_cross_entropy,
    sum_squared_error,
)

quick = settings(max_examples=30, deadline=None, derandomize=True)
LOSSES: list[Callable[..., float]] = [
    sum_squared_error,
    cross_entropy_error,
    softmax_cross_entropy,
]
Y1 = [0.1, 0.05, 0.6, 0.0, 0.05, 0.1, 0.0, 0.1, 0.0, 0.0]
Y2 = [0.1, 0.05, 0.1, 0.0, 0.05, 0.1, 0.0, 0.6, 0.0, 0.0]
moderate = st.floats(-8, 8)  # scikit-learn rounds smaller probabilities off


@st.composite
def scores_and_labels(draw: Any) -> tuple[NDArray[Any], NDArray[Any]]:
    """A batch of scores and one label for each row."""
    rows, classes = draw(st.integers(1, 5)), draw(st.integers(2, 5))
    a = draw(hnp.arrays(np.float64, (rows, classes), elements=moderate))
    t = draw(hnp.arrays(np.int64, rows, elements=st.integers(0, classes - 1)))
    return a, t


def exact_cross_entropy(row: list[float], label: int) -> float:
    """The definition, log Σ exp(a) - a[label], in fifty decimal digits."""
    with localcontext() as context:
        context.prec, context.Emin, context.Emax = 50, -(10**17), 10**17
        total = sum((Decimal(a).exp() for a in row), Decimal(0))
        return float(total.ln() - Decimal(row[label]))


def test_values_of_the_curriculum() -> None:
    """What chapter 4 prints for the two ten-class examples."""
    t = one_hot(2, 10)
    assert [round(sum_squared_error(y, t), 4) for y in (Y1, Y2)] == [0.0975, 0.5975]
    assert [round(cross_entropy_error(y, t), 4) for y in (Y1, Y2)] == [0.5108, 2.3026]


@pytest.mark.parametrize("loss", LOSSES)
@quick
@given(scores_and_labels())
def test_labels_rows_and_batches_tell_the_same(
    loss: Callable[..., float], batch: tuple[NDArray[Any], NDArray[Any]]
) -> None:
    """A label is its one-hot row; the loss of a batch is the mean over its samples."""
    a, t = batch
    y = softmax(a)
    rows = np.eye(y.shape[1])[t]
    assert loss(y, t) == loss(y, rows) == loss(y[None], t[None])
    each = [loss(row, label) for row, label in zip(y, t, strict=True)]
    assert loss(y, t) == pytest.approx(np.mean(each), rel=1e-12)


@quick
@given(hnp.arrays(np.float64, (2, 3, 4), elements=st.floats(-1e3, 1e3)))
def test_sum_squared_error_agrees_with_scikit_learn(yt: NDArray[Any]) -> None:
    """½ × outputs × mean squared error."""
    y, t = yt
    wanted = 0.5 * y.shape[1] * mean_squared_error(t, y)
    assert sum_squared_error(y, t) == pytest.approx(wanted, rel=1e-12)


@quick
@given(scores_and_labels())
def test_cross_entropies_agree_with_scikit_learn(
    batch: tuple[NDArray[Any], NDArray[Any]],
) -> None:
    """The exact one to 12 digits, the one with the crutch to what the crutch costs."""
    a, t = batch
    wanted = log_loss(t, softmax(a), labels=range(a.shape[1]))
    assert softmax_cross_entropy(a, t) == pytest.approx(wanted, rel=1e-9, abs=1e-12)
    y = softmax(a / 10)
    wanted = log_loss(t, y, labels=range(a.shape[1]))
    assert abs(cross_entropy_error(y, t) - wanted) <= 1e-7 / y.min()


@quick
@given(st.lists(st.floats(-1e4, 1e4), min_size=1, max_size=5), st.data())
def test_softmax_cross_entropy_is_right_to_the_last_digits(
    row: list[float], data: st.DataObject
) -> None:
    """Where the probability itself would long have rounded to 0 or 1."""
    label = data.draw(st.integers(0, len(row) - 1))
    wanted = exact_cross_entropy(row, label)
    got = softmax_cross_entropy(row, label)
    assert abs(got - wanted) <= 1e-15 * (1 + wanted)
    assert got >= 0


@quick
@given(scores_and_labels(), st.floats(0, 0.5))
def test_soft_targets_are_weighted_means(
    batch: tuple[NDArray[Any], NDArray[Any]], smoothing: float
) -> None:
    """-Σ t log y, row by row."""
    a, labels = batch
    classes = a.shape[1]
    t = (1 - smoothing) * one_hot(labels, classes) + smoothing / classes
    wanted = -np.mean(np.sum(t * np.log(softmax(a)), axis=1))
    assert softmax_cross_entropy(a, t) == pytest.approx(wanted, rel=1e-9, abs=1e-12)


def test_the_crutch_is_what_the_docstring_says() -> None:
    """A sure mistake costs 16.1, a perfect answer -1e-7; the exact loss has neither."""
    assert round(cross_entropy_error([1.0, 0.0], 1), 3) == 16.118
    assert round(cross_entropy_error([1.0, 0.0], 0), 10) == -1e-7
    assert softmax_cross_entropy([1000.0, 0.0], 1) == 1000.0
    assert str(softmax_cross_entropy([1000.0, 0.0], 0)) == "0.0"


def by_the_formula(a: NDArray[Any]) -> NDArray[Any]:
    """Log y as chapter 4 writes it, example by example in memory."""
    a = a - a.max(axis=-1, keepdims=True)
    return a - np.log(np.exp(a).sum(axis=-1, keepdims=True))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(1,), (7,), (5, 3), (100, 10), (2, 4, 3)])
def test_the_layout_in_memory_changes_nothing_but_speed(
    shape: tuple[int, ...], dtype: Any
) -> None:
    """Class by class or example by example: the same logarithms, but for rounding."""
    a = np.random.default_rng(0).normal(0, 5, size=shape).astype(dtype)
    a.setflags(write=False)
    got = log_softmax(a)
    assert (got.dtype, got.shape) == (dtype, shape)
    assert got.flags.f_contiguous or a.ndim > 2
    np.testing.assert_allclose(got, by_the_formula(a), atol=50 * np.finfo(dtype).eps)
    np.testing.assert_array_equal(log_softmax(np.asfortranarray(a)), got)


def test_log_softmax_at_the_ends_of_the_floats() -> None:
    """Exact where the softmax rounds to 0; no number where there is no softmax."""
    a = [[1000.0, 0.0], [-np.inf, 3.0], [np.inf, 0.0], [np.nan, 0.0], [-np.inf] * 2]
    wanted = [[0.0, -1000.0], [-np.inf, 0.0], *[[np.nan] * 2] * 3]
    np.testing.assert_array_equal(log_softmax(a), wanted)


def test_a_class_without_share_costs_nothing() -> None:
    """0 times infinity is 0 here; a sure mistake costs infinity, and NaN stays NaN."""
    log_y = np.array([[-np.inf, -1.0], [-2.0, -np.inf]])
    assert mean_cross_entropy(log_y, np.array([[0.0, 1.0], [1.0, 0.0]])) == 1.5
    assert mean_cross_entropy(log_y, np.array([[1.0, 0.0], [1.0, 0.0]])) == np.inf
    assert np.isnan(mean_cross_entropy(log_y * np.nan, np.eye(2)))


def test_softmax_cross_entropy_looks_at_each_row_alone() -> None:
    """The largest score of the batch would drown the row that lies far below it."""
    assert softmax_cross_entropy([[0.0, 0.0], [1e4, 1e4]], [0, 1]) == np.log(2)


def test_softmax_cross_entropy_over_the_whole_float_range() -> None:
    """No warning, and no NaN where an answer exists."""
    inf, top = np.inf, np.finfo(np.float64).max
    assert softmax_cross_entropy([-top, top], 1) == 0
    assert softmax_cross_entropy([-top, top], 0) == inf
    assert softmax_cross_entropy([-inf, 0.0], 1) == 0
    assert softmax_cross_entropy([-inf, 0.0], 0) == inf
    assert softmax_cross_entropy([top, top], 0) == np.log(2)
    assert softmax_cross_entropy([[-inf, 0.0, 0.0]], [[0.0, 0.5, 0.5]]) == np.log(2)
    for row in ([np.nan, 0.0], [inf, 0.0], [inf, inf], [-inf, -inf]):
        for label in (0, 1):
            assert np.isnan(softmax_cross_entropy(row, label))


@pytest.mark.parametrize("loss", LOSSES)
def test_nan_among_the_outputs_gives_nan(loss: Callable[..., float]) -> None:
    """Wherever it stands, labels or rows."""
    for t in (0, [1.0, 0.0]):
        for y in ([np.nan, 0.5], [0.5, np.nan]):
            assert np.isnan(loss(y, t))


def test_overflow_of_a_square_is_infinite_and_numpy_says_so() -> None:
    """An honest infinity, not a wrong number."""
    with pytest.warns(RuntimeWarning, match="overflow"):
        assert sum_squared_error([1e200], [0.0]) == np.inf


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.int8])
def test_the_loss_is_a_python_float_computed_in_float64(
    loss: Callable[..., float], dtype: Any
) -> None:
    """Half precision would overflow at 65504 and round 1e-7 away."""
    y, t = np.array([[1, 0], [0, 1]], dtype=dtype), np.array([0, 1], dtype=np.uint8)
    assert type(loss(y, t)) is float
    assert loss(y, t) == loss(y.astype(float), t)


@pytest.mark.parametrize(
    ("y", "t"),
    [((3,), ()), ((3,), (3,)), ((2, 3), (2,)), ((2, 3), (2, 3)), ((4, 2, 3), (4, 2))],
)
def test_targets_that_fit(y: tuple[int, ...], t: tuple[int, ...]) -> None:
    """Rows in the shape of the outputs, labels without the last axis."""
    outputs, targets = match_targets(np.zeros(y), np.zeros(t, dtype=int))
    assert outputs.shape == targets.shape == y
    assert outputs.dtype == targets.dtype == np.float64


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize(
    ("y", "t"),
    [
        ((), ()),
        ((3,), (2,)),
        ((3,), (1, 3)),
        ((2, 3), (3,)),
        ((2, 3), (2, 1)),
        ((2, 3), (3, 2)),
        ((2, 3), ()),
        ((1, 3), ()),
        ((2, 3), (2, 3, 1)),
        ((4, 2, 3), (4,)),
    ],
)
def test_targets_that_do_not_fit_are_named(
    loss: Callable[..., float], y: tuple[int, ...], t: tuple[int, ...]
) -> None:
    """Both shapes stand in the message."""
    with pytest.raises(ValueError, match="targets must have the shape") as error:
        loss(np.zeros(y), np.zeros(t, dtype=int))
    assert f"shape {y} and targets of shape {t}" in str(error.value)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0)])
def test_the_mean_of_nothing_is_an_error(
    loss: Callable[..., float], shape: tuple[int, ...]
) -> None:
    """No samples, or no classes."""
    for t in (np.zeros(shape), np.zeros(shape[:-1], dtype=int)):
        with pytest.raises(ValueError, match="a loss needs a sample and an output"):
            loss(np.zeros(shape), t)


@pytest.mark.parametrize("loss", LOSSES)
def test_labels_must_be_integers_in_range(loss: Callable[..., float]) -> None:
    """-1 would quietly mean the last class, 1.0 and True are no labels."""
    y = [[0.2, 0.8], [0.5, 0.5]]
    for labels in ([0, 2], [-1, 0], np.array([0, 255], dtype=np.uint8)):
        with pytest.raises(ValueError, match="labels must lie between 0 and 1; got"):
            loss(y, labels)
    for wrong in ([0.0, 1.0], [False, True], np.array([0, np.nan])):
        with pytest.raises(TypeError, match="labels must be integers; got"):
            loss(y, wrong)


@pytest.mark.parametrize("loss", [cross_entropy_error, softmax_cross_entropy])
@pytest.mark.parametrize(
    "t",
    [
        [0, 1, 1],
        [2, -1, 0],
        [0, 0, 0],
        [np.nan, 1, 0],
        [np.inf, 0, 0],
        [np.inf, -np.inf, 1],
        [1e308, 1e308, 1e308],
        [[1, 0, 0], [1, 1, 0]],
    ],
)
def test_target_rows_must_be_probabilities(
    loss: Callable[..., float], t: list[Any]
) -> None:
    """Ten labels next to ten outputs look like a row; they do not sum to 1."""
    with pytest.raises(ValueError, match=r"sum to 1; got \["):
        loss(np.full(np.shape(t), 1 / 3), t)


def test_half_precision_targets_pass() -> None:
    """Their sums are off by a few parts in ten thousand."""
    t = np.full((2, 100), 0.01, dtype=np.float16)
    assert not np.any(t.astype(float).sum(axis=1) == 1)
    check_probabilities(t.astype(float))


@pytest.mark.parametrize("y", [[0.3, 1.1], [-0.1, 0.9], [np.inf, 0.0], [-np.inf, 1]])
def test_cross_entropy_error_refuses_scores(y: list[float]) -> None:
    """Scores before the softmax would give a number that looks like a loss."""
    with pytest.raises(ValueError, match="outputs must be probabilities"):
        cross_entropy_error(y, 0)


def test_nan_does_not_hide_which_outputs_are_refused() -> None:
    """They are looked for among the numbers."""
    with pytest.raises(ValueError, match=r"got values from 0\.5 to 1\.5"):
        cross_entropy_error([[np.nan, 1.5], [0.5, 0.5]], [0, 0])


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("wrong", [["a", "b"], [1j, 0], [None, 1]])
def test_what_is_no_number_is_refused(loss: Callable[..., float], wrong: Any) -> None:
    """Among the outputs or among the targets."""
    for y, t in ((wrong, [1, 0]), ([1, 0], wrong)):
        with pytest.raises(TypeError, match="expected real numbers"):
            loss(y, t)


@pytest.mark.parametrize("loss", LOSSES)
def test_arguments_are_left_alone(loss: Callable[..., float]) -> None:
    """Views with gaps and read-only arrays are read, not written."""
    y = np.array([[0.2, 9.0, 0.8], [0.5, 9.0, 0.5]])[:, ::2]
    t = np.array([[0.0, 1.0], [1.0, 0.0]]).T
    y.setflags(write=False)
    t.setflags(write=False)
    assert loss(y, t) == loss(y.copy(), [1, 0])


@quick
@given(hnp.arrays(np.uint8, hnp.array_shapes(max_dims=3), elements=st.integers(0, 4)))
def test_one_hot_rows_find_their_labels_again(labels: NDArray[Any]) -> None:
    """One 1 in each row, in the right place."""
    rows = one_hot(labels, 5)
    assert rows.shape == (*labels.shape, 5)
    np.testing.assert_array_equal(rows.argmax(axis=-1), labels)
    assert np.all(rows.sum(axis=-1) == 1)
    assert set(np.unique(rows)) <= {0.0, 1.0}


def test_one_hot_of_many_classes_is_not_a_square_matrix() -> None:
    """A hundred thousand classes take a row each, not a table of all pairs."""
    assert one_hot([99_999], 100_000).argmax() == 99_999


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_the_mean_over_many_samples_does_not_drift(dtype: Any) -> None:
    """The sum of a hundred thousand losses has more digits than a small float holds."""
    t = np.zeros((100_000, 3), dtype)
    t[:, 1] = 1
    log_y = np.full_like(t, -2.5)
    assert mean_cross_entropy(log_y, t) == pytest.approx(2.5, abs=1e-9)


def test_targets_without_a_sign_keep_theirs() -> None:
    """Minus one, as an unsigned byte, would be 255."""
    log_y, t = np.array([-1.0, -1.0]), np.array([0, 1], np.uint8)
    assert mean_cross_entropy(log_y, t) == 1.0
