"""Begins processes: new ones that have their imports, and copies of this one."""

import os
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.context import BaseContext
from typing import Any

COPIES = sys.platform == "linux"
"""Whether a process can be copied as it stands."""


def anew() -> BaseContext:
    """What executors take to begin a process that has nothing of this one."""
    return get_context("spawn")


def beginning(*imports: str) -> BaseContext:
    """What they take to begin one with these modules imported beforehand.

    Where the system can, all are copies of one process that has done nothing but that;
    on Windows each imports for itself what it needs.
    """
    if "forkserver" not in get_all_start_methods():
        return anew()
    context = get_context("forkserver")
    context.set_forkserver_preload([*imports])
    return context


def copying() -> BaseContext:
    """What they take to copy this process as it stands, with all that it knows."""
    return get_context("fork")


def in_copies(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """What each of the calls returns, made in copies of this process, one to a core.

    If one raises, so does this. Where a process cannot be copied, one follows another.
    """
    if not COPIES:
        return [call() for call in calls]
    with ProcessPoolExecutor(os.cpu_count(), copying()) as copies:
        return [made.result() for made in [copies.submit(call) for call in calls]]
