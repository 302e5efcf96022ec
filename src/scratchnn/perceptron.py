"""A perceptron weighs its inputs and fires, or does not.

The logic gates are perceptrons that differ in three numbers; everything else in this
module is gates wired together. Chapter 2 of the book builds it line by line.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scratchnn.data import real_array


def perceptron(x: ArrayLike, w: ArrayLike, b: float) -> int:
    """Fire (1) when the weighted sum of the inputs plus the bias is above zero, else 0.

    `x` holds n inputs, shape (n,); `w` one weight for each of them, shape (n,); `b` is
    the bias, one number: minus the threshold that the weighted sum has to beat.

    Raises `ValueError` if the shapes of `x` and `w` differ or are not one-dimensional,
    if `b` is not one number, or if the sum is not a number (NaN), and `TypeError` if
    one of the three does not hold real numbers.

    >>> perceptron([1.0, 1.0], w=[0.5, 0.5], b=-0.7)
    1
    >>> perceptron([1.0, 0.0], w=[0.5, 0.5], b=-0.7)
    0
    """
    x, w, bias = (real_array(numbers).astype(float) for numbers in (x, w, b))
    if x.ndim != 1 or x.shape != w.shape or bias.ndim != 0:
        raise ValueError(
            "a perceptron takes n inputs, n weights and one bias; "
            f"got shapes {x.shape}, {w.shape} and {bias.shape}"
        )
    total = np.dot(w, x) + bias
    if np.isnan(total):
        raise ValueError(f"the weighted sum is not a number for x={x}, w={w}, b={b}")
    return int(total > 0)


def bits(*values: int) -> NDArray[np.int_]:
    """Gather zeros and ones into an array, shape (n,), and let nothing else through.

    Raises `ValueError` naming the first value that is neither 0 nor 1.

    >>> bits(1, 0)
    array([1, 0])
    """
    for value in values:
        if not np.isscalar(value) or value not in (0, 1):
            raise ValueError(f"a gate takes the bits 0 and 1; got {value!r}")
    return np.array(values, dtype=int)


def AND(x1: int, x2: int) -> int:
    """1 if both inputs are 1.

    >>> AND(1, 1), AND(1, 0)
    (1, 0)
    """
    return perceptron(bits(x1, x2), w=[0.5, 0.5], b=-0.7)


def NAND(x1: int, x2: int) -> int:
    """Not AND: 0 if both inputs are 1.

    >>> NAND(1, 1), NAND(1, 0)
    (0, 1)
    """
    return perceptron(bits(x1, x2), w=[-0.5, -0.5], b=0.7)


def OR(x1: int, x2: int) -> int:
    """1 if at least one input is 1.

    >>> OR(1, 0), OR(0, 0)
    (1, 0)
    """
    return perceptron(bits(x1, x2), w=[0.5, 0.5], b=-0.2)


def XOR(x1: int, x2: int) -> int:
    """1 if exactly one input is 1: two layers of gates, since no one perceptron can.

    >>> XOR(1, 0), XOR(1, 1)
    (1, 0)
    """
    return AND(NAND(x1, x2), OR(x1, x2))


def half_adder(a: int, b: int) -> tuple[int, int]:
    """Add two bits; return the sum bit and the carry bit.

    >>> half_adder(1, 1)
    (0, 1)
    """
    return XOR(a, b), AND(a, b)


def full_adder(a: int, b: int, carry: int) -> tuple[int, int]:
    """Add two bits and the carry from the column before; return sum bit and new carry.

    >>> full_adder(1, 1, 1)
    (1, 1)
    """
    partial, carry_1 = half_adder(a, b)
    total, carry_2 = half_adder(partial, carry)
    return total, OR(carry_1, carry_2)
