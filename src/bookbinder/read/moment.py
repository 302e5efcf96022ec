"""Reads each file once while a page is looked at: it counts as what it was then.

Between two moments it is read anew, so an edit shows at once, without a new start.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

Given = ParamSpec("Given")
Found = TypeVar("Found")

_known: ContextVar[dict[Any, Any] | None] = ContextVar("_known", default=None)


@contextmanager
def moment() -> Iterator[None]:
    """While this lasts, what `read_once` has read is not read again."""
    if _known.get() is not None:
        yield
        return
    before = _known.set({})
    try:
        yield
    finally:
        _known.reset(before)


def read_once(read: Callable[Given, Found]) -> Callable[Given, Found]:
    """Lets what reads files do so once in a `moment` for each thing it is given."""

    @wraps(read)
    def found(*given: Given.args, **named: Given.kwargs) -> Found:
        known = _known.get()
        if known is None:
            return read(*given, **named)
        key = (read, given, *named.items())
        if key not in known:
            known[key] = read(*given, **named)
        return known[key]

    return found
