"""What a reader does with the site: find, leaf, enlarge, and come back later."""

import json
import re
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, ViewportSize, expect
from playwright.sync_api import Page as Tab
from test_page_in_browser import PRESS_TOGGLE, SIZES

from scratchnn import __all__ as names

Open = Callable[..., Tab]
FINGER = {"has_touch": True, "is_mobile": True}

FADING = """document.getAnimations()
  .filter(({ transitionProperty }) => /color|shadow/.test(transitionProperty))
  .map(a => `${a.effect.target.tagName}: ${a.transitionProperty}`)"""
"""What is on its way from one colour to another."""


@pytest.fixture
def opened(browser: Browser, address: str) -> Iterator[Open]:
    """Opens a page of the site in a context of its own, which ends with the test."""
    contexts = []

    def opened(path: str = "", size: str = "desktop", **options: Any) -> Tab:
        width, height = SIZES[size]
        viewport = ViewportSize(width=width, height=height)
        contexts.append(browser.new_context(viewport=viewport, **options))
        tab = contexts[-1].new_page()
        tab.goto(address + path)
        return tab

    yield opened
    for context in contexts:
        context.close()


def found(tab: Tab, words: str) -> list[str]:
    """The places that the search finds for some words, best first."""
    entry = tab.locator(".md-search__input")
    entry.fill("")
    expect(tab.locator(".md-search-result__meta")).to_have_text(
        "Type to start searching"
    )
    entry.fill(words)
    entry.press("End")  # all words at once: one search, whose results stay as they are
    first = re.split(r"\W", words)[0]
    links = tab.locator("a.md-search-result__link")
    expect(links.and_(tab.locator(f"[href*='h={first}' i]"))).not_to_have_count(0)
    places = links.evaluate_all("links => links.map(link => link.href)")
    return [re.sub(r"^\w+://[^/]+/|\?[^#]*", "", link) for link in places]


def test_search_leads_to_the_chapter_first(opened: Open) -> None:
    """For words, names of functions and of formulas; never to the bare code."""
    tab = opened()
    tab.keyboard.press("/")
    expected = {
        "softmax": "networks/",
        "sigmoid": "networks/",
        "XOR": "perceptrons/",
        "AND": "perceptrons/",
        "OR": "perceptrons/",
        "NAND": "perceptrons/",
        "chain rule": "backpropagation/",
        "cross-entropy": "learning/",
        "cross entropy": "learning/",
        "numerical_gradient": "learning/",
        "gradient_descent": "learning/",
        "TwoLayerNet": "training/",
        "mini-batch": "training/",
        "sum or mean": "learning/",
        "matrix and vector": "arrays/",
        "Affine": "backpropagation/",
    }
    for words, page in expected.items():
        places = found(tab, words)
        assert places[0] == page, words
        assert not any(place.startswith("code/") for place in places), words


def test_search_shows_formulas_that_are_true(site: Path) -> None:
    """A fraction keeps its stroke, a power its sign; nothing runs together."""
    index = json.loads((site / "search" / "search_index.json").read_text("utf-8"))
    texts = {section["location"]: section["text"] for section in index["docs"]}
    assert "L=1/2∑_k(y_k−t_k)^2" in texts["learning/#the-sum-of-squares"]
    assert "y=1/(1+e^(−x))" in texts["backpropagation/#sigmoid"]
    assert "dA=(Y−T)/N" in texts["backpropagation/#softmax-and-loss-together"]
    assert not any("<math" in text for text in texts.values())


def test_search_finds_every_name_of_the_library(opened: Open) -> None:
    """The first page or the second is the reference, and the first there its entry,
    though with some names, as the first five, many a word begins.
    """
    tab = opened()
    tab.keyboard.press("/")
    for name in ["Add", "Layer", "OR", "train", "AND", *sorted(names)[::7]]:
        places = found(tab, name)
        pages = [place for place in places if "#" not in place]
        assert "reference/" in pages[:2], name
        assert places[places.index("reference/") + 1].endswith(f".{name}"), name


