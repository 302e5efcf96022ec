"""Where a page can be corrupted so that a reader would be misled.

Each kind is a function that takes a page and yields corruptions: a part of its text and
what to put there instead. They are chosen so that each one *means* something else: no
change of a name that nobody uses, of a digit that no value depends on, of one true
statement into another. What a reader could not tell from the truth is no corruption.
"""

import ast
import itertools
import keyword
import re
import textwrap
import tokenize
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from bookbinder import ROOT
from bookbinder.check.prose import YEARS, says_something
from bookbinder.read.code import Example, examples, parsed, tokens_of
from bookbinder.read.links import LINK
from bookbinder.read.pages import (
    BOUND,
    CODE_SPAN,
    COMMENT,
    FIGURE,
    FORMULA,
    PREMISE,
    VALUED,
    Figure,
    Page,
    line_of,
)
from bookbinder.read.source import listing, names_bound, names_read
from bookbinder.run.spelling import WORDS

NUMBER_WORDS = list(WORDS.values())
DIGIT = re.compile(r"\d")
NAME = re.compile(
    rf"(?<![A-Za-z_])(?!(?:{'|'.join(keyword.kwlist)})\b)[A-Za-z_]\w{{2,}}"
)
"""A name that can be misspelt, and is no word of Python's own."""

WORD = re.compile(r"(?<![.\w])[a-z]\w{2,}(?![.\w])")
"""A word of a command that is no part of a file's name."""


@dataclass(frozen=True)
class Corruption:
    """A page with one place of its text replaced; `kind` says what kind of place."""

    kind: str
    page: Page
    start: int
    end: int
    new: str

    @property
    def corrupted(self) -> Page:
        """The page as it would then be."""
        text = self.page.text[: self.start] + self.new + self.page.text[self.end :]
        return Page(self.page.path, text)

    @property
    def line(self) -> int:
        """The line in which the corruption begins."""
        return line_of(self.page.text, self.start)


Places = Iterator[tuple[int, int, str]]
"""Offsets of a part of a page's text, from and to, and what to put there."""

KINDS: dict[str, Callable[[Page], Places]] = {}
"""Every kind of corruption, by what it does."""


def kind(name: str) -> Callable[[Callable[[Page], Places]], Callable[[Page], Places]]:
    """Enter a function in the list of kinds."""

    def enter(function: Callable[[Page], Places]) -> Callable[[Page], Places]:
        KINDS[name] = function
        return function

    return enter


def corruptions(page: Page) -> Iterator[Corruption]:
    """Every corruption of every kind that the page has a place for."""
    for name, places in KINDS.items():
        for start, end, new in places(page):
            assert page.text[start:end] != new, (name, start, new)
            yield Corruption(name, page, start, end, new)


@kind("a digit in an output")
def _output(page: Page) -> Places:
    for line, text in _output_lines(page):
        yield from _each(DIGIT, text, _offset(page, line), _other_digit)


@kind("a digit in a sentence")
def _sentence(page: Page) -> Places:
    """Of a bound number, or of one that needs no expression (then not 0 for 1)."""
    for m in _in_prose(page, BOUND):
        yield from _each(DIGIT, m["shown"], m.start(), _other_digit)
    free = re.compile(r"(?<![\w.`$^_{(/#−-])\d(?![\w.`$}]|<!--|\.\d)")
    for m in _in_prose(page, free, FIGURE, COMMENT, BOUND, VALUED, FORMULA, CODE_SPAN):
        yield *m.span(), str(int(m[0]) % 5 + 4)


@kind("a number spelt as a word")
def _spelt(page: Page) -> Places:
    """Of those that have an expression behind them."""
    for m in _in_prose(page, BOUND):
        if m["shown"].lower() in NUMBER_WORDS:
            yield *m.span("shown"), _other_word(m["shown"])


@kind("an expression behind a number dropped")
def _unbound(page: Page) -> Places:
    for m in _in_prose(page, BOUND):
        if re.search(r"[2-9]|\d\d", m["shown"]):
            yield *m.span(), m["shown"]


@kind("a name misspelt in an expression behind a number")
def _expression(page: Page) -> Places:
    for pattern in (BOUND, VALUED):
        for m in _in_prose(page, pattern):
            strings = re.compile(r"\"[^\"]*\"|'[^']*'")
            bare = strings.sub(lambda s: " " * len(s[0]), m["expression"])
            yield from _each(NAME, bare, m.start("expression"), _misspelt)


