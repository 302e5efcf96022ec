"""Listings and programs: what is cut out of a source file, and what is not."""

import re
from pathlib import Path

import pytest

from bookbinder import BookError
from bookbinder.read.moment import moment
from bookbinder.read.pages import Block
from bookbinder.read.source import listing, modules_behind, program

MODULE = '''\
"""What the module says of itself."""

import functools
import math as maths

LIMIT = 3
"""What the constant says of itself."""


@functools.cache
def twice(x):
    """Documented.

    >>> twice(1)
    2
    """
    return 2 * x  # not thrice


class Box:
    """Documented."""

    size: int = LIMIT

    def grow(self):
        """Documented."""
        self.size = twice(self.size)


class Failure(Exception):
    """Only documented."""
'''


@pytest.fixture
def root(tmp_path: Path) -> Path:
    package = tmp_path / "src" / "scratchnn"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("from scratchnn.box import Box\n", "utf-8")
    (package / "box.py").write_text(MODULE, "utf-8")
    (tmp_path / "figures").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("twice", "@functools.cache\ndef twice(x):\n    return 2 * x  # not thrice"),
        ("Box.grow", "def grow(self):\n    self.size = twice(self.size)"),
        ("LIMIT", "LIMIT = 3"),
        ("maths", "import math as maths"),
        ("Failure", 'class Failure(Exception):\n    """Only documented."""'),
    ],
)
def test_listing_is_the_code_without_docstrings(
    name: str, code: str, root: Path
) -> None:
    assert listing(f"scratchnn.box.{name}", root).code == code


def test_listing_of_a_class_keeps_its_layout(root: Path) -> None:
    """A blank line goes with the docstring above it, the others stay."""
    assert listing("scratchnn.box.Box", root).code == (
        "class Box:\n    size: int = LIMIT\n\n"
        "    def grow(self):\n        self.size = twice(self.size)"
    )


def test_listing_of_a_class_can_leave_members_for_later(root: Path) -> None:
    """A method that a later chapter adds is not shown yet, nor the gap above it."""
    code = listing("scratchnn.box.Box", root, without="grow").code
    assert code == "class Box:\n    size: int = LIMIT"
    with pytest.raises(BookError, match="has no shrink"):
        listing("scratchnn.box.Box", root, without="shrink")


def test_listing_of_a_module_is_the_whole_file(root: Path) -> None:
    assert listing("scratchnn.box", root).code == MODULE.rstrip("\n")


@pytest.mark.parametrize(
    ("name", "where"),
    [
        ("twice", "lines 10–17"),
        ("LIMIT", "line 6"),
        ("Box.size", "line 23"),
        ("Box", "lines 20–27"),
    ],
)
def test_listing_knows_its_lines(name: str, where: str, root: Path) -> None:
    """From the decorator to the last line, counted from one."""
    found = listing(f"scratchnn.box.{name}", root)
    assert found.where("en") == where
    lines = MODULE.splitlines()
    assert lines[found.first - 1].lstrip() == found.code.partition("\n")[0]
    assert lines[found.lines[-1] - 1].lstrip() == found.code.split("\n")[-1].lstrip()


def test_an_import_that_is_not_shown_is_a_gap_in_the_lines(root: Path) -> None:
    """The import in the middle is; docstrings and blank lines are no gap."""
    path = root / "src" / "scratchnn" / "box.py"
    path.write_text(MODULE.replace("import math", "import json\nimport math"), "utf-8")
    names = " ".join(
        f"scratchnn.box.{name}" for name in ("functools", "maths", "LIMIT")
    )
    block = Block("listing", "python", {"source": names}, (), "", 1, 2, "")
    assert block.listing(root).where("en") == "lines 3 and 5–7"


@pytest.mark.parametrize("name", ["scratchnn.box.lost", "scratchnn.lost.x", "lost.x"])
def test_listing_of_nothing_is_an_error(name: str, root: Path) -> None:
    with pytest.raises(BookError, match="lost"):
        listing(name, root)


def test_listing_of_a_name_bound_twice_is_an_error(root: Path) -> None:
    """A listing could not say which of the two it shows."""
    path = root / "src" / "scratchnn" / "box.py"
    path.write_text(MODULE + "\n\nLIMIT = 4\n", "utf-8")
    with pytest.raises(BookError, match="LIMIT is bound 2 times, in lines 6 and 34"):
        listing("scratchnn.box.LIMIT", root)


def test_a_file_that_does_not_parse_is_named(root: Path) -> None:
    path = root / "src" / "scratchnn" / "box.py"
    path.write_text("def broken(:\n", "utf-8")
    with pytest.raises(BookError, match=r"box\.py:1: "):
        listing("scratchnn.box.twice", root)


FIGURE = '''\
"""Figures."""

import matplotlib.pyplot as plt
import numpy as np

from figures.style import INK, canvas
from scratchnn import Box, Failure

UNUSED = 1
PLACES = 2


def _help(axes):
    """Documented."""
    axes.plot(np.arange(PLACES), color=INK)


def picture():
    figure, axes = canvas()
    _help(axes)
    return figure, Box
'''

STYLE = '''\
"""Style."""

import matplotlib.pyplot as plt

INK = "#22252b"


def canvas():
    return plt.subplots()
'''

PROGRAM = """\
import matplotlib.pyplot as plt
import numpy as np
from scratchnn import Box

def picture():
    figure, axes = canvas()
    _help(axes)
    return figure, Box

INK = "#22252b"
PLACES = 2

def _help(axes):
    axes.plot(np.arange(PLACES), color=INK)

def canvas():
    return plt.subplots()

figure = picture()
plt.show()"""


def test_program_holds_what_the_figure_needs_and_no_more(root: Path) -> None:
    """Imports, constants and helpers, of the chapter and of the shared style.

    The figure's own function comes before all that it uses.
    """
    (root / "figures" / "chapter.py").write_text(FIGURE, "utf-8")
    (root / "figures" / "style.py").write_text(STYLE, "utf-8")
    assert program("figures.chapter.picture", root) == PROGRAM


def test_modules_behind_a_program_are_followed_to_where_names_are_defined(
    root: Path,
) -> None:
    """A figure is drawn again when the code behind it changes, and only then."""
    package = root / "src" / "scratchnn"
    (package / "other.py").write_text("y = 1\n", "utf-8")
    import_it = "from scratchnn import Box"
    assert modules_behind(import_it, "picture", root) == {package / "box.py"}
    (package / "box.py").write_text("from scratchnn.other import y\n" + MODULE, "utf-8")
    assert modules_behind(import_it, "picture", root) == {
        package / "box.py",
        package / "other.py",
    }
    with pytest.raises(BookError, match="picture imports Bow, which scratchnn does"):
        modules_behind("from scratchnn import Bow", "picture", root)
    (package / "box.py").write_text(MODULE.replace("Box", "Bow"), "utf-8")
    where = re.escape(f"{package / '__init__.py'}:1:")
    with pytest.raises(BookError, match=f"{where} imports Box, which scratchnn"):
        modules_behind(import_it, "picture", root)


def test_in_a_moment_files_stay_as_they_are(root: Path) -> None:
    """And not longer: what is asked for after it is read again."""
    box = root / "src" / "scratchnn" / "box.py"
    with moment():
        before = listing("scratchnn.box.LIMIT", root)
        box.write_text(MODULE.replace("LIMIT = 3", "LIMIT = 4"), "utf-8")
        with moment():
            assert listing("scratchnn.box.LIMIT", root) == before
        assert listing("scratchnn.box.LIMIT", root) == before
    assert listing("scratchnn.box.LIMIT", root).code == "LIMIT = 4"
