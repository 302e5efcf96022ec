"""Finds numbers that are not bound to what computes them, or only a part of them.

A binding comment stands right behind its number, and computes it, or says what the code
of the section says.
"""

import ast
import re
from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from bookbinder.check import Fault, once
from bookbinder.read.code import codes_of, parsed
from bookbinder.read.pages import (
    BOUND,
    CODE_SPAN,
    PREMISE,
    Block,
    Page,
    Premise,
    blanked,
    line_of,
)
from bookbinder.read.source import names_bound, names_read

LETTER = "[^\\W一-鿿]|[〇零一二两三四五六七八九十百千万亿点]"
"""A letter or a digit; of Chinese, which sets no spaces, only those of numbers."""

MORE = re.compile(rf"[.,]?(?:{LETTER})|[%‰°²³^/×·+`$]|['’:–]\d| / \d")
"""What must not stand right behind a number: it would go on."""

LESS = re.compile(
    rf"(?:{LETTER}|[.,/^√~±+<>×·`$'’:\N{{HYPHEN}}-\N{{EM DASH}}−-]|[−√]\s|\d / "
    r"|\b(?:dozen|hundred|thousand|million) (?:and )?)(?=.$)|\d\s(?=\d$)"
)
"""What must not stand right before the first sign of a number: it would begin there."""

SCALE = re.compile(r"\*{0,2}\s+(dozen|hundred|thousand|million|billion|trillion)s?\b")
"""What a number behind it counts: four is not four million."""

SIGNED = re.compile(r"-?(?<![\w.])\d[\d_]*(?:\.\d+)?(?:e-?\d+)?(?![\w.])")
"""A number as code writes it, perhaps with a minus."""

BITS = {"0", "1"}
PLAIN = re.compile(r"[$`](?:[^=<>]+= *)?[-(]*\d(?:[\d.,() -]|\{,\})*[$`]")
"""A shape, a number or a name with its value, in a formula or in code."""

FORMATS = {"abs", "float", "int", "round", "spelt", "str"}
"""Functions that give a number another look."""

UNREAD = re.compile(r"<!--(?!=)")


def binding_faults(page: Page, root: Path) -> Iterator[Fault]:
    """Every number whose comment does not compute it, as line and complaint."""
    yield from _whole(page)
    yield from _self_bound(page, codes_of(page, root))


@once
def _whole(page: Page) -> Iterator[Fault]:
    """Every binding comment has its number, and all of it."""
    bound = Counter(one.line for one in page.bounds)
    for n, line in page.prose:
        if line.count("<!--=") != bound[n]:
            yield n, "a binding comment stands right behind its number, on one line"
        for one in BOUND.finditer(line) if bound[n] else ():
            before = LESS.search(line[: one.start()].rstrip("*") + one["shown"][0])
            behind = MORE.match(line[one.end() :].lstrip("*"))
            if before or behind:
                ends = [end[0] if end else "" for end in (before, behind)]
                what = one["shown"].join(ends)
                hint = ": between two numbers, write to" if what[0] == "–" else ""
                hint = ": write per cent" if what[-1] == "%" else hint
                yield n, f"{what} is not all computed, only {one['shown']}{hint}"
    text = blanked(CODE_SPAN, blanked(PREMISE, page.sentences))
    for one in BOUND.finditer(text):
        scale = SCALE.match(text, one.end())
        if scale and "/" not in one["expression"]:
            what = f"{one['shown']} {scale[1]} is not all computed, only {one['shown']}"
            yield line_of(text, one.start()), f"{what}: divide it by a {scale[1]}"
    for comment in UNREAD.finditer(text):
        yield line_of(text, comment.start()), "a comment that nothing reads"


@once
def _self_bound(page: Page, given: tuple[str, ...]) -> Iterator[Fault]:
    """What stands behind a number computes it, or says what its section's code says."""
    headings = [n for n, *_ in page.headings]
    codes = [*zip(page.parts, given, strict=True)]
    said: dict[int, set[float]] = defaultdict(set)
    for part, code in codes:
        if isinstance(part, Block):
            numbers = SIGNED.findall(code)
            said[bisect(headings, part.line)].update(map(float, numbers))
    bare: set[str] = set()
    for part, code in codes:
        if isinstance(part, Premise):
            for node in parsed(part.code) if part.kind == "let" else ():
                bound = names_bound(node)
                bare = bare - bound if _computes(node, bare) else bare | bound
        elif isinstance(part, Block):
            bare = bare.difference(*map(names_bound, parsed(code)))
        elif part.is_number or PLAIN.fullmatch(part.shown):
            shown = part.shown.replace(",", "").lstrip("-−")
            numbers = SIGNED.findall(part.expression)
            itself = shown in {n.replace("_", "").lstrip("-") for n in numbers} - BITS
            computed = any(_computes(n, bare) for n in parsed(part.expression))
            here = said[bisect(headings, part.line)]
            if not part.is_number and {*numbers} <= BITS:
                continue
            if (itself or not computed) and not (
                numbers and here >= {*map(float, numbers)}
            ):
                what = f"{part.shown} is bound to itself, and no code here says it"
                yield part.line, f"{what}: compute it"


def _computes(statement: ast.stmt, bare: set[str]) -> bool:
    """Whether a statement does more than to write down a value, or a name in `bare`."""
    work = ast.BinOp | ast.Attribute | ast.Subscript
    works = any(isinstance(node, work) for node in ast.walk(statement))
    return works or bool(names_read(statement) - FORMATS - bare)
