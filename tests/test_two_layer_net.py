"""The two-layer network against autograd, and its methods against each other."""

import re
from typing import Any

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from scratchnn import (
    Classifier,
    MultiLayerNet,
    TwoLayerNet,
    gradient_check,
    predict,
    random_weights,
    softmax,
    target_rows,
    trained_network,
)

quick = settings(max_examples=25, deadline=None, derandomize=True)
sizes = st.integers(1, 5)
classes_from_two = st.tuples(sizes, sizes, st.integers(2, 5))


def random_net(layers: tuple[int, int, int], seed: int) -> TwoLayerNet:
    """A network with weights so large that no neuron is near its straight part."""
    rng = np.random.default_rng(seed)
    net = TwoLayerNet(*layers, weight_init_std=1, rng=rng)
    for values in net.params.values():
        values += rng.normal(size=values.shape)
    return net


def random_batch(
    net: TwoLayerNet, samples: int, soft: bool, seed: int
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Inputs, and labels or soft targets."""
    rng = np.random.default_rng(seed)
    inputs, classes = len(net.params["W1"]), len(net.params["b2"])
    x = rng.normal(size=(samples, inputs))
    if soft:
        return x, softmax(rng.normal(size=(samples, classes)))
    return x, rng.integers(0, classes, size=samples)


def loss_in_autograd(params: Any, x: Any, rows: Any) -> Any:
    """The loss, written for another engine."""
    z = 1 / (1 + anp.exp(-(x @ params["W1"] + params["b1"])))
    a = z @ params["W2"] + params["b2"]
    a = a - anp.max(a, axis=1, keepdims=True)
    log_y = a - anp.log(anp.sum(anp.exp(a), axis=1, keepdims=True))
    return -anp.mean(anp.sum(rows * log_y, axis=1))


@quick
@given(st.tuples(sizes, sizes, sizes), sizes, st.booleans(), st.integers(0, 99))
def test_gradient_and_loss_equal_another_engine(
    layers: tuple[int, int, int], samples: int, soft: bool, seed: int
) -> None:
    """To ten digits, for labels and soft targets."""
    net = random_net(layers, seed)
    x, t = random_batch(net, samples, soft, seed + 1)
    rows = target_rows(net.predict(x), t)
    loss, gradient = net.loss_and_gradient(x, t)
    np.testing.assert_allclose(loss, loss_in_autograd(net.params, x, rows), rtol=1e-12)
    wanted = autograd.grad(loss_in_autograd)(net.params, x, rows)
    assert list(gradient) == list(net.params)
    for name, values in gradient.items():
        np.testing.assert_allclose(values, wanted[name], rtol=1e-10, atol=1e-12)


@quick
@given(classes_from_two, sizes, st.booleans(), st.integers(0, 99))
def test_gradient_equals_the_measured_one(
    layers: tuple[int, int, int], samples: int, soft: bool, seed: int
) -> None:
    """To a relative 1e-6 on every parameter."""
    net = random_net(layers, seed)
    report = gradient_check(net, *random_batch(net, samples, soft, seed + 1))
    assert report.ok, report


def test_gradient_of_the_digits_shape_equals_the_measured_one() -> None:
    """Also with the small weights that a training starts from."""
    net = TwoLayerNet(64, 5, 10, rng=np.random.default_rng(0))
    x = np.random.default_rng(1).uniform(size=(6, 64))
    report = gradient_check(net, x, np.arange(6))
    assert report.ok, report


def test_one_sample_is_a_batch_of_one() -> None:
    """All methods take a vector and a label, or a vector and a row."""
    net = random_net((3, 4, 2), seed=0)
    x, t = random_batch(net, 1, True, seed=1)
    for one, many in ((t[0], t), (1, [1])):
        np.testing.assert_allclose(net.loss(x[0], one), net.loss(x, many))
        assert net.accuracy(x[0], one) == net.accuracy(x, many)
        gradient = net.gradient(x[0], one)
        for name, values in net.gradient(x, many).items():
            np.testing.assert_allclose(gradient[name], values)
    np.testing.assert_allclose(net.predict(x[0]), net.predict(x)[0])


def test_parameters_are_what_the_book_says() -> None:
    """Names, order, shapes, zero biases, a deviation asked for, one seed's luck."""
    net = TwoLayerNet(200, 100, 10, rng=np.random.default_rng(0))
    shapes = {name: values.shape for name, values in net.params.items()}
    assert shapes == {"W1": (200, 100), "b1": (100,), "W2": (100, 10), "b2": (10,)}
    assert not net.params["b1"].any()
    assert not net.params["b2"].any()
    assert abs(net.params["W1"].std() - 0.01) < 1e-4
    again = TwoLayerNet(200, 100, 10, rng=np.random.default_rng(0))
    np.testing.assert_array_equal(net.params["W2"], again.params["W2"])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_float_type_is_kept(dtype: Any) -> None:
    """Through the scores to the gradients, whatever type the targets have."""
    net = TwoLayerNet(3, 4, 2, rng=np.random.default_rng(0), dtype=dtype)
    x = np.ones((5, 3), dtype=dtype)
    assert net.predict(x).dtype == dtype
    for t in (np.zeros(5, dtype=int), np.full((5, 2), 0.5)):
        assert all(v.dtype == dtype for v in net.gradient(x, t).values())


def test_the_chapter_3_function_predicts_the_same() -> None:
    """Its networks are these parameters."""
    net = random_net((3, 4, 2), seed=0)
    x, _ = random_batch(net, 5, False, seed=1)
    np.testing.assert_array_equal(predict(net.params, x), net.predict(x))


def test_accuracy_counts() -> None:
    """Labels and one-hot rows give the same share."""
    net = random_net((3, 4, 3), seed=0)
    x, t = random_batch(net, 20, False, seed=1)
    wanted = np.mean(net.predict(x).argmax(axis=1) == t)
    assert net.accuracy(x, t) == net.accuracy(x, np.eye(3)[t]) == wanted


def test_nan_is_nobodys_likeliest_class() -> None:
    """NumPy would take the first NaN for the largest score, so for class 0."""
    net = random_net((3, 4, 3), seed=0)
    x, _ = random_batch(net, 4, False, seed=1)
    t = net.predict(x).argmax(axis=1)
    x[1:] = np.nan
    assert net.accuracy(x, t) == net.accuracy(x, np.eye(3)[t]) == 0.25
    assert net.accuracy(x[1], 0) == 0


def test_batches_of_sequences_are_batches() -> None:
    """More axes in front are more samples, for the gradient as for the loss."""
    net = random_net((2, 2, 2), seed=0)
    x, t = random_batch(net, 4, True, seed=1)
    shape = (2, 2, 2)
    gradient = net.gradient(x.reshape(shape), t.reshape(shape))
    for name, values in net.gradient(x, t).items():
        np.testing.assert_array_equal(gradient[name], values)


def test_loss_is_exact_where_a_probability_rounds_to_zero() -> None:
    """No 1e-7 under the logarithm."""
    net = random_net((1, 1, 2), seed=0)
    net.params["b2"][:] = 2000.0, 0.0
    net.params["W2"][:] = 0.0
    assert net.loss([[0.0]], [1]) == 2000.0
    assert net.gradient([[0.0]], [1])["b2"].tolist() == [1.0, -1.0]


def test_parameters_may_be_replaced() -> None:
    """What counts is what `params` holds at the moment of the call."""
    net, other = random_net((3, 4, 2), seed=0), random_net((3, 4, 2), seed=9)
    x, t = random_batch(net, 5, False, seed=1)
    net.params = {name: values.copy() for name, values in other.params.items()}
    assert net.loss(x, t) == other.loss(x, t)
    np.testing.assert_array_equal(net.gradient(x, t)["W1"], other.gradient(x, t)["W1"])


def test_methods_leave_arguments_and_parameters_alone() -> None:
    """Read-only arrays would complain; the measured gradient puts back every bit."""
    net = random_net((3, 4, 2), seed=0)
    before = {name: values.copy() for name, values in net.params.items()}
    x, t = random_batch(net, 5, True, seed=1)
    x.setflags(write=False)
    t.setflags(write=False)
    for method in (net.loss_and_gradient, net.accuracy, net.numerical_gradient):
        method(x, t)
    for name, values in net.params.items():
        np.testing.assert_array_equal(values, before[name])


def test_lists_are_arrays_too() -> None:
    """Also for the gradient."""
    net = random_net((2, 2, 2), seed=0)
    x, t = [[1, 2], [3, 4]], [0, 1]
    wanted = net.gradient(np.array(x, dtype=float), np.array(t))["W1"]
    np.testing.assert_array_equal(net.gradient(x, t)["W1"], wanted)


@pytest.mark.parametrize(
    "method", ["loss", "accuracy", "gradient", "loss_and_gradient"]
)
@pytest.mark.parametrize(
    ("x", "t", "message"),
    [
        (np.ones((5, 4)), np.zeros(5, int), r"\(5, 4\), \(3, 4\)"),
        (np.ones((5, 3)), np.zeros(4, int), r"\(5, 2\).*\(4,\)"),
        (np.ones((5, 3)), np.ones((5, 3)), r"\(5, 2\).*\(5, 3\)"),
        (np.ones((5, 3)), np.full(5, 2), "between 0 and 1; got 2"),
        (np.ones((0, 3)), np.zeros(0, int), r"\(0, 2\)"),
    ],
)
def test_what_does_not_fit_is_named(method: str, x: Any, t: Any, message: str) -> None:
    """Shapes and labels, in whatever way the network is asked."""
    net = random_net((3, 4, 2), seed=0)
    with pytest.raises(ValueError, match=message):
        getattr(net, method)(x, t)


@pytest.mark.parametrize("method", ["loss", "accuracy", "gradient"])
def test_targets_that_are_no_probabilities_are_refused(method: str) -> None:
    """The formula y - t would be wrong for them, and no class is the right one."""
    net = random_net((3, 4, 2), seed=0)
    with pytest.raises(ValueError, match="sum to 1"):
        getattr(net, method)(np.ones((1, 3)), [[1.0, 1.0]])


def test_networks_that_cannot_be_are_refused() -> None:
    """No neurons, no floats, a negative deviation."""
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match=r"got \(3, 0\)"):
        TwoLayerNet(3, 0, 2, rng=rng)
    with pytest.raises(TypeError, match="floats; got dtype int64"):
        TwoLayerNet(3, 4, 2, rng=rng, dtype=np.int64)
    with pytest.raises(ValueError, match=r"finite deviation; got \(2, 2\), -1\.0"):
        random_weights(rng, (2, 2), -1.0, float)


