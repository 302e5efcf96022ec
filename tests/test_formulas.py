"""Formulas are computed as they stand, so that one sign makes them fail."""

import re
from collections.abc import Callable
from contextlib import nullcontext

import numpy as np
import pytest

from bookbinder import BookError
from bookbinder.read.pages import Page
from bookbinder.run.formulas import each, equals, given, holds, never, untrue
from bookbinder.run.session import run

RNG = np.random.default_rng(0)
W, X, DY = RNG.random((3, 2)), RNG.random((4, 3)), RNG.random((4, 2))


def sigmoid(x: float) -> float:
    """Written otherwise than in the library and in the book."""
    return 0.5 + 0.5 * float(np.tanh(x / 2))


TRUE = {
    r"h(x) = \frac{1}{1 + e^{-x}} .": {"h": sigmoid, "x": each(-2.0, 0.5)},
    r"(AB)_{ij} = \sum_{k=1}^{K} A_{ik}\, B_{kj}": {"A": X, "B": W, "K": 3},
    r"y_k = \frac{e^{a_k}}{e^{a_1} + e^{a_2} + \dots + e^{a_C}}": {
        "a": np.arange(4.0),
        "y": np.exp(np.arange(4.0)) / np.exp(np.arange(4.0)).sum(),
        "C": 4,
    },
    r"\frac{\partial L}{\partial W_{dm}} = \sum_n x_{nd} \, dY_{nm}": {
        "dL_dW": X.T @ DY,
        "x": X,
        "dY": DY,
    },
    r"dW = X^{\mathsf T} dY, \quad db = \sum_n dY": {
        "N": 4,
        "dW": X.T @ DY,
        "db": DY.sum(axis=0),
        "X": X,
        "dY": DY,
    },
    r"h(x) = \begin{cases} x & \text{if } x > 0 \\ -x & \text{otherwise} \end{cases}": {
        "h": abs,
        "x": each(-2.0, 3.0),
    },
    r"f(x \pm h) \approx f(x) \pm h f'(x) + \tfrac{1}{2} h^2 f''(x)": {
        "f": np.exp,
        "f_prime": np.exp,
        "f_second": np.exp,
        "x": 0.5,
        "h": 0.1,
    },
    r"x \leftarrow x - \eta \, \nabla f(x)": {
        "x": np.ones(2),
        "x_next": np.full(2, 0.8),
        "eta": 0.1,
        "nabla_f": lambda x: 2 * x,
    },
    r"\hat{m} = \frac{m}{1 - \beta_1^n}, \quad \bar \mu = \hat{x}_1 - \tilde{x}_2": {
        "m": np.array([0.5, 2.0]),
        "m_hat": np.array([1.0, 4.0]),
        "beta_1": 0.5**0.5,
        "n": 2,
        "mu_bar": 4.0,
        "x_hat": np.array([7.0, 0.0]),
        "x_tilde": np.array([0.0, 3.0]),
    },
    r"(1, 0) \mapsto 1: & w_1 + b > 0": {
        "w1": each(-1.0, 2.0),
        "b": each(-0.5, 1.5),
        "f": given(lambda w1, b: lambda bits: int(w1 * bits[0] + b > 0)),
    },
    r"(N, K)\,(K, M) \to (N, M)": {"N": 3, "K": 2, "M": 4},
    r"2 \cdot 1.1 = 2.2": {},
    r"|x - y| = y - x": {"x": 1.0, "y": 3.0},
    r"e \approx 2.718": {},
}


@pytest.mark.parametrize("tex", TRUE)
def test_formula_holds(tex: str) -> None:
    """For values that were computed in another way."""
    assert holds(tex, TRUE[tex])


SPOILT = [
    (tex, tex[: m.start()] + new + tex[m.end() :])
    for tex in TRUE
    for m in re.finditer(
        r"(?<!\{)(?<!\\dots )[+](?! \\dots)|(?<=[\w)}] )-|(?<=[ (])[2-9]|[>]", tex
    )
    for new in ({"+": "-", "-": "+", ">": "<"}.get(m[0]) or str(int(m[0]) - 1),)
]


@pytest.mark.parametrize(("tex", "spoilt"), SPOILT)
def test_a_sign_or_digit_makes_it_false(tex: str, spoilt: str) -> None:
    """Each of these differs in one place from a formula that holds."""
    assert not holds(spoilt, TRUE[tex])


def test_plus_or_minus_has_to_hold_with_either() -> None:
    """Above and below, on both sides at once."""
    square = r"(x \pm 1)^2 = x^2 \pm 2 x + 1"
    assert holds(square, {"x": 3.0})
    for sign in "+-":
        assert not holds(square.replace(r"x^2 \pm", f"x^2 {sign}"), {"x": 3.0})


