"""Each page of the site as a browser meets it: on two screens, in light and dark.

A page is loaded once for a size; what is measured then is what all tests here judge.
"""

import contextlib
import functools
import gzip
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import material
import pytest
from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from conftest import LABS, PAGES
from mkdocstrings_handlers import python
from playwright.sync_api import (
    Browser,
    Response,
    Route,
    TimeoutError,
    ViewportSize,
)
from playwright.sync_api import Page as Tab

from bookbinder import ROOT
from bookbinder.build.lean import COMMA, RULE, quicker, uncommented
from bookbinder.make.labs import place

ENGLISH = ROOT / "docs" / "en"
ADDRESSES = sorted(
    f"{path.relative_to(ENGLISH).with_suffix('').as_posix()}/".removeprefix("index/")
    for path in [*(page.path for page in PAGES), *map(place, LABS)]
)
"""Where the pages of the book stand, seen from the root of the site."""

SIZES = {"desktop": (1280, 900), "phone": (390, 844)}

NARROW = {"desktop": 640, "phone": 320}
"""What becomes of a screen at twice the size, and the smallest phone."""

HEAVIEST = 150 * 1024
"""What a page may weigh on its way to the reader, in bytes, without its figures."""

WATCH_SHIFTS = """
  window.shifts = [];
  new PerformanceObserver(list => shifts.push(...list.getEntries().map(e => e.value)))
    .observe({ type: "layout-shift", buffered: true });
"""

ALL_IN_VIEW = """
  window.IntersectionObserver = class extends IntersectionObserver {
    constructor(look, options) { super(look, { ...options, rootMargin: "1000000px" }) }
  };
"""
"""As on a screen of any height: Material looks at code once it comes into view."""

STICKS_OUT = """() => {
  const wide = document.documentElement.clientWidth;
  const scrolls = e => {
    for (let box = e.parentElement; box != document.body; box = box.parentElement)
      if (/auto|scroll/.test(getComputedStyle(box).overflowX)) return true;
    return false;
  };
  return [...document.querySelectorAll("header *, article, article *, footer *")]
    .filter(e => e.checkVisibility() && e.getBoundingClientRect().width)
    .filter(e => e.getBoundingClientRect().right > wide + 1 && !scrolls(e))
    .map(e => e.outerHTML.slice(0, 99));
}"""
"""What is wider than the screen and is in no box that scrolls by itself."""

CUT_OFF = """() => [...document.querySelectorAll("footer .md-ellipsis")].filter(e => {
  const { right } = e.closest("a").getBoundingClientRect();
  return e.scrollWidth > e.clientWidth || e.getBoundingClientRect().right > right;
}).map(e => e.textContent.trim())"""
"""Titles at the foot that do not show their last letters."""

LEFT_OUT = """selectors => selectors.filter(selector => {
  const pseudo = /::?(?!root|not|is|has|where)[\\w-]+(\\([^)]*\\))?/g;
  const whole = selector.replace(pseudo, "").trim() || "*";
  try { return document.querySelector(whole); } catch { return false; }
})"""
"""Those of the selectors that something on the page would answer to."""


WITHOUT_TOKENS = """() => {
  const bare = e => e.getAttributeNames().every(name => /^(class|id)$/.test(name))
    && getComputedStyle(e).display == "inline";
  window.swapped = [...document.querySelectorAll("pre")].map(pre => {
    const plain = pre.cloneNode(true), twins = plain.querySelectorAll("span");
    pre.querySelectorAll("span").forEach((token, i) => {
      if (bare(token)) twins[i].replaceWith(...twins[i].childNodes);
    });
    plain.normalize();
    return [pre, plain];
  });
  for (const [pre, plain] of swapped) pre.replaceWith(plain);
}"""
"""Leaves out the marks of lines and colours in code, which are most of a page.

A rule that is not about colours has nothing to find in an inline box with a name.
"""

WITH_TOKENS = "swapped.forEach(([pre, plain]) => plain.replaceWith(pre))"

