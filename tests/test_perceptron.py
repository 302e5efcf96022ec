"""The perceptron against exact fractions, the gates against Python's own logic."""

from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scratchnn import AND, NAND, OR, XOR, bits, full_adder, half_adder, perceptron

quick = settings(max_examples=30, deadline=None, derandomize=True)
halves = st.integers(-1000, 1000).map(lambda n: n / 2)
PAIRS = list(product((0, 1), repeat=2))


@quick
@given(st.lists(st.tuples(halves, halves), max_size=6), halves)
def test_fires_exactly_when_the_sum_is_above_zero(
    pairs: list[tuple[float, float]], b: float
) -> None:
    """Halves add up without rounding, so fractions must give the same answer."""
    x, w = [p[0] for p in pairs], [p[1] for p in pairs]
    exact = sum((Fraction(u) * Fraction(v) for u, v in pairs), Fraction(b))
    assert perceptron(x, w, b) == int(exact > 0)


@pytest.mark.parametrize("x", [[1, 0], (True, False), np.array([1, 9, 0, 9])[::2]])
def test_takes_any_row_of_real_numbers(x: Any) -> None:
    """Integers, booleans, tuples and views with gaps are as good as lists of floats."""
    result = perceptron(x, [1.0, 1.0], -0.5)
    assert result == 1
    assert type(result) is int


def test_a_sum_of_exactly_zero_does_not_fire() -> None:
    """Beating the threshold means being above it."""
    assert perceptron([1.0], [0.5], -0.5) == 0


def test_no_inputs_leave_the_bias_to_decide() -> None:
    """The empty sum is zero."""
    assert (perceptron([], [], 1.0), perceptron([], [], -1.0)) == (1, 0)


@pytest.mark.parametrize(
    ("x", "w", "b", "shapes"),
    [
        ([1.0], [1.0, 2.0], 0.0, r"\(1,\), \(2,\) and \(\)"),
        ([[1.0]], [[1.0]], 0.0, r"\(1, 1\), \(1, 1\) and \(\)"),
        (1.0, 1.0, 0.0, r"\(\), \(\) and \(\)"),
        ([1.0], [1.0], [0.0], r"\(1,\), \(1,\) and \(1,\)"),
    ],
)
def test_shapes_that_do_not_fit_are_named(x: Any, w: Any, b: Any, shapes: str) -> None:
    """The message shows all three shapes."""
    with pytest.raises(ValueError, match=shapes):
        perceptron(x, w, b)


@pytest.mark.parametrize(
    ("x", "w", "b"), [([np.nan], [1.0], 0.0), ([1.0], [1.0], np.nan)]
)
def test_nan_neither_fires_nor_stays_silent(x: Any, w: Any, b: Any) -> None:
    """There is no right bit for NaN, so there is an error."""
    with pytest.raises(ValueError, match="not a number"):
        perceptron(x, w, b)


@pytest.mark.parametrize(
    "x", [["a"], ["1"], [1j], np.array([1 + 0j]), [None], [[1.0], [1.0, 2.0]]]
)
def test_what_is_no_row_of_numbers_is_refused(x: Any) -> None:
    """Strings, complex numbers, nothing, ragged lists."""
    with pytest.raises(TypeError, match=r"^expected real numbers"):
        perceptron(x, [1.0], 0.0)
    with pytest.raises(TypeError, match=r"^expected real numbers"):
        perceptron([1.0], x, 0.0)


@pytest.mark.parametrize("b", [None, "a", "1", 1j])
def test_a_bias_that_is_no_number_is_refused(b: Any) -> None:
    """NumPy alone would find 1j to be above zero, and "1" to be a number."""
    with pytest.raises(TypeError, match=r"^expected real numbers"):
        perceptron([1.0], [1.0], b)


def test_arguments_are_left_alone() -> None:
    """Read-only arrays would complain if they were written to."""
    x, w = np.array([1.0, 0.0]), np.array([0.5, 0.5])
    x.setflags(write=False)
    w.setflags(write=False)
    assert perceptron(x, w, -0.2) == 1


@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_gates_agree_with_pythons_logic(a: int, b: int) -> None:
    """Every row of the four truth tables."""
    wanted = (a & b, 1 - (a & b), a | b, a ^ b)
    assert (AND(a, b), NAND(a, b), OR(a, b), XOR(a, b)) == wanted


@pytest.mark.parametrize(("a", "b", "carry"), list(product((0, 1), repeat=3)))
def test_adders_add(a: int, b: int, carry: int) -> None:
    """Sum bit plus twice the carry bit is the sum of what went in."""
    total, carried = full_adder(a, b, carry)
    assert total + 2 * carried == a + b + carry
    total, carried = half_adder(a, b)
    assert total + 2 * carried == a + b


def test_bits_takes_every_zero_and_one() -> None:
    """Booleans and NumPy's numbers are bits when their value is."""
    assert bits(True, np.int8(0), np.float32(1.0), 0.0).tolist() == [1, 0, 1, 0]  # type: ignore[arg-type]
    assert bits(True).dtype == bits().dtype == np.int_
    assert bits().shape == (0,)


@pytest.mark.parametrize("value", [2, -1, 0.5, float("nan"), None, "1", [1], 1j])
@pytest.mark.parametrize("gate", [AND, NAND, OR, XOR, half_adder])
def test_gates_refuse_what_is_no_bit(gate: Any, value: Any) -> None:
    """0.5 is a fine input of a perceptron but not of a gate."""
    with pytest.raises(ValueError, match="takes the bits 0 and 1"):
        gate(0, value)
