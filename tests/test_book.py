"""The book is true: every page runs from top to bottom and prints what it shows."""

import ast
from pathlib import Path

import pytest
from alone import alone

from bookbinder import ROOT
from bookbinder.check import claims
from bookbinder.check.claims import quoted, unquoted
from bookbinder.check.faults import faults
from bookbinder.check.ledger import unaccounted
from bookbinder.check.order import faults_in_order
from bookbinder.read.book import ORIGINAL, find_pages
from bookbinder.read.pages import Page

PAGES = find_pages(ROOT)


def name(page: Page) -> str:
    """What a page is called here; the original has the plain name."""
    own = "" if page.language == ORIGINAL else f"{page.language}-"
    return own + page.path.stem


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_page_has_no_fault(page: Page) -> None:
    """Every fence, listing, figure, link and number is bound to what it names."""
    found = faults(page)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_page_holds_in_its_place(page: Page) -> None:
    """Outputs and bound numbers, to the letter, with what is introduced so far.

    Each page is alone in its process, where nothing has run before.
    """
    found = alone(faults_in_order, page.path)
    assert not found, "\n\n".join(found)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_what_is_said_of_a_figure_is_vouched_for(page: Page) -> None:
    """A test of the figure quotes it, to the letter, above its assertions."""
    found = list(unquoted(page))
    assert not found, "\n".join(found)


FIGURES = sorted(Path(__file__).parent.glob("test_figures_*.py"))


@pytest.mark.parametrize("path", FIGURES, ids=lambda path: path.stem)
def test_who_vouches_for_a_figure_looks_at_it(path: Path) -> None:
    """A test with a mark asks for the figure that its mark names."""
    for test in ast.parse(path.read_text("utf-8")).body:
        if isinstance(test, ast.FunctionDef):
            marks = " ".join(map(ast.unparse, test.decorator_list))
            asked = [argument.arg for argument in test.args.args]
            assert "figure" in asked or "mark.says" not in marks, test.name


def test_other_words_in_a_figure_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if its program wrote something that its test does not quote."""
    page = next(page for page in PAGES if page.path.stem == "training")
    quotes = quoted()
    text, letters = quotes["figures.training.loss_curve"]
    quotes["figures.training.loss_curve"] = [text, letters.replace("loss", "accuracy")]
    monkeypatch.setattr(claims, "quoted", lambda root: quotes)
    (fault,) = unquoted(page)
    assert fault.endswith(f"figures.training.loss_curve has to quote: {letters}")


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_the_mark_that_a_figure_lacks_is_told(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ready to be pasted above the new test."""
    quotes = quoted()
    monkeypatch.setattr(claims, "quoted", lambda root: {})
    ours = page.language == ORIGINAL
    for figure, fault in zip(page.figures, unquoted(page), strict=ours):
        mark = fault.partition(":\n")[2]
        assert claims._quoted(f"{mark}\ndef test():\n    pass\n") == {
            figure.source: quotes[figure.source]
        }


ELSEWHERE = {"fetch": "its three parts are shown apart, in the chapter on the machine"}
"""Functions with a refusal that no page can show in one piece, and why."""


def test_every_refusal_is_shown_at_work() -> None:
    """The first page says so. The longest part of each message stands on a page."""
    shown = " ".join(" ".join(page.text for page in PAGES).split())
    missing = []
    for path in sorted((ROOT / "src" / "scratchnn").glob("*.py")):
        functions = [
            node
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.FunctionDef) and node.name not in ELSEWHERE
        ]
        for function in functions:
            refusals = [n for n in ast.walk(function) if isinstance(n, ast.Raise)]
            missing += [
                f"{path.name}:{one.lineno}: {text}"
                for one in refusals
                if (text := longest_text(one)) not in shown
            ]
    assert not missing, "\n".join(missing)


def longest_text(statement: ast.stmt) -> str:
    """The longest text in a statement between what is filled in, up to a semicolon."""
    nodes = ast.walk(statement)
    texts = [str(node.value) for node in nodes if isinstance(node, ast.Constant)]
    parts = [" ".join(part.split()) for text in texts for part in text.split(";")]
    return max(parts, key=len, default="")


def test_every_line_of_the_library_is_shown_once() -> None:
    """By a listing of a page, and again only where a page says so."""
    found = unaccounted()
    assert not found, "\n".join(found)
