"""Writes a page as plain Markdown, for readers that are programs.

Made like the page's notebook, but for the code: listings are filled in, sessions keep
their prompts and outputs, and a figure is a picture with its alt text. Entries of the
reference are their names, and the page that has their docstrings in plain text.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from bookbinder import ROOT
from bookbinder.convert.binding import ticks_around
from bookbinder.convert.reference import public
from bookbinder.make.notebooks import Aside, Cell, cells_of, markdown
from bookbinder.read.book import CODE_PAGE
from bookbinder.read.pages import MODULE_LINE, Block, Figure, Page
from bookbinder.read.words import say

ENTRIES = re.compile(f"^{MODULE_LINE.pattern}", re.MULTILINE)
TAG_LINE = re.compile(r"^</?div[^>]*>\n*", re.MULTILINE)


def plain(page: Page, site: str = "", root: Path = ROOT) -> str:
    """The text of a page; links lead to the site at the address `site`, if any."""

    def code(
        part: Block | Figure, page: Page, root: Path, asides: list[Aside]
    ) -> Iterator[Cell]:
        lines = _lines(part, page, site, root)
        yield markdown("\n".join("> " * len(asides) + line for line in lines))

    def entries(line: re.Match[str]) -> str:
        names = ", ".join(f"`{name}`" for name in public(line["module"], root))
        told = say("{}: described in {}", page.language)
        return told.format(names, f"{site}{CODE_PAGE}")

    cells = ["".join(cell["source"]) for cell in cells_of(page, root, site, code)]
    cells = [ENTRIES.sub(entries, cell) for cell in cells]
    texts = [TAG_LINE.sub("", cell).strip("\n") for cell in cells]
    return "\n\n".join(text for text in texts if text) + "\n"


def _lines(part: Block | Figure, page: Page, site: str, root: Path) -> list[str]:
    """A block as a fence that says where its code stands, or a figure as a picture."""
    if isinstance(part, Figure):
        return [f"![{part.alt}]({site}{part.path.removeprefix('../')})"]
    code, where = part.shown(root), []
    if part.kind == "listing" and not (listing := part.listing(root)).is_module:
        name = listing.path.relative_to(root / "src").as_posix()
        comment = say("# {}, from line {}", page.language)
        where = [comment.format(name, listing.first)]
    ticks = ticks_around(code)
    language = "python" if part.kind == "listing" else part.language
    return [f"{ticks}{language}", *where, *code.split("\n"), ticks]
