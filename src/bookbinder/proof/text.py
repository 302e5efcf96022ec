"""Corrupts the book one place at a time and runs the checks that ought to see it.

Each corrupted page stands in a book of its own and is judged by a process of its own,
so that no corruption can leak into the next.
"""

import difflib
import random
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import zip_longest
from pathlib import Path

from bookbinder import BookError
from bookbinder.check.claims import unquoted
from bookbinder.check.faults import faults
from bookbinder.check.ledger import unaccounted
from bookbinder.proof.judging import Report, changed_book, judged
from bookbinder.proof.places import Corruption, corruptions
from bookbinder.read.book import find_pages
from bookbinder.read.pages import Page
from bookbinder.run.limits import TooLong, limited
from bookbinder.run.session import outcomes

SECONDS = 60
"""A page that takes more of the processor than this does not end by itself."""


def sample(root: Path, size: int, seed: int) -> list[Corruption]:
    """Corruptions drawn by chance: of all kinds alike, as far as there are places."""
    rng = random.Random(seed)
    by_kind: dict[str, list[Corruption]] = {}
    for page in find_pages(root):
        for corruption in corruptions(page):
            by_kind.setdefault(corruption.kind, []).append(corruption)
    for places in by_kind.values():
        rng.shuffle(places)
    rounds = zip_longest(*(by_kind[kind] for kind in sorted(by_kind)))
    return [one for each in rounds for one in each if one][:size]


def attack(chosen: Sequence[Corruption], root: Path) -> Report[Corruption]:
    """Corrupt the book in each of the places, and report what the checks saw.

    Raises `BookError` if they find a fault in the book as it is.
    """
    check = Checks(root)
    for page in find_pages(root):
        if complaint := check(page, root):
            raise BookError(
                f"the book must be sound before it is attacked: {complaint}"
            )
    return judged(partial(judge, check, root), chosen)


def judge(check: Callable[[Page, Path], str], root: Path, one: Corruption) -> str:
    """The first complaint about a corrupted page; none if it passes for sound."""
    try:
        page = one.corrupted
        with limited(SECONDS), changed_book(root, page.path, page.text) as folder:
            return check(Page.read(folder / page.path.relative_to(root)), folder)
    except (BookError, TooLong, KeyboardInterrupt) as error:
        return str(error) or type(error).__name__


class Checks:
    """The book's own checks, as its tests run them on a page."""

    def __init__(self, root: Path) -> None:
        self.lines = set(self._ledger(root))

    def __call__(self, page: Page, root: Path) -> str:
        """The first complaint: without running the page, by running it, around it."""
        return next(self._complaints(page, root), "")

    def _complaints(self, page: Page, root: Path) -> Iterator[str]:
        yield from faults(page, root)
        yield from (
            str(outcome) for outcome in outcomes(page, root) if not outcome.holds
        )
        yield from unquoted(page, root)
        yield from sorted(set(self._ledger(root)) - self.lines)
        for other in find_pages(root):
            if other.path != page.path:
                yield from faults(other, root)

    def _ledger(self, root: Path) -> list[str]:
        return [line.replace(str(root), "") for line in unaccounted(root)]


def diff(one: Corruption) -> str:
    """A corruption as the lines that it changes."""
    before, after = one.page.text.split("\n"), one.corrupted.text.split("\n")
    lines = difflib.unified_diff(before, after, "the book", one.kind, n=1, lineterm="")
    return "\n".join([f"{one.page.path}:{one.line}: {one.kind}", *lines])
