"""Judges what the code of a page does: whether it is seen, and whether it can fail.

Nothing is run for it; the statements are read. Of assertions, `assertions` knows more.
"""

import ast
import builtins
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from bookbinder.check import Fault, once
from bookbinder.check.assertions import (
    ANSWERS,
    idle_tests,
    objects,
    suppressed,
    unheard,
)
from bookbinder.read.code import codes_of, parsed
from bookbinder.read.pages import Block, Page, Part, Premise
from bookbinder.read.source import (
    Definition,
    names_bound,
    names_read,
    nodes_of,
    root_of,
)

WAITS = {"get", "join"}
"""Methods of queues and threads of the same names, which need no arguments."""

IN_PLACE = {"copyto", "fill_diagonal", "put", "shuffle"}
"""Functions and methods that change what they are given."""

LEAVES = ast.Return | ast.Raise | ast.Break | ast.Continue
"""What comes behind one of these is never reached."""

ACTS = ast.Yield | ast.YieldFrom | ast.Await
"""Expressions that do something by themselves, or may."""

VALUES = {
    "abs", "bool", "enumerate", "filter", "float", "int", "isinstance", "len", "map",
    "max", "min", "range", "reversed", "round", "sorted", "str", "sum", "type", "zip",
}  # fmt: skip
"""Functions of Python that do nothing but give back a value."""

SETS = re.compile("copyto|fill|place|put|save|set")
"""What functions of NumPy are called that do more than that."""

SETTING = re.compile(r"\b(setattr|seed|set_\w+|fill\w*|copyto|put\w*|shuffle)\(")
"""Calls that change something for all that comes after."""

SEEN = "<seen>"
"""Stands among the names that a statement changes when it asserts or prints."""

Parsed = tuple[Part, tuple[ast.stmt, ...]]
"""A part of a page, with its statements."""


def statement_faults(page: Page, root: Path) -> Iterator[Fault]:
    """What is wrong with the statements of a page: line and reason."""
    yield from _faults(page, codes_of(page, root))


@once
def _faults(page: Page, codes: tuple[str, ...]) -> Iterator[Fault]:
    parts = [(part, parsed(code)) for part, code in zip(page.parts, codes, strict=True)]
    made = Made.on(parts)
    yield from _unseen(parts, made)
    yield from _idle_inside(parts, made)
    yield from _methods(parts)
    yield from _left_over(parts)
    yield from _idle_asserts(parts, made)
    yield from _replaced(parts)
    yield from _changed_unseen(parts, made)


@dataclass(frozen=True)
class Made:
    """What a page defines and imports: its functions, and the names of modules.

    And what it draws with: what Matplotlib has made, and each of these in a loop.
    """

    functions: dict[str, ast.FunctionDef]
    modules: set[str]
    drawings: set[str]

    def without(self, function: str) -> "Made":
        """The same, where a function is looked into, which need not be looked for."""
        others = {n: f for n, f in self.functions.items() if n != function}
        return replace(self, functions=others)

    @classmethod
    def on(cls, parts: list[Parsed]) -> "Made":
        """What stands in the parts of a page."""
        every = [node for _, statements in parts for node in statements]
        drawings: set[str] = set()
        for node in every:
            if isinstance(node, ast.Assign) and root_of(node.value) == "plt":
                drawings |= names_bound(node)
            elif isinstance(node, ast.For) and names_read(node.iter) & drawings:
                drawings |= names_bound(node.target)
        return cls(
            {node.name: node for node in every if isinstance(node, ast.FunctionDef)},
            set().union(*(names_bound(n) for n in every if isinstance(n, ast.Import))),
            drawings,
        )


def _unseen(parts: list[Parsed], made: Made) -> Iterator[Fault]:
    """Every statement of a script shows its effect: printed, asserted or used later."""
    read_below: set[str] = set()
    output_below = False
    for part, statements in reversed(parts):
        if not (isinstance(part, Block) and part.kind == "script"):
            read_below |= {name for node in statements for name in names_read(node)}
            output_below = isinstance(part, Block) and part.kind == "output"
            continue
        for statement in reversed(statements):
            value = statement.value if isinstance(statement, ast.Expr) else None
            printed = output_below and _calls_stranger(value, made)
            if isinstance(statement, ast.Import | ast.ImportFrom):
                for name in sorted(names_bound(statement) - read_below):
                    what = f"nobody sees {name}, which is imported here: use it below"
                    yield part.line + statement.lineno, what
            elif not printed and (
                (value and _is_value(value, made))
                or not _changed(statement, made) & {*read_below, SEEN}
            ):
                what = "print it, assert it or use it below"
                if value and root_of(value) == "plt":
                    what = "draw on axes that have a name: "
                    what += "figure, axes = plt.subplots()"
                n = part.line + statement.lineno
                yield n, f"nobody sees what this does: {what}"
            if isinstance(statement, ast.Assign):
                read_below -= names_bound(statement)
            read_below |= names_read(statement)
            if "plt.show()" in ast.unparse(statement):
                read_below |= made.drawings
        output_below = False


