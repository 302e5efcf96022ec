"""Reads Python source without running it: the one place where listings come from.

Files are parsed, not imported, so an edit shows at once, without a new start.
"""

import ast
import symtable
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain, groupby
from os.path import isfile
from pathlib import Path

from bookbinder import ROOT, BookError
from bookbinder.read.moment import read_once
from bookbinder.read.words import say

FOLDERS = ("src", ".")
"""Where packages stand, seen from the project's root."""

LISTED = ("src", "benchmarks")
"""Whose code a page may show: the library's, and what is run beside it."""

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Listing:
    """Code as the book shows it, and where it stands: a file and its lines (from 1).

    `lines` are the lines that are shown, blank ones included.
    """

    path: Path
    lines: tuple[int, ...]
    code: str
    is_module: bool = False

    @property
    def anchor(self) -> str:
        """Its module on the page of all code; no dot, which would end a selector."""
        return self.path.name.replace(".", "-")

    @property
    def first(self) -> int:
        """The first of the lines."""
        return min(self.lines)

    def where(self, language: str) -> str:
        """The lines in words: "lines 7, 9 and 12–20"; a docstring makes no gap."""
        count = lines_that_count(self.path.read_text("utf-8"))
        runs = groupby(count, lambda n: n in self.lines)
        spans = [[*run] for shown, run in runs if shown]
        *start, last = (f"{s[0]}–{s[-1]}" if s[1:] else f"{s[0]}" for s in spans)
        many = start or "–" in last
        if start:
            last = say("{} and {}", language).format(", ".join(start), last)
        return say("lines {}" if many else "line {}", language).format(last)


@cache
def lines_that_count(text: str) -> tuple[int, ...]:
    """The lines of a module that the book has to show: not blank, and no docstring."""
    docstrings = {
        n
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Expr)
        if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for n in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    lines = enumerate(text.splitlines(), 1)
    return tuple(n for n, line in lines if line.strip() and n not in docstrings)


@read_once
def listing(name: str, root: Path = ROOT, without: str = "") -> Listing:
    """The code of a dotted name, its docstrings left out; of a module, the whole file.

    A name is whatever a statement binds: a function, class, method, constant or import.
    `without` names members of a class, space between, that a later listing brings.
    Raises `BookError` if there is no such object, or more than one of that name.
    """
    path, parts = _module(name, root)
    if not any(path.is_relative_to(root / folder) for folder in LISTED):
        raise BookError(f"{name} is no part of the library")
    return _listing(name, path, tuple(parts), path.read_text("utf-8"), root, without)


@cache
def _listing(
    name: str, path: Path, parts: tuple[str, ...], text: str, root: Path, without: str
) -> Listing:
    if not parts:
        every = tuple(range(1, len(text.splitlines()) + 1))
        return Listing(path, every, text.rstrip("\n"), True)
    node: ast.AST = _tree(path, text)
    for part in parts:
        node = _member(node, part, f"{path.relative_to(root)} defines no {name}")
    left_out = [_member(node, n, f"{name} has no {n}") for n in without.split()]
    lines = _without_docstrings(text, node, left_out)
    return Listing(path, lines, _code(text, lines))


def origin(name: str, root: Path = ROOT) -> str:
    """The dotted name of what a dotted name stands for, where it is defined.

    A name that a module of our own has imported is followed to where it comes from.
    """
    path, parts = _module(name, root)
    if not parts:
        return name
    package = name.partition(".")[0]
    node = _member(_tree(path), parts[0], f"{path.relative_to(root)} defines no {name}")
    if not isinstance(node, ast.Import | ast.ImportFrom):
        return name
    imported = _alias(node, parts[0]).name
    if isinstance(node, ast.ImportFrom):
        imported = f"{node.module}.{imported}"
    inside = imported.startswith(f"{package}.")
    return origin(imported, root) if inside else imported


@read_once
def program(name: str, root: Path = ROOT) -> str:
    """The shortest program that defines a figure, calls it and shows what it drew.

    It starts from the function `name` and gathers, from its module and the modules of
    the same package that it imports from, every statement whose names it uses. After
    the imports comes the function itself, since it says most; then the constants, many
    of which are the look of all figures, and the other functions, as they were found.
    """
    path, parts = _module(name, root)
    if len(parts) != 1:
        raise BookError(f"{name} is not a function of a module")
    package = sorted(path.parent.glob("*.py"))
    return _program(path, parts[0], root, tuple(p.read_text("utf-8") for p in package))


