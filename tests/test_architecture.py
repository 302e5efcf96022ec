"""The rules of the house: reading order, one door, an example for everything."""

import ast
import builtins
import inspect
import os
import pkgutil
import re
import subprocess
import sys
from importlib import import_module
from itertools import groupby
from pathlib import Path
from statistics import median
from types import FunctionType, SimpleNamespace
from typing import Any

import pytest
from conftest import dealt

import bookbinder
import scratchnn
from bookbinder import ROOT
from bookbinder.check.fences import DIRECTIVE
from bookbinder.read.book import REFERENCE, introductions
from bookbinder.read.source import lines_that_count

DOOR = scratchnn.__doc__ or ""
READING_ORDER = [name for name in re.findall(r"`(\w+)`", DOOR) if name != "scratchnn"]
"""The table of contents, as the package says: a module imports from those before it."""

FOR_THE_SHELL = {"command_line"}  # not for import: `python -m scratchnn` runs it
OUTSIDE = {"numpy", "tqdm", *sys.stdlib_module_names}
SOURCE = Path(scratchnn.__file__).parent

INTRODUCED = introductions(ROOT / "docs" / "en")
MKDOCS = (ROOT / "mkdocs.yml").read_text("utf-8")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def tree(module: str) -> ast.Module:
    """The module as Python reads it."""
    return ast.parse((SOURCE / f"{module}.py").read_text("utf-8"))


def functions(module: str) -> list[Function]:
    """All functions of the module, methods included."""
    return [n for n in ast.walk(tree(module)) if isinstance(n, Function)]


DEFINED = [
    node
    for module in READING_ORDER
    for node in ast.walk(tree(module))
    if isinstance(node, Function | ast.ClassDef)
]
"""All functions, methods and classes of the library."""


def code(function: Function) -> list[ast.stmt]:
    """The body without its docstring."""
    return function.body[1:] if ast.get_docstring(function) else function.body


def lines_of_code(function: Function) -> int:
    """How many lines the body has without its docstring."""
    body = code(function)
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def docstrings(module: ast.Module) -> list[str]:
    """The docstrings of a module, its own and those of all that it defines."""
    documented = Function | ast.ClassDef | ast.Module
    nodes = [node for node in ast.walk(module) if isinstance(node, documented)]
    return [ast.get_docstring(node) or "" for node in nodes]


def public_names(module: str) -> list[str]:
    """The functions and classes that the module itself defines."""
    wanted = Function | ast.ClassDef
    names = [n.name for n in tree(module).body if isinstance(n, wanted)]
    return [name for name in names if not name.startswith("_")]


PUBLIC = [
    (module, name)
    for module in READING_ORDER
    if module not in FOR_THE_SHELL
    for name in public_names(module)
]


LAYERS = ["read", "run", "make", "check", "convert", "build"]
"""The folders of the binder, which are layers: each is built on those before it."""

BINDER = Path(bookbinder.__file__).parent


@pytest.mark.parametrize("layer", ["", *LAYERS])
def test_every_module_of_the_binder_is_on_a_map(layer: str) -> None:
    """Whoever opens the package, or a folder of it, reads what is where."""
    folder = BINDER / layer
    text = ast.get_docstring(ast.parse((folder / "__init__.py").read_text("utf-8")))
    modules = {module.name for module in pkgutil.iter_modules([str(folder)])}
    assert modules == {*re.findall(r"`(\w+)`", text or "")}


@pytest.mark.parametrize("layer", LAYERS)
def test_layers_of_the_binder_import_only_from_earlier_ones(layer: str) -> None:
    """So whoever reads them in this order needs nothing that comes later."""
    earlier = LAYERS[: LAYERS.index(layer) + 1]
    allowed = {"bookbinder", *(f"bookbinder.{name}" for name in earlier)}
    for path in (BINDER / layer).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            assert not isinstance(node, ast.Import) or all(
                not alias.name.startswith("bookbinder") for alias in node.names
            )
            if isinstance(node, ast.ImportFrom):
                package = ".".join((node.module or "").split(".")[:2])
                assert not package.startswith("bookbinder") or package in allowed, path


def test_every_module_has_its_place_in_the_reading_order() -> None:
    """A new one is named in the docstring of the package, as the book comes to it."""
    found = {path.stem for path in SOURCE.glob("*.py")}
    assert {name for name in found if not name.startswith("__")} == set(READING_ORDER)


