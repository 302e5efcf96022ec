"""The digits that come with the library: whole, unpickled, split for good."""

import re
import zipfile
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn import datasets

from bookbinder.make_digits import SEED, make
from scratchnn import load_digits, one_hot, prepare

STORED = files("scratchnn") / "digits.npz"


def whole(**options: Any) -> tuple[NDArray[Any], NDArray[Any]]:
    """Training and test data in one piece, as they are stored."""
    (x_train, t_train), (x_test, t_test) = load_digits(**options)
    return np.concatenate([x_train, x_test]), np.concatenate([t_train, t_test])


def test_the_digits_are_those_of_scikit_learn() -> None:
    """All of them, each once, in the order that the documented seed draws."""
    theirs = datasets.load_digits()
    order = np.random.default_rng(SEED).permutation(1797)
    x, t = whole()
    np.testing.assert_array_equal(16 * x, theirs.data[order])
    np.testing.assert_array_equal(t, theirs.target[order])
    assert len(np.unique(order)) == 1797


def test_the_file_is_what_its_script_makes(tmp_path: Path) -> None:
    """The same numbers, and the same bytes at each run."""
    once, twice = tmp_path / "once.npz", tmp_path / "twice.npz"
    make(once)
    make(twice)
    assert once.read_bytes() == twice.read_bytes()
    with np.load(once) as made, STORED.open("rb") as file:
        stored = np.load(file, allow_pickle=False)
        assert sorted(stored) == sorted(made) == ["images", "labels"]
        for name in made:
            assert stored[name].dtype == made[name].dtype == np.uint8
            np.testing.assert_array_equal(stored[name], made[name])


def test_the_file_holds_numbers_only() -> None:
    """Small, and nothing in it that could be a pickle."""
    assert len(STORED.read_bytes()) < 50_000
    with STORED.open("rb") as file, zipfile.ZipFile(file) as archive:
        for name in archive.namelist():
            assert b"|u1" in archive.read(name)[:128]


def test_shapes_types_and_range() -> None:
    """As the notes' loaders return them."""
    (x_train, t_train), (x_test, t_test) = load_digits()
    assert (x_train.shape, t_train.shape) == ((1437, 64), (1437,))
    assert (x_test.shape, t_test.shape) == ((360, 64), (360,))
    assert {x_train.dtype, x_test.dtype} == {np.dtype(np.float64)}
    assert {t_train.dtype, t_test.dtype} == {np.dtype(int)}
    for x in (x_train, x_test):
        assert (x.min(), x.max()) == (0, 1)


def test_each_digit_is_well_represented_on_both_sides() -> None:
    """32 to 40 of each among the 360; no seed up to 39 draws a more even split."""
    _, (_, t_test) = load_digits()
    counts = np.bincount(t_test)
    assert (counts.min(), counts.max()) == (32, 40)
    target = datasets.load_digits().target
    orders = [np.random.default_rng(seed).permutation(1797) for seed in range(40)]
    spread = [np.ptp(np.bincount(target[order[1437:]])) for order in orders]
    assert np.argmin(spread) == SEED


def test_without_flattening_an_image_keeps_its_rows_and_columns() -> None:
    """And has one colour channel."""
    images, _ = whole(flatten=False)
    assert images.shape == (1797, 1, 8, 8)
    np.testing.assert_array_equal(images.reshape(1797, 64), whole()[0])


@pytest.mark.parametrize("dtype", ["uint8", np.int64, np.float32, float])
def test_without_normalizing_the_pixels_stay_whole(dtype: Any) -> None:
    """From 0 to 16, in the type asked for."""
    x, t = whole(normalize=False, dtype=dtype)
    assert x.dtype == dtype
    assert t.dtype == int
    assert set(np.unique(x)) == set(range(17))


@pytest.mark.parametrize("dtype", [np.float16, "float32", np.longdouble])
def test_normalized_pixels_keep_the_float_type(dtype: Any) -> None:
    """Sixteenths are exact in all of them."""
    x, t = whole(dtype=dtype, one_hot=True)
    assert x.dtype == t.dtype == dtype
    np.testing.assert_array_equal(x, whole()[0])


def test_one_hot_rows_say_what_the_labels_say() -> None:
    """A row each, in place of the label."""
    _, rows = whole(one_hot=True)
    _, labels = whole()
    assert rows.shape == (1797, 10)
    np.testing.assert_array_equal(rows, one_hot(labels, 10))


def test_nothing_leaks_from_one_call_to_the_next() -> None:
    """What one caller writes, no other caller reads."""
    raw: dict[str, Any] = {"normalize": False, "dtype": np.uint8}
    for options in ({}, raw, {"one_hot": True}):
        for samples in load_digits(**options):
            for array in samples:
                assert array.flags.writeable
                array[...] = 99 if array.dtype == np.uint8 else -1
        for x, t in load_digits(**options):
            assert 0 <= x.min() <= x.max() <= 16
            assert t.min() == 0


def test_preparing_leaves_the_stored_arrays_alone() -> None:
    """Even where the type would allow to hand them through."""
    images = np.arange(8, dtype=np.uint8).reshape(2, 2, 2)
    labels = np.array([3, 4], dtype=np.uint8)
    x, t = prepare(images, labels, ink=16, normalize=False, dtype=np.uint8)
    assert not np.shares_memory(x, images)
    assert not np.shares_memory(t, labels)


