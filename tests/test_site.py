"""The built site shows what was executed, and links to what is there."""

import itertools
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlparse

import pytest
from conftest import COMPLAINT, LABS, PAGES
from documented import code_of
from lxml.html import HtmlElement, document_fromstring

from bookbinder import ROOT
from bookbinder.make import labs
from bookbinder.read.book import CODE_PAGE
from bookbinder.read.pages import BOUND, Page


def html_of(site: Path, page: Page) -> Path:
    """The file that a page was built into."""
    name = page.path.relative_to(ROOT / "docs" / "en").with_suffix("")
    return site / ("" if name.name == "index" else name) / "index.html"


@cache
def parsed(html: Path) -> HtmlElement:
    """A built page, as a tree that nobody may change."""
    return document_fromstring(html.read_text("utf-8"))


def shown(html: Path) -> list[tuple[str, str]]:
    """Every block of code on a built page: what it says it is, and its text."""
    found = []
    for pre in parsed(html).iter("pre"):
        kinds = pre.xpath("ancestor::*[contains(@class, 'highlight')]/@data-kind")
        text = pre.xpath(".//text()[not(ancestor::*[contains(@class, 'linenos')])]")
        found.append((kinds[-1] if kinds else "unknown", "".join(text).rstrip("\n")))
    return found


def executed(page: Page) -> list[tuple[str, str]]:
    """Every block of code of a page, in order, as the tests execute it."""
    return [(part.kind, part.shown()) for part in code_of(page)]


def test_the_book_builds(attempt: Path) -> None:
    """Where it does not, this says so once, and all that needs the site is skipped."""
    complaint = attempt / COMPLAINT
    if complaint.exists():
        pytest.fail(complaint.read_text("utf-8"), pytrace=False)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path.stem)
def test_code_in_the_html_is_the_code_that_ran(page: Page, site: Path) -> None:
    """Each block is of a known kind, none is empty, none is lost, none is added."""
    blocks = shown(html_of(site, page))
    assert blocks == executed(page)
    assert all(text for _, text in blocks)


@pytest.fixture(scope="session")
def zensical_site(once: Callable[..., Path]) -> Path:
    """The same source, built by another builder."""
    pytest.importorskip("zensical", reason="zensical is not installed")

    def build(folder: Path) -> None:
        for name in ("benchmarks", "docs", "figures", "src", "theme"):
            shutil.copytree(ROOT / name, folder / name)
        shutil.copy(ROOT / "mkdocs.yml", folder)
        command = [sys.executable, "-m", "zensical", "build", "--strict"]
        built = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        assert built.returncode == 0, built.stdout + built.stderr

    return once("zensical", build) / "site"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path.stem)
def test_zensical_shows_the_same_code(page: Page, zensical_site: Path) -> None:
    """The book does not hang on one builder."""
    assert shown(html_of(zensical_site, page)) == executed(page)


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.stem)
def test_zensical_leads_to_the_notebook_itself(lab: Path, zensical_site: Path) -> None:
    """It knows no plugin that makes a page of it; the reader gets the file."""
    assert (zensical_site / "notebooks" / lab.name).is_file()
    front = zensical_site / "index.html"
    assert f"/notebooks/{lab.name}" in links(front, zensical_site)


SPOILT = {
    "a listing that is empty": (r"(data-kind=.?listing.*?<code>).*?(</code>)", r"\1\2"),
    "a digit of an output": (r'(class="go">)0 0', r"\g<1>0 1"),
    "a block that is lost": (r"<pre.*?</pre>", ""),
    "a block that nobody ran": (r"(<pre)", r"<pre><code>1 / 0</code></pre>\1"),
    "a block of another kind": ("data-kind=.script", 'data-kind="shell'),
}


@pytest.mark.parametrize("kind", SPOILT)
def test_spoilt_html_is_seen(kind: str, site: Path, tmp_path: Path) -> None:
    """The comparison above bites: each of these makes it fail."""
    page = next(page for page in PAGES if page.path.stem == "perceptrons")
    sound = html_of(site, page).read_text("utf-8")
    pattern, new = SPOILT[kind]
    spoilt = re.sub(pattern, new, sound, count=1, flags=re.DOTALL)
    assert spoilt != sound
    (tmp_path / "page.html").write_text(spoilt, "utf-8")
    assert shown(tmp_path / "page.html") != executed(page)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path.stem)