@kind("two lines of a session swapped")
def _swapped(page: Page) -> Places:
    """What is asked and what is answered, or two answers, or a use before its name."""
    for block in page.blocks:
        if block.kind != "session":
            continue
        found = list(examples(block))
        for one in found:
            if one.shown:
                yield _swap(page, one.shown_line - 1)
            for n, (above, below) in enumerate(
                itertools.pairwise(one.shown.split("\n"))
            ):
                if above.strip() != below.strip() and not above.startswith("Traceback"):
                    yield _swap(page, one.shown_line + n)
        for one, other in itertools.pairwise(found):
            if not one.shown and _one_line(one) and _one_line(other):
                made = names_bound(ast.parse(one.source))
                if made & names_read(ast.parse(other.source)):
                    yield _swap(page, one.line)


@kind("a name misspelt in code")
def _misspelt_code(page: Page) -> Places:
    """Of three letters and more, in sessions and scripts, that is used twice."""
    found = [
        (_offset(page, line) + column, token.string)
        for block in page.blocks
        for line, column, token in tokens_of(block)
        if token.type == tokenize.NAME and NAME.fullmatch(token.string)
    ]
    times = Counter(name for _, name in found)
    for at, name in found:
        gathers = page.text[at - 1] == "*"  # as `**settings` does, which nobody reads
        if times[name] > 1 and not gathers:
            yield at, at + len(name), _misspelt(name)


@kind("a line of code dropped")
def _dropped(page: Page) -> Places:
    """One that binds a name which only it binds, and which is read below."""
    statements = list(_statements(page))
    listed = {name.rpartition(".")[2] for block in page.blocks for name in block.names}
    bound = Counter(name for _, node in statements for name in names_bound(node))
    for n, (line, node) in enumerate(statements):
        read = {name for _, later in statements[n + 1 :] for name in names_read(later)}
        once = {name for name in names_bound(node) if bound[name] == 1}
        if once & read - listed:
            yield _offset(page, line), _offset(page, line + 1), ""


@kind("a line of an output twice")
def _output_doubled(page: Page) -> Places:
    for line, text in _printed_lines(page):
        below = _offset(page, line + 1)
        yield below, below, f"{text}\n"


@kind("a prompt lost")
def _prompt(page: Page) -> Places:
    for block in page.blocks:
        if block.kind == "session":
            for example in examples(block):
                at = _offset(page, example.line) + len(block.indent)
                yield at, at + 4, ""


@kind("a line of an output dropped")
def _output_dropped(page: Page) -> Places:
    for line, _ in _printed_lines(page):
        yield _offset(page, line), _offset(page, line + 1), ""


@kind("a name misspelt in a sentence")
def _misspelt_prose(page: Page) -> Places:
    for m in _in_prose(page, CODE_SPAN, COMMENT):
        yield from _each(NAME, m[0], m.start(), _misspelt)


@kind("a listing of another object")
def _listing(page: Page) -> Places:
    yield from _opening(page, r"scratchnn(?:\.\w+)+", _neighbour)


@kind("a listing pasted by hand")
def _pasted(page: Page) -> Places:
    """What then stands in two places, and will be true in one."""
    for block in page.blocks:
        if block.kind == "listing" and not block.again:
            code = textwrap.indent(block.shown(), block.indent)
            start, end = _offset(page, block.line), _offset(page, block.last + 1)
            fences = f"{block.indent}```python\n", f"\n{block.indent}```\n"
            yield start, end, code.join(fences)


@kind("a listing that leaves out something else")
def _without(page: Page) -> Places:
    yield from _opening(page, r' without="[^"]*"', "")


@kind("a block that is no longer run")
def _inert(page: Page) -> Places:
    yield from _opening(page, "(?:pycon|python)(?!.* source=)", "text")


@kind("an output without its fence")
def _output_gone(page: Page) -> Places:
    for block in page.blocks:
        if block.kind == "output":
            yield _offset(page, block.line), _offset(page, block.last + 1), ""


@kind("a sign in a formula")
def _sign(page: Page) -> Places:
    """Plus and minus between two terms of every formula that has a name."""
    for start, tex in _tested(page):
        for m in re.finditer(r"(?<=[\w)}'] )[+-](?= )(?! \\dots)", tex):
            if not tex[: m.start()].rstrip().endswith(r"\dots"):
                yield start + m.start(), start + m.end(), _other_sign(m[0])
        yield from _each(r"(?<=[=&({] )-|(?<=[({&])-(?=[\\\w])|^-", tex, start, "")


