"""Makes all that is out of date: `python -m bookbinder.make`, or `make figures`.

With `--check` it changes nothing and says what is out of date.
"""

import argparse
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from bookbinder import ROOT, BookError
from bookbinder.make import cards, drawing, labs, notebooks
from bookbinder.run.processes import anew


def main(arguments: list[str] | None = None, root: Path = ROOT) -> None:
    """The command line."""
    parser = argparse.ArgumentParser("python -m bookbinder.make", description=__doc__)
    parser.add_argument("--check", action="store_true", help="say what is out of date")
    check = parser.parse_args(arguments).check
    try:
        if check:
            if wrong := [*out_of_date(root)]:
                wrong.append("make figures mends all but what is unused")
            sys.exit("\n".join(wrong) or 0)
        print("\n".join(made(root)) or "everything is up to date")
    except BookError as error:
        sys.exit(str(error))


def made(root: Path = ROOT) -> list[str]:
    """Make all that is out of date; return the names of figures and of other files."""
    with ProcessPoolExecutor(1, anew()) as other:
        outdated = any(labs.stale(root))  # Jupyter waits a lot: run them meanwhile
        ran = [other.submit(labs.rerun, root)] if outdated else []
        drawn = drawing.redraw(root)
        files = cards.redraw(root)
        files += [labs.place(lab) for run in ran for lab in run.result()]
    files += notebooks.write(root)
    return [*drawn, *map(str, files)]


def out_of_date(root: Path = ROOT) -> Iterator[str]:
    """Each file that is not as it should be, and why."""
    for path, source, what in drawing.stale(root):
        yield f"{path}: {source}: {what}"
    for path, _ in cards.stale(root):
        yield f"{path}: stale or missing"
    for path in cards.left_over(root):
        yield f"{path}: left over"
    for lab in labs.stale(root):
        yield f"{labs.place(lab)}: stale or missing"
    for path in notebooks.stale(root):
        yield f"{path}: stale, missing or left over"


if __name__ == "__main__":  # the processes that help to draw read this file, too
    main()
