"""A translation fits: its own titles and words, and the code of the original."""

from pathlib import Path

import pytest

from bookbinder.check.faults import faults
from bookbinder.read.pages import Page, navigation

ENGLISH = """\
docs_dir: docs/en
site_url: !ENV [SITE_URL, ""]
nav:
  - Front: index.md
  - "Part I: Gates":
      - 1 Gates: gates.md
      - A lab: notebooks/lab.ipynb
  - More: !!python/name:somewhere.else
  - more.md
"""
CHINESE = """\
INHERIT: mkdocs.yml
docs_dir: docs/zh
nav:
  - 首页: index.md
  - 第一部分：门:
      - 1 门: gates.md
"""


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A book in two languages, of which there are only the configurations."""
    (tmp_path / "mkdocs.yml").write_text(ENGLISH, "utf-8")
    (tmp_path / "mkdocs.zh.yml").write_text(CHINESE, "utf-8")
    return tmp_path


def test_each_edition_has_its_own_navigation(book: Path) -> None:
    """Found by its folder; what a configuration does not say, it inherits."""
    english = {
        "index.md": "Front",
        "gates.md": "1 Gates",
        "notebooks/lab.ipynb": "A lab",
        "more.md": "",
    }
    chinese = {"index.md": "首页", "gates.md": "1 门"}
    assert navigation(book / "docs" / "en", book) == english
    assert navigation(book / "docs" / "zh", book) == chinese
    untitled = CHINESE.partition("nav")[0]
    (book / "mkdocs.zh.yml").write_text(untitled, "utf-8")
    assert navigation(book / "docs" / "zh", book) == english
    (book / "mkdocs.zh.yml").unlink()
    assert navigation(book / "docs" / "zh", book) == english


def test_a_page_is_called_as_in_its_own_navigation(book: Path) -> None:
    """And not as in that of another language."""
    for language, title in (("en", "Gates"), ("zh", "门"), ("zh", "Gates")):
        path = book / "docs" / language / "gates.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"---\ntitle: {title}\n---\n\n# {title}\n", "utf-8")
        found = faults(Page.read(path), book)
        if (language, title) == ("zh", "Gates"):
            (fault,) = found
            assert fault.endswith("the navigation calls the page '1 门', not 'Gates'")
        else:
            assert found == []