def test_lines_of_code_are_counted_and_begin_below_each_other(opened: Open) -> None:
    """However many digits their numbers have, which the style sheet counts."""
    tab = opened("code/")
    starts = tab.locator("[id^=__span-data-py-]").evaluate_all(
        """lines => lines.slice(0, 120).map(line => {
          const range = document.createRange();
          range.setStartAfter(line.querySelector("[data-linenos]"));
          range.setEndAfter(line.lastChild);
          return range.getBoundingClientRect().left;
        })"""
    )
    assert len(starts) == 120
    assert max(starts) - min(starts) < 0.1
    number = "e => getComputedStyle(e, '::before').content"
    assert "counter" in tab.locator("[data-linenos]").first.evaluate(number)


def test_keys_leaf_and_search(opened: Open) -> None:
    """`n` and `p` turn the page; `/`, `s` and `f` open the search, Escape closes it."""
    tab = opened("perceptrons/")
    tab.keyboard.press("n")
    tab.wait_for_url("**/networks/")
    tab.keyboard.press("p")
    tab.wait_for_url("**/perceptrons/")
    entry = tab.locator(".md-search__input")
    for key in ("/", "s", "f"):
        expect(entry).not_to_be_focused()
        tab.keyboard.press(key)
        expect(entry).to_be_focused()
        expect(tab.locator("#__search")).to_be_checked()
        tab.keyboard.press("Escape")
        expect(tab.locator("#__search")).not_to_be_checked()
        tab.wait_for_timeout(100)  # the script's own pause; no reader types faster


def test_navigation_shows_parts_chapters_and_times(opened: Open) -> None:
    """The time in the navigation is the one at the top of the chapter."""
    tab = opened("networks/")
    nav = tab.locator(".md-sidebar--primary")
    for part in ("Part I: From arrays to networks", "Part II: Learning", "Appendices"):
        expect(nav.get_by_text(part, exact=True).first).to_be_visible()
    chapter = nav.locator("a.md-nav__link--active").filter(visible=True)
    expect(chapter).to_contain_text("3 Neural networks")
    time = tab.locator("h1 + .reading [data-minutes]").get_attribute("data-minutes")
    expect(chapter).to_contain_text(f"{time} minutes")


def test_contents_mark_the_section_that_was_jumped_to(opened: Open) -> None:
    """Material took the one before it for the reader's."""
    tab = opened("learning/")
    contents = tab.locator(".md-nav--secondary a.md-nav__link")
    for link in contents.filter(visible=True).all()[:12]:
        link.click()
        expect(link).to_have_class(re.compile("md-nav__link--active"))


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_lines_that_go_on_fade_until_they_are_followed(
    motion: str, opened: Open
) -> None:
    """On a phone a line that was cut between two words looked complete."""
    tab = opened("errors/", "phone", reduced_motion=motion)
    more = "code => !/[1-9][\\d.]*px/.test(getComputedStyle(code).maskSize)"
    long = "code => code.scrollWidth > code.clientWidth"
    end = "code => code.scrollTo(code.scrollWidth, 0)"
    blocks = tab.locator("pre > code").all()
    kinds = [block.evaluate(long) for block in blocks]
    assert {*kinds} == {True, False}
    assert [block.evaluate(more) for block in blocks] == kinds
    blocks[kinds.index(True)].evaluate(end)
    tab.wait_for_timeout(100)
    assert not blocks[kinds.index(True)].evaluate(more)


def test_reading_goes_on_where_it_stopped(opened: Open, address: str) -> None:
    """The first page leads back to the heading last passed, in this browser."""
    tab = opened()
    first = tab.locator(".hero .md-button--primary")
    expect(first).to_have_text("Start reading")
    tab.goto(f"{address}networks/")
    tab.evaluate("document.getElementById('softmax').scrollIntoView()")
    tab.goto(address)
    expect(first).to_have_text("Continue: Neural networks")
    expect(tab.get_by_role("link", name="Start reading")).to_be_visible()
    first.click()
    tab.wait_for_url("**/networks/#softmax")


