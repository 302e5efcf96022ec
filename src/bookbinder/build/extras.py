"""What the site has besides its pages, made by MkDocs while it builds them.

It is for those who do not come by the front door: the whole book on one page, to print
or to keep; the pages as plain Markdown with a list of them, `llms.txt`; and
`robots.txt`.
"""

import tomllib
from pathlib import Path

import jinja2
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import BasePlugin
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

from bookbinder import ROOT
from bookbinder.build.lean import make_lean, unindented
from bookbinder.build.one_page import joined, running_heads
from bookbinder.build.plain import plain
from bookbinder.make.labs import every_page

LIST = "llms.txt"
"""The list of pages for programs that read; see llmstxt.org."""

BOOK = "book.html"
"""The whole book on one page; a template of the theme, and a file of the site."""


class Extras(BasePlugin):  # type: ignore[type-arg, no-untyped-call]
    """What is made besides the pages, while MkDocs builds them."""

    def on_config(self, config: MkDocsConfig) -> None:
        """One more page that MkDocs makes from the theme, which the others link to."""
        config.theme.static_templates.add(BOOK)
        config.extra["book"] = BOOK

    def on_nav(self, nav: Navigation, config: MkDocsConfig, files: Files) -> None:
        """Remember the pages and their order."""
        self.nav = nav

    def on_env(
        self, env: jinja2.Environment, config: MkDocsConfig, files: Files
    ) -> jinja2.Environment:
        """Teach the theme to join pages, which are all converted now."""
        env.filters.update(joined=joined, running_heads=running_heads)
        return env

    def on_post_page(self, output: str, page: Page, config: MkDocsConfig) -> str:
        """What Material writes, tidied up."""
        return tidied(output)

    def on_post_template(
        self, output: str, template_name: str, config: MkDocsConfig
    ) -> str:
        """The same for pages that are no chapters."""
        return tidied(output)

    def on_post_build(self, config: MkDocsConfig) -> None:
        """Leave out what no page uses; write what only a server hands out."""
        site, site_url = Path(config.site_dir), config.site_url or ""
        make_lean(site)
        if config.extra.get("offline"):
            return
        (site / "robots.txt").write_text(robots(site_url), "utf-8")
        (site / LIST).write_text(listed(self.nav, config), "utf-8")
        edition = Path(config.docs_dir)
        ours = {it.path: it for it in every_page(ROOT) if it.edition == edition}
        for page in self.nav.pages:
            text = plain(ours[Path(page.file.abs_src_path or "")], site_url)
            (site / markdown_file(page)).write_text(text, "utf-8")
        project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
        stamp(site / "objects.inv", project["version"])


def tidied(page: str) -> str:
    """HTML without what it does not allow or need; no heading is read with its sign.

    The table of contents has the same links, and names for them.

    >>> tidied('<a tabindex="" class="headerlink" href="#x">')
    '<a aria-hidden="true" tabindex="-1" class="headerlink" href="#x">'
    """
    sign = ' class="headerlink"'
    hidden = f' aria-hidden="true" tabindex="-1"{sign}'
    return unindented(page.replace(' tabindex=""', "").replace(sign, hidden))


def listed(nav: Navigation, config: MkDocsConfig) -> str:
    """What there is to read, part by part, as a list of plain Markdown files."""
    lines = [f"# {config.site_name}", "", f"> {config.site_description}."]
    for item in nav.items:
        pages = [page for page in item.children or [item] if isinstance(page, Page)]
        lines += ["", f"## {item.title}", ""] if item.children else [""]
        for page in pages:
            link = f"{config.site_url or ''}{markdown_file(page)}"
            about = page.meta.get("description", "")
            lines.append(f"- [{page.title}]({link}): {about}")
    return "\n".join(lines) + "\n"


def markdown_file(page: Page) -> str:
    """Where a page stands as plain Markdown, seen from the root of the site."""
    return page.file.src_uri.replace(".ipynb", ".md")


def stamp(inventory: Path, version: str) -> None:
    """Say in the list of names for other books which version of the library has them.

    mkdocstrings, which makes the list, does not know.
    """
    entries = inventory.read_bytes()
    unknown, known = (f"# Version: {v}\n".encode() for v in ("0.0.0", version))
    inventory.write_bytes(entries.replace(unknown, known, 1))


def robots(site_url: str) -> str:
    """All may come, and here is the list of pages."""
    sitemap = f"\nSitemap: {site_url}sitemap.xml\n" if site_url else ""
    return f"User-agent: *\nAllow: /\n{sitemap}"
