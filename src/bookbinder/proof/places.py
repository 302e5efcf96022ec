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

from bookbinder import ROOT, BookError
from bookbinder.check.pointers import LINKED
from bookbinder.check.prose import YEARS, says_something
from bookbinder.check.statements import parsed
from bookbinder.read.pages import (
    BOUND,
    COMMENT,
    FIGURE,
    FORMULA,
    VALUED,
    Example,
    Figure,
    Page,
    examples,
    line_of,
    tokens_of,
)
from bookbinder.read.source import listing, names_bound, names_read
from bookbinder.run.spelling import WORDS

NUMBER_WORDS = list(WORDS.values())
DIGIT = re.compile(r"\d")
MISSPELLABLE = re.compile(r"[A-Za-z_]\w{2,}")


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
        at = _offset(page, line)
        for m in DIGIT.finditer(text):
            yield at + m.start(), at + m.end(), _other_digit(m[0])


@kind("a digit in a sentence")
def _sentence(page: Page) -> Places:
    """Of a bound number, or of one that needs no expression (then not 0 for 1)."""
    for m in _in_prose(page, BOUND):
        for digit in DIGIT.finditer(m["shown"]):
            at = m.start() + digit.start()
            yield at, at + 1, _other_digit(digit[0])
    free = re.compile(r"(?<![\w.`$^_{(/#−-])\d(?![\w.`$}]|<!--|\.\d)")
    for m in _in_prose(page, free):
        if not _within(page, m.start(), PICTURE, COMMENT, BOUND, VALUED, FORMULA, CODE):
            yield m.start(), m.end(), str(int(m[0]) % 5 + 4)


@kind("a number spelt as a word")
def _spelt(page: Page) -> Places:
    """Of those that have an expression behind them."""
    for m in _in_prose(page, BOUND):
        if m["shown"].lower() in NUMBER_WORDS:
            yield m.start("shown"), m.end("shown"), _other_word(m["shown"])


@kind("an expression behind a number dropped")
def _unbound(page: Page) -> Places:
    for m in _in_prose(page, BOUND):
        if re.search(r"[2-9]|\d\d", m["shown"]):
            yield m.start(), m.end(), m["shown"]


@kind("a name misspelt in an expression behind a number")
def _expression(page: Page) -> Places:
    for pattern in (BOUND, VALUED):
        for m in _in_prose(page, pattern):
            strings = re.compile(r"\"[^\"]*\"|'[^']*'")
            bare = strings.sub(lambda s: " " * len(s[0]), m["expression"])
            for name in MISSPELLABLE.finditer(bare):
                if not keyword.iskeyword(name[0]):
                    at = m.start("expression") + name.start()
                    yield at, at + len(name[0]), _misspelt(name[0])


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
            needed = _bound_by(one.source) & _read_by(other.source)
            if needed and not one.shown and _one_line(one) and _one_line(other):
                yield _swap(page, one.line)


@kind("a name misspelt in code")
def _misspelt_code(page: Page) -> Places:
    for at, name in _names_in_code(page):
        yield at, at + len(name), _misspelt(name)


@kind("a line of code dropped")
def _dropped(page: Page) -> Places:
    """One that binds a name which only it binds, and which is read below."""
    statements = list(_statements(page))
    bound = Counter(name for _, _, node in statements for name in names_bound(node))
    for n, (first, last, node) in enumerate(statements):
        read = {
            name for _, _, later in statements[n + 1 :] for name in names_read(later)
        }
        once = {name for name in names_bound(node) if bound[name] == 1}
        if once & read - set(_listed_names(page)):
            yield _offset(page, first), _offset(page, last + 1), ""


@kind("a line of an output twice")
def _output_doubled(page: Page) -> Places:
    for line, text in _output_lines(page):
        if text.strip() and not text.startswith(("Traceback", "  ...")):
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
    for line, text in _output_lines(page):
        if text.strip() and not text.startswith(("Traceback", "  ...")):
            yield _offset(page, line), _offset(page, line + 1), ""


@kind("a name misspelt in a sentence")
def _misspelt_prose(page: Page) -> Places:
    for m in _in_prose(page, CODE):
        if _within(page, m.start(), COMMENT):
            continue
        for name in MISSPELLABLE.finditer(m[0]):
            if not keyword.iskeyword(name[0]):
                yield (
                    m.start() + name.start(),
                    m.start() + name.end(),
                    _misspelt(name[0]),
                )


