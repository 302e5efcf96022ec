"""Each chapter's notebook says what its page says, and does what its page shows."""

import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from alone import RESULT, alone, in_ipython
from nbformat import NotebookNode

from bookbinder import ROOT, BookError
from bookbinder.make.labs import executed
from bookbinder.make.notebooks import has_notebook, text
from bookbinder.make.notebooks import write as write_notebooks
from bookbinder.read.book import find_pages
from bookbinder.read.pages import CODE_SPAN, Page
from bookbinder.read.source import listing

CHAPTERS = [page for page in find_pages(ROOT) if has_notebook(page)]
ENGLISH = [page for page in CHAPTERS if page.language == "en"]


def as_node(notebook: dict[str, Any]) -> NotebookNode:
    """A notebook as nbformat has it, with its lines joined."""
    source = json.dumps(notebook)
    return nbformat.reads(source, as_version=4)  # type: ignore[no-untyped-call]


def read(page: Page, site: str = "") -> NotebookNode:
    """The notebook of a page, found to be as the format wants it."""
    notebook = as_node(json.loads(text(page, site=site)))
    nbformat.validate(notebook)
    return notebook


def prose(notebook: NotebookNode) -> list[str]:
    """The Markdown cells, without the welcome below the first."""
    found = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    return [found[0], *found[2:]]


