"""The forward pass against sums written out in plain Python."""

import math
import re
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from scratchnn import (
    TwoLayerNet,
    affine,
    forward,
    init_network,
    layer_names,
    load_digits,
    predict,
    trained_network,
)
from scratchnn.data import Samples

quick = settings(max_examples=30, deadline=None, derandomize=True)
sizes = st.integers(1, 4)


def random_network(
    layers: tuple[int, ...], seed: int, dtype: Any = np.float64
) -> dict[str, NDArray[Any]]:
    """Weights and biases for layers of the given sizes."""
    rng = np.random.default_rng(seed)
    network = {}
    for n, (inputs, outputs) in enumerate(pairwise(layers), 1):
        network[f"W{n}"] = rng.normal(size=(inputs, outputs)).astype(dtype)
        network[f"b{n}"] = rng.normal(size=outputs).astype(dtype)
    return network


def forward_in_plain_python(network: dict[str, Any], x: list[float]) -> list[float]:
    """Neuron by neuron, one number at a time."""
    z = x
    for n in (1, 2, 3):
        W, b = network[f"W{n}"].tolist(), network[f"b{n}"].tolist()
        a = [
            math.fsum([z[i] * W[i][j] for i in range(len(z))] + [b[j]])
            for j in range(len(b))
        ]
        z = a if n == 3 else [1 / (1 + math.exp(-v)) for v in a]
    return z


def test_value_of_the_curriculum() -> None:
    """What chapter 3 prints."""
    y = forward(init_network(), np.array([1.0, 0.5]))
    assert y.round(8).tolist() == [0.31682708, 0.69627909]


def test_init_network_makes_new_arrays_each_time() -> None:
    """Changing one network must not change the next."""
    network = init_network()
    for values in network.values():
        assert values.dtype == np.float64
        values[...] = 0
    assert all(values.any() for values in init_network().values())


