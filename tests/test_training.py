"""The training loop: every sample once an epoch, honest histories, clean ends."""

import math
import re
import sys
import time
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from scratchnn import (
    Classifier,
    History,
    MultiLayerNet,
    TwoLayerNet,
    accuracy_in_parts,
    check_slopes,
    direction_check,
    fit_to,
    layers,
    load_digits,
    mini_batches,
    random_weights,
    train,
    train_step,
    train_test_split,
    trained_network,
    two_layer_net,
)
from scratchnn.network import affine
from scratchnn.two_layer_net import Parameters

quick = settings(max_examples=25, deadline=None, derandomize=True)

RNG = np.random.default_rng(7)
X, T = RNG.normal(size=(30, 4)), np.arange(30) % 3
DATA = ((X[:24], T[:24]), (X[24:], T[24:]))
NETWORKS = [
    partial(TwoLayerNet, 50, 20, 10, rng=np.random.default_rng(0)),
    partial(MultiLayerNet, [50, 20, 20, 10], rng=np.random.default_rng(0)),
]


def small_net(**options: Any) -> TwoLayerNet:
    """A network that the data above fit."""
    return TwoLayerNet(4, 5, 3, rng=np.random.default_rng(0), **options)


def quick_train(net: Classifier, **options: Any) -> History:
    """Two epochs of three steps, unless told otherwise."""
    rng = np.random.default_rng(1)
    settings = {"epochs": 2, "batch_size": 8, "lr": 0.5, "rng": rng, **options}
    return train(net, settings.pop("data", DATA), **settings)


