"""Begins processes: new ones that have their imports, and copies of this one."""

import operator
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.context import BaseContext
from typing import TypeVar

COPIES = sys.platform == "linux"
"""Whether a process can be copied as it stands."""

MANY = 6
"""So many things are made sooner by several processes that must begin; copies are there
at once.
"""

Made = TypeVar("Made")


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


def side_by_side(
    calls: Sequence[Callable[[], Made]], context: BaseContext | None
) -> list[Made]:
    """What each of the calls returns; of many, made in processes, one to a core.

    `context` begins them; without one, and of few, one follows another. If one raises,
    so does this.
    """
    copied = context is not None and context.get_start_method() == "fork"
    if context is None or len(calls) < (2 if copied else MANY):
        return [call() for call in calls]
    with ProcessPoolExecutor(mp_context=context) as processes:
        return list(processes.map(operator.call, calls))
