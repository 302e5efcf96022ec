r"""Computes with the TeX of a formula, so that a formula can be tested.

`holds(tex, names)` takes what stands between the dollar signs and a value for each of
its symbols, computes both sides of every relation and compares. A symbol `x_1` is the
name `x1` or `x_1`, or else the first entry of `x`; `W^{(1)}` is `W1`; `\eta` is `eta`;
`dY` is one name; `\partial L / \partial W` is `dL_dW`; `f'` is `f_prime`, `\hat{m}` is
`m_hat`; what `v` becomes in `v \leftarrow 2 v` is `v_next`. Letters below a symbol run
over all entries, and `\sum` adds up over its letter. Two symbols side by side are
multiplied, arrays as matrices. `each(…)` as a value stands for several, `given(…)` for
one that depends on them. A formula without a relation has to have the given `value`.

What it cannot read it does not pass over: it raises `BookError`.
"""

import inspect
import itertools
import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from bookbinder import BookError
from bookbinder.read.tex import Chain, Node, read

KNOWN: dict[str, Any] = {
    "e": math.e, "pi": math.pi, "infty": math.inf, "log": np.log, "ln": np.log,
    "exp": np.exp, "tanh": np.tanh, "sqrt": np.sqrt, "max": np.max, "sin": np.sin,
    "cos": np.cos, "abs": np.abs,
}  # fmt: skip
TAKEN = "the cases that some value came to"
TINY = 1e-6
"""Where a limit is taken."""


class each(tuple[Any, ...]):  # noqa: N801, one writes it like a function
    """Several values for one symbol; the formula must hold for each of them."""

    def __new__(cls, *values: Any) -> "each":
        """`each(1, 2)` holds 1 and 2."""
        if not values:
            raise BookError("no values: what holds for each of none says nothing")
        return super().__new__(cls, values)


class given:  # noqa: N801
    """A value that depends on the chosen ones: `given(lambda x: 2 * x)`."""

    def __init__(self, rule: Callable[..., Any]) -> None:
        self.rule = rule

    def among(self, names: Mapping[str, Any]) -> Any:
        """The value, with the parameters of the rule found by their names."""
        return self.rule(
            *(names[name] for name in inspect.signature(self.rule).parameters)
        )


def holds(tex: str, names: Mapping[str, Any]) -> bool:
    """Whether every relation of a formula is true for the given values of its symbols.

    Raises `BookError` if it cannot be read, or if there is nothing in it to compare.
    """
    chains, taken = read(tex), set[str]()
    true = all(_true(chains, {**one, TAKEN: taken}) for one in _choices(names))
    cases = [node for node in _in(chains) if node[0] == "cases"]
    if true and {repr(row) for _, rows in cases for row in rows} - taken:
        raise BookError("no value comes to one of the cases of the formula")
    return true


def untrue(tex: str, names: Mapping[str, Any]) -> str:
    """The first relation of a formula that is not true, with the values of its sides.

    >>> untrue("y = x, x < 2", {"x": 3, "y": 3})
    '3 < 2'
    """
    found = (
        it
        for one in _choices(names)
        for it in _untrue(read(tex), {**one, TAKEN: set()})
    )
    return next(found, "")


def never(tex: str, names: Mapping[str, Any]) -> bool:
    """Whether the relations of a formula are true together for no given values."""
    return not any(_true(read(tex), choice) for choice in _choices(names))


def equals(tex: str, value: Any, names: Mapping[str, Any]) -> bool:
    """Whether a formula, and every side of it if it has several, has this value.

    An inequality has the value `True` or `False`, or a function of its symbol that says
    so at its numbers and on both sides of them. A single symbol on the left, as in
    `x = 2`, may get its value here; but it must be a symbol of the page, and one that
    is not on the right, too.
    """
    return all(_comes_to(chain, value, dict(names)) for chain in read(tex))