@quick
@given(st.tuples(sizes, sizes, sizes, sizes), st.integers(0, 5), st.integers(0, 99))
def test_agrees_with_plain_python(
    layers: tuple[int, ...], samples: int, seed: int
) -> None:
    """Any layer sizes, any batch, and each sample alone; the empty batch too."""
    network = random_network(layers, seed)
    x = np.random.default_rng(seed + 1).normal(size=(samples, layers[0]))
    y = forward(network, x)
    assert y.shape == (samples, layers[-1])
    for row, result in zip(x, y, strict=True):
        wanted = forward_in_plain_python(network, row.tolist())
        np.testing.assert_allclose(result, wanted, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(forward(network, row), result, atol=1e-12)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_float_type_is_kept(dtype: Any) -> None:
    """If weights and inputs share it."""
    network = random_network((2, 3, 2, 2), seed=0, dtype=dtype)
    assert forward(network, np.ones((4, 2), dtype=dtype)).dtype == dtype


def test_lists_and_integers_are_numbers_too() -> None:
    """Lists of lists for weights, integers and booleans for inputs."""
    lists = {name: values.tolist() for name, values in init_network().items()}
    wanted = forward(init_network(), [1.0, 0.0])
    for x in ([1, 0], [True, False], np.array([1, 0], dtype=np.uint8)):
        np.testing.assert_array_equal(forward(lists, x), wanted)


def test_infinite_inputs_saturate_the_hidden_layer() -> None:
    """The sigmoid turns infinity into 1, so the output is a number."""
    with np.errstate(invalid="ignore"):  # some processors pad a product: 0 * infinity
        huge, endless = forward(init_network(), [[1e308, 1e308], [np.inf, np.inf]])
    np.testing.assert_array_equal(huge, endless)
    assert np.isfinite(huge).all()


def test_nan_stays_nan() -> None:
    """And only in its own row."""
    y = forward(init_network(), [[1.0, 0.5], [np.nan, 0.5]])
    assert np.isfinite(y[0]).all()
    assert np.isnan(y[1]).all()


def test_arguments_are_left_alone() -> None:
    """Read-only arrays would complain if they were written to."""
    network, x = init_network(), np.array([[1.0, 9.0, 0.5]])[:, ::2]
    for values in (*network.values(), x):
        values.setflags(write=False)
    y = forward(network, x)
    assert y.round(8).tolist() == [[0.31682708, 0.69627909]]
    y[...] = 0


@pytest.mark.parametrize("shape", [(3,), (4, 3), (), (0,), (2, 0), (5, 2, 1)])
def test_inputs_that_do_not_fit_are_named_with_the_weights(
    shape: tuple[int, ...],
) -> None:
    """Both shapes stand in the message."""
    with pytest.raises(ValueError, match="got shapes") as error:
        forward(init_network(), np.ones(shape))
    assert f"{shape}, (2, 3)" in str(error.value)


@pytest.mark.parametrize(
    ("x", "W", "b"),
    [
        ((2,), (2, 3), (2,)),
        ((2,), (2, 3), (1,)),  # NumPy alone would stretch it over all neurons
        ((2,), (2, 3), ()),
        ((4, 2), (2, 3), (4, 3)),
        ((2,), (2,), ()),
        ((), (2,), ()),
        ((2,), (1, 2, 3), (3,)),
        ((3,), (2, 3), (3,)),
    ],
)
def test_affine_refuses_every_misfit(
    x: tuple[int, ...], W: tuple[int, ...], b: tuple[int, ...]
) -> None:
    """Biases too: a bias that NumPy would broadcast is a mistake."""
    with pytest.raises(ValueError, match="got shapes"):
        affine(np.ones(x), np.ones(W), np.ones(b))


@pytest.mark.parametrize("x", [["a", "b"], [1j, 0], [None, None]])
def test_what_is_no_number_is_refused(x: Any) -> None:
    """One sentence that names the type."""
    with pytest.raises(TypeError, match="expected real numbers"):
        forward(init_network(), x)


def test_a_network_with_methods_of_its_own_is_no_dictionary() -> None:
    """Its `predict` is another."""
    net = TwoLayerNet(2, 3, 2, rng=np.random.default_rng(0))
    with pytest.raises(TypeError, match="dictionary of arrays; got a TwoLayerNet"):
        predict(net, [1.0, 0.5])  # type: ignore[arg-type]


@pytest.mark.parametrize("function", [forward, predict])
def test_arguments_in_the_wrong_order_are_told(function: Any) -> None:
    """A list of numbers is no network."""
    with pytest.raises(TypeError, match=r"dictionary of arrays; got a list$"):
        function([1.0, 0.5], init_network())


@pytest.mark.parametrize("names", [["W1", 1], [1, "b1"], [None, "W1", "b1", 2]])
def test_names_that_are_no_text_are_named(names: list[Any]) -> None:
    """Though they have no order among the others."""
    message = f"a network holds W1, b1, W2, b2 and so on; got {names}"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        layer_names(dict.fromkeys(names, 0))


@pytest.mark.parametrize(
    "names", [["W1"], ["W1", "b1", "W2", "b2", "W3"], [], [1, "a"]]
)
def test_a_network_of_other_names_is_refused(names: list[Any]) -> None:
    """As `predict` refuses it; it was a bare KeyError."""
    message = f"forward takes W1, b1, W2, b2, W3 and b3; got {names}"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        forward({name: [1.0] for name in names}, [1.0, 0.5])
    with pytest.raises(ValueError, match=r"got .*'b4'"):
        forward(init_network() | {"b4": np.zeros(1)}, [1.0, 0.5])


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_weights_from_elsewhere(dtype: Any) -> None:
    """In any order and float type, read-only, as lists: the same probabilities."""
    network = random_network((784, 50, 100, 10), seed=0, dtype=dtype)
    x = np.random.default_rng(1).random((3, 784)).astype(np.float32)
    y = predict(network, x)
    assert y.dtype == np.result_type(dtype, np.float32)
    np.testing.assert_allclose(y.sum(axis=1), 1, rtol=1e-6)
    for values in network.values():
        values.setflags(write=False)
    backwards = {name: network[name] for name in reversed(network)}
    np.testing.assert_array_equal(predict(backwards, x), y)
    lists = {name: values.tolist() for name, values in network.items()}
    np.testing.assert_allclose(predict(lists, x), y, rtol=1e-2)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda net: net.pop("b2"), ValueError, "W1, b1, W2, b2 and so on"),
        (lambda net: net.update(gamma=0), ValueError, "got .*gamma"),
        (lambda net: net.update(W1=net["W1"].T), ValueError, r"got .*\(50, 784\)"),
        (lambda net: net.update(W2=net["W2"].T), ValueError, r"got .*\(100, 50\)"),
        (lambda net: net.update(b3=[[0.0] * 10]), ValueError, r"got .*\(1, 10\)"),
        (lambda net: net.update(W3="sigmoid"), TypeError, "expected real numbers"),
        (lambda net: net.update(b1=None), TypeError, "expected real numbers"),
    ],
)
def test_weights_that_do_not_fit(change: Any, error: Any, message: str) -> None:
    """One sentence says what was expected, and what was given."""
    network: dict[str, Any] = random_network((784, 50, 100, 10), seed=0)
    change(network)
    with pytest.raises(error, match=message) as caught:
        predict(network, np.zeros((2, 784)))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("shape", [(28, 28), (5, 1, 28, 28), (64,), (784, 1), ()])
def test_pictures_that_are_no_rows_of_pixels(shape: tuple[int, ...]) -> None:
    """Their shape is named beside that of the weights."""
    network = random_network((784, 50, 100, 10), seed=0)
    with pytest.raises(ValueError, match="got shapes") as caught:
        predict(network, np.zeros(shape))
    assert f"{shape}, (784, 50)" in str(caught.value)


@pytest.mark.parametrize(("data", "pixels"), [("digits", 64), ("mnist", 784)])
def test_trained_networks_are_of_the_shape_they_say(data: str, pixels: int) -> None:
    """Two hidden layers, float32, and new arrays each time."""
    network = trained_network(data)
    assert {name: values.shape for name, values in network.items()} == {
        "W1": (pixels, 50),
        "b1": (50,),
        "W2": (50, 100),
        "b2": (100,),
        "W3": (100, 10),
        "b3": (10,),
    }
    for values in network.values():
        assert values.dtype == np.float32
        values[...] = 0
    assert all(values.any() for values in trained_network(data).values())


def share_read_right(data: str, samples: Samples) -> float:
    """The accuracy of a trained network on these pictures."""
    x, t = samples
    return float(np.mean(predict(trained_network(data), x).argmax(axis=1) == t))


def test_the_network_for_digits_reads_digits() -> None:
    """The test pictures, which it has never seen."""
    assert share_read_right("digits", load_digits()[1]) >= 0.96


def test_the_network_for_mnist_reads_mnist(mnist: tuple[Samples, Samples]) -> None:
    """Where MNIST is on this machine."""
    assert share_read_right("mnist", mnist[1]) >= 0.97


def test_other_data_have_no_trained_network() -> None:
    """The choice is named; nothing else is opened."""
    with pytest.raises(ValueError, match=r"'digits' or 'mnist'; got '../digits'"):
        trained_network("../digits")
