"""Lets a second process turn pages into HTML while MkDocs does so in the first.

MkDocs takes one page after the other, on one core. A copy of its process begins with
the last page and works backwards until the two meet. A page that has anything to say, a
fault or a warning, is done again in the first process, which says it as ever. What is
as it was in an earlier build, both take from there.
"""

import logging
from concurrent.futures import Future, ProcessPoolExecutor
from functools import partial

import jinja2
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import BasePlugin
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

from bookbinder.build.kept import Kept, Made
from bookbinder.run.processes import COPIES, copying


class Ahead(BasePlugin):  # type: ignore[type-arg, no-untyped-call]
    """Renders the pages of a build, the last first, in another process if it can."""

    def on_nav(self, nav: Navigation, config: MkDocsConfig, files: Files) -> None:
        """Begin, and have MkDocs take what is there when it comes to a page."""
        kept = Kept(config, files)
        other = ProcessPoolExecutor(1, copying(), _begin, (kept,)) if COPIES else None
        self.executor = other
        for file in reversed(files.documentation_pages()):
            assert file.page is not None
            made = other.submit(_rendered, file.src_uri) if other else None
            vars(file.page)["render"] = partial(_render, file.page, made, kept)

    def on_env(
        self, env: jinja2.Environment, config: MkDocsConfig, files: Files
    ) -> None:
        """End the other process."""
        if self.executor:
            self.executor.shutdown()


def _render(page: Page, made: Future[Made] | None, kept: Kept, *_: object) -> None:
    """Take what the other process has made, or is making, of a page; or render it."""
    del vars(page)["render"]
    if not made or made.cancel() or made.exception() or not made.result():
        kept.rendered(page)
    else:
        kept.take(page, made.result())


_kept: Kept
"""What the other process works on: its copy, as it was when the two parted."""


def _begin(kept: Kept) -> None:
    global _kept
    _kept = kept


def _rendered(uri: str) -> Made:
    """What a page is when it has been rendered; nothing if there was a warning."""
    config, files = _kept.config, _kept.files
    page = files.src_uris[uri].page
    assert page is not None
    logging.getLogger("mkdocs").handlers = []
    page.read_source(config)
    page.markdown = config.plugins.on_page_markdown(
        page.markdown or "", page=page, config=config, files=files
    )
    return _kept.rendered(page)
