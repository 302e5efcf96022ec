"""Changes the library one place at a time and runs only what the book shows of it.

A change counts as killed if a block of a page or an example of a docstring then prints
something else, fails, or does not end. What no page and no docstring notices survives,
and has to stand in `survivors.toml` with the reason why it may.

Written for this book, because the usual tools run a test suite: mutmut and cosmic-ray
start pytest for each change and cannot take a page as a test. Here every change gets a
process of its own, which runs what executes the changed function, docstrings first, and
stops at the first difference.
"""

import ast
import contextlib
import doctest
import importlib
import io
import os
import random
import re
import sys
import tomllib
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from types import FrameType
from typing import Any

from bookbinder import ROOT, BookError
from bookbinder.proof.judging import Report, changed_book, judged
from bookbinder.read.book import CODE_PAGE, find_pages
from bookbinder.read.code import Example
from bookbinder.read.pages import Block, Page
from bookbinder.run.limits import limited
from bookbinder.run.session import outcomes

PACKAGE = "scratchnn"
EXCUSES = Path("src", "bookbinder", "proof", "survivors.toml")
SECONDS = 20
"""What takes more of the processor than this was meant to end long ago."""

ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult, ast.Pow: ast.Mult, ast.MatMult: ast.Mult,
    ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr,
}  # fmt: skip
COMPARISON: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """A change of the library: in a file, from here to there, and what stands there."""

    path: Path
    function: str
    line: int
    start: int
    end: int
    old: str
    new: str

    @property
    def kind(self) -> str:
        """The module, under which it is counted."""
        return self.path.stem

    @property
    def text(self) -> str:
        """The file as it would then be."""
        text = self.path.read_text("utf-8")
        return text[: self.start] + self.new + text[self.end :]

    @property
    def name(self) -> str:
        """What the change is known by, whatever stands above it: its line, marked."""
        text = self.path.read_text("utf-8")
        before = text[: self.start].rpartition("\n")[2]
        after = text[self.end :].partition("\n")[0]
        line = " ".join(f"{before}{{{self.old} -> {self.new}}}{after}".split())
        return f"{self.path.stem}.{self.function}: {line}"


def mutants(path: Path) -> Iterator[Mutant]:
    """Every change of a file, from its top to its end."""
    text = path.read_text("utf-8")
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)

    def place(line: int, column: int) -> int:
        row = text[starts[line - 1] : starts[line] - 1].encode()
        return starts[line - 1] + len(row[:column].decode())

    for function, node, new in _changes(ast.parse(text), ""):
        start = place(node.lineno, node.col_offset)
        end = place(node.end_lineno or 0, node.end_col_offset or 0)
        old = text[start:end]
        yield Mutant(path, function, node.lineno, start, end, old, new)


