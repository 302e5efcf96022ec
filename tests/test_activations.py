"""The activations against exact decimals and scikit-learn, and under attack."""

import math
from collections.abc import Callable
from decimal import Decimal, localcontext
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray
from sklearn.utils.extmath import (
    softmax as sklearn_softmax,
)

from scratchnn import float_array, identity, real_array, relu, sigmoid, softmax, step

quick = settings(max_examples=30, deadline=None, derandomize=True)
FLOATS = [np.float16, np.float32, np.float64]
INTEGERS = [np.int8, np.uint8, np.int32, np.int64, np.uint64, np.bool_]
ELEMENTWISE: list[Callable[..., Any]] = [step, sigmoid, relu, identity]
EVERY = [*ELEMENTWISE, softmax]
finite = st.floats(allow_nan=False, allow_infinity=False)


def float_arrays(
    elements: st.SearchStrategy[float] = finite, min_dims: int = 0, min_side: int = 0
) -> st.SearchStrategy[NDArray[np.float64]]:
    """Arrays of any shape with up to four axes."""
    shapes = hnp.array_shapes(
        min_dims=min_dims, max_dims=4, min_side=min_side, max_side=4
    )
    return hnp.arrays(np.float64, shapes, elements=elements)


def exact_sigmoid(x: float) -> float:
    """The definition, in fifty decimal digits."""
    with localcontext() as context:
        context.prec, context.Emin, context.Emax = 50, -(10**17), 10**17
        return float(1 / (1 + (-Decimal(x)).exp()))


def exact_softmax(row: list[float]) -> list[float]:
    """The definition, in fifty decimal digits."""
    with localcontext() as context:
        context.prec, context.Emin, context.Emax = 50, -(10**17), 10**17
        exps = [Decimal(a).exp() for a in row]
        return [float(e / sum(exps)) for e in exps]


def test_values_of_the_curriculum() -> None:
    """What chapter 3 prints."""
    assert step([-1, 1, 2]).tolist() == [0, 1, 1]
    assert sigmoid([1, 2]).round(3).tolist() == [0.731, 0.881]
    y = softmax([0.3, 2.9, 4.0])
    assert y.round(8).tolist() == [0.01821127, 0.24519181, 0.73659691]
    assert y.sum() == 1.0


@quick
@given(st.floats(-1e5, 1e5) | st.floats(-800, 800) | st.floats(-1, 1))
def test_sigmoid_is_right_to_the_last_digits(x: float) -> None:
    """Both tails included: far left the value is tiny, not zero."""
    exact = exact_sigmoid(x)
    assert abs(float(sigmoid(x)) - exact) <= 4 * math.ulp(exact)


@quick
@given(st.floats(-1e308, 1e308) | st.floats(-40, 40))
def test_sigmoid_never_leaves_zero_to_one_and_mirrors_itself(x: float) -> None:
    """h(x) + h(-x) is 1, and h grows with x."""
    assert 0 <= sigmoid(x) <= 1
    assert abs(sigmoid(x) + sigmoid(-x) - 1) <= 1e-15
    assert sigmoid(x) <= sigmoid(x + abs(x) * 1e-9 + 1e-9)


@pytest.mark.parametrize("dtype", FLOATS)
def test_sigmoid_at_the_ends_of_the_floats(dtype: Any) -> None:
    """No warning (they are errors here), no NaN but from NaN."""
    top = np.finfo(dtype).max
    x = np.array([-np.inf, -top, -0.0, 0.0, top, np.inf, np.nan], dtype=dtype)
    assert sigmoid(x)[:-1].tolist() == [0, 0, 0.5, 0.5, 1, 1]
    assert np.isnan(sigmoid(x)[-1])


@quick
@given(float_arrays(st.floats(allow_nan=False)))
def test_step_relu_and_identity_follow_their_definition(x: NDArray[Any]) -> None:
    """One number at a time, in plain Python."""
    flat = x.ravel().tolist()
    assert step(x).ravel().tolist() == [1 if v > 0 else 0 for v in flat]
    assert relu(x).ravel().tolist() == [max(v, 0.0) for v in flat]
    assert identity(x).ravel().tolist() == flat


