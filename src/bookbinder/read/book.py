"""Reads the book around a page: which editions and pages there are, in which order.

The configuration of an edition says so in its navigation, and may inherit from another.
"""

import argparse
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bookbinder import ROOT, BookError
from bookbinder.read.moment import read_once
from bookbinder.read.pages import Block, Page

ORIGINAL = "en"
"""The language the book is written in; the editions in others are translations."""

CODE_PAGE = "code.md"
"""The page that shows every module whole; the captions of listings lead there."""

REFERENCE = "reference.md"
"""The page that says of every name of the library what it is."""


def find_pages(root: Path) -> list[Page]:
    """Every page of every edition of the book below the folder `root`."""
    return [Page.read(path) for path in sorted(root.glob("docs/*/**/*.md"))]


def page_file(named: str) -> Path:
    """The file of a page that is named on the command line."""
    path = Path(named).resolve()
    if not path.is_file() or path.suffix != ".md" or path.parents[1].name != "docs":
        raise argparse.ArgumentTypeError(f"{named} is no page of a book")
    return path


def config_of(edition: Path, root: Path = ROOT) -> Path:
    """The configuration of an edition: `docs_dir` in it is the edition's folder.

    One that names no folder is there for all; otherwise it is a `BookError`.
    """
    only = root / "mkdocs.yml"
    for path in sorted(root.glob("mkdocs*.yml")):
        if root / str(_settings(path).get("docs_dir")) == edition:
            return path
    if only.is_file() and "docs_dir" in _settings(only):
        raise BookError(f"no mkdocs*.yml says docs_dir: {edition.relative_to(root)}")
    return only


def navigation(edition: Path, root: Path = ROOT) -> dict[str, str]:
    """The pages and labs of an edition in their order: file, and how it is called."""
    return {file: title for _, title, file in contents(edition, root)}


def contents(edition: Path, root: Path = ROOT) -> list[tuple[str, str, str]]:
    """The same with the part of the book that each stands in: part, title and file."""
    config = config_of(edition, root)
    return [*_entries(_settings(config).get("nav", []))] if config.is_file() else []


def reading_order(edition: Path, root: Path = ROOT) -> list[Page]:
    """The pages of an edition, a folder, in the order of the navigation."""
    names = [name for name in navigation(edition, root) if name.endswith(".md")]
    for name in names:
        if not (edition / name).is_file():
            config = config_of(edition, root)
            raise BookError(
                f"{config}: the navigation names {name}, which is not there"
            )
    return [Page.read(edition / name) for name in names]


def listings(edition: Path, root: Path = ROOT) -> Iterator[tuple[Page, Block]]:
    """Every listing of an edition in reading order, with its page.

    The page of all code is the reference copy: its listings are none of these.
    """
    for page in reading_order(edition, root):
        if page.path.name != CODE_PAGE:
            for block in page.blocks:
                if block.source:
                    yield page, block


def left_out(edition: Path, root: Path = ROOT) -> list[Page]:
    """The pages in the folder of an edition that its navigation does not name."""
    named = navigation(edition, root)
    paths = sorted(edition.rglob("*.md"))
    return [
        Page.read(path)
        for path in paths
        if path.relative_to(edition).as_posix() not in named
    ]


def introductions(edition: Path, root: Path = ROOT) -> dict[str, tuple[Page, Block]]:
    """Where an edition first lists each object: the page, and the listing."""
    found: dict[str, tuple[Page, Block]] = {}
    for page, block in listings(edition, root):
        for name in () if block.again else block.names:
            found.setdefault(name, (page, block))
    return found


@read_once
def _settings(config: Path) -> dict[str, Any]:
    """What a configuration says, with what it inherits; tags and types aside."""
    try:
        own = _loaded(config.read_text("utf-8"))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BookError(f"{config}:{line}: {error.problem}") from None
    parent = own.get("INHERIT")
    return {**_settings(config.parent / parent), **own} if parent else own


@cache
def _loaded(text: str) -> dict[str, Any]:
    return yaml.load(text, getattr(yaml, "CBaseLoader", yaml.BaseLoader)) or {}


def _entries(items: Iterable[Any], part: str = "") -> Iterator[tuple[str, str, str]]:
    """The part, the title and the file of each entry; "" where there is none."""
    for item in items:
        named = item if isinstance(item, dict) else {"": item}
        for title, target in named.items():
            if isinstance(target, list):
                yield from _entries(target, title)
            elif target.endswith((".md", ".ipynb")):
                yield part, title, target
