r"""Reads a page of the book: its code blocks, figures and bound numbers, line by line.

A fence opens a block; what its first line says decides the block's kind:

    ``` { .python source="scratchnn.perceptron.AND" }   listing, filled from the source
    ``` { .python source="… …" }                        several, such as imports
    ``` { .python source="…" without="gradient" }       a class less some members
    ``` { .python source="…" again="true" }             shown on an earlier page, too
    ``` { .python source="scratchnn.__main__" }         inert: only `python -m` runs it
    ``` { .python source="benchmarks.twin.learn" }      inert: it needs PyTorch
    ```pycon                                            session: prompts and outputs
    ```python                                           script: runs, prints no prompt
    ``` { .text .output }                               what the script above printed
    ```console                                          shell: for the reader's terminal

A number in a sentence carries its expression right behind it, in a comment, and one
that is a word may do so; a figure names the function that draws it by its path:

    The search tried 4,913<!--= f"{tried:,}" --> settings of three<!--= spelt(n) -->.
    ![What is to be seen](figures/perceptrons/gates.svg)

A formula or a piece of code in a sentence is bound in the same way: it is computed, and
has to have the value of the expression. A displayed formula has a premise above it, a
comment with its name and values for its symbols, with `never` if its parts are to
exclude each other; texts in `written` have to stand in it. `let` gives values that hold
from there on:

    <!-- let: N, D = 5, 2; x = np.ones((N, D)) -->
    Weights `(2, 3)`<!--= W.shape --> meet inputs of shape $(N, D)$<!--= x.shape -->.
    <!-- formula sigmoid: h = sigmoid; x = each(-2.0, 0.5) -->
    $$
    h(x) = \frac{1}{1 + e^{-x}}
    $$
"""

import contextlib
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import takewhile
from pathlib import Path

from markdown.extensions.attr_list import get_attrs_and_remainder
from markdown.extensions.toc import slugify

from bookbinder import ROOT, BookError
from bookbinder.read.source import Listing, listing, program

MODULE_LINE = re.compile(r"::: (?P<module>scratchnn\.\w+)$")
"""A line of the reference: one module."""

INERT = re.compile(r"benchmarks\.|.*\.__main__$")
"""Sources that no page can run."""

FENCE = re.compile(r"^(?P<indent> *)(?P<ticks>`{3,}|~{3,})(?P<info>.*)$")
FIGURE = re.compile(
    r"^ *!\[(?P<alt>[^\]]*)\]"
    r"\((?P<path>(?:\.\./)*figures/(?P<module>\w+)/(?P<name>\w+)\.svg)\) *$",
    re.MULTILINE,
)
BOUND = re.compile(
    r"(?P<shown>[−-]?\d[\d.,]*(?:e[+−-]?\d+|(?:-\w+)+)?|[A-Za-z]\w*(?:-[a-z]+)?)"
    r"<!--=(?P<expression>.+?)-->"
)
VALUED = re.compile(r"(?P<shown>\$[^$\n]+\$|`[^`\n]+`)<!--=(?P<expression>.+?)-->")
PREMISE = re.compile(
    r"^ *<!-- (?:let|(?P<kind>formula|never) (?P<name>[\w-]+)):"
    r"(?P<code>(?:(?!-->).)*)-->"
    r"(?(name)\s*\$\$\n(?P<tex>.*?)\$\$)",
    re.DOTALL | re.MULTILINE,
)
COMMENT = re.compile(
    r"<!-- (?:let|(?:formula|never) [\w-]+):.*?-->|(?<=[$`])<!--=.+?-->", re.DOTALL
)
"""What is written for the checks alone: no reader sees it."""

CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`)(?:(?!\n\n).)+?(?<!`)\1(?!`)", re.DOTALL)
DISPLAYED = re.compile(r"^ *\$\$\n.*?\$\$ *$", re.DOTALL | re.MULTILINE)
FORMULA = re.compile(r"\$\$.+?\$\$|\$(?:(?!\n\n)[^$])+\$", re.DOTALL)
HEADING = re.compile(r"^(?P<level>#{1,6}) +(?P<text>.+?)(?: *\{[^}]*\})? *$")
TITLE = re.compile(r"title: (?P<quote>[\"']?)(?P<title>.+)(?P=quote)$")
NO_END = re.compile(".")
ID = re.compile(r"\{[^}]*#(?P<id>[\w-]+)[^}]*\} *$")


@dataclass(frozen=True)
class Block:
    """A fence and the code in it, with the lines of the file that open and close it."""

    kind: str
    language: str
    attributes: dict[str, str]
    classes: tuple[str, ...]
    code: str
    line: int
    last: int
    indent: str

    @property
    def lines(self) -> list[tuple[int, str]]:
        """The lines of the code, with their numbers in the file."""
        return [*enumerate(self.code.split("\n"), self.line + 1)]

    @property
    def source(self) -> str:
        """The dotted name of the object that a listing shows, or several names."""
        return self.attributes.get("source", "")

    @property
    def names(self) -> list[str]:
        """The same, one by one."""
        return self.source.split()

    @property
    def anchor(self) -> str:
        """The place on the page that a link to this listing leads to."""
        name = self.names[0].removeprefix("scratchnn.").replace(".", "-")
        return name.replace("__", "")  # Markdown would make it bold

    @property
    def again(self) -> bool:
        """Whether a listing says that the book has shown its lines before."""
        return self.attributes.get("again") == "true"

    @property
    def early(self) -> list[str]:
        """The names of the library that a block uses before they are introduced."""
        return self.attributes.get("early", "").split()

    def shown(self, root: Path = ROOT) -> str:
        """The code that the page shows: its own, or that of the object it names."""
        return self.listing(root).code if self.source else self.code

    def listing(self, root: Path = ROOT) -> Listing:
        """The code of that object, less the members that the fence leaves out.

        A fence may name several objects of one module, space between.
        """
        without = self.attributes.get("without", "")
        found = [listing(name, root, without) for name in self.names]
        if len({one.path for one in found}) != 1:
            raise BookError("a listing names one object, or several of one module")
        return Listing(
            found[0].path,
            tuple(n for one in found for n in one.lines),
            "\n".join(one.code for one in found),
            found[0].is_module,
        )


@dataclass(frozen=True)
class Premise:
    """Values for symbols, for the checks alone; perhaps with the formula they are for.

    `kind` is `let`, `formula` or `never`.
    """

    kind: str
    name: str
    code: str
    tex: str
    line: int


@dataclass(frozen=True)
class Bound:
    """A number, formula or code in a sentence, and the expression that computes it."""

    shown: str
    expression: str
    line: int

    @property
    def is_number(self) -> bool:
        """Whether it stands there in figures or as a word, not as formula or code."""
        return self.shown[0] not in "$`"


Part = Block | Bound | Premise
"""What a run of a page has to visit."""


@dataclass(frozen=True)
class Figure:
    """A figure on the page: its alt text, and the function that draws it."""

    alt: str
    path: str
    source: str
    line: int
    indent: int
    kind = "figure"

    def shown(self, root: Path = ROOT) -> str:
        """The program that the page shows: it defines the function and calls it."""
        return program(self.source, root)


@dataclass(frozen=True)
class Page:
    """A Markdown file of the book."""

    path: Path
    text: str

    @classmethod
    def read(cls, path: Path) -> "Page":
        """The page at `path` as it stands on the disk, analysed once for each text."""
        try:
            return _page(path.absolute(), path.read_bytes().decode("utf-8"))
        except UnicodeDecodeError as error:
            raise BookError(f"{path}:1: a page is written in UTF-8: {error}") from None

    @contextlib.contextmanager
    def at(self, line: int) -> Iterator[None]:
        """Lets a `BookError` inside say in which line of the page its cause stands."""
        try:
            yield
        except BookError as error:
            raise BookError(f"{self.path}:{line}: {error}") from None

    @cached_property
    def lines(self) -> list[str]:
        """The file's lines; line n of the file is `lines[n - 1]`."""
        return self.text.removesuffix("\n").split("\n")

    @cached_property
    def body_lines(self) -> list[str]:
        """The lines without white space at their ends, or empty ones at the page's."""
        return "\n".join(line.rstrip() for line in self.lines).rstrip("\n").split("\n")

    @cached_property
    def edition(self) -> Path:
        """The folder of the edition that the page belongs to."""
        return edition_of(self.path)

    @cached_property
    def language(self) -> str:
        """The language of the page: what the folder of its edition is called."""
        return self.edition.name

    @property
    def is_lab(self) -> bool:
        """Whether it is a notebook, which has run elsewhere and has its own tests."""
        return self.path.suffix == ".ipynb"

    @cached_property
    def title(self) -> str:
        """The title in the front matter, or else the file's name."""
        titles = filter(None, map(TITLE.match, self.front))
        return next((found["title"] for found in titles), self.path.stem)

    @cached_property
    def blocks(self) -> list[Block]:
        """The fences of the page, in order; `BookError` where one never closes."""
        found, n = [], 0
        while n < len(self.lines):
            opening = FENCE.match(self.lines[n])
            if opening:
                end = self._closing(opening, n + 1)
                found.append(_block(opening, self.lines[n + 1 : end], n + 1))
                n = end
            n += 1
        return found

    def _closing(self, opening: re.Match[str], start: int) -> int:
        for n in range(start, len(self.lines)):
            closing = self.lines[n].strip()
            if closing.startswith(opening["ticks"]):
                if closing.strip(closing[0]):  # another fence begins
                    break
                return n
        raise BookError(f"{self.path}:{start}: this fence is never closed")

    @cached_property
    def front(self) -> list[str]:
        """The lines of the front matter, from line 2 of the file on."""
        if self.lines[0] != "---":
            return []
        if "---" not in self.lines[1:]:
            raise BookError(f"{self.path}:1: the front matter is never closed")
        return self.lines[1 : self.lines.index("---", 1)]

    @cached_property
    def prose(self) -> list[tuple[int, str]]:
        """The lines outside the fences and the front matter, with their numbers."""
        fenced = {n for b in self.blocks for n in range(b.line, b.last + 1)}
        start = len(self.front) + 3 if self.lines[0] == "---" else 1
        return [
            (n, self.lines[n - 1])
            for n in range(start, len(self.lines) + 1)
            if n not in fenced
        ]

    @cached_property
    def sentences(self) -> str:
        """The prose as one text, with a line for each line of the file."""
        lines = [""] * len(self.lines)
        for n, line in self.prose:
            lines[n - 1] = line
        return "\n".join(lines)

    @cached_property
    def visible(self) -> str:
        """The sentences without the comments that no reader sees."""
        return blanked(COMMENT, self.sentences)

    @cached_property
    def prose_text(self) -> str:
        """The same with blanks where there is code, so that offsets are the same."""
        return blanked(CODE_SPAN, self.visible, " ")

    @cached_property
    def bounds(self) -> list[Bound]:
        """The bound numbers, formulas and pieces of code of the page, in order."""
        return [
            Bound(m["shown"], m["expression"].strip(), n)
            for n, line in self.prose
            for m in sorted(
                [*BOUND.finditer(line), *VALUED.finditer(line)], key=re.Match.start
            )
        ]

    @cached_property
    def premises(self) -> list[Premise]:
        """The comments that give values to symbols, in order."""
        return [
            Premise(
                m["kind"] or "let",
                m["name"] or "",
                textwrap.dedent(re.sub(r"; *", "\n", m["code"].strip())),
                (m["tex"] or "").strip(),
                line_of(self.sentences, m.start() + m[0].index("<")),
            )
            for m in PREMISE.finditer(self.sentences)
        ]

    @cached_property
    def figures(self) -> list[Figure]:
        """The figures of the page, in order."""
        return [
            Figure(
                m["alt"].strip(),
                m["path"],
                f"figures.{m['module']}.{m['name']}",
                n,
                line.index("!"),
            )
            for n, line in self.prose
            if (m := FIGURE.match(line))
        ]

    def caption(self, figure: Figure) -> list[str]:
        """The lines right below a figure, down to the first that is empty."""
        return [*takewhile(str.strip, self.lines[figure.line :])]

    @cached_property
    def headings(self) -> list[tuple[int, str, str]]:
        """The headings of the page: the line, the signs of its level, and the text."""
        found = [(n, HEADING.match(line)) for n, line in self.prose]
        return [(n, m["level"], m["text"]) for n, m in found if m]

    @property
    def places(self) -> list[tuple[int, str, str]]:
        """Headings and figures: the line, the anchor, and what each is called."""
        found = []
        for figure in self.figures:
            name = figure.source.rpartition(".")[2]
            found.append((figure.line, name, name.replace("_", " ")))
        for n, _, heading in self.headings:
            named = ID.search(self.lines[n - 1])
            text = BOUND.sub(r"\1", heading)
            anchor = named["id"] if named else slugify(text, "-")
            found.append((n, anchor, text.replace("`", "")))
        return found

    @property
    def listings(self) -> list[Block]:
        """The listings that links lead to: they show their lines for the first time."""
        return [block for block in self.blocks if block.source and not block.again]

    @cached_property
    def anchors(self) -> dict[str, str]:
        """The places that a link can lead to, with what they are called.

        Headings by their words; figures and listings, which have none, by their names.
        """
        found = {block.anchor: block.anchor for block in self.listings}
        return found | {anchor: called for _, anchor, called in self.places}

    @property
    def code(self) -> list[Block | Figure]:
        """Every block, and every figure with its program, in the order of the page."""
        return sorted([*self.blocks, *self.figures], key=lambda part: part.line)

    @property
    def parts(self) -> list[Part]:
        """Everything that a run of the page has to visit, in reading order."""
        parts: list[Part] = [*self.blocks, *self.bounds, *self.premises]
        return sorted(parts, key=lambda part: part.line)


@lru_cache(maxsize=1024)
def blanked(pattern: re.Pattern[str], text: str, sign: str = "") -> str:
    """The text without what the pattern finds in it; its lines keep their numbers.

    With a sign in the place of each character, these keep their offsets.
    """
    return pattern.sub(lambda m: NO_END.sub(sign, m[0]), text)


def line_of(text: str, offset: int) -> int:
    """The line, counted from one, in which the character at `offset` stands."""
    return 1 + text.count("\n", 0, offset)


def one_line(text: str) -> str:
    """A text in one line, with one space wherever there was white space."""
    return " ".join(text.split())


@cache
def _page(path: Path, text: str) -> Page:
    return Page(path, text)


def edition_of(path: Path) -> Path:
    """The folder of the edition that a file belongs to; its name is the language."""
    return next(p for p in path.parents if p.parent.name == "docs")


def _block(opening: re.Match[str], lines: list[str], line: int) -> Block:
    info = opening["info"].strip()
    attributes: dict[str, str] = {}
    classes: list[str] = []
    language = info
    if info.startswith("{"):
        for key, value in get_attrs_and_remainder(info.strip("{} "))[0]:
            if key == ".":
                classes.append(value)
            else:
                attributes[key] = (value or "").strip()
        language = classes.pop(0) if classes else ""
    kind = _kind(language, attributes, classes)
    return Block(
        kind,
        language,
        attributes,
        tuple(classes),
        "\n".join(_inside(line, opening["indent"]) for line in lines),
        line,
        line + len(lines) + 1,
        opening["indent"],
    )


def _inside(line: str, indent: str) -> str:
    """A line of a block, without the spaces before its fence."""
    if not line.strip():
        return ""
    return line.removeprefix(indent) if line.startswith(indent) else line.lstrip()


def _kind(language: str, attributes: dict[str, str], classes: list[str]) -> str:
    match language:
        case "python" if INERT.match(attributes.get("source", "")):
            return "inert"
        case "python":
            return "listing" if "source" in attributes else "script"
        case "pycon":
            return "session"
        case "console":
            return "shell"
        case "text" if "output" in classes:
            return "output"
    return "unknown"
