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


def in_copies(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """What each of the calls returns, made in copies of this process, one to a core.

    If one raises, so does this. Where a process cannot be copied, one follows another.
    """
    if not COPIES:
        return [call() for call in calls]
    with ProcessPoolExecutor(os.cpu_count(), get_context("fork")) as copies:
        return [made.result() for made in [copies.submit(call) for call in calls]]
