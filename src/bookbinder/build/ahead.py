"""Lets a second process turn pages into HTML while MkDocs does so in the first.

MkDocs takes one page after the other, on one core. A copy of its process begins with
the last page and works backwards until the two meet; what only the first can make, it
makes first. A page that has anything to say, a fault or a warning, is done again in the
first process, which says it as ever.
"""

import logging
from collections.abc import Iterable
from concurrent.futures import Future, ProcessPoolExecutor
from functools import partial
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from mkdocs.utils import CountHandler

from bookbinder.read.book import REFERENCE
from bookbinder.run.processes import copying

Made = dict[str, Any]
"""The attributes that a page gets when it is rendered."""

NOT_NEEDED = "links_to_anchors"
"""Leads to all other files; for a report that this book does not ask for."""


class Ahead:
    """Renders the pages of a build in another process, the last first."""

    def __init__(self, config: MkDocsConfig, files: Files) -> None:
        self.executor = ProcessPoolExecutor(
            1, copying(), initializer=_begin, initargs=(config, files)
        )
        self.files, self.pages = files, [*files.documentation_pages()]
        for_both = [file for file in self.pages if _can_be_copied(file)]
        self._move_to_the_end(for_both)
        self.made = []
        for file in reversed(for_both):
            made = self.executor.submit(_rendered, file.src_uri)
            self.made.append(made)
            assert file.page is not None
            vars(file.page)["render"] = partial(_render, file.page, made)

    def close(self) -> None:
        """End the other process; put the pages in their order again."""
        self.executor.shutdown()
        self._move_to_the_end(self.pages)

    def _move_to_the_end(self, files: Iterable[File]) -> None:
        for file in files:
            self.files.remove(file)
            self.files.append(file)


def _can_be_copied(file: File) -> bool:
    """Whether a page is made of its own text alone, not of what else is in memory."""
    return file.src_uri != REFERENCE


def _render(page: Page, made: Future[Made], config: MkDocsConfig, files: Files) -> None:
    """Take what the other process has made, or is making, of a page; or render it."""
    del vars(page)["render"]
    if made.cancel() or made.exception() or not made.result():
        page.render(config, files)
    else:
        vars(page).update(made.result())


_build: tuple[MkDocsConfig, Files]
"""What the other process works on: its copy, as it was when the two parted."""


def _begin(config: MkDocsConfig, files: Files) -> None:
    global _build
    _build = config, files


def _rendered(uri: str) -> Made:
    """What a page is when it has been rendered; nothing if there was a warning."""
    config, files = _build
    page = files.src_uris[uri].page
    assert page is not None
    warned = CountHandler()
    warned.setLevel(logging.WARNING)
    logging.getLogger("mkdocs").handlers = [warned]
    page.read_source(config)
    page.markdown = config.plugins.on_page_markdown(
        page.markdown or "", page=page, config=config, files=files
    )
    before = dict(vars(page))
    Page.render(page, config, files)
    after = vars(page).items()
    made = {name: it for name, it in after if before.get(name) is not it}
    made.pop(NOT_NEEDED, None)
    return {} if warned.get_counts() else made
