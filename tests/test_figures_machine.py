"""What the caption of the appendix on files says is true of its figure."""

import gzip
from typing import Any

import numpy as np
import pytest
from drawings import course, nearest_line, place
from matplotlib.figure import Figure

from scratchnn import read_idx


@pytest.mark.says(
    "machine.idx",
    """
    Eighteen small boxes in a row, each with a byte as two hexadecimal digits.
    Bars below name the groups: after two zeros the kind 08 and the axes 02, then
    four bytes for the rows, 00 00 00 02, four for the columns, 00 00 00 03, the
    first row 05 00 04 and the second row 01 09 02. An IDX file that holds a
    matrix of two rows and three columns, byte by byte. Lengths take four bytes,
    the most significant first.
    """,
    "kind · axes · rows · columns · first row · second row",
)
def test_the_bytes_are_a_file_that_the_library_reads(
    figure: Figure, space: dict[str, Any]
) -> None:
    """As drawn, from left to right: two rows of three columns.

    Each byte is in the middle of its box. A bar lies below as many as it names; its
    name stands below its middle, or at the end of a line that leads down from it.
    """
    boxes = [text for text in figure.axes[0].texts if text.get_position()[1] == 2.5]
    boxes.sort(key=lambda text: text.get_position()[0])
    data = bytes.fromhex("".join(text.get_text() for text in boxes))
    np.testing.assert_array_equal(read_idx(gzip.compress(data)), [[5, 0, 4], [1, 9, 2]])
    (axes,) = figure.axes
    closed = [course(line) for line in axes.lines if len(course(line)) == 5]
    assert len(closed) == 18
    for text, frame in zip(boxes, closed, strict=True):
        low, high = frame.min(axis=0), frame.max(axis=0)
        np.testing.assert_allclose(place(text), (low + high) / 2)
        np.testing.assert_allclose(high - low, 1)
    below = [line for line in axes.lines if len(course(line)) == 2]
    bars = [line for line in below if np.ptp(course(line)[:, 1]) == 0]
    (lead,) = [line for line in below if line not in bars]
    names = [text for text in axes.texts if text not in boxes]
    under: dict[str, bytes] = {}
    for text in names:
        bar = nearest_line(axes, text, below)
        if bar is lead:
            foot = course(lead)[0, 0]
            (bar,) = [bar for bar in bars if course(bar)[:, 0].mean() == foot]
        assert course(bar)[:, 0].mean() == pytest.approx(place(text)[0])
        first, last = np.round(course(bar)[:, 0]).astype(int)
        under[text.get_text()] = data[first:last]
    assert list(under.values()) == [
        *(b"\x08", b"\x02", b"\0\0\0\x02", b"\0\0\0\x03"),
        *(b"\x05\0\x04", b"\x01\x09\x02"),
    ]
    assert len(bars) == len(under) == 6
    lengths = {name: data[a:b] for a, b, name, _ in space["GROUPS"]}
    assert int.from_bytes(lengths["rows"], "big") == 2
    assert int.from_bytes(lengths["columns"], "big") == 3
    assert list(lengths["first row"] + lengths["second row"]) == [5, 0, 4, 1, 9, 2]
    assert [len(lengths["kind"]), len(lengths["axes"])] == [1, 1]
