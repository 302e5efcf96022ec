"""Finds sentences that lead astray: what they say of another place in the book.

A link leads to a file, and to a place in it. A chapter is named by a link that leads to
it and says what it is called; an exercise by its number and title; what stands above or
below is there; and at the end of a page, its code is at home in the modules that are
named.
"""

import contextlib
import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

from bookbinder import ROOT, BookError
from bookbinder.check import Fault, once
from bookbinder.check.labels import TABLE
from bookbinder.read.book import CODE_PAGE, navigation
from bookbinder.read.pages import (
    CODE_SPAN,
    FORMULA,
    Page,
    blanked,
    line_of,
    one_line,
)
from bookbinder.run.spelling import NUMBERS

CHAPTER = re.compile(
    r"(?P<link>\[)?(?:\b[Cc]hapters?\s+|第\s*(?=[\d.]+\s*章))(?P<number>\d[\d.]*\d|\d)"
)
LINKED = re.compile(
    r"\[(?P<text>[^\]]*)\]\((?P<file>[\w/.-]+\.(?:md|ipynb))?(?:#(?P<place>[^)\s]+))?"
    r'(?:\s+"(?P<title>[^"]*)")?\)'
)
OUTWARD = re.compile(r"\]\((?P<address>\w+:[^)\s]*)")
REACHABLE = re.compile(r"https?://[\w-]+(?:\.[\w-]+)+(?::\d+)?(?:[/?#].*)?", re.I)
"""What an address outside the book looks like."""

LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?!\w+:)([^)\s]+)[^)]*\)")
TENSE = re.compile(
    rf"{LINKED.pattern}\s+(?P<tense>(?P<later>will)|showed|had|has\s+shown)\b"
)
"""A link to a page, and whether that will say something or has said it."""

SENTENCE = re.compile(r"(?:`[^`]*`|\n(?!\s*\n)|[^`\n.?!]|[.?!](?!\s))+")
"""A sentence; a full stop in its code does not end it."""

COUNT = "0123456789. "
"""What stands before the title of a chapter."""

LONGEST_FIRST = sorted(NUMBERS, key=len, reverse=True)
COUNTED = re.compile(
    r"(?<!\bthe )(?<!\bthis )(?<!\beach )(?<!\ba )"
    rf"\b(?:chapter|section|figure|table)s?\s+(?:{'|'.join(LONGEST_FIRST)})\b",
    re.IGNORECASE,
)
"""A place in the book by a number that is a word, as in "chapter six"."""

RELATIVE = re.compile(r"\b(?:next|last|previous)\s+chapter\b", re.IGNORECASE)
NAMED_EXERCISE = re.compile(
    rf"(?P<name>\bexercises?\s+(?P<number>{'|'.join(LONGEST_FIRST)})\b"
    r"(?:,\s+\*[^*]+\*)?)(?:,?\s+(?:in|of)\s+\[[^\]]*\]\((?P<file>[\w-]+\.md))?",
    re.IGNORECASE,
)
"""An exercise by its number, with its title, and perhaps with the page it is on."""

ELSEWHERE = "exercise one, *Its title*, of [chapter …](….md)"
"""How an exercise of another page is called."""

QUOTED_EXERCISE = re.compile(
    r'\bexercise\s+"(?P<title>[^"]+)"(?:\s+in\s+\[[^\]]*\]\((?P<file>[\w-]+\.md))?'
)
COUNTED_EXERCISE = re.compile(
    r"\b(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|last)"
    r"\s+exercise\b",
    re.IGNORECASE,
)
HOME = re.compile(r"\[`(\w+)\.py`\]\(code\.md#\w+\)")
LISTED = re.compile(r"^ *(?P<number>\d+)\. ", re.MULTILINE)
EXERCISE = re.compile(
    r"^\*\*(?P<number>\d+)\. (?=(?P<title>[^*]+?)\.?\*\*)", re.MULTILINE
)
HEADINGS = re.compile("^##", re.MULTILINE)
SOLUTION = re.compile(r"^\?\?\? solution\b", re.MULTILINE)
NUMBERED_LINK = re.compile(
    r"\[(?:[\d.]+(?!\d)(?=[^\]]*\]\([\w-]+\.(?:md|ipynb)[)#\s])|[Cc]hapters?\s+[\d.]*\d|第\s*[\d.]*\d)"
)
POINTER = re.compile(
    r"\b(figure|table|listing|trap)s?\s+(above|below)\b", re.IGNORECASE
)
TRAP = re.compile(r" *!!! +trap\b")


