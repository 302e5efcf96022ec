"""Runs the labs, the notebooks in `docs/<language>/labs/`, for the site to show.

A lab is a plain notebook without outputs. What it prints and draws is made here, in
Jupyter's own engine, once for each change of the notebook or of the library; a cell
that fails is an error. The copy with outputs goes to the folder of notebooks, with its
pictures, which follow the theme, beside it; `as_page` makes a page of them.
"""

import asyncio
import contextlib
import functools
import json
import os
import re
import runpy
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bookbinder import ROOT, BookError, fingerprint
from bookbinder.make import fonts
from bookbinder.make.drawing import size_of, themed
from bookbinder.make.notebooks import FOLDER, SITE, plain
from bookbinder.read.book import find_pages
from bookbinder.read.pages import Page

Notebook = dict[str, Any]

FIRST = """
def look():
    import matplotlib.font_manager
    from matplotlib_inline.backend_inline import set_matplotlib_formats

    metadata = {{"Date": None, "Creator": None}}
    set_matplotlib_formats("svg", bbox_inches=None, metadata=metadata)
    for font in {fonts}:
        matplotlib.font_manager.fontManager.addfont(font)
    matplotlib.rcParams.update({look})
    cycle = matplotlib.cycler(color={inks}, markerfacecolor={fills})
    matplotlib.rcParams["axes.prop_cycle"] = cycle


look()
del look
"""
"""Runs before a lab, which knows nothing of it: pictures as the book has them."""


def find_labs(root: Path = ROOT) -> list[Path]:
    """Every lab of every edition."""
    return sorted(root.glob("docs/*/labs/*.ipynb"))


def place(lab: Path) -> Path:
    """Where the copy of a lab with its outputs is written."""
    return lab.parent.parent / FOLDER / lab.name


def read(lab: Path) -> Notebook:
    """A lab as it stands in its folder; `BookError` says what it lacks to be one."""
    try:
        notebook = json.loads(lab.read_text("utf-8"))
    except json.JSONDecodeError as error:
        raise BookError(f"{lab}:{error.lineno}: no notebook: {error.msg}") from None
    match notebook:
        case {"metadata": {"description": str()}, "cells": [*cells]} if all(
            {"id", "source", "cell_type", "metadata"} <= cell.keys() for cell in cells
        ):
            if any(cell["cell_type"] == "code" for cell in cells):
                return dict(notebook)
    what = "a description in its metadata, a cell of code, and an id in each cell"
    raise BookError(f"{lab}: a lab has {what}")


def as_page(lab: Path) -> Page:
    """The page that a lab becomes, with what its cells have printed and drawn."""
    notebook = read(lab)
    ran = (
        json.loads(place(lab).read_text("utf-8")) if place(lab).is_file() else notebook
    )
    outputs = {cell["id"]: cell.get("outputs", []) for cell in ran["cells"]}
    title = (
        "".join(notebook["cells"][0]["source"]).partition("\n")[0].removeprefix("# ")
    )
    about = notebook["metadata"]["description"]
    parts, number = [f"---\ntitle: {title!r}\ndescription: {about!r}\n---"], count(1)
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        is_code = cell["cell_type"] == "code"
        parts.append(f"```python\n{source}\n```" if is_code else source)
        for output in outputs.get(cell["id"], []):
            if output["output_type"] == "stream":
                printed = "".join(output["text"]).rstrip("\n")
                parts.append(f"``` {{ .text .output }}\n{printed}\n```")
            else:
                parts.append(
                    _shown(picture(lab, next(number)), cell["metadata"]["alt"])
                )
    return Page(place(lab), "\n\n".join(parts) + "\n")


def every_page(root: Path = ROOT) -> Iterator[Page]:
    """The pages of all editions, and then the labs, each made when it is asked for."""
    yield from find_pages(root)
    yield from map(as_page, find_labs(root))


def _shown(drawing: Path, alt: str) -> str:
    """A picture of a lab in the Markdown of its page."""
    size = size_of(drawing.read_text("utf-8"))
    return f"![{alt}]({drawing.name}){{ #{drawing.stem} .drawing {size} }}"


def picture(lab: Path, number: int) -> Path:
    """Where a picture of a lab is written, counted from one."""
    return place(lab).with_name(f"{lab.stem}-{number}.svg")


def seal(lab: Path, root: Path = ROOT) -> str:
    """What the outputs of a lab depend on, in twelve letters."""
    library = sorted((root / "src" / "scratchnn").glob("*.*"))
    makers = [
        Path(__file__).with_name(f"{n}.py") for n in ("labs", "notebooks", "drawing")
    ]
    files = [lab, root / "figures" / "style.py", *makers, *library]
    packages = ("numpy", "matplotlib", "matplotlib-inline")
    read = [path.read_bytes() for path in files]
    return fingerprint(*read, *fonts.parts(), *map(version, packages))


def stale(root: Path = ROOT, site: str | None = SITE) -> Iterator[Path]:
    """Each lab whose copy is missing, or was not made from what is there now.

    Or links to another address than `site`; with `None` it may link to any.
    """
    for lab in find_labs(root):
        made: dict[str, str] = {}
        with contextlib.suppress(FileNotFoundError, json.JSONDecodeError):
            made = json.loads(place(lab).read_text("utf-8")).get("metadata", {})
        if made.get("seal") != seal(lab, root) or site not in (None, made.get("site")):
            yield lab


