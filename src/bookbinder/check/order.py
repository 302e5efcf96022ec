"""Sees to it that the book uses no name of its library before it has introduced it.

`python -m bookbinder.check.order docs/en/training.md` looks at a page, alone in its
process, and first at all that can be found without running it.

A listing introduces what it defines. While a page runs, the library holds for it only
what the listings before have introduced, on earlier pages and on this one: as much as a
reader has who writes it along with the book. What the code of a listing mentions and
does not run, inside a function, is looked up as well. A listing of import lines may
bring a name that the page introduces further down; its use has to wait. So may the
program of a figure, which is folded away.

A block may use a name early, `early="load_digits"`, where the text says why.
"""

import argparse
import ast
import contextlib
import pkgutil
import sys
import types
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

from bookbinder import ROOT, BookError
from bookbinder.check import Fault
from bookbinder.check.claims import unquoted
from bookbinder.check.faults import faults
from bookbinder.check.fences import lost_listings
from bookbinder.read.book import (
    CODE_PAGE,
    introductions,
    left_out,
    page_file,
    reading_order,
)
from bookbinder.read.code import code_of
from bookbinder.read.pages import Page, edition_of
from bookbinder.read.source import library_imports, names_bound, names_outside, origin
from bookbinder.run.session import Outcome, run

PACKAGE = "scratchnn"
COVER = "index.md"

Place = tuple[int, int]
"""A page's place in the reading order, and a line of it."""


@dataclass
class Reader:
    """Somebody who has read the book, in its order, down to a line of a page."""

    page: Page
    root: Path = ROOT
    line: int = 1

    @cached_property
    def introduced(self) -> dict[str, Place]:
        """Where each name of the library is introduced."""
        found = introductions(self.page.edition, self.root).items()
        return {n: (self.pages.index(page.path), at.line) for n, (page, at) in found}

    @cached_property
    def pages(self) -> list[Path]:
        """The pages of the book in reading order."""
        return [page.path for page in reading_order(self.page.edition, self.root)]

    @cached_property
    def here(self) -> int:
        """The place of the page in the reading order; outside it, the end.

        The cover shows what the book leads to: it is seen with the eyes of the end.
        """
        known = self.page.path in self.pages and self.page.path.name != COVER
        return self.pages.index(self.page.path) if known else len(self.pages)

    def stranger(self, name: str, module: str = PACKAGE) -> str:
        """In words, why a name of a module is not known yet; nothing if it is."""
        source = defined(name, module, self.root)
        first = self.introduced.get(source)
        if not source.startswith(f"{PACKAGE}.") or source in self._early:
            return ""
        if first is None:
            return f"{source} is used, and no page introduces it{self._outside(source)}"
        if first < (self.here, self.line):
            return ""
        where = f"{self.pages[first[0]].name}:{first[1]}"
        return f"{source} is used before {where} introduces it"

    def _outside(self, source: str) -> str:
        """In words, which page would introduce a name if the navigation had it."""
        for page in left_out(self.page.edition, self.root):
            if any(source in block.names and not block.again for block in page.blocks):
                return f": {page.path.name}, which lists it, is not in the navigation"
        return ""

    @property
    def _early(self) -> set[str]:
        """What blocks of the page, as far as it is read, are allowed to use early."""
        read = [block for block in self.page.blocks if block.line <= self.line]
        names = [name for block in read for name in block.early]
        return {defined(name, root=self.root) for name in names}


def defined(name: str, module: str = PACKAGE, root: Path = ROOT) -> str:
    """The dotted name of what a module of the library calls by a name."""
    file = f"{PACKAGE}.__init__" if module == PACKAGE else module
    return origin(f"{file}.{name}", root)


def premature(page: Page, root: Path = ROOT) -> Iterator[str]:
    """What a page mentions too early, as `file:line: what is wrong`."""
    if page.path.name == CODE_PAGE:
        return
    for line, complaint in (*_in_blocks(page, root), *_in_figures(page, root)):
        yield f"{page.path}:{line}: {complaint}"


