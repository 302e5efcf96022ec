"""Ties the pages to the reference: what a page brings, and which page brings a name.

The reference is one page. It names modules, `::: scratchnn.losses`, and mkdocstrings
fills in what their docstrings say. Here each module becomes the list of all it defines,
and each entry is followed by two links: to its source, and to the chapter that brings
it. The other way round, the caption of a listing and a page's first mention of a name
lead to the entry.
"""

import ast
import os
import re
from functools import cache
from pathlib import Path

from bookbinder import ROOT
from bookbinder.read.book import CODE_PAGE, REFERENCE, introductions
from bookbinder.read.code import code_of, parsed
from bookbinder.read.pages import MODULE_LINE, Block, Page
from bookbinder.read.source import Listing, library, listing, names_bound
from bookbinder.read.words import DOT, say

PACKAGE = "scratchnn"
MODULE_ONLY = "{members: false, show_root_heading: false, show_root_toc_entry: false}"
PROMPT = re.compile(r" *>>> ")


def public(module: str, root: Path = ROOT) -> list[str]:
    """The functions and classes that a module of the library defines, in its order."""
    kinds = ast.FunctionDef | ast.ClassDef
    nodes = parsed(_file(module, root).read_text("utf-8"))
    names = [node.name for node in nodes if isinstance(node, kinds)]
    return [name for name in names if not name.startswith("_")]


def brought(page: Page, root: Path = ROOT) -> dict[str, str]:
    """The names of the library that a page lists or imports, and what they stand for.

    A name that the page's own code binds to something else is left out.
    """
    known = library(root)
    names: set[str] = set()
    own: set[str] = set()
    for block in page.blocks:
        names |= {name.rpartition(".")[2] for name in block.names}
        for node in () if block.source else parsed(code_of(block, root)):
            imported = getattr(node, "module", "") or ""
            if isinstance(node, ast.ImportFrom) and imported.startswith(PACKAGE):
                names |= {a.name for a in node.names if a.asname in (None, a.name)}
            else:
                own |= names_bound(node)
    return {name: known[name] for name in sorted(names - own) if name in known}


def expanded(lines: list[str], page: Page, root: Path = ROOT) -> list[str]:
    """The lines of the reference with an entry for all that each module defines.

    Below each entry stand links to where it is introduced and to its source.
    """
    if not _modules(lines):
        return lines
    introduced, language = introductions(page.edition, root), page.language
    found: list[str] = []
    for line in lines:
        found.append(line)
        for module in _modules([line]):
            found.append(f"    options: {MODULE_ONLY}")
            for name in (f"{module}.{name}" for name in public(module, root)):
                link = source_link(listing(name, root), language, root)
                links = say("Source: {}", language).format(link)
                if name in introduced:
                    there, at = introduced[name]
                    file = there.path.relative_to(page.edition).as_posix()
                    place = f"[{there.title}]({file}#{at.anchor})"
                    said = say("Introduced in {}", language).format(place)
                    links = f"{said}{DOT}{links}"
                found += ["", f"::: {name}", "", links, "{ .provenance }", ""]
    return found


def with_entries(lines: list[str], page: Page, root: Path = ROOT) -> list[str]:
    """What a page is made of: its lines, and what the reference shows of modules."""
    files = (_file(module, root) for module in _modules(lines))
    shown = [_without_bodies(file.read_text("utf-8")) for file in files]
    return expanded(lines, page, root) + shown


@cache
def _without_bodies(text: str) -> str:
    """A module less all that its functions do."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            has_docstring = ast.get_docstring(node) is not None
            node.body = node.body[:has_docstring] or [ast.Pass()]
    return ast.unparse(tree)


def _modules(lines: list[str]) -> list[str]:
    return [found["module"] for line in lines if (found := MODULE_LINE.match(line))]


def _file(module: str, root: Path) -> Path:
    return root.joinpath("src", *module.split(".")).with_suffix(".py")


def source_link(shown: Listing, language: str, root: Path = ROOT) -> str:
    """A link that says where a listing stands, to its lines on the page of all code.

    What is no part of the library is not on that page, so there it is no link.
    """
    library = root / "src"
    inside = shown.path.is_relative_to(library)
    name = shown.path.relative_to(library if inside else root).as_posix()
    said = f"`{name}`, {shown.where(language)}"
    place = f"{CODE_PAGE}#__span-{shown.anchor}-{shown.first}"
    return f"[{said}]({place})" if inside else said


def entry_links(page: Page, block: Block, root: Path = ROOT) -> list[str]:
    """Links from a listing to the entries of what it defines.

    What has been shown before has none: its link to that place is enough.
    """
    place = reference_of(page)
    if block.again or not place:
        return []
    entries = set(library(root).values()) & set(block.names)
    word, whole = (
        say(text, page.language) for text in ("reference", "{} in the reference")
    )
    return [
        f'[{word}]({place}#{name}){{ aria-label="{whole.format(short)}" }}'
        for name, short in sorted((name, name.rpartition(".")[2]) for name in entries)
    ]


def reference_of(page: Page) -> str:
    """Where a page finds the reference of its edition; nothing if there is none."""
    if not (page.edition / REFERENCE).is_file():
        return ""
    home = os.path.relpath(page.edition, page.path.parent)
    return Path(home, REFERENCE).as_posix()


def sessions(lines: list[str]) -> list[str]:
    """The lines of a docstring with its examples fenced, as they are on a page."""
    found: list[str] = []
    inside = False
    for line in lines:
        if not inside and PROMPT.match(line):
            found += ["", "``` { .pycon data-kind=session }"]
            inside = True
        elif inside and not line.strip():
            found.append("```")
            inside = False
        found.append(line)
    return [*found, "```"] if inside else found