@kind("a listing of another object")
def _listing(page: Page) -> Places:
    """The next of its kind in the same module, or the next module."""
    for block in page.blocks:
        if block.source:
            at = _offset(page, block.line)
            line = page.lines[block.line - 1]
            for m in re.finditer(r"scratchnn(?:\.\w+)+", line):
                for other in _neighbours(m[0])[:1]:
                    yield at + m.start(), at + m.end(), other


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
    for block in page.blocks:
        if block.source and "without" in block.attributes:
            at = _offset(page, block.line)
            m = re.search(r' without="[^"]*"', page.lines[block.line - 1])
            if m:
                yield at + m.start(), at + m.end(), ""


@kind("a block that is no longer run")
def _inert(page: Page) -> Places:
    for block in page.blocks:
        if block.kind in ("session", "script"):
            at = _offset(page, block.line)
            m = re.search(r"pycon|python", page.lines[block.line - 1])
            if m:
                yield at + m.start(), at + m.end(), "text"


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
                sign = "-" if m[0] == "+" else "+"
                yield start + m.start(), start + m.end(), sign
        for m in re.finditer(r"(?<=[=&({] )-|(?<=[({&])-(?=[\\\w])|^-", tex):
            yield start + m.start(), start + m.end(), ""


@kind("a sign in a formula in a sentence")
def _small_sign(page: Page) -> Places:
    """Plus for minus, an exponent's minus lost, a matrix not turned over."""
    for m in _in_prose(page, VALUED):
        if m["shown"][0] == "$":
            for sign in re.finditer(r"(?<=[\w)}] )[+-](?= )", m["shown"]):
                at = m.start() + sign.start()
                yield at, at + 1, "-" if sign[0] == "+" else "+"
            for lost in re.finditer(r"(?<=[={$])-(?=\S)|(?<== )-", m["shown"]):
                yield m.start() + lost.start(), m.start() + lost.end(), ""
            for turned in re.finditer(r"\^\{\\mathsf T\}", m["shown"]):
                yield m.start() + turned.start(), m.start() + turned.end(), ""


@kind("an expression behind a formula dropped")
def _unvalued(page: Page) -> Places:
    for m in _in_prose(page, VALUED):
        if m["shown"][0] == "$" and says_something(m["shown"][1:-1]):
            yield m.start(), m.end(), m["shown"]


@kind("an equation that became an inequality")
def _unequal(page: Page) -> Places:
    for start, tex in _formulas(page):
        for m in re.finditer(r"=", tex):
            yield start + m.start(), start + m.end(), "<"


@kind("an index or a power in a formula")
def _index(page: Page) -> Places:
    """Two indices exchanged, a sum over another letter, a cube for a square."""
    for start, tex in _formulas(page):
        for m in re.finditer(r"_\{([a-z])([a-z])\}", tex):
            if m[1] != m[2]:
                yield start + m.start(1), start + m.end(2), m[2] + m[1]
        for m in re.finditer(r"\\sum_([a-z])", tex):
            yield start + m.start(1), start + m.end(1), "j" if m[1] != "j" else "k"
        for m in re.finditer(r"\^2", tex):
            yield start + m.start(), start + m.end(), "^3"


@kind("a year")
def _year(page: Page) -> Places:
    """Another one of those that the book may name."""
    for m in _in_prose(page, re.compile(rf"\b(?:{'|'.join(YEARS)})\b(?!<!--|-)")):
        years = [*YEARS, *YEARS]
        yield m.start(), m.end(), years[years.index(m[0]) + 1]


@kind("a digit or letter in a formula")
def _formula(page: Page) -> Places:
    """Numbers, and small letters that are indices, of every formula that has a name."""
    for start, tex in _tested(page):
        for m in re.finditer(r"(?<![\w{^_])[1-9](?!\w)", tex):
            yield start + m.start(), start + m.end(), _other_digit(m[0])
    for m in _in_prose(page, VALUED):
        if m["shown"][0] == "$":
            for digit in re.finditer(r"(?<![_^{\w])\d|(?<=[\d.])\d", m["shown"]):
                at = m.start() + digit.start()
                yield at, at + 1, _other_digit(digit[0])


