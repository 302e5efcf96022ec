"""The check must pass right gradients and find wrong ones."""

import math
from contextlib import suppress
from functools import partial
from typing import Any

import numpy as np
import pytest
from numpy.typing import ArrayLike

from scratchnn import (
    GradientReport,
    MultiLayerNet,
    TwoLayerNet,
    direction_check,
    gradient_check,
    load_digits,
    relative_error,
)
from scratchnn.two_layer_net import Parameters


class Wrong(TwoLayerNet):
    """A network with a mistake in one derivative of one parameter."""

    name, factor = "W1", 1.001

    def gradient(self, x: ArrayLike, t: ArrayLike) -> Parameters:
        """The right one, but for a thousandth."""
        gradient = super().gradient(x, t)
        gradient[self.name] = gradient[self.name] * self.factor
        return gradient


X = np.random.default_rng(5).normal(size=(4, 6))
T = np.array([0, 1, 2, 1])


def test_right_gradients_pass() -> None:
    """Far below the tolerance."""
    report = gradient_check(TwoLayerNet(6, 5, 3, rng=np.random.default_rng(0)), X, T)
    assert report.ok
    assert list(report.errors) == ["W1", "b1", "W2", "b2"]
    assert max(report.errors.values()) < 1e-7
    assert repr(report).count("OK") == 4


@pytest.mark.parametrize("name", ["W1", "b1", "W2", "b2"])
def test_a_wrong_gradient_is_found_where_it_is(name: str) -> None:
    """A thousandth too large, in one parameter."""
    net = Wrong(6, 5, 3, weight_init_std=1, rng=np.random.default_rng(0))
    net.name = name
    report = gradient_check(net, X, T)
    assert not report.ok
    assert [key for key, error in report.errors.items() if error > 1e-6] == [name]
    assert f"{report.errors[name]:.1e}  WRONG" in repr(report)
    assert not direction_check(net, X, T, rng=np.random.default_rng(0)).ok


def test_a_gradient_of_another_shape_is_no_gradient() -> None:
    """The right numbers, but in a row of their own: NumPy would stretch them."""

    class InARow(TwoLayerNet):
        def gradient(self, x: ArrayLike, t: ArrayLike) -> Parameters:
            gradient = super().gradient(x, t)
            return {**gradient, "b1": gradient["b1"][np.newaxis]}

    net, rng = InARow(6, 5, 3, rng=np.random.default_rng(0)), np.random.default_rng(0)
    with pytest.raises(ValueError, match=r"\(5,\) and \(1, 5\)"):
        gradient_check(net, X, T)
    with pytest.raises(ValueError, match=r"\(1, 5\) and \(5,\)"):
        direction_check(net, X, T, rng=rng)


@pytest.mark.parametrize("seed", range(20))
def test_random_directions_pass_right_gradients(seed: int) -> None:
    """Of a network too big to be measured number by number."""
    (x, t), _ = load_digits()
    rng = np.random.default_rng(seed)
    for net in (
        TwoLayerNet(64, 50, 10, rng=rng),
        MultiLayerNet([64, 50, 10], activation="sigmoid", rng=rng),
    ):
        report = direction_check(net, x[:20], t[:20], rng=rng)
        assert report.ok, report


