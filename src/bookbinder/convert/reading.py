"""Python-Markdown extension for what helps a reader along, beside the text itself.

A page that can be run says at its top which chapter it is, how long it takes to read,
and how to run it; a list of chapters says how long each of them takes; the first
mention of a name of the library leads to its entry in the reference; and no line ends
between "chapter" and 4, or in Ctrl-C.
"""

import os
import re
import xml.etree.ElementTree as etree
from html import unescape
from pathlib import Path

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor

from bookbinder import ROOT
from bookbinder.convert.binding import Step
from bookbinder.convert.reference import brought, expanded, reference_of, sessions
from bookbinder.make.notebooks import place
from bookbinder.read.book import REFERENCE, navigation
from bookbinder.read.pages import Page
from bookbinder.read.words import DOT, say

WORDS_A_MINUTE = 200
SIGNS_A_WORD = 1.5  # of Chinese, where a word has no spaces around it
LINES_OF_CODE_A_MINUTE = 15
SHORT_CODE = 26  # letters that fit into a line of the smallest phone

RUN = "index.md#run-it"
"""Where the book says how to run a page."""

SIGN = re.compile("[一-鿿]")
CHAPTER = re.compile(r"\d[\d.]*(?= )")
NUMBERED = re.compile(r"[Cc]hapter\s\d(?:\.\d)?|第 [\d.]+ 章")
LETTERED = re.compile(r"\b[^\W_]+-(?=[A-Z]\b)")
NO_LINKS_IN = {"a", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "summary"}


def minutes(page: Page, root: Path = ROOT) -> int:
    """How long a page takes to read, without its exercises' work; 0 if nothing runs.

    Rounded to five minutes: readers differ by more.
    """
    if not any(block.kind in ("script", "session") for block in page.blocks):
        return 0
    text = re.sub("<!--.*?-->", "", page.prose_text)
    words = len(SIGN.sub(" ", text).split()) + len(SIGN.findall(text)) / SIGNS_A_WORD
    code = 0
    for block in page.blocks:
        with page.at(block.line):
            code += block.shown(root).count("\n") + 1
    return 5 * round((words / WORDS_A_MINUTE + code / LINES_OF_CODE_A_MINUTE) / 5)


class Entries(Step, Preprocessor):
    """Writes out the modules of the reference, and the examples of a docstring."""

    def run(self, lines: list[str]) -> list[str]:
        """The lines with an entry for everything in the modules they name."""
        page = self.source.page
        if page is None:
            return sessions(lines)
        return expanded(lines, page, self.source.root)


class Times(Step, Treeprocessor):
    """Says how long it takes: at the top of a page, with its number, and in a list."""

    def run(self, root: etree.Element) -> None:
        """Add a line below the first heading and a note to each link in the list."""
        page = self.source.page
        if page is None:
            return
        title = root.find("h1")
        if title is not None and (top := self._top(page)) is not None:
            root.insert(list(root).index(title) + 1, top)
        for box in root.iter("div"):
            if "chapters" in box.get("class", "").split():
                for item in box.iter("li"):
                    self._note(item, page)

    def _top(self, page: Page) -> etree.Element | None:
        line = etree.Element("p", {"class": "reading", "data-search-exclude": ""})

        def add(tag: str, attributes: dict[str, str], text: str, *what: object) -> None:
            if len(line):
                line[-1].tail = DOT
            part = etree.SubElement(line, tag, attributes)
            part.text = say(text, page.language).format(*what)

        if page.is_lab:
            href = f"{page.path.stem}/{page.path.name}"
            add("a", {"href": href, "download": ""}, "Download this notebook")
            return line
        if not (time := minutes(page, self.source.root)):
            return None
        file = page.path.relative_to(page.edition).as_posix()
        title = navigation(page.edition, self.source.root).get(file, "")
        if number := CHAPTER.match(title):
            add("span", {"class": "chapter"}, "Chapter {}", number[0])
        add("span", {"data-minutes": str(time)}, "About {} minutes", time)
        href = Path(os.path.relpath(page.edition, page.path.parent), RUN).as_posix()
        add("a", {"href": href}, "Run this page")
        if place(page).is_file():
            href = place(page).relative_to(page.path.parent).as_posix()
            add("a", {"href": href, "download": ""}, "Notebook")
        return line

    def _note(self, item: etree.Element, page: Page) -> None:
        title = item.find("p")
        if title is None or (link := title.find("a")) is None:
            return
        path = page.path.parent / link.get("href", "")
        if path.suffix != ".md" or not path.is_file():
            return
        if time := minutes(Page.read(path), self.source.root):
            note = etree.SubElement(title, "span", {"class": "minutes"})
            note.text = say("{} minutes", page.language).format(time)


class Pieces(Treeprocessor):
    """Keeps together what should not be divided at the end of a line."""

    def run(self, root: etree.Element) -> None:
        """A chapter and its number; Ctrl-C; code in a sentence that fits a phone."""
        for element in root.iter():
            element.tail = _whole(element.tail)
            if element.tag != "code":
                element.text = _whole(element.text)
        for code in root.iter("code"):
            text = unescape(code.text or "")
            if len(text) <= SHORT_CODE and re.search("[ -]", text):
                code.set("class", "short")


def _whole(text: str | None) -> str | None:
    r"""A text in which no line ends between "chapter" and 4, or before a last letter.

    >>> _whole("see chapter 4.5, or\nchapter\n3.")
    'see chapter\xa04.5, or\nchapter\xa03.'
    >>> _whole("a 5-D tensor, in well-known words").encode("unicode_escape")
    b'a 5-\\u2060D tensor, in well-known words'
    """
    if text is None or not text.strip():
        return text
    text = LETTERED.sub("\\g<0>\N{WORD JOINER}", text)
    return NUMBERED.sub(lambda it: re.sub(r"\s", "\N{NO-BREAK SPACE}", it[0]), text)


class Names(Step, Treeprocessor):
    """Leads from a page's first mention of a name to its entry in the reference."""

    def run(self, root: etree.Element) -> None:
        """Wrap the first code span of each name in a link."""
        page = self.source.page
        if page is None or page.path.name == REFERENCE:
            return
        if reference := reference_of(page):
            self._link(root, brought(page, self.source.root), reference)

    def _link(self, parent: etree.Element, names: dict[str, str], page: str) -> None:
        """Link the names found below an element, and forget them."""
        for position, child in enumerate(parent):
            if child.tag == "code":
                if name := names.pop(child.text or "", ""):
                    href = f"{page}#{name}"
                    link = etree.Element("a", {"class": "name", "href": href})
                    link.tail, child.tail = child.tail, None
                    parent[position] = link
                    link.append(child)
            elif child.tag not in NO_LINKS_IN:
                self._link(child, names, page)


class ReadingExtension(Extension):
    """Registers the steps, after those of the binding."""

    def extendMarkdown(self, md: Markdown) -> None:
        """Around the binding of the page, and before links are resolved."""
        md.preprocessors.register(Entries(md), "bookbinder-entries", 99)
        md.treeprocessors.register(Times(md), "bookbinder-times", 7)
        md.treeprocessors.register(Names(md), "bookbinder-names", 6)
        md.treeprocessors.register(Pieces(md), "bookbinder-pieces", 5)


def makeExtension(**options: object) -> ReadingExtension:
    """What Python-Markdown calls."""
    return ReadingExtension(**options)
