"""What the caption of the appendix on files says is true of its figure."""

import gzip
from typing import Any

import numpy as np
import pytest
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
    the largest place first.
    """,
    "kind · axes · rows · columns · first row · second row",
)
def test_the_bytes_are_a_file_that_the_library_reads(
    figure: Figure, space: dict[str, Any]
) -> None:
    """As drawn, from left to right: two rows of three columns."""
    boxes = [text for text in figure.axes[0].texts if text.get_position()[1] == 2.5]
    boxes.sort(key=lambda text: text.get_position()[0])
    data = bytes.fromhex("".join(text.get_text() for text in boxes))
    np.testing.assert_array_equal(read_idx(gzip.compress(data)), [[5, 0, 4], [1, 9, 2]])
    lengths = {name: data[a:b] for a, b, name, _ in space["GROUPS"]}
    assert int.from_bytes(lengths["rows"], "big") == 2
    assert int.from_bytes(lengths["columns"], "big") == 3
    assert list(lengths["first row"] + lengths["second row"]) == [5, 0, 4, 1, 9, 2]
    assert [len(lengths["kind"]), len(lengths["axes"])] == [1, 1]
