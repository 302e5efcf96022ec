"""What the site offers to those who look for it, link to it or take it along."""

import gc
import json
import re
import xml.etree.ElementTree as etree
from pathlib import Path
from unittest.mock import Mock
from zipfile import ZipFile

import pytest
from conftest import LABS, PAGES
from lxml.html import parse
from PIL import Image

from bookbinder import ROOT, BookError, publishing
from bookbinder.build.plain import plain
from bookbinder.make import drawing, labs
from bookbinder.make.cards import SIZE, card, cards, font_of, key, stale, words
from bookbinder.make.labs import place
from bookbinder.publishing import publish
from bookbinder.read.pages import Page

CONFIG = ROOT / "mkdocs.yml"


def head(site: Path, address: str) -> dict[str, str]:
    """What a built page says about itself, by name."""
    html = parse(site / address / "index.html")
    said = {
        str(tag.get("name") or tag.get("property")): tag.get("content")
        for tag in html.xpath("/html/head/meta[@content]")
    }
    said["title"] = " ".join(html.xpath("/html/head/title/text()"))
    said["canonical"] = " ".join(html.xpath("//*[@rel='canonical']/@href"))
    return said


def addresses(site: Path) -> list[str]:
    """Where the pages of the built site stand, seen from its root."""
    found = [html.parent.relative_to(site) for html in site.rglob("index.html")]
    return sorted(f"{path.as_posix()}/".removeprefix("./") for path in found)


def test_every_page_introduces_itself(site: Path, site_url: str) -> None:
    """A title and a description of its own, and the same for those who share a link."""
    heads = {address: head(site, address) for address in addresses(site)}
    assert len(heads) >= len(PAGES)
    for address, said in heads.items():
        assert 40 <= len(said["description"]) <= 200, address
        assert said["canonical"] == said["og:url"] == site_url + address
        assert said["og:description"] == said["description"]
        assert said["title"] == f"{said['og:title']} - scratchnn"
        assert said["twitter:card"] == "summary_large_image"
        card = f"{address.removesuffix('/') or 'index'}.png"
        assert said["og:image"].endswith(f"/cards/{card}")
        with Image.open(site / said["og:image"].removeprefix(site_url)) as picture:
            assert picture.size == SIZE
        size = (said["og:image:width"], said["og:image:height"])
        assert size == tuple(map(str, SIZE))
    assert len({said["description"] for said in heads.values()}) == len(heads)
    assert len({said["title"] for said in heads.values()}) == len(heads)


def test_the_sitemap_lists_every_page(site: Path, site_url: str) -> None:
    """And nothing else."""
    tree = etree.parse(site / "sitemap.xml")
    listed = [
        str(loc.text).removeprefix(site_url) for loc in tree.iterfind(".//{*}loc")
    ]
    assert sorted(listed) == addresses(site)


def test_cards_can_be_set_in_our_fonts() -> None:
    """There is no letter that the cut-down fonts lack."""
    for page in cards().values():
        for weight, letters in zip(("semibold", ""), words(page), strict=True):
            font = font_of(weight, 20, page.language)
            missing = bytes(font.getmask("\N{SNOWMAN}"))
            signs = {*letters} - {" "}
            assert [x for x in signs if bytes(font.getmask(x)) == missing] == []


def test_a_card_says_as_many_sentences_as_there_is_room_for() -> None:
    """At least the first; a second where that is short."""
    more = "What holds, and what does not. " + "And so on. " * 20
    for description, said in (
        (f"An appendix. {more}", "An appendix. What holds, and what does not."),
        ("No full stop", "No full stop."),
        ("一句话。两句话。", "一句话。两句话。"),
    ):
        page = Page(PAGES[0].path, f"---\ntitle: A\ndescription: {description}\n---\n")
        assert words(page)[1].startswith(said)
        assert len(words(page)[1]) <= 200