def test_every_module_is_on_the_pages_that_show_all() -> None:
    """A new one has its own section in the reference and on the page of the code."""
    reference = [name for name in READING_ORDER if name not in FOR_THE_SHELL]
    pages = {"reference.md": "::: ", "code.md": '``` { .python source="'}
    for page, before in pages.items():
        text = (ROOT / "docs" / "en" / page).read_text("utf-8")
        shown = re.findall(rf"^{re.escape(before)}scratchnn\.([a-z]\w+)", text, re.M)
        headed = re.findall(r"^## ([a-z]\w+)", text, re.M)
        assert shown == headed == (reference if page == REFERENCE else READING_ORDER)


@pytest.mark.parametrize("module", READING_ORDER)
def test_modules_import_only_from_earlier_ones(module: str) -> None:
    """So that the book can be read, and the library built, from front to back."""
    earlier = READING_ORDER[: READING_ORDER.index(module)]
    allowed = {f"scratchnn.{name}" for name in earlier}
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            assert {a.name.partition(".")[0] for a in node.names} <= OUTSIDE
        elif isinstance(node, ast.ImportFrom):
            name = node.module or ""
            assert node.level == 0, "imports are absolute"
            assert name in allowed or name.partition(".")[0] in OUTSIDE, name
            assert [a.name for a in node.names] != ["*"], "no star imports"


@pytest.mark.parametrize(("module", "name"), PUBLIC)
def test_everything_public_imports_from_scratchnn(module: str, name: str) -> None:
    """One door: `from scratchnn import …`."""
    assert name in scratchnn.__all__
    original = getattr(import_module(f"scratchnn.{module}"), name)
    assert getattr(scratchnn, name) is original


def test_nothing_else_is_exported() -> None:
    """No name twice, none that has gone."""
    assert sorted(scratchnn.__all__) == sorted({name for _, name in PUBLIC})


@pytest.mark.parametrize(("module", "name"), PUBLIC)
def test_everything_public_is_explained_by_example(module: str, name: str) -> None:
    """A docstring with at least one doctest, and types for all that goes in and out."""
    thing = getattr(import_module(f"scratchnn.{module}"), name)
    assert ">>> " in (inspect.getdoc(thing) or "")
    if isinstance(thing, FunctionType):
        parameters = inspect.signature(thing).parameters
        assert set(thing.__annotations__) == {*parameters, "return"}


@pytest.mark.parametrize(
    "path", sorted((ROOT / "src").rglob("*.py")), ids=lambda path: path.stem
)
def test_the_examples_of_docstrings_are_compared_exactly(path: Path) -> None:
    """As the outputs of the pages are: none is skipped, none has an ellipsis."""
    texts = docstrings(ast.parse(path.read_text("utf-8")))
    assert not [text for text in texts if DIRECTIVE.search(text)]


def words_of_the_library() -> set[str]:
    """The names in its code, docstrings left out; and those of Python itself."""
    words = {*dir(builtins), *READING_ORDER}
    for path in SOURCE.glob("*.py"):
        lines = path.read_text("utf-8").splitlines()
        counted = lines_that_count("\n".join(lines))
        words.update(*(re.findall(r"\w+", lines[n - 1]) for n in counted))
    return words


@pytest.mark.parametrize("module", ["__init__", *READING_ORDER])
def test_names_in_docstrings_are_names_of_the_library(module: str) -> None:
    """What stands in backticks on the page of the reference has not been renamed."""
    quoted = re.findall(r"`([^`]+)`", "\n\n".join(docstrings(tree(module))))
    named = {name for code in quoted for name in re.findall(r"[A-Za-z_]\w+", code)}
    assert named <= words_of_the_library()


FROM_THE_SYSTEM = {
    ("load_parameters", "OSError"),
    ("download", "OSError"),
    ("download", "ValueError"),
}
"""Errors that a docstring names and no line of the library raises."""


def errors(name: str) -> set[str]:
    """What is raised by all that the library calls so, and by what these call."""
    found: set[str] = set()
    waiting = [name]
    for wanted in waiting:
        for node in (n for one in DEFINED if one.name == wanted for n in ast.walk(one)):
            match node:
                case ast.Raise(exc=ast.Name(error) | ast.Call(func=ast.Name(error))):
                    found.add(error)
                case ast.Call(func=ast.Name(called) | ast.Attribute(attr=called)):
                    waiting += {called}.difference(waiting)
    return found


