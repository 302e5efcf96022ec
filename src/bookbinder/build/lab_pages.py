"""MkDocs hook: gives the pages that mkdocs-jupyter makes of labs the look of the book.

They come with style sheets of half a megabyte, scripts of their own, and code that the
theme does not know as code. What a cell says is taken out of that, and set as Markdown
pages are. Nothing is checked here, and another builder can do without.
"""

import html
import json
import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup, Tag

from bookbinder.convert.binding import size_of
from bookbinder.read.pages import edition_of
from bookbinder.read.words import say

Cell = dict[str, Any]


def on_page_content(content: str, /, page: Any, **options: Any) -> str:
    """What MkDocs calls for each page: the content, as it is to stand there."""
    source = Path(page.file.abs_src_path)
    if source.suffix != ".ipynb":
        return content
    notebook = json.loads(source.read_text("utf-8"))
    page.meta["description"] = notebook["metadata"]["description"]
    return as_in_the_book(content, notebook["cells"], source)


def as_in_the_book(content: str, cells: list[Cell], source: Path) -> str:
    """What mkdocs-jupyter made of the cells of a notebook, in the dress of the book."""
    _, wrapper, notebook = content.partition('<div class="jupyter-wrapper">')
    made = BeautifulSoup(wrapper + notebook, "html.parser").select("[id^='cell-id=']")
    pictures = (source.with_stem(f"{source.stem}-{n}") for n in count(1))
    language = edition_of(source).name
    parts: list[str] = []
    for cell, box in zip(cells, made, strict=True):
        if cell["cell_type"] == "markdown":
            parts.append(_prose(box, say("Permanent link", language)))
        else:
            outputs = list(_outputs(cell, box, pictures))
            parts += [_code(box, outputs), *outputs]
    title, end, rest = "\n".join(parts).partition("</h1>")
    words = say("Download this notebook", language)
    download = f'<a href="{source.name}" download>{words}</a>'
    return f'{title}{end}\n<p class="reading" data-search-exclude>{download}</p>{rest}'


def _prose(box: Tag, sign: str) -> str:
    """Markdown, with the links of headings to themselves as elsewhere in the book."""
    text = _one(box, ".jp-RenderedMarkdown").decode_contents()
    return re.sub(
        r'<a class="anchor-link" href="(#[^"]*)">¶</a>',
        rf'<a class="headerlink" href="\1" title="{sign}">¶</a>',
        text,
    )


def _code(box: Tag, outputs: list[str]) -> str:
    """The code of a cell; what it printed, if that is next, is joined to it."""
    answered = " answered" if outputs and outputs[0].startswith("<div") else ""
    code = _one(box, ".highlight-ipynb pre").decode_contents().rstrip("\n")
    return _block(f"language-python highlight{answered}", "cell", code)


def _outputs(cell: Cell, box: Tag, pictures: Iterator[Path]) -> Iterator[str]:
    """What a cell printed; what it drew, as the picture that follows the theme."""
    for output in box.select(".jp-OutputArea-output"):
        if output["data-mime-type"] == "image/svg+xml":
            path = next(pictures).with_suffix(".svg")
            yield (
                f'<figure><img src="../{path.name}" '
                f'alt="{html.escape(cell["metadata"]["alt"])}" '
                f"{size_of(path.read_text('utf-8'))}></figure>"
            )
        else:
            printed = html.escape(output.get_text().strip("\n"), quote=False)
            classes = "language-text highlight output no-copy"
            yield _block(classes, "output", printed)


def _block(classes: str, kind: str, code: str) -> str:
    """A block of code as the theme knows it, which sets what is in it line by line."""
    box = f'<div class="{classes}" data-kind="{kind}">'
    return f"{box}<pre><code><span>{code}\n</span></code></pre></div>"


def _one(box: Tag, selector: str) -> Tag:
    found = box.select_one(selector)
    assert found is not None, f"mkdocs-jupyter no longer makes {selector}"
    return found
