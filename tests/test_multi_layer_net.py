"""Networks of any depth against autograd and against the network of chapter 4."""

from typing import Any

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from scratchnn import (
    MultiLayerNet,
    Sigmoid,
    TwoLayerNet,
    affine,
    gradient_check,
    init_network,
    layer_names,
    predict,
    softmax,
    target_rows,
)

quick = settings(max_examples=25, deadline=None, derandomize=True)
depths = st.lists(st.integers(1, 5), min_size=2, max_size=5)
activations = st.sampled_from(["relu", "sigmoid"])


def random_net(sizes: list[int], activation: Any, seed: int) -> MultiLayerNet:
    """A network with random biases too, so that each of them matters."""
    rng = np.random.default_rng(seed)
    net = MultiLayerNet(sizes, activation=activation, weight_init_std=1, rng=rng)
    for values in net.params.values():
        values += rng.normal(size=values.shape)
    return net


def random_batch(
    net: MultiLayerNet, samples: int, seed: int
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Inputs and soft targets."""
    rng = np.random.default_rng(seed)
    *_, b = net.params.values()
    x = rng.normal(size=(samples, len(net.params["W1"])))
    return x, softmax(rng.normal(size=(samples, len(b))))


@quick
@given(depths, activations, st.integers(1, 5), st.booleans(), st.integers(0, 99))
def test_gradient_and_loss_equal_another_engine(
    sizes: list[int], activation: str, samples: int, soft: bool, seed: int
) -> None:
    """To ten digits, at any depth, from a single layer on."""
    net = random_net(sizes, activation, seed)
    x, t = random_batch(net, samples, seed + 1)
    t = t if soft else t.argmax(axis=1)
    rows = target_rows(net.predict(x), t)

    def loss_in_autograd(params: Any) -> Any:
        z = x
        for W, b in layer_names(net.params):
            a = z @ params[W] + params[b]
            z = anp.maximum(a, 0) if activation == "relu" else 1 / (1 + anp.exp(-a))
        a = a - anp.max(a, axis=1, keepdims=True)
        log_y = a - anp.log(anp.sum(anp.exp(a), axis=1, keepdims=True))
        return -anp.mean(anp.sum(rows * log_y, axis=1))

    loss, gradient = net.loss_and_gradient(x, t)
    np.testing.assert_allclose(
        loss, loss_in_autograd(net.params), rtol=1e-12, atol=1e-15
    )
    np.testing.assert_allclose(loss, net.loss(x, t), rtol=1e-12, atol=1e-15)
    exact = autograd.grad(loss_in_autograd)(net.params)
    assert list(gradient) == list(net.params)
    for name, values in gradient.items():
        np.testing.assert_allclose(values, exact[name], rtol=1e-10, atol=1e-12)


@quick
@given(st.lists(st.integers(2, 4), min_size=2, max_size=4), st.integers(0, 99))
def test_gradient_equals_the_measured_one(sizes: list[int], seed: int) -> None:
    """To a relative 1e-6 on every parameter (sigmoid has no kinks)."""
    net = random_net(sizes, "sigmoid", seed)
    report = gradient_check(net, *random_batch(net, 3, seed + 1))
    assert report.ok, report


def test_relu_gradient_equals_the_measured_one() -> None:
    """On a batch that keeps away from the kinks."""
    net = random_net([4, 5, 5, 3], "relu", seed=0)
    report = gradient_check(net, *random_batch(net, 4, seed=1))
    assert report.ok, report


def test_two_sigmoid_layers_are_the_network_of_chapter_4() -> None:
    """The formulas and the layers give the same numbers."""
    old = TwoLayerNet(6, 5, 4, weight_init_std=1, rng=np.random.default_rng(0))
    new = random_net([6, 5, 4], "sigmoid", seed=1)
    new.params = old.params
    x, t = random_batch(new, 7, seed=2)
    assert new.loss(x, t) == old.loss(x, t)
    assert new.accuracy(x, t) == old.accuracy(x, t)
    np.testing.assert_array_equal(new.predict(x), old.predict(x))
    gradient = new.gradient(x, t)
    for name, values in old.gradient(x, t).items():
        np.testing.assert_allclose(gradient[name], values, rtol=1e-12, atol=1e-15)


def test_one_sample_is_a_batch_of_one() -> None:
    """A vector and a row."""
    net = random_net([3, 4, 2], "relu", seed=0)
    x, t = random_batch(net, 1, seed=1)
    loss, gradient = net.loss_and_gradient(x[0], t[0])
    wanted_loss, wanted = net.loss_and_gradient(x, t)
    np.testing.assert_allclose(loss, wanted_loss)
    for name, values in gradient.items():
        np.testing.assert_allclose(values, wanted[name])


def test_parameters_may_be_replaced() -> None:
    """The defect of networks whose layers keep the arrays they were made with."""
    net, other = (random_net([3, 4, 2], "relu", seed=seed) for seed in (0, 9))
    x, t = random_batch(net, 5, seed=1)
    net.loss_and_gradient(x, t)
    for name, values in other.params.items():
        net.params[name] = values.copy()
    assert net.loss(x, t) == other.loss(x, t)
    gradient = net.gradient(x, t)
    for name, values in other.gradient(x, t).items():
        np.testing.assert_array_equal(gradient[name], values)


@pytest.mark.parametrize("kind", [np.int64, np.uint8, list])
@pytest.mark.parametrize("deep", [False, True])
def test_whole_weights_do_not_round_the_inputs(kind: Any, deep: bool) -> None:
    """Nor do lists fail: loss and gradient are those of the same weights as floats."""
    rng, x, t = np.random.default_rng(0), [[0.25, 0.75], [1.5, -0.5]], [0, 1]
    net = MultiLayerNet([2, 3, 2], rng=rng) if deep else TwoLayerNet(2, 3, 2, rng=rng)
    whole = {name: rng.integers(3, size=b.shape) for name, b in net.params.items()}
    net.params = {name: values.astype(float) for name, values in whole.items()}
    loss, gradient = net.loss_and_gradient(x, t)
    for name, values in whole.items():
        net.params[name] = values.tolist() if kind is list else values.astype(kind)
    assert net.loss_and_gradient(x, t)[0] == loss
    for name, slopes in net.gradient(x, t).items():
        np.testing.assert_array_equal(slopes, gradient[name])


def test_parameters_in_another_order_keep_their_names() -> None:
    """As a file of somebody else's may have them."""
    net = random_net([3, 3, 3], "relu", seed=0)
    x, t = random_batch(net, 5, seed=1)
    wanted = net.gradient(x, t)
    net.params = dict(sorted(net.params.items(), reverse=True))
    for name, values in net.gradient(x, t).items():
        np.testing.assert_array_equal(values, wanted[name])


def test_methods_leave_arguments_and_parameters_alone() -> None:
    """Read-only arrays would complain."""
    net = random_net([3, 4, 2], "relu", seed=0)
    x, t = random_batch(net, 5, seed=1)
    for values in (x, t, *net.params.values()):
        values.setflags(write=False)
    net.loss_and_gradient(x, t)
    net.accuracy(x, t)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("activation", ["relu", "sigmoid"])
def test_float_type_is_kept(dtype: Any, activation: Any) -> None:
    """Through the scores to the gradients."""
    rng = np.random.default_rng(0)
    net = MultiLayerNet([3, 4, 4, 2], activation=activation, rng=rng, dtype=dtype)
    x, t = np.ones((5, 3), dtype=dtype), np.full((5, 2), 0.5)
    assert net.predict(x).dtype == dtype
    assert all(values.dtype == dtype for values in net.gradient(x, t).values())


@pytest.mark.parametrize(
    ("activation", "std", "wanted"),
    [("relu", None, 0.1), ("sigmoid", None, 0.005**0.5), ("relu", 0.01, 0.01)],
)
def test_weights_begin_with_the_deviation_that_fits(
    activation: Any, std: float | None, wanted: float
) -> None:
    """√(2 / D) for ReLU, √(1 / D) for sigmoid, or what was asked for; biases 0."""
    rng = np.random.default_rng(0)
    net = MultiLayerNet(
        [200, 300, 2], activation=activation, weight_init_std=std, rng=rng
    )
    assert abs(net.params["W1"].std() / wanted - 1) < 0.02
    assert not net.params["b1"].any()


@pytest.mark.parametrize("sizes", [[], [3], [3, 0, 2], [0, 2], [3, -1]])
def test_sizes_that_make_no_network_are_refused(sizes: list[int]) -> None:
    """They stand in the message."""
    with pytest.raises(
        ValueError, match="two or more sizes, each at least 1,"
    ) as error:
        MultiLayerNet(sizes, rng=np.random.default_rng(0))
    assert str(sizes) in str(error.value)


def test_unknown_activations_and_types_are_refused() -> None:
    """By name."""
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match=r"'relu', 'sigmoid'.*got .* 'tanh'"):
        MultiLayerNet([2, 2], activation="tanh", rng=rng)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="int64"):
        MultiLayerNet([2, 2], rng=rng, dtype=np.int64)


