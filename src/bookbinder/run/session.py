"""Runs a page as a reader would: from top to bottom, in one namespace, nothing skipped.

Listings run as they are shown, sessions as if typed, scripts as if saved. What each
part printed, on the stream of errors, too, is compared letter by letter, without
wildcards; only white space at its end does not count. A warning is an error, and so is
a part that does not end, or an assertion that nothing comes to. Print options that a
page sets end with it.
"""

import ast
import contextlib
import io
import sys
import traceback
import types
import warnings
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

import scratchnn
from bookbinder import ROOT
from bookbinder.read.code import Example, examples
from bookbinder.read.pages import Block, Bound, Page, Part, Premise
from bookbinder.run.formulas import each, equals, given, holds, never, untrue
from bookbinder.run.limits import TooLong, limited
from bookbinder.run.spelling import spelt
from bookbinder.run.watching import WATCH, Watch

TRACEBACK = "Traceback (most recent call last):\n  ...\n"
"""How the book shows an error: this head, then the error's own line."""

HELPERS = {**vars(scratchnn), "np": np, "each": each, "given": given, "spelt": spelt}
"""What the comments for the checks may use besides the names of their page."""


SECONDS = 60
"""A part of a page that takes more of the processor than this does not end."""


@dataclass(frozen=True)
class Outcome:
    """What one part of a page shows, what it printed when run, and where it stands.

    `count` lines from `line` on hold what is shown (for a bound number, the one line it
    stands in); `crash` says that the code failed where the page shows no error.
    """

    page: Path
    line: int
    count: int
    shown: str
    printed: str
    part: Part | Example
    crash: bool = False

    @property
    def holds(self) -> bool:
        """Whether the page tells the truth."""
        return self.shown == self.printed and not self.crash

    def __str__(self) -> str:
        """The fault in words, file and line first."""
        where = f"{self.page}:{self.line}: "
        if self.crash:
            return where + "this fails:\n" + self.printed
        what = f"the page shows\n{self.shown}\nbut the code prints\n{self.printed}"
        if self.shown.split() == self.printed.split():
            what += "\n(the white space is another)"
        return where + what


def run(
    page: Page, root: Path = ROOT, reached: Callable[[int], object] = lambda line: None
) -> list[Outcome]:
    """Run a page and say what each of its parts printed, whether it holds or not.

    Before each part, its line is handed to `reached`.
    """
    return list(outcomes(page, root, reached))


def outcomes(
    page: Page, root: Path = ROOT, reached: Callable[[int], object] = lambda line: None
) -> Generator[Outcome, None, None]:
    """The same, one part after the other, for who wants to stop at the first fault."""
    main = types.ModuleType("__main__")
    before = sys.modules["__main__"], sys.displayhook
    sys.modules["__main__"], sys.displayhook = main, sys.__displayhook__
    try:
        with warnings.catch_warnings(), np.printoptions(), np.errstate():
            warnings.simplefilter("error")
            yield from _outcomes(page, main.__dict__, root, reached)
    finally:
        sys.modules["__main__"], sys.displayhook = before


def _outcomes(
    page: Page, space: dict[str, Any], root: Path, reached: Callable[[int], object]
) -> Iterator[Outcome]:
    pending: tuple[Block, str] | None = None  # a script and what it printed
    values: dict[str, Any] = {}  # of symbols, for the checks alone
    space[WATCH] = watch = Watch()
    for part in page.parts:
        reached(part.line)
        if pending and isinstance(part, Block):
            script, printed = pending
            pending = None
            if part.kind == "output":
                yield _outcome(page, part.line + 1, part.code, printed, part)
                continue
            yield _outcome(page, script.last + 1, "", printed, script)
        if isinstance(part, Bound):
            yield _bound(page, part, space, values)
        elif isinstance(part, Premise):
            yield _premise(page, part, space, values)
        elif part.kind == "session":
            for example in examples(part):
                printed, failed = _execute(
                    example.source, "single", space, page, example.line, watch
                )
                crash = bool(failed) and not example.shown.startswith("Traceback")
                yield _outcome(
                    page, example.shown_line, example.shown, printed, example, crash
                )
        elif part.kind in ("listing", "script"):
            own = watch if part.kind == "script" else None
            printed, failed = _execute(
                part.shown(root), "exec", space, page, part.line + 1, own
            )
            if failed:
                where = part.line if part.kind == "listing" else failed
                yield _outcome(page, where, "", printed, part, crash=True)
            else:
                pending = part, printed
    if pending:
        yield _outcome(page, pending[0].last + 1, "", pending[1], pending[0])
    for (line, _), what in sorted(watch.waiting.items()):
        block = next(block for block in page.blocks if line <= block.last)
        yield _outcome(page, line, "", what, block, crash=True)


