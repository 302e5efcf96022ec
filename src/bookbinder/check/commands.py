"""Finds commands in the text that a shell could not carry out as they stand.

Readers type them as they are shown, so the Makefile has to know targets and variables,
and the options of the library's own command are read as the shell would have them read.
What a command names is there: files and folders, and what a line of Python imports.
"""

import ast
import contextlib
import importlib.util
import io
import re
import shlex
import tomllib
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from bookbinder import ROOT
from bookbinder.check import Fault
from bookbinder.read.pages import CODE_SPAN, Page, line_of

COMMAND = re.compile(r"!?((?:make|(?:\.venv/bin/)?python|pip) [^`]+)")
"""How code in a sentence begins that is a command."""

TOOLS = (
    "apt-get", "codespell", "git", "mypy", "pytest", "python", "ruff",
    ".venv/Scripts/activate",
)  # fmt: skip
"""Programs of others, to be trusted."""

GIT = ("add", "clone", "commit", "push", "status", "switch")
"""What git is asked to do."""

VENV = ".venv"
"""Where the environment stands that all other commands speak of."""

PACKAGES = ("jupyter",)
"""What a reader may install besides what the project itself needs."""


def command_faults(page: Page, root: Path = ROOT) -> Iterator[Fault]:
    """Every command of a page that cannot be carried out, as line and complaint."""
    for block in page.blocks:
        if block.kind == "shell":
            for n, line in block.lines:
                if what := complaint(line.removeprefix("$ "), root):
                    yield n, what
                if " #" in line:
                    yield n, "a comment behind a command: say it in a sentence"
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
    match [words[0].removeprefix(".venv/bin/"), *words[1:]]:
        case ["make", *given]:
            makes = _known_to_make(root)
            wrong = [word for word in given if re.sub("=.*", "=", word) not in makes]
            return f"make does not know {', '.join(wrong)}" if wrong else ""
        case ["python", "-m", "scratchnn", *options] if options:
            return _misread(options)
        case ["python", "-m", "pip", *what] | ["pip", *what]:
            return _not_installed(what, root)
        case ["python" | "py", "-m", "venv", folder]:
            return "" if folder == VENV else f"the environment is {VENV}, not {folder}"
        case ["python" | "py", "-m", module, *given]:
            return _misstarted(module, given, root)
        case ["python", "-c", code]:
            return _not_imported(code)
        case ["python", file, *_] if file[:1] != "-" and not (root / file).is_file():
            return f"there is no file {file}"
        case ["cd", folder]:
            known = folder == _project(root)["name"] or (root / folder).is_dir()
            return "" if known else f"there is no folder {folder}"
        case ["git", asked, *_] if asked not in GIT:
            return f"git is not asked to {asked} here"
        case [tool, *_] if tool in TOOLS:
            return ""
    return f"a command that nobody knows: {' '.join(words)}"


def _misstarted(module: str, given: list[str], root: Path) -> str:
    """What is wrong with the start of a module: what it is given, if it is there."""
    code = _started(module)
    if not code:
        return f"there is no module {module} to start"
    for word in given:
        if word.startswith("-") and word.partition("=")[0] not in code:
            return f"{module} does not know {word}"
        if "/" in word and not (root / word).exists():
            return f"there is no file {word}"
    return ""


def _started(module: str) -> str:
    """The code that `python -m` starts; nothing if there is none.

    Of a package it is the `__main__`; a module by itself has to ask whether it is that.
    """
    with contextlib.suppress(ImportError):
        found = importlib.util.find_spec(module)
        if found and found.submodule_search_locations:
            return _started(f"{module}.__main__")
        if found and str(found.origin).endswith(".py"):
            code = Path(str(found.origin)).read_text("utf-8")
            return code if "__main__" in module or "__name__ ==" in code else ""
    return ""


def _not_imported(code: str) -> str:
    """What a line of Python would not import."""
    try:
        imports = [
            n for n in ast.walk(ast.parse(code)) if isinstance(n, ast.ImportFrom)
        ]
        for node in imports:
            module = importlib.import_module(node.module or "")
            for alias in node.names:
                getattr(module, alias.name)
    except (SyntaxError, ImportError, AttributeError) as error:
        return f"python does not run {code}: {error}"
    return ""


def _known_to_make(root: Path) -> set[str]:
    """The targets and the variables, as `SAMPLES=`, of the Makefile on the disk."""
    makefile = (root / "Makefile").read_text("utf-8")
    targets = " ".join(re.findall(r"^([a-z ]+):(?!=)", makefile, re.M)).split()
    variables = re.findall(r"\$\((\w+)\)", makefile)
    return {*targets, *(f"{name}=" for name in variables)}


def _misread(options: list[str]) -> str:
    """What the library's own parser says to these words."""
    from scratchnn.command_line import parser  # late: it may not even load

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
    extras = _project(root)["optional-dependencies"]
    needed = str([_project(root)["dependencies"], *extras.values(), *PACKAGES])
    for word in words[1:]:
        extra = re.fullmatch(r"\.\[(\w+)\]", word)
        if extra and extra[1] not in extras:
            return f"the project has no extra {extra[1]}"
        if word.startswith("-") and word not in (*makefile.split(), "-r"):
            return f"pip is not used with {word} here"
        known = (root / word).exists() or re.search(
            rf"'{re.escape(word)}\b(?!-)", needed
        )
        if word[0] not in ".-" and not known:
            return f"the project does not need {word}"
    return f"pip is to {words[0]}" if words[:1] not in ([], ["install"]) else ""


def _project(root: Path) -> dict[str, Any]:
    """What the project says of itself, as its file stands on the disk."""
    text = (root / "pyproject.toml").read_text("utf-8")
    project: dict[str, Any] = tomllib.loads(text)["project"]
    return project
