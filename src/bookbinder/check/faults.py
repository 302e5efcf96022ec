"""Finds what is wrong with a page without running it; each fault names file and line.

The same checks run while the site is built and in the tests.
"""

import ast
import re
from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from bookbinder import ROOT, BookError
from bookbinder.check.commands import command_faults
from bookbinder.check.dialect import dialect_faults
from bookbinder.check.editions import edition_faults
from bookbinder.check.labels import label_faults
from bookbinder.check.ledger import first_shown
from bookbinder.check.pointers import pointer_faults
from bookbinder.check.prose import prose_faults
from bookbinder.check.statements import code_of, parsed, statement_faults
from bookbinder.read.pages import (
    BOUND,
    CODE_SPAN,
    FORMULA,
    HEADING,
    PREMISE,
    Block,
    Fault,
    Page,
    Premise,
    blanked,
    examples,
    line_of,
)
from bookbinder.read.source import names_bound, names_read

DIRECTIVE = re.compile(r"#\s*doctest:|\+(SKIP|ELLIPSIS|NORMALIZE_WHITESPACE|NUMBER)\b")
GLUED = re.compile(r"(>>>|\.\.\.)[^ ]")
PROMPT = re.compile(r"^(>>>|\.\.\.)( |$)", re.MULTILINE)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?!\w+:)([^)\s]+)[^)]*\)")
LETTER = "[^\\W一-鿿]|[〇零一二两三四五六七八九十百千万亿点]"
"""A letter or a digit; of Chinese, which sets no spaces, only those of numbers."""

MORE = re.compile(rf"[.,]?(?:{LETTER})|[%‰°²³^/×·+`$]")
"""What must not stand right behind a number: it would go on."""

LESS = re.compile(
    rf"(?:{LETTER}|[.,/^√~±+<>×·`$\N{{HYPHEN}}-\N{{EM DASH}}−-]|\d[\xa0\u2009\u202f])$"
)
"""What must not stand right before a number: it would begin there."""

LITERAL = re.compile(r"(?<![\w.])\d[\d_]*(?:\.\d+)?(?:e-?\d+)?(?![\w.])")
"""A number as code writes it."""

SAID = re.compile(r"^ *((?:\w[^=\n]* = |return ).*\d.*)$", re.MULTILINE)
GRID = " = np.linspace(#, #, #)"
"""Where a figure draws a curve is its own affair."""

SIGNED = re.compile(rf"-?{LITERAL.pattern}")
BITS = {"0", "1"}
PLAIN = re.compile(r"[$`](?:[^=<>]+= *)?[-(]*\d(?:[\d.,() -]|\{,\})*[$`]")
"""A shape, a number or a name with its value, in a formula or in code."""

FORMATS = {"abs", "float", "int", "round", "spelt", "str"}
"""Functions that give a number another look."""

BRACKETED = re.compile(r" *!\[.*[\[\]].*\]\([^()\s]*\.svg\) *$")
UNREAD = re.compile(r"<!--(?!=)")
ATTRIBUTES = {"source", "without", "again", "early"}
"""What a fence can say besides its language."""

ALT_AT_LEAST = 20
"""An alt text of fewer letters cannot say what is to be seen."""


def faults(page: Page, root: Path = ROOT) -> list[str]:
    """Every fault of the page, as `file:line: what is wrong`, in reading order."""
    checks: tuple[Callable[[Page, Path], Iterator[Fault]], ...] = (
        _fences,
        lost_listings,
        _bindings,
        _self_bound,
        _figures,
        _links,
        dialect_faults,
        prose_faults,
        pointer_faults,
        label_faults,
        command_faults,
        statement_faults,
        edition_faults,
    )
    found = sorted(fault for check in checks for fault in check(page, root))
    return [f"{page.path}:{line}: {what}" for line, what in found]