def test_missing_page_leads_on(opened: Open, address: str) -> None:
    """It lists the chapters, and searches for the last word of the address."""
    tab = opened("404.html")
    article = tab.locator("article")
    for page in ("3 Neural networks", "5 Backpropagation", "Reference"):
        expect(article.get_by_role("link", name=page)).to_be_visible()
    assert Axe().run(tab).violations_count == 0
    html = tab.content()
    tab.route("**/lost/softmax", lambda route: route.fulfill(body=html, status=404))
    tab.goto(f"{address}lost/softmax")
    expect(tab.get_by_label("Look for")).to_have_value("softmax")
    tab.get_by_role("button", name="Search the book").click()
    results = tab.locator(".md-search-result__link")
    expect(results.first).to_have_attribute("href", re.compile("/networks/"))


@pytest.mark.parametrize("size", SIZES)
def test_figures_enlarge(size: str, opened: Open, address: str) -> None:
    """By click and by key; Escape and a click go back; focus returns to the figure."""
    tab = opened("networks/", size, color_scheme="dark")
    link, dialog = (
        tab.locator("#network a.enlarge"),
        tab.get_by_role("dialog", name="Figure, enlarged"),
    )
    alt = link.get_by_role("img").get_attribute("alt")
    small = link.get_by_role("img").bounding_box()
    link.focus()
    tab.keyboard.press("Enter")
    picture = dialog.get_by_role("img", name=str(alt))
    expect(picture).to_be_visible()
    large, window = picture.bounding_box(), dialog.bounding_box()
    assert small is not None
    assert large is not None
    assert window is not None
    assert large["width"] > 1.3 * small["width"]
    assert window["x"] >= 0
    assert window["width"] <= SIZES[size][0]
    assert window["height"] <= SIZES[size][1]
    expect(dialog.get_by_role("button", name="Close")).to_be_focused()
    assert Axe().run(tab, "dialog[open]").violations_count == 0
    scheme = "e => getComputedStyle(e).colorScheme"
    assert picture.evaluate(scheme) == tab.evaluate(f"({scheme})(document.body)")
    assert picture.evaluate(scheme).endswith("dark")
    tab.keyboard.press("n")
    tab.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(link).to_be_focused()
    assert tab.url == f"{address}networks/"
    link.click()
    tab.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    link.click()
    picture.click()
    expect(dialog).to_be_hidden()


def test_a_large_figure_opens_at_an_edge(opened: Open) -> None:
    """On a phone it is wider than the window; a tap far to the right shows that end."""
    tab = opened("networks/", "phone", **FINGER)
    link = tab.locator("#network a.enlarge")
    box = link.bounding_box()
    assert box is not None
    pane = tab.locator(".viewer .pane")
    for share, side in ((0.95, 1), (0.5, 0), (0.05, 0)):
        link.click(position={"x": share * box["width"], "y": box["height"] / 2})
        at = pane.evaluate("p => p.scrollLeft / (p.scrollWidth - p.clientWidth)")
        assert at == pytest.approx(side, abs=0.02)
        tab.keyboard.press("Escape")


def test_a_tap_shows_what_a_number_is_computed_from(opened: Open) -> None:
    """A finger cannot rest on it; the next tap takes the expression away again."""
    tab = opened("perceptrons/", "phone", **FINGER)
    number = tab.locator(".bound").first
    number.tap()
    shown = tab.locator(".expression")
    expect(shown).to_have_text(str(number.get_attribute("title")))
    box = shown.bounding_box()
    assert box is not None
    assert 0 <= box["x"] <= box["x"] + box["width"] <= SIZES["phone"][0]
    tab.locator("h1").tap()
    expect(shown).to_be_hidden()