@cache
def _program(path: Path, name: str, root: Path, package: tuple[str, ...]) -> str:
    """The program, made once for each state of the package's files."""
    imports: dict[str, set[str]] = {}
    constants: dict[str, None] = {}
    functions: dict[str, None] = {}
    for file, node in _closure(path, name, root, set()):
        if isinstance(node, ast.Import | ast.ImportFrom):
            module = getattr(node, "module", "")
            imports.setdefault(module, set()).add(ast.unparse(node.names[0]))
            continue
        text = file.read_text("utf-8")
        code = _code(text, _without_docstrings(text, node))
        (functions if isinstance(node, Definition) else constants)[code] = None
    plain = [f"import {module}" for module in sorted(imports.pop("", set()))]
    from_ = [
        f"from {m} import {', '.join(sorted(imports[m]))}" for m in sorted(imports)
    ]
    show = f"figure = {name}()\nplt.show()"
    *helpers, itself = functions
    blocks = ["\n".join(plain + from_), itself, "\n".join(constants), *helpers, show]
    return "\n\n".join(block for block in blocks if block)


@read_once
def modules_behind(code: str, importer: str, root: Path = ROOT) -> set[Path]:
    """The library's files that a piece of code imports from, and those behind them.

    A name that a module has itself imported is followed to where it is defined. Raises
    `BookError` where it is not defined, and says who imports it: at first `importer`.
    """
    found: set[Path] = set()
    waiting = [(importer, *pair) for pair in library_imports(code)]
    for by, module, name in waiting:
        path, _ = _module(module, root)
        what = f"{by} imports {name}, which {module} does not define"
        node = _member(_tree(path), name, what)
        if isinstance(node, ast.ImportFrom):
            waiting.append((f"{path}:{node.lineno}:", node.module or "", name))
        elif path not in found:
            behind = modules_behind(path.read_text("utf-8"), f"{path}:", root)
            found |= {path} | behind
    return found


@cache
def library_imports(code: str) -> tuple[tuple[str, str], ...]:
    """What a piece of code imports from the library: modules, and a name of each."""
    return tuple(
        (node.module, alias.name)
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if node.module and node.module.split(".")[0] == "scratchnn"
    )


@read_once
def library(root: Path = ROOT) -> dict[str, str]:
    """Every name that the library exports, and its dotted name with the module."""
    text = (root / "src" / "scratchnn" / "__init__.py").read_text("utf-8")
    return {name: f"{module}.{name}" for module, name in library_imports(text)}


@cache
def names_bound(node: ast.AST) -> frozenset[str]:
    """The names that a statement, or those of a module, bind in their own scope."""
    match node:
        case ast.Module(body):
            return frozenset().union(*map(names_bound, body))
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return frozenset({node.name})
        case ast.Import() | ast.ImportFrom():
            return frozenset((a.asname or a.name).split(".")[0] for a in node.names)
    return _names(node)[0]


@cache
def names_read(node: ast.AST) -> frozenset[str]:
    """The names that a statement, with all that stands inside it, reads."""
    return _names(node)[1]


@cache
def names_outside(code: str) -> frozenset[str]:
    """The names that some code looks up outside itself, in its functions as well.

    >>> names_outside("def area(width): return width * height")
    frozenset({'height'})
    """
    waiting = [symtable.symtable(code, "<page>", "exec")]
    found = set()
    for table in waiting:
        waiting += table.get_children()
        for symbol in table.get_symbols():
            outside = table.get_type() == "module" or symbol.is_global()
            if symbol.is_referenced() and outside:
                found.add(symbol.get_name())
    return frozenset(found)


