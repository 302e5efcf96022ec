"""Parameters are what a training leaves behind: saved to a file, loaded when needed.

The files are NumPy's `.npz`: one array for each name, readable wherever NumPy is. They
are read in such a way that nothing in them is executed.
"""

import os
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from scratchnn.activations import float_array
from scratchnn.files import store
from scratchnn.network import named_arrays
from scratchnn.two_layer_net import Parameters


def npz_name(name: object) -> str:
    """`name` unchanged, if an npz file can hold an array of that name and return it.

    Raises `ValueError` if it is no text, holds a NUL or ends in .npy, which may be
    mixed up with another, or is one of the names that NumPy keeps for itself.

    >>> npz_name("W1")
    'W1'
    >>> npz_name("file")
    Traceback (most recent call last):
      ...
    ValueError: an array in an npz file cannot be called 'file'
    """
    lost = not isinstance(name, str) or "\0" in name or name.endswith(".npy")
    if lost or name in ("file", "allow_pickle"):
        raise ValueError(f"an array in an npz file cannot be called {name!r}")
    return str(name)


def save_parameters(params: Mapping[str, ArrayLike], path: str | Path) -> None:
    """Write parameters to a file, whole or not at all.

    There never is half a file under the name `path`, whatever happens; one that was
    there before stays until the new one is complete. Missing folders are made. A `~` at
    the front of `path` stands for the home folder.

    Raises `TypeError` if `params` is no dictionary or a parameter does not hold real
    numbers, `ValueError` as `npz_name` does, and `OSError` if the file cannot be
    written.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_parameters({"b1": [0.5, 1.0]}, Path(folder) / "new" / "weights.npz")
    ...     load_parameters(Path(folder) / "new" / "weights.npz")
    {'b1': array([0.5, 1. ])}
    >>> save_parameters({"b1": ["one", "two"]}, Path(folder) / "weights.npz")
    Traceback (most recent call last):
      ...
    TypeError: expected real numbers; got an array of <U3 (list)
    """
    params = named_arrays(params)
    arrays = {npz_name(name): float_array(params[name]) for name in params}
    file = BytesIO()
    np.savez(file, **arrays)  # type: ignore[arg-type]
    store(Path(os.path.expanduser(path)), file.getvalue())


def load_parameters(
    path: str | Path, like: Mapping[str, ArrayLike] | None = None
) -> Parameters:
    """Read the parameters that `save_parameters` wrote.

    A `~` at the front of `path` stands for the home folder.

    With `like`, the `params` of a network, they must have its names and shapes, and
    come in its order and float types, ready for `net.params = …`.

    Raises `FileNotFoundError` if there is no such file, another `OSError` if it cannot
    be read, and `ValueError` if it holds something else, is damaged, does not fit the
    network, has a number that its float type cannot hold, or is too large for the
    memory. Raises `TypeError` if `like` is no dictionary.

    >>> import tempfile
    >>> from scratchnn import TwoLayerNet
    >>> net = TwoLayerNet(2, 3, 2, rng=np.random.default_rng(0))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_parameters(net.params, Path(folder) / "weights.npz")
    ...     net.params = load_parameters(Path(folder) / "weights.npz", like=net.params)
    ...     np.savez(Path(folder) / "two.npz", b2=[3, 4], b1=[1, 2])
    ...     load_parameters(Path(folder) / "two.npz", like={"b1": [0, 0], "b2": [0, 0]})
    ...     load_parameters(Path(folder) / "two.npz")
    {'b1': array([1., 2.]), 'b2': array([3., 4.])}
    {'b2': array([3., 4.]), 'b1': array([1., 2.])}
    """
    try:
        data = Path(os.path.expanduser(path)).read_bytes()
    except (FileNotFoundError, ValueError):
        raise FileNotFoundError(f"there are no parameters at {path}") from None
    except MemoryError:
        raise ValueError(f"{path} is too large for the memory") from None
    try:
        with np.load(BytesIO(data), allow_pickle=False) as stored:
            params = {name: float_array(stored[name]) for name in stored.files}
            entries = stored.zip.infolist()  # a comment can hide those that follow
            if len(params) < len(entries) or any(entry.comment for entry in entries):
                raise ValueError("entries are lost, or have one name")
    except Exception as error:
        raise ValueError(
            f"{path} holds no parameters, is damaged, or is too large for the memory"
        ) from error
    if like is None:
        return params
    found = {name: values.shape for name, values in params.items()}
    wanted = {name: np.shape(values) for name, values in named_arrays(like).items()}
    if found != wanted:
        raise ValueError(f"the network needs {wanted}; {path} holds {found}")
    with np.errstate(over="ignore"):
        fitted = {n: params[n].astype(float_array(like[n]).dtype) for n in wanted}
    for name, values in fitted.items():
        if np.any(np.isinf(values) & np.isfinite(params[name])):
            raise ValueError(
                f"{name} in {path} holds a number too large for {values.dtype}"
            )
    return fitted
