"""A network that can learn: it holds parameters, and knows its loss and gradient.

Chapter 4 of the book builds it with one hidden layer and measures its gradient;
chapter 5 writes the gradient out.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from scratchnn.activations import float_array, sigmoid, softmax
from scratchnn.data import integer, random_source, real_array
from scratchnn.differentiation import movable_arrays, numerical_gradient, one_number
from scratchnn.losses import (
    log_softmax,
    mean_cross_entropy,
    softmax_cross_entropy,
    target_rows,
)
from scratchnn.network import affine

Parameters = dict[str, NDArray[Any]]


def random_weights(
    rng: np.random.Generator, shape: tuple[int, int], std: float, dtype: DTypeLike
) -> NDArray[Any]:
    """A matrix of random weights: normal numbers around 0 with deviation `std`.

    `shape` is (D, M), inputs by neurons, and `dtype` the float type of the result. All
    float types get the same numbers from `rng`, but for rounding.

    Raises `ValueError` if there are no inputs or neurons, or `std` is no number,
    negative, not finite or too large for `dtype`, and `TypeError` if a size is no
    integer, `dtype` no float type or `rng` no generator. Chapter 4.

    >>> random_weights(np.random.default_rng(0), (2, 3), 0.01, np.float32).round(4)
    array([[ 0.0013, -0.0013,  0.0064],
           [ 0.001 , -0.0054,  0.0036]], dtype=float32)
    """
    if not np.isdtype(np.dtype(dtype), "real floating"):
        raise TypeError(f"weights must be floats; got dtype {np.dtype(dtype)}")
    std = one_number(std, "a deviation")
    if min(integer(size, "a size") for size in shape) < 1 or not 0 <= std < np.inf:
        raise ValueError(
            f"a layer needs inputs, neurons and a finite deviation; got {shape}, {std}"
        )
    with np.errstate(over="ignore"):
        weights = random_source(rng).normal(0, std, size=shape).astype(dtype)
    if np.isinf(weights).any():
        raise ValueError(f"a deviation of {std} is too large for {np.dtype(dtype)}")
    return weights


def as_rows(values: NDArray[Any]) -> NDArray[Any]:
    """Samples as a matrix, one a row: the last axis stays, those in front become one.

    So a single sample, shape (D,), is a batch of one, shape (1, D), and a matrix stays
    what it was. The result is a window on `values`, not a copy, where NumPy can make
    one. Chapter 5.

    >>> as_rows(np.array([1.0, 2.0, 3.0]))
    array([[1., 2., 3.]])
    >>> as_rows(np.zeros((5, 2, 3))).shape
    (10, 3)
    """
    if values.ndim == 2:
        return values
    return values.reshape(math.prod(values.shape[:-1]), values.shape[-1])


class Classifier:
    """What every network for telling classes apart can do, whatever its layers.

    It holds its parameters in the dict `params` and computes one score a class in
    `scores`; the rest follows from these two. A new kind of network brings its own
    `__init__` and `scores`, and its own `loss_and_gradient` once somebody has worked
    out the derivatives. `scores` is given `x` as the caller wrote it, perhaps a list.
    For another loss, replace `loss`, and with it `loss_and_gradient`, by which `train`
    takes its steps, where that is not measured; `gradient_check` says if they agree.

    In all methods `x` holds the inputs, shape (N, D) for N samples of D numbers or (D,)
    for one, and `t` the targets: integer labels, shape (N,), or rows that sum to 1,
    shape (N, C) for C classes; for one sample a label or a row. Shapes that do not fit
    raise a `ValueError` that names them. Chapter 4.

    >>> class Guess(Classifier):
    ...     def __init__(self):
    ...         self.params = {"b1": np.zeros(2)}
    ...     def scores(self, x):
    ...         return np.zeros((*np.shape(x)[:-1], 2)) + self.params["b1"]
    >>> Guess().loss([[1.0]], [0]) == np.log(2)
    np.True_
    >>> Guess().predict([1.0, 2.0, 3.0])
    array([0.5, 0.5])
    >>> Guess().gradient([[1.0]], [0])["b1"].round(6)
    array([-0.5,  0.5])
    >>> Guess().loss_and_gradient([[1.0]], [0])[0] == np.log(2)
    np.True_
    >>> lost = Guess()
    >>> lost.params["b1"][0] = np.nan
    >>> lost.accuracy([[1.0]], [0])
    0.0
    """

    params: Parameters

    def scores(self, x: ArrayLike) -> NDArray[Any]:
        """What the last layer says before the softmax (the logits), (N, C) or (C,)."""
        raise NotImplementedError("every network computes its scores in its own way")

    def predict(self, x: ArrayLike) -> NDArray[Any]:
        """The probability of each class, (N, C) or (C,); every row sums to 1."""
        return softmax(self.scores(x))

    def loss(self, x: ArrayLike, t: ArrayLike) -> float:
        """The cross-entropy, averaged over the samples; no probability rounds to 0."""
        return softmax_cross_entropy(self.scores(x), t)

    def accuracy(self, x: ArrayLike, t: ArrayLike) -> float:
        """The share of samples whose likeliest class is the right one, 0 to 1.

        A sample with NaN among its scores has no likeliest class and counts as wrong.
        """
        y = float_array(self.scores(x))
        right = y.argmax(axis=-1) == target_rows(y, t).argmax(axis=-1)
        return float(np.mean(right & ~np.isnan(y).any(axis=-1)))

    def numerical_gradient(self, x: ArrayLike, t: ArrayLike) -> Parameters:
        """The slopes of the loss, measured: two losses for each number in `params`."""
        gradient = {}
        for name, values in movable_arrays(self.params).items():
            gradient[name] = numerical_gradient(lambda _: self.loss(x, t), values)
        return gradient

    def gradient(self, x: ArrayLike, t: ArrayLike) -> Parameters:
        """The derivatives of the loss: name, shape and type as in `params`."""
        return self.loss_and_gradient(x, t)[1]

    def loss_and_gradient(self, x: ArrayLike, t: ArrayLike) -> tuple[float, Parameters]:
        """The loss and the gradient, in new arrays, since `train_step` uses them up."""
        return self.loss(x, t), self.numerical_gradient(x, t)


class TwoLayerNet(Classifier):
    """A network with one hidden layer of sigmoid neurons and a softmax at the end.

    `params` holds W1 (D, H), b1 (H,), W2 (H, C) and b2 (C,) for `input_size` D,
    `hidden_size` H and `output_size` C, all of type `dtype`: biases 0, weights normal
    numbers from `rng` with the deviation `weight_init_std`. What goes into the methods
    and comes out of them is described at `Classifier`; all is computed in the type of
    W1, whatever that of the inputs.

    Raises `ValueError` and `TypeError` as `random_weights` does; the methods raise
    `ValueError` if `params` holds other names. Chapter 4; the gradient: chapter 5.

    >>> net = TwoLayerNet(64, 30, 10, rng=np.random.default_rng(0))
    >>> net.predict(np.zeros((5, 64))).shape
    (5, 10)
    >>> print(round(net.loss(np.zeros((2, 64)), [3, 8]), 2))
    2.31
    >>> small = TwoLayerNet(2, 1, 2, rng=np.random.default_rng(0), dtype=np.float32)
    >>> {str(values.dtype) for values in small.params.values()}
    {'float32'}
    >>> {name: str(dW.dtype) for name, dW in small.gradient([0.0, 1.0], 1).items()}
    {'W1': 'float32', 'b1': 'float32', 'W2': 'float32', 'b2': 'float32'}
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        output_size: int,
        *,
        weight_init_std: float = 0.01,
        rng: np.random.Generator,
        dtype: DTypeLike = np.float64,
    ) -> None:
        shape_1, shape_2 = (input_size, hidden_size), (hidden_size, output_size)
        self.params = {
            "W1": random_weights(rng, shape_1, weight_init_std, dtype),
            "b1": np.zeros(hidden_size, dtype),
            "W2": random_weights(rng, shape_2, weight_init_std, dtype),
            "b2": np.zeros(output_size, dtype),
        }

    def weights(self) -> list[NDArray[Any]]:
        """W1, b1, W2 and b2, if `params` holds these and no others."""
        names = ["W1", "b1", "W2", "b2"]
        if {*self.params} != {*names}:
            raise ValueError(f"two layers take {names}; got {[*self.params]}")
        return [float_array(self.params[name]) for name in names]

    def scores(self, x: ArrayLike) -> NDArray[Any]:
        """What the last layer says before the softmax (the logits), (N, C) or (C,)."""
        W1, b1, W2, b2 = self.weights()
        x = np.asarray(real_array(x), W1.dtype)
        return affine(sigmoid(affine(x, W1, b1)), W2, b2)

    def loss_and_gradient(self, x: ArrayLike, t: ArrayLike) -> tuple[float, Parameters]:
        """Loss and gradient: one way forward, and back by the formulas of chapter 5."""
        W1, b1, W2, b2 = self.weights()
        x = np.asarray(real_array(x), W1.dtype)
        z1 = sigmoid(affine(x, W1, b1))
        a2 = affine(z1, W2, b2)
        log_y, t = log_softmax(a2), target_rows(a2, t)
        loss = mean_cross_entropy(log_y, t)
        x, z1, da2 = as_rows(x), as_rows(z1), as_rows(np.exp(log_y) - t)
        da2 = da2 / len(x)
        dW2 = z1.T @ da2
        db2 = da2.sum(axis=0)
        da1 = da2 @ W2.T * z1 * (1 - z1)
        dW1 = x.T @ da1
        db1 = da1.sum(axis=0)
        return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}
