"""Serves the book while it is written: `python -m bookbinder.serving [address [zh]]`.

MkDocs serves and reloads. What this adds is speed: after a change the stale figures are
drawn, and only those pages are built again whose text, or what is bound into it, is no
longer what it was. The tests show that this leaves the site that a whole build makes,
but for the list of names for other books.
"""

import argparse
import logging
import re
import signal
import socket
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from mkdocs.commands import serve
from mkdocs.commands.build import build
from mkdocs.config.base import ValidationError
from mkdocs.config.config_options import IpAddress
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort
from mkdocs.livereload import LiveReloadServer
from mkdocs.structure.files import File, get_files
from watchdog.events import FileSystemEventHandler
from watchdog.observers.api import ObservedWatch
from watchdog.observers.polling import PollingObserver

from bookbinder import ROOT, BookError
from bookbinder.build.ahead import Ahead
from bookbinder.build.kept import ready
from bookbinder.convert.binding import bound
from bookbinder.convert.reading import minutes
from bookbinder.convert.reference import with_entries
from bookbinder.make.drawing import draw, draw_into, redraw, sources, to_draw
from bookbinder.make.labs import rerun
from bookbinder.make.notebooks import write
from bookbinder.read.book import ORIGINAL, config_of, find_pages
from bookbinder.read.pages import Page
from bookbinder.run.processes import COPIES, copying, side_by_side

LOOK_EVERY = 0.1
"""Seconds between two looks at the files."""

MADE = re.compile(r"docs[/\\][^/\\]+[/\\](figures|notebooks)[/\\]")
"""Files that are made while the book is built, and need no other building."""

Lines = tuple[list[str], list[str]]
"""What a page is made of: its lines, bound, and what they ask of the reference."""

FRONT = "./"
"""The address of the front page; the search cannot take a single page with it out."""


class Rebuild:
    """Builds the site as MkDocs does, but no more of it than is out of date."""

    def __init__(self, root: Path = ROOT) -> None:
        self.root = root
        self.frame: dict[Path, bytes] = {}
        self.pages: dict[str, Lines] = {}

    def __call__(self, config: MkDocsConfig, **options: object) -> None:
        """Bring the site up to date; a fault is said in its own words alone."""
        try:
            self._bring_up_to_date(config)
        except BookError as error:
            raise Abort(str(error)) from None

    def _bring_up_to_date(self, config: MkDocsConfig) -> None:
        """Draw and write what is stale, then build that much of `config.site_dir`."""
        for module in [m for m in sys.modules if m.split(".")[0] == "scratchnn"]:
            del sys.modules[module]  # a figure is drawn by the library as it is now
        context = copying() if COPIES else None
        stale = [partial(draw_into, it, self.root) for it in to_draw(self.root)]
        side_by_side(stale, context)
        files = {file.url: file for file in get_files(config).documentation_pages()}
        work: list[Callable[[], Any]] = [partial(write, self.root)]  # notebooks
        work += [partial(_bound, _source(file), self.root) for file in files.values()]
        known = context if self.pages else None  # what is read here, later copies know
        _, *lines = side_by_side(work, known)
        pages = dict(zip(files, lines, strict=True))
        frame = self._frame()
        outdated = {
            url  # or was saved since: MkDocs then takes a page for another
            for url, file in files.items()
            if pages[url] != self.pages.get(url) or file.is_modified()
        }
        whole = (
            frame != self.frame
            or pages.keys() != self.pages.keys()
            or FRONT in outdated
        )
        self.frame, self.pages = {}, {}  # if this build fails, the next is whole
        ready(config).update(
            (_source(file), pages[url][0]) for url, file in files.items()
        )
        if whole:
            config.plugins["ahead"] = Ahead()
        else:
            for url in outdated:
                Path(files[url].abs_dest_path).unlink(missing_ok=True)
            _forget(config, outdated)
        build(config, serve_url=config.site_url, dirty=not whole)
        self.frame, self.pages = frame, pages

    def _frame(self) -> dict[Path, bytes]:
        """What every page depends on: configuration, theme, times in the navigation."""
        files = [*self.root.glob("mkdocs*.yml"), *(self.root / "theme").rglob("*")]
        frame = {path: path.read_bytes() for path in files if path.is_file()}
        for page in find_pages(self.root):
            frame[page.path] = bytes([minutes(page, self.root)])
        return frame


def _source(file: File) -> Path:
    """Where a page stands."""
    assert file.abs_src_path is not None, "every page of the book is a file"
    return Path(file.abs_src_path)


def _bound(path: Path, root: Path) -> Lines:
    """What a page is made of; `BookError` says what is wrong with it."""
    page = Page.read(path)
    lines = bound(page, root)
    return lines, with_entries(lines, page, root)


def _forget(config: MkDocsConfig, urls: set[str]) -> None:
    """Take pages out of what the search kept from the last build.

    Material's search does so itself where a single page is built again.
    """
    index = vars(config.plugins["material/search"])["search_index_prev"]
    index.entries = [
        entry
        for entry in index.entries
        if not entry["location"].startswith(tuple(urls))
    ]


class Sources(PollingObserver):
    """Watches what the book is made from, and not what is made of it and beside it."""

    def schedule(
        self, event_handler: FileSystemEventHandler, path: str | Path, **options: Any
    ) -> ObservedWatch:
        """Let a handler hear of all changes below a folder but those of `MADE`."""
        heard = event_handler.dispatch
        vars(event_handler)["dispatch"] = lambda event: (
            MADE.search(str(event.src_path)) or heard(event)
        )
        return super().schedule(event_handler, path, **options)


class Server(LiveReloadServer):
    """MkDocs's server, which looks at the sources more often."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.observer = Sources(timeout=LOOK_EVERY)


def can_serve(address: str) -> None:
    """Raises `BookError` where nothing can be served."""
    try:
        host, port = IpAddress().validate(address)  # type: ignore[no-untyped-call]
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind((host, port))
    except (ValidationError, OSError, OverflowError) as error:
        what = getattr(error, "strerror", None) or error
        raise BookError(
            f"{address}: {what}; another address: make serve ADDRESS=127.0.0.1:8001"
        ) from None


def main(address: str, edition: str = ORIGINAL) -> None:
    """Bring figures and labs up to date; serve an edition there until Ctrl-C.

    Raises `BookError` where that cannot be done, and `Abort` where it cannot be built.
    """
    config = str(config_of(ROOT / "docs" / edition))
    can_serve(address)
    logging.basicConfig(format="%(message)s")
    logging.getLogger("mkdocs.livereload").setLevel(logging.INFO)
    print("Building the book; the first time this takes a minute.", flush=True)
    redraw()
    rerun()
    draw(sources()[0])  # slow the first time: now, and not at the first edit
    logging.getLogger("mkdocs.commands.build").addFilter(
        lambda record: "'dirty'" not in record.getMessage()
    )
    vars(serve).update(build=Rebuild(), LiveReloadServer=Server)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that helpers end
    serve.serve(config, build_type="dirty", dev_addr=address)


if __name__ == "__main__":
    command = argparse.ArgumentParser("python -m bookbinder.serving")
    command.add_argument("address", nargs="?", default="127.0.0.1:8000")
    command.add_argument("edition", nargs="?", default=ORIGINAL, help="as in docs/zh")
    options = command.parse_args()
    try:
        main(options.address, options.edition)
    except (Abort, BookError) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