def nodes_of(trees: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """These statements or expressions, one after the other, and all inside each."""
    return chain.from_iterable(map(ast.walk, trees))


def root_of(node: ast.expr) -> str:
    """The variable at the root of `x.w[0].append`: here, x."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


@cache
def _names(node: ast.AST) -> tuple[frozenset[str], frozenset[str]]:
    """The names that are bound inside a node, and those that are read."""
    found = [n for n in ast.walk(node) if isinstance(n, ast.Name)]
    bound = frozenset(n.id for n in found if isinstance(n.ctx, ast.Store))
    return bound, frozenset(n.id for n in found if isinstance(n.ctx, ast.Load))


def _tree(path: Path, text: str = "") -> ast.Module:
    """The statements of a file as it stands on the disk, or of what was read there."""
    try:
        return _parsed(text or path.read_text("utf-8"))
    except SyntaxError as error:
        raise BookError(f"{path}:{error.lineno}: {error.msg}") from None


@cache
def _parsed(text: str) -> ast.Module:
    """Statements, made once for files that say the same: small books borrow ours."""
    return ast.parse(text)


def _module(name: str, root: Path) -> tuple[Path, list[str]]:
    """Split a dotted name into the file of its module and the parts inside that."""
    parts = name.split(".")
    for cut in range(len(parts), 0, -1):
        for folder in FOLDERS:
            stem = "/".join([str(root), folder, *parts[:cut]])
            for path in (f"{stem}.py", f"{stem}/__init__.py"):
                if isfile(path):  # noqa: PTH113 - a Path for each takes four times as long
                    return Path(path), parts[cut:]
    raise BookError(f"no module for {name}")


def _member(node: ast.AST, name: str, complaint: str) -> ast.stmt:
    found = [n for n in getattr(node, "body", []) if name in names_bound(n)]
    if len(found) > 1:
        lines = " and ".join(str(node.lineno) for node in found)
        raise BookError(f"{name} is bound {len(found)} times, in lines {lines}")
    if not found:
        raise BookError(complaint)
    assert isinstance(found[0], ast.stmt)
    return found[0]


def _span(node: ast.AST) -> tuple[int, int]:
    """First and last line of a statement, decorators included."""
    assert isinstance(node, ast.stmt)
    decorators = getattr(node, "decorator_list", [])
    last = node.end_lineno
    assert last is not None
    return min([node.lineno, *(d.lineno for d in decorators)]), last


def _without_docstrings(
    text: str, node: ast.AST, left_out: Iterable[ast.AST] = ()
) -> tuple[int, ...]:
    """The lines of a statement, less its docstrings and the members left out."""
    lines = text.splitlines()
    hidden: set[int] = set()
    for member in left_out:  # with the blank line above it
        first, last = _span(member)
        hidden.update(range(first - 1, last + 1))
    for first, last in _docstrings(node):
        blank_below = not lines[last].strip()
        hidden.update(range(first, last + 1 + blank_below))
    first, last = _span(node)
    return tuple(n for n in range(first, last + 1) if n not in hidden)


def _code(text: str, lines: Iterable[int]) -> str:
    """These lines of a text, moved to the left margin."""
    every = text.splitlines()
    return textwrap.dedent("\n".join(every[n - 1] for n in lines))


@cache
def _docstrings(node: ast.AST) -> tuple[tuple[int, int], ...]:
    """First and last lines of the docstrings in a node that are not all there is."""
    return tuple(
        _span(inner.body[0])
        for inner in ast.walk(node)
        if isinstance(inner, Definition) and len(inner.body) > 1
        if ast.get_docstring(inner) is not None
    )


def _closure(
    path: Path, name: str, root: Path, seen: set[tuple[Path, str]]
) -> Iterator[tuple[Path, ast.stmt]]:
    """The statements that `name` needs, and the files they stand in.

    Dependencies come first; imports bring one name each.
    """
    if (path, name) in seen:
        return
    seen.add((path, name))
    tree = _tree(path)
    node = _member(tree, name, f"{path.relative_to(root)} defines no {name}")
    if isinstance(node, ast.Import):
        yield path, ast.Import([_alias(node, name)])
    elif isinstance(node, ast.ImportFrom):
        alias, module = _alias(node, name), node.module or ""
        if module.split(".")[0] == path.relative_to(root).parts[0]:
            yield from _closure(_module(module, root)[0], alias.name, root, seen)
        else:
            yield path, ast.ImportFrom(module, [alias], node.level)
    else:
        for needed in sorted(names_read(node) & names_bound(tree) - {name}):
            yield from _closure(path, needed, root, seen)
        yield path, node


def _alias(node: ast.Import | ast.ImportFrom, name: str) -> ast.alias:
    return next(a for a in node.names if name == (a.asname or a.name).split(".")[0])
