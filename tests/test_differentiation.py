"""Measured slopes against autograd's computed ones, and what must not be disturbed."""

from collections.abc import Callable
from typing import Any

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from scratchnn import (
    numerical_diff,
    numerical_gradient,
    one_hot,
    one_number,
    softmax,
    softmax_cross_entropy,
    tangent_line,
)

quick = settings(max_examples=30, deadline=None, derandomize=True)
SMOOTH: list[Callable[[Any], Any]] = [
    lambda x: 0.01 * x**2 + 0.1 * x,
    lambda x: anp.sin(3 * x),
    lambda x: anp.exp(-(x**2)),
    lambda x: anp.tanh(x) * x,
    lambda x: 1 / (1 + x**2),
]


def sum_of_squares(x: NDArray[Any]) -> float:
    """The bowl of chapter 4."""
    return float(np.sum(x**2))


def test_values_of_the_curriculum() -> None:
    """What chapter 4 prints."""
    f = SMOOTH[0]
    assert abs(numerical_diff(f, 5) - 0.2) < 1e-10
    assert abs(numerical_diff(f, 10) - 0.3) < 1e-10
    for x, wanted in (([3, 4], [6, 8]), ([0, 2], [0, 4]), ([3, 0], [6, 0])):
        gradient = numerical_gradient(sum_of_squares, np.array(x, dtype=float))
        np.testing.assert_allclose(gradient, wanted, atol=1e-9)


@pytest.mark.parametrize("f", SMOOTH)
@quick
@given(st.floats(-3, 3))
def test_slopes_agree_with_autograd(f: Callable[[Any], Any], x: float) -> None:
    """To what the step and the rounding allow."""
    assert abs(numerical_diff(f, x) - autograd.grad(f)(x)) < 2e-7


@pytest.mark.parametrize("f", SMOOTH)
@quick
@given(
    hnp.arrays(
        np.float64,
        hnp.array_shapes(min_dims=0, max_dims=3, max_side=3),
        elements=st.floats(-3, 3),
    )
)
def test_gradients_agree_with_autograd(
    f: Callable[[Any], Any], x: NDArray[Any]
) -> None:
    """Any shape; entries that touch each other."""

    def mixed(x: Any) -> Any:
        return anp.sum(f(x)) ** 2 + anp.sum(x * anp.cos(anp.sum(x)))

    gradient = numerical_gradient(mixed, x)
    assert gradient.shape == x.shape
    np.testing.assert_allclose(gradient, autograd.grad(mixed)(x), rtol=1e-5, atol=1e-4)


@quick
@given(hnp.arrays(np.float64, (3, 4), elements=st.floats(-20, 20)))
def test_gradient_of_softmax_cross_entropy(a: NDArray[Any]) -> None:
    """(y - t) / N, the result of chapter 5."""
    t = np.array([0, 3, 1])
    gradient = numerical_gradient(lambda a: softmax_cross_entropy(a, t), a)
    wanted = (softmax(a) - one_hot(t, 4)) / 3
    np.testing.assert_allclose(gradient, wanted, atol=1e-9)


def test_f_may_ignore_its_argument_and_read_the_array() -> None:
    """The idiom `lambda W: loss(x, t)`, on a view with gaps as well."""
    W = np.arange(24.0).reshape(4, 6)
    for array in (W, W.T, W[::2, ::-3], W[1]):

        def loss(_: Any, array: NDArray[Any] = array) -> float:
            return sum_of_squares(array)

        wanted = 2 * array.copy()
        gradient = numerical_gradient(loss, array)
        np.testing.assert_allclose(gradient, wanted, atol=1e-7)


def strange_floats() -> NDArray[np.float64]:
    """Values whose bits are easily lost: two NaNs, both zeros, extremes."""
    payload = np.array([0x7FF8000000000001, 0xFFF8DEADBEEF0000], dtype=np.uint64)
    others = [0.0, -0.0, 0.1, 1e308, -1e308, np.inf, -np.inf, 5e-324]
    return np.concatenate([payload.view(np.float64), others])


def test_x_holds_the_very_same_bits_afterwards() -> None:
    """Adding h and taking it away again would not do."""
    x = strange_floats()
    before = x.tobytes()
    numerical_gradient(lambda x: float(x[2]), x)
    assert x.tobytes() == before