LOOK = """() => {
  const under = e => {
    if (!e) return ["", 1];
    if (!known.has(e)) {
      const { backgroundColor, opacity } = getComputedStyle(e);
      const [ground, veil] = under(e.parentElement);
      const clear = /, 0\\)$/.test(backgroundColor);
      known.set(e, [clear ? ground : ground + backgroundColor, veil * opacity]);
    }
    return known.get(e);
  };
  const look = e => {
    const { color, fontSize, fontWeight } = getComputedStyle(e);
    const part = parts.indexOf(e.closest("article, aside, footer, header, nav"));
    return [part, color, fontSize, fontWeight, ...under(e)].join();
  };
  const differs = e => {
    const style = getComputedStyle(e);
    const { backgroundImage, border, fontFamily, fontStyle, outline } = style;
    const more = [backgroundImage, border, fontFamily, fontStyle, outline];
    return [look(e), ...more, style.textDecoration].join();
  };
  const block = e =>
    getComputedStyle(e).display == "inline" ? block(e.parentElement) : e;
  const visible = e => e.checkVisibility({ visibilityProperty: true });
  const texts = root => {
    const found = [], all = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (all.nextNode())
      if (all.currentNode.data.trim() && visible(all.currentNode.parentElement))
        found.push(all.currentNode);
    return found;
  };
  const parts = [...document.querySelectorAll("article, aside, footer, header, nav")];
  const known = new Map(), seen = new Set();
  const first = look => !seen.has(look) && seen.add(look);
  window.words ??= new Set();
  window.kept ??= new Set();
  for (const text of texts(document.body)) {
    words.add(text);
    if (first(look(text.parentElement))) kept.add(text);
  }
  for (const link of document.querySelectorAll("article a[href]"))
    if (visible(link) && first(differs(link) + " in " + differs(block(link))))
      texts(block(link)).forEach(text => kept.add(text));
}"""
"""Finds the words of each look that stand first in their part of the page.

And the first block with a link of each look. Others of that look have the same
contrast, and axe takes a second for each thousand of them.
"""

THIN_OUT = """() => {
  const twins = [...words].filter(text => !kept.has(text));
  for (let node of twins)
    do {
      const { parentElement } = node;
      node.remove();
      node = parentElement;
    } while (node.matches("article *") && !node.textContent.trim());
  return twins.length;
}"""
"""Leaves of the words only those that were found to stand for others."""

PRESS_TOGGLE = """() => [
  ...document.querySelectorAll("[data-md-component=palette] label")
].find(label => label.checkVisibility()).click()"""

COLOURS = ["color-contrast", "link-in-text-block"]

BROKEN = """() => [...document.images]
  .filter(image => !image.complete || !image.naturalWidth)
  .map(image => image.outerHTML)"""

LATE = """() => performance.getEntriesByType("resource")
  .filter(e => /(serif|mono)[^/]*woff2$/.test(e.name) && e.initiatorType != "link")
  .map(e => e.name)"""
"""Fonts of the text that the frame of the page does not fetch at once."""

UNFOLD = "document.querySelectorAll('details').forEach(d => d.open = true)"

REDRAWN = """new Promise(done =>
  requestAnimationFrame(() => requestAnimationFrame(done))).then(() => true)"""
"""Once the page has been told its new size, which comes after its next drawing."""

REACHED = """() => [...document.querySelectorAll("pre > code")].every(
  e => e.scrollWidth <= e.clientWidth || e.tabIndex == 0)"""
"""Whether Material has let the keyboard into all code that scrolls.

It does so some time after it has been told the size. What it forgets, axe finds.
"""

SCROLLS = """() => [...document.querySelectorAll(
    "pre, pre > code, .tex-display, .md-typeset__scrollwrap")]
  .filter(e => e.scrollWidth > e.clientWidth).map(e => e.textContent)"""


def fonts(tab: Tab) -> set[bool]:
    """Whether the fonts that the text of a page is really set in are the book's own."""
    session = tab.context.new_cdp_session(tab)
    session.send("DOM.enable")
    session.send("CSS.enable")
    top = session.send("DOM.getDocument", {"depth": 0})["root"]["nodeId"]
    found = session.send("DOM.querySelector", {"nodeId": top, "selector": "article"})
    used = session.send("CSS.getPlatformFontsForNode", {"nodeId": found["nodeId"]})
    return {font["isCustomFont"] for font in used["fonts"]}


def weight(responses: list[Response]) -> int:
    """What a page and all it loads weigh, packed as a server packs them.

    Not counted are the figures: the drawings, and the folded programs that draw them.
    """
    total = 0
    for response in responses:
        body = response.body()
        if "/figures/" in response.url:
            continue
        if response.headers.get("content-type", "").startswith("text/html"):
            folded = rb'<details class="drawn">.*?</details>'
            body = re.sub(folded, b"", body, flags=re.DOTALL)
        woff = response.url.endswith(".woff2")  # is packed already
        total += len(body) if woff else packed(body)
    return total


