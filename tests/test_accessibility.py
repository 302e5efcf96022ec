"""The built site is open to all its readers.

With the keyboard alone, without scripts, without motion, on paper, and from a disk
without a server.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import html5lib
import material
import pytest
from playwright.sync_api import Browser, Request, expect
from test_page_in_browser import ADDRESSES, PRESS_TOGGLE, fonts, scheme

from bookbinder import ROOT
from bookbinder.convert.binding import PLAIN_TOKENS


def test_no_style_asks_what_an_element_holds() -> None:
    """With `:has`, each copy button has a long page styled anew: seconds of loading."""
    assert ":has(" not in (ROOT / "theme" / "assets" / "book.css").read_text("utf-8")


PLAIN_AND_NOT = """tokens => {
  const look = e => {
    const { color, fontStyle, fontWeight, textDecoration, userSelect } =
      getComputedStyle(e);
    return [color, fontStyle, fontWeight, textDecoration, userSelect].join();
  };
  const code = document.querySelector("code");
  return Object.fromEntries(["default", "slate"].map(scheme => {
    document.body.dataset.mdColorScheme = scheme;
    return [scheme, tokens.filter(token => {
      code.innerHTML = `<span class="${token}">x</span>`;
      return look(code.firstChild) != look(code);
    })];
  }));
}"""


def test_what_has_no_mark_in_code_would_look_the_same_with_one(
    browser: Browser,
) -> None:
    """In the style that `make serve` sends whole, in the light as in the dark."""
    (material_folder,) = material.__path__
    sheets = sorted(Path(material_folder).rglob("stylesheets/*.css"))
    tab = browser.new_page(reduced_motion="reduce")  # colours change at once
    code = '<div class="md-typeset"><div class="highlight"><pre><code></code></pre>'
    tab.set_content(code)
    for sheet in (*sheets, ROOT / "theme" / "assets" / "book.css"):
        tab.add_style_tag(content=sheet.read_text("utf-8"))
    found = tab.evaluate(PLAIN_AND_NOT, ["k", *PLAIN_TOKENS.split("|"), "gp"])
    tab.close()
    assert found == {"default": ["k", "gp"], "slate": ["k", "gp"]}


WALK = """() => {
  const here = document.activeElement;
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(here);
  const { top, bottom, left, right } = here.getBoundingClientRect();
  here.dataset.seen ??= document.querySelectorAll("[data-seen]").length;
  return {
    what: here.outerHTML.slice(0, 99),
    ringed: (outlineStyle != "none" && outlineWidth != "0px") || boxShadow != "none",
    inView: bottom > 0 && top < innerHeight && right > 0 && left < innerWidth,
    last: here === document.body,
  };
}"""

TO_BE_SEEN = """() => [...document.querySelectorAll(
    "article :is(a[href]:not([aria-hidden]), summary, button, [tabindex='0'])")]
  .filter(e => e.checkVisibility() && e.getClientRects().length)
  .map(e => [+(e.dataset.seen ?? -1), e.outerHTML.slice(0, 99)])"""

PASSED_OVER = """() => {
  const elsewhere = [...document.querySelectorAll(".md-skip, .md-nav--secondary a")]
    .filter(e => e.tabIndex == 0)
    .map(e => e.getAttribute("href"));
  return [...document.querySelectorAll("article a[aria-hidden]")].map(
    e => [e.className, elsewhere.includes(e.getAttribute("href"))]);
}"""
"""The signs behind headings, and whether the table of contents leads there as well."""


def test_a_chapter_can_be_walked_with_the_keyboard_alone(
    browser: Browser, address: str
) -> None:
    """Everything is reached in its order, seen where it is, and works."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900},
        permissions=["clipboard-read", "clipboard-write"],
        reduced_motion="reduce",
    )
    tab = context.new_page()
    tab.goto(f"{address}perceptrons/")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.matches('.md-skip')")
    tab.keyboard.press("Enter")  # into the text, past everything else
    steps = []
    for _ in range(500):
        tab.keyboard.press("Tab")
        steps.append(tab.evaluate(WALK))
        if steps[-1]["last"]:
            break
    assert steps.pop()["last"]
    assert len(steps) > 60
    assert [step["what"] for step in steps if not step["ringed"]] == []
    assert [step["what"] for step in steps if not step["inView"]] == []
    places = tab.evaluate(TO_BE_SEEN)
    assert [what for place, what in places if place < 0] == []
    assert places == sorted(places)
    passed_over = tab.evaluate(PASSED_OVER)
    assert len(passed_over) > 10
    assert all(passed == ["headerlink", True] for passed in passed_over), passed_over
    tab.focus("details.solution summary")
    tab.keyboard.press("Enter")
    assert tab.is_visible("details.solution > :not(summary)")
    tab.focus(".highlight button")
    tab.keyboard.press("Enter")
    tab.wait_for_function(
        "async () => (await navigator.clipboard.readText()).startsWith('def AND')"
    )
    context.close()


