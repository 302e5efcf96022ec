"""MNIST is 70,000 handwritten digits in four files, fetched once and kept.

What comes over a network may be late, cut short or not what was asked for, so nothing
is believed until its checksum is right. The book's appendix walks through this module.
"""

import gzip
import hashlib
import math
import os
import sys
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import numpy as np
from numpy.typing import DTypeLike, NDArray
from tqdm import tqdm

from scratchnn.data import Samples, prepare
from scratchnn.files import store


@dataclass(frozen=True)
class Source:
    """Where files come from, and how to tell that they have arrived whole.

    `mirrors` are the addresses of folders that hold the same files, to be tried in this
    order; `digests` gives for each file's name its SHA-256 in hexadecimal digits;
    `timeout` is how many seconds a mirror may be silent before the next has its turn;
    `limit` is where reading stops, in bytes. Raises `TypeError` if `mirrors` is a text.

    >>> Source(mirrors=("https://example.org/data",), digests={"a.gz": "00ff"}).timeout
    20.0
    """

    mirrors: tuple[str, ...]
    digests: Mapping[str, str]
    timeout: float = 20.0
    limit: int = 2**24

    def __post_init__(self) -> None:
        if isinstance(self.mirrors, str):
            raise TypeError(f"mirrors must be a tuple; got {self.mirrors!r}")

    def digest(self, name: str) -> str:
        """The SHA-256 of the file called `name`; raises `ValueError` if it has none."""
        if name not in self.digests:
            raise ValueError(f"the files are {[*self.digests]}; got {name!r}")
        return self.digests[name]


MNIST = Source(
    mirrors=(
        "https://ossci-datasets.s3.amazonaws.com/mnist",
        "https://storage.googleapis.com/cvdf-datasets/mnist",
    ),
    digests={
        "train-images-idx3-ubyte.gz": "440fcabf73cc546fa21475e81ea37026"
        "5605f56be210a4024d2ca8f203523609",
        "train-labels-idx1-ubyte.gz": "3552534a0a558bbed6aed32b30c495cc"
        "a23d567ec52cac8be1a0730e8010255c",
        "t10k-images-idx3-ubyte.gz": "8d422c7b0a1c1c79245a5bcf07fe86e3"
        "3eeafee792b84584aec276f5a2dbc4e6",
        "t10k-labels-idx1-ubyte.gz": "f7ae60f92e00ec6debd23a6088c31dbd"
        "2371eca3ffa0defaefb259924204aec6",
    },
)


def data_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """The folder for downloaded data: `$SCRATCHNN_DATA`, or one in the user's cache.

    `environ` holds the environment's variables. The folder may not exist yet. Raises
    `OSError` if it begins with a `~` for which no home is known.

    >>> data_folder({"SCRATCHNN_DATA": "lessons/data"}).as_posix()
    'lessons/data'
    >>> data_folder({"SCRATCHNN_DATA": "~/data"}) == Path.home() / "data"
    True
    """
    variable = "LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME"
    usual = "~/Library/Caches" if sys.platform == "darwin" else "~/.cache"
    cache = Path(environ.get(variable) or usual, "scratchnn")
    folder = Path(environ.get("SCRATCHNN_DATA") or cache)
    try:
        return folder.expanduser()
    except RuntimeError:
        raise OSError(f"no home is known for the ~ in {folder}") from None


def download(address: str, timeout: float = 20.0, limit: int = 2**24) -> bytes:
    """All bytes found at an address, with a bar that shows how far we are.

    What comes after `limit` bytes is cut off. Raises `ValueError` if it is no address,
    and `OSError` or `HTTPException` if a server is silent for `timeout` s or refuses.

    >>> download("data:,hello")
    b'hello'
    """
    data = bytearray()
    with urlopen(address, timeout=timeout) as response:
        length = response.headers["Content-Length"] or ""
        size = int(length) if length.isdecimal() else None
        name = address.rpartition("/")[2]
        with tqdm(
            total=size, desc=name, unit="B", unit_scale=True, disable=not sys.stderr
        ) as bar:
            while len(data) < limit and (chunk := response.read(2**14)):
                data += chunk
                bar.update(len(chunk))
    return bytes(data[:limit])


def is_whole(data: bytes, digest: str) -> bool:
    """Whether the SHA-256 of `data` is `digest`, written in hexadecimal digits.

    >>> digest = hashlib.sha256(b"half a file").hexdigest()
    >>> is_whole(b"half a file", digest.upper()), is_whole(b"half a f", digest)
    (True, False)
    """
    return hashlib.sha256(data).hexdigest() == digest.lower()


def from_mirrors(name: str, source: Source) -> bytes:
    """The file called `name`, from the first mirror that has it whole.

    Raises `OSError` saying what went wrong at each, and what `source.digest` raises.

    >>> from_mirrors("a.gz", Source(mirrors=(), digests={"a.gz": "00ff"}))
    Traceback (most recent call last):
      ...
    OSError: no mirror is known
    """
    digest, problems = source.digest(name), []
    for mirror in source.mirrors:
        try:
            data = download(f"{mirror}/{name}", source.timeout, source.limit)
        except (OSError, HTTPException, OverflowError, ValueError) as error:
            problems.append(f"{mirror}: {str(error) or type(error).__name__}")
        else:
            if is_whole(data, digest):
                return data
            problems.append(f"{mirror}: {len(data):,} bytes with a wrong SHA-256")
    raise OSError("; ".join(problems) or "no mirror is known")


