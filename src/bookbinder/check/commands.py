"""Finds commands in the text that a shell could not carry out as they stand.

Readers type them as they are shown, so a target of make has to be in the Makefile, and
the options of the library's own command are read as the shell would have them read.
"""

import contextlib
import importlib.util
import io
import re
import shlex
import tomllib
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from pathlib import Path

from bookbinder import ROOT
from bookbinder.read.pages import CODE_SPAN, Fault, Page, line_of
from scratchnn.command_line import parser

COMMAND = re.compile(r"!?((?:make|python|pip) [^`]+)")
"""How code in a sentence begins that is a command."""

TOOLS = (
    "apt-get", "cd", "codespell", "git", "mypy", "pytest", "python", "ruff",
    ".venv/Scripts/activate",
)  # fmt: skip
"""Programs of others, to be trusted."""


def command_faults(page: Page, root: Path = ROOT) -> Iterator[Fault]:
    """Every command of a page that cannot be carried out, as line and complaint."""
    for block in page.blocks:
        if block.kind == "shell":
            for n, line in enumerate(block.code.split("\n"), block.line + 1):
                if what := complaint(line.removeprefix("$ "), root):
                    yield n, what
    for span in CODE_SPAN.finditer(page.sentences):
        found = COMMAND.fullmatch(span[0].strip("`"))
        if found and (what := complaint(found[1], root)):
            yield line_of(page.sentences, span.start()), what


def complaint(command: str, root: Path = ROOT) -> str:
    """What is wrong with a command; nothing if it can be carried out.

    >>> complaint("make tests")
    'make does not know tests'
    >>> complaint("python -m scratchnn train --speed 5")
    'the command train --speed 5: unrecognized arguments: --speed 5'
    """
    shell = shlex.shlex(command.replace("\\", "/"), posix=True, punctuation_chars=True)
    shell.whitespace_split = True
    try:
        parts = groupby(shell, lambda word: word.strip("&|;") != "")
        found = [_misgiven([*words], root) for given, words in parts if given]
    except ValueError:
        return f"a quotation in {command} is never closed"
    return next(filter(None, found), "") if found else "a line without a command"


def _misgiven(words: list[str], root: Path) -> str:
    """What is wrong with the words of one command."""
    match words:
        case ["make", *targets]:
            wrong = [t for t in targets if "=" not in t and t not in _targets(root)]
            return f"make does not know {', '.join(wrong)}" if wrong else ""
        case ["python", "-m", "scratchnn", *options] if options:
            return _misread(options)
        case ["python", "-m", "pip", *what] | ["pip", *what]:
            return _not_installed(what, root)
        case ["python" | "py", "-m", module, *_]:
            with contextlib.suppress(ImportError):
                if importlib.util.find_spec(module):
                    return ""
            return f"there is no module {module}"
        case ["python", file, *_] if file[:1] != "-" and not (root / file).is_file():
            return f"there is no file {file}"
        case [tool, *_] if tool in TOOLS:
            return ""
    return f"a command that nobody knows: {' '.join(words)}"


@cache
def _targets(root: Path) -> set[str]:
    makefile = (root / "Makefile").read_text("utf-8")
    return set(" ".join(re.findall(r"^([a-z ]+):(?!=)", makefile, re.M)).split())


def _misread(options: list[str]) -> str:
    """What the library's own parser says to these words."""
    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
        try:
            parser().parse_args(options)
        except SystemExit as end:
            if end.code:
                error = said.getvalue().rpartition("error: ")[2].strip()
                return f"the command {' '.join(options)}: {error}"
    return ""


def _not_installed(words: list[str], root: Path) -> str:
    """What pip would not understand: of its options, those that make uses are known."""
    makefile = (root / "Makefile").read_text("utf-8")
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    for word in words[1:]:
        extra = re.fullmatch(r"\.\[(\w+)\]", word)
        if extra and extra[1] not in project["optional-dependencies"]:
            return f"the project has no extra {extra[1]}"
        if word.startswith("-") and word not in (*makefile.split(), "-r"):
            return f"pip is not used with {word} here"
    return f"pip is to {words[0]}" if words[:1] not in ([], ["install"]) else ""
