"""Writes each chapter as a Jupyter notebook that a reader can open and change.

Made without running the page, into a folder beside it: prose becomes Markdown cells,
code becomes code cells, and below each stands the output that the page shows. Any
builder copies the files as they are. The tests execute them and compare.
"""

import json
import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from bookbinder import ROOT
from bookbinder.read.book import find_pages
from bookbinder.read.code import Example, examples
from bookbinder.read.links import LINK
from bookbinder.read.moment import moment
from bookbinder.read.pages import (
    BOUND,
    CODE_SPAN,
    COMMENT,
    FORMULA,
    Block,
    Figure,
    Page,
)
from bookbinder.read.words import say

FOLDER = "notebooks"
"""Where an edition keeps its notebooks, beside its pages."""

SITE = os.environ.get("SITE_URL", "")
"""The address of the published book, if there is one to link to."""

ASIDE = re.compile(r'^(?:!!!|\?\?\?\+?) +(?P<kind>\w+)(?: +"(?P<title>.*)")?$')

HEADING = re.compile(r"\n(?=#{1,6} )")
NOT_PLAIN = re.compile(
    rf"{CODE_SPAN.pattern}|{FORMULA.pattern}|{LINK.pattern}"
    r"|(?P<attributes>[ \t]*\{ *[.#][^{}\n]*\}[ \t]*$)",
    re.DOTALL | re.MULTILINE,
)
"""Code and formulas, which stay; links to pages of the book, and attributes."""

WELCOME = """\
*This notebook is a page of the book {book}, made for you to run and change. It needs*
`pip install ".[plot]"` *in a copy of the project.*"""

Cell = dict[str, Any]
Aside = tuple[int, str]
Code = Callable[[Block | Figure, Page, Path, list[Aside]], Iterator[Cell]]


def has_notebook(page: Page) -> bool:
    """Whether a page is a chapter, with code to be run."""
    return any(block.kind == "script" for block in page.blocks)


def place(page: Page) -> Path:
    """Where the notebook of a page is written."""
    return page.path.parent / FOLDER / f"{page.path.stem}.ipynb"


@moment()
def stale(root: Path = ROOT) -> dict[Path, str]:
    """Each notebook that is not as it should be: its file, and what it should hold.

    One that belongs to no page, and is no copy of a lab, should not be there: "".
    """
    wanted = {place(p): text(p, root) for p in find_pages(root) if has_notebook(p)}
    others = set(root.glob(f"docs/*/{FOLDER}/*.ipynb")) - wanted.keys()
    left_over = (it for it in others if not (it.parents[1] / "labs" / it.name).exists())
    found = {path: path.read_text("utf-8") for path in wanted if path.is_file()}
    wrong = {path: new for path, new in wanted.items() if found.get(path) != new}
    return wrong | dict.fromkeys(left_over, "")


def write(root: Path = ROOT) -> list[Path]:
    """Write the notebooks that are not as they should be; return what was changed."""
    changed = stale(root)
    for path, new in changed.items():
        if new:
            path.parent.mkdir(exist_ok=True)
            path.write_text(new, "utf-8")
        else:
            path.unlink()
    return list(changed)


