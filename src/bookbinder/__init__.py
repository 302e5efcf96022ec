"""Binds the book to the library: no page holds a copy of what the code can say itself.

The folders are layers, and each imports only from those before it:

- `read` reads pages, formulas and the library's source, and runs none of it;
- `run` runs a page from top to bottom and says what each part printed;
- `make` draws figures, runs labs and writes notebooks, before a page is built;
- `check` finds what is wrong with a page, and with the whole book;
- `convert` turns a page into HTML and fills in code, outputs and formulas;
- `build` does for the site what MkDocs alone does not.

To build a page, `convert` has it read by `read` and looked at by `check`; `build` does
the rest. Whether its code prints what it shows, `run` finds out: for the tests, for
`update` and for `proof`, not while the site is built.

With these, `publishing` builds the site, `serving` builds and shows it again after each
change, and `update` writes new outputs into pages after a deliberate change.
`record_mnist` trains on MNIST again, `make_digits` made the file of digits; and `proof`
attacks all of it.
"""

import hashlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The project's root folder: where `docs/`, `figures/` and `src/` stand."""


class BookError(Exception):
    """Something in the book does not hold; the message says where, if it is known."""


def fingerprint(*parts: bytes | str) -> str:
    """Twelve letters that are others as soon as one of the parts is.

    >>> fingerprint(b"one"), fingerprint("one", "other")
    ('7692c3ad3540', '5c4d665b6f7e')
    """
    data = (part if isinstance(part, bytes) else part.encode() for part in parts)
    return hashlib.sha256(b"\0".join(data)).hexdigest()[:12]
