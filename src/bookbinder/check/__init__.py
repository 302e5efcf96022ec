"""Finds what is wrong with a page or with the whole book.

For a page, `faults` asks all others: `dialect` how it is written, `fences` whether its
code is run, `bindings` what computes its numbers, `figures` what draws its figures,
`prose` what its sentences say, `pointers` what they say of other places in the book,
`labels` the words around code, `commands` those for the shell, `statements` what its
code does, `assertions` which of its assertions cannot fail, and `editions` whether a
translation has the same. For the book, `order` asks whether names are used before they
were shown, `ledger` where each line of the library is shown, and `claims` whether a
test vouches for what is said of a figure.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache, wraps
from typing import ParamSpec

Fault = tuple[int, str]
"""What is wrong with a page: the line, and the reason."""

Given = ParamSpec("Given")


def once(look: Callable[Given, Iterable[Fault]]) -> Callable[Given, list[Fault]]:
    """Lets a check look once at what it is given; it must look at nothing else.

    So a page that is as it was need not be looked at again while the book is served.
    """

    @lru_cache(maxsize=128)
    def found(*given: Given.args, **named: Given.kwargs) -> list[Fault]:
        return [*look(*given, **named)]

    return wraps(look)(found)  # type: ignore[return-value]  # a cache has any arguments