@pytest.mark.parametrize("method", ["loss", "accuracy", "gradient"])
def test_what_does_not_fit_is_named(method: str) -> None:
    """Inputs and targets."""
    net = random_net([3, 4, 2], "relu", seed=0)
    with pytest.raises(ValueError, match=r"\(5, 4\), \(3, 4\)"):
        getattr(net, method)(np.ones((5, 4)), np.zeros(5, int))
    with pytest.raises(ValueError, match=r"\(5, 2\).*\(6,\)"):
        getattr(net, method)(np.ones((5, 3)), np.zeros(6, int))


@quick
@given(depths, st.integers(0, 99))
def test_predict_agrees_for_dicts_of_any_depth(sizes: list[int], seed: int) -> None:
    """The function of chapter 3 and the network of chapter 5; also one sample."""
    net = random_net(sizes, "sigmoid", seed)
    x, _ = random_batch(net, 3, seed + 1)
    y = predict(net.params, x)
    np.testing.assert_allclose(y, net.predict(x), rtol=1e-12)
    np.testing.assert_allclose(y.sum(axis=1), 1)
    np.testing.assert_allclose(predict(net.params, x[0]), y[0], rtol=1e-12)


def test_predict_of_one_layer_is_softmax_of_its_sums() -> None:
    """No hidden layer, no sigmoid."""
    network: dict[str, Any] = {"W1": [[1.0, 2.0]], "b1": [0.0, 1.0]}
    wanted = softmax(affine([3.0], network["W1"], network["b1"]))
    np.testing.assert_array_equal(predict(network, [3.0]), wanted)


