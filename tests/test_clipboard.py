"""What the copy buttons leave on the clipboard runs, and prints what the page shows."""

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import PAGES
from documented import code_of
from playwright.sync_api import Browser, Error
from playwright.sync_api import Page as Tab

from bookbinder.read.code import examples
from bookbinder.read.pages import Block, Figure, Page

PASTE = Path(__file__).with_name("paste.py")
PRESS = """async first => {
  const press = async button => {
    button.scrollIntoView({ block: "center", behavior: "instant" });
    const { x, y, width, height } = button.getBoundingClientRect();
    const there = document.elementFromPoint(x + width / 2, y + height / 2);
    if (!button.contains(there))
      throw new Error("covered: " + button.closest("[data-kind]").innerText);
    await navigator.clipboard.writeText("nothing");
    button.click();
    let text = await navigator.clipboard.readText();
    for (let wait = 0; text == "nothing" && wait < 1000; wait++) {
      await new Promise(resolve => setTimeout(resolve, 5));
      text = await navigator.clipboard.readText();
    }
    return text;
  };
  const start = performance.now(), found = [];
  const boxes = [...document.querySelectorAll("[data-kind]")];
  while (boxes[first + found.length] && performance.now() < start + 1000) {
    const box = boxes[first + found.length];
    const button = box.querySelector("button[data-md-type=copy], .md-clipboard");
    found.push([box.dataset.kind, button && await press(button)]);
  }
  return found;
}"""
"""Presses copy buttons from a block on, where a reader can reach them.

For a second at a time: five seconds after the last word from outside, which counts as
a hand's, a page may not copy any more.
"""


def copied(tab: Tab) -> list[tuple[str, str]]:
    """Press every copy button of the page in order; what each left on the clipboard."""
    tab.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    found: list[tuple[str, str | None]] = []
    while more := tab.evaluate(PRESS, len(found)):
        found += more
    return [(kind, text) for kind, text in found if text is not None]


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


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Tab]:
    """Where one reader, who lets pages read the clipboard, opens them all."""
    allowed = ["clipboard-read", "clipboard-write"]
    with browser.new_context(permissions=allowed, reduced_motion="reduce") as context:
        yield context.new_page()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path.stem)
def test_what_is_copied_runs_and_prints_what_is_shown(
    page: Page, tab: Tab, address: str, tmp_path: Path
) -> None:
    """The real clipboard, pasted block by block into a fresh Python."""
    name = page.path.stem
    tab.goto(address if name == "index" else f"{address}{name}/")
    blocks = copied(tab)
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


def test_a_button_under_something_else_is_seen(tab: Tab, address: str) -> None:
    """The script presses the buttons only where a reader's finger would, too."""
    tab.goto(f"{address}perceptrons/")
    over = "body::after { content: ''; position: fixed; inset: 0; z-index: 99 }"
    tab.add_style_tag(content=over)
    with pytest.raises(Error, match=r"covered: def AND\("):
        copied(tab)