@pytest.mark.parametrize("dtype", [int, np.uint8, bool, complex, str, object])
def test_normalized_pixels_need_floats(dtype: Any) -> None:
    """Integers would round nearly every pixel to zero."""
    with pytest.raises(TypeError, match="dtype must hold floats; got "):
        load_digits(dtype=dtype)


@pytest.mark.parametrize("dtype", [np.int8, bool, complex, str])
def test_raw_pixels_need_a_type_that_holds_them(dtype: Any) -> None:
    """One that has no room for the largest uint8 is refused."""
    with pytest.raises(TypeError, match="dtype must hold uint8 pixels; got "):
        load_digits(normalize=False, dtype=dtype)


def test_the_pixels_are_named_where_they_are_the_reason() -> None:
    """float32 holds floats, but not every int64."""
    images = np.zeros((1, 2, 2), dtype=np.int64)
    with pytest.raises(TypeError, match="must hold int64 pixels; got float32"):
        prepare(images, [0], ink=16, dtype=np.float32)


@pytest.mark.parametrize(
    ("images", "labels"),
    [((8, 8), (8,)), ((2, 8, 8), (3,)), ((2, 8, 8), (2, 1)), ((0,), (0,)), ((), ())],
)
def test_each_picture_has_a_label(images: Any, labels: Any) -> None:
    """And one picture is no batch: its rows are not samples."""
    x, t = np.zeros(images, np.uint8), np.zeros(labels, np.uint8)
    with pytest.raises(
        ValueError, match=r"^N pictures have shape \(N, H, W\)"
    ) as caught:
        prepare(x, t, ink=16)
    assert f"got {images} and {labels}" in str(caught.value)


@pytest.mark.parametrize("ink", [0, -16, 15, np.nan, np.inf, [16], [[16, 16]]])
def test_ink_is_the_largest_number_that_a_pixel_can_hold(ink: Any) -> None:
    """Or inputs would not lie between 0 and 1."""
    message = re.escape(f"one number above 0; got 0 to 16 and ink={ink}")
    with pytest.raises(ValueError, match=f"{message}$"):
        prepare([[[0, 16]]], [3], ink=ink)
    x, _ = prepare([[[0, 16]]], [3], ink=32)
    assert x.tolist() == [[0, 0.5]]


@pytest.mark.parametrize("pixel", [-1.0, np.nan, np.inf])
def test_pixels_lie_between_paper_and_ink(pixel: float) -> None:
    """Whether or not they are to be divided."""
    for normalize in (True, False):
        with pytest.raises(ValueError, match="pixels lie between 0 and ink"):
            prepare([[[0.0, pixel]]], [3], ink=16, normalize=normalize)


@pytest.mark.parametrize("ink", ["16", None, 16j])
def test_ink_is_a_number(ink: Any) -> None:
    """NumPy's own sentence would speak of a loop."""
    with pytest.raises(TypeError, match=r"^expected real numbers; got an array of "):
        prepare([[[0, 16]]], [3], ink=ink)


@pytest.mark.parametrize("rows", [True, False])
@pytest.mark.parametrize(
    ("label", "error"), [(7.9, TypeError), (np.nan, TypeError), (10, ValueError)]
)
def test_labels_are_digits(rows: bool, label: Any, error: Any) -> None:
    """Whatever form they are to have: 7.9 became a seven."""
    with pytest.raises(error, match="labels must"):
        prepare(np.zeros((1, 2, 2)), [label], ink=16, rows=rows)


@pytest.mark.parametrize("classes", [2.5, 3.0, np.float64(2), None, "3", [3]])
def test_classes_are_counted_in_whole_numbers(classes: Any) -> None:
    """2.5 became three, and the rest NumPy's own sentences."""
    with pytest.raises(TypeError, match="classes must be an integer; got"):
        one_hot([0, 1], classes)


@pytest.mark.parametrize("labels", [[0, 1], np.zeros(0, dtype=int)])
@pytest.mark.parametrize("classes", [0, -1])
def test_there_is_a_class(labels: Any, classes: int) -> None:
    """Labels would have to lie between 0 and -2."""
    with pytest.raises(ValueError, match="classes must be at least 1; got"):
        one_hot(labels, classes)


@pytest.mark.parametrize("shape", [(0, 8, 8), (2, 0, 8), (0, 0, 0)])
@pytest.mark.parametrize("flatten", [True, False])
def test_nothing_can_be_prepared(shape: Any, flatten: bool) -> None:
    """No pictures, or pictures without pixels."""
    n, height, width = shape
    x, t = prepare(np.zeros(shape), np.zeros(n, int), ink=16, flatten=flatten)
    assert x.shape == ((n, height * width) if flatten else (n, 1, height, width))
    assert t.shape == (n,)


def test_options_have_names() -> None:
    """`load_digits(True, False)` would be anybody's guess."""
    with pytest.raises(TypeError):
        load_digits(True)  # type: ignore[call-arg]


@pytest.mark.parametrize("normalize", [True, False])
def test_the_other_order_of_bytes_is_no_other_type(normalize: bool) -> None:
    """The numbers come in the order of the machine."""
    (x, _), _ = load_digits(normalize=normalize, dtype=">f4")
    assert x.dtype == np.float32
