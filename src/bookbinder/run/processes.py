"""Begins processes: new ones that have their imports, and copies of this one."""

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.context import BaseContext

COPIES = sys.platform == "linux"
"""Whether a process can be copied as it stands."""


def beginning(*imports: str) -> BaseContext:
    """What executors take to begin a process: with these modules imported beforehand.

    Where the system can, all are copies of one process that has done nothing but that;
    on Windows each imports for itself what it needs.
    """
    if "forkserver" not in get_all_start_methods():
        return get_context("spawn")
    context = get_context("forkserver")
    context.set_forkserver_preload([*imports])
    return context


@contextmanager
def meanwhile(work: Callable[..., object], *arguments: object) -> Iterator[None]:
    """Have a function called by a copy of this process, while this one goes on.

    At the end it is waited for; if it raises, so does this. Where a process cannot be
    copied, it is called first.
    """
    if not COPIES:
        work(*arguments)
        yield
        return
    with ProcessPoolExecutor(1, get_context("fork")) as other:
        called = other.submit(work, *arguments)
        yield
        called.result()