def fetch(name: str, folder: Path, source: Source = MNIST) -> bytes:
    """The file called `name`: from `folder` if it is whole there, else from a mirror.

    What comes from a mirror is kept in `folder` for the next time. Raises `OSError`
    telling what is missing, where and what to do, and what `source.digest` raises.

    >>> from tempfile import TemporaryDirectory
    >>> digest = hashlib.sha256(b"hello").hexdigest()
    >>> with TemporaryDirectory() as folder:
    ...     store(Path(folder, "greeting"), b"hello")
    ...     fetch("greeting", Path(folder), Source((), {"greeting": digest}))
    b'hello'
    """
    path, digest, state = Path(folder, name), source.digest(name), "missing"
    if path.parent.exists() and not path.parent.is_dir():
        raise OSError(f"{folder} is no folder; SCRATCHNN_DATA may name one")
    try:
        if path.exists():
            state = "damaged"
            if is_whole(data := path.read_bytes(), digest):
                return data
        store(path, data := from_mirrors(name, source))
    except OSError as error:
        raise OSError(
            f"{name} is {state} in {folder} and could not be fetched and kept "
            f"({error}); to work without a network, put the files "
            f"{', '.join(source.digests)} into that folder, or name the folder that "
            "holds them in the variable SCRATCHNN_DATA"
        ) from error
    return data


def read_idx(packed: bytes) -> NDArray[np.uint8]:
    """The array in a gzip IDX file, the format in which MNIST is published.

    Unpacked, it begins with four bytes: 0, 0, 8 for numbers of one byte each, and the
    number of axes, 1 to 4. The lengths of the axes follow, each in four bytes with the
    largest place first, and then the numbers, row by row. The array is read-only.

    Raises `ValueError` if the file is not of this kind, too short or too long.

    >>> read_idx(gzip.compress(bytes([0, 0, 8, 1, 0, 0, 0, 3, 5, 0, 4])))
    array([5, 0, 4], dtype=uint8)
    """
    try:
        data = gzip.decompress(packed)
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(f"an IDX file is packed with gzip; got {error}") from error
    axes = int.from_bytes(data[3:4])
    start = 4 + 4 * axes
    if data[:3] != b"\0\0\x08" or not 1 <= axes <= 4 or len(data) < start:
        raise ValueError(
            "an IDX file of bytes begins with 00 00 08, the number of axes, 1 to 4, "
            f"and their lengths; got {data[:16].hex(' ') or 'nothing'}"
        )
    shape = [int.from_bytes(data[i : i + 4]) for i in range(4, start, 4)]
    if len(data) - start != math.prod(shape):
        raise ValueError(
            f"an array of shape {tuple(shape)} takes {math.prod(shape):,} bytes; "
            f"got {len(data) - start:,}"
        )
    try:
        return np.frombuffer(data, np.uint8, offset=start).reshape(shape)
    except ValueError:
        raise ValueError(f"no array has the shape {tuple(shape)}") from None


def load_mnist(
    *,
    flatten: bool = True,
    normalize: bool = True,
    one_hot: bool = False,
    dtype: DTypeLike = np.float64,
    source: Source = MNIST,
) -> tuple[Samples, Samples]:
    """MNIST: 60,000 handwritten digits to learn from and 10,000 to be tested on.

    The result is (x_train, t_train), (x_test, t_test), as `load_digits` has it, with
    pictures of 28 by 28 pixels: x has shape (N, 784), one picture a row, numbers from 0
    (paper) to 1 (ink); with `flatten=False` it is (N, 1, 28, 28), and with
    `normalize=False` the pixels stay the whole numbers 0 to 255, though of type
    `dtype`. t holds the labels 0 to 9 as integers, shape (N,); with `one_hot=True` it
    has a row for each, shape (N, 10), of type `dtype`. The arrays are new at each call.

    The first call downloads the four files, 12 MB, into `data_folder()`; each call
    checks them, and fetches a damaged one again. Source: Y. LeCun, C. Cortes and
    C. J. C. Burges, "The MNIST database of handwritten digits", 1998.
    Raises `OSError` if files are missing and cannot be had, `ValueError` if they hold
    no pictures and labels, and `TypeError` if `dtype` cannot hold the pixels.

    >>> if all((data_folder() / name).exists() for name in MNIST.digests):
    ...     (x_train, t_train), (x_test, t_test) = load_mnist(dtype="float32")
    ...     assert (x_train.shape, t_train.shape) == ((60000, 784), (60000,))
    ...     assert (x_test.shape, t_test.shape) == ((10000, 784), (10000,))
    """
    how: dict[str, Any] = {"flatten": flatten, "normalize": normalize, "ink": 255}
    how |= {"rows": one_hot, "dtype": dtype}
    files = [read_idx(fetch(name, data_folder(), source)) for name in source.digests]
    return prepare(*files[:2], **how), prepare(*files[2:], **how)
