"""Under `make serve` a change shows, and the site stays what a whole build makes."""

import filecmp
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from mkdocs.commands import serve
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort
from mkdocs.livereload import LiveReloadServer
from watchdog.events import FileModifiedEvent, FileSystemEventHandler

from bookbinder import ROOT, BookError, serving
from bookbinder.run import processes
from bookbinder.serving import Rebuild

PAGES = {
    "index": """# The front

- [Another page](other.md)
- [Gates](gates.md)
- [The code](code.md)
- [The reference](reference.md)
""",
    "other": "# Another page",
    "gates": """# Gates

How little is needed?

``` { .python source="scratchnn.perceptron.np" }
```

``` { .python source="scratchnn.perceptron.AND" }
```

![Two inputs and a one, and what becomes of them](figures/perceptrons/neuron.svg)
""",
    "code": """# The code

## perceptron

``` { .python source="scratchnn.perceptron" }
```
""",
    "reference": """# The reference

## perceptron

::: scratchnn.perceptron
""",
}


def test_what_is_rebuilt_is_what_a_whole_build_makes(tmp_path: Path) -> None:
    """Text, figure and code change; only their pages are made again; the search too."""
    for name in ("figures", "src", "theme"):
        shutil.copytree(ROOT / name, tmp_path / name)
    folder = tmp_path / "docs" / "en"
    folder.mkdir(parents=True)
    titles = {name: text.split("\n")[0].strip("# ") for name, text in PAGES.items()}
    for name, text in PAGES.items():
        front = f"---\ntitle: {titles[name]}\n---\n\n"
        (folder / f"{name}.md").write_text(front + text, "utf-8")
    settings = (ROOT / "mkdocs.yml").read_text("utf-8")
    nav = "".join(f"  - {titles[name]}: {name}.md\n" for name in PAGES)
    settings = re.sub(r"^nav:\n( .*\n)+", f"nav:\n{nav}", settings, flags=re.MULTILINE)
    (tmp_path / "mkdocs.yml").write_text(settings, "utf-8")
    run = subprocess.run(
        [sys.executable, ROOT / "tests" / "rebuild.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": f"{tmp_path / 'src'}{os.pathsep}{tmp_path}"},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    nothing, page, figure, library, docstring, *others = run.stdout.splitlines()
    broken, mended, front, touched = others
    assert nothing == ""
    assert page == figure == "gates"
    assert library.split() == ["code", "gates"]
    assert docstring.split() == ["code", "reference"]
    assert re.match(r"refused: .*gates\.md:\d+: .* gone", broken)
    assert mended == "gates"
    assert {"code", "gates", "other", "reference"} < {*front.split()}
    assert touched == "gates other"
    different = set()
    for here, _, files in os.walk(tmp_path / "whole"):
        served = tmp_path / "served" / Path(here).relative_to(tmp_path / "whole")
        _, changed, missing = filecmp.cmpfiles(here, served, files, shallow=False)
        different |= {str(served / name) for name in (*changed, *missing)}
    search = "search/search_index.json"
    names = {str(tmp_path / "served" / name) for name in (search, "objects.inv")}
    assert different <= names
    served, whole = (
        json.loads((tmp_path / site / search).read_text("utf-8"))["docs"]
        for site in ("served", "whole")
    )
    assert sorted(map(str, served)) == sorted(map(str, whole))
    assert any("AND\N{WORD JOINER}" in part["text"] for part in served)


def test_the_book_is_served_where_it_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is built is tested above; here MkDocs takes it up, and how it is told to."""
    for name in ("build", "LiveReloadServer"):
        monkeypatch.setattr(serve, name, getattr(serve, name))  # put back at the end
    said: list[str] = []
    monkeypatch.setattr(serving.Rebuild, "__call__", lambda *_, **__: said.append(""))
    monkeypatch.setattr(
        LiveReloadServer, "serve", lambda self, **_: said.append(self.url)
    )
    before = signal.getsignal(signal.SIGTERM)
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = "{}:{}".format(*free.getsockname())
    serving.main(address)
    assert said == ["", f"http://{address}/"]
    ended = signal.signal(signal.SIGTERM, before)
    assert ended is signal.default_int_handler  # as Ctrl-C: helpers end, too


def test_an_edition_that_is_not_there_is_said_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In a line, before anything is drawn or run."""
    made: list[str] = []
    for name in ("redraw", "rerun"):
        monkeypatch.setattr(serving, name, partial(made.append, name))
    with pytest.raises(BookError, match=r"no mkdocs\*\.yml says docs_dir: docs.xx"):
        serving.main("127.0.0.1:0", "xx")
    assert made == []


@pytest.mark.parametrize(
    ("address", "what"),
    [
        ("banana", "IP:PORT"),
        ("127.0.0.1:99999", "port must be 0-65535"),
        ("127.0.0.1:{taken}", "already in use"),
    ],
)
def test_an_address_where_nothing_can_be_served_is_said_at_once(
    address: str, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With an address that would do, and before anything is drawn or run."""
    monkeypatch.setattr(serving, "redraw", partial(pytest.fail, "something is drawn"))
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = address.format(taken=server.getsockname()[1])
        with pytest.raises(BookError, match=rf"{address}: .*{what}.*ADDRESS=127"):
            serving.main(address)


def test_what_is_made_of_the_book_does_not_build_it_again(tmp_path: Path) -> None:
    """A page that is saved has a notebook, and perhaps figures, which are written."""
    heard: list[str] = []
    folder = tmp_path / "docs" / "en"
    for name in ("figures", "labs", "notebooks"):
        (folder / name).mkdir(parents=True)
    handler = FileSystemEventHandler()
    vars(handler)["on_any_event"] = lambda event: heard.append(
        Path(event.src_path).name
    )
    sources = serving.Sources()
    sources.schedule(handler, str(folder), recursive=True)
    for place in ("page.md", "figures/a.svg", "labs/lab.ipynb", "notebooks/page.ipynb"):
        handler.dispatch(FileModifiedEvent(str(folder / place)))
    assert heard == ["page.md", "lab.ipynb"]


def test_a_fault_is_said_in_its_own_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a traceback, and the server goes on: MkDocs ends a build so."""

    def fault(*_: object) -> None:
        raise BookError("page.md:3: this is wrong")

    monkeypatch.setattr(Rebuild, "_bring_up_to_date", fault)
    with pytest.raises(Abort, match=r"page\.md:3: this is wrong") as said:
        Rebuild()(MkDocsConfig())
    assert said.value.__suppress_context__


@pytest.mark.parametrize("copies", [processes.COPIES, False])
def test_what_is_made_side_by_side_comes_in_the_order_of_the_calls(
    copies: bool, tmp_path: Path
) -> None:
    """By processes, or without them; an error there is ours."""
    context = processes.copying() if copies else None
    calls: list[Callable[[], object]] = [partial(time.sleep, 0.05), *9 * [os.getpid]]
    slept, *makers = processes.side_by_side(calls, context)
    assert slept is None
    assert (os.getpid() in makers) is not copies
    with pytest.raises(FileExistsError):
        processes.side_by_side([*calls, tmp_path.mkdir], context)