def code(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def said(cell: NotebookNode) -> str:
    """What stands below a code cell, as text; of an error only its own line.

    Progress bars go to the other stream, which no page shows.
    """
    found = []
    for output in cell.outputs:
        if output.output_type == "stream" and output.name == "stdout":
            found.append(output.text)
        elif output.output_type == RESULT:
            found.append(output.data["text/plain"])
        elif output.output_type == "error":
            name = output.ename.rpartition(".")[2]  # Jupyter names no module
            found.append(f"{name}: {output.evalue}")
    return "".join(found).rstrip()


def pictures(cell: NotebookNode) -> int:
    return sum(output.output_type == "display_data" for output in cell.outputs)


def compare(ran: NotebookNode, shown: NotebookNode) -> None:
    """Each cell has printed and drawn what the page shows."""
    for cell, wanted in zip(code(ran), code(shown), strict=True):
        if any(output.output_type == RESULT for output in cell.outputs):
            assert said(cell).split() == said(wanted).split()  # Jupyter breaks lines
        else:
            assert said(cell) == said(wanted)
        assert pictures(cell) == pictures(wanted) or not pictures(wanted)


@pytest.mark.parametrize("page", CHAPTERS, ids=lambda page: page.path.stem)
def test_notebook_prints_what_the_page_shows(page: Page, tmp_path: Path) -> None:
    """From top to bottom in Jupyter's shell, away from the project's folder."""
    run = alone(in_ipython, json.loads(text(page)), tmp_path)
    compare(as_node(run), read(page))


def test_a_kernel_comes_to_the_same() -> None:
    """As Jupyter starts it, with messages both ways; one chapter stands for all."""
    page = next(page for page in CHAPTERS if page.path.stem == "perceptrons")
    compare(as_node(executed(json.loads(text(page)))), read(page))


def words(lines: str) -> Counter[str]:
    """How often each word stands in a text, code and link targets left out."""
    plain = CODE_SPAN.sub("", re.sub(r"(?s:<!--.*?-->)|\]\([^)]*\)", "", lines))
    return Counter(re.findall(r"[a-z]{2,}", plain.lower()))


@pytest.mark.parametrize("page", ENGLISH, ids=lambda page: page.path.stem)
def test_notebook_loses_no_code_and_no_words(page: Page) -> None:
    """Every line that a reader of the page can run, and every word of its sentences."""
    notebook = read(page)
    lines = {line for cell in code(notebook) for line in cell.source.split("\n")}
    for block in page.blocks:
        if block.kind in ("listing", "script"):
            shown = block.listing().code if block.kind == "listing" else block.code
            assert set(shown.split("\n")) <= lines
    figures = {figure.line for figure in page.figures}
    prose_said = "\n".join(x for n, x in page.prose if n not in figures)
    page_says = words(prose_said)
    for marker in ("note", "solution"):  # !!! note "The title, which stays"
        del page_says[marker]
    assert sum(page_says.values()) > len(prose_said.split()) / 2
    assert not page_says - words("\n".join(prose(notebook)))


def test_what_no_page_can_run_is_shown_whole(write: Callable[[str], Page]) -> None:
    """As text: a cell that cannot be run would stop the notebook."""
    source = "scratchnn.__main__"
    page = write(f'# Title\n\n``` {{ .python source="{source}" }}\n```\n')
    notebook = read(page)
    assert code(notebook) == []
    assert listing(source).code in "\n".join(prose(notebook))


def test_sessions_become_cells_that_end_where_something_is_printed(
    write: Callable[[str], Page],
) -> None:
    page = write(
        "# Title\n\n```pycon\n>>> a = 1\n>>> a\n1\n>>> for x in (2, 3):\n"
        "...     print(x)\n...\n2\n3\n>>> b = 2\n```\n\n```python\nprint(a)\n```\n\n"
        "``` { .text .output }\n1\n```\n"
    )
    cells = code(read(page))
    assert [cell.source for cell in cells] == [
        "a = 1\na",
        "for x in (2, 3):\n    print(x)",
        "b = 2",
        "print(a)",
    ]
    assert [said(cell) for cell in cells] == ["1", "2\n3", "", "1"]


def test_what_follows_an_aside_is_not_in_it(write: Callable[[str], Page]) -> None:
    """Even where no sentence stands between: neither folded up nor in a quotation."""
    aside = '??? solution "Solution"\n\n    ```python\n    a = 1\n    ```\n\n'
    page = write(f"# Title\n\n{aside}```python\nb = 2\n```\n")
    assert [bool(cell.metadata) for cell in code(read(page))] == [True, False]


def test_prose_is_what_jupyter_can_show(write: Callable[[str], Page]) -> None:
    """Asides become quotations around their code; comments and attributes go."""
    page = write(
        "# Title\n\n## Part { #part }\n\nIt is 3<!--= 1 + 2 --> times $N$.\n\n"
        '!!! trap "Wrong"\n\n    Why\n    not?\n\n    ```pycon\n    >>> 1\n    1\n'
        '    ```\n\n    So.\n\n??? solution "Solution"\n\n    Yes.\n\n    ```python\n'
        "    a = 1\n    assert a\n    ```\n\n!!! note\n\n    Well.\n\nEnd.\n"
    )
    notebook = read(page)
    assert prose(notebook) == [
        "# Title",
        "## Part\n\nIt is 3 times $N$.\n\n> **Trap: Wrong**\n>\n> Why\n> not?",
        "> So.\n\n> **Solution**\n>\n> Yes.",
        "> **Note**\n>\n> Well.\n\nEnd.",
    ]
    trap, solution = code(notebook)
    assert trap.source == "1"
    assert not trap.metadata
    assert solution.metadata == {"jupyter": {"source_hidden": True}}


def test_links_lead_to_the_published_book_or_are_plain_text(
    write: Callable[[str], Page],
) -> None:
    """A notebook that was downloaded has no pages beside it."""
    page = write(
        "# Title\n\n## Part\n\n[here](#part), [there](other.md#spot), "
        "[start](index.md), [out](https://example.org), `[a](b.md)`, [lab](n/l.ipynb), "
        '[far](other.md\n"Another")\n'
    )
    assert prose(read(page))[1:] == [
        "## Part\n\nhere, there, start, [out](https://example.org), `[a](b.md)`, lab, "
        "far"
    ]
    assert prose(read(page, site="https://book.org/"))[1:] == [
        "## Part\n\n[here](https://book.org/page/#part), "
        "[there](https://book.org/other/#spot), [start](https://book.org/), "
        "[out](https://example.org), `[a](b.md)`, [lab](https://book.org/n/l/), "
        '[far](https://book.org/other/\n"Another")'
    ]


def test_error_that_a_page_shows_does_not_stop_the_notebook(
    write: Callable[[str], Page],
) -> None:
    page = write(
        "# Title\n\n```pycon\n>>> 1 / 0\nTraceback (most recent call last):\n  ...\n"
        "ZeroDivisionError: division by zero\n```\n\n```pycon\n>>> 2\n2\n```\n"
    )
    notebook = as_node(executed(json.loads(text(page))))
    assert code(notebook)[0].metadata.tags == ["raises-exception"]
    assert [said(cell) for cell in code(notebook)] == [
        "ZeroDivisionError: division by zero",
        "2",
    ]


def test_figure_is_drawn_by_its_cell_and_shown_on_a_light_ground() -> None:
    """Whoever opens the notebook sees it at once, in a dark theme too."""
    page = next(page for page in CHAPTERS if page.path.stem == "perceptrons")
    cell = next(cell for cell in code(read(page)) if pictures(cell))
    (picture,) = cell.outputs
    assert cell.source.endswith("plt.show()")
    assert picture.metadata == {"needs_background": "light"}
    assert "prefers-color-scheme" not in picture.data["image/svg+xml"]
    assert picture.data["text/plain"] == page.figures[0].alt


def test_a_listing_whose_object_is_gone_is_said_with_its_page(
    write: Callable[[str], Page],
) -> None:
    """`make figures` meets it first, before any check has looked at the pages."""
    page = write('# Title\n\n``` { .python source="scratchnn.losses.gone" }\n```\n')
    with pytest.raises(BookError, match=r"page\.md:3: .* no scratchnn\.losses\.gone"):
        text(page)


def test_only_what_is_out_of_date_is_written(tmp_path: Path) -> None:
    """So that a builder that watches the folder has no work without a reason."""
    (tmp_path / "docs" / "en" / "notebooks").mkdir(parents=True)
    page = tmp_path / "docs" / "en" / "page.md"
    old = tmp_path / "docs" / "en" / "notebooks" / "old.ipynb"
    new = tmp_path / "docs" / "en" / "notebooks" / "page.ipynb"
    page.write_text("# Title\n\n```python\nprint(1)\n```\n", "utf-8")
    old.write_text("{}", "utf-8")
    assert write_notebooks(tmp_path) == [new, old]
    assert not old.exists()
    assert write_notebooks(tmp_path) == []
    assert json.loads(new.read_text("utf-8"))["nbformat"] == 4
