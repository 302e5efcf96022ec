"""Gradient descent against the closed form of its path on a bowl."""

from typing import Any

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from scratchnn import gradient_descent

quick = settings(max_examples=30, deadline=None, derandomize=True)


def bowl(x: NDArray[Any]) -> float:
    """The sum of the squares of all entries."""
    return float(np.sum(x**2))


def test_values_of_the_curriculum() -> None:
    """What chapter 4 prints: arrival, flight and standstill."""
    start = np.array([-3.0, 4.0])
    assert np.abs(gradient_descent(bowl, start, lr=0.1)).max() < 1e-9
    far = np.abs(gradient_descent(bowl, start, lr=10.0)).max()
    assert 1e13 < far < 1e14
    np.testing.assert_allclose(gradient_descent(bowl, start, lr=1e-10), start)


@quick
@given(
    hnp.arrays(
        np.float64,
        hnp.array_shapes(min_dims=0, max_dims=3, max_side=2),
        elements=st.floats(-10, 10),
    ),
    st.floats(-0.2, 0.9),
    st.integers(0, 8),
)
def test_the_path_on_a_bowl_is_a_power(x: NDArray[Any], lr: float, steps: int) -> None:
    """Each step multiplies the point by 1 - 2·lr; starts of any shape."""
    before = x.copy()
    end, points = gradient_descent(bowl, x, lr=lr, step_num=steps, path=True)
    assert points.shape == (steps + 1, *x.shape)
    for n, point in enumerate(points):
        np.testing.assert_allclose(point, x * (1 - 2 * lr) ** n, atol=1e-6)
    np.testing.assert_array_equal(points[-1], end)
    np.testing.assert_array_equal(end, gradient_descent(bowl, x, lr, steps))
    np.testing.assert_array_equal(x, before)


def test_defaults() -> None:
    """A hundred steps with a learning rate of 0.01."""
    points = gradient_descent(bowl, [1.0], path=True)[1]
    assert points.shape == (101, 1)
    np.testing.assert_allclose(points[1], [0.98])


def test_agrees_with_exact_gradients() -> None:
    """A valley that is no bowl, walked with autograd's gradients."""

    def valley(x: Any) -> Any:
        return (1 - x[0]) ** 2 + 5 * (x[1] - x[0] ** 2) ** 2 + anp.sin(x[2])

    x = np.array([-0.5, 0.5, 2.0])
    wanted = x.copy()
    for _ in range(50):
        wanted = wanted - 0.02 * autograd.grad(valley)(wanted)
    got = gradient_descent(valley, x, lr=0.02, step_num=50)
    np.testing.assert_allclose(got, wanted, atol=1e-6)


def test_the_start_is_never_changed_nor_shared() -> None:
    """The trap of chapter 4; not with no steps either, nor through the path."""
    start = np.array([-3.0, 4.0])
    start.setflags(write=False)
    for steps in (0, 3):
        end, points = gradient_descent(bowl, start, step_num=steps, path=True)
        assert not np.shares_memory(end, start)
        assert not np.shares_memory(points, start)
        points[...] = 0
    assert start.tolist() == [-3.0, 4.0]


def test_points_that_nobody_asks_for_are_not_kept(peak_memory: Any) -> None:
    """A long walk of a large array needs room for a few of its points, not for all."""
    start = np.zeros(300)
    peak = peak_memory(lambda: gradient_descent(lambda x: 0.0, start, step_num=30))
    assert peak < 12 * start.nbytes


def test_the_path_keeps_its_points_when_the_end_is_changed() -> None:
    """They share no memory."""
    end, points = gradient_descent(bowl, [1.0], path=True)
    last = points[-1].copy()
    end[...] = 99
    np.testing.assert_array_equal(points[-1], last)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_float_type_is_kept(dtype: Any) -> None:
    """Whatever type the learning rate has."""
    start = np.array([1.0, -1.0], dtype=dtype)
    for lr in (0.1, np.float64(0.1)):
        end, points = gradient_descent(bowl, start, lr=lr, step_num=30, path=True)
        assert end.dtype == points.dtype == dtype
        assert np.abs(end).max() < 0.05


@pytest.mark.parametrize("lr", [np.nan, np.inf, -np.inf])
def test_learning_rates_that_are_none_are_refused(lr: float) -> None:
    """With or without steps to take."""
    with pytest.raises(ValueError, match="lr must be finite"):
        gradient_descent(bowl, [1.0], lr=lr, step_num=0)


@pytest.mark.parametrize("lr", [[0.1, 0.2], None, "a", 1j])
def test_the_learning_rate_is_one_number(lr: Any) -> None:
    """One for all entries."""
    with pytest.raises(ValueError, match="must be one real number"):
        gradient_descent(bowl, [1.0], lr=lr)


def test_steps_must_be_a_whole_number_and_not_negative() -> None:
    """-1 steps would quietly be none."""
    with pytest.raises(ValueError, match=r"at least 0; got 0\.01 and -1"):
        gradient_descent(bowl, [1.0], step_num=-1)
    with pytest.raises(TypeError, match=r"^step_num must be an integer; got 2\.5$"):
        gradient_descent(bowl, [1.0], step_num=2.5)  # type: ignore[arg-type]


@pytest.mark.parametrize("start", [[3, 4], np.array([3, 4]), ["a"], None])
def test_starts_that_cannot_move_are_refused(start: Any) -> None:
    """Integers are no place to stand between, even if no step is taken."""
    for step_num in (0, 1):
        with pytest.raises(TypeError, match=r"must hold floats|expected real numbers"):
            gradient_descent(bowl, start, step_num=step_num)


def test_f_must_return_one_number() -> None:
    """As for the gradient."""
    with pytest.raises(ValueError, match="must be one real number"):
        gradient_descent(lambda x: x, [1.0, 2.0])  # type: ignore[arg-type, return-value]


def test_a_descent_out_of_the_floats_ends_and_numpy_says_so() -> None:
    """No exception: infinity or NaN, and a warning."""
    with pytest.warns(RuntimeWarning, match="overflow"):
        end = gradient_descent(bowl, [10.0], lr=1e308, step_num=3)
    assert not np.isfinite(end).any()


def test_nan_stays_nan() -> None:
    """From a start that is none."""
    assert np.isnan(gradient_descent(bowl, [np.nan], step_num=2)).all()