@pytest.mark.parametrize("size", SIZES)
def test_a_table_is_quiet_and_begins_with_the_text(size: str, opened: Open) -> None:
    """The marks of its numbers come with the pointer; in a sentence they stay."""
    tab = opened("speed/", size)
    lines = "e => getComputedStyle(e).textDecorationColor"
    number = tab.locator("td .bound").first
    quiet = number.evaluate(lines)
    number.hover()
    marked = tab.locator("article > p > .bound").first.evaluate(lines)
    assert quiet == "rgba(0, 0, 0, 0)" != number.evaluate(lines) == marked
    left = """e => {
      const text = document.createRange();
      text.selectNodeContents(e);
      return text.getBoundingClientRect().left;
    }"""
    cell, text = tab.locator("td").first, tab.locator("article > p").last
    assert cell.evaluate(left) == pytest.approx(text.evaluate(left), abs=0.5)


def test_code_under_the_copy_button_is_covered(opened: Open) -> None:
    """Where nothing hovers the button is always there, and no letters show through."""
    tab = opened("arrays/", "phone", **FINGER)
    tab.locator(".highlight").first.scroll_into_view_if_needed()
    button = tab.locator(".md-code__nav").first
    assert "gradient" in button.evaluate("e => getComputedStyle(e).backgroundImage")


UNDER_BUTTONS = """() => {
  const scrolled = [...document.querySelectorAll(".md-code__nav + code")];
  scrolled.forEach(code => code.scrollLeft = code.scrollWidth);
  return scrolled.filter(code => {
    const button = code.previousElementSibling.getBoundingClientRect();
    const letters = document.createRange();
    letters.selectNodeContents(code);
    return [...letters.getClientRects()].some(
      ({ width, top, right, bottom, left }) =>
        width && right > button.left + 14 && left < button.right
          && bottom > button.top + 1 && top < button.bottom - 1
          && right < code.getBoundingClientRect().right - 1);
  }).map(code => code.innerText.slice(0, 60));
}"""
"""Code with a letter under its copy button when it is scrolled to its end."""


@pytest.mark.parametrize("page", ["arrays", "code"])
def test_a_line_that_is_followed_to_its_end_comes_out_from_under_the_button(
    page: str, opened: Open
) -> None:
    """Else its last letters could never be read on a phone."""
    tab = opened(f"{page}/", "phone", **FINGER)
    assert tab.evaluate(UNDER_BUTTONS) == []
    tab.add_style_tag(content=".md-typeset pre > code { --end: 0.8rem !important }")
    assert (tab.evaluate(UNDER_BUTTONS) != []) == (page == "arrays")


def test_keys_pass_by_a_closed_drawer_and_can_open_it(opened: Open) -> None:
    """What is hidden gets no focus; once opened, the drawer holds the chapters."""
    tab = opened("networks/", "phone")
    menu = tab.get_by_role("button", name="Pages of the book")
    drawer = tab.locator(".md-sidebar--primary")
    for _ in range(8):
        tab.keyboard.press("Tab")
        assert not drawer.evaluate("e => e.contains(document.activeElement)")
    chapter = drawer.locator("a", has_text="2 Perceptrons").first
    expect(chapter).to_be_hidden()
    for key in ("Enter", "Space"):
        menu.focus()
        tab.keyboard.press(key)
        expect(chapter).to_be_in_viewport()
        tab.keyboard.press(key)
        expect(chapter).to_be_hidden()


def test_a_phone_shows_the_way_in_at_once(opened: Open) -> None:
    """The button on the first page is there before anything is scrolled."""
    expect(opened("", "phone").locator(".hero .md-button--primary")).to_be_in_viewport()


HOLES = """() => [...document.querySelectorAll(".chapters > ul")].filter(list => {
  const cards = [...list.children].map(card => card.getBoundingClientRect());
  const edge = list.getBoundingClientRect().right;
  const rows = Map.groupBy(cards, card => Math.round(card.top));
  return [...rows.values()].some(row => edge - row.at(-1).right > 1);
}).length"""
"""How many maps of chapters have a row that does not reach the edge."""


