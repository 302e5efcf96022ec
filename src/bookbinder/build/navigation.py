"""MkDocs hook: the navigation says how long a page takes.

A comfort that MkDocs alone offers; the page itself says it too, whatever builds it.
"""

from pathlib import Path

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files

from bookbinder.convert.reading import minutes
from bookbinder.read.pages import Page
from bookbinder.read.words import say


def on_env(env: Environment, config: MkDocsConfig, files: Files) -> None:
    """Give each page that takes time a subtitle, which Material's navigation shows."""
    for file in files.documentation_pages():
        if file.page is None or file.abs_src_path is None or file.src_uri[-3:] != ".md":
            continue
        page = Page.read(Path(file.abs_src_path))
        if time := minutes(page):
            subtitle = say("{} minutes", page.language).format(time)
            file.page.meta = {**file.page.meta, "subtitle": subtitle}
