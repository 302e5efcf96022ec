"""Data is what a network learns from: pictures as rows of numbers, answers as labels.

The handwritten digits that come with the library are loaded here, in two parts: to
learn from, and for a test. Chapter 1 of the book looks at them, chapter 3 has them read
by a network, chapter 4 learns from them.
"""

from importlib.resources import files
from operator import index
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

Samples = tuple[NDArray[Any], NDArray[Any]]


def real_array(x: ArrayLike) -> NDArray[Any]:
    """`x` as an array of real numbers: floats, integers or booleans.

    An array comes back as it is, not copied.

    Raises `TypeError` for anything else: complex numbers, strings, objects, lists whose
    rows differ in length. And for a masked array, whose mask would be lost.

    >>> real_array([1, 2])
    array([1, 2])
    >>> real_array(np.uint8([0, 255]))
    array([  0, 255], dtype=uint8)
    """
    try:
        array = np.asarray(x)
    except ValueError:
        raise TypeError("expected real numbers in rows of one length") from None
    if array is not x and isinstance(x, np.ma.MaskedArray):
        raise TypeError(
            "a masked array would lose its mask: use .filled or .compressed"
        )
    if array.dtype.kind not in "fiub":
        got = f"{array.dtype} ({type(x).__name__})"
        raise TypeError(f"expected real numbers; got an array of {got}")
    return array


def integer(value: Any, name: str) -> int:
    """`value` as a Python integer, if it is one.

    Raises `TypeError` for anything else, calling it by its `name`; a float is no
    integer, not even 2.0.

    >>> integer(np.int64(3), "size")
    3
    >>> integer(2.5, "size")
    Traceback (most recent call last):
      ...
    TypeError: size must be an integer; got 2.5
    """
    try:
        return index(value)
    except TypeError:
        raise TypeError(f"{name} must be an integer; got {value!r}") from None


def one_hot(
    labels: ArrayLike, classes: int, dtype: DTypeLike = np.float64
) -> NDArray[Any]:
    """Write each label as a row of zeros with a single 1 in the label's column.

    `labels` holds integers from 0 to `classes - 1`, in any shape S; the result has
    shape (*S, classes) and the type `dtype`.

    Raises `TypeError` if the labels or `classes` are not integers, `ValueError` if a
    label is out of range or there are no classes, and what `real_array` raises.

    >>> one_hot([2, 0], classes=3)
    array([[0., 0., 1.],
           [1., 0., 0.]])
    """
    labels, classes = real_array(labels), integer(classes, "classes")
    if classes < 1:
        raise ValueError(f"classes must be at least 1; got {classes}")
    if labels.dtype.kind not in "iu":
        raise TypeError(f"labels must be integers; got an array of {labels.dtype}")
    rows = np.equal.outer(np.arange(classes), labels.T).T
    if np.count_nonzero(rows) != labels.size:
        raise ValueError(
            f"labels must lie between 0 and {classes - 1}; "
            f"got {labels.min()} to {labels.max()}"
        )
    return rows.astype(dtype)


def prepare(
    images: ArrayLike,
    labels: ArrayLike,
    *,
    ink: int,
    flatten: bool = True,
    normalize: bool = True,
    rows: bool = False,
    dtype: DTypeLike = np.float64,
) -> Samples:
    """Pictures of digits as they are stored, made into inputs x and targets t.

    `images` has shape (N, H, W), N pictures of H by W pixels, each from 0 to `ink`, and
    `labels` shape (N,). The inputs hold numbers of type `dtype`, divided by `ink`
    unless `normalize` is false. Their shape is (N, H * W), or without `flatten`
    (N, 1, H, W), where the 1 counts the colour channels: grey is one. The targets are
    integers, shape (N,), or with `rows` one-hot rows of type `dtype`, shape (N, 10).

    Raises `ValueError` naming both shapes if they are others, or if a pixel is not in
    that range or `ink` is 0 or not one number, `TypeError` if `dtype` cannot hold the
    pixels or something is no real number, and both as `one_hot` does.

    >>> images = np.array([[[0, 4], [8, 16]]], dtype=np.uint8)
    >>> x, t = prepare(images, np.array([7], dtype=np.uint8), ink=16)
    >>> x
    array([[0.  , 0.25, 0.5 , 1.  ]])
    >>> t
    array([7])
    >>> prepare(images, np.array([1]), ink=16, rows=True, dtype="float32")[1][0, :3]
    array([0., 1., 0.], dtype=float32)
    """
    images, labels = real_array(images), real_array(labels)
    if images.ndim != 3 or labels.shape != images.shape[:1]:
        raise ValueError(
            "N pictures have shape (N, H, W) and their labels (N,); "
            f"got {images.shape} and {labels.shape}"
        )
    low, high = images.min(initial=0), images.max(initial=0)
    if real_array(ink).shape or not (0 < ink < np.inf and 0 <= low <= high <= ink):
        raise ValueError(
            "pixels lie between 0 and ink, one number above 0; "
            f"got {low} to {high} and ink={ink}"
        )
    kinds = "real floating" if normalize else ("real floating", "integral")
    dtype = np.dtype(dtype).newbyteorder("=")
    right_kind = np.isdtype(dtype, kinds)
    if not right_kind or not np.can_cast(images.dtype, dtype):
        wanted = f"{images.dtype} pixels" if right_kind or not normalize else "floats"
        raise TypeError(f"dtype must hold {wanted}; got {dtype}")
    x = np.divide(images, ink, dtype=dtype) if normalize else images.astype(dtype)
    n, height, width = images.shape
    x = x.reshape(n, height * width) if flatten else x[:, np.newaxis]
    one_hot_rows = one_hot(labels, 10, dtype)
    t = one_hot_rows if rows else labels.astype(int)
    return x, t