@kind("a formula without its test")
def _untested(page: Page) -> Places:
    for m in _in_prose(page, re.compile(r"<!-- (?:formula|never) .*?-->", re.DOTALL)):
        yield m.start(), m.end(), ""


@kind("a shape")
def _shape(page: Page) -> Places:
    """One more row, or another letter."""
    for m in _in_prose(page, VALUED):
        if re.fullmatch(r"[$`]\(.*\)[$`]", m["shown"]):
            for part in re.finditer(r"(?<=[( ])([A-Z]|\d+)(?=[,){])", m["shown"]):
                at, old = m.start() + part.start(), part[0]
                new = str(int(old) + 1) if old.isdigit() else "7" * 3
                yield at, at + len(old), new


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
    for m in _in_prose(page, PICTURE):
        yield m.start("alt"), m.end("alt"), ""


@kind("the words for a picture taken from another")
def _alt_swapped(page: Page) -> Places:
    for one, other in itertools.pairwise(list(_in_prose(page, PICTURE))):
        yield one.start("alt"), one.end("alt"), other["alt"]


@kind("another picture")
def _picture(page: Page) -> Places:
    for one, other in itertools.pairwise(list(_in_prose(page, PICTURE))):
        yield one.start("path"), one.end("path"), other["path"]


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
            yield other.start("name"), other.end("name"), one["name"]


@kind("a word of a command")
def _command(page: Page) -> Places:
    for block in page.blocks:
        if block.kind == "shell":
            for n, line in enumerate(block.code.split("\n"), block.line + 1):
                at = _offset(page, n) + len(block.indent)
                for m in re.finditer(r"(?<![.\w])[a-z]\w{2,}(?![.\w])", line):
                    if not line.startswith("$ cd"):
                        yield at + m.start(), at + m.end(), _misspelt(m[0])


@kind("a link that leads astray")
def _link(page: Page) -> Places:
    """To a file or place that is not there, or a numbered chapter that is another."""
    for m in _in_prose(page, LINKED):
        for part in ("file", "place"):
            if m[part]:
                at = m.start(part)
                yield at, at + 3, _misspelt(m[part])[:4]
        if m["file"] and re.match(r"\[(\d|[Cc]hapter)", m[0]):
            new = "learning.md" if m["file"] != "learning.md" else "arrays.md"
            yield m.start("file"), m.end("file"), new


@kind("a link to another page")
def _other_page(page: Page) -> Places:
    for m in _in_prose(page, LINKED):
        if m["file"]:
            new = "notation.md" if m["file"] != "notation.md" else "questions.md"
            yield m.start("file"), m.end("file"), new


@kind("a link to another section")
def _other_section(page: Page) -> Places:
    """Or one that says it leads to another."""
    for m in _in_prose(page, LINKED):
        if m["place"]:
            there = Page.read(page.path.parent / (m["file"] or page.path.name))
            others = [place for place in there.anchors if place != m["place"]]
            if others:
                yield m.start("place"), m.end("place"), others[0]
        if m["title"]:
            yield m.start("title"), m.end("title"), "Another section"


@kind("a title")
def _title(page: Page) -> Places:
    for m in re.finditer(r"^(?:title: |# )(?P<title>\w{3,})", page.text, re.MULTILINE):
        if page.lines.index(page.text[m.start() :].split("\n")[0]) < 12:
            yield m.start("title"), m.end("title"), _misspelt(m["title"])


@kind("a heading that a link leads to")
def _anchor(page: Page) -> Places:
    for m in _in_prose(page, re.compile(r"\{ *#(?P<id>[\w-]+) *\}")):
        yield m.start("id"), m.end("id"), _misspelt(m["id"])


PICTURE = re.compile(FIGURE.pattern, re.MULTILINE)
CODE = re.compile(r"(?<!`)`[^`\n]+`(?!`)")


def _offset(page: Page, line: int) -> int:
    """Where in the text a line begins, counted from one."""
    return sum(len(text) + 1 for text in page.lines[: line - 1])


