"""The MNIST loader against bad servers, damaged files, sudden death and company."""

import gzip
import hashlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest
from numpy.typing import NDArray

from scratchnn import (
    Source,
    data_folder,
    download,
    fetch,
    from_mirrors,
    load_mnist,
    read_idx,
    store,
)
from scratchnn.mnist import MNIST

NAMES = tuple(MNIST.digests)


def idx(array: NDArray[np.uint8]) -> bytes:
    """The array as an IDX file, not yet packed."""
    lengths = b"".join(n.to_bytes(4, "big") for n in array.shape)
    return bytes([0, 0, 8, array.ndim]) + lengths + array.tobytes()


def pack(data: bytes) -> bytes:
    """Packed with gzip, the same bytes at any time of day."""
    return gzip.compress(data, mtime=0)


def small_files() -> dict[str, bytes]:
    """Five pictures to learn from and two to be tested on, 4 by 3 pixels each."""
    rng = np.random.default_rng(0)
    shapes = [(5, 4, 3), (5,), (2, 4, 3), (2,)]
    arrays = [rng.integers(0, 10, shape, dtype=np.uint8) for shape in shapes]
    arrays[0][0, 0, :2] = 0, 255
    packed = (pack(idx(array)) for array in arrays)
    return dict(zip(NAMES, packed, strict=True))


FILES = small_files()
DIGESTS = {name: hashlib.sha256(data).hexdigest() for name, data in FILES.items()}


