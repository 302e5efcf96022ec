"""The reading order: a name that is used too early is named, with file and line."""

import subprocess
import sys
from argparse import ArgumentTypeError
from collections.abc import Callable
from pathlib import Path

import pytest

from bookbinder import ROOT
from bookbinder.check.order import everything, faults_in_order
from bookbinder.read.book import page_file
from bookbinder.read.pages import Page
from bookbinder.run.session import run

FIRST = """\
# One

``` { .python source="scratchnn.data.np scratchnn.data.Any scratchnn.data.ArrayLike" }
```

``` { .python source="scratchnn.data.real_array" }
```

``` { .python source="scratchnn.perceptron.np scratchnn.perceptron.ArrayLike" }
```

``` { .python source="scratchnn.perceptron.perceptron scratchnn.perceptron.bits" }
```

``` { .python source="scratchnn.perceptron.AND" }
```

```pycon
>>> AND(1, 1)
1
```
"""

SECOND = """\
# Two

```pycon
>>> from scratchnn import AND
>>> AND(1, 0)
0
>>> from scratchnn import perceptron
```

``` { .python source="scratchnn.perceptron.OR" }
```

```python
import scratchnn
from scratchnn.perceptron import OR as either

assert either(1, 0) == scratchnn.OR(0, 1)
```
"""


FIGURE = """\
def dot():
    return plt.figure(OR(0, 1))
"""


@pytest.fixture
def book(tmp_path: Path) -> Callable[..., list[Path]]:
    """Writes a book of two pages about our library; where the pages are."""
    (tmp_path / "src").symlink_to(ROOT / "src")
    (tmp_path / "mkdocs.yml").write_text("nav:\n  - 1 One: one.md\n  - 2 Two: two.md\n")
    folder = tmp_path / "docs" / "en"
    folder.mkdir(parents=True)

    def book(first: str = FIRST, second: str = SECOND) -> list[Path]:
        pages = [folder / "one.md", folder / "two.md"]
        for path, text in zip(pages, (first, second), strict=True):
            path.write_text(text, "utf-8")
        return pages

    return book


def change(text: str, old: str, new: str) -> str:
    """The text with a fault planted in it, in one place."""
    assert text.count(old) == 1
    return text.replace(old, new)


def test_the_sound_book_is_in_order(book: Callable[..., list[Path]]) -> None:
    """A name is known from its listing on, through every door."""
    assert [faults_in_order(path) for path in book()] == [[], []]


@pytest.mark.parametrize("name", ["nothing.md", ".", "../../README.md", "labs"])
def test_what_is_no_page_is_not_looked_at(name: str) -> None:
    """On the command line, where it may be misspelt."""
    edition = ROOT / "docs" / "en"
    assert page_file(f"{edition}/arrays.md") == edition / "arrays.md"
    with pytest.raises(ArgumentTypeError, match=f"{name} is no page of a book"):
        page_file(f"{edition}/{name}")


def test_a_page_outside_the_navigation_introduces_nothing(
    book: Callable[..., list[Path]], tmp_path: Path
) -> None:
    """Whoever lists the names there and forgot the entry is told so."""
    first, second = book()
    (tmp_path / "mkdocs.yml").write_text("nav:\n  - 2 Two: two.md\n")
    what = "this is listed for nobody: the page is not in the navigation"
    assert faults_in_order(first) == [f"{first}:3: {what}"]
    what = "scratchnn.perceptron.AND is used, and no page introduces it"
    why = "one.md, which lists it, is not in the navigation"
    found = faults_in_order(second)
    assert any(fault.endswith(f"{what}: {why}") for fault in found)


