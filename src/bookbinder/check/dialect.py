"""Finds what Markdown allows and this book does without.

So nothing is written in a way that escapes the other checks, and nothing that was meant
as a list, a table, a link or an aside stands on the page as bare signs.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from bookbinder import ROOT
from bookbinder.check import Fault, once
from bookbinder.read.links import TARGET
from bookbinder.read.pages import (
    CODE_SPAN,
    DISPLAYED,
    FORMULA,
    Page,
    blanked,
    line_of,
)
from bookbinder.read.tex import lone_bracket

ADMONITION = re.compile(r"^ *(?P<sign>!!!|\?\?\?\+?) +(?P<kind>\w+)", re.MULTILINE)
ASIDES = {"note": ("!!!", "???", "???+"), "solution": ("???",), "trap": ("!!!",)}
"""What stands aside of the text, and the signs it begins with: folded or not."""

NOT_OURS = {
    "a raw tag, which nothing checks: write it in Markdown": (
        r'<(?!/?kbd>|div class="(?:hero|chapters)" markdown>|/div>)[a-zA-Z/!?]'
    ),
    "an entity: write the sign itself": r"&#?\w+;",
    "a link by reference: write its target behind it": r"\]\[|^ *\[[^\]]+\]: ",
    "a tab: indent by spaces": r"\t",
    "code in a quotation, which nothing runs: write it as a fence": r"^ *>.*(```|~~~)",
    "a backtick that is never closed": r"`",
    "a link that is cut in two": r"\]\s+\((?:#|[\w/.-]+\.(?:md|ipynb)\b)",
    "a table without bars at both ends": r"^ *:?-+:? *\|[-:| ]*$|^ *\|[-: |]*-:? *$",
    "a table inside a paragraph: it needs an empty line above": r"^[^|\n].*\n(?=\|)",
    "an aside whose title is not in quotes": (
        r"^ *(?:!!!|\?\?\?\+?)(?! +\w+(?: +\"[^\"\n]+\")?$)"
    ),
    "a rule, or a heading by the line below it: write it with #": r"^(?:=+|-+) *$",
    "what belongs to a list or an aside is indented by fours": (
        r"^(?: {4})* {1,3}(?:[-*+]|\d+\.) |(?<=\n\n)(?: {4})* {1,3}\S"
    ),
    "a heading without its space": r"^#{1,6}(?![# \n])|^#{7}",
    "a heading that does not begin its line": r"^ +#{1,6} ",
}
"""What Markdown allows and this book does without: what is wrong, and how to see it."""

LEFT = "a sign that Markdown leaves as it is"
OUTSIDE = re.compile(r"(?<=\]\()https?://[^\s()]+")
"""Where a link out of the book leads; its signs are its own."""

OUTSIDE_FORMULAS = {
    'a link of another form: [words](page.md#place "title")': (
        rf"\](?=\()(?!{TARGET})|\[[^\[\]]*\[[^\[\]]*\][^\[\]]*\]\("
    ),
    "an attribute that nothing checks, only #place and the book's own classes": (
        r"(?<![\\\w}^_])\{:?"
        r"(?! *(?:(?:#[\w-]+|\.(?:lede|md-button(?:--primary)?)) *)+\})"
    ),
    "an attribute of nothing: it stands behind a link, a heading or a paragraph": (
        r"^(?!#) *[^\s{].*?(?<!\))\{:? *[#.]|^#.*\{[^}\n]*\} *\S"
        r"|(?<=\n\n) *\{:? *[#.]|^ *\{:? *[#.][^}\n]*\} *\n(?= *\S)"
    ),
    "square brackets around no link": r"\[(?![^\[\]]*\]\()|\](?!\()",
    LEFT: r"[~^\\]|==|->|(?<!\])\(#|^ *:\s|^ *[^|\s].*\||^(?! *!\[).* [=<>] ",
    "an address that is no link: [words](address)": r"(?<![(\w])https?://",
    "a name of an emoji, which nothing shows": r"(?<!\w):[a-z][a-z_+-]*:(?!\w)",
    "an underscore outside code: emphasise by stars": r"(?<!\w)_|_(?!\w)",
}
"""The same, where no formula is: it has brackets of its own."""

LIST_INSIDE = re.compile(
    r"^( *)(?![-*+] |[|>#!?\s]|\d+\. ).*\n(?=\1(?:[-*+]|\d+\.) )", re.MULTILINE
)
"""A list that begins right below a line of text; not a number and its expression."""

TAG = re.compile(r"<(?P<end>/?)(?P<name>[a-z]+)\b[^>]*>")
TWICE = re.compile(r"\b([A-Za-z]+)(?: +| *\n *)\1\b")
UNSEEN_FORMULA = re.compile(r"\$\$|\\[(\[]|\\begin\b")
"""What begins a formula that no check would see, unless it is a displayed one."""

EMPHASIS = re.compile(r"(\*\*?)(?=\S)((?:(?!\n\s*\n).)+?)(?<=\S)\1", re.DOTALL)
BULLET = re.compile(r"^ *\* ", re.MULTILINE)

UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180f\u200b-\u200f\u2029-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\U000e0000-\U000e0fff]"
)
"""Signs without a shape, line feeds and the like aside."""


@once
def dialect_faults(page: Page, root: Path = ROOT) -> Iterator[Fault]:
    """All that is written in a way that the book does without: line and complaint."""
    yield from _signs(page)
    text = blanked(CODE_SPAN, page.visible, "…")
    for found in LIST_INSIDE.finditer(text):
        n = line_of(text, found.start())
        yield n, "a list inside a paragraph: it needs an empty line above"
    text = re.sub(r"<!--=.*?-->", "", text)
    yield from _forms(text)
    yield from _formulas(page, text)
    yield from _tags(text)
    yield from _asides(page, text)
    yield from _fences(page)


def _signs(page: Page) -> Iterator[Fault]:
    """There is something on the page, and all of it can be seen."""
    if "\r" in page.text:
        yield 1, "the lines must end in a line feed alone"
    if unseen := UNSEEN.search(page.text):
        n = line_of(page.text, unseen.start())
        yield n, f"a sign that nobody sees: {unseen[0]!r}"
    if not page.prose_text.strip():
        yield 1, "an empty page"


def _forms(text: str) -> Iterator[Fault]:
    """Nothing is written in a form that the book does without, and no word twice."""
    for what, pattern in NOT_OURS.items():
        for found in re.finditer(pattern, text, re.MULTILINE):
            yield line_of(text, found.start()), what
    for word in TWICE.finditer(text):
        yield line_of(text, word.start()), f"a word twice: {word[1]}"
    text = blanked(FORMULA, text, "…")
    for star in re.finditer(r"(?<!\\)\*", _unemphasised(text)):
        yield line_of(star.string, star.start()), "a star that emphasises nothing"
    text = OUTSIDE.sub("https", text)
    for what, pattern in OUTSIDE_FORMULAS.items():
        for found in re.finditer(pattern, text, re.MULTILINE):
            sign = f" ({found[0].strip()})" if what == LEFT else ""
            yield line_of(text, found.start()), what + sign


def _fences(page: Page) -> Iterator[Fault]:
    """A fence or a figure stands apart, and no code stands outside a fence."""
    fences = [(block.line, page.lines[block.line - 1]) for block in page.blocks]
    apart = {n for n, _ in fences} | {figure.line for figure in page.figures}
    for n in apart:
        if page.lines[n - 2].strip():
            yield n, "a fence or figure that does not stand apart: an empty line above"
    for block in page.blocks:
        if len(block.indent) % 4:
            yield block.line, "a fence in a list or an aside is indented by fours"
    owner = ""
    for n, line in sorted([*enumerate(page.visible.split("\n"), 1), *fences]):
        indent = len(line) - len(line.lstrip())
        if indent < 4 and line.strip():
            owner = line
        elif line.strip() and not re.match(r" *(!!!|\?\?\?|[-*+] |\d+\. )", owner):
            yield n, "indented code, which nothing runs: write it as a fence"


def _formulas(page: Page, text: str) -> Iterator[Fault]:
    """A formula is written so that Markdown sees it as one, and the checks as well."""
    open_ended = blanked(FORMULA, page.prose_text).replace("\\$", "")
    if "$" in open_ended:
        n = line_of(open_ended, open_ended.index("$"))
        yield n, "a formula that is never closed"
    for formula in FORMULA.finditer(text):
        tex, n = formula[0].strip("$"), line_of(text, formula.start())
        if not formula[0].startswith("$$") and tex != tex.strip():
            yield n, "a formula that begins or ends with white space"
        if bracket := lone_bracket(tex):
            yield n, f"a {bracket} without its partner in the formula {tex.strip()}"
    for formula in DISPLAYED.finditer(text):
        n = line_of(text, formula.end())
        if re.search(r"\n\s*\n", formula[0]) or "".join(page.lines[n : n + 1]).strip():
            yield n, "a displayed formula has an empty line below, and none inside"
    for found in UNSEEN_FORMULA.finditer(blanked(DISPLAYED, text, "…")):
        n = line_of(found.string, found.start())
        yield n, "a formula stands between $ and $, or between lines that are $$"


def _tags(text: str) -> Iterator[Fault]:
    """Every tag is closed, the last that was opened first."""
    opened: list[re.Match[str]] = []
    for tag in TAG.finditer(text):
        if not tag["end"]:
            opened.append(tag)
        elif not opened or opened.pop()["name"] != tag["name"]:
            yield line_of(text, tag.start()), f"{tag[0]} closes nothing"
    for tag in opened:
        yield line_of(text, tag.start()), f"{tag[0]} is never closed"


def _asides(page: Page, text: str) -> Iterator[Fault]:
    """An aside is of a known kind, folded or not as is its way, and holds something."""
    for aside in ADMONITION.finditer(text):
        n = line_of(text, aside.start())
        if aside["kind"] not in ASIDES:
            known = ", ".join(ASIDES)
            yield n, f"{aside['kind']!r} is none of: {known}"
        elif aside["sign"] not in ASIDES[aside["kind"]]:
            yield n, "solutions are folded, traps are not"
        inside = next(filter(str.strip, page.lines[n:]), "")
        if not inside.startswith(" " * (aside.start("sign") - aside.start() + 4)):
            yield n, "an aside with nothing in it: indent by four spaces what it holds"


def _unemphasised(text: str) -> str:
    """The text without the stars of emphasis and of lists.

    >>> _unemphasised("*a **b** c* and *d")
    'a b c and *d'
    """
    for _ in range(2):  # the strong may hold the emphasised, and the other way round
        text = EMPHASIS.sub(r"\2", text)
    return BULLET.sub("- ", text)
