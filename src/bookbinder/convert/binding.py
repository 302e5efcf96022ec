"""Python-Markdown extension that binds a page to the code, for any site builder.

Listings are filled from the source under a caption that says where they stand, figures
get their size, their caption and the program that draws them, answers in sessions are
marked as such, and the comment behind a bound number becomes a mark that shows the
expression. Of highlighted code, marks that change nothing are left out. A page with a
fault fails.
"""

import html
import re
import xml.etree.ElementTree as etree
from functools import partial
from itertools import groupby
from pathlib import Path

from markdown import Markdown
from markdown.extensions import Extension
from markdown.postprocessors import Postprocessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import Processor

from bookbinder import ROOT, BookError
from bookbinder.check.faults import faults
from bookbinder.check.ledger import first_shown
from bookbinder.convert.reference import entry_links, source_link
from bookbinder.make.drawing import size_of
from bookbinder.make.labs import every_page
from bookbinder.read.book import CODE_PAGE
from bookbinder.read.moment import moment
from bookbinder.read.pages import (
    BOUND,
    COMMENT,
    Block,
    Figure,
    Page,
    blanked,
)
from bookbinder.read.words import DOT, say

NO_COPY = ("output", "inert")
"""Blocks of these kinds are not for pasting, so they get no copy button."""

LONG = 16
"""So many lines of code may be cut in two on paper."""

SESSION = re.compile(
    r'(<div class="language-(?:pycon|console) .*<code>)(.*)(</code>.*)', re.DOTALL
)
LINE = re.compile(r'(?=<span id="[^"]*__span)')

TAG = re.compile("<[^>]*>")
MESSAGE = re.compile(r"(?:[A-Z]\w*Error|History of \d+ steps): ")
"""How an answer begins that is a sentence: what was wrong, or how training went."""

CODE = re.compile(r"(<pre.*?</pre>)", re.DOTALL)
"""Where white space counts; as a group, so that a split keeps it."""

PLAIN_TOKENS = "n|o|w|p|nb|nn|ne|ow|bp|kc|sa|vm|fm"
"""What Pygments calls the parts of code that the book sets in plain ink.

Names, operators, white space, punctuation: two of three parts.
"""

PLAIN = re.compile(rf'<span class="(?:{PLAIN_TOKENS})">([^<]*)</span>')

NUMBER = re.compile(r'(?<= data-linenos)=" *\d+ "')
LINE_NAME = re.compile(r' id="__span-\d+-\d+"')
"""What a line of a block is called; only those of a module have names to link to.

The element itself stays: the style sheet sets what is in a block one below the other.
"""


class Source(Preprocessor):
    """Remembers whose lines these are: a page's, or, for None, a docstring's."""

    page: Page | None = None
    skipped = 0
    """How many lines of the page precede them."""

    def __init__(self, md: Markdown, root: Path, edition: str) -> None:
        super().__init__(md)
        self.root, self.edition = root, edition

    def run(self, lines: list[str]) -> list[str]:
        """The lines as they are."""
        self.page = None
        if "mkdocstrings_ids" not in self.md.treeprocessors:  # a converter of its own
            self.page, self.skipped = locate(lines, self.root, self.edition)
        return lines


class Step(Processor):
    """A step of any of our extensions, which asks the binding whose lines these are."""

    def __init__(self, md: Markdown) -> None:
        super().__init__(md)
        source = md.preprocessors["bookbinder-page"]
        assert isinstance(source, Source)
        self.source = source


class Bind(Step, Preprocessor):
    """Rewrites the lines of a page before Markdown sees them."""

    def __init__(self, md: Markdown, ready: dict[Path, list[str]]) -> None:
        super().__init__(md)
        self.ready = ready

    def run(self, lines: list[str]) -> list[str]:
        """The page's lines with every binding carried out."""
        page = self.source.page
        if page is None:
            return lines
        ready = self.ready.get(page.path) or bound(page, self.source.root)
        return ready[self.source.skipped :]


@moment()
def bound(page: Page, root: Path = ROOT) -> list[str]:
    """The lines of a page with every binding carried out; its faults are an error."""
    if not page.is_lab and (found := faults(page, root)):
        raise BookError("\n".join(found))
    blocks = {block.line: block for block in page.blocks}
    figures = {figure.line: figure for figure in page.figures}
    text = blanked(COMMENT, page.text).split("\n")
    lines: list[str] = []
    n = 1
    while n <= len(page.lines):
        if block := blocks.get(n):
            lines += _block(page, block, root)
            n = block.last
        elif figure := figures.get(n):
            end = n + len(page.caption(figure))
            lines += _figure(page, figure, text[n:end], root)
            n = end
        else:
            lines.append(_mark(text[n - 1]))
        n += 1
    return lines


