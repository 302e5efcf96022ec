"""Reading times, and the ways between the pages and the reference."""

import re
import shutil
import tomllib
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml.html import HtmlElement, document_fromstring
from test_faults import build

import scratchnn
from bookbinder import ROOT
from bookbinder.check.faults import faults
from bookbinder.convert.reading import minutes
from bookbinder.convert.reference import brought
from bookbinder.make.notebooks import place
from bookbinder.read.book import introductions
from bookbinder.read.pages import Page
from bookbinder.read.source import library

EDITION = ROOT / "docs" / "en"

Write = Callable[[str], Page]


def html_of(page: Page) -> HtmlElement:
    """A page of a small book as HTML."""
    return document_fromstring(build(page))


SESSION = "\n```pycon\n>>> 1\n1\n```\n"


@pytest.mark.parametrize(("words", "time"), [(10, 0), (900, 5), (1600, 10)])
def test_time_grows_with_the_words(words: int, time: int, write: Write) -> None:
    """In steps of five minutes; comments do not count."""
    text = "# page\n" + "word " * words + "<!-- no word -->" * 999 + SESSION
    assert minutes(write(text)) == time


def test_time_grows_with_the_code(write: Write) -> None:
    """A listing counts as it is shown, not as the one line that names it."""
    names = ["Classifier", "TwoLayerNet", "random_weights", "target_rows"]
    fence = '``` {{ .python source="scratchnn.two_layer_net.{}" }}\n```\n'
    text = "# page\n" + "".join(fence.format(name) for name in names) + SESSION
    assert minutes(write("# page\n" + SESSION)) == 0
    assert minutes(write(text)) == 5


def test_pages_where_nothing_runs_have_no_time(write: Write) -> None:
    """They are for looking things up."""
    assert minutes(write("# page\n" + "word " * 5000)) == 0


def test_a_page_that_runs_says_how_long_it_takes(write: Write) -> None:
    """Below its title, with the way to running it."""
    page = html_of(write("# page\n\nText.\n\n" + "a word " * 800 + "\n" + SESSION))
    (line,) = page.xpath("//h1/following-sibling::*[1][@class='reading']")
    assert line.text_content() == "About 10 minutes\xa0· Run this page"
    assert line.xpath("a/@href") == ["index.md#run-it"]


def test_a_chapter_says_its_number(write: Write, tmp_path: Path) -> None:
    """As the navigation has it: other chapters call it by that."""
    page = write("# page\n\nText.\n\n" + "a word " * 800 + "\n" + SESSION)
    (tmp_path / "mkdocs.yml").unlink()
    (tmp_path / "mkdocs.yml").write_text("docs_dir: docs/en\nnav: [3.6 page: page.md]")
    (line,) = html_of(page).find_class("reading")
    assert line.text_content().startswith("Chapter\xa03.6\xa0· About 10 minutes\xa0· ")


def test_a_list_of_chapters_says_how_long_they_take(write: Write) -> None:
    """Behind the title of each, not behind other links; none for what does not run."""
    page = write("# page\n" + "a word " * 800 + SESSION)
    page.path.with_name("other.md").write_text("# other\n")
    page.path.with_name("list.md").write_text(
        '# list\n\n<div class="chapters" markdown>\n\n- [Long](page.md "page")\n\n'
        '    Text and [link](page.md "page").\n\n- [Short](other.md "other")\n\n'
        "    Text.\n\n</div>\n"
    )
    home = html_of(Page.read(page.path.with_name("list.md")))
    assert home.xpath("//span[@class='minutes']/text()") == ["10 minutes"]
    assert home.xpath("//li/p[1]/span/preceding-sibling::a/text()") == ["Long"]


def test_a_page_with_a_notebook_offers_it(write: Write) -> None:
    """For download, where it was written."""
    page = write("# page\n" + "a word " * 800 + f"\n{SESSION}")
    place(page).parent.mkdir()
    place(page).write_text("{}")
    links = html_of(page).xpath("//p[@class='reading']/a[@download]/@href")
    assert links == ["notebooks/page.ipynb"]


def test_first_mention_leads_to_the_reference(write: Write) -> None:
    """Not the second, and none inside a heading or another link."""
    page = write(
        "# page\n\n## About `relu`\n\n"
        '[see `relu`](page.md "page"), then `relu`, then `relu` and `x`.\n'
        "\n```pycon\n>>> from scratchnn import relu\n>>> x = relu(1)\n```\n"
    )
    page.path.with_name("reference.md").write_text("# reference\n")
    (link,) = html_of(page).xpath("//a[@class='name']")
    assert link.get("href") == "reference.md#scratchnn.activations.relu"
    assert link.getprevious().tail == ", then "