def test_errors_in_docstrings_are_raised() -> None:
    """Or somebody waits for an error that was renamed, or never comes."""
    named = [
        (node.name, error)
        for node in DEFINED
        for error in re.findall(r"`(\w+Error)`", ast.get_docstring(node) or "")
    ]
    unraised = {(name, error) for name, error in named if error not in errors(name)}
    assert unraised == FROM_THE_SYSTEM


@pytest.mark.parametrize("module", ["__init__", *READING_ORDER])
def test_chapters_in_docstrings_are_in_the_book(module: str) -> None:
    """By the number that the navigation gives them, such as 4 or 4.5."""
    text = "\n\n".join(docstrings(tree(module)))
    named = re.findall(r"[Cc]hapters?\s+(\d+(?:\.\d+)?)", text)
    assert {*named} <= {*re.findall(r"- (\d[\d.]*) .*\.md$", MKDOCS, re.MULTILINE)}


def chapters(module: str, name: str) -> list[str]:
    """The numbers of the chapters that a docstring names."""
    document = inspect.getdoc(getattr(import_module(f"scratchnn.{module}"), name))
    return re.findall(r"[Cc]hapter (\d+)", document or "")


@pytest.mark.parametrize(
    ("module", "name"), [public for public in PUBLIC if chapters(*public)]
)
def test_a_docstring_names_the_chapter_that_builds_it(module: str, name: str) -> None:
    """Where it names chapters at all, the one that lists it is among them."""
    assert f"scratchnn.{module}.{name}" in INTRODUCED, "no page lists it"
    there = INTRODUCED[f"scratchnn.{module}.{name}"][0].path.name
    number = re.search(rf"- (\d+)[\d.]* .*: {re.escape(there)}$", MKDOCS, re.MULTILINE)
    assert number, f"{there} has no number"
    assert number[1] in chapters(module, name), there


@pytest.mark.parametrize("module", READING_ORDER)
def test_modules_open_with_a_sentence_and_stay_small(module: str) -> None:
    """Readable in one sitting."""
    first_line = (ast.get_docstring(tree(module)) or "").partition("\n")[0]
    assert first_line.endswith(".")
    assert len((SOURCE / f"{module}.py").read_text("utf-8").splitlines()) <= 250


def test_the_median_function_has_less_than_six_lines() -> None:
    """Counted without signature and docstring, over the whole library."""
    lengths = [lines_of_code(f) for m in READING_ORDER for f in functions(m)]
    assert median(lengths) < 6


@pytest.mark.parametrize("workers", [2, 3, 8])
@pytest.mark.parametrize("short", [0, 100])
def test_every_worker_begins_with_what_takes_long(workers: int, short: int) -> None:
    """The tests themselves follow a rule: none is lost, and each part ends short."""
    kinds = {"browser": 24, "notebooks": 5, "short": short}
    items: list[Any] = [
        SimpleNamespace(kind=kind, path=Path(f"test_{kind}.py"), fixturenames=[kind])
        for kind, count in kinds.items()
        for _ in range(count)
    ]
    order: list[Any] = dealt(items, workers)
    assert sorted(map(id, order)) == sorted(map(id, items))
    if short:
        for left in range(workers, 0, -1):
            count = len(order) // left
            part, order = order[:count], order[count:]
            found = [kind for kind, _ in groupby(one.kind for one in part)]
            assert found[-2:] == ["browser", "short"]
            assert found[:-2] == (["notebooks"] if left == 1 else [])


@pytest.mark.parametrize("module", READING_ORDER)
def test_functions_can_be_pasted_into_a_prompt(module: str) -> None:
    """A blank line would end the function there."""
    lines = (SOURCE / f"{module}.py").read_text("utf-8").splitlines()
    for function in functions(module):
        body = code(function)
        if body:
            shown = lines[body[0].lineno - 1 : body[-1].end_lineno]
            assert all(line.strip() for line in shown), function.name


def test_the_binder_loads_where_the_library_does_not(tmp_path: Path) -> None:
    """So that it can say what is wrong there: a slip while a module is written."""
    (tmp_path / "scratchnn.py").write_text("def broken(:\n", "utf-8")
    modules = "bookbinder.serving, bookbinder.build.extras, bookbinder.make.__main__"
    subprocess.run(
        [sys.executable, "-c", f"import {modules}"],
        env={**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT / 'src'}"},
        check=True,
    )
