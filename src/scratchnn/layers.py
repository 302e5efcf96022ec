"""A layer computes forward, remembers what it saw, and passes derivatives back.

`forward` takes inputs and returns an output. `backward` takes `dout`, the derivative of
the loss with respect to that output, and returns the derivatives with respect to the
inputs, in their shapes. A layer keeps for itself what it needs of them, unless `Affine`
is told otherwise, so changing them later does not spoil the way back. See chapter 5.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scratchnn.activations import float_array, relu, sigmoid
from scratchnn.data import real_array
from scratchnn.losses import log_softmax, mean_cross_entropy, target_rows
from scratchnn.network import affine
from scratchnn.two_layer_net import as_rows


class Layer:
    """What all layers share: `upstream` checks what `backward` is given.

    >>> layer = Layer()
    >>> layer.shape = (2,)
    >>> layer.upstream([1.0, 2.0])
    array([1., 2.])
    """

    shape: tuple[int, ...] | None = None

    def upstream(self, dout: ArrayLike) -> NDArray[Any]:
        """`dout` as an array of floats, if it has the shape of what `forward` returned.

        Raises `RuntimeError` before the first `forward`, `ValueError` naming both
        shapes if they differ, and `TypeError` if `dout` does not hold real numbers.
        """
        dout = float_array(dout)
        if self.shape is None:
            raise RuntimeError(f"{type(self).__name__} needs forward before backward")
        if dout.shape != self.shape:
            raise ValueError(
                f"{type(self).__name__} returned shape {self.shape} and needs the same "
                f"back; got {dout.shape}"
            )
        return dout


def same_shape(x: ArrayLike, y: ArrayLike) -> tuple[NDArray[Any], NDArray[Any]]:
    """Two numbers or arrays as new arrays of floats, if they have the same shape.

    Raises `ValueError` naming both shapes if they differ, and `TypeError` if one of
    them does not hold real numbers.

    >>> same_shape([1, 2], [3.0, 4.0])
    (array([1., 2.]), array([3., 4.]))
    >>> x = np.ones(2)
    >>> any(copy is x for copy in same_shape(x, x))
    False
    """
    x, y = float_array(x), float_array(y)
    if x.shape != y.shape:
        raise ValueError(f"both sides need one shape; got {x.shape} and {y.shape}")
    return x.copy(), y.copy()


class Mul(Layer):
    """The product of two numbers, or of two arrays of the same shape, entry by entry.

    Backwards each side gets `dout` times the other side.

    Raises `ValueError` naming both shapes if they differ. Formula: chapter 5.

    >>> mul = Mul()
    >>> print(mul.forward(100, 2))
    200.0
    >>> print(*mul.backward(1.1))
    2.2 110.00000000000001
    """

    def forward(self, x: ArrayLike, y: ArrayLike) -> NDArray[Any]:
        """`x * y`, in the shape of both."""
        self.x, self.y = same_shape(x, y)
        self.shape = self.x.shape
        return self.x * self.y

    def backward(self, dout: ArrayLike) -> tuple[NDArray[Any], NDArray[Any]]:
        """The derivatives with respect to `x` and `y`."""
        dout = self.upstream(dout)
        return dout * self.y, dout * self.x


class Add(Layer):
    """The sum of two numbers, or of two arrays of the same shape.

    Backwards it hands `dout` to both sides.

    Raises `ValueError` naming both shapes if they differ. Formula: chapter 5.

    >>> add = Add()
    >>> print(add.forward(200, 450))
    650.0
    >>> print(*add.backward(1.1))
    1.1 1.1
    >>> dout = np.array(1.1)
    >>> any(share is dout for share in add.backward(dout))
    False
    """

    def forward(self, x: ArrayLike, y: ArrayLike) -> NDArray[Any]:
        """`x + y`, in the shape of both."""
        x, y = same_shape(x, y)
        self.shape = x.shape
        return x + y

    def backward(self, dout: ArrayLike) -> tuple[NDArray[Any], NDArray[Any]]:
        """The derivatives with respect to `x` and `y`."""
        dout = self.upstream(dout)
        return 1 * dout, 1 * dout


class Relu(Layer):
    """The ReLU as a layer: what was above zero goes through, both ways.

    Arrays of any shape. At zero itself the derivative counts as 0. Formula: chapter 5.

    >>> layer = Relu()
    >>> layer.forward([-2.0, 3.0])
    array([0., 3.])
    >>> layer.backward([10.0, 10.0])
    array([ 0., 10.])
    """

    def forward(self, x: ArrayLike) -> NDArray[Any]:
        """`relu(x)`, in the shape and type of `x`."""
        x = real_array(x)
        self.shape, self.mask = x.shape, x > 0
        return relu(x)

    def backward(self, dout: ArrayLike) -> NDArray[Any]:
        """The derivative with respect to `x`: `dout` where `x` was above zero."""
        return self.upstream(dout) * self.mask


class Sigmoid(Layer):
    """The sigmoid as a layer; its derivative is y(1 - y) for the output y.

    Arrays of any shape. Formula: chapter 5.

    >>> layer = Sigmoid()
    >>> y = layer.forward([0.0, 1000.0])
    >>> y
    array([0.5, 1. ])
    >>> y[:] = 7.0
    >>> layer.backward([1.0, 1.0])
    array([0.25, 0.  ])
    """

    def forward(self, x: ArrayLike) -> NDArray[Any]:
        """`sigmoid(x)`, in the shape of `x`."""
        self.y = sigmoid(x)
        self.shape = self.y.shape
        return self.y.copy()

    def backward(self, dout: ArrayLike) -> NDArray[Any]:
        """The derivative with respect to `x`."""
        return self.upstream(dout) * self.y * (1 - self.y)


class Affine(Layer):
    """The weighted sums of a layer, `x @ W + b`, for one sample or for a batch.

    `x` has shape (N, D), or (D,) for one sample; `W` is (D, M) and `b` (M,). The output
    is (N, M) or (M,). `backward` returns the derivative with respect to `x` and keeps
    those with respect to the parameters as `dW` and `db`, in the shapes of `W` and `b`:
    sums over the samples, new arrays each time. `W` and `b` may be replaced by others;
    `backward` uses `W` as it then is. With `copy=False` the layer remembers `x` itself:
    that is quicker, and right if nobody changes `x` before `backward`.

    Raises `ValueError` naming the shapes if they do not fit, or if that of `W` is
    another in `backward` than it was in `forward`. Formula: chapter 5.

    >>> layer = Affine(W=[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], b=[0.0, 0.0, 1.0])
    >>> layer.forward([[1.0, 0.0], [0.0, 1.0]])
    array([[1., 2., 4.],
           [4., 5., 7.]])
    >>> layer.backward([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    array([[1., 4.],
           [2., 5.]])
    >>> layer.dW, layer.db
    (array([[1., 0., 0.],
           [0., 1., 0.]]), array([1., 1., 0.]))
    """

    def __init__(self, W: ArrayLike, b: ArrayLike, *, copy: bool = True) -> None:
        self.W, self.b, self.copy = W, b, copy

    def forward(self, x: ArrayLike) -> NDArray[Any]:
        """`x @ W + b`."""
        x = float_array(x)
        a = affine(x, self.W, self.b)
        self.x, self.shape = x.copy() if self.copy else x, a.shape
        return a

    def backward(self, dout: ArrayLike) -> NDArray[Any]:
        """The derivative with respect to `x`; keeps `dW` and `db`."""
        dout = self.upstream(dout)
        self.backward_to_parameters(dout)
        W = float_array(self.W)
        if W.shape != self.dW.shape:
            raise ValueError(f"W had shape {self.dW.shape} in forward; got {W.shape}")
        return dout @ W.T

    def backward_to_parameters(self, dout: ArrayLike) -> None:
        """`backward` without its result: all that a network's first layer needs."""
        dout = as_rows(self.upstream(dout))
        self.dW = as_rows(self.x).T @ dout
        self.db = dout.sum(axis=0)


class SoftmaxWithLoss(Layer):
    """The last layer of a classifier in training: softmax and cross-entropy in one.

    `a` holds scores, shape (N, C), or (C,) for one sample, and `t` integer labels or
    rows that sum to 1. The output is the loss, `softmax_cross_entropy(a, t)`, computed
    in the float type of `a`; the probabilities stay in `y`. Backwards: (y - t) / N.

    Raises what `softmax_cross_entropy` raises. Formula: chapter 5.

    >>> layer = SoftmaxWithLoss()
    >>> print(round(layer.forward([[0.0, 0.0], [1000.0, 0.0]], t=[0, 0]), 4))
    0.3466
    >>> layer.backward()
    array([[-0.25,  0.25],
           [ 0.  ,  0.  ]])
    >>> layer.backward(2.0)[0]
    array([-0.5,  0.5])
    """

    def forward(self, a: ArrayLike, t: ArrayLike) -> float:
        """The loss."""
        a = float_array(a)
        self.t, self.shape = target_rows(a, t), ()
        log_y = log_softmax(a)
        self.y, self.samples = np.exp(log_y), a.size // a.shape[-1]
        return mean_cross_entropy(log_y, self.t)

    def backward(self, dout: ArrayLike = 1.0) -> NDArray[Any]:
        """The derivative with respect to `a`."""
        return float(self.upstream(dout)) * (self.y - self.t) / self.samples
