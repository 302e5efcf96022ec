"""A second process converts pages as the first would, and hides nothing."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import jinja2
import pytest
from markdown import Extension, Markdown
from markdown.preprocessors import Preprocessor
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files, get_files
from mkdocs.structure.nav import Navigation, get_navigation

from bookbinder import ROOT
from bookbinder.build import ahead
from bookbinder.build.ahead import Ahead
from bookbinder.run.processes import COPIES

copied = pytest.mark.skipif(not COPIES, reason="processes cannot be copied here")

PAGES = {
    "first.md": "# First\n\n## Part\n\n[Third](third.md)",
    "second.md": "# Second\n\nwarns",
    "third.md": "# Third\n\nfails",
}

CONFIG = """
site_name: small
docs_dir: docs/en
plugins: []
nav: [First: first.md, Second: second.md, Third: third.md]
"""


class Signed(Extension):
    """Says at the end of each page which process converted it."""

    def extendMarkdown(self, md: Markdown) -> None:
        """Add a line, warn, or fail."""

        class Sign(Preprocessor):
            def run(self, lines: list[str]) -> list[str]:
                if "fails" in lines:
                    raise ValueError("a fault of the page")
                if "warns" in lines:
                    logging.getLogger("mkdocs.pages").warning("not quite right")
                return [*lines, "", f"{os.getpid()}"]

        md.preprocessors.register(Sign(md), "sign", 0)


Book = tuple[MkDocsConfig, Files, Navigation]


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """A small book, as MkDocs knows it before it turns to the pages."""
    (tmp_path / "docs" / "en").mkdir(parents=True)
    (tmp_path / "src").symlink_to(ROOT / "src")
    for name, text in PAGES.items():
        title = text.split("\n")[0].removeprefix("# ")
        front = f"---\ntitle: {title}\n---\n\n"
        (tmp_path / "docs" / "en" / name).write_text(front + text, "utf-8")
    (tmp_path / "mkdocs.yml").write_text(CONFIG, "utf-8")
    config = load_config(str(tmp_path / "mkdocs.yml"))
    config["markdown_extensions"] = ["toc", Signed()]
    files = get_files(config)
    return config, files, get_navigation(files, config)


@pytest.fixture
def other(book: Book) -> Iterator[Ahead]:
    """Another process, if there can be one, has converted what it can."""
    config, files, nav = book
    other = Ahead()
    other.on_nav(nav, config=config, files=files)
    if other.executor:
        other.executor.submit(int).result()  # it is given last, and so comes last
    for file in files.documentation_pages():
        assert file.page is not None
        file.page.read_source(config)
    yield other
    other.on_env(jinja2.Environment(), config=config, files=files)


def rendered(name: str, book: Book) -> str:
    """A page's content, once MkDocs has rendered it."""
    config, files, _ = book
    page = files.src_uris[name].page
    assert page is not None
    page.render(config, files)
    assert page.title == PAGES[name].split("\n")[0].removeprefix("# ")
    return page.content or ""


@copied
@pytest.mark.usefixtures("other")
def test_page_comes_from_the_other_process(book: Book) -> None:
    """Whole: content, title, headings."""
    found = rendered("first.md", book)
    page = book[1].src_uris["first.md"].page
    assert page is not None
    assert 'href="../third/"' in found
    assert f"<p>{os.getpid()}</p>" not in found
    assert [[one.id for one in top.children] for top in page.toc] == [["part"]]
    assert page.present_anchor_ids == {"first", "part"}


def test_page_is_rendered_here_where_no_process_can_be_copied(
    book: Book, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """As on Windows; and it is kept all the same."""
    monkeypatch.setattr(ahead, "COPIES", False)
    request.getfixturevalue("other")
    assert f"<p>{os.getpid()}</p>" in rendered("first.md", book)
    folder = Path(book[0].docs_dir).parents[1]
    assert [path.name for path in folder.rglob("*.pickle")] == ["first.md.pickle"]


@pytest.mark.usefixtures("other")
def test_warning_is_heard(book: Book, caplog: pytest.LogCaptureFixture) -> None:
    """Once, in the process that counts warnings."""
    assert f"<p>{os.getpid()}</p>" in rendered("second.md", book)
    assert caplog.text.count("not quite right") == 1


@pytest.mark.usefixtures("other")
def test_fault_is_raised(book: Book) -> None:
    """As if there had been one process."""
    with pytest.raises(ValueError, match="a fault of the page"):
        rendered("third.md", book)