def _idle_inside(parts: list[Parsed], made: Made) -> Iterator[Fault]:
    """Inside others, too, a statement does something, and can be reached.

    A session shows all values but those in functions; what is tried may fail.
    """
    for part, statements in parts:
        if not isinstance(part, Block) or part.kind not in ("script", "session"):
            continue
        every = [*nodes_of(statements)]
        seen = {id(inner) for node in every for inner in _tried(node)}
        if part.kind == "session":
            shown = [one for one in statements if not isinstance(one, Definition)]
            seen |= {id(node) for node in nodes_of(shown)}
        for outer, before, node in _inside(every):
            n = _line(part, node)
            if isinstance(before, LEAVES):
                yield n, f"nothing comes to {ast.unparse(node)}"
            elif isinstance(node, ast.Pass):
                if before or not isinstance(outer, Definition | ast.ExceptHandler):
                    yield n, "pass does nothing here"
            elif id(node) not in seen and not _acts(node, before, made):
                yield n, f"nobody sees what {ast.unparse(node)} comes to"


def _inside(nodes: Sequence[ast.AST]) -> Iterator[tuple[ast.AST, Any, Any]]:
    """Each statement that stands right inside one of these, with the one before it."""
    for outer in nodes:
        for name in ("body", "orelse", "finalbody"):
            inner = getattr(outer, name, None)
            if isinstance(inner, list):  # of a lambda it is an expression
                for before, node in pairwise([None, *inner]):
                    yield outer, before, node


def _tried(node: ast.AST) -> Iterator[ast.AST]:
    """All that stands in the body of a `try`, or where errors are suppressed."""
    match node:
        case ast.Try(body):
            yield from nodes_of(body)
        case ast.With(items, body) if any(map(suppressed, items)):
            yield from nodes_of(body)


def _acts(statement: ast.stmt, before: ast.stmt | None, made: Made) -> bool:
    """Whether a statement is a docstring or dots, or more than a mere value."""
    if not isinstance(statement, ast.Expr):
        return True
    match value := statement.value:
        case ast.Constant(str()):
            return before is None
        case ast.Constant():
            return value.value is ...
    calls = [node for node in ast.walk(value) if isinstance(node, ast.Call)]
    idle = _is_value(value, made) or all(_only_answers(call, made) for call in calls)
    return isinstance(value, ACTS) or not idle


def _is_value(expression: ast.expr, made: Made) -> bool:
    """Whether an expression comes to a value for nothing else, whatever is inside."""
    match expression:
        case ast.Call(ast.Name(name)):
            return name in {*VALUES, "all", "any"} - made.functions.keys()
        case ast.Call(ast.Attribute(ast.Name("np" | "math"))):
            return _only_answers(expression, made)
    return not isinstance(expression, ast.Call | ast.Constant | ACTS)


def _only_answers(call: ast.Call, made: Made) -> bool:
    """Whether a call gives back a value and is known to do nothing else."""
    if any(given.arg == "out" for given in call.keywords):
        return False
    match call.func:
        case ast.Name(name) if name in made.functions:
            rest = made.without(name)
            function = made.functions[name]
            calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
            return not _effects(function, rest) and all(
                _only_answers(each, rest) for each in calls
            )
        case ast.Name(name):
            return name in VALUES
        case ast.Attribute(ast.Name("np" | "math"), attr=name):
            return not SETS.search(name)
        case ast.Attribute(attr=name):
            return name in ANSWERS and (name not in WAITS or bool(call.args))
    return False


def _calls_stranger(value: ast.expr | None, made: Made) -> bool:
    """Whether an expression only calls a function that was imported by its name."""
    match value:
        case ast.Call(ast.Name(name)):
            return name not in {*made.functions, *dir(builtins)}
    return False


def _methods(parts: list[Parsed]) -> Iterator[Fault]:
    """A method takes `self` first: Python minds no other word, but a reader does."""
    for part, body in parts:
        classes = [node for node in body if isinstance(node, ast.ClassDef)]
        for method in (inner for each in classes for inner in each.body):
            if not isinstance(method, ast.FunctionDef) or method.decorator_list:
                continue
            if [parameter.arg for parameter in method.args.args[:1]] != ["self"]:
                yield part.line, f"the method {method.name} does not take self first"


def _left_over(parts: list[Parsed]) -> Iterator[Fault]:
    """What a function stores is read in it, or else it was left there by mistake.

    Of the library's own, in listings, ruff says so.
    """
    own = [it for it in parts if getattr(it[0], "kind", "") != "listing"]
    for part, statements in own:
        for function in nodes_of(statements):
            if not isinstance(function, ast.FunctionDef):
                continue
            used = {"_", *names_read(function)}
            for node in ast.walk(function):
                if isinstance(node, ast.AugAssign):
                    used.add(root_of(node.target))
                elif isinstance(node, ast.Global | ast.Nonlocal):
                    used.update(node.names)
            for node in function.body:
                for name in sorted(names_bound(node) - used):
                    what = f"{function.name} makes {name} and never reads it"
                    yield _line(part, node), what


