"""Training is a loop: take a few samples, compute the gradient, step downhill.

Chapter 4 of the book builds the loop; chapter 5 makes it fast enough for real use.
"""

import math
import sys
from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from tqdm import tqdm

from scratchnn.activations import float_array
from scratchnn.data import Samples, integer, random_source, real_array, sample_array
from scratchnn.differentiation import one_number
from scratchnn.history import History
from scratchnn.losses import target_rows
from scratchnn.two_layer_net import Classifier, Parameters


def mini_batches(
    x: NDArray[Any],
    t: NDArray[Any],
    batch_size: int,
    rng: np.random.Generator,
    drop_last: bool = False,
) -> Iterator[Samples]:
    """One epoch: shuffle the samples and deal them out, `batch_size` at a time.

    `x` and `t` hold N inputs and N targets along their first axis. Every sample comes
    exactly once. If N is no multiple of `batch_size`, the last batch is smaller; with
    `drop_last` it is left out, and its samples sit this epoch out.

    Raises, at the first batch, `ValueError` if `batch_size` is below 1 or there are not
    as many targets as inputs, `TypeError` if `batch_size` is no integer or `rng` no
    generator, and what `sample_array` raises. Chapter 4.

    >>> x, t = np.arange(10.0).reshape(5, 2), np.arange(5)
    >>> for x_batch, t_batch in mini_batches(x, t, 2, np.random.default_rng(0)):
    ...     print(x_batch.tolist(), t_batch)
    [[4.0, 5.0], [8.0, 9.0]] [2 4]
    [[6.0, 7.0], [0.0, 1.0]] [3 0]
    [[2.0, 3.0]] [1]
    """
    x, t = sample_array(x), sample_array(t)
    batch_size = integer(batch_size, "batch_size")
    if batch_size < 1 or len(x) != len(t):
        raise ValueError(
            "mini-batches need a batch_size of at least 1 and as many targets as "
            f"inputs; got {batch_size}, {len(t)} targets and {len(x)} inputs"
        )
    order = random_source(rng).permutation(len(x))
    end = len(x) - len(x) % batch_size if drop_last else len(x)
    for start in range(0, end, batch_size):
        batch = order[start : start + batch_size]
        yield x.take(batch, axis=0), t.take(batch, axis=0)


def fit_to(net: Classifier, samples: tuple[ArrayLike, ArrayLike]) -> Samples:
    """Inputs in the float type of the network, and targets that all fit its outputs.

    Checked here once, for all epochs.

    Raises `ValueError` if an input is NaN or infinite (in that type), `TypeError` if
    `net` is no network, and what `sample_array` and `net.loss` raise.

    >>> from scratchnn import TwoLayerNet, load_digits
    >>> rng = np.random.default_rng(0)
    >>> net = TwoLayerNet(64, 5, 10, rng=rng, dtype=np.float32)
    >>> x, t = fit_to(net, load_digits()[0])
    >>> x.dtype, t.dtype
    (dtype('float32'), dtype('int64'))
    >>> fit_to(net, (np.full((1, 64), np.inf), [0]))
    Traceback (most recent call last):
      ...
    ValueError: inputs must be finite; got inf
    """
    if not getattr(net, "params", {}):
        kind = type(net).__name__
        raise TypeError(f"train takes a network such as TwoLayerNet; got a {kind}")
    x, t = sample_array(samples[0]), real_array(samples[1])
    with np.errstate(over="ignore"):
        x = np.asarray(x, float_array(next(iter(net.params.values()))).dtype)
    if not np.isfinite([x.min(initial=0), x.max(initial=0)]).all():
        raise ValueError(f"inputs must be finite; got {x[~np.isfinite(x)][0]}")
    classes = net.predict(x[:1]).shape[-1]
    target_rows(np.broadcast_to(0.0, (len(x), classes)), t)
    return x, t


def accuracy_in_parts(
    net: Classifier, x: NDArray[Any], t: NDArray[Any], size: int = 1000
) -> float:
    """The accuracy on all samples, computed `size` samples at a time to save memory.

    Raises `ValueError` if there are no samples, not as many targets as samples, or
    `size` is below 1, `TypeError` if `size` is no integer, and what `sample_array` and
    `net.accuracy` raise.

    >>> from scratchnn import TwoLayerNet, load_digits
    >>> net = TwoLayerNet(64, 5, 10, rng=np.random.default_rng(0))
    >>> x, t = load_digits()[0]
    >>> accuracy_in_parts(net, x, t) == net.accuracy(x, t)
    True
    """
    x, t, size = sample_array(x), sample_array(t), integer(size, "size")
    if size < 1 or not 0 < len(x) == len(t):
        raise ValueError(
            "an accuracy needs samples, as many targets and a size of at least 1; got "
            f"{len(x)}, {len(t)} and {size}"
        )
    parts = [(x[i : i + size], t[i : i + size]) for i in range(0, len(x), size)]
    right = [round(net.accuracy(*part) * len(part[0]), 9) for part in parts]
    return sum(right) / len(x)