def _in_blocks(page: Page, root: Path) -> Iterator[Fault]:
    reader = Reader(page, root)
    imported: dict[str, str] = {}  # by listings of import lines, and into where
    for block in page.blocks:
        reader.line = block.line - 1
        for name in block.early:
            if not reader.stranger(name):
                yield block.line, f"early, but {name} is known by now"
        reader.line = block.line
        code = code_of(block, root)
        mentioned, bound = names_outside(code), names_bound(ast.parse(code))
        known = imported
        if block.kind == "listing":
            path = block.listing(root).path
            names = names_bound(ast.parse(path.read_text("utf-8")))
            known = dict.fromkeys(names, f"{PACKAGE}.{path.stem}")
            for name in bound & names:
                if defined(name, known[name], root) != f"{known[name]}.{name}":
                    imported[name] = known[name]
        else:
            imported = {n: imported[n] for n in imported if n not in bound}
        for name in sorted(mentioned & known.keys() - bound):
            if complaint := reader.stranger(name, known[name]):
                yield block.line, complaint


def _in_figures(page: Page, root: Path) -> Iterator[Fault]:
    reader = Reader(page, root, len(page.lines))
    for figure in page.figures:
        for module, name in library_imports(figure.shown(root)):
            if complaint := reader.stranger(name, module):
                yield figure.line, complaint


def run_in_order(page: Page, root: Path = ROOT) -> list[Outcome]:
    """Run a page with as much of the library as its reader has got so far."""
    reader = Reader(page, root)
    imports = {block.line for block in page.blocks if block.kind == "listing"}

    def reached(line: int) -> None:
        reader.line = len(page.lines) if line in imports else line

    with _veiled(reader):
        return run(page, root, reached)


def faults_in_order(path: Path) -> list[str]:
    """All that does not hold when a page is read in its place in the book."""
    root, page = edition_of(path).parents[1], Page.read(path)
    if lost := [f"{path}:{line}: {what}" for line, what in lost_listings(page, root)]:
        return lost
    firsts = [block.line for block in page.blocks if block.names and not block.again]
    if firsts and page.path not in Reader(page, root).pages:
        what = "this is listed for nobody: the page is not in the navigation"
        return [f"{path}:{firsts[0]}: {what}"]
    wrong = [str(outcome) for outcome in run_in_order(page, root) if not outcome.holds]
    return [*premature(page, root), *wrong]


def everything(path: Path) -> list[str]:
    """All that is wrong with a page; it is run if it can be, and nothing is missing."""
    try:
        root, page = edition_of(path).parents[1], Page.read(path)
        static = faults(page, root) or list(unquoted(page, root))
        return static or faults_in_order(path)
    except BookError as error:
        return [str(error)]


class Veil(types.ModuleType):
    """A module of the library with what a reader knows of it."""

    def __init__(self, module: types.ModuleType, reader: Reader) -> None:
        super().__init__(module.__name__)
        special = {k: v for k, v in vars(module).items() if k.startswith("__")}
        vars(self).update(special, _module=module, _reader=reader)

    def __getattr__(self, name: str) -> Any:
        """What the module has under that name, if the page that asks may know it."""
        value = getattr(self._module, name)
        if sys._getframe(1).f_code.co_filename != str(self._reader.page.path):
            return value  # the library itself knows all of it
        if isinstance(value, types.ModuleType) and value.__name__ in sys.modules:
            return sys.modules[value.__name__]
        if complaint := self._reader.stranger(name, self.__name__):
            raise ImportError(complaint)
        return value


@contextlib.contextmanager
def _veiled(reader: Reader) -> Iterator[None]:
    """The library's modules replaced, for all who import them from now on."""
    names = [m.name for m in pkgutil.iter_modules(import_module(PACKAGE).__path__)]
    dotted = [f"{PACKAGE}.{name}" for name in names if not name.startswith("__")]
    modules = {name: import_module(name) for name in (PACKAGE, *dotted)}
    sys.modules.update({name: Veil(modules[name], reader) for name in modules})
    try:
        yield
    finally:
        sys.modules.update(modules)


if __name__ == "__main__":
    command = argparse.ArgumentParser("python -m bookbinder.check.order")
    command.add_argument("page", type=page_file, help="such as docs/en/training.md")
    sys.exit("\n\n".join(everything(command.parse_args().page)) or 0)