def test_the_search_is_fetched_when_it_is_used(browser: Browser, address: str) -> None:
    """From the keyboard: / to begin, words, arrow and Enter to go there."""
    tab = browser.new_page()
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(f"{address}perceptrons/")
    tab.wait_for_load_state("networkidle")
    assert not [url for url in asked if "search" in url]
    tab.evaluate("document.activeElement.blur()")
    tab.keyboard.press("/")
    tab.wait_for_selector("text=Type to start searching")
    tab.keyboard.insert_text("backpropagation")
    tab.keyboard.press("End")  # one search for the whole word, so its results stay
    tab.wait_for_selector(".md-search-result__link")
    assert len([url for url in asked if url.endswith("search_index.json")]) == 1
    tab.keyboard.press("ArrowDown")
    expect(tab.locator(".md-search-result__link:focus")).to_have_count(1)
    with tab.expect_navigation():
        tab.keyboard.press("Enter")
    assert "/backpropagation/" in tab.url
    tab.wait_for_selector("article mark")  # the words are marked where they stand
    tab.close()


def test_nothing_moves_for_those_who_asked_for_that(
    browser: Browser, address: str
) -> None:
    """No transition, no animation, no smooth scrolling anywhere."""
    tab = browser.new_page(reduced_motion="reduce")
    tab.goto(f"{address}perceptrons/")
    moving = tab.evaluate(
        """() => [...document.querySelectorAll("*")].flatMap(e =>
          [null, "::before", "::after"].map(part => [e, getComputedStyle(e, part)]))
        .filter(([e, style]) => /[1-9]/.test(style.transitionDuration)
          || style.animationName != "none" || style.scrollBehavior == "smooth")
        .map(([e]) => e.outerHTML.slice(0, 99))"""
    )
    tab.close()
    assert moving == []


@pytest.mark.parametrize("address_of", ["", "perceptrons/"])
def test_a_page_can_be_read_without_scripts(
    address_of: str, browser: Browser, address: str
) -> None:
    """The same words, the figures, the way to the other pages, the folded parts."""
    said = []
    for scripts in (True, False):
        context = browser.new_context(
            java_script_enabled=scripts, viewport={"width": 1280, "height": 900}
        )
        tab = context.new_page()
        tab.goto(address + address_of)
        tab.wait_for_load_state("networkidle")
        said.append(tab.inner_text("article").split())
        if not scripts:
            assert not tab.is_visible(".md-search__form")  # it would find nothing
            if address_of:
                assert tab.is_visible(".md-nav--primary a[href$='networks/']")
            code = tab.locator("details.drawn .highlight").first
            assert not code.is_visible()
            tab.locator("details.drawn summary").first.click()
            assert code.is_visible()
        context.close()
    assert said[0] == said[1]
    assert len(said[0]) > 300


def test_a_chapter_prints_well(browser: Browser, address: str) -> None:
    """Black on white though the screen is dark; solutions open, tools left out."""
    context = browser.new_context(color_scheme="dark")
    tab = context.new_page()
    tab.goto(f"{address}perceptrons/")
    tab.emulate_media(media="print")
    ink = "getComputedStyle(document.querySelector('article li')).color"
    paper = "getComputedStyle(document.body).backgroundColor"
    scheme = "getComputedStyle(document.querySelector('figure img')).colorScheme"
    assert tab.evaluate(ink) == "rgb(0, 0, 0)"
    assert tab.evaluate(paper) == "rgb(255, 255, 255)"
    assert tab.evaluate(scheme) == "light only"
    for tool in (".md-header", ".md-footer", ".md-sidebar", "details.drawn"):
        assert not tab.locator(tool).first.is_visible(), tool
    assert tab.locator("details.solution .highlight").first.is_visible()
    assert tab.locator(".reading > :visible").all_inner_texts() == ["Chapter\xa02"]
    pages = re.findall(rb"/Type\s*/Page\b", tab.pdf(format="A4"))
    context.close()
    assert 10 <= len(pages) <= 25


