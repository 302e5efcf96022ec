"""A file is written whole or not at all, whatever happens in the middle of it.

Everything the library leaves on a disc goes through here: downloads, weights, records.
The book's appendix "The rest of the machine" takes it apart.
"""

import os
import shutil
from pathlib import Path
from uuid import uuid4


def store(path: Path, data: bytes) -> None:
    """Write a file so that it is never seen half-written under its own name.

    The bytes go to a file beside it, which then takes the name in one step; one that
    was there before stays until then, and leaves its permissions to the new one. A link
    to a file stays one. Missing folders are made.

    Raises `OSError` if the place cannot be written to, or if something that is no file
    has the name: a folder, a device.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     store(Path(folder, "new", "place", "greeting"), b"hello")
    ...     Path(folder, "new", "place", "greeting").read_bytes()
    b'hello'
    """
    path = path.resolve()
    if path.exists() and not path.is_file():
        raise OSError(f"{path} is no file, so it cannot be replaced by one")
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{uuid4().hex}.part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            shutil.copymode(path, part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