@pytest.mark.parametrize("std", ["he", None, [0.1]])
def test_a_deviation_is_one_number(std: Any) -> None:
    """A way to choose it has a name elsewhere; here it has to be chosen."""
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="a deviation must be one real number; got"):
        TwoLayerNet(3, 4, 2, weight_init_std=std, rng=rng)


@pytest.mark.parametrize("size", [2.5, 2.0, "2", None])
@pytest.mark.parametrize("at", [0, 1, 2])
def test_sizes_are_integers(size: Any, at: int) -> None:
    """`50 / 2` is a float."""
    sizes: list[Any] = [3, 4, 2]
    sizes[at] = size
    rng = np.random.default_rng(0)
    for make in (TwoLayerNet, lambda *sizes, rng: MultiLayerNet(sizes, rng=rng)):
        with pytest.raises(
            TypeError, match=f"^a size must be an integer; got {size!r}"
        ):
            make(*sizes, rng=rng)


@pytest.mark.parametrize(
    ("std", "dtype"), [(1e300, np.float32), (3e38, np.float32), (1e308, float)]
)
def test_weights_that_the_type_cannot_hold_are_refused(std: float, dtype: Any) -> None:
    """They would be infinite."""
    rng = np.random.default_rng(0)
    with pytest.raises(
        ValueError, match=f"{re.escape(str(std))} is too large for float"
    ):
        random_weights(rng, (50, 50), std, dtype)


