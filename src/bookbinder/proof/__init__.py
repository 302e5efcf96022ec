"""Attacks the book and counts what is noticed: `make proof`.

- `places` knows where a page can be corrupted so that a reader would be misled;
- `text` corrupts pages, one place at a time, and runs the checks on them;
- `code` changes the library, one place at a time, and runs what the book shows;
- `judging` gives every change a book and a process of its own, and counts;
- `machines` runs the pages as on other processors and with another NumPy;
- `__main__` does all of it and writes the record that the book's page is made from.
"""

import json
from pathlib import Path
from typing import Any

RECORD = Path(__file__).with_name("record.json")
"""The numbers of the last whole run."""


def record() -> dict[str, Any]:
    """What the last whole run has found."""
    found: dict[str, Any] = json.loads(RECORD.read_text("utf-8"))
    return found