def test_layers_are_counted_beyond_nine() -> None:
    """W10 comes after W9, not after W1."""
    names = {f"{letter}{n}": 0 for letter in "bW" for n in range(1, 13)}
    assert layer_names(names) == [(f"W{n}", f"b{n}") for n in range(1, 13)]


@pytest.mark.parametrize("names", [[], ["W1"], ["W1", "b2"], ["W1", "b1", "W3", "b3"]])
def test_layers_that_are_missing_are_noticed(names: list[str]) -> None:
    """Half a network must not answer."""
    with pytest.raises(ValueError, match="W1, b1, W2, b2 and so on"):
        predict(dict.fromkeys(names, 1.0), [1.0])


def test_predict_leaves_its_network_alone() -> None:
    """Read-only arrays would complain."""
    network = init_network()
    for values in network.values():
        values.setflags(write=False)
    assert predict(network, np.ones((4, 2))).shape == (4, 2)


@pytest.mark.parametrize("sizes", [[4, 4, 2], [4, 3, 2]])
def test_a_layer_may_stand_before_the_first_sums(sizes: list[int]) -> None:
    """It was walked through backwards with slopes that had not reached it yet."""

    class Squashed(MultiLayerNet):
        def layers(self) -> list[Any]:
            return [Sigmoid(), *super().layers()]

    rng = np.random.default_rng(0)
    net = Squashed(sizes, activation="sigmoid", rng=rng)
    assert gradient_check(net, rng.normal(size=(5, 4)), [0, 1, 0, 1, 1]).ok


@pytest.mark.parametrize("method", ["loss", "gradient"])
def test_parameters_of_other_names_are_named(method: str) -> None:
    """The gradient fell over them with a KeyError."""
    net = random_net([2, 2], "relu", seed=0)
    net.params = {"w1": net.params["W1"], "b1": net.params["b1"]}
    with pytest.raises(ValueError, match="a network holds W1"):
        getattr(net, method)([[0.0, 0.0]], [0])


@pytest.mark.parametrize("deep", [False, True])
def test_the_loss_is_that_of_the_training_whatever_the_inputs(deep: bool) -> None:
    """A network of float32 saw more of an input of float64 than it had learnt from."""
    net: Any = random_net([1, 2], "relu", seed=0)
    if not deep:
        net = TwoLayerNet(1, 2, 2, rng=np.random.default_rng(0))
    net.params = {name: values.astype("f4") for name, values in net.params.items()}
    net.params["W1"][:], net.params["b1"][:] = [[1, -1]], [-(2**24), 2**24]
    x = [[2.0**24 + 1]]
    assert net.loss(x, [0]) == pytest.approx(net.loss_and_gradient(x, [0])[0])
    assert net.predict(x).dtype == np.float32
