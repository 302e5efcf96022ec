"""Finds what is wrong with a page without running it; each fault names file and line.

The same checks run while the site is built and in the tests.
"""

from pathlib import Path

from bookbinder import ROOT
from bookbinder.check.bindings import binding_faults
from bookbinder.check.commands import command_faults
from bookbinder.check.dialect import dialect_faults
from bookbinder.check.editions import edition_faults
from bookbinder.check.fences import fence_faults, lost_listings
from bookbinder.check.figures import figure_faults
from bookbinder.check.labels import label_faults
from bookbinder.check.pointers import pointer_faults
from bookbinder.check.prose import description_faults, prose_faults
from bookbinder.check.statements import statement_faults
from bookbinder.read.pages import Page

CHECKS = (
    fence_faults,
    lost_listings,
    binding_faults,
    figure_faults,
    dialect_faults,
    prose_faults,
    description_faults,
    pointer_faults,
    label_faults,
    command_faults,
    statement_faults,
    edition_faults,
)
"""What looks at a page: each yields lines and complaints."""


def faults(page: Page, root: Path = ROOT) -> list[str]:
    """Every fault of the page, as `file:line: what is wrong`, in reading order."""
    found = sorted(fault for check in CHECKS for fault in check(page, root))
    return [f"{page.path}:{line}: {what}" for line, what in found]
