"""Ends what does not end by itself: code that loops, or waits for what never comes."""

import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import current_thread, main_thread

PATIENCE = 600
"""How many seconds anything may take, waiting included, however busy the machine is."""


class TooLong(BaseException):
    """Time is up. No `Exception`, so that no code in a loop catches it by mistake."""


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise `TooLong` in what runs inside when its time is up, and again if it goes on.

    `seconds` counts the processor's time alone, so a busy machine does not matter;
    `PATIENCE` counts by the clock. Limits may stand inside each other. Windows has no
    such timers, and threads get no signals: there is no limit then.

    >>> with limited(seconds=0.05):
    ...     while True:
    ...         pass
    Traceback (most recent call last):
      ...
    bookbinder.run.limits.TooLong: this did not end in 0.05 seconds
    """
    if not hasattr(signal, "setitimer") or current_thread() is not main_thread():
        yield
        return
    with ExitStack() as timers:
        timers.enter_context(_timer(signal.ITIMER_PROF, signal.SIGPROF, seconds))
        timers.enter_context(_timer(signal.ITIMER_REAL, signal.SIGALRM, PATIENCE))
        yield


@contextmanager
def _timer(timer: int, alarm: int, seconds: float) -> Iterator[None]:
    def time_is_up(*_: object) -> None:
        raise TooLong(f"this did not end in {seconds:g} seconds")

    outer, _ = signal.getitimer(timer)
    if 0 < outer < seconds:  # what stands outside ends sooner
        yield
        return
    handler = signal.signal(alarm, time_is_up)
    signal.setitimer(timer, seconds, seconds)
    try:
        yield
    finally:
        left, _ = signal.setitimer(timer, 0)
        signal.signal(alarm, handler)
        if outer:
            signal.setitimer(timer, max(outer - seconds + left, 0.001), outer)
