"""The forward pass against sums written out in plain Python."""

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from scratchnn import affine, forward, init_network

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


def test_a_missing_layer_is_named() -> None:
    """The key that is not there."""
    network = init_network()
    del network["W2"]
    with pytest.raises(KeyError, match="W2"):
        forward(network, [1.0, 0.5])