@pytest.mark.parametrize("fails_at", range(1, 21))
def test_x_is_restored_when_f_raises(fails_at: int) -> None:
    """At whichever call, even when the reader loses patience and presses Ctrl-C."""
    x = strange_floats()
    before, calls = x.tobytes(), 0

    def f(x: NDArray[Any]) -> float:
        nonlocal calls
        calls += 1
        if calls == fails_at:
            raise KeyboardInterrupt
        return 0.0

    with pytest.raises(KeyboardInterrupt):
        numerical_gradient(f, x)
    assert x.tobytes() == before


def test_a_step_of_few_digits_takes_none_from_the_slope() -> None:
    """All is computed in Python floats, whatever `h` came as."""
    h = np.float32(1e-3)
    slope = numerical_diff(lambda x: x**2, 3.0, h=h)  # type: ignore[arg-type]
    assert type(slope) is float
    assert abs(slope - 6) < 1e-9


def test_x_is_restored_when_f_writes_to_it() -> None:
    """Its slopes would be those of another place; the caller's array survives."""
    x = np.array([1.0, 2.0])

    def rude(x: NDArray[Any]) -> float:
        x += 1
        return float(x.sum())

    with pytest.raises(ValueError, match=r"f\(x\) must leave x as it is"):
        numerical_gradient(rude, x)
    assert x.tolist() == [1.0, 2.0]


def test_f_may_use_up_the_one_entry_that_is_moved() -> None:
    """It is written anew each time; how far it moved is read before `f` changes it."""

    def doubled(x: NDArray[Any]) -> float:
        x *= 2
        return float(x[0])

    np.testing.assert_allclose(numerical_gradient(doubled, [3.0]), [2.0])


def test_gradients_can_be_nested() -> None:
    """The second derivatives of x0² · x1 at (2, 3)."""

    def f(x: NDArray[Any]) -> float:
        return float(x[0] ** 2 * x[1])

    x = np.array([2.0, 3.0])
    rows = [
        numerical_gradient(lambda x, i=i: float(numerical_gradient(f, x)[i]), x)  # type: ignore[misc]
        for i in range(2)
    ]
    np.testing.assert_allclose(rows, [[6, 4], [4, 0]], atol=1e-6)


@pytest.mark.parametrize("x", [[3, 4], np.array([3, 4]), np.array([True]), 3])
def test_integers_are_refused_with_advice(x: Any) -> None:
    """The trap of chapter 4: an integer array cannot hold 3.0001."""
    with pytest.raises(TypeError, match=r"must hold floats.*x\.astype\(float\)"):
        numerical_gradient(sum_of_squares, x)


@pytest.mark.parametrize("x", [[1j], ["a"], [None], None])
def test_what_is_no_float_is_refused(x: Any) -> None:
    """Complex numbers, strings, nothing."""
    with pytest.raises(TypeError, match="expected real numbers"):
        numerical_gradient(sum_of_squares, x)


def test_read_only_arrays_are_refused_with_advice() -> None:
    """A hidden copy would make f, which may read the original, blind to the step."""
    x = np.ones(3)
    for view in (np.broadcast_to(x, (2, 3)), x):
        view.setflags(write=False)
        with pytest.raises(ValueError, match=r"read-only.*x\.copy\(\)"):
            numerical_gradient(sum_of_squares, view)


def test_lists_numbers_and_empty_arrays() -> None:
    """Lists are copied; one number has a gradient of one number; nothing has none."""
    x = [1.0, -2.0]
    np.testing.assert_allclose(numerical_gradient(sum_of_squares, x), [2, -4])
    assert x == [1.0, -2.0]
    assert numerical_gradient(sum_of_squares, 3.0).shape == ()
    assert numerical_gradient(sum_of_squares, np.zeros((0, 3))).shape == (0, 3)


@pytest.mark.parametrize(
    ("dtype", "tolerance"), [(np.float16, 0.1), (np.float32, 1e-3), (np.float64, 1e-8)]
)
def test_every_float_type_is_kept_and_gets_a_step_it_can_hold(
    dtype: Any, tolerance: float
) -> None:
    """With h = 1e-4 the float16 gradient would be 0 and float32 lose 3 digits."""
    x = np.array([[0.3, -1.2], [2.0, 0.0]], dtype=dtype)
    gradient = numerical_gradient(lambda x: float(np.sum(np.sin(x))), x)
    assert gradient.dtype == dtype
    np.testing.assert_allclose(
        gradient.astype(float), np.cos(x.astype(float)), atol=tolerance
    )


