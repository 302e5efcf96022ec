"""Parameters come back as they went, or not at all."""

import errno
import io
import os
import pickle
import re
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import scratchnn
from scratchnn import (
    MultiLayerNet,
    TwoLayerNet,
    init_network,
    load_parameters,
    predict,
    save_parameters,
    trained_network,
)


def some_net(dtype: Any = np.float64) -> MultiLayerNet:
    """A network worth saving."""
    return MultiLayerNet([4, 3, 2], rng=np.random.default_rng(0), dtype=dtype)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_everything_comes_back(tmp_path: Path, dtype: Any) -> None:
    """Names, order, bits and float type; nothing else is left in the folder."""
    params = some_net(dtype).params
    for path in (tmp_path / "a.npz", str(tmp_path / "b")):
        save_parameters(params, path)
        loaded = load_parameters(path)
        assert list(loaded) == list(params)
        for name, values in params.items():
            assert loaded[name].dtype == dtype
            np.testing.assert_array_equal(loaded[name], values)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.npz", "b"]


def test_a_dict_of_chapter_3_comes_back(tmp_path: Path) -> None:
    """And predicts the same."""
    save_parameters(init_network(), tmp_path / "net.npz")
    loaded = load_parameters(tmp_path / "net.npz", like=init_network())
    x = [1.0, 0.5]
    np.testing.assert_array_equal(predict(loaded, x), predict(init_network(), x))


def test_parameters_come_in_the_order_and_type_of_the_network(tmp_path: Path) -> None:
    """A float32 network stays one, whoever wrote the file."""
    net, params = some_net(np.float32), some_net().params
    save_parameters(dict(sorted(params.items(), reverse=True)), tmp_path / "net.npz")
    net.params = load_parameters(tmp_path / "net.npz", like=net.params)
    assert list(net.params) == list(params)
    assert net.predict(np.ones((1, 4), dtype=np.float32)).dtype == np.float32


def test_parameters_of_another_network_are_refused(tmp_path: Path) -> None:
    """Names and shapes of both stand in the message."""
    save_parameters(some_net().params, tmp_path / "net.npz")
    with pytest.raises(ValueError, match=r"needs .*\(2, 3\).* holds .*\(4, 3\)"):
        load_parameters(tmp_path / "net.npz", like=init_network())


@pytest.mark.parametrize(
    ("value", "dtype"), [(1e300, np.float32), (-1e39, np.float32), (7e4, np.float16)]
)
def test_numbers_that_would_become_infinite_are_refused(
    tmp_path: Path, value: float, dtype: Any
) -> None:
    """In one sentence, with the name of the parameter, of the file and of the type."""
    path = tmp_path / "net.npz"
    save_parameters({"W1": [1.0], "b1": [0.0, value]}, path)
    like = {"W1": np.zeros(1, dtype), "b1": np.zeros(2, dtype)}
    message = re.escape(f"b1 in {path} holds a number too large for {np.dtype(dtype)}")
    with pytest.raises(ValueError, match=f"^{message}$"):
        load_parameters(path, like=like)


def test_numbers_that_are_infinite_come_back_as_they_are(tmp_path: Path) -> None:
    """No type is too small for them, nor for the largest number that it has."""
    largest = float(np.finfo(np.float32).max)
    params = {"b1": np.array([np.inf, -np.inf, np.nan, largest])}
    save_parameters(params, tmp_path / "net.npz")
    loaded = load_parameters(tmp_path / "net.npz", like={"b1": np.zeros(4, np.float32)})
    np.testing.assert_array_equal(loaded["b1"], params["b1"])


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """In one sentence."""
    with pytest.raises(FileNotFoundError, match=r"no parameters at .*none\.npz$"):
        load_parameters(tmp_path / "none.npz")


def in_memory(save: Any, *arguments: Any, **arrays: Any) -> bytes:
    """What a NumPy function would write to a file."""
    file = io.BytesIO()
    save(file, *arguments, **arrays)
    return file.getvalue()


def endless() -> bytes:
    """A small file that says it holds more numbers than any memory."""
    header, file = io.BytesIO(), io.BytesIO()
    form = {"descr": "<f8", "fortran_order": False, "shape": (10**14,)}
    np.lib.format.write_array_header_1_0(header, form)
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("W1.npy", header.getvalue())
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        endless(),
        b"",
        b"hello",
        b"PK\x03\x04 and so on",
        pickle.dumps({"W1": [1.0]}),
        in_memory(np.save, np.ones(3)),
        in_memory(np.savez, W1=np.array([{}], dtype=object)),
        in_memory(np.savez, W1=np.array(["text"])),
    ],
)
def test_foreign_files_are_refused(tmp_path: Path, content: bytes) -> None:
    """Never a pickle, and always the same sentence: NumPy's says how to trust it."""
    (tmp_path / "net.npz").write_bytes(content)
    with pytest.raises(
        ValueError,
        match=r"net\.npz holds no parameters, is damaged, or is too large for the mem",
    ):
        load_parameters(tmp_path / "net.npz")


