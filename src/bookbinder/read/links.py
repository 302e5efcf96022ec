"""Reads the links of a page that lead to a place in the book.

    [the words of it](learning.md#the-slope "The title of what it leads to")

The file or the place may be left out, and the title where the words say the same.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from bookbinder.read.pages import FORMULA, Page, blanked, line_of, one_line

TARGET = (
    r"\((?![\s)])(?P<address>(?P<file>[^()<>'\"#\s]*)(?:#(?P<place>[\w-]+))?)"
    r'(?:\s+"(?P<title>[^"]*)")?\)'
)
"""What stands behind the words; a link of another form is a fault."""

INWARD = rf"(?!\(\w+:){TARGET}"
"""The same where it stands in the book, and not on another site."""

LINK = re.compile(rf"(?<!!)\[(?P<words>[^\[\]]*)\]{INWARD}")


@dataclass(frozen=True)
class Link:
    """A link to a place in the book, and the line that it ends in.

    `file` is the page's own where the address names none; `start` and `end` are offsets
    in what is `visible` of the page, and in its `prose_text`.
    """

    words: str
    address: str
    file: str
    place: str
    title: str | None
    line: int
    start: int
    end: int


@lru_cache(maxsize=128)
def links_of(page: Page) -> list[Link]:
    """The links of a page in order; in code or in a formula, there is none."""
    text = page.visible
    return [
        Link(
            one_line(text[slice(*m.span("words"))]),
            m["address"],
            m["file"] or page.path.name,
            m["place"] or "",
            m["title"],
            line_of(text, m.end()),
            *m.span(),
        )
        for m in LINK.finditer(blanked(FORMULA, page.prose_text, " "))
    ]