EARLY = {
    "a name that no page introduces": (
        ("import AND\n", "import AND, NAND\n"),
        "two.md:5: ",
        "scratchnn.perceptron.NAND is used, and no page introduces it",
    ),
    "a name that comes further down": (
        ("import AND\n", "import AND, OR\n"),
        "two.md:5: ",
        "scratchnn.perceptron.OR is used before two.md:10 introduces it",
    ),
    "an attribute of the package": (
        ("AND(1, 0)", "__import__('scratchnn').OR(0, 0)"),
        "two.md:6: ",
        "OR is used before",
    ),
    "an attribute of a module": (
        ("== scratchnn.OR", "== scratchnn.layers.Add"),
        "two.md:17: ",
        "scratchnn.layers.Add is used, and",
    ),
    "all names at once": (
        ("import AND\n", "import *\n"),
        "two.md:5: ",
        "is used",
    ),
    "a function that is called as its module": (
        ("import AND\n", "import AND, gradient_check\n"),
        "two.md:5: ",
        "scratchnn.gradient_check.gradient_check is used, and no page introduces it",
    ),
    "a whole module's name": (
        ("from scratchnn import AND", "from scratchnn.layers import Affine"),
        "two.md:5: ",
        "scratchnn.layers.Affine is used, and no page introduces it",
    ),
    "a listing that mentions a name and does not run it": (
        ('perceptron.OR"', 'perceptron.XOR"'),
        "two.md:10: ",
        "scratchnn.perceptron.NAND is used, and no page introduces it",
    ),
    "a name that only a listing has imported": (
        (
            "```pycon\n>>> from scratchnn import AND\n>>> AND(1, 0)\n0",
            '``` { .python source="scratchnn.network.sigmoid" }\n```\n\n'
            "```pycon\n>>> print(sigmoid(0.0))\n0.5",
        ),
        "two.md:6: ",
        "scratchnn.activations.sigmoid is used, and no page introduces it",
    ),
    "a mark that is not needed": (
        ("```pycon\n", '``` { .pycon early="AND" }\n'),
        "two.md:3: ",
        "early, but AND is known by now",
    ),
}


@pytest.mark.parametrize("kind", EARLY)
def test_a_name_too_early_is_named(kind: str, book: Callable[..., list[Path]]) -> None:
    """On the very line of the page that uses it."""
    planted, where, complaint = EARLY[kind]
    path = book(second=change(SECOND, *planted))[1]
    found = faults_in_order(path)
    assert any(f"{path.parent}/{where}" in f and complaint in f for f in found), found


def test_a_listing_without_an_object_is_named(
    book: Callable[..., list[Path]],
) -> None:
    """By page and line, before anything is run."""
    path = book(second=SECOND + '\n``` { .python source="scratchnn.lost" }\n```\n')[1]
    (fault,) = faults_in_order(path)
    line = SECOND.count("\n") + 2
    assert fault.startswith(f"{path}:{line}: the listing has no object")


def test_an_early_use_may_be_marked(book: Callable[..., list[Path]]) -> None:
    """From the marked block on, and only for the names of the mark."""
    early = change(SECOND, "import AND\n", "import AND, OR\n")
    path = book(second=change(early, "```pycon", '``` { .pycon early="OR" }'))[1]
    assert faults_in_order(path) == []
    path = book(second=change(early, "```pycon", '``` { .pycon early="NAND" }'))[1]
    assert any("OR is used before" in fault for fault in faults_in_order(path))


def test_a_listing_may_import_what_its_page_shows_below(
    book: Callable[..., list[Path]],
) -> None:
    """An import line brings more than one name; their use is what has to wait."""
    needed = ("np", "Any", "ArrayLike", "real_array")
    door = " ".join(f"scratchnn.data.{n}" for n in needed)
    door = f'``` {{ .python source="{door}" }}\n```\n\n'
    imports = door + '``` { .python source="scratchnn.network.sigmoid" }\n```\n\n'
    names = [
        "np",
        "Any",
        "ArrayLike",
        "float_array",
        "sigmoid",
        "identity",
        "class_scores",
        "softmax",
    ]
    shown = " ".join(f"scratchnn.activations.{name}" for name in names)
    listing = f'``` {{ .python source="{shown}" }}\n```\n\n'
    use = "```pycon\n>>> print(sigmoid(0.0))\n0.5\n```\n\n"
    second = book(second=change(SECOND, "# Two\n\n", imports + listing + use))[1]
    assert faults_in_order(second) == []
    second.write_text(change(SECOND, "# Two\n\n", imports + use + listing), "utf-8")
    assert any("sigmoid is used before" in fault for fault in faults_in_order(second))


def test_the_order_is_that_of_the_navigation(book: Callable[..., list[Path]]) -> None:
    """And not that of the alphabet."""
    first, second = book()
    (first.parents[2] / "mkdocs.yml").write_text("nav:\n  - two.md\n  - one.md\n")
    assert any("AND is used before one.md:15" in f for f in faults_in_order(second))