def _replaced(parts: list[Parsed]) -> Iterator[Fault]:
    """What a listing defines is the library's for the rest of the page."""
    listed: dict[str, int] = {}
    for block, statements in parts:
        if not isinstance(block, Block):
            continue
        for node in statements:
            if block.kind != "listing":
                for name in sorted(names_bound(node) & listed.keys()):
                    where = f"the listing in line {listed[name]}"
                    yield block.line, f"{name} takes the place of {where}"
            elif not isinstance(node, ast.Import | ast.ImportFrom):
                listed |= dict.fromkeys(names_bound(node) - listed.keys(), block.line)


def _idle_asserts(parts: list[Parsed], made: Made) -> Iterator[Fault]:
    """An assertion can fail: what is no empty list, for one, is always true."""
    there = objects(node for _, statements in parts for node in statements)
    named: set[str] = set()
    for part, statements in parts:
        for one in statements:
            if isinstance(one, Definition | ast.Import | ast.ImportFrom):
                named |= names_bound(one)
            for node in ast.walk(one) if isinstance(part, Block) else ():
                if isinstance(node, ast.Assert):
                    for test in idle_tests(node.test, named, made.modules, there):
                        what = f"assert {ast.unparse(test)} cannot fail"
                        yield _line(part, node), what
            for node in unheard(one):
                yield _line(part, node), f"nobody hears if {ast.unparse(node)} fails"


def _changed_unseen(parts: list[Parsed], made: Made) -> Iterator[Fault]:
    """What is written for the checks alone changes nothing that the page has made.

    No reader sees it, so what the page prints must not depend on it.
    """
    blocks = [node for part, body in parts if isinstance(part, Block) for node in body]
    shown = set().union(*map(names_bound, blocks)) - made.modules
    ours: set[str] = set()  # what the comments have made themselves
    for part, _ in parts:
        for node in parsed(part.code) if isinstance(part, Premise) else ():
            code, changed = ast.unparse(node), _written_into(node) & shown - ours
            if changed or SETTING.search(code):
                yield part.line, f"a comment changes what the page's code has: {code}"
            ours |= names_bound(node)


def _written_into(statement: ast.stmt) -> set[str]:
    """The variables whose values a statement changes, or may change by a method."""
    match statement:
        case ast.Assign(targets=targets):
            inside = [
                it for it in targets if isinstance(it, ast.Attribute | ast.Subscript)
            ]
            return {root_of(target) for target in inside}
        case ast.AugAssign(target=target):
            return {root_of(target)}
        case ast.Expr(ast.Call(function)):
            return {root_of(function)}
    return set()


def _line(part: Part, node: ast.stmt) -> int:
    """The line of a statement in a script; of another part, the line it begins in."""
    is_script = isinstance(part, Block) and part.kind == "script"
    return part.line + (node.lineno if is_script else 0)


def _changed(statement: ast.stmt, made: Made) -> set[str]:
    """The variables that a statement makes or changes, and `SEEN` if it is seen."""
    if isinstance(statement, Definition):
        return {*names_bound(statement)}  # what it does shows where it is called
    return {*names_bound(statement), *_effects(statement, made)}


def _effects(statement: ast.stmt, made: Made) -> set[str]:
    """The variables that it changes inside, and `SEEN` if it asserts or prints.

    `x[0] = 1`, `x.w = 1` and `x.append(1)` change x; a call like `np.add(1, 1)`, of a
    function in a module, changes nothing.
    """
    found: set[str] = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.Assert | ast.Raise):
            found.add(SEEN)
        elif isinstance(node, ast.Call):
            found |= _called(node, made)
        elif isinstance(node, ast.AugAssign):
            found.add(root_of(node.target))
        elif isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(
            node.ctx, ast.Load
        ):
            found.add(root_of(node))
    return found


def _called(call: ast.Call, made: Made) -> set[str]:
    """The same of a call; a function of the page is looked into."""
    found = {root_of(given.value) for given in call.keywords if given.arg == "out"}
    match call.func:
        case ast.Name("print") | ast.Attribute(attr="write"):
            found.add(SEEN)
        case ast.Attribute(ast.Name("plt"), attr="show"):
            found.add(SEEN)
        case ast.Name(name) if name in made.functions:
            inside = _effects(made.functions[name], made.without(name))
            names = [parameter.arg for parameter in made.functions[name].args.args]
            given = dict(zip(names, call.args, strict=False))
            given |= {one.arg: one.value for one in call.keywords if one.arg}
            found |= inside & {SEEN}
            found |= {root_of(value) for name, value in given.items() if name in inside}
        case ast.Attribute(attr=name) if name in IN_PLACE:
            found |= {root_of(value) for value in call.args}
        case ast.Attribute(attr=name) if name not in ANSWERS:
            found |= {root_of(call.func)} - made.modules
    return found
