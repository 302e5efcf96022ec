"""Writes what the code prints into the pages: `python -m bookbinder.update`.

For after a deliberate change. It refuses to touch any page while a page has a fault or
its code fails, and says what it changed. Nothing but a person runs it.
"""

import re
import sys
from functools import partial
from pathlib import Path

from bookbinder import ROOT, BookError
from bookbinder.checks import faults
from bookbinder.pages import BOUND, Block, Bound, Page, find_pages
from bookbinder.session import Outcome, run


def update(root: Path = ROOT) -> list[Outcome]:
    """Bring every page's outputs and bound numbers up to date; return what changed.

    Raises `BookError`, with nothing written, where a page has a fault that new outputs
    cannot mend.
    """
    pages = find_pages(root)
    problems = [fault for page in pages for fault in faults(page, root)]
    if problems:
        raise BookError("\n".join(problems))
    outcomes = {page.path: run(page, root) for page in pages}
    wrong = [o for found in outcomes.values() for o in found if not o.holds]
    if crashed := [str(outcome) for outcome in wrong if outcome.crash]:
        raise BookError("\n".join(crashed))
    for page in pages:
        stale = [outcome for outcome in wrong if outcome.page == page.path]
        if stale:
            temporary = page.path.with_suffix(".md.new")
            temporary.write_text(rewritten(page, stale), "utf-8")
            temporary.replace(page.path)
    return wrong


def rewritten(page: Page, stale: list[Outcome]) -> str:
    """The page's text with every stale output replaced by what was printed."""
    lines = list(page.lines)
    for outcome in reversed(stale):
        n, part = outcome.line - 1, outcome.part
        if isinstance(part, Bound):
            lines[n] = BOUND.sub(partial(_rebound, outcome), lines[n])
            continue
        indent = re.match(" *", lines[n - 1])[0]  # type: ignore[index]
        printed = outcome.printed.splitlines()
        if isinstance(part, Block) and part.kind == "script":  # it had no output yet
            printed = ["", "``` { .text .output }", *printed, "```"]
        lines[n : n + outcome.count] = [
            indent + line if line else "" for line in printed
        ]
    return "\n".join(lines) + "\n"


def _rebound(outcome: Outcome, match: re.Match[str]) -> str:
    assert isinstance(outcome.part, Bound)
    if match["expression"].strip() != outcome.part.expression:
        return match[0]
    minus = "−" if "−" in match["shown"] else "-"
    return outcome.printed.replace("-", minus) + match[0][len(match["shown"]) :]


if __name__ == "__main__":
    try:
        for outcome in update():
            print(
                f"{outcome.page}:{outcome.line}: {outcome.shown} -> {outcome.printed}"
            )
    except BookError as error:
        sys.exit(f"nothing was updated:\n{error}")