def test_the_first_relation_that_is_not_true_is_told(
    write: Callable[[str], Page],
) -> None:
    """With the values of its sides, of all that are in the formula."""
    rows = "v \\leftarrow 2 v, \\quad x \\leftarrow x + v"
    text = f"<!-- formula move: {{}} -->\n$$\n{rows}\n$$\n"
    old = "x, v = np.ones(2), np.arange(2)"
    (outcome,) = run(write(text.format(f"{old}; v_next = 2 * v; x_next = x + 2 * v")))
    assert outcome.printed.endswith("with these values, [1. 3.] = [1. 2.]")
    (outcome,) = run(write(text.format(f"{old}; v_next = 2 * v; x_next = x + v")))
    assert outcome.holds
    assert untrue("(2, 3) (3, 2) \\to (2, 3)", {}) == "(2, 2) → (2, 3)"


def test_relations_that_exclude_each_other() -> None:
    """No value makes both true, and one would be reported."""
    values = {"w": each(-1.0, 0.0, 2.0)}
    rows = r"\begin{aligned} w &> 0 \\ w &\le %d \end{aligned}"
    assert never(rows % 0, values)
    assert not never(rows % 2, values)


def test_a_formula_has_a_value() -> None:
    """Numbers, shapes and equations; a wrong digit counts."""
    assert equals(r"(N, 2)", (7, 2), {"N": 7})
    assert not equals(r"(N, 3)", (7, 2), {"N": 7})
    assert equals(r"b = -0.7", -0.7, {"b": 1})
    assert not equals(r"b = 0.7", -0.7, {"b": 1})
    assert not equals("x = x + 1", 3, {"x": 2})
    assert not equals(r"W = x W + b", [3], {"x": [[2]], "W": [[1]], "b": [[1]]})
    assert equals(r"10^{-45}", 1e-45, {})
    assert not equals(r"10^{-44}", 1e-45, {})
    assert equals(r"(N, 2) \cdot (2, 3) \to (N, 3)", (7, 3), {"N": 7})
    assert not equals(r"(N, 2) \cdot (3, 3) \to (N, 3)", (7, 3), {"N": 7})


@pytest.mark.parametrize(
    ("shown", "value"),
    [
        ("[]", "np.array([1.0])"),
        ("2", "np.full((3, 2), 2)"),
        ("(2,)", "np.full((3, 1), 2)"),
    ],
)
def test_code_in_a_sentence_has_the_shape_of_its_value(
    shown: str, value: str, write: Callable[[str], Page]
) -> None:
    """Nothing is repeated until it fits: the same numbers, as many, in one order."""
    sentence = "It is `{}`<!--= {} -->.\n"
    (outcome,) = run(write(sentence.format(shown, value)))
    assert not outcome.holds
    (outcome,) = run(write(sentence.format("[[2, 2]]", "np.full((1, 2), 2)")))
    assert outcome.holds


def test_an_inequality_is_true_or_false() -> None:
    """And is no equation: the sign between the sides counts."""
    assert equals(r"x \ge 2", True, {"x": 2})
    assert equals("x > 2", False, {"x": 2})
    assert not equals("x < 2 + 1", 3, {"x": 3})
    assert equals(r"e \approx 2.718", 2.718, {})
    assert not equals("e = 2.718", 2.718, {})
    assert equals("x < 3", False, {"x": 3 - 1e-12})
    assert equals(r"x \ge 0", lambda x: np.exp(-x) <= 1, {})
    for tex in (r"x \ge 3", "x > 0", r"x \le 0", r"x \ge 0.5"):
        assert not equals(tex, lambda x: np.exp(-x) <= 1, {})


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_infinity_is_no_other_number() -> None:
    """Nothing is near it but itself."""
    assert holds(r"\infty = \infty", {})
    for tex in (r"1 / 0 = 1", r"\log 0 = 5", r"e^{1000} = 1", r"\infty = -\infty"):
        assert not holds(tex, {})


def test_what_stands_for_nothing_is_an_error() -> None:
    """An unknown letter, an entry before the first, a sum over other rows."""
    for tex in ("c = 2", r"y_0", r"\sum_m Y"):
        with pytest.raises(BookError):
            equals(tex, 2, {"y": [2, 2], "Y": np.ones((2, 2)), "N": 2})
    assert equals(r"\sum_n Y", [2, 2], {"Y": np.ones((2, 2)), "N": 2})


def test_a_letter_counts_the_same_in_all_arrays() -> None:
    """Or the entries that one array has more would not be looked at."""
    short, long = np.array([1, 2]), np.array([1, 2, 3])
    assert holds("x_i = y_i", {"x": long, "y": long})
    for x, y in ((short, long), (long, short)):
        for tex in ("x_i = y_i", r"z = \sum_i x_i y_i"):
            with pytest.raises(BookError, match=r"i counts (2 and 3|3 and 2)"):
                holds(tex, {"x": x, "y": y, "z": 5})


def test_a_rule_may_have_variables_of_its_own() -> None:
    """What it is computed from are its parameters alone."""

    def double(x: float) -> float:
        factor = 2
        return factor * x

    def positive(x: float) -> bool:
        nothing = 0
        return x > nothing

    assert holds("y = 2 x", {"x": each(1, 3), "y": given(double)})
    assert equals("x > 0", positive, {})


