"""What the book says of its figures, and the tests that vouch for it.

A test of a figure quotes, in a mark, all that its page says of it, the words for who
cannot see it and the caption, and then all that is written in the figure but numbers by
themselves. So nobody can change what is said without coming past the assertions below
the quotation:

    @pytest.mark.says(
        "training.loss_curve",
        "Eighty grey dots, one a step, …",
        "step · log 2 · loss of the mini-batch",
    )

A translation is taken at its word: the figure and the numbers in its caption are those
of the original.
"""

import ast
import re
import textwrap
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from bookbinder import ROOT
from bookbinder.read.book import ORIGINAL
from bookbinder.read.pages import BOUND, COMMENT, Figure, Page, one_line

ALONE = re.compile(r"[−\d.]+|\$\\mathdefault\{10\^\{-?\d+\}\}\$")
"""A number by itself, or a power of ten, as Matplotlib writes it at an axis."""


def said(page: Page, figure: Figure) -> str:
    """What a page says of a figure, in one line, without what only checks read."""
    lines = "\n".join([figure.alt, *page.caption(figure)])
    text = BOUND.sub(r"\1", COMMENT.sub("", lines))
    return one_line(text)


def lettering(page: Page, figure: Figure) -> str:
    """What is written in a figure, in one line, without numbers by themselves."""
    drawn = (page.path.parent / figure.path).read_text("utf-8")
    texts = re.findall("<!-- (.+?) -->", drawn)[:-1]  # the last one is the seal
    words = [text for text in texts if not ALONE.fullmatch(text)]
    return one_line(" · ".join(words))


def quoted(root: Path = ROOT) -> dict[str, list[str]]:
    """What the tests quote, by the figure it is said of."""
    found: dict[str, list[str]] = {}
    for path in sorted((root / "tests").glob("test_figures_*.py")):
        found |= _quoted(path.read_text("utf-8"))
    return found


@cache
def _quoted(text: str) -> dict[str, list[str]]:
    return {
        f"figures.{ast.literal_eval(mark.args[0])}": [
            one_line(ast.literal_eval(quotation)) for quotation in mark.args[1:]
        ]
        for test in ast.parse(text).body
        if isinstance(test, ast.FunctionDef)
        for mark in test.decorator_list
        if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.says"
    }


def unquoted(page: Page, root: Path = ROOT) -> Iterator[str]:
    """Every figure of a page of which something is said that no test quotes."""
    if page.language != ORIGINAL:
        return
    quotes = quoted(root)
    for figure in page.figures:
        where = f"{page.path}:{figure.line}"
        words = [said(page, figure), lettering(page, figure)]
        found = quotes.get(figure.source)
        if found is None:
            what = f"no test quotes what is said of {figure.source}"
            mark = _mark(figure.source, words)
            yield f"{where}: {what}; the mark, for above its assertions:\n{mark}"
        elif found != words:
            wanted = next((w for w in words if w not in found), words[0])
            yield f"{where}: the test of {figure.source} has to quote: {wanted}"


def _mark(source: str, words: list[str]) -> str:
    """The mark of a test, ready to be written above it."""
    quotations = [f'    "{source.removeprefix("figures.")}",']
    for text in words:
        lines = textwrap.wrap(text, 84, break_long_words=False, break_on_hyphens=False)
        marks = 'r"""' if "\\" in text else '"""'
        quotations += [f"    {line}" for line in (marks, *lines, '""",')]
    return "\n".join(["@pytest.mark.says(", *quotations, ")"])
