"""A translation fits: its own titles and words, and the code of the original."""

import ast
import re
from pathlib import Path

import pytest

from bookbinder import ROOT
from bookbinder.check.faults import faults
from bookbinder.convert.binding import locate
from bookbinder.convert.reading import minutes
from bookbinder.read.pages import Page, navigation
from bookbinder.read.words import WORDS

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


def test_every_word_is_said_somewhere() -> None:
    """By a module or by the theme: no text has changed and left its words behind."""
    said = {
        node.value
        for path in (ROOT / "src" / "bookbinder").rglob("*.py")
        if path.name != "words.py"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    for path in (ROOT / "theme").rglob("*.html"):
        said |= {
            *re.findall(r"""words\.say\(["'](.+?)["']\)""", path.read_text("utf-8"))
        }
    for words in WORDS.values():
        assert words.keys() <= said


def test_words_keep_their_places_for_numbers_and_names() -> None:
    """As many as in English."""
    for words in WORDS.values():
        for english, other in words.items():
            assert english.count("{") == other.count("{"), english


def test_an_untranslated_page_belongs_to_its_own_edition(book: Path) -> None:
    """Though its text stands in another, which comes first."""
    for language in ("en", "zh"):
        (book / "docs" / language).mkdir(parents=True)
        (book / "docs" / language / "gates.md").write_text("# Gates\n", "utf-8")
    page, skipped = locate(["# Gates"], book, str(book / "docs" / "zh"))
    assert (page.language, skipped) == ("zh", 0)


@pytest.mark.parametrize(("signs", "time"), [(100, 0), (1500, 5), (3000, 10)])
def test_time_grows_with_the_signs_of_chinese(
    signs: int, time: int, book: Path
) -> None:
    """Which has no spaces to count words by."""
    path = book / "page.md"
    path.write_text(
        "# 门\n\n" + signs * "读" + "\n\n```pycon\n>>> 1\n1\n```\n", "utf-8"
    )
    assert minutes(Page.read(path)) == time
