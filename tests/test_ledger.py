"""The ledger: a line that is shown by no page, or by two, is named by file and line."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from test_faults import build

from bookbinder import BookError
from bookbinder.check.faults import faults
from bookbinder.check.ledger import unaccounted
from bookbinder.read.pages import Page
from bookbinder.run.session import run

BOX = '''\
"""What the module says of itself."""

import math

LIMIT = 3
"""What the constant says of itself."""


class Box:
    """Documented."""

    size: int = LIMIT

    def grow(self):
        """Documented."""
        # Twice, and not thrice.
        self.size = 2 * self.size

    def root(self):
        return math.sqrt(self.size)
'''

ONE = """\
---
title: The first page
---

# The first page

``` { .python source="scratchnn.box.math scratchnn.box.LIMIT" }
```

``` { .python source="scratchnn.box.Box" without="root" }
```
"""

TWO = """\
---
title: The second page
---

# The second page

``` { .python source="scratchnn.box.math" again="true" }
```

``` { .python source="scratchnn.box.Box.root" }
```

``` { .python source="scratchnn.__main__" }
```
"""

FILES = {
    "mkdocs.yml": "nav:\n  - The first page: one.md\n  - Part:\n"
    "      - The second page: two.md\n"
    "      - The code: code.md\n",
    "src/scratchnn/__init__.py": "",
    "src/scratchnn/__main__.py": "raise SystemExit\n",
    "src/scratchnn/box.py": BOX,
    "docs/en/one.md": ONE,
    "docs/en/two.md": TWO,
    "docs/en/code.md": '# Code\n\n``` { .python source="scratchnn.box" }\n```\n',
}


@pytest.fixture
def spoil(tmp_path: Path) -> Callable[..., Path]:
    """Writes a small library and the book of it, with changes to one of its files."""

    def spoil(name: str = "mkdocs.yml", *changes: tuple[str, str]) -> Path:
        for file, text in FILES.items():
            for old, new in changes if file == name else ():
                assert text.count(old) == 1, "the fault must be planted in one place"
                text = text.replace(old, new)
            (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / file).write_text(text, "utf-8")
        return tmp_path

    return spoil


def test_the_sound_book_is_accounted_for(spoil: Callable[..., Path]) -> None:
    """Or the faults planted in it would prove nothing."""
    root = spoil()
    assert unaccounted(root) == []
    for name in ("one", "two"):
        page = Page.read(root / f"docs/en/{name}.md")
        assert faults(page, root) == []
        assert all(outcome.holds for outcome in run(page, root))


PLANTED = {
    "an import that no page shows": (
        "one.md",
        ("scratchnn.box.math ", ""),
        "box.py:3: no page shows this line",
    ),
    "a constant that no page shows": (
        "one.md",
        (" scratchnn.box.LIMIT", ""),
        "box.py:5: no page shows this line",
    ),
    "a member that no page brings": (
        "two.md",
        ("scratchnn.box.Box.root", "scratchnn.box.math"),
        "box.py:20: no page shows this line",
    ),
    "a member that is shown twice": (
        "one.md",
        (' without="root"', ""),
        "box.py:20: shown at {}/docs/en/one.md:10 and at {}/docs/en/two.md:10",
    ),
    "a line shown twice on a page": (
        "one.md",
        ("box.LIMIT", "box.LIMIT scratchnn.box.LIMIT"),
        "box.py:5: shown twice at {}/docs/en/one.md:7: one name of a line brings all",
    ),
    "a line shown again without saying so": (
        "two.md",
        (' again="true"', ""),
        "box.py:3: shown at {}/docs/en/one.md:7 and at {}/docs/en/two.md:7",
    ),
    "a new line in a new function": (
        "box.py",
        ("\n\nclass", "\n\ndef new():\n    return 1\n\n\nclass"),
        "box.py:9: no page shows this line",
    ),
    "a comment between the objects": (
        "box.py",
        ("\n\nclass", "\n\n# a note\n\n\nclass"),
        "box.py:9: no page shows this line",
    ),
    "a line of the program that python -m runs": (
        "two.md",
        ('\n``` { .python source="scratchnn.__main__" }\n```\n', ""),
        "__main__.py:1: no page shows this line",
    ),
}


@pytest.mark.parametrize("kind", PLANTED)
def test_a_line_not_shown_once_is_named(kind: str, spoil: Callable[..., Path]) -> None:
    """By its own file and line, and where it is shown."""
    name, change, complaint = PLANTED[kind]
    folder = "docs/en" if name.endswith(".md") else "src/scratchnn"
    root = spoil(f"{folder}/{name}", change)
    wanted = f"{root}/src/scratchnn/{complaint.format(root, root)}"
    assert wanted in unaccounted(root)


def test_a_page_outside_the_navigation_shows_nothing(
    spoil: Callable[..., Path],
) -> None:
    """Nobody would come by it."""
    found = unaccounted(spoil("mkdocs.yml", ("      - The second page: two.md\n", "")))
    assert len(found) == 3
    why = "docs/en/two.md does, and is not in the navigation in mkdocs.yml"
    for fault in found:
        assert "no page shows this line; " in fault
        assert fault.endswith(why)


def test_the_first_showing_cannot_be_a_second(spoil: Callable[..., Path]) -> None:
    """The ledger, the page's check and the build all say so."""
    root = spoil("docs/en/one.md", ("box.LIMIT", 'box.LIMIT" again="true'))
    page = Page.read(root / "docs/en/one.md")
    where = re.escape(f"{page.path}:7: ")
    assert any(re.match(where, fault) for fault in unaccounted(root))
    assert any(re.match(where, fault) for fault in faults(page, root))
    with pytest.raises(BookError, match=where):
        build(page)


def test_the_caption_leads_to_the_first_showing(spoil: Callable[..., Path]) -> None:
    """A link to the very listing, which has an id to be found by."""
    root = spoil()
    first = build(Page.read(root / "docs/en/one.md"))
    again = build(Page.read(root / "docs/en/two.md"))
    assert 'id="box-math"' in first
    assert re.search('href="one.md#box-math">shown first in The first page</a>', again)
    assert 'id="box-math"' not in again


def test_what_only_python_m_runs_is_shown_and_not_run(
    spoil: Callable[..., Path],
) -> None:
    """The page would end there; so it gets no copy button either."""
    root = spoil()
    page = Page.read(root / "docs/en/two.md")
    assert [block.kind for block in page.blocks] == ["listing", "listing", "inert"]
    shown = build(page)
    assert re.search(r'no-copy[^>]*data-kind="?inert"?.*SystemExit', shown, re.DOTALL)


def test_what_runs_beside_the_library_is_shown_under_a_caption_without_a_link(
    spoil: Callable[..., Path],
) -> None:
    """It may need what readers have not got, and is not on the page of all code."""
    root = spoil("docs/en/two.md", ("scratchnn.__main__", "benchmarks.far.fetch"))
    (root / "benchmarks").mkdir()
    text = "import far_away\n\n\ndef fetch():\n    return far_away.numbers()\n"
    (root / "benchmarks" / "far.py").write_text(text, "utf-8")
    page = Page.read(root / "docs/en/two.md")
    assert faults(page, root) == []
    assert all(outcome.holds for outcome in run(page, root))
    assert [fault for fault in unaccounted(root) if "benchmarks" in fault] == []
    shown = build(page)
    assert '<p class="listing" id="benchmarks-far-fetch"><code>benchm' in shown
    assert 'href="code.md#__span-far-py-4"' not in shown
    assert re.search(r'no-copy[^>]*data-kind="?inert"?', shown)
