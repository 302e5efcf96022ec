"""Watches a page while it runs: each of its branches and assertions has to be reached.

And what `all`, `any` or `allclose` goes through in one must not be empty every time,
since everything is true of nothing. Nor is a function true before it is called.
"""

import ast
import types
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, islice
from typing import Any

import numpy as np

WATCH = "the book's watch"
"""Its name among the names of a page, none of which has a space in it."""

THROUGH = {"all", "any", "allclose", "isclose"}
"""Functions and methods that go through what they are given."""

UNCALLED = (
    types.FunctionType, types.MethodType, types.BuiltinFunctionType,
    types.GeneratorType, np.ufunc,
)  # fmt: skip
"""What an assertion takes for true before it is called or gone through."""

NEED_NOT = ast.Assert | ast.Raise | ast.Pass
"""Statements that a branch may begin with and need not be reached, or are watched."""

Place = tuple[int, int]
"""Line and column."""


class Watch:
    """The places that nothing has come to yet, and what that means."""

    def __init__(self) -> None:
        self.waiting: dict[Place, str] = {}

    @contextmanager
    def over(self, tree: ast.AST) -> Iterator[None]:
        """Watch the branches and assertions of a tree, changing it, from now on.

        What says `assert False` is let be, since it marks where no program comes, and
        so is a branch that begins with `raise` or `pass`; and a program that fails.
        """
        found: dict[Place, str] = {}
        for node in [*ast.walk(tree)]:
            for branch in filter(None, _branches(node)):
                if not isinstance(first := branch[0], NEED_NOT):
                    place = first.lineno, first.col_offset
                    found[place] = f"nothing comes to {ast.unparse(first)}"
                    mark = _watched("reached", first, ast.Constant(True))
                    branch.insert(
                        0, ast.copy_location(ast.If(mark, [ast.Pass()], []), first)
                    )
            if isinstance(node, ast.Assert) and not isinstance(node.test, ast.Constant):
                for inner in [*ast.walk(node.test)]:
                    if isinstance(inner, ast.Call):
                        _watch_arguments(inner, found)
                found[node.lineno, node.col_offset] = "nothing comes to this assertion"
                node.test = _watched("reached", node, node.test)
        ast.fix_missing_locations(tree)
        self.waiting |= found
        try:
            yield
        except BaseException:
            self.waiting = {p: w for p, w in self.waiting.items() if p not in found}
            raise

    def reached(self, line: int, column: int, value: Any) -> Any:
        """The value of an assertion that is reached, but for a function, say."""
        if isinstance(value, UNCALLED):
            self.waiting[line, column] = "nobody calls what this assertion names"
        else:
            self.waiting.pop((line, column), None)
        return value

    def through(self, line: int, column: int, value: Any) -> Any:
        """What is gone through; an iterator may be another one with the same in it."""
        if isinstance(value, Iterator):
            first = [*islice(value, 1)]
            filled, value = bool(first), chain(first, value)
        elif isinstance(value, np.ndarray):
            filled = value.size > 0
        else:
            filled = not hasattr(value, "__len__") or len(value) > 0
        if filled:
            self.waiting.pop((line, column), None)
        return value


def _branches(node: ast.AST) -> list[list[ast.stmt]]:
    """What may be passed by: where there is a condition, a loop or an error."""
    match node:
        case ast.If(_, body, [ast.If()]):  # an elif, which is a branch of its own
            return [body]
        case ast.If(_, body, orelse) | ast.For(_, _, body, orelse):
            return [body, orelse]
        case ast.While(_, body, orelse):
            return [body, orelse]
        case ast.Try(_, _, orelse):
            return [orelse]
        case ast.ExceptHandler(_, _, body) | ast.match_case(_, _, body):
            return [body]
    return []


def _watch_arguments(call: ast.Call, found: dict[Place, str]) -> None:
    """Watch what a call goes through, if it does: its arguments, or else its array."""
    function = call.func
    if getattr(function, "attr", getattr(function, "id", "")) not in THROUGH:
        return

    def watched(node: ast.expr) -> ast.expr:
        what = f"this assertion goes through nothing: {ast.unparse(node)} is empty"
        found[node.lineno, node.col_offset] = what
        return _watched("through", node, node)

    if not call.args and isinstance(function, ast.Attribute):
        function.value = watched(function.value)
    call.args = [watched(node) for node in call.args]


def _watched(method: str, place: ast.stmt | ast.expr, value: ast.expr) -> ast.expr:
    """The same value, by way of a method of the watch."""
    watch = ast.Attribute(ast.Name(WATCH, ast.Load()), method, ast.Load())
    where = [ast.Constant(place.lineno), ast.Constant(place.col_offset)]
    return ast.copy_location(ast.Call(watch, [*where, value], []), value)