@kind("a sign in a formula in a sentence")
def _small_sign(page: Page) -> Places:
    """Plus for minus, an exponent's minus lost, a matrix not turned over."""
    for start, tex in _valued(page):
        yield from _each(r"(?<=[\w)}] )[+-](?= )", tex, start, _other_sign)
        yield from _each(r"(?<=[={$])-(?=\S)|(?<== )-", tex, start, "")
        yield from _each(r"\^\{\\mathsf T\}", tex, start, "")


@kind("an expression behind a formula dropped")
def _unvalued(page: Page) -> Places:
    for m in _in_prose(page, VALUED):
        if m["shown"][0] == "$" and says_something(m["shown"][1:-1]):
            yield *m.span(), m["shown"]


@kind("an equation that became an inequality")
def _unequal(page: Page) -> Places:
    for start, tex in _formulas(page):
        yield from _each("=", tex, start, "<")


@kind("an index or a power in a formula")
def _index(page: Page) -> Places:
    """Two indices exchanged, a sum over another letter, a cube for a square."""
    for start, tex in _formulas(page):
        for m in re.finditer(r"_\{([a-z])([a-z])\}", tex):
            if m[1] != m[2]:
                yield start + m.start(1), start + m.end(2), m[2] + m[1]
        for m in re.finditer(r"\\sum_([a-z])", tex):
            yield start + m.start(1), start + m.end(1), "j" if m[1] != "j" else "k"
        yield from _each(r"\^2", tex, start, "^3")


@kind("a year")
def _year(page: Page) -> Places:
    """Another one of those that the book may name."""
    for m in _in_prose(page, re.compile(rf"\b(?:{'|'.join(YEARS)})\b(?!<!--|-)")):
        years = [*YEARS, *YEARS]
        yield *m.span(), years[years.index(m[0]) + 1]


@kind("a digit or letter in a formula")
def _formula(page: Page) -> Places:
    """Numbers, and small letters that are indices, of every formula that has a name."""
    for start, tex in _tested(page):
        yield from _each(r"(?<![\w{^_])[1-9](?!\w)", tex, start, _other_digit)
    for start, tex in _valued(page):
        yield from _each(r"(?<![_^{\w])\d|(?<=[\d.])\d", tex, start, _other_digit)


@kind("a formula without its test")
def _untested(page: Page) -> Places:
    for m in _in_prose(page, re.compile(r"<!-- (?:formula|never) .*?-->", re.DOTALL)):
        yield *m.span(), ""


@kind("a shape")
def _shape(page: Page) -> Places:
    """One more row, or another letter."""
    for m in _in_prose(page, VALUED):
        if re.fullmatch(r"[$`]\(.*\)[$`]", m["shown"]):
            size = r"(?<=[( ])([A-Z]|\d+)(?=[,){])"
            yield from _each(size, m["shown"], m.start(), _other_size)


@kind("a number in a caption or in the words for a picture")
def _caption(page: Page) -> Places:
    words = re.compile(rf"\b(?:{'|'.join(NUMBER_WORDS)})\b|(?<![\w.])\d", re.IGNORECASE)
    for figure in page.figures:
        start, end = _offset(page, figure.line), _caption_end(page, figure)
        text = page.text[start:end]
        for m in words.finditer(text):
            if _within(page, start + m.start(), COMMENT, BOUND, VALUED):
                continue
            new = _other_digit(m[0]) if m[0].isdigit() else _other_word(m[0])
            yield start + m.start(), start + m.end(), new


@kind("the words for a picture taken away")
def _alt(page: Page) -> Places:
    for m in _in_prose(page, FIGURE):
        yield *m.span("alt"), ""


@kind("the words for a picture taken from another")
def _alt_swapped(page: Page) -> Places:
    for one, other in itertools.pairwise(list(_in_prose(page, FIGURE))):
        yield *one.span("alt"), other["alt"]


@kind("another picture")
def _picture(page: Page) -> Places:
    for one, other in itertools.pairwise(list(_in_prose(page, FIGURE))):
        yield *one.span("path"), other["path"]