def pointer_faults(page: Page, root: Path = ROOT) -> Iterator[Fault]:
    """Every fault in what a page says of other places, as line and complaint."""
    for check in (
        _title,
        _counting,
        _exercises,
        _solutions,
        _unlinked,
        _chapters,
        _homes,
        _steps,
        _links,
        _addresses,
        _titled,
        _told,
        _tenses,
        _shared,
        _pointers,
    ):
        yield from check(page, root)


def _title(page: Page, root: Path) -> Iterator[Fault]:
    """The title, the first heading and the navigation call the page the same."""
    heads = [(n, line[2:]) for n, line in page.prose if line.startswith("# ")]
    n, heading = next(iter(heads), (1, ""))
    for second, _ in heads[1:]:
        yield second, "a second title: write ##"
    if heading != page.title:
        yield n, f"the page is called {page.title!r} and headed {heading!r}"
    entry = _titles(page, root).get(page.path.name, page.title)
    if page.path.name != "index.md" and not entry.endswith(page.title):
        yield n, f"the navigation calls the page {entry!r}, not {page.title!r}"


def _steps(page: Page, root: Path) -> Iterator[Fault]:
    """No heading leaves a level out: one below a chapter's title is a section's."""
    for (_, above, _), (n, below, _) in pairwise(page.headings):
        if len(below) > len(above) + 1:
            yield n, f"a heading that leaves a level out: {below} below {above}"


def _counting(page: Page, root: Path) -> Iterator[Fault]:
    """Lists and exercises count up from one."""
    for pattern in (LISTED, EXERCISE):
        before = 0
        for found in pattern.finditer(page.sentences):
            number = int(found["number"])
            if number not in (before + 1, 1):
                n = line_of(page.sentences, found.end())
                yield n, f"number {number} follows number {before}"
            before = number


def _exercises(page: Page, root: Path) -> Iterator[Fault]:
    """An exercise that is named is there, and its number and its title belong together.

    Or nobody would notice when the exercises are numbered anew.
    """
    text = page.sentences
    for named in NAMED_EXERCISE.finditer(text):
        there, number = named["file"] or page.path.name, named["number"]
        title = _exercise_titles(page, there).get(NUMBERS[number.lower()])
        what = one_line(named["name"])
        wanted = f"{what.partition(',')[0]}, *{title}*"
        n = line_of(text, named.start())
        if title is None:
            what = f"there is no exercise {number} in {there}; of another page, write"
            yield n, f"{what}: {ELSEWHERE}"
        elif what != wanted:
            yield n, f"{what} is to be called {wanted}"
    for counted in COUNTED_EXERCISE.finditer(text):
        what = f"{one_line(counted[0])} is to be called by number and title"
        yield line_of(text, counted.start()), f"{what}: {ELSEWHERE}"
    for quoted in QUOTED_EXERCISE.finditer(text):
        there, title = quoted["file"] or page.path.name, quoted["title"]
        title = one_line(title)
        if title not in _exercise_titles(page, there).values():
            what = f"there is no exercise called {title!r} in {there}"
            yield line_of(text, quoted.start()), what


def _exercise_titles(page: Page, file: str) -> dict[float, str]:
    """The titles of the exercises by their numbers: of a page or of one beside it."""
    there = _page_at(page, file)
    found = EXERCISE.finditer(there.sentences if there else "")
    return {int(m["number"]): one_line(m["title"]) for m in found}


def _solutions(page: Page, root: Path) -> Iterator[Fault]:
    """Each exercise has its solution, and only one."""
    text = page.sentences
    starts = [found.start() for found in EXERCISE.finditer(text)]
    for start, end in pairwise([*starts, len(text)]):
        heading = HEADINGS.search(text, start, end)
        count = len(SOLUTION.findall(text, start, heading.start() if heading else end))
        if count != 1:
            yield line_of(text, start), f"an exercise with {count} solutions"