def check_slopes(gradient: Parameters, params: Parameters) -> None:
    """Check that slopes fit the parameters of a network and can be turned into them.

    Raises `ValueError` if slopes differ in shape from their parameter, naming both,
    if there is no such parameter, if slopes are read-only, or if two of all the slopes
    and values share memory: a change of one would change the other. Raises `TypeError`
    if slopes are no array of the float type of their parameter.

    >>> check_slopes({"b1": np.ones((20, 10))}, {"b1": np.zeros(10)})
    Traceback (most recent call last):
      ...
    ValueError: slopes of b1 must have its shape (10,); got (20, 10)
    """
    for name, slopes in gradient.items():
        if name not in params:
            raise ValueError(f"there are slopes for {name}, which is no parameter")
        values = float_array(params[name])
        shape, kind, got = values.shape, values.dtype.type, np.asarray(slopes)
        if got.shape != shape:
            raise ValueError(
                f"slopes of {name} must have its shape {shape}; got {got.shape}"
            )
        if got.dtype.type is not kind or not isinstance(slopes, np.ndarray):
            raise TypeError(
                f"slopes of {name} must be an array of {kind.__name__}; "
                f"got {got.dtype} ({type(slopes).__name__})"
            )
        if not slopes.flags.writeable:
            raise ValueError(f"slopes of {name} are read-only: use .copy()")
    arrays = [*map(np.asarray, (*gradient.values(), *params.values()))]
    bases = [array if array.base is None else array.base for array in arrays]
    owners = {id(base) for base in bases if isinstance(base, np.ndarray)}
    pairs = combinations(arrays, 2)
    if len(owners) < len(arrays) and any(np.shares_memory(*pair) for pair in pairs):
        raise ValueError("each parameter, and its slopes, must have memory of its own")


@np.errstate(over="ignore", invalid="ignore")
def train_step(net: Classifier, x: NDArray[Any], t: NDArray[Any], lr: float) -> float:
    """One step downhill on one mini-batch; the result is the loss before the step.

    Each array in `net.params` makes way for a new one: the old minus `lr` times its
    gradient. The old ones stay as they are, so `dict(net.params)` keeps the network of
    this moment; the slopes do not, for they become the new ones. A parameter without
    slopes is left alone. Numbers overflow without a warning: look at the loss.

    Raises `ValueError` and `TypeError` as `check_slopes` does, and what
    `net.loss_and_gradient` raises; then no parameter is changed. Chapter 4.

    >>> from scratchnn import TwoLayerNet
    >>> net = TwoLayerNet(2, 3, 2, rng=np.random.default_rng(0))
    >>> x, t = np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([0, 1])
    >>> before = dict(net.params)
    >>> train_step(net, x, t, lr=0.1) > net.loss(x, t)
    True
    >>> net.params["W1"] is before["W1"]
    False
    """
    loss, gradient = net.loss_and_gradient(x, t)
    check_slopes(gradient, net.params)
    for name, step in gradient.items():
        step *= -lr
        step += net.params[name]
    net.params.update(gradient)
    return loss


Step = Callable[[Classifier, NDArray[Any], NDArray[Any], float], float]


def train(
    net: Classifier,
    data: tuple[Samples, Samples],
    *,
    epochs: int,
    batch_size: int,
    lr: float,
    rng: np.random.Generator,
    step: Step = train_step,
    drop_last: bool = False,
    progress: bool = False,
) -> History:
    """Train a network by stochastic gradient descent; the result is what happened.

    `data` is (x_train, t_train), (x_test, t_test), as `load_digits` returns it; targets
    are classes. In each of the `epochs` every training sample is used once, in batches
    of `batch_size` shuffled by `rng` (`drop_last` as in `mini_batches`); after each
    comes a `step` with rate `lr`; one of your own is called as `train_step` is. After
    each epoch the accuracy is measured on both sets; `progress` shows a bar, if there
    is an error stream for it. Ctrl-C ends the training early, with the history so far.

    Raises `FloatingPointError` naming the step at or after which the loss is not
    finite, `ValueError` if `epochs` or `batch_size` is below 1, `lr` is not finite or
    there is no full batch for `drop_last`, `TypeError` if one of the first two is no
    integer or `rng` no generator, and both if data do not fit the network. Chapter 4.

    >>> from scratchnn import TwoLayerNet, load_digits
    >>> net = TwoLayerNet(64, 50, 10, rng=np.random.default_rng(0))
    >>> rng = np.random.default_rng(1)
    >>> train(net, load_digits(), epochs=5, batch_size=20, lr=1.0, rng=rng)
    History of 360 steps: loss 2.3027 to 0.1527, accuracy 0.9422 train, 0.9556 test
    """
    lengths = [len(part) if hasattr(part, "__len__") else part for part in data]
    if lengths != [2, 2]:
        raise ValueError(
            "data must be (x_train, t_train), (x_test, t_test); "
            f"got parts of lengths {lengths}"
        )
    samples, test, lr = fit_to(net, data[0]), fit_to(net, data[1]), one_number(lr, "lr")
    epochs, batch_size = integer(epochs, "epochs"), integer(batch_size, "batch_size")
    smallest = batch_size if drop_last else 1
    if epochs < 1 or len(samples[0]) < smallest or not math.isfinite(lr):
        raise ValueError(
            "train needs epochs, samples for a batch and a finite lr; got "
            f"{epochs}, {len(samples[0])} with batch_size={batch_size}, and {lr}"
        )
    shown = progress and sys.stderr
    history, bar = History(), tqdm(range(epochs), unit="epoch", disable=not shown)
    try:
        for _ in bar:
            for x, t in mini_batches(*samples, batch_size, rng, drop_last):
                history.add(step(net, x, t, lr))
            with np.errstate(over="ignore", invalid="ignore"):
                history.check(net.loss(x, t))
                accuracies = [accuracy_in_parts(net, *part) for part in (samples, test)]
            history.train_accuracy.append(accuracies[0])
            history.test_accuracy.append(accuracies[1])
            bar.set_postfix(loss=history.loss[-1], accuracy=accuracies[1])
    except KeyboardInterrupt:
        history.interrupted = True
    return history
