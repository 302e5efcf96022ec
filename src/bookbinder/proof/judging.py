"""Judges changes side by side, each in a book and a process of its own, and counts."""

import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from bookbinder.run.processes import copying


class Change(Protocol):
    """What is done to the book in one place; `kind` is what it is counted under."""

    @property
    def kind(self) -> str:
        """A few words, or the name of a module."""


C = TypeVar("C", bound=Change)


@dataclass
class Report(Generic[C]):
    """What an attack has shown: how much was changed and caught, and what was not."""

    samples: Counter[str] = field(default_factory=Counter)
    caught: Counter[str] = field(default_factory=Counter)
    survivors: list[C] = field(default_factory=list)

    def add(self, change: C, complaint: str) -> None:
        """Count one change, and what was said of it, if anything was."""
        self.samples[change.kind] += 1
        if complaint:
            self.caught[change.kind] += 1
        else:
            self.survivors.append(change)


@contextmanager
def changed_book(root: Path, path: Path, text: str) -> Iterator[Path]:
    """A book that is made of links to the real one but for a file with another text."""
    with tempfile.TemporaryDirectory() as name:
        folder, own = Path(name), path
        while own != root:
            copy = folder / own.parent.relative_to(root)
            copy.mkdir(parents=True, exist_ok=True)
            for thing in own.parent.iterdir():
                if thing != own and not thing.name.startswith("."):
                    (copy / thing.name).symlink_to(thing)
            own = own.parent
        (folder / path.relative_to(root)).write_text(text, "utf-8")
        yield folder


def judged(judge: Callable[[C], str], changes: Sequence[C]) -> Report[C]:
    """Let `judge` say of each change who complains of it; nobody, if nothing is said.

    Each process judges one change, so that none can leak into the next. What it leaves
    lying about, a book that was stopped half-way, is thrown away at the end.
    """
    report = Report[C]()
    with (
        tempfile.TemporaryDirectory() as folder,
        copying().Pool(os.cpu_count(), _keep_to, [folder], maxtasksperchild=1) as pool,
    ):
        complaints = pool.imap(judge, changes, chunksize=1)
        for change, complaint in zip(changes, complaints, strict=True):
            report.add(change, complaint)
    return report


def _keep_to(folder: str) -> None:
    """Let this process, and those it starts, make their folders in this one."""
    tempfile.tempdir = os.environ["TMPDIR"] = folder
