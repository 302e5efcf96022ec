"""Judges which assertions of a page cannot fail, as far as their words tell.

Nothing is run for it, and nothing guessed: what they do with numbers, `run.watching`
sees.
"""

import ast
import builtins
import math
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain, pairwise

from bookbinder.read.source import names_bound, names_read, nodes_of, root_of

ALWAYS = (
    ast.List | ast.Tuple | ast.Dict | ast.Set | ast.ListComp | ast.SetComp
    | ast.DictComp | ast.GeneratorExp | ast.Lambda | ast.JoinedStr
)  # fmt: skip
"""What an assertion takes for true, whatever is in it."""

ANSWERS = {
    "all", "any", "argmax", "argmin", "astype", "copy", "dot", "item", "max", "mean",
    "min", "reshape", "round", "std", "sum", "tolist", "transpose",
    "format", "get", "items", "join", "keys", "split", "values",
}  # fmt: skip
"""Methods of arrays, texts and dictionaries that change nothing."""

COMPARING = {"allclose", "array_equal", "array_equiv", "isclose"}
"""Functions that compare their first two arguments."""

GATHERS = {
    "dict", "enumerate", "filter", "list", "map", "repr", "reversed", "set", "sorted",
    "tuple", "type", "zip",
}  # fmt: skip
"""Functions whose result is taken for true, whatever is in it."""

MAKERS = {"arange", "array", "empty", "eye", "full", "linspace", "ones", "zeros"}
"""Functions of NumPy that make an array."""

CLASS = re.compile("[A-Z][a-z]")
"""What the name of a class begins with; that of a gate has capitals alone."""

ANSWERING = {"all", "any", "bool", "isinstance", "len", "sum"}
"""Functions of Python, some of NumPy, too, that always give back a value."""

OPERATIONS = ast.BinOp | ast.UnaryOp | ast.Compare
"""What comes to a value, which is never `None`."""


def idle_tests(
    test: ast.expr, named: set[str], modules: set[str], there: set[str]
) -> Iterator[ast.expr]:
    """The tests of an assertion, several with an `and` between, that cannot fail.

    `named` are functions, classes and modules, and `there` what is never `None`.
    """
    several = test if isinstance(test, ast.BoolOp) else ast.BoolOp(ast.Or(), [test])
    for one in several.values if isinstance(several.op, ast.And) else [test]:
        said = any(_says_nothing(inner, named | there) for inner in ast.walk(one))
        if said or _is_true(one, named, modules):
            yield one


def unheard(statement: ast.stmt) -> Iterator[ast.Assert]:
    """The assertions in a statement whose failure is caught and then passed over."""
    for node in ast.walk(statement):
        match node:
            case ast.Try(body, finalbody=[*_, ast.Return()]):
                caught: list[ast.expr | None] = [None]
            case ast.Try(body, handlers):
                caught = [each.type for each in handlers if _passes(each.body)]
            case ast.With(items, body):
                caught = [*chain.from_iterable(map(suppressed, items))]
            case _:
                continue
        words = {ast.unparse(n) for n in nodes_of(filter(None, caught))}
        if None in caught or words & {"AssertionError", "Exception", "BaseException"}:
            yield from (n for n in nodes_of(body) if isinstance(n, ast.Assert))


def suppressed(item: ast.withitem) -> list[ast.expr]:
    """The errors that `suppress` is told to pass over, by that name or as a member."""
    match item.context_expr:
        case ast.Call(ast.Name("suppress") | ast.Attribute(attr="suppress"), caught):
            return caught
    return []


def _passes(body: list[ast.stmt]) -> bool:
    """Whether statements do nothing."""
    return all(isinstance(one, ast.Pass | ast.Continue) for one in body)


def _is_true(test: ast.expr, named: set[str], modules: set[str]) -> bool:
    """Whether a test is taken for true: it is a thing, or no variable is in it.

    A thing is the name of a function, a class or a module, a function of a module or a
    method that nobody calls, or what is true or else something true.
    """
    match test:
        case ast.BoolOp(op=ast.Or(), values=parts):
            return any(_is_true(part, named, modules) for part in parts)
        case ast.Constant(value):
            return bool(value)
        case ast.Name(name):
            return name in named
        case ast.Attribute(attr=name):
            return name in ANSWERS or root_of(test) in modules
        case ast.Call(func=ast.Name(name)) if name in GATHERS:
            return True
    if isinstance(test, ALWAYS):
        return True
    return not names_read(test) - names_bound(test) - {*dir(builtins)}