class Mirrors(BaseHTTPRequestHandler):
    """A server whose folders are named after what is wrong with them."""

    protocol_version = "HTTP/1.1"
    halfway = threading.Event()  # a file has been sent in part
    both = threading.Barrier(2)  # two have asked for the same file
    asked: list[str]

    def log_message(self, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        _, folder, name = self.path.split("/")
        type(self).asked.append(self.path)
        self.close_connection = True
        getattr(self, folder)(FILES[name])

    def head(self, status: int, **headers: object) -> None:
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key.replace("_", "-"), str(value))
        self.end_headers()

    def good(self, data: bytes) -> None:
        self.head(200, Content_Length=len(data))
        self.wfile.write(data)

    def unsized(self, data: bytes) -> None:
        self.head(200, Connection="close")
        self.wfile.write(data)

    def wordy(self, data: bytes) -> None:
        self.head(200, Content_Length="five", Connection="close")
        self.wfile.write(data)

    def moved(self, data: bytes) -> None:
        location = self.path.replace("/moved/", "/good/")
        self.head(302, Location=location, Content_Length=0)

    def slow(self, data: bytes) -> None:
        self.head(200, Content_Length=len(data))
        for i in range(0, len(data), 16):
            time.sleep(0.02)
            self.wfile.write(data[i : i + 16])

    def together(self, data: bytes) -> None:
        self.both.wait(60)
        self.good(data)

    def absent(self, data: bytes) -> None:
        self.send_error(404)

    def failing(self, data: bytes) -> None:
        self.send_error(503)

    def cut(self, data: bytes) -> None:
        self.head(200, Content_Length=len(data))
        self.wfile.write(data[: len(data) // 2])

    def cut_chunks(self, data: bytes) -> None:
        self.head(200, Transfer_Encoding="chunked")
        self.wfile.write(b"%x\r\n" % len(data) + data[: len(data) // 2])

    def other(self, data: bytes) -> None:
        self.good(bytes([data[0] ^ 1]) + data[1:])

    def page(self, data: bytes) -> None:
        self.good(b"<html>Please sign in to the network</html>")

    def circle(self, data: bytes) -> None:
        self.head(302, Location=self.path, Content_Length=0)

    def astray(self, data: bytes) -> None:
        self.head(302, Location="http://[not-an-address/", Content_Length=0)

    def far(self, data: bytes) -> None:
        self.head(302, Location=f"http://127.0.0.1:{9**30}/", Content_Length=0)

    def mute(self, data: bytes) -> None:
        pass

    def garbled(self, data: bytes) -> None:
        self.wfile.write(b"\x00\xff no server speaks like this\r\n\r\n")

    def odd_size(self, data: bytes) -> None:
        self.head(200, Content_Length="many", Connection="close")

    def endless(self, data: bytes) -> None:
        self.head(200, Connection="close")
        while True:
            self.wfile.write(bytes(2**12))

    def stalled(self, data: bytes) -> None:
        self.head(200, Content_Length=len(data))
        self.wfile.write(data[: len(data) // 2])
        self.wfile.flush()
        type(self).halfway.set()
        time.sleep(3)


BAD = [
    "absent",
    "astray",
    "circle",
    "cut",
    "cut_chunks",
    "endless",
    "failing",
    "far",
    "garbled",
    "mute",
    "odd_size",
    "other",
    "page",
    "stalled",
]


class QuietServer(ThreadingHTTPServer):
    """Does not print a traceback when a client hangs up."""

    daemon_threads = True

    def handle_error(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of the server."""
    with QuietServer(("127.0.0.1", 0), Mirrors) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        server.block_on_close = False


@pytest.fixture
def source(server: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Source]:
    """Makes a source of the server's folders."""
    monkeypatch.setenv("no_proxy", "*")
    Mirrors.asked = []
    Mirrors.halfway.clear()

    def source(*folders: str) -> Source:
        mirrors = tuple(f"{server}/{folder}" for folder in folders)
        return Source(mirrors, DIGESTS, timeout=0.5, limit=10_000)

    return source


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for data, which does not exist yet."""
    monkeypatch.setenv("SCRATCHNN_DATA", str(tmp_path / "deep" / "data"))
    return data_folder()


def fill(folder: Path) -> None:
    """Put the files where they belong."""
    for name, data in FILES.items():
        store(folder / name, data)


def contents(folder: Path) -> dict[str, bytes]:
    """All that is in the folder."""
    return {path.name: path.read_bytes() for path in folder.glob("*")}


def test_data_is_kept_where_the_user_wants_it() -> None:
    """The variable wins; a home folder may be written as a tilde."""
    assert data_folder({"SCRATCHNN_DATA": "~/data"}) == Path.home() / "data"
    assert data_folder({}).parts[-1] == "scratchnn"
    assert data_folder({}).is_relative_to(Path.home())


@pytest.mark.skipif(sys.platform == "win32", reason="Windows takes any home for one")
@pytest.mark.parametrize("variable", ["SCRATCHNN_DATA", "XDG_CACHE_HOME"])
def test_a_home_that_nobody_has_is_named(variable: str) -> None:
    """Python said that it could not determine a home directory, and not of whom."""
    with pytest.raises(OSError, match=r"no home .* ~nobody-of-this-name\S*$"):
        data_folder({variable: "~nobody-of-this-name"})


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="has other rules")
def test_without_the_variable_it_is_the_users_cache() -> None:
    """As the desktop standards have it; an empty variable counts as none."""
    elsewhere = {"XDG_CACHE_HOME": "/cache", "SCRATCHNN_DATA": ""}
    assert data_folder(elsewhere) == Path("/cache/scratchnn")
    assert data_folder({"XDG_CACHE_HOME": ""}) == Path.home() / ".cache" / "scratchnn"


def test_the_first_call_downloads_and_the_second_does_not(
    source: Callable[..., Source], folder: Path
) -> None:
    """Nothing but the four files is left in the folder."""
    first = load_mnist(source=source("good"))
    assert Mirrors.asked == [f"/good/{name}" for name in NAMES]
    assert contents(folder) == FILES
    second = load_mnist(source=source("good"))
    assert len(Mirrors.asked) == 4
    for (x, t), (x_again, t_again) in zip(first, second, strict=True):
        np.testing.assert_array_equal(x, x_again)
        np.testing.assert_array_equal(t, t_again)


def test_shapes_types_and_options(source: Callable[..., Source], folder: Path) -> None:
    """The conventions of `load_digits`."""
    good = source("good")
    (x_train, t_train), (x_test, t_test) = load_mnist(source=good)
    assert (x_train.shape, t_train.shape) == ((5, 12), (5,))
    assert (x_test.shape, t_test.shape) == ((2, 12), (2,))
    assert x_train.dtype == float
    assert t_train.dtype == int
    np.testing.assert_array_equal(x_train[0, :2], [0, 1])
    (images, rows), _ = load_mnist(
        flatten=False, one_hot=True, dtype=np.float32, source=good
    )
    assert (images.shape, rows.shape) == ((5, 1, 4, 3), (5, 10))
    assert images.dtype == rows.dtype == np.float32
    np.testing.assert_array_equal(rows.argmax(axis=1), t_train)
    (pixels, _), _ = load_mnist(normalize=False, dtype=np.uint8, source=good)
    np.testing.assert_array_equal(pixels / 255, x_train)
    assert pixels.flags.writeable
    with pytest.raises(TypeError, match="dtype must hold floats; got int64"):
        load_mnist(dtype=np.int64, source=good)
    with pytest.raises(TypeError):
        load_mnist(True)  # type: ignore[call-arg]


@pytest.mark.parametrize("mirror", ["moved", "slow", "unsized", "wordy"])
def test_odd_servers_are_put_up_with(
    mirror: str, source: Callable[..., Source], folder: Path
) -> None:
    """Redirected, drop by drop, or without saying in digits how much will come."""
    load_mnist(source=source(mirror))
    assert contents(folder) == FILES


@pytest.mark.parametrize("mirror", BAD)
def test_a_bad_mirror_gives_way_to_the_next(
    mirror: str, source: Callable[..., Source], folder: Path
) -> None:
    """Whatever is the matter with it."""
    data = fetch(NAMES[1], folder, source(mirror, "good"))
    assert fetch(NAMES[1], str(folder), source()) == data  # type: ignore[arg-type]
    assert contents(folder) == {NAMES[1]: data} == {NAMES[1]: FILES[NAMES[1]]}
    assert Mirrors.asked[0] == f"/{mirror}/{NAMES[1]}"
    assert Mirrors.asked[-1] == f"/good/{NAMES[1]}"


@pytest.mark.parametrize("mirror", BAD)
def test_bad_mirrors_leave_nothing_behind(
    mirror: str, source: Callable[..., Source], folder: Path
) -> None:
    """No file, no folder, and one error."""
    with pytest.raises(OSError, match=r"^train-images-\S+ is missing in ") as caught:
        load_mnist(source=source(mirror))
    assert not folder.exists()
    assert f"/{mirror}: " in str(caught.value)


def test_an_error_without_words_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """As one of a silent server may be."""
    monkeypatch.setattr("scratchnn.mnist.urlopen", Mock(side_effect=TimeoutError))
    with pytest.raises(OSError, match=r"^https://a\.example: TimeoutError$"):
        from_mirrors("a", Source(("https://a.example",), {"a": ""}))


def test_what_is_there_and_cannot_be_read_is_not_called_missing(folder: Path) -> None:
    """A folder, say, that has the name of the file."""
    (folder / NAMES[0]).mkdir(parents=True)
    with pytest.raises(OSError, match=rf"^{NAMES[0]} is damaged in "):
        fetch(NAMES[0], folder, Source((), {NAMES[0]: ""}))


def test_offline_one_error_says_all(folder: Path) -> None:
    """The four names, the folder, the mirrors and the way out, in one sentence."""
    mirrors = ("http://127.0.0.1:9/one", "http://127.0.0.1:9/two")
    with pytest.raises(OSError, match="to work without a network") as caught:
        load_mnist(source=replace(MNIST, mirrors=mirrors))
    message = str(caught.value)
    for part in (*NAMES, *mirrors, str(folder), "SCRATCHNN_DATA"):
        assert part in message
    assert "\n" not in message


def test_a_file_that_the_source_does_not_know(
    source: Callable[..., Source], folder: Path
) -> None:
    """It was a KeyError, or said to be missing; nobody is asked for it."""
    with pytest.raises(ValueError, match=r"the files are \['train-\S+.*; got 'x'"):
        fetch("x", folder, source("good"))
    with pytest.raises(ValueError, match=r"the files are \['train-\S+.*; got 'x'"):
        from_mirrors("x", source("good"))
    assert Mirrors.asked == []


def test_one_mirror_without_its_comma() -> None:
    """Each letter of the address would be a mirror."""
    with pytest.raises(TypeError, match=r"mirrors must be a tuple; got 'https:\S+'$"):
        Source(mirrors=("https://a.org"), digests={})  # type: ignore[arg-type]


@pytest.mark.parametrize("damage", [b"", b"<html>", FILES[NAMES[0]][:-1]])
def test_a_damaged_file_is_fetched_again(
    damage: bytes, source: Callable[..., Source], folder: Path
) -> None:
    """Only that one; and without a network the error says what has happened."""
    fill(folder)
    (folder / NAMES[0]).write_bytes(damage)
    with pytest.raises(OSError, match=f"^{NAMES[0]} is damaged in .*404"):
        load_mnist(source=source("absent"))
    load_mnist(source=source("good"))
    assert Mirrors.asked == [f"/absent/{NAMES[0]}", f"/good/{NAMES[0]}"]
    assert contents(folder) == FILES


def test_a_folder_that_is_whole_is_only_read(
    source: Callable[..., Source], folder: Path
) -> None:
    """So that it may be on a medium that cannot be written to."""
    fill(folder)
    folder.chmod(0o555)
    before = folder.stat().st_mtime_ns
    load_mnist(source=source())
    assert folder.stat().st_mtime_ns == before
    folder.chmod(0o755)


def test_a_folder_that_cannot_be_made(
    source: Callable[..., Source], folder: Path
) -> None:
    """The operating system's reason is part of the sentence."""
    folder.parent.write_bytes(b"a file is in the way")
    with pytest.raises(OSError, match=r"is missing in .* and kept \(\["):
        load_mnist(source=source("good"))


def test_a_file_that_is_given_for_the_folder(
    source: Callable[..., Source], folder: Path
) -> None:
    """No mirror is asked; it was told to put the files into that file."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_bytes(b"a file")
    with pytest.raises(OSError, match="^" + re.escape(f"{folder} is no folder; ")):
        load_mnist(source=source("good"))


def child(folder: Path, server: Source, before: str = "") -> subprocess.Popen[bytes]:
    """Another process that loads the data."""
    script = f"{before}\nfrom scratchnn import *; load_mnist(source={server!r})"
    environ = {**os.environ, "SCRATCHNN_DATA": str(folder)}
    return subprocess.Popen([sys.executable, "-c", script], env=environ)


def test_two_processes_at_once(source: Callable[..., Source], folder: Path) -> None:
    """Each downloads all; both succeed, and one set of whole files is left."""
    server = replace(source("together"), timeout=60)
    processes = [child(folder, server) for _ in range(2)]
    assert [process.wait(120) for process in processes] == [0, 0]
    assert contents(folder) == FILES
    assert len(Mirrors.asked) == 2 * len(FILES)


def test_killed_in_the_middle_of_a_download(
    source: Callable[..., Source], folder: Path
) -> None:
    """Nothing is left of it, and the next attempt succeeds."""
    process = child(folder, replace(source("stalled"), timeout=60))
    assert Mirrors.halfway.wait(30)
    process.kill()
    assert process.wait(30) != 0
    assert not folder.exists()
    load_mnist(source=source("good"))
    assert contents(folder) == FILES


@pytest.mark.skipif(sys.platform == "win32", reason="has no SIGKILL")
@pytest.mark.parametrize("moment", ["os.fsync", "pathlib.Path.replace"])
def test_killed_while_storing(
    moment: str, source: Callable[..., Source], folder: Path
) -> None:
    """No final name shows up before its file is whole."""
    before = (
        "import os, pathlib\n"
        "def die(part, *args):\n"
        "    os.truncate(part, 4)\n"
        f"    os.kill(os.getpid(), {signal.SIGKILL:d})\n"
        f"{moment} = die"
    )
    assert child(folder, source("good"), before).wait(30) == -signal.SIGKILL
    assert not set(contents(folder)) & set(NAMES)
    load_mnist(source=source("good"))
    kept = contents(folder)
    assert {name: kept[name] for name in NAMES} == FILES


def test_storing_cleans_up_after_itself(tmp_path: Path) -> None:
    """A name that cannot be taken leaves no part behind."""
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError, match="taken"):
        store(tmp_path / "taken", b"data")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_a_link_stays_a_link_to_the_new_file(tmp_path: Path) -> None:
    """What it leads to is written, wherever that is."""
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"old")
    try:
        link.symlink_to(target)
    except OSError:
        pytest.skip("this system makes no links for everybody")
    store(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_a_link_that_leads_in_a_circle_is_no_file(tmp_path: Path) -> None:
    """On no version of Python is it replaced, or reported by another kind of error."""
    link = tmp_path / "link"
    try:
        link.symlink_to(link)
    except OSError:
        pytest.skip("this system makes no links for everybody")
    with pytest.raises(OSError, match="link is no file"):
        store(link, b"data")
    assert link.is_symlink()
    assert [path.name for path in tmp_path.iterdir()] == ["link"]


def test_a_write_protected_file_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Renaming would not ask: it needs no permission but that of the folder."""
    path = tmp_path / "file"
    path.write_bytes(b"old")
    path.chmod(0o444)
    if os.access(path, os.W_OK):  # whoever may do everything runs the tests
        monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(PermissionError, match="file is write-protected"):
        store(path, b"new")
    path.chmod(0o644)
    assert path.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names")
def test_what_is_no_file_is_left_alone(tmp_path: Path) -> None:
    """A pipe here; /dev/null was once replaced by a file."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match=r"pipe is no file"):
        store(tmp_path / "pipe", b"data")
    assert (tmp_path / "pipe").is_fifo()


def test_a_digest_may_be_written_in_capitals(
    source: Callable[..., Source], folder: Path
) -> None:
    """Hexadecimal digits are the same in both."""
    digests = {name: digest.upper() for name, digest in DIGESTS.items()}
    capitals = replace(source("good"), digests=digests)
    assert fetch(NAMES[1], folder, capitals) == FILES[NAMES[1]]


def test_a_download_needs_no_error_stream(
    source: Callable[..., Source], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program may be started without one; then nobody sees a bar."""
    monkeypatch.setattr(sys, "stderr", None)
    address = f"{source('good').mirrors[0]}/{NAMES[0]}"
    assert download(address) == FILES[NAMES[0]]


def test_a_download_shows_how_far_it_is(
    source: Callable[..., Source], capsys: pytest.CaptureFixture[str]
) -> None:
    """With the file's name, on the error stream, where it is in nobody's way."""
    download(f"{source('good').mirrors[0]}/{NAMES[0]}")
    shown = capsys.readouterr()
    assert NAMES[0] in shown.err
    assert "100%" in shown.err
    assert shown.out == ""


@pytest.mark.parametrize("shape", [(0,), (3,), (2, 0, 5), (2, 3), (4, 3, 2)])
def test_idx_files_are_read(shape: tuple[int, ...]) -> None:
    """Whatever their number of axes."""
    array = np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8)
    read = read_idx(pack(idx(array)))
    assert read.dtype == np.uint8
    np.testing.assert_array_equal(read, array)
    assert not read.flags.writeable


GOOD = idx(np.arange(6, dtype=np.uint8).reshape(2, 3))


@pytest.mark.parametrize(
    ("packed", "message"),
    [
        (b"", "begins with 00 00 08.*got nothing"),
        (GOOD, "packed with gzip"),
        (pack(GOOD)[:-9], "packed with gzip"),
        (pack(GOOD)[:10] + b"\xff" * 9, "packed with gzip"),
        (pack(b""), "got nothing"),
        (pack(GOOD[:3]), "got 00 00 08$"),
        (pack(GOOD[:4]), "got 00 00 08 02$"),
        (pack(b"\0\0\x0d" + GOOD[3:]), "got 00 00 0d 02"),
        (pack(b"\1" + GOOD[1:]), "got 01 00 08 02"),
        (pack(GOOD[:11]), "got 00 00 08 02"),
        (pack(GOOD[:-1]), r"shape \(2, 3\) takes 6 bytes; got 5"),
        (pack(GOOD + b"\0"), r"shape \(2, 3\) takes 6 bytes; got 7"),
        (pack(b"\0\0\x08\x04" + b"\xff" * 16), "takes .* bytes; got 0"),
        (pack(b"\0\0\x08\0\7"), "number of axes, 1 to 4, and their lengths; got 00"),
        (pack(b"\0\0\x08\x46" + b"\0\0\0\1" * 70 + b"\7"), "number of axes, 1 to 4"),
        (pack(b"\0\0\x08\x04" + b"\xff" * 12 + bytes(4)), r"^no array has the shape"),
    ],
)
def test_other_files_are_refused(packed: bytes, message: str) -> None:
    """With a sentence that says what is wrong, and never an array."""
    with pytest.raises(ValueError, match=message):
        read_idx(packed)


@pytest.mark.parametrize(
    ("index", "array"),
    [
        (1, np.zeros(4, np.uint8)),
        (3, np.zeros((2, 1), np.uint8)),
        (2, np.zeros((2, 12), np.uint8)),
    ],
)
def test_pictures_and_labels_must_fit(
    index: int, array: NDArray[np.uint8], folder: Path
) -> None:
    """Even where the checksums vouch for both."""
    fill(folder)
    (folder / NAMES[index]).write_bytes(data := pack(idx(array)))
    digests = {**DIGESTS, NAMES[index]: hashlib.sha256(data).hexdigest()}
    with pytest.raises(ValueError, match=r"N pictures have shape \(N, H, W\)"):
        load_mnist(source=Source((), digests))


def test_the_real_files(mnist: Any) -> None:
    """Sixty and ten thousand; how often each digit occurs is well known."""
    (x_train, t_train), (x_test, t_test) = mnist
    assert (x_train.shape, t_train.shape) == ((60_000, 784), (60_000,))
    assert (x_test.shape, t_test.shape) == ((10_000, 784), (10_000,))
    assert (x_train.min(), x_train.max()) == (0, 1)
    assert t_train[:5].tolist() == [5, 0, 4, 1, 9]
    assert np.bincount(t_train)[[0, 1, 5]].tolist() == [5923, 6742, 5421]
    assert np.bincount(t_test)[[0, 1, 5]].tolist() == [980, 1135, 892]
    assert round(float(x_train.mean(dtype=float)), 4) == 0.1307


def test_the_real_files_are_read_fast(mnist: Any) -> None:
    """Hashed and unpacked; about a fifth of a second on an ordinary machine."""
    started = time.perf_counter()
    for name in NAMES:
        read_idx(fetch(name, data_folder()))
    assert time.perf_counter() - started < 2
