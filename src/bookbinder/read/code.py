"""Reads the code on a page: the examples of a session, statements and tokens."""

import ast
import contextlib
import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bookbinder import BookError
from bookbinder.read.pages import Block, Bound, Page, Part


@dataclass(frozen=True)
class Example:
    """One statement of a session, what the page shows below it, and its lines."""

    source: str
    shown: str
    line: int
    shown_line: int


def examples(block: Block) -> Iterator[Example]:
    """Take a session apart: each statement behind `>>> ` and what stands below it."""
    source: list[str] = []
    shown: list[str] = []
    start = block.line + 1
    for n, line in block.lines:
        if line.startswith(">>>"):
            if source:
                yield _example(source, shown, start)
            source, shown, start = [line[4:]], [], n
        elif line.startswith("...") and not shown:
            source.append(line[4:])
        else:
            shown.append(line)
    if source:
        yield _example(source, shown, start)


def codes_of(page: Page, root: Path) -> tuple[str, ...]:
    """The code of each part of a page."""
    return tuple(code_of(part, root) for part in page.parts)


def code_of(part: Part, root: Path) -> str:
    """The code of a part of a page, without prompts; nothing where nothing runs."""
    match part:
        case Bound():
            return part.expression
        case Block(kind="script"):
            return part.code
        case Block(kind="session"):
            return "".join(example.source for example in examples(part))
        case Block(kind="listing"):
            with contextlib.suppress(BookError):  # which is reported elsewhere
                return part.listing(root).code
    return ""


@cache
def parsed(code: str) -> tuple[ast.stmt, ...]:
    """Its statements; none where it does not parse, which other checks report."""
    with contextlib.suppress(SyntaxError):
        return tuple(ast.parse(code).body)
    return ()


def tokens_of(block: Block) -> Iterator[tuple[int, int, tokenize.TokenInfo]]:
    """The tokens of a session's or a script's code, each with its line and column.

    Code that is none has none, which other checks report.
    """
    parts: list[tuple[int, int, str]] = []
    if block.kind == "session":
        parts = [(example.line, 4, example.source) for example in examples(block)]
    elif block.kind == "script":
        parts = [(block.line + 1, 0, block.code)]
    for line, prompt, code in parts:
        for token in tokens_in(code):
            row, column = token.start
            yield line + row - 1, len(block.indent) + prompt + column, token


@cache
def tokens_in(code: str) -> tuple[tokenize.TokenInfo, ...]:
    """The tokens of a piece of code; none of what does not parse."""
    with contextlib.suppress(tokenize.TokenError, SyntaxError):
        return tuple(tokenize.generate_tokens(io.StringIO(code).readline))
    return ()


def _example(source: list[str], shown: list[str], start: int) -> Example:
    text = "\n".join(shown).rstrip()
    return Example("\n".join(source) + "\n", text, start, start + len(source))