@functools.cache
def packed(body: bytes) -> int:
    """How many bytes are left of a file when it is packed."""
    return len(gzip.compress(body, 9))


@pytest.fixture(scope="module")
def not_shipped(site: Path) -> list[str]:
    """The selectors of the theme's style sheets that the site leaves out."""
    (material_folder,), (python_folder,) = material.__path__, python.__path__
    before = Path(material_folder, "templates", "assets", "stylesheets")
    pairs = [(before / p.name, p) for p in site.glob("assets/stylesheets/*.css")]
    style = Path(python_folder, "templates", "material", "style.css")
    found = []
    for whole, left in [*pairs, (style, site / "assets" / "_mkdocstrings.css")]:
        both = [
            {s.strip() for rule in RULE.findall(text) for s in COMMA.split(rule[0])}
            for text in (
                quicker(uncommented(p.read_text("utf-8"))) for p in (whole, left)
            )
        ]
        found += sorted(both[0] - both[1])
    return found


@dataclass
class Visit:
    """What a browser tells of a page."""

    size: str
    wide: int = 0
    said: list[str] = field(default_factory=list)
    responses: list[Response] = field(default_factory=list)
    shifts: float = 0
    weight: int = 0
    fonts: set[bool] = field(default_factory=set)
    missed: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    scrolling: list[str] = field(default_factory=list)
    sticking_out: list[str] = field(default_factory=list)
    schemes: list[str] = field(default_factory=list)
    found_by_axe: list[str] = field(default_factory=list)


def axe(tab: Tab, **options: Any) -> list[str]:
    """What axe finds, where it has been loaded: a report for each rule.

    The style sheets it would fetch anew are for a rule that it does not apply.
    """
    needed = {"resultTypes": ["violations"], "preload": {"assets": ["media"]}}
    options = {**needed, **options}
    found = AxeResults(tab.evaluate("options => axe.run(options)", options))
    return [found.generate_report(v["id"]) for v in found.response["violations"]]


def scheme(tab: Tab) -> str:
    """Whether a page is light ("default") or dark ("slate")."""
    return str(tab.evaluate("document.body.dataset.mdColorScheme"))


def judged(tab: Tab) -> tuple[list[str], list[str]]:
    """What axe finds on a page, and in which schemes it looked at the colours.

    Nothing may move on it; most of the words are gone from it then.
    """
    tab.evaluate(WITHOUT_TOKENS)
    found = axe(tab, rules={rule: {"enabled": False} for rule in COLOURS})
    tab.evaluate(WITH_TOKENS)
    tab.evaluate(LOOK)
    tab.evaluate(PRESS_TOGGLE)
    tab.evaluate(LOOK)
    tab.evaluate(THIN_OUT)
    schemes = [scheme(tab)]
    found += axe(tab, runOnly=COLOURS)
    tab.evaluate(PRESS_TOGGLE)
    schemes.append(scheme(tab))
    return schemes, found + axe(tab, runOnly=COLOURS)


def arrive(browser: Browser, address: str, size: str) -> tuple[Tab, Visit]:
    """A first visit to a page, by somebody who has none of it yet."""
    width, height = SIZES[size]
    context = browser.new_context(viewport=ViewportSize(width=width, height=height))
    tab, visit = context.new_page(), Visit(size)
    tab.add_init_script(WATCH_SHIFTS + ALL_IN_VIEW)
    tab.on("console", lambda message: visit.said.append(message.text))
    tab.on("pageerror", lambda error: visit.said.append(str(error)))
    tab.on("response", lambda response: visit.responses.append(response))
    tab.on("requestfailed", lambda failed: visit.said.append(failed.url))
    tab.goto(address)
    tab.evaluate(AXE_SCRIPT)
    return tab, visit


@pytest.fixture(scope="module")
def arrivals() -> dict[tuple[str, str], tuple[Tab, Visit]]:
    """Where first visits wait to be looked at: by page and size."""
    return {}