def _comes_to(chain: Chain, value: Any, names: dict[str, Any]) -> bool:
    sides, relations = [side for _, side in chain], {sign for sign, _ in chain[1:]}
    if relations & set("<>≤≥"):
        if not callable(value):
            return _true([chain], names) is value
        (name,) = inspect.signature(value).parameters
        numbers = [float(p[1]) for side in sides for p in _in(side) if p[0] == "number"]
        points = [n + d for n in [*numbers, *range(-3, 4)] for d in (-0.01, 0, 0.01)]
        return all(_true([chain], {**names, name: p}) == value(p) for p in points)
    if relations & set("→≈"):
        return _true([chain], names) and _comes_to(chain[-1:], value, names)
    new = sides[0] if relations and sides[0][0] == "symbol" else ()
    if new and new[1] not in KNOWN and new not in _in(sides[1:]):
        _look_up(sides.pop(0)[1], names)
    return all(_same(_value(side, names), value) for side in sides)


def _choices(names: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The values of all symbols, once for each way to choose among several."""
    several = {name: value for name, value in names.items() if isinstance(value, each)}
    for chosen in itertools.product(*several.values()):
        choice = {**names, **dict(zip(several, chosen, strict=True))}
        for name, value in names.items():
            if isinstance(value, given):
                choice[name] = value.among(choice)
        yield choice


def _true(chains: list[Chain], names: dict[str, Any]) -> bool:
    return not any(_untrue(chains, names))


def _untrue(chains: list[Chain], names: dict[str, Any]) -> Iterator[str]:
    """Every relation that is not true, with the values of its sides."""
    compared = 0
    if len({len(chain) > 1 for chain in chains}) > 1:
        raise BookError("a part of the formula stands alone and is not compared")
    if "value" in names and all(len(chain) == 1 for chain in chains):
        chains = [[*chain, ("=", ("symbol", "value"))] for chain in chains]
    if any(chain[1:2] and chain[1][0] == "↦" for chain in chains):
        if not _table(chains, names):
            yield "a row of it is not true"
        return
    for chain in chains:
        for (_, left), (relation, right) in itertools.pairwise(chain):
            if relation == "←":
                left, relation = ("symbol", left[1] + "_next"), "="
            compared += 1
            for index in _indices([left, right], names):
                for way in (1, -1):  # above and below in \pm
                    space = {**names, **index, "±": way}
                    if not _compare(relation, left, right, space):
                        of = _shape if relation == "→" else _value
                        sides = (f"{of(side, space)}" for side in (left, right))
                        yield " ".join(f" {relation} ".join(sides).split())
    if not compared:
        raise BookError("there is nothing in the formula to compare")


def _table(chains: list[Chain], names: dict[str, Any]) -> bool:
    r"""Rows such as `(1, 0) \mapsto 1: b > 0`: f gives 1 there just if b is above 0."""
    for row, condition in zip(chains[::2], chains[1::2], strict=True):
        (_, point), (_, result) = row
        gives = names["f"](_value(point, names)) == _value(result, names)
        if bool(gives) != _true([condition], dict(names)):
            return False
    return True


def _compare(relation: str, left: Node, right: Node, names: dict[str, Any]) -> bool:
    if relation == "→":
        return _shape(left, names) == _shape(right, names)
    a, b = _value(left, names), _value(right, names)
    match relation:
        case "=":
            near = any(part[0] == "lim" for side in (left, right) for part in _in(side))
            return _same(a, b, 1e-4 if near else 1e-7)
        case "≈" if right[0] == "number":
            digits = len(right[1].partition(".")[2])
            return bool(round(float(a), digits) == float(right[1]))
        case "≈":
            return _same(a, b, 1e-3)
        case "<" | ">":
            larger, smaller = (b, a) if relation == "<" else (a, b)
            return bool(np.all(larger > smaller)) and not np.any(np.isclose(a, b))
        case _:
            signs = {"≤": np.less_equal, "≥": np.greater_equal}
            return bool(np.all(signs[relation](a, b)))


def _shape(node: Node, names: dict[str, Any]) -> tuple[int, ...]:
    """The shape that a sum or product of shapes comes to; () if they do not fit."""
    match node:
        case ("tuple", parts):
            return tuple(int(_value(part, names)) for part in parts)
        case ("·", a, b):
            try:
                product = np.zeros(_shape(a, names)) @ np.zeros(_shape(b, names))
            except ValueError:
                return ()
            return product.shape
        case ("terms", terms):
            return np.broadcast_shapes(*(_shape(term, names) for _, term in terms))
    raise BookError(f"no shape for this part of the formula: {node}")


def _same(a: Any, b: Any, tolerance: float = 1e-7) -> bool:
    """Whether two values have one shape and, but for rounding, the same numbers."""
    a, b = np.asarray(a), np.asarray(b)
    if a.shape != b.shape or not a.size:
        return a.shape == b.shape
    if not np.all(np.isfinite([a, b])):
        return bool(np.array_equal(a, b))
    sizes = np.abs(a).max(), np.abs(b).max()
    near = tolerance * max(sizes) if min(sizes) > 0 else 1e-12
    return bool(np.allclose(a, b, rtol=tolerance, atol=near))


def _in(node: Any) -> Iterator[Node]:
    """A part of a formula and all parts inside it."""
    if isinstance(node, tuple | list):
        if isinstance(node, tuple) and node and isinstance(node[0], str):
            yield node
        for part in node:
            yield from _in(part)


def _indices(
    nodes: list[Node], names: dict[str, Any], letters: set[str] | None = None
) -> Iterator[dict[str, int]]:
    """Every choice of the letters that run free over the entries of arrays."""
    found: dict[str, int] = {}
    bound = {p[1] for n in nodes for p in _in(n) if p[0] in ("sum", "lim")}
    for part in (part for node in nodes for part in _in(node)):
        if part[0] != "indexed":
            continue
        for axis, letter in enumerate(part[2]):
            free = letter in letters if letters else letter not in bound | names.keys()
            if letter.islower() and free:
                n = np.shape(_value(part[1], names))[axis]
                if found.setdefault(letter, n) != n:
                    raise BookError(f"{letter} counts {found[letter]} and {n} entries")
    for choice in itertools.product(*(range(n) for n in found.values())):
        yield dict(zip(found, choice, strict=True))


def _value(node: Node, names: dict[str, Any]) -> Any:
    """What a part of a formula comes to."""
    match node:
        case ("number", text):
            return float(text) if "." in text else int(text)
        case ("symbol", name):
            return _look_up(name, names)
        case ("indexed", base, below):
            return _entry(base, below, names)
        case ("terms", terms):
            return _total(terms, names)
        case ("sum", letter, start, end, body):
            return _sum_over(letter, start, end, body, names)
        case ("lim", letter, start, _, body):
            return _value(body, {**names, letter: _value(start, names) + TINY})
        case ("·", a, b):
            return _multiplied(_value(a, names), _value(b, names))
        case ("⊙", a, b):
            return _value(a, names) * _value(b, names)
        case ("/", a, b):
            return np.divide(_value(a, names), _value(b, names))
        case ("^", a, b):
            return np.power(_value(a, names), _value(b, names), dtype=float)
        case ("turned", a):
            return np.transpose(_value(a, names))
        case ("call", ("symbol", name), arguments):
            return _look_up(name, names)(*(_value(a, names) for a in arguments))
        case ("apply", symbol, factor, inside):
            return _applied(symbol, factor, inside, names)
        case ("tuple", parts):
            return np.array([_value(part, names) for part in parts])
        case ("matrix", rows):
            return np.array([[_value(cell, names) for cell in row] for row in rows])
        case ("cases", rows):
            return _case(rows, names)
    raise BookError(f"no value for this part of the formula: {node}")


def _look_up(name: str, names: Mapping[str, Any]) -> Any:
    if name in names:
        if not np.size(names[name]):
            raise BookError(f"the symbol {name} of the formula is empty")
        return names[name]
    if name in KNOWN:
        return KNOWN[name]
    raise BookError(f"the symbol {name} of the formula has no value")


def _entry(base: Node, below: list[str], names: dict[str, Any]) -> Any:
    """A name with its number, or the entry of an array (counted from one)."""
    sign = "".join(below)
    if base[0] == "symbol":
        for name in (f"{base[1]}{sign}", f"{base[1]}_{sign}"):
            if name in names:
                return _look_up(name, names)
    place = []
    for letter in below:
        if letter.isdigit():
            if int(letter) < 1:
                raise BookError(f"entries are counted from one, and {sign} is none")
            place.append(int(letter) - 1)
        elif letter.islower():
            place.append(names[letter])
        else:
            place.append(names[letter] - 1)
    return np.asarray(_value(base, names))[tuple(place)]


def _total(terms: list[tuple[str, Node]], names: dict[str, Any]) -> Any:
    r"""Terms added up; `x_1 + x_2 + \dots + x_C` with the ones left out."""
    total: Any = 0
    for n, (sign, term) in enumerate(terms):
        if term == ("dots",):
            if {sign, terms[n + 1][0]} != {"+"}:
                raise BookError("the dots of a sum stand between two plus signs")
            first = next(p[2][0] for p in _in(terms[n - 1][1]) if p[0] == "indexed")
            last = next(p[2][0] for p in _in(terms[n + 1][1]) if p[0] == "indexed")
            for k in range(int(first) + 1, names[last]):
                between = _replaced(terms[n - 1][1], [first], [str(k)])
                total = total + _value(between, names)
            continue
        value = _value(term, names)
        way = {"+": 1, "-": -1, r"\pm": names.get("±", 1)}[sign]
        total = total + value if way == 1 else total - value
    return total


def _sum_over(
    letter: str, start: Node | None, end: Node | None, body: Node, names: dict[str, Any]
) -> Any:
    if not letter.islower():
        raise BookError(f"a sum runs over a small letter, not over {letter}")
    choices = list(_indices([body], {**names, letter: 0}, {letter}))
    if choices == [{}]:  # the letter names the first axis
        entries = _value(body, names)
        if names.get(letter.upper()) != len(entries):
            raise BookError(f"the letter {letter} does not count the rows of a sum")
        return np.sum(entries, axis=0)
    first = _value(start, names) if start else 1
    if first != 1 or (end and _value(end, names) != len(choices)):
        raise BookError(f"the sum over {letter} does not run over all entries")
    return sum(_value(body, {**names, **choice}) for choice in choices)


def _multiplied(a: Any, b: Any) -> Any:
    """Numbers times anything; arrays as matrices."""
    return a @ b if np.ndim(a) and np.ndim(b) else a * b


def _applied(symbol: Node, factor: Node, inside: Node, names: dict[str, Any]) -> Any:
    """A function of what is in the brackets, or a product with it."""
    value = _look_up(symbol[1], names)
    if not callable(value):
        return _multiplied(value, _value(factor, names))
    given = inside[1] if inside[0] == "tuple" else [inside]
    result = value(*(_value(part, names) for part in given))
    if factor != inside:  # as in h(x)^2
        return _value(
            _replaced(factor, inside, ("symbol", "the result")),
            {**names, "the result": result},
        )
    return result


def _replaced(node: Any, old: Any, new: Any) -> Any:
    """A part of a formula with another part of it, or an index, exchanged."""
    if node == old:
        return new
    if isinstance(node, tuple | list):
        return type(node)(_replaced(part, old, new) for part in node)
    return node


def _case(rows: list[list[Chain]], names: dict[str, Any]) -> Any:
    """The line whose condition is true, or else one that has none.

    Where two conditions are true, it must not matter which line is taken.
    """
    fitting: list[Any] = []
    for value, *conditions in rows:
        if not conditions and fitting:
            continue
        if all(_true([condition], dict(names)) for condition in conditions):
            fitting.append(_value(value[0][1], names))
            names.get(TAKEN, set()).add(repr([value, *conditions]))
    if not fitting:
        raise BookError("no case of the formula fits")
    if not all(_same(value, fitting[0]) for value in fitting):
        raise BookError("two cases of the formula fit, with two values")
    return fitting[0]
