"""The layers against autograd, and what they must not do."""

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
    Add,
    Affine,
    Mul,
    Relu,
    Sigmoid,
    SoftmaxWithLoss,
    relu,
    sigmoid,
    softmax,
    softmax_cross_entropy,
)

quick = settings(max_examples=25, deadline=None, derandomize=True)
sizes = st.integers(1, 4)
shapes = st.lists(sizes, max_size=3).map(tuple)


def normal(*shape: int, seed: int = 0) -> NDArray[Any]:
    """Random numbers of the given shape."""
    return np.random.default_rng(seed).normal(size=shape)


def test_apples_and_oranges() -> None:
    """What chapter 5 prints: 220 and 715, and all the derivatives."""
    fruit, taxed = Mul(), Mul()
    price = taxed.forward(fruit.forward(100, 2), 1.1)
    dsum, dtax = taxed.backward(1)
    np.testing.assert_allclose(
        [price, dtax, *fruit.backward(dsum)], [220, 200, 2.2, 110]
    )
    apples, oranges, both, taxed = Mul(), Mul(), Add(), Mul()
    total = both.forward(apples.forward(100, 2), oranges.forward(150, 3))
    price = taxed.forward(total, 1.1)
    dtotal, dtax = taxed.backward(1)
    dapples, doranges = both.backward(dtotal)
    got = [price, dtax, *apples.backward(dapples), *oranges.backward(doranges)]
    np.testing.assert_allclose(got, [715, 650, 2.2, 110, 3.3, 165])


@quick
@given(shapes, st.integers(0, 99))
def test_elementwise_layers_equal_another_engine(
    shape: tuple[int, ...], seed: int
) -> None:
    """Numbers, vectors, batches and beyond."""
    x, y, dout = (normal(*shape, seed=seed + n) for n in range(3))
    pairs: list[tuple[Any, Any, Any]] = [
        (Mul(), lambda x, y: x * y, (x, y)),
        (Add(), lambda x, y: x + y, (x, y)),
        (Relu(), lambda x: anp.maximum(x, 0), (x,)),
        (Sigmoid(), lambda x: 1 / (1 + anp.exp(-x)), (x,)),
    ]
    for layer, function, inputs in pairs:
        np.testing.assert_allclose(
            layer.forward(*inputs), function(*inputs), rtol=1e-12
        )
        got = layer.backward(dout)
        got = got if isinstance(got, tuple) else (got,)
        for n, slope in enumerate(got):
            wanted = autograd.elementwise_grad(function, n)(*inputs) * dout
            assert np.shape(slope) == shape
            np.testing.assert_allclose(slope, wanted, rtol=1e-10, atol=1e-12)


@quick
@given(st.lists(sizes, max_size=2).map(tuple), sizes, sizes, st.integers(0, 99))
def test_affine_equals_another_engine(
    batch: tuple[int, ...], inputs: int, neurons: int, seed: int
) -> None:
    """One sample, a batch, a batch of sequences."""
    x, W = normal(*batch, inputs, seed=seed), normal(inputs, neurons, seed=seed + 1)
    b, dout = normal(neurons, seed=seed + 2), normal(*batch, neurons, seed=seed + 3)

    def through(x: Any, W: Any, b: Any) -> Any:
        return anp.sum((anp.dot(x, W) + b) * dout)

    layer = Affine(W, b)
    np.testing.assert_allclose(layer.forward(x), x @ W + b, rtol=1e-12)
    for n, slope in enumerate((layer.backward(dout), layer.dW, layer.db)):
        wanted = autograd.grad(through, n)(x, W, b)
        assert slope.shape == wanted.shape
        np.testing.assert_allclose(slope, wanted, rtol=1e-10, atol=1e-12)