@pytest.mark.parametrize(
    ("dtype", "h"), [(np.float16, 0.0992), (np.float32, 0.00492), (np.float64, 1e-4)]
)
def test_the_default_step(dtype: Any, h: float) -> None:
    """The cube root of the machine epsilon, but in float64 the 1e-4 of the book."""
    seen = []

    def f(x: NDArray[Any]) -> float:
        seen.append(float(x[0]))
        return 0.0

    numerical_gradient(f, np.zeros(1, dtype=dtype))
    np.testing.assert_allclose(seen, [h, -h], rtol=1e-2)


def test_the_step_can_be_chosen() -> None:
    """The error of a cube is exactly h²."""
    for h in (0.5, 0.25):
        gradient = numerical_gradient(lambda x: float(np.sum(x**3)), [0.0], h=h)
        assert gradient.tolist() == [h**2]
        assert numerical_diff(lambda x: x**3, 0, h=h) == h**2


def test_nan_and_infinity_come_out_as_nan() -> None:
    """A slope that does not exist is not a number."""
    gradient = numerical_gradient(lambda x: float(np.sum(x)), [np.nan, 1.0])
    assert np.isnan(gradient).all()
    assert np.isnan(numerical_gradient(lambda x: float(x[0]), [np.inf]))
    assert np.isnan(numerical_diff(lambda x: np.nan, 1.0))


@pytest.mark.parametrize("x", [1e11, -1e11, 3.3e10, 2.0**38 + 1])
def test_far_out_the_rise_is_divided_by_what_was_really_gone(x: float) -> None:
    """Floats are so far apart there that x + h and x - h are not 2h apart."""
    assert numerical_diff(lambda x: 2 * x, x) == 2
    assert numerical_gradient(lambda x: 2 * float(x[0]), [x]).tolist() == [2.0]


@pytest.mark.parametrize(
    ("dtype", "x"), [(np.float32, 1e5), (np.float32, -1000.3), (np.float16, 100.0)]
)
def test_narrow_floats_have_right_slopes_far_out(dtype: Any, x: float) -> None:
    """They are far apart much earlier."""
    gradient = numerical_gradient(lambda x: float(x[0]), np.array([x], dtype))
    assert gradient.tolist() == [1.0]


def test_the_step_is_lost_in_float32_from_where_the_docstring_says() -> None:
    """Up to 131,072 an entry still moves to one side at least."""
    at = np.array([131072, np.nextafter(np.float32(131072), np.float32(np.inf))])
    gradient = numerical_gradient(lambda x: float(x.sum(dtype=float)), np.float32(at))
    assert gradient.tolist() == [1.0, 0.0]


def test_a_step_beyond_the_floats_is_refused() -> None:
    """Whatever is divided by infinity would be a slope of 0."""
    for x in (-1.5e308, 0.0, 1.5e308):
        with pytest.raises(
            ValueError, match="must hold, with finite distances; got x="
        ):
            numerical_diff(lambda x: 1.0, x, h=1e308)


def test_far_out_the_gradient_goes_flat() -> None:
    """The float after 1e13 is more than h away: the reason why lr = 10 stops there."""
    assert numerical_gradient(sum_of_squares, [1e13]).tolist() == [0.0]
    with pytest.raises(ValueError, match="must hold, with finite distances"):
        numerical_diff(lambda x: x**2, 1e13)


@pytest.mark.parametrize("h", [0.0, -1e-4, np.nan, np.inf])
def test_steps_that_are_none_are_refused(h: float) -> None:
    """Zero, backwards, not a number, endless."""
    with pytest.raises(ValueError, match="h"):
        numerical_gradient(sum_of_squares, [1.0], h=h)
    with pytest.raises(ValueError, match="must hold, with finite distances"):
        numerical_diff(lambda x: x**2, 1.0, h=h)


@pytest.mark.parametrize("x", [np.nan, np.inf, -np.inf])
def test_there_is_no_slope_at_nan_and_infinity(x: float) -> None:
    """Neither side can be reached."""
    with pytest.raises(ValueError, match="must hold, with finite distances"):
        numerical_diff(lambda x: x, x)


def test_a_step_too_small_to_see_is_refused() -> None:
    """The trap of chapter 4, h = 1e-50, would give 0."""
    with pytest.raises(ValueError, match=r"must hold, .* got x=5\.0 and h=1e-50$"):
        numerical_diff(lambda x: x**2, 5, h=1e-50)
    for x in (1.0, -1.0):  # floats lie closer on the side of zero
        with pytest.raises(ValueError, match="must hold, with finite distances"):
            numerical_diff(lambda x: x**2, x, h=8e-17)