@pytest.mark.parametrize("size", SIZES)
def test_the_first_page_shows_the_chapters_first(size: str, opened: Open) -> None:
    """No row of them has a hole; on a wide screen headings stand beside their text."""
    tab = opened("", size)
    headings = tab.locator("article h2")
    assert headings.first.inner_text().startswith("The chapters")
    assert tab.evaluate(HOLES) == 0
    for heading in headings.all():
        text = heading.evaluate(
            """h => {
              const range = document.createRange();
              range.selectNodeContents(h.nextElementSibling);
              return { left: range.getBoundingClientRect().left,
                top: range.getClientRects()[0].top };
            }"""
        )
        box = heading.bounding_box()
        assert box is not None
        if size == "desktop":
            assert text["left"] > box["x"] + box["width"]
            assert box["y"] < text["top"] < box["y"] + box["height"]
        else:
            assert text["top"] >= box["y"] + box["height"]


def test_figures_are_links_without_a_script(opened: Open) -> None:
    """To the drawing alone, on a ground of its own light or dark."""
    tab = opened("networks/", java_script_enabled=False)
    tab.locator("#network a.enlarge").click()
    tab.wait_for_url("**/figures/networks/network.svg")


@pytest.mark.parametrize(("scheme", "ground"), [("light", 255), ("dark", 18)])
def test_a_drawing_alone_has_the_ground_of_its_inks(
    scheme: str, ground: int, opened: Open
) -> None:
    """Dark inks on a light ground, light inks on a dark one."""
    tab = opened("figures/networks/network.svg", color_scheme=scheme)
    corner = tab.screenshot(clip={"x": 1200, "y": 800, "width": 1, "height": 1})
    pixel = Image.open(BytesIO(corner)).convert("L").getpixel((0, 0))
    assert pixel == ground


@pytest.mark.parametrize("path", ["", "machine/", "reference/"])
def test_all_colours_change_at_once(path: str, opened: Open) -> None:
    """Where the reader presses for light or dark, nothing fades behind the rest."""
    tab = opened(path)
    tab.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert tab.evaluate(f"({PRESS_TOGGLE})(), {FADING}") == []
    assert tab.evaluate("document.body.dataset.mdColorScheme") == "slate"
    unpressed = "document.body.dataset.mdColorScheme = 'default'"
    assert "A: color" in tab.evaluate(f"{unpressed}, {FADING}")


def test_indices_and_dashes_stand_at_the_right_height(opened: Open) -> None:
    """That of a letter that hangs deep at that of any other; no dash is a power."""
    tab = opened("learning/")
    tops = tab.locator("math > * > msub, math > msub").evaluate_all(
        """all => all.map(one => [
          one.textContent,
          one.closest("math").getBoundingClientRect().bottom,
          one.lastElementChild.getBoundingClientRect().top,
        ])"""
    )
    lines = {bottom for text, bottom, _ in tops if text == "yk"}
    both = {line: {t: top for t, b, top in tops if b == line} for line in lines}
    pairs = [(at["yk"], at["tk"]) for at in both.values() if "tk" in at]
    assert len(pairs) >= 3
    assert all(abs(y - t) < 1 for y, t in pairs), pairs
    dashes = tab.locator("math mo").filter(has_text=re.compile("[′″]"))
    expect(dashes).to_have_count(8)
    expect(tab.locator("msup").filter(has=dashes)).to_have_count(0)


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_what_is_folded_is_titled_below_its_text(size: str, opened: Open) -> None:
    """The code of a figure and the solution of an exercise, to the left edge."""
    gaps = opened("perceptrons/", size).evaluate(
        """() => {
          const left = (element) => {
            const words = document.createRange();
            words.selectNodeContents(element);
            return words.getClientRects()[0].left;
          };
          return [...document.querySelectorAll("details")].map((details) => {
            const above = details.previousElementSibling;
            const text = above.querySelector("figcaption") ?? above;
            return left(details.firstElementChild) - left(text);
          });
        }"""
    )
    assert len(gaps) > 10
    assert max(map(abs, gaps)) < 1


