"""A network of any depth is a list of layers, walked forward and then back.

Chapter 5 of the book builds it; it has the same methods as the network of chapter 4.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from scratchnn.activations import float_array
from scratchnn.data import integer, real_array
from scratchnn.layers import Affine, Relu, Sigmoid, SoftmaxWithLoss
from scratchnn.network import layer_names
from scratchnn.two_layer_net import Classifier, Parameters, random_weights

HiddenLayer = Affine | Relu | Sigmoid
ACTIVATIONS: dict[str, type[Relu | Sigmoid]] = {"relu": Relu, "sigmoid": Sigmoid}


def forward_through(layers: Sequence[HiddenLayer], x: ArrayLike) -> NDArray[Any]:
    """Carry `x` through all layers, one after the other.

    >>> forward_through([Affine([[1.0, -1.0]], [0.0, 0.0]), Relu()], [[3.0]])
    array([[3., 0.]])
    >>> forward_through([], [1.0, 2.0])
    array([1., 2.])
    """
    for layer in layers:
        x = layer.forward(x)
    return np.asarray(x)


class MultiLayerNet(Classifier):
    """A network with as many layers as you like, trained by backpropagation.

    `sizes` are the numbers of inputs, of neurons in each hidden layer, and of classes;
    `activation` is that of the hidden layers. `params` holds W1, b1, W2, b2 and so on,
    all of type `dtype`: biases 0, weights normal numbers from `rng`. Their deviation is
    `weight_init_std`; if that is `None`, √(2 / D) for ReLU and √(1 / D) for sigmoid, D
    being the inputs of the layer. Behind ReLU signals then neither grow nor fade on
    their way (He et al., 2015); LeCun et al., 1998, meant the other for a tanh, and
    behind sigmoids signals still fade.

    What goes into the methods and comes out of them is described at `Classifier`; all
    is computed in the type of W1, whatever that of the inputs. The attribute
    `activation` is the class of layer that follows each hidden `Affine`; set it to a
    `Layer` of your own, whose `forward` sets `shape`, that of what it returns, and
    keeps the float type of what it is given.

    Raises `ValueError` if there are fewer than two sizes, one is below 1 or the
    activation is unknown, and `ValueError` and `TypeError` as `random_weights` does.
    Chapter 5.

    >>> net = MultiLayerNet([64, 50, 100, 10], rng=np.random.default_rng(0))
    >>> net.predict(np.zeros((5, 64))).shape
    (5, 10)
    >>> sum(values.size for values in net.params.values())
    9360
    >>> small = MultiLayerNet([2, 1], rng=np.random.default_rng(0), dtype=np.float32)
    >>> {str(values.dtype) for values in small.params.values()}
    {'float32'}
    >>> {str(slopes.dtype) for slopes in small.gradient([0.0, 1.0], 0).values()}
    {'float32'}
    """

    def __init__(
        self,
        sizes: Sequence[int],
        *,
        activation: Literal["relu", "sigmoid"] = "relu",
        weight_init_std: float | None = None,
        rng: np.random.Generator,
        dtype: DTypeLike = np.float64,
    ) -> None:
        sizes = [integer(size, "a size") for size in sizes]
        if activation not in ACTIVATIONS or len(sizes) < 2 or min(sizes) < 1:
            raise ValueError(
                "a network needs two or more sizes, each at least 1, and one of "
                f"{list(ACTIVATIONS)}; got {sizes} and {activation!r}"
            )
        self.activation = ACTIVATIONS[activation]
        self.params = {}
        gain = 2 if activation == "relu" else 1
        for n, shape in enumerate(pairwise(sizes), 1):
            std = weight_init_std
            if std is None:
                std = (gain / shape[0]) ** 0.5
            self.params[f"W{n}"] = random_weights(rng, shape, std, dtype)
            self.params[f"b{n}"] = np.zeros(shape[1], dtype)

    def layers(self) -> list[HiddenLayer]:
        """The layers, made anew from the parameters as they are now."""
        layers: list[HiddenLayer] = []
        for W, b in layer_names(self.params):
            affine = Affine(self.params[W], self.params[b], copy=False)
            layers += [affine, self.activation()]
        return layers[:-1]

    def scores(self, x: ArrayLike) -> NDArray[Any]:
        """What the last layer says before the softmax (the logits), (N, C) or (C,)."""
        layers = self.layers()
        x = np.asarray(real_array(x), float_array(self.params["W1"]).dtype)
        return forward_through(layers, x)

    def loss_and_gradient(self, x: ArrayLike, t: ArrayLike) -> tuple[float, Parameters]:
        """The loss and the gradient, one way forward and one back: backpropagation."""
        layers, last = self.layers(), SoftmaxWithLoss()
        x = np.asarray(real_array(x), float_array(self.params["W1"]).dtype)
        loss = last.forward(forward_through(layers, x), t)
        dout = last.backward()
        affines = [layer for layer in layers if isinstance(layer, Affine)]
        for layer in reversed(layers[layers.index(affines[0]) + 1 :]):
            dout = layer.backward(dout)
        affines[0].backward_to_parameters(dout)
        gradient = {}
        for n, layer in enumerate(affines, 1):
            gradient[f"W{n}"], gradient[f"b{n}"] = layer.dW, layer.db
        return loss, gradient
