"""Binds the book to the library: no page holds a copy of what the code can say itself.

The way of a page, one module a step:

- `source` reads Python files: where an object stands, its code, the program it needs;
- `pages` reads Markdown files: blocks, figures, bound numbers, each with its line;
- `checks` finds what is wrong with a page without running it;
- `session` runs a page from top to bottom and says what each part printed;
- `ledger` accounts for the library's lines, `order` for the names that pages use;
- `update` writes what was printed back into the page, after a deliberate change;
- `limits` ends what does not end by itself;
- `drawing` draws the figures; `binding` and `maths` turn pages into HTML.
"""

import hashlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The project's root folder: where `docs/`, `figures/` and `src/` stand."""


class BookError(Exception):
    """Something in the book does not hold; the message names the file and the line."""


def fingerprint(data: bytes) -> str:
    """Twelve letters that are others as soon as the data are.

    >>> fingerprint(b"one"), fingerprint(b"other")
    ('7692c3ad3540', 'd9298a10d1b0')
    """
    return hashlib.sha256(data).hexdigest()[:12]