@pytest.mark.parametrize(
    "value",
    [[1.0], np.ones(1), np.ones((2, 2)), None, "1", 1j, [[1], [1, 2]]],
)
def test_f_must_return_one_number(value: Any) -> None:
    """An array of one number is not one number."""
    with pytest.raises(ValueError, match="must be one real number; got"):
        numerical_gradient(lambda x: value, [1.0])
    with pytest.raises(ValueError, match="must be one real number; got"):
        numerical_diff(lambda x: value, 1.0)
    with pytest.raises(ValueError, match="must be one real number; got"):
        tangent_line(lambda x: x, value)


@pytest.mark.parametrize("gap", [0.9999, 1.0001, 1.0])
def test_f_must_return_one_number_everywhere(gap: float) -> None:
    """To the left of x, to the right of it, and for the tangent at x itself."""

    def f(x: Any) -> Any:
        return None if np.isclose(x, gap, rtol=0, atol=1e-9) else 1.0

    with pytest.raises(ValueError, match="must be one real number; got None"):
        tangent_line(f, 1.0)
    if gap != 1.0:
        with pytest.raises(ValueError, match="must be one real number; got None"):
            numerical_diff(f, 1.0)
        with pytest.raises(ValueError, match="must be one real number; got None"):
            numerical_gradient(f, 1.0)


@pytest.mark.parametrize(
    "value", [2, 2.0, True, np.float32(2), np.uint8(2), np.array(2.0)]
)
def test_one_number_makes_a_python_float(value: Any) -> None:
    """Unsigned integers would wrap when subtracted; floats do not."""
    assert type(one_number(value, "x")) is float
    assert one_number(value, "x") == float(value)


def test_unsigned_results_do_not_wrap() -> None:
    """1 - 2 is 255 in eight bits."""
    assert numerical_diff(lambda x: np.uint8(x < 1), 1, h=0.5) == -1.0  # type: ignore[arg-type, return-value]


def test_float32_input_is_computed_in_float64() -> None:
    """One number can be converted without anybody noticing; an array cannot."""
    assert abs(numerical_diff(SMOOTH[0], np.float32(5)) - 0.2) < 1e-10  # type: ignore[arg-type]


@pytest.mark.parametrize("f", SMOOTH)
@quick
@given(st.floats(-3, 3))
def test_the_tangent_touches_and_has_the_slope(
    f: Callable[[Any], Any], x: float
) -> None:
    """The same height at x, and the distance to the curve shrinks with the square."""
    line = tangent_line(f, x)
    assert line(x) == f(x)
    assert abs(line(x + 1) - line(x) - autograd.grad(f)(x)) < 2e-7
    assert abs(line(x + 1e-2) - f(x + 1e-2)) < 1e-3


def test_the_tangent_is_computed_in_float64() -> None:
    """Wherever the point came from."""
    x = np.float32(0.3)
    line = tangent_line(lambda x: x**3, x)  # type: ignore[arg-type]
    assert line(0.3) == tangent_line(lambda x: x**3, float(x))(0.3)


def test_the_tangent_takes_numbers_lists_and_arrays() -> None:
    """Whatever one plots with, in the same shape."""
    line = tangent_line(lambda x: x**2, 3)
    assert np.ndim(line(2)) == 0
    assert line([2, 3]).shape == (2,)
    assert line(np.zeros((0, 2))).shape == (0, 2)


@pytest.mark.parametrize("start", np.array([1, 1e10, 1e13], np.longdouble))
def test_a_large_long_double_is_divided_by_how_far_it_moved(start: Any) -> None:
    """In float64 it seemed not to move: the slope at 1e13 was 2."""
    moves = start + 1e-4 != start  # it does not where it is a float64
    slope = numerical_gradient(lambda x: x[0] - start, [start])
    assert np.isclose(float(slope[0]), float(moves), rtol=1e-4)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
def test_every_float_type_is_measured(dtype: Any) -> None:
    """A long double has bytes that hold nothing, and may differ in copies."""
    x = np.array([3, np.nan, 4], dtype)
    gradient = numerical_gradient(lambda x: (x[::2] ** 2).sum(), x)
    assert gradient.dtype == dtype
    np.testing.assert_allclose(gradient[::2].astype(float), [6, 8], rtol=0.1)
