"""The code of a page, with the examples of the docstrings that the reference shows."""

import ast
import re
from collections.abc import Iterator

from bookbinder import ROOT
from bookbinder.read.pages import MODULE_LINE, Block, Figure, Page

EXAMPLES = re.compile(r"^>>> .*?(?=\n\n|\Z)", re.MULTILINE | re.DOTALL)


def code_of(page: Page) -> list[Block | Figure]:
    """Every block and figure of the page in order, docstrings' examples included."""
    documented = [
        Block("session", "pycon", {}, (), code, n, n, "")
        for n, line in page.prose
        if (directive := MODULE_LINE.match(line))
        for code in examples_of(directive["module"])
    ]
    return sorted([*page.code, *documented], key=lambda part: part.line)


def examples_of(module: str) -> Iterator[str]:
    """The examples in the docstrings of a module, as they stand in the file."""
    path = ROOT.joinpath("src", *module.split(".")).with_suffix(".py")
    for node in shown(ast.parse(path.read_text("utf-8"))):
        yield from EXAMPLES.findall(ast.get_docstring(node) or "")


Documented = ast.Module | ast.ClassDef | ast.FunctionDef


def shown(tree: ast.Module | ast.ClassDef) -> Iterator[Documented]:
    """A module or class and what it defines in public, from top to bottom."""
    yield tree
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from shown(node)
        elif isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node
