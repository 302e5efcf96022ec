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
from bookbinder.read.links import LINK, Link, links_of
from bookbinder.read.pages import CODE_SPAN, Page, line_of, one_line
from bookbinder.run.spelling import NUMBERS

CHAPTER = re.compile(
    r"(?:\b[Cc]hapters?\s+|第\s*(?=[\d.]+\s*章))(?P<number>\d[\d.]*\d|\d)"
)
MODULE = re.compile(r"`(\w+)\.py`")
OUTWARD = re.compile(r"\]\((?P<address>\w+:[^)\s]*)")
REACHABLE = re.compile(r"https?://[\w-]+(?:\.[\w-]+)+(?::\d+)?(?:[/?#].*)?", re.I)
"""What an address outside the book looks like."""

TENSE = re.compile(r"\s+(?:(?P<later>will)|showed|had|has\s+shown)\b")
"""What is said right behind a link to a page: that it will say something, or did."""

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
    rf"(?:,\s+\*[^*]+\*)?)(?:,?\s+(?:in|of)\s+{LINK.pattern})?",
    re.IGNORECASE,
)
"""An exercise by its number, with its title, and perhaps with the page it is on."""

ELSEWHERE = "exercise one, *Its title*, of [chapter …](….md)"
"""How an exercise of another page is called."""

QUOTED_EXERCISE = re.compile(
    rf'\bexercise\s+"(?P<name>[^"]+)"(?:\s+in\s+{LINK.pattern})?'
)
COUNTED_EXERCISE = re.compile(
    r"\b(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|last)"
    r"\s+exercise\b",
    re.IGNORECASE,
)
LISTED = re.compile(r"^ *(?P<number>\d+)\. ", re.MULTILINE)
EXERCISE = re.compile(
    r"^\*\*(?P<number>\d+)\. (?=(?P<title>[^*]+?)\.?\*\*)", re.MULTILINE
)
HEADINGS = re.compile("^##", re.MULTILINE)
SOLUTION = re.compile(r"^\?\?\? solution\b", re.MULTILINE)
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
        there, title = quoted["file"] or page.path.name, one_line(quoted["name"])
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
    beginnings = {link.start + 1 for link in links_of(page)}
    for named in CHAPTER.finditer(text):
        if named.start() not in beginnings:
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
    for link in links_of(page):
        title = titles.get(link.file, "")
        said, number = CHAPTER.search(link.words), title.partition(" ")[0]
        if said and said["number"] != number:
            yield link.line, f"{link.words} links to chapter {number}"
        if link.words[:1].isdigit() and link.words != title:
            yield link.line, f"{link.words!r} links to {title!r}"


def _homes(page: Page, root: Path) -> Iterator[Fault]:
    """A page that says where its code lives names each module that it shows, no other.

    Where nothing is shown, as among questions, any module may be named.
    """
    links = [(MODULE.fullmatch(link.words), link.line) for link in links_of(page)]
    named = {module[1]: n for module, n in links if module}
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
    for link in links_of(page):
        what, path = f"the link to {link.address} leads", page.path.parent / link.file
        there = _page_at(page, link.file)
        if not path.is_file():
            yield link.line, f"{what} to no file"
        elif not path.resolve().is_relative_to(page.edition.resolve()):
            yield link.line, f"{what} out of the book"
        elif link.place and there and link.place not in there.anchors:
            yield link.line, f"{what} to no heading or figure"


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
    for link in links_of(page):
        there = pages.get(link.words.lstrip(COUNT), link.file), link.place
        if module := MODULE.fullmatch(link.words):
            there = CODE_PAGE, module[1]
        if (link.file, link.place) != there:
            what = f"the link {link.words} leads to {link.address}, not"
            yield link.line, f"{what} {'#'.join(filter(None, there))}"


def _told(page: Page, root: Path) -> Iterator[Fault]:
    """What a link leads to is said by its words, or by its title.

    The number of a chapter says it of a whole page, and is looked at elsewhere.
    """
    titles = _titles(page, root)
    for link in links_of(page):
        name = _called(page, link, titles)
        words = link.words.replace("`", "").removesuffix(".py").lstrip(COUNT)
        numbered = CHAPTER.search(link.words) and not link.place
        what = f"the link {link.words!r} leads to {name!r}, but"
        if name and not (numbered or name in (words, link.title)):
            yield link.line, f'{what} does not say so: write ({link.address} "{name}")'
        elif name and link.title not in (name, None):
            yield link.line, f"{what} is titled {link.title!r}"


def _tenses(page: Page, root: Path) -> Iterator[Fault]:
    """What a page will show comes later in the navigation, what it showed earlier."""
    here, order = page.path.name, [*_titles(page, root)]
    for link in links_of(page):
        said = TENSE.match(page.prose_text, link.end)
        if said and {here, link.file} <= {*order}:
            is_later = order.index(link.file) > order.index(here)
            if is_later != bool(said["later"]):
                what = f"{link.words} {one_line(said[0])}, but comes"
                n = line_of(page.prose_text, said.end())
                yield n, f"{what} {'later' if is_later else 'earlier'}"


def _shared(page: Page, root: Path) -> Iterator[Fault]:
    """A chapter that is linked beside code has at least one piece of that code."""
    titles = _titles(page, root)
    said = cache(lambda path: _said(Page.read(path), root))
    for sentence in SENTENCE.finditer(page.visible):
        spans = [span[0].strip("`") for span in CODE_SPAN.finditer(sentence[0])]
        for link in links_of(page) if spans else ():
            beside = sentence.start() <= link.start < sentence.end()
            numbered = titles.get(link.file, "")[:1].isdigit()
            if beside and numbered and link.file != page.path.name:
                there = said(page.path.parent / link.file)
                if not any(one_line(span) in there for span in spans):
                    what = " or ".join(spans)
                    yield link.line, f"{link.file} knows nothing of {what}"


def _said(page: Page, root: Path) -> str:
    """All that stands on a page, with its listings."""
    with contextlib.suppress(BookError):  # which is reported elsewhere
        return "\n".join([page.text, *(block.shown(root) for block in page.blocks)])
    return page.text


def _called(page: Page, link: Link, titles: dict[str, str]) -> str | None:
    """The words of the heading, or the title of the page, that a link leads to."""
    if link.file in titles and not link.place:
        return titles[link.file].lstrip(COUNT)
    if there := _page_at(page, link.file):
        return there.anchors.get(link.place) if link.place else there.title
    return None


def _page_at(page: Page, file: str) -> Page | None:
    """The page that a link leads to, if it is one: this, or another on the disk."""
    path = page.path.parent / file
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
