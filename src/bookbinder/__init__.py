"""Binds the book to the library: no page holds a copy of what the code can say itself.

The way of a page, step by step:

- read: `source` reads Python files, where an object stands and what it needs; `pages`
  reads Markdown files: blocks, figures, bound numbers, each with its line;
- made before, by `python -m figures`: `drawing` draws the figures, `cards` the pictures
  for links, `labs` runs the labs, `notebooks` writes the chapters as notebooks;
- checked without running: `checks` asks `dialect` how a page is written, `prose` what
  its sentences say (`tex` reads formulas, `formulas` computes them), `labels` the words
  around code, `commands` those for the shell, and `statements` what code does;
- run: `session` runs a page from top to bottom and says what each part printed, within
  `limits`, numbers in words by `spelling`; `order` asks whether names are used before
  they were shown, `ledger` where each line of the library is shown, and `claims`
  whether a test vouches for what is said of a figure;
- turned into HTML: `binding` fills in code and outputs, `maths` sets formulas, and
  `reading` helps a reader along, with the `reference`; `navigation`, `lab_pages`,
  `searching` and `templates` do what MkDocs alone does not;
- made a site: `publishing` builds it, `serving` builds and shows it again after each
  change, both with `extras`, such as pages in `plain` text; `ahead` and `processes` do
  it side by side, and `lean` leaves out what no page needs.

By hand: `update` writes new outputs into pages after a deliberate change,
`record_mnist` trains on MNIST again, `make_digits` made the file of digits; and `proof`
attacks all of it.
"""

import hashlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The project's root folder: where `docs/`, `figures/` and `src/` stand."""


class BookError(Exception):
    """Something in the book does not hold; the message says where, if it is known."""


def fingerprint(data: bytes) -> str:
    """Twelve letters that are others as soon as the data are.

    >>> fingerprint(b"one"), fingerprint(b"other")
    ('7692c3ad3540', 'd9298a10d1b0')
    """
    return hashlib.sha256(data).hexdigest()[:12]
