"""Finds labels that lead astray: what a table, a list or a comment calls a thing.

No two rows of a table have one name, the list of chapters is that of the navigation,
modules stand under their own names, and where nothing can be computed, in a comment or
in the description of a page, there are no numbers.
"""

import contextlib
import re
import tokenize
from collections.abc import Iterator
from itertools import pairwise
from operator import itemgetter
from pathlib import Path

import yaml

from bookbinder import ROOT, BookError
from bookbinder.check import Fault
from bookbinder.read.book import CODE_PAGE, REFERENCE, contents
from bookbinder.read.code import tokens_in, tokens_of
from bookbinder.read.links import LINK
from bookbinder.read.pages import (
    CODE_SPAN,
    HEADING,
    ID,
    MODULE_LINE,
    Block,
    Figure,
    Page,
    blanked,
    line_of,
)

TABLE = re.compile(
    r"^ *\|.*\| *\n *\|[-:| ]+\| *\n(?P<rows>(?: *\|.*\| *\n?)+)", re.MULTILINE
)
ENTRY = re.compile(rf"- {LINK.pattern}$")
START = re.compile(rf"{LINK.pattern}\{{ \.md-button \.md-button--primary \}}")
NUMBER = re.compile(r"(?<![\w.])(?![01](?!\w|[.,]\d))\.?\d")
"""A number that is more than a bit."""

TEXT = re.compile(r"""(?:["']([^"'<>]+)["']|\b([a-z_]\w*)[(\[])(?=[^<>]*-->)""")
"""A text in an expression, or the name of what looks something up."""

STEP = re.compile(r"# (\d)$")
"""A comment that counts the steps of a program."""


def label_faults(page: Page, root: Path = ROOT) -> Iterator[Fault]:
    """Every fault in what a page calls things, as line and complaint."""
    yield from _rows(page)
    yield from _modules(page)
    yield from _comments(page, root)
    yield from _front(page)
    yield from _places(page)
    if page.path.name == "index.md":
        yield from _contents(page, root)