@pytest.mark.parametrize("function", [sigmoid, relu, identity, softmax])
@pytest.mark.parametrize("dtype", FLOATS)
def test_nan_stays_nan(function: Callable[..., Any], dtype: Any) -> None:
    """Arithmetic passes NaN on; nobody gets a number made from nothing."""
    assert np.isnan(function(np.array([np.nan, np.nan], dtype=dtype))).all()


def test_step_refuses_nan() -> None:
    """An integer cannot be NaN, and neither 0 nor 1 would be true."""
    with pytest.raises(ValueError, match="NaN"):
        step([1.0, np.nan])


@quick
@given(float_arrays(st.floats(-1e4, 1e4) | st.floats(-5, 5), min_dims=1, min_side=1))
def test_softmax_is_right_to_the_last_digits(a: NDArray[Any]) -> None:
    """Every row of a batch of any shape is the softmax of that row."""
    y = softmax(a)
    for got, row in zip(
        y.reshape(-1, a.shape[-1]), a.reshape(-1, a.shape[-1]), strict=True
    ):
        exact = np.array(exact_softmax(row.tolist()))
        assert np.all(np.abs(got - exact) <= 4e-12 * exact + 5e-324)


@quick
@given(hnp.arrays(np.float64, (3, 4), elements=st.floats(-700, 700)))
def test_softmax_agrees_with_scikit_learn(a: NDArray[Any]) -> None:
    """A second opinion on batches."""
    np.testing.assert_allclose(softmax(a), sklearn_softmax(a), rtol=1e-13, atol=0)


@quick
@given(float_arrays(min_dims=1, min_side=1))
def test_softmax_rows_sum_to_one_over_the_whole_float_range(a: NDArray[Any]) -> None:
    """Probabilities, in the order of the scores, without a warning."""
    y = softmax(a)
    assert np.all((y >= 0) & (y <= 1))
    np.testing.assert_allclose(y.sum(axis=-1), 1, rtol=1e-14)
    np.testing.assert_array_equal(
        np.take_along_axis(y, a.argmax(axis=-1)[..., None], -1)[..., 0], y.max(axis=-1)
    )


@quick
@given(hnp.arrays(np.float64, 4, elements=st.integers(-50, 50)), st.integers(-99, 99))
def test_softmax_ignores_a_shift(a: NDArray[Any], shift: int) -> None:
    """The reason why the largest score may be subtracted."""
    np.testing.assert_array_equal(softmax(a), softmax(a + shift))


@pytest.mark.parametrize("dtype", FLOATS)
def test_softmax_at_the_ends_of_the_floats(dtype: Any) -> None:
    """Even a gap that is wider than the largest float is only a probability of 0."""
    top = np.finfo(dtype).max
    a = np.array([[-top, top, -np.inf], [top, top, -top]], dtype=dtype)
    assert softmax(a).tolist() == [[0, 1, 0], [0.5, 0.5, 0]]


def test_softmax_rows_without_an_answer_are_nan_and_leave_the_others_alone() -> None:
    """NaN, plus infinity, or minus infinity only."""
    inf = np.inf
    y = softmax([[0.0, 0.0], [np.nan, 0.0], [inf, 0.0], [inf, inf], [-inf, -inf]])
    assert y[0].tolist() == [0.5, 0.5]
    assert np.isnan(y[1:]).all()


@pytest.mark.parametrize("shape", [(), (0,), (3, 0), (0, 0)])
def test_softmax_needs_classes(shape: tuple[int, ...]) -> None:
    """Nothing sums to 1."""
    with pytest.raises(ValueError, match="at least one class; got shape"):
        softmax(np.zeros(shape))


@pytest.mark.parametrize("function", EVERY)
@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("shape", [(2,), (2, 3), (0, 3), (2, 1, 3)])
def test_shape_and_float_type_are_kept(
    function: Callable[..., Any], dtype: Any, shape: tuple[int, ...]
) -> None:
    """Empty batches and batches of batches included; step alone returns integers."""
    result = function(np.ones(shape, dtype=dtype))
    assert result.shape == shape
    assert result.dtype == (np.int_ if function is step else dtype)


