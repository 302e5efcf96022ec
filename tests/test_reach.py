"""What the site offers to those who look for it, link to it or take it along."""

import re
import xml.etree.ElementTree as etree
from pathlib import Path

import pytest
from lxml.html import parse
from PIL import Image, ImageFont

from bookbinder import ROOT, BookError
from bookbinder.cards import SIZE, card, cards, key, main, stale, words
from bookbinder.pages import Page, find_pages

PAGES = [page for page in find_pages(ROOT) if "en" in page.path.parts]


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


def test_cards_are_fresh_and_can_be_set_in_our_fonts() -> None:
    """None missing or stale; no letter that the cut-down fonts lack."""
    assert list(stale()) == []
    for name, part in (("book-serif-semibold", 0), ("book-serif", 1)):
        font = ImageFont.truetype(ROOT / "theme" / "fonts" / f"{name}.woff2", 20)
        letters = {x for page in cards().values() for x in words(page)[part]} - {" "}
        missing = bytes(font.getmask("\N{SNOWMAN}"))
        assert [x for x in letters if bytes(font.getmask(x)) == missing] == []


def test_a_card_is_stale_when_its_words_change(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then `python -m figures --check` says so."""
    page = PAGES[0]
    other = Page(page.path, re.sub(r"(?m)^title: .*", "title: Another", page.text))
    assert key(other) != key(page)
    monkeypatch.setattr("sys.argv", ["figures", "--check"])
    main()
    monkeypatch.setattr("bookbinder.cards.words", lambda page: ("Another", "One."))
    with pytest.raises(SystemExit, match=r"arrays\.png: stale or missing"):
        main()


def test_a_card_says_when_there_is_too_much_to_say() -> None:
    """Words never run into the foot of the card."""
    page = Page(PAGES[0].path, f"---\ntitle: Long\ndescription: {'word ' * 60}\n---\n")
    with pytest.raises(BookError, match="too long for a card"):
        card(page)