def test_damaged_files_never_give_other_numbers(tmp_path: Path) -> None:
    """Cut anywhere, or with any one byte changed: an error, or the right numbers."""
    path, params = tmp_path / "net.npz", {"b1": np.arange(3.0)}
    save_parameters(params, path)
    content = path.read_bytes()
    for end in range(len(content)):
        path.write_bytes(content[:end])
        with pytest.raises(ValueError, match="damaged"):
            load_parameters(path)
    for at in range(len(content)):
        path.write_bytes(content[:at] + bytes([content[at] ^ 4]) + content[at + 1 :])
        try:
            loaded = load_parameters(path, like=params)
        except ValueError:
            continue
        np.testing.assert_array_equal(loaded["b1"], params["b1"])


def test_no_array_is_lost_with_a_bit_of_the_table_of_contents(tmp_path: Path) -> None:
    """An entry of the zip can swallow those that follow, or take another's name."""
    path, params = tmp_path / "net.npz", {f"b{n}": np.full(2, n) for n in range(4)}
    save_parameters(params, path)
    content = path.read_bytes()
    for at in range(content.index(b"PK\x01\x02"), len(content)):
        for bit in range(8):
            changed = bytes([content[at] ^ 1 << bit])
            path.write_bytes(content[:at] + changed + content[at + 1 :])
            try:
                loaded = load_parameters(path)
            except ValueError:
                continue
            np.testing.assert_array_equal([*loaded.values()], [*params.values()])


def test_a_failed_save_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And no remains of its own: here the disc is full halfway."""
    path = tmp_path / "net.npz"
    save_parameters(some_net().params, path)
    before = path.read_bytes()

    def full(file: Any, **arrays: Any) -> None:
        file.write(b"PK")
        raise OSError("no space left")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(OSError, match="no space"):
        save_parameters(init_network(), path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["net.npz"]


def test_a_full_disc_is_told_with_the_name_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was a number and three words."""

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    path = tmp_path / "net.npz"
    with pytest.raises(
        OSError, match=r"net\.npz could not be written: .*No space left"
    ):
        save_parameters(init_network(), path)
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX")
def test_a_killed_save_leaves_a_whole_file(tmp_path: Path) -> None:
    """Kill -9 while a program saves again and again: the last whole one stays."""
    path = tmp_path / "net.npz"
    program = (
        "import numpy as np; from scratchnn import save_parameters\n"
        "params = {'W1': np.ones((300, 300))}\n"
        f"while True: save_parameters(params, {str(path)!r})"
    )
    process = subprocess.Popen([sys.executable, "-c", program])
    while not path.exists() and process.poll() is None:
        time.sleep(0.01)
    time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    np.testing.assert_array_equal(load_parameters(path)["W1"], np.ones((300, 300)))


@pytest.mark.parametrize(
    "name", ["file", "allow_pickle", "b1.npy", ".npy", "b1\0", "\0", 1, None, b"b1"]
)
def test_names_that_would_not_come_back_are_refused(tmp_path: Path, name: Any) -> None:
    """Some were lost without a word, others ended in an error of NumPy's."""
    message = f"an array in an npz file cannot be called {name!r}"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        save_parameters({name: [3.0], "b1": [1.0]}, tmp_path / "weights.npz")
    assert not list(tmp_path.iterdir())


def test_a_tilde_is_the_home_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder called ~ was once made; in the middle of a name, it is a sign."""
    for variable in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(variable, str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    save_parameters({"b1": [1.0]}, "~/new~/net.npz")
    assert [path.name for path in tmp_path.iterdir()] == ["home"]
    assert load_parameters(tmp_path / "home" / "new~" / "net.npz")["b1"] == [1.0]
    assert load_parameters(Path("~/new~/net.npz"))["b1"] == [1.0]
    save_parameters({"b1": [2.0]}, "~nobody-of-this-name.npz")
    assert load_parameters("~nobody-of-this-name.npz")["b1"] == [2.0]


def test_text_is_not_saved(tmp_path: Path) -> None:
    """Nothing is written that could not be read again."""
    with pytest.raises(TypeError, match="expected real numbers"):
        save_parameters({"W1": ["a"]}, tmp_path / "net.npz")
    assert not list(tmp_path.iterdir())


def test_parameters_come_first_and_as_a_dictionary(tmp_path: Path) -> None:
    """The file comes first in NumPy's own function, and a network is none."""
    file, net = tmp_path / "net.npz", TwoLayerNet(2, 3, 2, rng=np.random.default_rng(0))
    for given, kind in ((str(file), "str"), (net, "TwoLayerNet")):
        with pytest.raises(TypeError, match=f"dictionary of arrays; got a {kind}"):
            save_parameters(given, file)  # type: ignore[arg-type]
    assert not file.exists()


