"""Judges what the code of a page does: whether it is seen, and whether it can fail.

Nothing is run for it; the statements are read.
"""

import ast
import builtins
import contextlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from bookbinder import BookError
from bookbinder.read.pages import Aside, Block, Bound, Fault, Page, examples
from bookbinder.read.source import Definition, names_bound, names_read

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

SEEN = "<seen>"
"""Stands among the names that a statement changes when it asserts or prints."""


def statement_faults(page: Page, root: Path) -> Iterator[Fault]:
    """What is wrong with the statements of a page: line and reason."""
    yield from _unseen(page, root)
    yield from _methods(page, root)
    yield from _idle_asserts(page, root)
    yield from _replaced(page, root)


def _unseen(page: Page, root: Path) -> Iterator[Fault]:
    """Every statement of a script shows its effect: printed, asserted or used later."""
    read_below: set[str] = set()
    modules = _modules(page, root)
    for part in reversed(page.parts):
        code = code_of(part, root)
        if not (isinstance(part, Block) and part.kind == "script"):
            read_below |= {name for node in parsed(code) for name in names_read(node)}
            continue
        for statement in reversed(parsed(code)):
            if not _changed(statement, modules) & {*read_below, SEEN}:
                yield part.line + statement.lineno, "nobody sees what this does"
            if isinstance(statement, ast.Assign):
                read_below -= names_bound(statement)
            read_below |= names_read(statement)


def _methods(page: Page, root: Path) -> Iterator[Fault]:
    """A method takes `self` first: Python minds no other word, but a reader does."""
    for part in page.parts:
        body = parsed(code_of(part, root))
        classes = [node for node in body if isinstance(node, ast.ClassDef)]
        for method in (inner for each in classes for inner in each.body):
            if not isinstance(method, ast.FunctionDef) or method.decorator_list:
                continue
            if [parameter.arg for parameter in method.args.args[:1]] != ["self"]:
                yield part.line, f"the method {method.name} does not take self first"


def _replaced(page: Page, root: Path) -> Iterator[Fault]:
    """What a listing defines is the library's for the rest of the page."""
    listed: dict[str, int] = {}
    for block in page.blocks:
        for node in parsed(code_of(block, root)):
            if block.kind != "listing":
                for name in sorted(names_bound(node) & listed.keys()):
                    where = f"the listing in line {listed[name]}"
                    yield block.line, f"{name} takes the place of {where}"
            elif not isinstance(node, ast.Import | ast.ImportFrom):
                listed |= dict.fromkeys(names_bound(node) - listed.keys(), block.line)


def _idle_asserts(page: Page, root: Path) -> Iterator[Fault]:
    """An assertion can fail: what is no empty list, for one, is always true."""
    made: set[str] = set()
    for part in page.parts:
        for one in parsed(code_of(part, root)):
            if isinstance(one, Definition | ast.Import | ast.ImportFrom):
                made |= names_bound(one)
            for node in ast.walk(one):
                if isinstance(node, ast.Assert) and _is_idle(node.test, made):
                    is_script = isinstance(part, Block) and part.kind == "script"
                    n = part.line + (node.lineno if is_script else 0)
                    yield n, f"assert {ast.unparse(node.test)} cannot fail"


def _is_idle(test: ast.expr, made: set[str]) -> bool:
    """Whether a test cannot fail: no variable is in it, or a thing beside itself.

    Nor can the name of a function, a class or a module, which are `made`.
    """
    if isinstance(test, ast.Constant):
        return bool(test.value)
    if isinstance(test, ALWAYS):
        return True
    if isinstance(test, ast.Name):
        return test.id in made
    compared = [node for node in ast.walk(test) if isinstance(node, ast.Compare)]
    if any(ast.dump(node.left) == ast.dump(node.comparators[0]) for node in compared):
        return True
    return not names_read(test) - names_bound(test) - {*dir(builtins)}


def code_of(part: Block | Bound | Aside, root: Path) -> str:
    """The code of a part of a page, without prompts; nothing where nothing runs."""
    if isinstance(part, Aside):
        return ""
    if isinstance(part, Bound):
        return part.expression
    if part.kind == "session":
        return "".join(example.source for example in examples(part))
    if part.kind == "listing":
        with contextlib.suppress(BookError):
            return part.listing(root).code
    return part.code if part.kind == "script" else ""


@cache
def parsed(code: str) -> tuple[ast.stmt, ...]:
    """Its statements; none where it does not parse, which other checks report."""
    with contextlib.suppress(SyntaxError):
        return tuple(ast.parse(code).body)
    return ()


def _modules(page: Page, root: Path) -> set[str]:
    """The names of modules on a page: a call of their functions changes no variable."""
    return {
        name
        for part in page.parts
        for node in parsed(code_of(part, root))
        if isinstance(node, ast.Import)
        for name in names_bound(node)
    }


def _changed(statement: ast.stmt, modules: set[str]) -> set[str]:
    """The variables that a statement makes or changes, and `SEEN` if it shows itself.

    `x[0] = 1`, `x.w = 1` and `x.append(1)` change x; a call like `np.add(1, 1)`, of a
    function in a module, changes nothing.
    """
    changed = set(names_bound(statement))
    if isinstance(statement, Definition):
        return changed  # what it does when it is called shows where it is called
    for node in ast.walk(statement):
        if isinstance(node, ast.Assert | ast.Raise):
            changed.add(SEEN)
        elif isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name) and node.func.id == "print":
                changed.add(SEEN)
            elif isinstance(node.func, ast.Attribute) and node.func.attr not in ANSWERS:
                changed |= {_root(node.func)} - modules
        elif isinstance(node, ast.Attribute | ast.Subscript) and isinstance(
            node.ctx, ast.Store
        ):
            changed.add(_root(node))
    return changed


def _root(node: ast.expr) -> str:
    """The variable at the root of `x.w[0].append`: here, x."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""
