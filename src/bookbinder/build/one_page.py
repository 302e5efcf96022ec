"""Joins the pages into one, the whole book, to print or to keep.

The theme's `book.html` asks for it once all pages are converted.
"""

import json
import re
from collections.abc import Iterable
from urllib.parse import urldefrag, urljoin, urlsplit

from mkdocs.structure.pages import Page

TAG = re.compile(r"<[a-zA-Z][^<>]*>")
NAMES = re.compile(r'(?<=\s)(id|name|for)="([^"]*)"')
LINKS = re.compile(r'(?<=\s)(href|src)="([^"]*)"')


def joined(pages: Iterable[Page]) -> str:
    """The content of all pages as one, for a page in the site's root.

    Each page's names get the page's own name before them, so that no two are alike, and
    links between the pages become links within the one.
    """
    parts = {page.url: _part(page) for page in pages}
    return "\n".join(
        f'<section id="{_part(page)}">\n{_moved(page, parts)}\n</section>'
        for page in pages
    )


def running_heads(pages: Iterable[Page]) -> str:
    """A style sheet that says at the top of each sheet of paper which page this is.

    What stands before the first page belongs to it, or it would get a sheet for itself.
    """
    return "\n".join(
        f"{f'#{_part(page)}' if n else 'body'} {{ page: {_part(page)} }} "
        f"@page {_part(page)} {{ @top-center {{ content: {json.dumps(page.title)} }} }}"
        for n, page in enumerate(pages)
    )


def _part(page: Page) -> str:
    """What the part of the whole book is called that a page becomes."""
    return page.file.src_uri.rpartition(".")[0].replace("/", "-")


def _moved(page: Page, parts: dict[str, str]) -> str:
    """A page's content with its names and links as they are in the whole book."""

    def named(match: re.Match[str]) -> str:
        return f'{match[1]}="{_part(page)}--{match[2]}"'

    def linked(match: re.Match[str]) -> str:
        if urlsplit(match[2]).scheme:
            return match[0]
        path, anchor = urldefrag(urljoin(f"/{page.url}", match[2]))
        place = parts.get(path.removeprefix("/"))
        if place is None:
            return f'{match[1]}="{path.removeprefix("/")}{anchor and "#" + anchor}"'
        return f'{match[1]}="#{place}{anchor and "--" + anchor}"'

    return TAG.sub(
        lambda tag: LINKS.sub(linked, NAMES.sub(named, tag[0])), page.content or ""
    )