def _in_prose(page: Page, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """What the pattern finds outside the fences, with offsets into the whole text."""
    yield from pattern.finditer(_masked(page.text, tuple(page.prose)))


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


def _output_lines(page: Page) -> Iterator[tuple[int, str]]:
    """Every line of an output on the page, with its number."""
    for block in page.blocks:
        if block.kind == "session":
            for example in examples(block):
                lines = example.shown.split("\n") if example.shown else []
                first = example.shown_line
                yield from (
                    (n, page.lines[n - 1]) for n in range(first, first + len(lines))
                )
        elif block.kind == "output":
            for n in range(block.line + 1, block.last):
                yield n, page.lines[n - 1]


def _statements(page: Page) -> Iterator[tuple[int, int, ast.stmt]]:
    """The one-line statements of sessions and scripts: first line, last, as parsed."""
    for block in page.blocks:
        if block.kind == "session":
            for example in examples(block):
                if not example.shown and _one_line(example):
                    for node in parsed(example.source)[:1]:
                        yield example.line, example.line, node
        elif block.kind == "script":
            for node in parsed(block.code):
                if node.lineno == node.end_lineno:
                    yield block.line + node.lineno, block.line + node.lineno, node


def _names_in_code(page: Page) -> Iterator[tuple[int, str]]:
    """Names of three letters and more in sessions and scripts that are used twice."""
    found = [
        (_offset(page, line) + column, token.string)
        for block in page.blocks
        for line, column, token in tokens_of(block)
        if token.type == tokenize.NAME and MISSPELLABLE.fullmatch(token.string)
    ]
    times = Counter(name for _, name in found)
    for at, name in found:
        gathers = page.text[at - 1] == "*"  # as `**settings` does, which nobody reads
        if times[name] > 1 and not keyword.iskeyword(name) and not gathers:
            yield at, name


def _tested(page: Page) -> Iterator[tuple[int, str]]:
    """Every displayed formula with a name: where its TeX begins, and the TeX."""
    pattern = re.compile(
        r"<!-- (?:formula|never) [^>]*?-->\s*\$\$\n(?P<tex>.*?)\$\$", re.DOTALL
    )
    for m in _in_prose(page, pattern):
        yield m.start("tex"), m["tex"]


def _formulas(page: Page) -> Iterator[tuple[int, str]]:
    """Every formula that is computed, displayed or not: where, and its TeX."""
    yield from _tested(page)
    for m in _in_prose(page, VALUED):
        if m["shown"][0] == "$":
            yield m.start("shown"), m["shown"]


def _caption_end(page: Page, figure: Figure) -> int:
    return _offset(page, figure.line + len(page.caption(figure)) + 1)


def _swap(page: Page, line: int) -> tuple[int, int, str]:
    """The line and the one below it, the other way round."""
    start, end = _offset(page, line), _offset(page, line + 2)
    above, below = page.lines[line - 1 : line + 1]
    return start, end, f"{below}\n{above}\n"


def _one_line(example: Example) -> bool:
    return example.source.count("\n") == 1


def _bound_by(source: str) -> set[str]:
    return {name for node in parsed(source) for name in names_bound(node)}


def _read_by(source: str) -> set[str]:
    return {name for node in parsed(source) for name in names_read(node)}


def _listed_names(page: Page) -> Iterator[str]:
    for block in page.blocks:
        if block.source:
            yield from (name.rpartition(".")[2] for name in block.source.split())


def _neighbours(name: str) -> list[str]:
    """Other objects of the same module that could be listed, or other modules."""
    package = ROOT / "src" / "scratchnn"
    _, module, *rest = name.split(".")
    if not rest:
        stems = sorted(path.stem for path in package.glob("[a-z]*.py"))
        return [f"scratchnn.{stem}" for stem in stems if stem != module]
    nodes = parsed((package / f"{module}.py").read_text("utf-8"))
    names = [n for node in nodes for n in sorted(names_bound(node)) if n != rest[0]]
    found = []
    for other in names:
        try:
            if listing(f"scratchnn.{module}.{other}").code != listing(name).code:
                found.append(f"scratchnn.{module}.{other}")
        except BookError:
            continue
    start = sum(name > rest[0] for name in names)
    return found[start % max(1, len(found)) :] + found[: start % max(1, len(found))]


def _other_digit(digit: str) -> str:
    return str((int(digit) + 3) % 10)


def _other_word(word: str) -> str:
    other = NUMBER_WORDS[(NUMBER_WORDS.index(word.lower()) + 1) % len(NUMBER_WORDS)]
    return other.capitalize() if word[0].isupper() else other


def _misspelt(name: str) -> str:
    """With its second letter twice."""
    return name[:2] + name[1] + name[2:]
