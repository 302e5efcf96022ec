"""An activation decides what a neuron passes on, given the weighted sum it received.

Step, sigmoid, ReLU and identity look at one number at a time; softmax looks at all the
outputs of a layer together. Chapter 3 of the book draws and compares them.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scratchnn.data import real_array


def float_array(x: ArrayLike) -> NDArray[np.floating]:
    """The same numbers as floats: floats stay what they are, all else becomes float64.

    Raises `TypeError` if `x` does not hold real numbers.

    >>> float_array([1, 2])
    array([1., 2.])
    """
    x = real_array(x)
    return x if x.dtype.kind == "f" else x.astype(float)


def step(x: ArrayLike) -> NDArray[np.int_]:
    """The perceptron's activation: 1 where `x` is above zero, else 0.

    `x` may have any shape; the result has the same shape and holds integers (for one
    number: one NumPy integer).

    Raises `ValueError` if `x` contains NaN, which is neither above zero nor below, and
    `TypeError` if it does not hold real numbers. Formula: chapter 3.

    >>> step([-1.0, 1.0, 2.0])
    array([0, 1, 1])
    >>> print(step(0.3))
    1
    """
    x = real_array(x)
    if np.isnan(x).any():
        raise ValueError("step cannot say whether NaN lies above or below zero")
    return (x > 0).astype(int)


def sigmoid(x: ArrayLike) -> NDArray[np.floating]:
    """The smooth step, 1 / (1 + exp(-x)): near 0 far left, ½ at zero, near 1 far right.

    `x` may have any shape; the result has the same shape and the same float type
    (integers and booleans become float64; one number gives one NumPy float). Only
    powers of e that are at most 1 are computed, so nothing overflows, whatever `x` is:
    for negative `x` the fraction is exp(x) / (1 + exp(x)), the same number. NaN stays
    NaN.

    Raises `TypeError` if `x` does not hold real numbers. Formula: chapter 3.

    >>> sigmoid([-1000.0, 0.0, 1000.0])
    array([0. , 0.5, 1. ])
    >>> print(round(sigmoid(1.0), 3))
    0.731
    """
    x = float_array(x)
    z = np.exp(-np.abs(x))
    return np.where(x < 0, z, 1) / (1 + z)


def relu(x: ArrayLike) -> NDArray[Any]:
    """The rectified linear unit: `x` where it is above zero, else 0.

    `x` may have any shape; the result has the same shape and type (booleans count as
    the integers 0 and 1). NaN stays NaN.

    Raises `TypeError` if `x` does not hold real numbers. Formula: chapter 3.

    >>> relu([-2.0, 3.0, np.nan])
    array([ 0.,  3., nan])
    >>> relu([-2, 3])
    array([0, 3])
    """
    return np.maximum(real_array(x), 0)


def identity(x: ArrayLike) -> NDArray[Any]:
    """The output activation of regression: `x` unchanged, in a new array.

    The result has the shape and type of `x` (booleans count as the integers 0 and 1).

    Raises `TypeError` if `x` does not hold real numbers. Formula: chapter 3.

    >>> identity([0.3, 0.7])
    array([0.3, 0.7])
    >>> x = np.array([1, 2])
    >>> identity(x), identity(x) is x
    (array([1, 2]), False)
    """
    return 1 * real_array(x)


def class_scores(a: ArrayLike) -> NDArray[np.floating]:
    """Scores as floats, one for each class along the last axis, shape (..., C).

    Raises `ValueError` if there are no classes, and `TypeError` if `a` does not hold
    real numbers.

    >>> class_scores([1, 2])
    array([1., 2.])
    """
    a = float_array(a)
    if a.ndim == 0 or a.shape[-1] == 0:
        raise ValueError(f"scores need at least one class; got shape {a.shape}")
    return a


def softmax(a: ArrayLike) -> NDArray[np.floating]:
    """Turn scores into probabilities: exp(a) divided by its sum over the classes.

    `a` has shape (..., C), C classes along the last axis: (C,) for one sample, (N, C)
    for a batch of N. The result has the same shape and float type (integers become
    float64), and every row of it sums to 1. The largest score of a row is subtracted
    first, which changes nothing but keeps exp from overflowing. A score of minus
    infinity has probability 0. A row without a softmax is all NaN: one that holds NaN
    or plus infinity, or minus infinity only.

    Raises `ValueError` if there are no classes, and `TypeError` if `a` does not hold
    real numbers. Formula: chapter 3.

    >>> softmax([0.3, 2.9, 4.0])
    array([0.01821127, 0.24519181, 0.73659691])
    >>> softmax([[1000.0, 1000.0], [0.0, -1000.0]])
    array([[0.5, 0.5],
           [1. , 0. ]])
    """
    a = class_scores(a)
    with np.errstate(over="ignore", invalid="ignore"):
        z = np.exp(a - a.max(axis=-1, keepdims=True))
    return z / z.sum(axis=-1, keepdims=True)
