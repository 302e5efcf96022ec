"""The book is true: every page runs from top to bottom and prints what it shows."""

import pytest

from bookbinder import ROOT
from bookbinder.checks import faults
from bookbinder.claims import unquoted
from bookbinder.pages import Page, find_pages
from bookbinder.session import run

PAGES = find_pages(ROOT)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path.stem)
def test_page_has_no_fault(page: Page) -> None:
    """Every fence, listing, figure, link and number is bound to what it names."""
    assert not faults(page)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path.stem)
def test_page_prints_what_it_shows(page: Page) -> None:
    """Each page alone: its outputs and bound numbers, to the letter."""
    wrong = [str(outcome) for outcome in run(page) if not outcome.holds]
    assert not wrong, "\n\n".join(wrong)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path.stem)
def test_what_is_said_of_a_figure_is_vouched_for(page: Page) -> None:
    """A test of the figure quotes it, to the letter, above its assertions."""
    assert not list(unquoted(page))