def test_the_network_itself_is_no_dictionary_of_its_parameters(tmp_path: Path) -> None:
    """Its `params` are."""
    net = some_net()
    save_parameters(net.params, tmp_path / "net.npz")
    with pytest.raises(TypeError, match=r"dictionary of arrays; got a MultiLayerNet$"):
        load_parameters(tmp_path / "net.npz", like=net)  # type: ignore[arg-type]


@pytest.mark.parametrize("data", ["digits", "mnist"])
def test_the_networks_that_come_along_are_such_files(data: str) -> None:
    """What the training command saved, and nothing more."""
    path = Path(scratchnn.__file__).with_name(f"weights_{data}.npz")
    loaded, network = load_parameters(path), trained_network(data)
    assert list(loaded) == list(network)
    for name, values in loaded.items():
        np.testing.assert_array_equal(values, network[name])


def test_nothing_but_the_parameters_is_in_the_file(tmp_path: Path) -> None:
    """NumPy 2.0 keeps whatever else it is told as one more array."""
    save_parameters({"b1": [0.5]}, tmp_path / "weights.npz")
    with np.load(tmp_path / "weights.npz") as stored:
        assert stored.files == ["b1"]


def test_a_file_that_may_not_be_read_is_not_called_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the system says about it is handed on."""

    def forbidden(_: Path) -> bytes:
        raise PermissionError("Permission denied")

    monkeypatch.setattr(Path, "read_bytes", forbidden)
    with pytest.raises(PermissionError, match="denied"):
        load_parameters(tmp_path / "net.npz")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other permissions")
def test_a_file_keeps_its_permissions(tmp_path: Path) -> None:
    """Who has shut a file for others finds it shut after the next training, too."""
    path = tmp_path / "net.npz"
    save_parameters({"b1": [1.0]}, path)
    path.chmod(0o600)
    save_parameters({"b1": [2.0]}, path)
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other permissions")
def test_a_file_that_is_shut_to_others_is_so_while_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before there is anything in it that they could read."""
    path, seen = tmp_path / "net.npz", []
    save_parameters({"b1": [1.0]}, path)
    path.chmod(0o600)
    copymode = shutil.copymode

    def watched(source: Path, part: Path) -> None:
        seen.append(part.stat().st_size)
        copymode(source, part)
        seen.append(part.stat().st_mode & 0o777)

    monkeypatch.setattr(shutil, "copymode", watched)
    save_parameters({"b1": [2.0]}, path)
    assert seen == [0, 0o600]


@pytest.mark.skipif(sys.platform == "win32", reason="has other names")
@pytest.mark.parametrize("name", ["w\0.npz", "\ud800.npz"])
def test_a_name_that_no_file_can_have_is_no_place(tmp_path: Path, name: str) -> None:
    """The system has a `ValueError` of its own for a zero byte, and for half a sign."""
    path = tmp_path / name
    with pytest.raises(OSError, match=r"^no file can have the name '.*\.npz'$"):
        save_parameters({"b1": [1.0]}, path)
    with pytest.raises(FileNotFoundError, match="there are no parameters at"):
        load_parameters(path)
    assert not list(tmp_path.iterdir())


def test_the_longest_name_of_a_file_can_be_saved(tmp_path: Path) -> None:
    """The name of the unfinished file beside it is no longer than the system allows."""
    path = tmp_path / f"{'n' * 251}.npz"
    save_parameters({"b1": [1.0]}, path)
    assert load_parameters(path)["b1"] == [1.0]


@pytest.mark.skipif(sys.platform == "win32", reason="keeps the folder one is in")
def test_a_folder_that_is_gone_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was an `UnboundLocalError`; a full name needs no such folder."""
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(OSError, match=r"the folder that w\.npz is to stand in is gone"):
        save_parameters({"b1": [0.0]}, "w.npz")
    save_parameters({"b1": [0.0]}, tmp_path / "w.npz")
    monkeypatch.chdir(tmp_path)