def _says_nothing(node: ast.AST, there: set[str]) -> bool:
    """Whether a part of a test says nothing, such as that a thing is itself.

    NumPy takes `x > 0 for x in y` for one thing, and a thing for true.
    """
    match node:
        case ast.Compare():
            sides = pairwise([node.left, *node.comparators])
            return any(
                _compares_nothing(left, op, right, there)
                for op, (left, right) in zip(node.ops, sides, strict=True)
            )
        case ast.Call(func=ast.Attribute(attr="all" | "any"), args=[given]):
            return isinstance(given, ast.GeneratorExp)
        case ast.Call(func=ast.Attribute(attr=name), args=[one, other, *_]):
            return name in COMPARING and _same(one, other)
        case ast.Call(func=ast.Name("isinstance"), args=[_, ast.Name("object")]):
            return True
    return False


def _compares_nothing(
    left: ast.expr, op: ast.cmpop, right: ast.expr, there: set[str]
) -> bool:
    """Whether a comparison comes out the same whatever its sides are.

    Two draws of a random number may look the same and differ.
    """
    match op:
        case ast.Eq() | ast.Is():
            return _same(left, right)
        case ast.In() if isinstance(right, ast.List | ast.Tuple | ast.Set):
            return any(_same(left, each) for each in right.elts)
        case ast.IsNot() | ast.NotEq():
            sides = [left, right]
            written = {ast.unparse(side) for side in sides}
            made = any(_is_object(side, GATHERS | ANSWERING) for side in sides)
            return "None" in written and (made or not there.isdisjoint(written))
        case ast.Lt() | ast.LtE() | ast.Gt() | ast.GtE():
            sides = [left, right] if isinstance(op, ast.Gt | ast.GtE) else [right, left]
            count, border = sides[0], _number(sides[1])
            strict = isinstance(op, ast.Lt | ast.Gt)
            drawn = strict and any(isinstance(n, ast.Call) for n in ast.walk(left))
            below = border < 0 or (border == 0 and not strict)
            return (_same(left, right) and not drawn) or (_counts(count) and below)
    return False


def _same(one: ast.expr, other: ast.expr) -> bool:
    """Whether two expressions are the same, to the letter or but for a 0 or a 1."""
    return ast.dump(_bare(one)) == ast.dump(_bare(other))


def _bare(node: ast.expr) -> ast.expr:
    """An expression without what leaves a number as it is: plus 0, or times 1."""
    match node:
        case (
            ast.BinOp(kept, ast.Add() | ast.Sub(), ast.Constant(0))
            | ast.BinOp(kept, ast.Mult() | ast.Div() | ast.Pow(), ast.Constant(1))
            | ast.BinOp(ast.Constant(0), ast.Add(), kept)
            | ast.BinOp(ast.Constant(1), ast.Mult(), kept)
            | ast.UnaryOp(ast.UAdd(), kept)
        ):
            return _bare(kept)
    return node


def _counts(node: ast.expr) -> bool:
    """Whether an expression is a length or a size, which is never less than none."""
    match node:
        case ast.Call(func=ast.Name("len")) | ast.Attribute(attr="size" | "ndim"):
            return True
    return False


def _number(node: ast.expr) -> float:
    """The number that is written there; where none is, one that is more than any."""
    with suppress(ValueError, TypeError):
        return float(ast.literal_eval(node))
    return math.inf


def objects(statements: Iterable[ast.stmt]) -> set[str]:
    """The names that in every line of a page stand for something, never for `None`.

    What they stand for is written there, or comes from an operation or a class.
    """
    nodes = [*nodes_of(statements)]
    types = {name for name, it in vars(builtins).items() if isinstance(it, type)}
    classes = GATHERS | ANSWERING | types
    classes |= {node.name for node in nodes if isinstance(node, ast.ClassDef)}
    imported = [names_bound(node) for node in nodes if isinstance(node, ast.ImportFrom)]
    classes |= {n for names in imported for n in names if CLASS.match(n)}
    made = [
        (node.targets[0], _is_object(node.value, classes))
        for node in nodes
        if isinstance(node, ast.Assign)
    ]
    sure = {id(target) for target, is_object in made if is_object}
    bound = [
        n for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    ]
    unsure = {name.id for name in bound if id(name) not in sure}
    unsure |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    return {name.id for name in bound} - unsure


def _is_object(value: ast.expr, classes: set[str]) -> bool:
    """Whether an expression comes to something, whatever it is."""
    match value:
        case ast.Constant(constant):
            return constant is not None
        case ast.BoolOp(values=values):
            return all(_is_object(each, classes) for each in values)
        case ast.Call(func=ast.Name(name)):
            return name in classes
        case ast.Call(func=ast.Attribute(ast.Name("np"), attr=name)):
            return name in MAKERS | COMPARING | ANSWERING
    return isinstance(value, ALWAYS | OPERATIONS)
