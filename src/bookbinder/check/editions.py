"""Finds the first place at which a translation runs anything else than its original.

Editions share code: every block, every expression behind a number, and all that the
comments for the checks compute. A translation may say in its own words what comments in
code say, and it may name numbers in another order, as long as no block, figure or
comment for the checks stands between them.
"""

import tokenize
from collections.abc import Iterator
from itertools import groupby, zip_longest
from pathlib import Path

from bookbinder import ROOT
from bookbinder.check import Fault
from bookbinder.read.book import ORIGINAL
from bookbinder.read.code import examples, tokens_of
from bookbinder.read.pages import Bound, Figure, Page, Part, Premise

NO_CODE = (tokenize.COMMENT, tokenize.NL)


def edition_faults(page: Page, root: Path = ROOT) -> Iterator[Fault]:
    """The first part of a page that is not that of the original, if there is one."""
    if page.language == ORIGINAL:
        return
    original = root / "docs" / ORIGINAL / page.path.relative_to(page.edition)
    theirs = _parts(Page.read(original)) if original.is_file() else []
    for own, their in zip_longest(_parts(page), theirs):
        if own is None:
            yield len(page.lines), f"{original}:{their[0]} is missing here"
        elif their is None:
            yield own[0], f"nothing like this is in {original}"
        elif own[1] != their[1]:
            yield own[0], f"this is not what {original}:{their[0]} has"
        else:
            continue
        return


def _parts(page: Page) -> list[tuple[int, object]]:
    """All that is computed on a page: line and content, neighbouring numbers sorted."""
    parts = sorted([*page.parts, *page.figures], key=lambda part: part.line)
    found: list[tuple[int, object]] = []
    for are_numbers, group in groupby(parts, lambda part: isinstance(part, Bound)):
        run = [(part.line, _content(part)) for part in group]
        found += sorted(run, key=lambda one: str(one[1])) if are_numbers else run
    return found


def _content(part: Part | Figure) -> object:
    """What has to be the same in all editions."""
    match part:
        case Bound():
            return part.expression
        case Premise():
            return part.kind, part.name, part.code
        case Figure():
            return part.source
    what = part.kind, part.language, part.attributes, part.classes
    if part.kind not in ("session", "script"):
        return *what, part.code
    tokens = [t.string for _, _, t in tokens_of(part) if t.type not in NO_CODE]
    shown = [one.shown for one in examples(part)] if part.kind == "session" else []
    return *what, tokens, shown