DIVIDED = """() => [...document.querySelectorAll(
  "pre > code > span:not(.answer), .answer:not(.message) > span"
)].filter(line => {
  const letters = [...line.getClientRects()].filter(({ width }) => width > 1);
  return letters.some(({ top }) => top > letters[0].top + 6);
}).map(line => line.textContent)"""
"""Lines of code that go on in the line below."""


def test_code_fits_on_paper_and_text_keeps_a_measure(
    browser: Browser, address: str
) -> None:
    """No line of code is divided on a sheet of A4; text has 75 letters in a line."""
    sheet, margins = 210, 40  # millimetres
    width = round((sheet - margins) * 96 / 25.4)
    tab = browser.new_page(viewport={"width": width, "height": 900})
    tab.goto(f"{address}book.html")
    tab.emulate_media(media="print")
    tab.add_style_tag(content="* { text-rendering: geometricPrecision !important }")
    assert tab.evaluate(DIVIDED) == []
    measure = """e => e.getBoundingClientRect().width
      / parseFloat(getComputedStyle(e).fontSize)"""
    for text in ("section > p:not([class])", ".trap > p", "details.solution > p"):
        em = tab.locator(text).last.evaluate(measure)
        assert 28 < em < 37
    tab.add_style_tag(content=".md-typeset pre > code { font-size: 9.5pt !important }")
    assert len(tab.evaluate(DIVIDED)) > 10
    tab.close()


@pytest.fixture(scope="module")
def unpacked(once: Callable[[str, Callable[[Path], None]], Path]) -> Path:
    """The book as `make offline` packs it, unpacked again."""

    def pack(folder: Path) -> None:
        zipped = folder / "book.zip"
        command = [sys.executable, "-m", "bookbinder.publishing", "--offline"]
        subprocess.run([*command, str(zipped)], cwd=ROOT, check=True)
        shutil.unpack_archive(zipped, folder)

    return once("offline", pack) / "scratchnn"


def test_the_book_opens_from_a_disk(unpacked: Path, browser: Browser) -> None:
    """Search, figures, fonts and formulas work, and nothing is asked of any host."""
    tab = browser.new_page(color_scheme="dark")
    tab.set_default_timeout(90_000)  # the whole book on one page is large
    said: list[str] = []
    asked: list[Request] = []
    failed: list[Request] = []
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.on("request", lambda request: asked.append(request))
    tab.on("requestfailed", lambda request: failed.append(request))
    tab.goto((unpacked / "index.html").as_uri())
    tab.click("text=Start reading")
    tab.wait_for_load_state("networkidle")
    tab.focus(".md-search__input")
    tab.wait_for_selector("text=Type to start searching")
    tab.keyboard.insert_text("softmax")
    tab.keyboard.press("End")
    tab.wait_for_selector(".md-search-result__link")
    tab.locator(".md-search-result__link").first.click()
    tab.wait_for_load_state("networkidle")
    assert tab.url.startswith(unpacked.as_uri())
    assert "softmax" in tab.inner_text("article")
    tab.evaluate(PRESS_TOGGLE)
    tab.click("text=The whole book on one page")
    tab.wait_for_selector("#perceptrons")
    schemes = [scheme(tab)]
    tab.evaluate("localStorage.clear()")
    tab.reload()
    schemes.append(scheme(tab))
    tab.goto((unpacked / "learning.html").as_uri())
    tab.wait_for_load_state("networkidle")
    pictures = (
        "[...document.querySelectorAll('figure img')].map(i => i.naturalWidth > 0)"
    )
    shown = tab.evaluate(pictures)
    assert schemes == ["default", "slate"]  # as was chosen, and as the system asks
    assert said == []
    left = "net::ERR_ABORTED"  # by us, for another page, before it was there
    assert [request.url for request in failed if request.failure != left] == []
    assert len(shown) > 5
    assert all(shown)
    assert {request.url.partition(":")[0] for request in asked} <= {"file", "data"}
    assert fonts(tab) == {True}  # last: to be asked is a failed request to Chromium 150
    tab.close()


@pytest.mark.parametrize("address_of", [*ADDRESSES, "404.html", "book.html"])
def test_html_is_valid(address_of: str, site: Path) -> None:
    """As the strict parser reads it; no name twice; no attribute that is empty."""
    path = site / address_of
    html = (path if path.is_file() else path / "index.html").read_text("utf-8")
    html5lib.HTMLParser(strict=True).parse(html)
    names = re.findall(r'<[^<>]* id="([^"]*)"', html)
    assert len(names) == len(set(names))
    assert 'tabindex=""' not in html