def test_an_accent_is_for_one_letter() -> None:
    """As the hat of `m_hat` is; over more it would belong to nobody."""
    assert equals(r"\hat{m} + \hat m", 4, {"m": 1, "m_hat": 2})
    for tex in (r"\hat{m + 1}", r"\bar{2}", r"\tilde{m_1}"):
        with pytest.raises(BookError, match="is for a single letter"):
            equals(tex, 2, {"m": 1})


def test_shapes_are_multiplied_whatever_is_in_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What NumPy finds there may be large, and a product of it overflow."""
    monkeypatch.setattr(np, "empty", lambda shape: np.full(shape, 1e308))
    assert holds(r"(7, 2) (2, 3) \to (7, 3)", {})


def test_what_is_empty_is_an_error() -> None:
    """Or anything would hold for each of its numbers."""
    with pytest.raises(BookError, match="no values"):
        holds("x = x + 1", {"x": each()})
    for tex in ("x = x + 1", "x_i > x_i", "x > 1"):
        with pytest.raises(BookError, match="is empty"):
            holds(tex, {"x": np.empty(0)})


@pytest.mark.parametrize(
    "words",
    [
        ("otherwise", "otherwise"),
        ("if", "if"),
        ("or", "otherwise"),
        ("and", "otherwise"),
    ],
)
def test_cases_are_told_apart_by_the_right_words(words: tuple[str, str]) -> None:
    """A condition has an `if`, and what is left has an `otherwise`."""
    tex = r"y = \begin{cases} 1 & \text{%s } x > 0 \\ 0 & \text{%s} \end{cases}"
    values = {"x": each(2, -1), "y": given(lambda x: int(x > 0))}
    assert holds(tex % ("if", "otherwise"), values)
    with pytest.raises(BookError, match="stands wrong"):
        holds(tex % words, values)


@pytest.mark.parametrize(
    ("condition", "complaint"),
    [
        (r"\text{if } x > 0 \text{ and } x > -1", ""),
        (r"\text{for } x > 0", ""),
        (r"\text{if } x > 0 \text{ or } x > -1", "'or' stands wrong"),
        (r"\text{if } x > 0 \text{ if } x > -1", "'if' stands wrong"),
        ("x > 0", "a case without its word"),
        (r"\text{if } x > 0, x > -1", "a case without its word"),
    ],
)
def test_a_condition_is_joined_by_the_right_word(
    condition: str, complaint: str
) -> None:
    """Several are all to be true, so no `or` is between them."""
    rows = rf"1 & {condition} \\ 0 & \text{{otherwise}}"
    tex = rf"y = \begin{{cases}} {rows} \end{{cases}}"
    values = {"x": each(2, -1), "y": given(lambda x: int(x > 0))}
    with pytest.raises(BookError, match=complaint) if complaint else nullcontext():
        assert holds(tex, values)


def test_cases_that_overlap_have_one_value() -> None:
    """Or it would matter which of them stands above."""
    below = r"x & \text{if } x \ge 0 \\ -x & \text{if } x < %d"
    tex = rf"y = \begin{{cases}} {below} \end{{cases}}"
    rule = given(lambda x: abs(x))
    assert holds(tex % 0, {"x": each(-0.5, 0.0, 0.5), "y": rule})
    with pytest.raises(BookError, match="two cases"):
        holds(tex % 1, {"x": each(-0.5, 0.0, 0.5), "y": rule})


def test_sums_are_written_as_sums() -> None:
    """Dots between plus signs, and a small letter below the sign."""
    names = {"y": 6, "x": np.array([1, 2, 3]), "C": 3, "N": 3}
    assert holds(r"y = x_1 + \dots + x_C", names)
    for dots in (r"- \dots +", r"+ \dots -"):
        with pytest.raises(BookError, match="two plus signs"):
            holds(rf"y = x_1 {dots} x_C", names)
    assert holds(r"y = \sum_n x_n", names)
    with pytest.raises(BookError, match="a small letter, not over N"):
        holds(r"y = \sum_N x", names)


@pytest.mark.parametrize("tex", [r"x \star 2 = 1", r"x = \frac{1}{2", "x", "u = v"])
def test_what_cannot_be_read_or_compared_is_an_error(tex: str) -> None:
    """Rather than passed over."""
    with pytest.raises(BookError):
        holds(tex, {"x": 1})


@pytest.mark.parametrize(
    "tex",
    [
        "y = 2 . 5",
        "y = 2,5",
        r"y = 2 \\ 5",
        r"y = 2 \text{ or } 3",
        "y = 2)",
        "y = 2 |",
        r"z = 2\!3",
        r"s = \sum_{i=0}^{1} x_i",
        r"y = \begin{cases} 2 & \text{if } z > 0 \\ 97 & \text{otherwise} \end{cases}",
    ],
)
def test_what_is_shown_and_not_compared_is_refused(tex: str) -> None:
    """Set in print, the first of them is two and a half."""
    with pytest.raises(BookError):
        holds(tex, {"y": 2, "z": 6, "x": np.array([1, 2]), "s": 3})