def test_numbers_show_their_expressions(page: Page, site: Path) -> None:
    """Letter for letter, brackets and quotation marks too, which could be a link.

    Where the expression is the number itself, there is nothing to show.
    """
    marks = parsed(html_of(site, page)).find_class("bound")
    assert [mark.get("title") for mark in marks] == [
        number["expression"].strip()
        for _, line in page.prose
        if not line.startswith("#")
        for number in BOUND.finditer(line)
        if number["expression"].strip() != number["shown"]
    ]


def links(html: Path, site: Path) -> set[str]:
    """Every address that a built page links to or loads, seen from the site's root."""
    here = "/" + html.relative_to(site).as_posix().removesuffix("index.html")
    return {urljoin(here, link) for link in parsed(html).xpath("//@href | //@src")}


def broken(site: Path) -> list[str]:
    """Every link of the built site that leads to no file, or to no place in one."""
    ids = {
        html: set(parsed(html).xpath("//@id | //@name"))
        for html in site.rglob("*.html")
    }
    found = []
    for html in ids:
        for link in sorted(links(html, site)):
            path, anchor = urldefrag(link)
            target = site / unquote(path).lstrip("/")
            target = target / "index.html" if target.is_dir() else target
            known = target.is_file() and (
                not anchor or anchor in ids.get(target, set())
            )
            if not known and not urlparse(path).netloc:
                found.append(f"{html.relative_to(site)}: {link}")
    return found


def test_every_link_leads_somewhere(site: Path) -> None:
    """Pages, files, headings, figures, and the lines that captions of listings name."""
    found = broken(site)
    assert not found, "\n".join(found)


def test_broken_links_are_seen(tmp_path: Path) -> None:
    """To a file that is not there, and to a place that is not."""
    text = '<a href="lost/">1</a><a href="#lost">2</a><a href="#here" id="here">3</a>'
    (tmp_path / "index.html").write_text(text, "utf-8")
    assert broken(tmp_path) == ["index.html: /#lost", "index.html: /lost/"]


def test_no_page_loads_anything_from_another_host(site: Path) -> None:
    """Links may leave the site; scripts, styles, fonts and pictures may not."""
    loads = re.compile(
        r"<(?:script|img|link(?! rel=.canonical)|iframe)"
        r'[^>]+(?:src|href)="(?:https?:)?//'
    )
    for file in site.rglob("*.html"):
        assert not loads.search(file.read_text("utf-8")), file
    for file in site.rglob("*.css"):
        assert not re.search(r"url\(['\"]?(?:https?:)?//", file.read_text("utf-8")), (
            file
        )


ANSWER = "@class='answer' or @class='answer message'"
"""What an element is that holds the lines of an answer."""


def test_code_is_set_line_by_line(site: Path) -> None:
    """What is in a block of code stands one below the other: lines, or the whole."""
    for file in site.rglob("*.html"):
        for code in parsed(file).xpath("//pre/code"):
            parts = code.xpath(f"*[not({ANSWER})] | *[{ANSWER}]/*")
            lines = [part.text_content().count("\n") == 1 for part in parts]
            assert len(parts) == 1 or all(lines), (file, code.text_content()[:80])


def test_answers_are_told_from_questions(site: Path) -> None:
    """Each line of a session has a prompt, or is marked as an answer; never both."""
    session = "//*[contains(@class, 'language-pycon')]//"
    lines = f"{session}code/*[not({ANSWER})] | {session}*[{ANSWER}]/*"
    kinds = set()
    for file in site.rglob("*.html"):
        for line in parsed(file).xpath(lines):
            asked = bool(line.xpath(".//*[@class='gp']"))
            answered = bool(line.xpath(f"ancestor::*[{ANSWER}]"))
            assert asked != answered, (file, line.text_content())
            kinds.add(asked)
    assert kinds == {True, False}