def _fences(page: Page, root: Path) -> Iterator[Fault]:
    """Every fence is executed, or a command for the reader's shell."""
    for before, block in zip([None, *page.blocks], page.blocks, strict=False):
        if block.kind == "unknown":
            known = "python, pycon, console"
            yield block.line, f"a fence of language {block.language!r}; known: {known}"
        for odd in block.attributes.keys() - ATTRIBUTES:
            yield block.line, f"a fence with {odd}, which nothing reads"
        expected = {"output"} if block.kind == "output" else set[str]()
        for odd in {*block.classes} - expected:
            yield block.line, f"a fence of class {odd}, which could hide it"
        if DIRECTIVE.search(block.code):
            yield block.line, "a doctest directive: outputs are compared exactly"
        prompts = PROMPT.search(block.code) is not None
        if block.kind == "session":
            yield from _session(block)
        elif block.kind == "shell":
            if not all(line.startswith("$ ") for line in block.code.split("\n")):
                yield (
                    block.line,
                    "every line of a console fence starts with a prompt: $",
                )
        elif prompts and block.kind != "output":
            yield block.line, "prompts outside a pycon fence"
        elif block.kind == "script" and not parsed(block.code):
            yield from _unparsed(block)
        if block.source and block.code:
            yield block.line, f"the listing of {block.source} is filled by the build"
        if block.kind == "output" and (before is None or before.kind != "script"):
            yield block.line, "an output without the script that printed it above"
        if not block.code and not block.source and block.kind != "session":
            yield block.line, "an empty block"


def _unparsed(block: Block) -> Iterator[Fault]:
    try:
        ast.parse(block.code)
    except SyntaxError as error:
        yield block.line + (error.lineno or 1), f"this does not parse: {error.msg}"


def _session(block: Block) -> Iterator[Fault]:
    if not block.code.startswith(">>> "):
        yield block.line, "a pycon fence starts with a prompt: >>>"
        return
    for n, line in enumerate(block.code.split("\n"), block.line + 1):
        if GLUED.match(line):
            yield n, "a prompt without the space behind it: a letter would be lost"
    found = list(examples(block))
    for example in found:
        try:
            statements = ast.parse(example.source, mode="single").body
        except SyntaxError as error:
            yield example.line, f"this does not parse: {error.msg}"
            continue
        compound = statements and hasattr(statements[0], "body")
        if compound and not example.source.endswith("\n\n"):
            yield example.line, "an indented block ends with a line of its own: ..."
        if example.shown.startswith("Traceback") and example is not found[-1]:
            yield example.line, "an error ends its session: a paste would stop here"
        if example.shown.rpartition("\n")[2].startswith("SystemExit"):
            yield example.line, "an exit would end the Python of who pastes it"


def lost_listings(page: Page, root: Path) -> Iterator[Fault]:
    """Every listing names an object, and one that is shown again was shown before."""
    for block in page.blocks:
        if block.source:
            try:
                block.listing(root)
                if block.again:
                    first_shown(page, block, root)
            except BookError as error:
                yield block.line, f"the listing has no object: {error}"


def _bindings(page: Page, root: Path) -> Iterator[Fault]:
    """Every binding comment has its number, and all of it."""
    bound = Counter(one.line for one in page.bounds)
    for n, line in page.prose:
        if line.count("<!--=") != bound[n]:
            yield n, "a binding comment stands right behind its number, on one line"
        for one in BOUND.finditer(line):
            before = LESS.search(line[: one.start()].rstrip("*"))
            behind = MORE.match(line[one.end() :].lstrip("*"))
            if before or behind:
                ends = [end[0] if end else "" for end in (before, behind)]
                what = one["shown"].join(ends)
                hint = ": between two numbers, write to" if what[0] == "–" else ""
                hint = ": write per cent" if what[-1] == "%" else hint
                yield n, f"{what} is not all computed, only {one['shown']}{hint}"
    text = blanked(CODE_SPAN, blanked(PREMISE, page.sentences))
    for comment in UNREAD.finditer(text):
        yield line_of(text, comment.start()), "a comment that nothing reads"


