"""MkDocs hook: what the search reads of a page, which is not all that stands there.

It reads code without its colours, which is a quarter of the work, formulas as one would
type them, and finds gates.
"""

import html
import re
from typing import Any
from xml.etree import ElementTree

from mkdocs.plugins import CombinedEvent, event_priority

from bookbinder.build.lean import uncoloured

MATH = re.compile("<math.*?</math>", re.DOTALL)
UNSEEN = re.compile("&(?:ApplyFunction|InvisibleTimes);")


@event_priority(100)
def _before(context: Any, /, *, page: Any, **options: Any) -> Any:
    """Before the search takes up a page: make it as the search should read it."""
    context["as_shown"] = page.content
    page.content = with_gates(in_one_line(uncoloured(page.content)))
    return context


@event_priority(-100)
def _after(context: Any, /, *, page: Any, **options: Any) -> Any:
    """And afterwards as it was."""
    page.content = context.pop("as_shown")
    return context


on_page_context = CombinedEvent(_before, _after)


def in_one_line(page: str) -> str:
    """HTML whose formulas are text, as one would type them, and Ctrl-C as well.

    >>> half = "<mfrac><mn>1</mn><mrow><mi>y</mi><mo>&lt;</mo></mrow></mfrac>"
    >>> in_one_line(f"is <math>{half}<msup><mi>b</mi><mn>2</mn></msup></math>")
    'is 1/(y&lt;)b^2'
    """
    page = UNSEEN.sub("", page).replace("\N{WORD JOINER}", "")
    return MATH.sub(lambda m: html.escape(_typed(ElementTree.fromstring(m[0]))), page)


def _typed(element: ElementTree.Element) -> str:
    """A part of a formula as one would type it, with brackets where they are needed."""
    parts = [_typed(child) for child in element]
    closed = [
        part if re.fullmatch(r"\w*|\([^()]*\)", part) else f"({part})" for part in parts
    ]
    match element.tag:
        case "mfrac":
            return "/".join(closed)
        case "msup" | "mover":
            return f"{parts[0]}^{closed[1]}"
        case "msub" | "munder":
            return f"{parts[0]}_{closed[1]}"
        case "msubsup" | "munderover":
            return f"{parts[0]}_{closed[1]}^{closed[2]}"
        case "mtable":
            return "; ".join(parts)
        case "mtr" | "mspace":
            return " ".join(["", *parts, ""])
    return (element.text or "") + "".join(parts)


def with_gates(page: str) -> str:
    r"""HTML in which the search finds the gates AND and OR.

    It passes over "and" and "or". With a sign behind it that nobody sees, a gate is
    another word, which is found by its beginning, as every word is.

    >>> with_gates('<a id="OR">OR and NAND</a>').encode("unicode_escape")
    b'<a id="OR">OR\\u2060 and NAND</a>'
    """
    return re.sub(r"\b(AND|OR)\b(?![^<>]*>)", "\\1\N{WORD JOINER}", page)
