"""Gradient descent walks downhill: a step against the gradient, again and again.

Chapter 4 of the book draws the paths it takes, and what becomes of them when the steps
are too long or too short.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scratchnn.data import integer, real_array
from scratchnn.differentiation import movable, numerical_gradient, one_number


def gradient_descent(
    f: Callable[[NDArray[Any]], float],
    init_x: ArrayLike,
    lr: float = 0.01,
    step_num: int = 100,
    path: bool = False,
) -> NDArray[np.floating] | tuple[NDArray[np.floating], NDArray[np.floating]]:
    """Look for a minimum of `f`: `step_num` times, x becomes x - lr · gradient.

    `init_x` is the starting point, an array of floats of any shape S, and is never
    changed; `lr` is the learning rate η (a negative one climbs). `f` takes an array of
    shape S and returns one number; it must use its argument, for that is what moves.
    The result is the last point, shape S, in the float type of `init_x`. With
    `path=True` it is the last point and all points from the first to the last, shape
    (step_num + 1, *S). A descent that diverges far enough ends in infinity or NaN
    (NumPy warns).

    Raises `ValueError` if `lr` is not one finite number, `step_num` is negative, or `f`
    does not return one number, and `TypeError` if `step_num` is no integer or `init_x`
    does not hold floats. Formula: chapter 4.

    >>> def bowl(x):
    ...     return (x**2).sum()
    >>> x, points = gradient_descent(bowl, [-3.0, 4.0], lr=0.1, path=True)
    >>> points[:3].round(6)
    array([[-3.  ,  4.  ],
           [-2.4 ,  3.2 ],
           [-1.92,  2.56]])
    >>> bool(abs(x).max() < 1e-9)
    True
    """
    lr, step_num = one_number(lr, "lr"), integer(step_num, "step_num")
    if not np.isfinite(lr) or step_num < 0:
        raise ValueError(
            f"lr must be finite and step_num at least 0; got {lr} and {step_num}"
        )
    x = movable(real_array(init_x).copy())
    points = [x]
    for _ in range(step_num):
        x = x - lr * numerical_gradient(f, x)
        if path:
            points.append(x)
    return (x, np.array(points)) if path else x