def test_a_card_is_stale_when_its_words_change(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then it is drawn again."""
    page = PAGES[0]
    other = Page(page.path, re.sub(r"(?m)^title: .*", "title: Another", page.text))
    assert key(other) != key(page)
    monkeypatch.setattr("bookbinder.make.cards.words", lambda page: ("Another", "One."))
    assert "arrays.png" in [path.name for path, _ in stale()]


def test_a_card_is_stale_when_its_fonts_change(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """They may have got a letter that was missing."""
    monkeypatch.setattr("bookbinder.make.cards.FONTS", tmp_path)
    keys = {key(PAGES[0])}
    for name in ("book-serif.woff2", "book-serif-semibold.woff2"):
        (tmp_path / name).write_bytes(b"another")
        keys.add(key(PAGES[0]))
    assert len(keys) == 3


def test_a_card_says_when_there_is_too_much_to_say() -> None:
    """Words never run into the foot of the card."""
    page = Page(PAGES[0].path, f"---\ntitle: Long\ndescription: {'word ' * 60}\n---\n")
    with pytest.raises(BookError, match="too long for a card"):
        card(page)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path.stem)
def test_a_page_is_there_as_plain_markdown(page: Page, site: Path) -> None:
    """With its listings filled in, and without anything that only we can read."""
    written = (site / page.path.relative_to(ROOT / "docs" / "en")).read_text("utf-8")
    fence = re.compile(r"^([> ]*)(```+)\w+\n(.*?)\n\1\2$", re.M | re.S)
    blocks = [
        re.sub(rf"^{indent.rstrip()} ?", "", code, flags=re.M) if indent else code
        for indent, _, code in fence.findall(written)
    ]
    assert [re.sub(r"^# .*, from line \d+\n", "", code) for code in blocks] == [
        re.sub(r"^# .*, from line \d+\n", "", block.shown()) for block in page.blocks
    ]
    prose = fence.sub("", written)
    assert not re.search(r"<!--|<div|\{ *[.#]|^(!!!|\?\?\?)|source=", prose, re.M)
    for figure in page.figures:
        assert f"![{figure.alt}](" in prose
    assert ":::" not in prose
    for heading in re.findall(r"^##? [^{<\n]+", page.prose_text, re.M):
        assert heading.rstrip() in prose


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.stem)
def test_a_lab_is_there_as_plain_markdown(lab: Path, site: Path) -> None:
    """With its code, what that printed, and its pictures, which stand beside it."""
    file = site / "notebooks" / f"{lab.stem}.md"
    written = file.read_text("utf-8")
    cells = json.loads(place(lab).read_text("utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    for cell in code:
        assert f"```python\n{''.join(cell['source'])}\n```" in written
        for output in cell["outputs"]:
            assert "".join(output.get("text", "")).rstrip("\n") in written
    pictures = re.findall(r"!\[.{50,}\]\((.+)\)", written)
    assert len(pictures) == sum("alt" in cell["metadata"] for cell in code)
    for address in pictures:
        assert (file.parent / address).is_file()
    assert "](." not in written
    assert "{" not in re.sub(r"```.*?```", "", written, flags=re.DOTALL)


def test_the_reference_in_plain_text_says_where_its_entries_are(site: Path) -> None:
    """A name for each, and the page on which it is described."""
    written = (site / "reference.md").read_text("utf-8")
    assert re.search(r"`softmax`.*: described in .*code\.md$", written, re.M)
    assert all(f"`{name}`" in written for name in ("train", "Affine", "MultiLayerNet"))


def test_links_in_plain_markdown_are_whole(site_url: str) -> None:
    """Or are none, where nobody knows the address."""
    page = next(page for page in PAGES if page.path.stem == "index")
    assert f'[Start reading]({site_url}arrays/ "Arrays and pictures")' in plain(
        page, site_url
    )
    assert "[Start reading]" not in plain(page)
    assert "Start reading" in plain(page)


def test_programs_find_a_list_of_pages(site: Path, site_url: str) -> None:
    """`llms.txt` has a title, a promise, and each page once, in reading order."""
    text = (site / "llms.txt").read_text("utf-8")
    assert text.startswith("# scratchnn\n\n> Neural networks from scratch")
    links = re.findall(r"^- \[.+\]\((.+)\): .+", text, re.M)
    files = [link.removeprefix(site_url) for link in links]
    assert sorted(f"{file.removesuffix('.md')}/" for file in files) == sorted(
        address or "index/" for address in addresses(site)
    )
    assert files.index("index.md") < files.index("arrays.md") < files.index("code.md")
    assert all((site / file).is_file() for file in files)
    assert not re.search(r"^## .+\n\n(##|\Z)", text, re.M)


def test_robots_may_come_and_are_told_where_the_sitemap_is(
    site: Path, site_url: str
) -> None:
    text = (site / "robots.txt").read_text("utf-8")
    assert text == f"User-agent: *\nAllow: /\n\nSitemap: {site_url}sitemap.xml\n"


def test_the_whole_book_is_on_one_page(site: Path) -> None:
    """Every page's text and code, each name once; links inside lead inside."""
    html = parse(site / "book.html")
    names = html.xpath("//@id")
    assert len(names) == len(set(names))
    sections = html.xpath("//article//section")
    assert len(sections) >= len(PAGES)
    for section in sections:
        name = section.get("id").replace("notebooks-", "notebooks/")
        folder = site if name == "index" else site / name
        (article,) = parse(folder / "index.html").xpath("//article")
        text = "".join(article.text_content().split())
        assert "".join(section.text_content().split()) in text
    inside = {f"{page.path.stem}/" for page in PAGES} - {"index/"}
    links = html.xpath("//article//section//a/@href")
    assert not inside & {link.partition("#")[0] for link in links}
    assert "#perceptrons--two-layers" in links
    (heads,) = (text for text in html.xpath("//style/text()") if "@page" in text)
    assert heads.startswith("body { page: index }")  # no empty sheet before it
    assert "#perceptrons { page: perceptrons }" in heads


def test_nothing_is_built_if_something_cannot_be_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With `--draw` the figures come first; what is wrong with them is said there."""
    gone = BookError("gates.svg: figures.perceptrons.gates does not draw")
    monkeypatch.setattr(drawing, "redraw", Mock(side_effect=gone))
    with pytest.raises(BookError, match="gates does not draw"):
        publish(CONFIG, tmp_path / "site", draw=True)
    assert not (tmp_path / "site").exists()


def test_nothing_is_built_with_a_stale_figure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without `--draw`, either: readers would see what its code does not draw."""
    old = (tmp_path / "gates.svg", "figures.perceptrons.gates", "stale")
    monkeypatch.setattr(drawing, "stale", lambda: iter([old]))
    with pytest.raises(BookError, match=r"gates\.svg: figures\.perceptrons\.gates"):
        publish(CONFIG, tmp_path / "site")
    assert not (tmp_path / "site").exists()


def test_a_book_is_packed_where_no_cards_were_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after `make serve`, which draws none; the zip would hold none, either."""

    def publish(file: Path, site: Path, **options: bool) -> None:
        (site / "assets").mkdir(parents=True)
        for name in (*publishing.NOT_OFFLINE, "index.html", "assets/book.css"):
            (site / name).touch()

    monkeypatch.setattr(publishing, "publish", publish)
    publishing.pack(CONFIG, tmp_path / "book.zip", draw=False)
    files = [name for name in ZipFile(tmp_path / "book.zip").namelist() if "." in name]
    assert sorted(files) == ["scratchnn/assets/book.css", "scratchnn/index.html"]


def test_a_site_that_cannot_be_written_is_said_in_a_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where a file has the name of its folder, for one."""
    failed = Mock(side_effect=NotADirectoryError(20, "Not a directory", "site"))
    monkeypatch.setattr(publishing, "publish", failed)
    monkeypatch.setattr(gc, "disable", Mock())
    with pytest.raises(SystemExit, match="Not a directory: 'site'"):
        publishing.main(["--site-dir", "site"])


def test_nothing_is_built_with_a_lab_that_was_not_run_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its page would show new code above old outputs; where it is published is free."""
    assert not [*labs.stale(site=None)]
    monkeypatch.setattr(labs, "seal", lambda lab, root: "another")
    with pytest.raises(BookError, match=r"train-on-digits\.ipynb: not run as it is"):
        publish(CONFIG, tmp_path / "site")
    assert not (tmp_path / "site").exists()