@quick
@given(sizes, sizes, st.booleans(), st.integers(0, 99))
def test_softmax_with_loss_equals_the_loss_of_chapter_4_and_another_engine(
    samples: int, classes: int, soft: bool, seed: int
) -> None:
    """For labels and soft targets, a batch and one sample of it."""
    a = 10 * normal(samples, classes, seed=seed)
    rng = np.random.default_rng(seed)
    rows = softmax(normal(samples, classes, seed=seed + 1))
    labels = rng.integers(0, classes, size=samples)
    t: Any = rows if soft else labels
    rows = rows if soft else np.eye(classes)[labels]

    def loss(a: Any) -> Any:
        a = a - anp.max(a, axis=1, keepdims=True)
        log_y = a - anp.log(anp.sum(anp.exp(a), axis=1, keepdims=True))
        return -anp.mean(anp.sum(rows * log_y, axis=1))

    layer = SoftmaxWithLoss()
    got = layer.forward(a, t)
    assert type(got) is float
    np.testing.assert_allclose(got, softmax_cross_entropy(a, t), rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(layer.y, softmax(a), rtol=1e-12)
    wanted = 3 * autograd.grad(loss)(a)
    np.testing.assert_allclose(layer.backward(3.0), wanted, rtol=1e-10, atol=1e-12)
    assert layer.forward(a[0], t[0]) == softmax_cross_entropy(a[0], t[0])
    np.testing.assert_allclose(layer.backward(), samples / 3 * wanted[0], atol=1e-12)


@pytest.mark.parametrize(
    "a",
    [
        [[1000.0, 0.0, -1000.0]],
        [[-np.inf, 0.0, 1.0]],
        [[np.inf, 0.0, 1.0]],
        [[np.nan, 0.0, 1.0], [1.0, 2.0, 3.0]],
        [[1e308, -1e308, 0.0]],
    ],
)
def test_softmax_with_loss_at_the_ends_of_the_floats(a: Any) -> None:
    """The same number as the loss of chapter 4, and no warning."""
    t = np.ones(len(a), dtype=int)
    got = SoftmaxWithLoss().forward(a, t)
    np.testing.assert_allclose(got, softmax_cross_entropy(a, t))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_float_type_is_kept(dtype: Any) -> None:
    """Forward and back."""
    x = normal(4, 3).astype(dtype)
    affine = Affine(normal(3, 2).astype(dtype), np.zeros(2, dtype))
    for layer in (Relu(), Sigmoid(), affine):
        out = layer.forward(x)
        assert out.dtype == layer.backward(out).dtype == dtype
    assert affine.dW.dtype == affine.db.dtype == dtype
    last = SoftmaxWithLoss()
    last.forward(x, np.zeros(4, int))
    assert last.backward().dtype == dtype


def layers_and_inputs() -> list[tuple[Any, tuple[Any, ...], Any]]:
    """Each layer, inputs that fit, and a `dout` that fits."""
    x, y = normal(4, 3), normal(4, 3, seed=1)
    return [
        (Mul(), (x, y), normal(4, 3)),
        (Add(), (x, y), normal(4, 3)),
        (Relu(), (x,), normal(4, 3)),
        (Sigmoid(), (x,), normal(4, 3)),
        (Affine(normal(3, 2), np.zeros(2)), (x,), normal(4, 2)),
        (SoftmaxWithLoss(), (x, softmax(y)), np.float64(1)),
    ]


@pytest.mark.parametrize("case", range(6))
def test_arguments_are_left_alone(case: int) -> None:
    """The trap of chapter 5: a backward that overwrites its caller's gradient."""
    layer, inputs, dout = layers_and_inputs()[case]
    for values in (*inputs, np.asarray(dout)):
        values.setflags(write=False)
    before = np.copy(dout)
    layer.forward(*inputs)
    first, second = layer.backward(dout), layer.backward(dout)
    np.testing.assert_array_equal(dout, before)
    np.testing.assert_array_equal(first, second)
    results = first if isinstance(first, tuple) else (first,)
    assert not any(np.shares_memory(values, dout) for values in results)


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("case", range(6))
def test_the_way_back_fits_the_way_forward_whatever_happens_outside(
    case: int, order: Any
) -> None:
    """Neither inputs nor outputs are shared: both may be overwritten in between."""
    layer, inputs, dout = layers_and_inputs()[case]
    inputs = tuple(np.asarray(values, order=order) for values in inputs)
    layer.forward(*(values.copy(order) for values in inputs))
    wanted = [layer.backward(dout), getattr(layer, "dW", None)]
    output = layer.forward(*inputs)
    for values in (*inputs, np.asarray(output)):
        values[...] = 7
    got = [layer.backward(dout), getattr(layer, "dW", None)]
    for slope, before in zip(got, wanted, strict=True):
        np.testing.assert_array_equal(slope, before)


def test_a_copy_can_be_spared() -> None:
    """The same numbers, and the input itself is remembered: no array of its size."""
    x, W, b, dout = normal(4, 3), normal(3, 2), normal(2), normal(4, 2)
    sparing, careful = Affine(W, b, copy=False), Affine(W, b)
    for layer in (sparing, careful):
        layer.forward(x)
        layer.backward(dout)
    np.testing.assert_array_equal(sparing.dW, careful.dW)
    assert np.shares_memory(sparing.x, x)
    assert not np.shares_memory(careful.x, x)


def test_a_forward_that_fails_leaves_the_one_before_in_place() -> None:
    """Half of one and half of the other would be a wrong number."""
    layer, (x,), dout = layers_and_inputs()[4]
    layer.forward(x)
    with pytest.raises(ValueError, match="got shapes"):
        layer.forward(x[:, :2])
    layer.backward(dout)
    np.testing.assert_array_equal(layer.dW, x.T @ dout)


def test_affine_goes_back_through_an_empty_batch() -> None:
    """No sample, no slope."""
    layer = Affine(np.ones((3, 2)), np.ones(2))
    assert layer.forward(np.ones((0, 3))).shape == (0, 2)
    assert layer.backward(np.ones((0, 2))).shape == (0, 3)
    assert layer.dW.tolist() == [[0.0, 0.0]] * 3


def test_small_integers_do_not_overflow() -> None:
    """Eight bits have no room for 200 times 2; booleans are the numbers 0 and 1."""
    assert Mul().forward(np.uint8(200), np.uint8(2)) == 400
    assert Add().forward(True, True) == 2


@pytest.mark.parametrize("case", range(6))
def test_backward_needs_forward_and_its_shape(case: int) -> None:
    """Two mistakes, two sentences."""
    layer, inputs, dout = layers_and_inputs()[case]
    with pytest.raises(RuntimeError, match="needs forward before backward"):
        layer.backward(dout)
    layer.forward(*inputs)
    with pytest.raises(ValueError, match=r"got \(7, 3\)"):
        layer.backward(np.ones((7, 3)))


@pytest.mark.parametrize("layer", [Mul(), Add()])
@pytest.mark.parametrize(("x", "y"), [([1.0, 2.0], 3.0), ([[1.0, 2.0]], [1.0, 2.0])])
def test_two_sides_need_one_shape(layer: Any, x: Any, y: Any) -> None:
    """NumPy would stretch one, and its derivative would have the wrong shape."""
    with pytest.raises(ValueError, match="both sides need one shape"):
        layer.forward(x, y)


def test_affine_names_shapes_that_do_not_fit() -> None:
    """As the function of chapter 3 does."""
    with pytest.raises(ValueError, match=r"\(4, 2\), \(3, 2\) and \(2,\)"):
        Affine(np.ones((3, 2)), np.ones(2)).forward(np.ones((4, 2)))


def test_affine_takes_new_parameters() -> None:
    """The layer uses what it holds, not what it was made with."""
    layer = Affine(np.ones((3, 2)), np.ones(2))
    layer.W, layer.b = np.zeros((3, 4)), [1.0, 2.0, 3.0, 4.0]
    assert layer.forward(np.ones(3)).tolist() == [1.0, 2.0, 3.0, 4.0]
    assert layer.backward(np.ones(4)).tolist() == [0.0, 0.0, 0.0]
    assert layer.dW.shape == (3, 4)


@pytest.mark.parametrize("shape", [(4, 2), (3, 4), (2, 3), (2,), ()])
def test_affine_goes_back_through_weights_of_the_shape_it_came_by(
    shape: tuple[int, ...],
) -> None:
    """A derivative of another shape than `x` would be passed on without a word."""
    layer = Affine(np.ones((3, 2)), np.ones(2))
    for x in (np.ones(3), np.ones((5, 3)), np.ones((2, 5, 3))):
        layer.W = np.ones((3, 2))
        out = layer.forward(x)
        layer.W = np.ones(shape)
        message = re.escape(f"W had shape (3, 2) in forward; got {shape}")
        with pytest.raises(ValueError, match=f"^{message}$"):
            layer.backward(out)
        layer.W = np.zeros((3, 2))
        np.testing.assert_array_equal(layer.backward(out), np.zeros(x.shape))


def test_affine_makes_new_gradients_each_time() -> None:
    """So that they can be kept."""
    layer = Affine(np.ones((3, 2)), np.ones(2))
    layer.forward(np.ones((4, 3)))
    layer.backward(np.ones((4, 2)))
    first = layer.dW
    layer.backward(np.zeros((4, 2)))
    assert first.tolist() == [[4.0, 4.0]] * 3


def test_activations_are_those_of_chapter_3() -> None:
    """The very functions."""
    x = normal(50)
    np.testing.assert_array_equal(Relu().forward(x), relu(x))
    np.testing.assert_array_equal(Sigmoid().forward(x), sigmoid(x))


@pytest.mark.parametrize("layer", [Relu(), Sigmoid(), Affine([[1.0]], [0.0])])
def test_what_is_no_number_is_refused(layer: Any) -> None:
    """Text is not data."""
    with pytest.raises(TypeError, match="expected real numbers"):
        layer.forward(["a"])


def test_the_way_back_counts_in_floats() -> None:
    """Small integers would wrap around, and booleans stay below two."""
    layer = Affine(W=np.array([[200]], np.uint8), b=[0])
    layer.forward([1.0])
    assert layer.backward(np.array([2], np.uint8)) == [400.0]
    assert layer.dW == [[2.0]]
    assert layer.db.tolist() == [2.0]
    relu = Relu()
    relu.forward([1.0, -1.0])
    assert relu.backward([True, True]).dtype == float