@pytest.fixture(
    scope="module",
    params=[(path, size) for path in ADDRESSES for size in SIZES],
    ids=lambda both: f"{both[0] or 'index/'}-{both[1]}",
)
def visit(
    request: pytest.FixtureRequest,
    browser: Browser,
    address: str,
    not_shipped: list[str],
    arrivals: dict[tuple[str, str], tuple[Tab, Visit]],
) -> Visit:
    """A page at rest; then it is unfolded, made narrow, made dark.

    On one screen it comes to rest while the other loads it. If its own fonts came too
    late, what they decide is measured once they are there.
    """
    if request.param not in arrivals:
        path, _ = request.param
        for size in SIZES:
            arrivals[path, size] = arrive(browser, address + path, size)
    tab, visit = arrivals.pop(request.param)
    tab.wait_for_load_state("networkidle")
    screen = tab.viewport_size
    assert screen
    visit.shifts = sum(tab.evaluate("shifts"))
    visit.weight = weight(visit.responses)
    visit.missed = tab.evaluate(LEFT_OUT, not_shipped)
    visit.broken = tab.evaluate(BROKEN)
    visit.late = tab.evaluate(LATE)
    tab.evaluate(UNFOLD)
    visit.fonts = fonts(tab)
    if visit.fonts != {True}:  # the machine is slow, or a sign is missing
        tab.route("**/book.css", at_any_time)
        tab.reload()
        tab.evaluate("document.fonts.ready.then(() => true)")
        tab.evaluate(AXE_SCRIPT)
        tab.evaluate(UNFOLD)
        visit.fonts = fonts(tab)
    visit.scrolling = tab.evaluate(SCROLLS)
    visit.wide = tab.evaluate("document.documentElement.scrollWidth")
    tab.emulate_media(reduced_motion="reduce")  # from now on colours change at once
    tab.set_viewport_size({"width": NARROW[visit.size], "height": 600})
    visit.sticking_out = tab.evaluate(STICKS_OUT) + tab.evaluate(CUT_OFF)
    tab.set_viewport_size(screen)
    tab.evaluate(REDRAWN)
    with contextlib.suppress(TimeoutError):
        tab.wait_for_function(REACHED, timeout=20_000)
    visit.schemes, visit.found_by_axe = judged(tab)
    tab.context.close()
    return visit


def at_any_time(route: Route) -> None:
    """Answer with a style that takes up fonts whenever they arrive.

    As it is, the style leaves out until the next page what is not there at once.
    """
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text().replace("optional", "swap"))


def test_page_is_sound(visit: Visit, address: str) -> None:
    """It writes nothing to the console, asks no other host, shows all its pictures."""
    ours = (address, "data:", "blob:")
    asked = [response.url for response in visit.responses]
    assert visit.said == []
    assert asked
    assert [url for url in asked if not url.startswith(ours)] == []
    assert visit.broken == []
    assert visit.fonts == {True}


def test_axe_finds_nothing(visit: Visit) -> None:
    """In the light as in the dark."""
    assert visit.schemes == ["slate", "default"]
    assert visit.found_by_axe == []


def test_nothing_sticks_out(visit: Visit) -> None:
    """Not on a small phone, not at twice the size; nothing scrolls on a laptop."""
    assert visit.wide <= SIZES[visit.size][0]
    assert visit.sticking_out == []
    if visit.size == "desktop":
        assert visit.scrolling == []


def test_page_is_light_and_nothing_moves(visit: Visit, not_shipped: list[str]) -> None:
    """On a first visit. What the site leaves out, the page does not miss."""
    assert visit.shifts < 0.05
    assert visit.late == []
    assert visit.weight <= HEAVIEST
    assert len(not_shipped) > 300
    assert visit.missed == []


def test_what_is_wrong_is_seen(browser: Browser, address: str) -> None:
    """The measurements above bite."""
    tab = browser.new_page(viewport={"width": 320, "height": 600})
    tab.add_init_script(WATCH_SHIFTS)
    tab.goto(f"{address}perceptrons/")
    tab.wait_for_load_state("networkidle")
    assert tab.evaluate(SCROLLS)  # on a phone, code may
    tab.evaluate(
        "document.querySelector('h1').before(Object.assign("
        "document.createElement('p'), { style: 'width: 500px; height: 200px' }))"
    )
    tab.wait_for_function("shifts.some(shift => shift > 0.05)")
    assert len(tab.evaluate(STICKS_OUT)) == 1
    tab.evaluate("document.querySelector('footer .md-ellipsis').style = 'width: 300px'")
    assert tab.evaluate(CUT_OFF) == ["1 Arrays and pictures"]
    assert tab.evaluate(LEFT_OUT, [".no-such-class", "h1:before"]) == ["h1:before"]
    tab.route("**/book.css", at_any_time)
    tab.reload()
    tab.evaluate("document.querySelector('h1').style.fontFamily = 'monospace'")
    tab.evaluate("document.fonts.ready.then(() => true)")
    assert fonts(tab) == {True, False}
    tab.evaluate("document.querySelector('article img').removeAttribute('src')")
    assert len(tab.evaluate(BROKEN)) == 1
    tab.close()


