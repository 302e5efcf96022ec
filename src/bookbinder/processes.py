"""Begins processes in which nothing has run yet, but what they import is there."""

from multiprocessing import get_all_start_methods, get_context
from multiprocessing.context import BaseContext


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