class Figures(Treeprocessor):
    """Turns a paragraph that opens with a drawing into a figure with a caption.

    The drawing is a link to itself alone, which a script on the page makes a dialog.
    """

    def run(self, root: etree.Element) -> None:
        """Rewrite every such paragraph of the tree in place."""
        for paragraph in root.iter("p"):
            if not len(paragraph) or "drawing" not in paragraph[0].get("class", ""):
                continue
            image, *rest = paragraph
            caption = etree.Element("figcaption")
            caption.text, image.tail = (image.tail or "").lstrip(), None
            caption.extend(rest)
            paragraph.tag = "figure"
            paragraph.set("id", image.attrib.pop("id"))
            link = {"class": "enlarge", "href": image.get("src", "")}
            paragraph[:] = [etree.Element("a", link)]
            paragraph[0].append(image)
            if caption.text or rest:
                paragraph.append(caption)


class Answers(Treeprocessor):
    """Puts what the machine answers in a session into elements of its own."""

    def run(self, root: etree.Element) -> None:
        """Rewrite the sessions that the highlighter has put away."""
        if self.md is not None:
            stash = self.md.htmlStash.rawHtmlBlocks
            for n, html in enumerate(stash):
                if isinstance(html, str) and (session := SESSION.fullmatch(html)):
                    stash[n] = session[1] + _answered(session[2]) + session[3]


class Marks(Step, Postprocessor):
    """Leaves out marks on code that change nothing, of docstrings with their page."""

    def run(self, text: str) -> str:
        """The HTML without them."""
        return unmarked(text) if self.source.page else text


class BindingExtension(Extension):
    """Registers the steps; `root` is the project's root folder.

    `edition` is the folder of the pages, where several editions may have the same page.
    `ready` holds the lines of pages that somebody has bound beforehand.
    """

    def __init__(self, **options: object) -> None:
        self.config = {
            "root": [str(ROOT), "the project's root folder"],
            "edition": ["", "the folder of the edition"],
            "ready": [{}, "what pages have been bound to already, by their files"],
        }
        super().__init__(**options)

    def extendMarkdown(self, md: Markdown) -> None:
        """Before all else on the way in; after attribute lists on the way out."""
        edition = self.getConfig("edition")
        source = Source(md, Path(self.getConfig("root")), edition)
        md.preprocessors.register(source, "bookbinder-page", 101)
        md.preprocessors.register(Bind(md, self.getConfig("ready")), "bookbinder", 100)
        md.treeprocessors.register(Figures(md), "bookbinder-figures", 7)
        md.treeprocessors.register(Answers(md), "bookbinder-answers", 0)
        md.postprocessors.register(Marks(md), "bookbinder-marks", 0)


def makeExtension(**options: object) -> BindingExtension:
    """What Python-Markdown calls."""
    return BindingExtension(**options)


def locate(lines: list[str], root: Path, edition: str = "") -> tuple[Page, int]:
    """The page of the book whose body these lines are, and how many lines precede them.

    A builder hands over text without its file; faults have to name the file.
    """
    body = "\n".join(line.rstrip() for line in lines).strip("\n").split("\n")
    for page in every_page(root):
        if edition and page.edition != Path(edition):
            continue
        skipped = len(page.body_lines) - len(body)
        if page.body_lines[max(skipped, 0) :] == body:
            return page, skipped
    raise BookError("this text is no page of the book: " + " / ".join(lines[:3]))


def _block(page: Page, block: Block, root: Path) -> list[str]:
    """A block as the highlighter wants it: kind, code, and where it stands."""
    if block.source:
        return _indented(_listing(page, block, root), block.indent)
    classes = [block.language, *block.classes]
    if block.kind in NO_COPY:
        classes.append("no-copy")
    below = page.blocks[page.blocks.index(block) + 1 :]
    if below and below[0].kind == "output":
        classes.append("answered")
    return _indented(_fence(classes, block.kind, block.code), block.indent)