@once
def _unlinked(page: Page, root: Path) -> Iterator[Fault]:
    """A chapter that is named, by its number or its place, is linked."""
    text = page.prose_text
    for named in CHAPTER.finditer(text):
        if named["link"] is None:
            what = f"chapter {named['number']} is named without a link to it"
            yield line_of(text, named.end()), what
    for named in COUNTED.finditer(text):
        what = f"{one_line(named[0])} is named by a number that is a word"
        yield line_of(text, named.start()), f"{what}: link it"
    for named in RELATIVE.finditer(text):
        what = f"{one_line(named[0])} is named by its place: link it"
        yield line_of(text, named.start()), f"{what} as [chapter …](….md)"


def _chapters(page: Page, root: Path) -> Iterator[Fault]:
    """A chapter that is linked by its number has that number."""
    titles = _titles(page, root)
    text = page.prose_text
    own = titles.get(page.path.name, "")
    for link in LINKED.finditer(text):
        title = titles.get(link["file"] or "", own)
        shown = one_line(link["text"])
        said = CHAPTER.search(shown)
        number = title.partition(" ")[0]
        if said and said["number"] != number:
            yield line_of(text, link.end()), f"{shown} links to chapter {number}"
        if shown[:1].isdigit() and shown != title:
            yield line_of(text, link.end()), f"{shown!r} links to {title!r}"


def _homes(page: Page, root: Path) -> Iterator[Fault]:
    """A page that says where its code lives names each module that it shows, no other.

    Where nothing is shown, as among questions, any module may be named.
    """
    named = {m[1]: n for n, line in page.prose for m in HOME.finditer(line)}
    shown: dict[str, int] = {}
    for block in page.blocks:
        if block.kind == "listing":
            with contextlib.suppress(BookError):  # which is reported elsewhere
                shown.setdefault(block.listing(root).path.stem, block.line)
    shown.pop("__init__", None)
    if shown and named:
        for module in named.keys() - shown.keys():
            yield named[module], f"no listing of this page stands in {module}.py"
        for module in shown.keys() - named.keys():
            yield shown[module], f"the page shows {module}.py, but does not link to it"


def _links(page: Page, root: Path) -> Iterator[Fault]:
    """Every link to a page of the book leads to a file, and to a place in it."""
    text = blanked(FORMULA, page.prose_text)
    for link in LINK.finditer(text):
        n = line_of(text, link.end())
        file, _, anchor = link[1].partition("#")
        path = page.path.parent / file if file else page.path
        if not path.is_file():
            yield n, f"the link to {link[1]} leads to no file"
        elif not path.resolve().is_relative_to(page.edition.resolve()):
            yield n, f"the link to {link[1]} leads out of the book"
        else:
            there = _page_at(page, file)
            if anchor and there and anchor not in there.anchors:
                yield n, f"the link to {link[1]} leads to no heading or figure"


def _addresses(page: Page, root: Path) -> Iterator[Fault]:
    """An address outside the book is a site's; whether it answers, nobody asks."""
    for found in OUTWARD.finditer(page.prose_text):
        if not REACHABLE.fullmatch(found["address"]):
            n = line_of(page.prose_text, found.start())
            what = f"the address {found['address']} leads to no site"
            yield n, f"{what}: https://host.name/…"


def _titled(page: Page, root: Path) -> Iterator[Fault]:
    """A link that is called as a page, or a module, leads to it."""
    pages = {title.lstrip(COUNT): file for file, title in _titles(page, root).items()}
    text = page.visible
    for link in LINKED.finditer(text):
        shown, place = one_line(link["text"]), link["place"]
        module = re.fullmatch(r"`(\w+)\.py`", shown)
        here = link["file"] or page.path.name, f"#{place}" if place else ""
        there = pages.get(shown.lstrip(COUNT), here[0]), here[1]
        if module:
            there = CODE_PAGE, f"#{module[1]}"
        if here != there:
            n = line_of(text, link.end())
            yield n, f"the link {shown} leads to {''.join(here)}, not {''.join(there)}"