@kind("the caption of another picture")
def _caption_swapped(page: Page) -> Places:
    spans = []
    for figure in page.figures:
        start, end = _offset(page, figure.line + 1), _caption_end(page, figure)
        spans.append((start, end, page.text[start:end]))
    for (start, end, _), (_, _, other) in itertools.pairwise(spans):
        yield start, end, other


@kind("a row of a table that is given the name of another")
def _row(page: Page) -> Places:
    row = re.compile(r"^\|(?P<name>[^|\n]+)\|.*\|$", re.MULTILINE)
    for one, other in itertools.pairwise(_in_prose(page, row)):
        below = page.text[one.end() + 1 : other.start()] == ""
        if below and not re.search(r"<!--|--", one["name"] + other["name"]):
            yield *other.span("name"), one["name"]


@kind("a word of a command")
def _command(page: Page) -> Places:
    for block in page.blocks:
        if block.kind == "shell":
            for n, line in block.lines:
                at = _offset(page, n) + len(block.indent)
                if not line.startswith("$ cd"):
                    yield from _each(WORD, line, at, _misspelt)


@kind("a link that leads astray")
def _link(page: Page) -> Places:
    """To a file or place that is not there, or a numbered chapter that is another."""
    for m in _in_prose(page, LINK, FORMULA, CODE_SPAN):
        for part in ("file", "place"):
            if m[part]:
                at = m.start(part)
                yield at, at + 3, _misspelt(m[part])[:4]
        if m["file"] and re.match(r"\[(\d|[Cc]hapter)", m[0]):
            new = "learning.md" if m["file"] != "learning.md" else "arrays.md"
            yield *m.span("file"), new


@kind("a link to another page")
def _other_page(page: Page) -> Places:
    for m in _in_prose(page, LINK, FORMULA, CODE_SPAN):
        if m["file"]:
            new = "notation.md" if m["file"] != "notation.md" else "questions.md"
            yield *m.span("file"), new


@kind("a link to another section")
def _other_section(page: Page) -> Places:
    """Or one that says it leads to another."""
    for m in _in_prose(page, LINK, FORMULA, CODE_SPAN):
        if m["place"]:
            there = Page.read(page.path.parent / (m["file"] or page.path.name))
            others = [place for place in there.anchors if place != m["place"]]
            if others:
                yield *m.span("place"), others[0]
        if m["title"]:
            yield *m.span("title"), "Another section"


@kind("a title")
def _title(page: Page) -> Places:
    for m in re.finditer(r"^(?:title: |# )(?P<title>\w{3,})", page.text, re.MULTILINE):
        if line_of(page.text, m.start()) <= 12:
            yield *m.span("title"), _misspelt(m["title"])


@kind("a heading that a link leads to")
def _anchor(page: Page) -> Places:
    for m in _in_prose(page, re.compile(r"\{ *#(?P<id>[\w-]+) *\}")):
        yield *m.span("id"), _misspelt(m["id"])


def _offset(page: Page, line: int) -> int:
    """Where in the text a line begins, counted from one."""
    return sum(len(text) + 1 for text in page.lines[: line - 1])


def _in_prose(
    page: Page, pattern: re.Pattern[str], *others: re.Pattern[str]
) -> Iterator[re.Match[str]]:
    """What the pattern finds outside the fences, with offsets into the whole text.

    Less what begins in something that one of the other patterns finds.
    """
    for m in pattern.finditer(_masked(page.text, tuple(page.prose))):
        if not _within(page, m.start(), *others):
            yield m


@cache
def _masked(text: str, prose: tuple[tuple[int, str], ...]) -> str:
    """The text with every letter in a fence or in the front matter made a blank."""
    open_lines = {n for n, _ in prose}
    return "\n".join(
        line if n in open_lines else " " * len(line)
        for n, line in enumerate(text.split("\n"), 1)
    )


def _within(page: Page, offset: int, *patterns: re.Pattern[str]) -> bool:
    """Whether a place lies in something that one of the patterns finds."""
    return any(
        start <= offset < end for p in patterns for start, end in _spans(page, p)
    )


@cache
def _spans(page: Page, pattern: re.Pattern[str]) -> list[tuple[int, int]]:
    return [m.span() for m in _in_prose(page, pattern)]