@pytest.mark.parametrize("function", ELEMENTWISE)
@pytest.mark.parametrize("dtype", FLOATS)
def test_one_number_in_one_number_out(function: Callable[..., Any], dtype: Any) -> None:
    """A scalar gives a NumPy scalar that prints as a plain number."""
    result = function(dtype(2.0))
    assert isinstance(result, np.integer if function is step else dtype)
    assert isinstance(function(2.0), int | float | np.integer)
    assert "(" not in str(result)


@pytest.mark.parametrize("function", ELEMENTWISE)
@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0)])
def test_elementwise_functions_take_empty_arrays(
    function: Callable[..., Any], shape: tuple[int, ...]
) -> None:
    """Nothing in, nothing out."""
    assert function(np.zeros(shape)).shape == shape


@pytest.mark.parametrize("dtype", INTEGERS)
def test_integers_and_booleans_count_as_numbers(dtype: Any) -> None:
    """Small integers must not be computed in half precision, as NumPy alone would."""
    x = np.array([0, 1, 1], dtype=dtype)
    for h in (sigmoid, softmax):
        assert h(x).dtype == np.float64
        np.testing.assert_array_equal(h(x), h([0.0, 1.0, 1.0]))
    kept = np.dtype(np.int64 if dtype is np.bool_ else dtype)
    for keeper in (relu, identity):
        assert keeper(x).dtype == kept
        assert keeper(x).tolist() == [0, 1, 1]
    assert step(x).tolist() == [0, 1, 1]


def test_the_smallest_integers_survive() -> None:
    """-128 has no positive twin in int8."""
    x = np.array([-128, 127], dtype=np.int8)
    assert relu(x).tolist() == [0, 127]
    assert identity(x).tolist() == [-128, 127]
    np.testing.assert_allclose(sigmoid(x), [exact_sigmoid(-128), 1.0], rtol=1e-15)


@pytest.mark.parametrize("function", EVERY)
def test_arguments_are_left_alone_and_results_are_new(
    function: Callable[..., Any],
) -> None:
    """Views with gaps, transposed and read-only arrays are read, not written."""
    base = np.linspace(-3, 3, 24).reshape(4, 6)
    base.setflags(write=False)
    for view in (base, base.T, base[::2, ::-3], np.broadcast_to(base[0], (2, 6))):
        before = view.copy()
        result = function(view)
        np.testing.assert_array_equal(result, function(before))
        np.testing.assert_array_equal(view, before)
        assert not np.shares_memory(result, base)


@pytest.mark.parametrize("function", [*EVERY, real_array, float_array])
@pytest.mark.parametrize(
    "x", [[1j], ["1"], [None], None, [{}], np.array(["2026-01-01"], "M8[D]"), 10**30]
)
def test_what_is_no_real_number_is_refused(
    function: Callable[..., Any], x: Any
) -> None:
    """One sentence that names the type."""
    with pytest.raises(TypeError, match="expected real numbers; got an array of"):
        function(x)


@pytest.mark.parametrize("function", [*EVERY, real_array, float_array])
def test_rows_of_different_lengths_are_refused_in_our_words(
    function: Callable[..., Any],
) -> None:
    """NumPy speaks of inhomogeneous shapes after dimensions."""
    with pytest.raises(
        TypeError, match=r"^expected real numbers in rows of one length"
    ):
        function([[1.0], [2.0, 3.0]])


@pytest.mark.parametrize("function", [*EVERY, real_array, float_array])
def test_a_masked_array_is_refused(function: Callable[..., Any]) -> None:
    """Its mask was lost in silence, and what it hides was counted with the rest."""
    x = np.ma.array([1.0, 99.0], mask=[False, True])
    for masked in (x, x.astype(int), x[:1]):
        with pytest.raises(TypeError, match="a masked array would lose its mask"):
            function(masked)
    function(x.filled(0.0))
    function(x.compressed())


def test_float_array_copies_only_when_it_must() -> None:
    """Floats pass through; integers become float64."""
    for dtype in FLOATS:
        x = np.ones(2, dtype=dtype)
        assert float_array(x) is x
    for integer in INTEGERS:
        assert float_array(np.ones(2, dtype=integer)).dtype == np.float64