def _outcome(
    page: Page,
    line: int,
    shown: str,
    printed: str,
    part: Block | Example,
    crash: bool = False,
) -> Outcome:
    count = len(shown.split("\n")) if shown else 0
    return Outcome(page.path, line, count, shown.rstrip(), printed, part, crash)


def _bound(
    page: Page, bound: Bound, space: dict[str, Any], values: dict[str, Any]
) -> Outcome:
    if not bound.is_number:
        return _valued(page, bound, {**HELPERS, **space, **values})
    code = f"print({bound.expression})"
    names = {"spelt": partial(spelt, language=page.language), **values, **space}
    printed, failed = _execute(code, "exec", names, page, bound.line)
    shown = bound.shown.replace("−", "-")
    return Outcome(page.path, bound.line, 1, shown, printed, bound, bool(failed))


def _valued(page: Page, bound: Bound, names: dict[str, Any]) -> Outcome:
    """A formula or code in a sentence has the value of its expression."""
    wrong = ""
    try:
        with limited(SECONDS):
            value = eval(bound.expression, names)
            shown = bound.shown[1:-1]
            same = (
                equals(shown, value, names)
                if bound.shown[0] == "$"
                else np.array_equal(eval(shown, names), value)
            )
        wrong = "" if same else f"{bound.shown} is not {value!r}"
    except (Exception, SystemExit, TooLong) as error:
        wrong = traceback.format_exception_only(error)[-1].strip()
    return Outcome(page.path, bound.line, 0, "", wrong, bound, bool(wrong))


def _premise(
    page: Page, premise: Premise, space: dict[str, Any], values: dict[str, Any]
) -> Outcome:
    """Gives values to symbols; a formula with a name has to hold for them."""
    names, wrong = {**HELPERS, **space, **values}, ""
    before = dict(names)
    try:
        printed = io.StringIO()
        with limited(SECONDS), contextlib.redirect_stdout(printed):
            exec(compile(premise.code, str(page.path), "exec"), names)
            if printed.getvalue():
                wrong = "a comment prints, and no reader sees it"
            test = {"formula": holds, "never": never}.get(premise.kind)
            for part in names.get("written", ()):
                if part not in premise.tex:
                    wrong = f"the formula {premise.name} does not say {part}"
            if test and not test(premise.tex, names):
                wrong = f"the formula {premise.name} does not hold: {premise.tex}"
                if sides := test is holds and untrue(premise.tex, names):
                    wrong += f"; with these values, {sides}"
    except (Exception, SystemExit, TooLong) as error:
        wrong = traceback.format_exception_only(error)[-1].strip()
    if premise.kind == "let":
        new = {n: v for n, v in names.items() if n not in before or v is not before[n]}
        values.update(new)
        for name in [n for n, value in values.items() if value is None]:
            del values[name]  # `x = None` takes a value back
    return Outcome(page.path, premise.line, 0, "", wrong, premise, bool(wrong))


class Errors(io.StringIO):
    """The stream of errors: a reader sees it among what is printed.

    But not the bars of progress that tqdm draws on it, which no page shows.
    """

    def __init__(self, printed: io.StringIO) -> None:
        super().__init__()
        self.printed = printed

    def write(self, text: str) -> int:
        """Print it, unless it is a bar."""
        writer = str(sys._getframe(1).f_globals.get("__name__"))
        return len(text) if writer.startswith("tqdm.") else self.printed.write(text)


def _execute(
    code: str,
    mode: str,
    space: dict[str, Any],
    page: Page,
    line: int,
    watch: Watch | None = None,
) -> tuple[str, int]:
    """Run code in `space`; return what it printed and the line that failed, or 0."""
    printed = io.StringIO()
    errors = Errors(printed)
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(errors):
        try:
            tree: Any = ast.parse(code, str(page.path), mode)
            ast.increment_lineno(tree, line - 1)
            watched = watch.over(tree) if watch else contextlib.nullcontext()
            with limited(SECONDS), watched:
                exec(compile(tree, str(page.path), mode), space)
        except (Exception, SystemExit, TooLong) as error:
            lines = traceback.format_exception_only(error)
            printed.write(TRACEBACK + lines[-1])
            return printed.getvalue().rstrip(), _line_of(error, page, line)
    said = printed.getvalue()
    if said.isspace():
        return "white space is printed, which nobody sees", line
    return said.rstrip(), 0


def _line_of(error: BaseException, page: Page, start: int) -> int:
    """The page's line at which code that starts in line `start` failed."""
    if isinstance(error, SyntaxError):
        return start + (error.lineno or 1) - 1
    frames = traceback.extract_tb(error.__traceback__)
    return next((f.lineno for f in frames if f.filename == str(page.path)), 0) or start
