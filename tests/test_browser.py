"""The site in a real browser: the clipboard, accessibility, requests."""

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from documented import code_of
from playwright.sync_api import Browser, ConsoleMessage
from playwright.sync_api import Page as Tab

from bookbinder import ROOT, labs
from bookbinder.pages import Block, Figure, Page, examples, find_pages

PAGES = [page for page in find_pages(ROOT) if "en" in page.path.parts]
LABS = [Page(labs.place(lab), "") for lab in labs.find_labs(ROOT)]
PASTE = Path(__file__).with_name("paste.py")
THIN_OUT = """() => {
  const ground = e => {
    const colour = getComputedStyle(e).backgroundColor;
    return /, 0\\)$/.test(colour) && e.parentElement ? ground(e.parentElement) : colour;
  };
  const article = document.querySelector("article"), seen = new Set(), twins = [];
  const texts = document.createTreeWalker(article, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    if (!texts.currentNode.data.trim()) continue;
    const e = texts.currentNode.parentElement;
    const { color, fontSize, fontWeight, opacity } = getComputedStyle(e);
    const look = [color, ground(e), fontSize, fontWeight, opacity].join();
    if (seen.has(look)) twins.push(texts.currentNode);
    seen.add(look);
  }
  twins.forEach(text => text.remove());
}"""
"""Of the words that look the same, on the same ground, leaves the first on the page.

Their contrast is the same, and axe takes a second for each thousand of them.
"""

PRESS_EACH = """async () => {
  const found = [];
  for (const box of document.querySelectorAll("[data-kind]")) {
    const button = box.querySelector("button[data-md-type=copy], .md-clipboard");
    if (!button) continue;
    await navigator.clipboard.writeText("nothing");
    button.scrollIntoView({ block: "center", behavior: "instant" });
    const { x, y, width, height } = button.getBoundingClientRect();
    const there = document.elementFromPoint(x + width / 2, y + height / 2);
    if (!button.contains(there)) return `covered: ${box.innerText}`;
    button.click();
    let text = "nothing";
    for (let wait = 0; text == "nothing" && wait < 1000; wait++) {
      await new Promise(resolve => setTimeout(resolve, 5));
      text = await navigator.clipboard.readText();
    }
    found.push([box.dataset.kind, text]);
  }
  return found;
}"""
"""Presses the copy buttons in order, each where a reader can reach it, and waits."""

SIZES = {"desktop": (1280, 900), "phone": (390, 844)}


def url(address: str, page: Page) -> str:
    """Where a page of the book is served."""
    name = page.path.relative_to(ROOT / "docs" / "en").with_suffix("").as_posix()
    return address if name == "index" else f"{address}{name}/"


def copied(tab: Tab) -> list[tuple[str, str]]:
    """Press every copy button of the page in order; what each left on the clipboard."""
    tab.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    found = tab.evaluate(PRESS_EACH)
    assert isinstance(found, list), found
    return [(kind, text) for kind, text in found]


def printed(page: Page) -> list[str]:
    """What the page shows below each block that can be pasted into Python."""
    shown: list[str] = []
    for part in code_of(page):
        if isinstance(part, Figure) or part.kind == "script":
            shown.append("")
        elif part.kind == "listing":  # a prompt echoes the docstring of a whole module
            text = ast.get_docstring(ast.parse(part.listing().code), clean=False)
            shown.append(repr(text) if text else "")
        elif part.kind == "session":
            outputs = [example.shown for example in examples(part)]
            shown.append("\n".join(filter(None, outputs)))
        elif part.kind == "output":
            shown[-1] = part.code
    return shown


def commands(block: Block) -> str:
    """What a shell block has for the reader's terminal: its lines behind `$ `."""
    return "\n".join(re.findall(r"^\$ (.*)", block.code, re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path.stem)
def test_what_is_copied_runs_and_prints_what_is_shown(
    page: Page, browser: Browser, address: str, tmp_path: Path
) -> None:
    """The real clipboard, pasted block by block into a fresh Python."""
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    tab = context.new_page()
    tab.goto(url(address, page))
    blocks = copied(tab)
    context.close()
    shell = [text.rstrip() for kind, text in blocks if kind == "shell"]
    assert shell == [commands(block) for block in page.blocks if block.kind == "shell"]
    pastes = [text for kind, text in blocks if kind != "shell"]
    result = subprocess.run(
        [sys.executable, "-W", "ignore", str(PASTE)],
        input=json.dumps(pastes),
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "MPLBACKEND": "agg"},
    )
    assert result.returncode == 0, result.stderr
    assert [text.rstrip() for text in json.loads(result.stdout)] == [
        text.rstrip() for text in printed(page)
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("page", PAGES + LABS, ids=lambda page: page.path.stem)
def test_page_is_sound_in_a_browser(
    page: Page, size: str, scheme: str, browser: Browser, address: str
) -> None:
    """No console message, foreign request or sideways scrolling; axe finds nothing."""
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    tab = context.new_page()
    said: list[str] = []
    asked: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        said.append(message.text)

    tab.on("console", listen)
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(url(address, page))
    tab.evaluate("document.fonts.ready.then(() => true)")
    tab.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    without = {"color-contrast": {"enabled": False}}
    found = Axe().run(tab, options={"resultTypes": ["violations"], "rules": without})
    body = tab.evaluate("document.body.getAttribute('data-md-color-scheme')")
    wide = tab.evaluate("document.documentElement.scrollWidth")
    pictures = tab.evaluate(
        "[...document.images].every(i => i.complete && i.naturalWidth)"
    )
    tab.evaluate(THIN_OUT)
    faint = Axe().run(tab, options={"runOnly": ["color-contrast"]})
    context.close()
    assert said == []
    assert [a for a in asked if not a.startswith((address, "data:", "blob:"))] == []
    assert body == ("slate" if scheme == "dark" else "default")
    assert wide <= width
    assert pictures
    assert found.violations_count == 0, found.generate_report()
    assert faint.violations_count == 0, faint.generate_report()


def test_a_button_under_something_else_is_seen(browser: Browser, address: str) -> None:
    """The script presses the buttons only where a reader's finger would, too."""
    tab = browser.new_page()
    tab.goto(f"{address}perceptrons/")
    over = "body::after { content: ''; position: fixed; inset: 0; z-index: 99 }"
    tab.add_style_tag(content=over)
    assert tab.evaluate(PRESS_EACH).startswith("covered: def AND(")
    tab.close()


def test_axe_sees_a_token_that_is_too_faint(browser: Browser, address: str) -> None:
    """Thinning out the tokens of code must not hide one that nobody can read."""
    tab = browser.new_page()
    tab.goto(f"{address}perceptrons/")
    tokens = "document.querySelectorAll('[data-kind=script] .nf')"
    tab.evaluate(f"[...{tokens}].at(-1).style.color = '#eee'")
    tab.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    tab.evaluate(THIN_OUT)
    found = Axe().run(tab, options={"runOnly": ["color-contrast"]})
    tab.close()
    assert found.violations_count == 1
