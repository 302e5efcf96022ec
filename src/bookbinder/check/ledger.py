"""Accounts for every line of the library: the book shows each of them exactly once.

Docstrings and blank lines aside; comments count. A line is shown by a listing of the
object it belongs to. The imports at the top of a module belong to that module, whatever
others import. The page of all code is the reference copy and does not count. A listing
may show lines again if its fence says so, `again="true"`; its caption then leads to the
page that showed them first. A translation shows what the original does, or another
check complains.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from bookbinder import ROOT, BookError
from bookbinder.read.book import ORIGINAL, config_of, left_out, listings
from bookbinder.read.pages import Block, Page
from bookbinder.read.source import lines_that_count

Line = tuple[Path, int]
Place = tuple[Page, Block]


def unaccounted(root: Path = ROOT) -> list[str]:
    """Every line that is not shown exactly once, as `file:line: what is wrong`."""
    firsts: dict[Line, Place] = {}
    faults = []
    for page, block in listings(root / "docs" / ORIGINAL, root):
        lines = _lines(block, root)
        where = f"{page.path}:{block.line}"
        if block.again:
            for path, n in set(lines) - set(firsts):
                faults.append(f"{where}: again, but {path}:{n} was not shown before")
            continue
        for (path, n), times in Counter(lines).items():
            if (path, n) in firsts or times > 1:
                first, at = firsts.get((path, n), (page, block))
                what = f"shown at {first.path}:{at.line} and at {where}"
                if at is block:
                    what = f"shown twice at {where}: one name of a line brings all"
                faults.append(f"{path}:{n}: {what}")
            firsts.setdefault((path, n), (page, block))
    missing = [
        (path, n)
        for path in sorted((root / "src" / "scratchnn").glob("*.py"))
        for n in lines_that_count(path.read_text("utf-8"))
        if (path, n) not in firsts
    ]
    return [*faults, *_unshown(missing, root)] if missing else faults


def _unshown(missing: list[Line], root: Path) -> Iterator[str]:
    """A complaint for each line, and where it would be shown if a page were listed."""
    edition = root / "docs" / ORIGINAL
    outside = {
        line: page.path
        for page in left_out(edition, root)
        for block in page.blocks
        if block.source
        for line in _lines(block, root)
    }
    for path, n in missing:
        what = f"{path}:{n}: no page shows this line"
        if page := outside.get((path, n)):
            config = config_of(edition, root).name
            what += f"; {page} does, and is not in the navigation in {config}"
        yield what


def first_shown(page: Page, block: Block, root: Path = ROOT) -> Place:
    """Where the lines that a listing shows again were shown first.

    Raises `BookError` if that is nowhere before it.
    """
    wanted = set(_lines(block, root))
    for earlier, at in listings(page.edition, root):
        if (earlier.path, at.line) == (page.path, block.line):
            break
        if wanted & set(_lines(at, root)):
            return earlier, at
    raise BookError(f"{page.path}:{block.line}: no listing has shown this before")


def _lines(block: Block, root: Path) -> list[Line]:
    """The lines of the library that a listing shows, as far as they count."""
    shown = block.listing(root)
    count = set(lines_that_count(shown.path.read_text("utf-8")))
    return [(shown.path, n) for n in shown.lines if n in count]
