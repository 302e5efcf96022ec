"""Finds figures that no function draws, that lack words, or whose program drifts.

What a figure's program computes, the page computes with the same numbers; and it takes
nothing from the page that is needed below.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from bookbinder import BookError
from bookbinder.check import Fault
from bookbinder.check.bindings import SIGNED
from bookbinder.read.code import codes_of, parsed
from bookbinder.read.pages import Page
from bookbinder.read.source import names_bound, names_outside

SAID = re.compile(r"^ *((?:\w[^=\n]* = |return ).*\d.*)$", re.MULTILINE)
GRID = " = np.linspace(#, #, #)"
"""Where a figure draws a curve is its own affair."""

BRACKETED = re.compile(r" *!\[.*[\[\]].*\]\([^()\s]*\.svg\) *$")
ALT_AT_LEAST = 20
"""An alt text of fewer letters cannot say what is to be seen."""


def figure_faults(page: Page, root: Path) -> Iterator[Fault]:
    """Every figure has a function that draws it, and words for who cannot see it."""
    figures = {figure.line for figure in page.figures}
    codes = codes_of(page, root)
    parts = [(p.line, parsed(code)) for p, code in zip(page.parts, codes, strict=True)]
    said = _lines(codes)
    seen: set[str] = set()
    for n, line in page.prose:
        if "![" in line and n not in figures:
            what = "a picture that no code draws, or not alone on its line"
            what += ": figures/<chapter>/<function>.svg"
            if BRACKETED.match(line):
                what = "no square brackets in the alt text of a figure"
            yield n, what
    for figure in page.figures:
        try:
            code = figure.shown(root)
            for name in sorted(_redefined(code, figure.line, parts)):
                yield figure.line, f"the figure's program makes another {name}"
            for here, there in _drifted(code, said):
                what = f"the page says {here}, and its figure's program {there}"
                yield figure.line, f"{what}: let both have the same numbers"
        except BookError as error:
            yield figure.line, f"the figure has no function: {error}"
        if not (page.path.parent / figure.path).is_file():
            yield figure.line, f"{figure.path} is not drawn: run make figures"
        if figure.source in seen:
            yield figure.line, "the figure stands on this page already"
        seen.add(figure.source)
        if len(figure.alt) < ALT_AT_LEAST:
            yield figure.line, "the figure has no alt text that says what is to be seen"


def _redefined(
    code: str, place: int, parts: list[tuple[int, tuple[ast.stmt, ...]]]
) -> set[str]:
    """What the page has made above a figure, needs below, and loses in between.

    Whoever pastes the page block by block pastes the figure's program, too.
    """
    above: dict[str, ast.stmt] = {}
    below: set[str] = set()
    for line, statements in parts:
        for node in statements:
            if line < place:
                above |= dict.fromkeys(names_bound(node), node)
            else:
                below |= _needed(node)
    return {
        name
        for node in parsed(code)
        for name in names_bound(node) & above.keys() & below
        if not isinstance(node, ast.Import | ast.ImportFrom)
        if ast.dump(above[name]) != ast.dump(node)
    }


@cache
def _needed(statement: ast.stmt) -> frozenset[str]:
    """The names that a statement finds outside itself: not what its functions take."""
    return names_outside(ast.unparse(statement))


def _drifted(code: str, said: dict[str, dict[str, str]]) -> Iterator[tuple[str, str]]:
    """What a page assigns or returns, and its figure's program with other numbers."""
    for words, drawn in _lines([code]).items():
        for numbers in drawn.keys() - said.get(words, drawn).keys():
            yield next(iter(said[words].values())), drawn[numbers]


def _lines(codes: Iterable[str]) -> dict[str, dict[str, str]]:
    """What is assigned or returned on one line: by words, by numbers, as it stands.

    A name may have an underscore before it, where a module keeps it to itself.
    """
    found: dict[str, dict[str, str]] = {}
    for line in SAID.findall("\n".join(codes)):
        words = SIGNED.sub("#", re.sub(r"\b_", "", line))
        numbers = " ".join(str(float(n)) for n in SIGNED.findall(line))
        if not words.endswith(GRID):
            found.setdefault(words, {})[numbers] = line
    return found
