"""Keeps what pages have become, so that a build renders only what has changed.

Each build binds and checks every page. Where the lines that this leaves are those of an
earlier build, and so is all else that the HTML of a page is made of, it is taken as it
was; what mkdocstrings noted down of it is noted again. A page with a warning is not
kept: it is to be heard each time.
"""

import contextlib
import logging
import pickle
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page
from mkdocs.utils import CountHandler

from bookbinder import ROOT, fingerprint
from bookbinder.convert.binding import bound, locate
from bookbinder.convert.reading import minutes
from bookbinder.convert.reference import with_entries
from bookbinder.read.book import find_pages
from bookbinder.read.source import library

PLACE = ".cache/pages"
"""Where they are kept, a file for each page, seen from the project's root folder."""

BINDING = "bookbinder.convert.binding"
"""The step that may be given the lines of pages which have been bound beforehand."""

NOT_NEEDED = "links_to_anchors"
"""Leads to all other files; for a report that this book does not ask for."""

NOTES = "notes"
"""The attribute of a page that holds what was noted down of it."""

Made = dict[str, Any]
"""The attributes that a page gets when it is rendered."""

Note = tuple[str, list[Any], dict[str, Any]]
"""How a register was told, and what; None stands for the page."""


def makers(root: Path = ROOT) -> list[bytes]:
    """The programs that make pages, as they stand on the disk."""
    return [path.read_bytes() for path in sorted(root.glob("src/bookbinder/**/*.py"))]


RUNNING = makers()
"""The same as they were when this process began, which may be long ago."""


class Kept:
    """The pages of a build, each as it has been kept or else made anew."""

    def __init__(self, config: MkDocsConfig, files: Files) -> None:
        self.config, self.files = config, files
        self.root = Path(config.config_file_path).parent
        self.ready = ready(config)
        self.frame = frame(config, files, self.root)

    def rendered(self, page: Page) -> Made:
        """Let a page become what it is, whose text has been read; and what it gets.

        Nothing is returned, and nothing kept, if there was a warning.
        """
        edition = Path(self.config.docs_dir)
        place = self.root / PLACE / edition.name / f"{page.file.src_uri}.pickle"
        key = fingerprint(self.frame, repr(page.meta), *self._lines(page))
        made = found(place, key)
        if made is not None:
            self.take(page, made)
            return made
        with heard() as warnings, noted(self.config) as notes:
            made = {**render(page, self.config, self.files), NOTES: notes}
        if warnings.get_counts():
            return {}
        keep(place, key, made)
        return made

    def take(self, page: Page, made: Made) -> None:
        """Let a page be what it became elsewhere, or in an earlier build."""
        vars(page).update(made)
        owners = registers(self.config)
        for register, given, named in made[NOTES]:
            tell = getattr(owners[register], register)
            tell(*(it or page for it in given), **named)

    def _lines(self, page: Page) -> list[str]:
        """The lines of a page with what is bound into them, which is not done twice.

        And what those of the reference ask for.
        """
        assert page.markdown is not None
        text, edition = page.markdown.split("\n"), self.config.docs_dir
        source, skipped = locate(text, self.root, edition)
        if source.path not in self.ready:
            self.ready[source.path] = bound(source, self.root)
        lines = self.ready[source.path][skipped:]
        return with_entries(lines, source, self.root)


def ready(config: MkDocsConfig) -> dict[Path, list[str]]:
    """The lines of pages that have been bound beforehand; who binds one adds it."""
    options = config.mdx_configs.setdefault(BINDING, {})
    lines: dict[Path, list[str]] = options.setdefault("ready", {})
    return lines


def frame(config: MkDocsConfig, files: Files, root: Path) -> str:
    """What every page is made of, besides its own lines.

    The programs that make it, and how they are told to, which the configuration says;
    the library's names, to which the text leads; the places and titles of the other
    pages, and the times that these take to read.
    """
    installed = (Path(folder).glob("*.dist-info") for folder in sys.path)
    steps = {
        **config.mdx_configs,
        BINDING: {**config.mdx_configs[BINDING], "ready": {}},
    }
    parts = (
        sys.version,
        sorted(it.name for names in installed for it in names),
        (RUNNING, makers(root)),
        [it if isinstance(it, str) else type(it) for it in config.markdown_extensions],
        (steps, [path.read_bytes() for path in sorted(root.glob("mkdocs*.yml"))]),
        library(root),
        [(page.path, minutes(page, root)) for page in find_pages(root)],
        [(file.src_uri, file.url) for file in files],
    )
    return fingerprint(repr(parts))


def render(page: Page, config: MkDocsConfig, files: Files) -> Made:
    """Render a page as MkDocs does; what it gets by that."""
    before = dict(vars(page))
    Page.render(page, config, files)
    after = vars(page).items()
    made = {name: it for name, it in after if before.get(name) is not it}
    made.pop(NOT_NEEDED, None)
    return made


def registers(config: MkDocsConfig) -> dict[str, Any]:
    """What is told which names a page explains, for links and for other books; how."""
    if "mkdocstrings" not in config.plugins:
        return {}
    names: Any = config.plugins["mkdocstrings"]
    links = config.plugins["autorefs"]
    return {"register_anchor": links, "register": names.handlers.inventory}


@contextlib.contextmanager
def noted(config: MkDocsConfig) -> Iterator[list[Note]]:
    """Writes down what the registers are told while this lasts."""
    notes: list[Note] = []

    def noting(register: str, tell: Callable[..., None]) -> Callable[..., None]:
        def told(*given: Any, **named: Any) -> None:
            ours = [None if isinstance(it, Page) else it for it in given]
            notes.append((register, ours, named))
            tell(*given, **named)

        return told

    with contextlib.ExitStack() as afterwards:
        for register, owner in registers(config).items():
            vars(owner)[register] = noting(register, getattr(owner, register))
            afterwards.callback(vars(owner).pop, register)
        yield notes


@contextlib.contextmanager
def heard() -> Iterator[CountHandler]:
    """Counts what MkDocs warns of while this lasts."""
    handler = CountHandler()
    handler.setLevel(logging.WARNING)
    logging.getLogger("mkdocs").addHandler(handler)
    try:
        yield handler
    finally:
        logging.getLogger("mkdocs").removeHandler(handler)


def found(place: Path, key: str) -> Made | None:
    """What is kept of a page, if it is whole and was made of the same."""
    with contextlib.suppress(OSError):
        seal, _, data = place.read_bytes().partition(b"\n")
        if seal == f"{key} {fingerprint(data)}".encode():
            return pickle.loads(data)
    return None


def keep(place: Path, key: str, made: Made) -> None:
    """Write down what a page has become, where this can be written to."""
    from scratchnn.files import store  # late: the library may not even load

    data = pickle.dumps(made)
    with contextlib.suppress(OSError):
        store(place, f"{key} {fingerprint(data)}\n".encode() + data)