def test_a_random_direction_costs_two_losses(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many parameters there are."""
    calls = []
    original = TwoLayerNet.loss

    def counted(self: TwoLayerNet, x: ArrayLike, t: ArrayLike) -> float:
        calls.append(1)
        return original(self, x, t)

    monkeypatch.setattr(TwoLayerNet, "loss", counted)
    net = TwoLayerNet(6, 50, 3, rng=np.random.default_rng(0))
    direction_check(net, X, T, rng=np.random.default_rng(0))
    assert len(calls) == 2


@pytest.mark.parametrize("targets", [T, [0, 1, 2, 3]])
def test_parameters_come_back_to_the_bit(targets: ArrayLike) -> None:
    """Even when the loss fails halfway (3 is no class)."""
    net = TwoLayerNet(6, 5, 3, rng=np.random.default_rng(0))
    arrays = dict(net.params)
    before = {name: values.copy() for name, values in arrays.items()}
    for check in (
        gradient_check,
        partial(direction_check, rng=np.random.default_rng()),
    ):
        with suppress(ValueError):
            check(net, X, targets)
        for name, values in net.params.items():
            assert values is arrays[name]
            np.testing.assert_array_equal(values, before[name])


def test_float32_cannot_pass() -> None:
    """The trap of chapter 5: the measured gradient is too rough, the other is right."""
    rng = np.random.default_rng(0)
    net = TwoLayerNet(6, 5, 3, rng=rng, weight_init_std=1, dtype=np.float32)
    report = gradient_check(net, X.astype(np.float32), T)
    assert not report.ok
    assert max(report.errors.values()) < 0.05


def test_a_kink_looks_like_a_mistake() -> None:
    """The trap of chapter 5: an input of a ReLU at 0, where the slope is a half."""
    net = MultiLayerNet([1, 1, 2], rng=np.random.default_rng(0))
    net.params["W1"][:], net.params["W2"][:] = 1.0, [[1.0, -1.0]]
    assert not gradient_check(net, [[0.0]], [0]).ok
    assert gradient_check(net, [[0.5]], [0]).ok


def test_relative_error_by_hand() -> None:
    """Zeros agree, signs matter, NaN is never right."""
    assert relative_error([0.0, 0.0], [0.0, 0.0]) == 0
    assert relative_error([1e-300], [-1e-300]) == 2
    assert relative_error([2.0, 100.0], [2.0, 50.0]) == 0.5
    for size in (0.0, 1.0):
        assert math.isnan(relative_error([np.nan], [size]))
        assert math.isnan(relative_error([size], [np.nan]))
    assert not GradientReport({"W1": math.nan}, tolerance=1.0).ok
    assert "WRONG" in repr(GradientReport({"W1": math.nan}, tolerance=1.0))


def test_a_gradient_that_is_no_number_does_not_pass_for_zero() -> None:
    """Where the measured one is exactly 0, as that of a neuron that never fires."""
    net = MultiLayerNet([2, 3, 2], rng=np.random.default_rng(0))
    net.params["b1"][...] = -100.0
    gradient = net.gradient([[1.0, 1.0]], [0]) | {"W1": np.full((2, 3), np.nan)}
    net.gradient = lambda x, t: gradient  # type: ignore[method-assign]
    assert not gradient_check(net, [[1.0, 1.0]], [0]).ok


@pytest.mark.parametrize("h", [0.0, -1e-4, np.inf, np.nan])
def test_a_direction_needs_a_step(h: float) -> None:
    """None to divide by, or none that ends."""
    net = TwoLayerNet(1, 1, 2, rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match="h must be positive and finite"):
        direction_check(net, [[0.0]], [0], rng=np.random.default_rng(0), h=h)


@pytest.mark.parametrize("h", [5e-324, 1e-300, 1e-30])
def test_a_step_that_is_lost_in_rounding_approves_of_nothing(h: float) -> None:
    """Nothing moves, so nothing is measured; that is no agreement."""
    net = Wrong(6, 5, 3, weight_init_std=1, rng=np.random.default_rng(0))
    report = direction_check(net, X, T, rng=np.random.default_rng(0), h=h)
    assert report.errors["all"] == 1
    assert not report.ok


@pytest.mark.parametrize("names", [["W1", "W2", "b2"], ["W1", "b1", "W2", "b2", "W3"]])
def test_slopes_that_are_missing_or_too_many_are_named(names: list[str]) -> None:
    """A gradient of other parameters is no gradient of these, however right."""
    net = TwoLayerNet(1, 1, 2, rng=np.random.default_rng(0))
    slopes = net.gradient([[0.0]], [0]) | {"W3": np.ones(3)}
    gradient = {name: slopes[name] for name in names}
    net.gradient = lambda x, t: gradient  # type: ignore[method-assign]
    with pytest.raises(ValueError, match=r"needs slopes for .* got \['W1'"):
        gradient_check(net, [[0.0]], [0])
    with pytest.raises(ValueError, match=r"needs slopes for .* got \['W1'"):
        direction_check(net, [[0.0]], [0], rng=np.random.default_rng(0))


@pytest.mark.parametrize("b1", [[0.0, 0.0], np.zeros(2, int), np.broadcast_to(0.0, 2)])
def test_both_checks_refuse_parameters_alike(b1: Any) -> None:
    """What cannot be moved is told by the same sentence."""
    rng = np.random.default_rng(0)
    net = MultiLayerNet([3, 2], rng=rng)
    net.params["b1"] = b1
    x, t = np.ones((2, 3)), [0, 1]
    with pytest.raises((TypeError, ValueError)) as first:
        gradient_check(net, x, t)
    with pytest.raises(first.type) as second:
        direction_check(net, x, t, rng=rng)
    assert str(first.value) == str(second.value)
