"""A neural network is a row of layers; the output of each is the input of the next.

Here is the smallest one worth the name: two inputs, hidden layers of three and two
neurons, two outputs. Chapter 3 of the book computes it number by number, and then has
digits read by larger ones that were trained before.
"""

from collections.abc import Mapping
from importlib.resources import files

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scratchnn.activations import float_array, identity, sigmoid, softmax


def init_network() -> dict[str, NDArray[np.float64]]:
    """The 2-3-2-2 network of chapter 3: for each layer a matrix W and a bias vector b.

    Shapes: W1 (2, 3), b1 (3,), W2 (3, 2), b2 (2,), W3 (2, 2), b3 (2,). Each call makes
    new arrays.

    >>> network = init_network()
    >>> network["W1"]
    array([[0.1, 0.3, 0.5],
           [0.2, 0.4, 0.6]])
    """
    return {
        "W1": np.array([[0.1, 0.3, 0.5], [0.2, 0.4, 0.6]]),
        "b1": np.array([0.1, 0.2, 0.3]),
        "W2": np.array([[0.1, 0.4], [0.2, 0.5], [0.3, 0.6]]),
        "b2": np.array([0.1, 0.2]),
        "W3": np.array([[0.1, 0.3], [0.2, 0.4]]),
        "b3": np.array([0.1, 0.2]),
    }


def affine(x: ArrayLike, W: ArrayLike, b: ArrayLike) -> NDArray[np.floating]:
    """The weighted sums of one layer, `x @ W + b`, before the activation.

    `x` has shape (D,) for one sample or (N, D) for a batch of N, D inputs each; `W` has
    shape (D, M), one column of weights for each of M neurons; `b` has shape (M,). The
    result has shape (M,) or (N, M).

    Raises `ValueError` naming the shapes if they do not fit, and `TypeError` if one of
    the three does not hold real numbers. Formula: chapter 3.

    >>> affine([1.0, 0.5], W=[[0.1, 0.3], [0.2, 0.4]], b=[0.1, 0.2])
    array([0.3, 0.7])
    """
    x, W, b = float_array(x), float_array(W), float_array(b)
    if W.ndim != 2 or x.shape[-1:] != W.shape[:1] or b.shape != W.shape[1:]:
        raise ValueError(
            "a layer takes x of shape (D,) or (N, D), W of (D, M) and b of (M,); "
            f"got shapes {x.shape}, {W.shape} and {b.shape}"
        )
    return x @ W + b


def named_arrays(network: object) -> Mapping[str, ArrayLike]:
    """`network` unchanged, if it is a dictionary or something like one.

    Raises `TypeError` for anything else, calling it by its type.

    >>> named_arrays({"b1": [0.5, 1.0]})
    {'b1': [0.5, 1.0]}
    """
    if not isinstance(network, Mapping):
        kind = type(network).__name__
        raise TypeError(f"expected a dictionary of arrays; got a {kind}")
    return network


def forward(network: Mapping[str, ArrayLike], x: ArrayLike) -> NDArray[np.floating]:
    """Carry inputs through the network's three layers: sigmoid, sigmoid, identity.

    `network` holds W1, b1, W2, b2, W3 and b3, as `init_network` returns them; `x` has
    shape (D,) for one sample or (N, D) for a batch of N, D inputs each. The result has
    shape (M,) or (N, M) for M outputs.

    Raises `ValueError` if the names are others or the shapes do not fit, and
    `TypeError` if something does not hold real numbers or `network` is no dictionary.
    Chapter 3.

    >>> forward(init_network(), [1.0, 0.5])
    array([0.31682708, 0.69627909])
    """
    if named_arrays(network).keys() != init_network().keys():
        raise ValueError(f"forward takes W1, b1, W2, b2, W3 and b3; got {[*network]}")
    A1 = affine(x, network["W1"], network["b1"])
    Z1 = sigmoid(A1)
    A2 = affine(Z1, network["W2"], network["b2"])
    Z2 = sigmoid(A2)
    A3 = affine(Z2, network["W3"], network["b3"])
    return identity(A3)


def layer_names(network: Mapping[str, object]) -> list[tuple[str, str]]:
    """The names of a network's parameters, layer by layer: W1 and b1, then W2 and b2.

    Raises `ValueError` if `network` does not hold these names, or holds others, and
    `TypeError` if it is no dictionary.

    >>> layer_names(init_network())
    [('W1', 'b1'), ('W2', 'b2'), ('W3', 'b3')]
    """
    found = named_arrays(network).keys()
    names = [(f"W{n}", f"b{n}") for n in range(1, len(found) // 2 + 1)]
    if not names or found != {*sum(names, ())}:
        raise ValueError(f"a network holds W1, b1, W2, b2 and so on; got {[*found]}")
    return names


def predict(network: Mapping[str, ArrayLike], x: ArrayLike) -> NDArray[np.floating]:
    """The probability of each class: sigmoid in the hidden layers, softmax at the end.

    `network` holds W1, b1, W2, b2 and so on for any number of layers; `x` has shape
    (D,) for one sample or (N, D) for a batch of N, D inputs each. The result has shape
    (C,) or (N, C) for C classes, and every row of it sums to 1. A file of weights does
    not say what its hidden layers were: those trained with ReLU belong to a
    `MultiLayerNet`, and give other probabilities here.

    Raises `ValueError` if the names are others or the shapes do not fit, and
    `TypeError` if something does not hold real numbers or `network` is no dictionary.
    Chapter 3.

    >>> predict(init_network(), [1.0, 0.5])
    array([0.40625907, 0.59374093])
    """
    *hidden, (W, b) = layer_names(network)
    z = float_array(x)
    for hidden_W, hidden_b in hidden:
        z = sigmoid(affine(z, network[hidden_W], network[hidden_b]))
    return softmax(affine(z, network[W], network[b]))


def trained_network(data: str) -> dict[str, NDArray[np.float32]]:
    """A network that has learnt to read handwritten digits, for `predict`.

    `data` says what it was trained on and is meant for: "digits", the pictures
    of `load_digits`, or "mnist", those of `load_mnist`. D pixels from 0 to 1, 64 or
    784, go through hidden layers of 50 and 100 neurons to 10 classes: W1 (D, 50), b1
    (50,), W2 (50, 100), b2 (100,), W3 (100, 10), b3 (10,). The arrays are new at each
    call. They were trained by `python -m scratchnn train --activation sigmoid`.

    Raises `ValueError` for other data. Chapter 3.

    >>> from scratchnn import load_digits
    >>> _, (x_test, t_test) = load_digits()
    >>> print(predict(trained_network("digits"), x_test[0]).argmax(), t_test[0])
    2 2
    """
    if data not in ("digits", "mnist"):
        raise ValueError(f"data must be 'digits' or 'mnist'; got {data!r}")
    with (files("scratchnn") / f"weights_{data}.npz").open("rb") as file:
        return dict(np.load(file, allow_pickle=False))