def _self_bound(page: Page, root: Path) -> Iterator[Fault]:
    """What stands behind a number computes it, or says what its section's code says."""
    headings = [n for n, line in page.prose if HEADING.match(line)]
    codes = [(part, code_of(part, root)) for part in page.parts]
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
        elif part.shown[0] not in "$`" or PLAIN.fullmatch(part.shown):
            shown = part.shown.replace(",", "").lstrip("-−")
            numbers = SIGNED.findall(part.expression)
            itself = shown in {n.replace("_", "").lstrip("-") for n in numbers} - BITS
            computed = any(_computes(n, bare) for n in parsed(part.expression))
            here = said[bisect(headings, part.line)]
            if part.shown[0] in "$`" and {*numbers} <= BITS:
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


def _figures(page: Page, root: Path) -> Iterator[Fault]:
    """Every figure has a function that draws it, and words for who cannot see it."""
    figures = {figure.line for figure in page.figures}
    codes = [(part.line, code_of(part, root)) for part in page.parts]
    parts = [(line, parsed(code)) for line, code in codes]
    said = _lines(code for _, code in codes)
    seen: set[str] = set()
    for n, line in page.prose:
        if "![" in line and n not in figures:
            what = "a picture that no code draws, or not alone on its line"
            what += ": figures/<chapter>/<function>.svg"
            if BRACKETED.match(line):
                what = "no square brackets in the alt text of a figure"
            yield n, what
    for figure in page.figures:
        try:
            code = figure.shown(root)
            for name in sorted(_redefined(code, figure.line, parts)):
                yield figure.line, f"the figure's program makes another {name}"
            for here, there in _drifted(code, said):
                what = f"the page says {here}, and its figure's program {there}"
                yield figure.line, f"{what}: let both have the same numbers"
        except BookError as error:
            yield figure.line, f"the figure has no function: {error}"
        if not (page.path.parent / figure.path).is_file():
            yield figure.line, f"{figure.path} is not drawn: run make figures"
        if figure.source in seen:
            yield figure.line, "the figure stands on this page already"
        seen.add(figure.source)
        if len(figure.alt) < ALT_AT_LEAST:
            yield figure.line, "the figure has no alt text that says what is to be seen"


def _redefined(
    code: str, place: int, parts: list[tuple[int, tuple[ast.stmt, ...]]]
) -> set[str]:
    """What the page has made above a figure, needs below, and loses in between.

    Whoever pastes the page block by block pastes the figure's program, too.
    """
    above: dict[str, ast.stmt] = {}
    below: set[str] = set()
    for line, statements in parts:
        for node in statements:
            if line < place:
                above |= dict.fromkeys(names_bound(node), node)
            else:
                below |= names_read(node)
    return {
        name
        for node in parsed(code)
        for name in names_bound(node) & above.keys() & below
        if not isinstance(node, ast.Import | ast.ImportFrom)
        if ast.dump(above[name]) != ast.dump(node)
    }


def _drifted(code: str, said: dict[str, dict[str, str]]) -> Iterator[tuple[str, str]]:
    """What a page assigns or returns, and its figure's program with other numbers."""
    for words, drawn in _lines([code]).items():
        for numbers in drawn.keys() - said.get(words, drawn).keys():
            yield next(iter(said[words].values())), drawn[numbers]


def _lines(codes: Iterable[str]) -> dict[str, dict[str, str]]:
    """What is assigned or returned on one line: by words, by numbers, as it stands.

    A name may have an underscore before it, where a module keeps it to itself.
    """
    found: dict[str, dict[str, str]] = {}
    for line in SAID.findall("\n".join(codes)):
        words = SIGNED.sub("#", re.sub(r"\b_", "", line))
        numbers = " ".join(str(float(n)) for n in SIGNED.findall(line))
        if not words.endswith(GRID):
            found.setdefault(words, {})[numbers] = line
    return found


def _links(page: Page, root: Path) -> Iterator[Fault]:
    """Every link to a page of the book leads to a file, and to a place in it."""
    text = blanked(FORMULA, page.prose_text)
    for link in LINK.finditer(text):
        n = line_of(text, link.end())
        file, _, anchor = link[1].partition("#")
        path = page.path.parent / file if file else page.path
        if not path.is_file():
            yield n, f"the link to {link[1]} leads to no file"
        elif anchor and path.suffix == ".md":
            there = page if path == page.path else Page.read(path)
            if anchor not in there.anchors:
                yield n, f"the link to {link[1]} leads to no heading or figure"
