"""What the tests share: the built site, a small book to spoil, a browser."""

import functools
import gc
import http.server
import os
import re
import shutil
import subprocess
import sys
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from filelock import FileLock
from playwright.sync_api import Browser, expect, sync_playwright

from bookbinder import ROOT
from bookbinder.make.drawing import run_program
from bookbinder.make.labs import find_labs
from bookbinder.read.book import ORIGINAL, find_pages
from bookbinder.read.pages import Page, edition_of
from scratchnn import data_folder, load_mnist
from scratchnn.data import Samples
from scratchnn.mnist import MNIST

pytest.register_assert_rewrite("drawings")  # it says what a figure lacks

PAGES = [page for page in find_pages(ROOT) if page.language == ORIGINAL]
LABS = [lab for lab in find_labs(ROOT) if edition_of(lab).name == ORIGINAL]
"""What the built site is made of: pages of the original, and its labs."""

BROWSERS = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "chrome",
)
"""What to look for, best first: the shell has no windows to draw that nobody sees."""

NEEDLESS = (
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "SpareRendererForSitePerProcess",
)
"""What the browser would make anew for each window, and nobody here sees.

Two pages behind its address bar, which took as long to load as a page of the book, and
a process for a page that may come.
"""


def pytest_collection_finish() -> None:
    """What has been imported stays: Python need not look for waste there again."""
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker keeps the order; several begin with what takes long."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if workers > 1:
        items[:] = dealt(items, workers)


def dealt(items: list[pytest.Item], workers: int) -> list[pytest.Item]:
    """Tests in such an order that each worker, who gets a part, ends with short ones.

    One that is left with a long test at the end keeps the others waiting. All share the
    tests in the browser; and while one builds the site for it, the last worker runs the
    notebooks, which need none.
    """
    kinds: dict[str, list[pytest.Item]] = {"browser": [], "notebooks": [], "short": []}
    for item in items:
        in_browser = "browser" in getattr(item, "fixturenames", ())
        notebook = item.path.stem == "test_notebooks"
        kind = "browser" if in_browser else "notebooks" if notebook else "short"
        kinds[kind].append(item)
    browser, notebooks, short = kinds.values()
    order: list[pytest.Item] = []
    for left in range(workers, 0, -1):  # xdist deals so: to each a part of what is left
        part = notebooks if left == 1 else []
        part += _taken(browser, len(browser) // left)
        room = (len(items) - len(order)) // left - len(part)
        order += part + _taken(short, max(room, 0))
    return order


def _taken(items: list[pytest.Item], count: int) -> list[pytest.Item]:
    """The first so many of some tests, which are there no longer."""
    first, items[:] = items[:count], items[count:]
    return first


Once = Callable[[str, Callable[[Path], None]], Path]


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """Gives a named folder, which the first of the parallel workers fills for all."""
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent

    def once(name: str, fill: Callable[[Path], None]) -> Path:
        with FileLock(base / f"{name}.lock"):
            if not (base / name).exists():
                unfinished = tmp_path_factory.mktemp(name)
                fill(unfinished)
                unfinished.rename(base / name)
        return base / name

    return once


@pytest.fixture(autouse=True)
def close_figures() -> Iterator[None]:
    """No test leaves a drawing open."""
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


@pytest.fixture(scope="session")
def peak_memory() -> Callable[[Callable[[], object]], int]:
    """Measures how many bytes a call has in use at most: the least of five times.

    What other threads of this process take meanwhile is counted, too; it can only add.
    """

    def measure(call: Callable[[], object]) -> int:
        peaks = []
        for _ in range(5):
            tracemalloc.start()
            call()
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
        return min(peaks)

    return measure


@pytest.fixture(scope="session")
def mnist() -> tuple[Samples, Samples]:
    """The real MNIST, where it has been downloaded before."""
    if not all((data_folder() / name).exists() for name in MNIST.digests):
        pytest.skip("MNIST is not on this machine; SCRATCHNN_DATA may say where it is")
    return load_mnist(dtype=np.float32, source=replace(MNIST, mirrors=()))


@pytest.fixture(scope="session")
def site_url() -> str:
    """Where the site is to be published, as far as it knows."""
    return "https://example.org/"


COMPLAINT = "complaint.txt"
"""What a build that failed has said, in the place of a site."""


@pytest.fixture(scope="session")
def attempt(once: Once, site_url: str) -> Path:
    """What `make site` leaves, made anew: the book, or why there is none."""

    def build(folder: Path) -> None:
        from bookbinder.build.kept import PLACE  # slow, and not needed without a site

        shutil.rmtree(ROOT / PLACE, ignore_errors=True)  # what earlier builds have kept
        command = [sys.executable, "-m", "bookbinder.publishing"]
        built = subprocess.run(
            [*command, "--site-dir", str(folder)],
            cwd=ROOT,
            env={**os.environ, "SITE_URL": site_url},
            capture_output=True,
            text=True,
        )
        if built.returncode:
            (folder / COMPLAINT).write_text(built.stderr, "utf-8")

    return once("site", build)


@pytest.fixture(scope="session")
def site(attempt: Path) -> Path:
    """The book as `make site` builds it."""
    if (attempt / COMPLAINT).exists():
        pytest.skip("there is no site: test_the_book_builds says why")
    return attempt


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """The address at which the built site is served."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            pass

    handler = functools.partial(Quiet, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium; without one tests skip, unless REQUIRE_BROWSER is set."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None and not os.environ.get("REQUIRE_BROWSER"):
        pytest.skip("no Chromium on this machine")
    expect.set_options(timeout=60_000)  # on a busy machine everything comes late
    with sync_playwright() as playwright:
        launch = functools.partial(playwright.chromium.launch, executable_path=found)
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        with launch(args=arguments) as plain:  # to see what Playwright switches off
            session = plain.new_browser_cdp_session()
            command = session.send("SystemInfo.getInfo")["commandLine"]
        switched_off = re.findall(r"--disable-features=(\S+)", command)[-1:]
        off = ",".join([*switched_off, *NEEDLESS])
        with launch(args=[*arguments, f"--disable-features={off}"]) as browser:
            yield browser


@pytest.fixture
def space(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What the program of a figure defines: of the one that the test's mark names."""
    mark = request.node.get_closest_marker("says")
    return run_program(f"figures.{mark.args[0]}")


@pytest.fixture
def figure(request: pytest.FixtureRequest, space: dict[str, Any]) -> Any:
    """The figure that the test's mark names; it says, in view, what the mark quotes."""
    from drawings import check  # slow, and not needed where nothing is drawn

    check(space["figure"], request.node.get_closest_marker("says").args[2])
    return space["figure"]


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Page]:
    """Writes the only page of a small book that has the library and figures of ours."""
    for name in ("src", "figures", "mkdocs.yml", "Makefile", "pyproject.toml"):
        (tmp_path / name).symlink_to(ROOT / name)
    folder = tmp_path / "docs" / "en"
    folder.mkdir(parents=True)
    (folder / "figures").symlink_to(ROOT / "docs" / "en" / "figures")

    def write(text: str) -> Page:
        (folder / "page.md").write_text(text, "utf-8")
        return Page.read(folder / "page.md")

    return write