def test_a_listener_hears_what_is_a_trap_and_no_signs(opened: Open) -> None:
    """As a screen reader tells the page."""
    told = opened("perceptrons/").locator("article").aria_snapshot()
    assert 'heading "A vote with weights" [level=2]' in told
    assert "Trap: The sum that is almost right" in told
    assert "How many layers is that?" in told
    assert "¶" not in told


NOT_ALIGNED = """() => {
  const left = e =>
    e.getBoundingClientRect().left + parseFloat(getComputedStyle(e).paddingLeft);
  return [...document.querySelectorAll(".highlight > pre > code")].filter(code => {
    const text = document.querySelector("article > p, .doc-contents > p");
    const around = code.closest(".highlight").parentElement;
    if (!around.matches("article, .trap, .doc-function:not(.doc-children *) > *"))
      return false;
    const rule = parseFloat(getComputedStyle(around).borderLeftWidth);
    const off = left(code) - left(text);
    return Math.abs(innerWidth > 600 ? off : off - rule) > 0.5;
  }).map(code => code.textContent.slice(0, 40));
}"""
"""Code that begins further left or right than the text that it stands in."""


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("page", ["perceptrons", "reference"])
def test_code_begins_where_the_text_does(page: str, size: str, opened: Open) -> None:
    """Its box reaches out; in a trap, too. And its letters are not much smaller."""
    tab = opened(f"{page}/", size)
    assert tab.evaluate(NOT_ALIGNED) == []
    pixels = "e => parseFloat(getComputedStyle(e).fontSize)"
    code, text = (tab.locator(f"article {x}").first for x in ("pre > code", "p"))
    least = 0.75 if size == "desktop" else 0.65
    assert code.evaluate(pixels) > least * text.evaluate(pixels)


@pytest.mark.parametrize("size", SIZES)
def test_messages_fill_the_lines_that_there_are(size: str, opened: Open) -> None:
    """A phone breaks them where the window ends; nobody has to scroll for the rest."""
    tab = opened("errors/", size)
    messages = tab.locator(".answer.message > span")
    assert len(set(messages.evaluate_all("all => all.map(e => e.scrollHeight)"))) > 1
    edges = """all => all.flatMap(e => {
      const text = document.createRange();
      text.selectNodeContents(e);
      return [...text.getClientRects()].map(rect => rect.right);
    })"""
    ends = messages.evaluate_all(edges)
    box = tab.locator(".highlight").first.bounding_box()
    assert box is not None
    assert len(ends) > 100
    assert max(ends) <= box["x"] + box["width"]


def test_output_looks_different_from_input(opened: Open) -> None:
    """In a session and below a script, what the machine says has another ground."""
    tab = opened("networks/")
    ground = "(e) => getComputedStyle(e).backgroundColor"
    session = tab.locator("[data-kind=session]", has=tab.locator(".go")).first
    line = session.locator(".answer").first
    assert line.evaluate(ground) != session.locator("code").evaluate(ground)
    below = tab.locator("[data-kind=output] code").first
    above = tab.locator("[data-kind=script] code").first
    assert below.evaluate(ground) != above.evaluate(ground)
    assert below.evaluate(ground) == line.evaluate(ground)


def test_the_program_of_the_first_picture_stands_below_its_caption(
    opened: Open,
) -> None:
    """Beside the text, also when it is open and as wide as the page."""
    tab = opened("")
    words = tab.locator(".hero > details.drawn > summary")
    shift = """summary => summary.getBoundingClientRect().left
      + parseFloat(getComputedStyle(summary).paddingLeft)
      - document.querySelector(".hero figcaption").getBoundingClientRect().left"""
    assert abs(words.evaluate(shift)) < 1
    words.click()
    assert abs(words.evaluate(shift)) < 1


def test_nothing_but_the_formula_stands_behind_a_root(opened: Open) -> None:
    """Chromium keeps room there for the widest root sign that the font has."""
    tab = opened("backpropagation/")
    gap = """root => root.getBoundingClientRect().right
      - root.lastElementChild.getBoundingClientRect().right"""
    assert abs(tab.locator("msqrt").first.evaluate(gap)) < 0.5