def load_digits(
    *,
    flatten: bool = True,
    normalize: bool = True,
    one_hot: bool = False,
    dtype: DTypeLike = np.float64,
) -> tuple[Samples, Samples]:
    """The 1,797 handwritten digits that come with the library, 8 by 8 pixels each.

    The result is (x_train, t_train), (x_test, t_test): 1,437 digits to learn from and
    360 to be tested on. x has shape (N, 64), one picture a row, numbers between 0
    (paper) and 1 (ink); with `flatten=False` it is (N, 1, 8, 8), and with
    `normalize=False` the pixels stay the whole numbers 0 to 16, though of type `dtype`.
    t holds the labels 0 to 9 as integers, shape (N,); with `one_hot=True` it has a row
    for each, shape (N, 10), of type `dtype`. The arrays are new at each call.

    The split never changes: the digits are stored in an order drawn once with
    `np.random.default_rng(32).permutation`, and the last 360 are the test data.

    Source: E. Alpaydin and C. Kaynak, "Optical Recognition of Handwritten Digits", UCI
    Machine Learning Repository, 1998 (CC BY 4.0), as scikit-learn ships it.

    Raises `TypeError` if `dtype` cannot hold the pixels. Chapter 1.

    >>> (x_train, t_train), (x_test, t_test) = load_digits()
    >>> x_train.shape, t_train.shape, x_test.shape, t_test.shape
    ((1437, 64), (1437,), (360, 64), (360,))
    """
    with (files("scratchnn") / "digits.npz").open("rb") as file:
        stored = np.load(file, allow_pickle=False)
        images, labels = stored["images"], stored["labels"]
    x, t = prepare(
        images,
        labels,
        ink=16,
        flatten=flatten,
        normalize=normalize,
        rows=one_hot,
        dtype=dtype,
    )
    return (x[:1437], t[:1437]), (x[1437:], t[1437:])


def random_source(rng: object) -> np.random.Generator:
    """`rng` unchanged, if random numbers can be drawn from it.

    Raises `TypeError` for anything but one of NumPy's generators, a bare seed too: it
    would have to begin anew at each use.

    >>> print(random_source(np.random.default_rng(0)).integers(10))
    8
    """
    if not isinstance(rng, np.random.Generator):
        raise TypeError(
            f"rng must be a generator like np.random.default_rng(0); got {rng!r}"
        )
    return rng


def sample_array(x: ArrayLike) -> NDArray[Any]:
    """`x` as an array with samples along its first axis.

    Raises `ValueError` if it is one number, without axes, and what `real_array` raises.

    >>> sample_array([7, 1])
    array([7, 1])
    """
    x = real_array(x)
    if x.ndim == 0:
        raise ValueError(f"samples stand along a first axis; got one number, {x}")
    return x


def train_test_split(
    x: ArrayLike, t: ArrayLike, *, test_size: int, rng: np.random.Generator
) -> tuple[Samples, Samples]:
    """Put `test_size` samples aside, drawn at random, and keep the rest to learn from.

    `x` and `t` hold N inputs and N targets along their first axis. The result is
    (x_train, t_train), (x_test, t_test), in shuffled order, and new arrays; the same
    seed gives the same split.

    Raises `ValueError` if there are not as many targets as inputs, or if one of the two
    parts would be empty, `TypeError` if `test_size` is no integer or `rng` no
    generator, and what `sample_array` raises. Chapter 4.

    >>> x, t = np.arange(10.0).reshape(5, 2), np.arange(5)
    >>> rng = np.random.default_rng(0)
    >>> rest, test = train_test_split(x, t, test_size=2, rng=rng)
    >>> rest[1], test[1]
    (array([3, 0, 1]), array([2, 4]))
    """
    x, t, test_size = sample_array(x), sample_array(t), integer(test_size, "test_size")
    if len(x) != len(t) or test_size not in range(1, len(x)):
        raise ValueError(
            "a split needs a target for each input and samples on both sides; "
            f"got {len(x)} inputs, {len(t)} targets and test_size={test_size}"
        )
    order = random_source(rng).permutation(len(x))
    test, rest = order[:test_size], order[test_size:]
    return (x[rest], t[rest]), (x[test], t[test])
