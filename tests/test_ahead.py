"""A second process converts pages as the first would, and hides nothing."""

import os
from collections.abc import Iterator
from concurrent.futures import wait
from pathlib import Path

import pytest
from markdown import Extension, Markdown
from markdown.preprocessors import Preprocessor
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files, get_files
from mkdocs.structure.nav import get_navigation

from bookbinder.build.ahead import Ahead
from bookbinder.run.processes import COPIES

pytestmark = pytest.mark.skipif(not COPIES, reason="processes cannot be copied here")

PAGES = {
    "index.md": "# First\n\n## Part\n\n[on](second.md)",
    "second.md": "# Second\n\n[off](nowhere.md)",
    "third.md": "# Third\n\nfails",
    "reference.md": "# The reference",
}


class Signed(Extension):
    """Says at the end of each page which process converted it."""

    def extendMarkdown(self, md: Markdown) -> None:
        """Add a line, or fail."""

        class Sign(Preprocessor):
            def run(self, lines: list[str]) -> list[str]:
                if "fails" in lines:
                    raise ValueError("a fault of the page")
                return [*lines, "", f"{os.getpid()}"]

        md.preprocessors.register(Sign(md), "sign", 0)


@pytest.fixture
def book(tmp_path: Path) -> tuple[MkDocsConfig, Files]:
    """A small book, as MkDocs knows it before it turns to the pages."""
    (tmp_path / "docs").mkdir()
    for name, text in PAGES.items():
        (tmp_path / "docs" / name).write_text(text, "utf-8")
    (tmp_path / "mkdocs.yml").write_text("site_name: small\nplugins: []\n", "utf-8")
    config = load_config(str(tmp_path / "mkdocs.yml"))
    config["markdown_extensions"] = ["toc", Signed()]
    files = get_files(config)
    get_navigation(files, config)
    return config, files


@pytest.fixture(autouse=True)
def ahead(book: tuple[MkDocsConfig, Files]) -> Iterator[Ahead]:
    """Another process, which has converted what it can."""
    config, files = book
    ahead = Ahead(config, files)
    wait(ahead.made)
    for file in files.documentation_pages():
        assert file.page is not None
        file.page.read_source(config)
    yield ahead
    ahead.close()


def rendered(name: str, book: tuple[MkDocsConfig, Files]) -> str:
    """A page's content, once MkDocs has rendered it."""
    page = book[1].src_uris[name].page
    assert page is not None
    page.render(*book)
    assert page.title == PAGES[name].split("\n")[0].removeprefix("# ")
    return page.content or ""


def test_page_comes_from_the_other_process(book: tuple[MkDocsConfig, Files]) -> None:
    """Whole: content, title, headings."""
    found = rendered("index.md", book)
    page = book[1].src_uris["index.md"].page
    assert page is not None
    assert 'href="second/"' in found
    assert f"<p>{os.getpid()}</p>" not in found
    assert [[one.id for one in top.children] for top in page.toc] == [["part"]]
    assert page.present_anchor_ids == {"first", "part"}


def test_reference_does_not(book: tuple[MkDocsConfig, Files]) -> None:
    """What is noted down while it is converted, other pages look up."""
    assert f"<p>{os.getpid()}</p>" in rendered("reference.md", book)


def test_reference_comes_first(book: tuple[MkDocsConfig, Files], ahead: Ahead) -> None:
    """While the other is at work; then the pages stand in their order again."""
    config, files = book
    first = [file.src_uri for file in files.documentation_pages()]
    ahead.close()
    then = [file.src_uri for file in files.documentation_pages()]
    assert first == ["reference.md", "index.md", "second.md", "third.md"]
    assert then == [file.src_uri for file in get_files(config).documentation_pages()]


def test_warning_is_heard(
    book: tuple[MkDocsConfig, Files], caplog: pytest.LogCaptureFixture
) -> None:
    """Once, in the process that counts warnings."""
    assert f"<p>{os.getpid()}</p>" in rendered("second.md", book)
    assert caplog.text.count("nowhere.md") == 1


def test_fault_is_raised(book: tuple[MkDocsConfig, Files]) -> None:
    """As if there had been one process."""
    with pytest.raises(ValueError, match="a fault of the page"):
        rendered("third.md", book)