def _front(page: Page) -> Iterator[Fault]:
    """What builders read before they read the page: YAML, a line for each key.

    MkDocs shows as text what is none, and says nothing.
    """
    try:
        front = yaml.safe_load("\n".join(page.front)) or {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        n = mark.line + 2 if mark else 1
        yield n, f"front matter that is no YAML: {str(error).splitlines()[0]}"
        return
    seen: set[str] = set()
    for n, line in enumerate(page.front, 2):
        key = line.partition(": ")[0]
        if key not in ("title", "description", "hide", "search") or key in seen:
            yield n, "front matter that nothing reads: each key has one line"
        elif key in ("title", "description") and not isinstance(front[key], str):
            yield n, f"the {key} is no text: set it in quotation marks"
        if key == "description" and re.search(r"\d", line):
            yield n, "a number in a description, which nothing computes"
        if key == "description" and "](" in line:
            yield n, "a link in a description, where nobody can follow it"
        seen.add(key)


def _places(page: Page) -> Iterator[Fault]:
    """No two places of a page have one name: links would lead to the first.

    Headings and figures have names, and listings, and what is given one in braces.
    """
    places = [(n, {anchor, called}) for n, anchor, called in page.places]
    places += [(n, {m["id"]}) for n, line in page.prose if (m := ID.search(line))]
    if page.path.name != CODE_PAGE:  # where a module has the name of its heading
        places += [(listing.line, {listing.anchor}) for listing in page.listings]
    seen: dict[str, int] = {}
    for n, names in sorted(places, key=itemgetter(0)):
        taken = [name for name in sorted(names) if seen.setdefault(name, n) != n]
        if taken:
            what = f"a second place of this page is called {taken[-1]}"
            yield n, f"{what}: call one of them otherwise"


def _rows(page: Page) -> Iterator[Fault]:
    """All rows of a table are as long as its first, and no two have one name."""
    rest = blanked(TABLE, page.sentences)
    for stray in re.finditer(r"^ *\|", rest, re.MULTILINE):
        yield line_of(rest, stray.start()), "a row of no table: it needs its |---|"
    for table in TABLE.finditer(page.sentences):
        rows = [_cells(row) for row in table[0].splitlines()]
        top = line_of(page.sentences, table.start())
        below = top + len(rows)
        for n, cells in enumerate(rows, top):
            if len(cells) != len(rows[0]):
                yield n, "a row that is longer or shorter than the first of its table"
            if any(blanked(CODE_SPAN, cell).count("$") % 2 for cell in cells):
                yield n, "a bar in a formula, where Markdown ends the cell"
        if "".join(page.lines[below - 1 : below]).strip():
            yield below, "a table that a line follows: it needs an empty line below"
        names: set[str] = set()
        for n, cells in enumerate(rows[2:], top + 2):
            name = "".join(cells[:1]).strip(" *")
            if name in names and not re.search(r"<!--=|^\d*$", name):
                yield n, f"a second row of this table is called {name}"
            names.add(name)
        yield from _mislabelled([rows[0], *rows[2:]], top + 2)


def _mislabelled(rows: list[list[str]], first: int) -> Iterator[Fault]:
    """What a row or a column of a table is called, its expressions look up.

    Of a name, that is, which the expressions of this table look up at all.
    """
    if len({len(row) for row in rows}) > 1 or not rows[0]:
        return  # which is said elsewhere
    texts = [[{a or b for a, b in TEXT.findall(cell)} for cell in row] for row in rows]
    everywhere = set[str]().union(*(cell for row in texts for cell in row))
    down, across = range(1, len(rows)), range(1, len(rows[0]))
    named = [(first + k - 1, rows[k][0], texts[k]) for k in down]
    named += [(first - 2, rows[0][k], [row[k] for row in texts]) for k in across]
    for n, name, own in named:
        if (plain := name.strip(" *`")) in everywhere.difference(*own):
            yield n, f"what is called {plain} here computes with other names"


def _cells(row: str) -> list[str]:
    """The cells of a table's row as Markdown divides it, which is at no bar in code."""
    bare = CODE_SPAN.sub(lambda code: "`" * len(code[0]), row)
    bars = [bar.start() for bar in re.finditer(r"(?<!\\)\|", bare)]
    return [row[one + 1 : other] for one, other in pairwise(bars)]


def _modules(page: Page) -> Iterator[Fault]:
    """Where all modules are shown, each stands once, under its own name."""
    if page.path.name not in (CODE_PAGE, REFERENCE):
        return
    shown = [(b.line, b.source) for b in page.blocks if b.source]
    shown += [(n, m["module"]) for n, x in page.prose if (m := MODULE_LINE.match(x))]
    headings = [(n, x[3:].strip("`")) for n, x in page.prose if x.startswith("## ")]
    for (n, heading), (line, source) in zip(headings, sorted(shown), strict=False):
        module = source.removeprefix("scratchnn").lstrip(".") or "__init__"
        if module != heading:
            yield max(n, line), f"{module} stands under {heading}"
    for (_, one), (n, other) in pairwise(sorted(shown, key=lambda part: part[1])):
        if one == other:
            yield n, f"{one} is shown a second time"


def _comments(page: Page, root: Path) -> Iterator[Fault]:
    """The comments in code hold no numbers but those of steps, one after another.

    A comment of a listing or a figure's program is named with the file it stands in.
    """
    for part in page.code:
        steps = 0
        for line, comment in _remarks(part, root):
            if step := STEP.match(comment):
                steps += 1
                if int(step[1]) != steps:
                    yield line, f"step {step[1]} of a program stands where {steps} does"
            elif NUMBER.search(comment):
                where = _home(comment, root) if part.source else ""
                yield line, f"a number in a comment{where}: {comment}"


def _remarks(part: Block | Figure, root: Path) -> list[tuple[int, str]]:
    """The comments in a block, a listing or a figure's program, with their lines."""
    tokens: list[tuple[int, tokenize.TokenInfo]] = []
    with contextlib.suppress(BookError):  # which is reported elsewhere
        code = part.shown(root)
        if "#" not in code:
            return []
        if isinstance(part, Figure) or part.source:
            tokens = [(part.line, token) for token in tokens_in(code)]
        else:
            tokens = [(line, token) for line, _, token in tokens_of(part)]
    return [(n, token.string) for n, token in tokens if token.type == tokenize.COMMENT]


def _home(comment: str, root: Path) -> str:
    """Where a comment stands in the library or among the figures: in which line."""
    for path in [*root.glob("src/scratchnn/*.py"), *root.glob("figures/*.py")]:
        for n, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if line.endswith(comment):
                return f" in {path.relative_to(root)}:{n}"
    return ""


def _contents(page: Page, root: Path) -> Iterator[Fault]:
    """The first page lists all others, as the navigation does, and begins there."""
    there = [entry for entry in contents(page.edition, root) if entry[1]][1:]
    listed, heads = _listed(page, {part for part, _, _ in there})
    here = [entry for _, entry in listed]
    for n, odd in listed:
        if odd not in there:
            yield n, f"the navigation has no such entry: {odd}"
    for odd in there:
        if odd not in here:
            yield heads.get(odd[0], 1), f"an entry of the navigation is missing: {odd}"
    if here != there and {*here} == {*there}:
        pairs = zip(listed, there, strict=False)
        moved = [n for (n, one), other in pairs if one != other]
        n = moved[0] if moved else listed[-1][0]
        yield n, "the pages are not in the order of the navigation from here on"
    for start in START.finditer(page.sentences):
        if start["file"] != there[0][2]:
            n = line_of(page.sentences, start.start())
            yield n, f"the book starts with {there[0][2]}, not with {start['file']}"


def _listed(
    page: Page, parts: set[str]
) -> tuple[list[tuple[int, tuple[str, str, str]]], dict[str, int]]:
    """The entries of the first page, each under its part, and the parts; with lines."""
    found: list[tuple[int, tuple[str, str, str]]] = []
    heads: dict[str, int] = {}
    part = ""
    for n, line in page.prose:
        if heading := HEADING.match(line):
            part = heading["text"] if heading["text"] in parts else ""
            heads[part] = n
        elif entry := ENTRY.match(line):
            found.append((n, (part, entry["words"], entry["file"])))
    return found, heads