def test_the_library_itself_is_whole_while_a_page_runs(
    book: Callable[..., list[Path]],
) -> None:
    """And the rest of Python sees all of it again when the page has ended."""
    faults_in_order(book(second=change(SECOND, "AND(1, 0)", "AND(1, 7)"))[1])
    import scratchnn

    assert type(scratchnn).__name__ == "module"
    assert scratchnn.NAND(1, 1) == 0


def test_a_figure_uses_nothing_of_later_pages(book: Callable[..., list[Path]]) -> None:
    """Its program is there to be copied, too."""
    picture = "\n![One dot in the middle](figures/dots/dot.svg)\n"
    first, second = book(FIRST + picture, SECOND + picture)
    figures = first.parents[2] / "figures"
    figures.mkdir()
    text = "import matplotlib.pyplot as plt\n\nfrom scratchnn import OR\n\n\n"
    (figures / "dots.py").write_text(text + FIGURE, "utf-8")
    complaint = "scratchnn.perceptron.OR is used before two.md:10 introduces it"
    assert faults_in_order(first) == [f"{first}:23: {complaint}"]
    assert faults_in_order(second) == []
    cover = first.with_name("index.md")
    cover.write_text(f"# Cover\n{picture}", "utf-8")
    (first.parents[2] / "mkdocs.yml").write_text(
        "nav:\n  - index.md\n  - one.md\n  - two.md\n"
    )
    assert faults_in_order(cover) == []  # it shows what the book leads to


HEAD = "---\ntitle: Two\n---\n\n"
NEEDY = f"{HEAD}# Two\n\n```pycon\n>>> import math\n>>> math.tau\n3\n```\n"
GIVING = "# One\n\n```python\nimport math\n\nmath.tau = 3\nassert math.tau\n```\n"


def test_a_page_that_needs_another_fails_alone(
    book: Callable[..., list[Path]],
) -> None:
    """In one Python with the other it would pass."""
    import math

    tau, paths = math.tau, book(GIVING, NEEDY)
    try:
        outcomes = [o for path in paths for o in run(Page.read(path), path.parents[2])]
        assert all(outcome.holds for outcome in outcomes)
    finally:
        math.tau = tau  # type: ignore[misc]
    command = [sys.executable, "-m", "bookbinder.check.order", str(paths[1])]
    alone = subprocess.run(command, capture_output=True, text=True)
    assert alone.returncode == 1
    assert alone.stderr.startswith(f"{paths[1]}:10: the page shows\n3")


UNREADY = {
    "a fault that is seen without running": (
        ("import scratchnn\n", "import scratchnn\n\nscratchnn.OR(0, 1)\n"),
        20,
        "nobody sees",
    ),
    "a script that does not parse": (
        ("import scratchnn\n", "import scratchnn\nscratchnn.(\n"),
        19,
        "this does not parse: invalid syntax",
    ),
    "a fence that never closes": (
        ("OR(0, 1)\n```", "OR(0, 1)\n"),
        17,
        "this fence is never closed",
    ),
    "a figure without a function": (
        ("# Two\n", "# Two\n\n![One dot in the very middle](figures/dots/lost.svg)\n"),
        7,
        "the figure has no function: figures/dots.py defines no lost",
    ),
    "a figure that no test quotes": (
        ("# Two\n", "# Two\n\n![One dot in the very middle](figures/dots/dot.svg)\n"),
        7,
        "no test quotes what is said of figures.dots.dot",
    ),
}


@pytest.mark.parametrize("kind", UNREADY)
def test_one_page_is_looked_at_whole(
    kind: str, book: Callable[..., list[Path]]
) -> None:
    """By the command that authors are told of, which says file and line of each fault.

    What keeps a page from being run at all is said in one line, too.
    """
    planted, line, complaint = UNREADY[kind]
    page = book(second=HEAD + SECOND)[1]
    folder = page.parents[2] / "figures"
    folder.mkdir()
    (folder / "dots.py").write_text("def dot():\n    return 1\n", "utf-8")
    drawn = page.with_name("figures") / "dots" / "dot.svg"
    drawn.parent.mkdir(parents=True)
    drawn.write_text("", "utf-8")
    assert everything(page) == []
    page.write_text(HEAD + change(SECOND, *planted), "utf-8")
    found = everything(page)
    assert any(each.startswith(f"{page}:{line}: {complaint}") for each in found), found