def text(page: Page, root: Path = ROOT, site: str = SITE) -> str:
    """The notebook of a page, in the format that Jupyter reads."""
    cells = list(cells_of(page, root, site, _code))
    book = f"[scratchnn]({site})" if site else "scratchnn"
    cells.insert(1, markdown(say(WELCOME, page.language).format(book=book)))
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    python = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = {
        "cells": cells,
        "metadata": {"kernelspec": python, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(notebook, ensure_ascii=False) + "\n"


def cells_of(page: Page, root: Path, site: str, code: Code) -> Iterator[Cell]:
    """The cells of a page, in its order; `code` makes those of a block or a figure."""
    parts = {part.line: part for part in page.code}
    here = f"{site}{page.path.stem}/".replace("/index/", "/") if site else ""
    prose: list[str] = []
    asides: list[Aside] = []  # indent and kind of those we are in
    n = page.prose[0][0]
    while n <= len(page.lines):
        part = parts.get(n)
        if part:
            yield from _prose(prose, here)
            _leave(page.lines[n - 1], asides)
            yield from code(part, page, root, asides)
            prose = []
        else:
            _quote(page.lines[n - 1], page.language, prose, asides)
        n = part.last + 1 if isinstance(part, Block) else n + 1
    yield from _prose(prose, here)


def _leave(line: str, asides: list[Aside]) -> int:
    """Forget the asides that a line is no longer in; return its indent."""
    indent = len(line) - len(line.lstrip())
    while asides and indent < asides[-1][0] + 4:
        asides.pop()
    return indent


def _quote(line: str, language: str, prose: list[str], asides: list[Aside]) -> None:
    """Add a line to the prose, as a quotation in an aside; keep `asides` up to date."""
    if not line.strip():
        prose.append("")
        return
    indent = _leave(line, asides)
    depth = len(asides)
    for n in range(len(prose) - 1, -1, -1):  # blank lines belong to what goes on
        if prose[n]:
            break
        prose[n] = ("> " * depth).rstrip()
    text = line[4 * depth :]
    if opening := ASIDE.match(line.strip()):
        asides.append((indent, opening["kind"]))
        trap = say("Trap: ", language) if opening["kind"] == "trap" else ""
        title = opening["title"] or opening["kind"].capitalize()
        text = f"> **{trap}{title}**"
    prose.append("> " * depth + text)


def _prose(lines: Iterable[str], here: str) -> Iterator[Cell]:
    """Markdown cells, one for each heading and what stands below it."""
    text = COMMENT.sub("", BOUND.sub(lambda m: m["shown"], "\n".join(lines)))
    text = plain(text, here)
    for part in HEADING.split("\n" + text):
        if part.strip("> \n"):
            yield markdown(re.sub(r"^([> ]*\n)+|(\n[> ]*)+$", "", part))


def plain(text: str, here: str) -> str:
    """Prose that needs nothing beside it: no attributes; links with a whole address.

    `here` is the address of its page, or "./" for links that work from there alone;
    without one, of a link only the words stay.
    """
    return NOT_PLAIN.sub(lambda m: _plain(m, here), text)


def _plain(match: re.Match[str], here: str) -> str:
    if match["attributes"]:
        return ""
    if match["words"] is None:
        return match[0]
    if not here:
        return match["words"]
    name = re.sub(r"\.(md|ipynb)$", "", match["file"])
    up = f"../{name}/".replace("/index/", "/") if name else ""
    address = urljoin(here, up) if "//" in here else here + up
    rest = match.string[match.end("file") : match.end()]
    return f"[{match['words']}]({address}{rest}"


def _code(
    part: Block | Figure, page: Page, root: Path, asides: list[Aside]
) -> Iterator[Cell]:
    """The cells of a block or a figure; nothing for an output, which has its cell."""
    if isinstance(part, Figure):
        drawn = (page.path.parent / part.path).read_text("utf-8")
        yield _cell(part.shown(root), [_picture(drawn, part.alt)])
        return
    folded = any(kind == "solution" for _, kind in asides)
    match part.kind:
        case "listing":
            with page.at(part.line):
                shown = part.listing(root)
            where = shown.path.relative_to(root / "src").as_posix()
            comment = say("# {}, from line {}", page.language)
            code = f"{comment.format(where, shown.first)}\n{shown.code}"
            yield _cell(code, [], folded)
        case "script":
            below = next((b for b in page.blocks if b.line > part.line), part)
            printed = [_stream(below.code)] if below.kind == "output" else []
            yield _cell(part.code, printed, folded)
        case "session":
            for source, example in _groups(part):
                yield _cell(source, _output(example), folded)
        case "shell" | "inert":
            yield markdown(f"```{part.language}\n{part.shown(root)}\n```")


def _groups(session: Block) -> Iterator[tuple[str, Example]]:
    """The statements of a session up to each output, and the last one of them."""
    group: list[str] = []
    example = None
    for example in examples(session):
        group.append(example.source.rstrip("\n"))
        if example.shown:
            yield "\n".join(group), example
            group = []
    if group and example:
        yield "\n".join(group), example


def _output(example: Example) -> list[Cell]:
    """What the page shows below a statement, as Jupyter would have it."""
    if not example.shown:
        return []
    if example.shown.startswith("Traceback"):
        lines = example.shown.split("\n")
        name, _, what = lines[-1].partition(": ")
        return [
            {"output_type": "error", "ename": name, "evalue": what, "traceback": lines}
        ]
    return [_stream(example.shown)]


def _stream(printed: str) -> Cell:
    text = (printed + "\n").splitlines(keepends=True)
    return {"output_type": "stream", "name": "stdout", "text": text}


def _picture(drawn: str, alt: str) -> Cell:
    """A drawing in its light inks, on a light ground whatever the reader's theme."""
    light = re.sub(r"@media\(prefers-color-scheme:dark\)\{.*?\}\}", "", drawn)
    data = {
        "image/svg+xml": light.splitlines(keepends=True),
        "text/plain": [alt],
    }
    return {
        "output_type": "display_data",
        "data": data,
        "metadata": {"needs_background": "light"},
    }


def markdown(source: str) -> Cell:
    """A cell of prose."""
    lines = source.splitlines(keepends=True)
    return {"cell_type": "markdown", "id": "", "metadata": {}, "source": lines}


def _cell(source: str, outputs: list[Cell], folded: bool = False) -> Cell:
    """A code cell; one that is meant to fail says so to whoever runs the notebook."""
    metadata: dict[str, Any] = {}
    if any(output["output_type"] == "error" for output in outputs):
        metadata["tags"] = ["raises-exception"]
    if folded:
        metadata["jupyter"] = {"source_hidden": True}
    return {
        "cell_type": "code",
        "id": "",
        "metadata": metadata,
        "execution_count": None,
        "source": source.splitlines(keepends=True),
        "outputs": outputs,
    }
