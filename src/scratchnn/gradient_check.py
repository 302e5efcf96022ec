"""A gradient check compares derivatives that were worked out with measured ones.

Whoever writes a backward pass makes mistakes, and a network with a wrong gradient often
still learns, only badly. Chapter 5 of the book checks its networks here.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scratchnn.data import random_source
from scratchnn.differentiation import movable_arrays, step_width
from scratchnn.layers import same_shape
from scratchnn.two_layer_net import Classifier, Parameters


def relative_error(a: ArrayLike, b: ArrayLike) -> float:
    """The largest difference of two arrays, as a share of the largest entry of both.

    Two arrays of zeros, or of nothing, differ by 0; NaN gives NaN.

    Raises `ValueError` naming both shapes if they differ (NumPy would stretch one, and
    a gradient of the wrong shape would look right), and `TypeError` as `same_shape`
    does.

    >>> relative_error([1.0, 2.0], [1.0, 2.5])
    0.2
    >>> relative_error([0.1], [0.2]), relative_error([], [])
    (0.5, 0.0)
    """
    a, b = same_shape(a, b)
    size = np.maximum(np.abs(a), np.abs(b)).max(initial=0)
    return float(np.abs(a - b).max() / size) if size != 0 else 0.0


@dataclass(repr=False)
class GradientReport:
    """The relative error of each parameter's gradient; above `tolerance` it is wrong.

    >>> GradientReport({"W1": 3e-9, "b1": 0.5}, tolerance=1e-6)
    parameter  relative error
    W1                3.0e-09  OK
    b1                5.0e-01  WRONG
    >>> GradientReport({}, tolerance=1e-6).ok
    False
    """

    errors: dict[str, float]
    tolerance: float

    @property
    def ok(self) -> bool:
        """Whether there are errors, all within the tolerance (NaN is not)."""
        within = [error <= self.tolerance for error in self.errors.values()]
        return bool(within) and all(within)

    def __repr__(self) -> str:
        lines = ["parameter  relative error"]
        for name, error in self.errors.items():
            verdict = "OK" if error <= self.tolerance else "WRONG"
            lines.append(f"{name:9}  {error:14.1e}  {verdict}")
        return "\n".join(lines)


def complete_gradient(net: Classifier, x: ArrayLike, t: ArrayLike) -> Parameters:
    """`net.gradient(x, t)`, if it has the names of the parameters and no others.

    Raises `ValueError` naming both if they differ, and what `net.loss` raises.

    >>> from scratchnn import TwoLayerNet
    >>> net = TwoLayerNet(1, 1, 2, rng=np.random.default_rng(0))
    >>> [*complete_gradient(net, [[0.0]], [0])]
    ['W1', 'b1', 'W2', 'b2']
    >>> net.gradient = lambda x, t: {"W1": np.zeros((1, 1))}
    >>> complete_gradient(net, [[0.0]], [0])
    Traceback (most recent call last):
      ...
    ValueError: a gradient needs slopes for ['W1', 'b1', 'W2', 'b2']; got ['W1']
    """
    gradient = net.gradient(x, t)
    if gradient.keys() != net.params.keys():
        raise ValueError(
            f"a gradient needs slopes for {[*net.params]}; got {[*gradient]}"
        )
    return gradient


def gradient_check(
    net: Classifier, x: ArrayLike, t: ArrayLike, *, tolerance: float = 1e-6
) -> GradientReport:
    """Compare `net.gradient` with `net.numerical_gradient`, parameter by parameter.

    `x` and `t` are a small batch, as for `net.loss`; two losses are computed for every
    number in `net.params`, so take a small network. It must be float64: in float32 the
    *measured* gradient is good for three or four digits only. And a ReLU has a kink at
    0: where one of its inputs is within about 1e-4 of it, the measured slope is a
    mixture of both sides and a right gradient looks wrong; try another batch. The
    same happens where all slopes of a parameter are nearly 0: the measured ones are off
    by about 1e-12 from rounding alone. If all errors are exactly 0, the network has no
    `loss_and_gradient` of its own, and what was measured is compared with itself.

    Raises `ValueError` as `complete_gradient` does, and what `net.loss` raises.
    Chapter 5.

    >>> from scratchnn import TwoLayerNet
    >>> net = TwoLayerNet(3, 2, 2, rng=np.random.default_rng(0))
    >>> gradient_check(net, [[0.5, -1.0, 2.0], [1.0, 0.0, 0.5]], [0, 1]).ok
    True
    """
    measured, computed = net.numerical_gradient(x, t), complete_gradient(net, x, t)
    errors = {name: relative_error(measured[name], computed[name]) for name in measured}
    return GradientReport(errors, tolerance)


def loss_along(
    net: Classifier, x: ArrayLike, t: ArrayLike, step: dict[str, NDArray[Any]]
) -> float:
    """The loss with every parameter moved by its `step`; then they are moved back.

    >>> from scratchnn import TwoLayerNet
    >>> net = TwoLayerNet(1, 1, 2, rng=np.random.default_rng(0))
    >>> step = {"b2": np.array([1.0, 0.0])}
    >>> b2 = net.params["b2"]
    >>> loss_along(net, [[0.0]], [0], step) < net.loss([[0.0]], [0])
    True
    >>> net.params["b2"] is b2, b2
    (True, array([0., 0.]))
    """
    before = {name: net.params[name].copy() for name in step}
    try:
        for name, values in step.items():
            net.params[name] += values
        return net.loss(x, t)
    finally:
        for name, values in before.items():
            net.params[name][...] = values


def direction_check(
    net: Classifier,
    x: ArrayLike,
    t: ArrayLike,
    *,
    rng: np.random.Generator,
    h: float = 1e-4,
    tolerance: float = 1e-6,
) -> GradientReport:
    """A gradient check for big networks: two losses, however many parameters there are.

    All parameters are moved together, along one random direction of length 1, by `h` to
    either side. The slope so measured must be the gradient's share in that direction,
    Σ gradient · direction. A gross mistake anywhere shows in the one number that comes
    out, though not where it is; a small one in few slopes can hide in a direction in
    which they have little share. Float64 and kinks: as for `gradient_check`.

    Raises `ValueError` as `complete_gradient` does, if `h` is not positive and finite,
    or, naming both shapes, if a gradient does not have the shape of its parameter,
    `TypeError` if `rng` is no generator, and what `net.loss` raises. Chapter 5; the
    idea is that of the autograd library.

    >>> from scratchnn import TwoLayerNet, load_digits
    >>> net = TwoLayerNet(64, 50, 10, rng=np.random.default_rng(0))
    >>> x, t = load_digits()[0]
    >>> direction_check(net, x[:20], t[:20], rng=np.random.default_rng(1)).ok
    True
    >>> direction_check.__kwdefaults__
    {'h': 0.0001, 'tolerance': 1e-06}

    So long a step shows the bend of the loss as well:

    >>> direction_check(net, x[:20], t[:20], rng=np.random.default_rng(1), h=0.1)
    parameter  relative error
    all               2.5e-04  WRONG
    >>> direction_check(net, x[:20], t[:20], rng=np.random.default_rng(1), h=0.0)
    Traceback (most recent call last):
      ...
    ValueError: h must be positive and finite; got 0.0
    """
    h, draw = step_width(h), random_source(rng).normal
    gradient = complete_gradient(net, x, t)
    arrays = movable_arrays(net.params)
    v = {name: draw(size=values.shape) for name, values in arrays.items()}
    length = np.sqrt(sum(np.sum(values**2) for values in v.values()))
    step = {name: h * values / length for name, values in v.items()}
    back = {name: -values for name, values in step.items()}
    measured = (loss_along(net, x, t, step) - loss_along(net, x, t, back)) / (2 * h)
    pairs = [same_shape(gradient[name], v[name]) for name in v]
    computed = sum(np.sum(slopes * values) for slopes, values in pairs) / length
    return GradientReport({"all": relative_error(measured, computed)}, tolerance)