def _told(page: Page, root: Path) -> Iterator[Fault]:
    """What a link leads to is said by its words, or by its title.

    The number of a chapter says it of a whole page, and is looked at elsewhere.
    """
    text, titles = page.visible, _titles(page, root)
    for link in LINKED.finditer(text):
        shown, name = one_line(link["text"]), _called(page, link, titles)
        words = shown.replace("`", "").removesuffix(".py").lstrip(COUNT)
        numbered = CHAPTER.search(shown) and not link["place"]
        told = numbered or name in (words, link["title"])
        what = f"the link {shown!r} leads to {name!r}, but "
        if name and not told:
            how = f'does not say so: write ({link["file"] or ""}… "{name}")'
            yield line_of(text, link.end()), what + how
        elif name and link["title"] not in (name, None):
            yield line_of(text, link.end()), f"{what}is titled {link['title']!r}"


def _tenses(page: Page, root: Path) -> Iterator[Fault]:
    """What a page will show comes later in the navigation, what it showed earlier."""
    here, order = page.path.name, [*_titles(page, root)]
    for found in TENSE.finditer(page.prose_text):
        if {here, found["file"]} <= {*order}:
            is_later = order.index(found["file"]) > order.index(here)
            if is_later != bool(found["later"]):
                said = one_line(f"{found['text']} {found['tense']}")
                what = f"{said}, but comes {'later' if is_later else 'earlier'}"
                yield line_of(page.prose_text, found.end()), what


def _shared(page: Page, root: Path) -> Iterator[Fault]:
    """A chapter that is linked beside code has at least one piece of that code."""
    text, titles = page.visible, _titles(page, root)
    said = cache(lambda path: _said(Page.read(path), root))
    for sentence in SENTENCE.finditer(text):
        spans = [span[0].strip("`") for span in CODE_SPAN.finditer(sentence[0])]
        for link in LINKED.finditer(sentence[0]) if spans else ():
            there = page.path.parent / (link["file"] or page.path.name)
            numbered = titles.get(there.name, "")[:1].isdigit()
            if there == page.path or not numbered:
                continue
            if not any(one_line(span) in said(there) for span in spans):
                n = line_of(text, sentence.start() + link.end())
                yield n, f"{there.name} knows nothing of {' or '.join(spans)}"


def _said(page: Page, root: Path) -> str:
    """All that stands on a page, with its listings."""
    with contextlib.suppress(BookError):  # which is reported elsewhere
        return "\n".join([page.text, *(block.shown(root) for block in page.blocks)])
    return page.text


def _called(page: Page, link: re.Match[str], titles: dict[str, str]) -> str | None:
    """The words of the heading, or the title of the page, that a link leads to."""
    file, place = link["file"] or page.path.name, link["place"]
    if file in titles and not place:
        return titles[file].lstrip(COUNT)
    if there := _page_at(page, file):
        return there.anchors.get(place) if place else there.title
    return None


def _page_at(page: Page, file: str) -> Page | None:
    """The page that a link leads to, if it is one: this, or another on the disk."""
    path = page.path.parent / file if file else page.path
    if path == page.path:
        return page
    return Page.read(path) if path.suffix == ".md" and path.is_file() else None


def _titles(page: Page, root: Path) -> dict[str, str]:
    """The titles of the pages, as the navigation of an edition gives them: by file."""
    named = navigation(page.edition, root).items()
    return {file: title for file, title in named if title}


def _pointers(page: Page, root: Path) -> Iterator[Fault]:
    """A figure, table, listing or trap that is said to be above or below is there."""
    text = page.sentences
    places = {
        "figure": [figure.line for figure in page.figures],
        "table": [line_of(text, table.start()) for table in TABLE.finditer(text)],
        "listing": [block.line for block in page.blocks if block.source],
        "trap": [n for n, line in page.prose if TRAP.match(line)],
    }
    for found in POINTER.finditer(page.prose_text):
        what, where, n = *found.groups(), line_of(page.prose_text, found.start())
        lines = places[what.lower()]
        if not any(
            line < n if where.lower() == "above" else line > n for line in lines
        ):
            yield n, f"no {what} stands {where}"