def rerun(root: Path = ROOT) -> list[Path]:
    """Run the labs that are out of date, side by side; return which these were."""
    labs = list(stale(root))
    with ThreadPoolExecutor() as threads:
        every = threads.map(functools.partial(run, root=root), labs)
        for lab, ran in zip(labs, every, strict=True):
            _store(lab, ran, root)
    return labs


def run(lab: Path, data: str = "", root: Path = ROOT) -> Notebook:
    """A lab with its outputs; `BookError` says which of its cells failed.

    It knows of no downloaded data but what stands in the folder `data`, so that every
    machine shows the same.
    """
    notebook = read(lab)
    style = runpy.run_path(str(root / "figures" / "style.py"))
    inks = [style[name] for name in ("BLUE", "ORANGE", "GREEN", "PURPLE")]
    look = style["LOOK"] | {
        "svg.hashsalt": lab.stem,
        "figure.facecolor": "none",
        "figure.figsize": (5.2, 3.0),
        "figure.constrained_layout.use": True,
        "font.family": fonts.families(style["LOOK"]["font.family"]),
    }
    files = [str(fonts.unpacked(name)) for name in fonts.OURS.values()]
    fills = [style["SECOND"]["mfc"] if n % 2 else ink for n, ink in enumerate(inks)]
    source = FIRST.format(look=look, inks=inks, fills=fills, fonts=files)
    first = {"id": "first", "source": source}
    cell = next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")
    notebook["cells"].insert(0, {**cell, **first})
    try:
        notebook = executed(notebook, data)
    except RuntimeError as error:
        raise BookError(f"{lab}: {error}") from None
    del notebook["cells"][0]
    return notebook


def executed(notebook: Notebook, data: str = "") -> Notebook:
    """A notebook with the outputs of its cells, run by Jupyter in an empty folder.

    `data` is the folder of downloaded data; by default it is empty, too. What a slow
    machine prints in pieces becomes one output. Temporary files that are left go away.
    Raises `RuntimeError` with what Jupyter says if a cell fails that is not meant to.
    """
    import nbformat  # here, since those who only ask for the labs need no Jupyter
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    node = nbformat.reads(json.dumps(notebook), 4)  # type: ignore[no-untyped-call]
    quiet = ["--log-level=ERROR"]
    client = NotebookClient(
        node,
        coalesce_streams=True,
        extra_arguments=quiet,
        kernel_name="python3",  # whatever name its author's has
        shutdown_kernel="immediate",  # one that is asked may take three seconds
    )
    with (
        TemporaryDirectory() as folder,
        TemporaryDirectory() as left,
        ThreadPoolExecutor(1) as thread,
    ):
        env = {**os.environ, "SCRATCHNN_DATA": data or str(Path(folder, "data"))}
        env |= dict.fromkeys(("TMPDIR", "TEMP", "TMP"), left)
        env.pop("MPLBACKEND", None)  # Jupyter's own shows pictures, another hides them
        run = client.async_execute(cwd=folder, env=env)
        try:  # in a thread of its own, where no other loop of events is running
            ran = thread.submit(asyncio.run, run).result()
        except CellExecutionError as error:
            raise RuntimeError(re.sub(r"\x1b\[[\d;]*m", "", str(error))) from None
    return json.loads(nbformat.writes(ran))  # type: ignore[no-untyped-call]


def _store(lab: Path, ran: Notebook, root: Path) -> None:
    """Write the copy of a lab and its pictures, and remove pictures it had before."""
    from scratchnn.files import store  # it loads NumPy, and not all labs are run

    here = f"{SITE}{FOLDER}/{lab.stem}/" if SITE else "./"
    number = 0
    for cell in ran["cells"]:
        before = number
        if cell["cell_type"] == "markdown":
            cell["source"] = plain("".join(cell["source"]), here)
        else:
            cell["execution_count"] = None  # the hidden cell was the first
        for output in cell.get("outputs", []):
            if drawn := output.get("data", {}).get("image/svg+xml"):
                if "alt" not in cell["metadata"]:
                    what = "draws a picture, and has no alt in its metadata"
                    raise BookError(f"{lab}: cell {cell['id']} {what}")
                number += 1
                svg = themed("".join(drawn), f"{lab.name}, picture {number}", root)
                store(picture(lab, number), svg.encode())
                output["data"]["text/plain"] = cell["metadata"]["alt"]
                output["metadata"]["needs_background"] = "light"
            elif output["output_type"] != "stream":
                what = "shows what is neither printed nor drawn: print it, or add a ;"
                raise BookError(f"{lab}: cell {cell['id']} {what}")
        if "alt" in cell["metadata"] and number == before:
            raise BookError(f"{lab}: cell {cell['id']} has an alt and draws no picture")
    ran["metadata"] |= {"seal": seal(lab, root), "site": SITE}
    store(place(lab), json.dumps(ran, ensure_ascii=False).encode())
    wanted = {picture(lab, n + 1) for n in range(number)}
    for old in {*place(lab).parent.glob(f"{lab.stem}-*.svg")} - wanted:
        old.unlink()
