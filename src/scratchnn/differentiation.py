"""A derivative says how much a function changes when its input changes a little.

Here it is measured: take a small step to either side, divide the rise by the run. That
is slow and rarely exact, but it needs to know nothing about the function. Chapter 4 of
the book introduces it, chapter 5 replaces it.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scratchnn.data import real_array


def one_number(value: ArrayLike, name: str) -> float:
    """`value` as a Python float, if it is one real number.

    Raises `ValueError` if it is anything else, calling it by its `name`.

    >>> one_number(np.float32(0.5), "x")
    0.5
    """
    try:
        single = real_array(value).ndim == 0
    except TypeError:
        single = False
    if not single:
        raise ValueError(f"{name} must be one real number; got {value!r}")
    return float(np.asarray(value))


def step_width(h: ArrayLike) -> float:
    """`h` as a Python float, if it can serve as a step.

    Raises `ValueError` if it is not one number, positive and finite.

    >>> step_width(1)
    1.0
    """
    width = one_number(h, "h")
    if not 0 < width < np.inf:
        raise ValueError(f"h must be positive and finite; got {width}")
    return width


def numerical_diff(f: Callable[[float], float], x: float, *, h: float = 1e-4) -> float:
    """The slope of `f` at `x`, by central difference: (f(x + h) - f(x - h)) / 2h.

    `f` takes one number and returns one; `x` is one number; `h` is the step to either
    side. All is computed in Python floats (float64). The rise is divided by what lies
    between the two points after rounding, for a large `x` not quite 2h. NaN from `f`
    gives NaN.

    Raises `ValueError` if `x` is not one number or is infinite or NaN, if `h` is not
    positive, so small that `x + h` or `x - h` rounds to `x`, or so large that they or
    their distance overflow, or if `f` does not return one number. Formula: chapter 4.

    >>> print(round(numerical_diff(lambda x: 0.01 * x**2 + 0.1 * x, 5), 10))
    0.2
    >>> numerical_diff(lambda x: 2 * x, 1e11)
    2.0
    """
    x, h = one_number(x, "x"), one_number(h, "h")
    left, right = x - h, x + h
    if not left < x < right or right - left == np.inf:
        raise ValueError(
            f"x - h < x < x + h must hold, with finite distances; got x={x} and h={h}"
        )
    rise = one_number(f(right), "f(x)") - one_number(f(left), "f(x)")
    return rise / (right - left)


def tangent_line(
    f: Callable[[float], float], x: float
) -> Callable[[ArrayLike], NDArray[np.floating]]:
    """The straight line that touches `f` at `x`, as a function to call or to plot.

    `f` takes one number and returns one; `x` is one number. The line takes an array of
    any shape, or one number, and returns its heights in the same shape.

    Raises `ValueError` as `numerical_diff` does. Formula: chapter 4.

    >>> line = tangent_line(lambda x: x**2, 3)
    >>> line([2, 3, 4]).round(6)
    array([ 3.,  9., 15.])
    """
    slope = numerical_diff(f, x)
    x = float(x)
    height = one_number(f(x), "f(x)")
    return lambda points: height + slope * (real_array(points) - x)


def movable(x: ArrayLike) -> NDArray[np.floating]:
    """`x` as an array whose entries can be moved a little.

    Raises `TypeError` if it does not hold floats (integers cannot move by `h`), and
    `ValueError` if it is read-only.

    >>> movable([3.0, 4.0])
    array([3., 4.])
    """
    x = real_array(x)
    if x.dtype.kind != "f":
        raise TypeError(
            f"x must hold floats; got {x.dtype}: write 3.0, or x.astype(float)"
        )
    if not x.flags.writeable:
        raise ValueError("x is read-only and cannot be moved by h: use x.copy()")
    return x


def movable_arrays(params: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """`params` unchanged, if changing their entries changes the network.

    Raises `TypeError` naming the first that is no array, and `TypeError` and
    `ValueError` as `movable` does.

    >>> movable_arrays({"b1": [0.0]})
    Traceback (most recent call last):
      ...
    TypeError: parameters must be arrays; b1 is a list
    """
    for name, values in params.items():
        if not isinstance(values, np.ndarray):
            kind = type(values).__name__
            raise TypeError(f"parameters must be arrays; {name} is a {kind}")
        movable(values)
    return params


def numerical_gradient(
    f: Callable[[NDArray[Any]], float], x: ArrayLike, *, h: float | None = None
) -> NDArray[np.floating]:
    """The partial derivative of `f` along each entry of `x`, by central difference.

    `x` is an array of floats of any shape; the gradient has its shape and float type.
    `f` takes `x` and returns one number. Each entry of `x` in turn is moved by `h` up
    and down *in place* and `f(x)` is called; at the end, even after an error, `x` holds
    the very bits it held before. So `f` may also ignore its argument and read the same
    array from elsewhere, as the loss of a network does.

    `h` is 1e-4 unless you choose it; in float32 and float16 it is the cube root of the
    machine epsilon (0.005 and 0.1): a smaller step drowns in rounding. Expect about 9
    correct digits in float64, 4 in float32, 1 in float16, if the entries are about 1
    and f(x) is, too. A large entry cannot take up `h` exactly, so the rise is divided
    by how far it really moved; one that does not move at all, in float32 from just
    above 131,072 on, gets 0.

    Raises `TypeError` and `ValueError` as `movable` does, and `ValueError` if `h` is
    not positive and finite, or if `f` changes `x` or does not return one number.
    Formula: chapter 4.

    >>> numerical_gradient(lambda x: (x**2).sum(), [3.0, 4.0]).round(6)
    array([6., 8.])
    """
    x = movable(x)
    if h is None:
        h = max(1e-4, float(np.finfo(x.dtype).eps) ** (1 / 3))
    h, start, gradient = step_width(h), x.copy(), np.empty_like(x)
    try:
        for i in np.ndindex(x.shape):
            x[i] = start[i] + h
            right, above = x.item(i), one_number(f(x), "f(x)")
            x[i] = start[i] - h
            left, below = x.item(i), one_number(f(x), "f(x)")
            x[i] = start[i]
            gradient[i] = (above - below) / (right - left or h)
        if x.astype(float).tobytes() != start.astype(float).tobytes():
            raise ValueError("f(x) must leave x as it is, and has changed it")
    finally:
        x[...] = start
    return gradient
