"""A file is written whole or not at all, whatever happens in the middle of it.

Everything the library leaves on a disc goes through here: downloads, weights, records
and curves. The book's appendix "The rest of the machine" takes it apart.
"""

import os
import shutil
from pathlib import Path
from uuid import uuid4


def replaceable(path: Path) -> Path:
    """The place where `path` is to be written: itself, or where a symbolic link leads.

    Raises `OSError` if something that is no file has the name, such as a folder, a
    device or a link that leads in a circle, if there can be no such name, or if the
    current folder is gone, and `PermissionError` if there is a file that must not be
    written to.

    >>> replaceable(Path("weights.npz")).name
    'weights.npz'
    """
    place = None
    try:
        place = Path(os.path.realpath(path))
        place.lstat()
    except FileNotFoundError:
        if place is None:
            raise OSError(f"the folder that {path} is to stand in is gone") from None
        return place
    except ValueError:
        raise OSError(f"no file can have the name {str(path)!r}") from None
    if not place.is_file():
        raise OSError(f"{place} is no file, so it cannot be replaced by one")
    if not os.access(place, os.W_OK):
        raise PermissionError(f"{place} is write-protected")
    return place


def store(path: Path, data: bytes) -> None:
    """Write a file so that it is never seen half-written under its own name.

    The bytes go to a file beside it, which then takes the name in one step; one that
    was there before stays until then, and leaves its permissions to the new one. A
    symbolic link stays one. Missing folders are made.

    Raises `OSError` if the place cannot be written to, or as `replaceable` does.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     store(Path(folder, "new", "place", "greeting"), b"hello")
    ...     Path(folder, "new", "place", "greeting").read_bytes()
    b'hello'
    """
    path = replaceable(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{uuid4().hex}.part")
    try:
        with part.open("wb") as file:
            if path.exists():
                shutil.copymode(path, part)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise OSError(f"{path} could not be written: {error}") from error
    finally:
        part.unlink(missing_ok=True)