def _changes(node: ast.AST, inside: str) -> Iterator[tuple[str, Any, str]]:
    """Every node that can be changed: the function it is in, the node, its new text."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        inside = f"{inside}.{node.name}" if inside else node.name
    for new in _new_texts(node):
        yield inside or "module", node, new
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "bases"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _untouched(child):
                yield from _changes(child, inside)


def _untouched(node: ast.AST) -> bool:
    """Docstrings, imports, names of types, messages: nothing that computes."""
    if isinstance(node, ast.Import | ast.ImportFrom | ast.JoinedStr):
        return True
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    return isinstance(node, ast.Assign) and (
        "__all__" in ast.unparse(node) or _is_alias(node)
    )


def _is_alias(node: ast.Assign) -> bool:
    """`Parameters = dict[str, …]` names a type."""
    name = ast.unparse(node.targets[0])
    return isinstance(node.value, ast.Subscript) and name[0].isupper() != name.isupper()


def _new_texts(node: ast.AST) -> Iterator[str]:
    """What may stand in the place of a node; sentences are words and stay."""
    match node:
        case ast.BinOp(left, op, right) if type(op) in ARITHMETIC:
            yield _code(ast.BinOp(left, ARITHMETIC[type(op)](), right))
        case ast.AugAssign(target, op, value) if type(op) in ARITHMETIC:
            changed = ast.AugAssign(target, ARITHMETIC[type(op)](), value)
            yield ast.unparse(changed)
            yield "pass"
        case ast.Compare(left, ops, values):
            for n, old in enumerate(ops):
                changed_ops = [*ops[:n], COMPARISON[type(old)](), *ops[n + 1 :]]
                yield _code(ast.Compare(left, changed_ops, values))
        case ast.BoolOp(joined, values):
            other = ast.And() if isinstance(joined, ast.Or) else ast.Or()
            yield _code(ast.BoolOp(other, values))
        case ast.UnaryOp(ast.Not() | ast.USub(), operand):
            yield _code(operand)
        case ast.Constant(bool() as value):
            yield str(not value)
        case ast.Constant(int() | float() as value):
            yield str(value + 1)
        case ast.Constant(str() as value) if value and " " not in value:
            yield repr(f"not {value}")
        case ast.Constant(None):
            yield "0"
        case ast.IfExp(test, body, orelse):
            yield _code(ast.IfExp(ast.UnaryOp(ast.Not(), test), body, orelse))
        case ast.Return(value) if value is not None:
            yield "return None"
        case ast.Assign(targets, _) if not isinstance(targets[0], ast.Name):
            yield "pass"
        case ast.Raise() | ast.Break() | ast.Continue() | ast.Delete():
            yield "pass"
        case ast.Expr(ast.Call()):
            yield "pass"


def _code(node: ast.expr) -> str:
    return f"({ast.unparse(ast.fix_missing_locations(node))})"


def attack(
    root: Path, size: int | None, seed: int, module: str | None = None
) -> Report[Mutant]:
    """Change the library, place by place (or `size` places drawn by chance).

    Or one `module` of it.
    """
    found = [m for m in all_mutants(root) if module in (None, m.kind)]
    if size is not None and size < len(found):
        found = random.Random(seed).sample(found, size)
    return judged(partial(killer, root, who_uses(root)), found)


def all_mutants(root: Path = ROOT) -> list[Mutant]:
    """Every change of every module of the library."""
    paths = sorted((root / "src" / PACKAGE).glob("*.py"))
    return [mutant for path in paths for mutant in mutants(path)]


def killer(root: Path, users: dict[str, list[str]], mutant: Mutant) -> str:
    """The docstring or page that notices a change, or nothing."""
    wanted = users.get(f"{mutant.path.stem}.{mutant.function}", [])
    if mutant.function.rpartition(".")[2][0].isupper() or mutant.function == "module":
        wanted = sorted({user for found in users.values() for user in found})
    bars = io.StringIO()
    with (
        changed_book(root, mutant.path, mutant.text) as folder,
        _imported_from(folder / "src"),
    ):
        for user in sorted(wanted, key=_patience):
            try:
                with limited(SECONDS), contextlib.redirect_stderr(bars):
                    held = run(user, folder)
            except BaseException:  # an interrupt, too, or its process would be lost
                return user
            if not held:
                return user
    return ""


def _patience(user: str) -> tuple[bool, bool, str]:
    """Docstrings before pages, and the two pages that train networks last."""
    return user.endswith(".md"), user in ("training.md", "reading.md"), user


@contextlib.contextmanager
def _imported_from(source: Path) -> Iterator[None]:
    """Imports of the library find the one in this folder."""
    before = {n: m for n, m in sys.modules.items() if n.partition(".")[0] == PACKAGE}
    for name in before:
        del sys.modules[name]
    sys.path.insert(0, str(source))
    path, os.environ["PYTHONPATH"] = os.environ.get("PYTHONPATH", ""), str(source)
    sys.dont_write_bytecode = True
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path.remove(str(source))
        os.environ["PYTHONPATH"] = path
        for name in [n for n in sys.modules if n.partition(".")[0] == PACKAGE]:
            del sys.modules[name]
        sys.modules.update(before)


def run(user: str, root: Path) -> bool:
    """Whether a page, or the docstrings of a module, still say what is so."""
    if user.endswith(".md"):
        return all(
            outcome.holds
            for outcome in outcomes(_page(user, root), root)
            if isinstance(outcome.part, Block | Example)
        )
    module = importlib.import_module(user)
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("error")
        return doctest.testmod(module).failed == 0


def _page(name: str, root: Path) -> Page:
    return next(page for page in find_pages(root) if page.path.name == name)


@cache
def who_uses(root: Path) -> dict[str, list[str]]:
    """For each function of the library: the docstrings and pages that execute it."""
    found: dict[str, list[str]] = {}
    modules = [
        f"{PACKAGE}.{path.stem}"
        for path in sorted((root / "src" / PACKAGE).glob("[a-z]*.py"))
    ]
    door = root / "src" / PACKAGE / "__init__.py"
    with (  # in a copy: what helps the checks is the library as it was imported before
        changed_book(root, door, door.read_text("utf-8")) as folder,
        _imported_from(folder / "src"),
    ):
        for user in [*modules, *(page.path.name for page in find_pages(folder))]:
            with _watching(folder / "src" / PACKAGE) as called:
                if not run(user, folder):
                    raise BookError(f"{user} must hold before the library is changed")
            for name in called | _listed(user, folder):
                found.setdefault(name, []).append(user)
    return found


@contextlib.contextmanager
def _watching(package: Path) -> Iterator[set[str]]:
    """Notes which functions of the library are called."""
    called: set[str] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        if event == "call" and code.co_filename.startswith(str(package)):
            stem = Path(code.co_filename).stem
            called.add(
                f"{stem}.{re.sub(r'[.]<(locals|lambda)>', '', code.co_qualname)}"
            )

    sys.setprofile(note)
    try:
        yield called
    finally:
        sys.setprofile(None)


def _listed(user: str, root: Path) -> set[str]:
    """The functions of the library that a page lists, methods of classes included."""
    if not user.endswith(".md") or user == CODE_PAGE:
        return set()
    found: set[str] = set()
    for block in _page(user, root).blocks:
        if block.kind == "listing":
            for name in block.names:
                stem, _, rest = name.removeprefix(f"{PACKAGE}.").partition(".")
                found.add(f"{stem}.{rest}")
                for node in ast.walk(ast.parse(block.listing(root).code)):
                    if isinstance(node, ast.FunctionDef):
                        found.add(f"{stem}.{rest}.{node.name}")
    return found


def excused(root: Path = ROOT) -> dict[str, str]:
    """The survivors that may live, by name, and why."""
    return {
        name: entry["reason"]
        for entry in tomllib.loads((root / EXCUSES).read_text("utf-8"))["survivor"]
        for name in entry["mutants"]
    }
