"""Finds fences that are not what they seem: each is run, or for the reader's shell.

A listing names an object, a session has its prompts, an output its script.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from bookbinder import BookError
from bookbinder.check import Fault, once
from bookbinder.check.ledger import first_shown
from bookbinder.read.code import examples, parsed
from bookbinder.read.pages import Block, Page
from bookbinder.read.source import library

DIRECTIVE = re.compile(r"#\s*doctest:|\+(SKIP|ELLIPSIS|NORMALIZE_WHITESPACE|NUMBER)\b")
GLUED = re.compile(r"(>>>|\.\.\.)[^ ]")
PROMPT = re.compile(r"^(>>>|\.\.\.)( |$)", re.MULTILINE)
ATTRIBUTES = {"source", "without", "again", "early"}
"""What a fence can say besides its language."""


@once
def fence_faults(page: Page, root: Path) -> Iterator[Fault]:
    """Every fence is executed, or a command for the reader's shell."""
    for before, block in zip([None, *page.blocks], page.blocks, strict=False):
        if block.kind == "unknown":
            known = "python, pycon, console, { .text .output }"
            yield block.line, f"a fence of language {block.language!r}; known: {known}"
        for odd in block.attributes.keys() - ATTRIBUTES:
            yield block.line, f"a fence with {odd}, which nothing reads"
        if block.attributes.get("again", "true") != "true":
            yield block.line, 'what is shown again says so: again="true"'
        expected = {"output"} if block.kind == "output" else set[str]()
        for odd in {*block.classes} - expected:
            yield block.line, f"a fence of class {odd}, which could hide it"
        if DIRECTIVE.search(block.code):
            yield block.line, "a doctest directive: outputs are compared exactly"
        prompts = PROMPT.search(block.code) is not None
        if block.kind == "session":
            yield from _session(block)
        elif block.kind == "shell":
            if not all(line.startswith("$ ") for _, line in block.lines):
                what = "every line of a console fence starts with a prompt: $"
                yield block.line, what
        elif prompts and block.kind != "output":
            yield block.line, "prompts outside a pycon fence"
        elif block.kind == "script" and not parsed(block.code):
            yield from _without_statements(block)
        if block.source and block.code:
            yield block.line, f"the listing of {block.source} is filled by the build"
        if block.kind == "output" and (before is None or before.kind != "script"):
            yield block.line, "an output without the script that printed it above"
        nothing = not block.code and not block.source
        if nothing and block.kind not in ("session", "script"):
            yield block.line, "an empty block"


def _without_statements(block: Block) -> Iterator[Fault]:
    """Either it does not parse, or there are none in it but comments."""
    try:
        ast.parse(block.code)
    except SyntaxError as error:
        yield block.line + (error.lineno or 1), f"this does not parse: {error.msg}"
    else:
        yield block.line, "an empty block"


def _session(block: Block) -> Iterator[Fault]:
    if not block.code.startswith(">>> "):
        yield block.line, "a pycon fence starts with a prompt: >>>"
        return
    for n, line in block.lines:
        if GLUED.match(line):
            yield n, "a prompt without the space behind it: a letter would be lost"
    found = list(examples(block))
    for example in found:
        try:
            statements = ast.parse(example.source, mode="single").body
        except SyntaxError as error:
            what = f"this does not parse: {error.msg}"
            if example.source.lstrip().startswith("#"):
                what = "a comment has no prompt of its own: put it behind some code"
            yield example.line, what
            continue
        compound = statements and hasattr(statements[0], "body")
        if compound and not example.source.endswith("\n\n"):
            yield example.line, "an indented block ends with a line of its own: ..."
        if example.shown.startswith("Traceback") and example is not found[-1]:
            yield example.line, "an error ends its session: a paste would stop here"
        if example.shown.rpartition("\n")[2].startswith("SystemExit"):
            yield example.line, "an exit would end the Python of who pastes it"


def lost_listings(page: Page, root: Path) -> Iterator[Fault]:
    """Every listing names an object, and one that is shown again was shown before.

    What a block uses early is a name of the library.
    """
    for block in page.blocks:
        for name in block.early:
            if name not in library(root):
                yield block.line, f"early: the library exports no {name}"
        if block.source:
            try:
                block.listing(root)
                if block.again:
                    first_shown(page, block, root)
            except BookError as error:
                yield block.line, f"the listing has no object: {error}"