def test_answers_that_are_sentences_are_marked(site: Path) -> None:
    """What was wrong, and how training went: the page may break these lines."""
    marked = "//*[@class='answer message']"
    begin = {
        re.split(r"[\d:]", answer.text_content())[0]
        for file in site.rglob("*.html")
        for answer in parsed(file).xpath(marked)
    }
    assert {"ValueError", "TypeError", "History of "} <= begin


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path.stem)
def test_listings_stand_under_their_captions(page: Page, site: Path) -> None:
    """A caption right above each listing, where links to that listing lead."""
    wanted = [
        None if block.again else block.anchor
        for block in page.blocks
        if block.source and page.path.name != CODE_PAGE
    ]
    captions = parsed(html_of(site, page)).find_class("listing")
    assert [caption.get("id") for caption in captions] == wanted
    for caption in captions:
        assert caption.getnext().get("data-kind") in ("listing", "inert")


def test_what_belongs_together_is_not_divided(site: Path) -> None:
    """A chapter and its number; code in a sentence, unless a phone is too narrow."""
    tree = parsed(site / "learning" / "index.html")
    links = [link.text_content() for link in tree.xpath("//article//a[@href]")]
    chapters = [text for text in links if re.fullmatch(r"[Cc]hapter\s[\d.]+", text)]
    assert chapters
    assert not [text for text in chapters if " " in text]
    codes = tree.xpath("//article//code[not(parent::pre)]")
    short = [code.text_content() for code in codes if code.get("class") == "short"]
    assert {"(2, 3)", "lambda W: loss(x, t)"} <= set(short)
    assert max(map(len, short)) <= 26
    assert all(" " in text or "-" in text for text in short)


def test_headings_lead_step_by_step(site: Path) -> None:
    """One first heading a page, and no level left out below it."""
    for page in PAGES + [Page(labs.place(lab), "") for lab in LABS]:
        (article,) = parsed(html_of(site, page)).iter("article")
        levels = [int(h.tag[1]) for h in article.iter("h1", "h2", "h3", "h4", "h5")]
        assert levels.count(1) == 1, page.path
        steps = itertools.pairwise(levels)
        assert all(below <= above + 1 for above, below in steps), page.path


SIGNS = re.compile(r"""[][$~`^|\\{}<>=#"']|\b_|_\b|:::|!!!|\?\?\?|\n *: """)


def left_standing(html: Path) -> list[str]:
    """Texts with signs of Markdown or TeX in them: no sentence of the book has these.

    Code and formulas have them, straight quotation marks become curly ones.
    """
    inside = "ancestor::code or ancestor::pre or ancestor::math or ancestor::script"
    texts = parsed(html).xpath(f"//article//text()[not({inside})]")
    return [text for text in texts if SIGNS.search(text)]


def test_nothing_is_left_of_how_a_page_is_written(site: Path) -> None:
    """Markdown that is not understood is text, whatever it was meant to be."""
    found = {html: left_standing(html) for html in site.rglob("*.html")}
    assert found
    assert not {html: texts for html, texts in found.items() if texts}


RAW = (
    "It is $x_1 $ here", "$$ x", "it is x^2", r"\alpha", r"\(x\)", "a | b", "~~x~~",
    "- [ ] do it", "a note.[^1]", "==x==", "A part { #foo } more", "a #foo", "`code",
    "_x", "x_", "::: scratchnn.losses", "!!! trap", "??? solution", "&lt;div>", "x' y",
    "Term\n:   Definition", 'title: "A page"',
)  # fmt: skip


@pytest.mark.parametrize("text", RAW)
def test_what_is_left_standing_is_seen(text: str, tmp_path: Path) -> None:
    """In a sentence, not in code or in a formula."""
    code = "<code>$</code><pre>$</pre><math><mi>$</mi></math><script>$</script>"
    html = f"<article><p>{text}</p>{code}</article>$"
    (tmp_path / "page.html").write_text(html, "utf-8")
    assert left_standing(tmp_path / "page.html") == [text.replace("&lt;", "<")]
