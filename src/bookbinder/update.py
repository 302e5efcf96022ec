"""Writes what the code prints into the pages: `python -m bookbinder.update`.

For after a deliberate change. It refuses to touch any page while a page has a fault or
its code fails, and says what it changed. A person runs it, or `make proof` at its end.
While one page is written, `python -m bookbinder.update docs/en/training.md` is quicker:
it looks at that page alone.
"""

import argparse
import difflib
import re
import sys
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path

from bookbinder import ROOT, BookError
from bookbinder.check.faults import faults
from bookbinder.read.book import find_pages, page_file
from bookbinder.read.pages import BOUND, Block, Bound, Page
from bookbinder.run.session import Outcome, run
from scratchnn.files import store


def update(root: Path = ROOT, only: Sequence[Path] = ()) -> list[Outcome]:
    """Bring every page's outputs and bound numbers up to date; return what changed.

    Or those of some pages `only`.

    Raises `BookError`, with nothing written, where a page has a fault that new outputs
    cannot mend, or would not print the same a second time.
    """
    pages = [*map(Page.read, only)] or find_pages(root)
    _refuse(fault for page in pages for fault in faults(page, root))
    wrong = [o for page in pages for o in run(page, root) if not o.holds]
    _refuse(str(outcome) for outcome in wrong if outcome.crash)
    stale = [(page, [o for o in wrong if o.page == page.path]) for page in pages]
    changed = [Page(page.path, rewritten(page, own)) for page, own in stale if own]
    for page in changed:
        _refuse(faults(page, root))
        _refuse(str(outcome) for outcome in run(page, root) if not outcome.holds)
    for page in changed:
        store(page.path, page.text.encode())
    return wrong


def _refuse(problems: Iterable[str]) -> None:
    found = list(problems)
    if found:
        raise BookError("\n".join(found))


def rewritten(page: Page, stale: list[Outcome]) -> str:
    """The page's text with every stale output replaced by what was printed."""
    lines = list(page.lines)
    for outcome in reversed(stale):
        n, part = outcome.line - 1, outcome.part
        if isinstance(part, Bound):
            lines[n] = BOUND.sub(partial(_rebound, outcome), lines[n])
            continue
        indent = re.match(" *", lines[n - 1])[0]  # type: ignore[index]
        printed = outcome.printed.split("\n") if outcome.printed else []
        if isinstance(part, Block) and part.kind == "script":  # it had no output yet
            printed = ["", "``` { .text .output }", *printed, "```"]
        lines[n : n + outcome.count] = [
            indent + line if line else "" for line in printed
        ]
    return "\n".join(lines) + "\n"


def told(outcome: Outcome) -> str:
    """What was changed and where; of several lines those that differ."""
    where = f"{outcome.page}:{outcome.line}:"
    old, new = outcome.shown.split("\n"), outcome.printed.split("\n")
    if len(old) == len(new) == 1:
        return f"{where} {old[0]} -> {new[0]}"
    changes = [line for line in difflib.ndiff(old, new) if line[0] in "-+"]
    return "\n".join([where, *changes])


def _rebound(outcome: Outcome, match: re.Match[str]) -> str:
    assert isinstance(outcome.part, Bound)
    if match["expression"].strip() != outcome.part.expression:
        return match[0]
    minus = "−" if "−" in match["shown"] else "-"
    return outcome.printed.replace("-", minus) + match[0][len(match["shown"]) :]


if __name__ == "__main__":
    command = argparse.ArgumentParser("python -m bookbinder.update")
    what = "such as docs/en/training.md; all, if none is named"
    command.add_argument("page", type=page_file, nargs="*", help=what)
    pages = command.parse_args().page
    try:
        changes = map(told, update(only=pages))
        print("\n".join(changes) or "every output is up to date")
    except BookError as error:
        sys.exit(f"nothing was updated:\n{error}")