PLANTED = {
    "image-alt": {"picture"},
    "aria-roles": {"role"},
    "color-contrast": {"faint-token", "faint-place", "faint-at-night"},
    "link-in-text-block": {"lost-link"},
}
"""The rules that find what stands below."""

PLANT = """() => {
  const tokens = kind => [...document.querySelectorAll(`[data-kind=${kind}] code span`)]
    .filter(e => e.getAttributeNames() == "class" && /\\w\\w/.test(e.innerText));
  const new_ = (tag, id) => Object.assign(document.createElement(tag), { id });
  tokens("listing").at(-1).append(new_("img", "picture"));
  Object.assign(tokens("session").at(-1), { role: "nothing", id: "role" });
  tokens("script").at(-1).id = "faint-token";
  tokens("script").at(-2).id = "faint-at-night";
  document.querySelector(".md-nav--primary a[href='../questions/']").id = "faint-place";
  const lost = Object.assign(new_("a", "lost-link"), { href: "../", innerText: "up" });
  [...document.querySelectorAll("article p")].at(-1).append(" ", lost);
}"""

AT_NIGHT = "[data-md-color-scheme=slate] #faint-at-night { color: #333 !important }"
BY_DAY = """
  #faint-token, #faint-place, #faint-place * { color: #eee !important }
  #lost-link { color: #334 !important; text-decoration: none }
"""


def test_axe_sees_what_is_planted(browser: Browser, address: str) -> None:
    """Leaving out what looks alike hides nothing that does not, nor what is in code."""
    tab = browser.new_page(reduced_motion="reduce")
    tab.goto(f"{address}networks/")
    tab.evaluate(AXE_SCRIPT)
    tab.evaluate(UNFOLD)
    tab.evaluate(PLANT)
    tab.add_style_tag(content=AT_NIGHT + BY_DAY)
    _, found = judged(tab)
    left_out = tab.evaluate("words.size - kept.size")
    tab.close()
    assert left_out > 1000
    for rule, places in PLANTED.items():
        said = "".join(report for report in found if f"\n{rule} - " in report)
        assert {place for place in places if f"#{place}" not in said} == set()


def test_a_page_is_not_done_again_while_it_is_loaded(
    browser: Browser, address: str
) -> None:
    """As Material's script and style are, a browser looks at each element six times."""
    tab = browser.new_page()
    browser.start_tracing(page=tab, categories=["devtools.timeline"])
    tab.goto(f"{address}perceptrons/")
    tab.wait_for_load_state("networkidle")
    events = json.loads(browser.stop_tracing())["traceEvents"]
    shown = (
        "[...document.querySelectorAll('*')].filter(e => e.checkVisibility()).length"
    )
    there = tab.evaluate(shown)
    tab.close()
    looks = [e["args"] for e in events if e["name"] == "UpdateLayoutTree"]
    looked_at = sum(args.get("elementCount", 0) for args in looks)
    assert there < looked_at < 4 * there


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_opens_as_the_reader_likes_it(
    scheme: Literal["light", "dark"], browser: Browser, address: str
) -> None:
    """In the scheme that the reader's system asks for."""
    tab = browser.new_page(color_scheme=scheme)
    tab.goto(f"{address}perceptrons/")
    shown = tab.evaluate("document.body.dataset.mdColorScheme")
    bars = "getComputedStyle(document.documentElement).colorScheme"
    assert tab.evaluate(bars) == "light dark"  # as the system has it
    tab.evaluate(PRESS_TOGGLE)
    other = tab.evaluate(bars)
    tab.reload()
    again = tab.evaluate(bars)
    tab.emulate_media(media="print")
    assert tab.evaluate(bars) == "light only"
    tab.close()
    assert shown == {"light": "default", "dark": "slate"}[scheme]
    assert other == again == {"light": "dark", "dark": "light"}[scheme]