def _listing(page: Page, block: Block, root: Path) -> list[str]:
    """A listing under a caption that leads to its lines on the page of all code."""
    shown = block.listing(root)
    classes = ["python", "no-copy"] if block.kind in NO_COPY else ["python"]
    code = partial(_fence, classes, block.kind, shown.code)
    if shown.is_module and page.path.name == CODE_PAGE:
        return code(f'#{shown.anchor} .module linenums="1"')
    language = page.language
    links = source_link(shown, language, root), *entry_links(page, block, root)
    caption = DOT.join(links)
    if not block.again:
        return ["", caption, f"{{ .listing #{block.anchor} }}", *code()]
    earlier, at = first_shown(page, block, root)
    said = say("shown first in {}", language).format(earlier.title)
    link = f"[{said}]({earlier.path.name}#{at.anchor})"
    return ["", f"{caption}{DOT}{link}", "{ .listing }", *code()]


def _figure(page: Page, figure: Figure, caption: list[str], root: Path) -> list[str]:
    """The picture and its caption, and below them, folded, what draws it."""
    drawn = (page.path.parent / figure.path).read_text("utf-8")
    name = figure.source.rpartition(".")[2]
    image = f"![{figure.alt}]({figure.path}){{ #{name} .drawing {size_of(drawn)} }}"
    code = _fence(["python"], "figure", figure.shown(root))
    folded = [
        f'??? drawn "{say("The code that draws this figure", page.language)}"',
        *_indented(code, "    "),
    ]
    words = [_mark(line.strip()) for line in caption if line.strip()]
    return _indented([image, *words, "", *folded], " " * figure.indent)


def _fence(classes: list[str], kind: str, code: str, extra: str = "") -> list[str]:
    """A block for the highlighter, fenced by more ticks than any code holds."""
    long = ["long"] if code.count("\n") >= LONG - 1 else []
    names = " ".join(f".{name}" for name in classes + long)
    ticks = ticks_around(code)
    opening = f"{ticks} {{ {names} {extra} data-kind={kind} }}"
    return ["", opening, *code.split("\n"), ticks, ""]


def ticks_around(code: str) -> str:
    """As many backticks as open and close a fence around any code.

    >>> ticks_around("x"), ticks_around("````")
    ('```', '`````')
    """
    return "`" * max([3, *(len(run) + 1 for run in re.findall("`+", code))])


def _answered(session: str) -> str:
    """The highlighted lines of a session, with an element around each answer.

    >>> _answered('<span id="__span-0-1"><span class="gp">...</span>')
    '<span id="__span-0-1"><span class="gp">...</span>'
    >>> _answered('<span id="__span-0-2">1')
    '<span class="answer"><span id="__span-0-2">1</span>'

    The page may break the line of one that is a sentence.
    """
    parts = []
    for asked, lines in groupby(LINE.split(session)[1:], lambda x: 'class="gp"' in x):
        text = "".join(lines)
        kind = "answer message" if MESSAGE.match(TAG.sub("", text)) else "answer"
        parts.append(text if asked else f'<span class="{kind}">{text}</span>')
    return "".join(parts)


def unmarked(page: str) -> str:
    """HTML without what its style knows and nobody links to: plain ink, counts, names.

    >>> unmarked('<pre><span class="k">not</span> <span class="n">x</span></pre>')
    '<pre><span class="k">not</span> x</pre>'
    >>> unmarked('<pre><span class="linenos" data-linenos=" 7 "></span></pre>')
    '<pre><span class="linenos" data-linenos></span></pre>'
    >>> unmarked('<pre><span></span><span id="__span-1-2">a</span></pre>')
    '<pre><span>a</span></pre>'
    """

    def lean(code: re.Match[str]) -> str:
        plain = PLAIN.sub(r"\1", code[0].replace("<span></span>", ""))
        return LINE_NAME.sub("", NUMBER.sub("", plain))

    return CODE.sub(lean, page)


def _indented(lines: list[str], indent: str) -> list[str]:
    return [indent + line if line else "" for line in lines]


def _mark(line: str) -> str:
    """Bound numbers of a line as marks that show their expression; none in headings."""
    if "<!--=" not in line:
        return line
    if line.startswith("#"):
        return BOUND.sub(r"\1", line)
    return BOUND.sub(_shown, line)


def _shown(number: re.Match[str]) -> str:
    """A bound number as HTML; one that is its own expression stays unmarked."""
    expression, shown = number["expression"].strip(), number["shown"]
    if expression == shown:
        return shown
    return f'<span class="bound" title="{_escaped(expression)}">{shown}</span>'


def _escaped(expression: str) -> str:
    """An expression for an attribute; Markdown would find a link in `a["b"]["c"]`."""
    return html.escape(expression).replace("[", "&#91;").replace("]", "&#93;")