@pytest.mark.parametrize("value", [[0.0, 0.0], (0.0, 0.0)])
def test_parameters_that_are_no_arrays_are_not_measured(value: Any) -> None:
    """All their slopes were 0, since only a copy of them moved."""
    net = random_net((3, 4, 2), seed=0)
    net.params["b2"] = value
    message = f"parameters must be arrays; b2 is a {type(value).__name__}"
    with pytest.raises(TypeError, match=f"^{message}$"):
        net.numerical_gradient(np.ones((1, 3)), [1])


def test_a_network_without_scores_says_so() -> None:
    """Not by silence."""
    with pytest.raises(NotImplementedError, match="in its own way"):
        Classifier().predict([[1.0]])


@pytest.mark.parametrize("classes", [100, 1000])
def test_rows_are_judged_as_they_were_given(classes: int) -> None:
    """In half precision the sum of many small numbers strays; they are right before."""
    rows = np.full((2, classes), 1 / classes)
    assert target_rows(np.zeros((2, classes), np.float16), rows).dtype == np.float16


def test_whole_scores_are_no_excuse_to_round_the_targets() -> None:
    """A network whose scores are integers is judged by soft targets as they are."""

    class Whole(Classifier):
        def scores(self, x: Any) -> Any:
            return np.array([[0, 1]])

    assert Whole().accuracy([[0.0]], [[0.2, 0.8]]) == 1.0


@pytest.mark.parametrize("method", ["loss", "accuracy", "gradient"])
def test_weights_of_three_layers_are_not_for_two(method: str) -> None:
    """The first two of them fit, and gave wrong classes."""
    net = random_net((64, 50, 10), seed=0)
    net.params = dict(trained_network("digits"))
    with pytest.raises(ValueError, match=r"two layers take .* got .*'W3', 'b3'"):
        getattr(net, method)(np.zeros((1, 64)), [0])
