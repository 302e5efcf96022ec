"""A loss is one number: how far the outputs are from the targets; less is better.

All losses of chapter 4 take targets by one rule and return the mean over the batch,
so that the number does not depend on how many samples it was computed from.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from scratchnn.activations import class_scores
from scratchnn.data import one_hot, real_array


def match_targets(
    y: ArrayLike, t: ArrayLike, dtype: DTypeLike = np.float64
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Outputs and targets as arrays of one shape and one float type: the one rule.

    `y` has shape (..., C), C outputs along the last axis: (C,) for one sample, (N, C)
    for a batch of N. `t` either has the shape of `y`, a row of targets for each row of
    outputs; or it lacks the last axis and holds integer labels, which become one-hot
    rows. Both come out with the type `dtype`.

    Raises `ValueError` naming both shapes if neither is the case, if `y` is empty or a
    label out of range, and `TypeError` if a label is not an integer or something else
    not a real number.

    >>> y, t = match_targets([[0.1, 0.9], [0.8, 0.2]], [1, 0])
    >>> t
    array([[0., 1.],
           [1., 0.]])
    >>> match_targets([3, 4], [0, 1])
    (array([3., 4.]), array([0., 1.]))
    """
    y, t = real_array(y), real_array(t)
    if y.size == 0:
        raise ValueError(f"a loss needs a sample and an output; got shape {y.shape}")
    if y.ndim == t.ndim + 1 and y.shape[:-1] == t.shape:
        t = one_hot(t, y.shape[-1], dtype)
    if y.ndim == 0 or y.shape != t.shape:
        raise ValueError(
            "targets must have the shape of the outputs, or be labels without the last "
            f"axis; got outputs of shape {y.shape} and targets of shape {t.shape}"
        )
    return np.asarray(y, dtype), np.asarray(t, dtype, order="F")


def check_probabilities(t: NDArray[np.float64]) -> None:
    """Raise an error unless all target rows are probabilities, as one-hot rows are.

    `t` has shape (..., C), C classes along the last axis.

    Raises `ValueError` showing the first row with a value outside 0 to 1 or a sum that
    is not 1 (within 0.001, so that targets in half precision pass).

    >>> check_probabilities(np.array([0.0, 0.25, 0.75]))
    """
    sums = np.where((t >= 0) & (t <= 1), t, np.nan).sum(axis=-1)
    wrong = ~(np.abs(sums - 1) < 1e-3)
    if np.any(wrong):
        raise ValueError(
            f"target rows must be probabilities that sum to 1; got {t[wrong][0]}"
        )


def target_rows(y: NDArray[np.floating], t: ArrayLike) -> NDArray[np.floating]:
    """Targets as rows of probabilities, in the shape and the float type of `y`.

    `y` holds outputs or scores, shape (C,) or (N, C). `t` has the same shape and rows
    that sum to 1, or holds integer labels and has no last axis. The result is a new
    array.

    Raises `ValueError` showing the first row of `t` that is no row of probabilities,
    and `ValueError` and `TypeError` as `match_targets` does.

    >>> rows = target_rows(np.zeros((2, 3), dtype=np.float32), [2, 0])
    >>> rows, rows.flags.f_contiguous
    (array([[0., 0., 1.],
           [1., 0., 0.]], dtype=float32), True)
    >>> t = np.eye(3)
    >>> rows = target_rows(t, t)
    >>> rows.flags.f_contiguous, np.shares_memory(rows, t)
    (True, False)
    """
    rows = match_targets(y, t, y.dtype)[1]
    if np.ndim(t) == y.ndim:
        check_probabilities(np.asarray(t, dtype=float))
        rows = rows.copy(order="F")
    return rows


def sum_squared_error(y: ArrayLike, t: ArrayLike) -> float:
    """Half the sum of the squared differences of outputs and targets, ½Σ(y - t)².

    `y` has shape (C,) for one sample or (N, C) for a batch of N; the loss of a batch is
    the mean over its samples. `t` has the shape of `y`, or holds integer labels and has
    no last axis. The result is one Python float, computed in float64. NaN in, NaN out;
    beyond 1e154 a square overflows to infinity (NumPy warns).

    Raises `ValueError` and `TypeError` as `match_targets` does. Formula: chapter 4.

    >>> sum_squared_error([0.5, 0.5, 0.0], [0.0, 1.0, 0.0])
    0.25
    >>> sum_squared_error([[0.5, 0.5, 0.0], [0.0, 1.0, 0.0]], [1, 1])
    0.125
    """
    y, t = match_targets(y, t)
    return float(np.mean(0.5 * np.sum((y - t) ** 2, axis=-1)))