@quick
@given(st.integers(1, 40), st.integers(1, 50), st.booleans(), st.integers(0, 99))
def test_an_epoch_takes_every_sample_once(
    samples: int, size: int, drop_last: bool, seed: int
) -> None:
    """Inputs stay with their targets; only the last batch may be smaller or go."""
    x, t = np.arange(2.0 * samples).reshape(samples, 2), np.arange(samples)
    rng = np.random.default_rng(seed)
    batches = list(mini_batches(x, t, size, rng, drop_last=drop_last))
    sizes = [len(x_batch) for x_batch, _ in batches]
    rest = 0 if drop_last else samples % size
    assert sizes == [size] * (samples // size) + [rest] * (rest > 0)
    seen = [label for _, t_batch in batches for label in t_batch.tolist()]
    assert len(set(seen)) == len(seen) == sum(sizes)
    for x_batch, t_batch in batches:
        np.testing.assert_array_equal(x_batch[:, 0], 2 * t_batch)


def test_epochs_are_shuffled_anew_and_seeds_repeat_them() -> None:
    """The order is the generator's, and nobody else's."""
    orders = []
    for seed in (0, 0, 1):
        rng = np.random.default_rng(seed)
        for _ in range(2):
            parts = [t for _, t in mini_batches(X, np.arange(30), 7, rng)]
            orders.append(np.concatenate(parts).tolist())
    assert orders[:2] == orders[2:4]
    assert len({tuple(order) for order in orders}) == 4


@pytest.mark.parametrize(("x", "size"), [(X, 0), (X, -1), (X[:9], 8)])
def test_batches_that_cannot_be_are_refused(x: Any, size: int) -> None:
    """Of no samples, or with targets that belong to others."""
    with pytest.raises(ValueError, match="mini-batches need"):
        next(mini_batches(x, T, size, np.random.default_rng(0)))


@pytest.mark.parametrize("number", [2.5, 2.0, "2", None, [2], np.array([2])])
def test_numbers_of_things_are_integers(number: Any) -> None:
    """Said by name, and not in the words of whatever was going to count with them."""
    rng, net = np.random.default_rng(0), small_net()
    before = dict(net.params)
    calls: dict[str, Any] = {
        "batch_size": lambda: next(mini_batches(X, T, number, rng)),
        "test_size": lambda: train_test_split(X, T, test_size=number, rng=rng),
        "epochs": lambda: quick_train(net, epochs=number),
        "size": lambda: accuracy_in_parts(net, X, T, size=number),
    }
    for name, call in calls.items():
        message = re.escape(f"{name} must be an integer; got {number!r}")
        with pytest.raises(TypeError, match=f"^{message}$"):
            call()
    with pytest.raises(TypeError, match=r"^batch_size must be an integer"):
        quick_train(net, batch_size=number)
    assert all(net.params[name] is before[name] for name in before)


def test_numbers_of_things_may_be_those_of_numpy() -> None:
    """An integer is one whatever its type."""
    history = quick_train(small_net(), epochs=np.int8(2), batch_size=np.uint16(8))
    assert len(history.loss) == 6


@pytest.mark.parametrize(("x", "t"), [(3.0, [0, 1]), ([[1.0], [2.0]], 1), (3.0, 1)])
def test_one_number_is_no_samples(x: Any, t: Any) -> None:
    """Python once said in its own words that it has no length."""
    net, rng = small_net(), np.random.default_rng(0)
    calls: list[Any] = [
        lambda: next(mini_batches(x, t, 1, rng)),
        lambda: train_test_split(x, t, test_size=1, rng=rng),
        lambda: accuracy_in_parts(net, x, t),
        lambda: fit_to(net, (3.0, t)),
    ]
    for call in calls:
        with pytest.raises(ValueError, match="samples stand along a first axis"):
            call()


@quick
@given(st.integers(2, 40), st.integers(1, 39), st.integers(0, 99))
def test_a_split_loses_nothing(samples: int, test_size: int, seed: int) -> None:
    """Every sample is in one part, with its target; the same seed, the same split."""
    x, t = np.arange(2.0 * samples).reshape(samples, 2), np.arange(samples)
    if test_size >= samples:
        with pytest.raises(ValueError, match="test_size"):
            train_test_split(x, t, test_size=test_size, rng=np.random.default_rng(0))
        return
    parts = train_test_split(x, t, test_size=test_size, rng=np.random.default_rng(seed))
    again = train_test_split(x, t, test_size=test_size, rng=np.random.default_rng(seed))
    assert len(parts[1][0]) == test_size
    assert sorted([*parts[0][1], *parts[1][1]]) == list(range(samples))
    for (x_part, t_part), (_, same) in zip(parts, again, strict=True):
        np.testing.assert_array_equal(x_part[:, 0], 2 * t_part)
        np.testing.assert_array_equal(t_part, same)


def test_a_step_goes_against_the_gradient_and_leaves_the_old_arrays_alone() -> None:
    """Each parameter once, by the learning rate; the loss is that from before."""
    net = small_net()
    arrays, before = dict(net.params), {k: v.copy() for k, v in net.params.items()}
    loss, gradient = net.loss_and_gradient(X, T)
    assert train_step(net, X, T, lr=0.3) == loss
    for name, values in net.params.items():
        np.testing.assert_array_equal(values, before[name] - 0.3 * gradient[name])
        np.testing.assert_array_equal(arrays[name], before[name])
        assert not np.shares_memory(values, arrays[name])


@pytest.mark.parametrize("make", NETWORKS)
def test_a_step_goes_forward_once(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Loss and gradient share one way through the layers."""
    net, seen = make(), []

    def counted(x: Any, W: Any, b: Any) -> Any:
        seen.append(np.shape(W))
        return affine(x, W, b)

    for module in (layers, two_layer_net):
        monkeypatch.setattr(module, "affine", counted)
    train_step(net, np.ones((3, 50)), np.array([0, 5, 9]), lr=0.1)
    assert seen == [values.shape for values in net.params.values() if values.ndim == 2]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_training_needs_little_memory_besides_the_data(
    dtype: Any, peak_memory: Any
) -> None:
    """At most a fifth of the data and ten times the parameters, all arrays counted."""
    rng = np.random.default_rng(0)
    net = MultiLayerNet([784, 50, 10], rng=rng, dtype=dtype)
    x, t = rng.random((3000, 784), dtype=dtype), rng.integers(10, size=3000)
    parameters = sum(values.nbytes for values in net.params.values())
    data = (x, t), (x[:1000], t[:1000])
    peak = peak_memory(
        lambda: train(net, data, epochs=1, batch_size=100, lr=0.1, rng=rng)
    )
    assert peak <= 0.2 * x.nbytes + 10 * parameters


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("make", NETWORKS)
def test_a_step_is_weights_minus_rate_times_slopes_to_the_last_bit(
    make: Any, dtype: Any
) -> None:
    """Though the slopes themselves become the weights."""
    net = make(dtype=dtype)
    x, t = np.ones((3, 50), dtype), np.array([0, 5, 9])
    gradient = net.gradient(x, t)
    wanted = {name: net.params[name] - 0.3 * gradient[name] for name in gradient}
    train_step(net, x, t, lr=0.3)
    for name, values in net.params.items():
        assert values.dtype == dtype
        np.testing.assert_array_equal(values, wanted[name])


@pytest.mark.parametrize("make", NETWORKS)
def test_gradients_are_new_arrays_that_a_step_may_use_up(make: Any) -> None:
    """No two share memory, nor does one with a parameter, the data or another call."""
    net = make()
    x, t = np.ones((3, 50)), np.eye(10)[[0, 5, 9]]
    found = [*net.params.values(), x, t]
    for gradient in (net.gradient(x, t), net.gradient(x, t)):
        found += gradient.values()
    for one, other in combinations(found, 2):
        assert not np.shares_memory(one, other)


class Kept(Classifier):
    """A network that knows its gradient beforehand."""

    def __init__(self, size: int) -> None:
        self.params = {"W1": np.zeros((size, size))}
        self.slopes = {"W1": np.ones((size, size))}

    def loss_and_gradient(self, x: ArrayLike, t: ArrayLike) -> tuple[float, Parameters]:
        """Always the same arrays."""
        return 1.0, self.slopes


def test_a_step_makes_no_array_as_large_as_the_weights(peak_memory: Any) -> None:
    """The slopes become the weights."""
    nets = [Kept(1000) for _ in range(6)]  # a step uses up the slopes of one
    net = nets[0]
    peak = peak_memory(lambda: train_step(nets.pop(), X, T, lr=0.1))
    assert peak < net.params["W1"].nbytes / 10
    train_step(net, X, T, lr=0.1)
    assert np.all(net.params["W1"] == -0.1)


@pytest.mark.parametrize("slopes", [np.ones((2, 3)), np.ones(1), np.float64(1), 1.0])
def test_slopes_of_another_shape_are_refused_before_a_step(slopes: Any) -> None:
    """A sum over the samples that was forgotten does not stretch a parameter."""
    net = Kept(3)
    net.params["b1"], net.slopes["b1"] = np.zeros(3), slopes
    got = np.shape(slopes)
    message = re.escape(f"slopes of b1 must have its shape (3,); got {got}")
    with pytest.raises(ValueError, match=f"^{message}$"):
        train_step(net, X, T, lr=0.5)
    assert np.all(net.params["W1"] == 0)
    assert np.all(net.slopes["W1"] == 1)
    assert np.array_equal(net.params["b1"], np.zeros(3))


def test_a_network_without_parameters_is_none() -> None:
    """There is nothing that tells its float type."""
    net = Kept(3)
    net.params = {}
    with pytest.raises(TypeError, match="a network such as TwoLayerNet; got a Kept"):
        fit_to(net, (X, T))


def test_slopes_of_something_else_are_refused_before_a_step() -> None:
    """There is nothing that could be moved by them."""
    net = Kept(3)
    net.slopes["W9"] = np.ones((2, 3))
    with pytest.raises(ValueError, match="slopes for W9, which is no parameter"):
        train_step(net, X, T, lr=0.5)
    assert np.all(net.params["W1"] == 0)


@pytest.mark.parametrize("other", ["slopes", "params"])
def test_arrays_that_are_shared_are_refused_before_a_step(other: str) -> None:
    """What a step does to the slopes of one parameter would be done to another."""
    net = Kept(3)
    net.params["b1"] = np.zeros_like(net.params["W1"])
    net.slopes["b1"] = getattr(net, other)["W1"]
    with pytest.raises(ValueError, match="must have memory of its own"):
        train_step(net, X, T, lr=0.5)
    assert not net.params["W1"].any()
    assert not net.params["b1"].any()


@pytest.mark.parametrize(
    "window",
    [lambda d: d.T, lambda d: d[::-1], lambda d: d[1:], lambda d: d.reshape(9)[2:5]],
)
@pytest.mark.parametrize("other", ["slopes", "params"])
def test_windows_on_one_array_are_refused_before_a_step(
    window: Any, other: str
) -> None:
    """They are two objects, and what is done to one is done to the other."""
    net = Kept(3)
    net.slopes["b1"] = window(getattr(net, other)["W1"])
    net.params["b1"] = np.zeros(net.slopes["b1"].shape)
    with pytest.raises(ValueError, match="must have memory of its own"):
        train_step(net, X, T, lr=0.5)
    assert not net.params["W1"].any()
    assert np.all(net.slopes["W1"] == 1)


def test_parts_of_one_array_that_do_not_meet_are_arrays_of_their_own() -> None:
    """All slopes may lie in one, in a row or in turns, and all values in another."""
    net, both, values = Kept(3), np.ones((3, 8)), np.zeros(18)
    net.slopes = {"W1": both[:, :6:2], "W2": both[:, 1:6:2], "b1": both[0, 6:]}
    net.params = {
        "W1": values[:9].reshape(3, 3),
        "W2": values[9:].reshape(3, 3),
        "b1": np.zeros(2),
    }
    train_step(net, X, T, lr=0.5)
    assert all(np.all(params == -0.5) for params in net.params.values())


def slopes_of_another_kind() -> list[tuple[Any, Any, str]]:
    """Values, slopes of their shape, and what the latter are."""
    return [
        (np.zeros(3), [1.0, 1.0, 1.0], "float64; got float64 (list)"),
        (np.zeros(3), np.ones(3, int), "float64; got int64 (ndarray)"),
        (np.zeros(3), np.ones(3, np.float32), "float64; got float32 (ndarray)"),
        (np.zeros(3, np.float32), np.ones(3), "float32; got float64 (ndarray)"),
        (np.zeros(3, int), np.ones(3, int), "float64; got int64 (ndarray)"),
        (np.zeros(()), np.float64(1), "float64; got float64 (float64)"),
        (np.zeros(()), 1.0, "float64; got float64 (float)"),
    ]


@pytest.mark.parametrize(("values", "slopes", "message"), slopes_of_another_kind())
def test_slopes_of_another_kind_are_refused_before_a_step(
    values: Any, slopes: Any, message: str
) -> None:
    """In place they could not become the parameter, or would change its type."""
    net = Kept(3)
    net.params["b1"], net.slopes["b1"] = values, slopes
    message = re.escape(f"slopes of b1 must be an array of {message}")
    with pytest.raises(TypeError, match=f"^{message}$"):
        train_step(net, X, T, lr=0.5)
    assert net.params["b1"] is values
    assert np.all(net.slopes["W1"] == 1)


def test_the_order_of_bytes_is_no_other_type() -> None:
    """Weights from another machine can learn."""
    net = Kept(3)
    net.params["W1"] = net.params["W1"].astype(">f8")
    train_step(net, X, T, lr=0.5)
    assert np.all(net.params["W1"] == -0.5)


def test_slopes_on_memory_that_is_no_array_are_refused_before_a_step() -> None:
    """Nothing tells then, but a comparison, that two of them lie on the same bytes."""
    memory = bytearray(16)
    slopes = {name: np.frombuffer(memory) for name in ("b1", "b2")}
    with pytest.raises(ValueError, match="must have memory of its own"):
        check_slopes(slopes, {name: np.zeros(2) for name in slopes})


def test_slopes_of_ordinary_networks_are_not_compared_in_pairs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """That takes time in each step, which grows with the square of the depth."""
    net = MultiLayerNet([4, 5, 3], rng=np.random.default_rng(0))
    gradient = net.gradient(X, T)
    monkeypatch.setattr(np, "shares_memory", partial(pytest.fail, "pairs are compared"))
    check_slopes(gradient, net.params)


@pytest.mark.parametrize("loss", [None, "0.7", [0.7], np.array([0.7]), 1j])
def test_a_step_must_return_a_loss(loss: Any) -> None:
    """Who writes one may forget the last line, or to add up."""
    message = re.escape(f"what a step returns must be one real number; got {loss!r}")
    with pytest.raises(ValueError, match=f"^{message}$"):
        quick_train(small_net(), step=lambda *_: loss)


@pytest.mark.parametrize("kind", [np.array, np.float32, int])
def test_a_history_keeps_plain_numbers(kind: Any) -> None:
    """Whatever a step returns them as: they can be shown, and written to a file."""
    history = quick_train(small_net(), step=lambda *_: kind(1))
    assert {type(loss) for loss in history.loss} == {float}
    assert repr(history).startswith("History of 6 steps: loss 1.0000 to 1.0000, ")


def test_samples_may_come_as_lists() -> None:
    """As everywhere in the library."""
    rng = np.random.default_rng(0)
    ((x, t),) = mini_batches([[1.0], [2.0]], [0, 1], 2, rng)  # type: ignore[arg-type]
    assert sorted(zip(x[:, 0], t, strict=True)) == [(1.0, 0), (2.0, 1)]


def test_training_takes_whatever_step_it_is_given() -> None:
    """Once for each batch, with network, samples, targets and rate; losses are kept."""
    taken = []

    def step(net: Any, x: Any, t: Any, lr: float) -> float:
        taken.append((net, x.shape, t.shape, lr))
        return float(len(taken))

    net = TwoLayerNet(X.shape[1], 3, 3, rng=np.random.default_rng(0))
    before, data = dict(net.params), ((X, T), (X, T))
    rng = np.random.default_rng(0)
    history = train(net, data, epochs=2, batch_size=2, lr=0.5, rng=rng, step=step)
    batches = -(-len(X) // 2)
    assert history.loss == [n + 1 for n in range(2 * batches)]
    assert {(one, lr) for one, _, _, lr in taken} == {(net, 0.5)}
    assert sum(shape[0] for _, shape, _, _ in taken) == 2 * len(X)
    assert all(net.params[name] is array for name, array in before.items())


def test_a_network_may_forbid_that_its_slopes_are_used_up() -> None:
    """Then the step fails before a parameter is changed."""
    net = Kept(3)
    net.slopes["W1"].setflags(write=False)
    with pytest.raises(ValueError, match="read-only"):
        train_step(net, X, T, lr=0.5)
    assert np.all(net.params["W1"] == 0)


def test_history_says_what_happened() -> None:
    """One loss a step, two accuracies an epoch; the last are those of the network."""
    net = small_net()
    history = quick_train(net, epochs=4)
    assert len(history.loss) == 12
    assert len(history.train_accuracy) == len(history.test_accuracy) == 4
    assert history.train_accuracy[-1] == net.accuracy(*DATA[0])
    assert history.test_accuracy[-1] == net.accuracy(*DATA[1])
    assert not history.interrupted
    assert repr(history).startswith("History of 12 steps: loss 1.")
    assert repr(History()) == "History of 0 steps"
    assert repr(History([0.5])) == "History of 1 step: loss 0.5000 to 0.5000"


def test_the_same_seeds_give_the_same_training() -> None:
    """And another seed another one."""
    losses = [quick_train(small_net()).loss for _ in range(2)]
    assert losses[0] == losses[1]
    assert losses[0] != quick_train(small_net(), rng=np.random.default_rng(2)).loss


def test_digits_are_learned() -> None:
    """At least 0.96 of the test digits in at most three seconds, as promised."""
    net = TwoLayerNet(64, 50, 10, rng=np.random.default_rng(0))
    start = time.process_time()
    rng = np.random.default_rng(1)
    history = train(net, load_digits(), epochs=30, batch_size=20, lr=0.5, rng=rng)
    assert history.test_accuracy[-1] >= 0.96
    assert time.process_time() - start < 2 * 3


@pytest.mark.parametrize("activation", ["relu", "sigmoid"])
def test_networks_of_any_depth_learn_digits(activation: Any) -> None:
    """In float32, too, with one-hot targets."""
    rng = np.random.default_rng(0)
    net = MultiLayerNet([64, 30, 10], activation=activation, rng=rng, dtype=np.float32)
    data = load_digits(one_hot=True)
    history = train(net, data, epochs=5, batch_size=20, lr=0.2, rng=rng)
    assert history.test_accuracy[-1] > 0.85
    assert all(values.dtype == np.float32 for values in net.params.values())


def test_a_network_without_a_formula_learns_by_measuring() -> None:
    """Whoever brings scores can train."""

    class Linear(Classifier):
        def __init__(self) -> None:
            self.params = {"W1": np.zeros((4, 3))}

        def scores(self, x: ArrayLike) -> Any:
            return np.asarray(x) @ self.params["W1"]

    history = quick_train(Linear(), epochs=3)
    assert np.mean(history.loss[-3:]) < np.mean(history.loss[:3])


def test_data_are_left_alone_and_converted_once() -> None:
    """Read-only arrays would complain; float32 networks get float32 inputs."""
    seen = []

    class Watching(TwoLayerNet):
        def loss_and_gradient(self, x: ArrayLike, t: ArrayLike) -> Any:
            seen.append(np.asarray(x).dtype)
            return super().loss_and_gradient(x, t)

    for values in (X, T):
        values.setflags(write=False)
    rng = np.random.default_rng(0)
    quick_train(Watching(4, 5, 3, rng=rng, dtype=np.float32))
    assert set(seen) == {np.dtype("float32")}
    assert fit_to(small_net(), DATA[0])[0] is DATA[0][0]


@pytest.mark.parametrize("kind", [np.int64, list])
def test_whole_weights_do_not_round_the_data(kind: Any) -> None:
    """A network of integers begins with them and learns in floats."""
    net = small_net()
    for name, values in net.params.items():
        whole: Any = np.ones(values.shape, np.int64)
        net.params[name] = whole.tolist() if kind is list else whole
    np.testing.assert_array_equal(fit_to(net, DATA[0])[0], DATA[0][0])
    assert np.isfinite(quick_train(net).loss).all()
    assert {values.dtype for values in net.params.values()} == {np.dtype(float)}


class Interrupted(TwoLayerNet):
    """A network during whose fifth step somebody presses Ctrl-C."""

    steps = 0

    def loss_and_gradient(self, x: ArrayLike, t: ArrayLike) -> tuple[float, Parameters]:
        """Both, four times."""
        self.steps += 1
        if self.steps == 5:
            raise KeyboardInterrupt
        return super().loss_and_gradient(x, t)


@pytest.mark.parametrize("progress", [False, True])
def test_ctrl_c_ends_with_the_history_so_far(progress: bool) -> None:
    """Four steps of three an epoch: one epoch is complete."""
    net = Interrupted(4, 5, 3, rng=np.random.default_rng(0))
    history = quick_train(net, progress=progress)
    assert history.interrupted
    assert (len(history.loss), len(history.test_accuracy)) == (4, 1)
    assert repr(history).endswith("(interrupted after epoch 1)")


def test_progress_is_shown_on_request(capsys: pytest.CaptureFixture[str]) -> None:
    """On the error stream, where it is in nobody's way."""
    quick_train(small_net())
    assert capsys.readouterr() == ("", "")
    quick_train(small_net(), progress=True)
    out, err = capsys.readouterr()
    assert out == ""
    assert "2/2" in err
    assert "accuracy=" in err


def test_a_bar_needs_an_error_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program without a window has none; the training goes on without a bar."""
    monkeypatch.setattr(sys, "stderr", None)
    assert len(quick_train(small_net(), progress=True).loss) == 6


@pytest.mark.parametrize("make", [small_net, lambda: MultiLayerNet([4, 5, 3], rng=RNG)])
def test_a_loss_that_is_none_ends_with_its_step(make: Any) -> None:
    """No warning, no thousand steps of NaN: one error that names the step."""
    with pytest.raises(FloatingPointError, match=r"loss is (nan|inf) at step [2-6];"):
        quick_train(make(), lr=1e308)


@pytest.mark.parametrize("epochs", [1, 2])
def test_the_very_last_step_is_looked_at_too(epochs: int) -> None:
    """It leaves a loss behind that no further step would meet."""
    steps = 0

    class BreaksInTheEnd(TwoLayerNet):
        def loss_and_gradient(self, x: ArrayLike, t: ArrayLike) -> Any:
            nonlocal steps
            steps += 1
            loss, gradient = super().loss_and_gradient(x, t)
            if steps == 3 * epochs:
                gradient["W2"][0, 0] = np.nan
            return loss, gradient

    net = BreaksInTheEnd(4, 5, 3, rng=np.random.default_rng(0))
    with pytest.raises(
        FloatingPointError, match=rf"loss is nan after step {3 * epochs}; a smaller"
    ):
        quick_train(net, epochs=epochs)
    assert steps == 3 * epochs


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_single_step_that_is_too_long_ends_in_an_error(dtype: Any) -> None:
    """No warning either."""
    net = MultiLayerNet([4, 5, 5, 3], rng=np.random.default_rng(0), dtype=dtype)
    with pytest.raises(FloatingPointError, match=r"is (nan|inf) after step 1;"):
        quick_train(net, epochs=1, batch_size=24, lr=float(np.finfo(dtype).max) / 10)


@pytest.mark.parametrize("given", [0, None, np.random, np.random.RandomState(0)])
def test_a_generator_is_asked_for_in_plain_words(given: Any) -> None:
    """Wherever random numbers are drawn."""
    for use in (
        lambda: TwoLayerNet(4, 5, 3, rng=given),
        lambda: MultiLayerNet([4, 5, 3], rng=given),
        lambda: random_weights(given, (2, 3), 1.0, float),
        lambda: train_test_split(X, T, test_size=3, rng=given),
        lambda: list(mini_batches(X, T, 3, given)),
        lambda: quick_train(small_net(), rng=given),
        lambda: direction_check(small_net(), X, T, rng=given),
    ):
        with pytest.raises(TypeError, match=r"rng must be a generator like .*; got "):
            use()


def test_nan_before_any_step_is_not_blamed_on_the_learning_rate() -> None:
    """It cannot have done anything yet."""
    net = small_net()
    net.params["W1"][0, 0] = np.nan
    with pytest.raises(
        FloatingPointError, match=r"nan at step 1; .* look at the weigh"
    ):
        quick_train(net)


@pytest.mark.parametrize(
    "option",
    [
        {"epochs": 0},
        {"lr": math.nan},
        {"lr": math.inf},
        {"batch_size": 0},
        {"batch_size": 25, "drop_last": True},
    ],
)
def test_numbers_that_make_no_training_are_refused(option: dict[str, float]) -> None:
    """Before the first step."""
    net = small_net()
    before = net.params["W2"].copy()
    with pytest.raises(ValueError, match=r"train needs|batches need"):
        quick_train(net, **option)
    np.testing.assert_array_equal(net.params["W2"], before)


@pytest.mark.parametrize(
    ("x", "t", "message"),
    [
        (X[:, :3], T, r"\(1, 3\), \(4, 5\)"),
        (X, T[:9], r"\(30, 3\).*\(9,\)"),
        (X, T + 1, "between 0 and 2; got 1 to 3"),
        (X[:0], T[:0], "needs a sample"),
        (X, np.ones((len(X), 3)), "must be probabilities"),
        (np.where(np.arange(4) == 1, np.nan, X), T, "inputs must be finite; got nan"),
        (np.where(np.arange(4) == 1, np.inf, X), T, "inputs must be finite; got inf"),
    ],
)
@pytest.mark.parametrize("part", [0, 1])
def test_data_that_do_not_fit_are_named_before_the_first_step(
    x: Any, t: Any, message: str, part: int
) -> None:
    """In the training data and in the test data."""
    data = [DATA[0], DATA[1]]
    data[part] = (x, t)
    net = small_net()
    before = net.params["W2"].copy()
    with pytest.raises(ValueError, match=message):
        quick_train(net, data=tuple(data))
    np.testing.assert_array_equal(net.params["W2"], before)


@pytest.mark.parametrize(
    ("data", "lengths"),
    [
        (DATA[0], [24, 24]),
        ((*DATA[0], *DATA[1]), [24, 24, 6, 6]),
        (DATA[:1], [2]),
        ((DATA[0], None), [2, None]),
    ],
)
def test_training_wants_two_pairs(data: Any, lengths: list[Any]) -> None:
    """Not one, not four arrays in a row, and not None for a test that is not there."""
    with pytest.raises(ValueError, match=re.escape(f"got parts of lengths {lengths}")):
        quick_train(small_net(), data=data)


def test_a_network_is_wanted_and_not_its_parameters() -> None:
    """Chapter 3 has networks that are dictionaries; Python missed their `params`."""
    rng, net = np.random.default_rng(0), trained_network("digits")
    with pytest.raises(TypeError, match=r"a network such as .* got a dict$"):
        train(net, load_digits(), epochs=1, batch_size=9, lr=1.0, rng=rng)  # type: ignore[arg-type]


def test_an_accuracy_in_parts_needs_as_many_targets_and_parts() -> None:
    """Too many targets, nothing at all, parts of nothing: no number comes of these."""
    net = TwoLayerNet(2, 3, 2, rng=np.random.default_rng(0))
    x, t = np.zeros((3, 2)), np.array([0, 1, 0, 1])
    for samples, targets, size in ((3, 4, 10), (0, 0, 10), (3, 3, 0), (3, 3, -1)):
        with pytest.raises(ValueError, match="as many targets and a size"):
            accuracy_in_parts(net, x[:samples], t[:targets], size)


@pytest.mark.parametrize("test_size", [0.2, 0, 5, -1])
def test_a_share_is_no_test_size(test_size: Any) -> None:
    """Other libraries take one fifth for one in five; ours says that it does not."""
    x, t, rng = np.zeros((5, 2)), np.zeros(5, int), np.random.default_rng(0)
    with pytest.raises((TypeError, ValueError), match=f"test_size.*{test_size}$"):
        train_test_split(x, t, test_size=test_size, rng=rng)


@pytest.mark.parametrize("kind", [np.float32, np.float16])
def test_a_step_keeps_the_float_type_of_the_network(kind: Any) -> None:
    """Whatever type the inputs have: a narrow network does not grow on them."""
    x, t = np.eye(2), np.array([0, 1])
    nets: list[Classifier] = [
        TwoLayerNet(2, 3, 2, rng=np.random.default_rng(0), dtype=kind),
        MultiLayerNet([2, 3, 2], rng=np.random.default_rng(0), dtype=kind),
    ]
    for net in nets:
        train_step(net, x, t, lr=0.1)
        assert {values.dtype for values in net.params.values()} == {np.dtype(kind)}


def test_an_interrupted_step_is_not_taken_by_halves() -> None:
    """All parameters get their new values in one go, or none does."""

    class Brittle(dict[str, Any]):
        def __setitem__(self, name: str, values: Any) -> None:
            raise KeyboardInterrupt

    net = TwoLayerNet(2, 3, 2, rng=np.random.default_rng(0))
    net.params, before = Brittle(net.params), dict(net.params)
    train_step(net, np.eye(2), np.array([0, 1]), lr=0.1)
    assert all(np.any(net.params[name] != before[name]) for name in before)


def test_slopes_that_cannot_be_used_up_are_refused() -> None:
    """A step turns them into the new parameters."""
    slopes = np.broadcast_to(0.5, 2)
    with pytest.raises(ValueError, match="slopes of b1 are read-only"):
        check_slopes({"b1": slopes}, {"b1": np.zeros(2)})


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_parts_of_an_accuracy_may_be_broken_numbers(size: int) -> None:
    """A sample that is a row of samples can be right by halves."""
    rng = np.random.default_rng(1)
    net = TwoLayerNet(2, 3, 2, rng=rng)
    x, t = rng.normal(size=(4, 5, 2)), rng.integers(2, size=(4, 5))
    assert accuracy_in_parts(net, x, t, size) == pytest.approx(net.accuracy(x, t))


@pytest.mark.filterwarnings("error")
def test_inputs_too_large_for_the_network_are_refused_and_no_more() -> None:
    """The cast that finds them out gives no warning of its own."""
    net = TwoLayerNet(2, 3, 2, rng=np.random.default_rng(0), dtype=np.float32)
    with pytest.raises(ValueError, match="inputs must be finite; got inf"):
        fit_to(net, ([[1e300, 0.0]], [0]))