def test_listings_and_entries_lead_to_each_other(site: Path) -> None:
    """From each entry to the listing that brings its name, and from there back."""
    reference = site / "reference" / "index.html"
    there = document_fromstring(reference.read_text("utf-8"))
    found = set()
    for line in there.find_class("provenance"):
        (back,) = line.xpath("a[1]/@href")
        page, _, anchor = back.partition("#")
        chapter = (reference.parent / page / "index.html").read_text("utf-8")
        caption = document_fromstring(chapter).get_element_by_id(anchor)
        (link,) = caption.xpath("a[text()='reference']")
        module, name = link.get("href").rpartition("#")[2].rsplit(".", 1)
        assert link.get("aria-label") == f"{name} in the reference"
        assert there.get_element_by_id(f"{module}.{name}") is not None
        found.add(name)
    assert found == set(scratchnn.__all__)


def test_a_name_that_a_page_makes_its_own_leads_nowhere(write: Write) -> None:
    """The library's `step` is not the page's `step`, nor is a page's `import … as`."""
    page = write(
        "# page\n\n`step` and `relu`\n\n```pycon\n"
        ">>> from scratchnn import relu as step, step as relu, identity\n"
        ">>> step, relu = 1, 2\n```\n"
    )
    assert brought(page) == {"identity": "scratchnn.activations.identity"}


def test_a_listing_brings_its_name(write: Write) -> None:
    """And an import shown as a listing brings what it imports."""
    sources = "scratchnn.layers.Relu", "scratchnn.layers.relu", "scratchnn.layers.np"
    fences = "".join(f'``` {{ .python source="{s}" }}\n```\n' for s in sources)
    assert brought(write("# page\n" + fences)) == {
        "Relu": "scratchnn.layers.Relu",
        "relu": "scratchnn.activations.relu",
    }


def test_the_library_is_known_by_its_public_names() -> None:
    """All of them, each with the module that defines it."""
    assert sorted(library()) == sorted(scratchnn.__all__)
    for name, path in library().items():
        assert f"{getattr(scratchnn, name).__module__}.{name}" == path


def test_the_library_is_what_its_file_says_now(write: Write) -> None:
    """Not what it was when Python began: who serves the book changes both."""
    text = "`from scratchnn import late`, LATE\n\n```python\nlate = 1\n```\n"
    page = write(f"# page\n\n{text}")
    root, unknown = page.path.parents[2], ("`from scratchnn import late`", "LATE is")
    assert all(what in " ".join(faults(page, root)) for what in unknown)
    (root / "src").unlink()
    shutil.copytree(ROOT / "src", root / "src")
    with (root / "src" / "scratchnn" / "__init__.py").open("a") as file:
        file.write("from scratchnn.data import late\nLATE = late\n")
    assert library(root)["late"] == "scratchnn.data.late"
    assert not any(what in " ".join(faults(page, root)) for what in unknown)


def test_an_object_is_introduced_where_it_is_first_listed() -> None:
    """In the order of the navigation; the page of all code introduces nothing."""
    found = introductions(EDITION)
    page, listing = found["scratchnn.activations.softmax"]
    assert (page.path.name, listing.anchor) == ("networks.md", "activations-softmax")
    assert found["scratchnn.two_layer_net.TwoLayerNet"][0].path.name == "training.md"
    assert not any(page.path.name == "code.md" for page, _ in found.values())


def test_every_public_name_has_an_entry(site: Path) -> None:
    """With a signature, an example, its source, and where the book introduces it."""
    text = (site / "reference" / "index.html").read_text("utf-8")
    reference = document_fromstring(text)
    introduced = introductions(EDITION)
    for name, path in library().items():
        heading = reference.get_element_by_id(path)
        assert heading.text_content().strip().startswith(name)
        entry = heading.getparent()
        assert entry.xpath(".//*[@data-kind='session']"), name
        below = entry.getnext()
        assert below.get("class") == "provenance"
        links = below.xpath("a/@href")
        assert links[-1].startswith("../code/#__span-"), name
        assert len(links) == 1 + (path in introduced), name


def test_the_inventory_is_published(site: Path) -> None:
    """Other books can link to ours by name."""
    lines = (site / "objects.inv").read_bytes().split(b"\n", 4)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert lines[2].decode() == f"# Version: {project['version']}"
    entries = zlib.decompress(lines[4]).decode()
    for path in library().values():
        assert re.search(rf"^{re.escape(path)} py:\w+ 1 reference/#", entries, re.M)