def cross_entropy_error(y: ArrayLike, t: ArrayLike) -> float:
    """Minus the logarithm of the probability given to the right class, -Σ t log y.

    `y` holds probabilities, shape (C,) for one sample or (N, C) for a batch of N; the
    loss of a batch is the mean over its samples. `t` has the shape of `y` and rows that
    sum to 1 (one-hot or soft), or holds integer labels and has no last axis. The result
    is one Python float, computed in float64. NaN in `y`, NaN out.

    The 1e-7 keeps log(0) away. It is a crutch: a sure mistake costs 16.1 instead of
    infinity, a perfect answer -1e-7 instead of 0. `softmax_cross_entropy` is exact.

    Raises `ValueError` if `y` is outside 0 to 1, and `ValueError` and `TypeError` as
    `target_rows` does. Formula: chapter 4.

    >>> print(round(cross_entropy_error([0.1, 0.6, 0.3], t=1), 4))
    0.5108
    """
    y = np.asarray(real_array(y), float)
    t = target_rows(y, t)
    if np.any((y < 0) | (y > 1)):
        raise ValueError(
            "outputs must be probabilities; got values from "
            f"{np.nanmin(y)} to {np.nanmax(y)} "
            "(scores before the softmax go to softmax_cross_entropy)"
        )
    return float(-np.mean(np.sum(t * np.log(y + 1e-7), axis=-1)))


@np.errstate(over="ignore", invalid="ignore")
def log_softmax(a: ArrayLike) -> NDArray[np.floating]:
    """The logarithm of softmax(a), exact where the probability itself rounds to 0.

    `a` holds any scores (logits), shape (..., C); the result has the same shape and
    float type. It is a - log Σ exp(a), with the largest score of a row subtracted first
    (the log-sum-exp). Minus infinity stays what it is; a row without a softmax is NaN.

    The numbers are laid out in memory class by class ("F"): for many samples and few
    classes NumPy is then quicker.

    Raises `ValueError` and `TypeError` as `softmax` does. Formula: chapter 4.

    >>> a = np.array([1000.0, 0.0])
    >>> log_softmax(a), a
    (array([    0., -1000.]), array([1000.,    0.]))
    >>> log_softmax([[1e308, -1e308], [np.inf, 0.0]])
    array([[  0., -inf],
           [ nan,  nan]])
    """
    a = np.asarray(class_scores(a), order="F")
    a = a - a.max(axis=-1, keepdims=True)
    return a - np.log(np.exp(a).sum(axis=-1, keepdims=True))


@np.errstate(invalid="ignore")
def mean_cross_entropy(log_y: NDArray[Any], t: NDArray[Any]) -> float:
    """Minus the sum of t · log y over the classes, averaged over the samples.

    `log_y` holds logarithms of probabilities and `t` target rows, both of shape
    (C,) or (N, C). Where `t` is 0, nothing is added, even if log y is minus infinity.
    The sum is taken in float64, since in a smaller type it drifts with every sample.

    >>> mean_cross_entropy(np.array([-3.0, -np.inf]), np.array([1.0, 0.0]))
    3.0
    >>> t = np.zeros((100_000, 2), dtype=np.float32)
    >>> t[:, 0] = 1
    >>> print(round(mean_cross_entropy(np.full_like(t, np.log(0.5)), t), 6))
    0.693147
    """
    total = (t * -log_y).sum(where=t > 0, dtype=float)
    return float(total) / (t.size // t.shape[-1])


def softmax_cross_entropy(a: ArrayLike, t: ArrayLike) -> float:
    """The cross-entropy of softmax(a), computed exactly from the scores `a`.

    `a` holds any scores (logits), shape (C,) for one sample or (N, C) for a batch of N;
    the loss of a batch is the mean over its samples. `t` is as in
    `cross_entropy_error`. Instead of -log softmax(a) we compute log Σ exp(a) - a, with
    the largest score subtracted first (the log-sum-exp), so that no probability rounds
    to 0. The result is one Python float, computed in float64. Minus infinity rules its
    class out; a row without a softmax gives NaN.

    Raises `ValueError` and `TypeError` as `target_rows` does. Formula: chapter 4.

    >>> softmax_cross_entropy([1000.0, 0.0], t=1)
    1000.0
    """
    a = np.asarray(real_array(a), float)
    t = target_rows(a, t)
    return mean_cross_entropy(log_softmax(a), t)
