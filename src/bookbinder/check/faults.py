"""Finds what is wrong with a page without running it; each fault names file and line.

The same checks run while the site is built and in the tests.
"""

from collections.abc import Iterator
from pathlib import Path

from bookbinder import ROOT
from bookbinder.check import Fault
from bookbinder.check.bindings import binding_faults
from bookbinder.check.commands import command_faults
from bookbinder.check.dialect import dialect_faults
from bookbinder.check.editions import edition_faults
from bookbinder.check.fences import fence_faults, lost_listings
from bookbinder.check.figures import figure_faults
from bookbinder.check.labels import label_faults
from bookbinder.check.pointers import pointer_faults
from bookbinder.check.prose import prose_faults
from bookbinder.check.statements import statement_faults
from bookbinder.read.moment import moment
from bookbinder.read.pages import Page

CHECKS = (
    fence_faults,
    lost_listings,
    binding_faults,
    figure_faults,
    dialect_faults,
    prose_faults,
    pointer_faults,
    label_faults,
    command_faults,
    statement_faults,
    edition_faults,
)
"""What looks at a page: each yields lines and complaints."""


@moment()
def faults(page: Page, root: Path = ROOT) -> list[str]:
    """Every fault of the page, as `file:line: what is wrong`, in reading order."""
    found = [fault for check in CHECKS for fault in check(page, root)]
    found += _of_description(page, root)
    return [f"{page.path}:{line}: {what}" for line, what in sorted(found)]


def _of_description(page: Page, root: Path) -> Iterator[Fault]:
    """The description of a page keeps to the rules of its sentences."""
    for n, line in enumerate(page.front, 2):
        if line.startswith("description: "):
            alone = Page(page.path, "\n" * (n - 1) + line.partition(": ")[2])
            for check in (dialect_faults, prose_faults, pointer_faults):
                yield from (fault for fault in check(alone, root) if fault[0] == n)