def _opening(page: Page, pattern: str, new: Callable[[str], str] | str) -> Places:
    """Everything that the pattern finds in the lines that open the fences."""
    for block in page.blocks:
        line, at = page.lines[block.line - 1], _offset(page, block.line)
        yield from _each(pattern, line, at, new)


def _output_lines(page: Page) -> Iterator[tuple[int, str]]:
    """Every line of an output on the page, with its number."""
    for block in page.blocks:
        if block.kind == "session":
            for example in examples(block):
                count = len(example.shown.splitlines())
                for n in range(example.shown_line, example.shown_line + count):
                    yield n, page.lines[n - 1]
        elif block.kind == "output":
            for n in range(block.line + 1, block.last):
                yield n, page.lines[n - 1]


def _printed_lines(page: Page) -> Iterator[tuple[int, str]]:
    """The same without blank lines, and without the head of an error."""
    for line, text in _output_lines(page):
        if text.strip() and not text.startswith(("Traceback", "  ...")):
            yield line, text


def _statements(page: Page) -> Iterator[tuple[int, ast.stmt]]:
    """The one-line statements of sessions and scripts, and the lines they stand in."""
    for block in page.blocks:
        if block.kind == "session":
            for example in examples(block):
                if not example.shown and _one_line(example):
                    for node in parsed(example.source)[:1]:
                        yield example.line, node
        elif block.kind == "script":
            for node in parsed(block.code):
                if node.lineno == node.end_lineno:
                    yield block.line + node.lineno, node


def _tested(page: Page) -> Iterator[tuple[int, str]]:
    """Every displayed formula with a name: where its TeX begins, and the TeX."""
    for m in _in_prose(page, PREMISE):
        if m["tex"]:
            yield m.start("tex"), m["tex"]


def _valued(page: Page) -> Iterator[tuple[int, str]]:
    """Every formula in a sentence that is computed: where, and its TeX."""
    for m in _in_prose(page, VALUED):
        if m["shown"][0] == "$":
            yield m.start("shown"), m["shown"]


def _formulas(page: Page) -> Iterator[tuple[int, str]]:
    """Every formula that is computed, displayed or not: where, and its TeX."""
    yield from _tested(page)
    yield from _valued(page)


def _caption_end(page: Page, figure: Figure) -> int:
    return _offset(page, figure.line + len(page.caption(figure)) + 1)


def _swap(page: Page, line: int) -> tuple[int, int, str]:
    """The line and the one below it, the other way round."""
    start, end = _offset(page, line), _offset(page, line + 2)
    above, below = page.lines[line - 1 : line + 1]
    return start, end, f"{below}\n{above}\n"


def _one_line(example: Example) -> bool:
    return example.source.count("\n") == 1


def _neighbour(name: str) -> str:
    """The next object of the same module whose code differs, or the next module."""
    package = ROOT / "src" / "scratchnn"
    _, module, *rest = name.split(".")
    if not rest:
        stems = sorted(path.stem for path in package.glob("*.py"))
        return f"scratchnn.{next((it for it in stems if it > module), stems[0])}"
    nodes = parsed((package / f"{module}.py").read_text("utf-8"))
    names = [name for node in nodes for name in sorted(names_bound(node))]
    at = names.index(rest[0])
    others = (f"scratchnn.{module}.{it}" for it in names[at + 1 :] + names[:at])
    return next(it for it in others if listing(it).code != listing(name).code)


def _each(
    pattern: re.Pattern[str] | str, text: str, at: int, new: Callable[[str], str] | str
) -> Places:
    """Everything that the pattern finds in a text that begins at an offset.

    `new` takes its place, or makes of it what does.
    """
    for m in re.finditer(pattern, text):
        there = new if isinstance(new, str) else new(m[0])
        yield at + m.start(), at + m.end(), there


def _other_digit(digit: str) -> str:
    return str((int(digit) + 3) % 10)


def _other_sign(sign: str) -> str:
    return "-" if sign == "+" else "+"


def _other_size(size: str) -> str:
    """One more row, or of a letter a number that it does not stand for."""
    return str(int(size) + 1) if size.isdigit() else "777"


def _other_word(word: str) -> str:
    other = NUMBER_WORDS[(NUMBER_WORDS.index(word.lower()) + 1) % len(NUMBER_WORDS)]
    return other.capitalize() if word[0].isupper() else other


def _misspelt(name: str) -> str:
    """With its second letter twice."""
    return name[:2] + name[1] + name[2:]
